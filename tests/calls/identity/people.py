"""People drawn from populations, their tumors, and reads of both."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pysam

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
ERROR = 0.003
REFERENCE_BIAS = 0.48


def common_frequencies(rng: np.random.Generator, n_sites: int) -> Floats:
    """Draw frequencies as lists of common sites have them."""
    return rng.uniform(0.05, 0.95, n_sites)


def all_frequencies(rng: np.random.Generator, n_sites: int) -> Floats:
    """Draw frequencies whose density falls as 1/p, rare alleles among them."""
    return np.exp(rng.uniform(np.log(0.002), np.log(0.998), n_sites))


def person(rng: np.random.Generator, frequency: Floats) -> Ints:
    """Draw copies of the alternate allele."""
    return np.asarray(rng.binomial(2, frequency), dtype=np.int64)


def siblings(rng: np.random.Generator, frequency: Floats) -> tuple[Ints, Ints]:
    """Draw two children of the same parents, each site inherited on its own."""
    parents = [rng.random((2, len(frequency))) < frequency for _ in range(2)]

    def child() -> Ints:
        passed = [np.where(rng.random(len(frequency)) < 0.5, alleles[0], alleles[1]) for alleles in parents]
        return passed[0].astype(np.int64) + passed[1]

    return child(), child()


def share(genotype: Ints) -> Floats:
    """Return the share of fragments with the alternate allele in healthy tissue."""
    return np.where(genotype == 0, ERROR, np.where(genotype == 1, REFERENCE_BIAS, 1 - ERROR))


def tumor_share(rng: np.random.Generator, genotype: Ints, purity: float, loss: float) -> Floats:
    """Return the same in a tumor that lost an allele at a share of its heterozygous sites, with and without a copy."""
    lost = (genotype == 1) & (rng.random(len(genotype)) < loss)
    kept_alt, neutral = rng.random(len(genotype)) < 0.5, rng.random(len(genotype)) < 0.5
    copies_alt = (1 - purity) + purity * np.where(kept_alt, np.where(neutral, 2, 1), 0)
    copies = 2 * (1 - purity) + purity * np.where(neutral, 2, 1)
    return np.clip(np.where(lost, copies_alt / copies, share(genotype)), ERROR, 1 - ERROR)


def counts(rng: np.random.Generator, shares: Floats, depth: float) -> tuple[Ints, Ints]:
    """Draw fragments with reference and alternate allele."""
    n = rng.poisson(depth, len(shares))
    alt = rng.binomial(n, shares)
    return n - alt, alt


CONTIGS, LENGTH = 6, 150_000
FIRST, STEP, AROUND = 5_000, 11_000, 150
READ, FRAGMENT = 100, 150
"""Mates overlap by 50 bases."""


@dataclass(frozen=True)
class Assay:
    """A reference with sites far apart and the alleles that people have there."""

    folder: Path
    places: tuple[tuple[str, int], ...]
    refs: str
    alts: str
    frequency: Floats

    @property
    def fasta(self) -> Path:
        return self.folder / "ref.fa"

    @property
    def bed(self) -> Path:
        return self.folder / "panel.bed"

    def common_sites(self, name: str = "common", *, shift: int = 0, prefix: str = "") -> Path:
        """Write the sites as a file of common ones, which may be of another build or other contig names."""
        lines = ["##fileformat=VCFv4.2", '##INFO=<ID=AF,Number=A,Type=Float,Description="f">']
        lines += [f"##contig=<ID={prefix}chr{n + 1}>" for n in range(CONTIGS)]
        lines.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO")
        for (chrom, pos), ref, alt, p in zip(self.places, self.refs, self.alts, self.frequency, strict=True):
            lines.append(f"{prefix}{chrom}\t{pos + 1 + shift}\t.\t{ref}\t{alt}\t.\t.\tAF={p:.4f}")
        path = self.folder / f"{name}.vcf"
        path.write_text("\n".join(lines) + "\n")
        pysam.tabix_index(str(path), preset="vcf", force=True)
        return Path(f"{path}.gz")


def write_assay(folder: Path, seed: int = 1) -> Assay:
    """Write a reference and a BED around sites that are far apart."""
    rng = np.random.default_rng(seed)
    contigs = {f"chr{n + 1}": "".join(rng.choice(list("ACGT"), LENGTH)) for n in range(CONTIGS)}
    (folder / "ref.fa").write_text("".join(f">{name}\n{bases}\n" for name, bases in contigs.items()))
    pysam.faidx(str(folder / "ref.fa"))
    places = tuple((name, pos) for name in contigs for pos in range(FIRST, LENGTH - FIRST, STEP))
    refs = "".join(contigs[name][pos] for name, pos in places)
    alts = refs.translate(str.maketrans("ACGT", "CATG"))
    (folder / "panel.bed").write_text("".join(f"{c}\t{p - AROUND}\t{p + AROUND}\tEGFR\n" for c, p in places))
    return Assay(folder, places, refs, alts, rng.uniform(0.2, 0.8, len(places)))


def write_reads(
    assay: Assay,
    stem: str,
    shares: Floats,
    *,
    sample: str = "",
    depth: int = 60,
    seed: int = 1,
    somatic: float = 0.0,
    subclone: float = 0.0,
) -> Path:
    """Write pairs around each site, of which a share has the alternate allele.

    Parameters
    ----------
    shares
        Share of fragments with the alternate allele at each site.
    somatic
        Share of fragments with another base 40 bases behind every third site.
    subclone
        The same 40 bases before every tenth.
    """
    rng = np.random.default_rng(seed)
    header = pysam.AlignmentHeader.from_dict(
        {
            "HD": {"VN": "1.6", "SO": "coordinate"},
            "SQ": [{"SN": f"chr{n + 1}", "LN": LENGTH} for n in range(CONTIGS)],
            "RG": [{"ID": "1", "SM": sample or stem}],
        }
    )
    reads = []
    with pysam.FastaFile(str(assay.fasta)) as fasta:
        for index, (chrom, pos) in enumerate(assay.places):
            for number in range(rng.poisson(depth * 2)):
                start = int(rng.integers(pos - FRAGMENT, pos + 50))
                bases = list(fasta.fetch(chrom, start, start + FRAGMENT))
                changes = [(pos, assay.alts[index], shares[index])]
                if index % 3 == 0:
                    changes.append((pos + 40, "ACGT"["CATG".index(fasta.fetch(chrom, pos + 40, pos + 41))], somatic))
                if subclone and index % 10 == 1:
                    changes.append((pos - 40, "ACGT"["CATG".index(fasta.fetch(chrom, pos - 40, pos - 39))], subclone))
                for at, base, probability in changes:
                    if start <= at < start + FRAGMENT and rng.random() < probability:
                        bases[at - start] = base
                for mate in (0, 1):
                    reads.append(_read(header, f"{stem}:{seed}:{index}:{number}", chrom, start, "".join(bases), mate))
    reads.sort(key=lambda read: (read.reference_id, read.reference_start))
    path = assay.folder / f"{stem}.bam"
    with pysam.AlignmentFile(str(path), "wb", header=header) as handle:
        for read in reads:
            handle.write(read)
    pysam.index(str(path))
    return path


def _read(
    header: pysam.AlignmentHeader, name: str, chrom: str, start: int, fragment: str, mate: int
) -> pysam.AlignedSegment:
    read = pysam.AlignedSegment(header)
    other = FRAGMENT - READ
    read.query_name, read.flag = name, 0x63 if mate == 0 else 0x93
    read.reference_id, read.mapping_quality = header.get_tid(chrom), 60
    read.reference_start = start if mate == 0 else start + other
    read.query_sequence = fragment[:READ] if mate == 0 else fragment[other:]
    read.cigartuples, read.query_qualities = [(0, READ)], pysam.qualitystring_to_array("F" * READ)
    read.next_reference_id, read.next_reference_start = read.reference_id, start + other if mate == 0 else start
    read.template_length = FRAGMENT if mate == 0 else -FRAGMENT
    read.set_tag("RG", "1")
    return read
