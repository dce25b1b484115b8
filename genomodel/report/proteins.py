"""The proteins that a report draws: those with a change of tier I or II or at a hotspot."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from genomodel.annotation.hgvs import is_splice
from genomodel.core.findings import Finding
from genomodel.core.pictures import ProteinChange, ProteinDomain, ProteinMap, ResidueCount
from genomodel.core.report import PatientReport
from genomodel.core.variants import PROTEIN_CHANGING, AnnotatedVariant, VariantClass
from genomodel.interpretation.oncogenicity.gene_context import critical_parts
from genomodel.report import words
from genomodel.resources.gene_symbols import current_symbol
from genomodel.resources.hotspots import hotspot_rows
from genomodel.resources.mane import is_mane_select
from genomodel.resources.protein_lengths import length_source, protein_length
from genomodel.resources.residue_numbers import residue_numbers
from genomodel.resources.tables import SHIPPED

BEST_TIERS = 2
COUNTED_OTHERWISE = "the residues of this transcript may be counted otherwise than the collection's"
_RESIDUE = re.compile(r"^(?:p\.)?\(?[A-Za-z*]*?(\d+)")
_LETTERS = re.compile(r"^(\w+?)(\d+)$")


def protein_maps(report: PatientReport) -> tuple[ProteinMap, ...]:
    """Return the proteins to draw, those with the best tier first.

    A protein is drawn for a small variant that changes it and is of tier I or II or at a hotspot. With it stand all
    other changes of the same transcript that the report lists. Hotspots are those of the shipped collection, as far as
    the transcript counts its residues alike.
    """
    interpretation = report.interpretation
    by_transcript: dict[tuple[str, str], list[tuple[Finding, int]]] = defaultdict(list)
    wanted: set[tuple[str, str]] = set()
    for finding in (*interpretation.findings, *interpretation.other_variants):
        residue = residue_of(finding)
        if residue is None or finding.variant is None or finding.variant.consequence is None:
            continue
        key = (finding.gene, finding.variant.consequence.transcript)
        by_transcript[key].append((finding, residue))
        number = words.tier_number(finding.tier)
        if finding.hotspot is not None or (number is not None and number <= BEST_TIERS):
            wanted.add(key)
    maps = [_protein(gene, transcript, by_transcript[gene, transcript]) for gene, transcript in sorted(wanted)]
    return tuple(sorted(maps, key=lambda item: (min(words.tier_key(c.tier or None) for c in item.changes), item.gene)))


def residue_of(finding: Finding) -> int | None:
    """Return the first residue that a small variant changes, ``None`` where it changes none or nobody says which."""
    consequence = finding.variant.consequence if finding.variant is not None else None
    if consequence is None or consequence.variant_class not in PROTEIN_CHANGING:
        return None
    found = _RESIDUE.match(consequence.protein_change or consequence.hgvs_p.rpartition(":")[2])
    # Longer numbers are none of a residue: the longest protein, titin, has 35,991.
    number = int(found[1]) if found is not None and len(found[1]) <= 5 else 0
    return number or None


def _protein(gene: str, transcript: str, changed: list[tuple[Finding, int]]) -> ProteinMap:
    last = max(residue for _, residue in changed)
    length = protein_length(gene, transcript)
    length = length if length is not None and length >= last else None
    hotspots, source = _hotspots(gene, transcript, changed)
    if length is not None:
        hotspots = tuple(item for item in hotspots if item.residue <= length)
    parts = critical_parts().get(current_symbol(gene), ()) if is_mane_select(transcript) else ()
    domains = tuple(ProteinDomain(start=int(p["first"]), end=int(p["last"]), name=p["part"]) for p in parts)
    return ProteinMap(
        gene=gene,
        transcript=transcript,
        length=length,
        length_source=length_source() if length is not None else "",
        hotspots=hotspots,
        hotspot_source=source,
        changes=_changes(changed),
        domains=domains,
        domain_source="; ".join(words.unique(part["source"] for part in parts)),
    )


def _changes(changed: Iterable[tuple[Finding, int]]) -> tuple[ProteinChange, ...]:
    found: dict[tuple[int, str], ProteinChange] = {}
    for finding, residue in changed:
        variant = finding.variant
        if variant is None or variant.consequence is None:
            continue
        change = ProteinChange(
            residue=residue,
            label=_named(variant) or finding.label,
            finding_id=finding.id,
            tier=finding.tier or "",
            truncating=variant.consequence.variant_class is VariantClass.TRUNCATING,
        )
        found.setdefault((residue, change.label), change)
    return tuple(found[key] for key in sorted(found))


def _named(variant: AnnotatedVariant) -> str:
    """Return the change as it stands over its residue; a splice site by the residue next to it, never as ``?``."""
    consequence = variant.consequence
    if consequence is not None and is_splice(consequence.protein_change):
        return consequence.protein_change
    return words.protein(variant).removeprefix("p.")


def _hotspots(gene: str, transcript: str, changed: list[tuple[Finding, int]]) -> tuple[tuple[ResidueCount, ...], str]:
    """Return tumors by residue with their source, or nothing and the reason."""
    rows = hotspot_rows("single residue").get(current_symbol(gene), ())
    if not rows:
        return (), ""
    on_select = is_mane_select(transcript)
    others = {row.named: row.mane for row in residue_numbers() if current_symbol(row.gene) == current_symbol(gene)}
    agrees = any(
        finding.hotspot is not None and (at := _LETTERS.match(finding.hotspot.residue)) and int(at[2]) == residue
        for finding, residue in changed
    )
    if not (on_select or agrees or (not transcript and not others)):
        return (), COUNTED_OTHERWISE
    counts: dict[int, int] = {}
    for row in rows:
        named = others.get(row.residue, row.residue) if on_select else row.residue
        at = _LETTERS.match(named.lstrip("*"))
        residue = int(at[2]) if at is not None else row.start
        counts[residue] = max(counts.get(residue, 0), row.tumors)
    return tuple(ResidueCount(residue=residue, tumors=counts[residue]) for residue in sorted(counts)), _collection()


@cache
def _collection() -> str:
    version = SHIPPED["hotspots"].as_version()
    return f"cancerhotspots.org {version.version} ({version.licence})"
