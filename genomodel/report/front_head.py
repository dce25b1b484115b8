"""The head of the first page: whose tumor it is, which specimen, how it was assayed, and by whom."""

from __future__ import annotations

from genomodel.core.copy_number import purity_in_force
from genomodel.core.front_page import FrontFact, FrontGroup
from genomodel.core.patients import Assay, CallingMode, Patient
from genomodel.core.report import PatientReport
from genomodel.core.specimens import Preservation
from genomodel.report import page_room, words
from genomodel.report.catalog import say
from genomodel.report.page_room import LINE, MM, PAGE_WIDTH

GROUP_GAP = 4 * MM
GROUP_WIDTH = (PAGE_WIDTH - 2 * GROUP_GAP) / 3
LABEL_WIDTH = 22 * MM
VALUE_WIDTH = GROUP_WIDTH - LABEL_WIDTH - 1.5 * MM
"""In points, as the style sheet sets them."""
PADDING = 2.7 * MM
ANY = 10**6
"""Lines, more than any fact takes."""


def status(report: PatientReport) -> str:
    """Return draft, final or failed, with the version of a signed report."""
    said = [say("front.final") if report.status == "final" else draft_note(report)]
    if report.failures:
        said = [words.failed_head(report.failures).upper(), *said]
    elif report.status not in ("draft", "final"):
        said = [report.status.upper(), *said]
    text = ". ".join(said)
    return f"{text}, {say('front.version', n=report.version.number)}" if report.version.number else text


def draft_note(report: PatientReport) -> str:
    """Return that a report is a draft, and whether all of tier I and II was reviewed, by decisions that fit."""
    review = report.review
    reviewed = review.entries and not review.unreviewed and not review.conflicts
    return say("front.draft_reviewed") if reviewed else say("front.draft")


def head(report: PatientReport, most: int) -> tuple[FrontGroup, ...]:
    """Return the facts in three groups.

    Parameters
    ----------
    report
        What it lacks is said not to be provided.
    most
        Lines that a fact may take; the whole text is in the section on patient and assay.
    """
    subject = report.patient
    found = subject.tumor_accession
    laboratory = report.laboratory
    groups = (
        (
            say("front.of_patient"),
            (
                (say("front.pseudonym"), subject.id),
                (say("front.second_id"), subject.second_id),
                (say("front.sex_and_age"), _both(subject.sex, _age(subject))),
                (say("front.tumor_type"), _tumor_type(subject)),
                (say("front.diagnosis"), subject.diagnosis),
                (say("front.requester"), subject.requester),
            ),
        ),
        (
            say("front.of_sample"),
            (
                (say("front.specimen"), _both(found.specimen or subject.tumor_sample, _material(subject))),
                (say("front.material"), _both(found.block, found.site)),
                (say("front.normal"), _normal(subject)),
                (say("front.purity"), _purity(report)),
                (say("front.collected"), found.collected),
                (say("front.received"), found.received),
            ),
        ),
        (
            say("front.of_report"),
            (
                (say("front.assay"), _assay(subject)),
                (say("front.mode"), _mode(subject)),
                (say("front.laboratory"), laboratory.name),
                (say("front.accreditation"), laboratory.accreditation),
                (say("front.director"), laboratory.director),
                (say("front.reported"), report.reported_on),
            ),
        ),
    )
    return tuple(
        FrontGroup(title=title, facts=tuple(_fact(label, text, most) for label, text in facts))
        for title, facts in groups
    )


def whole_facts(report: PatientReport) -> dict[str, str]:
    """Return the whole text of each fact that the printed head cuts, by its label; a screen has room for it."""
    cut = {fact.label for group in report.front.head for fact in group.facts if fact.text.endswith(page_room.ELLIPSIS)}
    return {fact.label: fact.text for group in head(report, ANY) for fact in group.facts if fact.label in cut}


def _fact(label: str, text: str | None, most: int) -> FrontFact:
    if not text or text == words.NOT_GIVEN:
        return FrontFact(label=label, text=say("front.not_provided"), provided=False)
    return FrontFact(label=label, text=page_room.clipped(text, VALUE_WIDTH, most))


def _both(one: str | None, other: str | None) -> str:
    return ", ".join(text for text in (one, other) if text)


def _tumor_type(subject: Patient) -> str | None:
    found = subject.tumor_type
    return f"{found.name} ({found.code})" if found.is_given else None


def _age(subject: Patient) -> str | None:
    return None if subject.clinical.age is None else say("front.years", n=f"{subject.clinical.age:g}")


def _material(subject: Patient) -> str | None:
    kept = subject.tumor_specimen.preservation if subject.tumor_specimen else Preservation.UNKNOWN
    return None if kept is Preservation.UNKNOWN else kept.value.replace("_", " ").replace("ffpe", "FFPE")


def _normal(subject: Patient) -> str | None:
    if subject.mode is CallingMode.TUMOR_ONLY:
        return say("front.none")
    return subject.normal_accession.specimen or subject.normal_sample


def _purity(report: PatientReport) -> str:
    known = purity_in_force(report.patient, report.copy_number)
    seen = report.patient.tumor_accession.cellularity
    by_eye = None if seen is None else say("front.by_pathologist", share=words.percent(seen))
    return _both(words.purity(known) if known is not None and known.purity is not None else None, by_eye)


def _assay(subject: Patient) -> str:
    genes = subject.assayed_genes
    n_genes = None if genes is None else say("front.n_genes", n=words.count(len(genes)))
    known = words.ASSAY_WORDS[subject.assay] if subject.assay is not Assay.UNKNOWN else None
    return _both(known, n_genes)


def _mode(subject: Patient) -> str | None:
    modes = {CallingMode.TUMOR_ONLY: say("front.tumor_only"), CallingMode.TUMOR_NORMAL: say("front.with_normal")}
    return modes.get(subject.mode)


def height(groups: tuple[FrontGroup, ...]) -> float:
    """Return how high the head is on paper, in points."""
    return LINE * (1 + max((_lines(group) for group in groups), default=0)) + PADDING


def _lines(group: FrontGroup) -> int:
    return sum(
        max(1, page_room.lines(fact.label, LABEL_WIDTH), page_room.lines(fact.text, VALUE_WIDTH))
        for fact in group.facts
    )
