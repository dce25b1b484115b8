"""One thing that changed between two reports."""

from __future__ import annotations

from dataclasses import dataclass

NAMED = 12
"""Names that one line holds at most; the others are counted."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed."""

    kind: str
    """``call``, ``tier``, ``claim``, ``evidence``, ``condition``, ``marker``, ``prediction``, ``version`` …"""
    text: str
    """One sentence."""
    about: tuple[str, ...]
    """Fields of the report that it is told from, those of the interpretation after a dot."""
