"""Conditions of claims: what each asks for, how it stands to a patient, and how that is said.

``conditions.tsv`` holds every condition of the core with its requirement (:mod:`.requirements`), or ``fact`` where it
is none of the patient. A condition that the table does not know is for the reader.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from genomodel.core.clinical import ConditionAnswer, ConditionStatus
from genomodel.core.errors import InputError
from genomodel.core.findings import Direction, Evidence
from genomodel.core.patients import Patient
from genomodel.core.variants import AnnotatedVariant
from genomodel.files import read_text
from genomodel.interpretation.matching import Tumor
from genomodel.interpretation.patient_facts import Known, hold
from genomodel.interpretation.requirements import Requirement, parse_requirement
from genomodel.resources.drugs import normalize_therapy

CONDITION_TABLE = Path(str(files("genomodel.interpretation"))) / "conditions.tsv"
COLUMNS = ("condition", "requirement", "decides")
FREE = "reader:"
"""Before a condition of the core that no row of the table holds, to say that it is meant for the reader."""
DECIDES = ("disease", "course")
GIVEN_BEFORE = "was given before"
"""What the caution of a claim says of a drug that the patient has had."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A row of the table."""

    text: str
    requirement: Requirement | None
    """``None`` for what is no condition of the patient."""
    decides_disease: bool


def load_conditions(path: Path = CONDITION_TABLE) -> dict[str, Condition]:
    """Read the table of conditions, by their text.

    Raises
    ------
    InputError
        A column is missing, a condition is there twice, or a requirement cannot be read.
    """
    reader = csv.DictReader(read_text(path, "table of conditions").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise InputError("the column is missing", path=path, row=1, column=missing[0])
    found: dict[str, Condition] = {}
    for number, row in enumerate(reader, start=2):
        try:
            condition = _condition_of({name: (row[name] or "").strip() for name in COLUMNS})
        except InputError as error:
            column = error.column or "requirement"
            raise InputError(error.what, path=path, row=number, column=column, fix=error.fix) from error
        if condition.text in found:
            raise InputError(f"'{condition.text}' is there twice", path=path, row=number, column="condition")
        found[condition.text] = condition
    return found


def _condition_of(row: dict[str, str]) -> Condition:
    if not row["condition"] or "|" in row["condition"]:
        raise InputError(f"'{row['condition']}' is no single condition", column="condition")
    fact = row["requirement"] == "fact"
    if row["decides"] not in (("",) if fact else DECIDES):
        fix = "Leave it empty for a fact" if fact else f"One of: {', '.join(DECIDES)}"
        raise InputError(f"'{row['decides']}' is not allowed", column="decides", fix=fix)
    requirement = None if fact else parse_requirement(row["requirement"])
    return Condition(row["condition"], requirement, row["decides"] == "disease")


@cache
def conditions() -> dict[str, Condition]:
    """Return the table of this package, read once."""
    return load_conditions()


def read_conditions(texts: Iterable[str]) -> tuple[str, ...]:
    """Return conditions as they are shown, without the mark of those that are for the reader."""
    return tuple(text.removeprefix(FREE).strip() if text.startswith(FREE) else text for text in texts)


def refuse_unknown(texts: Iterable[str]) -> None:
    """Raise unless every condition is known or marked as one for the reader.

    Raises
    ------
    InputError
        With the nearest condition of the table, and how a free one is written.
    """
    for text in texts:
        if text not in conditions() and not text.startswith(FREE):
            near = nearest(text)
            hint = f"Did you mean '{near}'? " if near else ""
            fix = f"{hint}Add a row to {CONDITION_TABLE.name}, or write '{FREE} {text}' to leave it to the reader"
            raise InputError(f"the condition '{text}' is not known", column="conditions", fix=fix)


def nearest(text: str) -> str:
    """Return the known condition that is spelled most like a text; empty where none is like it."""
    return next(iter(difflib.get_close_matches(text, conditions(), n=1, cutoff=0.75)), "")


def answer_conditions(
    texts: Sequence[str], patient: Patient, tumor: Tumor | None = None, variant: AnnotatedVariant | None = None
) -> tuple[ConditionAnswer, ...]:
    """Return how each condition of a claim stands to what is known of a patient.

    Parameters
    ----------
    texts
        Conditions as the statement words them.
    patient
        With the clinical columns of the sheet.
    tumor
        Its alterations and what was looked at, for conditions on other genes: silence answers them only where the gene
        was assayed. ``None`` where nobody looked.
    variant
        The variant that the claim is about, whose origin a condition may ask for.

    Returns
    -------
    tuple of ConditionAnswer
        In the order of the texts. A condition that the table does not know is for the reader.
    """
    known = Known(patient, tumor, variant)
    return tuple(_answer(text, known) for text in texts)


def _answer(text: str, known: Known) -> ConditionAnswer:
    condition = conditions().get(text)
    if condition is None:
        return ConditionAnswer(condition=text, status=ConditionStatus.FOR_READER)
    if condition.requirement is None:
        return ConditionAnswer(condition=text, status=ConditionStatus.FACT)
    answer = hold(condition.requirement, known)
    return ConditionAnswer(
        condition=text,
        status=answer.status,
        reason="; ".join(answer.reasons),
        decides_disease=condition.decides_disease,
    )


def condition_words(answers: Sequence[ConditionAnswer], tier: str, *, same_disease: bool) -> str:
    """Say how the conditions of a claim stand: what is met, what is not, and what the tier depends on.

    Parameters
    ----------
    answers
        From :func:`answer_conditions`.
    tier
        The tier that depends on them.
    same_disease
        Whether the claim is about the patient's tumor type; else its conditions are told as those of the other one.

    Returns
    -------
    str
        Parts joined by semicolons; empty without conditions.
    """
    of = {status: [item for item in answers if item.status is status] for status in ConditionStatus}
    not_met, met, facts = of[ConditionStatus.NOT_MET], of[ConditionStatus.MET], of[ConditionStatus.FACT]
    not_given, reader = of[ConditionStatus.NOT_GIVEN], of[ConditionStatus.FOR_READER]
    course = [item for item in not_met if not item.decides_disease]
    elsewhere = [item for item in not_met if item.decides_disease]
    parts = []
    if elsewhere:
        parts.append(f"not met: {_with_reasons(elsewhere)}")
    if course:
        parts.append(f"not met now: {_with_reasons(course)}")
    if not_given and same_disease and not elsewhere:
        told = ", ".join(dict.fromkeys(item.reason for item in not_given if _tells_more(item)))
        parts.append(f"{tier} only if {_joined(not_given)}; status not given" + (f" ({told})" if told else ""))
    elif not_given:
        parts.append(f"{'not given' if same_disease else 'conditions there'}: {_joined(not_given)}")
    if met:
        parts.append(f"met: {_with_reasons(met)}")
    if reader:
        parts.append(f"for the reader: {_with_reasons(reader)}")
    if facts:
        parts.append(f"as stated: {', '.join(item.condition for item in facts)}")
    return "; ".join(parts)


def _tells_more(item: ConditionAnswer) -> bool:
    return bool(item.reason) and not item.reason.endswith("not given")


def _joined(answers: Iterable[ConditionAnswer]) -> str:
    return ", and ".join(item.condition for item in answers)


def _with_reasons(answers: Iterable[ConditionAnswer]) -> str:
    return ", ".join(f"{item.condition} ({item.reason})" if item.reason else item.condition for item in answers)


def given_before(evidence: Evidence, patient: Patient) -> tuple[str, ...]:
    """Return the drugs of a claim for a therapy that the patient has had, by their normalized names."""
    given = patient.clinical.prior_therapies
    if not given or evidence.direction is not Direction.SENSITIVITY:
        return ()
    named = evidence.therapies or normalize_therapy(evidence.therapy).parts
    return tuple(name for name in named if name in given)
