"""Which reference genome a file's coordinates are of."""

from __future__ import annotations

from pathlib import Path

from genomodel.calls.vcf_text import VcfReader
from genomodel.core.builds import build_of_lengths
from genomodel.core.patients import GenomeBuild

SYNTHETIC_HEADER = "genomodel_genome"


def genome_of_vcf(path: str | Path) -> GenomeBuild:
    """Return the build that a VCF's header names by its contig lengths, or by the mark of a simulated genome.

    Raises
    ------
    InputError
        The file cannot be read as VCF.
    """
    header = VcfReader(path).header
    if header.value(SYNTHETIC_HEADER) == GenomeBuild.SYNTHETIC.value:
        return GenomeBuild.SYNTHETIC
    return build_of_lengths(header.contig_lengths())
