from __future__ import annotations

import dataclasses
import math
import statistics
from pathlib import Path

import pysam
import pytest

from genomodel.calls.copy_number import read_copy_number
from genomodel.calls.copy_number.build_pool import build_pool
from genomodel.calls.copy_number.cnvkit import choose_segmentation
from genomodel.calls.copy_number.job import TOO_SHALLOW, AssayFiles, Ratios, run_engine
from genomodel.calls.copy_number.pool import PooledNormal
from genomodel.calls.copy_number.profile import make_profile
from genomodel.calls.copy_number.withheld import OWN_MIDDLE
from genomodel.core.copy_number import CopyNumberProfile
from genomodel.core.errors import InputError
from genomodel.core.specimens import Library
from tests.calls.copy_number.reads import EXONS, GENES, SmallGenome
from tests.cli.conftest import Run, run

__all__ = ["run"]

PURITY = 0.7
MIXED = {"ERBB2": PURITY * 14 + (1 - PURITY) * 2, "CDKN2A": (1 - PURITY) * 2}
EVENTS = {"ERBB2": "amplification", "CDKN2A": "deep_deletion"}


@pytest.fixture(scope="module")
def genome(tmp_path_factory: pytest.TempPathFactory) -> SmallGenome:
    return SmallGenome(tmp_path_factory.mktemp("genome"))


@pytest.fixture(scope="module")
def tumor(genome: SmallGenome) -> Path:
    return genome.alignment("tumor", 200, MIXED | {"AR": 1.0}, seed=1)


@pytest.fixture(scope="module")
def normal(genome: SmallGenome) -> Path:
    return genome.alignment("normal", 90, {"AR": 1.0}, seed=2)


def states(profile: CopyNumberProfile) -> dict[str, str]:
    return {call.gene: call.state.value for call in profile.calls if call.state.value != "neutral"}


@pytest.fixture(scope="module")
def measured(genome: SmallGenome, tumor: Path, normal: Path) -> Ratios:
    return run_engine(tumor, AssayFiles(Library.CAPTURE, genome.fasta, genome.bed), normal=normal)


@pytest.mark.slow
def test_a_captured_tumor_against_its_normal(genome: SmallGenome, measured: Ratios) -> None:
    profile = make_profile(measured, AssayFiles(Library.CAPTURE, genome.fasta, genome.bed), purity=PURITY, sex="male")
    assert states(profile) == EVENTS
    assert set(profile.assayed_genes or ()) == set(GENES)
    found = {call.gene: call for call in profile.calls}
    for gene, copies in {"ERBB2": 14.0, "CDKN2A": 0.0, "KRAS": 2.0, "AR": 1.0}.items():
        low, high = found[gene].copies_low, found[gene].copies_high
        assert low is not None
        assert high is not None
        assert low <= copies <= high, found[gene]
    assert f"capture, matched normal, segmentation by {choose_segmentation('auto')}" in profile.method


@pytest.mark.slow
@pytest.mark.parametrize(
    ("genes", "told"),
    [(("ERBB2",), {}), (("ERBB2", "KRAS"), {"ERBB2": "gain", "KRAS": "loss"})],
)
def test_in_an_assay_on_few_autosomes_no_gene_is_neutral(
    genome: SmallGenome,
    tumor: Path,
    normal: Path,
    tmp_path: Path,
    genes: tuple[str, ...],
    told: dict[str, str],
) -> None:
    bed = tmp_path / "few.bed"
    lines = genome.bed.read_text().splitlines()
    bed.write_text("".join(f"{line}\n" for line in lines if line.split("\t")[3].split(":")[0] in genes))
    assay = AssayFiles(Library.AMPLICON, genome.fasta, bed)
    profile = make_profile(run_engine(tumor, assay, normal=normal, segmentation="haar"), assay, purity=PURITY)
    assert states(profile) == told
    assert all(call.note for call in profile.calls)
    assert {*(call.gene for call in profile.calls), *profile.not_assessed} == set(genes)
    assert all(reason.startswith(OWN_MIDDLE) for reason in profile.not_assessed.values())


@pytest.mark.slow
def test_on_three_autosomes_an_amplification_stands_and_nothing_is_neutral(
    genome: SmallGenome, measured: Ratios
) -> None:
    few = dataclasses.replace(
        measured, bins=tuple(b for b in measured.bins if b.gene in ("ERBB2", "KRAS", "EGFR")), laid={}
    )
    assay = AssayFiles(Library.CAPTURE, genome.fasta, genome.bed)
    profile = make_profile(few, assay, purity=PURITY, sex="male")
    assert states(profile) == {"ERBB2": "amplification"}
    assert set(profile.not_assessed) == {"EGFR", "KRAS"}
    assert {call.state.value for call in profile.calls} == {"amplification"}


@pytest.mark.slow
def test_a_gene_of_which_most_bins_are_left_out_is_not_neutral(genome: SmallGenome, measured: Ratios) -> None:
    kept = [b for b in measured.bins if b.gene not in ("KRAS", "ERBB2")]
    kept += [b for gene in ("KRAS", "ERBB2") for b in [b for b in measured.bins if b.gene == gene][:3]]
    few = dataclasses.replace(measured, bins=tuple(sorted(kept, key=lambda b: (b.chrom, b.start))))
    profile = make_profile(few, AssayFiles(Library.CAPTURE, genome.fasta, genome.bed), purity=PURITY, sex="male")
    assert profile.not_assessed == {"KRAS": "too few bins could be measured: 3 of its 8 bins"}
    assert "KRAS" not in (profile.assayed_genes or ())
    assert states(profile) == EVENTS


@pytest.mark.slow
def test_the_bias_of_capture_is_removed_as_a_whole_by_one_normal(genome: SmallGenome, measured: Ratios) -> None:
    bias = [math.log2(genome.efficiency[gene, exon]) for gene in GENES for exon in range(EXONS)]
    by_place = {(b.chrom, b.start - 1): b.log2 for b in measured.bins}
    quiet = [
        (math.log2(genome.efficiency[gene, exon]), by_place[GENES[gene], genome.exon(gene, exon)[0]])
        for gene in GENES
        if gene not in EVENTS
        for exon in range(EXONS)
    ]
    slope = statistics.linear_regression([x for x, _ in quiet], [y for _, y in quiet]).slope
    assert statistics.stdev(bias) > 0.3
    assert abs(slope) < 0.15


@pytest.mark.slow
def test_an_amplicon_tumor_is_segmented_by_haar_where_that_is_asked_for(
    genome: SmallGenome, tumor: Path, normal: Path
) -> None:
    assay = AssayFiles(Library.AMPLICON, genome.fasta, genome.bed)
    ratios = run_engine(tumor, assay, normal=normal, segmentation="haar")
    assert states(make_profile(ratios, assay, purity=PURITY, sex="male")) == EVENTS
    assert "amplicon, matched normal, segmentation by haar" in ratios.method


@pytest.mark.slow
def test_a_whole_genome_takes_its_genes_from_the_gene_models(genome: SmallGenome) -> None:
    tumor = genome.alignment("whole_tumor", 40, MIXED, whole=True, seed=3)
    normal = genome.alignment("whole_normal", 30, {}, whole=True, seed=4)
    assay = AssayFiles(Library.WGS, genome.fasta, gff=genome.gff, wgs_bases=400)
    profile = make_profile(run_engine(tumor, assay, normal=normal), assay, purity=PURITY, sex="female")
    assert states(profile) == EVENTS
    assert "wgs, matched normal" in profile.method
    wide = AssayFiles(Library.WGS, genome.fasta, gff=genome.gff, wgs_bases=5000)
    profile = make_profile(run_engine(tumor, wide, normal=normal), wide, purity=PURITY, sex="female")
    (lost,) = (call for call in profile.calls if call.gene == "CDKN2A")
    assert (lost.state.value, lost.n_regions) == ("loss", 2)
    assert lost.note == "possible loss of all copies: its bins reach beyond it"


def test_gene_models_of_another_build_are_refused(genome: SmallGenome, tumor: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.gff3"
    contig = Path(f"{genome.fasta}.fai").read_text().split("\t")[0]
    other.write_text(f"##gff-version 3\n##sequence-region {contig} 1 77\n{genome.gff.read_text()}")
    with pytest.raises(InputError, match=f"{contig} has 77 bases in the gene models") as told:
        run_engine(tumor, AssayFiles(Library.CAPTURE, genome.fasta, genome.unnamed, other))
    assert told.value.row == 2


def test_alignments_that_would_make_every_gene_neutral_or_lost_are_refused(
    genome: SmallGenome, tumor: Path, normal: Path, tmp_path: Path
) -> None:
    assay = AssayFiles(Library.CAPTURE, genome.fasta, genome.bed)
    link = tmp_path / "normal.bam"
    link.symlink_to(tumor)
    with pytest.raises(InputError, match="the tumor is given as its own normal"):
        run_engine(tumor, assay, normal=link)
    other = tmp_path / "other.fa"
    first, rest = genome.fasta.read_text().split("\n", 1)
    other.write_text(f"{first}\nACGT{rest}")
    pysam.faidx(str(other))
    with pytest.raises(InputError, match=r"contig 'chr1' has \d+ bases in the reads and"):
        run_engine(tumor, AssayFiles(Library.CAPTURE, other, genome.bed), normal=normal)
    other.write_text(genome.fasta.read_text().replace(">chr", ">"))
    pysam.faidx(str(other))
    with pytest.raises(InputError, match="contigs are not in the reference, such as 'chr1'"):
        build_pool([PooledNormal(tumor), PooledNormal(normal)], AssayFiles(Library.CAPTURE, other), tmp_path / "p.cnn")
    empty = genome.alignment("empty", 0, {})
    with pytest.raises(InputError, match="the tumor has no reads over the assayed regions"):
        run_engine(empty, assay, normal=normal)


@pytest.mark.slow
def test_a_shallow_normal_leaves_every_gene_without_an_answer_and_is_no_error(
    genome: SmallGenome, tumor: Path, tmp_path: Path, run: Run
) -> None:
    shallow, out = genome.alignment("shallow", 8, {}, seed=9), tmp_path / "a.json"
    words = ["copy-number", "--tumor", tumor, "--normal", shallow, "--bed", genome.bed, "--fasta", genome.fasta]
    done = run(*words, "--out", out, "--sex", "male", "--purity", "0.7")
    assert done.code == 0, done.err
    profile = read_copy_number(out)
    assert (profile.calls, profile.segments) == ((), ())
    assert profile.assayed_genes == ()
    assert profile.not_assessed == dict.fromkeys(sorted(GENES), TOO_SHALLOW)


@pytest.mark.slow
def test_pooled_normals_of_both_sexes_serve_a_tumor_without_a_normal(
    genome: SmallGenome, tumor: Path, normal: Path, tmp_path: Path
) -> None:
    woman = genome.alignment("woman", 90, {}, seed=6)
    assay = AssayFiles(Library.CAPTURE, genome.fasta, genome.unnamed, genome.gff)
    pool = tmp_path / "pool.cnn"
    build_pool([PooledNormal(normal, "male"), PooledNormal(woman, "female")], assay, pool)
    ratios = run_engine(tumor, assay, pool=pool)
    profile = make_profile(ratios, assay, purity=PURITY, sex="male")
    assert states(profile) == EVENTS
    assert "pooled reference of 2 normals" in profile.method
    assert next(call for call in profile.calls if call.gene == "AR").copies == pytest.approx(1.0, abs=0.4)
    with pytest.raises(InputError, match="another assay"):
        run_engine(tumor, AssayFiles(Library.CAPTURE, genome.fasta, genome.bed), pool=pool)
    with pytest.raises(InputError, match="another assay"):
        run_engine(tumor, AssayFiles(Library.AMPLICON, genome.fasta, genome.unnamed, genome.gff), pool=pool)


@pytest.mark.slow
def test_a_flat_reference_says_so_and_calls_no_deep_deletion(genome: SmallGenome, tumor: Path) -> None:
    assay = AssayFiles(Library.CAPTURE, genome.fasta, genome.bed)
    profile = make_profile(run_engine(tumor, assay), assay, purity=PURITY, sex="male")
    assert "flat reference: capture bias not removed" in profile.method
    assert "deep_deletion" not in states(profile).values()
    assert states(profile)["ERBB2"] in ("amplification", "gain")
    lost = {call.gene: call.note for call in profile.calls} | profile.not_assessed
    assert "flat reference" in lost["CDKN2A"]
    assert profile.purity is not None
    assert "flat reference" in profile.purity.reason


@pytest.mark.slow
def test_the_verb_writes_the_bytes_of_an_earlier_run_and_the_report_reads_them(
    genome: SmallGenome, tumor: Path, normal: Path, measured: Ratios, tmp_path: Path, run: Run
) -> None:
    out, table = tmp_path / "a.json", tmp_path / "a.tsv"
    words = ["copy-number", "--tumor", tumor, "--normal", normal, "--bed", genome.bed, "--fasta", genome.fasta]
    done = run(*words, "--out", out, "--table", table, "--sex", "male")
    assert done.code == 0, done.err
    expected = make_profile(measured, AssayFiles(Library.CAPTURE, genome.fasta, genome.bed), sex="male")
    assert out.read_text() == expected.to_json()
    read = read_copy_number(out)
    assert states(read) == {"ERBB2": "amplification", "CDKN2A": "loss"}
    lost = next(call for call in read.calls if call.gene == "CDKN2A")
    assert lost.note == "possible loss: purity unknown"
    assert states(read_copy_number(table)) == states(read)
    assert str(tmp_path) not in out.read_text() + table.read_text()


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--purity", "150", "purity '150' cannot be"),
        ("--purity", "-0.2", "purity '-0.2' cannot be"),
        ("--purity", "60%", "0.6 for 60 %"),
        ("--purity", "nan", "cannot be"),
        ("--segmentation", "hmm", "unknown segmentation 'hmm'"),
        ("--sex", "m", "unknown sex 'm'"),
        ("--normal", "missing.bam", "missing.bam"),
    ],
)
def test_bad_options_are_refused_and_nothing_is_written(
    genome: SmallGenome, tumor: Path, tmp_path: Path, run: Run, option: str, value: str, said: str
) -> None:
    words = [
        "copy-number",
        "--tumor",
        tumor,
        "--bed",
        genome.bed,
        "--fasta",
        genome.fasta,
        "--out",
        tmp_path / "o.json",
    ]
    done = run(*words, option, value)
    assert done.code == 2
    assert said in " ".join(done.err.split()), done.err
    assert not (tmp_path / "o.json").exists()


def test_one_normal_is_no_pool(genome: SmallGenome, normal: Path, tmp_path: Path) -> None:
    assay = AssayFiles(Library.CAPTURE, genome.fasta, genome.bed)
    with pytest.raises(InputError, match="1 normal sample of library capture; a pooled reference takes 2 at least"):
        build_pool([PooledNormal(normal)], assay, tmp_path / "pool.cnn")
    with pytest.raises(InputError, match="a normal is given twice"):
        build_pool([PooledNormal(normal), PooledNormal(normal)], assay, tmp_path / "pool.cnn")
    assert not list(tmp_path.iterdir())


def test_a_bed_on_other_contig_names_is_refused(genome: SmallGenome, tumor: Path, tmp_path: Path) -> None:
    bed = tmp_path / "bare.bed"
    bed.write_text(genome.bed.read_text().replace("chr", ""))
    with pytest.raises(InputError, match=r"contig '1' of the BED is not in the reference, which has chr1"):
        run_engine(tumor, AssayFiles(Library.CAPTURE, genome.fasta, bed))


def test_regions_without_gene_names_need_gene_models(genome: SmallGenome, tumor: Path) -> None:
    with pytest.raises(InputError, match="carry no gene names"):
        run_engine(tumor, AssayFiles(Library.CAPTURE, genome.fasta, genome.unnamed))
