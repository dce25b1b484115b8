"""An approval that ended gives no tier, and a finding that once met it says when it ended."""

from __future__ import annotations

import pytest

from genomodel.core.variants import VariantClass
from tests.interpretation.builders import INSERTION, MISSENSE, TRUNCATING, interpreted, variant
from tests.interpretation.test_fusions import BILE, fusion, one


@pytest.mark.parametrize(
    ("tumor", "gene", "change", "kind", "drug", "date"),
    [
        ("NSCLC", "EGFR", "D770_N771insSVD", INSERTION, "Mobocertinib", "2024-07-15"),
        ("THME", "RET", "M918T", MISSENSE, "Pralsetinib", "2023-06-30"),
        ("FL", "EZH2", "Y646F", MISSENSE, "Tazemetostat", "2026-03-09"),
        ("HGSOC", "BRCA1", "Q1756fs*74", TRUNCATING, "Olaparib", "2024-03-26"),
    ],
)
def test_a_variant_says_that_an_approval_for_it_ended(
    tumor: str, gene: str, change: str, kind: VariantClass, drug: str, date: str
) -> None:
    found = variant(gene, change, kind, exon="20" if gene == "EGFR" else "")
    (finding,) = interpreted(tumor, found).findings
    assert f"n approval of {drug} ended on {date} (" in finding.why
    assert all(not match.evidence.withdrawn for match in finding.evidence)


def test_another_tumor_type_or_another_class_says_nothing_of_it() -> None:
    elsewhere = interpreted("SKCM", variant("EZH2", "Y646F")).findings
    point = interpreted("NSCLC", variant("EGFR", "L858R")).findings
    assert elsewhere
    assert point
    assert not any("ended on" in finding.why for finding in (*elsewhere, *point))


def test_a_fusion_says_that_an_approval_for_it_ended() -> None:
    why = one(fusion("FGFR2", "BICC1"), tumor=BILE).why
    assert "an approval of Infigratinib ended on 2024-05-16" in why
    assert "ended on" not in one(fusion("BICC1", "FGFR2"), tumor=BILE).why
