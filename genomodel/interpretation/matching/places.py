"""Alleles by place, and HGVS names, brought into one form, so that different spellings of one allele compare equal."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from genomodel.core.builds import bare
from genomodel.core.knowledge import Criterion, Place
from genomodel.core.patients import GenomeBuild
from genomodel.core.variants import Variant
from genomodel.resources.mane import without_version
from genomodel.resources.tables import load_table

_BASES = re.compile(r"[ACGTN]*")
_GENOMIC = re.compile(r"NC_0000(\d\d)\.(\d+):g\.(\d+)([ACGT])>([ACGT])")
_NAMED_BASES = re.compile(r"(del|dup)([ACGT]+|\d+)(?=ins|$)")
VERSIONS_38 = dict(
    zip(
        [*map(str, range(1, 23)), "X", "Y"],
        (11, 12, 12, 12, 10, 12, 14, 11, 12, 11, 10, 12, 11, 9, 10, 10, 11, 10, 10, 11, 9, 11, 11, 10),
        strict=True,
    )
)
"""Versions of the ``NC_`` records of GRCh38, as the MANE summary has them; those of GRCh37 are one less."""


class Allele(NamedTuple):
    """An allele without the bases that both sides share; of an insertion, ``pos`` is the base after it."""

    build: GenomeBuild
    chrom: str
    pos: int
    ref: str
    alt: str


def allele_of(variant: Variant, build: GenomeBuild) -> Allele | None:
    """Return a variant's allele; ``None`` for ``*``, symbolic and ambiguous alleles."""
    pos = variant.pos + (not variant.ref.strip("-"))
    return _allele(build, variant.chrom, pos, variant.ref, variant.alt)


def allele_of_place(place: Place) -> Allele | None:
    """Return the allele of a place, ``None`` where it names no bases.

    Sources write an insertion with the two bases beside it as start and end, as mutation annotation files do.
    """
    if not place.ref.strip("-") and not place.alt.strip("-"):
        return None
    pos = place.start if place.ref.strip("-") else max(place.end, place.start + 1)
    return _allele(place.build, place.chrom, pos, place.ref, place.alt)


def _allele(build: GenomeBuild, chrom: str, pos: int, ref: str, alt: str) -> Allele | None:
    ref, alt = ref.upper().strip("-"), alt.upper().strip("-")
    if ref == alt or not _BASES.fullmatch(ref) or not _BASES.fullmatch(alt):
        return None
    while ref and alt and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    while ref and alt and ref[0] == alt[0]:
        pos, ref, alt = pos + 1, ref[1:], alt[1:]
    return Allele(build, bare(chrom), pos, ref, alt)


@cache
def allele_of_genomic_name(name: str) -> Allele | None:
    """Return the allele of a substitution by its genomic name; the version of the record tells the build."""
    match = _GENOMIC.fullmatch(name.strip())
    if match is None:
        return None
    chrom = {"23": "X", "24": "Y"}.get(match[1], match[1].lstrip("0"))
    builds = {VERSIONS_38.get(chrom): GenomeBuild.GRCH38, VERSIONS_38.get(chrom, 1) - 1: GenomeBuild.GRCH37}
    build = builds.get(int(match[2]))
    return Allele(build, chrom, int(match[3]), match[4], match[5]) if build is not None else None


def alleles_of(criterion: Criterion) -> tuple[Allele, ...]:
    """Return the alleles that a criterion names by place or by genomic name, of any build."""
    if not (criterion.places or criterion.hgvs or criterion.kind == "genomic"):
        return ()
    places = (*criterion.places, *(_written(criterion.value) if criterion.kind == "genomic" else ()))
    found = [allele_of_place(place) for place in places] + [allele_of_genomic_name(name) for name in criterion.hgvs]
    return tuple(dict.fromkeys(allele for allele in found if allele is not None))


@cache
def _written(value: str) -> tuple[Place, ...]:
    """Return the places of ``GRCh37:5:1295228:G:A,GRCh38:5:1295113:G:A``."""
    found = []
    for text in filter(None, value.split(",")):
        build, chrom, pos, ref, alt = text.split(":")
        start = int(pos)
        end = start + max(len(ref.strip("-")), 1) - 1
        found.append(Place(build=GenomeBuild(build), chrom=chrom, start=start, end=end, ref=ref, alt=alt))
    return tuple(found)


def builds_of(criterion: Criterion) -> tuple[GenomeBuild, ...]:
    """Return the builds of which a criterion has places with bases."""
    return tuple(dict.fromkeys(allele.build for allele in alleles_of(criterion)))


@cache
def _twins() -> dict[str, str]:
    """Return the Ensembl name of RefSeq transcripts that MANE holds to be the same."""
    return {without_version(row["refseq"]): without_version(row["ensembl"]) for row in load_table("mane_select")}


def transcript_key(transcript: str) -> str:
    """Return the name by which transcripts compare: no version, one name for the two of a MANE pair."""
    name = without_version(transcript.strip())
    return _twins().get(name, name)


class CodingName(NamedTuple):
    """A ``c.`` or ``n.`` name: transcript and change in one form."""

    transcript: str
    change: str


@cache
def coding_name(name: str) -> CodingName | None:
    """Return a ``c.`` or ``n.`` name with its transcript, ``None`` for other names and those without transcript.

    Deleted and duplicated bases that a name repeats are left out: ``c.35delG`` is ``c.35del``.
    """
    accession, colon, change = name.strip().partition(":")
    if not colon or change[:2] not in ("c.", "n."):
        return None
    change = change.replace("(", "").replace(")", "")
    return CodingName(transcript_key(accession), _NAMED_BASES.sub(r"\1", change))


def coding_names(criterion: Criterion) -> tuple[CodingName, ...]:
    """Return the ``c.`` and ``n.`` names of a criterion."""
    return tuple(found for name in criterion.hgvs if (found := coding_name(name)) is not None)


def own_coding_name(transcript: str, hgvs_c: str) -> CodingName | None:
    """Return the name of a consequence, whose transcript may stand before the colon or beside it."""
    return coding_name(hgvs_c) if ":" in hgvs_c else coding_name(f"{transcript}:{hgvs_c}") if transcript else None
