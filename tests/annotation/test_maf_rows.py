from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.annotation.maf import read_maf
from genomodel.core.errors import InputError
from genomodel.core.provenance import Step
from genomodel.core.variants import AnnotatedCalls, Origin
from tests.annotation.builders import patient
from tests.annotation.test_maf import write

V600E = {"HGVSp_Short": "p.V600E"}
KRAS = {"Hugo_Symbol": "KRAS", "Chromosome": "12", "Start_Position": "25398284", "HGVSp_Short": "p.G12D"}


def read(folder: Path, *rows: dict[str, str]) -> AnnotatedCalls:
    (calls,) = read_maf(write(folder / "cohort.maf", *rows), patient)
    return calls


def step(calls: AnnotatedCalls, name: str) -> Step | None:
    return next((item for item in calls.steps if item.name == name), None)


def test_a_row_that_comes_twice_counts_once(tmp_path: Path) -> None:
    calls = read(tmp_path, V600E, KRAS, V600E, {**V600E, "Reference_Allele": "a", "Chromosome": "chr7"})
    first, _, second, third = calls.variants
    assert calls.n_records == 4
    assert [v.origin for v in calls.variants] == [Origin.SOMATIC, Origin.SOMATIC, Origin.NOT_CALLED, Origin.NOT_CALLED]
    assert second.origin_reason == third.origin_reason == "the same allele as record 1 of this sample, counted once"
    assert first.other_consequences == ()
    said = step(calls, "Rows that came twice")
    assert said is not None
    assert said.detail.endswith(
        "cohort.maf: alleles of this sample that are given again and counted once: row 4; row 5"
    )
    other = read_maf(write(tmp_path / "b.maf", V600E, {**V600E, "Tumor_Sample_Barcode": "S2"}), patient)
    assert [v.origin for calls in other for v in calls.variants] == [Origin.SOMATIC, Origin.SOMATIC]


def test_a_row_whose_alleles_are_all_the_reference_calls_nothing(tmp_path: Path) -> None:
    calls = read(tmp_path, {**V600E, "Reference_Allele": "A", "Tumor_Seq_Allele1": "a", "Tumor_Seq_Allele2": "A"}, KRAS)
    assert [v.origin for v in calls.variants] == [Origin.NOT_CALLED, Origin.SOMATIC]
    assert calls.variants[0].origin_reason == "its alternate allele is the reference"


def test_of_rows_on_one_allele_the_called_one_is_kept_with_what_all_say_of_it(tmp_path: Path) -> None:
    failed = {**V600E, "FILTER": "LowQual"}
    silent = {"Variant_Classification": "Intron", "Hugo_Symbol": "NDUFB2", "FILTER": "PASS"}
    calls = read(tmp_path, failed, {**silent}, {**V600E, "FILTER": "PASS"})
    assert [v.origin for v in calls.variants] == [Origin.NOT_CALLED, Origin.SOMATIC, Origin.NOT_CALLED]
    kept = calls.variants[1]
    assert kept.consequence is not None
    assert (kept.consequence.gene, kept.consequence.protein_change) == ("BRAF", "V600E")
    assert {item.gene for item in kept.other_consequences} == {"NDUFB2"}
    assert "record 1 says not_called" in kept.origin_reason


def test_damaged_gene_names_are_told_by_row_and_never_looked_up(tmp_path: Path) -> None:
    rows = [
        {**V600E, "Hugo_Symbol": "1-Mar"},
        {**KRAS, "Hugo_Symbol": "Sep-9"},
        {**V600E, "Start_Position": "140453137"},
    ]
    calls = read(tmp_path, *rows)
    said = step(calls, "Genes whose names are no symbols")
    assert said is not None
    assert "cohort.maf" in said.detail
    assert "row 2, column 'Hugo_Symbol': '1-Mar' is a date" in said.detail
    assert "MARCH1 (today MARCHF1) or MARC1 (today MTARC1)" in said.detail
    assert "row 3, column 'Hugo_Symbol': 'Sep-9' is a date" in said.detail
    genes = [v.consequence.gene for v in calls.variants if v.consequence]
    assert genes == ["1-Mar", "Sep-9", "BRAF"]
    assert "no knowledge was looked up" in calls.variants[0].origin_reason
    assert "looked up" not in calls.variants[2].origin_reason


@pytest.mark.parametrize("name", ["673", "ENSG00000157764", "1-Mar", "43891"])
def test_a_file_of_which_no_gene_has_a_symbol_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=f"no gene goes by its symbol; '{name}' is") as caught:
        read(
            tmp_path,
            {**V600E, "Hugo_Symbol": name},
            {**KRAS, "Hugo_Symbol": "Unknown"},
            {**V600E, "Hugo_Symbol": "675"},
        )
    assert (caught.value.row, caught.value.column) == (2, "Hugo_Symbol")


def test_rows_without_a_gene_are_told_and_read_by_their_place(tmp_path: Path) -> None:
    promoter = {"Chromosome": "5", "Reference_Allele": "G", "Tumor_Seq_Allele2": "A", "NCBI_Build": "37"}
    first = {**promoter, "Hugo_Symbol": "Unknown", "Start_Position": "1295228", "Variant_Classification": "IGR"}
    second = {**promoter, "Hugo_Symbol": "", "Start_Position": "1295250", "Variant_Classification": "5'Flank"}
    calls = read(tmp_path, first, second, {**V600E, "NCBI_Build": "37"})
    said = step(calls, "Rows without a gene")
    assert said is not None
    assert said.detail.endswith("row 2; row 3")
    assert [v.consequence is None for v in calls.variants] == [True, True, False]
    assert [[effect.id for effect in v.named_effects] for v in calls.variants] == [
        ["TERT_PROMOTER_C228T"],
        ["TERT_PROMOTER_C250T"],
        ["BRAF_CLASS_1"],
    ]


def test_missing_protein_changes_are_told(tmp_path: Path) -> None:
    none = step(read(tmp_path, {}, {"Variant_Classification": "Intron"}), "Protein changes of some rows")
    assert none is not None
    assert "the file has no column of them" in none.detail
    assert none.detail.endswith("row 2")
    calls = read(tmp_path, V600E, {**KRAS, "HGVSp_Short": ""}, {**KRAS, "HGVSp_Short": "p.?", "Start_Position": "7"})
    some = step(calls, "Protein changes of some rows")
    assert some is not None
    assert "they are empty in HGVSp_Short" in some.detail
    assert some.detail.endswith("row 3; row 4")
    splice = {"Variant_Classification": "Splice_Site", "HGVSp_Short": ""}
    assert step(read(tmp_path, V600E, splice), "Protein changes of some rows") is None


def test_a_clean_file_has_no_remarks(tmp_path: Path) -> None:
    calls = read(tmp_path, V600E, KRAS)
    assert [item.name for item in calls.steps] == ["Consequences read"]


def test_control_characters_in_a_cell_do_not_move_the_row_that_is_named(tmp_path: Path) -> None:
    for mark in ("\f", "\v", "\x1c", "\x85", "\u2028"):
        rows = [{**V600E, "Center": f"a{mark}b"}, {**KRAS, "Start_Position": "12e3"}]
        with pytest.raises(InputError, match="12e3") as caught:
            read(tmp_path, *rows)
        assert caught.value.row == 3
