"""Claims of CIViC and the Molecular Oncology Almanac that were held against their own sources and do not say it.

``base_corrections.tsv`` names each, with what becomes of it, why, and the source. A claim that turns its source round
is left out and the finding says so; one that the source states without the alteration, or for other patients, is II-C
at most.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from genomodel.core.findings import Evidence, EvidenceMatch, TumorTypeMatch
from genomodel.core.patients import Patient
from genomodel.core.variants import AnnotatedVariant
from genomodel.interpretation.matching import StatementMatch
from genomodel.interpretation.tiers import lowered

LEFT_OUT, LOWERED = "left out", "lowered"


@dataclass(frozen=True, slots=True)
class Correction:
    """A row of the table."""

    gene: str
    therapy: str
    effect: str
    variant_effect: str
    """Rows of the table of named effects, one of which a variant must have for it to hold; empty for all."""
    why: str
    source: str


@cache
def corrections() -> dict[tuple[str, str], Correction]:
    """Return the table by base and id of the claim, read once."""
    text = (files("genomodel.interpretation") / "base_corrections.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return {
        (row["base"], row["claim"]): Correction(
            row["gene"], row["therapy"], row["effect"], row["variant_effect"], row["why"], row["source"]
        )
        for row in rows
    }


def correction_of(evidence: Evidence, variant: AnnotatedVariant | None = None) -> Correction | None:
    """Return what is known against a claim; ``None`` where its gene or therapy is another than the one looked at."""
    found = corrections().get((evidence.knowledge_base, evidence.id))
    if found is None or (found.gene, found.therapy) != (evidence.gene, evidence.therapy):
        return None
    if found.variant_effect:
        effects = () if variant is None else variant.named_effects
        wanted = found.variant_effect.split(",")
        return found if any(effect.id in wanted for effect in effects) else None
    return found


def without_refuted(
    found: Iterable[StatementMatch], variant: AnnotatedVariant | None
) -> tuple[list[StatementMatch], list[StatementMatch]]:
    """Return the statements that may be graded, and those that their sources refute."""
    kept: list[StatementMatch] = []
    refuted: list[StatementMatch] = []
    for match in found:
        correction = correction_of(match.statement.evidence, variant)
        (refuted if correction is not None and correction.effect == LEFT_OUT else kept).append(match)
    return kept, refuted


def held_to_sources(matches: Sequence[EvidenceMatch]) -> list[EvidenceMatch]:
    """Return the matches, those whose sources do not state them for the alteration as II-C at most.

    In other tumor types these say nothing: what held for the tumor without the alteration holds for that tumor alone.
    """
    return [held for match in matches if (held := _held(match)) is not None]


def _held(match: EvidenceMatch) -> EvidenceMatch | None:
    correction = correction_of(match.evidence)
    if correction is None or correction.effect != LOWERED:
        return match
    if match.tumor_type_match is TumorTypeMatch.OTHER:
        return None
    if lowered(match.tier) == match.tier:
        return match
    reason = f"{match.tier_reason.rstrip('.')}; {correction.why} ({correction.source}), so that it is at most II-C."
    cautions = (*match.cautions, correction.why)
    return match.model_copy(
        update={"tier": lowered(match.tier), "tier_reason": reason, "cautions": cautions, "escat": ""}
    )


def refuted_words(refuted: Iterable[StatementMatch], patient: Patient, variant: AnnotatedVariant | None) -> list[str]:
    """Say which claims on this tumor type are left out, and why."""
    told = []
    for match in refuted:
        evidence = match.statement.evidence
        correction = correction_of(evidence, variant)
        if correction is not None and any(patient.tumor_type.is_a(code) for code in evidence.tumor_types):
            claim = f"{evidence.knowledge_base} {evidence.id} ({evidence.claim})"
            told.append(f"{claim} is not used, for {correction.why} ({correction.source})")
    return told
