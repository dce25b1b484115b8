"""Which rearrangements a tumor board should see, and what evidence they match."""

from __future__ import annotations

from collections.abc import Iterable

from genomodel.core.assays import Assays
from genomodel.core.findings import EvidenceMatch, Finding
from genomodel.core.rearrangements import (
    Frame,
    Material,
    Rearrangement,
    RearrangementAssay,
    RearrangementKind,
    settle_genes,
)
from genomodel.core.variants import Fusion
from genomodel.interpretation.evidence_search import KnownEvidence, diagnosis_words, match_evidence, unused_words
from genomodel.interpretation.findings import evidence_words, sentences
from genomodel.interpretation.matching import BY_POSITION
from genomodel.interpretation.matching.build import event_of, fusion_of, listed_gene, withheld_reason
from genomodel.resources.actionable_fusions import actionable_partner
from genomodel.resources.driver_genes import driver_role


def settle_fusions(assays: Assays, purity: float | None) -> Assays:
    """Return the answers with the genes of which silence is a negative at the tumor's share of the sample.

    Parameters
    ----------
    assays
        What was looked for beside small variants.
    purity
        Share of tumor cells in the sample, ``None`` where it is not known.
    """
    if assays.rearrangements is None:
        return assays
    found = settle_genes(assays.rearrangements, purity)
    return assays.model_copy(update={"rearrangements": found})


def fusion_findings(assay: RearrangementAssay | None, known: KnownEvidence) -> list[Finding]:
    """Return the rearrangements of the actionable list as findings.

    A fusion that is out of frame, has lost what the gene needs, or joins the gene to no other one is shown without
    evidence: the claims are about proteins. One that is not confirmed, or whose frame is not known, carries evidence
    with a caution. Joined genes outside of the list, of which no more is known than the pair, are findings where
    evidence names the pair, as EWSR1::FLI1 for a diagnosis, be it another one than the patient's.
    """
    if assay is None:
        return []
    others = [_pair_finding(fusion, known) for fusion in assay.other_fusions]
    return [*(_finding(call, known) for call in assay.calls), *(found for found in others if found is not None)]


def _pair_finding(fusion: Fusion, known: KnownEvidence) -> Finding | None:
    name = fusion_of(fusion).id
    cautions = ["of the fusion only the pair of genes is known: confirm it and its frame by RNA"]
    evidence = tuple(_with_cautions(match, cautions) for match in match_evidence(name, known))
    diagnoses = diagnosis_words(name, known)
    if not (evidence or diagnoses):
        return None
    why = [evidence_words(evidence)] if evidence else []
    why += [*unused_words(name, known), *diagnoses]
    # A diagnosis without a tier has no statement that would carry the caution.
    why += ["outside of the list of genes whose fusions are looked at in detail", *([] if evidence else cautions)]
    gene = evidence[0].evidence.gene if evidence else known.matches[name][0].statement.evidence.gene
    return Finding(
        id=f"{known.patient.id}:{name}",
        gene=gene,
        label=f"{fusion.gene_5}::{fusion.gene_3} fusion",
        support="joined genes as the input names them; frame and exons were not looked at",
        driver_role=driver_role(gene),
        evidence=evidence,
        why=sentences(why),
    )


def _finding(call: Rearrangement, known: KnownEvidence) -> Finding:
    withheld = withheld_reason(call)
    evidence = () if withheld else _evidence(call, known)
    listed = actionable_partner(call.five.gene, call.three.gene)
    gene = listed.gene if listed else listed_gene(call)
    why = [evidence_words(evidence)] if evidence else []
    if withheld:
        why.append(f"not matched to evidence: {withheld}")
    if not why:
        why.append("a rearrangement of a gene whose fusions, or losses of exons, drive tumors")
    name = event_of(call).id
    why += [] if withheld else unused_words(name, known) + diagnosis_words(name, known)
    if call.kind is RearrangementKind.FUSION:
        why.append(call.frame.value if call.frame is not Frame.UNKNOWN else f"frame unknown ({call.frame_reason})")
    if not call.confirmed:
        why.append(f"not confirmed: {call.unconfirmed_reason}")
    places = f"{call.five.chrom}:{call.five.pos}-{call.three.chrom}:{call.three.pos}"
    return Finding(
        id=f"{known.patient.id}:{call.label.replace(' ', '_')}:{places}",
        gene=gene,
        label=call.label,
        rearrangement=call,
        driver_role=driver_role(gene),
        evidence=evidence,
        why=sentences(why),
    )


def _evidence(call: Rearrangement, known: KnownEvidence) -> tuple[EvidenceMatch, ...]:
    cautions = _cautions(call)
    return tuple(_with_cautions(match, cautions) for match in match_evidence(event_of(call).id, known))


def _cautions(call: Rearrangement) -> list[str]:
    method = "RNA" if call.kind is RearrangementKind.SPLICE_SITE_LOST else "another method"
    found = [] if call.confirmed else [f"not confirmed ({call.unconfirmed_reason}): confirm it by {method}"]
    if call.kind is not RearrangementKind.FUSION:
        return found
    if call.frame is Frame.UNKNOWN:
        found.append(f"the reading frame is not known ({call.frame_reason}): confirm it by RNA")
    listed = actionable_partner(call.five.gene, call.three.gene)
    if call.domain == "partly kept":
        found.append("only a part of the exons that the gene's fusions keep is kept")
    elif listed is not None and listed.domain_exons is not None and not call.domain:
        found.append("whether the needed exons are kept is not known")
    return found


def _with_cautions(match: EvidenceMatch, cautions: list[str]) -> EvidenceMatch:
    if not cautions:
        return match
    reason = f"{match.tier_reason.rstrip('.')}; {'; '.join(cautions)}."
    return match.model_copy(update={"cautions": (*match.cautions, *cautions), "tier_reason": reason})


def tell_skipping(findings: Iterable[Finding], assay: RearrangementAssay | None) -> list[Finding]:
    """Return findings of small variants, those that were taken for skipping by their place told of what RNA shows."""
    seen = [
        call
        for call in (assay.calls if assay is not None else ())
        if call.kind is RearrangementKind.EXONS_LOST and call.confirmed and Material.RNA in call.materials
    ]
    return [_told(finding, seen) for finding in findings]


def _told(finding: Finding, seen: list[Rearrangement]) -> Finding:
    fitting = [call for call in seen if call.five.gene == finding.gene]
    if not fitting or not any(BY_POSITION in match.matched_on for match in finding.evidence):
        return finding
    evidence = tuple(
        match.model_copy(update={"cautions": tuple(text for text in match.cautions if "inferred from" not in text)})
        if BY_POSITION in match.matched_on
        else match
        for match in finding.evidence
    )
    why = f"{finding.why.rstrip('.')}; RNA shows the skipping ({fitting[0].label})."
    return finding.model_copy(update={"evidence": evidence, "why": why})
