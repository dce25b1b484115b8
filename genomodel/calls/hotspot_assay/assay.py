"""Ask every locus of a tumor's reads: found, excluded down to which fraction, or not assessable and why."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from statistics import median

import pysam
from pydantic import ValidationError

from genomodel.calls.checks import check_alignment
from genomodel.calls.fragments import LETTERS, ReadLimits, SampleReads, read_fragments
from genomodel.calls.hotspot_assay.alleles_seen import SeenBase, alleles_seen, changes_residue
from genomodel.calls.hotspot_assay.answers import Copies, Judged, answer_locus
from genomodel.calls.hotspot_assay.errors import ErrorModel, sites_of
from genomodel.calls.hotspot_assay.fitness import has_fixed_ends, has_unmarked_copies, why_not_spoken_of
from genomodel.calls.hotspot_assay.indels import IndelEvent
from genomodel.calls.hotspot_assay.lengths import (
    LengthErrors,
    SpanCounts,
    answer_event,
    events_found,
    learn_length_errors,
    length_seen,
    name_of,
    variant_of,
)
from genomodel.calls.hotspot_assay.molecules import DnaInput
from genomodel.calls.hotspot_assay.plan import Placement, ReadingPlan, plan_reading
from genomodel.calls.hotspot_assay.recognition import LEAST_SHARE, backed_parts
from genomodel.calls.hotspot_assay.substitutions import (
    FALSE_DETECTIONS,
    NORMAL_CARRIES,
    BaseAnswer,
    UsualPlaces,
    answer_bases,
    is_detected,
    place_counts,
)
from genomodel.calls.hotspot_assay.windows import SiteCounts, Window, WindowCounts, read_window
from genomodel.core.errors import InputError
from genomodel.core.loci import AlleleSeen, EventAnswer, EventKind, HotspotAssay, Locus, LocusAnswer, LocusEvent
from genomodel.files import read_text

Place = tuple[str, int]

JOINED = "copies were not marked as duplicates: fragments with the same ends count once"
LONG_GAIN = 30
"""Bases gained beyond which most reads without the gain cannot be told from reads within it: then the fragments that
show it are told beside the depth."""

MIN_IN_NORMAL = 2
"""Fragments of the normal from which it is said to show an insertion or deletion too."""


@dataclass(frozen=True)
class AssayedReads:
    """The reads that are asked.

    Attributes
    ----------
    tumor, normal
        Sorted, indexed BAM or CRAM.
    reference
        FASTA they were aligned to.
    limits
        Reads and bases that count.
    regions
        Regions of the assay by contig, 0-based half-open; ``None`` where nobody told.
    given
        Molecules of the tumor's DNA; they bound what copies of them exclude.
    amplicon
        Whether the library is one of amplicons; else the ends of fragments tell.
    """

    tumor: Path
    reference: Path
    normal: Path | None = None
    limits: ReadLimits = field(default_factory=ReadLimits)
    regions: dict[str, list[tuple[int, int]]] | None = None
    given: DnaInput | None = None
    amplicon: bool = False


@dataclass(frozen=True)
class _Sample:
    windows: list[WindowCounts]
    errors: ErrorModel
    lengths: LengthErrors
    places: dict[Place, SiteCounts]


def ask_loci(loci: Sequence[Locus], reads: AssayedReads, not_placed: dict[str, str] | None = None) -> HotspotAssay:
    """Answer for each locus.

    Parameters
    ----------
    loci
        On the genome of the reads.
    reads
        Tumor, normal if there is one, and what counts.
    not_placed
        Loci of the table that this genome has no place for, with the reason.

    Raises
    ------
    InputError
        An alignment is damaged, has no index, cannot be read with this reference, or lies on other contigs.
    """
    sample = check_alignment(reads.tumor, reads.reference)
    if reads.normal is not None:
        check_alignment(reads.normal, reads.reference)
    with ExitStack() as stack:
        fasta = stack.enter_context(pysam.FastaFile(str(reads.reference)))
        lengths = dict(zip(fasta.references, fasta.lengths, strict=True))
        _require_places(loci, lengths, reads.reference)
        plan = plan_reading(loci, lengths)
        asked = {(locus.chrom, position - 1) for locus in loci for position in locus.positions}
        tumor = _read_sample(reads.tumor, reads, plan, fasta, asked)
        normal = None if reads.normal is None else _read_sample(reads.normal, reads, plan, fasta, asked)
        answers = _answers(plan, reads, tumor, normal, fasta)
    return HotspotAssay(sample=sample, answers=answers, not_placed=not_placed or {})


def read_hotspot_assay(paths: Sequence[str]) -> HotspotAssay:
    """Read what ``genomodel hotspots`` wrote.

    Raises
    ------
    InputError
        More than one file, or one that is not such a JSON.
    """
    fix = "Give the JSON that genomodel hotspots --out writes"
    if len(paths) != 1:
        raise InputError(f"{len(paths)} files of looked-for loci, one is needed", path=paths[-1], fix=fix)
    try:
        return HotspotAssay.model_validate_json(read_text(paths[0], "answers for hotspots"))
    except (ValidationError, json.JSONDecodeError) as error:
        raise InputError("this holds no answers for hotspots", path=paths[0], fix=fix) from error


def _require_places(loci: Sequence[Locus], lengths: dict[str, int], reference: Path) -> None:
    for locus in loci:
        if locus.chrom not in lengths or max(locus.positions) > lengths[locus.chrom]:
            text = f"{locus.id} lies at {locus.chrom}:{max(locus.positions)}, which the reference does not have"
            raise InputError(text, path=reference, fix="Use gene models, reference and reads of one genome build")


def _read_sample(
    path: Path, reads: AssayedReads, plan: ReadingPlan, fasta: pysam.FastaFile, asked: set[Place]
) -> _Sample:
    try:
        with pysam.AlignmentFile(str(path), reference_filename=str(reads.reference)) as handle:
            windows = [_read_window(handle, fasta, window, reads.limits) for window in plan.windows]
    except (OSError, ValueError) as error:
        fix = "Check it with samtools quickcheck; a CRAM needs the very reference that it was made with"
        raise InputError(f"the reads cannot be read ({error})", path=path, fix=fix) from error
    places: dict[Place, SiteCounts] = {}
    flanks: dict[Place, SiteCounts] = {}
    for found in windows:
        for place in range(found.window.start, found.window.end):
            key = (found.window.chrom, place)
            if key not in asked:
                flanks.setdefault(key, found.site(place))
            elif found.window.first <= place < found.window.last:
                places[key] = found.site(place)
    return _Sample(windows, ErrorModel(sites_of(list(flanks.values()))), learn_length_errors(windows), places)


def _read_window(
    handle: pysam.AlignmentFile, fasta: pysam.FastaFile, window: Window, limits: ReadLimits
) -> WindowCounts:
    found = read_window(handle, fasta, window, limits)
    if has_unmarked_copies(found):
        found = read_window(handle, fasta, window, limits, join=True)
    # The most of what was kept of a window, and of no use from here on.
    found.fragments.clear()
    return found


def _windows_of(locus: Locus, tumor: _Sample) -> list[WindowCounts]:
    places = [position - 1 for position in locus.positions]
    return [
        found
        for found in tumor.windows
        if found.window.chrom == locus.chrom
        and any(found.window.first <= place < found.window.last for place in places)
    ]


def _are_copies(found: WindowCounts, reads: AssayedReads) -> bool:
    """Whether the fragments of a window are not known to be molecules."""
    return not found.consensus and (reads.amplicon or (not found.joined and has_fixed_ends(found)))


def _molecules_over(keys: Sequence[Place], tumor: _Sample, reads: AssayedReads) -> list[int] | None:
    """Return the molecules at most of which the fragments over each place are copies, 0 where they are none."""
    if reads.given is None:
        return None
    copied = {
        (found.window.chrom, place)
        for found in tumor.windows
        if _are_copies(found, reads)
        for place in range(found.window.first, found.window.last)
    }
    return [max(1, reads.given.molecules) if key in copied else 0 for key in keys]


def _answers(
    plan: ReadingPlan, reads: AssayedReads, tumor: _Sample, normal: _Sample | None, fasta: pysam.FastaFile
) -> tuple[LocusAnswer, ...]:
    keys = sorted(tumor.places)
    others = None if normal is None else ([normal.places[key] for key in keys], normal.errors)
    told = answer_bases([tumor.places[key] for key in keys], tumor.errors, others, _molecules_over(keys, tumor, reads))
    bases = dict(zip(keys, told, strict=True))
    asked = sum(_count_asked(place.locus, tumor) for place in plan.placements)
    threshold = FALSE_DETECTIONS / max(1, asked)
    depths = [place_counts(site).all for site in tumor.places.values()]
    typical = median(depths) if depths else 0.0
    usual = UsualPlaces(tumor.windows)
    answers = []
    for placement in plan.placements:
        seen, notes, base_answers = _substitutions(placement, tumor, bases, threshold)
        spans = _spans(placement, tumor, normal)
        hindrance = why_not_spoken_of(spans, amplicon=reads.amplicon)
        if hindrance and _wanted(placement.locus):
            notes = (*notes, hindrance)
        windows = _windows_of(placement.locus, tumor)
        if any(found.joined for found in windows):
            notes = (*notes, JOINED)
        changes, in_normal = _lengths(placement.locus, spans, tumor, reads, threshold, fasta, hindrance)
        seen, notes = [*seen, *changes], (*notes, *in_normal)
        judged = Judged(
            locus=placement.locus,
            seen=tuple(sorted(seen, key=lambda allele: -allele.alt_fragments)),
            bases=base_answers,
            lengths=_length_answers(placement.locus, spans, tumor, hindrance),
            places=tuple(
                place_counts(tumor.places[placement.locus.chrom, position - 1])
                for position in placement.locus.positions
            ),
            notes=notes,
            on_assay=_on_assay(placement.locus, reads.regions),
            typical_depth=typical,
            threshold=threshold,
            usual=usual.beside(placement.locus.chrom, placement.locus.positions[0] - 1),
            copies=Copies(any(_are_copies(found, reads) for found in windows), reads.given),
            left_out=max((span.left_out for span in spans), default=0),
        )
        answers.append(answer_locus(judged))
    return tuple(answers)


def _length_answers(locus: Locus, spans: list[SpanCounts], tumor: _Sample, hindrance: str) -> tuple[EventAnswer, ...]:
    kinds = (event for event in locus.events if event.kind is not EventKind.SUBSTITUTION)
    bases = _read_length(spans, tumor)
    answers = (answer_event(event, spans, tumor.lengths, bases, hindrance) for event in kinds)
    return tuple(chain.from_iterable(answers))


def _read_length(spans: Sequence[SpanCounts], tumor: _Sample) -> int:
    """Return the bases that nearly all reads over some stretches have, or those of the sample where none are there."""
    there = [span.tumor.read_length for span in spans if span.tumor.read_length]
    return min(there or [found.read_length for found in tumor.windows if found.read_length], default=0)


def _wanted(locus: Locus) -> bool:
    return any(event.kind is EventKind.SUBSTITUTION for event in locus.events)


def _asked_bases(locus: Locus, sample: _Sample) -> list[tuple[Place, int, str]]:
    """Return the places of a locus with the row and letter of each alternate base that is asked for."""
    found = []
    for position in locus.positions if _wanted(locus) else ():
        key = (locus.chrom, position - 1)
        reference = sample.places[key].reference
        others = [letter for code, letter in enumerate(LETTERS) if code != reference][:3]
        found += [(key, row, letter) for row, letter in enumerate(others)]
    return found


def _count_asked(locus: Locus, sample: _Sample) -> int:
    named = sum(changes_residue(locus, key[1], letter) for key, _, letter in _asked_bases(locus, sample))
    return named + sum(event.kind is not EventKind.SUBSTITUTION for event in locus.events)


def _substitutions(
    placement: Placement, tumor: _Sample, bases: Mapping[Place, tuple[BaseAnswer, ...]], threshold: float
) -> tuple[list[AlleleSeen], tuple[str, ...], tuple[BaseAnswer, ...]]:
    """Return what was found, what is to be said of it, and the answers for the bases that are asked for."""
    locus, found, asked, notes = placement.locus, [], [], []
    for key, row, letter in _asked_bases(locus, tumor):
        answer = bases[key][row]
        named = changes_residue(locus, key[1], letter)
        if named:
            asked.append(answer)
        reference = LETTERS[tumor.places[key].reference]
        if is_detected(answer, threshold):
            found.append(SeenBase(key[1], reference, letter, answer.alt, answer.depth))
            if named and answer.normal is not None and (answer.inherited or answer.beyond_in_normal):
                shown = f"{reference}>{letter} is also in {answer.normal[0]} of {answer.normal[1]} of the normal"
                why = "" if answer.inherited else ": tumor in the normal, blood, or an artifact"
                notes.append(shown + why)
        elif named and answer.chance < threshold:
            notes.append(f"{answer.alt} fragments with {letter} are of one orientation or strand only, as damage makes")
    codon = None
    if placement.codon is not None:
        codon = tumor.windows[placement.codon[0]].codons[placement.codon[1]]
    return list(alleles_seen(locus, found, codon)), tuple(notes), tuple(asked)


def _spans(placement: Placement, tumor: _Sample, normal: _Sample | None) -> list[SpanCounts]:
    return [
        SpanCounts(tumor.windows[window], number, None if normal is None else normal.windows[window])
        for window, number in placement.spans
    ]


def _lengths(
    locus: Locus,
    spans: list[SpanCounts],
    tumor: _Sample,
    reads: AssayedReads,
    threshold: float,
    fasta: pysam.FastaFile,
    hindrance: str,
) -> tuple[list[AlleleSeen], tuple[str, ...]]:
    """Return insertions and deletions, each fragment laid against the sequences with and without it, and notes."""

    def bases(start: int, end: int) -> str:
        return str(fasta.fetch(locus.chrom, max(0, start), end)).upper()

    seen, notes = [], []
    for event, span in events_found(locus, spans, tumor.lengths, threshold):
        variant, name = variant_of(locus, event, bases), name_of(event, bases)
        notes += _carried_by_normal(event, name, span)
        kind = _gain(locus) if event.change > 0 else EventKind.DELETION
        asked = LocusEvent(kind=kind, shortest=abs(event.change), longest=abs(event.change))
        backed = () if hindrance else backed_parts(asked, _read_length(spans, tumor))
        share = min((part.share for part in backed), default=LEAST_SHARE)
        if event.change > LONG_GAIN or span.tumor.joined:
            seen.append(length_seen(variant, name, span.events[event], span.depth, share))
            continue
        sample = SampleReads(str(reads.tumor), str(reads.reference), reads.limits)
        ((fragments, _),) = read_fragments([sample], [variant])
        counts = fragments[variant.key].counts()
        alt = max(counts.alt_reads or 0, span.events[event])
        seen.append(length_seen(variant, name, alt, counts.depth or 0, share))
    return seen, tuple(notes)


def _carried_by_normal(event: IndelEvent, name: str, span: SpanCounts) -> list[str]:
    """Say where the normal shows a change of length too; one fragment may be an error."""
    count, depth = span.in_normal(event)
    if count < MIN_IN_NORMAL:
        return []
    why = "" if count >= NORMAL_CARRIES * depth else ": tumor in the normal, blood, or an artifact"
    return [f"the {name} is also in {count:,} of {depth:,} of the normal{why}"]


def _gain(locus: Locus) -> EventKind:
    """Return as what a locus asks for long gains."""
    kinds = {event.kind for event in locus.events}
    return EventKind.DUPLICATION if EventKind.DUPLICATION in kinds else EventKind.INSERTION


def _on_assay(locus: Locus, regions: dict[str, list[tuple[int, int]]] | None) -> float | None:
    """Return the share of a locus's bases that lie in the regions of the assay, ``None`` where nobody told them."""
    if regions is None:
        return None
    parts = regions.get(locus.chrom, [])
    inside = sum(any(start < position <= end for start, end in parts) for position in locus.positions)
    return inside / len(locus.positions)
