"""Tables and meta files as cBioPortal reads them (docs.cbioportal.org, File Formats)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

NA = "NA"
"""What cBioPortal takes for not measured."""
NAMESPACE = "GENOMODEL"
"""Prefix of columns of our own, which the meta file has to name."""
ANNOTATION_LENGTH = 80
"""Characters that a driver annotation may have."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One meta file with its data file."""

    meta: Mapping[str, str]
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    name: str
    """Of the files, after ``meta_`` and ``data_``."""

    def files(self, study: str) -> dict[str, str]:
        """Return the text of both files by their names."""
        data = f"data_{self.name}.txt"
        meta = {"cancer_study_identifier": study, **self.meta, "data_filename": data}
        return {f"meta_{self.name}.txt": meta_text(meta), data: table_text(self.header, self.rows)}


def meta_text(fields: Mapping[str, str]) -> str:
    """Return the lines of a meta file."""
    return "".join(f"{key}: {' '.join(value.split())}\n" for key, value in fields.items())


def table_text(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table parted by tabs; no cell holds a tab or a line end."""
    return "".join("\t".join(" ".join(cell.split()) for cell in row) + "\n" for row in (tuple(header), *rows))


def shorten(text: str, length: int = ANNOTATION_LENGTH) -> str:
    """Return a text of at most ``length`` characters, cut visibly."""
    return text if len(text) <= length else f"{text[: length - 3].rstrip()}..."


def number(value: float | int | None, missing: str = "") -> str:
    """Return a number's text."""
    return missing if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
