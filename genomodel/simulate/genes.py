"""The genes of the synthetic panel: what is real about them, as plain tables.

Real are the symbol, chromosome, strand, exon structure and protein length (NCBI RefSeq MANE Select transcripts of
GRCh38), and the codons listed in ``codons``: residues where tumors are often mutated. All other bases are random.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class GeneSpec:
    """A gene before it has a place in the synthetic genome."""

    symbol: str
    contig: str
    strand: str
    transcript: str
    """The RefSeq transcript that the exon structure is taken from."""
    coding: tuple[int, ...]
    """Coding bases of each exon in transcript order, stop codon included; 0 for an untranslated exon."""
    codons: dict[int, str]
    """Codon number -> the real reference triplet(s), starting at that codon."""


# fmt: off
GENES: tuple[GeneSpec, ...] = (
    GeneSpec(
        "NRAS", "chr1", "-", "NM_002524", (0, 111, 179, 160, 120, 0, 0),
        {12: "GGT", 13: "GGT", 61: "CAA"},
    ),
    GeneSpec(
        "IDH1", "chr2", "-", "NM_005896", (0, 0, 122, 292, 106, 178, 152, 141, 163, 91),
        {132: "CGT"},
    ),
    GeneSpec(
        "PIK3CA", "chr3", "+", "NM_006218",
        (0, 352, 210, 251, 246, 86, 106, 153, 135, 125, 82, 165, 104, 172, 107, 122, 79, 171, 118, 152, 271),
        {88: "CGA", 345: "AAT", 420: "TGT", 542: "GAA", 545: "GAG", 546: "CAG", 1047: "CAT"},
    ),
    GeneSpec(
        "KIT", "chr4", "+", "NM_000222",
        (67, 270, 282, 137, 169, 190, 116, 115, 194, 107, 127, 105, 111, 151, 92, 128, 123, 112, 100, 106, 129),
        {557: "TGG", 642: "AAA", 654: "GTG", 816: "GAC", 822: "AAT"},
    ),
    GeneSpec(
        "APC", "chr5", "+", "NM_000038",
        (0, 135, 85, 202, 109, 114, 84, 105, 99, 379, 96, 140, 78, 117, 215, 6574),
        {876: "CGA", 1114: "CGA", 1309: "GAA", 1450: "CGA"},
    ),
    GeneSpec(
        "EGFR", "chr7", "+", "NM_005228",
        (88, 152, 184, 135, 69, 119, 142, 117, 127, 74, 91, 200, 133, 91,
         158, 39, 142, 123, 99, 186, 156, 76, 147, 98, 168, 48, 109, 362),
        {719: "GGC", 745: "AAGGAATTAAGAGAAGCAACA", 768: "AGC", 790: "ACG", 797: "TGC", 858: "CTG", 861: "CTG"},
    ),
    GeneSpec(
        "BRAF", "chr7", "-", "NM_004333",
        (138, 102, 264, 104, 103, 149, 120, 160, 37, 137, 118, 85, 177, 47, 119, 132, 135, 174),
        {466: "GGA", 469: "GGA", 594: "GAT", 600: "GTG", 601: "AAA"},
    ),
    GeneSpec("CDKN2A", "chr9", "-", "NM_000077", (150, 307, 14), {58: "CGA", 80: "CGA", 110: "TGG"}),
    GeneSpec(
        "PTEN", "chr10", "+", "NM_000314", (79, 85, 45, 44, 239, 142, 167, 225, 186),
        {130: "CGA", 233: "CGA"},
    ),
    GeneSpec(
        "KRAS", "chr12", "-", "NM_004985", (0, 111, 179, 160, 117),
        {12: "GGT", 13: "GGC", 61: "CAA", 117: "AAA", 146: "GCA"},
    ),
    GeneSpec(
        "RB1", "chr13", "+", "NM_000321",
        (137, 127, 116, 120, 39, 68, 111, 143, 78, 110, 78, 88, 117, 57,
         32, 77, 197, 119, 146, 146, 105, 114, 164, 31, 143, 50, 74),
        {320: "CGA", 445: "CGA", 579: "CGA"},
    ),
    GeneSpec(
        "TP53", "chr17", "-", "NM_000546", (0, 74, 22, 279, 184, 113, 110, 137, 74, 107, 82),
        {175: "CGC", 220: "TAT", 245: "GGC", 248: "CGG", 249: "AGG", 273: "CGT", 282: "CGG"},
    ),
    GeneSpec(
        "ERBB2", "chr17", "+", "NM_004448",
        (73, 152, 214, 135, 69, 116, 142, 120, 127, 74, 91, 200, 133, 91,
         161, 48, 139, 123, 99, 186, 156, 76, 147, 98, 189, 253, 356),
        {310: "TCC", 755: "TTG", 777: "GTG", 842: "GTC"},
    ),
    GeneSpec("STK11", "chr19", "+", "NM_000455", (290, 84, 90, 133, 137, 128, 58, 188, 194, 0), {37: "CAG"}),
)
# fmt: on
