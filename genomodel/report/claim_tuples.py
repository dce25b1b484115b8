"""What a report claims, as the tuples that every form of it has to agree on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from genomodel.core.findings import EvidenceMatch, EvidenceType, Finding
from genomodel.core.report import PatientReport
from genomodel.report import words


@dataclass(frozen=True, slots=True, order=True)
class ClaimTuple:
    """One claim: this alteration, this therapy (or disease), this tier, this way, on these conditions."""

    alteration: str
    therapy: str
    """Empty for a claim on diagnosis or outcome, which :attr:`direction` and :attr:`about` tell."""
    about: str
    """The tumor type that the claim is about, in the source's words; empty for any."""
    tier: str
    """``I`` or ``II``."""
    level: str
    """``A`` to ``D``."""
    direction: str
    conditions: tuple[str, ...] = ()
    """In their order, without how they stand to the patient."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim of a finding with the statements that make it, the best first."""

    key: ClaimTuple
    matches: tuple[EvidenceMatch, ...]

    @property
    def first(self) -> EvidenceMatch:
        """The statement that the claim is told after."""
        return self.matches[0]


def spoken(text: str) -> str:
    """Return text as forms for people show it: control characters visible, one space where there were several."""
    return " ".join(words.printable(text).split())


def conditions_of(match: EvidenceMatch) -> tuple[str, ...]:
    """Return the conditions of a statement, those that nobody held against the patient last."""
    answered = [answer.condition for answer in match.conditions]
    return (*answered, *(text for text in match.evidence.conditions if text not in answered))


def claim_tuple(finding: Finding, match: EvidenceMatch) -> ClaimTuple:
    """Return what one statement claims of a finding."""
    tier, _, level = match.tier.partition("-")
    item = match.evidence
    about_a_therapy = item.evidence_type is EvidenceType.PREDICTIVE
    return ClaimTuple(
        alteration=spoken(finding.label),
        therapy=spoken(item.therapy) if about_a_therapy else "",
        about=spoken(item.tumor_type_text or ", ".join(item.tumor_types)),
        tier=tier,
        level=level,
        direction=item.direction.value,
        conditions=tuple(filter(None, map(spoken, conditions_of(match)))),
    )


def claims(finding: Finding) -> tuple[Claim, ...]:
    """Return the claims of a finding, best first.

    Statements that claim the same are one, as long as they stand alike to the patient and the tumor.
    """
    found: dict[tuple[object, ...], Claim] = {}
    for match in sorted(finding.evidence, key=words.evidence_order):
        key = claim_tuple(finding, match)
        item = match.evidence
        standing = (match.conditions, words.tumor_type_match(match), item.interaction, item.origin, item.evidence_type)
        earlier = found.get((key, *standing))
        found[key, *standing] = Claim(key, (*(earlier.matches if earlier else ()), match))
    return tuple(found.values())


def claim_tuples(report: PatientReport) -> tuple[ClaimTuple, ...]:
    """Return the claims of a report's findings, sorted, each once."""
    return _each_once(claim.key for finding in report.interpretation.findings for claim in claims(finding))


def _each_once(found: Iterable[ClaimTuple]) -> tuple[ClaimTuple, ...]:
    return tuple(sorted(set(found)))
