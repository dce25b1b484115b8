"""How far the reads of a patient can be trusted: measures, the limits they are held to, and the coverage of exons."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Literal

from pydantic import Field

from genomodel.core.base import Noun
from genomodel.core.patients import Assay


class QualityStatus(StrEnum):
    """Verdict on one number; ``None`` beside it means that no limit was applied."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"


class Limits(Noun):
    """Where a measure begins to warn, and where it fails; ``None`` leaves a limit out."""

    warn: float | None = None
    fail: float | None = None


class Measure(Noun):
    """One number about one sample."""

    name: str
    """Key of :data:`genomodel.calls.quality.metrics.METRICS`."""
    value: float | None
    """In bases, reads or shares of 1; ``None`` where it was not measured."""
    limits: Limits = Limits()
    at_least: bool = True
    """Whether :attr:`limits` are the least, else the most, that passes."""
    status: QualityStatus | None = None
    reason: str = ""
    """Why it was not measured or not judged."""


class SampleMeasures(Noun):
    """What was measured of one sample."""

    type: Literal["tumor", "normal"]
    sample: str
    """Sample name of the reads."""
    measures: tuple[Measure, ...]
    depth_asked: int = 0
    """Depth that the measure ``share_at_depth`` asks for."""
    shares_at_depth: dict[int, float] = Field(default_factory=dict)
    """Share of the assayed bases that were read at least so many times."""
    insert_size_quartiles: tuple[float, float] | None = None
    family_sizes: dict[int, int] = Field(default_factory=dict)
    """Number of families by size, of a library with identifiers."""

    def measure(self, name: str) -> Measure | None:
        """Return a measure by its name."""
        return next((measure for measure in self.measures if measure.name == name), None)


class ExonCoverage(Noun):
    """How well an exon, as far as the assay covers it, was read in the tumor."""

    gene: str
    exon: int | None = None
    """Number in the gene's reported transcript, or as the assay's BED names it; ``None`` for an unnumbered region."""
    chrom: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    """0-based, half-open."""
    mean_depth: float = Field(ge=0)
    share: float = Field(ge=0, le=1)
    """Share of its bases that were read at least :attr:`SampleQuality.exon_depth` times."""
    passed: bool
    off_assay_bases: int = 0
    """Coding bases of the exon that the assay leaves out."""


class ExonsOffAssay(Noun):
    """Coding exons of a gene that the assay leaves out, though it covers others."""

    gene: str
    exons: tuple[int, ...]


class SampleQuality(Noun):
    """Quality of a patient's tumor and normal."""

    assay: Assay = Assay.UNKNOWN
    samples: tuple[SampleMeasures, ...]
    exon_depth: int
    """Depth that an exon's bases need."""
    exon_share: float
    """Share of an exon's bases that have to have it."""
    exons: tuple[ExonCoverage, ...] = ()
    """Exons of actionable genes, in the tumor."""
    exons_off_assay: tuple[ExonsOffAssay, ...] = ()
    exons_from: str = ""
    """Where the exons come from, or why there are none, in words."""

    @property
    def failed(self) -> tuple[tuple[SampleMeasures, Measure], ...]:
        """Measures that fail a sample, with the sample."""
        return self._with(QualityStatus.FAIL)

    @property
    def warned(self) -> tuple[tuple[SampleMeasures, Measure], ...]:
        """Measures that warn of a sample, with the sample."""
        return self._with(QualityStatus.WARN)

    @property
    def failed_exons(self) -> tuple[ExonCoverage, ...]:
        """Exons in which a missing variant is no negative."""
        return tuple(exon for exon in self.exons if not exon.passed)

    def _with(self, status: QualityStatus) -> tuple[tuple[SampleMeasures, Measure], ...]:
        return tuple(
            (sample, measure) for sample in self.samples for measure in sample.measures if measure.status is status
        )


def exons_in_words(exons: Iterable[tuple[str, int | None]]) -> dict[str, str]:
    """Return exons by gene as ``exon 19`` or ``exons 2\u20134, 7``; ``regions`` where one has no number."""
    by_gene: dict[str, list[int | None]] = {}
    for gene, number in exons:
        by_gene.setdefault(gene, []).append(number)
    return {gene: _numbers(numbers) for gene, numbers in by_gene.items()}


def _numbers(numbers: Iterable[int | None]) -> str:
    known = sorted({number for number in numbers if number is not None})
    if not known:
        return "regions"
    runs: list[list[int]] = []
    for number in known:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    parts = [str(a) if a == b else f"{a}, {b}" if b == a + 1 else f"{a}\u2013{b}" for a, b in runs]
    return f"{'exon' if len(known) == 1 else 'exons'} {', '.join(parts)}"
