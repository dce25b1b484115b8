"""Insertions and deletions in other spellings: aligned to the left or to the right, or with bases to spare."""

from __future__ import annotations

import random
from collections.abc import Iterator

from genomodel.batch import load_tumor
from genomodel.cases import cases_of_file
from genomodel.core.findings import Disposition, Finding, Interpretation
from genomodel.interpretation.interpret import interpret
from tests.batch.test_given_calls import World, request, world

__all__ = ["world"]

META = (
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="x">',
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="x">',
)
Allele = tuple[str, int, str, str]
N_INDELS, N_BORDERS = 60, 10


def indels(world: World) -> list[Allele]:
    """Return insertions and deletions in and about the two genes, far enough apart not to meet, left-aligned."""
    chance, made = random.Random(4), []
    for place in (world.braf, world.egfr):
        bases = world.genome.contigs[place.chrom]
        first = place.positions[0] - 1500
        for number in range(N_INDELS // 2):
            at = max(first + 90 * number + chance.randrange(20), 60)
            size = chance.choice((1, 1, 2, 3, 3, 6))
            if number % 2:
                made.append((place.chrom, at, bases[at - 1 : at + size], bases[at - 1]))
            else:
                copied = bases[at : at + size] if number % 4 else "".join(chance.choices("ACGT", k=size))
                made.append((place.chrom, at, bases[at - 1], bases[at - 1] + copied))
    return sorted({shifted(world, allele, -1) for allele in (*made, *over_borders(world))})


def over_borders(world: World) -> Iterator[Allele]:
    """Yield losses of a base that stands on both sides of a border between exon and intron."""
    for gene in world.genome.genes:
        bases = world.genome.contigs[gene.spec.contig]
        for border in (place for exon in gene.exons[1:-1] for place in (exon.start, exon.end)):
            if bases[border - 1] == bases[border]:
                yield gene.spec.contig, border - 1, bases[border - 2 : border], bases[border - 2]


def shifted(world: World, allele: Allele, way: int) -> Allele:
    """Return an indel with one anchor base, as far to the left (-1) or right (1) as it reads the same."""
    chrom, pos, ref, alt = allele
    bases = world.genome.contigs[chrom]
    longer = ref if len(ref) > len(alt) else alt
    run, added = longer[1:], len(alt) > len(ref)
    while way < 0 and pos > 1 and bases[pos - 1] == run[-1]:
        pos, run = pos - 1, bases[pos - 1] + run[:-1]
    while way > 0 and bases[pos + (0 if added else len(run))] == run[0]:
        pos, run = pos + 1, run[1:] + run[0]
    anchor = bases[pos - 1]
    return (chrom, pos, anchor, anchor + run) if added else (chrom, pos, anchor + run, anchor)


def padded(world: World, allele: Allele) -> Allele:
    chrom, pos, ref, alt = allele
    bases = world.genome.contigs[chrom]
    before, after = bases[pos - 3 : pos - 1], bases[pos - 1 + len(ref) : pos + 1 + len(ref)]
    return chrom, pos - 2, before + ref + after, before + alt + after


def told(world: World, name: str, alleles: list[Allele]) -> Interpretation:
    order = list(world.genome.contigs)
    rows = sorted(alleles, key=lambda one: (order.index(one[0]), one[1]))
    lines = [f"{chrom} {pos} . {ref} {alt} . PASS . GT:AD 0/0:80,0 0/1:60,30" for chrom, pos, ref, alt in rows]
    path = world.write(name, META, ("NORMAL", "TUMOR"), *lines)
    (case,) = cases_of_file(request(world, path))
    return interpret(load_tumor(case).calls, None)


def outcomes(result: Interpretation) -> list[tuple[str, str, str]]:
    return sorted(_outcome(one) for one in result.dispositions)


def _outcome(one: Disposition) -> tuple[str, str, str]:
    return one.kind.value, one.tier, one.gene


def shown(result: Interpretation) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    for one in sorted((*result.findings, *result.other_variants), key=lambda one: (one.label, one.id)):
        yield one.label, one.tier or "", _names(one), tuple(match.evidence.id for match in one.evidence)


def _names(one: Finding) -> str:
    effect = one.variant.consequence if one.variant is not None else None
    return "" if effect is None else f"{effect.hgvs_c} {effect.hgvs_p}"


def test_indels_aligned_otherwise_are_the_same_tumor(world: World) -> None:
    left = indels(world)
    right = [shifted(world, one, 1) for one in left]
    assert sum(one != other for one, other in zip(left, right, strict=True)) > N_INDELS / 4
    assert sum(1 for _ in over_borders(world)) > N_BORDERS
    first = told(world, "left.vcf", left)
    assert sum(True for _ in shown(first)) > N_INDELS / 6
    for name, spelled in (("right.vcf", right), ("padded.vcf", [padded(world, one) for one in left])):
        other = told(world, name, spelled)
        assert outcomes(other) == outcomes(first), name
        assert list(shown(other)) == list(shown(first)), name
