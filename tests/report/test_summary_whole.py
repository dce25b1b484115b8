"""What the summary and the tables of statements say once, whole and with the conditions that hold."""

from __future__ import annotations

import re

from genomodel.core.clinical import ConditionStatus
from genomodel.core.findings import Direction, EvidenceMatch, TherapyInteraction, TumorTypeMatch
from genomodel.report.catalog import say
from genomodel.report.render import render_html
from tests.report import reports
from tests.report.test_interpretation_shown import only, section
from tests.report.told import answer, statement


def of_base(match: EvidenceMatch, base: str, drugs: tuple[str, ...] = ("Afatinib",)) -> EvidenceMatch:
    told = match.evidence.model_copy(update={"knowledge_base": base, "id": f"{base}-1", "therapies": drugs})
    return match.model_copy(update={"evidence": told})


def test_no_line_of_the_summary_breaks_within_a_tier() -> None:
    page = render_html(only(statement(tier="I-A"), statement(therapy="Drugtwo", tier="II-C")))
    summary = page[page.index('<section id="summary"') : page.index("</section>", page.index('<section id="summary"'))]
    assert '<span class="whole">I-A</span>' in summary
    assert not re.findall(r"\bII?-[A-D]\b", re.sub(r'<span class="(whole|tier tier-\d)">.*?</span>', "", summary))
    assert re.search(r"\.tier \{[^}]*white-space: nowrap", page)
    assert ".whole { white-space: nowrap; }" in page


def test_text_of_a_source_stays_escaped_in_the_summary() -> None:
    page = render_html(only(statement(therapy="<b>I-A</b>", tier="I-A")))
    assert "<b>" not in page[page.index('<section id="summary"') :]


def test_resistance_to_a_drug_is_named_at_its_best_tier_alone() -> None:
    against = Direction.RESISTANCE
    best = of_base(statement(direction=against, therapy="Afatinib", tier="I-B"), "core")
    worse = of_base(
        statement(direction=against, therapy="Afatinib", tier="II-C", relation=TumorTypeMatch.OTHER), "civic"
    )
    other = of_base(statement(direction=against, therapy="Gefitinib", tier="II-C"), "civic", ("Gefitinib",))
    shown = reports.front_lines(only(worse, best, other))["Resistance"]
    assert shown.count("Afatinib") == 1
    assert "Afatinib (I-B), Gefitinib (II-C)" in shown


def test_any_one_of_drugs_that_better_tiers_name_is_not_named_again() -> None:
    against = Direction.RESISTANCE
    best = of_base(statement(direction=against, therapy="Afatinib", tier="I-B"), "core")
    either = of_base(statement(direction=against, therapy="Afatinib or Gefitinib", tier="II-C"), "civic")
    told = either.evidence.model_copy(
        update={"therapies": ("Afatinib", "Gefitinib"), "interaction": TherapyInteraction.SUBSTITUTES}
    )
    either = either.model_copy(update={"evidence": told})
    also = of_base(statement(direction=against, therapy="Gefitinib", tier="I-B"), "core", ("Gefitinib",))

    def line(*matches: EvidenceMatch) -> str:
        return str(reports.front_lines(only(*matches))["Resistance"])

    assert "Afatinib or Gefitinib" not in line(best, also, either)
    assert "Afatinib or Gefitinib (II-C)" in line(best, either)


def test_a_statement_without_conditions_points_to_those_of_the_core_on_the_same_drugs() -> None:
    asked = of_base(statement(therapy="Afatinib", conditions=(answer(ConditionStatus.NOT_GIVEN),)), "core")
    bare = of_base(statement(therapy="Afatinib"), "civic")
    assert say("evidence.as_the_core") in section(only(asked, bare), "evidence")
    for lone in (
        only(bare),
        only(asked, of_base(statement(therapy="Gefitinib"), "civic", ("Gefitinib",))),
        only(asked, of_base(statement(therapy="Afatinib", direction=Direction.RESISTANCE), "civic")),
    ):
        shown = section(lone, "evidence")
        assert say("evidence.as_the_core") not in shown
        assert say("evidence.none_stated") in shown
