"""Variants whose names every laboratory knows, on the real genome of both builds, from bases and gene models alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from genomodel.annotation.coding.engine import TranscriptEngine
from genomodel.core.variants import Consequence, VariantClass

BUILDS = ("GRCh37", "GRCh38")


@pytest.fixture(scope="module")
def engines(shared_data: Path) -> Iterator[dict[str, TranscriptEngine]]:
    folder = shared_data / "genome"
    found = {
        build: TranscriptEngine.open(folder / f"{build}.sparse.fa.gz", folder / f"{build}.genes.gff3")
        for build in BUILDS
    }
    yield found
    for engine in found.values():
        engine.close()


KNOWN = [
    ("EGFR L858R", "7", 55259515, 55191822, "T", "G", "c.2573T>G", "p.Leu858Arg", "21/28"),
    ("EGFR T790M", "7", 55249071, 55181378, "C", "T", "c.2369C>T", "p.Thr790Met", "20/28"),
    (
        "EGFR exon 19 deletion",
        "7",
        55242464,
        55174771,
        "AGGAATTAAGAGAAGC",
        "A",
        "c.2235_2249del",
        "p.Glu746_Ala750del",
        "19/28",
    ),
    (
        "EGFR exon 20 duplication",
        "7",
        55249009,
        55181316,
        "G",
        "GGCCAGCGTG",
        "c.2300_2308dup",
        "p.Ala767_Val769dup",
        "20/28",
    ),
    (
        "EGFR exon 20 insertion",
        "7",
        55249012,
        55181319,
        "C",
        "CGGT",
        "c.2310_2311insGGT",
        "p.Asp770_Asn771insGly",
        "20/28",
    ),
    ("BRAF V600E", "7", 140453136, 140753336, "A", "T", "c.1799T>A", "p.Val600Glu", "15/18"),
    ("BRAF V600K", "7", 140453136, 140753336, "AC", "TT", "c.1798_1799delinsAA", "p.Val600Lys", "15/18"),
    ("KRAS G12C", "12", 25398285, 25245351, "C", "A", "c.34G>T", "p.Gly12Cys", "2/5"),
    ("NRAS Q61R", "1", 115256529, 114713908, "T", "C", "c.182A>G", "p.Gln61Arg", "3/7"),
    ("JAK2 V617F", "9", 5073770, 5073770, "G", "T", "c.1849G>T", "p.Val617Phe", "14/25"),
    ("IDH1 R132H", "2", 209113112, 208248388, "C", "T", "c.395G>A", "p.Arg132His", "4/10"),
    ("IDH2 R140Q", "15", 90631934, 90088702, "C", "T", "c.419G>A", "p.Arg140Gln", "4/11"),
    ("PIK3CA H1047R", "3", 178952085, 179234297, "A", "G", "c.3140A>G", "p.His1047Arg", "21/21"),
    ("KIT D816V", "4", 55599321, 54733155, "A", "T", "c.2447A>T", "p.Asp816Val", "17/21"),
    ("TP53 R175H", "17", 7578406, 7675088, "C", "T", "c.524G>A", "p.Arg175His", "5/11"),
    ("TP53 c.723del", "17", 7577557, 7674239, "AG", "A", "c.723del", "p.Cys242AlafsTer5", "7/11"),
    ("TP53 c.902del", "17", 7577035, 7673717, "TG", "T", "c.902del", "p.Pro301GlnfsTer44", "8/11"),
    ("TP53 c.455dup", "17", 7578474, 7675156, "C", "CG", "c.455dup", "p.Pro153AlafsTer28", "5/11"),
    ("NPM1 type A", "5", 170837543, 171410539, "C", "CTCTG", "c.860_863dup", "p.Trp288CysfsTer12", "11/11"),
    (
        "NPM1 type A anchored right",
        "5",
        170837547,
        171410543,
        "G",
        "GTCTG",
        "c.860_863dup",
        "p.Trp288CysfsTer12",
        "11/11",
    ),
    ("CALR type 2", "19", 13054627, 12943813, "A", "ATTGTC", "c.1154_1155insTTGTC", "p.Lys385AsnfsTer47", "9/9"),
    ("BRCA1 185delAG", "17", 41276044, 43124027, "ACT", "A", "c.68_69del", "p.Glu23ValfsTer17", "2/23"),
    ("BRCA1 5382insC", "17", 41209079, 43057062, "T", "TG", "c.5266dup", "p.Gln1756ProfsTer74", "19/23"),
    ("BRCA2 6174delT", "13", 32914437, 32340300, "GT", "G", "c.5946del", "p.Ser1982ArgfsTer22", "11/27"),
    ("APC 1309", "5", 112175211, 112839514, "TAAAAG", "T", "c.3927_3931del", "p.Glu1309AspfsTer4", "16/16"),
    ("PTEN K267fs", "10", 89717769, 87958012, "TA", "T", "c.800del", "p.Lys267ArgfsTer9", "7/9"),
    ("VHL R167Q", "3", 10191507, 10149823, "G", "A", "c.500G>A", "p.Arg167Gln", "3/3"),
    ("VHL start", "3", 10183532, 10141848, "A", "T", "c.1A>T", "p.Met1?", "1/3"),
    ("VHL stop", "3", 10191647, 10149963, "T", "C", "c.640T>C", "p.Ter214ArgextTer14", "3/3"),
    ("TERT C228T", "5", 1295228, 1295113, "G", "A", "c.-124C>T", "", ""),
    ("TERT C250T", "5", 1295250, 1295135, "G", "A", "c.-146C>T", "", ""),
    ("MSH2 splice region", "2", 47641560, 47414421, "A", "T", "c.942+3A>T", "", ""),
    ("CDKN2A p16", "9", 21971120, 21971121, "G", "A", "c.238C>T", "p.Arg80Ter", "2/3"),
]


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known[0])
def test_a_known_variant_has_its_known_name(
    engines: dict[str, TranscriptEngine], known: tuple[str, str, int, int, str, str, str, str, str], build: str
) -> None:
    _, contig, in_37, in_38, ref, alt, hgvs_c, hgvs_p, exon = known
    pos = in_37 if build == "GRCh37" else in_38
    best = engines[build].consequences(f"chr{contig}", pos, ref, alt)[0]
    assert (best.hgvs_c, best.hgvs_p, best.exon) == (hgvs_c, hgvs_p, exon)


def by_transcript(found: tuple[Consequence, ...]) -> dict[str, Consequence]:
    return {one.transcript.partition(".")[0]: one for one in found}


@pytest.mark.parametrize(("build", "pos"), [("GRCh37", 21971120), ("GRCh38", 21971121)])
def test_the_two_frames_of_cdkn2a_are_read_apart(engines: dict[str, TranscriptEngine], build: str, pos: int) -> None:
    found = by_transcript(engines[build].consequences("chr9", pos, "G", "A"))
    p16, p14 = found["ENST00000304494"], found["ENST00000579755"]
    assert (p16.protein_change, p16.codons, p16.mane) == ("R80*", "Cga/Tga", "select")
    assert (p14.protein_change, p14.codons, p14.mane) == ("P94L", "cCg/cTg", "plus_clinical")


@pytest.mark.parametrize(("build", "pos"), [("GRCh37", 116412044), ("GRCh38", 116771990)])
def test_the_donor_of_met_exon_14_is_a_splice_site_without_a_protein_name(
    engines: dict[str, TranscriptEngine], build: str, pos: int
) -> None:
    one = by_transcript(engines[build].consequences("chr7", pos, "G", "T"))["ENST00000318493"]
    assert (one.hgvs_c, one.hgvs_p, one.intron, one.exon) == ("c.3082+1G>T", "p.?", "14/20", "")
    assert one.terms == ("splice_donor_variant",)
    # This isoform has 18 residues more than the one by which exon 14 ends at residue 1010.
    assert one.protein_change == f"X{1010 + 18}_splice"


@pytest.mark.parametrize(
    ("pos", "alt", "change"),
    [
        (28608250, "TTTGAGATCATATTCATATTCTCTGAAATCAACG", "L601_K602insNVDFREYEYDL"),
        (28608255, "GATCATATTCATATTCTCTGAA", "F594_D600dup"),
        # Inserted into exon 14 up to its last base, which the cohort's file calls a splice site.
        (28608218, "CCAAACTCTAAATTTTCTCTTGGAAACTCCCATTTGAGATCATATT", "E598_F612dup"),
    ],
)
def test_internal_tandem_duplications_of_flt3_are_named(
    engines: dict[str, TranscriptEngine], pos: int, alt: str, change: str
) -> None:
    best = engines["GRCh37"].consequences("chr13", pos, alt[0], alt)[0]
    assert (best.protein_change, best.variant_class) == (change, VariantClass.INFRAME_INSERTION)
    assert best.exon == "14/24"


@pytest.mark.parametrize(("build", "first"), [("GRCh37", 140453136), ("GRCh38", 140753336)])
def test_v600k_of_two_records_is_read_together(engines: dict[str, TranscriptEngine], build: str, first: int) -> None:
    pair = [(first, "A", "T"), (first + 1, "C", "T")]
    alone = [engines[build].consequences("chr7", *allele)[0].protein_change for allele in pair]
    (together, *_) = engines[build].joint("chr7", pair)
    assert alone == ["V600E", "V600M"]
    assert (together.protein_change, together.hgvs_c, together.codons) == ("V600K", "c.1798_1799delinsAA", "GTg/AAg")


@pytest.mark.parametrize("build", BUILDS)
def test_every_coding_transcript_reads_through(engines: dict[str, TranscriptEngine], build: str) -> None:
    engine = engines[build]
    broken = [
        name
        for name, transcript in engine.transcripts.items()
        if (frame := engine.frame(transcript)) is not None and not frame.sound
    ]
    assert len(engine.transcripts) > 200
    assert broken == []
