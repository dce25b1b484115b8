"""Samples that mosdepth and samtools really measure."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import pysam
import pytest

from genomodel.calls.quality import read_quality
from genomodel.calls.quality.limits import QualityLimits, quality_limits
from genomodel.calls.quality.measure import QualityInputs, SampleReads, measure_quality
from genomodel.calls.regions import read_region_depths
from genomodel.core.errors import InputError
from genomodel.core.patients import Assay
from genomodel.core.sample_quality import QualityStatus, SampleQuality
from genomodel.core.specimens import Library, Specimen
from tests.workflow import tiny

pytestmark = pytest.mark.skipif(
    not (shutil.which("mosdepth") and shutil.which("bwa")), reason="mosdepth and bwa are needed on PATH"
)
LIMITS = quality_limits(Assay.PANEL, ["mean_depth.warn=60", "mean_depth.fail=50", "exon_depth=40"])


@pytest.fixture(scope="module")
def reads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("quality")
    fasta = tiny.write_reference(folder)
    for name, depth, seed in (("deep", 90, 1), ("poor", 8, 2), ("normal", 40, 3)):
        pairs = tiny.sample_pairs(tumor=name != "normal", depth=depth, amplicon=False, seed=seed)
        tiny.align(fasta, pairs.write(folder, name), folder / f"{name}.bam", name)
    return folder


def measure(
    reads: Path, out: Path, tumor: str = "deep.bam", limits: QualityLimits = LIMITS, **changed: object
) -> SampleQuality:
    specimen = changed.pop("specimen", None)
    inputs = {
        "samples": (
            SampleReads("tumor", reads / tumor, specimen if isinstance(specimen, Specimen) else None),
            SampleReads("normal", reads / "normal.bam"),
        ),
        "reference": reads / "genome.fa",
        "bed": reads / "panel.bed",
        "gff": reads / "genes.gff3",
        "genes": frozenset({"EGFR"}),
        "named_off_assay": frozenset({"EGFR"}),
    } | changed
    return measure_quality(QualityInputs(**inputs), limits, out / "q.json", tables=out / "P1")  # type: ignore[arg-type]


def statuses(found: SampleQuality, sample: int = 0) -> dict[str, str | None]:
    return {measure.name: measure.status and measure.status.value for measure in found.samples[sample].measures}


def test_depth_of_regions_is_what_counting_the_reads_gives(reads: Path, tmp_path: Path) -> None:
    found = measure(reads, tmp_path)
    (depth,) = read_region_depths(tmp_path / "P1.tumor.regions.bed.gz")
    with pysam.AlignmentFile(str(reads / "deep.bam")) as handle:
        start, end = tiny.TARGETS[0]
        fragments: dict[int, set[str]] = {}
        for read in handle.fetch(tiny.CONTIG, start, end):
            for base in read.get_reference_positions():
                if start <= base < end:
                    fragments.setdefault(base, set()).add(str(read.query_name))
    counted = sum(map(len, fragments.values())) / (end - start)
    assert depth.mean_depth == pytest.approx(counted, rel=0.01)
    tumor = found.samples[0]
    mean, share = tumor.measure("mean_depth"), tumor.measure("share_at_depth")
    assert mean
    assert mean.value == pytest.approx(counted, rel=0.01)
    at_forty = sum(len(names) >= 40 for names in fragments.values()) / (end - start)
    assert share
    assert share.value == pytest.approx(at_forty, abs=0.01)
    assert (tmp_path / "P1.tumor.regions.bed.gz.csi").exists()
    assert read_quality([str(tmp_path / "q.json")]) == found


def test_a_deep_sample_passes_and_a_poor_one_fails(reads: Path, tmp_path: Path) -> None:
    deep = measure(reads, tmp_path)
    assert deep.failed == ()
    assert statuses(deep)["mean_depth"] == "pass"
    assert statuses(deep)["duplicate_share"] is None, "duplicates were never marked"
    assert [sample.type for sample in deep.samples] == ["tumor", "normal"]
    poor = measure(reads, tmp_path, "poor.bam")
    assert {measure.name for _, measure in poor.failed} == {"mean_depth", "share_at_depth"}
    assert statuses(poor)["mapped_share"] == "pass"
    assert not any(exon.passed for exon in poor.exons)


def test_exons_are_those_of_the_gene_models_where_the_bed_contradicts_them(reads: Path, tmp_path: Path) -> None:
    bed = tmp_path / "cut.bed"
    bed.write_text("chr7\t600\t1400\tEGFR\n")
    found = measure(reads, tmp_path, bed=bed)
    assert [(exon.gene, exon.exon, exon.off_assay_bases) for exon in found.exons] == [("EGFR", 1, 100)]
    assert [(item.gene, item.exons) for item in found.exons_off_assay] == [("EGFR", (2,))]


def test_an_exon_without_reads_fails_and_the_sample_does_not(reads: Path, tmp_path: Path) -> None:
    bed = tmp_path / "wide.bed"
    bed.write_text("chr7\t0\t100\tEGFR:exon9\nchr7\t600\t1500\tEGFR:exon1\nchr7\t1500\t2400\tEGFR:exon2\n")
    found = measure(reads, tmp_path, bed=bed, gff=None)
    assert [(exon.exon, exon.passed) for exon in found.exons] == [(1, True), (2, True), (9, False)]
    assert found.failed == ()


def test_a_cram_says_the_same_and_the_same_input_gives_the_same_bytes(reads: Path, tmp_path: Path) -> None:
    cram = tiny.to_cram(reads / "deep.bam", reads / "genome.fa")
    outs = [tmp_path / name for name in ("bam", "again", "cram")]
    for out, tumor in zip(outs, ("deep.bam", "deep.bam", cram.name), strict=True):
        out.mkdir()
        measure(reads, out, tumor)
    for name in ("q.json", "q.tsv", "P1.tumor.regions.bed.gz"):
        assert (outs[0] / name).read_bytes() == (outs[1] / name).read_bytes()
    assert json.loads((outs[0] / "q.json").read_text()) == json.loads((outs[2] / "q.json").read_text())


def test_a_genome_without_a_bed_has_a_depth_and_exons_and_no_target(reads: Path, tmp_path: Path) -> None:
    found = measure(reads, tmp_path, bed=None, limits=quality_limits(Assay.WGS))
    assert [exon.exon for exon in found.exons] == [1, 2]
    assert statuses(found)["on_target_share"] is None
    assert statuses(found)["share_at_depth"] is not None
    assert not (tmp_path / "P1.tumor.regions.bed.gz").exists()


def test_an_amplicon_library_is_not_judged_by_its_duplicates(reads: Path, tmp_path: Path) -> None:
    flagged = tmp_path / "flagged.bam"
    with pysam.AlignmentFile(str(reads / "deep.bam")) as source:
        header = source.header.to_dict()
        header.setdefault("PG", []).append({"ID": "md", "PN": "MarkDuplicates"})
        with pysam.AlignmentFile(str(flagged), "wb", header=header) as target:
            for index, read in enumerate(source):
                read.is_duplicate = index % 5 > 0
                target.write(read)
    pysam.index(str(flagged))
    capture = measure(reads, tmp_path, str(flagged))
    share = capture.samples[0].measure("duplicate_share")
    assert share
    assert share.status is QualityStatus.WARN
    assert share.value == pytest.approx(0.8, abs=0.01)
    amplicon = measure(reads, tmp_path, str(flagged), specimen=Specimen(library=Library.AMPLICON))
    share = amplicon.samples[0].measure("duplicate_share")
    assert share
    assert share.status is None
    assert "amplicons" in share.reason


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"bed": "chr9\t1\t20\tEGFR\n"}, "the reads have no contig 'chr9'"),
        ({"bed": "chr7\t1\t99999\tEGFR\n"}, "reaches beyond the contig's end, 3000"),
        ({"gff": "no gene models\n"}, "columns where a GFF3 has 9"),
    ],
)
def test_regions_and_models_that_do_not_fit_leave_nothing_behind(
    reads: Path, tmp_path: Path, change: dict[str, str], said: str
) -> None:
    files: dict[str, object] = {}
    for name, text in change.items():
        files[name] = tmp_path / f"given.{name}"
        (tmp_path / f"given.{name}").write_text(text)
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(InputError, match=said):
        measure(reads, out, **files)  # type: ignore[arg-type]
    assert not list(out.iterdir())


def test_gene_models_of_another_build_leave_nothing_behind(reads: Path, tmp_path: Path) -> None:
    gff, out = tmp_path / "genes.gff3", tmp_path / "out"
    out.mkdir()
    gff.write_text("##sequence-region chr7 1 77\n" + (reads / "genes.gff3").read_text())
    with pytest.raises(InputError, match="chr7 has 77 bases in the gene models and 3000 in the reference"):
        measure(reads, out, gff=gff)
    assert not list(out.iterdir())


def test_an_alignment_without_reads_is_named(reads: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.bam"
    with pysam.AlignmentFile(str(reads / "deep.bam")) as source:
        pysam.AlignmentFile(str(empty), "wb", template=source).close()
    pysam.index(str(empty))
    with pytest.raises(InputError, match=r"empty\.bam: the alignment of the tumor holds no aligned read"):
        measure(reads, tmp_path, str(empty))
    assert not (tmp_path / "q.json").exists()


def test_a_cut_alignment_is_named(reads: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.bam"
    cut.write_bytes((reads / "deep.bam").read_bytes()[:9000])
    shutil.copy(reads / "deep.bam.bai", tmp_path / "cut.bam.bai")
    with pytest.raises(InputError):
        measure(reads, tmp_path, str(cut))
    assert not (tmp_path / "q.json").exists()
    with gzip.open(reads / "deep.bam") as handle:
        assert handle.read(4) == b"BAM\x01"
