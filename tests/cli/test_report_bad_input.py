from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

HEADER = (
    "##fileformat=VCFv4.2\n"
    '##INFO=<ID=CSQ,Number=.,Type=String,Description="Consequence annotations from Ensembl VEP. Format: '
    'Allele|Consequence|IMPACT|SYMBOL|Gene|Feature_type|Feature|BIOTYPE|HGVSc|HGVSp|Protein_position|Amino_acids">\n'
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Allelic depths">\n'
    "##contig=<ID=chr7,length=159345973>\n"
)
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tNORMAL\tTUMOR\n"
V600E = (
    "chr7\t140753336\t.\tA\tT\t.\tPASS\tCSQ=T|missense_variant|MODERATE|BRAF|ENSG00000157764|Transcript|"
    "ENST00000646891|protein_coding|||600|V/E\tGT:AD\t0/0:80,0\t0/1:70,30\n"
)
EARLIER = V600E.replace("140753336", "140753000")


@pytest.fixture
def vcf(tmp_path: Path) -> Path:
    path = tmp_path / "P1.vcf"
    path.write_text(HEADER + COLUMNS + V600E)
    return path


def assert_refused(run: Run, out: Path, *arguments: object, says: tuple[str, ...]) -> None:
    outcome = run("report", *arguments, "--out", out)
    assert outcome.code == 2, outcome
    for words in says:
        assert words in outcome.err.replace("\n", " ")
    assert "Traceback" not in outcome.err
    assert not out.exists() or not list(out.rglob("*"))


def test_a_good_file_gives_all_reports_and_the_table_of_records(run: Run, vcf: Path, tmp_path: Path) -> None:
    outcome = run("report", vcf, "--tumor-type", "SKCM", "--out", tmp_path / "out")
    assert outcome.code == 0, outcome
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "P1.dispositions.tsv",
        "P1.html",
        "P1.json",
        "P1.pdf",
        "interpretation",
    ]


def test_a_missing_file_is_named(run: Run, tmp_path: Path) -> None:
    assert_refused(
        run, tmp_path / "out", tmp_path / "no.vcf", "--tumor-type", "SKCM", says=("no.vcf", "does not exist")
    )


def test_an_unknown_tumor_type_lists_near_matches(run: Run, vcf: Path, tmp_path: Path) -> None:
    assert_refused(run, tmp_path / "out", vcf, "--tumor-type", "LUADD", says=("LUADD", "LUAD (Lung Adenocarcinoma)"))


@pytest.mark.parametrize("patient", ["../x", "a b", "a;b", "$(id)", "-x", "", "é"])
def test_an_id_that_could_leave_the_folder_or_reach_a_shell_is_refused(
    run: Run, vcf: Path, tmp_path: Path, patient: str
) -> None:
    out = tmp_path / "out"
    assert_refused(run, out, vcf, "--tumor-type", "SKCM", f"--patient={patient}", says=("--patient", "cannot be"))


def test_a_truncated_gzip_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "P1.vcf.gz"
    records = "".join(V600E.replace("140753336", str(140753336 + i)) for i in range(5_000))
    path.write_bytes(gzip.compress((HEADER + COLUMNS + records).encode())[:-4_000])
    assert_refused(run, tmp_path / "out", path, "--tumor-type", "SKCM", says=("P1.vcf.gz", "truncated"))


def test_a_file_that_is_no_vcf_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "P1.vcf"
    path.write_text("this is not a VCF\n")
    assert_refused(run, tmp_path / "out", path, "--tumor-type", "SKCM", says=("P1.vcf",))


def test_records_out_of_order_are_refused_with_their_row(run: Run, vcf: Path, tmp_path: Path) -> None:
    vcf.write_text(HEADER + COLUMNS + V600E + EARLIER)
    assert_refused(run, tmp_path / "out", vcf, "--tumor-type", "SKCM", says=("not sorted", "row 8"))


def test_an_unknown_sample_lists_those_of_the_file(run: Run, vcf: Path, tmp_path: Path) -> None:
    arguments = (vcf, "--tumor-type", "SKCM", "--tumor-sample", "T2")
    assert_refused(run, tmp_path / "out", *arguments, says=("T2", "TUMOR", "NORMAL"))


def test_samples_that_cannot_be_told_apart_are_listed(run: Run, vcf: Path, tmp_path: Path) -> None:
    vcf.write_text(vcf.read_text().replace("NORMAL\tTUMOR", "S1\tS2"))
    assert_refused(run, tmp_path / "out", vcf, "--tumor-type", "SKCM", says=("--tumor-sample", "S1", "S2"))


def test_a_vcf_without_annotation_says_what_to_give(run: Run, vcf: Path, tmp_path: Path) -> None:
    bare = "".join(line for line in HEADER.splitlines(keepends=True) if "CSQ" not in line)
    vcf.write_text(bare + COLUMNS + V600E.replace(V600E.split("\t")[7], "."))
    assert_refused(run, tmp_path / "out", vcf, "--tumor-type", "SKCM", says=("annotation", "--reference", "--gff"))


def test_a_vcf_of_zero_records_gives_a_report_that_says_so(run: Run, vcf: Path, tmp_path: Path) -> None:
    vcf.write_text(HEADER + COLUMNS)
    outcome = run("report", vcf, "--tumor-type", "SKCM", "--out", tmp_path / "out")
    assert outcome.code == 0, outcome
    assert "No tier I or II alteration" in (tmp_path / "out" / "P1.html").read_text()


def test_a_maf_separated_by_commas_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "cohort.maf"
    path.write_text("Hugo_Symbol,Chromosome,Start_Position,Reference_Allele,Tumor_Seq_Allele2,Tumor_Sample_Barcode\n")
    assert_refused(run, tmp_path / "out", path, "--tumor-type", "AML", says=("cohort.maf", "tab"))


def test_a_copy_number_table_of_unknown_columns_is_refused(run: Run, vcf: Path, tmp_path: Path) -> None:
    table = tmp_path / "cn.tsv"
    table.write_text("symbol\tvalue\nERBB2\t12\n")
    arguments = (vcf, "--tumor-type", "SKCM", "--copy-number", table)
    assert_refused(run, tmp_path / "out", *arguments, says=("cn.tsv", "gene"))


def test_a_bed_whose_regions_end_before_they_start_is_refused(run: Run, vcf: Path, tmp_path: Path) -> None:
    bed = tmp_path / "panel.bed"
    bed.write_text("chr7\t200\t100\tBRAF\n")
    arguments = (vcf, "--tumor-type", "SKCM", "--assay-bed", bed)
    assert_refused(run, tmp_path / "out", *arguments, says=("panel.bed", "row 1"))


def test_a_variant_outside_the_given_regions_is_listed_as_outside_the_assay(
    run: Run, vcf: Path, tmp_path: Path
) -> None:
    unknown = V600E.replace("|600|V/E", "|10|A/G").replace("140753336", "140753400")
    vcf.write_text(HEADER + COLUMNS + V600E + unknown)
    bed = tmp_path / "panel.bed"
    bed.write_text("chr7\t140753300\t140753350\tBRAF:15\n")
    arguments = ("--tumor-type", "SKCM", "--assay-bed", bed, "--no-pdf", "--out", tmp_path / "out")
    assert run("report", vcf, *arguments).code == 0
    text = (tmp_path / "out" / "P1.json").read_text()
    kinds = [item["kind"] for item in json.loads(text)["interpretation"]["dispositions"]]
    assert kinds == ["finding", "outside_assay"]
    assert str(tmp_path) not in text


def test_a_maf_without_rows_is_refused_for_it_names_no_sample(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "empty.maf"
    columns = ("Hugo_Symbol", "Chromosome", "Start_Position", "Reference_Allele", "Tumor_Seq_Allele2")
    path.write_text("\t".join((*columns, "Tumor_Sample_Barcode", "Variant_Classification", "HGVSp_Short")) + "\n")
    assert_refused(run, tmp_path / "out", path, "--tumor-type", "AML", says=("empty.maf", "no rows"))


def test_a_vcf_is_known_by_its_content_too(run: Run, vcf: Path, tmp_path: Path) -> None:
    renamed = tmp_path / "calls.txt"
    vcf.rename(renamed)
    arguments = ("--tumor-type", "SKCM", "--patient", "P1", "--no-pdf", "--out", tmp_path / "out")
    assert run("report", renamed, *arguments).code == 0
    assert (tmp_path / "out" / "P1.html").exists()


def test_an_error_of_a_file_that_is_annotated_here_names_the_file_of_the_user(run: Run, tmp_path: Path) -> None:
    reference, gff, vcf = tmp_path / "ref.fa", tmp_path / "genes.gff3", tmp_path / "two.vcf"
    reference.write_text(">c1\n" + "ATGGCC" * 40 + "\n")
    rows: tuple[str, ...] = ("gene\t1\t240\t.\t+\t.\tID=gene:G1;Name=G1;biotype=protein_coding",)
    rows += ("mRNA\t1\t240\t.\t+\t.\tID=transcript:T1;Parent=gene:G1;biotype=protein_coding",)
    rows += ("exon\t1\t240\t.\t+\t.\tParent=transcript:T1", "CDS\t1\t240\t.\t+\t0\tParent=transcript:T1")
    gff.write_text("##gff-version 3\n" + "".join(f"c1\tx\t{row}\n" for row in rows))
    vcf.write_text(
        '##fileformat=VCFv4.2\n##contig=<ID=c1,length=240>\n##FORMAT=<ID=GT,Number=1,Type=String,Description="G">\n'
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\tS2\nc1\t10\t.\tG\tA\t.\tPASS\t.\tGT\t0/1\t0/0\n"
    )
    arguments = (vcf, "--tumor-type", "SKCM", "--reference", reference, "--gff", gff)
    assert_refused(run, tmp_path / "out", *arguments, says=("two.vcf", "S1", "S2"))
