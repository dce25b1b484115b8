"""Statements of OncoKB's answers about one alteration."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from genomodel.core.errors import InputError
from genomodel.core.findings import Direction, Evidence, TherapyInteraction
from genomodel.core.knowledge import Criterion, Profile, Statement
from genomodel.interpretation.knowledge_bases.tables import plain
from genomodel.resources.oncotree import all_types, resolve_tumor_type

_SCOPES = {"all solid tumors": "solid", "all tumors": "any"}


def statements_of(answer: Mapping[str, Any], criterion: Criterion) -> tuple[Statement, ...]:
    """Return the statements on therapies of an answer.

    Parameters
    ----------
    answer
        OncoKB's annotation of one alteration.
    criterion
        The alteration that was asked about; the answer holds for it alone.
    """
    profile = Profile.of(criterion)
    found = [_statement(treatment, number, answer, profile) for number, treatment in enumerate(answer["treatments"])]
    return tuple(statement for statement in found if statement is not None)


def _statement(treatment: Any, number: int, answer: Mapping[str, Any], profile: Profile) -> Statement | None:
    level = str(treatment.get("level") or "").removeprefix("LEVEL_")
    names = tuple(str(drug["drugName"]) for drug in treatment.get("drugs") or () if drug.get("drugName"))
    if not level or not names or profile.criterion is None:
        return None
    cancer = treatment.get("levelAssociatedCancerType") or {}
    text = str(cancer.get("name") or (cancer.get("mainType") or {}).get("name") or "")
    scope, codes = _tumor_types(cancer, text)
    gene, name = profile.criterion.gene, profile.criterion.name
    evidence = Evidence(
        id=f"OncoKB:{gene}:{name}:{number + 1}",
        gene=gene,
        biomarker=f"{gene} {name}",
        tumor_types=codes,
        tumor_type_text=text,
        therapy=" + ".join(names),
        therapies=names,
        interaction=TherapyInteraction.COMBINATION if len(names) > 1 else None,
        direction=Direction.RESISTANCE if level.startswith("R") else Direction.SENSITIVITY,
        level=level,
        agency="OncoKB",
        knowledge_base="oncokb",
        source_name=f"OncoKB {answer['dataVersion']}",
        source_id="; ".join(f"PMID:{pmid}" for pmid in treatment.get("pmids") or ()) or "OncoKB",
        source_url=f"https://www.oncokb.org/gene/{gene}/{name}".replace(" ", "%20"),
        source_date=plain(str(answer.get("lastUpdate") or "")),
    )
    excluded = [_tumor_types(item, "")[1] for item in treatment.get("levelExcludedCancerTypes") or ()]
    codes_out = tuple(dict.fromkeys(code for codes in excluded for code in codes))
    return Statement(evidence=evidence, profile=profile, scope=scope, excluded=codes_out)


def _tumor_types(cancer: Mapping[str, Any], text: str) -> tuple[str, tuple[str, ...]]:
    """Return scope and codes; a type that OncoTree does not know has none and so matches no tumor type."""
    scope = _SCOPES.get(text.casefold())
    if scope is not None:
        return scope, ()
    code = str(cancer.get("code") or "")
    if code:
        try:
            return "listed", (resolve_tumor_type(code).code,)
        except InputError:
            return "listed", ()
    main = str((cancer.get("mainType") or {}).get("name") or text)
    return "listed", _by_main_type().get(main.casefold(), ())


@cache
def _by_main_type() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for tumor_type in all_types().values():
        key = tumor_type.main_type.casefold()
        found[key] = (*found.get(key, ()), tumor_type.code)
    return found
