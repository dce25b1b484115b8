"""Names of the engine beside those of the judges: agreement, or the rule that explains the difference.

No single variant is excused. Each reason is a predicate on both names and the allele, tried in order. Where it is
biocommons that errs, the second judge (``hgvs_oracle_protein``) must give our very name. What no rule explains is a
defect, ours or theirs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from genomodel.core.variants import Consequence
from tests.annotation.hgvs_oracle import Names, Oracle, bare
from tests.annotation.hgvs_oracle_protein import Altered, altered_transcripts, equal_places, protein_name
from tests.annotation.hgvs_oracle_variants import Drawn

HGVS = "https://hgvs-nomenclature.org/stable/"
AGREE, UNEXPLAINED = "agree", "unexplained"


@dataclass(frozen=True)
class Case:
    """One allele on one transcript with our name and theirs."""

    oracle: Oracle
    drawn: Drawn
    theirs: Names
    ours: str

    @cached_property
    def altered(self) -> list[Altered]:
        drawn = self.drawn
        return altered_transcripts(self.oracle, drawn.transcript, drawn.chrom, drawn.pos, drawn.ref, drawn.alt)

    @cached_property
    def judged(self) -> set[str]:
        """Protein names of the second judge; several where an allele beside a border can be read in several ways."""
        return {protein_name(self.oracle, self.drawn.transcript, one) for one in self.altered} or {"p.?"}

    @cached_property
    def transcript(self) -> tuple[str, int, int]:
        """Bases, and the coding part."""
        return self.oracle.provider.spliced(self.drawn.transcript), *self.oracle.models[self.drawn.transcript].cds

    @property
    def exons(self) -> tuple[tuple[int, int], ...]:
        return self.oracle.models[self.drawn.transcript].exons

    @cached_property
    def reach(self) -> tuple[int, int]:
        """First base and the one after the last that the allele, or the repeat around it, takes up."""
        drawn = self.drawn
        places = list(equal_places(self.oracle, drawn.chrom, drawn.pos, drawn.ref, drawn.alt))
        low = min(at - 1 - len(new) for at, _, new in places)
        return low, max(at - 1 + len(gone) + len(new) for at, gone, new in places)

    @property
    def beyond(self) -> bool:
        """Whether the allele reaches an end of the transcript."""
        low, high = self.oracle.models[self.drawn.transcript].span
        return self.reach[0] <= low or self.reach[1] >= high

    @property
    def at_border(self) -> bool:
        """Whether the allele reaches an end of an exon."""
        low, high = self.reach
        return any(low <= edge <= high for exon in self.exons for edge in exon)

    @property
    def takes_exons(self) -> bool:
        start, end = self.drawn.pos - 1, self.drawn.pos - 1 + len(self.drawn.ref)
        return any(s > start and e < end for s, e in self.exons)


@dataclass(frozen=True)
class Rule:
    """Why two names differ and both are right, or biocommons is not."""

    reason: str
    text: str
    holds: Callable[[Case], bool]


def _from_before(case: Case) -> str:
    """Count the middle base of an odd intron from the exon before it, where a name counts it from the one after."""
    oracle, model = case.oracle, case.oracle.models[case.drawn.transcript]

    def turned(found: re.Match[str]) -> str:
        middle = oracle.allele_of(model.name, f"c.{found[0]}del")[0] - 1
        for before, behind in zip(model.exons, model.exons[1:], strict=False):
            start, end = (before[1], behind[0]) if model.strand == 1 else (behind[1], before[0])
            if start <= middle < end and 2 * (middle - start) == end - start - 1:
                edge = before[1] if model.strand == 1 else before[0] + 1
                base = oracle.provider.get_seq(model.chrom, edge - 1, edge)
                last = oracle.names(model.chrom, edge, base, "A" if base != "A" else "C", model.name).c
                return f"{last[2:-3]}+{middle - start + 1}"
        return found[0]

    return re.sub(r"[*-]?\d+-\d+", turned, case.theirs.c)


def _silent(case: Case) -> bool:
    found = re.fullmatch(r"p\.([A-Z][a-z]{2}\d+)_[A-Z][a-z]{2}\d+=", case.ours)
    return found is not None and f"p.{found[1]}=" == case.theirs.p and case.theirs.p in case.judged


def _last_deleted(case: Case) -> bool:
    found = re.fullmatch(r"p\.[A-Z][a-z]{2}(\d+)(?:_[A-Z][a-z]{2}(\d+))?del", case.ours)
    stopped = case.ours.partition("_")[0].removesuffix("del") + "Ter"
    if found is None or case.theirs.p != stopped or stopped not in case.judged:
        return False
    return int(found[2] or found[1]) == len(case.oracle.protein(case.drawn.transcript)) - 1


def _end_lost(case: Case) -> bool:
    """Whether our name says no more than that the start, or the stop with what follows, is lost."""
    return case.ours in (*case.judged, "p.Met1?") or re.fullmatch(r"p\.Ter\d+\w+extTer\?", case.ours) is not None


def _stop_kept(case: Case) -> bool:
    """Whether we and the judge say that nothing changes, whichever of the codons before the stop either names."""
    same = case.ours.endswith("=") and any(name.endswith("=") for name in case.judged)
    near = re.fullmatch(r"p\.[A-Z][a-z]{2}(\d+)=", case.ours)
    last = len(case.oracle.protein(case.drawn.transcript))
    in_place = case.ours in case.judged or (near is not None and int(near[1]) == last)
    return same and in_place and ("Ter" in case.theirs.p or case.theirs.p in ("p.=", "p.?"))


def _start_moved(case: Case) -> bool:
    bases, first, _ = case.transcript
    return case.ours == "p.?" and any(
        one.sequence.endswith(bases[first:]) and one.sequence[first : first + 3] != "ATG" for one in case.altered
    )


def _before_utr(case: Case) -> bool:
    bases, _, after = case.transcript
    return case.ours == "p.?" and any(one.sequence.startswith(bases[:after]) for one in case.altered)


def _judged(holds: Callable[[Case], bool]) -> Callable[[Case], bool]:
    return lambda case: case.ours in case.judged and holds(case)


BEYOND = "the allele reaches over an end of the transcript, where biocommons names no place"
RULES_C = (
    Rule("beyond the transcript", BEYOND, lambda case: case.beyond and case.theirs.failed.startswith("c:")),
    Rule(
        "middle of an intron",
        "biocommons counts the middle base of an intron of odd length from the exon after it, "
        f"{HGVS}background/numbering/ from the one before it",
        lambda case: bool(case.ours and case.theirs.c) and _from_before(case) == case.ours,
    ),
)
RULES_P = (
    Rule(
        "beyond the transcript",
        BEYOND,
        lambda case: case.beyond and case.theirs.failed.startswith("c:") and _end_lost(case),
    ),
    Rule(
        "biocommons fails",
        "it ends with an error where the protein is lengthened or shortened at its very end",
        _judged(lambda case: case.theirs.failed.startswith("p:")),
    ),
    Rule(
        "residues after a stop",
        "biocommons lists the residues that are read after an inserted stop; "
        f"{HGVS}recommendations/protein/delins/: those after the termination codon are not listed",
        _judged(lambda case: re.sub(r"Ter[A-Z].*$", "Ter", case.theirs.p) == case.ours),
    ),
    Rule(
        "stop kept",
        "biocommons writes Ter1069Ter or a frameshift where the old stop, or a new one in its place, ends the protein "
        f"as before; {HGVS}recommendations/protein/substitution/: such is described as Cys123=",
        _stop_kept,
    ),
    Rule(
        "behind the stop",
        "the coding sequence stays whole and the allele can be written behind it; we say nothing of the protein",
        _before_utr,
    ),
    Rule(
        "start codon stands elsewhere",
        "biocommons reads from the old place of the start codon, where there is none; the coding sequence stands whole "
        "behind it, with the start codon that is met first",
        _start_moved,
    ),
    Rule(
        "start codon lost",
        "biocommons reads on from the old place of a start codon that is gone; "
        f"{HGVS}recommendations/protein/substitution/: p.(Met1?)",
        _judged(lambda case: case.ours == "p.Met1?"),
    ),
    Rule(
        "transcript ends",
        "biocommons writes an unknown residue (Xaa) where the transcript ends within the first changed codon",
        _judged(lambda case: case.ours == "p.?" and "Xaa" in case.theirs.p),
    ),
    Rule(
        "whole exons lost",
        "biocommons names no protein where an end of the deletion lies in an intron; "
        f"{HGVS}recommendations/protein/deletion/: deletion of exon 10, p.(His321_Glu383del)",
        _judged(lambda case: case.theirs.p == "p.?" and case.takes_exons),
    ),
    Rule(
        "read into the exon",
        "biocommons names no protein (p.?) for a duplication at the end of an exon, or where the 3' rule writes the "
        f"allele into the intron; {HGVS}recommendations/DNA/deletion/ (c.1704+1del): such a name says nothing of the "
        "RNA, and within the exon the allele leaves the splice site as it is",
        _judged(lambda case: case.theirs.p == "p.?" and case.at_border),
    ),
    Rule(
        "frameshift through the stop",
        f"biocommons names a delins up to the old stop; {HGVS}recommendations/protein/delins/ and deletion/: changes "
        "that start before the stop codon and take it away are described as a frameshift",
        _judged(lambda case: "fs" in case.ours and re.search("del|ins", case.theirs.p) is not None),
    ),
    Rule(
        "nearer stop",
        "biocommons counts an extension to a later stop than the first",
        _judged(lambda case: "ext" in case.ours and case.theirs.p.startswith(case.ours.partition("ext")[0] + "ext")),
    ),
    Rule("silent in several codons", "we name all codons whose bases change, biocommons the first", _silent),
    Rule(
        "last residues deleted",
        "we name the residues before the stop as deleted, for the stop is the old one; biocommons names a stop in the "
        "place of the first of them",
        _last_deleted,
    ),
)


@dataclass(frozen=True)
class Verdict:
    """How one allele was named by us and by biocommons, and what is to be said of either pair of names."""

    drawn: Drawn
    theirs: Names
    our_c: str
    our_p: str
    c: str
    p: str
    seconded: bool
    """Whether the second judge gives our protein name."""


def judge_c(case: Case) -> str:
    """Return ``agree``, the reason of the first rule that holds, or ``unexplained``."""
    if case.ours and case.ours == case.theirs.c:
        return AGREE
    return next((rule.reason for rule in RULES_C if rule.holds(case)), UNEXPLAINED)


def judge_p(case: Case) -> str:
    """Return the same of protein names; no name and ``p.?`` are one."""
    if case.ours == case.theirs.p:
        return AGREE
    return next((rule.reason for rule in RULES_P if rule.holds(case)), UNEXPLAINED)


def compare(oracle: Oracle, drawn: Drawn, consequences: Iterable[Consequence]) -> Verdict:
    """Compare the names of one allele on the transcript it was drawn for."""
    theirs = oracle.names(drawn.chrom, drawn.pos, drawn.ref, drawn.alt, drawn.transcript)
    ours = next((c for c in consequences if c.transcript == drawn.transcript), None)
    c = Case(oracle, drawn, theirs, ours.hgvs_c if ours else "")
    p = replace(c, ours=(bare(ours.hgvs_p) if ours else "") or "p.?")
    return Verdict(drawn, theirs, c.ours, p.ours, judge_c(c), judge_p(p), p.ours in p.judged)


def table(verdicts: Iterable[Verdict]) -> dict[str, dict[str, int]]:
    """Count by kind: alleles, and for either name how many agree, are explained or are not."""
    counted: dict[str, Counter[str]] = {}
    for verdict in verdicts:
        row = counted.setdefault(verdict.drawn.kind, Counter())
        row["alleles"] += 1
        for name, said in (("c", verdict.c), ("p", verdict.p)):
            row[f"{name} {said if said in (AGREE, UNEXPLAINED) else 'explained'}"] += 1
    columns = ("alleles", *(f"{name} {said}" for name in "cp" for said in (AGREE, "explained", UNEXPLAINED)))
    return {kind: {column: row[column] for column in columns} for kind, row in counted.items()}


def reasons(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """Count the reasons, named ``c: ...`` and ``p: ...``."""
    said = Counter(
        f"{name}: {reason}"
        for verdict in verdicts
        for name, reason in (("c", verdict.c), ("p", verdict.p))
        if reason not in (AGREE, UNEXPLAINED)
    )
    return dict(sorted(said.items()))
