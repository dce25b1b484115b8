"""AND, OR, NOT and wild type over a whole tumor; the text form; what is open; properties that must always hold."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genomodel.core.assays import Assays
from genomodel.core.copy_number import CopyNumberState
from genomodel.core.errors import InputError
from genomodel.core.identity import CheckName, CheckStatus, IdentityCheck, IdentityChecks
from genomodel.core.knowledge import Criterion, Operator, Profile, Statement
from genomodel.core.patients import Assay
from genomodel.core.sample_quality import (
    ExonCoverage,
    ExonsOffAssay,
    Limits,
    Measure,
    QualityStatus,
    SampleMeasures,
    SampleQuality,
)
from genomodel.core.variants import AlleleCounts, AnnotatedVariant, Label, Origin, RegionDepth, VariantClass
from genomodel.interpretation.interpret import interpret
from genomodel.interpretation.knowledge import index_rules
from genomodel.interpretation.matching import (
    KINDS,
    Resolution,
    StatementIndex,
    Truth,
    Tumor,
    match_statements,
    open_statements,
    parse_rule,
    tumor_of,
)
from tests.interpretation.builders import DELETION, MISSENSE, TRUNCATING, calls_of, patient, variant
from tests.interpretation.tumors import PANEL, fusion, statement, truth, tumor

TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
PRESENT, ABSENT, OPEN = "BRAF/allele:V600E", "KRAS/allele:G12C", "MYC/allele:T58A"
"""In a tumor with BRAF V600E whose assay has BRAF and KRAS, and not MYC."""
VALUES = {PRESENT: TRUE, ABSENT: FALSE, OPEN: UNKNOWN}


def with_v600e() -> Tumor:
    return tumor(variant("BRAF", "V600E"), assayed_genes=("BRAF", "KRAS", "NRAS"))


@pytest.mark.parametrize(("first", "second"), list(itertools.product(VALUES, VALUES)))
def test_and_is_the_least_and_or_the_greatest(first: str, second: str) -> None:
    of = with_v600e()
    assert truth(f"{first} & {second}", of) is min(VALUES[first], VALUES[second])
    assert truth(f"{first} | {second}", of) is max(VALUES[first], VALUES[second])
    assert truth(f"!({first} & {second})", of) is truth(f"!{first} | !{second}", of)


@pytest.mark.parametrize(("rule", "result"), [(PRESENT, FALSE), (ABSENT, TRUE), (OPEN, UNKNOWN)])
def test_not_turns_what_is_known(rule: str, result: Truth) -> None:
    assert truth(f"!{rule}", with_v600e()) is result
    assert truth(f"!!{rule}", with_v600e()) is VALUES[rule]


@pytest.mark.parametrize(
    ("rule", "result"),
    [
        (f"{PRESENT} | {ABSENT} & {OPEN}", TRUE),
        (f"({PRESENT} | {ABSENT}) & {OPEN}", UNKNOWN),
        (f"!{ABSENT} & {PRESENT}", TRUE),
        (f"!({ABSENT} | {PRESENT})", FALSE),
        (f"{ABSENT} & {OPEN}", FALSE),
        (f"{PRESENT}&!{PRESENT}", FALSE),
    ],
)
def test_signs_bind_in_their_order(rule: str, result: Truth) -> None:
    assert truth(rule, with_v600e()) is result


def test_an_and_names_all_its_parts_and_an_or_those_that_hold() -> None:
    stopped = variant("TP53", "R213*", TRUNCATING)
    of = tumor(variant("BRAF", "V600E"), stopped, assayed_genes=PANEL)
    both = statement("both", "BRAF/allele:V600E & TP53/truncating & KRAS/wild_type")
    either = statement("either", "BRAF/allele:V600E | BRAF/codon:V600 | KRAS/allele:G12C")
    first, second = match_statements([both, either], of)
    assert [part.criterion.gene for part in first.parts] == ["BRAF", "TP53", "KRAS"]
    assert first.resolution is Resolution.GENE
    assert first.alterations == (of.alterations[0].id, stopped.variant.key)
    assert [part.resolution for part in second.parts] == [Resolution.PROTEIN, Resolution.CODON]


@pytest.mark.parametrize(
    ("found", "facts", "result"),
    [
        ((), {"assayed_genes": PANEL}, TRUE),
        ((), {}, UNKNOWN),
        ((), {"assayed_genes": ("BRAF",)}, UNKNOWN),
        ((variant("KRAS", "G12C"),), {"assayed_genes": PANEL}, FALSE),
        ((variant("KRAS", "G12C"),), {}, FALSE),
        ((variant("KRAS", "E98X", TRUNCATING),), {"assayed_genes": PANEL}, FALSE),
        ((variant("KRAS", "T35A"),), {"assayed_genes": PANEL}, UNKNOWN),
        ((variant("KRAS", "G12=", VariantClass.SYNONYMOUS),), {"assayed_genes": PANEL}, TRUE),
        ((variant("KRAS", "", VariantClass.NONCODING),), {"assayed_genes": PANEL}, TRUE),
        ((variant("BRAF", "V600E"),), {"assayed_genes": PANEL}, TRUE),
        ((variant("KRAS", "G12C", origin=Origin.NOT_CALLED),), {"assayed_genes": PANEL}, UNKNOWN),
        ((variant("KRAS", "G12C", origin=Origin.GERMLINE),), {"assayed_genes": PANEL}, UNKNOWN),
        ((variant("KRAS", "T35A", origin=Origin.GERMLINE),), {"assayed_genes": PANEL}, TRUE),
        ((), {"assayed_genes": PANEL, "copies": {"KRAS": CopyNumberState.DEEP_DELETION}}, FALSE),
        ((), {"assayed_genes": PANEL, "copies": {"KRAS": CopyNumberState.AMPLIFICATION}}, TRUE),
        ((), {"assayed_genes": PANEL, "joined": (fusion("AGK", "KRAS"),)}, UNKNOWN),
    ],
)
def test_wild_type_is_an_assayed_gene_in_which_nothing_was_seen(
    found: tuple[AnnotatedVariant, ...], facts: dict[str, object], result: Truth
) -> None:
    assert truth("wild_type", tumor(*found, **facts), "KRAS") is result  # type: ignore[arg-type]


def test_an_allele_to_be_confirmed_leaves_wild_type_open_and_a_common_one_does_not() -> None:
    confirm = variant("KRAS", "G12C", origin=Origin.UNCERTAIN).model_copy(update={"labels": (Label.CONFIRM.value,)})
    assert truth("wild_type", tumor(confirm, assayed_genes=PANEL), "KRAS") is UNKNOWN
    assert truth("!allele:G12C", tumor(confirm, assayed_genes=PANEL), "KRAS") is UNKNOWN
    common = variant("TP53", "P72R").model_copy(update={"population_frequency": 0.6})
    assert truth("wild_type", tumor(common, assayed_genes=PANEL), "TP53") is TRUE
    faint = variant("KRAS", "G12C", origin=Origin.NOT_CALLED)
    faint = faint.model_copy(update={"tumor": AlleleCounts(depth=500, alt_reads=1)})
    assert truth("wild_type", tumor(faint, assayed_genes=PANEL), "KRAS") is TRUE


def exon(gene: str, number: int, *, passed: bool) -> ExonCoverage:
    return ExonCoverage(
        gene=gene, exon=number, chrom="12", start=0, end=9, mean_depth=9, share=1.0 if passed else 0.1, passed=passed
    )


def test_a_gene_of_which_a_part_was_not_read_is_no_wild_type() -> None:
    who = patient("COAD", assayed_genes=("KRAS", "NRAS", "BRAF", "EGFR"))
    quality = SampleQuality(
        assay=Assay.PANEL,
        samples=(),
        exon_depth=100,
        exon_share=0.95,
        exons=(exon("KRAS", 2, passed=False), exon("NRAS", 2, passed=True), exon("BRAF", 15, passed=True)),
        exons_off_assay=(ExonsOffAssay(gene="BRAF", exons=(11,)),),
    )
    depths = (RegionDepth(chrom="7", start=0, end=9, name="EGFR:18", mean_depth=12),)
    of = tumor_of(calls_of(who), None, depths, Assays(quality=quality))
    assert truth("wild_type", of, "NRAS") is TRUE
    for gene in ("KRAS", "BRAF", "EGFR"):
        assert truth("wild_type", of, gene) is UNKNOWN
        assert truth("!mutation", of, gene) is UNKNOWN


def test_a_failed_sample_and_a_normal_that_hides_variants_leave_no_wild_type() -> None:
    depth = Measure(name="mean_depth", value=9, limits=Limits(fail=100), status=QualityStatus.FAIL)
    shallow = SampleQuality(
        samples=(SampleMeasures(type="tumor", sample="T", measures=(depth,)),), exon_depth=100, exon_share=0.95
    )
    swapped = IdentityCheck(
        name=CheckName.IDENTITY, subject="tumor and normal", status=CheckStatus.FAILED, value="two persons"
    )
    hiding = swapped.model_copy(update={"name": CheckName.TUMOR_IN_NORMAL, "subject": "normal"})
    for assays in (
        Assays(quality=shallow),
        Assays(identity=IdentityChecks(checks=(swapped,))),
        Assays(identity=IdentityChecks(checks=(hiding,))),
    ):
        who = patient("COAD", assayed_genes=PANEL)
        of = tumor_of(calls_of(who), None, None, assays)
        assert truth("wild_type", of, "KRAS") is UNKNOWN
        assert truth("!allele:G12C", of, "KRAS") is UNKNOWN
        carried = tumor_of(calls_of(who, variant("KRAS", "G12C")), None, None, assays)
        assert truth("allele:G12C", carried, "KRAS") is TRUE
        waived = who.model_copy(update={"waived": ("identity", "tumor_in_normal")})
        if assays.identity is not None:
            assert truth("wild_type", tumor_of(calls_of(waived), None, None, assays), "KRAS") is TRUE


def test_what_is_open_says_what_would_have_to_hold() -> None:
    wild = statement("wild", "KRAS/wild_type & NRAS/wild_type")
    joined = statement("joined", "BRAF/allele:V600E & MYC/amplification")
    alone = statement("alone", "allele:T58A", "MYC")
    other = statement("other", "NRAS/allele:Q61K & MYC/amplification")
    of = with_v600e()
    marker, untouched = statement("marker", "msi_high"), statement("untouched", "ALK/fusion & !MYC/mutation")
    listed = [joined, alone, other, marker, untouched]
    found = {item.statement.evidence.id: item.would_match_if for item in open_statements(listed, of)}
    assert found == {"joined": ("MYC amplification (copy number was not assayed)",)}
    assert open_statements([wild], of) == ()
    bare = tumor(variant("BRAF", "V600E"))
    (left,) = open_statements([wild], bare)
    assert left.would_match_if == (
        "KRAS wild type (nobody stated which genes were assayed)",
        "NRAS wild type (nobody stated which genes were assayed)",
    )
    assert match_statements([wild, joined, alone, other], bare) == ()


def test_absence_says_what_it_takes_for_granted() -> None:
    (match,) = match_statements([statement("wild", "wild_type", "KRAS")], tumor(assayed_genes=PANEL))
    assert match.resolution is Resolution.ABSENCE
    assert match.alterations == ()
    assert "depth of coverage not known" in match.left_out
    assert any("fusions" in text for text in match.left_out)


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "allele",
        "allele:",
        "allele:600E",
        "allele:V600E,",
        "codon:V600E",
        "exon:19",
        "exon:19:sideways",
        "nothing:1",
        "truncating:x",
        "mutation &",
        "& mutation",
        "mutation | | hotspot",
        "(mutation",
        "mutation)",
        "mutation hotspot",
        "!",
        "!&mutation",
        "KR AS/mutation",
        "/mutation",
        "KRAS/",
        "KRAS/KRAS/mutation",
        "fusion:A::B::C",
        "fusion:A::B:x",
        "genomic:GRCh36:7:1:A:T",
        "genomic:GRCh37:7:x:A:T",
        "hgvs:c.12A>T",
        "effect:flt3",
        "protein_region:5",
        "!" * 60 + "mutation",
    ],
)
def test_a_malformed_rule_is_refused(rule: str) -> None:
    with pytest.raises(InputError):
        parse_rule(rule, "KRAS")


@given(st.text(alphabet="KRASalevion:/|&!() V600E,;\n", max_size=40))
def test_any_text_is_a_rule_or_refused(text: str) -> None:
    try:
        profile = parse_rule(text, "KRAS")
    except InputError:
        return
    assert all(criterion.kind in KINDS for criterion in profile.criteria())


def test_a_rule_is_read_with_its_genes() -> None:
    profile = parse_rule("hotspot & !KRAS/mutation | H3-3A/allele:K27M", "EGFR", ("ERBB",))
    assert profile.operator is Operator.ANY
    assert [(item.gene, item.kind) for item in profile.criteria()] == [
        ("EGFR", "hotspot"),
        ("KRAS", "mutation"),
        ("H3-3A", "allele"),
    ]
    assert [item.gene for item in profile.required()] == ["EGFR", "H3-3A"]
    assert next(profile.criteria()).former_symbols == ("ERBB",)
    assert [item.former_symbols for item in profile.criteria()][1:] == [(), ()]
    written = parse_rule("genomic:GRCh37:5:1295228:G:A,GRCh38:5:1295113:G:A", "TERT")
    assert written.criterion is not None


def test_an_index_finds_what_a_scan_of_all_statements_finds() -> None:
    rules = [
        statement(str(number), rule)
        for number, rule in enumerate(
            [
                PRESENT,
                ABSENT,
                OPEN,
                f"!{ABSENT}",
                f"{PRESENT} & !{ABSENT}",
                "KRAS/wild_type",
                "msi_high",
                "BRAF/mutation",
            ]
        )
    ]
    of = with_v600e()
    found = [match.statement.evidence.id for match in match_statements(StatementIndex.of(rules), of)]
    assert found == [item.evidence.id for item in rules if truth(item.profile, of) is TRUE]


def test_findings_carry_resolution_and_the_rest_of_an_and() -> None:
    rules = index_rules(
        (
            statement("wild", "BRAF/allele:V600E & KRAS/wild_type", "BRAF"),
            statement("against", "BRAF/allele:V600E & !KRAS/mutation", "BRAF", therapy="another drug"),
        )
    )
    calls = calls_of(patient("COAD", assayed_genes=PANEL), variant("BRAF", "V600E"))
    (finding,) = interpret(calls, None, rules=rules).findings
    assert {match.evidence.id: match.matched_on for match in finding.evidence} == {
        "wild": "allele, with KRAS wild type",
        "against": "allele, with no KRAS mutation",
    }
    assert {match.resolution for match in finding.evidence} == {"protein"}
    unassayed = calls.model_copy(update={"patient": patient("COAD")})
    assert interpret(unassayed, None, rules=rules).findings[0].evidence == ()
    mutated = calls_of(calls.patient, variant("BRAF", "V600E"), variant("KRAS", "G12C"))
    assert all(not finding.evidence for finding in interpret(mutated, None, rules=rules).findings)


GENES = ("BRAF", "KRAS", "EGFR", "TP53")
variants = st.builds(
    lambda gene, change, kind, origin: variant(gene, change, kind, origin=origin, transcript="ENST00000000001.1"),
    st.sampled_from(GENES),
    st.sampled_from(["V600E", "G12C", "R175H", "E746_A750del", "R213*", "T35A", ""]),
    st.sampled_from([MISSENSE, TRUNCATING, DELETION, VariantClass.SYNONYMOUS]),
    st.sampled_from([Origin.SOMATIC, Origin.UNCERTAIN, Origin.GERMLINE]),
)
criteria = st.builds(
    lambda gene, kind: Profile.of(Criterion(gene=gene, kind=kind[0], value=kind[1])),
    st.sampled_from((*GENES, "MYC")),
    st.sampled_from(
        [
            ("allele", "V600E"),
            ("codon", "G12"),
            ("mutation", ""),
            ("truncating", ""),
            ("hotspot", ""),
            ("wild_type", ""),
            ("amplification", ""),
            ("exon", "19:deletion"),
            ("fusion", ""),
            ("text", "unknowable"),
        ]
    ),
)
profiles = st.recursive(
    criteria,
    lambda inner: st.one_of(
        st.builds(lambda part: Profile.join(Operator.NOT, (part,)), inner),
        st.builds(lambda a, b: Profile.join(Operator.ALL, (a, b)), inner, inner),
        st.builds(lambda a, b: Profile.join(Operator.ANY, (a, b)), inner, inner),
    ),
    max_leaves=5,
)
statements = st.lists(profiles, min_size=1, max_size=6).map(
    lambda found: [statement(str(number), profile) for number, profile in enumerate(found)]
)
panels = st.sampled_from([None, GENES, ("KRAS",)])


def names(of: Tumor, listed: list[Statement]) -> dict[str, tuple[Resolution, frozenset[str]]]:
    return {
        match.statement.evidence.id: (match.resolution, frozenset(match.alterations))
        for match in match_statements(listed, of)
    }


@settings(max_examples=150, deadline=None)
@given(st.lists(variants, max_size=4), statements, panels)
def test_passengers_order_and_versions_of_transcripts_change_no_match(
    found: list[AnnotatedVariant], listed: list[Statement], assayed: tuple[str, ...] | None
) -> None:
    before = names(tumor(*found, assayed_genes=assayed), listed)
    passenger = variant("TTN", "A10T")
    assert names(tumor(*found, passenger, assayed_genes=assayed), listed) == before
    assert names(tumor(*reversed(found), assayed_genes=assayed), listed) == before
    renamed = [
        item.model_copy(update={"consequence": item.consequence.model_copy(update={"transcript": "ENST00000000001.9"})})
        for item in found
        if item.consequence is not None
    ]
    assert names(tumor(*renamed, assayed_genes=assayed), listed) == before
    assert set(names(tumor(*found, assayed_genes=assayed), listed[::-1])) == set(before)


@settings(max_examples=150, deadline=None)
@given(st.lists(variants, max_size=4), profiles)
def test_nothing_is_absent_that_was_not_looked_for(found: list[AnnotatedVariant], profile: Profile) -> None:
    bare = tumor(*found)
    for criterion in profile.criteria():
        absent = Profile.join(Operator.NOT, (Profile.of(criterion),))
        assert criterion.kind == "wild_type" or truth(absent, bare) is not TRUE
    known = tumor(*found, assayed_genes=(*GENES, "MYC"), copies=dict.fromkeys((*GENES, "MYC"), CopyNumberState.NEUTRAL))
    if truth(profile, bare) is TRUE:
        assert truth(profile, known) is TRUE, "what holds without an assay holds with it"
    if truth(profile, bare) is FALSE:
        assert truth(profile, known) is FALSE
    assert not (truth(profile, bare) is TRUE and truth(Profile.join(Operator.NOT, (profile,)), bare) is not FALSE)
