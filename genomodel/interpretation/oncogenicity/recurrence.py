"""OS3, OM3 and OP3: how often tumors carry the same change, and any change of the residue.

The counts are those of cancerhotspots.org v2. For tumors that it scarcely covers the standard lets a study of the tumor
type stand instead: ``tumor_hotspots.tsv``. Of both the one with more points counts, whatever the patient's tumor is.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

from genomodel.core.variants import VariantClass
from genomodel.interpretation.oncogenicity.codes import Answer, met, not_applicable, not_evaluated, not_met, rows_of
from genomodel.interpretation.oncogenicity.sources import OncogenicitySources, SourceName
from genomodel.interpretation.oncogenicity.subject import Subject
from genomodel.resources.driver_genes import RoleKind
from genomodel.resources.gene_symbols import current_symbol
from genomodel.resources.hotspots import find_hotspot, hotspot_rows

MANY_AT_RESIDUE = 50
SAME_CHANGE = 10
STRENGTH = ("OS3", "OM3", "OP3")
SOURCE = "cancerhotspots.org v2"
GIVE = "counts of tumors by residue (cancerhotspots.org)"
NOT_OF_PROTEIN = not_applicable("no change of the protein")
NO_HOTSPOT = not_met("on no hotspot", SOURCE)
_TRUNCATIONS = ("*", "sp")
_SUPPRESSORS = (RoleKind.SUPPRESSOR, RoleKind.LOST)
_KINDS = (
    VariantClass.MISSENSE,
    VariantClass.INFRAME_DELETION,
    VariantClass.INFRAME_INSERTION,
    VariantClass.TRUNCATING,
    VariantClass.SPLICE,
)


class Counts(NamedTuple):
    """Tumors with a change of a residue or region, and with the same change."""

    residue: str
    at_residue: int
    same: int

    def words(self, change: str) -> str:
        """Say the figures."""
        return f"{self.residue} is changed in {self.at_residue} tumors, to {change} in {self.same}"


def strong_hotspot(subject: Subject, sources: OncogenicitySources) -> Answer:
    """OS3: 50 tumors or more at the residue, 10 or more with the same change."""
    return _answer(subject, sources, "OS3")


def moderate_hotspot(subject: Subject, sources: OncogenicitySources) -> Answer:
    """OM3: fewer than 50 tumors at the residue, 10 or more with the same change."""
    return _answer(subject, sources, "OM3")


def supporting_hotspot(subject: Subject, sources: OncogenicitySources) -> Answer:
    """OP3: a hotspot, with the same change in fewer than 10 tumors."""
    return _answer(subject, sources, "OP3")


def _answer(subject: Subject, sources: OncogenicitySources, code: str) -> Answer:
    studied = _of_study(subject)
    if subject.kind not in _KINDS and studied is None:
        return NOT_OF_PROTEIN
    if not sources.has(SourceName.HOTSPOTS):
        return not_evaluated(GIVE)
    counts = _counts(subject.gene, subject.change, subject.consequence.transcript, subject.kind, subject.role.kind)
    found = [] if counts is None else [(_fitting(counts), counts.words(subject.change), SOURCE)]
    found += [] if studied is None else [studied]
    if not found:
        return NO_HOTSPOT
    fitting, words, source = min(found, key=lambda one: STRENGTH.index(one[0]))
    return met(words, source) if code == fitting else not_met(words, source)


def _fitting(counts: Counts) -> str:
    often = "OS3" if counts.at_residue >= MANY_AT_RESIDUE else "OM3"
    return often if counts.same >= SAME_CHANGE else "OP3"


def _of_study(subject: Subject) -> tuple[str, str, str] | None:
    """Return code, words and source of a study that counted this change in tumors of one type."""
    rows = _studies().get(subject.gene)
    if rows is None:
        return None
    names = (subject.change, *(effect.id for effect in subject.variant.named_effects))
    row = next((rows[name] for name in names if name in rows), None)
    if row is None:
        return None
    counts = Counts(row["change"], int(row["at_place"]), int(row["same"]))
    words = f"in {counts.same} patients, with {counts.at_residue} at this place: {row['tumors']}"
    return _fitting(counts), words, f"{row['source']} ({row['source_url']})"


@cache
def _studies() -> dict[str, dict[str, dict[str, str]]]:
    found: dict[str, dict[str, dict[str, str]]] = {}
    for row in rows_of("tumor_hotspots.tsv"):
        found.setdefault(current_symbol(row["gene"]), {})[row["change"]] = row
    return found


@lru_cache(maxsize=65536)
def _counts(gene: str, change: str, transcript: str, kind: VariantClass, role: RoleKind) -> Counts | None:
    """Return the counts that fit a variant of a kind.

    A residue may be a hotspot for the stops of its codon alone, which say nothing of other changes: these are left out
    for a missense variant. A stop itself counts where it recurs and the gene acts by loss.
    """
    found = find_hotspot(gene, change, transcript)
    if found is None:
        return None
    counts = Counts(found.residue, found.tumors_at_residue, found.tumors_with_allele)
    if kind is VariantClass.TRUNCATING:
        return counts if counts.same >= SAME_CHANGE and role in _SUPPRESSORS else None
    if kind is not VariantClass.MISSENSE:
        return counts
    row = next((row for row in hotspot_rows("single residue").get(gene, ()) if row.residue == found.residue), None)
    left_out = sum(row.alleles.get(name, 0) for name in _TRUNCATIONS) if row is not None else 0
    rest = counts._replace(at_residue=counts.at_residue - left_out)
    return rest if rest.at_residue > 0 else None
