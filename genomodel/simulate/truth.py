"""Turn what a patient carries into genome alleles: somatic events, passengers, germline variants."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from genomodel.core.codons import COMPLEMENT, reverse_complement, translate
from genomodel.simulate.cohort import CodonChange, PatientSpec
from genomodel.simulate.genome import PANEL_PADDING, Gene, Genome

SPACING = 40
"""Least distance between two variants of a patient, so that each is called on its own."""
N_GERMLINE_SNPS = 24
N_GERMLINE_INDELS = 4


class Kind(StrEnum):
    """Origin of a true variant."""

    SOMATIC = "somatic"
    GERMLINE = "germline"


@dataclass(frozen=True)
class TrueVariant:
    """One allele that a patient carries; ``pos`` is 0-based, alleles are left-aligned as in a VCF."""

    contig: str
    pos: int
    ref: str
    alt: str
    kind: Kind
    tumor_fraction: float
    normal_fraction: float
    gene: str
    label: str = ""
    """Protein change as designed; empty where it follows from random codons."""


def variant_type(ref: str, alt: str) -> str:
    """Return ``snv``, ``mnv``, ``insertion`` or ``deletion``; a complex allele by its change of length."""
    if len(ref) == len(alt):
        return "snv" if len(ref) == 1 else "mnv"
    return "insertion" if len(alt) > len(ref) else "deletion"


def left_align(sequence: str, pos: int, ref: str, alt: str) -> tuple[int, str, str]:
    """Return the leftmost, shortest form of an allele (0-based)."""
    while ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
        if not ref or not alt:
            pos -= 1
            ref, alt = sequence[pos] + ref, sequence[pos] + alt
    while len(ref) > 1 and len(alt) > 1 and ref[0] == alt[0]:
        pos, ref, alt = pos + 1, ref[1:], alt[1:]
    return pos, ref, alt


def _substitution(genome: Genome, gene: Gene, change: CodonChange) -> tuple[int, str, str]:
    places = gene.coding_positions[3 * change.codon - 3 : 3 * change.codon]
    old = genome.coding_sequence(gene)[3 * change.codon - 3 : 3 * change.codon]
    (at,) = [i for i in range(3) if old[i] != change.alt[i]]
    ref, alt = old[at], change.alt[at]
    if gene.spec.strand == "-":
        ref, alt = ref.translate(COMPLEMENT), alt.translate(COMPLEMENT)
    return int(places[at]), ref, alt


def _deletion(genome: Genome, gene: Gene, change: CodonChange) -> tuple[int, str, str]:
    places = np.sort(gene.coding_positions[3 * change.codon - 3 : 3 * change.codon - 3 + change.length])
    if places[-1] - places[0] != change.length - 1:
        raise ValueError(f"deletion in {gene.spec.symbol} crosses an exon border")
    sequence = genome.contigs[gene.spec.contig]
    start = int(places[0]) - 1
    return left_align(sequence, start, sequence[start : start + change.length + 1], sequence[start])


def _label(genome: Genome, gene: Gene, change: CodonChange) -> str:
    protein = translate(genome.coding_sequence(gene))
    first = protein[change.codon - 1]
    if change.alt:
        return f"{first}{change.codon}{translate(change.alt)}"
    if change.length % 3 == 0:
        last = change.codon + change.length // 3 - 1
        return f"{first}{change.codon}_{protein[last - 1]}{last}del"
    return ""


def somatic_change(genome: Genome, change: CodonChange) -> TrueVariant:
    """Place a designed codon change in the genome."""
    gene = genome.gene(change.gene)
    pos, ref, alt = (_substitution if change.alt else _deletion)(genome, gene, change)
    return TrueVariant(
        gene.spec.contig, pos, ref, alt, Kind.SOMATIC, change.fraction, 0.0, change.gene, _label(genome, gene, change)
    )


class _Places:
    """Hands out random places that keep their distance from each other and from uncovered regions."""

    def __init__(
        self, genome: Genome, rng: np.random.Generator, dropouts: tuple[str, ...], taken: list[TrueVariant]
    ) -> None:
        self.genome, self.rng = genome, rng
        self.exons = [(gene, exon) for gene in genome.genes for exon in gene.exons if exon.coding]
        self.exons = [(g, e) for g, e in self.exons if f"{g.spec.symbol}:exon{e.number}" not in dropouts]
        weights = np.array([exon.coding[1] - exon.coding[0] for _, exon in self.exons if exon.coding], dtype=float)
        self.weights = weights / weights.sum()
        self.taken = [(v.contig, v.pos) for v in taken]

    def free(self, contig: str, pos: int) -> bool:
        return all(name != contig or abs(pos - other) >= SPACING for name, other in self.taken)

    def take(self, contig: str, pos: int) -> None:
        self.taken.append((contig, pos))

    def exon(self) -> tuple[Gene, tuple[int, int]]:
        gene, exon = self.exons[int(self.rng.choice(len(self.exons), p=self.weights))]
        assert exon.coding is not None
        return gene, exon.coding


def _random_snv(places: _Places) -> tuple[Gene, int, str, str]:
    """Return a random coding SNV that neither makes nor loses a stop, nor touches the first or a listed codon."""
    while True:
        gene, (start, end) = places.exon()
        pos = int(places.rng.integers(start, end))
        alt_code = int(places.rng.integers(1, 4))
        index = int(np.flatnonzero(gene.coding_positions == pos)[0])
        codon = index // 3 + 1
        listed = {number + i for number, triplets in gene.spec.codons.items() for i in range(len(triplets) // 3)}
        if codon == 1 or codon in listed or not places.free(gene.spec.contig, pos):
            continue
        ref = places.genome.contigs[gene.spec.contig][pos]
        alt = "ACGT"[("ACGT".index(ref) + alt_code) % 4]
        coding = places.genome.coding_sequence(gene)
        triplet = list(coding[3 * codon - 3 : 3 * codon])
        triplet[index % 3] = alt if gene.spec.strand == "+" else reverse_complement(alt)
        if "*" in translate("".join(triplet)) + translate(coding[3 * codon - 3 : 3 * codon]):
            continue
        places.take(gene.spec.contig, pos)
        return gene, pos, ref, alt


def _random_indel(places: _Places) -> tuple[Gene, int, str, str]:
    """Return a random insertion or deletion of two bases in the padding beside an exon, beyond the splice region."""
    while True:
        gene, (start, end) = places.exon()
        pos = int(places.rng.choice([start - PANEL_PADDING + 5, end + PANEL_PADDING - 8]))
        sequence = places.genome.contigs[gene.spec.contig]
        inside_exon = any(exon.start <= pos < exon.end for exon in gene.exons)
        if inside_exon or not places.free(gene.spec.contig, pos):
            continue
        if places.rng.random() < 0.5:
            allele = left_align(sequence, pos, sequence[pos : pos + 3], sequence[pos])
        else:
            allele = left_align(sequence, pos, sequence[pos], sequence[pos] + "CA")
        places.take(gene.spec.contig, pos)
        return gene, *allele


def true_variants(genome: Genome, spec: PatientSpec) -> list[TrueVariant]:
    """Return all variants of a patient in genome order.

    Parameters
    ----------
    genome
        The synthetic genome; its seed and the patient's name decide the random ones.
    spec
        The patient.
    """
    rng = np.random.default_rng([genome.seed, 1, *spec.patient.encode()])
    variants = [somatic_change(genome, change) for change in spec.changes]
    places = _Places(genome, rng, spec.dropouts, variants)
    for fraction in spec.passengers:
        gene, pos, ref, alt = _random_snv(places)
        variants.append(TrueVariant(gene.spec.contig, pos, ref, alt, Kind.SOMATIC, fraction, 0.0, gene.spec.symbol))
    for i in range(N_GERMLINE_SNPS + N_GERMLINE_INDELS):
        gene, pos, ref, alt = (_random_snv if i < N_GERMLINE_SNPS else _random_indel)(places)
        fraction = 1.0 if i % 4 == 3 else 0.5
        variants.append(
            TrueVariant(gene.spec.contig, pos, ref, alt, Kind.GERMLINE, fraction, fraction, gene.spec.symbol)
        )
    order = {name: i for i, name in enumerate(genome.contigs)}
    return sorted(variants, key=lambda v: (order[v.contig], v.pos))
