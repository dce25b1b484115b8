"""The reads over the small variants that matter, as pictures, with what in them asks for care."""

from __future__ import annotations

from typing import Any

from genomodel.core.exact_test import fisher
from genomodel.core.findings import Finding
from genomodel.core.pictures import ReadPicture
from genomodel.core.report import PatientReport
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.drawn_reads import findings_to_draw
from genomodel.report.medium import Medium
from genomodel.report.pictures.reads import TOP_MAPPING, counts, read_pile, sample_name, strands

SHARE_APART, RARE = 0.3, 0.01
"""Strands are said to differ where the shares of forward reads are that far apart, and chance explains it so seldom."""
WELL_MAPPED = 40


def reads(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return the pictures of reads by variant, capped for the medium."""
    asked = {finding.id: finding for finding in findings_to_draw(report)}
    by_finding: dict[str, list[ReadPicture]] = {}
    for shown in report.read_pictures:
        by_finding.setdefault(shown.finding_id, []).append(shown)
    ids = list(by_finding)
    drawn = ids[: medium.max_read_pictures]
    waiting = {finding.id for finding in report.interpretation.to_confirm}
    first = report.read_pictures[0] if report.read_pictures else None
    reason = report.read_pictures_absent
    left_out = len(ids) - len(drawn)
    return {
        "nothing": "" if asked or ids else say("reads.nothing"),
        "absent": say("reads.absent", reason=reason or say("reads.not_given")) if asked and not ids else "",
        "missing": say("reads.missing", reason=reason) if ids and reason else "",
        "legend": _legend(first) if first else "",
        "variants": [
            _variant(index, by_finding[name], asked.get(name), waiting=name in waiting)
            for index, name in enumerate(drawn, start=1)
        ],
        "rest": say("reads.rest", n=left_out, file=f"{report.patient.id}.html") if left_out else "",
        "rules": words.unique(shown.rule for shown in report.read_pictures if shown.rule),
    }


def _legend(shown: ReadPicture) -> str:
    return say("reads.legend", top=TOP_MAPPING, mapping=shown.min_mapping_quality, quality=shown.min_base_quality)


def _variant(index: int, piles: list[ReadPicture], finding: Finding | None, *, waiting: bool) -> dict[str, Any]:
    label = finding.label if finding else words.short_key(piles[0].variant)
    tier = finding.tier if finding else None
    return {
        "anchor": f"reads-{index}",
        "label": label,
        "tier": tier,
        "level": words.tier_number(tier),
        "waiting": waiting,
        "place": words.short_key(piles[0].variant),
        "cautions": cautions(piles),
        "piles": [
            {
                "sample": sample_name(pile.sample),
                "first": counts(pile),
                "text": _caption(pile),
                "svg": read_pile(pile, label),
            }
            for pile in piles
        ],
    }


def _caption(shown: ReadPicture) -> str:
    """Return the numbers of one picture, behind the first of them, as sentences."""
    told = [strands(shown)]
    if shown.mapping_quality_supporting is not None:
        with_it, without = (
            words.NOT_GIVEN if value is None else f"{value:g}"
            for value in (shown.mapping_quality_supporting, shown.mapping_quality_rest)
        )
        told.append(say("reads.qualities", **{"with": with_it, "without": without}))
    if shown.base_quality_supporting is not None:
        told.append(say("reads.base_quality", quality=f"{shown.base_quality_supporting:g}"))
    if shown.n_edge_supporting:
        told.append(say("reads.edges", n=shown.n_edge_supporting))
    if shown.n_other:
        told.append(say("reads.other_alleles", n=shown.n_other))
    if shown.hidden_bases:
        told.append(say("reads.hidden", n=shown.hidden_bases))
    if left_out := _left_out(shown):
        told.append(say("reads.left_out", what=", ".join(left_out)))
    told.append(
        say("reads.reference_of", source=shown.reference_source)
        if shown.reference_source
        else say("reads.no_reference")
    )
    if shown.source:
        told.append(say("reads.file", file=shown.source))
    return " ".join(told)


def _left_out(shown: ReadPicture) -> list[str]:
    left, found = shown.left_out, []
    if left.duplicates:
        found.append(say("reads.duplicates", n=left.duplicates))
    if left.secondary:
        found.append(say("reads.secondary", n=left.secondary))
    if left.failed:
        found.append(say("reads.failed", n=left.failed))
    if left.low_mapping:
        limit, own = shown.min_mapping_quality, _of_them(left.low_mapping_supporting)
        found.append(say("reads.low_mapping", n=left.low_mapping, limit=limit, supporting=own))
    if left.silent and shown.base_quality_supporting is None and _is_indel(shown):
        found.append(say("reads.silent_indel", n=left.silent))
    elif left.silent:
        limit, own = shown.min_base_quality, _of_them(left.silent_supporting)
        found.append(say("reads.silent_base", n=left.silent, limit=limit, supporting=own))
    return found


def _is_indel(shown: ReadPicture) -> bool:
    ref, _, alt = shown.variant.rpartition(":")[2].partition(">")
    return len(ref) != len(alt)


def _of_them(n: int) -> str:
    return say("reads.of_them", n=n) if n else ""


def cautions(piles: list[ReadPicture]) -> list[str]:
    """Return what in the reads of a variant asks for care, measured."""
    found: list[str] = []
    for shown in piles:
        if shown.sample == "tumor":
            found += _tumor_cautions(shown)
        elif shown.n_supporting:
            found.append(say("reads.caution_normal", n=shown.n_supporting, of=words.count(shown.n_reads)))
    return found


def _tumor_cautions(shown: ReadPicture) -> list[str]:
    left, n = shown.left_out, shown.n_supporting
    found: list[str] = []
    if not n:
        found.append(say("reads.caution_none"))
    elif strand := _strand_caution(shown):
        found.append(strand)
    if 2 * shown.n_edge_supporting > n:
        found.append(say("reads.caution_edge", n=shown.n_edge_supporting, of=n))
    if left.silent_supporting > n:
        found.append(say("reads.caution_base", n=left.silent_supporting, of=n))
    own, rest = shown.mapping_quality_supporting, shown.mapping_quality_rest
    if own is not None and rest is not None and own < WELL_MAPPED <= rest:
        found.append(say("reads.caution_low", quality=f"{own:g}", rest=f"{rest:g}"))
    if left.low_mapping > shown.n_reads:
        total = words.count(shown.n_reads + left.low_mapping)
        limit = shown.min_mapping_quality
        found.append(say("reads.caution_mapping", n=words.count(left.low_mapping), of=total, limit=limit))
    return found


def _strand_caution(shown: ReadPicture) -> str:
    forward, reverse = shown.strands_of_rest
    if not forward + reverse or not shown.n_supporting:
        return ""
    share, rest = shown.n_forward_supporting / shown.n_supporting, forward / (forward + reverse)
    p = fisher(shown.n_forward_supporting, shown.n_reverse_supporting, forward, reverse)
    if abs(share - rest) < SHARE_APART or p >= RARE:
        return ""
    told = f"= {p:.1g}" if p >= 1e-4 else "< 0.0001"
    return say("reads.caution_strand", share=f"{100 * share:.0f}", rest=f"{100 * rest:.0f}", p=told)
