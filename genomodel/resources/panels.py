"""Gene lists of sequencing panels in clinical use, for training only: what a tumor sequenced with one would show.

Two sources: the lists that the gnomeR package collects (names and genes only, so that nothing is known of what else a
panel assays), and the lists of the TruSight Oncology 500 in a published validation (doi:10.1371/journal.pone.0260089,
supplemental table 3), which say also which genes are called for copy number and fusions.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genomodel.core.errors import InputError
from genomodel.files import read_text, require_file
from genomodel.resources.registry import fetch

SOURCES = ("gene_panels", "tso500_gene_lists", "hgnc_symbols")
"""Rows of the data registry that the lists come from."""
FEWEST_GENES, MOST_GENES = 10, 1000
"""Smaller lists test single genes; larger ones are exomes."""
SAME_ASSAY = 0.9
"""Lists that share this part of their joint genes count as one assay, and the first by name stands for it."""
LEFT_OUT: Mapping[str, str] = {
    "MSK-IMPACT-HEME-468": "1,039 genes where the name says 468",
    "IMPACT468": "469 genes where the name says 468; MSK-IMPACT468 has them right",
    "DUKE-F1DX-DX1": "622 genes, all 323 of the same assay elsewhere among them",
    "DUKE-F1-T5A": "557 genes, all 323 of the same assay elsewhere among them",
    "DUKE-F1-T7": "676 genes, all 429 of the same assay elsewhere among them",
    "ARCHER-HEME-CV1": "an assay for fusions, whose genes are not sequenced for small variants",
    "ARCHER-SOLID-CV1": "an assay for fusions, whose genes are not sequenced for small variants",
    "prad_mskcc_sequenom": "genotypes chosen sites, not genes",
    "prad_mskcc_sequenom_sanger": "genotypes chosen sites, not genes",
}
"""Lists that are not what a panel sequences, with the reason."""
PART_OF_ASSAY = "WAKE-CLINICAL-"
"""Lists with this prefix hold only some genes of the assay in their name (T5A: 68 of 322 elsewhere)."""

_TSO500_HEADER = re.compile(
    r"DNA-Sequencing of (?P<small>\d+) genes \(|DNA-Sequencing of (?P<gain>\d+) genes for the detection of copy gain"
    r".*copy loss \((?P<loss>[^)]+)\)|RNA-Sequencing of (?P<fusion>\d+) genes for the detection of fusions"
)


@dataclass(frozen=True)
class GenePanel:
    """What one panel looks at; ``None`` where its source does not say that it looks at such events."""

    name: str
    genes: frozenset[str]
    """Assayed for small variants, under every symbol that they have had."""
    amplification_genes: frozenset[str] | None = None
    deletion_genes: frozenset[str] | None = None
    fusion_genes: frozenset[str] | None = None
    """A fusion is seen when one of its partners is among them."""
    instability: bool = False
    """Whether microsatellite instability is assayed."""


def gene_panels() -> tuple[GenePanel, ...]:
    """Return the distinct panels of both sources, sorted by name.

    A list is taken when it has 10 to 1,000 genes, is not in ``LEFT_OUT`` or part of an assay only, and does not repeat
    an earlier one.

    Raises
    ------
    InputError
        A list cannot be had, or does not look as it should.
    """
    symbols = read_symbols(fetch("hgnc_symbols"))
    panels = [_tso500(read_tso500(fetch("tso500_gene_lists")), symbols)]
    panels += [
        GenePanel(name, _every_symbol(genes, symbols))
        for name, genes in distinct(read_gene_lists(fetch("gene_panels")))
    ]
    return tuple(sorted(panels, key=lambda panel: panel.name))


def read_gene_lists(path: Path) -> dict[str, frozenset[str]]:
    """Read ``{"panel": {"genes": [symbols]}}``, gzipped JSON, into the genes of each panel.

    Raises
    ------
    InputError
        The file is no gzipped JSON, or a panel has no list of genes.
    """
    require_file(path, "panel lists")
    try:
        with gzip.open(path, "rt", encoding="utf-8") as handle:
            content: Any = json.load(handle)
    except (OSError, EOFError, ValueError) as error:
        raise InputError(f"panel lists cannot be read ({error})", path=path, fix="Give gzipped JSON") from error
    if not isinstance(content, dict):
        raise InputError("panel lists must be a JSON object by panel", path=path)
    found = {}
    for name, panel in content.items():
        genes = panel.get("genes") if isinstance(panel, dict) else None
        if not isinstance(genes, list) or not genes or not all(isinstance(gene, str) and gene for gene in genes):
            raise InputError(f"panel '{name}' has no list of gene symbols", path=path, column="genes")
        found[str(name)] = frozenset(genes)
    return found


def distinct(lists: Mapping[str, frozenset[str]]) -> list[tuple[str, frozenset[str]]]:
    """Return one list of each assay by name, without those that are not what a panel sequences."""
    kept: list[tuple[str, frozenset[str]]] = []
    for name, genes in sorted(lists.items()):
        if name in LEFT_OUT or name.startswith(PART_OF_ASSAY) or not FEWEST_GENES <= len(genes) <= MOST_GENES:
            continue
        if all(len(genes & other) < SAME_ASSAY * len(genes | other) for _, other in kept):
            kept.append((name, genes))
    return kept


def read_tso500(path: Path) -> dict[str, frozenset[str]]:
    """Read the lists ``small``, ``gain``, ``loss`` and ``fusion`` of the TruSight Oncology 500.

    Each list follows a heading that says how many genes it has.

    Raises
    ------
    InputError
        A list is missing, or has another number of genes than its heading says.
    """
    found: dict[str, frozenset[str]] = {}
    expected: tuple[str, int] | None = None
    for number, line in enumerate(read_text(path, "gene lists").splitlines(), start=1):
        heading = _TSO500_HEADER.search(line)
        if heading:
            kind = "small" if heading["small"] else "gain" if heading["gain"] else "fusion"
            expected = (kind, int(heading[kind]))
            if heading["loss"]:
                found["loss"] = frozenset(re.split(r"[,\s]+", heading["loss"].strip()))
        elif expected and line.strip():
            genes = [gene.strip() for gene in line.split(",") if gene.strip()]
            kind, wanted = expected
            if len(genes) != wanted:
                raise InputError(f"{len(genes)} genes follow, the heading says {wanted}", path=path, row=number)
            # A gene is given as "KMT2A(MLL)" where it has two symbols.
            found[kind] = frozenset(symbol for gene in genes for symbol in re.split(r"[()]", gene) if symbol)
            expected = None
    missing = [kind for kind in ("small", "gain", "loss", "fusion") if kind not in found]
    if missing:
        raise InputError(f"the list of genes for '{missing[0]}' is missing", path=path)
    return found


def read_symbols(path: Path) -> dict[str, frozenset[str]]:
    """Read, for every gene symbol in capitals, all symbols of that gene, from the table of HGNC.

    A former symbol counts only when one gene alone had it and no gene has it now.

    Raises
    ------
    InputError
        The columns ``symbol`` and ``prev_symbol`` are not there.
    """
    require_file(path, "gene symbols")
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle, delimiter="\t"))
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise InputError(f"gene symbols cannot be read ({error})", path=path) from error
    if not rows or not {"symbol", "prev_symbol"} <= set(rows[0]):
        raise InputError("columns 'symbol' and 'prev_symbol' are needed", path=path, row=1)
    former = {row["symbol"]: [old for old in (row["prev_symbol"] or "").split("|") if old] for row in rows}
    current = {symbol.upper() for symbol in former}
    bearers = Counter(old.upper() for olds in former.values() for old in set(olds))
    found = {}
    for symbol, olds in former.items():
        names = frozenset([symbol, *(old for old in olds if bearers[old.upper()] == 1 and old.upper() not in current)])
        found.update({name.upper(): names for name in names})
    return found


def _every_symbol(genes: Iterable[str], symbols: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return frozenset(name for gene in genes for name in (gene, *symbols.get(gene.upper(), ())))


def _tso500(lists: Mapping[str, frozenset[str]], symbols: Mapping[str, frozenset[str]]) -> GenePanel:
    return GenePanel(
        name="TSO500",
        genes=_every_symbol(lists["small"], symbols),
        amplification_genes=_every_symbol(lists["gain"], symbols),
        deletion_genes=_every_symbol(lists["loss"], symbols),
        fusion_genes=_every_symbol(lists["fusion"], symbols),
        # The list for small variants is headed "substitutions, indels, MSI and TMB".
        instability=True,
    )
