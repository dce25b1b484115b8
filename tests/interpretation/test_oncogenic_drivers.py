"""What boards know by name must not come out as a bare variant of uncertain significance."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from genomodel.annotation.named_effects import effect_rows
from genomodel.core.findings import Direction, EvidenceType
from genomodel.core.oncogenicity import CodeState, OncogenicityClass
from genomodel.core.variants import AnnotatedVariant, NamedEffect, Variant, VariantClass
from genomodel.interpretation.knowledge_bases.civic import load_civic
from genomodel.interpretation.matching import StatementIndex
from genomodel.interpretation.oncogenicity import OncogenicitySources, SourceName, classify
from genomodel.interpretation.oncogenicity.sources import about_function
from genomodel.resources.gene_symbols import current_symbol
from genomodel.resources.tables import load_table
from tests.interpretation.builders import SPLICE, interpreted, variant
from tests.interpretation.oncogenicity_builders import BARE, NOBODY, codes_in, knowing, of, state, study, with_facts

PACKAGE = "genomodel.interpretation.oncogenicity"
UNCERTAIN, LIKELY = OncogenicityClass.UNCERTAIN, OncogenicityClass.LIKELY_ONCOGENIC
LOSS = Direction.LOSS_OF_FUNCTION
HOTSPOTS_WITH_STUDIES = """
KRAS G12C, KRAS G13D, U2AF1 S34F, BRAF V600E, KRAS G12D, KRAS G12V, KRAS Q61H, KRAS A146T, NRAS Q61R, NRAS Q61K,
PIK3CA E542K, PIK3CA E545K, PIK3CA H1047R, TP53 R175H, TP53 R248Q, TP53 R248W, TP53 R273H, TP53 R273C, TP53 G245S,
TP53 R282W, TP53 R249S, TP53 Y220C, TP53 M237I, TP53 H179R, JAK2 V617F, PTEN R130Q, PTEN R130G, CTNNB1 S37F, CTNNB1
S45F, CTNNB1 T41A, EGFR T790M, NRAS G12D, HRAS G12V, FBXW7 R465C, ERBB2 S310F, ALK F1174L, MYD88 L265P, IDH1 R132H,
IDH1 R132C, IDH2 R140Q, IDH2 R172K, EGFR L858R, AKT1 E17K, GNAQ Q209L, GNA11 Q209L, FGFR3 S249C, FGFR3 R248C, FGFR3
Y373C, ERBB2 V777L, SF3B1 K700E, ESR1 Y537S, ESR1 D538G, DNMT3A R882H, EZH2 Y646N, EZH2 Y646F, KIT D816V, RET M918T
"""
NAMED = [tuple(item.split()) for item in HOTSPOTS_WITH_STUDIES.replace("\n", " ").split(",")]


def rows_of(name: str) -> list[dict[str, str]]:
    lines = (files(PACKAGE) / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))


@pytest.mark.parametrize(("gene", "change"), NAMED)
def test_a_hotspot_with_studies_is_likely_oncogenic_without_any_option(gene: str, change: str) -> None:
    plain = of(variant(gene, change))
    assert plain.classification is LIKELY, [(code.code, code.reason) for code in plain.met]
    assert state(plain, "OS2") in (CodeState.MET, CodeState.EXCLUDED)
    whole = of(with_facts(variant(gene, change), "absent damaging"))
    assert whole.points == plain.points + 2


@pytest.mark.parametrize(
    ("gene", "change", "kind"),
    [("PIK3CA", "N345K", VariantClass.MISSENSE), ("CALR", "E398Dfs*32", VariantClass.TRUNCATING),
     ("TP53", "V157F", VariantClass.MISSENSE), ("SPOP", "F133V", VariantClass.MISSENSE)],
)  # fmt: skip
def test_what_stays_uncertain_says_how_many_codes_nobody_could_evaluate(
    gene: str, change: str, kind: VariantClass
) -> None:
    result = of(variant(gene, change, kind))
    assert result.classification is UNCERTAIN
    missing = len(codes_in(result, CodeState.NOT_EVALUATED))
    assert missing > 3
    assert result.words == f"uncertain significance ({missing} of 17 codes could not be evaluated)"


def test_the_reason_of_tier_three_says_it_as_well() -> None:
    (found,) = interpreted("AML", variant("SPOP", "F133V")).findings
    assert "uncertain significance (" in found.why
    assert "of 17 codes could not be evaluated) by its codes" in found.why


def test_what_is_likely_oncogenic_is_a_finding_where_nothing_else_is_known_of_it() -> None:
    jak2, passenger = variant("JAK2", "V617F"), variant("JAK2", "A100V")
    result = interpreted("LUAD", jak2, passenger)
    (found,) = result.findings
    assert (found.label, found.tier) == ("JAK2 p.V617F", "III")
    assert "Likely oncogenic by 8 points" in found.why
    assert [item.label for item in result.other_variants] == ["JAK2 p.A100V"]
    common = jak2.model_copy(update={"population_frequency": 0.2})
    assert not interpreted("LUAD", common).findings


def test_other_classes_stand_alone() -> None:
    assert of(variant("BRAF", "V600E")).words == "likely oncogenic"
    assert of(with_facts(variant("TP53", "P72R"), "NFE=0.73")).words == "benign"


@pytest.mark.parametrize(
    ("gene", "change", "kind", "met"),
    [
        ("KRAS", "V9A", VariantClass.MISSENSE, CodeState.NOT_MET),
        ("KRAS", "G10R", VariantClass.MISSENSE, CodeState.MET),
        ("KRAS", "S17N", VariantClass.MISSENSE, CodeState.MET),
        ("KRAS", "A18D", VariantClass.MISSENSE, CodeState.NOT_MET),
        ("KRAS", "G12*", VariantClass.TRUNCATING, CodeState.NOT_APPLICABLE),
        ("KRAS", "G10=", VariantClass.SYNONYMOUS, CodeState.NOT_APPLICABLE),
        # A hotspot of its own says as much of the residue.
        ("KRAS", "G12D", VariantClass.MISSENSE, CodeState.EXCLUDED),
        ("PTEN", "C124S", VariantClass.MISSENSE, CodeState.MET),
        ("PTEN", "T131I", VariantClass.MISSENSE, CodeState.NOT_MET),
        ("DICER1", "E1813K", VariantClass.MISSENSE, CodeState.MET),
        ("TTN", "A100V", VariantClass.MISSENSE, CodeState.NOT_EVALUATED),
    ],
)
def test_critical_parts_are_those_that_panels_name(gene: str, change: str, kind: VariantClass, met: CodeState) -> None:
    assert state(of(variant(gene, change, kind)), "OM1") is met


def test_a_residue_of_another_transcript_is_not_held_against_critical_parts() -> None:
    other = of(variant("PTEN", "C124S", transcript="ENST00000000001.1"))
    assert state(other, "OM1") is CodeState.NOT_EVALUATED
    assert state(of(variant("PTEN", "C124S", transcript="ENST00000371953.8")), "OM1") is CodeState.MET
    without = OncogenicitySources(NOBODY, without=frozenset({SourceName.DOMAINS}))
    assert state(of(variant("PTEN", "C124S"), without), "OM1") is CodeState.NOT_EVALUATED


@pytest.mark.parametrize(
    ("gene", "change", "met"),
    [
        # Type A makes an export signal; a stop further in front is a loss like others.
        ("NPM1", "W288Cfs*12", [("OS2", 4), ("OM3", 2)]),
        ("NPM1", "L282Cfs*12", [("OVS1", 2)]),
        ("NPM1", "Q20*", [("OVS1", 8)]),
        # 5382insC and what shortens the BRCT domain; behind it stops lose little.
        ("BRCA1", "Q1756Pfs*74", [("OVS1", 4)]),
        ("BRCA1", "Q1857*", [("OVS1", 4)]),
        ("BRCA1", "Q1858*", [("OVS1", 2)]),
        ("BRCA1", "Q1805*", [("OVS1", 8)]),
    ],
)
def test_stops_are_read_by_what_they_make_and_take(gene: str, change: str, met: list[tuple[str, int]]) -> None:
    result = of(variant(gene, change, VariantClass.TRUNCATING))
    assert [(code.code, code.points) for code in result.met] == met


def test_critical_parts_are_ranges_with_a_source() -> None:
    rows = rows_of("critical_residues.tsv")
    assert len({row["gene"] for row in rows}) >= 13
    for row in rows:
        assert int(row["first"]) <= int(row["last"]) < 2000, row
        assert row["source"].startswith("ClinGen ")
        assert row["source_url"].startswith("https://cspec.genome.network/")


def test_a_study_of_the_package_that_a_loaded_base_repeats_is_named_once() -> None:
    again = study("TP53", "R175H", Direction.DOMINANT_NEGATIVE, evidence_type=EvidenceType.FUNCTIONAL, id="EID10527")
    for index in (None, StatementIndex.of([again])):
        result = of(variant("TP53", "R175H"), OncogenicitySources(NOBODY, index))
        code = next(code for code in result.met if code.code == "OS2")
        assert code.source.count("EID10527") == 1
        assert "dominant negative shown" in code.reason


def test_studies_of_the_package_that_disagree_with_a_loaded_one_count_neither_way() -> None:
    against = knowing(study("BRAF", "V600E", supports=False))
    assert codes_in(of(variant("BRAF", "V600E"), against), CodeState.MET) == ["OS3"]


def test_a_function_that_one_assay_finds_kept_is_no_proof_of_innocence(shared_data: Path) -> None:
    kept = study("TP53", "A138V", LOSS, evidence_type=EvidenceType.FUNCTIONAL, supports=False)
    assert codes_in(of(variant("TP53", "A138V"), knowing(kept)), CodeState.MET) == []
    loaded = load_civic([shared_data / "knowledge" / "civic_2024-08-01"])
    sources = OncogenicitySources(NOBODY, StatementIndex.of(about_function(loaded.statements)))
    for gene, change in NAMED:
        assert of(variant(gene, change), sources).classification is LIKELY, (gene, change)


def test_studies_of_civic_are_as_the_release_has_them(shared_data: Path) -> None:
    path = shared_data / "knowledge" / "civic_2026-05" / "AcceptedClinicalEvidenceSummaries.tsv"
    with path.open(encoding="utf-8", newline="") as handle:
        release = {row["evidence_id"]: row for row in csv.DictReader(handle, delimiter="\t")}
    effects = {row.id: row.name for row in effect_rows()}
    checked = 0
    for row in rows_of("functional_studies.tsv"):
        found = re.match(r"CIViC EID(\d+)(?: to EID(\d+))?,.*PMID (\d+)", row["source"])
        if found is None:
            assert "CIViC" not in row["source"]
            continue
        said = [release[str(number)] for number in range(int(found[1]), int(found[2] or found[1]) + 1)]
        assert {item["citation_id"] for item in said} == {found[3]}, row
        assert all(item["evidence_level"] == "D" for item in said)
        named = " ".join(f"{item['molecular_profile']} {item['evidence_statement']}" for item in said)
        assert effects.get(row["protein_change"], row["protein_change"]).lower() in named.lower(), row
        assert any(current_symbol(item["molecular_profile"].split()[0]) == row["gene"] for item in said), row
        checked += 1
    assert checked > 100


@pytest.mark.parametrize(
    ("gene", "change", "kind", "effect"),
    [("NPM1", "WQ288fs", VariantClass.TRUNCATING, "NPM1_C_TERMINAL_FRAMESHIFT"),
     ("FLT3", "599_600insDFREYEY", VariantClass.INFRAME_INSERTION, "FLT3_ITD")],
)  # fmt: skip
def test_a_study_of_a_named_effect_counts_for_its_variants(
    gene: str, change: str, kind: VariantClass, effect: str
) -> None:
    named = NamedEffect(id=effect, gene=gene, name=effect, basis="made", source="made")
    plain = variant(gene, change, kind)
    assert "OS2" not in codes_in(of(plain), CodeState.MET)
    found = of(plain.model_copy(update={"named_effects": (named,)}))
    assert "OS2" in codes_in(found, CodeState.MET)
    assert "OVS1" not in codes_in(found, CodeState.MET)


@pytest.mark.parametrize("change", ["H168Y", "P177S", "R181C", "R181G"])
def test_a_dominant_negative_allele_that_three_assays_find_working_counts_neither_way(change: str) -> None:
    result = of(variant("TP53", change))
    assert not {"OS2", "SBS2"} & set(codes_in(result, CodeState.MET))
    told = {code.code: code.reason for code in result.codes}
    assert told["OS2"].startswith("studies disagree: CIViC EID")


def test_without_functional_sources_a_loaded_classification_is_not_asked_either() -> None:
    index = StatementIndex.of([study("EGFR", "A1000V", id="AID7", level="")])
    without = OncogenicitySources(NOBODY, index, frozenset({SourceName.FUNCTION}))
    assert codes_in(of(variant("EGFR", "A1000V"), without), CodeState.MET) == []


def test_every_study_says_what_was_seen_where() -> None:
    for row in rows_of("functional_studies.tsv"):
        assert row["shows"] in ("oncogenic", "benign")
        assert all(row.values()), row
        assert row["source_url"].startswith("http")
        assert ": " not in row["source"], row
        assert current_symbol(row["gene"]) == row["gene"]


def driver(row: dict[str, str]) -> AnnotatedVariant:
    """Return a driver as annotation gives it: on its gene's chromosome, with its named effect."""
    chrom = next((place["chrom"] for place in load_table("gene_places") if place["gene"] == row["gene"]), "1")
    place = Variant(chrom=f"chr{chrom}", pos=1000, ref="A", alt="C")
    item = variant(row["gene"], row["change"], VariantClass(row["kind"]), place=place)
    effects = (effect(row["effect"]),) if row["effect"] else ()
    return item.model_copy(update={"named_effects": effects})


def effect(name: str) -> NamedEffect:
    known = next(one for one in effect_rows() if one.id == name)
    return NamedEffect(id=known.id, gene=known.gene, name=known.name, basis="made", source="made")


def drivers() -> list[dict[str, str]]:
    lines = Path(__file__).with_name("oncogenic_drivers.tsv").read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))


def test_drivers_have_the_codes_and_class_of_the_table(record_property: Callable[[str, object], None]) -> None:
    rows = drivers()
    for row in rows:
        result = of(driver(row))
        told = ("+".join(code.code for code in result.met), str(result.points), result.classification.value)
        assert told == (row["codes"], row["points"], row["classification"]), row
        if result.classification is UNCERTAIN and row["points"] != "0":
            assert "codes could not be evaluated" in result.words
    listed = [row for row in rows if row["set"] == "173"]
    likely = sum(row["classification"] == LIKELY for row in listed)
    assert (len(listed), likely) == (173, 118)
    record_property("shown", f"Drivers known by name: {likely} of {len(listed)} likely oncogenic by the package alone")


def test_drivers_with_a_loaded_base_and_frequencies(
    shared_data: Path, record_property: Callable[[str, object], None]
) -> None:
    loaded = load_civic([shared_data / "knowledge" / "civic_2024-08-01"])
    sources = OncogenicitySources(NOBODY, StatementIndex.of(about_function(loaded.statements)))
    listed = [driver(row) for row in drivers() if row["set"] == "173"]
    with_civic = sum(of(item, sources).classification is LIKELY for item in listed)
    both = [of(item.model_copy(update={"population_covered": True}), sources) for item in listed]
    absent = sum(result.points >= 6 for result in both)
    assert 118 <= with_civic <= absent
    record_property("shown", f"Drivers known by name: {with_civic} with CIViC, {absent} where absent from gnomAD too")


@pytest.mark.parametrize("name", ["TERT_PROMOTER_C228T", "TERT_PROMOTER_C250T"])
def test_a_promoter_that_was_studied_has_a_class(name: str) -> None:
    plain = variant("TERT", "", VariantClass.NONCODING)
    assert classify(plain, BARE) is None
    found = of(plain.model_copy(update={"named_effects": (effect(name),)}))
    assert [(code.code, code.points) for code in found.met] == [("OS2", 4), ("OS3", 4)]
    assert found.classification is LIKELY
    assert not {"OP1", "OM1", "OVS1"} & set(codes_in(found, CodeState.MET))
    nowhere = plain.model_copy(update={"named_effects": (effect(name),), "consequences": ()})
    assert of(nowhere).points == 8, "the promoter lies outside the transcript"


def test_other_places_outside_proteins_have_no_class() -> None:
    plain = variant("BRCA1", "", VariantClass.NONCODING)
    assert classify(plain, BARE) is None
    assert classify(plain.model_copy(update={"named_effects": (effect("BRAF_CLASS_1"),)}), BARE) is None


@pytest.mark.parametrize(
    ("change", "kind"),
    [("X1010_splice", SPLICE), ("D1028N", VariantClass.MISSENSE), ("", VariantClass.NONCODING)],
)
def test_skipping_of_an_exon_in_frame_shortens_an_oncogene(change: str, kind: VariantClass) -> None:
    plain = variant("MET", change, kind)
    found = of(plain.model_copy(update={"named_effects": (effect("MET_EXON_14_SKIPPING"),)}))
    assert {"OM2", "OS2"} <= set(codes_in(found, CodeState.MET))
    assert found.classification is LIKELY


def test_studies_of_a_tumor_type_count_only_what_they_name() -> None:
    assert state(of(variant("JAK2", "V617F")), "OS3") is CodeState.MET
    assert state(of(variant("JAK2", "V617I")), "OS3") is CodeState.NOT_MET
    assert state(of(variant("CALR", "E398Dfs*32", VariantClass.TRUNCATING)), "OS3") is CodeState.NOT_MET
    without = OncogenicitySources(NOBODY, without=frozenset({SourceName.HOTSPOTS}))
    assert state(of(variant("JAK2", "V617F"), without), "OS3") is CodeState.NOT_EVALUATED
    for row in rows_of("tumor_hotspots.tsv"):
        assert int(row["at_place"]) >= int(row["same"]) > 0, row
        assert all(row.values()), row
        assert row["source_url"].startswith("https://"), row


def test_the_stronger_count_of_two_sources_counts() -> None:
    # 2 tumors of the collection have SRSF2 P95H, 32 of 227 chronic myelomonocytic leukemias; P95A is of neither.
    assert [code.code for code in of(variant("SRSF2", "P95H")).met] == ["OS2", "OS3"]
    assert [code.code for code in of(variant("SRSF2", "P95A")).met] == ["OP3"]


def test_tables_under_restricted_terms_are_not_copied() -> None:
    """Of the complete tables of TP53 single alleles are cited, where they contradict another statement."""
    cited = [row["protein_change"] for row in rows_of("functional_studies.tsv") if "Giacomelli" in row["source"]]
    assert cited == ["H168Y", "P177S", "R181C", "R181G"]


def test_a_variant_that_studies_disagree_on_counts_neither_way() -> None:
    found = of(variant("ERBB2", "L755S"))
    assert not {"OS2", "SBS2"} & set(codes_in(found, CodeState.MET))
