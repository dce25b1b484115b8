"""Predictions held against curated evidence: the same drug, its class, or its target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from genomodel.core.findings import Direction, Evidence, EvidenceType
from genomodel.core.predictions import DrugPrediction
from genomodel.core.report import PatientReport
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.resources.drug_classes import Membership, drug_classes, members, membership, treatment_name
from genomodel.resources.drugs import normalize_therapy
from genomodel.response.drugs import drug_targets

OPEN_CLASS = "Other "
"""Begins the names of classes that hold what no other class does: their drugs have nothing in common."""


@dataclass(frozen=True, slots=True)
class CuratedClaim:
    """A statement on a therapy, as far as a prediction is held against it."""

    drugs: frozenset[str]
    """Normalized names of drugs and classes."""
    therapy: str
    direction: Direction
    said: str = ""
    """By which alteration, of which tier, under which id, in words."""


class Standing(StrEnum):
    """How curated evidence stands to a prediction of sensitivity."""

    NONE = "none"
    """It says nothing of the drug, its class or its target."""
    AGREES = "agrees"
    """It speaks of sensitivity to the drug."""
    CONFLICT = "conflict"
    """It says resistance to the drug."""
    CONFLICT_BY_CLASS = "conflict_by_class"
    """It says resistance to a class that the drug is of, to another drug of it, or to one with the same target."""


@dataclass(frozen=True, slots=True)
class BesideEvidence:
    """How evidence stands to a prediction, and that in words."""

    standing: Standing
    text: str = ""

    @property
    def conflict(self) -> bool:
        """Whether evidence speaks against the drug, directly or by its class."""
        return self.standing in (Standing.CONFLICT, Standing.CONFLICT_BY_CLASS)


def names_of(evidence: Evidence) -> frozenset[str]:
    """Return the normalized names of the drugs and classes of a statement."""
    return frozenset(evidence.therapies) or names_of_text(evidence.therapy)


@lru_cache(maxsize=4096)
def names_of_text(therapy: str) -> frozenset[str]:
    """Return the normalized names of what a text on a therapy, or a screen, names."""
    return frozenset(normalize_therapy(therapy).parts)


def curated(report: PatientReport) -> tuple[CuratedClaim, ...]:
    """Return what the evidence that is shown says of therapies."""
    return tuple(
        CuratedClaim(
            drugs=names_of(evidence),
            therapy=evidence.therapy,
            direction=evidence.direction,
            said=say("predictions.claim", label=finding.label, tier=match.tier, id=evidence.id),
        )
        for finding in report.interpretation.findings
        for match in finding.evidence
        for evidence in (match.evidence,)
        if evidence.evidence_type is EvidenceType.PREDICTIVE and evidence.supports
    )


def beside_evidence(prediction: DrugPrediction, claims: Sequence[CuratedClaim]) -> BesideEvidence:
    """Hold a prediction against curated claims.

    Parameters
    ----------
    prediction
        Its drug may have another name there, and its targets are those of the screen.
    claims
        From :func:`curated`.

    Returns
    -------
    BesideEvidence
        What is said of the drug itself counts before what is said of its class, and resistance before sensitivity.
    """
    named = names_of_text(prediction.drug)
    directions = {claim.direction for claim in claims if named <= claim.drugs}
    if directions & set(words.AGAINST_A_THERAPY):
        return BesideEvidence(Standing.CONFLICT, say("predictions.conflict"))
    if Direction.SENSITIVITY in directions:
        return BesideEvidence(Standing.AGREES, say("predictions.agrees"))
    own, targets = treatment_name(prediction.drug) or prediction.drug, frozenset(prediction.targets)
    for claim in claims:
        if claim.direction in words.AGAINST_A_THERAPY:
            for drug in sorted(claim.drugs, key=str.casefold):
                if tie := _tie(own, targets, drug):
                    return BesideEvidence(
                        Standing.CONFLICT_BY_CLASS, say("predictions.conflict_by_class", therapy=claim.therapy, tie=tie)
                    )
    return BesideEvidence(Standing.NONE)


def against_drug(drugs: frozenset[str], claims: Sequence[CuratedClaim]) -> list[str]:
    """Say what curated evidence says against a drug or a combination: of its drugs, then of their classes or targets.

    Parameters
    ----------
    drugs
        Normalized names.
    claims
        From :func:`curated`.
    """
    direct, by_class = [], []
    for claim in claims:
        if claim.direction not in words.AGAINST_A_THERAPY:
            continue
        if claim.drugs and claim.drugs <= drugs:
            direct.append(say("predictions.against", therapy=claim.therapy, said=claim.said))
            continue
        ties = [_tie(own, targets_of(own), resisted) for own in sorted(drugs) for resisted in sorted(claim.drugs)]
        if tie := next(filter(None, ties), ""):
            by_class.append(say("predictions.against_by_class", therapy=claim.therapy, tie=tie, said=claim.said))
    return list(dict.fromkeys([*direct, *by_class]))


@lru_cache(maxsize=65536)
def _tie(own: str, targets: frozenset[str], resisted: str) -> str:
    """Say what ties a drug to one, or to a class, that evidence says resistance to; empty for nothing."""
    if resisted in drug_classes() and membership(own, resisted) is Membership.YES:
        return say("predictions.of_class", name=resisted)
    shared = _narrow_classes(own) & _narrow_classes(resisted)
    if shared:
        return say("predictions.same_class", name=min(shared, key=lambda name: (len(members(name)), name)))
    theirs = targets_of(resisted)
    common = targets & theirs
    if common and 2 * len(common) >= min(len(targets), len(theirs)):
        return say("predictions.same_target", names=words.joined(sorted(common), 3))
    return ""


@lru_cache(maxsize=4096)
def _narrow_classes(drug: str) -> frozenset[str]:
    """Return the classes that name a drug among their own, without those that only collect the rest."""
    return frozenset(
        row.name for row in drug_classes().values() if drug in row.drugs and not row.name.startswith(OPEN_CLASS)
    )


@lru_cache(maxsize=4096)
def targets_of(name: str) -> frozenset[str]:
    """Return the targets of a drug by the screens' list; of a class or an unscreened drug, those its class shares.

    Empty where no drug of the class was screened, or where the screened ones share no target.
    """
    screened = _targets_by_name()
    if name in screened:
        return screened[name]
    for row in [drug_classes().get(name), *(drug_classes()[found] for found in sorted(_narrow_classes(name)))]:
        known = [screened[drug] for drug in members(row.name) if drug in screened] if row is not None else []
        if known:
            return frozenset.intersection(*known)
    return frozenset()


@lru_cache(maxsize=1)
def _targets_by_name() -> dict[str, frozenset[str]]:
    """Return the targets of the screened drugs by their normalized names."""
    return {treatment_name(drug) or drug: frozenset(row.targets) for drug, row in drug_targets().items()}
