"""Pathogenic inherited alleles are graded by the claims that hold for them, and by no other."""

from __future__ import annotations

import pytest

from genomodel.core.clinical import ConditionStatus
from genomodel.core.findings import Disposition, DispositionKind, Finding, Interpretation, VariantOrigin
from genomodel.core.patients import CallingMode
from genomodel.core.variants import AlleleCounts, AnnotatedVariant, ClinVarRecord, Origin
from genomodel.interpretation.interpret import interpret
from genomodel.interpretation.matching.build import is_common
from genomodel.interpretation.rule_sets import RuleSet
from tests.interpretation.builders import MISSENSE, TRUNCATING, by_therapy, calls_of, interpreted, patient, variant
from tests.interpretation.tumors import statement

PATHOGENIC = ClinVarRecord(variation_id="1", germline="Pathogenic", germline_review="reviewed_by_expert_panel")
BENIGN = PATHOGENIC.model_copy(update={"germline": "Benign"})
IN_NORMAL = AlleleCounts(depth=60, alt_reads=30, allele_fraction=0.5)


def inherited(gene: str = "BRCA1", change: str = "Q1756Pfs*74", **more: object) -> AnnotatedVariant:
    kind = TRUNCATING if "fs" in change or change.endswith("*") else MISSENSE
    item = variant(gene, change, kind, origin=Origin.GERMLINE)
    return item.model_copy(update={"normal": IN_NORMAL, **more})


def of_tumor(result: Interpretation) -> tuple[tuple[Finding, ...], Disposition]:
    (disposition,) = result.dispositions
    return result.findings, disposition


@pytest.mark.parametrize("consent", [True, None])
@pytest.mark.parametrize(
    ("tumor_type", "gene", "change", "therapy"),
    [
        ("HGSOC", "BRCA1", "Q1756Pfs*74", "Olaparib (maintenance)"),
        ("PRAD", "BRCA2", "S1982Rfs*22", "Olaparib"),
        ("PRAD", "PALB2", "N531Qfs*4", "Olaparib"),
        ("PAAD", "BRCA2", "S1982Rfs*22", "Olaparib (maintenance)"),
        ("BRCA", "BRCA1", "Q1756Pfs*74", "Talazoparib"),
    ],
)
def test_an_inherited_loss_has_the_tier_of_the_claims_that_cover_it(
    tumor_type: str, gene: str, change: str, therapy: str, consent: bool | None
) -> None:
    result = interpreted(tumor_type, inherited(gene, change), germline_consent=consent)
    (finding,), disposition = of_tumor(result)
    assert result.set_aside == ()
    assert (finding.tier, by_therapy(result)[therapy].tier) == ("I-A", "I-A")
    assert {match.evidence.origin for match in finding.evidence} <= {VariantOrigin.GERMLINE, VariantOrigin.EITHER}
    assert "were it" not in finding.why
    assert (disposition.kind, disposition.tier) == (DispositionKind.GERMLINE, "I-A")
    assert disposition.reason.startswith("Inherited; matches I-A ")
    assert "; confirm by germline testing." in disposition.reason


def test_a_refused_consent_hides_it() -> None:
    result = interpreted("HGSOC", inherited(), germline_consent=False)
    (disposition,) = result.dispositions
    assert (result.findings, result.set_aside) == ((), ())
    assert (disposition.kind, disposition.tier) == (DispositionKind.WITHHELD, "")


def germline_status(item: AnnotatedVariant) -> ConditionStatus:
    match = by_therapy(interpreted("BRCA", item))["Talazoparib"]
    return next(answer.status for answer in match.conditions if "germline" in answer.condition)


def test_that_it_is_inherited_is_known_where_the_normal_shows_it() -> None:
    assert germline_status(inherited()) is ConditionStatus.MET
    assert germline_status(inherited(normal=None)) is ConditionStatus.NOT_GIVEN
    unseen = AlleleCounts(depth=60, alt_reads=0, allele_fraction=0.0)
    assert germline_status(inherited(normal=unseen)) is ConditionStatus.NOT_GIVEN


@pytest.mark.parametrize(
    "item",
    [
        inherited("BRCA1", "K45N"),
        inherited(population_frequency=0.02),
        inherited(clinvar=BENIGN),
        inherited(normal=None, filters=("germline", "weak_evidence")),
    ],
    ids=["missense", "common", "benign", "artifact"],
)
def test_what_is_not_known_to_be_pathogenic_or_real_has_no_tier(item: AnnotatedVariant) -> None:
    findings, disposition = of_tumor(interpreted("HGSOC", item))
    assert findings == ()
    assert (disposition.kind, disposition.tier) == (DispositionKind.GERMLINE, "")


@pytest.mark.parametrize("origin", [Origin.GERMLINE, Origin.UNCERTAIN])
@pytest.mark.parametrize(
    ("tumor_type", "gene", "change", "frequency"),
    [
        ("HGSOC", "BRCA1", "E23Vfs*17", 0.006),
        ("PAAD", "BRCA2", "S1982Rfs*22", 0.007),
        ("PRAD", "CHEK2", "T367Mfs*15", 0.008),
    ],
)
def test_a_truncation_of_few_founders_needs_no_word_of_clinvar(
    tumor_type: str, gene: str, change: str, frequency: float, origin: Origin
) -> None:
    mode = CallingMode.TUMOR_NORMAL if origin is Origin.GERMLINE else CallingMode.TUMOR_ONLY
    item = inherited(gene, change, population_frequency=frequency, origin=origin)
    item = item if origin is Origin.GERMLINE else item.model_copy(update={"normal": None})
    (finding,), disposition = of_tumor(interpreted(tumor_type, item, mode=mode))
    assert (finding.tier, disposition.tier) == ("I-A", "I-A")
    assert any("known in the population" in caution for caution in finding.evidence[0].cautions)
    held = item.model_copy(update={"clinvar": BENIGN})
    assert interpreted(tumor_type, held, mode=mode).findings == ()
    assert is_common(held)
    assert not is_common(item)


def test_a_frequent_truncation_of_a_gene_that_nobody_inherits_stays_common() -> None:
    item = variant("ARID1A", "Q1334Rfs*9", TRUNCATING).model_copy(update={"population_frequency": 0.006})
    assert interpreted("HGSOC", item).findings == ()


def test_an_allele_that_may_be_an_artifact_says_what_it_waits_for() -> None:
    doubtful = inherited(normal=None, filters=("germline", "weak_evidence"))
    (aside,) = interpreted("HGSOC", doubtful).set_aside
    assert "were it confirmed to be there and pathogenic, it would match evidence of tier I-A" in aside.why


def test_a_pathogenic_missense_allele_has_the_tier() -> None:
    (finding,), disposition = of_tumor(interpreted("HGSOC", inherited("BRCA1", "C61G", clinvar=PATHOGENIC)))
    assert (finding.tier, disposition.tier) == ("I-A", "I-A")
    assert "pathogenic or likely so by ClinVar" in finding.why


def test_a_filter_that_names_it_as_inherited_is_no_doubt_of_it() -> None:
    (finding,), _ = of_tumor(interpreted("HGSOC", inherited(normal=None, filters=("germline",))))
    assert finding.tier == "I-A"
    held = inherited(filters=("germline", "normal_artifact"))
    assert interpreted("HGSOC", held).findings[0].tier == "I-A"


def test_a_residue_that_the_claim_names_needs_no_other_source() -> None:
    item = inherited("RET", "C620R")
    (finding,), _ = of_tumor(interpreted("THME", item))
    assert finding.tier == "I-A"
    assert interpreted("THME", inherited("RET", "G691S")).findings == ()
    assert interpreted("THME", item.model_copy(update={"clinvar": BENIGN})).findings == ()
    assert interpreted("THME", item.model_copy(update={"population_frequency": 0.02})).findings == ()


def test_an_approval_that_ended_limits_another_base_on_an_inherited_allele_too() -> None:
    said = statement(
        "other",
        "allele:C634R",
        "RET",
        tumor_types=("THME",),
        therapy="Pralsetinib",
        therapies=("Pralsetinib",),
        origin=VariantOrigin.EITHER,
        knowledge_base="civic",
    ).model_copy(update={"tier": "I-A", "scope": "listed"})
    result = interpret(calls_of(patient("THME"), inherited("RET", "C634R")), None, rules=RuleSet((said,)))
    ((match,),) = (finding.evidence for finding in result.findings)
    assert match.tier == "II-C"
    assert "an approval of Pralsetinib ended" in match.tier_reason


def test_a_repetition_before_its_record_takes_nothing_from_it() -> None:
    first = inherited()
    result = interpret(calls_of(patient("HGSOC"), first.model_copy(update={"repeats": 2}), first), None)
    assert [item.kind for item in result.dispositions] == [DispositionKind.DUPLICATE, DispositionKind.GERMLINE]
    assert [item.tier for item in result.dispositions] == ["I-A", "I-A"]


def test_claims_on_somatic_variants_do_not_hold_for_it() -> None:
    result = interpreted("MEL", inherited("BRAF", "V600E", clinvar=PATHOGENIC))
    (aside,) = result.set_aside
    assert result.findings == ()
    assert "were it of the tumor, it would match evidence of tier I-A" in aside.why
    assert result.dispositions[0].tier == ""


def test_an_inherited_allele_that_two_records_give_counts_once() -> None:
    first = inherited()
    result = interpret(calls_of(patient("HGSOC"), first, first), None)
    assert len(result.findings) == 1
    assert [item.kind for item in result.dispositions] == [DispositionKind.GERMLINE, DispositionKind.DUPLICATE]


def test_it_changes_nothing_of_what_the_tumor_acquired() -> None:
    kras = variant("KRAS", "G12D")
    alone = interpret(calls_of(patient("PAAD"), kras), None)
    both = interpret(calls_of(patient("PAAD"), kras, inherited("BRCA2", "S1982Rfs*22")), None)
    assert [item for item in both.findings if item.gene == "KRAS"] == list(alone.findings)
