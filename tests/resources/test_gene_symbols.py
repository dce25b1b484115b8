from __future__ import annotations

import pytest

from genomodel.resources.driver_genes import driver_role
from genomodel.resources.gene_symbols import Standing, current_symbol, resolve_symbol
from genomodel.resources.hotspots import find_hotspot


@pytest.mark.parametrize(
    ("given", "current", "standing"),
    [
        ("BRAF", "BRAF", Standing.CURRENT),
        ("H3F3A", "H3-3A", Standing.FORMER),
        ("MLL", "KMT2A", Standing.FORMER),
        ("FAM123B", "AMER1", Standing.FORMER),
        ("SEPT9", "SEPTIN9", Standing.FORMER),
        ("C11ORF30", "EMSY", Standing.FORMER),
        ("HER2", "ERBB2", Standing.ALIAS),
        ("p53", "TP53", Standing.ALIAS),
        ("brca1", "BRCA1", Standing.CURRENT),
        ("HGNC:1097", "BRAF", Standing.CURRENT),
        (" KRAS ", "KRAS", Standing.CURRENT),
    ],
)
def test_symbols_of_any_year_mean_the_gene_of_today(given: str, current: str, standing: Standing) -> None:
    found = resolve_symbol(given)
    assert (found.current, found.standing) == (current, standing)


@pytest.mark.parametrize(
    ("given", "candidates"), [("MLL2", {"KMT2B", "KMT2D"}), ("DBC1", {"BRINP1", "CCAR2"}), ("ODZ3", {"TENM1", "TENM3"})]
)
def test_symbols_that_several_genes_have_borne_are_reported_and_not_guessed(given: str, candidates: set[str]) -> None:
    found = resolve_symbol(given)
    assert (found.standing, found.current, set(found.candidates)) == (Standing.AMBIGUOUS, "", candidates)
    assert current_symbol(given) == given


def test_the_chromosome_tells_genes_of_one_symbol_apart() -> None:
    assert resolve_symbol("MLL2", "chr12").current == "KMT2D"
    assert resolve_symbol("MLL2", "19").current == "KMT2B"
    assert resolve_symbol("MLL2", "X").standing is Standing.AMBIGUOUS


def test_a_former_symbol_or_alias_is_not_the_gene_of_another_chromosome() -> None:
    # refGene of GRCh37 has a ZASP on chromosome 7, and the alias is that of LDB3 on 10.
    assert resolve_symbol("ZASP", "10").current == resolve_symbol("ZASP").current == "LDB3"
    found = resolve_symbol("ZASP", "chr7")
    assert (found.standing, found.current, found.best, found.candidates) == (Standing.AMBIGUOUS, "", "ZASP", ("LDB3",))
    assert resolve_symbol("H3F3A", "17").best == "H3F3A"
    assert resolve_symbol("HER2", "GL000204.1").current == "ERBB2"
    assert resolve_symbol("GPR112", "23").current == "ADGRG4"
    assert resolve_symbol("BRAF", "8").current == "BRAF"
    assert resolve_symbol("MIC2", "Y").current == resolve_symbol("MIC2", "X").current == "CD99", "X and Y share it"


def test_a_current_symbol_is_its_gene_unless_the_chromosome_says_it_is_an_older_one() -> None:
    # Today's SIP1 is no gene; AIM1 was CRYBG1 (chromosome 6) and AURKB (17). KRT14 is itself wherever it lies.
    assert resolve_symbol("KRT14", "17").current == "KRT14"
    found = resolve_symbol("AIM1", "6")
    assert found.current == "CRYBG1"
    # BRIP1 (17) was called BACH1, which is another gene's symbol (21) today.
    assert resolve_symbol("BACH1", "chr17").current == "BRIP1"
    assert resolve_symbol("BACH1", "21").current == resolve_symbol("BACH1").current == "BACH1"


@pytest.mark.parametrize("given", ["1-Mar", "Unknown", "", "NOT_A_GENE", "."])
def test_what_is_no_gene_stays_unknown(given: str) -> None:
    assert resolve_symbol(given).standing is Standing.UNKNOWN


def test_hotspots_and_roles_are_found_under_every_symbol_of_a_gene() -> None:
    old, new = find_hotspot("H3F3A", "K28M"), find_hotspot("H3-3A", "K28M")
    assert old is not None
    assert old == new
    assert driver_role("H3F3A") == driver_role("H3-3A") is not None
    assert find_hotspot("TCEB1", "Y79C") == find_hotspot("ELOC", "Y79C") is not None
