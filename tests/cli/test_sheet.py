"""``genomodel sheet from-fhir`` as a user runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cohort.fhir_bundles import PATIENT, WHOLE, bundle, write


def test_a_bundle_becomes_sheets_and_all_that_is_left_is_listed(run: Run, tmp_path: Path) -> None:
    path, out = write(tmp_path, bundle(*WHOLE)), tmp_path / "sheets"
    done = run("sheet", "from-fhir", path, "--out", out, "--on", "2026-03-20", "--assay", "wes")
    assert done.code == 0, done.err
    assert {file.name for file in out.iterdir()} == {"patients.tsv", "samples.tsv", "unmapped.tsv"}
    assert "Condition.code.coding" in done.out
    assert "To fill in: the files of each sample" in done.err
    assert "\tSpecimen/" not in (out / "patients.tsv").read_text()
    assert (
        "ONC-7\tPatient/p1\tPatient.name\t(not shown)\tno cell of a sheet holds it"
        in (out / "unmapped.tsv").read_text()
    )
    again = run("sheet", "from-fhir", path, "--out", out)
    assert again.code == 2
    assert "patients.tsv: the file is there" in again.err
    assert run("sheet", "from-fhir", path, "--out", out, "--append", "--patient", "B").code == 0
    assert len((out / "patients.tsv").read_text().splitlines()) == 3


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        ("no json", (), "row 1: this is no JSON"),
        (bundle(), (), "the bundle holds no Patient"),
        (bundle(PATIENT, {**PATIENT, "id": "p2"}), (), "2 Patients"),
        (bundle(PATIENT), ("--on", "20.3.2026"), "option '--on'"),
        (bundle(PATIENT), ("--tumor-specimen", "s1"), "option '--tumor-specimen': no specimen is 's1'"),
    ],
)
def test_a_wrong_bundle_is_named_and_nothing_is_written(
    run: Run, tmp_path: Path, content: object, options: tuple[str, ...], said: str
) -> None:
    done = run("sheet", "from-fhir", write(tmp_path, content), "--out", tmp_path / "sheets", *options)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "sheets").exists()
