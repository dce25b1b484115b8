"""Copy number that other programs measured: their tables, told by the names of their columns.

``.seg`` (DNAcopy, IGV, cBioPortal), ``.cns`` and ``.call.cns`` (CNVkit), segments of ASCAT (``startpos``, ``nMajor``),
segments and genes of PURPLE (``purple.cnv.somatic.tsv``, ``purple.cnv.gene.tsv``, old names of their columns too), and
their purity where the file that each writes for it (``purple.purity.tsv``, ``purityploidy.txt``) lies beside.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

from genomodel.cohort.assay import gene_of_region
from genomodel.core.builds import bare
from genomodel.core.copy_number import PurityPloidy, Segment
from genomodel.core.errors import InputError, raise_collected
from genomodel.files import read_text

MOST_ERRORS = 20
LEAST_COPIES = -1.0
"""Fitted copies may fall below 0 by noise; further below is no copy number."""
MOST_COPIES = 10_000.0
MOST_LOG2 = 40.0
MIN_ROWS_OF_RATIOS, LEAST_RATIO = 5, 0.5
"""Segments, none below 0, and their median, from which a column holds no log2 ratios."""
BOTH_SEXES = {"23": "X", "24": "Y"}
NO_TUMOR = "PURPLE found no tumor in this sample (NO_TUMOR)"
NO_DATA = "PURPLE has no depth there and filled the copies in"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
"""Names of GDC's aliquots, which nobody calls a tumor by."""


@dataclass(frozen=True, slots=True)
class Format:
    """How a program names what we need; the first name that a header has is taken."""

    program: str
    columns: Mapping[str, tuple[str, ...]]
    optional: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    zero_based: bool = False

    def find(self, header: Sequence[str]) -> dict[str, int] | None:
        """Return the column of each field, ``None`` when the header is another program's."""
        lower = [name.lower() for name in header]
        found = {}
        for wanted, names in (*self.columns.items(), *self.optional.items()):
            at = next((lower.index(name) for name in names if name in lower), None)
            if at is not None:
                found[wanted] = at
        return found if self.columns.keys() <= found.keys() else None


PURPLE_GENES = Format(
    "PURPLE",
    {
        "chrom": ("chromosome",),
        "start": ("start",),
        "end": ("end",),
        "gene": ("gene",),
        "copies": ("mincopynumber",),
        "most": ("maxcopynumber",),
    },
    {
        "minor": ("minminorallelecopynumber", "minminoralleleploidy"),
        "bins": ("depthwindowcount",),
        "canonical": ("iscanonical",),
        "method": ("minregionmethod",),
    },
)
PURPLE_SEGMENTS = Format(
    "PURPLE",
    {
        "chrom": ("chromosome",),
        "start": ("start",),
        "end": ("end",),
        "copies": ("copynumber",),
        "sites": ("bafcount",),
    },
    {
        "minor": ("minorallelecopynumber", "minoralleleploidy"),
        "bins": ("depthwindowcount",),
        "method": ("method",),
    },
)
ASCAT = Format(
    "ASCAT",
    {
        "chrom": ("chr", "chromosome"),
        "start": ("startpos",),
        "end": ("endpos",),
        "major": ("nmajor",),
        "minor": ("nminor",),
    },
    {"sample": ("sample",)},
)
CNVKIT = Format(
    "CNVkit",
    {"chrom": ("chromosome",), "start": ("start",), "end": ("end",), "gene": ("gene",), "log2": ("log2",)},
    {"copies": ("cn",), "minor": ("cn2",), "bins": ("probes",)},
    zero_based=True,
)
SEG = Format(
    "another program (.seg)",
    {
        "sample": ("id", "sample", "sampleid", "sample_id", "tumor_sample_barcode", "gdc_aliquot", "gdc_aliquot_id"),
        "chrom": ("chrom", "chr", "chromosome"),
        "start": ("loc.start", "start", "start_position"),
        "end": ("loc.end", "end", "end_position"),
        "log2": ("seg.mean", "segment_mean", "mean", "log2"),
    },
    {"bins": ("num.mark", "num_mark", "num_probes", "num.probes", "num_markers")},
)
FORMATS = (PURPLE_GENES, PURPLE_SEGMENTS, ASCAT, CNVKIT, SEG)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a segment, the genes that the file names for it, and for a gene table its most copies."""

    segment: Segment
    genes: tuple[str, ...] = ()
    most: float | None = None
    blank: str = ""
    """Why the values of the row rest on no data, empty where they do."""


@dataclass(frozen=True, slots=True)
class ForeignTable:
    """What a file of another program says."""

    path: Path
    format: Format
    rows: tuple[Row, ...]
    purity: PurityPloidy | None = None
    sample: str = ""
    """Name of the tumor in it, empty where the format has none."""

    @property
    def whole_copies(self) -> bool:
        """Whether the program gave copies per tumor cell; else there are log2 ratios."""
        return all(row.segment.copies is not None for row in self.rows)


def find_format(path: str | Path) -> Format | None:
    """Return the format of a table by its header, ``None`` when it is none of these.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    lines = _lines(read_text(path, "copy-number table"))
    return _format(lines[0][1]) if lines else None


def read_segments(path: str | Path, samples: Sequence[str] = (), other_names: Sequence[str] = ()) -> ForeignTable:
    """Read segments, or genes, of another program.

    Parameters
    ----------
    path
        A table of one of :data:`FORMATS`.
    samples
        Names that the tumor is known by, the likeliest first: the table has to hold one of them.
    other_names
        Names that it may have too, such as the patient's; they choose among several samples.

    Returns
    -------
    ForeignTable
        Segments are 1-based with ends included; contigs as the file names them, 23 and 24 as X and Y.

    Raises
    ------
    InputError
        Another layout, no sample of the names that are known, several of which none is named, or values that cannot
        be; rows and columns are named.
    """
    path = Path(path)
    lines = _lines(read_text(path, "copy-number table"))
    format_ = _format(lines[0][1]) if lines else None
    if format_ is None:
        names = ", ".join(lines[0][1][:8]) if lines else "none"
        fix = "Known: .seg, .cns, ASCAT's segments with nMajor and nMinor, PURPLE's cnv.gene.tsv and cnv.somatic.tsv"
        raise InputError(f"these columns are of no program that is known here: {names}", path=path, fix=fix)
    header = lines[0][1]
    columns = format_.find(header) or {}
    cells = [(number, values) for number, values in lines[1:] if any(value.strip() for value in values)]
    if not cells:
        raise InputError("the table has a header and no rows", path=path, fix="Copy or make the file again")
    sample, cells = _of_sample(path, cells, columns, samples, other_names)
    rows: list[Row] = []
    errors: list[InputError] = []
    for number, values in cells:
        try:
            if len(values) < len(header):
                raise InputError(f"{len(values)} columns where the header has {len(header)}", path=path, row=number)
            row = _row(_Cells(path, number, header, columns, values), format_)
        except InputError as error:
            errors.append(error)
            if len(errors) == MOST_ERRORS:
                break
            continue
        if row is not None:
            rows.append(row)
    raise_collected(errors)
    if not rows:
        raise InputError("no row holds a value", path=path, fix="Copy or make the file again")
    if "log2" in columns:
        _require_log2(path, header[columns["log2"]], rows)
    return ForeignTable(path, format_, tuple(_with_sexes(rows)), read_purity_beside(path), sample)


def _require_log2(path: Path, column: str, rows: Sequence[Row]) -> None:
    """Refuse ratios and copies in the place of log2 ratios, of which 0 is the middle: lost genes would look gained."""
    values = [row.segment.log2_ratio for row in rows]
    if len(values) >= MIN_ROWS_OF_RATIOS and min(values) >= 0 and median(values) >= LEAST_RATIO:
        text = f"no value is below 0 and the median is {median(values):g}: these look like ratios or copies"
        raise InputError(text, path=path, column=column, fix="Give log2 ratios, of which 0 is the sample's middle")


def _lines(text: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text), delimiter="\t")
    lines = [(reader.line_num, row) for row in reader if row and "".join(row).strip()]
    for index, (number, row) in enumerate(lines):
        if row[0].startswith("#"):
            bare = [row[0][1:], *row[1:]]
            if index == 0 and _format(bare) is not None:
                return [(number, bare), *lines[1:]]
            continue
        return lines[index:]
    return []


def _format(header: Sequence[str]) -> Format | None:
    names = [name.strip() for name in header]
    return next((format_ for format_ in FORMATS if format_.find(names) is not None), None)


@dataclass(frozen=True, slots=True)
class _Cells:
    path: Path
    row: int
    header: Sequence[str]
    columns: Mapping[str, int]
    values: Sequence[str]

    def text(self, name: str) -> str:
        return self.values[self.columns[name]].strip() if name in self.columns else ""

    def number(self, name: str, low: float, high: float) -> float | None:
        """Return a number, ``None`` where the cell says nothing."""
        text = self.text(name)
        if text.lower() in ("", "na", "nan", "."):
            return None
        try:
            value = float(text)
        except ValueError as error:
            raise self.error(f"{text!r} is not a number", name) from error
        if not math.isfinite(value) or not low <= value <= high:
            raise self.error(f"{text} cannot be", name)
        return value

    def place(self, name: str, low: int) -> int:
        text = self.text(name)
        try:
            value = float(text)
        except ValueError as error:
            raise self.error(f"{text!r} is not a position", name) from error
        if not math.isfinite(value) or value != int(value) or not low <= value <= 2**40:
            raise self.error(f"{text!r} is not a position", name)
        return int(value)

    def error(self, what: str, name: str) -> InputError:
        return InputError(what, path=self.path, row=self.row, column=self.header[self.columns[name]])


def _of_sample(
    path: Path,
    cells: list[tuple[int, list[str]]],
    columns: Mapping[str, int],
    samples: Sequence[str],
    other_names: Sequence[str],
) -> tuple[str, list[tuple[int, list[str]]]]:
    """Return the tumor's name in the table and its rows."""
    if "sample" not in columns:
        return "", cells
    fix = "Give the one that is meant as --tumor-sample, or in the column sample of the samples sheet"
    known = [*samples, *other_names]
    at = columns["sample"]
    names = list(dict.fromkeys(values[at].strip() for _, values in cells if len(values) > at))
    if len(names) <= 1:
        name = names[0] if names else ""
        if name and samples and not _UUID.fullmatch(name) and not any(_fits(name, own) for own in known):
            said = f"the file is of a sample '{name}', and this tumor is known as {', '.join(samples)}"
            raise InputError(said, path=path, fix=f"Is it another person's? {fix}")
        return name, cells
    wanted = next((name for name in known if name in names), None)
    if wanted is None:
        listed = ", ".join(names[:8]) + (" …" if len(names) > 8 else "")
        raise InputError(
            f"the file holds {len(names)} samples and none is named as this tumor: {listed}",
            path=path,
            fix=fix,
        )
    return wanted, [(n, values) for n, values in cells if len(values) <= at or values[at].strip() == wanted]


def _fits(name: str, own: str) -> bool:
    """Whether two names are one, but for their case and an ending behind a sign: ``P1`` and ``P1_tumor.bam``."""
    short, long = sorted((name.lower(), own.lower()), key=len)
    return bool(short) and long.startswith(short) and not long[len(short) : len(short) + 1].isalnum()


def _row(cells: _Cells, format_: Format) -> Row | None:
    start = cells.place("start", 0 if format_.zero_based else 1) + format_.zero_based
    end = cells.place("end", 1)
    chrom = cells.text("chrom")
    if not chrom:
        raise cells.error("no chromosome", "chrom")
    if end < start:
        raise cells.error(f"the segment ends at {end}, before its start {start}", "end")
    log2 = cells.number("log2", -MOST_LOG2, MOST_LOG2)
    copies, minor = (_not_below_zero(cells.number(name, LEAST_COPIES, MOST_COPIES)) for name in ("copies", "minor"))
    if format_ is ASCAT:
        major = cells.number("major", 0, MOST_COPIES)
        copies = None if major is None or minor is None else major + minor
    if copies is None and log2 is None:
        return None
    if minor is not None and copies is not None and minor > copies + 0.5:
        raise cells.error(f"{minor:g} copies of the lesser allele of {copies:g}", "minor")
    n_bins, n_sites = (cells.number(name, 0, 1e12) for name in ("bins", "sites"))
    if format_ is PURPLE_SEGMENTS and not n_sites:
        minor = None
    segment = Segment(
        chrom=chrom,
        start=start,
        end=end,
        log2_ratio=log2 if log2 is not None else math.log2(max(copies or 0.0, 0.05) / 2),
        n_bins=None if n_bins is None else int(n_bins),
        copies=copies,
        minor_copies=None if minor is None or copies is None else min(minor, copies / 2),
        n_sites=None if n_sites is None else int(n_sites),
        loh=None if minor is None or copies is None or copies < 0.5 else minor < 0.5,
    )
    written = (gene_of_region(name) if format_ is CNVKIT else name for name in cells.text("gene").split(","))
    names = tuple(name for name in written if name not in ("", "-", "Antitarget", "Background"))
    if format_ is PURPLE_GENES and (len(names) != 1 or cells.text("canonical").lower() == "false"):
        return None
    without_data = format_ in (PURPLE_GENES, PURPLE_SEGMENTS) and (cells.text("method") == "UNKNOWN" or n_bins == 0)
    most = _not_below_zero(cells.number("most", LEAST_COPIES, MOST_COPIES))
    return Row(segment, tuple(dict.fromkeys(names)), most, NO_DATA if without_data else "")


def _not_below_zero(value: float | None) -> float | None:
    return None if value is None else max(0.0, value)


def _with_sexes(rows: Sequence[Row]) -> list[Row]:
    """Name 23 and 24 X and Y, as R programs that number chromosomes mean them."""
    renamed = []
    for row in rows:
        name = BOTH_SEXES.get(bare(row.segment.chrom))
        segment = row.segment if name is None else row.segment.model_copy(update={"chrom": name})
        renamed.append(replace(row, segment=segment))
    return renamed


def purity_beside(path: str | Path) -> Path | None:
    """Return the file in which the program that wrote ``path`` says its purity, if it lies beside it."""
    path = Path(path)
    for pattern, name in (
        (r"(purple\.)cnv\.(gene|somatic)\.tsv(\.gz)?$", r"\1purity.tsv"),
        (r"segments(_raw)?\.txt$", "purityploidy.txt"),
    ):
        if re.search(pattern, path.name):
            beside = path.with_name(re.sub(pattern, name, path.name))
            return beside if beside.is_file() else None
    return None


def read_purity_beside(path: str | Path) -> PurityPloidy | None:
    """Read purity and ploidy from the file beside a table of PURPLE or ASCAT, ``None`` where there is none.

    Raises
    ------
    InputError
        The file lacks its columns, or says a purity below 0 or above 1.
    """
    beside = purity_beside(path)
    if _no_tumor(Path(path), beside):
        return PurityPloidy(source="PURPLE", reason=NO_TUMOR)
    if beside is None:
        return None
    reader = csv.reader(io.StringIO(read_text(beside, "purity table")), delimiter="\t")
    lines = [(reader.line_num, row) for row in reader if row]
    header = [name.strip().lstrip("#") for name in lines[0][1]] if lines else []
    lower = [name.lower() for name in header]
    ascat = "aberrantcellfraction" in lower
    names = {"purity": "aberrantcellfraction" if ascat else "purity", "ploidy": "ploidy"}
    if not ascat:
        names |= {"low": "minpurity", "high": "maxpurity", "least": "minploidy", "most": "maxploidy"}
    columns = {name: lower.index(column) for name, column in names.items() if column in lower}
    if "purity" not in columns or len(lines) < 2 or len(lines[1][1]) < len(header):
        fix = "PURPLE writes purity and ploidy there, ASCAT AberrantCellFraction and Ploidy"
        raise InputError("no purity is in this file, or no row", path=beside, fix=fix)
    cells = _Cells(beside, lines[1][0], header, columns, lines[1][1])
    for name in ("purity", "low", "high"):
        _require_share(cells, name)
    found = {name: cells.number(name, 0, 100) for name in columns}
    if found["purity"] is None:
        return PurityPloidy(source="ASCAT" if ascat else "PURPLE", reason="the program found no purity")
    return PurityPloidy(
        purity=found["purity"],
        purity_low=found.get("low"),
        purity_high=found.get("high"),
        ploidy=found.get("ploidy"),
        ploidy_low=found.get("least"),
        ploidy_high=found.get("most"),
        source="ASCAT" if ascat else "PURPLE",
    )


def _no_tumor(path: Path, purity_table: Path | None) -> bool:
    """Whether PURPLE says beside a table that it found no tumor: in its purity or in its quality control."""
    checked = path.with_name(re.sub(r"(purple\.)cnv\.(gene|somatic)\.tsv(\.gz)?$", r"\1qc", path.name))
    if checked != path and checked.is_file() and "FAIL_NO_TUMOR" in read_text(checked, "quality control of PURPLE"):
        return True
    if purity_table is None:
        return False
    rows = csv.DictReader(io.StringIO(read_text(purity_table, "purity table")), delimiter="\t")
    return any((row.get("status") or "").strip() == "NO_TUMOR" for row in rows)


def _require_share(cells: _Cells, name: str) -> None:
    value = cells.number(name, -math.inf, math.inf) if name in cells.columns else None
    if value is not None and not 0 <= value <= 1:
        over = ": a share of 1 is meant, not of 100" if value > 1 else ""
        error = cells.error(f"a purity of {value:g} cannot be{over}", name)
        raise InputError(error.what, path=cells.path, row=cells.row, column=error.column, fix="Give it as 0 to 1")
