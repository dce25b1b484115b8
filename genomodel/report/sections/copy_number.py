"""Copy number: method, purity and ploidy, the genome at a glance, altered genes, and genes without an answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from genomodel.report.catalog import say
from genomodel.report.medium import Medium
from genomodel.report.pictures.genome import genome_plot, unnamed_genes

STATE_WORDS = {
    CopyNumberState.AMPLIFICATION: say("copy_number.state.amplification"),
    CopyNumberState.DEEP_DELETION: say("copy_number.state.deep_deletion"),
    CopyNumberState.GAIN: say("copy_number.state.gain"),
    CopyNumberState.LOSS: say("copy_number.state.loss"),
    CopyNumberState.NEUTRAL: say("copy_number.state.neutral"),
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
        "legend": _legend(profile, named, with_copies=purity is not None and purity.diploid_log2 is not None),
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
    absent = [say("copy_number.negative.amplification")] * (not amplified)
    absent += [say("copy_number.negative.deep_deletion")] * (not deleted and not why)
    if not absent:
        return ""
    events = absent[0] if len(absent) == 1 else say("copy_number.negative.either", one=absent[0], other=absent[1])
    text = say("copy_number.negative.absent", events=events)
    text += say(
        "copy_number.negative.events_only" if n is None else "copy_number.negative.in_genes", n=words.count(n or 0)
    )
    open_amplifications = _open(profile, possible_amplification) if not amplified else ""
    open_deletions = _open(profile, possible_deep_deletion) if not deleted else ""
    parts = [text]
    if open_amplifications:
        parts.append(say("copy_number.negative.open_amplification", genes=open_amplifications))
    if why:
        said = say("copy_number.negative.not_called", reason=why)
        possible = say("copy_number.negative.possible_in", text=said, genes=open_deletions)
        parts.append(possible if open_deletions else said)
    elif open_deletions:
        parts.append(say("copy_number.negative.open_deletion", genes=open_deletions))
    return say("copy_number.negative.whole", parts="; ".join(parts))


def _legend(profile: CopyNumberProfile, named: Sequence[CopyNumberCall], *, with_copies: bool) -> list[str]:
    """Say what the marks of the picture are, and which genes of weight it has no room for."""
    marks = [
        *([say("copy_number.legend.points")] if profile.bins else []),
        say("copy_number.legend.segments"),
        *([say("copy_number.legend.copies")] if with_copies else []),
    ]
    said = [say("copy_number.legend.above", marks="; ".join(marks))]
    if profile.sites:
        said.append(say("copy_number.legend.below"))
    unnamed = [*unnamed_genes(profile, named[:N_LABELS]), *(call.gene for call in named[N_LABELS:])]
    if unnamed:
        genes = words.joined(unnamed, N_LABELS)
        said.append(say("copy_number.legend.unnamed", n=len(unnamed), genes=genes))
    return said


def _open(profile: CopyNumberProfile, possible: Callable[[CopyNumberCall], bool]) -> str:
    return words.joined([call.gene for call in profile.calls if possible(call)], N_GENES_OF_REASON)


def _nothing_told(profile: CopyNumberProfile) -> str:
    reasons, n = set(profile.not_assessed.values()), len(profile.not_assessed)
    genes = say("copy_number.negative.n_genes", n=words.count(n)) if n else ""
    why = say("copy_number.negative.why", reason=min(reasons)) if len(reasons) == 1 else ""
    if len(reasons) > 1:
        why = say("copy_number.negative.reasons_below")
    return say("copy_number.negative.no_gene", why=why, genes=genes)


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
    facts = [
        (say("copy_number.purity"), words.purity(found if found is not None and found.purity is not None else None))
    ]
    if found is not None and found.ploidy is not None:
        facts.append((say("copy_number.ploidy"), _ploidy(found)))
    if found is not None and found.reason and (found.purity is None or found.ploidy is None):
        assumed = (say("copy_number.ploidy"), say("copy_number.ploidy_assumed", reason=found.reason))
        facts.append((say("copy_number.no_estimate"), found.reason) if found.purity is None else assumed)
    return facts


def _ploidy(found: PurityPloidy) -> str:
    text = words.decimal(found.ploidy, 2)
    if found.ploidy_low is None or found.ploidy_high is None:
        return text
    low, high = words.decimal(found.ploidy_low, 2), words.decimal(found.ploidy_high, 2)
    return say("copy_number.with_interval", value=text, low=low, high=high)


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
        "loh": _loh(call),
        "note": call.note,
    }


def _loh(call: CopyNumberCall) -> str:
    if call.loh is None:
        return say("copy_number.loh.not_told")
    return say("copy_number.loh.yes") if call.loh else say("copy_number.loh.no")


def _copies(call: CopyNumberCall) -> str:
    if call.copies is None:
        return words.NOT_GIVEN
    text = words.decimal(call.copies, 1)
    if call.copies_low is None or call.copies_high is None:
        return text
    low, high = words.decimal(call.copies_low, 1), words.decimal(call.copies_high, 1)
    return say("copy_number.with_interval", value=text, low=low, high=high)
