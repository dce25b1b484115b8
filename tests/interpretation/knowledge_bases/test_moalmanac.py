from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from genomodel.core.errors import InputError
from genomodel.core.findings import Direction, EvidenceType, VariantOrigin
from genomodel.interpretation.knowledge_bases.loaded import Reach, reach_of
from genomodel.interpretation.knowledge_bases.moalmanac import load_moalmanac
from genomodel.interpretation.matching.registry import check_criterion
from tests.interpretation.knowledge_bases.releases import MOA, write_moalmanac

OTHER = {
    key: value for key, value in MOA.items() if key not in ("gene", "protein_change", "variant_annotation", "exon")
}


def rule_of(tmp_path: Path, row: dict[str, Any]) -> str:
    (criterion,) = load_moalmanac([write_moalmanac(tmp_path / "moa.json", [row])]).statements[0].profile.criteria()
    check_criterion(criterion)
    return f"{criterion.gene}/{criterion.kind}" + (f":{criterion.value}" if criterion.kind != "text" else "")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({}, "BRAF/allele:V600E"),
        ({"protein_change": "p.G12", "gene": "KRAS"}, "KRAS/codon:G12"),
        ({"protein_change": "p.W288Cfs*12", "gene": "NPM1"}, "NPM1/allele:W288Cfs*12"),
        ({"protein_change": "", "variant_annotation": "", "exon": ""}, "BRAF/mutation:"),
        ({"protein_change": "", "variant_annotation": "Nonsense", "exon": ""}, "BRAF/nonsense:"),
        ({"protein_change": "", "variant_annotation": "Splice Site", "exon": ""}, "BRAF/splice:"),
        ({"protein_change": "", "variant_annotation": "", "exon": 15}, "BRAF/exon:15:mutation"),
        (
            {"gene": "EGFR", "protein_change": "", "variant_annotation": "Deletion", "exon": 19},
            "EGFR/effect:EGFR_EXON_19_DELETION",
        ),
        (
            {"gene": "MET", "protein_change": "", "variant_annotation": "Splice Site", "exon": 14},
            "MET/effect:MET_EXON_14_SKIPPING",
        ),
    ],
)
def test_a_somatic_variant_asks_for_its_rule(tmp_path: Path, change: dict[str, Any], rule: str) -> None:
    assert rule_of(tmp_path, MOA | change) == rule


JOINED = {"feature_type": "Rearrangement", "gene2": "", "rearrangement_type": "Translocation"}


@pytest.mark.parametrize(
    ("feature", "rule"),
    [
        ({"feature_type": "Copy Number", "gene": "ERBB2", "direction": "Amplification"}, "ERBB2/amplification:"),
        ({"feature_type": "Copy Number", "gene": "CDKN2A", "direction": "Deletion"}, "CDKN2A/deep_deletion:"),
        (
            {"feature_type": "Rearrangement", "gene1": "ALK", "gene2": "", "rearrangement_type": "Fusion"},
            "ALK/fusion:",
        ),
        (
            {"feature_type": "Rearrangement", "gene1": "BCR", "gene2": "ABL1", "rearrangement_type": "Fusion"},
            "BCR/fusion:BCR::ABL1",
        ),
        (JOINED | {"gene1": "CCND1", "locus": "t(11;14)"}, "CCND1/fusion:"),
        (JOINED | {"gene1": "IGH", "locus": "t(11;14)(q13;q32)"}, "IGH/fusion:CCND1"),
        (JOINED | {"gene1": "IGH", "locus": "t(14;18)(q32;q21)"}, "IGH/text"),
        (JOINED | {"gene1": "IGH"}, "IGH/text"),
        ({"feature_type": "Microsatellite Stability", "status": "MSI-High"}, "/msi_high:"),
        (
            {
                "feature_type": "Mutational Burden",
                "classification": "High",
                "minimum_mutations": "",
                "mutations_per_mb": "",
            },
            "/tmb_high:",
        ),
        (
            {
                "feature_type": "Mutational Burden",
                "classification": "High",
                "minimum_mutations": 178,
                "mutations_per_mb": "",
            },
            "/text",
        ),
        ({"feature_type": "Knockdown", "gene": "ATM", "technique": "shRNA"}, "ATM/text"),
        ({"feature_type": "Mutational Signature", "cosmic_signature": "SBS3"}, "/text"),
    ],
)
def test_other_features_ask_for_theirs(tmp_path: Path, feature: dict[str, Any], rule: str) -> None:
    assert rule_of(tmp_path, OTHER | feature) == rule


def test_a_pathogenic_germline_variant_asks_for_a_loss_and_is_germline(tmp_path: Path) -> None:
    row = MOA | {"feature_type": "Germline Variant", "gene": "BRCA1", "protein_change": "", "pathogenic": 1}
    assert rule_of(tmp_path, row | {"variant_annotation": "", "exon": ""}) == "BRCA1/loss_of_function:"
    statement = load_moalmanac([tmp_path / "moa.json"]).statements[0]
    assert statement.evidence.origin is VariantOrigin.GERMLINE


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, (EvidenceType.PREDICTIVE, Direction.SENSITIVITY, True)),
        ({"therapy_sensitivity": 0}, (EvidenceType.PREDICTIVE, Direction.SENSITIVITY, False)),
        ({"therapy_sensitivity": "0"}, (EvidenceType.PREDICTIVE, Direction.SENSITIVITY, False)),
        ({"therapy_sensitivity": False}, (EvidenceType.PREDICTIVE, Direction.SENSITIVITY, False)),
        ({"therapy_sensitivity": "", "therapy_resistance": 1}, (EvidenceType.PREDICTIVE, Direction.RESISTANCE, True)),
        ({"therapy_sensitivity": "", "favorable_prognosis": 1}, (EvidenceType.PROGNOSTIC, "better_outcome", True)),
        ({"therapy_sensitivity": "", "favorable_prognosis": 0}, (EvidenceType.PROGNOSTIC, "poor_outcome", True)),
    ],
)
def test_directions(tmp_path: Path, change: dict[str, Any], expected: tuple[object, ...]) -> None:
    evidence = load_moalmanac([write_moalmanac(tmp_path / "m.json", [MOA | change])]).statements[0].evidence
    assert (evidence.evidence_type, evidence.direction, evidence.supports) == expected


def test_a_label_is_dated_but_not_an_approval(tmp_path: Path) -> None:
    evidence = load_moalmanac([write_moalmanac(tmp_path / "m.json", [MOA])]).statements[0].evidence
    assert (evidence.agency, evidence.approved, evidence.source_date) == ("FDA", "", "2022-06-01")
    assert (evidence.therapies, evidence.conditions) == (("Dabrafenib", "Trametinib"), ("Metastatic",))


@pytest.mark.parametrize(
    ("change", "scope", "codes"),
    [
        ({}, "listed", ("MEL",)),
        ({"oncotree_code": "", "oncotree_term": "Any solid tumor"}, "solid", ()),
        ({"oncotree_code": "ALL", "oncotree_term": "Acute Lymphoid Leukemia"}, "listed", ("BLL", "TLL")),
        ({"oncotree_code": "MM", "oncotree_term": "Multiple Myeloma"}, "listed", ("PCM",)),
        ({"oncotree_code": "MLN", "oncotree_term": "Myeloid/Lymphoid Neoplasms"}, "listed", ()),
        ({"oncotree_code": "", "oncotree_term": ""}, "listed", ()),
    ],
)
def test_tumor_types_follow_oncotree_and_unknown_ones_match_none(
    tmp_path: Path, change: dict[str, str], scope: str, codes: tuple[str, ...]
) -> None:
    statement = load_moalmanac([write_moalmanac(tmp_path / "m.json", [MOA | change])]).statements[0]
    assert (statement.scope, statement.evidence.tumor_types) == (scope, codes)


def test_deprecated_and_empty_assertions_are_left_out_with_reason(tmp_path: Path) -> None:
    rows = [MOA, MOA | {"assertion_id": 2, "_deprecated": True}, MOA | {"assertion_id": 3, "therapy_sensitivity": ""}]
    loaded = load_moalmanac([write_moalmanac(tmp_path / "m.json", rows)])
    assert [statement.evidence.id for statement in loaded.statements] == ["MOA1"]
    assert [(item.id, item.reason.split()[0]) for item in loaded.left_out] == [("MOA2", "marked"), ("MOA3", "states")]


def test_a_release_of_the_application_says_its_version(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    path.write_text(json.dumps({"release": "v.2024-11-09", "version": "0.8.0", "content": [MOA]}))
    assert load_moalmanac([path]).version.version == "v.2024-11-09"


@pytest.mark.parametrize(
    ("content", "messages"),
    [
        ("", ["empty"]),
        (json.dumps([MOA])[:-40], ["no JSON", "cut off"]),
        ('{"content": 3}', ["no list of assertions"]),
        ("[]", ["no list of assertions"]),
        (json.dumps([{key: value for key, value in MOA.items() if key != "therapy_name"}]), ["lacks therapy_name"]),
        (json.dumps([MOA, MOA]), ["row 2", "id of an earlier"]),
        (json.dumps([MOA | {"feature_type": "Horoscope"}]), ["'Horoscope' is not known", "row 1"]),
        (json.dumps([MOA | {"therapy_name": None}]), ["row 1", "therapy_name", "no text"]),
        (json.dumps([MOA | {"gene": None}]), ["row 1", "gene", "no text"]),
        (json.dumps([MOA | {"feature_type": ["Somatic Variant"]}]), ["row 1", "feature_type", "no text"]),
        (json.dumps([MOA | {"chromosome": {}}]), ["row 1", "chromosome"]),
        (json.dumps([MOA | {"therapy_sensitivity": 2}]), ["row 1", "therapy_sensitivity", "'2'"]),
        (json.dumps([MOA | {"therapy_sensitivity": "no"}]), ["row 1", "therapy_sensitivity", "'no'"]),
        (json.dumps([{key: value for key, value in MOA.items() if key != "exon"}]), ["row 1", "lacks exon"]),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, content: str, messages: list[str]) -> None:
    path = tmp_path / "m.json"
    path.write_text(content)
    with pytest.raises(InputError) as error:
        load_moalmanac([path])
    for message in (str(path), *messages):
        assert message in error.value.message


def test_the_real_database_is_read_to_the_last_assertion(
    shared_data: Path, record_property: Callable[[str, object], None]
) -> None:
    loaded = load_moalmanac([shared_data / "moalmanac_db" / "molecular-oncology-almanac.json"])
    assert (loaded.n_rows, len(loaded.statements) + len(loaded.left_out)) == (1018, 1018)
    for statement in loaded.statements:
        for criterion in statement.profile.criteria():
            check_criterion(criterion)
    reaches = Counter(reach_of(statement.profile) for statement in loaded.statements)
    assert reaches[Reach.TEXT] == 36
    assert loaded.unmapped == {"no disease given": 3, "MLN": 1}
    for reach in Reach:
        record_property("shown", f"MOAlmanac, {reach.words}: {reaches[reach]}")
