"""Reads of molecules with identifiers, some of which carry one variant."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np

COMPLEMENT = str.maketrans("ACGT", "TGCA")
CONTIG, LENGTH, SITE = "chr1", 3000, 1500
"""``SITE`` is the 0-based place of the variant; every molecule covers it."""
CODING = 1200, 1800
READ_LENGTH, UMI_LENGTH, SKIPPED = 100, 6, 2


def write_reference(folder: Path, seed: int = 1) -> str:
    """Write a random genome with one coding transcript around the variant, and return its bases."""
    rng = np.random.default_rng(seed)
    bases = "".join(rng.choice(list("ACGT"), LENGTH))
    codons = [bases[at : at + 3] for at in range(CODING[0], CODING[1] - 6, 3)]
    open_frame = ["C" + codon[1:] if codon in ("TAA", "TAG", "TGA") else codon for codon in codons]
    bases = bases[: CODING[0]] + "ATG" + "".join(open_frame) + "TAA" + bases[CODING[1] :]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "genome.fa").write_text(f">{CONTIG}\n{bases}\n")
    features = (
        ("gene", ".", "ID=gene:G1;Name=EGFR;biotype=protein_coding"),
        ("transcript", ".", "ID=transcript:T1;Parent=gene:G1;biotype=protein_coding"),
        ("exon", ".", "Parent=transcript:T1"),
        ("CDS", "0", "Parent=transcript:T1"),
    )
    rows = [
        f"{CONTIG}\ttest\t{kind}\t{CODING[0] + 1}\t{CODING[1]}\t.\t+\t{phase}\t{name}\n"
        for kind, phase, name in features
    ]
    (folder / "genes.gff3").write_text("##gff-version 3\n" + "".join(rows))
    return bases


def alternate(genome: str) -> str:
    """Return the variant's base: the transversion that keeps hydrogen bonds apart from damage."""
    return {"A": "T", "C": "G", "G": "C", "T": "A"}[genome[SITE]]


def write_umi_reads(
    folder: Path, genome: str, *, duplex: bool, molecules: int, fraction: float, family: int = 3, seed: int = 2
) -> tuple[Path, Path, int]:
    """Write FASTQ in which each mate begins with an identifier and two skipped bases.

    Each molecule is read ``family`` times on average from one strand, or from each of both, with 0.3 % wrong bases.

    Returns
    -------
    tuple
        The two files and the number of molecules that carry the variant.
    """
    rng = np.random.default_rng(seed)
    carriers = round(molecules * fraction)
    mutated = genome[:SITE] + alternate(genome) + genome[SITE + 1 :]
    folder.mkdir(parents=True, exist_ok=True)
    first, second = folder / "umi_R1.fastq.gz", folder / "umi_R2.fastq.gz"
    rows: list[list[str]] = [[], []]
    for molecule in range(molecules):
        length = int(rng.integers(150, 200))
        # The first 90 bases from either end are read, so that the variant is read from every molecule.
        start = SITE - int(rng.integers(20, 80))
        insert = (mutated if molecule < carriers else genome)[start : start + length]
        left, right = ("".join(rng.choice(list("ACGT"), UMI_LENGTH)) for _ in range(2))
        for strand in ("AB", "BA") if duplex else (("AB", "BA")[molecule % 2],):
            for copy in range(1 + int(rng.poisson(family - 1))):
                forward = left + "GT" + insert[: READ_LENGTH - UMI_LENGTH - SKIPPED]
                reverse = right + "GT" + insert.translate(COMPLEMENT)[::-1][: READ_LENGTH - UMI_LENGTH - SKIPPED]
                mates = (forward, reverse) if strand == "AB" else (reverse, forward)
                for mate, bases in enumerate(mates):
                    read = np.array(list(bases))
                    wrong = rng.random(len(read)) < 0.003
                    wrong[: UMI_LENGTH + SKIPPED] = False
                    read[wrong] = rng.choice(list("ACGT"), int(wrong.sum()))
                    name = f"s{seed}m{molecule}{strand}{copy}"
                    rows[mate].append(f"@{name}\n{''.join(read)}\n+\n{'F' * len(read)}\n")
    for path, records in ((first, rows[0]), (second, rows[1])):
        path.write_bytes(gzip.compress("".join(records).encode(), compresslevel=1, mtime=0))
    return first, second, carriers
