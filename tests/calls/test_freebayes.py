from __future__ import annotations

from pathlib import Path

import pysam
import pytest

from genomodel.calls.calling_job import CallingJob, calling_job
from genomodel.calls.freebayes import call_freebayes
from genomodel.core.specimens import Library
from tests.calls import stacked_reads

AT = 160


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stacked_reads.write_reference(tmp_path_factory.mktemp("freebayes"))


def called(job: CallingJob, out: Path) -> dict[int, pysam.VariantRecord]:
    call_freebayes(job, out)
    with pysam.VariantFile(str(out)) as vcf:
        assert "##genomodel_engine_version=v1." in str(vcf.header)
        return {record.pos - 1: record for record in vcf}


def test_one_percent_of_twenty_thousand_fragments_is_found_at_its_fraction(reference: Path, tmp_path: Path) -> None:
    bam = stacked_reads.write_pairs(tmp_path / "t.bam", "T", pairs=20_000, carriers=200, errors=0.001)
    record = called(calling_job(reference, [(str(bam), "p.tumor")], library=Library.AMPLICON), tmp_path / "o.vcf.gz")[
        AT
    ]
    assert record.samples["p.tumor"]["AF"][0] == pytest.approx(0.01, abs=0.002)
    assert record.samples["p.tumor"]["DP"] > 39_000


@pytest.mark.parametrize(("shards", "workers"), [(3, 1), (12, 2)])
def test_shards_lose_no_candidate(reference: Path, tmp_path: Path, shards: int, workers: int) -> None:
    bam = stacked_reads.write_pairs(tmp_path / "t.bam", "T", pairs=100, carriers=20, errors=0.02)
    pair = [(str(bam), "p.tumor")]
    whole = called(calling_job(reference, pair), tmp_path / "whole.vcf.gz")
    split = called(calling_job(reference, pair, shards=shards, workers=workers), tmp_path / "split.vcf.gz")
    assert len(whole) > 5
    # Neighboring errors on one read are one haplotype, unless the border of a shard parts them.
    assert set(whole) <= set(split)
    for calls in (whole, split):
        assert calls[AT].samples["p.tumor"]["AF"][0] == pytest.approx(0.2, abs=0.03)


def test_samples_whose_read_groups_share_an_id_are_told_apart(reference: Path, tmp_path: Path) -> None:
    tumor = stacked_reads.write_pairs(tmp_path / "t.bam", "T", pairs=100, carriers=20)
    normal = stacked_reads.write_pairs(tmp_path / "n.bam", "N", pairs=50, seed=3)
    ids = [pysam.AlignmentFile(str(path)).header.to_dict()["RG"][0]["ID"] for path in (tumor, normal)]
    assert ids == ["1", "1"]
    record = called(
        calling_job(reference, [(str(tumor), "p.tumor"), (str(normal), "p.normal")]), tmp_path / "o.vcf.gz"
    )[AT]
    assert record.samples["p.tumor"]["AD"] == (160, 40)
    assert record.samples["p.normal"]["AD"] == (100, 0)


def test_regions_without_reads_give_calls_without_a_record(reference: Path, tmp_path: Path) -> None:
    bam = stacked_reads.write_pairs(tmp_path / "t.bam", "T", pairs=20, carriers=10)
    (tmp_path / "far.bed").write_text("chr1\t300\t380\tX\n")
    assert (
        called(calling_job(reference, [(str(bam), "p.tumor")], bed=tmp_path / "far.bed"), tmp_path / "o.vcf.gz") == {}
    )
