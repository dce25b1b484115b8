"""OS1 and OM4: the same change as an established oncogenic variant, or another one at its residue."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from genomodel.core.variants import ClinVarRecord, VariantClass
from genomodel.interpretation.oncogenicity.codes import Answer, met, not_applicable, not_evaluated, not_met, rows_of
from genomodel.interpretation.oncogenicity.differences import distance
from genomodel.interpretation.oncogenicity.sources import OncogenicitySources, SourceName
from genomodel.interpretation.oncogenicity.studies import studies_of
from genomodel.interpretation.oncogenicity.subject import Subject
from genomodel.resources.gene_symbols import current_symbol
from genomodel.resources.hotspots import SUBSTITUTION

GIVE = "variants classified by this standard, such as ClinVar's oncogenicity"
ESTABLISHED_CLASSES = ("oncogenic", "oncogenic/likely oncogenic")
"""Aggregate classes of ClinVar, in lower case; ``likely oncogenic`` alone is not established."""
WITHOUT_CRITERIA = ("no assertion criteria provided", "no classification provided")
SIMILAR = 0.8
"""Least ratio of the two Grantham distances from which a change is about as large as the established one (PCGR)."""
NO_CHANGE = not_applicable("no change of the protein that could be the same")
NO_MISSENSE = not_applicable("no missense variant of one residue")
TABLE = "table of established variants"
_CHANGES_PROTEIN = (VariantClass.MISSENSE, VariantClass.INFRAME_DELETION, VariantClass.INFRAME_INSERTION)


class Established(NamedTuple):
    """A variant that others hold to be oncogenic."""

    change: str
    source: str


@cache
def none_same() -> Answer:
    """Answer OS1 for a change that nothing read here holds: the table is short, so that its silence is no finding."""
    words = f"not among the {sum(map(len, established().values()))} rows of the table of established variants"
    return not_met(words, f"{TABLE}; ClinVar where asked")


@cache
def none_at_residue() -> Answer:
    """Answer OM4 for a residue of which the table holds no other change."""
    rows = sum(map(len, established().values()))
    words = f"no other missense change of the residue among the {rows} rows of the table of established variants"
    return not_met(words, TABLE)


@cache
def established() -> dict[str, tuple[Established, ...]]:
    """Return the established variants by gene: those of the tables of this package."""
    text = (files("genomodel.resources") / "oncogenic_alleles.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader((line for line in text.splitlines() if not line.startswith("#")), delimiter="\t")
    found: dict[str, dict[str, Established]] = {}
    for row in (*rows_of("established.tsv"), *rows):
        said = Established(row["protein_change"], f"{row['source']} ({row['source_url']})")
        found.setdefault(current_symbol(row["gene"]), {}).setdefault(said.change, said)
    return {gene: tuple(changes.values()) for gene, changes in found.items()}


def same_change(subject: Subject, sources: OncogenicitySources) -> Answer:
    """OS1: the same amino acid change as an established oncogenic variant, whatever the bases."""
    if subject.kind not in _CHANGES_PROTEIN and subject.kind is not VariantClass.TRUNCATING:
        return NO_CHANGE
    if not sources.has(SourceName.ESTABLISHED):
        return not_evaluated(GIVE)
    said = next((one for one in established().get(subject.gene, ()) if one.change == subject.change), None)
    if said is not None:
        return met(f"{subject.gene} {said.change} is established as oncogenic", said.source)
    if assertions := studies_of(subject, sources).assertions:
        return met(f"{subject.gene} {subject.change} is asserted to be oncogenic", ", ".join(assertions))
    record = subject.variant.clinvar
    if record is not None and is_established(record):
        words = f"ClinVar classifies this allele as {record.oncogenicity.lower()} ({record.oncogenicity_review})"
        return met(words, f"ClinVar {record.variation_id}".strip())
    return none_same()


def is_established(record: ClinVarRecord) -> bool:
    """Whether ClinVar calls an allele oncogenic by stated criteria."""
    called = record.oncogenicity.split(";")[0].strip().lower() in ESTABLISHED_CLASSES
    return called and record.oncogenicity_review.lower() not in ("", *WITHOUT_CRITERIA)


def same_residue(subject: Subject, sources: OncogenicitySources) -> Answer:
    """OM4: missense at a residue where another missense variant is established and differs no more than this one."""
    change = subject.substitution
    if subject.kind is not VariantClass.MISSENSE or change is None or "*" in (change[0], change[2]):
        return NO_MISSENSE
    if not sources.has(SourceName.ESTABLISHED):
        return not_evaluated(GIVE)
    reference, position, new = change
    closest = none_at_residue()
    for known in established().get(subject.gene, ()):
        match = SUBSTITUTION.match(known.change)
        if match is None or (match[1], int(match[2])) != (reference, position) or match[3] == new:
            continue
        own, theirs = distance(reference, new), distance(reference, match[3])
        if own is None or theirs is None:
            continue
        words = f"{known.change} is established; Grantham's distance is {own} here and {theirs} there"
        if own >= SIMILAR * theirs:
            return met(words, known.source)
        closest = not_met(f"{words}: too small a difference", known.source)
    return closest
