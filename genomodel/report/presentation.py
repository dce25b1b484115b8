"""How a batch of reports is to look, whose they are, and in which forms they are written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from genomodel.core.laboratory import NO_LABORATORY_FILE, LaboratoryFile
from genomodel.core.report import PatientReport
from genomodel.core.report_settings import DEFAULT_SETTINGS, ReportSettings
from genomodel.report.forms import DEFAULT_FORMS


@dataclass(frozen=True, slots=True)
class Presentation:
    """What is the same for all patients of a batch."""

    forms: frozenset[str] = DEFAULT_FORMS
    """Names of :data:`genomodel.report.forms.FORMS`."""
    settings: ReportSettings = DEFAULT_SETTINGS
    laboratory: LaboratoryFile = NO_LABORATORY_FILE
    reviews: Path | None = None
    """Folder of the tables of reviewers, ``<patient>.review.tsv``; ``None`` for none."""
    reported_on: str | None = None
    """ISO date; ``None`` keeps the output a function of the input alone."""

    @property
    def pdf(self) -> bool:
        """Whether a PDF is written."""
        return "pdf" in self.forms

    @property
    def digest(self) -> str:
        """Digest of all that reports take from here but the reviews, which are each patient's own."""
        parts = (" ".join(sorted(self.forms)), self.settings.to_json(), self.laboratory.to_json(), self.reported_on)
        return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


DEFAULT_PRESENTATION = Presentation()
WITHOUT_PDF = replace(DEFAULT_PRESENTATION, forms=DEFAULT_PRESENTATION.forms - {"pdf"})


def presented(report: PatientReport, show: Presentation) -> PatientReport:
    """Return a report with what the site says of itself and of how its reports look."""
    return report.model_copy(
        update={
            "settings": show.settings,
            "laboratory": show.laboratory.laboratory,
            "reported_on": show.reported_on or report.reported_on,
        }
    )
