from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from genomodel.core.assays import Assays
from genomodel.core.biomarkers import BurdenCall, MutationalBurden
from genomodel.core.coding import CallableCoding
from genomodel.core.findings import Interpretation
from genomodel.core.identity import CheckName, CheckStatus, IdentityCheck, IdentityChecks
from genomodel.core.patients import Assay, CallingMode
from genomodel.core.variants import (
    AlleleCounts,
    AnnotatedVariant,
    Consequence,
    JointChange,
    Label,
    Origin,
    Phase,
    TumorOnlyClass,
    Variant,
    VariantClass,
)
from genomodel.interpretation.biomarkers.burden import (
    PANEL_RULE,
    WIDE_RULE,
    burden_gaps,
    count_mutations,
    is_known_driver,
    mutational_burden,
    poisson_interval,
)
from genomodel.interpretation.interpret import interpret
from tests.interpretation.builders import by_therapy, calls_of, patient, variant

SYNONYMOUS, MISSENSE, TRUNCATING = VariantClass.SYNONYMOUS, VariantClass.MISSENSE, VariantClass.TRUNCATING
PANEL = CallableCoding(bases=1_200_000, assay_bases=1_300_000, least_depth=100, source="made for a test")
EXOME = CallableCoding(bases=30_000_000, source="made for a test")
_numbers = itertools.count(2)


def passengers(
    n: int, kind: VariantClass = MISSENSE, origin: Origin = Origin.SOMATIC, **more: object
) -> list[AnnotatedVariant]:
    made = [variant("GENE1", f"A{next(_numbers)}V", kind, origin=origin) for _ in range(n)]
    return [one.model_copy(update=more) for one in made]


def burden(*variants: AnnotatedVariant, coding: CallableCoding | None = PANEL, **facts: object) -> MutationalBurden:
    who = patient("LUAD", **{"assay": Assay.PANEL, **facts})
    return mutational_burden(calls_of(who, *variants), coding)


def of_mixed(n: int) -> list[AnnotatedVariant]:
    return [*passengers(n - n // 4), *passengers(n // 4, SYNONYMOUS)]


def test_interval_of_a_count_is_that_of_garwood() -> None:
    # Garwood's limits as printed in tables of exact Poisson limits: 0, 1, 10 and 100 events.
    assert poisson_interval(0) == pytest.approx((0.0, 3.6889), abs=1e-4)
    assert poisson_interval(1) == pytest.approx((0.0253, 5.5716), abs=1e-4)
    assert poisson_interval(10) == pytest.approx((4.7954, 18.3904), abs=1e-4)
    assert poisson_interval(100) == pytest.approx((81.3640, 121.6268), abs=1e-4)


@given(st.integers(min_value=0, max_value=3000))
def test_ends_of_the_interval_leave_two_and_a_half_percent_on_either_side(count: int) -> None:
    low, high = poisson_interval(count)
    assert low <= count <= high
    assert poisson.cdf(count, high) == pytest.approx(0.025, abs=1e-9)
    if count:
        assert poisson.sf(count - 1, low) == pytest.approx(0.025, abs=1e-9)


@pytest.mark.parametrize(
    ("n", "call", "value"),
    [
        (0, BurdenCall.LOW, 0.0),
        (4, BurdenCall.LOW, 3.3333),
        (5, BurdenCall.LOW, 4.1667),
        (6, BurdenCall.INDETERMINATE, 5.0),
        (12, BurdenCall.INDETERMINATE, 10.0),
        (19, BurdenCall.INDETERMINATE, 15.8333),
        (20, BurdenCall.HIGH, 16.6667),
    ],
)
def test_a_panel_is_called_where_the_interval_leaves_the_cutoff(n: int, call: BurdenCall, value: float) -> None:
    # 1.2 Mb: 12 mutations are the cut-off; Garwood's upper limit of 5 is 11.67, of 6 13.06; the lower of 19 is 11.44
    # and of 20 12.22.
    found = burden(*of_mixed(n))
    assert (found.call, found.mutations, found.megabases) == (call, n, 1.2)
    assert found.value == pytest.approx(value, abs=1e-4)


def test_the_cutoff_names_its_assay_and_the_rule_its_method() -> None:
    found = burden(*of_mixed(8))
    assert found.cutoff == 10
    assert "FoundationOne CDx" in found.cutoff_source
    assert "FoundationOne CDx" in found.reason
    assert "synonymous" in found.rule
    assert "Chalmers 2017" in found.rule
    assert "Merino 2020" in burden(coding=EXOME, assay=Assay.WES).rule


@pytest.mark.parametrize("rule", [PANEL_RULE, WIDE_RULE], ids=["panel", "exome"])
@given(n=st.integers(0, 30), seed=st.integers(0, 1000))
def test_order_of_the_records_does_not_matter(rule: object, n: int, seed: int) -> None:
    made = [*of_mixed(n), *passengers(2, origin=Origin.GERMLINE), *passengers(1, origin=Origin.UNCERTAIN)]
    shuffled = random.Random(seed).sample(made, len(made))
    assert count_mutations(shuffled, rule) == count_mutations(made, rule)  # type: ignore[arg-type]


def test_a_synonymous_variant_counts_on_a_panel_and_not_in_an_exome() -> None:
    before, silent = of_mixed(8), passengers(1, SYNONYMOUS)
    for rule, more in ((PANEL_RULE, 1), (WIDE_RULE, 0)):
        assert count_mutations([*before, *silent], rule).certain - count_mutations(before, rule).certain == more


@pytest.mark.parametrize(
    ("made", "panel", "exome"),
    [
        (variant("BRAF", "V600E"), 0, 1),
        (variant("TP53", "R213*", TRUNCATING), 0, 1),
        (variant("GENE1", "R213*", TRUNCATING), 1, 1),
        (variant("GENE1", "K3del", VariantClass.INFRAME_DELETION), 1, 1),
        (variant("GENE1", "M1?", VariantClass.START_LOST), 1, 0),
        (variant("GENE1", "", VariantClass.SPLICE), 0, 0),
        (variant("GENE1", "", VariantClass.NONCODING), 0, 0),
        (variant("GENE1", "A9V", origin=Origin.GERMLINE), 0, 0),
        (variant("GENE1", "A9V", origin=Origin.NOT_CALLED), 0, 0),
    ],
    ids=["hotspot", "suppressor", "truncation", "in frame", "start", "splice", "noncoding", "germline", "not called"],
)
def test_what_each_rule_counts(made: AnnotatedVariant, panel: int, exome: int) -> None:
    assert count_mutations([made], PANEL_RULE).possible == panel
    assert count_mutations([made], WIDE_RULE).possible == exome


def test_a_hotspot_allele_is_a_driver_and_a_rare_one_of_its_residue_is_not() -> None:
    assert is_known_driver(variant("KRAS", "G12D"))
    assert not is_known_driver(variant("KRAS", "G12W"))
    assert not is_known_driver(variant("KRAS", "G12*", TRUNCATING))


@pytest.mark.parametrize(
    ("counts", "panel", "exome"),
    [
        (AlleleCounts(depth=200, alt_reads=9, allele_fraction=0.045), 0, 0),
        (AlleleCounts(depth=200, alt_reads=10, allele_fraction=0.05), 1, 1),
        (AlleleCounts(depth=24, alt_reads=12), 1, 0),
        (AlleleCounts(depth=25, alt_reads=2), 1, 0),
        (AlleleCounts(depth=25, alt_reads=3), 1, 1),
        (AlleleCounts(), 1, 1),
    ],
)
def test_reads_that_an_allele_needs(counts: AlleleCounts, panel: int, exome: int) -> None:
    made = [variant("GENE1", "A9V").model_copy(update={"tumor": counts})]
    assert count_mutations(made, PANEL_RULE).certain == panel
    assert count_mutations(made, WIDE_RULE).certain == exome


def test_unknown_allele_fractions_are_told() -> None:
    found = burden(*passengers(3, SYNONYMOUS, tumor=AlleleCounts()))
    assert "3 counted without a known allele fraction" in found.reason


def test_an_allele_counts_once_and_alleles_of_one_codon_on_one_molecule_together_once() -> None:
    one = variant("GENE1", "A9V")
    assert count_mutations([one, one.model_copy(update={"record": 2})], PANEL_RULE).certain == 1
    first, second = (Variant(chrom="chr1", pos=900 + i, ref="A", alt="C") for i in range(2))
    for phase, certain, possible in ((Phase.CIS, 1, 1), (Phase.TRANS, 2, 2), (Phase.UNKNOWN, 1, 2)):
        pair = [
            variant("GENE1", "A9V", place=place).model_copy(
                update={
                    "joint": JointChange(
                        phase=phase,
                        basis="made",
                        partners=(other.key,),
                        alone=Consequence(gene="GENE1", variant_class=MISSENSE),
                    )
                }
            )
            for place, other in ((first, second), (second, first))
        ]
        found = count_mutations(pair, PANEL_RULE)
        assert (found.certain, found.possible, found.joined) == (certain, possible, possible - 1 if certain == 1 else 0)
        told = burden(*pair).reason
        assert ("1 more share a codon" in told) is (phase is Phase.UNKNOWN)
        assert "inherited" not in told


@pytest.mark.parametrize(("bases", "told"), [(1_100_000, True), (1_300_000, False), (2_600_000, False)])
def test_it_is_told_where_little_of_the_assay_counts(bases: int, told: bool) -> None:
    coding = PANEL.model_copy(update={"bases": bases, "assay_bases": 2_600_000})
    assert (
        "of the assay's 2.60 Mb of coding sequence can be called" in burden(*of_mixed(3), coding=coding).reason
    ) is told


def test_alleles_outside_the_divided_bases_do_not_count() -> None:
    inside, outside = passengers(2)
    coding = PANEL.model_copy(update={"outside": (outside.variant.key,)})
    assert burden(inside, outside, coding=coding).mutations == 1


@pytest.mark.parametrize(
    ("coding", "assay", "words"),
    [
        (None, Assay.PANEL, "callable coding bases are not known"),
        (CallableCoding(reason="the depth is not known: give it"), Assay.PANEL, "The depth is not known: give it."),
        (CallableCoding(bases=999_999), Assay.PANEL, "1.00 Mb of coding sequence can be called, 1 Mb is needed"),
        (PANEL, Assay.UNKNOWN, "kind of assay is not stated"),
    ],
)
def test_without_a_denominator_nothing_is_told(coding: CallableCoding | None, assay: Assay, words: str) -> None:
    found = burden(*of_mixed(40), coding=coding, assay=assay)
    assert found.call is BurdenCall.NOT_ASSESSABLE
    assert words in found.reason
    assert (found.value, found.low, found.high) == (None, None, None)


def of_class(n: int, kind: TumorOnlyClass, **more: object) -> list[AnnotatedVariant]:
    return passengers(n, SYNONYMOUS, Origin.UNCERTAIN, tumor_only_class=kind, **more)


@pytest.mark.parametrize(
    ("somatic", "other", "kind", "call"),
    [
        (30, 0, TumorOnlyClass.UNDETERMINED, BurdenCall.HIGH),
        (2, 40, TumorOnlyClass.UNDETERMINED, BurdenCall.INDETERMINATE),
        (2, 40, TumorOnlyClass.LIKELY_GERMLINE, BurdenCall.INDETERMINATE),
        (2, 40, TumorOnlyClass.POSSIBLE_CLONAL_HEMATOPOIESIS, BurdenCall.INDETERMINATE),
        (2, 2, TumorOnlyClass.UNDETERMINED, BurdenCall.LOW),
        (30, 40, TumorOnlyClass.UNDETERMINED, BurdenCall.HIGH),
    ],
)
def test_without_a_normal_what_may_be_inherited_decides_nothing(
    somatic: int, other: int, kind: TumorOnlyClass, call: BurdenCall
) -> None:
    made = [*of_class(somatic, TumorOnlyClass.SOMATIC), *of_class(other, kind)]
    found = burden(*made, mode=CallingMode.TUMOR_ONLY)
    assert (found.call, found.mutations) == (call, somatic)
    assert "without a matched normal inherited variants may be counted" in found.reason
    assert (f"{other} more may be the tumor's or inherited" in found.reason) is (other > 0)


def test_alleles_of_the_population_are_no_mutations_of_a_tumor_without_normal() -> None:
    made = of_class(40, TumorOnlyClass.UNDETERMINED, population_frequency=0.01)
    assert burden(*made, mode=CallingMode.TUMOR_ONLY).call is BurdenCall.LOW


def test_an_allele_to_be_confirmed_is_open() -> None:
    made = passengers(1, SYNONYMOUS, labels=(Label.CONFIRM,))
    found = count_mutations(made, PANEL_RULE)
    assert (found.certain, found.possible) == (0, 1)


def test_an_input_without_synonymous_variants_is_not_low() -> None:
    assert burden(*passengers(11), coding=PANEL.model_copy(update={"bases": 5_000_000})).call is BurdenCall.LOW
    found = burden(*passengers(12), coding=PANEL.model_copy(update={"bases": 5_000_000}))
    assert found.call is BurdenCall.INDETERMINATE
    assert "no synonymous variants" in found.reason
    with_one = [*passengers(12), *passengers(1, SYNONYMOUS, Origin.GERMLINE)]
    assert burden(*with_one, coding=PANEL.model_copy(update={"bases": 5_000_000})).call is BurdenCall.LOW
    exome = burden(*passengers(100), coding=EXOME, assay=Assay.WES)
    assert exome.call is BurdenCall.LOW


def interpreted(tumor_type: str, n: int, **facts: object) -> Interpretation:
    who = patient(tumor_type, **{"assay": Assay.PANEL, **facts})
    calls = calls_of(who, *of_mixed(n)).model_copy(update={"callable_coding": PANEL})
    return interpret(calls, None)


def test_a_high_burden_is_a_finding_with_its_evidence_and_caution() -> None:
    found = interpreted("LUAD", 40)
    finding = next(one for one in found.findings if one.label == "TMB-high")
    assert (finding.id, finding.gene) == ("P1:tmb_high", "TMB")
    assert finding.support == "33.3 per Mb (95 % interval 23.8 to 45.4; 40 in 1.20 Mb)"
    assert "FoundationOne CDx" in finding.why
    assert by_therapy(found)["Pembrolizumab"].matched_on == "tumor mutational burden 33.3 per megabase"
    assert found.biomarkers.burden is not None
    assert found.biomarkers.burden.call is BurdenCall.HIGH
    assert not any(gap.what == "Tumor mutational burden" for gap in found.not_assessable)


def test_a_high_burden_of_leukemia_is_not_what_the_claim_on_solid_tumors_is_for() -> None:
    assert all(match.tier > "II" for match in by_therapy(interpreted("AML", 40)).values())


@pytest.mark.parametrize(("n", "gap"), [(0, False), (12, True)])
def test_no_finding_where_the_burden_is_low_or_open(n: int, gap: bool) -> None:
    found = interpreted("LUAD", n)
    assert not any(one.gene == "TMB" for one in found.findings)
    rows = [one.reason for one in found.not_assessable if one.what == "Tumor mutational burden"]
    assert bool(rows) is gap
    if gap:
        assert rows[0].startswith("Indeterminate, neither high nor low: 10.0 per Mb (95 % interval 5.2 to 17.5; 12 in")


def test_a_burden_that_nobody_counted_is_a_gap() -> None:
    assert burden_gaps(None)[0].reason == "Not computed from this input."


IN_NORMAL = IdentityCheck(
    name=CheckName.TUMOR_IN_NORMAL, subject="normal", status=CheckStatus.FAILED, value="60% (55 to 65%)"
)
SWAPPED = IdentityCheck(name=CheckName.IDENTITY, subject="tumor and normal", status=CheckStatus.FAILED, value="no")


def checked(n: int, *checks: IdentityCheck, **facts: object) -> MutationalBurden:
    who = patient("LUAD", **{"assay": Assay.PANEL, **facts})
    return mutational_burden(calls_of(who, *of_mixed(n)), PANEL, Assays(identity=IdentityChecks(checks=checks)))


@pytest.mark.parametrize("n", [0, 40])
def test_a_failed_sample_has_no_burden(n: int) -> None:
    found = checked(n, SWAPPED)
    assert found.call is BurdenCall.NOT_ASSESSABLE
    assert found.reason.startswith("The sample failed: ")
    waived = checked(n, SWAPPED, waived=("identity=known",))
    assert waived.call is (BurdenCall.HIGH if n else BurdenCall.LOW)


@pytest.mark.parametrize(("n", "call"), [(0, BurdenCall.INDETERMINATE), (40, BurdenCall.HIGH)])
def test_nothing_is_low_where_the_normal_holds_the_tumor(n: int, call: BurdenCall) -> None:
    found = checked(n, IN_NORMAL)
    assert found.call is call
    assert "the normal may hide variants of the tumor" in found.reason


@pytest.mark.parametrize(
    ("share", "n", "call"),
    [
        (0.3, 40, BurdenCall.INDETERMINATE),
        (0.05, 40, BurdenCall.INDETERMINATE),
        (0.04, 40, BurdenCall.HIGH),
        (0.3, 0, BurdenCall.LOW),
    ],
)
def test_nothing_is_high_where_foreign_dna_may_be_counted(share: float, n: int, call: BurdenCall) -> None:
    foreign = IdentityCheck(
        name=CheckName.CONTAMINATION, subject="tumor", status=CheckStatus.FAILED, value="much", estimate=share
    )
    found = checked(n, foreign)
    assert found.call is call
    assert ("somebody else's" in found.reason) is (share >= 0.05)


@pytest.mark.parametrize("first", [Origin.SOMATIC, Origin.UNCERTAIN])
def test_an_allele_that_one_record_calls_the_tumors_counts_whatever_another_says(first: Origin) -> None:
    second = Origin.UNCERTAIN if first is Origin.SOMATIC else Origin.SOMATIC
    place = Variant(chrom="chr1", pos=77, ref="A", alt="C")
    made = [variant("GENE1", "A9V", origin=origin, place=place) for origin in (first, second)]
    found = count_mutations(made, PANEL_RULE)
    assert (found.certain, found.possible) == (1, 1)
