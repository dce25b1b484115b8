"""Where an allele of a finished VCF comes from, judged by its filter and its read counts.

The order: an origin that ``genomodel decide`` wrote is kept; a failed filter means not called; then counts are held
against each other. A record that its caller passed needs reads in the tumor and a normal that lacks the allele by
odds of 2.2, or of 5.5 for an allele that is known in the population (MuTect2's own thresholds in GATK 3). A record
without any filter (``.``) was judged by nobody, so that it needs the full evidence: tumor odds of 6.3, normal odds of
3.5. A normal that carries the allele makes it germline; a normal that cannot speak makes it uncertain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from genomodel.calls.consensus_vcf import decode_reason
from genomodel.calls.germline_risk import COMMON_FREQUENCY
from genomodel.calls.likelihood import (
    FRACTION_LOD,
    GENOTYPE_LOD,
    GERMLINE_FRACTION,
    MIN_ALT_READS,
    MIN_NORMAL_DEPTH,
    NORMAL_CLEAN_FRACTION,
    TUMOR_NORMAL_RATIO,
    fraction_lod,
    normal_lod,
)
from genomodel.calls.vcf_text import VcfRecord
from genomodel.core.variants import AlleleCounts, Origin

PASSED_NORMAL_LOD = 2.2
POPULATION_NORMAL_LOD = 5.5
GERMLINE_FILTERS = frozenset({"germline", "germline_risk", "Germline", "GERMLINE"})
"""Filters by which Mutect2, TNscope, ClairS and DeepSomatic say that a record is inherited rather than wrong."""

_NORMAL_MARK = re.compile(r"(?:^|[._-])(?:BL|N|NB|NORMAL|GERMLINE|BLOOD|PBMC|PBL|CONTROL|CTRL)\d*$", re.IGNORECASE)


@dataclass(frozen=True)
class Observation:
    """What one sample column says about one allele."""

    counts: AlleleCounts = field(default_factory=AlleleCounts)
    genotype_has: bool | None = None
    """Whether the genotype holds the allele; ``None`` when there is no genotype."""

    @property
    def has_counts(self) -> bool:
        """Whether reads or a fraction of the allele are known."""
        return self.counts.alt_reads is not None or self.counts.allele_fraction is not None

    @property
    def has_data(self) -> bool:
        """Whether the column says anything about the allele."""
        return self.has_counts or self.genotype_has is not None


NO_CHANGE = "its alternate allele is the reference"
"""Why an allele that is given with the reference's own bases is not called, whatever else its record says."""
BY_CONVENTION = "a MAF lists somatic variants by convention"
"""Why a row of a MAF is somatic that neither its counts nor its words say it of."""


@dataclass(frozen=True)
class Judgement:
    """An origin with its reason in words; ``risk_needed`` asks for a germline risk."""

    origin: Origin
    reason: str
    risk_needed: bool = False


def genotype_has(fields: dict[str, str], allele: int) -> bool | None:
    """Whether GT holds the alternate allele of this index (from 0); ``None`` when GT is missing."""
    called = [part for part in re.split(r"[/|]", fields.get("GT", "")) if part not in ("", ".")]
    return str(allele + 1) in called if called else None


def pair_other_columns(names: tuple[str, ...]) -> tuple[str, str] | None:
    """Tell tumor and normal apart among two further columns of a union file, by their names alone.

    Exactly one of the two must end in a mark of a normal (``_BL``, ``-N``, ``.normal``, ``_blood`` ...).

    Returns
    -------
    tuple or None
        Tumor and normal column; ``None`` when the names do not tell.
    """
    if len(names) != 2:
        return None
    marked = [bool(_NORMAL_MARK.search(name)) for name in names]
    if marked == [False, True]:
        return names[0], names[1]
    if marked == [True, False]:
        return names[1], names[0]
    return None


def earlier_decision(record: VcfRecord) -> Judgement | None:
    """Return what ``genomodel decide`` wrote into this record, ``None`` when it did not.

    Raises
    ------
    InputError
        ``GM_ORIGIN`` holds a word that is no origin.
    """
    text = record.info.get("GM_ORIGIN")
    if text is None:
        return None
    try:
        origin = Origin(text)
    except ValueError as error:
        known = ", ".join(item.value for item in Origin)
        raise record.error(f"GM_ORIGIN is {text!r}", column="INFO", fix=f"Known origins: {known}") from error
    reason = decode_reason(record.info.get("GM_REASON", "")) or f"decided before: {text}"
    return Judgement(origin, reason)


def judge(
    record: VcfRecord,
    tumor: Observation,
    normal: Observation | None,
    *,
    population_frequency: float | None = None,
    where: str = "",
) -> Judgement:
    """Judge one allele of a record.

    Parameters
    ----------
    record
        Its FILTER counts.
    tumor, normal
        What the columns say; ``normal`` is ``None`` without a matched normal.
    population_frequency
        An allele at or above :data:`COMMON_FREQUENCY` needs more reads in the normal before it is called somatic.
    where
        Words on which columns were used, when not the tumor and normal of the file.
    """
    failed = tuple(name for name in record.filters if name != "PASS")
    if failed:
        origin = Origin.GERMLINE if GERMLINE_FILTERS & set(failed) else Origin.NOT_CALLED
        return Judgement(origin, f"filtered by the caller: {', '.join(failed)}")
    passed = record.filters == ("PASS",)
    prefix = "" if passed else "no filter was applied, judged by read counts; "
    if where:
        prefix += f"{where}; "
    return judge_counts(tumor, normal, passed=passed, population_frequency=population_frequency, prefix=prefix)


def judge_counts(
    tumor: Observation,
    normal: Observation | None,
    *,
    passed: bool,
    population_frequency: float | None = None,
    prefix: str = "",
) -> Judgement:
    """Hold the counts of an allele against each other; ``passed`` tells that a caller already let it through."""
    lacking = _tumor_lacks(tumor, passed)
    if normal is not None and normal.has_data:
        carries = normal_carries(normal)
        if carries:
            return Judgement(Origin.GERMLINE, f"{prefix}{carries}")
    if lacking:
        return Judgement(Origin.NOT_CALLED, prefix + lacking)
    if normal is None:
        return Judgement(Origin.UNCERTAIN, f"{prefix}no matched normal", risk_needed=True)
    needed = PASSED_NORMAL_LOD if passed else GENOTYPE_LOD
    if population_frequency is not None and population_frequency >= COMMON_FREQUENCY:
        needed = POPULATION_NORMAL_LOD
    absent, reason = _normal_lacks(normal, tumor.counts.allele_fraction, passed, needed)
    seen = describe("tumor", tumor)
    alt_reads = tumor.counts.alt_reads
    if alt_reads is not None and alt_reads < MIN_ALT_READS:
        seen += f", fewer than {MIN_ALT_READS} of the allele although its caller passed it"
        absent = False
    origin = Origin.SOMATIC if absent else Origin.UNCERTAIN
    return Judgement(origin, f"{prefix}{seen}; {reason}")


def describe(role: str, seen: Observation) -> str:
    """Say what a column holds, e.g. ``tumor 84 of 84 reads``."""
    counts = seen.counts
    if counts.alt_reads is not None:
        return f"{role} {counts.alt_reads} of {'an unknown number of' if counts.depth is None else counts.depth} reads"
    if counts.allele_fraction is not None:
        return f"{role} allele fraction {counts.allele_fraction:.3g}, depth unknown"
    if seen.genotype_has is not None:
        return f"{role} genotype {'holds' if seen.genotype_has else 'lacks'} the allele, read counts unknown"
    return f"{role} without data"


def _tumor_lacks(tumor: Observation, passed: bool) -> str | None:
    """Why the tumor is not held to carry the allele, ``None`` when it is."""
    counts = tumor.counts
    if not tumor.has_counts:
        return None if tumor.genotype_has else describe("tumor", tumor)
    if counts.alt_reads == 0 or (counts.alt_reads is None and counts.allele_fraction == 0):
        return describe("tumor", tumor)
    if counts.alt_reads is None and tumor.genotype_has is False:
        return describe("tumor", Observation(genotype_has=False))
    if passed or counts.alt_reads is None or counts.ref_reads is None:
        return None
    if counts.alt_reads < MIN_ALT_READS:
        return f"{describe('tumor', tumor)}, {MIN_ALT_READS} of the allele needed"
    lod = fraction_lod(counts.ref_reads, counts.alt_reads)
    return None if lod >= FRACTION_LOD else f"{describe('tumor', tumor)}, LOD {lod:.1f}, needed {FRACTION_LOD}"


def normal_carries(normal: Observation) -> str | None:
    """Why the normal is held to carry the allele as an inherited one, ``None`` when it is not."""
    counts = normal.counts
    if counts.alt_reads is not None and counts.ref_reads is not None:
        total = counts.alt_reads + counts.ref_reads
        enough = counts.alt_reads >= MIN_ALT_READS and counts.alt_reads >= GERMLINE_FRACTION * total
        if enough and -normal_lod(counts.ref_reads, counts.alt_reads) >= GENOTYPE_LOD:
            return f"{describe('normal', normal)} carry the allele"
        return None
    if counts.allele_fraction is not None:
        return describe("normal", normal) if counts.allele_fraction >= GERMLINE_FRACTION else None
    return describe("normal", normal) if normal.genotype_has else None


def _normal_lacks(normal: Observation, tumor_fraction: float | None, passed: bool, needed: float) -> tuple[bool, str]:
    """Whether the normal rules the allele out, with what it holds in words."""
    counts = normal.counts
    said = describe("normal", normal)
    if counts.alt_reads is None or counts.ref_reads is None:
        stated_absent = counts.allele_fraction == 0 or (not normal.has_counts and normal.genotype_has is False)
        if stated_absent and passed:
            return True, said
        return False, f"normal not assessable: {said}"
    total = counts.alt_reads + counts.ref_reads
    if total < MIN_NORMAL_DEPTH:
        return False, f"normal not assessable: {said}, {MIN_NORMAL_DEPTH} needed"
    lod = normal_lod(counts.ref_reads, counts.alt_reads)
    limit = max(NORMAL_CLEAN_FRACTION, (tumor_fraction or 0.0) / TUMOR_NORMAL_RATIO)
    if counts.alt_reads / total > limit or (lod < needed and counts.alt_reads > 0):
        return False, f"{said} hold the allele (LOD {lod:.1f}): too many for somatic, too few for inherited"
    if lod < needed:
        known = ", for the allele is known in the population" if needed == POPULATION_NORMAL_LOD else ""
        return False, f"normal not assessable: {said}, LOD {lod:.1f}, needed {needed}{known}"
    return True, said
