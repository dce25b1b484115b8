"""Sources that are asked about single alleles: a row of the registry and a module each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pysam

from genomodel.annotation.sources.base import Facts, Source
from genomodel.annotation.sources.clinvar import CLINVAR
from genomodel.annotation.sources.identity import absent, contigs_not_asked, identify, together
from genomodel.annotation.sources.population import POPULATION
from genomodel.annotation.sources.stream import Allele, AlleleFile
from genomodel.calls.alleles import Bases
from genomodel.core.provenance import AlleleSource

__all__ = ["SOURCES", "SOURCE_FIELDS", "Allele", "Found", "bases_of", "look_up"]

SOURCES: tuple[Source, ...] = (POPULATION, CLINVAR)
SOURCE_FIELDS = tuple(field.name for source in SOURCES for field in source.fields)


@dataclass(frozen=True)
class Found:
    """What all sources said."""

    sources: tuple[AlleleSource, ...] = tuple(absent(source) for source in SOURCES)
    """Every source of the registry, looked up or not."""
    facts: Mapping[Allele, Facts] = field(default_factory=dict)


def look_up(
    files: Mapping[str, Sequence[str | Path]], alleles: Iterable[Allele], reference: pysam.FastaFile, *, note: str = ""
) -> Found:
    """Ask every source that there is a file of about alleles.

    Parameters
    ----------
    files
        VCFs, bgzipped and indexed, by the id of their source; several where a source comes in parts.
    alleles
        In any order and form.
    reference
        The genome that the alleles stand on.
    note
        What could not be asked, in words, for the record of each source.

    Raises
    ------
    InputError
        A file is missing, damaged, unsorted, of another build, or lacks the fields of its source.
    """
    wanted = tuple(dict.fromkeys(alleles))
    bases = bases_of(reference)
    lengths = dict(zip(reference.references, reference.lengths, strict=True))
    facts: dict[Allele, dict[str, str]] = defaultdict(dict)
    sources = []
    for source in SOURCES:
        said: dict[Allele, list[Facts]] = defaultdict(list)
        parts = []
        unasked = {allele.chrom for allele in wanted}
        for path in files.get(source.id, ()):
            with AlleleFile(source, path) as file:
                without = contigs_not_asked(file, lengths)
                for allele, one in file.look_up(wanted, bases, without=without).items():
                    said[allele].append(one)
                file.require_own_bases()
                unasked = {chrom for chrom in unasked if chrom in without or file.contig(chrom) is None}
                parts.append(identify(file))
        for allele, found in said.items():
            facts[allele].update(source.join(found))
        sources.append(together(source, parts, unasked, note))
    return Found(tuple(sources), facts)


def bases_of(reference: pysam.FastaFile) -> Bases:
    """Return a function for the bases of a FASTA; beyond a contig's ends, or without the contig, they are unknown."""
    lengths = dict(zip(reference.references, reference.lengths, strict=True))

    def bases(chrom: str, start: int, end: int) -> str:
        if chrom not in lengths or start < 0 or start >= lengths[chrom]:
            return "N" * (end - start)
        return str(reference.fetch(chrom, start, end)).upper().ljust(end - start, "N")

    return bases
