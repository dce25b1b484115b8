from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.annotation.duplicates import join_duplicates
from genomodel.core.assays import Assays
from genomodel.core.biomarkers import GermlineFlag
from genomodel.core.errors import GenomodelError
from genomodel.core.findings import DispositionKind
from genomodel.core.loci import AlleleSeen, HotspotAssay, Locus, LocusAnswer, LocusClass, LocusStatus
from genomodel.core.patients import CallingMode
from genomodel.core.variants import (
    AlleleCounts,
    AnnotatedVariant,
    ClinVarRecord,
    Intake,
    JointChange,
    Label,
    Origin,
    Phase,
    TumorOnlyClass,
    Variant,
)
from genomodel.interpretation.consent import (
    NOT_TOLD,
    WITHHELD,
    as_consented,
    is_inherited,
    is_withheld,
    loci_as_consented,
    without_risk,
)
from genomodel.interpretation.germline_genes import germline_policy, negatives_withheld
from genomodel.interpretation.germline_policy import review_germline
from genomodel.interpretation.interpret import interpret
from genomodel.interpretation.matching.answers import Truth
from genomodel.interpretation.matching.build import tumor_of
from genomodel.interpretation.matching.evaluate import evaluate
from genomodel.interpretation.matching.grammar import parse_rule
from genomodel.interpretation.phase import is_open
from genomodel.resources.gene_symbols import current_symbol
from tests.interpretation.builders import MISSENSE, TRUNCATING, calls_of, consequence, patient, variant

PATHOGENIC = ClinVarRecord(variation_id="1", germline="Pathogenic", germline_review="reviewed_by_expert_panel")


def made(gene: str, origin: Origin = Origin.GERMLINE, fraction: float | None = 0.5, **more: object) -> AnnotatedVariant:
    depth = None if fraction is None else 200
    counts = AlleleCounts(depth=depth, allele_fraction=fraction)
    item = variant(gene, "R71*", TRUNCATING, origin=origin)
    return item.model_copy(update={"tumor": counts, **more})


def flags(*variants: AnnotatedVariant, consent: bool | None = None) -> tuple[GermlineFlag, ...]:
    return review_germline(calls_of(patient("HGSOC", germline_consent=consent), *variants)).flags


def test_the_policy_names_sources_and_the_seven_most_actionable_genes() -> None:
    rows = germline_policy()
    assert {gene for gene, row in rows.items() if row.strength == "recommended"} == {
        *("BRCA1", "BRCA2", "PALB2", "MLH1", "MSH2", "MSH6", "RET")
    }
    for gene, row in rows.items():
        assert gene == current_symbol(gene) == row.gene
        assert row.strength in ("recommended", "consider")
        assert row.source
        assert row.source_url.startswith("https://")
    assert not rows["TP53"].tumor_only
    # Of both lists of the source: that of October 2025 has some genes that the earlier one has not, and lacks others.
    assert {"POLD1", "PTCH1", "SMAD3", "SMARCB1", "SUFU", "BMPR1A", "MAX", "MEN1", "NF2", "TMEM127"} <= set(rows)
    assert len(rows) == 49


def test_an_inherited_truncation_is_flagged_for_confirmation_with_its_policy() -> None:
    (flag,) = flags(made("BRCA1"))
    assert flag.label == "BRCA1 p.R71*"
    assert "to be confirmed in normal tissue" in flag.reason
    assert "regardless of tumor type" in flag.policy
    assert "10.1016/j.annonc.2022.12.003" in flag.policy


def test_what_is_not_pathogenic_or_not_of_the_policy_is_not_flagged() -> None:
    vague = variant("BRCA1", "K45N", MISSENSE, origin=Origin.GERMLINE)
    assert flags(vague, made("KRAS"), made("BRCA1", Origin.SOMATIC), made("BRCA1", Origin.NOT_CALLED)) == ()
    assert flags(made("BRCA1", population_frequency=0.02)) == ()
    assert len(flags(vague.model_copy(update={"clinvar": PATHOGENIC}))) == 1


def test_a_truncation_that_clinvar_holds_benign_is_not_flagged() -> None:
    benign = PATHOGENIC.model_copy(update={"germline": "Benign"})
    assert flags(made("BRCA1", clinvar=benign)) == ()
    assert (
        len(flags(made("BRCA1", clinvar=benign.model_copy(update={"germline_review": "no_assertion_provided"})))) == 1
    )


def test_of_a_gene_that_acts_by_gain_a_truncation_is_no_flag() -> None:
    assert flags(made("RET")) == ()
    gain = variant("RET", "M918T", MISSENSE, origin=Origin.GERMLINE)
    assert [flag.gene for flag in flags(gain)] == ["RET"]


@pytest.mark.parametrize(
    ("fraction", "insertion", "flagged"),
    [(0.31, False, True), (0.29, False, False), (0.29, True, True), (0.19, True, False), (None, False, True)],
)
def test_without_a_normal_the_share_of_reads_decides(fraction: float | None, insertion: bool, flagged: bool) -> None:
    place = Variant(chrom="chr17", pos=5, ref="A", alt="AT" if insertion else "T")
    item = made("BRCA2", Origin.UNCERTAIN, fraction, variant=place)
    found = flags(item)
    assert bool(found) is flagged
    if found:
        assert "may as well be of the tumor alone" in found[0].reason


def test_without_a_normal_genes_that_tumors_mutate_themselves_are_not_flagged() -> None:
    assert flags(made("TP53", Origin.UNCERTAIN)) == ()
    assert len(flags(made("TP53"))) == 1
    assert flags(made("BRCA1", Origin.UNCERTAIN, tumor_only_class=TumorOnlyClass.SOMATIC)) == ()
    assert flags(made("BRCA1", Origin.UNCERTAIN, labels=(Label.CONFIRM.value,))) == ()


def test_mutyh_needs_two_variants() -> None:
    assert flags(made("MUTYH")) == ()
    assert len(flags(made("MUTYH"), made("MUTYH"))) == 2


def test_an_allele_that_two_records_give_is_one_variant() -> None:
    first = made("MUTYH")
    assert flags(first, first.model_copy(update={"record": 2, "repeats": 1})) == ()
    again = made("BRCA1")
    assert len(flags(again.model_copy(update={"repeats": 7}), again)) == 1
    assert flags(made("BRCA1", repeats=7)) == ()


def test_the_review_says_what_is_not_known() -> None:
    blank = review_germline(calls_of(patient("HGSOC")))
    assert "not given" in blank.reason
    assert "ClinVar was not looked up" in blank.reason
    assert "consents" in review_germline(calls_of(patient("HGSOC", germline_consent=True))).reason


def test_a_refused_consent_gives_no_flag_and_counts_what_is_withheld() -> None:
    calls = calls_of(patient("HGSOC", germline_consent=False), made("BRCA1"), variant("KRAS", "G12D"))
    result = interpret(calls, None)
    assert result.germline.flags == ()
    assert result.germline.consent is False
    assert "Alleles withheld: 1," in result.germline.reason
    assert "BRCA1" not in repr((result.findings, result.set_aside, result.dispositions, result.germline))
    (first, second) = result.dispositions
    assert (first.record, first.kind, first.gene, first.variant) == (1, DispositionKind.WITHHELD, "", WITHHELD.key)
    assert second.kind is DispositionKind.FINDING


def test_a_blank_consent_shows_inherited_evidence() -> None:
    result = interpret(calls_of(patient("HGSOC"), made("BRCA1")), None)
    assert [item.gene for item in result.findings] == ["BRCA1"]
    assert [flag.gene for flag in result.germline.flags] == ["BRCA1"]


def test_what_is_likely_inherited_without_a_normal_is_withheld_as_well() -> None:
    who = patient("HGSOC", germline_consent=False, mode=CallingMode.TUMOR_ONLY)
    likely = made("BRCA1", Origin.UNCERTAIN, tumor_only_class=TumorOnlyClass.LIKELY_GERMLINE)
    told = as_consented(calls_of(who, likely)).variants[0]
    assert is_withheld(told.variant.key)
    assert told.consequence is None
    assert told.tumor == AlleleCounts()


def test_of_what_stays_nothing_is_said_on_inheritance() -> None:
    who = patient("HGSOC", germline_consent=False, mode=CallingMode.TUMOR_ONLY)
    words = "fits an inherited variant"
    item = made(
        "BRCA1",
        Origin.UNCERTAIN,
        origin_reason=words,
        tumor_only_reason=words,
        tumor_only_class=TumorOnlyClass.UNDETERMINED,
        germline_risk="high",
    )
    result = interpret(calls_of(who, item), None)
    assert words not in result.to_json()
    assert NOT_TOLD in result.to_json()
    assert "germline risk high" not in result.to_json()
    assert words in interpret(calls_of(who.model_copy(update={"germline_consent": None}), item), None).to_json()


def test_that_another_record_says_an_allele_is_inherited_is_not_told() -> None:
    who = patient("HGSOC", germline_consent=False)
    place = Variant(chrom="chr17", pos=43091434, ref="A", alt="T")
    rows = (made("BRCA1", Origin.SOMATIC, variant=place, record=1), made("BRCA1", variant=place, record=2))
    joined = join_duplicates(rows)
    assert "record 2 says germline" in joined[0].origin_reason
    assert "germline" not in as_consented(calls_of(who, *joined)).variants[0].origin_reason


@given(st.lists(st.sampled_from(list(Origin)), min_size=1, max_size=6), st.sampled_from([None, True, False]))
def test_consent_changes_no_record_but_inherited_ones(origins: list[Origin], consent: bool | None) -> None:
    who = patient("HGSOC", germline_consent=consent)
    calls = calls_of(who, *(made("BRCA1", origin) for origin in origins))
    told = as_consented(calls)
    assert [one.record for one in told.variants] == [one.record for one in calls.variants]
    for before, after in zip(calls.variants, told.variants, strict=True):
        hidden = consent is False and is_inherited(before)
        assert is_withheld(after.variant.key) is hidden
        assert hidden or after.variant == before.variant
    assert as_consented(told) == told
    assert all(one.germline_risk is None for one in without_risk(told).variants) or consent is not False


def test_the_account_of_the_input_is_drawn_up_before_it_is_withheld() -> None:
    calls = calls_of(patient("HGSOC", germline_consent=False), made("BRCA1"), variant("KRAS", "G12D"))
    keys = tuple(one.variant.key for one in calls.variants)
    told = as_consented(calls.model_copy(update={"intake": Intake(records=keys)}))
    assert told.intake is not None
    assert told.intake.records == (WITHHELD.key, keys[1])
    assert len(interpret(calls.model_copy(update={"intake": Intake(records=keys)}), None).dispositions) == 2
    with pytest.raises(GenomodelError, match="nothing is concluded"):
        as_consented(calls.model_copy(update={"intake": Intake(records=(*keys, "chr1:9:A>C"))}))


def test_wild_type_of_a_gene_of_the_policy_is_not_known_without_consent() -> None:
    for consent, expected in ((False, Truth.UNKNOWN), (True, Truth.TRUE), (None, Truth.TRUE)):
        who = patient("HGSOC", germline_consent=consent, assayed_genes=("BRCA1", "KRAS"))
        tumor = tumor_of(calls_of(who))
        assert evaluate(parse_rule("wild_type", "BRCA1"), tumor).truth is expected
        assert evaluate(parse_rule("wild_type", "KRAS"), tumor).truth is Truth.TRUE
    assert set(negatives_withheld(patient("HGSOC", germline_consent=False))) == set(germline_policy())


def test_a_locus_at_which_a_withheld_allele_was_seen_is_not_told() -> None:
    place = Variant(chrom="17", pos=7675088, ref="C", alt="T")
    seen = AlleleSeen(
        variant=place,
        name="R175H",
        alt_fragments=50,
        depth=100,
        allele_fraction=0.5,
        fraction_low=0.4,
        fraction_high=0.6,
    )
    locus = Locus(
        id="TP53 R175",
        gene="TP53",
        locus_class=LocusClass.CODON,
        chrom="chr17",
        positions=(7675088,),
        bases="C",
        forward=False,
        events=(),
    )
    answer = LocusAnswer(locus=locus, status=LocusStatus.DETECTED, seen=(seen,), depth=100, statement="seen")
    other = answer.model_copy(update={"seen": (), "status": LocusStatus.NOT_DETECTED})
    assays = Assays(hotspots=HotspotAssay(sample="T", answers=(answer, other)))
    inherited = made("TP53", variant=place.model_copy(update={"chrom": "chr17"}))
    for consent, left in ((False, 1), (None, 2)):
        told = loci_as_consented(assays, calls_of(patient("HGSOC", germline_consent=consent), inherited))
        assert told.hotspots is not None
        assert len(told.hotspots.answers) == left


@pytest.mark.parametrize("phase", list(Phase))
def test_an_allele_that_shares_its_codon_with_a_withheld_one_does_not_tell_of_it(phase: Phase) -> None:
    inherited = variant("BRAF", "V600F", origin=Origin.GERMLINE)
    alone, together = consequence("BRAF", "V600E"), consequence("BRAF", "V600Q")
    joint = JointChange(
        phase=phase, basis="reads tell", partners=(inherited.variant.key,), alone=alone, together=together
    )
    somatic = variant("BRAF", "V600Q" if phase is Phase.CIS else "V600E").model_copy(update={"joint": joint})
    who = patient("SKCM", germline_consent=False)
    text = interpret(calls_of(who, inherited, somatic), None).to_json()
    for word in (inherited.variant.key, "V600F", "V600Q", "reads tell"):
        assert word not in text
    (found,) = as_consented(calls_of(who, inherited, somatic)).variants[1:]
    assert found.consequence == alone
    assert is_open(found) is (phase is not Phase.TRANS)
