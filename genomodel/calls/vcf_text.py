"""Reading VCF files line by line, so that each complaint can name its line.

htslib repairs or drops what it does not understand and tells so on the terminal only; a clinical reader must not. This
reader takes plain, gzipped and bgzipped VCF, keeps every record with its line number, and refuses what is malformed.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from io import BufferedReader
from pathlib import Path

from genomodel.core.errors import InputError
from genomodel.files import require_file

BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
"""The empty block that ends every complete bgzipped file (SAM specification, section 4.1.2)."""

FIXED_COLUMNS = ("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO")
MISSING = "."


@dataclass(frozen=True)
class VcfHeader:
    """Meta lines (with ``##``) and sample names of a VCF."""

    path: Path
    meta: tuple[str, ...]
    samples: tuple[str, ...]

    def description(self, kind: str, name: str) -> str | None:
        """Return the description of an ``INFO``, ``FORMAT`` or ``FILTER`` entry, ``None`` when it is not declared."""
        return self._descriptions.get((kind, name))

    @cached_property
    def _descriptions(self) -> dict[tuple[str, str], str]:
        """Descriptions of all entries, of one that is declared twice the first: each record asks for some of them."""
        found: dict[tuple[str, str], str] = {}
        for line in self.meta:
            kind, is_entry, rest = line.removeprefix("##").partition("=<ID=")
            name, ends, _ = rest.partition(",")
            if is_entry and ends:
                _, _, text = line.partition('Description="')
                found.setdefault((kind, name), text.rstrip(">").rstrip('"'))
        return found

    def value(self, key: str) -> str | None:
        """Return the value of a plain ``##key=value`` line, ``None`` when there is none."""
        start = f"##{key}="
        return next((line[len(start) :].strip() for line in self.meta if line.startswith(start)), None)

    def contigs(self) -> tuple[str, ...]:
        """Return the names of the declared contigs, in their order."""
        start = "##contig=<ID="
        return tuple(
            line[len(start) :].partition(",")[0].rstrip(">").strip() for line in self.meta if line.startswith(start)
        )

    def contig_lengths(self) -> dict[str, int]:
        """Return declared contig lengths in bases."""
        lengths = {}
        for line in self.meta:
            if line.startswith("##contig=<"):
                fields = dict(part.split("=", 1) for part in line[10:].rstrip(">").split(",") if "=" in part)
                if fields.get("length", "").isdigit() and "ID" in fields:
                    lengths[fields["ID"]] = int(fields["length"])
        return lengths


@dataclass
class VcfRecord:
    """One data line; ``row`` is the line of the file, ``ordinal`` counts records from 1."""

    header: VcfHeader = field(repr=False)
    row: int
    ordinal: int
    columns: list[str] = field(repr=False)
    chrom: str
    pos: int
    ref: str
    alts: tuple[str, ...]
    """Empty when ALT is ``.``."""

    @cached_property
    def filters(self) -> tuple[str, ...]:
        """Names in FILTER: ``("PASS",)``, the failed ones, or empty when no filter was applied."""
        text = self.columns[6]
        return () if text in ("", MISSING) else tuple(text.split(";"))

    @cached_property
    def info(self) -> dict[str, str]:
        """INFO as text by key; flags hold an empty string."""
        text = self.columns[7]
        if text in ("", MISSING):
            return {}
        return {key: value for key, _, value in (part.partition("=") for part in text.split(";") if part)}

    def sample(self, name: str) -> dict[str, str]:
        """FORMAT values of one sample as text by key, without the missing ones."""
        index = 9 + self.header.samples.index(name)
        keys = self.columns[8].split(":")
        return {
            key: value
            for key, value in zip(keys, self.columns[index].split(":"), strict=False)
            if not is_missing(value)
        }

    def error(self, what: str, *, column: str | None = None, fix: str | None = None) -> InputError:
        """Make an error that names this record's line."""
        return InputError(what, path=self.header.path, row=self.row, column=column, fix=fix)


def is_missing(value: str) -> bool:
    """Whether a VCF value says nothing: empty, ``.``, or dots for each allele."""
    return not value.strip(".,/|")


def open_binary(path: Path) -> BufferedReader | gzip.GzipFile:
    """Open a plain or gzipped file for reading bytes; a bgzipped file without its end block is refused.

    Raises
    ------
    InputError
        A bgzipped file was cut at a block border, which decompression alone would not notice.
    """
    with path.open("rb") as handle:
        start = handle.read(18)
        if start[:2] != b"\x1f\x8b":
            return path.open("rb")
        if start[3:4] == b"\x04" and start[12:14] == b"BC":
            handle.seek(-min(len(BGZF_END), path.stat().st_size), 2)
            if handle.read() != BGZF_END:
                raise InputError(
                    "bgzipped file is truncated (its end block is missing)", path=path, fix="Copy the file again"
                )
    return gzip.open(path, "rb")


@contextmanager
def explained(path: Path, what: str) -> Iterator[None]:
    """Turn the errors of a damaged compressed file into words for the user."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        text = f"{what} is truncated or damaged ({error})"
        raise InputError(text, path=path, fix="Copy or compress the file again") from error


def read_lines(path: str | Path, what: str = "file") -> Iterator[tuple[int, str]]:
    """Yield 1-based line numbers and lines, without line ends, of a plain or gzipped UTF-8 file.

    Raises
    ------
    InputError
        The file is missing, empty, truncated, damaged or not UTF-8.
    """
    path = require_file(path, what)
    number = 0
    with closing(open_binary(path)) as handle, explained(path, what):
        for number, raw in enumerate(handle, 1):
            try:
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                text = f"{what} is not UTF-8 text ({error.reason})"
                fix = "Save it as UTF-8 text; a BCF is turned into a VCF by bcftools view -Oz"
                raise InputError(text, path=path, row=number, fix=fix) from error
            yield number, line.rstrip("\r\n")


class VcfReader:
    """Header and records of a VCF; iterate it once.

    Parameters
    ----------
    path
        Plain, gzipped or bgzipped VCF.
    require_sorted
        Refuse records whose position goes down within a contig, or whose contig comes a second time.

    Raises
    ------
    InputError
        At opening: no VCF, or a damaged header. While iterating: a malformed or unsorted line.
    """

    def __init__(self, path: str | Path, *, require_sorted: bool = True) -> None:
        self.path = Path(path)
        self._lines = read_lines(self.path, "VCF")
        self._require_sorted = require_sorted
        self.header = self._read_header()

    def _read_header(self) -> VcfHeader:
        meta: list[str] = []
        fix = "Give a VCF: its first line starts with ##fileformat=VCF"
        for row, line in self._lines:
            if row == 1 and not line.startswith("##fileformat=VCF"):
                if line.startswith("BCF\x02"):
                    raise InputError(
                        "this is a BCF file", path=self.path, fix="Turn it into a VCF with bcftools view -Oz"
                    )
                raise InputError(f"not a VCF, its first line is {line[:60]!r}", path=self.path, row=1, fix=fix)
            if line.startswith("##"):
                meta.append(line)
                continue
            columns = line.split("\t")
            if tuple(columns[:8]) != FIXED_COLUMNS:
                text = f"expected the line of column names (#CHROM, POS, ... parted by tabs), found {line[:60]!r}"
                raise InputError(text, path=self.path, row=row)
            samples = tuple(columns[9:])
            doubled = sorted({name for name in samples if samples.count(name) > 1})
            if doubled:
                raise InputError(
                    f"sample name {doubled[0]!r} stands twice",
                    path=self.path,
                    row=row,
                    fix="Rename one with bcftools reheader",
                )
            return VcfHeader(self.path, tuple(meta), samples)
        raise InputError(
            "the header has no line of column names (#CHROM ...)", path=self.path, fix="The file was cut; copy it again"
        )

    def __iter__(self) -> Iterator[VcfRecord]:
        finished: set[str] = set()
        last_chrom, last_pos, ordinal = "", -1, 0
        for row, line in self._lines:
            if not line:
                continue
            ordinal += 1
            record = parse_record(self.header, row, ordinal, line)
            if self._require_sorted:
                if record.chrom != last_chrom:
                    if record.chrom in finished:
                        text = f"records are not sorted: {record.chrom} comes a second time"
                        raise record.error(text, column="CHROM", fix="Sort it with bcftools sort")
                    finished.add(last_chrom)
                elif record.pos < last_pos:
                    text = f"records are not sorted: {record.chrom}:{record.pos} comes after {last_chrom}:{last_pos}"
                    raise record.error(text, column="POS", fix="Sort it with bcftools sort")
                last_chrom, last_pos = record.chrom, record.pos
            yield record


def parse_record(header: VcfHeader, row: int, ordinal: int, line: str) -> VcfRecord:
    """Check the shape of one data line and take it apart.

    Raises
    ------
    InputError
        Wrong number of columns, a position that is no number, or alleles that no VCF may hold.
    """
    columns = line.split("\t")
    expected = 9 + len(header.samples) if header.samples else 8
    if len(columns) != expected and not (not header.samples and len(columns) == 9):
        text = f"{len(columns)} columns where the header promises {expected}"
        raise InputError(
            text, path=header.path, row=row, fix="Columns are parted by tabs; if it is the last line, the file was cut"
        )
    chrom, pos, ref, alt = columns[0], columns[1], columns[3], columns[4]
    if not (pos.isascii() and pos.isdigit()):
        raise InputError(f"position {pos!r} is not a whole number", path=header.path, row=row, column="POS")
    if not chrom or not (ref.isascii() and ref.isalpha()):
        raise InputError(f"reference allele {ref!r} is not a run of bases", path=header.path, row=row, column="REF")
    alts = () if alt == MISSING else tuple(alt.split(","))
    if any(not allele or allele == MISSING for allele in alts) or (not alts and alt != MISSING):
        raise InputError(f"alternate allele {alt!r} holds an empty allele", path=header.path, row=row, column="ALT")
    return VcfRecord(header, row, ordinal, columns, chrom, int(pos), ref, alts)


_ROLE_LINES = (
    (re.compile(r"^##tumor_sample=(\S+)"), re.compile(r"^##normal_sample=(\S+)")),
    (
        re.compile(r"^##SAMPLE=<ID=([^,>]+),Genomes=Tumor[,>]"),
        re.compile(r"^##SAMPLE=<ID=([^,>]+),Genomes=Germline[,>]"),
    ),
    (
        re.compile(r"^##DRAGENCommandLine=.*--RGSM-tumor[ =](\S+)"),
        re.compile(r"^##DRAGENCommandLine=.*--RGSM[ =](\S+)"),
    ),
    (
        re.compile(r"^##SentieonCommandLine\.TNscope=.*--tumor_sample[ =](\S+)"),
        re.compile(r"^##SentieonCommandLine\.TNscope=.*--normal_sample[ =](\S+)"),
    ),
)
"""Header lines that name tumor and normal: Mutect2 and this workflow, bcbio, DRAGEN, Sentieon TNscope."""


def sample_roles(header: VcfHeader) -> tuple[str | None, str | None]:
    """Return the names of tumor and normal as the header gives them, ``None`` for what it does not say.

    VarDict names them nowhere; its paired mode writes the tumor's column first and marks each record with ``STATUS``.
    """
    found: list[str | None] = [None, None]
    for patterns in _ROLE_LINES:
        for role, pattern in enumerate(patterns):
            matches = (pattern.match(line) for line in header.meta)
            names = [match[1].strip("\"'>,") for match in matches if match]
            if found[role] is None and names:
                found[role] = names[0]
    paired_vardict = header.description("INFO", "SSF") is not None and header.description("INFO", "STATUS") is not None
    if found == [None, None] and paired_vardict and len(header.samples) == 2:
        found = [header.samples[0], header.samples[1]]
    return found[0], found[1]


def choose_samples(
    header: VcfHeader, tumor: str | None = None, normal: str | None = None
) -> tuple[str | None, str | None]:
    """Decide which columns are the tumor and its normal.

    The names given win; then what the header says of its samples (:func:`sample_roles`); then the only sample; then
    columns named ``TUMOR`` and ``NORMAL`` in any case. A file without sample columns gives ``(None, None)``.

    Raises
    ------
    InputError
        A given name is absent, both names are the same, or the file has several samples and none is marked.
    """
    names = header.samples
    listed = ", ".join(names) if names else "none"
    for given, role in ((tumor, "tumor"), (normal, "normal")):
        if given is not None and given not in names:
            text = f"{role} sample {given!r} is not in the file; its samples are: {listed}"
            raise InputError(text, path=header.path, fix=f"Give one of them as --{role}-sample")
    if tumor is not None and tumor == normal:
        raise InputError(
            f"tumor and normal are the same sample {tumor!r}", path=header.path, fix="Name two different samples"
        )
    by_name = {name.upper(): name for name in names}
    marked, marked_normal = sample_roles(header)
    if normal is None and marked_normal in names and marked_normal != tumor:
        normal = marked_normal
    if normal is None and by_name.get("NORMAL") not in (None, tumor):
        normal = by_name["NORMAL"]
    if tumor is None:
        others = [name for name in names if name != normal]
        if marked in others:
            tumor = marked
        elif len(others) == 1:
            tumor = others[0]
        elif by_name.get("TUMOR") in others:
            tumor = by_name["TUMOR"]
        elif names:
            text = f"the file has {len(names)} samples and none is named as the tumor: {listed}"
            raise InputError(
                text, path=header.path, fix="Give --tumor-sample, and --normal-sample if one of them is the normal"
            )
    return tumor, normal
