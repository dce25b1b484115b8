from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.calls.copy_number.sites import het_sites
from genomodel.core.copy_number import HetSite
from genomodel.core.errors import InputError
from tests.calls import sample_reads as reads

PLACES = tuple(range(1000, 2000, 200))
LOST = tuple(reads.Allele(pos, 0.15) for pos in PLACES)
HERE = reads.Sample("T", (*LOST, reads.Allele(1500, 0.3), reads.Allele(1990, 1.0)))
THERE = reads.Sample("N", (*(reads.Allele(pos, 0.5) for pos in PLACES), reads.Allele(1990, 1.0)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sites")
    reads.write_reference(path)
    reads.write(path, "tumor", HERE, seed=1)
    reads.write(path, "normal", THERE, seed=2)
    return path


def test_sites_are_found_in_the_normal_and_counted_in_both(folder: Path) -> None:
    found = het_sites(folder / "tumor.bam", folder / "ref.fa", normal=folder / "normal.bam", bed=folder / "panel.bed")
    assert [site.pos - 1 for site in found] == list(PLACES), "neither the somatic nor the homozygous allele"
    share = sum(s.tumor_alt for s in found) / sum(s.tumor_alt + s.tumor_ref for s in found)
    own = sum(s.normal_alt or 0 for s in found) / sum((s.normal_alt or 0) + (s.normal_ref or 0) for s in found)
    assert share == pytest.approx(0.15, abs=0.06)
    assert own == pytest.approx(0.5, abs=0.08)
    assert found == het_sites(folder / "tumor.bam", folder / "ref.fa", normal=folder / "normal.bam"), "without a BED"


def test_a_tumor_alone_needs_known_sites(folder: Path, tmp_path: Path) -> None:
    assert het_sites(folder / "tumor.bam", folder / "ref.fa", bed=folder / "panel.bed") == ()
    sites = tmp_path / "common.vcf"
    found = het_sites(folder / "tumor.bam", folder / "ref.fa", normal=folder / "normal.bam", bed=folder / "panel.bed")
    import pysam  # noqa: PLC0415

    with pysam.FastaFile(str(folder / "ref.fa")) as fasta:
        bases = fasta.fetch(reads.CONTIG)
    other = dict(zip("ACGT", "CATG", strict=True))
    rows = [f"chr1\t{pos + 1}\t.\t{bases[pos]}\t{other[bases[pos]]}\t.\t.\t.\n" for pos in (*PLACES, 1990, 2500)]
    sites.write_text("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n" + "".join(rows))
    alone = het_sites(folder / "tumor.bam", folder / "ref.fa", bed=folder / "panel.bed", known_sites=sites)
    assert [(s.pos, s.tumor_alt, s.normal_alt) for s in alone] == [(s.pos, s.tumor_alt, None) for s in found]
    sites.write_text(sites.read_text().replace("chr1\t", "1\t"))
    with pytest.raises(InputError, match="mind chr1 and 1"):
        het_sites(folder / "tumor.bam", folder / "ref.fa", bed=folder / "panel.bed", known_sites=sites)


def test_the_number_of_processes_changes_nothing(folder: Path) -> None:
    def read(threads: int) -> tuple[HetSite, ...]:
        return het_sites(
            folder / "tumor.bam", folder / "ref.fa", normal=folder / "normal.bam", bed=folder / "panel.bed",
            threads=threads,
        )  # fmt: skip

    assert read(1) == read(2)
