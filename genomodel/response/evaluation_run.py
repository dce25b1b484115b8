"""One run of ``genomodel evaluate``: chosen models on chosen splits, compared, judged and written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genomodel.core.errors import InputError
from genomodel.response.comparison import Verdict, comparisons, verdict
from genomodel.response.dataset import ResponseData
from genomodel.response.evaluate import Evaluation, evaluate, metrics, write_evaluation
from genomodel.response.evaluation_page import write_pages
from genomodel.response.models import MODELS
from genomodel.response.splits import N_FOLDS, TISSUE_FOLDS, Split, make_folds

UNSEEN_FOLDER = "leave-tissue-out"

Progress = Callable[[str], None]


def per_drug_figure(split: Split) -> str:
    """Return which per-drug r is told first: folds of whole tissues differ in level, and are centered."""
    return "per_drug_r" if split is Split.LINE else "per_drug_r_centered_in_fold"


@dataclass(frozen=True)
class SplitRun:
    """What one split says about the models that were run."""

    results: dict[str, Evaluation]
    figures: dict[str, dict[str, Any]]
    compared: list[dict[str, Any]]
    judgment: Verdict


def known_models(names: Sequence[str] | None) -> list[str]:
    """Return the models to run; all when none is named.

    Raises
    ------
    InputError
        A name is not a row of ``MODELS``.
    """
    unknown = [name for name in names or () if name not in MODELS]
    if unknown:
        raise InputError(f"unknown model '{unknown[0]}'", column="MODELS", fix=f"Known: {', '.join(MODELS)}")
    return list(dict.fromkeys(names or MODELS))


def n_steps(names: Sequence[str], splits: Sequence[Split]) -> int:
    """Return how often ``run`` reports progress."""
    return sum(len(names) * (N_FOLDS if split is Split.LINE else TISSUE_FOLDS) for split in splits)


def run_split(data: ResponseData, names: Sequence[str], split: Split, progress: Progress | None = None) -> SplitRun:
    """Evaluate models on the same folds of one split, and compare them."""
    folds = make_folds(data, split)
    results: dict[str, Evaluation] = {}
    for name in names:
        report = (lambda text, name=name: progress(f"leave-{split}-out, {name}, {text}")) if progress else None
        results[name] = evaluate(data, name, report, folds=folds)
    compared = comparisons(data, results)
    figures = {name: metrics(data, result) for name, result in results.items()}
    return SplitRun(results, figures, compared, verdict(results, compared))


def run(
    data: ResponseData,
    names: Sequence[str],
    splits: Sequence[Split],
    out: Path,
    progress: Progress | None = None,
) -> dict[Split, SplitRun]:
    """Evaluate models and write what was found.

    Parameters
    ----------
    data
        All lines.
    names
        Rows of ``MODELS``.
    splits
        What is held out; each is a run of its own.
    out
        Gets ``index.html`` and, for each model, ``oof.tsv.gz``, ``metrics.json`` and ``index.html``; leaving tissues
        out is written the same way below ``leave-tissue-out``.
    progress
        Called after each fold of each model.
    """
    found = {split: run_split(data, names, split, progress) for split in splits}
    tissue = found.get(Split.TISSUE)
    for split, part in found.items():
        folder = out if split is Split.LINE else out / UNSEEN_FOLDER
        for name, result in part.results.items():
            write_evaluation(data, result, folder / name, part.figures[name])
        unseen = (tissue.figures, tissue.compared, tissue.judgment) if tissue and split is Split.LINE else None
        write_pages(data, part.results, part.figures, part.compared, part.judgment, folder, unseen)
    return found
