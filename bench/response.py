"""Benchmark of all response models: ``make bench-response``.

Writes ``bench/results/response.json`` (figures and seconds of every model, with the machine) and
``bench/results/response.svg``, and the full evaluation below ``results/evaluation``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bench.machine import machine
from genomodel.files import write_text
from genomodel.response.dataset import load_data
from genomodel.response.evaluation_page import main_model, model_dots
from genomodel.response.evaluation_run import SplitRun, known_models, n_steps, per_drug_figure, run
from genomodel.response.splits import Split

TABLE_WIDTH = 120
BASELINE = "per-drug-ridge"
"""Times are told as multiples of this model's."""


def table(part: SplitRun) -> list[dict[str, Any]]:
    """Return one row a model: figures, and seconds to train and predict all folds."""
    seconds = {name: sum(result.held_out.seconds) for name, result in part.results.items()}
    unit = seconds.get(BASELINE, 0.0)
    return [
        {
            "model": name,
            "within_tissue_r": row["within_tissue_r"],
            "drugs_within_tissue_r_above_0.2": row["drugs_within_tissue_r_above_0.2"],
            "drugs_judged": row["drugs_judged"],
            "within_tissue_spearman": row["within_tissue_spearman"],
            "per_drug_r": row["per_drug_r"],
            "per_drug_r_centered_in_fold": row["per_drug_r_centered_in_fold"],
            "panel_within_tissue_r": row["panel"].get("within_tissue_r"),
            "normalized": row["normalized"],
            "coverage90": row["coverage90"]["overall"],
            "coverage90_sensitive": row["coverage90"]["sensitive_pairs"],
            "seconds": round(seconds[name], 3),
            "times_the_ridge": round(seconds[name] / unit, 2) if unit else None,
        }
        for name, row in part.figures.items()
    ]


def show(split: Split, rows: list[dict[str, Any]], console: Console) -> None:
    """Print the table of one split."""
    out = Table(title=f"leave-{split}-out")
    names = ("model", "within-tissue r", "95 % interval", "drugs > 0.2", "per-drug r", "panel", "seconds", "x ridge")
    for column in names:
        out.add_column(column, justify="left" if column == "model" else "right")
    for row in rows:
        within, panel = row["within_tissue_r"], row["panel_within_tissue_r"]
        out.add_row(
            row["model"],
            f"{within['value']:.3f}",
            f"{within['lower']:.3f} to {within['upper']:.3f}",
            str(row["drugs_within_tissue_r_above_0.2"]),
            f"{row[per_drug_figure(split)]['value']:.3f}",
            f"{panel['value']:.3f}" if panel else "–",
            f"{row['seconds']:.1f}",
            f"{row['times_the_ridge']:.1f}" if row["times_the_ridge"] is not None else "–",
        )
    console.print(out)


def main() -> None:
    """Run all models, or those named, on both splits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", help="names of models; all when none is given")
    parser.add_argument("--evaluation", type=Path, default=Path("results/evaluation"))
    parser.add_argument("--out", type=Path, default=Path("bench/results"))
    arguments = parser.parse_args()
    names, splits = known_models(arguments.models), list(Split)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("reading and joining sources", total=n_steps(names, splits))
        found = run(
            load_data(),
            names,
            splits,
            arguments.evaluation,
            lambda text: bar.update(task, advance=1, description=text),
        )
    rows = {split: table(part) for split, part in found.items()}
    line = found[Split.LINE]
    report = {
        "machine": machine(),
        "splits": {
            f"leave-{split}-out": {
                "description": split.description,
                "models": rows[split],
                "paired": part.compared,
                "verdict": part.judgment.text,
            }
            for split, part in found.items()
        },
    }
    write_text(arguments.out / "response.json", json.dumps(report, indent=1) + "\n")
    write_text(
        arguments.out / "response.svg",
        str(model_dots(line.figures, "within_tissue_r", main_model(line.results))) + "\n",
    )
    for split in splits:
        show(split, rows[split], Console(width=TABLE_WIDTH))
        print(found[split].judgment.text)


if __name__ == "__main__":
    main()
