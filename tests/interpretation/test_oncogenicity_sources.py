"""What no absent source can do: raise a score where it speaks for oncogenicity, lower it where it speaks against."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genomodel.core.findings import Direction, EvidenceType
from genomodel.core.oncogenicity import CodeState, Oncogenicity, OncogenicityClass
from genomodel.core.variants import AnnotatedVariant, ClinVarRecord, InSilicoVerdict, VariantClass
from genomodel.interpretation.matching import StatementIndex
from genomodel.interpretation.oncogenicity import CLASSIFIED, OncogenicitySources, SourceName
from genomodel.interpretation.oncogenicity.codes import codes
from genomodel.interpretation.oncogenicity.combine import class_of, counted
from tests.interpretation.builders import patient, variant
from tests.interpretation.oncogenicity_builders import NOBODY, codes_in, of, scored, study

CHANGES = {
    VariantClass.MISSENSE: (
        *("V600E", "R175H", "S249C", "S249W", "G12D", "V777L"),
        *("D835Y", "A1V", "P72R", "H1047R", "V617F", "P95H"),
    ),
    VariantClass.TRUNCATING: ("R342*", "Q354*", "E388*", "R130*", "E1309Dfs*4", "G646Wfs*12", "G12*"),
    VariantClass.SPLICE: ("X125_splice", "X203_splice", "X1010_splice", ""),
    VariantClass.INFRAME_DELETION: ("E746_A750del", "N486_P490del", "A1_A2del"),
    VariantClass.INFRAME_INSERTION: ("D770_N771insSVD", "Y772_A775dup"),
    VariantClass.START_LOST: ("M1?",),
    VariantClass.STOP_LOST: ("*394Qext*9",),
    VariantClass.SYNONYMOUS: ("A10=",),
}
GENES = (
    "BRAF",
    "TP53",
    "FGFR3",
    "KRAS",
    "ERBB2",
    "FLT3",
    "TTN",
    "PTEN",
    "APC",
    "ASXL1",
    "EGFR",
    "RB1",
    "MET",
    "PIK3CA",
    "JAK2",
    "SRSF2",
)
FOR, AGAINST = "for", "against"
VERDICTS = {FOR: InSilicoVerdict.DAMAGING, AGAINST: InSilicoVerdict.BENIGN}


@st.composite
def cases(draw: st.DrawFn) -> tuple[AnnotatedVariant, dict[str, object]]:
    """Draw a variant without facts, and facts by name: each may be taken away."""
    kind = draw(st.sampled_from(sorted(CLASSIFIED)))
    plain = variant(draw(st.sampled_from(GENES)), draw(st.sampled_from(CHANGES[kind])), kind)
    facts: dict[str, object] = {}
    for name, values in (
        ("rare", st.sampled_from((0.0, 5e-6))),
        ("common", st.sampled_from((0.02, 0.3))),
        ("clinvar", st.just("Oncogenic")),
        ("study for", st.just(True)),
        ("study against", st.just(True)),
        ("REVEL", st.sampled_from((FOR, AGAINST))),
        ("CADD", st.sampled_from((FOR, AGAINST))),
        ("SpliceAI", st.sampled_from((FOR, AGAINST))),
        ("phyloP", st.sampled_from((FOR, AGAINST))),
        ("retinoblastoma", st.just(True)),
    ):
        if draw(st.booleans()):
            facts[name] = draw(values)
    return plain, facts


def score(
    plain: AnnotatedVariant, facts: dict[str, object], without: frozenset[SourceName] = frozenset()
) -> Oncogenicity:
    update: dict[str, object] = {}
    if "rare" in facts:
        update |= {"population_covered": True, "population_frequency": facts["rare"]}
    if "common" in facts:
        update |= {"population_groups": {"AFR": facts["common"]}, "population_frequency": facts["common"]}
    if "clinvar" in facts:
        update["clinvar"] = ClinVarRecord(
            variation_id="1", oncogenicity="Oncogenic", oncogenicity_review="criteria provided, single submitter"
        )
    predictors = ("REVEL", "CADD", "SpliceAI", "phyloP")
    update["in_silico"] = tuple(scored(name, VERDICTS[str(facts[name])]) for name in predictors if name in facts)
    gene, change = (plain.consequence.gene, plain.consequence.protein_change) if plain.consequence else ("", "")
    studies = [
        study(gene, change, supports=name == "study for", id=name)
        for name in ("study for", "study against")
        if name in facts and plain.consequence and plain.consequence.variant_class is VariantClass.MISSENSE
    ]
    who = patient("RBL") if "retinoblastoma" in facts else NOBODY
    function = StatementIndex.of(studies) if studies else None
    return of(plain.model_copy(update=update), OncogenicitySources(who, function, without))


def speaks_for(name: str, facts: dict[str, object]) -> bool:
    return name in ("rare", "clinvar", "study for", "retinoblastoma") or facts[name] == FOR


@given(cases(), st.data())
@settings(max_examples=400)
def test_without_a_fact_for_it_a_score_never_rises_and_without_one_against_it_never_falls(
    case: tuple[AnnotatedVariant, dict[str, object]], data: st.DataObject
) -> None:
    plain, facts = case
    whole = score(plain, facts)
    if not facts:
        return
    gone = data.draw(st.sampled_from(sorted(facts)))
    left = score(plain, {name: value for name, value in facts.items() if name != gone})
    if speaks_for(gone, facts):
        assert left.points <= whole.points, gone
    else:
        assert left.points >= whole.points, gone


@given(cases(), st.sampled_from(sorted(SourceName)))
@settings(max_examples=400)
def test_without_a_source_its_codes_are_open_and_no_others_lose_points(
    case: tuple[AnnotatedVariant, dict[str, object]], gone: SourceName
) -> None:
    plain, facts = case
    whole, left = score(plain, facts), score(plain, facts, frozenset({gone}))
    if gone not in (SourceName.POPULATION, SourceName.FUNCTION, SourceName.IN_SILICO):
        # These can only speak for a variant.
        assert left.points <= whole.points
    of_source = {
        SourceName.POPULATION: ("OP4", "SBVS1", "SBS1"),
        SourceName.FUNCTION: ("OS2", "SBS2"),
        SourceName.IN_SILICO: ("OP1", "SBP1", "SBP2"),
        SourceName.HOTSPOTS: ("OS3", "OM3", "OP3"),
        SourceName.ESTABLISHED: ("OS1", "OM4"),
        SourceName.GENE_ROLES: ("OVS1", "OM2"),
        SourceName.ETIOLOGY: ("OP2",),
        SourceName.DOMAINS: ("OM1",),
    }
    for code in left.codes:
        if code.code in of_source[gone]:
            assert code.state in (CodeState.NOT_EVALUATED, CodeState.NOT_APPLICABLE)
            assert code.points == 0


@given(cases())
@settings(max_examples=200)
def test_points_class_and_codes_fit_together(case: tuple[AnnotatedVariant, dict[str, object]]) -> None:
    result = score(*case)
    assert result.points == sum(code.points for code in result.codes)
    assert result.classification is class_of(result.points)
    assert [code.code for code in result.codes] == [code.code for code in codes()]
    assert all(code.reason for code in result.codes)
    assert all((code.points != 0) == (code.state is CodeState.MET) for code in result.codes)
    assert all(code.state is not CodeState.NOT_EVALUATED or "source absent" in code.reason for code in result.codes)


@pytest.mark.parametrize("kind", sorted(CLASSIFIED))
def test_where_nothing_is_known_there_are_no_points(kind: VariantClass) -> None:
    result = score(variant("TTN", CHANGES[kind][-1], kind), {}, frozenset(SourceName))
    assert (result.points, result.classification) == (0, OncogenicityClass.UNCERTAIN)
    assert codes_in(result, CodeState.MET) == codes_in(result, CodeState.NOT_MET) == []


@given(st.sets(st.sampled_from([code.code for code in codes()]), max_size=12), st.data())
def test_one_code_less_of_a_side_never_helps_that_side(names: set[str], data: st.DataObject) -> None:
    table = [(code.code, code.points) for code in codes() if code.code in names]
    if not table:
        return
    gone = data.draw(st.sampled_from(table))

    def total(found: list[tuple[str, int]]) -> int:
        points = dict(found)
        return sum(points[name] for name in counted(tuple(found)))

    whole, left = total(table), total([item for item in table if item != gone])
    assert left <= whole if gone[1] > 0 else left >= whole


def test_function_and_direction_are_read_by_the_role_of_the_gene() -> None:
    lost = study("TP53", "A138V", Direction.LOSS_OF_FUNCTION, evidence_type=EvidenceType.FUNCTIONAL)
    here = of(variant("TP53", "A138V"), OncogenicitySources(NOBODY, StatementIndex.of([lost])))
    there = study("BRAF", "A138V", Direction.LOSS_OF_FUNCTION, evidence_type=EvidenceType.FUNCTIONAL)
    other = of(variant("BRAF", "A138V"), OncogenicitySources(NOBODY, StatementIndex.of([there])))
    assert (here.points, other.points) == (4, 0)
