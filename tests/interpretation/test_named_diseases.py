"""Which disease a fusion makes of a tumor by what claims say, through an interpretation with these claims alone."""

from __future__ import annotations

import pytest

from genomodel.core.assays import Assays
from genomodel.core.findings import Direction, EvidenceType
from genomodel.core.knowledge import Statement
from genomodel.core.rearrangements import RearrangementAssay
from genomodel.core.variants import Fusion
from genomodel.interpretation.interpret import interpret
from genomodel.interpretation.rule_sets import RuleSet
from tests.interpretation.builders import calls_of, patient
from tests.interpretation.tumors import statement


def claim(name: str, *types: str, tier: str = "I-A", conditions: tuple[str, ...] = ()) -> Statement:
    """Return a claim on a diagnosis, or on a therapy where its name is a drug's."""
    drug = name.istitle()
    facts: dict[str, object] = {
        "knowledge_base": "core",
        "level": "A",
        "tumor_types": types,
        "tumor_type_text": " or ".join(types),
        "conditions": conditions,
        "evidence_type": EvidenceType.PREDICTIVE if drug else EvidenceType.DIAGNOSTIC,
        "direction": Direction.SENSITIVITY if drug else Direction.FOR_DIAGNOSIS,
        "therapy": name if drug else "",
        "therapies": (name,) if drug else (),
    }
    made = statement(name, "fusion:SSX1", "SS18", **facts)
    return made.model_copy(update={"scope": "listed", "tier": tier})


def tier_of_drug(tumor_type: str, *claims: Statement) -> str:
    """Return the tier of pazopanib, which a claim has for synovial sarcoma, in a tumor with SS18::SSX1."""
    pair = Assays(rearrangements=RearrangementAssay(other_fusions=(Fusion(gene_5="SS18", gene_3="SSX1"),)))
    rules = RuleSet([claim("Pazopanib", "SYNS"), *claims])
    (found,) = interpret(calls_of(patient(tumor_type)), None, None, pair, rules=rules).findings
    return next(match.tier for match in found.evidence if match.evidence.therapy == "Pazopanib")


@pytest.mark.parametrize(
    ("tumor_type", "claims", "tier"),
    [
        ("SOFT_TISSUE", (claim("defines", "SYNS"),), "I-A"),
        ("SARCNOS", (claim("defines", "SYNS"),), "I-A"),
        ("SOFT_TISSUE", (claim("defines", "SYNS", "SOFT_TISSUE"),), "I-A"),
        ("SOFT_TISSUE", (claim("defines", "SYNS"), claim("of bone", "ES")), "I-A"),
        ("SOFT_TISSUE", (), "II-C"),
        ("SOFT_TISSUE", (claim("studied", "SYNS", tier="I-B"),), "II-C"),
        ("SOFT_TISSUE", (claim("asks for more", "SYNS", conditions=("spindle cells",)),), "II-C"),
        ("SOFT_TISSUE", (claim("defines two", "SYNS", "ASPS"),), "II-C"),
        ("SOFT_TISSUE", (claim("defines", "SYNS"), claim("studied", "ASPS", tier="I-B")), "II-C"),
        ("SOFT_TISSUE", (claim("defines", "SYNS"), claim("asks for more", "ASPS", conditions=("nests",))), "II-C"),
        ("SOFT_TISSUE", (claim("defines another", "ASPS"),), "II-C"),
        ("LUAD", (claim("defines", "SYNS"),), "II-C"),
        ("CUP", (claim("defines", "SYNS"),), "II-C"),
    ],
)
def test_a_claim_is_opened_by_one_disease_that_the_fusion_defines(
    tumor_type: str, claims: tuple[Statement, ...], tier: str
) -> None:
    assert tier_of_drug(tumor_type, *claims) == tier
