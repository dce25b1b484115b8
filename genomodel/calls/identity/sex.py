"""Which sex chromosomes the reads show, against the sex in the sheet.

Three signs, each with a threshold and used where the assay has enough of it: the depth of X against that of the
autosomes, the depth of Y against it, and heterozygous places on X. The pseudoautosomal regions, which X and Y share,
are left out generously, so that one border holds for GRCh37 and GRCh38 (GRCh38: X:10001-2781479 and
X:155701383-156030895, Y:10001-2781479 and Y:56887903-57217415; Ensembl, Pseudoautosomal regions in human).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from genomodel.calls.shards import Region
from genomodel.core.builds import bare
from genomodel.core.identity import CheckName, CheckStatus, IdentityCheck

PAR1_END = 2_800_000
X_LAST, Y_LAST = 154_900_000, 56_800_000
SHORTEST_X, SHORTEST_Y = 100_000_000, 50_000_000
"""Contigs shorter than this named X or Y are those of another genome."""

LEAST_BASES = {"autosome": 20_000, "X": 5_000, "Y": 2_000}
"""Bases of the assay that depths need to be compared."""

TWO_X, ONE_X = 0.8, 0.7
"""Depth of X over that of the autosomes from which there are two, and up to which there is one."""
HAS_Y, NO_Y = 0.2, 0.08
LEAST_SITES = 10
HETEROZYGOUS_X = (0.1, 0.2)
"""Share of heterozygous places on X up to which there is one X, and from which there are two."""

CONSEQUENCE = (
    "The sample may be another person's, or X or Y may be lost or gained in it; copy number and allele fractions on X "
    "are read with the sex."
)


@dataclass(frozen=True)
class SexSigns:
    """What the reads of one sample show of X and Y; ``None`` where the assay has too little of it."""

    x_ratio: float | None = None
    y_ratio: float | None = None
    heterozygous: int = 0
    x_sites: int = 0

    def votes(self) -> tuple[str, ...]:
        """Return what each sign says: ``female``, ``male`` or ``between``."""
        said = []
        if self.x_ratio is not None:
            said.append("female" if self.x_ratio >= TWO_X else "male" if self.x_ratio <= ONE_X else "between")
        if self.y_ratio is not None:
            said.append("male" if self.y_ratio >= HAS_Y else "female" if self.y_ratio <= NO_Y else "between")
        if self.x_sites >= LEAST_SITES:
            share = self.heterozygous / self.x_sites
            low, high = HETEROZYGOUS_X
            said.append("male" if share <= low else "female" if share >= high else "between")
        return tuple(said)

    @property
    def sex(self) -> str | None:
        """The sex that all signs agree on; ``unclear`` where they do not, ``None`` without a sign."""
        votes = set(self.votes())
        if not votes:
            return None
        return votes.pop() if len(votes) == 1 and "between" not in votes else "unclear"

    def words(self) -> str:
        """Return the signs in words."""
        parts = []
        if self.x_ratio is not None:
            parts.append(f"X at {self.x_ratio:.2f} of the autosomes' depth")
        if self.y_ratio is not None:
            parts.append(f"Y at {self.y_ratio:.2f}")
        if self.x_sites >= LEAST_SITES:
            parts.append(f"{self.heterozygous} of {self.x_sites} places on X heterozygous")
        return ", ".join(parts)


def sex_contig(region: Region, length: int) -> str:
    """Return ``X``, ``Y`` or ``autosome`` for a region; empty for what X and Y share and for what is no chromosome."""
    name, start, end = region
    chrom = bare(name)
    if chrom in ("X", "Y"):
        if length < (SHORTEST_X if chrom == "X" else SHORTEST_Y):
            return "autosome"
        last = X_LAST if chrom == "X" else Y_LAST
        return chrom if start >= PAR1_END and end <= last else ""
    return "" if chrom in ("MT", "EBV") else "autosome"


def sex_signs(
    depth: Mapping[str, npt.NDArray[np.int64]], sample: int, heterozygous: int = 0, x_sites: int = 0
) -> SexSigns:
    """Return the signs of one sample.

    Parameters
    ----------
    depth
        Bases of the reference, then bases of the reads of each sample, by ``autosome``, ``X`` and ``Y``.
    sample
        0 for the tumor, 1 for the normal.
    heterozygous, x_sites
        Heterozygous places on X, and all on X at which the sample has an allele that the reference lacks.
    """

    def mean(part: str) -> float | None:
        sums = depth.get(part)
        return None if sums is None or sums[0] < LEAST_BASES[part] else float(sums[1 + sample] / sums[0])

    autosome, x, y = (mean(part) for part in ("autosome", "X", "Y"))
    if not autosome:
        return SexSigns(heterozygous=heterozygous, x_sites=x_sites)
    return SexSigns(
        x_ratio=None if x is None else x / autosome,
        y_ratio=None if y is None else y / autosome,
        heterozygous=heterozygous,
        x_sites=x_sites,
    )


def check_sex(signs: SexSigns, stated: str | None, subject: str) -> IdentityCheck:
    """Hold the signs against the sex in the sheet.

    A tumor may have lost X or Y, so that without a normal a difference is a warning only.
    """
    threshold = (
        f"two X: depth of X at least {TWO_X}, Y at most {NO_Y}, at least {HETEROZYGOUS_X[1]:.0%} heterozygous; one X: "
        f"at most {ONE_X}, Y at least {HAS_Y}, at most {HETEROZYGOUS_X[0]:.0%}"
    )
    shown = signs.sex
    if shown is None:
        status, value = CheckStatus.NOT_ASSESSABLE, "the assay has too little of X and Y outside of what they share"
    elif shown == "unclear":
        status, value = CheckStatus.WARNING, f"the signs do not agree: {signs.words()}"
    elif stated is None:
        status, value = CheckStatus.PASSED, f"{shown} by {signs.words()}; the sheet gives no sex"
    elif shown == stated:
        status, value = CheckStatus.PASSED, f"{shown}, as in the sheet: {signs.words()}"
    else:
        status = CheckStatus.FAILED if subject == "normal" else CheckStatus.WARNING
        value = f"{shown} by {signs.words()}; the sheet says {stated}"
    wrong = status in (CheckStatus.FAILED, CheckStatus.WARNING)
    return IdentityCheck(
        name=CheckName.SEX,
        subject=subject,
        status=status,
        value=value,
        estimate=signs.x_ratio,
        threshold=threshold,
        consequence=CONSEQUENCE if wrong else "",
    )
