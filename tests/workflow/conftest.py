from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Workflow = Callable[..., subprocess.CompletedProcess[str]]


def tools_path() -> dict[str, str]:
    """Environment with the programs of this Python's environment first, as the Makefile has it."""
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def snakemake(folder: Path, config: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the workflow in a folder of its own, so that no test sees another's state."""
    command = ["snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder, "--configfile", config]
    profile = ["--workflow-profile", ROOT / "config" / "profiles" / "local"]
    return subprocess.run(
        [*command, *profile, "--cores", "2", *arguments],
        capture_output=True, text=True, env=tools_path(), timeout=3600, check=False,
    )  # fmt: skip


def genomodel(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user does."""
    return subprocess.run(
        ["genomodel", *arguments], capture_output=True, text=True, env=tools_path(), timeout=3600, check=False
    )


def write_config(folder: Path, reference: Path, *, genome: str = "synthetic") -> Path:
    """Write a configuration beside the sheets of a test."""
    path = folder / "config.yaml"
    path.write_text(
        f"patients: {folder}/patients.tsv\nsamples: {folder}/samples.tsv\nresults: {folder}/results\n"
        f"reference:\n  genome: {genome}\n  fasta: {reference}/genome.fa\n  gff: {reference}/genes.gff3\n"
    )
    return path


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo cohort's reads, sheets and reference."""
    out = tmp_path_factory.mktemp("demo") / "demo"
    done = genomodel("simulate", "--out", out)
    assert done.returncode == 0, done.stderr
    return out
