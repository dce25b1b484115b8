"""Alignments that pictures are made of: opened, held against the build of the calls, with their reference bases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pysam

from genomodel.calls.alleles import Bases
from genomodel.calls.fragments import ReadLimits
from genomodel.core.builds import build_of_lengths, spellings
from genomodel.core.errors import InputError
from genomodel.core.patients import GenomeBuild
from genomodel.core.variants import Variant
from genomodel.files import require_file

MD_REACH = 80
"""Bases around a variant that MD tags have to tell where no FASTA does."""
MD_READS = 500
"""Reads whose MD tags are looked at for that."""
FROM_TAGS = "MD tags of the reads"


@dataclass(frozen=True, slots=True)
class Alignments:
    """The reads of one patient.

    Attributes
    ----------
    tumor, normal
        Sorted, indexed BAM or CRAM.
    reference
        FASTA that they were aligned to; ``None`` takes the reference bases from the reads' MD tags.
    build
        Genome build of the calls.
    limits
        Reads and bases that count.
    """

    tumor: str
    normal: str | None = None
    reference: str | None = None
    build: GenomeBuild = GenomeBuild.UNKNOWN
    limits: ReadLimits = field(default_factory=ReadLimits)


def require_alignment(path: str, reference: str | None, build: GenomeBuild = GenomeBuild.UNKNOWN) -> None:
    """Refuse an alignment that no picture could be made of.

    Raises
    ------
    InputError
        It is missing, no BAM or CRAM, truncated, without index, a CRAM without FASTA, or of another genome build.
    """
    with opened(path, Alignments(tumor=path, reference=reference, build=build)):
        pass


@dataclass(frozen=True)
class OpenedReads:
    """One opened alignment."""

    handle: pysam.AlignmentFile
    fasta: pysam.FastaFile | None
    given: Alignments
    name: str

    def bases(self, contig: str, start: int, end: int) -> str:
        """Return reference bases of the FASTA."""
        assert self.fasta is not None
        return str(self.fasta.fetch(contig, max(0, start), end)).upper()


@contextmanager
def opened(path: str, given: Alignments) -> Iterator[OpenedReads]:
    """Open an alignment and the FASTA, and turn what the readers raise into words; their own chatter is silenced."""
    file = require_file(path, "alignment")
    verbosity = pysam.set_verbosity(0)
    try:
        with ExitStack() as stack:
            fasta = _fasta(stack, given.reference) if given.reference else None
            handle = stack.enter_context(pysam.AlignmentFile(str(file), reference_filename=given.reference))
            _require_sound(handle, file, given)
            yield OpenedReads(handle, fasta, given, file.name)
    except (OSError, ValueError) as error:
        # A damaged file may be found out only when it is closed.
        raise InputError(f"its reads cannot be read ({error})", path=file, fix="Copy the file again") from error
    finally:
        pysam.set_verbosity(verbosity)


def _fasta(stack: ExitStack, reference: str) -> pysam.FastaFile:
    try:
        return stack.enter_context(pysam.FastaFile(reference))
    except (OSError, ValueError) as error:
        fix = "Plain or bgzipped (not gzipped) FASTA; index it with samtools faidx"
        raise InputError("the reference cannot be read", path=reference, fix=fix) from error


def _require_sound(handle: pysam.AlignmentFile, file: Path, given: Alignments) -> None:
    if not (handle.is_bam or handle.is_cram):
        raise InputError("this is neither BAM nor CRAM", path=file, fix="Turn SAM into BAM with samtools sort")
    if handle.is_cram and given.reference is None:
        raise InputError("a CRAM cannot be read without the FASTA", path=file, fix="Give --reference FASTA")
    if handle.is_bam and handle.check_truncation():
        raise InputError("the file is truncated (its end block is missing)", path=file, fix="Copy the file again")
    if not handle.has_index():
        raise InputError("there is no index beside it", path=file, fix=f"Make one with samtools index {file.name}")
    build = build_of_lengths(dict(zip(handle.references, handle.lengths, strict=True)))
    human = (GenomeBuild.GRCH37, GenomeBuild.GRCH38)
    if build in human and given.build in human and build is not given.build:
        what = f"the reads are aligned to {build.value}, and the calls are of {given.build.value}"
        raise InputError(what, path=file, fix="Give the alignment that the calls were made of")


def contig_of(reads: OpenedReads, variant: Variant) -> str:
    """Return the name of the contig in the alignment; raise where it is missing, or of another length in the FASTA."""
    lengths = dict(zip(reads.handle.references, reads.handle.lengths, strict=True))
    name = next((name for name in spellings(variant.chrom) if name in lengths), None)
    if name is None:
        raise InputError(f"the alignment has no contig {variant.chrom}")
    if variant.pos + len(variant.ref) - 1 > lengths[name]:
        raise InputError(f"{variant.chrom} ends at {lengths[name]:,} in the alignment, before the variant")
    return name


def reference_bases(reads: OpenedReads, contig: str, variant: Variant) -> tuple[Bases, str]:
    """Return how reference bases are asked for, and where they come from.

    Raises
    ------
    InputError
        The bases at the variant are not those of the call: the reads are of another genome.
    """
    first, last = variant.pos - 1, variant.pos - 1 + len(variant.ref)
    if reads.fasta is not None:
        lengths = dict(zip(reads.fasta.references, reads.fasta.lengths, strict=True))
        name = next((name for name in spellings(contig) if name in lengths), None)
        if name is None:
            raise InputError(f"the FASTA has no contig {contig}")
        if lengths[name] != reads.handle.get_reference_length(contig):
            there = f"{reads.handle.get_reference_length(contig):,} bases in the alignment"
            raise InputError(f"{contig} has {there} and {lengths[name]:,} in the FASTA: another genome build")
        told, source = name, Path(str(reads.given.reference)).name

        def bases(_: str, start: int, end: int) -> str:
            return reads.bases(told, start, end)

    else:
        known = _bases_of_tags(reads, contig, first, last)
        source = FROM_TAGS if known else ""
        known = known or dict(enumerate(variant.ref, first))

        def bases(_: str, start: int, end: int) -> str:
            return "".join(known.get(place, "N") for place in range(max(0, start), end))

    own = bases(contig, first, last)
    if any(base not in ("N", other) and other != "N" for base, other in zip(own, variant.ref, strict=False)):
        raise InputError(
            f"at {variant.chrom}:{variant.pos} the reads' reference has {own[:20]} where the call has "
            f"{variant.ref[:20]}: another genome build"
        )
    return bases, source


def _bases_of_tags(reads: OpenedReads, contig: str, first: int, last: int) -> dict[int, str]:
    """Return reference bases by place as the reads' MD tags tell them; nothing where no read has one."""
    low, high = max(0, first - MD_REACH), min(last + MD_REACH, reads.handle.get_reference_length(contig))
    known: dict[int, str] = {}
    for number, read in enumerate(reads.handle.fetch(contig, low, high)):
        if number >= MD_READS or all(place in known for place in range(low, high)):
            break
        if read.is_unmapped or not read.has_tag("MD") or not read.query_sequence:
            continue
        with suppress(ValueError, AssertionError):
            pairs = read.get_aligned_pairs(with_seq=True)
            known.update((place, base.upper()) for _, place, base in pairs if place is not None and base)
    return known
