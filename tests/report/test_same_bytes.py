"""The same report gives the same bytes in every form, in another process, place, language and order of hashing."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from genomodel.report.cohort.page import write_index
from genomodel.report.cohort.row import cohort_row
from genomodel.report.forms import FORMS
from genomodel.report.write import write_report
from tests.report import reports
from tests.report.told import told_report

ROOT = Path(__file__).resolve().parents[2]
MAKERS = {"told": told_report, "unicode": reports.unicode_report, "decided": reports.decided_report}
CODE = """
import sys
from pathlib import Path
from tests.report.test_same_bytes import write_all
write_all(Path(sys.argv[1]))
"""


def write_all(folder: Path) -> dict[str, str]:
    """Write every form of several reports and their cohort page; return the digests by place."""
    made = {name: make() for name, make in MAKERS.items()}
    for name, report in made.items():
        write_report(report, folder / name, forms=frozenset(FORMS))
    write_index([cohort_row(report) for report in made.values()], folder / "index.html")
    return digests(folder)


def digests(folder: Path) -> dict[str, str]:
    """Return the digest of each file below a folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return write_all(tmp_path_factory.mktemp("here"))


def test_every_form_is_tried(here: dict[str, str]) -> None:
    assert {f"told/P1{form.suffix}" for form in FORMS.values()} <= set(here)


@pytest.mark.parametrize(
    ("seed", "zone", "locale"), [("0", "Asia/Tokyo", "C"), ("4711", "America/St_Johns", "tr_TR.UTF-8")]
)
def test_another_process_gives_the_same_bytes(
    here: dict[str, str], tmp_path: Path, seed: str, zone: str, locale: str
) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", CODE, str(tmp_path / "there")]
    subprocess.run(command, check=True, cwd=tmp_path, env=environment)
    assert digests(tmp_path / "there") == here
