"""Residues under two numbers: what is said of them, and that genes' coding bases give both."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pysam
import pytest

from genomodel.core.codons import translate
from genomodel.resources.gene_symbols import current_symbol
from genomodel.resources.hotspots import find_hotspot
from genomodel.resources.mane import is_mane_select, without_version
from genomodel.resources.residue_numbers import ResidueNumber, other_number, residue_numbers


@pytest.mark.parametrize(
    ("gene", "change", "transcript", "other"),
    [
        ("MYD88", "L252P", "", "L265P"),
        ("MYD88", "L252P", "ENST00000650905.2", "L265P"),
        ("MYD88", "L252P", "NM_002468.5", "L265P"),
        ("MYD88", "L265P", "NM_002468.4", "L252P"),
        ("RUNX1", "Y287*", "", "Y260*"),
        ("RUNX1", "A107P", "NM_001001890.2", "A134P"),
        ("ROS1", "G2026R", "NM_001378902.1", "G2032R"),
        ("MET", "D1246N", "ENST00000318493.11", "D1228N"),
        ("MET", "D1246N", "NM_001127500.3", "D1228N"),
        ("MYD88", "L265P", "ENST00000396334.8", "L252P"),
        ("FGFR3", "Y375C", "NM_001163213.2", "Y373C"),
        ("EZH2", "Y641N", "ENST00000460911.5", "Y646N"),
        ("BRAF", "V640E", "ENST00000644969", "V600E"),
        ("BRAF", "V640E", "NM_001374258.1", "V600E"),
    ],
)
def test_a_residue_is_known_by_its_other_number(gene: str, change: str, transcript: str, other: str) -> None:
    found = other_number(gene, change, transcript)
    assert found is not None
    assert found[0] == other
    assert found[1].source


@pytest.mark.parametrize(
    ("gene", "change", "transcript"),
    [
        ("MYD88", "L265P", ""),
        ("MYD88", "L265P", "ENST00000650905.2"),
        ("MYD88", "L252P", "ENST00000417037.2"),
        ("MYD88", "L252P", "NM_002468.4"),
        ("MYD88", "P252L", ""),
        ("MYD88", "L252_K254del", ""),
        ("BRAF", "V640E", ""),
        ("BRAF", "V640E", "ENST00000646891.2"),
        ("KIT", "D820V", ""),
        ("MET", "D1246N", ""),
        ("MYD88", "", ""),
    ],
)
def test_no_other_number_is_made_up(gene: str, change: str, transcript: str) -> None:
    assert other_number(gene, change, transcript) is None


def test_every_row_has_one_letter_two_numbers_a_place_and_mane_select() -> None:
    rows = residue_numbers()
    assert len({(row.gene, row.named) for row in rows}) == len(rows) == len({(row.gene, row.mane) for row in rows})
    for row in rows:
        assert re.fullmatch(r"[A-Z]\d+", row.named)
        assert re.fullmatch(r"[A-Z]\d+", row.mane)
        assert row.named[0] == row.mane[0]
        assert row.named != row.mane
        assert current_symbol(row.gene) == row.gene
        assert is_mane_select(row.mane_transcript), row
        assert not is_mane_select(row.transcript) or row.gene == "MYD88", row
        assert re.fullmatch(r"GRCh37:(\d+|X):\d+", row.place)


@pytest.mark.parametrize(
    ("gene", "change", "residue"),
    [("CD79B", "Y196H", "Y197"), ("FGFR1", "N546K", "N577"), ("MYD88", "L252P", "L265"), ("RAC1", "A159V", "A178")],
)
def test_a_hotspot_is_found_under_the_number_of_mane_select(gene: str, change: str, residue: str) -> None:
    hotspot = find_hotspot(gene, change)
    assert hotspot is not None
    assert hotspot.residue == residue
    assert hotspot.tumors_with_allele > 0


def test_coding_bases_give_both_numbers(shared_data: Path) -> None:
    wanted = {without_version(name) for row in residue_numbers() for name in (row.transcript, row.mane_transcript)}
    models = {name: fields for name, fields in _models(shared_data) if name in wanted}
    checked = 0
    for row in residue_numbers():
        for residue, transcript in ((row.named, row.transcript), (row.mane, row.mane_transcript)):
            fields = models.get(without_version(transcript))
            if fields is None or transcript == "NM_002468.5":
                continue
            assert _codon(fields, row) == int(residue[1:]), (row.gene, transcript)
            checked += 1
    assert checked >= 2 * len(residue_numbers()) - 9


def test_an_older_number_is_none_of_mane_select_for_the_same_amino_acid(shared_data: Path) -> None:
    """Else a claim on one residue would be taken for one on another, as KIT D816 of the shorter isoform is D820."""
    wanted = {without_version(row.mane_transcript) for row in residue_numbers()}
    models = {name: fields for name, fields in _models(shared_data) if name in wanted}
    looked_at = 0
    with pysam.FastaFile(str(shared_data / "genome" / "GRCh37.sparse.fa.gz")) as genome:
        for row in residue_numbers():
            fields = models.get(without_version(row.mane_transcript))
            if fields is None or row.gene == "MYD88":
                continue
            assert _residue(fields, int(row.mane[1:]), genome) in (row.mane[0], "")
            found = _residue(fields, int(row.named[1:]), genome)
            assert found != row.named[0], row
            looked_at += bool(found)
    assert looked_at >= 20


def _residue(fields: list[str], number: int, genome: pysam.FastaFile) -> str:
    """Return the amino acid of a residue, empty where the protein is shorter or the bases are not at hand."""
    coding = _coding_bases(fields)
    places = (coding if fields[3] == "+" else coding[::-1])[3 * number - 3 : 3 * number]
    bases = "".join(genome.fetch(fields[2], place, place + 1).upper() for place in places)
    if len(bases) < 3 or "N" in bases:
        return ""
    return translate(bases if fields[3] == "+" else bases.translate(str.maketrans("ACGT", "TGCA")))


def _models(data: Path) -> Iterator[tuple[str, list[str]]]:
    with gzip.open(data / "genome" / "GRCh37.refGene.txt.gz", "rt", encoding="utf-8") as handle:
        for line in handle:
            fields = line.rstrip("\n").split("\t")
            if "_" not in fields[2]:
                yield fields[1].partition(".")[0], fields


def _codon(fields: list[str], row: ResidueNumber) -> int:
    _, chrom, place = row.place.split(":")
    assert fields[2] == f"chr{chrom}"
    coding = _coding_bases(fields)
    number = coding.index(int(place) - 1)
    return (number if fields[3] == "+" else len(coding) - 1 - number) // 3 + 1


def _coding_bases(fields: list[str]) -> list[int]:
    first, after = int(fields[6]), int(fields[7])
    starts, ends = ([int(number) for number in fields[column].strip(",").split(",")] for column in (9, 10))
    return [base for start, end in zip(starts, ends, strict=True) for base in range(max(start, first), min(end, after))]
