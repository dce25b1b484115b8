"""What freebayes needs beside the reads: targets it can take, and the names its samples shall have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pysam

from genomodel.core.errors import InputError
from genomodel.files import read_text

Region = tuple[str, int, int]


def contig_lengths(fai: str | Path) -> dict[str, int]:
    """Return the contigs of a FASTA index in its order.

    Raises
    ------
    InputError
        The index is missing or damaged.
    """
    try:
        rows = [line.split("\t") for line in read_text(fai, "FASTA index").splitlines()]
        return {row[0]: int(row[1]) for row in rows}
    except (ValueError, IndexError) as error:
        raise InputError("this is no FASTA index", path=fai, fix="Make it again: samtools faidx") from error


def merge_regions(regions: Iterable[Region], contigs: dict[str, int]) -> list[Region]:
    """Return regions in contig order without overlap, since freebayes calls a place once for each target over it.

    Parameters
    ----------
    regions
        0-based, half-open.
    contigs
        Name to length, in the order of the reference.

    Raises
    ------
    InputError
        A region lies on no contig, or beyond its end.
    """
    order = {name: i for i, name in enumerate(contigs)}
    merged: list[Region] = []
    for name, start, end in sorted(_checked(regions, contigs), key=lambda region: (order[region[0]], *region[1:])):
        if merged and merged[-1][0] == name and start <= merged[-1][2]:
            merged[-1] = (name, merged[-1][1], max(end, merged[-1][2]))
        else:
            merged.append((name, start, end))
    return merged


def _checked(regions: Iterable[Region], contigs: dict[str, int]) -> Iterable[Region]:
    for name, start, end in regions:
        if name not in contigs:
            listed = ", ".join(list(contigs)[:5])
            fix = "Use a BED file of the same genome build; chr1 and 1 are different names"
            raise InputError(f"the assay's contig '{name}' is not in the reference, which has {listed} …", fix=fix)
        if end > contigs[name]:
            what = f"the assay's region {name}:{start}-{end} ends after the contig, which has {contigs[name]} bases"
            raise InputError(what, fix="Use a BED file of the same genome build")
        yield name, start, end


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
        Two files carry one sample name, which freebayes would take for one sample.
    """
    pairs = [(sample_of_alignment(path, reference), name) for path, name in alignments]
    if len({old for old, _ in pairs}) < len(pairs):
        paths = " and ".join(path for path, _ in alignments)
        raise InputError(
            f"{paths} carry the same sample name (SM) '{pairs[0][0]}'",
            fix="Check that tumor and normal are not one file, then name them apart with samtools addreplacerg",
        )
    return pairs
