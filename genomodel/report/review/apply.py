"""From decisions of reviewers to the report that they leave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from genomodel.core.errors import GenomodelError
from genomodel.core.findings import Disposition, DispositionKind, EvidenceMatch, Finding, Interpretation
from genomodel.core.laboratory import Person
from genomodel.core.report import PatientReport
from genomodel.core.review import Review, ReviewConflict, ReviewDecision, ReviewEntry, ReviewMark
from genomodel.core.variants import Phase
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.review.measured import assays_without, copies_without, markers_without
from genomodel.report.review.subjects import Subject, subjects, variant_of

_DEPENDENT = (DispositionKind.PART_OF_CHANGE, DispositionKind.DUPLICATE)
_IN_FULL = (DispositionKind.FINDING, DispositionKind.LISTED, DispositionKind.BENIGN, DispositionKind.GERMLINE)


def apply_review(
    report: PatientReport, entries: Sequence[ReviewEntry], persons: Sequence[Person], *, sha256: str = ""
) -> PatientReport:
    """Return a report as its reviewers want it, with what of their decisions no longer fits.

    Excluded findings leave the interpretation and all that is drawn or told of them. A lower tier lowers the claims of
    a finding, III and IV set them aside; a higher one is the finding's alone, for a claim is no stronger than its
    source. Predictions are left as they are: the caller makes them again where something was excluded.

    Parameters
    ----------
    report
        As it was computed.
    entries
        Decisions, at most one for each variant.
    persons
        Those who may review; what others decided is not applied.
    sha256
        Of the table that the decisions are of.

    Raises
    ------
    GenomodelError
        The report was reviewed before: a defect of the caller.
    """
    content = report.interpretation
    if report.excluded or any(finding.reviewed for finding in (*content.findings, *content.other_variants)):
        raise GenomodelError(f"the report of {report.patient.id} was reviewed before")
    known = {person.id: person for person in persons}
    applied, conflicts = sorted_out(report, entries, persons)
    marks = {entry.variant: _mark(entry) for entry in applied}
    report = _with_marks(report, marks, known) if marks else report
    named = {entry.person: known[entry.person] for entry in applied}
    return report.model_copy(
        update={
            "review": Review(
                sha256=sha256,
                entries=tuple(applied),
                persons=tuple(named[id_] for id_ in sorted(named)),
                conflicts=tuple(conflicts),
                unreviewed=unreviewed(report),
            )
        }
    )


def unreviewed(report: PatientReport) -> tuple[str, ...]:
    """Return the ids of findings of tier I and II of which no reviewer said anything."""
    return tuple(
        finding.id
        for finding in report.interpretation.findings
        if finding.reviewed is None and (words.tier_number(finding.tier) or 9) <= 2
    )


def _mark(entry: ReviewEntry) -> ReviewMark:
    return ReviewMark(
        decision=entry.decision,
        computed_tier=entry.computed_tier,
        tier=entry.tier,
        comment=entry.comment,
        person=entry.person,
        time=entry.time,
    )


def sorted_out(
    report: PatientReport, entries: Sequence[ReviewEntry], persons: Sequence[Person]
) -> tuple[list[ReviewEntry], list[ReviewConflict]]:
    """Return the decisions that fit a report, reviewed or not, and why the others do not."""
    content, patient = report.interpretation, report.patient.id
    known = {person.id for person in persons}
    named: defaultdict[str, list[Subject]] = defaultdict(list)
    for subject in subjects(report):
        named[subject.variant].append(subject)
    aside = {variant_of(finding, patient) for finding in (*content.set_aside, *content.to_confirm)}
    applied, conflicts = [], []
    for entry in entries:
        what = _misfit(entry, named.get(entry.variant, []), known, aside=entry.variant in aside)
        if what and entry.variant not in named and content.germline.consent is False:
            # It may be an inherited one of which this patient does not want to be told.
            conflicts.append(ReviewConflict(variant=say("review.withheld"), what=say("review.withheld_what")))
        elif what:
            conflicts.append(ReviewConflict(variant=entry.variant, label=entry.label, what=what))
        else:
            applied.append(entry)
    return applied, list(dict.fromkeys(conflicts))


def _misfit(entry: ReviewEntry, found: Sequence[Subject], known: Collection[str], *, aside: bool) -> str:
    """Return why a decision is not applied, empty where it is."""
    if not found:
        return say("review.set_aside") if aside else say("review.gone")
    label, tier = found[0].label, found[0].computed_tier
    if any((one.label, one.computed_tier) != (label, tier) for one in found):
        return say("review.several")
    if entry.person not in known:
        return say("review.person_unknown", person=entry.person)
    # Cells of a table have no blanks at their ends.
    if entry.label.strip() != label.strip():
        return say("review.label_changed", before=entry.label, now=label)
    if entry.computed_tier != tier:
        none = say("review.no_tier")
        return say("review.tier_changed", before=entry.computed_tier or none, now=tier or none)
    return ""


@dataclass(frozen=True, slots=True)
class _Marked:
    """A finding before and after its review."""

    before: Finding
    after: Finding
    mark: ReviewMark

    @property
    def excluded(self) -> bool:
        return self.mark.decision is ReviewDecision.EXCLUDE


def _with_marks(report: PatientReport, marks: Mapping[str, ReviewMark], known: Mapping[str, Person]) -> PatientReport:
    content, patient = report.interpretation, report.patient.id
    done: list[_Marked] = []

    def through(findings: Sequence[Finding]) -> Iterator[Finding]:
        for finding in findings:
            mark = marks.get(variant_of(finding, patient))
            if mark is None:
                yield finding
                continue
            done.append(_Marked(finding, _reviewed(finding, mark), mark))
            if not done[-1].excluded:
                yield done[-1].after

    kept, listed = tuple(through(content.findings)), tuple(through(content.other_variants))
    raised = tuple(finding for finding in listed if finding.reviewed and (words.tier_number(finding.tier) or 9) <= 2)
    out = [one.after for one in done if one.excluded]
    content = content.model_copy(
        update={
            "findings": (*kept, *raised),
            "other_variants": tuple(finding for finding in listed if finding not in raised),
            "dispositions": _dispositions(content.dispositions, done, known),
        }
    )
    return report.model_copy(
        update={
            "interpretation": _without_excluded(content, out) if out else content,
            "excluded": tuple(out),
            "copy_number": copies_without(report.copy_number, out),
            "assays": assays_without(report.assays, out),
            **_pictures(report, done),
        }
    )


def _reviewed(finding: Finding, mark: ReviewMark) -> Finding:
    """Return a finding with its mark, and with its claims at no better a tier than the reviewer's."""
    if mark.decision is ReviewDecision.EXCLUDE or not mark.tier:
        return finding.model_copy(update={"reviewed": mark})
    computed = mark.computed_tier or say("review.no_tier")
    told = {"reviewed": mark, "why": say("review.why", tier=mark.tier, computed=computed, why=finding.why)}
    if mark.tier in ("III", "IV"):
        aside = (*finding.evidence_set_aside, *finding.evidence)
        return finding.model_copy(update=told | {"evidence": (), "evidence_set_aside": aside})
    evidence = tuple(_at_most(match, mark.tier) for match in finding.evidence)
    return finding.model_copy(update=told | {"evidence": evidence})


def _at_most(match: EvidenceMatch, tier: str) -> EvidenceMatch:
    if words.tier_key(match.tier) >= words.tier_key(tier):
        return match
    return match.model_copy(update={"tier": tier, "computed_tier": match.tier})


def _dispositions(
    dispositions: Sequence[Disposition], done: Sequence[_Marked], known: Mapping[str, Person]
) -> tuple[Disposition, ...]:
    """Return what became of each record, in the same number, where a review changed it with who and why."""
    own: dict[tuple[int, str], _Marked] = {}
    beside: dict[str, _Marked] = {}
    for one in done:
        variant = one.before.variant
        if variant is None or not (one.excluded or one.mark.tier):
            continue
        own[variant.record, variant.variant.key] = one
        joint = variant.joint
        partners = joint.partners if joint is not None and joint.phase is Phase.CIS else ()
        beside |= dict.fromkeys((variant.variant.key, *partners), one)

    def changed(item: Disposition) -> Disposition:
        if (one := own.get((item.record, item.variant))) and item.kind in _IN_FULL:
            return _own_disposition(item, one, known)
        if item.kind in _DEPENDENT and (one := beside.get(item.variant)):
            tier = "" if one.excluded or not item.tier else one.mark.tier
            reason = f"{item.reason} {say('review.part_of_excluded')}" if one.excluded else item.reason
            return item.model_copy(update={"tier": tier, "reason": reason})
        return item

    return tuple(map(changed, dispositions)) if own else tuple(dispositions)


def _own_disposition(item: Disposition, one: _Marked, known: Mapping[str, Person]) -> Disposition:
    mark, person = one.mark, known[one.mark.person].name
    computed = mark.computed_tier or say("review.no_tier")
    comment = mark.comment if mark.comment.endswith((".", "!", "?")) else f"{mark.comment}."
    if one.excluded:
        told = say("review.excluded_reason", person=person, time=mark.time, comment=comment, tier=computed)
        kind, tier = DispositionKind.EXCLUDED, ""
    else:
        told = say(
            "review.tier_reason", tier=mark.tier, person=person, time=mark.time, computed=computed, comment=comment
        )
        raised = item.kind in (DispositionKind.LISTED, DispositionKind.BENIGN)
        kind, tier = _listed_kind(mark.tier) if raised else item.kind, mark.tier
    return item.model_copy(update={"kind": kind, "tier": tier, "reason": f"{told} {item.reason}".strip()})


def _listed_kind(tier: str) -> DispositionKind:
    """Return as what a variant that was only listed counts under the tier that a reviewer gave."""
    return {"III": DispositionKind.LISTED, "IV": DispositionKind.BENIGN}.get(tier, DispositionKind.FINDING)


def _without_excluded(content: Interpretation, out: Sequence[Finding]) -> Interpretation:
    """Return an interpretation in which nothing is told on the ground of what was excluded."""
    stay = {finding.label for finding in content.findings}
    gone = {finding.label for finding in out} - stay
    trials = [
        trial.model_copy(update={"matched_on": tuple(label for label in trial.matched_on if label not in gone)})
        for trial in content.trials.trials
    ]
    return content.model_copy(
        update={
            "findings": tuple(_unopposed(finding, gone) for finding in content.findings),
            "trials": content.trials.model_copy(update={"trials": tuple(one for one in trials if one.matched_on)}),
            "biomarkers": markers_without(content.biomarkers, out),
        }
    )


def _unopposed(finding: Finding, gone: set[str]) -> Finding:
    """Return a finding without conflicts with what is gone."""

    def free(match: EvidenceMatch) -> EvidenceMatch:
        left = tuple(
            text for text in match.conflicts if not text.startswith(tuple(f"{label} speaks " for label in gone))
        )
        return match if left == match.conflicts else match.model_copy(update={"conflicts": left})

    return finding.model_copy(update={"evidence": tuple(map(free, finding.evidence))}) if gone else finding


def _pictures(report: PatientReport, done: Sequence[_Marked]) -> dict[str, object]:
    """Return what is drawn, without excluded findings and at the tiers that are now given."""
    gone = {one.before.id for one in done if one.excluded}
    tiers = {one.after.id: one.after.tier or "" for one in done if not one.excluded}
    proteins = []
    for protein in report.proteins:
        changes = [change for change in protein.changes if change.finding_id not in gone]
        changes = [change.model_copy(update={"tier": tiers.get(change.finding_id, change.tier)}) for change in changes]
        if len(changes) == len(protein.changes) or any(change.finding_id for change in changes):
            proteins.append(protein.model_copy(update={"changes": tuple(changes)}))
    return {
        "read_pictures": tuple(picture for picture in report.read_pictures if picture.finding_id not in gone),
        "proteins": tuple(proteins),
    }
