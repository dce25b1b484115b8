"""Where a rule of oncogenicity ends: bounds, unknown predictors, what ClinVar leaves open, and who asks the class."""

from __future__ import annotations

import pytest

from genomodel.core.oncogenicity import CodeState, Oncogenicity, OncogenicityCode
from genomodel.core.patients import Patient
from genomodel.core.variants import AnnotatedVariant, ClinVarRecord, InSilicoScore, InSilicoVerdict, Origin
from genomodel.interpretation.gene_claims import acts
from genomodel.interpretation.oncogenicity import OncogenicitySources, classify
from genomodel.interpretation.tiers import grade
from genomodel.resources.protein_ends import protein_end
from tests.interpretation.builders import TRUNCATING, patient, variant
from tests.interpretation.tumors import statement

WHO: Patient = patient("LUAD")
BARE = OncogenicitySources(WHO)
DAMAGING = InSilicoVerdict.DAMAGING


def result_of(item: AnnotatedVariant) -> Oncogenicity:
    found = classify(item, BARE)
    assert found is not None
    return found


def code(item: AnnotatedVariant, name: str) -> OncogenicityCode:
    return next(one for one in result_of(item).codes if one.code == name)


@pytest.mark.parametrize(("change", "points", "words"), [("A711fs", 4, "(strong)"), ("A712fs", 2, "(moderate)")])
def test_more_than_a_tenth_of_the_protein_is_a_strong_loss_and_a_tenth_is_not(
    change: str, points: int, words: str
) -> None:
    end = protein_end("TNFAIP3")
    assert end is not None
    assert (end.residues, end.last_with_decay < 711) == (790, True)
    told = code(variant("TNFAIP3", change, TRUNCATING), "OVS1")
    assert told.points == points
    assert f"10% of the protein is lost {words}" in told.reason


@pytest.mark.parametrize(
    ("germline", "told"),
    [
        ("Pathogenic", True),
        ("Likely pathogenic", True),
        ("Conflicting classifications of pathogenicity", False),
        ("Benign", False),
        ("", False),
    ],
)
def test_only_an_allele_that_clinvar_calls_pathogenic_carries_the_doubt_of_founders(germline: str, told: bool) -> None:
    record = ClinVarRecord(variation_id="1", germline=germline)
    common = variant("EGFR", "A1000V").model_copy(update={"clinvar": record, "population_groups": {"NFE": 0.02}})
    assert ("cut-off of its gene may be higher" in code(common, "SBS1").reason) is told


def test_a_predictor_that_nobody_calibrated_says_nothing() -> None:
    score = InSilicoScore(predictor="of our own", score=0.9, verdict=DAMAGING)
    told = code(variant("EGFR", "A1000V").model_copy(update={"in_silico": (score,)}), "OP1")
    assert told.points == 0
    assert told.reason.startswith("no predictor reaches a cut-off of variants of this kind: of our own 0.9")


def test_a_change_acts_where_its_codes_say_so_though_it_recurs_nowhere() -> None:
    score = InSilicoScore(predictor="REVEL", score=0.95, verdict=DAMAGING)
    cell = variant("EGFR", "A1000V")
    record = ClinVarRecord(
        variation_id="1", oncogenicity="Oncogenic", oncogenicity_review="criteria provided, single submitter"
    )
    update = {"clinvar": record, "in_silico": (score,), "population_covered": True}
    assert not acts(cell, BARE)
    assert acts(cell.model_copy(update=update), BARE)
    assert not acts(cell.model_copy(update={**update, "clinvar": None}), BARE)


@pytest.mark.parametrize(("origin", "said"), [(Origin.UNCERTAIN, True), (Origin.SOMATIC, False)])
def test_the_reason_of_a_tier_ends_with_every_doubt_on_the_origin(origin: Origin, said: bool) -> None:
    rule = statement("claim", "allele:V600E", "BRAF", tumor_types=("MEL",), tumor_type_text="melanoma")
    found = variant("BRAF", "V600E", origin=origin).model_copy(update={"population_frequency": 0.0123})
    match = grade(
        rule.model_copy(update={"scope": "listed", "tier": "I-A"}), patient("MEL").tumor_type, "allele", found
    )
    assert match is not None
    doubt = "; the variant's origin is uncertain, germline risk moderate: it may be germline" if said else ""
    assert match.tier_reason == (
        f"made for a test: stated for melanoma, which covers this tumor (Melanoma){doubt}; "
        "the allele is known in the population at 0.012: it may be germline."
    )


@pytest.mark.parametrize(
    ("gene", "change", "name"),
    [
        ("HRAS", "G13R", "OS3"),
        ("CDK4", "R24L", "OM3"),
        ("ERBB3", "S846I", "OM3"),
        ("HRAS", "G13D", "OP3"),
    ],
    ids=["50 at the residue", "10 of the change", "10 in all", "6 of the change"],
)
def test_fifty_tumors_at_a_residue_and_ten_of_a_change_are_enough(gene: str, change: str, name: str) -> None:
    codes = {one.code: one.state for one in result_of(variant(gene, change)).codes}
    assert [one for one in ("OS3", "OM3", "OP3") if codes[one] is not CodeState.NOT_MET] == [name]


@pytest.mark.parametrize(
    ("change", "transcript", "shown"),
    [
        ("Y646F", "", True),
        ("Y641F", "NM_001203247", True),
        ("Y641F", "NM_001203247.2", True),
        ("Y641F", "NM_999999", False),
    ],
)
def test_a_study_counts_under_the_number_of_an_older_transcript_that_is_named(
    change: str, transcript: str, shown: bool
) -> None:
    told = code(variant("EZH2", change, transcript=transcript), "OS2")
    assert (told.state is CodeState.MET) is shown
