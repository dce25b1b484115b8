from __future__ import annotations

from genomodel.core.variants import Origin, VariantClass
from genomodel.interpretation.unread import unread_gaps, unread_gaps_that_matter
from tests.interpretation.builders import SPLICE, variant


def test_called_variants_without_a_symbol_or_a_residue_are_listed() -> None:
    damaged, number = variant("1-Mar", "V60E"), variant("673", "V600E")
    mute = variant("BRAF", "")
    good = (variant("BRAF", "V600E"), variant("MET", "", SPLICE), variant("TP53", "", VariantClass.NONCODING))
    names, changes = unread_gaps([damaged, number, mute, *good])
    assert names.what == "2 called variants"
    assert "1-Mar chr1:" in names.reason
    assert "673 chr1:" in names.reason
    assert changes.what == "1 called variant"
    assert "BRAF chr1:" in changes.reason
    assert unread_gaps(good) == []
    assert unread_gaps([variant("BRAF", "", origin=Origin.GERMLINE)]) == []


def test_many_are_counted() -> None:
    (gap,) = unread_gaps([variant("BRAF", "") for _ in range(9)])
    assert gap.what == "9 called variants"
    assert gap.reason.endswith("and 4 more.")


def test_variants_without_residues_matter_where_evidence_or_drivers_are_and_where_the_gene_is_not_known() -> None:
    mute = [variant("BRAF", ""), variant("TRIM36", ""), variant("1-Mar", "")]
    assert sum(int(gap.what.split()[0]) for gap in unread_gaps(mute)) == 3
    said = " ".join(gap.reason for gap in unread_gaps_that_matter(mute))
    assert "BRAF" in said
    assert "1-Mar" in said
    assert "TRIM36" not in said


def test_variants_with_residues_or_not_of_the_tumor_leave_no_gap() -> None:
    read = [variant("BRAF", "V600E"), variant("BRAF", "", origin=Origin.GERMLINE)]
    assert unread_gaps_that_matter(read) == []
