"""Reading the public tables that the response model is trained on; each comes through the data registry.

Responses: Genomics of Drug Sensitivity in Cancer (Yang et al. 2013, doi:10.1093/nar/gks1111; Iorio et al. 2016,
doi:10.1016/j.cell.2016.06.017). Genotypes: calls of the Cancer Cell Line Encyclopedia and the Sanger Institute as
collected by the Molecular Oncology Almanac (Reardon et al. 2021, doi:10.1038/s43018-021-00243-3).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import numpy as np
import pandas as pd

from genomodel.annotation.hgvs import one_letter
from genomodel.core.copy_number import CopyNumberState
from genomodel.core.errors import InputError
from genomodel.core.profile import GeneAlteration
from genomodel.core.variants import Fusion, VariantClass
from genomodel.files import require_file
from genomodel.resources.registry import fetch
from genomodel.response.line_tables import LineTensors, read_line_tensors

SCREENS = ("GDSC1", "GDSC2")
SOURCES = (
    "gdsc1_ic50",
    "gdsc2_ic50",
    "gdsc_line_info",
    "gdsc_features_v17",
    "gdsc_ic50_v17",
    "cell_line_variants",
    "cell_line_copy_numbers",
    "cell_line_fusions",
    "cell_line_summary",
    "line_tensor_genes",
    "line_copy_number",
    "line_expression",
)

CLASS_OF = {
    "Missense": VariantClass.MISSENSE,
    "Nonsense": VariantClass.TRUNCATING,
    "Frameshift": VariantClass.TRUNCATING,
    "Splice Site": VariantClass.SPLICE,
    "Deletion": VariantClass.INFRAME_DELETION,
    "Insertion": VariantClass.INFRAME_INSERTION,
    "Nonstop": VariantClass.STOP_LOST,
}
STATE_OF = {"Amplification": CopyNumberState.AMPLIFICATION, "Deletion": CopyNumberState.DEEP_DELETION}

FUSIONS_V17 = {"BCR-ABL_mut": ("ABL1", "BCR"), "EWSR1-FLI1_mut": ("EWSR1", "FLI1")}
DRIVERS_V17 = {"FLT3_mut": "FLT3"}
"""Genes whose driver mutations the variant table cannot show: it holds no internal tandem duplication of FLT3."""


@dataclass(frozen=True)
class RawTables:
    """The source tables as they were published, columns checked."""

    responses: dict[str, pd.DataFrame]
    """By screen: line name, drug name, ln IC50 in micromolar, one row a pair."""
    line_info: pd.DataFrame
    """Name, COSMIC identifier and fine tissue of the screened lines."""
    features_v17: pd.DataFrame
    """By COSMIC identifier: tissue factor, microsatellite status, driver mutations."""
    ic50_v17: pd.DataFrame
    """ln IC50 by COSMIC identifier and numbered drug."""
    variants: pd.DataFrame
    copy_numbers: pd.DataFrame
    fusions: pd.DataFrame
    summary: pd.DataFrame
    tensors: LineTensors
    """Gains, losses and expression."""


def read_sources() -> RawTables:
    """Fetch and read all source tables.

    Raises
    ------
    InputError
        A table cannot be had, or does not look as it should.
    """
    return RawTables(
        responses={screen: read_responses(fetch(f"{screen.lower()}_ic50")) for screen in SCREENS},
        line_info=_read_line_info(fetch("gdsc_line_info")),
        features_v17=_read(fetch("gdsc_features_v17"), ["COSMIC_ID", "TISSUE_FACTOR", "MSI_FACTOR"]).set_index(
            "COSMIC_ID"
        ),
        ic50_v17=_read(fetch("gdsc_ic50_v17"), ["COSMIC_ID"]).set_index("COSMIC_ID"),
        variants=_read(fetch("cell_line_variants"), ["feature", "alteration_type", "alteration", "model_id"], "\t"),
        copy_numbers=_read(fetch("cell_line_copy_numbers"), ["feature", "alteration_type", "model_id"], "\t"),
        fusions=_read(fetch("cell_line_fusions"), ["feature", "partner", "model_id"], "\t"),
        summary=_read(
            fetch("cell_line_summary"),
            ["ccle_name", "sanger", "somatic_variants", "copy_number_alterations", "fusions"],
            "\t",
        ),
        tensors=read_line_tensors(fetch("line_tensor_genes"), fetch("line_copy_number"), fetch("line_expression")),
    )


def _read(path: Path, columns: list[str], separator: str = ",") -> pd.DataFrame:
    require_file(path, "source table")
    try:
        table = pd.read_csv(path, sep=separator, low_memory=False)
    except (pd.errors.ParserError, EOFError, UnicodeDecodeError, OSError) as error:
        raise InputError(f"source table cannot be read ({error})", path=path) from error
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise InputError(f"column '{missing[0]}' is missing", path=path, row=1, fix=f"Needed: {', '.join(columns)}")
    return table


def read_responses(path: Path, *, replicates: Literal["average", "refuse"] = "average") -> pd.DataFrame:
    """Read one screen: columns ``line``, ``drug``, ``ln_ic50`` and ``measurements``, sorted by line and drug.

    Parameters
    ----------
    path
        Comma-separated, with ``CELL_LINE_NAME``, ``DRUG_NAME`` and ``LN_IC50`` in micromolar.
    replicates
        What a pair that is there twice means. The published screens measured some pairs more than once: ``"average"``
        takes their mean and counts them in ``measurements``. In a table of one's own it is mostly a slip: ``"refuse"``.

    Raises
    ------
    InputError
        A column is missing, a line or drug has no name, a value is not a finite number, or, with ``"refuse"``, a pair
        is there twice.
    """
    table = _read(path, ["CELL_LINE_NAME", "DRUG_NAME", "LN_IC50"])
    for column in ("CELL_LINE_NAME", "DRUG_NAME"):
        unnamed = np.flatnonzero(table[column].isna() | (table[column].astype(str).str.strip() == ""))
        if len(unnamed):
            raise InputError("the name is empty", path=path, row=int(unnamed[0]) + 2, column=column, fix="Fill it in")
    value = pd.to_numeric(table["LN_IC50"], errors="coerce")
    bad = np.flatnonzero(~np.isfinite(value.to_numpy(dtype=float)))
    if len(bad):
        found = table["LN_IC50"].astype(object).fillna("").iloc[bad[0]]
        raise InputError(
            f"'{found}' is not a {'finite ' if np.isinf(value.iloc[bad[0]]) else ''}number",
            path=path,
            row=int(bad[0]) + 2,
            column="LN_IC50",
            fix="Give the natural logarithm of the IC50 in micromolar, or leave the row out",
        )
    names = {"line": table["CELL_LINE_NAME"].astype(str), "drug": table["DRUG_NAME"].astype(str).str.strip()}
    tidy = pd.DataFrame({**names, "ln_ic50": value})
    if replicates == "refuse":
        _refuse_repeated(tidy, path)
    pairs = tidy.groupby(["line", "drug"], as_index=False, sort=True)["ln_ic50"]
    return cast("pd.DataFrame", pairs.agg(ln_ic50="mean", measurements="size"))


def _refuse_repeated(tidy: pd.DataFrame, path: Path) -> None:
    repeated = np.flatnonzero(tidy.duplicated(["line", "drug"]))
    if not len(repeated):
        return
    line, drug = tidy["line"].iloc[repeated[0]], tidy["drug"].iloc[repeated[0]]
    first = int(np.flatnonzero((tidy["line"] == line) & (tidy["drug"] == drug))[0])
    raise InputError(
        f"line '{line}' and drug '{drug}' are there again, first in row {first + 2}; rows that repeat a pair: "
        f"{len(repeated)}",
        path=path,
        row=int(repeated[0]) + 2,
        fix="Keep one row a pair, or average true repeats before",
    )


def count_repeated(responses: Iterable[pd.DataFrame]) -> int:
    """Count the measurements beyond the first of each pair, over tables of :func:`read_responses`."""
    return sum(int((table["measurements"] - 1).sum()) for table in responses)


def _read_line_info(path: Path) -> pd.DataFrame:
    # The file's header names stand one step beside their columns: "GDSC1" and "GDSC2" hold the two tissue descriptors.
    table = _read(path, ["SAMPLE_NAME", "COSMIC_ID", "GDSC1", "GDSC2"])
    return table.rename(columns={"SAMPLE_NAME": "name", "COSMIC_ID": "cosmic_id", "GDSC2": "tissue_fine"})[
        ["name", "cosmic_id", "tissue_fine"]
    ]


def mutations_by_model(variants: pd.DataFrame) -> dict[str, tuple[GeneAlteration, ...]]:
    """Return the protein-changing variants of every model of the variant table."""
    found: dict[str, set[GeneAlteration]] = {}
    for gene, kind, change, model in variants[["feature", "alteration_type", "alteration", "model_id"]].itertuples(
        index=False
    ):
        if kind not in CLASS_OF:
            continue
        text = one_letter(change) if isinstance(change, str) else ""
        variant_class = VariantClass.TRUNCATING if text.endswith("*") and kind == "Missense" else CLASS_OF[kind]
        found.setdefault(model, set()).add(GeneAlteration(gene=gene, variant_class=variant_class, protein_change=text))
    return {
        model: tuple(sorted(items, key=lambda item: (item.gene, item.variant_class, item.protein_change)))
        for model, items in found.items()
    }


def copy_numbers_by_model(copy_numbers: pd.DataFrame) -> dict[str, dict[str, CopyNumberState]]:
    """Return amplifications and deletions of every model; a gene called both ways is left out."""
    found: dict[str, dict[str, CopyNumberState]] = {}
    both: set[tuple[str, str]] = set()
    for gene, kind, model in copy_numbers[["feature", "alteration_type", "model_id"]].itertuples(index=False):
        state = STATE_OF.get(kind)
        if state is None:
            continue
        known = found.setdefault(model, {})
        if known.setdefault(gene, state) is not state:
            both.add((model, gene))
    for model, gene in both:
        del found[model][gene]
    return {model: dict(sorted(states.items())) for model, states in found.items()}


def fusions_by_sanger_id(fusions: pd.DataFrame) -> dict[str, tuple[Fusion, ...]]:
    """Return the fusions of every model by Sanger identifier; the order of the partners is not kept in the table."""
    found: dict[str, set[tuple[str, str]]] = {}
    for one, other, model in fusions[["feature", "partner", "model_id"]].itertuples(index=False):
        if isinstance(one, str) and isinstance(other, str):
            found.setdefault(model, set()).add((min(one, other), max(one, other)))
    return {
        model: tuple(Fusion(gene_5=one, gene_3=other) for one, other in sorted(pairs)) for model, pairs in found.items()
    }
