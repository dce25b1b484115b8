"""From a draft to a signed version that nothing overwrites."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from genomodel.core.errors import InputError
from genomodel.core.laboratory import LaboratoryFile, Person
from genomodel.core.report import SCHEMA_VERSION, PatientReport
from genomodel.core.review import ReportVersion, ReviewEntry, Signature
from genomodel.files import package_digest
from genomodel.report.changes import changes
from genomodel.report.compose import compose
from genomodel.report.forms import FORMS, make_forms
from genomodel.report.seal import report_json
from genomodel.report.signing.chain import (
    LOCK,
    UNFINISHED,
    SignedVersion,
    chain_faults,
    is_later,
    signed_folder,
    signed_versions,
)
from genomodel.report.signing.obstacles import accepted_failures, obstacles

READ_ONLY = 0o444


@dataclass(frozen=True, slots=True)
class Order:
    """Who signs, when, and what they accept."""

    person: str
    """Id in the laboratory file."""
    time: str
    """ISO 8601 with offset."""
    waivers: Sequence[str] = ()
    """Each ``name=reason``."""
    amend: str = ""
    """Why the version before is replaced; empty for a first signature."""


def sign(
    draft: PatientReport,
    order: Order,
    people: LaboratoryFile,
    decisions: Sequence[ReviewEntry],
    reports: Path,
    *,
    forms: frozenset[str] = frozenset(FORMS),
) -> Path:
    """Write the signed version of a draft in a folder of its own, all files or none.

    Parameters
    ----------
    draft
        As :func:`genomodel.report.seal.read_report` returns it.
    order
        Who signs.
    people
        The laboratory file.
    decisions
        Of the patient's review table as it is now.
    reports
        Folder of the reports, in which ``signed/<patient>/v<n>/`` is made.
    forms
        Names of :data:`genomodel.report.forms.FORMS`.

    Returns
    -------
    Path
        The folder of the version.

    Raises
    ------
    InputError
        The draft must not be signed, with each reason; a version is there that this one does not amend; or the folder
        cannot be written.
    """
    person = people.person(order.person)
    why = [*_of_the_person(order.person, person, people), *obstacles(draft, decisions, people.persons)]
    why += _of_the_time(draft, order)
    waivers, failed = accepted_failures(draft, order.waivers)
    why += [f"failed and not accepted: {text}" for text in failed]
    folder = signed_folder(reports, draft.patient.id)
    why += _of_the_chain(draft, order, folder)
    if person is None or why:
        raise _refused(draft, why, failed=bool(failed))
    signature = Signature(person=person, time=order.time, waivers=waivers, software_sha256=package_digest())
    try:
        with _alone(folder):
            # Somebody may have signed since the chain was looked at.
            if why := [*_of_the_chain(draft, order, folder)]:
                raise _refused(draft, why)
            return _place(_final(draft, order, signature, folder), signature, folder, forms)
    except OSError as error:
        raise InputError(
            f"the report of {draft.patient.id} cannot be signed here ({error.strerror or error})",
            path=error.filename or folder,
            fix="Choose reports in a folder that you may write to, with room on its disk",
        ) from error


def _final(draft: PatientReport, order: Order, signature: Signature, folder: Path) -> PatientReport:
    """Return the report that is signed: the draft with its status, version and signature, composed again."""
    versions = signed_versions(folder)
    version = _version(draft, order, versions[-1] if versions else None)
    return compose(draft.model_copy(update={"status": "final", "signature": signature, "version": version}))


def _of_the_person(id_: str, person: Person | None, people: LaboratoryFile) -> Iterator[str]:
    if person is None:
        known = ", ".join(one.id for one in people.persons if one.may_sign)
        nobody = "the laboratory file names nobody who may: add them under 'persons', and name it with --laboratory"
        yield f"'{id_}' is unknown; " + (f"{known} may sign" if known else nobody)
    elif not person.may_sign:
        yield f"{person.name} ({id_}) may not sign by the laboratory file"


def _of_the_time(draft: PatientReport, order: Order) -> Iterator[str]:
    late = [f"{entry.label} ({entry.time})" for entry in draft.review.entries if is_later(entry.time, order.time)]
    if late:
        yield f"reviewed after the time of this signature, {order.time}: {', '.join(late)}"


def _of_the_chain(draft: PatientReport, order: Order, folder: Path) -> Iterator[str]:
    versions = signed_versions(folder)
    for name, fault in chain_faults(folder, versions):
        yield f"{folder / name}: {fault}"
    if not versions:
        if order.amend:
            yield "there is no signed version that could be amended"
        return
    last = versions[-1]
    signature = last.report.signature if last.report is not None else None
    if not order.amend:
        by = f" by {signature.person.name}, {signature.time}" if signature is not None else ""
        yield f"it was signed already{by}, as v{last.number}; --amend with a reason makes v{last.number + 1}"
        return
    if last.report is not None and not changes(last.report, draft):
        yield f"nothing changed since v{last.number}"
    if signature is not None and is_later(signature.time, order.time):
        yield f"v{last.number} was signed {signature.time}, after the time of this signature, {order.time}"


def _refused(draft: PatientReport, why: Sequence[str], *, failed: bool = False) -> InputError:
    waive = "; --waive 'name=reason' accepts what failed" if failed else ""
    return InputError(
        "\n".join(
            (
                f"the report of {draft.patient.id} is not signed:",
                *(f"- {one}" for one in why),
                f"Mend that, make the report again and sign it then{waive}",
            )
        )
    )


def _version(draft: PatientReport, order: Order, before: SignedVersion | None) -> ReportVersion:
    if before is None:
        return ReportVersion(number=1)
    if before.report is not None:
        told = tuple(change.text for change in changes(before.report, draft))
    else:
        told = (f"The version before is of schema {before.schema}, and this one of {SCHEMA_VERSION}.",)
    return ReportVersion(number=before.number + 1, reason=order.amend, changes=told, predecessor_sha256=before.sha256)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let nobody else sign this patient's report meanwhile; a lock goes with the process that held it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(
                "somebody else is signing this patient's report", path=folder, fix="Try again in a moment"
            ) from error
        for left in folder.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left)
        yield


def _place(report: PatientReport, signature: Signature, folder: Path, forms: frozenset[str]) -> Path:
    """Write all files into a folder that takes its name when it is whole."""
    content = make_forms(report, forms | {"json"})
    own = f"{report.patient.id}{FORMS['json'].suffix}"
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in content.items() if name != own}
    sealed = report.model_copy(update={"signature": signature.model_copy(update={"files": digests})})
    content[own] = report_json(sealed).encode()
    target = folder / f"v{report.version.number}"
    temporary = Path(tempfile.mkdtemp(dir=folder, prefix=UNFINISHED))
    try:
        _write_once(content, temporary)
        temporary.chmod(0o755)
        if target.exists():
            raise InputError("the version is there already", path=target, fix="Sign again, with --amend")
        temporary.rename(target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    _flush(folder)
    return target


def _write_once(content: Mapping[str, bytes], folder: Path) -> None:
    for name, data in content.items():
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, READ_ONLY)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
            os.fchmod(stream.fileno(), READ_ONLY)
    _flush(folder)


def _flush(folder: Path) -> None:
    """Let the names of a folder reach the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
