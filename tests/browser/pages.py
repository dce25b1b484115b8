"""Pages in a real browser: opened as files, watched for requests and errors, and judged by axe."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
needs_browser = pytest.mark.skipif(
    BROWSER is None, reason="no chromium on PATH, so the pages are not tried in a browser"
)
needs_axe = pytest.mark.skipif(
    not AXE.is_file(), reason="axe-core is not installed (npm ci in tests/browser), so accessibility is not judged"
)
DESKTOP, TABLET, PHONE = 1280, 820, 390
WIDTHS = (PHONE, TABLET, DESKTOP)
HEIGHT = 900


@dataclass
class Opened:
    """A page that is open, with all that it asked for and complained of since."""

    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@contextmanager
def running() -> Iterator[Browser]:
    """Start the browser of the machine and stop it at the end."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: Browser, path: Path, *, width: int = DESKTOP, dark: bool = False, script: bool = True, bypass: bool = False
) -> Iterator[Opened]:
    """Open a file as a reader would.

    ``bypass`` lifts the page's own policy, for a judge that has to run inside the page; never where the page is tried.
    """
    context = browser.new_context(
        viewport=ViewportSize(width=width, height=HEIGHT),
        color_scheme="dark" if dark else "light",
        java_script_enabled=script,
        bypass_csp=bypass,
    )
    page = context.new_page()
    seen = Opened(page)
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("console", lambda told: seen.errors.append(told.text) if told.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.goto(path.as_uri(), wait_until="load")
    yield seen
    context.close()


def look(browser: Browser, folder: Path, pages: Sequence[tuple[str, int]], script: str) -> list[dict[str, Any]]:
    """Show each page at its width and return what the body of a function of ``page`` and ``view`` says of it."""
    results = []
    for number, (html, width) in enumerate(pages):
        path = folder / f"page-{number}.html"
        path.write_text(html, encoding="utf-8")
        with opened(browser, path, width=width) as seen:
            results.append(seen.page.evaluate(f"() => {{ const page = document, view = window; {script} }}"))
    return results


def serious_findings(browser: Browser, path: Path, *, width: int, dark: bool = False) -> list[str]:
    """Return what axe finds on a page, with everything unfolded, that is serious or critical."""
    with opened(browser, path, width=width, dark=dark, bypass=True) as seen:
        seen.page.evaluate("() => document.querySelectorAll('details').forEach((item) => { item.open = true; })")
        seen.page.evaluate(_axe())
        found = seen.page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{rule['id']}: {rule['help']} ({len(rule['nodes'])} times, first {rule['nodes'][0]['html'][:160]})"
        for rule in found["violations"]
        if rule["impact"] in ("serious", "critical")
    ]


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")
