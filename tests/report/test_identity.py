from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.core.assays import Assays
from genomodel.core.identity import (
    CheckName,
    CheckStatus,
    IdentityCheck,
    IdentityChecks,
    parse_waivers,
    waiver_reasons,
    whose_failures,
)
from genomodel.core.report import PatientReport
from genomodel.report import words
from genomodel.report.cohort.page import write_index
from genomodel.report.cohort.row import cohort_row
from genomodel.report.medium import Medium
from genomodel.report.render import render_html
from genomodel.report.sections.front import no_actionable_sentence
from genomodel.report.sections.identity import identity
from tests.report.reports import empty_report, front_lines, typical_report


def report(status: CheckStatus, waived: str = "") -> PatientReport:
    check = IdentityCheck(
        name=CheckName.SEX, subject="normal", status=status, value="male by X at 0.5", threshold="t", consequence="why"
    )
    base = typical_report()
    patient = base.patient.model_copy(update={"waived": parse_waivers(waived)})
    assays = Assays(identity=IdentityChecks(checks=(check,), sites="common sites"))
    return base.model_copy(update={"patient": patient, "assays": assays})


def test_a_failed_check_shows_threshold_and_consequence() -> None:
    shown = identity(report(CheckStatus.FAILED), Medium.SCREEN)["rows"][0]
    assert shown["failed"]
    assert (shown["verdict"], shown["threshold"], shown["consequence"]) == ("\u2717 fail", "t", "why")


def test_a_waiver_is_printed_with_its_reason_and_takes_the_failure_off() -> None:
    shown = identity(report(CheckStatus.FAILED, "sex=marrow transplant, 2019"), Medium.SCREEN)["rows"][0]
    assert not shown["failed"]
    assert shown["verdict"] == "\u2717 fail, waived in the sheet: marrow transplant, 2019"
    page = render_html(report(CheckStatus.FAILED, "sex,match=twins"))
    assert "waived in the sheet: no reason given" in page
    assert "Match with another patient (twins)" in page


def test_a_waiver_of_what_passed_changes_no_verdict() -> None:
    assert identity(report(CheckStatus.PASSED, "sex"), Medium.SCREEN)["rows"][0]["verdict"] == "\u2713 pass"


@pytest.mark.parametrize(
    ("name", "waived", "n_failures"),
    [
        (CheckName.IDENTITY, (), 1),
        (CheckName.MATCH, (), 1),
        (CheckName.IDENTITY, ("identity=twin",), 0),
        (CheckName.IDENTITY, ("match",), 1),
        (CheckName.CONTAMINATION, (), 0),
    ],
)
def test_nothing_holds_of_samples_whose_owner_is_unknown_unless_waived(
    name: CheckName, waived: tuple[str, ...], n_failures: int
) -> None:
    check = IdentityCheck(name=name, subject="tumor and normal", status=CheckStatus.FAILED, value="two persons")
    found = whose_failures(IdentityChecks(checks=(check,)), waived)
    assert len(found) == n_failures
    assert all(text == f"{name.value} of tumor and normal: two persons" for text in found)
    assert whose_failures(None, waived) == ()


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("", ()),
        ("identity", ("identity",)),
        ("identity=twin, seen twice, sex", ("identity=twin, seen twice", "sex")),
        (" contamination = known , tumor_in_normal", ("contamination=known", "tumor_in_normal")),
    ],
)
def test_waivers_are_parted_by_the_names_of_checks(cell: str, found: tuple[str, ...]) -> None:
    assert parse_waivers(cell) == found
    assert set(waiver_reasons(found)) == {name.partition("=")[0] for name in found}


@pytest.mark.parametrize("cell", ["identty", "identity,purity=x", "sex,sex=again", "=reason"])
def test_a_waiver_of_no_check_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match=r"is no check|is there twice"):
        parse_waivers(cell)


def checked(name: CheckName, status: CheckStatus, subject: str = "normal", waived: str = "") -> PatientReport:
    check = IdentityCheck(name=name, subject=subject, status=status, value="34% (30% to 38%)", estimate=0.34)
    base = empty_report()
    patient = base.patient.model_copy(update={"waived": parse_waivers(waived)})
    assays = Assays(identity=IdentityChecks(checks=(check,), sites="common sites"))
    return base.model_copy(update={"patient": patient, "assays": assays})


def limits(report: PatientReport) -> str:
    return front_lines(report).get("Limits", "")


@pytest.mark.parametrize(
    ("name", "status", "waived", "said"),
    [
        (CheckName.CONTAMINATION, CheckStatus.FAILED, "", "Foreign DNA of the normal failed (34\u00a0%)"),
        (CheckName.TUMOR_IN_NORMAL, CheckStatus.WARNING, "", "Tumor in normal warns (34\u00a0%)"),
        (CheckName.SEX, CheckStatus.FAILED, "", "Sex failed (34% (30% to 38%))"),
        (CheckName.IDENTITY, CheckStatus.WARNING, "", "Identity warns (34% (30% to 38%))"),
        (
            CheckName.IDENTITY,
            CheckStatus.FAILED,
            "identity=bone marrow transplant",
            "Identity failed, waived: bone marrow transplant",
        ),
        (CheckName.SEX, CheckStatus.PASSED, "match=twins", "Match with another patient waived in the sheet: twins"),
    ],
)
def test_the_first_page_and_the_cohort_page_tell_of_every_check_and_waiver(
    name: CheckName, status: CheckStatus, waived: str, said: str, tmp_path: Path
) -> None:
    found = checked(name, status, waived=waived)
    assert limits(found).startswith(said)
    write_index([cohort_row(found)], tmp_path / "index.html")
    page = (tmp_path / "index.html").read_text()
    assert said[1:].replace("\u00a0", " ") in page.replace("\u00a0", " ")
    assert "1 with a caution on identity" in page


def test_checks_that_passed_are_not_told_on_the_first_page() -> None:
    assert "ex " not in limits(checked(CheckName.SEX, CheckStatus.PASSED))
    assert cohort_row(checked(CheckName.SEX, CheckStatus.PASSED)).cautions == ()


@pytest.mark.parametrize(
    ("name", "subject", "status", "waived", "withheld"),
    [
        (CheckName.TUMOR_IN_NORMAL, "normal", CheckStatus.FAILED, "", True),
        (CheckName.CONTAMINATION, "normal", CheckStatus.FAILED, "", True),
        (CheckName.CONTAMINATION, "tumor", CheckStatus.FAILED, "", False),
        (CheckName.TUMOR_IN_NORMAL, "normal", CheckStatus.WARNING, "", False),
        (CheckName.TUMOR_IN_NORMAL, "normal", CheckStatus.FAILED, "tumor_in_normal=leukemia", False),
        (CheckName.SEX, "normal", CheckStatus.FAILED, "", False),
    ],
)
def test_no_negative_stands_where_the_normal_hides_somatic_variants(
    name: CheckName, subject: str, status: CheckStatus, waived: str, withheld: bool
) -> None:
    found = checked(name, status, subject, waived)
    assert ("is no negative" in no_actionable_sentence(found)) == withheld
    assert ("No tier I or II alteration found" in render_html(found)) != withheld


@pytest.mark.parametrize(
    ("failures", "head"),
    [
        (("identity of tumor and normal: two persons",), "Identity failed"),
        (("mean tumor depth 12 (at least 100 needed)",), "Quality failed"),
        (("mean tumor depth 12", "match of tumor: as P2"), "Identity and quality failed"),
    ],
)
def test_a_failed_report_is_headed_by_what_failed(failures: tuple[str, ...], head: str, tmp_path: Path) -> None:
    found = empty_report().model_copy(update={"failures": failures, "status": "failed"})
    assert words.failed_line(failures).startswith(f"{head}: {failures[0]}")
    page = render_html(found)
    assert head.upper() in page
    assert "quality limits" not in page
    assert limits(found).startswith(head)
    write_index([cohort_row(found)], tmp_path / "index.html")
    assert f"<strong>{head}:</strong>" in (tmp_path / "index.html").read_text()
