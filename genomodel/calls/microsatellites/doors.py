"""Tables of other programs on microsatellite instability.

MSIsensor, msisensor-pro and MSIsensor2 write one header and one line: sites, unstable sites, per cent. Which program
and mode it was shows in the files that it writes beside that table, under the same name with an ending. Each class is
by the program's own published cutoffs; a program that publishes none leaves the class open. MANTIS writes ``.status``
with three mean distances, of which its authors recommend the step-wise difference, unstable from its threshold on. On
how many loci they rest shows in its table of loci beside it; without that a low difference is no sign of stability.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from genomodel.calls.microsatellites.score import FEWEST_SITES, exact_interval
from genomodel.core.errors import InputError
from genomodel.core.microsatellites import Cutoffs, InstabilityClass, MicrosatelliteAssay
from genomodel.files import read_text, source_file

TOTAL, PERCENT = "Total_Number_of_Sites", "%"
SOMATIC, UNSTABLE = "Number_of_Somatic_Sites", "Number_of_Unstable_Sites"
MANTIS_METRIC, MANTIS_COLUMNS = "Average Metric Value (Abbr)", ("Value", "Threshold", "Status")
MANTIS_LOCI = ["Locus", "Normal_Reads", "Tumor_Reads"]
_LOCUS = re.compile(r"\S+:\d+-\d+")
DIFFERENCE = "Step-Wise Difference (DIF)"
EXPECTED = f"{TOTAL}, {SOMATIC} or {UNSTABLE}, {PERCENT} (msisensor-pro, MSIsensor2); {MANTIS_METRIC}, " + ", ".join(
    MANTIS_COLUMNS
)

MANTIS_THRESHOLD = 0.4
MANTIS_MARGIN = 0.05
"""Distance from the threshold within which a mean difference has no class: MANTIS gives it no interval."""

PAIRED = Cutoffs(
    high=0.10, stable=0.035, source="MSIsensor's authors: 10 % and more high, below 3.5 % stable (niu-lab/msisensor2#3)"
)
SENSOR2 = Cutoffs(
    high=0.20,
    stable=0.035,
    source="MSIsensor2's authors: 20 % and more high; below 3.5 % is stable for every program of the family",
)
NO_PROGRAM = "The table does not show which program wrote it, and their cutoffs differ"


@dataclass(frozen=True)
class SensorTable:
    """The one line of a table of the MSIsensor family."""

    total: int
    unstable: int
    percent: float
    column: str


def read_msi(paths: Sequence[str]) -> MicrosatelliteAssay:
    """Read the answer on microsatellite instability: this package's JSON, or a table of another program.

    Raises
    ------
    InputError
        More than one file, a damaged one, or one of an unknown layout.
    """
    if len(paths) != 1:
        raise InputError(f"{len(paths)} files on microsatellite instability, one is needed", path=paths[-1])
    path = Path(paths[0])
    text = read_text(path, "microsatellite table")
    source = source_file(path, "msi")
    if text.lstrip().startswith("{"):
        try:
            return MicrosatelliteAssay.model_validate_json(text).model_copy(update={"sources": (source,)})
        except ValueError as error:
            fix = "Make it anew with genomodel msi"
            raise InputError("this is no result of genomodel msi, or of another version", path=path, fix=fix) from error
    lines = [line for line in text.splitlines() if line.strip()]
    header = re.split(r"\t+", lines[0].strip()) if lines else []
    if header and header[0].strip() == MANTIS_METRIC:
        found = _mantis([[cell.strip() for cell in line.split("\t")] for line in lines], path)
    elif TOTAL in header:
        found = _sensor(_sensor_table(lines, path), path)
    else:
        shown = ", ".join(cell.strip() for cell in header)[:80]
        raise InputError(f"unknown layout, the first line is '{shown}'", path=path, row=1, fix=f"Columns: {EXPECTED}")
    return found.model_copy(update={"sources": (source,)})


def _sensor_table(lines: Sequence[str], path: Path) -> SensorTable:
    header = [cell.strip() for cell in lines[0].split("\t")]
    column = next((name for name in (SOMATIC, UNSTABLE) if name in header), None)
    if column is None or PERCENT not in header:
        raise InputError("columns are missing", path=path, row=1, fix=f"Columns: {EXPECTED}")
    if len(lines) != 2:
        fix = "Give the table of one tumor"
        raise InputError(f"{len(lines) - 1} lines of values, one is needed", path=path, row=2, fix=fix)
    row = dict(zip(header, (cell.strip() for cell in lines[1].split("\t")), strict=False))
    try:
        total = int(row[TOTAL])
        # Of no site at all the programs write 0 / 0.
        share = float(row[PERCENT]) if total else 0.0
        table = SensorTable(total, int(row[column]), share, column)
    except (KeyError, ValueError) as error:
        raise InputError(f"a value is missing or no number ({error})", path=path, row=2) from error
    if not 0 <= table.unstable <= table.total or not 0 <= table.percent <= 100:
        text = f"{table.unstable} of {table.total} sites and {table.percent} % cannot be"
        raise InputError(text, path=path, row=2)
    if table.total and abs(100 * table.unstable / table.total - table.percent) > 0.06:
        text = f"{table.unstable} of {table.total} sites is not {table.percent} %"
        fix = "msisensor-pro 1.3 overflows beyond 65,535 sites; restrict it to the assay"
        raise InputError(text, path=path, row=2, column=PERCENT, fix=fix)
    return table


def _program(path: Path, table: SensorTable) -> tuple[str, Cutoffs | None, str]:
    """Return program and mode, its cutoffs, and why it has none.

    msisensor-pro ``pro`` writes pro_p and pro_q into ``_all``, its ``msi`` and MSIsensor a P_value, MSIsensor2
    discrimination_value_ML into ``_somatic``.
    """
    beside = " ".join(_first_line(Path(f"{path}{ending}")) for ending in ("_all", "_somatic", "_unstable"))
    if "discrimination_value_ML" in beside:
        return "MSIsensor2, tumor only", SENSOR2, ""
    if "pro_p" in beside or "pro_q" in beside:
        reason = (
            "msisensor-pro publishes no cutoff for tumors without a normal, since it differs from panel to panel "
            "(xjtu-omics/msisensor-pro#4); the score alone is shown."
        )
        return "msisensor-pro pro, tumor only", None, reason
    if "P_value" in beside or Path(f"{path}_germline").is_file():
        name = "msisensor-pro msi" if table.column == UNSTABLE else "MSIsensor or msisensor-pro msi"
        return f"{name}, tumor against its normal", PAIRED, ""
    if table.column == UNSTABLE:
        reason = (
            "The table does not show whether msisensor-pro ran with a normal; without one it publishes no cutoff. "
            "Give the table beside the files that the program wrote with it."
        )
        return "msisensor-pro", None, reason
    return "MSIsensor, msisensor-pro msi or MSIsensor2 (not told)", SENSOR2, NO_PROGRAM


def _first_line(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open(encoding="utf-8", errors="replace") as handle:
        return handle.readline(4096)


def _sensor(table: SensorTable, path: Path) -> MicrosatelliteAssay:
    method, cutoffs, why_open = _program(path, table)
    k, n = table.unstable, table.total
    low, high = exact_interval(k, n) if n else (None, None)
    status, reason = InstabilityClass.INDETERMINATE, why_open
    if n < FEWEST_SITES:
        reason = f"Only {n} callable sites; at least {FEWEST_SITES} are needed."
    elif cutoffs is not None and low is not None and high is not None:
        status, reason = _by_cutoffs(k / n, low, high, cutoffs, why_open)
    return MicrosatelliteAssay(
        method=method,
        status=status,
        reason=reason,
        score=k / n if n else None,
        score_low=low,
        score_high=high,
        n_unstable=k,
        n_callable=n,
        cutoffs=cutoffs,
        measured_here=False,
    )


def _by_cutoffs(score: float, low: float, high: float, cutoffs: Cutoffs, why_open: str) -> tuple[InstabilityClass, str]:
    if score >= cutoffs.high and low > cutoffs.stable:
        return InstabilityClass.HIGH, ""
    if score < cutoffs.stable and high < (PAIRED.high if why_open else cutoffs.high):
        return InstabilityClass.STABLE, "Holds if there are enough tumor cells: the program was not asked about them."
    between = f"between the cutoffs of stable ({cutoffs.stable:.1%}) and high ({cutoffs.high:.0%})"
    if cutoffs.stable <= score < cutoffs.high:
        reason = f"The score lies {between}."
    else:
        reason = f"The interval of the score, {low:.1%} to {high:.1%}, does not bear a class: too few sites."
    return InstabilityClass.INDETERMINATE, f"{why_open}. {reason}" if why_open else reason


def _mantis(rows: Sequence[Sequence[str]], path: Path) -> MicrosatelliteAssay:
    header = list(rows[0])
    missing = [column for column in MANTIS_COLUMNS if column not in header]
    if missing:
        raise InputError(f"columns are missing: {', '.join(missing)}", path=path, row=1, fix=f"Columns: {EXPECTED}")
    found = next(((i, row) for i, row in enumerate(rows, start=1) if row[0] == DIFFERENCE), None)
    if found is None:
        raise InputError(f"there is no line '{DIFFERENCE}'", path=path, fix="Give the .status file of MANTIS")
    number, row = found
    cells = dict(zip(header, row, strict=False))
    try:
        value, threshold = float(cells["Value"]), float(cells["Threshold"])
    except (KeyError, ValueError) as error:
        raise InputError(f"value or threshold is missing or no number ({error})", path=path, row=number) from error
    if not 0 <= value <= 2:
        raise InputError(f"a mean step-wise difference of {value} cannot be", path=path, row=number, column="Value")
    if not 0 < threshold <= 2:
        raise InputError(f"a threshold of {threshold} cannot be", path=path, row=number, column="Threshold")
    own = "its default" if threshold == MANTIS_THRESHOLD else f"chosen in that run, not its default {MANTIS_THRESHOLD}"
    cutoffs = Cutoffs(high=threshold, stable=threshold, source=f"MANTIS, {own} (Kautto et al. 2017, PMID 27980218)")
    n_loci = _mantis_loci(path)
    status, reason = _by_loci(n_loci, *_mantis_class(value, threshold))
    return MicrosatelliteAssay(
        method="MANTIS, mean step-wise difference of tumor and normal",
        status=status,
        reason=reason,
        score=value,
        score_is_share=False,
        n_callable=n_loci,
        cutoffs=cutoffs,
        measured_here=False,
    )


def _mantis_loci(path: Path) -> int | None:
    """Return the loci that a ``.status`` rests on, ``None`` where MANTIS's table of them does not lie beside it.

    MANTIS writes ``OUT``, a line for each locus and their average below, and ``OUT.status``.
    """
    stem = path.name.removesuffix(".status")
    for name in (stem, f"{stem}.txt"):
        beside = path.with_name(name)
        if name == path.name or not beside.is_file():
            continue
        rows = [line.split("\t") for line in read_text(beside, "MANTIS's table of loci").splitlines()]
        if rows and [cell.strip() for cell in rows[0][: len(MANTIS_LOCI)]] == MANTIS_LOCI:
            return len({row[0].strip() for row in rows[1:] if _LOCUS.fullmatch(row[0].strip())})
    return None


def _by_loci(n_loci: int | None, status: InstabilityClass, reason: str) -> tuple[InstabilityClass, str]:
    if n_loci is not None and n_loci < FEWEST_SITES:
        return InstabilityClass.INDETERMINATE, f"Only {n_loci} loci; at least {FEWEST_SITES} are needed."
    if n_loci is None and status is InstabilityClass.STABLE:
        reason = (
            "The difference is low, and nothing tells on how many loci it rests. Give the table beside the one of loci "
            "that MANTIS wrote with it."
        )
        return InstabilityClass.INDETERMINATE, reason
    return status, reason


def _mantis_class(value: float, threshold: float) -> tuple[InstabilityClass, str]:
    if abs(value - threshold) < MANTIS_MARGIN:
        reason = (
            f"The difference is within {MANTIS_MARGIN} of the threshold {threshold:g}, and MANTIS gives no interval."
        )
        return InstabilityClass.INDETERMINATE, reason
    if value >= threshold and threshold < MANTIS_THRESHOLD:
        reason = f"Unstable only by a threshold below the published {MANTIS_THRESHOLD}."
        if value < MANTIS_THRESHOLD:
            return InstabilityClass.INDETERMINATE, reason
    if value >= threshold:
        return InstabilityClass.HIGH, ""
    if value >= MANTIS_THRESHOLD:
        return InstabilityClass.INDETERMINATE, f"Stable only by a threshold above the published {MANTIS_THRESHOLD}."
    return InstabilityClass.STABLE, "Holds if there are enough tumor cells: the program was not asked about them."
