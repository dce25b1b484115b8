from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.cohort.sheets import Cohort, read_cohort
from genomodel.cohort.workflow_inputs import WorkflowInputs
from genomodel.core.errors import InputError
from genomodel.core.paths import ResultPaths


def cohort(folder: Path, waive: str) -> Cohort:
    for name in ("t.bam", "t.bam.bai"):
        (folder / name).touch()
    (folder / "patients.tsv").write_text(f"patient\ttumor_type\tassay\tsex\twaive\nP1\tLUAD\tpanel\tmale\t{waive}\n")
    (folder / "samples.tsv").write_text(f"patient\ttype\tbam\nP1\ttumor\t{folder}/t.bam\n")
    return read_cohort(folder / "patients.tsv", folder / "samples.tsv")


def test_waivers_of_the_sheet_reach_the_patient_and_the_check(tmp_path: Path) -> None:
    read = cohort(tmp_path, "identity=twin, known, sex")
    assert read.patients["P1"].patient.waived == ("identity=twin, known", "sex")
    options = WorkflowInputs(read, ResultPaths(tmp_path)).identity_options("P1")
    assert options == ["--patient", "P1", "--sex", "male", "--waive", "identity=twin, known,sex"]


@pytest.mark.parametrize(
    ("waive", "said"),
    [
        ("identty", "'identty' is no check"),
        ("sex,sex", "'sex' is there twice"),
        ("identity=transplant, sexx", "'sexx' is no check"),
        ("identity=transplant, Contamination", "'Contamination' is no check"),
        ("identity=transplant, tumor in normal", "'tumor in normal' is no check"),
    ],
)
def test_an_unknown_check_is_told_with_row_and_column(tmp_path: Path, waive: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        cohort(tmp_path, waive)
    assert (caught.value.row, caught.value.column) == (2, "waive")
    assert "tumor_in_normal" in str(caught.value.fix)
