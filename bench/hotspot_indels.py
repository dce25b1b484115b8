"""Spiked reads: which share of the fragments with an insertion or deletion the hotspot assay recognizes.

For each kind and length, molecules with the event are drawn at loci of random sequence, read from both ends, aligned
by bwa mem and read by the assay. The share recognized is told beside the depth that the assay counts where no event
is, so that a limit on recognized fragments becomes one on molecules. What is shipped is the lower end: the second
lowest of 16 loci, at the worst length of the range and the worst number of random bases beside or between.

``python -m bench.hotspot_indels`` rewrites the shipped table. ``make bench-hotspots`` asks at the real loci, which had
no part in it, how often limits hold and how wide they are.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pysam

from genomodel.calls.fragments import ReadLimits
from genomodel.calls.hotspot_assay import recognition
from genomodel.calls.hotspot_assay.lengths import asks
from genomodel.calls.hotspot_assay.windows import Window, WindowCounts, read_window
from genomodel.calls.tools import run_tool
from genomodel.core.codons import reverse_complement
from genomodel.core.loci import EventKind, LocusEvent
from genomodel.files import write_text

READ_LENGTHS = (75, 100, 150)
RANGES: dict[EventKind, tuple[tuple[int, ...], ...]] = {
    EventKind.DELETION: ((1, 2), (3, 9), (10, 24), (25, 40), (41, 60)),
    EventKind.INSERTION: ((1, 3), (4, 9), (10, 15), (16, 21)),
    EventKind.DUPLICATION: ((3, 9), (10, 30), (31, 60), (61, 100), (101, 150), (151, 200)),
}
"""Lengths that are spiked; the first and last of each are the ends of a row of the table."""
FILLERS = (0, 6, 15)
"""Random bases that are spiked between the copies of a duplication, at most half of the bases gained."""
OTHERS: dict[EventKind, tuple[int, ...]] = {EventKind.DELETION: (0, 3, 6), EventKind.INSERTION: (0,)}
"""Bases that are exchanged for random ones beside those lost or gained, at most as many. Of insertions in whose place
bases are lost far fewer fragments are recognized; the answers do not speak of them."""
LOCI, FRAGMENTS = 16, 600
CONTIG, PLACE, LONGEST = 1200, 600, 200
INSERT_MEAN, INSERT_SD = 220.0, 40.0
READ_ERRORS = 0.002
OUTLYING = 1
"""Loci whose share is passed over from below, so that the noise of one does not set the table."""


@dataclass(frozen=True)
class SpikedLocus:
    """A stretch of reference and the 0-based place in it at which events are put."""

    name: str
    sequence: str
    place: int


@dataclass(frozen=True)
class Recognition:
    """Fragments at one locus: depth without the event, and those in which a spiked or a false event was seen."""

    locus: str
    depth: int
    recognized: int
    false: int

    @property
    def share(self) -> float:
        """Share of the molecules with the event that are recognized."""
        return self.recognized / max(1, self.depth)


def random_loci(rng: np.random.Generator, count: int = LOCI) -> list[SpikedLocus]:
    """Draw loci of random sequence."""
    return [SpikedLocus(f"locus{i}", "".join(rng.choice(list("ACGT"), CONTIG).tolist()), PLACE) for i in range(count)]


def fillers(kind: EventKind, length: int) -> tuple[int, ...]:
    """Return how many random bases are spiked beside the bases lost or gained, or of these between two copies."""
    if kind is EventKind.DUPLICATION:
        return tuple(sorted({min(filler, length // 2) for filler in FILLERS}))
    return tuple(sorted({min(others, length) for others in OTHERS[kind]}))


def with_event(locus: SpikedLocus, kind: EventKind, length: int, rng: np.random.Generator, filler: int = 0) -> str:
    """Return a locus with an event; inserted bases are random, duplicated ones those before the place.

    Of the bases that a duplication gains, ``filler`` are random ones between the two copies; at a deletion or insertion
    as many more are exchanged for random ones.
    """
    text, at = locus.sequence, locus.place
    if kind is EventKind.DELETION:
        return text[:at] + _random(rng, filler) + text[at + length + filler :]
    if kind is EventKind.DUPLICATION:
        return text[:at] + _random(rng, filler) + text[at - (length - filler) :]
    return text[:at] + _random(rng, length + filler) + text[at + filler :]


def _random(rng: np.random.Generator, length: int) -> str:
    return "".join(rng.choice(list("ACGT"), length).tolist()) if length else ""


def _fastq(
    rng: np.random.Generator, sequences: dict[str, str], fragments: int, read_length: int
) -> tuple[list[str], list[str]]:
    """Read molecules of each sequence, equally dense on all of them, from both ends."""
    mates: tuple[list[str], list[str]] = ([], [])
    per_base = fragments / (2 * read_length)
    for name, text in sequences.items():
        sizes = rng.normal(INSERT_MEAN, INSERT_SD, round(per_base * len(text))).round().astype(int)
        sizes = np.clip(sizes, read_length, 600)
        starts = rng.integers(0, len(text), len(sizes))
        inside = starts + sizes <= len(text)
        for i, (start, size) in enumerate(zip(starts[inside].tolist(), sizes[inside].tolist(), strict=True)):
            molecule = text[start : start + size]
            ends = [molecule[:read_length], reverse_complement(molecule[-read_length:])]
            if rng.random() < 0.5:
                ends.reverse()
            for mate, bases in zip(mates, ends, strict=True):
                mate.append(f"@{name}:{i}\n{_misread(rng, bases)}\n+\n{'F' * len(bases)}\n")
    return mates


def _misread(rng: np.random.Generator, bases: str) -> str:
    wrong = np.flatnonzero(rng.random(len(bases)) < READ_ERRORS)
    letters = list(bases)
    for i in wrong.tolist():
        letters[i] = "ACGT"[("ACGT".index(letters[i]) + int(rng.integers(1, 4))) % 4] if letters[i] in "ACGT" else "N"
    return "".join(letters)


def align(
    folder: Path, reference: Path, sequences: dict[str, str], rng: np.random.Generator, fragments: int, length: int
) -> Path:
    """Align reads of molecules to the reference; returns a sorted, indexed BAM."""
    paths = [folder / f"mate{i}.fq" for i in (1, 2)]
    for path, rows in zip(paths, _fastq(rng, sequences, fragments, length), strict=True):
        path.write_text("".join(rows), encoding="ascii")
    sam, bam = folder / "reads.sam", folder / "reads.bam"
    run_tool(["bwa", "mem", "-v", "1", "-R", r"@RG\tID:1\tSM:spiked", reference, *paths], stdout=sam)
    pysam.sort("-o", str(bam), str(sam))
    pysam.index(str(bam))
    return bam


class SpikedReads:
    """Reads of one length with events at loci, aligned to the loci without them.

    Parameters
    ----------
    folder
        Where reads and alignments are written.
    loci
        Where events are put.
    read_length, fragments
        Bases of the reads, and depth in fragments.
    seed
        Same seed, same reads.
    """

    def __init__(
        self, folder: Path, loci: Sequence[SpikedLocus], read_length: int, fragments: int = FRAGMENTS, seed: int = 1
    ) -> None:
        self.folder, self.loci, self.read_length, self.fragments, self.seed = (
            folder, loci, read_length, fragments, seed,
        )  # fmt: skip
        self.reference = folder / "ref.fa"
        self.reference.write_text("".join(f">{locus.name}\n{locus.sequence}\n" for locus in loci), encoding="ascii")
        pysam.faidx(str(self.reference))
        run_tool(["bwa", "index", self.reference])
        self._plain = self._read({locus.name: locus.sequence for locus in loci}, np.random.default_rng([seed, 0]))

    def _read(self, sequences: dict[str, str], rng: np.random.Generator) -> dict[str, WindowCounts]:
        bam = align(self.folder, self.reference, sequences, rng, self.fragments, self.read_length)
        found = {}
        with pysam.AlignmentFile(str(bam)) as reads, pysam.FastaFile(str(self.reference)) as fasta:
            for locus in self.loci:
                # Exchanged bases may be laid out on either side of what is lost or gained.
                span = (locus.place - 3, locus.place + 3 + max(max(others) for others in OTHERS.values()))
                window = Window(locus.name, span[0] - 5, span[1] + 5, *span, (), (span,), LONGEST)
                found[locus.name] = read_window(reads, fasta, window, ReadLimits())
        return found

    def recognize(self, kind: EventKind, length: int, filler: int = 0) -> list[Recognition]:
        """Spike an event at each locus and count the fragments in which the assay sees it, and what it sees without.

        Parameters
        ----------
        kind, length
            Event and the bases that it loses or gains.
        filler
            Those of a duplication's bases that are random ones between its copies, or bases exchanged beside others.
        """
        rng = np.random.default_rng([self.seed, self.read_length, length, list(EventKind).index(kind), filler])
        event = LocusEvent(kind=kind, shortest=length, longest=length)
        changed = {locus.name: with_event(locus, kind, length, rng, filler) for locus in self.loci}
        spiked = self._read(changed, rng)
        return [
            Recognition(
                locus.name,
                int(self._plain[locus.name].counts[8, :, :, :4].sum()),
                _events(spiked[locus.name], event),
                _events(self._plain[locus.name], event),
            )
            for locus in self.loci
        ]


def _events(found: WindowCounts, event: LocusEvent) -> int:
    return sum(n for seen, n in found.events[0].items() if asks(event, seen.change))


def measure_table(seed: int = 1, read_lengths: Sequence[int] = READ_LENGTHS) -> list[recognition.Recognized]:
    """Measure every row of the shipped table."""
    rows = []
    for read_length in read_lengths:
        with tempfile.TemporaryDirectory() as name:
            loci = random_loci(np.random.default_rng([seed, read_length]))
            reads = SpikedReads(Path(name), loci, read_length, seed=seed)
            for kind, ranges in RANGES.items():
                for lengths in ranges:
                    shares = [
                        sorted(row.share for row in reads.recognize(kind, length, filler))
                        for length in lengths
                        for filler in fillers(kind, length)
                    ]
                    least = round(min(found[OUTLYING] for found in shares), 3)
                    rows.append(recognition.Recognized(kind, lengths[0], lengths[-1], read_length, least))
                    print(rows[-1], flush=True)
    return rows


def write_table(rows: Sequence[recognition.Recognized]) -> None:
    """Write the table into the package."""
    head = [
        "# Share of the fragments with a spiked event that the hotspot assay recognizes; lower end of 16 random loci.",
        "# Duplications with none, 6 and 15 random bases between the copies, at most half of those gained, deletions",
        "# with none, 3 and 6 more bases exchanged for random ones, insertions with no base lost.",
        "# Made by bench/hotspot_indels.py (bwa mem, fragments of 220 +- 40 bases); do not edit by hand.",
        "kind\tshortest\tlongest\tread_length\tshare",
    ]
    lines = [f"{r.kind.value}\t{r.shortest}\t{r.longest}\t{r.read_length}\t{r.share:.3f}" for r in rows]
    write_text(Path(recognition.__file__).parent / recognition.TABLE, "\n".join([*head, *lines]) + "\n")


if __name__ == "__main__":
    write_table(measure_table())
