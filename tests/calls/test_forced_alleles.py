from __future__ import annotations

from pathlib import Path

import pysam
import pytest

from genomodel.calls.forced_alleles import forced_alleles, simple_alleles, write_alleles
from genomodel.calls.vcf_text import VcfReader
from genomodel.core.variants import Variant
from tests.calls.builders import write_vcf


class Hotspots:
    """One place that is a hotspot, by its key."""

    def __init__(self, *keys: str) -> None:
        self.keys = keys

    def find(self, variant: Variant) -> str | None:
        return "GENE V600E" if variant.key in self.keys else None


META = ("##contig=<ID=chr2,length=900>", "##contig=<ID=chr1,length=900>")


def calls(folder: Path, engine: str, *rows: str) -> tuple[str, Path]:
    lines = [f"{row}\tGT\t0/1" for row in rows]
    return engine, write_vcf(folder / f"{engine}.vcf", lines, ("T",), META)


def keys(entries: list[tuple[Variant, str]]) -> list[str]:
    return [variant.key for variant, _ in entries]


def test_an_allele_that_mutect2_did_not_pass_is_looked_at_again(tmp_path: Path) -> None:
    seen = "chr1\t100\t.\tA\tT\t.\t{}\t."
    hotspots = Hotspots("chr1:100:A>T")
    pileup = calls(tmp_path, "pileup", seen.format("."))
    assert keys(forced_alleles([pileup], hotspots)) == ["chr1:100:A>T"]
    for filters, wanted in (("weak_evidence", ["chr1:100:A>T"]), ("PASS", [])):
        mutect2 = calls(tmp_path, "mutect2", seen.format(filters))
        assert keys(forced_alleles([mutect2, pileup], hotspots)) == wanted


def test_an_allele_that_another_engine_passed_is_looked_at_again_all_the_same(tmp_path: Path) -> None:
    given = calls(tmp_path, "given", "chr1\t100\t.\tA\tT\t.\tPASS\t.")
    mutect2 = calls(tmp_path, "mutect2")
    assert keys(forced_alleles([mutect2, given], Hotspots("chr1:100:A>T"))) == ["chr1:100:A>T"]


def test_alleles_that_are_no_hotspot_are_left_alone(tmp_path: Path) -> None:
    pileup = calls(tmp_path, "pileup", "chr1\t100\t.\tA\tC\t.\t.\t.", "chr1\t101\t.\tA\t<DEL>\t.\t.\t.")
    assert forced_alleles([pileup], Hotspots("chr1:100:A>T")) == []


@pytest.mark.parametrize(
    ("row", "hotspot"),
    [
        ("chr1\t99\t.\tGAC\tCTC\t.\t.\t.", "chr1:100:A>T"),
        ("chr1\t97\t.\tGGGAC\tCGGTT\t.\t.\t.", "chr1:100:AC>TT"),
        ("chr1\t99\t.\tGAC\tCAT\t.\t.\t.", "chr1:99:GAC>CAT"),
    ],
)
def test_a_hotspot_within_a_longer_haplotype_is_found(tmp_path: Path, row: str, hotspot: str) -> None:
    assert keys(forced_alleles([calls(tmp_path, "freebayes", row)], Hotspots(hotspot))) == [hotspot]


def test_an_indel_is_taken_as_it_is() -> None:
    assert [v.key for v in simple_alleles("1", 5, "ACG", "A")] == ["1:5:ACG>A"]


def test_alleles_are_written_in_the_order_of_the_calls_contigs(tmp_path: Path) -> None:
    (tmp_path / "x.fa.fai").write_text("chr2\t900\t6\t60\t61\nchr1\t900\t960\t60\t61\n")
    rows = ["chr2\t50\t.\tA\tT\t.\t.\t.", "chr1\t7\t.\tC\tG\t.\t.\t.", "chr1\t9\t.\tC\tG\t.\t.\t."]
    found = forced_alleles([calls(tmp_path, "pileup", *rows)], Hotspots("chr1:7:C>G", "chr2:50:A>T", "chr1:9:C>G"))
    out = tmp_path / "alleles.vcf.gz"
    write_alleles(found, tmp_path / "x.fa", out)
    assert [(r.chrom, r.pos, r.info["HOTSPOT"]) for r in VcfReader(out)] == [
        ("chr2", 50, "GENE_V600E"), ("chr1", 7, "GENE_V600E"), ("chr1", 9, "GENE_V600E"),
    ]  # fmt: skip
    with pysam.TabixFile(str(out)) as index:
        assert index.contigs == ["chr2", "chr1"]
    write_alleles([], tmp_path / "x.fa", out)
    assert list(VcfReader(out)) == []
