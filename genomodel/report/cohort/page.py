"""The cohort page: a table of patients with filters, the alterations, the predictions and the quality of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from genomodel.calls.quality.metrics import METRICS
from genomodel.core.identity import CheckName
from genomodel.core.report import RESEARCH_USE_ONLY
from genomodel.files import write_text
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.cohort import heat_map as heat
from genomodel.report.cohort import oncoprint as onco
from genomodel.report.cohort.alterations import AlterationKind, Looked
from genomodel.report.cohort.checks import EXONS, Mark
from genomodel.report.cohort.grid import cells, names, sample
from genomodel.report.cohort.row import CohortRow, RowFinding, RowStatus
from genomodel.report.cohort.signed import SignedReport, newest_signed
from genomodel.report.render import GENERATOR, asset, render_page
from genomodel.report.sections.identity import NAMES

N_GENES_NAMED = 10
N_DRUGS_NAMED = 5
MARK_SIGNS = {Mark.FAIL: "\u2717", Mark.WAIVED: "(\u2717)", Mark.WARN: "!", Mark.PASS: "\u2713"}
_WORST_FIRST = {Mark.FAIL: 3, Mark.WAIVED: 2, Mark.WARN: 1}


def write_index(rows: Sequence[CohortRow], out: Path) -> None:
    """Write the cohort page.

    Parameters
    ----------
    rows
        The patients, in the order they are shown.
    out
        The page to write, usually ``index.html`` in the folder of the reports; links are relative to that folder, and
        signed reports are looked for in ``signed/`` of it.
    """
    write_text(out, cohort_page(rows, {row.patient_id: newest_signed(out.parent, row.patient_id) for row in rows}))


def cohort_page(rows: Sequence[CohortRow], signed: dict[str, SignedReport | None]) -> str:
    """Return the cohort page as one self-contained HTML page.

    Parameters
    ----------
    rows
        The patients, in the order they are shown.
    signed
        Newest signed report by patient.
    """
    context = {
        "rows": [_view(row, signed.get(row.patient_id)) for row in rows],
        "lead": _lead(rows, sum(signed.get(row.patient_id) is not None for row in rows)),
        "alterations": _alterations(rows),
        "forecast": _forecast(rows),
        "quality": _quality(rows),
        "synthetic": any(row.synthetic for row in rows),
        "all_synthetic": bool(rows) and all(row.synthetic for row in rows if row.status is not RowStatus.FAILED),
        "generator": GENERATOR,
        "research_use_only": RESEARCH_USE_ONLY,
        "synthetic_note": words.SYNTHETIC_NOTE,
    }
    return render_page("cohort.html.j2", context, extra_style=asset("cohort.css"), extra_script=asset("cohort.js"))


def _lead(rows: Sequence[CohortRow], n_signed: int) -> list[tuple[str, bool]]:
    """Return what is said first of the run, each with whether it stands out."""
    actionable = sum((words.tier_number(row.best_tier) or 9) <= 2 for row in rows)
    failed = sum(row.status is RowStatus.FAILED for row in rows)
    poor = Counter(row.failed_head for row in rows if row.status is RowStatus.QUALITY_FAILED)
    cautions = sum(bool(row.cautions) for row in rows)
    said = [(say("cohort.n_patients", n=words.count(len(rows))), False)]
    said.append((say("cohort.n_actionable", n=words.count(actionable)), False))
    said += [(say("cohort.n_signed", n=words.count(n_signed)), False)] if n_signed else []
    said += [(say("cohort.n_failed", n=words.count(failed)), True)] if failed else []
    said += [(say("cohort.n_poor", n=words.count(n), head=head.lower()), True) for head, n in poor.items()]
    said += [(say("cohort.n_cautions", n=words.count(cautions)), False)] if cautions else []
    return said


def _alterations(rows: Sequence[CohortRow]) -> dict[str, Any]:
    made = onco.oncoprint(rows)
    n, drawn = len(made.order), len(made.grid.rows)
    first = ", ".join(
        say("cohort.gene_in", gene=one.gene, n=words.count(one.patients)) for one in made.genes[:N_GENES_NAMED]
    )
    alternative = say("cohort.oncoprint_alternative", genes=drawn, n=words.count(n), first=first)
    marks: list[str] = [kind.value for kind in onco.KINDS]
    marks += [name for name in (onco.ASSAYED, onco.NOT_GIVEN, onco.UNKNOWN) if made.grid.cells[name]]
    return {
        "drawn": drawn,
        "names": names(made.grid),
        "cells": cells(made.grid, onco.MARKS, alternative),
        "order": ",".join(map(str, made.order)),
        "legend": [(sample(onco.MARKS[name]), say(f"cohort.mark.{name}")) for name in marks],
        "n": words.count(n),
        "n_genes": len(made.genes),
        "kinds": [say(f"cohort.kind.{kind.value}") for kind in onco.KINDS],
        "genes": [
            {"gene": one.gene, "n": one.patients, "kinds": [one.kinds[kind] for kind in onco.KINDS]}
            for one in made.genes
        ],
        "notes": [
            say(f"cohort.not_searched.{looked.value}", n=words.count(missing), of=words.count(n))
            for looked in Looked
            if (missing := onco.not_searched(rows, looked))
        ],
    }


def _forecast(rows: Sequence[CohortRow]) -> dict[str, Any]:
    made = heat.heat_map(rows)
    drawn = len(made.grid.rows)
    first = ", ".join(
        say("cohort.drug_in", drug=one.drug, n=words.count(one.high)) for one in made.drugs[:N_DRUGS_NAMED] if one.high
    )
    n_told = sum(bool(row.forecast.percentiles) for row in rows)
    alternative = say(
        "cohort.heat_alternative",
        drugs=drawn,
        n=words.count(made.n_patients),
        told=words.count(n_told),
        first=first or say("cohort.no_drug"),
    )
    steps = [start for start, _ in heat.STEPS]
    legend = [
        (sample(heat.MARKS[heat.step_of(start)]), say("cohort.from_to", low=start, high=end))
        for start, end in zip(steps, [*steps[1:], 100], strict=True)
    ]
    return {
        "drawn": drawn,
        "names": names(made.grid),
        "cells": cells(made.grid, heat.MARKS, alternative),
        "order": ",".join(map(str, made.order)),
        "legend": [*legend, (sample(heat.MARKS[heat.NOT_INFORMATIVE]), say("cohort.wide"))],
        "n_told": words.count(n_told),
        "n": words.count(made.n_patients),
        "n_drugs": len(made.drugs),
        "high": heat.HIGH,
        "drugs": made.drugs,
    }


def _quality(rows: Sequence[CohortRow]) -> dict[str, Any]:
    """Return a column for each check that was judged in any patient, and the marks of all with a report."""
    judged = {name for row in rows for name in row.checks}
    known: dict[str, str] = {check.value: NAMES[check] for check in CheckName}
    known |= {name: metric.label for name, metric in METRICS.items()} | {EXONS: say("cohort.exons")}
    columns = [name for name in known if name in judged] + sorted(judged - known.keys())
    worst = Counter(max((_WORST_FIRST.get(mark, 0) for mark in row.checks.values()), default=-1) for row in rows)
    return {
        "columns": [known.get(name, name) for name in columns],
        "failed": words.count(worst[3] + worst[2]),
        "warned": words.count(worst[1]),
        "rows": [
            {
                "id": row.patient_id,
                "marks": [_mark(row.checks.get(name)) for name in columns],
                "worst": sum(mark is Mark.FAIL for mark in row.checks.values()),
                "warns": sum(mark in (Mark.WARN, Mark.WAIVED) for mark in row.checks.values()),
            }
            for row in rows
            if row.status is not RowStatus.FAILED
        ],
    }


def _mark(mark: Mark | None) -> dict[str, Any]:
    if mark is None:
        return {"text": "\u2013", "sort": ""}
    sign, number = MARK_SIGNS[mark], _WORST_FIRST.get(mark)
    text = sign if mark is Mark.PASS else f"{sign} {say(f'cohort.verdict.{mark.value}')}"
    return {"text": text, "sort": "" if number is None else str(number)}


def _view(row: CohortRow, signed: SignedReport | None) -> dict[str, Any]:
    links = [(Path(name).suffix.lstrip(".").upper(), quote(name)) for name in row.files]
    failed, poor = row.status is RowStatus.FAILED, row.status is RowStatus.QUALITY_FAILED
    return {
        "id": row.patient_id,
        "link": next((link for kind, link in links if kind == "HTML"), ""),
        "other_links": [(kind, link) for kind, link in links if kind != "HTML"],
        "tumor_code": row.tumor_code,
        "tumor_name": row.tumor_name or words.NOT_GIVEN,
        "mode": words.MODE_WORDS[row.mode],
        "tiered": [_tiered(finding) for finding in row.findings if finding.best_tier],
        "untiered": words.unique(finding.label for finding in row.findings if not finding.best_tier),
        "set_aside": words.unique(row.set_aside),
        "to_confirm": words.unique(row.to_confirm),
        "markers": [marker[:1].upper() + marker[1:] for marker in row.markers],
        "inherited": row.inherited,
        "listed": "" if row.benign is None else say("cohort.listed", uncertain=row.uncertain, benign=row.benign),
        "tier_sort": words.tier_key(row.best_tier)[0],
        "predictions": row.predictions or (row.no_prediction,),
        "failed": failed,
        "poor": poor,
        "reason": row.reason,
        "failed_head": row.failed_head,
        "cautions": row.cautions,
        "signed": signed,
        "otherwise": signed is not None and not failed and _stands_otherwise(row, signed),
        "genes": " ".join(sorted({f.gene for f in row.findings if f.kind is not AlterationKind.NONE and f.gene})),
        "tiers": " ".join(_tier_numbers(row)),
        "state": "none" if failed else "failed" if poor else "final" if signed else "draft",
    }


def _stands_otherwise(row: CohortRow, signed: SignedReport) -> bool:
    """Whether a draft, of which the row tells, has other findings or tiers than the signed report."""
    drafted = tuple(sorted((finding.gene, finding.alone_tier or "") for finding in row.findings))
    return signed.findings is not None and signed.findings != drafted


def _tier_numbers(row: CohortRow) -> list[str]:
    """Return the tiers of a patient's findings and listed variants, as numbers for the filter."""
    found = {words.tier_number(tier) for finding in row.findings for tier in (finding.best_tier, finding.alone_tier)}
    found |= {3} if row.uncertain else set()
    return sorted(str(number) for number in found if number)


def _tiered(finding: RowFinding) -> dict[str, Any]:
    effects = (
        (finding.tier, f"\u25b2 {finding.doubt}".rstrip()),
        (finding.resistance_tier, f"\u25bc {say('cohort.resistance')}"),
        (finding.other_tier, say("cohort.other_effect")),
    )
    return {
        "label": finding.label,
        "tiers": [
            {"tier": tier, "level": words.tier_number(tier) or 9, "effect": effect} for tier, effect in effects if tier
        ],
    }
