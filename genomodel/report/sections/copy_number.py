"""Copy number: method, purity and ploidy, the genome at a glance, altered genes, and genes without an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from genomodel.core.copy_number import (
    CopyNumberCall,
    CopyNumberProfile,
    CopyNumberState,
    PurityPloidy,
    possible_amplification,
    possible_deep_deletion,
    purity_in_force,
    reasons_by_kind,
    reconcile,
    why_no_deep_deletions,
)
from genomodel.core.provenance import StepStatus
from genomodel.core.report import PatientReport
from genomodel.report import words
from genomodel.report.medium import Medium
from genomodel.report.pictures.genome import genome_plot

STATE_WORDS = {
    CopyNumberState.AMPLIFICATION: "amplification",
    CopyNumberState.DEEP_DELETION: "deep deletion",
    CopyNumberState.GAIN: "gain",
    CopyNumberState.LOSS: "loss",
    CopyNumberState.NEUTRAL: "neutral",
}
N_LABELS = 24
N_GENES_OF_REASON = 40
STRONG = (CopyNumberState.AMPLIFICATION, CopyNumberState.DEEP_DELETION)


def copy_number(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return what the section shows; ``measured`` is false where nobody looked, with the reason."""
    profile = report.copy_number
    if profile is None:
        skipped = [s.detail for s in report.steps if s.name == "copy number" and s.status is StepStatus.SKIPPED]
        return {"measured": False, "why": skipped[0] if skipped else words.NOT_GIVEN}
    purity = purity_in_force(report.patient, profile)
    of_findings = {finding.gene for finding in report.interpretation.findings}
    altered = sorted(
        (call for call in profile.calls if call.state is not CopyNumberState.NEUTRAL or call.loh),
        key=lambda call: (_rank(call, of_findings), call.gene),
    )
    leading = [call for call in altered if call.state in STRONG or call.gene in of_findings]
    named = [call for call in altered if call.gene in of_findings] + [
        call for call in altered if call.state in STRONG and call.gene not in of_findings
    ]
    others = [call for call in altered if call not in leading]
    most = medium.max_findings
    return {
        "measured": True,
        "method": profile.method,
        "facts": _facts(report, profile),
        "disagreement": _disagreement(report, profile),
        "picture": genome_plot(profile, named[:N_LABELS], purity),
        "with_bins": bool(profile.bins),
        "with_sites": bool(profile.sites),
        "with_copies": purity is not None and purity.diploid_log2 is not None,
        "mixture": _without_purity(profile) and any(call.copies_low is not None for call in altered),
        "no_deep_deletions": why_no_deep_deletions(profile, report.patient.purity),
        "leading": [_row(call) for call in leading[:most]],
        "others": [_row(call) for call in others[:most]],
        "left_out": max(0, len(leading) - most) + max(0, len(others) - most),
        "negative": "" if report.failures else _negative(report, profile),
        "not_assessed": [
            (words.joined(genes, N_GENES_OF_REASON), reason) for genes, reason in reasons_by_kind(profile.not_assessed)
        ],
        "numbered": any("bins " in text for text in (*(c.note for c in altered), *profile.not_assessed.values())),
    }


def _negative(report: PatientReport, profile: CopyNumberProfile) -> str:
    """Say in how many genes nothing strong was found, and where it is not excluded; no answer at all is no negative."""
    why = why_no_deep_deletions(profile, report.patient.purity)
    n = None if profile.assayed_genes is None else len(profile.assayed_genes)
    if n == 0:
        return _nothing_told(profile)
    seen = {call.state for call in profile.calls}
    amplified, deleted = (state in seen for state in STRONG)
    absent = ["amplification"] * (not amplified) + ["deep deletion"] * (not deleted and not why)
    if not absent:
        return ""
    text = f"No {' or '.join(absent)}"
    if n is None:
        text += " in the table, which lists events only: silence about a gene is no negative result"
    else:
        text += f" in the {words.plural(n, 'gene')} with an answer" if n > 1 else " in the one gene with an answer"
    open_amplifications = _open(profile, possible_amplification) if not amplified else ""
    open_deletions = _open(profile, possible_deep_deletion) if not deleted else ""
    parts = [text]
    if open_amplifications:
        parts.append(f"amplification is not excluded in {open_amplifications}")
    if why:
        parts.append(
            f"deep deletions were not called: {why}" + (f" (possible in {open_deletions})" * bool(open_deletions))
        )
    elif open_deletions:
        parts.append(f"deep deletion is not excluded in {open_deletions}")
    return f"{'; '.join(parts)}."


def _open(profile: CopyNumberProfile, possible: Callable[[CopyNumberCall], bool]) -> str:
    return words.joined([call.gene for call in profile.calls if possible(call)], N_GENES_OF_REASON)


def _nothing_told(profile: CopyNumberProfile) -> str:
    reasons, n = set(profile.not_assessed.values()), len(profile.not_assessed)
    genes = f" ({words.plural(n, 'gene')})" if n else ""
    why = "" if not reasons else f": {min(reasons)}" if len(reasons) == 1 else ", for the reasons listed below"
    return f"No gene could be answered{why}{genes}. Amplifications and deep deletions are unknown."


def _without_purity(profile: CopyNumberProfile) -> bool:
    return profile.purity is None or profile.purity.purity is None


def _rank(call: CopyNumberCall, of_findings: set[str]) -> tuple[bool, int]:
    order = (
        CopyNumberState.AMPLIFICATION,
        CopyNumberState.DEEP_DELETION,
        CopyNumberState.LOSS,
        CopyNumberState.GAIN,
        CopyNumberState.NEUTRAL,
    )
    return (call.gene not in of_findings, order.index(call.state))


def _facts(report: PatientReport, profile: CopyNumberProfile) -> list[tuple[str, str]]:
    found = reconcile(report.patient.purity, profile.purity)
    facts = [("Purity", words.purity(found if found is not None and found.purity is not None else None))]
    if found is not None and found.ploidy is not None:
        facts.append(("Ploidy", _ploidy(found)))
    if found is not None and found.reason and (found.purity is None or found.ploidy is None):
        facts.append(
            ("No estimate", found.reason) if found.purity is None else ("Ploidy", f"2 is assumed: {found.reason}")
        )
    return facts


def _ploidy(found: PurityPloidy) -> str:
    text = words.decimal(found.ploidy, 2)
    if found.ploidy_low is None or found.ploidy_high is None:
        return text
    return f"{text} ({words.decimal(found.ploidy_low, 2)}\u2013{words.decimal(found.ploidy_high, 2)})"


def _disagreement(report: PatientReport, profile: CopyNumberProfile) -> str:
    found = reconcile(report.patient.purity, profile.purity)
    return found.disagreement if found is not None else ""


def _row(call: CopyNumberCall) -> dict[str, str]:
    return {
        "gene": call.gene,
        "state": STATE_WORDS[call.state],
        "copies": _copies(call),
        "log2": "" if call.log2_ratio is None else words.decimal(call.log2_ratio, 2, sign=True),
        "bins": "" if call.n_regions is None else words.count(call.n_regions),
        "event": "" if call.event_bases is None else words.bases(call.event_bases),
        "loh": "not told" if call.loh is None else "yes" if call.loh else "no",
        "note": call.note,
    }


def _copies(call: CopyNumberCall) -> str:
    if call.copies is None:
        return words.NOT_GIVEN
    text = words.decimal(call.copies, 1)
    if call.copies_low is None or call.copies_high is None:
        return text
    return f"{text} ({words.decimal(call.copies_low, 1)}\u2013{words.decimal(call.copies_high, 1)})"
