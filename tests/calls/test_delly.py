from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pysam
import pytest

from genomodel.calls.rearrangements.delly import DellyJob, call_rearrangements
from genomodel.calls.tools import find_tool
from genomodel.cohort.assay import AssayRegion
from genomodel.core.errors import InputError
from genomodel.core.patients import Assay
from genomodel.core.rearrangements import Frame, RearrangementAssay
from genomodel.core.specimens import Library
from tests.calls.rearranged_reads import Gene, Junction, read_genes, write_models, write_sample

pytestmark = pytest.mark.skipif(
    find_tool("delly") is None or find_tool("bwa") is None, reason="delly or bwa is not installed"
)

DEPTH = 200
LABELS = {
    "ETV6::ABL1 fusion",
    "TP53::RET fusion",
    "TP53::BRAF fusion",
    "NPM1::ALK fusion",
    "ETV6::NTRK1 fusion",
}
"""In all four orientations: genes of the forward and the reverse strand on either side."""


def junctions(genes: dict[str, Gene]) -> list[Junction]:
    def at(symbol: str, intron: int, shift: int = 0) -> tuple[Gene, int]:
        return genes[symbol], genes[symbol].intron_middle(intron, shift)

    return [
        Junction(*at("ETV6", 5), *at("ABL1", 1)),
        Junction(*at("TP53", 4), *at("RET", 11)),
        Junction(*at("TP53", 9), *at("BRAF", 8)),
        Junction(*at("NPM1", 4), *at("ALK", 19)),
        Junction(*at("ETV6", 3), *at("NTRK1", 9)),
    ]


@pytest.fixture(scope="module")
def pair(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[DellyJob, list[Junction]]:
    folder = tmp_path_factory.mktemp("delly")
    genes = read_genes(shared_data / "genome", ["ETV6", "ABL1", "NPM1", "ALK", "TP53", "RET", "BRAF", "NTRK1"])
    fasta, gff = write_models(genes, folder)
    truth = junctions(genes)
    normal = write_sample(folder, fasta, "normal", truth, fraction=0, depth=DEPTH, seed=1)
    tumor = write_sample(folder, fasta, "tumor", truth, fraction=0.2, depth=DEPTH, seed=2)
    return DellyJob(tumor=tumor, normal=normal, reference=fasta, gff=gff), truth


def run(job: DellyJob, folder: Path) -> RearrangementAssay:
    return call_rearrangements(job, folder / "p.json", folder / "p.vcf.gz")


@pytest.mark.slow
def test_recall_at_four_allele_fractions_and_no_false_call(
    pair: tuple[DellyJob, list[Junction]], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    job, truth = pair
    lines, found = [], {}
    frames = {item.label: item.frame() for item in truth}
    for fraction in (0.05, 0.1, 0.2, 0.4):
        tumor = write_sample(
            tmp_path, job.reference, f"t{fraction:g}", truth, fraction=fraction, depth=DEPTH, seed=int(fraction * 100)
        )
        calls = run(replace(job, tumor=tumor), tmp_path).calls
        right = [call for call in calls if frames.get(call.label) is call.frame]
        found[fraction] = {call.label for call in right}
        false = [call.label for call in calls if call.label not in LABELS]
        assert not false, f"false calls at {fraction}: {false}"
        assert all(call.confirmed for call in right)
        lines.append(f"{fraction:.0%}: {len(found[fraction])} of {len(LABELS)} found with their frame, 0 false")
    record_property("shown", f"fusions by delly at {DEPTH}x, by allele fraction: {'; '.join(lines)}")
    assert found[0.2] == found[0.4] == LABELS
    assert len(found[0.1]) >= 4


def test_a_pair_gives_places_exons_reads_and_a_vcf(
    pair: tuple[DellyJob, list[Junction]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    job, truth = pair
    assay = run(job, tmp_path)
    calls = {call.label: call for call in assay.calls}
    assert {name: call.frame for name, call in calls.items()} == {item.label: item.frame() for item in truth}
    assert {item.frame() for item in truth} == {Frame.IN_FRAME, Frame.OUT_OF_FRAME}
    for item in truth:
        call = calls[item.label]
        assert abs(call.five.pos - item.five_pos) <= 5
        assert abs(call.three.pos - item.three_pos) <= 5
        assert 0.1 < (call.support[0].fraction or 0) < 0.35
        assert call.support[0].normal_reads == 0
    assert assay.matched_normal is True
    with pysam.VariantFile(str(tmp_path / "p.vcf.gz")) as vcf:
        assert len(list(vcf)) == len(LABELS)
    first = (tmp_path / "p.json").read_bytes()
    assert str(tmp_path) not in first.decode()
    assert RearrangementAssay.model_validate(json.loads(first)) == assay
    (tmp_path / "again").mkdir()
    run(job, tmp_path / "again")
    assert (tmp_path / "again" / "p.json").read_bytes() == first


def test_two_normals_show_nothing(pair: tuple[DellyJob, list[Junction]], tmp_path: Path) -> None:
    job, truth = pair
    other = write_sample(tmp_path, job.reference, "other", truth, fraction=0, depth=DEPTH, seed=9)
    assert run(replace(job, tumor=other), tmp_path).calls == ()


def test_a_rearrangement_of_the_normal_is_not_the_tumors(pair: tuple[DellyJob, list[Junction]], tmp_path: Path) -> None:
    job, truth = pair
    germline = write_sample(tmp_path, job.reference, "germline", truth, fraction=0.5, depth=DEPTH, seed=4, carrying=1)
    labels = {call.label for call in run(replace(job, normal=germline), tmp_path).calls}
    assert "ETV6::ABL1 fusion" not in labels
    assert "TP53::RET fusion" in labels


def test_a_normal_with_cells_of_the_tumor_hides_no_fusion(
    pair: tuple[DellyJob, list[Junction]], tmp_path: Path
) -> None:
    job, truth = pair
    mixed = write_sample(tmp_path, job.reference, "mixed", truth, fraction=0.01, depth=DEPTH, seed=3)
    calls = {call.label: call for call in run(replace(job, normal=mixed), tmp_path).calls}
    assert set(calls) == LABELS
    assert not any(call.confirmed for call in calls.values())
    assert all("reads of the normal carry it too" in call.unconfirmed_reason for call in calls.values())


def test_what_the_somatic_filter_drops_for_few_reads_leaves_its_gene_open(
    pair: tuple[DellyJob, list[Junction]], tmp_path: Path
) -> None:
    job, _ = pair
    assay = run(replace(job, assay=Assay.WGS, min_fraction=0.5), tmp_path)
    assert assay.calls == ()
    answers = {item.gene: item for item in assay.genes}
    for gene in ("ALK", "NTRK1"):
        assert not answers[gene].assessable
        assert answers[gene].reason.startswith("a filtered breakend")
    assert answers["ALK"].unresolved


def test_reads_that_may_be_of_another_place_give_no_depth(
    pair: tuple[DellyJob, list[Junction]], tmp_path: Path
) -> None:
    job, _ = pair
    assert {item.gene for item in run(replace(job, assay=Assay.WGS), tmp_path).genes if item.assessable} == {
        "ALK",
        "NTRK1",
    }
    doubtful = tmp_path / "doubtful.bam"
    with (
        pysam.AlignmentFile(str(job.tumor)) as source,
        pysam.AlignmentFile(str(doubtful), "wb", template=source) as sink,
    ):
        for read in source:
            if read.reference_name == "NTRK1":
                read.mapping_quality = 0
            sink.write(read)
    pysam.index(str(doubtful))
    answers = {item.gene: item for item in run(replace(job, assay=Assay.WGS, tumor=doubtful), tmp_path).genes}
    assert answers["ALK"].assessable
    assert answers["NTRK1"].reason == "introns 8-11 at a mean depth of 0, 50 needed"


def test_what_delly_was_told_to_leave_out_is_no_negative(pair: tuple[DellyJob, list[Junction]], tmp_path: Path) -> None:
    job, _ = pair
    exclude = tmp_path / "exclude.tsv"
    first, last = span(read_genes_of(job)["NTRK1"], 9)
    exclude.write_text(f"ALK\nNTRK1\t{first - 3000}\t{last + 3000}\tmine\nROS1\t0\t5\ttelomere\n")
    answers = {a.gene: a for a in run(replace(job, assay=Assay.WGS, exclude=exclude), tmp_path).genes}
    assert answers["ALK"].reason == "intron 19 left out of the search to 100%"
    assert answers["NTRK1"].reason.startswith("introns 8-11 left out of the search to")
    assert not answers["ALK"].assessable
    assert not answers["NTRK1"].assessable


def test_a_cut_alignment_and_empty_gene_models_are_named_and_leave_nothing(
    pair: tuple[DellyJob, list[Junction]], tmp_path: Path
) -> None:
    job, _ = pair
    cut, empty = tmp_path / "cut.bam", tmp_path / "empty.gff3"
    cut.write_bytes(job.tumor.read_bytes()[: job.tumor.stat().st_size // 2])
    shutil.copy(f"{job.tumor}.bai", f"{cut}.bai")
    empty.write_text("##gff-version 3\n")
    for wrong, said in (({"tumor": cut}, "cut.bam"), ({"gff": empty}, "no transcript")):
        with pytest.raises(InputError, match=said):
            run(replace(job, **wrong), tmp_path)
        assert not list(tmp_path.glob("p.*"))


def test_without_a_normal_every_event_waits_for_confirmation(
    pair: tuple[DellyJob, list[Junction]], tmp_path: Path
) -> None:
    job, _ = pair
    assay = run(replace(job, normal=None), tmp_path)
    assert {call.label for call in assay.calls} >= LABELS
    assert not any(call.confirmed for call in assay.calls)
    assert all("no matched normal" in call.unconfirmed_reason for call in assay.calls)


def test_coverage_of_introns_decides_gene_by_gene(pair: tuple[DellyJob, list[Junction]], tmp_path: Path) -> None:
    job, _ = pair
    genes = read_genes_of(job)
    alk, braf = genes["ALK"], genes["BRAF"]
    inside = [AssayRegion(chrom="ALK", start=first - 1, end=last) for first, last in [span(alk, 19)]]
    exons = [AssayRegion(chrom="BRAF", start=first - 1, end=last) for first, last in braf.exons()]
    answers = {a.gene: a for a in run(replace(job, assay=Assay.PANEL, regions=(*inside, *exons)), tmp_path).genes}
    assert answers["ALK"].assessable, answers["ALK"]
    assert answers["ALK"].reason == "intron 19 covered"
    assert not answers["BRAF"].assessable
    assert answers["BRAF"].reason == "introns 8-10 covered to 0% by the assay"
    assert answers["RET"].reason.startswith("no source tells which of its introns break, and")
    assert answers["ROS1"].reason == "the gene models have no transcript of it"


def read_genes_of(job: DellyJob) -> dict[str, Gene]:
    rows: dict[str, list[str]] = {}
    for line in job.gff.read_text().splitlines()[1:]:
        rows.setdefault(line.split("\t")[0], []).append(line)
    return {name: Gene(name, True, "", tuple(listed), 0) for name, listed in rows.items()}


def span(gene: Gene, intron: int) -> tuple[int, int]:
    one, two = gene.exons()[intron - 1], gene.exons()[intron]
    return min(one[1], two[1]) + 1, max(one[0], two[0]) - 1


@pytest.mark.parametrize("case", ["few reads", "amplicon", "same name"])
def test_reads_that_delly_cannot_use_leave_every_gene_unassessed(
    pair: tuple[DellyJob, list[Junction]], tmp_path: Path, case: str
) -> None:
    job, _ = pair
    if case == "few reads":
        job = replace(job, tumor=few_reads(job.tumor, tmp_path), normal=None)
    elif case == "amplicon":
        job = replace(job, library=Library.AMPLICON)
    else:
        job = replace(job, normal=job.tumor)
    assay = run(replace(job, assay=Assay.WGS), tmp_path)
    assert assay.calls == ()
    assert not any(answer.assessable for answer in assay.genes)
    said = {"few reads": "too few", "amplicon": "amplicons", "same name": "cannot tell them apart"}[case]
    assert all(said in answer.reason for answer in assay.genes)
    assert not assay.every_pair
    with pysam.VariantFile(str(tmp_path / "p.vcf.gz")) as vcf:
        assert list(vcf) == []
    assert (tmp_path / "p.vcf.gz.tbi").is_file()


def few_reads(bam: Path, folder: Path) -> Path:
    path = folder / "few.bam"
    with pysam.AlignmentFile(str(bam)) as source, pysam.AlignmentFile(str(path), "wb", template=source) as sink:
        for read, _ in zip(source, range(60), strict=False):
            sink.write(read)
    pysam.index(str(path))
    return path


def test_without_delly_the_report_says_so(
    pair: tuple[DellyJob, list[Junction]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("GENOMODEL_TOOLS", raising=False)
    assert {answer.reason for answer in run(pair[0], tmp_path).genes} == {"delly is not installed"}


def test_gene_models_of_another_build_are_refused_before_the_search_and_leave_nothing_half_written(
    pair: tuple[DellyJob, list[Junction]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, _ = pair
    gff = tmp_path / "genes.gff3"
    shutil.copy(job.gff, gff)
    gff.write_text(gff.read_text().replace("ETV6\t", "12\t").replace("ALK\t", "2\t"))
    for name in ("ABL1", "NPM1", "TP53", "RET", "BRAF", "NTRK1"):
        gff.write_text(gff.read_text().replace(f"{name}\t", "7\t"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="no gene model on the contigs of the reads of"):
        run(replace(job, gff=gff), tmp_path)
    assert not list(tmp_path.glob("p.*"))


def test_gene_models_that_are_not_coding_in_the_reference_are_refused(
    pair: tuple[DellyJob, list[Junction]], tmp_path: Path
) -> None:
    job, _ = pair
    rows = [line.split("\t") for line in job.gff.read_text().splitlines()]
    moved = [[*r[:3], str(int(r[3]) + 37), str(int(r[4]) + 37), *r[5:]] if len(r) == 9 else r for r in rows]
    gff = tmp_path / "genes.gff3"
    gff.write_text("".join("\t".join(row) + "\n" for row in moved))
    with pytest.raises(InputError, match="proteins have stop codons inside"):
        run(replace(job, gff=gff), tmp_path)
    assert not list(tmp_path.glob("p.*"))
