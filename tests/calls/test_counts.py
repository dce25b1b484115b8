from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.calls.counts import count_reads
from genomodel.core.errors import InputError
from genomodel.core.variants import AlleleCounts
from tests.calls.builders import record


def counts(ref: str, alt: str, keys: str, values: str, allele: int = 0) -> AlleleCounts:
    row = record(f"chr1 5 . {ref} {alt} . PASS . {keys} {values}", samples=("T",))
    return count_reads(row, row.sample("T"), allele)


@pytest.mark.parametrize(
    ("ref", "alt", "keys", "values", "allele", "expected"),
    [
        ("A", "C", "GT:AD:DP:AF", "0/1:90,10:100:0.11", 0, (100, 90, 10, 0.1)),
        ("A", "C", "GT:AD", "0/1:90,10", 0, (100, 90, 10, 0.1)),
        ("A", "C,G", "GT:AD:DP", "1/2:50,30,20:100", 1, (100, 50, 20, 0.2)),
        ("A", "C", "GT:DP:RO:AO", "0/1:120:.:10", 0, (120, None, 10, 10 / 120)),
        ("A", "C", "GT:DP:RO:AO:AD", "0/1:120:90:10:90,10", 0, (120, 90, 10, 10 / 120)),
        ("A", "C", "GT:RD:AD:FREQ:DP", "0/1:105:29:21.64%:136", 0, (136, 105, 29, 29 / 136)),
        ("C", "T", "DP:AU:CU:GU:TU", "50:0,0:40,41:0,0:10,11", 0, (50, 40, 10, 0.2)),
        ("AT", "A", "DP:TAR:TIR:TOR", "75:35,48:12,13:29,15", 0, (75, 35, 12, 12 / 47)),
        ("A", "C", "GT:DP4", "0/1:30,20,6,4", 0, (60, 50, 10, 1 / 6)),
        ("A", "C", "GT:FREQ", "0/1:35.2%", 0, (None, None, None, 0.352)),
        ("A", "C", "GT:VAF:DP", "0/1:0.25:80", 0, (80, None, None, 0.25)),
        ("A", "C,G", "GT:AF", "0/1:0.25", 0, (None, None, None, None)),
        ("A", "C", "GT:AD:DP", "./.:.:.", 0, (None, None, None, None)),
        ("A", "C", "GT:AD:DP", "./.", 0, (None, None, None, None)),
        ("A", "C", "GT:AD:DP", "0/0:0,0:0", 0, (0, 0, 0, None)),
        ("A", "C", "GT:AD:DP", "0/1:90,10:40", 0, (100, 90, 10, 0.1)),
        ("A", "C", "GT:AD:DP", "0/1:60000,40000:100000", 0, (100000, 60000, 40000, 0.4)),
    ],
)
def test_each_callers_counts_are_read(
    ref: str, alt: str, keys: str, values: str, allele: int, expected: tuple[float | None, ...]
) -> None:
    found = counts(ref, alt, keys, values, allele)
    depth, ref_reads, alt_reads, fraction = expected
    assert (found.depth, found.ref_reads, found.alt_reads) == (depth, ref_reads, alt_reads)
    assert found.allele_fraction == (None if fraction is None else pytest.approx(fraction, abs=1e-5))


@pytest.mark.parametrize(
    ("keys", "values", "message"),
    [
        ("AD", "ten,3", "'ten' is not a whole number"),
        ("AD", "-4,3", "'-4' is negative"),
        ("AF", "1.5", "outside 0 to 1"),
        ("FREQ", "high", "not a number"),
    ],
)
def test_impossible_counts_are_refused_with_line_and_field(keys: str, values: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        counts("A", "C", keys, values)
    assert caught.value.row == 10
    assert caught.value.column == keys


@given(
    keys=st.lists(
        st.sampled_from(["AD", "DP", "AF", "RO", "AO", "RD", "FREQ", "CU", "AU", "TAR", "TIR", "DP4"]),
        unique=True,
        min_size=1,
    ),
    data=st.data(),
)
def test_counts_are_consistent_or_refused(keys: list[str], data: st.DataObject) -> None:
    value = st.lists(st.sampled_from([".", "0", "3", "40", "0.5", "12%", "x", "-1"]), min_size=1, max_size=4).map(
        ",".join
    )
    values = ":".join(data.draw(value) for _ in keys)
    try:
        found = counts("A", "C", ":".join(keys), values)
    except InputError:
        return
    if found.depth is not None:
        assert found.depth >= (found.ref_reads or 0) + (found.alt_reads or 0)
    if found.alt_reads and found.allele_fraction is not None:
        assert found.allele_fraction > 0
