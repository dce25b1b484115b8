"""Two variants of one gene: by phase, reading frame and part of the cells, and which is a hit at all."""

from __future__ import annotations

import pytest

from genomodel.core.biomarkers import AllelesHit, Certainty
from genomodel.core.findings import Finding
from genomodel.core.variants import (
    AnnotatedVariant,
    ClinVarRecord,
    JointChange,
    Origin,
    Phase,
    Variant,
)
from genomodel.interpretation.second_allele import with_second_alleles
from tests.interpretation.allele_builders import WOMAN, hit, profile, reads, told
from tests.interpretation.builders import MISSENSE, TRUNCATING, variant


def test_two_variants_count_by_their_phase() -> None:
    first, second = hit("BRCA2", 90, 300, pos=100), hit("BRCA2", 84, 300, pos=90_000)
    both = told(first, profile("BRCA2", 2.0, False), second)
    assert (both.hit, both.certainty) == (AllelesHit.BIALLELIC, Certainty.MODERATE)
    assert "phase unknown" in both.reason
    effect = first.consequence
    assert effect is not None
    for phase, expected in (
        (Phase.TRANS, (AllelesHit.BIALLELIC, Certainty.HIGH)),
        (Phase.CIS, (AllelesHit.MONOALLELIC, Certainty.HIGH)),
        (Phase.UNKNOWN, (AllelesHit.BIALLELIC, Certainty.MODERATE)),
    ):
        joint = JointChange(phase=phase, basis="reads", partners=(second.variant.key,), alone=effect)
        phased = first.model_copy(update={"joint": joint})
        answer = told(phased, profile("BRCA2", 2.0, False), second)
        assert (answer.hit, answer.certainty) == expected


def frameshift(bases: int, pos: int, alternate: int = 90, **more: object) -> AnnotatedVariant:
    """Return a frameshift of BRCA2 by so many bases won."""
    ref, alt = ("C", "C" + "A" * bases) if bases > 0 else ("C" + "A" * -bases, "C")
    made = variant("BRCA2", f"S{pos}fs", TRUNCATING, place=Variant(chrom="chr13", pos=pos, ref=ref, alt=alt))
    return made.model_copy(update={"tumor": reads(alternate, 300), **more})


@pytest.mark.parametrize(
    ("first", "second", "bases_apart", "restored"),
    [(-1, 1, 30, True), (-1, -2, 30, True), (2, 4, 300, True), (-1, 1, 301, False), (-1, -1, 30, False)],
)
def test_a_frameshift_beside_another_may_restore_the_reading_frame(
    first: int, second: int, bases_apart: int, restored: bool
) -> None:
    one = frameshift(first, 1000, 213, origin=Origin.GERMLINE)
    other = frameshift(second, 1000 + bases_apart)
    for copy_number in (None, profile("BRCA2", 1.0, True)):
        for item, beside in ((one, other), (other, one)):
            answer = told(item, copy_number, beside)
            assert (answer.hit is AllelesHit.UNKNOWN and "restore the reading frame" in answer.reason) is restored
    effect = one.consequence
    assert effect is not None
    joint = JointChange(phase=Phase.TRANS, basis="reads", partners=(other.variant.key,), alone=effect)
    apart = told(one.model_copy(update={"joint": joint}), None, other)
    assert (apart.hit, apart.certainty) == (AllelesHit.BIALLELIC, Certainty.HIGH)


def test_two_variants_of_parts_of_the_cells_are_of_low_certainty() -> None:
    many, few = hit("BRCA2", 90, 300, pos=100), hit("BRCA2", 18, 300, pos=90_000)
    inherited = hit("BRCA2", 150, 300, pos=50_000, origin=Origin.GERMLINE)
    for copy_number in (None, profile("BRCA2", 2.0, False)):
        for item, beside in ((many, few), (few, many), (few, inherited)):
            answer = told(item, copy_number, beside)
            assert (answer.hit, answer.certainty) == (AllelesHit.BIALLELIC, Certainty.LOW)
            assert "part of the tumor cells" in answer.reason
    assert told(many, None, inherited).certainty is Certainty.MODERATE
    # At a purity of 0.2 a variant of all cells is expected at 0.1 of the reads.
    tenth = hit("BRCA2", 30, 300, pos=90_000)
    assert told(tenth, None, hit("BRCA2", 30, 300, pos=100)).certainty is Certainty.MODERATE
    assert told(tenth, None, hit("BRCA2", 30, 300, pos=100), purity=0.9).certainty is Certainty.LOW


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (
            {"clinvar": ClinVarRecord(variation_id="1", germline="Benign", germline_review="reviewed_by_expert_panel")},
            None,
        ),
        (
            {
                "clinvar": ClinVarRecord(
                    variation_id="1",
                    germline="Benign/Likely_benign",
                    germline_review="criteria_provided,_multiple_submitters,_no_conflicts",
                )
            },
            None,
        ),
        (
            {
                "clinvar": ClinVarRecord(
                    variation_id="1", germline="Benign", germline_review="no_assertion_criteria_provided"
                )
            },
            AllelesHit.BIALLELIC,
        ),
        ({"population_frequency": 0.02}, None),
        ({"population_frequency": 0.006}, AllelesHit.BIALLELIC),
        ({"population_frequency": 0.0001}, AllelesHit.BIALLELIC),
    ],
    ids=["benign", "likely benign", "benign by no criteria", "common", "of few founders", "rare"],
)
def test_a_truncation_that_is_known_to_be_harmless_is_no_loss(
    facts: dict[str, object], expected: AllelesHit | None
) -> None:
    inherited = hit("BRCA2", 214, 300, origin=Origin.GERMLINE).model_copy(update=facts)
    finding = Finding(id="1", gene="BRCA2", label="", variant=inherited, why="")
    answer = with_second_alleles([finding], WOMAN, profile("BRCA2", 1.0, True))[0].second_allele
    assert (answer.hit if answer is not None else None) is expected


def test_a_second_variant_of_unknown_meaning_is_no_hit() -> None:
    first = hit("BRCA2", 90, 300)
    vague = variant("BRCA2", "K2950N", MISSENSE)
    assert told(first, profile("BRCA2", 2.0, False), vague).hit is AllelesHit.MONOALLELIC


def test_an_inherited_variant_is_the_other_hit_of_a_somatic_one() -> None:
    somatic, inherited = hit("BRCA1", 90, 300, pos=1), hit("BRCA1", 150, 300, pos=9000, origin=Origin.GERMLINE)
    aside = Finding(id="g", gene="BRCA1", label="", variant=inherited, why="")
    finding = Finding(id="s", gene="BRCA1", label="", variant=somatic, why="")
    answer = with_second_alleles([finding], WOMAN, profile("BRCA1", 2.0, False), [aside])[0].second_allele
    assert answer is not None
    assert answer.hit is AllelesHit.BIALLELIC
    assert "inherited BRCA1" in answer.reason
