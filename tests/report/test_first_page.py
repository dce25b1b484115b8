"""What the first page says of what was looked for, and of what has no answer."""

from __future__ import annotations

import re

import pytest

from genomodel.core.assays import Assays
from genomodel.core.findings import NotAssessable
from genomodel.core.loci import HotspotAssay
from genomodel.core.provenance import SourceFile
from genomodel.core.rearrangements import GeneAnswer, RearrangementAssay
from genomodel.core.report import PatientReport
from genomodel.report.compose import compose
from genomodel.report.medium import Medium
from genomodel.report.sections import SECTIONS
from genomodel.report.sections.closing import methods
from genomodel.report.sections.evidence import FUSION_REASONS, not_assessable
from genomodel.report.sections.rearrangements import rearrangements
from tests.report import reports
from tests.report.test_looked_for import negative, silent, with_loci

OFF = "Not covered by the assay; there is evidence for "
GAPS = (
    NotAssessable(what="ABL1, AKT1, ATM", reason=f"{OFF}this tumor type."),
    NotAssessable(what="MET", reason=f"{OFF}other tumor types."),
    NotAssessable(what="KRAS A59", reason="Depth 3."),
    NotAssessable(what="ESR1 E380, S463, L536, Y537 and 1 more", reason="No place."),
    NotAssessable(what="Fusions of ALK, RET", reason="The gene models have no transcript of it."),
    NotAssessable(what="Fusions of BRAF", reason="Introns 8-10 covered to 29%."),
    NotAssessable(what="Microsatellite instability", reason="Indeterminate."),
    NotAssessable(what="Tumor mutational burden", reason="Not computed."),
    NotAssessable(what="Somatic or germline origin", reason="No matched normal."),
    NotAssessable(what="Copy number", reason="No reads."),
)


def line(report: PatientReport, name: str) -> str:
    return reports.front_lines(report).get(name, "")


def with_gaps(*gaps: NotAssessable) -> PatientReport:
    base = reports.report(not_assessable=gaps)
    places = {"KRAS A59": "x", "ESR1 E380": "x"}
    return base.model_copy(update={"assays": Assays(hotspots=HotspotAssay(sample="T", not_placed=places))})


def test_limits_name_biomarkers_and_loci_first_and_count_genes_last() -> None:
    assert line(with_gaps(*GAPS), "Not assessable") == (
        "Microsatellite instability, tumor mutational burden, KRAS A59, ESR1 (5 loci), copy number, "
        "fusions of 3 genes, 4 genes off the assay."
    )


def test_limits_say_how_many_further_genes_have_loci_without_an_answer() -> None:
    gaps = [NotAssessable(what=f"G{n} A1", reason="x") for n in range(300)]
    base = with_gaps(*gaps)
    places = {gap.what: "x" for gap in gaps}
    base = base.model_copy(update={"assays": Assays(hotspots=HotspotAssay(sample="T", not_placed=places))})
    found = re.fullmatch(r"G0 A1, .*, looked-for loci of (\d+) more genes\.", line(base, "Not assessable"))
    assert found is not None
    named = line(base, "Not assessable").count(" A1")
    assert named >= 30
    assert named + int(found[1]) == 300


@pytest.mark.parametrize(
    ("purity", "said"),
    [
        (0.6, "4 loci: 2 negative and adequate, 1 not detected, no adequate negative (limit too high), "),
        (None, "4 loci: 3 not detected, no adequate negative (purity not given), "),
    ],
)
def test_the_summary_counts_looked_for_loci_and_names_those_without_an_answer(purity: float | None, said: str) -> None:
    answers = (negative("KRAS G12", 0.01), negative("BRAF V600", 0.02), negative("KRAS Q61", 0.5))
    found = with_loci(*answers, silent("NRAS Q61", "depth 3"), purity=purity)
    limits = " Excluded above the fraction in brackets: BRAF V600 (2.0\u00a0%), KRAS G12 (1.0\u00a0%)."
    assert line(found, "Looked for") == f"{said}1 not assessable (NRAS Q61).{limits if purity else ''}"
    failed = found.model_copy(update={"failures": ("mean tumor depth 3",)})
    assert "adequate (" not in line(failed, "Looked for")
    assert "3 not detected, no adequate negative (the sample failed)" in line(failed, "Looked for")
    assert "Excluded above" not in line(failed, "Looked for")
    assert line(reports.typical_report(), "Looked for").startswith("No locus was looked for")


def test_fusions_without_an_answer_stand_in_one_row_and_their_reasons_in_one_place() -> None:
    rows = dict(not_assessable(with_gaps(*GAPS), Medium.SCREEN)["groups"])
    assert rows[FUSION_REASONS] == ["Fusions of ALK, RET", "BRAF"]
    alone = dict(not_assessable(with_gaps(GAPS[5]), Medium.SCREEN)["groups"])
    assert alone == {"Introns 8-10 covered to 29%.": ["Fusions of BRAF"]}
    genes = tuple(
        GeneAnswer(gene=gene, assessable=False, reason=f"the gene models have no transcript of it with {n} exons")
        for gene, n in (("ABL1", 11), ("ALK", 29))
    )
    base = reports.report()
    base = base.model_copy(update={"assays": Assays(rearrangements=RearrangementAssay(method="delly", genes=genes))})
    assert [names for names, _ in rearrangements(base, Medium.SCREEN)["unseen"]] == ["ABL1 (11 exons), ALK (29 exons)"]


def test_inputs_stand_in_the_methods_and_not_in_front() -> None:
    files = [("P1.vcf.gz", "vcf"), ("P1.json", "copy_number"), ("P1.json", "msi")]
    inputs = tuple(SourceFile(name=name, sha256=reports.SHA, kind=kind) for name, kind in files)
    report = reports.report().model_copy(update={"inputs": inputs})
    assert "P1.vcf.gz" not in compose(report).front.to_json()
    assert [item["kind"] for item in methods(report, Medium.SCREEN)["inputs"]] == ["vcf", "copy number", "msi"]


def test_identity_and_quality_come_before_what_the_model_predicts() -> None:
    order = [section.id for section in SECTIONS]
    assert order.index("identity") < order.index("quality") < order.index("predictions")
