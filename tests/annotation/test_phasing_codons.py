"""Which codons changes touch, and what alleles of one codon make together by codons, residues and the code."""

from __future__ import annotations

from itertools import combinations, product

import pytest

from genomodel.annotation.phasing_codons import (
    alone_from_joint,
    codons_touched,
    joint_from_codons,
    joint_from_residues,
)
from genomodel.core.codons import CODON_TABLE, reverse_complement
from genomodel.core.variants import (
    Variant,
    VariantClass,
)
from tests.annotation.phasing_builders import C, T, effect


@pytest.mark.parametrize(
    ("coding", "change", "codons"),
    [
        ("c.1799T>A", "V600E", {600}),
        ("", "V600E", {600}),
        ("c.1799_1803delinsAAAAC", "V600_K601delinsEN", {600, 601}),
        ("c.2235_2249del", "E746_A750del", {745, 750}),
        ("c.1799_1800insTTT", "", {600}),
        ("c.1800_1801insTTT", "", set()),
        ("c.1798_1800dup", "V600dup", set()),
        ("c.1798_1799dup", "K601fs", {600}),
        ("c.1799del", "V600fs", {600}),
        ("c.1799delT", "V600fs", {600}),
        ("c.1798-3A>T", "", set()),
        ("c.-124C>T", "", set()),
        ("c.1959-17_1959-16insAG", "", set()),
        ("c.1959-17_1959-15del", "", set()),
        ("c.1959+2_1959+5dup", "", set()),
        ("c.1798-3_1799del", "", {600}),
        ("c.1799_1800+3del", "", {600}),
        ("", "W288fs", {288}),
        ("", "", set()),
    ],
)
def test_codons_that_a_change_touches(coding: str, change: str, codons: set[int]) -> None:
    assert codons_touched(effect(change, hgvs_c=coding)) == codons


def test_joint_change_from_codons() -> None:
    first = effect("V600E", codons="gTg/gAg", hgvs_c="c.1799T>A")
    found = joint_from_codons([first, effect("V600M", codons="Gtg/Atg")])
    assert found is not None
    assert (found.protein_change, found.hgvs_c, found.codons) == ("V600K", "c.1798_1799delinsAA", "GTg/AAg")
    assert joint_from_codons([first, effect("V600R", codons="GTg/AGg", hgvs_c="c.1798_1799delinsAG")]) is None
    over = effect("K601E", codons="gtGAaa/gtTGaa", hgvs_c="c.1800_1801delinsTG")
    found = joint_from_codons([first, over])
    assert found is not None
    assert found.protein_change == "V600_K601delinsDE"
    assert joint_from_codons([first, effect("V600M")]) is None
    assert joint_from_codons([first, effect("V600M", codons="Ctg/Atg")]) is None
    stop = joint_from_codons([effect("Q61H", codons="caA/caC"), effect("Q61*", codons="Caa/Taa")])
    assert stop is not None
    assert (stop.protein_change, stop.variant_class) == ("Q61Y", VariantClass.MISSENSE)


def test_joint_change_from_residues_only_where_the_code_leaves_one() -> None:
    found = joint_from_residues([(T, effect("V600E")), (C, effect("V600M"))])
    assert found is not None
    assert (found.protein_change, found.derived) == ("V600K", ("hgvs_p", "protein_change"))
    over_an_intron = joint_from_residues(
        [(T, effect("V600E")), (C.model_copy(update={"pos": 140454000}), effect("V600M"))]
    )
    assert over_an_intron == found
    # Serine to arginine by AGC or AGT, or by other codons: several answers.
    one, other = Variant(chrom="1", pos=10, ref="A", alt="C"), Variant(chrom="1", pos=11, ref="G", alt="C")
    assert joint_from_residues([(one, effect("S5R")), (other, effect("S5T"))]) == joint_from_residues(
        [(other, effect("S5T")), (one, effect("S5R"))]
    )
    assert joint_from_residues([(T, effect("V600E")), (C, effect("L600M"))]) is None
    assert joint_from_residues([(T, effect("V600E")), (C, effect("V600fs"))]) is None
    assert joint_from_residues([(T, effect("V600E")), (T.model_copy(update={"pos": 1}), effect("V600E"))]) is None
    insertion = Variant(chrom="7", pos=140453137, ref="C", alt="CTTT")
    assert joint_from_residues([(T, effect("V600E")), (insertion, effect("V600M"))]) is None


@pytest.mark.parametrize("forward", [True, False])
def test_residues_of_every_pair_of_substitutions_give_the_joint_one_or_none(forward: bool) -> None:
    """Of every two substitutions in one codon of the genetic code, held against the codon that they truly make."""
    pairs = told = 0
    for codon, residue in CODON_TABLE.items():
        for (i, j), (one, other) in product(combinations(range(3), 2), product("ACGT", repeat=2)):
            if residue == "*" or one == codon[i] or other == codon[j]:
                continue
            first, second = (codon[:k] + base + codon[k + 1 :] for k, base in ((i, one), (j, other)))
            both = CODON_TABLE[first[:j] + other + first[j + 1 :]]
            edits = ((i, codon[i], one), (j, codon[j], other))
            places = [
                Variant(chrom="1", pos=10 + k, ref=ref, alt=alt)
                if forward
                else Variant(chrom="1", pos=10 - k, ref=reverse_complement(ref), alt=reverse_complement(alt))
                for k, ref, alt in edits
            ]
            alone = [effect(f"{residue}5{CODON_TABLE[one]}") for one in (first, second)]
            found = joint_from_residues(list(zip(places, alone, strict=True)))
            pairs += 1
            if found is not None:
                told += 1
                assert found.protein_change == f"{residue}5{'=' if both == residue else both}"
    assert (pairs, told) == (1647, 1584)


def test_alone_from_a_joint_change() -> None:
    first, second = alone_from_joint([T, C], effect("V600K"))
    assert (first.protein_change, second.protein_change) == ("V600E", "")
    assert alone_from_joint([T, C], effect("E746_A750del"))[0].protein_change == ""
