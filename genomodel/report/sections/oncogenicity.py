"""How likely a variant drives the tumor, in words: class, points, and every code with what it rests on."""

from __future__ import annotations

from typing import Any

from genomodel.core.biomarkers import SecondAllele
from genomodel.core.oncogenicity import CodeState, Oncogenicity, OncogenicityClass, OncogenicityCode
from genomodel.report import words
from genomodel.report.catalog import say

OTHER_STATES = (CodeState.EXCLUDED, CodeState.NOT_MET, CodeState.NOT_EVALUATED, CodeState.NOT_APPLICABLE)


def beside_tier(found: Oncogenicity, tier: str | None) -> str:
    """Say that a tier I or II rests on claims and not on a class that falls short of it; empty where it does not."""
    if not tier or tier.split("-")[0] not in ("I", "II") or found.drives:
        return ""
    if found.classification is OncogenicityClass.UNCERTAIN:
        return say("oncogenicity.uncertain_beside_tier", tier=tier)
    return say("oncogenicity.contradicts_tier", tier=tier)


def oncogenicity(found: Oncogenicity | None, tier: str | None = None) -> dict[str, Any] | None:
    """Return class, points and codes of a variant, ``None`` where the standard was not applied."""
    if found is None:
        return None
    others = [
        (say(f"oncogenicity.state.{state.value}"), [code for code in found.codes if code.state is state])
        for state in OTHER_STATES
    ]
    open_codes = [code.code for code in found.not_evaluated]
    n_others, not_evaluated = len(found.codes) - len(found.met), ", ".join(open_codes)
    return {
        "classification": found.words,
        "plain": found.classification.value.replace("_", " "),
        "open": say("oncogenicity.open", n=len(open_codes), all=len(found.codes)) if open_codes else "",
        "points": say("oncogenicity.points", n=abs(found.points), signed=signed(found.points)),
        "sort": found.points,
        "standard": say("oncogenicity.standard"),
        "beside": beside_tier(found, tier),
        "met": [_code(code) for code in found.met],
        "short": ", ".join(f"{code.code} {signed(code.points)}" for code in found.met) or say("oncogenicity.no_code"),
        "others": [(title, [_code(code) for code in codes]) for title, codes in others if codes],
        "others_title": say("oncogenicity.other_codes_open", n=n_others, codes=not_evaluated)
        if not_evaluated
        else say("oncogenicity.other_codes", n=n_others),
        "not_evaluated": not_evaluated,
    }


def _code(code: OncogenicityCode) -> dict[str, str]:
    return {
        "code": code.code,
        "key": code.key.replace("_", " "),
        "points": signed(code.points),
        "reason": code.reason.removeprefix("not evaluated: ").removeprefix("source absent: "),
        "source": code.source,
    }


def signed(points: int) -> str:
    """Return points with their sign; none for zero."""
    return "0" if points == 0 else f"{points:+d}".replace("-", "\u2212")


def second_allele(found: SecondAllele | None) -> str:
    """Return what became of the other allele, with how sure that is; empty where it is not asked."""
    if found is None:
        return ""
    hit, reason = found.hit.value, words.sentence(found.reason)
    if found.certainty is None:
        return say("oncogenicity.certainty_unknown", hit=hit, reason=reason)
    return say("oncogenicity.certainty", hit=hit, certainty=found.certainty.value, reason=reason)
