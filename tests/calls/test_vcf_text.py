from __future__ import annotations

import gzip
from pathlib import Path

import pysam
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.calls.vcf_text import BGZF_END, VcfReader, choose_samples
from genomodel.core.errors import InputError
from tests.calls.builders import vcf_text, write_vcf

ROW = "chr1\t{}\t.\tA\tC\t.\tPASS\tDP=3\tGT\t0/1\t0/0"


def read(path: Path) -> list[int]:
    return [record.pos for record in VcfReader(path)]


def test_plain_gzipped_and_bgzipped_give_the_same_records(tmp_path: Path) -> None:
    text = vcf_text([ROW.format(pos) for pos in (5, 5, 9)]).encode()
    (tmp_path / "a.vcf").write_bytes(text)
    (tmp_path / "b.vcf.gz").write_bytes(gzip.compress(text))
    with pysam.BGZFile(str(tmp_path / "c.vcf.gz"), "wb") as handle:
        handle.write(text)
    assert read(tmp_path / "a.vcf") == read(tmp_path / "b.vcf.gz") == read(tmp_path / "c.vcf.gz") == [5, 5, 9]


def test_crlf_and_byte_order_mark_are_taken(tmp_path: Path) -> None:
    text = "\ufeff" + vcf_text([ROW.format(5)]).replace("\n", "\r\n")
    (tmp_path / "a.vcf").write_text(text, encoding="utf-8", newline="")
    assert read(tmp_path / "a.vcf") == [5]


@pytest.mark.parametrize("cut", [len(BGZF_END), 40, 3000])
def test_a_cut_bgzipped_file_is_refused(tmp_path: Path, cut: int) -> None:
    whole = tmp_path / "a.vcf.gz"
    with pysam.BGZFile(str(whole), "wb") as handle:
        handle.write(vcf_text([ROW.format(pos) for pos in range(1, 9000)]).encode())
    whole.write_bytes(whole.read_bytes()[:-cut])
    with pytest.raises(InputError, match="truncated"):
        read(whole)


def test_a_cut_gzipped_file_is_refused(tmp_path: Path) -> None:
    data = gzip.compress(vcf_text([ROW.format(pos) for pos in range(1, 9000)]).encode())
    (tmp_path / "a.vcf.gz").write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError, match="truncated or damaged"):
        read(tmp_path / "a.vcf.gz")


@pytest.mark.parametrize(
    ("rows", "message", "row"),
    [
        ([ROW.format(9), ROW.format(5)], "not sorted: chr1:5 comes after chr1:9", 4),
        ([ROW.format(9), ROW.format(5).replace("chr1", "chr2"), ROW.format(10)], "chr1 comes a second time", 5),
        (["chr1\t5\t.\tA\tC\t.\tPASS\tDP=3\tGT\t0/1"], "10 columns where the header promises 11", 3),
        ([ROW.format("five")], "position 'five' is not a whole number", 3),
        ([ROW.format(5).replace("\tA\t", "\t<A>\t")], "reference allele '<A>'", 3),
        ([ROW.format(5).replace("\tC\t", "\tC,\t")], "empty allele", 3),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, rows: list[str], message: str, row: int) -> None:
    path = write_vcf(tmp_path / "a.vcf", rows)
    with pytest.raises(InputError, match=message) as caught:
        read(path)
    assert caught.value.row == row
    assert str(path) in caught.value.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Hugo_Symbol\tChromosome\n", "not a VCF"),
        ("##fileformat=VCFv4.2\n##x=y\n", "no line of column names"),
        ("##fileformat=VCFv4.2\n#CHROM POS ID\n", "parted by tabs"),
        ("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\ta\n", "'a' stands twice"),
    ],
)
def test_a_broken_header_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.vcf").write_text(text)
    with pytest.raises(InputError, match=message):
        VcfReader(tmp_path / "a.vcf")


def test_a_bcf_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = write_vcf(tmp_path / "a.vcf", [], meta=("##contig=<ID=chr1>",))
    with pysam.VariantFile(str(path)) as source, pysam.VariantFile(str(tmp_path / "a.bcf"), "wb", header=source.header):
        pass
    with pytest.raises(InputError, match="bcftools view"):
        VcfReader(tmp_path / "a.bcf")


def test_missing_and_empty_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        VcfReader(tmp_path / "none.vcf")
    (tmp_path / "empty.vcf").write_bytes(b"")
    with pytest.raises(InputError, match="empty"):
        VcfReader(tmp_path / "empty.vcf")


@pytest.mark.parametrize(
    ("samples", "meta", "given", "expected"),
    [
        (("a",), (), (None, None), ("a", None)),
        (("NORMAL", "TUMOR"), (), (None, None), ("TUMOR", "NORMAL")),
        (("normal", "tumor"), (), (None, None), ("tumor", "normal")),
        (("x", "y", "NORMAL", "TUMOR"), (), (None, None), ("TUMOR", "NORMAL")),
        (("x", "y"), ("##tumor_sample=y", "##normal_sample=x"), (None, None), ("y", "x")),
        (("x", "y"), ("##tumor_sample=y", "##normal_sample=x"), ("x", None), ("x", None)),
        (("x", "y"), (), ("x", None), ("x", None)),
        (("x", "y"), (), (None, "x"), ("y", "x")),
        (("x", "y", "z"), (), ("z", "x"), ("z", "x")),
        ((), (), (None, None), (None, None)),
    ],
)
def test_samples_are_found_by_name(
    tmp_path: Path,
    samples: tuple[str, ...],
    meta: tuple[str, ...],
    given: tuple[str | None, str | None],
    expected: tuple[str | None, str | None],
) -> None:
    header = VcfReader(write_vcf(tmp_path / "a.vcf", [], samples, meta)).header
    assert choose_samples(header, *given) == expected


@pytest.mark.parametrize(
    ("samples", "given", "message"),
    [
        (("x", "y"), (None, None), "none is named as the tumor: x, y"),
        (("x", "y"), ("z", None), "'z' is not in the file; its samples are: x, y"),
        (("x", "y"), ("x", "x"), "same sample"),
        (("NORMAL",), (None, None), "none is named as the tumor"),
        ((), ("x", None), "its samples are: none"),
    ],
)
def test_unclear_samples_are_refused_with_their_names(
    tmp_path: Path, samples: tuple[str, ...], given: tuple[str | None, str | None], message: str
) -> None:
    header = VcfReader(write_vcf(tmp_path / "a.vcf", [], samples)).header
    with pytest.raises(InputError, match=message):
        choose_samples(header, *given)


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_crash(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "a.vcf"
    start = b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    for content in (data, start + data, gzip.compress(start + data)[: 40 + len(data)], b"\x1f\x8b" + data):
        path.write_bytes(content)
        try:
            for record in VcfReader(path):
                assert record.ref
        except InputError as error:
            assert error.exit_code == 2
