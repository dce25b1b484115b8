from __future__ import annotations

from pathlib import Path

from genomodel.cases import cases_of_cohort
from genomodel.cohort.sheets import read_cohort
from genomodel.cohort.workflow_inputs import WorkflowInputs
from genomodel.core.paths import ResultPaths


def test_a_table_of_rna_is_read_beside_what_delly_found_in_the_reads(tmp_path: Path) -> None:
    for name in ("t.bam", "t.bam.bai", "fusions.tsv", "sv.vcf"):
        (tmp_path / name).write_text("x")
    (tmp_path / "patients.tsv").write_text("patient\ttumor_type\tassay\nP1\tLUAD\twgs\n")
    (tmp_path / "samples.tsv").write_text(
        "patient\ttype\tbam\tfusions\tstructural_variants\n"
        f"P1\ttumor\t{tmp_path}/t.bam\t{tmp_path}/fusions.tsv\t{tmp_path}/sv.vcf\n"
    )
    cohort = read_cohort(tmp_path / "patients.tsv", tmp_path / "samples.tsv")
    paths = ResultPaths(tmp_path / "results")
    made = paths.assay("rearrangements", "P1")
    asked = WorkflowInputs(cohort, paths).report_inputs("P1")
    assert str(made) in asked
    made.parent.mkdir(parents=True)
    made.write_text("{}")
    (case,) = cases_of_cohort(cohort, paths)
    assert set(case.assays["rearrangements"]) == {str(made), f"{tmp_path}/fusions.tsv", f"{tmp_path}/sv.vcf"}
