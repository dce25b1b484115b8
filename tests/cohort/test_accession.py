"""Person and specimen in sheets: what is taken, what is refused, and texts from outside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.cohort.accession import LONGEST, accession_of, iso_date, person_facts, plain_text
from genomodel.cohort.report_date import EPOCH, report_date
from genomodel.cohort.sample_table import read_sample_table
from genomodel.cohort.sheets import Cohort, read_cohort
from genomodel.core.errors import InputError, each_of
from genomodel.core.specimens import NO_ACCESSION, Accession

PERSON = "patient\ttumor_type\tassay\tsecond_id\trequester\tdiagnosis\n"
SPECIMEN = "patient\ttype\tlane\tfastq_1\tfastq_2\tspecimen\tblock\tsite\tcollected\treceived\tcellularity\n"
TOLD = "S-1\tA2\tleft lung\t2026-03-09\t2026-03-11\t0.6"
Reader = Callable[[str, str], Cohort]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    monkeypatch.chdir(tmp_path)
    for name in "abcdef":
        (tmp_path / name).touch()

    def reader(patients: str, samples: str) -> Cohort:
        (tmp_path / "patients.tsv").write_text(PERSON + patients, encoding="utf-8")
        (tmp_path / "samples.tsv").write_text(SPECIMEN + samples, encoding="utf-8")
        return read_cohort("patients.tsv", "samples.tsv")

    return reader


def test_sheets_say_who_asked_and_how_the_laboratory_knows_the_samples(read: Reader) -> None:
    rows = f"P1\ttumor\tL1\ta\tb\t{TOLD}\nP1\ttumor\tL2\tc\td\t{TOLD}\nP1\tnormal\t\te\tf\tN-1\t\tblood\t\t\t\n"
    patient = read("P1\tLUAD\tpanel\tMRN 7\tDr. A, ward 3\tCarcinoma «Größe 3»\n", rows).patients["P1"].patient
    assert (patient.second_id, patient.requester, patient.diagnosis) == (
        "MRN 7",
        "Dr. A, ward 3",
        "Carcinoma «Größe 3»",
    )
    assert patient.tumor_accession == Accession(
        specimen="S-1", block="A2", site="left lung", collected="2026-03-09", received="2026-03-11", cellularity=0.6
    )
    assert patient.normal_accession == Accession(specimen="N-1", site="blood")


def test_what_the_sheets_leave_out_is_not_given(read: Reader) -> None:
    patient = read("P1\tLUAD\tpanel\t\t\t\n", "P1\ttumor\t\ta\tb\t\t\t\t\t\t\n").patients["P1"].patient
    assert (patient.second_id, patient.requester, patient.diagnosis) == (None, None, None)
    assert patient.tumor_accession == patient.normal_accession == NO_ACCESSION


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        ("S\tA\tlung\t09.03.2026\t\t", "collected", "2026-03-09 or 2026-09-03 for 09.03.2026"),
        ("S\tA\tlung\t2026-02-30\t\t", "collected", "'2026-02-30' is no day of the calendar"),
        ("S\tA\tlung\t20260309\t\t", "collected", "Write year, month and day"),
        ("S\tA\tlung\t2026-03-09\t2026-03-08\t", "received", "received on 2026-03-08, before it was collected"),
        ("S\tA\tlung\t\t\t60 %", "cellularity", "0.6 for 60 %"),
        ("S\tA\tlung\t\t\t60", "cellularity", "0.6 for 60"),
        ("S\tA\tlung\t\t\tmany", "cellularity", "'many' is no cellularity"),
        ("S\tA\tlung\t\t\t-0.1", "cellularity", "'-0.1' is no cellularity"),
        ("S\tA\tl\x07ung\t\t\t", "site", "control character U+0007 at place 2"),
        (f"{'x' * 501}\tA\tlung\t\t\t", "specimen", "501 characters"),
    ],
)
def test_a_wrong_cell_of_a_specimen_is_named_with_row_column_and_remedy(
    read: Reader, cells: str, column: str, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        read("P1\tLUAD\tpanel\t\t\t\n", f"P1\ttumor\t\ta\tb\t{cells}\n")
    assert said in str(caught.value)
    assert (caught.value.row, caught.value.column) == (2, column)
    assert caught.value.fix


def test_all_wrong_cells_of_both_sheets_are_told_together(read: Reader) -> None:
    with pytest.raises(InputError) as caught:
        read("P1\tLUAD\tpanel\t\x01\t\x02\t\n", "P1\ttumor\t\ta\tb\t\t\t\tnever\tsoon\tall\n")
    assert {error.column for error in each_of(caught.value)} == {
        "second_id", "requester", "collected", "received", "cellularity",
    }  # fmt: skip


def test_lanes_that_tell_of_two_specimens_are_refused(read: Reader) -> None:
    other = TOLD.replace("A2", "A3")
    with pytest.raises(InputError, match="'A3' is not the 'A2' of row 2") as caught:
        read("P1\tLUAD\tpanel\t\t\t\n", f"P1\ttumor\tL1\ta\tb\t{TOLD}\nP1\ttumor\tL2\tc\td\t{other}\n")
    assert (caught.value.row, caught.value.column) == (3, "block")


def test_the_table_beside_a_maf_has_the_same_columns(tmp_path: Path) -> None:
    path = tmp_path / "types.tsv"
    path.write_text("sample\ttumor_type\tsecond_id\tspecimen\tcollected\nS1\tLUAD\tMRN 7\tS-1\t2026-03-09\n")
    row = read_sample_table(path)["S1"]
    assert row.person.second_id == "MRN 7"
    assert row.accession == Accession(specimen="S-1", collected="2026-03-09")
    path.write_text("sample\ttumor_type\tcollected\tcellularity\nS1\tLUAD\t9 March\t2\n")
    with pytest.raises(InputError) as caught:
        read_sample_table(path)
    assert [(one.row, one.column) for one in each_of(caught.value)] == [(2, "collected"), (2, "cellularity")]


ANY = st.text(max_size=80).filter(lambda text: not set(text) & set("\t\n\r"))


@given(ANY, ANY)
def test_a_cell_of_free_text_is_kept_as_it_is_or_refused(
    tmp_path_factory: pytest.TempPathFactory, first: str, second: str
) -> None:
    folder = tmp_path_factory.mktemp("sheets")
    (folder / "t.vcf").write_text("x")
    patients, samples = folder / "patients.tsv", folder / "samples.tsv"
    samples.write_text(f"patient\ttype\tvcf\nP1\ttumor\t{folder}/t.vcf\n")
    try:
        text = f"patient\tassay\tsecond_id\tdiagnosis\tnotes\nP1\tpanel\t{first}\t{second}\tend\n"
        patients.write_bytes(text.encode())
    except UnicodeEncodeError:
        return
    try:
        patient = read_cohort(patients, samples).patients["P1"].patient
    except InputError as error:
        assert all(one.row == 2 and "control character" in one.what for one in each_of(error))
        return
    assert (patient.second_id or "", patient.diagnosis or "") == (first.strip(), second.strip())
    assert patient.notes == "end"


@given(st.text(max_size=LONGEST + 5))
def test_a_plain_text_is_one_line_or_refused(text: str) -> None:
    try:
        assert plain_text(text) == text
        assert len(text.splitlines()) <= 1
        assert len(text) <= LONGEST
    except InputError as error:
        assert error.fix


@given(st.dates())
def test_each_day_is_read_as_it_is_written(day: object) -> None:
    assert iso_date(str(day)) == str(day)


@given(st.text(max_size=12))
def test_a_date_or_a_share_is_never_guessed(text: str) -> None:
    for column in ("collected", "cellularity"):
        try:
            found = accession_of({column: text})
        except InputError as error:
            assert error.column == column
            assert error.fix
            continue
        assert (
            found == NO_ACCESSION or (column == "cellularity" and 0 <= (found.cellularity or 0) <= 1) or found.collected
        )


def test_an_empty_option_states_nothing() -> None:
    assert person_facts({"second_id": " "}).second_id is None


def test_the_day_of_a_report_is_given_or_fixed_and_never_the_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(EPOCH, raising=False)
    assert report_date(None) is None
    monkeypatch.setenv(EPOCH, "1767225599")
    assert report_date(None) == "2025-12-31"
    assert report_date("2026-03-20") == "2026-03-20"
    for wrong in ("soon", "-1", "1.5", "9" * 30):
        monkeypatch.setenv(EPOCH, wrong)
        with pytest.raises(InputError, match=f"SOURCE_DATE_EPOCH is '{wrong}', which is no time"):
            report_date(None)
