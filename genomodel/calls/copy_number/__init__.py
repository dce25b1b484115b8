"""Gene-level copy number from the depth of panel regions, and reading such tables.

Each region's depth is divided by the sample's median over autosomal regions, the tumor's share by the normal's, and a
gene is the median of its regions' log2 ratios: medians withstand a failed amplicon and, in the library size, an
amplified gene with many exons. There is no segmentation: right for gene-sized events on a panel, blind to smaller ones.

States by copies of a diploid genome, ``2 x 2^log2``; at purity ``p``, of the tumor cells, ``(copies - 2 (1 - p)) / p``:

- amplification from 6 copies: where the ASCO/CAP guideline on ERBB2 (2018, J Clin Oncol 36 no. 20) calls single-probe
  in situ hybridization positive by copies alone;
- gain from 2.7 copies: one extra copy in most cells, less the noise of a panel;
- loss at 1.4 copies and below: one copy of two lost in most cells;
- deep deletion at 0.5 copies and below when purity is known. When it is not, from log2 -1.2 down: losing one copy of
  two cannot go below log2 -1 at any purity, so that what lies clearly below must lack both in many cells.

Dividing by a low purity turns noise into copies: at 10 % a log2 of 0.27 reads as six. Amplification and deep deletion
must therefore show in the tumor as measured as well, else they are held to gain and loss:

- log2 0.6 and above, or -0.4 and below. Ratios of 1.5 and 0.76 lie outside what library size and capture leave in a
  panel; six copies reach the one from a purity of 26 % on, the loss of both copies the other from 24 % on;
- at least three times the noise, the spread of the other genes (1.4826 times the median absolute deviation, which
  estimates a standard deviation and is deaf to a few altered genes). A genome altered in many places widens it, which
  errs towards silence. With fewer than ten other genes there is no such estimate.

Below a purity of 20 % the loss of both copies moves log2 by less than 0.33, so that a gene that looks deeply deleted
has no answer, unless it lies below log2 -1.2, which needs no purity.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from genomodel.calls.regions import read_region_depths
from genomodel.cohort.assay import gene_of_region
from genomodel.core.copy_number import CopyNumberCall, CopyNumberProfile, CopyNumberState
from genomodel.core.errors import InputError, raise_collected
from genomodel.core.variants import RegionDepth
from genomodel.files import read_text, source_file, write_text

AMPLIFICATION_COPIES = 6.0
GAIN_COPIES = 2.7
LOSS_COPIES = 1.4
DEEP_DELETION_COPIES = 0.5
DEEP_DELETION_LOG2 = -1.2
AMPLIFICATION_FLOOR_LOG2 = 0.6
DEEP_DELETION_FLOOR_LOG2 = -0.4
NOISE_FACTOR = 3.0
MIN_NOISE_GENES = 10
MIN_DELETION_PURITY = 0.2
MIN_NORMAL_DEPTH = 20.0
"""Mean depth of a region in the normals below which its ratio is left out."""

MIN_REGIONS = 2
"""Regions of a gene with a ratio below which a deep deletion or amplification is not claimed."""

FLOOR = 0.01
"""Least tumor share of the normal: log2 of a region without reads ends at -6.6 instead of minus infinity."""

_HELD = {
    CopyNumberState.AMPLIFICATION: CopyNumberState.GAIN,
    CopyNumberState.DEEP_DELETION: CopyNumberState.LOSS,
}
"""What is said of a gene in place of a state that its measurement does not carry."""

_SEX = re.compile(r"^(?:chr)?[XYM]", re.IGNORECASE)
_REASON = re.compile(r"^#\s*(not assessed:.*)$", re.MULTILINE)
_HEADER = ("gene", "state", "log2", "copies", "regions", "note")
_STATE_WORDS = {
    "amplification": CopyNumberState.AMPLIFICATION,
    "amplified": CopyNumberState.AMPLIFICATION,
    "amp": CopyNumberState.AMPLIFICATION,
    "2": CopyNumberState.AMPLIFICATION,
    "gain": CopyNumberState.GAIN,
    "1": CopyNumberState.GAIN,
    "neutral": CopyNumberState.NEUTRAL,
    "diploid": CopyNumberState.NEUTRAL,
    "0": CopyNumberState.NEUTRAL,
    "loss": CopyNumberState.LOSS,
    "hetloss": CopyNumberState.LOSS,
    "shallow_deletion": CopyNumberState.LOSS,
    "-1": CopyNumberState.LOSS,
    "deep_deletion": CopyNumberState.DEEP_DELETION,
    "deep deletion": CopyNumberState.DEEP_DELETION,
    "homdel": CopyNumberState.DEEP_DELETION,
    "homozygous_deletion": CopyNumberState.DEEP_DELETION,
    "-2": CopyNumberState.DEEP_DELETION,
}
"""Words of a call column; the numbers are GISTIC's, as in cBioPortal's discrete copy-number files."""


def state_of_copies(copies: float) -> CopyNumberState:
    """Return the state of a number of copies per tumor cell; the thresholds are argued at the top of this module."""
    if copies >= AMPLIFICATION_COPIES:
        return CopyNumberState.AMPLIFICATION
    if copies <= DEEP_DELETION_COPIES:
        return CopyNumberState.DEEP_DELETION
    if copies >= GAIN_COPIES:
        return CopyNumberState.GAIN
    return CopyNumberState.LOSS if copies <= LOSS_COPIES else CopyNumberState.NEUTRAL


def copies_of(log2_ratio: float, purity: float | None = None) -> float:
    """Return copies per tumor cell of a diploid region, 0 at least; normal cells are taken out when purity is given."""
    mixed = 2.0 * math.exp2(log2_ratio)
    return mixed if purity is None else max(0.0, (mixed - 2.0 * (1.0 - purity)) / purity)


def state_of_log2(log2_ratio: float, purity: float | None = None) -> CopyNumberState:
    """Return the state of a log2 ratio against a diploid normal; see the top of this module."""
    state = _by_copies(log2_ratio, purity)
    return _HELD[state] if state in _HELD and _below_floor(state, log2_ratio) else state


def _by_copies(log2_ratio: float, purity: float | None) -> CopyNumberState:
    if purity is None and log2_ratio <= DEEP_DELETION_LOG2:
        return CopyNumberState.DEEP_DELETION
    return state_of_copies(copies_of(log2_ratio, purity))


def _below_floor(state: CopyNumberState, log2_ratio: float) -> bool:
    if state is CopyNumberState.AMPLIFICATION:
        return log2_ratio < AMPLIFICATION_FLOOR_LOG2
    return log2_ratio > DEEP_DELETION_FLOOR_LOG2


def noise_of_others(ratios: Mapping[str, tuple[float, int]], gene: str) -> float | None:
    """Return the spread of all other genes' log2 ratios as a standard deviation, ``None`` with too few of them."""
    others = [log2 for name, (log2, _) in ratios.items() if name != gene]
    if len(others) < MIN_NOISE_GENES:
        return None
    middle = median(others)
    return 1.4826 * median(abs(log2 - middle) for log2 in others)


def gene_log2_ratios(
    tumor: Sequence[RegionDepth], normals: Sequence[Sequence[RegionDepth]]
) -> dict[str, tuple[float, int]]:
    """Return the median log2 ratio of each gene and the number of regions it rests on.

    Parameters
    ----------
    tumor
        Depth of the tumor's regions; names are ``GENE`` or ``GENE:exon``.
    normals
        Depth of the same regions in one matched normal or in several pooled normals; the pool is their median.

    Raises
    ------
    InputError
        No normal, other regions in a normal, no region names, or a sample without reads.
    """
    if not normals:
        raise InputError("no normal was given to compare the tumor with")
    keys = [(region.chrom, region.start, region.end) for region in tumor]
    for normal in normals:
        if [(region.chrom, region.start, region.end) for region in normal] != keys:
            raise InputError(
                "tumor and normal were measured over different regions", fix="Run mosdepth with the same BED for both"
            )
    if not any(gene_of_region(region.name) for region in tumor):
        raise InputError("the regions carry no gene names", fix="The BED needs a fourth column, GENE or GENE:exon")
    tumor_share = _shares(tumor)
    normal_shares = [_shares(normal) for normal in normals]
    ratios: dict[str, list[float]] = defaultdict(list)
    for index, region in enumerate(tumor):
        expected = median(shares[index] for shares in normal_shares)
        covered = median(normal[index].mean_depth for normal in normals) >= MIN_NORMAL_DEPTH
        # Normals of both sexes make no baseline for the sex chromosomes; a matched normal does.
        covered = covered and (len(normals) == 1 or not _SEX.match(region.chrom))
        if gene_of_region(region.name) and covered and expected > 0:
            ratios[gene_of_region(region.name)].append(math.log2(max(tumor_share[index] / expected, FLOOR)))
    return {gene: (median(values), len(values)) for gene, values in sorted(ratios.items())}


def _shares(regions: Sequence[RegionDepth]) -> list[float]:
    """Depth of each region over the sample's median of autosomal regions that have reads."""
    autosomal = [region.mean_depth for region in regions if not _SEX.match(region.chrom)]
    covered = [depth for depth in autosomal or [region.mean_depth for region in regions] if depth > 0]
    if not covered:
        raise InputError("no region has reads", fix="Check that alignment and BED are of one genome build")
    middle = median(covered)
    return [region.mean_depth / middle for region in regions]


def call_copy_number(
    tumor: str | Path,
    normals: Sequence[str | Path],
    out: str | Path,
    *,
    purity: float | None = None,
    note: str = "",
) -> CopyNumberProfile | None:
    """Call the copy number of every panel gene and write the table.

    Parameters
    ----------
    tumor
        mosdepth ``regions.bed.gz`` of the tumor, over a BED with names ``GENE`` or ``GENE:exon``.
    normals
        The same of the matched normal, or of several normals that are pooled.
    out
        Table to write: gene, state, log2, copies, regions, note. Without normals it holds the header and a comment
        with the reason, and nothing is claimed.
    purity
        Fraction of tumor cells, when known.
    note
        Comment for the first line, such as that the genome is synthetic.

    Returns
    -------
    CopyNumberProfile or None
        ``None`` when nothing could be assessed.

    Raises
    ------
    InputError
        As :func:`read_region_depths` and :func:`gene_log2_ratios` raise.
    """
    depths = read_region_depths(tumor)
    genes = sorted({gene_of_region(region.name) for region in depths} - {""})
    comment = f"# {note}\n" if note else ""
    if not normals:
        reason = "not assessed: no normal was given, and depth alone cannot tell copy number from capture efficiency"
        write_text(out, comment + f"#{reason}\n" + "\t".join(_HEADER) + "\n")
        return None
    ratios = gene_log2_ratios(depths, [read_region_depths(path) for path in normals])
    lines = ["\t".join(_HEADER)]
    for gene in genes:
        if gene not in ratios:
            lines.append(
                f"{gene}\tnot_assessed\t\t\t0\ttoo few reads in the normal, or a sex chromosome against pooled normals"
            )
            continue
        log2, n = ratios[gene]
        state, note = state_of_gene(log2, n, purity, noise_of_others(ratios, gene))
        word = "not_assessed" if state is None else state.value
        lines.append(f"{gene}\t{word}\t{log2:.3f}\t{copies_of(log2, purity):.2f}\t{n}\t{note}")
    write_text(out, comment + "\n".join(lines) + "\n")
    return read_copy_number(out)


def state_of_gene(
    log2_ratio: float, n_regions: int, purity: float | None = None, noise: float | None = None
) -> tuple[CopyNumberState | None, str]:
    """Return the state of a gene, ``None`` for no answer, and a note where less is said than its copies would.

    Parameters
    ----------
    log2_ratio
        Median of the gene's regions, against a diploid normal.
    n_regions
        Regions it rests on; one alone supports a gain or loss, not more.
    purity
        Fraction of tumor cells, when known.
    noise
        As :func:`noise_of_others` gives it.
    """
    state = _by_copies(log2_ratio, purity)
    if state not in _HELD:
        return state, ""
    name, held = state.value.replace("_", " "), _HELD[state]
    deep = state is CopyNumberState.DEEP_DELETION
    if deep and purity is not None and purity < MIN_DELETION_PURITY and log2_ratio > DEEP_DELETION_LOG2:
        return None, f"{name} not assessed: purity {purity:g} is below {MIN_DELETION_PURITY:g}"
    if n_regions < MIN_REGIONS:
        return held, f"{name} by one region only, held to {held.value}"
    if _below_floor(state, log2_ratio):
        floor = DEEP_DELETION_FLOOR_LOG2 if deep else AMPLIFICATION_FLOOR_LOG2
        return held, f"{name} by the purity only, log2 {log2_ratio:.2f} where {floor} is needed, held to {held.value}"
    if noise is not None and abs(log2_ratio) < NOISE_FACTOR * noise:
        return held, f"{name} within {NOISE_FACTOR:g} times the noise of the other genes, held to {held.value}"
    return state, ""


def read_copy_number(path: str | Path) -> CopyNumberProfile:
    """Read a table of gene-level copy number.

    Parameters
    ----------
    path
        Tab-separated, with a column ``gene`` and at least one of ``state`` (or ``call``), ``copies`` and ``log2``; the
        first of them that a row fills decides. Rows ``not_assessed`` count as genes without an answer.

    Returns
    -------
    CopyNumberProfile
        ``assayed_genes`` are the genes with an answer when the table has neutral rows, ``None`` when it lists only
        events, for then silence about a gene says nothing. A table that answers for no gene gives none of either;
        :func:`reason_not_assessed` says why.

    Raises
    ------
    InputError
        Missing file, wrong delimiter, missing column, a gene twice, or a value that cannot be: all rows are told of.
    """
    path = Path(path)
    text = read_text(path, "copy-number table")
    reader = csv.reader(io.StringIO(text), delimiter="\t")
    rows = [(reader.line_num, row) for row in reader if row and not row[0].startswith("#")]
    if not rows:
        raise InputError("the table has no header", path=path, fix="Columns: gene and one of state, copies, log2")
    header = [name.strip().lower() for name in rows[0][1]]
    _require_columns(path, rows[0][0], header)
    errors: list[InputError] = []
    calls: dict[str, CopyNumberCall] = {}
    for row, values in rows[1:]:
        try:
            call = _read_call(path, row, dict(zip(header, (value.strip() for value in values), strict=False)))
            if call is not None and call.gene in calls:
                raise InputError(
                    f"gene {call.gene!r} stands twice", path=path, row=row, column="gene", fix="Keep one row per gene"
                )
        except InputError as error:
            errors.append(error)
            continue
        if call is not None:
            calls[call.gene] = call
    raise_collected(errors)
    complete = not calls or any(call.state is CopyNumberState.NEUTRAL for call in calls.values())
    return CopyNumberProfile(
        source=source_file(path, "copy_number"),
        calls=tuple(calls.values()),
        assayed_genes=tuple(calls) if complete else None,
    )


def reason_not_assessed(path: str | Path) -> str:
    """Return why a table answers for no gene: its own ``#not assessed`` line, else that it gives no answer."""
    stated = _REASON.search(read_text(path, "copy-number table"))
    return stated[1].strip() if stated else "not assessed: the copy-number table has an answer for no gene"


def _require_columns(path: Path, row: int, header: list[str]) -> None:
    usable = {"state", "call", "copies", "log2"} & set(header)
    if "gene" not in header or not usable:
        lacking = "gene" if "gene" not in header else "state, copies or log2"
        fix = "Columns, parted by tabs: gene and one of state, copies, log2"
        if len(header) == 1 and re.search("[,; ]", header[0]):
            fix = "The columns seem to be parted by something else than tabs; " + fix.lower()
        raise InputError(f"column missing: {lacking}", path=path, row=row, column=lacking, fix=fix)


def _read_call(path: Path, row: int, values: dict[str, str]) -> CopyNumberCall | None:
    gene = values.get("gene", "")
    if not gene:
        raise InputError("no gene symbol", path=path, row=row, column="gene")
    log2, copies = _number(path, row, values, "log2"), _number(path, row, values, "copies")
    if copies is not None and copies < 0:
        raise InputError(f"{copies} copies cannot be", path=path, row=row, column="copies")
    word = (values.get("state", "") or values.get("call", "")).lower()
    if word in ("not_assessed", "na"):
        return None
    if word and word not in _STATE_WORDS:
        known = ", ".join(state.value for state in CopyNumberState)
        raise InputError(
            f"unknown state {word!r}", path=path, row=row, column="state", fix=f"Known: {known}, GISTIC -2 to 2"
        )
    if word:
        state = _STATE_WORDS[word]
    elif copies is not None:
        state = state_of_copies(copies)
    elif log2 is not None:
        state = state_of_log2(log2)
    else:
        raise InputError(
            f"gene {gene!r} has no value", path=path, row=row, fix="Fill state, copies or log2, or write not_assessed"
        )
    regions = _number(path, row, values, "regions")
    return CopyNumberCall(
        gene=gene, state=state, log2_ratio=log2, copies=copies, n_regions=None if regions is None else int(regions)
    )


def _number(path: Path, row: int, values: dict[str, str], name: str) -> float | None:
    text = values.get(name, "")
    if text.lower() in ("", "na", "nan", "."):
        return None
    try:
        value = float(text)
    except ValueError as error:
        raise InputError(f"{text!r} is not a number", path=path, row=row, column=name) from error
    if not math.isfinite(value):
        raise InputError(f"{text!r} is not a finite number", path=path, row=row, column=name)
    return value


__all__ = [
    "call_copy_number",
    "copies_of",
    "gene_log2_ratios",
    "read_copy_number",
    "read_region_depths",
    "reason_not_assessed",
    "state_of_copies",
]
