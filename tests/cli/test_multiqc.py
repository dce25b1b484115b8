from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.calls.tools import find_tool
from genomodel.core.assays import Assays
from genomodel.core.sample_quality import QualityStatus
from tests.calls.fusion_models import write_vcf
from tests.cli.conftest import Run
from tests.report.test_multiqc import patient

pytestmark = pytest.mark.skipif(find_tool("multiqc") is None, reason="no multiqc on PATH")


def test_breakends_of_the_sheet_do_not_stop_the_page_that_does_not_show_them(tmp_path: Path, run: Run) -> None:
    """The page gets no gene models, without which breakends cannot be read."""
    for name in ("t.bam", "t.bam.bai"):
        (tmp_path / name).touch()
    event = "chr1\t2500\ta\tA\tA]chr2:109500]\t.\tPASS\tSVTYPE=BND\tGT\t0/1"
    vcf = write_vcf(tmp_path / "sv.vcf", [event], samples="P1")
    (tmp_path / "patients.tsv").write_text("patient\ttumor_type\tassay\nP1\tLUAD\tpanel\n")
    rows = ["patient\ttype\tbam\tstructural_variants", f"P1\ttumor\t{tmp_path}/t.bam\t{vcf}"]
    (tmp_path / "samples.tsv").write_text("\n".join(rows) + "\n")
    measured: Assays = patient("P1", QualityStatus.FAIL).assays
    assert measured.quality is not None
    (tmp_path / "results" / "quality").mkdir(parents=True)
    (tmp_path / "results" / "quality" / "P1.json").write_text(measured.quality.to_json())
    sheets = ["--patients", tmp_path / "patients.tsv", "--samples", tmp_path / "samples.tsv"]
    done = run("multiqc", *sheets, "--results", tmp_path / "results", "--out", tmp_path / "out" / "multiqc.html")
    assert done.code == 0, done.err
    assert "Quality against the limits" in (tmp_path / "out" / "multiqc.html").read_text()
