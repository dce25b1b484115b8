"""Benchmark of what reports put first: ``make bench-shown``.

Trains the models of the five folds, applies the rule of reports to every held-out line, and prints how often the 90 %
intervals of the predictions that lead hold: as they are (the baseline), and stretched by factors that were learned on
the other folds; beside them all pairs, of which none was chosen. Writes ``bench/results/shown.json``. Sources as for
``genomodel train``, and somewhat less time.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.machine import machine
from genomodel.core.predictions import CoverageShare
from genomodel.files import write_text
from genomodel.response.dataset import load_data
from genomodel.response.ensemble import RELEASED_CONFIG
from genomodel.response.evaluate import evaluate, metrics
from genomodel.response.models import RELEASED_MODEL
from genomodel.response.selection import Selected
from genomodel.response.splits import make_folds
from genomodel.response.train import offered_drugs, selected_coverage

WIDTH = 110


def rows_of(selected: Selected, all_pairs: float) -> list[dict[str, Any]]:
    """Return one row for each set of pairs."""
    rows: list[dict[str, Any]] = [{"pairs": "all, none of them chosen", "share": all_pairs}]
    if selected.unmended is not None:
        rows.append({"pairs": "put first, intervals as they are"} | selected.unmended.model_dump())
    stretched = "put first, intervals stretched" if selected.unmended is not None else "put first"
    rows.append({"pairs": stretched} | selected.overall.model_dump())
    rows += [{"pairs": f"of these, {name}"} | share.model_dump() for name, share in selected.by_tissue.items()]
    if selected.few is not None:
        rows.append({"pairs": "of these, tissues with fewer pairs"} | selected.few.model_dump())
    return rows


def show(rows: list[dict[str, Any]], selected: Selected, console: Console) -> None:
    """Print the table."""
    out = Table(title=f"Coverage of 90 % intervals, {selected.n_lines_asked} held-out lines")
    for column in ("pairs", "share inside", "95 % interval", "n pairs", "n lines"):
        out.add_column(column, justify="left" if column == "pairs" else "right")
    for row in rows:
        known = set(CoverageShare.model_fields) <= set(row)
        ends = f"{row['lower']:.3f} to {row['upper']:.3f}" if known else "–"
        counts = (str(row["n_pairs"]), str(row["n_lines"])) if known else ("–", "–")
        out.add_row(row["pairs"], f"{row['share']:.3f}", ends, *counts)
    console.print(out)
    console.print(f"stretched toward sensitivity by {selected.stretch[0]}, toward resistance by {selected.stretch[1]}")


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("bench/results"))
    out = parser.parse_args().out
    data = load_data()
    folds = make_folds(data)
    result = evaluate(data, RELEASED_MODEL, print, RELEASED_CONFIG, folds)
    selected = selected_coverage(data, result, folds, offered_drugs(data))
    if selected is None:
        raise SystemExit("no prediction is ever put first")
    rows = rows_of(selected, float(metrics(data, result)["coverage90"]["overall"]))
    report = {"machine": machine(), "lines": selected.n_lines_asked, "stretch": selected.stretch, "rows": rows}
    write_text(out / "shown.json", json.dumps(report, indent=1) + "\n")
    show(rows, selected, Console(width=WIDTH))


if __name__ == "__main__":
    main()
