"""The long list of variants, and the account of every input record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from genomodel.core.findings import Disposition, DispositionKind, Finding, Interpretation
from genomodel.core.report import PatientReport
from genomodel.core.variants import AlleleCounts, AnnotatedVariant
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.dispositions_table import table_digest
from genomodel.report.medium import Medium
from genomodel.report.pictures.fractions import interval
from genomodel.report.sections.oncogenicity import oncogenicity, second_allele

MOST_REASONS = 40
"""Reasons that the table by reason names, the most frequent first; the table beside the report has each."""


def variants(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return the variants that are no findings, capped for the medium."""
    found = (finding for finding in report.interpretation.other_variants if finding.variant is not None)
    others = sorted(found, key=_weight)
    shown = others[: medium.max_variants]
    tiers = Counter(finding.tier for finding in others)
    return {
        "rows": [_variant(finding, finding.variant) for finding in shown if finding.variant is not None],
        "n": len(others),
        "n_benign": tiers["IV"],
        "n_uncertain": tiers["III"],
        "left_out": len(others) - len(shown),
        "driver_first": any(item.driver_role for item in others),
        "has_normal": any(item.variant and item.variant.normal is not None for item in shown),
        "has_frequency": any(item.variant and item.variant.population_frequency is not None for item in shown),
    }


def dispositions(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return how many records came to which end and why, the first of them, and where all of them stand."""
    interpretation = report.interpretation
    account = record_account(interpretation)
    rows = [
        {
            "kind": kind_words(kind),
            "records": words.count(records),
            "alleles": words.count(alleles),
            "tiers": tiers_in_words(item for item in interpretation.dispositions if item.kind is kind),
        }
        for kind, records, alleles in account
    ]
    accounted = sum(records for _, records, _ in account)
    listed = sorted(interpretation.dispositions, key=lambda item: (item.record, item.variant))
    shown = listed[: medium.max_dispositions]
    reasons = Counter((item.kind, item.reason) for item in listed)
    frequent = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))[:MOST_REASONS]
    return {
        "rows": rows,
        "n_records": interpretation.n_records,
        "n_alleles": len(listed),
        "tiers": tiers_in_words(listed),
        "missing": interpretation.n_records - accounted,
        "reasons": [
            {"kind": kind_words(kind), "reason": reason, "alleles": words.count(n)} for (kind, reason), n in frequent
        ],
        "more_reasons": len(reasons) - len(frequent),
        "listed": [
            {
                "record": item.record,
                "variant": words.short_key(item.variant),
                "gene": item.gene,
                "kind": kind_words(item.kind),
                "tier": item.tier,
                "reason": item.reason,
            }
            for item in shown
        ],
        "left_out": len(listed) - len(shown),
        "sha256": table_digest(report),
    }


def kind_words(kind: DispositionKind) -> str:
    """Return what became of a record, in words."""
    return say(f"records.kind.{kind.value}")


def record_account(interpretation: Interpretation) -> list[tuple[DispositionKind, int, int]]:
    """Count records and alleles by what became of them.

    A record with several alleles counts once, under the first of its kinds in the order of `DispositionKind`, so that
    the counts of records add up to the records that came in.

    Returns
    -------
    list of (kind, records, alleles)
        Kinds that occur, in the order of `DispositionKind`.
    """
    order = {kind: place for place, kind in enumerate(DispositionKind)}
    best: dict[int, DispositionKind] = {}
    alleles: dict[DispositionKind, int] = {}
    for item in interpretation.dispositions:
        alleles[item.kind] = alleles.get(item.kind, 0) + 1
        known = best.get(item.record)
        if known is None or order[item.kind] < order[known]:
            best[item.record] = item.kind
    records = Counter(best.values())
    return [(kind, records[kind], alleles[kind]) for kind in DispositionKind if kind in alleles]


def tiers_in_words(listed: Iterable[Disposition]) -> str:
    """Count alleles by tier, best first, adding up to all of them: ``I-A 2, III 7, without tier 31``."""
    found = Counter(item.tier for item in listed)
    named = [f"{tier} {words.count(found[tier])}" for tier in sorted(filter(None, found), key=words.tier_key)]
    return words.joined(named + ([say("records.without_tier", n=words.count(found[""]))] if found[""] else []))


def _weight(finding: Finding) -> tuple[str, bool, int]:
    """Return what a list that is cut begins with: uncertain variants of driver genes, those with more points first."""
    points = finding.oncogenicity.points if finding.oncogenicity is not None else 0
    return finding.tier or "", finding.driver_role is None, -points


def _variant(finding: Finding, variant: AnnotatedVariant) -> dict[str, Any]:
    fraction = variant.tumor.known_fraction
    frequency = variant.population_frequency
    return {
        "gene": variant.consequence.gene if variant.consequence else "",
        "tier": finding.tier,
        "level": words.tier_number(finding.tier) or 9,
        "oncogenicity": oncogenicity(finding.oncogenicity, finding.tier),
        "second_allele": second_allele(finding.second_allele),
        "protein": words.protein(variant) or say("variants.no_protein_change"),
        "coding": words.coding_change(variant),
        "consequence": words.consequence_terms(variant),
        "whole": _whole_names(variant),
        "support": words.fraction_with_reads(variant.tumor),
        "interval": _interval(variant.tumor),
        "sort": "" if fraction is None else f"{fraction:.5f}",
        "normal": words.fraction_with_reads(variant.normal) if variant.normal else say("variants.no_normal"),
        "origin": words.origin(variant),
        "callers": words.callers(variant),
        "frequency": words.NOT_GIVEN if frequency is None else f"{frequency:.2g}",
        "place": words.place(variant),
    }


def _whole_names(variant: AnnotatedVariant) -> str:
    """Return the names of a variant as other programs take them, transcript and protein change, nothing shortened."""
    consequence = variant.consequence
    if consequence is None:
        return variant.variant.key
    coding = consequence.hgvs_c.rpartition(":")[2]
    names = [":".join(filter(None, (consequence.transcript, coding))) if coding else "", consequence.hgvs_p]
    return " ".join(filter(None, names)) or variant.variant.key


def _interval(counts: AlleleCounts) -> str:
    found = interval(counts)
    return "" if found is None else say("variants.interval", low=words.percent(found[0]), high=words.percent(found[1]))
