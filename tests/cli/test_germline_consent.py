"""Without consent inherited variants are shown nowhere: every output is searched for the place and the change."""

from __future__ import annotations

import gzip
import hashlib
import html
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from genomodel.interpretation.read_file import read_interpretation
from tests.cli.conftest import Run

FORMAT = (
    "Allele|Consequence|IMPACT|SYMBOL|Gene|Feature_type|Feature|BIOTYPE|EXON|HGVSc|HGVSp|Protein_position|Amino_acids"
)
HEADER = (
    "##fileformat=VCFv4.2\n##reference=GRCh38\n##contig=<ID=chr12,length=133275309>\n"
    "##contig=<ID=chr17,length=83257441>\n"
    f'##INFO=<ID=CSQ,Number=.,Type=String,Description="Consequence annotations from Ensembl VEP. Format: {FORMAT}">\n'
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n'
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Depths">\n'
)
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT"
BRCA1 = (
    "chr17\t43091434\trs80357971\tA\tT\t.\tPASS\tCSQ=T|stop_gained|HIGH|BRCA1|ENSG00000012048|Transcript|"
    "ENST00000357654|protein_coding|10/23|ENST00000357654.9:c.4097T>A|ENSP00000350283.3:p.Leu1366Ter|1366|L/*\tGT:AD"
)
KRAS = (
    "chr12\t25245350\t.\tC\tT\t.\tPASS\tCSQ=T|missense_variant|MODERATE|KRAS|ENSG00000133703|Transcript|"
    "ENST00000311936|protein_coding|2/5|ENST00000311936.8:c.35G>A|ENSP00000308495.3:p.Gly12Asp|12|G/D\tGT:AD"
)
BRCA1_SILENT = BRCA1.replace("stop_gained|HIGH", "synonymous_variant|LOW").replace("Leu1366Ter", "Leu1366=")
TP53 = (
    "chr17\t7674220\t.\tC\tT\t.\tPASS\tCSQ=T|missense_variant|MODERATE|TP53|ENSG00000141510|Transcript|"
    "ENST00000269305|protein_coding|7/11|ENST00000269305.9:c.743G>A|ENSP00000269305.4:p.Arg248Gln|248|R/Q\tGT:AD"
)
TELLING = ("43091434", "rs80357971", "L1366", "Leu1366", "c.4097", "ENST00000357654")
"""Of the inherited variant: place, name, change, transcript."""


def pair(folder: Path, inherited: str = BRCA1) -> Path:
    """Write calls of a tumor with its normal: KRAS G12D of the tumor, BRCA1 L1366* or another variant of both."""
    path = folder / "P1.vcf"
    rows = f"{KRAS}\t0/0:90,0\t0/1:60,30\n{inherited}\t0/1:45,44\t0/1:30,70\n"
    path.write_text(f"{HEADER}{COLUMNS}\tNORMAL\tTUMOR\n{rows}")
    return path


def alone(folder: Path) -> Path:
    """Write calls of a tumor without a normal, whose BRCA1 variant has the fraction of an inherited one."""
    path = folder / "P1.vcf"
    path.write_text(f"{HEADER}{COLUMNS}\tTUMOR\n{KRAS}\t0/1:850,150\n{BRCA1}\t0/1:500,500\n")
    return path


def everything(folder: Path) -> dict[str, str]:
    """Return the text of every file below a folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            content = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
            found[str(path.relative_to(folder))] = content.decode("utf-8", errors="replace")
    return found


def outputs(run: Run, vcf: Path, folder: Path, *options: str) -> dict[str, str]:
    """Return what reports, interpretation with all exports, and a match of knowledge write and print."""
    common = ("--tumor-type", "HGSOC", "--assay", "wes", *options)
    report = run("report", vcf, *common, "--out", folder / "report", "--no-pdf")
    assert report.code == 0, report
    apart = run("interpret", vcf, *common, "--export", "all", "--out", folder / "interpreted")
    assert apart.code == 0, apart
    matched = run("kb", "match", vcf, *common, "--format", "json")
    assert matched.code == 0, matched
    explained = run("explain", folder / "interpreted" / "P1.json", "2", "--all")
    assert explained.code == 0, explained
    gene = run("explain", folder / "interpreted" / "P1.json", "HRR")
    printed = {"explain, printed": explained, "explain HRR, printed": gene}
    printed |= {"report, printed": report, "interpret, printed": apart, "kb match, printed": matched}
    return everything(folder) | {name: outcome.out + outcome.err for name, outcome in printed.items()}


def leaks(found: dict[str, str]) -> list[tuple[str, str]]:
    return [(name, word) for name, text in found.items() for word in TELLING if word in text]


def test_with_consent_and_without_a_word_the_variant_is_there(run: Run, tmp_path: Path) -> None:
    for options in ((), ("--germline-consent", "yes")):
        found = outputs(run, pair(tmp_path), tmp_path / "-".join(("with", *options)), *options)
        assert {word for _, word in leaks(found)} >= {"43091434", "L1366"}
        made = read_interpretation(tmp_path / "-".join(("with", *options)) / "interpreted" / "P1.json")
        (flag,) = made.content.germline.flags
        assert (flag.gene, flag.label) == ("BRCA1", "BRCA1 p.L1366*")
        assert "Kuzbari" in flag.policy


def test_what_rests_on_it_is_in_every_output(run: Run, tmp_path: Path) -> None:
    found = outputs(run, pair(tmp_path), tmp_path / "out", "--germline-consent", "yes")
    page = html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", found["report/P1.html"])))
    assert "BRCA1 p.L1366*, inherited (I-A, condition open: Olaparib" in page
    assert "were it of the tumor" not in page
    (row,) = (one for one in found["interpreted/P1.tsv"].splitlines() if "43091434" in one)
    for words in (
        "\tgermline\t",
        "\tI-A\t",
        "Inherited; matches I-A Olaparib",
        "core:brca1-ov-niraparib-recurrent I-A",
    ):
        assert words in row
    (record,) = (one for one in found["interpreted/P1.vcf.gz"].splitlines() if "43091434" in one)
    assert "GM_TIER=I-A;" in record
    assert "GM_DISPOSITION=germline;" in record
    stated = json.loads(found["interpreted/P1.va-spec.json"])["statements"]
    told = [one["proposition"].get("alleleOriginQualifier") for one in stated if "brca1-ov-olaparib" in one["id"]]
    assert told
    assert all(one == {"name": "germline"} for one in told)
    (mutation,) = (
        one for one in found["interpreted/cbioportal-GRCh38/data_mutations.txt"].splitlines() if "L1366" in one
    )
    assert "\tGermline\t" in mutation
    said = re.sub(r"\s+", " ", found["explain, printed"])
    for words in ("tier I-A, by core:brca1-ov-olaparib", "disposition germline: Inherited; matches I-A Olaparib"):
        assert words in said


def unpassed(
    folder: Path,
    filter_: str,
    normal: str = "0/1:45,44",
    tumor: str = "0/1:30,70",
    *,
    record: str = BRCA1,
    again: str = "",
) -> Path:
    """Write calls of a pair whose BRCA1 variant has a filter that does not name it as inherited."""
    path = folder / "P1.vcf"
    rows = "".join(f"{row}\t{normal}\t{tumor}\n" for row in (record.replace("PASS", filter_), again) if row)
    path.write_text(f"{HEADER}{COLUMNS}\tNORMAL\tTUMOR\n{KRAS}\t0/0:90,0\t0/1:60,30\n{rows}")
    return path


def unpassed_alone(folder: Path, filter_: str) -> Path:
    path = folder / "P1.vcf"
    failed = BRCA1.replace("PASS", filter_)
    path.write_text(f"{HEADER}{COLUMNS}\tTUMOR\n{KRAS}\t0/1:850,150\n{failed}\t0/1:500,500\n")
    return path


SIBLING = BRCA1.replace("\tA\tT\t", "\tA\tT,C\t")
"""The inherited variant and another base at its place, of which there are no reads."""


@pytest.mark.parametrize(
    "written",
    [
        lambda folder: unpassed(folder, "LowEVS"),
        lambda folder: unpassed(folder, "normal_artifact", normal="0/1:85,4"),
        lambda folder: unpassed(folder, "PASS", again=BRCA1),
        lambda folder: unpassed(folder, "LowEVS", again=BRCA1),
        lambda folder: unpassed(folder, "LowEVS", "0/1:45,44,0", "0/1:30,70,0", record=SIBLING),
        lambda folder: unpassed(folder, "PASS", "0/1:45,44,0", "0/1:30,70,0", record=SIBLING),
        lambda folder: unpassed_alone(folder, "panel_of_normals"),
        lambda folder: unpassed_alone(folder, "base_qual"),
    ],
    ids=[
        "filtered",
        "filter names the normal",
        "twice",
        "filtered and passed",
        "filtered siblings",
        "siblings",
        "panel",
        "fraction",
    ],
)
def test_without_consent_what_the_normal_holds_is_not_told_whatever_filter_it_failed(
    run: Run, tmp_path: Path, written: Callable[[Path], Path]
) -> None:
    vcf = written(tmp_path)
    alone_ = "NORMAL" not in vcf.read_text()
    found = outputs(run, vcf, tmp_path / "out", "--germline-consent", "no", *(("--purity", "0.3") if alone_ else ()))
    assert leaks(found) == []


def test_without_consent_what_failed_its_filter_and_is_the_tumors_is_told(run: Run, tmp_path: Path) -> None:
    found = outputs(run, unpassed(tmp_path, "LowEVS", normal="0/0:90,0"), tmp_path / "out", "--germline-consent", "no")
    assert "43091434" in found["interpreted/P1.tsv"]


@pytest.mark.parametrize("written", [pair, alone])
def test_without_consent_it_is_nowhere(run: Run, tmp_path: Path, written: object) -> None:
    assert callable(written)
    options = ("--germline-consent", "no", *(("--purity", "0.3") if written is alone else ()))
    found = outputs(run, written(tmp_path), tmp_path / "out", *options)
    assert leaks(found) == []
    made = read_interpretation(tmp_path / "out" / "interpreted" / "P1.json")
    assert made.content.germline.flags == ()
    assert "Alleles withheld: 1" in made.content.germline.reason
    assert [item.record for item in made.content.dispositions] == [1, 2]
    assert any(item.gene == "KRAS" for item in made.content.findings)
    for text in (made.content.findings, made.content.set_aside, made.content.other_variants, made.content.dispositions):
        assert "BRCA1" not in repr(text)
        assert "laparib" not in repr(text)


OWN_DIGEST = re.compile(r'^ "digest": "[0-9a-f]{64}"$', re.MULTILINE)


def test_nothing_that_is_told_depends_on_what_is_withheld(run: Run, tmp_path: Path) -> None:
    told = []
    for name, record in (("pathogenic", BRCA1), ("silent", BRCA1_SILENT), ("of another gene", TP53)):
        folder = tmp_path / name
        folder.mkdir()
        vcf = pair(folder, record)
        found = outputs(run, vcf, folder / "out", "--germline-consent", "no")
        digest = hashlib.sha256(vcf.read_bytes()).hexdigest()
        # Digests of the input differ, with them the report's own, and so do the paths that are printed.
        shown = {
            item: OWN_DIGEST.sub("", text.replace(digest, "digest").replace(digest[:16], "digest"))
            for item, text in found.items()
            if item.startswith(("report/", "interpreted/")) or item == "kb match, printed"
        }
        told.append(shown)
    assert told[0] == told[1] == told[2]


def test_the_report_of_a_refused_consent_says_that_something_is_withheld(run: Run, tmp_path: Path) -> None:
    found = outputs(run, pair(tmp_path), tmp_path / "out", "--germline-consent", "no")
    assert "the patient has not consented to see" in found["report/P1.html"]
    assert not [name for name, text in found.items() if "not on record" in text]
    assert "##genomodel_withheld=1 records" in found["interpreted/P1.vcf.gz"]


def test_a_site_may_withhold_where_the_sheet_is_silent(run: Run, tmp_path: Path) -> None:
    vcf = pair(tmp_path)
    (tmp_path / "samples.tsv").write_text(
        f"patient\ttype\tvcf\tsample\tnormal_sample\nP1\ttumor\t{vcf}\tTUMOR\tNORMAL\nP2\ttumor\t{vcf}\tTUMOR\tNORMAL\n"
    )
    (tmp_path / "patients.tsv").write_text(
        "patient\ttumor_type\tassay\tgermline_consent\nP1\tHGSOC\twes\t\nP2\tHGSOC\twes\tyes\n"
    )
    results = tmp_path / "results"
    sheets = ("--patients", tmp_path / "patients.tsv", "--samples", tmp_path / "samples.tsv", "--results", results)
    done = run("report-cohort", *sheets, "--no-pdf", "--germline", "withhold", "--genome", "GRCh38")
    assert done.code == 0, done
    found = everything(results)
    assert {name for name, _ in leaks(found) if "P1" in name} == set()
    assert {name for name, _ in leaks(found) if "P2" in name}


def test_a_consent_that_is_neither_is_named(run: Run, tmp_path: Path) -> None:
    vcf = pair(tmp_path)
    (tmp_path / "samples.tsv").write_text(f"patient\ttype\tvcf\nP1\ttumor\t{vcf}\n")
    (tmp_path / "patients.tsv").write_text("patient\ttumor_type\tassay\tgermline_consent\nP1\tHGSOC\twes\tmaybe\n")
    sheets = ("--patients", tmp_path / "patients.tsv", "--samples", tmp_path / "samples.tsv")
    done = run("report-cohort", *sheets, "--results", tmp_path / "results")
    assert done.code == 2
    for words in ("patients.tsv", "row 2", "germline_consent", "maybe"):
        assert words in done.err
