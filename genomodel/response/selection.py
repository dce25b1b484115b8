"""What a bundle knows of its highest predictions: how far their intervals are stretched, and how well they hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from genomodel.core.predictions import CoverageShare, SelectedCoverage

UNSTRETCHED = (1.0, 1.0)


@dataclass(frozen=True)
class Selected:
    """Coverage of the predictions that a report puts first, over all held-out lines and by tissue."""

    n_shown: int
    n_lines_asked: int
    overall: CoverageShare
    by_tissue: dict[str, CoverageShare]
    """Of tissues with enough pairs."""
    unmended: CoverageShare | None
    """Before intervals were stretched; ``None`` where they were not."""
    stretch: tuple[float, float]
    few: CoverageShare | None = None
    """Of all tissues with too few pairs together; ``None`` where there is none."""

    def of(self, tissue: str) -> SelectedCoverage:
        """Return what a report of a tumor of some tissue says."""
        return SelectedCoverage(
            n_shown=self.n_shown,
            n_lines_asked=self.n_lines_asked,
            overall=self.overall,
            tissue=self.by_tissue.get(tissue),
            few=self.few if tissue and tissue not in self.by_tissue else None,
            unmended=self.unmended,
            stretch=self.stretch,
        )

    def plain(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {
            "n_shown": self.n_shown,
            "n_lines_asked": self.n_lines_asked,
            "overall": self.overall.model_dump(),
            "by_tissue": {tissue: share.model_dump() for tissue, share in sorted(self.by_tissue.items())},
            "few": self.few.model_dump() if self.few else None,
            "unmended": self.unmended.model_dump() if self.unmended else None,
            "stretch": list(self.stretch),
        }

    @staticmethod
    def of_plain(plain: dict[str, Any] | None) -> Selected | None:
        """Return what :meth:`plain` wrote; ``None`` for a bundle that knows nothing of it."""
        if plain is None:
            return None
        return Selected(
            n_shown=int(plain["n_shown"]),
            n_lines_asked=int(plain["n_lines_asked"]),
            overall=CoverageShare(**plain["overall"]),
            by_tissue={tissue: CoverageShare(**share) for tissue, share in plain["by_tissue"].items()},
            unmended=CoverageShare(**plain["unmended"]) if plain["unmended"] else None,
            stretch=stretch_of(plain["stretch"]),
            few=CoverageShare(**plain["few"]) if plain.get("few") else None,
        )


def stretch_of(plain: Any) -> tuple[float, float]:
    """Return the factors of a bundle's file; 1 for a bundle without them.

    Raises
    ------
    ValueError
        They are not two numbers of at least 1.
    """
    if plain is None:
        return UNSTRETCHED
    lower, upper = (float(value) for value in plain)
    if not (lower >= 1.0 and upper >= 1.0):
        raise ValueError(f"the factors {lower} and {upper} of the highest predictions are not at least 1")
    return lower, upper
