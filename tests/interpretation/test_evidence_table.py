from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from genomodel.annotation.exons import exons
from genomodel.core.errors import InputError
from genomodel.core.findings import Direction
from genomodel.interpretation.knowledge import (
    EVIDENCE_TABLE,
    LOADERS,
    Statement,
    knowledge_bases,
    load_evidence_table,
)
from genomodel.resources.oncotree import all_types

RULES = load_evidence_table().rules
URL = re.compile(r"https://[a-z0-9.-]+\.[a-z]{2,}/\S+")
SOURCE_ID = re.compile(
    r"FDA:[\w,.-]+|CIViC:(AID|EID)\d+|DailyMed:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|EINPresswire:\d+|ASCOPost:\d{4}-\d\d-[a-z]+"
)
CROSS_REFERENCE = re.compile(r"MOAlmanac:\d+|CIViC:(AID|EID)\d+|PMID:\d+|NCBI:NBK\d+|DailyMed:[0-9a-f-]{36}")
WITHDRAWN = ("infigratinib", "mobocertinib", "tazemetostat")

csv.field_size_limit(10**8)


def drugs(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{6,}", text.lower()))


def test_table_covers_the_pairs_that_a_tumor_board_expects() -> None:
    assert len(RULES) >= 130
    genes = {rule.evidence.gene for rule in RULES}
    expected = "BRAF EGFR KRAS NRAS PIK3CA AKT1 PTEN ESR1 ERBB2 FLT3 IDH1 IDH2 NPM1 KMT2A KIT PDGFRA MET"
    assert {*expected.split(), "NTRK1", "NTRK2", "NTRK3", "RET", "ALK", "ROS1", "BRCA1", "BRCA2"} <= genes
    assert {rule.evidence.direction for rule in RULES} == {Direction.SENSITIVITY, Direction.RESISTANCE}


def test_no_statement_stands_twice() -> None:
    ids = [rule.evidence.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    claims = [
        (rule.evidence.gene, rule.profile, rule.evidence.tumor_types, rule.evidence.therapy, rule.evidence.direction)
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


def test_withdrawn_approvals_are_not_in_the_table() -> None:
    listed = " ".join(rule.evidence.therapy.lower() for rule in RULES)
    assert not [name for name in WITHDRAWN if name in listed]


def test_every_knowledge_base_has_a_version_with_licence_and_digest() -> None:
    assert len(knowledge_bases()) == len(LOADERS)
    for base in knowledge_bases():
        assert base.version.licence
        assert re.fullmatch(r"[0-9a-f]{64}", base.version.sha256)
        assert base.version.date


def write(folder: Path, **changes: str) -> Path:
    with EVIDENCE_TABLE.open(encoding="utf-8") as handle:
        row = next(csv.DictReader(handle, delimiter="\t")) | changes
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
            assert drugs(item["therapies"]) & drugs(evidence.therapy), (evidence.id, reference, item["therapies"])
            if reference == evidence.source_id and evidence.agency.startswith("CIViC level "):
                assert evidence.agency == f"CIViC level {item['evidence_level']}"
                assert rule.tier == f"I-{item['evidence_level']}"
            wanted = "Resistance" if evidence.direction is Direction.RESISTANCE else "Sensitivity/Response"
            assert item["significance"] == wanted, (evidence.id, reference)
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
        cited = [items[item.removeprefix("MOAlmanac:")] for item in rule.cross_references if "MOAlmanac:" in item]
        for item in cited:
            of_tumor = "MSI" if item["feature_type"] == "Microsatellite Stability" else None
            assert evidence.gene in (item.get("gene"), item.get("gene1"), item.get("gene2"), of_tumor), evidence.id
            assert drugs(item["therapy_name"]) & drugs(evidence.therapy), evidence.id
        approvals = [item for item in cited if item["predictive_implication"] == "FDA-Approved"]
        if approvals and evidence.source_id.startswith("FDA:") and evidence.direction is Direction.SENSITIVITY:
            assert (evidence.source_url, evidence.source_date) in {(i["url"], i["publication_date"]) for i in approvals}
            labels += 1
    assert labels > 90
