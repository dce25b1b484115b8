"""Write the files of one patient: all of them, or none."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path, PurePath, PureWindowsPath

from genomodel.core.errors import InputError
from genomodel.core.report import PatientReport
from genomodel.report.compose import compose
from genomodel.report.forms import DEFAULT_FORMS, FORMS, make_forms
from genomodel.report.signing.chain import is_of_chain


def write_report(report: PatientReport, out_dir: Path, *, forms: frozenset[str] = DEFAULT_FORMS) -> list[Path]:
    """Write a report into a folder in the forms asked for, as ``<patient>.html`` and the like.

    Everything is rendered before the first file is touched, and the files take their places together: when one cannot,
    the ones before it get their old content back. The JSON comes last, so its presence means that the others are there.
    The same report gives the same bytes.

    Parameters
    ----------
    report
        What to write.
    out_dir
        Folder, made when absent.
    forms
        Names of :data:`genomodel.report.forms.FORMS`. Files of an earlier run in other forms are removed, since they
        would contradict those beside them.

    Returns
    -------
    list of Path
        The files written, the JSON last.

    Raises
    ------
    MissingToolError
        A PDF is wanted and Pango is not installed.
    InputError
        The folder, or a file in it, cannot be written.
    GenomodelError
        The report holds a number that is not finite where one is required, so that its JSON could not be read back.
    """
    report = compose(_without_paths(report))
    written = write_forms(report, out_dir, forms=forms)
    for name in FORMS.keys() - forms:
        (out_dir / f"{report.patient.id}{FORMS[name].suffix}").unlink(missing_ok=True)
    return written


def write_forms(report: PatientReport, out_dir: Path, *, forms: frozenset[str]) -> list[Path]:
    """Write forms of a composed report and touch nothing else; what it may raise is as with :func:`write_report`.

    Nothing is written into folders of signed versions: a file that is made again is not the one that was signed.
    """
    if is_of_chain(out_dir):
        what = "this folder is for signed reports, and nothing is written beside or over them"
        raise InputError(what, path=out_dir, fix="Name another folder with --out")
    content = make_forms(report, forms)
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
        return _place_together({out_dir / name: data for name, data in content.items()})
    except OSError as error:
        raise InputError(
            f"the report of {report.patient.id} cannot be written ({error.strerror or error})",
            path=error.filename2 or error.filename or out_dir,
            fix="Choose a folder that you may write to, with room on its disk",
        ) from error


def _without_paths(report: PatientReport) -> PatientReport:
    """Reduce paths to file names: where a file lay on one machine does not belong into a report."""
    bed = report.patient.assay_bed
    patient = report.patient.model_copy(update={"assay_bed": None if bed is None else _file_name(bed)})
    inputs = tuple(item.model_copy(update={"name": _file_name(item.name)}) for item in report.inputs)
    return report.model_copy(update={"patient": patient, "inputs": inputs})


def _file_name(path: str) -> str:
    return PurePath(PureWindowsPath(path).name if "\\" in path else path).name or path


def _place_together(content: dict[Path, bytes]) -> list[Path]:
    """Write all files under temporary names, then move them into place, undoing the moves when one fails."""
    with ExitStack() as stack:
        umask = os.umask(0)
        os.umask(umask)
        temporary: dict[Path, Path] = {}
        for path, data in content.items():
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=".tmp-", suffix="-" + path.name)
            temporary[path] = Path(name)
            stack.callback(Path(name).unlink, missing_ok=True)
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            Path(name).chmod(0o666 & ~umask)
        before = {path: path.read_bytes() if path.is_file() else None for path in content}
        with ExitStack() as undo:
            for path, new in temporary.items():
                new.replace(path)
                undo.callback(_restore, path, before[path])
            undo.pop_all()
    return list(content)


def _restore(path: Path, data: bytes | None) -> None:
    if data is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(data)
