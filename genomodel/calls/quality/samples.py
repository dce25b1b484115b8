"""What the report tells of a patient's reads before anything was called."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from genomodel.calls.vcf_text import read_lines
from genomodel.core.errors import InputError
from genomodel.core.report import QualityMetric


def read_measures(path: str | Path) -> dict[str, str]:
    """Return the values of a table ``measure``, ``value`` by measure, those of one measure joined.

    Raises
    ------
    InputError
        The table is missing or damaged.
    """
    rows = [line.split("\t") for _, line in read_lines(path, "table of measures")]
    if not rows or rows[0] != ["measure", "value"] or any(len(row) != 2 for row in rows):
        raise InputError("this is no table of measures", path=path, fix="Make it again with the workflow")
    measures: dict[str, str] = {}
    for name, value in rows[1:]:
        measures[name] = f"{measures[name]} {value}" if name in measures else value
    return measures


def reads_quality(molecules: Mapping[str, str | Path]) -> tuple[QualityMetric, ...]:
    """Return what is told, by sample, of molecules with identifiers.

    Parameters
    ----------
    molecules
        Tables of :func:`genomodel.calls.umi.measure_umis` by ``tumor`` and ``normal``.

    Raises
    ------
    InputError
        A table is missing or damaged.
    """
    metrics: list[QualityMetric] = []
    for kind, table in molecules.items():
        found = read_measures(table)
        families = f"{found['molecules']} molecules, on average read {found['mean_family_size']} times"
        if "duplex_yield" in found:
            families = f"{found['molecules']} molecules, {float(found['duplex_yield']):.0%} read from both strands"
        rows = {
            f"Molecules of the {kind} ({found['kind']} identifiers)": families,
            f"Molecules of the {kind} kept (at least {found['min_reads']} reads)": (
                f"{float(found['share_of_molecules_kept']):.0%}"
            ),
            f"Reads of the {kind} that are part of a consensus": f"{float(found['share_of_reads_used']):.0%}",
            f"Families of the {kind} by size": _histogram(found),
        }
        metrics += [QualityMetric(name=name, value=value) for name, value in rows.items()]
    return tuple(metrics)


def _histogram(measures: Mapping[str, str]) -> str:
    prefix, largest = "family_size_", 5
    sizes = {int(name.removeprefix(prefix)): int(n) for name, n in measures.items() if name.startswith(prefix)}
    total = sum(sizes.values())
    if not total:
        return "none"
    parts = [f"{size}: {sizes.get(size, 0) / total:.0%}" for size in range(1, largest)]
    more = sum(count for size, count in sizes.items() if size >= largest)
    return ", ".join([*parts, f"{largest} or more: {more / total:.0%}"])
