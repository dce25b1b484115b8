"""Every disagreement of the core with MOAlmanac and CIViC is explained: in the row, or in a table beside this test."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest

from genomodel.core.knowledge import Statement
from genomodel.interpretation.knowledge import EVIDENCE_TABLE, load_evidence_table
from genomodel.interpretation.knowledge_bases.civic import load_civic
from genomodel.interpretation.knowledge_bases.moalmanac import load_moalmanac
from tests.interpretation.other_claims import COMPARED, Claim, Verdict, judge, opposed

KNOWN = Path(__file__).with_name("known_disagreements.tsv")
COLUMNS = ["claim", "verdict", "why", "source"]
ITEM = re.compile(r"(?:MOAlmanac:\d+|CIViC:[EA]ID\d+)\b")


@cache
def known() -> dict[str, dict[str, str]]:
    with KNOWN.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t"))
    assert len({row["claim"] for row in rows}) == len(rows), "a claim stands twice"
    return {row["claim"]: row for row in rows}


@cache
def core() -> tuple[Claim, ...]:
    return tuple(Claim(rule.evidence.id, rule, True) for rule in load_evidence_table().rules)


@cache
def others(data: Path) -> tuple[Claim, ...]:
    moalmanac = load_moalmanac([data / "moalmanac_db" / "molecular-oncology-almanac.json"]).statements
    civic = load_civic([data / "knowledge" / "civic_2024-08-01"]).statements
    return (
        *_claims("MOAlmanac:", moalmanac, lambda rule: rule.evidence.level in ("FDA-Approved", "Guideline")),
        *_claims("CIViC:", civic, _is_firm),
    )


def _claims(prefix: str, rules: Iterable[Statement], must: Callable[[Statement], bool]) -> list[Claim]:
    listed = [rule for rule in rules if rule.evidence.evidence_type in COMPARED and rule.evidence.supports]
    claims = [Claim(prefix + rule.evidence.id.removeprefix("MOA"), rule, must(rule)) for rule in listed]
    return [claim for claim in claims if claim.must or claim.evidence.level == "B" or "AID" in claim.id]


def _is_firm(rule: Statement) -> bool:
    return rule.evidence.level == "A" or ("AID" in rule.evidence.id and rule.tier == "I-A")


@cache
def differs() -> dict[str, str]:
    """Return what rows of the core say of where they differ from other knowledge bases."""
    with EVIDENCE_TABLE.open(encoding="utf-8", newline="") as handle:
        return {row["id"]: row["differs"] for row in csv.DictReader(handle, delimiter="\t")}


def explained(claim: Claim) -> set[str]:
    """Return what a row says it differs from."""
    return set(ITEM.findall(differs()[claim.id]))


def told_by_rows() -> set[str]:
    return {item for claim in core() for item in explained(claim)}


def test_the_table_of_disagreements_is_sound() -> None:
    for row in known().values():
        assert list(row) == COLUMNS
        assert ITEM.fullmatch(row["claim"]), row
        assert row["verdict"] in {verdict.value for verdict in Verdict if verdict is not Verdict.AGREES}, row
        assert row["why"], row
        assert row["source"], row


def test_what_the_core_says_is_said_elsewhere_or_explained(
    shared_data: Path, record_property: Callable[[str, object], None]
) -> None:
    found = [(claim, *judge(claim, others(shared_data))) for claim in core()]
    unexplained = [
        f"{claim.words} ({verdict.value}: {shown.words if shown else 'none'})"
        for claim, verdict, shown in found
        if verdict is not Verdict.AGREES and not differs()[claim.id]
    ]
    counts = Counter(verdict for _, verdict, _ in found)
    record_property("shown", f"core statements beside MOAlmanac and CIViC: {_counted(counts)}")
    assert not unexplained, "\n".join(unexplained)


@pytest.mark.parametrize("base", ["MOAlmanac", "CIViC"])
def test_what_is_approved_or_a_guideline_elsewhere_is_in_the_core_or_explained(
    base: str, shared_data: Path, record_property: Callable[[str, object], None]
) -> None:
    cited = defaultdict(list)
    for claim in core():
        for item in claim.cited:
            cited[item].append(claim)
    counts: Counter[Verdict] = Counter()
    unexplained, stale, by_citation = [], [], 0
    for claim in others(shared_data):
        if not claim.must or not claim.id.startswith(base):
            continue
        verdict, shown = judge(claim, core())
        if verdict is Verdict.ABSENT and claim.id in cited:
            by_citation += 1
            verdict = Verdict.AGREES
        counts[verdict] += 1
        entry = known().get(claim.id)
        if verdict is Verdict.AGREES:
            stale += [claim.words] if entry else []
        elif entry is None and claim.id not in told_by_rows():
            unexplained.append(f"{claim.words} ({verdict.value}: {shown.words if shown else 'none'})")
        elif entry is not None and entry["verdict"] != verdict.value:
            stale.append(f"{claim.words} ({verdict.value}, listed as {entry['verdict']})")
    told = sum(claim.startswith(base) for claim in known())
    record_property(
        "shown",
        f"approved or guideline claims of {base} beside the core: {_counted(counts)}; "
        f"{by_citation} of those that agree by citation; {told} disagreements in the table",
    )
    assert not unexplained, "\n".join(unexplained)
    assert not stale, "\n".join(stale)


def test_the_opposite_said_elsewhere_is_explained(
    shared_data: Path, record_property: Callable[[str, object], None]
) -> None:
    found = [(claim, other) for claim in core() for other in opposed(claim, others(shared_data))]
    record_property("shown", f"claims elsewhere that say the opposite of the core: {len(found)}")
    unexplained = [
        f"{claim.words} against {other.words}"
        for claim, other in found
        if other.id not in explained(claim) and other.id not in known()
    ]
    assert not unexplained, "\n".join(unexplained)


def test_known_disagreements_are_claims_that_exist(shared_data: Path) -> None:
    assert known().keys() <= {claim.id for claim in others(shared_data)}


def test_a_claim_left_out_or_turned_round_is_noticed(shared_data: Path) -> None:
    claims = [claim for claim in others(shared_data) if claim.must and judge(claim, core())[0] is Verdict.AGREES]
    braf = next(c for c in claims if c.evidence.biomarker.startswith("BRAF") and "Vemurafenib" in c.drugs)
    assert judge(braf, [c for c in core() if "Vemurafenib" not in c.drugs])[0] is Verdict.ABSENT
    itd = next(claim for claim in others(shared_data) if claim.id == "CIViC:AID38")
    assert judge(itd, [c for c in core() if c.id.startswith("flt3-d835")])[0] is Verdict.ABSENT
    t315i = next(claim for claim in core() if claim.id == "abl1-t315i-cml-ponatinib")
    assert [other.id for other in opposed(t315i, others(shared_data))] == ["MOAlmanac:103"]


def _counted(counts: Counter[Verdict]) -> str:
    return ", ".join(f"{verdict.value} {counts[verdict]}" for verdict in Verdict)
