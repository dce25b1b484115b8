from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.cohort.clinical import CLINICAL_COLUMNS, clinical_facts
from genomodel.cohort.sheets import read_cohort
from genomodel.core.clinical import NO_FACTS, ClinicalFacts, ReceptorState
from genomodel.core.errors import InputError
from genomodel.resources.drug_classes import drug_classes

POSITIVE, NEGATIVE, LOW = ReceptorState.POSITIVE, ReceptorState.NEGATIVE, ReceptorState.LOW
DRUGS = ("Carboplatin", "Osimertinib", "Trastuzumab deruxtecan", "Anastrozole", "EGFR TKI", "Platinum Compound")


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("ER=positive, PR=negative, HER2=low", {"ER": POSITIVE, "PR": NEGATIVE, "HER2": LOW}),
        ("HR+/HER2-", {"HR": POSITIVE, "HER2": NEGATIVE}),
        ("HR+ HER2\u2212", {"HR": POSITIVE, "HER2": NEGATIVE}),
        ("er pos; PgR: neg", {"ER": POSITIVE, "PR": NEGATIVE}),
        ("HER2-positive", {"HER2": POSITIVE}),
        ("HER2-low", {"HER2": LOW}),
        ("her-2 negative", {"HER2": NEGATIVE}),
        ("triple-negative", {"ER": NEGATIVE, "PR": NEGATIVE, "HER2": NEGATIVE}),
        ("TNBC, HER2-low", {"ER": NEGATIVE, "PR": NEGATIVE, "HER2": LOW}),
        ("HR=positive, ER=positive, PR=negative", {"HR": POSITIVE, "ER": POSITIVE, "PR": NEGATIVE}),
    ],
)
def test_receptors_are_read_as_people_write_them(text: str, states: dict[str, ReceptorState]) -> None:
    assert clinical_facts({"receptor_status": text}).receptors == states


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("receptor_status", "ER unknown", "'ER unknown' is no receptor with its state"),
        ("receptor_status", "ER=low", "'ER=low' is no receptor"),
        ("receptor_status", "HER2=3+", "'HER2=3+' is no receptor"),
        ("receptor_status", "AR=positive", "'AR=positive' is no receptor"),
        ("receptor_status", "ER", "'ER' is no receptor"),
        ("receptor_status", "ERBB2 positive", "'ERBB2' is no receptor"),
        ("receptor_status", ", ,", "no receptor"),
        ("receptor_status", "HER2=positive, HER2=negative", "HER2 is stated positive and negative"),
        ("receptor_status", "HER2=low HER2=positive", "HER2 is stated low and positive"),
        ("receptor_status", "triple-negative, ER=positive", "ER is stated negative and positive"),
        ("receptor_status", "HR=negative, PR=positive", "HR is negative and PR positive"),
        ("receptor_status", "ER-, PR-, HR+", "HR is positive, and ER and PR are negative"),
        ("line", "0", "'0' is no line"),
        ("line", "first", "'first' is no line"),
        ("line", "2.5", "'2.5' is no line"),
        ("line", "31", "'31' is no line"),
        ("stage", "T2N0M0", "'T2N0M0' is no stage"),
        ("stage", "V", "'V' is no stage"),
        ("stage", "recurrent", "'recurrent' is no stage"),
        ("prior_therapy", "osimertinb", "'osimertinb' is no drug or class"),
        ("prior_therapy", "carboplatin; foo", "'foo' is no drug or class"),
        ("prior_therapy", "none; imatinib", "says none and names a therapy"),
        ("prior_therapy", "unknown", "'unknown' is no drug or class"),
        ("prior_therapy", "Not Applicable", "'Not Applicable' is no drug or class"),
        ("prior_therapy", ";", "says none and names a therapy"),
        ("age", "-1", "'-1' is no age"),
        ("age", "131", "'131' is no age"),
        ("age", "130.5", "'130.5' is no age"),
        ("age", "61 years", "'61 years' is no age"),
        ("age", "nan", "'nan' is no age"),
    ],
)
def test_what_a_column_cannot_hold_is_told_with_the_column_and_how_to_mend_it(
    column: str, text: str, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        clinical_facts({column: text})
    assert said in caught.value.what
    assert caught.value.column == column
    assert caught.value.fix


def test_a_misspelt_drug_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(InputError) as caught:
        clinical_facts({"prior_therapy": "osimertinb"})
    assert "Did you mean Osimertinib" in str(caught.value.fix)


@pytest.mark.parametrize("prior", ["none", "surgery; radiation therapy"])
def test_a_later_line_contradicts_that_nothing_was_given_before(prior: str) -> None:
    with pytest.raises(InputError, match="line 2 contradicts that no drug was given before") as caught:
        clinical_facts({"line": "2", "prior_therapy": prior})
    assert caught.value.column == "prior_therapy"
    assert "first line or before" in str(caught.value.fix)
    assert clinical_facts({"line": "1", "prior_therapy": "none"}).prior_therapies == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("none", ()),
        ("Tagrisso", ("Osimertinib",)),
        ("FOLFOX; cetuximab", ("Cetuximab", "Fluorouracil", "Leucovorin", "Oxaliplatin")),
        ("carboplatin/pemetrexed, osimertinib mesylate", ("Carboplatin", "Osimertinib", "Pemetrexed")),
        ("anastrozole + palbociclib", ("Anastrozole", "Palbociclib")),
        ("trifluridine/tipiracil", ("Trifluridine-tipiracil",)),
        ("platinum; EGFR tyrosine kinase inhibitor", ("EGFR TKI", "Platinum Compound")),
        ("endocrine therapy", ("Hormone Therapy",)),
        ("trastuzumab deruxtecan", ("Trastuzumab deruxtecan",)),
        ("Surgery, osimertinib, Osimertinib", ("Osimertinib", "Surgery")),
    ],
)
def test_therapies_are_kept_by_their_normalized_names(text: str, names: tuple[str, ...]) -> None:
    assert clinical_facts({"prior_therapy": text}).prior_therapies == names


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Metastatic", "metastatic"),
        ("locally-advanced", "locally_advanced"),
        ("IV", "IV"),
        ("stage iiib", "IIIB"),
        ("4A", "IVA"),
        ("IIIA1", "IIIA1"),
        ("0", "0"),
    ],
)
def test_stages_are_words_or_groups(text: str, stage: str) -> None:
    assert clinical_facts({"stage": text}).stage == stage


@pytest.mark.parametrize(("text", "age"), [("0", 0), ("0.5", 0.5), ("61", 61), ("130", 130)])
def test_ages_are_years(text: str, age: float) -> None:
    assert clinical_facts({"age": text}).age == age


@pytest.mark.parametrize(("line", "said"), [("2", "first"), ("3", "second"), ("4", "third"), ("5", "4th")])
def test_the_lines_that_must_have_been_are_named(line: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        clinical_facts({"line": line, "prior_therapy": "none"})
    assert f"given in the {said} line or before" in str(caught.value.fix)


def test_empty_cells_state_nothing() -> None:
    assert clinical_facts({}) == clinical_facts(dict.fromkeys(CLINICAL_COLUMNS, " ")) == NO_FACTS


receptors: st.SearchStrategy[dict[str, ReceptorState]] = st.one_of(
    st.just({}),
    st.dictionaries(st.sampled_from(["ER", "PR"]), st.sampled_from([POSITIVE, NEGATIVE])),
    st.fixed_dictionaries({"HER2": st.sampled_from(list(ReceptorState))}),
    st.fixed_dictionaries({"HR": st.sampled_from([POSITIVE, NEGATIVE]), "HER2": st.sampled_from(list(ReceptorState))}),
)
drugs = st.lists(st.sampled_from(DRUGS), unique=True).map(lambda names: tuple(sorted(names, key=str.casefold)))
facts = st.builds(
    ClinicalFacts,
    receptors=receptors,
    line=st.none() | st.integers(1, 30),
    stage=st.none()
    | st.sampled_from(["early", "locally_advanced", "advanced", "metastatic", "0", "I", "IIB", "IIIA", "IIIC2", "IV"]),
    prior_therapies=st.none() | drugs,
    age=st.none() | st.integers(0, 130).map(float) | st.sampled_from([0.5, 17.9, 1.25]),
).filter(lambda item: not (item.prior_therapies == () and (item.line or 1) > 1))


def cells_of(facts: ClinicalFacts) -> dict[str, str]:
    """Return facts as the cells of the sheet that state them; what is not given is left out."""
    cells: dict[str, str] = {}
    if facts.receptors:
        cells["receptor_status"] = ", ".join(f"{name}={state.value}" for name, state in facts.receptors.items())
    if facts.line is not None:
        cells["line"] = str(facts.line)
    if facts.stage is not None:
        cells["stage"] = facts.stage.replace("_", " ")
    if facts.prior_therapies is not None:
        cells["prior_therapy"] = "; ".join(facts.prior_therapies) or "none"
    if facts.age is not None:
        cells["age"] = f"{facts.age:.10g}"
    return cells


@given(facts)
def test_facts_written_into_the_sheet_are_read_back(item: ClinicalFacts) -> None:
    assert clinical_facts(cells_of(item)) == item


@given(st.sampled_from(CLINICAL_COLUMNS), st.text(max_size=40))
def test_any_text_is_read_or_refused_by_its_column(column: str, text: str) -> None:
    try:
        read = clinical_facts({column: text})
    except InputError as error:
        assert error.column == column
    else:
        assert clinical_facts(cells_of(read)) == read


def sheets(folder: Path, *cells: str) -> tuple[Path, Path]:
    (folder / "t.vcf").touch()
    patients, samples = folder / "patients.tsv", folder / "samples.tsv"
    rows = ["patient\ttumor_type\tassay\t" + "\t".join(CLINICAL_COLUMNS), *cells]
    patients.write_text("\n".join(rows) + "\n")
    names = [cell.split("\t")[0] for cell in cells]
    lines = [f"{name}\ttumor\t{folder}/t.vcf" for name in dict.fromkeys(names)]
    samples.write_text("patient\ttype\tvcf\n" + "\n".join(lines) + "\n")
    return patients, samples


def test_the_columns_of_the_sheet_reach_the_patient(tmp_path: Path) -> None:
    read = read_cohort(
        *sheets(tmp_path, "P1\tBRCA\twes\tHR+/HER2-\t2\tIV\tletrozole; palbociclib\t61", "P2\tLUAD\twes\t\t\t\t\t")
    )
    assert read.patients["P1"].patient.clinical == ClinicalFacts(
        receptors={"HR": POSITIVE, "HER2": NEGATIVE},
        line=2,
        stage="IV",
        prior_therapies=("Letrozole", "Palbociclib"),
        age=61,
    )
    assert read.patients["P2"].patient.clinical == NO_FACTS


def test_every_wrong_row_of_the_sheet_is_named_with_row_and_column(tmp_path: Path) -> None:
    wrong = sheets(
        tmp_path,
        "P1\tBRCA\twes\tHER2=positive HER2=negative\t\t\t\t",
        "P2\tLUAD\twes\t\t\tlate\t\t",
        "P3\tLUAD\twes\t\t1\t\tgefitinib\t61",
        "P3\tLUAD\twes\t\t2\t\tgefitinib\t61",
    )
    with pytest.raises(InputError) as caught:
        read_cohort(*wrong)
    text = str(caught.value)
    assert "row 2" in text
    assert "receptor_status" in text
    assert "row 3" in text
    assert "'late' is no stage" in text
    assert "patient 'P3' is already in row 4" in text


def test_every_drug_of_the_classes_can_be_given_before() -> None:
    for row in drug_classes().values():
        for name in (row.name, *row.synonyms, *row.drugs):
            assert clinical_facts({"prior_therapy": name}).prior_therapies, name
        assert row.source
