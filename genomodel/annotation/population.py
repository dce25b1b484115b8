"""How often an allele is seen in the population, from a VCF such as gnomAD's.

The highest frequency in any population counts: gnomAD's own maximum (``AF_popmax`` in version 2, ``AF_grpmax`` from
version 4 on) leaves the small and the bottlenecked populations out, so that each ``AF_<population>`` is looked at as
well, those of the 1000 Genomes (``EUR_AF``) too. A population with few alleles counted says nothing near the threshold
that is used: one allele of a heterozygous person among fewer than :data:`LEAST_ALLELES` would reach half of it.

Files name contigs ``chr7`` or ``7``; both are asked. An allele of several bases that the file does not hold is taken
apart: it cannot be more frequent than the rarest of its single-base changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Self

import pysam

from genomodel.calls.alleles import trimmed
from genomodel.calls.vcf_text import VcfHeader, VcfReader
from genomodel.core.builds import bare, spellings
from genomodel.core.errors import InputError
from genomodel.files import require_file

POPULATION_INFO = "GM_AF"
"""INFO field with the highest frequency of each alternate allele."""
POPULATION_HEADER = "genomodel_population"
NO_FILE = "none"
LEAST_ALLELES = 2000
"""Alleles counted in a population below which its frequency is not used, unless the file does not say how many."""

_GROUPS = "afr|ami|amr|asj|eas|fin|mid|nfe|oth|remaining|sas"
_OVERALL = ("AF_popmax", "AF_grpmax", "AF_grpmax_joint", "AF_joint", "AF")
_OF_GROUP = re.compile(rf"^AF_(?:joint_)?(?:{_GROUPS})$|^(?:AFR|AMR|EAS|EUR|SAS)_AF$")


class PopulationFrequencies:
    """Frequencies by allele out of a bgzipped VCF with its index; use it as a context.

    Parameters
    ----------
    path
        VCF, bgzipped and indexed by tabix.

    Raises
    ------
    InputError
        The file or its index is missing, or it declares no frequency.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = require_file(path, "population VCF")
        self.header: VcfHeader = VcfReader(self.path).header
        try:
            self._tabix = pysam.TabixFile(str(self.path))
        except (OSError, ValueError) as error:
            fix = "Compress it with bgzip and index it with tabix -p vcf; the index lies beside it"
            raise InputError(
                f"the population VCF cannot be read by place ({error})", path=self.path, fix=fix
            ) from error
        declared = [
            name for line in self.header.meta if line.startswith("##INFO=<ID=") for name in [line[11:].split(",")[0]]
        ]
        self._keys = frozenset(name for name in declared if name in _OVERALL or _OF_GROUP.match(name))
        if not self._keys:
            self._tabix.close()
            fix = "Give a VCF with INFO AF, AF_popmax, AF_grpmax or AF by population"
            raise InputError("the population VCF declares no allele frequency", path=self.path, fix=fix)
        self._contigs = frozenset(self._tabix.contigs)
        self._at = lru_cache(maxsize=64)(self._read)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tabix.close()

    def check_build(self, lengths: dict[str, int]) -> None:
        """Raise unless the contigs of the file can be those of a genome.

        Raises
        ------
        InputError
            No contig is shared, or one has another length.
        """
        own = self.header.contig_lengths()
        here = {bare(name): length for name, length in lengths.items()}
        if not {bare(name) for name in self._contigs} & set(here):
            listed = ", ".join(sorted(self._contigs)[:5])
            raise InputError(
                f"no contig of the population VCF ({listed}) is in the reference",
                path=self.path,
                fix="Give the population VCF of the genome build that the calls were made on",
            )
        for name, length in own.items():
            if here.get(bare(name), length) != length:
                raise InputError(
                    f"{name} has {length} bases in the population VCF and {here[bare(name)]} in the reference",
                    path=self.path,
                    fix="Give the population VCF of the genome build that the calls were made on",
                )

    def frequency(self, chrom: str, pos: int, ref: str, alt: str) -> float | None:
        """Return the highest frequency of an allele, ``None`` when the file does not hold it.

        Parameters
        ----------
        chrom, pos, ref, alt
            The allele, aligned to the left and without bases that reference and alternate share.
        """
        contig = next((name for name in spellings(chrom) if name in self._contigs), None)
        if contig is None:
            return None
        found = self._at(contig, pos).get((ref.upper(), alt.upper()))
        if found is not None or len(ref) != len(alt) or len(ref) == 1:
            return found
        parts = [
            self._at(contig, pos + index).get((old, new))
            for index, (old, new) in enumerate(zip(ref.upper(), alt.upper(), strict=True))
            if old != new
        ]
        known = [part for part in parts if part is not None]
        return min(known) if known and len(known) == len(parts) else None

    def _read(self, contig: str, pos: int) -> dict[tuple[str, str], float]:
        alleles: dict[tuple[str, str], float] = {}
        for line in self._tabix.fetch(contig, pos - 1, pos):
            columns = str(line).split("\t", 8)
            if int(columns[1]) != pos:
                continue
            info = dict(part.partition("=")[::2] for part in columns[7].split(";"))
            alts = columns[4].split(",")
            for index, alt in enumerate(alts):
                known = list(self._frequencies(info, index, len(alts)))
                if known:
                    place, ref, new = trimmed(pos, columns[3].upper(), alt.upper())
                    if place == pos:
                        alleles[ref, new] = max(known)
        return alleles

    def _frequencies(self, info: dict[str, str], index: int, n_alleles: int) -> Iterator[float]:
        for key in self._keys & info.keys():
            counted = info.get("AN" + key.removeprefix("AF"), "")
            if _OF_GROUP.match(key) and counted.isdigit() and int(counted) < LEAST_ALLELES:
                continue
            values = info[key].split(",")
            if len(values) != n_alleles:
                continue
            try:
                value = float(values[index])
            except ValueError:
                continue
            if 0 <= value <= 1:
                yield value
