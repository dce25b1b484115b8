"""Translation of coding bases, with what the standard code leaves out: start codons, selenocysteine, mitochondria."""

from __future__ import annotations

from genomodel.core.codons import CODON_TABLE

MITOCHONDRIAL_TABLE = CODON_TABLE | {"TGA": "W", "ATA": "M", "AGA": "*", "AGG": "*"}
"""The vertebrate mitochondrial code (NCBI translation table 2)."""

# fmt: off
SELENOPROTEINS = frozenset({
    "DIO1", "DIO2", "DIO3", "GPX1", "GPX2", "GPX3", "GPX4", "GPX6", "MSRB1", "SELENOF", "SELENOH", "SELENOI",
    "SELENOK", "SELENOM", "SELENON", "SELENOO", "SELENOP", "SELENOS", "SELENOT", "SELENOV", "SELENOW", "SEPHS2",
    "TXNRD1", "TXNRD2", "TXNRD3",
})
# fmt: on
"""The 25 human genes whose ``TGA`` is read as selenocysteine (Kryukov et al. 2003, doi:10.1126/science.1083516; names
after Gladyshev et al. 2016, doi:10.1074/jbc.M116.756155)."""


def table_for(mitochondrial: bool) -> dict[str, str]:
    """Return the genetic code, codon to residue."""
    return MITOCHONDRIAL_TABLE if mitochondrial else CODON_TABLE


def translate_codons(bases: str, table: dict[str, str]) -> str:
    """Return the residues of whole codons, stops included, ``X`` where a base is not known."""
    return "".join(table.get(bases[start : start + 3], "X") for start in range(0, len(bases) - 2, 3))


def translate_to_stop(bases: str, table: dict[str, str]) -> str:
    """Return the residues of whole codons up to the first stop, which is the last; without a stop, all."""
    found: list[str] = []
    for start in range(0, len(bases) - 2, 3):
        residue = table.get(bases[start : start + 3], "X")
        found.append(residue)
        if residue == "*":
            break
    return "".join(found)
