from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pypdf
import pytest

from genomodel.core.errors import GenomodelError, InputError
from genomodel.core.report import RESEARCH_USE_ONLY, PatientReport
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.pdf import render_pdf
from genomodel.report.presentation import WITHOUT_PDF
from genomodel.report.schema import SCHEMAS, read_schema, schema_path, schema_text
from genomodel.report.seal import report_json
from genomodel.report.write import write_report
from tests.report import reports

EVERY = pytest.mark.parametrize("make", reports.ALL.values(), ids=reports.ALL.keys())
ROOT = Path(__file__).resolve().parents[2]


def pages(data: bytes) -> list[str]:
    return [
        " ".join(page.extract_text().replace("\u00a0", " ").split()) for page in pypdf.PdfReader(io.BytesIO(data)).pages
    ]


@EVERY
def test_every_pdf_page_says_draft_research_use_only_and_which_page_it_is(make: Callable[[], PatientReport]) -> None:
    report = make()
    shown = pages(render_pdf(report))
    for number, page in enumerate(shown, start=1):
        assert RESEARCH_USE_ONLY in page
        assert say("front.draft") in page
        assert f"page {number} of {len(shown)}" in page
        assert report.patient.id in page
        assert (words.SYNTHETIC_NOTE in page) == report.synthetic


ALL_FILES = ["P1.dispositions.tsv", "P1.html", "P1.json", "P1.pdf"]


def test_first_page_of_a_typical_patient_holds_the_key_information() -> None:
    first = pages(render_pdf(reports.typical_report()))[0]
    for fact in (
        "Melanoma (MEL)",
        "60 %",
        "BRAF p.V600E",
        "I-A",
        "Drugfour",
        "TP53 p.R175H",
        "Not assessable",
    ):
        assert fact in first


def test_pdf_is_tagged_a4_with_title_and_without_dates() -> None:
    reader = pypdf.PdfReader(io.BytesIO(render_pdf(reports.typical_report())))
    assert reader.metadata is not None
    assert reader.metadata.title == "Tumor profile report P1"
    assert reader.metadata.creation_date is None
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]


def test_same_report_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    first = write_report(reports.unicode_report(), tmp_path / "first")
    code = (
        "import sys; from pathlib import Path; from genomodel.report.write import write_report; "
        "from tests.report import reports; write_report(reports.typical_report(), Path(sys.argv[1]) / 'warm'); "
        "write_report(reports.unicode_report(), Path(sys.argv[1]))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "second")], check=True, cwd=tmp_path, env=environment)
    for path in first:
        assert path.read_bytes() == (tmp_path / "second" / path.name).read_bytes(), path.name


@EVERY
def test_written_json_fits_the_schema_and_reads_back(make: Callable[[], PatientReport], tmp_path: Path) -> None:
    *_, path = write_report(make(), tmp_path, forms=WITHOUT_PDF.forms)
    written = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(read_schema()).validate(written)
    again = PatientReport.model_validate(written)
    assert again.interpretation == make().interpretation


@pytest.mark.parametrize("name", SCHEMAS)
def test_committed_schema_is_current(name: str) -> None:
    committed = schema_path(name).read_text(encoding="utf-8")
    assert committed == schema_text(name), "run: python -m genomodel.report.schema"


def test_schema_refuses_a_report_with_a_missing_or_unknown_field() -> None:
    validator = jsonschema.Draft202012Validator(read_schema())
    written = json.loads(report_json(reports.typical_report()))
    assert validator.is_valid(written)
    assert not validator.is_valid({**written, "extra": 1})
    del written["interpretation"]["n_records"]
    assert not validator.is_valid(written)


def test_outputs_hold_no_path_of_the_machine(tmp_path: Path) -> None:
    for make in (reports.typical_report, reports.hostile_report):
        for path in write_report(make(), tmp_path):
            data = path.read_bytes()
            assert b"/data/private" not in data
            assert b"secret" not in data
            assert str(tmp_path).encode() not in data


def test_files_are_named_after_the_patient_and_nothing_else_is_left(tmp_path: Path) -> None:
    written = write_report(reports.empty_report(), tmp_path)
    assert [path.name for path in written] == ["P1.dispositions.tsv", "P1.html", "P1.pdf", "P1.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ALL_FILES
    assert written[1].stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_without_pdf_an_old_pdf_goes_and_is_not_linked(tmp_path: Path) -> None:
    write_report(reports.typical_report(), tmp_path)
    write_report(reports.typical_report(), tmp_path, forms=WITHOUT_PDF.forms)
    assert sorted(path.name for path in tmp_path.iterdir()) == [name for name in ALL_FILES if name != "P1.pdf"]
    assert "P1.pdf" not in (tmp_path / "P1.html").read_text(encoding="utf-8")


def test_when_one_file_cannot_be_placed_the_others_keep_their_old_content(tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in write_report(reports.empty_report(), tmp_path)}
    (tmp_path / "P1.json").unlink()
    (tmp_path / "P1.json").mkdir()
    with pytest.raises(InputError, match="P1"):
        write_report(reports.typical_report(), tmp_path)
    assert (tmp_path / "P1.html").read_bytes() == before[tmp_path / "P1.html"]
    assert (tmp_path / "P1.pdf").read_bytes() == before[tmp_path / "P1.pdf"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ALL_FILES


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("not a folder")
    with pytest.raises(InputError, match="reports"):
        write_report(reports.empty_report(), tmp_path / "reports", forms=WITHOUT_PDF.forms)


def test_a_number_that_is_not_finite_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    broken = reports.prediction("Drugone", 90).model_copy(update={"ln_ic50": float("nan")})
    response = reports.response().model_copy(update={"predictions": (broken,)})
    with pytest.raises(GenomodelError, match="ln_ic50"):
        write_report(
            reports.typical_report().model_copy(update={"response": response}), tmp_path, forms=WITHOUT_PDF.forms
        )
    assert list(tmp_path.iterdir()) == []


def test_missing_pango_names_the_package_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "weasyprint.py").write_text("raise OSError(\"cannot load library 'libpango-1.0-0'\")\n")
    code = (
        "import sys; from pathlib import Path; from genomodel.core.errors import MissingToolError\n"
        "from genomodel.report.write import write_report; from tests.report import reports\n"
        "try: write_report(reports.empty_report(), Path(sys.argv[1]))\n"
        "except MissingToolError as error: print(error.message)"
    )
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-c", code, str(tmp_path / "out")]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    assert "apt-get install libpango-1.0-0" in done.stdout
    assert not (tmp_path / "out").exists()
