"""Seconds and memory of the hotspot assay on a deep panel and on deeper amplicons, beside samtools mpileup.

Processor seconds are told beside those of the clock, which are longer where others use the machine too; the ratio is of
processor seconds.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pysam

from genomodel.calls.hotspot_assay.assay import AssayedReads, ask_loci
from genomodel.calls.tools import find_tool
from genomodel.core.loci import EventKind, Locus, LocusClass, LocusEvent, LocusStatus

READ, INSERT, AMPLICON = 100, 250, 160
SPACING = 800
QUALITIES = tuple("".join(random.Random(i).choices("FFFFFFFF:,", k=READ)) for i in range(32))
ERRONEOUS = 0.1
"""Share of reads with one wrong base."""


def _read(rng: random.Random, text: str) -> str:
    if rng.random() < ERRONEOUS:
        at = rng.randrange(len(text))
        text = text[:at] + rng.choice("ACGT") + text[at + 1 :]
    return text


def _line(name: str, flag: int, start: int, mate: int, size: int, text: str, quality: str) -> str:
    return f"{name}\t{flag}\tchr1\t{start + 1}\t60\t{READ}M\t=\t{mate + 1}\t{size}\t{text}\t{quality}\tRG:Z:1\n"


def _pair(rng: random.Random, name: str, text: str, start: int, size: int) -> tuple[tuple[int, str], tuple[int, str]]:
    end = start + size - READ
    flags = (99, 147) if rng.random() < 0.5 else (163, 83)
    left, right = (_read(rng, text[at : at + READ]) for at in (start, end))
    one, two = rng.choice(QUALITIES), rng.choice(QUALITIES)
    return (start, _line(name, flags[0], start, end, size, left, one)), (
        end, _line(name, flags[1], end, start, -size, right, two),
    )  # fmt: skip


def _capture(rng: random.Random, text: str, centers: list[int], depth: int) -> Iterator[str]:
    """Yield sorted reads of fragments around each center, ``depth`` of them over it."""
    reach = INSERT + 100
    for number, center in enumerate(centers):
        rows = []
        for i in range(round(depth * reach / (2 * READ))):
            start = center - reach + rng.randrange(reach + 50)
            rows += _pair(rng, f"p{number}:{i}", text, start, INSERT)
        yield from (line for _, line in sorted(rows))


def _amplicons(rng: random.Random, text: str, centers: list[int], depth: int) -> Iterator[str]:
    """Yield sorted reads of amplicons, all of one start; both mates read the middle."""
    for number, center in enumerate(centers):
        start = center - AMPLICON // 2
        rows = [_pair(rng, f"a{number}:{i}", text, start, AMPLICON) for i in range(depth)]
        for mate in (0, 1):
            yield from (pair[mate][1] for pair in rows)


def write_alignment(folder: Path, kind: str, places: int, depth: int) -> tuple[Path, Path, list[Locus]]:
    """Write reads over loci; return the BAM, the reference and 500 loci, several to an amplicon."""
    rng = random.Random(1)
    text = "".join(rng.choices("ACGT", k=SPACING * (places + 2)))
    reference, bam = folder / "ref.fa", folder / f"{kind}{depth}.bam"
    reference.write_text(f">chr1\n{text}\n", encoding="ascii")
    pysam.faidx(str(reference))
    centers = [SPACING * (i + 1) for i in range(places)]
    make = _capture if kind == "panel" else _amplicons
    head = f"@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:chr1\tLN:{len(text)}\n@RG\tID:1\tSM:speed\n"
    command = [str(find_tool("samtools")), "view", "-b", "--output-fmt-option", "level=1", "-o", str(bam), "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as writer:
        assert writer.stdin is not None
        writer.stdin.write(head)
        writer.stdin.writelines(make(rng, text, centers, depth))
    pysam.index(str(bam))
    loci = []
    for i in range(500):
        first = centers[i % places] - 12 + 9 * (i // places)
        loci.append(
            Locus(
                id=f"G{i} X{i + 1}", gene=f"G{i}", locus_class=LocusClass.CODON, chrom="chr1",
                positions=(first, first + 1, first + 2), bases=text[first - 1 : first + 2], forward=True,
                events=(LocusEvent(kind=EventKind.SUBSTITUTION, longest=3),),
            )
        )  # fmt: skip
    return bam, reference, loci


def _run(bam: str, reference: str, loci: str) -> None:
    """Time one run in a process of its own, whose memory is then told."""
    asked = [Locus.model_validate(row) for row in json.loads(Path(loci).read_text(encoding="utf-8"))]
    start, cpu_start = time.perf_counter(), time.process_time()
    answers = ask_loci(asked, AssayedReads(Path(bam), Path(reference))).answers
    seconds = time.perf_counter() - start
    told = sum(answer.status is not LocusStatus.NOT_ASSESSABLE for answer in answers)
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu, memory = time.process_time() - cpu_start, used.ru_maxrss / 1024
    told_of = {"seconds": round(seconds, 1), "cpu_seconds": round(cpu, 1), "memory_mb": round(memory), "answered": told}
    print(json.dumps(told_of))


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _mpileup(bam: Path, reference: Path, loci: list[Locus], folder: Path) -> float:
    """Return the processor seconds of samtools mpileup over the same places."""
    bed = folder / "loci.bed"
    bed.write_text(
        "".join(f"chr1\t{min(locus.positions) - 1}\t{max(locus.positions)}\n" for locus in sorted(loci, key=_place)),
        encoding="ascii",
    )
    before = _children_cpu()
    command = ["samtools", "mpileup", "-d", "0", "-q", "20", "-Q", "20", "-l", str(bed), "-f", str(reference), str(bam)]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return _children_cpu() - before


def _place(locus: Locus) -> int:
    return min(locus.positions)


def measure_speed(*, quick: bool) -> list[dict[str, float | str]]:
    """Time the assay and samtools mpileup over 500 loci, in as many or fewer stretches of the genome."""
    runs = [("panel", 500, 100), ("amplicon", 200, 200)]
    if not quick:
        runs = [("panel", 500, 1000), ("amplicon", 50, 1000), ("amplicon", 50, 20_000), ("amplicon", 200, 20_000)]
    rows: list[dict[str, float | str]] = []
    for kind, places, depth in runs:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            bam, reference, loci = write_alignment(folder, kind, places, depth)
            asked = folder / "loci.json"
            asked.write_text(json.dumps([locus.model_dump(mode="json") for locus in loci]), encoding="utf-8")
            command = [sys.executable, "-m", "bench.hotspot_speed", str(bam), str(reference), str(asked)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            told = json.loads(done.stdout)
            pileup = _mpileup(bam, reference, loci, folder)
            rows.append(
                {
                    "library": kind, "stretches": places, "depth": depth, **told,
                    "mpileup_cpu_seconds": round(pileup, 1), "ratio": round(told["cpu_seconds"] / pileup, 2),
                }
            )  # fmt: skip
            print(rows[-1], flush=True)
    return rows


if __name__ == "__main__":
    _run(*sys.argv[1:])
