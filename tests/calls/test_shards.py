from __future__ import annotations

from pathlib import Path

import pysam
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.calls.read_groups import rename_table
from genomodel.calls.shards import contig_lengths, merge_regions
from genomodel.core.errors import InputError

CONTIGS = {"chr2": 500, "chr1": 300}
regions = st.lists(
    st.tuples(st.sampled_from(list(CONTIGS)), st.integers(0, 290), st.integers(1, 60)).map(
        lambda r: (r[0], r[1], min(r[1] + r[2], CONTIGS[r[0]]))
    )
)


@given(regions)
def test_merged_regions_cover_the_same_bases_once_in_contig_order(given_regions: list[tuple[str, int, int]]) -> None:
    merged = merge_regions(given_regions, CONTIGS)
    before = {(name, i) for name, start, end in given_regions for i in range(start, end)}
    after = [(name, i) for name, start, end in merged for i in range(start, end)]
    assert len(after) == len(set(after))
    assert set(after) == before
    order = [list(CONTIGS).index(name) for name, _, _ in merged]
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("region", "said"), [(("7", 1, 2), "'7' is not in the reference"), (("chr1", 1, 301), "ends after")]
)
def test_regions_of_another_genome_are_refused(region: tuple[str, int, int], said: str) -> None:
    with pytest.raises(InputError, match=said):
        merge_regions([region], CONTIGS)


def test_damaged_index_is_named(tmp_path: Path) -> None:
    index = tmp_path / "x.fa.fai"
    index.write_text("chr1\tmany\n")
    with pytest.raises(InputError, match=r"x\.fa\.fai.*no FASTA index"):
        contig_lengths(index)


def alignment(path: Path, *samples: str) -> str:
    groups = [{"ID": str(i), "SM": sample} for i, sample in enumerate(samples)]
    header = {"HD": {"VN": "1.6"}, "SQ": [{"SN": "chr1", "LN": 300}], "RG": groups}
    with pysam.AlignmentFile(str(path), "wb", header=header):
        pass
    return str(path)


def test_names_are_taken_from_the_read_groups_whatever_the_order(tmp_path: Path) -> None:
    tumor, normal = alignment(tmp_path / "t.bam", "T", "T"), alignment(tmp_path / "n.bam", "B")
    table = rename_table([(tumor, "p.tumor"), (normal, "p.normal")], tmp_path / "none.fa")
    assert table == [("T", "p.tumor"), ("B", "p.normal")]


@pytest.mark.parametrize(
    ("samples", "said"), [((), "found: none"), (("a", "b"), "found: a, b"), (("a b",), "white space")]
)
def test_unclear_sample_names_are_refused(tmp_path: Path, samples: tuple[str, ...], said: str) -> None:
    with pytest.raises(InputError, match=said):
        rename_table([(alignment(tmp_path / "t.bam", *samples), "p.tumor")], tmp_path / "none.fa")


def test_tumor_and_normal_of_one_name_are_refused(tmp_path: Path) -> None:
    pair = [(alignment(tmp_path / f"{name}.bam", "same"), name) for name in ("t", "n")]
    with pytest.raises(InputError, match="same sample name"):
        rename_table(pair, tmp_path / "none.fa")
