from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.cohort.plan import plan_cohort
from genomodel.cohort.sheets import Cohort, read_cohort
from genomodel.cohort.tables import read_sheet
from genomodel.core.errors import InputError
from genomodel.core.patients import CallingMode

PATIENTS = "patient\ttumor_type\tassay\tpurity\nP1\tLUAD\tpanel\t0.6\nP2\tSKCM\twes\t\n"
SAMPLES = (
    "patient\ttype\tlane\tfastq_1\tfastq_2\tbam\tvcf\tmaf\n"
    "P1\ttumor\tL1\ta_1.fq.gz\ta_2.fq.gz\t\t\t\n"
    "P1\ttumor\tL2\tb_1.fq.gz\tb_2.fq.gz\t\t\t\n"
    "P1\tnormal\tL1\tn_1.fq.gz\tn_2.fq.gz\t\t\t\n"
    "P2\ttumor\t\t\t\tt.bam\t\t\n"
)
Reader = Callable[[str, str], Cohort]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    monkeypatch.chdir(tmp_path)
    for name in ["a_1", "a_2", "b_1", "b_2", "n_1", "n_2"]:
        (tmp_path / f"{name}.fq.gz").touch()
    for name in ["t.bam", "t.bam.bai", "noindex.bam", "calls.vcf"]:
        (tmp_path / name).touch()

    def reader(patients: str, samples: str) -> Cohort:
        (tmp_path / "patients.tsv").write_text(patients)
        (tmp_path / "samples.tsv").write_text(samples)
        return read_cohort("patients.tsv", "samples.tsv")

    return reader


def test_two_valid_sheets_give_patients_with_lanes_and_mode(read: Reader) -> None:
    cohort = read(PATIENTS, SAMPLES)
    first, second = cohort.patients["P1"], cohort.patients["P2"]
    assert [sample.lane for sample in first.tumor] == ["L1", "L2"]
    assert first.mode is CallingMode.TUMOR_NORMAL
    assert first.patient.purity == 0.6
    assert second.mode is CallingMode.TUMOR_ONLY
    assert second.patient.purity is None
    assert second.entry == "bam"


def test_the_plan_says_what_is_skipped_and_why(read: Reader) -> None:
    tumor_only = plan_cohort(read(PATIENTS, SAMPLES))[1]
    assert "align" not in tumor_only.steps
    assert any(item.startswith("copy number (no normal") for item in tumor_only.skipped)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("purity", "purty", r"patients.tsv, row 1, column 'purty': unknown column.*Did you mean 'purity'"),
        ("assay\t", "notes\t", r"patients.tsv, row 1, column 'assay': the column is missing"),
        ("P2\t", "P1\t", r"patients.tsv, row 3, column 'patient': patient 'P1' is already in row 2"),
        ("P2\t", "p1\t", r"row 3.*patient 'p1' is already in row 2.*differ by case"),
        ("P1\t", "../P1\t", r"row 2, column 'patient': '\.\./P1' is not allowed"),
        ("P1\t", "P 1\t", r"row 2, column 'patient': 'P 1' is not allowed"),
        ("P1\t", "P1;rm\t", r"row 2, column 'patient': 'P1;rm' is not allowed"),
        ("P1\t", "$(id)\t", r"row 2, column 'patient': '\$\(id\)' is not allowed"),
        ("LUAD", "LUADD", r"row 2, column 'tumor_type': unknown OncoTree code 'LUADD'.*Did you mean LUAD"),
        ("LUAD", "", r"row 2, column 'tumor_type': the value is missing"),
        ("panel", "exome", r"row 2, column 'assay': 'exome' is not allowed.*panel, wes, wgs"),
        ("0.6", "60", r"row 2, column 'purity': '60' is not allowed.*above 0 and at most 1"),
        ("0.6", "0", r"row 2, column 'purity': '0' is not allowed"),
        ("\t", ",", r"row 1: the columns are not separated by tabs"),
        ("LUAD\tpanel", "LUAD panel", r"row 2: 3 cells where the header has 4"),
    ],
)
def test_a_bad_patients_sheet_names_file_row_column_value_and_remedy(
    read: Reader, old: str, new: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read(PATIENTS.replace(old, new), SAMPLES)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("P2\ttumor", "P3\ttumor", r"samples.tsv, row 5, column 'patient': patient 'P3' is not in the patients sheet"),
        ("P2\ttumor", "P2\tnormal", r"patients.tsv, row 3.*'P2' has no tumor sample"),
        ("t.bam", "", r"samples.tsv, row 5: the sample has no input"),
        ("t.bam\t", "t.bam\tcalls.vcf", r"samples.tsv, row 5, column 'vcf': the sample has 2 inputs: bam, vcf"),
        ("t.bam", "gone.bam", r"row 5, column 'bam': 'gone.bam' does not exist"),
        ("t.bam", "noindex.bam", r"row 5, column 'bam': 'noindex.bam' has no index.*samtools index"),
        ("b_1.fq.gz", "a_1.fq.gz", r"row 3, column 'fastq_1': 'a_1.fq.gz' is already the input of row 2"),
        ("b_2.fq.gz", "", r"row 3, column 'fastq_2': one file of the pair is missing"),
        ("L2", "L1", r"row 3, column 'lane': tumor lane 'L1' of 'P1' is already in row 2"),
        (
            "P1\tnormal\tL1\tn_1.fq.gz\tn_2.fq.gz\t\t",
            "P1\tnormal\tL1\t\t\t\tcalls.vcf",
            r"row 4, column 'type'.*tumor row",
        ),
        ("tumor\tL1", "tumour\tL1", r"row 2, column 'type': 'tumour' is not allowed.*tumor, normal"),
    ],
)
def test_a_bad_samples_sheet_names_file_row_column_value_and_remedy(
    read: Reader, old: str, new: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read(PATIENTS, SAMPLES.replace(old, new, 1))


def test_all_problems_are_reported_in_one_go(read: Reader) -> None:
    with pytest.raises(InputError) as caught:
        read(PATIENTS.replace("LUAD", "XYZZY").replace("panel", "exome"), SAMPLES)
    assert "exome" in caught.value.message
    with pytest.raises(InputError) as caught:
        read(PATIENTS.replace("LUAD", "LUADD"), SAMPLES.replace("t.bam", "gone.bam"))
    assert "LUADD" in caught.value.message
    assert "gone.bam" in caught.value.message


def test_a_missing_sheet_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none.tsv: patients sheet does not exist"):
        read_sheet(tmp_path / "none.tsv", "patients")


@given(st.text(max_size=200))
def test_any_text_is_a_sheet_or_an_input_error(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("sheet") / "patients.tsv"
    path.write_text(text, encoding="utf-8")
    try:
        read_sheet(path, "patients")
    except InputError as error:
        assert str(path) in error.message
