"""Where a report is read, and how much of a long table goes there."""

from __future__ import annotations

from enum import StrEnum


class Medium(StrEnum):
    """The screen page holds everything that can be unfolded; the printed one points to it."""

    SCREEN = "screen"
    PRINT = "print"

    @property
    def max_variants(self) -> int:
        """Rows of the table of other variants."""
        return 1000 if self is Medium.SCREEN else 40

    @property
    def max_findings(self) -> int:
        """Rows of the table of findings without evidence."""
        return 500 if self is Medium.SCREEN else 60

    @property
    def max_dispositions(self) -> int:
        """Rows of the list of records; none on paper."""
        return 500 if self is Medium.SCREEN else 0

    @property
    def max_predictions(self) -> int:
        """Rows of the table of predictions that are unfolded below the first ones."""
        return 500 if self is Medium.SCREEN else 0

    @property
    def max_exons(self) -> int:
        """Rows of the table of exons that were not read well enough."""
        return 500 if self is Medium.SCREEN else 40

    @property
    def max_statements(self) -> int:
        """Claims of one finding, best first."""
        return 600 if self is Medium.SCREEN else 16

    @property
    def max_read_pictures(self) -> int:
        """Variants of which reads are drawn: a picture takes a third of a printed page."""
        return 24 if self is Medium.SCREEN else 6

    @property
    def max_repurposed(self) -> int:
        """Drugs of the list beyond the label."""
        return 100 if self is Medium.SCREEN else 15
