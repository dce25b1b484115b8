"""Which variants may be inherited and matter for the patient's family, by a policy of genes with their sources.

A flag is no result: it asks for a confirmation in normal tissue, under the patient's consent. Alleles of a tumor
without a normal are flagged from the shares of reads on that the ESMO Precision Medicine Working Group restricts its
analysis to (Mandelker et al. 2019, doi:10.1093/annonc/mdz136, Box 1: above 30 % for single-nucleotide variants, above
20 % for small insertions and deletions).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from genomodel.core.biomarkers import GermlineFlag, GermlineReview
from genomodel.core.patients import Patient
from genomodel.core.variants import AnnotatedCalls, AnnotatedVariant, Label, Origin, TumorOnlyClass
from genomodel.interpretation.consent import is_withheld
from genomodel.interpretation.findings import gene_of, label_of
from genomodel.interpretation.germline_genes import PolicyRow, germline_policy
from genomodel.interpretation.matching.build import is_common, is_seen, small_variant
from genomodel.interpretation.matching.classes import LOSS_OF_FUNCTION, is_pathogenic
from genomodel.interpretation.matching.clinvar import held_benign
from genomodel.resources.gene_symbols import current_symbol
from genomodel.resources.hotspots import is_hotspot_allele

SNV_FRACTION, INDEL_FRACTION = 0.3, 0.2
"""Shares of the tumor's reads above which an allele without a compared normal is flagged."""
CONFIRM = "to be confirmed in normal tissue, with genetic counseling"
REFUSED = "Inherited variants are withheld: the patient has not consented to see them."
GIVEN = "The patient consents to see inherited variants."
BLANK = "Whether the patient consents to see inherited variants is not given; the configuration lets them be shown."
CLINVAR = "clinvar"
CLINVAR_ABSENT = "ClinVar was not looked up, so that pathogenic variants which do not truncate a protein are not known."


def review_germline(calls: AnnotatedCalls) -> GermlineReview:
    """Return what may be said of inherited variants, by consent and policy.

    Parameters
    ----------
    calls
        As :func:`genomodel.interpretation.consent.as_consented` returns them.

    Returns
    -------
    GermlineReview
        Without a flag where consent was refused, with the number of alleles that are withheld.
    """
    consent = calls.patient.germline_consent
    if consent is False:
        return GermlineReview(consent=False, reason=f"{REFUSED} {withheld_words(calls.variants)}")
    flags = _flags(calls.variants, calls.patient)
    asked = any(source.id == CLINVAR and source.looked_up for source in calls.sources)
    reason = " ".join(filter(None, (GIVEN if consent else BLANK, "" if asked else CLINVAR_ABSENT)))
    return GermlineReview(consent=consent, flags=flags, reason=reason)


def withheld_words(variants: Iterable[AnnotatedVariant]) -> str:
    """Say how many alleles are withheld, and what that means for a negative."""
    count = sum(is_withheld(one.variant.key) for one in variants)
    return (
        f"Alleles withheld: {count}, whatever they do. Therapies that rest on an inherited variant are not listed, and "
        "that none is listed does not mean that there is none."
    )


def _flags(variants: Iterable[AnnotatedVariant], patient: Patient) -> tuple[GermlineFlag, ...]:
    found: dict[str, tuple[AnnotatedVariant, PolicyRow, str]] = {}
    for variant in variants:
        row = germline_policy().get(current_symbol(gene_of(variant)))
        why = "" if row is None else _why(variant, row, patient)
        if row is not None and why:
            found.setdefault(variant.variant.key, (variant, row, why))
    per_gene = Counter(row.gene for _, row, _ in found.values())
    return tuple(
        GermlineFlag(gene=row.gene, label=label_of(variant), variant=key, reason=why, policy=row.words)
        for key, (variant, row, why) in found.items()
        if per_gene[row.gene] >= row.variants
    )


def _why(variant: AnnotatedVariant, row: PolicyRow, patient: Patient) -> str:
    """Say why an allele is flagged; empty where it is not."""
    pathogenic = pathogenic_words(variant, patient, by_loss=row.loss)
    if not pathogenic or variant.repeats is not None or not is_seen(variant):
        return ""
    if variant.origin is Origin.GERMLINE:
        seen = "seen in the normal sample" if variant.normal is not None else "taken for inherited by its caller"
        lost = ", the tumor has lost the other allele or gained this one" if Label.LOH in variant.labels else ""
        return f"{pathogenic}; {seen}{lost}; {CONFIRM}"
    if variant.origin is not Origin.UNCERTAIN or not row.tumor_only or Label.CONFIRM in variant.labels:
        return ""
    if variant.tumor_only_class is TumorOnlyClass.SOMATIC or not _high_enough(variant):
        return ""
    fraction = variant.tumor.known_fraction
    reads = "allele fraction not known" if fraction is None else f"allele fraction {fraction:.2f}"
    return f"{pathogenic}; {reads}; no normal was compared, so that it may as well be of the tumor alone; {CONFIRM}"


def _high_enough(variant: AnnotatedVariant) -> bool:
    fraction = variant.tumor.known_fraction
    allele = variant.variant
    single = len(allele.ref.strip("-")) == len(allele.alt.strip("-"))
    return fraction is None or fraction > (SNV_FRACTION if single else INDEL_FRACTION)


def pathogenic_words(variant: AnnotatedVariant, patient: Patient, *, by_loss: bool) -> str:
    """Say why an inherited allele is taken for pathogenic; empty where it is not.

    Parameters
    ----------
    variant
        The allele.
    patient
        Whose it is.
    by_loss
        Whether a loss of the gene is pathogenic.
    """
    if is_pathogenic(small_variant(variant, patient)):
        return "pathogenic or likely so by ClinVar"
    effect = variant.consequence
    if effect is None or is_common(variant) or held_benign(variant.clinvar):
        return ""
    if by_loss and effect.variant_class in LOSS_OF_FUNCTION:
        return "takes the function of a gene whose loss is pathogenic"
    return "recurs in tumors" if is_hotspot_allele(effect.gene, effect.protein_change) else ""
