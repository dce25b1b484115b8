"""Files of the annotation benchmark: a bgzipped VCF of a gigabyte like gnomAD's, and variants to look up in it.

Bases of the genome are a function of the place, so that no FASTA of three gigabytes is written.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pysam

LENGTHS = {
    "chr1": 248956422, "chr2": 242193529, "chr3": 198295559, "chr4": 190214555, "chr5": 181538259, "chr6": 170805979,
    "chr7": 159345973, "chr8": 145138636, "chr9": 138394717, "chr10": 133797422, "chr11": 135086622,
    "chr12": 133275309, "chr13": 114364328, "chr14": 107043718, "chr15": 101991189, "chr16": 90338345,
    "chr17": 83257441, "chr18": 80373285, "chr19": 58617616, "chr20": 64444167, "chr21": 46709983, "chr22": 50818468,
    "chrX": 156040895,
}  # fmt: skip
"""Contigs of GRCh38 (GCA_000001405.15)."""
GROUPS = ("afr", "ami", "amr", "asj", "eas", "fin", "mid", "nfe", "remaining", "sas")
TEMPLATES = 1500
"""Different INFO texts; deflate sees 32 kB, two or three of them."""
BYTES_PER_ROW = 2070
"""Compressed bytes of a row here, of 12 kB; of gnomAD 4.0 exomes, whose counts are mostly 0, it is 1,480 of 12 kB."""
PANEL_GENES, GENE = 500, 60_000


@dataclass(frozen=True)
class Variants:
    """Variants to look up, and how many of them the file holds."""

    path: Path
    n: int
    held: int


def base(position: int) -> str:
    """Return the base at a 1-based position, the same on every contig."""
    return "ACGT"[(position * 2654435761 >> 11) & 3]


def bases(_: str, start: int, end: int) -> str:
    """Return bases of a contig, 0-based and half-open."""
    return "".join(base(position) for position in range(start + 1, end + 1))


def _info(rng: random.Random) -> str:
    parts = []
    for subset in ("", "non_ukb_", "joint_"):
        for group in ("", *GROUPS):
            for sex in ("", "_XX", "_XY"):
                name = f"{subset}{group}{sex}".strip("_")
                name = f"_{name}" if name else ""
                count, alleles = rng.choice((0, 0, 0, rng.randrange(1, 40))), rng.randrange(900, 1_200_000)
                parts += [f"AC{name}={count}", f"AF{name}={count / alleles:.5e}", f"AN{name}={alleles}"]
                parts.append(f"nhomalt{name}={rng.choice((0, 0, count // 9))}")
    parts.append(f"AF_grpmax={rng.random() / 1000:.5e}")
    for name in ("gq_hist_alt", "gq_hist_all", "dp_hist_alt", "dp_hist_all", "ab_hist_alt", "age_hist_het"):
        parts.append(f"{name}_bin_freq={'|'.join(str(int(rng.expovariate(0.001))) for _ in range(20))}")
    gene = rng.randrange(100_000, 300_000)
    entries = [
        f"T|missense_variant|MODERATE|GENE{gene}|ENSG{gene:011d}|Transcript|ENST{gene + i:011d}|protein_coding|"
        f"{i}/20||ENST{gene + i:011d}.4:c.{rng.randrange(3000)}A>T|ENSP{gene + i:011d}.2:p.Lys{i}Asn|"
        f"{rng.randrange(4000)}|{rng.randrange(3000)}|{rng.randrange(999)}|K/N|aaA/aaT||1||1||SNV||HGNC||YES||5|P1"
        for i in range(14)
    ]
    return ";".join([*parts, f"vep={','.join(entries)}"])


def _alleles(rng: random.Random, position: int) -> tuple[str, str]:
    ref = base(position)
    kind = rng.random()
    if kind < 0.9:
        return ref, rng.choice([letter for letter in "ACGT" if letter != ref])
    if kind < 0.95:
        return ref + bases("", position, position + rng.randrange(1, 6)), ref
    return ref, ref + "".join(rng.choices("ACGT", k=rng.randrange(1, 6)))


def _places(rng: random.Random, n: int) -> Iterator[tuple[str, int]]:
    total = sum(LENGTHS.values())
    for contig, length in LENGTHS.items():
        share = max(round(n * length / total), 1)
        for position in sorted({rng.randrange(10_001, length - 10_000) for _ in range(share)}):
            yield contig, position


def write_file(path: Path, size: int, seed: int = 1) -> int:
    """Write the VCF and its index until it has ``size`` bytes, about; return the number of records."""
    rng = random.Random(seed)
    templates = [_info(rng) for _ in range(TEMPLATES)]
    names = sorted({part.partition("=")[0] for part in templates[0].split(";")})
    head = ["##fileformat=VCFv4.2"]
    head += [f'##INFO=<ID={name},Number={"1" if name.startswith("AN") else "A"},Type='
             f'{"Float" if name.startswith("AF") else "String"},Description="x">' for name in names]  # fmt: skip
    head += [f"##contig=<ID={name},length={length}>" for name, length in LENGTHS.items()]
    n = 0
    with pysam.BGZFile(str(path), "wb") as handle:
        handle.write("\n".join([*head, "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"]).encode())
        for contig, position in _places(rng, round(size / BYTES_PER_ROW * 1.01)):
            ref, alt = _alleles(rng, position)
            info = templates[rng.randrange(TEMPLATES)]
            handle.write(f"{contig}\t{position}\t.\t{ref}\t{alt}\t.\tPASS\t{info}\n".encode())
            n += 1
    pysam.tabix_index(str(path), preset="vcf", force=True)
    return n


def _write_variants(path: Path, rows: list[tuple[str, int, str, str]]) -> None:
    order = {contig: number for number, contig in enumerate(LENGTHS)}
    lines = [f"{chrom}\t{pos}\t.\t{ref}\t{alt}\t.\tPASS\t.\n" for chrom, pos, ref, alt in
             sorted(set(rows), key=lambda row: (order[row[0]], *row[1:]))]  # fmt: skip
    with pysam.BGZFile(str(path), "wb") as handle:
        head = "".join(f"##contig=<ID={name},length={length}>\n" for name, length in LENGTHS.items())
        handle.write(f"##fileformat=VCFv4.2\n{head}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n".encode())
        handle.write("".join(lines).encode())
    pysam.tabix_index(str(path), preset="vcf", force=True)


def write_variants(folder: Path, file: Path, n: int, seed: int = 2) -> dict[str, Variants]:
    """Write ``n`` variants over the genome, and those of a panel; half of each are in the file.

    Returns
    -------
    dict
        By ``genome`` and ``panel``.
    """
    rng = random.Random(seed)
    with pysam.TabixFile(str(file)) as opened:
        rows = [(c, int(p), r, a) for c in LENGTHS for c, p, _, r, a, _ in
                (str(line).split("\t", 5) for line in opened.fetch(c))]  # fmt: skip
    held = frozenset(rows)
    genes = [(contig, start) for contig, start in _places(rng, PANEL_GENES)]
    windows = {(contig, position // GENE) for contig, position in genes}
    in_genes = [row for row in rows if (row[0], row[1] // GENE) in windows]
    made = {}
    for name, known, places in (
        ("genome", rng.sample(rows, min(n // 2, len(rows))), list(_places(rng, n // 2))),
        ("panel", in_genes, [(c, w * GENE + rng.randrange(1, GENE)) for c, w in sorted(windows) for _ in range(2)]),
    ):
        wanted = {*known, *((c, p, *_alleles(rng, p)) for c, p in places)}
        _write_variants(folder / f"{name}.vcf.gz", list(wanted))
        made[name] = Variants(folder / f"{name}.vcf.gz", len(wanted), len(wanted & held))
    return made
