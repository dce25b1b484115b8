"""Exons of actionable genes: each a box, by how much of it was read deeply enough."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from genomodel.core.sample_quality import ExonCoverage, SampleQuality, exons_in_words
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.pictures.svg import Color, box, fitted, hatch, path, picture, text

WIDTH, NAMES, STEP, CELL, ROW = 700, 92, 16.8, 13, 19
COLUMNS = 36
MOST_ROWS = 40
MOST_BOXES = 10 * COLUMNS
"""Of one gene: more than the exons of any."""
MOST_IN_WORDS = 6
WHOLE = 0.9995
"""Share from which an exon counts as read throughout."""


@dataclass(frozen=True)
class _Exon:
    """A box: the worst of the regions that make up an exon, or one that the assay leaves out."""

    column: int
    share: float
    passed: bool
    off_assay: bool = False
    partly_off: bool = False


@dataclass(frozen=True)
class _Gene:
    name: str
    exons: tuple[_Exon, ...]
    numbered: bool
    cut: int = 0
    """Regions without a number that there is no room for, those that were read best."""

    @property
    def lines(self) -> int:
        return max((exon.column for exon in self.exons), default=0) // COLUMNS + 1

    @property
    def rank(self) -> tuple[int, int, str]:
        failed = sum(not exon.passed and not exon.off_assay for exon in self.exons)
        left_out = sum(exon.off_assay for exon in self.exons)
        return (-failed, -left_out, self.name)


def exon_grid(found: SampleQuality) -> Markup | None:
    """Draw the exons of actionable genes.

    Parameters
    ----------
    found
        Exons with the share of their bases that were read deeply enough, and those that the assay leaves out.

    Returns
    -------
    Markup or None
        An ``svg`` element, 700 units wide; ``None`` without exons. Genes with failing exons come first; those without
        room are counted. A failing exon is framed and crossed, one off the assay hatched.
    """
    genes = sorted(_genes(found), key=lambda gene: gene.rank)
    if not genes:
        return None
    shown: list[_Gene] = []
    rows = 0
    for gene in genes:
        if rows + gene.lines > MOST_ROWS and shown:
            break
        shown.append(gene)
        rows += gene.lines
    left = genes[len(shown) :]
    boxes = _Boxes()
    parts = _numbers()
    y = 20.0
    for gene in shown:
        parts += _gene_rows(gene, y, boxes)
        y += ROW * gene.lines
    legend, y = _legend(found, y + 8, left)
    return picture(WIDTH, y, _in_words(found), [*parts, *boxes.drawn(), *legend], "exon-grid")


class _Boxes:
    """Boxes of the same kind as one element each: thousands of them stay small."""

    def __init__(self) -> None:
        self.whole: list[str] = []
        self.most: list[str] = []
        self.read_of_failed: list[str] = []
        self.crosses: list[str] = []
        self.hatches: list[str] = []
        self.rims: list[str] = []
        self.notches: list[str] = []

    def add(self, exon: _Exon, x: float, y: float) -> None:
        if exon.off_assay:
            self.hatches.append(hatch(x, y, CELL, CELL))
            self.rims.append(box(x, y, CELL, CELL))
            return
        if exon.passed:
            (self.whole if exon.share >= WHOLE else self.most).append(box(x, y, CELL, CELL))
        else:
            height = CELL * min(max(exon.share, 0), 1)
            self.read_of_failed.append(box(x, y + CELL - height, CELL, height))
            self.crosses.append(f"{box(x, y, CELL, CELL)}l{CELL} {CELL}m0 -{CELL}l-{CELL} {CELL}")
        if exon.partly_off:
            self.notches.append(f"M{x + CELL:.1f} {y:.1f}v6l-6 -6z")

    def drawn(self) -> list[str]:
        return [
            path(self.whole, Color.DARK),
            path(self.most, Color.LIGHT),
            path(self.read_of_failed, Color.PALE),
            path(self.notches, Color.PAPER),
            path(self.crosses, Color.INK, 1.6),
            path(self.hatches, Color.MID, 0.9),
            path(self.rims, Color.MID, 0.9),
        ]


def _genes(found: SampleQuality) -> list[_Gene]:
    by_gene: dict[str, list[ExonCoverage]] = defaultdict(list)
    for exon in found.exons:
        by_gene[exon.gene].append(exon)
    off = {item.gene: item.exons for item in found.exons_off_assay if item.exons}
    return [_gene(name, by_gene.get(name, []), off.get(name, ())) for name in sorted({*by_gene, *off})]


def _gene(name: str, regions: Sequence[ExonCoverage], off: Sequence[int]) -> _Gene:
    known = [*off, *(region.exon or 0 for region in regions)]
    if not all(0 < number <= MOST_BOXES for number in known):
        # Regions without a number stand side by side in the order of the genome.
        worst = sorted(regions, key=lambda region: (region.passed, region.share))[:MOST_BOXES]
        ordered = sorted(worst, key=lambda region: (region.chrom, region.start, region.end))
        exons = tuple(_exon(index, [region]) for index, region in enumerate(ordered))
        return _Gene(name, exons, numbered=False, cut=len(regions) - len(ordered))
    by_number: dict[int, list[ExonCoverage]] = defaultdict(list)
    for region in regions:
        if region.exon is not None:
            by_number[region.exon].append(region)
    drawn = [_exon(number - 1, parts) for number, parts in sorted(by_number.items())]
    drawn += [_Exon(number - 1, 0, False, off_assay=True) for number in sorted(set(off) - by_number.keys())]
    return _Gene(name, tuple(drawn), numbered=True)


def _exon(column: int, parts: Sequence[ExonCoverage]) -> _Exon:
    return _Exon(
        column,
        min(part.share for part in parts),
        all(part.passed for part in parts),
        partly_off=any(part.off_assay_bases for part in parts),
    )


def _numbers() -> list[str]:
    columns = [1, *range(5, COLUMNS + 1, 5)]
    return [
        text(4, 12, say("pictures.exons.axis"), size=10.5, color=Color.QUIET),
        *(
            text(NAMES + (n - 1) * STEP + CELL / 2, 12, str(n), size=10.5, anchor="middle", color=Color.QUIET)
            for n in columns
        ),
    ]


def _gene_rows(gene: _Gene, top: float, boxes: _Boxes) -> list[str]:
    name = gene.name if gene.numbered else f"{gene.name}*"
    parts = [text(4, top + 11, fitted(name, 11.5, NAMES - 10), size=11.5)]
    for row in range(1, gene.lines):
        said = say("pictures.exons.from", n=row * COLUMNS + 1)
        parts.append(text(NAMES - 8, top + row * ROW + 11, said, size=10.5, anchor="end", color=Color.QUIET))
    for exon in gene.exons:
        boxes.add(exon, NAMES + exon.column % COLUMNS * STEP, top + exon.column // COLUMNS * ROW)
    return parts


def _legend(found: SampleQuality, top: float, left: Sequence[_Gene]) -> tuple[list[str], float]:
    """Return the meaning of the boxes that occur, and the lower end."""
    boxes = _Boxes()
    exons = [exon for gene in _genes(found) for exon in gene.exons]
    passed = [exon for exon in exons if exon.passed]
    depth, share = words.count(found.exon_depth), words.percent(found.exon_share)
    entries = [
        (any(e.share >= WHOLE for e in passed), _Exon(0, 1, True), say("pictures.exons.whole", depth=depth)),
        (any(e.share < WHOLE for e in passed), _Exon(0, 0.99, True), say("pictures.exons.most", share=share)),
        (
            any(not e.passed and not e.off_assay for e in exons),
            _Exon(0, 0.5, False),
            say("pictures.exons.failed", share=share),
        ),
        (any(e.partly_off for e in exons), _Exon(0, 1, True, partly_off=True), say("pictures.exons.partly")),
        (any(e.off_assay for e in exons), _Exon(0, 0, False, off_assay=True), say("pictures.exons.off")),
    ]
    parts, y = [], top
    for _, exon, said in (entry for entry in entries if entry[0]):
        boxes.add(exon, 4, y)
        parts.append(text(24, y + 11, said, size=10.5, color=Color.QUIET))
        y += 17
    notes = [say("pictures.exons.regions")] if any(not gene.numbered for gene in _genes(found)) else []
    if cut := sum(gene.cut for gene in _genes(found)):
        notes.append(say("pictures.exons.cut", n=cut))
    if left:
        failing = sum(any(not exon.passed and not exon.off_assay for exon in gene.exons) for gene in left)
        passing = len(left) - failing
        notes.append(say("pictures.exons.left", n=len(left), passing=passing, failing=failing))
    for note in notes:
        parts.append(text(4, y + 11, note, size=10.5, color=Color.QUIET))
        y += 16
    return [*parts, *boxes.drawn()], y + 4


def _in_words(found: SampleQuality) -> str:
    by_gene = exons_in_words((exon.gene, exon.exon) for exon in found.failed_exons)
    failed = [f"{gene} {numbers}" for gene, numbers in by_gene.items()]
    exons = say("quality.exons.count", n=words.count(len(found.exons)))
    genes = say("quality.exons.genes", n=words.count(len({exon.gene for exon in found.exons})))
    if failed:
        said = say("pictures.exons.alternative", exons=exons, genes=genes, failed=len(found.failed_exons))
        said += " " + say("pictures.exons.failing", exons=words.joined(failed, MOST_IN_WORDS))
    else:
        said = say("pictures.exons.all_pass", exons=exons, genes=genes) if found.exons else ""
    off = sum(len(item.exons) for item in found.exons_off_assay)
    return f"{said} {say('pictures.exons.left_out', n=off)}".strip() if off else said
