"""Which variants and copy-number events a tumor board should see, and why."""

from __future__ import annotations

from collections.abc import Mapping

from genomodel.calls.germline_risk import BENIGN_FREQUENCY, COMMON_FREQUENCY
from genomodel.core.copy_number import CopyNumberCall, CopyNumberProfile, CopyNumberState
from genomodel.core.findings import Direction, EvidenceMatch, Finding, Hotspot, TumorTypeMatch
from genomodel.core.knowledge import Statement
from genomodel.core.patients import Patient
from genomodel.core.variants import (
    PROTEIN_CHANGING,
    AnnotatedVariant,
    Fusion,
    Label,
    Origin,
    TumorOnlyClass,
    VariantClass,
    shorten_sequence,
)
from genomodel.interpretation.matching import BY_POSITION, LOSS_OF_FUNCTION, Alteration, match_rule
from genomodel.interpretation.phase import SharedCodons, is_open, other_reading
from genomodel.interpretation.tiers import grade, relate
from genomodel.resources.driver_genes import driver_role
from genomodel.resources.hotspots import find_hotspot, is_hotspot_allele

Rules = Mapping[str, tuple[Statement, ...]]
ROLE_OF_STATE = {
    CopyNumberState.AMPLIFICATION: "activating",
    CopyNumberState.DEEP_DELETION: "loss of function",
}
LOSABLE_ROLES = {"loss of function": "a gene that tumors lose", "ambiguous": "a driver gene of unclear role"}
"""Roles of driver genes in which a loss of function matters.

``ambiguous`` is among them because it does not rule a loss out: RUNX1 and CEBPA, lost in leukemia, carry it.
"""
STATE_NAMES = {CopyNumberState.AMPLIFICATION: "amplification", CopyNumberState.DEEP_DELETION: "deep deletion"}
NAMED_BY_SOURCE = ("allele", "codon")
"""What matches rest on that name the change or its residue."""
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


def match_evidence(
    alteration: Alteration, patient: Patient, rules: Rules, variant: AnnotatedVariant | None = None
) -> tuple[EvidenceMatch, ...]:
    """Return the graded evidence that an alteration satisfies, best first.

    Of statements on the same therapy the ones closest to the patient's tumor type are kept: those for this tumor type,
    else those for any, else those for others. An allele that is common in the population matches only statements that
    name it or its residue, not those on a class of variants. Resistance in another tumor type is left out unless some
    statement for this tumor type is for one of the drugs: nobody would give them here.
    """
    graded = []
    common = variant is not None and is_common(variant)
    for rule in rules.get(alteration.gene, ()):
        matched_on = match_rule(rule.profile, alteration)
        if matched_on and not (common and not matched_on.startswith(NAMED_BY_SOURCE)):
            graded.append(grade(rule, patient.tumor_type, matched_on, variant))
    matches = [match for match in graded if match is not None]
    closest: dict[tuple[Direction, str], int] = {}
    for match in matches:
        claim = (match.evidence.direction, match.evidence.therapy)
        closest[claim] = min(_distance(match), closest.get(claim, _distance(match)))
    against = any(not _speaks_of_this_tumor(match) for match in matches)
    used = _drugs_of_tumor_type(rules, patient) if against else frozenset()
    kept = [
        match
        for match in matches
        if _distance(match) == closest[match.evidence.direction, match.evidence.therapy]
        and (_speaks_of_this_tumor(match) or _drugs(match.evidence.therapy) & used)
    ]
    return tuple(sorted(kept, key=_rank_of_match))


def _speaks_of_this_tumor(match: EvidenceMatch) -> bool:
    return match.evidence.direction is Direction.SENSITIVITY or match.tumor_type_match is not TumorTypeMatch.OTHER


def _drugs(therapy: str) -> frozenset[str]:
    return frozenset(drug.strip().lower() for drug in therapy.split("+"))


def _drugs_of_tumor_type(rules: Rules, patient: Patient) -> frozenset[str]:
    """Return the drugs that some statement, on whatever alteration, is for in the patient's tumor type."""
    found: set[str] = set()
    for rule in {rule.evidence.id: rule for listed in rules.values() for rule in listed}.values():
        if rule.evidence.direction is Direction.SENSITIVITY:
            relation = relate(rule, patient.tumor_type)
            if relation is not None and relation.match is not TumorTypeMatch.OTHER:
                found |= _drugs(rule.evidence.therapy)
    return frozenset(found)


def is_by_position(evidence: tuple[EvidenceMatch, ...]) -> bool:
    """Whether evidence rests on the variant's place, so that it matters even where the annotator sees no effect."""
    return any(BY_POSITION in match.matched_on for match in evidence)


def is_common(variant: AnnotatedVariant) -> bool:
    """Whether the allele is known in the population so often that its class says nothing of the tumor.

    Hotspot alleles are found in populations too, where clones of blood cells carry them: they count as common only from
    the frequency on that is benign for that alone.
    """
    frequency = variant.population_frequency
    if frequency is None or frequency < COMMON_FREQUENCY:
        return False
    effect = variant.consequence
    hotspot = effect is not None and is_hotspot_allele(effect.gene, effect.protein_change)
    return not hotspot or frequency > BENIGN_FREQUENCY


def _distance(match: EvidenceMatch) -> int:
    return list(TumorTypeMatch).index(match.tumor_type_match)


def _rank_of_match(match: EvidenceMatch) -> tuple[int, str, int, str]:
    return (list(Direction).index(match.evidence.direction), match.tier, _distance(match), match.evidence.id)


def match_fusion(fusion: Fusion, patient: Patient, rules: Rules) -> tuple[EvidenceMatch, ...]:
    """Return the graded evidence for a fusion of two genes, best first; for callers that have a fusion input."""
    found = {
        match.evidence.id: match
        for gene in (fusion.gene_5, fusion.gene_3)
        for match in match_evidence(Alteration(gene=gene, fusion=fusion), patient, rules)
    }
    return tuple(sorted(found.values(), key=_rank_of_match))


def variant_finding(
    variant: AnnotatedVariant,
    patient: Patient,
    rules: Rules,
    codons: SharedCodons,
    *,
    outside_assay: bool = False,
) -> Finding | None:
    """Return a variant as a finding: by evidence, by hotspot, or as a loss of function of a driver gene.

    Returns
    -------
    Finding or None
        ``None`` for a variant that changes no protein, or of which nothing of the kind is known.
    """
    consequence = variant.consequence
    if consequence is None:
        return None
    gene = consequence.gene
    evidence = evidence_of(variant, patient, rules)
    if not (consequence.variant_class in PROTEIN_CHANGING or is_by_position(evidence)):
        return None
    hotspot = find_hotspot(gene, consequence.protein_change)
    role = driver_role(gene)
    common = is_common(variant)
    lost = consequence.variant_class in LOSS_OF_FUNCTION and role in LOSABLE_ROLES and not common
    if not (
        evidence
        or (hotspot and not common)
        or lost
        or (is_open(variant) and _has_allele_rule(gene, codons.changes(variant), rules))
    ):
        return None
    why = [evidence_words(evidence)] if evidence else []
    if hotspot:
        why.append(hotspot_words(hotspot, consequence.protein_change))
    if lost:
        why.append(f"{CLASS_NAMES[consequence.variant_class]} in {LOSABLE_ROLES[role or '']} (intOGen: {role})")
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
    return finding_of(variant, gene, patient, hotspot, evidence, why)


def origin_words(variant: AnnotatedVariant) -> str:
    """Say what is known of the origin of an allele that nothing was compared with, or that could not be told."""
    if variant.tumor_only_class is None:
        return f"origin uncertain: {variant.origin_reason}"
    name = CLASS_OF_ORIGIN[variant.tumor_only_class]
    return f"no reads of a normal, {name}: {variant.tumor_only_reason}"


def finding_of(
    variant: AnnotatedVariant,
    gene: str,
    patient: Patient,
    hotspot: Hotspot | None,
    evidence: tuple[EvidenceMatch, ...],
    why: list[str],
) -> Finding:
    """Return a small variant as a finding, with the reasons as sentences."""
    return Finding(
        id=f"{patient.id}:{variant.variant.key}",
        gene=gene,
        label=label_of(variant),
        variant=variant,
        hotspot=hotspot,
        driver_role=driver_role(gene),
        evidence=evidence,
        why=sentences(why),
    )


def evidence_of(variant: AnnotatedVariant, patient: Patient, rules: Rules) -> tuple[EvidenceMatch, ...]:
    """Return the evidence for a variant: where another allele leaves two readings, what either of them matches."""
    evidence = match_evidence(alteration_of(variant, patient), patient, rules, variant)
    other = other_reading(variant)
    if other is None:
        return evidence
    read_so = variant.model_copy(update={"consequence": other})
    either = {match.evidence.id for match in match_evidence(alteration_of(read_so, patient), patient, rules, variant)}
    return tuple(match for match in evidence if match.evidence.id in either)


def alteration_of(variant: AnnotatedVariant, patient: Patient) -> Alteration:
    """Return a variant, on the transcripts of the gene that is reported, as what rules are held against.

    Raises
    ------
    ValueError
        The variant hits no transcript.
    """
    if variant.consequence is None:
        raise ValueError(f"{variant.variant.key} hits no transcript")
    gene = variant.consequence.gene
    return Alteration(
        gene=gene,
        reported=variant.consequence,
        others=tuple(other for other in variant.other_consequences if other.gene == gene),
        shares_codon=is_open(variant),
        place=variant.variant,
        build=patient.genome,
    )


def _has_allele_rule(gene: str, changes: tuple[str, ...], rules: Rules) -> bool:
    """Whether evidence names the codon of these changes, so that an unclear allele matters."""
    residues = {text[:-1] for text in changes}
    alleles = {
        allele
        for rule in rules.get(gene, ())
        for clause in rule.profile.criteria()
        if clause.kind == "allele"
        for allele in clause.value.split(",")
    }
    return any(allele[:-1] in residues for allele in alleles)


def label_of(variant: AnnotatedVariant) -> str:
    """Return gene and change as a reader would say them, e.g. ``BRAF p.V600E``."""
    consequence = variant.consequence
    if consequence is None:
        return shorten_sequence(variant.variant.key, "bases")
    other = other_reading(variant)
    if other is not None and consequence.protein_change and other.protein_change:
        readings = " or ".join(
            f"p.{shorten_sequence(reading.protein_change, 'residues')}" for reading in (consequence, other)
        )
        return f"{consequence.gene} {readings} (phase unknown)"
    if consequence.protein_change:
        return f"{consequence.gene} p.{shorten_sequence(consequence.protein_change, 'residues')}"
    words = CLASS_NAMES.get(consequence.variant_class, consequence.variant_class.value.replace("_", " ") + " variant")
    return f"{consequence.gene} {shorten_sequence(consequence.hgvs_c or variant.variant.key, 'bases')} ({words})"


def evidence_words(evidence: tuple[EvidenceMatch, ...]) -> str:
    """Name the best of the matched statements with its tier."""
    best = min(evidence, key=lambda match: match.tier)
    return f"evidence of tier {best.tier} for {best.evidence.therapy} ({best.evidence.direction.value})"


def hotspot_words(hotspot: Hotspot, change: str) -> str:
    """Say how often tumors are mutated at a residue, and with this very change."""
    words = f"hotspot {hotspot.residue}, mutated in {hotspot.tumors_at_residue} tumors"
    if hotspot.tumors_with_allele:
        return f"{words}, {hotspot.tumors_with_allele} of them {change} (cancerhotspots)"
    return f"{words}, none of them with this very change (cancerhotspots)"


def sentences(parts: list[str]) -> str:
    """Join parts by semicolons into one sentence."""
    text = "; ".join(parts)
    return text[:1].upper() + text[1:] + "."


def copy_number_findings(profile: CopyNumberProfile | None, patient: Patient, rules: Rules) -> list[Finding]:
    """Return amplifications and deep deletions with evidence, or of a driver gene whose role they fit."""
    calls = profile.calls if profile is not None else ()
    findings = [_copy_number_finding(call, patient, rules) for call in calls if call.state in ROLE_OF_STATE]
    return [finding for finding in findings if finding is not None]


def _copy_number_finding(call: CopyNumberCall, patient: Patient, rules: Rules) -> Finding | None:
    role = driver_role(call.gene)
    evidence = match_evidence(Alteration(gene=call.gene, copy_number=call.state), patient, rules)
    fits = role == ROLE_OF_STATE[call.state]
    if not (evidence or fits):
        return None
    why = [evidence_words(evidence)] if evidence else []
    if fits:
        why.append(f"{STATE_NAMES[call.state]} of a driver gene of the fitting role (intOGen: {role})")
    if call.copies_low is not None and call.copies_high is not None and call.copies is not None:
        why.append(f"{call.copies:.1f} copies, 95 % interval {call.copies_low:.1f} to {call.copies_high:.1f}")
    if call.note:
        why.append(call.note)
    return Finding(
        id=f"{patient.id}:{call.gene}:{call.state.value}",
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
