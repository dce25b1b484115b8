"""Write a simulated pair: reference, gene models, targets, reads, truth, artifacts and sites where people differ."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pysam

from genomodel.files import atomic_path, write_text
from genomodel.simulate.hard import Case, HardVariant, design_of, sources_of
from genomodel.simulate.molecules import Support, read_source
from genomodel.simulate.reads import fastq_bytes
from genomodel.simulate.writers import gzip_writer

NOTE = "simulated reads and variants; no patient"


@dataclass(frozen=True)
class PairFiles:
    """Where the files of a pair are, in a folder."""

    folder: Path

    @property
    def reference(self) -> Path:
        """Contigs, plain FASTA with its index."""
        return self.folder / "ref.fa"

    @property
    def gff(self) -> Path:
        """Gene models on these contigs."""
        return self.folder / "genes.gff3"

    @property
    def targets(self) -> Path:
        """Targeted regions."""
        return self.folder / "targets.bed"

    @property
    def truth(self) -> Path:
        """True variants."""
        return self.folder / "truth.vcf.gz"

    @property
    def artifacts(self) -> Path:
        """Places where reads mislead."""
        return self.folder / "artifacts.tsv"

    @property
    def common_sites(self) -> Path:
        """Sites where people differ, with their population frequency."""
        return self.folder / "common_sites.vcf.gz"

    def reads(self, sample: str, mate: int) -> Path:
        """Return where mate 1 or 2 of ``tumor`` or ``normal`` is."""
        return self.folder / f"{sample}.R{mate}.fastq.gz"


def write_sequences(contigs: dict[str, str], path: Path) -> None:
    """Write contigs as FASTA with its index."""
    lines: list[str] = []
    for name, sequence in contigs.items():
        lines.append(f">{name}")
        lines.extend(sequence[i : i + 60] for i in range(0, len(sequence), 60))
    write_text(path, "\n".join(lines) + "\n")
    pysam.faidx(str(path))


def write_vcf(contigs: dict[str, str], header: Iterable[str], records: Iterable[str], path: Path) -> None:
    """Write sites without samples; bgzipped, with a tabix index."""
    lines = ["##fileformat=VCFv4.2", f"##genomodel_note={NOTE}"]
    lines += [f"##contig=<ID={name},length={len(sequence)}>" for name, sequence in contigs.items()]
    lines += [*header, "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO", *records]
    with atomic_path(path) as temporary, pysam.BGZFile(str(temporary), "wb") as handle:
        handle.write(("\n".join(lines) + "\n").encode())
    pysam.tabix_index(str(path), preset="vcf", force=True)


TRUTH_HEADER = (
    '##INFO=<ID=ORIGIN,Number=1,Type=String,Description="somatic or germline">',
    '##INFO=<ID=TUMOR_AF,Number=1,Type=Float,Description="Expected allele fraction in the tumor sample">',
    '##INFO=<ID=NORMAL_AF,Number=1,Type=Float,Description="Expected allele fraction in the normal sample">',
    '##INFO=<ID=TYPE,Number=1,Type=String,Description="snv, mnv, insertion or deletion">',
    '##INFO=<ID=CONTEXT,Number=1,Type=String,Description="What is around it">',
    '##INFO=<ID=GENE,Number=1,Type=String,Description="Gene symbol">',
    '##INFO=<ID=LABEL,Number=1,Type=String,Description="Hotspot allele, or loh">',
    '##INFO=<ID=POPULATION_AF,Number=1,Type=Float,Description="Allele fraction in the population">',
    '##INFO=<ID=TUMOR_SUPPORT,Number=1,Type=Integer,Description="Molecules of the tumor sample read with it">',
    '##INFO=<ID=NORMAL_SUPPORT,Number=1,Type=Integer,Description="Molecules of the normal sample read with it">',
)


def _truth_record(v: HardVariant, tumor: int, normal: int) -> str:
    info = (
        f"ORIGIN={v.kind.value};TUMOR_AF={v.tumor_fraction:.5g};NORMAL_AF={v.normal_fraction:.5g};TYPE={v.type}"
        f";CONTEXT={v.context};GENE={v.gene}"
    )
    info += f";LABEL={v.label.replace(' ', '_')}" if v.label else ""
    info += f";POPULATION_AF={v.population:.4f}" if v.population else ""
    info += f";TUMOR_SUPPORT={tumor};NORMAL_SUPPORT={normal}"
    return f"{v.contig}\t{v.pos + 1}\t.\t{v.ref}\t{v.alt}\t.\t.\t{info}"


def _write_reads(case: Case, files: PairFiles, *, tumor: bool) -> list[Support]:
    """Write the mates of one sample, contig after contig, and return who supports what, by locus."""
    sample = "tumor" if tumor else "normal"
    design = design_of(case, tumor=tumor)
    found: list[Support] = []
    with ExitStack() as stack:
        handles = [stack.enter_context(gzip_writer(files.reads(sample, mate))) for mate in (1, 2)]
        for i, source in enumerate(sources_of(case, tumor=tumor)):
            rng = np.random.default_rng([case.scenario.seed, 11, int(tumor), i])
            pairs, support = read_source(rng, source, design)
            found.append(support)
            for mate, handle in enumerate(handles):
                handle.write(fastq_bytes(pairs, mate, f"simulated:{sample}:{i}:"))
    return found


def write_pair(case: Case, folder: Path) -> PairFiles:
    """Write all files of a pair. Same case, same bytes.

    Parameters
    ----------
    case
        What is simulated.
    folder
        Made where it does not exist.
    """
    files = PairFiles(folder)
    folder.mkdir(parents=True, exist_ok=True)
    contigs = case.reference()
    write_sequences(contigs, files.reference)
    regions = [f"##sequence-region {locus.contig} 1 {len(locus.sequence)}" for locus in case.loci]
    rows = [row for locus in case.loci for row in locus.gff]
    write_text(files.gff, "\n".join(["##gff-version 3", f"#!{NOTE}", *regions, *rows]) + "\n")
    targets = [f"{locus.contig}\t{t.start}\t{t.end}\t{t.name}\n" for locus in case.loci for t in locus.targets]
    write_text(files.targets, "".join(targets))
    support = [_write_reads(case, files, tumor=tumor) for tumor in (True, False)]
    number = {locus.contig: i for i, locus in enumerate(case.loci)}
    counts = [[by_locus[number[v.contig]].get((v.pos, v.ref, v.alt), 0) for by_locus in support] for v in case.variants]
    records = [_truth_record(v, *seen) for v, seen in zip(case.variants, counts, strict=True)]
    write_vcf(contigs, TRUTH_HEADER, records, files.truth)
    header = ['##INFO=<ID=AF,Number=A,Type=Float,Description="Allele fraction in the population">']
    common = [
        f"{s.allele.contig}\t{s.allele.pos + 1}\t.\t{s.allele.ref}\t{s.allele.alt}\t.\t.\tAF={s.population:.4f}"
        for s in case.common
    ]
    write_vcf(contigs, header, common, files.common_sites)
    lines = ["contig\tstart\tend\tstratum\tshare\tchange"]
    lines += [f"{s.contig}\t{s.start}\t{s.end}\t{s.stratum}\t{s.share:.5g}\t{s.change}" for s in case.sites]
    write_text(files.artifacts, "\n".join(lines) + "\n")
    return files
