from __future__ import annotations

from pathlib import Path

from genomodel.calls.vcf_text import VcfHeader, VcfRecord, parse_record

FORMAT_LINE = '##FORMAT=<ID={},Number={},Type={},Description="x">'


def vcf_text(rows: list[str], samples: tuple[str, ...] = ("TUMOR", "NORMAL"), meta: tuple[str, ...] = ()) -> str:
    columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]
    if samples:
        columns += ["FORMAT", *samples]
    return "\n".join(["##fileformat=VCFv4.2", *meta, "\t".join(columns), *rows]) + "\n"


def write_vcf(
    path: Path, rows: list[str], samples: tuple[str, ...] = ("TUMOR", "NORMAL"), meta: tuple[str, ...] = ()
) -> Path:
    path.write_text(vcf_text(rows, samples, meta), encoding="utf-8")
    return path


def record(line: str, samples: tuple[str, ...] = ("TUMOR", "NORMAL"), meta: tuple[str, ...] = ()) -> VcfRecord:
    return parse_record(VcfHeader(Path("x.vcf"), meta, samples), 10, 1, line.replace(" ", "\t"))
