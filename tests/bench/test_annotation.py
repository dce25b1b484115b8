from __future__ import annotations

import sys
from pathlib import Path

from bench.annotation import look_up, measure
from bench.annotation_files import BYTES_PER_ROW, LENGTHS, write_file, write_variants


def test_the_files_hold_what_they_promise_and_all_of_it_is_found(tmp_path: Path) -> None:
    file = tmp_path / "population.vcf.gz"
    n = write_file(file, 300 * BYTES_PER_ROW)
    assert n > 290
    assert 0.8 < file.stat().st_size / (n * BYTES_PER_ROW) < 1.2
    for variants in write_variants(tmp_path, file, 200).values():
        assert 0 < variants.held < variants.n
        assert look_up(file, variants.path) == variants.held
    assert len(LENGTHS) == 23


def test_memory_is_that_of_the_process_alone(tmp_path: Path) -> None:
    held = bytearray(200_000_000)
    row = measure([sys.executable, "-c", "import time; time.sleep(0.3)"], tmp_path / "out")
    assert len(held) > 10**8
    assert 0 < float(row["memory_mb"]) < 100
