from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from genomodel.annotation.exons import exons, exons_of, knows_place, numbered
from genomodel.annotation.named_effects import effect_rows
from genomodel.core.patients import GenomeBuild

BUILDS = (GenomeBuild.GRCH37, GenomeBuild.GRCH38)


def transcripts(shared_data: Path, build: GenomeBuild) -> dict[str, list[str]]:
    found = {}
    with gzip.open(shared_data / "genome" / f"{build.value}.refGene.txt.gz", "rt", encoding="utf-8") as handle:
        for line in handle:
            cells = line.split("\t")
            if "_" not in cells[2]:
                found[cells[1]] = cells
    return found


@pytest.mark.parametrize("build", BUILDS)
def test_exons_agree_with_the_transcripts_of_both_builds(shared_data: Path, build: GenomeBuild) -> None:
    known = transcripts(shared_data, build)
    listed = [exon for found in exons().values() for exon in found]
    assert len(listed) == 22
    for exon in listed:
        cells = known[exon.transcript]
        assert (cells[12], cells[2], cells[3]) == (exon.gene, f"chr{exon.chrom}", exon.strand)
        first, last = int(cells[6]), int(cells[7])
        starts, ends = ([int(item) for item in cells[i].rstrip(",").split(",")] for i in (9, 10))
        parts = [(max(start, first), min(end, last)) for start, end in zip(starts, ends, strict=True)]
        if exon.strand == "-":
            parts.reverse()
        lengths = [max(0, end - start) for start, end in parts]
        before = sum(lengths[: exon.number - 1])
        through = before + lengths[exon.number - 1]
        assert (exon.of, exon.first_base, exon.last_base) == (len(lengths), before + 1, through)
        assert (exon.first_codon, exon.last_codon) == (before // 3 + 1, (through - 1) // 3 + 1)
        start, end = parts[exon.number - 1]
        assert exon.places[build] == (start + 1, end)


def test_the_places_of_exons_hold_their_lengths() -> None:
    for found in exons().values():
        for exon in found:
            for first, last in exon.places.values():
                assert last - first == exon.last_base - exon.first_base


def test_numbers_of_exons() -> None:
    assert list(numbered("14-15")) == [14, 15]
    assert list(numbered("9")) == [9]
    assert [exon.transcript for exon in exons_of("MET", (14,))] == ["NM_000245", "NM_001127500"]
    assert knows_place("MET", 14, GenomeBuild.GRCH38)
    assert not knows_place("MET", 14, GenomeBuild.UNKNOWN)
    assert not knows_place("MET", 2, GenomeBuild.GRCH38)


def test_every_exon_of_an_effect_is_in_the_table() -> None:
    for row in effect_rows():
        for name, value in row.clauses:
            if name in ("exon", "splice", "duplication"):
                assert all((row.gene, number) in exons() for number in numbered(value.split(":")[0])), row.id


@pytest.mark.parametrize("build", BUILDS)
def test_promoter_places_of_tert_are_so_many_bases_before_its_start(shared_data: Path, build: GenomeBuild) -> None:
    cells = transcripts(shared_data, build)["NM_198253"]
    start_codon = int(cells[7])
    assert cells[3] == "-"
    for row, base in (("TERT_PROMOTER_C228T", 124), ("TERT_PROMOTER_C250T", 146)):
        clauses = dict(next(item for item in effect_rows() if item.id == row).clauses)
        assert f"{build.value}:5:{start_codon + base}:G>A" in clauses["place"].split(",")
        assert clauses["coding"] == f"-{base}C>T"


@pytest.mark.parametrize("build", BUILDS)
def test_residues_of_effects_are_those_of_the_genome(shared_data: Path, build: GenomeBuild) -> None:
    import pysam  # noqa: PLC0415

    known = transcripts(shared_data, build)
    fasta = pysam.FastaFile(str(shared_data / "genome" / f"{build.value}.sparse.fa.gz"))
    of_gene = {"MET": "NM_000245", "FLT3": "NM_004119", "BRAF": "NM_004333", "PDGFRA": "NM_006206", "EGFR": "NM_005228"}
    seen = 0
    for row in effect_rows():
        for name, value in row.clauses:
            if name not in ("codon", "change") or row.gene not in of_gene:
                continue
            protein = translated(fasta, known[of_gene[row.gene]])
            if "X" in protein:
                continue
            for text in value.split(","):
                residue, number = text[0], int("".join(c for c in text[1:].partition("_")[0] if c.isdigit()))
                other = {("MET", 1021): 1003, ("MET", 1028): 1010}.get((row.gene, number), number)
                assert protein[other - 1] == residue, (row.id, text)
                seen += 1
    assert seen > 30


CODONS = {
    a + b + c: "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"[16 * i + 4 * j + k]
    for i, a in enumerate("TCAG")
    for j, b in enumerate("TCAG")
    for k, c in enumerate("TCAG")
}


def translated(fasta: object, cells: list[str]) -> str:
    """Translate the coding part of a transcript, ``X`` where the genome here has no bases."""
    first, last = int(cells[6]), int(cells[7])
    starts, ends = ([int(item) for item in cells[i].rstrip(",").split(",")] for i in (9, 10))
    contig = cells[2] if cells[2] in fasta.references else cells[2].removeprefix("chr")  # type: ignore[attr-defined]
    parts = [(max(s, first), min(e, last)) for s, e in zip(starts, ends, strict=True) if min(e, last) > max(s, first)]
    bases = "".join(fasta.fetch(contig, s, e) for s, e in parts).upper()  # type: ignore[attr-defined]
    if cells[3] == "-":
        bases = bases[::-1].translate(str.maketrans("ACGT", "TGCA"))
    return "".join(CODONS.get(bases[i : i + 3], "X") for i in range(0, len(bases) - 2, 3))
