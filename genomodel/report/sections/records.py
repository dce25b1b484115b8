"""The long list of variants, and the account of every input record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from genomodel.core.findings import Disposition, DispositionKind, Finding, Interpretation
from genomodel.core.report import PatientReport
from genomodel.core.variants import AnnotatedVariant
from genomodel.report import words
from genomodel.report.medium import Medium
from genomodel.report.sections.oncogenicity import oncogenicity, second_allele

KIND_WORDS = {
    DispositionKind.FINDING: "Finding",
    DispositionKind.TO_CONFIRM: "To be confirmed",
    DispositionKind.LISTED: "Listed among the other variants",
    DispositionKind.BENIGN: "Listed as benign or likely benign",
    DispositionKind.EXCLUDED: "Excluded by a reviewer",
    DispositionKind.PART_OF_CHANGE: "Part of a change of another record",
    DispositionKind.DUPLICATE: "The same allele as another record",
    DispositionKind.GERMLINE: "Germline",
    DispositionKind.WITHHELD: "Withheld for want of consent",
    DispositionKind.FILTERED: "Filtered",
    DispositionKind.NOT_CALLED: "Not called",
    DispositionKind.SYNONYMOUS: "Synonymous",
    DispositionKind.NONCODING: "Not in coding sequence",
    DispositionKind.OUTSIDE_ASSAY: "Outside the assay",
    DispositionKind.NO_TRANSCRIPT: "No transcript",
    DispositionKind.SYMBOLIC: "Symbol or breakend without bases",
    DispositionKind.UNREADABLE: "Letters that are no bases",
    DispositionKind.NO_SEQUENCE: "Allele without sequence of its own",
    DispositionKind.REFERENCE_ONLY: "No alternate allele",
}


def variants(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return the variants that are no findings, capped for the medium."""
    others = [finding for finding in report.interpretation.other_variants if finding.variant is not None]
    shown = others[: medium.max_variants]
    tiers = Counter(finding.tier for finding in others)
    return {
        "rows": [_variant(finding, finding.variant) for finding in shown if finding.variant is not None],
        "n": len(others),
        "n_benign": tiers["IV"],
        "n_uncertain": tiers["III"],
        "left_out": len(others) - len(shown),
        "has_normal": any(item.variant and item.variant.normal is not None for item in shown),
        "has_frequency": any(item.variant and item.variant.population_frequency is not None for item in shown),
    }


def dispositions(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return how many records came to which end, and the list itself where the medium has room."""
    interpretation = report.interpretation
    account = record_account(interpretation)
    rows = [
        {
            "kind": KIND_WORDS[kind],
            "records": words.count(records),
            "alleles": words.count(alleles),
            "tiers": tiers_in_words(item for item in interpretation.dispositions if item.kind is kind),
        }
        for kind, records, alleles in account
    ]
    accounted = sum(records for _, records, _ in account)
    listed = sorted(interpretation.dispositions, key=lambda item: (item.record, item.variant))
    shown = listed[: medium.max_dispositions]
    return {
        "rows": rows,
        "n_records": words.count(interpretation.n_records),
        "n_alleles": words.count(len(listed)),
        "tiers": tiers_in_words(listed),
        "missing": interpretation.n_records - accounted,
        "listed": [
            {
                "record": item.record,
                "variant": words.short_key(item.variant),
                "gene": item.gene,
                "kind": KIND_WORDS[item.kind],
                "tier": item.tier,
                "reason": item.reason,
            }
            for item in shown
        ],
        "left_out": len(listed) - len(shown),
    }


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
    records = [*best.values()]
    return [(kind, records.count(kind), alleles[kind]) for kind in DispositionKind if kind in alleles]


def tiers_in_words(listed: Iterable[Disposition]) -> str:
    """Count alleles by tier, best first, adding up to all of them: ``I-A 2, III 7, without tier 31``."""
    found = Counter(item.tier for item in listed)
    named = [f"{tier} {words.count(found[tier])}" for tier in sorted(filter(None, found), key=words.tier_key)]
    return words.joined(named + ([f"without tier {words.count(found[''])}"] if found[""] else []))


def _variant(finding: Finding, variant: AnnotatedVariant) -> dict[str, Any]:
    fraction = variant.tumor.known_fraction
    frequency = variant.population_frequency
    return {
        "gene": variant.consequence.gene if variant.consequence else "",
        "tier": finding.tier,
        "level": words.tier_number(finding.tier) or 9,
        "oncogenicity": oncogenicity(finding.oncogenicity, finding.tier),
        "second_allele": second_allele(finding.second_allele),
        "protein": words.protein(variant) or "no protein change",
        "coding": words.coding_change(variant),
        "consequence": words.consequence_terms(variant),
        "support": words.fraction_with_reads(variant.tumor),
        "sort": "" if fraction is None else f"{fraction:.5f}",
        "normal": words.fraction_with_reads(variant.normal) if variant.normal else "no normal",
        "origin": words.origin(variant),
        "callers": words.callers(variant),
        "frequency": words.NOT_GIVEN if frequency is None else f"{frequency:.2g}",
        "place": words.place(variant),
    }
