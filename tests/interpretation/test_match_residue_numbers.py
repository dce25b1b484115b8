"""Alleles that sources count on another transcript than the annotation: the same residue, and no other."""

from __future__ import annotations

import pytest

from genomodel.core.variants import AnnotatedVariant, VariantClass
from genomodel.interpretation.matching import Resolution, Truth, evaluate
from tests.interpretation.builders import MISSENSE, TRUNCATING, variant
from tests.interpretation.tumors import profile, truth, tumor

TRUE = Truth.TRUE


def changed(gene: str, change: str, transcript: str = "", kind: VariantClass = MISSENSE) -> AnnotatedVariant:
    return variant(gene, change, kind, transcript=transcript)


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("MYD88/allele:L265P", changed("MYD88", "L252P", "ENST00000650905.2")),
        ("MYD88/allele:L265P", changed("MYD88", "L252P", "NM_002468.5")),
        ("MYD88/allele:L265P", changed("MYD88", "L252P")),
        ("MYD88/allele:L252P", changed("MYD88", "L265P", "NM_002468.4")),
        ("MYD88/codon:L265", changed("MYD88", "L252P", "ENST00000650905.2")),
        ("RUNX1/allele:Y260*", changed("RUNX1", "Y287*", "NM_001754.5", TRUNCATING)),
        ("FGFR2/allele:N550K", changed("FGFR2", "N549K", "ENST00000358487.10")),
        ("ROS1/allele:G2032R", changed("ROS1", "p.Gly2026Arg", "ENST00000368507.8")),
        ("MET/allele:D1228N", changed("MET", "D1246N", "ENST00000318493.6")),
        ("FGFR3/allele:R248C,S249C,G370C,Y373C", changed("FGFR3", "Y375C", "NM_001163213.1")),
        ("EZH2/hotspot", changed("EZH2", "Y641N", "NM_001203247.1")),
        ("FGFR1/hotspot", changed("FGFR1", "N546K", "ENST00000447712.7")),
    ],
)
def test_an_old_residue_number_finds_the_allele_on_mane_select(rule: str, found: AnnotatedVariant) -> None:
    assert truth(rule, tumor(found)) is TRUE


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("MYD88/allele:L265P", changed("MYD88", "L252V", "ENST00000650905.2")),
        ("MYD88/allele:L265P", changed("MYD88", "L252P", "ENST00000417037.2")),
        ("MYD88/allele:L265P", changed("MYD88", "R251P", "ENST00000650905.2")),
        ("MYD88/codon:L265", changed("MYD88", "L252*", "ENST00000650905.2", TRUNCATING)),
        ("FGFR2/allele:N550K", changed("FGFR2", "N549H", "ENST00000358487.10")),
        ("TP53/allele:L265P", changed("TP53", "L252P", "ENST00000269305.9")),
    ],
)
def test_another_residue_or_another_change_of_it_is_none(rule: str, found: AnnotatedVariant) -> None:
    assert truth(rule, tumor(found)) is not TRUE


def test_the_match_says_which_two_numbers_are_one_residue() -> None:
    verdict = evaluate(profile("MYD88/allele:L265P"), tumor(changed("MYD88", "L252P", "ENST00000650905.2")))
    hit = verdict.parts[0].hits[0]
    assert hit.resolution is Resolution.PROTEIN
    assert "L265 on NM_002468.4 and L252 on MANE Select are one residue" in " ".join(hit.ignored)
