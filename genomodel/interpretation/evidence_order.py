"""The order of the statements that one alteration matches, so that the first is what a tumor board would name first."""

from __future__ import annotations

from functools import cache

from genomodel.core.clinical import ClinicalFacts, ConditionStatus
from genomodel.core.findings import Direction, EvidenceMatch, EvidenceType, TumorTypeMatch
from genomodel.core.patients import Patient
from genomodel.interpretation.conditions import GIVEN_BEFORE, conditions
from genomodel.interpretation.knowledge_bases.base_tiers import APPROVED, LISTED
from genomodel.interpretation.matching import Resolution
from genomodel.interpretation.patient_facts import Known, hold
from genomodel.resources.oncotree import UNKNOWN_TYPE

CORE = "core"
_ALLELE = (Resolution.GENOMIC, Resolution.HGVS, Resolution.PROTEIN)
_FINENESS = {
    "": 0,
    **{item.value: 0 if item in _ALLELE else number for number, item in enumerate(Resolution)},
}
"""By resolution; the ways in which a source may name an allele count the same."""
_STRENGTH = {**dict.fromkeys(APPROVED, 0), **dict.fromkeys((*LISTED, "A", ""), 1)}
"""By the level in each base's own words: approved, recommended, and for all others studied.

An assertion of CIViC, which has no level of its own, stands with what is recommended.
"""
_STUDIED = 2

_METASTATIC = Patient(id="metastatic", tumor_type=UNKNOWN_TYPE, clinical=ClinicalFacts(stage="metastatic"))
_UNTREATED = Patient(id="untreated", tumor_type=UNKNOWN_TYPE, clinical=ClinicalFacts(prior_therapies=()))
_FIRST, _LATER, _NOT_SAID, _EARLY = range(4)
"""Settings of a claim, as a board asks for them of a patient of whom neither stage nor earlier therapy is known."""

RankOfMatch = tuple[int, int, str, int, bool, bool, int, int, int, bool, int, bool, tuple[int, ...], bool, str, str]


def rank_of_match(match: EvidenceMatch) -> RankOfMatch:
    """Sort key of the statements on one alteration.

    By type, therapies first, then by direction and tier. Of one tier: this tumor type before any other; those of which
    no condition fails; those of whose drugs none was given before; the finer match, as of the allele before the gene;
    approved before recommended before studied; in another tumor type a drug alone before it with partners, which are
    those of that type; conditions met before open ones, and before a base that states none, for labels have some; the
    first treatment of advanced disease before later ones, and these before treatment with curative intent, where stage
    and earlier therapy are not given; the newest approval; the core's wording; the name of the therapy.
    """
    evidence = match.evidence
    statuses = {answer.status for answer in match.conditions}
    return (
        list(EvidenceType).index(evidence.evidence_type),
        list(Direction).index(evidence.direction),
        match.tier,
        list(TumorTypeMatch).index(match.tumor_type_match),
        ConditionStatus.NOT_MET in statuses,
        any(text.endswith(GIVEN_BEFORE) for text in match.cautions),
        _FINENESS[match.resolution],
        _STRENGTH.get(evidence.level, _STUDIED),
        len(evidence.therapies) if match.tumor_type_match is TumorTypeMatch.OTHER else 0,
        not match.conditions or bool(statuses & {ConditionStatus.NOT_GIVEN, ConditionStatus.FOR_READER}),
        _setting(match),
        not evidence.approved,
        tuple(-ord(character) for character in evidence.approved),
        evidence.knowledge_base != CORE,
        evidence.therapy,
        evidence.id,
    )


def _setting(match: EvidenceMatch) -> int:
    """Return for which setting a claim is, as far as the patient's facts leave it open."""
    if not any(item.condition in conditions() for item in match.conditions):
        return _NOT_SAID
    settings = [(_setting_of(item.condition), item.status is ConditionStatus.NOT_GIVEN) for item in match.conditions]
    if (_EARLY, False) in settings:
        return _FIRST
    return max((setting for setting, is_open in settings if is_open), default=_FIRST)


@cache
def _setting_of(text: str) -> int:
    """Return the setting by which patients a condition leaves out: with metastatic disease, or without treatment."""
    condition = conditions().get(text)
    if condition is None or condition.requirement is None:
        return _FIRST
    left_out = [
        hold(condition.requirement, Known(who)).status is ConditionStatus.NOT_MET for who in (_METASTATIC, _UNTREATED)
    ]
    return _EARLY if left_out[0] else _LATER if left_out[1] else _FIRST
