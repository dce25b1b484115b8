"""The alignments that a report's pictures of reads are made of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from genomodel.batch import Case
from genomodel.calls.alignments import require_alignment
from genomodel.calls.fragments import ReadLimits
from genomodel.core.errors import InputError

BAM_HELP = "BAM or CRAM of the tumor, with its index: reads are drawn over findings. A CRAM needs --reference."
BamOption = Annotated[Path | None, typer.Option(help=BAM_HELP)]
NormalBamOption = Annotated[Path | None, typer.Option(help="The same of the normal.")]
_DEFAULT = ReadLimits()
BaseQuality = Annotated[int, typer.Option(min=0, help="Base quality from which drawn reads count, as for calls.")]
MappingQuality = Annotated[int, typer.Option(min=0, help="Mapping quality from which drawn reads count.")]
MIN_BASE_QUALITY, MIN_MAPPING_QUALITY = _DEFAULT.min_base_quality, _DEFAULT.min_mapping_quality


def with_alignments(cases: Sequence[Case], bam: Path | None, normal_bam: Path | None) -> list[Case]:
    """Return the case of one tumor with its alignments.

    Raises
    ------
    InputError
        An alignment cannot be used, the normal's stands alone, or there are several tumors.
    """
    given = {"tumor": bam, "normal": normal_bam}
    named = {sample: str(path) for sample, path in given.items() if path is not None}
    if not named:
        return list(cases)
    if bam is None:
        raise InputError("a normal's alignment needs the tumor's beside it", column="--normal-bam", fix="Give --bam")
    if len(cases) > 1:
        what = f"the file holds {len(cases)} samples, and --bam is about one"
        raise InputError(what, column="--bam", fix="Choose one with --tumor-sample")
    for case in cases:
        for path in named.values():
            require_alignment(path, case.reference, case.patient.genome)
    return [case.model_copy(update={"alignments": named}) for case in cases]


def with_read_limits(cases: Sequence[Case], base_quality: int, mapping_quality: int) -> list[Case]:
    """Return cases whose pictures count reads by a site's own limits."""
    update = {"min_base_quality": base_quality, "min_mapping_quality": mapping_quality}
    return [case.model_copy(update=update) for case in cases]
