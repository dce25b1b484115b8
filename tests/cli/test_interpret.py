"""Interpretation alone, from the command line: files, exports, what is refused, and the same bytes in any way."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from genomodel.interpretation.read_file import read_interpretation
from genomodel.report.schema import read_schema
from tests.cli.conftest import Run
from tests.cli.test_report_bad_input import COLUMNS, EARLIER, HEADER, V600E
from tests.report.exports.builders import write_vcf

MAF = (
    "Hugo_Symbol\tNCBI_Build\tChromosome\tStart_Position\tReference_Allele\tTumor_Seq_Allele2\tVariant_Classification\t"
    "Tumor_Sample_Barcode\tHGVSp_Short\tt_alt_count\tt_ref_count\n"
    "BRAF\tGRCh38\t7\t140753336\tA\tT\tMissense_Mutation\tS1\tp.V600E\t30\t70\n"
    "TP53\tGRCh38\t17\t7675088\tC\tT\tMissense_Mutation\tS2\tp.R175H\t30\t70\n"
    "=EVIL\tGRCh38\t17\t7675188\tC\tT\tMissense_Mutation\tS2\tp.R141H\t30\t70\n"
)


@pytest.fixture
def maf(tmp_path: Path) -> Path:
    path = tmp_path / "cohort.maf"
    path.write_text(MAF)
    return path


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_vcf_gives_its_interpretation_and_every_export(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    outcome = run("interpret", write_vcf(tmp_path), "--tumor-type", "SKCM", "--export", "all", "--out", out)
    assert outcome.code == 0, outcome
    assert {"P1.json", "P1.tsv", "P1.vcf.gz", "P1.va-spec.json"} <= set(digests(out))
    assert (out / "cbioportal-GRCh38" / "data_mutations.txt").is_file()
    Draft202012Validator(read_schema("interpretation")).validate(json.loads((out / "P1.json").read_text()))
    made = read_interpretation(out / "P1.json")
    assert made.content.n_records == 6
    for words in ("P1", "SKCM", "I-A", "finding 1"):
        assert words in outcome.out
    assert "genomodel explain P1" in outcome.out


def test_nothing_but_the_interpretation_is_written_unasked(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run("interpret", write_vcf(tmp_path), "--tumor-type", "SKCM", "--out", out).code == 0
    assert set(digests(out)) == {"P1.json"}


def test_a_maf_of_many_gives_one_each_and_says_what_it_cannot_give(run: Run, maf: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    outcome = run(
        "interpret", maf, "--tumor-type", "SKCM", "--export", "all", "--study", "mine", "--out", out, "--jobs", 1
    )
    assert outcome.code == 0, outcome
    assert {"S1.json", "S2.json", "S1.tsv", "S2.tsv"} <= set(digests(out))
    assert not list(out.glob("*.vcf.gz"))
    assert "no vcf: the input is a MAF" in outcome.err
    assert "(2 patients)" in outcome.err
    study = (out / "cbioportal-GRCh38" / "meta_study.txt").read_text()
    assert "cancer_study_identifier: mine_grch38" in study
    assert "\t'=EVIL" in (out / "S2.tsv").read_text()


def test_one_or_two_processes_give_the_same_bytes(run: Run, maf: Path, tmp_path: Path) -> None:
    for jobs in (1, 2):
        arguments = ("--tumor-type", "SKCM", "--export", "all", "--out", tmp_path / str(jobs), "--jobs", jobs)
        assert run("interpret", maf, *arguments).code == 0
    assert digests(tmp_path / "1") == digests(tmp_path / "2")


def test_two_vcfs_read_as_one_are_exported_as_one(run: Run, tmp_path: Path) -> None:
    first = write_vcf(tmp_path, HEADER + COLUMNS + V600E, "snvs")
    second = write_vcf(tmp_path, HEADER + COLUMNS + EARLIER, "indels")
    out = tmp_path / "out"
    arguments = ("--also", second, "--tumor-type", "SKCM", "--patient", "P1", "--export", "vcf,tsv", "--out", out)
    outcome = run("interpret", first, *arguments)
    assert outcome.code == 0, outcome
    assert read_interpretation(out / "P1.json").content.n_records == 2
    assert len((out / "P1.tsv").read_text().splitlines()) == 3


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--export", "xlsx"), ("'xlsx' is no export", "maf, va-spec, vcf, tsv, all")),
        (("--study", "a b"), ("--study", "letters, digits")),
        (("--tumor-type", "LUADD"), ("LUADD",)),
    ],
)
def test_what_is_asked_wrongly_is_refused_before_anything_is_written(
    run: Run, tmp_path: Path, options: tuple[str, ...], says: tuple[str, ...]
) -> None:
    out = tmp_path / "out"
    arguments = options if "--tumor-type" in options else ("--tumor-type", "SKCM", *options)
    outcome = run("interpret", write_vcf(tmp_path), *arguments, "--out", out)
    assert outcome.code == 2, outcome
    for words in says:
        assert words in outcome.err
    assert not out.exists()


def test_a_vcf_of_a_maf_is_refused_when_it_is_asked_for_by_name(run: Run, maf: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    outcome = run("interpret", maf, "--tumor-type", "SKCM", "--export", "vcf", "--out", out)
    assert outcome.code == 2
    assert "the input is a MAF" in outcome.err
    assert not out.exists()


def test_a_broken_file_leaves_nothing_and_exits_2(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    broken = write_vcf(tmp_path, "##fileformat=VCFv4.2\nno header\n")
    outcome = run("interpret", broken, "--tumor-type", "SKCM", "--export", "all", "--out", out)
    assert outcome.code == 2, outcome
    assert "P1.vcf" in outcome.err
    assert not digests(out) if out.exists() else True


@pytest.mark.slow
def test_a_real_exome_keeps_every_record_in_every_export(run: Run, shared_data: Path, tmp_path: Path) -> None:
    vcf = next((shared_data / "hcc1395_exome").glob("*.vcf.gz"))
    arguments = ("--tumor-type", "BRCA", "--patient", "HCC1395", "--assay", "wes", "--export", "all", "--out", tmp_path)
    outcome = run("interpret", vcf, *arguments)
    assert outcome.code == 0, outcome
    made = read_interpretation(tmp_path / "HCC1395.json")
    table = (tmp_path / "HCC1395.tsv").read_text().splitlines()
    assert len(table) == 1 + len(made.content.dispositions)
    assert {disposition.record for disposition in made.content.dispositions} == set(range(1, 1141))
    r175h = next(line for line in table if "TP53 p.R175H" in line)
    assert "\tfinding\t" in r175h
    p72r = next(line.split("\t") for line in table if "chr17:7676154:G>C" in line)
    assert p72r[5] in {"germline", "withheld"}
    mutations = (tmp_path / "cbioportal-GRCh38" / "data_mutations.txt").read_text()
    assert "\t7675088\t" in mutations
    assert "\t7676154\t" not in mutations


@pytest.mark.slow
def test_a_real_cohort_of_leukemia_is_one_study(run: Run, shared_data: Path, tmp_path: Path) -> None:
    maf = shared_data / "tcga_laml" / "tcga_laml.maf.gz"
    outcome = run("interpret", maf, "--tumor-type", "AML", "--export", "all", "--out", tmp_path, "--jobs", "2")
    assert outcome.code == 0, outcome
    assert len(list(tmp_path.glob("TCGA-*.json"))) == 2 * 193
    study = tmp_path / "cbioportal-GRCh37"
    assert len((study / "data_clinical_sample.txt").read_text().splitlines()) == 5 + 193
    rows = [line.split("\t") for line in (study / "data_mutations.txt").read_text().splitlines()]
    header = rows[0]
    npm1 = [dict(zip(header, row, strict=True)) for row in rows[1:] if row[0] == "NPM1"]
    assert len(npm1) >= 30
    inserted = [row for row in npm1 if row["Variant_Type"] == "INS"]
    assert all(int(row["End_Position"]) == int(row["Start_Position"]) + 1 for row in inserted)
    assert {row["Variant_Classification"] for row in inserted} == {"Frame_Shift_Ins"}


@pytest.mark.parametrize("verb", [("interpret",), ("report", "--no-pdf")])
def test_a_row_of_a_maf_that_cannot_be_read_stops_the_file_before_anything_is_written(
    run: Run, tmp_path: Path, verb: tuple[str, ...]
) -> None:
    """Cells that are shifted in one row may be shifted in others: a damaged table is not half believed."""
    columns = ("Hugo_Symbol", "Chromosome", "Start_Position", "Reference_Allele", "Tumor_Seq_Allele2")
    head = (*columns, "Variant_Classification", "HGVSp_Short", "Tumor_Sample_Barcode", "NCBI_Build")
    row = ("BRAF", "7", "140453136", "A", "T", "Missense_Mutation", "p.V600E", "S1", "37")
    broken = (*row[:2], "140,453,136", *row[3:7], "S2", "37")
    maf, out = tmp_path / "cohort.maf", tmp_path / "out"
    maf.write_text("".join("\t".join(cells) + "\n" for cells in (head, row, broken)))
    name, *more = verb
    done = run(name, maf, "--tumor-type", "SKCM", *more, "--jobs", "1", "--out", out)
    assert done.code == 2
    for words in ("'140,453,136' is not a position", "cohort.maf", "row 3", "Start_Position"):
        assert words in done.err
    assert not out.exists()


@pytest.mark.parametrize("verb", [("interpret",), ("report", "--no-pdf")])
def test_a_sample_whose_name_is_no_patient_id_is_put_aside_and_the_others_are_finished(
    run: Run, tmp_path: Path, verb: tuple[str, ...]
) -> None:
    columns = ("Hugo_Symbol", "Chromosome", "Start_Position", "Reference_Allele", "Tumor_Seq_Allele2")
    head = (*columns, "Variant_Classification", "HGVSp_Short", "Tumor_Sample_Barcode", "NCBI_Build")
    row = ("BRAF", "7", "140453136", "A", "T", "Missense_Mutation", "p.V600E")
    rows = [head, *((*row, name, "37") for name in ("S*1", "S_1", "S1"))]
    maf, out = tmp_path / "cohort.maf", tmp_path / "out"
    maf.write_text("".join("\t".join(cells) + "\n" for cells in rows))
    name, *more = verb
    done = run(name, maf, "--tumor-type", "SKCM", *more, "--jobs", "1", "--out", out)
    assert done.code == 2
    assert "'S*1' cannot be a patient id" in done.err
    assert "Traceback" not in done.err
    assert {path.stem for path in out.glob("*.json")} == {"S_1", "S1"}
    maf.write_text("".join("\t".join(cells) + "\n" for cells in rows[:2]))
    alone = run(name, maf, "--tumor-type", "SKCM", *more, "--out", tmp_path / "alone")
    assert alone.code == 2
    assert "'S*1' cannot be a patient id" in alone.err
    assert not (tmp_path / "alone").exists()
