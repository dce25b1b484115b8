"""The training data: cell lines in the same form as tumors, and their measured responses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from genomodel.core.errors import InputError
from genomodel.core.profile import TumorAlterations
from genomodel.core.variants import CopyNumberState, Fusion
from genomodel.profile.alterations import EVERY_GENE
from genomodel.response.identity import GenotypeMatcher, JoinCounts, identify_by_response, sibling_groups
from genomodel.response.sources import (
    FUSIONS_V17,
    SCREENS,
    RawTables,
    copy_numbers_by_model,
    count_repeated,
    fusions_by_sanger_id,
    mutations_by_model,
    read_sources,
    segment_genes,
)
from genomodel.response.types import ScreenedDrug

if TYPE_CHECKING:
    from typing import Any

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
    lines, statuses = _lines(names, cosmic_of, tables)
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
        groups_of_siblings=len([g for g in set(groups) if groups.count(g) > 1]),
        repeated_measurements=count_repeated(tables.responses.values()),
    )
    return ResponseData(tuple(lines), tuple(groups), tuple(cosmic_of[n] for n in names), drugs, ln_ic50, joins)


def _lines(names: list[str], cosmic_of: dict[str, int], tables: RawTables) -> tuple[list[TumorAlterations], list[str]]:
    mutations = mutations_by_model(tables.variants)
    copies = copy_numbers_by_model(tables.copy_numbers)
    fusions = fusions_by_sanger_id(tables.fusions)
    matcher = GenotypeMatcher(tables.features_v17, mutations)
    summary = tables.summary.drop_duplicates("ccle_name").set_index("ccle_name")
    fine_of = dict(zip(tables.line_info["cosmic_id"], tables.line_info["tissue_fine"], strict=True))
    name_of = dict(zip(tables.line_info["cosmic_id"], tables.line_info["name"], strict=True))
    models, statuses = _match_models(names, cosmic_of, name_of, matcher)
    rows = {model: summary.loc[model] for model in models if model is not None and model in summary.index}
    has_copies = {model for model, row in rows.items() if row["copy_number_alterations"]}
    called = {cosmic_of[n]: copies.get(m, {}) for n, m in zip(names, models, strict=True) if m in has_copies and m}
    segments = segment_genes(tables.features_v17, called)
    lines = []
    for name, model in zip(names, models, strict=True):
        v17 = tables.features_v17.loc[cosmic_of[name]]
        row = rows.get(model) if model else None
        states, looked_at = _line_copies(called.get(cosmic_of[name]), cast("pd.Series[Any]", v17), segments)
        sanger = str(row["sanger"]) if row is not None and isinstance(row["sanger"], str) else ""
        known = [Fusion(gene_5=a, gene_3=b) for column, (a, b) in FUSIONS_V17.items() if v17[column]]
        joined = sorted({*fusions.get(sanger, ()), *known}, key=lambda fusion: (fusion.gene_5, fusion.gene_3))
        lines.append(
            TumorAlterations(
                id=name,
                tissue=str(v17["TISSUE_FACTOR"]),
                tissue_fine=str(fine_of.get(cosmic_of[name], "")),
                mutations=mutations.get(model, ()) if model else (),
                mutation_genes=EVERY_GENE if model else None,
                copy_number=states,
                copy_number_genes=looked_at,
                fusions=tuple(joined),
                fusions_assayed=row is not None and bool(row["fusions"]),
                msi_high=bool(v17["MSI_FACTOR"]),
            )
        )
    return lines, statuses


def _match_models(
    names: list[str], cosmic_of: dict[str, int], name_of: dict[int, str], matcher: GenotypeMatcher
) -> tuple[list[str | None], list[str]]:
    models: list[str | None] = []
    statuses: list[str] = []
    used: set[str] = set()
    for name in names:
        model, status = matcher.match(cosmic_of[name], [name, str(name_of.get(cosmic_of[name], name))])
        if model is not None and model in used:
            model, status = None, "rejected"
        if model is not None:
            used.add(model)
        models.append(model)
        statuses.append(status)
    return models, statuses


def _line_copies(
    called: dict[str, CopyNumberState] | None,
    v17: pd.Series[Any],
    segments: dict[str, tuple[tuple[str, CopyNumberState], ...]],
) -> tuple[dict[str, CopyNumberState], tuple[str, ...]]:
    """Gene calls of a line, or, where it has none, those that its recurrent segments stand for."""
    if called is not None:
        return called, EVERY_GENE
    states = {gene: state for column, pairs in segments.items() if v17[column] for gene, state in pairs}
    return dict(sorted(states.items())), tuple(sorted({gene for pairs in segments.values() for gene, _ in pairs}))


def _response_matrix(responses: dict[str, pd.DataFrame], names: list[str]) -> tuple[tuple[ScreenedDrug, ...], Array]:
    drugs: list[ScreenedDrug] = []
    blocks: list[Array] = []
    for screen in SCREENS:
        table = responses[screen].pivot(index="line", columns="drug", values="ln_ic50").reindex(names)
        table = table.loc[:, table.notna().any()]
        drugs += [ScreenedDrug(str(drug), screen) for drug in table.columns]
        blocks.append(table.to_numpy(dtype=np.float64))
    return tuple(drugs), np.hstack(blocks)
