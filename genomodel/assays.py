"""From files to what was looked for beside small variants: one row for each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from genomodel.calls.quality import read_quality
from genomodel.core.assays import Assays
from genomodel.core.base import Noun

READERS: dict[str, Callable[[Sequence[str]], Noun]] = {
    "quality": read_quality,
}
"""What reads the files of a kind, its own JSON and tables of other programs alike, into the field of that name."""


def read_assays(files: Mapping[str, Sequence[str]]) -> Assays:
    """Read all that is there of one patient.

    Parameters
    ----------
    files
        Paths by kind, a key of :data:`READERS`.

    Raises
    ------
    InputError
        A file is missing, damaged or of an unknown layout.
    """
    return Assays(**{kind: READERS[kind](paths) for kind, paths in files.items() if paths})
