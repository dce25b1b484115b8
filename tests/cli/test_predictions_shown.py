"""Where predictions stand, through ``genomodel report --predictions``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.test_report_bad_input import COLUMNS, HEADER, V600E


@pytest.mark.parametrize(
    ("where", "front", "kept"), [("front", True, True), ("section", False, True), ("none", False, False)]
)
def test_predictions_stand_where_the_site_wants_them(
    run: Run, tmp_path: Path, where: str, front: bool, kept: bool
) -> None:
    vcf = tmp_path / "P1.vcf"
    vcf.write_text(HEADER + COLUMNS + V600E)
    out = tmp_path / "out"
    done = run("report", vcf, "--tumor-type", "SKCM", "--predictions", where, "--no-pdf", "--out", out)
    assert done.code == 0, done.err
    report = json.loads((out / "P1.json").read_text())
    assert (report["front"]["predictions"] is not None) is front
    assert (report["response"] is not None) is kept
    page = (out / "P1.html").read_text()
    named = [row["drug"] for row in (report["response"] or {"predictions": []})["predictions"]]
    assert bool(named) is kept
    assert all((drug in page) for drug in named[:3])


def test_another_place_is_named(run: Run, tmp_path: Path) -> None:
    vcf = tmp_path / "P1.vcf"
    vcf.write_text(HEADER + COLUMNS + V600E)
    done = run("report", vcf, "--predictions", "everywhere", "--out", tmp_path / "out")
    assert done.code == 2
    assert "everywhere" in done.err
    assert not (tmp_path / "out").exists()
