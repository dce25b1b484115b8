"""Small gene models: a 5' gene on each strand, ALK on the reverse strand and MET on the forward one."""

from __future__ import annotations

from pathlib import Path

from genomodel.resources.actionable_fusions import fusion_genes

ALK_EXONS = 29


def gene(chrom: str, symbol: str, strand: str, exons: list[tuple[int, int]], coding: tuple[int, int]) -> str:
    """Rows of a gene whose coding sequence spans ``coding``; exons in genome order."""
    start, end = exons[0][0], exons[-1][1]
    head = f"{chrom}\tx\t{{}}\t{{}}\t{{}}\t.\t{strand}\t.\t{{}}\n"
    text = head.format("gene", start, end, f"ID=gene:G{symbol};Name={symbol};biotype=protein_coding")
    text += head.format("mRNA", start, end, f"ID=transcript:T{symbol};Parent=gene:G{symbol};biotype=protein_coding")
    for first, last in exons:
        text += head.format("exon", first, last, f"Parent=transcript:T{symbol}")
        low, high = max(first, coding[0]), min(last, coding[1])
        if low <= high:
            text += head.format("CDS", low, high, f"ID=CDS:{symbol};Parent=transcript:T{symbol}")
    return text


def tiled(start: int, n: int, length: int, gap: int = 1000) -> list[tuple[int, int]]:
    return [(start + i * gap, start + i * gap + length - 1) for i in range(n)]


def write_gff(folder: Path) -> Path:
    """Write the models; exons of 100 coding bases, so that frames go through all three phases."""
    path = folder / "genes.gff3"
    path.write_text(
        "##gff-version 3\n"
        # 5' UTR of 40 bases in exon 1: 60, 160, 260 ... coding bases up to the ends of exons 1, 2, 3 ...
        + gene("chr1", "EML4", "+", tiled(1001, 10, 100), (1041, 10090))
        + gene("chr1", "KIF5B", "-", tiled(50001, 10, 100), (50011, 59060))
        # On the reverse strand exon 29 lies first; exon 20 starts with 1,850 coding bases upstream of it.
        + gene("chr2", "ALK", "-", tiled(100001, ALK_EXONS, 100), (100011, 128050))
        + gene("chr3", "RET", "+", tiled(1001, 20, 100), (1051, 20090))
        + gene("chr7", "MET", "+", tiled(1001, 21, 99), (1001, 21099))
        + gene("chr4", "COL1A1", "+", tiled(1001, 5, 100), (1001, 5100))
        + gene("chr4", "CITED4", "+", tiled(20001, 3, 100), (20001, 22100))
    )
    return path


def write_full_gff(folder: Path, *, without: str = "", head: str = "") -> Path:
    """Write the models with all genes of the list, one of them left out on demand, with lines for the head."""
    text = write_gff(folder).read_text().replace("##gff-version 3\n", f"##gff-version 3\n{head}")
    for number, (symbol, listed) in enumerate(sorted(fusion_genes().items())):
        if f"Name={symbol};" not in text and symbol != without:
            start = 1_000_001 + number * 100_000
            text += gene("chr9", symbol, "+", tiled(start, listed.n_exons or 18, 100), (start, start + 90_000))
    path = folder / "full.gff3"
    path.write_text(text)
    return path


VCF_HEAD = "##fileformat=VCFv4.2\n{meta}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{samples}\n"


def write_vcf(path: Path, rows: list[str], *, meta: str = "", samples: str = "NORMAL\tTUMOR") -> Path:
    path.write_text(VCF_HEAD.format(meta=meta, samples=samples) + "".join(row + "\n" for row in rows))
    return path
