"""Which reference genome a file's coordinates are of: by its header, by bases, and by where its genes lie."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pysam

from genomodel.calls.vcf_text import VcfReader
from genomodel.core.builds import bare, build_of_lengths
from genomodel.core.errors import InputError
from genomodel.core.patients import GenomeBuild
from genomodel.core.provenance import Step, StepStatus
from genomodel.core.variants import AnnotatedCalls, AnnotatedVariant
from genomodel.resources.gene_symbols import current_symbol
from genomodel.resources.tables import load_table

SYNTHETIC_HEADER = "genomodel_genome"
HUMAN = (GenomeBuild.GRCH37, GenomeBuild.GRCH38)
BASES_STEP = "Reference bases compared"
PLACES_STEP = "Genome build by places of genes"
NEAR_GENE = 5000
"""Bases beside a gene within which VEP and SnpEff still name it."""
LEAST_PLACES = 3
"""Variants in genes of known place that must agree before a build that nobody gave is taken from them."""
_BASES = frozenset("ACGT")
_FIX = "Give the build that the calls were made on, or lift them over; nothing can be matched by place until then"


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


def require_stated_build(path: str | Path, stated: GenomeBuild) -> GenomeBuild:
    """Return the build of a VCF, as stated or, where nothing is, by its header.

    Raises
    ------
    InputError
        The header's contigs have the lengths of the other human build.
    """
    told = genome_of_vcf(path)
    if stated in HUMAN and told in HUMAN and told is not stated:
        text = f"the contigs of the header have the lengths of {told.value}, and {stated.value} is given as the build"
        raise InputError(text, path=path, column="CHROM", fix=_FIX)
    return told if stated is GenomeBuild.UNKNOWN else stated


def check_build(calls: AnnotatedCalls, path: str | Path, reference: str | Path | None = None) -> AnnotatedCalls:
    """Check the build of calls by bases where there is a genome, and by the places of their genes.

    Parameters
    ----------
    calls
        Calls with consequences.
    path
        The file they were read from, which errors name.
    reference
        FASTA of the build that they should be of.

    Returns
    -------
    AnnotatedCalls
        The calls with a step for each check that could be made.

    Raises
    ------
    InputError
        Reference alleles are not those of the genome, or more genes lie where the other build has them.
    """
    if not calls.variants:
        return calls
    genome, *steps = _check_places(calls, path)
    if reference is not None:
        steps.append(_check_bases(calls.variants, path, Path(reference)))
    patient = calls.patient.model_copy(update={"genome": genome})
    return calls.model_copy(update={"patient": patient, "steps": (*calls.steps, *steps)})


def _check_bases(variants: Iterable[AnnotatedVariant], path: str | Path, reference: Path) -> Step:
    seen: set[tuple[int, int, str]] = set()
    compared, wrong, first = 0, 0, ""
    try:
        fasta = pysam.FastaFile(str(reference))
    except (OSError, ValueError) as error:
        fix = "Plain or bgzipped (not gzipped) FASTA; index it with samtools faidx"
        raise InputError(f"the FASTA cannot be read by place ({error})", path=reference, fix=fix) from error
    with fasta:
        contigs = {bare(name): name for name in fasta.references}
        for item in variants:
            variant = item.variant
            ref = variant.ref.upper()
            place = (item.record, variant.pos, ref)
            contig = contigs.get(bare(variant.chrom))
            if contig is None or variant.pos < 1 or place in seen or not ref or not _BASES.issuperset(ref):
                continue
            seen.add(place)
            start = variant.pos - 1
            length = fasta.get_reference_length(contig)
            found = fasta.fetch(contig, start, start + len(ref)).upper() if start < length else ""
            if not _BASES.issuperset(found):
                continue
            compared += 1
            if found != ref:
                wrong += 1
                place_text = f"record {item.record}, {variant.chrom}:{variant.pos}"
                first = first or f"{place_text}, has {ref[:20]}, the genome {found[:20] or 'no base'}"
    if wrong:
        raise InputError(
            unlike_text(wrong, compared, reference.name, first),
            path=path,
            column="REF",
            fix=unlike_fix(wrong, compared),
        )
    if not compared:
        detail = f"{reference.name} has no bases, or no contig, where the calls are"
        return Step(name=BASES_STEP, status=StepStatus.SKIPPED, detail=detail)
    detail = f"{compared} of {len(seen)} reference alleles compared with {reference.name}, all of them right"
    return Step(name=BASES_STEP, status=StepStatus.DONE, detail=detail)


def unlike_text(wrong: int, compared: int, reference: str, first: str) -> str:
    """Return the sentence on reference alleles that are not those of a genome, with their share and the first."""
    return f"{wrong} of {compared} reference alleles ({wrong / compared:.1%}) are not those of {reference}: {first}"


def unlike_fix(wrong: int, compared: int) -> str:
    """Return what to do about them: many are of another build, few are damage, for by chance one in four would fit."""
    if wrong * 10 < compared:
        return "So few speak for edited or damaged records rather than for another build: look at them"
    return "So many speak for another build: use the FASTA of the genome build that the calls were made on"


@cache
def _places() -> dict[str, tuple[str, dict[GenomeBuild, tuple[int, int]]]]:
    """Return the chromosome of a gene and its first and last base by build."""
    return {
        current_symbol(row["gene"]): (
            row["chrom"],
            {
                build: (int(row[f"{build.value.lower()}_first"]), int(row[f"{build.value.lower()}_last"]))
                for build in HUMAN
            },
        )
        for row in load_table("gene_places")
    }


def _check_places(calls: AnnotatedCalls, path: str | Path) -> tuple[GenomeBuild, *tuple[Step, ...]]:
    """Count the alleles that lie by their gene in one build only, and return the build with what was done.

    A gene's place differs by more than its length between the builds for most; where both places overlap, the bases
    that only one of them has still tell. A build that nobody gave is taken from :data:`LEAST_PLACES` that agree.
    """
    stated = calls.patient.genome
    if stated is GenomeBuild.SYNTHETIC:
        return (stated,)
    votes: dict[GenomeBuild, list[str]] = {build: [] for build in HUMAN}
    for item in calls.variants:
        told = _build_by_place(item)
        if told is not None and item.consequence is not None:
            votes[told].append(f"{item.consequence.gene} {item.variant.chrom}:{item.variant.pos}")
    total = sum(map(len, votes.values()))
    if not total:
        return (stated,)
    likely, other = sorted(HUMAN, key=lambda build: -len(votes[build]))
    n = len(votes[likely])
    lie = f"of {total} variants in genes of known place {n} ({n / total:.1%}) lie where {likely.value} has their gene"
    if stated is other and n > len(votes[other]):
        text = f"the build is given as {stated.value}, and {lie}: {', '.join(votes[likely][:3])}"
        raise InputError(text, path=path, fix=_FIX)
    if stated is GenomeBuild.UNKNOWN and (n < LEAST_PLACES or n < total):
        return (stated,)
    if stated is GenomeBuild.UNKNOWN:
        return likely, Step(name=PLACES_STEP, status=StepStatus.DONE, detail=f"the build is not given; {lie}")
    detail = f"of {total} variants in genes of known place {len(votes[stated])} lie where {stated.value} has their gene"
    return stated, Step(name=PLACES_STEP, status=StepStatus.DONE, detail=detail)


def _build_by_place(item: AnnotatedVariant) -> GenomeBuild | None:
    known = _places().get(item.consequence.gene) if item.consequence else None
    if known is None or known[0] != bare(item.variant.chrom):
        return None
    fitting = [
        build for build, (first, last) in known[1].items() if first - NEAR_GENE <= item.variant.pos <= last + NEAR_GENE
    ]
    return fitting[0] if len(fitting) == 1 else None
