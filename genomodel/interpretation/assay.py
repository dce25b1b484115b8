"""What the assay covered, and what it therefore cannot say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from genomodel.annotation.exons import knows_place
from genomodel.cohort.assay import Assay, read_assay_bed
from genomodel.core.assays import NOTHING_ELSE, Assays
from genomodel.core.biomarkers import NO_BIOMARKERS, Biomarkers
from genomodel.core.builds import bare
from genomodel.core.copy_number import CopyNumberProfile
from genomodel.core.findings import NotAssessable
from genomodel.core.knowledge import Statement
from genomodel.core.patients import CallingMode, Patient
from genomodel.core.tumor_share import tumor_share
from genomodel.core.variants import AnnotatedVariant, RegionDepth
from genomodel.files import require_file
from genomodel.interpretation.biomarkers.burden import burden_gaps
from genomodel.interpretation.biomarkers.repair import scar_gaps
from genomodel.interpretation.biomarkers.signatures import signature_gaps
from genomodel.interpretation.copy_number_gaps import copy_number_gaps
from genomodel.interpretation.depth_gaps import depth_gaps
from genomodel.interpretation.fusion_gaps import fusion_gaps
from genomodel.interpretation.looked_for import list_locus_gaps
from genomodel.interpretation.matching import plain_criteria
from genomodel.interpretation.microsatellites import msi_gaps
from genomodel.interpretation.tiers import relate
from genomodel.interpretation.unread import unread_gaps

TUMOR_TYPE = "Tumor type"
COPY_NUMBER_KINDS = frozenset({"amplification", "deep_deletion"})

Rules = Mapping[str, tuple[Statement, ...]]


@cache
def _regions(path: str, size: int, modified: int) -> dict[str, Assay]:
    """Read a BED file once per content; regions by contig name without ``chr``."""
    whole = read_assay_bed(path)
    by_contig = defaultdict(list)
    for region in whole.regions:
        by_contig[bare(region.chrom)].append(region)
    return {contig: Assay(regions=tuple(regions), genes=whole.genes) for contig, regions in by_contig.items()}


def assay_regions(patient: Patient) -> dict[str, Assay] | None:
    """Return the assayed regions by contig, ``None`` when no BED was given.

    Raises
    ------
    InputError
        The BED cannot be read: nobody could tell what lies outside the assay.
    """
    if not patient.assay_bed:
        return None
    require_file(patient.assay_bed, "assay BED")
    state = Path(patient.assay_bed).stat()
    return _regions(patient.assay_bed, state.st_size, state.st_mtime_ns)


def outside_reason(variant: AnnotatedVariant, patient: Patient, regions: Mapping[str, Assay] | None) -> str | None:
    """Return why a variant lies outside the assay, ``None`` when it lies inside or nobody said what inside is."""
    if regions is not None:
        place = variant.variant
        covering = regions.get(bare(place.chrom))
        last = place.pos + max(len(place.ref), 1) - 1
        if covering is None or not any(r.start < last and place.pos <= r.end for r in covering.regions):
            return "Outside the assayed regions"
        return None
    gene = variant.consequence.gene if variant.consequence else None
    if patient.assayed_genes is not None and gene is not None and gene not in patient.assayed_genes:
        return f"{gene} is not among the assayed genes"
    return None


def list_not_assessable(
    patient: Patient,
    copy_number: CopyNumberProfile | None,
    region_depths: tuple[RegionDepth, ...] | None,
    rules: Rules,
    variants: tuple[AnnotatedVariant, ...] = (),
    assays: Assays = NOTHING_ELSE,
    markers: Biomarkers = NO_BIOMARKERS,
) -> tuple[NotAssessable, ...]:
    """Return what a tumor board would ask about and this input cannot answer."""
    open_genes = _genes_of(rules, patient, frozenset({"fusion"}))
    return (
        *_tumor_type_gap(patient),
        *_genes_outside(patient, rules),
        *unread_gaps(variants),
        *_splice_gaps(patient, rules, variants),
        *list_locus_gaps(
            assays.hotspots, patient.tumor_type, tumor_share(patient, copy_number, assays.identity), rules
        ),
        *copy_number_gaps(copy_number, _gene_set(rules, patient, COPY_NUMBER_KINDS), rules, patient.purity),
        *fusion_gaps(assays.rearrangements, open_genes),
        *msi_gaps(assays.msi),
        *burden_gaps(markers.burden),
        *scar_gaps(patient),
        *signature_gaps(markers.signatures, patient.assay),
        *_origin_gaps(patient),
        *depth_gaps(region_depths, assays.quality, rules, copy_number),
    )


def _genes_of(rules: Rules, patient: Patient, kinds: frozenset[str]) -> str:
    """Name the genes with evidence of the given clause kinds that covers this tumor type."""
    return ", ".join(sorted(_gene_set(rules, patient, kinds))) or "no gene for this tumor type"


def _gene_set(rules: Rules, patient: Patient, kinds: frozenset[str]) -> set[str]:
    return {
        rule.evidence.gene
        for listed in rules.values()
        for rule in listed
        if any(clause.kind in kinds for clause in rule.profile.criteria()) and _covers(rule, patient)
    }


def _covers(rule: Statement, patient: Patient) -> bool:
    relation = relate(rule, patient.tumor_type)
    return relation is not None and relation.tier == rule.tier


def _genes_outside(patient: Patient, rules: Rules) -> list[NotAssessable]:
    if patient.assayed_genes is None:
        reason = "Nobody stated which genes the assay covers, so that silence about a gene is no negative."
        return [NotAssessable(what="Assayed genes", reason=reason)]
    covered, elsewhere_said = set(patient.assayed_genes), ("fusion", "msi_high", "tmb_high", "hrd_score_high")
    missing = {
        rule.evidence.gene: _covers(rule, patient)
        for listed in rules.values()
        for rule in sorted(listed, key=lambda rule: _covers(rule, patient))
        if not covered.intersection(rule.genes)
        and any(clause.kind not in elsewhere_said for clause in rule.profile.criteria())
    }
    here = sorted(gene for gene, relevant in missing.items() if relevant)
    elsewhere = sorted(gene for gene, relevant in missing.items() if not relevant)
    rows = []
    if here:
        reason = "Not covered by the assay; there is evidence for this tumor type."
        rows.append(NotAssessable(what=", ".join(here), reason=reason))
    if elsewhere:
        reason = "Not covered by the assay; there is evidence for other tumor types."
        rows.append(NotAssessable(what=", ".join(elsewhere), reason=reason))
    return rows


def _splice_gaps(patient: Patient, rules: Rules, variants: tuple[AnnotatedVariant, ...]) -> list[NotAssessable]:
    """Return the exons whose skipping can be told neither by the annotation nor by place."""
    named = [variant.consequence for variant in variants if variant.consequence is not None]
    if any(consequence.hgvs_c or consequence.exon for consequence in named):
        return []
    asked = {
        (rule.evidence.gene, clause.value.partition(":")[0])
        for listed in rules.values()
        for rule in listed
        for clause in plain_criteria(rule.profile)
        if clause.kind == "exon" and clause.value.endswith(":skipping") and _covers(rule, patient)
    }
    covered = patient.assayed_genes
    reason = "The annotation names neither coding changes nor exons, and without GRCh37 or GRCh38 places do not tell."
    reason += " A missing variant there is no negative."
    return [
        NotAssessable(what=f"{gene} exon {number} splice region", reason=reason)
        for gene, number in sorted(asked)
        if not knows_place(gene, int(number), patient.genome) and (covered is None or gene in covered)
    ]


def _tumor_type_gap(patient: Patient) -> list[NotAssessable]:
    if patient.tumor_type.is_given:
        return []
    reason = "Not given: no evidence is graded above II-C, and claims on diagnosis or outcome, or that exclude tumor "
    reason += "types, are held against nothing."
    return [NotAssessable(what=TUMOR_TYPE, reason=reason)]


def _origin_gaps(patient: Patient) -> list[NotAssessable]:
    rows = []
    if patient.mode is CallingMode.TUMOR_ONLY:
        reason = "No matched normal: a variant may be germline; its class and germline risk are estimates."
        rows.append(NotAssessable(what="Somatic or germline origin", reason=reason))
    elif patient.mode is CallingMode.UNKNOWN:
        reason = "Nobody stated whether a matched normal was used; the input's own word on origin is taken."
        rows.append(NotAssessable(what="Somatic or germline origin", reason=reason))
    if patient.purity is None:
        reason = "Not given: clonality, allele-specific copies and the sensitivity for subclones stay open."
        rows.append(NotAssessable(what="Tumor purity", reason=reason))
    return rows
