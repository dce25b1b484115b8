from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.calls.rearrangements.breakends import Side, read_breakends
from genomodel.core.errors import InputError
from tests.calls.fusion_models import write_vcf

L, R = Side.LEFT, Side.RIGHT


def row(alt: str, info: str = "SVTYPE=BND", name: str = "a", pos: int = 100) -> str:
    return f"chr1\t{pos}\t{name}\tA\t{alt}\t.\tPASS\t{info}\tGT\t.\t."


@pytest.mark.parametrize(
    ("alt", "here", "there"),
    [("A[chr2:200[", L, R), ("A]chr2:200]", L, L), ("]chr2:200]A", R, L), ("[chr2:200[A", R, R)],
)
def test_brackets_of_all_four_orientations_say_which_sides_are_kept(
    tmp_path: Path, alt: str, here: Side, there: Side
) -> None:
    found = read_breakends(write_vcf(tmp_path / "a.vcf", [row(alt)])).junctions[0]
    assert (found.one.chrom, found.one.pos, found.one.side) == ("chr1", 100, here)
    assert (found.two.chrom, found.two.pos, found.two.side) == ("chr2", 200, there)


@pytest.mark.parametrize(
    ("info", "alt", "expected"),
    [
        ("SVTYPE=DEL;END=500", "<DEL>", [(100, L, 501, R)]),
        ("SVTYPE=DUP;END=500", "<DUP:TANDEM>", [(101, R, 500, L)]),
        ("SVTYPE=INV;END=500;CT=3to3", "<INV>", [(100, L, 500, L)]),
        ("SVTYPE=INV;END=500;CT=5to5", "<INV>", [(101, R, 501, R)]),
        ("SVTYPE=INV;END=500;INV5", "<INV>", [(101, R, 501, R)]),
        ("SVTYPE=INV;END=500", "<INV>", [(100, L, 500, L), (101, R, 501, R)]),
        ("SVTYPE=INS;END=100", "<INS>", []),
    ],
)
def test_types_become_junctions(
    tmp_path: Path, info: str, alt: str, expected: list[tuple[int, Side, int, Side]]
) -> None:
    found = read_breakends(write_vcf(tmp_path / "a.vcf", [row(alt, info)])).junctions
    assert [(j.one.pos, j.one.side, j.two.pos, j.two.side) for j in found] == expected


def test_a_translocation_of_older_programs_is_a_junction(tmp_path: Path) -> None:
    old = row("<TRA>", "SVTYPE=TRA;CHR2=chr2;END=200;CT=5to3")
    found = read_breakends(write_vcf(tmp_path / "a.vcf", [old])).junctions[0]
    assert (found.one.pos, found.one.side) == (100, R)
    assert (found.two.chrom, found.two.pos, found.two.side) == ("chr2", 200, L)


def test_mates_are_one_junction_and_single_breakends_are_counted(tmp_path: Path) -> None:
    rows = [
        row("A[chr2:200[", "SVTYPE=BND;MATEID=b", "a"),
        "chr2\t200\tb\tC\t]chr1:100]C\t.\tPASS\tSVTYPE=BND;MATEID=a\tGT\t.\t.",
        row("A.", "SVTYPE=BND", "c", 300),
        row("G", "DP=3", "d", 400),
    ]
    found = read_breakends(write_vcf(tmp_path / "a.vcf", rows))
    assert (len(found.junctions), found.single, found.other) == (1, 1, 1)


def test_of_two_records_of_one_junction_the_one_that_passed_counts(tmp_path: Path) -> None:
    rows = [row("A[chr2:200[").replace("PASS", "LowQ"), row("A[chr2:200[", name="b"), row("A[chr2:200[", name="c")]
    for order in (rows, rows[::-1]):
        junctions = read_breakends(write_vcf(tmp_path / "a.vcf", order)).junctions
        assert [item.record.filters for item in junctions] == [("PASS",)]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (row("A[chr2:200[", "SVTYPE=BND;MATEID=b"), "mate 'b'"),
        (row("A[chr2:200"), "is no breakend"),
        (row("[chr2:200["), "is no breakend"),
        (row("<DEL>", "SVTYPE=DEL"), "END"),
        (row("<DEL>", "SVTYPE=DEL;END=7"), "END '7'"),
        (row("<BND>", "SVTYPE=BND"), "without its other side"),
        (row("<TRA>", "SVTYPE=TRA;CHR2=chr2;END=200"), "without its other side"),
    ],
)
def test_a_record_that_cannot_be_read_is_named_by_its_line(tmp_path: Path, bad: str, said: str) -> None:
    path = write_vcf(tmp_path / "a.vcf", [bad])
    with pytest.raises(InputError, match="row 3") as caught:
        read_breakends(path)
    assert said in caught.value.what


@given(text=st.text(alphabet="ACGTN[]:.<>chr0123456789", min_size=1, max_size=20))
def test_any_alternate_allele_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = write_vcf(tmp_path_factory.mktemp("vcf") / "a.vcf", [row(text)])
    try:
        for junction in read_breakends(path).junctions:
            assert junction.two.pos >= 0
    except InputError:
        pass
