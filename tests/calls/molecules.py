"""Tiny aligned reads with known alleles, written straight to BAM so that the truth is exact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pysam

from genomodel.core.variants import Variant

CONTIG = "chr1"
READ, FRAGMENT = 100, 250


def random_reference(length: int = 2000, seed: int = 5) -> str:
    """Random bases without runs of more than two."""
    rng = np.random.default_rng(seed)
    letters: list[str] = []
    for code in rng.integers(0, 4, length):
        base = "ACGT"[code]
        if letters[-2:] == [base] * 2:
            base = "ACGT"[(code + 1) % 4]
        letters.append(base)
    return "".join(letters)


def write_reference(folder: Path, sequence: str) -> Path:
    path = folder / "ref.fa"
    path.write_text(f">{CONTIG}\n{sequence}\n", encoding="utf-8")
    pysam.faidx(str(path))
    return path


@dataclass(frozen=True)
class Molecule:
    """A fragment: where it starts on the reference, what it carries, and how it was read."""

    start: int
    variants: tuple[Variant, ...] = ()
    first_forward: bool = True
    quality: int = 37
    length: int = FRAGMENT
    mapping: int = 60
    clip: bool = False


def spread(
    pos: int, n: int, variants: Sequence[Variant] = (), *, seed: int = 1, quality: int = 37, length: int = FRAGMENT
) -> list[Molecule]:
    """Molecules over a place (1-based), at random starts, of both orientations, the place within one read of each."""
    rng = np.random.default_rng([seed, pos, n])
    result = []
    for i in range(n):
        within = int(rng.integers(12, READ - 40))
        size = length + int(rng.integers(-30, 31))
        from_left = bool(i % 2)
        start = pos - 1 - within if from_left else pos - 1 - (size - READ) - within
        result.append(Molecule(start, tuple(variants), bool((i // 2) % 2), quality, size))
    return result


def _carried(sequence: str, molecule: Molecule) -> tuple[str, list[tuple[int, int]]]:
    """Return the molecule's bases and, for each, its reference position (-1 for inserted ones)."""
    bases: list[str] = []
    places: list[int] = []
    at = molecule.start
    for variant in sorted(molecule.variants, key=lambda v: v.pos):
        for i in range(at, variant.pos - 1):
            bases.append(sequence[i])
            places.append(i)
        for i, base in enumerate(variant.alt):
            bases.append(base)
            places.append(variant.pos - 1 + i if i < min(len(variant.ref), len(variant.alt)) else -1)
        at = variant.pos - 1 + len(variant.ref)
    while len(bases) < molecule.length:
        bases.append(sequence[at])
        places.append(at)
        at += 1
    return "".join(bases[: molecule.length]), list(zip(range(molecule.length), places, strict=False))


def _read(
    header: pysam.AlignmentHeader, sequence: str, name: str, molecule: Molecule, side: int
) -> pysam.AlignedSegment:
    bases, places = _carried(sequence, molecule)
    length = min(READ, molecule.length)
    part = slice(0, length) if side == 0 else slice(molecule.length - length, molecule.length)
    query, where = bases[part], [place for _, place in places[part]]
    cigar: list[tuple[int, int]] = []
    last = None
    for place in where:
        if place < 0:
            operation = 1
        else:
            if last is not None and place > last + 1:
                cigar.append((2, place - last - 1))
            operation, last = 0, place
        if cigar and cigar[-1][0] == operation:
            cigar[-1] = (operation, cigar[-1][1] + 1)
        else:
            cigar.append((operation, 1))
    aligned = [place for place in where if place >= 0]
    read = pysam.AlignedSegment(header)
    read.query_name = name
    read.query_sequence = query
    read.query_qualities = pysam.qualitystring_to_array(chr(33 + molecule.quality) * len(query))
    read.reference_id, read.reference_start = 0, aligned[0]
    read.mapping_quality = molecule.mapping
    read.cigartuples = cigar
    first = (side == 0) == molecule.first_forward
    read.flag = 3 | (16 if side else 32) | (64 if first else 128)
    mismatches = sum(
        1 for base, place in zip(query, where, strict=True) if place >= 0 and base != sequence[place]
    ) + sum(length for operation, length in cigar if operation in (1, 2))
    read.set_tag("NM", mismatches)
    read.set_tag("RG", "1")
    return read


def write_bam(path: Path, sequence: str, molecules: Iterable[Molecule], sample: str) -> Path:
    """Write both mates of every molecule, sorted and indexed."""
    header = pysam.AlignmentHeader.from_dict(
        {
            "HD": {"VN": "1.6", "SO": "coordinate"},
            "SQ": [{"SN": CONTIG, "LN": len(sequence)}],
            "RG": [{"ID": "1", "SM": sample, "LB": sample, "PL": "ILLUMINA"}],
        }
    )
    reads = []
    for i, molecule in enumerate(molecules):
        pair = [_read(header, sequence, f"m{i}", molecule, side) for side in (0, 1)]
        for one, two in (pair, pair[::-1]):
            one.next_reference_id, one.next_reference_start = 0, two.reference_start
            one.template_length = -molecule.length if one.is_reverse else molecule.length
        reads += pair
    reads.sort(key=lambda read: read.reference_start)
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        for read in reads:
            out.write(read)
    pysam.index(str(path))
    return path


def snv(sequence: str, pos: int, alt: str | None = None) -> Variant:
    """Substitution at a 1-based place; to the next letter unless told."""
    ref = sequence[pos - 1]
    return Variant(chrom=CONTIG, pos=pos, ref=ref, alt=alt or "ACGT"[("ACGT".index(ref) + 1) % 4])


def deletion(sequence: str, pos: int, length: int) -> Variant:
    return Variant(chrom=CONTIG, pos=pos, ref=sequence[pos - 1 : pos + length], alt=sequence[pos - 1])


def insertion(sequence: str, pos: int, bases: str) -> Variant:
    return Variant(chrom=CONTIG, pos=pos, ref=sequence[pos - 1], alt=sequence[pos - 1] + bases)
