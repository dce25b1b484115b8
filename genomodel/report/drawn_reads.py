"""Which findings' reads are drawn, and a report with their pictures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from genomodel.annotation.sources.identity import fingerprint
from genomodel.calls.alignments import Alignments
from genomodel.calls.fragments import ReadLimits
from genomodel.calls.read_pictures import AskedAllele, read_pictures
from genomodel.core.errors import InputError
from genomodel.core.findings import Finding
from genomodel.core.pictures import ReadPicture
from genomodel.core.report import PatientReport
from genomodel.report.seal import read_report
from genomodel.report.words import tier_number

NO_TUMOR = "the calls came without an alignment of the tumor"
PIECES_OF_READS = 8
"""Pieces by which an alignment is told from another: what changes in a compressed file shifts all behind it, and the
size with it. Of a thousand patients more would be gigabytes."""


def findings_to_draw(report: PatientReport) -> tuple[Finding, ...]:
    """Return the small variants of tiers I and II in their order, then the hotspots that are to be confirmed."""
    content = report.interpretation
    tiered = [one for one in content.findings if one.variant is not None and (tier_number(one.tier) or 9) <= 2]
    waiting = [one for one in content.to_confirm if one.variant is not None]
    return tuple({one.id: one for one in (*tiered, *waiting)}.values())


def alignment_marks(alignments: Mapping[str, str], earlier: Mapping[str, str]) -> dict[str, str]:
    """Return what tells alignments from others, by sample, without reading them whole.

    Parameters
    ----------
    alignments
        BAM or CRAM by ``tumor`` and ``normal``.
    earlier
        Marks of an earlier run. They stand for alignments that were put away since, so that no report is made again
        for want of reads that its pictures were made of.
    """
    files = {sample: Path(path) for sample, path in alignments.items()}
    return {
        sample: fingerprint(path, PIECES_OF_READS)[0] if path.is_file() else earlier.get(sample, "absent")
        for sample, path in files.items()
    }


def with_read_pictures(
    report: PatientReport,
    alignments: Mapping[str, str],
    reference: str | None = None,
    *,
    limits: ReadLimits | None = None,
    earlier: Path | None = None,
) -> PatientReport:
    """Return a report with the reads over its findings, or with the reason why there are none.

    Parameters
    ----------
    report
        With its findings, as reviewers left them.
    alignments
        BAM or CRAM by ``tumor`` and ``normal``.
    reference
        FASTA that they were aligned to.
    limits
        Reads and bases that count, as for calls.
    earlier
        The JSON of an earlier run, whose pictures stand where the alignments were put away since.
    """
    asked = [AskedAllele(one.id, one.variant.variant) for one in findings_to_draw(report) if one.variant is not None]
    tumor = alignments.get("tumor")
    if not asked or tumor is None:
        return _with(report, (), NO_TUMOR if asked else "")
    if not Path(tumor).is_file() and (kept := _kept(earlier, asked)):
        drawn = {shown.finding_id for shown in kept}
        gone = [one.variant.key for one in asked if one.finding_id not in drawn]
        reason = f"the alignment {Path(tumor).name} was put away before {', '.join(gone)} became a finding"
        return _with(report, kept, reason if gone else "")
    given = Alignments(tumor, alignments.get("normal"), reference, report.patient.genome, limits or ReadLimits())
    pictures, reasons = read_pictures(asked, given)
    return _with(report, pictures, "; ".join(reasons))


def _with(report: PatientReport, pictures: tuple[ReadPicture, ...], reason: str) -> PatientReport:
    return report.model_copy(update={"read_pictures": pictures, "read_pictures_absent": reason})


def _kept(earlier: Path | None, asked: list[AskedAllele]) -> tuple[ReadPicture, ...]:
    """Return the pictures of an earlier report that are still asked for."""
    if earlier is None or not earlier.is_file():
        return ()
    try:
        shown = read_report(earlier).read_pictures
    except InputError:
        return ()
    keys = {(one.finding_id, one.variant.key): index for index, one in enumerate(asked)}
    wanted = [one for one in shown if (one.finding_id, one.variant) in keys]
    return tuple(sorted(wanted, key=lambda one: keys[one.finding_id, one.variant]))
