"""Tumor types by OncoTree code."""

from __future__ import annotations

import difflib
from functools import cache

from genomodel.core.errors import InputError
from genomodel.core.patients import TumorType
from genomodel.resources.tables import load_table

ROOT_CODE = "TISSUE"


@cache
def all_types() -> dict[str, TumorType]:
    """Return every tumor type by code, without the root."""
    rows = {row["code"]: row for row in load_table("oncotree")}

    def ancestors(code: str) -> tuple[str, ...]:
        parent = rows[code]["parent"]
        return () if parent in ("", ROOT_CODE) else (parent, *ancestors(parent))

    return {
        code: TumorType(
            code=code, name=row["name"], main_type=row["main_type"], tissue=row["tissue"], ancestors=ancestors(code)
        )
        for code, row in rows.items()
        if code != ROOT_CODE
    }


@cache
def _former_codes() -> dict[str, tuple[str, ...]]:
    former: dict[str, tuple[str, ...]] = {}
    for row in load_table("oncotree"):
        for code in filter(None, row["former_codes"].split(";")):
            former[code] = (*former.get(code, ()), row["code"])
    return former


def near_matches(text: str, most: int = 6) -> list[TumorType]:
    """Return the tumor types whose code or name is closest to ``text``, best first."""
    wanted = text.strip().lower()
    types = all_types()
    words = wanted.split()
    contained = [t for t in types.values() if words and all(word in t.name.lower() for word in words)]
    codes = difflib.get_close_matches(wanted.upper(), types, n=most, cutoff=0.6)
    names = {t.name.lower(): t for t in types.values()}
    by_name = [names[name] for name in difflib.get_close_matches(wanted, names, n=most, cutoff=0.6)]
    ranked = [types[code] for code in codes] + sorted(contained, key=lambda t: (len(t.ancestors), t.code)) + by_name
    return list({t.code: t for t in ranked}.values())[:most]


def resolve_tumor_type(code: str) -> TumorType:
    """Return the tumor type of an OncoTree code; letter case does not matter.

    A code that OncoTree has retired is followed to its successor when there is exactly one.

    Raises
    ------
    InputError
        The code is unknown, or was split into several; the message lists what may be meant.
    """
    types = all_types()
    wanted = code.strip().upper()
    exact = types.get(wanted) or next((t for key, t in types.items() if key.upper() == wanted), None)
    if exact:
        return exact
    successors = _former_codes().get(wanted, ())
    if len(successors) == 1:
        return types[successors[0]]
    candidates = [types[successor] for successor in successors] or near_matches(code)
    hint = ", ".join(f"{t.code} ({t.name})" for t in candidates)
    fix = f"Did you mean {hint}?" if hint else "Codes are listed by: genomodel tumor-type TEXT"
    what = f"OncoTree code '{code}' was split into several" if successors else f"unknown OncoTree code '{code}'"
    raise InputError(what, column="tumor_type", fix=fix)
