"""What every page has to hold in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from genomodel.core.findings import NotAssessable
from genomodel.core.report import PatientReport
from genomodel.report.cohort.page import write_index
from genomodel.report.cohort.row import CohortRow, cohort_row
from genomodel.report.render import render_html
from tests.browser.pages import DESKTOP, WIDTHS, look, needs_browser
from tests.report import reports
from tests.report.told import told_report

pytestmark = needs_browser


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> str:
    made = [make() for make in reports.ALL.values()]
    rows = [cohort_row(report) for report in (*made, told_report())] + [CohortRow.failed("P9", "no such file")]
    path = tmp_path_factory.mktemp("index") / "index.html"
    write_index(rows, path)
    return path.read_text(encoding="utf-8")


def with_long_names() -> PatientReport:
    """Return a report in which nothing was found out about an allele whose name nowhere breaks."""
    report = reports.typical_report()
    names = [f"chr8:64581002:{'AG' * n}>A" for n in (30, 60)]
    long = NotAssessable(what=f"GENEA {names[0]}", reason=f"GENEB {names[1]}: no residue")
    interpretation = report.interpretation.model_copy(update={"not_assessable": (long,)})
    return report.model_copy(update={"interpretation": interpretation})


def test_no_page_scrolls_sideways_at_any_width(browser: Browser, tmp_path: Path, index: str) -> None:
    named: dict[str, Callable[[], str]] = {
        name: lambda make=make: render_html(make()) for name, make in reports.ALL.items()
    }
    named["told"] = lambda: render_html(told_report())
    named["long"] = lambda: render_html(with_long_names())
    named["index"] = lambda: index
    cases = [(name, width) for name in named for width in WIDTHS]
    script = """
      page.querySelectorAll("details").forEach((item) => { item.open = true; });
      const whole = page.documentElement;
      return { inner: view.innerWidth, client: whole.clientWidth, scroll: whole.scrollWidth };
    """
    results = look(browser, tmp_path, [(named[name](), width) for name, width in cases], script)
    for (name, width), result in zip(cases, results, strict=True):
        assert result["inner"] == width
        assert result["scroll"] == result["client"], f"{name} at {width} px: {result}"


def test_tables_sort_by_number_and_by_text(browser: Browser, tmp_path: Path) -> None:
    script = """
      const table = page.querySelector("table.full"), rows = () => [...table.tBodies[0].rows];
      const first = () => rows()[0].cells[0].textContent;
      const button = (n) => table.tHead.rows[0].cells[n].querySelector("button");
      const before = first(); button(0).click(); const falling = first();
      const marked = table.tHead.rows[0].cells[0].getAttribute("aria-sort"); button(0).click();
      return { before, falling, marked, rising: first(), rows: rows().length };
    """
    result = look(browser, tmp_path, [(render_html(reports.crowded_report()), DESKTOP)], script)[0]
    assert result == {"before": "1", "falling": "500", "marked": "descending", "rising": "1", "rows": 500}


def test_script_and_style_run_under_the_policy_and_hostile_ones_do_not(browser: Browser, tmp_path: Path) -> None:
    script = """
      const border = view.getComputedStyle(page.querySelector(".stamp")).borderTopWidth;
      return { sortable: page.querySelectorAll("th button").length > 0, border,
               images: page.images.length, scripts: page.scripts.length };
    """
    result = look(browser, tmp_path, [(render_html(reports.hostile_report()), DESKTOP)], script)[0]
    assert result == {"sortable": True, "border": "2px", "images": 0, "scripts": 1}


def test_text_contrast_is_at_least_4_5_to_1(browser: Browser, tmp_path: Path) -> None:
    script = """
      const linear = (v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
      const light = (color) => {
        const [r, g, b] = color.match(/[\\d.]+/g).map((v) => linear(Number(v) / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const ground = (item) => {
        for (; item; item = item.parentElement) {
          const color = view.getComputedStyle(item).backgroundColor;
          if (!/, 0\\)$/.test(color)) { return color; }
        }
        return "rgb(255, 255, 255)";
      };
      const speaks = (item) => item.namespaceURI.endsWith("xhtml") && item.tagName !== "SCRIPT" &&
        [...item.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
      let worst = 99, what = "";
      for (const item of [...page.body.querySelectorAll("*")].filter(speaks)) {
        const pair = [light(view.getComputedStyle(item).color), light(ground(item))].sort((a, b) => b - a);
        const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
        if (ratio < worst) { worst = ratio; what = item.className + " " + item.tagName; }
      }
      return { worst, what };
    """
    result = look(browser, tmp_path, [(render_html(reports.typical_report()), DESKTOP)], script)[0]
    assert isinstance(result["worst"], float)
    assert result["worst"] >= 4.5, result
