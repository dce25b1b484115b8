from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.calls.shards import CHUNK, Region, callable_regions, contig_lengths, merge_regions, part, windows
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


panels = regions.map(lambda found: merge_regions(found, CONTIGS))


def bases(given_regions: list[Region]) -> list[tuple[str, int]]:
    return [(name, i) for name, start, end in given_regions for i in range(start, end)]


@given(panels, st.integers(1, 12), st.booleans())
def test_shards_hold_every_base_once_and_in_order(panel: list[Region], shards: int, cut: bool) -> None:
    runs = part(panel, shards, cut=cut)
    assert len(runs) == shards
    assert bases([region for run in runs for region in run]) == bases(panel)


@given(panels, st.integers(1, 12))
def test_regions_of_a_panel_are_never_cut(panel: list[Region], shards: int) -> None:
    assert [region for run in part(panel, shards, cut=False) for region in run] == panel


@given(panels.filter(bool), st.integers(1, 12))
def test_shards_of_a_genome_are_of_one_size(panel: list[Region], shards: int) -> None:
    sizes = [len(bases(run)) for run in part(panel, shards, cut=True)]
    assert max(sizes) - min(sizes) <= 1


@given(panels.filter(bool), st.integers(1, 12))
def test_no_shard_of_a_panel_is_over_full_by_more_than_a_region(panel: list[Region], shards: int) -> None:
    longest = max(end - start for _, start, end in panel)
    fair = len(bases(panel)) / shards
    assert max(len(bases(run)) for run in part(panel, shards, cut=False)) <= fair + longest


def test_more_shards_than_regions_leaves_empty_ones() -> None:
    assert part([("chr1", 0, 10)], 3, cut=False) == [[], [("chr1", 0, 10)], []]


@given(panels, st.integers(1, 70))
def test_windows_hold_every_base_once(panel: list[Region], size: int) -> None:
    pieces = list(windows(panel, size))
    assert bases(pieces) == bases(panel)
    assert all(end - start <= size for _, start, end in pieces)


def test_long_runs_of_n_are_left_out_wherever_they_lie(tmp_path: Path) -> None:
    fasta = tmp_path / "x.fa"
    over_a_border = "A" * (CHUNK - 600) + "N" * 1200 + "C" * 30
    contigs = {"a": "N" * 2000 + "ACGT" * 10, "b": "AC" + "N" * 999 + "GT", "c": over_a_border, "d": "N" * 5000}
    fasta.write_text("".join(f">{name}\n{text}\n" for name, text in contigs.items()))
    assert callable_regions(fasta) == [
        ("a", 2000, 2040),
        ("b", 0, 1003),
        ("c", 0, CHUNK - 600),
        ("c", CHUNK + 600, CHUNK + 630),
    ]


def test_a_reference_of_n_alone_is_refused(tmp_path: Path) -> None:
    (tmp_path / "n.fa").write_text(">n\n" + "N" * 3000 + "\n")
    with pytest.raises(InputError, match="nothing but N"):
        callable_regions(tmp_path / "n.fa")
