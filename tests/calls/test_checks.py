from __future__ import annotations

import gzip
from contextlib import suppress
from pathlib import Path
from typing import Any

import pysam
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.calls.checks import check_alignment, check_fastq_pair, require_readable
from genomodel.core.errors import InputError

REFERENCE = {"chr1": "ACGT" * 300, "chr2": "GATC" * 200}


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    path = tmp_path / "ref.fa"
    path.write_text("".join(f">{name}\n{bases}\n" for name, bases in REFERENCE.items()))
    pysam.faidx(str(path))
    return path


def write_alignment(path: Path, reference: Path, *, index: bool = True, **header: Any) -> Path:
    full: dict[str, Any] = {
        "HD": {"VN": "1.6", "SO": "coordinate"},
        "SQ": [{"SN": name, "LN": len(bases)} for name, bases in REFERENCE.items()],
        "RG": [{"ID": "1", "SM": "P1_tumor"}],
    } | header
    mode = "wc" if path.suffix == ".cram" else "wb"
    with pysam.AlignmentFile(str(path), mode, header=full, reference_filename=str(reference)) as handle:
        read = pysam.AlignedSegment(handle.header)
        read.query_name, read.query_sequence, read.flag = "r1", REFERENCE["chr1"][:50], 0
        read.reference_id, read.reference_start, read.mapping_quality = 0, 0, 60
        read.cigartuples, read.query_qualities = [(0, 50)], pysam.qualitystring_to_array("F" * 50)
        handle.write(read)
    if index:
        pysam.index(str(path))
    return path


@pytest.mark.parametrize("suffix", ["bam", "cram"])
def test_a_sound_alignment_gives_its_sample_name(tmp_path: Path, reference: Path, suffix: str) -> None:
    path = write_alignment(tmp_path / f"a.{suffix}", reference)
    assert check_alignment(path, reference, sample="P1_tumor") == "P1_tumor"


@pytest.mark.parametrize("suffix", ["bam", "cram"])
def test_a_missing_index_is_told_with_the_command(tmp_path: Path, reference: Path, suffix: str) -> None:
    path = write_alignment(tmp_path / f"a.{suffix}", reference, index=False)
    with pytest.raises(InputError, match=f"no index beside it. Make one with samtools index a.{suffix}"):
        check_alignment(path, reference)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ({"SQ": [{"SN": "1", "LN": 1200}]}, "1 of 1 contigs are not in the reference, such as '1'"),
        ({"SQ": [{"SN": "chr1", "LN": 1300}]}, "'chr1' has 1300 bases in the reads and 1200 in the reference"),
        ({"RG": []}, "no read group names a sample"),
        ({"RG": [{"ID": "1"}]}, "no read group names a sample"),
        ({"RG": [{"ID": "1", "SM": "a"}, {"ID": "2", "SM": "b"}]}, "several samples are mixed: a, b"),
        ({"RG": [{"ID": "1", "SM": "a"}]}, "sample name is 'a', expected 'P1_tumor'"),
        ({"HD": {"VN": "1.6", "SO": "queryname"}}, "sorted by queryname"),
    ],
)
def test_faults_of_the_header_are_told(tmp_path: Path, reference: Path, header: dict[str, Any], message: str) -> None:
    path = write_alignment(tmp_path / "a.bam", reference, index=False, **header)
    (tmp_path / "a.bam.bai").write_bytes(b"x")
    with pytest.raises(InputError, match=message):
        check_alignment(path, reference, sample="P1_tumor")


def test_all_faults_are_told_at_once(tmp_path: Path, reference: Path) -> None:
    path = write_alignment(tmp_path / "a.bam", reference, index=False, RG=[])
    with pytest.raises(InputError) as caught:
        check_alignment(path, reference)
    assert len(caught.value.message.splitlines()) == 2


def test_truncated_and_foreign_files_are_refused(tmp_path: Path, reference: Path) -> None:
    path = write_alignment(tmp_path / "a.bam", reference)
    path.write_bytes(path.read_bytes()[:-28])
    with pytest.raises(InputError, match="truncated"):
        check_alignment(path, reference)
    (tmp_path / "b.bam").write_text("no reads here")
    with pytest.raises(InputError, match="cannot be read as BAM or CRAM"):
        check_alignment(tmp_path / "b.bam", reference)
    with pytest.raises(InputError, match="does not exist"):
        check_alignment(tmp_path / "c.bam", reference)


def test_a_cram_of_another_reference_is_refused(tmp_path: Path, reference: Path) -> None:
    cram, bam = write_alignment(tmp_path / "a.cram", reference), write_alignment(tmp_path / "a.bam", reference)
    other = tmp_path / "other.fa"
    other.write_text("".join(f">{name}\n{bases[::-1]}\n" for name, bases in REFERENCE.items()))
    pysam.faidx(str(other))
    with pytest.raises(InputError, match=r"a\.cram: its reads on chr1 cannot be decoded with other\.fa"):
        check_alignment(cram, other)
    assert check_alignment(bam, other) == "P1_tumor"
    for path in (cram, bam):
        require_readable(path, reference)
    bam.write_bytes(bam.read_bytes()[:-30])
    with pytest.raises(InputError, match="truncated"):
        require_readable(bam, reference)


def fastq(names: list[str], bases: str = "ACGT") -> bytes:
    return "".join(f"@{name}\n{bases}\n+\n{'F' * len(bases)}\n" for name in names).encode()


def pair(folder: Path, first: bytes, second: bytes) -> tuple[Path, Path]:
    (folder / "r1.fq").write_bytes(first)
    (folder / "r2.fq.gz").write_bytes(gzip.compress(second))
    return folder / "r1.fq", folder / "r2.fq.gz"


def test_a_sound_pair_is_counted(tmp_path: Path) -> None:
    assert check_fastq_pair(*pair(tmp_path, fastq(["a/1", "b/1"]), fastq(["a/2", "b/2"]))) == 2
    assert check_fastq_pair(*pair(tmp_path, fastq(["a 1:N:0"]), fastq(["a 2:N:0"])[:-1])) == 1


@pytest.mark.parametrize(
    ("first", "second", "message", "row"),
    [
        (fastq(["a", "b", "c"]), fastq(["a"]), "1 reads, but r1.fq has 3", None),
        (fastq(["a"]), fastq(["a", "b", "c"]), "3 reads, but r1.fq has 1", None),
        (fastq(["a", "b"]), fastq(["a", "c"]), "read 'c' stands where r1.fq has 'b'", 5),
        (fastq(["a", "b"]), fastq(["a", "b"])[:-9], "the last read is not whole", 5),
        (b">a\nACGT\n", fastq(["a"]), "not a FASTQ: found '>a'", 1),
        (b"@a\nACGT\n+\nFFF\n", fastq(["a"]), "3 base qualities for 4 bases", 4),
        (b"@a\nACGT\nFFFF\n@b\n", fastq(["a"]), "not a FASTQ: found 'FFFF'", 3),
        (b"@ \nACGT\n+\nFFFF\n", fastq(["a"]), "without a name", 1),
    ],
)
def test_faults_of_a_pair_are_told(tmp_path: Path, first: bytes, second: bytes, message: str, row: int | None) -> None:
    with pytest.raises(InputError, match=message) as caught:
        check_fastq_pair(*pair(tmp_path, first, second))
    assert caught.value.row == row


def test_truncated_gzip_and_one_file_twice_are_refused(tmp_path: Path) -> None:
    first, second = pair(tmp_path, fastq(list("abcdefgh") * 500), fastq(list("abcdefgh") * 500))
    second.write_bytes(second.read_bytes()[:-30])
    with pytest.raises(InputError, match="truncated or damaged"):
        check_fastq_pair(first, second)
    with pytest.raises(InputError, match="same file"):
        check_fastq_pair(first, first)


def test_the_real_pair_is_sound(shared_data: Path) -> None:
    folder = shared_data / "reads_grch37"
    assert check_fastq_pair(folder / "egfr_l861q.R1.fastq.gz", folder / "egfr_l861q.R2.fastq.gz") == 521


@given(st.binary(max_size=200), st.integers(1, 20))
def test_no_bytes_make_the_fastq_check_crash(tmp_path_factory: pytest.TempPathFactory, data: bytes, n: int) -> None:
    folder = tmp_path_factory.mktemp("fq")
    (folder / "a.fq").write_bytes(fastq(["x"] * n) + data)
    (folder / "b.fq").write_bytes(fastq(["x"] * n) + data)
    with suppress(InputError):
        assert check_fastq_pair(folder / "a.fq", folder / "b.fq") >= n
