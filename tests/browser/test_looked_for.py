"""The section on looked-for loci on a phone and on a wide screen."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from genomodel.core.variants import Variant
from genomodel.report.render import render_html
from tests.browser.pages import WIDTHS, look, needs_browser
from tests.report.test_looked_for import detected, negative, silent, with_loci

pytestmark = needs_browser
GENES = ("ABL1", "ALK", "BRAF", "EGFR", "ERBB2", "KIT", "KRAS", "PIK3CA", "TP53")


def test_answers_fit_every_width_and_stay_short_on_a_phone(browser: Browser, tmp_path: Path) -> None:
    stray = Variant(chrom="chr1", pos=114713908, ref="T", alt="C")
    answers = [
        detected("NRAS Q61", "Q61R", stray),
        *(negative(f"{gene} V{number}", 0.012) for gene in GENES for number in range(600, 614)),
        *(silent(f"{gene} S{number}", "every read has mapping quality 0") for gene in GENES for number in range(3)),
    ]
    page = render_html(with_loci(*answers, not_placed={f"{gene} R1": "no gene" for gene in GENES}))
    script = """
      const part = page.getElementById("looked-for");
      part.querySelectorAll("details").forEach((item) => { item.open = true; });
      const wide = [...part.querySelectorAll("td, dd, dt, p")].filter((item) => !item.closest(".wide"))
        .filter((item) => item.getBoundingClientRect().right > view.innerWidth + 1).length;
      const rows = [...part.querySelectorAll(".negatives tbody tr")].map((row) => row.getBoundingClientRect().height);
      return { scroll: page.documentElement.scrollWidth, client: page.documentElement.clientWidth, wide, rows };
    """
    for width, seen in zip(WIDTHS, look(browser, tmp_path, [(page, width) for width in WIDTHS], script), strict=True):
        assert seen["scroll"] == seen["client"], width
        assert seen["wide"] == 0
        rows = seen["rows"]
        assert isinstance(rows, list)
        assert len(rows) == len(GENES)
        assert max(rows) < 130
