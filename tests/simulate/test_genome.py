from __future__ import annotations

import gzip
import itertools
from pathlib import Path

import pysam
import pytest

from genomodel.core.codons import reverse_complement, translate
from genomodel.simulate.genes import GENES
from genomodel.simulate.genome import Genome, build_genome

# Protein lengths (amino acids) of the MANE Select transcripts, UniProt's canonical lengths for all but KRAS (4B, 188).
LENGTHS = {
    "NRAS": 189,
    "IDH1": 414,
    "PIK3CA": 1068,
    "KIT": 976,
    "APC": 2843,
    "EGFR": 1210,
    "BRAF": 766,
    "CDKN2A": 156,
    "PTEN": 403,
    "KRAS": 188,
    "RB1": 928,
    "TP53": 393,
    "ERBB2": 1255,
    "STK11": 433,
}
RESIDUES = {
    ("BRAF", 600): "V",
    ("EGFR", 745): "KELREAT",
    ("EGFR", 790): "T",
    ("EGFR", 858): "L",
    ("EGFR", 861): "L",
    ("KRAS", 12): "GG",
    ("KRAS", 61): "Q",
    ("NRAS", 12): "GG",
    ("NRAS", 61): "Q",
    ("PIK3CA", 542): "E",
    ("PIK3CA", 545): "EQ",
    ("PIK3CA", 1047): "H",
    ("APC", 1450): "R",
    ("TP53", 175): "R",
    ("TP53", 248): "RR",
    ("TP53", 273): "R",
    ("ERBB2", 755): "L",
    ("IDH1", 132): "R",
    ("KIT", 816): "D",
    ("CDKN2A", 80): "R",
    ("PTEN", 233): "R",
}


@pytest.fixture(scope="module")
def genome() -> Genome:
    return build_genome(1)


def protein(genome: Genome, symbol: str) -> str:
    return translate(genome.coding_sequence(genome.gene(symbol)))


def test_every_protein_has_its_real_length_and_one_stop(genome: Genome) -> None:
    assert {gene.spec.symbol for gene in genome.genes} == set(LENGTHS)
    for symbol, length in LENGTHS.items():
        made = protein(genome, symbol)
        assert made.startswith("M"), symbol
        assert made.index("*") == len(made) - 1 == length, symbol


@pytest.mark.parametrize(("place", "residues"), RESIDUES.items(), ids=str)
def test_hotspot_codons_hold_the_real_residue(genome: Genome, place: tuple[str, int], residues: str) -> None:
    symbol, codon = place
    assert protein(genome, symbol)[codon - 1 : codon - 1 + len(residues)] == residues


def test_there_are_genes_on_both_strands_and_codons_split_by_introns(genome: Genome) -> None:
    assert {gene.spec.strand for gene in genome.genes} == {"+", "-"}
    for gene in genome.genes:
        lengths = [length for length in gene.spec.coding if length]
        ends = [sum(lengths[: i + 1]) % 3 for i in range(len(lengths))]
        assert ends[-1] == 0, gene.spec.symbol
    assert any(sum(gene.spec.coding[:i]) % 3 for gene in genome.genes for i in range(len(gene.spec.coding)))


def test_introns_begin_and_end_as_splice_sites_do(genome: Genome) -> None:
    for gene in genome.genes:
        contig = genome.contigs[gene.spec.contig]
        exons = sorted(gene.exons, key=lambda exon: exon.start)
        for left, right in itertools.pairwise(exons):
            intron = contig[left.end : right.start]
            intron = intron if gene.spec.strand == "+" else reverse_complement(intron)
            assert (intron[:2], intron[-2:]) == ("GT", "AG"), gene.spec.symbol


def test_same_seed_same_genome_and_another_seed_another(genome: Genome) -> None:
    assert build_genome(1).contigs == genome.contigs
    assert build_genome(2).contigs != genome.contigs
    assert protein(build_genome(2), "BRAF")[599] == "V"


def test_genome_is_small(genome: Genome) -> None:
    assert sum(map(len, genome.contigs.values())) < 200_000


def test_exon_structure_and_codons_are_those_of_the_real_transcripts(shared_data: Path) -> None:
    specs = {spec.symbol: spec for spec in GENES}
    seen = set()
    bases = pysam.FastaFile(str(shared_data / "genome" / "GRCh38.sparse.fa.gz"))
    with gzip.open(shared_data / "genome" / "GRCh38.refGene.txt.gz", "rt") as handle:
        for line in handle:
            cells = line.rstrip("\n").split("\t")
            spec = specs.get(cells[12])
            if spec is None or cells[1].split(".")[0] != spec.transcript or "_" in cells[2] or spec.symbol in seen:
                continue
            seen.add(spec.symbol)
            start, end = int(cells[6]), int(cells[7])
            exons = zip(cells[9].rstrip(",").split(","), cells[10].rstrip(",").split(","), strict=True)
            coding = [(max(int(a), start), min(int(b), end)) for a, b in exons]
            lengths = [max(0, b - a) for a, b in coding]
            sequence = "".join(bases.fetch(cells[2], a, b) for a, b in coding if b > a).upper()
            if spec.strand == "-":
                lengths, sequence = lengths[::-1], sequence[::-1].translate(str.maketrans("ACGTN", "TGCAN"))
            assert (cells[2], cells[3], tuple(lengths)) == (spec.contig, spec.strand, spec.coding), spec.symbol
            for codon, triplets in spec.codons.items():
                real = sequence[3 * codon - 3 : 3 * codon - 3 + len(triplets)]
                assert real == triplets or set(real) == {"N"}, (spec.symbol, codon)
    assert seen == set(specs)
