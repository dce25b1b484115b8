"""Names of DNA changes after HGVS: substitution, deletion, inversion, duplication, insertion, deletion with insertion.

An insertion or deletion stands at the most 3' place of the genome on the transcript's strand, across the border of an
exon too (https://hgvs-nomenclature.org, "DNA: deletion", ``c.1704+1del``), and never in another exon, for between two
exons lies an intron.
"""

from __future__ import annotations

from genomodel.annotation.coding.edits import Edit
from genomodel.annotation.coding.sequence import Sequence
from genomodel.annotation.coding.transcripts import Transcript
from genomodel.core.codons import reverse_complement


def name_edit(edit: Edit, transcript: Transcript, sequence: Sequence) -> str:
    """Return the ``c.`` or ``n.`` name of an edit that stands at its most 3' place."""
    return transcript.prefix + bare_name(edit, transcript, sequence)


def name_edits(edits: list[Edit], transcript: Transcript, sequence: Sequence) -> str:
    """Return the name of several edits of one molecule: ``c.1799_1800delinsAA``, ``c.[76A>C;283G>C]``."""
    if len(edits) == 1:
        return name_edit(edits[0], transcript, sequence)
    return f"{transcript.prefix}[{';'.join(bare_name(edit, transcript, sequence) for edit in edits)}]"


def bare_name(edit: Edit, transcript: Transcript, sequence: Sequence) -> str:
    """Return the name of an edit without ``c.``."""
    if not edit.ref:
        return _insertion(edit, transcript, sequence)
    first = transcript.label(edit.start)
    if len(edit.ref) == 1 and len(edit.alt) == 1:
        return f"{first}{edit.ref}>{edit.alt}"
    place = first if len(edit.ref) == 1 else f"{first}_{transcript.label(edit.end - 1)}"
    if edit.alt == reverse_complement(edit.ref):
        return f"{place}inv"
    return f"{place}delins{edit.alt}" if edit.alt else f"{place}del"


def _insertion(edit: Edit, transcript: Transcript, sequence: Sequence) -> str:
    length = len(edit.alt)
    if sequence.strand(transcript, edit.start - length, edit.start) == edit.alt:
        last = transcript.label(edit.start - 1)
        return f"{last}dup" if length == 1 else f"{transcript.label(edit.start - length)}_{last}dup"
    return f"{transcript.label(edit.start - 1)}_{transcript.label(edit.start)}ins{edit.alt}"
