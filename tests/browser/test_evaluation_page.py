"""The pages of an evaluation in a real browser."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from genomodel.response.dataset import ResponseData
from genomodel.response.evaluation_run import run
from genomodel.response.splits import Split
from tests.browser.pages import look, needs_browser
from tests.response.conftest import made_data

__all__ = ["made_data"]

pytestmark = needs_browser
WIDTHS = (390, 768, 1440)


def test_evaluation_page_fits_every_width_and_its_pictures_are_not_cut(
    browser: Browser, made_data: ResponseData, tmp_path: Path
) -> None:
    names = ["drug-mean", "tissue-drug-mean", "per-drug-ridge"]
    run(made_data, names, list(Split), tmp_path)
    pages = [(tmp_path / "index.html").read_text(), (tmp_path / names[2] / "index.html").read_text()]
    script = """
      const whole = page.documentElement, cut = [];
      page.querySelectorAll("svg").forEach((picture) => {
        const frame = picture.getBoundingClientRect();
        picture.querySelectorAll("text").forEach((words) => {
          const box = words.getBoundingClientRect();
          if (box.left < frame.left - 1 || box.right > frame.right + 1) cut.push(words.textContent);
        });
      });
      const pictures = page.querySelectorAll("svg").length;
      return { scroll: whole.scrollWidth, client: whole.clientWidth, cut, pictures };
    """
    shown = [(page, width) for page in pages for width in WIDTHS]
    for (_, width), found in zip(shown, look(browser, tmp_path, shown, script), strict=True):
        assert found["scroll"] == found["client"], width
        assert found["cut"] == []
        assert int(str(found["pictures"])) >= 3
