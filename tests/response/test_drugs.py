from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

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
