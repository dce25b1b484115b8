"""Copy number, fusions, lost exons and markers: direction, partner and side are respected; silence needs an assay."""

from __future__ import annotations

import pytest

from genomodel.core.biomarkers import BurdenCall, MutationalBurden
from genomodel.core.copy_number import CopyNumberCall, CopyNumberState
from genomodel.core.microsatellites import InstabilityClass
from genomodel.core.rearrangements import NO_GENE, Frame, Rearrangement
from genomodel.interpretation.knowledge_bases.civic_variants import profile_of
from genomodel.interpretation.knowledge_bases.named_variant import NamedVariant
from genomodel.interpretation.matching import Resolution, Truth, Tumor, match_statements, open_statements
from tests.interpretation.builders import INSERTION, TRUNCATING, variant
from tests.interpretation.tumors import PANEL, fusion, skipped, statement, truth, tumor

TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
AMPLIFIED, GAINED, NEUTRAL = CopyNumberState.AMPLIFICATION, CopyNumberState.GAIN, CopyNumberState.NEUTRAL
LOST, DELETED = CopyNumberState.LOSS, CopyNumberState.DEEP_DELETION


@pytest.mark.parametrize(
    ("rule", "matching"),
    [
        ("amplification", (AMPLIFIED,)),
        ("gain", (AMPLIFIED, GAINED)),
        ("deep_deletion", (DELETED,)),
        ("loss", (DELETED, LOST)),
    ],
)
def test_a_state_is_no_other_state(rule: str, matching: tuple[CopyNumberState, ...]) -> None:
    for state in CopyNumberState:
        expected = TRUE if state in matching else FALSE
        assert truth(rule, tumor(copies={"ERBB2": state}), "ERBB2") is expected
        assert truth(rule, tumor(copies={"ERBB2": NEUTRAL, "EGFR": state}), "ERBB2") is FALSE


@pytest.mark.parametrize(
    ("state", "note", "rule", "result"),
    [
        (GAINED, "amplification not excluded: the ploidy is not known", "amplification", UNKNOWN),
        (GAINED, "amplification not excluded: the ploidy is not known", "gain", TRUE),
        (GAINED, "amplification not excluded: the ploidy is not known", "!amplification", UNKNOWN),
        (LOST, "possible loss of all copies: wide bins", "deep_deletion", UNKNOWN),
        (LOST, "possible loss of all copies: wide bins", "amplification", FALSE),
        (LOST, "possible loss of all copies: wide bins", "loss_of_function", UNKNOWN),
    ],
)
def test_what_may_be_more_is_open(state: CopyNumberState, note: str, rule: str, result: Truth) -> None:
    call = CopyNumberCall(gene="ERBB2", state=state, note=note)
    assert truth(rule, tumor(copies={"ERBB2": call}, assayed_genes=PANEL), "ERBB2") is result


@pytest.mark.parametrize(
    ("state", "loh", "rule", "result"),
    [
        (NEUTRAL, True, "copy_neutral_loh", TRUE),
        (LOST, True, "copy_neutral_loh", FALSE),
        (LOST, True, "loh", TRUE),
        (NEUTRAL, False, "loh", FALSE),
        (NEUTRAL, None, "loh", UNKNOWN),
    ],
)
def test_loss_of_heterozygosity(state: CopyNumberState, loh: bool | None, rule: str, result: Truth) -> None:
    call = CopyNumberCall(gene="TP53", state=state, loh=loh)
    assert truth(rule, tumor(copies={"TP53": call}), "TP53") is result


def test_no_gene_without_an_answer_is_neutral() -> None:
    for rule in ("amplification", "deep_deletion", "gain", "loss", "loh"):
        assert truth(rule, tumor(), "ERBB2") is UNKNOWN
        assert truth(rule, tumor(copies={"EGFR": NEUTRAL}), "ERBB2") is UNKNOWN
        assert truth(f"!{rule}", tumor(copies={"EGFR": NEUTRAL}), "ERBB2") is UNKNOWN
    assert truth("!amplification", tumor(copies={"ERBB2": NEUTRAL}), "ERBB2") is TRUE


@pytest.mark.parametrize(
    ("gene", "rule", "call", "result"),
    [
        ("ALK", "fusion", fusion("EML4", "ALK"), TRUE),
        ("ALK", "fusion:EML4", fusion("EML4", "ALK"), TRUE),
        ("ALK", "fusion:EML4::ALK", fusion("EML4", "ALK"), TRUE),
        ("ALK", "fusion:?::ALK", fusion("EML4", "ALK"), TRUE),
        ("EML4", "fusion:EML4::ALK", fusion("EML4", "ALK"), TRUE),
        ("ALK", "fusion:KIF5B", fusion("EML4", "ALK"), FALSE),
        ("ALK", "fusion:KIF5B::ALK", fusion("EML4", "ALK"), FALSE),
        ("ALK", "fusion:ALK::EML4", fusion("EML4", "ALK"), FALSE),
        ("ALK", "fusion:ALK::?", fusion("EML4", "ALK"), FALSE),
        ("ALK", "fusion", fusion("ALK", "EML4"), FALSE),
        ("RET", "fusion", fusion("EML4", "ALK"), UNKNOWN),
        ("ABL1", "fusion:BCR", fusion("ETV6", "ABL1"), FALSE),
        ("ABL1", "fusion:BCR", fusion("BCR", "ABL1"), TRUE),
        ("FGFR2", "fusion", fusion("FGFR2", "BICC1"), TRUE),
        ("FGFR2", "fusion", fusion("BICC1", "FGFR2"), FALSE),
        ("KMT2A", "fusion:MLL::AF9", fusion("KMT2A", "MLLT3"), TRUE),
        ("ALK", "fusion:EML4::ALK:13-20", fusion("EML4", "ALK", (13, 20)), TRUE),
        ("ALK", "fusion:EML4::ALK:6-20", fusion("EML4", "ALK", (13, 20)), FALSE),
        ("ALK", "fusion:EML4::ALK:13-20", fusion("EML4", "ALK", (None, 20)), UNKNOWN),
        ("ALK", "fusion", fusion("EML4", "ALK", frame=Frame.OUT_OF_FRAME), UNKNOWN),
        ("ALK", "fusion", fusion("EML4", "ALK", domain="lost"), UNKNOWN),
        ("ALK", "fusion", fusion(NO_GENE, "ALK"), UNKNOWN),
        ("ALK", "amplification", fusion("EML4", "ALK"), UNKNOWN),
        ("ALK", "mutation", fusion("EML4", "ALK"), FALSE),
        ("ALK", "wild_type", fusion("EML4", "ALK"), FALSE),
    ],
)
def test_partner_and_side_of_a_fusion(gene: str, rule: str, call: Rearrangement, result: Truth) -> None:
    of = tumor(joined=(call,), looked=("ALK", "ABL1", "FGFR2"), assayed_genes=PANEL)
    assert truth(rule, of, gene) is result


def test_an_unnamed_partner_and_an_open_frame_are_said() -> None:
    call = fusion("EML4", "ALK", frame=Frame.UNKNOWN, confirmed=False, unconfirmed_reason="no normal")
    of = tumor(joined=(call,))
    rules = (statement("any", "fusion", "ALK"), statement("both", "fusion:EML4::ALK", "ALK"))
    first, second = match_statements(rules, of)
    assert first.resolution is Resolution.FUSION
    assert first.left_out[0] == "the source names no partner, the tumor's is EML4"
    assert "not confirmed (no normal)" in second.left_out
    assert any("frame" in text for text in second.left_out)
    assert not any("partner" in text for text in second.left_out)


@pytest.mark.parametrize(
    ("rule", "gene", "exons", "result"),
    [
        ("exon:14:skipping", "MET", (14, 14), TRUE),
        ("exon:2-7:skipping", "EGFR", (2, 7), TRUE),
        ("exon:2-7:skipping", "EGFR", (2, 4), FALSE),
        ("exon:2:skipping", "EGFR", (2, 7), FALSE),
        ("exon:19:deletion", "EGFR", (19, 19), FALSE),
        ("exon:14:skipping", "EGFR", (14, 14), FALSE),
    ],
)
def test_lost_exons_are_the_ones_asked_for(rule: str, gene: str, exons: tuple[int, int], result: Truth) -> None:
    asked = "MET" if rule == "exon:14:skipping" else "EGFR"
    assert truth(rule, tumor(joined=(skipped(gene, *exons),), assayed_genes=PANEL), asked) is result


@pytest.mark.parametrize(
    ("status", "high", "stable"),
    [
        (InstabilityClass.HIGH, TRUE, FALSE),
        (InstabilityClass.STABLE, FALSE, TRUE),
        (InstabilityClass.INDETERMINATE, UNKNOWN, UNKNOWN),
        (None, UNKNOWN, UNKNOWN),
    ],
)
def test_instability_is_what_the_assay_says(status: InstabilityClass | None, high: Truth, stable: Truth) -> None:
    assert truth("msi_high", tumor(msi=status)) is high
    assert truth("msi_stable", tumor(msi=status)) is stable


@pytest.mark.parametrize(
    ("call", "result"),
    [
        (None, UNKNOWN),
        (BurdenCall.NOT_ASSESSABLE, UNKNOWN),
        (BurdenCall.INDETERMINATE, UNKNOWN),
        (BurdenCall.LOW, FALSE),
        (BurdenCall.HIGH, TRUE),
    ],
)
def test_a_burden_is_high_where_its_interval_says_so(call: BurdenCall | None, result: Truth) -> None:
    burden = None if call is None else MutationalBurden(call=call, value=12.0)
    assert truth("tmb_high", Tumor(burden=burden)) is result


def test_amplification_and_mutation_of_one_gene_are_two_things() -> None:
    rules = (statement("amplified", "amplification", "ERBB2"), statement("mutated", "mutation", "ERBB2"))
    of = tumor(variant("ERBB2", "V777L"), copies={"ERBB2": NEUTRAL}, assayed_genes=PANEL)
    assert [match.statement.evidence.id for match in match_statements(rules, of)] == ["mutated"]
    of = tumor(copies={"ERBB2": AMPLIFIED}, assayed_genes=PANEL)
    assert [match.statement.evidence.id for match in match_statements(rules, of)] == ["amplified"]


def test_what_no_data_tell_matches_nothing_and_joined_with_something_is_open() -> None:
    methylated = statement("methylated", "text:promoter methylation", "MGMT")
    joined = statement("joined", "text:low expression & EGFR/amplification", "PTEN")
    of = tumor(copies={"EGFR": AMPLIFIED, "PTEN": DELETED})
    assert match_statements([methylated, joined], of) == ()
    (left,) = open_statements([methylated, joined], of)
    assert left.statement.evidence.id == "joined"
    assert "low expression" in left.would_match_if[0]
    assert truth("!text:anything", of) is UNKNOWN


def test_biallelic_loss_needs_both() -> None:
    rule = "loss_of_function & loh"
    call = CopyNumberCall(gene="TP53", state=LOST, loh=True)
    both = tumor(variant("TP53", "R213*", TRUNCATING), copies={"TP53": call}, assayed_genes=PANEL)
    (match,) = match_statements([statement("both", rule, "TP53")], both)
    assert len(match.parts) == 2
    assert len(match.alterations) == 2
    assert match.resolution is Resolution.COPY_NUMBER
    assert truth(rule, tumor(copies={"TP53": call}, assayed_genes=PANEL), "TP53") is FALSE
    assert truth(rule, tumor(variant("TP53", "R213*", TRUNCATING)), "TP53") is UNKNOWN


def test_two_alleles_of_one_gene_leave_the_loss_of_both_copies_open() -> None:
    """CEBPA is inactivated by two mutations more often than by one and a lost copy."""
    both = profile_of(NamedVariant("CEBPA", "Biallelic Inactivation"))
    first, second = variant("CEBPA", "P23fs", TRUNCATING), variant("CEBPA", "K313dup", INSERTION)
    copies = {"CEBPA": CopyNumberCall(gene="CEBPA", state=NEUTRAL, loh=False)}
    of = tumor(first, second, copies=copies, assayed_genes=("CEBPA",))
    assert truth(both, of) is UNKNOWN
    (left,) = open_statements([statement("both", both)], of)
    assert "on which copy" in " ".join(left.would_match_if)
    assert truth(both, tumor(copies=copies, assayed_genes=("CEBPA",))) is FALSE
    gone = {"CEBPA": DELETED}
    assert truth(both, tumor(copies=gone, assayed_genes=("CEBPA",))) is TRUE
