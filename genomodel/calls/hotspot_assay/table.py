"""The answers as a table for people."""

from __future__ import annotations

from genomodel.calls.hotspot_assay import words
from genomodel.calls.hotspot_assay.molecules import adequate_from
from genomodel.core.loci import HotspotAssay, LocusAnswer, LocusStatus, is_adequate

COLUMNS = (
    "locus", "gene", "answer", "allele", "fraction", "interval", "excluded_above", "adequate", "depth", "error_rate",
    "statement",
)  # fmt: skip


def answers_table(assay: HotspotAssay, purity: float | None) -> str:
    """Return one line for each locus, and for those without a place on the genome.

    Parameters
    ----------
    assay
        Answers.
    purity
        Share of tumor cells, to say which negatives are adequate; ``None`` where unknown.
    """
    lines = ["\t".join(COLUMNS)]
    lines += ["\t".join(_cells(answer, purity)) for answer in assay.answers]
    for locus, reason in assay.not_placed.items():
        cells = [locus, "", "no place on this genome", *[""] * (len(COLUMNS) - 4), f"{locus}: {reason}."]
        lines.append("\t".join(cells))
    return "\n".join(lines) + "\n"


def _cells(answer: LocusAnswer, purity: float | None) -> list[str]:
    first = answer.seen[0] if answer.seen else None
    return [
        answer.locus.id,
        answer.locus.gene,
        answer.status.value,
        ", ".join(allele.name for allele in answer.seen),
        words.share(first.allele_fraction) if first else "",
        f"{words.share(first.fraction_low)} to {words.share(first.fraction_high)}" if first else "",
        words.limit(answer.excluded_above) if answer.excluded_above is not None else "",
        _adequate(answer, purity),
        str(answer.depth),
        "" if answer.error_rate is None else f"{answer.error_rate:.2g}",
        answer.statement,
    ]


def _adequate(answer: LocusAnswer, purity: float | None) -> str:
    """Say whether a negative is adequate, or from how many molecules where nobody knows how many there were."""
    if answer.status is not LocusStatus.NOT_DETECTED:
        return ""
    if purity is None:
        return "purity unknown"
    adequate = is_adequate(answer, purity)
    if adequate is not None:
        return "yes" if adequate else "no"
    needed = adequate_from(answer, purity)
    return "no" if needed is None else words.if_molecules(needed)
