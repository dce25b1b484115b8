"""How likely a variant drives the tumor, in words: class, points, and every code with what it rests on."""

from __future__ import annotations

from typing import Any

from genomodel.core.biomarkers import SecondAllele
from genomodel.core.oncogenicity import CodeState, Oncogenicity, OncogenicityClass, OncogenicityCode
from genomodel.report import words

STANDARD = "ClinGen/CGC/VICC 2022"
OTHER_STATES = {
    CodeState.EXCLUDED: "Met, but excluded by another code",
    CodeState.NOT_MET: "Not met",
    CodeState.NOT_EVALUATED: "Not evaluated, source absent",
    CodeState.NOT_APPLICABLE: "For variants of another kind",
}


def beside_tier(found: Oncogenicity, tier: str | None) -> str:
    """Say that a tier I or II rests on claims and not on a class that falls short of it; empty where it does not."""
    if not tier or tier.split("-")[0] not in ("I", "II") or found.drives:
        return ""
    if found.classification is OncogenicityClass.UNCERTAIN:
        return f"Tier {tier} rests on claims about this variant; that its class is uncertain takes nothing from it"
    return f"Tier {tier} rests on claims about this variant, which its class by the codes contradicts: for the reader"


def oncogenicity(found: Oncogenicity | None, tier: str | None = None) -> dict[str, Any] | None:
    """Return class, points and codes of a variant, ``None`` where the standard was not applied."""
    if found is None:
        return None
    others = [(title, [code for code in found.codes if code.state is state]) for state, title in OTHER_STATES.items()]
    open_codes = [code.code for code in found.not_evaluated]
    return {
        "classification": found.words,
        "plain": found.classification.value.replace("_", " "),
        "open": f"{len(open_codes)} of {len(found.codes)} not evaluated" if open_codes else "",
        "points": f"{signed(found.points)} point{'' if abs(found.points) == 1 else 's'}",
        "sort": found.points,
        "standard": STANDARD,
        "beside": beside_tier(found, tier),
        "met": [_code(code) for code in found.met],
        "short": ", ".join(f"{code.code} {signed(code.points)}" for code in found.met) or "no code met",
        "others": [(title, [_code(code) for code in codes]) for title, codes in others if codes],
        "n_others": len(found.codes) - len(found.met),
        "not_evaluated": ", ".join(open_codes),
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
    sure = f", {found.certainty.value} certainty" if found.certainty is not None else ""
    return f"{found.hit.value}{sure}: {words.sentence(found.reason)}"
