"""How many residues the proteins of driver and hotspot genes have, by transcript, after UCSC refGene."""

from __future__ import annotations

from functools import cache

from genomodel.resources.gene_symbols import current_symbol
from genomodel.resources.mane import without_version
from genomodel.resources.protein_ends import protein_end
from genomodel.resources.tables import SHIPPED, load_table


@cache
def _lengths() -> dict[tuple[str, str], int]:
    return {
        (current_symbol(row["gene"]), row["transcript"]): int(row["residues"]) for row in load_table("protein_lengths")
    }


@cache
def _refseq_names() -> dict[str, str]:
    """Return the RefSeq name of MANE transcripts by Ensembl's, both without versions."""
    return {without_version(row["ensembl"]): without_version(row["refseq"]) for row in load_table("mane_select")}


def protein_length(gene: str, transcript: str) -> int | None:
    """Return how many residues a transcript has.

    Parameters
    ----------
    gene
        Symbol, current or former.
    transcript
        RefSeq name, or Ensembl's of a transcript of MANE, with or without version.

    Returns
    -------
    int or None
        ``None`` of a transcript that the table does not have, and of those whose coding bases differ from the assembly.
    """
    name = without_version(transcript)
    name = _refseq_names().get(name, name)
    known = _lengths().get((current_symbol(gene), name))
    if known is not None:
        return known
    end = protein_end(gene)
    return end.residues if end is not None and end.transcript == name else None


@cache
def length_source() -> str:
    """Return what lengths were counted on, in words."""
    version = SHIPPED["protein_lengths"].as_version()
    return f"UCSC refGene {version.version} ({version.licence})"
