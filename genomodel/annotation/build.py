"""Which reference genome a file's coordinates are of."""

from __future__ import annotations

from pathlib import Path

from genomodel.calls.vcf_text import VcfReader
from genomodel.core.patients import GenomeBuild

SYNTHETIC_HEADER = "genomodel_genome"
CONTIG_LENGTHS = {
    GenomeBuild.GRCH37: {"1": 249250621, "7": 159138663, "17": 81195210, "X": 155270560},
    GenomeBuild.GRCH38: {"1": 248956422, "7": 159345973, "17": 83257441, "X": 156040895},
}
"""Lengths from the assemblies' own sequence reports (GCA_000001405.14 and GCA_000001405.15)."""


def genome_of_vcf(path: str | Path) -> GenomeBuild:
    """Return the build that a VCF's header names by its contig lengths, or by the mark of a simulated genome.

    Raises
    ------
    InputError
        The file cannot be read as VCF.
    """
    header = VcfReader(path).header
    lengths = {name.removeprefix("chr"): length for name, length in header.contig_lengths().items()}
    if header.value(SYNTHETIC_HEADER) == GenomeBuild.SYNTHETIC.value:
        return GenomeBuild.SYNTHETIC
    for build, expected in CONTIG_LENGTHS.items():
        if any(lengths.get(name) == length for name, length in expected.items()):
            return build
    return GenomeBuild.UNKNOWN
