"""A small genome with one gene of three exons and its mirror image, for tests of the transcript engine.

The gene: 10 untranslated bases and codons 1-4 in exon 1, codons 5-9 from the second base of codon 5 on in exon 2,
the rest and 30 untranslated bases in exon 3. Introns begin with GT and end with AG.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from genomodel.annotation.coding.engine import TranscriptEngine
from genomodel.core.codons import reverse_complement
from genomodel.core.variants import Consequence

FIVE = "CTTGCCGACC"
THREE = "CTGATTCCGTGGAATAATCCTGATTGGCAC"
# M  K   V   G   A   A   S   E   K   K   L   P   *
CODING = "ATGAAAGTGGGCGCTGCTTCCGAAAAAAAGCTGCCATGA"
INTRON_1 = "GTAAGTCCTGATACCGATTTGCATCCTTTCTGCTTTCCTTACAG"
INTRON_2 = "GTGAGCATTCCGATGGCATACCATGCAATTCTTCCCTTGTGCAG"
EXON_1 = FIVE + CODING[:13]
EXON_2 = CODING[13:26]
EXON_3 = CODING[26:] + THREE
BEFORE, AFTER = "ACTGATCCGTTAGCATCAGG" * 3, "TTGACCATGCAGGATTACGC" * 3
GENE = EXON_1 + INTRON_1 + EXON_2 + INTRON_2 + EXON_3
SEQUENCE = BEFORE + GENE + AFTER
STARTS = (
    len(BEFORE),
    len(BEFORE) + len(EXON_1 + INTRON_1),
    len(BEFORE) + len(EXON_1 + INTRON_1 + EXON_2 + INTRON_2),
)
EXONS = tuple((start, start + len(text)) for start, text in zip(STARTS, (EXON_1, EXON_2, EXON_3), strict=True))
CDS = (
    (STARTS[0] + len(FIVE), EXONS[0][1], 0),
    (EXONS[1][0], EXONS[1][1], 2),
    (EXONS[2][0], EXONS[2][1] - len(THREE), 1),
)


@dataclass(frozen=True)
class Twins:
    """The gene on the forward strand, and the whole contig turned round."""

    forward: TranscriptEngine
    reverse: TranscriptEngine

    def read(self, *alleles: tuple[int, str, str]) -> Consequence:
        """Return what alleles, by 0-based place on the forward contig, do; both strands must say the same."""
        found = self.forward.joint("c", [(place + 1, ref, alt) for place, ref, alt in alleles])
        turned = [
            (len(SEQUENCE) - place - len(ref) + 1, reverse_complement(ref), reverse_complement(alt))
            for place, ref, alt in alleles
        ]
        mirrored = self.reverse.joint("c", turned)
        assert found == mirrored
        return found[0]


def change(place: int, ref: str, alt: str) -> tuple[int, str, str]:
    """Return an allele whose reference bases are checked against the contig."""
    assert SEQUENCE[place : place + len(ref)] == ref, SEQUENCE[place - 5 : place + 10]
    return place, ref, alt


def at(number: int) -> int:
    """Return the 0-based place of coding base ``number``, counted from 1."""
    left = number - 1
    for first, after, _ in CDS:
        if left < after - first:
            return first + left
        left -= after - first
    raise ValueError(number)


def gff(*, turned: bool = False, attributes: str = "", symbol: str = "GENE", phase: int = 0, contig: str = "c") -> str:
    """Return gene models of the one transcript."""
    strand, size = ("-" if turned else "+"), len(SEQUENCE)

    def ends(first: int, after: int) -> str:
        return f"{size - after + 1}\t{size - first}" if turned else f"{first + 1}\t{after}"

    whole = ends(EXONS[0][0], EXONS[-1][1])
    parent = "Parent=transcript:TR1"
    lines = [
        "##gff-version 3",
        f"{contig}\tx\tgene\t{whole}\t.\t{strand}\t.\tID=gene:G1;Name={symbol};biotype=protein_coding",
        f"{contig}\tx\tmRNA\t{whole}\t.\t{strand}\t.\tID=transcript:TR1;Parent=gene:G1;biotype=protein_coding;version=3"
        f"{attributes}",
    ]
    lines += [f"{contig}\tx\texon\t{ends(*exon)}\t.\t{strand}\t.\t{parent}" for exon in EXONS]
    for first, after, own in CDS:
        given = phase if first == CDS[0][0] else own
        lines.append(f"{contig}\tx\tCDS\t{ends(first, after)}\t.\t{strand}\t{given}\tID=CDS:P1;{parent}")
    return "\n".join(lines) + "\n"


def open_engine(
    folder: Path, *, turned: bool = False, sequence: str = SEQUENCE, models: str | None = None, contig: str = "c"
) -> TranscriptEngine:
    """Write genome and gene models into a folder and open them."""
    folder.mkdir(exist_ok=True)
    bases = reverse_complement(sequence) if turned else sequence
    (folder / "ref.fa").write_text(f">{contig}\n{bases}\n")
    (folder / "genes.gff3").write_text(models or gff(turned=turned, contig=contig))
    return TranscriptEngine.open(folder / "ref.fa", folder / "genes.gff3")
