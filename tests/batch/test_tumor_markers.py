from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from genomodel.batch import Case, inputs_digest, load_tumor
from genomodel.calls.callable_coding import coding_sequence
from genomodel.cases import ReportRequest, cases_of_file
from genomodel.core.biomarkers import BurdenCall
from genomodel.core.errors import InputError
from genomodel.core.findings import Interpretation
from genomodel.core.patients import Assay, GenomeBuild, Patient
from genomodel.interpretation.interpret import interpret
from genomodel.report.presentation import WITHOUT_PDF
from genomodel.resources.oncotree import resolve_tumor_type
from genomodel.response.bundle import load_bundle
from genomodel.workup import settle
from tests.batch.test_batch import case


@pytest.fixture
def exome(shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """HCC1395's exome as if its capture were the coding sequence of all genes, read 80 times."""
    monkeypatch.setenv("GENOMODEL_MIRROR", str(shared_data))
    coding = coding_sequence(None, GenomeBuild.GRCH38)
    assert coding is not None
    bed, depths = tmp_path / "exome.bed", tmp_path / "regions.bed"
    places = [f"chr{contig}\t{start}\t{end}" for contig, parts in coding.intervals.items() for start, end in parts]
    bed.write_text("".join(f"{place}\n" for place in places))
    depths.write_text("".join(f"{place}\t80.0\n" for place in places))
    who = Patient(
        id="HCC1395",
        tumor_type=resolve_tumor_type("BRCA"),
        assay=Assay.WES,
        genome=GenomeBuild.GRCH38,
        assay_bed=str(bed),
    )
    vcf = shared_data / "hcc1395_exome" / "hcc1395.somatic.vep86.GRCh38.vcf.gz"
    return Case(patient=who, vcf=str(vcf), region_depths=str(depths))


def interpreted(of: Case) -> Interpretation:
    settled = settle(load_tumor(of))
    return interpret(settled.calls, None, settled.data.region_depths, settled.data.assays)


def test_a_real_exome_has_a_burden_by_what_is_given(
    exome: Case, shared_data: Path, record_property: Callable[[str, object], None]
) -> None:
    genome = str(shared_data / "genome" / "GRCh38.sparse.fa.gz")
    found = interpreted(exome.model_copy(update={"reference": genome})).biomarkers
    assert found.burden is not None
    assert (found.burden.call, found.burden.mutations) == (BurdenCall.HIGH, 470)
    assert found.burden.megabases == pytest.approx(33.2, abs=0.01)
    assert found.burden.value == pytest.approx(470 / 33.2, abs=0.01)
    assert "3 more may be the tumor's or inherited" in found.burden.reason
    record_property("shown", f"HCC1395, exome: {found.burden.mutations} in {found.burden.megabases:.1f} Mb")
    assert found.signatures is not None
    assert "has no base, or another one" in found.signatures.reason


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        ({"region_depths": None}, "The depth is not known: give the depth by region (--region-depths) or the reads."),
        ({"assay_bed": None}, "The assayed regions are not known: give the assay's BED (assay_bed)."),
        ({"assay": Assay.UNKNOWN}, "The kind of assay is not stated: panel, wes or wgs."),
    ],
)
def test_a_real_exome_has_none_where_something_is_lacking(exome: Case, lacking: dict[str, object], words: str) -> None:
    who = exome.patient.model_copy(update={k: v for k, v in lacking.items() if k in Patient.model_fields})
    rest = {k: v for k, v in lacking.items() if k in Case.model_fields}
    found = interpreted(exome.model_copy(update={"patient": who, **rest}))
    assert found.biomarkers.burden is not None
    assert found.biomarkers.burden.reason == words
    assert ("Tumor mutational burden", words) in [(gap.what, gap.reason) for gap in found.not_assessable]


def test_a_report_is_made_again_when_signatures_come_to_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENOMODEL_MIRROR", str(tmp_path))
    monkeypatch.setenv("GENOMODEL_CACHE", str(tmp_path / "cache"))
    of = case(tmp_path, "P1")
    before = inputs_digest(of, load_bundle(), WITHOUT_PDF)
    assert inputs_digest(of, load_bundle(), WITHOUT_PDF) == before
    path = tmp_path / "knowledge" / "signatures" / "COSMIC_v3.4_SBS_GRCh38.txt"
    path.parent.mkdir(parents=True)
    path.write_text("")
    assert inputs_digest(of, load_bundle(), WITHOUT_PDF) != before


def test_region_depths_of_one_tumor_fit_no_file_of_several(tmp_path: Path) -> None:
    maf = tmp_path / "two.maf"
    columns = ["Hugo_Symbol", "Chromosome", "Start_Position", "End_Position", "Reference_Allele", "Tumor_Seq_Allele2"]
    header = [*columns, "Tumor_Sample_Barcode", "Variant_Classification", "HGVSp_Short"]
    row = ["BRAF", "7", "140753336", "140753336", "A", "T"]
    lines = [header, *([*row, name, "Missense_Mutation", "p.V600E"] for name in ("S1", "S2"))]
    maf.write_text("".join("\t".join(line) + "\n" for line in lines))
    depths = tmp_path / "regions.bed"
    depths.write_text("chr7\t1\t100\t80\n")
    request = ReportRequest(path=maf, tumor_type="MEL", region_depths=depths)
    with pytest.raises(InputError, match="--region-depths is about one"):
        cases_of_file(request)
    with pytest.raises(InputError, match="region depths"):
        cases_of_file(ReportRequest(path=maf, tumor_type="MEL", region_depths=tmp_path / "absent.bed"))
