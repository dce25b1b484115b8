"""Which variants and copy-number events a tumor board should see, and why."""

from __future__ import annotations

from genomodel.annotation.hgvs import UNKNOWN_PROTEIN, is_splice, printed
from genomodel.annotation.named_effects import BY_POSITION
from genomodel.calls.germline_risk import COMMON_FREQUENCY
from genomodel.core.copy_number import CopyNumberCall, CopyNumberProfile, CopyNumberState
from genomodel.core.findings import EvidenceMatch, Finding, Hotspot
from genomodel.core.variants import (
    PROTEIN_CHANGING,
    AnnotatedVariant,
    Label,
    NamedEffect,
    Origin,
    TumorOnlyClass,
    VariantClass,
    shorten_sequence,
)
from genomodel.interpretation.evidence_search import (
    KnownEvidence,
    Rules,
    diagnosis_words,
    gene_claim_words,
    match_evidence,
    unused_words,
)
from genomodel.interpretation.matching import LOSS_OF_FUNCTION, SILENT, plain_criteria
from genomodel.interpretation.matching.build import copies_of, is_common
from genomodel.interpretation.matching.clinvar import benign_words, held_benign
from genomodel.interpretation.oncogenicity import classify
from genomodel.interpretation.phase import SharedCodons, is_open, other_reading
from genomodel.interpretation.without_evidence import with_tier_without_evidence
from genomodel.resources.driver_genes import driver_role
from genomodel.resources.hotspots import find_hotspot

ROLE_OF_STATE = {
    CopyNumberState.AMPLIFICATION: "activating",
    CopyNumberState.DEEP_DELETION: "loss of function",
}
LOSABLE_ROLES = {"loss of function": "a gene that tumors lose", "ambiguous": "a driver gene of unclear role"}
"""Roles of driver genes in which a loss of function matters.

``ambiguous`` is among them because it does not rule a loss out: RUNX1 and CEBPA, lost in leukemia, carry it.
"""
STATE_NAMES = {CopyNumberState.AMPLIFICATION: "amplification", CopyNumberState.DEEP_DELETION: "deep deletion"}
CLASS_OF_ORIGIN = {
    TumorOnlyClass.SOMATIC: "taken for somatic",
    TumorOnlyClass.LIKELY_GERMLINE: "likely germline",
    TumorOnlyClass.POSSIBLE_CLONAL_HEMATOPOIESIS: "possibly of clonal hematopoiesis and not of the tumor",
    TumorOnlyClass.UNDETERMINED: "origin undetermined",
}
CLASS_NAMES = {
    VariantClass.TRUNCATING: "truncating variant",
    VariantClass.SPLICE: "splice-site variant",
    VariantClass.START_LOST: "loss of the start codon",
}


def variant_finding(
    variant: AnnotatedVariant,
    known: KnownEvidence,
    codons: SharedCodons,
    *,
    outside_assay: bool = False,
) -> Finding | None:
    """Return a variant as a finding: by evidence, hotspot or named effect, or as a lost function of a driver gene.

    Returns
    -------
    Finding or None
        ``None`` where nothing of the kind is known, or no protein is changed and no effect has a name.
    """
    gene, evidence = gene_of(variant), match_evidence(variant.variant.key, known, variant)
    kind = variant.consequence.variant_class if variant.consequence is not None else VariantClass.NONCODING
    beside = effects_beside_protein(variant)
    if not (kind in PROTEIN_CHANGING or evidence or beside):
        return None
    effect = variant.consequence
    change, transcript = ("", "") if effect is None else (effect.protein_change, effect.transcript)
    hotspot, role, common = find_hotspot(gene, change, transcript), driver_role(gene), is_common(variant)
    lost = kind in LOSS_OF_FUNCTION and role in LOSABLE_ROLES and not (common or held_benign(variant.clinvar))
    unclear = is_open(variant) and _has_allele_rule(gene, codons.changes(variant), known.rules)
    told = evidence or beside or (hotspot and not common) or lost or unclear
    by_codes = "" if told or common else oncogenic_words(variant, known)
    if not (told or by_codes):
        return None
    why = [evidence_words(evidence)] if evidence else [by_codes] if by_codes else []
    why += unused_words(variant.variant.key, known, variant) + diagnosis_words(variant.variant.key, known)
    why += gene_claim_words(variant, known)
    if hotspot:
        why.append(hotspot_words(hotspot, change))
    if lost:
        why.append(f"{CLASS_NAMES[kind]} in {LOSABLE_ROLES[role or '']} (intOGen: {role})")
    by_place = tuple(named for named in variant.named_effects if BY_POSITION in named.basis and not common)
    why += [f"{named.name}, told {named.basis} ({named.source})" for named in beside or by_place]
    if words := codons.words(variant):
        why.append(words)
    if variant.origin is Origin.UNCERTAIN:
        why.append(origin_words(variant))
    if Label.NORMAL_EVIDENCE in variant.labels:
        why.append("a few reads of the normal carry it too, as tumor cells in the normal or an artifact give")
    if (variant.population_frequency or 0) >= COMMON_FREQUENCY:
        why.append(f"known in the population at {variant.population_frequency:.2g}: it may be germline")
    if outside_assay:
        why.append("it lies outside the assay as stated; check the stated regions or genes")
    return with_tier_without_evidence(finding_of(variant, gene, known, hotspot, evidence, why))


def gene_of(variant: AnnotatedVariant) -> str:
    """Return the gene that a variant is reported under: its consequence's, else that of its named effects."""
    if variant.consequence is not None:
        return variant.consequence.gene
    return next((effect.gene for effect in variant.named_effects), "")


def effects_beside_protein(variant: AnnotatedVariant) -> tuple[NamedEffect, ...]:
    """Return the named effects of a variant that changes no protein, as those of promoters."""
    if is_common(variant) or (variant.consequence is not None and variant.consequence.variant_class not in SILENT):
        return ()
    return variant.named_effects


def origin_words(variant: AnnotatedVariant) -> str:
    """Say what is known of the origin of an allele that nothing was compared with, or that could not be told."""
    if variant.tumor_only_class is None:
        return f"origin uncertain: {variant.origin_reason}"
    name = CLASS_OF_ORIGIN[variant.tumor_only_class]
    return f"no reads of a normal, {name}: {variant.tumor_only_reason}"


def finding_of(
    variant: AnnotatedVariant,
    gene: str,
    known: KnownEvidence,
    hotspot: Hotspot | None,
    evidence: tuple[EvidenceMatch, ...],
    why: list[str],
) -> Finding:
    """Return a small variant as a finding with its oncogenicity, and with the reasons as sentences."""
    return Finding(
        id=f"{known.patient.id}:{variant.variant.key}",
        gene=gene,
        label=label_of(variant),
        variant=variant,
        hotspot=hotspot,
        driver_role=driver_role(gene),
        evidence=evidence,
        oncogenicity=classify(variant, known.oncogenicity_sources),
        why=sentences([*why, *harmless_words(variant)]),
    )


def harmless_words(variant: AnnotatedVariant) -> list[str]:
    """Say of a truncation that ClinVar holds benign that it takes no function, whatever its codes add up to."""
    truncates = variant.consequence is not None and variant.consequence.variant_class in LOSS_OF_FUNCTION
    words = benign_words(variant.clinvar) if truncates else ""
    return [f"{words}: it is not taken for a loss of function"] if words else []


def listed_variant(variant: AnnotatedVariant, known: KnownEvidence, reason: str) -> Finding:
    """Return a variant of which nothing is known that makes it a finding, with why it is listed all the same."""
    unused = unused_words(variant.variant.key, known, variant)
    why = [reason.rstrip("."), *unused, *gene_claim_words(variant, known)]
    if variant.tumor_only_class is TumorOnlyClass.POSSIBLE_CLONAL_HEMATOPOIESIS:
        why.append(origin_words(variant))
    listed = finding_of(variant, gene_of(variant), known, None, (), why)
    return with_tier_without_evidence(listed)


def _has_allele_rule(gene: str, changes: tuple[str, ...], rules: Rules) -> bool:
    """Whether evidence names the codon of these changes, so that an unclear allele matters."""
    residues = {text[:-1] for text in changes}
    alleles = {
        allele
        for rule in rules.get(gene, ())
        for clause in plain_criteria(rule.profile)
        if clause.kind == "allele"
        for allele in clause.value.split(",")
    }
    return any(allele[:-1] in residues for allele in alleles)


def label_of(variant: AnnotatedVariant) -> str:
    """Return gene and change as a reader would say them, e.g. ``BRAF p.V600E``."""
    consequence = variant.consequence
    beside = effects_beside_protein(variant)
    promoter = next((effect.name for effect in beside if "promoter" in effect.name), "")
    if consequence is None or promoter:
        key = shorten_sequence(variant.variant.key, "bases")
        return promoter or next((f"{effect.name} ({key})" for effect in beside), key)
    other = other_reading(variant)
    if other is not None and consequence.protein_change and other.protein_change:
        changes = dict.fromkeys(shorten_sequence(one.protein_change, "residues") for one in (consequence, other))
        return f"{consequence.gene} {' or '.join(map(printed, changes))} (phase unknown)"
    if is_splice(consequence.protein_change):
        name = f"{shorten_sequence(consequence.hgvs_c, 'bases')}, {UNKNOWN_PROTEIN}" if consequence.hgvs_c else ""
        words = next((effect.name for effect in variant.named_effects), CLASS_NAMES[VariantClass.SPLICE])
        return f"{consequence.gene} {name or consequence.protein_change} ({words})"
    if consequence.protein_change:
        return f"{consequence.gene} p.{shorten_sequence(consequence.protein_change, 'residues')}"
    words = CLASS_NAMES.get(consequence.variant_class, consequence.variant_class.value.replace("_", " ") + " variant")
    words = next((effect.name for effect in beside), words)
    return f"{consequence.gene} {shorten_sequence(consequence.hgvs_c or variant.variant.key, 'bases')} ({words})"


def evidence_words(evidence: tuple[EvidenceMatch, ...]) -> str:
    """Name the best of the matched statements with its tier."""
    best = min(evidence, key=lambda match: match.tier)
    return f"evidence of tier {best.tier} for {best.evidence.claim}"


def oncogenic_words(variant: AnnotatedVariant, known: KnownEvidence) -> str:
    """Say that a variant is oncogenic by its codes, as one studied in other tumors is; empty where it is not."""
    found = classify(variant, known.oncogenicity_sources)
    if found is None or not found.drives:
        return ""
    return f"{found.words} by {found.points} points of {' and '.join(code.code for code in found.met)}"


def hotspot_words(hotspot: Hotspot, change: str) -> str:
    """Say how often tumors are mutated at a residue, and with this very change."""
    words = f"hotspot {hotspot.residue}, mutated in {hotspot.tumors_at_residue} tumors"
    if hotspot.tumors_with_allele:
        return f"{words}, {hotspot.tumors_with_allele} of them {change} (cancerhotspots)"
    return f"{words}, none of them with this very change (cancerhotspots)"


def sentences(parts: list[str]) -> str:
    """Join parts by semicolons into one sentence."""
    text = "; ".join(parts)
    return f"{text}." if text.startswith(("p.", "c.")) else f"{text[:1].upper()}{text[1:]}."


def marker_finding(
    marker: str, criterion: str, support: str, why: list[str], known: KnownEvidence, label: str = ""
) -> Finding:
    """Return a high marker of the whole tumor with its evidence.

    Parameters
    ----------
    marker
        ``TMB``, ``MSI`` or ``HRR``, which stands where other findings have their gene.
    criterion
        What statements on it ask for: ``tmb_high``, ``msi_high``, ``hrd_score_high``.
    support
        Its value in words.
    why
        What is said behind the evidence.
    known
        The tumor and the statements that it is held against.
    label
        What it is called; ``TMB-high`` and the like when not given.
    """
    evidence = match_evidence(criterion, known)
    return Finding(
        id=f"{known.patient.id}:{criterion}",
        gene=marker,
        label=label or f"{marker}-high",
        support=support,
        evidence=evidence,
        why=sentences([evidence_words(evidence), *why] if evidence else why),
    )


def copy_number_findings(profile: CopyNumberProfile | None, known: KnownEvidence) -> list[Finding]:
    """Return amplifications and deep deletions with evidence, or of a driver gene whose role they fit."""
    calls = profile.calls if profile is not None else ()
    findings = [_copy_number_finding(call, known) for call in calls if call.state in ROLE_OF_STATE]
    return [finding for finding in findings if finding is not None]


def _copy_number_finding(call: CopyNumberCall, known: KnownEvidence) -> Finding | None:
    role = driver_role(call.gene)
    evidence = match_evidence(copies_of(call).id, known)
    fits = role == ROLE_OF_STATE[call.state]
    if not (evidence or fits):
        return None
    why = [evidence_words(evidence)] if evidence else []
    why += unused_words(copies_of(call).id, known)
    if fits:
        why.append(f"{STATE_NAMES[call.state]} of a driver gene of the fitting role (intOGen: {role})")
    if call.copies_low is not None and call.copies_high is not None and call.copies is not None:
        why.append(f"{call.copies:.1f} copies, 95 % interval {call.copies_low:.1f} to {call.copies_high:.1f}")
    if call.note:
        why.append(call.note)
    return Finding(
        id=f"{known.patient.id}:{call.gene}:{call.state.value}",
        gene=call.gene,
        label=f"{call.gene} {STATE_NAMES[call.state]}",
        copy_number=call,
        driver_role=role,
        evidence=evidence,
        why=sentences(why),
    )


def rank_of_finding(finding: Finding) -> tuple[bool, str, int, str, str]:
    """Sort key: tiered first and by tier, then by how often the residue is mutated, then by name."""
    recurrence = finding.hotspot.tumors_at_residue if finding.hotspot else 0
    return (finding.tier is None, finding.tier or "", -recurrence, finding.label, finding.id)
