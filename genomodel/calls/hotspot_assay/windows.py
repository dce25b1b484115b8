"""Fragments over short stretches of the genome, counted base by base.

A stretch is read in one go into a table of reads by places, one byte each; the two mates of a fragment are then put
together, and what is left are counts. Nothing is kept of a read but its row, and of a stretch of more than
:data:`LARGEST_TABLE` reads a share is read at a time, so that memory does not grow with depth.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pysam

from genomodel.calls.fragments import ReadLimits
from genomodel.calls.hotspot_assay.indels import IndelEvent, Neighborhood, is_one_deletion, read_changes, touches

Counts = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint8]
Ends = tuple[int, int, bool, bool]

BASES = 4
ABSENT, GAP, LOW_QUALITY, LOW_MAPPING, DISCORDANT = 4, 5, 6, 7, 8
KINDS = 9
"""What a fragment shows at a place: one of four bases, or one of the above."""
FORWARD, REVERSE, BOTH = 0, 1, 2
CODON_STATES = KINDS**3

BATCH = 20_000
LARGEST_TABLE = 300_000
"""Reads of a stretch that are held at a time."""
REACH = 320
"""Bases of reference kept beside a stretch, to look for the other end of a clipped read."""
SHORT_READS = 0.05
"""Share of the reads that may be shorter than the length that all are held to have: one long read must not speak for
many short ones."""
SHORT_FRAGMENTS = 0.25
"""Share of the fragments that may be shorter; of one that is shorter than its reads the rest of them is no sequence."""
CONSENSUS_TAG, TRIED = "cD", 100
"""Tag of a read that is the consensus of a molecule, as fgbio and fgumi write it, and reads of a stretch that are asked
for it."""
LEFT_OUT, DUPLICATE = 0xF04, 0x400
"""Unmapped, secondary, supplementary, duplicate, or failed by the sequencer."""
_CODE = np.full(256, LOW_QUALITY, dtype=np.uint8)
for _i, _letter in enumerate(b"ACGT"):
    _CODE[_letter] = _i
_CODE[ord(".")], _CODE[ord("-")] = ABSENT, GAP
_RANK = np.zeros(KINDS, dtype=np.uint8)
_RANK[[ABSENT, LOW_MAPPING, LOW_QUALITY, GAP]] = [0, 1, 2, 3]
_RANK[:BASES] = 4


@dataclass(frozen=True)
class Window:
    """A stretch of a contig, 0-based half-open.

    Attributes
    ----------
    first, last
        Ends of the places that are asked about, within ``start`` to ``end``.
    codons
        Triples of places whose bases are counted together.
    spans
        Stretches in which insertions and deletions are looked for.
    reach
        Bases beside the places from which reads are taken too: of a read that is clipped at the far end of a deletion
        or duplication the aligned part may lie outside.
    """

    chrom: str
    start: int
    end: int
    first: int
    last: int
    codons: tuple[tuple[int, int, int], ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    reach: int = 0


@dataclass(frozen=True)
class SiteCounts:
    """One place: codes of its base and neighbors, and fragments by orientation, strand and what they show."""

    reference: int
    before: int
    after: int
    counts: Counts


@dataclass
class WindowCounts:
    """What the fragments of a sample show in a window.

    Attributes
    ----------
    window
        The stretch.
    reference
        Its bases, with one more on either side.
    counts
        Fragments by place, orientation, strand and what they show, shape (places, 2, 3, kinds).
    codons
        For each codon of the window, fragments by the three codes, shape (9, 9, 9).
    events
        For each span, fragments by the insertion or deletion that they show.
    lengths
        Reads by their bases, clipped ones included.
    sizes
        Reads by the bases of their fragment, where their mate is beside them.
    ends
        Reads over the places that are asked about by their strand and the place of their first base, which is an end
        of their fragment.
    clips
        Fragments by the place at which they are clipped although no insertion or deletion explains it.
    fragments
        Reads by the ends of their fragment, and whether it is its first mate and on the reverse strand.
    marked
        Whether a read is marked as a duplicate.
    joined
        Whether fragments with the same ends were counted once.
    tagged
        Of the first reads over the places, how many are the consensus of a molecule, as identifiers told it, and how
        many are not.
    left_out
        For each span, fragments of low mapping quality with a gap, insertion or clip that reach it, clipped bases
        included.
    """

    window: Window
    reference: str
    counts: Counts
    codons: list[Counts] = field(default_factory=list)
    events: list[dict[IndelEvent, int]] = field(default_factory=list)
    lengths: Counter[int] = field(default_factory=Counter)
    sizes: Counter[int] = field(default_factory=Counter)
    ends: Counter[tuple[bool, int]] = field(default_factory=Counter)
    clips: dict[int, int] = field(default_factory=dict)
    fragments: Counter[Ends] = field(default_factory=Counter)
    marked: bool = False
    joined: bool = False
    tagged: Counter[bool] = field(default_factory=Counter)
    left_out: list[int] = field(default_factory=list)

    @property
    def consensus(self) -> bool:
        """Whether each read is that of a molecule."""
        return self.tagged[True] > 0 and not self.tagged[False]

    @property
    def read_length(self) -> int:
        """Bases that nearly all reads have, or most fragments where those are shorter than reads; 0 without reads."""
        length = _nearly_all(self.lengths, SHORT_READS)
        return min(length, _nearly_all(self.sizes, SHORT_FRAGMENTS)) if self.sizes else length

    def site(self, place: int) -> SiteCounts:
        """Return one place, 0-based on the contig."""
        at = place - self.window.start
        codes = [int(_CODE[ord(base)]) for base in self.reference[at : at + 3]]
        before, here, after = (code if code < BASES else ABSENT for code in codes)
        return SiteCounts(here, before, after, self.counts[at])


def _nearly_all(counts: Counter[int], allowed: float) -> int:
    """Return the number that all but a share of those that were counted reach, 0 where there are none."""
    below = 0
    for number in sorted(counts):
        below += counts[number]
        if below > allowed * counts.total():
            return number
    return 0


@dataclass
class _Rows:
    """Reads of a window as they come, decoded by the batch."""

    window: Window
    min_quality: int
    texts: list[str] = field(default_factory=list)
    qualities: list[str] = field(default_factory=list)
    marks: list[tuple[int, int]] = field(default_factory=list)
    tables: list[Codes] = field(default_factory=list)
    names: list[Counts] = field(default_factory=list)
    flags: list[Counts] = field(default_factory=list)
    held: int = 0

    def add(self, text: str, quality: str, name: int, mark: int) -> None:
        self.texts.append(text)
        self.qualities.append(quality)
        self.marks.append((name, mark))
        if len(self.texts) >= BATCH:
            self.flush()

    def flush(self) -> None:
        if not self.texts:
            return
        shape = (len(self.texts), self.window.end - self.window.start)
        table = _CODE[np.frombuffer("".join(self.texts).encode("ascii"), dtype=np.uint8)].reshape(shape)
        quality = np.frombuffer("".join(self.qualities).encode("ascii"), dtype=np.uint8).reshape(shape)
        table[(table < BASES) & (quality < 33 + self.min_quality)] = LOW_QUALITY
        marks = np.array(self.marks, dtype=np.int64)
        low = (marks[:, 1] & 4) > 0
        if low.any():
            table[low] = np.where(table[low] == ABSENT, ABSENT, LOW_MAPPING)
        self.tables.append(table)
        self.names.append(marks[:, 0])
        self.flags.append(marks[:, 1])
        self.held += len(table)
        self.texts, self.qualities, self.marks = [], [], []

    def keep(self, mask: int, share: int) -> None:
        """Leave out the reads of other shares."""
        chosen = [(names & mask) == share for names in self.names]
        self.tables = [part[rows] for part, rows in zip(self.tables, chosen, strict=True)]
        self.flags = [part[rows] for part, rows in zip(self.flags, chosen, strict=True)]
        self.names = [part[rows] for part, rows in zip(self.names, chosen, strict=True)]
        self.held = sum(len(part) for part in self.names)


def read_window(
    reads: pysam.AlignmentFile, fasta: pysam.FastaFile, window: Window, limits: ReadLimits, *, join: bool = False
) -> WindowCounts:
    """Count the fragments of a window.

    Parameters
    ----------
    reads
        Sorted, indexed BAM or CRAM, opened.
    fasta
        Its reference.
    window
        Where to look.
    limits
        Reads and bases that count.
    join
        Whether fragments with the same ends and orientation count once, as copies of one molecule.
    """
    length = fasta.get_reference_length(window.chrom)
    left = max(0, window.start - REACH)
    text = fasta.fetch(window.chrom, left, min(length, window.end + REACH)).upper()
    around = Neighborhood(text, left)
    context = around.bases(window.start - 1, window.end + 1)
    size = window.end - window.start
    result = WindowCounts(window, context, np.zeros((size, 2, 3, KINDS), dtype=np.int64))
    result.joined = join
    result.codons = [np.zeros((KINDS, KINDS, KINDS), dtype=np.int64) for _ in window.codons]
    events: list[dict[IndelEvent, set[int]]] = [defaultdict(set) for _ in window.spans]
    clips: dict[int, set[int]] = defaultdict(set)
    left_out: list[set[int]] = [set() for _ in window.spans]
    if window.chrom in reads.references:
        mask = _read_share(reads, window, limits, around, result, events, clips, left_out, mask=0, share=0)
        for share in range(1, mask + 1):
            _read_share(reads, window, limits, around, result, events, clips, left_out, mask=mask, share=share)
    result.left_out = [len(names) for names in left_out]
    result.clips = {place: len(names) for place, names in sorted(clips.items())}
    result.events = [_count_events(found) for found in events]
    return result


def _read_share(
    reads: pysam.AlignmentFile,
    window: Window,
    limits: ReadLimits,
    around: Neighborhood,
    result: WindowCounts,
    events: Sequence[dict[IndelEvent, set[int]]],
    clips: dict[int, set[int]],
    left_out: Sequence[set[int]],
    *,
    mask: int,
    share: int,
) -> int:
    """Count one share of the fragments; return the mask that parts them, finer where a table grew too large."""
    rows, known = _Rows(window, limits.min_base_quality), set[Ends]()
    for read in reads.fetch(window.chrom, max(0, window.first - window.reach), window.last + window.reach):
        if read.flag & LEFT_OUT:
            result.marked |= bool(read.flag & DUPLICATE)
            continue
        ends = _fragment_ends(read)
        name = hash((*ends[:2], ends[2] == ends[3]) if result.joined else _fragment_name(read))
        sequence, cigar, start = read.query_sequence, read.cigartuples, read.reference_start
        if not sequence or not cigar:
            continue
        if result.joined and ends in known:
            continue
        known.add(ends)
        # The first share passes by all reads.
        if share == 0:
            _describe(read, cigar, start, ends, result)
        if name & mask != share:
            continue
        quality = read.query_qualities_str or "!" * len(sequence)
        low = read.mapping_quality < limits.min_mapping_quality
        text, marks = _in_window(sequence, quality, cigar, start, window)
        rows.add(text, marks, name, _mark(read.flag, low))
        if len(cigar) > 1 and low:
            _add_left_out(read, cigar, name, window, left_out)
        elif len(cigar) > 1:
            changes, clipped = read_changes(sequence, cigar, start, around)
            _add_changes(changes, name, window, events)
            for place in clipped:
                clips[place].add(name)
        # Later shares are as large as the first one, whose parting stands.
        if rows.held > LARGEST_TABLE and share == 0:
            mask = 2 * mask + 1
            rows.keep(mask, share)
    rows.flush()
    if rows.tables:
        _count(rows, window, result)
    return mask


def _describe(
    read: pysam.AlignedSegment, cigar: Sequence[tuple[int, int]], start: int, ends: Ends, result: WindowCounts
) -> None:
    """Add a read to what tells of the library, whatever bases it shows."""
    result.lengths[read.infer_read_length()] += 1
    result.fragments[ends] += 1
    if read.template_length:
        result.sizes[ends[1] - ends[0]] += 1
    if start < result.window.last and (read.reference_end or start) > result.window.first:
        result.ends[_first_base(read, cigar, start)] += 1
        if result.tagged[True] + result.tagged[False] < TRIED:
            result.tagged[read.has_tag(CONSENSUS_TAG)] += 1


def _add_changes(
    changes: Sequence[IndelEvent], name: int, window: Window, events: Sequence[dict[IndelEvent, set[int]]]
) -> None:
    """Add a fragment to the events it shows; one that is met again in its own share is still one."""
    for (start, end), found in zip(window.spans, events, strict=True):
        for event in changes:
            if touches(event, start, end):
                found[event].add(name)


def _count_events(found: Mapping[IndelEvent, set[int]]) -> dict[IndelEvent, int]:
    """Count fragments by event, those together that show one deletion in several ways; the most frequent names it."""
    alleles: dict[int, dict[IndelEvent, set[int]]] = defaultdict(dict)
    for event, names in sorted(found.items(), key=lambda item: (-len(item[1]), item[0])):
        alike = alleles[event.change]
        known = next((other for other in alike if is_one_deletion(event, other)), event)
        alike[known] = alike.get(known, set()) | names
    return dict(sorted((event, len(names)) for alike in alleles.values() for event, names in alike.items()))


def _add_left_out(
    read: pysam.AlignedSegment,
    cigar: Sequence[tuple[int, int]],
    name: int,
    window: Window,
    left_out: Sequence[set[int]],
) -> None:
    """Add a fragment of low mapping quality to the spans that it reaches, where its clipped bases may be an event."""
    before, behind = (length if operation in (4, 5) else 0 for operation, length in (cigar[0], cigar[-1]))
    first, last = read.reference_start - before, (read.reference_end or read.reference_start) + behind
    for (start, end), names in zip(window.spans, left_out, strict=True):
        if first < end and last > start:
            names.add(name)


def _fragment_name(read: pysam.AlignedSegment) -> str:
    """Return the name that both mates have, though some aligners leave the number of the mate at its end."""
    name = read.query_name or ""
    return name[:-2] if read.flag & 1 and name.endswith(("/1", "/2")) else name


def _fragment_ends(read: pysam.AlignedSegment) -> Ends:
    """Return the ends of a read's fragment, or of the read where its mate is not beside it, and which mate it is."""
    start, end, size = read.reference_start, read.reference_end or read.reference_start, abs(read.template_length)
    if size and read.is_reverse:
        start = end - size
    elif size:
        end = start + size
    return start, end, not read.is_read2, read.is_reverse


def _first_base(read: pysam.AlignedSegment, cigar: Sequence[tuple[int, int]], start: int) -> tuple[bool, int]:
    """Return the strand of a read, and where its first base would lie were it not clipped."""
    if read.is_reverse:
        return True, (read.reference_end or start) + (cigar[-1][1] if cigar[-1][0] in (4, 5) else 0)
    return False, start - (cigar[0][1] if cigar[0][0] in (4, 5) else 0)


def _in_window(
    sequence: str, quality: str, cigar: Sequence[tuple[int, int]], start: int, window: Window
) -> tuple[str, str]:
    """Return bases and qualities of a read by place of the window, points where it has none and dashes in gaps."""
    size, skip = window.end - window.start, window.start - start
    if len(cigar) > 1:
        sequence, quality = _laid_out(sequence, quality, cigar)
    if skip >= 0:
        text, marks = sequence[skip : skip + size], quality[skip : skip + size]
    else:
        pad = "." * min(-skip, size)
        text, marks = pad + sequence[: max(0, size + skip)], pad + quality[: max(0, size + skip)]
    return (text, marks) if len(text) == size else (text.ljust(size, "."), marks.ljust(size, "."))


def _mark(flag: int, low: bool) -> int:
    """Return strand in bit 0, orientation in bit 1 and low mapping quality in bit 2."""
    reverse = bool(flag & 16)
    second = bool(flag & 1) and bool(flag & 128)
    return int(reverse) | (2 if second != reverse else 0) | (4 if low else 0)


def _laid_out(sequence: str, quality: str, cigar: Sequence[tuple[int, int]]) -> tuple[str, str]:
    """Return bases and qualities of a read by place of the reference, from its first aligned one on."""
    bases, marks, query = [], [], 0
    for operation, length in cigar:
        if operation in (0, 7, 8):
            bases.append(sequence[query : query + length])
            marks.append(quality[query : query + length])
        elif operation in (2, 3):
            bases.append(("-" if operation == 2 else ".") * length)
            marks.append("." * length)
        query += length if operation in (0, 1, 4, 7, 8) else 0
    return "".join(bases), "".join(marks)


def _count(rows: _Rows, window: Window, result: WindowCounts) -> None:
    """Put mates together and add what the fragments show to the counts."""
    names = np.concatenate(rows.names)
    order = np.argsort(names, kind="stable")
    names, flags = names[order], np.concatenate(rows.flags)[order]
    table = np.concatenate(rows.tables)[order]
    same = np.concatenate([names[1:] == names[:-1], [False]])
    # A name that is there more than twice is damage of the file: its first two reads are taken for mates.
    firsts = same & ~np.concatenate([[False], same[:-1]])
    paired = np.flatnonzero(firsts)
    alone = np.ones(len(names), dtype=np.bool_)
    alone[paired] = alone[paired + 1] = False
    strands = (flags & 1).astype(np.uint8)
    kinds, both = _joined(table[paired], table[paired + 1])
    shown = np.concatenate([kinds, table[alone]])
    mate_strand = np.where(both == 2, BOTH, np.where(both == 0, strands[paired, None], strands[paired + 1, None]))
    own = np.broadcast_to(strands[alone, None], (int(alone.sum()), table.shape[1]))
    strand = np.concatenate([mate_strand.astype(np.uint8), own])
    orientation = np.concatenate([(flags[paired] >> 1) & 1, (flags[alone] >> 1) & 1]).astype(np.int32)
    size = table.shape[1]
    group = (orientation[:, None] * 3 + strand) * KINDS + shown
    flat = group + np.arange(size, dtype=np.int32)[None, :] * (6 * KINDS)
    result.counts += np.bincount(flat.ravel(), minlength=size * 6 * KINDS).reshape(size, 2, 3, KINDS)
    for codon, counted in zip(window.codons, result.codons, strict=True):
        a, b, c = (shown[:, place - window.start].astype(np.int32) for place in codon)
        found = np.bincount((a * KINDS + b) * KINDS + c, minlength=CODON_STATES)
        counted[...] += found.reshape(KINDS, KINDS, KINDS)


def _joined(one: Codes, two: Codes) -> tuple[Codes, Codes]:
    """Return what two mates show together, and which of them speaks: 0 the first, 1 the second, 2 both."""
    better = _RANK[two] > _RANK[one]
    shown = np.where(better, two, one)
    which = better.astype(np.uint8)
    told = (_RANK[one] >= 3) & (_RANK[two] >= 3)
    shown[told & (one != two)] = DISCORDANT
    which[told] = 2
    return shown, which
