"""What the sheet says of the patient beside the tumor type, and how the conditions of a claim stand to it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from genomodel.core.base import Noun


class ReceptorState(StrEnum):
    """Outcome of a test of one receptor or protein."""

    POSITIVE = "positive"
    LOW = "low"
    """Of HER2 alone: expressed, and neither amplified nor strongly expressed."""
    NEGATIVE = "negative"


class ClinicalFacts(Noun):
    """Clinical columns of the patients sheet; what is not given stays ``None``, which is never taken for no."""

    receptors: dict[str, ReceptorState] = Field(default_factory=dict)
    """By ``ER``, ``PR``, ``HR`` (either of the two), ``HER2``; a receptor that is not named is not known."""
    line: Annotated[int, Field(ge=1)] | None = None
    """Line of systemic treatment for advanced disease that is to be chosen now, 1 for the first."""
    stage: str | None = None
    """Extent of the disease now: ``early``, ``locally_advanced``, ``advanced`` (one of the next and the last),
    ``metastatic``, or a stage group such as ``IIIB``."""
    prior_therapies: tuple[str, ...] | None = None
    """Drugs and classes of drugs given before, by their normalized names; empty for none, ``None`` where not given."""
    age: Annotated[float, Field(ge=0, le=130)] | None = None
    """Age in years."""


NO_FACTS = ClinicalFacts()


class ConditionStatus(StrEnum):
    """How a condition of a claim stands to what is known of the patient."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_GIVEN = "not_given"
    """The sheet could say and does not."""
    FOR_READER = "for_reader"
    """No column of the sheet answers it: the reader has to."""
    FACT = "fact"
    """No condition of the patient: how the therapy is given, or what the source says of its claim."""


class ConditionAnswer(Noun):
    """One condition of a claim, held against what is known of the patient."""

    condition: str
    """As the statement words it."""
    status: ConditionStatus
    reason: str = ""
    """What was compared: ``HR positive, HER2 negative``; ``line of treatment not given``."""
    decides_disease: bool = False
    """Whether the condition says which disease the claim is about (receptors, histology, another gene's state), and
    not when in its course the drug is given: if it is not met, the claim is not about this tumor."""
