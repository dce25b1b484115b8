from __future__ import annotations

from genomodel.core.variants import AnnotatedVariant, Consequence, Origin, Variant, VariantClass
from genomodel.interpretation.unread import unread_gaps, unread_gaps_that_matter


def called(gene: str, change: str = "", origin: Origin = Origin.SOMATIC) -> AnnotatedVariant:
    return AnnotatedVariant(
        record=1,
        variant=Variant(chrom="7", pos=5, ref="A", alt="T"),
        origin=origin,
        origin_reason="test",
        consequence=Consequence(gene=gene, variant_class=VariantClass.MISSENSE, protein_change=change),
    )


def test_variants_without_residues_matter_where_evidence_or_drivers_are_and_where_the_gene_is_not_known() -> None:
    mute = [called("BRAF"), called("TRIM36"), called("1-Mar")]
    assert sum(int(gap.what.split()[0]) for gap in unread_gaps(mute)) == 3
    said = " ".join(gap.reason for gap in unread_gaps_that_matter(mute))
    assert "BRAF" in said
    assert "1-Mar" in said
    assert "TRIM36" not in said


def test_variants_with_residues_or_not_of_the_tumor_leave_no_gap() -> None:
    assert unread_gaps_that_matter([called("BRAF", "V600E"), called("BRAF", origin=Origin.GERMLINE)]) == []
