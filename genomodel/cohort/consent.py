"""What a sheet or an option says of consent to inherited results, and of scores that another assay gave."""

from __future__ import annotations

from enum import StrEnum

from genomodel.core.biomarkers import ScarScore
from genomodel.core.errors import InputError

CONSENT = "germline_consent"
SCORE, ASSAY = "hrd_score", "hrd_assay"


class Consent(StrEnum):
    """Whether the patient wants to know of inherited variants."""

    YES = "yes"
    NO = "no"


class GermlinePolicy(StrEnum):
    """What is done with inherited variants where the sheet says nothing of consent."""

    FLAG = "flag"
    WITHHOLD = "withhold"


def consent_of(cell: str | None) -> bool | None:
    """Return consent as a sheet says it, ``None`` for a blank cell.

    Raises
    ------
    InputError
        The cell says neither yes nor no.
    """
    text = (cell or "").strip().lower()
    if not text:
        return None
    if text not in tuple(Consent):
        raise InputError(f"'{cell}' is neither yes nor no", column=CONSENT, fix="Write yes or no, or leave it empty")
    return text == Consent.YES


def scar_of(score: str | None, assay: str | None) -> ScarScore | None:
    """Return a score of genomic scars with its assay, ``None`` where neither is given.

    Raises
    ------
    InputError
        One of the two is missing, or the score is no number of at least 0.
    """
    text, name = (score or "").strip(), (assay or "").strip()
    if not text and not name:
        return None
    if not text or not name:
        missing, given = (SCORE, ASSAY) if not text else (ASSAY, SCORE)
        fix = "A cut-off is one assay's: give both, or neither"
        raise InputError(f"{given} is given without {missing}", column=missing, fix=fix)
    try:
        return ScarScore(score=float(text), assay=name)
    except ValueError as error:
        fix = "Write a number of at least 0, such as 47"
        raise InputError(f"'{score}' is no score", column=SCORE, fix=fix) from error
