"""Bundles are valid FHIR R4 by HAPI's instance validator, and keep to what R4 has of the models of R4B."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from genomodel.report.fhir.bundle import fhir_bundle
from tests.report import reports
from tests.report.fhir.made import MADE

VALIDATOR = Path(os.environ.get("GENOMODEL_TOOLS", "absent")) / "fhir-validator" / "validate-fhir"
OF_THE_GUIDE = ("has not been checked because it could not be found", "Unable to expand ValueSet")
"""Warnings that say what this validator does not know: profiles of the guide, and LOINC."""
BEST_PRACTICE = "Best Practice Recommendation"
"""Of observations without a day or a performer, which a report need not name."""
UCUM_ANNOTATION = "UCUM Codes that contain human readable annotations"
"""The guide's own unit of mutational burden has one."""
NAMED_IN_WORDS = "No code provided, and a code should be provided from the value set 'IdentifierType'"
"""Of a block and of a sample's name, for which the value set has no code."""
R4_TYPES = frozenset(
    {
        "Patient",
        "Specimen",
        "Organization",
        "Practitioner",
        "Condition",
        "ServiceRequest",
        "Procedure",
        "Observation",
        "DiagnosticReport",
    }
)
NOT_IN_R4 = frozenset({"triggeredBy", "instantiatesReference", "bodyStructure", "supportingInfo", "combined", "role"})
"""Elements of these types that later versions of FHIR have."""


def without_data(text: str) -> str:
    """Return a bundle whose attachment has size, hash and title, but not the bytes.

    The validator as it is packed lacks the library that it would count them with; another test decodes them.
    """
    bundle: dict[str, Any] = json.loads(text)
    for entry in bundle["entry"]:
        for form in entry["resource"].get("presentedForm", ()):
            del form["data"]
    return json.dumps(bundle)


@pytest.mark.parametrize("name", sorted(MADE))
def test_only_resources_and_elements_that_r4_has_are_written(name: str) -> None:
    for entry in json.loads(fhir_bundle(MADE[name]()))["entry"]:
        assert entry["resource"]["resourceType"] in R4_TYPES
        assert not NOT_IN_R4 & set(entry["resource"])


@pytest.mark.slow
@pytest.mark.skipif(
    not VALIDATOR.exists() or shutil.which("java") is None,
    reason="HAPI's validator (GENOMODEL_TOOLS/fhir-validator) or java is not installed",
)
def test_made_up_reports_are_valid_r4(tmp_path: Path) -> None:
    files = []
    for name, made in sorted({**MADE, "crowded": reports.crowded_report}.items()):
        path = tmp_path / f"{name}.json"
        path.write_text(without_data(fhir_bundle(made(), b"%PDF-1.7")), encoding="utf-8")
        files.append(path)
    done = subprocess.run([VALIDATOR, *files], capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    valid = [line for line in lines if "\tVALID\t" in line]
    assert (done.returncode, len(valid)) == (0, len(files)), done.stdout + done.stderr
    known = (*OF_THE_GUIDE, BEST_PRACTICE, UCUM_ANNOTATION, NAMED_IN_WORDS)
    ours = [line for line in lines if "\tWARNING\t" in line and not any(text in line for text in known)]
    assert not ours


@pytest.mark.slow
@pytest.mark.skipif(
    not VALIDATOR.exists() or shutil.which("java") is None,
    reason="HAPI's validator (GENOMODEL_TOOLS/fhir-validator) or java is not installed",
)
def test_the_validator_finds_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "wrong.json"
    path.write_text(fhir_bundle(reports.typical_report()).replace('"status":"preliminary"', '"status":"perhaps"'))
    done = subprocess.run([VALIDATOR, path], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "perhaps" in done.stdout
