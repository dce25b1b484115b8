"""From what was measured to answers: each with its threshold, and what it means for the calls."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from genomodel.calls.identity.likelihood import PairOdds
from genomodel.calls.identity.mixture import LEAST_ALLELES, LEAST_PLACES, Share
from genomodel.calls.identity.survey import SUBCLONAL, Survey
from genomodel.core.identity import CheckName, CheckStatus, IdentityCheck, IdentityThresholds

ODDS_OF_ONE = 1000
"""Odds against two unrelated persons from which two samples are said to be of one."""
ODDS_OF_NO_SIBLING = 20
"""Odds against two siblings that it takes besides: they are exchanged far less often than strangers."""
ODDS_OF_TWO = 100
"""Odds against it from which they are said to be of two: an alarm is looked into, a wrong "one person" is not."""
FEWEST_HOMOZYGOUS = 5
"""Homozygous alleles of the normal from which their absence is told, however few sites there are."""
MOST_DISCORDANT = 0.3
"""Share of the normal's homozygous alleles that the tumor may lack: no loss in the tumor removes them."""
FEWEST_PRIVATE = 3
"""Alleles that only the normal has; blood may carry one or two from clonal hematopoiesis."""
PRIVATE_RATIO = 3

NO_NORMAL = "there is no normal to compare with"
TWO_PERSONS = (
    "Inherited alleles of the tumor's owner count as somatic, and nothing that was called holds for either person."
)
SWAPPED = "The tumor's somatic alleles count as inherited, so that somatic variants are lost."
IN_WORDS = {TWO_PERSONS: "Tumor and normal are of two persons", SWAPPED: "Tumor and normal look swapped"}
"""What each consequence follows from."""
INDETERMINATE = "Whether somatic calls rest on the right normal is open."
FOREIGN = (
    "Inherited alleles of another person may be called as somatic, mostly below this allele fraction in a tumor; in a "
    "normal they may hide somatic variants."
)
TUMOR_CELLS = (
    "Somatic alleles are seen in the normal at this share of their fraction: they may be held for inherited and lost, "
    "so that a variant that is not listed may have been there."
)
MUCH_TUMOR = (
    "A third of the normal or more may be tumor (or misplaced reads, or a third person's DNA, show in both): "
    "somatic variants are then held for inherited and lost, so that a variant that is not listed may have been there."
)
LEAST_IN_BOTH = 5
PART_IN_BOTH = 0.5
"""Alleles in both, as a share of those in the tumor alone, from which tumor in normal does not pass."""
MOST_ALIKE = 0.75
"""Fraction in the normal, as a share of that in the tumor, up to which they are not held for misplaced reads, which
show at one fraction in both."""


@dataclass(frozen=True)
class InBoth:
    """Alleles of the tumor in the normal at a fraction of no germline genotype."""

    n_alleles: int
    ratio: float
    """Median of the fraction in the normal as a share of that in the tumor."""


def two_persons(found: Survey) -> str:
    """Say that homozygous alleles of the normal are absent from the tumor, or nothing."""
    if found.homozygous < FEWEST_HOMOZYGOUS or found.discordant <= MOST_DISCORDANT * found.homozygous:
        return ""
    return f"{found.discordant} of {found.homozygous} alleles that the normal has alone are absent from the tumor"


def unlike(odds: PairOdds, thresholds: IdentityThresholds) -> str:
    """Say that the genotypes fit two persons, or nothing."""
    if odds.n_sites < thresholds.min_sites or odds.one_person > -math.log(ODDS_OF_TWO):
        return ""
    relatives = odds.against_unrelated > 0
    return (
        f"the genotypes at {odds.n_sites} sites fit {'two close relatives' if relatives else 'two persons'} better "
        f"than one, by odds of {_odds(-odds.one_person)} to 1"
    )


def _one_person(odds: PairOdds) -> bool:
    strangers, siblings = math.log(ODDS_OF_ONE), math.log(ODDS_OF_NO_SIBLING)
    return odds.against_unrelated >= strangers and odds.against_sibling >= siblings


def swapped(found: Survey) -> str:
    """Say that the normal looks like the tumor, or nothing.

    Germline alleles that a tumor lost are at one half in the normal and are left aside; so is, with them, a swapped
    tumor of purity near 1 without subclones.
    """
    tumor, normal = found.private
    if normal < FEWEST_PRIVATE or normal <= PRIVATE_RATIO * tumor:
        return ""
    return (
        f"the normal has {normal} alleles at {SUBCLONAL[0]:.0%} to {SUBCLONAL[1]:.0%} that the tumor lacks, and the "
        f"tumor {tumor} that the normal lacks"
    )


def identity_check(
    doubts: list[tuple[str, str]], odds: PairOdds | None, discordant: int, thresholds: IdentityThresholds
) -> IdentityCheck:
    """Return whether tumor and normal are of one person, in this order.

    Parameters
    ----------
    doubts
        What speaks against it, each with its consequence.
    odds
        ``None`` without a normal.
    discordant
        Sites at which the normal is homozygous and the tumor has another genotype.
    """
    least = thresholds.min_sites
    threshold = (
        f"one person: odds of at least {ODDS_OF_ONE} to 1 against strangers and {ODDS_OF_NO_SIBLING} to 1 against "
        f"siblings, over at least {least} sites; two persons: {ODDS_OF_TWO} to 1 for either; swapped: at least "
        f"{FEWEST_PRIVATE} alleles of a tumor's fraction in the normal alone"
    )
    n_sites = odds.n_sites if odds else 0
    counted = f"{n_sites} sites, {discordant} of them discordant"
    consequence = INDETERMINATE
    if doubts:
        status, value = CheckStatus.FAILED, "; ".join(what for what, _ in doubts)
        consequence = " ".join(dict.fromkeys(why for _, why in doubts))
    elif odds is None:
        status, value = CheckStatus.NOT_ASSESSABLE, NO_NORMAL
    elif n_sites < least:
        status, value = CheckStatus.NOT_ASSESSABLE, f"indeterminate: {n_sites} shared sites, {least} are needed"
    elif not _one_person(odds):
        status, value = CheckStatus.WARNING, f"indeterminate: {counted}"
    else:
        consequence = ""
        status, value = CheckStatus.PASSED, f"same person: {counted}, odds of {_odds(odds.against_unrelated)} to 1"
    return IdentityCheck(
        name=CheckName.IDENTITY,
        subject="tumor and normal" if odds else "tumor",
        status=status,
        value=value,
        estimate=round(odds.one_person, 2) if odds else None,
        threshold=threshold,
        consequence=consequence,
    )


def contamination_check(
    found: Share | None,
    subject: str,
    thresholds: IdentityThresholds,
    *,
    n_places: int,
    reason: str = "",
    alone: bool = False,
) -> IdentityCheck:
    """Return how much of a sample is somebody else's.

    Parameters
    ----------
    found
        The estimate.
    subject
        The sample in words.
    n_places
        Homozygous places there were.
    reason
        Why nothing can be said at all.
    alone
        Whether the places were chosen in the sample itself, where loss of heterozygosity may look alike.
    """
    warn, fail = thresholds.contamination_warn, thresholds.contamination_fail
    caution = "; without a normal, loss of heterozygosity in a nearly pure tumor can look alike" if alone else ""
    lacking = reason or f"{n_places} homozygous places with enough fragments, {LEAST_PLACES} are needed"
    check = _share_check(CheckName.CONTAMINATION, subject, found, (warn, fail), lacking, FOREIGN, "places")
    if alone and found is not None:
        status = CheckStatus.WARNING if check.status is CheckStatus.FAILED else check.status
        check = check.model_copy(update={"status": status, "value": check.value + caution})
    return check


def tumor_in_normal_check(
    found: Share | None,
    thresholds: IdentityThresholds,
    *,
    n_alleles: int,
    reason: str = "",
    in_both: InBoth | None = None,
) -> IdentityCheck:
    """Return how much of the normal is tumor.

    Parameters
    ----------
    found
        The estimate, from alleles that the normal, for the most part, has not.
    n_alleles
        Those there were.
    reason
        Why nothing can be said at all.
    in_both
        The alleles that speak for so much tumor that ``found`` leaves them aside.
    """
    limits = (thresholds.tumor_in_normal_warn, thresholds.tumor_in_normal_fail)
    lacking = reason or f"{n_alleles} alleles of the tumor alone, {LEAST_ALLELES} are needed"
    check = _share_check(CheckName.TUMOR_IN_NORMAL, "normal", found, limits, lacking, TUMOR_CELLS, "alleles")
    if in_both is None or in_both.n_alleles < max(LEAST_IN_BOTH, n_alleles * PART_IN_BOTH):
        return check
    surely = in_both.n_alleles >= max(2 * LEAST_IN_BOTH, n_alleles) and in_both.ratio <= MOST_ALIKE
    status = CheckStatus.FAILED if surely or check.status is CheckStatus.FAILED else CheckStatus.WARNING
    value = (
        f"not measured: {in_both.n_alleles} alleles of the tumor are in the normal at fractions of no germline "
        f"genotype, in the median {in_both.ratio:.0%} of those in the tumor, and {n_alleles} are in the tumor alone"
    )
    blank: dict[str, None] = dict.fromkeys(("estimate", "low", "high"))
    return check.model_copy(update={"status": status, "value": value, "consequence": MUCH_TUMOR, **blank})


def _share_check(
    name: CheckName,
    subject: str,
    found: Share | None,
    limits: tuple[float, float],
    lacking: str,
    consequence: str,
    places: str,
) -> IdentityCheck:
    warn, fail = limits
    threshold = f"warning from {warn:.1%}, failed from {fail:.1%}; a warning too where {fail:.1%} is not excluded"
    if found is None:
        return IdentityCheck(
            name=name, subject=subject, status=CheckStatus.NOT_ASSESSABLE, value=lacking, threshold=threshold
        )
    status = CheckStatus.PASSED
    if found.estimate >= fail:
        status = CheckStatus.FAILED
    elif found.estimate >= warn or found.high >= fail:
        status = CheckStatus.WARNING
    return IdentityCheck(
        name=name,
        subject=subject,
        status=status,
        value=f"{found.estimate:.1%} ({found.low:.1%} to {found.high:.1%}), from {found.n_places} {places}",
        estimate=round(found.estimate, 5),
        low=round(found.low, 5),
        high=round(found.high, 5),
        threshold=threshold,
        consequence="" if status is CheckStatus.PASSED else consequence,
    )


def _odds(log_odds: float) -> str:
    exponent = log_odds / math.log(10)
    return f"{np.exp(log_odds):,.0f}" if exponent < 6 else f"10^{exponent:.0f}"
