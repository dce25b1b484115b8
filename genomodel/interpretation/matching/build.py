"""From what was called and looked for in one patient to the tumor that statements are held against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

from genomodel.annotation.named_effects import effect_rows, named_effects
from genomodel.annotation.phasing import join_codons
from genomodel.calls.germline_risk import BENIGN_FREQUENCY, COMMON_FREQUENCY
from genomodel.calls.quality.metrics import failures
from genomodel.cohort.assay import gene_of_region
from genomodel.core.assays import NOTHING_ELSE, Assays
from genomodel.core.biomarkers import MutationalBurden
from genomodel.core.copy_number import CopyNumberCall, CopyNumberProfile, why_no_deep_deletions
from genomodel.core.identity import hides_somatic, whose_failures
from genomodel.core.patients import Patient
from genomodel.core.rearrangements import (
    NO_GENE,
    Frame,
    Rearrangement,
    RearrangementAssay,
    RearrangementKind,
)
from genomodel.core.sample_quality import SampleQuality, exons_in_words
from genomodel.core.variants import (
    AlleleCounts,
    AnnotatedCalls,
    AnnotatedVariant,
    Consequence,
    Fusion,
    Label,
    Origin,
    RegionDepth,
)
from genomodel.interpretation.biomarkers.scars import scar_standing
from genomodel.interpretation.depth_gaps import LOW_DEPTH
from genomodel.interpretation.germline_genes import germline_policy, negatives_withheld
from genomodel.interpretation.matching.alterations import (
    Alteration,
    Assayed,
    GeneCopies,
    JoinedGenes,
    LostExons,
    SmallVariant,
    Tumor,
    gene_key,
)
from genomodel.interpretation.matching.classes import LOSS_OF_FUNCTION
from genomodel.interpretation.matching.clinvar import held_benign, held_pathogenic
from genomodel.interpretation.matching.harmless import harmless_truncation
from genomodel.interpretation.phase import is_open, other_reading
from genomodel.resources.actionable_fusions import actionable_partner, fusion_genes
from genomodel.resources.gene_symbols import Standing, current_symbol, resolve_symbol
from genomodel.resources.hotspots import is_hotspot_allele

REPORTABLE_ORIGINS = (Origin.SOMATIC, Origin.UNCERTAIN)
NO_DEPTH = "depth of coverage not known"


def tumor_of(
    calls: AnnotatedCalls,
    copy_number: CopyNumberProfile | None = None,
    region_depths: tuple[RegionDepth, ...] | None = None,
    assays: Assays = NOTHING_ELSE,
    *,
    joined: bool = False,
    burden: MutationalBurden | None = None,
) -> Tumor:
    """Return all that is altered in a patient's tumor, and what was looked at.

    Parameters
    ----------
    calls
        Small variants of every origin; those that are not reported as the tumor's become doubtful ones.
    copy_number
        ``None`` where nobody looked.
    region_depths
        Mean depth of the assayed regions; ``None`` where unknown.
    assays
        What was looked for beside small variants.
    joined
        Whether alleles of one codon have been held against each other already.
    burden
        Mutational burden; ``None`` where nobody counted.
    """
    patient = calls.patient
    variants = calls.variants if joined else join_codons(calls.variants)
    ours = [item for item in variants if is_reportable(item)]
    doubtful = [item for item in variants if not is_reportable(item) and is_seen(item)]
    small = _each_once(small_variant(item, patient) for item in ours)
    unnamed = (reading for item in small for reading in _readings_of_symbols(item))
    return Tumor(
        alterations=(
            *small,
            *(copies_of(call) for call in (copy_number.calls if copy_number is not None else ())),
            *_joined(assays.rearrangements),
        ),
        doubtful=(*_each_once(small_variant(item, patient) for item in doubtful), *unnamed),
        assayed=assayed_of(patient, copy_number, region_depths, assays),
        build=patient.genome,
        msi=assays.msi.status if assays.msi is not None else None,
        burden=burden,
        scar=scar_standing(patient),
    )


def is_reportable(variant: AnnotatedVariant) -> bool:
    """Whether an allele may be a finding: of the tumor, or not known to be otherwise, and not to be confirmed first."""
    return variant.origin in REPORTABLE_ORIGINS and Label.CONFIRM not in variant.labels


FOUNDERS_FREQUENCY = 0.01
"""Share of a population's alleles up to which a truncation may be one that few founders left.

Of Ashkenazi Jews 1.25 % carry BRCA1 185delAG (Bahar et al. 2001, doi:10.1002/1097-0142(20010715)92:2<440), of people of
North-Western Europe up to 1.5 % CHEK2 1100delC (Huijts et al. 2014, doi:10.1038/ejhg.2013.85): on one of two alleles.
"""
MIN_READS = 3
"""Alternate reads from which an allele that is not called is shown; fewer are within sequencing error."""


def alternate_reads(counts: AlleleCounts, unknown: int) -> float:
    """Return the reads that carry an allele, ``unknown`` where nothing tells."""
    if counts.alt_reads is not None:
        return counts.alt_reads
    fraction = counts.known_fraction
    if fraction is not None and (fraction == 0 or counts.depth is not None):
        return round(fraction * (counts.depth or 0))
    return unknown


def is_seen(variant: AnnotatedVariant) -> bool:
    """Whether reads show an allele that is not reported as the tumor's, as far as they are given."""
    called = variant.origin is not Origin.NOT_CALLED
    return called or alternate_reads(variant.tumor, unknown=MIN_READS) >= MIN_READS


def is_common(variant: AnnotatedVariant) -> bool:
    """Whether the allele is known in the population so often that its class says nothing of the tumor.

    So do truncations that are known to leave the function count, at whatever frequency. Hotspot alleles are found in
    populations too, where clones of blood cells carry them: they count as common only from the frequency on that is
    benign for that alone. So do alleles that ClinVar holds pathogenic. Truncations of genes in which they are inherited
    and pathogenic, which came down from few founders, count from :data:`FOUNDERS_FREQUENCY` on, as ClinVar may not
    have been asked.
    """
    if harmless_truncation(variant.consequence) is not None:
        return True
    frequency = variant.population_frequency
    if frequency is None or frequency < COMMON_FREQUENCY:
        return False
    effect = variant.consequence
    hotspot = effect is not None and is_hotspot_allele(effect.gene, effect.protein_change)
    if hotspot or held_pathogenic(variant.clinvar):
        return frequency > BENIGN_FREQUENCY
    return not _takes_inherited_gene(variant) or frequency > FOUNDERS_FREQUENCY


def _takes_inherited_gene(variant: AnnotatedVariant) -> bool:
    """Whether an allele takes the function of a gene whose inherited loss is pathogenic, by its class alone."""
    effect = variant.consequence
    if effect is None or effect.variant_class not in LOSS_OF_FUNCTION or held_benign(variant.clinvar):
        return False
    row = germline_policy().get(current_symbol(effect.gene))
    return row is not None and row.loss


@cache
def _effect_genes() -> frozenset[str]:
    return frozenset(row.gene for row in effect_rows())


def small_variant(variant: AnnotatedVariant, patient: Patient) -> SmallVariant:
    """Return a called allele as statements are held against it, with the effects that have names."""
    chrom = variant.variant.chrom
    reported = () if variant.consequence is None else (variant.consequence,)
    told = (*reported, *variant.other_consequences)
    effects: dict[str, list[Consequence]] = {}
    for item in told:
        if item.gene:
            effects.setdefault(gene_key(item.gene, chrom), []).append(item)
    named = variant.named_effects
    if not named and not _effect_genes().isdisjoint(effects):
        named = named_effects(variant.variant, told, patient.genome)
    return SmallVariant(
        id=variant.variant.key,
        variant=variant if named == variant.named_effects else variant.model_copy(update={"named_effects": named}),
        build=patient.genome,
        effects={gene: tuple(listed) for gene, listed in effects.items()},
        shares_codon=is_open(variant),
        together=other_reading(variant),
        common=is_common(variant),
    )


def _readings_of_symbols(item: SmallVariant) -> Iterator[SmallVariant]:
    """Yield a variant under each gene that an ambiguous symbol may mean: whether it is that gene's is not known."""
    for symbol, effects in item.effects.items():
        meant = resolve_symbol(symbol, item.variant.variant.chrom)
        if meant.standing is Standing.AMBIGUOUS:
            doubt = f"of {symbol}, which may mean {' or '.join(meant.candidates)}"
            for gene in meant.candidates:
                yield replace(item, effects={gene: effects}, doubt=doubt)


def _each_once(variants: Iterable[SmallVariant]) -> tuple[SmallVariant, ...]:
    found: dict[str, SmallVariant] = {}
    for item in variants:
        found.setdefault(item.id, item)
    return tuple(found.values())


def copies_of(call: CopyNumberCall) -> GeneCopies:
    """Return the copy number of a gene as statements are held against it."""
    return GeneCopies(id=f"{call.gene}:{call.state.value}", gene=gene_key(call.gene, call.chrom), call=call)


def event_of(call: Rearrangement) -> JoinedGenes | LostExons:
    """Return a rearrangement as statements are held against it."""
    doubt = () if call.confirmed else (f"not confirmed ({call.unconfirmed_reason})",)
    places = f"{call.five.chrom}:{call.five.pos}-{call.three.chrom}:{call.three.pos}"
    name = f"{call.label.replace(' ', '_')}:{places}"
    if call.kind is not RearrangementKind.FUSION:
        first, last = call.exons_lost or (0, 0)
        return LostExons(name, gene_key(call.five.gene), first, last, doubt)
    frame = (f"the reading frame is not known ({call.frame_reason})",) if call.frame is Frame.UNKNOWN else ()
    return JoinedGenes(
        id=name,
        gene_5=gene_key(call.five.gene),
        gene_3=gene_key(call.three.gene),
        exon_5=call.five.exon,
        exon_3=call.three.exon,
        withheld=withheld_reason(call),
        ignored=(*doubt, *frame),
    )


def fusion_of(fusion: Fusion) -> JoinedGenes:
    """Return a fusion of which no more is known than the genes."""
    name = f"{fusion.gene_5}::{fusion.gene_3}_fusion"
    return JoinedGenes(name, gene_key(fusion.gene_5), gene_key(fusion.gene_3), ignored=("its frame is not known",))


def withheld_reason(call: Rearrangement) -> str:
    """Return why a fusion is held against no evidence, empty where it is: the claims are about proteins."""
    if call.kind is not RearrangementKind.FUSION:
        return ""
    if NO_GENE in (call.five.gene, call.three.gene):
        return "the other side lies in no gene that the gene models have; RNA would tell what is transcribed"
    if actionable_partner(call.five.gene, call.three.gene) is None:
        return f"{listed_gene(call)} stands on the other side in the fusions that matter"
    if call.frame is Frame.OUT_OF_FRAME:
        return f"out of frame ({call.frame_reason})"
    return "the exons that the claim is about are lost" if call.domain == "lost" else ""


def listed_gene(call: Rearrangement) -> str:
    """Return the gene of the actionable list, else the 5' one."""
    return next((side.gene for side in (call.three, call.five) if side.gene in fusion_genes()), call.five.gene)


def _joined(assay: RearrangementAssay | None) -> list[Alteration]:
    if assay is None:
        return []
    return [*(event_of(call) for call in assay.calls), *(fusion_of(fusion) for fusion in assay.other_fusions)]


def assayed_of(
    patient: Patient,
    copy_number: CopyNumberProfile | None,
    region_depths: tuple[RegionDepth, ...] | None,
    assays: Assays,
) -> Assayed:
    """Return where silence is a negative in a patient's tumor."""
    genes = patient.assayed_genes
    unread = region_depths is None and assays.quality is None
    fusions = assays.rearrangements
    answers = fusions.genes if fusions is not None else ()
    shown = frozenset(gene_key(item.gene) for item in answers if item.assessable and not item.unresolved)
    return Assayed(
        genes=None if genes is None else frozenset(gene_key(gene) for gene in genes),
        distrusted=_why_distrusted(patient, assays),
        failed=negatives_withheld(patient) | _failed(region_depths, assays.quality),
        copies=_copy_genes(copy_number),
        copies_failed={
            gene_key(gene): f"{gene}: {why}"
            for gene, why in (copy_number.not_assessed if copy_number is not None else {}).items()
        },
        copies_absent="copy number was not assayed"
        if copy_number is None
        else "the file lists copy-number events alone",
        no_deep_deletions="" if copy_number is None else why_no_deep_deletions(copy_number, patient.purity),
        fusions=shown,
        fusions_failed={
            key: f"a fusion of {item.gene}: {item.reason}"
            for item in answers
            if (key := gene_key(item.gene)) not in shown
        },
        fusions_absent="fusions were not assayed" if fusions is None else "",
        every_fusion=fusions is not None and fusions.every_pair,
        remarks=(NO_DEPTH,) if unread else (),
    )


def _why_distrusted(patient: Patient, assays: Assays) -> str:
    failed = (
        *whose_failures(assays.identity, patient.waived),
        *(failures(assays.quality) if assays.quality is not None else ()),
    )
    if failed:
        return f"the sample failed: {'; '.join(failed)}"
    hiding = hides_somatic(assays.identity, patient.waived)
    return "the normal may hide what is the tumor's" if hiding else ""


def _copy_genes(copy_number: CopyNumberProfile | None) -> frozenset[str] | None:
    if copy_number is None or copy_number.assayed_genes is None:
        return None
    return frozenset(gene_key(gene) for gene in copy_number.assayed_genes)


def _failed(region_depths: tuple[RegionDepth, ...] | None, quality: SampleQuality | None) -> dict[str, str]:
    """Return why a missing variant is no negative, for the genes of which a part was not read well enough."""
    found: dict[str, str] = {}
    judged: set[str] = set()
    if quality is not None:
        judged = {exon.gene for exon in quality.exons}
        words = exons_in_words((exon.gene, exon.exon) for exon in quality.failed_exons)
        found |= {gene_key(gene): f"{gene} {which} failed" for gene, which in words.items()}
        absent = ((item.gene, number) for item in quality.exons_off_assay for number in item.exons)
        for gene, which in exons_in_words(absent).items():
            found.setdefault(gene_key(gene), f"{gene} {which} not on the assay")
    for region in region_depths or ():
        gene = gene_of_region(region.name)
        if gene and gene not in judged and region.mean_depth < LOW_DEPTH:
            found.setdefault(gene_key(gene), f"a region of {gene} has a mean depth below {LOW_DEPTH}")
    return found
