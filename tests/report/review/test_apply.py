from __future__ import annotations

import html
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.core.assays import Assays
from genomodel.core.biomarkers import (
    Biomarkers,
    BurdenCall,
    HomologousRecombination,
    MutationalBurden,
    RepairCall,
    Trial,
    TrialSearch,
)
from genomodel.core.copy_number import CopyNumberCall, CopyNumberProfile, CopyNumberState
from genomodel.core.errors import GenomodelError
from genomodel.core.findings import DispositionKind, Finding
from genomodel.core.laboratory import Person
from genomodel.core.microsatellites import InstabilityClass, MicrosatelliteAssay
from genomodel.core.pictures import ProteinChange, ProteinMap, ReadPicture
from genomodel.core.provenance import SourceFile
from genomodel.core.rearrangements import RearrangementAssay
from genomodel.core.report import PatientReport
from genomodel.core.review import ReviewEntry
from genomodel.report.claim_tuples import claim_tuples
from genomodel.report.cohort.row import cohort_row
from genomodel.report.compose import compose
from genomodel.report.fhir.bundle import fhir_bundle
from genomodel.report.phenopacket.packet import phenopacket
from genomodel.report.render import render_html
from genomodel.report.review.apply import apply_review, unreviewed
from genomodel.report.review.subjects import subjects, variant_of
from genomodel.report.sections.records import record_account
from tests.report import reports
from tests.report.exports.builders import FUSION

WHEN = "2026-03-20T14:30:00+01:00"
DOE = Person(id="doe", name="Dr. Jo Doe", may_sign=True)
BRAF_FUSION = Finding(id="P1:fusion", gene="BRAF", label=FUSION.label, rearrangement=FUSION, why="a fusion")


def two_findings() -> PatientReport:
    """A tier I alteration with three claims, one of tier II-C without a therapy, eight variants that are listed."""
    return reports.typical_report().model_copy(
        update={"interpretation": reports.crowded_report().interpretation, "patient": reports.report().patient}
    )


def entry(report: PatientReport, name: str, **given: str) -> ReviewEntry:
    subject = next(one for one in subjects(report) if one.label == name)
    facts = {"decision": "include", "comment": "seen by eye", "person": "doe", "time": WHEN, "tier": ""} | given
    return ReviewEntry(
        **{"variant": subject.variant, "label": subject.label, "computed_tier": subject.computed_tier} | facts
    )


def applied(report: PatientReport, *entries: ReviewEntry) -> PatientReport:
    return apply_review(report, entries, (DOE,), sha256="0" * 64)


def test_what_is_excluded_is_told_with_its_reason_and_as_nothing_else() -> None:
    base = reports.typical_report()
    made = applied(base, entry(base, "BRAF p.V600E", decision="exclude", comment="artifact of the strand"))
    assert [finding.label for finding in made.excluded] == ["BRAF p.V600E"]
    assert "BRAF p.V600E" not in {finding.label for finding in made.interpretation.findings}
    assert not [claim for claim in claim_tuples(made) if claim.alteration == "BRAF p.V600E"]
    assert "BRAF p.V600E" not in cohort_row(made).findings_text
    without_model = made.model_copy(update={"response": None, "response_absent_reason": "left out"})
    front = compose(without_model).front
    assert not [line for line in front.summary if "V600E" in line.text]
    page = render_html(without_model)
    before, _, after = page.partition('id="sign-off"')
    told = re.findall(r"[^<>]*V600E[^<>]*", before)
    assert all("taken out by a reviewer" in text for text in told), told
    assert "artifact of the strand" in after
    assert "Dr. Jo Doe" in after


def test_records_of_what_is_excluded_still_add_up() -> None:
    base = reports.typical_report()
    made = applied(base, entry(base, "BRAF p.V600E", decision="exclude", comment="artifact"))
    before, after = base.interpretation.dispositions, made.interpretation.dispositions
    assert [(item.record, item.variant) for item in before] == [(item.record, item.variant) for item in after]
    counts = {kind: alleles for kind, _, alleles in record_account(made.interpretation)}
    assert counts[DispositionKind.EXCLUDED] == 1
    assert counts[DispositionKind.FINDING] == 1
    assert sum(counts.values()) == len(before)
    told = next(item for item in after if item.kind is DispositionKind.EXCLUDED)
    assert "Dr. Jo Doe" in told.reason
    assert "artifact" in told.reason
    assert "I-A" in told.reason


def test_a_lower_tier_lowers_each_claim_above_it_and_keeps_what_was_computed() -> None:
    base = reports.typical_report()
    made = applied(base, entry(base, "BRAF p.V600E", tier="II-D", comment="small clone"))
    found = made.interpretation.findings[0]
    assert found.tier == "II-D"
    assert [(match.tier, match.computed_tier) for match in found.evidence] == [
        ("II-D", "I-A"),
        ("II-D", "I-A"),
        ("II-D", "II-C"),
    ]
    assert {(claim.tier, claim.level) for claim in claim_tuples(made)} == {("II", "D")}
    assert made.review.unreviewed == ()


@pytest.mark.parametrize("tier", ["III", "IV"])
def test_a_tier_without_claims_sets_the_evidence_aside(tier: str) -> None:
    base = reports.typical_report()
    made = applied(base, entry(base, "BRAF p.V600E", tier=tier, comment="passenger"))
    found = made.interpretation.findings[0]
    assert (found.tier, found.evidence) == (tier, ())
    assert found.evidence_set_aside == base.interpretation.findings[0].evidence
    assert claim_tuples(made) == ()


def test_a_higher_tier_is_the_finding_s_alone() -> None:
    base = reports.report((reports.finding(1, "KRAS", (reports.match("KRAS", tier="II-D"),)),))
    made = applied(base, entry(base, "KRAS p.V600E", tier="I-B", comment="trial of the house"))
    found = made.interpretation.findings[0]
    assert found.tier == "I-B"
    assert [match.tier for match in found.evidence] == ["II-D"]


def test_the_first_page_never_reads_a_decision_of_a_reviewer_as_a_negative() -> None:
    base = reports.report((reports.finding(1, "KRAS", (reports.match("KRAS"),)),))
    out = render_html(applied(base, entry(base, "KRAS p.V600E", decision="exclude", comment="artifact")))
    assert "One that was computed as tier I or II was taken out by a reviewer" in out
    lower = render_html(applied(base, entry(base, "KRAS p.V600E", tier="III", comment="passenger")))
    assert "Tier given by a reviewer: KRAS p.V600E III (computed: I-A)." in lower
    silent = reports.report((reports.finding(1, "KRAS"),))
    page = render_html(applied(silent, entry(silent, "KRAS p.V600E", tier="II-D", comment="case report")))
    assert "No tier I or II" not in page
    assert "a reviewer gave the tier of KRAS p.V600E II-D (computed: none)" in page


def test_a_listed_variant_of_a_tier_for_the_board_becomes_a_finding() -> None:
    base = reports.report((), (reports.variant(1, "GENEA"),))
    subject = subjects(base)[0]
    row = ReviewEntry(
        variant=subject.variant,
        label=subject.label,
        computed_tier=subject.computed_tier,
        decision="include",
        tier="II-D",
        comment="a case report",
        person="doe",
        time=WHEN,
    )
    made = applied(base, row)
    assert [finding.tier for finding in made.interpretation.findings] == ["II-D"]
    assert made.interpretation.other_variants == ()
    assert [(item.kind, item.tier) for item in made.interpretation.dispositions] == [(DispositionKind.FINDING, "II-D")]


def test_a_draft_says_whether_it_was_reviewed() -> None:
    base = reports.typical_report()
    assert "DRAFT: not reviewed, not signed" in render_html(applied(base))
    assert "DRAFT: reviewed, not signed" in render_html(applied(base, entry(base, "BRAF p.V600E")))
    stale = entry(base, "TP53 p.R175H").model_copy(update={"label": "TP53 p.R176H"})
    both = render_html(applied(base, entry(base, "BRAF p.V600E"), stale))
    assert "DRAFT: not reviewed, not signed" in both


def test_what_nobody_reviewed_of_tier_one_and_two_is_named() -> None:
    base = reports.crowded_report()
    made = applied(base, entry(base, "GENE01 p.V600E"))
    assert len(unreviewed(base)) == 12
    assert len(made.review.unreviewed) == 11
    assert made.interpretation.findings[0].reviewed is not None


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"variant": "7:1:A>G"}, "no longer among the findings"),
        ({"computed_tier": "II-C"}, "was II-C when it was reviewed and is I-A"),
        ({"label": "BRAF p.V640E"}, "named 'BRAF p.V640E' when it was reviewed"),
        ({"person": "roe"}, "'roe', whom the laboratory file does not name"),
    ],
)
def test_a_decision_that_no_longer_fits_is_named_and_not_applied(changed: dict[str, str], told: str) -> None:
    base = reports.typical_report()
    made = applied(base, entry(base, "BRAF p.V600E", **{"decision": "exclude", "comment": "artifact"} | changed))
    assert [conflict.what for conflict in made.review.conflicts if told in conflict.what]
    assert made.interpretation == base.interpretation
    assert made.excluded == ()
    assert made.review.entries == ()
    assert made.review.unreviewed == ("P:1",)
    page = render_html(made)
    assert "Rows of the review that no longer fit" in page


def test_what_a_patient_does_not_want_to_know_is_not_named_by_a_decision_that_no_longer_fits() -> None:
    base = reports.typical_report()
    refused = base.interpretation.germline.model_copy(update={"consent": False})
    base = base.model_copy(update={"interpretation": base.interpretation.model_copy(update={"germline": refused})})
    gone = [
        entry(base, "BRAF p.V600E").model_copy(update={"variant": key, "label": f"BRCA1 p.C6{key}G"}) for key in "14"
    ]
    made = applied(base, *gone)
    assert len(made.review.conflicts) == 1
    assert "BRCA1" not in made.to_json()


def test_a_decision_on_what_is_set_aside_is_a_conflict() -> None:
    base = reports.set_aside_report()
    aside = base.interpretation.set_aside[0]
    row = ReviewEntry(variant=variant_of(aside, "P1"), label=aside.label, decision="include", person="doe", time=WHEN)
    made = applied(base, row)
    assert ["set aside" in conflict.what for conflict in made.review.conflicts] == [True]


def test_pictures_trials_conflicts_and_repair_go_with_what_is_excluded() -> None:
    first = reports.finding(1, "KRAS", (reports.match("KRAS"),))
    opposed = reports.match("BRAF").model_copy(update={"conflicts": ("KRAS p.V600E speaks against drugone (I-A)", "x")})
    base = reports.report((first, reports.finding(2, "BRAF", (opposed,))))
    trials = tuple(
        Trial(id=name, title=name, status="open", matched_on=on)
        for name, on in (("N1", ("KRAS p.V600E",)), ("N2", ("KRAS p.V600E", "BRAF p.V600E")))
    )
    lost = HomologousRecombination(call=RepairCall.DEFICIENT, basis=("KRAS p.V600E: biallelic (lost)",))
    content = base.interpretation.model_copy(
        update={
            "trials": TrialSearch(searched=True, trials=trials),
            "biomarkers": Biomarkers(homologous_recombination=lost),
        }
    )
    picture = ReadPicture.model_construct(**{"finding_id": "P:1"})  # type: ignore[arg-type]
    protein = ProteinMap(
        gene="KRAS", transcript="T", length=9, changes=(ProteinChange(residue=1, label="V", finding_id="P:1"),)
    )
    base = base.model_copy(update={"interpretation": content, "read_pictures": (picture,), "proteins": (protein,)})
    made = applied(base, entry(base, "KRAS p.V600E", decision="exclude", comment="artifact"))
    assert made.read_pictures == ()
    assert made.proteins == ()
    assert [(trial.id, trial.matched_on) for trial in made.interpretation.trials.trials] == [("N2", ("BRAF p.V600E",))]
    assert made.interpretation.findings[0].evidence[0].conflicts == ("x",)
    repair = made.interpretation.biomarkers.homologous_recombination
    assert repair is not None
    assert repair.call is RepairCall.NOT_ASSESSABLE
    assert "KRAS p.V600E" in repair.reason


def with_finding(finding: Finding, **facts: object) -> PatientReport:
    return reports.report((finding,)).model_copy(update=facts)


def excluded(base: PatientReport) -> PatientReport:
    subject = subjects(base)[0]
    return applied(base, entry(base, subject.label, decision="exclude", comment="artifact of the library"))


def shown(page: str) -> str:
    """Return the words of a page before the sign-off, without its style."""
    before = page.partition('id="sign-off"')[0]
    return html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<(style|script).*?</\1>", "", before, flags=re.DOTALL)))


def test_the_copies_of_an_excluded_gene_are_without_an_answer_and_no_negative() -> None:
    calls = tuple(
        CopyNumberCall(gene=gene, state=CopyNumberState.AMPLIFICATION, log2_ratio=2.31, copies=10.2)
        for gene in ("ERBB2", "MYC")
    )
    found = Finding(
        id="P1:ERBB2:amplification", gene="ERBB2", label="ERBB2 amplification", copy_number=calls[0], why="x"
    )
    profile = CopyNumberProfile(
        source=SourceFile(name="c", sha256="0" * 64, kind="copy_number"), calls=calls, assayed_genes=("ERBB2", "MYC")
    )
    left = excluded(with_finding(found, copy_number=profile)).copy_number
    assert left is not None
    assert [call.gene for call in left.calls] == ["MYC"]
    assert left.assayed_genes == ("MYC",)
    assert left.not_assessed == {"ERBB2": "called as amplification and excluded by a reviewer: artifact of the library"}


def test_an_excluded_fusion_counts_as_not_confirmed_and_its_genes_as_no_negative() -> None:
    confirmed = FUSION.model_copy(update={"confirmed": True, "unconfirmed_reason": ""})
    assay = RearrangementAssay(calls=(confirmed,))
    made = excluded(with_finding(BRAF_FUSION, assays=Assays(rearrangements=assay)))
    seen = made.assays.rearrangements
    assert seen is not None
    assert [(call.label, call.confirmed) for call in seen.calls] == [(FUSION.label, False)]
    text = shown(render_html(made))
    assert "excluded by a reviewer: artifact of the library" in text
    assert "yes, in RNA" not in text


def test_excluded_instability_and_burden_are_indeterminate_and_neither_high_nor_low() -> None:
    unstable = Finding(id="P1:msi_high", gene="", label="MSI-high", why="score")
    msi = MicrosatelliteAssay(method="m", status=InstabilityClass.HIGH, score=0.4, n_callable=100)
    made = excluded(with_finding(unstable, assays=Assays(msi=msi)))
    assert made.assays.msi is not None
    assert made.assays.msi.status is InstabilityClass.INDETERMINATE
    assert "called as high and excluded by a reviewer" in made.assays.msi.reason
    many = Finding(id="P1:tmb_high", gene="", label="TMB-high", why="count")
    base = with_finding(many)
    burden = MutationalBurden(call=BurdenCall.HIGH, value=30, low=20, high=40)
    content = base.interpretation.model_copy(update={"biomarkers": Biomarkers(burden=burden)})
    left = excluded(base.model_copy(update={"interpretation": content})).interpretation.biomarkers.burden
    assert left is not None
    assert (left.call, left.value) == (BurdenCall.INDETERMINATE, 30)


def test_a_score_of_scars_that_is_excluded_is_no_basis_any_more() -> None:
    scar = Finding(id="P1:hrd_score_high", gene="", label="HRD-positive by score", support="score 60", why="score")
    base = with_finding(scar)
    for basis, call in ((("score 60",), "not_assessable"), (("score 60", "BRCA1 p.C61G: biallelic"), "deficient")):
        markers = Biomarkers(homologous_recombination=HomologousRecombination(call=RepairCall.DEFICIENT, basis=basis))
        content = base.interpretation.model_copy(update={"biomarkers": markers})
        left = excluded(base.model_copy(update={"interpretation": content})).interpretation.biomarkers
        assert left.homologous_recombination is not None
        assert left.homologous_recombination.call.value == call


@pytest.mark.parametrize("tier", ["II-D", "III"])
def test_no_form_says_why_it_is_a_finding_as_if_its_computed_tier_still_held(tier: str) -> None:
    found = reports.finding(1, "KRAS", (reports.match("KRAS"),)).model_copy(update={"why": "Evidence of tier I-A."})
    made = applied(base := reports.report((found,)), entry(base, "KRAS p.V600E", tier=tier, comment="passenger"))
    told = f"Tier {tier} by a reviewer. As computed, tier I-A: Evidence of tier I-A."
    assert made.interpretation.findings[0].why == told
    bundle, packet = fhir_bundle(made, None), phenopacket(made)
    assert told in bundle
    assert told in packet
    for text in (shown(render_html(made)), bundle, packet):
        assert text.count("Evidence of tier I-A.") == text.count(told)


def test_a_report_is_reviewed_once() -> None:
    base = reports.typical_report()
    row = entry(base, "BRAF p.V600E")
    with pytest.raises(GenomodelError, match="was reviewed before"):
        applied(applied(base, row), row)


decisions = st.fixed_dictionaries(
    {"decision": st.just("include"), "tier": st.sampled_from(["", "I-A", "I-B", "II-C", "II-D", "III", "IV"])}
) | st.just({"decision": "exclude"})


@given(st.lists(decisions, min_size=20, max_size=20), st.sets(st.integers(0, 19)))
def test_no_record_no_finding_and_no_claim_is_lost_or_raised(given_: list[dict[str, str]], which: set[int]) -> None:
    base = reports.crowded_report()
    among = [one for one in subjects(base) if not one.listed or one.variant.endswith("7")][:20]
    entries = []
    for number in sorted(which & set(range(len(among)))):
        row = given_[number]
        if row.get("tier") == among[number].computed_tier:
            row = {"decision": "include"}
        entries.append(
            ReviewEntry(
                variant=among[number].variant,
                label=among[number].label,
                computed_tier=among[number].computed_tier,
                comment="why",
                person="doe",
                time=WHEN,
                **row,
            )
        )
    made = applied(base, *entries)
    assert not made.review.conflicts
    assert len(made.review.entries) == len(entries)

    def ids(report: PatientReport) -> Counter[str]:
        content = report.interpretation
        return Counter(one.id for one in (*content.findings, *content.other_variants, *report.excluded))

    assert ids(made) == ids(base)
    assert len(made.interpretation.dispositions) == len(base.interpretation.dispositions)
    kinds = Counter(item.kind for item in made.interpretation.dispositions)
    small = [finding for finding in made.interpretation.findings if finding.variant]
    assert kinds[DispositionKind.FINDING] == len(small)
    assert kinds[DispositionKind.EXCLUDED] == sum(finding.variant is not None for finding in made.excluded)
    computed = {one.id: one for one in base.interpretation.findings}
    for finding in made.interpretation.findings:
        before = computed.get(finding.id)
        kept = {match.evidence.id for match in (*finding.evidence, *finding.evidence_set_aside)}
        assert before is None or kept == {match.evidence.id for match in before.evidence}
        assert all(match.tier >= (match.computed_tier or match.tier) for match in finding.evidence)
