"""Which engines propose variants, which judge decides, and what follows where a program is missing.

An engine is one row of :data:`ENGINES` and one rule file, ``workflow/rules/<name>.smk``, that makes
``calls/<name>/<patient>.vcf.gz`` with ``genomodel harmonize``. Engines are counted once each: two filters over one
engine's candidates are one opinion.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from genomodel.calls.tools import find_tool, starts
from genomodel.core.base import Noun
from genomodel.core.errors import InputError
from genomodel.core.specimens import Specimen

Choice = TypeVar("Choice", bound=StrEnum)

GIVEN = "given"
CONSENSUS_FRACTION = 0.001
"""Least share of consensus reads that makes a candidate."""

_CANDIDATE_KEYS = ("min_alternate_count", "min_base_quality", "min_mapping_quality")

FORCED = "forced"
"""Hotspot alleles that Mutect2 was made to look at; evidence for the decision, no engine of its own."""


class Judge(StrEnum):
    """What decides over the candidates of all engines."""

    VARLOCIRAPTOR = "varlociraptor"
    LIKELIHOOD = "likelihood"


class MissingTools(StrEnum):
    """What to do where a program is not installed."""

    LEAVE_OUT = "leave_out"
    REFUSE = "refuse"


class Engine(Noun):
    """One source of candidates."""

    name: str
    programs: tuple[str, ...] = ()
    """Programs it cannot run without; the first is the one to install."""
    filters: bool
    """Whether its FILTER column is an opinion of its own; candidates of the others are marked ``.``."""
    without: str = ""
    """What the results lack where it does not run."""


ENGINES = {
    engine.name: engine
    for engine in (
        Engine(
            name="mutect2",
            programs=("gatk", "java"),
            filters=True,
            without="no local assembly, no read-orientation model, and no hotspot allele is looked at a second time",
        ),
        Engine(name="freebayes", programs=("freebayes",), filters=False, without="no haplotype-based candidates"),
        Engine(name="pileup", filters=False),
        Engine(name=GIVEN, filters=True),
    )
}
"""Engines by name, in the order in which they are listed to the reader."""


class ToolPlan(Noun):
    """What runs, and what does not with the reason; the same for all patients of a run."""

    engines: tuple[str, ...]
    judge: Judge
    not_run: tuple[tuple[str, str], ...] = ()
    """Program and why, with what follows."""

    @property
    def forces_hotspots(self) -> bool:
        """Whether hotspot alleles that one engine alone saw are looked at again."""
        return "mutect2" in self.engines

    def lines(self) -> list[str]:
        """Return the plan in words, one line each."""
        who = "varlociraptor" if self.judge is Judge.VARLOCIRAPTOR else "genomodel's likelihood"
        return [
            f"candidates from: {', '.join(self.engines)}",
            f"decided by: {who}",
            *(f"not run: {tool} ({why})" for tool, why in self.not_run),
        ]

    def not_run_options(self) -> list[str]:
        """Return ``--not-run "tool: why"`` for every program left out."""
        return [word for tool, why in self.not_run for word in ("--not-run", f"{tool}: {why}")]


def tool_plan(
    calling: Mapping[str, object], *, provided: bool = False, environment: Mapping[str, str] = os.environ
) -> ToolPlan:
    """Work out which engines and which judge a run uses.

    Parameters
    ----------
    calling
        The ``calling`` part of the configuration; absent keys have the defaults of the schema.
    provided
        Whether every program is brought along (``--sdm conda``), so that none is looked for.
    environment
        Where PATH and ``GENOMODEL_TOOLS`` are read from.

    Raises
    ------
    InputError
        An engine or judge of an unknown name; nothing is left that could propose candidates; or a program is missing
        and ``missing_tools`` is ``refuse``.
    """
    wanted = _engine_names(calling.get("engines", [name for name in ENGINES if name != GIVEN]))
    judge = _member(Judge, calling.get("judge", Judge.VARLOCIRAPTOR), "judge")
    missing_tools = _member(MissingTools, calling.get("missing_tools", MissingTools.LEAVE_OUT), "missing_tools")
    engines, not_run = [], []
    for engine in (ENGINES[name] for name in wanted):
        absent = [] if provided else [name for name in engine.programs if find_tool(name, environment) is None]
        if absent:
            needs = "" if absent[0] == engine.name else f"it needs {' and '.join(absent)}, "
            not_run.append((engine.name, f"{needs}not installed: {engine.without}"))
        else:
            engines.append(engine.name)
    if judge is Judge.VARLOCIRAPTOR and not provided and not starts("varlociraptor", environment):
        lies = find_tool("varlociraptor", environment)
        why = "not installed" if lies is None else "installed, but it does not start (Debian: apt-get install libgsl27)"
        not_run.append(("varlociraptor", f"{why}: genomodel's likelihood decides in its place"))
        judge = Judge.LIKELIHOOD
    plan = ToolPlan(engines=tuple(engines), judge=judge, not_run=tuple(not_run))
    if not_run and missing_tools is MissingTools.REFUSE:
        what = "; ".join(f"{tool}: {why}" for tool, why in not_run)
        fix = "Install it, run with --sdm conda, or set calling: missing_tools: leave_out"
        raise InputError(f"calling: missing_tools is refuse, and {what}", fix=fix)
    if not engines:
        what = "; ".join(f"{tool}: {why}" for tool, why in not_run)
        raise InputError(f"no engine can run ({what})", fix="Add pileup to calling: engines; it needs no program")
    return plan


def candidate_options(calling: Mapping[str, object], specimen: Specimen) -> list[str]:
    """Return what makes a candidate, as options of the engines that only propose.

    Consensus reads of molecules carry errors a hundred times more rarely than reads do, and are made to find what is
    rarer than any read error: there the least fraction is :data:`CONSENSUS_FRACTION`, unless a lower one is set.
    """
    words = [word for key in _CANDIDATE_KEYS for word in (f"--{key.replace('_', '-')}", str(calling[key]))]
    fraction = float(str(calling["min_alternate_fraction"]))
    least = min(fraction, CONSENSUS_FRACTION) if specimen.umi else fraction
    return ["--min-alternate-fraction", str(least), *words]


def _engine_names(value: object) -> list[str]:
    names = (
        [str(name) for name in value] if isinstance(value, Sequence) and not isinstance(value, str) else [str(value)]
    )
    known = [name for name in ENGINES if name != GIVEN]
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        found = f"'{unknown[0]}' is no engine" if unknown else "calling: engines is empty"
        raise InputError(found, fix=f"Engines are: {', '.join(known)}; given calls are named in the samples sheet")
    return [name for name in known if name in names]


def _member(kind: type[Choice], value: object, key: str) -> Choice:
    try:
        return kind(str(value))
    except ValueError as error:
        listed = ", ".join(kind)
        raise InputError(f"'{value}' is no value of calling: {key}", fix=f"Give one of: {listed}") from error
