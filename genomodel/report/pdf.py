"""From the printed page to PDF."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from types import ModuleType
from typing import Any, NoReturn

from genomodel.core.errors import MissingToolError
from genomodel.core.report import PatientReport
from genomodel.report.compose import composed
from genomodel.report.medium import Medium
from genomodel.report.render import page_style, render_html, shared_style


def render_pdf(report: PatientReport) -> bytes:
    """Render a report as a tagged PDF (PDF/UA-1) of A4 pages.

    The bytes depend on the report, the versions of WeasyPrint and Pango, and the fonts of the machine; there is no
    date in them but the one that the report carries.

    Raises
    ------
    MissingToolError
        Pango, which WeasyPrint needs, is not installed.
    """
    weasyprint = _weasyprint()
    report = composed(report)
    fonts, shared_style = _shared_style()
    html = render_html(report, Medium.PRINT)
    own_style = weasyprint.CSS(string=page_style(report), font_config=fonts)
    with _collector_paused():
        document: bytes = weasyprint.HTML(string=html, url_fetcher=_refuse).write_pdf(
            stylesheets=[shared_style, own_style],
            font_config=fonts,
            pdf_variant="pdf/ua-1",
            pdf_identifier=hashlib.sha256(html.encode()).hexdigest()[:32].encode(),
        )
    return document


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Pause the search for unreachable cycles: a page layout is one large live structure, searched in vain (15 %)."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _weasyprint() -> ModuleType:
    try:
        import weasyprint  # noqa: PLC0415  slow to import, and needs libraries that HTML and JSON do not
    except OSError as error:
        raise MissingToolError(
            f"PDF cannot be made, the Pango library is missing ({str(error).splitlines()[0]})",
            fix="Install it (Debian, Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 "
            "fonts-dejavu-core; conda: conda install -c conda-forge pango fonts-conda-forge; macOS: brew install "
            "pango), or ask for reports without PDF",
        ) from error
    return weasyprint  # type: ignore[no-any-return]


@lru_cache(maxsize=1)
def _shared_style() -> tuple[Any, Any]:
    """Return fonts and parsed style, made once for all reports of a process."""
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415  see _weasyprint

    fonts = FontConfiguration()
    return fonts, _weasyprint().CSS(string=shared_style(), font_config=fonts)


def _refuse(url: str, *_: object, **__: object) -> NoReturn:
    """Fetch nothing: a report is made from the report object alone."""
    raise ValueError(f"a report must not load {url}")
