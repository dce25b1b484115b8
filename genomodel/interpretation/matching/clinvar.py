"""What ClinVar's record of an allele is taken for."""

from __future__ import annotations

import re

from genomodel.core.variants import ClinVarRecord

PATHOGENIC = frozenset({"pathogenic", "likely pathogenic"})
BENIGN = frozenset({"benign", "likely benign"})
REVIEWED = ("criteria provided", "reviewed by expert panel", "practice guideline")
"""How ClinVar's review statuses begin that rest on stated criteria."""
CONFLICT = "conflicting"
_PARTS = re.compile(r"[/|;]")


def held_pathogenic(record: ClinVarRecord | None) -> bool:
    """Whether ClinVar holds an allele to be pathogenic or likely so, by stated criteria and without conflict."""
    return _held(record, PATHOGENIC)


def held_benign(record: ClinVarRecord | None) -> bool:
    """Whether ClinVar holds an allele to be benign or likely so, by stated criteria and without conflict."""
    return _held(record, BENIGN)


def benign_words(record: ClinVarRecord | None) -> str:
    """Say that ClinVar holds an allele to be benign, and by whose review; empty where it does not."""
    if record is None or not held_benign(record):
        return ""
    return f"ClinVar holds it benign or likely benign ({_spaced(record.germline_review)})"


def _held(record: ClinVarRecord | None, classes: frozenset[str]) -> bool:
    review = _spaced(record.germline_review) if record is not None else ""
    if record is None or not review.startswith(REVIEWED) or CONFLICT in review:
        return False
    return any(word.strip(" ,") in classes for word in _PARTS.split(_spaced(record.germline)))


def _spaced(value: str) -> str:
    """Return words as annotation gives them, in lower case; ClinVar's VCF has ``_`` for each space."""
    return value.replace("_", " ").lower()
