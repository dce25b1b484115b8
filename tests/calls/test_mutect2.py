"""Mutect2 itself; the tests are skipped where GATK is not installed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pysam
import pytest

from genomodel.calls.calling_job import calling_job
from genomodel.calls.forced_alleles import write_alleles
from genomodel.calls.mutect2 import (
    Resources,
    call_mutect2,
    for_gatk,
    force_call,
    mean_depth,
    pruning_options,
    reads_options,
    with_margins,
)
from genomodel.calls.pon import build_panel_of_normals
from genomodel.calls.tools import find_tool
from genomodel.core.errors import InputError
from genomodel.core.specimens import Library
from genomodel.core.variants import Variant
from tests.calls import stacked_reads

needs_gatk = pytest.mark.skipif(
    find_tool("gatk") is None or find_tool("java") is None, reason="gatk or java not on PATH and not in GENOMODEL_TOOLS"
)
AT = 160


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stacked_reads.write_reference(tmp_path_factory.mktemp("mutect2"))


def bed(folder: Path, *regions: tuple[int, int]) -> Path:
    path = folder / "regions.bed"
    path.write_text("".join(f"chr1\t{start}\t{end}\tX\n" for start, end in regions))
    return path


def read(path: Path) -> tuple[str, list[pysam.VariantRecord]]:
    with pysam.VariantFile(str(path)) as vcf:
        return str(vcf.header), list(vcf)


@pytest.mark.slow
@needs_gatk
def test_one_percent_of_twenty_thousand_fragments_passes_at_its_fraction(
    reference: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    bam = stacked_reads.write_pairs(tmp_path / "t.bam", "T", pairs=20_000, carriers=200, errors=0.001)
    job = calling_job(
        reference, [(str(bam), "p.tumor")], bed=bed(tmp_path, (120, 230)), library=Library.AMPLICON, memory_mb=2500
    )
    call_mutect2(job, tmp_path / "o.vcf.gz")
    header, (record,) = read(tmp_path / "o.vcf.gz")
    tumor = record.samples["p.tumor"]
    record_property("shown", f"Mutect2, 1 % at 20,000x: {tumor['AF'][0]:.4f} of {tumor['DP']} reads")
    assert (record.pos - 1, list(record.filter)) == (AT, ["PASS"])
    assert tumor["AF"][0] == pytest.approx(0.01, abs=0.002)
    assert tumor["DP"] > 35_000
    assert re.search(r"##genomodel_engine_version=4\.\d", header)


@pytest.mark.slow
@needs_gatk
def test_shards_without_reads_and_without_callable_bases_are_results(reference: Path, tmp_path: Path) -> None:
    """One shard has the variant, one no read, and of five shards over two regions three are empty."""
    tumor = stacked_reads.write_pairs(tmp_path / "t.bam", "T", pairs=60, carriers=25)
    normal = stacked_reads.write_pairs(tmp_path / "n.bam", "N", pairs=60, seed=2)
    job = calling_job(
        reference, [(str(tumor), "p.tumor"), (str(normal), "p.normal")],
        bed=bed(tmp_path, (150, 170), (300, 380)), shards=5, workers=2, memory_mb=3000,
    )  # fmt: skip
    assert [bool(part) for part in job.parts()].count(False) == 3
    call_mutect2(job, tmp_path / "o.vcf.gz")
    _, records = read(tmp_path / "o.vcf.gz")
    assert [record.pos - 1 for record in records] == [AT]
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".calling-")]
    job = calling_job(reference, [(str(tumor), "p.tumor")], bed=bed(tmp_path, (300, 380)), memory_mb=2500)
    assert call_mutect2(job, tmp_path / "none.vcf.gz") == 0
    header, _ = read(tmp_path / "none.vcf.gz")
    assert "##genomodel_skipped=count of callable bases: none was found, 80 bases" in header


@pytest.mark.slow
@needs_gatk
def test_contamination_without_enough_sites_is_skipped_and_said(reference: Path, tmp_path: Path) -> None:
    tumor = stacked_reads.write_pairs(tmp_path / "t.bam", "T", pairs=60, carriers=25)
    sites = tmp_path / "sites.vcf"
    base = stacked_reads.contig()[139]
    sites.write_text(
        "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=400>\n"
        '##INFO=<ID=AF,Number=A,Type=Float,Description="x">\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n'
        f"chr1\t140\t.\t{base}\t{stacked_reads.other_base(base)}\t.\tPASS\tAF=0.1\n"
    )
    pysam.tabix_index(str(sites), preset="vcf")
    job = calling_job(reference, [(str(tumor), "p.tumor")], bed=bed(tmp_path, (120, 230)), memory_mb=2500)
    call_mutect2(job, tmp_path / "o.vcf.gz", Resources(common_sites=Path(f"{sites}.gz")))
    header, records = read(tmp_path / "o.vcf.gz")
    assert [list(record.filter) for record in records] == [["PASS"]]
    assert "##genomodel_skipped=contamination: 1 common sites have 10 reads, 100 are needed" in header


def alleles(reference: Path, folder: Path, *changes: tuple[int, str]) -> Path:
    bases = stacked_reads.contig()
    entries = [(Variant(chrom="chr1", pos=at + 1, ref=bases[at], alt=alt), "GENE V600E") for at, alt in changes]
    write_alleles(entries, reference, folder / "alleles.vcf.gz")
    return folder / "alleles.vcf.gz"


@pytest.mark.slow
@needs_gatk
def test_a_forced_allele_is_judged_where_no_variant_is_seen(reference: Path, tmp_path: Path) -> None:
    """Two of 400 fragments carry the first allele, none the second."""
    tumor = stacked_reads.write_pairs(tmp_path / "t.bam", "T", pairs=400, carriers=2)
    other = stacked_reads.other_base
    bases = stacked_reads.contig()
    wanted = alleles(reference, tmp_path, (AT, other(bases[AT])), (200, other(bases[200])))
    job = calling_job(reference, [(str(tumor), "p.tumor")], regions=(), memory_mb=2500)
    assert force_call(job, wanted, tmp_path / "o.vcf.gz") == 2
    header, records = read(tmp_path / "o.vcf.gz")
    counts = {record.pos - 1: record.samples["p.tumor"]["AD"][1] for record in records}
    # Mutect2 counts mates, so that a fragment whose mates overlap at the allele is two.
    assert counts == {AT: 4, 200: 0}
    assert "##genomodel_engine=forced" in header


def test_without_an_allele_to_force_no_program_is_started(
    reference: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("GENOMODEL_TOOLS", raising=False)
    tumor = stacked_reads.write_pairs(tmp_path / "t.bam", "T", pairs=4)
    job = calling_job(reference, [(str(tumor), "p.tumor")], regions=())
    assert force_call(job, alleles(reference, tmp_path), tmp_path / "o.vcf.gz") == 0
    assert read(tmp_path / "o.vcf.gz")[1] == []


def cram(source: Path, reference: Path, version: str) -> Path:
    path = source.with_name(f"v{version}.cram")
    options: Sequence[str] = ["--output-fmt", f"cram,version={version}", "--reference", str(reference)]
    pysam.view(*options, "--output", str(path), str(source), catch_stdout=False)
    pysam.index(str(path))
    return path


@pytest.mark.parametrize("panel", [True, False])
def test_cram_that_gatk_cannot_read_is_written_again(reference: Path, tmp_path: Path, panel: bool) -> None:
    bam = stacked_reads.write_pairs(tmp_path / "t.bam", "T", pairs=10)
    regions = bed(tmp_path, (150, 170)) if panel else None
    kept = {}
    for version in ("3.0", "3.1"):
        path = cram(bam, reference, version)
        (tmp_path / version).mkdir()
        job = for_gatk(calling_job(reference, [(str(path), "p")], bed=regions), tmp_path / version)
        kept[version] = job.alignments[0]
        assert kept[version].read_bytes()[4:6] == bytes([3, 0])
        with pysam.AlignmentFile(str(kept[version]), reference_filename=str(reference)) as handle:
            assert sum(1 for _ in handle.fetch("chr1", 150, 170)) == 20
    assert kept["3.0"] == tmp_path / "v3.0.cram"
    assert kept["3.1"].parent == tmp_path / "3.1"
    assert for_gatk(calling_job(reference, [(str(bam), "p")]), tmp_path).alignments == (bam,)


def test_the_cap_of_reads_is_taken_away_but_for_genomes(reference: Path, tmp_path: Path) -> None:
    bam = str(stacked_reads.write_pairs(tmp_path / "t.bam", "T", pairs=4))
    cap = "--max-reads-per-alignment-start"
    for library in Library:
        for regions in (None, bed(tmp_path, (150, 170))):
            words = reads_options(calling_job(reference, [(bam, "p")], bed=regions, library=library))
            assert (cap in words) is (library is not Library.WGS or regions is not None)
            assert ("NotDuplicateReadFilter" in words) is (library is Library.AMPLICON)


def test_depth_is_measured_where_reads_are_counted(reference: Path, tmp_path: Path) -> None:
    bam = stacked_reads.write_pairs(tmp_path / "t.bam", "T", pairs=300)
    # One mate covers 100 to 200, the other 150 to 250.
    assert mean_depth(bam, reference, [("chr1", 100, 150)]) == 300
    assert mean_depth(bam, reference, [("chr1", 150, 200)]) == 600
    assert mean_depth(bam, reference, [("chr1", 0, 100), ("chr1", 100, 150)]) == pytest.approx(100)
    assert mean_depth(bam, reference, [("chr1", 300, 400)]) == 0


@pytest.mark.parametrize(("depth", "reads"), [(0, 2), (60, 2), (200, 3), (1000, 5), (20_000, 69)])
def test_pruning_grows_with_the_depth_and_stays_below_one_percent_of_it(depth: int, reads: int) -> None:
    assert pruning_options(depth)[-2:] == ["--min-pruning", str(reads)]
    assert depth <= 200 or reads < 0.01 * depth


def test_margins_join_where_they_touch_and_stay_on_the_contig(reference: Path) -> None:
    places = [("chr1", 5, 6), ("chr1", 30, 31), ("chr1", 390, 391)]
    assert with_margins(reference, places, 20) == [("chr1", 0, 51), ("chr1", 370, 400)]


def test_one_normal_makes_no_panel(reference: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="needs at least 2 normals, the sheet has 1"):
        build_panel_of_normals([tmp_path / "n.vcf.gz"], reference, tmp_path / "pon.vcf.gz")
