"""Variants that no annotation can read, through the verbs that a user runs: each ends in a stated result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from genomodel.core.report import PatientReport
from genomodel.report.cohort.row import cohort_row
from tests.annotation.test_maf import write as write_maf
from tests.batch.test_given_calls import World, world
from tests.cli.conftest import Outcome, Run
from tests.cli.test_report_bad_input import COLUMNS, HEADER

__all__ = ["world"]

KRAS = {"Hugo_Symbol": "KRAS", "Chromosome": "12", "Start_Position": "25398284", "HGVSp_Short": "p.G12D"}
V600E = {"HGVSp_Short": "p.V600E", "NCBI_Build": "37"}
FULL_HEADER = HEADER + "".join(
    f"##contig=<ID={name},length={length}>\n"
    for name, length in (("chr5", 181538259), ("chr13", 114364328), ("chrM", 16569), ("chrUn_GL000220v1", 161802))
)


def csq(allele: str, gene: str, term: str, position: str = "", residues: str = "") -> str:
    return f"{allele}|{term}|MODERATE|{gene}|ENSG0|Transcript|ENST0|protein_coding|||{position}|{residues}"


def row(chrom: str, pos: int, ref: str, alt: str, info: str = ".", counts: str = "70,30") -> str:
    zeros = ",".join("0" for _ in alt.split(","))
    return f"{chrom}\t{pos}\t.\t{ref}\t{alt}\t.\tPASS\t{info}\tGT:AD\t0/0:80,{zeros}\t0/1:{counts}\n"


def reported(run: Run, folder: Path, path: Path, tumor: str = "SKCM", *more: object) -> dict[str, Any]:
    done = run("report", path, "--tumor-type", tumor, *more, "--no-pdf", "--out", folder / "out")
    assert done.code == 0, done
    (made,) = (folder / "out").glob("*.json")
    result: dict[str, Any] = json.loads(made.read_text(encoding="utf-8"))
    assert (folder / "out" / f"{made.stem}.html").exists()
    return result


def vcf(folder: Path, *rows: str) -> Path:
    path = folder / "P1.vcf"
    path.write_text(FULL_HEADER + COLUMNS + "".join(rows), encoding="utf-8")
    return path


def outcomes(report: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {item["variant"]: (item["kind"], item["reason"]) for item in report["interpretation"]["dispositions"]}


def findings(report: dict[str, Any]) -> list[str]:
    return [finding["label"] for finding in report["interpretation"]["findings"]]


def step(report: dict[str, Any], name: str) -> str:
    return next(item["detail"] for item in report["steps"] if item["name"] == name)


def missing(report: dict[str, Any]) -> dict[str, str]:
    return {item["what"]: item["reason"] for item in report["interpretation"]["not_assessable"]}


def test_alleles_without_bases_are_each_listed_with_the_reason(run: Run, tmp_path: Path) -> None:
    rows = (
        row("chr7", 140753336, "A", "*"),
        row("chr7", 140753337, "A", "R"),
        row("chr7", 140753338, "A", "<DEL>", "END=140753400"),
        row("chr7", 140753339, "A", "A[chr2:100["),
        row("chr7", 140753340, "A", "<NON_REF>"),
        row("chr7", 140753341, "A", "."),
        row("chrM", 3243, "A", "G"),
        row("chrUn_GL000220v1", 100, "G", "A"),
    )
    report = reported(run, tmp_path, vcf(tmp_path, *rows))
    found = outcomes(report)
    assert len(found) == len(rows)
    assert report["interpretation"]["n_records"] == len(rows)
    said = [
        ("chr7:140753336:A>*", "no_sequence", "no sequence of its own"),
        ("chr7:140753337:A>R", "unreadable", "letters other than A, C, G and T"),
        ("chr7:140753338:A><DEL>", "symbolic", "<DEL> names no bases"),
        ("chr7:140753339:A>A[chr2:100[", "symbolic", "breakend"),
        ("chr7:140753340:A><NON_REF>", "no_sequence", "no sequence of its own"),
        ("chr7:140753341:A>.", "reference_only", "no alternate allele"),
        ("chrM:3243:A>G", "no_transcript", "No transcript"),
        ("chrUn_GL000220v1:100:G>A", "no_transcript", "chrUn_GL000220v1 is no chromosome"),
    ]
    for name, kind, words in said:
        assert found[name][0] == kind, name
        assert words in found[name][1], name
    assert findings(report) == []


def test_small_letters_are_read_as_capitals(run: Run, tmp_path: Path) -> None:
    line = row("chr7", 140753336, "a", "t", "CSQ=" + csq("t", "BRAF", "missense_variant", "600", "V/E"))
    report = reported(run, tmp_path, vcf(tmp_path, line))
    assert findings(report) == ["BRAF p.V600E"]
    assert outcomes(report)["chr7:140753336:A>T"][0] == "finding"


@pytest.mark.parametrize("order", [1, -1])
def test_of_several_genes_the_one_whose_protein_changes_is_reported(run: Run, tmp_path: Path, order: int) -> None:
    entries = [csq("T", "NDUFB2", "upstream_gene_variant"), csq("T", "BRAF", "missense_variant", "600", "V/E")][::order]
    line = row("chr7", 140753336, "A", "T", f"CSQ={','.join(entries)}")
    report = reported(run, tmp_path, vcf(tmp_path, line))
    assert findings(report) == ["BRAF p.V600E"]
    (finding,) = report["interpretation"]["findings"]
    assert [item["gene"] for item in finding["variant"]["other_consequences"]] == ["NDUFB2"]


def test_promoter_mutations_of_tert_are_findings_without_any_transcript(run: Run, tmp_path: Path) -> None:
    rows = (
        row("chr5", 1295113, "G", "A"),
        row("chr5", 1295135, "G", "A", "CSQ=" + csq("A", "TERT", "upstream_gene_variant")),
    )
    path = vcf(tmp_path, *rows)
    report = reported(run, tmp_path, path)
    named = {
        finding["label"]: finding["variant"]["named_effects"][0]["id"]
        for finding in report["interpretation"]["findings"]
    }
    assert named == {"TERT promoter C228T": "TERT_PROMOTER_C228T", "TERT promoter C250T": "TERT_PROMOTER_C250T"}


def test_large_events_among_small_variants_are_named_by_their_ends(run: Run, tmp_path: Path) -> None:
    exon = row("chr7", 116771800, "N", "<DEL>", "SVTYPE=DEL;END=116772100")
    tandem = row("chr13", 28034120, "N", "<DUP:TANDEM>", "SVTYPE=DUP;END=28034180")
    shifted = row("chr13", 28034121, "N", "<DUP:TANDEM>", "SVTYPE=DUP;END=28034180")
    lung = reported(run, tmp_path, vcf(tmp_path, exon), "LUAD")
    (finding,) = lung["interpretation"]["findings"]
    assert finding["label"] == "MET exon 14 skipping (chr7:116771800:N><DEL>)"
    assert "told by position on GRCh38" in finding["why"]
    leukemia = reported(run, tmp_path, vcf(tmp_path, tandem, shifted), "AML")
    (finding,) = leukemia["interpretation"]["findings"]
    assert finding["label"] == "FLT3 internal tandem duplication (chr13:28034120:N><DUP:TANDEM>)"
    assert "60 bases gained" in finding["why"]
    assert outcomes(leukemia)["chr13:28034121:N><DUP:TANDEM>"][0] == "symbolic"


def refused(run: Run, folder: Path, path: Path, *more: object) -> Outcome:
    out = folder / "out"
    done = run("report", path, "--tumor-type", "SKCM", *more, "--out", out)
    assert done.code == 2, done
    assert "Traceback" not in done.err
    assert not out.exists() or not list(out.rglob("*"))
    return done


def test_one_wrong_reference_allele_is_refused_with_its_row(run: Run, tmp_path: Path, world: World) -> None:
    chrom, pos = world.braf.chrom, world.braf.positions[1]
    meta = ('##FORMAT=<ID=GT,Number=1,Type=String,Description="g">',)
    good = f"{chrom} {pos} . A T . PASS . GT 0/1"
    wrong = f"{chrom} {pos + 1} . {'C' if base_of(world, chrom, pos + 1) != 'C' else 'G'} T . PASS . GT 0/1"
    path = world.write("wrong.vcf", meta, ("TUMOR",), good, wrong)
    models = ("--reference", world.reference, "--gff", world.gff)
    said = " ".join(refused(run, tmp_path, path, *models).err.split())
    assert "wrong.vcf" in said
    assert "1 of 2 reference alleles" in said
    done = run("annotate", path, *models, "--out", tmp_path / "annotated.vcf")
    assert done.code == 2
    assert not (tmp_path / "annotated.vcf").exists()


def base_of(world: World, chrom: str, pos: int) -> str:
    return world.genome.contigs[chrom][pos - 1]


def test_annotate_keeps_every_odd_allele_as_it_is(run: Run, tmp_path: Path, world: World) -> None:
    chrom, pos = world.braf.chrom, world.braf.positions[1]
    meta = ("##contig=<ID=GL000220.1,length=161802>", '##FORMAT=<ID=GT,Number=1,Type=String,Description="g">')
    alts = ("t", "*", "<DEL>", "R", "A[7:5[", "T,<NON_REF>")
    rows = [f"{chrom} {pos} . {'a' if alt == 't' else 'A'} {alt} . PASS . GT 0/1" for alt in alts]
    path = world.write("odd.vcf", meta, ("TUMOR",), *rows, "GL000220.1 100 . G A . PASS . GT 0/1")
    out = tmp_path / "annotated.vcf"
    done = run("annotate", path, "--reference", world.reference, "--gff", world.gff, "--out", out)
    assert done.code == 0, done
    assert "7 records, 6 reference alleles compared and right, 1 not known" in " ".join(done.out.split())
    given, made = (
        [line.split("\t") for line in name.read_text().splitlines() if line[0] != "#"] for name in (path, out)
    )
    assert [line[:5] for line in made] == [line[:5] for line in given]
    assert ["BCSQ=" in line[7] for line in made] == [True, False, False, False, False, True, False]


def test_a_maf_with_damaged_genes_is_reported_and_the_damage_named(run: Run, tmp_path: Path) -> None:
    march = {**V600E, "Hugo_Symbol": "1-Mar", "Start_Position": "7"}
    path = write_maf(tmp_path / "cohort.maf", march, {**march, "Hugo_Symbol": "Sep-9", "Start_Position": "8"}, V600E)
    report = reported(run, tmp_path, path)
    assert findings(report) == ["BRAF p.V600E"]
    said = step(report, "Genes whose names are no symbols")
    assert "cohort.maf" in said
    assert "row 2, column 'Hugo_Symbol': '1-Mar'" in said
    assert "MARCH1 (today MARCHF1) or MARC1 (today MTARC1)" in said
    kind, reason = outcomes(report)["7:7:A>T"]
    assert kind == "listed"
    assert "so that no knowledge was looked up" in reason
    assert "1-Mar 7:7:A>T, Sep-9 7:8:A>T" in missing(report)["2 called variants"]


def test_a_maf_of_entrez_ids_is_refused(run: Run, tmp_path: Path) -> None:
    path = write_maf(tmp_path / "cohort.maf", {**V600E, "Hugo_Symbol": "673"}, {**KRAS, "Hugo_Symbol": "3845"})
    said = " ".join(refused(run, tmp_path, path).err.split())
    for words in ("cohort.maf, row 2, column 'Hugo_Symbol'", "'673' is a number", "HGNC symbols"):
        assert words in said


def test_a_maf_without_protein_changes_says_what_could_not_be_looked_up(run: Run, tmp_path: Path) -> None:
    path = write_maf(tmp_path / "cohort.maf", {"NCBI_Build": "37"})
    report = reported(run, tmp_path, path)
    assert "no column of them" in step(report, "Protein changes of some rows")
    assert "BRAF 7:140453136:A>T" in missing(report)["1 called variant"]
    (page,) = (tmp_path / "out").glob("[!i]*.html")
    first = page.read_text(encoding="utf-8").partition('id="evidence"')[0]
    assert "1 called variant could not be held against the evidence" in first
    row = cohort_row(PatientReport.model_validate(report))
    assert row.findings_text == "no finding; 1 called variant not held against the evidence"


def test_rows_of_a_maf_without_gene_and_rows_that_come_twice_are_stated(run: Run, tmp_path: Path) -> None:
    nameless = {**V600E, "Hugo_Symbol": "Unknown", "Start_Position": "9", "HGVSp_Short": ""}
    path = write_maf(
        tmp_path / "cohort.maf", V600E, V600E, nameless, {**nameless, "Hugo_Symbol": "", "Start_Position": "10"}
    )
    report = reported(run, tmp_path, path)
    assert findings(report) == ["BRAF p.V600E"]
    kinds = [item["kind"] for item in report["interpretation"]["dispositions"]]
    assert kinds == ["finding", "duplicate", "no_transcript", "no_transcript"]
    assert "row 4; row 5" in step(report, "Rows without a gene")
    assert "row 3" in step(report, "Rows that came twice")


def test_protein_changing_rows_that_come_twice_are_listed_once(run: Run, tmp_path: Path) -> None:
    passenger = {"Hugo_Symbol": "TTN", "Start_Position": "11", "HGVSp_Short": "p.A1T", "NCBI_Build": "37"}
    path = write_maf(tmp_path / "cohort.maf", passenger, passenger)
    report = reported(run, tmp_path, path)
    assert len(report["interpretation"]["other_variants"]) == 1


def test_a_record_of_a_vcf_that_comes_twice_counts_once(run: Run, tmp_path: Path) -> None:
    entry = "CSQ=" + csq("T", "TTN", "missense_variant", "7", "A/T")
    path = vcf(tmp_path, row("chr7", 140753336, "A", "T", entry), row("chr7", 140753336, "A", "T", entry))
    report = reported(run, tmp_path, path)
    assert len(report["interpretation"]["other_variants"]) == 1
    reasons = [item["reason"] for item in report["interpretation"]["dispositions"]]
    assert "The same allele as record 1 of this sample, counted once" in reasons[1]
