"""Genotypes of a patient's samples in a small table, for comparison with all other patients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from genomodel.calls.identity.likelihood import call_genotypes
from genomodel.calls.identity.sites import Fragments, Sites
from genomodel.calls.identity.survey import Place
from genomodel.calls.shards import Region
from genomodel.calls.vcf_text import read_lines
from genomodel.core.errors import InputError
from genomodel.files import write_text

Ints = npt.NDArray[np.int64]

CONFIDENT = 20
"""Phred-scaled quality from which a genotype is compared."""
COLUMNS = ("chrom", "pos", "ref", "alt", "frequency")
OF_SAMPLE = ("ref_fragments", "alt_fragments", "genotype", "quality")
COVERED = "#covered"


@dataclass(frozen=True)
class PatientGenotypes:
    """What a table holds; genotypes are copies of the alternate allele, -1 where they are not sure."""

    places: tuple[Place, ...]
    frequency: npt.NDArray[np.float64]
    """Shape (sites,), not a number where it is not known."""
    genotypes: dict[str, Ints]
    """By ``tumor`` and ``normal``."""
    covered: tuple[Region, ...] | None
    """Where the samples have the reference's base at all places that are not named; ``None`` where only named places
    tell, as with common sites."""


def write_genotypes(
    out: str | Path, sites: Sites, fragments: Mapping[str, Fragments], covered: Sequence[Region] | None
) -> None:
    """Write genotypes with their fragments; same input, same bytes."""
    called = {name: call_genotypes(f.ref, f.alt, frequency=sites.frequency) for name, f in fragments.items()}
    header = [*COLUMNS, *(f"{name}_{column}" for name in fragments for column in OF_SAMPLE)]
    lines = [f"{COVERED}\t{name}\t{start}\t{end}" for name, start, end in covered or ()]
    lines.append("\t".join(header))
    for row, place in enumerate(sites.places):
        frequency = "." if sites.frequency is None else f"{sites.frequency[row]:.4g}"
        cells = [place.chrom, str(place.pos + 1), place.ref, place.alt, frequency]
        for name, found in fragments.items():
            genotype, quality = (values[row] for values in called[name])
            cells += [str(found.ref[row]), str(found.alt[row]), str(genotype), str(quality)]
        lines.append("\t".join(cells))
    write_text(out, "\n".join(lines) + "\n")


def read_genotypes(path: str | Path) -> PatientGenotypes:
    """Read what :func:`write_genotypes` wrote; genotypes of a lower quality than :data:`CONFIDENT` are -1.

    Raises
    ------
    InputError
        The file is missing, or damaged: the row is named.
    """
    rows = [(number, line.split("\t")) for number, line in read_lines(path, "table of genotypes")]
    covered = [cells for _, cells in rows if cells[0] == COVERED]
    table = [(number, cells) for number, cells in rows if cells[0] != COVERED]
    fix = "Make it again: genomodel check-samples"
    if not table or tuple(table[0][1][: len(COLUMNS)]) != COLUMNS:
        raise InputError("this is no table of genotypes", path=path, fix=fix)
    header = table[0][1]
    names = [column.removesuffix("_genotype") for column in header if column.endswith("_genotype")]
    places, frequency = [], []
    genotypes: dict[str, list[int]] = {name: [] for name in names}
    for number, cells in table[1:]:
        try:
            values = dict(zip(header, cells, strict=True))
            places.append(Place(values["chrom"], int(values["pos"]) - 1, values["ref"], values["alt"]))
            frequency.append(float("nan") if values["frequency"] == "." else float(values["frequency"]))
            for name in names:
                sure = int(values[f"{name}_quality"]) >= CONFIDENT
                genotypes[name].append(int(values[f"{name}_genotype"]) if sure else -1)
        except (ValueError, KeyError) as error:
            raise InputError(f"this row of genotypes is damaged ({error})", path=path, row=number, fix=fix) from error
    try:
        regions = tuple((name, int(start), int(end)) for _, name, start, end in covered)
    except ValueError as error:
        raise InputError(f"the covered regions are damaged ({error})", path=path, fix=fix) from error
    return PatientGenotypes(
        tuple(places),
        np.array(frequency, dtype=np.float64),
        {name: np.array(values, dtype=np.int64) for name, values in genotypes.items()},
        regions or None,
    )
