from __future__ import annotations

import csv
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.core.errors import InputError
from genomodel.resources.oncotree import all_types, resolve_tumor_type
from genomodel.resources.tumor_type_search import find_tumor_types


def codes(text: str, most: int = 15) -> list[str]:
    return [match.tumor_type.code for match in find_tumor_types(text, most)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("luad", "LUAD"),
        ("lung adeno", "LUAD"),
        ("adenocarcinoma of the lung", "LUAD"),
        ("8140/3 C34.1", "LUAD"),
        ("C34.1, 8140/3", "LUAD"),
        ("8720/3 C44.5", "SKCM"),
        ("8500/3 C50.4", "IDC"),
        ("8521/3 C50.4", "IDC"),
        ("9840/3", "AML"),
        ("C34", "LUNG"),
        ("C3512", "LUAD"),
        ("C0152013", "LUAD"),
        ("CLL", "CLLSLL"),
        ("MM", "PCM"),
        ("GBM", "GB"),
        ("LAML", "AML"),
        ("TCGA-KIRC", "CCRCC"),
        ("oesophageal squamous", "ESCC"),
        ("acute myeloid leukaemia", "AML"),
        ("kidney cancer", "RCC"),
        ("colon cancer", "COAD"),
        ("glioblastma", "GB"),
        ("LUADD", "LUAD"),
        ("NSCLC NOS", "NSCLC"),
        ("lung adenocarcinoma, NOS", "LUAD"),
        ("sarcoma NOS", "SARCNOS"),
    ],
)
def test_codes_and_words_of_clinics_find_the_tumor_type(text: str, first: str) -> None:
    assert codes(text)[0] == first or (first == "SKCM" and first in codes(text)[:2])


def test_a_morphology_of_several_sites_lists_them_all() -> None:
    assert {"LUAD", "PRAD", "PAAD", "STAD", "COAD"} <= set(codes("8140/3", most=60))


def test_a_morphology_unknown_at_the_site_falls_back_to_either() -> None:
    found = find_tumor_types("8500/3 C61.9", most=60)
    assert "of another site" in found[0].how
    assert "PROSTATE" in {match.tumor_type.code for match in found}


@pytest.mark.parametrize("text", ["C43.9", "9999/9", "9999/9 C99", "Z12"])
def test_a_code_of_no_table_finds_nothing_rather_than_names_with_its_digits(text: str) -> None:
    assert codes(text) == []


def test_an_abbreviation_that_is_another_tumors_code_lists_both() -> None:
    assert codes("TGCT") == ["TGCT", "TESTIS", "SEM", "NSGCT"]
    assert all_types()["TGCT"].name == "Tenosynovial Giant Cell Tumor Diffuse Type"


def test_a_revoked_code_with_several_successors_lists_them_and_is_refused_in_a_sheet() -> None:
    assert codes("ALL") == ["BLL", "TLL"]
    with pytest.raises(InputError, match="split into several") as caught:
        resolve_tumor_type("ALL")
    assert "BLL" in (caught.value.fix or "")


def test_a_revoked_code_with_one_successor_is_followed_with_a_note_and_a_renamed_one_without() -> None:
    assert resolve_tumor_type("GBM").code == "GB"
    assert "revoked the code GBM" in resolve_tumor_type("GBM").note
    assert (resolve_tumor_type("aCML").code, resolve_tumor_type("aCML").note) == ("ACML", "")
    assert resolve_tumor_type("DLBCL").note == resolve_tumor_type("LUAD").note == ""


@given(st.text(max_size=40))
def test_any_text_gives_known_types_once_each(text: str) -> None:
    found = codes(text)
    assert len(found) == len(set(found)) <= 15
    assert set(found) <= set(all_types())


def test_every_icd_o_row_and_study_names_a_present_code() -> None:
    for name, column in (("icd_o.tsv", "code"), ("tcga_studies.tsv", "codes")):
        with (files("genomodel.resources") / name).open(encoding="utf-8") as handle:
            for row in csv.DictReader(handle, delimiter="\t"):
                assert set(row[column].split(";")) <= set(all_types()), row


@pytest.mark.parametrize(("written", "meant"), [("AMLL", "AML"), ("LUADD", "LUAD"), ("sclcc", "SCLC")])
def test_a_code_of_one_letter_too_many_finds_its_code_before_names_that_hold_the_like(written: str, meant: str) -> None:
    first = find_tumor_types(written)[0]
    assert (first.tumor_type.code, first.how) == (meant, "code spelled alike")
