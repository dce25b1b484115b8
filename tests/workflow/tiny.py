"""One small contig, and reads of a tumor and its normal over it, for tests that run every engine."""

from __future__ import annotations

import gzip
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pysam

CONTIG, LENGTH = "chr7", 3000
READ = 100
SNV = (1200, "T", "A")
"""Position (1-based), reference and alternate of a somatic SNV."""
DELETION = (1601, 3)
"""First deleted base (1-based) and number of bases of a somatic deletion."""
GERMLINE = (900, "G", "C")
TARGETS = ((600, 2400),)
AMPLICONS = ((850, 1010), (1120, 1280), (1520, 1680))
"""0-based ends of the amplicons, primers of 20 bases included."""
PRIMER = 20
FRACTION = 0.3


def reference_bases() -> str:
    """Random bases without repeats, with the reference alleles in their place."""
    bases = np.random.default_rng(7).choice(list("ACGT"), LENGTH)
    for pos, ref, _ in (SNV, GERMLINE):
        bases[pos - 1] = ref
    # The deletion shall have one place only: neither of the bases that would let it slide.
    at = DELETION[0] - 1
    bases[at - 1 : at + DELETION[1] + 1] = list("CGATA")
    # The gene has to be read through: gene models whose proteins end midway are refused as those of another genome.
    first, last = TARGETS[0]
    for start in range(first, last - 3, 3):
        if "".join(bases[start : start + 3]) in ("TAA", "TAG", "TGA"):
            bases[start + 2] = "C"
    bases[last - 3 : last] = list("TAA")
    return "".join(bases)


@dataclass(frozen=True)
class Pairs:
    """Both mates as (name, bases), along the direction of sequencing."""

    first: list[tuple[str, str]]
    second: list[tuple[str, str]]

    def write(self, folder: Path, name: str) -> tuple[Path, Path]:
        """Write both mates as FASTQ."""
        paths = (folder / f"{name}.R1.fastq.gz", folder / f"{name}.R2.fastq.gz")
        for path, mates in zip(paths, (self.first, self.second), strict=True):
            text = "".join(f"@{read}\n{bases}\n+\n{'F' * len(bases)}\n" for read, bases in mates)
            path.write_bytes(gzip.compress(text.encode(), mtime=0))
        return paths


def _complement(bases: str) -> str:
    return bases[::-1].translate(str.maketrans("ACGT", "TGCA"))


def _molecule(reference: str, start: int, end: int, tumor_allele: bool, germline_allele: bool) -> str:
    bases = list(reference[start:end])
    changes = ([SNV] if tumor_allele else []) + ([GERMLINE] if germline_allele else [])
    for pos, _, alt in changes:
        if start <= pos - 1 < end:
            bases[pos - 1 - start] = alt
    at = DELETION[0] - 1
    if tumor_allele and start < at and at + DELETION[1] < end:
        bases[at - start : at - start + DELETION[1]] = [""] * DELETION[1]
    return "".join(bases)


def sample_pairs(*, tumor: bool, depth: int, amplicon: bool, seed: int) -> Pairs:
    """Draw read pairs of one sample; a tumor carries the somatic alleles on 30 % of its molecules."""
    rng = np.random.default_rng(seed)
    reference = reference_bases()
    if amplicon:
        spans = [span for span in AMPLICONS for _ in range(depth)]
    else:
        starts = rng.integers(300, LENGTH - 550, depth * (LENGTH - 850) // (2 * READ))
        lengths = rng.integers(220, 280, len(starts))
        spans = [(int(start), int(start + length)) for start, length in zip(starts, lengths, strict=True)]
    first, second = [], []
    for index, (start, end) in enumerate(spans):
        carries = tumor and bool(rng.random() < FRACTION)
        molecule = _molecule(reference, start, end, carries, bool(rng.random() < 0.5))
        mates = [molecule[:READ], _complement(molecule)[:READ]]
        if rng.random() < 0.5:
            mates.reverse()
        # One base in a thousand is misread, but never as one of the variants.
        for mate, out in zip(mates, (first, second), strict=True):
            bases = list(mate)
            for at in np.flatnonzero(rng.random(len(bases)) < 0.001):
                bases[at] = "ACGT"[("ACGT".index(bases[at]) + 2) % 4]
            out.append((f"r{seed}:{index:06d}", "".join(bases)))
    return Pairs(first, second)


def gene_models() -> str:
    """One gene of two coding exons, in Ensembl's style."""
    rows = [
        ("gene", 601, 2400, "ID=gene:G1;Name=EGFR;biotype=protein_coding"),
        ("mRNA", 601, 2400, "ID=transcript:T1;Parent=gene:G1;biotype=protein_coding"),
    ]
    for start, end in ((601, 1500), (1501, 2400)):
        rows += [(kind, start, end, "Parent=transcript:T1") for kind in ("exon", "CDS")]
    lines = [
        f"{CONTIG}\t.\t{kind}\t{start}\t{end}\t.\t+\t{'0' if kind == 'CDS' else '.'}\t{attributes}\n"
        for kind, start, end, attributes in rows
    ]
    return "##gff-version 3\n" + "".join(lines)


def write_reference(folder: Path) -> Path:
    """Write the contig with all its indices, gene models, and the BED files; return the FASTA."""
    fasta = folder / "genome.fa"
    fasta.write_text(f">{CONTIG}\n{reference_bases()}\n")
    pysam.faidx(str(fasta))
    subprocess.run(["bwa", "index", fasta], check=True, capture_output=True)
    (folder / "genes.gff3").write_text(gene_models())
    (folder / "panel.bed").write_text("".join(f"{CONTIG}\t{start}\t{end}\tEGFR:exon1\n" for start, end in TARGETS))
    primers = [part for start, end in AMPLICONS for part in ((start, start + PRIMER, "+"), (end - PRIMER, end, "-"))]
    lines = [f"{CONTIG}\t{start}\t{end}\tp{i}\t0\t{strand}\n" for i, (start, end, strand) in enumerate(primers)]
    (folder / "primers.bed").write_text("".join(lines))
    inner = [(start + PRIMER, end - PRIMER) for start, end in AMPLICONS]
    (folder / "amplicons.bed").write_text("".join(f"{CONTIG}\t{start}\t{end}\tEGFR\n" for start, end in inner))
    return fasta


def align(fasta: Path, reads: tuple[Path, Path], bam: Path, sample: str) -> Path:
    """Align, sort and index; duplicates are not marked."""
    group = f"@RG\\tID:{sample}\\tSM:{sample}\\tPL:ILLUMINA"
    sam = bam.with_suffix(".sam")
    with sam.open("wb") as handle:
        subprocess.run(["bwa", "mem", "-R", group, fasta, *reads], stdout=handle, stderr=subprocess.DEVNULL, check=True)
    pysam.sort("-o", str(bam), str(sam))
    sam.unlink()
    pysam.index(str(bam))
    return bam


def to_cram(bam: Path, fasta: Path) -> Path:
    """Write the same reads as CRAM."""
    cram = bam.with_suffix(".cram")
    pysam.view("-C", "-T", str(fasta), "-o", str(cram), str(bam), catch_stdout=False)
    pysam.index(str(cram))
    return cram
