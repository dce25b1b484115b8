"""Tumor mutational burden: which variants count, per callable coding megabase, with an exact interval.

Panels are counted as FoundationOne CDx is (Chalmers et al. 2017, doi:10.1186/s13073-017-0424-2; FDA summary P170019):
synonymous variants count, so that chance weighs less, and known drivers do not, for they are why its genes were chosen.
Exomes and genomes are counted by the reference method of the harmonization project (Merino et al. 2020,
doi:10.1136/jitc-2019-000147): changes of the protein, drivers among them. Both leave out what is below 5 % of reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from scipy.special import gammaincinv

from genomodel.core.assays import NOTHING_ELSE, Assays
from genomodel.core.biomarkers import BurdenCall, MutationalBurden
from genomodel.core.coding import CallableCoding
from genomodel.core.findings import Finding, NotAssessable
from genomodel.core.identity import foreign_in_tumor, hides_somatic
from genomodel.core.patients import Assay, CallingMode
from genomodel.core.variants import (
    AnnotatedCalls,
    AnnotatedVariant,
    Label,
    Origin,
    Phase,
    TumorOnlyClass,
    VariantClass,
)
from genomodel.interpretation.evidence_search import KnownEvidence
from genomodel.interpretation.failed_sample import sample_failures
from genomodel.interpretation.findings import marker_finding
from genomodel.interpretation.matching.build import is_common
from genomodel.resources.driver_genes import driver_role
from genomodel.resources.hotspots import is_hotspot_allele

BIOMARKER, WHAT = "TMB", "Tumor mutational burden"
CUTOFF = 10.0
CUTOFF_SOURCE = "FoundationOne CDx; FDA approval of pembrolizumab for solid tumors, June 2020"
LEAST_MEGABASES = 1.0
LEAST_FRACTION = 0.05
MUCH_CALLABLE = 0.5
"""Share of the assay's coding bases below which it is told how little of it counts."""
TELLING = 12
"""Changes of the protein from which the lack of any synonymous variant tells that the input leaves them out: a quarter
of coding substitutions are silent by chance, and of twelve none would be in 3 % of inputs."""
_PROTEIN = frozenset(
    {
        VariantClass.MISSENSE,
        VariantClass.TRUNCATING,
        VariantClass.INFRAME_DELETION,
        VariantClass.INFRAME_INSERTION,
    }
)


@dataclass(frozen=True, slots=True)
class Rule:
    """Which variants count."""

    classes: frozenset[VariantClass]
    drivers: bool
    least_depth: int
    least_reads: int
    text: str


PANEL_RULE = Rule(
    classes=_PROTEIN | {VariantClass.START_LOST, VariantClass.STOP_LOST, VariantClass.SYNONYMOUS},
    drivers=False,
    least_depth=0,
    least_reads=0,
    text=(
        "as FoundationOne CDx: somatic coding substitutions and indels, synonymous ones among them, from 5 % of the "
        "reads on; without hotspot alleles and truncations of tumor suppressors (Chalmers 2017)"
    ),
)
WIDE_RULE = Rule(
    classes=_PROTEIN,
    drivers=True,
    least_depth=25,
    least_reads=3,
    text=(
        "as the reference method for exomes: somatic missense, nonsense, frameshift and in-frame variants from 5 % of "
        "the reads, depth 25 and 3 reads on (Merino 2020)"
    ),
)


class _Standing(Enum):
    COUNTS = "counts"
    OPEN = "open"
    """It may be inherited, or is to be confirmed."""
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Count:
    """Mutations by a rule."""

    certain: int
    possible: int
    """Those among them, those of open origin, and those of :attr:`joined`."""
    without_fraction: int
    lacks_synonymous: bool
    """Whether the input seems to leave synonymous variants out although the rule counts them."""
    joined: int = 0
    """Alleles that share a codon with one that is certain and may be one event with it, for their phase is unknown."""


def poisson_interval(count: int) -> tuple[float, float]:
    """Return the exact 95 % interval of the mean of a Poisson count (Garwood 1936, doi:10.1093/biomet/28.3-4.437)."""
    low = float(gammaincinv(count, 0.025)) if count else 0.0
    return low, float(gammaincinv(count + 1, 0.975))


def rule_of(assay: Assay) -> Rule | None:
    """Return the rule for a kind of assay, ``None`` where it is not stated."""
    return {Assay.PANEL: PANEL_RULE, Assay.WES: WIDE_RULE, Assay.WGS: WIDE_RULE}.get(assay)


def count_mutations(variants: Sequence[AnnotatedVariant], rule: Rule, outside: Iterable[str] = ()) -> Count:
    """Count mutations by a rule, each allele once and alleles of one codon on one molecule together once.

    Alleles of one codon whose phase is unknown are certain to be one, and may be several.

    Parameters
    ----------
    variants
        Calls of one tumor, in any order.
    rule
        Which of them count.
    outside
        Keys of alleles that lie outside of the bases that are divided by.
    """
    left_out = frozenset(outside)
    standings: dict[frozenset[str], _Standing] = {}
    codons: dict[frozenset[str], frozenset[str]] = {}
    nameless: set[frozenset[str]] = set()
    changing, silent = 0, False
    for variant in variants:
        if variant.consequence is None:
            continue
        kind = variant.consequence.variant_class
        silent = silent or kind is VariantClass.SYNONYMOUS
        if variant.variant.key in left_out or kind not in rule.classes or not _supported(variant, rule):
            continue
        standing = _standing(variant)
        if standing is _Standing.OUT:
            continue
        changing += kind is not VariantClass.SYNONYMOUS
        if not rule.drivers and is_known_driver(variant):
            continue
        event = _event(variant, Phase.CIS)
        codons[event] = _event(variant, Phase.CIS, Phase.UNKNOWN)
        if standings.get(event) is not _Standing.COUNTS:
            standings[event] = standing
        if variant.tumor.known_fraction is None:
            nameless.add(event)
    counted = [codons[event] for event, standing in standings.items() if standing is _Standing.COUNTS]
    certain = len(set(counted))
    lacking = VariantClass.SYNONYMOUS in rule.classes and not silent and changing >= TELLING
    return Count(certain, len(standings), len(nameless), lacking, joined=len(counted) - certain)


def _event(variant: AnnotatedVariant, *phases: Phase) -> frozenset[str]:
    """Return the keys of an allele and of those of its codon that lie so to it."""
    joint = variant.joint
    together = joint.partners if joint is not None and joint.phase in phases else ()
    return frozenset((variant.variant.key, *together))


def _supported(variant: AnnotatedVariant, rule: Rule) -> bool:
    """Whether an allele has the reads that the rule asks for, as far as they are known."""
    counts = variant.tumor
    fraction = counts.known_fraction
    if fraction is not None and fraction < LEAST_FRACTION:
        return False
    if counts.depth is not None and counts.depth < rule.least_depth:
        return False
    return counts.alt_reads is None or counts.alt_reads >= rule.least_reads


def _standing(variant: AnnotatedVariant) -> _Standing:
    """Tell what is the tumor's from what may be inherited; an allele that the population has is no mutation."""
    if variant.origin is Origin.SOMATIC:
        return _Standing.OPEN if Label.CONFIRM in variant.labels else _Standing.COUNTS
    if variant.origin is not Origin.UNCERTAIN or is_common(variant):
        return _Standing.OUT
    somatic = variant.tumor_only_class is TumorOnlyClass.SOMATIC and Label.CONFIRM not in variant.labels
    return _Standing.COUNTS if somatic else _Standing.OPEN


def is_known_driver(variant: AnnotatedVariant) -> bool:
    """Whether a variant is a hotspot allele, or truncates a gene that acts by loss."""
    effect = variant.consequence
    if effect is None:
        return False
    if effect.variant_class is VariantClass.TRUNCATING and driver_role(effect.gene) == "loss of function":
        return True
    return is_hotspot_allele(effect.gene, effect.protein_change)


def mutational_burden(
    calls: AnnotatedCalls, coding: CallableCoding | None, assays: Assays = NOTHING_ELSE
) -> MutationalBurden:
    """Return a tumor's mutational burden and how it stands to the cut-off, or why it cannot be told.

    It is high where the interval of what certainly counts lies from the cut-off on, and low where that of all that may
    count lies below; else it is indeterminate.

    Parameters
    ----------
    calls
        All variants of the tumor, with the joint changes of alleles that share a codon.
    coding
        Callable coding bases; ``None`` where nobody counted them.
    assays
        Checks of the samples: of a failed one nothing is told, and nothing low where the normal may hide variants.
    """
    patient, rule = calls.patient, rule_of(calls.patient.assay)
    failed = sample_failures(patient, assays)
    if rule is None:
        return _not_assessable("the kind of assay is not stated: panel, wes or wgs")
    if failed:
        return _not_assessable(f"the sample failed: {'; '.join(failed)}", rule)
    if coding is None or coding.bases is None:
        return _not_assessable((coding.reason if coding else "") or "the callable coding bases are not known", rule)
    megabases = coding.bases / 1e6
    if megabases < LEAST_MEGABASES:
        return _not_assessable(f"{megabases:.2f} Mb of coding sequence can be called, 1 Mb is needed", rule, coding)
    count = count_mutations(calls.variants, rule, coding.outside)
    hiding = bool(hides_somatic(assays.identity, patient.waived))
    foreign = foreign_in_tumor(assays.identity)
    low, high = (end / megabases for end in poisson_interval(count.certain))
    return MutationalBurden(
        call=_call(
            count, megabases, negative=not (hiding or count.lacks_synonymous), positive=foreign < LEAST_FRACTION
        ),
        reason=_notes(count, megabases, patient.mode, hiding=hiding, foreign=foreign) + _little(coding),
        mutations=count.certain,
        megabases=round(megabases, 4),
        megabases_source=coding.source,
        value=round(count.certain / megabases, 4),
        low=round(low, 4),
        high=round(high, 4),
        rule=rule.text,
        cutoff=CUTOFF,
        cutoff_source=CUTOFF_SOURCE,
    )


def _not_assessable(reason: str, rule: Rule | None = None, coding: CallableCoding | None = None) -> MutationalBurden:
    return MutationalBurden(
        call=BurdenCall.NOT_ASSESSABLE,
        reason=f"{reason[:1].upper()}{reason[1:]}.",
        megabases=round(coding.bases / 1e6, 4) if coding and coding.bases is not None else None,
        megabases_source=coding.source if coding else "",
        rule=rule.text if rule else "",
        cutoff=CUTOFF,
        cutoff_source=CUTOFF_SOURCE,
    )


def _call(count: Count, megabases: float, *, negative: bool, positive: bool) -> BurdenCall:
    """Return the call; without ``negative`` mutations may be missing, without ``positive`` they may be no mutations."""
    if positive and poisson_interval(count.certain)[0] / megabases >= CUTOFF:
        return BurdenCall.HIGH
    if negative and poisson_interval(count.possible)[1] / megabases < CUTOFF:
        return BurdenCall.LOW
    return BurdenCall.INDETERMINATE


def _notes(count: Count, megabases: float, mode: CallingMode, *, hiding: bool, foreign: float) -> str:
    notes = [f"the cut-off is of FoundationOne CDx ({CUTOFF:g} per Mb); where it lies for this assay is not known"]
    if mode is CallingMode.TUMOR_ONLY:
        notes.append("without a matched normal inherited variants may be counted")
    elif mode is CallingMode.UNKNOWN:
        notes.append("whether a matched normal was compared is not stated; inherited variants may be counted")
    if count.joined:
        notes.append(
            f"{count.joined} more share a codon with one that counts and may be one event with it, for their phase is "
            "not known"
        )
    if (more := count.possible - count.certain - count.joined) > 0:
        upper = poisson_interval(count.possible)[1] / megabases
        notes.append(
            f"{more} more may be the tumor's or inherited; with them it would be {count.possible / megabases:.1f} per "
            f"Mb (up to {upper:.1f})"
        )
    if hiding:
        notes.append("the normal may hide variants of the tumor, so that nothing is called low")
    if foreign >= LEAST_FRACTION:
        notes.append(
            f"{foreign:.0%} of the tumor's DNA is somebody else's, whose variants may be counted, so that nothing is "
            "called high"
        )
    if count.lacks_synonymous:
        notes.append("the input seems to hold no synonymous variants, which the rule counts; nothing is called low")
    if count.without_fraction:
        notes.append(f"{count.without_fraction} counted without a known allele fraction")
    text = "; ".join(notes)
    return f"{text[:1].upper()}{text[1:]}."


def _little(coding: CallableCoding) -> str:
    """Say that less than half of the assay counts; empty where it does not."""
    if not coding.bases or not coding.assay_bases or coding.bases >= MUCH_CALLABLE * coding.assay_bases:
        return ""
    return (
        f" Only {coding.bases / coding.assay_bases:.0%} of the assay's {coding.assay_bases / 1e6:.2f} Mb of coding "
        "sequence can be called: it may not stand for the rest, or the depths are of other regions."
    )


def value_words(burden: MutationalBurden) -> str:
    """Return the burden as a reader would say it, with interval, count and denominator."""
    if burden.value is None:
        return "no value"
    return (
        f"{burden.value:.1f} per Mb (95 % interval {burden.low:.1f} to {burden.high:.1f}; {burden.mutations} in "
        f"{burden.megabases:.2f} Mb)"
    )


def burden_findings(burden: MutationalBurden | None, known: KnownEvidence) -> list[Finding]:
    """Return a high burden as a finding with its evidence; nothing for any other."""
    if burden is None or burden.call is not BurdenCall.HIGH:
        return []
    value = value_words(burden)
    why = [f"the tumor mutational burden is high: {value}", burden.reason.rstrip(".")]
    return [marker_finding(BIOMARKER, "tmb_high", value, why, known)]


def burden_gaps(burden: MutationalBurden | None) -> list[NotAssessable]:
    """Return the line on the burden where it was not told."""
    if burden is None:
        return [NotAssessable(what=WHAT, reason="Not computed from this input.")]
    if burden.call is BurdenCall.NOT_ASSESSABLE:
        return [NotAssessable(what=WHAT, reason=burden.reason)]
    if burden.call is BurdenCall.INDETERMINATE:
        reason = f"Indeterminate, neither high nor low: {value_words(burden)}. {burden.reason}"
        return [NotAssessable(what=WHAT, reason=reason)]
    return []
