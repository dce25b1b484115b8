"""The released model as a folder of plain files: no pickle, every file checked when it is read. numpy only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from genomodel.core.errors import InputError
from genomodel.core.predictions import DrugAccuracy
from genomodel.core.provenance import Version
from genomodel.files import atomic_path, read_text, require_file, sha256_of, write_text
from genomodel.profile.features import FeatureList, features_to_tsv, read_features
from genomodel.response.calibrate import LOWER_TAIL, UPPER_TAIL, Widening
from genomodel.response.encoder import Array, Encoder, Mask
from genomodel.response.neighbors import driver_weights
from genomodel.response.selection import UNSTRETCHED, Selected, stretch_of
from genomodel.response.types import Ensemble, ScreenedDrug

FORMAT = 2
"""Raised when older bundles can no longer be read."""
WEIGHTS, CONFIG, FEATURES, LINES, CALIBRATION, CARD = (
    "model.safetensors",
    "config.json",
    "features.tsv",
    "lines.tsv",
    "calibration.json",
    "card.json",
)
HASHED = (WEIGHTS, CONFIG, FEATURES, LINES, CALIBRATION)
PICKLED = {
    b"\x80": "it looks like a Python pickle",
    b"PK\x03\x04": "it looks like a PyTorch checkpoint, a zip of pickles",
}
RELEASED = "lowrank-2026.11"
N_QUANTILES = 101
N_TISSUE_QUANTILES = 11


@dataclass(frozen=True)
class Calibration:
    """What held-out lines say about each offered drug."""

    lower: Array
    """Ends of the 90 % interval relative to the prediction, shape (drugs,)."""
    upper: Array
    tissue_scale: Array
    """Factor of the interval in each tissue, last row for any other, shape (tissues + 1, drugs)."""
    residual_variance: Array
    widening: Widening
    accuracy: tuple[DrugAccuracy, ...]
    predictable: npt.NDArray[np.bool_]
    burden_limit: int
    """Protein-changing variants in cancer genes that 99 % of the training lines do not exceed."""
    nearest_limit: float
    """Distance to the nearest line in driver space that 95 % of the training lines do not exceed."""
    sensitive_coverage: float
    """Share of truly sensitive pairs of held-out lines that the 90 % intervals hold."""
    stretch: tuple[float, float] = UNSTRETCHED
    """Factors of the part of an interval toward sensitivity and toward resistance, of predictions chosen as highest."""
    selected: Selected | None = None
    """How well the intervals of those hold; ``None`` where it was not measured."""


@dataclass(frozen=True)
class TrainingLines:
    """The lines that a model was trained on, by which its similarity and its explanations go."""

    ids: tuple[str, ...]
    tissues: tuple[str, ...]
    cosmic_ids: tuple[int, ...]
    values: Mask
    """Shape (lines, features)."""
    observed: Mask


@dataclass(frozen=True)
class Bundle:
    """A loaded model with all that is needed to predict one tumor and to say how far to trust it."""

    name: str
    ensemble: Ensemble
    drugs: tuple[ScreenedDrug, ...]
    lines: TrainingLines
    calibration: Calibration
    quantiles: Array
    """Measured ln IC50 of all lines, 0th to 100th percentile, shape (drugs, 101)."""
    tissue_quantiles: Array
    """The same by coarse tissue in steps of ten, NaN where too few lines, shape (tissues, drugs, 11)."""
    n_lines_tissue: npt.NDArray[np.int_]
    """Shape (tissues, drugs)."""
    training_lines_by_feature: dict[str, int]
    card: dict[str, Any]
    sha256: str
    """Of ``card.json``, which holds the digests of the other files."""

    @property
    def features(self) -> FeatureList:
        """The model's features."""
        return self.ensemble.features

    @property
    def encoder(self) -> Encoder:
        """How values become model input."""
        return self.ensemble.encoder

    @cached_property
    def effects(self) -> Array:
        """Change of ln IC50 by each feature, shape (features, drugs)."""
        return self.ensemble.effects()

    @cached_property
    def squared_effects(self) -> Array:
        """Squares of ``effects``."""
        return np.asarray(self.effects**2)

    @cached_property
    def baseline(self) -> Array:
        """Predicted ln IC50 of the linear part with every feature 0, shape (drugs,)."""
        return self.ensemble.baseline(self.effects)

    @cached_property
    def similarity_weights(self) -> Array:
        """Change of ln IC50 by full Gaussian similarity to each training line, shape (lines, drugs)."""
        return self.ensemble.similarity_weights()

    @cached_property
    def driver_weights(self) -> Array:
        """Weights of driver events in the distance between tumors, shape (features,)."""
        return driver_weights(self.features, self.lines.values)

    def as_version(self) -> Version:
        """Return the model's provenance."""
        return Version(
            name=self.name,
            version=str(self.card["version"]),
            kind="model",
            licence=str(self.card["licence"]),
            sha256=self.sha256,
        )


def released_folder(name: str = RELEASED) -> Path:
    """Return the folder of a model that the package carries."""
    return Path(str(files("genomodel.response"))) / "released" / name


def save_bundle(folder: Path, bundle: Bundle, config: dict[str, Any], card_text: str) -> None:
    """Write a bundle; ``card.json`` comes last, so that a folder with it is complete."""
    ensemble, calibration = bundle.ensemble, bundle.calibration
    tensors = {
        "dual": ensemble.dual.astype(np.float32),
        "gaussian_scales": ensemble.gaussian_scales.astype(np.float64),
        "line_values": np.packbits(bundle.lines.values, axis=1),
        "line_observed": np.packbits(bundle.lines.observed, axis=1),
        "loadings": ensemble.loadings.astype(np.float32),
        "offset": ensemble.offset.astype(np.float32),
        "direct_columns": ensemble.direct_columns.astype(np.int32),
        "direct": ensemble.direct.astype(np.float32),
        "mean": ensemble.mean.astype(np.float32),
        "deviation": ensemble.deviation.astype(np.float32),
        "expected": ensemble.encoder.expected.astype(np.float32),
        "center": ensemble.encoder.center.astype(np.float64),
        "scale": ensemble.encoder.scale.astype(np.float64),
        "interval_scale": calibration.tissue_scale.astype(np.float32),
        "quantiles": bundle.quantiles.astype(np.float32),
        "tissue_quantiles": bundle.tissue_quantiles.astype(np.float32),
        "n_lines_tissue": bundle.n_lines_tissue.astype(np.int32),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CARD).unlink(missing_ok=True)
    with atomic_path(folder / WEIGHTS) as temporary:
        save_file({name: np.ascontiguousarray(value) for name, value in sorted(tensors.items())}, temporary)
    write_text(folder / FEATURES, features_to_tsv(bundle.features))
    write_text(folder / LINES, _lines_text(bundle.lines))
    plain = {
        "format": FORMAT,
        "name": bundle.name,
        "tissues": list(ensemble.encoder.tissues),
        "bandwidth": ensemble.bandwidth,
        "drugs": [[drug.drug, drug.screen] for drug in bundle.drugs],
        "training": config,
    }
    write_text(folder / CONFIG, json.dumps(plain, indent=1, sort_keys=True) + "\n")
    write_text(folder / CALIBRATION, _calibration_text(bundle, calibration))
    write_text(folder / "card.md", card_text)
    digests = {name: sha256_of(folder / name) for name in HASHED}
    card = {**bundle.card, "format": FORMAT, "name": bundle.name, "files": digests}
    write_text(folder / CARD, json.dumps(card, indent=1, sort_keys=True) + "\n")


def _lines_text(lines: TrainingLines) -> str:
    rows = zip(lines.ids, lines.tissues, lines.cosmic_ids, strict=True)
    return "line\ttissue\tcosmic_id\n" + "".join(f"{name}\t{tissue}\t{cosmic}\n" for name, tissue, cosmic in rows)


def _read_lines(path: Path) -> list[tuple[str, str, int]]:
    rows = [line.split("\t") for line in read_text(path, "list of lines").splitlines()]
    if not rows or rows[0] != ["line", "tissue", "cosmic_id"]:
        raise InputError("the columns are not line, tissue, cosmic_id", path=path, row=1)
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != 3 or not row[2].isdigit():
            raise InputError(f"'{' '.join(row)}' is not a line", path=path, row=number)
    return [(name, tissue, int(cosmic)) for name, tissue, cosmic in rows[1:]]


def _calibration_text(bundle: Bundle, calibration: Calibration) -> str:
    drugs = [
        {
            "drug": drug.drug,
            "screen": drug.screen,
            "lower90": round(float(calibration.lower[j]), 5),
            "upper90": round(float(calibration.upper[j]), 5),
            "residual_variance": round(float(calibration.residual_variance[j]), 5),
            "predictable": bool(calibration.predictable[j]),
            "accuracy": calibration.accuracy[j].model_dump(),
        }
        for j, drug in enumerate(bundle.drugs)
    ]
    plain = {
        "method": "split conformal by drug, scaled by tissue, on out-of-fold residuals of all training lines, 5 folds",
        "tails": {"below": LOWER_TAIL, "above": UPPER_TAIL},
        "widening": {"genes": calibration.widening.genes, "tissue": calibration.widening.tissue},
        "burden_limit": calibration.burden_limit,
        "nearest_limit": round(calibration.nearest_limit, 5),
        "sensitive_coverage": round(calibration.sensitive_coverage, 4),
        "stretch": list(calibration.stretch),
        "selected": calibration.selected.plain() if calibration.selected else None,
        "drugs": drugs,
    }
    return json.dumps(plain, indent=1) + "\n"


def load_bundle(path: Path | None = None) -> Bundle:
    """Load a model and check that its files belong together.

    Parameters
    ----------
    path
        Folder of the bundle; the released model of the package when not given.

    Raises
    ------
    InputError
        A file is missing, was changed after the card was written, is no safetensors file, has another format version,
        or its parts do not fit each other.
    """
    folder = Path(path) if path is not None else released_folder()
    if not folder.is_dir():
        raise InputError("model bundle is not a folder", path=folder, fix="Give the folder that holds card.json")
    card = _read_json(folder / CARD)
    if card.get("format") != FORMAT:
        raise InputError(
            f"bundle format {card.get('format')} cannot be read, only {FORMAT}",
            path=folder / CARD,
            fix="Train the model again, or install the version of genomodel that wrote it",
        )
    for name in HASHED:
        found = sha256_of(require_file(folder / name, "model file"))
        if found != card.get("files", {}).get(name):
            raise InputError(
                f"file has SHA-256 {found}, the card says {card.get('files', {}).get(name)}",
                path=folder / name,
                fix="Copy the whole bundle again; its files belong together",
            )
    config, calibration = _read_json(folder / CONFIG), _read_json(folder / CALIBRATION)
    features = read_features(folder / FEATURES)
    lines = _read_lines(folder / LINES)
    tensors = _read_tensors(folder / WEIGHTS)
    try:
        return _assemble(config, calibration, features, lines, tensors, card, sha256_of(folder / CARD))
    except (KeyError, ValueError, TypeError, IndexError) as error:
        what = str(error) if isinstance(error, ValueError) else repr(error)
        raise InputError(
            f"model files do not fit each other ({what})",
            path=folder,
            fix="Copy the whole bundle again, from one training; its files belong together",
        ) from error


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(read_text(path, "model file"))
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON ({error})", path=path) from error
    if not isinstance(value, dict):
        raise InputError("a JSON object is needed", path=path)
    return value


def _read_tensors(path: Path) -> dict[str, npt.NDArray[Any]]:
    try:
        return dict(load_file(path))
    except (SafetensorError, ValueError) as error:
        start = path.read_bytes()[:4]
        seems = next((what for magic, what in PICKLED.items() if start.startswith(magic)), f"{error}")
        raise InputError(
            f"not a safetensors file ({seems})",
            path=path,
            fix="Only safetensors are read; pickled models are refused because they can run code. Copy the bundle as "
            "genomodel train wrote it",
        ) from error


def _require_shapes(
    tensors: dict[str, npt.NDArray[Any]], n_features: int, n_drugs: int, n_tissues: int, n_lines: int
) -> None:
    features, drugs = tensors["center"].shape[0], tensors["loadings"].shape[2]
    members, lines, components = tensors["dual"].shape
    if features != n_features:
        raise ValueError(f"{FEATURES} lists {n_features} features, the weights in {WEIGHTS} are for {features}")
    if drugs != n_drugs:
        raise ValueError(f"{CONFIG} lists {n_drugs} drugs, the weights in {WEIGHTS} are for {drugs}")
    if lines != n_lines:
        raise ValueError(f"{LINES} lists {n_lines} lines, the weights in {WEIGHTS} are for {lines}")
    packed = (n_lines, -(-n_features // 8))
    wanted = {
        "expected": (n_tissues + 1, n_features),
        "center": (n_features,),
        "scale": (n_features,),
        "line_values": packed,
        "line_observed": packed,
        "gaussian_scales": (members,),
        "loadings": (members, components, n_drugs),
        "offset": (members, n_drugs),
        "direct": (len(tensors["direct_columns"]), n_drugs),
        "mean": (n_drugs,),
        "deviation": (n_drugs,),
        "interval_scale": (n_tissues + 1, n_drugs),
        "quantiles": (n_drugs, N_QUANTILES),
        "tissue_quantiles": (n_tissues, n_drugs, N_TISSUE_QUANTILES),
        "n_lines_tissue": (n_tissues, n_drugs),
    }
    for name, shape in wanted.items():
        if tensors[name].shape != shape:
            raise ValueError(f"{name} has shape {tensors[name].shape}, expected {shape}")


def _unpack(bits: npt.NDArray[Any], n_features: int) -> Mask:
    return np.unpackbits(bits, axis=1, count=n_features).astype(np.bool_)


def _assemble(
    config: dict[str, Any],
    plain: dict[str, Any],
    features: FeatureList,
    lines: list[tuple[str, str, int]],
    tensors: dict[str, npt.NDArray[Any]],
    card: dict[str, Any],
    digest: str,
) -> Bundle:
    drugs = tuple(ScreenedDrug(drug, screen) for drug, screen in config["drugs"])
    tissues = tuple(config["tissues"])
    _require_shapes(tensors, len(features), len(drugs), len(tissues), len(lines))
    real = {name: value.astype(np.float64) for name, value in tensors.items() if value.dtype.kind == "f"}
    training_lines = TrainingLines(
        ids=tuple(name for name, _, _ in lines),
        tissues=tuple(tissue for _, tissue, _ in lines),
        cosmic_ids=tuple(cosmic for _, _, cosmic in lines),
        values=_unpack(tensors["line_values"], len(features)),
        observed=_unpack(tensors["line_observed"], len(features)),
    )
    encoder = Encoder(tissues, real["expected"], real["center"], real["scale"])
    ensemble = Ensemble(
        features=features,
        encoder=encoder,
        landmarks=encoder.encode(
            training_lines.values.astype(np.float64), training_lines.observed, training_lines.tissues
        ),
        bandwidth=float(config["bandwidth"]),
        gaussian_scales=real["gaussian_scales"],
        dual=real["dual"],
        loadings=real["loadings"],
        offset=real["offset"],
        mean=real["mean"],
        deviation=real["deviation"],
        direct_columns=tensors["direct_columns"].astype(np.int_),
        direct=real["direct"],
    )
    return Bundle(
        name=str(config["name"]),
        ensemble=ensemble,
        drugs=drugs,
        lines=training_lines,
        calibration=_calibration(plain, drugs, real["interval_scale"]),
        quantiles=real["quantiles"],
        tissue_quantiles=real["tissue_quantiles"],
        n_lines_tissue=tensors["n_lines_tissue"].astype(np.int_),
        training_lines_by_feature={feature.name: feature.n_lines for feature in features},
        card=card,
        sha256=digest,
    )


def _calibration(plain: dict[str, Any], drugs: tuple[ScreenedDrug, ...], scale: Array) -> Calibration:
    rows = plain["drugs"]
    if [(row["drug"], row["screen"]) for row in rows] != [(drug.drug, drug.screen) for drug in drugs]:
        raise ValueError("the calibration is for other drugs")
    return Calibration(
        lower=np.array([row["lower90"] for row in rows], dtype=np.float64),
        upper=np.array([row["upper90"] for row in rows], dtype=np.float64),
        tissue_scale=scale,
        residual_variance=np.array([row["residual_variance"] for row in rows], dtype=np.float64),
        widening=Widening(float(plain["widening"]["genes"]), float(plain["widening"]["tissue"])),
        accuracy=tuple(DrugAccuracy(**row["accuracy"]) for row in rows),
        predictable=np.array([row["predictable"] for row in rows], dtype=np.bool_),
        burden_limit=int(plain["burden_limit"]),
        nearest_limit=float(plain["nearest_limit"]),
        sensitive_coverage=float(plain["sensitive_coverage"]),
        stretch=stretch_of(plain.get("stretch")),
        selected=Selected.of_plain(plain.get("selected")),
    )
