"""One-letter names of protein changes after HGVS, from whole proteins.

Insertions and deletions at the most C-terminal place; a frameshift from the first residue that changes, its new stop
counted from there; a lost stop with the distance to the next (https://hgvs-nomenclature.org, "Protein").
"""

from __future__ import annotations

from typing import NamedTuple


def shared_start(left: str, right: str, start: int = 0) -> int:
    """Return how many residues two proteins share from the start on; the first ``start`` are known to be shared."""
    count = min(start, len(left), len(right))
    end = min(len(left), len(right))
    while count < end and left[count] == right[count]:
        count += 1
    return count


class InFrame(NamedTuple):
    """A change that keeps the reading frame."""

    change: str
    """Its name; empty where nothing changes, or the last stop does."""
    first: int
    """First residue that changes, counted from 0."""
    lost: str
    won: str


def name_in_frame(ref: str, alt: str, start: int = 0) -> InFrame:
    """Name a change that keeps the reading frame.

    Parameters
    ----------
    ref, alt
        Whole proteins, read in frame to the place where the reference stops, stops included.
    start
        Residues that are known to be the same.
    """
    head = shared_start(ref, alt, start)
    if head == len(ref):
        return InFrame("", head, "", "")
    tail, most = 0, min(len(ref), len(alt)) - head
    while tail < most and ref[-1 - tail] == alt[-1 - tail]:
        tail += 1
    before, after = ref[head : len(ref) - tail], alt[head : len(alt) - tail]
    if "*" in before:
        return InFrame("", head, before, after)
    if "*" in after:
        after = after[: after.index("*") + 1]
        if after == "*":
            return InFrame(f"{ref[head]}{head + 1}*", head, before, after)
    if not before:
        return InFrame(_insertion(ref, head, after), head, before, after)
    if len(before) == len(after) == 1:
        return InFrame(f"{before}{head + 1}{after}", head, before, after)
    name = f"{span(ref, head, head + len(before))}{f'delins{after}' if after else 'del'}"
    return InFrame(name, head, before, after)


def _insertion(ref: str, at: int, after: str) -> str:
    if not after:
        return ""
    size = len(after)
    if ref[at] == "*":
        return f"*{at + 1}{after[0]}ext*{size - after.endswith('*')}"
    if size <= at and ref[at - size : at] == after:
        return f"{span(ref, at - size, at)}dup"
    return f"{ref[at - 1]}{at}_{ref[at]}{at + 1}ins{after}"


def span(ref: str, first: int, after: int) -> str:
    """Return the name of residues ``first`` up to ``after``, counted from 0: ``E746_A750``."""
    left = f"{ref[first]}{first + 1}"
    return left if after - first == 1 else f"{left}_{ref[after - 1]}{after}"


def name_apart(lost: str, won: str, start: int) -> str:
    """Name replaced residues of which some between stay as they were: ``[K2R;G4D]``, one name where all change.

    Parameters
    ----------
    lost, won
        As many residues of each.
    start
        Number of the first, counted from 0.
    """
    runs: list[tuple[int, int]] = []
    for index, (old, new) in enumerate(zip(lost, won, strict=True)):
        if old == new:
            continue
        if runs and runs[-1][1] == index:
            runs[-1] = (runs[-1][0], index + 1)
        else:
            runs.append((index, index + 1))
    names = []
    for first, after in runs:
        place = span(" " * start + lost, start + first, start + after)
        names.append(f"{place}{'delins' if after - first > 1 else ''}{won[first:after]}")
    return f"[{';'.join(names)}]" if len(names) > 1 else names[0]


def name_shifted(ref: str, alt: str, start: int = 0) -> str:
    """Name a change after which the rest of the protein is another: the reading frame or the last stop is lost.

    HGVS describes the loss of the stop codon with residues before it as a frameshift, whatever the number of bases
    ("Protein: deletion-insertion", changes that start N-terminal of and include the termination codon).

    Parameters
    ----------
    ref
        Whole protein with its stop.
    alt
        Protein up to its first stop; without one where the transcript ends before.
    start
        Residues that are known to be the same.

    Returns
    -------
    str
        ``R123Sfs*12``, ``fs*?`` without a stop, ``R123*``, or ``*494Wext*17``; empty where nothing changes or what
        follows is not known.
    """
    at = shared_start(ref, alt, start)
    if at >= len(ref) or at >= len(alt):
        return ""
    stop = alt.index("*", at) if "*" in alt[at:] else None
    known = "X" not in alt[at : None if stop is None else stop]
    if alt[at] == "*":
        return f"{ref[at]}{at + 1}*"
    if "X" in (alt[at], ref[at]):
        return ""
    if ref[at] == "*":
        return f"*{at + 1}{alt[at]}ext*{stop - at if stop is not None and known else '?'}"
    end = "" if not known else "*?" if stop is None else f"*{stop - at + 1}"
    return f"{ref[at]}{at + 1}{alt[at]}fs{end}"
