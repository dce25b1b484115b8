from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import numpy as np
import pysam
import pytest

from tests.workflow.conftest import snakemake, write_config

CONTIG, LENGTH, READ, PRIMER = "chr7", 3000, 100, 20
AMPLICONS = ((500, 660), (620, 780), (1500, 1660))
"""0-based ends, primers included; the first two overlap, so that primers of one lie within the other."""
UNDER_PRIMER = 630
"""A variant of the patient beneath the second amplicon's forward primer, which hides it from that amplicon's reads."""
DEPTH = 300
COMPLEMENT = str.maketrans("ACGT", "TGCA")

pytestmark = pytest.mark.slow


def genome() -> str:
    return "".join(np.random.default_rng(11).choice(list("ACGT"), LENGTH))


def other(base: str) -> str:
    return {"A": "C", "C": "A", "G": "T", "T": "G"}[base]


def write_reads(folder: Path, bases: str) -> tuple[Path, Path]:
    """Write reads of a patient who carries the variant on every chromosome; primers read as the reference."""
    rows: list[list[str]] = [[], []]
    for number, (start, end) in enumerate(AMPLICONS):
        inner = bases[start:end]
        if start + PRIMER <= UNDER_PRIMER < end - PRIMER:
            place = UNDER_PRIMER - start
            inner = inner[:place] + other(inner[place]) + inner[place + 1 :]
        for copy in range(DEPTH):
            mates = [inner[:READ], inner.translate(COMPLEMENT)[::-1][:READ]]
            for mate, read in enumerate(mates[:: 1 if copy % 2 else -1]):
                rows[mate].append(f"@a{number}c{copy}\n{read}\n+\n{'F' * READ}\n")
    paths = (folder / "amplicon.R1.fastq.gz", folder / "amplicon.R2.fastq.gz")
    for path, records in zip(paths, rows, strict=True):
        path.write_bytes(gzip.compress("".join(records).encode(), mtime=0))
    return paths


def primers(shift: int = 0, contig: str = CONTIG) -> str:
    places = [(start, start + PRIMER, "+") for start, _ in AMPLICONS] + [
        (end - PRIMER, end, "-") for _, end in AMPLICONS
    ]
    rows = [(start + shift, end + shift, strand) for start, end, strand in sorted(places)]
    return "".join(f"{contig}\t{start}\t{end}\tp{n}\t0\t{strand}\n" for n, (start, end, strand) in enumerate(rows))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reads with primers, the same as a BAM, without a primer BED, and with primers of another genome build."""
    folder = tmp_path_factory.mktemp("amplicon")
    bases = genome()
    (folder / "genome.fa").write_text(f">{CONTIG}\n{bases}\n")
    (folder / "genes.gff3").write_text("##gff-version 3\n")
    (folder / "primers.bed").write_text(primers())
    (folder / "shifted.bed").write_text(primers(shift=700))
    (folder / "panel.bed").write_text("".join(f"{CONTIG}\t{s + PRIMER}\t{e - PRIMER}\tEGFR\n" for s, e in AMPLICONS))
    first, second = write_reads(folder, bases)
    rows = ["patient\ttumor_type\tassay\tassay_bed\n"]
    rows += [f"{name}\tLUAD\tpanel\t{folder}/panel.bed\n" for name in ("reads", "bare", "shifted")]
    (folder / "patients.tsv").write_text("".join(rows))
    links = []
    for name in ("reads", "bare", "shifted"):
        pair = [folder / f"{name}.R{mate}.fastq.gz" for mate in (1, 2)]
        for link, source in zip(pair, (first, second), strict=True):
            link.symlink_to(source)
        links.append("\t".join(str(path) for path in pair))
    (folder / "samples.tsv").write_text(
        "patient\ttype\tfastq_1\tfastq_2\tlibrary\tprimer_bed\n"
        f"reads\ttumor\t{links[0]}\tamplicon\t{folder}/primers.bed\n"
        f"bare\ttumor\t{links[1]}\tamplicon\t\n"
        f"shifted\ttumor\t{links[2]}\tamplicon\t{folder}/shifted.bed\n"
    )
    config = write_config(folder, folder)
    results = folder / "results"
    targets = [str(results / "identity" / f"{name}.json") for name in ("reads", "bare", "shifted")]
    done = snakemake(folder, config, *targets)
    assert (results / "identity" / "reads.json").is_file(), done.stdout + done.stderr
    (folder / "run.txt").write_text(done.stdout + done.stderr)
    return folder


def test_the_run_begins_with_what_will_be_done_and_what_not(run: Path) -> None:
    told = (run / "run.txt").read_text()
    assert "reads: tumor-only, from fastq; tumor: amplicon, preservation not given" in told
    assert "primer clipping of the tumor (no primer_bed: the primers' bases count as the patient's)" in told
    assert told.index("candidates from: ") < told.index("Clip the primers of reads")


def aligned(path: Path) -> list[pysam.AlignedSegment]:
    with pysam.AlignmentFile(str(path)) as handle:
        return [read for read in handle if not read.is_unmapped]


def test_no_base_of_a_primer_is_left_and_no_read_is_a_duplicate(run: Path) -> None:
    path = run / "results" / "aligned" / "reads.tumor.clipped.bam"
    reads = aligned(path)
    assert len(reads) == 2 * DEPTH * len(AMPLICONS)
    assert not any(read.is_duplicate for read in reads)
    amplicons = Counter(int(str(read.query_name)[1]) for read in reads)
    assert amplicons == dict.fromkeys(range(len(AMPLICONS)), 2 * DEPTH)
    for read in reads:
        start, end = AMPLICONS[int(str(read.query_name)[1])]
        assert start + PRIMER <= read.reference_start
        assert (read.reference_end or 0) <= end - PRIMER
        assert "S" not in str(read.cigarstring)


def test_a_variant_beneath_a_neighboring_primer_is_seen_at_its_true_fraction(run: Path) -> None:
    def fraction(path: Path) -> float:
        with pysam.AlignmentFile(str(path)) as handle:
            counts = handle.count_coverage(CONTIG, UNDER_PRIMER, UNDER_PRIMER + 1, quality_threshold=0)
        seen = {base: int(column[0]) for base, column in zip("ACGT", counts, strict=True)}
        return seen[other(genome()[UNDER_PRIMER])] / sum(seen.values())

    assert fraction(run / "results" / "aligned" / "reads.tumor.clipped.bam") == 1
    assert 0.4 < fraction(run / "results" / "aligned" / "bare.tumor.merged.bam") < 0.7


def test_mates_are_told_of_each_other_after_clipping(run: Path) -> None:
    pairs: dict[str, list[pysam.AlignedSegment]] = {}
    for read in aligned(run / "results" / "aligned" / "reads.tumor.clipped.bam"):
        pairs.setdefault(str(read.query_name), []).append(read)
    for one, two in pairs.values():
        assert one.next_reference_start == two.reference_start
        assert one.get_tag("MC") == two.cigarstring
        assert abs(one.template_length) == abs(two.template_length) == 120


def test_without_primers_the_lanes_are_merged_and_nothing_is_a_duplicate(run: Path) -> None:
    reads = aligned(run / "results" / "aligned" / "bare.tumor.merged.bam")
    assert len(reads) == 2 * DEPTH * len(AMPLICONS)
    assert not any(read.is_duplicate for read in reads)
    assert min(read.reference_start for read in reads) == AMPLICONS[0][0]


def test_primers_that_no_read_begins_with_are_refused(run: Path) -> None:
    assert not (run / "results" / "aligned" / "shifted.tumor.clipped.bam").exists()
    log = (run / "results" / "logs" / "clip_primers" / "shifted.tumor.log").read_text()
    assert "shifted.bed, column 'primer_bed': 0 of 1800 reads begin or end in a primer" in log
    assert "leave primer_bed empty where the reads come without primers" in log


def test_primers_and_marks_of_duplicates_of_a_given_alignment_are_taken_off(run: Path, tmp_path: Path) -> None:
    bam = tmp_path / "given.bam"
    source = run / "results" / "aligned" / "bare.tumor.merged.bam"
    with pysam.AlignmentFile(str(source)) as handle, pysam.AlignmentFile(str(bam), "wb", template=handle) as out:
        for number, read in enumerate(handle):
            read.is_duplicate = number > 0
            out.write(read)
    pysam.index(str(bam))
    (tmp_path / "patients.tsv").write_text("patient\ttumor_type\tassay\nP1\tLUAD\tpanel\n")
    (tmp_path / "samples.tsv").write_text(
        f"patient\ttype\tbam\tlibrary\tprimer_bed\nP1\ttumor\t{bam}\tamplicon\t{run}/primers.bed\n"
    )
    clipped = tmp_path / "results" / "aligned" / "P1.tumor.clipped.bam"
    done = snakemake(tmp_path, write_config(tmp_path, run), str(clipped))
    assert done.returncode == 0, done.stdout + done.stderr
    expected = aligned(run / "results" / "aligned" / "reads.tumor.clipped.bam")
    assert [read.reference_start for read in aligned(clipped)] == [read.reference_start for read in expected]
    assert not any(read.is_duplicate for read in aligned(clipped))
