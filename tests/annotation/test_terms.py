from __future__ import annotations

import pytest

from genomodel.annotation.terms import severity, variant_class
from genomodel.core.variants import VariantClass


@pytest.mark.parametrize(
    ("terms", "ref", "alt", "expected"),
    [
        (("missense_variant", "splice_region_variant"), "R", "H", VariantClass.MISSENSE),
        (("frameshift_variant", "feature_truncation"), "K", "X", VariantClass.TRUNCATING),
        (("splice_acceptor_variant", "intron_variant"), "", "", VariantClass.SPLICE),
        (("splice_region_variant", "synonymous_variant"), "T", "T", VariantClass.NONCODING),
        (("protein_altering_variant",), "KE", "K", VariantClass.INFRAME_DELETION),
        (("protein_altering_variant",), "K", "KE", VariantClass.INFRAME_INSERTION),
        (("protein_altering_variant",), "KE", "LV", VariantClass.MISSENSE),
        (("protein_altering_variant",), "KE", "L*", VariantClass.TRUNCATING),
        (("coding_sequence_variant",), "X", "K", VariantClass.NONCODING),
        (("start_lost",), "M", "T", VariantClass.START_LOST),
        (("a_term_of_tomorrow",), "", "", VariantClass.NONCODING),
        ((), "", "", VariantClass.NONCODING),
    ],
)
def test_class_of_the_most_severe_term(terms: tuple[str, ...], ref: str, alt: str, expected: VariantClass) -> None:
    assert variant_class(terms, ref, alt) is expected


def test_severity_orders_terms_and_puts_unknown_ones_last() -> None:
    order = [
        "stop_gained",
        "missense_variant",
        "synonymous_variant",
        "intron_variant",
        "intergenic_variant",
        "new_term",
    ]
    assert sorted(order, key=lambda term: severity([term])) == order
    assert severity(["intron_variant", "stop_gained"]) == severity(["stop_gained"])
