"""Which neighbors in one codon are asked for their joint change, and on which transcripts it is written."""

from __future__ import annotations

from genomodel.annotation.phasing import may_share_molecule
from genomodel.annotation.phasing_neighbors import CodonNeighbors
from genomodel.core.variants import (
    Consequence,
    Variant,
)
from tests.annotation.phasing_builders import effect
from tests.calls.builders import record


def neighbors_of(*lines: str) -> list[list[tuple[int, str, str]]]:
    """Return the alleles of which the joint consequence is asked, for records that all change one codon."""
    asked: list[list[tuple[int, str, str]]] = []

    def joint(chrom: str, alleles: list[tuple[int, str, str]]) -> tuple[Consequence, ...]:
        asked.append(alleles)
        return ()

    neighbors = CodonNeighbors()
    for ordinal, line in enumerate(lines, 1):
        row = record(line, samples=())
        row.ordinal = ordinal
        neighbors.add(row, [(effect("V600E"),) for _ in row.alts])
    neighbors.info(joint, lambda pairs: {})
    return asked


def test_joint_changes_are_asked_for_alleles_that_one_molecule_may_carry() -> None:
    first, second, third = ("7 10 . A T . . .", "7 11 . C T . . .", "7 12 . G T . . .")
    one, two, three = (10, "A", "T"), (11, "C", "T"), (12, "G", "T")
    assert neighbors_of(first, second) == [[one, two]]
    assert neighbors_of(first, second, third) == [[one, two], [one, two, three], [one, three], [two, three]]
    assert neighbors_of(first, "7 11 . C T . . GM_ORIGIN=not_called") == []
    assert neighbors_of(first, "7 11 . C T . . GM_ORIGIN=germline") == [[one, two]]
    assert neighbors_of(first, "7 11 . C <DEL>,T . . .") == [[one, two]]
    assert neighbors_of("7 10 . AC AT,TC . . .") == []
    assert neighbors_of(first, "7 10 . A G . . .") == []


def test_joint_changes_are_written_for_the_transcripts_on_which_alleles_share_a_codon() -> None:
    def joint(chrom: str, alleles: list[tuple[int, str, str]]) -> tuple[Consequence, ...]:
        return (effect("V600K"), effect("Q9R", transcript="NM_2"))

    neighbors = CodonNeighbors()
    for ordinal, line in enumerate(("7 10 . A T . . .", "7 11 . C T . . ."), 1):
        row = record(line, samples=())
        row.ordinal = ordinal
        elsewhere = effect(f"Q{ordinal}R", transcript="NM_2")
        neighbors.add(row, [(effect("V600E"), elsewhere)])
    found = neighbors.info(joint, lambda pairs: {})
    assert [(ordinal, len(parts), parts[0].count("GM_JOINT=")) for ordinal, parts in found.items()] == [
        (1, 1, 1),
        (2, 1, 1),
    ]
    assert all("NM_1" in parts[0] and "NM_2" not in parts[0] for parts in found.values())


def test_which_alleles_may_share_a_molecule() -> None:
    def allele(pos: int, ref: str, alt: str) -> Variant:
        return Variant(chrom="1", pos=pos, ref=ref, alt=alt)

    assert may_share_molecule(allele(10, "A", "T"), allele(11, "C", "T"))
    assert may_share_molecule(allele(10, "A", "AT"), allele(10, "A", "C"))
    assert may_share_molecule(allele(10, "AC", "A"), allele(10, "A", "C"))
    assert may_share_molecule(allele(10, "ACA", "TCT"), allele(11, "C", "G"))
    assert may_share_molecule(allele(10, "ACT", "AT"), allele(12, "T", "G"))
    assert not may_share_molecule(allele(10, "ACT", "AT"), allele(11, "C", "G"))
    assert not may_share_molecule(allele(10, "AC", "A"), allele(11, "C", "G"))
    assert not may_share_molecule(allele(10, "A", "AT"), allele(10, "A", "AG"))
    assert not may_share_molecule(allele(10, "A", "T"), allele(10, "A", "T"))
    assert not may_share_molecule(allele(10, "A", "T"), Variant(chrom="2", pos=11, ref="A", alt="T"))
