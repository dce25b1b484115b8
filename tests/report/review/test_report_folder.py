"""Verbs about one patient find the report where the program or the workflow wrote it."""

from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.core.errors import InputError
from genomodel.report.review.report_folder import folder_of


def put(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text("{}", encoding="utf-8")


@pytest.mark.parametrize("place", ["reports", "results/reports"])
def test_the_folder_that_holds_the_report_is_taken(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "reports", "P2.json")
    put(tmp_path / place, "P1.json")
    assert folder_of("P1", None) == Path(place)


def test_a_patient_with_a_report_in_both_is_not_guessed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "reports", "P1.json")
    put(tmp_path / "results/reports", "P1.json")
    with pytest.raises(InputError, match="'P1' has a report in reports and results/reports"):
        folder_of("P1", None)
    assert folder_of("P1", Path("results/reports")) == Path("results/reports")


def test_an_unknown_patient_is_told_who_is_there_and_where_was_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "reports", "demo-lung-1.json", "a.b.json", "a.b.fhir.json", "a.b.phenopacket.json", "manifest.json")
    with pytest.raises(InputError) as told:
        folder_of("demo-lung", None)
    assert "no report of 'demo-lung' in reports or results/reports" in told.value.message
    assert "Is 'demo-lung-1' meant? There are: a.b, demo-lung-1" in str(told.value)
    with pytest.raises(InputError, match="Make it with genomodel report"):
        folder_of("P1", tmp_path / "empty")
