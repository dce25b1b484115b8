"""What edits do to a transcript: Sequence Ontology terms, class, protein change."""

from __future__ import annotations

from collections.abc import Sequence as Several

from genomodel.annotation.coding.edits import Edit
from genomodel.annotation.coding.places import exon_of, near_exons, overlaps, splice_hits, surroundings
from genomodel.annotation.coding.reading_frame import Effect, Frame, RnaEdit, effect_on
from genomodel.annotation.coding.transcripts import Transcript
from genomodel.annotation.terms import LEAST_SEVERE, SEVERITY
from genomodel.core.variants import VariantClass

UPSTREAM = 1000
"""Bases before a coding transcript in which an allele is told as upstream of it: promoters, TERT's among them."""
_NMD = "nonsense_mediated_decay"


def effect_on_transcript(edits: Several[Edit], transcript: Transcript, frame: Frame | None) -> Effect | None:
    """Return what edits of one molecule do, ``None`` where they lie outside the transcript.

    Parameters
    ----------
    edits
        In the order of the transcript, not overlapping, each at the place of :func:`~..places.best_place`.
    frame
        Reading frame of a coding transcript.
    """
    first, after = transcript.span
    if any(edit.start <= first and edit.end >= after for edit in edits):
        return Effect(("transcript_ablation",), VariantClass.TRUNCATING, unknown=frame is not None)
    within = [edit for edit in edits if not (edit.end <= first or edit.start >= after)]
    if not within:
        near = any(first - UPSTREAM < edit.end <= first for edit in edits)
        return Effect(("upstream_gene_variant",), VariantClass.NONCODING) if near and frame is not None else None
    spliced: list[RnaEdit] = []
    extra: list[str] = []
    for edit in within:
        terms, rna = _on_rna(edit, transcript)
        extra += terms
        spliced += rna
    sites = [hit for edit in within for hit in splice_hits(edit, transcript)]
    if sites and "exon_loss_variant" not in extra:
        return _at_sites(spliced, transcript, frame, extra, sites[0].base, {hit.term for hit in sites})
    return _finished(_read(spliced, frame), extra, transcript)


def _on_rna(edit: Edit, transcript: Transcript) -> tuple[list[str], list[RnaEdit]]:
    """Return the terms of an edit's place, and the edit of the spliced bases if there is one."""
    extra = list(surroundings(edit, transcript))
    index = exon_of(edit, transcript)
    if index is not None:
        start = transcript.offsets[index] + edit.start - transcript.exons[index][0]
        return extra, [RnaEdit(start, start + len(edit.ref), edit.alt)]
    touched = [i for i in near_exons(transcript, edit.start, edit.end) if overlaps(edit, *transcript.exons[i])]
    if not touched:
        return [*extra, "intron_variant"], []
    (first, _), (_, after) = transcript.exons[touched[0]], transcript.exons[touched[-1]]
    start = transcript.offsets[touched[0]] + max(edit.start - first, 0)
    end = transcript.offsets[touched[-1]] + min(edit.end, after) - transcript.exons[touched[-1]][0]
    whole = edit.start < first and edit.end > after
    inner = touched[0] > 0 and touched[-1] + 1 < len(transcript.exons)
    if whole and inner and _leaves_neighbors(edit, transcript, touched):
        return ["exon_loss_variant"], [RnaEdit(start, end, "")]
    return extra, [RnaEdit(start, end, edit.alt)]


def _leaves_neighbors(edit: Edit, transcript: Transcript, touched: list[int]) -> bool:
    """Whether the splice sites of the exons beside the lost ones stay, so that these are joined."""
    left, right = transcript.exons[touched[0] - 1][1], transcript.exons[touched[-1] + 1][0]
    return not overlaps(edit, left, left + 2) and not overlaps(edit, right - 2, right)


def _read(spliced: list[RnaEdit], frame: Frame | None) -> Effect:
    if frame is None:
        terms = ("non_coding_transcript_exon_variant",) if spliced else ()
        return Effect(terms, VariantClass.NONCODING)
    return effect_on(frame, spliced) if spliced else Effect((), VariantClass.NONCODING)


def _at_sites(
    spliced: list[RnaEdit], transcript: Transcript, frame: Frame | None, extra: list[str], base: int, terms: set[str]
) -> Effect:
    """Return the effect of a changed splice site: what becomes of the protein, the bases do not tell."""
    if frame is None:
        read = Effect(tuple(sorted(terms)), VariantClass.NONCODING)
        return _finished(read, extra, transcript)
    if any(rna.start < frame.end and rna.end > frame.start for rna in spliced):
        terms |= {"coding_sequence_variant", "intron_variant"}
    coding = frame.start <= base < frame.end
    change = f"X{(base - frame.start) // 3 + 1}_splice" if coding and frame.start_known else ""
    found = [term for term in extra if term != "intron_variant" or "coding_sequence_variant" in terms]
    read = Effect(tuple(sorted(terms)), VariantClass.SPLICE, change, unknown=True)
    return _finished(read, found, transcript)


def _finished(read: Effect, extra: list[str], transcript: Transcript) -> Effect:
    """Return the effect with all terms, the most severe first."""
    terms = [*read.terms, *extra]
    if transcript.coding is None and "non_coding_transcript_exon_variant" not in terms:
        terms.append("non_coding_transcript_variant")
    if transcript.biotype == _NMD:
        terms.append("NMD_transcript_variant")
    ordered = tuple(sorted(dict.fromkeys(terms), key=lambda term: SEVERITY.get(term, LEAST_SEVERE)))
    return Effect(ordered, read.variant_class, read.change, read.unknown, read.codons)
