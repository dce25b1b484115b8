"""What changed between two reports of one patient: calls, tiers, claims, markers, predictions, versions, facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from genomodel.core.base import Noun
from genomodel.core.findings import Finding
from genomodel.core.predictions import DrugPrediction
from genomodel.core.report import PatientReport
from genomodel.core.review import ReviewDecision, ReviewEntry
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.changes.change import NAMED, Change
from genomodel.report.changes.claims import FINDINGS, claims_changed, conditions_changed
from genomodel.report.claim_tuples import claim_tuple
from genomodel.report.sections.biomarkers import markers_in_short

DERIVED = frozenset({"schema_version", "status", "version", "signature", "repurposing", "front", "digest"})
"""Fields that are made of the others, or say which version this is."""


def changes(old: PatientReport, new: PatientReport) -> tuple[Change, ...]:
    """Return what changed from one report to another; nothing only where all that is no form of the rest is equal.

    Parameters
    ----------
    old, new
        Two reports of one patient, drafts or signed.
    """
    found = [change for tell in _TELLERS for change in tell(old, new)]
    told = {field for change in found for field in change.about}
    found += [
        Change("other", say("changes.other", what=_part(field)), (field,))
        for field in _fields_that_differ(old, new)
        if field not in told
    ]
    return tuple(dict.fromkeys(_as_consented(found, old, new)))


def _as_consented(found: list[Change], old: PatientReport, new: PatientReport) -> list[Change]:
    """Return the changes without names of what is gone where the patient does not want to see inherited variants."""
    if new.interpretation.germline.consent is not False:
        return found
    hidden = _labels(old) - _labels(new)
    told = [change for change in found if not any(label in change.text for label in hidden)]
    if len(told) == len(found):
        return found
    return [*told, Change("withheld", say("changes.withheld"), ("interpretation.germline",))]


def _labels(report: PatientReport) -> set[str]:
    flags = report.interpretation.germline.flags
    return {finding.label for _, finding in _placed(report).values()} | {flag.label for flag in flags}


def _fields_that_differ(old: PatientReport, new: PatientReport) -> Iterator[str]:
    for field in PatientReport.model_fields:
        if field in DERIVED or field == "interpretation":
            continue
        if getattr(old, field) != getattr(new, field):
            yield field
    for field in type(old.interpretation).model_fields:
        if getattr(old.interpretation, field) != getattr(new.interpretation, field):
            yield f"interpretation.{field}"


def _part(field: str) -> str:
    """Return a field of a report in words; one that has none by its name."""
    told = {
        "proteins": say("changes.part.proteins"),
        "read_pictures": say("changes.part.reads"),
        "copy_number": say("changes.part.copy_number"),
        "assays": say("changes.part.assays"),
        "steps": say("changes.part.steps"),
        "response": say("changes.part.response"),
        "interpretation.dispositions": say("changes.part.dispositions"),
        "interpretation.germline": say("changes.part.germline"),
        "interpretation.trials": say("changes.part.trials"),
        "interpretation.biomarkers": say("changes.part.biomarkers"),
    }
    return told.get(field, field)


PLACES = ("finding", "listed", "excluded", "set_aside", "to_confirm")
_OF_PLACE = {
    "finding": FINDINGS,
    "listed": "interpretation.other_variants",
    "excluded": "excluded",
    "set_aside": "interpretation.set_aside",
    "to_confirm": "interpretation.to_confirm",
}


def _placed(report: PatientReport) -> dict[str, tuple[str, Finding]]:
    """Return all that was found, by id, with the place where the report has it."""
    content = report.interpretation
    groups = (content.findings, content.other_variants, report.excluded, content.set_aside, content.to_confirm)
    found: dict[str, tuple[str, Finding]] = {}
    for place, findings in zip(PLACES, groups, strict=True):
        for finding in findings:
            found.setdefault(finding.id, (place, finding))
    return found


def _calls(old: PatientReport, new: PatientReport) -> Iterator[Change]:
    before, now = _placed(old), _placed(new)
    yield from _arrived(before, now, new=True)
    yield from _arrived(now, before, new=False)
    for id_ in sorted(before.keys() & now.keys()):
        (was, old_one), (is_, new_one) = before[id_], now[id_]
        about = (_OF_PLACE[was], _OF_PLACE[is_])
        if was != is_:
            text = say("changes.call_moved", label=new_one.label, before=_place(was), now=_place(is_))
            yield Change("call", text, about)
        if old_one.label != new_one.label:
            yield Change("call", say("changes.renamed", before=old_one.label, now=new_one.label), about)
        if old_one.tier != new_one.tier:
            yield Change("tier", _tier_text(new_one.label, old_one.tier, new_one.tier), about)
    yield from _details(before, now)


def _details(before: Mapping[str, tuple[str, Finding]], now: Mapping[str, tuple[str, Finding]]) -> Iterator[Change]:
    """Yield what else is told otherwise of an alteration, by field: reads, oncogenicity, what a claim rests on."""
    n_listed = 0
    for id_ in sorted(before.keys() & now.keys()):
        (_, was), (place, is_) = before[id_], now[id_]
        fields = [name for name in _details_of(was, is_) if getattr(was, name) != getattr(is_, name)]
        if fields and place == "listed":
            n_listed += 1
        elif fields:
            named = ", ".join(name.replace("_", " ") for name in fields)
            yield Change("detail", say("changes.detail", label=is_.label, fields=named), (_OF_PLACE[place],))
    if n_listed:
        yield Change("detail", say("changes.details_listed", n=n_listed), (_OF_PLACE["listed"],))


def _details_of(was: Finding, is_: Finding) -> Iterator[str]:
    """Yield the fields of an alteration of which nothing else tells: names, claims and reviews have their own lines."""
    claims = [{claim_tuple(one, match) for match in one.evidence} for one in (was, is_)]
    apart = {"label", "reviewed", "evidence_set_aside"} | ({"evidence"} if claims[0] != claims[1] else set())
    # A tier of a reviewer stands in it, and has its own line.
    apart |= {"why"} if was.reviewed != is_.reviewed else set()
    yield from (name for name in Finding.model_fields if name not in apart)


def _arrived(
    before: Mapping[str, tuple[str, Finding]], now: Mapping[str, tuple[str, Finding]], *, new: bool
) -> Iterator[Change]:
    """Yield what is on one side only; of variants that are only listed one line for all."""
    ids = sorted(now.keys() - before.keys())
    for place, finding in (now[id_] for id_ in ids):
        if place != "listed":
            facts = {
                "label": finding.label,
                "place": _place(place),
                "tier": f", {finding.tier}" if finding.tier else "",
            }
            text = say("changes.call_new", **facts) if new else say("changes.call_gone", **facts)
            yield Change("call", text, (_OF_PLACE[place],))
    names = [finding.label for place, finding in (now[id_] for id_ in ids) if place == "listed"]
    if names:
        told = {"n": len(names), "names": words.joined(names, NAMED)}
        text = say("changes.listed_new", **told) if new else say("changes.listed_gone", **told)
        yield Change("call", text, (_OF_PLACE["listed"],))


def _place(name: str) -> str:
    return {
        "finding": say("changes.place.finding"),
        "listed": say("changes.place.listed"),
        "excluded": say("changes.place.excluded"),
        "set_aside": say("changes.place.set_aside"),
        "to_confirm": say("changes.place.to_confirm"),
    }[name]


def _tier_text(label: str, before: str | None, now: str | None) -> str:
    facts = {"label": label, "before": before or say("changes.none"), "now": now or say("changes.none")}
    up = words.tier_key(now) < words.tier_key(before)
    return say("changes.tier_up", **facts) if up else say("changes.tier_down", **facts)


def _markers(old: PatientReport, new: PatientReport) -> Iterator[Change]:
    before, now = markers_in_short(old.interpretation.biomarkers), markers_in_short(new.interpretation.biomarkers)
    about = ("interpretation.biomarkers",)
    for text in now:
        if text not in before:
            yield Change("marker", say("changes.marker_new", text=text), about)
    for text in before:
        if text not in now:
            yield Change("marker", say("changes.marker_gone", text=text), about)
    was, is_ = (one.assays.msi.status.value if one.assays.msi else say("changes.none") for one in (old, new))
    if was != is_:
        text = say("changes.instability", before=was.replace("_", " "), now=is_.replace("_", " "))
        yield Change("marker", text, ("assays",))


def _predictions(old: PatientReport, new: PatientReport) -> Iterator[Change]:
    about = ("response", "response_absent_reason")
    if old.response is None or new.response is None:
        if old.response is not None:
            reason = (new.response_absent_reason or words.NOT_GIVEN).rstrip(".")
            yield Change("prediction", say("changes.predictions_absent", reason=reason), about)
        elif new.response is not None:
            yield Change("prediction", say("changes.predictions_there"), about)
        return
    before = {(one.screen, one.drug): one for one in old.response.predictions}
    now = {(one.screen, one.drug): one for one in new.response.predictions}
    if drugs := [drug for _, drug in sorted(now.keys() - before.keys())]:
        yield Change("prediction", say("changes.prediction_new", drugs=words.joined(drugs, NAMED)), about)
    if drugs := [drug for _, drug in sorted(before.keys() - now.keys())]:
        yield Change("prediction", say("changes.prediction_gone", drugs=words.joined(drugs, NAMED)), about)
    both = [(before[key], now[key]) for key in sorted(before.keys() & now.keys())]
    for was, is_ in both:
        if _beyond(was, is_):
            yield Change("prediction", _moved(was, is_), about)
    n_within = sum(was.ln_ic50 != is_.ln_ic50 and not _beyond(was, is_) for was, is_ in both)
    if n_within:
        yield Change("prediction", say("changes.predictions_within", n=n_within), about)


def _beyond(was: DrugPrediction, is_: DrugPrediction) -> bool:
    """Whether a prediction lies outside of the 90 % interval that it had."""
    return not was.lower90 <= is_.ln_ic50 <= was.upper90


def _moved(was: DrugPrediction, is_: DrugPrediction) -> str:
    spans = [words.span(one.percentile_overall_lower90, one.percentile_overall_upper90) for one in (was, is_)]
    return say(
        "changes.prediction_moved",
        drug=is_.drug,
        before=words.ordinal(was.percentile_overall),
        before_span=spans[0],
        now=words.ordinal(is_.percentile_overall),
        now_span=spans[1],
    )


def _versions(old: PatientReport, new: PatientReport) -> Iterator[Change]:
    """Yield other versions of knowledge, model and programs."""
    before, now = _versions_of(old), _versions_of(new)
    about = ("versions", "interpretation.sources")
    for key in sorted(before.keys() | now.keys()):
        was, is_ = before.get(key, say("changes.none")), now.get(key, say("changes.none"))
        if was != is_:
            yield Change("version", say("changes.version", name=key[1], before=was, now=is_), about)


def _versions_of(report: PatientReport) -> dict[tuple[str, str], str]:
    """Return versions by kind and name, knowledge and model first; content counts where the version is the same."""
    order = {"knowledge": "0", "model": "1"}
    listed = [*report.versions, *report.interpretation.sources]
    found: dict[tuple[str, str], dict[str, None]] = {}
    for one in listed:
        beside = " ".join(filter(None, (one.date, one.sha256[:8])))
        text = f"{one.version or words.NOT_GIVEN} ({beside})" if beside else one.version or words.NOT_GIVEN
        found.setdefault((order.get(one.kind, one.kind), one.name), {})[text] = None
    return {key: ", ".join(texts) for key, texts in found.items()}


def _gaps(old: PatientReport, new: PatientReport) -> Iterator[Change]:
    before = {gap.what: gap.reason for gap in old.interpretation.not_assessable}
    now = {gap.what: gap.reason for gap in new.interpretation.not_assessable}
    about = ("interpretation.not_assessable",)
    if come := sorted(now.keys() - before.keys()):
        yield Change("gap", say("changes.gap_new", what=words.joined(come, NAMED)), about)
    if gone := sorted(before.keys() - now.keys()):
        yield Change("gap", say("changes.gap_gone", what=words.joined(gone, NAMED)), about)
    if other := sorted(what for what in before.keys() & now.keys() if before[what] != now[what]):
        yield Change("gap", say("changes.gap_other", what=words.joined(other, NAMED)), about)


def _quality(old: PatientReport, new: PatientReport) -> Iterator[Change]:
    def told(report: PatientReport) -> dict[str, str]:
        return {
            one.name: " ".join(filter(None, (one.value, f"({one.status.value})" if one.status else "")))
            for one in report.quality
        }

    yield from _facts(told(old), told(new), "quality")
    if come := [text for text in new.failures if text not in old.failures]:
        yield Change("quality", say("changes.failed", text="; ".join(come)), ("failures",))
    if gone := [text for text in old.failures if text not in new.failures]:
        yield Change("quality", say("changes.passed", text="; ".join(gone)), ("failures",))


def _inputs(old: PatientReport, new: PatientReport) -> Iterator[Change]:
    before, now = ({(one.kind, one.name, one.sha256) for one in report.inputs} for report in (old, new))
    if come := words.joined([name for _, name, _ in sorted(now - before)], NAMED):
        yield Change("input", say("changes.input_new", names=come), ("inputs",))
    elif gone := words.joined([name for _, name, _ in sorted(before - now)], NAMED):
        yield Change("input", say("changes.input_gone", names=gone), ("inputs",))


def _review(old: PatientReport, new: PatientReport) -> Iterator[Change]:
    before, now = set(old.review.entries), set(new.review.entries)

    def facts(entry: ReviewEntry) -> dict[str, str]:
        out = entry.decision is ReviewDecision.EXCLUDE
        decided = say("sign_off.excluded") if out else say("sign_off.confirmed")
        if entry.tier:
            decided = say("sign_off.tier_given", tier=entry.tier)
        return {"label": entry.label, "person": entry.person, "decision": decided}

    about = ("review",)
    for entry in sorted(now - before, key=_entry_key):
        yield Change("review", say("changes.review_new", **facts(entry)), about)
    for entry in sorted(before - now, key=_entry_key):
        yield Change("review", say("changes.review_gone", **facts(entry)), about)


def _entry_key(entry: ReviewEntry) -> tuple[str, str]:
    return (entry.variant, entry.to_json())


def _people(old: PatientReport, new: PatientReport) -> Iterator[Change]:
    """Yield facts of the patient and the laboratory that differ."""
    for field in ("patient", "laboratory", "settings", "calling"):
        yield from _facts(_leaves(getattr(old, field)), _leaves(getattr(new, field)), field)
    yield from _facts({"reported_on": old.reported_on or ""}, {"reported_on": new.reported_on or ""}, "reported_on")


def _facts(before: Mapping[str, str], now: Mapping[str, str], field: str) -> Iterator[Change]:
    for name in dict.fromkeys((*before, *now)):
        was, is_ = before.get(name, ""), now.get(name, "")
        if was != is_:
            told = {"name": name.replace("_", " "), "before": was or words.NOT_GIVEN, "now": is_ or words.NOT_GIVEN}
            yield Change("fact", say("changes.fact", **told), (field,))


def _leaves(noun: Noun) -> dict[str, str]:
    """Return what a noun says, by dotted name; what is absent is empty."""
    found: dict[str, str] = {}

    def walk(value: Any, name: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, f"{name} {key}".strip())
        elif isinstance(value, list):
            found[name] = words.joined([str(item) for item in value], NAMED)
        else:
            found[name] = "" if value is None else str(value)

    walk(noun.model_dump(mode="json"), "")
    return found


Teller = Callable[[PatientReport, PatientReport], Iterator[Change]]
_TELLERS: tuple[Teller, ...] = (
    _quality,
    _calls,
    claims_changed,
    conditions_changed,
    _markers,
    _gaps,
    _predictions,
    _review,
    _versions,
    _inputs,
    _people,
)
