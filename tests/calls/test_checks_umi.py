from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from genomodel.calls.checks import check_fastq_pair
from genomodel.calls.quality.samples import read_measures, reads_quality
from genomodel.calls.umi import measure_umis
from genomodel.core.errors import InputError
from genomodel.core.specimens import UmiDesign

SIMPLEX = UmiDesign.from_text("simplex 8M2S+T +T")
DUPLEX = UmiDesign.from_text("duplex 3M2S+T 3M2S+T")


def write_pair(folder: Path, firsts: list[str], seconds: list[str]) -> tuple[Path, Path]:
    paths = (folder / "r1.fq.gz", folder / "r2.fq.gz")
    for path, reads in zip(paths, (firsts, seconds), strict=True):
        text = "".join(f"@r{n}\n{bases}\n+\n{'F' * len(bases)}\n" for n, bases in enumerate(reads))
        path.write_bytes(gzip.compress(text.encode()))
    return paths


def random_reads(number: int, length: int, seed: int = 1, before: str = "") -> list[str]:
    rng = np.random.default_rng(seed)
    return [before + "".join(row) for row in rng.choice(list("ACGT"), (number, length - len(before)))]


def test_random_identifiers_fit(tmp_path: Path) -> None:
    pair = write_pair(tmp_path, random_reads(500, 60), random_reads(500, 60, seed=2))
    assert check_fastq_pair(*pair, umi=SIMPLEX) == check_fastq_pair(*pair, umi=DUPLEX) == 500


@pytest.mark.parametrize("length", [4, 10])
def test_a_read_shorter_than_its_structure_is_told_with_its_row(tmp_path: Path, length: int) -> None:
    firsts = random_reads(300, 60)
    firsts[7] = firsts[7][:length]
    pair = write_pair(tmp_path, firsts, random_reads(300, 60, seed=2))
    with pytest.raises(
        InputError, match=f"has {length} bases, and the read structure 8M2S\\+T needs at least 11"
    ) as caught:
        check_fastq_pair(*pair, umi=SIMPLEX)
    assert caught.value.row == 7 * 4 + 2
    assert caught.value.path == str(pair[0])


def test_a_read_longer_than_a_structure_of_fixed_length_is_told(tmp_path: Path) -> None:
    pair = write_pair(tmp_path, random_reads(10, 60), random_reads(10, 60, seed=2))
    with pytest.raises(
        InputError, match=r"r2.fq.gz, row 2.*has 60 bases, of which the read structure 40T names 40.*\+T"
    ):
        check_fastq_pair(*pair, umi=UmiDesign.from_text("simplex 8M52T 40T"))


def test_an_adapter_in_the_place_of_the_identifier_is_told(tmp_path: Path) -> None:
    firsts = random_reads(500, 60, before="ACGGTCAGTC")
    pair = write_pair(tmp_path, firsts, random_reads(500, 60, seed=2))
    with pytest.raises(InputError, match="base 1 is A in 100% of the reads, where the read structure 8M2S"):
        check_fastq_pair(*pair, umi=SIMPLEX)


def test_a_spacer_one_base_early_is_told(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    reads = ["".join(rng.choice(list("ACGT"), 2)) + "T" + rest for rest in random_reads(500, 57)]
    pair = write_pair(tmp_path, reads, random_reads(500, 60, seed=2))
    with pytest.raises(InputError, match=r"base 3 is T in 100%.*differs from molecule to molecule"):
        check_fastq_pair(*pair, umi=DUPLEX)


def test_unreadable_identifiers_are_told(tmp_path: Path) -> None:
    firsts = ["NNNNNNNN" + bases if n % 3 else bases for n, bases in enumerate(random_reads(500, 52))]
    firsts = [bases.ljust(60, "A") for bases in firsts]
    pair = write_pair(tmp_path, firsts, random_reads(500, 60, seed=2))
    with pytest.raises(InputError, match="base 1 is N in 67% of the reads"):
        check_fastq_pair(*pair, umi=SIMPLEX)


def test_a_few_alike_reads_tell_nothing_of_the_structure(tmp_path: Path) -> None:
    pair = write_pair(tmp_path, random_reads(100, 60, before="ACGGTCAGTC"), random_reads(100, 60, seed=2))
    assert check_fastq_pair(*pair, umi=SIMPLEX) == 100


def write_metrics(folder: Path, *, sizes: dict[int, int], passed: int, strands: list[tuple[int, int, int]]) -> None:
    reads = 2 * sum(size * count for size, count in sizes.items())
    (folder / "group.grouping_metrics.txt").write_text(
        "accepted_sam_records\tdiscarded_non_pf\tdiscarded_poor_alignment\tdiscarded_ns_in_umi\tdiscarded_umis_to_short\n"
        f"{reads}\t0\t100\t0\t0\n"
    )
    (folder / "group.family_sizes.txt").write_text(
        "family_size\tcount\tfraction\tfraction_gt_or_eq_family_size\n"
        + "".join(f"{size}\t{count}\t0\t0\n" for size, count in sizes.items())
    )
    (folder / "consensus.txt").write_text(f"key\tvalue\tdescription\nraw_reads_used\t{reads}\tused\n")
    (folder / "filter.txt").write_text(
        f"total_reads\tpassed_reads\tfailed_reads\tpass_rate\n{passed}\t{passed}\t0\t1\n"
    )
    (folder / "molecules.duplex_family_sizes.txt").write_text(
        "ab_size\tba_size\tcount\tfraction\tfraction_gt_or_eq_size\n"
        + "".join(f"{ab}\t{ba}\t{count}\t0\t0\n" for ab, ba, count in strands)
    )


def test_metrics_become_one_table(tmp_path: Path) -> None:
    write_metrics(tmp_path, sizes={1: 400, 2: 300}, passed=1000, strands=[(1, 0, 200), (1, 1, 100), (2, 1, 100)])
    found = measure_umis(tmp_path, DUPLEX, "2,1,1", tmp_path / "umi.tsv")
    assert (found.molecules, found.duplex_molecules, found.raw_reads) == (400, 200, 2100)
    table = read_measures(tmp_path / "umi.tsv")
    assert table["duplex_yield"] == "0.5000"
    assert table["share_of_reads_used"] == f"{2000 / 2100:.4f}"
    assert table["mean_family_size"] == "1.43"
    assert table["family_size_2"] == "300"
    told = {metric.name: metric.value for metric in reads_quality({"tumor": tmp_path / "umi.tsv"})}
    assert told["Molecules of the tumor (duplex identifiers)"] == "400 molecules, 50% read from both strands"
    assert told["Families of the tumor by size"] == "1: 57%, 2: 43%, 3: 0%, 4: 0%, 5 or more: 0%"


@pytest.mark.parametrize(
    ("design", "sizes", "passed", "strands", "message"),
    [
        (SIMPLEX, {1: 990, 2: 10}, 20, [], "1.0% of 1000 molecules have the 2 reads.*99% of the families have one"),
        (DUPLEX, {2: 1000}, 0, [(2, 0, 1000)], "0 of 1000 molecules were read from both strands"),
        (SIMPLEX, {1: 0}, 0, [], "no read was grouped into a molecule"),
    ],
)
def test_a_yield_that_no_analysis_should_rest_on_is_refused_and_written_down(
    tmp_path: Path,
    design: UmiDesign,
    sizes: dict[int, int],
    passed: int,
    strands: list[tuple[int, int, int]],
    message: str,
) -> None:
    write_metrics(tmp_path, sizes=sizes, passed=passed, strands=strands)
    with pytest.raises(InputError, match=message):
        measure_umis(tmp_path, design, "2", tmp_path / "umi.tsv")
    assert (tmp_path / "umi.tsv").is_file()


def test_metrics_of_another_version_are_no_crash(tmp_path: Path) -> None:
    (tmp_path / "group.grouping_metrics.txt").write_text("accepted_sam_records\n")
    with pytest.raises(InputError, match="metrics of fgumi have no row"):
        measure_umis(tmp_path, SIMPLEX, "2", tmp_path / "umi.tsv")
