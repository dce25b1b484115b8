"""What a report claims, as the tuples that every form of it has to agree on."""

from __future__ import annotations

from dataclasses import dataclass

from genomodel.core.report import PatientReport


@dataclass(frozen=True, slots=True, order=True)
class ClaimTuple:
    """One claim: this alteration, this therapy (or disease), this tier, this way, on these conditions."""

    alteration: str
    therapy: str
    """Empty for a claim on diagnosis or outcome, which :attr:`direction` and :attr:`about` tell."""
    about: str
    tier: str
    """``I`` or ``II``."""
    level: str
    """``A`` to ``D``."""
    direction: str
    condition: str
    """All conditions in their order, joined by ``; ``."""


def claim_tuples(report: PatientReport) -> tuple[ClaimTuple, ...]:
    """Return the claims of a report's findings, sorted, each once."""
    claims = set()
    for finding in report.interpretation.findings:
        for match in finding.evidence:
            tier, _, level = match.tier.partition("-")
            claims.add(
                ClaimTuple(
                    alteration=finding.label,
                    therapy=match.evidence.therapy,
                    about=match.evidence.tumor_type_text,
                    tier=tier,
                    level=level,
                    direction=match.evidence.direction.value,
                    condition="; ".join(answer.condition for answer in match.conditions),
                )
            )
    return tuple(sorted(claims))
