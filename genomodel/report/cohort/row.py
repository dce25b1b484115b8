"""One patient in the tables and pictures of a cohort."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import Any, Self

from pydantic import Field

from genomodel.core.base import Noun
from genomodel.core.findings import Direction, EvidenceType, Finding, variants_of
from genomodel.core.patients import CallingMode, Patient
from genomodel.core.report import PatientReport
from genomodel.interpretation.unread import unread_gaps_that_matter
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.cohort.alterations import AlterationKind, Looked, kind_of, looked_for, off_assay
from genomodel.report.cohort.checks import Mark, checks_of
from genomodel.report.cohort.forecast import NO_FORECAST, Forecast, forecast, shown_response
from genomodel.report.prediction_words import overall_standing
from genomodel.report.render import file_names
from genomodel.report.sections.biomarkers import markers_in_short
from genomodel.report.sections.claims import least_doubt
from genomodel.report.sections.identity import identity_limits_in_short
from genomodel.report.sections.inherited import inherited_in_short
from genomodel.response.shown import put_first

N_FINDINGS_IN_TEXT = 4
N_PREDICTIONS = 3


class RowStatus(StrEnum):
    """Whether a patient has a report, and one to be relied on."""

    OK = "ok"
    QUALITY_FAILED = "quality failed"
    """There is a report, and it says that nothing in it is to be relied on."""
    FAILED = "failed"


class RowFinding(Noun):
    """A finding in a cohort table."""

    gene: str
    label: str
    kind: AlterationKind = AlterationKind.NONE
    tier: str | None = None
    """Best tier of evidence for a therapy."""
    doubt: str = ""
    """What keeps all statements of that tier from holding as they stand: another tumor type, ``condition open`` …"""
    resistance_tier: str | None = None
    """Best tier of evidence against a therapy."""
    other_tier: str | None = None
    """Best tier of evidence on diagnosis or outcome."""
    alone_tier: str | None = None
    """Tier without evidence, or the one that a reviewer gave."""

    @property
    def best_tier(self) -> str | None:
        """Best tier of evidence of any kind."""
        found = filter(None, (self.tier, self.resistance_tier, self.other_tier))
        return min(found, key=words.tier_key, default=None)

    @property
    def text(self) -> str:
        """The alteration with its tiers, in words."""
        tiers = [f"{self.tier}, {self.doubt}" if self.doubt else self.tier] if self.tier else []
        tiers += [f"{self.resistance_tier} {say('cohort.resistance')}"] if self.resistance_tier else []
        tiers += [f"{self.other_tier} {say('cohort.other_effect')}"] if self.other_tier else []
        return f"{self.label} ({', '.join(tiers)})" if tiers else self.label


class CohortRow(Noun):
    """One patient in the cohort table."""

    patient_id: str
    tumor_code: str = ""
    tumor_name: str = ""
    mode: CallingMode = CallingMode.UNKNOWN
    findings: tuple[RowFinding, ...] = ()
    """Best tier first."""
    set_aside: tuple[str, ...] = ()
    """Alterations that would matter but are germline or were filtered."""
    to_confirm: tuple[str, ...] = ()
    """Hotspot alleles with too little support to be reported."""
    markers: tuple[str, ...] = ()
    """Mutational burden, and deficient homologous recombination, in words."""
    inherited: str = ""
    """Variants flagged for confirmation in normal tissue, or that inherited ones are withheld."""
    uncertain: int | None = None
    """Listed variants of tier III; ``None`` where there is no report."""
    benign: int | None = None
    """Listed variants of tier IV."""
    predictions: tuple[str, ...] = ()
    """The first predictions in words, e.g. ``Dabrafenib 97 (91–99)``: percentile over all lines, 90 % interval."""
    predictions_shown: bool = True
    """Whether the site's setting lets predictions stand beside findings."""
    forecast: Forecast = NO_FORECAST
    off_assay: tuple[str, ...] | None = None
    """Driver genes that the assay leaves out; ``None`` where nobody said what it covers."""
    looked_for: tuple[Looked, ...] = ()
    checks: dict[str, Mark] = Field(default_factory=dict)
    """Outcome of each check that was judged, see :func:`genomodel.report.cohort.checks.checks_of`."""
    files: tuple[str, ...] = ()
    """Names of the report's files beside the cohort page."""
    status: RowStatus = RowStatus.OK
    reason: str | None = None
    """Why there is no report, or what failed of the samples' identity or the reads' quality."""
    failed_head: str = ""
    """What failed of a sample with a report: ``Identity failed``, ``Quality failed`` or both."""
    unread: tuple[str, ...] = ()
    """How many called variants could not be held against the evidence, each count with its reason elsewhere."""
    cautions: tuple[str, ...] = ()
    """Checks of identity that failed or warn without failing the sample, and waivers, in words."""
    synthetic: bool = False

    @classmethod
    def failed(cls, patient: Patient | str, reason: str, *, synthetic: bool = False) -> Self:
        """Return the row of a patient that was put aside.

        Parameters
        ----------
        patient
            The patient as the sheet describes it, or the id alone.
        reason
            What went wrong; the last line that is not empty is shown.
        synthetic
            Whether the patient is simulated.
        """
        lines = [line.strip() for line in reason.splitlines() if line.strip()]
        facts: dict[str, Any] = {"patient_id": patient} if isinstance(patient, str) else _facts(patient)
        last = lines[-1] if lines else say("cohort.no_reason")
        return cls(**facts, status=RowStatus.FAILED, reason=last, synthetic=synthetic)

    @property
    def tumor_type(self) -> str:
        """Tumor type with its OncoTree code."""
        return f"{self.tumor_name} ({self.tumor_code})" if self.tumor_code else words.NOT_GIVEN

    @property
    def best_tier(self) -> str | None:
        """Best tier of the findings."""
        return min(filter(None, (f.best_tier for f in self.findings)), key=words.tier_key, default=None)

    @property
    def findings_text(self) -> str:
        """The first findings with their tiers, in one line."""
        if self.status is RowStatus.FAILED:
            return say("cohort.no_report_because", reason=self.reason)
        names = words.joined([finding.text for finding in self.findings], N_FINDINGS_IN_TEXT)
        if self.status is RowStatus.QUALITY_FAILED:
            seen = say("cohort.seen_all_the_same", names=names) if names else say("cohort.nothing_excluded")
            return f"{(self.failed_head or self.status.value).lower()}: {self.reason}; {seen}"
        parts = [names or say("cohort.no_finding")]
        parts += [say("cohort.to_be_confirmed", names=words.joined(self.to_confirm, 2))] if self.to_confirm else []
        parts += [say("cohort.not_somatic", names=words.joined(self.set_aside, 2))] if self.set_aside else []
        parts += [say("cohort.not_held_against", count=count) for count in self.unread]
        return "; ".join([*parts, *self.cautions])

    @property
    def no_prediction(self) -> str:
        """What stands where no prediction is named."""
        if not self.predictions_shown:
            return say("cohort.predictions_off")
        return say("cohort.none_stands_out") if self.status is RowStatus.OK else say("cohort.not_known")

    @property
    def predictions_text(self) -> str:
        """The first predictions in one line."""
        return ", ".join(self.predictions) or self.no_prediction


def cohort_row(report: PatientReport, *, pdf: bool = True) -> CohortRow:
    """Return the row of a report, naming the files that `genomodel.report.write.write_report` writes."""
    findings = sorted(report.interpretation.findings, key=lambda finding: words.tier_key(finding.tier))
    tiers = Counter(finding.tier for finding in report.interpretation.other_variants)
    response = shown_response(report, leading=True)
    named = put_first(response, N_PREDICTIONS) if response is not None else []
    files = file_names(report.patient.id, pdf=pdf)
    return CohortRow(
        **_facts(report.patient),
        findings=tuple(_row_finding(finding) for finding in findings),
        set_aside=tuple(finding.label for finding in report.interpretation.set_aside),
        to_confirm=tuple(finding.label for finding in report.interpretation.to_confirm),
        markers=tuple(markers_in_short(report.interpretation.biomarkers)),
        inherited=inherited_in_short(report.interpretation.germline),
        uncertain=tiers["III"],
        benign=tiers["IV"],
        predictions=tuple(f"{prediction.drug} {overall_standing(prediction)}" for prediction in named),
        predictions_shown=response is not None or report.response is None,
        forecast=forecast(report),
        off_assay=off_assay(report.patient),
        looked_for=looked_for(report),
        checks=checks_of(report),
        files=tuple(files[kind] for kind in ("html", "pdf", "json") if files[kind]),
        status=RowStatus.QUALITY_FAILED if report.failures else RowStatus.OK,
        reason="; ".join(report.failures) or None,
        failed_head=words.failed_head(report.failures),
        unread=tuple(gap.what for gap in unread_gaps_that_matter(variants_of(report.interpretation.other_variants))),
        cautions=tuple(identity_limits_in_short(report)),
        synthetic=report.synthetic,
    )


def _row_finding(finding: Finding) -> RowFinding:
    helps = [m for m in finding.evidence if m.evidence.direction is Direction.SENSITIVITY]
    against = [m.tier for m in finding.evidence if m.evidence.direction in words.AGAINST_A_THERAPY]
    best = min((m.tier for m in helps), default=None)
    other = [m.tier for m in finding.evidence if m.evidence.evidence_type is not EvidenceType.PREDICTIVE]
    of_best = [m for m in helps if m.tier == best]
    return RowFinding(
        gene=finding.gene,
        label=words.with_inheritance(finding),
        kind=kind_of(finding),
        tier=best,
        doubt=", ".join(filter(None, (words.other_type(*of_best), least_doubt(of_best)))),
        resistance_tier=min(against, default=None),
        other_tier=min(other, default=None),
        alone_tier=finding.tier,
    )


def _facts(patient: Patient) -> dict[str, Any]:
    tumor = patient.tumor_type
    return {
        "patient_id": patient.id,
        "tumor_code": tumor.code if tumor.is_given else "",
        "tumor_name": tumor.name,
        "mode": patient.mode,
    }
