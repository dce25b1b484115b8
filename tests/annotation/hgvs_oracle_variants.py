"""Seeded random alleles of every class on the transcripts of a genome, written as callers may write them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bioutils.sequences import reverse_complement

from tests.annotation.hgvs_oracle import Model, Oracle, trimmed

Edit = tuple[int, str, str]
"""0-based first base, deleted bases, inserted bases; on the genome."""
STOPS = ("TAA", "TAG", "TGA")
LONGEST_ROLL = 40


@dataclass(frozen=True)
class Drawn:
    """An allele as a VCF has it, the transcript it was drawn for, and the kind that was asked for."""

    kind: str
    transcript: str
    strand: int
    chrom: str
    pos: int
    ref: str
    alt: str


class Ground:
    """A transcript with the places that alleles are drawn from."""

    def __init__(self, oracle: Oracle, model: Model, rng: random.Random) -> None:
        self.oracle, self.model, self.rng = oracle, model, rng
        self.exons = sorted(model.exons)
        low, high = model.coding
        self.coding = [(max(s, low), min(e, high)) for s, e in self.exons if min(e, high) - max(s, low) > 12]
        self.introns = [(a[1], b[0]) for a, b in zip(self.exons, self.exons[1:], strict=False) if b[0] - a[1] > 60]

    def bases(self, start: int, end: int) -> str:
        return self.oracle.provider.get_seq(self.model.chrom, start, end)

    def other(self, base: str) -> str:
        return self.rng.choice([b for b in "ACGT" if b != base])

    def random_bases(self, size: int) -> str:
        return "".join(self.rng.choices("ACGT", k=size))

    def in_coding(self, size: int = 1) -> int | None:
        """First base of a stretch that lies in one coding part."""
        fitting = [(s, e) for s, e in self.coding if e - s > size]
        if not fitting:
            return None
        start, end = self.rng.choices(fitting, weights=[e - s for s, e in fitting])[0]
        return self.rng.randrange(start, end - size + 1)

    def border(self) -> tuple[int, int] | None:
        """A border of an exon and an intron, and +1 where the exon lies left of it, else -1."""
        inner = [(s, -1) for s, _ in self.exons[1:]] + [(e, 1) for _, e in self.exons[:-1]]
        low, high = self.model.coding
        inner = [(place, side) for place, side in inner if low <= place <= high] or inner
        return self.rng.choice(inner) if inner else None

    def codon(self, which: str) -> tuple[int, ...]:
        """Genome positions of the start or stop codon, low to high."""
        low, high = self.model.coding
        at_low = (which == "start") == (self.model.strand == 1)
        return (low, low + 1, low + 2) if at_low else (high - 3, high - 2, high - 1)

    def utr(self, which: str) -> list[tuple[int, int]]:
        low, high = self.model.coding
        at_low = (which == "5'") == (self.model.strand == 1)
        parts = [(s, min(e, low)) for s, e in self.exons] if at_low else [(max(s, high), e) for s, e in self.exons]
        return [(s, e) for s, e in parts if e - s > 20]


def _snv(ground: Ground, place: int | None) -> Edit | None:
    if place is None:
        return None
    base = ground.bases(place, place + 1)
    return place, base, ground.other(base)


def _snv_near_border(ground: Ground, first: int, last: int) -> Edit | None:
    """Change the base that lies so far into the intron; negative counts into the exon."""
    found = ground.border()
    if found is None:
        return None
    place, side = found
    offset = ground.rng.choice([n for n in range(first, last + 1) if n])
    into = offset - 1 if offset > 0 else offset
    return _snv(ground, place + into if side == 1 else place - 1 - into)


def _snv_in(ground: Ground, parts: list[tuple[int, int]]) -> Edit | None:
    return _snv(ground, ground.rng.randrange(*ground.rng.choice(parts))) if parts else None


def _deletion(ground: Ground, size: int) -> Edit | None:
    place = ground.in_coding(size)
    return None if place is None else (place, ground.bases(place, place + size), "")


def _insertion(ground: Ground, size: int) -> Edit | None:
    place = ground.in_coding(2)
    return None if place is None else (place + 1, "", ground.random_bases(size))


def _duplication(ground: Ground, size: int) -> Edit | None:
    place = ground.in_coding(size)
    return None if place is None else (place + size, "", ground.bases(place, place + size))


def _delins(ground: Ground, net: int) -> Edit | None:
    gone = ground.rng.randint(1, 9)
    place = ground.in_coding(gone)
    if place is None or gone + net < 1:
        return None
    return place, ground.bases(place, place + gone), ground.random_bases(gone + net)


def _mnv(ground: Ground, size: int) -> Edit | None:
    place = ground.in_coding(size)
    if place is None:
        return None
    gone = ground.bases(place, place + size)
    middle = ground.random_bases(size - 2)
    return place, gone, ground.other(gone[0]) + middle + ground.other(gone[-1])


def _inversion(ground: Ground, size: int) -> Edit | None:
    place = ground.in_coding(size)
    if place is None:
        return None
    gone = ground.bases(place, place + size)
    return place, gone, reverse_complement(gone)


def _with_stop(ground: Ground) -> Edit | None:
    """Insert whole codons, one of them a stop, between or within codons; in place of bases now and then."""
    place = ground.in_coding(6)
    if place is None:
        return None
    codons = [ground.random_bases(3) for _ in range(ground.rng.randint(0, 3))] + [ground.rng.choice(STOPS)]
    codons += [ground.random_bases(3) for _ in range(ground.rng.randint(0, 2))]
    text = "".join(codons)
    gone = ground.bases(place, place + ground.rng.choice((0, 0, 3, 6)))
    return place, gone, text if ground.model.strand == 1 else reverse_complement(text)


def _repeat(ground: Ground, *, gain: bool) -> Edit | None:
    """Lose or double a unit of a stretch of at least three equal units."""
    parts = ground.coding if ground.rng.random() < 0.7 else ground.introns
    if not parts:
        return None
    start, end = ground.rng.choice(parts)
    start = ground.rng.randrange(start, max(start + 1, end - 300))
    window = ground.bases(start, min(end, start + 300))
    found = []
    for unit, least in ((1, 4), (2, 3), (3, 2), (4, 2), (6, 2)):
        for i in range(len(window) - unit * least):
            piece = window[i : i + unit]
            if window[i : i + unit * least] == piece * least and (unit == 1 or len(set(piece)) > 1):
                found.append((i, unit))
    if not found:
        return None
    place, unit = ground.rng.choice(found)
    piece = window[place : place + unit]
    return (start + place, "", piece) if gain else (start + place, piece, "")


def _over_border(ground: Ground) -> Edit | None:
    found = ground.border()
    if found is None:
        return None
    left, right = ground.rng.randint(1, 12), ground.rng.randint(1, 12)
    start, end = found[0] - left, found[0] + right
    new = ground.random_bases(ground.rng.randint(1, 6)) if ground.rng.random() < 0.3 else ""
    return start, ground.bases(start, end), new


def _indel_at_border(ground: Ground) -> Edit | None:
    """Insert or delete a few bases exactly beside a border."""
    found = ground.border()
    if found is None:
        return None
    size, where = ground.rng.randint(1, 4), found[0] + ground.rng.randint(-2, 2)
    way = ground.rng.choice(("ins", "dup", "left", "right"))
    if way == "ins":
        return where, "", ground.random_bases(size)
    if way == "dup":
        return where, "", ground.bases(where - size, where)
    start = found[0] - size if way == "left" else found[0]
    return start, ground.bases(start, start + size), ""


def _whole_exon(ground: Ground) -> Edit | None:
    inner = [(s, e) for s, e in ground.exons[1:-1] if e - s < 400]
    if not inner:
        return None
    start, end = ground.rng.choice(inner)
    start, end = start - ground.rng.randint(0, 20), end + ground.rng.randint(0, 20)
    return start, ground.bases(start, end), ""


def _near_codon(ground: Ground, which: str) -> Edit | None:
    """Delete, insert or replace bases at the start or stop codon and just beside it."""
    places = ground.codon(which)
    start = places[0] + ground.rng.randint(-3, 3)
    size = ground.rng.randint(1, 6)
    way = ground.rng.choice(("del", "ins", "dup", "delins"))
    if way == "ins":
        return start, "", ground.random_bases(size)
    if way == "dup":
        return start, "", ground.bases(start - size, start)
    gone = ground.bases(start, start + size)
    return start, gone, "" if way == "del" else ground.random_bases(ground.rng.randint(1, 6))


def _indel_in(ground: Ground, parts: list[tuple[int, int]]) -> Edit | None:
    if not parts:
        return None
    start, end = ground.rng.choice(parts)
    place, size = ground.rng.randrange(start + 3, end - 12), ground.rng.randint(1, 8)
    way = ground.rng.choice(("del", "ins", "dup"))
    if way == "del":
        return place, ground.bases(place, place + size), ""
    return place, "", ground.random_bases(size) if way == "ins" else ground.bases(place, place + size)


def _sized(rng: random.Random, *, frame: bool) -> int:
    return 3 * rng.randint(1, 8) if frame else rng.choice([n for n in range(1, 26) if n % 3])


KINDS: dict[str, Callable[[Ground], Edit | None]] = {
    "SNV, coding": lambda g: _snv(g, g.in_coding()),
    "SNV, start codon": lambda g: _snv(g, g.rng.choice(g.codon("start"))),
    "SNV, stop codon": lambda g: _snv(g, g.rng.choice(g.codon("stop"))),
    "SNV, splice site": lambda g: _snv_near_border(g, 1, 2),
    "SNV, splice region": lambda g: _snv_near_border(g, -3, 8),
    "SNV, intron": lambda g: _snv_in(g, g.introns),
    "SNV, 5' UTR": lambda g: _snv_in(g, g.utr("5'")),
    "SNV, 3' UTR": lambda g: _snv_in(g, g.utr("3'")),
    "MNV": lambda g: _mnv(g, g.rng.randint(2, 5)),
    "inversion": lambda g: _inversion(g, g.rng.randint(2, 12)),
    "deletion, in frame": lambda g: _deletion(g, _sized(g.rng, frame=True)),
    "deletion, frameshift": lambda g: _deletion(g, _sized(g.rng, frame=False)),
    "insertion, in frame": lambda g: _insertion(g, _sized(g.rng, frame=True)),
    "insertion, frameshift": lambda g: _insertion(g, _sized(g.rng, frame=False)),
    "duplication, in frame": lambda g: _duplication(g, _sized(g.rng, frame=True)),
    "duplication, frameshift": lambda g: _duplication(g, _sized(g.rng, frame=False)),
    "delins, in frame": lambda g: _delins(g, g.rng.choice((-6, -3, 0, 3, 6))),
    "delins, frameshift": lambda g: _delins(g, g.rng.choice((-4, -2, -1, 1, 2, 4))),
    "insertion with a stop": _with_stop,
    "repeat, one unit less": lambda g: _repeat(g, gain=False),
    "repeat, one unit more": lambda g: _repeat(g, gain=True),
    "over a border": _over_border,
    "beside a border": _indel_at_border,
    "whole exon": _whole_exon,
    "start codon, indel": lambda g: _near_codon(g, "start"),
    "stop codon, indel": lambda g: _near_codon(g, "stop"),
    "UTR, indel": lambda g: _indel_in(g, g.utr("5'") + g.utr("3'")),
    "intron, indel": lambda g: _indel_in(g, g.introns),
}


def written(ground: Ground, edit: Edit) -> tuple[int, str, str] | None:
    """Write an edit as a record of a VCF: rolled to any of its equal places, with any number of bases beside it.

    ``None`` where the genome holds no plain bases around, or nothing is changed.
    """
    start, gone, new = edit
    pos, gone, new = trimmed(start + 1, gone, new)
    if gone == new or len(gone) > 400:
        return None
    rng, start = ground.rng, pos - 1
    around = ground.bases(start - LONGEST_ROLL - 8, start + len(gone) + LONGEST_ROLL + 8)
    if set(around) - set("ACGT"):
        return None
    if not gone or not new:
        unit, steps = gone or new, rng.randint(-LONGEST_ROLL, LONGEST_ROLL)
        for _ in range(abs(steps)):
            if steps > 0:
                following = ground.bases(start + len(gone), start + len(gone) + 1)
                if following != unit[0]:
                    break
                start, unit = start + 1, unit[1:] + following
            else:
                before = ground.bases(start - 1, start)
                if before != unit[-1]:
                    break
                start, unit = start - 1, before + unit[:-1]
        gone, new = (unit, "") if gone else ("", unit)
    left = rng.choice((0, 0, 1, 3)) if gone and new else rng.choice((1, 1, 1, 4))
    right = rng.choice((0, 0, 0, 2))
    end = start + len(gone)
    head, tail = ground.bases(start - left, start), ground.bases(end, end + right)
    return start - left + 1, head + gone + tail, head + new + tail


def draw(oracle: Oracle, number: int, seed: int) -> Iterator[Drawn]:
    """Yield alleles, the kinds in turn, the transcripts by chance.

    The same seed gives the same alleles.
    """
    rng = random.Random(seed)
    names = sorted(oracle.models)
    kinds = list(KINDS)
    made = 0
    for _ in range(number * 20):
        if made == number:
            return
        kind = kinds[made % len(kinds)]
        model = oracle.models[rng.choice(names)]
        ground = Ground(oracle, model, rng)
        edit = KINDS[kind](ground)
        record = None if edit is None else written(ground, edit)
        if record is not None:
            made += 1
            yield Drawn(kind, model.name, model.strand, model.chrom, *record)
