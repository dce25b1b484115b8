from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.cohort.plan import plan_cohort, plan_lines
from genomodel.cohort.sheets import Cohort, read_cohort
from genomodel.cohort.tables import read_sheet
from genomodel.cohort.workflow_inputs import WorkflowInputs
from genomodel.core.errors import InputError, InputErrors
from genomodel.core.paths import ResultPaths
from genomodel.core.patients import CallingMode
from genomodel.core.specimens import Library, Preservation, Specimen, UmiDesign

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
    for name in ["t.bam", "t.bam.bai", "noindex.bam", "calls.vcf", "indels.vcf", "primers.bed"]:
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
    assert any(item.startswith("copy number (no assay_bed") for item in tumor_only.skipped)
    assert not any(step.startswith("copy number") for step in tumor_only.steps)


def test_the_plan_states_libraries_and_every_assumption(read: Reader) -> None:
    first, second = plan_cohort(read(PATIENTS, LIBRARIES))
    assert first.libraries == (
        "tumor: amplicon, ffpe",
        "normal: capture (not given, assumed), blood, umi duplex 3M2S+T 3M2S+T",
    )
    assert {"clip primers", "duplex consensus of molecules"} <= set(first.steps)
    assert "mark duplicates" not in first.steps
    assert second.libraries == ("tumor: capture (not given, assumed), preservation not given",)
    assert "call, with the given calls as one more engine" in second.steps
    without = plan_cohort(read(PATIENTS, LIBRARIES.replace("primers.bed", "")))[0]
    assert any(reason.startswith("primer clipping of the tumor (no primer_bed") for reason in without.skipped)


def test_a_large_plan_is_told_by_treatment_and_a_small_one_by_patient(read: Reader) -> None:
    plans = plan_cohort(read(PATIENTS, SAMPLES))
    assert [line.split(":")[0] for line in plan_lines(plans)] == ["P1", "P2"]
    lines = plan_lines(plans * 15)
    assert [line.split(":")[0] for line in lines] == ["15 patients", "15 patients"]
    assert "tumor: capture (not given, assumed), preservation not given" in lines[1]


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
        ("panel", "exome", r"row 2, column 'assay': 'exome' is not allowed.*panel, wes, wgs"),
        ("0.6", "60", r"row 2, column 'purity': '60' is not allowed.*above 0 and at most 1: 0.6 for 60 %"),
        ("0.6", "60%", r"row 2, column 'purity': '60%' is not allowed.*0.6 for 60 %"),
        ("0.6", "150", r"row 2, column 'purity': '150' is not allowed.*150 cannot be one"),
        ("0.6", "-0.2", r"row 2, column 'purity': '-0.2' is not allowed.*-0.2 cannot be one"),
        ("0.6", "0", r"row 2, column 'purity': '0' is not allowed.*0 cannot be one"),
        ("\t", ",", r"row 1: the columns are not separated by tabs"),
        ("LUAD\tpanel", "LUAD panel", r"row 2: 3 cells where the header has 4"),
    ],
)
def test_a_bad_patients_sheet_names_file_row_column_value_and_remedy(
    read: Reader, old: str, new: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read(PATIENTS.replace(old, new), SAMPLES)


@pytest.mark.parametrize("word", ["", "unknown", "Unknown", "not given"])
def test_a_tumor_type_may_be_left_blank_or_said_to_be_unknown(read: Reader, word: str) -> None:
    patients = read(PATIENTS.replace("LUAD", word), SAMPLES).patients
    assert not patients["P1"].patient.tumor_type.is_given
    assert patients["P2"].patient.tumor_type.is_given


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("P2\ttumor", "P3\ttumor", r"samples.tsv, row 5, column 'patient': patient 'P3' is not in the patients sheet"),
        ("P2\ttumor", "P2\tnormal", r"patients.tsv, row 3.*'P2' has no tumor sample"),
        ("t.bam", "", r"samples.tsv, row 5: the sample has no input"),
        ("t.bam\t\t", "t.bam\t\tcalls.vcf", r"samples.tsv, row 5, column 'maf': the sample has 2 inputs: bam, maf"),
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


LIBRARIES = (
    "patient\ttype\tlane\tfastq_1\tfastq_2\tbam\tvcf\tmaf\tlibrary\tprimer_bed\tpreservation\tumi\n"
    "P1\ttumor\tL1\ta_1.fq.gz\ta_2.fq.gz\t\t\t\tamplicon\tprimers.bed\tffpe\t\n"
    "P1\ttumor\tL2\tb_1.fq.gz\tb_2.fq.gz\t\t\t\tamplicon\tprimers.bed\tffpe\t\n"
    "P1\tnormal\tL1\tn_1.fq.gz\tn_2.fq.gz\t\t\t\t\t\tblood\tduplex 3M2S+T 3M2S+T\n"
    "P2\ttumor\t\t\t\tt.bam\tcalls.vcf,indels.vcf\t\t\t\t\t\n"
)


def test_library_material_and_identifiers_are_read_and_what_is_not_said_is_assumed(read: Reader) -> None:
    cohort = read(PATIENTS, LIBRARIES)
    first, second = cohort.patients["P1"].patient, cohort.patients["P2"].patient
    assert first.tumor_specimen == Specimen(
        library=Library.AMPLICON, primer_bed="primers.bed", preservation=Preservation.FFPE
    )
    assert first.normal_specimen is not None
    assert first.normal_specimen.umi == UmiDesign(kind="duplex", read_structures=("3M2S+T", "3M2S+T"))
    assert first.normal_specimen.library is Library.CAPTURE
    assert second.tumor_specimen == Specimen(library=Library.CAPTURE, preservation=Preservation.UNKNOWN)
    assert second.normal_specimen is None
    wgs = read(PATIENTS.replace("wes", "wgs"), LIBRARIES).patients["P2"].patient.tumor_specimen
    assert wgs is not None
    assert wgs.library is Library.WGS


def test_calls_beside_reads_leave_the_reads_as_the_entry(read: Reader) -> None:
    cohort = read(PATIENTS, LIBRARIES)
    assert cohort.patients["P2"].entry == "bam"
    inputs = WorkflowInputs(cohort, ResultPaths(Path("r")))
    assert inputs.given_calls("P2") == ["calls.vcf", "indels.vcf"]
    assert inputs.given_calls("P1") == []
    assert "calls.vcf" not in inputs.report_inputs("P2")


def test_reports_draw_the_reads_that_were_called_and_need_none_where_variants_were_given(read: Reader) -> None:
    inputs = WorkflowInputs(read(PATIENTS, LIBRARIES), ResultPaths(Path("r")))
    for patient in ("P1", "P2"):
        drawn = inputs.report_alignments(patient)
        called = {kind: inputs.alignment(patient, kind)[:1] for kind in ("tumor", "normal")}
        assert {kind: [path] for kind, path in drawn.items()} == {kind: path for kind, path in called.items() if path}
        # A site may put alignments away: the report must not have them made again.
        assert not set(drawn.values()) & set(inputs.report_inputs(patient))
    assert inputs.report_alignments("P1")["tumor"] == "r/aligned/P1.tumor.clipped.bam"
    assert set(inputs.report_alignments("P2")) == {"tumor"}
    given = WorkflowInputs(read(PATIENTS, SAMPLES.replace("t.bam\t\t", "\tcalls.vcf\t")), ResultPaths(Path("r")))
    assert given.cohort.patients["P2"].entry == "vcf"
    assert given.report_alignments("P2") == {}


def with_input(mass: str, molecules: str, second: str | None = None) -> str:
    """The first patient's tumor lanes with what DNA went into them."""
    header, one, two, *rest = LIBRARIES.splitlines()
    cells = f"\t{mass}\t{molecules}"
    lines = [header + "\tinput_ng\tinput_molecules", one + cells, two + (cells if second is None else second)]
    return "\n".join([*lines, *(row + "\t\t" for row in rest)]) + "\n"


@pytest.mark.parametrize(
    ("mass", "molecules", "option"),
    [("12.5", "", ["--input-ng", "12.5"]), ("", "340", ["--input-molecules", "340"]), ("", "", [])],
)
def test_what_dna_went_into_a_library_is_passed_on(read: Reader, mass: str, molecules: str, option: list[str]) -> None:
    cohort = read(PATIENTS, with_input(mass, molecules))
    specimen = cohort.patients["P1"].patient.tumor_specimen
    assert specimen is not None
    assert specimen.input_ng == (float(mass) if mass else None)
    assert specimen.input_molecules == (int(molecules) if molecules else None)
    options = WorkflowInputs(cohort, ResultPaths(Path("r"))).library_options("P1")
    assert options == ["--library", "amplicon", *option]


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (with_input("10", "300"), r"row 2, column 'input_ng': mass and molecules of the input are both given"),
        (with_input("0", ""), r"row 2, column 'input_ng': '0'"),
        (with_input("0.00", ""), r"row 2, column 'input_ng': '0.00'"),
        (with_input("", "1.5"), r"row 2, column 'input_molecules': '1.5'"),
        (with_input("10", "", "\t20\t"), r"row 3, column 'input_ng': '20' is not the '10' of row 2"),
    ],
)
def test_an_input_that_cannot_be_is_told_with_row_and_column(read: Reader, samples: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(PATIENTS, samples)


def test_each_library_has_its_own_final_alignment(read: Reader) -> None:
    def final(samples: str, patient: str, kind: str) -> str:
        return WorkflowInputs(read(PATIENTS, samples), ResultPaths(Path("r"))).alignment(patient, kind)[0]

    assert final(SAMPLES, "P1", "tumor") == "r/aligned/P1.tumor.bam"
    assert final(LIBRARIES, "P1", "tumor") == "r/aligned/P1.tumor.clipped.bam"
    assert final(LIBRARIES, "P1", "normal") == "r/aligned/P1.normal.consensus.bam"
    assert final(LIBRARIES, "P2", "tumor") == "t.bam"
    assert final(LIBRARIES.replace("primers.bed", ""), "P1", "tumor") == "r/aligned/P1.tumor.merged.bam"
    assert final(
        LIBRARIES.replace("t.bam\tcalls.vcf,indels.vcf\t\t\t", "t.bam\t\t\tamplicon\tprimers.bed"), "P2", "tumor"
    ) == ("r/aligned/P2.tumor.clipped.bam")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("amplicon", "capture", r"row 2, column 'primer_bed': primers are given for a library that is capture"),
        ("amplicon", "", r"row 2, column 'primer_bed': .* not said to be amplicon"),
        ("amplicon", "hybrid", r"row 2, column 'library': 'hybrid' is not allowed.*capture, amplicon, wgs"),
        ("ffpe", "formalin", r"row 2, column 'preservation': 'formalin' is not allowed"),
        ("ffpe", "frozen", r"row 3, column 'preservation': 'ffpe' is not the 'frozen' of row 2.*Lanes of one sample"),
        ("primers.bed", "gone.bed", r"row 2, column 'primer_bed': 'gone.bed' does not exist"),
        ("duplex 3M2S+T 3M2S+T", "duplex 3M2S+T +T", r"row 4, column 'umi'.*\(M\) in the read structure of each mate"),
        ("duplex 3M2S+T 3M2S+T", "simplex +T +T", r"row 4, column 'umi'.*neither read structure has"),
        ("duplex 3M2S+T 3M2S+T", "simplex +M8T +T", r"row 4, column 'umi'.*'\+' before its end"),
        ("duplex 3M2S+T 3M2S+T", "simplex 8M2X+T +T", r"row 4, column 'umi'.*the operator 'X'"),
        ("duplex 3M2S+T 3M2S+T", "simplex 8M +T", r"row 4, column 'umi'.*'8M' leaves no template"),
        ("duplex 3M2S+T 3M2S+T", "simplex 0M+T +T", r"row 4, column 'umi'.*a piece of length 0"),
        ("duplex 3M2S+T 3M2S+T", "simplex M8+T +T", r"row 4, column 'umi'.*no read structure"),
        ("duplex 3M2S+T 3M2S+T", "8M+T +T", r"row 4, column 'umi'.*simplex or duplex is needed"),
        ("indels.vcf\t\t\t\t\t", "indels.vcf\t\t\t\t\tsimplex 8M+T +T", r"row 5, column 'umi'.*read from FASTQ"),
        ("indels.vcf", "gone.vcf", r"row 5, column 'vcf': 'gone.vcf' does not exist"),
        (",indels", ",calls.vcf,indels", r"row 5, column 'vcf': more than two files"),
        ("n_2.fq.gz\t\t", "n_2.fq.gz\t\tcalls.vcf", r"row 4, column 'type': calls belong to the tumor row"),
    ],
)
def test_what_a_library_cannot_be_is_told_with_row_column_and_remedy(
    read: Reader, old: str, new: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read(PATIENTS, LIBRARIES.replace(old, new, 1))


def test_lanes_may_not_name_different_calls(read: Reader) -> None:
    head, first, second, *rest = LIBRARIES.splitlines(keepends=True)
    first, second = (
        row.replace("gz\t\t\t", f"gz\t\t{name}\t") for row, name in ((first, "calls.vcf"), (second, "indels.vcf"))
    )
    with pytest.raises(InputError, match=r"row 3, column 'vcf': row 2 names other calls"):
        read(PATIENTS, "".join([head, first, second, *rest]))


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


def test_all_wrong_cells_of_all_rows_are_told_at_once_whatever_is_wrong_with_them(read: Reader) -> None:
    patients = (
        "patient\ttumor_type\tassay\tpurity\tstage\tage\twaive\n"
        "P1\tNOSUCH\tchip\t0.6\tlate\told\tnothing\n"
        "P2\tSKCM\twes\t\tIV\t-1\t\n"
    )
    with pytest.raises(InputErrors) as caught:
        read(patients, SAMPLES)
    assert {(error.row, error.column) for error in caught.value.errors} == {
        (2, "tumor_type"),
        (2, "assay"),
        (2, "stage"),
        (2, "age"),
        (2, "waive"),
        (3, "age"),
    }
