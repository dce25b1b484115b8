"""The head of the report and its summary."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from genomodel.annotation.decided import NOT_RUN_STEP
from genomodel.core.copy_number import purity_in_force
from genomodel.core.findings import Direction, EvidenceMatch, EvidenceType, Finding, TherapyInteraction, variants_of
from genomodel.core.identity import CheckName, hides_somatic
from genomodel.core.patients import CallingMode
from genomodel.core.provenance import SourceFile
from genomodel.core.report import PatientReport
from genomodel.core.sample_quality import QualityStatus
from genomodel.core.variants import AnnotatedVariant, Label, Origin, TumorOnlyClass
from genomodel.interpretation.unread import unread_gaps_that_matter
from genomodel.report import words
from genomodel.report.medium import Medium
from genomodel.report.sections.biomarkers import markers_in_short
from genomodel.report.sections.claims import least_doubt
from genomodel.report.sections.clinical import clinical_facts
from genomodel.report.sections.gaps import gaps_in_short
from genomodel.report.sections.identity import identity_limits_in_short
from genomodel.report.sections.inherited import CONSENT, WITHHELD, inherited_in_short
from genomodel.report.sections.looked_for import looked_for_in_short, uncalled
from genomodel.report.sections.predictions import leading, standing
from genomodel.report.sections.quality import quality_limits_in_short

MAX_SUMMARY_LINES = 11
N_WITH_THERAPIES = 4
N_SET_ASIDE = 6
N_PREDICTED = 3
NEGATIVES_WITHHELD = "Nothing can be said of alterations that are not named here: the sample failed its checks."
IN_SHORT_OF_NORMAL = {CheckName.TUMOR_IN_NORMAL: "tumor in normal", CheckName.CONTAMINATION: "foreign DNA in normal"}
NOT_THE_TUMOR_S = {
    TumorOnlyClass.LIKELY_GERMLINE: "likely germline",
    TumorOnlyClass.POSSIBLE_CLONAL_HEMATOPOIESIS: "possibly clonal hematopoiesis",
}


def patient(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return the facts about patient and assay as pairs of label and text."""
    subject = report.patient
    tumor = subject.tumor_type
    genes = subject.assayed_genes
    given = words.NOT_GIVEN
    facts = [
        ("Tumor type", words.tumor_type(tumor) + (f". {tumor.note}." if tumor.note else "")),
        ("Sex", subject.sex or given),
        *clinical_facts(subject),
        ("Assay", words.ASSAY_WORDS[subject.assay]),
        ("Genes assayed", words.count(len(genes)) if genes is not None else given),
        ("Mode", words.MODE_WORDS[subject.mode]),
        ("Tumor sample", subject.tumor_sample or given),
        ("Normal sample", "none" if subject.mode is CallingMode.TUMOR_ONLY else subject.normal_sample or given),
        ("Purity", words.purity(purity_in_force(subject, report.copy_number))),
        ("Genome build", words.BUILD_WORDS[subject.genome]),
        ("Reported on", report.reported_on or given),
        ("Input", words.joined([_input(file) for file in report.inputs], 5) or given),
    ]
    consent = report.interpretation.germline.consent
    if consent is not None:
        facts.append(("Consent to inherited variants", CONSENT[consent]))
    calling = report.calling
    if calling.engines:
        facts.append(("Variant callers", words.joined(calling.engines)))
    if calling.decided_by:
        facts.append(("Decided by", words.JUDGE_WORDS.get(calling.decided_by, calling.decided_by)))
    if subject.mode is CallingMode.TUMOR_ONLY:
        facts.append(("Population frequencies", calling.population or "none"))
    if subject.assay_bed:
        facts.append(("Assay regions", subject.assay_bed))
    return {"facts": facts, "notes": subject.notes}


def _input(file: SourceFile) -> str:
    kind = "calls" if file.kind in ("vcf", "maf") else file.kind.replace("_", " ")
    return f"{file.name} ({kind})" if kind else file.name


def summary(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return the summary: pairs of a heading word and a sentence, at most eleven."""
    return {"lines": summary_lines(report)}


def summary_lines(report: PatientReport) -> list[tuple[str, str]]:
    """Return the lines of the summary that say something."""
    lines = [
        ("Evidence", _evidence_line(report)),
        ("To confirm", _confirm_line(report)),
        ("Resistance", _resistance_line(report)),
        ("Diagnosis, outcome", _other_claims_line(report)),
        ("Markers", words.sentence("; ".join(markers_in_short(report.interpretation.biomarkers)))),
        ("Inherited", inherited_in_short(report.interpretation.germline)),
        ("Set aside", _set_aside_line(report)),
        ("Other findings", _other_line(report)),
        ("Looked for", looked_for_in_short(report)),
        ("Limits", _limits_line(report)),
        ("Model", _model_line(report)),
    ]
    return [line for line in lines if line[1]][:MAX_SUMMARY_LINES]


def no_actionable_sentence(report: PatientReport) -> str:
    """Return the sentence that says that nothing was found, in how many genes, and what was seen all the same."""
    if report.failures:
        return NEGATIVES_WITHHELD
    if hidden := somatic_hidden(report):
        return f"No tier I or II alteration is listed, which is no negative: {hidden}"
    genes = report.patient.assayed_genes
    seen = _seen_names(report)
    what = "somatic alteration" if seen or report.interpretation.to_confirm else "alteration"
    where = "" if genes is None else f" in the {words.plural(len(genes), 'gene')} assayed"
    sentence = f"No tier I or II {what} found{where}"
    sentence += f"; but see {seen}, seen and not reported as somatic." if seen else "."
    if report.interpretation.germline.consent is False:
        sentence += f" {WITHHELD}"
    waiting = _names(report.interpretation.to_confirm)
    if waiting:
        sentence += f" To be confirmed first: {waiting}."
    for gap in unread_gaps_that_matter(variants_of(report.interpretation.other_variants)):
        sentence += f" That is no negative: {gap.what} could not be held against the evidence. {gap.reason}"
    if genes is None:
        sentence += " The genes assayed are not given, so the absence of an alteration is not a negative result."
    return sentence


def somatic_hidden(report: PatientReport) -> str:
    """Return why somatic variants may be missing from the list, empty where the normal did not fail."""
    failed = hides_somatic(report.assays.identity, report.patient.waived)
    if not failed:
        return ""
    named = " and ".join(IN_SHORT_OF_NORMAL[check.name] for check in failed)
    return f"{named} failed, so that somatic variants may have been taken for inherited ones and lost."


def _seen_names(report: PatientReport) -> str:
    """Name the alleles that were set aside, each with its origin."""
    listed = [
        f"{finding.label} ({_origin_in_short(finding.variant)})" if finding.variant else finding.label
        for finding in report.interpretation.set_aside
    ]
    return words.joined(words.unique(listed), N_SET_ASIDE)


def _origin_in_short(variant: AnnotatedVariant) -> str:
    origin = words.ORIGIN_WORDS[variant.origin]
    return f"{origin}, {words.LABEL_WORDS[Label.LOH]}" if Label.LOH in variant.labels else origin


def _names(findings: Iterable[Finding]) -> str:
    return words.joined(words.unique(finding.label for finding in findings), N_SET_ASIDE)


def _confirm_line(report: PatientReport) -> str:
    """Name hotspot alleles that wait for confirmation with their reads and what they would mean; they carry no tier."""
    parts = []
    for finding in report.interpretation.to_confirm[:N_SET_ASIDE]:
        support = words.fraction_with_reads(finding.variant.tumor) if finding.variant else words.NOT_GIVEN
        parts.append(f"{finding.label} ({support})")
    sentences = []
    if parts:
        rest = len(report.interpretation.to_confirm) - len(parts)
        more = f" and {rest} more" if rest else ""
        what = "Hotspot seen with too little support to be reported; confirm by another method"
        sentences.append(f"{what}: {', '.join(parts)}{more}.")
    if seen := uncalled(report):
        what = "Seen in the reads at a looked-for locus, but not called; confirm by another method"
        sentences.append(f"{what}: {words.joined(seen, N_SET_ASIDE)}.")
    return " ".join([*sentences, "No tier is given before that."]) if sentences else ""


def _set_aside_line(report: PatientReport) -> str:
    seen = _seen_names(report)
    return f"Seen, not reported as somatic: {seen}." if seen else ""


def tiered(report: PatientReport) -> list[Finding]:
    """Return the findings with evidence, best tier first."""
    found = [finding for finding in report.interpretation.findings if finding.evidence]
    return sorted(found, key=lambda finding: (words.tier_key(finding.tier), finding.gene, finding.label))


def untiered(report: PatientReport) -> list[Finding]:
    """Return the findings without evidence, in the order of the interpretation."""
    return [finding for finding in report.interpretation.findings if not finding.evidence]


def _therapies_by_tier(finding: Finding, directions: Collection[Direction]) -> list[tuple[str, list[str]]]:
    """Return the therapies of tier I and II that the evidence of some directions names, best tier first.

    A therapy whose conditions the patient does not meet, or of which it is not known, says so, unless another statement
    of the tier holds for it as it stands. One that a better tier has named is not named again.
    """
    by_tier: dict[str, dict[tuple[str, ...], list[EvidenceMatch]]] = {}
    named: dict[tuple[str, ...], str] = {}
    for match in sorted(finding.evidence, key=lambda match: words.tier_key(match.tier)):
        if match.evidence.direction in directions and (words.tier_number(match.tier) or 9) <= 2:
            drugs = (str(match.evidence.interaction), *match.evidence.therapies) if match.evidence.therapies else ()
            drugs = drugs or (match.evidence.therapy,)
            if named.setdefault(drugs, match.tier) == match.tier and not _each_named(match, named):
                by_tier.setdefault(match.tier, {}).setdefault(drugs, []).append(match)
    return [_of_tier(tier, list(by_tier[tier].values())) for tier in sorted(by_tier, key=words.tier_key)]


def _each_named(match: EvidenceMatch, named: Mapping[tuple[str, ...], str]) -> bool:
    """Whether a statement on any one of several drugs comes after better tiers that name each of them alone."""
    told = match.evidence
    if told.interaction is not TherapyInteraction.SUBSTITUTES or len(told.therapies) < 2:
        return False
    alone = {drugs[1] for drugs, tier in named.items() if len(drugs) == 2 and tier != match.tier}
    return set(told.therapies) <= alone


def _of_tier(tier: str, by_therapy: Sequence[Sequence[EvidenceMatch]]) -> tuple[str, list[str]]:
    """Return a tier with its therapies; what is for another tumor type says so, once where all of them are."""
    others = [words.other_type(*found) for found in by_therapy]
    if len(set(others)) == 1:
        label = f"{tier}, {others[0]}" if others[0] else tier
        return label, words.unique(_with_standing(found) for found in by_therapy)
    marks = (_with_standing(found, other) for found, other in zip(by_therapy, others, strict=True))
    return tier, words.unique(marks)


def _with_standing(found: Sequence[EvidenceMatch], other: str = "") -> str:
    """Return the therapy of some statements with the least of what keeps them from holding as they stand."""
    therapy, doubts = found[0].evidence.therapy, [part for part in (other, least_doubt(found)) if part]
    return f"{therapy} [{', '.join(doubts)}]" if doubts else therapy


def _evidence_line(report: PatientReport) -> str:
    sensitive = [(finding, _therapies_by_tier(finding, (Direction.SENSITIVITY,))) for finding in tiered(report)]
    named = [(finding, *by_tier[0]) for finding, by_tier in sensitive if by_tier]
    if not named:
        if not report.failures and any(words.is_actionable(finding) for finding in report.interpretation.findings):
            sentence = f"No alteration with tier I or II evidence of sensitivity; see {_other_evidence(report)}."
            hidden = somatic_hidden(report)
            return f"{sentence} This is no negative: {hidden}" if hidden else sentence
        return no_actionable_sentence(report)
    parts = [f"{_named(f)} ({tier}: {words.joined(therapies, 3)})" for f, tier, therapies in named[:N_WITH_THERAPIES]]
    rest = [f"{_named(finding)} ({tier})" for finding, tier, _ in named[N_WITH_THERAPIES:]]
    also = f"; also {words.joined(rest)}" if rest else ""
    return f"{words.plural(len(named), 'tier I or II alteration')}: {'; '.join(parts)}{also}."


def _other_evidence(report: PatientReport) -> str:
    """Name what the evidence that is for no therapy is about."""
    found = {match.evidence.evidence_type for finding in tiered(report) for match in finding.evidence}
    names = ((EvidenceType.PREDICTIVE, "resistance"), (EvidenceType.DIAGNOSTIC, "diagnosis"))
    listed = [*names, (EvidenceType.PROGNOSTIC, "prognosis")]
    return words.joined([name for kind, name in listed if kind in found]) or "the evidence"


def _named(finding: Finding) -> str:
    """Return the label, with the class of a variant that without a matched normal may not be the tumor's own."""
    if finding.rearrangement is not None and not finding.rearrangement.confirmed:
        return f"{finding.label}, not confirmed"
    verdict = finding.variant.tumor_only_class if finding.variant else None
    label = words.with_inheritance(finding)
    return f"{label}, {NOT_THE_TUMOR_S[verdict]}" if verdict in NOT_THE_TUMOR_S else label


def _resistance_line(report: PatientReport) -> str:
    parts = []
    for finding in tiered(report):
        by_tier = _therapies_by_tier(finding, words.AGAINST_A_THERAPY)
        named = [f"{words.joined(therapies, 4)} ({tier})" for tier, therapies in by_tier]
        if named:
            parts.append(f"{finding.label} against {', '.join(named)}")
    return "; ".join(parts) + "." if parts else ""


def _other_claims_line(report: PatientReport) -> str:
    """Return what the evidence of tier I and II says on diagnosis and outcome, which is none on a therapy."""
    parts = []
    for finding in tiered(report):
        claims = words.unique(
            f"{match.evidence.claim} ({match.tier})"
            for match in sorted(finding.evidence, key=words.evidence_order)
            if match.evidence.evidence_type is not EvidenceType.PREDICTIVE and (words.tier_number(match.tier) or 9) <= 2
        )
        if claims:
            parts.append(f"{finding.label} for {words.joined(claims, 2)}")
    return "; ".join(parts) + "." if parts else ""


def _other_line(report: PatientReport) -> str:
    others = untiered(report)
    if not others:
        return ""
    names = words.joined(words.unique(finding.label for finding in others), 6)
    return f"{words.plural(len(others), 'finding')} without approved therapy in our evidence: {names}."


def _limits_line(report: PatientReport) -> str:
    parts = []
    failed = [metric.name for metric in report.quality if metric.status is QualityStatus.FAIL]
    if failed:
        parts.append(f"quality failed for {words.joined(failed, 3)}")
    parts += [*identity_limits_in_short(report), *quality_limits_in_short(report)]
    if report.patient.mode is CallingMode.TUMOR_ONLY:
        parts.append(f"no matched normal, so germline origin is not excluded{_open_origins(report)}")
        if report.calling.population is None:
            parts.append("no population frequencies, so no variant is called somatic")
    elif report.patient.mode is CallingMode.UNKNOWN:
        parts.append("it is not given whether a matched normal was used")
    parts.append(gaps_in_short(report))
    left_out = [step.detail.partition(":")[0] for step in report.steps if step.name == NOT_RUN_STEP]
    if left_out:
        parts.append(f"not run: {words.joined(left_out, 3)} (see Methods)")
    text = "; ".join(filter(None, parts))
    return text[:1].upper() + text[1:] + "." if text else ""


def _open_origins(report: PatientReport) -> str:
    findings = [f for f in report.interpretation.findings if f.variant and f.variant.origin is Origin.UNCERTAIN]
    return f" for {words.plural(len(findings), 'finding')}" if findings else ""


def _model_line(report: PatientReport) -> str:
    response = report.response
    if response is None:
        return f"No prediction: {(report.response_absent_reason or 'reason ' + words.NOT_GIVEN).rstrip('.')}."
    ranked = [prediction for prediction in response.predictions if prediction.predictable]
    if not ranked:
        return "No drug is predictable from the mutations of this tumor; no number is shown."
    named = leading(response, N_PREDICTED)
    if not named:
        return (
            "No drug stands out: of the highest predictions, each has an interval too wide to be informative or a rank "
            "to which nothing found in this tumor adds."
        )
    parts = [f"{prediction.drug} {standing(prediction)}" for prediction in named]
    return (
        "Highest predicted sensitivity to which alterations of this tumor add, with an informative interval, as "
        f"percentile of all cell lines (90 % interval), not evidence of benefit: {', '.join(parts)}."
    )
