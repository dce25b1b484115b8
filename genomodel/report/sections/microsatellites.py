"""Microsatellite instability: class, score, and what they rest on."""

from __future__ import annotations

from typing import Any

from genomodel.core.microsatellites import InstabilityClass, MicrosatelliteAssay
from genomodel.core.report import PatientReport
from genomodel.report import words
from genomodel.report.medium import Medium

CLASS_WORDS = {
    InstabilityClass.HIGH: "High (MSI-H)",
    InstabilityClass.STABLE: "Stable (MSS)",
    InstabilityClass.INDETERMINATE: "Indeterminate: neither high nor stable",
}


def microsatellites(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return class, reason and the facts behind them; nothing where nobody looked."""
    assay = report.assays.msi
    if assay is None:
        return {"status": "", "reason": "", "facts": [], "left_out": []}
    return {
        "status": CLASS_WORDS[assay.status],
        "reason": assay.reason,
        "facts": _facts(assay),
        "left_out": [(reason, words.plural(n, "site")) for reason, n in sorted(assay.not_callable.items())],
    }


def _facts(assay: MicrosatelliteAssay) -> list[tuple[str, str]]:
    facts = [("Score", _score(assay))]
    if assay.n_callable is not None:
        facts.append(("Callable sites", _sites(assay)))
    if assay.cutoffs is not None:
        facts.append(("Cutoffs", f"{_cutoffs(assay)}; {assay.cutoffs.source}"))
    if assay.power is not None and assay.purity is not None:
        assumed = ", assumed since none was given" if assay.purity_assumed else ""
        facts.append(
            (
                "Chance to see a changed site",
                f"{words.percent(assay.power)} at a purity of {words.percent(assay.purity)}{assumed}, for a change of "
                "one unit of one of two alleles",
            )
        )
    if assay.slippage_ratio is not None:
        facts.append(("Slippage of the tumor's library", f"{assay.slippage_ratio:.1f} times that of its comparison"))
    return [*facts, ("Method", assay.method)]


def _score(assay: MicrosatelliteAssay) -> str:
    if assay.score is None:
        return "none"
    if not assay.score_is_share:
        return f"{assay.score:.3f}, mean step-wise difference of tumor and normal; the program gives no interval"
    text = f"{words.percent(assay.score)} of callable sites are unstable"
    if assay.n_unstable is not None and assay.n_callable is not None:
        text += f" ({words.count(assay.n_unstable)} of {words.count(assay.n_callable)})"
    if assay.score_low is not None and assay.score_high is not None:
        text += f"; 95{words.NBSP}% interval {words.percent(assay.score_low)} to {words.percent(assay.score_high)}"
    return text


def _sites(assay: MicrosatelliteAssay) -> str:
    text = words.count(assay.n_callable or 0)
    if assay.n_sites is not None:
        text += f" of {words.plural(assay.n_sites, 'repeat')} on the assay"
    if assay.callable_bases is not None:
        text += f", {words.plural(assay.callable_bases, 'base')} of repeats"
    if assay.assay_bases is not None:
        text += f", in {words.count(assay.assay_bases)} bases searched"
    return text


def _cutoffs(assay: MicrosatelliteAssay) -> str:
    cutoffs = assay.cutoffs
    if cutoffs is None:
        return "none"
    if not assay.score_is_share:
        return f"high from {cutoffs.high:g} on"
    return f"high from {words.percent(cutoffs.high)} on, stable below {words.percent(cutoffs.stable)}"
