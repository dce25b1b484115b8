"""Calls and reads at real loci, for tests of alleles that share a codon."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pysam

from genomodel.annotation.csq import annotate_vcf
from genomodel.annotation.vcf import read_annotated_vcf
from genomodel.core.patients import GenomeBuild, Patient
from genomodel.core.variants import AnnotatedCalls, AnnotatedVariant, Consequence, Variant, VariantClass
from genomodel.resources.oncotree import resolve_tumor_type
from tests.calls.builders import write_vcf

T, C = Variant(chrom="7", pos=140453136, ref="A", alt="T"), Variant(chrom="7", pos=140453137, ref="C", alt="T")
"""BRAF V600E and V600M, neighbors in one codon, on GRCh37."""
READ = 100
META = (
    "##tumor_sample=T",
    "##normal_sample=N",
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="x">',
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="x">',
    '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="x">',
    '##FORMAT=<ID=PS,Number=1,Type=Integer,Description="x">',
    '##FORMAT=<ID=PGT,Number=1,Type=String,Description="x">',
    '##FORMAT=<ID=PID,Number=1,Type=String,Description="x">',
)
BUILDS = ("GRCh37", "GRCh38")

Allele = tuple[str, int, str, str]
"""Contig, 1-based place, reference and alternate bases."""


def effect(change: str, **more: object) -> Consequence:
    facts = {"gene": "BRAF", "transcript": "NM_1", "variant_class": VariantClass.MISSENSE, "protein_change": change}
    return Consequence.model_validate({**facts, **more})


@dataclass(frozen=True)
class Call:
    """One record: its allele, reads of the tumor and the normal, and what tells the phase."""

    allele: Allele
    alt_reads: int = 40
    depth: int = 100
    germline: bool = False
    gt: str = "0/1"
    ps: str = "."
    pgt: str = "."
    pid: str = "."

    @property
    def line(self) -> str:
        chrom, pos, ref, alt = self.allele
        normal_alt = 50 if self.germline else 0
        phase = f"{self.ps}:{self.pgt}:{self.pid}"
        tumor = f"{self.gt}:{self.depth - self.alt_reads},{self.alt_reads}:{self.depth}:{phase}"
        normal = f"{'0/1' if self.germline else '0/0'}:{100 - normal_alt},{normal_alt}:100:.:.:."
        return f"{chrom}\t{pos}\t.\t{ref}\t{alt}\t.\tPASS\t.\tGT:AD:DP:PS:PGT:PID\t{tumor}\t{normal}"


@dataclass(frozen=True)
class Genome:
    """Genome and gene models of a build."""

    build: str
    fasta: Path
    gff: Path

    @classmethod
    def of(cls, shared_data: Path, build: str) -> Genome:
        folder = shared_data / "genome"
        return cls(build, folder / f"{build}.sparse.fa.gz", folder / f"{build}.genes.gff3")

    def read(
        self, folder: Path, calls: Sequence[Call], tumor_type: str = "MEL", reads: Path | None = None
    ) -> AnnotatedCalls:
        """Write calls as a VCF, annotate it from genome and gene models, and read it."""
        lines = [call.line for call in sorted(calls, key=lambda call: call.allele[:2])]
        source = write_vcf(folder / "calls.vcf", lines, ("T", "N"), META)
        out = folder / "annotated.vcf.gz"
        annotate_vcf(source, self.fasta, self.gff, out, reads=reads)
        who = Patient(id="P1", tumor_type=resolve_tumor_type(tumor_type), genome=GenomeBuild(self.build))
        return read_annotated_vcf(out, who)

    def write_reads(
        self,
        path: Path,
        molecules: Iterable[tuple[int, Sequence[Allele]]],
        *,
        mates: int = 0,
        base_quality: int = 40,
        mapping_quality: int = 60,
    ) -> Path:
        """Write a BAM with molecules that carry substitutions, so many of each.

        Parameters
        ----------
        path
            Of the BAM.
        molecules
            Number of molecules and the alleles on them; a molecule without any names the place by an allele whose
            alternate base is the reference's.
        mates
            With a number, each molecule is read from both ends, so far apart; without, by one read over the place.
        base_quality, mapping_quality
            Of all reads.
        """
        with pysam.FastaFile(str(self.fasta)) as fasta:
            lengths = dict(zip(fasta.references, fasta.lengths, strict=True))
            header = {
                "HD": {"VN": "1.6", "SO": "coordinate"},
                "SQ": [{"SN": name, "LN": size} for name, size in lengths.items()],
                "RG": [{"ID": "1", "SM": "T"}],
            }
            rows: list[pysam.AlignedSegment] = []
            made = pysam.AlignmentHeader.from_dict(header)
            for kind, (count, alleles) in enumerate(molecules):
                chrom = alleles[0][0]
                first = min(pos for _, pos, _, _ in alleles) - 1
                for number in range(count):
                    start = first - 20 - number % 60
                    places = [start, start + mates] if mates else [start]
                    for mate, at in enumerate(places):
                        bases = list(fasta.fetch(chrom, at, at + READ).upper())
                        for _, pos, ref, alt in alleles:
                            for i, base in enumerate(alt if len(ref) == len(alt) else ""):
                                if at <= pos - 1 + i < at + READ:
                                    bases[pos - 1 + i - at] = base
                        read = _read(made, chrom, at, "".join(bases), f"m{kind}_{number}", mate, len(places))
                        read.query_qualities = array("B", [base_quality] * READ)
                        read.mapping_quality = mapping_quality
                        rows.append(read)
        rows.sort(key=lambda read: (read.reference_id, read.reference_start))
        with pysam.AlignmentFile(str(path), "wb", header=made) as out:
            for read in rows:
                out.write(read)
        pysam.index(str(path))
        return path


def _read(
    header: pysam.AlignmentHeader, chrom: str, start: int, bases: str, name: str, mate: int, of: int
) -> pysam.AlignedSegment:
    read = pysam.AlignedSegment(header)
    read.query_name, read.query_sequence = name, bases
    read.reference_name, read.reference_start = chrom, start
    read.cigartuples = [(0, len(bases))]
    read.flag = 0 if of == 1 else (99 if mate == 0 else 147)
    read.set_tag("RG", "1")
    return read


def changes(calls: AnnotatedCalls) -> list[str]:
    """Return the protein change of each variant as reported."""
    return [variant.consequence.protein_change if variant.consequence else "" for variant in calls.variants]


def outcome(variant: AnnotatedVariant) -> str:
    """Return phase, protein change alone and together."""
    joint = variant.joint
    if joint is None:
        return ""
    together = joint.together.protein_change if joint.together is not None else "?"
    return f"{joint.phase.value} {joint.alone.protein_change} {together}"
