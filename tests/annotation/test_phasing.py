"""What tells the phase of alleles of one codon, and what they make together where no genome is at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.annotation.csq import annotate_vcf, run_bcftools
from genomodel.annotation.phasing import Linkage, NothingKnown, join_codons, settle
from genomodel.annotation.phasing_facts import PhaseFacts
from genomodel.annotation.phasing_info import read_joint, read_linkage, write_joint, write_linkage
from genomodel.annotation.phasing_reads import SharedFragments, count_shared, judge
from genomodel.annotation.vcf import read_annotated_vcf
from genomodel.calls.read_alleles import ALT, OTHER, REF
from genomodel.core.errors import InputError
from genomodel.core.variants import (
    AlleleCounts,
    AnnotatedCalls,
    AnnotatedVariant,
    Consequence,
    Origin,
    Phase,
    Variant,
    VariantClass,
)
from tests.annotation.builders import patient
from tests.annotation.phasing_builders import META, C, Call, Genome, T, changes, effect, outcome
from tests.calls.builders import record, write_vcf

CSQ = (
    '##INFO=<ID=CSQ,Number=.,Type=String,Description="x Format: Allele|Consequence|SYMBOL|Feature|Protein_position|'
    'Amino_acids|Codons">'
)
ANN = '##INFO=<ID=ANN,Number=.,Type=String,Description="x">'
SAMPLE_FIELDS = {"GT": "0/1", "PS": ".", "PGT": ".", "PID": "."}


def variant(place: Variant, change: str, number: int, fraction: float | None = 0.3, **more: object) -> AnnotatedVariant:
    depth = 200
    counts = {} if fraction is None else {"depth": depth, "alt_reads": round(depth * fraction)}
    facts = {
        "record": number,
        "variant": place,
        "tumor": AlleleCounts.model_validate(counts),
        "origin": Origin.SOMATIC,
        "origin_reason": "made for a test",
        "consequence": effect(change),
    }
    return AnnotatedVariant.model_validate({**facts, **more})


def vep(
    tmp_path: Path, first: dict[str, str], second: dict[str, str], normal: dict[str, str] | None = None
) -> AnnotatedCalls:
    """Read V600E and V600M as VEP writes them, with FORMAT fields of the tumor."""
    rows = []
    for pos, ref, alt, amino, codons, fields in (
        (140453136, "A", "T", "V/E", "gTg/gAg", first),
        (140453137, "C", "T", "V/M", "Gtg/Atg", second),
    ):
        tumor = ":".join(["60,40", "100", *({**SAMPLE_FIELDS, **fields}).values()])
        other = ":".join(["99,0", "99", *({**SAMPLE_FIELDS, "GT": "0/0", **(normal or {})}).values()])
        entry = f"CSQ={alt}|missense_variant|BRAF|ENST00000288602|600|{amino}|{codons}"
        rows.append(f"7\t{pos}\t.\t{ref}\t{alt}\t.\tPASS\t{entry}\tAD:DP:GT:PS:PGT:PID\t{tumor}\t{other}")
    return read_annotated_vcf(write_vcf(tmp_path / "a.vcf", rows, ("T", "N"), (*META, CSQ)), patient())


def phase_of(calls: AnnotatedCalls) -> tuple[str, str]:
    joints = [item.joint for item in calls.variants]
    assert all(joint is not None for joint in joints)
    (phase,) = {joint.phase.value for joint in joints if joint}
    (basis,) = {joint.basis for joint in joints if joint}
    return phase, basis


@pytest.mark.parametrize(
    ("first", "second", "phase", "said"),
    [
        ({"GT": "0|1", "PS": "5"}, {"GT": "0|1", "PS": "5"}, "cis", "the set PS 5 of T"),
        ({"GT": "1|0", "PS": "5"}, {"GT": "1|0", "PS": "5"}, "cis", "the set PS 5 of T"),
        ({"GT": "0|1", "PS": "5"}, {"GT": "1|0", "PS": "5"}, "trans", "the set PS 5 of T"),
        ({"GT": "0|1", "PS": "5"}, {"GT": "0|1", "PS": "6"}, "unknown", "no phase set"),
        ({"GT": "0|1", "PS": "5"}, {"GT": "0/1", "PS": "5"}, "unknown", "no phase set"),
        ({"GT": "0|1"}, {"GT": "0|1"}, "cis", "without a phase set"),
        ({"GT": "0|1"}, {"GT": "1|0"}, "trans", "without a phase set"),
        ({"GT": "0|1|0", "PS": "5"}, {"GT": "0|1|1", "PS": "5"}, "cis", "the set PS 5 of T"),
        ({"PGT": "0|1", "PID": "9_A_T"}, {"PGT": "0|1", "PID": "9_A_T"}, "cis", "PGT within PID 9_A_T of T"),
        ({"PGT": "0|1", "PID": "9_A_T"}, {"PGT": "1|0", "PID": "9_A_T"}, "trans", "PGT within PID 9_A_T of T"),
        ({"PGT": "0|1", "PID": "9_A_T"}, {"PGT": "0|1", "PID": "8_A_T"}, "unknown", "no phase set"),
        # Phased by GATK without PS: of two local assemblies the genotypes are not of one set.
        ({"GT": "0|1", "PGT": "0|1", "PID": "9"}, {"GT": "0|1", "PGT": "0|1", "PID": "8"}, "unknown", "no phase set"),
        (
            {"GT": "0|1", "PS": "5", "PGT": "0|1", "PID": "9"},
            {"GT": "0|1", "PS": "5", "PGT": "1|0", "PID": "9"},
            "unknown",
            "sources disagree: cis by phased genotypes of the set PS 5 of T; trans by PGT within PID 9 of T",
        ),
    ],
)
def test_phase_by_genotypes(
    tmp_path: Path, first: dict[str, str], second: dict[str, str], phase: str, said: str
) -> None:
    found, basis = phase_of(vep(tmp_path, first, second))
    assert found == phase
    assert said in basis


def test_the_normal_tells_only_where_the_tumor_does_not(tmp_path: Path) -> None:
    in_set = {"GT": "0|1", "PS": "5"}
    assert phase_of(vep(tmp_path, {}, {}, in_set))[1] == "phased genotypes of the set PS 5 of N"
    found = phase_of(vep(tmp_path, {"GT": "0|1", "PS": "4"}, {"GT": "1|0", "PS": "4"}, in_set))
    assert found == ("trans", "phased genotypes of the set PS 4 of T")


def test_codons_of_vep_give_the_joint_change(tmp_path: Path) -> None:
    calls = vep(tmp_path, {"GT": "0|1", "PS": "5"}, {"GT": "0|1", "PS": "5"})
    assert [outcome(item) for item in calls.variants] == ["cis V600E V600K", "cis V600M V600K"]
    assert changes(calls) == ["V600K", "V600K"]
    for item in calls.variants:
        assert item.consequence is not None
        assert item.consequence.hgvs_p == "p.Val600Lys"
        assert item.consequence.codons.upper() == "GTG/AAG"


def test_snpeff_gives_coding_changes_only_and_the_code_tells_the_rest(tmp_path: Path) -> None:
    rows = []
    for pos, ref, alt, coding, protein in (
        (140453136, "A", "T", "c.1799T>A", "p.Val600Glu"),
        (140453137, "C", "T", "c.1798G>A", "p.Val600Met"),
    ):
        entry = f"{alt}|missense_variant|MODERATE|BRAF|G|transcript|NM_004333.6|protein_coding|15/18|{coding}|{protein}"
        fields = "AD:DP:GT:PS\t60,40:100:0|1:1\t99,0:99:0|0:1"
        rows.append(f"7\t{pos}\t.\t{ref}\t{alt}\t.\tPASS\tANN={entry}|||||\t{fields}")
    calls = read_annotated_vcf(write_vcf(tmp_path / "a.vcf", rows, ("T", "N"), (*META, ANN)), patient())
    assert [outcome(item) for item in calls.variants] == ["cis V600E V600K", "cis V600M V600K"]


@pytest.mark.parametrize(
    ("gt", "options", "outcomes", "said"),
    [
        ("0|1", "r", ["cis V600E V600K", "cis  V600K"], "haplotype of bcftools csq"),
        ("0/1", "a", ["unknown V600E V600K", "unknown  V600K"], "from genotypes that are not phased"),
    ],
)
def test_entries_of_haplotype_aware_csq(
    tmp_path: Path, shared_data: Path, gt: str, options: str, outcomes: list[str], said: str
) -> None:
    genome = Genome.of(shared_data, "GRCh37")
    alleles = [("chr7", T.pos, "A", "T"), ("chr7", C.pos, "C", "T")]
    lines = [Call(allele, gt=gt, ps="1").line for allele in alleles]
    contig = "##contig=<ID=chr7,length=159138663>"
    source = write_vcf(tmp_path / "in.vcf", lines, ("T", "N"), (*META, contig))
    out = tmp_path / "csq.vcf"
    run_bcftools("csq", "-p", options, "-f", genome.fasta, "-g", genome.gff, "-o", out, source, about=source)
    # The first record only points to the joint entry, which stands at the second.
    assert "BCSQ=@140453137" in out.read_text()
    calls = read_annotated_vcf(out, patient())
    assert [outcome(item) for item in calls.variants] == outcomes
    assert all(item.joint is not None and said in item.joint.basis for item in calls.variants)
    assert changes(calls)[1] == "V600K"


def test_what_a_given_annotation_said_of_haplotypes_outlives_its_replacement(tmp_path: Path, shared_data: Path) -> None:
    genome = Genome.of(shared_data, "GRCh37")
    entry = "missense|BRAF|ENST00000288602.8|protein_coding|-|600V>600K|140453136A>T+140453137C>T"
    rows = [
        f"chr7\t140453136\t.\tA\tT\t.\tPASS\tBCSQ=@140453137\tGT:AD\t{gt}:60,40\t0|0:99,0\n"
        f"chr7\t140453137\t.\tC\tT\t.\tPASS\tBCSQ={entry}\tGT:AD\t{gt}:60,40\t0|0:99,0"
        for gt in ("1/1", "1/0")
    ]
    line = '##INFO=<ID=BCSQ,Number=.,Type=String,Description="x">'
    outcomes = []
    for row in rows:
        source = write_vcf(tmp_path / "in.vcf", [row], ("T", "N"), (*META[:4], line))
        annotate_vcf(source, genome.fasta, genome.gff, tmp_path / "out.vcf")
        outcomes.append([outcome(item) for item in read_annotated_vcf(tmp_path / "out.vcf", patient()).variants])
        assert "BCSQ=@" not in (tmp_path / "out.vcf").read_text()
    assert outcomes == [
        ["cis V600E V600K", "cis V600M V600K"],
        ["unknown V600E V600K", "unknown V600M V600K"],
    ]


def test_pairs_of_a_real_tumor_by_the_local_haplotypes_of_gatk(shared_data: Path) -> None:
    path = shared_data / "hcc1395_exome" / "hcc1395.somatic.vep86.GRCh38.vcf.gz"
    calls = read_annotated_vcf(path, patient(), tumor_sample="TUMOR", normal_sample="NORMAL")
    joined = [item for item in calls.variants if item.joint is not None]
    assert [outcome(item) for item in joined] == [
        "cis K42Lfs ?",
        "cis K42T ?",
        "cis F218L F218*",
        "cis F218Y F218*",
        "cis N353H N353L",
        "cis N353I N353L",
        "cis S340F S340F",
        "cis S340= S340F",
        "cis D224H D224L",
        "cis D224V D224L",
        "cis P839S P839L",
        "cis P839L P839L",
        "cis A428V A428V",
        "cis A428= A428V",
    ]
    assert all(item.joint and item.joint.basis.startswith("PGT within PID") for item in joined)
    # Two exchanged residues, each alone, are a stop in GMDS.
    stops = [item.consequence for item in joined if item.consequence and item.consequence.gene == "GMDS"]
    assert [stop.variant_class for stop in stops] == [VariantClass.TRUNCATING] * 2


def test_an_allele_that_csq_joins_with_one_that_is_not_called_shows_both_readings(tmp_path: Path) -> None:
    entry = "missense|BRAF|T1|protein_coding|-|600V>600K|140453136A>T+140453137C>T"
    rows = [
        "chr7\t140453136\t.\tA\tT\t.\tPASS\tBCSQ=@140453137\tGT:AD\t0|1:60,40\t0|0:99,0",
        f"chr7\t140453137\t.\tC\tT\t.\tweak_evidence\tBCSQ={entry}\tGT:AD\t0|1:60,40\t0|0:99,0",
    ]
    line = '##INFO=<ID=BCSQ,Number=.,Type=String,Description="x">'
    calls = read_annotated_vcf(write_vcf(tmp_path / "in.vcf", rows, ("T", "N"), (*META, line)), patient())
    assert [item.origin for item in calls.variants] == [Origin.SOMATIC, Origin.NOT_CALLED]
    assert outcome(calls.variants[0]) == "unknown V600E V600K"
    assert changes(calls)[0] == "V600E"
    assert calls.variants[0].joint is not None
    assert "an allele that is not called" in calls.variants[0].joint.basis


def test_sources_that_agree_are_all_named_and_others_that_do_not_cancel_out() -> None:
    cis, trans = Linkage(Phase.CIS, "one"), Linkage(Phase.TRANS, "two")
    silent = Linkage(Phase.UNKNOWN, "three")
    assert settle([]).phase is Phase.UNKNOWN
    assert settle([cis, silent]) == Linkage(Phase.CIS, "one")
    assert settle([cis, Linkage(Phase.CIS, "four")]).basis == "one; four"
    assert settle([cis, trans]) == Linkage(Phase.UNKNOWN, "sources disagree: cis by one; trans by two")
    assert settle([silent]) == silent


@pytest.mark.parametrize(
    ("both", "first", "second", "phase", "alone"),
    [
        (40, 0, 0, Phase.CIS, set()),
        (9, 0, 0, Phase.CIS, set()),
        (8, 0, 0, Phase.UNKNOWN, set()),
        (100, 3, 3, Phase.CIS, set()),
        (20, 40, 0, Phase.CIS, {"a"}),
        (20, 0, 40, Phase.CIS, {"b"}),
        (20, 40, 1, Phase.CIS, {"a"}),
        (20, 40, 10, Phase.UNKNOWN, set()),
        (0, 9, 9, Phase.TRANS, {"a", "b"}),
        (0, 8, 40, Phase.UNKNOWN, set()),
        (1, 13, 13, Phase.TRANS, {"a", "b"}),
        (1, 12, 13, Phase.UNKNOWN, set()),
        (2, 100, 100, Phase.TRANS, {"a", "b"}),
        (25, 1000, 1000, Phase.TRANS, {"a", "b"}),
        (10, 2, 0, Phase.UNKNOWN, set()),
        (2, 0, 0, Phase.UNKNOWN, set()),
        (0, 0, 0, Phase.UNKNOWN, set()),
        (0, 50, 0, Phase.UNKNOWN, set()),
    ],
)
def test_rule_of_the_reads(both: int, first: int, second: int, phase: Phase, alone: set[str]) -> None:
    linkage = judge("a", "b", SharedFragments(both, first, second, 50))
    assert (linkage.phase, set(linkage.also_alone)) == (phase, alone)
    mirrored = judge("b", "a", SharedFragments(both, second, first, 50))
    assert (mirrored.phase, mirrored.also_alone) == (linkage.phase, linkage.also_alone)


def test_a_fragment_counts_where_it_speaks_for_both_places() -> None:
    one = {"w": ALT, "x": ALT, "y": REF, "z": ALT, "lonely": ALT, "n": REF}
    other = {"w": ALT, "x": REF, "y": ALT, "z": OTHER, "n": REF}
    assert count_shared(one, other) == SharedFragments(both=1, first=1, second=1, neither=1)


def test_fractions_tell_the_larger_allele_of_an_unknown_phase() -> None:
    larger, smaller = join_codons([variant(T, "V600E", 1, 0.5), variant(C, "V600M", 2, 0.05)])
    assert [item.joint.also_alone for item in (larger, smaller) if item.joint] == [True, False]
    assert larger.joint is not None
    assert "most molecules with 7:140453136:A>T carry it alone" in larger.joint.basis
    alike = join_codons([variant(T, "V600E", 1, 0.3), variant(C, "V600M", 2, 0.2)])
    assert not any(item.joint.also_alone for item in alike if item.joint)
    few = [variant(T, "V600E", 1), variant(C, "V600M", 2)]
    counts = (AlleleCounts(depth=10, alt_reads=4), AlleleCounts(depth=10, alt_reads=1))
    few = [item.model_copy(update={"tumor": tumor}) for item, tumor in zip(few, counts, strict=True)]
    assert not any(item.joint.also_alone for item in join_codons(few) if item.joint)


def test_fractions_that_leave_no_other_way_are_cis() -> None:
    found = join_codons([variant(T, "V600E", 1, 0.99), variant(C, "V600M", 2, 0.9)])
    assert [outcome(item) for item in found] == ["cis V600E V600K", "cis V600M V600K"]
    under_clone = join_codons([variant(T, "V600E", 1, 0.97), variant(C, "V600M", 2, 0.2)])
    assert [outcome(item) for item in under_clone] == ["cis V600E V600K", "cis V600M V600K"]
    assert changes_of(under_clone) == ["V600E", "V600K"]
    # 75 % and 57 % of the molecules with one must carry the other.
    near = [join_codons([variant(T, "V600E", 1, each), variant(C, "V600M", 2, each)]) for each in (0.8, 0.7)]
    assert [outcome(found[0]) for found in near] == ["cis V600E V600K", "unknown V600E V600K"]


class Told(NothingKnown):
    """Says of pairs of alleles what it is given."""

    def __init__(self, *said: tuple[Variant, Variant, Linkage]) -> None:
        self.said = {frozenset((one.key, other.key)): linkage for one, other, linkage in said}

    def linkages(self, first: str, second: str) -> tuple[Linkage, ...]:
        found = self.said.get(frozenset((first, second)))
        return () if found is None else (found,)


def test_counted_molecules_are_not_held_against_fractions() -> None:
    both = [variant(T, "V600E", 1, 0.5), variant(C, "V600M", 2, 0.05)]
    for counted, alone in ((True, [False, False]), (False, [True, False])):
        found = join_codons(both, Told((T, C, Linkage(Phase.CIS, "x", counted=counted))))
        assert [item.joint.also_alone for item in found if item.joint] == alone


def test_fractions_do_not_overrule_what_a_file_says() -> None:
    both = [variant(T, "V600E", 1, 0.99), variant(C, "V600M", 2, 0.9)]
    found = join_codons(both, Told((T, C, Linkage(Phase.TRANS, "x"))))
    assert [outcome(item) for item in found] == ["trans V600E ?", "trans V600M ?"]


def test_alleles_apart_from_each_other_make_nothing_together_with_a_third() -> None:
    third = Variant(chrom="7", pos=140453135, ref="C", alt="T")
    cis, trans = Linkage(Phase.CIS, "x"), Linkage(Phase.TRANS, "y")
    listed = [variant(T, "V600E", 1), variant(C, "V600M", 2), variant(third, "V600=", 3)]
    found = join_codons(listed, Told((T, C, cis), (T, third, cis), (C, third, trans)))
    assert [outcome(item) for item in found] == ["cis V600E ?", "cis V600M V600K", "cis V600= V600E"]
    assert found[1].joint is not None
    assert found[1].joint.basis == "with 7:140453136:A>T cis: x; with 7:140453135:C>T trans: y"


def test_an_inherited_allele_keeps_its_own_change_beside_a_somatic_one() -> None:
    cis = Told((T, C, Linkage(Phase.CIS, "x")))
    inherited = variant(T, "V600E", 1, origin=Origin.GERMLINE)
    assert changes_of(join_codons([inherited, variant(C, "V600M", 2)], cis)) == ["V600E", "V600K"]
    both = [inherited, variant(C, "V600M", 2, origin=Origin.GERMLINE)]
    assert changes_of(join_codons(both, cis)) == ["V600K", "V600K"]


def test_alleles_reported_on_different_transcripts_are_joined_on_each() -> None:
    def on(name: str, change: str) -> Consequence:
        return effect(change, transcript=name)

    first = variant(T, "V600E", 1, consequence=on("NM_1", "V600E"), other_consequences=(on("NM_2", "V640E"),))
    second = variant(C, "V600M", 2, consequence=on("NM_2", "V640M"), other_consequences=(on("NM_1", "V600M"),))
    found = join_codons([first, second], Told((T, C, Linkage(Phase.CIS, "x"))))
    assert changes_of(found) == ["V600K", "V640K"]
    assert [one.protein_change for item in found for one in item.other_consequences] == ["V640K", "V600K"]


def test_an_allele_that_stands_in_two_records_is_one_partner() -> None:
    listed = [variant(T, "V600E", 1), variant(C, "V600M", 2), variant(T, "V600E", 3)]
    found = join_codons(listed, Told((T, C, Linkage(Phase.CIS, "x"))))
    assert changes_of(found) == ["V600K"] * 3
    assert [item.joint.partners for item in found if item.joint] == [(C.key,), (T.key,), (C.key,)]


def test_a_joint_change_goes_by_the_symbol_of_its_alleles() -> None:
    class Renamed(Told):
        def joint(self, alleles: frozenset[str], transcript: str) -> Consequence | None:
            return effect("V600K", gene="OLD")

    found = join_codons([variant(T, "V600E", 1), variant(C, "V600M", 2)], Renamed((T, C, Linkage(Phase.CIS, "x"))))
    assert [item.consequence.gene for item in found if item.consequence] == ["BRAF", "BRAF"]


def facts_of(*lines: str) -> PhaseFacts:
    rows = [record(line) for line in lines]
    facts = PhaseFacts(rows[0].header, ("TUMOR", "NORMAL"))
    for row in rows:
        facts.add(row)
    return facts


def test_a_local_haplotype_of_a_record_with_several_alleles_places_none_that_it_does_not_name() -> None:
    second = "7 11 . C T . PASS . GT:PGT:PID 0/1:0|1:9 0/0:.:."
    for local, said in (("0|1", []), ("0|2", [Phase.CIS]), ("2|0", [Phase.TRANS])):
        facts = facts_of(f"7 10 . A T,G . PASS . GT:PGT:PID 0/2:{local}:9 0/0:.:.", second)
        assert [linkage.phase for linkage in facts.linkages("7:10:A>G", "7:11:C>T")] == said
        assert not [linkage for linkage in facts.linkages("7:10:A>T", "7:11:C>T") if linkage.phase is Phase.CIS]


def test_a_joint_change_holds_on_its_version_of_the_transcript() -> None:
    entry = write_joint(1, ["7:11:C>T"], effect("V600K", transcript="ENST1.8"))
    facts = facts_of(f"7 10 . A T . PASS GM_JOINT={entry} GT 0/1 0/0")
    pair = frozenset(("7:10:A>T", "7:11:C>T"))
    found = [facts.joint(pair, name) for name in ("ENST1.8", "ENST1", "ENST1.9", "ENST2.8")]
    assert [joint is not None for joint in found] == [True, True, False, False]


def changes_of(variants: tuple[AnnotatedVariant, ...]) -> list[str]:
    return [item.consequence.protein_change for item in variants if item.consequence]


@pytest.mark.parametrize("fraction", [None, 0.3])
def test_alleles_that_are_not_called_or_exclude_each_other_are_no_partners(fraction: float | None) -> None:
    first = variant(T, "V600E", 1, fraction)
    for other in (
        variant(C, "V600M", 2, origin=Origin.NOT_CALLED),
        variant(C, "V600M", 2, labels=("confirm",)),
        variant(T.model_copy(update={"alt": "G"}), "V600A", 2),
        variant(C, "V600M", 1),
        variant(T.model_copy(update={"ref": "AC", "alt": "TT"}), "V600K", 2),
        variant(C.model_copy(update={"pos": 140453139}), "T599I", 2),
        variant(C, "V600M", 2, consequence=effect("V600M", transcript="NM_2")),
    ):
        assert [item.joint for item in join_codons([first, other])] == [None, None]


def test_entries_of_info_come_back_as_they_were() -> None:
    line = record("chr7 140453136 . A T,G . PASS .", samples=())
    keys = ["chr7:140453136:A>T", "chr7:140453136:A>G"]
    partner = "chr7:140453137:C>T"
    linkage = Linkage(Phase.CIS, "reads: 5 of 9, 4; only = a|b", frozenset((partner,)), counted=True)
    text = write_linkage(2, keys[1], partner, linkage)
    assert not set(text) & set(" ;,=\t")
    assert read_linkage(text, keys, line) == (frozenset((keys[1], partner)), linkage)
    joint = effect("V600_K601delinsDE", terms=("missense_variant", "x"), hgvs_p="p.(=)", codons="gTg/gAg")
    text = write_joint(1, [partner], joint)
    assert not set(text) & set(" ;,=\t")
    assert read_joint(text, keys, line) == (frozenset((keys[0], partner)), joint)


@pytest.mark.parametrize("text", ["x", "3|p|cis||reads|b", "1|p|maybe||reads|b", "1|p|cis|you|reads|b", "0|p|cis||r|b"])
def test_a_bad_entry_of_phase_is_an_error_with_its_row(tmp_path: Path, text: str) -> None:
    row = f"7\t140453136\t.\tA\tT\t.\tPASS\tGM_PHASE={text};CSQ=T|missense_variant|BRAF|E|600|V/E|gTg/gAg"
    path = write_vcf(tmp_path / "a.vcf", [row], (), (CSQ,))
    with pytest.raises(InputError, match="GM_PHASE") as caught:
        read_annotated_vcf(path, patient())
    assert caught.value.row == 4
