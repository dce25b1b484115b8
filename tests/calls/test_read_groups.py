from __future__ import annotations

from pathlib import Path

import pysam
import pytest

from genomodel.calls.read_groups import rename_table
from genomodel.core.errors import InputError


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
