"""The table of actionable loci, and what is wrong with a user's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.core.errors import InputError, InputErrors
from genomodel.core.loci import EventKind, LocusClass
from genomodel.core.patients import GenomeBuild
from genomodel.resources.actionable_loci import COLUMNS, ExonBorder, Residues, read_locus_table

GOOD = "BRAF V600\tBRAF\t\tcodon\tV600\tsubstitution 1-3\tmine"


def write(path: Path, *rows: str, header: str = "\t".join(COLUMNS)) -> Path:
    path.write_text("\n".join(["# my loci", header, *rows]) + "\n", encoding="utf-8")
    return path


def test_every_row_of_the_shipped_table_names_its_source_and_its_residues_by_letter() -> None:
    rows = read_locus_table()
    assert len(rows) > 180
    assert all(row.source for row in rows)
    for row in rows:
        if isinstance(row.place, Residues | ExonBorder):
            assert row.anchors[0].letter
    assert {row.locus_class for row in rows} == set(LocusClass)


@pytest.mark.parametrize(
    "name",
    [
        "BRAF V600", "KRAS G12", "KRAS A146", "NRAS Q61", "HRAS G13", "EGFR T790", "EGFR C797", "EGFR L858",
        "PIK3CA E545", "PIK3CA H1047", "IDH1 R132", "IDH2 R140", "IDH2 R172", "KIT D816", "PDGFRA D842", "JAK2 V617",
        "MPL W515", "FLT3 D835", "ALK F1174", "ALK R1275", "RET M918", "ESR1 D538", "AKT1 E17", "ERBB2 S310",
        "FGFR3 S249", "GNAQ Q209", "GNA11 Q209", "SF3B1 K700", "U2AF1 S34", "U2AF1 Q157", "MYD88 L265", "TP53 R175",
        "ABL1 T315", "TERT C228T", "TERT C250T", "MET exon 14 splice acceptor", "MET exon 14 splice donor",
        "EGFR exon 19 deletion", "EGFR exon 20 insertion", "ERBB2 exon 20 insertion", "KIT exon 11 deletion",
        "FLT3 internal tandem duplication", "NPM1 W288 frameshift insertion",
    ],
)  # fmt: skip
def test_what_boards_ask_for_most_is_in_the_shipped_table(name: str) -> None:
    assert name in {row.locus for row in read_locus_table()}


def test_internal_duplications_of_flt3_are_asked_for_to_200_bases() -> None:
    row = next(row for row in read_locus_table() if row.gene == "FLT3" and row.locus_class is LocusClass.INDEL)
    assert [(event.kind, event.longest) for event in row.events] == [(EventKind.DUPLICATION, 200)]


def test_a_table_of_ones_own_is_read(tmp_path: Path) -> None:
    (row,) = read_locus_table(write(tmp_path / "own.tsv", "", "# a comment", GOOD))
    assert (row.locus, row.row, row.source) == ("BRAF V600", 5, "mine")


def test_single_positions_are_told_for_each_build(tmp_path: Path) -> None:
    place = "GRCh37 5:1295228 G>A | GRCh38 5:1295113 G>A/T"
    row = f"TERT C228T\tTERT\t\tsingle position\t{place}\tsubstitution 1\tmine"
    (read,) = read_locus_table(write(tmp_path / "own.tsv", row))
    assert not isinstance(read.place, Residues | ExonBorder)
    assert read.place[GenomeBuild.GRCH38].alternates == ("A", "T")


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("BRAF V600\tBRAF\t\tcodons\tV600\tsubstitution 1\t", "class", "'codons' is not known"),
        ("BRAF V600\tBRAF\t\tcodon\tVal600\tsubstitution 1\t", "place", "'Val600' is no place"),
        ("BRAF V0\tBRAF\t\tcodon\tV0\tsubstitution 1\t", "place", "'V0' is no place"),
        ("EGFR\tEGFR\t\tindel region\tK759-A745\tdeletion 3-9\t", "place", "'K759-A745' is no place"),
        ("MET\tMET\t\tsplice region\tD1010\tsubstitution 1\t", "place", "'D1010' is no place"),
        ("TERT\tTERT\t\tsingle position\thg19 5:1 G>A\tsubstitution 1\t", "place", "is no place"),
        ("EGFR\tEGFR\t\tindel region\tK745-A759\tdelete 3-9\t", "events", "'delete 3-9' is no list"),
        ("EGFR\tEGFR\t\tindel region\tK745-A759\tdeletion 9-3\t", "events", "'deletion 9-3' is no list"),
        ("EGFR\tEGFR\t\tindel region\tK745-A759\t\t", "events", "is no list"),
        ("\tBRAF\t\tcodon\tV600\tsubstitution 1\t", "locus", "is empty"),
        ("BRAF V600\t\t\tcodon\tV600\tsubstitution 1\t", "gene", "is empty"),
        (GOOD + "\n" + GOOD, "locus", "is already on row 3"),
        ("BRAF V600", "gene", "is empty"),
    ],
)
def test_a_bad_row_is_named_with_row_and_column(tmp_path: Path, row: str, column: str, said: str) -> None:
    path = write(tmp_path / "own.tsv", row)
    with pytest.raises(InputError) as refused:
        read_locus_table(path)
    assert refused.value.path == str(path)
    assert refused.value.column == column
    assert refused.value.row == (4 if "already" in said else 3)
    assert said in refused.value.what


def test_all_bad_rows_are_named_at_once(tmp_path: Path) -> None:
    path = write(tmp_path / "own.tsv", GOOD, "A\tA\t\tx\tV1\tdeletion 1\t", "B\tB\t\tcodon\t1V\tdeletion 1\t")
    with pytest.raises(InputErrors) as refused:
        read_locus_table(path)
    assert [(error.row, error.column) for error in refused.value.errors] == [(4, "class"), (5, "place")]


@pytest.mark.parametrize("text", ["gene\tplace\nBRAF\tV600\n", "\n", "# only a comment\n"])
def test_another_table_is_refused_by_its_columns(tmp_path: Path, text: str) -> None:
    path = tmp_path / "own.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="columns of a table of loci are missing"):
        read_locus_table(path)


def test_a_table_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no rows"):
        read_locus_table(write(tmp_path / "own.tsv"))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"\x1f\x8b\x08broken"])
def test_damaged_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "own.tsv"
    path.write_bytes(content)
    with pytest.raises(InputError):
        read_locus_table(path)


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=30), min_size=1, max_size=9))
def test_any_text_is_read_or_refused_in_words(tmp_path_factory: pytest.TempPathFactory, cells: list[str]) -> None:
    path = write(tmp_path_factory.mktemp("any") / "own.tsv", GOOD, "\t".join(cells))
    try:
        rows = read_locus_table(path)
    except InputError as error:
        assert str(path) in error.message
    else:
        assert rows[0].locus == "BRAF V600"
