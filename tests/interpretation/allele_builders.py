"""What the tests of second alleles make their variants and copies with."""

from __future__ import annotations

from genomodel.core.biomarkers import SecondAllele
from genomodel.core.copy_number import CopyNumberCall, CopyNumberProfile, CopyNumberState, PurityPloidy
from genomodel.core.findings import Finding
from genomodel.core.variants import (
    AlleleCounts,
    AnnotatedVariant,
    Variant,
)
from genomodel.interpretation.second_allele import with_second_alleles
from tests.interpretation.builders import SOURCE, TRUNCATING, patient, variant

WOMAN = patient("HGSOC", sex="female")


def reads(alternate: int, depth: int) -> AlleleCounts:
    return AlleleCounts(depth=depth, alt_reads=alternate, ref_reads=depth - alternate)


def hit(
    gene: str, alternate: int, depth: int, chrom: str = "chr13", pos: int = 100, **more: object
) -> AnnotatedVariant:
    made = variant(gene, "R320*", TRUNCATING, place=Variant(chrom=chrom, pos=pos, ref="C", alt="T"))
    return made.model_copy(update={"tumor": reads(alternate, depth), **more})


def profile(
    gene: str, copies: float | None, loh: bool | None, purity: float | None = 0.6, width: float = 0.3
) -> CopyNumberProfile:
    call = CopyNumberCall(
        gene=gene,
        state=CopyNumberState.NEUTRAL,
        copies=copies,
        copies_low=None if copies is None else max(0.0, copies - width),
        copies_high=None if copies is None else copies + width,
        loh=loh,
    )
    found = None
    if purity is not None:
        found = PurityPloidy(purity=purity, purity_low=purity - 0.05, purity_high=purity + 0.05, source="estimated")
    return CopyNumberProfile(source=SOURCE, calls=(call,), purity=found)


def told(
    variant: AnnotatedVariant, copy_number: CopyNumberProfile | None, *beside: AnnotatedVariant, **facts: object
) -> SecondAllele:
    who = patient("HGSOC", **{"sex": "female", **facts})
    findings = [
        Finding(id=item.variant.key, gene=item.consequence.gene, label="", variant=item, why="")
        for item in (variant, *beside)
        if item.consequence is not None
    ]
    answer = with_second_alleles(findings, who, copy_number)[0].second_allele
    assert answer is not None
    return answer
