from __future__ import annotations

import pytest

from genomodel.profile.tissues import BY_CODE, BY_TISSUE, LABELS, screen_tissue
from genomodel.resources.oncotree import all_types, resolve_tumor_type


def test_every_oncotree_tissue_is_decided() -> None:
    assert {node.tissue for node in all_types().values()} <= set(BY_TISSUE)


def test_every_override_names_a_tumor_type() -> None:
    assert set(BY_CODE) <= set(all_types())


def test_every_mapped_tissue_has_a_label() -> None:
    mapped = {pair[0] for pair in (*BY_CODE.values(), *BY_TISSUE.values()) if pair}
    assert mapped <= set(LABELS)


@pytest.mark.parametrize(
    ("code", "coarse", "fine"),
    [
        ("SKCM", "skin", "melanoma"),
        ("LUAD", "lung_NSCLC", "lung_NSCLC_adenocarcinoma"),
        ("SCLC", "lung_SCLC", "lung_small_cell_carcinoma"),
        ("COAD", "large_intestine", "large_intestine"),
        ("AML", "leukemia", "acute_myeloid_leukaemia"),
        ("IDC", "breast", "breast"),
        ("GB", "nervous_system", "glioma"),
        ("PLMESO", "lung", "mesothelioma"),
        ("ES", "bone", "ewings_sarcoma"),
        ("HNMUCM", "", ""),
        ("UM", "", ""),
        ("CUP", "", ""),
        ("GIST", "", ""),
    ],
)
def test_tumor_types_go_to_the_lines_they_resemble(code: str, coarse: str, fine: str) -> None:
    found = screen_tissue(resolve_tumor_type(code))
    assert (found.coarse, found.fine) == (coarse, fine)


def test_unmapped_tumor_says_so() -> None:
    assert "no comparable cell lines" in screen_tissue(resolve_tumor_type("CUP")).source
