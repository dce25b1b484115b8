"""The bundle keeps to the table of the HL7 Genomics Reporting guide."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from genomodel.report.fhir import guide
from genomodel.report.fhir.bundle import fhir_bundle
from tests.report.fhir.made import MADE

Json = dict[str, Any]
NAMES = pytest.mark.parametrize("name", sorted(MADE))
HEADER = ["resource", "profile", "element", "system", "code", "display", "cardinality", "source", "seen_on"]


def profiled(name: str) -> list[tuple[str, Json]]:
    """Return the resources of a made-up report's bundle that follow a profile of the guide, by profile."""
    found = []
    for entry in json.loads(fhir_bundle(MADE[name]()))["entry"]:
        for profile in entry["resource"].get("meta", {}).get("profile", ()):
            assert profile.startswith(guide.PROFILES)
            found.append((profile.removeprefix(guide.PROFILES), entry["resource"]))
    return found


def most(cardinality: str) -> float:
    top = cardinality.partition("..")[2]
    return float("inf") if top == "*" else int(top)


def test_each_row_of_the_table_names_its_source_and_stands_once() -> None:
    assert guide.TABLE.read_text(encoding="utf-8").splitlines()[0].split("\t") == HEADER
    rows = guide.guide()
    assert len({(row.profile, row.element) for row in rows}) == len(rows)
    for row in rows:
        assert row.source.startswith("https://"), row
        assert row.seen_on.count("-") == 2, row
        assert row.code or row.element.startswith(
            ("extension:", "region:", "system:", "derivedFrom", "value[x]", "code")
        )


@NAMES
def test_each_resource_has_the_type_categories_and_code_of_its_profile(name: str) -> None:
    for profile, resource in profiled(name):
        rows = [row for row in guide.guide() if row.profile == profile]
        assert {row.resource for row in rows} == {resource["resourceType"]}
        given = resource["category"]
        given = given if isinstance(given, list) else [given]
        codes = [(coding["system"], coding["code"]) for one in given for coding in one["coding"]]
        assert len(set(codes)) == len(codes)
        for row in rows:
            if row.element.startswith("category:") and row.cardinality.startswith("1"):
                assert (row.system, row.code) in codes
            if row.element == "code" and row.cardinality == "1..1":
                assert (row.system, row.code) in [(c["system"], c["code"]) for c in resource["code"]["coding"]]
            if row.element == "code" and row.cardinality == "0..0":
                assert "code" not in resource


@NAMES
def test_each_component_is_one_of_the_profile_no_more_often_than_it_allows(name: str) -> None:
    for profile, resource in profiled(name):
        known = {
            (row.system, row.code): row
            for row in guide.guide()
            if row.profile == profile and row.element.startswith("component:")
        }
        coded: Counter[tuple[str, str]] = Counter()
        for component in resource.get("component", ()):
            for coding in component["code"].get("coding", ()):
                assert (coding["system"], coding["code"]) in known
                coded[coding["system"], coding["code"]] += 1
            if "coding" not in component["code"]:
                assert component["code"]["text"].startswith("condition: ")
        for code, times in coded.items():
            assert times <= most(known[code].cardinality), known[code]


@NAMES
def test_implications_have_no_value_and_rest_on_something(name: str) -> None:
    for profile, resource in profiled(name):
        rows = {row.element: row for row in guide.guide() if row.profile == profile}
        if rows.get("derivedFrom"):
            assert resource["derivedFrom"]
        if rows.get("value[x]"):
            assert not [key for key in resource if key.startswith("value")]


@NAMES
def test_every_code_and_extension_of_the_bundle_is_in_the_table_or_of_fhir_itself(name: str) -> None:
    rows = guide.guide()
    codes = {(row.system, row.code) for row in rows if row.code}
    open_systems = {row.system for row in rows if row.element.startswith("system:")}
    urls = {row.system for row in rows if row.element.startswith(("extension:", "region:"))}
    of_fhir = {"http://terminology.hl7.org/CodeSystem/data-absent-reason", "http://oncotree.mskcc.org"}

    def look(node: Any) -> None:
        if isinstance(node, list):
            for item in node:
                look(item)
        elif isinstance(node, dict):
            if set(node) <= {"system", "code", "display"} and "code" in node:
                known = (node["system"], node["code"]) in codes or node["system"] in open_systems | of_fhir
                assert known, node
            for extension in node.get("extension", ()):
                assert extension["url"] in urls
            for value in node.values():
                look(value)

    for _, resource in profiled(name):
        look(resource)
