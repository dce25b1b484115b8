"""A bundle of ours read back into the sheets."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from genomodel.cohort.from_fhir.sheet import Asked, rows_of_bundle
from genomodel.report.fhir.bundle import fhir_bundle
from tests.report.fhir.made import laboratory_report


def test_the_sheets_of_a_bundle_of_ours_say_what_its_report_does(tmp_path: Path) -> None:
    report = laboratory_report()
    path = tmp_path / "P1.fhir.json"
    path.write_text(fhir_bundle(report), encoding="utf-8")
    rows = rows_of_bundle(path, Asked(on=date(2026, 11, 2)))
    patient = report.patient
    known = {key: rows.patient.get(key) for key in ("patient", "tumor_type", "second_id", "requester", "diagnosis")}
    assert known == {
        "patient": patient.id,
        "tumor_type": patient.tumor_type.code,
        "second_id": patient.second_id,
        "requester": patient.requester,
        "diagnosis": patient.diagnosis,
    }
    tumor, normal = rows.samples
    accession = patient.tumor_accession
    assert tumor == {
        "patient": patient.id,
        "type": "tumor",
        "specimen": accession.specimen,
        "block": accession.block,
        "site": accession.site,
        "collected": accession.collected,
        "received": accession.received,
        "preservation": "ffpe",
        "cellularity": "0.7",
    }
    assert (normal["type"], normal["specimen"]) == ("normal", patient.normal_sample)
    assert any(one.resource.startswith("DiagnosticReport/") for one in rows.unmapped)
