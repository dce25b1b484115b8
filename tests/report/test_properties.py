"""Whatever a report holds, every form of it is made, fits its schema, escapes what it shows and loses nothing."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from enum import Enum
from typing import Any

import jsonschema_rs
import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, StringConstraints

from genomodel.core.report import PatientReport
from genomodel.core.variants import Variant
from genomodel.report.compose import compose
from genomodel.report.dispositions_table import dispositions_table, table_digest
from genomodel.report.medium import Medium
from genomodel.report.pdf import render_pdf
from genomodel.report.render import render_html
from genomodel.report.schema import read_schema
from genomodel.report.seal import read_report, report_json
from tests.report import reports
from tests.report.test_html import tree
from tests.report.told import told_report

MADE: dict[str, Callable[[], PatientReport]] = {**reports.ALL, "told": told_report}
NO_PROSE = frozenset(
    re.findall(
        r"\S+",
        """
    schema_version research_use_only status sha256 digest url source_url id predecessor_sha256 chrom ref alt
    gene transcript terms exon tier level approved date source_date variant code key therapies assayed_genes
    protein_change hgvs_c hgvs_p feature patient_id waived record germline_risk kind ancestors tissue_source
    biomarker agency matched_on tier_without_evidence computed_tier tumor_types labels decided_by
    engine_filters callers time screen Evidence.conditions Contribution.label AlterationSupport.label
    Evidence.therapy
    """,
    )
)
"""Fields that are keys, codes or names with a form of their own, into which text of any kind cannot be put."""
MUST_BE_SHOWN = frozenset(
    re.findall(
        r"\S+",
        """
    TumorType.name Patient.notes NotAssessable.what NotAssessable.reason QualityMetric.name
    QualityMetric.value QualityMetric.threshold Step.name Step.detail Version.name Version.version
    Version.licence SourceFile.name ApplicabilityFlag.text GermlineFlag.reason GermlineFlag.policy Trial.title
    ConditionAnswer.condition ConditionAnswer.reason EvidenceMatch.tier_reason EvidenceMatch.conflicts
    Evidence.source_name Finding.label Disposition.reason MutationalBurden.reason MutationalBurden.rule
    MutationalBurden.cutoff_source SignatureExposure.etiology SecondAllele.reason
    HomologousRecombination.basis GermlineReview.reason
    """,
    )
)
"""Prose that a reader of the page has to find."""
OF_CLAIMS = {"EvidenceMatch.tier_reason", "Evidence.source_name"}
LEFT_OUT = {
    # What is no finding of the tumor has no claims on the page.
    "decided": OF_CLAIMS,
    "set-aside": OF_CLAIMS,
    # A listed variant is named by gene and change.
    "hostile": {"Finding.label"},
    # Long lists are cut, and say so.
    "crowded": {"Disposition.reason"},
}
"""What a page of a made-up report leaves out of what must be shown."""
NASTY = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(2)>",
    "</style></title>]]>",
    "{{ 7*7 }}{% raw %}",
    "\u202eright to left\u202c \u0645\u0631\u064a\u0636",
    "\U0001f9ec\U0001f468\u200d\U0001f52c",
    "\x00\x1b[31m\x07",
    "&amp;&lt;&#60;",
    "a\tb\nc\r\nd",
    "\ufffe\uffff",
    "A" * 213,
    "Gro\u00dfe 3 \u00b5m; \u60a3\u8005",
    " ",
    "\\22 \\3c",
    "javascript:alert(3)",
)
PROSE = st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=["Cs"]), max_size=60))


def with_prose(value: Any, change: Callable[[str, str], str], name: str = "") -> Any:
    """Return a value with every piece of prose in it changed; ``change`` takes its class and field, and itself."""
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        update = {
            field: with_prose(getattr(value, field), change, f"{type(value).__name__}.{field}")
            for field, about in fields.items()
            if not {field, f"{type(value).__name__}.{field}"} & NO_PROSE
            and not any(isinstance(item, StringConstraints) for item in about.metadata)
        }
        return value.model_copy(update=update)
    if isinstance(value, str) and not isinstance(value, Enum):
        return change(name, value) if value and re.search("[a-z]", value) else value
    if isinstance(value, tuple):
        return tuple(with_prose(item, change, name) for item in value)
    return value


def _is_patterned(metadata: list[Any]) -> bool:
    return any(isinstance(item, StringConstraints) or getattr(item, "pattern", None) for item in metadata)


def shown_of(html: str) -> str:
    """Return the text and the attributes of a page as a reader or a screen reader gets them."""
    root = tree(html)
    return "\n".join([*root.itertext(), *(value for element in root.iter() for value in element.attrib.values())])


def check_forms(report: PatientReport) -> str:
    """Make page, print and JSON of a report, hold them against what must be true of each, and return the page."""
    composed = compose(report)
    text = report_json(composed)
    raw = json.loads(text)
    jsonschema_rs.validator_for(read_schema()).validate(raw)
    again = PatientReport.model_validate_json(text)
    assert again.model_copy(update={"digest": ""}) == composed
    page = render_html(composed)
    assert render_html(again) == page
    for html in (page, render_html(composed, Medium.PRINT)):
        root = tree(html)
        assert [e.tag for e in root.iter() if e.tag in {"script", "img", "iframe", "object", "link", "form"}] == []
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]", html)
        assert all(not name.startswith("on") for element in root.iter() for name in element.attrib)
        links = [anchor.get("href", "") for anchor in root.iter("a")]
        assert all(link.startswith(("#", "http://", "https://", report.patient.id)) for link in links)
    assert page.count("<script") == 1
    assert len(page.encode()) < 1_500_000
    return page


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(set(MADE) - {"crowded"})), st.data())
def test_any_prose_in_any_field_is_escaped_and_kept(name: str, data: st.DataObject) -> None:
    drawn = data.draw(st.lists(PROSE, min_size=1, max_size=6))
    turns = iter(range(10**9))
    check_forms(with_prose(MADE[name](), lambda _, text: text + drawn[next(turns) % len(drawn)]))


@pytest.mark.parametrize("name", sorted(MADE))
def test_each_prose_of_a_report_is_in_its_json_and_what_must_be_shown_is_on_its_page(name: str) -> None:
    placed: list[tuple[str, str]] = []

    def mark(field: str, text: str) -> str:
        placed.append((field, f"<m{len(placed)}>"))
        return text + placed[-1][1]

    report = with_prose(MADE[name](), mark)
    text, shown = report_json(compose(report)), shown_of(check_forms(report))
    assert [field for field, marker in placed if marker not in text] == []
    hidden = {field for field, marker in placed if field in MUST_BE_SHOWN and marker not in shown}
    assert hidden == LEFT_OUT.get(name, set())


def test_every_field_that_must_be_shown_is_tried() -> None:
    tried: set[str] = set()

    def note(field: str, text: str) -> str:
        tried.add(field)
        return text

    for make in MADE.values():
        with_prose(make().model_copy(update={"patient": make().patient.model_copy(update={"notes": "a note"})}), note)
    assert tried >= MUST_BE_SHOWN, MUST_BE_SHOWN - tried


@pytest.mark.parametrize("n", [0, 1, 5000])
def test_any_number_of_variants_and_records_is_counted_listed_and_light(n: int) -> None:
    others = tuple(reports.variant(index + 1, f"OTHER{index}", f"A{10 + index}T") for index in range(n))
    report = reports.report((), others, n_filtered=n)
    page = check_forms(report)
    rows = dispositions_table(report).decode().splitlines()
    assert len(rows) == 2 + 2 * n
    assert table_digest(report) in page
    assert f"{2 * n:,}" in page


def test_a_hundred_thousand_records_stay_below_the_limit_of_the_page() -> None:
    others = tuple(reports.variant(index + 1, "OTHER", f"A{10 + index}T") for index in range(20_000))
    report = compose(reports.report((), others, n_filtered=80_000))
    assert len(render_html(report).encode()) < 1_500_000
    assert len(dispositions_table(report).splitlines()) == 100_002


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 400), st.integers(1, 400), st.sampled_from("ACGT"))
def test_long_alleles_are_shortened_on_the_page_and_whole_in_the_json(ref: int, alt: int, base: str) -> None:
    allele = Variant(chrom="7", pos=55, ref="A" * ref, alt=base * alt + "G")
    found = reports.variant(1, "EGFR", "E746_A750del").model_copy(update={"variant": allele})
    report = reports.report((), (found,))
    check_forms(report)
    assert f'"alt": "{allele.alt}"' in report_json(compose(report))


@pytest.mark.parametrize("name", ["empty", "hostile", "told"])
def test_a_pdf_is_made_of_any_prose(name: str) -> None:
    turns = iter(range(10**9))
    report = with_prose(MADE[name](), lambda _, text: text + NASTY[next(turns) % len(NASTY)])
    pages = pypdf.PdfReader(io.BytesIO(render_pdf(compose(report)))).pages
    # The reader of PDFs leaves zero bytes between letters of fonts with more than 256 of them.
    assert all(report.patient.id in page.extract_text().replace("\x00", "") for page in pages)


def test_a_written_report_of_nasty_prose_reads_back(tmp_path: Any) -> None:
    turns = iter(range(10**9))
    report = compose(with_prose(told_report(), lambda _, text: text + NASTY[next(turns) % len(NASTY)]))
    path = tmp_path / "P1.json"
    path.write_bytes(report_json(report).encode())
    assert read_report(path).model_copy(update={"digest": ""}) == report


@pytest.mark.parametrize("word", ["=HYPERLINK(1)", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0"])
def test_no_cell_of_the_table_of_records_is_a_formula(word: str) -> None:
    report = reports.typical_report()
    first, *others = report.interpretation.dispositions
    named = first.model_copy(update={"gene": word, "reason": word})
    content = report.interpretation.model_copy(update={"dispositions": (named, *others)})
    table = dispositions_table(report.model_copy(update={"interpretation": content})).decode()
    _, _, row, *_ = csv.reader(io.StringIO(table), delimiter="\t")
    assert (row[2], row[5]) == (f"'{word}", f"'{word}")
