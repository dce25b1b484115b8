"""Where the programs are that the workflow runs, and running them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from genomodel.core.errors import InputError, MissingToolError

TOOLS_VARIABLE = "GENOMODEL_TOOLS"
LAST_WORDS = 3
"""Lines of a program's complaint that are repeated in the error; all of them are in the log."""
_NOISE = re.compile(r"^\s*at |Elapsed time:|Runtime\.totalMemory|^\*+$|^\S+ +INFO |java-options|^Tool returned")
"""What Java programs print around the line that says what went wrong."""


def tool_folders(environment: Mapping[str, str] = os.environ) -> list[Path]:
    """Return the folders behind PATH that programs are looked for in.

    ``GENOMODEL_TOOLS`` names one folder or several, parted as in PATH; each may hold programs, or one folder for each
    program, as release archives unpack.
    """
    folders = []
    for name in environment.get(TOOLS_VARIABLE, "").split(os.pathsep):
        if name and Path(name).is_dir():
            folder = Path(name).resolve()
            folders += [folder, *sorted(child for child in folder.iterdir() if child.is_dir())]
    return folders


def search_path(environment: Mapping[str, str] = os.environ) -> str:
    """Return PATH with the folders of ``GENOMODEL_TOOLS`` behind it."""
    return os.pathsep.join([environment.get("PATH", os.defpath), *map(str, tool_folders(environment))])


def find_tool(name: str, environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return where a program lies, on PATH first, or ``None``."""
    found = shutil.which(name, path=search_path(environment))
    return Path(found) if found else None


def starts(name: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a program can be started at all: one whose shared libraries are missing lies there and does not run."""
    found = find_tool(name, environment)
    if found is None:
        return False
    try:
        done = subprocess.run([str(found), "--version"], capture_output=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def run_tool(command: Sequence[str | Path], *, stdout: Path | None = None) -> str:
    """Run a program to its end and return what it printed, if that was not sent to a file.

    What it says on its error stream is passed on to ours, which is the log of the job.

    Raises
    ------
    MissingToolError
        The program is absent.
    InputError
        It failed; its last words are repeated.
    """
    words = [str(word) for word in command]
    program = find_tool(words[0])
    if program is None:
        fix = f"Install it, or name the folder that holds it in {TOOLS_VARIABLE}"
        raise MissingToolError(f"{words[0]} is not installed", fix=fix)
    print("+", *words, file=sys.stderr, flush=True)
    environment = {**os.environ, "PATH": search_path()}
    if stdout is None:
        done = subprocess.run([str(program), *words[1:]], capture_output=True, env=environment, check=False)
    else:
        with stdout.open("wb") as handle:
            done = subprocess.run(
                [str(program), *words[1:]], stdout=handle, stderr=subprocess.PIPE, env=environment, check=False
            )
    said = done.stderr.decode(errors="replace")
    sys.stderr.write(said)
    sys.stderr.flush()
    if done.returncode:
        lines = [line.strip() for line in said.splitlines() if line.strip() and not _NOISE.search(line)]
        last = " / ".join(lines[-LAST_WORDS:]) or "it said nothing"
        raise InputError(f"{words[0]} failed with status {done.returncode}: {last}", fix="The log has all that it said")
    return (done.stdout or b"").decode(errors="replace")
