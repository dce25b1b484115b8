"""Claims, the evidence behind them, and their conditions, as they changed between two reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from genomodel.core.findings import EvidenceMatch
from genomodel.core.report import PatientReport
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.changes.change import NAMED, Change
from genomodel.report.claim_tuples import ClaimTuple, claim_tuple

FINDINGS = "interpretation.findings"


def _claims_of(report: PatientReport) -> dict[ClaimTuple, frozenset[str]]:
    """Return the claims of the findings with the evidence that makes them."""
    found: dict[ClaimTuple, set[str]] = {}
    for finding in report.interpretation.findings:
        for match in finding.evidence:
            found.setdefault(claim_tuple(finding, match), set()).add(_evidence_name(match))
    return {claim: frozenset(names) for claim, names in found.items()}


def _evidence_name(match: EvidenceMatch) -> str:
    return f"{match.evidence.knowledge_base} {match.evidence.id}"


def claims_changed(old: PatientReport, new: PatientReport) -> Iterator[Change]:
    """Yield each claim that is on one side only; one that only its tier or conditions set apart as changed."""
    before, now = _claims_of(old), _claims_of(new)
    gone, come = sorted(before.keys() - now.keys()), sorted(now.keys() - before.keys())
    about = (FINDINGS,)
    pairs = _paired(gone, come)
    for was, is_ in pairs:
        if was.conditions == is_.conditions:
            terms = {"before": _tier_of(was), "now": _tier_of(is_)}
        else:
            terms = {"before": _terms(was), "now": _terms(is_)}
        text = say("changes.claim_changed", claim=_claim_text(is_), **terms)
        yield Change("claim", text, about)
    told = {claim for pair in pairs for claim in pair}
    for claims, sources, new_ones in ((come, now, True), (gone, before, False)):
        for claim in claims:
            if claim not in told:
                facts = {"claim": f"{_claim_text(claim)}, {_terms(claim)}", "sources": _names(sources[claim])}
                text = say("changes.claim_new", **facts) if new_ones else say("changes.claim_gone", **facts)
                yield Change("claim", text, about)
    both = [(claim, before[claim], now[claim]) for claim in sorted(before.keys() & now.keys())]
    for claim, was_by, is_by in [*both, *((is_, before[was], now[is_]) for was, is_ in pairs)]:
        claimed = _claim_text(claim)
        if is_by - was_by:
            text = say("changes.evidence_new", claim=claimed, sources=_names(is_by - was_by))
            yield Change("evidence", text, about)
        if was_by - is_by:
            text = say("changes.evidence_gone", claim=claimed, sources=_names(was_by - is_by))
            yield Change("evidence", text, about)


def _paired(gone: Iterable[ClaimTuple], come: Iterable[ClaimTuple]) -> list[tuple[ClaimTuple, ClaimTuple]]:
    """Return the claims that are alike but for tier, level and conditions, where it is plain which became which."""

    def by_subject(claims: Iterable[ClaimTuple]) -> dict[tuple[str, ...], list[ClaimTuple]]:
        found: dict[tuple[str, ...], list[ClaimTuple]] = {}
        for claim in claims:
            found.setdefault((claim.alteration, claim.therapy, claim.about, claim.direction), []).append(claim)
        return found

    was, is_ = by_subject(gone), by_subject(come)
    return [
        (was[key][0], is_[key][0]) for key in sorted(was.keys() & is_.keys()) if len(was[key]) == len(is_[key]) == 1
    ]


def _claim_text(claim: ClaimTuple) -> str:
    what = ", ".join(filter(None, (claim.therapy, claim.direction.replace("_", " "), claim.about)))
    return f"{claim.alteration} ({what})"


def _terms(claim: ClaimTuple) -> str:
    return "; ".join((_tier_of(claim), *claim.conditions))


def _tier_of(claim: ClaimTuple) -> str:
    return "-".join(filter(None, (claim.tier, claim.level)))


def _names(sources: Iterable[str]) -> str:
    return words.joined(sorted(sources), NAMED)


def conditions_changed(old: PatientReport, new: PatientReport) -> Iterator[Change]:
    """Yield conditions that stand otherwise to the patient."""
    before = dict(_standings(old))
    for key, (status, therapy) in sorted(dict(_standings(new)).items()):
        was = before.get(key)
        if was is not None and was[0] != status:
            label, condition = key[1], key[-1]
            facts = {"label": label, "therapy": therapy, "condition": condition}
            text = say("changes.condition", **facts, before=was[0].replace("_", " "), now=status.replace("_", " "))
            yield Change("condition", text, (FINDINGS,))


def _standings(report: PatientReport) -> Iterator[tuple[tuple[str, ...], tuple[str, str]]]:
    for finding in report.interpretation.findings:
        for match in finding.evidence:
            for answer in match.conditions:
                key = (finding.id, finding.label, _evidence_name(match), answer.condition)
                yield key, (answer.status.value, match.evidence.therapy or match.evidence.claim)
