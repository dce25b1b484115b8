"""The genome at a glance: log2 ratios with their segments, and below them the allele fractions of inherited sites."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from markupsafe import Markup

from genomodel.core.builds import bare
from genomodel.core.copy_number import Bin, CopyNumberCall, CopyNumberProfile, HetSite, PurityPloidy, Segment
from genomodel.report.catalog import say
from genomodel.report.pictures.labels import Label, spread_labels
from genomodel.report.pictures.svg import Color, dashes, line, number, path, picture, rectangle, text, text_width

WIDTH, LEFT, RIGHT = 960, 44, 40
LOG2_HEIGHT, ALLELE_HEIGHT, NAMES, FOOT = 190, 96, 50, 30
SIZE = 12.5
MOST_POINTS, MOST_SEGMENTS = 1500, 400
"""Of more bins and sites every nth is drawn, of more segments the longest."""
N_IN_WORDS = 12
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
    alleles = bottom + 26
    height = (alleles + ALLELE_HEIGHT if with_sites else bottom) + FOOT
    segments = _longest(_shown(profile.segments, layout))
    bins = _thinned(_shown(profile.bins, layout))
    parts = [
        *_contigs(layout, layout.top, alleles + ALLELE_HEIGHT if with_sites else bottom),
        *_log2_axis(layout),
        *_copies_axis(layout, purity),
        _points((layout.x(b.chrom, (b.start + b.end) / 2), layout.y(b.log2)) for b in bins),
        path((_stretch(layout, segment, layout.y(segment.log2_ratio)) for segment in segments), Color.INK, 2.6),
        *_labels(layout, named),
    ]
    if with_sites:
        parts += _allele_track(layout, profile, alleles, segments)
    return picture(WIDTH, round(height), _in_words(profile, named, with_sites=with_sites), parts, "genome")


def unnamed_genes(profile: CopyNumberProfile, named: Sequence[CopyNumberCall]) -> list[str]:
    """Return the genes among those asked for that the picture does not name, for want of a place or of room."""
    layout = _lay_out(profile)
    if layout is None:
        return []
    there = {call.gene for call, _ in _placed(layout, named)}
    return [call.gene for call in named if call.gene not in there]


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
    return _Layout(starts, ordered, (WIDTH - LEFT - RIGHT) / at, low, high, NAMES)


def _contig_order(chrom: str) -> tuple[int, str]:
    found = _MAIN.match(chrom)
    if found is None:
        return (99, chrom)
    return (int(found[1]), "") if found[1].isdigit() else (23 if found[1] == "X" else 24, "")


Placed = TypeVar("Placed", Bin, Segment, HetSite)


def _shown(items: Iterable[Placed], layout: _Layout) -> list[Placed]:
    return [item for item in items if item.chrom in layout.starts]


def _longest(segments: Sequence[Segment]) -> list[Segment]:
    if len(segments) <= MOST_SEGMENTS:
        return list(segments)
    kept = sorted(segments, key=lambda s: (s.start - s.end, s.chrom, s.start))[:MOST_SEGMENTS]
    return sorted(kept, key=lambda s: (_contig_order(s.chrom), s.start))


def _thinned(items: Sequence[Placed]) -> Sequence[Placed]:
    return items[:: -(-len(items) // MOST_POINTS)] if items else items


def _contigs(layout: _Layout, top: float, bottom: float) -> Iterable[str]:
    """Shade every other contig and name those that are wide enough."""
    last = -100.0
    for index, chrom in enumerate(layout.starts):
        start, end = layout.x(chrom, 0), layout.x(chrom, layout.lengths[chrom])
        if index % 2 == 0:
            yield rectangle(start, top, end - start, bottom - top, Color.FAINT)
        name = chrom.removeprefix("chr")
        middle, half = (start + end) / 2, text_width(name, SIZE) / 2
        if middle - half > last + 3 and half < LEFT:
            yield text(middle, bottom + 15, name, size=SIZE, anchor="middle", color=Color.QUIET)
            last = middle + half


def _log2_axis(layout: _Layout) -> Iterable[str]:
    for value in range(math.ceil(layout.low), math.floor(layout.high) + 1):
        y = layout.y(value)
        draw, color = (line, Color.LIGHT) if value == 0 else (dashes, Color.PALE)
        yield draw(LEFT, y, WIDTH - RIGHT, y, color)
        said = f"{value}".replace("-", "\u2212")
        yield text(LEFT - 6, y + 4, said, size=SIZE, anchor="end", color=Color.QUIET)
    yield text(2, layout.top - 10, say("pictures.genome.log2"), size=SIZE, color=Color.QUIET)


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
        if layout.low <= log2 <= layout.high and last - y >= 13:
            yield text(WIDTH - RIGHT + 12, y + 4, str(copies), size=SIZE, color=Color.QUIET)
            yield line(WIDTH - RIGHT, y, WIDTH - RIGHT + 6, y, Color.QUIET)
            last = y
    said = say("pictures.genome.copies")
    yield text(WIDTH - 2, layout.top - 10, said, size=SIZE, anchor="end", color=Color.QUIET)


def _points(places: Iterable[tuple[float, float]]) -> str:
    # Whole units: there are thousands of them.
    return path((f"M{round(x - 1)} {round(y)}h2" for x, y in places), Color.LIGHT, 2)


def _stretch(layout: _Layout, segment: Segment, y: float) -> str:
    start, end = layout.x(segment.chrom, segment.start - 1), layout.x(segment.chrom, segment.end)
    return f"M{number(start)} {number(y)}H{number(max(end, start + 1.5))}"


def _placed(layout: _Layout, named: Sequence[CopyNumberCall]) -> list[tuple[CopyNumberCall, Label]]:
    """Return the genes that have a place and room."""
    contigs = {bare(chrom): chrom for chrom in layout.starts}
    known = []
    for call in named:
        chrom = contigs.get(bare(call.chrom))
        if chrom is not None and call.start is not None and call.end is not None:
            inside = min((call.start + call.end) / 2, layout.lengths[chrom])
            known.append((call, layout.x(chrom, inside)))
    wanted = [(call.gene, x) for call, x in known]
    # The names of the axes stand left and right of the row.
    labels = spread_labels(wanted, left=LEFT, right=WIDTH - RIGHT - 24, size=SIZE, bold=True)
    return [(known[label.index][0], label) for label in labels]


def _labels(layout: _Layout, named: Sequence[CopyNumberCall]) -> list[str]:
    parts = []
    for call, label in _placed(layout, named):
        to = layout.y(call.log2_ratio if call.log2_ratio is not None else 0.0) - 4
        bend = layout.top - 6
        steps = f"M{number(label.middle)} 17L{number(label.x)} {number(bend)}V{number(max(to, bend))}"
        parts.append(path([steps], Color.QUIET, 0.8))
        parts.append(text(label.middle, 13, label.words, size=SIZE, anchor="middle", bold=True))
    return parts


def _allele_track(layout: _Layout, profile: CopyNumberProfile, top: float, segments: Sequence[Segment]) -> list[str]:
    """Draw the fraction of the alternate base at each site, and of both alleles in each segment."""

    def y(fraction: float) -> float:
        return top + (1 - min(max(fraction, 0), 1)) * ALLELE_HEIGHT

    name = say("pictures.genome.alleles")
    parts = [text(LEFT, top - 5, name, size=SIZE, color=Color.QUIET)]
    for value, said in ((0.0, "0"), (0.5, "0.5"), (1.0, "1")):
        parts.append(dashes(LEFT, y(value), WIDTH - RIGHT, y(value), Color.PALE))
        parts.append(text(LEFT - 6, y(value) + 4, said, size=SIZE, anchor="end", color=Color.QUIET))
    shown = _thinned([site for site in _shown(profile.sites, layout) if site.tumor_ref + site.tumor_alt])
    parts.append(_points((layout.x(s.chrom, s.pos), y(s.tumor_alt / (s.tumor_ref + s.tumor_alt))) for s in shown))
    both: list[str] = []
    one_lost: list[str] = []
    for segment in segments:
        if segment.minor_fraction is None:
            continue
        close = abs(1 - 2 * segment.minor_fraction) * ALLELE_HEIGHT < TOUCHING
        for share in [0.5] if close else [segment.minor_fraction, 1 - segment.minor_fraction]:
            (one_lost if segment.loh else both).append(_stretch(layout, segment, y(share)))
    return [*parts, path(both, Color.INK, 1.4), path(one_lost, Color.INK, 3.2)]


def _in_words(profile: CopyNumberProfile, named: Sequence[CopyNumberCall], *, with_sites: bool) -> str:
    lost = sum(segment.loh is True for segment in profile.segments)
    genes = ", ".join(
        say("pictures.genome.gene", gene=call.gene, state=call.state.value.replace("_", " "))
        for call in named[:N_IN_WORDS]
    )
    return say(
        "pictures.genome.alternative",
        n=len(profile.segments),
        sites=say("pictures.genome.sites", n=lost) if with_sites else "",
        genes=f" {genes}." if genes else "",
    )
