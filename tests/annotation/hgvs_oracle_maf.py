"""Comparing protein changes told from bases with the older spellings of a mutation table.

Each reason is a rule that is tried on every disagreement; none is a list of variants.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from genomodel.annotation.hgvs import one_letter

REASONS = {
    "agree": "the same text",
    "silent": "the table writes T730T for T730=",
    "short frameshift": "the table names the residue and fs only, which HGVS allows; the residue is the same",
    "immediate stop": "the table writes fs where the first changed residue is a stop, which HGVS calls nonsense",
    "same protein": "another name of the same protein: not at the most C-terminal place, an insertion that is a "
    "duplication, or residues listed after a stop",
    "frameshift by the DNA": "the table names the codon where the bases change, HGVS the first residue that does",
    "other numbers": "the table numbers residues of another isoform or version: one shift throughout the gene",
    "no protein change": "the table has none, as of splice variants, and the bases tell none",
    "read into the exon": "the table calls the allele a splice variant and has no protein change; it can be written "
    "within the exon, whose splice site stays",
    "table contradicts its bases": "residues won or lost in the table are not a third of the bases won or lost",
}
_CHANGE = re.compile(r"^([A-Z-]*?)(\d+)(?:_([A-Z]?)(\d+))?(delins|del|dup|ins|fs|[A-Z*=])?(.*)$")


@dataclass(frozen=True)
class Told:
    """What bases say: one-letter change, the protein before, and how far upstream the change may be written."""

    change: str
    protein: str
    """With its stop."""
    gained: int
    """Bases won, negative where lost."""
    earliest: int
    """First residue whose codon the bases may be said to change."""


def shifted(change: str, by: int) -> str:
    """Return a change with every residue number moved; a distance to a stop is none."""
    cut = re.search("fs|ext|$", change)
    at = cut.start() if cut else len(change)
    return re.sub(r"\d+", lambda found: str(int(found[0]) + by), change[:at]) + change[at:]


def applied(change: str, protein: str) -> str | None:
    """Return the protein that a change in frame gives, to its first stop; ``None`` for others, or where it lies."""
    match = re.match(r"^([A-Z*]?)(\d+)(?:_([A-Z*]?)(\d+))?(delins|del|dup|ins|)([A-Z*=]*)$", change)
    if match is None:
        return None
    left, first, right, last, kind, new = match.groups()
    low = int(first)
    high = int(last or first)
    if any(r and protein[n - 1 : n] != r for r, n in ((left, low), (right, high))):
        return None
    before, gone, behind = protein[: low - 1], protein[low - 1 : high], protein[high:]
    if kind == "ins":
        text = protein[:low] + new + protein[low:]
    elif kind == "dup":
        text = before + gone + gone + behind
    elif kind in ("del", "delins"):
        text = before + new + behind
    else:
        text = before + (gone if new == "=" else new) + behind
    return text[: text.index("*") + 1] if "*" in text else text


def explain(stated: str, told: Told, shift: int = 0) -> str:
    """Return the reason by which what a table states and what bases tell are one, empty where none is.

    Parameters
    ----------
    stated
        As the table has it, with or without ``p.``.
    told
        What the bases say.
    shift
        What is added to the table's residue numbers.
    """
    bare = one_letter(stated)
    if shift:
        return "other numbers" if explain(shifted(bare, shift), told) else ""
    found = _CHANGE.match(bare)
    if bare == told.change or found is None:
        return "agree" if bare == told.change else ""
    residue, number, kind = found[1], int(found[2]), found[5] or ""
    if kind == "fs":
        return _frameshift(residue, number, told)
    if kind == residue:
        return "silent" if told.change == f"{residue}{number}=" else ""
    return _in_frame(bare, told)


def _in_frame(stated: str, told: Told) -> str:
    one, other = applied(stated, told.protein), applied(told.change, told.protein)
    if one is not None and one == other:
        return "same protein"
    if one is None or "*" in stated or told.gained % 3:
        return ""
    won = 3 * (len(one) - len(told.protein))
    return "" if won == told.gained else "table contradicts its bases"


def _frameshift(residue: str, number: int, told: Told) -> str:
    ours = re.match(r"^([A-Z])(\d+)([A-Z]fs.*|\*)$", told.change)
    if ours is None:
        return ""
    if int(ours[2]) == number and residue[:1] == ours[1]:
        return "immediate stop" if ours[3] == "*" else "short frameshift"
    # The table's residue must lie where the bases may be said to change, before the first residue that does.
    stands = residue in ("", "-") or told.protein[number - 1 : number - 1 + len(residue)] == residue
    return "frameshift by the DNA" if told.earliest - 1 <= number <= int(ours[2]) and stands else ""
