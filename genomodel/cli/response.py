"""Verbs of the response room: ``train`` and ``evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from genomodel.core.errors import InputError


def register(app: typer.Typer) -> None:
    """Add the verbs to the program."""
    app.command("train")(train)
    app.command("evaluate")(evaluate_models)


def train(
    out: Annotated[Path, typer.Option("--out", help="Folder for the bundle.")],
    evaluation: Annotated[
        Path | None, typer.Option("--evaluation", help="Folder for the held-out predictions and their figures.")
    ] = None,
) -> None:
    """Train the response model from raw sources and write a bundle."""
    from genomodel.response.dataset import load_data  # noqa: PLC0415
    from genomodel.response.ensemble import TrainingConfig  # noqa: PLC0415
    from genomodel.response.evaluate import N_FOLDS, write_evaluation  # noqa: PLC0415
    from genomodel.response.train import train_bundle  # noqa: PLC0415

    if out.exists() and not out.is_dir():
        raise InputError("--out is a file, a folder is needed", path=out, column="--out")
    with _bar("Training", 2 + N_FOLDS + len(TrainingConfig().seeds)) as step:
        step("reading and joining sources", 0)
        data = load_data()
        step("evaluating on held-out lines", 1)
        bundle, result = train_bundle(data, out, progress=lambda text: step(text, 1))
        if evaluation:
            write_evaluation(data, result, evaluation / "low-rank")
        step("done", 1)
    figures = bundle.card["metrics"]
    typer.echo(
        f"{out}: {len(data.lines)} lines, {len(bundle.features)} features, {len(bundle.drugs)} drugs; held-out "
        f"within-tissue r {figures['within_tissue_r']['value']:.3f}, coverage of 90 % intervals "
        f"{figures['coverage90']['overall']:.3f}"
    )


def evaluate_models(
    models: Annotated[list[str] | None, typer.Argument(help="Names of models; all when none is given.")] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for the results.")] = Path("results/evaluation"),
) -> None:
    """Compare models on lines that they have not seen, five folds by patient."""
    from genomodel.response.dataset import load_data  # noqa: PLC0415
    from genomodel.response.evaluate import N_FOLDS, evaluate, metrics, write_evaluation  # noqa: PLC0415
    from genomodel.response.models import MODELS  # noqa: PLC0415

    names = models or list(MODELS)
    unknown = [name for name in names if name not in MODELS]
    if unknown:
        raise InputError(f"unknown model '{unknown[0]}'", column="MODELS", fix=f"Known: {', '.join(MODELS)}")
    rows = []
    with _bar("Evaluating", N_FOLDS * len(names) + 1) as step:
        step("reading and joining sources", 0)
        data = load_data()
        step("evaluating", 1)
        for name in names:
            result = evaluate(data, name, lambda text, name=name: step(f"{name}, {text}", 1))  # type: ignore[misc]
            write_evaluation(data, result, out / name)
            rows.append(metrics(data, result))
    for row in rows:
        typer.echo(
            f"{row['model']:18} within-tissue r {row['within_tissue_r']['value']:6.3f}  "
            f"per-drug r {row['per_drug_r']['value']:6.3f}  "
            f"error saved {row['squared_error_gain_over_tissue_drug_mean']['value']:6.3f}  "
            f"coverage {row['coverage90']['overall']:.3f}"
        )


class _bar:
    """A progress bar on standard error: ``with _bar("Training", 7) as step: step("reading", 1)``."""

    def __init__(self, title: str, total: int) -> None:
        from rich.console import Console  # noqa: PLC0415
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

        self.progress = Progress(
            TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=Console(stderr=True)
        )
        self.title = title
        self.task = self.progress.add_task(title, total=total)

    def __enter__(self) -> _bar:
        self.progress.start()
        return self

    def __call__(self, text: str, advance: int) -> None:
        self.progress.update(self.task, advance=advance, description=f"{self.title}: {text}")

    def __exit__(self, *_: object) -> None:
        self.progress.stop()
