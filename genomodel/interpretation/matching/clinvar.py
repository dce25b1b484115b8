"""What ClinVar's record of an allele is taken for."""

from __future__ import annotations

from genomodel.core.variants import ClinVarRecord

PATHOGENIC = frozenset({"pathogenic", "likely_pathogenic"})
BENIGN = frozenset({"benign", "likely_benign"})
REVIEWED = ("criteria_provided", "reviewed_by_expert_panel", "practice_guideline")
"""How ClinVar's review statuses begin that rest on stated criteria."""
CONFLICT = "conflicting"


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
    return f"ClinVar holds it benign or likely benign ({record.germline_review.replace('_', ' ')})"


def _held(record: ClinVarRecord | None, classes: frozenset[str]) -> bool:
    if record is None or not record.germline_review.startswith(REVIEWED) or CONFLICT in record.germline_review:
        return False
    words = record.germline.lower().replace("/", "|").split("|")
    return any(word.strip(" ,") in classes for word in words)
