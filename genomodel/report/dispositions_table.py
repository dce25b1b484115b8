"""What became of every record, as a table beside the report."""

from __future__ import annotations

import csv
import hashlib
import io

from genomodel.core.report import PatientReport
from genomodel.interpretation.knowledge_bases.tables import spreadsheet_safe

COLUMNS = ("record", "variant", "gene", "disposition", "tier", "reason")


def dispositions_table(report: PatientReport) -> bytes:
    """Return the table, tab-separated, one row for each allele of each record, in the order of the input.

    Names and filters are the words of whoever wrote the calls: none of them becomes a spreadsheet's formula.
    """
    out = io.StringIO()
    out.write(f"# {report.patient.id}: {report.research_use_only}\n")
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(COLUMNS)
    for item in report.interpretation.dispositions:
        words = (item.variant, item.gene, item.kind.value, item.tier, item.reason)
        writer.writerow((item.record, *map(spreadsheet_safe, words)))
    return out.getvalue().encode()


def table_digest(report: PatientReport) -> str:
    """Return the SHA-256 of the table, by which the report cites it."""
    return hashlib.sha256(dispositions_table(report)).hexdigest()
