"""The cohort page in a real browser: filters that combine, pictures that point to patients, tables that follow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from genomodel.report.cohort.alterations import AlterationKind
from genomodel.report.cohort.checks import Mark
from genomodel.report.cohort.forecast import Forecast
from genomodel.report.cohort.page import write_index
from genomodel.report.cohort.row import CohortRow, RowFinding
from tests.browser.pages import PHONE, needs_browser, opened

pytestmark = needs_browser
TYPES = (("MEL", "Melanoma"), ("LUAD", "Lung Adenocarcinoma"))


def row(number: int) -> CohortRow:
    if number % 100 == 99:
        return CohortRow.failed(f"P{number}", "no such file")
    gene = f"GENE{number % 10}"
    code, name = TYPES[number % 2]
    found = RowFinding(
        gene=gene, label=f"{gene} p.V600E", kind=AlterationKind.MISSENSE, tier="I-A" if number % 20 == 4 else None
    )
    return CohortRow(
        patient_id=f"P{number}",
        tumor_code=code,
        tumor_name=name,
        findings=(found,),
        forecast=Forecast(percentiles={"Drugone": number % 99}),
        checks={"identity": Mark.FAIL if number == 17 else Mark.PASS},
        files=(f"P{number}.html",),
    )


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cohort") / "index.html"
    write_index([row(number) for number in range(1000)], path)
    return path


@pytest.fixture
def page(browser: Browser, index: Path) -> Iterator[Page]:
    with opened(browser, index) as seen:
        yield seen.page
        assert seen.errors == []
        assert seen.requests == [index.as_uri()]


def count(page: Page) -> str:
    return page.inner_text("form.filters output")


def visible(page: Page) -> int:
    return page.locator("#patients tbody tr:visible").count()


def test_filters_combine_and_announce_how_many_rows_are_left(page: Page) -> None:
    assert count(page) == "1000 of 1000 patients shown"
    page.fill("#f-gene", "gene4")
    assert count(page) == "100 of 1000 patients shown"
    page.select_option("#f-tier", "1 2")
    assert count(page) == "50 of 1000 patients shown"
    page.select_option("#f-type", "LUAD")
    assert count(page) == "0 of 1000 patients shown"
    page.select_option("#f-type", "MEL")
    page.fill("#filter", "p144")
    assert (count(page), visible(page)) == ("1 of 1000 patients shown", 1)
    page.click("form.filters button[type=reset]")
    page.wait_for_function("document.querySelector('form.filters output').textContent.startsWith('1000 of')")
    assert visible(page) == 1000
    page.select_option("#f-state", "none")
    assert (count(page), visible(page)) == ("10 of 1000 patients shown", 10)


def test_the_table_of_checks_follows_the_filters_and_sorts_failures_first(page: Page) -> None:
    page.fill("#f-gene", "GENE7")
    assert page.locator("table.checks tbody tr:visible").count() == 100
    page.click("table.checks thead th:nth-child(2) button")
    assert page.inner_text("table.checks tbody tr:visible >> nth=0").split()[0] == "P17"


def test_filters_are_reached_and_used_by_keyboard(page: Page) -> None:
    page.focus("#f-gene")
    page.keyboard.type("GENE3")
    for _ in range(4):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "filter"
    page.keyboard.type("p13 ")
    page.keyboard.press("Enter")
    assert page.locator("#patients tbody tr:visible a").all_inner_texts()[0] == "P13"


def test_a_click_into_a_picture_shows_that_patient_in_the_table(page: Page) -> None:
    region = page.locator("[data-order]").first
    first = int((region.get_attribute("data-order") or "").split(",")[0])
    region.locator("svg").hover(position={"x": 1, "y": 30})
    assert page.inner_text(".pointed output >> nth=0").startswith(f"P{first},")
    region.locator("svg").click(position={"x": 1, "y": 30})
    page.wait_for_function("!document.querySelector('form.filters output').textContent.startsWith('1000 of')")
    assert f"P{first}" in page.locator("#patients tbody tr:visible a").all_inner_texts()


def test_hidden_rows_stay_hidden_on_a_telephone(browser: Browser, index: Path) -> None:
    with opened(browser, index, width=PHONE) as seen:
        seen.page.fill("#filter", "p144")
        assert visible(seen.page) == 1


def test_without_script_every_row_is_there_and_no_dead_filter(browser: Browser, index: Path) -> None:
    with opened(browser, index, script=False) as seen:
        assert visible(seen.page) == 1000
        assert not seen.page.is_visible("form.filters")
