"""Aligned reads written directly: one amplicon, read from both ends, at any depth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pysam

LENGTH, START, END = 400, 100, 250
"""Length of the contig, and the amplicon on it; mates of 100 bases overlap by 50."""
READ = 100


def contig() -> str:
    """Bases of the contig."""
    return "".join(np.random.default_rng(11).choice(list("ACGT"), LENGTH))


def other_base(base: str) -> str:
    """Return the base that takes the place of another in a variant."""
    return {"A": "C", "C": "A", "G": "T", "T": "G"}[base]


def write_reference(folder: Path) -> Path:
    """Write the contig as FASTA with index and dictionary."""
    fasta = folder / "genome.fa"
    fasta.write_text(f">chr1\n{contig()}\n")
    pysam.faidx(str(fasta))
    pysam.samtools.dict("--uri", "genome.fa", "--output", str(folder / "genome.dict"), str(fasta), catch_stdout=False)
    return fasta


def write_pairs(
    path: Path, sample: str, *, pairs: int, carriers: int = 0, at: int = 160, errors: float = 0.0, seed: int = 1
) -> Path:
    """Write pairs over the amplicon, of which the first ``carriers`` have another base at ``at`` (0-based).

    Errors hit each base of each mate for itself.
    """
    rng = np.random.default_rng(seed)
    reference = contig()
    header = {
        "HD": {"VN": "1.6", "SO": "coordinate"},
        "SQ": [{"SN": "chr1", "LN": LENGTH}],
        "RG": [{"ID": "1", "SM": sample, "PL": "ILLUMINA"}],
    }
    plain = reference[START:END]
    mutated = plain[: at - START] + other_base(plain[at - START]) + plain[at - START + 1 :]
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        for start, first in ((START, True), (END - READ, False)):
            for index in range(pairs):
                molecule = mutated if index < carriers else plain
                bases = list(molecule[:READ] if first else molecule[-READ:])
                for place in np.flatnonzero(rng.random(READ) < errors):
                    bases[place] = other_base(bases[place])
                read = pysam.AlignedSegment(out.header)
                read.query_name = f"r{index:06d}"
                read.query_sequence = "".join(bases)
                read.query_qualities = pysam.qualitystring_to_array("I" * READ)
                # Half of the fragments were read from the other strand.
                forward_is_first = index % 2 == 0
                read.flag = 1 + 2 + (32 if first else 16) + (64 if first == forward_is_first else 128)
                read.reference_id, read.reference_start = 0, start
                read.mapping_quality, read.cigarstring = 60, f"{READ}M"
                read.next_reference_id, read.next_reference_start = 0, END - READ if first else START
                read.template_length = (END - START) if first else START - END
                read.set_tag("RG", "1")
                read.set_tag("MC", f"{READ}M")
                out.write(read)
    pysam.index(str(path))
    return path
