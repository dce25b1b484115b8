"""One tumor, with its normal or a baseline, to its score and class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from genomodel.calls.microsatellites.baseline import BaselineSite, baseline_site
from genomodel.calls.microsatellites.instability import (
    SiteTest,
    Slippage,
    germline_alleles,
    judge_site,
    scaled,
    slippage_of_normal,
    slippage_ratio,
)
from genomodel.calls.microsatellites.lengths import LengthLimits, Lengths, read_lengths
from genomodel.calls.microsatellites.score import ASSUMED_PURITY, WITH_NORMAL, WITHOUT_NORMAL, classify
from genomodel.calls.microsatellites.sites import FoundSites, SiteLimits, find_sites
from genomodel.core.errors import InputError
from genomodel.core.microsatellites import Cutoffs, InstabilityClass, MicrosatelliteAssay, RepeatSite, UnstableSite
from genomodel.files import write_text

METHOD = "genomodel, tumor against {other}: lengths of repeats by fragment, exact beta-binomial test at each site"
MOST_LISTED = 50
SHALLOW_TUMOR, SHALLOW_NORMAL = "too few fragments of the tumor", "too few fragments of the normal"
NOT_IN_BASELINE = "not in the baseline"


@dataclass(frozen=True)
class MsiSettings:
    """How the assay is read.

    Attributes
    ----------
    sites
        Which repeats are looked for.
    reads
        Which reads count.
    min_depth
        Least fragments with a length, of each sample; 20 as MSIsensor asks for.
    """

    sites: SiteLimits = field(default_factory=SiteLimits)
    reads: LengthLimits = field(default_factory=LengthLimits)
    min_depth: int = 20


@dataclass(frozen=True)
class SiteRow:
    """One site with its test, or why it has none."""

    site: RepeatSite
    tumor: Lengths
    other: Lengths
    """Lengths of the normal; empty without one."""
    alleles: tuple[int, ...] = ()
    """Lengths that are never new."""
    own: tuple[int, ...] = ()
    """Those of them that the patient is taken to have; all where it is empty."""
    expected: Slippage | None = None
    """What slippage lets expect; ``None`` where the site does not count."""
    reason: str = ""
    test: SiteTest | None = None


def assay_reads(
    tumor: str | Path,
    reference: str | Path,
    *,
    bed: str | Path | None = None,
    normal: str | Path | None = None,
    baseline: Mapping[str, BaselineSite] | None = None,
    purity: float | None = None,
    sample: str = "",
    settings: MsiSettings | None = None,
) -> tuple[MicrosatelliteAssay, list[SiteRow]]:
    """Measure the repeats of an assay in a tumor and say what they show.

    Parameters
    ----------
    tumor, normal
        Sorted, indexed BAM or CRAM; a tumor without a normal needs a baseline.
    reference
        FASTA that they were aligned to.
    bed
        Assayed regions; ``None`` takes the whole reference.
    baseline
        Slippage over normals, from :func:`genomodel.calls.microsatellites.baseline.read_baseline`.
    purity
        Share of tumor cells, where known.
    sample
        Name of the tumor.
    settings
        Repeats and reads that count.

    Returns
    -------
    tuple
        The answer, and every site with its test. Indeterminate with a reason where there is nothing to compare with,
        or no repeat on the assay.

    Raises
    ------
    InputError
        A file cannot be read, or does not fit the reference; tumor and normal are one file.
    """
    _require_two(tumor, normal)
    settings = settings or MsiSettings()
    found = find_sites(reference, bed, settings.sites)
    method = METHOD.format(other="its matched normal" if normal else "a baseline of normals")
    if normal is None and baseline is None:
        reason = (
            "No matched normal and no baseline of normals (msi.baseline): slippage cannot be told from instability."
        )
        return _unanswered("genomodel, tumor only", sample, found, purity, reason), []
    if not found.sites:
        reason = "The assayed regions hold no mono- or dinucleotide repeat that can be measured."
        return _unanswered(method, sample, found, purity, reason), []
    lengths = read_lengths(tumor, reference, found.sites, settings.reads)
    others = read_lengths(normal, reference, found.sites, settings.reads) if normal else None
    rows = _compared(lengths, others, baseline or {}, found, settings.min_depth)
    cutoffs = WITH_NORMAL if normal else WITHOUT_NORMAL
    return answer(rows, cutoffs, method, purity=purity, sample=sample, found=found)


def _require_two(tumor: str | Path, normal: str | Path | None) -> None:
    if normal is not None and Path(tumor).resolve() == Path(normal).resolve():
        text = "tumor and normal are one file, so that nothing could differ"
        raise InputError(text, path=normal, fix="Give the normal's own alignment, or none")


def _compared(
    lengths: Mapping[str, Lengths],
    others: Mapping[str, Lengths] | None,
    baseline: Mapping[str, BaselineSite],
    found: FoundSites,
    min_depth: int,
) -> list[SiteRow]:
    """Return all sites with what the normal, or the baseline where there is none, lets expect."""
    sites = [flanked.site for flanked in found.sites]
    if others is None:
        rows = [SiteRow(site, lengths[site.key], {}) for site in sites]
        return [against_baseline(row, baseline.get(row.site.key), min_depth) for row in rows]
    rows = [SiteRow(site, lengths[site.key], others.get(site.key, {})) for site in sites]
    return [against_normal(row, min_depth) for row in rows]


def against_normal(row: SiteRow, min_depth: int) -> SiteRow:
    """Return a site with what the matched normal lets expect, or why it does not count."""
    if sum(row.other.values()) < min_depth:
        return replace(row, reason=SHALLOW_NORMAL)
    if sum(row.tumor.values()) < min_depth:
        return replace(row, reason=SHALLOW_TUMOR)
    alleles = germline_alleles(row.other)
    return replace(row, alleles=alleles, expected=slippage_of_normal(row.other, alleles))


def against_baseline(row: SiteRow, known: BaselineSite | None, min_depth: int) -> SiteRow:
    """Return a site with what normals let expect, or why it does not count."""
    reason = NOT_IN_BASELINE if known is None else known.reason
    if not reason and sum(row.tumor.values()) < min_depth:
        reason = SHALLOW_TUMOR
    if known is None or reason:
        return replace(row, reason=reason)
    return replace(row, alleles=known.alleles, own=(known.mode,), expected=known.slippage)


def answer(
    rows: Sequence[SiteRow],
    cutoffs: Cutoffs,
    method: str,
    *,
    purity: float | None,
    sample: str = "",
    found: FoundSites | None = None,
) -> tuple[MicrosatelliteAssay, list[SiteRow]]:
    """Test all sites that count and put them together.

    Returns
    -------
    tuple
        The answer, and the sites with their tests.
    """
    ratio = slippage_ratio([(row.tumor, row.alleles, row.expected) for row in rows if row.expected is not None])
    rows = [_judged(row, ratio, ASSUMED_PURITY if purity is None else purity) for row in rows]
    tested = [(row.site, row.test) for row in rows if row.test is not None]
    verdict = classify([test for _, test in tested], cutoffs, purity)
    unstable = sorted(
        ((site, test) for site, test in tested if test.unstable), key=lambda pair: (pair[1].p_value, pair[0].key)
    )
    reasons = Counter(row.reason for row in rows if row.reason)
    if found is not None:
        reasons.update(found.left_out)
    assay = MicrosatelliteAssay(
        sample=sample,
        method=method,
        status=verdict.status,
        reason=verdict.reason,
        score=verdict.score,
        score_low=verdict.low,
        score_high=verdict.high,
        n_unstable=len(unstable),
        n_callable=len(tested),
        n_sites=len(rows) if found is None else found.n_found,
        callable_bases=sum(site.end - site.start + 1 for site, _ in tested),
        assay_bases=found.assay_bases if found else None,
        cutoffs=cutoffs,
        power=verdict.power,
        purity=ASSUMED_PURITY if purity is None else purity,
        purity_assumed=purity is None,
        not_callable=dict(sorted(reasons.items())),
        slippage_ratio=round(ratio, 3) if tested else None,
        unstable=tuple(_unstable(site, test) for site, test in unstable[:MOST_LISTED]),
    )
    return assay, rows


def _judged(row: SiteRow, ratio: float, purity: float) -> SiteRow:
    if row.expected is None:
        return row
    return replace(row, test=judge_site(row.tumor, row.alleles, scaled(row.expected, ratio), purity, row.own))


def _unstable(site: RepeatSite, test: SiteTest) -> UnstableSite:
    return UnstableSite(
        site=site,
        new_fraction=round(test.new_fraction, 6),
        expected_fraction=round(test.expected_fraction, 6),
        depth=test.depth,
        p_value=float(f"{test.p_value:.3g}"),
    )


def _unanswered(method: str, sample: str, found: FoundSites, purity: float | None, reason: str) -> MicrosatelliteAssay:
    return MicrosatelliteAssay(
        sample=sample,
        method=method,
        status=InstabilityClass.INDETERMINATE,
        reason=reason,
        n_callable=0,
        n_sites=found.n_found,
        assay_bases=found.assay_bases,
        purity=purity,
        not_callable=dict(sorted(found.left_out.items())),
    )


def make_baseline(
    normals: Iterable[str | Path],
    reference: str | Path,
    bed: str | Path | None = None,
    settings: MsiSettings | None = None,
) -> list[BaselineSite]:
    """Return what normals show at each repeat of the assay.

    Raises
    ------
    InputError
        A file cannot be read, or does not fit the reference.
    """
    settings = settings or MsiSettings()
    found = find_sites(reference, bed, settings.sites)
    per_normal = [read_lengths(normal, reference, found.sites, settings.reads) for normal in normals]
    sites = (
        baseline_site(flanked.site, [lengths[flanked.site.key] for lengths in per_normal], settings.min_depth)
        for flanked in found.sites
    )
    return [site for site in sites if site is not None]


def write_site_table(rows: Sequence[SiteRow], path: str | Path) -> None:
    """Write every site with its lengths and test, tab-separated, for people."""
    columns = ("site", "tumor_lengths", "normal_lengths", "new", "expected", "p_value", "power", "unstable", "reason")
    lines = ["\t".join(columns)]
    for row in rows:
        test = row.test
        numbers = (
            [f"{test.new_fraction:.4f}", f"{test.expected_fraction:.4f}", f"{test.p_value:.3g}", f"{test.power:.3f}"]
            if test
            else [""] * 4
        )
        told = ("yes" if test.unstable else "no") if test else ""
        lines.append("\t".join([row.site.key, _counts(row.tumor), _counts(row.other), *numbers, told, row.reason]))
    write_text(path, "\n".join(lines) + "\n")


def _counts(lengths: Lengths) -> str:
    return ",".join(f"{length}:{count}" for length, count in sorted(lengths.items()))
