"""What the head of a GFF3 says of its genome: the build, and the lengths of contigs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from genomodel.calls.vcf_text import read_lines
from genomodel.core.builds import bare
from genomodel.core.errors import InputError
from genomodel.core.patients import GenomeBuild

_REGION = re.compile(r"##sequence-region\s+(\S+)\s+\d+\s+(\d+)")
_BUILD = re.compile(r"#[#!]genome-(?:build|version)\s+.*?(GRCh3[78]|hg19|hg38)")
_NAMES = {"hg19": "GRCh37", "hg38": "GRCh38"}


@dataclass(frozen=True, slots=True)
class GffHead:
    """Human builds and lengths that the head names, each with its row."""

    path: Path
    builds: tuple[tuple[int, GenomeBuild], ...]
    lengths: tuple[tuple[int, str, int], ...]

    def require_lengths(self, known: Mapping[str, int], where: str, fix: str) -> None:
        """Refuse another length of a contig than the one known, but of the mitochondrion.

        Parameters
        ----------
        known
            Lengths by names as :func:`~genomodel.core.builds.bare` gives them.
        where
            Of what they are, in words.
        fix
            What the user can do.

        Raises
        ------
        InputError
            A contig has another length.
        """
        for row, contig, length in self.lengths:
            other = known.get(bare(contig), length)
            # UCSC's hg19 has a mitochondrion of its own, 16,571 bases where others of GRCh37 have 16,569.
            if other != length and bare(contig) != "MT":
                text = f"{contig} has {length} bases in the gene models and {other} in {where}"
                raise InputError(text, path=self.path, row=row, fix=fix)


def read_gff_head(gff: str | Path) -> GffHead:
    """Read the lines of a GFF3 that begin with ``#``, up to the first that does not.

    Raises
    ------
    InputError
        The file is missing, empty, damaged or not UTF-8.
    """
    builds, lengths = [], []
    for row, line in takewhile(lambda numbered: numbered[1].startswith("#"), read_lines(gff, "GFF3")):
        if named := _BUILD.match(line):
            builds.append((row, GenomeBuild(_NAMES.get(named[1], named[1]))))
        if region := _REGION.match(line):
            lengths.append((row, region[1], int(region[2])))
    return GffHead(Path(gff), tuple(builds), tuple(lengths))
