"""Coding bases in which a variant could have been called."""

from __future__ import annotations

from pydantic import Field

from genomodel.core.base import Noun


class CallableCoding(Noun):
    """Coding sequence of one tumor's assay as far as it was read deep enough, each base once."""

    bases: int | None = Field(default=None, ge=0)
    """Callable coding bases; ``None`` where they cannot be counted."""
    assay_bases: int | None = Field(default=None, ge=0)
    """Coding bases of the assay, whatever their depth."""
    least_depth: int | None = None
    """Depth from which a base counts as callable."""
    source: str = ""
    """Where assay, coding sequence and depth come from."""
    reason: str = ""
    """Why the bases cannot be counted, with what to give."""
    outside: tuple[str, ...] = ()
    """Keys of the input's coding alleles that lie elsewhere; they count for nothing that is divided by the bases."""
