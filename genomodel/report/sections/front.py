"""What the first page says in sentences, and all facts about patient, specimen and assay."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from genomodel.annotation.decided import NOT_RUN_STEP
from genomodel.core.copy_number import purity_in_force
from genomodel.core.findings import Direction, EvidenceMatch, EvidenceType, Finding, TherapyInteraction, variants_of
from genomodel.core.identity import CheckName, hides_somatic
from genomodel.core.patients import CallingMode
from genomodel.core.report import PatientReport
from genomodel.core.sample_quality import QualityStatus
from genomodel.core.specimens import Accession
from genomodel.core.variants import AnnotatedVariant, Label, Origin, TumorOnlyClass
from genomodel.interpretation.unread import unread_gaps_that_matter
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.medium import Medium
from genomodel.report.sections.claims import STANDINGS, least_doubt
from genomodel.report.sections.clinical import clinical_facts
from genomodel.report.sections.identity import identity_limits_in_short
from genomodel.report.sections.inherited import CONSENT, WITHHELD
from genomodel.report.sections.looked_for import uncalled
from genomodel.report.sections.quality import quality_limits_in_short

N_WITH_THERAPIES, N_THERAPIES = 4, 3
N_SET_ASIDE = 6
N_SHORTENED = 20
"""Names of which a shorter wording begins to leave some out."""


def patient(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return all facts about patient, specimen and assay as pairs of label and text, and the notes of the sheet."""
    subject = report.patient
    tumor = subject.tumor_type
    genes = subject.assayed_genes
    given = words.NOT_GIVEN
    normal = say("front.none") if subject.mode is CallingMode.TUMOR_ONLY else subject.normal_sample or given
    facts = [
        (say("front.tumor_type"), words.tumor_type(tumor) + (f". {tumor.note}." if tumor.note else "")),
        (say("front.diagnosis"), subject.diagnosis or given),
        (say("front.sex"), subject.sex or given),
        *clinical_facts(subject),
        (say("front.assay"), words.ASSAY_WORDS[subject.assay]),
        (say("front.genes"), words.count(len(genes)) if genes is not None else given),
        (say("front.mode"), words.MODE_WORDS[subject.mode]),
        (say("front.tumor_sample"), subject.tumor_sample or given),
        (say("front.normal_sample"), normal),
        (say("front.purity"), words.purity(purity_in_force(subject, report.copy_number))),
        (say("front.build"), words.BUILD_WORDS[subject.genome]),
        *_accession(subject.tumor_accession, "tumor"),
        *_accession(subject.normal_accession, "normal"),
        (say("front.requester"), subject.requester or given),
        *_laboratory(report),
        (say("front.reported"), report.reported_on or given),
    ]
    consent = report.interpretation.germline.consent
    if consent is not None:
        facts.append((say("front.consent"), CONSENT[consent]))
    calling = report.calling
    if calling.engines:
        facts.append((say("front.callers"), words.joined(calling.engines)))
    if calling.decided_by:
        facts.append((say("front.decided_by"), words.JUDGE_WORDS.get(calling.decided_by, calling.decided_by)))
    if subject.mode is CallingMode.TUMOR_ONLY:
        facts.append((say("front.population"), calling.population or say("front.none")))
    if subject.assay_bed:
        facts.append((say("front.regions"), subject.assay_bed))
    return {"facts": facts, "notes": subject.notes}


def _accession(found: Accession, sample: str) -> list[tuple[str, str]]:
    """Return what the laboratory knows of a sample, as far as it was given."""
    facts = (
        (say("front.of_specimen", sample=sample), found.specimen),
        (say("front.of_block", sample=sample), found.block),
        (say("front.of_site", sample=sample), found.site),
        (say("front.of_collected", sample=sample), found.collected),
        (say("front.of_received", sample=sample), found.received),
        (say("front.of_cells", sample=sample), None if found.cellularity is None else words.percent(found.cellularity)),
    )
    return [(label, text) for label, text in facts if text is not None]


def _laboratory(report: PatientReport) -> list[tuple[str, str]]:
    found = report.laboratory
    facts = (
        (say("front.laboratory"), found.name),
        (say("front.address"), found.address),
        (say("front.contact"), found.contact),
        (say("front.accreditation"), found.accreditation),
        (say("front.director"), found.director),
    )
    return [(label, text) for label, text in facts if text is not None]


def summary(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return the first page as it was composed."""
    return {"front": report.front}


def no_actionable_sentence(report: PatientReport) -> str:
    """Return the sentence that says that nothing was found, in how many genes, and what was seen all the same."""
    if report.failures:
        return say("front.negatives_withheld")
    if hidden := somatic_hidden(report):
        return say("front.none_listed", why=hidden)
    if given := tiers_given(report, only_raised=True):
        return say("front.none_claimed", names=words.joined(words.unique(given), N_SET_ASIDE))
    genes = report.patient.assayed_genes
    seen = words.joined(_seen_names(report), N_SET_ASIDE)
    what = say("front.somatic") if seen or report.interpretation.to_confirm else say("front.any_origin")
    where = "" if genes is None else say("front.in_genes", n=words.count(len(genes)))
    sentence = say("front.none_found", what=what, where=where)
    sentence += say("front.but_see", seen=seen) if seen else "."
    marks = [finding.reviewed for finding in report.excluded]
    out = [mark for mark in marks if mark and (words.tier_number(mark.computed_tier) or 9) <= 2]
    if out:
        sentence += " " + say("front.taken_out", n=len(out))
    if given := words.unique(tiers_given(report)):
        sentence += " " + say("front.tiers_given", names=words.joined(given, N_SET_ASIDE))
    if report.interpretation.germline.consent is False:
        sentence += f" {WITHHELD}"
    waiting = words.unique(finding.label for finding in report.interpretation.to_confirm)
    if waiting:
        sentence += " " + say("front.confirm_first", names=words.joined(waiting, N_SET_ASIDE))
    for gap in unread_gaps_that_matter(variants_of(report.interpretation.other_variants)):
        sentence += " " + say("front.unread", what=gap.what, reason=gap.reason)
    if genes is None:
        sentence += " " + say("front.genes_not_given")
    return sentence


def tiers_given(report: PatientReport, *, only_raised: bool = False) -> list[str]:
    """Name findings whose tier a reviewer changed, with both tiers; of those raised to I or II alone where asked."""
    found = []
    for finding in report.interpretation.findings:
        mark = finding.reviewed
        if mark is None or not mark.tier or mark.tier == mark.computed_tier:
            continue
        raised = words.tier_key(mark.tier) < words.tier_key(mark.computed_tier)
        if not only_raised or (raised and (words.tier_number(mark.tier) or 9) <= 2):
            computed = mark.computed_tier or say("front.no_tier")
            found.append(say("front.tier_given", label=finding.label, tier=mark.tier, computed=computed))
    return found


def somatic_hidden(report: PatientReport) -> str:
    """Return why somatic variants may be missing from the list, empty where the normal did not fail."""
    failed = hides_somatic(report.assays.identity, report.patient.waived)
    if not failed:
        return ""
    of_tumor, of_others = say("front.tumor_in_normal"), say("front.foreign_in_normal")
    names = {CheckName.TUMOR_IN_NORMAL: of_tumor, CheckName.CONTAMINATION: of_others}
    return say("front.hidden", checks=say("front.and").join(names[check.name] for check in failed))


def _seen_names(report: PatientReport) -> list[str]:
    """Return the names of the alleles that were set aside, each with its origin."""
    return words.unique(
        f"{finding.label} ({_origin_in_short(finding.variant)})" if finding.variant else finding.label
        for finding in report.interpretation.set_aside
    )


def _origin_in_short(variant: AnnotatedVariant) -> str:
    origin = words.ORIGIN_WORDS[variant.origin]
    return f"{origin}, {words.LABEL_WORDS[Label.LOH]}" if Label.LOH in variant.labels else origin


def confirm_lines(report: PatientReport) -> list[str]:
    """Name alleles that wait for confirmation with their reads, from the fullest wording to the shortest.

    They carry no tier before that. Empty for none.
    """
    waiting = []
    for finding in report.interpretation.to_confirm:
        support = words.fraction_with_reads(finding.variant.tumor) if finding.variant else words.NOT_GIVEN
        waiting.append(f"{finding.label} ({support})")
    sentences = []
    if waiting:
        sentences.append(say("front.too_little", names=words.joined(waiting, N_SET_ASIDE)))
    seen = uncalled(report)
    if seen:
        sentences.append(say("front.not_called", names=words.joined(seen, N_SET_ASIDE)))
    if not sentences:
        return []
    names = [*(finding.label for finding in report.interpretation.to_confirm), *seen]
    short = [say("front.confirm", names=words.joined(names, n)) for n in range(min(len(names), N_SHORTENED), 0, -1)]
    return [" ".join([*sentences, say("front.no_tier_before")]), *short]


def set_aside_lines(report: PatientReport) -> list[str]:
    """Name what was seen and is not reported as somatic, from the fullest to the shortest; empty for nothing."""
    named = _seen_names(report)
    return [say("front.seen", names=words.joined(named, n)) for n in range(min(len(named), N_SET_ASIDE), 0, -1)]


def tiered(report: PatientReport) -> list[Finding]:
    """Return the findings with evidence, best tier first."""
    found = [finding for finding in report.interpretation.findings if finding.evidence]
    return sorted(found, key=lambda finding: (words.tier_key(finding.tier), finding.gene, finding.label))


def untiered(report: PatientReport) -> list[Finding]:
    """Return the findings without evidence, in the order of the interpretation."""
    return [finding for finding in report.interpretation.findings if not finding.evidence]


@dataclass(frozen=True, slots=True)
class OfTier:
    """The therapies of a tier, each with what keeps it from holding as it stands."""

    tier: str
    named: list[str]
    unmet: list[str]
    """Those of which a condition is not met, where there are others to name."""

    def in_short(self, most: int) -> str:
        """Name the therapies and count those that the patient does not meet a condition of."""
        counted = [say("front.n_unmet", n=len(self.unmet))] if self.unmet else []
        return "; ".join([words.joined(self.named, most), *counted])


def _therapies_by_tier(finding: Finding, directions: Collection[Direction]) -> list[OfTier]:
    """Return the therapies of tier I and II that the evidence of some directions names, best tier first.

    A tier all of whose claims ask for what the patient does not meet comes after the next one of the same number.

    A therapy whose conditions the patient does not meet, or of which it is not known, says so, unless another statement
    of the tier holds for it as it stands, and comes after those that do; so does one that another alteration speaks
    against. One that a better tier has named is not named again.
    """
    by_tier: dict[str, dict[tuple[str, ...], list[EvidenceMatch]]] = {}
    named: dict[tuple[str, ...], str] = {}
    for match in sorted(finding.evidence, key=lambda match: words.tier_key(match.tier)):
        if match.evidence.direction in directions and (words.tier_number(match.tier) or 9) <= 2:
            drugs = (str(match.evidence.interaction), *match.evidence.therapies) if match.evidence.therapies else ()
            drugs = drugs or (match.evidence.therapy,)
            if named.setdefault(drugs, match.tier) == match.tier and not _each_named(match, named):
                by_tier.setdefault(match.tier, {}).setdefault(drugs, []).append(match)
    unmet = {tier: all(least_doubt(found) == STANDINGS[-1] for found in by_tier[tier].values()) for tier in by_tier}
    order = sorted(by_tier, key=lambda tier: (words.tier_number(tier) or 9, unmet[tier], tier))
    return [_of_tier(tier, list(by_tier[tier].values())) for tier in order]


def _each_named(match: EvidenceMatch, named: Mapping[tuple[str, ...], str]) -> bool:
    """Whether a statement on any one of several drugs comes after better tiers that name each of them alone."""
    told = match.evidence
    if told.interaction is not TherapyInteraction.SUBSTITUTES or len(told.therapies) < 2:
        return False
    alone = {drugs[1] for drugs, tier in named.items() if len(drugs) == 2 and tier != match.tier}
    return set(told.therapies) <= alone


def _of_tier(tier: str, by_therapy: Sequence[Sequence[EvidenceMatch]]) -> OfTier:
    """Return a tier with its therapies, those that hold as they stand first; what is so of all of them is said once."""
    ordered = sorted(by_therapy, key=lambda found: (STANDINGS.index(least_doubt(found)), _spoken_against(found)))
    doubts = [_doubts(found) for found in ordered]
    shared = [doubt for doubt in doubts[0] if all(doubt in others for others in doubts)]
    if len(ordered) == 1:
        shared = [doubt for doubt in shared if doubt == words.other_type(*ordered[0])]
    named = []
    for found, own in zip(ordered, doubts, strict=True):
        therapy, rest = found[0].evidence.therapy, [doubt for doubt in own if doubt not in shared]
        named.append(f"{therapy} [{', '.join(rest)}]" if rest else therapy)
    held = words.unique(name for name, own in zip(named, doubts, strict=True) if STANDINGS[-1] not in own)
    rest = [name for name in words.unique(named) if name not in held]
    label = ", ".join([tier, *shared])
    return OfTier(label, held, rest) if held else OfTier(label, rest, [])


def _doubts(found: Sequence[EvidenceMatch]) -> list[str]:
    """Return what keeps statements on one therapy from holding as they stand, each in a word or two."""
    against = say("front.conflicting") if _spoken_against(found) else ""
    return [doubt for doubt in (words.other_type(*found), least_doubt(found), against) if doubt]


def _spoken_against(found: Sequence[EvidenceMatch]) -> bool:
    """Whether other alterations speak against what each statement is for; of resistance the other way is no doubt."""
    return all(match.conflicts and match.evidence.direction is Direction.SENSITIVITY for match in found)


def evidence_lines(report: PatientReport) -> list[str]:
    """Return the sentence on evidence of sensitivity, or on its absence, from the fullest wording to the shortest."""
    sensitive = [(finding, _therapies_by_tier(finding, (Direction.SENSITIVITY,))) for finding in tiered(report)]
    named = [(finding, by_tier[0]) for finding, by_tier in sensitive if by_tier]
    if not named:
        if report.failures or not any(words.is_actionable(finding) for finding in report.interpretation.findings):
            return [no_actionable_sentence(report)]
        sentence = say(
            "front.none_sensitive", what=_about(match for finding in tiered(report) for match in finding.evidence)
        )
        hidden = somatic_hidden(report)
        return [f"{sentence} {say('front.no_negative', why=hidden)}" if hidden else sentence]
    found = []
    for n_alterations, n_therapies in ((N_WITH_THERAPIES, N_THERAPIES), (N_WITH_THERAPIES, 1), (0, 0)):
        parts = [
            f"{named_with_origin(one)} ({best.tier}: {best.in_short(n_therapies)})"
            for one, best in named[:n_alterations]
        ]
        rest = [f"{named_with_origin(finding)} ({best.tier})" for finding, best in named[n_alterations:]]
        also = say("front.also_tiered", names=words.joined(rest)) if rest and parts else words.joined(rest)
        found.append(say("front.n_tiered", n=len(named), names="; ".join(parts) + also))
    for n in range(min(len(named) - 1, N_SHORTENED), 0, -1):
        rest = [f"{named_with_origin(finding)} ({best.tier})" for finding, best in named]
        found.append(say("front.n_tiered", n=len(named), names=words.joined(rest, n)))
    return found


def _about(matches: Iterable[EvidenceMatch]) -> str:
    """Name what evidence that is for no therapy is about."""
    found = {match.evidence.evidence_type for match in matches}
    listed = (
        (EvidenceType.PREDICTIVE, say("front.on_resistance")),
        (EvidenceType.DIAGNOSTIC, say("front.on_diagnosis")),
        (EvidenceType.PROGNOSTIC, say("front.on_prognosis")),
    )
    return words.joined([name for kind, name in listed if kind in found]) or say("front.on_anything")


def named_with_origin(finding: Finding) -> str:
    """Return the label, with the class of a variant that without a matched normal may not be the tumor's own."""
    if finding.rearrangement is not None and not finding.rearrangement.confirmed:
        return say("front.not_confirmed", name=finding.label)
    verdict = finding.variant.tumor_only_class if finding.variant else None
    label = words.with_inheritance(finding)
    if verdict is TumorOnlyClass.LIKELY_GERMLINE:
        return say("front.likely_germline", name=label)
    if verdict is TumorOnlyClass.POSSIBLE_CLONAL_HEMATOPOIESIS:
        return say("front.possible_hematopoiesis", name=label)
    return label


def resistance_lines(report: PatientReport) -> list[str]:
    """Return what evidence of tier I and II speaks against, from the fullest to the shortest; empty for none."""
    against = [(finding, _therapies_by_tier(finding, words.AGAINST_A_THERAPY)) for finding in tiered(report)]
    against = [(finding, by_tier) for finding, by_tier in against if by_tier]
    if not against:
        return []
    found = []
    for most in (4, 2, 1):
        parts = []
        for finding, by_tier in against:
            named = [f"{words.joined([*one.named, *one.unmet], most)} ({one.tier})" for one in by_tier]
            parts.append(say("front.against", name=finding.label, therapies=", ".join(named)))
        found.append("; ".join(parts) + ".")
    for n in range(min(len(parts) - 1, N_SHORTENED), 0, -1):
        found.append("; ".join(parts[:n]) + say("front.and_more_alterations", n=len(parts) - n))
    return found


def other_claims_lines(report: PatientReport) -> list[str]:
    """Return what the evidence of tier I and II says on diagnosis and outcome, from the fullest to the shortest."""
    told, kinds = [], []
    for finding in tiered(report):
        asked = [
            match
            for match in sorted(finding.evidence, key=words.evidence_order)
            if match.evidence.evidence_type is not EvidenceType.PREDICTIVE and (words.tier_number(match.tier) or 9) <= 2
        ]
        if asked:
            told.append((finding.label, words.unique(f"{match.evidence.claim} ({match.tier})" for match in asked)))
            kinds.append(say("front.claims_on", name=finding.label, kinds=_about(asked), tier=asked[0].tier))
    if not told:
        return []
    found = []
    for most in (2, 1):
        parts = [say("front.for", name=name, claims=words.joined(claims, most)) for name, claims in told]
        found.append("; ".join(words.unique(parts)) + ".")
    found.append("; ".join(words.unique(kinds)) + ".")
    for n in range(min(len(told) - 1, N_SHORTENED), 0, -1):
        found.append("; ".join(kinds[:n]) + say("front.and_more_alterations", n=len(told) - n))
    return found


def other_line(report: PatientReport) -> str:
    """Name the findings without evidence; empty for none."""
    others = untiered(report)
    if not others:
        return ""
    names = words.joined(words.unique(finding.label for finding in others), 6)
    return say("front.untiered", n=len(others), names=names)


def limits_line(report: PatientReport) -> str:
    """Return what limits all that is said, but for what is not assessable; empty for nothing."""
    parts = []
    failed = [metric.name for metric in report.quality if metric.status is QualityStatus.FAIL]
    if failed:
        parts.append(say("front.quality_failed", names=words.joined(failed, 3)))
    parts += [*identity_limits_in_short(report), *quality_limits_in_short(report)]
    if report.patient.mode is CallingMode.TUMOR_ONLY:
        open_ones = [f for f in report.interpretation.findings if f.variant and f.variant.origin is Origin.UNCERTAIN]
        of = say("front.for_findings", n=len(open_ones)) if open_ones else ""
        parts.append(say("front.no_normal", of=of))
        if report.calling.population is None:
            parts.append(say("front.no_population"))
    elif report.patient.mode is CallingMode.UNKNOWN:
        parts.append(say("front.mode_not_given"))
    left_out = [step.detail.partition(":")[0] for step in report.steps if step.name == NOT_RUN_STEP]
    if left_out:
        parts.append(say("front.not_run", names=words.joined(left_out, 3)))
    return words.sentence("; ".join(filter(None, parts)))
