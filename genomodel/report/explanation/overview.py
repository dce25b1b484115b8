"""What of a patient can be explained: findings with their tiers, and how to name the others."""

from __future__ import annotations

from collections import Counter

from genomodel.core.findings import EvidenceMatch, Finding
from genomodel.core.interpretation_file import InterpretationFile
from genomodel.report import words
from genomodel.report.explanation.chain import claim, titled
from genomodel.report.explanation.find import Marker
from genomodel.report.explanation.screen import link, wrapped
from genomodel.report.exports.rows import allele_rows
from genomodel.report.sections.claims import least_doubt


def overview(made: InterpretationFile) -> str:
    """Return the findings of a patient with tier and best claim, the numbers of other alleles, and how to go on.

    Nothing is said here of conditions and sources: those are in the chain of each.
    """
    lines = wrapped(titled(made.patient, made))
    if made.failures:
        lines += wrapped(words.failed_line(made.failures))
    findings = sorted(made.content.findings, key=lambda finding: words.tier_key(finding.tier))
    for place, finding in enumerate(findings):
        best = next(iter(sorted(finding.evidence, key=words.evidence_order)), None)
        said = f" - {claim(best)}" if best is not None else ""
        doubts = [words.other_type(best) if best is not None else "", least_doubt(_of_tier(finding))]
        said += f" [{', '.join(filter(None, doubts))}]" if any(doubts) else ""
        lines += link("" if place else "findings", [f"{finding.tier or 'no tier'} {finding.label}{said}"])
    if not findings:
        lines += link("findings", ["none"])
    shown = {finding.variant.variant.key for finding in findings if finding.variant is not None}
    kinds = Counter(
        row.disposition.kind.value.replace("_", " ")
        for row in allele_rows(made)
        if row.disposition.variant not in shown
    )
    others = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())
    lines += link("other alleles", [others or "none"])
    lines += link("markers", [", ".join(Marker)])
    name = findings[0].label if findings else "GENE CHANGE"
    how = f'conditions, sources, reasons: genomodel explain {made.patient} "{name}", or the number of a record'
    lines += [*wrapped(how), *wrapped(made.research_use_only)]
    return "\n".join(lines) + "\n"


def _of_tier(finding: Finding) -> list[EvidenceMatch]:
    """Return the statements that give a finding its tier."""
    return [match for match in finding.evidence if match.tier and match.tier == finding.tier]
