from __future__ import annotations

import json
from pathlib import Path

import pysam
import pytest

from genomodel.simulate.genome import build_genome
from genomodel.simulate.writers import write_fasta, write_gff
from tests.annotation.phasing_builders import META, Call, Genome
from tests.batch.test_given_calls import World, world
from tests.calls.builders import write_vcf
from tests.cli.conftest import Run

__all__ = ["world"]


@pytest.fixture
def population(tmp_path: Path, world: World) -> Path:
    contig, pos = world.braf.chrom, world.braf.positions[1]
    plain = tmp_path / "population.vcf"
    plain.write_text(
        "##fileformat=VCFv4.2\n"
        '##INFO=<ID=AF_grpmax,Number=A,Type=Float,Description="x">\n'
        f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n{contig}\t{pos}\t.\tA\tT\t.\t.\tAF_grpmax=0.25\n",
        encoding="utf-8",
    )
    out = tmp_path / "population.vcf.gz"
    pysam.tabix_compress(str(plain), str(out))
    pysam.tabix_index(str(out), preset="vcf")
    return out


def test_hotspot_alleles_writes_its_table(run: Run, tmp_path: Path) -> None:
    genome = build_genome(7)
    write_fasta(genome, tmp_path / "genome.fa")
    write_gff(genome, tmp_path / "genes.gff3")
    out = tmp_path / "reference" / "alleles.tsv"
    done = run("hotspot-alleles", "--gff", tmp_path / "genes.gff3", "--reference", tmp_path / "genome.fa", "--out", out)
    assert done.code == 0, done
    assert "hotspot places in 13 genes" in done.out
    assert "\nBRAF\tV600\tsingle residue\t" in out.read_text(encoding="utf-8")


def test_report_reads_two_files_and_a_population(run: Run, tmp_path: Path, world: World, population: Path) -> None:
    snvs, indels = world.strelka()
    models = ("--reference", world.reference, "--gff", world.gff, "--genome", "synthetic", "--tumor-type", "LUAD")
    more = ("--also", indels, "--population", population, "--patient", "P1", "--no-pdf", "--out", tmp_path / "out")
    done = run("report", snvs, *models, *more)
    assert done.code == 0, done
    report = json.loads((tmp_path / "out" / "P1.json").read_text(encoding="utf-8"))
    found = {finding["label"]: finding["variant"] for finding in report["interpretation"]["findings"]}
    assert found["BRAF p.V600E"]["population_frequency"] == 0.25
    assert "EGFR p.E746_A750del" in found
    assert report["calling"]["population"] == "population.vcf.gz"


def test_annotate_refuses_a_population_without_index(run: Run, tmp_path: Path, world: World, population: Path) -> None:
    Path(f"{population}.tbi").unlink()
    models = ("--reference", world.reference, "--gff", world.gff, "--population", population)
    done = run("annotate", world.strelka()[0], *models, "--out", tmp_path / "out.vcf.gz")
    assert done.code == 2, done
    assert "tabix" in done.err
    assert not (tmp_path / "out.vcf.gz").exists()


def test_annotate_counts_reads_and_refuses_those_it_cannot_use(
    run: Run, tmp_path: Path, world: World, shared_data: Path
) -> None:
    genome = Genome.of(shared_data, "GRCh37")
    pair = [("chr7", 140453136, "A", "T"), ("chr7", 140453137, "C", "T")]
    source = write_vcf(tmp_path / "in.vcf", [Call(allele).line for allele in pair], ("T", "N"), META)
    reads = genome.write_reads(tmp_path / "t.bam", [(30, pair)])
    out = tmp_path / "out.vcf.gz"
    options = ("annotate", source, "--reference", genome.fasta, "--gff", genome.gff, "--out", out)
    done = run(*options, "--bam", reads)
    assert done.code == 0, done
    with pysam.VariantFile(str(out)) as vcf:
        assert {name for name in ("GM_PHASE", "GM_JOINT") if name in vcf.header.info} == {"GM_PHASE", "GM_JOINT"}
        found = [record.info["GM_PHASE"][0].split("|")[1:4] for record in vcf]
    assert found == [["chr7:140453137:C>T", "cis", ""], ["chr7:140453136:A>T", "cis", ""]]
    first = out.read_bytes()
    assert run(*options, "--bam", reads).code == 0
    assert out.read_bytes() == first
    out.unlink()
    assert run(*options, "--bam", tmp_path / "absent.bam").code == 2
    Path(f"{reads}.bai").unlink()
    done = run(*options, "--bam", reads)
    assert (done.code, "index" in done.err) == (2, True), done
    reads = genome.write_reads(tmp_path / "t.bam", [(1, pair)])
    synthetic = ("--reference", world.reference, "--gff", world.gff)
    done = run("annotate", world.strelka()[0], *synthetic, "--out", out, "--bam", reads)
    assert (done.code, "contig" in done.err) == (2, True), done
    assert not out.exists()
