"""Genes by patients: what is altered where, and where the absence of an alteration says nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from genomodel.report.cohort.alterations import AlterationKind, Looked
from genomodel.report.cohort.grid import Bar, Grid
from genomodel.report.cohort.row import CohortRow, RowStatus
from genomodel.report.pictures.svg import Color

MOST_GENES = 30
KINDS = (
    AlterationKind.AMPLIFICATION,
    AlterationKind.DELETION,
    AlterationKind.REARRANGEMENT,
    AlterationKind.TRUNCATING,
    AlterationKind.MISSENSE,
    AlterationKind.IN_FRAME,
    AlterationKind.OTHER,
)
"""Kinds of alterations, in the order in which patients with a gene altered are sorted."""
ASSAYED, NOT_GIVEN, UNKNOWN = "assayed", "not_given", "unknown"
"""Where nothing was found: the gene is on the assay; nobody said; it is not, or the sample failed."""

_LOW, _HIGH = 0.32, 0.68
MARKS: dict[str, tuple[Bar, ...]] = {
    ASSAYED: (Bar(Color.PALE, 0, 1),),
    NOT_GIVEN: (Bar(Color.FAINT, 0, 1),),
    UNKNOWN: (Bar(Color.LIGHT, 0.47, 0.53),),
    AlterationKind.OTHER.value: (Bar(Color.LIGHT, _LOW, _HIGH),),
    AlterationKind.IN_FRAME.value: (Bar(Color.DARK, _LOW, 0.43), Bar(Color.DARK, 0.57, _HIGH)),
    AlterationKind.MISSENSE.value: (Bar(Color.DARK, 0.41, 0.59),),
    AlterationKind.TRUNCATING.value: (Bar(Color.INK, _LOW, _HIGH),),
    AlterationKind.AMPLIFICATION.value: (Bar(Color.INK, 0, 0.24),),
    AlterationKind.DELETION.value: (Bar(Color.MID, 0.76, 1),),
    AlterationKind.REARRANGEMENT.value: (Bar(Color.INK, 0, 1, 0.36, 0.64),),
}
"""How each kind is drawn, what lies beneath first."""


@dataclass(frozen=True, slots=True)
class GeneCounts:
    """Patients with a gene altered, by kind."""

    gene: str
    patients: int
    kinds: dict[AlterationKind, int]


@dataclass(frozen=True, slots=True)
class Oncoprint:
    """What is drawn, and what stands beneath it as a table."""

    grid: Grid
    order: tuple[int, ...]
    """Place of each column's patient among the rows that were given."""
    genes: tuple[GeneCounts, ...]
    """Of all genes, most often altered first."""


def oncoprint(rows: Sequence[CohortRow]) -> Oncoprint:
    """Lay out the genes of the findings by patients.

    Genes are sorted by how many patients have them altered, patients by the first gene altered, its kind, then the
    next, so that what excludes each other is seen as steps. Patients without a report have no column.
    """
    shown = [place for place, row in enumerate(rows) if row.status is not RowStatus.FAILED]
    altered = {place: _altered(rows[place]) for place in shown}
    counts: Counter[str] = Counter(gene for kinds in altered.values() for gene in kinds)
    genes = sorted(counts, key=lambda gene: (-counts[gene], gene))
    drawn = genes[:MOST_GENES]
    order = sorted(shown, key=lambda place: (_sort_key(altered[place], drawn), rows[place].patient_id))
    found: dict[str, list[tuple[int, int]]] = {name: [] for name in MARKS}
    for column, place in enumerate(order):
        off = frozenset(rows[place].off_assay or ())
        for line, gene in enumerate(drawn):
            kinds = altered[place].get(gene, ())
            found[_beneath(rows[place], gene, off, altered=bool(kinds))].append((line, column))
            for kind in kinds:
                found[kind.value].append((line, column))
    share = {gene: f"{100 * counts[gene] / len(shown):.0f}\u00a0%" for gene in drawn}
    grid = Grid([(gene, share[gene]) for gene in drawn], [rows[place].patient_id for place in order], found)
    return Oncoprint(grid, tuple(order), tuple(_counts(gene, counts[gene], [*altered.values()]) for gene in genes))


def not_searched(rows: Sequence[CohortRow], looked: Looked) -> int:
    """Return how many patients with a report were not searched for a kind of event."""
    return sum(looked not in row.looked_for for row in rows if row.status is not RowStatus.FAILED)


def _altered(row: CohortRow) -> dict[str, tuple[AlterationKind, ...]]:
    kinds: dict[str, list[AlterationKind]] = {}
    for finding in row.findings:
        if finding.kind is not AlterationKind.NONE and finding.kind not in kinds.setdefault(finding.gene, []):
            kinds[finding.gene].append(finding.kind)
    return {gene: tuple(sorted(of_gene, key=KINDS.index)) for gene, of_gene in kinds.items()}


def _sort_key(altered: dict[str, tuple[AlterationKind, ...]], genes: Sequence[str]) -> tuple[int, ...]:
    return tuple(KINDS.index(altered[gene][0]) if gene in altered else len(KINDS) for gene in genes)


def _beneath(row: CohortRow, gene: str, off: frozenset[str], *, altered: bool) -> str:
    """Return what the absence of an alteration is worth; a gene that was found altered was looked at."""
    if row.status is RowStatus.QUALITY_FAILED or (gene in off and not altered):
        return UNKNOWN
    return NOT_GIVEN if row.off_assay is None else ASSAYED


def _counts(gene: str, n: int, altered: Sequence[dict[str, tuple[AlterationKind, ...]]]) -> GeneCounts:
    of_gene = Counter(kind for kinds in altered for kind in kinds.get(gene, ()))
    return GeneCounts(gene, n, {kind: of_gene[kind] for kind in KINDS})
