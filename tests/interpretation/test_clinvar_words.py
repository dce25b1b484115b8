"""What ClinVar's words are taken for, in the spelling of its VCF and in the one that annotation gives them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from genomodel.annotation.sources.clinvar import plain
from genomodel.core.variants import ClinVarRecord
from genomodel.interpretation.matching.clinvar import held_benign, held_pathogenic

SINGLE = "criteria_provided,_single_submitter"
SEVERAL = "criteria_provided,_multiple_submitters,_no_conflicts"
PANEL, GUIDELINE = "reviewed_by_expert_panel", "practice_guideline"
CONFLICTING = "criteria_provided,_conflicting_classifications"


@pytest.mark.parametrize("spelled", [str, plain], ids=["as ClinVar's VCF", "as annotation"])
@pytest.mark.parametrize(
    ("germline", "review", "pathogenic", "benign"),
    [
        ("Pathogenic", SEVERAL, True, False),
        ("Likely_pathogenic", SINGLE, True, False),
        ("Pathogenic/Likely_pathogenic", SEVERAL, True, False),
        ("Likely_pathogenic|risk_factor", PANEL, True, False),
        ("Pathogenic/Likely_pathogenic|other", GUIDELINE, True, False),
        ("Benign", PANEL, False, True),
        ("Likely_benign", SINGLE, False, True),
        ("Benign/Likely_benign|other", SEVERAL, False, True),
        ("Uncertain_significance", SEVERAL, False, False),
        ("Conflicting_classifications_of_pathogenicity", CONFLICTING, False, False),
        ("Pathogenic", CONFLICTING, False, False),
        ("Pathogenic", "no_assertion_criteria_provided", False, False),
        ("Benign", "no_assertion_criteria_provided", False, False),
        ("", "", False, False),
    ],
)
def test_classes_by_stated_criteria_count_in_either_spelling(
    germline: str, review: str, *, pathogenic: bool, benign: bool, spelled: Callable[[str], str]
) -> None:
    record = ClinVarRecord(variation_id="1", germline=spelled(germline), germline_review=spelled(review))
    assert (held_pathogenic(record), held_benign(record)) == (pathogenic, benign)
