"""The genome at a glance: log2 ratios with their segments, and below them the allele fractions of inherited sites."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TypeVar

from markupsafe import Markup

from genomodel.core.builds import bare
from genomodel.core.copy_number import Bin, CopyNumberCall, CopyNumberProfile, HetSite, PurityPloidy, Segment
from genomodel.report.words import printable

INK, POINT, GRID, BAND, TEXT = "#15191d", "#a3aeb9", "#dde2e7", "#f2f4f6", "#4a545e"
WIDTH, LEFT, RIGHT = 960, 44, 40
LOG2_HEIGHT, ALLELE_HEIGHT, LABEL_ROWS, ROW, FOOT = 190, 96, 3, 14, 30
LETTER = 8.8
"""Width of a letter of the labels, in the units of the picture."""
TOUCHING = 3.0
"""Distance of two thin lines that would look like the thick one, which says that an allele is lost."""
LEAST, MOST = -2.5, 4.0
"""Log2 ratios at which the axis ends at the latest; points beyond lie on its edge."""
COPIES_SHOWN = (0, 1, 2, 3, 4, 6, 8, 12, 16, 24)
_MAIN = re.compile(r"^(?:chr)?(\d+|X|Y)$")


@dataclass(frozen=True)
class _Layout:
    """Where contigs and log2 ratios lie in the picture."""

    starts: dict[str, float]
    lengths: dict[str, int]
    scale: float
    low: float
    high: float
    top: float

    def x(self, chrom: str, position: float) -> float:
        return LEFT + (self.starts[chrom] + position) * self.scale

    def y(self, log2: float) -> float:
        inside = min(max(log2, self.low), self.high)
        return self.top + (self.high - inside) / (self.high - self.low) * LOG2_HEIGHT


def genome_plot(
    profile: CopyNumberProfile, named: Sequence[CopyNumberCall], purity: PurityPloidy | None = None
) -> Markup | None:
    """Draw the genome of a tumor.

    Parameters
    ----------
    profile
        Segments, and bins and sites where there are.
    named
        Genes that are named above the picture, the most important first; those whose place is not known are not.
    purity
        In force. With its diploid level the right axis counts copies in the tumor cells.

    Returns
    -------
    Markup or None
        An ``svg`` element; ``None`` when there is neither a segment nor a bin.
    """
    layout = _lay_out(profile)
    if layout is None:
        return None
    with_sites = any(site.chrom in layout.starts for site in profile.sites)
    bottom = layout.top + LOG2_HEIGHT
    alleles = bottom + 20
    height = (alleles + ALLELE_HEIGHT if with_sites else bottom) + FOOT
    ends = [bottom, *([alleles + ALLELE_HEIGHT] if with_sites else [])]
    parts = [
        *_contigs(layout, layout.top, ends[-1]),
        *_log2_axis(layout),
        *_copies_axis(layout, purity),
        _points((layout.x(b.chrom, (b.start + b.end) / 2), layout.y(b.log2)) for b in _shown(profile.bins, layout)),
        *(_segment(layout, segment) for segment in _shown(profile.segments, layout)),
        *_labels(layout, named),
    ]
    if with_sites:
        parts += _allele_track(layout, profile, alleles)
    words = _in_words(profile, named, with_sites)
    return _svg(WIDTH, round(height), words, "".join(parts))


def _lay_out(profile: CopyNumberProfile) -> _Layout | None:
    lengths: dict[str, int] = {}
    places = [(s.chrom, s.end) for s in profile.segments] + [(b.chrom, b.end) for b in profile.bins]
    for chrom, end in places:
        lengths[chrom] = max(lengths.get(chrom, 0), end)
    for site in profile.sites:
        if site.chrom in lengths:
            lengths[site.chrom] = max(lengths[site.chrom], site.pos)
    main = {chrom: size for chrom, size in lengths.items() if _MAIN.match(chrom)} or lengths
    if not main:
        return None
    ordered = {chrom: main[chrom] for chrom in sorted(main, key=_contig_order)}
    starts, at = {}, 0.0
    for chrom, size in ordered.items():
        starts[chrom] = at
        at += size
    values = [s.log2_ratio for s in profile.segments if s.chrom in starts]
    points = sorted(b.log2 for b in profile.bins if b.chrom in starts)
    if points:
        values += [points[len(points) // 100], points[-1 - len(points) // 100]]
    low = max(LEAST, min(-1.5, math.floor(min(values, default=0.0) * 2) / 2))
    high = min(MOST, max(1.5, math.ceil(max(values, default=0.0) * 2) / 2))
    return _Layout(starts, ordered, (WIDTH - LEFT - RIGHT) / at, low, high, LABEL_ROWS * ROW + 12)


def _contig_order(chrom: str) -> tuple[int, str]:
    found = _MAIN.match(chrom)
    if found is None:
        return (99, chrom)
    return (int(found[1]), "") if found[1].isdigit() else (23 if found[1] == "X" else 24, "")


Placed = TypeVar("Placed", Bin, Segment, HetSite)


def _shown(items: Iterable[Placed], layout: _Layout) -> list[Placed]:
    return [item for item in items if item.chrom in layout.starts]


def _contigs(layout: _Layout, top: float, bottom: float) -> Iterable[str]:
    """Shade every other contig and name those that are wide enough."""
    last = -100.0
    for index, chrom in enumerate(layout.starts):
        start, end = layout.x(chrom, 0), layout.x(chrom, layout.lengths[chrom])
        if index % 2 == 0:
            yield (
                f'<rect x="{_n(start)}" y="{_n(top)}" width="{_n(end - start)}" height="{_n(bottom - top)}" '
                f'fill="{BAND}"/>'
            )
        name = chrom.removeprefix("chr")
        middle, half = (start + end) / 2, len(name) * LETTER / 2
        if middle - half > last + 3:
            yield _text(name, middle, bottom + 15, anchor="middle", color=TEXT)
            last = middle + half


def _log2_axis(layout: _Layout) -> Iterable[str]:
    for value in range(math.ceil(layout.low), math.floor(layout.high) + 1):
        y = layout.y(value)
        dash = "" if value == 0 else ' stroke-dasharray="2 3"'
        color = POINT if value == 0 else GRID
        yield f'<path d="M{LEFT} {_n(y)}H{WIDTH - RIGHT}" stroke="{color}" stroke-width="1"{dash}/>'
        yield _text(f"{value}".replace("-", "\u2212"), LEFT - 6, y + 4, anchor="end", color=TEXT)
    yield _text("log2", 2, layout.top - 6, color=TEXT)


def _copies_axis(layout: _Layout, purity: PurityPloidy | None) -> Iterable[str]:
    """Count copies of the tumor cells on the right, where purity and the level of two copies are known."""
    if purity is None or purity.purity is None or purity.diploid_log2 is None:
        return
    last = math.inf
    for copies in COPIES_SHOWN:
        mixture = purity.purity * copies + 2 * (1 - purity.purity)
        if mixture <= 0:
            continue
        log2 = math.log2(mixture / 2) + purity.diploid_log2
        y = layout.y(log2)
        if layout.low <= log2 <= layout.high and last - y >= 11:
            yield _text(str(copies), WIDTH - RIGHT + 12, y + 4, color=TEXT)
            yield f'<path d="M{WIDTH - RIGHT} {_n(y)}h6" stroke="{TEXT}" stroke-width="1"/>'
            last = y
    yield _text("copies", WIDTH - 2, layout.top - 6, anchor="end", color=TEXT)


def _points(places: Iterable[tuple[float, float]]) -> str:
    drawn = "".join(f"M{_n(x - 1)} {_n(y)}h2" for x, y in places)
    return f'<path d="{drawn}" stroke="{POINT}" stroke-width="2" fill="none"/>' if drawn else ""


def _segment(layout: _Layout, segment: Segment) -> str:
    start, end = layout.x(segment.chrom, segment.start - 1), layout.x(segment.chrom, segment.end)
    y = _n(layout.y(segment.log2_ratio))
    return f'<path d="M{_n(start)} {y}H{_n(max(end, start + 1.5))}" stroke="{INK}" stroke-width="2.6"/>'


def _labels(layout: _Layout, named: Sequence[CopyNumberCall]) -> Iterable[str]:
    """Name genes above the picture, in as many rows as there are; a name that fits nowhere is left out."""
    taken: list[list[tuple[float, float]]] = [[] for _ in range(LABEL_ROWS)]
    contigs = {bare(chrom): chrom for chrom in layout.starts}
    for call in named:
        chrom = contigs.get(bare(call.chrom))
        if chrom is None or call.start is None or call.end is None:
            continue
        x = layout.x(chrom, (call.start + call.end) / 2)
        half = len(call.gene) * LETTER / 2
        middle = min(max(x, LEFT + half), WIDTH - RIGHT - 12 - half)
        row = next((i for i in range(LABEL_ROWS) if _fits(taken, i, x, middle, half)), None)
        if row is None:
            continue
        taken[row].append((middle - half - 4, middle + half + 4))
        for below in taken[:row]:
            below.append((x - 2, x + 2))
        base = LABEL_ROWS * ROW - row * ROW
        log2 = call.log2_ratio if call.log2_ratio is not None else 0.0
        yield _text(call.gene, middle, base, anchor="middle", color=INK, weight=True)
        to = layout.y(log2) - 4
        yield f'<path d="M{_n(x)} {_n(base + 3)}V{_n(to)}" stroke="{TEXT}" stroke-width=".8"/>'


def _fits(taken: Sequence[Sequence[tuple[float, float]]], row: int, x: float, middle: float, half: float) -> bool:
    """Whether a name fits a row, and the line from it through the rows below meets no other name."""
    free = all(middle + half < start or middle - half > end for start, end in taken[row])
    return free and all(x < start or x > end for below in taken[:row] for start, end in below)


def _allele_track(layout: _Layout, profile: CopyNumberProfile, top: float) -> list[str]:
    """Draw the fraction of the alternate base at each site, and of both alleles in each segment."""

    def y(fraction: float) -> float:
        return top + (1 - fraction) * ALLELE_HEIGHT

    parts = []
    for value, words in ((0.0, "0"), (0.5, "0.5"), (1.0, "1")):
        parts.append(
            f'<path d="M{LEFT} {_n(y(value))}H{WIDTH - RIGHT}" stroke="{GRID}" stroke-width="1" '
            'stroke-dasharray="2 3"/>'
        )
        parts.append(_text(words, LEFT - 6, y(value) + 4, anchor="end", color=TEXT))
    shown = [site for site in _shown(profile.sites, layout) if site.tumor_ref + site.tumor_alt]
    parts.append(_points((layout.x(s.chrom, s.pos), y(s.tumor_alt / (s.tumor_ref + s.tumor_alt))) for s in shown))
    for segment in _shown(profile.segments, layout):
        if segment.minor_fraction is None:
            continue
        start, end = layout.x(segment.chrom, segment.start - 1), layout.x(segment.chrom, segment.end)
        close = (1 - 2 * segment.minor_fraction) * ALLELE_HEIGHT < TOUCHING
        for share in [0.5] if close else [segment.minor_fraction, 1 - segment.minor_fraction]:
            thick = "3.2" if segment.loh else "1.4"
            parts.append(
                f'<path d="M{_n(start)} {_n(y(share))}H{_n(max(end, start + 1.5))}" stroke="{INK}" '
                f'stroke-width="{thick}"/>'
            )
    return parts


def _in_words(profile: CopyNumberProfile, named: Sequence[CopyNumberCall], with_sites: bool) -> str:
    lost = sum(segment.loh is True for segment in profile.segments)
    words = f"Log2 ratios of {len(profile.segments)} segments along the genome"
    if with_sites:
        words += f", with allele fractions at inherited sites; {lost} segments have lost one allele"
    genes = ", ".join(f"{call.gene} {call.state.value.replace('_', ' ')}" for call in named[:12])
    return f"{words}. {genes}." if genes else f"{words}."


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _text(words: str, x: float, y: float, *, anchor: str = "start", color: str = INK, weight: bool = False) -> str:
    bold = ' font-weight="700"' if weight else ""
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}" font-size="12.5"{bold} fill="{color}">'
        f"{escape(printable(words))}</text>"
    )


def _svg(width: int, height: int, label: str, body: str) -> Markup:
    words = escape(printable(label))
    return Markup(
        f'<svg class="genome" xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="{words}"><title>{words}</title>{body}</svg>'
    )
