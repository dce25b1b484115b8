"""The report of one patient as a reader uses it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Browser

from genomodel.report.compose import compose
from genomodel.report.render import render_html
from tests.browser.pages import DESKTOP, PHONE, TABLET, WIDTHS, needs_axe, needs_browser, opened, serious_findings
from tests.report import reports
from tests.report.crowded import crowded_front
from tests.report.told import told_report

pytestmark = needs_browser
MADE = {**reports.ALL, "told": told_report}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    made = {name: folder / f"{name}.html" for name in MADE}
    for name, path in made.items():
        path.write_text(render_html(MADE[name]()), encoding="utf-8")
    return made


@pytest.mark.parametrize("name", MADE)
def test_nothing_leaves_the_file_and_the_console_stays_silent(
    browser: Browser, pages: dict[str, Path], name: str
) -> None:
    with opened(browser, pages[name]) as seen:
        seen.page.evaluate("() => document.querySelectorAll('details').forEach((item) => { item.open = true; })")
        seen.page.keyboard.press("End")
        assert seen.requests == [pages[name].as_uri()]
        assert seen.errors == []


@needs_axe
def test_axe_notices_what_is_wrong(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "bad.html"
    page.write_text("<!DOCTYPE html><title>x</title><input><p style='color: #ccc; background: #fff'>pale</p>")
    found = serious_findings(browser, page, width=DESKTOP)
    assert [told.partition(":")[0] for told in found] == ["color-contrast", "html-has-lang", "label"]


@needs_axe
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["typical", "told", "empty"])
def test_axe_finds_nothing_serious(browser: Browser, pages: dict[str, Path], name: str, width: int, dark: bool) -> None:
    assert serious_findings(browser, pages[name], width=width, dark=dark) == []


def test_without_script_all_words_are_there(browser: Browser, pages: dict[str, Path]) -> None:
    said = []
    for script in (True, False):
        with opened(browser, pages["told"], script=script) as seen:
            # What is folded away opens without a script too, but only by hand.
            said.append({line.strip() for line in seen.page.locator("main").all_inner_texts()[0].splitlines()})
    assert said[1] - said[0] == set()
    assert len(said[1]) > 100


def test_the_first_key_leads_past_the_head(browser: Browser, pages: dict[str, Path]) -> None:
    with opened(browser, pages["typical"]) as seen:
        seen.page.keyboard.press("Tab")
        target = seen.page.evaluate("() => document.activeElement.getAttribute('href')")
        assert target.startswith("#")
        seen.page.keyboard.press("Enter")
        assert seen.page.evaluate("(id) => document.querySelector(id) !== null", target)


def test_every_folded_part_opens_by_key(browser: Browser, pages: dict[str, Path]) -> None:
    with opened(browser, pages["crowded"]) as seen:
        first = seen.page.locator("summary").first
        first.focus()
        seen.page.keyboard.press("Enter")
        assert first.evaluate("(item) => item.parentElement.open")


@pytest.mark.parametrize("by_key", [False, True], ids=["click", "Enter"])
def test_the_name_of_a_variant_is_copied_whole(browser: Browser, pages: dict[str, Path], by_key: bool) -> None:
    with opened(browser, pages["crowded"]) as seen:
        name = seen.page.locator("#variants-table [data-copy]").first
        whole = name.get_attribute("data-copy")
        if by_key:
            name.focus()
            seen.page.keyboard.press("Enter")
        else:
            name.click()
        assert seen.page.evaluate("() => document.activeElement.matches('[data-copy]')") or not by_key
        seen.page.locator("#variants-filter").focus()
        seen.page.keyboard.press("Control+V")
        assert whole
        assert seen.page.locator("#variants-filter").input_value() == whole
        seen.page.keyboard.type(" elsewhere")
        assert seen.page.locator("[data-filters] output").inner_text().startswith("0 of ")


def test_scrollable_parts_are_reached_by_key(browser: Browser, pages: dict[str, Path]) -> None:
    script = """() => [...document.querySelectorAll("*")].filter((item) => {
      const style = getComputedStyle(item);
      return /auto|scroll/.test(style.overflowX) && item.scrollWidth > item.clientWidth + 1 && item.tabIndex < 0
        && !item.querySelector("a, button, input, summary");
    }).map((item) => item.className || item.tagName)"""
    for name in ("typical", "crowded", "told"):
        for width in WIDTHS:
            with opened(browser, pages[name], width=width) as seen:
                assert seen.page.evaluate(script) == [], (name, width)


@pytest.fixture
def printed(browser: Browser, pages: dict[str, Path], tmp_path: Path) -> pypdf.PdfReader:
    with opened(browser, pages["typical"], width=TABLET) as seen:
        seen.page.pdf(path=tmp_path / "printed.pdf", prefer_css_page_size=True)
    return pypdf.PdfReader(tmp_path / "printed.pdf")


def test_the_browser_prints_a4_without_what_only_a_screen_needs(printed: pypdf.PdfReader) -> None:
    assert [round(float(side)) for side in printed.pages[0].mediabox[2:]] in ([595, 842], [596, 842])
    text = printed.pages[0].extract_text()
    assert "Skip to" not in text
    assert "Research use only" in text


def test_the_browser_prints_each_picture_once_and_no_field_to_type_into(
    browser: Browser, pages: dict[str, Path]
) -> None:
    with opened(browser, pages["crowded"], width=PHONE) as seen:
        seen.page.emulate_media(media="print")
        shown = seen.page.locator(".drawn .fraction-plot").evaluate_all(
            "(drawn) => drawn.map((item) => item.getBoundingClientRect().width > 0)"
        )
        assert sorted(shown) == [False, True]
        assert not seen.page.locator("#variants-filter").is_visible()


def test_facts_cut_on_paper_are_whole_on_a_screen(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "crowded.html"
    path.write_text(render_html(compose(crowded_front())), encoding="utf-8")
    with opened(browser, path) as seen:
        heads = seen.page.locator(".heads")
        whole = heads.inner_text()
        seen.page.emulate_media(media="print")
        printed = heads.inner_text()
    assert "\u2026" not in whole
    assert "Institute of Molecular Pathology, University Hospital" in whole
    assert "Institute of Molecular\u2026" in printed


def test_headings_follow_each_other_without_a_gap(browser: Browser, pages: dict[str, Path]) -> None:
    for path in pages.values():
        with opened(browser, path, width=DESKTOP) as seen:
            levels = seen.page.evaluate(
                "() => [...document.querySelectorAll('h1,h2,h3,h4,h5')].map((item) => Number(item.tagName[1]))"
            )
        assert levels[0] == 1
        assert levels.count(1) == 1
        jumps = [(a, b) for a, b in pairwise(levels) if b > a + 1]
        assert jumps == [], path.name


def test_no_words_run_out_of_a_picture_or_over_each_other(browser: Browser, pages: dict[str, Path]) -> None:
    script = """() => {
      document.querySelectorAll("details").forEach((item) => { item.open = true; });
      const wrong = [];
      document.querySelectorAll("svg").forEach((picture) => {
        const frame = picture.getBoundingClientRect();
        if (!frame.width) { return; }
        const words = [...picture.querySelectorAll("text")].map((item) => [item, item.getBoundingClientRect()]);
        words.forEach(([item, box], i) => {
          if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1
              || box.bottom > frame.bottom + 1) { wrong.push("cut: " + item.textContent); }
          words.slice(i + 1).forEach(([other, next]) => {
            const across = Math.min(box.right, next.right) - Math.max(box.left, next.left);
            const down = Math.min(box.bottom, next.bottom) - Math.max(box.top, next.top);
            if (across > 2 && down > box.height / 2) { wrong.push(item.textContent + " over " + other.textContent); }
          });
        });
      });
      return wrong;
    }"""
    for name, path in pages.items():
        for width in WIDTHS:
            with opened(browser, path, width=width) as seen:
                assert seen.page.evaluate(script) == [], (name, width)
