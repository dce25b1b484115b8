"""Which of several statements of one tier leads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from genomodel.core.clinical import ConditionAnswer, ConditionStatus
from genomodel.core.findings import EvidenceMatch, TumorTypeMatch
from genomodel.interpretation.evidence_order import rank_of_match
from genomodel.interpretation.rule_sets import rule_set
from tests.interpretation.textbook import Case, run
from tests.interpretation.tumors import statement

OF_EVIDENCE = ("level", "approved", "knowledge_base", "therapies")


def matched(name: str, drug: str = "Erlotinib", **changes: Any) -> EvidenceMatch:
    of_evidence: dict[str, Any] = {key: changes.pop(key) for key in OF_EVIDENCE if key in changes}
    facts: dict[str, Any] = {"level": "approved", "knowledge_base": "civic", **of_evidence, "therapy": drug}
    evidence = statement(name, "allele:L858R", "EGFR", **facts).evidence
    made: dict[str, Any] = {"tumor_type_match": TumorTypeMatch.SAME, "tier": "I-A", "resolution": "protein", **changes}
    return EvidenceMatch(evidence=evidence, matched_on="allele", tier_reason="x.", **made)


def asking(status: ConditionStatus) -> tuple[ConditionAnswer, ...]:
    met = ConditionAnswer(condition="adult", status=ConditionStatus.MET)
    return (met, ConditionAnswer(condition="second line", status=status))


def setting(text: str, status: ConditionStatus = ConditionStatus.NOT_GIVEN) -> tuple[ConditionAnswer, ...]:
    return (ConditionAnswer(condition=text, status=status),)


FOR_READER = ConditionStatus.FOR_READER
PRETREATED, ADJUVANT = setting("previously treated"), setting("adjuvant, after tumor resection")
OPEN, FAILED = asking(ConditionStatus.NOT_GIVEN), asking(ConditionStatus.NOT_MET)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (matched("z", tier="I-A", resolution="gene"), matched("a", tier="I-B")),
        (matched("z", resolution="gene"), matched("a", tumor_type_match=TumorTypeMatch.AGNOSTIC)),
        (
            matched("z", tumor_type_match=TumorTypeMatch.AGNOSTIC),
            matched("a", tumor_type_match=TumorTypeMatch.OTHER),
        ),
        (matched("z", resolution="gene"), matched("a", conditions=FAILED)),
        (matched("z", resolution="gene"), matched("a", cautions=("Erlotinib was given before",))),
        (matched("z", cautions=("Erlotinib was given before",)), matched("a", conditions=FAILED)),
        (matched("z", level="guideline"), matched("a", resolution="gene")),
        (matched("z", resolution="codon"), matched("a", resolution="exon")),
        (matched("z", conditions=OPEN), matched("a", level="guideline")),
        (matched("z", level="Guideline"), matched("a", level="B")),
        (matched("z", conditions=asking(ConditionStatus.MET)), matched("a", conditions=OPEN, approved="2024-01-01")),
        (matched("z", conditions=OPEN, approved="2024-01-01"), matched("a")),
        (matched("z", conditions=asking(ConditionStatus.FACT)), matched("a", conditions=OPEN)),
        (
            matched("z", conditions=setting("metastatic disease")),
            matched("a", conditions=setting("previously treated")),
        ),
        (
            matched("z", conditions=setting("first-line treatment")),
            matched("a", conditions=PRETREATED, approved="2024"),
        ),
        (matched("z", conditions=PRETREATED), matched("a", conditions=ADJUVANT, approved="2024")),
        (matched("z", conditions=PRETREATED), matched("a", approved="2024")),
        (matched("z", conditions=PRETREATED), matched("a", conditions=setting("some words", FOR_READER))),
        (matched("z", conditions=setting("some words", FOR_READER)), matched("a", conditions=ADJUVANT)),
        (matched("z", conditions=OPEN, approved="2024-01-02"), matched("a", conditions=PRETREATED)),
        (
            matched("z", tumor_type_match=TumorTypeMatch.OTHER),
            matched("a", tumor_type_match=TumorTypeMatch.OTHER, therapies=("A", "B"), approved="2024"),
        ),
        (matched("z", therapies=("A", "B"), approved="2024"), matched("a", approved="2023")),
        (matched("z", approved="2024-01-02"), matched("a", approved="2024-01-01")),
        (matched("z", approved="2004-01-02"), matched("a")),
        (matched("z", "Gefitinib", knowledge_base="core"), matched("a", "Afatinib")),
        (matched("z", "Afatinib"), matched("a", "Gefitinib")),
        (matched("a"), matched("z")),
    ],
)
def test_of_two_statements_one_leads(first: EvidenceMatch, second: EvidenceMatch) -> None:
    assert rank_of_match(first) < rank_of_match(second)


def test_the_ways_of_naming_an_allele_count_the_same() -> None:
    ranks = {rank_of_match(matched("x", resolution=name)) for name in ("genomic", "hgvs", "protein")}
    assert len(ranks) == 1


LEADS = [
    ("LUAD", "EGFR T790M", "", "Osimertinib"),
    ("LUAD", "ERBB2 S310F", "", "Trastuzumab deruxtecan"),
    ("AML", "FLT3 D835Y", "", "Cytarabine + Daunorubicin + Midostaurin"),
    ("AML", "FLT3 D835Y", "prior_therapies=Cytarabine", "Gilteritinib"),
    ("LUAD", "EGFR L858R", "", "Amivantamab + Lazertinib"),
    ("LUAD", "EGFR L858R", "stage=IIIB", "Osimertinib (after chemoradiation)"),
    ("LUAD", "EGFR L858R", "stage=IV;prior_therapies=Osimertinib", "Amivantamab + Carboplatin + Pemetrexed"),
    ("MEL", "BRAF V600E", "", "Binimetinib + Encorafenib"),
    ("COAD", "BRAF V600E", "", "Cetuximab + Encorafenib + Fluorouracil + Oxaliplatin"),
    ("COAD", "BRAF V600E", "prior_therapies=Fluorouracil,Oxaliplatin", "Cetuximab + Encorafenib"),
    ("BRCA", "PIK3CA H1047R", "receptors=HR:positive,HER2:negative", "Fulvestrant + Inavolisib + Palbociclib"),
]


@pytest.mark.parametrize(("code", "alteration", "facts", "drug"), LEADS)
@pytest.mark.parametrize("bases", [(), ("civic",), ("moalmanac",), ("civic", "moalmanac")])
def test_the_drug_that_a_board_would_name_leads(
    shared_data: Path,
    monkeypatch: pytest.MonkeyPatch,
    bases: tuple[str, ...],
    code: str,
    alteration: str,
    facts: str,
    drug: str,
) -> None:
    monkeypatch.setenv("GENOMODEL_MIRROR", str(shared_data))
    case = Case({"id": "x", "tumor_type": code, "alterations": alteration, "facts": facts})
    (finding,) = run(case, rule_set(bases)).findings
    assert finding.evidence[0].evidence.therapy == drug
    assert f"for {drug} (sensitivity)" in finding.why


@pytest.mark.parametrize("code", ["LUAD", "IDC"])
def test_no_partner_that_belongs_to_another_tumor_type_leads(code: str) -> None:
    case = Case({"id": "x", "tumor_type": code, "alterations": "BRCA2 S1982fs", "facts": ""})
    (finding,) = run(case).findings
    assert (finding.evidence[0].tier, len(finding.evidence[0].evidence.therapies)) == ("II-C", 1)
    assert any("Abiraterone acetate" in match.evidence.therapy for match in finding.evidence)


@pytest.mark.parametrize(
    ("code", "alteration"), [("LUAD", "KRAS G12C"), ("HGSOC", "BRCA1 S1503fs"), ("UCEC", "MSI-high")]
)
def test_the_wording_that_keeps_its_conditions_leads_the_same_claim_of_another_base(
    mirror: Path, code: str, alteration: str
) -> None:
    case = Case({"id": "x", "tumor_type": code, "alterations": alteration, "facts": ""})
    (finding,) = run(case, rule_set(("moalmanac",))).findings
    listed = [match.evidence for match in finding.evidence if match.tier == "I-A"]
    claims = [item for item in listed if item.level in ("approved", "FDA-Approved")]
    assert claims[0].knowledge_base == "core"
    for item in claims:
        same = [one.knowledge_base for one in claims if one.therapies == item.therapies]
        assert same == sorted(same), item.therapy
