"""The training data: cell lines in the same form as tumors, and their measured responses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from genomodel.core.errors import InputError
from genomodel.core.profile import TumorAlterations
from genomodel.response.identity import JoinCounts, identify_by_response, sibling_groups
from genomodel.response.lines import build_lines
from genomodel.response.sources import SCREENS, RawTables, count_repeated, read_sources
from genomodel.response.types import ScreenedDrug

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ResponseData:
    """Cell lines with their alterations and responses."""

    lines: tuple[TumorAlterations, ...]
    """In the form that patients have; ``id`` is the line's name in the screens."""
    groups: tuple[str, ...]
    """Lines from one patient share a group."""
    cosmic_ids: tuple[int, ...]
    drugs: tuple[ScreenedDrug, ...]
    ln_ic50: Array
    """Shape (lines, drugs), NaN where not measured."""
    joins: JoinCounts
    expression: Array | None = None
    """Shape (lines, genes), rows of NaN where not known. A patient has none: it may teach in training only."""

    def __post_init__(self) -> None:
        if self.ln_ic50.shape != (len(self.lines), len(self.drugs)):
            raise InputError(
                f"responses have shape {self.ln_ic50.shape}, expected {(len(self.lines), len(self.drugs))}"
            )
        if len({line.id for line in self.lines}) != len(self.lines):
            raise InputError("a cell line is there twice", fix="Average repeated lines before training")
        endless = np.argwhere(np.isinf(self.ln_ic50))
        if len(endless):
            line, drug = self.lines[endless[0, 0]].id, self.drugs[endless[0, 1]].name
            raise InputError(
                f"the response of cell line '{line}' to '{drug}' is infinite", fix="Leave it out, as not measured"
            )
        unknown = [line.id for line in self.lines if not _has_feature(line)]
        if unknown:
            raise InputError(
                f"cell line '{unknown[0]}' has no feature: its tissue is unknown and nothing was assayed",
                fix="Give its tissue or its genotype, or leave it out",
            )
        silent = [line.id for line, row in zip(self.lines, self.ln_ic50, strict=True) if np.isnan(row).all()]
        if silent:
            raise InputError(f"cell line '{silent[0]}' has no response", fix="Leave lines without responses out")

    @property
    def tissues(self) -> npt.NDArray[np.str_]:
        """Coarse tissue of every line."""
        return np.array([line.tissue for line in self.lines])

    def subset(self, rows: npt.NDArray[np.int_]) -> ResponseData:
        """Return the data of some lines."""
        return ResponseData(
            lines=tuple(self.lines[i] for i in rows),
            groups=tuple(self.groups[i] for i in rows),
            cosmic_ids=tuple(self.cosmic_ids[i] for i in rows),
            drugs=self.drugs,
            ln_ic50=self.ln_ic50[rows],
            joins=self.joins,
            expression=None if self.expression is None else self.expression[rows],
        )


def _has_feature(line: TumorAlterations) -> bool:
    assayed = line.mutation_genes or line.copy_number_genes or line.fusions_assayed or line.msi_high is not None
    return bool(line.tissue or line.tissue_fine or assayed or line.mutations or line.copy_number or line.fusions)


def load_data(tables: RawTables | None = None) -> ResponseData:
    """Join responses and genotypes of the screened cell lines.

    Parameters
    ----------
    tables
        The source tables; fetched through the data registry when not given.

    Returns
    -------
    ResponseData
        Lines with a COSMIC identifier and a known tissue, sorted by name. A line whose genotype could not be joined is
        kept with its small variants and copy number unassayed.

    Raises
    ------
    InputError
        A table cannot be had or read, or no screened line has an identifier and a known tissue.
    """
    tables = tables or read_sources()
    exact = {
        str(name): int(cosmic)
        for name, cosmic in zip(tables.line_info["name"], tables.line_info["cosmic_id"], strict=True)
    }
    screened = sorted({str(name) for table in tables.responses.values() for name in table["line"]})
    known = {name: exact[name] for name in screened if name in exact}
    by_response = identify_by_response(tables.responses["GDSC1"], tables.ic50_v17, known)
    cosmic_of = known | by_response
    names = [name for name in screened if name in cosmic_of and cosmic_of[name] in tables.features_v17.index]
    if not names:
        raise InputError(
            f"none of the {len(screened)} screened cell lines, {', '.join(screened[:1])} the first, has an identifier "
            "and a known tissue",
            fix="Name the lines as the table of identifiers does",
        )
    lines, statuses, keys = build_lines(names, cosmic_of, tables)
    groups = sibling_groups([line.mutations for line in lines], names)
    drugs, ln_ic50 = _response_matrix(tables.responses, names)
    joins = JoinCounts(
        screened=len(screened),
        by_exact_name=len(known),
        by_response_profile=len(by_response),
        without_identifier=len(screened) - len(names),
        genotype_confirmed=statuses.count("confirmed"),
        genotype_neutral=statuses.count("neutral"),
        genotype_rejected=statuses.count("rejected"),
        no_candidate=statuses.count("none"),
        copies_confirmed=sum(status == "confirmed" for _, status in keys),
        copies_neutral=sum(status == "neutral" for _, status in keys),
        copies_rejected=sum(status == "rejected" for _, status in keys),
        copies_no_candidate=sum(status == "none" for _, status in keys),
        groups_of_siblings=len([g for g in set(groups) if groups.count(g) > 1]),
        repeated_measurements=count_repeated(tables.responses.values()),
    )
    unknown = np.full(len(tables.tensors.genes), np.nan, dtype=np.float32)
    expression = np.stack([tables.tensors.expression.get(key, unknown) if key else unknown for key, _ in keys])
    cosmic_ids = tuple(cosmic_of[name] for name in names)
    return ResponseData(tuple(lines), tuple(groups), cosmic_ids, drugs, ln_ic50, joins, expression.astype(np.float64))


def _response_matrix(responses: dict[str, pd.DataFrame], names: list[str]) -> tuple[tuple[ScreenedDrug, ...], Array]:
    drugs: list[ScreenedDrug] = []
    blocks: list[Array] = []
    for screen in SCREENS:
        table = responses[screen].pivot(index="line", columns="drug", values="ln_ic50").reindex(names)
        table = table.loc[:, table.notna().any()]
        drugs += [ScreenedDrug(str(drug), screen) for drug in table.columns]
        blocks.append(table.to_numpy(dtype=np.float64))
    return tuple(drugs), np.hstack(blocks)
