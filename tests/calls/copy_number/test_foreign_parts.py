"""Genes of which a part is altered, unclear, or covered by no segment."""

from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.calls.copy_number import Context, read_copy_number
from genomodel.core.copy_number import CopyNumberState
from tests.calls.copy_number.foreign_builders import SEG, write


def test_a_part_of_a_gene_that_may_be_lost_is_told_without_a_purity(tmp_path: Path, gff: str) -> None:
    rows = "T\t1\t1\t1070000\t90\t0.0\nT\t1\t1070001\t9000000\t90\t-2.5\n"
    path = write(tmp_path, "t.seg", SEG + rows)
    for purity, state in ((None, CopyNumberState.LOSS), (0.8, CopyNumberState.DEEP_DELETION)):
        call = read_copy_number(path, Context(gff=gff, purity=purity)).calls[0]
        assert (call.gene, call.state) == ("AMPED", state)
        assert "part of the gene" in call.note


@pytest.mark.parametrize(("log2", "state"), [(-0.74, CopyNumberState.LOSS), (0.43, CopyNumberState.GAIN)])
def test_a_part_of_a_gene_that_is_altered_keeps_it_from_being_neutral(
    tmp_path: Path, gff: str, log2: float, state: CopyNumberState
) -> None:
    rows = f"T\t1\t1\t1070000\t90\t0.0\nT\t1\t1070001\t9000000\t90\t{log2}\n"
    call = read_copy_number(write(tmp_path, "t.seg", SEG + rows), Context(gff=gff, purity=0.8)).calls[0]
    assert (call.gene, call.state) == ("AMPED", state)
    assert call.note.endswith("part of the gene")


def test_a_part_of_a_gene_that_nobody_can_tell_leaves_it_without_an_answer(tmp_path: Path, gff: str) -> None:
    rows = "T\t1\t1\t1070000\t90\t0.0\nT\t1\t1070001\t1090000\t2\t-0.25\nT\t1\t1090001\t9000000\t90\t0.0\n"
    profile = read_copy_number(write(tmp_path, "t.seg", SEG + rows), Context(gff=gff, purity=0.4))
    assert "AMPED" not in {call.gene for call in profile.calls}
    assert profile.not_assessed["AMPED"].startswith("indeterminate, a part may be lost or gained: too noisy to exclude")


def test_a_gene_of_which_a_part_lost_an_allele_has_not_kept_both(tmp_path: Path, gff: str) -> None:
    head = "sample\tchr\tstartpos\tendpos\tnMajor\tnMinor\n"
    rows = "T\t1\t1\t1060000\t1\t1\nT\t1\t1060001\t9000000\t2\t0\nT\t2\t1\t9000000\t1\t1\n"
    path = write(tmp_path, "t.segments.txt", head + rows)
    told = {call.gene: call.loh for call in read_copy_number(path, Context(gff=gff, purity=0.6)).calls}
    assert told == {"AMPED": None, "PLAIN": True, "GONE": False}


@pytest.mark.parametrize(("end", "answer"), [(1_040_000, "the segments cover 40 % of it"), (1_060_000, "neutral")])
def test_a_gene_of_which_segments_cover_less_than_half_has_no_answer(
    tmp_path: Path, gff: str, end: int, answer: str
) -> None:
    path = write(tmp_path, "t.seg", SEG + f"T\t1\t1\t{end}\t90\t0.0\n")
    profile = read_copy_number(path, Context(gff=gff, purity=0.7))
    told = {call.gene: call.state.value for call in profile.calls} | profile.not_assessed
    assert told["AMPED"] == answer
