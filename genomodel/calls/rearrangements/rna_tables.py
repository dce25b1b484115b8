"""Fusions and skipped exons that RNA callers found: Arriba, STAR-Fusion and CTAT-Splicing."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from genomodel.calls.rearrangements.breakends import Breakend, Side
from genomodel.calls.rearrangements.fusions import cut, domain_of_pair, frame_of, is_listed
from genomodel.calls.rearrangements.genes import FusionModels, read_fusion_models
from genomodel.core.builds import bare
from genomodel.core.errors import InputError
from genomodel.core.rearrangements import (
    Frame,
    JoinedGene,
    Material,
    Rearrangement,
    RearrangementAssay,
    RearrangementKind,
    Support,
)
from genomodel.core.variants import Fusion
from genomodel.files import read_text, source_file
from genomodel.resources.actionable_fusions import ExonLoss, actionable_partner, exon_losses, fusion_genes
from genomodel.resources.gene_symbols import current_symbol

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Event:
    """One row, whoever wrote it."""

    gene_5: str
    gene_3: str
    five: tuple[str, int]
    three: tuple[str, int]
    frame: Frame
    frame_reason: str
    support: Support
    doubt: str = ""
    aside: str = ""
    """Why the row is no event that is reported."""
    loss: ExonLoss | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A known table: its columns by version, and what turns a row into an event."""

    program: str
    marks: frozenset[str]
    """Columns that tell the program from others."""
    needed: tuple[str, ...]
    versions: str
    read: Callable[[Row, str], Event]


def read_rna_table(path: str | Path, gff: str | Path | None = None) -> RearrangementAssay:
    """Read a table of Arriba, STAR-Fusion or CTAT-Splicing.

    Parameters
    ----------
    path
        ``fusions.tsv``, ``*.abridged.tsv`` (with or without coding effect), ``*.cancer.introns``.
    gff
        Gene models, which name the exons; the frame is the caller's word where it gives one.

    Raises
    ------
    InputError
        A table of none of these programs, or of a version without a column that is needed; a value that cannot be;
        Arriba's table of discarded events.
    """
    path = Path(path)
    # Not at form feeds and their like, which a cell may hold: rows are told as an editor counts them.
    lines = re.split(r"\r\n?|\n", read_text(path, "fusion table"))
    header = [name.strip().lstrip("#") for name in lines[0].split("\t")]
    table = _table_of(header, path)
    rows: list[tuple[int, Row]] = []
    for number, values in enumerate(csv.reader(lines[1:], delimiter="\t", quoting=csv.QUOTE_NONE), start=2):
        if not values or values[0].startswith("#"):
            continue
        if len(values) != len(header):
            text = f"{len(values)} columns where the header has {len(header)}"
            raise InputError(text, path=path, row=number, fix="Copy the table again; columns are parted by tabs")
        rows.append((number, dict(zip(header, values, strict=True))))
    if table.program == "Arriba":
        refuse_discarded(rows, path)
    events = []
    for number, row in rows:
        try:
            events.append(table.read(row, path.name))
        except (ValueError, IndexError) as error:
            text = f"the row cannot be read ({error})"
            raise InputError(text, path=path, row=number, fix=f"Give the table as {table.program} wrote it") from error
    return _assay(events, table, path, gff)


def _table_of(header: list[str], path: Path) -> Table:
    for table in TABLES:
        if table.marks <= set(header):
            missing = [name for name in table.needed if name not in header]
            if missing:
                raise InputError(
                    f"{table.program} writes {', '.join(table.needed)}; this table lacks {', '.join(missing)}",
                    path=path,
                    row=1,
                    column=missing[0],
                    fix=f"Known are the tables of {table.program} {table.versions}",
                )
            return table
    known = "; ".join(f"{table.program} {table.versions}: {', '.join(table.needed)}" for table in TABLES)
    found = ", ".join(header[:8]) if len(header) > 1 else f"'{(header or [''])[0][:60]}', not parted by tabs"
    raise InputError(f"this is no known fusion table; its columns are {found}", path=path, row=1, fix=f"Known: {known}")


def _count(text: str) -> int | None:
    text = text.strip()
    if text in ("", ".", "NA"):
        return None
    value = float(text)
    if not 0 <= value < float("inf"):
        raise ValueError(f"{text} reads cannot be")
    return round(value)


def _place(text: str) -> tuple[str, int]:
    chrom, pos = text.split(":")[:2]
    if not chrom or int(pos) < 1:
        raise ValueError(f"{text} is no place")
    return chrom, int(pos)


_NO_READS = "no read of the table supports it"
_READ_THROUGH = "it may be read-through transcription of neighbors"


def _told(*doubts: str) -> str:
    return "; ".join(text for text in doubts if text)


def _unsupported(support: Support) -> str:
    """Return the doubt about a row whose own counts are zero."""
    counts = (support.split_reads, support.spanning_pairs)
    return _NO_READS if None not in counts and not any(counts) else ""


def refuse_discarded(rows: Iterable[tuple[int, Row]], path: Path) -> None:
    """Refuse Arriba's table of discarded events, whose columns are those of its fusions.

    Of a filter that discarded an event as a whole Arriba writes the name alone; one that removed some of its reads has
    their number in parentheses, which fusions that passed have too (its documentation of the column ``filters``).

    Raises
    ------
    InputError
        The name of the file, or a filter without a number of reads, says that the events were discarded.
    """
    fix = "Give Arriba's fusions.tsv: the other table holds what it takes for artifacts"
    if "discarded" in path.name.lower():
        raise InputError("these are the events that Arriba discarded, by the name of the file", path=path, fix=fix)
    for number, row in rows:
        listed = (name.strip() for name in row.get("filters", "").split(","))
        whole = next((name for name in listed if name not in ("", ".") and "(" not in name), None)
        if whole is not None:
            text = f"Arriba discarded this event (filter {whole})"
            raise InputError(text, path=path, row=number, column="filters", fix=fix)


_ARRIBA_FRAMES = {"in-frame": Frame.IN_FRAME, "out-of-frame": Frame.OUT_OF_FRAME, "stop-codon": Frame.OUT_OF_FRAME}


def _arriba(row: Row, file: str) -> Event:
    five, three = _place(row["breakpoint1"]), _place(row["breakpoint2"])
    gene_5, gene_3 = current_symbol(row["gene1"], five[0]), current_symbol(row["gene2"], three[0])
    split = [_count(row[name]) for name in ("split_reads1", "split_reads2")]
    confidence, kind, frame = row["confidence"], row["type"], row["reading_frame"]
    direction = _arriba_direction(row)
    aside = ""
    if "," in gene_5 or "," in gene_3:
        gene_5, gene_3 = (name.split("(")[0] if "," not in name else "no gene" for name in (gene_5, gene_3))
    if "5'-5'" in kind or "3'-3'" in kind:
        aside = "joined head to head or tail to tail"
    loss = _loss_at(gene_5, five, three) if gene_5 == gene_3 else None
    if gene_5 == gene_3 and loss is None:
        aside = "within one gene"
    support = Support(
        material=Material.RNA,
        program="Arriba",
        split_reads=None if None in split else sum(item or 0 for item in split),
        spanning_pairs=_count(row["discordant_mates"]),
        said=f"{confidence} confidence",
        file=file,
    )
    doubt = _told(
        "low confidence by Arriba" if confidence == "low" else "",
        # An exon that is skipped leaves an intron-sized gap, which Arriba names read-through as well.
        _READ_THROUGH if "read-through" in kind and loss is None else "",
        direction,
        _unsupported(support),
    )
    if direction == UNKNOWN_DIRECTION and _fits_only_swapped(gene_5, gene_3):
        gene_5, gene_3, five, three = gene_3, gene_5, three, five
    return Event(
        gene_5,
        gene_3,
        five,
        three,
        _ARRIBA_FRAMES.get(frame, Frame.UNKNOWN),
        "stop codon before the junction" if frame == "stop-codon" else f"Arriba: {frame}" if frame != "." else "",
        support,
        doubt,
        aside,
        loss,
    )


UNKNOWN_DIRECTION = "Arriba could not tell which strand is transcribed, so that either gene may come first"


def _arriba_direction(row: Row) -> str:
    """Return the doubt about which strand is transcribed: of the gene, then of the fusion, each ``.`` where unknown."""
    strands = [row.get(f"strand{number}(gene/fusion)", "").strip().partition("/") for number in (1, 2)]
    if any(fusion not in ("+", "-") for _, _, fusion in strands):
        return UNKNOWN_DIRECTION
    against = any(gene in ("+", "-") and gene != fusion for gene, _, fusion in strands)
    return "one gene is transcribed against its sense" if against else ""


def _fits_only_swapped(gene_5: str, gene_3: str) -> bool:
    return actionable_partner(gene_5, gene_3) is None and actionable_partner(gene_3, gene_5) is not None


_STAR_FRAMES = {"INFRAME": Frame.IN_FRAME, "FRAMESHIFT": Frame.OUT_OF_FRAME}


def _star_fusion(row: Row, file: str) -> Event:
    five, three = _place(row["LeftBreakpoint"]), _place(row["RightBreakpoint"])
    gene_5, gene_3 = (
        current_symbol(row[name].partition("^")[0], place[0])
        for name, place in (("LeftGene", five), ("RightGene", three))
    )
    frame = row.get("PROT_FUSION_TYPE", "")
    loss = _loss_at(gene_5, five, three) if gene_5 == gene_3 else None
    support = Support(
        material=Material.RNA,
        program="STAR-Fusion",
        split_reads=_count(row["JunctionReadCount"]),
        spanning_pairs=_count(row["SpanningFragCount"]),
        said=f"FFPM {row['FFPM']}" if row.get("FFPM") else "",
        file=file,
    )
    large = row.get("LargeAnchorSupport", "")
    doubt = _told(
        "no read with long anchors on both sides (STAR-Fusion)" if large.startswith("NO") else "",
        _READ_THROUGH if "NEIGHBORS" in row.get("annots", "") and loss is None else "",
        _unsupported(support),
    )
    return Event(
        gene_5,
        gene_3,
        five,
        three,
        _STAR_FRAMES.get(frame, Frame.UNKNOWN),
        f"STAR-Fusion: {frame}" if frame in _STAR_FRAMES else "",
        support,
        doubt,
        "within one gene" if gene_5 == gene_3 and loss is None else "",
        loss,
    )


MIN_SPLICED_READS = 5
"""Uniquely mapped reads that CTAT-Splicing's own definition of a cancer intron asks for."""


def _ctat_splicing(row: Row, file: str) -> Event:
    chrom, _, span = row["intron"].partition(":")
    first, last = (int(part) for part in span.split("-"))
    gene, name, reads = row["genes"].partition("^")[0], row["variant_name"].strip(), _count(row["uniq_mapped"])
    loss = next((item for item in exon_losses() if name and item.ctat_name == name), None)
    few = f"only {reads} spliced reads" if reads is not None and reads < MIN_SPLICED_READS else ""
    return Event(
        loss.gene if loss else gene,
        loss.gene if loss else gene,
        (chrom, first - 1),
        (chrom, last + 1),
        Frame.UNKNOWN,
        "",
        Support(material=Material.RNA, program="CTAT-Splicing", split_reads=reads, said=name, file=file),
        few,
        "" if loss else "introns without a name of the list",
        loss,
    )


def _loss_at(gene: str, one: tuple[str, int], two: tuple[str, int]) -> ExonLoss | None:
    """Return the named loss of exons between two splice sites, in whatever order and on whichever build."""
    low, high = sorted((one[1], two[1]))
    for loss in exon_losses():
        same = loss.gene == gene and bare(one[0]) == loss.chrom == bare(two[0])
        if same and (low, high) == (loss.last_base_before, loss.first_base_after) and one[1] < two[1]:
            return loss
    return None


TABLES = (
    Table(
        "Arriba",
        frozenset({"gene1", "gene2", "breakpoint1"}),
        ("gene1", "gene2", "breakpoint1", "breakpoint2", "type", "split_reads1", "split_reads2", "discordant_mates",
         "confidence", "reading_frame"),
        "1.1 to 2.x (a column reading_frame)",
        _arriba,
    ),
    Table(
        "STAR-Fusion",
        frozenset({"FusionName", "LeftGene"}),
        ("FusionName", "JunctionReadCount", "SpanningFragCount", "LeftGene", "LeftBreakpoint", "RightGene",
         "RightBreakpoint"),
        "1.x (JunctionReadCount and SpanningFragCount)",
        _star_fusion,
    ),
    Table(
        "CTAT-Splicing",
        frozenset({"intron", "genes"}),
        ("intron", "genes", "uniq_mapped", "variant_name"),
        "cancer.introns (a column variant_name)",
        _ctat_splicing,
    ),
)  # fmt: skip


def _assay(events: list[Event], table: Table, path: Path, gff: str | Path | None) -> RearrangementAssay:
    left_out: Counter[str] = Counter()
    kept: list[Event] = []
    others: list[Fusion] = []
    for event in events:
        fusion = Fusion(gene_5=event.gene_5, gene_3=event.gene_3)
        if event.aside:
            left_out[event.aside] += 1
        elif event.loss or is_listed(fusion):
            kept.append(event)
        else:
            left_out["fusions of genes outside of the list"] += 1
            others.append(fusion)
    models = _models(kept, gff)
    return RearrangementAssay(
        calls=tuple(_call(event, models) for event in kept),
        other_fusions=tuple(dict.fromkeys(others)),
        left_out=dict(sorted(left_out.items())),
        every_pair=table.program != "CTAT-Splicing",
        method=f"table of {table.program}, found in RNA",
        sources=(source_file(path, "fusions"),),
    )


def _models(events: Iterable[Event], gff: str | Path | None) -> FusionModels | None:
    places = [place for event in events for place in (event.five, event.three)]
    if gff is None or not places:
        return None
    # Tables need no gene models, so that models of other contigs are no error; chr2 and 2 are one contig.
    return read_fusion_models(gff, places, genes=set(fusion_genes()), any_contigs=True)


def _call(event: Event, models: FusionModels | None) -> Rearrangement:
    five = _joined(event.gene_5, event.five, models, upstream=True)
    three = _joined(event.gene_3, event.three, models, upstream=False)
    frame, why = event.frame, event.frame_reason
    if frame is Frame.UNKNOWN and not why and models is not None:
        frame, why = _frame_by_models(event, models)
    if event.loss:
        # 141 bases of MET exon 14 and 801 of EGFR exons 2 to 7 in the transcripts that the places are of.
        frame, why = Frame.IN_FRAME, "the lost exons hold whole codons"
    return Rearrangement(
        kind=RearrangementKind.EXONS_LOST if event.loss else RearrangementKind.FUSION,
        five=five,
        three=three,
        frame=frame,
        frame_reason=why or "the caller gives no frame",
        exons_lost=event.loss.exons if event.loss else None,
        domain="" if event.loss else domain_of_pair(five, three),
        support=(event.support,),
        confirmed=not event.doubt,
        unconfirmed_reason=event.doubt,
    )


def _breakend(place: tuple[str, int], *, forward: bool, upstream: bool) -> Breakend:
    return Breakend(place[0], place[1], Side.LEFT if forward is upstream else Side.RIGHT)


def _joined(gene: str, place: tuple[str, int], models: FusionModels | None, *, upstream: bool) -> JoinedGene:
    item = models.at(*place).get(gene) if models else None
    if item is None:
        return JoinedGene(gene=gene, chrom=place[0], pos=place[1])
    return cut(item, _breakend(place, forward=item.forward, upstream=upstream)).joined()


def _frame_by_models(event: Event, models: FusionModels) -> tuple[Frame, str]:
    five, three = models.at(*event.five).get(event.gene_5), models.at(*event.three).get(event.gene_3)
    if five is None or three is None:
        return Frame.UNKNOWN, ""
    return frame_of(
        cut(five, _breakend(event.five, forward=five.forward, upstream=True)),
        cut(three, _breakend(event.three, forward=three.forward, upstream=False)),
    )
