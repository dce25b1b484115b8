"""The reads of one sample over one small variant, a row for each.

``read_pile(picture)`` draws them below the reference bases: bars as dark as the read is well mapped, thin where bases
are poor, letters where they differ, black where they carry the allele; an arrow on the left tells the strand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from markupsafe import Markup

from genomodel.core.pictures import PicturedRead, ReadPicture
from genomodel.core.variants import shorten_sequence
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.pictures.svg import Color, box, line, number, path, picture, rectangle, text

CELL, ROW, BAR = 7.0, 8.0, 6.0
LEFT, RIGHT, HEAD, TITLE = 13.0, 22.0, 34.0, 15.0
LETTER, SMALL = 9.0, 8.0
MOST_ROWS, MOST_CELLS = 60, 120
TOP_MAPPING = 40
"""Mapping quality from which a bar has the full shade; aligners call such places unique."""
SHOWN_INSERTED = 3
"""Inserted bases that are written; of more, their number."""
_Letters = tuple[float, list[tuple[int, str]]]
_CLIPPED, _DELETED, _BLANK, _SAME, _POOR = "~", "-", " ", ".", ","


def read_pile(shown: ReadPicture, label: str = "") -> Markup:
    """Draw the reads of a sample.

    Parameters
    ----------
    shown
        Reads and counts.
    label
        What the variant is called, for the text alternative; its key when empty.
    """
    reference = shown.reference[:MOST_CELLS]
    width = LEFT + len(reference) * CELL + RIGHT
    bars, y = _Pile(shown, reference), HEAD
    for title, reads in _blocks(shown):
        bars.title(y, title, width)
        y += TITLE
        for read in reads:
            bars.add(y, read)
            y += ROW
        y += 3
    height = y + 2
    parts = [_focus(shown, len(reference), height), *_head(shown, reference), *bars.parts()]
    return picture(max(width, 120), height, alternative(shown, label), parts, "reads")


def alternative(shown: ReadPicture, label: str = "") -> str:
    """Return what the picture shows, in words."""
    return say(
        "reads.alternative",
        sample=sample_name(shown.sample),
        variant=label or words.short_key(shown.variant),
        counts=counts(shown),
        strands=strands(shown),
    )


def sample_name(sample: str) -> str:
    """Return tumor or normal as a reader sees it."""
    return say("reads.tumor") if sample == "tumor" else say("reads.normal")


def counts(shown: ReadPicture) -> str:
    """Return how many reads carry the allele."""
    return say(
        "reads.counts",
        n=words.count(shown.n_supporting),
        total=words.count(shown.n_reads),
        allele=allele(shown),
        fragments=words.count(shown.n_fragments_supporting),
        of=words.count(shown.n_fragments),
    )


def strands(shown: ReadPicture) -> str:
    """Return the strands of the reads with the allele and of the others."""
    forward, reverse = shown.strands_of_rest
    if not shown.n_supporting:
        return say("reads.strands_of_all", forward=words.count(forward), reverse=words.count(reverse))
    return say(
        "reads.strands",
        forward=words.count(shown.n_forward_supporting),
        reverse=words.count(shown.n_reverse_supporting),
        rest_forward=words.count(forward),
        rest_reverse=words.count(reverse),
    )


def allele(shown: ReadPicture) -> str:
    """Return the allele as a reader would say it of a read: ``T``, ``the deletion of 15 bases``."""
    ref, _, alt = shown.variant.rpartition(":")[2].partition(">")
    kept = next((i for i, (a, b) in enumerate(zip(ref, alt, strict=False)) if a != b), min(len(ref), len(alt)))
    lost, gained = ref[kept:], alt[kept:]
    while lost and gained and lost[-1] == gained[-1]:
        lost, gained = lost[:-1], gained[:-1]
    if lost and not gained:
        return say("reads.deletion", n=len(lost))
    if gained and not lost:
        return say("reads.insertion", n=len(gained))
    return shorten_sequence(gained, "bases", longest=12) or say("reads.allele")


def _blocks(shown: ReadPicture) -> Iterator[tuple[str, Sequence[PicturedRead]]]:
    """Yield the groups of reads with their headings."""
    forward, reverse = shown.strands_of_rest
    uncounted = shown.left_out.low_mapping + shown.left_out.silent
    groups = (
        (
            [read for read in shown.reads if read.counted and read.supports],
            say("reads.with", allele=allele(shown), n=words.count(shown.n_supporting)),
            shown.n_supporting,
            (shown.n_forward_supporting, shown.n_reverse_supporting),
        ),
        (
            [read for read in shown.reads if read.counted and not read.supports],
            say("reads.without", n=words.count(shown.n_reads - shown.n_supporting)),
            shown.n_reads - shown.n_supporting,
            (forward, reverse),
        ),
        (
            [read for read in shown.reads if not read.counted],
            say("reads.uncounted", n=words.count(uncounted)),
            uncounted,
            None,
        ),
    )
    room = MOST_ROWS
    for reads, title, total, ways in groups:
        drawn, room = reads[:room], max(0, room - len(reads))
        heading = title
        if ways is not None:
            heading = say("reads.heading", title=title, forward=words.count(ways[0]), reverse=words.count(ways[1]))
        if len(drawn) < total:
            heading = say("reads.drawn", title=heading, n=len(drawn))
        if drawn or ways is not None:
            yield heading, drawn


def _focus(shown: ReadPicture, cells: int, height: float) -> str:
    """Return the band behind what the variant changes."""
    first, last = (min(max(cell, 0), max(cells - 1, 0)) for cell in shown.focus)
    return rectangle(LEFT + first * CELL, 14, (max(last, first) - first + 1) * CELL, height - 14, Color.FAINT)


def _head(shown: ReadPicture, reference: str) -> Iterator[str]:
    """Yield the place, its mark and the reference bases."""
    first = min(max(shown.focus[0], 0), max(len(reference) - 1, 0))
    middle = LEFT + (first + 0.5) * CELL
    place = f"{shown.chrom}:{shown.start + shown.focus[0] + 1:,}"
    width = LEFT + len(reference) * CELL
    near = "start" if middle < 60 else "end" if middle > width - 60 else "middle"
    yield text(middle, 10, place, size=SMALL, anchor=near, color=Color.QUIET)
    yield text(width + RIGHT - 1, 10, say("reads.mapping"), size=7, anchor="end", color=Color.QUIET)
    bases = "".join(base if base in "ACGTN" else "N" for base in reference)
    yield _letters([(HEAD - 16, list(enumerate(bases)))], LETTER, Color.QUIET, bold=False)
    yield line(LEFT, HEAD - 5, width, HEAD - 5, Color.MID, 0.8)


class _Pile:
    """Shapes of all rows by kind, so that each kind is one element."""

    def __init__(self, shown: ReadPicture, reference: str) -> None:
        self.shown, self.size = shown, len(reference)
        self.first, self.last = shown.focus
        self.bars: dict[Color, list[str]] = {Color.LIGHT: [], Color.PALE: []}
        self.hollow: list[str] = []
        self.clips: list[str] = []
        self.gaps: list[str] = []
        self.own_gaps: list[str] = []
        self.arrows: list[str] = []
        self.marks: list[str] = []
        self.black: list[str] = []
        self.letters: dict[str, list[_Letters]] = {"own": [], "good": [], "poor": []}
        self.texts: list[str] = []
        self.mapping: list[tuple[float, float, str]] = []
        self.inserted: list[tuple[float, float, str]] = []

    def title(self, y: float, words_: str, width: float) -> None:
        """Add the heading of a group."""
        self.texts.append(text(2, y + 10, words.printable(words_), size=9, bold=True))
        self.texts.append(line(2, y + 13, width - 1, y + 13, Color.LIGHT, 0.6))

    def add(self, y: float, read: PicturedRead) -> None:
        """Add a read."""
        cells = read.cells[: self.size]
        middle = y + ROW / 2
        head = f"M3 {number(middle - 3)}l6 3l-6 3z" if read.forward else f"M9 {number(middle - 3)}l-6 3l6 3z"
        self.arrows.append(head)
        right = LEFT + self.size * CELL + RIGHT - 2
        self.mapping.append((right, y + 7, str(read.mapping_quality)))
        at = 0
        for sign, run in groupby(cells, _kind):
            length = len(list(run))
            self._run(sign, at, length, y, read)
            at += length
        placed: dict[str, list[tuple[int, str]]] = {"own": [], "good": [], "poor": []}
        for cell, sign in enumerate(cells):
            if kind := self._letter_kind(cell, sign, read):
                placed[kind].append((cell, sign))
        for kind, letters in placed.items():
            if letters:
                self.letters[kind].append((y, letters))
        self.black += [box(LEFT + cell * CELL, y + 0.3, CELL, ROW - 0.6) for cell, _ in placed["own"]]
        for cell, bases in sorted(read.insertions.items()):
            if -1 <= cell < self.size:
                self._insertion(cell, bases, y)

    def _run(self, sign: str, at: int, length: int, y: float, read: PicturedRead) -> None:
        x, width, middle = LEFT + at * CELL, length * CELL, y + ROW / 2
        if sign == _DELETED:
            own = read.supports and at <= self.last and at + length > self.first
            (self.own_gaps if own else self.gaps).append(f"M{number(x)} {number(middle)}h{number(width)}")
        elif sign == _CLIPPED:
            self.clips.append(box(x, middle - 2, width, 4))
        elif sign in (_SAME, _POOR):
            high = BAR if sign == _SAME else 2.0
            shape = box(x, middle - high / 2, width, high)
            if read.mapping_quality < self.shown.min_mapping_quality:
                self.hollow.append(shape)
            else:
                self.bars[Color.LIGHT if read.mapping_quality >= TOP_MAPPING else Color.PALE].append(shape)

    def _letter_kind(self, cell: int, sign: str, read: PicturedRead) -> str:
        if not sign.isalpha():
            return ""
        if sign.islower():
            return "poor"
        return "own" if read.supports and self.first <= cell <= self.last else "good"

    def _insertion(self, cell: int, bases: str, y: float) -> None:
        x = LEFT + (cell + 1) * CELL
        self.marks.append(
            f"M{number(x - 3)} {number(y)}h6v1.4h-2v{number(ROW - 2.8)}h2v1.4h-6v-1.4h2v-{number(ROW - 2.8)}h-2z"
        )
        kept, _, more = bases.partition("+")
        size = len(kept) + (int(more) if more.isdecimal() else 0)
        shown = kept if size <= SHOWN_INSERTED else f"+{size}"
        self.inserted.append((x + 3.5, y + 7.2, shown))

    def parts(self) -> Iterator[str]:
        """Yield the elements, those that lie on top last."""
        for color, shapes in self.bars.items():
            yield path(shapes, color)
        yield path(self.hollow, Color.MID, 0.7)
        yield path(self.clips, Color.MID, 0.7).replace("/>", ' stroke-dasharray="2 1.5"/>')
        yield path(self.gaps, Color.QUIET, 1.2)
        yield path(self.own_gaps, Color.INK, 2.6)
        yield path(self.arrows, Color.DARK)
        yield path(self.black, Color.INK)
        yield path(self.marks, Color.INK)
        yield _letters(self.letters["good"], LETTER, Color.INK, bold=True)
        yield _letters(self.letters["poor"], SMALL, Color.QUIET, bold=False)
        yield _letters(self.letters["own"], LETTER, Color.PAPER, bold=True)
        yield _notes(self.inserted, 'font-size="7.5" font-weight="700"', Color.INK)
        yield _notes(self.mapping, 'font-size="7" text-anchor="end"', Color.QUIET)
        yield from self.texts


def _kind(sign: str) -> str:
    """Return what is drawn for a sign; letters lie on nothing."""
    return sign if sign in (_DELETED, _CLIPPED, _SAME, _POOR) else _BLANK


def _notes(notes: Sequence[tuple[float, float, str]], style: str, color: Color) -> str:
    """Return short texts at their places as one element."""
    spans = (
        f'<tspan x="{number(x)}" y="{number(y)}">{escape(words.printable(told))}</tspan>'
        for x, y, told in notes
        if told
    )
    drawn = "".join(spans)
    return f"<text {style} {color.fill}>{drawn}</text>" if drawn else ""


def _letters(rows: Sequence[_Letters], size: float, color: Color, *, bold: bool) -> str:
    """Return letters in their cells as one element, from the top of each row and its cells with their letters."""
    if not any(letters for _, letters in rows):
        return ""
    indent = (CELL - 0.602 * size) / 2
    spans = []
    for y, letters in rows:
        places = " ".join(number(LEFT + cell * CELL + indent) for cell, _ in letters)
        told = escape(words.printable("".join(letter for _, letter in letters)))
        spans.append(f'<tspan x="{places}" y="{number(y + 7.2)}">{told}</tspan>')
    weight = ' font-weight="700"' if bold else ""
    return f'<text font-family="monospace" font-size="{size:g}"{weight} {color.fill}>{"".join(spans)}</text>'
