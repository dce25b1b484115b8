"""Which human genome build a set of contigs is of."""

from __future__ import annotations

from collections.abc import Mapping

from genomodel.core.patients import GenomeBuild

CONTIG_LENGTHS = {
    GenomeBuild.GRCH37: {"1": 249250621, "5": 180915260, "7": 159138663, "17": 81195210, "X": 155270560},
    GenomeBuild.GRCH38: {"1": 248956422, "5": 181538259, "7": 159345973, "17": 83257441, "X": 156040895},
}
"""Lengths from the assemblies' own sequence reports (GCA_000001405.14 and GCA_000001405.15)."""


_NAMED_OTHERWISE = {"M": "MT", "23": "X", "24": "Y", "x": "X", "y": "Y"}


def bare(contig: str) -> str:
    """Return the name of a contig that all its spellings share: without ``chr``, ``MT`` for ``M``, ``X`` for ``23``.

    Mutation tables of TCGA and programs of genetics number the sex chromosomes on.
    """
    name = contig[3:] if contig[:3].lower() == "chr" else contig
    return _NAMED_OTHERWISE.get(name, name)


def spellings(contig: str) -> tuple[str, ...]:
    """Return the names that files may have for a contig, its own first."""
    name = bare(contig)
    return (contig, name, f"chr{name}", *(("chrM",) if name == "MT" else ()))


def build_of_lengths(lengths: Mapping[str, int]) -> GenomeBuild:
    """Return the human build that one of the contigs has the length of, else ``UNKNOWN``; ``chr`` does not matter."""
    named = {bare(name): length for name, length in lengths.items()}
    for build, expected in CONTIG_LENGTHS.items():
        if any(named.get(name) == length for name, length in expected.items()):
            return build
    return GenomeBuild.UNKNOWN
