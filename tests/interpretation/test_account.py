from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.core.errors import GenomodelError
from genomodel.core.findings import Disposition, DispositionKind
from genomodel.core.variants import AnnotatedCalls, Intake, Origin, Variant, VariantClass
from genomodel.interpretation import interpret as module
from genomodel.interpretation.account import require_accounted
from genomodel.interpretation.dispositions import with_tiers
from genomodel.interpretation.interpret import interpret
from tests.interpretation.builders import calls_of, interpreted, patient, variant

BRAF = variant("BRAF", "V600E", place=Variant(chrom="7", pos=140453136, ref="A", alt="T"))
TTN = variant("TTN", "A1T", place=Variant(chrom="2", pos=9, ref="a", alt="c"))
KEYS = ("7:140453136:A>T", "2:9:A>C")


def calls(*records: str, numbers: tuple[int, ...] | None = None, joined: bool = False) -> AnnotatedCalls:
    held = calls_of(patient("MEL"), BRAF, TTN)
    intake = Intake(records=records, numbers=numbers, joined=joined)
    moved = tuple(
        one.model_copy(update={"record": number}) for number, one in zip(numbers or (1, 2), held.variants, strict=True)
    )
    return held.model_copy(update={"intake": intake, "variants": moved})


def test_a_record_without_a_variant_is_a_defect_and_no_silence() -> None:
    with pytest.raises(GenomodelError, match="1 came in and did not go out: 2"):
        interpret(calls_of(patient("MEL"), BRAF, n_records=2), None)
    with pytest.raises(GenomodelError, match="1 went out and did not come in: 1"):
        interpret(calls_of(patient("MEL"), BRAF, n_records=0), None)


def test_what_came_in_by_its_text_goes_out() -> None:
    result = interpret(calls(*KEYS), None)
    assert tuple(item.variant for item in result.dispositions) == KEYS


@pytest.mark.parametrize(
    ("records", "says"),
    [
        (
            ("7:140453136:A>T", "2:9:A>G"),
            "1 came in and did not go out: 2:9:A>G, 1 went out and did not come in: 2:9:A>C",
        ),
        (KEYS[::-1], "the records stand in another order"),
        ((*KEYS, "2:10:A>C"), "3 records came in, 2 were read"),
        (KEYS[:1], "1 records came in, 2 were read"),
        (("7:140453136:A>T,7:140453136:A>G", "2:9:A>C"), "did not go out: 7:140453136:A>T,7:140453136:A>G"),
    ],
)
def test_what_the_reader_altered_lost_or_made_up_stops_the_run(records: tuple[str, ...], says: str) -> None:
    with pytest.raises(GenomodelError, match=says) as caught:
        interpret(calls(*records), None)
    assert caught.value.exit_code == 1


def test_records_of_several_files_stand_in_any_order_but_none_may_be_lost() -> None:
    assert len(interpret(calls(*KEYS[::-1], joined=True), None).dispositions) == 2
    with pytest.raises(GenomodelError, match="1 came in and did not go out: 2:9:A>G"):
        interpret(calls(KEYS[0], "2:9:A>G", joined=True), None)


def test_rows_of_a_file_of_many_keep_their_numbers() -> None:
    result = interpret(calls(*KEYS, numbers=(41, 57)), None)
    assert [item.record for item in result.dispositions] == [41, 57]
    other = calls(*KEYS, numbers=(41, 57))
    wrong = other.model_copy(update={"intake": Intake(records=KEYS, numbers=(41, 58))})
    with pytest.raises(GenomodelError, match="1 came in and did not go out: 58"):
        interpret(wrong, None)


def test_a_lost_disposition_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "with_tiers", lambda *given: with_tiers(*given)[:-1])
    with pytest.raises(GenomodelError, match="1 have a disposition; 1 came in and did not go out: 2:9:A>C"):
        interpret(calls(*KEYS), None)


def test_a_disposition_under_another_key_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def renamed(*given: object) -> tuple[Disposition, ...]:
        first, *rest = with_tiers(*given)  # type: ignore[arg-type]
        return (first.model_copy(update={"variant": "7:140453137:A>T"}), *rest)

    monkeypatch.setattr(module, "with_tiers", renamed)
    with pytest.raises(GenomodelError, match="did not come in: 7:140453137:A>T"):
        interpret(calls(*KEYS), None)


@given(st.lists(st.lists(st.sampled_from("CGT"), min_size=1, max_size=3, unique=True), max_size=6), st.data())
def test_any_one_change_of_the_alleles_is_seen(alts: list[list[str]], data: st.DataObject) -> None:
    alleles = [(record, f"1:{record // 2}:A>{alt}") for record, found in enumerate(alts, 1) for alt in found]
    records = tuple(",".join(key for at, key in alleles if at == record) for record in range(1, len(alts) + 1))
    held = calls_of(patient("MEL"), n_records=len(alts)).model_copy(
        update={"intake": Intake(records=records, joined=data.draw(st.booleans()))}
    )
    require_accounted(held, alleles, "a variant")
    if alleles:
        place = data.draw(st.integers(0, len(alleles) - 1))
        for broken in (
            alleles[:place] + alleles[place + 1 :],
            [*alleles, alleles[place]],
            [*alleles[:place], (alleles[place][0], "1:0:A>AA"), *alleles[place + 1 :]],
        ):
            with pytest.raises(GenomodelError):
                require_accounted(held, broken, "a variant")


def test_each_kind_of_record_has_a_kind_of_its_own() -> None:
    def at(ref: str, alt: str, **facts: object) -> object:
        place = Variant(chrom="1", pos=5, ref=ref, alt=alt)
        return variant("TTN", "A1T", place=place).model_copy(update={"consequence": None, **facts})

    result = interpreted(
        "MEL",
        at("A", ".", origin=Origin.NOT_CALLED),  # type: ignore[arg-type]
        at("A", "*", origin=Origin.NOT_CALLED),  # type: ignore[arg-type]
        at("A", "<NON_REF>", origin=Origin.NOT_CALLED, filters=("weak",)),  # type: ignore[arg-type]
        at("A", "<DEL>"),  # type: ignore[arg-type]
        at("A", "A[2:9["),  # type: ignore[arg-type]
        at("A", "R"),  # type: ignore[arg-type]
        at("A", "C", origin=Origin.NOT_CALLED, filters=("PASS",)),  # type: ignore[arg-type]
        at("A", "<INS>", origin=Origin.NOT_CALLED, filters=("weak", "clustered")),  # type: ignore[arg-type]
        at("A", "G"),  # type: ignore[arg-type]
        variant("TTN", "", VariantClass.NONCODING, terms=("intron_variant",)),
        variant("TTN", "A3=", VariantClass.SYNONYMOUS),
        variant("TP53", "P72R", origin=Origin.GERMLINE),
    )
    kinds = DispositionKind
    assert [item.kind for item in result.dispositions] == [
        kinds.REFERENCE_ONLY,
        kinds.NO_SEQUENCE,
        kinds.NO_SEQUENCE,
        kinds.SYMBOLIC,
        kinds.SYMBOLIC,
        kinds.UNREADABLE,
        kinds.NOT_CALLED,
        kinds.FILTERED,
        kinds.NO_TRANSCRIPT,
        kinds.NONCODING,
        kinds.SYNONYMOUS,
        kinds.GERMLINE,
    ]
    assert "weak, clustered" in result.dispositions[7].reason
    assert all(item.reason.endswith(".") and not item.tier for item in result.dispositions)


def test_the_tier_of_a_disposition_is_that_of_its_finding_in_the_end() -> None:
    result = interpreted("COAD", variant("KRAS", "G12D"), BRAF, TTN)
    by_key = {one.variant.variant.key: one for one in (*result.findings, *result.other_variants) if one.variant}
    assert Counter(item.kind for item in result.dispositions)[DispositionKind.FINDING] == 2
    for item in result.dispositions:
        assert item.tier == (by_key[item.variant].tier or "")
    assert {item.tier for item in result.dispositions if item.kind is DispositionKind.FINDING} <= {"I-A", "I-B", "II-C"}
