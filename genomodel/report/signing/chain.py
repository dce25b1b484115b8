"""The versions of a patient's report that were signed, ``signed/<patient>/v<n>/``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from genomodel.core.errors import InputError
from genomodel.core.report import SCHEMA_VERSION, PatientReport
from genomodel.files import sha256_of
from genomodel.report.review.moment import read_moment
from genomodel.report.seal import read_report

SIGNED = "signed"
LOCK = ".lock"
UNFINISHED = ".unfinished-"
"""How the folder of a version begins that nobody has finished writing."""
_VERSION = re.compile(r"v([1-9][0-9]*)")


@dataclass(frozen=True, slots=True)
class SignedVersion:
    """One signed version as it lies on disk."""

    number: int
    folder: Path
    json: Path
    sha256: str
    """Of the JSON; empty where it is missing."""
    report: PatientReport | None
    """``None`` where it is missing, damaged or of another schema version."""
    fault: str = ""
    """Why it cannot be read; empty where it can be, or where only its schema is another."""
    schema: str = SCHEMA_VERSION


def signed_folder(reports: Path, patient: str) -> Path:
    """Return the folder of a patient's signed versions."""
    return reports / SIGNED / patient


def version_number(path: Path) -> int | None:
    """Return which version a folder is of by its name, ``None`` for any other."""
    found = _VERSION.fullmatch(path.name)
    return int(found[1]) if found and path.is_dir() else None


def is_of_chain(folder: Path) -> bool:
    """Whether a folder holds signed reports: that of a version, of a patient's versions, or of all patients."""
    place = folder.resolve()
    if SIGNED in (place.name, place.parent.name):
        return True
    patient = place.parent
    return version_number(place) is not None and (patient.parent.name == SIGNED or _is_signed(place, patient.name))


def _is_signed(place: Path, patient: str) -> bool:
    """Whether a version lies here that was moved with its chain."""
    with suppress(OSError, ValueError):
        raw = json.loads((place / f"{patient}.json").read_text(encoding="utf-8"))
        return isinstance(raw, dict) and bool(raw.get("signature"))
    return False


def signed_versions(folder: Path) -> tuple[SignedVersion, ...]:
    """Return the versions in a patient's folder, the first one first; none where there is no such folder."""
    if not folder.is_dir():
        return ()
    numbers = sorted(number for path in folder.iterdir() if (number := version_number(path)) is not None)
    return tuple(_read(folder, number) for number in numbers)


def _read(folder: Path, number: int) -> SignedVersion:
    place = folder / f"v{number}"
    path = place / f"{folder.name}.json"
    if not path.is_file():
        return SignedVersion(number, place, path, "", None, f"its {path.name} is missing")
    digest, schema = sha256_of(path), _schema_of(path)
    if schema not in (SCHEMA_VERSION, ""):
        return SignedVersion(number, place, path, digest, None, schema=schema)
    try:
        return SignedVersion(number, place, path, digest, read_report(path))
    except InputError as error:
        return SignedVersion(number, place, path, digest, None, error.what)


def _schema_of(path: Path) -> str:
    with suppress(OSError, ValueError):
        raw = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(raw, dict):
            return str(raw.get("schema_version", ""))
    return ""


def chain_faults(folder: Path, versions: tuple[SignedVersion, ...]) -> Iterator[tuple[str, str]]:
    """Yield what does not fit in a patient's chain: the name of the version or file, and what.

    Parameters
    ----------
    folder
        ``signed/<patient>``.
    versions
        As :func:`signed_versions` returns them.
    """
    numbers = [version.number for version in versions]
    for number in range(1, max(numbers, default=0)):
        if number not in numbers:
            yield f"v{number}", "the version is missing"
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if version_number(path) is None and path.name != LOCK and not path.name.startswith(UNFINISHED):
            yield path.name, "is no version of the chain"
    for place, version in enumerate(versions):
        before = versions[place - 1] if place else None
        for fault in _faults(version, before, folder.name):
            yield f"v{version.number}", fault


def _faults(version: SignedVersion, before: SignedVersion | None, patient: str) -> Iterator[str]:
    report = version.report
    if version.fault:
        yield version.fault
    if report is None:
        return
    signature = report.signature
    if report.status != "final" or signature is None:
        yield "it is not signed"
    elif not signature.person.may_sign:
        yield f"{signature.person.id} may not sign"
    if report.patient.id != patient:
        yield f"it is of patient '{report.patient.id}'"
    if report.version.number != version.number:
        yield f"it says that it is version {report.version.number}"
    follows = before is not None and before.number == version.number - 1
    if version.number == 1 and report.version.predecessor_sha256:
        yield "it names a predecessor, and it is the first"
    if follows and before is not None and report.version.predecessor_sha256 != before.sha256:
        yield f"the JSON of v{before.number} is not the one that it replaced: its SHA-256 is another"
    if version.number > 1 and not report.version.reason:
        yield "it gives no reason for replacing the version before"
    earlier = before.report.signature if before is not None and before.report is not None else None
    if signature is not None and earlier is not None and is_later(earlier.time, signature.time):
        yield f"it was signed {signature.time}, before the version that it replaces, {earlier.time}"


def is_later(one: str, other: str) -> bool:
    """Whether a moment is after another; so it counts where one of them cannot be read."""
    with suppress(ValueError):
        return read_moment(one) > read_moment(other)
    return True
