"""A second judge of protein names: two translations compared, written from the recommendations and nothing else.

https://hgvs-nomenclature.org/stable/recommendations/protein/ : substitution, deletion, duplication, insertion, delins,
frameshift, extension. It settles what biocommons does not name, or names against the recommendations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bioutils.sequences import aa1_to_aa3, reverse_complement, translate_cds

from tests.annotation.hgvs_oracle import Model, Oracle, trimmed


def equal_places(oracle: Oracle, chrom: str, pos: int, ref: str, alt: str) -> Iterator[tuple[int, str, str]]:
    """Yield every trimmed spelling of an allele; more than one for insertions and deletions in repeats."""
    pos, ref, alt = trimmed(pos, ref, alt)
    yield pos, ref, alt
    if ref and alt:
        return
    for step in (-1, 1):
        at, unit = pos, ref or alt
        while True:
            if step == 1:
                behind = at + (len(unit) if ref else 0)
                base = oracle.provider.get_seq(chrom, behind - 1, behind)
                if base != unit[0]:
                    break
                at, unit = at + 1, unit[1:] + base
            else:
                base = oracle.provider.get_seq(chrom, at - 2, at - 1)
                if base != unit[-1]:
                    break
                at, unit = at - 1, base + unit[:-1]
            yield (at, unit, "") if ref else (at, "", unit)


@dataclass(frozen=True)
class Altered:
    """A spliced transcript with an allele: its bases, and the reference's 0-based half-open interval replaced."""

    sequence: str
    low: int
    high: int


def altered_transcripts(oracle: Oracle, transcript: str, chrom: str, pos: int, ref: str, alt: str) -> list[Altered]:
    """Return the spliced transcripts that an allele gives at its places within exons.

    Beside a border one allele may be read as a change of the exon or of the intron; only the former gives a transcript.
    Bases between an exon and its intron are read into the exon, whose splice site stays. A deletion from intron to
    intron leaves out the exons between. Of several places that give one transcript the most 3' is told.
    """
    model = oracle.models[transcript]
    whole = oracle.provider.spliced(transcript)
    found: dict[str, tuple[int, int]] = {}
    for at, gone, new in equal_places(oracle, chrom, pos, ref, alt):
        span = _spliced_span(model, at, gone)
        if span is None:
            continue
        low, high = span
        text = new if model.strand == 1 else reverse_complement(new)
        sequence = whole[:low] + text + whole[high:]
        found[sequence] = max(found.get(sequence, (0, 0)), (low, high))
    return [Altered(sequence, *span) for sequence, span in found.items()]


def _spliced_span(model: Model, at: int, gone: str) -> tuple[int, int] | None:
    """Interval of the spliced transcript that an edit replaces, ``None`` where it takes only part of an exon away."""
    left, right = (at - 1, at + len(gone) - 2) if gone else (at - 2, at - 1)
    ends = model.place(left), model.place(right)
    if not gone:
        if ends == (None, None) or not model.span[0] <= left < right < model.span[1]:
            return None
        if model.strand == 1:
            low = ends[0] + 1 if ends[0] is not None else ends[1]
        else:
            low = ends[1] + 1 if ends[1] is not None else ends[0]
        assert low is not None
        return low, low
    if ends[0] is not None and ends[1] is not None:
        low, high = sorted((ends[0], ends[1]))
        return (low, high + 1) if high - low == len(gone) - 1 else None
    lost = [(s, e) for s, e in model.exons if s < right + 1 and left < e]
    inner = model.span[0] < left and right < model.span[1] - 1
    if ends != (None, None) or not lost or not inner:
        return None
    places = [place for s, e in lost for place in (model.place(s), model.place(e - 1)) if place is not None]
    return min(places), max(places) + 1


def protein_name(oracle: Oracle, transcript: str, altered: Altered) -> str:
    """Name the change of a protein that an altered transcript gives, ``p.?`` where it does not change."""
    sequence, low, high = altered.sequence, altered.low, altered.high
    first, after = oracle.models[transcript].cds
    whole = oracle.provider.spliced(transcript)
    grown = len(sequence) - len(whole)
    if high <= first or low >= after:
        return "p.?"
    if low < first or (low < first + 3 and sequence[first : first + 3] != whole[first : first + 3]):
        # The whole coding sequence may stand farther on, with the start codon that is met first.
        return "p.?" if sequence.endswith(whole[first:]) else "p.Met1?"
    before, codon = str(translate_cds(whole[first:after])), (low - first) // 3 + 1
    to_stop = _to_stop(sequence[first:])
    if grown % 3:
        return three_letter(frame_lost_name(before, to_stop, codon))
    behind = _open(sequence[first : after + grown])
    if not behind.endswith("*"):
        # The stop codon is gone: an extension where nothing before it changes, else called a frameshift.
        return three_letter(frame_lost_name(before, to_stop, codon))
    return three_letter(in_frame_name(before, behind, codon))


def _open(bases: str) -> str:
    """Translate whole codons, over stops."""
    return str(translate_cds(bases[: len(bases) // 3 * 3]))


def _to_stop(bases: str) -> str:
    """Translate to the first stop, or to the end where there is none."""
    text = _open(bases)
    return text[: text.index("*") + 1] if "*" in text else text


def frame_lost_name(before: str, behind: str, codon: int) -> str:
    """Name in one letter what becomes of a protein (with its stop) behind a shift; ``codon`` is the first touched."""
    if before == behind:
        return f"{before[codon - 1]}{codon}="
    at = _first_difference(before, behind)
    if at == len(behind):
        return "?"
    if behind[at] == "*":
        return f"{before[at]}{at + 1}*"
    if before[at] == "*":
        return _extension(behind, at)
    stop = behind.index("*") - at + 1 if "*" in behind else "?"
    return f"{before[at]}{at + 1}{behind[at]}fs*{stop}"


def _first_difference(before: str, behind: str) -> int:
    least = min(len(before), len(behind))
    return next((i for i in range(least) if before[i] != behind[i]), least)


def _extension(behind: str, at: int) -> str:
    stop = behind.index("*", at) - at if "*" in behind[at:] else "?"
    return f"*{at + 1}{behind[at]}ext*{stop}"


def in_frame_name(before: str, behind: str, codon: int) -> str:
    """Name in one letter a change in frame; ``behind`` is read over new stops up to the old one."""
    if before == behind[: behind.find("*") + 1]:
        return f"{before[codon - 1]}{codon}="
    at = _first_difference(before, behind)
    if before[at] == "*":
        return _extension(behind, at)
    tail = 0
    while tail < min(len(before), len(behind)) - at and before[-1 - tail] == behind[-1 - tail]:
        tail += 1
    gone, new = before[at : len(before) - tail], behind[at : len(behind) - tail]
    if behind[at] == "*":
        return f"{before[at]}{at + 1}*"
    if "*" in new:
        new = new[: new.index("*") + 1]
    return _replaced(before, at, gone, new)


def _replaced(before: str, at: int, gone: str, new: str) -> str:
    if len(gone) == len(new) == 1:
        return f"{gone}{at + 1}{new}"
    if gone:
        return _span(before, at, at + len(gone)) + (f"delins{new}" if new else "del")
    if before[max(0, at - len(new)) : at] == new:
        return _span(before, at - len(new), at) + "dup"
    return f"{before[at - 1]}{at}_{before[at]}{at + 1}ins{new}"


def _span(protein: str, low: int, high: int) -> str:
    text = f"{protein[low]}{low + 1}"
    return text if high - low == 1 else f"{text}_{protein[high - 1]}{high}"


def three_letter(change: str) -> str:
    """Return ``p.`` and three-letter code of a one-letter change."""

    def long(found: re.Match[str]) -> str:
        return "Ter" if found[0] == "*" else str(aa1_to_aa3(found[0]))

    return "p." + re.sub(r"[A-Z*]", long, change)
