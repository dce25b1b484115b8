"""Genes from the segments of other programs, with the same thresholds as from our own bins."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from genomodel.calls.copy_number.bins import gene_spans
from genomodel.calls.copy_number.copies import (
    DEEP_DELETION_COPIES,
    ON_X_AND_Y,
    copies_of,
    middle_of,
    state_of_copies,
)
from genomodel.calls.copy_number.foreign import (
    CNVKIT,
    NO_TUMOR,
    PURPLE_GENES,
    ForeignTable,
    Row,
    read_segments,
)
from genomodel.calls.copy_number.gate import hold_deep_deletions
from genomodel.calls.copy_number.partial import INDETERMINATE
from genomodel.calls.copy_number.states import STRONG, TOO_NOISY, Baseline, Measured, decide
from genomodel.calls.gff_head import GffHead, read_gff_head
from genomodel.cohort.assay import gene_of_region, read_assay_bed
from genomodel.core.builds import CONTIG_LENGTHS, bare
from genomodel.core.copy_number import (
    CopyNumberCall,
    CopyNumberProfile,
    CopyNumberState,
    PurityPloidy,
    Segment,
    possible_deep_deletion,
    reconcile,
)
from genomodel.core.errors import InputError
from genomodel.files import source_file

BIN_SD, SYSTEMATIC_SD = 0.3, 0.05
"""Spread of a bin, and of a segment beyond its bins, that is assumed of segments without bins."""
UNKNOWN_BINS_SD = 0.2
SURELY = math.sqrt(2 * math.log(500))
"""Deviations that chance hardly reaches in as many genes as are drivers, as for our own bins."""
MOST_SEGMENTS = 3000
MIN_COVERED = 0.5
"""Share of a gene that segments have to cover for an answer."""
MIN_GENES_FOR_PLOIDY = 500
UP, DOWN = (
    (CopyNumberState.GAIN, CopyNumberState.AMPLIFICATION),
    (CopyNumberState.LOSS, CopyNumberState.DEEP_DELETION),
)
NO_PURITY_OF_COPIES = "the file does not say for which purity its copies hold"
NOT_TOLD = "the file does not say whether its log2 ratios are corrected for purity, and the two readings differ"

Span = tuple[str, int, int]
"""Contig without ``chr``, first and last base."""


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the patient beside the table."""

    gff: str | None = None
    bed: str | None = None
    samples: tuple[str, ...] = ()
    """Names that the tumor is known by: a table of another is refused."""
    other_names: tuple[str, ...] = ()
    """Names that it may have too, such as the patient's."""
    purity: float | None = None
    sex: str | None = None
    genes: tuple[str, ...] | None = None
    """Genes of the assay; others are left out."""


NO_CONTEXT = Context()


def read_foreign(path: str | Path, context: Context = NO_CONTEXT) -> CopyNumberProfile:
    """Read a table of another program and call its genes.

    Parameters
    ----------
    path
        As :func:`genomodel.calls.copy_number.foreign.read_segments` takes it.
    context
        Gene models or regions that say where genes lie, names of the tumor, its purity and the patient's sex.

    Raises
    ------
    InputError
        As ``read_segments`` raises; or nothing says where the genes lie, or on contigs of other names or lengths.
    """
    table = read_segments(path, context.samples, context.other_names)
    if context.gff is not None:
        _require_ends(table, read_gff_head(context.gff))
    purity = reconcile(context.purity, _with_ploidy(table))
    baseline = Baseline(purity, context.sex if context.sex in ("female", "male") else None, matched=True)
    if table.format is PURPLE_GENES:
        calls, missing = _of_gene_table(table, baseline, context)
        segments: tuple[Segment, ...] = ()
    else:
        calls, missing = _of_segments(table, baseline, context)
        segments = tuple(_drawn(row.segment, baseline.sex) for row in table.rows[:MOST_SEGMENTS])
    if context.genes is not None:
        missing |= {g: "not in the file of copy number" for g in context.genes if g not in calls and g not in missing}
    what = "genes" if table.format is PURPLE_GENES else f"{len(table.rows)} segments"
    of_sample = f" (sample {table.sample})" if table.sample else ""
    has_purity = table.purity is not None and table.purity.purity is not None
    said = f"; purity as {table.format.program} says" if has_purity and context.purity is None else ""
    profile = CopyNumberProfile(
        source=source_file(path, "copy_number"),
        calls=tuple(calls[gene] for gene in sorted(calls)),
        assayed_genes=tuple(sorted(calls)),
        not_assessed=dict(sorted(missing.items())),
        segments=segments,
        purity=purity,
        method=f"{what} of {table.format.program}, read from {Path(path).name}{of_sample}{said}",
    )
    return hold_deep_deletions(profile, purity)


def _require_ends(table: ForeignTable, head: GffHead) -> None:
    """Refuse segments that end beyond their contig, as many of another build do."""
    lengths = dict(CONTIG_LENGTHS[head.builds[-1][1]]) if head.builds else {}
    lengths |= {bare(contig): length for _, contig, length in head.lengths}
    for row in table.rows:
        chrom, end = row.segment.chrom, row.segment.end
        if end > lengths.get(bare(chrom), end):
            text = f"a segment ends at {chrom}:{end}, and the contig of the gene models at {lengths[bare(chrom)]}"
            raise InputError(text, path=table.path, fix="Give gene models of the build that the segments were made on")


def _with_ploidy(table: ForeignTable) -> PurityPloidy | None:
    """Return purity and ploidy of the program, the latter from its copies where it does not say it."""
    if not table.whole_copies or table.format is CNVKIT or _no_tumor(table.purity):
        return table.purity
    if table.purity is not None and table.purity.ploidy is not None:
        return table.purity
    rows = [row for row in table.rows if bare(row.segment.chrom) not in ("X", "Y", "M", "MT")]
    if table.format is PURPLE_GENES and len(rows) < MIN_GENES_FOR_PLOIDY:
        return table.purity
    lengths = [1 if table.format is PURPLE_GENES else row.segment.end - row.segment.start + 1 for row in rows]
    total = sum(lengths)
    if not total:
        return table.purity
    ploidy = sum((row.segment.copies or 0.0) * n for row, n in zip(rows, lengths, strict=True)) / total
    found = table.purity or PurityPloidy(source=table.format.program, reason="the file does not say the purity")
    return found.model_copy(update={"ploidy": round(ploidy, 3)})


def _no_tumor(purity: PurityPloidy | None) -> bool:
    return purity is not None and purity.reason == NO_TUMOR


def _drawn(segment: Segment, sex: str | None) -> Segment:
    """Return a segment without a word on lost alleles where normal cells have one, or nobody knows how many."""
    return segment if _normal_copies(segment.chrom, sex) == 2.0 else segment.model_copy(update={"loh": None})


def _normal_copies(chrom: str, sex: str | None, gene: str = "") -> float | str:
    name = bare(chrom).upper()
    if name == "X" and gene in ON_X_AND_Y and sex == "male":
        return "on X and Y alike, of which programs count one copy or two in a male"
    if name == "X":
        return "on chromosome X, and the patient's sex is not given" if sex is None else 2.0 if sex == "female" else 1.0
    if name == "Y":
        return "on chromosome Y, whose copies are not called"
    return "mitochondrial" if name in ("M", "MT") else 2.0


def _state(table: ForeignTable, row: Row, baseline: Baseline, normal: float) -> tuple[CopyNumberState | None, str]:
    """Return the state of a segment by the rules that hold for our own, and why less is said."""
    segment = row.segment
    if row.blank:
        return None, row.blank
    if segment.copies is None or not table.whole_copies:
        return decide(_measured(segment, baseline, normal), baseline)
    state = state_of_copies(segment.copies, _ploidy(baseline) * normal / 2)
    if table.format is CNVKIT and baseline.known_purity is not None:
        return _of_both(state, segment, baseline, normal)
    if table.format is CNVKIT:
        return _doubted(state, NO_PURITY_OF_COPIES)
    if _no_tumor(baseline.purity):
        return (None, NO_TUMOR) if state is CopyNumberState.NEUTRAL else _doubted(state, NO_TUMOR)
    return state, ""


def _doubted(state: CopyNumberState, why: str) -> tuple[CopyNumberState, str]:
    """Return a state that may be more than it seems: what is amplified among normal cells too is so, lost is not."""
    if state in DOWN:
        return CopyNumberState.LOSS, f"possible loss: {why}"
    return state, f"amplification not excluded: {why}" if state is CopyNumberState.GAIN else ""


def _of_both(
    state: CopyNumberState, segment: Segment, baseline: Baseline, normal: float
) -> tuple[CopyNumberState | None, str]:
    """Join CNVkit's own copies with those of its log2 ratio at a known purity.

    ``cnvkit.py call --purity`` corrects the log2 ratios and without it does not; nothing in the file tells which. What
    both readings say is said, and where they part no more than both, and never that nothing is altered.
    """
    by_log2, note = decide(_measured(segment, baseline, normal), baseline)
    if by_log2 is None or (state not in DOWN and by_log2 is CopyNumberState.NEUTRAL):
        return by_log2, note
    if by_log2 is state and state is not CopyNumberState.DEEP_DELETION and (state in UP or not note):
        return state, note
    if state in DOWN and by_log2 in (*DOWN, CopyNumberState.NEUTRAL):
        corrected = normal * math.exp2(segment.log2_ratio)
        if by_log2 is state and corrected <= DEEP_DELETION_COPIES:
            return state, note
        return CopyNumberState.LOSS, f"possible loss: {NOT_TOLD}"
    if state in UP and by_log2 in UP:
        return CopyNumberState.GAIN, f"amplification not excluded: {NOT_TOLD}"
    return None, NOT_TOLD


def _ploidy(baseline: Baseline) -> float:
    return baseline.purity.ploidy if baseline.purity is not None and baseline.purity.ploidy else 2.0


def _measured(segment: Segment, baseline: Baseline, normal: float) -> Measured:
    """Return copies of a segment that has a log2 ratio alone, with the noise that is assumed of such."""
    purity, ends = baseline.known_purity, baseline.purity_ends()
    n = segment.n_bins
    spread = UNKNOWN_BINS_SD if n is None else math.hypot(BIN_SD / math.sqrt(max(n, 1)), SYSTEMATIC_SD)

    def copies(log2: float, cells: float | None) -> float:
        return copies_of(log2, cells, middle=middle_of(baseline.purity), normal_copies=normal)

    log2 = segment.log2_ratio
    best = copies(log2, purity)
    others = [copies(log2, cells) for cells in ends] if ends is not None else [best]

    def within(deviations: float) -> tuple[float, float]:
        below = math.hypot(best - copies(log2 - deviations * spread, purity), max(0.0, best - min(others)))
        above = math.hypot(copies(log2 + deviations * spread, purity) - best, max(0.0, max(others) - best))
        return max(0.0, best - below), best + above

    base = normal if purity is None else _ploidy(baseline) * normal / 2
    return Measured(log2, 2 if n is None else n, best, within(1.96), within(SURELY), base)


def call_log2_alone(log2: float, n_bins: int | None, purity: PurityPloidy | None) -> tuple[CopyNumberState | None, str]:
    """Return the state of a gene of which a table gives the log2 ratio and nothing else, and why less is said.

    The noise of segments without bins is assumed, and two copies in normal cells. Since a table of genes does not say
    what it was measured against, a deep deletion is a possible loss at any purity.
    """
    baseline = Baseline(purity)
    segment = Segment(chrom="-", start=1, end=1, log2_ratio=log2, n_bins=n_bins)
    state, note = decide(_measured(segment, baseline, 2.0), baseline)
    if state is CopyNumberState.DEEP_DELETION:
        return CopyNumberState.LOSS, "possible loss: by its log2 ratio alone"
    return state, note


def _call(gene: str, table: ForeignTable, row: Row, baseline: Baseline) -> tuple[CopyNumberCall | None, str]:
    normal = _normal_copies(row.segment.chrom, baseline.sex, gene)
    if isinstance(normal, str):
        return None, normal
    segment = row.segment
    state, note = _state(table, row, baseline, normal)
    if state is None:
        return None, note
    ends: tuple[float, float] | None = None
    copies = segment.copies
    if copies is None or not table.whole_copies:
        measured = _measured(segment, baseline, normal)
        copies, ends = measured.copies, measured.interval
    return CopyNumberCall(
        gene=gene,
        state=state,
        log2_ratio=None if table.whole_copies and table.format is not CNVKIT else round(segment.log2_ratio, 4),
        copies=None if NOT_TOLD in note else round(copies, 3),
        copies_low=None if ends is None else round(ends[0], 3),
        copies_high=None if ends is None else round(ends[1], 3),
        n_regions=segment.n_bins,
        loh=segment.loh if normal == 2.0 else None,
        note=note,
        chrom=segment.chrom,
        start=segment.start,
        end=segment.end,
    ), ""


def _of_gene_table(
    table: ForeignTable, baseline: Baseline, context: Context
) -> tuple[dict[str, CopyNumberCall], dict[str, str]]:
    calls: dict[str, CopyNumberCall] = {}
    missing: dict[str, str] = {}
    wanted = None if context.genes is None else set(context.genes)
    for row in table.rows:
        gene = row.genes[0]
        if wanted is not None and gene not in wanted:
            continue
        call, reason = _call(gene, table, row, baseline)
        if call is None:
            missing[gene] = reason
        elif gene not in calls or _weight(call) > _weight(calls[gene]):
            calls[gene] = _in_part(call, row, baseline)
    return calls, {gene: reason for gene, reason in missing.items() if gene not in calls}


def _weight(call: CopyNumberCall) -> tuple[bool, float]:
    return call.state in STRONG, abs((call.copies or 0.0) - 2.0)


def _in_part(call: CopyNumberCall, row: Row, baseline: Baseline) -> CopyNumberCall:
    """Say of a gene of several segments what its other parts have; the call is that of its fewest copies."""
    if row.most is None or row.segment.copies is None or row.most - row.segment.copies < 0.5:
        return call
    normal = _normal_copies(row.segment.chrom, baseline.sex, call.gene)
    up = not isinstance(normal, str) and state_of_copies(row.most, _ploidy(baseline) * normal / 2)
    note = f"part of the gene: up to {row.most:.1f} copies elsewhere in it"
    if up is CopyNumberState.AMPLIFICATION and call.state is not CopyNumberState.DEEP_DELETION:
        note = f"amplified in a part of the gene only, {row.most:.1f} copies there"
    return call.model_copy(update={"note": "; ".join(filter(None, (call.note, note)))})


def _of_segments(
    table: ForeignTable, baseline: Baseline, context: Context
) -> tuple[dict[str, CopyNumberCall], dict[str, str]]:
    by_contig: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(table.rows, key=lambda r: (r.segment.chrom, r.segment.start)):
        by_contig[bare(row.segment.chrom)].append(row)
    found = _rows_of_genes(table, by_contig, context)
    calls: dict[str, CopyNumberCall] = {}
    missing: dict[str, str] = {}
    wanted = None if context.genes is None else set(context.genes)
    for gene, (rows, covered, place) in found.items():
        if wanted is not None and gene not in wanted:
            continue
        if covered < MIN_COVERED:
            missing[gene] = f"the segments cover {100 * covered:.0f} % of it" if covered > 0 else "no segment covers it"
            continue
        told = [(row, *_call(gene, table, row, baseline)) for row in rows]
        answered = [(row, call) for row, call, _ in told if call is not None]
        if told[0][1] is None or not answered:
            missing[gene] = told[0][2] or "no segment covers it"
            continue
        row, call = _telling(answered)
        open_part = next((reason for *_, reason in told if reason.startswith(TOO_NOISY)), "")
        if call.state is CopyNumberState.NEUTRAL and open_part:
            missing[gene] = f"{INDETERMINATE}: {open_part}"
            continue
        note = call.note
        if row is not rows[0] or (len(rows) > 1 and call.state in STRONG):
            note = "; ".join(filter(None, (note, "part of the gene")))
        bases = None if call.state is CopyNumberState.NEUTRAL else _extent(by_contig, table, row, call, baseline)
        update: dict[str, object] = {"note": note, "event_bases": bases}
        if call.loh is False and any(other.segment.loh is not False for other in rows):
            update["loh"] = None
        if place is not None:
            update |= {"start": place[1], "end": place[2]}
        calls[gene] = call.model_copy(update=update)
    return calls, missing


def _telling(answered: Sequence[tuple[Row, CopyNumberCall]]) -> tuple[Row, CopyNumberCall]:
    """Return the part of a gene that decides.

    One amplified or deleted, else the largest; where that is neutral, one that may be deleted or else one altered.
    """
    largest = answered[0]
    if largest[1].state is not CopyNumberState.NEUTRAL:
        return next((pair for pair in answered if pair[1].state in STRONG), largest)
    by_weight = (
        lambda call: call.state in STRONG,
        possible_deep_deletion,
        lambda call: call.state in DOWN,
        lambda call: call.state in UP,
    )
    return next((pair for weighs in by_weight for pair in answered if weighs(pair[1])), largest)


def _extent(
    by_contig: Mapping[str, list[Row]], table: ForeignTable, row: Row, call: CopyNumberCall, baseline: Baseline
) -> int:
    rows = by_contig[bare(row.segment.chrom)]
    normal = _normal_copies(row.segment.chrom, baseline.sex, call.gene)
    if isinstance(normal, str):
        return row.segment.end - row.segment.start + 1
    first = last = rows.index(row)
    while first > 0 and _state(table, rows[first - 1], baseline, normal)[0] is call.state:
        first -= 1
    while last + 1 < len(rows) and _state(table, rows[last + 1], baseline, normal)[0] is call.state:
        last += 1
    return rows[last].segment.end - rows[first].segment.start + 1


def _rows_of_genes(
    table: ForeignTable, by_contig: Mapping[str, list[Row]], context: Context
) -> dict[str, tuple[list[Row], float, Span | None]]:
    """Return for each gene its segments, the one over most of it first, the share that they cover, and its place."""
    if context.gff is None and context.bed is None and table.format is CNVKIT:
        named: dict[str, list[Row]] = defaultdict(list)
        for row in table.rows:
            for gene in row.genes:
                named[gene].append(row)
        by_length = {g: sorted(rows, key=lambda r: r.segment.start - r.segment.end) for g, rows in named.items()}
        return {gene: (rows, 1.0, None) for gene, rows in by_length.items()}
    spans = _gene_places(table, context)
    if not {chrom for chrom, _, _ in spans.values()} & set(by_contig):
        own = ", ".join(list(dict.fromkeys(row.segment.chrom for row in table.rows))[:3])
        theirs = ", ".join(list(dict.fromkeys(chrom for chrom, _, _ in spans.values()))[:3])
        raise InputError(
            f"the segments lie on {own}, and no gene does: those lie on {theirs}",
            path=table.path,
            fix="Give gene models of the genome that the segments were made on",
        )
    found: dict[str, tuple[list[Row], float, Span | None]] = {}
    for gene, (chrom, start, end) in spans.items():
        over = [
            (min(end, row.segment.end) - max(start, row.segment.start) + 1, row)
            for row in by_contig.get(chrom, ())
            if row.segment.start <= end and start <= row.segment.end
        ]
        over.sort(key=lambda pair: -pair[0])
        covered = min(1.0, sum(n for n, _ in over) / (end - start + 1))
        found[gene] = ([row for _, row in over], covered, (chrom, start, end))
    return found


def _gene_places(table: ForeignTable, context: Context) -> dict[str, Span]:
    places: dict[str, Span] = {}
    if context.gff is not None:
        for contig, rows in gene_spans(context.gff).items():
            for start, end, gene in rows:
                places.setdefault(gene, (bare(contig), start + 1, end))
        return places
    regions: Sequence[tuple[str, int, int, str]] = ()
    if context.bed is not None:
        assay = read_assay_bed(context.bed)
        if assay.genes is not None:
            regions = [(r.chrom, r.start + 1, r.end, gene_of_region(r.name)) for r in assay.regions]
    for contig, start, end, gene in regions:
        chrom, first, last = places.get(gene, (bare(contig), start, end))
        if chrom == bare(contig):
            places[gene] = (chrom, min(first, start), max(last, end))
    if not places:
        raise InputError(
            "segments without gene models: nothing says which genes lie on them",
            path=table.path,
            fix="Give --gff GENES.gff3 of the same genome build, or --assay-bed with genes in column 4",
        )
    return places
