"""What the core knows of a therapy that CIViC and the Molecular Oncology Almanac leave out, held against their claims.

They state approvals without the tumor types that are excluded (dabrafenib and trametinib: colorectal cancer), without
receptors (alpelisib: hormone receptor-positive, HER2-negative), without the other drug (encorafenib alone), and after
they ended (infigratinib). What a guideline listed years ago stays, and says that a drug was approved since.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from genomodel.core.clinical import ConditionStatus
from genomodel.core.findings import Direction, Evidence, EvidenceMatch, EvidenceType, TumorTypeMatch
from genomodel.core.patients import TumorType
from genomodel.interpretation.gene_claims import COARSE_BASES
from genomodel.interpretation.knowledge_bases.base_tiers import APPROVED, LISTED
from genomodel.interpretation.matching import StatementMatch
from genomodel.interpretation.rule_sets import drugs_of
from genomodel.interpretation.tiers import lowered

CORE = "core"


def excluded_by_core(found: Iterable[StatementMatch], tumor: TumorType) -> list[Evidence]:
    """Return the core's claims for a therapy that an alteration meets and that exclude the tumor type."""
    return [
        match.statement.evidence
        for match in found
        if match.statement.evidence.knowledge_base == CORE
        and match.statement.evidence.direction is Direction.SENSITIVITY
        and any(tumor.is_a(code) for code in match.statement.excluded)
    ]


def held_to_core(
    matches: Sequence[EvidenceMatch], excluded: Sequence[Evidence], ended: Sequence[Evidence]
) -> list[EvidenceMatch]:
    """Return the matches of one alteration, those of the other bases no better than the core lets them be.

    Parameters
    ----------
    matches
        Graded, of all bases.
    excluded
        The core's claims that exclude the tumor type: claims of other bases on the same drugs, or some of them, that
        are not of this very type are left out.
    ended
        Approvals that ended: claims of other bases on the same drugs are II-C at most, unless the core has a standing
        one.

    Notes
    -----
    Where the patient does not meet what decides the disease in every claim of the core on the drugs, claims of other
    bases on them, on a part of them or, where the core has no such, on one of them, are II-C at most as well; and so is
    the approval of a drug that the core has approved together with others alone. A guideline's listing, of the core
    too, that is older than the approval of another drug for the same keeps its tier and says so.
    """
    core = [match for match in matches if match.evidence.knowledge_base == CORE and _for_this_tumor(match)]
    kept = [held for match in matches if (held := _held(match, core, excluded, ended)) is not None]
    return [_dated(match, core) for match in kept]


def _held(
    match: EvidenceMatch, core: Sequence[EvidenceMatch], excluded: Sequence[Evidence], ended: Sequence[Evidence]
) -> EvidenceMatch | None:
    if match.evidence.knowledge_base not in COARSE_BASES or not _is_for_a_therapy(match):
        return match
    drugs = drugs_of(match.evidence)
    same_type = match.tumor_type_match is TumorTypeMatch.SAME
    if not same_type and drugs and any(drugs <= drugs_of(evidence) for evidence in excluded):
        return None
    if not _for_this_tumor(match):
        return match
    standing = [said for said in core if drugs <= drugs_of(said.evidence)]
    if unmet := _unmet_by_all(standing or [said for said in core if drugs & drugs_of(said.evidence)]):
        return _lowered(match, f"the core asks for what is not met: {unmet}")
    if standing:
        whole = _approved_as(match, standing)
        return match if not whole else _lowered(match, f"the core has it approved as {whole} alone")
    over = next((evidence for evidence in ended if drugs_of(evidence) == drugs), None)
    return match if over is None else _lowered(match, f"an approval of {over.therapy} ended on {over.withdrawn}")


def _approved_as(match: EvidenceMatch, standing: Iterable[EvidenceMatch]) -> str:
    """Return the combinations that the core has approved where a claim states an approval of a part; else empty."""
    wholes = [said.evidence for said in standing]
    exact = any(_is_of_parts(said, match.evidence) or _has_choice(said) for said in wholes)
    if match.evidence.level not in APPROVED or exact or any(said.level not in APPROVED for said in wholes):
        return ""
    return " or ".join(dict.fromkeys(said.therapy for said in wholes))


def _has_choice(said: Evidence) -> bool:
    """Whether a therapy names alternatives; words in brackets are on the setting."""
    return " or " in re.sub(r"\(.*?\)", "", said.therapy)


def _is_of_parts(said: Evidence, claim: Evidence) -> bool:
    """Whether a claim of the core names no drug and no class beside those of another claim."""
    return drugs_of(said) == drugs_of(claim) and len(said.therapies) <= max(1, len(claim.therapies))


def _dated(match: EvidenceMatch, core: Iterable[EvidenceMatch]) -> EvidenceMatch:
    """Return a guideline's listing with the first approval of another drug for the same that came after it."""
    listed = match.evidence
    if listed.level not in LISTED or not _for_this_tumor(match) or not listed.source_date:
        return match
    approved = [said.evidence for said in core if said.evidence.level in APPROVED]
    if any(drugs_of(said) == drugs_of(listed) for said in approved):
        return match
    later = [said for said in approved if said.approved > listed.source_date]
    if not later:
        return match
    first = min(later, key=lambda said: said.approved)
    caution = (
        f"listed by the guideline of {listed.source_date[:4]}, before the approval of {first.therapy} for the same "
        f"({first.approved}): whether the guideline still lists it was not looked up"
    )
    reason = f"{match.tier_reason.rstrip('.')}; {caution}."
    return match.model_copy(update={"tier_reason": reason, "cautions": (*match.cautions, caution)})


def _unmet_by_all(claims: Sequence[EvidenceMatch]) -> str:
    """Return what decides the disease and is not met in every one of some claims; empty where one has no such."""
    unmet = [[one for one in said.conditions if one.decides_disease and _not_met(one.status)] for said in claims]
    if not all(unmet):
        return ""
    return "; ".join(dict.fromkeys(f"{one.condition} ({one.reason})" for listed in unmet for one in listed))


def _is_for_a_therapy(match: EvidenceMatch) -> bool:
    evidence = match.evidence
    return evidence.evidence_type is EvidenceType.PREDICTIVE and evidence.direction is Direction.SENSITIVITY


def _for_this_tumor(match: EvidenceMatch) -> bool:
    return _is_for_a_therapy(match) and match.tumor_type_match is not TumorTypeMatch.OTHER


def _not_met(status: ConditionStatus) -> bool:
    return status is ConditionStatus.NOT_MET


def _lowered(match: EvidenceMatch, why: str) -> EvidenceMatch:
    tier = lowered(match.tier)
    if tier == match.tier:
        return match
    reason = f"{match.tier_reason.rstrip('.')}; {why}, so that it is at most II-C."
    return match.model_copy(
        update={"tier": tier, "tier_reason": reason, "cautions": (*match.cautions, why), "escat": ""}
    )
