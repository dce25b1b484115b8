"""Loci with evidence for this tumor type that the reads could not answer, or not well enough."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from genomodel.annotation.exons import exons_of, numbered
from genomodel.calls.hotspot_assay.molecules import adequate_from
from genomodel.calls.hotspot_assay.words import if_molecules, of_event
from genomodel.core.findings import EvidenceType, NotAssessable, TumorTypeMatch
from genomodel.core.knowledge import Criterion, Statement
from genomodel.core.loci import (
    EventKind,
    HotspotAssay,
    Locus,
    LocusAnswer,
    LocusClass,
    LocusStatus,
    is_adequate,
    joined_lengths,
)
from genomodel.core.patients import TumorType
from genomodel.interpretation.matching import plain_criteria
from genomodel.interpretation.tiers import relate
from genomodel.resources.actionable_loci import LocusRow, read_locus_table

Rules = Mapping[str, tuple[Statement, ...]]

INADEQUATE = (
    "Not detected, but the limit of detection lies above half the tumor purity, so that a clonal variant may have been "
    "missed."
)
COPIES = "Not detected in fragments that are copies of an unknown number of molecules: a negative"
NO_PLACE = "Not looked for: the gene models and the reference have no place for it."
N_NAMED = 4
"""Loci of a gene that a row names."""

_RESIDUE = re.compile(r"[A-Z](\d+)")
_EVENTS_OF = {
    "deletion": frozenset({EventKind.DELETION}),
    "insertion": frozenset({EventKind.INSERTION, EventKind.DUPLICATION}),
    "frameshift": frozenset({EventKind.DELETION, EventKind.INSERTION}),
}


def list_locus_gaps(
    hotspots: HotspotAssay | None, tumor: TumorType, purity: float | None, rules: Rules
) -> list[NotAssessable]:
    """Return the loci that evidence for this tumor type asks about and that have no adequate answer, gene by gene.

    Parameters
    ----------
    hotspots
        Answers of the reads; ``None`` where nobody asked, which adds nothing here.
    tumor
        The tumor type.
    purity
        Share of tumor cells; without it no negative is called inadequate.
    rules
        Evidence by gene.
    """
    if hotspots is None:
        return []
    asked = [answer for answer in hotspots.answers if _is_asked(answer.locus, tumor, rules)]
    silent = [answer for answer in asked if answer.status is LocusStatus.NOT_ASSESSABLE]
    needed = {answer.locus.id: adequate_from(answer, purity) for answer in asked if answer.molecules_needed is not None}
    inadequate = [
        answer
        for answer in asked
        if is_adequate(answer, purity) is False
        or (purity is not None and answer.locus.id in needed and needed[answer.locus.id] is None)
    ]
    conditional = [answer for answer in asked if needed.get(answer.locus.id) is not None]
    rows = [
        NotAssessable(what=_named(gene, [answer.locus.id for answer in of_gene]), reason=_reasons(of_gene))
        for gene, of_gene in _by_gene(silent)
    ]
    rows += [
        NotAssessable(what=_named(gene, [answer.locus.id for answer in of_gene]), reason=INADEQUATE)
        for gene, of_gene in _by_gene(inadequate)
    ]
    rows += [
        NotAssessable(
            what=_named(gene, [answer.locus.id for answer in of_gene]),
            reason=f"{COPIES} {if_molecules(max(needed[answer.locus.id] or 0 for answer in of_gene))}.",
        )
        for gene, of_gene in _by_gene(conditional)
    ]
    for answer in asked:
        if answer.status is LocusStatus.NOT_DETECTED:
            rows += [
                NotAssessable(what=f"{answer.locus.id}: {of_event(event.event)}", reason=_sentence(event.reason))
                for event in joined_lengths(answer.events)
                if event.excluded_above is None
            ]
    return rows + [
        NotAssessable(what=_named(gene, names), reason=NO_PLACE)
        for gene, names in _missing(hotspots.not_placed, tumor, rules).items()
    ]


def _missing(not_placed: Iterable[str], tumor: TumorType, rules: Rules) -> dict[str, list[str]]:
    """Return the loci of the shipped table that evidence asks about and that have no place, by gene."""
    found: dict[str, list[str]] = {}
    for name in not_placed:
        row = _shipped().get(name)
        if row is None or not row.anchors:
            continue
        residues = row.anchors[0].number, row.anchors[-1].number
        kinds = frozenset(event.kind for event in row.events)
        if any(
            _is_about(clause, row.gene, row.locus_class, residues, kinds)
            for clause in _covering(row.gene, tumor, rules)
        ):
            found.setdefault(row.gene, []).append(name)
    return found


@cache
def _shipped() -> dict[str, LocusRow]:
    return {row.locus: row for row in read_locus_table()}


def _by_gene(answers: Iterable[LocusAnswer]) -> Iterator[tuple[str, list[LocusAnswer]]]:
    genes: dict[str, list[LocusAnswer]] = {}
    for answer in answers:
        genes.setdefault(answer.locus.gene, []).append(answer)
    return iter(genes.items())


def _named(gene: str, names: Sequence[str]) -> str:
    """Name loci of a gene, the gene once: ``KRAS G12, G13``."""
    return f"{gene} {_some([name.removeprefix(gene).strip() for name in names])}"


def _some(names: Sequence[str]) -> str:
    rest = len(names) - N_NAMED
    return ", ".join(names[:N_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _reasons(answers: Sequence[LocusAnswer]) -> str:
    reasons = list(dict.fromkeys(answer.reason.rstrip(".") for answer in answers if answer.reason))
    return _sentence("; ".join(reasons[:2]) + (f"; {len(reasons) - 2} further reasons" if len(reasons) > 2 else ""))


def _sentence(text: str) -> str:
    text = text.rstrip(".") or "Nothing is excluded"
    return text[0].upper() + text[1:] + "."


def _covering(gene: str, tumor: TumorType, rules: Rules) -> Iterator[Criterion]:
    """Yield what the claims on this tumor ask for; one on another tumor may have its own tier here, as II-C does."""
    for rule in rules.get(gene, ()):
        relation = relate(rule, tumor)
        if relation is None:
            continue
        wider = rule.evidence.evidence_type is EvidenceType.DIAGNOSTIC and relation.tier == rule.tier
        if relation.match is not TumorTypeMatch.OTHER or wider:
            yield from plain_criteria(rule.profile)


def _is_asked(locus: Locus, tumor: TumorType, rules: Rules) -> bool:
    kinds = frozenset(event.kind for event in locus.events)
    return locus.residues is not None and any(
        _is_about(clause, locus.gene, locus.locus_class, locus.residues, kinds)
        for clause in _covering(locus.gene, tumor, rules)
    )


def _is_about(
    clause: Criterion, gene: str, locus_class: LocusClass, residues: tuple[int, int], kinds: frozenset[EventKind]
) -> bool:
    """Whether a variant at a locus could satisfy a clause of evidence."""
    first, last = residues
    if clause.kind in ("allele", "codon"):
        named = [int(number) for number in _RESIDUE.findall(clause.value)]
        return locus_class is LocusClass.CODON and first in named
    if clause.kind == "exon":
        numbers, _, what = clause.value.partition(":")
        listed = exons_of(gene, numbered(numbers))
        inside = any(first <= exon.last_codon and exon.first_codon <= last for exon in listed)
        return inside and _asks_for(what, locus_class, kinds)
    return clause.kind == "hotspot"


def _asks_for(what: str, locus_class: LocusClass, kinds: frozenset[EventKind]) -> bool:
    if what == "skipping":
        return locus_class is LocusClass.SPLICE or kinds == {EventKind.DELETION}
    return what not in _EVENTS_OF or bool(kinds & _EVENTS_OF[what])
