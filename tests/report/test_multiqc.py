from __future__ import annotations

import base64
import gzip
from pathlib import Path

import pytest

from genomodel.calls.tools import find_tool
from genomodel.core.assays import Assays
from genomodel.core.identity import CheckName, CheckStatus, IdentityCheck, IdentityChecks
from genomodel.core.microsatellites import InstabilityClass, MicrosatelliteAssay
from genomodel.core.sample_quality import Limits, Measure, QualityStatus, SampleMeasures, SampleQuality
from genomodel.report.multiqc import PatientTables, custom_tables, without_time, write_multiqc


def patient(name: str, status: QualityStatus) -> PatientTables:
    measure = Measure(name="mean_depth", value=12, limits=Limits(warn=150, fail=100), status=status)
    sample = SampleMeasures(type="tumor", sample=name, measures=(measure,))
    quality = SampleQuality(samples=(sample,), exon_depth=100, exon_share=0.95)
    return PatientTables(patient=name, assays=Assays(quality=quality))


def test_a_table_of_ours_has_a_verdict_for_each_sample() -> None:
    (table,) = custom_tables([patient("P1", QualityStatus.FAIL), patient("P2", QualityStatus.PASS)])
    lines = table.text().splitlines()
    assert lines[0] == '# id: "genomodel_quality"'
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    assert rows[0][:3] == ["Sample", "Verdict", "Mean depth"]
    assert [row[:3] for row in rows[1:]] == [["P1.tumor", "fail", "12 (fail)"], ["P2.tumor", "pass", "12"]]


def test_a_score_without_a_count_of_unstable_sites_shows_none() -> None:
    msi = MicrosatelliteAssay(method="MANTIS", status=InstabilityClass.STABLE, score=0.1, n_callable=60)
    (table,) = custom_tables([PatientTables(patient="P1", assays=Assays(msi=msi))])
    assert "None" not in table.text()
    assert "stable" in table.text()


def test_a_cell_of_identity_is_short_and_keeps_what_failed() -> None:
    long = "the genotypes at 400 sites fit two persons better than one, by odds of 10^80 to 1, and more words than fit"
    checks = (
        IdentityCheck(name=CheckName.IDENTITY, subject="tumor and normal", status=CheckStatus.FAILED, value=long),
        IdentityCheck(name=CheckName.SEX, subject="normal", status=CheckStatus.PASSED, value="male by X at 0.5"),
        IdentityCheck(
            name=CheckName.CONTAMINATION, subject="tumor", status=CheckStatus.WARNING, value=long, estimate=0.031
        ),
    )
    (table,) = custom_tables([PatientTables(patient="P1", assays=Assays(identity=IdentityChecks(checks=checks)))])
    cells = table.text().splitlines()[-1].split("\t")
    assert cells[1].startswith("failed: the genotypes at 400 sites fit two persons")
    assert max(map(len, cells)) < 80
    assert cells[2:] == ["passed", "warning (3.1\u00a0%, tumor)"]


def test_the_time_and_the_random_name_of_a_page_do_not_change_its_bytes() -> None:
    pages = []
    for time, name in ((1, "aaaa"), (2_000_000_000, "bbbb")):
        packed = base64.b64encode(gzip.compress(b"data" * 50, mtime=time)).decode()
        pages.append(
            f'<script id="mqc_compressed_plotdata">{packed}</script>reportUuid = "{name}";'
            f'configCreationDate = "23 Nov 2026, 15:4{time % 7} UTC";'
        )
    assert pages[0] != pages[1]
    first, second = map(without_time, pages)
    assert first == second
    held = first.partition('">')[2].partition("<")[0]
    assert gzip.decompress(base64.b64decode(held)) == b"data" * 50


@pytest.mark.skipif(find_tool("multiqc") is None, reason="no multiqc on PATH")
def test_the_page_is_drawn_without_a_service_and_the_same_twice(tmp_path: Path) -> None:
    pages = []
    for name in ("a", "b"):
        out = tmp_path / name / "multiqc.html"
        write_multiqc([patient("P1", QualityStatus.FAIL)], out, synthetic=True)
        pages.append(out.read_bytes())
        assert (out.parent / "multiqc_data" / "multiqc_genomodel_quality_table.txt").is_file()
    assert pages[0] == pages[1]
    text = pages[0].decode()
    assert "Quality against the limits" in text
    assert "Synthetic genome" in text
    assert "Summarize table" not in text
    assert "#mqc_welcome { display: none !important; }" in text
