"""The report object: all that the HTML, the PDF and the JSON of one patient show."""

from __future__ import annotations

from genomodel.core.assays import NOTHING_ELSE, Assays
from genomodel.core.base import Noun
from genomodel.core.copy_number import CopyNumberProfile
from genomodel.core.findings import Interpretation
from genomodel.core.patients import Patient
from genomodel.core.predictions import ResponsePrediction
from genomodel.core.provenance import AlleleSource, SourceFile, Step, Version
from genomodel.core.sample_quality import QualityStatus

SCHEMA_VERSION = "1.1"
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
