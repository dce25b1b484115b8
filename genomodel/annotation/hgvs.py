"""Protein changes: one letter code, from HGVS or from amino acids and a position.

Nomenclature after the HGVS recommendations for protein variants (https://hgvs-nomenclature.org): first changed residue,
deletions and duplications at the most C-terminal place that the given residues allow, ``fs*N`` counted from the first
changed residue to the new stop.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

THREE_TO_ONE = {
    "Ala": "A",
    "Arg": "R",
    "Asn": "N",
    "Asp": "D",
    "Cys": "C",
    "Gln": "Q",
    "Glu": "E",
    "Gly": "G",
    "His": "H",
    "Ile": "I",
    "Leu": "L",
    "Lys": "K",
    "Met": "M",
    "Phe": "F",
    "Pro": "P",
    "Ser": "S",
    "Thr": "T",
    "Trp": "W",
    "Tyr": "Y",
    "Val": "V",
    "Sec": "U",
    "Pyl": "O",
    "Asx": "B",
    "Glx": "Z",
    "Xaa": "X",
    "Ter": "*",
}
UNKNOWN_PROTEIN = "p.?"
ONE_TO_THREE = {one: three for three, one in THREE_TO_ONE.items()}
_THREE = re.compile("|".join(THREE_TO_ONE))
_RUN = re.compile(r"^([A-Z]+)(\d+)([A-Z*]+)$")
_DELETED_RUN = re.compile(r"^([A-Z]{2,})(\d+)(?:_\d+)?(?:del(?:ins([A-Z*]+))?|>([A-Z*]+))$")
_ARROW = re.compile(r"^(\d+)(?:_(\d+))?([A-Z*]+)>(?:\d+)?([A-Z*]+)$")
_PLACED = re.compile(r"^([A-Z])(\d+)(?:_([A-Z])(\d+))?>([A-Z*]+)$")
_NAMED = re.compile(r"^[A-Z]?(\d+)(?:_[A-Z]?(\d+))?(del|dup)([A-Z]+)(?:ins([A-Z*]+))?$")
_POSITION = re.compile(r"^(\d+|\?)(?:-(\d+|\?))?(?:/\d+)?$")


def one_letter(hgvs_p: str) -> str:
    """Return the one-letter protein change of an HGVS ``p.`` expression, without ``p.``.

    Takes three- and one-letter code, URL-encoded ``%3D``, brackets for predictions and a leading accession:
    ``ENSP00000269305.4:p.Arg175His``, ``p.(V600E)``, ``p.Leu858%3D`` give ``R175H``, ``V600E``, ``L858=``. An empty or
    unknown change (``p.?``) gives an empty string. In-frame changes are named as :func:`standard_inframe` does.
    """
    text = unquote(hgvs_p.strip())
    text = text.rsplit(":", 1)[-1]
    if text.startswith("p."):
        text = text[2:]
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    if text in ("", ".", "-", "?", "0", "0?", "="):
        return ""
    return standard_inframe(_THREE.sub(lambda match: THREE_TO_ONE[match.group()], text))


def standard_inframe(change: str) -> str:
    """Name an in-frame change as HGVS does, from the older spellings of mutation tables.

    ``ELREA746del``, ``746_750delELREA`` and ``KELREA745K`` become ``E746_A750del``; ``747_753LREATSP>S`` becomes
    ``L747_P753delinsS``; ``304_305KQ>KLQ`` becomes ``K304_Q305insL``. Where the text lacks residues that the name
    needs (``599_600insDFREYEY``) or contradicts itself, it is returned as it is.

    Parameters
    ----------
    change
        One-letter change without ``p.``; any other text is returned unchanged.
    """
    if match := _RUN.match(change):
        ref, alt = match[1], match[3]
        return change if len(ref) == len(alt) == 1 else from_residues(ref, alt, int(match[2]))
    if match := _DELETED_RUN.match(change):
        return from_residues(match[1], match[3] or match[4] or "", int(match[2]))
    if match := _ARROW.match(change):
        first, last = int(match[1]), int(match[2] or match[1])
        whole = not match[2] or last - first + 1 == len(match[3])
        return from_residues(match[3], match[4], first) if whole else change
    if match := _PLACED.match(change):
        place = f"{match[1]}{match[2]}" + (f"_{match[3]}{match[4]}" if match[3] else "")
        return from_residues(match[1], match[5], int(match[2])) if not match[3] else f"{place}delins{match[5]}"
    if match := _NAMED.match(change):
        return _named(change, match)
    return change


def _named(change: str, match: re.Match[str]) -> str:
    """Drop the residues that an older name repeats, ``E746_A750delELREA``."""
    first, residues = int(match[1]), match[4]
    if int(match[2] or first) - first + 1 != len(residues):
        return change
    if match[3] == "del":
        return from_residues(residues, match[5] or "", first)
    place = f"{residues[0]}{first}" + (f"_{residues[-1]}{match[2]}" if match[2] else "")
    return change if match[5] else f"{place}dup"


def three_letter(change: str) -> str:
    """Return HGVS three-letter ``p.`` text of a one-letter change, e.g. ``p.Arg175His``; empty stays empty.

    What a lost splice site does to the protein is not known: ``X1010_splice``, a word of databases, gives ``p.?``.
    """
    if not change or is_splice(change):
        return UNKNOWN_PROTEIN if change else ""
    words = re.split(r"(delins|del|ins|dup|fs|ext|_)", change)
    keep = {"delins", "del", "ins", "dup", "fs", "ext", "_"}
    return "p." + "".join(
        word if word in keep else re.sub(r"[A-Z*]", lambda match: ONE_TO_THREE.get(match.group(), match.group()), word)
        for word in words
    )


def is_splice(change: str) -> bool:
    """Whether a one-letter change stands for a splice site: ``X1010_splice``, ``K550_splice``."""
    return change.endswith("splice")


def printed(change: str) -> str:
    """Return a one-letter change as reports print it: ``p.V600E``, and ``p.?`` for a splice site."""
    return UNKNOWN_PROTEIN if is_splice(change) else f"p.{change}"


def parse_position(text: str) -> tuple[int, int] | None:
    """Return first and last residue of a VEP- or SnpEff-like position (``175``, ``745-750``, ``?-12``, ``175/393``)."""
    match = _POSITION.match(text.strip())
    if not match:
        return None
    known = [int(part) for part in match.groups() if part and part != "?"]
    return (min(known), max(known)) if known else None


def from_residues(ref: str, alt: str, start: int, *, frameshift: bool = False) -> str:
    """Return the one-letter change of residues ``ref`` at ``start`` that become ``alt``.

    Parameters
    ----------
    ref, alt
        One-letter residues; empty or ``-`` for none, ``*`` for stop, ``X`` for unknown.
    start
        Number of the first residue of ``ref``; of the residue after the insertion point when ``ref`` is empty.
    frameshift
        The reading frame is lost: the residues after the change do not matter, the distance to the new stop does.
    """
    ref, alt = ref.strip("-"), alt.strip("-")
    if ref == alt:
        return f"{ref[0]}{start}=" if ref else ""
    if frameshift:
        return _frameshift(ref, alt, start)
    if start == 1 and ref[:1] == "M" and alt[:1] != "M":
        return "M1?"
    prefix = _common_prefix(ref, alt)
    first = start + prefix
    before, after = ref[prefix:], alt[prefix:]
    if after[:1] == "*" and before:
        return f"{before[0]}{first}*"
    if before[:1] == "*" and after:
        return f"*{first}{after[0]}ext*?"
    if "*" in after:
        after = after[: after.index("*") + 1]
    suffix = _common_prefix(before[::-1], after[::-1])
    before, after = before[: len(before) - suffix], after[: len(after) - suffix]
    return _substitution(ref, prefix, before, after, first)


def _substitution(ref: str, prefix: int, before: str, after: str, first: int) -> str:
    """Name the in-frame change of ``before`` at ``first`` into ``after``, ``prefix`` residues of ``ref`` precede it."""
    if not before:
        return _insertion(ref, prefix, after, first)
    if len(before) == 1 and len(after) == 1:
        return f"{before}{first}{after}"
    span = f"{before[0]}{first}" + (f"_{before[-1]}{first + len(before) - 1}" if len(before) > 1 else "")
    return f"{span}delins{after}" if after else f"{span}del"


def _insertion(ref: str, prefix: int, inserted: str, first: int) -> str:
    """Name the insertion of residues before ``first``; with one known neighbor only, as a ``delins`` of that one."""
    doubled = ref[max(0, prefix - len(inserted)) : prefix]
    if doubled == inserted:
        begin = first - len(inserted)
        return f"{inserted[0]}{begin}" + (f"_{inserted[-1]}{first - 1}dup" if len(inserted) > 1 else "dup")
    left, right = ref[prefix - 1 : prefix] if prefix else "", ref[prefix : prefix + 1]
    if left and right:
        return f"{left}{first - 1}_{right}{first}ins{inserted}"
    if left:
        return f"{left}{first - 1}delins{left}{inserted}"
    return f"{right}{first}delins{inserted}{right}" if right else f"{first - 1}_{first}ins{inserted}"


def _frameshift(ref: str, alt: str, start: int) -> str:
    prefix = _common_prefix(ref, alt)
    before, after = ref[prefix:], alt[prefix:]
    first = start + prefix
    residue = before[:1] or "X"
    if residue == "X" and prefix:
        residue, first, after = ref[prefix - 1], first - 1, ""
    if after[:1] == "*":
        return f"{residue}{first}*"
    known = after[:1] if after[:1] not in ("", "X", ".") else ""
    stop = f"*{after.index('*') + 1}" if known and "*" in after and "." not in after else ""
    return f"{residue}{first}{known}fs{stop}"


def _common_prefix(left: str, right: str) -> int:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count
