"""One page over the measurements of all samples, made by MultiQC from the programs' tables and from ours."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import tempfile
import textwrap
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pysam

from genomodel.calls.quality.metrics import METRICS
from genomodel.calls.tools import run_tool
from genomodel.core.assays import NOTHING_ELSE, Assays
from genomodel.core.copy_number import CopyNumberProfile
from genomodel.core.errors import InputError
from genomodel.core.identity import CheckName, CheckStatus, IdentityCheck
from genomodel.core.loci import LocusStatus
from genomodel.core.report import RESEARCH_USE_ONLY
from genomodel.core.sample_quality import QualityStatus
from genomodel.files import atomic_path
from genomodel.report import words

Row = dict[str, str]
SHOWN_ASSAYS = ("quality", "identity", "msi", "hotspots")
"""What the tables show of :class:`~genomodel.core.assays.Assays`; breakends would need gene models to be read."""
MOST_LETTERS = 60
"""Of a cell of the table of identity; the report has the rest."""
SOURCES = (
    "fastp.json",
    "markdup.txt",
    "clipped.txt",
    "samtools_stats.txt",
    "mosdepth.summary.txt",
    "mosdepth.global.dist.txt",
    "mosdepth.region.dist.txt",
)
"""Ends of the names of the programs' files, by which MultiQC knows them."""

RUN_ONLY = frozenset({"llms-full.txt", "multiqc_sources.txt"})
"""Data of MultiQC that name temporary files."""

WITHOUT_TOUR = "#mqc_welcome { display: none !important; }\n"
"""Style that keeps the banner about MultiQC's tutorial out of the page; no option of MultiQC does."""

GZIP_TIME = slice(4, 8)
"""Where a gzip header holds the time (RFC 1952)."""
_PACKED = re.compile(r'(id="mqc_compressed_plotdata">\s*)([A-Za-z0-9+/=]+)')
_UUID = re.compile(r'reportUuid = "[0-9a-f-]*"')
_CREATED = re.compile(r'configCreationDate = "[^"]*"')


@dataclass(frozen=True, slots=True)
class PatientTables:
    """What there is of one patient."""

    patient: str
    files: dict[str, Path] = field(default_factory=dict)
    """The programs' files by the name that they are to be known under: ``<patient>.<type>.<end>``."""
    assays: Assays = NOTHING_ELSE
    copy_number: CopyNumberProfile | None = None
    calls: Path | None = None
    """VCF of the final calls."""
    mutect2: Path | None = None
    """VCF of Mutect2, whose header tells of contamination."""


@dataclass(frozen=True, slots=True)
class CustomTable:
    """A table of ours."""

    id: str
    title: str
    about: str
    rows: dict[str, Row]

    def text(self) -> str:
        """Return it as MultiQC's custom content: a header of comments, then tab-separated rows."""
        columns = list(dict.fromkeys(name for row in self.rows.values() for name in row))
        head = {"id": self.id, "section_name": self.title, "description": self.about, "plot_type": "table"}
        lines = [f"# {key}: {json.dumps(value)}" for key, value in head.items()]
        lines += ["# pconfig:", f"#     id: {json.dumps(self.id + '_table')}", f"#     title: {json.dumps(self.title)}"]
        lines.append("\t".join(["Sample", *columns]))
        lines += ["\t".join([name, *(row.get(column, "") for column in columns)]) for name, row in self.rows.items()]
        return "\n".join(lines) + "\n"


def write_multiqc(patients: Sequence[PatientTables], out: Path, *, synthetic: bool) -> None:
    """Write MultiQC's page with its data folder beside it.

    Parameters
    ----------
    patients
        In the order of the sheet.
    out
        The HTML; the data go to ``<name>_data`` in the same folder.
    synthetic
        Whether the genome is simulated, which the page then says.

    Raises
    ------
    MissingToolError
        MultiQC is not installed.
    InputError
        A file cannot be read, MultiQC failed, or there was nothing to show.
    """
    with tempfile.TemporaryDirectory(prefix="genomodel-") as name:
        folder = Path(name)
        staged, made = folder / "staged", folder / "made"
        staged.mkdir()
        for patient in patients:
            _stage(patient, staged)
        for table in custom_tables(patients):
            (staged / f"{table.id}_mqc.tsv").write_text(table.text(), encoding="utf-8")
        config, style = folder / "multiqc_config.yaml", folder / "page.css"
        style.write_text(WITHOUT_TOUR, encoding="utf-8")
        settings = configuration(synthetic=synthetic) | {"custom_css_files": [str(style)]}
        config.write_text(json.dumps(settings), encoding="utf-8")
        options: list[str | Path] = [
            "--no-ansi",
            "--no-version-check",
            "--config",
            config,
            "--outdir",
            made,
            "--filename",
            out.name,
        ]
        run_tool(["multiqc", *options, staged])
        page, data = made / out.name, made / f"{out.stem}_data"
        if not page.is_file():
            raise InputError("MultiQC found nothing to show", path=out, fix="Its own words are in the log")
        _take(data, out.parent / data.name)
        with atomic_path(out) as temporary:
            temporary.write_text(without_time(page.read_text(encoding="utf-8")), encoding="utf-8")


def without_time(page: str) -> str:
    """Return MultiQC's page without the times that it holds, and with an identifier that its content gives."""

    def settle(match: re.Match[str]) -> str:
        packed = bytearray(base64.b64decode(match[2]))
        packed[GZIP_TIME] = bytes(4)
        return match[1] + base64.b64encode(bytes(packed)).decode()

    page = _CREATED.sub('configCreationDate = ""', _PACKED.sub(settle, page))
    content = hashlib.sha256(_UUID.sub("", page).encode()).digest()
    return _UUID.sub(f'reportUuid = "{uuid.UUID(bytes=content[:16], version=4)}"', page)


def configuration(*, synthetic: bool) -> dict[str, object]:
    """Return MultiQC's configuration: nothing is fetched or sent, and no time or path of the run is written."""
    note = f"{RESEARCH_USE_ONLY} {'Synthetic genome: no real patients.' if synthetic else ''}".strip()
    return {
        "title": "Quality of the samples",
        "report_comment": f"{note} The verdict on a sample is the report's; this page shows what it rests on.",
        "no_version_check": True,
        "show_analysis_paths": False,
        "show_analysis_time": False,
        # Its buttons would offer to send the samples' numbers to a service.
        "no_ai": True,
        "use_filename_as_sample_name": ["fastp"],
        "extra_fn_clean_exts": [f".{end.partition('.')[0]}" for end in (*SOURCES, "bcftools_stats.txt")],
        "module_order": ["custom_content", "mosdepth", "samtools", "fastp", "bcftools"],
        "run_modules": ["custom_content", "mosdepth", "samtools", "fastp", "bcftools"],
    }


def _stage(patient: PatientTables, folder: Path) -> None:
    """Bring a patient's files together under names that tell patient and sample; MultiQC reads names for samples."""
    for name, path in patient.files.items():
        (folder / name).symlink_to(path.resolve())
    if patient.calls is not None:
        try:
            text = pysam.bcftools.stats("-f", "PASS,.", str(patient.calls))
        except pysam.SamtoolsError as error:
            raise InputError(f"bcftools stats failed: {error}", path=patient.calls) from error
        # The file's name becomes the name of the sample, and a path of this machine would stand there.
        named = str(text).replace(str(patient.calls), f"{patient.patient}.calls.vcf.gz")
        (folder / f"{patient.patient}.bcftools_stats.txt").write_text(named, encoding="utf-8")


def _take(source: Path, target: Path) -> None:
    """Replace a folder of MultiQC's data; what holds times and paths of the run is left behind."""
    target.mkdir(parents=True, exist_ok=True)
    for old in target.iterdir():
        if old.is_file():
            old.unlink()
    for path in sorted(source.iterdir()):
        if path.is_file() and path.suffix in (".txt", ".tsv") and path.name not in RUN_ONLY:
            (target / path.name).write_bytes(path.read_bytes())


def custom_tables(patients: Sequence[PatientTables]) -> list[CustomTable]:
    """Return our tables, without those that no patient has a row in."""
    tables = (
        CustomTable(name, title, about, dict(row for patient in patients for row in rows(patient)))
        for name, title, about, rows in TABLES
    )
    return [table for table in tables if table.rows]


def _quality_rows(patient: PatientTables) -> Iterable[tuple[str, Row]]:
    found = patient.assays.quality
    for sample in found.samples if found else ():
        statuses = {measure.status for measure in sample.measures}
        worst = next((s for s in (QualityStatus.FAIL, QualityStatus.WARN) if s in statuses), QualityStatus.PASS)
        row = {"Verdict": worst.value}
        for measure in sample.measures:
            sign = f" ({measure.status.value})" if measure.status in (QualityStatus.FAIL, QualityStatus.WARN) else ""
            row[METRICS[measure.name].label] = METRICS[measure.name].text(measure.value) + sign
        if found and sample.type == "tumor":
            row["Failing exons"] = f"{len(found.failed_exons)} of {len(found.exons)}"
        yield f"{patient.patient}.{sample.type}", row


def _identity_rows(patient: PatientTables) -> Iterable[tuple[str, Row]]:
    found = patient.assays.identity
    if found:
        row: Row = {}
        for check in found.checks:
            name = check.name.value.replace("_", " ")
            text = f"{check.status.value.replace('_', ' ')}{_short_value(check)}"
            row[name] = f"{row[name]}; {text}" if name in row else text
        yield patient.patient, row


def _short_value(check: IdentityCheck) -> str:
    """Return a share as a percentage, and another value only where the check did not pass, cut to a cell."""
    if check.name in (CheckName.CONTAMINATION, CheckName.TUMOR_IN_NORMAL) and check.estimate is not None:
        return f" ({words.percent(check.estimate)}, {check.subject})"
    if check.status is CheckStatus.PASSED:
        return ""
    return f": {textwrap.shorten(check.value, MOST_LETTERS, placeholder=' ...')}"


def _copy_number_rows(patient: PatientTables) -> Iterable[tuple[str, Row]]:
    profile = patient.copy_number
    if profile is None:
        return
    known = profile.purity
    row = {
        "Purity": _interval(known.purity, known.purity_low, known.purity_high) if known else "",
        "Ploidy": _interval(known.ploidy, known.ploidy_low, known.ploidy_high) if known else "",
        "Source": known.source if known else "",
    }
    states = Counter(call.state.value.replace("_", " ") for call in profile.calls)
    yield patient.patient, row | {state: str(number) for state, number in sorted(states.items())}


def _interval(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return "not known"
    return f"{value:.2f}" if low is None or high is None else f"{value:.2f} ({low:.2f} to {high:.2f})"


def _msi_rows(patient: PatientTables) -> Iterable[tuple[str, Row]]:
    found = patient.assays.msi
    if found:
        known = found.n_unstable is not None and found.n_callable is not None
        sites = f"{found.n_unstable} of {found.n_callable}" if known else ""
        score = "" if found.score is None else f"{found.score:.3f}"
        yield patient.patient, {"Class": found.status.value, "Score": score, "Unstable sites": sites}


def _hotspot_rows(patient: PatientTables) -> Iterable[tuple[str, Row]]:
    found = patient.assays.hotspots
    if found:
        counts = Counter(answer.status for answer in found.answers)
        yield patient.patient, {status.value: str(counts[status]) for status in LocusStatus}


def _mutect2_rows(patient: PatientTables) -> Iterable[tuple[str, Row]]:
    if patient.mutect2 is None:
        return
    with pysam.VariantFile(str(patient.mutect2)) as vcf:
        notes = {record.key: record.value for record in vcf.header.records if record.value}
        filters = Counter(name for record in vcf for name in record.filter.keys())  # noqa: SIM118  not a dictionary
    share = notes.get("genomodel_contamination", "not estimated")
    yield patient.patient, {"Contamination": share} | {name: str(n) for name, n in sorted(filters.items())}


TABLES: tuple[tuple[str, str, str, Callable[[PatientTables], Iterable[tuple[str, Row]]]], ...] = (
    (
        "genomodel_quality",
        "Quality against the limits",
        "Each metric with its verdict; failing exons are those of actionable genes that allow no negative.",
        _quality_rows,
    ),
    (
        "genomodel_identity",
        "Identity and contamination",
        "Whether the samples are of whom the sheet says, and unmixed.",
        _identity_rows,
    ),
    (
        "genomodel_copy_number",
        "Purity, ploidy and copy number",
        "Purity in the tumor cells' share, from the sheet or estimated; copy numbers are counted by state.",
        _copy_number_rows,
    ),
    (
        "genomodel_msi",
        "Microsatellite instability",
        "The class that the sites of the assay allow.",
        _msi_rows,
    ),
    (
        "genomodel_hotspots",
        "Loci that were looked for",
        "How many were detected, not detected above the stated limit, and not assessable.",
        _hotspot_rows,
    ),
    (
        "genomodel_mutect2",
        "GATK Mutect2",
        "Contamination as GATK estimated it, where there were sites, and candidates by filter.",
        _mutect2_rows,
    ),
)
"""Name, title, what it is about, and the rows of a patient, by table in the order of the page."""
