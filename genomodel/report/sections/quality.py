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
from genomodel.report.catalog import say
from genomodel.report.medium import Medium
from genomodel.report.pictures.exons import exon_grid

_VERDICT = {
    QualityStatus.PASS: say("quality.pass"),
    QualityStatus.WARN: say("quality.warn"),
    QualityStatus.FAIL: say("quality.fail"),
    None: say("quality.no_threshold"),
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
            "threshold": metric.threshold or say("quality.none"),
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
        "exon_rule": say(
            "quality.exons.rule", share=words.percent(found.exon_share), depth=words.count(found.exon_depth)
        ),
        "exon_depth": words.count(found.exon_depth),
        "picture": exon_grid(found),
        "exons": [_exon(exon) for exon in shown],
        "left_out": len(failed) - len(shown),
        "off_assay": _by_gene((item.gene, number) for item in found.exons_off_assay for number in item.exons),
        "exons_from": found.exons_from,
    }


def _verdict(found: SampleQuality, failures: tuple[str, ...]) -> str:
    if failures:
        return say("quality.failed", reasons="; ".join(failures))
    samples = words.joined([say("quality.the_sample", type=sample.type) for sample in found.samples])
    samples = samples.replace(", ", " and ")
    warned = [_in_sentence(sample, measure) for sample, measure in found.warned]
    if warned:
        return say("quality.warned", measures="; ".join(warned))
    return say("quality.passed", samples=samples)


def _in_sentence(sample: SampleMeasures, measure: Measure) -> str:
    name = IN_SENTENCE[measure.name].format(type=sample.type)
    value = METRICS[measure.name].text(measure.value)
    return say("quality.in_sentence", name=name, value=value, limits=limit_text(measure))


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
    asked = [say("quality.share_asked", depth=sample.depth_asked, type=sample.type) for sample, _ in measures]
    return say("quality.share_label", asked=", ".join(asked))


def _cell(name: str, measure: Measure | None) -> dict[str, Any]:
    if measure is None:
        return {"value": say("quality.not_measured"), "verdict": "", "judged": False, "limits": "", "reason": ""}
    judged = measure.value is not None and not measure.reason
    open_verdict = say("quality.not_judged") if measure.value is not None else ""
    return {
        "value": _unbroken(METRICS[name].text(measure.value)),
        "verdict": _VERDICT[measure.status] if judged else open_verdict,
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
        parts = [
            say("quality.share_at", depth=depth, share=words.percent(share))
            for depth, share in sorted(sample.shares_at_depth.items())
        ]
        lines.append((say("quality.shares", type=sample.type), ", ".join(parts)))
    if sample.insert_size_quartiles:
        low, high = sample.insert_size_quartiles
        half = say("quality.half_of_pairs", low=f"{low:.0f}", high=f"{high:.0f}")
        lines.append((say("quality.inserts", type=sample.type), half))
    if total := sum(sample.family_sizes.values()):
        parts = [
            say("quality.family", size=size, share=words.percent(sample.family_sizes.get(size, 0) / total))
            for size in range(1, _LARGEST_FAMILY)
        ]
        more = sum(number for size, number in sample.family_sizes.items() if size >= _LARGEST_FAMILY)
        parts.append(say("quality.larger_families", size=_LARGEST_FAMILY, share=words.percent(more / total)))
        said = say("quality.of_all", parts=", ".join(parts), n=words.count(total))
        lines.append((say("quality.families", type=sample.type), said))
    return lines


def _exon_verdict(found: SampleQuality) -> str:
    total, failed = len(found.exons), len(found.failed_exons)
    if not total:
        return f"{found.exons_from[:1].upper()}{found.exons_from[1:]}."
    genes = say("quality.exons.genes", n=words.count(len({exon.gene for exon in found.exons})))
    exons = say("quality.exons.count", n=words.count(total))
    if not failed:
        return say("quality.exons.pass", n=total, counted=words.count(total), exons=exons, genes=genes)
    verdict = say("quality.exons.fail", n=failed, counted=words.count(failed), exons=exons, genes=genes)
    return say("quality.exons.rest", verdict=verdict, passed=words.count(total - failed))


def _exon(exon: ExonCoverage) -> dict[str, str]:
    return {
        "gene": exon.gene,
        "exon": words.NOT_GIVEN if exon.exon is None else str(exon.exon),
        "place": say("quality.exons.place_of", chrom=exon.chrom, start=exon.start + 1, end=exon.end),
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
    said = [say("quality.exons.warns_in_short", measures=words.joined(warned, 2))] if warned else []
    poor = [f"{gene} {exons}" for gene, exons in exons_in_words((e.gene, e.exon) for e in found.failed_exons).items()]
    return [*said, say("quality.exons.in_short", exons=words.joined(poor, N_POOR_GENES))] if poor else said
