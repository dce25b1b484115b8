"""Whether reports are what they were when they were written and signed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from genomodel.core.errors import InputError
from genomodel.core.laboratory import Person
from genomodel.core.report import PatientReport
from genomodel.files import package_digest, sha256_of
from genomodel.report.compose import compose
from genomodel.report.forms import FORMS, make_forms
from genomodel.report.seal import read_report
from genomodel.report.signing.chain import (
    SIGNED,
    UNFINISHED,
    SignedVersion,
    chain_faults,
    signed_versions,
    version_number,
)

JSON = FORMS["json"].suffix


class Verdict(StrEnum):
    """What became of one question."""

    FITS = "fits"
    FAULT = "does not fit"
    OPEN = "not tried"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was asked."""

    place: str
    verdict: Verdict
    text: str


def verify(path: Path, persons: Sequence[Person] | None = None) -> Iterator[Line]:
    """Yield what was asked of a report, a patient's chain, or all chains of a folder.

    Parameters
    ----------
    path
        A file of a report in any form, the folder of a version, of a patient's versions, of all signed reports, or of
        the reports.
    persons
        Of the laboratory file, to hold signatures against; ``None`` asks the reports alone.

    Raises
    ------
    InputError
        There is nothing to verify.
    """
    if not path.exists():
        fix = "Name a report, or a folder with signed ones"
        raise InputError("there is no such file or folder", path=path, fix=fix)
    path = path.resolve()
    if path.is_file():
        yield from _file(path, persons)
    elif version_number(path) is not None:
        yield from _chain(path.parent, persons)
    elif any(version_number(inner) is not None for inner in path.iterdir()):
        yield from _chain(path, persons)
    else:
        folder = path / SIGNED if (path / SIGNED).is_dir() else path
        chains = [inner for inner in sorted(folder.iterdir()) if inner.is_dir() and signed_versions(inner)]
        if not chains:
            fix = "Name a report, or the folder in which signed/<patient>/v1/ lies"
            raise InputError("there is no signed report in the folder", path=path, fix=fix)
        for chain in chains:
            yield from _chain(chain, persons)


def _file(path: Path, persons: Sequence[Person] | None) -> Iterator[Line]:
    if version_number(path.parent) is not None and path.parent.parent.name == _patient_of(path):
        yield from _chain(path.parent.parent, persons)
        return
    own = path if path.name.endswith(JSON) and not _other_form(path) else path.with_name(_patient_of(path) + JSON)
    if not own.is_file():
        raise InputError(f"there is no {own.name} beside it, of which it would be made", path=path)
    report = read_report(own)
    yield Line(own.name, Verdict.FITS, f"is as it was written (digest {report.digest})")
    yield Line(own.name, Verdict.FITS, "is a draft" if report.signature is None else "was signed, outside of its chain")
    if own.name != f"{report.patient.id}{JSON}":
        yield Line(own.name, Verdict.FAULT, f"is of patient '{report.patient.id}' by its content")
    yield from _made_again(report, own.parent)


def _other_form(path: Path) -> bool:
    return any(path.name.endswith(form.suffix) for name, form in FORMS.items() if name != "json")


def _patient_of(path: Path) -> str:
    """Return whose file it is by its name; the longest suffix counts, for one may end another."""
    suffixes = sorted((form.suffix for form in FORMS.values()), key=len, reverse=True)
    return next((path.name.removesuffix(suffix) for suffix in suffixes if path.name.endswith(suffix)), path.stem)


def _chain(folder: Path, persons: Sequence[Person] | None) -> Iterator[Line]:
    versions = signed_versions(folder)
    faults = list(chain_faults(folder, versions))
    wrong = {name for name, _ in faults}
    for version in versions:
        name = f"{folder.name} v{version.number}"
        if f"v{version.number}" not in wrong and version.report is not None:
            yield Line(name, Verdict.FITS, _signed(version))
        for place, fault in faults:
            if place == f"v{version.number}":
                yield Line(name, Verdict.FAULT, fault)
        if version.report is not None:
            yield from _signer(name, version.report, persons)
            yield from _files(name, version)
        elif not version.fault:
            text = f"is of schema {version.schema}, so that only its place in the chain was asked"
            yield Line(name, Verdict.OPEN, text)
    there = {f"v{version.number}" for version in versions}
    for place, fault in faults:
        if place not in there:
            yield Line(f"{folder.name} {place}", Verdict.FAULT, fault)
    for left in sorted(folder.glob(f"{UNFINISHED}*")):
        text = "was left by a signing that did not end; the next one removes it"
        yield Line(f"{folder.name} {left.name}", Verdict.OPEN, text)
    if versions:
        last = versions[-1]
        yield Line(f"{folder.name} v{last.number}", Verdict.FITS, f"is the newest; its JSON has SHA-256 {last.sha256}")


def _signed(version: SignedVersion) -> str:
    report = version.report
    signature = report.signature if report is not None else None
    by = f"signed by {signature.person.name}, {signature.time}" if signature is not None else "not signed"
    link = f", replaces v{version.number - 1}" if version.number > 1 else ""
    return f"is as it was written, {by}{link}"


def _signer(name: str, report: PatientReport, persons: Sequence[Person] | None) -> Iterator[Line]:
    signature = report.signature
    if persons is None or signature is None:
        return
    known = next((person for person in persons if person.id == signature.person.id), None)
    if known is None:
        yield Line(name, Verdict.FAULT, f"the laboratory file does not name '{signature.person.id}'")
    elif known != signature.person:
        yield Line(name, Verdict.OPEN, f"the laboratory file describes '{known.id}' otherwise than the signature")


def _files(name: str, version: SignedVersion) -> Iterator[Line]:
    """Yield whether the files are those that were signed, none more and none less, and can be made again."""
    report = version.report
    if report is None or report.signature is None:
        return
    digests = report.signature.files
    for file, digest in digests.items():
        path = version.folder / file
        if not path.is_file():
            yield Line(name, Verdict.FAULT, f"{file} is missing")
        elif sha256_of(path) != digest:
            yield Line(name, Verdict.FAULT, f"{file} is not the one that was signed: its SHA-256 is another")
        else:
            yield Line(name, Verdict.FITS, f"{file} is the one that was signed")
    for path in sorted(version.folder.iterdir()):
        if path.name not in digests and path != version.json:
            yield Line(name, Verdict.FAULT, f"{path.name} is no file that was signed")
    if report.signature.software_sha256 == package_digest():
        yield from _made_again(report, version.folder, name, signed=True)
    else:
        text = "was signed with another genomodel, so that its forms were not made again to compare them"
        yield Line(name, Verdict.OPEN, text)


def _made_again(report: PatientReport, folder: Path, place: str = "", *, signed: bool = False) -> Iterator[Line]:
    """Yield whether the files of a report are byte for byte what its JSON gives here."""
    names = {name for name, form in FORMS.items() if (folder / f"{report.patient.id}{form.suffix}").is_file()}
    if not signed and compose(report) != report:
        text = "this genomodel composes its pages otherwise than the one that wrote it; its forms were not compared"
        yield Line(place or report.patient.id, Verdict.OPEN, text)
        return
    content = _with_the_pdf_there(report, folder, make_forms(report, frozenset(names)), frozenset(names))
    for file, data in content.items():
        path = folder / file
        if file.endswith(JSON) and not _other_form(path):
            continue
        where, subject = (place, f"{file} ") if place else (file, "")
        if hashlib.sha256(data).hexdigest() == sha256_of(path):
            yield Line(where, Verdict.FITS, f"{subject}is byte for byte what the JSON gives")
        elif file.endswith(FORMS["pdf"].suffix):
            text = f"{subject}is drawn otherwise here, as other fonts, Pango or WeasyPrint do, or a change by hand"
            yield Line(where, Verdict.OPEN if signed else Verdict.FAULT, text)
        else:
            yield Line(where, Verdict.FAULT, f"{subject}is not what the JSON gives")


def _with_the_pdf_there(
    report: PatientReport, folder: Path, content: dict[str, bytes], names: frozenset[str]
) -> dict[str, bytes]:
    """Return forms of which the FHIR bundle carries the PDF that lies there, which may be drawn otherwise here."""
    pdf, bundle = (f"{report.patient.id}{FORMS[name].suffix}" for name in ("pdf", "fhir"))
    if pdf not in content or bundle not in content:
        return content
    there = (folder / pdf).read_bytes()
    return content if there == content[pdf] else content | {bundle: FORMS["fhir"].make(report, {"pdf": there}, names)}
