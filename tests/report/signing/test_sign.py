from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from genomodel.core.errors import InputError
from genomodel.core.laboratory import LaboratoryFile, Person
from genomodel.core.report import PatientReport
from genomodel.report import claim_tuples
from genomodel.report.cohort.page import write_index
from genomodel.report.cohort.row import cohort_row
from genomodel.report.forms import FORMS as FORM_ROWS
from genomodel.report.review.apply import apply_review
from genomodel.report.review.complete import completed
from genomodel.report.review.subjects import subjects
from genomodel.report.seal import read_report, report_json
from genomodel.report.signing.chain import signed_versions
from genomodel.report.signing.obstacles import failing
from genomodel.report.signing.sign import Order, sign
from genomodel.report.signing.verify import Verdict, verify
from genomodel.report.write import write_forms, write_report
from tests.report import reports
from tests.report.review.test_apply import entry

DOE = Person(id="doe", name="Dr. Jo Doe", role="Pathologist", licence="L-17", may_sign=True)
ROE = Person(id="roe", name="Ri Roe")
PEOPLE = LaboratoryFile(persons=(DOE, ROE))
FIRST, SECOND = "2026-03-20T14:30:00+01:00", "2026-04-02T09:00:00+02:00"
FORMS = frozenset({"html", "json", "dispositions"})
WAIVED = ("Regions at depth=the gene of the question was read",)


def reviewed(base: PatientReport, **given: str) -> PatientReport:
    rows = [entry(base, one.label, **given) for one in subjects(base) if one.required]
    return apply_review(base, rows, PEOPLE.persons)


def draft(tmp_path: Path, report: PatientReport) -> PatientReport:
    write_report(report, tmp_path, forms=FORMS)
    return read_report(tmp_path / f"{report.patient.id}.json")


def signed(tmp_path: Path, report: PatientReport, **order: object) -> Path:
    made = draft(tmp_path, report)
    given = {"person": "doe", "time": FIRST, "waivers": WAIVED} | order
    return sign(made, Order(**given), PEOPLE, made.review.entries, tmp_path, forms=FORMS)  # type: ignore[arg-type]


def faults(path: Path) -> list[str]:
    return [f"{line.place}: {line.text}" for line in verify(path) if line.verdict is Verdict.FAULT]


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_signed_report_is_final_on_every_page_and_read_only(tmp_path: Path) -> None:
    folder = signed(tmp_path, reviewed(reports.typical_report()))
    assert folder == tmp_path / "signed" / "P1" / "v1"
    made = read_report(folder / "P1.json")
    assert (made.status, made.version.number) == ("final", 1)
    assert made.signature is not None
    assert made.signature.person == DOE
    page = (folder / "P1.html").read_text(encoding="utf-8")
    assert "DRAFT" not in page
    for shown in ("Dr. Jo Doe", "L-17", FIRST, "the gene of the question was read"):
        assert shown in page
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert faults(tmp_path) == []
    assert claim_tuples.claim_tuples(made) == claim_tuples.claim_tuples(read_report(tmp_path / "P1.json"))


def test_the_draft_stays_a_draft(tmp_path: Path) -> None:
    signed(tmp_path, reviewed(reports.typical_report()))
    assert read_report(tmp_path / "P1.json").status == "draft"
    assert "DRAFT" in (tmp_path / "P1.html").read_text(encoding="utf-8")


def test_signing_the_same_gives_the_same_bytes(tmp_path: Path) -> None:
    one, other = (signed(tmp_path / name, reviewed(reports.typical_report())) for name in "ab")
    assert snapshot(one) == snapshot(other)


def test_each_reason_against_a_signature_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    base = reports.typical_report()
    half = apply_review(base, (), PEOPLE.persons)
    with pytest.raises(InputError) as caught:
        signed(tmp_path, half, waivers=(), person="roe")
    told = caught.value.message
    assert "Ri Roe (roe) may not sign" in told
    assert "not reviewed: BRAF p.V600E" in told
    assert "failed and not accepted: Regions at depth (40 of 44, all)" in told
    assert all(line == line.strip() for line in told.splitlines())
    assert not (tmp_path / "signed").exists()


def test_nothing_is_signed_before_it_was_reviewed(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"reviewed after the time of this signature, 2026-03-20T.*BRAF p\.V600E"):
        signed(tmp_path, reviewed(reports.typical_report(), time="2026-03-20T13:30:01Z"))
    assert not (tmp_path / "signed").exists()


def test_who_signs_without_persons_in_the_laboratory_file_is_told_where_to_add_them(tmp_path: Path) -> None:
    made = draft(tmp_path, reviewed(reports.typical_report()))
    with pytest.raises(
        InputError, match="names nobody who may: add them under 'persons', and name it with --laborator"
    ):
        sign(made, Order("doe", FIRST, WAIVED), LaboratoryFile(), made.review.entries, tmp_path, forms=FORMS)


@pytest.mark.parametrize(
    ("order", "told"),
    [
        ({"person": "dow"}, "'dow' is unknown; doe may sign"),
        ({"amend": "a new fact"}, "no signed version that could be amended"),
        ({"waivers": ("Regions at depth=",)}, "accepted without a reason"),
        ({"waivers": (*WAIVED, "Mean depth=low")}, "'Mean depth' did not fail"),
    ],
)
def test_an_order_that_cannot_hold_is_refused(tmp_path: Path, order: dict[str, object], told: str) -> None:
    with pytest.raises(InputError) as caught:
        signed(tmp_path, reviewed(reports.typical_report()), **order)
    assert told in caught.value.message
    assert not (tmp_path / "signed").exists()


def test_a_conflict_of_the_review_keeps_a_report_from_being_signed(tmp_path: Path) -> None:
    base = reports.typical_report()
    gone = entry(base, "BRAF p.V600E").model_copy(update={"variant": "1:1:A>T", "label": "GENE p.A1T"})
    report = apply_review(base, (entry(base, "BRAF p.V600E"), gone), PEOPLE.persons)
    with pytest.raises(InputError, match=r"GENE p\.A1T does not fit: no longer among the findings"):
        signed(tmp_path, report)


def test_a_review_that_changed_after_the_report_keeps_it_from_being_signed(tmp_path: Path) -> None:
    base = reports.typical_report()
    made = draft(tmp_path, reviewed(base))
    now = (entry(base, "BRAF p.V600E", tier="II-C"),)
    with pytest.raises(InputError, match="review was changed after the report was made"):
        sign(made, Order("doe", FIRST, WAIVED), PEOPLE, now, tmp_path, forms=FORMS)


def test_a_failed_sample_is_signed_with_a_waiver_alone_and_still_says_so(tmp_path: Path) -> None:
    base = reviewed(reports.empty_report()).model_copy(
        update={"status": "failed", "failures": ("mean tumor depth 12 (at least 100 needed)",)}
    )
    assert [one.name for one in failing(base)] == ["mean tumor depth 12 (at least 100 needed)"]
    with pytest.raises(InputError, match="not accepted: mean tumor depth 12"):
        signed(tmp_path, base, waivers=())
    folder = signed(tmp_path, base, waivers=("mean tumor depth 12 (at least 100 needed)=no other sample is left",))
    page = (folder / "P1.html").read_text(encoding="utf-8")
    assert "not to be relied on" in page
    assert "no other sample is left" in page
    assert read_report(folder / "P1.json").failures == base.failures


def test_a_second_signature_needs_a_reason_and_a_change(tmp_path: Path) -> None:
    report = reviewed(reports.typical_report())
    signed(tmp_path, report)
    before = snapshot(tmp_path / "signed")
    with pytest.raises(InputError, match=r"signed already by Dr. Jo Doe, .*, as v1; --amend"):
        signed(tmp_path, report, time=SECOND)
    with pytest.raises(InputError, match="nothing changed since v1"):
        signed(tmp_path, report, time=SECOND, amend="again")
    assert snapshot(tmp_path / "signed") == before


def test_an_amendment_says_why_what_changed_and_what_it_replaces(tmp_path: Path) -> None:
    base = reports.typical_report()
    first = signed(tmp_path, reviewed(base))
    before = snapshot(first)
    second = signed(tmp_path, reviewed(base, tier="II-C"), time=SECOND, amend="The trial was withdrawn")
    assert second.name == "v2"
    assert snapshot(first) == before
    made = read_report(second / "P1.json")
    assert made.version.reason == "The trial was withdrawn"
    assert "BRAF p.V600E: tier down from I-A to II-C." in made.version.changes
    (old, new) = signed_versions(second.parent)
    assert made.version.predecessor_sha256 == old.sha256
    page = (second / "P1.html").read_text(encoding="utf-8")
    for shown in ("The trial was withdrawn", "tier down from", old.sha256[:16]):
        assert shown in page
    assert faults(tmp_path) == []
    assert new.number == 2


def spoil(path: Path, data: bytes | None) -> None:
    path.chmod(0o644)
    path.unlink() if data is None else path.write_bytes(data)


def two_versions(tmp_path: Path) -> Path:
    base = reports.typical_report()
    signed(tmp_path, reviewed(base))
    return signed(tmp_path, reviewed(base, tier="II-C"), time=SECOND, amend="why").parent


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("v1/P1.html", "P1 v1: P1.html is not the one that was signed"),
        ("v2/P1.dispositions.tsv", "P1 v2: P1.dispositions.tsv is not the one that was signed"),
        ("v1/P1.json", "P1 v1: the report is not as it was written"),
        ("v2/P1.json", "P1 v2: the report is not as it was written"),
    ],
)
def test_a_changed_file_is_named(tmp_path: Path, file: str, told: str) -> None:
    chain = two_versions(tmp_path)
    spoil(chain / file, (chain / file).read_bytes().replace(b"BRAF", b"KRAS", 1))
    assert [line for line in faults(tmp_path) if line.startswith(told)]
    assert faults(chain / "v1") == faults(tmp_path)


def test_a_predecessor_that_was_changed_and_sealed_again_is_named(tmp_path: Path) -> None:
    chain = two_versions(tmp_path)
    path = chain / "v1" / "P1.json"
    forged = read_report(path)
    forged = forged.model_copy(update={"patient": forged.patient.model_copy(update={"sex": "male"})})
    spoil(path, report_json(forged).encode())
    assert [line for line in faults(chain) if "v1 is not the one that it replaced" in line]


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda chain: spoil(chain / "v2" / "P1.html", None), "P1 v2: P1.html is missing"),
        (lambda chain: spoil(chain / "v1" / "P1.json", None), "P1 v1: its P1.json is missing"),
        (lambda chain: (chain / "v1").rename(chain / "v3"), "P1 v1: the version is missing"),
        (lambda chain: (chain / "v2" / "notes.txt").write_text("x"), "P1 v2: notes.txt is no file that was signed"),
        (lambda chain: (chain / "other").mkdir(), "P1 other: is no version of the chain"),
    ],
)
def test_what_is_missing_or_too_much_is_named(tmp_path: Path, act: object, told: str) -> None:
    chain = two_versions(tmp_path)
    act(chain)  # type: ignore[operator]
    assert [line for line in faults(chain) if line.startswith(told)], faults(chain)


def test_nothing_is_signed_onto_a_broken_chain(tmp_path: Path) -> None:
    chain = two_versions(tmp_path)
    path = chain / "v2" / "P1.json"
    spoil(path, path.read_bytes().replace(b"BRAF", b"KRAS", 1))
    with pytest.raises(InputError, match="v2: the report is not as it was written"):
        signed(tmp_path, reviewed(reports.typical_report(), tier="II-D"), amend="more", time=SECOND)
    assert not (chain / "v3").exists()


def test_a_version_of_another_schema_is_said_to_be_unread_and_can_be_amended(tmp_path: Path) -> None:
    base = reports.typical_report()
    folder = signed(tmp_path, reviewed(base))
    path = folder / "P1.json"
    spoil(path, json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"schema_version": "1.9"}).encode())
    assert [line.text for line in verify(tmp_path) if line.verdict is Verdict.OPEN] == [
        "is of schema 1.9, so that only its place in the chain was asked"
    ]
    second = signed(tmp_path, reviewed(base, tier="II-C"), time=SECOND, amend="why")
    assert "schema 1.9" in read_report(second / "P1.json").version.changes[0]
    assert faults(tmp_path) == []


def test_a_signature_is_not_dated_before_the_version_that_it_replaces(tmp_path: Path) -> None:
    base = reports.typical_report()
    signed(tmp_path, reviewed(base), time=SECOND)
    with pytest.raises(InputError, match=r"v1 was signed 2026-04-02T09:00:00.*, after the time of this signature"):
        signed(tmp_path, reviewed(base, tier="II-C"), time=FIRST, amend="why")
    assert faults(tmp_path) == []


@pytest.mark.parametrize("place", ["signed", "signed/P1", "signed/P1/v1", "moved/P1/v1", "link"])
def test_nothing_is_written_over_or_beside_signed_files(tmp_path: Path, place: str) -> None:
    folder = signed(tmp_path, reviewed(reports.typical_report()))
    shutil.copytree(tmp_path / "signed", tmp_path / "moved")
    (tmp_path / "link").symlink_to(folder)
    before = snapshot(tmp_path)
    with pytest.raises(InputError, match="nothing is written beside or over them"):
        write_forms(read_report(folder / "P1.json"), tmp_path / place, forms=FORMS)
    with pytest.raises(InputError, match="nothing is written beside or over them"):
        write_report(reports.typical_report(), tmp_path / place, forms=FORMS)
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("forms", [frozenset(FORMS), FORMS | {"pdf", "fhir"}])
def test_each_form_of_a_signed_report_is_made_again_to_the_byte_whichever_are_asked_for(
    tmp_path: Path, forms: frozenset[str]
) -> None:
    made = draft(tmp_path, reviewed(reports.typical_report()))
    order = Order("doe", FIRST, WAIVED)
    folder = sign(made, order, PEOPLE, made.review.entries, tmp_path, forms=forms)
    again = read_report(folder / "P1.json")
    for asked in (*({name} for name in forms), {"html", "pdf"}):
        for path in write_forms(again, tmp_path / "again", forms=frozenset(asked)):
            signed_one = folder / path.name
            assert not signed_one.exists() or path.read_bytes() == signed_one.read_bytes()


def test_a_bundle_with_a_pdf_that_is_drawn_otherwise_here_is_held_against_the_pdf_that_was_signed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = draft(tmp_path, reviewed(reports.typical_report()))
    forms = FORMS | {"pdf", "fhir"}
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("genomodel.report.forms.render_pdf", lambda _: b"%PDF with other fonts")
        elsewhere.setitem(FORM_ROWS, "pdf", replace(FORM_ROWS["pdf"], make=lambda *_: b"%PDF with other fonts"))
        sign(made, Order("doe", FIRST, WAIVED), PEOPLE, made.review.entries, tmp_path, forms=forms)
    assert faults(tmp_path) == []
    assert [
        line for line in verify(tmp_path) if line.verdict is Verdict.OPEN and "P1.pdf is drawn otherwise" in line.text
    ]


def test_the_cohort_page_says_where_a_draft_stands_otherwise_than_what_was_signed(tmp_path: Path) -> None:
    base = reports.typical_report()
    signed(tmp_path, reviewed(base))

    def told(report: PatientReport) -> str:
        write_index([cohort_row(report)], tmp_path / "index.html")
        return (tmp_path / "index.html").read_text(encoding="utf-8")

    otherwise = "whose findings or tiers are others than those signed"
    same = told(reviewed(base))
    assert ("Final v1 of 2026-03-20" in same, otherwise in same) == (True, False)
    assert otherwise in told(reviewed(base, tier="III"))
    assert otherwise in told(reviewed(base, decision="exclude"))


def test_a_draft_edited_by_hand_and_a_page_that_is_not_its_own_are_named(tmp_path: Path) -> None:
    draft(tmp_path, reviewed(reports.typical_report()))
    assert faults(tmp_path / "P1.html") == []
    page = tmp_path / "P1.html"
    page.write_text(page.read_text(encoding="utf-8").replace("BRAF", "KRAS", 1), encoding="utf-8")
    assert faults(tmp_path / "P1.json") == ["P1.html: is not what the JSON gives"]
    path = tmp_path / "P1.json"
    path.write_text(path.read_text(encoding="utf-8").replace("BRAF", "KRAS", 1), encoding="utf-8")
    with pytest.raises(InputError, match="not as it was written"):
        faults(path)


KILLED = """
import sys
from dataclasses import replace
from pathlib import Path
from genomodel.report.signing import sign as signing
from tests.report.signing import test_sign as t

write = signing._write_once
def halfway(content, folder):
    names = list(content)
    write({name: content[name] for name in names[:2]}, folder)
    print("written", flush=True)
    sys.stdin.read()
signing._write_once = halfway
t.signed(Path(sys.argv[1]), t.reviewed(t.reports.typical_report()))
"""


def test_a_signing_that_is_killed_leaves_no_version_and_does_not_bar_the_next(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[3]
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "written\n"
        with pytest.raises(InputError, match="somebody else is signing"):
            signed(tmp_path, reviewed(reports.typical_report()))
        os.kill(child.pid, signal.SIGKILL)
    chain = tmp_path / "signed" / "P1"
    assert signed_versions(chain) == ()
    assert [path.name for path in chain.iterdir() if path.name.startswith(".unfinished-")]
    folder = signed(tmp_path, reviewed(reports.typical_report()))
    assert folder.name == "v1"
    assert faults(tmp_path) == []
    assert not [path for path in chain.iterdir() if path.name.startswith(".unfinished-")]


def test_a_table_with_a_row_for_each_finding_loses_none_when_it_is_completed_again() -> None:
    base = reports.crowded_report()
    rows = completed(base, ())
    assert len(rows) == 13
    fewer = reports.typical_report()
    assert set(rows) <= set(completed(fewer, rows)) | {row for row in rows if row.variant in {"P:1", "P:2"}}
    assert completed(base, rows) == rows
