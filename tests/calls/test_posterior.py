from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.calls.fragments import AlleleReads, ErrorTally
from genomodel.calls.posterior import (
    ErrorRates,
    Judge,
    Posterior,
    Priors,
    SampleFacts,
    SiteEvidence,
    estimate_contamination,
    false_discovery_threshold,
    learn,
    pooled,
    slippage,
    with_rates,
)
from genomodel.calls.read_alleles import ALT, BOTH, F1R2, F2R1, FORWARD, REF, REVERSE
from genomodel.core.variants import Variant

SNV = Variant(chrom="1", pos=10, ref="C", alt="T")
Row = tuple[int, int, int, int, bool, bool, int]


def rows(
    allele: int,
    n: int,
    *,
    quality: int = 37,
    orientation: int | None = None,
    strand: int | None = None,
    edge: bool = False,
) -> list[Row]:
    return [
        (
            allele,
            quality,
            (F1R2, F2R1)[i % 2] if orientation is None else orientation,
            (FORWARD, REVERSE)[(i // 2) % 2] if strand is None else strand,
            edge,
            False,
            60,
        )
        for i in range(n)
    ]


def reads(table: Sequence[Row]) -> AlleleReads:
    names = ["allele", "quality", "orientation", "strand", "edge", "rich", "mapping"]
    kinds = [np.uint8, np.uint8, np.uint8, np.uint8, np.bool_, np.bool_, np.uint8]
    array = np.array(list(table), dtype=np.dtype(list(zip(names, kinds, strict=True))))
    return AlleleReads(array, np.ones(len(array), dtype=np.int64))


def judge(facts: SampleFacts | None = None, errors: ErrorTally | None = None) -> Judge:
    rates = ErrorRates(errors or ErrorTally())
    return Judge(rates, rates, Priors(), facts)


def told(tumor: Sequence[Row], normal: Sequence[Row] | None, variant: Variant = SNV, **more: object) -> Posterior:
    site = SiteEvidence(variant, reads(tumor), None if normal is None else reads(normal), **more)  # type: ignore[arg-type]
    return judge().judge(site)


CLEAN = rows(REF, 60)


@given(st.integers(0, 200), st.integers(0, 60), st.integers(0, 60), st.integers(0, 30))
def test_the_probabilities_add_up_to_one(ref: int, alt: int, normal_ref: int, normal_alt: int) -> None:
    p = told(rows(REF, ref) + rows(ALT, alt), rows(REF, normal_ref) + rows(ALT, normal_alt))
    total = p.somatic + p.germline + p.mosaic + p.artifact + p.absent + p.foreign
    assert total == pytest.approx(1.0)
    assert all(0 <= value <= 1 for value in (p.somatic, p.germline, p.mosaic, p.artifact, p.absent))


@given(st.integers(4, 40), st.integers(1, 20))
def test_more_fragments_of_the_allele_never_make_it_less_likely_to_be_there(alt: int, more: int) -> None:
    few = told(rows(REF, 150) + rows(ALT, alt), CLEAN)
    many = told(rows(REF, 150) + rows(ALT, alt + more), CLEAN)
    assert many.lod >= few.lod
    assert many.absent <= few.absent + 1e-9


def test_an_allele_of_the_tumor_alone_is_somatic_and_one_of_both_is_inherited() -> None:
    assert told(rows(REF, 180) + rows(ALT, 20), CLEAN).somatic > 0.99
    assert told(rows(REF, 90) + rows(ALT, 90), rows(REF, 30) + rows(ALT, 30)).germline > 0.99
    assert told(rows(ALT, 180), rows(REF, 30) + rows(ALT, 30)).germline > 0.99


def test_a_lesser_share_of_the_normal_is_neither_inherited_nor_somatic() -> None:
    p = told(rows(REF, 160) + rows(ALT, 20), rows(REF, 90) + rows(ALT, 10))
    assert p.somatic < 0.1
    assert p.germline < 0.1


def test_one_fragment_is_an_error_and_twelve_in_a_thousand_are_not() -> None:
    assert told(rows(REF, 99) + rows(ALT, 1), CLEAN).absent > 0.9
    assert told(rows(REF, 988) + rows(ALT, 12), rows(REF, 300)).somatic > 0.95


def test_fragments_of_one_orientation_are_an_artifact_of_damage() -> None:
    p = told(rows(REF, 150) + rows(ALT, 10, orientation=F1R2), CLEAN)
    assert p.artifact > 0.5
    assert p.artifact_kind == "orientation"


def test_fragments_of_one_strand_are_an_artifact_of_the_strand() -> None:
    p = told(rows(REF, 150) + rows(ALT, 10, strand=FORWARD), CLEAN)
    assert p.artifact > 0.5
    assert p.artifact_kind == "strand"


def test_fragments_at_the_edges_of_their_reads_are_misaligned() -> None:
    table = rows(REF, 150) + rows(REF, 20, edge=True) + rows(ALT, 8, edge=True)
    p = told(table, CLEAN)
    assert p.artifact > 0.5
    assert p.artifact_kind == "read position"


def test_bias_that_the_reference_shares_is_not_held_against_an_allele() -> None:
    one_sided = rows(REF, 150, strand=FORWARD) + rows(ALT, 20, strand=FORWARD)
    assert told(one_sided, rows(REF, 60, strand=FORWARD)).somatic > 0.4
    assert told(rows(REF, 150, strand=BOTH) + rows(ALT, 12, strand=BOTH), CLEAN).somatic > 0.99


def test_damage_of_the_sample_raises_what_a_substitution_needs() -> None:
    damaged = ErrorTally()
    damaged.bases[:] = 1e6
    damaged.errors[1, 3] = 2e3
    site = SiteEvidence(SNV, reads(rows(REF, 194) + rows(ALT, 6)), reads(CLEAN))
    other = site.__class__(Variant(chrom="1", pos=10, ref="C", alt="A"), site.tumor, site.normal)
    assert judge(errors=damaged).judge(site).somatic < 0.9 < judge(errors=damaged).judge(other).somatic


def test_a_repeat_that_slips_in_the_normal_too_is_a_noisy_site() -> None:
    variant = Variant(chrom="1", pos=10, ref="CA", alt="C")
    slips = slippage(variant, 12)
    noisy = told(rows(REF, 150) + rows(ALT, 15), rows(REF, 55) + rows(ALT, 5), variant, slippage=slips)
    assert noisy.somatic < 0.1
    real = told(rows(REF, 110) + rows(ALT, 60), rows(REF, 60), variant, slippage=slips)
    assert real.somatic > 0.9


def test_tumor_cells_in_the_normal_do_not_hide_the_tumor() -> None:
    site = SiteEvidence(SNV, reads(rows(REF, 120) + rows(ALT, 80)), reads(rows(REF, 97) + rows(ALT, 3)))
    assert judge().judge(site).somatic < 0.9
    assert judge(SampleFacts(tumor_in_normal=0.05)).judge(site).somatic > 0.9


def test_molecules_of_another_person_are_no_mutation_where_people_carry_the_allele() -> None:
    site = SiteEvidence(SNV, reads(rows(REF, 990) + rows(ALT, 10)), reads(CLEAN))
    unknown = SiteEvidence(SNV, site.tumor, site.normal, known_in_people=False)
    stained = judge(SampleFacts(contamination=0.02))
    known = SiteEvidence(SNV, site.tumor, site.normal, known_in_people=True)
    told, carried, not_carried = (stained.judge(s) for s in (site, known, unknown))
    assert told.foreign > 0.5
    assert carried.foreign > 0.99
    assert not_carried.foreign / not_carried.somatic < 0.01 * told.foreign / told.somatic
    assert judge().judge(site).foreign == 0.0


def test_the_tumors_share_in_the_normal_and_the_rate_of_mutations_are_learned() -> None:
    somatic = [
        SiteEvidence(
            SNV.model_copy(update={"pos": i}),
            reads(rows(REF, 120) + rows(ALT, 80)),
            reads(rows(REF, 96) + rows(ALT, 4)),
        )
        for i in range(20)
    ]
    learned = learn(judge(), somatic, 100_000)
    assert learned.facts.tumor_in_normal == pytest.approx(0.1, abs=0.03)
    assert learned.priors.somatic > 3 * Priors().somatic
    assert learned.judge(somatic[0]).somatic > 0.9


def test_contamination_is_read_from_homozygous_places() -> None:
    sites = [
        SiteEvidence(SNV, reads(rows(ALT, 990) + rows(REF, 10 * (i % 3))), reads(rows(ALT, 60))) for i in range(30)
    ]
    share, places = estimate_contamination(sites)
    assert places == 30
    assert share == pytest.approx(0.02, abs=0.006)
    assert estimate_contamination(sites[:5])[0] == 0.0


@given(st.lists(st.floats(0, 1), max_size=40), st.floats(0.01, 0.3))
def test_the_accepted_set_keeps_the_asked_rate_and_is_the_largest(values: list[float], rate: float) -> None:
    threshold = false_discovery_threshold(values, rate)
    accepted = [value for value in values if value >= threshold]
    if accepted:
        assert sum(1 - value for value in accepted) <= rate * len(accepted) + 1e-9
    rest = sorted((value for value in values if value < threshold), reverse=True)
    if rest:
        wider = [*accepted, *(value for value in rest if value == rest[0])]
        assert sum(1 - value for value in wider) > rate * len(wider) - 1e-9


def test_rates_turn_equal_odds_into_those_of_the_sample() -> None:
    even = {"somatic": 0.8, "germline": 0.0, "mosaic": 0.0, "artifact": 0.0, "absent": 0.2}
    weighed = with_rates(Priors(somatic=1e-4), even)
    assert weighed["somatic"] == pytest.approx(4e-4, rel=0.01)


def test_what_one_judge_holds_for_impossible_stays_open() -> None:
    sure = told(rows(REF, 180) + rows(ALT, 20), CLEAN)
    against = {"somatic": 0.0, "germline": 0.0, "mosaic": 0.0, "artifact": 1.0, "absent": 0.0}
    both = pooled(sure, against)
    assert both.somatic == pytest.approx(sure.somatic / 2)
    assert both.artifact >= 0.5
