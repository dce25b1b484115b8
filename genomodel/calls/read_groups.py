"""Sample names of alignments, and the names that the samples go by in the calls."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pysam

from genomodel.core.errors import InputError


def sample_of_alignment(path: str | Path, reference: str | Path) -> str:
    """Return the one sample name (SM) of a BAM or CRAM.

    Raises
    ------
    InputError
        There is none, more than one, or one that cannot be written into a table.
    """
    with pysam.AlignmentFile(str(path), reference_filename=str(reference), check_sq=False) as handle:
        names = sorted({str(group["SM"]) for group in handle.header.to_dict().get("RG", []) if "SM" in group})
    if len(names) != 1:
        found = ", ".join(names) or "none"
        raise InputError(
            f"one sample name is needed in the read groups, found: {found}",
            path=path,
            fix="Set one with: samtools addreplacerg -r ID:x -r SM:name",
        )
    if any(character.isspace() for character in names[0]):
        raise InputError(f"the sample name '{names[0]}' holds white space", path=path, fix="Rename it in the header")
    return names[0]


def rename_table(alignments: Sequence[tuple[str, str]], reference: str | Path) -> list[tuple[str, str]]:
    """Return (name in the file, name to be) for alignments given as (path, name to be).

    Raises
    ------
    InputError
        Two files carry one sample name, which every engine would take for one sample.
    """
    pairs = [(sample_of_alignment(path, reference), name) for path, name in alignments]
    if len({old for old, _ in pairs}) < len(pairs):
        paths = " and ".join(path for path, _ in alignments)
        raise InputError(
            f"{paths} carry the same sample name (SM) '{pairs[0][0]}'",
            fix="Check that tumor and normal are not one file, then name them apart with samtools addreplacerg",
        )
    return pairs
