"""Many patients interpreted without a report: one file each, the exports that were asked for, and what was found."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from pydantic import Field

from genomodel.batch import Case, load_tumor
from genomodel.calls.given import open_given
from genomodel.core.base import Noun
from genomodel.core.interpretation_file import InterpretationFile
from genomodel.core.paths import ResultPaths
from genomodel.files import write_noun
from genomodel.interpretation.read_file import read_interpretation
from genomodel.one_by_one import Failure, attempt, in_order
from genomodel.report.exports.cbioportal.study import STUDY, write_studies
from genomodel.report.exports.registry import export_patient
from genomodel.workup import interpret_tumor, interpretation_file

NO_TIER = "none"
COHORT_EXPORT = "maf"


class InterpretedPatient(Noun):
    """What became of one patient: files and counts, or the reason there are none."""

    patient: str
    tumor_type: str
    files: tuple[str, ...] = ()
    """Paths below the folder; the interpretation first."""
    n_records: int = 0
    findings: int = 0
    tiers: dict[str, int] = Field(default_factory=dict)
    """Findings by tier, best first."""
    dispositions: dict[str, int] = Field(default_factory=dict)
    """Alleles by what became of them, the most first."""
    notes: tuple[str, ...] = ()
    error: str | None = None
    user_error: bool = False


def run_interpretations(
    cases: Iterable[Case], folder: Path, *, exports: Sequence[str] = (), jobs: int = 1
) -> Iterator[InterpretedPatient]:
    """Interpret many patients, in their order, with ``jobs`` processes; a failing one costs no other.

    Parameters
    ----------
    cases
        The patients.
    folder
        Where each patient's ``<patient>.json`` and exports are written.
    exports
        Names of the registry of exports; the study of a cohort is written by :func:`write_cohort_exports`.
    jobs
        Number of worker processes; 1 works in this process.
    """
    work = partial(_interpret, folder=folder, exports=tuple(exports))
    yield from in_order(work, cases, jobs=jobs)


def write_cohort_exports(
    patients: Sequence[str], folder: Path, *, exports: Sequence[str], interpretations: Path, study: str = STUDY
) -> tuple[Path, ...]:
    """Write the exports that are one for the whole cohort, from the interpretations on disk.

    Parameters
    ----------
    patients
        Whose interpretation there is, in the order that they shall have.
    folder
        Where to write.
    exports
        Names of the registry.
    interpretations
        Folder with ``<patient>.json``.
    study
        Begins the identifier of the study.
    """
    if COHORT_EXPORT not in exports or not patients:
        return ()
    return write_studies((read_interpretation(interpretations / f"{name}.json") for name in patients), folder, study)


@contextmanager
def records_of(case: Case) -> Iterator[Path | None]:
    """Yield the VCF whose records a case's calls are, numbered alike: the file given, or several read as one."""
    if case.vcf is None:
        yield None
    elif not case.also:
        yield Path(case.vcf)
    else:
        names = {"tumor_sample": case.patient.tumor_sample, "normal_sample": case.patient.normal_sample}
        with tempfile.TemporaryDirectory(prefix="genomodel-") as scratch:
            merged = Path(scratch) / Path(case.vcf).name
            open_given((case.vcf, *case.also), merged, **names)
            yield merged


def export_case(
    made: InterpretationFile, case: Case, exports: Sequence[str], folder: Path
) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Write one patient's exports; see :func:`genomodel.report.exports.registry.export_patient`."""
    with records_of(case) as records:
        return export_patient(made, exports, folder, records)


def export_cohort(cases: Sequence[Case], paths: ResultPaths, exports: Sequence[str]) -> tuple[str, ...]:
    """Write the exports of patients whose interpretation lies in the results folder.

    Parameters
    ----------
    cases
        Patients that have an interpretation.
    paths
        Of the results; exports lie in a folder of their own.
    exports
        Names of the registry.

    Returns
    -------
    tuple of str
        What an input does not allow, with the patient.
    """
    notes: list[str] = []
    for case in cases if exports else ():
        made = read_interpretation(paths.stage_json("interpretation", case.patient.id))
        _, said = export_case(made, case, exports, paths.exports)
        notes += [f"{case.patient.id}: {note}" for note in said]
    names = [case.patient.id for case in cases]
    folder = paths.stage_json("interpretation", "").parent
    write_cohort_exports(names, paths.exports, exports=exports, interpretations=folder)
    return tuple(notes)


def _interpret(case: Case, *, folder: Path, exports: tuple[str, ...]) -> InterpretedPatient:
    made = attempt(partial(_write_interpretation, case, folder, exports))
    if not isinstance(made, Failure):
        return made
    who = case.patient
    return InterpretedPatient(
        patient=who.id, tumor_type=who.tumor_type.code, error=made.reason, user_error=made.user_error
    )


def _write_interpretation(case: Case, folder: Path, exports: tuple[str, ...]) -> InterpretedPatient:
    made = interpretation_file(interpret_tumor(load_tumor(case)))
    path = folder / f"{case.patient.id}.json"
    write_noun(path, made)
    written, notes = export_case(made, case, exports, folder)
    return summarize(made).model_copy(
        update={"files": tuple(str(file.relative_to(folder)) for file in (path, *written)), "notes": notes}
    )


def summarize(made: InterpretationFile) -> InterpretedPatient:
    """Return the counts of an interpretation."""
    tiers = Counter(finding.tier or NO_TIER for finding in made.content.findings)
    kinds = Counter(disposition.kind.value for disposition in made.content.dispositions)
    return InterpretedPatient(
        patient=made.patient,
        tumor_type=made.subject.tumor_type.code,
        n_records=made.content.n_records,
        findings=len(made.content.findings),
        tiers=dict(sorted(tiers.items(), key=lambda item: (item[0] == NO_TIER, item[0]))),
        dispositions=dict(sorted(kinds.items(), key=lambda item: (-item[1], item[0]))),
    )
