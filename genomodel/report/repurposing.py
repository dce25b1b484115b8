"""Drugs beyond the label of the tumor type, from evidence in other tumor types and from gated predictions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from genomodel.core.clinical import ConditionStatus
from genomodel.core.findings import Direction, Evidence, EvidenceMatch, EvidenceType, Finding, TumorTypeMatch
from genomodel.core.patients import TumorType
from genomodel.core.predictions import DrugPrediction, FlagLevel, ResponsePrediction
from genomodel.core.report import PatientReport
from genomodel.core.report_settings import PredictionsShown
from genomodel.core.repurposing import RepurposedDrug, Repurposing
from genomodel.interpretation.base_corrections import correction_of
from genomodel.interpretation.evidence_order import rank_of_match
from genomodel.interpretation.knowledge import load_evidence_table
from genomodel.interpretation.knowledge_bases.base_tiers import APPROVED, LISTED
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.prediction_conflicts import CuratedClaim, against_drug, curated, names_of, names_of_text
from genomodel.report.prediction_words import WITHDRAWN, behind, gate, is_wide, rank, rank_source, screened_tissue
from genomodel.response.shown import N_TOP, leading

MOST_REASONS = 4
"""Statements of one drug that are told; the ids of all are kept."""
LOWEST_TIER_OF_LABEL = "I-B"
DOES_NOT_STAND_OUT = 50.0
"""Percentile of all lines; an interval that ends below says that the drug is among the weaker half."""


@dataclass(slots=True)
class Candidate:
    """A drug, or drugs that are given together, with what speaks for it."""

    therapy: str
    drugs: frozenset[str]
    statements: list[tuple[Finding, EvidenceMatch]] = field(default_factory=list)
    prediction: DrugPrediction | None = None
    """One that passed the gate, of one of the drugs; it speaks for them only where :attr:`leads`."""
    leads: bool = False

    @property
    def tier(self) -> str:
        """Best tier of the statements, empty without any."""
        return min((match.tier for _, match in self.statements), default="")


def repurposing(report: PatientReport) -> Repurposing:
    """Return the drugs that nothing recommends for this tumor type and evidence elsewhere or the model speaks for.

    Built from the findings that the report shows: what consent, review or their own sources keep from it is not here.
    Best first by the rule that is stored beside them.
    """
    modeled = report.settings.predictions is not PredictionsShown.NONE
    rule = say("repurposing.rule") if modeled else say("repurposing.rule_of_evidence")
    if report.failures:
        return Repurposing(rule=rule, absent=say("repurposing.failed"))
    if not report.patient.tumor_type.is_given:
        return Repurposing(rule=rule, absent=say("repurposing.no_tumor_type"))
    recommended = _recommended(report)
    candidates = _from_evidence(report, recommended)
    if report.response is not None:
        _add_predictions(candidates, report.response, recommended)
    claims = curated(report)
    drugs = [_told(found, report, claims) for found in candidates.values()]
    order = {found.therapy: _order(found, claims) for found in candidates.values()}
    ranked = sorted(drugs, key=lambda drug: order[drug.therapy])
    return Repurposing(drugs=tuple(ranked), rule=rule, absent="" if ranked else say("repurposing.none"))


def _statements(report: PatientReport) -> Iterable[tuple[Finding, EvidenceMatch]]:
    for finding in report.interpretation.findings:
        for match in finding.evidence:
            evidence = match.evidence
            if evidence.evidence_type is EvidenceType.PREDICTIVE and evidence.direction is Direction.SENSITIVITY:
                yield finding, match


def _recommended(report: PatientReport) -> frozenset[str]:
    """Return the drugs that a claim recommends for this tumor type: of the findings, or of the core whatever they are.

    Claims on any tumor type that have the tier of a label count for this one.
    """
    found: set[str] = set(_of_the_core(report.patient.tumor_type))
    for _, match in _statements(report):
        label = match.tier <= LOWEST_TIER_OF_LABEL
        same = match.tumor_type_match is TumorTypeMatch.SAME
        if same or (label and match.tumor_type_match is TumorTypeMatch.AGNOSTIC):
            found |= names_of(match.evidence)
    return frozenset(found)


@cache
def _of_the_core(tumor: TumorType) -> frozenset[str]:
    """Return the drugs that the core recommends for a tumor type, for whichever alteration."""
    return frozenset(
        drug
        for evidence in (rule.evidence for rule in load_evidence_table().rules)
        if evidence.evidence_type is EvidenceType.PREDICTIVE
        and evidence.direction is Direction.SENSITIVITY
        and not evidence.withdrawn
        and any(tumor.is_a(code) for code in evidence.tumor_types)
        for drug in names_of(evidence)
    )


def _from_evidence(report: PatientReport, recommended: frozenset[str]) -> dict[frozenset[str], Candidate]:
    found: dict[frozenset[str], Candidate] = {}
    for finding, match in _statements(report):
        evidence = match.evidence
        if not evidence.supports or evidence.withdrawn or match.tumor_type_match is TumorTypeMatch.SAME:
            continue
        if match.tier <= LOWEST_TIER_OF_LABEL or correction_of(evidence, finding.variant) is not None:
            continue
        drugs = names_of(evidence)
        if drugs and not drugs & recommended:
            found.setdefault(drugs, Candidate(evidence.therapy, drugs)).statements.append((finding, match))
    for candidate in found.values():
        candidate.statements.sort(key=lambda pair: (pair[1].tier, rank_of_match(pair[1])))
        candidate.therapy = candidate.statements[0][1].evidence.therapy
    return found


def _add_predictions(
    candidates: dict[frozenset[str], Candidate], response: ResponsePrediction, recommended: frozenset[str]
) -> None:
    """Lay each gated prediction beside the drugs it is of; one that leads is a candidate of its own."""
    first = {prediction.drug for prediction in leading(response.predictions, N_TOP)}
    beside: defaultdict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates.values():
        for drug in candidate.drugs:
            beside[drug].append(candidate)
    for prediction in response.predictions:
        drugs = names_of_text(prediction.drug)
        if not prediction.predictable:
            continue
        known = [candidate for drug in sorted(drugs) for candidate in beside[drug]]
        leads = prediction.drug in first
        if leads and drugs not in candidates and not drugs & recommended:
            known.append(candidates.setdefault(drugs, Candidate(prediction.drug, drugs)))
        for candidate in known:
            if candidate.prediction is None:
                candidate.prediction, candidate.leads = prediction, leads


def _order(found: Candidate, claims: Sequence[CuratedClaim]) -> tuple[bool, str, int, bool, float, str]:
    """Sort key, as the rule says it."""
    strength = min((_strength(match.evidence) for _, match in found.statements if match.tier == found.tier), default=2)
    percentile = found.prediction.percentile_overall if found.prediction and found.leads else 0.0
    against = bool(against_drug(found.drugs, claims))
    return (not found.tier, found.tier, strength, against, -percentile, found.therapy.casefold())


def _strength(evidence: Evidence) -> int:
    return 0 if evidence.level in APPROVED else 1 if evidence.level in LISTED else 2


def _told(found: Candidate, report: PatientReport, claims: Sequence[CuratedClaim]) -> RepurposedDrug:
    tissue = screened_tissue(report.response) if report.response else ""
    reasons = [_reason(finding, match) for finding, match in found.statements[:MOST_REASONS]]
    if len(found.statements) > MOST_REASONS:
        reasons.append(say("repurposing.more", n=len(found.statements) - MOST_REASONS))
    shown = found.prediction
    if shown is not None and found.leads:
        said = {"drug": shown.drug, "rank": rank(shown, tissue), "gate": gate(shown), "behind": behind(shown)}
        reasons.append(say("repurposing.predicted", **said))
    return RepurposedDrug(
        therapy=found.therapy,
        drugs=tuple(sorted(found.drugs, key=str.casefold)),
        best_tier=found.tier,
        reasons=tuple(words.unique(reasons)),
        against=tuple(words.unique(_against(found, report, claims, tissue))),
        percentile=shown.percentile_overall if shown else None,
        percentile_lower90=shown.percentile_overall_lower90 if shown else None,
        percentile_upper90=shown.percentile_overall_upper90 if shown else None,
        finding_ids=tuple(words.unique(finding.id for finding, _ in found.statements)),
        evidence_ids=tuple(words.unique(match.evidence.id for _, match in found.statements)),
    )


def _reason(finding: Finding, match: EvidenceMatch) -> str:
    evidence = match.evidence
    where = evidence.tumor_type_text or words.joined(evidence.tumor_types) or say("repurposing.any_tumor")
    source = f"{evidence.source_name} {evidence.source_id}".strip()
    values = {"label": finding.label, "therapy": evidence.therapy, "where": where, "tier": match.tier}
    return say("repurposing.reason", **values, source=source, id=evidence.id)


def _against(found: Candidate, report: PatientReport, claims: Sequence[CuratedClaim], tissue: str) -> Iterable[str]:
    yield from against_drug(found.drugs, claims)
    for _, match in found.statements[:MOST_REASONS]:
        yield from map(words.sentence, match.conflicts)
        for answer in match.conditions:
            if answer.status is ConditionStatus.NOT_MET:
                yield say("repurposing.not_met", condition=answer.condition, reason=answer.reason)
        yield from map(words.sentence, match.cautions)
    open_conditions = words.unique(
        answer.condition
        for _, match in found.statements[:1]
        for answer in match.conditions
        if answer.status in (ConditionStatus.NOT_GIVEN, ConditionStatus.FOR_READER)
    )
    if open_conditions:
        yield say("repurposing.open", conditions="; ".join(open_conditions))
    if found.tier:
        yield say("repurposing.elsewhere_weak") if found.tier == "II-D" else say("repurposing.elsewhere")
    else:
        yield say("repurposing.no_evidence")
    if report.response is not None:
        yield from _prediction_against(found, report.response, tissue)


def _prediction_against(found: Candidate, response: ResponsePrediction, tissue: str) -> Iterable[str]:
    """Say what the model leaves open of a drug, or says against it."""
    shown = found.prediction
    if shown is None:
        behind_gate = [row.drug for row in response.gated().not_predictable if names_of_text(row.drug) & found.drugs]
        if behind_gate:
            yield say("repurposing.behind_gate", drug=words.joined(behind_gate))
        return
    if is_wide(shown):
        yield say("repurposing.wide", drug=shown.drug, rank=rank(shown, tissue))
    elif max(shown.percentile_overall_lower90, shown.percentile_overall_upper90) < DOES_NOT_STAND_OUT:
        yield say("repurposing.weak", drug=shown.drug, rank=rank(shown, tissue))
    elif not found.leads:
        yield say("repurposing.not_leading", drug=shown.drug, rank=rank(shown, tissue))
    if source := rank_source(shown, tissue):
        yield words.sentence(source)
    if shown.approval == WITHDRAWN:
        yield say("repurposing.withdrawn", drug=shown.drug)
    cautions = [flag.name.replace("_", " ") for flag in response.flags if flag.level is FlagLevel.CAUTION]
    if found.leads and cautions:
        yield say("repurposing.cautions", names=words.joined(cautions))
