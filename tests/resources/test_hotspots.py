from __future__ import annotations

import pytest

from genomodel.resources.driver_genes import driver_role
from genomodel.resources.hotspots import find_hotspot


@pytest.mark.parametrize(
    ("gene", "change", "residue", "at_residue", "with_allele"),
    [
        ("BRAF", "V600E", "V600", 897, 833),
        ("BRAF", "V600K", "V600", 897, 24),
        ("TP53", "R175H", "R175", 416, 386),
        ("EGFR", "E746_A750del", "745-759", 155, 123),
        ("MET", "X1010_splice", "X1010", 19, 19),
    ],
)
def test_a_known_hotspot_is_found_with_its_tumor_counts(
    gene: str, change: str, residue: str, at_residue: int, with_allele: int
) -> None:
    hotspot = find_hotspot(gene, change)
    assert hotspot is not None
    assert (hotspot.residue, hotspot.tumors_at_residue, hotspot.tumors_with_allele) == (
        residue,
        at_residue,
        with_allele,
    )


@pytest.mark.parametrize(
    ("gene", "change"),
    [
        ("TP53", "P72R"),
        ("BRAF", "A600E"),
        ("BRAF", ""),
        ("NPM1", "W288Cfs*12"),
        ("NOGENE", "V600E"),
        ("EGFR", "E1_A2del"),
    ],
)
def test_what_is_on_no_hotspot_has_none(gene: str, change: str) -> None:
    assert find_hotspot(gene, change) is None


@pytest.mark.parametrize(
    ("gene", "change", "region", "with_allele"),
    [
        ("FLT3", "599_600insDFREYEY", "578-613", 0),
        ("FLT3", "604_605insSPRGGNEYFYVDFREYEYDLKWE", "578-613", 1),
        ("FLT3", "600_600D>DSSDN", "578-613", 0),
        ("EGFR", "772_773insNPH", "764-774", 0),
        ("EGFR", "746_750del", "745-759", 123),
        ("EGFR", "KELREA745del", "745-759", 0),
        ("EGFR", "744_747KELR>K", "745-759", 0),
        ("FLT3", "573_574insKPATDG", None, None),
        ("FLT3", "600fs", None, None),
    ],
)
def test_an_in_frame_change_is_held_against_the_regions_without_its_letters(
    gene: str, change: str, region: str | None, with_allele: int | None
) -> None:
    hotspot = find_hotspot(gene, change)
    assert (hotspot and hotspot.residue, hotspot and hotspot.tumors_with_allele) == (region, with_allele)


def test_a_new_allele_at_a_hotspot_residue_counts_zero_tumors_of_its_own() -> None:
    hotspot = find_hotspot("KRAS", "G12W")
    assert hotspot is not None
    assert hotspot.tumors_with_allele == 0
    assert hotspot.tumors_at_residue > 100


def test_driver_roles_tell_oncogenes_from_suppressors() -> None:
    assert driver_role("ERBB2") == "activating"
    assert driver_role("CDKN2A") == "loss of function"
    assert driver_role("NOGENE") is None
