"""Tables of other programs on a made genome of five genes."""

from __future__ import annotations

from pathlib import Path

GFF = """##gff-version 3
chr1\tt\tgene\t1000001\t1100000\t.\t+\t.\tID=gene:G1;Name=AMPED
chr1\tt\tgene\t3000001\t3100000\t.\t+\t.\tID=gene:G2;Name=PLAIN
chr2\tt\tgene\t500001\t600000\t.\t+\t.\tID=gene:G3;Name=GONE
chr2\tt\tgene\t9500001\t9600000\t.\t+\t.\tID=gene:G4;Name=BARE
chrX\tt\tgene\t500001\t600000\t.\t+\t.\tID=gene:G5;Name=ONX
"""
SEG = "ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean\n"


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path
