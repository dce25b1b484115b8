"""Counting somatic substitutions by the reference bases beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pysam

from genomodel.core.builds import bare
from genomodel.core.errors import InputError
from genomodel.core.substitutions import CHANNELS, SubstitutionContexts, channel_of
from genomodel.core.variants import AnnotatedVariant, Label, Origin

Place = tuple[str, int, str, str]


def count_contexts(variants: Iterable[AnnotatedVariant], reference: str | Path) -> SubstitutionContexts:
    """Count the somatic substitutions of one base by channel.

    Each allele counts once, however many records give it. Substitutions of neighboring bases are left out, for they
    are mostly one event of two or more bases, which has signatures of its own; so are indels and changes of several
    bases in one record.

    Parameters
    ----------
    variants
        Calls of one tumor; those that are not somatic by comparison with a normal do not count.
    reference
        FASTA of the build of the calls, plain or bgzipped.

    Raises
    ------
    InputError
        The FASTA cannot be read by place.
    """
    path = Path(reference)
    places = sorted(_substitutions(variants))
    changed = {(chrom, pos) for chrom, pos, _, _ in places}
    found: Counter[str] = Counter()
    neighbors = without = 0
    try:
        fasta = pysam.FastaFile(str(path))
    except (OSError, ValueError) as error:
        fix = "Plain or bgzipped (not gzipped) FASTA; index it with samtools faidx"
        raise InputError(f"the FASTA cannot be read by place ({error})", path=path, fix=fix) from error
    with fasta:
        contigs = {bare(name): name for name in fasta.references}
        for chrom, pos, ref, alt in places:
            if {(chrom, pos - 1), (chrom, pos + 1)} & changed:
                neighbors += 1
                continue
            channel = _channel(fasta, contigs.get(chrom), pos, ref, alt)
            if channel is None:
                without += 1
            else:
                found[channel] += 1
    return SubstitutionContexts(
        counts=tuple(found[channel] for channel in CHANNELS),
        genome=path.name,
        neighbors=neighbors,
        without_bases=without,
    )


def _substitutions(variants: Iterable[AnnotatedVariant]) -> set[Place]:
    found = set()
    for item in variants:
        if item.origin is not Origin.SOMATIC or Label.CONFIRM in item.labels:
            continue
        place = _single_base(bare(item.variant.chrom), item.variant.pos, item.variant.ref, item.variant.alt)
        if place is not None:
            found.add(place)
    return found


def _single_base(chrom: str, pos: int, ref: str, alt: str) -> Place | None:
    """Return the one changed base, also of an allele that is written with unchanged bases around it."""
    ref, alt = ref.upper(), alt.upper()
    if len(ref) != len(alt) or not set(ref + alt) <= set("ACGT"):
        return None
    differing = [index for index, (old, new) in enumerate(zip(ref, alt, strict=True)) if old != new]
    if len(differing) != 1:
        return None
    at = differing[0]
    return chrom, pos + at, ref[at], alt[at]


def _channel(fasta: pysam.FastaFile, contig: str | None, pos: int, ref: str, alt: str) -> str | None:
    if contig is None or pos < 2 or pos >= fasta.get_reference_length(contig):
        return None
    triplet = fasta.fetch(contig, pos - 2, pos + 1).upper()
    return channel_of(triplet, alt) if triplet[1:2] == ref else None
