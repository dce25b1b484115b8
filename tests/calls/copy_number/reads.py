"""Small alignments of a genome of twelve genes, with known copies in tumor and normal."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pysam

GENES = {
    "NRAS": "chr1", "ALK": "chr2", "KIT": "chr4", "EGFR": "chr7", "MYC": "chr8", "CDKN2A": "chr9",
    "PTEN": "chr10", "KRAS": "chr12", "RB1": "chr13", "TP53": "chr17", "ERBB2": "chr17", "AR": "chrX",
}  # fmt: skip
EXONS, EXON, GAP, READ = 8, 200, 400, 100
GENE_LENGTH = EXONS * (EXON + GAP)


class SmallGenome:
    """A genome of GENES, its BED with and without gene names, and its gene models."""

    def __init__(self, folder: Path, seed: int = 5) -> None:
        self.folder, rng = folder, np.random.default_rng(seed)
        self.starts: dict[str, int] = {}
        lengths: dict[str, int] = {}
        for gene, chrom in GENES.items():
            self.starts[gene] = lengths.get(chrom, 0) + 2000
            lengths[chrom] = self.starts[gene] + GENE_LENGTH + 2000
        self.lengths = lengths
        self.fasta = folder / "genome.fa"
        bases = {chrom: "".join(rng.choice(list("ACGT"), size=size)) for chrom, size in lengths.items()}
        self.fasta.write_text("".join(f">{chrom}\n{text}\n" for chrom, text in bases.items()))
        pysam.faidx(str(self.fasta))
        self.efficiency = {(gene, exon): rng.uniform(0.5, 1.5) for gene in GENES for exon in range(EXONS)}
        self.bed, self.unnamed, self.gff = folder / "panel.bed", folder / "unnamed.bed", folder / "genes.gff3"
        rows = [(GENES[g], *self.exon(g, e), f"{g}:exon{e + 1}") for g in GENES for e in range(EXONS)]
        self.bed.write_text("".join("\t".join(map(str, row)) + "\n" for row in rows))
        self.unnamed.write_text("".join("\t".join(map(str, row[:3])) + "\n" for row in rows))
        self.gff.write_text(
            "##gff-version 3\n"
            + "".join(
                f"{chrom}\tx\tgene\t{self.starts[gene] - 99}\t{self.starts[gene] + GENE_LENGTH}\t.\t+\t.\t"
                f"ID=gene:{gene};Name={gene}\n"
                for gene, chrom in GENES.items()
            )
        )

    def exon(self, gene: str, number: int) -> tuple[int, int]:
        """Return start and end of an exon, as in BED."""
        start = self.starts[gene] + number * (EXON + GAP)
        return start, start + EXON

    def alignment(
        self, name: str, depth: float, copies: dict[str, float], *, whole: bool = False, seed: int = 1
    ) -> Path:
        """Write reads on the exons, unevenly by exon, or evenly all over the genome, and their index.

        ``copies`` are those of the sample, mixture included, two where it says nothing.
        """
        rng, header = np.random.default_rng(seed), {"HD": {"VN": "1.6", "SO": "coordinate"}}
        contigs = [{"SN": chrom, "LN": size} for chrom, size in self.lengths.items()]
        path = self.folder / f"{name}.bam"
        with pysam.AlignmentFile(
            str(path), "wb", header={**header, "SQ": contigs, "RG": [{"ID": "1", "SM": name}]}
        ) as out:
            for index, chrom in enumerate(self.lengths):
                for start in self._starts(rng, chrom, depth, copies, whole=whole):
                    read = pysam.AlignedSegment()
                    read.query_name, read.query_sequence = f"r{start}", "A" * READ
                    read.flag, read.reference_id, read.reference_start = 0, index, int(start)
                    read.mapping_quality, read.cigarstring = 60, f"{READ}M"
                    read.query_qualities = pysam.qualitystring_to_array("I" * READ)
                    read.set_tag("RG", "1")
                    out.write(read)
        pysam.index(str(path))
        return path

    def _starts(
        self, rng: np.random.Generator, chrom: str, depth: float, copies: dict[str, float], *, whole: bool
    ) -> list[int]:
        found: list[int] = []
        if whole:
            found += list(rng.integers(0, self.lengths[chrom] - READ, size=int(depth * self.lengths[chrom] / READ)))
        for gene in (gene for gene, on in GENES.items() if on == chrom):
            first, last = self.starts[gene] - READ // 2, self.starts[gene] + GENE_LENGTH
            if whole:
                fold = copies.get(gene, 2.0) / 2
                inside = [start for start in found if first <= start < last]
                found = [start for start in found if not first <= start < last]
                found += list(rng.integers(first, last, size=rng.poisson(fold * len(inside))))
                continue
            for exon in range(EXONS):
                a, b = self.exon(gene, exon)
                mean = depth * self.efficiency[gene, exon] * copies.get(gene, 2.0) / 2 * EXON / READ
                found += list(rng.integers(a - READ // 2, b - READ // 2, size=rng.poisson(mean)))
        return sorted(found)
