"""The response models inside drevalpy's benchmark: its splits, its baselines and its metrics, our cell lines.

drevalpy is no dependency: version 1.6.0 needs pandas below 3 (through curve-curator) and typer below 0.27. Install both
packages side by side as ``docs/model.md`` describes. Everything here but :func:`drevalpy_model` works without it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from genomodel.core.errors import InputError
from genomodel.core.profile import TumorAlterations
from genomodel.files import read_text, write_text
from genomodel.profile.build import build_profile
from genomodel.profile.features import FeatureList, choose_features
from genomodel.response.dataset import ResponseData, load_data
from genomodel.response.identity import JoinCounts
from genomodel.response.models import MODELS, ResponseModel
from genomodel.response.types import ScreenedDrug

Array = npt.NDArray[np.float64]
Text = npt.NDArray[np.str_]

LINE_COLUMN, DRUG_COLUMN, COSMIC_COLUMN = "cell_line_name", "pubchem_id", "cosmic_id"
"""Names of columns in drevalpy's files; the last is ours, and may be added to ``cell_line_names.csv``."""
TISSUE_VIEW, GENOTYPE_VIEW = "tissue", "genotype"


@dataclass(frozen=True)
class ResponseTable:
    """Responses as a matrix, from drevalpy's list of pairs."""

    lines: tuple[str, ...]
    drugs: tuple[str, ...]
    values: Array
    """Shape (lines, drugs), NaN where not measured."""
    repeated: int
    """Measurements beyond the first of a pair; their mean is taken."""


def response_table(lines: Sequence[str] | Text, drugs: Sequence[str] | Text, responses: Array) -> ResponseTable:
    """Turn a list of pairs into a matrix, lines and drugs sorted by name; pairs without a value are left out.

    Parameters
    ----------
    lines, drugs, responses
        One entry for each pair, a missing response as NaN.

    Raises
    ------
    InputError
        The three differ in length, a response is infinite, or none is left.
    """
    values = np.asarray(responses, dtype=np.float64)
    if not len(lines) == len(drugs) == len(values):
        raise InputError(f"{len(lines)} lines, {len(drugs)} drugs and {len(values)} responses do not make pairs")
    if np.isinf(values).any():
        first = int(np.flatnonzero(np.isinf(values))[0])
        raise InputError(
            f"the response of cell line '{lines[first]}' to '{drugs[first]}' is infinite", fix="Leave it out"
        )
    known = ~np.isnan(values)
    if not known.any():
        raise InputError("there is no response to learn from")
    line_names, row = np.unique(np.asarray(lines, dtype=np.str_)[known], return_inverse=True)
    drug_names, column = np.unique(np.asarray(drugs, dtype=np.str_)[known], return_inverse=True)
    total, count = np.zeros((len(line_names), len(drug_names))), np.zeros((len(line_names), len(drug_names)))
    np.add.at(total, (row, column), values[known])
    np.add.at(count, (row, column), 1.0)
    mean = np.where(count > 0, total / np.maximum(count, 1.0), np.nan)
    repeated = int(np.maximum(count - 1, 0).sum())
    return ResponseTable(tuple(line_names.tolist()), tuple(drug_names.tolist()), mean, repeated)


def pair_values(
    table: ResponseTable, lines: Sequence[str] | Text, drugs: Sequence[str] | Text, otherwise: float
) -> Array:
    """Look up the value of each pair; ``otherwise`` for a drug that is not a column.

    Raises
    ------
    InputError
        A line is not a row.
    """
    row = {name: i for i, name in enumerate(table.lines)}
    column = {name: j for j, name in enumerate(table.drugs)}
    unknown = next((str(line) for line in lines if line not in row), None)
    if unknown is not None:
        raise InputError(f"cell line '{unknown}' has no prediction", fix="Leave it out, as it has no features")
    pairs = zip(lines, drugs, strict=True)
    return np.array([table.values[row[line], column[drug]] if drug in column else otherwise for line, drug in pairs])


def match_lines(names: Sequence[str], cosmic_ids: Mapping[str, int], data: ResponseData) -> dict[str, int]:
    """Find the rows of cell lines, by COSMIC identifier where one is given, else by their exact name in the screens.

    Names are never stripped of punctuation: that joins different lines.

    Parameters
    ----------
    names
        As drevalpy names the lines.
    cosmic_ids
        By name, as far as known.
    data
        Lines with genotypes.

    Returns
    -------
    dict
        Row in ``data`` by name; lines that are not there are left out.

    Raises
    ------
    InputError
        No line is found, or two names mean one line.
    """
    by_cosmic = {identifier: i for i, identifier in enumerate(data.cosmic_ids)}
    by_name = {line.id: i for i, line in enumerate(data.lines)}
    found: dict[str, int] = {}
    taken: dict[int, str] = {}
    for name in names:
        row = by_cosmic.get(cosmic_ids[name]) if name in cosmic_ids else by_name.get(name)
        if row is None:
            continue
        if taken.setdefault(row, name) != name:
            raise InputError(
                f"cell lines '{taken[row]}' and '{name}' are the same line, {data.lines[row].id}",
                fix=f"Mend the column '{COSMIC_COLUMN}', or name the line once",
            )
        found[name] = row
    if not found:
        raise InputError(
            f"none of {len(names)} cell lines, '{', '.join(names[:1])}' the first, is known",
            fix=f"Name them as GDSC does, or add a column '{COSMIC_COLUMN}' to cell_line_names.csv",
        )
    return found


def read_line_names(path: Path) -> tuple[list[str], dict[str, int]]:
    """Read drevalpy's ``cell_line_names.csv``: names, and COSMIC identifiers where the file has them.

    Raises
    ------
    InputError
        There is no such file or column, or an identifier is not a whole number.
    """
    rows = list(csv.DictReader(io.StringIO(read_text(path, "names of cell lines"))))
    if not rows or LINE_COLUMN not in rows[0]:
        raise InputError(f"column '{LINE_COLUMN}' is missing, or there is no row", path=path, row=1)
    identifiers: dict[str, int] = {}
    for number, row in enumerate(rows, start=2):
        value = (row.get(COSMIC_COLUMN) or "").strip()
        if not value:
            continue
        # pandas writes whole numbers beside gaps as 905933.0
        if not value.removesuffix(".0").isdecimal():
            raise InputError(f"'{value}' is not a COSMIC identifier", path=path, row=number, column=COSMIC_COLUMN)
        identifiers[row[LINE_COLUMN]] = int(value.removesuffix(".0"))
    return [row[LINE_COLUMN] for row in rows], identifiers


def write_dataset(folder: Path, name: str, data: ResponseData, screen: str) -> Path:
    """Write the responses of one screen, with names of lines and drugs, where drevalpy looks for a dataset.

    Drugs keep our names in the column of PubChem identifiers, which only has to tell them apart. Beside the tissue, the
    names of lines have COSMIC identifiers: drevalpy drops rows that repeat in all columns but the name.

    Parameters
    ----------
    folder
        drevalpy's data folder (``path_data``).
    name
        Of the dataset.
    data, screen
        Responses of this screen are written, pairs without a response left out.

    Returns
    -------
    Path
        The table of responses, for ``DrugResponseDataset.from_csv``.

    Raises
    ------
    InputError
        The data have no such screen.
    """
    columns = [j for j, drug in enumerate(data.drugs) if drug.screen == screen]
    if not columns:
        known = sorted({drug.screen for drug in data.drugs})
        raise InputError(f"there are no responses of the screen '{screen}'", fix=f"Known: {', '.join(known)}")
    lines = [
        (line.id, line.tissue, str(identifier)) for line, identifier in zip(data.lines, data.cosmic_ids, strict=True)
    ]
    drugs = [data.drugs[j].drug for j in columns]
    pairs = [
        (line.id, drug, repr(float(value)), line.tissue)
        for line, row in zip(data.lines, data.ln_ic50[:, columns], strict=True)
        for drug, value in zip(drugs, row, strict=True)
        if not np.isnan(value)
    ]
    target = folder / name
    target.mkdir(parents=True, exist_ok=True)
    _write_csv(target / "cell_line_names.csv", (LINE_COLUMN, "tissue", COSMIC_COLUMN), lines)
    _write_csv(target / "drug_names.csv", (DRUG_COLUMN, "drug_name"), [(drug, drug) for drug in drugs])
    return _write_csv(target / f"{name}.csv", (LINE_COLUMN, DRUG_COLUMN, "response", "tissue"), pairs)


def _write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    write_text(path, out.getvalue())
    return path


def line_views(line: TumorAlterations) -> dict[str, object]:
    """Split a line into the views that drevalpy may shuffle one by one."""
    return {
        TISSUE_VIEW: (line.tissue, line.tissue_fine),
        GENOTYPE_VIEW: line.model_copy(update={"tissue": "", "tissue_fine": ""}),
    }


def line_from_views(name: str, views: Mapping[str, Any]) -> TumorAlterations:
    """Join the views of :func:`line_views` again, under drevalpy's name."""
    tissue, fine = views[TISSUE_VIEW]
    genotype: TumorAlterations = views[GENOTYPE_VIEW]
    return genotype.model_copy(update={"id": name, "tissue": tissue, "tissue_fine": fine})


def training_data(
    table: ResponseTable, views: Mapping[str, Mapping[str, Any]], groups: Mapping[str, str], screen: str
) -> ResponseData:
    """Return responses with the lines' alterations, as our own models are fitted on.

    Parameters
    ----------
    table
        Responses.
    views
        Of every line in ``table``, by name.
    groups
        Lines of one patient share a group; a line that is not there is its own.
    screen
        Name of drevalpy's dataset.
    """
    lines = tuple(line_from_views(name, views[name]) for name in table.lines)
    joins = JoinCounts(len(lines), 0, 0, 0, 0, 0, 0, 0, 0, repeated_measurements=table.repeated)
    return ResponseData(
        lines=lines,
        groups=tuple(groups.get(name, name) for name in table.lines),
        cosmic_ids=(0,) * len(lines),
        drugs=tuple(ScreenedDrug(drug, screen) for drug in table.drugs),
        ln_ic50=table.values,
        joins=joins,
    )


class Learner:
    """One of our models on drevalpy's pairs; knows nothing of drevalpy."""

    model: ResponseModel
    features: FeatureList
    drugs: tuple[str, ...]
    mean: float

    def __init__(self, name: str) -> None:
        self.name = name

    def fit(self, data: ResponseData) -> None:
        """Choose features on the training lines, and learn."""
        self.features = choose_features(data.lines)
        self.model = MODELS[self.name]()
        self.model.fit(data, self.features)
        self.drugs = tuple(drug.drug for drug in data.drugs)
        self.mean = float(np.nanmean(data.ln_ic50))

    def predict(self, lines: Text, drugs: Text, views: Mapping[str, Mapping[str, Any]]) -> Array:
        """Predict each pair; a drug that was not trained on gets the mean of all responses, as in drevalpy's means."""
        names = tuple(sorted({str(line) for line in lines}))
        profiles = [build_profile(line_from_views(name, views[name]), self.features) for name in names]
        table = ResponseTable(names, self.drugs, self.model.predict(profiles), 0)
        return pair_values(table, lines, drugs, self.mean)


def drevalpy_name(model: str) -> str:
    """Name a model for drevalpy, whose results are split at underscores: ``low-rank`` is ``GenomodelLowRank``."""
    return "Genomodel" + "".join(part.capitalize() for part in model.split("-"))


def drevalpy_model(model: str = "low-rank", data: ResponseData | None = None) -> Any:
    """Make a class of drevalpy's ``DRPModel`` for one of our models, and register it with drevalpy.

    Parameters
    ----------
    model
        A name in ``MODELS``.
    data
        Cell lines; fetched through the data registry when first needed if not given.

    Returns
    -------
    type
        For ``drevalpy.experiment.drug_response_experiment(models=[...])``.

    Raises
    ------
    InputError
        drevalpy cannot be imported, or there is no such model.
    """
    if model not in MODELS:
        raise InputError(f"there is no model '{model}'", fix=f"Known: {', '.join(MODELS)}")
    try:
        drevalpy = import_module("drevalpy.models")
        feature_dataset = import_module("drevalpy.datasets.dataset").FeatureDataset
    except ImportError as error:
        raise InputError(
            f"drevalpy cannot be imported ({error})",
            fix="Install drevalpy 1.6.0 and genomodel in an environment of their own; docs/model.md says how",
        ) from error
    made = _model_class(drevalpy.DRPModel, feature_dataset, model, data)
    drevalpy.MULTI_DRUG_MODEL_FACTORY[made.get_model_name()] = made
    drevalpy.MODEL_FACTORY[made.get_model_name()] = made
    return made


def _model_class(base: Any, feature_dataset: Any, model: str, data: ResponseData | None) -> Any:
    @cache
    def cell_lines() -> ResponseData:
        return data or load_data()

    class GenomodelDRP(base):  # type: ignore[misc]
        """A response model of genomodel; see :func:`drevalpy_model`."""

        cell_line_views: ClassVar = [TISSUE_VIEW, GENOTYPE_VIEW]
        drug_views: ClassVar[list[str]] = []
        early_stopping = False
        is_single_drug_model = False

        @classmethod
        def get_model_name(cls) -> str:
            return drevalpy_name(model)

        @classmethod
        def get_hyperparameter_set(cls) -> list[dict[str, Any]]:
            """Our models choose their own hyperparameters inside the training lines."""
            return [{}]

        def build_model(self, hyperparameters: dict[str, Any]) -> None:
            self.log_hyperparameters(hyperparameters)
            self.learner = Learner(model)

        def load_cell_line_features(self, data_path: str, dataset_name: str) -> Any:
            names, cosmic_ids = read_line_names(Path(data_path) / dataset_name / "cell_line_names.csv")
            rows = match_lines(names, cosmic_ids, cell_lines())
            self.groups = {name: cell_lines().groups[row] for name, row in rows.items()}
            return feature_dataset({name: line_views(cell_lines().lines[row]) for name, row in rows.items()})

        def load_drug_features(self, data_path: str, dataset_name: str) -> None:
            return None

        def train(
            self,
            output: Any,
            cell_line_input: Any,
            drug_input: Any = None,
            output_earlystopping: Any = None,
            model_checkpoint_dir: str = "",
        ) -> None:
            table = response_table(output.cell_line_ids, output.drug_ids, output.response)
            views = cell_line_input.features
            self.learner.fit(training_data(table, views, getattr(self, "groups", {}), output.dataset_name))

        def predict(self, cell_line_ids: Text, drug_ids: Text, cell_line_input: Any, drug_input: Any = None) -> Array:
            return self.learner.predict(cell_line_ids, drug_ids, cell_line_input.features)

    return GenomodelDRP
