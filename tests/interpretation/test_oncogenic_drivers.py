"""What boards know by name must not come out as a bare variant of uncertain significance."""

from __future__ import annotations

import csv
import re
from importlib.resources import files
from pathlib import Path

import pytest

from genomodel.core.findings import Direction, EvidenceType
from genomodel.core.oncogenicity import CodeState, OncogenicityClass
from genomodel.core.variants import NamedEffect, VariantClass
from genomodel.interpretation.knowledge_bases.civic import load_civic
from genomodel.interpretation.matching import StatementIndex
from genomodel.interpretation.oncogenicity import OncogenicitySources, SourceName
from genomodel.interpretation.oncogenicity.sources import about_function
from genomodel.resources.gene_symbols import current_symbol
from tests.interpretation.builders import interpreted, variant
from tests.interpretation.oncogenicity_builders import NOBODY, codes_in, knowing, of, state, study, with_facts

PACKAGE = "genomodel.interpretation.oncogenicity"
UNCERTAIN, LIKELY = OncogenicityClass.UNCERTAIN, OncogenicityClass.LIKELY_ONCOGENIC
LOSS = Direction.LOSS_OF_FUNCTION
HOTSPOTS_WITH_STUDIES = """
KRAS G12C, KRAS G13D, U2AF1 S34F,
BRAF V600E, KRAS G12D, KRAS G12V, KRAS Q61H, KRAS A146T, NRAS Q61R, NRAS Q61K, PIK3CA E542K, PIK3CA E545K, PIK3CA
H1047R, TP53 R175H, TP53 R248Q, TP53 R248W, TP53 R273H, TP53 R273C, TP53 G245S, TP53 R282W, TP53 R249S, TP53 Y220C,
TP53 V157F, TP53 H179R, TP53 Y163C, TP53 C176Y, TP53 R280K, TP53 E285K, IDH1 R132H, IDH1 R132C, IDH2 R140Q, IDH2
R172K, EGFR L858R, AKT1 E17K, GNAQ Q209L, GNA11 Q209L, FGFR3 S249C, FGFR3 R248C, FGFR3 Y373C, ERBB2 V777L, SF3B1
K700E, ESR1 Y537S, ESR1 D538G, DNMT3A R882H, EZH2 Y646N, EZH2 Y646F, KIT D816V, RET M918T
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
    [("JAK2", "V617F", VariantClass.MISSENSE), ("CALR", "L367Tfs*46", VariantClass.TRUNCATING),
     ("PTEN", "R130Q", VariantClass.MISSENSE), ("CTNNB1", "S37F", VariantClass.MISSENSE)],
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
    (found,) = interpreted("AML", variant("CTNNB1", "S37F")).findings
    assert "uncertain significance (" in found.why
    assert "of 17 codes could not be evaluated) by its codes" in found.why


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
        ("NPM1", "W288Cfs*12", [("OS2", 4)]),
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
        assert row["protein_change"] in named, row
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
