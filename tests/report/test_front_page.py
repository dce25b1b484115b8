"""The first page holds on one sheet of A4 whatever it has to say, in letters of 9 points and more; nothing is lost."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pypdf
import pytest
import weasyprint
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genomodel.core.findings import Finding, NotAssessable
from genomodel.core.laboratory import Laboratory
from genomodel.core.report import RESEARCH_USE_ONLY, PatientReport
from genomodel.core.report_settings import PredictionsShown, ReportSettings
from genomodel.report.claim_tuples import claim_tuples
from genomodel.report.compose import compose
from genomodel.report.medium import Medium
from genomodel.report.pdf import render_pdf
from genomodel.report.render import page_style, render_html, shared_style
from tests.report import reports
from tests.report.crowded import LOCI, crowded_front
from tests.report.test_html import part, text
from tests.report.told import told_report

SMALLEST = 9.0


def failed_report() -> PatientReport:
    why = ("mean tumor depth 3 (at least 100)", "tumor and normal are of two persons")
    return crowded_front().model_copy(update={"failures": why, "status": "failed"})


EVERY = {
    **reports.ALL,
    "told": told_report,
    "front": crowded_front,
    "failed": failed_report,
    "forty": lambda: crowded_front(40),
}


def front_pages(report: PatientReport) -> int:
    """Return how many printed pages the first page takes: all sections behind it are put down to their heading."""
    html = render_html(report, Medium.PRINT)
    html = re.sub(r'(<section id="(?!summary")[^>]*>\s*<h2.*?</h2>).*?(?=</section>)', r"\1", html, flags=re.DOTALL)
    sheets = [weasyprint.CSS(string=shared_style()), weasyprint.CSS(string=page_style(report))]
    pages = weasyprint.HTML(string=html).render(stylesheets=sheets).pages
    ids = [{box.element.get("id") for box in page._page_box.descendants() if box.element is not None} for page in pages]
    return next(number for number, found in enumerate(ids) if "evidence" in found)


@pytest.mark.parametrize("make", EVERY.values(), ids=EVERY.keys())
def test_the_first_page_is_one_page(make: Callable[[], PatientReport]) -> None:
    assert front_pages(make()) == 1


WORDS = st.text(alphabet=st.sampled_from("aWi m,-患🧬مЖ"), max_size=300)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 45), st.integers(0, 90), WORDS, WORDS, st.booleans())
def test_the_first_page_is_one_page_whatever_it_has_to_say(
    n: int, n_loci: int, name: str, fact: str, failed: bool
) -> None:
    base = crowded_front(n)
    findings = tuple(
        found.model_copy(update={"label": f"{found.label}{name}" if index % 3 == 0 else found.label})
        for index, found in enumerate(base.interpretation.findings)
    )
    gaps = tuple(NotAssessable(what=f"L{index} {name[:40]}", reason="x") for index in range(n_loci))
    interpretation = base.interpretation.model_copy(update={"findings": findings, "not_assessable": gaps})
    patient = base.patient.model_copy(update={"diagnosis": fact, "requester": fact, "second_id": fact})
    report = base.model_copy(
        update={
            "interpretation": interpretation,
            "patient": patient,
            "laboratory": Laboratory(name=fact, director=fact, accreditation=fact),
            "failures": ("mean tumor depth 3",) if failed else (),
        }
    )
    assert front_pages(report) == 1


def sizes(page: pypdf.PageObject) -> list[tuple[float, str]]:
    found: list[tuple[float, str]] = []

    def visit(said: str, cm: list[float], tm: list[float], _: object, size: float) -> None:
        if said.strip():
            found.append((size * abs(tm[3]) * abs(cm[3]), said.strip()))

    page.extract_text(visitor_text=visit)
    return found


def test_twelve_findings_and_thirty_loci_stand_on_one_page_in_letters_of_nine_points() -> None:
    report = compose(crowded_front())
    reader = pypdf.PdfReader(io.BytesIO(render_pdf(report)))
    first = reader.pages[0]
    shown = " ".join(first.extract_text().replace("\u00a0", " ").split())
    assert min(size for size, _ in sizes(first)) >= SMALLEST - 0.01
    assert len(report.front.rows) == 12
    for row in report.front.rows:
        assert row.named.split()[0] in shown
    gaps = next(line for line in report.front.limits if line.topic == "Not assessable").text
    named = {f"{of.partition(' ')[0]} {one}" for of in gaps.rstrip(".").split(", ") for one in of.split()[1].split("/")}
    assert {name.lower() for name in named} == {name.lower() for name in LOCI}
    for fact in ("Case 2026/000471", "S26-004711-A", "2026-02-01", "2026-03-20", RESEARCH_USE_ONLY, "DRAFT"):
        assert fact in shown
    assert "KRAS p.G12D" in next(line for line in report.front.check if line.topic == "To confirm").text
    assert "Evidence on therapies" in reader.pages[1].extract_text()


def test_rows_that_do_not_fit_are_counted_and_named_with_their_place() -> None:
    page = compose(crowded_front(40)).front
    found = re.match(r"(\d+) more rows in section Evidence: ", page.rows_left_out)
    assert found is not None
    assert len(page.rows) + int(found[1]) == 40
    assert len(page.rows) >= 8
    tiers = [row.tier for row in page.rows]
    assert tiers == sorted(tiers)
    html = render_html(compose(crowded_front(40)))
    for index in range(1, 41):
        assert f"GENE{index:02d} p.E{index}746_A750delinsVP" in text(part(html, "evidence"))


@pytest.mark.parametrize("make", EVERY.values(), ids=EVERY.keys())
def test_rows_say_what_the_claims_say(make: Callable[[], PatientReport]) -> None:
    report = make()
    claims = {
        (claim.alteration, claim.therapy, f"{claim.tier}-{claim.level}", claim.direction, claim.conditions)
        for claim in claim_tuples(report)
    }
    for row in compose(report).front.rows:
        if row.evidence_type == "predictive" and "\u202e" not in row.alteration:
            assert (row.alteration, row.therapy, row.tier, row.direction, row.conditions) in claims


def actionable(finding: Finding) -> bool:
    return any(match.tier.startswith("I") for match in finding.evidence)


@pytest.mark.parametrize("make", EVERY.values(), ids=EVERY.keys())
def test_every_finding_of_tier_i_or_ii_is_in_a_row_or_counted(make: Callable[[], PatientReport]) -> None:
    report = make()
    page = compose(report).front
    asked = {finding.id for finding in report.interpretation.findings if actionable(finding)}
    assert asked == {row.finding_id for row in page.rows} or "more row" in page.rows_left_out
    assert bool(page.nothing) == (not page.rows)


def test_no_prediction_changes_a_byte_of_the_other_blocks() -> None:
    report = crowded_front()
    shown = set()
    for response in (None, reports.response(3, 1), reports.response(0, 5), reports.response(120, 150)):
        page = compose(report.model_copy(update={"response": response})).front
        shown.add(page.model_copy(update={"predictions": None}).to_json())
    for where in PredictionsShown:
        setting = ReportSettings(predictions=where)
        page = compose(report.model_copy(update={"settings": setting})).front
        assert (page.predictions is not None) == (where is PredictionsShown.FRONT)
        shown.add(page.model_copy(update={"predictions": None}).to_json())
    assert len(shown) == 1


def test_a_site_may_keep_predictions_off_the_first_page_or_out_of_the_report() -> None:
    report = reports.typical_report()
    section = report.model_copy(update={"settings": ReportSettings(predictions=PredictionsShown.SECTION)})
    html = render_html(section)
    assert "Drug00" not in part(html, "summary")
    assert "Drug00" in part(html, "predictions")
    gone = compose(report.model_copy(update={"settings": ReportSettings(predictions=PredictionsShown.NONE)}))
    assert gone.response is None
    assert "Drug00" not in render_html(gone)


def test_predictions_of_the_first_page_stand_with_interval_gate_and_research_use() -> None:
    shown = text(part(render_html(reports.typical_report()), "summary"))
    assert shown.count("90 % interval") >= 3
    assert shown.count("assed the gate") == 3
    assert "Research use only. From cell lines" in shown
    assert "copy number unobserved" in shown


def test_a_failed_sample_says_so_first_and_claims_no_negative() -> None:
    report = reports.empty_report().model_copy(update={"failures": ("mean tumor depth 3",), "status": "failed"})
    shown = text(render_html(report))
    assert shown.index("Quality failed: mean tumor depth 3") < shown.index("Patient P1")
    assert "No tier I or II alteration found" not in text(part(render_html(report), "summary"))
    assert "QUALITY FAILED. DRAFT" in compose(report).front.status


def test_facts_that_nobody_gave_are_not_provided() -> None:
    head = compose(reports.tumor_only_report()).front.head
    absent = {fact.label for group in head for fact in group.facts if not fact.provided}
    assert {"Second id", "Collected", "Received", "Laboratory", "Accreditation", "Director"} <= absent
    assert {fact.text for group in head for fact in group.facts if not fact.provided} == {"not provided"}


def test_bookmarks_go_down_to_headings_of_the_third_order() -> None:
    reader = pypdf.PdfReader(io.BytesIO(render_pdf(reports.typical_report())))
    levels: dict[int, list[str]] = {}

    def walk(items: list[object], depth: int) -> None:
        for item in items:
            if isinstance(item, list):
                walk(item, depth + 1)
            else:
                levels.setdefault(depth, []).append(str(getattr(item, "title", "")))

    walk(list(reader.outline), 1)
    assert len(levels[1]) == 1
    assert "Summary" in levels[2]
    assert any("Alterations of tier I and II" in title for title in levels[3])
    assert set(levels) == {1, 2, 3}
