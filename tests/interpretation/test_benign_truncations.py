"""A truncation that ClinVar holds benign is no lost function, though no code of the standard says so."""

from __future__ import annotations

import pytest

from genomodel.core.findings import Finding
from genomodel.core.oncogenicity import CodeState, OncogenicityClass
from genomodel.core.variants import ClinVarRecord, Variant, VariantClass
from tests.interpretation.builders import MISSENSE, SPLICE, TRUNCATING, interpreted, variant
from tests.interpretation.oncogenicity_builders import of

PANEL = "reviewed_by_expert_panel"
NO_CRITERIA = "no_assertion_criteria_provided"
SAID = "ClinVar holds it benign or likely benign (reviewed by expert panel)"


def record(germline: str, review: str = PANEL) -> ClinVarRecord:
    return ClinVarRecord(variation_id="1", germline=germline, germline_review=review)


def of_rb1(clinvar: ClinVarRecord | None, kind: VariantClass = TRUNCATING) -> tuple[bool, Finding]:
    change = {TRUNCATING: "R320*", SPLICE: "X100_splice", MISSENSE: "K319Q"}[kind]
    made = interpreted("HGSOC", variant("RB1", change, kind).model_copy(update={"clinvar": clinvar}))
    (found,) = (item for item in (*made.findings, *made.other_variants) if item.gene == "RB1")
    return found in made.findings, found


@pytest.mark.parametrize("kind", [TRUNCATING, SPLICE])
@pytest.mark.parametrize("germline", ["Benign", "Likely_benign", "Benign/Likely_benign"])
def test_a_truncation_held_benign_is_listed_as_no_lost_function(germline: str, kind: VariantClass) -> None:
    is_finding, found = of_rb1(record(germline), kind)
    assert not is_finding
    assert f"{SAID}: it is not taken for a loss of function" in found.why
    assert "a gene that tumors lose" not in found.why


@pytest.mark.parametrize(
    "clinvar",
    [None, record("Benign", NO_CRITERIA), record("Uncertain_significance"), record("Pathogenic")],
    ids=["no record", "benign by no criteria", "uncertain", "pathogenic"],
)
def test_another_truncation_is_a_lost_function(clinvar: ClinVarRecord | None) -> None:
    is_finding, found = of_rb1(clinvar)
    assert is_finding
    assert "a gene that tumors lose" in found.why
    assert "holds it benign" not in found.why


def test_a_truncation_held_benign_gets_no_points_for_a_loss() -> None:
    plain, held = of_rb1(None)[1].oncogenicity, of_rb1(record("Benign"))[1].oncogenicity
    assert plain is not None
    assert held is not None
    assert plain.classification is OncogenicityClass.LIKELY_ONCOGENIC
    assert (held.classification, held.points) == (OncogenicityClass.UNCERTAIN, 0)
    (null,) = (code for code in held.codes if code.code == "OVS1")
    assert null.state is CodeState.NOT_MET
    assert null.reason.endswith(f"; but {SAID}: it is not taken for a loss")
    assert null.source == "ClinVar 1"


@pytest.mark.parametrize("germline", ["Benign", "Pathogenic", ""])
def test_brca2_k3326_is_no_null_variant_whatever_clinvar_says(germline: str) -> None:
    place = Variant(chrom="chr13", pos=32398489, ref="A", alt="T")
    item = variant("BRCA2", "K3326*", TRUNCATING, place=place)
    found = of(item.model_copy(update={"clinvar": record(germline) if germline else None}))
    assert found.points == 0
    (null,) = (code for code in found.codes if code.code == "OVS1")
    assert null.state is CodeState.NOT_MET
    assert "Rafnar et al. 2018" in null.source


def test_a_missense_variant_held_benign_needs_no_such_words() -> None:
    assert "holds it benign" not in of_rb1(record("Benign"), MISSENSE)[1].why
