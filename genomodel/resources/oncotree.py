"""Tumor types by OncoTree code."""

from __future__ import annotations

from functools import cache

from genomodel.core.errors import InputError
from genomodel.core.patients import NOT_GIVEN, TumorType
from genomodel.resources.tables import load_table

ROOT_CODE = "TISSUE"
BLOOD_AND_LYMPH = ("MYELOID", "LYMPH")
"""The branches of tumors that are not solid."""
UNKNOWN_TYPE = TumorType(code=NOT_GIVEN, name="tumor type not given")
NOT_SPECIFIED = {
    "AMLNOS": "AML",
    "BNNOS": "BREAST",
    "GNOS": "DIFG",
    "HGGNOS": "DIFG",
    "LGGNOS": "BRAIN",
    "RCSNOS": "SOFT_TISSUE",
    "SARCNOS": "SOFT_TISSUE",
}
"""Types of OncoTree for tumors that nobody told further, with the type above all that they may be.

This is their parent but for low-grade glioma, which stands among the circumscribed ones and may be a diffuse one.
Other names that end so are of entities, as diffuse large B-cell lymphoma, or of unknown primary.
"""
WORDS_FOR_UNKNOWN = ("", "unknown", "not given")
"""What a sheet or an option may say where nobody knows the tumor type, in lower case."""


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
def may_be_one_of(codes: tuple[str, ...], code: str) -> bool:
    """Whether a tumor of the type given may be of one of other types: one of them is it, or lies below it."""
    types = all_types()
    return any(item in types and types[item].is_a(code) for item in codes)


def widened(tumor: TumorType) -> TumorType:
    """Return the type above one that means that nobody told the tumor further, any other as it is."""
    wider = NOT_SPECIFIED.get(tumor.code)
    return tumor if wider is None else all_types()[wider]


@cache
def successors(column: str) -> dict[str, tuple[str, ...]]:
    """Return the present codes by former ones: ``former_codes``, renamed or merged, or ``revoked_codes``.

    OncoTree revokes a code whose meaning was not clear or has changed; its successors mean something narrower.
    """
    found: dict[str, tuple[str, ...]] = {}
    for row in load_table("oncotree"):
        for code in filter(None, row[column].split(";")):
            found[code] = (*found.get(code, ()), row["code"])
    return found


def near_matches(text: str, most: int = 6) -> list[TumorType]:
    """Return the tumor types that a text may mean, best first."""
    from genomodel.resources.tumor_type_search import find_tumor_types  # noqa: PLC0415  (it searches this module's types)

    return [match.tumor_type for match in find_tumor_types(text, most)]


def tumor_type_of(text: str | None) -> TumorType:
    """Return the tumor type that a sheet or an option gives, which may say that it is not known, or nothing.

    Raises
    ------
    InputError
        The text is neither a code nor a word for an unknown tumor type.
    """
    if text is None or text.strip().casefold() in WORDS_FOR_UNKNOWN:
        return UNKNOWN_TYPE
    return resolve_tumor_type(text)


def resolve_tumor_type(code: str) -> TumorType:
    """Return the tumor type of an OncoTree code; letter case does not matter.

    A code that OncoTree has renamed or merged is followed to its successor. One that it has revoked is followed where
    there is exactly one successor, with a note, since that may be narrower: ``GBM`` becomes ``GB``, which has no IDH
    mutation.

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
    former = next((codes for name, codes in successors("former_codes").items() if name.upper() == wanted), ())
    if len(former) == 1:
        return types[former[0]]
    revoked = successors("revoked_codes").get(wanted, ())
    if len(revoked) == 1 and not former:
        return types[revoked[0]].model_copy(update={"note": _note_of_revoked(wanted, types[revoked[0]])})
    split = (*former, *revoked)
    candidates = [types[successor] for successor in split] or near_matches(code)
    hint = ", ".join(f"{t.code} ({t.name})" for t in candidates)
    fix = f"Did you mean {hint}? " * bool(hint) + "Codes are listed by: genomodel tumor-type TEXT"
    what = f"OncoTree code '{code}' was split into several" if split else f"unknown OncoTree code '{code}'"
    raise InputError(what, column="tumor_type", fix=fix)


def _note_of_revoked(code: str, successor: TumorType) -> str:
    return (
        f"OncoTree has revoked the code {code}; {successor.code} ({successor.name}) stands in its place and may be "
        "narrower: check that it is this tumor"
    )
