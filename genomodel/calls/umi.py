"""Unique molecular identifiers: whether a read structure fits the reads, and what consensus made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from genomodel.calls.tools import find_tool
from genomodel.calls.vcf_text import read_lines
from genomodel.core.base import Noun
from genomodel.core.errors import InputError
from genomodel.core.specimens import UmiDesign, read_segments
from genomodel.files import write_text

PROFILED_PAIRS = 20_000
"""Pairs whose identifiers are looked at; lengths are checked in all."""
FEWEST_PAIRS = 200
"""Pairs below which identifiers are too few to tell a constant base from chance."""
CONSTANT = 0.95
"""Share of one base at which a place is no identifier: adapters repeat one base, identifiers do not."""
UNREAD = 0.5
LEAST_KEPT = 0.1
LEAST_DUPLEX = 0.01


def require_umi_program(patients: Sequence[str], *, provided: bool = False) -> None:
    """Refuse a run whose samples have identifiers where nothing is installed that reads them.

    Without it the identifiers would be aligned as if they were the patient's bases, so that nothing stands in for it.

    Raises
    ------
    InputError
        fgumi is needed and not installed; ``provided`` says that conda brings it along.
    """
    if patients and not provided and find_tool("fgumi") is None:
        more = f" and {len(patients) - 1} more" if len(patients) > 1 else ""
        fix = "Install fgumi, name its folder in GENOMODEL_TOOLS, or run with --sdm conda"
        raise InputError(f"fgumi is not installed, and samples of {patients[0]}{more} have identifiers (umi)", fix=fix)


class UmiFit:
    """Collects what the mates of a library hold where a design says that identifiers are."""

    def __init__(self, design: UmiDesign) -> None:
        self._design = design
        self._segments = [read_segments(text) for text in design.read_structures]
        self._places = [_umi_places(text) for text in design.read_structures]
        self._fixed = [sum(piece.length or 0 for piece in pieces) for pieces in self._segments]
        self._open = [pieces[-1].length is None for pieces in self._segments]
        self._bases = [[Counter[int]() for _ in places] for places in self._places]
        self._pairs = 0

    def add(self, mates: tuple[bytes, bytes], rows: tuple[int, int], paths: tuple[Path, Path]) -> None:
        """Look at one pair.

        Raises
        ------
        InputError
            A read is shorter than its structure, or longer than one that ends in a fixed length.
        """
        for mate, bases in enumerate(mates):
            length, fixed = len(bases), self._fixed[mate]
            if length < fixed + self._open[mate]:
                what = f"the read has {length} bases, and {self._name(mate)} needs at least {fixed + self._open[mate]}"
                fix = "Give the reads as sequenced, not trimmed, or correct umi in the samples sheet"
                raise InputError(what, path=paths[mate], row=rows[mate] + 1, column="umi", fix=fix)
            if length > fixed and not self._open[mate]:
                what = f"the read has {length} bases, of which {self._name(mate)} names {fixed}"
                fix = "End the structure with +T to take the rest of the read"
                raise InputError(what, path=paths[mate], row=rows[mate] + 1, column="umi", fix=fix)
            if self._pairs < PROFILED_PAIRS:
                for place, counts in zip(self._places[mate], self._bases[mate], strict=True):
                    counts[bases[place]] += 1
        self._pairs += 1

    def require(self, paths: tuple[Path, Path]) -> None:
        """Say whether the identifiers look like identifiers; fewer than :data:`FEWEST_PAIRS` pairs tell nothing.

        Raises
        ------
        InputError
            A place of the identifier holds one base, or no readable one, in nearly all reads.
        """
        seen = min(self._pairs, PROFILED_PAIRS)
        if seen < FEWEST_PAIRS:
            return
        for mate, path in enumerate(paths):
            for place, counts in zip(self._places[mate], self._bases[mate], strict=True):
                base, most = counts.most_common(1)[0]
                if chr(base) in "Nn" and most > UNREAD * seen:
                    what = f"base {place + 1} is N in {most / seen:.0%} of the reads, where {self._name(mate)} has M"
                elif most >= CONSTANT * seen:
                    what = (
                        f"base {place + 1} is {chr(base)} in {most / seen:.0%} of the reads, where {self._name(mate)} "
                        "has M: an identifier differs from molecule to molecule"
                    )
                else:
                    continue
                fix = "Correct umi in the samples sheet to the kit's read structure"
                raise InputError(what, path=path, column="umi", fix=fix)

    def _name(self, mate: int) -> str:
        return f"the read structure {self._design.read_structures[mate]}"


def _umi_places(structure: str) -> list[int]:
    """Return the 0-based places of a read that belong to its identifier; those of open length are left aside."""
    places: list[int] = []
    start = 0
    for piece in read_segments(structure):
        if piece.operator == "M" and piece.length is not None:
            places += range(start, start + piece.length)
        start += piece.length or 0
    return places


class UmiQuality(Noun):
    """What became of the reads of a library with identifiers."""

    kind: str
    raw_reads: int
    """Mapped reads that entered grouping."""
    used_reads: int
    """Reads that are part of a consensus."""
    molecules: int
    duplex_molecules: int | None
    """Molecules of which both strands were read; ``None`` for simplex."""
    consensus_reads: int
    """Reads written after filtering, two for each molecule."""
    min_reads: str
    """Fewest raw reads of a consensus base, as fgumi takes it."""
    family_sizes: dict[int, int]
    """Number of families by raw pairs: molecules for simplex, strands of molecules for duplex."""

    @property
    def kept(self) -> float:
        """Share of the molecules that consensus reads were written for."""
        return self.consensus_reads / 2 / self.molecules if self.molecules else 0.0

    def lines(self) -> list[str]:
        """Return the table ``measure``, ``value``."""
        families = sum(self.family_sizes.values())
        pairs = sum(size * count for size, count in self.family_sizes.items())
        rows: list[tuple[str, object]] = [
            ("kind", self.kind),
            ("raw_reads", self.raw_reads),
            ("share_of_reads_used", f"{self.used_reads / self.raw_reads if self.raw_reads else 0:.4f}"),
            ("molecules", self.molecules),
        ]
        if self.duplex_molecules is not None:
            rows += [
                ("duplex_molecules", self.duplex_molecules),
                ("duplex_yield", f"{self.duplex_molecules / self.molecules if self.molecules else 0:.4f}"),
            ]
        rows += [
            ("min_reads", self.min_reads),
            ("consensus_reads", self.consensus_reads),
            ("share_of_molecules_kept", f"{self.kept:.4f}"),
            ("mean_family_size", f"{pairs / families if families else 0:.2f}"),
            *((f"family_size_{size}", count) for size, count in sorted(self.family_sizes.items())),
        ]
        return ["measure\tvalue\n", *(f"{name}\t{value}\n" for name, value in rows)]


def measure_umis(metrics: str | Path, design: UmiDesign, min_reads: str, out: str | Path) -> UmiQuality:
    """Collect what fgumi measured, write it as one table, and refuse a yield that no analysis should rest on.

    Parameters
    ----------
    metrics
        Folder with ``group.family_sizes.txt``, ``group.grouping_metrics.txt``, ``consensus.txt``, ``filter.txt`` and,
        for duplex, ``molecules.duplex_family_sizes.txt``, as fgumi 0.9 writes them.
    design
        The library's identifiers.
    min_reads
        What the consensus was filtered by.
    out
        Table to write; written before a low yield is refused, so that it can be looked at.

    Raises
    ------
    InputError
        A file is missing or of another shape; no read was grouped; or so few molecules were read twice, or from both
        strands, that the design cannot be that of the library.
    """
    folder = Path(metrics)
    grouping = _columns(folder / "group.grouping_metrics.txt")[0]
    sizes = {int(row["family_size"]): int(row["count"]) for row in _columns(folder / "group.family_sizes.txt")}
    consensus = {row["key"]: row["value"] for row in _columns(folder / "consensus.txt")}
    duplex = None
    molecules = sum(sizes.values())
    if design.kind == "duplex":
        strands = _columns(folder / "molecules.duplex_family_sizes.txt")
        molecules = sum(int(row["count"]) for row in strands)
        duplex = sum(int(row["count"]) for row in strands if int(row["ba_size"]) > 0)
    quality = UmiQuality(
        kind=design.kind,
        raw_reads=sum(int(count) for count in grouping.values()),
        used_reads=int(consensus["raw_reads_used"]),
        molecules=molecules,
        duplex_molecules=duplex,
        consensus_reads=int(_columns(folder / "filter.txt")[0]["passed_reads"]),
        min_reads=min_reads,
        family_sizes=sizes,
    )
    write_text(out, "".join(quality.lines()))
    _require_yield(quality, design, Path(out))
    return quality


def _require_yield(quality: UmiQuality, design: UmiDesign, table: Path) -> None:
    if not quality.molecules:
        fix = "Check that the reads are of this reference, and umi in the samples sheet"
        raise InputError("no read was grouped into a molecule", path=table, column="umi", fix=fix)
    if quality.duplex_molecules is not None and quality.duplex_molecules < LEAST_DUPLEX * quality.molecules:
        what = f"{quality.duplex_molecules} of {quality.molecules} molecules were read from both strands"
        fix = f"Check the read structures '{design}'; a library without duplex adapters is simplex"
        raise InputError(what, path=table, column="umi", fix=fix)
    if quality.kept < LEAST_KEPT:
        single = quality.family_sizes.get(1, 0) / sum(quality.family_sizes.values())
        what = (
            f"{quality.kept:.1%} of {quality.molecules} molecules have the {quality.min_reads} reads that are asked "
            f"for, and {single:.0%} of the families have one: identifiers are nearly all distinct"
        )
        lower = f"umi: {design.kind}_min_reads"
        fix = f"Check the read structures; where molecules were read about once each, set {lower} to 1 in the config"
        raise InputError(what, path=table, column="umi", fix=fix)


def _columns(path: Path) -> list[dict[str, str]]:
    lines: Iterable[list[str]] = [line.split("\t") for _, line in read_lines(path, "metrics of fgumi") if line]
    header, *rows = lines
    if not rows:
        raise InputError("the metrics of fgumi have no row", path=path, fix="The version of envs/fgumi.yaml is needed")
    return [dict(zip(header, row, strict=False)) for row in rows]
