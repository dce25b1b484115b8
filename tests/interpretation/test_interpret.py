from __future__ import annotations

from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from genomodel.core.copy_number import CopyNumberProfile, CopyNumberState
from genomodel.core.findings import DispositionKind, Interpretation
from genomodel.core.patients import CallingMode
from genomodel.core.variants import (
    AlleleCounts,
    AnnotatedCalls,
    AnnotatedVariant,
    Consequence,
    Origin,
    RegionDepth,
    Variant,
    VariantClass,
)
from genomodel.interpretation.depth_gaps import LOW_DEPTH
from genomodel.interpretation.interpret import interpret
from genomodel.interpretation.knowledge import index_rules
from tests.interpretation.builders import (
    MISSENSE,
    SOURCE,
    TRUNCATING,
    calls_of,
    interpreted,
    patient,
    profile_of,
    variant,
)


def kinds(result: Interpretation) -> list[str]:
    return [disposition.kind.value for disposition in result.dispositions]


def gaps(result: Interpretation) -> dict[str, str]:
    return {gap.what: gap.reason for gap in result.not_assessable}


def reads(found: AnnotatedVariant, alt: int, depth: int) -> AnnotatedVariant:
    return found.model_copy(update={"tumor": AlleleCounts(depth=depth, alt_reads=alt)})


def test_germline_variant_is_dispositioned_germline_and_not_found() -> None:
    result = interpreted("BRCA", variant("TP53", "P72R", origin=Origin.GERMLINE), variant("TP53", "R175H"))
    assert kinds(result) == ["germline", "finding"]
    assert [finding.label for finding in result.findings] == ["TP53 p.R175H"]


def test_germline_hotspot_is_not_promoted() -> None:
    assert interpreted("BRCA", variant("TP53", "R175H", origin=Origin.GERMLINE)).findings == ()


def test_germline_and_filtered_alleles_that_matter_are_set_aside_with_the_reason() -> None:
    germline = variant("TP53", "R175H", origin=Origin.GERMLINE).model_copy(
        update={"normal": AlleleCounts(depth=80, alt_reads=40)}
    )
    filtered = variant("BRAF", "V600E", origin=Origin.NOT_CALLED).model_copy(update={"filters": ("strand_bias",)})
    faint = variant("KRAS", "G12C", origin=Origin.NOT_CALLED)
    result = interpreted(
        "HGSOC",
        germline,
        filtered,
        reads(faint, 2, 200),
        variant("TP53", "P72R", origin=Origin.GERMLINE),
        variant("TTN", "A1T", origin=Origin.NOT_CALLED),
    )
    assert result.findings == ()
    assert kinds(result) == ["germline", "filtered", "not_called", "germline", "not_called"]
    why = {finding.label: finding.why for finding in result.set_aside}
    assert set(why) == {"TP53 p.R175H", "BRAF p.V600E"}
    assert "strand_bias" in why["BRAF p.V600E"]
    assert "lso in the normal sample" in why["TP53 p.R175H"]
    assert "counseling are for the responsible clinician" in why["TP53 p.R175H"]
    for seen in (reads(faint, 3, 200), faint.model_copy(update={"tumor": AlleleCounts()})):
        assert [finding.label for finding in interpreted("LUAD", seen).set_aside] == ["KRAS p.G12C"]


def test_an_inherited_missense_variant_of_an_exon_that_evidence_speaks_of_is_not_set_aside() -> None:
    inherited = variant("KIT", "T507A", origin=Origin.GERMLINE)
    assert interpreted("GIST", inherited).set_aside == ()
    filtered = inherited.model_copy(
        update={"origin": Origin.NOT_CALLED, "tumor": AlleleCounts(depth=100, alt_reads=30)}
    )
    assert [finding.label for finding in interpreted("GIST", filtered).set_aside] == ["KIT p.T507A"]


def test_an_allele_that_another_record_calls_is_not_set_aside_as_well() -> None:
    place = Variant(chrom="7", pos=140453136, ref="A", alt="T")
    result = interpreted(
        "MEL",
        variant("BRAF", "V600E", place=place, origin=Origin.NOT_CALLED),
        variant("BRAF", "V600E", place=place),
    )
    assert len(result.findings) == 1
    assert result.set_aside == ()


def test_each_kind_has_its_reason() -> None:
    bare = variant("TP53", "R175H").model_copy(update={"consequence": None})
    filtered = variant("BRAF", "V600E", origin=Origin.NOT_CALLED).model_copy(update={"filters": ("weak",)})
    result = interpreted(
        "COAD",
        variant("BRAF", "V600E"),
        variant("TTN", "A10T"),
        filtered,
        variant("APC", "T10=", VariantClass.SYNONYMOUS, terms=("synonymous_variant",)),
        bare,
    )
    assert kinds(result) == ["finding", "listed", "filtered", "synonymous", "no_transcript"]
    assert "weak" in result.dispositions[2].reason
    assert "ynonymous_variant" in result.dispositions[3].reason
    assert [v.gene for v in result.other_variants] == ["TTN"]
    assert all(disposition.reason.endswith(".") for disposition in result.dispositions)


def test_truncation_of_a_lost_driver_is_found_but_not_of_an_activated_one() -> None:
    result = interpreted("COAD", variant("APC", "R1450*", TRUNCATING), variant("KRAS", "Q150Lfs*5", TRUNCATING))
    assert kinds(result) == ["finding", "listed"]
    assert "loss of function" in result.findings[0].why
    unclear = interpreted("AML", variant("RUNX1", "R201*", TRUNCATING)).findings
    assert "unclear role" in unclear[0].why
    assert result.findings[0].tier == "III"


def test_an_allele_common_in_the_population_is_listed_unless_the_evidence_names_it() -> None:
    def known(found: AnnotatedVariant, frequency: float) -> AnnotatedVariant:
        return found.model_copy(update={"population_frequency": frequency})

    truncated = variant("ARID1A", "Q1334fs", TRUNCATING)
    for common in (truncated, variant("TP53", "R175P"), variant("FBXW7", "R278*", TRUNCATING)):
        result = interpreted("HGSOC", known(common, 0.001))
        assert kinds(result) == ["listed"]
        assert "nown in the population at 0.001" in result.dispositions[0].reason
        assert kinds(interpreted("HGSOC", known(common, 0.0009))) == ["finding"]
    # Clones of blood cells carry hotspot alleles in populations too.
    hotspot = interpreted("MDS", known(variant("TP53", "R175H"), 0.002)).findings[0]
    assert "known in the population at 0.002" in hotspot.why.lower()
    assert kinds(interpreted("MDS", known(variant("SPOP", "F133V"), 0.06))) == ["benign"]
    # What studies show to be oncogenic is no polymorphism by a frequency of some population, which may be a small one.
    assert kinds(interpreted("MDS", known(variant("TP53", "R175H"), 0.06))) == ["listed"]
    named = interpreted("MEL", known(variant("BRAF", "V600E"), 0.002)).findings[0]
    assert named.tier == "I-A"
    assert all("known in the population at 0.002" in match.tier_reason for match in named.evidence)
    # Of Ashkenazi Jews 1 in 100 carries BRCA2 6174delT, which is S1982Rfs: no polymorphism.
    founders = variant("BRCA2", "S1982fs", TRUNCATING)
    assert kinds(interpreted("HGSOC", known(founders, 0.008))) == ["finding"]
    germline = known(founders.model_copy(update={"origin": Origin.GERMLINE}), 0.02)
    assert interpreted("HGSOC", germline).set_aside == ()


def test_copy_number_events_are_found_when_the_role_fits() -> None:
    def found(gene: str, state: CopyNumberState) -> list[str]:
        result = interpret(calls_of(patient("GIST")), profile_of(gene, state))
        return [finding.label for finding in result.findings]

    assert found("CDKN2A", CopyNumberState.DEEP_DELETION) == ["CDKN2A deep deletion"]
    assert found("CDKN2A", CopyNumberState.AMPLIFICATION) == []
    assert found("KRAS", CopyNumberState.AMPLIFICATION) == ["KRAS amplification"]
    assert found("KRAS", CopyNumberState.GAIN) == []
    assert found("CDKN2A", CopyNumberState.LOSS) == []


def test_findings_are_sorted_by_tier_then_recurrence() -> None:
    result = interpreted(
        "COAD",
        variant("APC", "R1450*", TRUNCATING),
        variant("TP53", "R175H"),
        variant("BRAF", "V600E"),
        variant("TP53", "R282W"),
    )
    labels = [finding.label for finding in result.findings]
    assert labels[0] == "BRAF p.V600E"
    tumors = [finding.hotspot.tumors_at_residue if finding.hotspot else 0 for finding in result.findings[1:]]
    assert tumors == sorted(tumors, reverse=True)


def test_two_alleles_at_one_codon_match_no_allele_and_say_why() -> None:
    first = variant("BRAF", "V600E", place=Variant(chrom="7", pos=140453136, ref="A", alt="T"))
    second = variant("BRAF", "V600M", place=Variant(chrom="7", pos=140453137, ref="C", alt="T"))
    result = interpreted("MEL", first, second)
    assert [finding.label for finding in result.findings] == ["BRAF p.V600E, p.V600M or p.V600K (phase unknown)"]
    for finding in result.findings:
        assert "were both called at codon 600" in finding.why
        assert all(change in finding.why for change in ("p.V600E", "p.V600M", "p.V600K"))
        assert [m.matched_on for m in finding.evidence]
        assert not [m for m in finding.evidence if m.matched_on.startswith("allele")]
    alone = interpreted("MEL", first, second.model_copy(update={"origin": Origin.NOT_CALLED}))
    assert "codon 600" not in alone.findings[0].why
    assert alone.findings[0].tier == "I-A"


def test_a_faint_second_allele_of_the_same_base_leaves_allele_evidence_alone() -> None:
    here, beside = (Variant(chrom="12", pos=pos, ref="C", alt="A") for pos in (25398285, 25398284))
    g12c = reads(variant("KRAS", "G12C", place=here), 60, 204)
    same_base = variant("KRAS", "G12S", place=here.model_copy(update={"alt": "T"}))
    third_base = Variant(chrom="12", pos=25398283, ref="A", alt="G")
    for other, said in (
        (reads(same_base, 4, 204), ""),
        (reads(same_base, 60, 204), ""),
        (reads(variant("KRAS", "G12V", place=beside), 4, 204), "this change is there in any case"),
        (variant("KRAS", "G12=", VariantClass.SYNONYMOUS, place=third_base), "whether they lie on one DNA molecule or"),
        (variant("KRAS", "G12G", VariantClass.SYNONYMOUS, place=third_base), "whether they lie on one DNA molecule or"),
        (variant("KRAS", "G12V", place=beside, origin=Origin.NOT_CALLED), ""),
    ):
        found = interpreted("LUAD", g12c, other).findings[0]
        assert (found.label, found.tier) == ("KRAS p.G12C", "I-A")
        assert said in found.why
        assert bool(said) is ("codon 12" in found.why)
    for other in (
        reads(variant("KRAS", "G12V", place=beside), 50, 204),
        variant("KRAS", "G12V", place=beside).model_copy(update={"tumor": AlleleCounts()}),
        variant("KRAS", "G12V", place=beside, origin=Origin.GERMLINE),
    ):
        findings = interpreted("LUAD", g12c, other).findings
        assert all("p.G12F (phase unknown)" in found.label and "codon 12" in found.why for found in findings)
        assert not [m for found in findings for m in found.evidence if m.matched_on.startswith("allele")]


def test_repeated_allele_is_one_finding_with_two_dispositions() -> None:
    place = Variant(chrom="7", pos=140453136, ref="A", alt="T")
    result = interpreted("MEL", variant("BRAF", "V600E", place=place), variant("BRAF", "V600E", place=place))
    assert len(result.findings) == 1
    assert kinds(result) == ["finding", "duplicate"]
    assert "record 1" in result.dispositions[1].reason


def test_variants_outside_the_assayed_genes_are_said_to_be_so() -> None:
    result = interpreted("MEL", variant("TTN", "A10T"), variant("BRAF", "V600E"), assayed_genes=("KRAS",))
    assert kinds(result) == ["outside_assay", "finding"]
    assert "outside the assay" in result.findings[0].why
    listed = gaps(result)
    assert any("BRAF" in what.split(", ") and "this tumor type" in reason for what, reason in listed.items())
    assert not any("KRAS" in what.split(", ") for what in listed)


def test_variants_outside_the_assay_bed_are_said_to_be_so(tmp_path: Path) -> None:
    bed = tmp_path / "panel.bed"
    bed.write_text("7\t100\t110\tTTN\n", encoding="utf-8")
    at = [Variant(chrom="chr7", pos=pos, ref="AC", alt="A") for pos in (99, 100, 110, 111)]
    result = interpreted("MEL", *(variant("TTN", f"A{v.pos}T", place=v) for v in at), assay_bed=str(bed))
    assert kinds(result) == ["outside_assay", "listed", "listed", "outside_assay"]


def test_no_variants_at_all_is_an_answer() -> None:
    result = interpret(calls_of(patient("MEL")), None)
    assert (result.findings, result.dispositions, result.n_records) == ((), (), 0)
    assert result.sources


def test_what_was_not_looked_at_is_listed() -> None:
    result = interpreted("BRCA", variant("TTN", "A1T"), mode=CallingMode.TUMOR_ONLY)
    listed = gaps(result)
    assert "ERBB2" in listed["Copy number"]
    assert {"Gene fusions", "Microsatellite instability", "Tumor purity", "Somatic or germline origin"} <= set(listed)
    assert {"Assayed genes", "Depth of coverage"} <= set(listed)
    answered = interpret(
        calls_of(patient("BRCA", purity=0.6)),
        CopyNumberProfile(source=SOURCE, assayed_genes=("ERBB2", "PTEN")),
        (RegionDepth(chrom="1", start=0, end=9, name="ERBB2:1", mean_depth=LOW_DEPTH),),
    )
    assert not {"Copy number", "Tumor purity", "Somatic or germline origin", "Depth of coverage"} & set(gaps(answered))


def test_copy_number_events_only_leave_the_other_genes_unknown() -> None:
    result = interpret(calls_of(patient("BRCA")), CopyNumberProfile(source=SOURCE))
    assert "ERBB2" in gaps(result)["Copy number of genes without an event"]
    result = interpret(calls_of(patient("BRCA")), CopyNumberProfile(source=SOURCE, assayed_genes=("PTEN",)))
    assert "Copy number of ERBB2" in gaps(result)


def test_shallow_regions_are_listed_by_gene() -> None:
    depths = (
        RegionDepth(chrom="7", start=0, end=10, name="BRAF:15", mean_depth=12),
        RegionDepth(chrom="7", start=20, end=30, name="BRAF:11", mean_depth=400),
        RegionDepth(chrom="1", start=0, end=10, name="NOGENE", mean_depth=3),
        RegionDepth(chrom="12", start=0, end=10, name="KRAS:2", mean_depth=LOW_DEPTH),
    )
    listed = gaps(interpret(calls_of(patient("MEL")), None, depths))
    assert "1 of 2 regions" in listed["BRAF"]
    assert "KRAS" not in listed
    assert "1 further" in listed["Other regions"]


def test_versions_name_licences_and_digests() -> None:
    sources = {version.name: version for version in interpret(calls_of(patient("MEL")), None).sources}
    assert {"genomodel evidence table", "hotspots", "driver_genes", "oncotree"} <= set(sources)
    assert all(version.licence and len(version.sha256) == 64 for version in sources.values())


def test_finding_without_any_evidence_keeps_its_hotspot() -> None:
    result = interpret(calls_of(patient("MEL"), variant("BRAF", "V600E")), None, rules=index_rules(()))
    assert result.findings[0].tier == "III"
    assert result.findings[0].hotspot is not None


CHANGES = ["V600E", "G12C", "R175H", "A10T", "E746_A750del", "W288Cfs*12", "R213*", "", "X125_splice", "weird 12"]
consequences = st.none() | st.builds(
    Consequence,
    gene=st.sampled_from(["BRAF", "KRAS", "TP53", "EGFR", "NPM1", "TTN", ""]),
    variant_class=st.sampled_from(list(VariantClass)),
    protein_change=st.sampled_from(CHANGES),
    exon=st.sampled_from(["", "15/18", "15"]),
)


@st.composite
def random_calls(draw: st.DrawFn) -> AnnotatedCalls:
    n_records = draw(st.integers(0, 12))
    alleles = [draw(st.integers(1, 3)) for _ in range(n_records)]
    variants = tuple(
        AnnotatedVariant(
            record=record,
            variant=Variant(chrom="1", pos=draw(st.integers(0, 30)), ref="A", alt=draw(st.sampled_from(["C", "G"]))),
            origin=draw(st.sampled_from(list(Origin))),
            origin_reason=draw(st.sampled_from(["", "seen.", "Supported by reads"])),
            consequence=draw(consequences),
        )
        for record, count in enumerate(alleles, start=1)
        for _ in range(count)
    )
    who = patient(
        draw(st.sampled_from(["MEL", "COAD", "AML", "CUP"])),
        assayed_genes=draw(st.sampled_from([None, ("BRAF", "TTN"), ()])),
        mode=draw(st.sampled_from(list(CallingMode))),
    )
    return AnnotatedCalls(patient=who, source=SOURCE, n_records=n_records, variants=variants)


@settings(max_examples=150, deadline=None)
@given(random_calls())
def test_every_allele_of_every_record_has_one_disposition(calls: AnnotatedCalls) -> None:
    result = interpret(calls, None)
    assert len(result.dispositions) == len(calls.variants)
    assert [d.record for d in result.dispositions] == [v.record for v in calls.variants]
    assert {d.record for d in result.dispositions} == set(range(1, calls.n_records + 1))
    counts = Counter(d.kind for d in result.dispositions)
    assert sum(counts.values()) == len(calls.variants)
    assert counts[DispositionKind.LISTED] + counts[DispositionKind.BENIGN] == len(result.other_variants)
    assert counts[DispositionKind.FINDING] == len(result.findings)
    assert {d.variant for d in result.dispositions if d.kind is DispositionKind.FINDING} == {
        f.variant.variant.key for f in result.findings if f.variant
    }
    assert all(d.reason for d in result.dispositions)
    ids = [f.id for f in result.findings]
    assert len(set(ids)) == len(ids)
    reportable = {Origin.SOMATIC, Origin.UNCERTAIN}
    assert all(f.variant is not None and f.variant.origin in reportable for f in result.findings)


def test_same_input_gives_the_same_bytes() -> None:
    calls = calls_of(patient("COAD"), variant("BRAF", "V600E"), variant("TP53", "R175H", MISSENSE))
    assert interpret(calls, None).to_json() == interpret(calls, None).to_json()
