from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest

from genomodel.core.errors import InputError
from genomodel.response.dataset import load_data
from genomodel.response.drugs import drug_targets
from genomodel.response.targeted import FEWEST_LINES, targeted_drug_rows, targeted_drugs

IDENTIFIER = re.compile(r"CIViC:EID\d+|MOAlmanac:\d+|DOI:10\.\d{4,}/\S+|GDSC target table")


def test_every_drug_of_the_panel_is_offered_with_the_target_named() -> None:
    offered = drug_targets()
    for row in targeted_drug_rows():
        assert ", ".join(offered[row.drug].targets) == row.target


def test_no_drug_is_in_the_panel_twice() -> None:
    assert len(set(targeted_drugs())) == len(targeted_drugs())


def test_every_drug_of_the_panel_has_a_reason_and_evidence_by_identifier() -> None:
    for row in targeted_drug_rows():
        assert row.reason
        sources = row.source.split("; ")
        assert sources[0] == "GDSC target table"
        assert len(sources) > 1
        assert all(IDENTIFIER.fullmatch(source) for source in sources), row


def test_the_evidence_named_is_there_and_strong_enough(shared_data: Path) -> None:
    table = shared_data / "knowledge" / "civic_2026-05" / "AcceptedClinicalEvidenceSummaries.tsv"
    almanac = shared_data / "moalmanac_db" / "molecular-oncology-almanac.json"
    with table.open(encoding="utf-8", newline="") as stream:
        items = {f"CIViC:EID{row['evidence_id']}": row for row in csv.DictReader(stream, delimiter="\t")}
    assertions = {
        f"MOAlmanac:{entry['assertion_id']}": entry["predictive_implication"]
        for entry in json.loads(almanac.read_text(encoding="utf-8"))
        if not entry["_deprecated"]
    }
    for row in targeted_drug_rows():
        strong = []
        for source in row.source.split("; ")[1:]:
            if source.startswith("CIViC:"):
                item = items[source]
                assert (item["evidence_type"], item["evidence_direction"]) == ("Predictive", "Supports")
                strong.append(item["evidence_level"] in {"A", "B"})
            elif source.startswith("MOAlmanac:"):
                strong.append(assertions[source] in {"FDA-Approved", "Guideline", "Clinical trial"})
            else:
                strong.append(True)
        assert any(strong), row


def test_every_drug_of_the_panel_is_measured_in_enough_lines(
    shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENOMODEL_MIRROR", str(shared_data))
    try:
        data = load_data()
    except InputError as error:
        pytest.skip(f"training tables cannot be had: {error}")
    counts = np.isfinite(data.ln_ic50).sum(axis=0)
    measured = {
        drug.drug for drug, n in zip(data.drugs, counts, strict=True) if drug.screen == "GDSC2" and n > FEWEST_LINES
    }
    assert set(targeted_drugs()) <= measured
