from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Time decides no test: a loaded machine is no defect. Chance decides none where a change waits for the answer: there
# every run tries the same examples, at a desk new ones.
settings.register_profile("genomodel", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("genomodel")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    folder = Path(os.environ.get("GENOMODEL_SHARED", ROOT.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip(f"real public data not found at {folder}; set GENOMODEL_SHARED to the folder that holds data/")
    return folder


@pytest.fixture
def mirror(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the data registry find its files among the real public data, never on the network."""
    monkeypatch.setenv("GENOMODEL_MIRROR", str(shared_data))
    return shared_data


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests measured (``record_property("shown", text)``), from parallel workers too."""
    reports = [r for outcome in ("passed", "failed") for r in terminalreporter.stats.get(outcome, [])]
    lines = [text for report in reports for name, text in report.user_properties if name == "shown"]
    if lines:
        terminalreporter.section("measured")
        for line in lines:
            terminalreporter.write_line(line)
