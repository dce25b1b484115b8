"""The forms that a report is written in. A new one is one function and one row.

All of them are made from the report alone, so that ``genomodel render report.json`` makes each again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from genomodel.core.errors import InputError
from genomodel.core.report import PatientReport
from genomodel.report.dispositions_table import dispositions_table
from genomodel.report.fhir.bundle import fhir_bundle
from genomodel.report.pdf import render_pdf
from genomodel.report.phenopacket.packet import phenopacket
from genomodel.report.render import render_html
from genomodel.report.seal import report_json

Made = Mapping[str, bytes]
"""What forms before this one made, by name: a FHIR bundle carries the PDF."""


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a report."""

    suffix: str
    """Of the file's name, after the patient's id."""
    make: Callable[[PatientReport, Made, frozenset[str]], bytes]
    """From the report, what was made before, and the names of all forms that are asked for."""


def _html(report: PatientReport, _: Made, asked: frozenset[str]) -> bytes:
    return render_html(report, pdf=_has_pdf(report, asked)).encode()


def _fhir(report: PatientReport, made: Made, asked: frozenset[str]) -> bytes:
    pdf = (made.get("pdf") or render_pdf(report)) if _has_pdf(report, asked) else None
    return fhir_bundle(report, pdf).encode()


def _has_pdf(report: PatientReport, asked: frozenset[str]) -> bool:
    """Whether a PDF lies beside the other forms; of a signed report that was settled when it was signed."""
    if report.signature is not None and report.signature.files:
        return f"{report.patient.id}{FORMS['pdf'].suffix}" in report.signature.files
    return "pdf" in asked


FORMS: dict[str, Form] = {
    "dispositions": Form(".dispositions.tsv", lambda report, *_: dispositions_table(report)),
    "html": Form(".html", _html),
    "pdf": Form(".pdf", lambda report, *_: render_pdf(report)),
    "fhir": Form(".fhir.json", _fhir),
    "phenopacket": Form(".phenopacket.json", lambda report, *_: phenopacket(report).encode()),
    "json": Form(".json", lambda report, *_: report_json(report).encode()),
}
"""By name, in the order in which they are made; the JSON is written last."""
DEFAULT_FORMS = frozenset({"html", "pdf", "json", "dispositions"})


def chosen_forms(names: Sequence[str]) -> frozenset[str]:
    """Return names of forms.

    Raises
    ------
    InputError
        One is not known.
    """
    unknown = [name for name in names if name not in FORMS]
    if unknown:
        raise InputError(f"there is no form '{unknown[0]}' of a report", fix=f"Choose of {', '.join(FORMS)}")
    return frozenset(names)


def make_forms(report: PatientReport, names: frozenset[str]) -> dict[str, bytes]:
    """Return the content of files by their names, the JSON last."""
    made: dict[str, bytes] = {}
    for name, form in FORMS.items():
        if name in names:
            made[name] = form.make(report, made, names)
    ordered = sorted(made, key=lambda name: name == "json")
    return {f"{report.patient.id}{FORMS[name].suffix}": made[name] for name in ordered}
