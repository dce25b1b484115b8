"""From a bundle back to what it claims."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from genomodel.report.claim_tuples import ClaimTuple
from genomodel.report.fhir import guide
from genomodel.report.fhir.implications import AMP, CONDITION, DIAGNOSTIC, THERAPEUTIC

Json = Mapping[str, Any]


def claim_tuples_of_bundle(bundle: Json) -> tuple[ClaimTuple, ...]:
    """Return the claims of a bundle's implications, sorted, each once.

    Parameters
    ----------
    bundle
        As it is read from JSON.
    """
    return tuple(sorted(set(_claims(bundle))))


def _claims(bundle: Json) -> Iterator[ClaimTuple]:
    for entry in bundle["entry"]:
        resource = entry["resource"]
        profile = resource.get("meta", {}).get("profile", [""])[0].removeprefix(guide.PROFILES)
        if profile not in (THERAPEUTIC, DIAGNOSTIC):
            continue
        values = _values(profile, resource)
        level = next((one for one in values.get("evidence-level", ()) if one.startswith(f"{AMP}: ")), "")
        if not level:
            continue
        tier, _, letter = level.removeprefix(f"{AMP}: ").partition("-")
        predictive = profile == THERAPEUTIC
        about = values.get("phenotypic-treatment-context" if predictive else "predicted-phenotype", [""])[0]
        yield ClaimTuple(
            alteration=resource["derivedFrom"][0]["display"],
            therapy=values.get("medication-assessed", [""])[0] if predictive else "",
            about=about,
            tier=tier,
            level=letter,
            direction=values[THERAPEUTIC if predictive else "clinical-significance"][0],
            conditions=tuple(values.get(CONDITION, ())),
        )


def _values(profile: str, resource: Json) -> dict[str, list[str]]:
    """Return the words of the components of an implication by their name in the guide."""
    named = {
        (row.system, row.code): row.element.partition(":")[2]
        for row in guide.guide()
        if row.profile == profile and row.element.startswith("component:")
    }
    found: dict[str, list[str]] = {}
    for component in resource.get("component", ()):
        code = component["code"]
        if "coding" in code:
            first = code["coding"][0]
            name = named[first["system"], first["code"]]
        else:
            name = code["text"].partition(":")[0]
        said = component["valueString"] if "valueString" in component else component["valueCodeableConcept"]["text"]
        found.setdefault(name, []).append(said)
    return found
