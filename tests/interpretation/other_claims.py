"""The core's statements beside those of MOAlmanac and CIViC: which of them say the same, and where they differ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from genomodel.core.findings import Direction, Evidence, EvidenceType
from genomodel.core.knowledge import Criterion, Operator, Statement
from genomodel.resources.drugs import normalize_therapy
from genomodel.resources.oncotree import all_types

COMPARED = (EvidenceType.PREDICTIVE, EvidenceType.DIAGNOSTIC, EvidenceType.PROGNOSTIC)
OPPOSITE = {
    Direction.SENSITIVITY: Direction.RESISTANCE,
    Direction.FOR_DIAGNOSIS: Direction.AGAINST_DIAGNOSIS,
    Direction.BETTER_OUTCOME: Direction.POOR_OUTCOME,
}
OPPOSITE |= {other: one for one, other in OPPOSITE.items()}
EFFECTS = {
    "FLT3_ITD": "itd",
    "BCOR_ITD": "itd",
    "MET_EXON_14_SKIPPING": "exon 14",
    "EGFR_EXON_19_DELETION": "exon 19",
    "EGFR_EXON_20_INSERTION": "exon 20",
    "ERBB2_EXON_20_INSERTION": "exon 20",
    "NPM1_C_TERMINAL_FRAMESHIFT": "last exon",
    "CALR_EXON_9_FRAMESHIFT": "exon 9",
    "TERT_PROMOTER_C228T": "promoter",
    "TERT_PROMOTER_C250T": "promoter",
    "FLT3_TKD": "codon D835",
    "PDGFRA_D842V": "codon D842",
    "CTNNB1_EXON_3": "exon 3",
}
ONE_WORD = {
    **dict.fromkeys(("mutation", "hotspot", "missense"), "any"),
    **dict.fromkeys(("truncating", "nonsense", "frameshift", "splice", "start_lost"), "loss of function"),
    "loss_of_function": "loss of function",
    **dict.fromkeys(("amplification", "gain"), "more copies"),
    **dict.fromkeys(("deep_deletion", "loss"), "fewer copies"),
}
NOT_SMALL = frozenset(
    {"more copies", "fewer copies", "msi_high", "tmb_high", "hrd_score_high", "wild_type", "msi_stable"}
)
LAST_EXON = {("NPM1", "exon 11"): "last exon", ("NPM1", "exon 12"): "last exon"}


class Verdict(StrEnum):
    """How a claim stands to those of the other side."""

    AGREES = "agrees"
    OTHER_TUMOR = "other tumor type"
    OPPOSITE = "opposite direction"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement, ready to be compared."""

    id: str
    statement: Statement
    must: bool
    """Whether the core has to say the same, or why it does not."""

    @property
    def evidence(self) -> Evidence:
        return self.statement.evidence

    @property
    def drugs(self) -> frozenset[str]:
        return _drugs(self.evidence.therapy, self.evidence.therapies)

    @property
    def cited(self) -> frozenset[str]:
        """The claims that this one cites as its source or beside it."""
        return frozenset({self.evidence.source_id, *self.statement.cross_references})

    @property
    def words(self) -> str:
        evidence = self.evidence
        what = f"{evidence.biomarker}, {evidence.tumor_type_text}, {evidence.therapy or evidence.evidence_type.value}"
        return f"{self.id}: {what}, {evidence.direction.value}"


@cache
def _drugs(text: str, names: tuple[str, ...]) -> frozenset[str]:
    found = [normalize_therapy(name) for name in (names or (text,))]
    return frozenset(drug for therapy in found for drug in (*therapy.drugs, *therapy.unknown))


def tokens(criterion: Criterion) -> frozenset[str]:
    """Return words for what a criterion asks for, of which alike criteria share one."""
    kind, value = criterion.kind, criterion.value
    parts = value.partition(" except ")[0].split(",")
    if kind == "allele":
        codons = [f"codon {found}" for found in re.findall(r"[A-Z]\d+", value)]
        words = [*parts, *codons, *(["last exon"] if criterion.gene == "NPM1" else [])]
    elif kind == "codon":
        words = [f"codon {part}" for part in parts]
    elif kind in ("exon", "protein_region", "region"):
        exon = f"exon {value.partition(':')[0]}"
        words = ["itd" if criterion.gene == "FLT3" else LAST_EXON.get((criterion.gene, exon), exon)]
    elif kind == "effect":
        exons = [f"exon {found[1]}" for part in parts if (found := re.search(r"_EXON_(\d+)", part))]
        words = [*(EFFECTS.get(part, part) for part in parts), *exons]
    else:
        words = [ONE_WORD.get(kind, kind)]
    return frozenset(words)


def alike(one: Criterion, other: Criterion) -> bool:
    """Whether two criteria are about the same kind of alteration of the same gene."""
    if "text" in (one.kind, other.kind):
        return False
    genes = [{*item.symbols, *_partners(item)} for item in (one, other)]
    if one.symbols and other.symbols and not genes[0] & genes[1]:
        return False
    if "fusion" in (one.kind, other.kind):
        partners = [_partners(item) for item in (one, other)]
        return one.kind == other.kind and (not all(partners) or bool(partners[0] & genes[1] and partners[1] & genes[0]))
    first, second = tokens(one), tokens(other)
    wide = ("any" in first or "any" in second) and not (first | second) & NOT_SMALL
    lost = "loss of function" in first | second and bool((first | second) & {"any", "fewer copies"})
    return bool(first & second) or wide or lost


def _partners(criterion: Criterion) -> set[str]:
    if criterion.kind != "fusion":
        return set()
    return {part for part in criterion.value.split(":") if part and part not in ("?", *criterion.symbols)}


def same_alteration(one: Statement, other: Statement) -> bool:
    """Whether some criterion of the one is alike to one of the other."""
    return any(alike(a, b) for a in _telling(one) for b in _telling(other))


def _telling(statement: Statement) -> list[Criterion]:
    """Return the criteria that tell a claim apart: of a mutation within a fusion, the mutation."""
    listed = list(statement.profile.required())
    if statement.profile.operator is not Operator.ALL:
        return listed
    return [item for item in listed if item.kind != "fusion"] or listed


def tumors_meet(one: Statement, other: Statement) -> bool:
    """Whether the tumor types of two statements lie on one line of OncoTree, or one holds for any tumor."""
    if "listed" not in (one.scope, other.scope) or one.scope != other.scope:
        return True
    types = all_types()
    return any(
        a == b or (a in types and types[a].is_a(b)) or (b in types and types[b].is_a(a))
        for a in one.evidence.tumor_types
        for b in other.evidence.tumor_types
    )


def same_therapy(one: Claim, other: Claim) -> bool:
    """Whether the drugs are the same, or one names some of the other's; trivially so where neither is on a therapy."""
    if one.evidence.evidence_type is not other.evidence.evidence_type:
        return False
    if one.evidence.evidence_type is not EvidenceType.PREDICTIVE:
        return True
    return bool(one.drugs) and bool(other.drugs) and (one.drugs <= other.drugs or other.drugs <= one.drugs)


def judge(claim: Claim, others: Iterable[Claim]) -> tuple[Verdict, Claim | None]:
    """Return how a claim stands to the others, and the one that shows it."""
    comparable = [
        other for other in others if same_therapy(claim, other) and same_alteration(claim.statement, other.statement)
    ]
    wanted = claim.evidence.direction
    meeting = [other for other in comparable if tumors_meet(claim.statement, other.statement)]
    against = OPPOSITE.get(wanted)
    for verdict, found, direction in (
        (Verdict.AGREES, meeting, wanted),
        (Verdict.OPPOSITE, meeting, against),
        (Verdict.OTHER_TUMOR, comparable, wanted),
    ):
        shown = next((other for other in found if other.evidence.direction is direction), None)
        if shown is not None:
            return verdict, shown
    return Verdict.ABSENT, None


def opposed(claim: Claim, others: Sequence[Claim]) -> list[Claim]:
    """Return the claims of the opposite direction about the same alteration, therapy and tumor type.

    That any mutation of EGFR responds is not against T790M, which does not: a wide claim opposes wide ones only.
    """
    return [
        other
        for other in others
        if other.evidence.direction is OPPOSITE.get(claim.evidence.direction)
        and claim.drugs == other.drugs
        and same_therapy(claim, other)
        and same_alteration(claim.statement, other.statement)
        and _wide(claim.statement) is _wide(other.statement)
        and tumors_meet(claim.statement, other.statement)
    ]


def _wide(statement: Statement) -> bool:
    return all("any" in tokens(item) for item in _telling(statement))
