"""Each kind of condition held against a patient: the answer with the words that a reader sees for it."""

from __future__ import annotations

import pytest

from genomodel.core.clinical import ClinicalFacts, ConditionAnswer, ConditionStatus
from genomodel.core.variants import AlleleCounts, Origin
from genomodel.interpretation.conditions import (
    answer_conditions,
    condition_words,
    nearest,
    read_conditions,
)
from genomodel.interpretation.matching import Tumor
from genomodel.interpretation.matching.alterations import Assayed
from genomodel.interpretation.matching.build import small_variant
from genomodel.interpretation.patient_facts import Known, hold, label_of
from genomodel.interpretation.requirements import parse_requirement
from genomodel.resources.oncotree import tumor_type_of
from tests.interpretation.builders import facts_of, patient, variant

MET, NOT_MET = ConditionStatus.MET, ConditionStatus.NOT_MET
NOT_GIVEN, FOR_READER, FACT = ConditionStatus.NOT_GIVEN, ConditionStatus.FOR_READER, ConditionStatus.FACT


@pytest.mark.parametrize(
    ("asked", "code", "facts", "status", "said"),
    [
        ("receptor:HER2=negative", "BRCA", "", NOT_GIVEN, "HER2 status not given"),
        ("receptor:HER2=negative", "BRCA", "receptor_status: HER2 low", MET, "HER2 low"),
        ("receptor:HER2=positive", "BRCA", "receptor_status: HER2 low", NOT_MET, "HER2 low"),
        ("receptor:HER2=negative", "BRCA", "receptor_status: HR+", NOT_GIVEN, "HER2 status not given"),
        ("receptor:PR=positive", "BRCA", "receptor_status: HR+", NOT_GIVEN, "PR status not given (HR positive)"),
        ("line:1", "LUAD", "", NOT_GIVEN, "line of treatment not given"),
        ("line:1", "LUAD", "line: 1", MET, "line 1"),
        ("line:2", "LUAD", "line: 3", NOT_MET, "line 3"),
        ("prior:Hormone Therapy", "BRCA", "prior_therapy: FOLFOX", NOT_MET, "no Hormone Therapy given before"),
        ("prior:any", "BRCA", "prior_therapy: Zoledronic Acid", NOT_MET, "no systemic therapy given before"),
        ("prior:any", "BRCA", "prior_therapy: Zoledronic Acid, Letrozole", MET, "Letrozole given before"),
        ("line:2+", "LUAD", "line: 2", MET, "line 2"),
        ("line:2+", "LUAD", "line: 1", NOT_MET, "line 1"),
        ("line:1", "LUAD", "prior_therapy: none", MET, "no therapy given before, so that the line is the first"),
        ("line:2+", "LUAD", "prior_therapy: none", NOT_MET, "no therapy given before, so that the line is the first"),
        ("stage:metastatic", "LUAD", "", NOT_GIVEN, "stage not given"),
        ("stage:metastatic", "LUAD", "stage: IVB", MET, "stage IVB"),
        ("stage:advanced", "LUAD", "stage: III", NOT_GIVEN, "stage III does not tell"),
        ("stage:early", "LUAD", "stage: II", MET, "stage II"),
        ("stage:early", "LUAD", "stage: locally advanced", NOT_MET, "stage locally advanced"),
        ("stage:advanced", "LUAD", "stage: locally advanced", MET, "stage locally advanced"),
        ("group:II,III", "LUAD", "", NOT_GIVEN, "stage not given"),
        ("group:II,III", "LUAD", "stage: IIIA", MET, "stage IIIA"),
        ("group:II,III", "LUAD", "stage: IV", NOT_MET, "stage IV"),
        ("group:II,III", "LUAD", "stage: I", NOT_MET, "stage I"),
        ("group:II,III", "LUAD", "stage: locally advanced", NOT_GIVEN, "stage locally advanced does not tell"),
        ("prior:any", "LUAD", "", NOT_GIVEN, "prior therapy not given"),
        ("prior:any", "LUAD", "line: 1", NOT_GIVEN, "prior therapy not given"),
        ("prior:any", "LUAD", "line: 2", MET, "line 2"),
        ("prior:any", "LUAD", "prior_therapy: none", NOT_MET, "no systemic therapy given before"),
        ("prior:any", "LUAD", "prior_therapy: cisplatin; gefitinib", MET, "Cisplatin, Gefitinib given before"),
        ("prior:Gefitinib", "LUAD", "", NOT_GIVEN, "prior therapy not given"),
        ("prior:Gefitinib", "LUAD", "prior_therapy: none", NOT_MET, "no therapy given before"),
        ("prior:Gefitinib", "LUAD", "prior_therapy: cisplatin", NOT_MET, "no Gefitinib given before"),
        ("prior:EGFR TKI", "LUAD", "prior_therapy: gefitinib; erlotinib", MET, "Erlotinib, Gefitinib given before"),
        (
            "prior:EGFR TKI",
            "LUAD",
            "prior_therapy: sunvozertinib; cisplatin",
            NOT_GIVEN,
            "whether Sunvozertinib, given before, is EGFR TKI is not known",
        ),
        ("age:18+", "LUAD", "", NOT_GIVEN, "age not given"),
        ("age:18+", "LUAD", "age: 18", MET, "age 18"),
        ("age:18+", "LUAD", "age: 17.5", NOT_MET, "age 17.5"),
        ("sex:female", "LUAD", "", NOT_GIVEN, "sex not given"),
        ("type:LUAD", "LUAD", "", MET, "Lung Adenocarcinoma"),
        ("type:LUSC", "LUAD", "", NOT_MET, "Lung Adenocarcinoma"),
        ("type:LUSC", "NSCLC", "", NOT_GIVEN, "Non-Small Cell Lung Cancer: subtype not given"),
        ("type:LUSC", "", "", NOT_GIVEN, "tumor type not given"),
        ("origin:germline", "LUAD", "", FOR_READER, "no origin is told of such an alteration"),
        ("tumor:{KRAS/hotspot}", "LUAD", "", NOT_GIVEN, "the tumor's alterations were not looked at"),
        ("reader:fit for surgery", "LUAD", "", FOR_READER, "to judge: fit for surgery"),
    ],
)
def test_an_answer_says_what_was_compared(
    asked: str, code: str, facts: str, status: ConditionStatus, said: str
) -> None:
    who = patient("LUAD", clinical=facts_of(facts)).model_copy(update={"tumor_type": tumor_type_of(code)})
    answer = hold(parse_requirement(asked), Known(who))
    assert (answer.status, answer.reasons) == (status, (said,))


def test_what_is_for_the_reader_alone_needs_no_words() -> None:
    answer = hold(parse_requirement("reader"), Known(patient("LUAD")))
    assert (answer.status, answer.reasons) == (FOR_READER, ())


@pytest.mark.parametrize("sex", ["female", "male"])
def test_sex_is_compared_and_told(sex: str) -> None:
    answer = hold(parse_requirement("sex:female"), Known(patient("LUAD", sex=sex)))
    assert (answer.status, answer.reasons) == (MET if sex == "female" else NOT_MET, (sex,))


@pytest.mark.parametrize(
    ("origin", "asked", "status", "said"),
    [
        (Origin.GERMLINE, "germline", MET, "the variant is germline"),
        (Origin.GERMLINE, "somatic", NOT_MET, "the variant is germline"),
        (Origin.SOMATIC, "somatic", MET, "the variant is somatic"),
        (Origin.UNCERTAIN, "germline", NOT_GIVEN, "the variant's origin is uncertain"),
    ],
)
def test_the_origin_is_that_of_the_variant(origin: Origin, asked: str, status: ConditionStatus, said: str) -> None:
    in_normal = AlleleCounts(depth=60, alt_reads=30) if origin is Origin.GERMLINE else None
    item = variant("BRCA1", "C61G", origin=origin).model_copy(update={"normal": in_normal})
    answer = hold(parse_requirement(f"origin:{asked}"), Known(patient("BRCA"), None, item))
    assert (answer.status, answer.reasons) == (status, (said,))


def test_another_gene_is_named_as_found_as_not_found_or_as_not_known() -> None:
    who = patient("COAD")
    found = small_variant(variant("KRAS", "G12D"), who)
    asked = parse_requirement("tumor:{KRAS/mutation}")

    def told(tumor: Tumor) -> tuple[ConditionStatus, tuple[str, ...]]:
        answer = hold(asked, Known(who, tumor))
        return answer.status, answer.reasons

    with_it = Tumor(alterations=(found,))
    assert told(with_it) == (MET, ("KRAS G12D found",))
    assert label_of(found.id, with_it) == "KRAS G12D"
    assert label_of("no such alteration", with_it) == "no such alteration"
    looked = Tumor(assayed=Assayed(genes=frozenset({"KRAS"})))
    assert told(looked) == (NOT_MET, ("not found: KRAS mutation",))
    status, reasons = told(Tumor())
    assert status is NOT_GIVEN
    assert reasons
    assert all(reason.startswith("not known: ") and "KRAS" in reason for reason in reasons)


def answer(name: str, status: ConditionStatus, reason: str = "", *, decides_disease: bool = False) -> ConditionAnswer:
    return ConditionAnswer(condition=name, status=status, reason=reason, decides_disease=decides_disease)


@pytest.mark.parametrize(
    ("answers", "same_disease", "words"),
    [
        ([answer("a", MET, "x"), answer("b", MET)], True, "met: a (x), b"),
        ([answer("a", FACT), answer("b", FACT)], True, "as stated: a, b"),
        ([answer("a", FOR_READER), answer("b", FOR_READER, "y")], True, "for the reader: a, b (y)"),
        ([answer("a", NOT_MET, "x")], True, "not met now: a (x)"),
        ([answer("a", NOT_MET, "x", decides_disease=True)], True, "not met: a (x)"),
        (
            [answer("a", NOT_GIVEN, "a status not given"), answer("b", NOT_GIVEN, "not told"), answer("c", NOT_GIVEN)],
            True,
            "I-A only if a, and b, and c; status not given (not told)",
        ),
        (
            [answer("a", NOT_GIVEN, "not told"), answer("b", NOT_GIVEN, "open"), answer("c", NOT_GIVEN, "open")],
            True,
            "I-A only if a, and b, and c; status not given (not told, open)",
        ),
        ([answer("a", NOT_GIVEN)], True, "I-A only if a; status not given"),
        ([answer("a", NOT_GIVEN), answer("b", NOT_GIVEN)], False, "conditions there: a, and b"),
        (
            [answer("a", NOT_GIVEN), answer("b", NOT_MET, "x", decides_disease=True)],
            True,
            "not met: b (x); not given: a",
        ),
        (
            [answer("a", NOT_GIVEN), answer("b", NOT_MET, "x")],
            True,
            "not met now: b (x); I-A only if a; status not given",
        ),
        (
            [
                answer("fact", FACT),
                answer("reader", FOR_READER),
                answer("met", MET),
                answer("open", NOT_GIVEN),
                answer("later", NOT_MET),
                answer("other", NOT_MET, decides_disease=True),
            ],
            True,
            "not met: other; not met now: later; not given: open; met: met; for the reader: reader; as stated: fact",
        ),
    ],
)
def test_conditions_are_told_by_how_they_stand(answers: list[ConditionAnswer], same_disease: bool, words: str) -> None:
    assert condition_words(answers, "I-A", same_disease=same_disease) == words


def test_an_answer_tells_every_reason_and_whether_it_decides_the_disease() -> None:
    (first,) = answer_conditions(["HER2-negative"], patient("BRCA"))
    assert (first.condition, first.status, first.reason, first.decides_disease) == (
        "HER2-negative",
        NOT_GIVEN,
        "HER2 status not given",
        True,
    )


def test_only_the_mark_for_the_reader_is_taken_off_a_condition() -> None:
    assert read_conditions(["reader:  as the board decides", "fit for surgery ", "adult"]) == (
        "as the board decides",
        "fit for surgery ",
        "adult",
    )


@pytest.mark.parametrize(
    ("text", "near"), [("HER2-negativ", "HER2-negative"), ("as the board decides", ""), ("HER2-negXXXXX", "")]
)
def test_the_nearest_condition_is_named_only_where_one_is_near(text: str, near: str) -> None:
    assert nearest(text) == near


T, F, G, R = "age:18+", "age:<18", "line:1", "reader"


JOINS = [
    (f"{T} & {T}", MET),
    (f"{T} & {F}", NOT_MET),
    (f"{T} & {G}", NOT_GIVEN),
    (f"{T} & {R}", FOR_READER),
    (f"{G} & {R}", NOT_GIVEN),
    (f"{F} & {G}", NOT_MET),
    (f"{F} & {R}", NOT_MET),
    (f"{T} | {F}", MET),
    (f"{T} | {G}", MET),
    (f"{T} | {R}", MET),
    (f"{F} | {F}", NOT_MET),
    (f"{F} | {G}", NOT_GIVEN),
    (f"{F} | {R}", FOR_READER),
    (f"{G} | {R}", NOT_GIVEN),
    (f"!{T}", NOT_MET),
    (f"!{F}", MET),
    (f"!{G}", NOT_GIVEN),
    (f"!{R}", FOR_READER),
    (f"{F} | {T} & {R}", FOR_READER),
    (f"({F} | {T}) & {R}", FOR_READER),
    (f"{T} | {F} & {R}", MET),
    (f"!({F} | {G})", NOT_GIVEN),
    ("!tumor:{KRAS/hotspot & !NRAS/hotspot}", NOT_GIVEN),
]


@pytest.mark.parametrize(("text", "status"), JOINS)
def test_what_is_open_stays_open_unless_another_part_decides(text: str, status: ConditionStatus) -> None:
    who = patient("LUAD", clinical=ClinicalFacts(age=40))
    assert hold(parse_requirement(text), Known(who)).status is status


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("age:18+ & line:1", ("line of treatment not given",)),
        ("age:18+ & reader:grown", ("age 40", "to judge: grown")),
        ("age:<18 | reader:young", ("to judge: young",)),
        ("age:18+ & age:<18 & line:1", ("age 40",)),
        ("line:1 & line:2", ("line of treatment not given",)),
        ("!age:18+", ("age 40",)),
    ],
)
def test_the_reasons_are_those_of_the_parts_that_decide(text: str, reasons: tuple[str, ...]) -> None:
    who = patient("LUAD", clinical=ClinicalFacts(age=40))
    assert hold(parse_requirement(text), Known(who)).reasons == reasons


@pytest.mark.parametrize(
    ("code", "asked", "status"),
    [
        ("LUSC", "!type:LUSC", NOT_MET),
        ("LUAD", "!type:LUSC", MET),
        ("NSCLC", "!type:LUSC", NOT_GIVEN),
        ("", "!type:LUSC", NOT_GIVEN),
    ],
)
def test_a_histology_is_told_by_the_tumor_type_as_far_as_that_goes(
    code: str, asked: str, status: ConditionStatus
) -> None:
    who = patient("LUAD").model_copy(update={"tumor_type": tumor_type_of(code)})
    assert hold(parse_requirement(asked), Known(who)).status is status


@pytest.mark.parametrize(
    ("code", "stage", "asked", "status"),
    [
        ("LUAD", "IV", "stage:metastatic", MET),
        ("CCRCC", "IV", "stage:metastatic", NOT_GIVEN),
        ("CCRCC", "IV", "stage:advanced", MET),
        ("LUAD", "advanced", "stage:metastatic", NOT_GIVEN),
        ("LUAD", "metastatic", "group:IV", MET),
        ("LUAD", "early", "group:IV", NOT_MET),
        ("LUAD", "IIIB", "group:II,III", MET),
        ("LUAD", "early", "group:II,III", NOT_GIVEN),
        ("LUAD", "IIA", "stage:advanced", NOT_MET),
    ],
)
def test_a_stage_answers_no_more_than_it_says(code: str, stage: str, asked: str, status: ConditionStatus) -> None:
    who = patient(code, clinical=ClinicalFacts(stage=stage))
    assert hold(parse_requirement(asked), Known(who)).status is status


@pytest.mark.parametrize(
    ("receptors", "asked", "status", "said"),
    [
        ("HR+, ER-", "receptor:PR=positive", MET, "PR positive"),
        ("HR+, PR-", "receptor:ER=positive", MET, "ER positive"),
        ("HR+, PR-", "receptor:ER=negative", NOT_MET, "ER positive"),
        ("HR+", "receptor:ER=positive", NOT_GIVEN, "ER status not given (HR positive)"),
        ("HR-", "receptor:ER=negative", MET, "ER negative"),
        ("HR-", "receptor:PR=positive", NOT_MET, "PR negative"),
        ("ER-", "receptor:HR=negative", NOT_GIVEN, "HR status not given"),
        ("ER-", "receptor:PR=negative", NOT_GIVEN, "PR status not given"),
        ("ER-, PR-", "receptor:HR=negative", MET, "HR negative"),
        ("ER-, PR+", "receptor:HR=positive", MET, "HR positive"),
        ("HER2-", "receptor:HER2=low", NOT_GIVEN, "HER2 negative: whether low is not given"),
        ("HER2 low", "receptor:HER2=low", MET, "HER2 low"),
        ("HER2+", "receptor:HER2=low", NOT_MET, "HER2 positive"),
    ],
)
def test_a_receptor_follows_from_others_only_where_it_must(
    receptors: str, asked: str, status: ConditionStatus, said: str
) -> None:
    who = patient("BRCA", clinical=facts_of(f"receptor_status: {receptors}"))
    answer = hold(parse_requirement(asked), Known(who))
    assert (answer.status, answer.reasons) == (status, (said,))


@pytest.mark.parametrize(
    ("age", "asked", "status"),
    [
        (16, "age:16-60", MET),
        (15.9, "age:16-60", NOT_MET),
        (60.9, "age:16-60", MET),
        (61, "age:16-60", NOT_MET),
        (60, "age:<60", NOT_MET),
        (59.9, "age:<60", MET),
        (0.5, "age:0.5+", MET),
        (0.4, "age:0.5+", NOT_MET),
    ],
)
def test_ages_are_held_to_their_bounds(age: float, asked: str, status: ConditionStatus) -> None:
    assert hold(parse_requirement(asked), Known(patient("AML", clinical=ClinicalFacts(age=age)))).status is status


@pytest.mark.parametrize(
    ("facts", "asked", "status"),
    [
        ("prior_therapy: surgery", "prior:any", NOT_MET),
        ("prior_therapy: surgery; cisplatin", "prior:any", MET),
        ("prior_therapy: chemotherapy", "prior:Platinum Compound", NOT_GIVEN),
        ("prior_therapy: sunvozertinib", "prior:EGFR TKI", NOT_GIVEN),
        ("prior_therapy: platinum doublet", "prior:Platinum Compound", MET),
        ("line: 2", "prior:Platinum Compound", NOT_GIVEN),
        ("line: 3", "line:3+", MET),
        ("line: 2", "line:3+", NOT_MET),
        ("line: 2", "line:1", NOT_MET),
        ("prior_therapy: cisplatin", "line:1", NOT_GIVEN),
    ],
)
def test_what_was_given_before_answers_no_more_than_it_says(facts: str, asked: str, status: ConditionStatus) -> None:
    assert hold(parse_requirement(asked), Known(patient("LUAD", clinical=facts_of(facts)))).status is status
