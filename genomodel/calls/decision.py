"""The somatic decision on one allele, from what a caller counted.

The rule for a tumor with its normal: the tumor carries the allele (genotype odds of at least 3.5, or
odds at the observed fraction of at least 6.3), the normal does not (odds of at least 3.5), and the normal's allele
fraction is at most 0.001 or at most the tumor's divided by 2.7. A normal that was not read deep enough to say so never
passes; it makes the origin uncertain. Without a normal nothing is called somatic: the variant keeps a germline risk.
"""

from __future__ import annotations

from dataclasses import dataclass

from genomodel.calls.germline_risk import label_germline_risk
from genomodel.calls.likelihood import (
    FRACTION_LOD,
    GENOTYPE_LOD,
    error_of,
    fisher_exact,
    fraction_lod,
    reference_lod,
    variant_lod,
)
from genomodel.core.variants import Origin

NORMAL_CLEAN_FRACTION = 0.001
TUMOR_NORMAL_RATIO = 2.7
MIN_ALT_READS = 3
MIN_NORMAL_DEPTH = 8
"""Reads in the normal below which MuTect holds a site for not covered (Cibulskis et al. 2013)."""

GERMLINE_FRACTION = 0.2
"""Least allele fraction in the normal that is called inherited; below it contamination and mapping errors compete."""

MIN_FRACTION = 0.02
"""Least allele fraction in the tumor: below it, base errors and deamination that several reads share look the same."""

STRAND_P = 0.001
MIN_READS_FOR_BIAS = 6

FILTERS = {
    "GM_germline": "The normal carries the allele",
    "GM_normal_not_assessable": "Too few reads or no likelihoods in the normal to rule the allele out there",
    "GM_normal_evidence": "Too many reads of the allele in the normal for a somatic, too few for an inherited variant",
    "GM_tumor_lod": "Weak evidence for the allele in the tumor",
    "GM_low_alt_reads": f"Fewer than {MIN_ALT_READS} reads of the allele in the tumor",
    "GM_low_fraction": "Allele fraction in the tumor below the least that is called",
    "GM_strand_bias": "Reads of the allele come from one strand only, those of the reference do not",
    "GM_position_bias": "Reads of the allele all lie to one side of it, those of the reference do not",
    "GM_no_tumor_data": "The tumor has no counts at this record",
    "GM_no_allele": "The record holds no sequence allele",
}
"""FILTER names that the decision writes, with their descriptions."""


@dataclass(frozen=True)
class SampleEvidence:
    """What a caller counted for one allele in one sample; ``None`` is unknown."""

    depth: int | None = None
    ref_reads: int | None = None
    alt_reads: int | None = None
    ref_quality: float | None = None
    """Sum of Phred base qualities of the reference reads."""
    alt_quality: float | None = None
    genotype_log10: tuple[float, ...] = ()
    """Log10 likelihoods of 0/0, 0/1 and 1/1."""

    @property
    def fraction(self) -> float | None:
        """Allele fraction over the true depth, reads of third alleles included."""
        if self.alt_reads is None or self.ref_reads is None:
            return None
        depth = max(self.depth or 0, self.ref_reads + self.alt_reads)
        return self.alt_reads / depth if depth else None


@dataclass(frozen=True)
class SiteBias:
    """Strand and placement of reads over all samples of a record, as freebayes counts them; ``None`` is unknown."""

    ref_forward: int | None = None
    ref_reverse: int | None = None
    alt_forward: int | None = None
    alt_reverse: int | None = None
    alt_left: float | None = None
    alt_right: float | None = None
    ref_placement_phred: float | None = None
    """Phred-scaled probability that the placement of the reference reads is chance."""


@dataclass(frozen=True)
class Decision:
    """Where an allele comes from, and why."""

    origin: Origin
    reason: str
    filters: tuple[str, ...]
    tumor_lod: float | None = None
    normal_lod: float | None = None
    germline_risk: str | None = None


def tumor_evidence(tumor: SampleEvidence) -> tuple[bool, float | None, str]:
    """Judge whether the tumor carries the allele.

    Returns
    -------
    tuple
        Whether it does, the odds that are shown (genotype odds when they pass or nothing else is known, else those at
        the observed fraction), and the reason in words.
    """
    genotype = variant_lod(tumor.genotype_log10)
    at_fraction = None
    if tumor.ref_reads is not None and tumor.alt_reads is not None:
        at_fraction = fraction_lod(
            tumor.ref_reads,
            tumor.alt_reads,
            error_of(tumor.ref_quality, tumor.ref_reads),
            error_of(tumor.alt_quality, tumor.alt_reads),
        )
    if genotype is not None and genotype >= GENOTYPE_LOD:
        return True, genotype, f"tumor LOD {genotype:.1f}"
    if at_fraction is not None and at_fraction >= FRACTION_LOD:
        return True, at_fraction, f"tumor LOD {at_fraction:.1f} at the observed fraction"
    shown = at_fraction if at_fraction is not None else genotype
    text = "unknown" if shown is None else f"{shown:.1f}"
    return (
        False,
        shown,
        f"tumor LOD {text}, needed {GENOTYPE_LOD} by genotype or {FRACTION_LOD} at the observed fraction",
    )


def find_bias(bias: SiteBias) -> tuple[str, ...]:
    """Return the filters of strand and position bias that a record fails.

    Bias is held against an allele only where the reference reads of the same place do not share it, and only with
    enough reads: amplicon ends and capture borders make all reads one-sided.
    """
    failed = []
    strands = (bias.alt_forward, bias.alt_reverse, bias.ref_forward, bias.ref_reverse)
    if None not in strands:
        alt_f, alt_r, ref_f, ref_r = (int(count or 0) for count in strands)
        one_sided = min(alt_f, alt_r) == 0 and alt_f + alt_r >= MIN_READS_FOR_BIAS
        if one_sided and fisher_exact(alt_f, alt_r, ref_f, ref_r) < STRAND_P:
            failed.append("GM_strand_bias")
    if bias.alt_left is not None and bias.alt_right is not None and bias.ref_placement_phred is not None:
        one_sided = min(bias.alt_left, bias.alt_right) == 0
        enough = bias.alt_left + bias.alt_right >= 2 * MIN_READS_FOR_BIAS
        if one_sided and enough and bias.ref_placement_phred < 20:
            failed.append("GM_position_bias")
    return tuple(failed)


def decide_tumor_normal(
    tumor: SampleEvidence, normal: SampleEvidence, bias: SiteBias | None = None, min_fraction: float = MIN_FRACTION
) -> Decision:
    """Decide the origin of an allele from a tumor and its matched normal."""
    n_lod = reference_lod(normal.genotype_log10)
    failed, tumor_lod, tumor_reason = _judge_tumor(tumor, bias, min_fraction)
    fraction = normal.fraction
    if n_lod is not None and fraction is not None and -n_lod >= GENOTYPE_LOD and fraction >= GERMLINE_FRACTION:
        reason = f"normal carries the allele, {normal.alt_reads} of {normal.depth} reads"
        return Decision(Origin.GERMLINE, reason, ("GM_germline",), tumor_lod, n_lod)
    if failed:
        return Decision(Origin.NOT_CALLED, tumor_reason, failed, tumor_lod, n_lod)
    if fraction is None or not normal.depth:
        lacking = "no reads"
    elif n_lod is None:
        lacking = "no genotype likelihoods"
    elif normal.depth < MIN_NORMAL_DEPTH:
        lacking = f"{normal.depth} reads, {MIN_NORMAL_DEPTH} needed"
    else:
        return _compare(normal, fraction, tumor.fraction or 0.0, tumor_lod, n_lod, tumor_reason)
    reason = f"normal not assessable: {lacking}"
    return Decision(Origin.UNCERTAIN, reason, ("GM_normal_not_assessable",), tumor_lod, n_lod)


def decide_tumor_only(
    tumor: SampleEvidence,
    bias: SiteBias | None = None,
    purity: float | None = None,
    min_fraction: float = MIN_FRACTION,
) -> Decision:
    """Decide whether a tumor without a normal carries an allele, and how likely it is inherited."""
    failed, tumor_lod, tumor_reason = _judge_tumor(tumor, bias, min_fraction)
    if failed:
        return Decision(Origin.NOT_CALLED, tumor_reason, failed, tumor_lod)
    risk, why = label_germline_risk(tumor.fraction, tumor.depth, purity=purity)
    reason = f"no matched normal; germline risk {risk}: {why}"
    return Decision(Origin.UNCERTAIN, reason, ("PASS",), tumor_lod, germline_risk=risk)


def _judge_tumor(
    tumor: SampleEvidence, bias: SiteBias | None, min_fraction: float
) -> tuple[tuple[str, ...], float | None, str]:
    """Return the filters that the tumor's own evidence fails, its odds, and the reason in words."""
    carried, lod, reason = tumor_evidence(tumor)
    if tumor.alt_reads is None or tumor.fraction is None:
        return ("GM_no_tumor_data",), lod, "tumor has no counts"
    if tumor.alt_reads < MIN_ALT_READS:
        text = f"{tumor.alt_reads} reads of the allele in the tumor, {MIN_ALT_READS} needed"
        return ("GM_low_alt_reads",), lod, text
    if not carried:
        return ("GM_tumor_lod",), lod, reason
    if tumor.fraction < min_fraction:
        return ("GM_low_fraction",), lod, f"allele fraction {tumor.fraction:.3f}, {min_fraction} needed"
    biased = find_bias(bias) if bias is not None else ()
    return biased, lod, "; ".join(FILTERS[name] for name in biased) or reason


def _compare(
    normal: SampleEvidence, n_fraction: float, t_fraction: float, tumor_lod: float | None, n_lod: float, reason: str
) -> Decision:
    """Hold the tumor's allele against a normal that was read deep enough."""
    seen = f"normal {normal.alt_reads} of {normal.depth} reads"
    clean = n_fraction <= max(NORMAL_CLEAN_FRACTION, t_fraction / TUMOR_NORMAL_RATIO)
    if clean and n_lod >= GENOTYPE_LOD:
        return Decision(Origin.SOMATIC, f"{reason}, normal LOD {n_lod:.1f}, {seen}", ("PASS",), tumor_lod, n_lod)
    if clean and normal.alt_reads == 0:
        text = f"normal not assessable: LOD {n_lod:.1f}, needed {GENOTYPE_LOD}; {seen}"
        return Decision(Origin.UNCERTAIN, text, ("GM_normal_not_assessable",), tumor_lod, n_lod)
    text = f"normal holds the allele: {seen}, LOD {n_lod:.1f}, tumor fraction {t_fraction:.3f}"
    return Decision(Origin.UNCERTAIN, text, ("GM_normal_evidence",), tumor_lod, n_lod)
