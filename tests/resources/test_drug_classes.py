from __future__ import annotations

import pytest

from genomodel.resources.drug_classes import (
    Membership,
    drug_classes,
    is_procedure,
    members,
    membership,
    normalized_parts,
    treatment_name,
)
from genomodel.resources.drugs import find_name

YES, MAY_BE, NO = Membership


@pytest.mark.parametrize(
    ("given", "asked", "found"),
    [
        ("Carboplatin", "Platinum Compound", YES),
        ("Carboplatin", "Chemotherapy", YES),
        ("Platinum Compound", "Chemotherapy", YES),
        ("Chemotherapy", "Platinum Compound", MAY_BE),
        ("Osimertinib", "EGFR TKI", YES),
        ("Osimertinib", "EGFR Inhibitor", YES),
        ("Cetuximab", "EGFR TKI", NO),
        ("Cetuximab", "EGFR Inhibitor", YES),
        ("EGFR Inhibitor", "EGFR TKI", MAY_BE),
        ("EGFR TKI", "ALK Inhibitor", NO),
        ("Tyrosine Kinase Inhibitor", "Imatinib", MAY_BE),
        ("BCR-ABL Inhibitor", "Imatinib", MAY_BE),
        ("Dasatinib", "Imatinib", NO),
        ("Trastuzumab deruxtecan", "Trastuzumab", NO),
        ("Trastuzumab deruxtecan", "Anti-HER2 Therapy", YES),
        ("Nab-paclitaxel", "Taxane Compound", YES),
        ("Palbociclib", "Hormone Therapy", NO),
        ("Letrozole", "Hormone Therapy", YES),
        ("Leucovorin", "Hormone Therapy", NO),
        ("Leucovorin", "Chemotherapy", NO),
        ("Zoledronic Acid", "Hormone Therapy", NO),
        ("Hyaluronidase", "Anti-HER2 Therapy", NO),
        ("Sunvozertinib", "EGFR TKI", MAY_BE),
        ("Sunvozertinib", "Osimertinib", NO),
        ("Induction Therapy", "Chemotherapy", MAY_BE),
        ("Surgery", "Chemotherapy", NO),
        ("PD1 Inhibitor", "PD-1/PD-L1 Inhibitor", YES),
        ("Immune Checkpoint Inhibitor", "PD-1/PD-L1 Inhibitor", MAY_BE),
        ("Daunorubicin and cytarabine liposome", "Anthracycline Antineoplastic Antibiotic", YES),
        ("Enzalutamide", "Androgen Receptor-Directed Therapy", YES),
    ],
)
def test_a_treatment_is_of_a_class_only_where_the_table_says_so(given: str, asked: str, found: Membership) -> None:
    assert membership(given, asked) is found


def test_the_table_is_consistent_with_the_table_of_drugs() -> None:
    classes = drug_classes()
    for row in classes.values():
        assert row.drugs or row.parts, row.name
        for name in (row.name, *row.drugs):
            assert treatment_name(name) == name
        for part in row.parts:
            assert part in classes or find_name(part) is not None, part
        for drug in row.drugs:
            assert drug not in classes
            assert not is_procedure(drug)
    assert "Carboplatin" in members("Chemotherapy")
    assert "Carboplatin" not in members("Tyrosine Kinase Inhibitor")


def test_no_class_is_a_part_of_itself() -> None:
    for row in drug_classes().values():
        assert row.name not in {name for part in row.parts for name in members(part)}


def test_a_name_means_one_class() -> None:
    seen: dict[str, str] = {}
    for row in drug_classes().values():
        for text in (row.name, *row.synonyms):
            assert seen.setdefault(text.casefold(), row.name) == row.name


@pytest.mark.parametrize("regimen", ["FOLFOX", "FOLFIRI", "CHOP", "R-CHOP", "CAPOX"])
@pytest.mark.parametrize("asked", ["Hormone Therapy", "EGFR TKI", "PARP Inhibitor", "BRAF Inhibitor"])
def test_no_part_of_a_regimen_leaves_open_whether_it_is_of_another_class(regimen: str, asked: str) -> None:
    parts, unknown = normalized_parts(regimen)
    assert len(parts) > 1 or regimen == "CAPOX"
    assert not unknown
    assert {membership(name, asked) for name in parts} == {NO}
