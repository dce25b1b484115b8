"""Reading one-letter protein changes: which residues, and how many are won or lost."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from genomodel.annotation.hgvs import one_letter
from genomodel.core.variants import Consequence, VariantClass

OF_RESIDUES = frozenset(
    {VariantClass.MISSENSE, VariantClass.TRUNCATING, VariantClass.INFRAME_DELETION, VariantClass.INFRAME_INSERTION}
)
"""Classes of which the protein change can be named; of splice sites and lost starts and stops it often is not."""

_SUBSTITUTION = re.compile(r"^([A-Z])(\d+)([A-Z*=])$")
_FRAMESHIFT = re.compile(r"^([A-Z-]*?)(\d+)(?:_[A-Z]?\d+)?[A-Z*]*fs")
_ARROW = re.compile(r"^([A-Z]?)(\d+)(?:_([A-Z]?)(\d+))?([A-Z]*)>([A-Z*]+)$")
_INDEL = re.compile(r"^([A-Z]+|)(\d+)(?:_([A-Z]|)(\d+))?(delins|del|dup|ins)([A-Z*]*|\d+)$")
_SPLICE = re.compile(r"^[A-Z](\d+)_?splice$")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class ProteinChange:
    """A protein change by residue numbers.

    ``net`` is the number of residues won (positive) or lost (negative), ``None`` where the text does not say.
    """

    text: str
    kind: str
    """``substitution``, ``indel``, ``frameshift``, ``splice`` or ``other``."""
    start: int
    end: int
    ref: str = ""
    alt: str = ""
    net: int | None = None

    def overlaps(self, first: int, last: int) -> bool:
        """Whether a changed residue lies in ``first``..``last``."""
        return self.start <= last and self.end >= first


@cache
def parse_protein_change(text: str) -> ProteinChange | None:
    """Read a protein change in one- or three-letter code, with or without ``p.``.

    Takes HGVS (``V600E``, ``E746_A750del``, ``L747_P753delinsS``, ``D770_N771insG``, ``A767_V769dup``, ``W288Cfs*12``)
    and the older forms of mutation annotation files (``599_600insDFREYEY``, ``600_600D>DSSDN``, ``WQ288fs``,
    ``ELREA746del``, ``X1010_splice``).

    Returns
    -------
    ProteinChange or None
        ``None`` when the text holds no residue number.
    """
    change = one_letter(text)
    if match := _SUBSTITUTION.match(change):
        position = int(match[2])
        return ProteinChange(change, "substitution", position, position, match[1], match[3], 0)
    if match := _SPLICE.match(change):
        return ProteinChange(change, "splice", int(match[1]), int(match[1]))
    if match := _FRAMESHIFT.match(change):
        start = int(match[2])
        return ProteinChange(change, "frameshift", start, start, match[1].strip("-"))
    if match := _ARROW.match(change):
        return _arrow(change, match)
    if match := _INDEL.match(change):
        return _indel(change, match)
    numbers = [int(number) for number in _NUMBER.findall(change)]
    return ProteinChange(change, "other", numbers[0], numbers[0]) if numbers else None


def _arrow(change: str, match: re.Match[str]) -> ProteinChange:
    start = int(match[2])
    lost = len(match[5]) or (int(match[4]) - start + 1 if match[4] else 1)
    end = max(start + lost - 1, start)
    return ProteinChange(change, "indel", start, end, match[5], match[6], len(match[6]) - lost)


def _indel(change: str, match: re.Match[str]) -> ProteinChange:
    start, operation, added = int(match[2]), match[5], match[6]
    residues = len(match[1]) if len(match[1]) > 1 and not match[4] else 1
    end = int(match[4]) if match[4] else start + residues - 1
    length = int(added) if added.isdigit() else len(added)
    span = max(end - start + 1, 1)
    net = {"del": -span, "dup": span, "ins": length or None, "delins": length - span if added else None}[operation]
    return ProteinChange(change, "indel", start, max(end, start), match[1], "" if operation == "del" else added, net)


def lacks_protein_change(consequence: Consequence | None) -> bool:
    """Whether residues change and the annotation does not say which, so that no allele or codon can be told."""
    if consequence is None or consequence.variant_class not in OF_RESIDUES:
        return False
    return not one_letter(consequence.protein_change or consequence.hgvs_p)
