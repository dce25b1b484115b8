"""Named effects of unannotated variants over the real genome: our own annotation first, then the table of effects."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pysam
import pytest

from genomodel.annotation.csq import annotate_vcf
from genomodel.annotation.maf import read_maf
from genomodel.annotation.vcf import read_annotated_vcf
from genomodel.core.patients import GenomeBuild
from genomodel.core.variants import AnnotatedVariant
from tests.annotation.builders import patient

SHIFT = {
    "13": 28034082 - 28608219,
    "7": 55174722 - 55242415,
    "7m": 116771849 - 116411903,
    "5": -115,
    "4": 54727416 - 55593582,
}
"""From a place on GRCh37 to that on GRCh38, within FLT3, EGFR, MET, the promoter of TERT and KIT."""
Allele = tuple[str, int, str, str]


def annotated(folder: Path, shared: Path, build: GenomeBuild, alleles: list[Allele]) -> list[AnnotatedVariant]:
    """Annotate alleles (``-`` as in MAF) over a real genome and return them in their order."""
    reference = shared / "genome" / f"{build.value}.sparse.fa.gz"
    fasta = pysam.FastaFile(str(reference))
    records = []
    for number, (chrom, pos, ref, alt) in enumerate(alleles):
        before = pos if ref == "-" else pos - 1
        base = fasta.fetch(f"chr{chrom}", before - 1, before).upper() if "-" in (ref, alt) else ""
        start = before if base else pos
        records.append((chrom, start, number, base + ref.strip("-"), base + alt.strip("-")))
    order = {name.removeprefix("chr"): i for i, name in enumerate(fasta.references)}
    records.sort(key=lambda record: (order[record[0]], record[1]))
    contigs = "".join(f"##contig=<ID={n},length={s}>\n" for n, s in zip(fasta.references, fasta.lengths, strict=True))
    lines = [f"chr{c}\t{p}\t{n}\t{r}\t{a}\t.\tPASS\t." for c, p, n, r, a in records]
    plain, out = folder / "plain.vcf", folder / "annotated.vcf.gz"
    head = "##fileformat=VCFv4.2\n" + contigs + "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    plain.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    annotate_vcf(plain, reference, shared / "genome" / f"{build.value}.genes.gff3", out)
    found = read_annotated_vcf(out, patient(genome=build)).variants
    return [
        variant for _, variant in sorted(zip((n for _, _, n, _, _ in records), found, strict=True), key=lambda p: p[0])
    ]


def moved(allele: Allele, build: GenomeBuild, key: str = "") -> Allele:
    chrom, pos, ref, alt = allele
    return (chrom, pos + (SHIFT[key or chrom] if build is GenomeBuild.GRCH38 else 0), ref, alt)


def ids(variant: AnnotatedVariant) -> set[str]:
    return {effect.id for effect in variant.named_effects}


@pytest.mark.parametrize("build", [GenomeBuild.GRCH37, GenomeBuild.GRCH38])
def test_tandem_duplications_of_the_cohort_are_told_from_bases_alone(
    tmp_path: Path, shared_data: Path, build: GenomeBuild, record_property: Callable[[str, object], None]
) -> None:
    calls = read_maf(shared_data / "tcga_laml" / "tcga_laml.maf.gz", patient)
    of_maf = {
        (v.variant.pos, v.variant.ref, v.variant.alt): v for c in calls for v in c.variants if v.variant.chrom == "13"
    }
    flt3 = {key: v for key, v in of_maf.items() if v.consequence and v.consequence.gene == "FLT3"}
    alleles = [moved(("13", pos, ref, alt), build) for pos, ref, alt in flt3]
    told = annotated(tmp_path, shared_data, build, alleles)
    itd = {i for i, variant in enumerate(told) if "FLT3_ITD" in ids(variant)}
    expected = {i for i, variant in enumerate(flt3.values()) if any(e.id == "FLT3_ITD" for e in variant.named_effects)}
    tkd = {i for i, variant in enumerate(told) if "FLT3_TKD" in ids(variant)}
    assert not itd & tkd
    assert itd == expected
    doubted = [effect for i in itd for effect in told[i].named_effects if "with a stop among" in effect.basis]
    assert len(doubted) == 6
    record_property(
        "shown", f"{build.value}: {len(itd)} distinct FLT3-ITD told from bases, {len(doubted)} of them with a stop"
    )


@pytest.mark.parametrize("build", [GenomeBuild.GRCH37, GenomeBuild.GRCH38])
def test_effects_of_other_genes_are_told_from_bases_alone(
    tmp_path: Path, shared_data: Path, build: GenomeBuild
) -> None:
    expected: dict[tuple[Allele, str], set[str]] = {
        (("7", 55242465, "GGAATTAAGAGAAGC", "-"), ""): {"EGFR_EXON_19_DELETION"},
        (("7", 55242470, "T", "C"), ""): set(),
        (("7", 55249010, "-", "GCGTGGACA"), ""): {"EGFR_EXON_20_INSERTION"},
        (("7", 55249071, "C", "T"), ""): set(),
        (("7", 116412044, "G", "T"), "7m"): {"MET_EXON_14_SKIPPING"},
        (("7", 116412043, "G", "A"), "7m"): {"MET_EXON_14_SKIPPING"},
        (("7", 116412042, "A", "G"), "7m"): set(),
        (("5", 1295228, "G", "A"), ""): {"TERT_PROMOTER_C228T"},
        (("5", 1295250, "G", "A"), ""): {"TERT_PROMOTER_C250T"},
        (("5", 1295229, "G", "A"), ""): set(),
        (("4", 55593603, "TGGAAGGTTGTTGAG", "-"), ""): {"KIT_EXON_11"},
    }
    alleles = [moved(allele, build, key) for allele, key in expected]
    reference = pysam.FastaFile(str(shared_data / "genome" / f"{build.value}.sparse.fa.gz"))
    fitting = []
    for chrom, pos, ref, alt in alleles:
        bases = reference.fetch(f"chr{chrom}", pos - 1, pos - 1 + (0 if ref == "-" else len(ref))).upper()
        fitting.append((chrom, pos, ref if ref == "-" else bases, alt))
    told = annotated(tmp_path, shared_data, build, fitting)
    assert [ids(variant) for variant in told] == list(expected.values())
