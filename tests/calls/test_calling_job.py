from __future__ import annotations

from pathlib import Path

import pysam
import pytest

from genomodel.calls.calling_job import calling_job, fresh_folder
from genomodel.core.errors import InputError
from tests.calls import stacked_reads


def test_a_try_that_fails_leaves_nothing_for_the_next(tmp_path: Path) -> None:
    out = tmp_path / "calls" / "p.vcf.gz"

    def fails() -> None:
        with fresh_folder(out) as first:
            (first / "half").write_text("x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert list(out.parent.iterdir()) == []
    with fresh_folder(out) as second:
        assert second.parent == out.parent
        assert list(second.iterdir()) == []


def test_without_a_panel_the_whole_reference_is_called_and_may_be_cut(tmp_path: Path) -> None:
    fasta = stacked_reads.write_reference(tmp_path)
    bam = str(stacked_reads.write_pairs(tmp_path / "t.bam", "T", pairs=2))
    whole = calling_job(fasta, [(bam, "p.tumor")], shards=4, workers=9)
    assert whole.parts() == [[("chr1", start, start + 100)] for start in (0, 100, 200, 300)]
    assert whole.workers == 4
    (tmp_path / "p.bed").write_text("chr1\t10\t110\tX\nchr1\t90\t150\tX\n")
    panel = calling_job(fasta, [(bam, "p.tumor")], bed=tmp_path / "p.bed", shards=2)
    assert [region for part in panel.parts() for region in part] == [("chr1", 10, 150)]
    assert (panel.tumor, panel.normal, panel.names) == ("T", None, ["p.tumor"])


def test_one_file_as_tumor_and_normal_is_refused(tmp_path: Path) -> None:
    fasta = stacked_reads.write_reference(tmp_path)
    bam = str(stacked_reads.write_pairs(tmp_path / "t.bam", "T", pairs=2))
    with pytest.raises(InputError, match="same sample name"):
        calling_job(fasta, [(bam, "p.tumor"), (bam, "p.normal")])


def test_a_contig_that_the_reads_lack_is_left_out_and_named(tmp_path: Path) -> None:
    bam = str(stacked_reads.write_pairs(tmp_path / "t.bam", "T", pairs=2))
    fasta = stacked_reads.write_reference(tmp_path)
    more = tmp_path / "more.fa"
    more.write_text(fasta.read_text() + ">decoy\n" + "ACGT" * 50 + "\n")
    pysam.faidx(str(more))
    job = calling_job(more, [(bam, "p.tumor")])
    assert {contig for contig, _, _ in job.regions} == {"chr1"}
    assert job.header == (("genomodel_skipped", "contigs that the reads were not aligned to: decoy"),)
