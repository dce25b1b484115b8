"""Bases of the genome and of spliced transcripts, read once and kept."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pysam

from genomodel.annotation.coding.transcripts import Transcript
from genomodel.core.codons import reverse_complement
from genomodel.core.errors import InputError

BLOCK = 1 << 14
_KEPT_BLOCKS = 1024
_KEPT_TRANSCRIPTS = 4096


class Sequence:
    """Upper-case bases of an indexed FASTA, by the genome's places and by a strand axis."""

    def __init__(self, reference: str | Path) -> None:
        try:
            self._fasta = pysam.FastaFile(str(reference))
        except (OSError, ValueError) as error:
            text = f"the reference cannot be read as an indexed FASTA ({error})"
            fix = "Plain or bgzipped (not gzipped) FASTA; index it with samtools faidx"
            raise InputError(text, path=reference, fix=fix) from error
        self.lengths: dict[str, int] = dict(zip(self._fasta.references, self._fasta.lengths, strict=True))
        self._block = lru_cache(_KEPT_BLOCKS)(self._read_block)
        self.spliced = lru_cache(_KEPT_TRANSCRIPTS)(self._splice)
        """Bases of all exons of a transcript, in its order."""

    def close(self) -> None:
        """Close the FASTA."""
        self._fasta.close()

    def _read_block(self, chrom: str, number: int) -> str:
        return str(self._fasta.fetch(chrom, number * BLOCK, (number + 1) * BLOCK)).upper()

    def genome(self, chrom: str, first: int, after: int) -> str:
        """Return bases ``first`` up to ``after`` (0-based); ``N`` beyond a contig's ends."""
        length = self.lengths.get(chrom, 0)
        left, right = max(first, 0), min(after, length)
        if left >= right:
            return "N" * max(after - first, 0)
        blocks = range(left // BLOCK, (right - 1) // BLOCK + 1)
        text = "".join(self._block(chrom, number) for number in blocks)
        start = left - blocks[0] * BLOCK
        return "N" * (left - first) + text[start : start + right - left] + "N" * (after - right)

    def strand(self, transcript: Transcript, first: int, after: int) -> str:
        """Return bases of a transcript's strand between two places of its axis."""
        bases = self.genome(transcript.chrom, *transcript.on_strand(first, after))
        return bases if transcript.forward else reverse_complement(bases)

    def _splice(self, transcript: Transcript) -> str:
        return "".join(self.strand(transcript, first, after) for first, after in transcript.exons)
