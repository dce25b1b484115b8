"""A score of genomic scars, from the command line to the claim and its explanation."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.test_explain import flat

VCF = """##fileformat=VCFv4.2
##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads by allele">
##INFO=<ID=ANN,Number=.,Type=String,Description="Annotations: 'Allele | Annotation | Annotation_Impact | Gene_Name | \
Gene_ID | Feature_Type | Feature_ID | Transcript_BioType | Rank | HGVS.c | HGVS.p | cDNA.pos / cDNA.length | \
CDS.pos / CDS.length | AA.pos / AA.length | Distance | ERRORS / WARNINGS / INFO'">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tTUMOR
chr17\t7675088\t.\tC\tT\t.\tPASS\tANN=T|missense_variant|MODERATE|TP53|ENSG00000141510|transcript|ENST00000269305.9|\
protein_coding|5/11|c.524G>A|p.Arg175His|||||\tGT:AD\t0/1:60,40
"""


@pytest.mark.parametrize(
    ("given", "claimed"),
    [
        (("--hrd-score", "55", "--hrd-assay", "mychoice_cdx"), True),
        (("--hrd-score", "41", "--hrd-assay", "mychoice_cdx"), False),
        (("--hrd-score", "55", "--hrd-assay", "own"), False),
        ((), False),
    ],
)
def test_a_score_above_its_cut_off_leads_to_the_drugs_approved_for_it(
    run: Run, tmp_path: Path, given: tuple[str, ...], claimed: bool
) -> None:
    path = tmp_path / "ov.vcf"
    path.write_text(VCF)
    out = tmp_path / "out"
    asked = ("--genome", "GRCh38", "--tumor-type", "HGSOC", "--stage", "IIIC", "--patient", "OV1", "--out", out)
    done = run("interpret", path, *asked, *given)
    assert done.code == 0, done
    told = flat(run("explain", "OV1", "HRR", "--all", "--from", out).out)
    assert ("Bevacizumab + Olaparib (maintenance)" in told) is claimed
    assert ("condition met: advanced disease (stage IIIC)" in told) is claimed
    assert "Niraparib" not in told
