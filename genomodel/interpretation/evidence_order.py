"""The order of the statements that one alteration matches, so that the first is what a tumor board would name first."""

from __future__ import annotations

from genomodel.core.clinical import ConditionStatus
from genomodel.core.findings import Direction, EvidenceMatch, EvidenceType, TumorTypeMatch
from genomodel.interpretation.matching import Resolution

CORE = "core"
_ALLELE = (Resolution.GENOMIC, Resolution.HGVS, Resolution.PROTEIN)
_FINENESS = {
    "": 0,
    **{item.value: 0 if item in _ALLELE else number for number, item in enumerate(Resolution)},
}
"""By resolution; the ways in which a source may name an allele count the same."""
_STRENGTH = {"approved": 0, "FDA-Approved": 0, "guideline": 1, "Guideline": 1, "A": 1, "": 1}
"""By the level in each base's own words: approved, recommended, and for all others studied.

An assertion of CIViC, which has no level of its own, stands with what is recommended.
"""
_STUDIED = 2

RankOfMatch = tuple[int, int, str, int, bool, int, int, bool, bool, tuple[int, ...], bool, str, str]


def rank_of_match(match: EvidenceMatch) -> RankOfMatch:
    """Sort key of the statements on one alteration.

    By type, therapies first, then by direction and tier. Of one tier: this tumor type before any other; those of which
    no condition fails; the finer match, as of the allele before the gene; approved before recommended before studied;
    conditions met before open ones, and before a base that states none, for labels have some; the newest approval; the
    core's wording; the name of the therapy.
    """
    evidence = match.evidence
    statuses = {answer.status for answer in match.conditions}
    return (
        list(EvidenceType).index(evidence.evidence_type),
        list(Direction).index(evidence.direction),
        match.tier,
        list(TumorTypeMatch).index(match.tumor_type_match),
        ConditionStatus.NOT_MET in statuses,
        _FINENESS[match.resolution],
        _STRENGTH.get(evidence.level, _STUDIED),
        not match.conditions or bool(statuses & {ConditionStatus.NOT_GIVEN, ConditionStatus.FOR_READER}),
        not evidence.approved,
        tuple(-ord(character) for character in evidence.approved),
        evidence.knowledge_base != CORE,
        evidence.therapy,
        evidence.id,
    )
