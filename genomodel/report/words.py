"""How facts become words: numbers with their units, absent facts as ``not given``."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from genomodel.annotation.hgvs import printed
from genomodel.core.copy_number import CopyNumberCall, PurityPloidy
from genomodel.core.findings import Direction, EvidenceMatch, Finding, TumorTypeMatch
from genomodel.core.identity import failed_kinds
from genomodel.core.patients import Assay, CallingMode, GenomeBuild, TumorType
from genomodel.core.variants import (
    AlleleCounts,
    AnnotatedVariant,
    Consequence,
    Label,
    Origin,
    Phase,
    TumorOnlyClass,
    shorten_sequence,
)
from genomodel.interpretation.tiers import NOT_TOLD_FURTHER, TYPE_NOT_GIVEN
from genomodel.report.catalog import say

NOT_GIVEN = say("words.not_given")
FAILED_NOTE = say("words.failed_note")
SYNTHETIC_NOTE = say("words.synthetic")
NBSP = "\u00a0"

ASSAY_WORDS = {
    Assay.PANEL: say("words.panel"),
    Assay.WES: say("words.wes"),
    Assay.WGS: say("words.wgs"),
    Assay.UNKNOWN: NOT_GIVEN,
}
MODE_WORDS = {
    CallingMode.TUMOR_NORMAL: say("words.with_normal"),
    CallingMode.TUMOR_ONLY: say("words.tumor_only"),
    CallingMode.UNKNOWN: NOT_GIVEN,
}
BUILD_WORDS = {
    GenomeBuild.GRCH37: "GRCh37",
    GenomeBuild.GRCH38: "GRCh38",
    GenomeBuild.SYNTHETIC: say("words.synthetic_genome"),
    GenomeBuild.UNKNOWN: NOT_GIVEN,
}
ORIGIN_WORDS = {
    Origin.SOMATIC: say("words.somatic"),
    Origin.GERMLINE: say("words.germline"),
    Origin.UNCERTAIN: say("words.uncertain"),
    Origin.NOT_CALLED: say("words.origin_not_called"),
}
CLASS_WORDS = {
    TumorOnlyClass.SOMATIC: say("words.taken_for_somatic"),
    TumorOnlyClass.LIKELY_GERMLINE: say("words.likely_germline"),
    TumorOnlyClass.POSSIBLE_CLONAL_HEMATOPOIESIS: say("words.possible_hematopoiesis"),
    TumorOnlyClass.UNDETERMINED: say("words.undetermined"),
}
LABEL_WORDS = {
    Label.CONFIRM: say("words.to_confirm"),
    Label.LOH: say("words.loh"),
    Label.NORMAL_EVIDENCE: say("words.normal_evidence"),
}
AGAINST_A_THERAPY = (Direction.RESISTANCE, Direction.REDUCED_SENSITIVITY, Direction.ADVERSE_RESPONSE)
JUDGE_WORDS = {"varlociraptor": "varlociraptor", "likelihood": say("words.likelihood")}
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4}


def failed_head(failures: Sequence[str]) -> str:
    """Return what failed: ``Identity failed``, ``Quality failed`` or both; empty for none."""
    return say("words.failed", what=say("words.and").join(failed_kinds(failures))).capitalize() if failures else ""


def failed_line(failures: Sequence[str]) -> str:
    """Return the first line of a failed report, empty for any other."""
    if not failures:
        return ""
    return say("words.failed_line", head=failed_head(failures), why="; ".join(failures))


def percent(fraction: float) -> str:
    """Return a fraction of 0 to 1 as a percentage; one decimal below 10 %."""
    value = 100 * fraction
    number = f"{value:.1f}" if 0 < value < 9.95 else f"{value:.0f}"
    return f"{number}{NBSP}%"


def purity(found: PurityPloidy | None) -> str:
    """Return a purity with its source: ``60 % (given)``, ``estimated 55 % (48–63 %)``, ``not given``."""
    if found is None or found.purity is None:
        return NOT_GIVEN
    value = percent(found.purity)
    if found.source == "given":
        return say("words.purity_given", value=value)
    low, high = found.purity_low, found.purity_high
    ends = "" if low is None or high is None else f" ({100 * low:.0f}–{100 * high:.0f}{NBSP}%)"
    if found.source == "estimated":
        return say("words.purity_estimated", value=value, ends=ends)
    return say("words.purity_from", value=value, ends=ends, source=found.source)


def count(number: int) -> str:
    """Return a count with thousands separated by commas."""
    return f"{number:,}"


def plural(number: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun: ``1 record``, ``1,140 records``."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def decimal(value: float | None, digits: int = 2, *, sign: bool = False) -> str:
    """Return a number with a true minus sign, or ``not given``."""
    if value is None or not math.isfinite(value):
        return NOT_GIVEN
    text = f"{value:+.{digits}f}" if sign else f"{value:.{digits}f}"
    if not text.strip("+-0."):
        text = text.lstrip("-")
    return text.replace("-", "\u2212")


def ordinal(value: float) -> str:
    """Return a percentile as a whole number that never rounds up to 100 nor down to 0."""
    if 0 < value < 100:
        return str(min(99, max(1, round(value))))
    return str(round(value))


def span(lower: float, upper: float) -> str:
    """Return a range of percentiles, lower end first."""
    low, high = sorted((lower, upper))
    return f"{ordinal(low)}\u2013{ordinal(high)}"


def joined(items: Sequence[str], limit: int | None = None) -> str:
    """Join names with commas; beyond ``limit`` says how many more there are."""
    if limit is None or len(items) <= limit:
        return ", ".join(items)
    return ", ".join(items[:limit]) + say("words.and_more", n=len(items) - limit)


def unique(items: Iterable[str]) -> list[str]:
    """Return the items without repeats, in order of first appearance."""
    return list(dict.fromkeys(items))


def reads(counts: AlleleCounts) -> str:
    """Return the read support: ``84 of 280 reads``, or what is known of it."""
    if counts.alt_reads is not None and counts.depth is not None:
        return say("words.reads_of", alt=count(counts.alt_reads), depth=count(counts.depth))
    if counts.alt_reads is not None:
        return say("words.reads_without_depth", alt=count(counts.alt_reads), depth=NOT_GIVEN)
    if counts.depth is not None:
        return say("words.depth", depth=count(counts.depth))
    return say("words.reads", reads=NOT_GIVEN)


def fraction_with_reads(counts: AlleleCounts | None) -> str:
    """Return ``30 % (84 of 280 reads)``, or ``not given``."""
    fraction = counts.known_fraction if counts else None
    if counts is None or (fraction is None and counts.depth is None and counts.alt_reads is None):
        return NOT_GIVEN
    if fraction is None:
        return f"{NOT_GIVEN} ({reads(counts)})"
    return f"{percent(fraction)} ({reads(counts)})"


def normal_reads(variant: AnnotatedVariant) -> str:
    """Return the support in the matched normal, empty when there was none."""
    if variant.normal is None:
        return ""
    return say("words.of_normal", reads=fraction_with_reads(variant.normal))


def with_inheritance(finding: Finding) -> str:
    """Return the label of a finding, with the word that it is inherited where it is."""
    variant = finding.variant
    inherited = variant is not None and variant.origin is Origin.GERMLINE
    return say("words.inherited", name=finding.label) if inherited else finding.label


def origin(variant: AnnotatedVariant) -> str:
    """Return the origin, with class and germline risk where it is open, and what the decision marked."""
    verdict = variant.tumor_only_class
    parts = [ORIGIN_WORDS[variant.origin] if verdict is None else CLASS_WORDS[verdict]]
    if variant.germline_risk and verdict in (None, TumorOnlyClass.UNDETERMINED):
        parts.append(say("words.germline_risk", risk=variant.germline_risk))
    parts += [LABEL_WORDS[Label(label)] for label in variant.labels if label in LABEL_WORDS]
    return "; ".join(parts)


def callers(variant: AnnotatedVariant) -> str:
    """Return who saw an allele and how surely it is somatic: ``seen by mutect2 (PASS) and pileup; ...``."""
    said = dict(text.partition(":")[::2] for text in variant.engine_filters)
    shown = [
        f"{name} ({said[name].replace('+', ', ')})" if said.get(name, ".") != "." else name for name in variant.callers
    ]
    parts = [say("words.seen_by", names=joined(shown))] if shown else []
    if variant.posterior is not None:
        by = f" ({JUDGE_WORDS.get(variant.decided_by, variant.decided_by)})" if variant.decided_by else ""
        parts.append(say("words.probability", value=probability(variant.posterior), by=by))
    return "; ".join(parts)


def probability(value: float) -> str:
    """Return a probability with up to three decimals that never rounds to certainty."""
    if 0 < value < 0.001:
        return say("words.below")
    if 0.999 < value < 1:
        return say("words.above")
    return f"{value:.3f}".rstrip("0").rstrip(".") if value not in (0, 1) else f"{value:.0f}"


def bases(length: int) -> str:
    """Return a length with the unit that people read it in."""
    for unit, size in (("Mb", 1_000_000), ("kb", 1000)):
        if length >= size:
            return f"{decimal(length / size, 1)} {unit}"
    return say("words.bases", n=length)


def copy_number(call: CopyNumberCall) -> str:
    """Return what is known of a gene's copy number."""
    parts = []
    if call.log2_ratio is not None:
        parts.append(say("words.log2", value=decimal(call.log2_ratio, 2, sign=True)))
    if call.copies is not None:
        parts.append(say("words.copies", n=decimal(call.copies, 1)))
        if call.copies_low is not None and call.copies_high is not None:
            parts[-1] += say("words.copies_between", low=decimal(call.copies_low, 1), high=decimal(call.copies_high, 1))
    if call.n_regions is not None:
        parts.append(say("words.regions", n=count(call.n_regions)))
    if call.event_bases is not None:
        parts.append(say("words.altered_over", length=bases(call.event_bases)))
    if call.note:
        parts.append(call.note)
    return ", ".join(parts) or say("words.log2", value=NOT_GIVEN)


def protein(variant: AnnotatedVariant) -> str:
    """Return the protein change as ``p.V600E``, empty when there is none."""
    consequence = variant.consequence
    if consequence is None:
        return ""
    if consequence.protein_change:
        return printed(shorten_sequence(consequence.protein_change.removeprefix("p."), say("words.unit_residues")))
    return shorten_sequence(consequence.hgvs_p.rpartition(":")[2], say("words.unit_letters"))


def consequence_terms(variant: AnnotatedVariant) -> str:
    """Return the consequence in words: ``missense variant``."""
    consequence = variant.consequence
    if consequence is None:
        return say("words.no_transcript")
    terms = consequence.terms or (consequence.variant_class.value,)
    return ", ".join(term.replace("_", " ") for term in terms)


def coding_change(variant: AnnotatedVariant) -> str:
    """Return transcript and coding change: ``ENST00000288602:c.1799T>A``, as far as known."""
    consequence = variant.consequence
    if consequence is None:
        return ""
    change = shorten_sequence(consequence.hgvs_c.rpartition(":")[2], say("words.unit_bases"))
    return ":".join(part for part in (consequence.transcript, change) if part)


def named_effects(variant: AnnotatedVariant) -> str:
    """Return the effects that no consequence engine names: ``MET exon 14 skipping``."""
    return ", ".join(dict.fromkeys(effect.name for effect in variant.named_effects))


def phase(variant: AnnotatedVariant) -> str:
    """Say with which alleles of its codon a variant lies on one molecule, or not, and what tells it."""
    joint = variant.joint
    if joint is None:
        return ""
    partners = say("words.and").join(short_key(key) for key in joint.partners)
    alone, together = (_change_alone(one) for one in (joint.alone, joint.together))
    if joint.phase is Phase.TRANS:
        return say("words.in_trans", partners=partners, basis=joint.basis)
    told = {"partners": partners, "basis": joint.basis, "alone": alone, "together": together}
    return say("words.in_cis", **told) if joint.phase is Phase.CIS else say("words.phase_unknown", **told)


def _change_alone(consequence: Consequence | None) -> str:
    if consequence is None or not consequence.protein_change:
        return say("words.not_told")
    return printed(shorten_sequence(consequence.protein_change, say("words.unit_residues")))


def clinvar(variant: AnnotatedVariant) -> str:
    """Return what ClinVar says of the allele, each part with its review status; empty without a record."""
    record = variant.clinvar
    if record is None:
        return ""
    said = (
        (say("words.clinvar_germline"), record.germline, record.germline_review, record.germline_conditions),
        (
            say("words.clinvar_oncogenicity"),
            record.oncogenicity,
            record.oncogenicity_review,
            record.oncogenicity_conditions,
        ),
        (
            say("words.clinvar_impact"),
            record.somatic_impact,
            record.somatic_impact_review,
            record.somatic_impact_conditions,
        ),
    )
    parts = []
    for what, value, review, conditions in said:
        if value:
            beside = "; ".join(part for part in (review, conditions) if part)
            parts.append(f"{what} {value}" + (f" ({beside})" if beside else ""))
    name = f"ClinVar {record.variation_id}".strip()
    return f"{name}: {', '.join(parts)}" if parts else say("words.clinvar_nothing", name=name)


def place(variant: AnnotatedVariant) -> str:
    """Return the allele, and those with which it makes the change that is shown."""
    joint = variant.joint
    if joint is None or joint.phase is not Phase.CIS or joint.together is None or joint.also_alone:
        return short_key(variant.variant.key)
    return say("words.with").join(short_key(key) for key in (variant.variant.key, *joint.partners))


def short_key(key: str, limit: int = 36) -> str:
    """Shorten a variant name with long alleles; its full form is in the JSON."""
    return key if len(key) <= limit else shorten_sequence(key, say("words.unit_bases"), longest=13)


def tier_number(tier: str | None) -> int | None:
    """Return 1 to 4 for an AMP/ASCO/CAP tier such as ``II-C``, ``None`` for anything else."""
    return None if tier is None else _ROMAN.get(tier.partition("-")[0])


def tier_key(tier: str | None) -> tuple[int, str]:
    """Sort key: best tier first, findings without one last."""
    return (tier_number(tier) or 9, tier or "")


def is_actionable(finding: Finding) -> bool:
    """Whether any evidence of a finding, for or against a therapy, is of tier I or II."""
    return any((tier_number(match.tier) or 9) <= 2 for match in finding.evidence)


def evidence_order(match: EvidenceMatch) -> tuple[tuple[int, str], bool]:
    """Sort key of statements within a finding: tier, then for before against; else the order they came in."""
    return (tier_key(match.tier), match.evidence.direction in AGAINST_A_THERAPY)


def tumor_type(tumor: TumorType) -> str:
    """Return a tumor type by name and code; one that nobody gave as not given."""
    return say("words.tumor_type", name=tumor.name, code=tumor.code) if tumor.is_given else NOT_GIVEN


def tumor_type_match(match: EvidenceMatch) -> str:
    """Return for which tumor type a statement holds, and how that relates to the patient's."""
    text = match.evidence.tumor_type_text or ", ".join(match.evidence.tumor_types)
    if match.tumor_type_match is TumorTypeMatch.SAME:
        return f"{text} ({say('words.this_type')})" if text else say("words.this_type")
    if match.tumor_type_match is TumorTypeMatch.AGNOSTIC:
        return text or say("words.any_type")
    other = other_type(match)
    return f"{text} ({other})" if text else other


def other_type(*matches: EvidenceMatch) -> str:
    """Return how a tumor stands to claims none of which is known to be about its type; empty where one is.

    Of several the relation of the first, the best, is told.
    """
    if not matches or any(match.tumor_type_match is not TumorTypeMatch.OTHER for match in matches):
        return ""
    reason = matches[0].tier_reason
    if TYPE_NOT_GIVEN in reason:
        return TYPE_NOT_GIVEN
    told = not any(part in reason for part in NOT_TOLD_FURTHER)
    return say("words.other_type") if told else say("words.type_not_told")


def sentence(text: str) -> str:
    """Return a text with a capital at its beginning and a stop at its end; empty stays empty."""
    return text and text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def safe_link(url: str) -> str:
    """Return ``url`` when it is a plain web address, else an empty string."""
    return url if re.match(r"https?://[^\s]+$", url) else ""


_UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]"
)


def printable(text: str) -> str:
    """Replace control characters, and marks that reverse the reading order, by a visible sign."""
    return _UNSAFE.sub("\ufffd", text)
