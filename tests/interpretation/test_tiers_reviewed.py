"""Tiers I and II of real tumors, reviewed variant by variant: the output is the reviewed list, no row more or less."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from genomodel.core.findings import EvidenceMatch, Finding, Interpretation, TumorTypeMatch
from genomodel.interpretation.interpret import interpret
from tests.interpretation.test_real_tumors import read_breast_cancer, read_leukemias

FOLDER = Path(__file__).parent
LEUKEMIAS, BREAST_CANCER = FOLDER / "aml_tiers_reviewed.tsv", FOLDER / "hcc1395_tiers_reviewed.tsv"
KEY = ("gene", "change", "effect", "tier", "claims")
COLUMNS = [*KEY, "patients", "verdict", "reason", "source"]
VERDICTS = {"right", "right, with a doubt"}
Key = tuple[str, ...]


def read_reviewed(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))


def tiered(results: Iterable[Interpretation]) -> Counter[Key]:
    """Return the variants of tiers I and II with all that is claimed of them, and in how many patients."""
    found: Counter[Key] = Counter()
    for result in results:
        found.update(
            key_of(finding) for finding in result.findings if finding.tier and finding.tier.startswith(("I-", "II-"))
        )
    return found


def key_of(finding: Finding) -> Key:
    effects = () if finding.variant is None else finding.variant.named_effects
    tier, names = finding.tier or "", ", ".join(effect.id for effect in effects)
    return finding.gene, finding.label.removeprefix(finding.gene).strip(), names, tier, claims_of(finding.evidence)


def claims_of(evidence: Iterable[EvidenceMatch]) -> str:
    """Return ``I-A sensitivity: Gilteritinib; I-B poor_outcome``, with a word where another tumor is meant."""
    drugs: dict[str, set[str]] = defaultdict(set)
    for match in evidence:
        other = " (other tumor)" if match.tumor_type_match is TumorTypeMatch.OTHER else ""
        drugs[f"{match.tier} {match.evidence.direction.value}{other}"].add(match.evidence.therapy)
    return "; ".join(
        claim + (f": {', '.join(sorted(therapies))}" if all(therapies) else "")
        for claim, therapies in sorted(drugs.items())
    )


def differences(path: Path, found: Counter[Key]) -> list[str]:
    """Return in words where the output is not the reviewed list."""
    listed = {tuple(row[column] for column in KEY): int(row["patients"]) for row in read_reviewed(path)}
    gone = [f"gone: {' | '.join(key)}" for key in listed.keys() - found.keys()]
    new = [f"not reviewed: {' | '.join(key)} in {found[key]}" for key in found.keys() - listed.keys()]
    counts = [
        f"{' | '.join(key)}: {found[key]} patients, listed with {listed[key]}"
        for key in listed.keys() & found.keys()
        if found[key] != listed[key]
    ]
    return sorted(gone + new + counts)


@pytest.mark.parametrize("path", [LEUKEMIAS, BREAST_CANCER], ids=lambda path: path.stem)
def test_every_row_has_a_verdict_with_its_reason_and_source(path: Path) -> None:
    rows = read_reviewed(path)
    assert rows
    for row in rows:
        assert list(row) == COLUMNS
        assert row["verdict"] in VERDICTS, row
        assert row["reason"], row
        assert "http" in row["source"] or "PMID" in row["source"], row


def test_the_leukemias_are_told_as_reviewed(shared_data: Path, record_property: Callable[[str, object], None]) -> None:
    found = tiered(interpret(calls, None) for calls in read_leukemias(shared_data))
    by_tier: Counter[str] = Counter()
    for key, patients in found.items():
        by_tier[key[3]] += patients
    doubts = sum(row["verdict"] != "right" for row in read_reviewed(LEUKEMIAS))
    record_property(
        "shown",
        f"193 leukemias: {len(found)} kinds of variant of tiers I and II, all reviewed, {doubts} with a doubt; "
        + ", ".join(f"{tier} {count}" for tier, count in sorted(by_tier.items())),
    )
    wrong = differences(LEUKEMIAS, found)
    assert not wrong, "\n".join(wrong)


def test_quizartinib_is_for_duplications_of_flt3_alone() -> None:
    rows = [row for row in read_reviewed(LEUKEMIAS) if row["gene"] == "FLT3"]
    for row in rows:
        named = "sensitivity: Chemotherapy + Quizartinib" in row["claims"]
        assert named is (row["effect"] == "FLT3_ITD"), row
        assert ("D835" in row["change"]) is ("resistance: Quizartinib" in row["claims"]), row
    assert {row["effect"] for row in rows} == {"FLT3_ITD", "FLT3_TKD"}


def test_npm1_counts_by_the_frameshift_of_its_last_exon() -> None:
    rows = [row for row in read_reviewed(LEUKEMIAS) if row["gene"] == "NPM1"]
    assert {row["effect"] for row in rows} == {"NPM1_C_TERMINAL_FRAMESHIFT"}
    assert not [row for row in rows if "K263R" in row["change"]]
    assert sum(int(row["patients"]) for row in rows) == 31


def test_every_insertion_of_the_juxtamembrane_exons_of_flt3_is_a_duplication(shared_data: Path) -> None:
    seen = 0
    for calls in read_leukemias(shared_data):
        for variant in calls.variants:
            told = variant.consequence
            if told is None or told.gene != "FLT3" or len(variant.variant.alt) <= len(variant.variant.ref):
                continue
            seen += 1
            assert "FLT3_ITD" in {effect.id for effect in variant.named_effects}, variant.variant.key
    assert seen == 36


def test_the_breast_cancer_is_told_as_reviewed(shared_data: Path) -> None:
    wrong = differences(BREAST_CANCER, tiered([interpret(read_breast_cancer(shared_data), None)]))
    assert not wrong, "\n".join(wrong)
