"""Claims on genes, exons, residues and named effects match by class, and never what is silent or of another class."""

from __future__ import annotations

import pytest

from genomodel.core.copy_number import CopyNumberState
from genomodel.core.knowledge import Criterion
from genomodel.core.patients import GenomeBuild
from genomodel.core.variants import (
    AnnotatedVariant,
    ClinVarRecord,
    NamedEffect,
    Origin,
    Variant,
    VariantClass,
)
from genomodel.interpretation.matching import Resolution, Truth, evaluate, match_statements
from tests.interpretation.builders import DELETION, INSERTION, MISSENSE, SPLICE, TRUNCATING, consequence, variant
from tests.interpretation.tumors import GRCH37, GRCH38, PANEL, place, profile, statement, truth, tumor

TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
SILENT = VariantClass.SYNONYMOUS
OUTSIDE = VariantClass.NONCODING


def tp53(change: str, kind: VariantClass = MISSENSE, **more: object) -> AnnotatedVariant:
    return variant("TP53", change, kind, **more)  # type: ignore[arg-type]


SHIFTED = tp53("P27Lfs*17", TRUNCATING, terms=("frameshift_variant",))
STOPPED = tp53("R213*", TRUNCATING, terms=("stop_gained",))
SPLICED = tp53("", SPLICE, hgvs_c="c.375+1G>A")
START = tp53("M1?", VariantClass.START_LOST)
LOST = tp53("K132_M133del", DELETION)
WON = tp53("K132_M133insN", INSERTION)
LONGER = tp53("*394Wext*9", VariantClass.STOP_LOST)
EXCHANGED = tp53("R175H")
SAME = tp53("R175=", SILENT)
BESIDE = tp53("", OUTSIDE)
OPEN = {"loss_of_function": (LOST, WON, EXCHANGED)}
"""Recurrent changes that may or may not be of a class."""


@pytest.mark.parametrize(
    ("rule", "matching"),
    [
        ("mutation", (SHIFTED, STOPPED, SPLICED, START, LOST, WON, LONGER, EXCHANGED)),
        ("missense", (EXCHANGED,)),
        ("nonsense", (STOPPED,)),
        ("frameshift", (SHIFTED,)),
        ("splice", (SPLICED,)),
        ("start_lost", (START,)),
        ("truncating", (SHIFTED, STOPPED, SPLICED, START)),
        ("loss_of_function", (SHIFTED, STOPPED, SPLICED, START)),
        ("inframe_deletion", (LOST,)),
        ("inframe_insertion", (WON,)),
    ],
)
def test_a_class_takes_its_own_variants_and_no_others(rule: str, matching: tuple[AnnotatedVariant, ...]) -> None:
    for found in (SHIFTED, STOPPED, SPLICED, START, LOST, WON, LONGER, EXCHANGED, SAME, BESIDE):
        of = tumor(found, assayed_genes=PANEL, copies={"TP53": CopyNumberState.NEUTRAL})
        expected = TRUE if found in matching else UNKNOWN if found in OPEN.get(rule, ()) else FALSE
        assert truth(rule, of, "TP53") is expected, found.consequence


@pytest.mark.parametrize(
    "rule", ["mutation", "missense", "exon:11:any", "effect:KIT_EXON_11", "protein_region:550-592"]
)
def test_an_allele_common_in_the_population_matches_no_class(rule: str) -> None:
    rare = variant("KIT", "V560D")
    common = rare.model_copy(update={"population_frequency": 0.2})
    assert truth(rule, tumor(rare, assayed_genes=PANEL), "KIT") is TRUE
    assert truth(rule, tumor(common, assayed_genes=PANEL), "KIT") is FALSE
    assert truth("allele:V560D", tumor(common, assayed_genes=PANEL), "KIT") is TRUE


def test_loss_of_function_is_also_a_loss_of_all_copies_and_what_clinvar_holds_pathogenic() -> None:
    def brca2(germline: str, review: str = "criteria_provided,_multiple_submitters,_no_conflicts") -> AnnotatedVariant:
        record = ClinVarRecord(variation_id="1", germline=germline, germline_review=review)
        return variant("BRCA2", "D2723H").model_copy(update={"clinvar": record})

    def lost(found: AnnotatedVariant, gene: str = "BRCA2") -> Truth:
        copies = {gene: CopyNumberState.NEUTRAL}
        return truth("loss_of_function", tumor(found, assayed_genes=("BRCA2", "KRAS"), copies=copies), gene)

    assert lost(brca2("Pathogenic")) is TRUE
    assert lost(brca2("Pathogenic/Likely_pathogenic")) is TRUE
    assert lost(brca2("Likely_pathogenic", "criteria_provided,_single_submitter")) is TRUE
    assert lost(brca2("Pathogenic", "reviewed_by_expert_panel")) is TRUE
    assert lost(brca2("Pathogenic", "practice_guideline")) is TRUE
    assert lost(brca2("Uncertain_significance")) is FALSE
    assert lost(brca2("Benign")) is FALSE
    assert lost(brca2("Conflicting_classifications_of_pathogenicity")) is FALSE
    assert lost(brca2("Pathogenic", "criteria_provided,_conflicting_classifications")) is FALSE
    assert lost(brca2("Pathogenic", "no_assertion_criteria_provided")) is FALSE
    kras = brca2("Pathogenic").model_copy(update={"consequence": consequence("KRAS", "G12C")})
    assert lost(kras, "KRAS") is FALSE, "what activates KRAS is no loss of it"
    deleted = tumor(copies={"BRCA2": CopyNumberState.DEEP_DELETION})
    (match,) = match_statements([statement("loss", "loss_of_function", "BRCA2")], deleted)
    assert match.resolution is Resolution.COPY_NUMBER
    assert truth("truncating", deleted, "BRCA2") is UNKNOWN, "small variants were not looked for"


@pytest.mark.parametrize(("change", "kind"), [("E1593*", TRUNCATING), ("", SPLICE)])
@pytest.mark.parametrize(
    ("germline", "review", "result"),
    [
        ("Benign", "reviewed_by_expert_panel", FALSE),
        ("Benign/Likely_benign", "criteria_provided,_multiple_submitters,_no_conflicts", FALSE),
        ("Benign", "no_assertion_criteria_provided", TRUE),
        ("Benign", "criteria_provided,_conflicting_classifications", TRUE),
        ("Uncertain_significance", "reviewed_by_expert_panel", TRUE),
    ],
)
def test_a_truncation_that_clinvar_holds_benign_is_no_loss_of_function(
    change: str, kind: VariantClass, germline: str, review: str, result: Truth
) -> None:
    record = ClinVarRecord(variation_id="1", germline=germline, germline_review=review)
    found = variant("BRCA2", change, kind, hgvs_c="c.68-2A>G").model_copy(update={"clinvar": record})
    told = tumor(found, assayed_genes=("BRCA2",), copies={"BRCA2": CopyNumberState.NEUTRAL})
    assert truth("loss_of_function", told, "BRCA2") is result


@pytest.mark.parametrize(
    ("gene", "change", "result"),
    [
        ("TP53", "R175H", UNKNOWN),
        ("PTEN", "R130Q", UNKNOWN),
        ("TP53", "A10T", FALSE),
        ("TP53", "R175R", FALSE),
        ("KRAS", "G12D", FALSE),
    ],
)
def test_a_recurrent_change_of_a_gene_that_tumors_lose_leaves_its_loss_open(
    gene: str, change: str, result: Truth
) -> None:
    kind = VariantClass.SYNONYMOUS if change[0] == change[-1] else MISSENSE
    of = tumor(variant(gene, change, kind), assayed_genes=(gene,), copies={gene: CopyNumberState.NEUTRAL})
    assert truth("loss_of_function", of, gene) is result


@pytest.mark.parametrize(
    ("rule", "change", "result"),
    [
        ("loss_of_function", "K3326*", FALSE),
        ("loss_of_function:except K3326*", "K3326*", FALSE),
        ("loss_of_function", "K3325*", TRUE),
        ("loss_of_function:except K3325*", "K3325*", FALSE),
        ("loss_of_function:except K3326*", "K3325*", TRUE),
        ("loss_of_function:except K3326*", "S1982fs", TRUE),
    ],
)
def test_a_truncation_that_leaves_the_function_is_excepted_by_name(rule: str, change: str, result: Truth) -> None:
    copies = {"BRCA2": CopyNumberState.NEUTRAL}
    of = tumor(variant("BRCA2", change, TRUNCATING), copies=copies, assayed_genes=("BRCA2",))
    assert truth(rule, of, "BRCA2") is result


@pytest.mark.parametrize(
    ("gene", "rule", "change", "kind", "result"),
    [
        ("EGFR", "exon:19:deletion", "E746_A750del", DELETION, TRUE),
        ("EGFR", "exon:19:deletion", "L747_P753delinsS", DELETION, TRUE),
        ("EGFR", "exon:19:deletion", "L747S", MISSENSE, FALSE),
        ("EGFR", "exon:19:deletion", "K745_E746insIPVAIK", INSERTION, FALSE),
        ("EGFR", "exon:19:deletion", "E746Kfs*9", TRUNCATING, FALSE),
        ("EGFR", "exon:19:deletion", "D770_N771del", DELETION, FALSE),
        ("EGFR", "exon:20:insertion", "D770_N771insG", INSERTION, TRUE),
        ("EGFR", "exon:20:insertion", "T790M", MISSENSE, FALSE),
        ("EGFR", "exon:20:insertion", "K745_E746insIPVAIK", INSERTION, FALSE),
        ("EGFR", "exon:20:mutation", "T790M", MISSENSE, TRUE),
        ("EGFR", "exon:20:missense", "T790M", MISSENSE, TRUE),
        ("EGFR", "exon:20:missense", "D770_N771insG", INSERTION, FALSE),
        ("EGFR", "exon:20:mutation", "L858R", MISSENSE, FALSE),
        ("EGFR", "exon:20:mutation", "T790=", SILENT, FALSE),
        ("KIT", "exon:11:any", "W557_K558del", DELETION, TRUE),
        ("KIT", "exon:11:any", "D816V", MISSENSE, FALSE),
        ("FLT3", "exon:14-15:insertion", "N587_D600dup", INSERTION, TRUE),
        ("FLT3", "exon:14-15:insertion", "D835Y", MISSENSE, FALSE),
        ("FLT3", "effect:FLT3_ITD", "N587_D600dup", INSERTION, TRUE),
        ("FLT3", "effect:FLT3_ITD", "D835Y", MISSENSE, FALSE),
        ("FLT3", "effect:FLT3_ITD", "I836del", DELETION, FALSE),
        ("FLT3", "effect:FLT3_TKD", "N587_D600dup", INSERTION, FALSE),
        ("FLT3", "effect:FLT3_TKD", "D835Y", MISSENSE, TRUE),
        ("FLT3", "effect:FLT3_ITD,FLT3_TKD", "D835Y", MISSENSE, TRUE),
        ("MET", "effect:MET_EXON_14_SKIPPING", "Y1003F", MISSENSE, FALSE),
        ("MET", "exon:14:skipping", "Y1003F", MISSENSE, FALSE),
        ("ERBB2", "effect:ERBB2_EXON_20_INSERTION", "Y772_A775dup", INSERTION, TRUE),
        ("ERBB2", "effect:ERBB2_EXON_20_INSERTION", "V777L", MISSENSE, FALSE),
        ("EGFR", "effect:EGFR_EXON_20_INSERTION", "A763_Y764insFQEA", INSERTION, TRUE),
        ("EGFR", "effect:EGFR_EXON_20_INSERTION except EGFR_A763_Y764INSFQEA", "A763_Y764insFQEA", INSERTION, FALSE),
        ("EGFR", "effect:EGFR_EXON_20_INSERTION except EGFR_A763_Y764INSFQEA", "V769_D770insASV", INSERTION, TRUE),
        ("BRAF", "effect:BRAF_CLASS_2", "V600E", MISSENSE, FALSE),
        ("BRAF", "effect:BRAF_CLASS_2", "K601E", MISSENSE, TRUE),
        ("TP53", "protein_region:102-292", "R175H", MISSENSE, TRUE),
        ("TP53", "protein_region:102-292:missense", "R213*", TRUNCATING, FALSE),
        ("TP53", "protein_region:102-292:truncating", "R213*", TRUNCATING, TRUE),
        ("TP53", "protein_region:102-292", "R337H", MISSENSE, FALSE),
        ("TP53", "protein_region:102-292", "R175=", SILENT, FALSE),
        ("TP53", "protein_region:102-292:deletion", "T101_K103del", DELETION, TRUE),
        ("TP53", "protein_region:102-292:insertion", "T101_K103del", DELETION, FALSE),
    ],
)
def test_parts_of_a_gene_match_by_residues_and_class(
    gene: str, rule: str, change: str, kind: VariantClass, result: Truth
) -> None:
    assert truth(rule, tumor(variant(gene, change, kind), assayed_genes=PANEL), gene) is result


def kras(exon: str, change: str = "G12C", kind: VariantClass = MISSENSE, pos: int = 25398285) -> AnnotatedVariant:
    here = Variant(chrom="12", pos=pos, ref="C", alt="A")
    return variant("KRAS", change, kind, place=here, exon=exon, transcript="ENST00000256078.10")


EXON_2_37 = (place(GRCH37, "12", 25398208, end=25398329),)


@pytest.mark.parametrize(
    ("found", "places", "build", "result"),
    [
        (kras("2/6"), EXON_2_37, GRCH37, TRUE),
        (kras("2/6", pos=25245350), EXON_2_37, GRCH38, TRUE),
        (kras("2/6"), (), GRCH37, TRUE),
        (kras("3/6"), (), GRCH37, FALSE),
        (kras("3/6", pos=25380275), EXON_2_37, GRCH37, FALSE),
        (kras("2/6", pos=25380275), EXON_2_37, GRCH37, UNKNOWN),
        (kras(""), EXON_2_37, GRCH37, TRUE),
        (kras("", pos=25380275), EXON_2_37, GRCH37, FALSE),
        (kras("", pos=25245350), EXON_2_37, GRCH38, UNKNOWN),
        (kras("2/6", "G12=", SILENT), EXON_2_37, GRCH37, FALSE),
        (kras("", "G12=", SILENT), EXON_2_37, GRCH38, FALSE),
    ],
)
def test_exons_of_other_genes_are_told_by_the_annotator_else_by_place(
    found: AnnotatedVariant, places: tuple[object, ...], build: GenomeBuild, result: Truth
) -> None:
    criterion = Criterion.model_validate(
        {"gene": "KRAS", "kind": "exon", "value": "2:mutation", "name": "Exon 2 Mutation", "places": places}
    )
    verdict = evaluate(profile(criterion), tumor(found, genome=build, assayed_genes=PANEL))
    assert verdict.truth is result
    if result is TRUE:
        hit = verdict.parts[0].hits[0]
        assert hit.resolution is Resolution.EXON
        assert any("transcript" in text or "coordinates" in text for text in hit.ignored)


@pytest.mark.parametrize(
    ("pos", "build", "kind", "result"),
    [
        (25398285, GRCH37, MISSENSE, TRUE),
        (25398400, GRCH37, MISSENSE, FALSE),
        (25398285, GRCH37, SILENT, FALSE),
        (25245350, GRCH38, MISSENSE, UNKNOWN),
    ],
)
def test_a_region_is_of_one_build(pos: int, build: GenomeBuild, kind: VariantClass, result: Truth) -> None:
    criterion = Criterion(gene="KRAS", kind="region", places=EXON_2_37)
    found = kras("", "G12=" if kind is SILENT else "G12C", kind, pos)
    assert truth(criterion, tumor(found, genome=build, assayed_genes=PANEL)) is result


def test_a_named_effect_of_no_transcript_matches_its_gene() -> None:
    promoter = Variant(chrom="5", pos=1295113, ref="G", alt="A")
    bare = variant("TERT", "").model_copy(update={"consequence": None, "variant": promoter})
    effect = NamedEffect(
        id="TERT_PROMOTER_C228T", gene="TERT", name="TERT promoter C228T", basis="place", source="made"
    )
    named = bare.model_copy(update={"named_effects": (effect,)})
    both = "effect:TERT_PROMOTER_C228T,TERT_PROMOTER_C250T"
    assert truth(both, tumor(named, assayed_genes=("TERT",)), "TERT") is TRUE
    assert truth("effect:TERT_PROMOTER_C250T", tumor(named, assayed_genes=("TERT",)), "TERT") is FALSE
    assert truth("mutation", tumor(named, assayed_genes=("TERT",)), "TERT") is FALSE
    assert truth(both, tumor(bare, assayed_genes=("TERT",)), "TERT") is FALSE


def test_class_claims_on_an_overlapping_gene_are_its_own() -> None:
    over = consequence("CDKN2B", "", OUTSIDE)
    p14 = consequence("CDKN2A", "P72L", transcript="ENST00000579755")
    found = variant("CDKN2A", "R58*", TRUNCATING, others=(p14, over), transcript="ENST00000304494")
    of = tumor(found, assayed_genes=("CDKN2A", "CDKN2B"))
    assert truth("truncating", of, "CDKN2A") is TRUE
    assert truth("missense", of, "CDKN2A") is FALSE, "the class is that of the reported transcript"
    assert truth("mutation", of, "CDKN2B") is FALSE


def test_the_origin_that_a_source_speaks_of_is_compared_and_said() -> None:
    found = variant("BRCA2", "S1982Rfs*22", TRUNCATING)
    uncertain = found.model_copy(update={"origin": Origin.UNCERTAIN})
    germline = statement("inherited", "truncating", "BRCA2", origin="germline")
    somatic = statement("somatic", "truncating", "BRCA2", origin="somatic")
    either = statement("either", "truncating", "BRCA2", origin="either")
    first, second, third = match_statements([germline, somatic, either], tumor(found))
    assert any("inherited" in text for text in first.left_out)
    assert second.left_out == third.left_out == ()
    first, second, third = match_statements([germline, somatic, either], tumor(uncertain))
    assert any("uncertain origin" in text for text in second.left_out)
    assert third.left_out == ()


def test_finer_claims_on_grch38_and_37_say_their_resolution() -> None:
    found = variant("EGFR", "E746_A750del", DELETION, exon="19/28")
    rules = ["allele:E746_A750del", "exon:19:deletion", "effect:EGFR_EXON_19_DELETION", "inframe_deletion", "mutation"]
    matches = match_statements([statement(rule, rule, "EGFR") for rule in rules], tumor(found, genome=GRCH38))
    assert [match.resolution for match in matches] == [
        Resolution.PROTEIN,
        Resolution.EXON,
        Resolution.EXON,
        Resolution.GENE,
        Resolution.GENE,
    ]


def test_a_hotspot_other_than_an_allele_needs_no_assay() -> None:
    rule = "hotspot:except D842V,D842Y"
    for change, result in (("N659K", TRUE), ("D842V", FALSE), ("p.Asp842Val", FALSE), ("D842I", TRUE), ("R5Q", FALSE)):
        of = tumor(variant("PDGFRA", change), assayed_genes=("PDGFRA",))
        assert truth(rule, of, "PDGFRA") is result, change
    assert truth(rule, tumor(variant("PDGFRA", "N659K")), "PDGFRA") is TRUE
    assert truth("hotspot & !allele:D842V", tumor(variant("PDGFRA", "N659K")), "PDGFRA") is UNKNOWN
    both = tumor(variant("PDGFRA", "N659K"), variant("PDGFRA", "D842V"))
    assert truth(rule, both, "PDGFRA") is TRUE


@pytest.mark.parametrize(
    ("gene", "change", "kind", "result"),
    [
        ("AKT1", "E17K", MISSENSE, TRUE),
        ("AKT1", "E17W", MISSENSE, FALSE),
        ("AKT1", "E17*", TRUNCATING, FALSE),
        ("AKT1", "A200T", MISSENSE, FALSE),
        ("EGFR", "E746_A750del", DELETION, TRUE),
        ("EGFR", "G33_T34del", DELETION, FALSE),
    ],
)
def test_a_hotspot_is_a_substitution_that_was_seen_or_a_region(
    gene: str, change: str, kind: VariantClass, result: Truth
) -> None:
    assert truth("hotspot", tumor(variant(gene, change, kind), assayed_genes=(gene,)), gene) is result
