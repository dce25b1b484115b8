"""VCFs of the interpretation benchmark: a whole genome as VEP annotates it, a dense one, and panels of many patients.

Symbols are real, those of driver genes stand at their places on GRCh38, the others anywhere; what a variant does is
drawn. Of the genome's variants half lie in no gene and most others in introns, as of real tumors.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.annotation_files import LENGTHS
from genomodel.resources.tables import load_table

COLUMNS = (
    "Allele", "Consequence", "IMPACT", "SYMBOL", "Gene", "Feature_type", "Feature", "BIOTYPE", "EXON", "INTRON",
    "HGVSc", "HGVSp", "cDNA_position", "CDS_position", "Protein_position", "Amino_acids", "Codons",
    "Existing_variation", "DISTANCE", "STRAND", "SYMBOL_SOURCE", "HGNC_ID", "CANONICAL", "MANE_SELECT", "gnomADg_AF",
)  # fmt: skip
RESIDUES = "ACDEFGHIKLMNPQRSTVWY"
TRANSCRIPTS = 6
"""Transcripts of a gene that VEP names, about as many as Ensembl has of a coding gene."""
KINDS = ("intergenic_variant", "intron_variant", "upstream_gene_variant", "3_prime_UTR_variant", "missense_variant",
         "synonymous_variant", "stop_gained", "splice_donor_variant")  # fmt: skip
GENOME = (50, 41, 5, 2.2, 1.2, 0.5, 0.07, 0.03)
DENSE = (0, 10, 0, 2, 65, 18, 4, 1)
"""Weights of the kinds."""
Gene = tuple[str, str, int, int, str]
"""Symbol, contig, first and last base, transcript."""
Place = tuple[str, int, str, str, str]
"""Contig, position, what the variant does, symbol, transcript."""
GENE = 60_000
_SILENT = {"intron_variant", "upstream_gene_variant", "3_prime_UTR_variant", "splice_donor_variant"}


def _genes(*, drivers_alone: bool) -> list[Gene]:
    """Return the driver genes at their places and, unless asked for alone, all other symbols at places made up."""
    rng = random.Random(0)
    transcripts = [row["ensembl"] for row in load_table("mane_select") if row["status"] == "select"]
    found = [
        (row["gene"], f"chr{row['chrom']}", int(row["grch38_first"]), int(row["grch38_last"]), rng.choice(transcripts))
        for row in load_table("gene_places")
        if f"chr{row['chrom']}" in LENGTHS and row["grch38_first"]
    ]
    if drivers_alone:
        return found
    known = {gene[0] for gene in found}
    contigs, lengths = zip(*LENGTHS.items(), strict=True)
    for symbol in sorted({row["symbol"] for row in load_table("gene_symbols")} - known):
        contig = rng.choices(contigs, lengths)[0]
        start = rng.randrange(10_001, LENGTHS[contig] - GENE)
        found.append((symbol, contig, start, start + GENE, rng.choice(transcripts)))
    return found


def _entry(rng: random.Random, kind: str, alt: str, gene: str, transcript: str, number: int) -> str:
    values = dict.fromkeys(COLUMNS, "")
    values |= {"Allele": alt, "Consequence": kind, "IMPACT": "MODIFIER", "gnomADg_AF": rng.choice(("", "", "1e-05"))}
    if kind == "intergenic_variant":
        return "|".join(values.values())
    residue, at = rng.choice(RESIDUES), rng.randrange(1, 900)
    name = transcript if number == 0 else f"ENST9{rng.randrange(10**10):010d}.{number}"
    values |= {
        "SYMBOL": gene, "Gene": f"ENSG{hash_of(gene):011d}", "Feature_type": "Transcript", "Feature": name,
        "BIOTYPE": "protein_coding", "STRAND": "1", "SYMBOL_SOURCE": "HGNC", "CANONICAL": "YES" if number == 0 else "",
        "MANE_SELECT": name if number == 0 else "",
    }  # fmt: skip
    if kind in _SILENT:
        values |= {"INTRON": f"{number + 1}/20", "HGVSc": f"{name}:c.{3 * at}+{rng.randrange(9, 9000)}G>{alt}"}
    else:
        after = {"stop_gained": "*", "synonymous_variant": residue}.get(kind) or rng.choice(
            RESIDUES.replace(residue, "")
        )
        values |= {
            "EXON": f"{number + 2}/20", "HGVSc": f"{name}:c.{3 * at}G>{alt}", "Protein_position": str(at),
            "Amino_acids": residue if after == residue else f"{residue}/{after}", "Codons": "gGt/gAt",
        }  # fmt: skip
    return "|".join(values.values())


def hash_of(text: str) -> int:
    """Return a number of a text that is the same in every run."""
    return sum(ord(letter) * 31**place for place, letter in enumerate(text)) % 10**11


def _places(
    rng: random.Random, n: int, weights: Sequence[float], genes: list[Gene]
) -> Iterator[tuple[str, int, str, str, str]]:
    """Yield contig, position, kind, gene and transcript of ``n`` variants."""
    contigs, lengths = zip(*LENGTHS.items(), strict=True)
    for kind in rng.choices(KINDS, weights, k=n):
        if kind == "intergenic_variant":
            contig = rng.choices(contigs, lengths)[0]
            yield contig, rng.randrange(10_001, LENGTHS[contig]), kind, "", ""
        else:
            gene, contig, start, end, transcript = rng.choice(genes)
            yield contig, rng.randrange(start, end), kind, gene, transcript


def write_vcf(
    path: Path, n: int, weights: Sequence[float] = GENOME, *, seed: int = 1, drivers_alone: bool = False
) -> int:
    """Write a sorted VCF of tumor and normal with ``CSQ`` of VEP; return the number of its records."""
    rng = random.Random(seed)
    order = {contig: place for place, contig in enumerate(LENGTHS)}
    rows: dict[tuple[int, int], str] = {}
    for contig, pos, kind, gene, transcript in _places(rng, n, weights, _genes(drivers_alone=drivers_alone)):
        ref, alt = rng.sample("ACGT", 2)
        several = 1 if kind == "intergenic_variant" else TRANSCRIPTS
        entries = ",".join(_entry(rng, kind, alt, gene, transcript, number) for number in range(several))
        depth, reads = rng.randrange(40, 120), rng.randrange(8, 30)
        germline = rng.random() < 0.02
        normal = f"0/1:{depth // 2},{depth // 2}:{depth}" if germline else f"0/0:{depth},0:{depth}"
        word = "PASS" if rng.random() < 0.93 else "weak_evidence"
        rows[order[contig], pos] = (
            f"{contig}\t{pos}\t.\t{ref}\t{alt}\t.\t{word}\tCSQ={entries}\t"
            f"GT:AD:DP\t0/1:{depth - reads},{reads}:{depth}\t{normal}\n"
        )
    head = ["##fileformat=VCFv4.2", '##FILTER=<ID=weak_evidence,Description="x">']
    head += [f"##contig=<ID={name},length={length}>" for name, length in LENGTHS.items()]
    head += [
        f'##INFO=<ID=CSQ,Number=.,Type=String,Description="Consequence annotations from Ensembl VEP. Format: '
        f'{"|".join(COLUMNS)}">',
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="x">',
        '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="x">',
        '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="x">',
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tTUMOR\tNORMAL",
    ]
    with path.open("w", encoding="utf-8") as handle:
        handle.write("\n".join(head) + "\n")
        handle.writelines(text for _, text in sorted(rows.items()))
    return len(rows)
