from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.annotation.hgvs import from_residues, one_letter, parse_position, printed, standard_inframe, three_letter

RESIDUES = "ACDEFGHIKLMNPQRSTVWY"


@pytest.mark.parametrize(
    ("hgvs", "expected"),
    [
        ("ENSP00000269305.4:p.Arg175His", "R175H"),
        ("p.(V600E)", "V600E"),
        ("p.Leu858%3D", "L858="),
        ("p.Lys128SerfsTer12", "K128Sfs*12"),
        ("p.Glu746_Ala750del", "E746_A750del"),
        ("NP_1.1:p.Asp770_Asn771insSerValAsp", "D770_N771insSVD"),
        ("p.Met1?", "M1?"),
        ("p.Ter394TrpextTer9", "*394Wext*9"),
        ("p.X125_splice", "X125_splice"),
        ("p.W288fs", "W288fs"),
        ("p.?", ""),
        ("p.=", ""),
        ("", ""),
        (".", ""),
    ],
)
def test_hgvs_becomes_one_letter(hgvs: str, expected: str) -> None:
    assert one_letter(hgvs) == expected


@pytest.mark.parametrize("change", ["X1010_splice", "K550_splice", "K550splice"])
def test_a_splice_site_has_an_unknown_protein_in_hgvs(change: str) -> None:
    assert three_letter(change) == printed(change) == "p.?"
    assert printed("V600E") == "p.V600E"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("p.ELREA746del", "E746_A750del"),
        ("p.KELREA745K", "E746_A750del"),
        ("p.746KELREAT>746KT", "E747_A751del"),
        ("p.747_753LREATSP>S", "L747_P753delinsS"),
        ("p.L747_P753>S", "L747_P753delinsS"),
        ("p.746_750delELREA", "E746_A750del"),
        ("p.E746_A750delELREA", "E746_A750del"),
        ("p.L747_P753delLREATSPinsS", "L747_P753delinsS"),
        ("p.S768_D770dupSVD", "S768_D770dup"),
        ("p.304_305KQ>KLQ", "K304_Q305insL"),
        ("p.600_600D>DSSDN", "D600delinsDSSDN"),
        ("p.189_189S>SS", "S189dup"),
        ("p.75_76YD>*N", "Y75*"),
        ("p.378_379D*>E", "D378_*379delinsE"),
        ("p.GG12VC", "G12_G13delinsVC"),
        ("p.E29del", "E29del"),
        ("p.R213*", "R213*"),
        ("p.599_600insDFREYEY", "599_600insDFREYEY"),
        ("p.772_773insNPH", "772_773insNPH"),
        ("p.895_896*>WN", "895_896*>WN"),
        ("p.746_749delELREA", "746_749delELREA"),
        ("p.WQ288fs", "WQ288fs"),
    ],
)
def test_older_spellings_of_in_frame_changes_become_hgvs_where_the_text_has_the_residues(
    text: str, expected: str
) -> None:
    assert one_letter(text) == expected


@given(
    st.from_regex(r"[A-Z]{0,3}[1-9]\d{0,2}(_[A-Z]?[1-9]\d{0,2})?(del|ins|dup|delins|>)?[A-Z*]{0,3}>?", fullmatch=True)
)
def test_a_standard_name_stays_as_it_is(text: str) -> None:
    assert standard_inframe(standard_inframe(text)) == standard_inframe(text)


@pytest.mark.parametrize(
    ("ref", "alt", "start", "expected"),
    [
        ("R", "H", 175, "R175H"),
        ("KELREA", "K", 745, "E746_A750del"),
        ("ELREA", "", 746, "E746_A750del"),
        ("KELREAT", "KV", 745, "E746_T751delinsV"),
        ("VK", "EE", 600, "V600_K601delinsEE"),
        ("DN", "DSVDN", 770, "D770_N771insSVD"),
        ("D", "DSVD", 770, "D770delinsDSVD"),
        ("R", "GAER", 337, "R337delinsGAER"),
        ("", "QP", 773, "772_773insQP"),
        ("ASV", "ASVASV", 767, "A767_V769dup"),
        ("A", "AA", 767, "A767dup"),
        ("AAB", "AB", 1, "A2del"),
        ("R", "*", 876, "R876*"),
        ("EF", "VL*", 346, "E346_F347delinsVL*"),
        ("YFTLQ", "*", 327, "Y327*"),
        ("*", "W", 394, "*394Wext*?"),
        ("M", "T", 1, "M1?"),
        ("S", "S", 392, "S392="),
    ],
)
def test_residues_become_the_shortest_change(ref: str, alt: str, start: int, expected: str) -> None:
    assert from_residues(ref, alt, start) == expected


@pytest.mark.parametrize(
    ("ref", "alt", "start", "expected"),
    [
        ("REVPK", "QKYLKI*", 1450, "R1450Qfs*7"),
        ("DNPH", "DGTT*", 770, "N771Gfs*4"),
        ("K", "X", 128, "K128fs"),
        ("KV", "*", 128, "K128*"),
        ("Q", "QX", 9, "Q9fs"),
    ],
)
def test_frameshifts_count_to_the_new_stop(ref: str, alt: str, start: int, expected: str) -> None:
    assert from_residues(ref, alt, start, frameshift=True) == expected


@given(
    st.text(RESIDUES, min_size=1, max_size=8),
    st.text(RESIDUES, max_size=8),
    st.text(RESIDUES, max_size=4),
    st.integers(2, 900),
)
def test_a_change_names_residues_that_are_there(ref: str, alt: str, flank: str, start: int) -> None:
    change = from_residues(flank + ref, flank + alt, start)
    for residue, number in re.findall(r"([A-Z*])(\d+)", change.split("ins")[0]):
        place = int(number) - start
        assert (flank + ref)[place : place + 1] == residue


@given(st.text(RESIDUES, min_size=1, max_size=6), st.text(RESIDUES, max_size=6), st.integers(2, 900), st.booleans())
def test_three_letter_and_back_is_the_same(ref: str, alt: str, start: int, frameshift: bool) -> None:
    change = from_residues(ref, alt, start, frameshift=frameshift)
    assert one_letter(three_letter(change)) == change


@given(st.text(max_size=30))
def test_no_text_makes_the_parser_crash(text: str) -> None:
    assert isinstance(one_letter(text), str)
    parse_position(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("175", (175, 175)),
        ("745-750", (745, 750)),
        ("?-12", (12, 12)),
        ("175/393", (175, 175)),
        ("", None),
        ("?-?", None),
    ],
)
def test_positions(text: str, expected: tuple[int, int] | None) -> None:
    assert parse_position(text) == expected
