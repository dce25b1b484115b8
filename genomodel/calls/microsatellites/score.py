"""From unstable sites to a class: high, stable, or indeterminate.

Cutoffs with a matched normal are those of MSIsensor, whose kind of site and of share this score has: 10 % and more is
high, below 3.5 % stable, and neither in between (its authors' word). 10 % was held against PCR and immunohistochemistry
in 178 of 12,288 tumors of MSK-IMPACT (PMID 30211344: 99.4 % concordant; of those from 3 to 10 % nearly all stable).
Without a normal rare inherited lengths add to the share (1 to 3 % of the sites in simulations), so that 20 % is asked
for as MSIsensor2 does, and 5 % is no longer stable.

The interval of the share has to bear the class. For ``stable`` its upper end is divided by the chance to see a change
at a site, and has to stay below 10 %: what an impure or shallow sample cannot show, it cannot exclude.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import betaincinv

from genomodel.calls.microsatellites.instability import SiteTest
from genomodel.core.microsatellites import Cutoffs, InstabilityClass

WITH_NORMAL = Cutoffs(
    high=0.10,
    stable=0.035,
    source="those of MSIsensor (PMID 24371154); 10 % was held against PCR in MSK-IMPACT (PMID 30211344)",
)
WITHOUT_NORMAL = Cutoffs(
    high=0.20,
    stable=0.05,
    source="20 % as MSIsensor2 asks for without a normal; 5 % leaves room for rare inherited lengths, by simulation",
)
EXCLUDED = 0.10
"""True share of unstable sites that ``stable`` has to exclude, with or without a normal."""

FEWEST_SITES = 15
"""Callable sites below which nothing is said: the smallest set of loci that mSINGS was shown on (PMID 24987110)."""

LEAST_POWER = 0.2
"""Mean power below which ``stable`` is refused however many sites there are: the power itself rests on a model."""

ASSUMED_PURITY = 0.2
"""Purity that ``stable`` has to hold at where nobody gave one."""


@dataclass(frozen=True)
class Verdict:
    """Class with what it rests on."""

    status: InstabilityClass
    reason: str
    score: float | None
    low: float | None
    high: float | None
    power: float | None


def exact_interval(k: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the Clopper-Pearson interval of a share.

    Raises
    ------
    ValueError
        ``n`` is 0, or ``k`` not between 0 and ``n``.
    """
    if not 0 <= k <= n or n == 0:
        raise ValueError(f"{k} of {n} is no share")
    tail = (1 - confidence) / 2
    low = 0.0 if k == 0 else float(betaincinv(k, n - k + 1, tail))
    high = 1.0 if k == n else float(betaincinv(k + 1, n - k, 1 - tail))
    return low, high


def classify(tests: Sequence[SiteTest], cutoffs: Cutoffs, purity: float | None) -> Verdict:
    """Return the class of a tumor from the tests of its callable sites, made at ``purity`` or the assumed one."""
    n = len(tests)
    k = sum(test.unstable for test in tests)
    if n == 0:
        return Verdict(InstabilityClass.INDETERMINATE, "No repeat of the assay is callable.", None, None, None, None)
    power = sum(test.power for test in tests) / n
    low, high = exact_interval(k, n)
    status, reason = judge_share(k, n, cutoffs, power=power, purity=purity)
    return Verdict(status, reason, k / n, low, high, power)


def judge_share(
    k: int, n: int, cutoffs: Cutoffs, *, power: float, purity: float | None
) -> tuple[InstabilityClass, str]:
    """Return class and reason for so many unstable sites of so many callable ones.

    Parameters
    ----------
    k, n
        Unstable and callable sites.
    cutoffs
        Shares from which a tumor is high, and below which stable.
    power
        Mean chance to see a change at a site.
    purity
        Share of tumor cells that the power holds for; ``None`` when it was assumed.
    """
    score = k / n
    low, _ = exact_interval(k, n)
    if n < FEWEST_SITES:
        reason = f"Only {n} callable {'site' if n == 1 else 'sites'}; at least {FEWEST_SITES} are needed."
        return InstabilityClass.INDETERMINATE, reason
    if score >= cutoffs.high:
        reason = f"{n} sites are too few to tell the score, above {cutoffs.high:.0%}, from {cutoffs.stable:.1%}."
        high = low > cutoffs.stable
        return (InstabilityClass.HIGH, "") if high else (InstabilityClass.INDETERMINATE, reason)
    if score >= cutoffs.stable:
        reason = f"The score lies between the cutoffs of stable ({cutoffs.stable:.1%}) and high ({cutoffs.high:.0%})."
        return InstabilityClass.INDETERMINATE, reason
    still_open = _why_not_stable(k, n, power, purity)
    if still_open:
        return InstabilityClass.INDETERMINATE, still_open
    held = "" if purity is not None else f"Holds if at least {ASSUMED_PURITY:.0%} of the cells are tumor cells."
    return InstabilityClass.STABLE, held


def _why_not_stable(k: int, n: int, power: float, purity: float | None) -> str:
    """Return why a low score excludes no high tumor; empty where it does."""
    at = f"a purity of {purity:.0%}" if purity is not None else f"a purity of {ASSUMED_PURITY:.0%} (none was given)"
    if power < LEAST_POWER:
        return f"At {at} and this depth a changed site would be seen with a chance of {power:.0%} only."
    most = exact_interval(k, n)[1] / power
    if most >= EXCLUDED:
        return (
            f"With {n} callable sites and a chance of {power:.0%} to see a changed one at {at}, up to "
            f"{min(1.0, most):.0%} of the sites may be unstable: a high tumor is not excluded."
        )
    return ""
