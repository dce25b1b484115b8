"""From the report object to HTML, for the screen or for paper, out of the same templates."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from genomodel import __version__
from genomodel.core.report import PatientReport
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.compose import composed
from genomodel.report.front_head import status, whole_facts
from genomodel.report.medium import Medium
from genomodel.report.sections import SECTIONS

TEMPLATES = Path(__file__).parent / "templates"
GENERATOR = f"genomodel {__version__}"
_TIER = re.compile(r"\b(II?-[A-D])\b")


def file_names(patient_id: str, *, pdf: bool) -> dict[str, str]:
    """Return the names of a patient's files by kind; no PDF name when none is written."""
    names = {"json": f"{patient_id}.json", "html": f"{patient_id}.html", "pdf": f"{patient_id}.pdf" if pdf else ""}
    return names | {"dispositions": f"{patient_id}.dispositions.tsv"}


def is_draft(report: PatientReport) -> bool:
    """Whether the report is unsigned: anything but the status ``final``."""
    return report.status != "final"


def render_html(report: PatientReport, medium: Medium = Medium.SCREEN, *, pdf: bool = True) -> str:
    """Render a report as one self-contained HTML page.

    Parameters
    ----------
    report
        What to show.
    medium
        ``SCREEN`` carries style, script and content policy inside; ``PRINT`` is the same page without them and with
        long tables cut, for `genomodel.report.pdf`.
    pdf
        Whether a PDF is written beside it, so that the page links to it.
    """
    report = composed(report)
    shared: dict[str, Any] = {
        "report": report,
        "medium": medium.value,
        "files": file_names(report.patient.id, pdf=pdf),
        "generator": GENERATOR,
        "draft": is_draft(report),
        "failed_line": words.failed_line(report.failures),
        "failed_note": words.FAILED_NOTE,
        "synthetic_note": words.SYNTHETIC_NOTE,
    }
    templates = environment()
    sections = [
        {
            "id": section.id,
            "title": section.title,
            "in_contents": section.in_contents,
            "caution": bool(report.failures) and section.negatives,
            "body": Markup(templates.get_template(section.template).render(shared | section.context(report, medium))),
        }
        for section in SECTIONS
    ]
    return render_page(
        "report.html.j2",
        shared
        | {
            "sections": sections,
            "title": say("frame.title", id=report.patient.id),
            "created": report.reported_on,
            "whole_facts": whole_facts(report) if medium is Medium.SCREEN else {},
        },
        extra_style=page_style(report),
    )


def render_page(template: str, context: dict[str, Any], *, extra_style: str = "", extra_script: str = "") -> str:
    """Render a whole page with the shared style and script, and a policy that allows those two and nothing else."""
    style = shared_style() + extra_style
    script = asset("table.js") + extra_script
    policy = (
        f"default-src 'none'; style-src '{_source_hash(style)}'; script-src '{_source_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assets = {"style": Markup(style), "script": Markup(script), "policy": policy}
    return environment().get_template(template).render(context | assets)


def page_style(report: PatientReport) -> str:
    """Return the CSS of the lines that stand above and below every printed page."""
    above = [report.research_use_only, *([words.SYNTHETIC_NOTE] if report.synthetic else [])]
    above_page, of_pages = _css_string(say("frame.page_above")), _css_string(say("frame.page_of"))
    boxes = {
        "top-left": r' "\A " '.join(map(_css_string, above)),
        "top-right": _css_string(status(report)),
        "bottom-left": _css_string(f"{report.patient.id}  {report.patient.tumor_type.code}"),
        "bottom-right": f"{above_page} counter(page) {of_pages} counter(pages)",
    }
    weight = {"top-right": "700", "top-left": "400"}
    rules = "".join(
        f"@{place} {{ content: {content}; font-size: 9pt; line-height: 1.2; color: #15191d; white-space: pre; "
        f"font-weight: {weight.get(place, '400')}; }}"
        for place, content in boxes.items()
    )
    return f"@page {{ {rules} }}\n"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the templates: everything escaped, undefined names refused, control characters made visible."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["tiers_whole"] = _tiers_whole
    made.globals["say"] = say
    return made


@lru_cache(maxsize=8)
def asset(name: str) -> str:
    """Return the text of a style sheet or script that is written into pages."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def shared_style() -> str:
    """Return the style of all pages: the base, then what sections and pictures add, by name."""
    own = sorted(path.name for path in (TEMPLATES / "style").glob("*.css"))
    return "".join([asset("report.css"), *(asset(f"style/{name}") for name in own)])


def _tiers_whole(text: str) -> Markup:
    """Return escaped text in which no line breaks within a tier: after the hyphen of I-A a browser would."""
    return Markup(_TIER.sub(r'<span class="whole">\1</span>', str(escape(words.printable(text)))))


def _finalize(value: object) -> object:
    if value is None:
        return words.NOT_GIVEN
    if isinstance(value, str) and not isinstance(value, Markup):
        return words.printable(value)
    return value


def _source_hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _css_string(text: str) -> str:
    """Quote text for CSS so that no character of it can end the string or the style element."""
    safe = (char if char.isalnum() or char in " .,:;-_" else f"\\{ord(char):x} " for char in words.printable(text))
    return '"' + "".join(safe) + '"'
