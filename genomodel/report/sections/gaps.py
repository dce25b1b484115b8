"""What cannot be assessed, in the few words that the first page has room for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from genomodel.core.findings import NotAssessable
from genomodel.core.report import PatientReport
from genomodel.interpretation.assay import TUMOR_TYPE
from genomodel.report import words
from genomodel.report.catalog import say

FIRST = (TUMOR_TYPE, "Microsatellite instability", "Tumor mutational burden")
"""Named before anything else."""
SAID_ELSEWHERE = ("Somatic or germline origin",)
FUSIONS_OF = "Fusions of "
OFF_ASSAY = "Not covered by the assay"
N_LOCI = 4
N_OTHERS = 3
_EXONS = re.compile(r"\S+ exons? \d")
_AND_MORE = re.compile(r" and (\d+) more$")


def gaps_in_short(report: PatientReport, n_loci: int = N_LOCI, n_others: int = N_OTHERS) -> str:
    """Return what is not assessable: biomarkers and looked-for loci by name, then genes by their number.

    Parameters
    ----------
    report
        What could not be assessed.
    n_loci, n_others
        Most loci, and most of what is neither locus nor gene, that are named; the rest is counted.
    """
    rows = [row for row in report.interpretation.not_assessable if row.what not in SAID_ELSEWHERE]
    if report.assays.quality is not None:
        rows = [row for row in rows if not _EXONS.match(row.what)]
    first = [name.lower() for name in FIRST if any(row.what == name for row in rows)]
    rows = [row for row in rows if row.what not in FIRST]
    loci = [row for row in rows if _is_locus(row, report)]
    fused = [row for row in rows if row.what.startswith(FUSIONS_OF)]
    off = [row for row in rows if row.reason.startswith(OFF_ASSAY)]
    others = [row.what for row in rows if row not in loci and row not in fused and row not in off]
    placed = _by_gene(loci)
    named = [*first, *placed[:n_loci]]
    if more := len(placed) - n_loci:
        named += [say("gaps.more_loci", n=words.count(more))] if more > 0 else []
    if others:
        lowered = (what[:1].lower() + what[1:] if what[1:2].islower() else what for what in others)
        named.append(words.joined(words.unique(lowered), n_others))
    if fused:
        n_fused = _n_genes(row.what.removeprefix(FUSIONS_OF) for row in fused)
        named.append(say("gaps.fusions", n=words.count(n_fused)))
    if off:
        named.append(say("gaps.off_assay", n=words.count(_n_genes(row.what for row in off))))
    return say("gaps.in_short", named=", ".join(named)) if named else ""


def _is_locus(row: NotAssessable, report: PatientReport) -> bool:
    asked = report.assays.hotspots
    names = [*(answer.locus.id for answer in asked.answers), *asked.not_placed] if asked else []
    return any(row.what.startswith(name) for name in names)


def _by_gene(loci: Iterable[NotAssessable]) -> list[str]:
    """Return loci in short, those that rows name one by one together by their gene."""
    genes: dict[str, list[str]] = {}
    for row in loci:
        name = _locus_in_short(row)
        gene, _, place = name.partition(" ")
        alone = name == row.what and ":" not in name and ", " not in name and place
        genes.setdefault(gene if alone else name, []).append(place if alone else "")
    named = ((name, words.unique(places)) for name, places in genes.items())
    return [f"{name} {'/'.join(filter(None, places))}".strip() for name, places in named]


def _locus_in_short(row: NotAssessable) -> str:
    """Return a locus by its name, and several loci of a gene by their number."""
    if ":" in row.what:
        return row.what
    more = _AND_MORE.search(row.what)
    n = row.what.count(", ") + 1 + (int(more[1]) if more else 0)
    return row.what if n == 1 else say("gaps.loci_of_gene", gene=row.what.partition(" ")[0], n=n)


def _n_genes(lists: Iterable[str]) -> int:
    return len({gene for names in lists for gene in names.split(", ")})
