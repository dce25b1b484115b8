"""The report object: all that the HTML, the PDF and the JSON of one patient show."""

from __future__ import annotations

from genomodel.core.assays import NOTHING_ELSE, Assays
from genomodel.core.base import Noun
from genomodel.core.copy_number import CopyNumberProfile
from genomodel.core.findings import Finding, Interpretation
from genomodel.core.front_page import NO_FRONT_PAGE, FrontPage
from genomodel.core.laboratory import NO_LABORATORY, Laboratory
from genomodel.core.patients import Patient
from genomodel.core.pictures import ProteinMap, ReadPicture
from genomodel.core.predictions import ResponsePrediction
from genomodel.core.provenance import AlleleSource, SourceFile, Step, Version
from genomodel.core.report_settings import DEFAULT_SETTINGS, ReportSettings
from genomodel.core.repurposing import NO_REPURPOSING, Repurposing
from genomodel.core.review import DRAFT_VERSION, NO_REVIEW, ReportVersion, Review, Signature
from genomodel.core.sample_quality import QualityStatus

SCHEMA_VERSION = "2.0"
RESEARCH_USE_ONLY = "Research use only. Not for diagnostic or treatment decisions."


class QualityMetric(Noun):
    """One number about the input, with the threshold it is held against where there is one."""

    name: str
    value: str
    threshold: str = ""
    status: QualityStatus | None = None
    """``None`` where there is no threshold."""


class Calling(Noun):
    """Who called the small variants, who decided, and what the population was asked; the steps say the rest."""

    engines: tuple[str, ...] = ()
    """Callers whose union was decided; empty for calls of another house."""
    decided_by: str | None = None
    """``varlociraptor`` or ``likelihood``; ``None`` when the file's own word was taken."""
    population: str | None = None
    """Source of population frequencies; ``None`` when there was none."""
    sources: tuple[AlleleSource, ...] = ()
    """Sources that alleles were looked up in, and those that they were not."""


class PatientReport(Noun):
    """One patient's report."""

    schema_version: str = SCHEMA_VERSION
    research_use_only: str = RESEARCH_USE_ONLY
    status: str = "draft"
    """``draft``, ``final``, or ``failed`` where the reads are too poor for anything here to be relied on."""
    failures: tuple[str, ...] = ()
    """Why it failed, in words."""
    synthetic: bool = False
    """True when the genome and the patient were simulated; then every output says so."""
    patient: Patient
    inputs: tuple[SourceFile, ...]
    interpretation: Interpretation
    response: ResponsePrediction | None
    response_absent_reason: str | None = None
    calling: Calling = Calling()
    copy_number: CopyNumberProfile | None = None
    """``None`` when copy number was not looked at."""
    assays: Assays = NOTHING_ELSE
    quality: tuple[QualityMetric, ...] = ()
    steps: tuple[Step, ...] = ()
    versions: tuple[Version, ...] = ()
    reported_on: str | None = None
    """ISO date given by the caller; ``None`` keeps the output a function of the input alone."""
    laboratory: Laboratory = NO_LABORATORY
    settings: ReportSettings = DEFAULT_SETTINGS
    read_pictures: tuple[ReadPicture, ...] = ()
    read_pictures_absent: str = ""
    """Why there are none, or not all, where there is a finding to draw; empty otherwise."""
    proteins: tuple[ProteinMap, ...] = ()
    review: Review = NO_REVIEW
    excluded: tuple[Finding, ...] = ()
    """Findings that a reviewer took out, each with its mark."""
    version: ReportVersion = DRAFT_VERSION
    signature: Signature | None = None
    repurposing: Repurposing = NO_REPURPOSING
    """Composed from the rest, as is :attr:`front`."""
    front: FrontPage = NO_FRONT_PAGE
    digest: str = ""
    """SHA-256 of the JSON's bytes with this field empty; written last, see :mod:`genomodel.report.seal`."""
