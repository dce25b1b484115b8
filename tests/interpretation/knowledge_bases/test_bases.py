from __future__ import annotations

import ast
from pathlib import Path

import pytest

from genomodel.core.errors import InputError
from genomodel.core.findings import Direction, Evidence
from genomodel.core.knowledge import Criterion, Profile, Statement
from genomodel.interpretation.knowledge_bases import bases
from genomodel.interpretation.knowledge_bases.bases import (
    BASES,
    CORE,
    fetch_base,
    load_base,
    mark_withdrawn,
    registered,
)
from genomodel.resources.registry import resource
from tests.interpretation.knowledge_bases.releases import EVIDENCE, MOA, full_release, write_moalmanac

PACKAGE = Path(bases.__file__).parents[2]


def statement(number: str, drug: str, codes: tuple[str, ...], **changes: object) -> Statement:
    values: dict[str, object] = {
        **{"id": number, "gene": "FGFR2", "biomarker": "FGFR2 fusion", "tumor_types": codes, "tumor_type_text": ""},
        **{"therapy": drug, "direction": Direction.SENSITIVITY, "agency": "FDA"},
        **{"source_name": "", "source_id": "", "source_url": ""},
    }
    evidence = Evidence.model_validate(values | changes)
    return Statement(evidence=evidence, profile=Profile.of(Criterion(gene="FGFR2", kind="fusion")), scope="listed")


ENDED = statement("core-1", "Infigratinib", ("CHOL",), withdrawn="2024-05-16")


@pytest.mark.parametrize(
    ("drug", "codes", "changes", "withdrawn"),
    [
        ("Infigratinib", ("CHOL",), {}, True),
        ("infigratinib", ("IHCH",), {}, True),
        ("Pemigatinib", ("CHOL",), {}, False),
        ("Infigratinib", ("BLCA",), {}, False),
        ("Infigratinib", ("CHOL",), {"agency": "Journal"}, False),
        ("Infigratinib", ("CHOL",), {"direction": Direction.RESISTANCE}, False),
        ("Infigratinib", (), {}, False),
    ],
)
def test_an_approval_that_the_core_holds_for_ended_is_marked(
    drug: str, codes: tuple[str, ...], changes: dict[str, object], withdrawn: bool
) -> None:
    theirs = statement("MOA1", drug, codes, therapies=(drug,), **changes)
    (marked,) = mark_withdrawn((theirs,), [ENDED])
    assert bool(marked.evidence.withdrawn) is withdrawn
    assert (marked == theirs) is not withdrawn


def test_where_another_approval_stands_the_statement_stays_and_says_so() -> None:
    theirs = statement("MOA1", "Infigratinib", ("CHOL",), therapies=("Infigratinib",))
    stands = statement("core-2", "Infigratinib (maintenance)", ("CHOL",))
    (marked,) = mark_withdrawn((theirs,), [ENDED, stands])
    assert marked.evidence.withdrawn == ""
    assert "another stands" in marked.evidence.conditions[0]


def test_old_approvals_of_the_almanac_are_not_upgraded(shared_data: Path) -> None:
    loaded = load_base(str(shared_data / "moalmanac_db" / "molecular-oncology-almanac.json"))
    ended = {(item.evidence.gene, item.evidence.therapy) for item in loaded.statements if item.evidence.withdrawn}
    assert {("FGFR2", "Infigratinib"), ("EGFR", "Mobocertinib")} <= ended
    assert ("BRCA1", "Olaparib") not in ended


def test_drugs_have_one_name_in_every_source(tmp_path: Path) -> None:
    rows = [EVIDENCE | {"therapies": "PLX4032"}, EVIDENCE | {"evidence_id": "2", "therapies": "Drug that no table has"}]
    civic = load_base(str(full_release(tmp_path / "civic", rows)))
    moa = load_base(str(write_moalmanac(tmp_path / "m.json", [MOA | {"therapy_name": "Vemurafenib"}])))
    assert civic.statements[0].evidence.therapies == moa.statements[0].evidence.therapies == ("Vemurafenib",)
    assert civic.statements[0].evidence.therapy == "PLX4032"
    assert civic.statements[1].evidence.therapies == ("Drug that no table has",)


def test_files_are_told_apart_by_content(tmp_path: Path) -> None:
    assert load_base(str(full_release(tmp_path / "civic"))).version.name == "civic"
    assert load_base(str(write_moalmanac(tmp_path / "m.json", [MOA]))).version.name == "moalmanac"
    assert load_base(str(PACKAGE / "interpretation" / "evidence.tsv")).version.name == "hospital (evidence.tsv)"
    assert load_base(CORE).version.name == "genomodel evidence table"


@pytest.mark.parametrize(
    ("spec", "message"),
    [("nothing-of-that-name", "neither a file nor"), ("oncokb", "asked for each patient")],
)
def test_what_cannot_be_read_says_why(spec: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_base(spec)


def test_an_unregistered_name_lists_the_registered_ones() -> None:
    with pytest.raises(InputError, match="civic-2026-05"):
        fetch_base("sivic")


def test_a_wrong_checksum_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENOMODEL_MIRROR", str(tmp_path))
    path = tmp_path / resource("moalmanac_db").mirror_path
    path.parent.mkdir(parents=True)
    write_moalmanac(path, [MOA])
    with pytest.raises(InputError, match="SHA-256"):
        load_base("moalmanac")


def test_a_base_that_is_not_here_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENOMODEL_MIRROR", str(tmp_path))
    monkeypatch.setenv("GENOMODEL_CACHE", str(tmp_path / "cache"))
    assert registered("civic").paths() is None
    assert registered(CORE).paths() is not None


def test_registered_bases_have_version_date_and_licence() -> None:
    for name, base in BASES.items():
        row = registered(name)
        if base.resources:
            assert (bool(row.version), bool(row.date), bool(row.licence)) == (True, True, True), name
    assert "GPL-2.0" in registered("moalmanac").licence


def test_registered_releases_load_in_seconds(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENOMODEL_MIRROR", str(shared_data))
    loaded = load_base("civic")
    assert (loaded.version.name, loaded.version.version, loaded.version.date) == ("civic", "2024-08-01", "2024-08-01")
    assert len(loaded.statements) == 4316


@pytest.mark.parametrize("room", ["response", "profile"])
def test_nothing_that_trains_reads_oncokb(room: str) -> None:
    """OncoKB's content is not to train models; the rooms of the model may not even reach the client."""
    for path in (PACKAGE / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            assert not any("knowledge_bases" in name or "oncokb" in name for name in (module, *names)), path


def test_no_text_of_the_almanac_or_oncokb_is_shipped() -> None:
    for path in PACKAGE.rglob("*"):
        assert "almanac" not in path.name.lower() or path.suffix in (".py", ".pyc"), path
        assert "oncokb" not in path.name.lower() or path.suffix in (".py", ".pyc"), path
