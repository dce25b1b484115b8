from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pysam
import pytest

from genomodel.calls.calling_job import CallingJob, Thresholds, calling_job
from genomodel.calls.pileup_caller import ERROR_RATE, call_pileup, exceeds_errors
from genomodel.core.specimens import Library
from tests.calls import stacked_reads

AT = 160


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stacked_reads.write_reference(tmp_path_factory.mktemp("pileup"))


def called(job: CallingJob, out: Path) -> dict[int, pysam.VariantRecord]:
    call_pileup(job, out)
    with pysam.VariantFile(str(out)) as vcf:
        return {record.pos - 1: record for record in vcf}


def test_one_percent_of_twenty_thousand_fragments_is_found_at_its_fraction(
    reference: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    bam = stacked_reads.write_pairs(tmp_path / "t.bam", "T", pairs=20_000, carriers=200, errors=0.001)
    start = time.monotonic()
    calls = called(calling_job(reference, [(str(bam), "p.tumor")], library=Library.AMPLICON), tmp_path / "o.vcf.gz")
    seconds = time.monotonic() - start
    tumor = calls[AT].samples["p.tumor"]
    record_property(
        "shown", f"pileup, 1 % at 20,000x: {tumor['AF'][0]:.4f} of {tumor['DP']} fragments, {seconds:.1f} s"
    )
    assert tumor["AF"][0] == pytest.approx(0.01, abs=0.0015)
    # The mates overlap at the variant; each fragment counts once, and none is beyond a cap.
    assert 19_000 < tumor["DP"] <= 20_000
    assert calls[AT].alts == (stacked_reads.other_base(str(calls[AT].ref)),)
    assert set(calls) == {AT}


def test_the_limit_of_depth_is_the_configured_one(reference: Path, tmp_path: Path) -> None:
    bam = stacked_reads.write_pairs(tmp_path / "t.bam", "T", pairs=2000, carriers=100)
    job = calling_job(reference, [(str(bam), "p.tumor")], thresholds=Thresholds(max_depth=300))
    assert called(job, tmp_path / "o.vcf.gz")[AT].samples["p.tumor"]["DP"] < 400


def test_the_normals_reads_stand_beside_and_make_no_candidate(reference: Path, tmp_path: Path) -> None:
    tumor = stacked_reads.write_pairs(tmp_path / "t.bam", "T", pairs=100, carriers=20)
    normal = stacked_reads.write_pairs(tmp_path / "n.bam", "N", pairs=80, carriers=40, at=140)
    calls = called(calling_job(reference, [(str(tumor), "p.tumor"), (str(normal), "p.normal")]), tmp_path / "o.vcf.gz")
    assert set(calls) == {AT}
    assert calls[AT].samples["p.tumor"]["AD"] == (80, 20)
    assert calls[AT].samples["p.normal"]["AD"] == (80, 0)


def test_duplicates_count_only_in_amplicons(reference: Path, tmp_path: Path) -> None:
    plain = stacked_reads.write_pairs(tmp_path / "plain.bam", "T", pairs=100, carriers=30)
    marked = tmp_path / "t.bam"
    with pysam.AlignmentFile(str(plain)) as source, pysam.AlignmentFile(str(marked), "wb", template=source) as out:
        for read in source:
            read.is_duplicate = int(str(read.query_name)[1:]) >= 10
            out.write(read)
    pysam.index(str(marked))
    depths = {}
    for library in (Library.CAPTURE, Library.AMPLICON):
        job = calling_job(reference, [(str(marked), "p.tumor")], library=library)
        depths[library] = called(job, tmp_path / f"{library}.vcf.gz")[AT].samples["p.tumor"]["DP"]
    assert depths == {Library.CAPTURE: 10, Library.AMPLICON: 100}


@pytest.mark.parametrize(("shards", "workers"), [(3, 1), (12, 2)])
def test_shards_give_the_same_calls(reference: Path, tmp_path: Path, shards: int, workers: int) -> None:
    bam = stacked_reads.write_pairs(tmp_path / "t.bam", "T", pairs=200, carriers=40, errors=0.01)
    pair = [(str(bam), "p.tumor")]
    whole = calling_job(reference, pair)
    split = calling_job(reference, pair, shards=shards, workers=workers)
    call_pileup(whole, tmp_path / "whole.vcf.gz")
    call_pileup(split, tmp_path / "split.vcf.gz")
    assert len(called(whole, tmp_path / "again.vcf.gz")) > 1
    assert (tmp_path / "split.vcf.gz").read_bytes() == (tmp_path / "whole.vcf.gz").read_bytes()


def test_regions_without_reads_give_calls_without_a_record(reference: Path, tmp_path: Path) -> None:
    bam = stacked_reads.write_pairs(tmp_path / "t.bam", "T", pairs=20, carriers=10)
    (tmp_path / "far.bed").write_text("chr1\t300\t380\tX\n")
    job = calling_job(reference, [(str(bam), "p.tumor")], bed=tmp_path / "far.bed")
    assert called(job, tmp_path / "o.vcf.gz") == {}
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".calling-")]


@pytest.mark.parametrize(
    ("reads", "depth", "candidate"),
    [(0, 100, False), (1, 60, False), (2, 60, True), (2, 200, False), (3, 200, True), (100, 20_000, True)],
)
def test_more_reads_than_errors_bring(reads: int, depth: int, candidate: bool) -> None:
    assert exceeds_errors(reads, depth) is candidate


def test_errors_alone_make_a_candidate_at_less_than_one_place_in_a_thousand() -> None:
    rng = np.random.default_rng(3)
    for depth in (60, 200, 1000, 20_000):
        wrong = rng.poisson(depth * ERROR_RATE, 100_000)
        share = np.mean([exceeds_errors(int(reads), depth) for reads in wrong])
        assert share < 1.2e-3, depth
