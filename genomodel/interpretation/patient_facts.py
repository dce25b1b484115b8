"""Requirements held against one patient: met, not met, not given or for the reader, each with what was compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from genomodel.core.clinical import ConditionStatus, ReceptorState
from genomodel.core.patients import Patient
from genomodel.core.variants import AnnotatedVariant, Origin
from genomodel.interpretation.matching import JoinedGenes, SmallVariant, Truth, Tumor, evaluate
from genomodel.interpretation.matching.build import alternate_reads
from genomodel.interpretation.requirements import GROUPS, Join, Requirement
from genomodel.resources.drug_classes import Membership, is_procedure, membership
from genomodel.resources.oncotree import all_types

SUPPORTIVE = "Supportive Agent"
"""Drugs beside those against the tumor, which are no line of treatment: folinic acid, bisphosphonates."""
MET, NOT_MET = ConditionStatus.MET, ConditionStatus.NOT_MET
NOT_GIVEN, FOR_READER = ConditionStatus.NOT_GIVEN, ConditionStatus.FOR_READER
_OPPOSITE = {MET: NOT_MET, NOT_MET: MET}
EXTENTS_OF = {
    "early": frozenset({"early"}),
    "locally_advanced": frozenset({"locally_advanced"}),
    "metastatic": frozenset({"metastatic"}),
    "advanced": frozenset({"locally_advanced", "metastatic"}),
}
"""Extents that a word allows, and that a requirement asks for."""
EXTENTS_OF_GROUP = {
    "0": EXTENTS_OF["early"],
    "I": EXTENTS_OF["early"],
    "II": EXTENTS_OF["early"],
    "III": frozenset({"early", "locally_advanced"}),
    "IV": EXTENTS_OF["advanced"],
}
STAGE_IV_IS_METASTATIC = ("LUNG", "BREAST", "COADREAD", "MEL")
"""OncoTree codes of tumors of which stage IV is any T, any N, M1 (AJCC Cancer Staging Manual, 8th edition; of the lung
NCIt C222379, of the colon NCI PDQ NBK65858, of melanoma NCI PDQ). Elsewhere it may be without distant metastasis, as of
the kidney (T4 M0) or of the head and neck (IVA, IVB)."""
STAGE_III_IS_ADVANCED = ("OVT", "OOVC", "PSEC")
"""OncoTree codes of tumors of which FIGO stage III, spread outside the pelvis, is advanced disease: the studies that
claims on advanced ovarian cancer rest on took in stages III and IV (SOLO1, doi:10.1056/NEJMoa1810858)."""
GROUPS_OF = {
    "early": frozenset({"0", "I", "II", "III"}),
    "locally_advanced": frozenset({"II", "III", "IV"}),
    "metastatic": frozenset({"IV"}),
    "advanced": frozenset({"II", "III", "IV"}),
}
"""Stage groups that a word for the extent allows."""


@dataclass(frozen=True, slots=True)
class Known:
    """What requirements are held against."""

    patient: Patient
    tumor: Tumor | None = None
    """``None`` where the alterations were not looked at."""
    variant: AnnotatedVariant | None = None
    """The variant that the claim is about, where it is one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a requirement stands, and why."""

    status: ConditionStatus
    reasons: tuple[str, ...] = ()


def hold(requirement: Requirement, known: Known) -> Answer:
    """Return how a requirement stands to what is known of a patient.

    Of parts that are all asked for, one that is not met decides; of alternatives, one that is met. Else what the sheet
    could say counts before what only the reader can: it is to be given first.
    """
    if requirement.join is Join.ATOM:
        return ATOMS[requirement.kind](requirement, known)
    answers = [hold(part, known) for part in requirement.parts]
    if requirement.join is Join.NOT:
        return Answer(_OPPOSITE.get(answers[0].status, answers[0].status), answers[0].reasons)
    decides, otherwise = (NOT_MET, MET) if requirement.join is Join.ALL else (MET, NOT_MET)
    statuses = {answer.status for answer in answers}
    status = next((item for item in (decides, NOT_GIVEN, FOR_READER) if item in statuses), otherwise)
    beside = (MET,) if status is FOR_READER else ()
    told = [answer for answer in answers if answer.status in (status, *beside)]
    return Answer(status, tuple(dict.fromkeys(reason for answer in told for reason in answer.reasons)))


def _receptor(asked: Requirement, known: Known) -> Answer:
    name, state = asked.names
    states = receptor_states(known.patient.clinical.receptors)
    given = states.get(name)
    if given is None:
        words = f"{name} status not given"
        if name in ("ER", "PR") and states.get("HR"):
            words += f" (HR {states['HR'].value})"
        return Answer(NOT_GIVEN, (words,))
    words = f"{name} {given.value}"
    if state == "low" and given is ReceptorState.NEGATIVE:
        return Answer(NOT_GIVEN, (f"{words}: whether low is not given",))
    fits = given.value == state or (state == "negative" and given is ReceptorState.LOW)
    return Answer(MET if fits else NOT_MET, (words,))


def receptor_states(given: dict[str, ReceptorState]) -> dict[str, ReceptorState]:
    """Return the states that are given and those that follow.

    HR is positive where ER or PR is, and negative where both are negative. HER2-low is HER2-negative by ASCO/CAP
    (doi:10.1200/JCO.22.02864) and stays told apart.
    """
    states = dict(given)
    pair = [given.get("ER"), given.get("PR")]
    if "HR" not in states and ReceptorState.POSITIVE in pair:
        states["HR"] = ReceptorState.POSITIVE
    if "HR" not in states and pair == [ReceptorState.NEGATIVE] * 2:
        states["HR"] = ReceptorState.NEGATIVE
    if states.get("HR") is ReceptorState.NEGATIVE:
        states.update(ER=ReceptorState.NEGATIVE, PR=ReceptorState.NEGATIVE)
    if given.get("HR") is ReceptorState.POSITIVE:
        for one, other in (("ER", "PR"), ("PR", "ER")):
            if given.get(one) is ReceptorState.NEGATIVE:
                states.setdefault(other, ReceptorState.POSITIVE)
    return states


def _line(asked: Requirement, known: Known) -> Answer:
    facts = known.patient.clinical
    words = f"line {facts.line}"
    line = facts.line
    if line is None and facts.prior_therapies == ():
        line, words = 1, "no therapy given before, so that the line is the first"
    if line is None:
        return Answer(NOT_GIVEN, ("line of treatment not given",))
    number = int(asked.value.rstrip("+"))
    fits = line >= number if asked.value.endswith("+") else line == number
    return Answer(MET if fits else NOT_MET, (words,))


def _stage(asked: Requirement, known: Known) -> Answer:
    stage = known.patient.clinical.stage
    if stage is None:
        return Answer(NOT_GIVEN, ("stage not given",))
    possible = EXTENTS_OF.get(stage) or _extents_of_group(_group_of(stage), known.patient)
    return _among(possible, EXTENTS_OF[asked.value], _stage_words(stage))


def _extents_of_group(group: str, patient: Patient) -> frozenset[str]:
    if group == "IV" and any(patient.tumor_type.is_a(code) for code in STAGE_IV_IS_METASTATIC):
        return EXTENTS_OF["metastatic"]
    if group == "III" and any(patient.tumor_type.is_a(code) for code in STAGE_III_IS_ADVANCED):
        return EXTENTS_OF["advanced"]
    return EXTENTS_OF_GROUP[group]


def _group(asked: Requirement, known: Known) -> Answer:
    stage = known.patient.clinical.stage
    if stage is None:
        return Answer(NOT_GIVEN, ("stage not given",))
    possible = GROUPS_OF.get(stage) or frozenset({_group_of(stage)})
    return _among(possible, frozenset(asked.names), _stage_words(stage))


def _group_of(stage: str) -> str:
    return max((group for group in GROUPS if stage.startswith(group)), key=len)


def _stage_words(stage: str) -> str:
    return f"stage {stage.replace('_', ' ')}"


def _among(possible: frozenset[str], asked: frozenset[str], words: str) -> Answer:
    if possible <= asked:
        return Answer(MET, (words,))
    if possible & asked:
        return Answer(NOT_GIVEN, (f"{words} does not tell",))
    return Answer(NOT_MET, (words,))


def _prior(asked: Requirement, known: Known) -> Answer:
    facts = known.patient.clinical
    given = facts.prior_therapies
    if asked.value == "any":
        return _any_prior(given, facts.line)
    if given is None:
        return Answer(NOT_GIVEN, ("prior therapy not given",))
    found = {name: membership(name, asked.value) for name in given}
    of_it = [name for name, member in found.items() if member is Membership.YES]
    if of_it:
        return Answer(MET, (f"{', '.join(of_it)} given before",))
    maybe = [name for name, member in found.items() if member is Membership.MAY_BE]
    if maybe:
        return Answer(NOT_GIVEN, (f"whether {', '.join(maybe)}, given before, is {asked.value} is not known",))
    return Answer(NOT_MET, (f"no {asked.value} given before" if given else "no therapy given before",))


def _any_prior(given: tuple[str, ...] | None, line: int | None) -> Answer:
    drugs = [name for name in given or () if not (is_procedure(name) or membership(name, SUPPORTIVE) is Membership.YES)]
    if drugs:
        return Answer(MET, (f"{', '.join(drugs)} given before",))
    if given is not None:
        return Answer(NOT_MET, ("no systemic therapy given before",))
    if line is not None and line > 1:
        return Answer(MET, (f"line {line}",))
    return Answer(NOT_GIVEN, ("prior therapy not given",))


def _age(asked: Requirement, known: Known) -> Answer:
    age = known.patient.clinical.age
    if age is None:
        return Answer(NOT_GIVEN, ("age not given",))
    fits = asked.ages.low <= age < asked.ages.below
    return Answer(MET if fits else NOT_MET, (f"age {age:g}",))


def _sex(asked: Requirement, known: Known) -> Answer:
    sex = known.patient.sex
    if sex is None:
        return Answer(NOT_GIVEN, ("sex not given",))
    return Answer(MET if sex == asked.value else NOT_MET, (sex,))


def _type(asked: Requirement, known: Known) -> Answer:
    tumor = known.patient.tumor_type
    if any(tumor.is_a(code) for code in asked.names):
        return Answer(MET, (tumor.name,))
    types = all_types()
    if tumor.code not in types:
        return Answer(NOT_GIVEN, ("tumor type not given",))
    if any(types[code].is_a(tumor.code) for code in asked.names):
        return Answer(NOT_GIVEN, (f"{tumor.name}: subtype not given",))
    return Answer(NOT_MET, (tumor.name,))


def _origin(asked: Requirement, known: Known) -> Answer:
    if known.variant is None:
        return Answer(FOR_READER, ("no origin is told of such an alteration",))
    origin = known.variant.origin
    if origin not in (Origin.GERMLINE, Origin.SOMATIC):
        return Answer(NOT_GIVEN, ("the variant's origin is uncertain",))
    if origin is Origin.GERMLINE and not _in_normal(known.variant):
        return Answer(NOT_GIVEN, ("the variant is taken for germline, and no reads of a normal show it",))
    return Answer(MET if origin.value == asked.value else NOT_MET, (f"the variant is {origin.value}",))


def _in_normal(variant: AnnotatedVariant) -> bool:
    normal = variant.normal
    return normal is not None and alternate_reads(normal, unknown=0) > 0


def _tumor(asked: Requirement, known: Known) -> Answer:
    if asked.profile is None or known.tumor is None:
        return Answer(NOT_GIVEN, ("the tumor's alterations were not looked at",))
    verdict = evaluate(asked.profile, known.tumor)
    if verdict.truth is Truth.UNKNOWN:
        return Answer(NOT_GIVEN, tuple(f"not known: {why}" for why in verdict.open or (asked.value,)))
    found = [label_of(name, known.tumor) for part in verdict.parts for name in part.alterations]
    words = tuple(dict.fromkeys(f"{name} found" for name in found)) or (f"not found: {asked.value.replace('/', ' ')}",)
    return Answer(MET if verdict.truth is Truth.TRUE else NOT_MET, words)


def label_of(alteration: str, tumor: Tumor) -> str:
    """Return an alteration of the tumor as a reader would say it: ``KRAS G12D``."""
    item = tumor.by_id.get(alteration)
    if isinstance(item, JoinedGenes):
        return f"{item.gene_5}::{item.gene_3}"
    consequence = item.variant.consequence if isinstance(item, SmallVariant) else None
    if consequence is not None and consequence.protein_change:
        return f"{consequence.gene} {consequence.protein_change}"
    return alteration


def _reader(asked: Requirement, known: Known) -> Answer:
    return Answer(FOR_READER, (f"to judge: {asked.value}",) if asked.value else ())


ATOMS: dict[str, Callable[[Requirement, Known], Answer]] = {
    "receptor": _receptor,
    "line": _line,
    "stage": _stage,
    "group": _group,
    "prior": _prior,
    "age": _age,
    "sex": _sex,
    "type": _type,
    "origin": _origin,
    "tumor": _tumor,
    "reader": _reader,
}
"""What answers each kind of requirement."""
