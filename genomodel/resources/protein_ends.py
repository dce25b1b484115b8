"""Where a stop brings the decay of its transcript, and which exons can be skipped in frame, for genes that tumors lose.

Counted on MANE Select by UCSC refGene's exons. A stop codon 50 bases or more before the last junction of exons brings
nonsense-mediated decay; one behind that leaves a shortened protein (Abou Tayoun et al. 2018, doi:10.1002/humu.23626).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from genomodel.resources.gene_symbols import current_symbol
from genomodel.resources.tables import load_table


class ProteinEnd(NamedTuple):
    """How a transcript ends."""

    transcript: str
    residues: int
    last_with_decay: int
    """Last residue at which a stop brings decay; 0 where none does."""
    junctions: tuple[int, ...]
    """Coding bases before each junction of coding exons, in their order."""

    def is_lost_in_frame(self, before: int, *, donor: bool) -> tuple[bool, int] | None:
        """Return whether skipping an exon keeps the frame, and how many residues it costs.

        Parameters
        ----------
        before
            Coding bases before the junction, as ``375`` of ``c.375+1`` and of ``c.376-1``.
        donor
            Whether the exon before the junction is skipped; else the one behind it.

        Returns
        -------
        tuple or None
            ``None`` where no junction of the transcript lies there.
        """
        if before not in self.junctions:
            return None
        bounds = (0, *self.junctions, (self.residues + 1) * 3)
        at = bounds.index(before)
        length = bounds[at] - bounds[at - 1] if donor else bounds[at + 1] - bounds[at]
        return length % 3 == 0, length // 3


@cache
def _ends() -> dict[str, ProteinEnd]:
    return {
        current_symbol(row["gene"]): ProteinEnd(
            row["transcript"],
            int(row["residues"]),
            int(row["last_with_decay"]),
            tuple(int(part) for part in row["junctions"].split(",") if part),
        )
        for row in load_table("protein_ends")
    }


def protein_end(gene: str) -> ProteinEnd | None:
    """Return how the transcript of a gene that tumors may lose ends, ``None`` for any other gene."""
    return _ends().get(current_symbol(gene))
