"""From a VCF to a signed report and its amendment, by the verbs that a laboratory uses."""

from __future__ import annotations

import csv
import json
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from genomodel.cli import review as verbs
from genomodel.report.seal import read_report
from tests.cli.conftest import Run
from tests.cli.test_bad_variants import csq, row
from tests.cli.test_bad_variants import vcf as write_vcf

LABORATORY = """
laboratory:
  name: Synthetic laboratory
persons:
  - {id: doe, name: Dr. Jo Doe, licence: L-17, may_sign: true}
  - {id: roe, name: Ri Roe}
"""
WHEN = "2026-03-20T14:30:00+01:00"
BRAF = row("chr7", 140753336, "A", "T", "CSQ=" + csq("T", "BRAF", "missense_variant", "600", "V/E"))
KRAS = row("chr12", 25245350, "C", "T", "CSQ=" + csq("T", "KRAS", "missense_variant", "12", "G/D"))


class Desk:
    """A folder with a VCF, a laboratory file and reports."""

    def __init__(self, folder: Path, run: Run) -> None:
        self.run, self.folder, self.reports = run, folder, folder / "reports"
        self.vcf = write_vcf(folder, BRAF, KRAS)
        self.laboratory = folder / "laboratory.yaml"
        self.laboratory.write_text(LABORATORY, encoding="utf-8")
        self.table = self.reports / "review" / "P1.review.tsv"

    def report(self, *more: object) -> tuple[int, str, str]:
        options = ("--patient", "P1", "--tumor-type", "MEL", "--no-pdf", "--jobs", 1, "--out", self.reports)
        return self.run("report", self.vcf, *options, "--laboratory", self.laboratory, *more)

    def review(self, *more: object) -> tuple[int, str, str]:
        return self.run("review", "P1", "--reports", self.reports, "--laboratory", self.laboratory, *more)

    def sign(self, *more: object) -> tuple[int, str, str]:
        options = ("--reports", self.reports, "--laboratory", self.laboratory, "--time", WHEN, "--form", "html")
        return self.run("sign", "P1", "--person", "doe", *options, *more)

    def rows(self) -> list[dict[str, str]]:
        with self.table.open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle, delimiter="\t"))


@pytest.fixture(scope="module")
def first_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the report that each test begins with is kept, once it is made."""
    return tmp_path_factory.mktemp("first") / "reports"


@pytest.fixture
def desk(tmp_path: Path, run: Run, first_report: Path) -> Desk:
    made = Desk(tmp_path, run)
    if not first_report.exists():
        assert made.report()[0] == 0
        shutil.copytree(made.reports, first_report)
    shutil.copytree(first_report, made.reports, dirs_exist_ok=True)
    return made


def by_gene(desk: Desk) -> dict[str, dict[str, str]]:
    return {cells["label"].split(" ")[0]: cells for cells in desk.rows()}


def decide(desk: Desk, name: str, *more: object) -> None:
    code, _, err = desk.review("--person", "doe", "--time", WHEN, *more)
    assert code == 0, (name, err)


def test_from_a_draft_to_a_signed_report_and_its_amendment(desk: Desk) -> None:
    code, out, _ = desk.review()
    assert code == 0
    assert set(by_gene(desk)) == {"BRAF", "KRAS"}
    assert {cells["decision"] for cells in desk.rows()} == {""}
    assert "have to be reviewed before P1 is signed" in out
    code, _, err = desk.sign()
    assert code == 2
    assert "BRAF p.V600E" in err
    assert not (desk.reports / "signed").exists()
    decide(desk, "both", "--include", "BRAF", "--exclude", "KRAS", "--comment", "KRAS=artifact of the strand")
    code, _, err = desk.sign()
    assert (code, "not reviewed" in err) == (2, True)
    assert desk.report()[0] == 0
    made = read_report(desk.reports / "P1.json")
    assert [finding.gene for finding in made.interpretation.findings] == ["BRAF"]
    assert [finding.gene for finding in made.excluded] == ["KRAS"]
    code, out, err = desk.sign()
    assert code == 0, err
    assert "SHA-256" in out
    first = desk.reports / "signed" / "P1" / "v1"
    assert read_report(first / "P1.json").status == "final"
    assert desk.sign()[0] == 2
    decide(desk, "lower", "--tier", "BRAF=II-C", "--comment", "BRAF=subclone", "--revise")
    assert desk.report()[0] == 0
    code, _, err = desk.sign("--amend", "The pathologist saw a subclone")
    assert code == 0, err
    amended = read_report(desk.reports / "signed" / "P1" / "v2" / "P1.json")
    assert [text for text in amended.version.changes if "tier down from I-A to II-C" in text]
    code, out, _ = desk.run("verify-report", desk.reports, "--laboratory", desk.laboratory)
    assert (code, "does not fit" in out) == (0, False)
    page = first / "P1.html"
    page.chmod(0o644)
    page.write_text(page.read_text(encoding="utf-8") + " ", encoding="utf-8")
    code, out, err = desk.run("verify-report", desk.reports)
    assert code == 2
    assert "P1 v1: P1.html is not the one that was signed" in out


def test_predictions_do_not_rest_on_what_is_excluded(desk: Desk) -> None:
    before = read_report(desk.reports / "P1.json").response
    decide(desk, "out", "--exclude", "BRAF", "--comment", "BRAF=artifact")
    assert desk.report()[0] == 0
    after = read_report(desk.reports / "P1.json").response
    assert before is not None
    assert after is not None

    def contributing(response: object) -> set[str]:
        return {part.label for one in response.predictions for part in one.contributions}  # type: ignore[attr-defined]

    assert [label for label in contributing(before) if label.startswith("BRAF p.V600E")]
    assert not [label for label in contributing(after) if label.startswith("BRAF p.V600E")]
    assert [flag for flag in after.flags if "BRAF p.V600E was excluded by a reviewer" in flag.text]


def test_decisions_stay_over_runs_and_those_that_no_longer_fit_are_told(desk: Desk) -> None:
    decide(desk, "both", "--include", "BRAF", "--exclude", "KRAS", "--comment", "KRAS=artifact")
    kept = desk.rows()
    write_vcf(desk.folder, BRAF)
    code, _, err = desk.report()
    assert code == 0
    assert "genomodel: review of 'P1': KRAS p.G12D: no longer among the findings of this report" in err
    made = read_report(desk.reports / "P1.json")
    assert [conflict.label for conflict in made.review.conflicts] == ["KRAS p.G12D"]
    code, _, err = desk.sign()
    assert code == 2
    assert "KRAS p.G12D does not fit: no longer among the findings" in err
    assert desk.review()[0] == 0
    assert desk.rows() == kept


def test_a_table_saved_by_a_spreadsheet_is_applied(desk: Desk) -> None:
    assert desk.review()[0] == 0
    text = desk.table.read_text(encoding="utf-8")
    lines = [text.splitlines()[0]]
    for cells in desk.rows():
        filled = cells | {"decision": "Include", "person": "roe", "time": WHEN}
        lines.append("\t".join(f'"{value}"' for value in filled.values()))
    desk.table.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode() + b"\r\n")
    assert desk.report()[0] == 0
    made = read_report(desk.reports / "P1.json")
    assert made.review.unreviewed == ()
    assert [person.id for person in made.review.persons] == ["roe"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--person", "dow", "--include", "BRAF"), "'dow' is unknown. Did you mean 'doe'"),
        (("--include", "BRAF"), "nobody is named who decides"),
        (("--person", "doe", "--include", "EGFR"), "has no finding 'EGFR'"),
        (("--person", "doe", "--exclude", "BRAF"), "excluded without a reason"),
        (("--person", "doe", "--tier", "BRAF=I"), "'I' is no tier"),
        (("--person", "doe", "--tier", "BRAF"), "'BRAF' is no pair"),
        (("--person", "doe", "--include", "BRAF", "--exclude", "BRAF"), "both included and excluded"),
        (("--person", "doe", "--comment", "BRAF=x"), "only has a comment"),
        (("--person", "doe"), "nothing is decided"),
        (("--person", "doe", "--include", "BRAF", "--time", "now"), "'now' is no day and time"),
        (("--reviews", "/nowhere"), "there is no folder of reviews"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_and_the_table_left_alone(
    desk: Desk, options: tuple[str, ...], told: str
) -> None:
    desk.review()
    before = desk.table.read_bytes()
    code, _, err = desk.review(*options)
    assert (code, told in err) == (2, True), err
    assert desk.table.read_bytes() == before
    assert [path.name for path in desk.table.parent.iterdir()] == ["P1.review.tsv"]


def test_a_table_copied_from_another_patient_is_refused(desk: Desk) -> None:
    decide(desk, "out", "--exclude", "BRAF", "--comment", "BRAF=artifact")
    (desk.reports / "review" / "P2.review.tsv").write_bytes(desk.table.read_bytes())
    code, _, err = desk.report("--patient", "P2")
    assert code == 2
    assert "P2.review.tsv, row 2, column 'patient': the row is of patient 'P1', and the table of 'P2'" in err
    assert not (desk.reports / "P2.json").exists()


def test_two_who_review_at_once_lose_no_decision(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert desk.review()[0] == 0

    def include(gene: str) -> None:
        verbs.review("P1", desk.reports, person="doe", include=[gene], laboratory=desk.laboratory, time=WHEN)

    other = threading.Thread(target=include, args=("KRAS",))
    completed = verbs.completed

    def interrupted(*given: Any) -> Any:
        """Let the other begin, and end if nothing keeps it, between reading the table and writing it."""
        if not other.ident:
            other.start()
            other.join(timeout=5)
        return completed(*given)

    monkeypatch.setattr(verbs, "completed", interrupted)
    include("BRAF")
    other.join()
    assert {cells["decision"] for cells in desk.rows()} == {"include"}


def test_a_decision_is_replaced_only_when_that_is_asked_for(desk: Desk) -> None:
    decide(desk, "first", "--include", "BRAF")
    code, _, err = desk.review("--person", "roe", "--exclude", "BRAF", "--comment", "BRAF=artifact")
    assert code == 2
    assert "was reviewed by 'doe'" in err
    decide(desk, "again", "--exclude", "BRAF", "--comment", "BRAF=artifact", "--revise")
    assert by_gene(desk)["BRAF"]["decision"] == "exclude"


def test_a_table_that_cannot_be_read_puts_the_patient_aside_and_leaves_the_report(desk: Desk) -> None:
    desk.review()
    before = (desk.reports / "P1.json").read_bytes()
    text = desk.table.read_text(encoding="utf-8")
    desk.table.write_text(text.replace("\t\t\t\t\n", "\tmaybe\t\t\t\n"), encoding="utf-8")
    code, _, err = desk.report()
    assert code == 2
    assert "P1.review.tsv, row 2, column 'tier': 'MAYBE' is no tier" in err
    assert (desk.reports / "P1.json").read_bytes() == before


def test_what_changed_since_an_earlier_report_is_printed(desk: Desk, tmp_path: Path) -> None:
    old = tmp_path / "old.report.json"
    old.write_bytes((desk.reports / "P1.json").read_bytes())
    assert "nothing changed" in desk.report("--previous", old)[1]
    write_vcf(desk.folder, BRAF)
    code, out, _ = desk.report("--previous", old)
    assert code == 0
    assert "Gone: KRAS p.G12D" in out
    raw = json.loads(old.read_text(encoding="utf-8"))
    old.write_text(json.dumps(raw | {"schema_version": "1.0"}), encoding="utf-8")
    code, _, err = desk.report("--previous", old)
    assert (code, "schema version '1.0'" in err) == (2, True)


def test_an_earlier_report_of_another_patient_is_refused(desk: Desk) -> None:
    old = desk.reports / "P1.json"
    options = ("--patient", "P2", "--tumor-type", "MEL", "--no-pdf", "--out", desk.folder / "other")
    code, _, err = desk.run("report", desk.vcf, *options, "--previous", old)
    assert code == 2
    assert "is of patient 'P1', and this one of 'P2'" in err
    assert not (desk.folder / "other").exists()


def test_in_a_cohort_a_review_makes_the_report_of_its_patient_again_and_no_other(tmp_path: Path, run: Run) -> None:
    laboratory = tmp_path / "laboratory.yaml"
    laboratory.write_text(LABORATORY, encoding="utf-8")
    patients, samples, results = tmp_path / "patients.tsv", tmp_path / "samples.tsv", tmp_path / "results"
    patients.write_text("patient\ttumor_type\tassay\nP1\tMEL\twes\nP2\tMEL\twes\n", encoding="utf-8")
    vcf = write_vcf(tmp_path, BRAF, KRAS)
    samples.write_text("patient\ttype\tvcf\n" + "".join(f"{name}\ttumor\t{vcf}\n" for name in ("P1", "P2")))
    sheets = ("--patients", patients, "--samples", samples, "--results", results, "--no-pdf")

    def cohort() -> tuple[int, str, str]:
        return run("report-cohort", *sheets, "--laboratory", laboratory)

    def times() -> dict[str, int]:
        return {name: (results / "reports" / f"{name}.json").stat().st_mtime_ns for name in ("P1", "P2")}

    first = cohort()
    assert first[0] == 0, first
    before, interpretation = times(), (results / "interpretation" / "P1.json").read_bytes()
    decided = ("--person", "doe", "--exclude", "KRAS", "--comment", "KRAS=artifact", "--time", WHEN)
    assert run("review", "P1", "--reports", results / "reports", "--laboratory", laboratory, *decided)[0] == 0
    assert cohort()[0] == 0
    after = times()
    assert after["P1"] != before["P1"]
    assert after["P2"] == before["P2"]
    assert [finding.gene for finding in read_report(results / "reports" / "P1.json").excluded] == ["KRAS"]
    assert (results / "interpretation" / "P1.json").read_bytes() == interpretation
    index = (results / "reports" / "index.html").read_text(encoding="utf-8")
    assert index.count("KRAS p.G12D") > 0
    assert "KRAS p.G12D" not in index.partition('href="P1.html"')[2].partition('href="P2.html"')[0]
    assert times() == after
    assert cohort()[0] == 0
    assert times() == after
    laboratory.write_text(LABORATORY.replace("id: doe", "id: joe"), encoding="utf-8")
    for _ in range(2):  # made again, then found as it is: the conflict is told both times
        code, _, err = cohort()
        assert code == 0
        assert "review of 'P1': KRAS p.G12D: decided by 'doe', whom the laboratory file does not name" in err
