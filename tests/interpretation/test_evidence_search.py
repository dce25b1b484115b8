"""Evidence of findings, and of alleles that are set aside, comes from the one matcher of whole tumors."""

from __future__ import annotations

import pytest

from genomodel.core.copy_number import CopyNumberState
from genomodel.core.knowledge import Criterion
from genomodel.core.variants import AnnotatedVariant, Label, NamedEffect, Origin, Variant, VariantClass
from genomodel.interpretation.interpret import interpret
from genomodel.interpretation.knowledge import index_rules
from tests.interpretation.builders import TRUNCATING, calls_of, consequence, interpreted, patient, profile_of, variant
from tests.interpretation.tumors import GRCH37, GRCH38, PANEL, place, statement

EFFECT = NamedEffect(id="TERT_PROMOTER_C228T", gene="TERT", name="TERT promoter C228T", basis="place", source="made")
PROMOTER = Variant(chrom="5", pos=1295113, ref="G", alt="A")


def promoter(*, hit: bool, **more: object) -> AnnotatedVariant:
    bare = variant("TERT", "", VariantClass.NONCODING, place=PROMOTER)
    told = bare.consequence if hit else None
    return bare.model_copy(update={"consequence": told, "named_effects": (EFFECT,), **more})


@pytest.mark.parametrize("hit", [True, False])
def test_a_promoter_mutation_is_a_finding_though_it_changes_no_protein(hit: bool) -> None:
    result = interpreted("MEL", promoter(hit=hit), genome=GRCH38)
    (finding,) = result.findings
    assert (finding.gene, finding.label, finding.tier) == ("TERT", "TERT promoter C228T", "III")
    assert "made" in finding.why
    assert (result.dispositions[0].kind.value, result.dispositions[0].gene) == ("finding", "TERT")
    beside = promoter(hit=hit, named_effects=(), variant=PROMOTER.model_copy(update={"pos": 1295115}))
    assert interpreted("MEL", beside, genome=GRCH38).findings == ()
    common = promoter(hit=hit, population_frequency=0.1)
    assert interpreted("MEL", common, genome=GRCH38).findings == ()


def test_evidence_on_a_promoter_mutation_is_matched_confirmed_or_set_aside() -> None:
    rules = index_rules((statement("tert", "effect:TERT_PROMOTER_C228T", "TERT"),))

    def found(allele: AnnotatedVariant) -> tuple[list[str], list[str], list[str]]:
        result = interpret(calls_of(patient("MEL", genome=GRCH38), allele), None, rules=rules)
        groups = (result.findings, result.set_aside, result.to_confirm)
        first, second, third = ([match.evidence.id for item in group for match in item.evidence] for group in groups)
        return first, second, third

    for hit in (True, False):
        assert found(promoter(hit=hit)) == (["tert"], [], [])
        assert found(promoter(hit=hit, origin=Origin.NOT_CALLED)) == ([], ["tert"], [])
        confirm = {"origin": Origin.NOT_CALLED, "labels": (Label.CONFIRM.value,)}
        assert found(promoter(hit=hit, **confirm)) == ([], [], ["tert"])


def test_an_allele_set_aside_is_judged_with_the_rest_of_the_tumor() -> None:
    both = statement("both", "BRAF/allele:V600E & TP53/truncating", "BRAF")
    without = statement("without", "BRAF/allele:V600E & !TP53/mutation", "BRAF", therapy="another drug")
    rules = index_rules((both, without))

    def aside(*others: AnnotatedVariant) -> list[str]:
        filtered = variant("BRAF", "V600E", origin=Origin.NOT_CALLED)
        calls = calls_of(patient("MEL", assayed_genes=PANEL), filtered, *others)
        result = interpret(calls, None, rules=rules)
        assert all(not finding.evidence for finding in result.findings)
        return [match.evidence.id for finding in result.set_aside for match in finding.evidence]

    assert aside() == ["without"]
    assert aside(variant("TP53", "R213*", TRUNCATING)) == ["both"]
    assert aside(variant("TP53", "R175H")) == []


def test_evidence_that_needs_an_amplification_too_is_shown_at_both() -> None:
    rules = index_rules((statement("both", "EGFR/mutation & EGFR/amplification", "EGFR"),))
    calls = calls_of(patient("LUAD"), variant("EGFR", "L858R"))
    alone = interpret(calls, None, rules=rules)
    assert all(not finding.evidence for finding in alone.findings)
    result = interpret(calls, profile_of("EGFR", CopyNumberState.AMPLIFICATION), rules=rules)
    shown = {finding.label: finding.evidence[0].matched_on for finding in result.findings}
    assert shown == {
        "EGFR p.L858R": "gene class, with amplification",
        "EGFR amplification": "amplification, with gene class",
    }


def test_what_was_not_compared_travels_with_the_match() -> None:
    criterion = Criterion(gene="BRAF", kind="allele", value="V600E", places=(place(GRCH37, "7", 140453136, "A", "T"),))
    rules = index_rules((statement("V600E", criterion, "BRAF", conditions=("adult",)),))
    found = variant("BRAF", "V600E", place=Variant(chrom="7", pos=140453136, ref="A", alt="T"))
    here = interpret(calls_of(patient("MEL", genome=GRCH37), found), None, rules=rules).findings[0].evidence[0]
    there = interpret(calls_of(patient("MEL", genome=GRCH38), found), None, rules=rules).findings[0].evidence[0]
    assert (here.resolution, here.matched_on, here.ignored) == ("genomic", "genomic allele", ())
    assert (there.resolution, there.matched_on) == ("protein", "allele")
    assert there.ignored == ("coordinates of GRCh37 not compared, the patient's are of GRCh38",)


def test_evidence_on_another_gene_that_the_variant_hits_is_shown_with_it() -> None:
    rules = index_rules(
        (statement("p14", "truncating", "CDKN2A"), statement("over", "missense", "CDKN2B", therapy="b"))
    )
    over = consequence("CDKN2B", "A10T")
    found = variant("CDKN2A", "R58*", TRUNCATING, others=(over,))
    (finding,) = interpret(calls_of(patient("MEL"), found), None, rules=rules).findings
    assert finding.gene == "CDKN2A"
    shown = {match.evidence.id: match.matched_on for match in finding.evidence}
    assert shown == {"p14": "gene class", "over": "gene class of CDKN2B"}


@pytest.mark.parametrize("change", ["G12=", "G12G"])
def test_a_silent_change_of_a_hotspot_residue_is_no_finding(change: str) -> None:
    silent = variant("KRAS", change, VariantClass.SYNONYMOUS, terms=("synonymous_variant",))
    result = interpreted("COAD", silent)
    assert result.findings == ()
    assert result.dispositions[0].kind.value == "synonymous"
    uncalled = silent.model_copy(update={"origin": Origin.NOT_CALLED})
    assert interpreted("COAD", uncalled).set_aside == ()


@pytest.mark.parametrize(
    ("given", "shown"),
    [("PLX4032 (adjuvant)", True), ("Chemotherapy + Vemurafenib", True), ("Chemotherapy + Dabrafenib", False)],
)
def test_resistance_elsewhere_is_shown_where_the_same_drug_is_given_by_whatever_name(given: str, shown: bool) -> None:
    listed = {"scope": "listed"}
    here = statement("here", "allele:V600E", "BRAF", tumor_types=("MEL",), therapy=given)
    facts = {"tumor_types": ("COADREAD",), "therapy": "Chemotherapy + Vemurafenib", "direction": "resistance"}
    elsewhere = statement("elsewhere", "allele:V600E", "BRAF", **facts)
    rules = index_rules((here.model_copy(update=listed), elsewhere.model_copy(update=listed)))
    (finding,) = interpret(calls_of(patient("MEL"), variant("BRAF", "V600E")), None, rules=rules).findings
    assert [match.evidence.id for match in finding.evidence] == (["here", "elsewhere"] if shown else ["here"])
