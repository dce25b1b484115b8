"""README and model page tell the figures of the model that ships, each with its interval where it has one."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from genomodel.response.bundle import load_bundle, released_folder
from genomodel.response.controls import CLAIM_POINTS, not_in_data, recovered

ROOT = Path(__file__).parents[2]


@cache
def figures() -> dict[str, Any]:
    card: dict[str, Any] = json.loads((released_folder() / "card.json").read_text(encoding="utf-8"))
    metrics: dict[str, Any] = card["metrics"]
    return metrics


def fine(found: dict[str, float]) -> str:
    return f"{found['value']:.3f} ({found['lower']:.3f} to {found['upper']:.3f})"


def coarse(found: dict[str, float], unit: str = "") -> str:
    factor, digits = (100, 0) if unit else (1, 2)
    value, lower, upper = (f"{found[key] * factor:.{digits}f}" for key in ("value", "lower", "upper"))
    return f"{value}{unit} ({lower}–{upper}{unit})"


def model_page_rows(m: dict[str, Any]) -> list[str]:
    covered, tail = m["coverage90"], m["panel"]["sensitive_tail"]
    lowest = min(covered["by_tissue"], key=covered["by_tissue"].get)
    highest = max(covered["by_tissue"].values())
    return [
        f"| within-tissue r, mean over {m['drugs_judged']} drugs | {fine(m['within_tissue_r'])} | at least 0.22 |",
        f"| drugs with within-tissue r above 0.2 | {m['drugs_within_tissue_r_above_0.2']} of {m['drugs_judged']} "
        "| at least 140 |",
        f"| per-drug r, not centered | {fine(m['per_drug_r'])} | at least 0.50 |",
        f"| within-tissue r of {m['panel']['drugs']} targeted drugs | {fine(m['panel']['within_tissue_r'])} "
        "| at least 0.30 |",
        f"| their sensitive tail, area under the curve | {fine(tail['auroc'])} | – |",
        "| squared error saved against the tissue-by-drug mean | "
        f"{fine(m['squared_error_gain_over_tissue_drug_mean'])} | above 0 |",
        f"| coverage of 90 % intervals | {covered['overall']:.3f} (drugs {covered['drugs_lowest']:.3f} to "
        f"{covered['drugs_highest']:.3f}, tissues {covered['by_tissue'][lowest]:.3f} ({lowest}) to {highest:.3f}) "
        "| 0.88 to 0.92 (drugs 0.85 to 0.95) |",
        f"| coverage of truly sensitive pairs | {covered['sensitive_pairs']:.3f} "
        f"({covered['sensitive_pairs_equal_tails']:.3f} with equal tails) | more than 0.49 |",
    ]


def controls_sentence() -> str:
    bundle = load_bundle()
    known, foreign = recovered(bundle), not_in_data(bundle)
    return (
        f"{sum(result.sign_right for result in known)} of {len(known)} have the right sign, "
        f"{sum(result.claimed for result in known)} move the drug by {CLAIM_POINTS:.0f} points or more, and "
        f"{sum(result.claimed for result in foreign)} of the {len(foreign)} others are claimed."
    )


def readme_figures(m: dict[str, Any]) -> list[str]:
    return [
        f"r {coarse(m['within_tissue_r'])} within tissues",
        f"squared error {coarse(m['squared_error_gain_over_tissue_drug_mean'], ' %')} below the tissue mean",
        f"r {fine(m['panel']['within_tissue_r'])} for targeted drugs",
        f"{100 * m['coverage90']['overall']:.0f} % of all and {100 * m['coverage90']['sensitive_pairs']:.0f} % of "
        "truly sensitive responses",
    ]


def flat(name: str) -> str:
    return " ".join((ROOT / name).read_text(encoding="utf-8").split())


def test_readme_tells_the_figures_of_the_released_model() -> None:
    missing = [text for text in readme_figures(figures()) if text not in flat("README.md")]
    assert missing == []


def test_model_page_tells_the_figures_of_the_released_model() -> None:
    missing = [row for row in model_page_rows(figures()) if row not in flat("docs/model.md")]
    assert missing == []


def test_model_page_tells_how_the_controls_came_out() -> None:
    assert controls_sentence() in flat("docs/model.md")


@pytest.mark.parametrize("name", ["README.md", "docs/model.md"])
def test_pages_link_to_files_that_are_there(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+)\)|^\[\w+\]: (\S+)$", text, re.MULTILINE)
    local = [one or other for one, other in targets if not (one or other).startswith("http")]
    assert [target for target in local if not ((ROOT / name).parent / target).exists()] == []
