"""Reads of a tumor and its normal without errors, whose bases carry known alleles with known shares."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pysam

CONTIG, LENGTH, READ = "chr1", 4000, 100
DEPTH = 60
HOMOZYGOUS = tuple(range(1000, 2000, 100))
HETEROZYGOUS = tuple(range(1050, 2050, 100))
SOMATIC = tuple(range(1025, 1825, 100))


class Allele(NamedTuple):
    pos: int
    share: float


class Sample(NamedTuple):
    name: str
    alleles: tuple[Allele, ...]


def germline(shift: int = 0) -> tuple[Allele, ...]:
    return (*(Allele(p + shift, 1.0) for p in HOMOZYGOUS), *(Allele(p + shift, 0.5) for p in HETEROZYGOUS))


TUMOR = Sample("P1_T", (*germline(), *(Allele(p, 0.25) for p in SOMATIC)))
NORMAL = Sample("P1_N", germline())


def write_reference(folder: Path) -> None:
    """Write a genome that ends in N, and a panel of one region."""
    bases = "".join(np.random.default_rng(5).choice(list("ACGT"), LENGTH - 1000))
    (folder / "ref.fa").write_text(f">{CONTIG}\n{bases}{'N' * 1000}\n>chr2\n{bases[:500]}\n")
    pysam.faidx(str(folder / "ref.fa"))
    (folder / "panel.bed").write_text(f"{CONTIG}\t900\t2100\tEGFR\n")


def write(folder: Path, stem: str, sample: Sample, *, seed: int, start: int = 800, end: int = 2200) -> Path:
    """Write reads without error whose bases carry each allele with its share."""
    rng = np.random.default_rng(seed)
    with pysam.FastaFile(str(folder / "ref.fa")) as fasta:
        reference = np.array(list(fasta.fetch(CONTIG)))
    header = {
        "HD": {"VN": "1.6", "SO": "coordinate"},
        "SQ": [{"SN": CONTIG, "LN": LENGTH}, {"SN": "chr2", "LN": 500}],
        "RG": [{"ID": "1", "SM": sample.name}],
    }
    path = folder / f"{stem}.bam"
    starts = np.sort(rng.integers(start, end - READ, DEPTH * (end - start) // READ))
    other = dict(zip("ACGTN", "CATGN", strict=True))
    with pysam.AlignmentFile(str(path), "wb", header=header) as handle:
        for number, at in enumerate(starts):
            bases = reference[at : at + READ].copy()
            for pos, share in sample.alleles:
                if at <= pos < at + READ and rng.random() < share:
                    bases[pos - at] = other[bases[pos - at]]
            read = pysam.AlignedSegment(handle.header)
            read.query_name, read.query_sequence, read.flag = f"s{seed}r{number}", "".join(bases), 0
            read.reference_id, read.reference_start, read.mapping_quality = 0, int(at), 60
            read.cigartuples, read.query_qualities = [(0, READ)], pysam.qualitystring_to_array("F" * READ)
            read.set_tag("RG", "1")
            handle.write(read)
    pysam.index(str(path))
    return path
