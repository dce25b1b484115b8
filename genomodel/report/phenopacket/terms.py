"""Terms of ontologies that a packet may use, each with its source, and the resources that they are of."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from genomodel.core.errors import GenomodelError
from genomodel.core.patients import TumorType
from genomodel.resources.registry import resource
from genomodel.resources.tables import load_table

Json = dict[str, Any]
FOLDER = Path(__file__).parent
FROM_REGISTRY = ("oncotree", "hgnc_symbols")
"""Resources of the registry that versions are taken from."""


@dataclass(frozen=True, slots=True)
class Term:
    """One term, where it was read, and when."""

    id: str
    label: str
    source: str
    seen_on: str


@cache
def terms() -> dict[str, Term]:
    """Return the terms by id."""
    with (FOLDER / "terms.tsv").open(encoding="utf-8", newline="") as handle:
        return {row["id"]: Term(**row) for row in csv.DictReader(handle, delimiter="\t")}


def term(id_: str) -> Json:
    """Return a term as an ``OntologyClass``.

    Raises
    ------
    GenomodelError
        The table has none: a defect.
    """
    found = terms().get(id_)
    if found is None:
        raise GenomodelError(f"the table of phenopacket terms has no '{id_}'")
    return {"id": found.id, "label": found.label}


@cache
def _nci() -> dict[str, tuple[str, ...]]:
    return {row["code"]: tuple(filter(None, row["nci"].split(";"))) for row in load_table("oncotree")}


def diagnosis(tumor_type: TumorType) -> Json | None:
    """Return a tumor type as a term, ``None`` where nobody gave one.

    The schema asks for the NCI Thesaurus: its code is taken where OncoTree maps exactly one to the type, else
    OncoTree's own. The label is OncoTree's in both cases.
    """
    if not tumor_type.is_given:
        return None
    codes = _nci().get(tumor_type.code, ())
    return {"id": f"NCIT:{codes[0]}" if len(codes) == 1 else f"ONCOTREE:{tumor_type.code}", "label": tumor_type.name}


def resources_of(prefixes: set[str]) -> list[Json]:
    """Return the resources of prefixes, sorted by id.

    Raises
    ------
    GenomodelError
        A prefix has none: a defect.
    """
    with (FOLDER / "resources.tsv").open(encoding="utf-8", newline="") as handle:
        rows = {row["prefix"]: row for row in csv.DictReader(handle, delimiter="\t")}
    if unknown := sorted(prefixes - rows.keys()):
        raise GenomodelError(f"the table of phenopacket resources has no '{unknown[0]}'")
    versions = {name: resource(name).version for name in FROM_REGISTRY}
    versions["seen"] = max(one.seen_on for one in terms().values())
    found = [
        {
            "id": row["id"],
            "name": row["name"],
            "url": row["url"],
            "version": row["version"].format(**versions),
            "namespacePrefix": prefix,
            "iriPrefix": row["iri_prefix"],
        }
        for prefix, row in rows.items()
        if prefix in prefixes
    ]
    return sorted(found, key=lambda one: one["id"])
