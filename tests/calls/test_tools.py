from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.calls.tools import find_tool, run_tool, search_path, starts
from genomodel.core.errors import InputError
from tests.calls.test_engines import programs


def test_path_comes_before_the_folder_of_a_site(tmp_path: Path) -> None:
    programs(tmp_path / "tools" / "gatk", gatk="echo site")
    environment = {**programs(tmp_path / "bin", gatk="echo path"), "GENOMODEL_TOOLS": str(tmp_path / "tools")}
    assert find_tool("gatk", environment) == tmp_path / "bin" / "gatk"
    (tmp_path / "bin" / "gatk").unlink()
    assert find_tool("gatk", environment) == tmp_path / "tools" / "gatk" / "gatk"
    assert search_path(environment).split(":")[1:] == [str(tmp_path / "tools"), str(tmp_path / "tools" / "gatk")]


def test_a_folder_that_is_not_there_is_passed_over(tmp_path: Path) -> None:
    assert search_path({"PATH": "/bin", "GENOMODEL_TOOLS": str(tmp_path / "gone")}) == "/bin"


def test_starting_tells_a_broken_program_from_a_sound_one(tmp_path: Path) -> None:
    environment = programs(tmp_path, sound="exit 0", broken="exit 127")
    assert [starts(name, environment) for name in ("sound", "broken", "absent")] == [True, False, False]


def test_an_absent_program_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("GENOMODEL_TOOLS", raising=False)
    with pytest.raises(InputError, match=r"gatk is not installed.*GENOMODEL_TOOLS"):
        run_tool(["gatk", "Mutect2"])


def test_a_failing_program_has_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = ("12:00:01.2 INFO  Engine - hello", "A USER ERROR: no such contig", "    at x.Y(Z.java)")
    body = "\n".join(f"echo '{line}' >&2" for line in said) + "\nexit 3"
    monkeypatch.setenv("PATH", f"{programs(tmp_path, caller=body)['PATH']}:/bin:/usr/bin")
    with pytest.raises(InputError, match=r"caller failed with status 3: A USER ERROR: no such contig\. The log"):
        run_tool(["caller", "x"])
    assert "x.Y(Z.java)" in capsys.readouterr().err


def test_output_goes_to_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{programs(tmp_path, caller='echo calls')['PATH']}:/bin:/usr/bin")
    run_tool(["caller"], stdout=tmp_path / "out")
    assert (tmp_path / "out").read_text() == "calls\n"
    assert run_tool(["caller"]) == "calls\n"
