"""Small bgzipped, indexed VCFs and genomes for tests of the sources."""

from __future__ import annotations

from pathlib import Path

import pysam

from tests.calls.builders import write_vcf


def indexed(folder: Path, name: str, rows: list[str], meta: tuple[str, ...], *, csi: bool = False) -> Path:
    """Write records, bgzip them and index them."""
    plain = write_vcf(folder / f"{name}.vcf", rows, (), meta)
    out = folder / f"{name}.vcf.gz"
    pysam.tabix_compress(str(plain), str(out), force=True)
    pysam.tabix_index(str(out), preset="vcf", force=True, csi=csi)
    return out


def write_fasta(path: Path, contigs: dict[str, str]) -> pysam.FastaFile:
    """Write and open a genome."""
    path.write_text("".join(f">{name}\n{bases}\n" for name, bases in contigs.items()))
    pysam.faidx(str(path))
    return pysam.FastaFile(str(path))
