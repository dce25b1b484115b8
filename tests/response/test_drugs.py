from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pytest

from genomodel.response.drugs import APPROVALS, drug_targets


def test_every_approval_is_a_known_word_with_a_source_that_can_be_looked_up(
    record_property: Callable[[str, object], None],
) -> None:
    drugs = drug_targets()
    for drug, entry in drugs.items():
        assert entry.approval in {"", *APPROVALS}, drug
        assert bool(entry.approval) == bool(entry.approval_source), drug
        if entry.approval:
            assert re.search(r"https://\S+", entry.approval_source), drug
    counts = Counter(entry.approval or "not looked up" for entry in drugs.values())
    record_property(
        "shown", f"approval of {len(drugs)} drugs: " + ", ".join(f"{n} {k}" for k, n in sorted(counts.items()))
    )


def test_the_same_drug_under_two_names_has_one_approval() -> None:
    drugs = drug_targets()
    for one, other in [
        ("AZD5363", "Capivasertib"),
        ("AZD6094", "Savolitinib"),
        ("AZD8931", "Sapitinib"),
        ("Venetoclax", "Venotoclax"),
        ("Afuresertib", "GSK2110183B"),
    ]:
        assert drugs[one].approval == drugs[other].approval


def test_withdrawn_and_other_traps() -> None:
    drugs = drug_targets()
    assert drugs["Quizartinib"].approval == "FDA approved for cancer"
    assert drugs["Panobinostat"].approval == "withdrawn"
    assert drugs["BIBF-1120"].approval == "FDA approved, not for cancer"
    assert drugs["PLX-4720"].approval != "FDA approved for cancer", "it is not vemurafenib"


@pytest.mark.parametrize(
    ("state", "drugs"),
    [
        ("FDA approved for cancer", ("Dabrafenib", "Olaparib")),
        ("FDA approved, not for cancer", ("Selumetinib", "PD0325901")),
        ("withdrawn", ("Panobinostat",)),
        ("not FDA approved", ("Taselisib", "Veliparib")),
        ("", ("Alisertib", "BI-2536")),
    ],
)
def test_approval_of_known_drugs(state: str, drugs: tuple[str, ...]) -> None:
    found = drug_targets()
    assert {drug: found[drug].approval for drug in drugs} == dict.fromkeys(drugs, state)


def test_no_state_of_approval_is_empty_in_the_table() -> None:
    assert {entry.approval for entry in drug_targets().values()} == {"", *APPROVALS}
