"""The verb that asks a tumor's reads for every actionable locus."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pysam
import pytest

from genomodel.simulate.genome import build_genome
from genomodel.simulate.loci import hotspot_alleles, loci_of
from genomodel.simulate.writers import write_fasta, write_gff
from tests.cli.conftest import Run

READ = 100


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The synthetic genome with single reads over BRAF V600, a third of them mutated, and over KRAS G12."""
    folder = tmp_path_factory.mktemp("hotspots")
    genome = build_genome(1)
    write_fasta(genome, folder / "genome.fa")
    write_gff(genome, folder / "genes.gff3")
    pysam.faidx(str(folder / "genome.fa"))
    known = hotspot_alleles(loci_of(genome))
    names = list(genome.contigs)
    header = pysam.AlignmentHeader.from_dict(
        {
            "HD": {"VN": "1.6", "SO": "coordinate"},
            "SQ": [{"SN": name, "LN": len(bases)} for name, bases in genome.contigs.items()],
            "RG": [{"ID": "1", "SM": "tumor"}],
        }
    )
    reads = []
    for label, mutated in (("BRAF V600E", 100), ("KRAS G12D", 0)):
        allele = known[label]
        for i in range(300):
            start = allele.pos - 10 - i % 80
            bases = list(genome.contigs[allele.contig][start : start + READ])
            if i < mutated:
                bases[allele.pos - start] = allele.alt
            read = pysam.AlignedSegment(header)
            read.query_name, read.query_sequence = f"{label[:4]}{i}", "".join(bases)
            read.query_qualities = pysam.qualitystring_to_array("F" * READ)
            read.reference_id, read.reference_start = names.index(allele.contig), start
            read.mapping_quality, read.cigartuples, read.flag = 60, [(0, READ)], 16 * (i % 2)
            read.set_tag("RG", "1")
            reads.append(read)
    reads.sort(key=lambda read: (read.reference_id, read.reference_start))
    with pysam.AlignmentFile(str(folder / "tumor.bam"), "wb", header=header) as out:
        for read in reads:
            out.write(read)
    pysam.index(str(folder / "tumor.bam"))
    return folder


def words(made: Path) -> list[object]:
    return ["hotspots", "--tumor", made / "tumor.bam", "--reference", made / "genome.fa", "--gff", made / "genes.gff3"]


def test_loci_are_answered_as_json_and_table(run: Run, made: Path, tmp_path: Path) -> None:
    out, table = tmp_path / "t.json", tmp_path / "t.tsv"
    done = run(*words(made), "--purity", 0.5, "--genome", "synthetic", "--out", out, "--table", table)
    assert done.code == 0, done.err
    answers = {row["locus"]["id"]: row for row in json.loads(out.read_text())["answers"]}
    assert answers["BRAF V600"]["status"] == "detected"
    assert answers["BRAF V600"]["seen"][0]["name"] == "V600E"
    assert answers["BRAF V600"]["seen"][0]["alt_fragments"] == 100
    assert answers["KRAS G12"]["status"] == "not detected"
    assert answers["KRAS G12"]["excluded_above"] == pytest.approx(1 - 0.04 ** (1 / 300), rel=0.05)
    assert answers["IDH1 R132"]["reason"].startswith("depth: no fragment")
    rows = {line.split("\t")[0]: line.split("\t") for line in table.read_text().splitlines()}
    assert rows["KRAS G12"][7] == "yes"
    assert rows["BRAF V600"][3] == "V600E"
    again = tmp_path / "again.json"
    run(*words(made), "--purity", 0.5, "--genome", "synthetic", "--out", again)
    assert again.read_bytes() == out.read_bytes()


def test_a_purity_that_cannot_be_is_refused(run: Run, made: Path, tmp_path: Path) -> None:
    for purity in (-0.1, 0, 140):
        done = run(*words(made), "--purity", purity, "--out", tmp_path / "t.json")
        assert done.code == 2
        assert "--purity" in done.err
    assert not list(tmp_path.iterdir())


def test_a_bed_on_other_contig_names_is_refused(run: Run, made: Path, tmp_path: Path) -> None:
    bed = tmp_path / "panel.bed"
    bed.write_text("no_such_contig\t0\t5000\n")
    done = run(*words(made), "--genome", "synthetic", "--bed", bed, "--out", tmp_path / "t.json")
    assert done.code == 2, done.out
    assert "panel.bed" in done.err
    assert "no_such_contig" in done.err
    assert not (tmp_path / "t.json").exists()


def test_gene_models_of_another_build_are_refused(run: Run, made: Path, tmp_path: Path) -> None:
    gff = tmp_path / "genes.gff3"
    text = (made / "genes.gff3").read_text()
    gff.write_text("\n".join(_moved(line) for line in text.splitlines()) + "\n")
    done = run(*words(made)[:-1], gff, "--out", tmp_path / "t.json")
    assert done.code == 2, done.out
    assert "Traceback" not in done.err
    assert not (tmp_path / "t.json").exists()


def _moved(line: str) -> str:
    cells = line.split("\t")
    if len(cells) != 9:
        return line
    return "\t".join([*cells[:3], str(int(cells[3]) + 37), str(int(cells[4]) + 37), *cells[5:]])


def test_damaged_reads_leave_nothing_behind(run: Run, made: Path, tmp_path: Path) -> None:
    whole = (made / "tumor.bam").read_bytes()
    cut = tmp_path / "cut.bam"
    cut.write_bytes(whole[: len(whole) // 2])
    (tmp_path / "cut.bam.bai").write_bytes((made / "tumor.bam.bai").read_bytes())
    done = run("hotspots", "--tumor", cut, *words(made)[3:], "--out", tmp_path / "t.json")
    assert done.code == 2
    assert "cut.bam" in done.err
    assert not (tmp_path / "t.json").exists()
    rng = np.random.default_rng(1)
    cut.write_bytes(rng.bytes(500))
    assert run("hotspots", "--tumor", cut, *words(made)[3:], "--out", tmp_path / "t.json").code == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--input-ng", 1, "--input-molecules", 300], "both given"),
        (["--input-ng", 0], "0 ng is no input"),
        (["--input-molecules", 0], "0 is no number of molecules"),
    ],
)
def test_an_input_that_cannot_be_is_refused(
    run: Run, made: Path, tmp_path: Path, options: list[object], message: str
) -> None:
    done = run(*words(made), *options, "--genome", "synthetic", "--out", tmp_path / "t.json")
    assert done.code != 0
    assert message in done.err


def test_an_amplicon_negative_names_the_molecules_that_make_it_adequate(run: Run, made: Path, tmp_path: Path) -> None:
    out = tmp_path / "t.json"
    common = [*words(made), "--purity", 0.5, "--genome", "synthetic", "--library", "amplicon", "--out", out]
    done = run(*common)
    assert done.code == 0, done.err
    found = json.loads(out.read_text())
    kras = next(row for row in found["answers"] if row["locus"]["id"] == "KRAS G12")
    assert found["purity"] == 0.5
    assert kras["adequate_from_molecules"] == 11
    assert kras["molecules_needed"] > 200
    assert "if at least 11 DNA molecules of the tumor sample were amplified" in " ".join(done.out.split())
    assert run(*common, "--input-molecules", 200).code == 0
    kras = next(row for row in json.loads(out.read_text())["answers"] if row["locus"]["id"] == "KRAS G12")
    assert (kras["molecules"], kras["molecules_needed"], kras["adequate_from_molecules"]) == (200, None, None)
    assert 0.0149 < kras["excluded_above"] < 0.05
