from __future__ import annotations

import gzip
from pathlib import Path

import pysam
import pytest

from genomodel.annotation.csq import annotate_vcf
from genomodel.annotation.sources.clinvar import CLINVAR, ID_INFO, plain, written_record
from genomodel.annotation.sources.stream import Allele, AlleleFile
from genomodel.annotation.vcf import read_annotated_vcf
from genomodel.batch import Case, load_tumor
from genomodel.calls.vcf_text import VcfReader
from genomodel.core.errors import InputError
from genomodel.core.variants import AnnotatedCalls, ClinVarRecord
from tests.annotation.builders import patient
from tests.annotation.sources_builders import indexed
from tests.annotation.test_csq import META, genome
from tests.calls.builders import write_vcf

__all__ = ["genome"]
COLUMNS = ("CLNSIG", "CLNREVSTAT", "CLNDN", "ONC", "ONCREVSTAT", "ONCDN", "SCI", "SCIREVSTAT", "SCIDN")
HEAD = (
    "##fileDate=2026-06-27", "##source=ClinVar", "##reference=GRCh37",
    *(f'##INFO=<ID={name},Number=.,Type=String,Description="x">' for name in COLUMNS),
)  # fmt: skip
L858R = (
    "7\t55259515\t16609\tT\tG\t.\t.\tALLELEID=31648;CLNSIG=drug_response;CLNREVSTAT=reviewed_by_expert_panel;"
    "CLNDN=Lung_cancer,_response_to_tyrosine_kinase_inhibitor_in,_somatic|not_provided;"
    "ONC=Oncogenic;ONCREVSTAT=criteria_provided,_single_submitter;SCI=Tier_I_-_Strong"
)


def no_bases(_: str, start: int, end: int) -> str:
    return "N" * (end - start)


def real(shared_data: Path, tmp_path: Path, name: str) -> Path:
    plain_text, copy = tmp_path / "clinvar.vcf", tmp_path / "clinvar.vcf.gz"
    plain_text.write_bytes(gzip.decompress((shared_data / "knowledge" / "clinvar" / name).read_bytes()))
    pysam.tabix_compress(str(plain_text), str(copy))
    pysam.tabix_index(str(copy), preset="vcf", force=True)
    return copy


@pytest.mark.parametrize(
    ("name", "n"),
    [("clinvar_GRCh38_slice_2026-06-27_10rec.vcf.gz", 10), ("clinvar_2021-10-25_grch38_testset.vcf.gz", 50)],
)
def test_every_record_of_real_files_is_found_under_the_other_contig_name(
    shared_data: Path, tmp_path: Path, name: str, n: int
) -> None:
    path = real(shared_data, tmp_path, name)
    records = list(VcfReader(path))
    asked = {Allele(f"chr{r.chrom}", r.pos, r.ref, r.alts[0]): r for r in records}
    assert len(records) == len(asked) == n
    with AlleleFile(CLINVAR, path) as file:
        found = file.look_up(asked, no_bases)
    for allele, record in asked.items():
        facts = found[allele]
        said = written_record(facts, 0)
        assert said is not None
        assert said.variation_id == record.columns[2]
        assert said.germline == plain(record.info.get("CLNSIG", ""))
        assert said.germline_conditions.replace(" ", "_").replace(";_", "|") == record.info.get("CLNDN", "")
        assert said.oncogenicity == said.somatic_impact == ""
        assert not set("".join(facts.values())) & set(" ,;=\t")


def test_hemoglobin_s_keeps_its_many_conditions(shared_data: Path, tmp_path: Path) -> None:
    path = real(shared_data, tmp_path, "clinvar_GRCh38_slice_2026-06-27_10rec.vcf.gz")
    alleles = [
        Allele("chr11", 5227002, "T", "A"),
        Allele("chr11", 5227002, "TC", "AT"),
        Allele("11", 5227002, "T", "C"),
    ]
    with AlleleFile(CLINVAR, path) as file:
        found = {key: written_record(facts, 0) for key, facts in file.look_up(alleles, no_bases).items()}
    sickle, both = found[alleles[0]], found[alleles[1]]
    assert sickle is not None
    assert both is not None
    assert (sickle.germline, sickle.germline_review) == (
        "Pathogenic", "criteria provided, multiple submitters, no conflicts",
    )  # fmt: skip
    assert sickle.germline_conditions.startswith(
        "Malaria, susceptibility to; Hb SS disease; Erythrocytosis, familial, 6"
    )
    assert (both.variation_id, both.germline) == ("36301", "Likely pathogenic")
    assert alleles[2] not in found


def test_what_holds_of_single_bases_is_not_said_of_several(tmp_path: Path) -> None:
    rows = ["7\t10\t1\tA\tC\t.\t.\tCLNSIG=Pathogenic", "7\t11\t2\tG\tT\t.\t.\tCLNSIG=Pathogenic"]
    with AlleleFile(CLINVAR, indexed(tmp_path, "clinvar", rows, HEAD)) as file:
        assert file.look_up([Allele("7", 10, "AG", "CT")], no_bases) == {}


def test_annotation_at_the_real_egfr_ends_in_the_record_of_the_variant(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "genome"
    contigs = ("##contig=<ID=chr7,length=159138663>",)
    calls = write_vcf(
        tmp_path / "in.vcf",
        ["chr7\t55259515\t.\tT\tG,C\t.\tPASS\tCLNSIG=stale\tGT\t0/1", "chr7\t55259524\t.\tT\tA\t.\tPASS\t.\tGT\t0/1"],
        ("TUMOR",), contigs,
    )  # fmt: skip
    out = tmp_path / "out.vcf.gz"
    annotate_vcf(
        calls, folder / "GRCh37.sparse.fa.gz", folder / "GRCh37.genes.gff3", out,
        sources={"clinvar": [indexed(tmp_path, "clinvar", [L858R], HEAD)]},
    )  # fmt: skip
    found = read_annotated_vcf(out, patient())
    first, second, third = (variant.clinvar for variant in found.variants)
    assert first == ClinVarRecord(
        variation_id="16609", germline="drug response", germline_review="reviewed by expert panel",
        germline_conditions="Lung cancer, response to tyrosine kinase inhibitor in, somatic; not provided",
        oncogenicity="Oncogenic", oncogenicity_review="criteria provided, single submitter",
        somatic_impact="Tier I - Strong",
    )  # fmt: skip
    assert second is None
    assert third is None
    (source,) = [source for source in found.sources if source.id == "clinvar"]
    assert (source.looked_up, source.file, source.version) == (True, "clinvar.vcf.gz", "2026-06-27")
    assert len(source.sha256) == 64
    declared = {line.partition(",")[0] for line in VcfReader(out).header.meta}
    assert {f"##INFO=<ID=GM_CLINVAR_{name}" for name in ("ID", *COLUMNS)} <= declared
    with pysam.VariantFile(str(out)) as file:
        assert [record.info.get(ID_INFO) for record in file] == [("16609", "."), None]


def test_clinvar_of_another_build_is_refused(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "genome"
    calls = write_vcf(tmp_path / "in.vcf", ["chr7\t55191822\t.\tT\tG\t.\tPASS\t."], ())
    models = (folder / "GRCh38.sparse.fa.gz", folder / "GRCh38.genes.gff3")

    def annotate(rows: list[str], head: tuple[str, ...]) -> None:
        annotate_vcf(calls, *models, tmp_path / "out.vcf", sources={"clinvar": [indexed(tmp_path, "old", rows, head)]})

    with pytest.raises(InputError, match=r"ClinVar VCF is of GRCh37 \(##reference=GRCh37\), the reference is GRCh38"):
        annotate([L858R], HEAD)
    silent = tuple(line for line in HEAD if not line.startswith("##reference"))
    # Without the word, the bases of the rows that lie where alleles are looked up tell.
    with pytest.raises(InputError, match=r"1 of 1 reference alleles .* of the ClinVar VCF are not those"):
        annotate(["7\t55191822\t1\tA\tG\t.\t.\tCLNSIG=Benign"], silent)
    assert not (tmp_path / "out.vcf").exists()


def test_a_file_that_is_none_of_clinvar_is_refused(tmp_path: Path) -> None:
    path = indexed(tmp_path, "x", [L858R], ("##source=x",))
    with pytest.raises(InputError, match="declares no classification"):
        AlleleFile(CLINVAR, path)


CSQ = (
    '##INFO=<ID=CSQ,Number=.,Type=String,Description="Consequence annotations from Ensembl VEP. Format: '
    'Allele|Consequence|SYMBOL|Feature|gnomAD_AF_grpmax|ClinVar|ClinVar_CLNSIG|ClinVar_CLNREVSTAT|clinvar_ONC">'
)


def read(folder: Path, row: str, *meta: str) -> AnnotatedCalls:
    return read_annotated_vcf(write_vcf(folder / "a.vcf", [row.replace(" ", "\t")], (), meta), patient())


def test_columns_of_vep_are_read_by_allele(tmp_path: Path) -> None:
    entries = (
        "G|missense_variant|EGFR|T1|0.002|16609|drug_response&other|criteria_provided&_single_submitter|Oncogenic",
        "C|missense_variant|EGFR|T1|||||",
    )
    calls = read(tmp_path, f"7 55259515 . T G,C . . CSQ={','.join(entries)}", CSQ)
    first, second = calls.variants
    assert first.clinvar == ClinVarRecord(
        variation_id="16609", germline="drug response; other", germline_review="criteria provided, single submitter",
        oncogenicity="Oncogenic",
    )  # fmt: skip
    assert first.population_frequency == 0.002
    assert second.clinvar is None
    assert [(source.looked_up, source.text) for source in calls.sources] == [(True, "the annotation (INFO CSQ)")] * 2


@pytest.mark.parametrize(
    ("alts", "declared", "expected"), [("G", True, "Pathogenic"), ("G,C", True, None), ("G", False, None)]
)
def test_fields_of_info_are_read_where_they_can_mean_one_allele(
    tmp_path: Path, alts: str, declared: bool, expected: str | None
) -> None:
    csq = CSQ.replace("ClinVar", "x").replace("clinvar", "y").replace("gnomAD", "z")
    meta = (csq, HEAD[3]) if declared else (csq,)
    calls = read(tmp_path, f"7 55259515 . T {alts} . . CLNSIG=Pathogenic;CSQ=G|missense_variant|EGFR|T1|||||", *meta)
    record = calls.variants[0].clinvar
    assert (record and record.germline) == expected
    clinvar = calls.sources[1]
    assert (clinvar.looked_up, clinvar.text) == (
        (True, "the file's own INFO CLNSIG") if declared else (False, "not looked up")
    )


def test_what_is_looked_up_outweighs_what_the_file_said(tmp_path: Path, genome: tuple[Path, Path]) -> None:
    meta = (*META, HEAD[3])
    source = write_vcf(tmp_path / "in.vcf", ["chr1\t1007\t.\tG\tT\t.\t.\tCLNSIG=Benign;GM_CLINVAR_ID=7"], (), meta)
    head = tuple(line for line in HEAD if not line.startswith("##reference"))
    path = indexed(tmp_path, "clinvar", ["1\t1007\t99\tG\tT\t.\t.\tCLNSIG=Pathogenic"], head)
    out = tmp_path / "out.vcf"
    annotate_vcf(source, *genome, out, sources={"clinvar": [path]})
    (variant,) = read_annotated_vcf(out, patient()).variants
    assert variant.clinvar == ClinVarRecord(variation_id="99", germline="Pathogenic")


def test_a_file_of_a_source_is_never_ignored(tmp_path: Path, genome: tuple[Path, Path]) -> None:
    head = tuple(line for line in HEAD if not line.startswith("##reference"))
    path = indexed(tmp_path, "clinvar", ["1\t1007\t99\tG\tT\t.\t.\tCLNSIG=Pathogenic"], head)
    given = write_vcf(
        tmp_path / "in.vcf", ["chr1\t1007\t.\tG\tT\t.\t.\tCSQ=T|missense_variant|GEN1|T1|||||"], (), (*META, CSQ)
    )
    case = Case(patient=patient(), vcf=str(given), sources={"clinvar": (str(path),)})
    models = {"reference": str(genome[0]), "gff": str(genome[1])}
    with pytest.raises(InputError, match=r"was not looked up in clinvar\.vcf\.gz"):
        load_tumor(case)
    (variant,) = load_tumor(case.model_copy(update=models)).calls.variants
    assert variant.clinvar == ClinVarRecord(variation_id="99", germline="Pathogenic")
    ours = tmp_path / "ours.vcf"
    annotate_vcf(given, *genome, ours)
    again = case.model_copy(update={**models, "vcf": str(ours)})
    with pytest.raises(InputError, match="Run genomodel annotate with --clinvar"):
        load_tumor(again)
    annotate_vcf(given, *genome, ours, sources={"clinvar": [path]})
    assert load_tumor(again).calls.variants[0].clinvar == variant.clinvar
