"""Which facts of a variant meet which codes: populations, ClinVar, studies of function, predictors."""

from __future__ import annotations

import pytest

from genomodel.core.findings import Direction, EvidenceType
from genomodel.core.knowledge import Statement
from genomodel.core.oncogenicity import CodeState
from genomodel.core.variants import (
    ClinVarRecord,
    InSilicoVerdict,
    VariantClass,
)
from genomodel.interpretation.matching import parse_rule
from tests.interpretation.builders import MISSENSE, TRUNCATING, variant
from tests.interpretation.oncogenicity_builders import SILENT, B, D, U, codes_in, knowing, of, scored, state, study

pytestmark = pytest.mark.usefixtures("nothing_remembered")


@pytest.mark.parametrize(
    ("oncogenicity", "review", "established"),
    [
        ("Oncogenic", "criteria provided, single submitter", True),
        ("Oncogenic/Likely oncogenic", "criteria provided, multiple submitters, no conflicts", True),
        ("Likely oncogenic", "criteria provided, single submitter", False),
        ("Oncogenic; other", "reviewed by expert panel", True),
        ("Oncogenic", "no assertion criteria provided", False),
        ("Oncogenic", "No classification provided", False),
        ("Oncogenic", "", False),
        ("Uncertain significance", "criteria provided, single submitter", False),
        ("", "", False),
    ],
)
def test_clinvar_establishes_only_what_it_calls_oncogenic_by_criteria(
    oncogenicity: str, review: str, established: bool
) -> None:
    record = ClinVarRecord(variation_id="1", oncogenicity=oncogenicity, oncogenicity_review=review)
    result = of(variant("EGFR", "A1000V").model_copy(update={"clinvar": record}))
    assert (state(result, "OS1") is CodeState.MET) is established


def test_absent_data_never_awards_op4() -> None:
    plain = variant("EGFR", "A1000V")
    assert state(of(plain), "OP4") is CodeState.NOT_EVALUATED
    asked = plain.model_copy(update={"population_frequency": None, "population_covered": None})
    assert state(of(asked), "OP4") is CodeState.NOT_EVALUATED
    rare = plain.model_copy(update={"population_frequency": 1e-5})
    assert state(of(rare), "OP4") is CodeState.NOT_EVALUATED, "a frequency without coverage is of another source"
    assert state(of(rare.model_copy(update={"population_covered": True})), "OP4") is CodeState.MET
    seen = plain.model_copy(update={"population_frequency": 2e-5, "population_covered": True})
    assert state(of(seen), "OP4") is CodeState.NOT_MET


@pytest.mark.parametrize(
    ("groups", "highest", "met"),
    [
        ({"AFR": 0.051}, 0.051, "SBVS1"), ({"AFR": 0.05}, 0.05, "SBS1"), ({"SAS": 0.011}, 0.011, "SBS1"),
        ({"SAS": 0.01}, 0.01, ""), ({"EUR": 0.2}, 0.2, "SBVS1"),
        # Small and bottlenecked populations are none of the five.
        ({"FIN": 0.2, "ASJ": 0.3, "AMI": 0.5, "NFE": 0.001}, 0.5, ""), ({}, 0.3, ""),
    ],
)  # fmt: skip
def test_benign_frequencies_count_in_the_large_groups_alone(groups: dict[str, float], highest: float, met: str) -> None:
    item = variant("EGFR", "A1000V").model_copy(update={"population_groups": groups, "population_frequency": highest})
    result = of(item)
    assert [code.code for code in result.met if code.points < 0] == ([met] if met else [])
    if not groups:
        assert state(result, "SBS1") is CodeState.NOT_EVALUATED, "30 % of nobody knows whom"


@pytest.mark.parametrize(
    ("statement", "codes_met"),
    [
        (study("EGFR", "A1000V"), ["OS2"]),
        (study("EGFR", "A1000V", supports=False), ["SBS2"]),
        (study("EGFR", "A1000V", Direction.GAIN_OF_FUNCTION, evidence_type=EvidenceType.FUNCTIONAL), ["OS2"]),
        (study("EGFR", "A1000V", Direction.LOSS_OF_FUNCTION, evidence_type=EvidenceType.FUNCTIONAL), []),
        (study("EGFR", "A1000V", Direction.NEOMORPHIC, evidence_type=EvidenceType.FUNCTIONAL), ["OS2"]),
        # No new function does not mean no effect.
        (study("EGFR", "A1000V", Direction.NEOMORPHIC, evidence_type=EvidenceType.FUNCTIONAL, supports=False), []),
        (study("EGFR", "A1000V", Direction.GAIN_OF_FUNCTION, evidence_type=EvidenceType.FUNCTIONAL, supports=False),
         ["SBS2"]),
        # Reports of patients with a variant, and what is inferred, are no functional studies.
        (study("EGFR", "A1000V", level="C"), []),
        (study("EGFR", "A1000V", level="E"), []),
        (study("EGFR", "A1000V", Direction.SENSITIVITY, evidence_type=EvidenceType.PREDICTIVE), []),
        (study("EGFR", "A1000V", Direction.ONCOGENICITY, evidence_type=EvidenceType.PREDICTIVE), []),
        (study("EGFR", "A1000V", Direction.NOT_STATED), []),
        (study("EGFR", "A1000V", Direction.NOT_STATED, id="AID7", level=""), []),
        (study("EGFR", "A1000T"), []),
        (study("EGFR", "A1000V", id="AID7", level=""), ["OS1"]),
    ],
)  # fmt: skip
def test_functional_studies_count_by_what_they_show_of_this_variant(statement: Statement, codes_met: list[str]) -> None:
    assert codes_in(of(variant("EGFR", "A1000V"), knowing(statement)), CodeState.MET) == codes_met


def test_studies_of_the_gene_or_codon_are_no_studies_of_the_variant() -> None:
    whole = study("EGFR", "A1000V").model_copy(update={"profile": parse_rule("mutation", "EGFR")})
    codon = study("EGFR", "A1000V", id="b").model_copy(update={"profile": parse_rule("codon:A1000", "EGFR")})
    assert codes_in(of(variant("EGFR", "A1000V"), knowing(whole, codon)), CodeState.MET) == []


def test_every_study_of_a_variant_is_named_and_those_that_say_nothing_are_passed_over() -> None:
    silent = study(
        "EGFR", "A1000V", Direction.NEOMORPHIC, evidence_type=EvidenceType.FUNCTIONAL, supports=False, id="a"
    )
    general = study("EGFR", "A1000V", id="b").model_copy(update={"profile": parse_rule("mutation", "EGFR")})
    shown = knowing(silent, general, study("EGFR", "A1000V", id="c"), study("EGFR", "A1000V", id="d"))
    (code,) = of(variant("EGFR", "A1000V"), shown).met
    assert (code.reason, code.source) == ("studies show an oncogenic effect: civic c; civic d", "civic c; civic d")


@pytest.mark.parametrize("direction", [Direction.LOSS_OF_FUNCTION, Direction.DOMINANT_NEGATIVE])
def test_a_lost_function_is_oncogenic_in_a_suppressor_alone(direction: Direction) -> None:
    def of_gene(gene: str) -> list[str]:
        said = study(gene, "A20V", direction, evidence_type=EvidenceType.FUNCTIONAL)
        return codes_in(of(variant(gene, "A20V"), knowing(said)), CodeState.MET)

    assert (of_gene("TP53"), of_gene("KRAS"), of_gene("TTN")) == (["OS2"], [], [])


@pytest.mark.parametrize(
    ("change", "kind", "told"),
    [
        ("S249W", MISSENSE, CodeState.MET), ("S249*", TRUNCATING, CodeState.NOT_APPLICABLE),
        ("S249_P250delinsWA", MISSENSE, CodeState.NOT_APPLICABLE), ("S250W", MISSENSE, CodeState.NOT_MET),
        ("A249W", MISSENSE, CodeState.NOT_MET), ("S249C", MISSENSE, CodeState.NOT_MET),
    ],
)  # fmt: skip
def test_the_residue_of_an_established_change_counts_for_other_missense_changes(
    change: str, kind: VariantClass, told: CodeState
) -> None:
    assert state(of(variant("FGFR3", change, kind)), "OM4") is told


def test_studies_that_disagree_count_neither_way() -> None:
    both = knowing(study("EGFR", "A1000V"), study("EGFR", "A1000V", supports=False, id="against"))
    result = of(variant("EGFR", "A1000V"), both)
    assert (state(result, "OS2"), state(result, "SBS2"), result.points) == (CodeState.NOT_MET, CodeState.NOT_MET, 0)


@pytest.mark.parametrize(
    ("kind", "scores", "met"),
    [
        (MISSENSE, {"REVEL": D, "CADD": D}, ["OP1"]), (MISSENSE, {"REVEL": D, "CADD": B}, []),
        (MISSENSE, {"REVEL": D, "CADD": U}, ["OP1"]), (MISSENSE, {"REVEL": U}, []), (MISSENSE, {"REVEL": B}, ["SBP1"]),
        # That splicing stays as it is says nothing of a changed residue; that it changes does.
        (MISSENSE, {"REVEL": D, "SpliceAI": B}, ["OP1"]), (MISSENSE, {"SpliceAI": B}, []),
        (MISSENSE, {"REVEL": B, "SpliceAI": D}, []), (MISSENSE, {"SpliceAI": D}, ["OP1"]),
        (SILENT, {"SpliceAI": B, "phyloP": B}, ["SBP1", "SBP2"]), (SILENT, {"SpliceAI": B, "phyloP": U}, ["SBP1"]),
        (SILENT, {"SpliceAI": D, "phyloP": B}, ["OP1"]), (SILENT, {"REVEL": B}, []),
        (TRUNCATING, {"CADD": D}, []), (VariantClass.INFRAME_DELETION, {"CADD": B}, []),
    ],
)  # fmt: skip
def test_predictors_count_once_and_only_together(
    kind: VariantClass, scores: dict[str, InSilicoVerdict], met: list[str]
) -> None:
    change = {MISSENSE: "A10V", SILENT: "A10=", TRUNCATING: "A10*"}.get(kind, "A10_V11del")
    item = variant("TTN", change, kind).model_copy(
        update={"in_silico": tuple(scored(name, verdict) for name, verdict in scores.items())}
    )
    assert codes_in(of(item), CodeState.MET) == met


def test_a_frequent_allele_that_is_pathogenic_when_inherited_says_so() -> None:
    record = ClinVarRecord(variation_id="1", germline="Pathogenic")
    item = variant("MUTYH", "G396D").model_copy(update={"clinvar": record, "population_groups": {"NFE": 0.02}})
    (code,) = (code for code in of(item).codes if code.code == "SBS1")
    assert code.state is CodeState.MET
    assert "ClinVar calls it pathogenic when inherited" in code.reason
