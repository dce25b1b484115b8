from __future__ import annotations

import shutil
from pathlib import Path

import pysam
import pytest

from genomodel.calls.quality.samples import read_measures
from genomodel.calls.tools import find_tool
from tests.workflow.conftest import snakemake, write_config
from tests.workflow.umi_reads import CONTIG, SITE, alternate, write_reference, write_umi_reads

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        find_tool("fgumi") is None, reason="fgumi is neither on PATH nor in a folder of GENOMODEL_TOOLS"
    ),
]

DESIGNS = {"simplex": "simplex 6M2S+T 6M2S+T", "duplex": "duplex 6M2S+T 6M2S+T"}
MOLECULES = 4000
FRACTION = 0.005


def called(folder: Path) -> Path:
    return folder / "results" / "calls" / "consensus" / "duplex.vcf.gz"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simplex and a duplex sample, the duplex one on two lanes, and a library that is not what the sheet says."""
    folder = tmp_path_factory.mktemp("umi")
    genome = write_reference(folder)
    (folder / "panel.bed").write_text(f"{CONTIG}\t{SITE - 50}\t{SITE + 50}\tEGFR\n")
    lanes = {
        ("simplex", "L1"): write_umi_reads(folder / "s", genome, duplex=False, molecules=MOLECULES, fraction=FRACTION),
        ("duplex", "L1"): write_umi_reads(
            folder / "d1", genome, duplex=True, molecules=MOLECULES // 2, fraction=FRACTION
        ),
        ("duplex", "L2"): write_umi_reads(
            folder / "d2", genome, duplex=True, molecules=MOLECULES // 2, fraction=FRACTION, seed=3
        ),
        ("single", "L1"): write_umi_reads(folder / "x", genome, duplex=False, molecules=600, fraction=0),
    }
    designs = DESIGNS | {"single": DESIGNS["duplex"]}
    rows = ["patient\ttype\tlane\tfastq_1\tfastq_2\tumi\n"]
    rows += [
        f"{name}\ttumor\t{lane}\t{reads[0]}\t{reads[1]}\t{designs[name]}\n" for (name, lane), reads in lanes.items()
    ]
    (folder / "samples.tsv").write_text("".join(rows))
    (folder / "patients.tsv").write_text(
        "patient\ttumor_type\tassay\tassay_bed\n"
        + "".join(f"{name}\tLUAD\tpanel\t{folder}/panel.bed\n" for name in designs)
    )
    targets = [str(folder / "results" / "aligned" / f"{name}.tumor.consensus.bam") for name in designs]
    done = snakemake(folder, write_config(folder, folder), *targets, str(called(folder)))
    assert done.returncode != 0, "the library that is not duplex has to fail"
    assert all(Path(target).is_file() for target in targets[:2]), done.stdout + done.stderr
    return folder


def base_counts(bam: Path, start: int, end: int) -> list[dict[str, int]]:
    """Count molecules by base at each position: a base of either mate, once where both agree."""
    with pysam.AlignmentFile(str(bam)) as handle:
        columns = handle.pileup(
            CONTIG,
            start,
            end,
            truncate=True,
            max_depth=100_000,
            min_base_quality=20,
            ignore_overlaps=True,
            stepper="all",
        )
        counts = []
        for column in columns:
            bases = [str(base).upper() for base in column.get_query_sequences()]
            counts.append({base: bases.count(base) for base in "ACGT"})
    return counts


@pytest.mark.parametrize("kind", ["simplex", "duplex"])
def test_half_a_percent_is_found_at_its_fraction_and_errors_are_gone(run: Path, kind: str) -> None:
    genome = (run / "genome.fa").read_text().split()[1]
    bam = run / "results" / "aligned" / f"{kind}.tumor.consensus.bam"
    here = base_counts(bam, SITE, SITE + 1)[0]
    fraction = here[alternate(genome)] / sum(here.values())
    assert 0.6 * FRACTION < fraction < 1.5 * FRACTION
    around = base_counts(bam, SITE - 30, SITE)
    wrong = sum(
        count
        for counts, base in zip(around, genome[SITE - 30 : SITE], strict=True)
        for b, count in counts.items()
        if b != base
    )
    assert wrong / sum(sum(counts.values()) for counts in around) < 3e-5, "raw reads are wrong 100 times as often"


def test_half_a_percent_of_duplex_molecules_is_called(run: Path) -> None:
    genome = (run / "genome.fa").read_text().split()[1]
    with pysam.VariantFile(str(called(run))) as vcf:
        records = {(record.start, record.alts): record for record in vcf if "PASS" in record.filter}
    assert list(records) == [(SITE, (alternate(genome),))]
    tumor = records[SITE, (alternate(genome),)].samples["duplex.tumor"]
    assert 0.6 * FRACTION < tumor["AF"][0] < 1.5 * FRACTION
    assert tumor["DP"] > 0.9 * MOLECULES


@pytest.mark.parametrize("kind", ["simplex", "duplex"])
def test_the_alignment_names_its_sample_and_has_no_duplicates(run: Path, kind: str) -> None:
    with pysam.AlignmentFile(str(run / "results" / "aligned" / f"{kind}.tumor.consensus.bam")) as handle:
        assert {group["SM"] for group in handle.header.to_dict()["RG"]} == {f"{kind}.tumor"}
        assert handle.header.to_dict()["HD"]["SO"] == "coordinate"
        assert not any(read.is_duplicate for read in handle.fetch())


def test_families_and_yield_are_told(run: Path) -> None:
    simplex = read_measures(run / "results" / "qc" / "simplex.tumor.umi.tsv")
    duplex = read_measures(run / "results" / "qc" / "duplex.tumor.umi.tsv")
    assert 0.97 * MOLECULES <= int(simplex["molecules"]) <= MOLECULES
    assert 0.97 * MOLECULES <= int(duplex["molecules"]) <= MOLECULES
    assert float(duplex["duplex_yield"]) > 0.97
    assert 2.8 < float(simplex["mean_family_size"]) < 3.2
    # Poisson(2) + 1 raw pairs: exp(-2) of the molecules are read once, and the consensus asks for two.
    assert 0.82 < float(simplex["share_of_molecules_kept"]) < 0.9
    assert int(simplex["family_size_1"]) == pytest.approx(MOLECULES * 0.1353, rel=0.15)
    assert simplex["min_reads"] == "2"


def test_a_library_without_both_strands_is_no_duplex(run: Path) -> None:
    log = (run / "results" / "logs" / "umi" / "single.tumor.log").read_text()
    assert "of 600 molecules were read from both strands" in log
    assert "a library without duplex adapters is simplex" in log


def test_a_run_with_identifiers_is_refused_where_nothing_reads_them(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sh").symlink_to(str(shutil.which("sh")))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("GENOMODEL_TOOLS", raising=False)
    done = snakemake(tmp_path, run / "config.yaml", "-n")
    assert done.returncode != 0
    assert "fgumi is not installed, and samples of simplex and 2 more have identifiers" in done.stdout + done.stderr
