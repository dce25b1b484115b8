"""Shipped tables are made here from registered sources; ``genomodel data build`` makes them again."""

from __future__ import annotations

import csv
import gzip
import itertools
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from genomodel.core.provenance import Version
from genomodel.files import sha256_of, write_text
from genomodel.resources.registry import fetch, resource

FOLDER = Path(str(files("genomodel.resources"))) / "shipped"
HOTSPOT_KINDS = ("single residue", "in-frame indel", "splice site")
_CHROMOSOME = re.compile(r"^(\d+|X|Y)(?=[pq ]|$|cen)")
DECAY_DISTANCE = 50
"""Bases before the last junction of exons within which a stop escapes the decay of its transcript (Abou Tayoun et al.
2018, doi:10.1002/humu.23626)."""
ROLES = {"Act": "activating", "LoF": "loss of function", "ambiguous": "ambiguous"}


def _oncotree_rows(path: Path) -> Iterator[dict[str, str]]:
    def walk(node: dict[str, Any], parent: str) -> Iterator[dict[str, str]]:
        own = {node["code"]}
        outside = node["externalReferences"]
        yield {
            "code": node["code"],
            "name": node["name"],
            "parent": parent,
            "main_type": node["mainType"] or "",
            "tissue": node["tissue"] or "",
            "former_codes": ";".join(sorted({*node["history"], *node["precursors"]} - own)),
            "revoked_codes": ";".join(sorted(set(node["revocations"]) - own)),
            "nci": ";".join(sorted(outside.get("NCI", ()))),
            "umls": ";".join(sorted(outside.get("UMLS", ()))),
        }
        for child in sorted(node["children"].values(), key=lambda item: str(item["code"])):
            yield from walk(child, node["code"])

    return walk(json.loads(path.read_text(encoding="utf-8"))["TISSUE"], "")


def _hotspot_rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle, delimiter="\t") if row["type"] in HOTSPOT_KINDS]
    for row in sorted(rows, key=lambda row: (row["hugo_symbol"], row["type"], row["residue"])):
        yield {
            "gene": row["hugo_symbol"],
            "residue": row["residue"],
            "kind": row["type"],
            "tumors": str(int(float(row["tumor_count"]))),
            "alleles": row["variant_amino_acid"],
            "q_value": f"{float(row['q_value']):.3g}" if row["q_value"] else "",
        }


def _driver_rows(path: Path) -> Iterator[dict[str, str]]:
    cohorts: dict[str, set[str]] = defaultdict(set)
    role: dict[str, str] = {}
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle, delimiter="\t"):
            cohorts[row["SYMBOL"]].add(row["COHORT"])
            if row["ROLE"] in ROLES:
                role[row["SYMBOL"]] = ROLES[row["ROLE"]]
    for gene in sorted(role):
        yield {"gene": gene, "role": role[gene], "cohorts": str(len(cohorts[gene]))}


def _mane_rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t"))
    for row in sorted(rows, key=lambda row: row["Ensembl_nuc"]):
        status = row["MANE_status"].removeprefix("MANE ").lower().replace(" ", "_")
        yield {"ensembl": row["Ensembl_nuc"], "refseq": row["RefSeq_nuc"], "status": status}


def _symbol_rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle, delimiter="\t"):
            arm = _CHROMOSOME.match(row["location"])
            yield {
                "symbol": row["symbol"],
                "hgnc_id": row["hgnc_id"],
                "chrom": "MT" if row["location"] == "mitochondria" else arm.group(1) if arm else "",
                "former": row["prev_symbol"],
                "aliases": row["alias_symbol"],
            }


def _place_rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield where genes of cancer lie in both builds; those with transcripts on several chromosomes are left out."""
    with (FOLDER.parent / "actionable_loci.tsv").open(encoding="utf-8") as handle:
        loci = csv.DictReader((line for line in handle if not line.startswith("#")), delimiter="\t")
        wanted = {row["gene"] for row in loci}
    wanted |= {row["gene"] for name in ("driver_genes", "hotspots") for row in load_table(name)}
    builds = {"grch37": _refgene_spans(fetch("refgene_grch37")), "grch38": _refgene_spans(path)}
    for gene in sorted(wanted):
        spans = {build: found.get(gene, {}) for build, found in builds.items()}
        chroms = {chrom for found in spans.values() for chrom in found}
        if len(chroms) != 1 or not all(spans.values()):
            continue
        (chrom,) = chroms
        row = {"gene": gene, "chrom": chrom}
        for build, found in spans.items():
            row |= {f"{build}_first": str(found[chrom][0]), f"{build}_last": str(found[chrom][1])}
        yield row


def _refgene_spans(path: Path) -> dict[str, dict[str, tuple[int, int]]]:
    """Return first and last base of all transcripts of a gene, 1-based, by symbol and by chromosome without ``chr``."""
    spans: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    with gzip.open(path, "rt", encoding="utf-8") as handle:
        for line in handle:
            fields = line.split("\t")
            chrom, first, last, gene = fields[2].removeprefix("chr"), int(fields[4]) + 1, int(fields[5]), fields[12]
            if "_" not in chrom:
                known = spans[gene].get(chrom, (first, last))
                spans[gene][chrom] = (min(known[0], first), max(known[1], last))
    return spans


def _protein_end_rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield, of genes that tumors may lose, the protein's length and the last residue where a stop brings decay.

    Of the transcripts of a gene the one of MANE Select counts, else that with the longest coding sequence.
    """
    wanted = {row["gene"] for row in load_table("driver_genes") if row["role"] != "activating"}
    with (FOLDER.parent / "landscape_roles.tsv").open(encoding="utf-8") as handle:
        named = csv.DictReader((line for line in handle if not line.startswith("#")), delimiter="\t")
        wanted |= {row["gene"] for row in named if row["role"] == "tumor suppressor"}
    selected = {row["refseq"].partition(".")[0] for row in load_table("mane_select") if row["status"] == "select"}
    ends: dict[str, tuple[bool, int, str, dict[str, str]]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as handle:
        for line in handle:
            fields = line.split("\t")
            transcript, gene = fields[1], fields[12]
            if gene not in wanted or not transcript.startswith("NM_") or "_" in fields[2]:
                continue
            row = {"gene": gene, "transcript": transcript, **_coding_end(fields)}
            found = (transcript in selected, int(row["residues"]), transcript, row)
            ends[gene] = max(ends.get(gene, found), found, key=lambda one: one[:3])
    yield from (ends[gene][3] for gene in sorted(ends))


def _protein_length_rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the lengths of the proteins of driver and hotspot genes, of each of their coding RefSeq transcripts.

    Transcripts whose coding bases are no whole number of codons differ from the assembly and are left out.
    """
    wanted = {row["gene"] for name in ("driver_genes", "hotspots") for row in load_table(name)}
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    with gzip.open(path, "rt", encoding="utf-8") as handle:
        for line in handle:
            fields = line.split("\t")
            transcript, gene = fields[1], fields[12]
            if gene not in wanted or not transcript.startswith("NM_") or "_" in fields[2]:
                continue
            starts, ends = ([int(part) for part in fields[column].strip(",").split(",")] for column in (9, 10))
            first, last = int(fields[6]), int(fields[7])
            coding = sum(max(0, min(end, last) - max(start, first)) for start, end in zip(starts, ends, strict=True))
            found[gene, transcript].add(coding // 3 - 1 if coding % 3 == 0 else 0)
    for (gene, transcript), lengths in sorted(found.items()):
        residues = max(lengths)
        if len(lengths) == 1 and residues > 0:
            yield {"gene": gene, "transcript": transcript, "residues": str(residues)}


def _coding_end(fields: list[str]) -> dict[str, str]:
    """Return residues of a protein, the last whose loss brings decay, and the coding bases before each junction."""
    starts, ends = ([int(part) for part in fields[column].strip(",").split(",")] for column in (9, 10))
    first, last = int(fields[6]), int(fields[7])
    spans = [(max(0, min(end, last) - max(start, first)), end - start) for start, end in zip(starts, ends, strict=True)]
    spans = spans[::-1] if fields[3] == "-" else spans
    lengths = [coding for coding, _ in spans]
    # A junction in the untranslated end brings decay too.
    behind = sum(span for index, (_, span) in enumerate(spans[:-1]) if not any(lengths[index:]))
    junction = sum(lengths[:-1]) + behind if len(spans) > 1 else 0
    pairs = enumerate(itertools.pairwise(lengths), start=1)
    junctions = [sum(lengths[:index]) for index, (before, after) in pairs if before and after]
    return {
        "residues": str(sum(lengths) // 3 - 1),
        "last_with_decay": str(max(0, (junction - DECAY_DISTANCE) // 3)),
        "junctions": ",".join(map(str, junctions)),
    }


@dataclass(frozen=True, slots=True)
class ShippedTable:
    """A small table that the package carries, made from one registered source."""

    name: str
    source: str
    build: Callable[[Path], Iterable[dict[str, str]]]

    @property
    def path(self) -> Path:
        """Where the table lies in the package."""
        return FOLDER / f"{self.name}.tsv"

    def as_version(self) -> Version:
        """Return the table's provenance: the source's version and licence, the table's own digest."""
        return resource(self.source).as_version().model_copy(update={"name": self.name, "sha256": sha256_of(self.path)})


SHIPPED = {
    table.name: table
    for table in (
        ShippedTable("oncotree", "oncotree", _oncotree_rows),
        ShippedTable("hotspots", "cancerhotspots_counts", _hotspot_rows),
        ShippedTable("driver_genes", "intogen_drivers", _driver_rows),
        ShippedTable("mane_select", "mane", _mane_rows),
        ShippedTable("gene_symbols", "hgnc_symbols", _symbol_rows),
        ShippedTable("gene_places", "refgene_grch38", _place_rows),
        ShippedTable("protein_ends", "refgene_grch38", _protein_end_rows),
        ShippedTable("protein_lengths", "refgene_grch38", _protein_length_rows),
    )
}


def render_table(name: str) -> str:
    """Return a shipped table's text, made anew from its source."""
    rows = list(SHIPPED[name].build(fetch(SHIPPED[name].source)))
    lines = ["\t".join(rows[0])] + ["\t".join(row.values()) for row in rows]
    return "\n".join(lines) + "\n"


def build_table(name: str) -> Path:
    """Write a shipped table from its source into the package and return its path."""
    write_text(SHIPPED[name].path, render_table(name))
    return SHIPPED[name].path


@cache
def load_table(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a shipped table; every value is text."""
    with SHIPPED[name].path.open(encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle, delimiter="\t"))
