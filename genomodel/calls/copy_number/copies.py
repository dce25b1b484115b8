"""Copies from log2 ratios, and the states of copies.

A log2 ratio ``l`` of a place with ``n`` copies in normal cells, in a tumor of purity ``p``, against a reference that
carries ``m`` copies there, means ``(2^l M m / 2 - (1 - p) n) / p`` copies in each tumor cell. ``M`` are the copies of
the mixture that the ratio 1 stands for: ``2 / 2^d`` where ``d`` is the log2 ratio of two copies in each cell, else
``p P + 2 (1 - p)`` for a ploidy ``P``, else 2.

States by copies of the tumor cells, against ``b = P n / 2``, what the tumor's own genome carries there:

- amplification from 6 copies on, where the ASCO/CAP guideline on ERBB2 (2018, J Clin Oncol 36 no. 20) calls
  single-probe in situ hybridization positive by copies alone, and from ``2 b`` on: a genome that was doubled as a whole
  carries four of everything, and six there is a gain by half;
- gain from ``1.35 b`` and loss at ``0.7 b`` and below (2.7 and 1.4 copies of two): one copy more or less in most
  cells, less the noise of a panel;
- deep deletion at half a copy and below.

Without purity the states are those of the mixture. What is amplified there, threefold, is amplified at any purity:
normal cells only dilute. A deep deletion has no such bound that holds in a tumor of any ploidy and with contaminated
or swapped baselines, and one copy lost in a pure tumor looks like two lost in one of half the purity, so that none is
called: the gene has a possible loss.
"""

from __future__ import annotations

import math

from genomodel.core.copy_number import CopyNumberState, PurityPloidy

AMPLIFICATION_COPIES = 6.0
AMPLIFICATION_FOLD = 2.0
GAIN_FOLD = 1.35
LOSS_FOLD = 0.7
DEEP_DELETION_COPIES = 0.5
MIXTURE_AMPLIFICATION_FOLD = 3.0
POSSIBLE_LOSS = "possible loss: purity unknown"
ON_X_AND_Y = frozenset(
    (
        *("PLCXD1", "GTPBP6", "PPP2R3B", "SHOX", "CRLF2", "CSF2RA", "IL3RA", "SLC25A6", "ASMTL", "P2RY8", "AKAP17A"),
        *("ASMT", "DHRSX", "ZBED1", "CD99", "SPRY3", "VAMP7", "IL9R"),
    )
)
"""Genes of the pseudoautosomal ends of X, of which a male has two copies as well: his Y is masked there in references
for reads, and where it is not, no read maps to one of both."""


def copies_of(
    log2_ratio: float,
    purity: float | None = None,
    *,
    middle: float = 2.0,
    normal_copies: float = 2.0,
    reference_copies: float | None = None,
) -> float:
    """Return copies per tumor cell, 0 at least; of the mixture when ``purity`` is ``None``.

    Parameters
    ----------
    log2_ratio
        Against the reference, 0 at the sample's middle.
    purity
        Share of tumor cells.
    middle
        Copies of the mixture that a log2 ratio of 0 stands for; see :func:`middle_of`.
    normal_copies
        Copies in normal cells: 2, and 1 on a male's sex chromosomes.
    reference_copies
        Copies that the reference stands for; as in normal cells where it is not given.
    """
    of_reference = normal_copies if reference_copies is None else reference_copies
    mixed = math.exp2(log2_ratio) * middle * of_reference / 2.0
    return mixed if purity is None else max(0.0, (mixed - (1.0 - purity) * normal_copies) / purity)


def middle_of(found: PurityPloidy | None) -> float:
    """Return the copies of the mixture that a log2 ratio of 0 stands for, 2 where nothing is known."""
    if found is not None and found.diploid_log2 is not None:
        return 2.0 * math.exp2(-found.diploid_log2)
    if found is not None and found.purity is not None and found.ploidy is not None:
        return found.purity * found.ploidy + 2.0 * (1.0 - found.purity)
    return 2.0


def amplification_from(base: float) -> float:
    """Return the copies from which a gene is amplified in a genome that carries ``base`` there."""
    return max(AMPLIFICATION_COPIES, AMPLIFICATION_FOLD * base)


def state_of_copies(copies: float, base: float = 2.0) -> CopyNumberState:
    """Return the state of a number of copies per tumor cell; the thresholds are argued at the top of this module."""
    if copies >= amplification_from(base):
        return CopyNumberState.AMPLIFICATION
    if copies <= DEEP_DELETION_COPIES:
        return CopyNumberState.DEEP_DELETION
    if copies >= GAIN_FOLD * base:
        return CopyNumberState.GAIN
    return CopyNumberState.LOSS if copies <= LOSS_FOLD * base else CopyNumberState.NEUTRAL


def state_of_log2(log2_ratio: float) -> CopyNumberState:
    """Return the state of a log2 ratio of a tumor of unknown purity, which never is a deep deletion."""
    fold = math.exp2(log2_ratio)
    if fold >= MIXTURE_AMPLIFICATION_FOLD:
        return CopyNumberState.AMPLIFICATION
    if fold >= GAIN_FOLD:
        return CopyNumberState.GAIN
    return CopyNumberState.LOSS if fold <= LOSS_FOLD else CopyNumberState.NEUTRAL


def disputed_gain(disagreement: str) -> str:
    """Say that a gain may be more while purity is in dispute, empty where it is not: of a lower one it holds more."""
    return f"amplification not excluded: purity in dispute, {disagreement}" if disagreement else ""
