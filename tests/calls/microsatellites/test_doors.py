from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.calls.microsatellites.doors import read_msi
from genomodel.core.errors import InputError
from genomodel.core.microsatellites import InstabilityClass

HIGH, STABLE, OPEN = InstabilityClass.HIGH, InstabilityClass.STABLE, InstabilityClass.INDETERMINATE
SOMATIC = "Total_Number_of_Sites\tNumber_of_Somatic_Sites\t%\n"
UNSTABLE = "Total_Number_of_Sites\tNumber_of_Unstable_Sites\t%\n"
BESIDE = {
    "MSIsensor": {"_germline": "chromosome\tlocation\n", "_somatic": "chromosome\tdifference\tP_value\tFDR\trank\n"},
    "MSIsensor2": {"_somatic": "chromosome\tlocation\tdiscrimination_value_ML\n"},
    "pro": {"_all": "chromosome\tlocation\tcovReads\tpro_p\tpro_q\n"},
}


def table(folder: Path, header: str, k: int, n: int, program: str = "") -> Path:
    path = folder / "case.msi"
    path.write_text(f"{header}{n}\t{k}\t{100 * k / n if n else 0:.2f}\n")
    for ending, text in BESIDE.get(program, {}).items():
        Path(f"{path}{ending}").write_text(text)
    return path


@pytest.mark.parametrize(
    ("program", "k", "n", "status"),
    [
        ("MSIsensor", 75, 640, HIGH),
        ("MSIsensor", 15, 1314, STABLE),
        ("MSIsensor", 45, 640, OPEN),
        ("MSIsensor", 3, 12, OPEN),
        ("MSIsensor", 0, 20, OPEN),
        ("MSIsensor2", 40, 159, HIGH),
        ("MSIsensor2", 9, 159, OPEN),
        ("MSIsensor2", 2, 159, STABLE),
        ("", 75, 640, OPEN),
        ("", 200, 640, HIGH),
        ("", 5, 1314, STABLE),
    ],
)
def test_class_by_the_cutoffs_of_the_program(
    tmp_path: Path, program: str, k: int, n: int, status: InstabilityClass
) -> None:
    found = read_msi([str(table(tmp_path, SOMATIC, k, n, program))])
    assert found.status is status, found.reason
    assert (found.n_unstable, found.n_callable) == (k, n)
    assert found.score == pytest.approx(k / n)
    assert program in found.method
    assert not found.measured_here
    assert found.reason or status is HIGH


def test_a_program_without_published_cutoffs_gets_no_class(tmp_path: Path) -> None:
    for program in ("pro", ""):
        found = read_msi([str(table(tmp_path, UNSTABLE, 300, 640, program))])
        assert found.status is OPEN
        assert "publishes no cutoff" in found.reason
        assert found.score == pytest.approx(300 / 640)


STATUS = (
    "Average Metric Value (Abbr)\tValue\tThreshold\tStatus\n"
    "Step-Wise Difference (DIF)\t{value}\t{threshold}   \tStable\n"
    "Euclidean Distance (EUC)\t0.2\t0.1870   \tUnstable\n"
)


LOCI = "Locus\tNormal_Reads\tTumor_Reads\tDifference\tDistance\tDissimilarity\n"


def loci(n: int) -> str:
    rows = "".join(f"chr1:{i * 1000 + 1}-{i * 1000 + 20}\t90\t80\t0.1\t0.1\t0.01\n" for i in range(n))
    return f"{LOCI}{rows}Average\t-\t-\t0.1\t0.1\t0.01\n"


@pytest.mark.parametrize(
    ("name", "text", "value", "status", "n"),
    [
        ("case", None, 0.0, OPEN, None),
        ("case", None, 0.9, HIGH, None),
        ("case.txt", loci(60), 0.0, STABLE, 60),
        ("case", loci(60), 0.1, STABLE, 60),
        ("case", loci(0), 0.0, OPEN, 0),
        ("case", loci(5), 0.9, OPEN, 5),
        ("case", "Locus\tRepeats\tNormal\tTumor\n1:2-9\t4\t3\t3\n", 0.0, OPEN, None),
    ],
)
def test_mantis_is_stable_on_enough_loci_only(
    tmp_path: Path, name: str, text: str | None, value: float, status: InstabilityClass, n: int | None
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    path = tmp_path / "case.status"
    path.write_text(STATUS.format(value=value, threshold="0.4000"))
    found = read_msi([str(path)])
    assert found.status is status, found.reason
    assert found.n_callable == n
    assert found.reason or status is HIGH


@pytest.mark.parametrize("share", ["nan", "-nan", "0.00"])
def test_no_site_at_all_is_no_class(tmp_path: Path, share: str) -> None:
    path = tmp_path / "case.msi"
    path.write_text(f"{SOMATIC}0\t0\t{share}\n")
    found = read_msi([str(path)])
    assert found.status is OPEN
    assert (found.n_callable, found.score) == (0, None)
    assert found.reason.startswith("Only 0 callable sites")
    path.write_text(f"{SOMATIC}640\t75\tnan\n")
    with pytest.raises(InputError):
        read_msi([str(path)])


@pytest.mark.parametrize(
    ("value", "threshold", "status"),
    [
        (0.2702, "0.4000", STABLE),
        (0.9, "0.4000", HIGH),
        (0.3702, "0.4000", OPEN),
        (0.43, "0.4000", OPEN),
        (0.35, "0.2000", OPEN),
        (0.5, "0.6200", OPEN),
        (0.2, "0.6200", STABLE),
    ],
)
def test_mantis_by_its_step_wise_difference(
    tmp_path: Path, value: float, threshold: str, status: InstabilityClass
) -> None:
    path = tmp_path / "case.txt.status"
    path.write_text(STATUS.format(value=value, threshold=threshold))
    (tmp_path / "case.txt").write_text(loci(60))
    found = read_msi([str(path)])
    assert found.status is status, found.reason
    assert found.n_callable == 60
    assert found.score == value
    assert not found.score_is_share
    assert "MANTIS" in found.method


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Locus\tNormal_Reads\n1\t2\n", "unknown layout, the first line is 'Locus, Normal_Reads'"),
        ("Total_Number_of_Sites\tX\t%\n1\t2\t3\n", "columns are missing"),
        (SOMATIC, "0 lines of values"),
        (SOMATIC + "640\t75\t11.72\n100\t2\t2.00\n", "2 lines of values"),
        (SOMATIC + "640\tmany\t11.72\n", "is missing or no number"),
        (SOMATIC + "640\t700\t11.72\n", "cannot be"),
        (SOMATIC + "640\t75\t4.00\n", "75 of 640 sites is not 4.0 %"),
        ("Average Metric Value (Abbr)\tValue\n", "columns are missing: Threshold, Status"),
        ("Average Metric Value (Abbr)\tValue\tThreshold\tStatus\nEUC\t1\t1\tx\n", "there is no line 'Step-Wise"),
        (STATUS.format(value="high", threshold=0.4), "is missing or no number"),
        (STATUS.format(value=7, threshold=0.4), "cannot be"),
        (STATUS.format(value=0.1, threshold="nan"), "a threshold of nan cannot be"),
        ('{"status": "odd"}', "no result of genomodel msi"),
    ],
)
def test_a_table_of_another_layout_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "msi.txt"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_msi([str(path)])


@given(st.text(max_size=200))
def test_anything_is_read_or_refused_by_name(text: str) -> None:
    import tempfile  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_text(SOMATIC + text, encoding="utf-8")
        try:
            read_msi([str(path)])
        except InputError as error:
            assert str(path) in error.message
