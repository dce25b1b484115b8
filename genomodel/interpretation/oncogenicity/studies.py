"""OS2 and SBS2: what functional studies show, by a table of this package and the statements of knowledge bases."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from genomodel.core.findings import Direction, Evidence, EvidenceType
from genomodel.interpretation.matching import Resolution, Tumor, matches_if_present
from genomodel.interpretation.matching.alterations import gene_key
from genomodel.interpretation.matching.build import small_variant
from genomodel.interpretation.oncogenicity.codes import Answer, met, not_evaluated, not_met, rows_of
from genomodel.interpretation.oncogenicity.sources import OncogenicitySources, SourceName
from genomodel.interpretation.oncogenicity.subject import Subject
from genomodel.resources.driver_genes import RoleKind
from genomodel.resources.gene_symbols import current_symbol
from genomodel.resources.residue_numbers import other_number

GIVE = "a knowledge base with functional studies, such as CIViC (--knowledge)"
OF_THE_ALLELE = (Resolution.GENOMIC, Resolution.HGVS, Resolution.PROTEIN)
PRECLINICAL = "D"
"""Level of CIViC for what was shown in cells or animals; reports of patients with a variant are no functional study."""
ASSERTION = "AID"
"""Beginning of the id of CIViC's assertions, each the sum of several items of evidence."""
NOT_ASKED = not_evaluated(f"{GIVE}; the studies of this package name other variants")
NO_STUDY = not_met("the knowledge bases have no functional study of this variant")
KNOWN_BY_ID = "CIViC EID"
DISAGREE = "studies disagree"
_LOSS = (Direction.LOSS_OF_FUNCTION, Direction.DOMINANT_NEGATIVE)
_SUPPRESSORS = (RoleKind.SUPPRESSOR, RoleKind.LOST)


class Studies(NamedTuple):
    """Statements on one variant, by what they mean for oncogenicity."""

    oncogenic: tuple[str, ...] = ()
    benign: tuple[str, ...] = ()
    assertions: tuple[str, ...] = ()
    """Classifications as oncogenic, which are no studies."""


@cache
def shipped_studies() -> dict[tuple[str, str], Studies]:
    """Return the studies of this package's table by current symbol and protein change: ``source: what was seen``."""
    shown: dict[tuple[str, str], dict[str, list[str]]] = {}
    for row in rows_of("functional_studies.tsv"):
        kinds = shown.setdefault((current_symbol(row["gene"]), row["protein_change"]), {"oncogenic": [], "benign": []})
        address = "" if row["source"].startswith(KNOWN_BY_ID) else f" ({row['source_url']})"
        kinds[row["shows"]].append(f"{row['source']}{address}: {row['finding']}")
    return {key: Studies(tuple(kinds["oncogenic"]), tuple(kinds["benign"])) for key, kinds in shown.items()}


def _shipped(subject: Subject) -> Studies:
    table = shipped_studies()
    other = other_number(subject.gene, subject.change, subject.consequence.transcript)
    names = (subject.change, *((other[0],) if other else ()), *(effect.id for effect in subject.variant.named_effects))
    found = [table[subject.gene, name] for name in names if (subject.gene, name) in table]
    oncogenic = dict.fromkeys(study for one in found for study in one.oncogenic)
    return Studies(tuple(oncogenic), tuple(dict.fromkeys(study for one in found for study in one.benign)))


def shown_oncogenic(subject: Subject, sources: OncogenicitySources) -> Answer:
    """OS2: well-established functional studies support an oncogenic effect."""
    return _answer(subject, sources, oncogenic=True)


def shown_benign(subject: Subject, sources: OncogenicitySources) -> Answer:
    """SBS2: well-established functional studies show no oncogenic effect."""
    return _answer(subject, sources, oncogenic=False)


def _answer(subject: Subject, sources: OncogenicitySources, *, oncogenic: bool) -> Answer:
    if not sources.has(SourceName.FUNCTION):
        return NOT_ASKED
    found = studies_of(subject, sources)
    ours, theirs = (found.oncogenic, found.benign) if oncogenic else (found.benign, found.oncogenic)
    if ours and theirs:
        return not_met(f"{DISAGREE}: {_names(found.oncogenic)} against {_names(found.benign)}")
    if ours:
        return met(f"studies show {_effect(oncogenic)}: {_seen(ours)}", _names(ours))
    if theirs:
        return not_met(f"studies show {_effect(not oncogenic)}")
    return NOT_ASKED if sources.function is None else NO_STUDY


def _names(studies: tuple[str, ...]) -> str:
    return "; ".join(dict.fromkeys(study.partition(": ")[0] for study in studies))


def _seen(studies: tuple[str, ...]) -> str:
    return "; ".join(dict.fromkeys(study.partition(": ")[2] or study for study in studies))


def _effect(oncogenic: bool) -> str:
    return "an oncogenic effect" if oncogenic else "no oncogenic effect"


def studies_of(subject: Subject, sources: OncogenicitySources) -> Studies:
    """Return the studies and statements that name the variant itself: the allele or its protein change."""
    if not sources.has(SourceName.FUNCTION):
        return Studies()
    shipped, loaded = _shipped(subject), _loaded(subject, sources)
    told = " ".join((*shipped.oncogenic, *shipped.benign))
    oncogenic, benign = (
        tuple(name for name in names if not _is_told(name, told)) for names in (loaded.oncogenic, loaded.benign)
    )
    return Studies((*shipped.oncogenic, *oncogenic), (*shipped.benign, *benign), loaded.assertions)


def _is_told(name: str, told: str) -> bool:
    return f" {name.rpartition(' ')[2]}," in f" {told}"


def _loaded(subject: Subject, sources: OncogenicitySources) -> Studies:
    if sources.function is None:
        return Studies()
    if gene_key(subject.gene, subject.variant.variant.chrom) not in sources.function.by_gene:
        return Studies()
    alteration = small_variant(subject.variant, sources.patient)
    tumor = Tumor(build=sources.patient.genome)
    shown: dict[bool, dict[str, None]] = {True: {}, False: {}}
    assertions: dict[str, None] = {}
    for match in matches_if_present(sources.function, alteration, tumor):
        if match.resolution not in OF_THE_ALLELE or len(match.alterations) != 1:
            continue
        evidence = match.statement.evidence
        name = f"{evidence.knowledge_base} {evidence.id}"
        meaning = meaning_of(evidence, subject.role.kind)
        if meaning and evidence.id.startswith(ASSERTION):
            assertions[name] = None
        elif meaning is not None:
            shown[meaning][name] = None
    return Studies(tuple(shown[True]), tuple(shown[False]), tuple(assertions))


def meaning_of(evidence: Evidence, role: RoleKind) -> bool | None:
    """Return whether a statement shows an oncogenic effect, or none; ``None`` where it shows neither.

    That a variant has no dominant-negative or new function does not show that it has no effect at all; neither does a
    function of a suppressor that one assay finds kept, as two promoters in yeast find that of TP53 Y220C. That it gains
    or loses its function means what the gene's role makes of it.
    """
    if evidence.id.startswith(ASSERTION):
        return evidence.supports if evidence.direction is Direction.ONCOGENICITY else None
    if evidence.level != PRECLINICAL:
        return None
    if evidence.evidence_type is EvidenceType.ONCOGENIC and evidence.direction is Direction.ONCOGENICITY:
        return evidence.supports
    if evidence.evidence_type is not EvidenceType.FUNCTIONAL:
        return None
    if evidence.direction is Direction.GAIN_OF_FUNCTION and role is RoleKind.ONCOGENE:
        return evidence.supports
    acts = evidence.direction is Direction.NEOMORPHIC or (evidence.direction in _LOSS and role in _SUPPRESSORS)
    return True if acts and evidence.supports else None
