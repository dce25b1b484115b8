"""The tumor's small variants at a glance: their allele fractions, and the proteins that they change."""

from __future__ import annotations

from statistics import median
from typing import Any

from genomodel.core.findings import Finding
from genomodel.core.report import PatientReport
from genomodel.core.tumor_share import tumor_share
from genomodel.core.variants import Origin
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.medium import Medium
from genomodel.report.pictures import fractions
from genomodel.report.pictures.fractions import DrawnVariant, Reference, drawn_variant, fraction_plot
from genomodel.report.pictures.lollipop import NARROW, in_words, lollipop

MOST_PROTEINS = {Medium.SCREEN: 24, Medium.PRINT: 6}
BEST_TIERS = 2
LEAST_SITES = 10
"""Inherited sites from which their median says something."""


def pictures(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return the allele-fraction plot and a drawing of each protein with a change of weight, the best tier first."""
    interpretation = report.interpretation
    findings = [finding for finding in interpretation.findings if finding.variant is not None]
    others = [
        finding
        for finding in interpretation.other_variants
        if finding.variant is not None and finding.variant.origin is not Origin.GERMLINE
    ]
    named = [drawn for finding in findings if (drawn := _drawn(finding)) is not None]
    listed = [drawn for finding in others if (drawn := _drawn(finding)) is not None]
    shown = report.proteins[: MOST_PROTEINS[medium]]
    levels = references(report)
    on_screen = medium is Medium.SCREEN
    return {
        "fractions": fraction_plot(named, listed, levels),
        "narrow_fractions": fraction_plot(named, listed, levels, fractions.NARROW) if on_screen else None,
        "n_variants": len(findings) + len(others),
        "without_fraction": len(findings) + len(others) - len(named) - len(listed),
        "proteins": [
            {
                "gene": protein.gene,
                "picture": lollipop(protein),
                "narrow": lollipop(protein, NARROW) if on_screen else None,
                "words": in_words(protein),
            }
            for protein in shown
        ],
        "left_out": len(report.proteins) - len(shown),
    }


def _drawn(finding: Finding) -> DrawnVariant | None:
    if finding.variant is None:
        return None
    number = words.tier_number(finding.tier)
    label = words.with_inheritance(finding)
    return drawn_variant(label, finding.variant.tumor, weighs=number is not None and number <= BEST_TIERS)


def references(report: PatientReport) -> list[Reference]:
    """Return the fractions to compare with: of a clonal variant on one of two copies, and of inherited sites."""
    found = []
    share = tumor_share(report.patient, report.copy_number, report.assays.identity)
    if share is not None:
        value, tumor = words.percent(share / 2), words.percent(share)
        found.append(Reference(share / 2, say("pictures.fractions.clonal", value=value, share=tumor)))
    sites = report.copy_number.sites if report.copy_number is not None else ()
    fractions = [s.tumor_alt / (s.tumor_alt + s.tumor_ref) for s in sites if s.tumor_alt + s.tumor_ref]
    if len(fractions) >= LEAST_SITES:
        middle = median(fractions)
        label = say("pictures.fractions.inherited", value=words.percent(middle), n=words.count(len(fractions)))
        found.append(Reference(middle, label))
    return found
