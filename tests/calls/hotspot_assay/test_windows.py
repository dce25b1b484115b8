from __future__ import annotations

from pathlib import Path

import pysam
import pytest

from genomodel.calls.fragments import ReadLimits
from genomodel.calls.hotspot_assay import windows
from genomodel.calls.hotspot_assay.windows import LEFT_OUT, Window, WindowCounts, read_window
from tests.calls.hotspot_assay.asked import with_clips
from tests.calls.molecules import CONTIG, deletion, random_reference, spread, write_bam, write_reference

SEQUENCE = random_reference()
WINDOW = Window(CONTIG, 900, 1100, 985, 1015, ((999, 1000, 1001),), ((985, 1015), (985, 1015)), 30)


def counted(bam: Path, reference: Path) -> WindowCounts:
    with pysam.AlignmentFile(str(bam)) as reads, pysam.FastaFile(str(reference)) as fasta:
        return read_window(reads, fasta, WINDOW, ReadLimits())


@pytest.mark.parametrize("bit", [0x100, 0x200, 0x400, 0x800])
def test_reads_that_are_copies_failed_or_not_primary_do_not_count(tmp_path: Path, bit: int) -> None:
    reference = write_reference(tmp_path, SEQUENCE)
    carriers = spread(1000, 40, [deletion(SEQUENCE, 1000, 9)])
    bam = write_bam(tmp_path / "plain.bam", SEQUENCE, [*carriers, *spread(1000, 200)], "tumor")
    with pysam.AlignmentFile(str(bam)) as source:
        reads, header = list(source), source.header
    with pysam.AlignmentFile(str(tmp_path / "marked.bam"), "wb", header=header) as out:
        for read in reads:
            if int(str(read.query_name)[1:]) < 40:
                read.flag |= bit
            out.write(read)
    pysam.index(str(tmp_path / "marked.bam"))
    found = counted(tmp_path / "marked.bam", reference)
    assert bit & LEFT_OUT
    assert found.site(1000).counts[:, :, : windows.BASES].sum() == 200
    assert not found.events[0]
    assert sum(counted(bam, reference).events[0].values()) > 30


def test_reads_in_shares_give_the_same_of_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = write_reference(tmp_path, SEQUENCE)
    carriers = spread(1000, 60, [deletion(SEQUENCE, 1000, 9)], seed=3)
    plain = write_bam(tmp_path / "plain.bam", SEQUENCE, [*carriers, *spread(1000, 900, seed=2)], "tumor")
    bam = with_clips(plain, tmp_path / "t.bam", 1000, 70)
    whole = counted(bam, reference)
    assert whole.events[0]
    assert whole.clips == {1000: 70}
    held: list[int] = []
    count = windows._count

    def remember(rows: windows._Rows, window: Window, result: WindowCounts) -> None:
        held.append(rows.held)
        count(rows, window, result)

    monkeypatch.setattr(windows, "_count", remember)
    monkeypatch.setattr(windows, "BATCH", 50)
    monkeypatch.setattr(windows, "LARGEST_TABLE", 200)
    parts = counted(bam, reference)
    assert len(held) >= 4
    assert max(held) < 500
    assert (parts.counts == whole.counts).all()
    assert all((one == other).all() for one, other in zip(parts.codons, whole.codons, strict=True))
    assert (parts.events, parts.clips, parts.lengths, parts.sizes, parts.ends) == (
        whole.events, whole.clips, whole.lengths, whole.sizes, whole.ends,
    )  # fmt: skip
