from __future__ import annotations

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
from genomodel.report.medium import Medium
from genomodel.report.render import render_html
from genomodel.report.sections.identity import identity
from tests.report.reports import typical_report


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
