"""From the reads over a variant to a picture of them: what counts, what is drawn, and why something is not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Literal

import pysam

from genomodel.calls.alignments import MD_REACH, Alignments, OpenedReads, contig_of, opened, reference_bases
from genomodel.calls.fragments import ReadLimits
from genomodel.calls.read_alleles import ALT, EDGE_BASES, FLANK, OTHER, REF, ReadView, Spot, set_rivals
from genomodel.calls.read_cells import Window, cells_of, window_of
from genomodel.core.errors import InputError
from genomodel.core.pictures import PicturedRead, ReadPicture, ReadsLeftOut
from genomodel.core.variants import Variant

Sample = Literal["tumor", "normal"]
MOST_VARIANTS = 24
"""Variants of one patient of which reads are drawn."""


@dataclass(frozen=True, slots=True)
class AskedAllele:
    """An allele of which the reads are to be drawn."""

    finding_id: str
    variant: Variant


@dataclass(frozen=True, slots=True)
class Rows:
    """Reads that are drawn at most: with the allele, of the others, and of those that do not count."""

    supporting: int
    rest: int
    uncounted: int


ROWS: dict[Sample, Rows] = {"tumor": Rows(24, 12, 4), "normal": Rows(4, 6, 2)}


@dataclass(frozen=True, slots=True)
class _Row:
    """What is kept of each read until it is known which ones are drawn."""

    ordinal: int
    forward: bool
    allele: int
    counted: bool
    mapping: int
    quality: int
    edge: bool
    order: tuple[int, int, str, bool]


@dataclass
class _Seen:
    rows: list[_Row] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    fragments: dict[str, int] = field(default_factory=dict)
    """Allele by the name of the fragment."""


def read_pictures(
    asked: Sequence[AskedAllele], alignments: Alignments
) -> tuple[tuple[ReadPicture, ...], tuple[str, ...]]:
    """Draw the reads of tumor and normal over alleles.

    An alignment that cannot be read costs no report: what is missing is told in words.

    Parameters
    ----------
    asked
        Alleles, the ones that matter most first; of more than :data:`MOST_VARIANTS` the rest is left out, and told.
    alignments
        Where the reads are.

    Returns
    -------
    tuple
        The pictures, tumor before normal for each allele, and the reasons for those that are missing.
    """
    found: dict[tuple[int, Sample], ReadPicture] = {}
    reasons: list[str] = []
    drawn = asked[:MOST_VARIANTS]
    if len(asked) > len(drawn):
        reasons.append(
            f"reads are drawn of {MOST_VARIANTS} variants, and not of the {len(asked) - len(drawn)} after them"
        )
    samples: list[tuple[Sample, str | None]] = [("tumor", alignments.tumor), ("normal", alignments.normal)]
    for sample, path in samples:
        if path is None:
            continue
        try:
            with opened(path, alignments) as reads:
                for index, one in enumerate(drawn):
                    try:
                        found[index, sample] = _picture(reads, one, sample, [other.variant for other in drawn])
                    except InputError as error:
                        reasons.append(f"{sample}, {one.variant.key}: {error.what}")
        except InputError as error:
            reasons.append(f"{sample} ({Path(path).name}): {error.what}")
    ordered = sorted(found, key=lambda place: (place[0], place[1] != "tumor"))
    return tuple(found[place] for place in ordered), tuple(dict.fromkeys(reasons))


def _picture(reads: OpenedReads, asked: AskedAllele, sample: Sample, others: Sequence[Variant]) -> ReadPicture:
    variant = asked.variant.model_copy(update={"ref": asked.variant.ref.upper(), "alt": asked.variant.alt.upper()})
    if not set(variant.ref + variant.alt) <= set("ACGTN"):
        raise InputError("its alleles are no bases")
    contig = contig_of(reads, variant)
    bases, source = reference_bases(reads, contig, variant)
    spot = Spot(variant.model_copy(update={"chrom": contig}), bases)
    near = [one for one in others if one.chrom == asked.variant.chrom and one.key != asked.variant.key]
    near = [one for one in near if abs(one.pos - variant.pos) <= MD_REACH and len(one.ref) != len(one.alt)]
    set_rivals([spot, *(Spot(one.model_copy(update={"chrom": contig}), bases) for one in near)], {})
    if not spot.substitution and not source:
        raise InputError("no FASTA is given and the reads carry no MD tags, without which none can be told to carry it")
    seen = _scan(reads, contig, spot)
    window = window_of(variant, lambda start, end: bases(contig, start, end))
    chosen = _chosen(seen.rows, ROWS[sample])
    drawn = _drawn(reads, contig, spot, chosen, window)
    return _with_numbers(
        ReadPicture(
            finding_id=asked.finding_id,
            variant=asked.variant.key,
            sample=sample,
            chrom=asked.variant.chrom,
            start=window.start,
            reference=window.bases,
            reference_source=source,
            focus=window.focus,
            hidden_bases=window.hidden,
            reads=drawn,
            n_reads=0,
            n_supporting=0,
            n_forward_supporting=0,
            rule=_rule(reads.given.limits),
            source=reads.name,
        ),
        seen,
        spot,
        reads.given.limits,
    )


def _with_numbers(picture: ReadPicture, seen: _Seen, spot: Spot, limits: ReadLimits) -> ReadPicture:
    counted = [row for row in seen.rows if row.counted]
    supporting = [row for row in counted if row.allele == ALT]
    rest = [row.mapping for row in counted if row.allele != ALT]
    return picture.model_copy(
        update={
            "n_reads": len(counted),
            "n_supporting": len(supporting),
            "n_forward_supporting": sum(row.forward for row in supporting),
            "n_forward": sum(row.forward for row in counted),
            "n_other": sum(row.allele == OTHER for row in counted),
            "n_fragments": len(seen.fragments),
            "n_fragments_supporting": sum(allele == ALT for allele in seen.fragments.values()),
            "n_edge_supporting": sum(row.edge for row in supporting),
            "mapping_quality_supporting": median(row.mapping for row in supporting) if supporting else None,
            "mapping_quality_rest": median(rest) if rest else None,
            "base_quality_supporting": median(row.quality for row in supporting)
            if supporting and spot.substitution
            else None,
            "left_out": ReadsLeftOut(**seen.left_out),
            "min_base_quality": limits.min_base_quality,
            "min_mapping_quality": limits.min_mapping_quality,
        }
    )


def _scan(reads: OpenedReads, contig: str, spot: Spot) -> _Seen:
    """Ask each read over the variant what it carries, with the rules by which calls count fragments."""
    seen, limits = _Seen(), reads.given.limits
    low = max(0, spot.start - FLANK)
    high = min(reads.handle.get_reference_length(contig), spot.end + FLANK)
    for ordinal, read in enumerate(reads.handle.fetch(contig, low, high)):
        if read.is_unmapped or not read.query_sequence:
            continue
        over = read.reference_start < spot.end and (read.reference_end or 0) > spot.start
        aside = _set_aside(read)
        if aside:
            seen.left_out[aside] += over
            continue
        view = ReadView(read)
        told = spot.look(view, 0, limits.min_base_quality)
        trusted = read.mapping_quality >= limits.min_mapping_quality
        if told is None and not over:
            continue
        allele = _shown(spot, view) if told is None else told[0]
        counted = told is not None and trusted
        if not counted:
            kind = "silent" if trusted else "low_mapping"
            seen.left_out[kind] += 1
            seen.left_out[f"{kind}_supporting"] += allele == ALT
        elif told is not None:
            name = str(read.query_name)
            seen.fragments[name] = allele if seen.fragments.get(name, allele) == allele else OTHER
        seen.rows.append(
            _Row(
                ordinal=ordinal,
                forward=not read.is_reverse,
                allele=allele,
                counted=counted,
                mapping=read.mapping_quality,
                quality=told[1] if told else 0,
                edge=bool(told and told[4]),
                order=(view.start, view.end, str(read.query_name), read.is_read2),
            )
        )
    return seen


def _set_aside(read: pysam.AlignedSegment) -> str:
    """Return why a read counts neither here nor for calls, by the fields of :class:`ReadsLeftOut`; empty if it does."""
    if read.is_secondary or read.is_supplementary:
        return "secondary"
    if read.is_duplicate:
        return "duplicates"
    return "failed" if read.is_qcfail else ""


def _shown(spot: Spot, view: ReadView) -> int:
    """Return the allele that a read shows whatever the quality of its bases; ``REF`` where it shows none."""
    told = spot.look(view, 0, 0) if spot.substitution else None
    return REF if told is None else told[0]


def _chosen(rows: Sequence[_Row], most: Rows) -> list[_Row]:
    """Return the reads that are drawn, in the order of the picture."""
    supporting = [row for row in rows if row.counted and row.allele == ALT]
    rest = [row for row in rows if row.counted and row.allele != ALT]
    uncounted = [row for row in rows if not row.counted]
    with_allele = _spread([row for row in uncounted if row.allele == ALT], most.uncounted)
    without = _spread([row for row in uncounted if row.allele != ALT], most.uncounted - len(with_allele))
    return [*_spread(supporting, most.supporting), *_spread(rest, most.rest), *with_allele, *without]


def _spread(rows: Sequence[_Row], most: int) -> list[_Row]:
    """Choose reads, of each strand in proportion and evenly spaced by where they start; forward ones come first."""
    strands = [sorted((row for row in rows if row.forward is way), key=lambda row: row.order) for way in (True, False)]
    if len(rows) > most:
        forward, reverse = (len(strand) for strand in strands)
        share = round(most * forward / (forward + reverse))
        # A strand that is there is seen, however rare.
        share = min(max(share, min(1, forward)), most - min(1, reverse)) if most > 1 else share
        strands = [_evenly(strands[0], share), _evenly(strands[1], most - share)]
    return [row for strand in strands for row in strand]


def _evenly(rows: Sequence[_Row], most: int) -> list[_Row]:
    if len(rows) <= most:
        return list(rows)
    return [rows[(2 * index + 1) * len(rows) // (2 * most)] for index in range(most)]


def _drawn(
    reads: OpenedReads, contig: str, spot: Spot, chosen: Iterable[_Row], window: Window
) -> tuple[PicturedRead, ...]:
    """Read the chosen reads once more: nothing of the thousands that are not drawn is kept in memory."""
    rows = {row.ordinal: row for row in chosen}
    low = max(0, spot.start - FLANK)
    high = min(reads.handle.get_reference_length(contig), spot.end + FLANK)
    made: dict[int, PicturedRead] = {}
    for ordinal, read in enumerate(reads.handle.fetch(contig, low, high)):
        row = rows.get(ordinal)
        if row is None:
            continue
        cells, insertions = cells_of(read, window, reads.given.limits.min_base_quality)
        made[ordinal] = PicturedRead(
            cells=cells,
            insertions=insertions,
            forward=row.forward,
            mapping_quality=row.mapping,
            supports=row.allele == ALT,
            counted=row.counted,
        )
    return tuple(made[ordinal] for ordinal in rows)


def _rule(limits: ReadLimits) -> str:
    tumor, normal = ROWS["tumor"], ROWS["normal"]
    return (
        f"Reads count as for calls: mapping quality of at least {limits.min_mapping_quality}, at a substitution base "
        f"quality of at least {limits.min_base_quality}, no duplicates, no secondary or supplementary alignments; but "
        "each mate counts by itself here, where calls count a fragment once. Insertions and deletions are told by "
        "laying the read against both sequences, wherever the aligner put the gap. Drawn are at most "
        f"{tumor.supporting} reads with the allele, {tumor.rest} of the others and {tumor.uncounted} that do not "
        f"count, of a normal {normal.supporting}, {normal.rest} and {normal.uncounted}; of each strand in proportion "
        f"and evenly spaced by where they start. The edge of a read is its last {EDGE_BASES} aligned bases, of an "
        f"insertion or deletion fewer than {2 * FLANK} bases beyond it."
    )
