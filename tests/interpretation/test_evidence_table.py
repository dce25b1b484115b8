from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from genomodel.annotation.exons import exons
from genomodel.core.errors import InputError
from genomodel.core.findings import Direction, EvidenceType, VariantOrigin
from genomodel.core.variants import AnnotatedVariant, Origin
from genomodel.interpretation.knowledge import (
    EVIDENCE_TABLE,
    LOADERS,
    Statement,
    for_therapy,
    knowledge_bases,
    load_evidence_table,
    rules_by_gene,
    withdrawn,
    withdrawn_by_gene,
)
from genomodel.interpretation.knowledge_bases.civic_rows import disease_of
from genomodel.interpretation.tiers import grade
from genomodel.resources.oncotree import all_types

RULES = load_evidence_table().rules
URL = re.compile(r"https?://[a-z0-9.-]+\.[a-z]{2,}/\S+")
SOURCE_ID = re.compile(
    r"FDA:[\w,.-]+|CIViC:(AID|EID)\d+|DailyMed:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|EINPresswire:\d+|(ASCOPost|BioSpace|Maestro|TargetedOnc):\d{4}-\d\d-[a-z]+|FR:\d{4}-\d{5}|MOAlmanac:\d+|ThyCa:Gavreto1023|PMC:PMC\d+|Blood:\d+-\d+-\d+"
    r"|ASCO:guideline-\d+|NCCN:patients-cml-\d+|AmJHematol:2020-cml-update|(CancerDiscovery|Oncologie):\d+-\d+-\d+|PathologyOutlines:[a-z0-9]+"
    r"|DOI:10\.\d{4}/[\w./-]+|ASH:view-large-\d+"
)
INDICATION = r"MOAlmanac:ind:fda\.[a-z-]+:\d+"
CROSS_REFERENCE = re.compile(
    rf"MOAlmanac:\d+|{INDICATION}|CIViC:(AID|EID)\d+|PMID:\d+|NCBI:NBK\d+|DailyMed:[0-9a-f-]{{36}}"
    r"|DOI:10\.\d{4}/[\w./-]+"
)
WITHDRAWN = {
    "Infigratinib": ("CHOL", "FGFR2"),
    "Mobocertinib": ("NSCLC", "EGFR"),
    "Pralsetinib": ("THME", "RET"),
    "Tazemetostat": ("FL", "EZH2"),
    "Rucaparib": ("OVT", "BRCA1"),
}
SIGNIFICANCE = {
    Direction.SENSITIVITY: "Sensitivity/Response",
    Direction.RESISTANCE: "Resistance",
    Direction.FOR_DIAGNOSIS: "Positive",
    Direction.AGAINST_DIAGNOSIS: "Negative",
    Direction.BETTER_OUTCOME: "Better Outcome",
    Direction.POOR_OUTCOME: "Poor Outcome",
}
OF_TUMOR = {"Microsatellite Stability": "MSI", "Mutational Burden": "TMB"}

with EVIDENCE_TABLE.open(encoding="utf-8") as table:
    ROWS = {row["id"]: row for row in csv.DictReader(table, delimiter="\t")}

csv.field_size_limit(10**8)


def drugs(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{6,}", text.lower()))


def test_table_covers_the_pairs_that_a_tumor_board_expects() -> None:
    assert len(RULES) >= 200
    genes = {rule.evidence.gene for rule in RULES}
    expected = "BRAF EGFR KRAS NRAS PIK3CA AKT1 PTEN ESR1 ERBB2 FLT3 IDH1 IDH2 NPM1 KMT2A KIT PDGFRA MET"
    assert {*expected.split(), "NTRK1", "NTRK2", "NTRK3", "RET", "ALK", "ROS1", "BRCA1", "BRCA2"} <= genes
    assert {rule.evidence.direction for rule in RULES} == set(SIGNIFICANCE)
    for kind, least in ((EvidenceType.PREDICTIVE, 200), (EvidenceType.DIAGNOSTIC, 40), (EvidenceType.PROGNOSTIC, 30)):
        assert sum(rule.evidence.evidence_type is kind for rule in RULES) >= least


def test_no_statement_stands_twice() -> None:
    ids = [rule.evidence.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    claims = [
        (
            rule.evidence.gene,
            rule.profile,
            rule.evidence.tumor_types,
            rule.evidence.therapy,
            rule.evidence.direction,
            bool(rule.evidence.withdrawn),
        )
        for rule in RULES
    ]
    doubled = {claim for claim in claims if claims.count(claim) > 1}
    assert not doubled


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.evidence.id)
def test_every_row_has_codes_that_exist_and_a_dated_source(rule: Statement) -> None:
    evidence = rule.evidence
    assert {*evidence.tumor_types, *rule.excluded} <= set(all_types())
    assert URL.fullmatch(evidence.source_url), evidence.source_url
    assert SOURCE_ID.fullmatch(evidence.source_id), evidence.source_id
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", evidence.source_date)
    assert all(CROSS_REFERENCE.fullmatch(item) for item in rule.cross_references)
    if "accessdata" in evidence.source_url:
        assert evidence.source_id == "FDA:" + Path(evidence.source_url).stem
    for clause in rule.profile.criteria():
        if clause.kind == "exon":
            first, _, last = clause.value.split(":")[0].partition("-")
            assert all((evidence.gene, n) in exons() for n in range(int(first), int(last or first) + 1))


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda row: row["id"])
def test_every_date_of_approval_says_where_it_was_read(row: dict[str, str]) -> None:
    source = row["approved_source"]
    assert bool(source) == bool(row["approved"])
    assert source in ("", "source") or re.fullmatch(INDICATION, source) or URL.fullmatch(source), source
    if source == "source":
        assert row["source_date"].startswith(row["approved"]) or row["withdrawn"]


def test_most_standing_approvals_are_dated() -> None:
    standing = [rule for rule in RULES if rule.evidence.level == "approved" and not rule.evidence.withdrawn]
    undated = [rule.evidence.id for rule in standing if not rule.evidence.approved]
    print(f"{len(standing)} standing approvals, {len(undated)} without a date that was seen: {', '.join(undated)}")
    assert len(undated) <= 13


@pytest.mark.parametrize("drug", WITHDRAWN)
def test_withdrawn_approvals_are_kept_with_date_and_source_and_never_give_a_tier(drug: str) -> None:
    code, gene = WITHDRAWN[drug]
    tumor = all_types()[code]
    ended = [rule for rule in withdrawn_by_gene()[gene] if rule.evidence.therapy == drug]
    assert ended
    for rule in ended:
        assert rule.evidence.withdrawn
        assert rule.tier == ""
        assert any(tumor.is_a(listed) for listed in rule.evidence.tumor_types)
        assert grade(rule, tumor, "fusion") is None
        assert grade(rule.model_copy(update={"tier": "I-A"}), tumor, "fusion") is None
        assert rule not in rules_by_gene().get(gene, ())
    assert set(withdrawn(RULES)).isdisjoint(for_therapy(RULES))


def test_only_standing_claims_on_therapies_reach_the_tiers() -> None:
    kept = for_therapy(RULES)
    assert {rule.evidence.evidence_type for rule in kept} == {EvidenceType.PREDICTIVE}
    assert not [rule for rule in kept if rule.evidence.withdrawn or not rule.evidence.therapy]
    against = RULES[0].model_copy(update={"evidence": RULES[0].evidence.model_copy(update={"supports": False})})
    assert RULES[0] in kept
    assert for_therapy((against,)) == ()
    given = {rule.evidence.id for listed in rules_by_gene().values() for rule in listed}
    assert given <= {rule.evidence.id for rule in kept}
    assert not [name for name in given if name.startswith(("dx-", "px-"))]


def test_a_claim_on_inherited_variants_is_none_about_a_somatic_one() -> None:
    rule = next(rule for rule in RULES if rule.evidence.id == "brca1-breast-olaparib")
    assert rule.evidence.origin is VariantOrigin.GERMLINE
    tumor = all_types()["BRCA"]

    def graded(origin: Origin) -> bool:
        variant = AnnotatedVariant.model_construct(
            origin=origin, germline_risk=None, population_frequency=None, tumor_only_class=None
        )
        return grade(rule, tumor, "gene class", variant) is not None

    assert not graded(Origin.SOMATIC)
    assert graded(Origin.GERMLINE)
    assert graded(Origin.UNCERTAIN)


def test_every_knowledge_base_has_a_version_with_licence_and_digest() -> None:
    assert len(knowledge_bases()) == len(LOADERS)
    for base in knowledge_bases():
        assert base.version.licence
        assert re.fullmatch(r"[0-9a-f]{64}", base.version.sha256)
        assert base.version.date


def write(folder: Path, **changes: str) -> Path:
    with EVIDENCE_TABLE.open(encoding="utf-8") as handle:
        rows = csv.DictReader(handle, delimiter="\t")
        row = next(row for row in rows if row["id"] == "braf-v600e-mel-vem") | changes
    path = folder / "table.tsv"
    path.write_text("\t".join(row) + "\n" + "\t".join(row.values()) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"tier": "I"}, "tier"),
        ({"source_url": ""}, "source_url"),
        ({"source_date": ""}, "source_date"),
        ({"match": "allele:V600"}, None),
        ({"match": "somehow:V600E"}, None),
        ({"tumor_types": ""}, "tumor_types"),
        ({"direction": "sideways"}, "direction"),
        ({"direction": "better_outcome"}, "direction"),
        ({"evidence_type": "hearsay"}, "evidence_type"),
        ({"evidence_type": "prognostic", "direction": "better_outcome"}, "therapy"),
        ({"therapy": ""}, "therapy"),
        ({"level": "1"}, "level"),
        ({"origin": "inherited"}, "origin"),
        ({"approved": "spring"}, "approved"),
        ({"approved_source": ""}, "approved_source"),
        ({"withdrawn": "1999-01-01"}, "withdrawn"),
        ({"tier": ""}, "tier"),
    ],
)
def test_bad_row_is_refused_with_its_place(tmp_path: Path, changes: dict[str, str], column: str | None) -> None:
    with pytest.raises(InputError) as caught:
        load_evidence_table(write(tmp_path, **changes))
    assert caught.value.row == 2
    assert caught.value.column == column
    assert "table.tsv" in caught.value.message


def civic(folder: Path) -> dict[str, dict[str, str]]:
    found = {}
    with (folder / "civic_2026-05" / "AcceptedClinicalEvidenceSummaries.tsv").open(encoding="utf-8") as handle:
        found |= {f"EID{row['evidence_id']}": row for row in csv.DictReader(handle, delimiter="\t")}
    with (folder / "civic_2024-08-01" / "01-Aug-2024-AssertionSummaries.tsv").open(encoding="utf-8") as handle:
        found |= {f"AID{row['assertion_id']}": row for row in csv.DictReader(handle, delimiter="\t")}
    return found


def test_cited_civic_items_exist_and_speak_of_gene_and_therapy(shared_data: Path) -> None:
    items = civic(shared_data / "knowledge")
    checked = 0
    for rule in RULES:
        evidence = rule.evidence
        for reference in (evidence.source_id, *rule.cross_references):
            if not reference.startswith("CIViC:"):
                continue
            item = items[reference.removeprefix("CIViC:")]
            assert evidence.gene in item["molecular_profile"], (evidence.id, reference)
            if evidence.therapy:
                assert drugs(item["therapies"]) & drugs(evidence.therapy), (evidence.id, reference, item["therapies"])
            if reference == evidence.source_id and evidence.agency.startswith("CIViC level "):
                assert evidence.agency == f"CIViC level {item['evidence_level']}"
                assert rule.tier == {"A": "I-A", "B": "I-B", "C": "II-C", "D": "II-D"}[item["evidence_level"]]
            assert item["significance"] == SIGNIFICANCE[evidence.direction], (evidence.id, reference)
            if reference == evidence.source_id:
                url = item.get("evidence_civic_url") or item["assertion_civic_url"]
                assert evidence.source_url == url
                assert item["last_review_date"].startswith(evidence.source_date)
            checked += 1
    assert checked > 80


def test_cited_labels_are_those_of_the_same_gene_and_therapy(shared_data: Path) -> None:
    assertions = json.loads((shared_data / "moalmanac_db" / "molecular-oncology-almanac.json").read_text("utf-8"))
    items = {str(item["assertion_id"]): item for item in assertions}
    labels = 0
    for rule in RULES:
        evidence = rule.evidence
        references = (evidence.source_id, *rule.cross_references)
        cited = [items[item.removeprefix("MOAlmanac:")] for item in references if re.fullmatch(r"MOAlmanac:\d+", item)]
        for item in cited:
            of_tumor = OF_TUMOR.get(item["feature_type"])
            assert evidence.gene in (item.get("gene"), item.get("gene1"), item.get("gene2"), of_tumor), evidence.id
            if evidence.therapy:
                assert drugs(item["therapy_name"]) & drugs(evidence.therapy), evidence.id
        if evidence.source_id.startswith("MOAlmanac:"):
            assert (evidence.source_url, evidence.source_date) == (cited[0]["url"], cited[0]["publication_date"])
        approvals = [item for item in cited if item["predictive_implication"] == "FDA-Approved"]
        named = (evidence.source_url, evidence.source_date)
        if approvals and evidence.source_id.startswith("FDA:") and evidence.direction is Direction.SENSITIVITY:
            same = named in {(item["url"], item["publication_date"]) for item in approvals}
            assert same or ROWS[evidence.id]["differs"], evidence.id
            labels += same
    assert labels > 90


def test_cited_assertions_are_of_the_tumor_types_of_the_row(shared_data: Path) -> None:
    assertions = json.loads((shared_data / "moalmanac_db" / "molecular-oncology-almanac.json").read_text("utf-8"))
    items = {f"MOAlmanac:{item['assertion_id']}": item for item in assertions}
    types = all_types()
    compared = 0
    for rule in RULES:
        references = (rule.evidence.source_id, *rule.cross_references)
        cited = {items[name]["oncotree_code"] for name in references if name in items} & set(types)
        if rule.scope != "listed" or not cited:
            continue
        related = [
            code
            for code in cited
            if any(types[code].is_a(listed) or types[listed].is_a(code) for listed in rule.evidence.tumor_types)
        ]
        assert related or ROWS[rule.evidence.id]["differs"], (rule.evidence.id, cited)
        compared += 1
    assert compared > 150


@pytest.mark.parametrize(("code", "beside"), [("COADREAD", "CMC"), ("NSCLC", "SARCL")])
def test_a_kind_of_a_tumor_that_oncotree_puts_beside_it_is_named_with_it(code: str, beside: str) -> None:
    """Medullary carcinoma of the colon, nearly always of high instability, and sarcomatoid carcinoma of the lung."""
    assert not all_types()[beside].is_a(code)
    listed = [rule.evidence for rule in RULES if code in rule.evidence.tumor_types]
    assert len(listed) > 10
    assert [evidence.id for evidence in listed if beside not in evidence.tumor_types] == []


@pytest.mark.parametrize(
    ("disease", "beside"), [("Colorectal Cancer", "CMC"), ("Lung Non-small Cell Carcinoma", "SARCL")]
)
def test_diseases_of_civic_take_it_in_too(disease: str, beside: str) -> None:
    found = disease_of(disease, "")
    assert found is not None
    assert beside in found.codes
