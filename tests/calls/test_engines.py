from __future__ import annotations

import stat
from pathlib import Path

import pytest
import yaml

from genomodel.calls.calling_job import Thresholds
from genomodel.calls.engines import ENGINES, GIVEN, Judge, candidate_options, tool_plan
from genomodel.core.errors import InputError
from genomodel.core.specimens import Library, Specimen, UmiDesign

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = yaml.safe_load((ROOT / "workflow" / "schemas" / "config.schema.yaml").read_text())["properties"]["calling"]
DEFAULTS = {key: entry["default"] for key, entry in SCHEMA["properties"].items() if "default" in entry}


def programs(folder: Path, **said: str) -> dict[str, str]:
    """An environment whose only programs are scripts of these names and bodies."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in said.items():
        path = folder / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return {"PATH": str(folder)}


def test_every_engine_has_a_rule_file_and_the_schema_knows_it() -> None:
    for name in ENGINES:
        text = (ROOT / "workflow" / "rules" / f"{name}.smk").read_text()
        assert f"/calls/{name}/{{{{patient}}}}.vcf.gz" in text
    assert SCHEMA["properties"]["engines"]["items"]["enum"] == [name for name in ENGINES if name != GIVEN]
    assert DEFAULTS["engines"] == [name for name in ENGINES if name != GIVEN]


def test_defaults_of_the_schema_are_those_of_the_command_line() -> None:
    least = Thresholds()
    for key in (
        "min_alternate_fraction",
        "min_alternate_count",
        "min_base_quality",
        "min_mapping_quality",
        "max_depth",
    ):
        assert DEFAULTS[key] == getattr(least, key), key


def test_with_all_programs_everything_runs(tmp_path: Path) -> None:
    everything = programs(tmp_path, gatk="", java="", freebayes="", varlociraptor="")
    plan = tool_plan(DEFAULTS, environment=everything)
    assert plan.engines == ("mutect2", "freebayes", "pileup")
    assert plan.judge is Judge.VARLOCIRAPTOR
    assert plan.not_run == ()
    assert plan.forces_hotspots


def test_without_programs_what_is_missing_is_named_with_what_follows(tmp_path: Path) -> None:
    plan = tool_plan(DEFAULTS, environment=programs(tmp_path))
    assert plan.engines == ("pileup",)
    assert plan.judge is Judge.LIKELIHOOD
    assert [tool for tool, _ in plan.not_run] == ["mutect2", "freebayes", "varlociraptor"]
    assert not plan.forces_hotspots
    lines = "\n".join(plan.lines())
    assert "candidates from: pileup" in lines
    assert "it needs gatk and java" in lines
    assert "likelihood decides in its place" in lines
    assert plan.not_run_options()[::2] == ["--not-run"] * 3


def test_gatk_without_java_cannot_run(tmp_path: Path) -> None:
    plan = tool_plan(DEFAULTS, environment=programs(tmp_path, gatk="", freebayes="", varlociraptor=""))
    assert plan.not_run[0][0] == "mutect2"
    assert "it needs java" in plan.not_run[0][1]


def test_a_judge_that_lies_there_but_does_not_start_is_not_counted_on(tmp_path: Path) -> None:
    there = programs(
        tmp_path, gatk="", java="", freebayes="", varlociraptor="echo libgsl.so.27 not found >&2; exit 127"
    )
    plan = tool_plan(DEFAULTS, environment=there)
    assert plan.judge is Judge.LIKELIHOOD
    assert "does not start" in plan.not_run[0][1]


def test_programs_in_the_folder_of_a_site_are_found(tmp_path: Path) -> None:
    for name in ("gatk", "varlociraptor"):
        programs(tmp_path / "tools" / name, **{name: ""})
    environment = {**programs(tmp_path / "bin", java="", freebayes=""), "GENOMODEL_TOOLS": str(tmp_path / "tools")}
    assert tool_plan(DEFAULTS, environment=environment).not_run == ()


def test_with_conda_nothing_is_looked_for(tmp_path: Path) -> None:
    plan = tool_plan(DEFAULTS, provided=True, environment=programs(tmp_path))
    assert plan.not_run == ()
    assert plan.judge is Judge.VARLOCIRAPTOR


def test_a_run_that_must_have_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"mutect2: it needs gatk.*freebayes.*varlociraptor"):
        tool_plan({**DEFAULTS, "missing_tools": "refuse"}, environment=programs(tmp_path))


def test_a_run_without_any_engine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no engine can run .*freebayes"):
        tool_plan({**DEFAULTS, "engines": ["freebayes"]}, environment=programs(tmp_path))


@pytest.mark.parametrize(
    ("calling", "said"),
    [
        ({"engines": ["strelka2"]}, "'strelka2' is no engine"),
        ({"engines": []}, "empty"),
        ({"engines": ["given"]}, "'given' is no engine"),
        ({"judge": "vote"}, "'vote' is no value of calling: judge"),
    ],
)
def test_unknown_names_are_refused(calling: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        tool_plan(calling)


def test_judge_and_engines_are_chosen(tmp_path: Path) -> None:
    plan = tool_plan({"engines": ["pileup"], "judge": "likelihood"}, environment=programs(tmp_path))
    assert (plan.engines, plan.judge, plan.not_run) == (("pileup",), Judge.LIKELIHOOD, ())


def test_consensus_reads_are_searched_for_rarer_alleles() -> None:
    umi = Specimen(library=Library.CAPTURE, umi=UmiDesign.from_text("duplex 3M2S+T 3M2S+T"))
    plain = Specimen(library=Library.CAPTURE)
    assert candidate_options(DEFAULTS, plain)[:2] == ["--min-alternate-fraction", "0.005"]
    assert candidate_options(DEFAULTS, umi)[:2] == ["--min-alternate-fraction", "0.001"]
    lower = {**DEFAULTS, "min_alternate_fraction": 0.0004}
    assert candidate_options(lower, umi)[:2] == ["--min-alternate-fraction", "0.0004"]
