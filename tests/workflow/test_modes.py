"""Every engine on every kind of patient, by mode, entry and library: each row returns a variant known to be there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pysam
import pytest

from genomodel.calls.engines import ENGINES, GIVEN
from genomodel.calls.tools import find_tool, starts
from tests.workflow import tiny
from tests.workflow.conftest import snakemake, write_config

pytestmark = pytest.mark.slow

DEPTH = {"tumor": 70, "normal": 40}
GIVEN_FROM = "freebayes"


@dataclass(frozen=True)
class Row:
    """One kind of patient."""

    mode: str
    entry: str
    library: str

    @property
    def patient(self) -> str:
        return f"{self.mode}-{self.entry}-{self.library}"

    @property
    def kinds(self) -> tuple[str, ...]:
        return ("tumor", "normal") if self.mode == "paired" else ("tumor",)


ROWS = [
    *(Row(mode, entry, "capture") for mode in ("paired", "alone") for entry in ("fastq", "bam", "cram")),
    *(Row(mode, entry, "amplicon") for mode in ("paired", "alone") for entry in ("fastq", "bam")),
    Row("paired", "bam", "wgs"),
    Row("alone", "cram", "wgs"),
]
SOURCES = [*ENGINES, "consensus"]


def missing(engine: str) -> str | None:
    """Why an engine cannot run here."""
    if engine not in ENGINES:
        return None
    absent = [name for name in ENGINES[engine].programs if find_tool(name) is None]
    return f"{' and '.join(absent)} not on PATH and not in GENOMODEL_TOOLS" if absent else None


def given_vcf(folder: Path) -> Path:
    """Calls of another house: other sample names, no index, the deletion not left-aligned."""
    (pos, ref, alt), (at, n) = tiny.SNV, tiny.DELETION
    deleted = tiny.reference_bases()[at - 2 : at - 1 + n]
    path = folder / "given.vcf"
    fields = "GT:AD:DP\t0/1:70,30:100"
    path.write_text(
        "##fileformat=VCFv4.2\n##source=elsewhere 1.0\n"
        f"##contig=<ID={tiny.CONTIG},length={tiny.LENGTH}>\n"
        '##FILTER=<ID=weak,Description="x">\n'
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="x">\n'
        '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="x">\n'
        '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="x">\n'
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tTUM-7\n"
        f"{tiny.CONTIG}\t{pos}\t.\t{ref}\t{alt}\t.\tPASS\t.\t{fields}\n"
        f"{tiny.CONTIG}\t{at - 1}\t.\t{deleted}\t{deleted[0]}\t.\tweak\t.\t{fields}\n"
    )
    return path


def own_copy(path: Path, folder: Path) -> Path:
    """Copy a file and its index: a file belongs to one patient."""
    folder.mkdir(exist_ok=True)
    for name in path.parent.glob(f"{path.name}*"):
        shutil.copy(name, folder)
    return folder / path.name


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All rows in one run of the workflow."""
    folder = tmp_path_factory.mktemp("modes")
    fasta = tiny.write_reference(folder)
    reads, alignments = {}, {}
    for number, kind in enumerate(DEPTH):
        for amplicon in (False, True):
            pairs = tiny.sample_pairs(tumor=kind == "tumor", depth=DEPTH[kind], amplicon=amplicon, seed=number + 1)
            name = f"{kind}{int(amplicon)}"
            reads[kind, amplicon] = pairs.write(folder, name)
            bam = tiny.align(
                fasta, reads[kind, amplicon], folder / f"{name}.bam", f"{kind} of somebody".replace(" ", "_")
            )
            alignments[kind, amplicon, "bam"] = bam
            alignments[kind, amplicon, "cram"] = tiny.to_cram(bam, fasta)
    given = given_vcf(folder)
    patients = ["patient\ttumor_type\tassay\tpurity\tassay_bed"]
    samples = ["patient\ttype\tfastq_1\tfastq_2\tbam\tvcf\tlibrary\tprimer_bed"]
    for row in ROWS:
        amplicon = row.library == "amplicon"
        bed = "" if row.library == "wgs" else folder / ("amplicons.bed" if amplicon else "panel.bed")
        patients.append(f"{row.patient}\tLUAD\t{'wgs' if row.library == 'wgs' else 'panel'}\t0.6\t{bed}")
        for kind in row.kinds:
            from_reads = row.entry == "fastq"
            files = reads[kind, amplicon] if from_reads else (alignments[kind, amplicon, row.entry],)
            own = [own_copy(path, folder / row.patient) for path in files]
            fastq, bam = ("\t".join(map(str, own)), "") if from_reads else ("\t", own[0])
            cells = [
                fastq,
                bam,
                given if kind == "tumor" else "",
                row.library,
                folder / "primers.bed" if amplicon else "",
            ]
            samples.append("\t".join(map(str, [row.patient, kind, *cells])))
    (folder / "patients.tsv").write_text("\n".join(patients) + "\n")
    (folder / "samples.tsv").write_text("\n".join(samples) + "\n")
    config = write_config(folder, folder)
    config.write_text(config.read_text() + "calling:\n  shards: 1\n")
    done = snakemake(folder, config, *(f"{folder}/results/calls/consensus/{row.patient}.vcf.gz" for row in ROWS))
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-6000:]
    return folder / "results"


def found(path: Path) -> Iterator[tuple[tuple[int, str, str], pysam.VariantRecord]]:
    with pysam.VariantFile(str(path)) as vcf:
        for record in vcf:
            for alt in record.alts or ():
                yield (record.pos, str(record.ref), alt), record


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.patient)
def test_the_known_variant_is_called(results: Path, row: Row, source: str) -> None:
    reason = missing(source)
    if reason:
        pytest.skip(f"{source}: {reason}")
    calls = dict(found(results / "calls" / source / f"{row.patient}.vcf.gz"))
    assert tiny.SNV in calls, list(calls)
    record = calls[tiny.SNV]
    tumor = record.samples[f"{row.patient}.tumor"]
    assert tumor["AD"][1] > 5
    assert tumor["AF"][0] == pytest.approx(0.3, abs=0.15)
    at, n = tiny.DELETION
    assert any(pos == at - 1 and len(ref) - len(alt) == n for pos, ref, alt in calls), list(calls)
    if row.mode == "paired" and source != GIVEN:
        assert record.samples[f"{row.patient}.normal"]["AD"][1] == 0


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.patient)
def test_the_decision_names_engines_judge_and_what_did_not_run(results: Path, row: Row) -> None:
    path = results / "calls" / "consensus" / f"{row.patient}.vcf.gz"
    with pysam.VariantFile(str(path)) as vcf:
        header = str(vcf.header)
    ran = {engine for engine in ENGINES if missing(engine) is None}
    (line,) = [line for line in header.splitlines() if line.startswith("##genomodel_engines=")]
    assert set(line.partition("=")[2].split(",")) - {"forced"} == ran
    judge = "varlociraptor" if starts("varlociraptor") else "likelihood"
    assert f"##genomodel_decided_by={judge}\n" in header
    for engine in set(ENGINES) - ran:
        assert f"##genomodel_not_run={engine}: " in header
    record = dict(found(path))[tiny.SNV]
    assert record.filter.keys() == ["PASS"]
    assert record.info["GM_ORIGIN"] == ("somatic" if row.mode == "paired" else "uncertain")


def test_filters_of_engines_are_kept_and_those_without_have_none(results: Path) -> None:
    filters = {
        engine: {
            key: list(record.filter) for key, record in found(results / "calls" / engine / "paired-bam-capture.vcf.gz")
        }
        for engine in ENGINES
        if missing(engine) is None
    }
    assert [names for key, names in filters[GIVEN].items() if key != tiny.SNV] == [["weak"]]
    assert filters[GIVEN][tiny.SNV] == ["PASS"]
    for engine, calls in filters.items():
        if not ENGINES[engine].filters:
            assert set(map(tuple, calls.values())) == {()}, engine
    if "mutect2" in filters:
        assert filters["mutect2"][tiny.SNV] == ["PASS"]


def test_without_the_programs_the_run_goes_on_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PATH has what aligns reads, and neither GATK nor freebayes nor varlociraptor."""
    fasta = tiny.write_reference(tmp_path)
    reads = tiny.sample_pairs(tumor=True, depth=60, amplicon=False, seed=5).write(tmp_path, "t")
    bam = tiny.align(fasta, reads, tmp_path / "t.bam", "t")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("bash", "samtools", "bcftools", "env", "mkdir", "cat", "rm"):
        (programs / name).symlink_to(str(shutil.which(name)))
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.delenv("GENOMODEL_TOOLS", raising=False)
    (tmp_path / "patients.tsv").write_text(
        f"patient\ttumor_type\tassay\tassay_bed\np1\tLUAD\tpanel\t{tmp_path}/panel.bed\n"
    )
    (tmp_path / "samples.tsv").write_text(f"patient\ttype\tbam\np1\ttumor\t{bam}\n")
    config = write_config(tmp_path, tmp_path)
    target = tmp_path / "results" / "calls" / "consensus" / "p1.vcf.gz"
    done = snakemake(tmp_path, config, str(target))
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    with pysam.VariantFile(str(target)) as vcf:
        header = str(vcf.header)
        assert tiny.SNV in {(r.pos, r.ref, str(r.alts[0])) for r in vcf if r.alts}
    assert "##genomodel_engines=pileup\n" in header
    assert "##genomodel_decided_by=likelihood\n" in header
    for name in ("mutect2", "freebayes", "varlociraptor"):
        assert f"##genomodel_not_run={name}: " in header, name
        assert f"not run: {name}" in done.stdout + done.stderr
    config.write_text(config.read_text() + "calling:\n  missing_tools: refuse\n")
    refused = snakemake(tmp_path, config, "-n")
    assert refused.returncode != 0
    assert "missing_tools is refuse, and mutect2" in refused.stdout + refused.stderr
