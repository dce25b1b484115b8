"""Finding what a user means in an interpretation: a record, an allele, a change of a protein, an event, a marker."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from genomodel.annotation.hgvs import printed
from genomodel.core.copy_number import CopyNumberState
from genomodel.core.errors import InputError
from genomodel.core.findings import DispositionKind, Finding
from genomodel.core.interpretation_file import InterpretationFile
from genomodel.report.exports.rows import AlleleRow, allele_rows
from genomodel.resources.gene_symbols import resolve_symbol

NEAREST = 5
"""Names that an error offers."""
_FIX = (
    "Name it by chrom:pos:ref>alt, by gene and change as in 'BRAF V600E', by the number of its record, or as an event; "
    "'genomodel explain PATIENT' without a name lists the findings"
)


class Marker(StrEnum):
    """Markers of the whole tumor that can be asked for."""

    TMB = "TMB"
    MSI = "MSI"
    SIGNATURES = "signatures"
    HRR = "HRR"


FUSION = "fusion"
_KINDS: dict[str, CopyNumberState | str] = {
    "amplification": CopyNumberState.AMPLIFICATION,
    "amplified": CopyNumberState.AMPLIFICATION,
    "deep deletion": CopyNumberState.DEEP_DELETION,
    "homozygous deletion": CopyNumberState.DEEP_DELETION,
    "deletion": CopyNumberState.DEEP_DELETION,
    "gain": CopyNumberState.GAIN,
    "loss": CopyNumberState.LOSS,
    "copy number": "copy number",
    "fusion": FUSION,
    "fusions": FUSION,
    "rearrangement": FUSION,
}
_FINDING_OF = {Marker.TMB: ":tmb_high", Marker.MSI: ":msi_high", Marker.HRR: ":hrd_score_high"}
"""How the id of a marker's finding ends."""
_MARKER_NAMES = {
    "tmb": Marker.TMB,
    "burden": Marker.TMB,
    "msi": Marker.MSI,
    "msihigh": Marker.MSI,
    "signatures": Marker.SIGNATURES,
    "sbs": Marker.SIGNATURES,
    "hrr": Marker.HRR,
    "hrd": Marker.HRR,
}


@dataclass(frozen=True, slots=True)
class AbsentEvent:
    """An event of a gene that is no finding."""

    gene: str
    kind: CopyNumberState | str
    """State of the copies, ``copy number`` for any, or :data:`FUSION`."""

    @property
    def label(self) -> str:
        """Gene and kind as a reader would say them."""
        return f"{self.gene} {self.kind.replace('_', ' ')}"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be explained: an allele of a record, an event, or a marker of the tumor."""

    row: AlleleRow | None = None
    event: Finding | None = None
    marker: Marker | None = None
    also: tuple[AlleleRow, ...] = ()
    """Further alleles of the same name."""
    absent: AbsentEvent | None = None
    """An event that was asked for by gene and kind and is no finding."""


def find_subject(made: InterpretationFile, text: str) -> Subject:
    """Return what a text names.

    Parameters
    ----------
    made
        The interpretation.
    text
        Number of a record, key of an allele (with or without ``chr``), gene with a change of protein or coding
        sequence, label of an event such as ``ERBB2 amplification``, a marker (TMB, MSI, signatures, HRR), or a gene
        alone where it has one allele or event. A gene with a kind of event is found whether or not it is a finding.

    Raises
    ------
    InputError
        Nothing has this name, or several things do; the nearest names are given.
    """
    asked = normal(text)
    rows = list(allele_rows(made))
    events = [finding for finding in made.content.findings if finding.variant is None]
    found = _rows_named(rows, asked)
    named = [event for event in events if asked in _names_of_event(event)]
    if found:
        return Subject(row=found[0], also=tuple(found[1:]))
    if named:
        return Subject(event=named[0])
    if asked in _MARKER_NAMES:
        return _marker(_MARKER_NAMES[asked], events)
    return _of_kind(text, events) or _of_gene(text, rows, events)


def normal(text: str) -> str:
    """Return a name without what writers of names differ in: case, blanks, ``chr``, ``p.``, ``:`` before a change."""
    plain = "".join(text.split()).lower()
    plain = re.sub(r"^chr(?=[0-9xym])", "", plain)
    return re.sub(r"[:]?p\.|::|(?<=[a-z0-9]):(?=c\.)", "", plain)


def names_of(row: AlleleRow) -> Iterator[str]:
    """Yield the names of an allele beside the number of its record."""
    yield row.disposition.variant
    facts, gene = row.facts, row.disposition.gene
    if row.finding is not None:
        yield row.finding.label
        yield row.finding.id
    if facts is None:
        return
    for change in (facts.protein_change, facts.hgvs_p.rpartition(":")[2], facts.hgvs_c.rpartition(":")[2]):
        if change:
            yield f"{facts.gene or gene} {change}"
    if facts.protein_change:
        yield f"{facts.gene or gene} {printed(facts.protein_change)}"


def _rows_named(rows: Iterable[AlleleRow], asked: str) -> list[AlleleRow]:
    """Return the alleles of a name, those of the tumor first."""
    if asked.isdigit():
        found = [row for row in rows if row.disposition.record == int(asked)]
    else:
        found = [row for row in rows if asked in {normal(name) for name in names_of(row)}]
    order = list(DispositionKind)
    return sorted(found, key=lambda row: (order.index(row.disposition.kind), row.disposition.record))


def _names_of_event(event: Finding) -> set[str]:
    """Return how an event may be named: by label, id, label without where genes are of wild type, or joined genes."""
    names = {event.label, event.id, event.label.partition(" at codons ")[0]}
    joined = _joined_genes(event)
    if len(joined) > 1:
        names |= {mark.join(joined) + words for mark in ("::", "-", "/") for words in ("", " fusion")}
    return {normal(name) for name in names}


def _joined_genes(event: Finding) -> list[str]:
    """Return the genes that a fusion joins, the 5' one first, none where the event is no fusion."""
    pair, _, kind = event.label.partition(" ")
    return pair.split("::") if kind == FUSION else []


def _marker(marker: Marker, events: Iterable[Finding]) -> Subject:
    ending = _FINDING_OF.get(marker)
    event = next((one for one in events if ending is not None and one.id.endswith(ending)), None)
    return Subject(marker=marker, event=event)


def _of_kind(text: str, events: Iterable[Finding]) -> Subject | None:
    """Return the event that a gene and a kind name, as a finding or as none; ``None`` where the text names neither."""
    symbol, _, words = " ".join(text.split()).partition(" ")
    gene, kind = resolve_symbol(symbol).current, _KINDS.get(words.lower())
    if not gene or kind is None:
        return None
    found = [event for event in events if gene in _genes_of_event(event) and _is_of_kind(event, kind)]
    if len(found) > 1:
        listed = ", ".join(event.label for event in found)
        raise InputError(f"{gene} has {len(found)} such events here", column="VARIANT", fix=f"Name one: {listed}")
    return Subject(event=found[0]) if found else Subject(absent=AbsentEvent(gene, kind))


def _genes_of_event(event: Finding) -> list[str]:
    return [*re.split("::|/", event.gene), *_joined_genes(event)]


def _is_of_kind(event: Finding, kind: CopyNumberState | str) -> bool:
    if kind == FUSION:
        return event.rearrangement is not None or bool(_joined_genes(event))
    return event.copy_number is not None and kind in (event.copy_number.state, "copy number")


def _of_gene(text: str, rows: list[AlleleRow], events: list[Finding]) -> Subject:
    gene = text.strip().upper()
    of_gene = [row for row in rows if row.disposition.gene.upper() == gene]
    shown = [row for row in of_gene if row.shown]
    held = [event for event in events if gene in map(str.upper, _genes_of_event(event))]
    wanted = shown or of_gene
    if len(wanted) + len(held) == 1:
        return Subject(row=wanted[0]) if wanted else Subject(event=held[0])
    labels = [_name(row) for row in wanted]
    places = [row.disposition.variant for row in wanted]
    told = [place if labels.count(label) > 1 else label for label, place in zip(labels, places, strict=True)]
    names = [*told, *(event.label for event in held)]
    if names:
        listed = ", ".join(names[: 2 * NEAREST]) + (f" and {len(names) - 2 * NEAREST} more" if len(names) > 10 else "")
        raise InputError(f"{gene} has {len(names)} alleles or events here", column="VARIANT", fix=f"Name one: {listed}")
    raise InputError(f"nothing here is named '{text}'", column="VARIANT", fix=_nearest(text, rows, events))


def _name(row: AlleleRow) -> str:
    return row.finding.label if row.finding is not None else next(reversed([*names_of(row)]))


def _nearest(text: str, rows: Iterable[AlleleRow], events: Iterable[Finding]) -> str:
    by_normal: dict[str, str] = {}
    for name in (*(name for row in rows for name in names_of(row)), *(event.label for event in events), *Marker):
        by_normal.setdefault(normal(name), name)
    near = difflib.get_close_matches(normal(text), by_normal, n=NEAREST, cutoff=0.6)
    if not near:
        return _FIX
    return f"Nearest: {', '.join(by_normal[name] for name in near)}. {_FIX}"
