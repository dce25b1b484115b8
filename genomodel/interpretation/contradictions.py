"""Evidence of one tumor that points both ways for a drug."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from genomodel.core.findings import Direction, EvidenceMatch, Finding, TumorTypeMatch
from genomodel.interpretation.rule_sets import drugs_of
from genomodel.resources.drug_classes import Membership, membership, treatment_name

FOR_OR_AGAINST = (Direction.SENSITIVITY, Direction.RESISTANCE, Direction.REDUCED_SENSITIVITY)
_WITHOUT = re.compile(r"given without (?:an? )?(.+?)(?: for .+)?")
"""How a claim against a drug states that it is not about regimens with another: a drug or a class."""


@dataclass(slots=True)
class Said:
    """What a finding says for or against a drug in this tumor type, or any."""

    statements: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    """Tier and drugs of each."""
    without: set[str] = field(default_factory=set)
    """Drugs and classes that regimens are without of which the finding says that the drug fails."""


Spoken = Mapping[tuple[bool, str], Mapping[str, Said]]
"""By whether it is said for a drug, and the drug: what each finding says, by its label."""


def apply_contradictions(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings with what speaks against their claims.

    A drug that resistance evidence of the same tumor type names keeps its tier and carries the conflict, for one does
    not settle the other. A claim that a drug fails where it is given without another is none against regimens that hold
    both, whichever base leaves that out.
    """
    listed = list(findings)
    spoken = _spoken(listed)
    return [_with_evidence(one, tuple(_opposed(match, one, spoken) for match in one.evidence)) for one in listed]


def _with_evidence(finding: Finding, evidence: tuple[EvidenceMatch, ...]) -> Finding:
    return finding if evidence == finding.evidence else finding.model_copy(update={"evidence": evidence})


def _spoken(findings: Iterable[Finding]) -> Spoken:
    found: defaultdict[tuple[bool, str], defaultdict[str, Said]] = defaultdict(lambda: defaultdict(Said))
    for finding in findings:
        for match in finding.evidence:
            direction = match.evidence.direction
            if direction in FOR_OR_AGAINST and match.tumor_type_match is not TumorTypeMatch.OTHER:
                drugs = drugs_of(match.evidence)
                for drug in drugs:
                    said = found[direction is Direction.SENSITIVITY, drug][finding.label]
                    said.statements.append((match.tier, drugs))
                    said.without |= _left_out(match)
    return found


def _left_out(match: EvidenceMatch) -> frozenset[str]:
    told = (_WITHOUT.fullmatch(condition) for condition in match.evidence.conditions)
    return frozenset(name for text in told if text is not None and (name := treatment_name(text[1])) is not None)


def _opposed(match: EvidenceMatch, finding: Finding, spoken: Spoken) -> EvidenceMatch:
    """Return a match with what other evidence of the tumor says the other way of one of its drugs."""
    if match.evidence.direction not in FOR_OR_AGAINST:
        return match
    is_for = match.evidence.direction is Direction.SENSITIVITY
    words = "against" if is_for else "for"
    drugs = drugs_of(match.evidence)
    found = []
    for drug in sorted(drugs):
        ours = spoken.get((is_for, drug), {}).get(finding.label, Said())
        for label, said in spoken.get((not is_for, drug), {}).items():
            without = said.without if is_for else ours.without | _left_out(match)
            tiers = [
                tier for tier, theirs in said.statements if not _holds_one_of(drugs if is_for else theirs, without)
            ]
            found += [f"{label} speaks {words} {drug} ({min(tiers)})"] if tiers else []
    return match.model_copy(update={"conflicts": (*match.conflicts, *found)}) if found else match


def _holds_one_of(regimen: frozenset[str], treatments: Iterable[str]) -> bool:
    return any(membership(drug, asked) is Membership.YES for drug in regimen for asked in treatments)
