"""Real reads of one tumor over EGFR exon 21, with the real reference of that locus, through every engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pysam
import pytest

from genomodel.calls.engines import ENGINES, GIVEN
from genomodel.calls.tools import find_tool
from tests.workflow.conftest import genomodel, snakemake, write_config

pytestmark = pytest.mark.slow

LOCUS_START = 55_244_400
"""0-based position on chr7 of GRCh37 at which the locus begins."""
VARIANT = 55_259_524
CHR7_LENGTH = 159_138_663


@pytest.fixture(scope="module")
def calls(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = shared_data / "reads_grch37"
    folder = tmp_path_factory.mktemp("egfr")
    lines = (source / "egfr_locus.fa").read_text().splitlines()
    (folder / "genome.fa").write_text("\n".join([">chr7", *lines[1:]]) + "\n")
    start, end = 55_259_412 - LOCUS_START, 55_259_567 - LOCUS_START
    tops = ("ID=gene:EGFR;Name=EGFR;biotype=protein_coding", "ID=transcript:T;Parent=gene:EGFR;biotype=protein_coding")
    rows = [("gene", tops[0]), ("mRNA", tops[1]), ("exon", "Parent=transcript:T"), ("CDS", "Parent=transcript:T")]
    lines = [f"chr7\t.\t{kind}\t{start}\t{end}\t.\t+\t{'0' if kind == 'CDS' else '.'}\t{text}\n" for kind, text in rows]
    (folder / "genes.gff3").write_text("##gff-version 3\n" + "".join(lines))
    (folder / "exon21.bed").write_text(f"chr7\t{55_259_411 - LOCUS_START}\t{55_259_567 - LOCUS_START}\tEGFR:exon21\n")
    (folder / "patients.tsv").write_text(
        f"patient\ttumor_type\tassay\tassay_bed\np1\tLUAD\tpanel\t{folder}/exon21.bed\n"
    )
    reads = "\t".join(str(source / f"egfr_l861q.R{mate}.fastq.gz") for mate in (1, 2))
    (folder / "samples.tsv").write_text(f"patient\ttype\tfastq_1\tfastq_2\np1\ttumor\t{reads}\n")
    config = write_config(folder, folder, genome="GRCh37")
    target = folder / "results" / "calls" / "consensus" / "p1.vcf.gz"
    done = snakemake(folder, config, str(target))
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return target


@pytest.mark.parametrize("source", [*(name for name in ENGINES if name != GIVEN), "consensus"])
def test_l861q_is_called_at_its_fraction(
    calls: Path, source: str, record_property: Callable[[str, object], None]
) -> None:
    absent = [name for name in getattr(ENGINES.get(source), "programs", ()) if find_tool(name) is None]
    if absent:
        pytest.skip(f"{source}: {' and '.join(absent)} not on PATH and not in GENOMODEL_TOOLS")
    with pysam.VariantFile(str(calls.parents[1] / source / calls.name)) as vcf:
        (record,) = [r for r in vcf if r.pos + LOCUS_START == VARIANT]
    assert (record.ref, record.alts) == ("T", ("A",))
    sample = record.samples["p1.tumor"]
    fraction = sample["AF"][0]
    record_property("shown", f"Real reads, {source}, EGFR chr7:{VARIANT} T>A: {fraction:.3f} of {sample['DP']}")
    assert 0.2 <= fraction <= 0.3
    if source == "mutect2":
        assert list(record.filter) == ["PASS"]


def test_tumor_only_call_is_kept_with_its_risk_and_named_l861q(calls: Path, shared_data: Path, tmp_path: Path) -> None:
    genome = shared_data / "genome"
    contig = "chr7" if "chr7" in pysam.FastaFile(str(genome / "GRCh37.sparse.fa.gz")).references else "7"
    moved = tmp_path / "moved.vcf"
    with pysam.BGZFile(str(calls), "r") as handle:
        lines = [line.decode() for line in handle]
    with moved.open("w") as out:
        for line in lines:
            if line.startswith("##contig"):
                out.write(f"##contig=<ID={contig},length={CHR7_LENGTH}>\n")
            elif line.startswith("#"):
                out.write(line + "\n")
            else:
                _, pos, rest = line.split("\t", 2)
                out.write(f"{contig}\t{int(pos) + LOCUS_START}\t{rest}\n")
    done = genomodel(
        "annotate", moved, "--reference", genome / "GRCh37.sparse.fa.gz", "--gff", genome / "GRCh37.genes.gff3",
        "--out", tmp_path / "annotated.vcf.gz",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with pysam.VariantFile(str(tmp_path / "annotated.vcf.gz")) as vcf:
        (record,) = [r for r in vcf if r.pos == VARIANT]
    assert str(record.info["GM_ORIGIN"]).lower() == "uncertain"
    assert any("861L>861Q" in text for text in record.info["BCSQ"])
