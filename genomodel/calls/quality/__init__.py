"""Quality of reads: coverage of the assay and its exons, counts over all reads, and the limits they are held to."""

from __future__ import annotations

from collections.abc import Sequence

from genomodel.core.errors import InputError
from genomodel.core.sample_quality import SampleQuality
from genomodel.files import read_text


def read_quality(paths: Sequence[str]) -> SampleQuality:
    """Read the JSON that ``genomodel quality`` writes.

    Raises
    ------
    InputError
        The file is missing, damaged, or of another kind or version; or several are given.
    """
    if len(paths) != 1:
        raise InputError(f"{len(paths)} files of quality are given, and a patient has one", path=paths[-1])
    try:
        return SampleQuality.model_validate_json(read_text(paths[0], "quality"))
    except ValueError as error:
        fix = "Make it again with genomodel quality of this version"
        raise InputError("this is no quality that this version reads", path=paths[0], fix=fix) from error


__all__ = ["read_quality"]
