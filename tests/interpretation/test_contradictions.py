"""What speaks for and against one drug is told on both sides, unless one claim excludes the regimen of the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from genomodel.core.findings import Direction
from genomodel.interpretation.interpret import interpret
from genomodel.interpretation.rule_sets import RuleSet, rule_set
from tests.interpretation.builders import calls_of, patient, variant
from tests.interpretation.textbook import Case, matches, run
from tests.interpretation.tumors import statement


@pytest.mark.parametrize("bases", [(), ("civic",), ("moalmanac",), ("civic", "moalmanac")])
@pytest.mark.parametrize(
    ("alteration", "regimen", "alone"),
    [
        ("BRAF V600E", {"Cetuximab", "Encorafenib"}, "Cetuximab"),
        ("KRAS G12C", {"Panitumumab", "Sotorasib"}, "Panitumumab"),
        ("KRAS G12C", {"Adagrasib", "Cetuximab"}, "Cetuximab"),
    ],
)
def test_resistance_to_a_drug_without_its_partner_is_no_conflict_with_both_together(
    mirror: Path, bases: tuple[str, ...], alteration: str, regimen: set[str], alone: str
) -> None:
    case = Case({"id": "x", "tumor_type": "COAD", "alterations": alteration, "facts": ""})
    found = matches(run(case, rule_set(bases)))
    together = [match for match in found if set(match.evidence.therapies) == regimen and match.tier.startswith("I-")]
    against = [match for match in found if match.evidence.direction is Direction.RESISTANCE]
    assert together
    assert not [text for match in together for text in match.conflicts if f"against {alone} " in text]
    fails = [match for match in against if match.evidence.therapies == (alone,) and match.tier == "I-A"]
    assert fails
    # CIViC has single cases of KRAS-mutated tumors that responded to the antibody alone, which stay a conflict.
    said = [text for match in fails for text in match.conflicts if f" for {alone} (I-" in text]
    assert not said


@pytest.mark.parametrize(
    ("drugs", "conditions", "conflict"),
    [
        ("Cetuximab + Encorafenib", ("given without a BRAF inhibitor",), False),
        ("Cetuximab + Encorafenib", ("given without encorafenib for BRAF V600E",), False),
        ("Cetuximab + Encorafenib", ("given without a KRAS G12C inhibitor",), True),
        ("Cetuximab + Encorafenib", (), True),
        ("Cetuximab", ("given without a BRAF inhibitor",), True),
        ("Cetuximab + Irinotecan", ("given without a BRAF inhibitor",), True),
    ],
)
def test_a_condition_of_one_claim_that_excludes_the_regimen_of_another_leaves_no_conflict(
    drugs: str, conditions: tuple[str, ...], conflict: bool
) -> None:
    shared: dict[str, Any] = {"tumor_types": ("COADREAD",)}
    regimen = statement("for", "allele:V600E", "BRAF", therapy=drugs, therapies=tuple(drugs.split(" + ")), **shared)
    facts: dict[str, Any] = {
        "therapy": "Cetuximab",
        "therapies": ("Cetuximab",),
        "direction": Direction.RESISTANCE,
        **shared,
    }
    against = statement("against", "allele:V600E", "BRAF", conditions=conditions, **facts)
    silent = statement("silent", "allele:V600E", "BRAF", knowledge_base="moalmanac", **facts)
    rules = RuleSet([item.model_copy(update={"scope": "listed"}) for item in (regimen, against, silent)])
    result = interpret(calls_of(patient("COAD"), variant("BRAF", "V600E")), None, rules=rules)
    assert {match.evidence.id: bool(match.conflicts) for match in result.findings[0].evidence} == dict.fromkeys(
        ("for", "against", "silent"), conflict
    )
