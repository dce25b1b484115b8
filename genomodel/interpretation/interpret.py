"""From annotated calls to findings, the other variants, and one disposition for every allele of every record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from genomodel.annotation.no_consequence import why_no_consequence
from genomodel.annotation.phasing import join_codons
from genomodel.core.assays import NOTHING_ELSE, Assays
from genomodel.core.copy_number import CopyNumberProfile
from genomodel.core.errors import GenomodelError
from genomodel.core.findings import Disposition, DispositionKind, Finding, Interpretation
from genomodel.core.provenance import Version
from genomodel.core.variants import PROTEIN_CHANGING, AnnotatedCalls, AnnotatedVariant, Label, Origin, RegionDepth
from genomodel.interpretation.assay import assay_regions, list_not_assessable, outside_reason
from genomodel.interpretation.contradictions import apply_contradictions
from genomodel.interpretation.evidence_search import KnownEvidence, Rules
from genomodel.interpretation.findings import (
    copy_number_findings,
    gene_of,
    listed_variant,
    rank_of_finding,
    variant_finding,
)
from genomodel.interpretation.fusions import fusion_findings, tell_skipping
from genomodel.interpretation.knowledge import knowledge_bases, rules_by_gene
from genomodel.interpretation.matching import tumor_of
from genomodel.interpretation.matching.build import is_common, is_reportable
from genomodel.interpretation.microsatellites import msi_findings
from genomodel.interpretation.phase import SharedCodons
from genomodel.interpretation.set_aside import CONFIRM_WORDS, set_aside, to_confirm
from genomodel.resources.tables import SHIPPED

NOT_CALLED = "The input does not call it a variant of the tumor."
SHARED_KIND = "maf"
"""Kind of source file that several patients share."""
SHIPPED_KNOWLEDGE = ("hotspots", "driver_genes", "oncotree")


def interpret(
    calls: AnnotatedCalls,
    copy_number: CopyNumberProfile | None,
    region_depths: tuple[RegionDepth, ...] | None = None,
    assays: Assays = NOTHING_ELSE,
    *,
    rules: Rules | None = None,
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

    Returns
    -------
    Interpretation
        Findings by tier, then by recurrence of the residue; the other protein-changing variants; a disposition for
        every allele of every record; germline and not called alleles that would matter; what could not be assessed;
        the versions of the knowledge.

    Raises
    ------
    GenomodelError
        The calls do not hold every record of the input, which is a defect of the reader.
    """
    check_records(calls)
    # Readers of files know the phase; calls that come without it are held against each other here.
    calls = calls.model_copy(update={"variants": join_codons(calls.variants)})
    rules = rules_by_gene() if rules is None else rules
    patient = calls.patient
    tumor = tumor_of(calls, copy_number, region_depths, assays, joined=True)
    known = KnownEvidence.of(rules, tumor, patient)
    regions = assay_regions(patient)
    codons = SharedCodons.of(calls.variants, is_reportable)
    findings: dict[str, Finding] = {}
    others: list[Finding] = []
    dispositions: list[Disposition] = []
    for variant in calls.variants:
        finding, disposition = None, _as_part(variant, codons, dispositions)
        if disposition is None:
            outside = outside_reason(variant, patient, regions)
            if is_reportable(variant):
                finding = variant_finding(variant, known, codons, outside_assay=outside is not None)
            disposition = dispose(variant, finding, outside, findings)
        if finding is not None:
            findings.setdefault(finding.id, finding)
        if disposition.kind is DispositionKind.LISTED:
            others.append(listed_variant(variant, known, disposition.reason))
        dispositions.append(disposition)
    events = [*copy_number_findings(copy_number, known), *msi_findings(assays.msi, known)]
    joined = fusion_findings(assays.rearrangements, known)
    small = tell_skipping(findings.values(), assays.rearrangements)
    ranked = sorted(apply_contradictions([*small, *joined, *events]), key=rank_of_finding)
    return Interpretation(
        patient_id=patient.id,
        findings=tuple(ranked),
        other_variants=tuple(others),
        dispositions=tuple(dispositions),
        n_records=calls.n_records,
        set_aside=set_aside(calls.variants, known, findings),
        to_confirm=to_confirm(calls.variants, known, findings),
        not_assessable=list_not_assessable(patient, copy_number, region_depths, rules, calls.variants, assays),
        sources=knowledge_versions(),
    )


def check_records(calls: AnnotatedCalls) -> None:
    """Raise unless the variants hold every record of the input.

    The records of a file of one tumor are numbered 1 to ``n_records``. The rows of a mutation annotation file of many
    samples keep their numbers in the file, so that there only their count can be held against ``n_records``.
    """
    seen = {variant.record for variant in calls.variants}
    expected = seen if calls.source.kind == SHARED_KIND else set(range(1, calls.n_records + 1))
    missing, beyond = sorted(expected - seen), sorted(seen - expected)
    if missing or beyond or len(seen) != calls.n_records:
        raise GenomodelError(
            f"{calls.source.name}: {calls.n_records} records were read and {len(seen)} have a variant; without one are "
            f"{missing[:5]}, beyond the last are {beyond[:5]} (five at most are named); this is a defect of the reader"
        )


def dispose(
    variant: AnnotatedVariant, finding: Finding | None, outside: str | None, earlier: Mapping[str, Finding]
) -> Disposition:
    """Return the one thing that becomes of an allele of a record, and why.

    A variant with evidence, or on a hotspot, is shown even when it lies outside the assay as stated: the statement may
    be wrong, and a hidden actionable variant costs more than a remark.

    Parameters
    ----------
    variant
        The allele.
    finding
        The finding it is, if any; only where its origin lets it be reported.
    outside
        Why it lies outside the assay, ``None`` when it does not.
    earlier
        Findings of earlier records by their id, to report a repeated allele once.
    """
    if Label.CONFIRM in variant.labels:
        kind, reason = DispositionKind.TO_CONFIRM, _sentences(variant.origin_reason, CONFIRM_WORDS)
    elif variant.origin is Origin.NOT_CALLED:
        failed = [name for name in variant.filters if name != "PASS"]
        filters = f"Filters: {', '.join(failed)}" if failed else ""
        kind, reason = DispositionKind.FILTERED, _sentences(filters, variant.origin_reason) or NOT_CALLED
    elif variant.origin is Origin.GERMLINE:
        kind, reason = DispositionKind.GERMLINE, _sentences(variant.origin_reason, "Germline variants are not reported")
    elif finding is not None:
        kind, reason = DispositionKind.FINDING, _reason_of_finding(variant, finding, earlier)
    elif outside is not None:
        kind, reason = DispositionKind.OUTSIDE_ASSAY, _sentences(outside)
    elif variant.consequence is None:
        kind, reason = DispositionKind.NO_TRANSCRIPT, why_no_consequence(variant.variant)
    elif variant.consequence.variant_class not in PROTEIN_CHANGING:
        terms = ", ".join(variant.consequence.terms) or variant.consequence.variant_class.value
        kind = DispositionKind.NOT_PROTEIN_CHANGING
        reason = _sentences(f"{terms} in {variant.consequence.gene}: the protein is not changed")
    else:
        what = "Protein-changing, but neither evidence, nor a hotspot, nor loss of a driver gene"
        if is_common(variant):
            what = f"Protein-changing, but known in the population at {variant.population_frequency:.2g}"
        kind, reason = DispositionKind.LISTED, _sentences(what, variant.origin_reason)
    return Disposition(
        record=variant.record,
        variant=variant.variant.key,
        gene=gene_of(variant),
        kind=kind,
        reason=reason,
    )


def _as_part(variant: AnnotatedVariant, codons: SharedCodons, earlier: Sequence[Disposition]) -> Disposition | None:
    """Return the disposition of a part of a joint change, which is that of the change; ``None`` for other alleles."""
    leader = codons.reported_with(variant)
    if leader is None:
        return None
    place = (leader.record, leader.variant.key)
    whole = next(item for item in earlier if (item.record, item.variant) == place)
    facts = {"record": variant.record, "variant": variant.variant.key, "reason": codons.part_words(leader)}
    return whole.model_copy(update=facts)


def _reason_of_finding(variant: AnnotatedVariant, finding: Finding, earlier: Mapping[str, Finding]) -> str:
    first = earlier.get(finding.id)
    if first is not None and first.variant is not None:
        return f"The same variant as record {first.variant.record}, reported once."
    return _sentences(finding.why, variant.origin_reason if variant.origin is Origin.SOMATIC else "")


def _sentences(*parts: str) -> str:
    """Join texts into sentences that each begin with a capital and end with one period."""
    texts = [part.strip().rstrip(".") for part in parts]
    return " ".join(text[:1].upper() + text[1:] + "." for text in texts if text)


@cache
def knowledge_versions() -> tuple[Version, ...]:
    """Return versions, licences and digests of all knowledge that interpretation uses."""
    shipped = tuple(SHIPPED[name].as_version() for name in SHIPPED_KNOWLEDGE)
    return (*(base.version for base in knowledge_bases()), *shipped)
