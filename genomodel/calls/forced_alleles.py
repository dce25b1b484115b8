"""Hotspot alleles that somebody saw and Mutect2 did not pass, to be looked at a second time before they are judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import pysam

from genomodel.calls.shards import contig_lengths
from genomodel.calls.vcf_text import VcfReader, VcfRecord
from genomodel.core.variants import Variant
from genomodel.files import atomic_path

PASSING_ENGINE = "mutect2"
MOST_BASES = 50
"""Longest allele that is taken apart in search of a hotspot."""


class HotspotLookup(Protocol):
    """Anything that knows which alleles are hotspots."""

    def find(self, variant: Variant) -> str | None:
        """Return the hotspot's label, such as ``BRAF V600E``, or ``None``."""


def simple_alleles(chrom: str, pos: int, ref: str, alt: str) -> Iterator[Variant]:
    """Yield an allele and, of a longer substitution, every run of changed bases and every changed base.

    Haplotype callers join a hotspot with a neighboring variant on the same reads to one record, which no table of
    hotspots holds.
    """
    yield Variant(chrom=chrom, pos=pos, ref=ref, alt=alt)
    if len(ref) != len(alt) or not 1 < len(ref) <= MOST_BASES:
        return
    changed = [index for index, (old, new) in enumerate(zip(ref, alt, strict=True)) if old != new]
    seen = {(pos, ref, alt)}
    for first in changed:
        for last in changed:
            if 0 <= last - first <= 2:
                part = (pos + first, ref[first : last + 1], alt[first : last + 1])
                if part not in seen:
                    seen.add(part)
                    yield Variant(chrom=chrom, pos=part[0], ref=part[1], alt=part[2])


def forced_alleles(calls: Sequence[tuple[str, Path]], hotspots: HotspotLookup) -> list[tuple[Variant, str]]:
    """Return hotspot alleles in any engine's calls that Mutect2 did not pass, each with its label, in order.

    Parameters
    ----------
    calls
        (engine, harmonized calls).
    hotspots
        Which alleles are hotspots.
    """
    found: dict[tuple[str, int, str, str], tuple[Variant, str]] = {}
    passed: set[tuple[str, int, str, str]] = set()
    order: dict[str, int] = {}
    for engine, path in calls:
        reader = VcfReader(path)
        order = order or {name: index for index, name in enumerate(reader.header.contig_lengths())}
        for record in reader:
            for variant in _sequence_alleles(record):
                label = hotspots.find(variant)
                if label is None:
                    continue
                key = (variant.chrom, variant.pos, variant.ref, variant.alt)
                found.setdefault(key, (variant, label))
                if engine == PASSING_ENGINE and record.filters == ("PASS",):
                    passed.add(key)
    wanted = [entry for key, entry in found.items() if key not in passed]
    return sorted(wanted, key=lambda entry: (order.get(entry[0].chrom, len(order)), entry[0].pos, entry[0].ref))


def _sequence_alleles(record: VcfRecord) -> Iterator[Variant]:
    for alt in record.alts:
        if alt.isalpha():
            yield from simple_alleles(record.chrom, record.pos, record.ref.upper(), alt.upper())


def write_alleles(entries: Sequence[tuple[Variant, str]], reference: str | Path, out: str | Path) -> None:
    """Write alleles as a bgzipped and indexed VCF without samples."""
    contigs: Mapping[str, int] = contig_lengths(f"{reference}.fai")
    lines = ["##fileformat=VCFv4.2"]
    lines += [f"##contig=<ID={name},length={length}>" for name, length in contigs.items()]
    lines += ['##INFO=<ID=HOTSPOT,Number=1,Type=String,Description="Hotspot that the allele is">']
    lines += ["#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]
    for variant, label in entries:
        info = f"HOTSPOT={label.replace(' ', '_').replace(';', ',')}"
        lines.append(f"{variant.chrom}\t{variant.pos}\t.\t{variant.ref}\t{variant.alt}\t.\t.\t{info}")
    with atomic_path(out) as temporary, pysam.BGZFile(str(temporary), "wb") as writer:
        writer.write("".join(line + "\n" for line in lines).encode())
    pysam.tabix_index(str(out), preset="vcf", force=True)
