from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from genomodel.core.findings import TherapyInteraction
from genomodel.interpretation.knowledge import load_evidence_table
from genomodel.resources.drugs import NameKind, Therapy, drug_names, find_name, key_of, normalize_therapy
from genomodel.resources.gene_symbols import Standing, resolve_symbol
from genomodel.response.drugs import drug_targets

csv.field_size_limit(10**8)
COMBINED = TherapyInteraction.COMBINATION
NO_GENE_MEANT: frozenset[str] = frozenset()
"""Names of drugs that are spelled like a gene."""


@pytest.mark.parametrize(
    ("text", "drugs"),
    [
        ("Vemurafenib", "Vemurafenib"),
        ("vemurafenib", "Vemurafenib"),
        ("Zelboraf", "Vemurafenib"),
        ("PLX4032", "Vemurafenib"),
        ("PLX-4032", "Vemurafenib"),
        ("PLX4720", "PLX-4720"),
        ("AZD9291", "Osimertinib"),
        ("Rapamycin", "Sirolimus"),
        ("Torisel", "Temsirolimus"),
        ("Imatinib Mesylate", "Imatinib"),
        ("STI-571", "Imatinib"),
        ("Trametinib Dimethyl Sulfoxide", "Trametinib"),
        ("Tozasertib Lactate", "Tozasertib"),
        ("Regorafenib Anhydrous", "Regorafenib"),
        ("Abiraterone acetate", "Abiraterone"),
        ("amivantamab-vmjw", "Amivantamab"),
        ("Zenocutuzumab-zbco", "Zenocutuzumab"),
        ("Larotrectinib Regimen", "Larotrectinib"),
        ("MEK Inhibitor CI-1040", "CI-1040"),
        ("Akt Inhibitor MK2206", "MK-2206"),
        ("HER2 Inhibitor CP-724,714", "CP724714"),
        ("2,4-pyrimidinediamine", "2,4-pyrimidinediamine"),
        ("Venotoclax", "Venetoclax"),
        ("Alectinib (adjuvant)", "Alectinib"),
        ("trastuzumab", "Trastuzumab"),
        ("Herceptin", "Trastuzumab"),
        ("Trastuzumab Deruxtecan", "Trastuzumab deruxtecan"),
        ("fam-trastuzumab deruxtecan-nxki", "Trastuzumab deruxtecan"),
        ("T-DM1", "Trastuzumab emtansine"),
        ("Paclitaxel", "Paclitaxel"),
        ("Abraxane", "Nab-paclitaxel"),
        ("Doxil", "Pegylated liposomal doxorubicin"),
        ("Onivyde", "Irinotecan liposome"),
        ("T-DXd", "Trastuzumab deruxtecan"),
        ("Komzifti", "Ziftomenib"),
        ("Inluriyo", "Imlunestrant"),
        ("Hyrnuo", "Sevabertinib"),
        ("Veppanu", "Vepdegestrant"),
        ("Cabozantinib S-malate", "Cabozantinib"),
        ("Selumetinib Hydrogen Sulfate", "Selumetinib"),
        ("Tucatinib hemiethanolate", "Tucatinib"),
    ],
)
def test_a_name_of_one_drug(text: str, drugs: str) -> None:
    assert normalize_therapy(text) == Therapy(drugs=(drugs,))


@pytest.mark.parametrize(
    ("brand", "drugs"),
    [
        ("Phesgo", ("Hyaluronidase", "Pertuzumab", "Trastuzumab")),
        ("Akeega", ("Abiraterone", "Niraparib")),
        ("Avmapki Fakzynja Co-pack", ("Avutometinib", "Defactinib")),
    ],
)
def test_a_brand_of_several_drugs_is_all_of_them(brand: str, drugs: tuple[str, ...]) -> None:
    assert normalize_therapy(brand).drugs == drugs
    assert normalize_therapy(brand).unknown == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Trastuzumab", "Trastuzumab deruxtecan"),
        ("Trastuzumab emtansine", "Trastuzumab deruxtecan"),
        ("Paclitaxel", "Nab-paclitaxel"),
        ("Doxorubicin", "Doxil"),
        ("Doxorubicin", "Myocet"),
        ("Irinotecan", "Onivyde"),
        ("Vincristine", "Marqibo"),
        ("Leucovorin", "Levoleucovorin"),
        ("Sirolimus", "Temsirolimus"),
        ("Vemurafenib", "PLX-4720"),
        ("Nutlin-3", "Nutlin-3a (-)"),
        ("AZD1480", "Selumetinib"),
    ],
)
def test_what_is_another_drug_stays_another(one: str, other: str) -> None:
    first, second = normalize_therapy(one), normalize_therapy(other)
    assert len(first.drugs) == len(second.drugs) == 1
    assert first.drugs != second.drugs


@pytest.mark.parametrize(
    ("text", "drugs", "interaction"),
    [
        ("Dabrafenib + Trametinib", "Dabrafenib Trametinib", COMBINED),
        ("Trametinib,Dabrafenib", "Dabrafenib Trametinib", COMBINED),
        ("Dabrafenib/Trametinib Regimen", "Dabrafenib Trametinib", COMBINED),
        ("Encorafenib and Cetuximab", "Cetuximab Encorafenib", COMBINED),
        ("Tafinlar + mekinist", "Dabrafenib Trametinib", COMBINED),
        ("Cisplatin or carboplatin", "Carboplatin Cisplatin", TherapyInteraction.SUBSTITUTES),
        (
            "Carboplatin + Dostarlimab + Paclitaxel, then Dostarlimab",
            "Carboplatin Dostarlimab Paclitaxel",
            TherapyInteraction.SEQUENTIAL,
        ),
        ("FOLFOX-4 Regimen,Cetuximab", "Cetuximab Fluorouracil Leucovorin Oxaliplatin", COMBINED),
        (
            "Osimertinib + Pemetrexed + Cisplatin or Carboplatin",
            "Carboplatin Cisplatin Osimertinib Pemetrexed",
            COMBINED,
        ),
        ("Gefitinib, Iressa", "Gefitinib", None),
    ],
)
def test_a_combination_is_a_set(text: str, drugs: str, interaction: TherapyInteraction | None) -> None:
    assert normalize_therapy(text) == Therapy(drugs=tuple(drugs.split()), interaction=interaction)


@pytest.mark.parametrize("text", ["EGFR TKI", "Chemotherapy", "PD-L1 Inhibitor", "Platinum Compound", "Surgery"])
def test_a_class_is_no_drug(text: str) -> None:
    assert normalize_therapy(text) == Therapy(classes=(text,))


@pytest.mark.parametrize("text", ["Liposomal doxorubicin", "Warfarin", "BRAF", "trastuzumab something"])
def test_an_unknown_name_stays_as_it_is(text: str) -> None:
    assert normalize_therapy(text) == Therapy(unknown=(text,))


def test_parts_keep_what_is_unknown_beside_what_is_known() -> None:
    found = normalize_therapy("Warfarin + Chemotherapy + zelboraf")
    assert found == Therapy(("Vemurafenib",), ("Warfarin",), ("Chemotherapy",), COMBINED)
    assert found.parts == ("Chemotherapy", "Vemurafenib", "Warfarin")
    assert normalize_therapy("") == normalize_therapy("  ") == Therapy()


def test_each_name_is_of_one_row_with_a_source() -> None:
    keys = [key_of(text) for row in drug_names() for text in (row.name, *row.synonyms)]
    assert len(keys) == len(set(keys))
    known = {row.name for row in drug_names() if row.kind is NameKind.DRUG}
    for row in drug_names():
        assert row.source, row.name
        assert set(row.components) <= known, row.name
        assert not row.components or row.kind is NameKind.REGIMEN, row.name


def test_no_current_gene_symbol_is_taken_for_a_drug() -> None:
    texts = {text for row in drug_names() for text in (row.name, *row.synonyms)}
    assert resolve_symbol("BRAF").standing is Standing.CURRENT
    assert not {text for text in texts if resolve_symbol(text).standing is Standing.CURRENT} - NO_GENE_MEANT


def test_names_of_the_table_are_their_own() -> None:
    for row in drug_names():
        if row.kind is NameKind.DRUG:
            assert normalize_therapy(row.name) == Therapy(drugs=(row.name,))
            assert all(normalize_therapy(text).drugs == (row.name,) for text in row.synonyms), row.name


def therapies_of(folder: Path) -> dict[str, set[str]]:
    with (folder / "moalmanac_db" / "molecular-oncology-almanac.json").open(encoding="utf-8") as handle:
        found = {"MOAlmanac": {item["therapy_name"] for item in json.load(handle)}}
    for name, path in (
        ("CIViC 2024-08", "civic_2024-08-01/01-Aug-2024-ClinicalEvidenceSummaries.tsv"),
        ("CIViC 2026-05", "civic_2026-05/AcceptedClinicalEvidenceSummaries.tsv"),
    ):
        with (folder / "knowledge" / path).open(encoding="utf-8") as handle:
            found[name] = {row["therapies"] for row in csv.DictReader(handle, delimiter="\t")}
    return found


def test_core_and_model_are_covered(capsys: pytest.CaptureFixture[str]) -> None:
    for name, texts in (
        ("core", {rule.evidence.therapy for rule in load_evidence_table().rules}),
        ("response model", set(drug_targets())),
    ):
        unknown = {text for text in texts if normalize_therapy(text).unknown}
        with capsys.disabled():
            print(f"\n{name}: {len(texts) - len(unknown)} of {len(texts)} therapies known")
        assert not unknown


def test_knowledge_bases_are_covered(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, texts in therapies_of(shared_data).items():
        unknown = {part for text in texts for part in normalize_therapy(text).unknown}
        with capsys.disabled():
            print(f"\n{name}: {len(texts)} therapies, unknown parts: {', '.join(sorted(unknown)) or 'none'}")
        assert unknown <= {"Not Applicable"}


def test_model_and_knowledge_speak_of_the_same_drug() -> None:
    screened = {name: normalize_therapy(name).drugs for name in drug_targets()}
    assert screened["AZD5363"] == screened["Capivasertib"] == normalize_therapy("Truqap").drugs
    assert screened["PF-00299804"] == normalize_therapy("Dacomitinib").drugs
    core = {drug for rule in load_evidence_table().rules for drug in rule.evidence.therapies}
    shared = sorted(name for name, drugs in screened.items() if set(drugs) & core)
    assert len(shared) >= 30, shared
    assert find_name("Wee1 Inhibitor") is not None
