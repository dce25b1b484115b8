"""What a report claims is the same in each of its forms, each of which is read here without the code that wrote it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from genomodel.core.report import PatientReport
from genomodel.report.forms import make_forms
from genomodel.report.medium import Medium
from tests.report import reports
from tests.report.fhir.made import events_report, laboratory_report
from tests.report.test_html import tree
from tests.report.told import statement, told_report

ALL_FORMS = frozenset({"html", "pdf", "json", "fhir"})
Claim = tuple[str, str, str, str, str, str, tuple[str, ...]]
"""Alteration, therapy, tumor type, tier, level, direction, conditions; without white space, where lines may break."""
DIRECTIONS = {
    "▲sensitivity": "sensitivity",
    "▼resistance": "resistance",
    "▼reducedsensitivity": "reduced_sensitivity",
    "▼adverseresponse": "adverse_response",
    "forthediagnosis": "for_diagnosis",
    "againstthediagnosis": "against_diagnosis",
    "betteroutcome": "better_outcome",
    "pooroutcome": "poor_outcome",
}
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def bare(text: str) -> str:
    return re.sub(r"\s", "", UNPRINTABLE.sub("\ufffd", text))


def many_report() -> PatientReport:
    """Return a report of one alteration with more claims than paper takes, each of several statements."""
    drugs = [f"Drug{n:02d}" for n in range(Medium.PRINT.max_statements + 11)]
    matches = tuple(statement(therapy=drug, tier="II-C", mark=f" {n}") for drug in drugs for n in range(5))
    return reports.report((reports.finding(1, "GENEA", matches),))


MADE: dict[str, Callable[[], PatientReport]] = {
    "empty": reports.empty_report,
    "typical": reports.typical_report,
    "tumor-only": reports.tumor_only_report,
    "crowded": reports.crowded_report,
    "unicode": reports.unicode_report,
    "hostile": reports.hostile_report,
    "told": told_report,
    "events": events_report,
    "signed": laboratory_report,
    "many": many_report,
}


def of_json(data: bytes) -> set[Claim]:
    found = set()
    for finding in json.loads(data)["interpretation"]["findings"]:
        for match in finding["evidence"]:
            item = match["evidence"]
            answered = [one["condition"] for one in match["conditions"]]
            conditions = answered + [text for text in item["conditions"] if text not in answered]
            tier, level = match["tier"].split("-")
            therapy = item["therapy"] if item["evidence_type"] == "predictive" else ""
            about = item["tumor_type_text"] or ", ".join(item["tumor_types"])
            found.add(
                (bare(finding["label"]), bare(therapy), bare(about), tier, level, item["direction"], told(conditions))
            )
    return found


def told(conditions: list[str]) -> tuple[str, ...]:
    return tuple(text for text in map(bare, conditions) if text)


def of_cells(alteration: str, cells: list[list[str]], conditions: list[str], *, predictive: bool) -> Claim:
    """Return the claim of a row: of the paragraphs of its first three cells, and of its conditions."""
    (tier, effect, *_), (therapy, *_), types, *_ = cells
    first, _, level = bare(tier).partition("-")
    direction = DIRECTIONS[bare(effect)]
    about = bare(types[0]) if types else ""
    return (bare(alteration), bare(therapy) if predictive else "", about, first, level, direction, told(conditions))


def of_html(data: bytes) -> set[Claim]:
    found = set()
    root = tree(data.decode())
    [section] = [one for one in root.iter("section") if one.get("id") == "evidence"]

    def said(node: ElementTree.Element) -> str:
        return "".join(node.itertext())

    for article in section.iter("article"):
        heading = article.find("h3")
        assert heading is not None
        alteration = said(heading[0])
        for table in article.iter("table"):
            predictive = "predictive" in (table.get("class") or "").split()
            for row in table.iter("tr"):
                cells = row.findall("td")
                if cells:
                    paragraphs = [[said(one) for one in cell.findall("p")] for cell in cells[:3]]
                    whats = [said(one) for one in cells[3].iter("p") if one.get("class") == "what"]
                    found.add(of_cells(alteration, paragraphs, whats, predictive=predictive))
    return found


def structure(pdf: bytes, folder: Path) -> ElementTree.Element:
    """Return the tree that a screen reader gets from a tagged PDF, as poppler reads it."""
    path = folder / "report.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdfinfo", "-struct-text", path], capture_output=True, check=True)
    root = ElementTree.Element("root")
    open_nodes = [(-1, root)]
    for line in done.stdout.decode("utf-8").splitlines():
        depth, text = len(line) - len(line.lstrip(" ")), line.strip()
        if text.startswith(("/", "Object ")) or not text:
            continue
        while open_nodes[-1][0] >= depth:
            open_nodes.pop()
        if text.startswith('"'):
            leaf = open_nodes[-1][1]
            leaf.text = (leaf.text or "") + text.removeprefix('"').removesuffix('"')
            continue
        name = re.match(r"\w+", text)
        node = ElementTree.SubElement(open_nodes[-1][1], name[0] if name else "x")
        open_nodes.append((depth, node))
    return root


def of_pdf(data: bytes, folder: Path) -> set[Claim]:
    found = set()

    def said(node: ElementTree.Element) -> str:
        return "".join(node.itertext())

    kind, alteration = "Therapies", ""
    for article in structure(data, folder).iter("Art"):
        heading = article.find("H3")
        # An article that goes on on the next page is one more without a heading.
        if heading is not None:
            kind, alteration = "Therapies", said(heading[0])
        for block in article:
            if block.tag == "H4":
                kind = said(block)
            for row in block.iter("TR") if block.tag == "Table" else ():
                cells = row.findall("TD")
                if cells:
                    paragraphs = [[said(one) for one in cell.findall("P")] for cell in cells[:3]]
                    whats = [said(item.findall("LBody/P")[1]) for item in cells[3].iter("LI")]
                    found.add(of_cells(alteration, paragraphs, whats, predictive=kind == "Therapies"))
    return found


def of_fhir(data: bytes) -> set[Claim]:
    found = set()
    for resource in (entry["resource"] for entry in json.loads(data)["entry"]):
        code = resource.get("code", {}).get("coding", [{}])[0].get("code")
        if code not in ("therapeutic-implication", "diagnostic-implication"):
            continue
        parts: dict[str, list[str]] = {}
        for component in resource["component"]:
            name = component["code"].get("coding", [{}])[0].get("code") or component["code"]["text"].split(":")[0]
            value = component.get("valueString") or component["valueCodeableConcept"]["text"]
            parts.setdefault(name, []).append(value)
        levels = [text.split(": ")[1] for text in parts["93044-6"] if text.startswith("AMP/ASCO/CAP 2017: ")]
        if levels:
            tier, level = levels[0].split("-")
            therapy = parts.get("51963-7", [""])[0] if code.startswith("therapeutic") else ""
            direction = parts.get("therapeutic-implication", parts.get("53037-8", [""]))[0]
            about = parts.get("81259-4", [""])[0]
            conditions = told(parts.get("condition", []))
            alteration = resource["derivedFrom"][0]["display"]
            found.add((bare(alteration), bare(therapy), bare(about), tier, level, direction, conditions))
    return found


def readers(folder: Path) -> Iterator[tuple[str, Callable[[bytes], set[Claim]]]]:
    """Yield how each form is read, the PDF last: without the tool the test that reads it ends as skipped, by name."""
    yield ".html", of_html
    yield ".fhir.json", of_fhir
    if not shutil.which("pdfinfo"):
        pytest.skip("HTML and FHIR hold; the PDF was not read, for pdfinfo (poppler-utils) is not installed")
    yield ".pdf", lambda data: of_pdf(data, folder)


@pytest.mark.parametrize("name", sorted(MADE))
def test_claims_are_equal_in_json_html_pdf_and_fhir(name: str, tmp_path: Path) -> None:
    report = MADE[name]()
    made = make_forms(report, ALL_FORMS)
    claims = of_json(made[f"{report.patient.id}.json"])
    assert bool(claims) == (name != "empty")
    for suffix, read in readers(tmp_path):
        found = read(made[f"{report.patient.id}{suffix}"])
        if (name, suffix) == ("many", ".pdf"):
            assert found < claims
            assert len(found) == Medium.PRINT.max_statements
        else:
            assert found == claims, suffix


@pytest.mark.skipif(not shutil.which("pdfinfo"), reason="pdfinfo (poppler-utils) is not installed")
def test_what_paper_leaves_out_is_announced_with_its_number_and_place(tmp_path: Path) -> None:
    made = make_forms(many_report(), ALL_FORMS)
    said = bare("".join(structure(made["P1.pdf"], tmp_path).itertext()))
    assert bare("11 further claims not shown here: see P1.html or, complete, P1.json.") in said
    assert len(of_html(made["P1.html"])) == Medium.PRINT.max_statements + 11


BROKEN = {
    "a tier": (">I-A<", ">I-B<"),
    "a therapy": (">Drugthree<", ">Drugtree<"),
    "a direction": ("▼ resistance", "▲ sensitivity"),
    "a condition": (">unresectable or metastatic disease<", ">metastatic disease<"),
    "a tumor type": ('<p class="e-about">Melanoma<', '<p class="e-about">Glioma<'),
    "an alteration": ('<span class="e-alteration">BRAF p.V600E<', '<span class="e-alteration">BRAF p.V600K<'),
}


@pytest.mark.parametrize("what", sorted(BROKEN))
def test_a_page_that_says_something_else_is_found_out(what: str) -> None:
    made = make_forms(reports.typical_report(), frozenset({"html", "json"}))
    page, (before, after) = made["P1.html"].decode(), BROKEN[what]
    start = page.index('<section id="evidence"')
    broken = page[:start] + page[start:].replace(before, after)
    assert broken != page
    assert of_html(made["P1.html"]) == of_json(made["P1.json"]) != of_html(broken.encode())


def test_a_bundle_and_a_pdf_that_say_something_else_are_found_out(tmp_path: Path) -> None:
    made = make_forms(reports.typical_report(), ALL_FORMS)
    other = reports.typical_report()
    finding = other.interpretation.findings[0]
    fewer = finding.model_copy(update={"evidence": finding.evidence[1:]})
    changed: dict[str, Any] = {"findings": (fewer, *other.interpretation.findings[1:])}
    other = other.model_copy(update={"interpretation": other.interpretation.model_copy(update=changed)})
    wrong = make_forms(other, ALL_FORMS)
    for suffix, read in readers(tmp_path):
        assert read(wrong[f"P1{suffix}"]) != of_json(made["P1.json"])
