"""Pages of an evaluation: all models side by side, and one page for each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from genomodel.files import write_text
from genomodel.profile.tissues import LABELS
from genomodel.response.comparison import Verdict
from genomodel.response.dataset import ResponseData
from genomodel.response.evaluate import Evaluation
from genomodel.response.evaluation_plots import Dot, dot_plot, histogram, scatter
from genomodel.response.models import RELEASED_MODEL
from genomodel.response.splits import Split
from genomodel.response.targeted import targeted_drug_rows

TEMPLATES = Path(__file__).parent / "templates"
WANTED: dict[str, Any] = {"within": 0.22, "above": 140, "per_drug": 0.50, "panel": 0.30, "coverage": (0.88, 0.92)}
FLOOR = {"within": 0.196, "above": 117, "per_drug": 0.483, "unseen": 0.175, "sensitive": 0.49}
"""Best of earlier linear models on these data, measured before this kind of model; for coverage, plain intervals."""
DRUG_COVERAGE = (0.85, 0.95)

Figures = Mapping[str, dict[str, Any]]


def environment() -> Environment:
    """Return the templates: everything escaped, undefined names refused."""
    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["figure"] = _figure
    found.filters["interval"] = _interval
    return found


def _figure(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")


def _interval(found: dict[str, float] | None) -> str:
    return "" if not found else f"{_figure(found['lower'])} to {_figure(found['upper'])}"


def main_model(results: Mapping[str, Evaluation]) -> str:
    """Return the model that the page looks at closely: the released kind, or else the best by within-tissue r."""
    if RELEASED_MODEL in results:
        return RELEASED_MODEL
    return max(results, key=lambda name: results[name].scores.mean_within.value)


def write_pages(
    data: ResponseData,
    results: Mapping[str, Evaluation],
    figures: Figures,
    compared: list[dict[str, Any]],
    judgment: Verdict,
    out: Path,
    unseen: tuple[Figures, list[dict[str, Any]], Verdict] | None = None,
) -> None:
    """Write ``<out>/index.html`` and ``<out>/<model>/index.html``.

    Parameters
    ----------
    data
        What was evaluated on.
    results, figures
        Evaluations and their metrics, by name of the model, all on the same folds.
    compared, judgment
        From ``comparisons`` and ``verdict``.
    out
        Folder of the results.
    unseen
        Metrics, comparisons and verdict with whole tissues left out, where that was run too.
    """
    templates = environment()
    main, best = main_model(results), judgment.best_other
    any_result = results[main]
    shared = {"wanted": WANTED, "floor": FLOOR, "released": RELEASED_MODEL, "tissue_split": str(Split.TISSUE)}
    for name, result in results.items():
        page = templates.get_template("model.html.j2").render(
            shared
            | {
                "name": name,
                "row": figures[name],
                "plots": model_plots(data, result, figures[name]),
                "panel": panel_rows(figures, name, ""),
            }
        )
        write_text(out / name / "index.html", page)
    page = templates.get_template("index.html.j2").render(
        shared
        | {
            "figures": figures,
            "main": main,
            "best": best,
            "split": any_result.held_out.split,
            "lines": len(data.lines),
            "judged": int(any_result.judged.sum()),
            "judged_text": figures[main]["judged"],
            "compared": compared,
            "judgment": judgment,
            "plots": overview_plots(data, results, figures, compared, main, best),
            "main_plots": model_plots(data, results[main], figures[main]),
            "panel": panel_rows(figures, main, best if best != main else ""),
            "unseen": unseen,
        }
    )
    write_text(out / "index.html", page)


def panel_rows(figures: Figures, main: str, best: str) -> list[dict[str, Any]]:
    """Return the panel's drugs with target, reason and within-tissue r under one or two models, best first."""
    found = figures[main]["panel"].get("by_drug", {})
    other = figures[best]["panel"].get("by_drug", {}) if best else {}
    why = {row.drug: row for row in targeted_drug_rows()}
    rows = [
        {
            "drug": drug,
            "target": why[drug].target,
            "reason": why[drug].reason,
            "lines": values["lines"],
            "r": values["within_tissue_r"],
            "lower": values["within_tissue_r_lower"],
            "spearman": values["within_tissue_spearman"],
            "other": other.get(drug, {}).get("within_tissue_r"),
        }
        for drug, values in found.items()
    ]
    return sorted(rows, key=lambda row: (-row["r"], row["drug"]))


def overview_plots(
    data: ResponseData,
    results: Mapping[str, Evaluation],
    figures: Figures,
    compared: list[dict[str, Any]],
    main: str,
    best: str,
) -> dict[str, Markup]:
    """Draw what compares models."""
    by_line = results[main].held_out.split is Split.LINE
    plots = {
        "within": model_dots(figures, "within_tissue_r", main, WANTED["within"] if by_line else None),
        "per_drug": model_dots(figures, "per_drug_r" if by_line else "per_drug_r_centered_in_fold", main, None),
    }
    pairs = [
        Dot(row["other"], **row["difference"]["within_tissue_r"], strong=row["other"] == best)
        for row in compared
        if row["one"] == main
    ]
    if pairs:
        plots["differences"] = dot_plot(
            pairs,
            f"Difference of mean within-tissue r, {main} less each other model, with 95 % intervals",
            "difference of within-tissue r",
            marks=[(0.0, "no difference")],
        )
    if best and best != main:
        judged = np.flatnonzero(results[main].judged)
        plots["scatter"] = scatter(
            results[best].scores.within_tissue_r[judged],
            results[main].scores.within_tissue_r[judged],
            [data.drugs[j].drug for j in judged],
            [bool(results[main].panel[j]) for j in judged],
            f"Within-tissue r of {len(judged)} drugs: {main} (upward) against {best} (across)",
            (f"{best}, within-tissue r", f"{main}, within-tissue r"),
        )
    return plots


def model_dots(figures: Figures, key: str, main: str, wanted: float | None = None) -> Markup:
    """Draw one figure of every model with its interval, best first; ``main`` stands out."""
    words = key.replace("_", " ").replace("within tissue", "within-tissue").replace("per drug", "per-drug")
    ordered = sorted(figures, key=lambda name: -figures[name][key]["value"])
    return dot_plot(
        [Dot(name, **figures[name][key], strong=name == main) for name in ordered],
        f"Mean {words} of every model with 95 % intervals",
        f"mean {words}",
        marks=[(wanted, "wanted")] if wanted is not None else [],
    )


def model_plots(data: ResponseData, result: Evaluation, row: dict[str, Any]) -> dict[str, Markup]:
    """Draw what describes one model."""
    within = result.scores.within_tissue_r[result.judged]
    tissues = row["coverage90"]["by_tissue"]
    counts = {tissue: int((data.tissues == tissue).sum()) for tissue in tissues}
    return {
        "histogram": histogram(
            within,
            f"How many of {len(within)} drugs have which within-tissue r under {result.name}; "
            f"{int((within > 0.2).sum())} lie above 0.2",
            "within-tissue r of a drug",
            marks=[(0.2, "0.2")],
        ),
        "coverage_drugs": histogram(
            result.coverage[result.judged],
            f"How many drugs have which coverage of their 90 % interval under {result.name}",
            "coverage of the 90 % interval of a drug",
            marks=[(DRUG_COVERAGE[0], "0.85"), (DRUG_COVERAGE[1], "0.95")],
            step=0.005,
            from_zero=False,
        ),
        "coverage_tissues": dot_plot(
            [
                Dot(f"{LABELS.get(tissue, tissue)} ({counts[tissue]})", value)
                for tissue, value in sorted(tissues.items(), key=lambda i: i[1])
            ],
            f"Coverage of the 90 % interval in each tissue under {result.name}; the pale band is 0.85 to 0.95",
            "coverage in a tissue",
            band=DRUG_COVERAGE,
        ),
    }
