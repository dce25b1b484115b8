"""Protein changes of VEP's residues where its columns hold the whole protein too."""

from __future__ import annotations

import pytest

from genomodel.annotation.dialects.vep import derive_change

PROTEIN = "MATSSSSPQLVHGGGKAAR"
INSERTION, DELETION, FRAMESHIFT = ("inframe_insertion",), ("inframe_deletion",), ("frameshift_variant",)


@pytest.mark.parametrize(
    ("terms", "ref", "alt", "position", "downstream", "expected"),
    [
        (DELETION, "SS", "S", "4-5", "", "S7del"),
        (DELETION, "S", "", "4", "", "S7del"),
        (INSERTION, "H", "HG", "12", "", "G15dup"),
        (INSERTION, "V", "VKV", "11", "", "V11_H12insKV"),
        (INSERTION, "-", "S", "3-4", "", "S7dup"),
        (FRAMESHIFT, "S", "X", "5", "SSPSCWTM", "S7Pfs"),
        (FRAMESHIFT, "Q", "X", "9", "RNCWTM", "Q9Rfs"),
        (FRAMESHIFT, "Q", "X", "9", "", "Q9fs"),
        (FRAMESHIFT, "Q", "X", "9", "QL", "Q9fs"),
        (FRAMESHIFT, "Q", "X", "9", "QXT", "Q9fs"),
        (("missense_variant",), "H", "R", "12", "", "H12R"),
        (("start_lost",), "M", "V", "1", "", "M1?"),
        (("stop_gained",), "Q", "*", "9", "", "Q9*"),
        (("stop_lost",), "*", "W", "20", "", "*20Wext*?"),
    ],
)
def test_whole_proteins_tell_the_most_c_terminal_place(
    terms: tuple[str, ...], ref: str, alt: str, position: str, downstream: str, expected: str
) -> None:
    assert derive_change(terms, ref.strip("-"), alt, position, PROTEIN, downstream) == expected


def test_a_protein_that_does_not_hold_the_residues_is_not_used() -> None:
    assert derive_change(DELETION, "W", "", "4", PROTEIN) == "W4del"
    assert derive_change(DELETION, "SS", "S", "4-5") == "S5del"
