"""Microsatellite instability: class, score, and what they rest on."""

from __future__ import annotations

from typing import Any

from genomodel.core.microsatellites import MicrosatelliteAssay
from genomodel.core.report import PatientReport
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.medium import Medium


def microsatellites(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return class, reason and the facts behind them; nothing where nobody looked."""
    assay = report.assays.msi
    if assay is None:
        return {"status": "", "reason": "", "facts": [], "left_out": []}
    return {
        "status": say(f"microsatellites.class.{assay.status.value}"),
        "reason": assay.reason,
        "facts": _facts(assay),
        "left_out": [
            (reason, say("microsatellites.n_sites", n=words.count(n)))
            for reason, n in sorted(assay.not_callable.items())
        ],
    }


def _facts(assay: MicrosatelliteAssay) -> list[tuple[str, str]]:
    facts = [(say("microsatellites.score"), _score(assay))]
    if assay.n_callable is not None:
        facts.append((say("microsatellites.sites"), _sites(assay)))
    if assay.cutoffs is not None:
        facts.append((say("microsatellites.cutoffs"), f"{_cutoffs(assay)}; {assay.cutoffs.source}"))
    if assay.power is not None and assay.purity is not None:
        assumed = say("microsatellites.assumed") if assay.purity_assumed else ""
        power, purity = words.percent(assay.power), words.percent(assay.purity)
        facts.append(
            (
                say("microsatellites.power"),
                say("microsatellites.power_at", power=power, purity=purity, assumed=assumed),
            )
        )
    if assay.slippage_ratio is not None:
        times = f"{assay.slippage_ratio:.1f}"
        facts.append((say("microsatellites.slippage"), say("microsatellites.times", n=times)))
    return [*facts, (say("microsatellites.method"), assay.method)]


def _score(assay: MicrosatelliteAssay) -> str:
    if assay.score is None:
        return say("microsatellites.none")
    if not assay.score_is_share:
        return say("microsatellites.mean_difference", score=f"{assay.score:.3f}")
    text = say("microsatellites.share", share=words.percent(assay.score))
    if assay.n_unstable is not None and assay.n_callable is not None:
        counts = {"unstable": words.count(assay.n_unstable), "callable": words.count(assay.n_callable)}
        text += say("microsatellites.share_of", **counts)
    if assay.score_low is not None and assay.score_high is not None:
        low, high = words.percent(assay.score_low), words.percent(assay.score_high)
        text += say("microsatellites.interval", low=low, high=high)
    return text


def _sites(assay: MicrosatelliteAssay) -> str:
    text = words.count(assay.n_callable or 0)
    if assay.n_sites is not None:
        text += say("microsatellites.of_repeats", n=words.count(assay.n_sites))
    if assay.callable_bases is not None:
        text += say("microsatellites.repeat_bases", n=words.count(assay.callable_bases))
    if assay.assay_bases is not None:
        text += say("microsatellites.searched", n=words.count(assay.assay_bases))
    return text


def _cutoffs(assay: MicrosatelliteAssay) -> str:
    cutoffs = assay.cutoffs
    if cutoffs is None:
        return say("microsatellites.none")
    if not assay.score_is_share:
        return say("microsatellites.high_from", high=f"{cutoffs.high:g}")
    high, stable = words.percent(cutoffs.high), words.percent(cutoffs.stable)
    return say("microsatellites.high_and_stable", high=high, stable=stable)
