"""Quality: the numbers of each sample against their limits, and the exons that were not read well enough."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from genomodel.calls.quality.metrics import IN_SENTENCE, METRICS, limit_text
from genomodel.core.report import PatientReport
from genomodel.core.sample_quality import (
    ExonCoverage,
    Measure,
    QualityStatus,
    SampleMeasures,
    SampleQuality,
    exons_in_words,
)
from genomodel.report import words
from genomodel.report.medium import Medium

_VERDICT = {
    QualityStatus.PASS: "\u2713 pass",
    QualityStatus.WARN: "! warn",
    QualityStatus.FAIL: "\u2717 fail",
    None: "no threshold",
}
_LARGEST_FAMILY = 5
N_POOR_GENES = 4
"""Genes with failing exons that the front page names."""


def quality(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return the measures by sample with verdicts in words, the exons that fail, and facts about the input."""
    rows = [
        {
            "name": metric.name,
            "value": metric.value or words.NOT_GIVEN,
            "threshold": metric.threshold or "none",
            "verdict": _VERDICT[metric.status],
            "failed": metric.status is QualityStatus.FAIL,
        }
        for metric in report.quality
    ]
    found = report.assays.quality
    return {"rows": rows, "measured": None if found is None else _measured(found, report, medium)}


def _measured(found: SampleQuality, report: PatientReport, medium: Medium) -> dict[str, Any]:
    failed = found.failed_exons
    shown = failed[: medium.max_exons]
    return {
        "verdict": _verdict(found, report.failures),
        "types": [sample.type for sample in found.samples],
        "metrics": _metric_rows(found),
        "lines": [line for sample in found.samples for line in _lines(sample)],
        "exon_verdict": _exon_verdict(found),
        "exon_rule": f"at least {found.exon_share:.0%} of an exon's bases read {words.count(found.exon_depth)} times",
        "exon_depth": words.count(found.exon_depth),
        "exons": [_exon(exon) for exon in shown],
        "left_out": len(failed) - len(shown),
        "off_assay": _by_gene((item.gene, number) for item in found.exons_off_assay for number in item.exons),
        "exons_from": found.exons_from,
    }


def _verdict(found: SampleQuality, failures: tuple[str, ...]) -> str:
    if failures:
        return f"\u2717 Failed: {'; '.join(failures)}."
    samples = words.joined([f"the {sample.type}" for sample in found.samples]).replace(", ", " and ")
    warned = [_in_sentence(sample, measure) for sample, measure in found.warned]
    if warned:
        return f"! Passed with warnings: {'; '.join(warned)}."
    return f"\u2713 Passed: {samples}, by every limit below."


def _in_sentence(sample: SampleMeasures, measure: Measure) -> str:
    name = IN_SENTENCE[measure.name].format(type=sample.type)
    return f"{name} {METRICS[measure.name].text(measure.value)} ({limit_text(measure)})"


def _metric_rows(found: SampleQuality) -> list[dict[str, Any]]:
    rows = []
    for name, metric in METRICS.items():
        measures = [(sample, sample.measure(name)) for sample in found.samples]
        if not any(measure for _, measure in measures):
            continue
        poor = any(m and m.status in (QualityStatus.WARN, QualityStatus.FAIL) for _, m in measures)
        rows.append(
            {
                "label": _label(name, measures),
                "cells": [_cell(name, measure) for _, measure in measures],
                "consequence": metric.consequence if poor else "",
                "failed": any(m and m.status is QualityStatus.FAIL for _, m in measures),
            }
        )
    return rows


def _label(name: str, measures: Iterable[tuple[SampleMeasures, Measure | None]]) -> str:
    if name != "share_at_depth":
        return METRICS[name].label
    asked = [f"{sample.depth_asked} times in the {sample.type}" for sample, _ in measures]
    return f"Assayed bases read at least {', '.join(asked)}"


def _cell(name: str, measure: Measure | None) -> dict[str, Any]:
    if measure is None:
        return {"value": "not measured", "verdict": "", "judged": False, "limits": "", "reason": ""}
    judged = measure.value is not None and not measure.reason
    return {
        "value": _unbroken(METRICS[name].text(measure.value)),
        "verdict": _VERDICT[measure.status] if judged else "not judged" if measure.value is not None else "",
        "judged": bool(measure.status),
        "limits": _unbroken(limit_text(measure)),
        "reason": measure.reason,
    }


def _unbroken(text: str) -> str:
    return text.replace(" %", f"{words.NBSP}%").replace(" bases", f"{words.NBSP}bases")


def _lines(sample: SampleMeasures) -> list[tuple[str, str]]:
    """Return what is told of a sample without limits: shares by depth, spread of insert sizes, families."""
    lines = []
    if sample.shares_at_depth:
        parts = [f"{depth}\u00d7 {words.percent(share)}" for depth, share in sorted(sample.shares_at_depth.items())]
        lines.append((f"Assayed bases of the {sample.type} by least depth", ", ".join(parts)))
    if sample.insert_size_quartiles:
        low, high = sample.insert_size_quartiles
        lines.append((f"Insert sizes of the {sample.type}", f"half of the pairs from {low:.0f} to {high:.0f} bases"))
    if total := sum(sample.family_sizes.values()):
        parts = [
            f"{size}: {words.percent(sample.family_sizes.get(size, 0) / total)}" for size in range(1, _LARGEST_FAMILY)
        ]
        more = sum(number for size, number in sample.family_sizes.items() if size >= _LARGEST_FAMILY)
        parts.append(f"{_LARGEST_FAMILY} or more: {words.percent(more / total)}")
        lines.append((f"Families of the {sample.type} by size", f"{', '.join(parts)} of {words.count(total)}"))
    return lines


def _exon_verdict(found: SampleQuality) -> str:
    total, failed = len(found.exons), len(found.failed_exons)
    if not total:
        return f"{found.exons_from[:1].upper()}{found.exons_from[1:]}."
    genes = words.plural(len({exon.gene for exon in found.exons}), "actionable gene")
    counted = failed or total
    verb = ("fails" if counted == 1 else "fail") if failed else ("passes" if counted == 1 else "pass")
    rest = f", {words.count(total - failed)} pass" if failed else ""
    mark = "\u2717" if failed else "\u2713"
    return f"{mark} {words.count(counted)} of {words.plural(total, 'exon')} of {genes} {verb}{rest}"


def _exon(exon: ExonCoverage) -> dict[str, str]:
    return {
        "gene": exon.gene,
        "exon": words.NOT_GIVEN if exon.exon is None else str(exon.exon),
        "place": f"{exon.chrom}:{exon.start + 1}\u2013{exon.end}",
        "depth": f"{exon.mean_depth:.0f}",
        "share": words.percent(exon.share),
    }


def _by_gene(exons: Iterable[tuple[str, int | None]]) -> str:
    return "; ".join(f"{gene} {numbers}" for gene, numbers in exons_in_words(exons).items())


def quality_limits_in_short(report: PatientReport) -> list[str]:
    """Return what the front page says of quality: failures, else warnings and the exons that fail."""
    if report.failures:
        head = words.failed_head(report.failures)
        return [f"{head[:1].lower()}{head[1:]}: {'; '.join(report.failures)}"]
    found = report.assays.quality
    if found is None:
        return []
    warned = [_in_sentence(sample, measure) for sample, measure in found.warned]
    said = [f"quality warns: {words.joined(warned, 2)}"] if warned else []
    poor = [f"{gene} {exons}" for gene, exons in exons_in_words((e.gene, e.exon) for e in found.failed_exons).items()]
    return [*said, f"not read deeply enough: {words.joined(poor, N_POOR_GENES)}"] if poor else said
