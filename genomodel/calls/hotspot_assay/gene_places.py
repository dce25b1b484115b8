"""A protein read on the genome: residues to bases, ends of exons, and isoforms that differ by a stretch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pysam

from genomodel.calls.gene_models import CodingTranscript
from genomodel.core.codons import COMPLEMENT, translate
from genomodel.core.errors import InputError
from genomodel.files import require_file

LEAST_MOVED = 3
"""Residues that must agree after a shift: three do so by chance once in about 5,000 shifts."""
LARGEST_SHIFT = 30
"""Most residues by which isoforms are taken to differ: one small exon."""

Anchor = tuple[str, int]
"""Letter and number of a residue that a table names."""


class CodingReading:
    """The coding bases of a transcript, read from the reference.

    Parameters
    ----------
    model
        Where they lie.
    fasta
        The reference.
    contig
        Name of the transcript's contig in it, where it is another one.
    """

    def __init__(self, model: CodingTranscript, fasta: pysam.FastaFile, contig: str | None = None) -> None:
        self.model, self.fasta = model, fasta
        self.contig = contig or model.chrom
        self.order = model.positions()
        parts = (fasta.fetch(self.contig, first - 1, last) for first, last in sorted(model.segments))
        forward = "".join(parts).upper()
        coding = forward if model.forward else forward.translate(COMPLEMENT)[::-1]
        self.protein = translate(coding[model.phase :])

    def residue_at(self, number: int) -> str:
        """Return the letter of a residue, ``X`` where a base is not known, empty outside the protein."""
        return self.protein[number - 1 : number] if number > 0 else ""

    def codons(self, first: int, last: int) -> list[int]:
        """Return the positions of a run of codons, in the order of the transcript."""
        return self.order[3 * first - 3 : 3 * last]

    def agrees(self, anchor: Anchor, shift: int = 0) -> bool:
        """Whether a residue stands where it is named, moved by ``shift``; one without a letter has only to exist."""
        letter, number = anchor
        found = self.residue_at(number + shift)
        return found == letter if letter else bool(found)

    def shift_of(self, anchors: Iterable[Anchor]) -> int:
        """By how much the residues that do not agree are to be moved so that all of them do; 0 where that fails."""
        unlike = [anchor for anchor in anchors if not self.agrees(anchor)]
        if len(unlike) < LEAST_MOVED:
            return 0
        shifts = (sign * size for size in range(1, LARGEST_SHIFT + 1) for sign in (1, -1))
        return next((shift for shift in shifts if all(self.agrees(anchor, shift) for anchor in unlike)), 0)

    def exon_ends(self, residue: int) -> Iterator[tuple[int, bool]]:
        """Yield the first or last base of each coding exon that starts or ends in the codon of a residue.

        Yields
        ------
        tuple of int and bool
            Index into :attr:`order`, and whether an intron follows it (a donor site) rather than goes before it.
        """
        for index, (left, right) in enumerate(pairwise(self.order)):
            if abs(right - left) > 2:
                if index // 3 + 1 == residue:
                    yield index, True
                if (index + 1) // 3 + 1 == residue:
                    yield index + 1, False

    def bases(self, positions: Sequence[int]) -> str:
        """Return the forward strand of the reference at some positions, in their order."""
        if not positions:
            return ""
        low, high = min(positions), max(positions)
        sequence = self.fasta.fetch(self.contig, low - 1, high).upper()
        return "".join(sequence[position - low] for position in positions)


def open_reference(reference: str | Path) -> pysam.FastaFile:
    """Open an indexed FASTA.

    Raises
    ------
    InputError
        It is missing or has no index that can be read.
    """
    try:
        return pysam.FastaFile(str(require_file(reference, "reference FASTA")))
    except (OSError, ValueError) as error:
        text = f"the reference cannot be read as an indexed FASTA ({error})"
        raise InputError(text, path=reference, fix="Index it with samtools faidx") from error
