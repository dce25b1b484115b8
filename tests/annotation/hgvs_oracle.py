"""HGVS names by biocommons ``hgvs`` over a local genome: the judge of our own names, sharing no code with them.

Gene models and sequence come from a GFF3 and a FASTA through the interface that biocommons gives for data providers.
An allele is shifted on the genome towards the 3' end of the transcript before it is placed on it, for the 3' rule holds
over borders of exons and introns too (c.1704+1del and c.1813del of
https://hgvs-nomenclature.org/stable/recommendations/DNA/deletion/), which the normalizer of c. names leaves undone.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pysam
from bioutils.sequences import reverse_complement, translate_cds
from hgvs.dataproviders.interface import Interface
from hgvs.edit import NARefAlt
from hgvs.exceptions import HGVSError
from hgvs.location import Interval, SimplePosition
from hgvs.normalizer import Normalizer
from hgvs.parser import Parser
from hgvs.posedit import PosEdit
from hgvs.sequencevariant import SequenceVariant
from hgvs.variantmapper import VariantMapper

METHOD = "splign"


@dataclass(frozen=True)
class Model:
    """A coding transcript, exons 0-based half-open in the order of the transcript."""

    name: str
    gene: str
    chrom: str
    strand: int
    exons: tuple[tuple[int, int], ...]
    coding: tuple[int, int]
    """First coding base and the one after the last on the genome, 0-based."""

    def place(self, base: int) -> int | None:
        """Index in the transcript of a 0-based genome position, ``None`` outside the exons."""
        before = 0
        for start, end in self.exons:
            if start <= base < end:
                return before + (base - start if self.strand == 1 else end - 1 - base)
            before += end - start
        return None

    @property
    def cds(self) -> tuple[int, int]:
        """Coding part on the transcript, 0-based half-open."""
        ends = (self.place(self.coding[0]), self.place(self.coding[1] - 1))
        low, high = sorted(end for end in ends if end is not None)
        return low, high + 1

    @property
    def span(self) -> tuple[int, int]:
        return min(start for start, _ in self.exons), max(end for _, end in self.exons)


def read_models(gff: Path) -> dict[str, Model]:
    """Coding transcripts of a GFF3 by the name after ``ID=transcript:``."""
    genes: dict[str, str] = {}
    heads: dict[str, tuple[str, str, int]] = {}
    parts: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for line in gff.read_text().splitlines():
        columns = line.split("\t")
        if len(columns) != 9:
            continue
        chrom, _, kind, start, end, _, strand, _, text = columns
        tags = dict(part.split("=", 1) for part in text.split(";") if "=" in part)
        if kind in ("exon", "CDS"):
            parts.setdefault((tags["Parent"].split(":")[1], kind), []).append((int(start) - 1, int(end)))
        elif tags.get("ID", "").startswith("gene:"):
            genes[tags["ID"]] = tags.get("Name", "")
        elif tags.get("ID", "").startswith("transcript:"):
            heads[tags["ID"].split(":")[1]] = (genes[tags["Parent"]], chrom, 1 if strand == "+" else -1)
    models = {}
    for name, (gene, chrom, sign) in heads.items():
        coding = parts.get((name, "CDS"))
        if coding:
            exons = tuple(sorted(parts[name, "exon"], reverse=sign == -1))
            models[name] = Model(name, gene, chrom, sign, exons, (min(s for s, _ in coding), max(e for _, e in coding)))
    return models


class LocalProvider(Interface):  # type: ignore[misc]
    """Transcripts of a GFF3 and sequence of a FASTA, as biocommons asks for them."""

    url = "local"
    required_version = "1.1"

    def __init__(self, fasta: Path, models: dict[str, Model]) -> None:
        self.fasta = pysam.FastaFile(str(fasta))
        self.models = models
        self._spliced: dict[str, str] = {}
        super().__init__()

    def data_version(self) -> str:
        return "1.1"

    def schema_version(self) -> str:
        return "1.1"

    def spliced(self, name: str) -> str:
        if name not in self._spliced:
            model = self.models[name]
            pieces = [self.fasta.fetch(model.chrom, start, end).upper() for start, end in model.exons]
            self._spliced[name] = "".join(p if model.strand == 1 else reverse_complement(p) for p in pieces)
        return self._spliced[name]

    def get_seq(self, ac: str, start_i: int | None = None, end_i: int | None = None) -> str:
        if ac in self.models:
            return self.spliced(ac)[start_i:end_i]
        if ac.startswith("MD5_"):
            return ""
        return str(self.fasta.fetch(ac, start_i, end_i)).upper()

    def get_acs_for_protein_seq(self, seq: str) -> list[str]:
        return ["MD5_" + hashlib.md5(seq.encode(), usedforsecurity=False).hexdigest()]

    def get_assembly_map(self, assembly_name: str) -> dict[str, str]:
        return {name: name for name in self.fasta.references}

    def get_gene_info(self, gene: str) -> None:
        return None

    def get_pro_ac_for_tx_ac(self, tx_ac: str) -> str:
        return "MD5_" + tx_ac

    def get_similar_transcripts(self, tx_ac: str) -> list[Any]:
        return []

    def get_tx_exons(self, tx_ac: str, alt_ac: str, alt_aln_method: str) -> list[dict[str, Any]]:
        model, rows, before = self.models[tx_ac], [], 0
        for rank, (start, end) in enumerate(model.exons):
            size = end - start
            rows.append(
                {
                    "tx_ac": tx_ac, "alt_ac": alt_ac, "alt_strand": model.strand, "ord": rank,
                    "tx_start_i": before, "tx_end_i": before + size,
                    "alt_start_i": start, "alt_end_i": end, "cigar": f"{size}=",
                }
            )  # fmt: skip
            before += size
        return sorted(rows, key=lambda row: row["alt_start_i"])

    def get_tx_for_gene(self, gene: str) -> list[Any]:
        return []

    def get_tx_for_region(self, alt_ac: str, alt_aln_method: str, start_i: int, end_i: int) -> list[Any]:
        return []

    def get_tx_identity_info(self, tx_ac: str) -> dict[str, Any]:
        model = self.models[tx_ac]
        first, after = model.cds
        lengths = [end - start for start, end in model.exons]
        return {"tx_ac": tx_ac, "cds_start_i": first, "cds_end_i": after, "lengths": lengths, "hgnc": model.gene}

    def get_tx_info(self, tx_ac: str, alt_ac: str, alt_aln_method: str) -> dict[str, Any]:
        return self.get_tx_identity_info(tx_ac)

    def get_tx_mapping_options(self, tx_ac: str) -> list[dict[str, str]]:
        return [{"tx_ac": tx_ac, "alt_ac": self.models[tx_ac].chrom, "alt_aln_method": METHOD}]


@dataclass(frozen=True)
class Names:
    """Names without accession: ``c.`` and ``p.`` with the parentheses of predictions taken off."""

    c: str
    p: str
    failed: str = ""
    """What biocommons said where it gave no name."""


class Oracle:
    """Names alleles of a VCF on a transcript."""

    def __init__(self, fasta: Path, gff: Path) -> None:
        self.models = read_models(gff)
        self.provider = LocalProvider(fasta, self.models)
        self.mapper = VariantMapper(self.provider, prevalidation_level=None)
        self.parser = Parser()
        common = {"alt_aln_method": METHOD, "validate": False, "variantmapper": self.mapper}
        self._shift = {
            1: Normalizer(self.provider, shuffle_direction=3, **common),
            -1: Normalizer(self.provider, shuffle_direction=5, **common),
        }

    def genomic(self, chrom: str, pos: int, ref: str, alt: str, strand: int) -> Any:
        """Return the g. variant, at the most 3' place in the direction of a strand."""
        start, ref, alt = trimmed(pos, ref, alt)
        place = (start - 1, start) if not ref else (start, start + len(ref) - 1)
        interval = Interval(start=SimplePosition(place[0]), end=SimplePosition(place[1]))
        edit = NARefAlt(ref=ref or None, alt=alt or None)
        return self._shift[strand].normalize(SequenceVariant(chrom, "g", PosEdit(interval, edit)))

    def names(self, chrom: str, pos: int, ref: str, alt: str, transcript: str) -> Names:
        """Return what biocommons calls an allele of a VCF on a transcript."""
        try:
            placed = self.mapper.g_to_c(
                self.genomic(chrom, pos, ref, alt, self.models[transcript].strand), transcript, alt_aln_method=METHOD
            )
        except (HGVSError, NotImplementedError, ValueError, IndexError) as error:
            return Names("", "", f"c: {type(error).__name__}: {error}")
        named = without_accession(str(placed))
        try:
            protein = self.mapper.c_to_p(placed, alt_ac=chrom, alt_aln_method=METHOD)
        except (HGVSError, NotImplementedError, ValueError, IndexError, AttributeError, TypeError) as error:
            return Names(named, "", f"p: {type(error).__name__}: {error}")
        return Names(named, bare(without_accession(str(protein))))

    def allele_of(self, transcript: str, named: str) -> tuple[int, str, str]:
        """Return position, reference and alternate allele that a c. name speaks of, by way of biocommons' parser."""
        model = self.models[transcript]
        variant = self.parser.parse_c_variant(f"{transcript}:{named}")
        placed = self.mapper.c_to_g(variant, model.chrom, alt_aln_method=METHOD).posedit
        first, last = placed.pos.start.base, placed.pos.end.base
        if placed.edit.type == "ins":
            return last, "", placed.edit.alt
        found = self.provider.get_seq(model.chrom, first - 1, last)
        if placed.edit.type == "dup":
            return first, "", found
        alt = reverse_complement(found) if placed.edit.type == "inv" else placed.edit.alt or ""
        return first, found, alt

    def same_allele(self, one: tuple[int, str, str], other: tuple[int, str, str], chrom: str) -> bool:
        """Whether two alleles change the genome alike."""
        low = min(one[0], other[0]) - 1
        high = max(one[0] + len(one[1]), other[0] + len(other[1]))
        around = self.provider.get_seq(chrom, low, high)
        written = {around[: pos - 1 - low] + alt + around[pos - 1 - low + len(ref) :] for pos, ref, alt in (one, other)}
        return len(written) == 1

    def protein(self, transcript: str) -> str:
        """Return the protein with its stop as ``*``."""
        first, after = self.models[transcript].cds
        return str(translate_cds(self.provider.spliced(transcript)[first:after]))


def trimmed(pos: int, ref: str, alt: str) -> tuple[int, str, str]:
    """Cut what reference and alternate allele share, at the end first."""
    while ref and alt and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    while ref and alt and ref[0] == alt[0]:
        pos, ref, alt = pos + 1, ref[1:], alt[1:]
    return pos, ref, alt


def without_accession(text: str) -> str:
    return text.rsplit(":", 1)[-1]


def bare(protein: str) -> str:
    """Take the parentheses of a prediction off."""
    return re.sub(r"^p\.\((.*)\)$", r"p.\1", protein)
