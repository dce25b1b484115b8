"""From what an engine wrote to calls that read alike whoever made them.

Every engine's calls end up left-aligned (``bcftools norm``), with one alternate allele a record, sample columns named
after the patient, ``AD``, ``DP`` and ``AF`` for every sample, and the engine's own FILTER. Records are candidates:
whatever the engine thought of them, they stay.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import pysam
import pysam.bcftools

from genomodel.calls.counts import count_reads
from genomodel.calls.given import open_given
from genomodel.calls.shards import contig_lengths
from genomodel.calls.vcf_text import VcfHeader, VcfReader, VcfRecord
from genomodel.core.errors import InputError
from genomodel.core.variants import AlleleCounts
from genomodel.files import atomic_path

PLACEHOLDERS = frozenset({"*", "<*>", "<NON_REF>"})
"""ALT entries that stand for no allele of their own: overlapped by a deletion elsewhere, or anything else at all."""

COUNT_FIELDS = (
    ("AD", "R", "Integer", "Reads of the reference and of the alternate allele"),
    ("DP", "1", "Integer", "Read depth, reads of third alleles included"),
    ("AF", "A", "Float", "Fraction of the reads at this place that carry the alternate allele"),
)
OF_ONE_RUN = ("##GATKCommandLine=", "##bcftools", "##commandline=", "##fileDate=", "##reference=", "##contig=")
"""Header lines that hold dates, paths and commands of one run, or that are written anew: same input, same bytes."""

_OWN_KEYS = ("tumor_sample", "normal_sample", "genomodel_engine", "genomodel_engine_version")


def harmonize(
    raw: str | Path,
    out: str | Path,
    *,
    engine: str,
    version: str,
    reference: str | Path,
    samples: Sequence[tuple[str, str]],
    notes: Sequence[tuple[str, str]] = (),
) -> int:
    """Write an engine's calls in the common form.

    Parameters
    ----------
    raw
        VCF or BCF of any engine, sorted, on the contigs of the reference.
    out
        Where to write, ``.vcf.gz``; its index is written beside it.
    engine, version
        Name and version for the header.
    reference
        FASTA with its index.
    samples
        (name in the file, name to be), the tumor first, then its normal; other columns are left out.
    notes
        Further header lines as (key, text), such as what was skipped.

    Returns
    -------
    int
        Number of records.

    Raises
    ------
    InputError
        A sample is absent, a count cannot be one, or a reference allele is not what the reference holds.
    """
    out = Path(out)
    written = 0
    with tempfile.TemporaryDirectory() as folder:
        normalized = Path(folder) / "normalized.vcf"
        _normalize(Path(raw), normalized, Path(reference))
        reader = VcfReader(normalized)
        columns = _columns(reader.header, samples, Path(raw))
        with atomic_path(out) as temporary, pysam.BGZFile(str(temporary), "wb") as writer:
            for line in _header_lines(reader.header, engine, version, samples, notes, Path(reference)):
                writer.write((line + "\n").encode())
            for record in _distinct(reader, columns[0]):
                writer.write((_line(record, columns) + "\n").encode())
                written += 1
    pysam.tabix_index(str(out), preset="vcf", force=True)
    return written


def take_given(
    paths: Sequence[str | Path],
    out: str | Path,
    *,
    reference: str | Path,
    names: Sequence[str],
    stated: tuple[str | None, str | None] = (None, None),
    notes: Sequence[tuple[str, str]] = (),
) -> int:
    """Write calls that somebody else made in the common form, as the engine ``given``.

    Parameters
    ----------
    paths
        One VCF, or two where a caller writes SNVs and indels apart.
    out, reference, notes
        As for :func:`harmonize`.
    names
        What the tumor, and its normal if reads of it are there, are called in this run.
    stated
        What the two are called in the files, where somebody said so.

    Returns
    -------
    int
        Number of records.

    Raises
    ------
    InputError
        As :func:`harmonize`; or the tumor's column cannot be told.
    """
    with tempfile.TemporaryDirectory() as folder:
        merged = Path(folder) / "given.vcf.gz"
        given = open_given(paths, merged, tumor_sample=stated[0], normal_sample=stated[1])
        found = zip((given.tumor, given.normal), names, strict=False)
        return harmonize(
            merged,
            out,
            engine="given",
            version=", ".join(given.sources) or "not stated",
            reference=reference,
            samples=[(old, new) for old, new in found if old is not None],
            notes=notes,
        )


def empty_calls(
    out: str | Path,
    *,
    engine: str,
    version: str,
    reference: str | Path,
    samples: Sequence[str],
    notes: Sequence[tuple[str, str]] = (),
) -> None:
    """Write calls without a record: that nothing was found is a result too."""
    named = [(name, name) for name in samples]
    header = VcfHeader(Path(out), ("##fileformat=VCFv4.2",), tuple(samples))
    lines = _header_lines(header, engine, version, named, notes, Path(reference))
    with atomic_path(out) as temporary, pysam.BGZFile(str(temporary), "wb") as writer:
        writer.write("".join(line + "\n" for line in lines).encode())
    pysam.tabix_index(str(out), preset="vcf", force=True)


def _normalize(raw: Path, out: Path, reference: Path) -> None:
    """Left-align and split alleles; htslib's complaint becomes ours."""
    try:
        pysam.bcftools.norm(
            "--fasta-ref", str(reference), "--multiallelics", "-any", "--output-type", "v", "--output", str(out),
            str(raw), catch_stdout=False,
        )  # fmt: skip
    except pysam.SamtoolsError as error:
        said = [line for line in str(error).replace("\\n", "\n").splitlines() if line.strip(" '\"")]
        what = f"bcftools norm cannot bring the calls onto the reference: {said[-1] if said else error}"
        fix = "Give calls made on this reference; mind the build, and chr1 against 1"
        raise InputError(what, path=raw, fix=fix) from error


def _columns(header: VcfHeader, samples: Sequence[tuple[str, str]], raw: Path) -> list[str]:
    for old, _ in samples:
        if old not in header.samples:
            listed = ", ".join(header.samples) or "none"
            raise InputError(f"sample '{old}' is not among the samples of the calls: {listed}", path=raw)
    return [old for old, _ in samples]


def _header_lines(
    header: VcfHeader,
    engine: str,
    version: str,
    samples: Sequence[tuple[str, str]],
    notes: Sequence[tuple[str, str]],
    reference: Path,
) -> list[str]:
    ours = tuple(f"##{key}=" for key in _OWN_KEYS) + tuple(f"##FORMAT=<ID={name}," for name, *_ in COUNT_FIELDS)
    lines = [line for line in header.meta if not line.startswith((*ours, *OF_ONE_RUN))]
    lines += [f"##contig=<ID={name},length={n}>" for name, n in contig_lengths(f"{reference}.fai").items()]
    lines += [
        f'##FORMAT=<ID={name},Number={number},Type={type_},Description="{text}">'
        for name, number, type_, text in COUNT_FIELDS
    ]
    if not any(line.startswith("##FILTER=<ID=PASS,") for line in lines):
        lines.append('##FILTER=<ID=PASS,Description="All filters passed">')
    lines += [f"##genomodel_engine={engine}", f"##genomodel_engine_version={version}"]
    lines += [f"##{key}={text}" for key, text in notes]
    lines += [f"##{role}_sample={new}" for role, (_, new) in zip(("tumor", "normal"), samples, strict=False)]
    names = "\t".join(new for _, new in samples)
    return [*lines, f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{names}"]


def _distinct(reader: VcfReader, tumor: str) -> Iterator[VcfRecord]:
    """Yield each allele once: of several records, as shards and haplotypes leave them, the one with most reads."""
    for _, group in groupby(reader, key=lambda record: (record.chrom, record.pos)):
        best: dict[tuple[str, str], tuple[int, VcfRecord]] = {}
        for record in group:
            if not record.alts or record.alts[0] in PLACEHOLDERS:
                continue
            reads = count_reads(record, record.sample(tumor), 0).alt_reads or 0
            allele = (record.ref.upper(), record.alts[0].upper())
            if allele not in best or reads > best[allele][0]:
                best[allele] = (reads, record)
        yield from (record for _, record in best.values())


def _line(record: VcfRecord, names: Sequence[str]) -> str:
    keys = record.columns[8].split(":")
    # GT has to stand first where it stands at all; what follows is free.
    rest = [key for key in keys if key not in ("GT", "AD", "DP", "AF")]
    order = [*(["GT"] if "GT" in keys else []), "AD", "DP", "AF", *rest]
    cells = []
    for name in names:
        index = 9 + record.header.samples.index(name)
        stated = dict(zip(keys, record.columns[index].split(":"), strict=False))
        values = {**stated, **_counts(count_reads(record, record.sample(name), 0))}
        cells.append(":".join(values.get(key, ".") for key in order))
    filters = ";".join(record.filters) or "."
    return "\t".join([*record.columns[:6], filters, record.columns[7], ":".join(order), *cells])


def _counts(counts: AlleleCounts) -> dict[str, str]:
    def text(value: int | None) -> str:
        return "." if value is None else str(value)

    fraction = counts.allele_fraction
    return {
        "AD": f"{text(counts.ref_reads)},{text(counts.alt_reads)}",
        "DP": text(counts.depth),
        "AF": "." if fraction is None else f"{fraction:.6g}",
    }
