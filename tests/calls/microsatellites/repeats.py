"""A small genome with known repeats, and reads over them with known lengths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from genomodel.core.variants import Variant
from tests.calls.molecules import CONTIG, Molecule, deletion, insertion, random_reference, spread, write_bam

SPACING = 500
HOMOPOLYMER = 12


def genome(n: int, *, repeat: str = "A" * HOMOPOLYMER, seed: int = 5) -> tuple[str, list[int]]:
    """Random bases with a repeat every 500; returns the sequence and the 1-based first base of each repeat."""
    plain = random_reference((n + 4) * SPACING, seed)
    text, starts = "", []
    for i in range(n + 4):
        part = plain[i * SPACING : (i + 1) * SPACING]
        if 2 <= i < n + 2:
            left, right = part[: SPACING // 2], part[SPACING // 2 :]
            left = left[:-1] + ("C" if repeat[-1] != "C" and repeat[0] != "C" else "G")
            right = ("G" if repeat[0] != "G" else "T") + right[1:]
            starts.append(len(text) + len(left) + 1)
            part = left + repeat + right
        text += part
    return text, starts


def lengths_at(sequence: str, start: int, counts: Mapping[int, int], unit: int = 1, *, seed: int = 1) -> list[Molecule]:
    """Molecules over a repeat that are so many units longer or shorter than the reference."""
    molecules: list[Molecule] = []
    for change, n in counts.items():
        variants: Sequence[Variant] = ()
        if change < 0:
            variants = (deletion(sequence, start - 1, -change * unit),)
        elif change > 0:
            variants = (insertion(sequence, start - 1, sequence[start - 1 : start - 1 + unit] * change),)
        molecules += spread(start, n, variants, seed=seed + change + 100)
    return molecules


def write_reads(
    path: Path, sequence: str, starts: Sequence[int], counts: Sequence[Mapping[int, int]], sample: str
) -> Path:
    """Write reads with the given changes of length at each repeat."""
    molecules = [
        molecule
        for index, (start, at) in enumerate(zip(starts, counts, strict=True))
        for molecule in lengths_at(sequence, start, at, seed=index)
    ]
    return write_bam(path, sequence, molecules, sample)


def write_bed(path: Path, sequence: str) -> Path:
    path.write_text(f"{CONTIG}\t0\t{len(sequence)}\tGENE1\n", encoding="utf-8")
    return path
