"""Whether two names of protein changes mean the same change."""

from __future__ import annotations

import re
from functools import cache

from genomodel.annotation.hgvs import one_letter

_FRAMESHIFT = re.compile(r"([A-Z])(\d+)([A-Z]?)fs(?:\*(\d+|\?)?)?")
_OLD_STOP = re.compile(r"^([A-Z]\d+)X$")
_SILENT = re.compile(r"([A-Z])(\d+)(=|\1)")
_START = re.compile(r"M1(\?|[A-LN-Z*])")
_DUPLICATION = re.compile(r"([A-Z])(\d+)(?:_([A-Z])(\d+))?dup")
_INSERTION = re.compile(r"([A-Z])(\d+)_[A-Z](\d+)ins([A-Z]+)")


@cache
def same_change(wanted: str, found: str) -> str | None:
    """Say how a tumor's protein change is the one that a source names.

    Parameters
    ----------
    wanted
        As the source names it, in one-letter code without ``p.``; a stop may be ``X``, as it was once written.
    found
        The tumor's, in any code.

    Returns
    -------
    str or None
        Empty for the same name; in words what was not compared, where one name says less than the other or describes
        an insertion of the same residues as a duplication; ``None`` for another change.
    """
    ours, wanted = one_letter(found), _OLD_STOP.sub(r"\1*", wanted)
    if not ours or not wanted:
        return None
    if ours == wanted or (_same_silent(wanted, ours)):
        return ""
    if wanted == "M1?" and _START.fullmatch(ours):
        return ""
    first, second = _FRAMESHIFT.fullmatch(wanted), _FRAMESHIFT.fullmatch(ours)
    if first and second:
        return _same_frameshift(first, second)
    return _same_insertion(wanted, ours) if "ins" in wanted else _same_insertion(ours, wanted)


def _same_silent(wanted: str, ours: str) -> bool:
    first, second = _SILENT.fullmatch(wanted), _SILENT.fullmatch(ours)
    return bool(first and second) and first.group(1, 2) == second.group(1, 2)  # type: ignore[union-attr]


def _same_frameshift(wanted: re.Match[str], ours: re.Match[str]) -> str | None:
    if wanted.group(1, 2) != ours.group(1, 2):
        return None
    known = [(a, b) for a, b in zip(wanted.group(3, 4), ours.group(3, 4), strict=True) if a not in (None, "", "?")]
    if any(b not in (None, "", "?") and a != b for a, b in known):
        return None
    told = all(b not in (None, "", "?") for _, b in known) and len(known) == 2
    return "" if told else "the new residues of the frameshift are not compared"


def _same_insertion(inserted: str, doubled: str) -> str | None:
    """Compare an insertion with a duplication, which does not name the residues between its ends."""
    insertion, duplication = _INSERTION.fullmatch(inserted), _DUPLICATION.fullmatch(doubled)
    if not insertion or not duplication:
        return None
    residues, place = insertion[4], int(insertion[2])
    first, last = int(duplication[2]), int(duplication[4] or duplication[2])
    ends = (duplication[1], duplication[3] or duplication[1])
    if (residues[0], residues[-1]) != ends or len(residues) != last - first + 1 or place not in (first - 1, last):
        return None
    return "the residues between the ends of the duplication are not compared" if len(residues) > 2 else ""
