from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run
from tests.interpretation.test_trials import ROWS, table


def test_from_the_command_line_the_report_lists_them(run: Run, tmp_path: Path) -> None:
    maf = tmp_path / "S1.maf"
    maf.write_text(
        "Hugo_Symbol\tNCBI_Build\tChromosome\tStart_Position\tReference_Allele\tTumor_Seq_Allele2\t"
        "Variant_Classification\tTumor_Sample_Barcode\tHGVSp_Short\n"
        "KRAS\tGRCh38\t12\t25245351\tC\tA\tMissense_Mutation\tS1\tp.G12C\n"
    )
    options = ("--tumor-type", "LUAD", "--out", tmp_path / "out")
    done = run("interpret", maf, *options, "--trials", table(tmp_path, *ROWS))
    assert done.code == 0, done
    assert '"id": "T1"' in (tmp_path / "out" / "S1.json").read_text()
    gone = run("interpret", maf, *options, "--trials", tmp_path / "none.tsv")
    assert gone.code == 2
    assert "none.tsv" in gone.err
