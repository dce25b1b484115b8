"""Molecules and the reads of their ends: haplotypes, foreign molecules, damage, slippage, strand errors, duplicates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from genomodel.simulate.genome import Positions
from genomodel.simulate.loci import Repeat
from genomodel.simulate.reads import LETTERS, QUALITIES, Matrix, ReadPairs, complement_rows, sequence_templates

Flags = npt.NDArray[np.bool_]
Support = dict[tuple[int, str, str], int]
_Ends = tuple[tuple[Matrix, Matrix], tuple[Matrix, Matrix]]

FRAGMENT_MAX = 600
FEW_LOW_QUALITIES = (0.945, 0.040, 0.014, 0.001)
"""Share of each of ``reads.QUALITIES`` in the first cycle; fewer very low ones than in the demo cohort."""
CODE_OF = np.zeros(256, dtype=np.int64)
CODE_OF[LETTERS] = np.arange(4)
BOTH = 2
"""Haplotype number of a variant that both copies carry."""
SLIPPAGE_DELETIONS = 2 / 3
"""Share of slipped molecules that lose a unit; the others gain one."""
STRAND_ERROR_QUALITIES = QUALITIES[:2]


class Carried(NamedTuple):
    """A variant on some molecules of a source; ``pos`` is 0-based, ``ref`` and ``alt`` as in a VCF."""

    pos: int
    ref: str
    alt: str
    haplotype: int
    """0, 1 or ``BOTH``."""
    share: float
    """Share of the molecules of that haplotype."""
    foreign: bool = False
    """Whether foreign molecules carry it, instead of the patient's."""


class SiteError(NamedTuple):
    """A base that reads wrongly more often than its qualities say."""

    pos: int
    base: str
    share: float
    """Share of the molecules, or reads, that ``forward`` names."""
    forward: bool
    """Damage: molecules whose first read is on the forward strand. Strand error: reads on the forward strand."""


class Damage(NamedTuple):
    """Chance of a base of the original strand to read as another one, as seen in the first read."""

    base: str
    read_as: str
    rate: float


@dataclass(frozen=True)
class Source:
    """A stretch of the sample's genome that molecules come from.

    Attributes
    ----------
    sequence
        Bases A, C, G and T.
    blocks
        Regions, 0-based half-open, that are covered to the full depth.
    abundance
        Molecules relative to those of an ordinary source.
    haplotype_share
        Share of molecules from haplotype 1; not one half where the tumor lost a copy.
    carried
        Variants.
    damage, strand_errors, repeats
        What makes reads wrong here beyond base qualities.
    """

    sequence: str
    blocks: tuple[tuple[int, int], ...]
    abundance: float = 1.0
    haplotype_share: float = 0.5
    carried: tuple[Carried, ...] = ()
    damage: tuple[SiteError, ...] = ()
    strand_errors: tuple[SiteError, ...] = ()
    repeats: tuple[Repeat, ...] = ()


@dataclass(frozen=True)
class Design:
    """How a library was made and read.

    Attributes
    ----------
    depth
        Mean coverage by read bases, duplicates aside; bases that both mates read count twice.
    foreign
        Share of molecules from somebody else.
    duplicates
        Share of molecules that are read again.
    polymerase_errors
        Wrong bases per base of a molecule, seen alike by both mates and all duplicates.
    damage
        Damage anywhere, in the direction of the first read.
    slippage
        Whether repeats slip.
    quality_shares
        Share of each of ``reads.QUALITIES`` in the first cycle.
    """

    depth: float
    read_length: int = 150
    fragment_mean: float = 300.0
    fragment_sd: float = 60.0
    foreign: float = 0.0
    duplicates: float = 0.1
    polymerase_errors: float = 2e-6
    damage: tuple[Damage, ...] = ()
    slippage: bool = False
    quality_shares: tuple[float, ...] = FEW_LOW_QUALITIES


@dataclass
class _Molecules:
    """Molecules of a source, sorted by start; ``left`` and ``right`` are their ends along the reference strand."""

    starts: Positions
    lengths: Positions
    haplotype: npt.NDArray[np.int8]
    foreign: Flags
    forward: Flags
    left: Matrix
    right: Matrix
    keep: Flags
    rebuilt: dict[int, list[tuple[int, str, str]]] = field(default_factory=dict)
    carriers: dict[tuple[int, str, str], list[Positions]] = field(default_factory=dict)

    def around(self, start: int, end: int) -> Positions:
        """Return the molecules that reach into a stretch."""
        low = int(np.searchsorted(self.starts, start - FRAGMENT_MAX))
        high = int(np.searchsorted(self.starts, end))
        rows = np.arange(low, high)
        return rows[self.starts[rows] + self.lengths[rows] > start]

    def support(self) -> Support:
        """Return the number of molecules that carry each variant and of which a mate reads its first base."""
        length, found = self.left.shape[1], {}
        for key, parts in self.carriers.items():
            rows = np.unique(np.concatenate(parts))
            offsets = key[0] - self.starts[rows]
            read = (offsets < length) | (offsets >= self.lengths[rows] - length)
            found[key] = int(np.sum(read & (offsets >= 0) & self.keep[rows]))
        return found

    def write(self, rows: Positions, offsets: Positions, bases: npt.NDArray[np.uint8]) -> None:
        """Put bases at offsets into molecules, wherever a mate reads them."""
        length = self.left.shape[1]
        seen = offsets < length
        self.left[rows[seen], offsets[seen]] = bases[seen]
        column = offsets - (self.lengths[rows] - length)
        seen = (column >= 0) & (column < length)
        self.right[rows[seen], column[seen]] = bases[seen]

    def bases(self, rows: Positions, offsets: Positions) -> npt.NDArray[np.uint8]:
        """Return the bases at offsets, 0 where no mate reads them."""
        length = self.left.shape[1]
        found = np.zeros(len(rows), dtype=np.uint8)
        seen = offsets < length
        found[seen] = self.left[rows[seen], offsets[seen]]
        column = offsets - (self.lengths[rows] - length)
        seen = ~seen & (column >= 0)
        found[seen] = self.right[rows[seen], column[seen]]
        return found


def slippage_rate(repeat: Repeat) -> float:
    """Return the share of molecules in which a repeat gained or lost a unit: it grows steeply with the length.

    Rates are a stated assumption of the simulation: 0.3 % at 8 bases, 10 % at 15, at most 25 %.
    """
    if len(repeat.unit) == 1:
        return float(min(0.25, 0.003 * 1.65 ** (repeat.units - 8)))
    return float(min(0.25, 0.004 * 1.35 ** (repeat.units - 6)))


def _draw(rng: np.random.Generator, source: Source, design: Design) -> _Molecules:
    length = len(source.sequence)
    density = np.zeros(length)
    per_base = source.abundance * design.depth / (2 * design.read_length)
    for start, end in source.blocks:
        density[max(0, start - FRAGMENT_MAX) : min(end, length - FRAGMENT_MAX)] = per_base
    starts = np.repeat(np.arange(length), rng.poisson(density)).astype(np.int64)
    n = len(starts)
    lengths = rng.normal(design.fragment_mean, design.fragment_sd, n).round().clip(design.read_length, FRAGMENT_MAX)
    lengths = lengths.astype(np.int64)
    reference = np.frombuffer(source.sequence.encode(), dtype=np.uint8)
    cycle = np.arange(design.read_length)
    return _Molecules(
        starts,
        lengths,
        (rng.random(n) < source.haplotype_share).astype(np.int8),
        rng.random(n) < design.foreign,
        rng.random(n) < 0.5,
        reference[starts[:, None] + cycle],
        reference[(starts + lengths)[:, None] - design.read_length + cycle],
        np.ones(n, dtype=np.bool_),
    )


def _carriers(rng: np.random.Generator, molecules: _Molecules, variant: Carried) -> Positions:
    rows = molecules.around(variant.pos, variant.pos + len(variant.ref))
    chosen = rng.random(len(rows)) < variant.share
    chosen &= molecules.foreign[rows] == variant.foreign
    if variant.haplotype != BOTH:
        chosen &= molecules.haplotype[rows] == variant.haplotype
    if not variant.foreign:
        molecules.carriers.setdefault((variant.pos, variant.ref, variant.alt), []).append(rows[chosen])
    return rows[chosen]


def _place_indels(rng: np.random.Generator, molecules: _Molecules, source: Source, design: Design) -> None:
    """Choose the molecules with a change of length; those that would start inside a deletion do not exist."""
    for variant in source.carried:
        if len(variant.ref) != len(variant.alt):
            rows = _carriers(rng, molecules, variant)
            inside = molecules.starts[rows] > variant.pos
            molecules.keep[rows[inside & (molecules.starts[rows] < variant.pos + len(variant.ref))]] = False
            for row in rows[~inside].tolist():
                molecules.rebuilt.setdefault(row, []).append((variant.pos, variant.ref, variant.alt))
    for repeat in source.repeats if design.slippage else ():
        rows = molecules.around(repeat.start, repeat.end)
        rows = rows[(molecules.starts[rows] < repeat.start) & (rng.random(len(rows)) < slippage_rate(repeat))]
        before, unit = source.sequence[repeat.start - 1], repeat.unit
        for row, loses in zip(rows.tolist(), rng.random(len(rows)) < SLIPPAGE_DELETIONS, strict=True):
            change = (before + unit, before) if loses else (before, before + unit)
            molecules.rebuilt.setdefault(row, []).append((repeat.start - 1, *change))


def _place_substitutions(rng: np.random.Generator, molecules: _Molecules, source: Source) -> None:
    for variant in source.carried:
        if len(variant.ref) == len(variant.alt):
            rows = _carriers(rng, molecules, variant)
            for row in rows.tolist():
                if row in molecules.rebuilt:
                    molecules.rebuilt[row].append((variant.pos, variant.ref, variant.alt))
            for i, base in enumerate(variant.alt):
                offsets = variant.pos + i - molecules.starts[rows]
                inside = (offsets >= 0) & (offsets < molecules.lengths[rows])
                bases = np.full(int(inside.sum()), ord(base), dtype=np.uint8)
                molecules.write(rows[inside], offsets[inside], bases)


def molecule_bases(sequence: str, start: int, length: int, carried: Sequence[tuple[int, str, str]]) -> str:
    """Return the bases of a molecule that starts at ``start`` and carries variants, in reference direction.

    Parameters
    ----------
    sequence
        The reference.
    start
        0-based first base.
    length
        Bases of the molecule, whatever the variants add or take.
    carried
        (position, ref, alt); of two that overlap the first is carried.
    """
    parts, at = [], start
    for pos, ref, alt in sorted(carried):
        if pos >= at:
            parts += [sequence[at:pos], alt]
            at = pos + len(ref)
    parts.append(sequence[at : at + length])
    return "".join(parts)[:length]


def _rebuild(molecules: _Molecules, source: Source) -> None:
    """Write out, base by base, the molecules with a change of length."""
    length = molecules.left.shape[1]
    for row, carried in molecules.rebuilt.items():
        start, size = int(molecules.starts[row]), int(molecules.lengths[row])
        bases = np.frombuffer(molecule_bases(source.sequence, start, size, carried).encode(), dtype=np.uint8)
        molecules.left[row], molecules.right[row] = bases[:length], bases[-length:]


def _complement_of(bases: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return LETTERS[3 - CODE_OF[bases]]


def _damage_sites(rng: np.random.Generator, molecules: _Molecules, source: Source) -> None:
    """Damage at its sites. A molecule with a change of length is left as it is: offsets differ there."""
    unchanged = np.ones(len(molecules.starts), dtype=np.bool_)
    unchanged[list(molecules.rebuilt)] = False
    for site in source.damage:
        rows = molecules.around(site.pos, site.pos + 1)
        rows = rows[(molecules.forward[rows] == site.forward) & unchanged[rows]]
        rows = rows[rng.random(len(rows)) < site.share]
        offsets = site.pos - molecules.starts[rows]
        molecules.write(rows, offsets, np.full(len(rows), ord(site.base), dtype=np.uint8))


def _damage_anywhere(rng: np.random.Generator, molecules: _Molecules, design: Design) -> None:
    for damage in design.damage:
        rows = np.repeat(np.arange(len(molecules.starts)), rng.poisson(molecules.lengths * damage.rate))
        offsets = (rng.random(len(rows)) * molecules.lengths[rows]).astype(np.int64)
        bases = molecules.bases(rows, offsets)
        forward = molecules.forward[rows]
        known = bases > 0
        as_read = np.where(forward, bases, _complement_of(bases))
        hit = known & (as_read == ord(damage.base))
        new = np.full(len(rows), ord(damage.read_as), dtype=np.uint8)
        new = np.where(forward, new, _complement_of(new))
        molecules.write(rows[hit], offsets[hit], new[hit])
    rows = np.repeat(np.arange(len(molecules.starts)), rng.poisson(molecules.lengths * design.polymerase_errors))
    offsets = (rng.random(len(rows)) * molecules.lengths[rows]).astype(np.int64)
    bases = molecules.bases(rows, offsets)
    wrong = LETTERS[(CODE_OF[bases] + rng.integers(1, 4, len(rows))) % 4]
    molecules.write(rows[bases > 0], offsets[bases > 0], wrong[bases > 0])


def _strand_errors(
    rng: np.random.Generator, molecules: _Molecules, order: Positions, source: Source, ends: _Ends
) -> None:
    """Misread bases on one strand; ``ends`` are bases and qualities of the forward and of the reverse reads."""
    length = molecules.left.shape[1]
    unchanged = np.ones(len(molecules.starts), dtype=np.bool_)
    unchanged[list(molecules.rebuilt)] = False
    starts, sizes, fine = molecules.starts[order], molecules.lengths[order], unchanged[order]
    for site in source.strand_errors:
        low = int(np.searchsorted(starts, site.pos - FRAGMENT_MAX))
        high = int(np.searchsorted(starts, site.pos + 1))
        rows = np.arange(low, high)
        column = site.pos - starts[rows] if site.forward else starts[rows] + sizes[rows] - 1 - site.pos
        chosen = (column >= 0) & (column < length) & fine[rows] & (rng.random(len(rows)) < site.share)
        rows, column = rows[chosen], column[chosen]
        base = np.full(len(rows), ord(site.base), dtype=np.uint8)
        bases, qualities = ends[0] if site.forward else ends[1]
        bases[rows, column] = base if site.forward else _complement_of(base)
        qualities[rows, column] = rng.choice(STRAND_ERROR_QUALITIES, len(rows))


def read_source(rng: np.random.Generator, source: Source, design: Design) -> tuple[ReadPairs, Support]:
    """Draw the read pairs of a source, duplicates among them, sorted by start.

    Parameters
    ----------
    rng
        Source of chance.
    source
        Sequence and what its molecules carry.
    design
        How the library was made and read.

    Returns
    -------
    tuple
        The pairs, and for every carried variant that is not foreign the number of molecules, duplicates counted
        once, that carry it and of which a mate reads its first base.
    """
    molecules = _draw(rng, source, design)
    _place_indels(rng, molecules, source, design)
    _place_substitutions(rng, molecules, source)
    _rebuild(molecules, source)
    _damage_sites(rng, molecules, source)
    _damage_anywhere(rng, molecules, design)
    kept = np.flatnonzero(molecules.keep)
    order = np.sort(np.concatenate([kept, kept[rng.random(len(kept)) < design.duplicates]]))
    shares = np.array(design.quality_shares)
    lefts = sequence_templates(rng, molecules.left[order], shares)
    rights = sequence_templates(rng, complement_rows(molecules.right[order]), shares)
    _strand_errors(rng, molecules, order, source, (lefts, rights))
    forward = molecules.forward[order][:, None]
    bases = np.where(forward, lefts[0], rights[0]), np.where(forward, rights[0], lefts[0])
    qualities = np.where(forward, lefts[1], rights[1]), np.where(forward, rights[1], lefts[1])
    return ReadPairs(bases, qualities), molecules.support()
