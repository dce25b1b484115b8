"""What may be said of inherited variants, by consent and policy, and which clinical trials were asked for."""

from __future__ import annotations

from typing import Any

from genomodel.core.biomarkers import GermlineReview
from genomodel.core.report import PatientReport
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.medium import Medium

WITHHELD = say("germline.all_withheld")
"""Said wherever the absence of something could be read as a negative."""
CONSENT = {
    True: say("germline.consent_given"),
    False: say("germline.consent_refused"),
    None: words.NOT_GIVEN,
}


def germline(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return the state of consent, and the flags where it lets them be shown."""
    review = report.interpretation.germline
    withheld = review.consent is False
    flags = () if withheld else review.flags
    return {
        "withheld": withheld,
        "reviewed": bool(review.reason),
        "consent": CONSENT[review.consent],
        "reason": words.sentence(review.reason) or say("germline.not_reviewed"),
        "rows": [
            {
                "label": flag.label,
                "place": words.short_key(flag.variant),
                "reason": words.sentence(flag.reason),
                "policy": flag.policy,
            }
            for flag in flags[: medium.max_findings]
        ],
        "left_out": max(0, len(flags) - medium.max_findings),
    }


def inherited_in_short(review: GermlineReview) -> str:
    """Return what the first page says of inherited variants; empty where there is nothing to say."""
    if review.consent is False:
        return WITHHELD
    if not review.flags:
        return ""
    names = words.joined(words.unique(flag.label for flag in review.flags), 6)
    return say("germline.to_confirm", n=words.count(len(review.flags)), names=names)


def trials(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return the trials of the configured list, or that none was searched."""
    search = report.interpretation.trials
    return {
        "searched": search.searched,
        "reason": words.sentence(search.reason),
        "source": ", ".join(filter(None, (search.source, search.date and say("trials.asked_on", date=search.date)))),
        "rows": [
            {
                "id": trial.id,
                "title": trial.title,
                "status": trial.status,
                "matched": ", ".join(trial.matched_on),
                "url": words.safe_link(trial.url),
            }
            for trial in search.trials[: medium.max_findings]
        ],
        "left_out": max(0, len(search.trials) - medium.max_findings),
    }
