"""The pages in a real browser: each is shown in a frame of the wanted width, and a script beside it looks inside."""

from __future__ import annotations

import html
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from genomodel.report.cohort_page import CohortRow, cohort_row, write_index
from genomodel.report.render import render_html
from tests.report import reports
from tests.report.told import told_report

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no chromium on PATH, so the pages are not tried in a browser")
WIDTHS = (390, 820, 1440)

PROBE = """
const pages = %s, probe = (frame) => { const page = frame.contentDocument, view = frame.contentWindow; %s };
const results = [];
function next(i) {
  if (i === pages.length) { document.body.textContent = JSON.stringify(results); return; }
  const frame = document.createElement("iframe");
  frame.style = "border:0;height:900px;width:" + pages[i].width + "px";
  frame.onload = () => {
    const refused = [];
    frame.contentDocument.addEventListener("securitypolicyviolation", (e) => refused.push(e.violatedDirective));
    results.push(probe(frame)); frame.remove(); next(i + 1);
  };
  frame.srcdoc = pages[i].html; document.body.appendChild(frame);
}
next(0);
"""


def look(folder: Path, pages: list[tuple[str, int]], script: str) -> list[dict[str, object]]:
    """Show each page at its width and return what ``script`` says of it."""
    listed = json.dumps([{"html": page, "width": width} for page, width in pages]).replace("</", "<\\/")
    (folder / "probe.html").write_text(
        f"<!DOCTYPE html><meta charset=utf-8><body></body><script>{PROBE % (listed, script)}</script>",
        encoding="utf-8",
    )
    command = [
        str(BROWSER),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        f"--user-data-dir={folder / 'profile'}",
        "--virtual-time-budget=20000",
        "--dump-dom",
        (folder / "probe.html").as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    body = done.stdout.partition("<body>")[2].partition("</body>")[0]
    results: list[dict[str, object]] = json.loads(html.unescape(body))
    return results


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> str:
    made = [make() for make in reports.ALL.values()]
    rows = [cohort_row(report) for report in (*made, told_report())] + [CohortRow.failed("P9", "no such file")]
    path = tmp_path_factory.mktemp("index") / "index.html"
    write_index(rows, path)
    return path.read_text(encoding="utf-8")


def test_no_page_scrolls_sideways_at_any_width(tmp_path: Path, index: str) -> None:
    named: dict[str, Callable[[], str]] = {
        name: lambda make=make: render_html(make()) for name, make in reports.ALL.items()
    }
    named["told"] = lambda: render_html(told_report())
    named["index"] = lambda: index
    cases = [(name, width) for name in named for width in WIDTHS]
    script = """
      page.querySelectorAll("details").forEach((item) => { item.open = true; });
      const whole = page.documentElement;
      return { inner: view.innerWidth, client: whole.clientWidth, scroll: whole.scrollWidth };
    """
    results = look(tmp_path, [(named[name](), width) for name, width in cases], script)
    for (name, width), result in zip(cases, results, strict=True):
        assert result["inner"] == width
        assert result["scroll"] == result["client"], f"{name} at {width} px: {result}"


def test_tables_sort_by_number_and_by_text(tmp_path: Path) -> None:
    script = """
      const table = page.querySelector("table.full"), rows = () => [...table.tBodies[0].rows];
      const first = () => rows()[0].cells[0].textContent;
      const button = (n) => table.tHead.rows[0].cells[n].querySelector("button");
      const before = first(); button(0).click(); const falling = first();
      const marked = table.tHead.rows[0].cells[0].getAttribute("aria-sort"); button(0).click();
      return { before, falling, marked, rising: first(), rows: rows().length };
    """
    result = look(tmp_path, [(render_html(reports.crowded_report()), 1440)], script)[0]
    assert result == {"before": "1", "falling": "1212", "marked": "descending", "rising": "1", "rows": 1212}


def test_cohort_page_filters_rows(tmp_path: Path, index: str) -> None:
    script = """
      const input = page.querySelector("input");
      const shown = () => [...page.querySelectorAll("tbody tr")].filter((row) => !row.hidden).length;
      const all = shown(); input.value = "tp53 MEL"; input.dispatchEvent(new view.Event("input")); const few = shown();
      input.value = "nothing like it"; input.dispatchEvent(new view.Event("input"));
      return { all, few, none: shown(), said: page.querySelector("output").textContent };
    """
    n = len(reports.ALL) + 2
    assert look(tmp_path, [(index, 1440)], script)[0] == {"all": n, "few": 2, "none": 0, "said": f"0 of {n} shown"}


def test_script_and_style_run_under_the_policy_and_hostile_ones_do_not(tmp_path: Path) -> None:
    script = """
      const border = view.getComputedStyle(page.querySelector(".stamp")).borderTopWidth;
      return { sortable: page.querySelectorAll("th button").length > 0, border,
               images: page.images.length, scripts: page.scripts.length };
    """
    result = look(tmp_path, [(render_html(reports.hostile_report()), 1440)], script)[0]
    assert result == {"sortable": True, "border": "2px", "images": 0, "scripts": 1}


def test_text_contrast_is_at_least_4_5_to_1(tmp_path: Path) -> None:
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
    result = look(tmp_path, [(render_html(reports.typical_report()), 1440)], script)[0]
    assert isinstance(result["worst"], float)
    assert result["worst"] >= 4.5, result
