"""Verbs of the response room: ``train`` and ``evaluate``."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from genomodel.core.errors import InputError


def register(app: typer.Typer) -> None:
    """Add the verbs to the program."""
    app.command("train")(train)
    app.command("evaluate", cls=_NamesModels)(evaluate_models)


def train(
    out: Annotated[Path, typer.Option("--out", help="Folder for the bundle.")],
    evaluation: Annotated[
        Path | None, typer.Option("--evaluation", help="Folder for the held-out predictions and their figures.")
    ] = None,
    panel_lists: Annotated[
        bool, typer.Option(help="Hide genes in training as the lists of real panels would, which only a mirror has.")
    ] = True,
) -> None:
    """Train the response model from raw sources and write a bundle.

    'genomodel data list' names the sources; those without an address are
    looked for in the folder that GENOMODEL_MIRROR names. Then use the bundle
    with 'genomodel report --bundle'.
    """
    from genomodel.response.dataset import load_data  # noqa: PLC0415
    from genomodel.response.ensemble import RELEASED_CONFIG  # noqa: PLC0415
    from genomodel.response.evaluate import write_evaluation  # noqa: PLC0415
    from genomodel.response.splits import N_FOLDS  # noqa: PLC0415
    from genomodel.response.train import train_bundle  # noqa: PLC0415

    if out.exists() and not out.is_dir():
        raise InputError("--out is a file, a folder is needed", path=out, column="--out")
    config = replace(RELEASED_CONFIG, real_panels=panel_lists)
    with _bar("Training", 2 + N_FOLDS + len(config.seeds)) as step:
        step("reading and joining sources", 0)
        data = load_data()
        step("evaluating on held-out lines", 1)
        bundle, result = train_bundle(data, out, config, progress=lambda text: step(text, 1))
        if evaluation:
            write_evaluation(data, result, evaluation / result.name, bundle.card["metrics"])
        step("done", 1)
    figures = bundle.card["metrics"]
    typer.echo(
        f"{out}: {len(data.lines)} lines, {len(bundle.features)} features, {len(bundle.drugs)} drugs; held-out "
        f"within-tissue r {figures['within_tissue_r']['value']:.3f}, coverage of 90 % intervals "
        f"{figures['coverage90']['overall']:.3f}"
    )


class _NamesModels(TyperCommand):
    """Lists the models in the help text, which then has to know them and only then loads them."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        from genomodel.response.models import MODELS  # noqa: PLC0415

        known = f"Models: {', '.join(MODELS)}."
        if known not in (self.help or ""):
            self.help = f"{self.help or ''}\n\n{known}"
        super().format_help(ctx, formatter)


class HeldOutKind(StrEnum):
    """What is held out."""

    LINE = "line"
    TISSUE = "tissue"
    BOTH = "both"


def evaluate_models(
    models: Annotated[list[str] | None, typer.Argument(help="Names of models; all when none is given.")] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for the results.")] = Path("results/evaluation"),
    split: Annotated[
        HeldOutKind, typer.Option("--split", help="Hold out lines, whole tissues, or each in turn.")
    ] = HeldOutKind.LINE,
) -> None:
    """Compare models on lines that they have not seen: five folds by patient, or whole tissues left out.

    Sources as for 'genomodel train'. A model of your own is one class and one
    row of MODELS in genomodel/response/models.py.
    """
    from genomodel.response.dataset import load_data  # noqa: PLC0415
    from genomodel.response.evaluation_run import known_models, n_steps, per_drug_figure, run  # noqa: PLC0415
    from genomodel.response.splits import Split  # noqa: PLC0415

    if out.exists() and not out.is_dir():
        raise InputError("--out is a file, a folder is needed", path=out, column="--out")
    names = known_models(models)
    splits = list(Split) if split is HeldOutKind.BOTH else [Split(split)]
    with _bar("Evaluating", n_steps(names, splits) + 1) as step:
        step("reading and joining sources", 0)
        data = load_data()
        step("choosing features", 1)
        found = run(data, names, splits, out, lambda text: step(text, 1))
    for kind, part in found.items():
        typer.echo(f"Leave-{kind}-out:")
        for name, row in part.figures.items():
            covered = row["coverage90"]
            typer.echo(
                f"  {name:18} within-tissue r {row['within_tissue_r']['value']:6.3f}  "
                f"drugs above 0.2 {row['drugs_within_tissue_r_above_0.2']:3}  "
                f"per-drug r {row[per_drug_figure(kind)]['value']:6.3f}  "
                f"coverage {covered['overall']:.3f}"
            )
        typer.echo(f"  {part.judgment.text}")
    typer.echo(f"{out}")


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
