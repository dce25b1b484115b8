"""What is measured of a sample's reads, in words, and what a poor value means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from genomodel.core.sample_quality import Measure, SampleMeasures, SampleQuality


class Unit(StrEnum):
    """What a number counts."""

    DEPTH = "depth"
    SHARE = "share"
    BASES = "bases"
    READS = "reads"


@dataclass(frozen=True, slots=True)
class Metric:
    """One measure: its name, its unit, the good direction, and what follows from a poor value."""

    label: str
    unit: Unit
    consequence: str
    at_least: bool = True

    def text(self, value: float | None) -> str:
        """Return a value with its unit, ``not measured`` for none."""
        if value is None:
            return "not measured"
        if self.unit is Unit.SHARE:
            return f"{100 * value:.2g} %" if 0 < value < 0.1 else f"{100 * value:.0f} %"
        if self.unit is Unit.BASES:
            return f"{value:.0f} bases"
        return f"{value:.1f}" if self.unit is Unit.READS or 0 < value < 10 else f"{value:.0f}"


METRICS: dict[str, Metric] = {
    "mean_depth": Metric(
        "Mean depth", Unit.DEPTH, "Variants of few tumor cells are missed; a missing variant is no negative."
    ),
    "median_depth": Metric("Median depth", Unit.DEPTH, "As for the mean depth."),
    "share_at_depth": Metric(
        "Assayed bases read deeply enough",
        Unit.SHARE,
        "Parts of the assay were not read well enough for a negative; the exons are named below.",
    ),
    "on_target_share": Metric(
        "Bases on target",
        Unit.SHARE,
        "The capture was weak or the BED is of another assay; more sequencing is needed for the same depth.",
    ),
    "mapped_share": Metric(
        "Reads mapped", Unit.SHARE, "Part of the library is not of this genome, or the reads are damaged."
    ),
    "duplicate_share": Metric(
        "Duplicate reads",
        Unit.SHARE,
        "Few molecules were read over and over: depth is less than the number of reads suggests.",
        at_least=False,
    ),
    "insert_size": Metric(
        "Median insert size",
        Unit.BASES,
        "Short fragments: mates overlap, depth is lost and rearrangements are seen less often.",
    ),
    "base_error_rate": Metric(
        "Mismatching bases",
        Unit.SHARE,
        "Low allele fractions cannot be told from errors of sequencing or of damaged DNA.",
        at_least=False,
    ),
    "family_size": Metric("Mean family size", Unit.READS, "Molecules read once carry their errors into the consensus."),
}
"""Every measure by its key, in the order of the tables."""

IN_SENTENCE = {
    "mean_depth": "mean {type} depth",
    "median_depth": "median {type} depth",
    "share_at_depth": "assayed bases of the {type} read deeply enough",
    "on_target_share": "bases of the {type} on target",
    "mapped_share": "reads of the {type} mapped",
    "duplicate_share": "duplicate reads of the {type}",
    "insert_size": "median insert size of the {type}",
    "base_error_rate": "mismatching bases of the {type}",
    "family_size": "mean family size of the {type}",
}


def limit_text(measure: Measure) -> str:
    """Return the limits in words: ``warns below 150, fails below 100``."""
    metric = METRICS[measure.name]
    side = "below" if measure.at_least else "above"
    limits = (("warns", measure.limits.warn), ("fails", measure.limits.fail))
    return ", ".join(f"{verb} {side} {metric.text(value)}" for verb, value in limits if value is not None)


def failures(quality: SampleQuality) -> tuple[str, ...]:
    """Return why the samples fail: ``mean tumor depth 12 (at least 100 needed)``; empty when they do not."""
    return tuple(_failure(sample, measure) for sample, measure in quality.failed)


def _failure(sample: SampleMeasures, measure: Measure) -> str:
    metric = METRICS[measure.name]
    name = IN_SENTENCE[measure.name].format(type=sample.type)
    asked = "at least {} needed" if measure.at_least else "at most {} allowed"
    return f"{name} {metric.text(measure.value)} ({asked.format(metric.text(measure.limits.fail))})"


def table_rows(quality: SampleQuality) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the table for people: sample, metric, value, limits, verdict, reason."""
    for sample in quality.samples:
        for measure in sample.measures:
            value = "" if measure.value is None else f"{measure.value:.6g}"
            verdict = measure.status.value if measure.status else "not judged"
            limits = ["" if limit is None else f"{limit:g}" for limit in (measure.limits.warn, measure.limits.fail)]
            yield (sample.type, measure.name, value, *limits, verdict, measure.reason)
