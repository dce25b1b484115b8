"""The standard genetic code (NCBI translation table 1) and the other strand."""

from __future__ import annotations

from itertools import product

COMPLEMENT = str.maketrans("ACGTNacgtn", "TGCANtgcan")
CODON_TABLE = dict(
    zip(
        ("".join(codon) for codon in product("TCAG", repeat=3)),
        "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG",
        strict=True,
    )
)


def reverse_complement(sequence: str) -> str:
    """Return the sequence of the other strand, read in its own direction."""
    return sequence.translate(COMPLEMENT)[::-1]


def translate(sequence: str) -> str:
    """Return the residues of whole codons, ``X`` where a base is not known; the rest is left out."""
    bases = sequence.upper()
    return "".join(CODON_TABLE.get(bases[start : start + 3], "X") for start in range(0, len(bases) - 2, 3))
