"""One page over all patients of a run: what was found, what is predicted, and where the reports are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from genomodel.core.base import Noun
from genomodel.core.findings import Direction, EvidenceType, Finding, variants_of
from genomodel.core.patients import CallingMode, Patient
from genomodel.core.report import RESEARCH_USE_ONLY, PatientReport
from genomodel.files import write_text
from genomodel.interpretation.unread import unread_gaps_that_matter
from genomodel.report import words
from genomodel.report.drawings import bars
from genomodel.report.render import GENERATOR, file_names, render_page
from genomodel.report.sections.biomarkers import markers_in_short
from genomodel.report.sections.claims import least_doubt
from genomodel.report.sections.identity import identity_limits_in_short
from genomodel.report.sections.inherited import inherited_in_short
from genomodel.report.sections.predictions import leading, standing

N_FINDINGS_IN_TEXT = 4
N_PREDICTIONS = 3
OTHER_EFFECT = "diagnosis or outcome"
N_GENES_DRAWN = 15
NO_PREDICTION = "none stands out"


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
    tier: str | None = None
    """Best tier of evidence for a therapy."""
    doubt: str = ""
    """What keeps all statements of that tier from holding as they stand: another tumor type, ``condition open`` …"""
    resistance_tier: str | None = None
    """Best tier of evidence against a therapy."""
    other_tier: str | None = None
    """Best tier of evidence on diagnosis or outcome."""

    @property
    def best_tier(self) -> str | None:
        """Best tier of evidence of any kind."""
        found = filter(None, (self.tier, self.resistance_tier, self.other_tier))
        return min(found, key=words.tier_key, default=None)

    @property
    def text(self) -> str:
        """The alteration with its tiers, in words."""
        tiers = [f"{self.tier}, {self.doubt}" if self.doubt else self.tier] if self.tier else []
        tiers += [f"{self.resistance_tier} resistance"] if self.resistance_tier else []
        tiers += [f"{self.other_tier} {OTHER_EFFECT}"] if self.other_tier else []
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
        last = lines[-1] if lines else f"reason {words.NOT_GIVEN}"
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
            return f"no report: {self.reason}"
        if self.status is RowStatus.QUALITY_FAILED:
            names = words.joined([finding.text for finding in self.findings], N_FINDINGS_IN_TEXT)
            seen = f"seen all the same: {names}" if names else "nothing is excluded"
            return f"{(self.failed_head or self.status.value).lower()}: {self.reason}; {seen}"
        found = words.joined([finding.text for finding in self.findings], N_FINDINGS_IN_TEXT) or "no finding"
        parts = [found, f"to be confirmed: {words.joined(self.to_confirm, 2)}" if self.to_confirm else ""]
        parts.append(f"seen, not somatic: {words.joined(self.set_aside, 2)}" if self.set_aside else "")
        parts += [f"{count} not held against the evidence" for count in self.unread]
        parts += self.cautions
        return "; ".join(filter(None, parts))

    @property
    def predictions_text(self) -> str:
        """The first predictions in one line."""
        return ", ".join(self.predictions) or (NO_PREDICTION if self.status is RowStatus.OK else "none")


def cohort_row(report: PatientReport, *, pdf: bool = True) -> CohortRow:
    """Return the row of a report, naming the files that `genomodel.report.write.write_report` writes."""
    findings = sorted(report.interpretation.findings, key=lambda finding: words.tier_key(finding.tier))
    tiers = Counter(finding.tier for finding in report.interpretation.other_variants)
    named = leading(report.response, N_PREDICTIONS) if report.response is not None else []
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
        predictions=tuple(f"{prediction.drug} {standing(prediction)}" for prediction in named),
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
        tier=best,
        doubt=", ".join(filter(None, (words.other_type(*of_best), least_doubt(of_best)))),
        resistance_tier=min(against, default=None),
        other_tier=min(other, default=None),
    )


def write_index(rows: Sequence[CohortRow], out: Path) -> None:
    """Write the cohort page.

    Parameters
    ----------
    rows
        The patients, in the order they are shown.
    out
        The page to write, usually ``index.html`` in the folder of the reports; links are relative to that folder.
    """
    altered = Counter(gene for row in rows for gene in {finding.gene for finding in row.findings})
    frequent = sorted(altered.items(), key=lambda item: (-item[1], item[0]))[:N_GENES_DRAWN]
    failed = [row for row in rows if row.status is RowStatus.FAILED]
    label = "Patients with a finding, by gene: " + ", ".join(f"{gene} {number}" for gene, number in frequent)
    actionable = sum((words.tier_number(row.best_tier) or 9) <= 2 for row in rows)
    context = {
        "rows": [_view(row) for row in rows],
        "n_failed": len(failed),
        "poor": Counter(row.failed_head for row in rows if row.status is RowStatus.QUALITY_FAILED),
        "n_cautions": sum(bool(row.cautions) for row in rows),
        "n_actionable": actionable,
        "chart": bars(frequent, label) if frequent else "",
        "n_genes": len(altered),
        "n_drawn": len(frequent),
        "synthetic": any(row.synthetic for row in rows),
        "all_synthetic": bool(rows) and all(row.synthetic for row in rows if row.status is not RowStatus.FAILED),
        "generator": GENERATOR,
        "research_use_only": RESEARCH_USE_ONLY,
        "synthetic_note": words.SYNTHETIC_NOTE,
    }
    write_text(out, render_page("cohort.html.j2", context))


def _facts(patient: Patient) -> dict[str, Any]:
    tumor = patient.tumor_type
    return {
        "patient_id": patient.id,
        "tumor_code": tumor.code if tumor.is_given else "",
        "tumor_name": tumor.name,
        "mode": patient.mode,
    }


def _view(row: CohortRow) -> dict[str, Any]:
    links = [(Path(name).suffix.lstrip(".").upper(), quote(name)) for name in row.files]
    return {
        "id": row.patient_id,
        "link": next((link for kind, link in links if kind == "HTML"), ""),
        "other_links": [(kind, link) for kind, link in links if kind != "HTML"],
        "tumor_code": row.tumor_code,
        "tumor_name": row.tumor_name or words.NOT_GIVEN,
        "mode": words.MODE_WORDS[row.mode],
        "tiered": [
            {
                "label": finding.label,
                "tiers": [
                    {"tier": tier, "level": words.tier_number(tier) or 9, "effect": effect}
                    for tier, effect in (
                        (finding.tier, f"▲ {finding.doubt}".rstrip()),
                        (finding.resistance_tier, "▼ resistance"),
                        (finding.other_tier, OTHER_EFFECT),
                    )
                    if tier
                ],
            }
            for finding in row.findings
            if finding.best_tier
        ],
        "untiered": words.unique(finding.label for finding in row.findings if not finding.best_tier),
        "set_aside": words.unique(row.set_aside),
        "to_confirm": words.unique(row.to_confirm),
        "markers": row.markers,
        "inherited": row.inherited,
        "listed": f"variants of tier III: {row.uncertain}, of tier IV: {row.benign}" if row.benign is not None else "",
        "tier_sort": words.tier_key(row.best_tier)[0],
        "predictions": row.predictions or (NO_PREDICTION if row.status is RowStatus.OK else "not known",),
        "failed": row.status is RowStatus.FAILED,
        "poor": row.status is RowStatus.QUALITY_FAILED,
        "reason": row.reason,
        "failed_head": row.failed_head,
        "cautions": row.cautions,
    }
