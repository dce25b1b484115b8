"""Single-base substitutions by the bases beside them: the 96 channels of mutational signatures."""

from __future__ import annotations

from itertools import product
from typing import Annotated

from pydantic import Field

from genomodel.core.base import Noun

_COMPLEMENT = str.maketrans("ACGT", "TGCA")
CHANNELS: tuple[str, ...] = tuple(
    f"{before}[{ref}>{alt}]{after}"
    for before, ref, after in product("ACGT", "CT", "ACGT")
    for alt in "ACGT"
    if alt != ref
)
"""Names of the channels, ``A[C>A]A`` first, each by the strand on which the changed base is a pyrimidine."""


class SubstitutionContexts(Noun):
    """Somatic single-base substitutions of one tumor, counted by channel."""

    counts: tuple[Annotated[int, Field(ge=0)], ...] = Field(min_length=len(CHANNELS), max_length=len(CHANNELS))
    """In the order of :data:`CHANNELS`."""
    genome: str
    """Name of the reference that the bases beside are from."""
    neighbors: int = 0
    """Substitutions beside another one, left out: together they are a change of several bases."""
    without_bases: int = 0
    """Substitutions where the reference has no contig, no base, or another one."""

    @property
    def total(self) -> int:
        """Number of the counted substitutions."""
        return sum(self.counts)


def channel_of(triplet: str, alt: str) -> str | None:
    """Return the channel of a substitution.

    Parameters
    ----------
    triplet
        Reference bases before, at and after the place.
    alt
        Base that the middle one becomes.

    Returns
    -------
    str or None
        ``None`` where a base is none of A, C, G, T, or nothing is changed.
    """
    triplet, alt = triplet.upper(), alt.upper()
    if len(triplet) != 3 or len(alt) != 1 or not set(triplet + alt) <= set("ACGT") or alt == triplet[1]:
        return None
    if triplet[1] in "AG":
        triplet, alt = triplet.translate(_COMPLEMENT)[::-1], alt.translate(_COMPLEMENT)
    return f"{triplet[0]}[{triplet[1]}>{alt}]{triplet[2]}"
