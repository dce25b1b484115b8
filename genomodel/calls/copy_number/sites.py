"""Heterozygous single-nucleotide polymorphisms of the patient, with the fragments of both alleles in the tumor.

With a matched normal they are found in it: a base beside the reference's in 25 to 75 % of at least twenty fragments.
Without one only known polymorphisms can be asked, and only those are heterozygous for sure at which the tumor itself
shows both alleles: where a tumor of high purity has lost one of them, its sites leave the count, so that a lost allele
is missed there, not invented.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pysam

from genomodel.calls.fragments import AlleleReads, ReadLimits, SampleReads, read_fragments
from genomodel.calls.shards import Region, assayed_regions, callable_regions, windows
from genomodel.calls.vcf_text import VcfReader
from genomodel.core.copy_number import HetSite
from genomodel.core.errors import InputError
from genomodel.core.variants import Variant

HETEROZYGOUS = (0.25, 0.75)
"""Fractions in the normal that a heterozygous site shows at twenty fragments and more, preference for the reference
included; a normal's own copy-number variants and mapping artifacts lie outside."""
TUMOR_ONLY = (0.05, 0.95)
MIN_DEPTH = 20
MIN_TUMOR_DEPTH = 10
APART = 150
"""Bases between two sites: nearer ones are read from the same fragments and say one thing twice."""
MAX_SITES = 6000
THIRD_ALLELE = 0.05
"""Share of reads with neither base from which a site is no plain polymorphism."""
WINDOW = 10_000
NEIGHBORS = 20
_SEX = re.compile(r"^(?:chr)?(?:[XYM]|MT)", re.IGNORECASE)

Counts = npt.NDArray[np.int64]


def het_sites(
    tumor: str | Path,
    reference: str | Path,
    *,
    normal: str | Path | None = None,
    bed: str | Path | None = None,
    known_sites: str | Path | None = None,
    threads: int = 1,
    max_sites: int = MAX_SITES,
) -> tuple[HetSite, ...]:
    """Read the patient's heterozygous sites on the autosomes and count both alleles by fragments.

    Parameters
    ----------
    tumor, normal
        Sorted, indexed BAM or CRAM. Without ``normal`` the sites come from ``known_sites``.
    reference
        FASTA with its index.
    bed
        Assayed regions; without it windows all over the reference are looked at, in an order that is random but
        always the same, until there are enough sites.
    known_sites
        VCF of common polymorphisms, for a tumor without normal. Without it a tumor alone has no sites.
    threads
        Processes at a time; the result is the same for any number.
    max_sites
        Sites that are enough.

    Returns
    -------
    tuple of HetSite
        In the order of the reference.

    Raises
    ------
    InputError
        A file cannot be read, or the regions do not lie on the reference.
    """
    if normal is None and known_sites is None:
        return ()
    order = _contig_order(reference)
    if normal is not None:
        regions = assayed_regions(bed, reference) if bed else callable_regions(reference)
        candidates = _candidates(normal, reference, [r for r in regions if not _SEX.match(r[0])], max_sites)
    else:
        candidates = _known(str(known_sites), order, assayed_regions(bed, reference) if bed else None, max_sites)
    variants = sorted(candidates, key=lambda v: (order[v.chrom], v.pos))
    samples = [
        SampleReads(str(path), str(reference), ReadLimits())
        for path in ((tumor,) if normal is None else (tumor, normal))
    ]
    counted = [found for found, _ in read_fragments(samples, variants, threads)]
    sites = (_site(variant, [found.get(variant.key) for found in counted]) for variant in variants)
    return tuple(site for site in sites if site is not None)


def _contig_order(reference: str | Path) -> dict[str, int]:
    try:
        with pysam.FastaFile(str(reference)) as fasta:
            return {name: index for index, name in enumerate(fasta.references)}
    except (OSError, ValueError) as error:
        fix = "Plain or bgzipped FASTA, indexed with samtools faidx"
        raise InputError(f"the reference cannot be read ({error})", path=reference, fix=fix) from error


def _site(variant: Variant, reads: Sequence[AlleleReads | None]) -> HetSite | None:
    counts = [(0, 0) if found is None else (found.count(0), found.count(1)) for found in reads]
    (ref, alt), normal = counts[0], counts[1] if len(counts) > 1 else None
    judged, limits = (normal, HETEROZYGOUS) if normal is not None else ((ref, alt), TUMOR_ONLY)
    depth = sum(judged)
    if depth < MIN_DEPTH or ref + alt < MIN_TUMOR_DEPTH or not limits[0] <= judged[1] / depth <= limits[1]:
        return None
    return HetSite(
        chrom=variant.chrom,
        pos=variant.pos,
        tumor_ref=ref,
        tumor_alt=alt,
        normal_ref=None if normal is None else normal[0],
        normal_alt=None if normal is None else normal[1],
    )


def _candidates(
    alignment: str | Path, reference: str | Path, regions: Sequence[Region], max_sites: int
) -> list[Variant]:
    """Return bases at which the normal looks heterozygous, by reads; fragments are counted afterwards."""
    in_order = list(windows(regions, WINDOW))
    runs = [in_order[start : start + NEIGHBORS] for start in range(0, len(in_order), NEIGHBORS)]
    random.Random(0).shuffle(runs)
    found: list[Variant] = []
    try:
        with (
            pysam.AlignmentFile(str(alignment), reference_filename=str(reference)) as reads,
            pysam.FastaFile(str(reference)) as fasta,
        ):
            for region in chain.from_iterable(runs):
                if region[0] in reads.references and next(reads.fetch(*region), None) is not None:
                    found += _of_window(reads, fasta.fetch(*region).upper(), region)
                if len(found) >= max_sites:
                    break
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be read ({error})", path=alignment, fix="Check it and its index") from error
    return found


def _of_window(reads: pysam.AlignmentFile, bases: str, region: Region) -> Iterator[Variant]:
    def counted(read: pysam.AlignedSegment) -> bool:
        return not (read.flag & 0xF04) and read.mapping_quality >= ReadLimits.min_mapping_quality

    quality = ReadLimits.min_base_quality
    counts: Counts = np.array(reads.count_coverage(*region, quality_threshold=quality, read_callback=counted))
    depth = counts.sum(axis=0)
    codes = np.frombuffer(bases.encode(), dtype=np.uint8)
    is_reference = codes[None, :] == np.frombuffer(b"ACGT", dtype=np.uint8)[:, None]
    others = np.where(is_reference, 0, counts)
    alt, ref = others.max(axis=0), np.where(is_reference, counts, 0).sum(axis=0)
    share = alt / np.maximum(alt + ref, 1)
    fits = is_reference.any(axis=0) & (depth >= MIN_DEPTH) & (depth - alt - ref <= THIRD_ALLELE * depth)
    fits &= (share >= HETEROZYGOUS[0]) & (share <= HETEROZYGOUS[1])
    last = -APART
    for index in np.flatnonzero(fits):
        if index - last >= APART:
            last = int(index)
            alternate = "ACGT"[int(others[:, index].argmax())]
            yield Variant(chrom=region[0], pos=region[1] + last + 1, ref=bases[last], alt=alternate)


def _known(path: str, order: dict[str, int], regions: Iterable[Region] | None, max_sites: int) -> list[Variant]:
    """Return single-base polymorphisms of a VCF on the reference's autosomes and inside the assay."""
    inside: dict[str, list[tuple[int, int]]] | None = None
    if regions is not None:
        inside = {}
        for name, start, end in regions:
            inside.setdefault(name, []).append((start, end))
    reader = VcfReader(path, require_sorted=False)
    found: list[Variant] = []
    contigs: set[str] = set()
    for record in reader:
        contigs.add(record.chrom)
        single = len(record.ref) == 1 and len(record.alts) == 1 and len(record.alts[0]) == 1
        if not single or record.chrom not in order or _SEX.match(record.chrom):
            continue
        places = None if inside is None else inside.get(record.chrom, [])
        if places is None or any(start < record.pos <= end for start, end in places):
            found.append(Variant(chrom=record.chrom, pos=record.pos, ref=record.ref, alt=record.alts[0]))
    if contigs and not contigs & set(order):
        what = f"none of its contigs ({', '.join(sorted(contigs)[:3])}) is in the reference"
        raise InputError(what, path=path, fix="Use sites of the same genome build; mind chr1 and 1")
    random.Random(0).shuffle(found)
    return _apart(sorted(found[:max_sites], key=lambda v: (order[v.chrom], v.pos)))


def _apart(variants: Iterable[Variant]) -> list[Variant]:
    kept: list[Variant] = []
    for variant in variants:
        if not kept or kept[-1].chrom != variant.chrom or variant.pos - kept[-1].pos >= APART:
            kept.append(variant)
    return kept
