"""From annotated calls to findings, the other variants, and one disposition for every allele of every record."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from genomodel.annotation.phasing import join_codons
from genomodel.cohort.assay import Assay
from genomodel.core.assays import NOTHING_ELSE, Assays
from genomodel.core.biomarkers import Biomarkers
from genomodel.core.copy_number import CopyNumberProfile
from genomodel.core.findings import Disposition, DispositionKind, Finding, Interpretation
from genomodel.core.identity import foreign_in_tumor
from genomodel.core.provenance import Version
from genomodel.core.variants import AnnotatedCalls, RegionDepth
from genomodel.interpretation.account import require_accounted
from genomodel.interpretation.allele_answers import with_allele_answers
from genomodel.interpretation.assay import assay_regions, list_not_assessable, outside_reason
from genomodel.interpretation.biomarkers.burden import burden_findings, mutational_burden
from genomodel.interpretation.biomarkers.repair import scar_findings
from genomodel.interpretation.biomarkers.signatures import mutational_signatures
from genomodel.interpretation.consent import as_consented, without_risk
from genomodel.interpretation.contradictions import apply_contradictions
from genomodel.interpretation.dispositions import as_part, dispose, with_tiers
from genomodel.interpretation.evidence_search import KnownEvidence, Rules
from genomodel.interpretation.failed_sample import sample_failures
from genomodel.interpretation.findings import copy_number_findings, listed_variant, rank_of_finding, variant_finding
from genomodel.interpretation.fusions import fusion_findings, tell_skipping
from genomodel.interpretation.inherited import inherited_finding
from genomodel.interpretation.knowledge import knowledge_bases
from genomodel.interpretation.matching import tumor_of
from genomodel.interpretation.matching.build import is_reportable
from genomodel.interpretation.microsatellites import msi_findings
from genomodel.interpretation.open_codons import as_parts, join_open_codons, with_leaders
from genomodel.interpretation.phase import SharedCodons
from genomodel.interpretation.rule_sets import rule_set, rule_set_of
from genomodel.interpretation.set_aside import set_aside, to_confirm
from genomodel.interpretation.trials import TrialSource
from genomodel.interpretation.wild_types import wild_type_findings
from genomodel.interpretation.without_evidence import with_tier_without_evidence
from genomodel.resources.tables import SHIPPED

SHIPPED_KNOWLEDGE = ("hotspots", "driver_genes", "oncotree", "protein_ends")


@dataclass(frozen=True, slots=True)
class Case:
    """One tumor with all that is known of it and all that is held against it."""

    calls: AnnotatedCalls
    """With the joint changes of alleles that share a codon."""
    copy_number: CopyNumberProfile | None
    region_depths: tuple[RegionDepth, ...] | None
    assays: Assays
    rules: Rules
    known: KnownEvidence
    codons: SharedCodons
    regions: dict[str, Assay] | None
    """Assayed regions by contig; ``None`` when nobody said."""


@dataclass(frozen=True, slots=True)
class SmallVariants:
    """What became of the small variants."""

    findings: dict[str, Finding]
    """By their id, in the order of the input."""
    others: tuple[Finding, ...]
    """The listed ones."""
    dispositions: tuple[Disposition, ...]
    """One for each allele of each record, in the order of the input."""
    codons: SharedCodons
    """With the alleles of unknown phase that are shown as one finding."""


def interpret(
    calls: AnnotatedCalls,
    copy_number: CopyNumberProfile | None,
    region_depths: tuple[RegionDepth, ...] | None = None,
    assays: Assays = NOTHING_ELSE,
    *,
    rules: Rules | None = None,
    trials: TrialSource | None = None,
) -> Interpretation:
    """Say what the calls of one tumor mean.

    Parameters
    ----------
    calls
        All that the input says about the tumor's small variants.
    copy_number
        Gene-level copy number; ``None`` when nobody looked.
    region_depths
        Mean depth of the assayed regions; ``None`` when unknown.
    assays
        What was looked for beside small variants.
    rules
        Evidence rules by gene; all registered knowledge bases when not given.
    trials
        A list of trials; ``None`` where none is configured.

    Returns
    -------
    Interpretation
        Findings by tier, then by recurrence of the residue; the other protein-changing variants; a disposition of each
        allele; alleles that are set aside or to be confirmed; what could not be assessed; versions of the knowledge.

    Raises
    ------
    GenomodelError
        Not every record of the input is in the calls, or has a disposition, once: a defect.
    """
    require_accounted(calls, ((one.record, one.variant.key) for one in calls.variants), "a variant")
    calls = without_risk(as_consented(calls))
    case = prepare(calls, copy_number, region_depths, assays, rules)
    small = interpret_small_variants(case)
    findings = rank(case, small)
    dispositions = with_tiers(small.dispositions, findings, small.others, small.codons)
    require_accounted(calls, ((one.record, one.variant) for one in dispositions), "a disposition")
    markers = tumor_markers(case)
    found = Interpretation(
        patient_id=calls.patient.id,
        findings=findings,
        other_variants=small.others,
        dispositions=dispositions,
        n_records=calls.n_records,
        set_aside=set_aside(case.calls.variants, case.known, small.findings),
        to_confirm=to_confirm(case.calls.variants, case.known, small.findings),
        not_assessable=list_not_assessable(
            calls.patient, copy_number, region_depths, case.known.rules.asked, case.calls.variants, assays, markers
        ),
        biomarkers=markers,
        sources=(*knowledge_versions(), *case.known.rules.versions),
    )
    return with_allele_answers(found, case.calls, copy_number, case.known.tumor, trials)


def prepare(
    calls: AnnotatedCalls,
    copy_number: CopyNumberProfile | None,
    region_depths: tuple[RegionDepth, ...] | None,
    assays: Assays,
    rules: Rules | None,
) -> Case:
    """Return a tumor with the knowledge that it is held against."""
    # Readers of files know the phase; calls that come without it are held against each other here.
    calls = calls.model_copy(update={"variants": join_codons(calls.variants)})
    rules = rule_set_of(rule_set() if rules is None else rules)
    burden = mutational_burden(calls, calls.callable_coding, assays)
    tumor = tumor_of(calls, copy_number, region_depths, assays, joined=True, burden=burden)
    return Case(
        calls=calls,
        copy_number=copy_number,
        region_depths=region_depths,
        assays=assays,
        rules=rules,
        known=KnownEvidence.of(rules, tumor, calls.patient),
        codons=SharedCodons.of(calls.variants, is_reportable),
        regions=assay_regions(calls.patient),
    )


def interpret_small_variants(case: Case) -> SmallVariants:
    """Return the findings among the small variants, the listed ones, and what became of each allele."""
    findings: dict[str, Finding] = {}
    others: list[Finding] = []
    dispositions: list[Disposition] = []
    for variant in case.calls.variants:
        finding, disposition = None, as_part(variant, case.codons)
        if disposition is None:
            outside = outside_reason(variant, case.calls.patient, case.regions)
            if is_reportable(variant):
                finding = variant_finding(variant, case.known, case.codons, outside_assay=outside is not None)
            else:
                finding = inherited_finding(variant, case.known)
            disposition = dispose(variant, finding, outside, findings)
        if finding is not None:
            findings.setdefault(finding.id, finding)
        if disposition.kind is DispositionKind.LISTED:
            others.append(listed_variant(variant, case.known, disposition.reason))
        dispositions.append(disposition)
    shown, leaders = join_open_codons(findings)
    return SmallVariants(shown, tuple(others), as_parts(dispositions, leaders), with_leaders(case.codons, leaders))


def event_findings(case: Case) -> list[Finding]:
    """Return the findings that are no small variants: joined genes, copy numbers, markers of the whole tumor."""
    return [
        *fusion_findings(case.assays.rearrangements, case.known),
        *copy_number_findings(case.copy_number, case.known),
        *msi_findings(case.assays.msi, case.known),
        *burden_findings(case.known.tumor.burden, case.known),
        *scar_findings(case.known),
        *wild_type_findings(case.known),
    ]


def tumor_markers(case: Case) -> Biomarkers:
    """Return the markers of the whole tumor."""
    calls = case.calls
    failures = sample_failures(calls.patient, case.assays)
    foreign = foreign_in_tumor(case.assays.identity)
    return Biomarkers(
        burden=case.known.tumor.burden,
        signatures=mutational_signatures(calls.substitution_contexts, calls.patient, failures, foreign),
    )


def rank(case: Case, small: SmallVariants) -> tuple[Finding, ...]:
    """Return all findings of a tumor, each held against the others, best tier first."""
    found = [*tell_skipping(small.findings.values(), case.assays.rearrangements), *event_findings(case)]
    found.sort(key=rank_of_finding)
    tiered = [with_tier_without_evidence(finding) for finding in apply_contradictions(found)]
    return tuple(sorted(tiered, key=rank_of_finding))


@cache
def knowledge_versions() -> tuple[Version, ...]:
    """Return versions, licences and digests of all knowledge that interpretation uses."""
    shipped = tuple(SHIPPED[name].as_version() for name in SHIPPED_KNOWLEDGE)
    return (*(base.version for base in knowledge_bases()), *shipped)
