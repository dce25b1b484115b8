from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from genomodel.core.findings import Direction
from genomodel.core.report import RESEARCH_USE_ONLY, PatientReport
from genomodel.core.variants import Origin, TumorOnlyClass
from genomodel.report import words
from genomodel.report.compose import compose
from genomodel.report.medium import Medium
from genomodel.report.render import TEMPLATES, render_html
from genomodel.report.sections import SECTIONS
from genomodel.report.sections.records import record_account
from tests.report import reports

MEDIA = pytest.mark.parametrize("medium", list(Medium))
EVERY = pytest.mark.parametrize("make", reports.ALL.values(), ids=reports.ALL.keys())


def tree(html: str) -> ElementTree.Element:
    """Parse strictly as XML; script and style are left out, as their text follows other rules."""
    bare = re.sub(r"<(style|script)>.*?</\1>", "", html, flags=re.DOTALL)
    return ElementTree.fromstring(bare.removeprefix("<!DOCTYPE html>"))


def text(html: str) -> str:
    return re.sub(r"\s+", " ", " ".join(tree(html).itertext()).replace("\u00a0", " "))


def part(html: str, section: str) -> str:
    found = re.search(rf'<section id="{section}".*?</section>', html, flags=re.DOTALL)
    assert found is not None
    return found[0]


@EVERY
@MEDIA
def test_page_is_well_formed_with_one_heading_1_and_unique_ids(
    make: Callable[[], PatientReport], medium: Medium
) -> None:
    root = tree(render_html(make(), medium))
    assert len(list(root.iter("h1"))) == 1
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for anchor in root.iter("a"):
        href = anchor.get("href", "")
        assert not href.startswith("#") or href[1:] in ids


@EVERY
def test_page_loads_nothing_from_anywhere(make: Callable[[], PatientReport]) -> None:
    html = render_html(make())
    root = tree(html)
    for element in root.iter():
        assert element.tag not in {"link", "img", "iframe", "object", "embed", "base", "form", "audio", "video", "use"}
        for name, value in element.attrib.items():
            assert name not in {"src", "srcset", "style", "action", "background"}, (element.tag, name)
            assert not name.startswith("on")
            if re.match(r"[a-z+]+:", value, re.IGNORECASE) and name == "href":
                assert value.startswith(("http://", "https://"))
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style is not None
    assert not re.search(r"url\(|@import|@font-face", style[1])


def test_content_policy_allows_exactly_the_style_and_script_of_the_page() -> None:
    html = render_html(reports.typical_report())
    policy = tree(html).find(".//meta[@http-equiv='Content-Security-Policy']")
    assert policy is not None
    content = policy.get("content", "")
    assert content.startswith("default-src 'none';")
    assert "unsafe" not in content
    for tag in ("style", "script"):
        found = re.search(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        assert found is not None
        digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in content


@MEDIA
def test_hostile_strings_stay_text(medium: Medium) -> None:
    html = render_html(reports.hostile_report(), medium)
    root = tree(html)
    assert [element for element in root.iter() if element.tag in {"img", "script"}] == []
    assert reports.HOSTILE in "".join(root.itertext())
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069]", html)
    assert "javascript:" not in {value.partition("//")[0] for e in root.iter("a") for value in e.attrib.values()}
    assert html.count("</style>") == (1 if medium is Medium.SCREEN else 0)


@EVERY
def test_every_page_says_draft_research_use_only_and_synthetic_where_it_is(make: Callable[[], PatientReport]) -> None:
    report = make()
    shown = text(render_html(report))
    assert shown.count(RESEARCH_USE_ONLY) >= 3
    assert "DRAFT: not reviewed, not signed" in shown
    assert (words.SYNTHETIC_NOTE in shown) == report.synthetic


def test_evidence_stands_before_findings_and_predictions() -> None:
    html = render_html(reports.typical_report())
    order = [
        html.index(f'<section id="{name}"')
        for name in ("summary", "evidence", "set-aside", "findings", "not-assessable")
    ]
    order.append(html.index('<section id="predictions"'))
    assert order == sorted(order)


def test_replacing_the_predictions_changes_no_byte_of_the_evidence() -> None:
    report = reports.typical_report()
    other = report.model_copy(update={"response": reports.response(3, 1)})
    for section in ("evidence", "findings", "not-assessable", "quality", "variants", "records"):
        assert part(render_html(report), section) == part(render_html(other), section)


def test_evidence_keeps_therapy_level_direction_conditions_and_source() -> None:
    shown = text(part(render_html(reports.typical_report()), "evidence"))
    assert "BRAF p.V600E" in shown
    assert "30 % (84 of 280 reads)" in shown
    assert "normal: 0 % (0 of 75 reads)" in shown
    assert "Only if: unresectable or metastatic disease" in shown
    assert "Only if: biomarker found by an approved test" in shown
    assert "Conditions, and how they stand" in shown
    assert "\u25b2 sensitivity" in shown
    assert "\u25bc resistance" in shown
    assert "Melanoma another tumor type" in shown
    assert 'href="https://example.org/label.pdf"' in render_html(reports.typical_report())


@MEDIA
def test_a_caution_stands_with_its_statement(medium: Medium) -> None:
    doubted = reports.match().model_copy(update={"cautions": ("the grade is not given",)})
    shown = text(part(render_html(reports.report((reports.finding(1, "BRAF", (doubted,)),)), medium), "evidence"))
    assert "Caution: the grade is not given" in shown


def test_nothing_found_is_a_sentence_with_the_number_of_genes() -> None:
    report = reports.empty_report()
    assert "No tier I or II alteration found in the 412 genes assayed." in text(render_html(report))
    unknown = report.model_copy(update={"patient": report.patient.model_copy(update={"assayed_genes": None})})
    assert "the absence of an alteration is not a negative result" in text(render_html(unknown))


@MEDIA
def test_what_is_set_aside_stands_beside_the_negative_sentence(medium: Medium) -> None:
    shown = render_html(reports.set_aside_report(), medium)
    section = text(part(shown, "set-aside"))
    for words_of_it in ("BRAF p.V600E", "30 % (84 of 280 reads)", "Hotspot, mutated in 897 tumors", "germline"):
        assert words_of_it in section
    assert "Drugone" not in section
    sentence = "No tier I or II somatic alteration found in the 412 genes assayed; but see BRAF p.V600E (germline)"
    assert sentence in text(part(shown, "evidence"))
    assert sentence in text(part(shown, "summary"))
    assert reports.front_lines(reports.set_aside_report())["Set aside"].startswith("Seen, not reported as")
    assert "No germline or filtered allele" in text(part(render_html(reports.empty_report(), medium), "set-aside"))


@MEDIA
def test_a_hotspot_to_be_confirmed_stands_in_front_without_a_tier(medium: Medium) -> None:
    shown = render_html(reports.decided_report(), medium)
    lines = reports.front_lines(reports.decided_report())
    assert lines["To confirm"].startswith("Hotspot seen with too little support to be reported; confirm by another")
    assert "KRAS p.G12D (0.5\u00a0% (6 of 1,200 reads))" in lines["To confirm"]
    assert "KRAS" not in lines["Evidence"]
    assert "KRAS" not in text(part(shown, "evidence"))
    section = text(part(shown, "set-aside"))
    assert "To be confirmed" in section
    assert "KRAS p.G12D" in section
    assert "I-A" not in section


def test_only_hotspots_to_be_confirmed_are_named_beside_the_negative_sentence() -> None:
    report = reports.decided_report()
    interpretation = report.interpretation.model_copy(update={"findings": (), "set_aside": ()})
    shown = text(part(render_html(report.model_copy(update={"interpretation": interpretation})), "evidence"))
    assert "No tier I or II somatic alteration found" in shown
    assert "To be confirmed first: KRAS p.G12D." in shown


@MEDIA
def test_callers_judge_and_what_was_left_out_are_told(medium: Medium) -> None:
    shown = render_html(reports.decided_report(), medium)
    head = text(shown)
    assert "Variant callers freebayes, mutect2, pileup" in head
    assert "Decided by varlociraptor" in head
    assert "Variant callers not run: octopus (see Methods)" in text(part(shown, "summary"))
    assert "Left out: Caller or judge left out: octopus: not installed" in text(part(shown, "methods"))
    evidence = text(part(shown, "evidence"))
    assert "seen by mutect2 (PASS), pileup; probability of being somatic above 0.999 (varlociraptor)" in evidence
    assert "few reads in the normal too" in evidence


def test_an_inherited_allele_with_a_lost_partner_is_said_to_be_that() -> None:
    section = text(part(render_html(reports.decided_report()), "set-aside"))
    assert "BRCA1 p.C61G" in section
    assert "germline; loss of heterozygosity in the tumor" in section
    assert "99 % (297 of 300 reads)" in section
    line = reports.front_lines(reports.decided_report())["Set aside"]
    assert line.endswith("BRCA1 p.C61G (germline, loss of heterozygosity in the tumor).")


def test_a_likely_germline_variant_is_named_as_that_in_front() -> None:
    verdict = TumorOnlyClass.LIKELY_GERMLINE
    found = reports.variant(1, origin=Origin.UNCERTAIN, risk="high", normal=None, tumor_only_class=verdict)
    finding = reports.finding(1, "BRAF", (reports.match(),)).model_copy(update={"variant": found})
    lines = reports.front_lines(reports.report((finding,)))
    assert "BRAF p.V600E, likely germline (I-A:" in lines["Evidence"]


def test_a_tumor_without_normal_and_population_says_that_nothing_is_called_somatic() -> None:
    shown = render_html(reports.tumor_only_report())
    assert "no population frequencies, so no variant is called somatic" in text(part(shown, "summary"))
    assert "no variant of this tumor is called somatic" in text(part(shown, "limitations"))
    assert "Population frequencies none" in text(shown)


def test_a_finding_of_tier_iii_alone_still_says_that_nothing_was_found() -> None:
    finding = reports.finding(1, "BRAF", ()).model_copy(update={"tier_without_evidence": "III"})
    shown = text(render_html(reports.report((finding,))))
    assert "No tier I or II alteration found" in shown
    assert "BRAF p.V600E" in shown


@EVERY
def test_summary_has_at_most_five_lines(make: Callable[[], PatientReport]) -> None:
    assert 1 <= len(compose(make()).front.summary) <= 5


def test_resistance_reaches_the_summary() -> None:
    against = reports.finding(1, "KRAS", (reports.match("KRAS", therapy="Drugsix", direction=Direction.RESISTANCE),))
    lines = reports.front_lines(reports.report((against,)))
    assert lines["Resistance"] == "KRAS p.V600E against Drugsix (I-A)."
    assert lines["Evidence"] == "No alteration with tier I or II evidence of sensitivity; see resistance."


def test_absent_facts_read_not_given() -> None:
    shown = text(render_html(reports.tumor_only_report()))
    for label in ("Sex", "Assay", "Genes assayed", "Purity", "Genome build", "Reported on"):
        assert f"{label} not given" in shown
    assert "uncertain; germline risk moderate" in shown
    assert "no matched normal, so germline origin is not excluded for 1 finding" in shown.replace("No m", "no m")


def test_pictures_have_text_alternatives() -> None:
    pictures = list(tree(render_html(reports.typical_report())).iter("{http://www.w3.org/2000/svg}svg"))
    for picture in pictures:
        assert picture.get("role") == "img"
        assert len(picture.get("aria-label") or "") > 20
    labels = [picture.get("aria-label") or "" for picture in pictures]
    assert len([label for label in labels if "90 % interval" in label]) == 1
    assert len([label for label in labels if label.startswith("What moves the prediction for")]) == 3


@EVERY
def test_dispositions_add_up_to_the_records(make: Callable[[], PatientReport]) -> None:
    interpretation = make().interpretation
    account = record_account(interpretation)
    assert sum(records for _, records, _ in account) == interpretation.n_records
    assert sum(alleles for _, _, alleles in account) == len(interpretation.dispositions)


def test_records_with_two_alleles_count_once() -> None:
    interpretation = reports.typical_report().interpretation
    first = interpretation.dispositions[0]
    twice = interpretation.model_copy(
        update={"dispositions": (*interpretation.dispositions, first.model_copy(update={"variant": "7:1001:A>G"}))}
    )
    assert sum(records for _, records, _ in record_account(twice)) == twice.n_records
    assert sum(alleles for _, _, alleles in record_account(twice)) == twice.n_records + 1


def test_a_lost_record_is_shouted() -> None:
    report = reports.typical_report()
    lost = report.interpretation.model_copy(update={"n_records": report.interpretation.n_records + 2})
    shown = text(render_html(report.model_copy(update={"interpretation": lost})))
    assert "2 records have no disposition" in shown


def test_what_is_cut_is_announced_with_its_place() -> None:
    crowded = reports.crowded_report()
    paper = text(render_html(crowded, Medium.PRINT))
    assert "260 further variants not shown here: see P1.html or, complete, P1.json." in paper
    assert "110 further predictable drugs" in paper
    assert "one row for each allele of each record with its reason, is P1.dispositions.tsv, SHA-256" in paper
    screen = text(render_html(crowded))
    for index in range(1, 13):
        assert f"GENE{index:02d} p.V600E" in screen
    assert "OTHER299" in screen
    for index in range(30):
        assert f"LOCUS{index}" in screen
        assert f"LOCUS{index}" in paper


def test_each_section_has_a_template_and_each_template_a_section() -> None:
    named = {section.template for section in SECTIONS}
    assert named == {f"sections/{path.name}" for path in (TEMPLATES / "sections").iterdir()}


def test_no_prediction_gives_the_reason() -> None:
    assert "No prediction was made: the model bundle was left out." in text(render_html(reports.empty_report()))


def test_same_input_gives_the_same_page() -> None:
    assert render_html(reports.crowded_report()) == render_html(reports.crowded_report())


def test_letters_of_any_script_stay_as_they_are() -> None:
    report = reports.unicode_report()
    notes = "Größe 3 µm; 患者 🧬 مريض"
    patient = report.patient.model_copy(update={"notes": notes})
    assert notes in text(render_html(report.model_copy(update={"patient": patient})))


def test_the_first_page_names_every_tiered_finding_of_a_crowded_report() -> None:
    page = compose(reports.crowded_report()).front
    assert page.summary[0].text.startswith("12 alterations with a therapy of tier I or II: ")
    assert {row.named for row in page.rows} == {f"GENE{index:02d} p.V600E" for index in range(1, 13)}
    assert page.rows_left_out == ""
