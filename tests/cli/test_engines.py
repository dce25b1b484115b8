"""The verbs that a rule of a new engine is made of."""

from __future__ import annotations

from pathlib import Path

import pysam

from tests.calls import stacked_reads
from tests.calls.builders import FORMAT_LINE, write_vcf
from tests.cli.conftest import Run


def test_an_engine_of_ones_own_is_brought_into_the_common_form(tmp_path: Path, run: Run) -> None:
    fasta = stacked_reads.write_reference(tmp_path)
    bam = stacked_reads.write_pairs(tmp_path / "t.bam", "T-7", pairs=4)
    (tmp_path / "panel.bed").write_text("chr1\t100\t160\tX\nchr1\t140\t200\tX\n")
    targets, names, out = (tmp_path / name for name in ("targets.bed", "names.txt", "own.vcf.gz"))
    done = run(
        "prepare-calling", "--reference", fasta, "--tumor", bam, "p.tumor", "--bed", tmp_path / "panel.bed",
        "--targets", targets, "--names", names,
    )  # fmt: skip
    assert done.code == 0, done.err
    assert targets.read_text() == "chr1\t100\t200\n"
    old, new = names.read_text().split()
    ref = stacked_reads.contig()[160]
    meta = (FORMAT_LINE.format("AD", "R", "Integer"), "##contig=<ID=chr1,length=400>")
    row = f"chr1\t161\t.\t{ref}\t{stacked_reads.other_base(ref)}\t.\t.\t.\tAD\t6,2"
    raw = write_vcf(tmp_path / "raw.vcf", [row], (old,), meta)
    done = run(
        "harmonize", raw, "--engine", "own", "--reference", fasta, "--tumor", old, new, "--header", "key=a=b",
        "--out", out,
    )  # fmt: skip
    assert done.code == 0, done.err
    with pysam.VariantFile(str(out)) as vcf:
        assert "##genomodel_engine=own\n" in str(vcf.header)
        assert "##key=a=b\n" in str(vcf.header)
        (record,) = vcf
    assert (old, new, record.samples["p.tumor"]["AF"]) == ("T-7", "p.tumor", (0.25,))


def test_wrong_words_are_told_by_the_option(tmp_path: Path, run: Run) -> None:
    fasta = stacked_reads.write_reference(tmp_path)
    bam = stacked_reads.write_pairs(tmp_path / "t.bam", "T", pairs=2)
    common = ("--reference", fasta, "--tumor", bam, "p.tumor", "--out", tmp_path / "o.vcf.gz")
    done = run("call-pileup", *common, "--header", "nothing")
    assert (done.code, "option '--header': 'nothing' is not KEY=TEXT" in done.err) == (2, True)
    (tmp_path / "h.tsv").write_text("x\n")
    done = run("force-call", *common, "--calls", "pileup", "--hotspots", tmp_path / "h.tsv")
    assert (done.code, "'pileup' is not ENGINE=FILE" in done.err) == (2, True)
