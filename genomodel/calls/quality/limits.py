"""The limits that samples are held to: defaults by assay, what the configuration changes, and verdicts.

The defaults are argued in ``docs/quality.md``. Each laboratory has to set its own from its validation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from genomodel.calls.quality.metrics import METRICS, Unit
from genomodel.core.base import Noun
from genomodel.core.errors import InputError
from genomodel.core.patients import Assay
from genomodel.core.sample_quality import Limits, QualityStatus
from genomodel.core.specimens import Library, Preservation, Specimen

NORMAL = "normal_"
"""Prefix of a limit that holds for the normal alone."""
_ANY: dict[str, Limits] = {
    "normal_mean_depth": Limits(warn=30, fail=20),
    "normal_share_at_depth": Limits(warn=0.9, fail=0.5),
    "mapped_share": Limits(warn=0.95, fail=0.7),
    "duplicate_share": Limits(warn=0.5),
    "insert_size": Limits(warn=120),
    "base_error_rate": Limits(warn=0.015, fail=0.03),
}
DEFAULTS: dict[Assay, dict[str, Limits]] = {
    Assay.PANEL: {
        **_ANY,
        "mean_depth": Limits(warn=150, fail=100),
        "share_at_depth": Limits(warn=0.95, fail=0.5),
        "on_target_share": Limits(warn=0.5),
    },
    Assay.WES: {
        **_ANY,
        "mean_depth": Limits(warn=100, fail=50),
        "share_at_depth": Limits(warn=0.85, fail=0.5),
        "on_target_share": Limits(warn=0.5),
    },
    Assay.WGS: {
        **_ANY,
        "mean_depth": Limits(warn=60, fail=30),
        "share_at_depth": Limits(warn=0.9, fail=0.5),
    },
}
FFPE = {"duplicate_share": Limits(warn=0.7), "insert_size": Limits(warn=80)}
"""Defaults for formalin-fixed tissue, whose DNA is short and scarce."""
DEPTHS = {Assay.PANEL: 100, Assay.WES: 50, Assay.WGS: 30}
"""Depth that the tumor's bases need for a negative."""
NORMAL_DEPTH = 20
EXON_SHARE = 0.95
LIMIT_NAMES = (*METRICS, *(NORMAL + name for name in METRICS))
SCALARS = ("exon_depth", "exon_share", "normal_depth")


class QualityLimits(Noun):
    """All limits of one assay."""

    assay: Assay
    limits: dict[str, Limits]
    changed: tuple[str, ...] = ()
    """Limits that the configuration sets, which no default for a material replaces."""
    exon_depth: int
    exon_share: float = EXON_SHARE
    normal_depth: int = NORMAL_DEPTH

    def of(self, name: str, sample_type: str, specimen: Specimen | None) -> Limits:
        """Return the limits of a metric for a sample."""
        key = NORMAL + name if sample_type == "normal" and NORMAL + name in self.limits else name
        if specimen and specimen.preservation is Preservation.FFPE and name in FFPE and key not in self.changed:
            return FFPE[name]
        return self.limits.get(key, Limits())


def quality_limits(assay: Assay, words: Sequence[str] = ()) -> QualityLimits:
    """Return the limits of an assay, with what ``words`` change.

    Parameters
    ----------
    assay
        An unknown one is held to what a panel is.
    words
        As in ``mean_depth.warn=300``, ``insert_size.fail=none`` or ``exon_depth=200``; shares are of 1.

    Raises
    ------
    InputError
        A name that there is not, a value that cannot be, or a limit that warns only where it has failed already.
    """
    kind = assay if assay in DEFAULTS else Assay.PANEL
    limits = dict(DEFAULTS[kind])
    scalars: dict[str, float] = {"exon_depth": DEPTHS[kind], "exon_share": EXON_SHARE, "normal_depth": NORMAL_DEPTH}
    changed: list[str] = []
    for word in words:
        name, _, text = word.partition("=")
        metric, _, level = name.partition(".")
        column = f"quality.{kind.value}.{name}"
        if name in SCALARS:
            scalars[name] = _number(text, column, share=name == "exon_share", whole=name != "exon_share")
        elif metric in LIMIT_NAMES and level in ("warn", "fail"):
            share = METRICS[metric.removeprefix(NORMAL)].unit is Unit.SHARE
            value = None if text == "none" else _number(text, column, share=share)
            limits[metric] = limits.get(metric, Limits()).model_copy(update={level: value})
            changed.append(metric)
        else:
            names = f"{', '.join(METRICS)}, also with {NORMAL}"
            fix = f"Limits are NAME.warn or NAME.fail of {names}, or {', '.join(SCALARS)}"
            raise InputError(f"'{word}' sets no limit of quality", column=column, fix=fix)
    for metric, limit in limits.items():
        _require_order(metric, limit, kind)
    return QualityLimits(
        assay=kind,
        limits=limits,
        changed=tuple(dict.fromkeys(changed)),
        exon_depth=int(scalars["exon_depth"]),
        exon_share=scalars["exon_share"],
        normal_depth=int(scalars["normal_depth"]),
    )


def limit_words(configured: Mapping[str, Any], assay: Assay) -> list[str]:
    """Return the block ``quality`` of the configuration for an assay, as :func:`quality_limits` takes it.

    Raises
    ------
    InputError
        As there.
    """
    words = []
    for name, value in configured.get(assay.value, {}).items():
        if isinstance(value, Mapping):
            words += [f"{name}.{level}={'none' if limit is None else limit}" for level, limit in value.items()]
        else:
            words.append(f"{name}={value}")
    quality_limits(assay, words)
    return words


def _number(text: str, column: str, *, share: bool, whole: bool = False) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf or (share and value > 1) or (whole and (value != int(value) or value < 1)):
        kind = "a share of 0 to 1" if share else "a whole number of at least 1" if whole else "a number of 0 or more"
        raise InputError(f"'{text}' is not {kind}", column=column, fix="Correct the limit in the configuration")
    return value


def _require_order(metric: str, limit: Limits, assay: Assay) -> None:
    if limit.warn is None or limit.fail is None:
        return
    at_least = METRICS[metric.removeprefix(NORMAL)].at_least
    if (limit.warn < limit.fail) if at_least else (limit.warn > limit.fail):
        side = "below" if at_least else "above"
        raise InputError(
            f"it fails {side} {limit.fail:g} and warns {side} {limit.warn:g}, so that it would never warn",
            column=f"quality.{assay.value}.{metric}",
            fix=f"Let warn be at {'least' if at_least else 'most'} fail; a limit that is not given keeps its default",
        )


def verdict(value: float | None, limits: Limits, *, at_least: bool) -> QualityStatus | None:
    """Return the verdict on a value, ``None`` without a value or without limits."""
    if value is None or (limits.warn is None and limits.fail is None):
        return None
    for limit, status in ((limits.fail, QualityStatus.FAIL), (limits.warn, QualityStatus.WARN)):
        if limit is not None and (value < limit if at_least else value > limit):
            return status
    return QualityStatus.PASS


def not_judged(name: str, specimen: Specimen | None) -> str:
    """Return why a metric is held to no limit for a library, empty when it is."""
    if specimen is None:
        return ""
    if name == "duplicate_share" and specimen.library is Library.AMPLICON:
        return "amplicons start and end alike, so that duplicates are not marked"
    if name == "duplicate_share" and specimen.umi:
        return "molecules are told by their identifiers"
    if name == "insert_size" and specimen.library is Library.AMPLICON:
        return "the primers set the length"
    return ""
