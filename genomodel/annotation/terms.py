"""Sequence Ontology terms: their order of severity and the coarse class that each belongs to.

The order is the one that Ensembl publishes for its consequence terms (Ensembl variation documentation, "Calculated
consequences"): from the loss of a transcript down to an intergenic place.
"""

from __future__ import annotations

from collections.abc import Iterable

from genomodel.core.variants import VariantClass

_CLASSES: tuple[tuple[str, VariantClass], ...] = (
    ("transcript_ablation", VariantClass.TRUNCATING),
    ("splice_acceptor_variant", VariantClass.SPLICE),
    ("splice_donor_variant", VariantClass.SPLICE),
    ("stop_gained", VariantClass.TRUNCATING),
    ("frameshift_variant", VariantClass.TRUNCATING),
    ("stop_lost", VariantClass.STOP_LOST),
    ("start_lost", VariantClass.START_LOST),
    ("initiator_codon_variant", VariantClass.START_LOST),
    ("transcript_amplification", VariantClass.NONCODING),
    ("feature_elongation", VariantClass.NONCODING),
    ("feature_truncation", VariantClass.NONCODING),
    ("inframe_insertion", VariantClass.INFRAME_INSERTION),
    ("conservative_inframe_insertion", VariantClass.INFRAME_INSERTION),
    ("disruptive_inframe_insertion", VariantClass.INFRAME_INSERTION),
    ("inframe_deletion", VariantClass.INFRAME_DELETION),
    ("conservative_inframe_deletion", VariantClass.INFRAME_DELETION),
    ("disruptive_inframe_deletion", VariantClass.INFRAME_DELETION),
    # SnpEff's; beside a term of the frame it says less, alone the protein is not the same.
    ("exon_loss_variant", VariantClass.TRUNCATING),
    ("missense_variant", VariantClass.MISSENSE),
    ("rare_amino_acid_variant", VariantClass.MISSENSE),
    ("protein_altering_variant", VariantClass.MISSENSE),
    ("splice_donor_5th_base_variant", VariantClass.NONCODING),
    ("splice_region_variant", VariantClass.NONCODING),
    ("splice_donor_region_variant", VariantClass.NONCODING),
    ("splice_polypyrimidine_tract_variant", VariantClass.NONCODING),
    ("incomplete_terminal_codon_variant", VariantClass.SYNONYMOUS),
    ("start_retained_variant", VariantClass.SYNONYMOUS),
    ("stop_retained_variant", VariantClass.SYNONYMOUS),
    ("synonymous_variant", VariantClass.SYNONYMOUS),
    ("coding_sequence_variant", VariantClass.NONCODING),
    ("mature_miRNA_variant", VariantClass.NONCODING),
    ("5_prime_UTR_premature_start_codon_gain_variant", VariantClass.NONCODING),
    ("5_prime_UTR_variant", VariantClass.NONCODING),
    ("3_prime_UTR_variant", VariantClass.NONCODING),
    ("non_coding_transcript_exon_variant", VariantClass.NONCODING),
    ("intron_variant", VariantClass.NONCODING),
    ("NMD_transcript_variant", VariantClass.NONCODING),
    ("non_coding_transcript_variant", VariantClass.NONCODING),
    ("coding_transcript_variant", VariantClass.NONCODING),
    ("upstream_gene_variant", VariantClass.NONCODING),
    ("downstream_gene_variant", VariantClass.NONCODING),
    ("TFBS_ablation", VariantClass.NONCODING),
    ("TFBS_amplification", VariantClass.NONCODING),
    ("TF_binding_site_variant", VariantClass.NONCODING),
    ("regulatory_region_ablation", VariantClass.NONCODING),
    ("regulatory_region_amplification", VariantClass.NONCODING),
    ("regulatory_region_variant", VariantClass.NONCODING),
    ("intergenic_region", VariantClass.NONCODING),
    ("intergenic_variant", VariantClass.NONCODING),
    ("sequence_variant", VariantClass.NONCODING),
)
SEVERITY = {term: rank for rank, (term, _) in enumerate(_CLASSES)}
CLASS_OF_TERM = dict(_CLASSES)
LEAST_SEVERE = len(_CLASSES)

OUTSIDE_TRANSCRIPT = frozenset(
    {
        "upstream_gene_variant",
        "downstream_gene_variant",
        "TFBS_ablation",
        "TFBS_amplification",
        "TF_binding_site_variant",
        "regulatory_region_ablation",
        "regulatory_region_amplification",
        "regulatory_region_variant",
        "intergenic_region",
        "intergenic_variant",
    }
)
"""Terms of a variant that lies beside a transcript, not in it."""

MAF_CLASSES: dict[str, tuple[VariantClass, tuple[str, ...]]] = {
    "missense_mutation": (VariantClass.MISSENSE, ("missense_variant",)),
    "nonsense_mutation": (VariantClass.TRUNCATING, ("stop_gained",)),
    "frame_shift_del": (VariantClass.TRUNCATING, ("frameshift_variant",)),
    "frame_shift_ins": (VariantClass.TRUNCATING, ("frameshift_variant",)),
    "in_frame_del": (VariantClass.INFRAME_DELETION, ("inframe_deletion",)),
    "in_frame_ins": (VariantClass.INFRAME_INSERTION, ("inframe_insertion",)),
    "splice_site": (VariantClass.SPLICE, ("splice_site_variant",)),
    "splice_region": (VariantClass.NONCODING, ("splice_region_variant",)),
    "translation_start_site": (VariantClass.START_LOST, ("start_lost",)),
    "nonstop_mutation": (VariantClass.STOP_LOST, ("stop_lost",)),
    "silent": (VariantClass.SYNONYMOUS, ("synonymous_variant",)),
    "rna": (VariantClass.NONCODING, ("non_coding_transcript_variant",)),
    "lincrna": (VariantClass.NONCODING, ("non_coding_transcript_variant",)),
    "intron": (VariantClass.NONCODING, ("intron_variant",)),
    "igr": (VariantClass.NONCODING, ("intergenic_variant",)),
    "3'utr": (VariantClass.NONCODING, ("3_prime_UTR_variant",)),
    "5'utr": (VariantClass.NONCODING, ("5_prime_UTR_variant",)),
    "3'flank": (VariantClass.NONCODING, ("downstream_gene_variant",)),
    "5'flank": (VariantClass.NONCODING, ("upstream_gene_variant",)),
    "targeted_region": (VariantClass.NONCODING, ()),
    "de_novo_start_inframe": (VariantClass.NONCODING, ("5_prime_UTR_variant",)),
    "de_novo_start_outofframe": (VariantClass.NONCODING, ("5_prime_UTR_variant",)),
    "start_codon_snp": (VariantClass.START_LOST, ("start_lost",)),
    "start_codon_del": (VariantClass.START_LOST, ("start_lost",)),
    "start_codon_ins": (VariantClass.START_LOST, ("start_lost",)),
    "stop_codon_del": (VariantClass.STOP_LOST, ("stop_lost",)),
    "stop_codon_ins": (VariantClass.TRUNCATING, ("stop_gained",)),
}
"""``Variant_Classification`` in lower case → class and terms, after the GDC's MAF format and Oncotator's words."""


def severity(terms: Iterable[str]) -> int:
    """Rank of the most severe term, 0 the worst; unknown terms come after all known ones."""
    return min((SEVERITY.get(term, LEAST_SEVERE) for term in terms), default=LEAST_SEVERE)


def variant_class(terms: Iterable[str], ref_residues: str = "", alt_residues: str = "") -> VariantClass:
    """Coarse class of the most severe term.

    Where the terms do not say what happens to the protein (``protein_altering_variant``, or bcftools' bare
    ``feature_truncation`` for an in-frame replacement) but the residues are known and differ, the residues decide.
    """
    ranked = sorted(terms, key=lambda term: SEVERITY.get(term, LEAST_SEVERE))
    found = CLASS_OF_TERM.get(ranked[0], VariantClass.NONCODING) if ranked else VariantClass.NONCODING
    vague = found is VariantClass.NONCODING or ranked[0] == "protein_altering_variant"
    known = ref_residues != alt_residues and not set("X?") & set(ref_residues + alt_residues)
    return _class_of_residues(ref_residues, alt_residues) if vague and known else found


def _class_of_residues(ref: str, alt: str) -> VariantClass:
    ref, alt = ref.strip("-"), alt.strip("-")
    if "*" in alt and "*" not in ref:
        return VariantClass.TRUNCATING
    if len(ref) == len(alt):
        return VariantClass.MISSENSE
    return VariantClass.INFRAME_DELETION if len(ref) > len(alt) else VariantClass.INFRAME_INSERTION
