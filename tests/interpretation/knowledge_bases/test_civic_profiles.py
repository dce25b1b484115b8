from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.core.knowledge import Operator
from genomodel.interpretation.knowledge_bases.civic_profiles import (
    Expression,
    NameIndex,
    ProfileSyntaxError,
    parse_profile,
)

NAMES = NameIndex(
    (
        "BRAF V600E",
        "BRAF V600K",
        "BRAF Amplification",
        "KIT D816V",
        "VHL F76del (c.224_226delTCT)",
        "PIK3CA Exon 10 and Exon 21 Mutation",
        "PIK3CA Exon 10",
        "BCOR ITD ",
        "AAA X AND Y",
        "AAA X",
    )
)


def written(expression: Expression) -> str:
    """Write an expression in another way than CIViC: as calls."""
    if expression.operator is Operator.ONE:
        return expression.name
    return f"{expression.operator.value}({', '.join(written(part) for part in expression.parts)})"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("BRAF V600E", "BRAF V600E"),
        ("BRAF V600E AND BRAF Amplification", "all(BRAF V600E, BRAF Amplification)"),
        ("BRAF V600E OR BRAF V600K OR KIT D816V", "any(BRAF V600E, BRAF V600K, KIT D816V)"),
        ("NOT KIT D816V", "not(KIT D816V)"),
        ("NOT NOT KIT D816V", "not(not(KIT D816V))"),
        ("BRAF Amplification AND ( BRAF V600E OR BRAF V600K )", "all(BRAF Amplification, any(BRAF V600E, BRAF V600K))"),
        ("( BRAF V600E OR BRAF V600K ) AND NOT KIT D816V", "all(any(BRAF V600E, BRAF V600K), not(KIT D816V))"),
        ("NOT ( BRAF V600E AND KIT D816V )", "not(all(BRAF V600E, KIT D816V))"),
        ("((BRAF V600E OR BRAF V600K) AND KIT D816V)", "all(any(BRAF V600E, BRAF V600K), KIT D816V)"),
        ("VHL F76del (c.224_226delTCT) AND KIT D816V", "all(VHL F76del (c.224_226delTCT), KIT D816V)"),
        ("( VHL F76del (c.224_226delTCT) OR KIT D816V )", "any(VHL F76del (c.224_226delTCT), KIT D816V)"),
        ("PIK3CA Exon 10 and Exon 21 Mutation", "PIK3CA Exon 10 and Exon 21 Mutation"),
        ("BCOR ITD ", "BCOR ITD"),
        ("AAA X AND Y", "AAA X AND Y"),
        ("AAA X AND KIT D816V", "all(AAA X, KIT D816V)"),
        ("AAA X AND Y OR KIT D816V", "any(AAA X AND Y, KIT D816V)"),
    ],
)
def test_names_of_profiles_are_expressions(text: str, meant: str) -> None:
    assert written(parse_profile(text, NAMES)) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "BRAF V600E AND",
        "AND BRAF V600E",
        "OR",
        "NOT",
        "( BRAF V600E",
        "BRAF V600E )",
        "( ) AND BRAF V600E",
        "BRAF V600E AND OR BRAF V600K",
        "BRAF V600E AND BRAF V600K OR KIT D816V",
    ],
)
def test_what_is_no_expression_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(ProfileSyntaxError, match=r"at character \d+"):
        parse_profile(text, NAMES)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("v::ALK Fusion OR v::ROS1 Fusion", "any(v::ALK Fusion, v::ROS1 Fusion)"),
        ("MET Amplification AND NOT KRAS Mutation", "all(MET Amplification, not(KRAS Mutation))"),
        ("VHL P81S (c.241C>T) and L188V (c.562C>G)", "VHL P81S (c.241C>T) and L188V (c.562C>G)"),
        ("( VHL F76del (c.224_226delTCT) OR KIT D816V )", "any(VHL F76del (c.224_226delTCT), KIT D816V)"),
    ],
)
def test_without_a_list_of_names_they_go_on_to_the_next_operator(text: str, meant: str) -> None:
    assert written(parse_profile(text)) == meant


def test_a_name_that_the_release_does_not_list_is_said_to_be_unknown() -> None:
    leaves = parse_profile("KIT D816V AND CK High", NAMES).names()
    assert [(leaf.name, leaf.known) for leaf in leaves] == [("KIT D816V", True), ("CK High", False)]


expressions = st.recursive(
    st.sampled_from([Expression(Operator.ONE, name) for name in ("BRAF V600E", "KIT D816V", "VHL F76del (c.1del)")]),
    lambda inner: st.one_of(
        st.builds(lambda part: Expression(Operator.NOT, parts=(part,)), inner),
        st.builds(
            lambda operator, parts: Expression(operator, parts=tuple(parts)),
            st.sampled_from([Operator.ALL, Operator.ANY]),
            st.lists(inner, min_size=2, max_size=3),
        ),
    ),
    max_leaves=8,
)


def in_civics_words(expression: Expression) -> str:
    if expression.operator is Operator.ONE:
        return expression.name
    if expression.operator is Operator.NOT:
        return f"NOT {grouped(expression.parts[0])}"
    return {Operator.ALL: " AND ", Operator.ANY: " OR "}[expression.operator].join(map(grouped, expression.parts))


def grouped(expression: Expression) -> str:
    text = in_civics_words(expression)
    return text if expression.operator is Operator.ONE else f"( {text} )"


@given(expressions)
def test_what_is_written_is_read_back(expression: Expression) -> None:
    assert parse_profile(in_civics_words(expression)) == expression
    names = NameIndex(("BRAF V600E", "KIT D816V", "VHL F76del (c.1del)"))
    assert parse_profile(in_civics_words(expression), names) == expression
