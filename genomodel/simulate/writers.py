"""Write the synthetic genome, its gene models and the truth in the formats that real tools read."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pysam

from genomodel.files import atomic_path, write_text
from genomodel.simulate.cohort import PatientSpec
from genomodel.simulate.genome import Gene, Genome
from genomodel.simulate.truth import TrueVariant

SYNTHETIC = (
    "Synthetic genome made by genomodel simulate: not a human genome, coordinates mean nothing outside this demo."
)


@contextmanager
def gzip_writer(path: Path) -> Iterator[gzip.GzipFile]:
    """Open a gzip without a time or a name in it, so that the same content gives the same bytes."""
    with (
        atomic_path(path) as temporary,
        temporary.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=1, mtime=0) as handle,
    ):
        yield handle


def write_gzip(path: Path, content: bytes) -> None:
    """Write all of a gzip at once."""
    with gzip_writer(path) as handle:
        handle.write(content)


def write_fasta(genome: Genome, path: Path) -> None:
    """Write the contigs and their index; every description line says that the genome is synthetic."""
    lines: list[str] = []
    for name, sequence in genome.contigs.items():
        lines.append(f">{name} synthetic, genomodel simulate, seed {genome.seed}; not a human sequence")
        lines.extend(sequence[i : i + 60] for i in range(0, len(sequence), 60))
    write_text(path, "\n".join(lines) + "\n")
    pysam.faidx(str(path))


def _gene_rows(genome: Genome, gene: Gene) -> Iterable[tuple[str, int, int, str, str]]:
    """Yield (type, start, end, phase, attributes) of a gene, 0-based half-open."""
    symbol, gene_id, transcript = gene.spec.symbol, gene.gene_id, gene.transcript_id
    yield "gene", gene.start, gene.end, ".", f"ID=gene:{gene_id};Name={symbol};biotype=protein_coding;gene_id={gene_id}"
    yield (
        "mRNA", gene.start, gene.end, ".",
        f"ID=transcript:{transcript};Parent=gene:{gene_id};Name={symbol}-201;biotype=protein_coding;"
        f"tag=basic,Ensembl_canonical;transcript_id={transcript}",
    )  # fmt: skip
    used = 0
    forward = gene.spec.strand == "+"
    for exon in gene.exons:
        parent = f"Parent=transcript:{transcript}"
        yield "exon", exon.start, exon.end, ".", f"{parent};Name={transcript}-E{exon.number};rank={exon.number}"
        if exon.coding is None:
            before = not used
            yield ("five_prime_UTR" if before else "three_prime_UTR"), exon.start, exon.end, ".", parent
            continue
        start, end = exon.coding
        if exon.start < start:
            yield ("five_prime_UTR" if forward else "three_prime_UTR"), exon.start, start, ".", parent
        yield (
            "CDS",
            start,
            end,
            str(-used % 3),
            f"ID=CDS:SYNP{gene.index:011d};{parent};protein_id=SYNP{gene.index:011d}",
        )
        if end < exon.end:
            yield ("three_prime_UTR" if forward else "five_prime_UTR"), end, exon.end, ".", parent
        used += end - start


def write_gff(genome: Genome, path: Path) -> None:
    """Write the gene models in the Ensembl style that ``bcftools csq`` takes."""
    lines = ["##gff-version 3", f"#!{SYNTHETIC}", "#!genome-build synthetic"]
    lines += [f"##sequence-region {name} 1 {len(sequence)}" for name, sequence in genome.contigs.items()]
    for contig in genome.contigs:
        for gene in (gene for gene in genome.genes if gene.spec.contig == contig):
            for kind, start, end, phase, attributes in _gene_rows(genome, gene):
                columns = [
                    contig,
                    "genomodel_synthetic",
                    kind,
                    start + 1,
                    end,
                    ".",
                    gene.spec.strand,
                    phase,
                    attributes,
                ]
                lines.append("\t".join(map(str, columns)))
            lines.append("###")
    write_text(path, "\n".join(lines) + "\n")


def write_panel(genome: Genome, path: Path) -> None:
    """Write the targeted regions as BED, named ``gene:exon``."""
    rows = [f"{contig}\t{start}\t{end}\t{name}\n" for contig, start, end, name in genome.panel()]
    write_text(path, f"# {SYNTHETIC}\n" + "".join(rows))


def write_truth_vcf(genome: Genome, spec: PatientSpec, variants: list[TrueVariant], path: Path) -> None:
    """Write what a patient truly carries; bgzipped, with a tabix index."""
    lines = [
        "##fileformat=VCFv4.2",
        "##genomodel_genome=synthetic",
        f"##genomodel_note={SYNTHETIC}",
        f"##genomodel_seed={genome.seed}",
    ]
    lines += [f"##contig=<ID={name},length={len(sequence)}>" for name, sequence in genome.contigs.items()]
    lines += [
        '##INFO=<ID=ORIGIN,Number=1,Type=String,Description="somatic or germline">',
        '##INFO=<ID=TUMOR_AF,Number=1,Type=Float,Description="Expected allele fraction in the tumor sample">',
        '##INFO=<ID=NORMAL_AF,Number=1,Type=Float,Description="Expected allele fraction in the normal sample">',
        '##INFO=<ID=GENE,Number=1,Type=String,Description="Gene symbol">',
        '##INFO=<ID=PROTEIN,Number=1,Type=String,Description="Protein change by design">',
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO",
    ]
    for v in variants:
        info = f"ORIGIN={v.kind.value};TUMOR_AF={v.tumor_fraction:g};NORMAL_AF={v.normal_fraction:g};GENE={v.gene}"
        info += f";PROTEIN={v.label}" if v.label else ""
        lines.append(f"{v.contig}\t{v.pos + 1}\t.\t{v.ref}\t{v.alt}\t.\t.\t{info}")
    with atomic_path(path) as temporary, pysam.BGZFile(str(temporary), "wb") as handle:
        handle.write(("\n".join(lines) + "\n").encode())
    pysam.tabix_index(str(path), preset="vcf", force=True)


def write_truth_copy_number(genome: Genome, spec: PatientSpec, path: Path) -> None:
    """Write the copies of every panel gene in the tumor cells."""
    copies = {event.gene: event.copies for event in spec.copy_number}
    rows = [f"{gene.spec.symbol}\t{copies.get(gene.spec.symbol, 2)}\n" for gene in genome.genes]
    write_text(path, f"# {SYNTHETIC}\ngene\tcopies_in_tumor_cells\n" + "".join(rows))
