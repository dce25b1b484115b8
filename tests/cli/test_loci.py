"""The verb that lays the table of loci onto a genome."""

from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.resources.actionable_loci import COLUMNS
from genomodel.simulate.genome import build_genome
from genomodel.simulate.writers import write_fasta, write_gff
from tests.cli.conftest import Run


@pytest.fixture(scope="module")
def genome(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    folder = tmp_path_factory.mktemp("synthetic")
    made = build_genome(1)
    write_fasta(made, folder / "genome.fa")
    write_gff(made, folder / "genes.gff3")
    return ("--gff", str(folder / "genes.gff3"), "--reference", str(folder / "genome.fa"))


def test_places_are_written_for_people(run: Run, genome: tuple[str, ...], tmp_path: Path) -> None:
    done = run("loci", *genome, "--out", tmp_path / "loci.tsv")
    assert done.code == 0, done.err
    assert "loci in" in done.out
    lines = (tmp_path / "loci.tsv").read_text().splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    assert rows[0][:4] == ["locus", "gene", "class", "transcript"]
    braf = next(row for row in rows if row[0] == "BRAF V600")
    first, last = (int(text) for text in braf[6].split("-"))
    assert first - last == 2
    assert any(line.startswith("#not placed: TERT C228T: ") for line in lines)


def test_a_wrong_table_of_ones_own_is_named_and_nothing_is_written(
    run: Run, genome: tuple[str, ...], tmp_path: Path
) -> None:
    rows = [
        "BRAF V600\tBRAF\t\tcodon\tV600\tsubstitution 1-3\tmine",
        "BRAF V9000\tBRAF\t\tcodon\tV9000\tsubstitution 1-3\tmine",
        "JAK2 V617\tJAK2\t\tcodon\tV617\tsubstitution 1-3\tmine",
    ]
    table = tmp_path / "own.tsv"
    table.write_text("\n".join(["\t".join(COLUMNS), *rows]) + "\n")
    done = run("loci", *genome, "--loci", table, "--out", tmp_path / "loci.tsv")
    assert done.code == 2
    said = " ".join(done.err.split())
    assert "row 3, column 'place'" in said
    assert "codon 9000 lies outside the protein of 766 residues" in said
    assert "row 4, column 'gene'" in said
    assert "Traceback" not in said
    assert not (tmp_path / "loci.tsv").exists()
