"""Genes that were assayed and are not mutated, where that is for or against a therapy: RAS in colorectal cancer."""

from __future__ import annotations

from collections import defaultdict

from genomodel.core.findings import Direction, EvidenceMatch, EvidenceType, Finding, TumorTypeMatch
from genomodel.core.knowledge import Statement
from genomodel.interpretation.evidence_order import CORE
from genomodel.interpretation.evidence_search import ABSENT, KnownEvidence, match_evidence
from genomodel.interpretation.findings import evidence_words, sentences
from genomodel.interpretation.matching import Tumor


def wild_type_findings(known: KnownEvidence) -> list[Finding]:
    """Return what is said of the absence of mutations, one finding for each set of genes.

    What the core says for a therapy in this tumor type counts, and what other bases say for or against one in this very
    type by clinical studies: elsewhere the lack of a mutation is no finding. A gene that was not assayed, was not read
    well enough, or in which an allele is doubtful, is not taken for wild type.

    Parameters
    ----------
    known
        What is known of the tumor, with what it was assayed for.
    """
    claims = {match.statement.evidence.id: match.statement for match in known.matches.get(ABSENT, ())}
    grouped: defaultdict[tuple[str, ...], list[EvidenceMatch]] = defaultdict(list)
    for match in match_evidence(ABSENT, known):
        if _is_for_this_tumor(match):
            grouped[_genes_of(claims[match.evidence.id])].append(match)
    return [_finding(genes, tuple(evidence), known) for genes, evidence in sorted(grouped.items())]


def _is_for_this_tumor(match: EvidenceMatch) -> bool:
    evidence = match.evidence
    if evidence.evidence_type is not EvidenceType.PREDICTIVE or match.tumor_type_match is TumorTypeMatch.OTHER:
        return False
    if evidence.knowledge_base == CORE:
        return evidence.direction is Direction.SENSITIVITY
    return match.tumor_type_match is TumorTypeMatch.SAME and match.tier <= "II-C"


def _genes_of(statement: Statement) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.gene for item in statement.profile.criteria()))


def _finding(genes: tuple[str, ...], evidence: tuple[EvidenceMatch, ...], known: KnownEvidence) -> Finding:
    what = evidence[0].matched_on
    return Finding(
        id=f"{known.patient.id}:{'+'.join(genes)}:wild_type",
        gene="/".join(genes),
        label=_label(genes, evidence),
        support=what,
        evidence=evidence,
        why=sentences([evidence_words(evidence), f"assayed, and {what} found", *_limits(known.tumor, known)]),
    )


def _label(genes: tuple[str, ...], evidence: tuple[EvidenceMatch, ...]) -> str:
    """Return the core's wording, which names the codons, or the genes."""
    worded = (match.evidence.biomarker for match in evidence if match.evidence.knowledge_base == CORE)
    return next(worded, f"{' and '.join(genes)} wild type")


def _limits(tumor: Tumor, known: KnownEvidence) -> list[str]:
    """Say what the absence takes for granted."""
    purity = known.patient.purity
    share = "the share of tumor cells is not given" if purity is None else f"with {100 * purity:.0f} % tumor cells"
    return [*tumor.assayed.remarks, f"{share}: a negative holds as far as the assay reaches"]
