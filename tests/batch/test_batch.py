from __future__ import annotations

import json
from pathlib import Path

import pytest

from genomodel.batch import Case, CaseRecord, Manifest, read_manifest, run_batch
from genomodel.core.errors import InputError
from genomodel.core.paths import ResultPaths
from genomodel.core.patients import Assay, Patient
from genomodel.report.presentation import WITHOUT_PDF
from genomodel.resources.oncotree import resolve_tumor_type
from tests.cli.test_report_bad_input import COLUMNS, HEADER, V600E


@pytest.fixture
def paths(tmp_path: Path) -> ResultPaths:
    return ResultPaths(tmp_path / "results")


def case(tmp_path: Path, patient: str, text: str = HEADER + COLUMNS + V600E) -> Case:
    vcf = tmp_path / f"{patient}.vcf"
    vcf.write_text(text)
    who = Patient(id=patient, tumor_type=resolve_tumor_type("SKCM"), assay=Assay.WES)
    return Case(patient=who, vcf=str(vcf))


def run(cases: list[Case], paths: ResultPaths, jobs: int = 1) -> list[CaseRecord]:
    return list(run_batch(cases, paths.reports, jobs=jobs, show=WITHOUT_PDF, stages=paths))


def times(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir() if path.is_file()}


def test_every_stage_is_written_for_every_patient(tmp_path: Path, paths: ResultPaths) -> None:
    records = run([case(tmp_path, "P1"), case(tmp_path, "P2")], paths)
    assert [record.patient for record in records] == ["P1", "P2"]
    for patient in ("P1", "P2"):
        for stage in ("profile", "interpretation", "response"):
            content = json.loads(paths.stage_json(stage, patient).read_text())
            assert content["patient"] == patient
            assert content["synthetic"] is False
            assert content["research_use_only"]
            assert content["content"]
        assert {f"{patient}.html", f"{patient}.json"} <= set(times(paths.reports))


def test_a_second_run_touches_nothing(tmp_path: Path, paths: ResultPaths) -> None:
    cases = [case(tmp_path, "P1")]
    first = run(cases, paths)
    before = times(paths.reports)
    assert run(cases, paths) == first
    assert times(paths.reports) == before


def test_a_missing_stage_file_is_made_again(tmp_path: Path, paths: ResultPaths) -> None:
    cases = [case(tmp_path, "P1")]
    run(cases, paths)
    content = paths.stage_json("interpretation", "P1").read_bytes()
    paths.stage_json("interpretation", "P1").unlink()
    run(cases, paths)
    assert paths.stage_json("interpretation", "P1").read_bytes() == content


def test_a_pdf_that_was_not_asked_for_before_is_drawn(tmp_path: Path, paths: ResultPaths) -> None:
    cases = [case(tmp_path, "P1")]
    run(cases, paths)
    assert not (paths.reports / "P1.pdf").exists()
    list(run_batch(cases, paths.reports, stages=paths))
    assert (paths.reports / "P1.pdf").exists()


@pytest.mark.parametrize("change", ["removed", "edited", "input"])
def test_only_what_is_missing_damaged_or_outdated_is_made_again(
    tmp_path: Path, paths: ResultPaths, change: str
) -> None:
    cases = [case(tmp_path, "P1"), case(tmp_path, "P2")]
    run(cases, paths)
    before = times(paths.reports)
    page = paths.reports / "P2.html"
    if change == "removed":
        page.unlink()
    elif change == "edited":
        page.write_text("not the report")
    else:
        cases[1] = case(tmp_path, "P2", HEADER + COLUMNS + V600E.replace("70,30", "60,40"))
    run(cases, paths)
    after = times(paths.reports)
    assert after["P1.html"] == before["P1.html"]
    assert after["P2.html"] != before["P2.html"]
    assert "BRAF" in page.read_text()


def test_one_bad_patient_is_put_aside_and_the_others_finish(tmp_path: Path, paths: ResultPaths) -> None:
    records = run([case(tmp_path, "P1"), case(tmp_path, "P2", "no VCF at all\n"), case(tmp_path, "P3")], paths)
    manifest = Manifest(patients=tuple(records))
    assert [record.patient for record in manifest.failed] == ["P2"]
    assert manifest.failed[0].user_error
    assert "P2.vcf" in (manifest.failed[0].error or "")
    assert {"P1.html", "P3.html"} <= set(times(paths.reports))
    assert "P2.html" not in times(paths.reports)


def test_two_processes_give_the_same_bytes_as_one(tmp_path: Path, paths: ResultPaths) -> None:
    cases = [case(tmp_path, name) for name in ("P1", "P2", "P3")]
    alone = {record.patient: record.files for record in run(cases, paths)}
    other = ResultPaths(tmp_path / "other")
    assert {record.patient: record.files for record in run(cases, other, jobs=2)} == alone


def test_a_manifest_survives_the_disk_and_anything_else_is_refused(tmp_path: Path, paths: ResultPaths) -> None:
    manifest = Manifest(patients=tuple(run([case(tmp_path, "P1")], paths)))
    path = tmp_path / "manifest.json"
    path.write_text(manifest.to_json())
    assert read_manifest(path) == manifest
    path.write_text("{}")
    with pytest.raises(InputError, match="no manifest"):
        read_manifest(path)
