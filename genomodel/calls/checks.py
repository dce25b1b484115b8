"""Checks of reads before work is spent on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import zip_longest
from pathlib import Path

import pysam

from genomodel.calls.umi import UmiFit
from genomodel.calls.vcf_text import explained, open_binary
from genomodel.core.errors import InputError, raise_collected
from genomodel.core.specimens import UmiDesign
from genomodel.files import require_file

FASTQ_LINES = 4
MOST_DECODED = 100
"""Contigs of a CRAM of which a read is decoded: chromosomes come first."""


def check_alignment(path: str | Path, reference: str | Path, *, sample: str | None = None) -> str:
    """Check a BAM or CRAM: complete, sorted, indexed, on the contigs of the reference, with one sample name.

    Parameters
    ----------
    path
        BAM or CRAM.
    reference
        FASTA that calls will be made on; its index is made when absent.
    sample
        The sample name (``SM``) that is expected, if any.

    Returns
    -------
    str
        The sample name of the read groups.

    Raises
    ------
    InputError
        Each fault that was found, all in one message.
    """
    path = require_file(path, "alignment")
    with _open_fasta(require_file(reference, "reference FASTA")) as fasta:
        lengths = dict(zip(fasta.references, fasta.lengths, strict=True))
    header = _read_header(path, Path(reference))
    errors = [*_contig_faults(path, header, lengths), *_order_faults(path, header)]
    names = sorted({group["SM"] for group in header.to_dict().get("RG", []) if group.get("SM")})
    if not names:
        fix = "Set it with: samtools addreplacerg -r '@RG\\tID:1\\tSM:NAME' IN -o OUT"
        errors.append(InputError("no read group names a sample (@RG with SM)", path=path, fix=fix))
    elif len(names) > 1:
        text = f"reads of several samples are mixed: {', '.join(names)}"
        errors.append(InputError(text, path=path, fix="Split it with samtools split"))
    elif sample is not None and names[0] != sample:
        text = f"the sample name is {names[0]!r}, expected {sample!r}"
        errors.append(
            InputError(
                text, path=path, column="SM", fix="Correct the sheet, or the read groups with samtools addreplacerg"
            )
        )
    raise_collected(errors)
    _require_decoded(path, Path(reference), header.references)
    return str(names[0])


def require_readable(path: str | Path, reference: str | Path) -> None:
    """Refuse an alignment that is cut, or a CRAM that was written against another reference.

    Raises
    ------
    InputError
        The alignment, and with a CRAM the first contig whose reads the reference does not decode.
    """
    path = require_file(path, "alignment")
    header = _read_header(path, Path(reference))
    _require_decoded(path, Path(reference), header.references)


def require_same_build(path: str | Path, reference: str | Path) -> None:
    """Refuse an alignment that shares no contig with a reference, or one of another length.

    Raises
    ------
    InputError
        The alignment, with the first contig that differs. Further contigs of the reads, as of viruses, are fine.
    """
    path = Path(path)
    with _open_fasta(Path(reference)) as fasta:
        lengths = dict(zip(fasta.references, fasta.lengths, strict=True))
    header = _read_header(path, Path(reference))
    shared = any(name in lengths for name in header.references)
    raise_collected(_contig_faults(path, header, lengths, only_shared=shared))


def _require_decoded(path: Path, reference: Path, contigs: Sequence[str]) -> None:
    """Decode the first read on each contig of a CRAM; a BAM holds its bases itself."""
    verbosity = pysam.set_verbosity(0)
    contig = ""
    try:
        with pysam.AlignmentFile(str(path), reference_filename=str(reference)) as handle:
            for contig in contigs[:MOST_DECODED] if handle.is_cram else ():
                next(handle.fetch(contig), None)
    except (OSError, ValueError) as error:
        what = f"its reads on {contig} cannot be decoded with {reference.name}"
        fix = "Give the FASTA that the CRAM was written with, and its index (samtools index)"
        raise InputError(what, path=path, fix=fix) from error
    finally:
        pysam.set_verbosity(verbosity)


def _open_fasta(reference: Path) -> pysam.FastaFile:
    try:
        return pysam.FastaFile(str(reference))
    except (OSError, ValueError) as error:
        fix = "Plain or bgzipped (not gzipped) FASTA; index it with samtools faidx"
        raise InputError(
            f"the reference cannot be read as an indexed FASTA ({error})", path=reference, fix=fix
        ) from error


def _read_header(path: Path, reference: Path) -> pysam.AlignmentHeader:
    verbosity = pysam.set_verbosity(0)
    try:
        with pysam.AlignmentFile(str(path), reference_filename=str(reference), require_index=False) as handle:
            if not (handle.is_bam or handle.is_cram):
                raise InputError("this is neither BAM nor CRAM", path=path, fix="Turn SAM into BAM with samtools sort")
            if handle.check_truncation():
                raise InputError(
                    "the file is truncated (its end block is missing)", path=path, fix="Copy the file again"
                )
            return handle.header
    except (OSError, ValueError) as error:
        text = f"this cannot be read as BAM or CRAM ({error})"
        raise InputError(text, path=path, fix="Check it with samtools quickcheck") from error
    finally:
        pysam.set_verbosity(verbosity)


def _contig_faults(
    path: Path, header: pysam.AlignmentHeader, lengths: dict[str, int], *, only_shared: bool = False
) -> list[InputError]:
    """Compare contigs; ones of the reference that the reads lack are fine, the other way round is not."""
    names = dict(zip(header.references, header.lengths, strict=True))
    if only_shared:
        names = {name: size for name, size in names.items() if name in lengths}
    absent = [name for name in names if name not in lengths]
    if not names:
        return [InputError("the header names no contig", path=path, fix="Give aligned reads, not unaligned ones")]
    if absent:
        text = f"{len(absent)} of {len(names)} contigs are not in the reference, such as {absent[0]!r}"
        example = next(iter(lengths), "")
        fix = f"Use the FASTA that the reads were aligned to (this one has {example!r}); mind chr1 and 1"
        return [InputError(text, path=path, fix=fix)]
    wrong = [name for name in names if names[name] != lengths[name]]
    if wrong:
        name = wrong[0]
        text = f"contig {name!r} has {names[name]} bases in the reads and {lengths[name]} in the reference"
        return [InputError(text, path=path, fix="Use the FASTA of the genome build that the reads were aligned to")]
    return []


def _order_faults(path: Path, header: pysam.AlignmentHeader) -> list[InputError]:
    order = header.to_dict().get("HD", {}).get("SO", "unknown")
    if order not in ("coordinate", "unknown"):
        return [InputError(f"reads are sorted by {order}, not by position", path=path, fix="Sort with samtools sort")]
    suffixes = (".crai",) if path.suffix == ".cram" else (".bai", ".csi")
    candidates = [Path(f"{path}{suffix}") for suffix in suffixes] + [path.with_suffix(suffix) for suffix in suffixes]
    if any(candidate.is_file() for candidate in candidates):
        return []
    return [InputError("no index beside it", path=path, fix=f"Make one with samtools index {path.name}")]


def check_fastq_pair(first: str | Path, second: str | Path, *, umi: UmiDesign | None = None) -> int:
    """Check that two FASTQ files are whole and hold the two ends of the same reads, in the same order.

    Parameters
    ----------
    first, second
        FASTQ, plain or gzipped.
    umi
        Where the reads are said to hold identifiers, if they do.

    Returns
    -------
    int
        Number of read pairs.

    Raises
    ------
    InputError
        A file is missing, empty, truncated or no FASTQ; the numbers of reads differ; names do not fit; or the reads do
        not fit the identifiers' read structures.
    """
    first, second = Path(first), Path(second)
    if first.resolve() == second.resolve():
        raise InputError("both ends of the pair are the same file", path=second, fix="Give the second end as fastq_2")
    reads, others = fastq_reads(first), fastq_reads(second)
    fit = UmiFit(umi) if umi else None
    pairs = 0
    for one, two in zip_longest(reads, others):
        if one is None or two is None:
            rest = 1 + sum(1 for _ in (others if one is None else reads))
            counts = (pairs, pairs + rest) if one is None else (pairs + rest, pairs)
            text = f"{counts[1]} reads, but {first.name} has {counts[0]}"
            raise InputError(text, path=second, fix="One of the two is cut or of another run; copy them again")
        if one[1] != two[1]:
            names_there = (two[1].decode(errors="replace"), one[1].decode(errors="replace"))
            text = f"read '{names_there[0]}' stands where {first.name} has '{names_there[1]}'"
            raise InputError(text, path=second, row=two[0], fix="Give the two ends of one run, in one order")
        if fit is not None:
            fit.add((one[2], two[2]), (one[0], two[0]), (first, second))
        pairs += 1
    if fit is not None:
        fit.require((first, second))
    return pairs


def fastq_reads(path: Path) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield line number, name without ``/1`` or ``/2``, and bases of each read of a FASTQ, checking its shape.

    Raises
    ------
    InputError
        Missing, damaged, cut within a read, or not a FASTQ.
    """
    with closing(open_binary(require_file(path, "FASTQ"))) as handle, explained(path, "FASTQ"):
        lines = iter(handle)
        for index, (name, bases, plus, qualities) in enumerate(zip_longest(lines, lines, lines, lines)):
            row = 1 + index * FASTQ_LINES
            if name[:1] != b"@" or (plus is not None and plus[:1] != b"+"):
                wrong, place = (name, row) if name[:1] != b"@" else (plus, row + 2)
                text = f"not a FASTQ: found {wrong[:40].decode(errors='replace').rstrip()!r}"
                fix = "Four lines per read: @name, bases, +, qualities"
                raise InputError(text, path=path, row=place, fix=fix)
            if qualities is None:
                raise InputError(
                    "the last read is not whole", path=path, row=row, fix="The file was cut; copy it again"
                )
            if len(bases) != len(qualities) and len(bases.rstrip()) != len(qualities.rstrip()):
                text = f"{len(qualities.rstrip())} base qualities for {len(bases.rstrip())} bases"
                raise InputError(text, path=path, row=row + 3, fix="The file is damaged or cut; copy it again")
            words = name[1:].split(None, 1)
            if not words:
                raise InputError("a read without a name", path=path, row=row)
            yield row, words[0][:-2] if words[0].endswith((b"/1", b"/2")) else words[0], bases.rstrip()
