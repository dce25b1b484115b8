from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.second_allele import KNOWLEDGE, measure
from genomodel.batch import load_tumor
from genomodel.cases import ReportRequest, cases_of_file
from genomodel.core.biomarkers import AllelesHit, Certainty
from genomodel.core.copy_number import CopyNumberCall, CopyNumberProfile, CopyNumberState, PurityPloidy, Segment
from genomodel.core.findings import Finding
from genomodel.core.variants import (
    AlleleCounts,
    ClinVarRecord,
    Label,
    Origin,
)
from genomodel.interpretation.allelic_states import (
    interval_of_reads,
)
from genomodel.interpretation.interpret import interpret
from genomodel.interpretation.second_allele import acts_by_loss, with_second_alleles
from genomodel.workup import interpret_tumor
from tests.interpretation.allele_builders import WOMAN, hit, profile, reads, told
from tests.interpretation.builders import SOURCE, calls_of, variant


@pytest.mark.parametrize(
    ("alternate", "copies", "loh", "expected"),
    [
        (43, 1.0, True, (AllelesHit.BIALLELIC, Certainty.HIGH)),
        (60, 2.0, True, (AllelesHit.BIALLELIC, Certainty.HIGH)),
        (30, 2.0, True, (AllelesHit.MONOALLELIC, Certainty.LOW)),
        (43, 1.0, None, (AllelesHit.BIALLELIC, Certainty.MODERATE)),
        (30, 2.0, None, (AllelesHit.MONOALLELIC, Certainty.MODERATE)),
        (30, 2.0, False, (AllelesHit.MONOALLELIC, Certainty.HIGH)),
        (5, 1.0, True, (AllelesHit.UNKNOWN, None)),
    ],
)
def test_reads_copies_and_sites_tell(
    alternate: int, copies: float, loh: bool | None, expected: tuple[AllelesHit, Certainty | None]
) -> None:
    answer = told(hit("BRCA2", 3 * alternate, 300), profile("BRCA2", copies, loh))
    assert (answer.hit, answer.certainty) == expected


@pytest.mark.parametrize(
    ("alternate", "loh", "origin", "expected"),
    [
        (66, None, Origin.SOMATIC, (AllelesHit.UNKNOWN, None)),
        (66, True, Origin.SOMATIC, (AllelesHit.BIALLELIC, Certainty.LOW)),
        (168, None, Origin.GERMLINE, (AllelesHit.UNKNOWN, None)),
        (168, True, Origin.GERMLINE, (AllelesHit.BIALLELIC, Certainty.HIGH)),
    ],
)
def test_copies_that_may_be_one_too_few_are_no_sure_basis(
    alternate: int, loh: bool | None, origin: Origin, expected: tuple[AllelesHit, Certainty | None]
) -> None:
    # At a purity of 0.35 one of one copy gives 0.21 of the reads and one of two 0.18; if inherited, 0.61 and 0.50.
    answer = told(hit("BRCA2", alternate, 300, origin=origin), profile("BRCA2", 1.0, loh, purity=0.35))
    assert (answer.hit, answer.certainty) == expected
    if answer.certainty is not Certainty.HIGH:
        assert "one copy more than counted, 1 of 2 with the variant," in answer.reason


def test_several_states_that_fit_are_said_to_be_several() -> None:
    answer = told(hit("BRCA2", 129, 300), profile("BRCA2", 2.0, None, width=1.2))
    assert answer.hit is AllelesHit.UNKNOWN
    assert answer.certainty is None
    assert "1 of 1" in answer.reason
    assert "2 of 3" in answer.reason


@given(st.integers(1, 300), st.sampled_from([None, 0.3, 0.6, 0.9]), st.sampled_from(list(Origin)[:3]))
def test_without_a_look_at_the_other_allele_nothing_is_monoallelic(
    alternate: int, purity: float | None, origin: Origin
) -> None:
    answer = told(hit("BRCA2", alternate, 300, origin=origin), None, purity=purity)
    assert answer.hit is not AllelesHit.MONOALLELIC
    if alternate < 250:
        assert answer.hit is AllelesHit.UNKNOWN


@given(st.sampled_from([1.0, 2.0, 3.0, 4.0, None]), st.floats(0.2, 0.95))
def test_without_reads_nothing_is_biallelic_but_by_a_single_copy(copies: float | None, purity: float) -> None:
    blind = hit("BRCA2", 1, 10).model_copy(update={"tumor": AlleleCounts()})
    for loh in (None, False):
        answer = told(blind, profile("BRCA2", copies, loh, min(purity, 0.9)))
        assert answer.hit is not AllelesHit.BIALLELIC


def test_copies_of_a_mixture_count_for_nothing() -> None:
    answer = told(hit("BRCA2", 129, 300), profile("BRCA2", 1.0, None, purity=None))
    assert answer.hit is AllelesHit.UNKNOWN
    assert "copies not known" in answer.reason


def test_an_inherited_variant_whose_other_allele_is_lost() -> None:
    lost = hit("BRCA1", 210, 300, origin=Origin.GERMLINE)
    kept = hit("BRCA1", 150, 300, origin=Origin.GERMLINE)
    gone = hit("BRCA1", 85, 300, origin=Origin.GERMLINE)
    at = profile("BRCA1", 1.0, True)
    assert (told(lost, at).hit, told(lost, at).certainty) == (AllelesHit.BIALLELIC, Certainty.HIGH)
    assert told(gone, at).hit is AllelesHit.MONOALLELIC
    assert told(kept, profile("BRCA1", 2.0, False)).hit is AllelesHit.MONOALLELIC
    labelled = lost.model_copy(update={"labels": (Label.LOH,)})
    answer = told(labelled, None)
    assert (answer.hit, answer.certainty) == (AllelesHit.BIALLELIC, Certainty.LOW)
    assert told(lost, None).hit is AllelesHit.UNKNOWN


def test_the_segment_tells_where_the_gene_has_no_call() -> None:
    whole = CopyNumberProfile(
        source=SOURCE,
        segments=(Segment(chrom="13", start=1, end=1000, log2_ratio=-0.5, copies=1.0, loh=True),),
        purity=PurityPloidy(purity=0.6, purity_low=0.55, purity_high=0.65, source="estimated"),
    )
    answer = told(hit("BRCA2", 129, 300), whole)
    assert (answer.hit, answer.certainty) == (AllelesHit.BIALLELIC, Certainty.HIGH)
    assert told(hit("BRCA2", 129, 300, pos=5000), whole).hit is AllelesHit.UNKNOWN


def test_a_given_purity_without_an_interval_may_be_off_by_ten_points() -> None:
    at = CopyNumberProfile(
        source=SOURCE,
        calls=(CopyNumberCall(gene="BRCA2", state=CopyNumberState.LOSS, copies=1.0, copies_low=0.8, copies_high=1.2),),
        purity=PurityPloidy(purity=0.6, source="given"),
    )
    near, far = told(hit("BRCA2", 1200, 3000), at, purity=0.6), told(hit("BRCA2", 780, 3000), at, purity=0.6)
    assert (near.hit, near.certainty) == (AllelesHit.BIALLELIC, Certainty.MODERATE)
    assert far.hit is AllelesHit.UNKNOWN


def test_reads_are_allowed_the_bias_of_capture() -> None:
    bounds = interval_of_reads(5000, 10_000)
    assert bounds.low == pytest.approx(0.467, abs=0.002)
    assert bounds.high == pytest.approx(0.533, abs=0.002)
    with pytest.raises(ValueError, match="no share"):
        interval_of_reads(3, 0)


def test_a_low_certainty_gives_way_to_a_second_variant() -> None:
    rising = hit("BRCA1", 210, 300, pos=1, origin=Origin.GERMLINE, labels=(Label.LOH,))
    assert told(rising, None).certainty is Certainty.LOW
    assert told(rising, None, hit("BRCA1", 60, 300, pos=9000)).certainty is Certainty.MODERATE


def test_the_only_x_of_a_man_and_the_two_of_a_woman() -> None:
    on_x = hit("KDM6A", 90, 300, chrom="chrX")
    man = told(on_x, None, sex="male")
    assert (man.hit, man.certainty) == (AllelesHit.BIALLELIC, Certainty.MODERATE)
    assert told(on_x, profile("KDM6A", 1.0, None), sex="male").certainty is Certainty.HIGH
    woman = told(on_x, profile("KDM6A", 2.0, False), sex="female")
    assert woman.hit is AllelesHit.UNKNOWN
    assert "silent" in woman.reason
    assert told(on_x, profile("KDM6A", 2.0, False), sex=None).hit is AllelesHit.UNKNOWN


@pytest.mark.parametrize(
    ("copies", "alternate", "expected", "certainty"),
    [
        (None, 180, AllelesHit.BIALLELIC, Certainty.MODERATE),
        (1.0, 180, AllelesHit.BIALLELIC, Certainty.HIGH),
        (2.0, 112, AllelesHit.MONOALLELIC, Certainty.MODERATE),
        (2.0, 225, AllelesHit.BIALLELIC, Certainty.MODERATE),
        (1.0, 15, AllelesHit.BIALLELIC, Certainty.LOW),
        (None, 15, AllelesHit.BIALLELIC, Certainty.LOW),
    ],
    ids=["copies not counted", "one copy", "one of two", "two of two", "part", "part, copies not counted"],
)
def test_the_x_of_a_man_that_the_tumor_has_twice_may_keep_a_copy(
    copies: float | None, alternate: int, expected: AllelesHit, certainty: Certainty
) -> None:
    """At a purity of 0.6 beside one copy of normal cells one of two copies gives 0.375 of the reads, both 0.75."""
    counted = None if copies is None else profile("ATRX", copies, None)
    answer = told(hit("ATRX", alternate, 300, chrom="chrX"), counted, sex="male", purity=0.6)
    assert (answer.hit, answer.certainty) == (expected, certainty)
    assert "male" in answer.reason
    assert ("not measured" in answer.reason) == (copies is None)


def test_normal_cells_of_a_man_have_one_x() -> None:
    """Both of two copies give 0.75 of the reads at 0.6, and 0.82 at 0.7; beside two copies of normal cells 0.7."""
    answer = told(hit("ATRX", 800, 1000, chrom="chrX"), profile("ATRX", 2.0, None), sex="male", purity=0.6)
    assert answer.hit is AllelesHit.BIALLELIC


def test_on_x_of_a_sex_that_is_not_given_nothing_is_biallelic_that_a_man_may_have_once() -> None:
    """At a purity of 0.3 all three copies of a woman give 0.39 of the reads, and so do two of three of a man."""
    on_x = hit("ATRX", 420, 1000, chrom="chrX")
    counted = profile("ATRX", 3.0, None, purity=0.2)
    assert told(on_x, counted, sex="female", purity=0.2).hit is AllelesHit.BIALLELIC
    answer = told(on_x, counted, sex=None, purity=0.2)
    assert answer.hit is AllelesHit.UNKNOWN
    assert "the sex is not given" in answer.reason


def test_genes_that_act_by_gain_and_variants_of_unknown_meaning_get_no_answer() -> None:
    assert not acts_by_loss("KRAS")
    for made in (variant("KRAS", "G12D"), variant("BRCA2", "K2950N")):
        assert made.consequence is not None
        finding = Finding(id="1", gene=made.consequence.gene, label="", variant=made, why="")
        assert with_second_alleles([finding], WOMAN, None)[0].second_allele is None


def test_a_pathogenic_missense_variant_of_a_gene_that_is_no_driver_counts() -> None:
    record = ClinVarRecord(
        variation_id="1", germline="Pathogenic", germline_review="criteria_provided,_multiple_submitters,_no_conflicts"
    )
    made = variant("PALB2", "L35P").model_copy(update={"clinvar": record, "tumor": reads(129, 300)})
    assert told(made, profile("PALB2", 1.0, True)).hit is AllelesHit.BIALLELIC


def test_a_deep_deletion_takes_both_alleles() -> None:
    for high, expected in ((0.4, Certainty.HIGH), (0.9, Certainty.MODERATE), (None, Certainty.MODERATE)):
        call = CopyNumberCall(gene="BRCA2", state=CopyNumberState.DEEP_DELETION, copies=0.1, copies_high=high)
        finding = Finding(id="1", gene="BRCA2", label="", copy_number=call, why="")
        answer = with_second_alleles([finding], WOMAN, None)[0].second_allele
        assert answer is not None
        assert (answer.hit, answer.certainty) == (AllelesHit.BIALLELIC, expected)


def test_interpretation_says_it_of_its_findings() -> None:
    result = interpret(calls_of(WOMAN, hit("BRCA2", 129, 300)), profile("BRCA2", 1.0, True))
    (found,) = (item.second_allele for item in result.findings if item.variant is not None)
    assert found is not None
    assert (found.hit, found.certainty) == (AllelesHit.BIALLELIC, Certainty.HIGH)


@pytest.mark.parametrize("known", KNOWLEDGE)
def test_certain_statements_are_seldom_wrong(known: str, record_property: Callable[[str, object], None]) -> None:
    found: Counter[str] = Counter()
    for counts in measure(known, 2, seed=7).values():
        found.update(counts)
    limits = {Certainty.HIGH: 0.01, Certainty.MODERATE: 0.02}
    for certainty, limit in limits.items():
        names = [f"{kind.value} {certainty.value}" for kind in (AllelesHit.BIALLELIC, AllelesHit.MONOALLELIC)]
        made, wrong = sum(found[name] for name in names), sum(found[f"{name} wrong"] for name in names)
        record_property("shown", f"second allele, {known} known, {certainty.value}: {wrong} of {made} wrong")
        assert wrong <= limit * made
    if known == "sites and copies":
        assert found["biallelic high"] + found["monoallelic high"] > 0.6 * found["all"]


def test_a_real_cell_line_has_lost_the_other_tp53_and_nothing_is_said_of_brca2(shared_data: Path) -> None:
    vcf = shared_data / "hcc1395_exome" / "hcc1395.somatic.vep86.GRCh38.vcf.gz"
    (case,) = cases_of_file(ReportRequest(path=vcf, tumor_type="BRCA", patient="HCC1395"))
    result = interpret_tumor(load_tumor(case)).interpretation
    answers = {item.label: item.second_allele for item in result.findings}
    lost, open_ = answers["TP53 p.R175H"], answers["BRCA2 p.E1593*"]
    assert lost is not None
    assert open_ is not None
    assert (lost.hit, lost.certainty) == (AllelesHit.BIALLELIC, Certainty.HIGH)
    assert "allele fraction 1.00 of 84 reads" in lost.reason
    assert open_.hit is AllelesHit.UNKNOWN
    assert "nobody looked" in open_.reason
