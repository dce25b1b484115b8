"""Calls that somebody else made, as one VCF that reads like any other: Strelka2's two files, LoFreq without samples.

Callers part their calls over files (Strelka2: SNVs and indels), leave the sample columns out (LoFreq) and count reads
in fields of their own (:mod:`genomodel.calls.counts`). Here the files become one, sorted, with ``AD``, ``DP`` and
``AF`` of tumor and normal beside whatever the caller wrote. FILTER and INFO stay as they are; no record is left out.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pysam

from genomodel.calls.counts import count_reads
from genomodel.calls.intake import require_same_records
from genomodel.calls.vcf_text import VcfHeader, VcfReader, VcfRecord, choose_samples
from genomodel.core.errors import InputError
from genomodel.files import atomic_path, sha256_of

TUMOR_WITHOUT_NAME = "TUMOR"
"""Name of the column that is made for a file without sample columns."""
INFO_COUNTS = ("DP", "DP4", "AF")
"""Counts in INFO that are of the one sample when there is no sample column; LoFreq writes all three."""
COUNT_LINES = (
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads of the reference and of each alternate allele">',
    '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Read depth">',
    '##FORMAT=<ID=AF,Number=A,Type=Float,Description="Fraction of the reads that carry the alternate allele">',
)
_KEYS = ("AD", "DP", "AF")


@dataclass(frozen=True, slots=True)
class GivenCalls:
    """What was read."""

    tumor: str
    """Column of the tumor in the file that was written."""
    normal: str | None
    n_records: int
    sources: tuple[str, ...]
    """Callers by the ``##source`` line of each file, where it has one."""


def needs_merging(paths: Sequence[str | Path]) -> bool:
    """Whether calls have to go through :func:`open_given` before anything reads them: several files, or no samples."""
    return len(paths) > 1 or not VcfReader(paths[0]).header.samples


def open_given(
    paths: Sequence[str | Path],
    out: str | Path,
    *,
    tumor_sample: str | None = None,
    normal_sample: str | None = None,
) -> GivenCalls:
    """Write one or two VCFs of one tumor as one sorted VCF with common counts.

    Parameters
    ----------
    paths
        VCFs of one caller, plain or compressed, each sorted.
    out
        Where to write; bgzipped and indexed when it ends in ``.gz``.
    tumor_sample, normal_sample
        Sample columns, where the files do not tell.

    Returns
    -------
    GivenCalls
        Names of the columns, and how many records there are.

    Raises
    ------
    InputError
        A file is damaged, unsorted or given twice; the files differ in samples, contigs or annotation; or the tumor's
        column cannot be told.
    """
    out = Path(out)
    _refuse_twice(paths)
    headers = [VcfReader(path).header for path in paths]
    _check_alike(headers)
    tumor, normal = choose_samples(headers[0], tumor_sample, normal_sample)
    order = _contig_order(headers, paths)
    name = tumor or TUMOR_WITHOUT_NAME
    roles = {"tumor": name, "normal": normal}
    written = 0
    with atomic_path(out) as temporary:
        writer = pysam.BGZFile(str(temporary), "wb") if out.suffix == ".gz" else temporary.open("wb")
        with writer:
            for line in _header_lines(headers, roles, tumor is None):
                writer.write((line + "\n").encode())
            for record in _merged(paths, order):
                writer.write((_line(record) + "\n").encode())
                written += 1
        require_same_records(paths, temporary)
    if out.suffix == ".gz":
        pysam.tabix_index(str(out), preset="vcf", force=True)
    sources = dict.fromkeys(value for header in headers if (value := header.value("source")))
    return GivenCalls(name, normal, written, tuple(sources))


def _refuse_twice(paths: Sequence[str | Path]) -> None:
    seen: dict[str, str | Path] = {}
    for path in paths:
        VcfReader(path)
        digest = sha256_of(path)
        if digest in seen:
            raise InputError(
                f"the same calls are given twice (as {Path(seen[digest]).name} too)",
                path=path,
                fix="Give the file of SNVs and the file of indels",
            )
        seen[digest] = path


def _check_alike(headers: Sequence[VcfHeader]) -> None:
    first = headers[0]
    for other in headers[1:]:
        if other.samples != first.samples:
            here, there = (", ".join(header.samples) or "none" for header in (other, first))
            raise InputError(
                f"its samples ({here}) are not those of {first.path.name} ({there})",
                path=other.path,
                fix="Give files of one caller's run on one tumor",
            )
        lengths = first.contig_lengths()
        for name, length in other.contig_lengths().items():
            if lengths.get(name, length) != length:
                text = f"{name} has {length} bases in its header and {lengths[name]} in that of {first.path.name}"
                raise InputError(text, path=other.path, fix="Give files of one genome build")
        for key in ("CSQ", "ANN", "BCSQ"):
            if first.description("INFO", key) != other.description("INFO", key):
                text = f"it is annotated otherwise than {first.path.name} (INFO {key})"
                raise InputError(text, path=other.path, fix="Annotate both files in the same way, or neither")


def _contig_order(headers: Sequence[VcfHeader], paths: Sequence[str | Path]) -> dict[str, int]:
    """Return the place of each contig: of the headers, else as the records come."""
    names = [name for header in headers for name in header.contigs()]
    if not names and len(paths) > 1:
        names = [record.chrom for path in paths for record in VcfReader(path)]
    return {name: place for place, name in enumerate(dict.fromkeys(names))}


def _merged(paths: Sequence[str | Path], order: dict[str, int]) -> Iterator[VcfRecord]:
    if len(paths) == 1:
        yield from VcfReader(paths[0])
        return
    yield from heapq.merge(
        *(_in_order(path, order) for path in paths), key=lambda record: (order[record.chrom], record.pos)
    )


def _in_order(path: str | Path, order: dict[str, int]) -> Iterator[VcfRecord]:
    last = -1
    for record in VcfReader(path):
        place = order.setdefault(record.chrom, len(order))
        if place < last:
            text = f"its contigs come in another order than in the header ({record.chrom} late)"
            raise record.error(text, column="CHROM", fix="Sort both files with bcftools sort")
        last = place
        yield record


def _header_lines(headers: Sequence[VcfHeader], roles: dict[str, str | None], made: bool) -> list[str]:
    ours = (*(f"##FORMAT=<ID={key}," for key in _KEYS), "##tumor_sample=", "##normal_sample=")
    lines: dict[str, str] = {}
    for header in headers:
        for line in header.meta:
            if not line.startswith(ours):
                name = line.partition(",")[0] if line.startswith(("##INFO=<", "##FORMAT=<", "##FILTER=<")) else line
                name = line.partition(",")[0].rstrip(">") if line.startswith("##contig=<") else name
                lines.setdefault("##fileformat" if line.startswith("##fileformat=") else name, line)
    kept = [*lines.values(), *COUNT_LINES]
    kept += [f"##{role}_sample={name}" for role, name in roles.items() if name is not None]
    samples = (roles["tumor"] or "",) if made else headers[0].samples
    return [*kept, "\t".join(["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", *samples])]


def _line(record: VcfRecord) -> str:
    columns = list(record.columns[:8])
    if not record.header.samples:
        stated = {key: record.info[key] for key in INFO_COUNTS if record.info.get(key, ".") not in ("", ".")}
        counts = _counts(record, stated)
        return "\t".join([*columns, ":".join(_KEYS), ":".join(counts[key] for key in _KEYS)])
    keys = record.columns[8].split(":")
    # GT has to stand first where it stands at all.
    order = [*(["GT"] if "GT" in keys else []), *_KEYS, *(key for key in keys if key not in ("GT", *_KEYS))]
    cells = []
    for index, name in enumerate(record.header.samples):
        values = dict(zip(keys, record.columns[9 + index].split(":"), strict=False))
        values |= _counts(record, record.sample(name))
        cells.append(":".join(values.get(key, ".") for key in order))
    return "\t".join([*columns, ":".join(order), *cells])


def _counts(record: VcfRecord, fields: dict[str, str]) -> dict[str, str]:
    """Return AD, DP and AF of one sample over all alternate alleles; a dot for what is not known."""
    found = [count_reads(record, fields, allele) for allele in range(len(record.alts))]
    if not found:
        return dict.fromkeys(_KEYS, ".")
    depths = [counts.depth for counts in found if counts.depth is not None]
    reads = [found[0].ref_reads, *(counts.alt_reads for counts in found)]
    fractions = [counts.allele_fraction for counts in found]
    return {
        "AD": ",".join("." if number is None else str(number) for number in reads),
        "DP": str(max(depths)) if depths else ".",
        "AF": ",".join("." if value is None else f"{value:.6g}" for value in fractions),
    }
