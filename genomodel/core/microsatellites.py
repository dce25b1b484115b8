"""Microsatellite instability of a tumor: score, class, and what they rest on."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from genomodel.core.base import Noun
from genomodel.core.provenance import SourceFile

PURITY_OF_STABLE = 0.2
"""Tumor purity below which a stable verdict that another program gave is not taken over.

A change of one of two alleles then makes up less than a tenth of the fragments, about what slippage alone gives at
repeats of ten bases and more.
"""

SLACK = 0.05
"""Relative loss of purity, as by traces of foreign DNA, that leaves a stable verdict standing: a twentieth fewer mutant
fragments, less than their number scatters by at any repeat."""


class InstabilityClass(StrEnum):
    """What the score says."""

    HIGH = "high"
    STABLE = "stable"
    INDETERMINATE = "indeterminate"


class RepeatSite(Noun):
    """A mono- or dinucleotide repeat of the reference; 1-based, ends included."""

    chrom: str
    start: int = Field(ge=1)
    end: int = Field(ge=1)
    unit: str
    repeats: int = Field(ge=2)

    @property
    def key(self) -> str:
        """Name of the site, ``chr2:47414421:A27``."""
        return f"{self.chrom}:{self.start}:{self.unit}{self.repeats}"


class UnstableSite(Noun):
    """A site whose lengths in the tumor are not those of the patient's alleles and of slippage."""

    site: RepeatSite
    new_fraction: float
    """Share of the tumor's fragments with lengths that are no allele of the patient."""
    expected_fraction: float
    """The same share by slippage alone, in the normal or in the baseline."""
    depth: int
    p_value: float


class Cutoffs(Noun):
    """Scores that divide the classes, in the unit of the score, and where they come from."""

    high: float
    """From this score on a tumor is high."""
    stable: float
    """Below this score a tumor is stable; between the two it is neither."""
    source: str


class MicrosatelliteAssay(Noun):
    """Answer of one method for one tumor."""

    sample: str = ""
    method: str
    """Program, mode and test, in words."""
    status: InstabilityClass
    reason: str = ""
    """Why it is indeterminate, or what the class holds under."""
    score: float | None = None
    score_low: float | None = None
    score_high: float | None = None
    """Share of unstable sites with its exact 95 % interval; for MANTIS the mean step-wise difference, without one."""
    score_is_share: bool = True
    n_unstable: int | None = None
    n_callable: int | None = None
    n_sites: int | None = None
    """Repeats of the assay that were looked for."""
    callable_bases: int | None = None
    """Bases of the callable repeats together."""
    assay_bases: int | None = None
    """Bases of the regions that repeats were looked for in."""
    cutoffs: Cutoffs | None = None
    power: float | None = None
    """Mean chance to see a one-unit change of one of two alleles at a callable site, at :attr:`purity`."""
    purity: float | None = None
    purity_assumed: bool = False
    """Nobody gave the purity, so that :attr:`power` is at an assumed one."""
    slippage_ratio: float | None = None
    """How many times as much the tumor's library slips as what it is compared with; at least 1."""
    not_callable: dict[str, int] = Field(default_factory=dict)
    """Number of sites by the reason why they did not count."""
    unstable: tuple[UnstableSite, ...] = ()
    """The unstable sites of the smallest p-values, fifty at most."""
    sources: tuple[SourceFile, ...] = ()
    measured_here: bool = True
    """False for a table of another program, whose power at low purity nobody knows."""


def settle(assay: MicrosatelliteAssay, purity: float | None) -> MicrosatelliteAssay:
    """Return the answer that a report may state, now that the purity in force is known.

    A stable verdict holds at the purity that it was reached at, and that of another program at
    :data:`PURITY_OF_STABLE` and above; below, it becomes indeterminate.

    Parameters
    ----------
    assay
        What was found.
    purity
        Share of tumor cells in the sample, where known.
    """
    if assay.status is not InstabilityClass.STABLE or purity is None:
        return assay
    holds_at = assay.purity if assay.measured_here and assay.purity is not None else PURITY_OF_STABLE
    if purity >= (1 - SLACK) * holds_at:
        return assay
    reason = f"Stable holds from a purity of {holds_at:.0%} on; at {purity:.0%} an unstable tumor may look stable."
    return assay.model_copy(update={"status": InstabilityClass.INDETERMINATE, "reason": reason})


def msi_high(assay: MicrosatelliteAssay | None) -> bool | None:
    """Return whether a tumor is of high instability; ``None`` where nobody looked or nobody can say."""
    if assay is None or assay.status is InstabilityClass.INDETERMINATE:
        return None
    return assay.status is InstabilityClass.HIGH
