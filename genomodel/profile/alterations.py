"""The common form of a tumor and a cell line: what is altered, and what was looked at."""

from __future__ import annotations

from genomodel.annotation.hgvs import is_splice
from genomodel.calls.germline_risk import BENIGN_FREQUENCY
from genomodel.core.assays import NOTHING_ELSE, Assays
from genomodel.core.copy_number import (
    CopyNumberProfile,
    possible_amplification,
    possible_deep_deletion,
    why_no_deep_deletions,
)
from genomodel.core.microsatellites import msi_high
from genomodel.core.patients import Assay, CallingMode, Patient
from genomodel.core.profile import GeneAlteration, TumorAlterations
from genomodel.core.rearrangements import NO_GENE, Frame, RearrangementAssay, RearrangementKind
from genomodel.core.variants import (
    PROTEIN_CHANGING,
    AnnotatedCalls,
    AnnotatedVariant,
    Fusion,
    Label,
    Origin,
    TumorOnlyClass,
)
from genomodel.profile.features import SHALLOW_STATES
from genomodel.profile.tissues import screen_tissue

EVERY_GENE = ("*",)


def alterations_from_calls(
    calls: AnnotatedCalls, copy_number: CopyNumberProfile | None, assays: Assays = NOTHING_ELSE
) -> TumorAlterations:
    """Reduce a patient's calls to the form that cell lines have too.

    Parameters
    ----------
    calls
        Every record of the patient's input with origin and consequence. Protein-changing variants count when they are
        somatic, or of uncertain origin without a high germline risk.
    copy_number
        Gene-level calls; ``None`` when copy number was not assayed.
    assays
        What was looked for beside small variants.

    Returns
    -------
    TumorAlterations
        With the genes that were looked at. A panel without a gene list leaves them unknown (``None``). Fusions
        are not read from small-variant calls and stay unassayed; so does microsatellite instability unless it is told
        to be high or stable. The gene of a variant that
        is not counted because it may be inherited is named with the reason, for it is not known to be wild type.
    """
    tissue = screen_tissue(calls.patient.tumor_type)
    found = [
        GeneAlteration(
            gene=variant.consequence.gene,
            variant_class=variant.consequence.variant_class,
            protein_change=variant.consequence.protein_change,
        )
        for variant in calls.variants
        if variant.consequence is not None and counts_for_profile(variant)
    ]
    unique = sorted(set(found), key=lambda item: (item.gene, item.variant_class, item.protein_change))
    states = {call.gene: call.state for call in copy_number.calls} if copy_number else {}
    return TumorAlterations(
        id=calls.patient.id,
        tissue=tissue.coarse,
        tissue_fine=tissue.fine,
        mutations=tuple(unique),
        mutation_genes=assayed_genes(calls.patient),
        mutation_genes_set_aside=genes_set_aside(calls),
        copy_number=states,
        copy_number_genes=_copy_number_genes(copy_number),
        amplification_open=_amplification_open(copy_number),
        deep_deletion_open=_deep_deletion_open(copy_number, calls.patient.purity),
        shallow_copy_number_genes=_shallow_genes(copy_number),
        fusions=fusions_of(assays.rearrangements),
        fusions_assayed=fusions_are_known(assays.rearrangements),
        msi_high=msi_high(assays.msi),
    )


def fusions_of(assay: RearrangementAssay | None) -> tuple[Fusion, ...]:
    """Return the joined genes that count: confirmed ones, in frame or of unknown frame, and those outside of the list.

    Genes outside of the list count only where a fusion of any two genes would have been seen.
    """
    if assay is None:
        return ()
    listed = [
        Fusion(gene_5=call.five.gene, gene_3=call.three.gene)
        for call in assay.calls
        if call.kind is RearrangementKind.FUSION
        and call.confirmed
        and call.frame is not Frame.OUT_OF_FRAME
        and NO_GENE not in (call.five.gene, call.three.gene)
    ]
    return tuple(dict.fromkeys([*listed, *(assay.other_fusions if assay.every_pair else ())]))


def fusions_are_known(assay: RearrangementAssay | None) -> bool:
    """Whether a fusion that is not listed is absent: any would have been seen, and none waits for confirmation."""
    return assay is not None and assay.every_pair and all(call.confirmed for call in assay.calls)


def counts_for_profile(variant: AnnotatedVariant) -> bool:
    """Whether a variant is taken as a change of the tumor's proteins."""
    if variant.consequence is None or variant.consequence.variant_class not in PROTEIN_CHANGING:
        return False
    if Label.CONFIRM in variant.labels:
        return False
    if variant.origin is Origin.SOMATIC:
        return True
    if variant.tumor_only_class is TumorOnlyClass.POSSIBLE_CLONAL_HEMATOPOIESIS:
        return False
    return variant.origin is Origin.UNCERTAIN and variant.germline_risk != "high"


def genes_set_aside(calls: AnnotatedCalls) -> dict[str, str]:
    """Genes with a protein-changing variant that is not counted since it may be inherited, with variant and reason.

    Those are variants of high germline risk or possibly of clonal hematopoiesis, hotspot alleles to be confirmed, and
    what a caller filtered as inherited without a matched normal. Alleles
    above :data:`BENIGN_FREQUENCY` do not count, nor does an inherited variant that the matched normal shows: there the
    tumor's own change was looked for and not found.
    """
    without_normal = calls.patient.mode is CallingMode.TUMOR_ONLY
    found: dict[str, set[str]] = {}
    for variant in calls.variants:
        effect = variant.consequence
        if effect is None or effect.variant_class not in PROTEIN_CHANGING or counts_for_profile(variant):
            continue
        benign = variant.population_frequency is not None and variant.population_frequency > BENIGN_FREQUENCY
        doubtful = (
            Label.CONFIRM in variant.labels
            or variant.origin is Origin.UNCERTAIN
            or (without_normal and variant.origin is Origin.GERMLINE)
        )
        if doubtful and not benign:
            told = effect.protein_change and not is_splice(effect.protein_change)
            change = f"p.{effect.protein_change}" if told else effect.variant_class.replace("_", " ")
            found.setdefault(effect.gene, set()).add(f"{change}: {variant.tumor_only_reason or variant.origin_reason}")
    return {gene: "; ".join(sorted(found[gene])) for gene in sorted(found)}


def assayed_genes(patient: Patient) -> tuple[str, ...] | None:
    """Genes that the patient's assay covers: the list, every gene for exomes and genomes, or unknown."""
    if patient.assayed_genes is not None:
        return patient.assayed_genes
    return EVERY_GENE if patient.assay in (Assay.WES, Assay.WGS) else None


def _copy_number_genes(copy_number: CopyNumberProfile | None) -> tuple[str, ...] | None:
    if copy_number is None:
        return None
    if copy_number.assayed_genes is not None:
        return tuple(sorted({*copy_number.assayed_genes, *(call.gene for call in copy_number.calls)}))
    return tuple(sorted({call.gene for call in copy_number.calls}))


def _amplification_open(copy_number: CopyNumberProfile | None) -> tuple[str, ...]:
    calls = copy_number.calls if copy_number is not None else ()
    return tuple(sorted(call.gene for call in calls if possible_amplification(call)))


def _deep_deletion_open(copy_number: CopyNumberProfile | None, purity: float | None) -> tuple[str, ...]:
    """Genes whose deep deletion is open: every gene where none is called, else those with a possible one."""
    if copy_number is None:
        return ()
    if why_no_deep_deletions(copy_number, purity):
        return EVERY_GENE
    return tuple(sorted(call.gene for call in copy_number.calls if possible_deep_deletion(call)))


def _shallow_genes(copy_number: CopyNumberProfile | None) -> tuple[str, ...] | None:
    """Genes assayed for gains and losses: those of a file that knows such states, or states copies themselves."""
    if copy_number is None:
        return None
    if any(
        call.state in SHALLOW_STATES or call.copies is not None or call.log2_ratio is not None
        for call in copy_number.calls
    ):
        return _copy_number_genes(copy_number)
    return None
