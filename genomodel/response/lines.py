"""Screened cell lines in the form that patients have, their genotypes joined from several tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from genomodel.core.copy_number import CopyNumberState
from genomodel.core.profile import GeneAlteration, TumorAlterations
from genomodel.core.variants import Fusion, VariantClass
from genomodel.profile.alterations import EVERY_GENE
from genomodel.profile.features import FeatureKind, mutation_kinds
from genomodel.profile.unlike import find_unlike
from genomodel.resources.driver_genes import driver_role
from genomodel.response.identity import GenotypeMatcher
from genomodel.response.line_tables import Events, match_keys, segment_events, shallow_states
from genomodel.response.sources import (
    DRIVERS_V17,
    FUSIONS_V17,
    RawTables,
    copy_numbers_by_model,
    fusions_by_sanger_id,
    mutations_by_model,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

States = dict[str, CopyNumberState]


def build_lines(
    names: list[str], cosmic_of: dict[str, int], tables: RawTables
) -> tuple[list[TumorAlterations], list[str], list[tuple[str | None, str]]]:
    """Join the genotypes of screened lines.

    Parameters
    ----------
    names
        Of the lines, in the order of the result.
    cosmic_of
        COSMIC identifier by name.
    tables
        The source tables.

    Returns
    -------
    tuple
        The lines; how the variant table was joined to each; the key of each in the tensor tables, and how it was found.
    """
    mutations = mutations_by_model(tables.variants)
    fusions = fusions_by_sanger_id(tables.fusions)
    summary = tables.summary.drop_duplicates("ccle_name").set_index("ccle_name")
    fine_of = dict(zip(tables.line_info["cosmic_id"], tables.line_info["tissue_fine"], strict=True))
    name_of = dict(zip(tables.line_info["cosmic_id"], tables.line_info["name"], strict=True))
    models, statuses = _match_models(names, cosmic_of, name_of, GenotypeMatcher(tables.features_v17, mutations))
    rows = {
        model: cast("pd.Series[Any]", summary.loc[model])
        for model in models
        if model is not None and model in summary.index
    }
    copies = _LineCopies(tables, [cosmic_of[name] for name in names], models, rows)
    keys = match_keys([[n, str(name_of.get(cosmic_of[n], n))] for n in names], copies.markers, tables.tensors)
    lines = []
    for i, (name, model, (key, _)) in enumerate(zip(names, models, keys, strict=True)):
        v17 = cast("pd.Series[Any]", tables.features_v17.loc[cosmic_of[name]])
        row = rows.get(model) if model else None
        states, focal, shallow = copies.of(i, key)
        sanger = str(row["sanger"]) if row is not None and isinstance(row["sanger"], str) else ""
        known = [Fusion(gene_5=a, gene_3=b) for column, (a, b) in FUSIONS_V17.items() if v17[column]]
        joined = sorted({*fusions.get(sanger, ()), *known}, key=lambda fusion: (fusion.gene_5, fusion.gene_3))
        lines.append(
            TumorAlterations(
                id=name,
                tissue=str(v17["TISSUE_FACTOR"]),
                tissue_fine=str(fine_of.get(cosmic_of[name], "")),
                mutations=_with_known_drivers(mutations.get(model, ()) if model else (), v17),
                mutation_genes=EVERY_GENE if model else None,
                copy_number=states,
                copy_number_genes=focal,
                shallow_copy_number_genes=shallow,
                fusions=tuple(joined),
                fusions_assayed=row is not None and bool(row["fusions"]),
                msi_high=bool(v17["MSI_FACTOR"]),
            )
        )
    return lines, statuses, keys


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


def _with_known_drivers(mutations: tuple[GeneAlteration, ...], v17: pd.Series[Any]) -> tuple[GeneAlteration, ...]:
    """Add the driver mutations that only the driver table knows."""
    called = {m.gene for m in mutations if FeatureKind.DRIVER in mutation_kinds(m) or find_unlike(m)}
    added = [
        GeneAlteration(gene=gene, variant_class=VariantClass.INFRAME_INSERTION, known_driver=True)
        for column, gene in DRIVERS_V17.items()
        if v17[column] and gene not in called
    ]
    return (*mutations, *added)


def _events(carried: npt.NDArray[np.bool_], segments: list[Events]) -> list[Events]:
    """Events of every line from the segments that it carries, shape of ``carried`` (lines, segments)."""
    return [tuple(pair for has, pairs in zip(line, segments, strict=True) if has for pair in pairs) for line in carried]


class _LineCopies:
    """Copy number of every line: called amplifications and deep deletions, recurrent segments, gains and losses."""

    def __init__(
        self, tables: RawTables, cosmic_ids: list[int], models: list[str | None], rows: dict[str, pd.Series[Any]]
    ) -> None:
        by_model = copy_numbers_by_model(tables.copy_numbers)
        segments = segment_events(list(tables.features_v17.columns))
        self.segment_genes = tuple(sorted({gene for pairs in segments.values() for gene, _ in pairs}))
        carried = tables.features_v17.loc[cosmic_ids, list(segments)].to_numpy(dtype=bool)
        self.events = _events(carried, list(segments.values()))
        # One gene of a segment, for its genes are lost and gained together and would be counted several times.
        in_tensors = [tuple(p for p in pairs if p[0] in tables.tensors.genes)[:1] for pairs in segments.values()]
        self.markers = _events(carried, in_tensors)
        self.called: list[States | None] = [
            by_model.get(model, {}) if model in rows and rows[model]["copy_number_alterations"] else None
            for model in models
        ]
        self.tensors = tables.tensors
        in_sources = {*tables.variants["feature"], *self.segment_genes}
        self.shallow_genes = tuple(
            sorted(gene for gene in tables.tensors.genes if gene in in_sources or driver_role(gene) is not None)
        )

    def of(self, line: int, key: str | None) -> tuple[States, tuple[str, ...], tuple[str, ...] | None]:
        """Return the states of a line, the genes assayed for focal events, and those for gains and losses.

        Where tables speak of one gene, a called event counts before a segment, and both before a gain or loss.
        """
        called = self.called[line]
        focal = dict(self.events[line]) | (called or {})
        if key is None:
            return dict(sorted(focal.items())), EVERY_GENE if called is not None else self.segment_genes, None
        wanted = frozenset(self.shallow_genes)
        states = shallow_states(self.tensors.copy_number[key], self.tensors.genes, wanted) | focal
        assayed = EVERY_GENE if called is not None else self.segment_genes
        return dict(sorted(states.items())), assayed, self.shallow_genes
