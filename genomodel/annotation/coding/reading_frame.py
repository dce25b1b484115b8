"""What edits of a spliced transcript do to its protein."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from genomodel.annotation.coding.protein import InFrame, name_apart, name_in_frame, name_shifted, span
from genomodel.annotation.coding.residues import SELENOPROTEINS, table_for, translate_codons, translate_to_stop
from genomodel.annotation.coding.transcripts import Transcript
from genomodel.annotation.terms import variant_class
from genomodel.core.variants import VariantClass
from genomodel.resources.gene_symbols import current_symbol

LONGEST_CODONS = 60
"""Bases of codons that are still written out."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The reading frame of a transcript as the genome's bases spell it."""

    rna: str
    start: int
    """Spliced base of the first whole codon."""
    end: int
    """Spliced base after the last codon."""
    residues: str
    table: dict[str, str]
    start_known: bool
    end_known: bool
    sound: bool
    """Whether a whole protein is read: nothing stops before the end, and a stop is there where one is due."""


@dataclass(frozen=True, slots=True)
class RnaEdit:
    """Spliced bases ``start`` up to ``end`` become ``alt``."""

    start: int
    end: int
    alt: str

    @property
    def gain(self) -> int:
        """Bases won, negative where bases are lost."""
        return len(self.alt) - (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens to the protein."""

    terms: tuple[str, ...]
    variant_class: VariantClass
    change: str = ""
    """One-letter change, empty where there is none or it cannot be told."""
    unknown: bool = False
    """Whether the protein is changed in a way that the bases do not tell."""
    codons: str = ""


def read_frame(transcript: Transcript, rna: str) -> Frame | None:
    """Return the reading frame of a coding transcript, ``None`` of another."""
    if transcript.coding is None:
        return None
    start, end = transcript.coding[0] + transcript.phase, transcript.coding[1]
    table = table_for(transcript.mitochondrial)
    residues = translate_codons(rna[start:end], table)
    if transcript.end_known and residues[-1:] not in ("*", "") and table.get(rna[end : end + 3]) == "*":
        # Some gene models leave the stop codon out of the coding rows.
        residues, end = f"{residues}*", end + 3
    if current_symbol(transcript.gene, transcript.chrom) in SELENOPROTEINS:
        residues = _with_selenocysteine(residues, rna[start:end])
    if transcript.start_known and residues and residues[0] not in "*X":
        residues = f"M{residues[1:]}"
    whole = (end - start) % 3 == 0 and residues[-1:] == "*"
    sound = transcript.sound and bool(residues) and "*" not in residues[:-1] and (whole or not transcript.end_known)
    return Frame(rna, start, end, residues, table, transcript.start_known, transcript.end_known, sound)


def _with_selenocysteine(residues: str, bases: str) -> str:
    return "".join(
        "U" if residue == "*" and bases[3 * index : 3 * index + 3] == "TGA" and index + 1 < len(residues) else residue
        for index, residue in enumerate(residues)
    )


def edited(rna: str, edits: Sequence[RnaEdit]) -> str:
    """Return the bases with all edits made; edits are in order and apart."""
    parts, at = [], 0
    for edit in edits:
        parts += [rna[at : edit.start], edit.alt]
        at = edit.end
    return "".join([*parts, rna[at:]])


def effect_on(frame: Frame, edits: Sequence[RnaEdit]) -> Effect:
    """Return what edits of one molecule do to the protein.

    Parameters
    ----------
    frame
        Of :func:`read_frame`.
    edits
        In order, not overlapping.
    """
    before = [edit for edit in edits if edit.end <= frame.start]
    coding = [edit for edit in edits if edit not in before and edit.start < frame.end]
    if not coding:
        term = "5_prime_UTR_variant" if before else "3_prime_UTR_variant"
        return Effect((term,), VariantClass.NONCODING)
    changed = edited(frame.rna, edits)
    origin = frame.start + sum(edit.gain for edit in before)
    # A ribosome takes the first start codon: where it stands as it was, what follows is coding.
    started = coding[0].start >= frame.start and changed.startswith(frame.rna[frame.start : frame.start + 3], origin)
    if frame.start_known and not started and changed.endswith(frame.rna[frame.start :]):
        return Effect(("5_prime_UTR_variant",), VariantClass.NONCODING)
    if not frame.sound or (not frame.start_known and coding[0].start < frame.start):
        return Effect(("coding_sequence_variant",), VariantClass.NONCODING, unknown=True)
    if changed.startswith(frame.rna[: frame.end]) and origin == frame.start:
        return Effect(("3_prime_UTR_variant",), VariantClass.NONCODING)
    if frame.start_known and coding[0].start < frame.start + 3:
        lost = _start(frame, coding, changed, origin)
        if lost is not None:
            return lost
    return _coding_effect(frame, coding, changed, origin)


def _start(frame: Frame, coding: Sequence[RnaEdit], changed: str, origin: int) -> Effect | None:
    """Return the loss of the start codon or its keeping by other bases; ``None`` where it stands in its place."""
    first = coding[0]
    codons = _codons(frame, coding, 0, -(-(coding[-1].end - frame.start) // 3)) if first.start >= frame.start else ""
    lost = Effect(("start_lost",), VariantClass.START_LOST, "M1?", codons=codons)
    codon = frame.rna[frame.start : frame.start + 3]
    if first.start >= frame.start:
        return None if changed[origin : origin + 3] in (codon, "ATG") else lost
    # Bases before the start go with some of its own: the start stays where the same codon precedes the rest in frame.
    replaced = first.end - frame.start
    at = origin + (first.start - frame.start) + len(first.alt) - replaced
    if len(coding) == 1 and replaced <= 3 and changed[at : at + 3] == codon:
        return Effect(("start_retained_variant", "5_prime_UTR_variant"), VariantClass.SYNONYMOUS)
    return lost


def _coding_effect(frame: Frame, coding: Sequence[RnaEdit], changed: str, origin: int) -> Effect:
    first, last = coding[0].start - frame.start, coding[-1].end - frame.start
    gain = sum(edit.gain for edit in coding)
    head, tail = first // 3, max(-(-last // 3), first // 3)
    open_end = last > frame.end - frame.start
    codons = _codons(frame, coding, head, tail)
    if open_end or gain % 3:
        return _shifted(frame, coding, changed, origin, (head, tail), codons, stop_hit=open_end)
    window = translate_codons(changed[origin + 3 * head : origin + 3 * tail + gain], frame.table)
    if head == 0 and frame.start_known:
        window = f"M{window[1:]}"
    held = frame.residues[head:tail]
    window = _keep_selenocysteine(held, window)
    if "X" in window + held or ("U" in held and len(window) != len(held)):
        return Effect((_length_term(gain),), _length_class(gain), unknown=True, codons=codons)
    alt = frame.residues[:head] + window + frame.residues[tail:]
    named = name_in_frame(frame.residues, alt, head)
    if "*" in named.lost:
        return _shifted(frame, coding, changed, origin, (head, tail), codons, stop_hit=True)
    return _in_frame_effect(frame, coding, (head, tail), named, codons)


def _keep_selenocysteine(held: str, window: str) -> str:
    """Give residues back that a ``TGA`` is read as; with another length nothing tells which codon is which."""
    if "U" not in held or len(held) != len(window):
        return window
    return "".join("U" if old == "U" and new == "*" else new for old, new in zip(held, window, strict=True))


def _in_frame_effect(
    frame: Frame, coding: Sequence[RnaEdit], codon_span: tuple[int, int], named: InFrame, codons: str
) -> Effect:
    change, lost, won = named.change, named.lost, named.won
    if change.startswith("*"):
        # Residues added before the stop, by their own stop or the old one: the protein is longer, not cut.
        won = won.rstrip("*")
    head, tail = codon_span
    if not lost and not won:
        at_stop = tail >= len(frame.residues) and frame.residues.endswith("*")
        term = "stop_retained_variant" if at_stop else "synonymous_variant"
        name = f"{span(frame.residues, head, max(tail, head + 1))}=" if frame.start_known else ""
        return Effect((term,), VariantClass.SYNONYMOUS, name, codons=codons)
    terms = []
    if "*" in won:
        terms.append("stop_gained")
    if len(lost) != len(won) or "*" not in won:
        terms.append(_residue_term(coding, lost, won))
    if len(coding) > 1 and len(lost) == len(won) and "*" not in won:
        change = name_apart(lost, won, named.first)
    name = change if frame.start_known else ""
    return Effect(tuple(terms), variant_class(terms, lost, won), name, not frame.start_known, codons)


def _residue_term(coding: Sequence[RnaEdit], lost: str, won: str) -> str:
    if len(lost) == len(won):
        return "missense_variant"
    if len(coding) == 1 and "*" not in won:
        if not coding[0].alt:
            return "inframe_deletion"
        if coding[0].start == coding[0].end:
            return "inframe_insertion"
    return "protein_altering_variant"


def _length_term(gain: int) -> str:
    return "coding_sequence_variant" if not gain else "inframe_deletion" if gain < 0 else "inframe_insertion"


def _length_class(gain: int) -> VariantClass:
    if not gain:
        return VariantClass.NONCODING
    return VariantClass.INFRAME_DELETION if gain < 0 else VariantClass.INFRAME_INSERTION


def _shifted(
    frame: Frame,
    coding: Sequence[RnaEdit],
    changed: str,
    origin: int,
    codon_span: tuple[int, int],
    codons: str,
    *,
    stop_hit: bool,
) -> Effect:
    """Return the effect of edits that shift the frame or touch the last codon (``stop_hit``)."""
    head, gain = codon_span[0], sum(edit.gain for edit in coding)
    alt = frame.residues[:head] + translate_to_stop(changed[origin + 3 * head :], frame.table)
    if head == 0 and frame.start_known:
        alt = f"M{alt[1:]}"
    if not frame.end_known and not alt.endswith("*"):
        alt += "X"
    if alt == frame.residues:
        name = f"*{len(alt)}=" if frame.start_known and alt.endswith("*") else ""
        return Effect(("stop_retained_variant",), VariantClass.SYNONYMOUS, name, codons=codons)
    if gain % 3 == 0 and alt.endswith("*") and len(alt) == len(frame.residues) + gain // 3:
        return _in_frame_effect(frame, coding, codon_span, name_in_frame(frame.residues, alt, head), codons)
    change = name_shifted(frame.residues, alt, head)
    known = change if frame.start_known else ""
    if change.startswith("*") or stop_hit:
        both = gain % 3 and not change.startswith("*")
        terms = ("frameshift_variant", "stop_lost") if both else ("stop_lost",)
        return Effect(terms, VariantClass.STOP_LOST, known, not known, codons)
    terms = ("stop_gained", "frameshift_variant") if change.endswith("*") else ("frameshift_variant",)
    return Effect(terms, VariantClass.TRUNCATING, known, not known, codons)


def _codons(frame: Frame, coding: Sequence[RnaEdit], head: int, tail: int) -> str:
    """Return codons before and after, changed bases in capitals: ``gTg/gAg``, ``-/GCC``."""
    at, end = frame.start + 3 * head, frame.start + 3 * tail
    before, after = [], []
    for edit in coding:
        kept = frame.rna[at : edit.start].lower()
        before += [kept, frame.rna[edit.start : edit.end]]
        after += [kept, edit.alt]
        at = edit.end
    kept = frame.rna[at:end].lower()
    texts = "".join([*before, kept]), "".join([*after, kept])
    return "" if max(map(len, texts)) > LONGEST_CODONS else "/".join(text or "-" for text in texts)
