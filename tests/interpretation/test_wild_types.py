"""RAS of wild type in colorectal cancer is a finding, where RAS was assayed and read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from genomodel.core.findings import Interpretation
from genomodel.core.knowledge import Statement
from genomodel.core.variants import AnnotatedVariant, Label, Origin, RegionDepth
from genomodel.interpretation.interpret import interpret
from genomodel.interpretation.rule_sets import RuleSet, rule_set
from tests.interpretation.builders import calls_of, interpreted, patient, variant
from tests.interpretation.textbook import Case, run
from tests.interpretation.tumors import statement

RAS = ("KRAS", "NRAS")
LABEL = "KRAS and NRAS wild type at codons 12, 13, 59, 61, 117 and 146"


def labels(result: Interpretation) -> list[str]:
    return [finding.label for finding in result.findings if finding.id.endswith(":wild_type")]


def test_it_says_what_was_looked_at_and_what_it_takes_for_granted() -> None:
    (finding,) = interpreted("COAD", assayed_genes=RAS, purity=0.4).findings
    assert (finding.id, finding.label, finding.tier) == ("P1:KRAS+NRAS:wild_type", LABEL, "I-A")
    assert finding.variant is None
    assert finding.oncogenicity is None
    for part in ("no KRAS codon G12,G13,A59,Q61,K117,A146", "no NRAS codon", "40 % tumor cells", "depth"):
        assert part in finding.why
    assert "share of tumor cells is not given" in interpreted("COAD", assayed_genes=RAS).findings[0].why
    assert {match.evidence.id for match in finding.evidence} == {
        "ras-wt-crc-cetuximab",
        "ras-wt-crc-cetuximab-folfiri",
        "ras-wt-crc-panitumumab",
        "ras-wt-crc-panitumumab-folfox",
    }


@pytest.mark.parametrize("code", ["LUAD", "CUP", "AML", "STAD", "ADNOS"])
def test_it_is_no_finding_in_other_tumor_types(code: str) -> None:
    assert labels(interpreted(code, assayed_genes=RAS)) == []


def test_it_is_no_finding_where_the_tumor_type_is_not_given() -> None:
    case = Case({"id": "x", "tumor_type": "", "alterations": "", "facts": "assayed=KRAS,NRAS"})
    assert run(case).findings == ()


@pytest.mark.parametrize("assayed", [None, ("KRAS",), ("NRAS",), ()])
def test_a_gene_that_was_not_assayed_is_not_of_wild_type(assayed: tuple[str, ...] | None) -> None:
    assert labels(interpreted("COAD", assayed_genes=assayed)) == []


def test_a_gene_that_was_not_read_well_enough_is_not_of_wild_type() -> None:
    who = patient("COAD", assayed_genes=RAS)
    shallow = (RegionDepth(chrom="12", start=1, end=2, name="KRAS", mean_depth=3.0),)
    assert labels(interpret(calls_of(who), None, shallow)) == []
    assert labels(interpret(calls_of(who), None, None)) == [LABEL]


CONFIRM = {"origin": Origin.NOT_CALLED, "labels": (Label.CONFIRM.value,)}


@pytest.mark.parametrize(
    ("allele", "wild"),
    [
        (variant("KRAS", "G12D"), False),
        (variant("NRAS", "A146T"), False),
        (variant("NRAS", "K117N"), False),
        (variant("KRAS", "L19F"), False),
        (variant("KRAS", "G12D").model_copy(update=CONFIRM), False),
        (variant("KRAS", "G12D", origin=Origin.UNCERTAIN), False),
        (variant("KRAS", "A18D"), True),
        (variant("BRAF", "V600E"), True),
    ],
)
def test_a_mutation_or_a_doubtful_one_is_not_wild_type(allele: AnnotatedVariant, wild: bool) -> None:
    assert labels(interpreted("READ", allele, assayed_genes=(*RAS, "BRAF"))) == ([LABEL] if wild else [])


def test_braf_v600e_speaks_against_it_and_both_are_told() -> None:
    result = interpreted("COAD", variant("BRAF", "V600E"), assayed_genes=(*RAS, "BRAF"))
    found = {match.evidence.id: match for finding in result.findings for match in finding.evidence}
    assert found["ras-wt-crc-panitumumab"].conflicts == ("BRAF p.V600E speaks against Panitumumab (I-A)",)
    assert any(LABEL in said for said in found["braf-v600e-crc-panitumumab-resistance"].conflicts)


def test_only_the_core_says_it_and_a_claim_with_an_alteration_stands_there() -> None:
    def claim(name: str, rule: str, base: str) -> Statement:
        made = statement(name, rule, "KRAS", knowledge_base=base, tumor_types=("COADREAD",), therapy=name)
        return made.model_copy(update={"scope": "listed"})

    rules = RuleSet(
        [
            claim("core", "!mutation", "core"),
            claim("civic", "wild_type", "civic"),
            claim("with", "!mutation & BRAF/allele:V600E", "core"),
        ]
    )
    result = interpret(
        calls_of(patient("COAD", assayed_genes=("KRAS", "BRAF")), variant("BRAF", "V600E")), None, rules=rules
    )
    shown = {finding.label: {match.evidence.id for match in finding.evidence} for finding in result.findings}
    assert shown == {"core": {"core"}, "BRAF p.V600E": {"with"}}


@pytest.mark.parametrize(
    ("code", "assayed", "allele", "said"),
    [
        ("LUAD", "EGFR", None, {"EID2512": ("II-C", "resistance")}),
        ("LUAD", "EGFR", "L858R", {}),
        ("LUAD", "KRAS", None, {}),
        ("LUAD", "TP53", None, {"EID1149": ("II-C", "sensitivity")}),
        ("LUAD", "TP53", "R273H", {}),
        ("COAD", "TP53", None, {"EID875": ("II-C", "sensitivity")}),
        ("STAD", "TP53", None, {}),
    ],
)
def test_what_civic_says_of_wild_type_is_a_finding_where_the_gene_was_assayed(
    mirror: Path, code: str, assayed: str, allele: str | None, said: dict[str, tuple[str, str]]
) -> None:
    alterations = f"{assayed} {allele}" if allele else "SMAD4 R361H"
    facts = f"assayed={assayed},SMAD4"
    case = Case({"id": "x", "tumor_type": code, "alterations": alterations, "facts": facts})
    found = [finding for finding in run(case, rule_set(("civic",))).findings if finding.id.endswith(":wild_type")]
    assert [finding.label for finding in found] == ([f"{assayed} wild type"] if said else [])
    told = {match.evidence.id: match for finding in found for match in finding.evidence}
    assert {name: (match.tier, match.evidence.direction.value) for name, match in told.items()} == said
    unread = Case({"id": "x", "tumor_type": code, "alterations": "SMAD4 R361H", "facts": "assayed=SMAD4"})
    assert labels(run(unread, rule_set(("civic",)))) == []


def test_single_cases_and_claims_on_any_cancer_make_no_finding_of_a_gene_that_is_not_mutated() -> None:
    def wild(**changes: Any) -> list[str]:
        facts = {"tumor_types": ("NSCLC",), "knowledge_base": "civic"}
        rule = statement("wild", "wild_type", "EGFR", **facts).model_copy(update={"scope": "listed", **changes})
        calls = calls_of(patient("LUAD", assayed_genes=("EGFR",)))
        return labels(interpret(calls, None, rules=RuleSet([rule])))

    assert wild(tier="II-C") == ["EGFR wild type"]
    assert wild(tier="II-D") == []
    assert wild(tier="II-C", scope="any") == []
