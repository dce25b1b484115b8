"""Alleles of one codon at real loci of both builds: BRAF V600 and KRAS G12 (reverse strand), EGFR (forward strand)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pysam
import pytest

from genomodel.calls.gene_models import read_gene_models
from genomodel.core.codons import reverse_complement, translate
from genomodel.core.findings import DispositionKind, Interpretation
from genomodel.core.variants import AnnotatedCalls, Phase
from genomodel.interpretation.interpret import interpret
from tests.annotation.phasing_builders import BUILDS, Allele, Call, Genome, changes, outcome

V600 = {"GRCh37": 140453136, "GRCh38": 140753336}
"""Place of c.1799 of BRAF, on the reverse strand: the base before it on the genome is c.1800, the one after c.1798."""
G12 = {"GRCh37": 25398284, "GRCh38": 25245350}
"""Place of c.35 of KRAS, on the reverse strand."""
L858 = {"GRCh37": 55259515, "GRCh38": 55191822}
"""Place of c.2573 of EGFR."""

# Change, coding change, the record as a whole, its two bases as records of their own, by distance from c.1799.
BRAF_CHANGES = (
    ("V600K", "c.1798_1799delinsAA", (0, "AC", "TT"), ((0, "A", "T"), (1, "C", "T")), ("V600E", "V600M")),
    ("V600R", "c.1798_1799delinsAG", (0, "AC", "CT"), ((0, "A", "C"), (1, "C", "T")), ("V600G", "V600M")),
    ("V600E", "c.1799_1800delinsAA", (-1, "CA", "TT"), ((-1, "C", "T"), (0, "A", "T")), ("V600=", "V600E")),
    ("V600D", "c.1799_1800delinsAT", (-1, "CA", "AT"), ((-1, "C", "A"), (0, "A", "T")), ("V600=", "V600E")),
)


@pytest.fixture(params=BUILDS)
def genome(request: pytest.FixtureRequest, shared_data: Path) -> Genome:
    return Genome.of(shared_data, request.param)


def braf(genome: Genome, shape: tuple[int, str, str]) -> Allele:
    return ("chr7", V600[genome.build] + shape[0], shape[1], shape[2])


def two(genome: Genome, parts: tuple[tuple[int, str, str], ...], first: str, second: str) -> list[Call]:
    genotypes = zip(parts, (first, second), strict=True)
    return [Call(braf(genome, part), gt=gt, ps="7" if "|" in gt else ".") for part, gt in genotypes]


def told(calls: AnnotatedCalls) -> Interpretation:
    return interpret(calls, None)


def claims(result: Interpretation) -> list[tuple[str, frozenset[tuple[str, str]]]]:
    return [
        (finding.label, frozenset((match.evidence.id, match.matched_on) for match in finding.evidence))
        for finding in result.findings
    ]


@pytest.mark.parametrize(("change", "coding", "whole", "parts", "alone"), BRAF_CHANGES)
def test_one_record_and_two_on_one_molecule_are_one_change_with_one_evidence(
    tmp_path: Path,
    genome: Genome,
    change: str,
    coding: str,
    whole: tuple[int, str, str],
    parts: tuple[tuple[int, str, str], ...],
    alone: tuple[str, str],
) -> None:
    single = genome.read(tmp_path, [Call(braf(genome, whole))])
    joined = genome.read(tmp_path, two(genome, parts, "0|1", "0|1"))
    assert changes(single) == [change]
    assert changes(joined) == [change, change]
    assert single.variants[0].joint is None
    assert [outcome(variant) for variant in joined.variants] == [f"cis {own} {change}" for own in alone]
    for variant in (*single.variants, *joined.variants):
        assert variant.consequence is not None
        assert variant.consequence.hgvs_c == coding
    once, twice = told(single), told(joined)
    assert claims(once) == claims(twice)
    assert [finding.label for finding in twice.findings] == [f"BRAF p.{change}"]
    assert twice.n_records == 2
    assert [item.kind for item in twice.dispositions] == [DispositionKind.FINDING, DispositionKind.PART_OF_CHANGE]
    assert twice.dispositions[1].reason.startswith(f"Part of BRAF p.{change} with record 1")
    assert "together they make" in twice.findings[0].why


@pytest.mark.parametrize(("change", "coding", "whole", "parts", "alone"), BRAF_CHANGES)
def test_alleles_on_two_molecules_keep_their_own_changes(
    tmp_path: Path,
    genome: Genome,
    change: str,
    coding: str,
    whole: tuple[int, str, str],
    parts: tuple[tuple[int, str, str], ...],
    alone: tuple[str, str],
) -> None:
    calls = genome.read(tmp_path, two(genome, parts, "0|1", "1|0"))
    assert changes(calls) == list(alone)
    assert [outcome(variant) for variant in calls.variants] == [f"trans {own} ?" for own in alone]
    labels = {finding.label for finding in told(calls).findings}
    assert labels == {f"BRAF p.{own}" for own in alone if not own.endswith("=")}
    if "V600E" in alone:
        found = next(finding for finding in told(calls).findings if finding.label == "BRAF p.V600E")
        assert any(match.matched_on.startswith("allele") for match in found.evidence)
        assert "lies on other DNA molecules" in found.why


def test_unknown_phase_shows_both_readings_and_matches_no_allele(tmp_path: Path, genome: Genome) -> None:
    _, _, _, parts, _ = BRAF_CHANGES[0]
    calls = genome.read(tmp_path, two(genome, parts, "0/1", "0/1"))
    assert changes(calls) == ["V600E", "V600M"]
    assert [outcome(variant) for variant in calls.variants] == ["unknown V600E V600K", "unknown V600M V600K"]
    result = told(calls)
    assert [finding.label for finding in result.findings] == ["BRAF p.V600E, p.V600M or p.V600K (phase unknown)"]
    for finding in result.findings:
        matched = [match.matched_on for match in finding.evidence]
        assert any(text.startswith("codon") for text in matched)
        assert not any(text.startswith("allele") for text in matched)
    assert any("not known" in step.detail and "V600K" in step.detail for step in calls.steps)


def test_a_silent_neighbor_that_changes_no_reading_takes_nothing_away(tmp_path: Path, genome: Genome) -> None:
    _, _, _, parts, _ = BRAF_CHANGES[2]
    calls = genome.read(tmp_path, two(genome, parts, "0/1", "0/1"))
    assert [outcome(variant) for variant in calls.variants] == ["unknown V600= V600E", "unknown V600E V600E"]
    by_label = {finding.label: finding for finding in told(calls).findings}
    found = by_label["BRAF p.V600E"]
    assert any(match.matched_on.startswith("allele") for match in found.evidence)


def test_three_changes_of_one_codon(tmp_path: Path, genome: Genome) -> None:
    parts = ((-1, "C", "T"), (0, "A", "T"), (1, "C", "T"))
    cis = [Call(braf(genome, part), gt="0|1", ps="7") for part in parts]
    calls = genome.read(tmp_path, cis)
    assert changes(calls) == ["V600K"] * 3
    assert [item.consequence.hgvs_c for item in calls.variants if item.consequence] == ["c.1798_1800delinsAAA"] * 3
    assert len(told(calls).findings) == 1
    apart = [*cis[:2], replace(cis[2], gt="1|0")]
    calls = genome.read(tmp_path, apart)
    assert changes(calls) == ["V600E", "V600E", "V600M"]
    assert [outcome(item) for item in calls.variants] == ["cis V600= V600E", "cis V600E V600E", "trans V600M ?"]
    half = [*cis[:2], replace(cis[2], gt="0/1", ps=".")]
    assert [outcome(item) for item in genome.read(tmp_path, half).variants] == [
        "unknown V600= V600K",
        "unknown V600E V600K",
        "unknown V600M V600K",
    ]


def test_first_and_last_base_of_a_codon(tmp_path: Path, genome: Genome) -> None:
    calls = genome.read(
        tmp_path, [Call(braf(genome, part), gt="0|1", ps="7") for part in ((-1, "C", "G"), (1, "C", "T"))]
    )
    assert changes(calls) == ["V600I"] * 2
    assert [item.consequence.hgvs_c for item in calls.variants if item.consequence] == ["c.1798_1800delinsATC"] * 2


def test_a_change_of_several_bases_over_two_codons_is_the_same_as_its_parts(tmp_path: Path, genome: Genome) -> None:
    # c.1800 and c.1801: the last base of V600 and the first of K601 (AAA), GTGAAA to GTTGAA.
    whole, parts = (-2, "TC", "CA"), ((-2, "T", "C"), (-1, "C", "A"))
    assert changes(genome.read(tmp_path, [Call(braf(genome, whole))])) == ["K601E"]
    # A third change, of V600, joins the one of several bases in their common codon.
    calls = genome.read(tmp_path, [Call(braf(genome, part), gt="0|1", ps="1") for part in (whole, (0, "A", "T"))])
    assert changes(calls) == ["V600_K601delinsDE"] * 2
    single = genome.read(tmp_path, [Call(braf(genome, (-2, "TCA", "CAT")))])
    assert changes(single) == ["V600_K601delinsDE"]
    assert claims(told(single)) == claims(told(calls))
    calls = genome.read(tmp_path, [Call(braf(genome, part), gt="0|1", ps="1") for part in parts])
    assert [variant.joint for variant in calls.variants] == [None, None]
    assert changes(calls) == ["K601E", "V600="]


def test_two_changes_of_kras_g12_on_the_reverse_strand(tmp_path: Path, genome: Genome) -> None:
    place = G12[genome.build]
    alleles = [("chr12", place, "C", "A"), ("chr12", place + 1, "C", "A")]
    cis = genome.read(tmp_path, [Call(allele, gt="0|1", ps="1") for allele in alleles], "LUAD")
    assert changes(cis) == ["G12F", "G12F"]
    whole = genome.read(tmp_path, [Call(("chr12", place, "CC", "AA"))], "LUAD")
    assert claims(told(whole)) == claims(told(cis))
    assert [finding.label for finding in told(cis).findings] == ["KRAS p.G12F"]
    unknown = genome.read(tmp_path, [Call(allele) for allele in alleles], "LUAD")
    for finding in told(unknown).findings:
        assert "phase unknown" in finding.label
        assert not any(match.matched_on.startswith("allele") for match in finding.evidence)
    trans = genome.read(tmp_path, [Call(a, gt=g, ps="1") for a, g in zip(alleles, ("0|1", "1|0"), strict=True)], "LUAD")
    labels = {finding.label: finding for finding in told(trans).findings}
    assert set(labels) == {"KRAS p.G12V", "KRAS p.G12C"}
    assert any(match.matched_on.startswith("allele") for match in labels["KRAS p.G12C"].evidence)


def test_two_changes_of_egfr_l858_on_the_forward_strand(tmp_path: Path, genome: Genome) -> None:
    place = L858[genome.build]
    # CTG to AGG: arginine whether the first base is changed beside the second or not.
    alleles = [("chr7", place - 1, "C", "A"), ("chr7", place, "T", "G")]
    unknown = genome.read(tmp_path, [Call(allele) for allele in alleles], "LUAD")
    assert [outcome(item) for item in unknown.variants] == ["unknown L858M L858R", "unknown L858R L858R"]
    labels = {finding.label: finding for finding in told(unknown).findings}
    assert any(match.matched_on.startswith("allele") for match in labels["EGFR p.L858R"].evidence)
    cis = genome.read(tmp_path, [Call(allele, gt="1|0", ps="1") for allele in alleles], "LUAD")
    whole = genome.read(tmp_path, [Call(("chr7", place - 1, "CT", "AG"))], "LUAD")
    assert changes(cis) == ["L858R", "L858R"]
    assert claims(told(whole)) == claims(told(cis))


def split_codon(genome: Genome, gene: str, reach: int) -> tuple[str, list[tuple[int, str]], int]:
    """Return contig, the places and bases of a codon that an intron of at most so many bases parts, and its number."""
    models = read_gene_models(genome.gff, coding_of=[gene])
    coding = models.coding[gene][0]
    places = coding.positions()
    with pysam.FastaFile(str(genome.fasta)) as fasta:
        for start in range(0, len(places) - 2, 3):
            three = places[start : start + 3]
            if 3 < abs(three[2] - three[0]) <= reach:
                bases = [str(fasta.fetch(coding.chrom, place - 1, place)).upper() for place in three]
                return coding.chrom, list(zip(three, bases, strict=True)), start // 3 + 1
    raise AssertionError(f"no codon of {gene} is parted")


@pytest.mark.parametrize(("gene", "forward"), [("EGFR", True), ("TP53", False)])
def test_a_codon_that_an_intron_parts_is_joined_over_it(
    tmp_path: Path, genome: Genome, gene: str, forward: bool
) -> None:
    chrom, codon, number = split_codon(genome, gene, 100_000)
    changed = [
        (place, base, next(other for other in "ACGT" if other not in (base, "T" if forward else "A")))
        for place, base in (codon[0], codon[2])
    ]
    calls = genome.read(tmp_path, [Call((chrom, *one), gt="0|1", ps="1") for one in changed])
    text = "".join(base for _, base in codon)
    edited = f"{changed[0][2]}{text[1]}{changed[1][2]}"
    if not forward:
        text, edited = (bases.translate(str.maketrans("ACGT", "TGCA")) for bases in (text, edited))
    ref, alt = translate(text), translate(edited)
    expected = f"{ref}{number}{'=' if ref == alt else alt}"
    assert changes(calls) == [expected] * 2
    for variant in calls.variants:
        assert variant.joint is not None
        assert variant.joint.phase is Phase.CIS


def test_reads_of_both_mates_tell_the_phase_over_an_intron(tmp_path: Path, genome: Genome) -> None:
    chrom, codon, _ = split_codon(genome, "TP53", 400)
    pairs = [(place, base, "A" if base != "A" else "C") for place, base in (codon[0], codon[2])]
    low, high = sorted((chrom, *one) for one in pairs)
    apart = high[1] - low[1]
    assert apart > 3
    molecules = [(30, [low, high]), (40, [(low[0], low[1], low[2], low[2]), (high[0], high[1], high[2], high[2])])]
    reads = genome.write_reads(tmp_path / "t.bam", molecules, mates=apart)
    calls = genome.read(tmp_path, [Call(low), Call(high)], reads=reads)
    for variant in calls.variants:
        assert variant.joint is not None
        assert variant.joint.phase is Phase.CIS
        assert "30 of 30 fragments" in variant.joint.basis


def molecules_of(genome: Genome, both: int, first: int, second: int, neither: int) -> list[tuple[int, list[Allele]]]:
    one, other = braf(genome, (0, "A", "T")), braf(genome, (1, "C", "T"))
    unchanged = [braf(genome, (0, "A", "A"))]
    return [(both, [one, other]), (first, [one]), (second, [other]), (neither, unchanged)]


@pytest.mark.parametrize(
    ("counts", "outcomes"),
    [
        ((40, 0, 0, 60), ("cis V600E V600K", "cis V600M V600K")),
        ((41, 1, 1, 57), ("cis V600E V600K", "cis V600M V600K")),
        ((0, 30, 30, 40), ("trans V600E ?", "trans V600M ?")),
        ((1, 30, 30, 39), ("trans V600E ?", "trans V600M ?")),
        ((3, 1, 1, 50), ("unknown V600E V600K", "unknown V600M V600K")),
        ((0, 4, 4, 50), ("unknown V600E V600K", "unknown V600M V600K")),
        ((20, 20, 20, 40), ("unknown V600E V600K", "unknown V600M V600K")),
        ((0, 0, 0, 100), ("unknown V600E V600K", "unknown V600M V600K")),
    ],
)
def test_reads_tell_the_phase_by_numbers(
    tmp_path: Path, genome: Genome, counts: tuple[int, int, int, int], outcomes: tuple[str, str]
) -> None:
    reads = genome.write_reads(tmp_path / "t.bam", molecules_of(genome, *counts))
    _, _, _, parts, _ = BRAF_CHANGES[0]
    calls = genome.read(tmp_path, two(genome, parts, "0/1", "0/1"), reads=reads)
    assert tuple(outcome(variant) for variant in calls.variants) == outcomes
    assert all(variant.joint is not None and "reads: " in variant.joint.basis for variant in calls.variants)


def test_mates_that_overlap_count_once(tmp_path: Path, genome: Genome) -> None:
    reads = genome.write_reads(tmp_path / "t.bam", molecules_of(genome, 40, 0, 0, 60), mates=10)
    _, _, _, parts, _ = BRAF_CHANGES[0]
    calls = genome.read(tmp_path, two(genome, parts, "0/1", "0/1"), reads=reads)
    assert all(v.joint is not None and "reads: 40 of 40 fragments" in v.joint.basis for v in calls.variants)


@pytest.mark.parametrize(
    ("base_quality", "mapping_quality", "counted"), [(20, 20, True), (19, 60, False), (40, 19, False)]
)
def test_reads_and_bases_of_low_quality_tell_nothing(
    tmp_path: Path, genome: Genome, base_quality: int, mapping_quality: int, counted: bool
) -> None:
    reads = genome.write_reads(
        tmp_path / "t.bam",
        molecules_of(genome, 40, 0, 0, 60),
        base_quality=base_quality,
        mapping_quality=mapping_quality,
    )
    _, _, _, parts, _ = BRAF_CHANGES[0]
    calls = genome.read(tmp_path, two(genome, parts, "0/1", "0/1"), reads=reads)
    said = "reads: 40 of 40 fragments" if counted else "no fragment reaches over both"
    assert all(variant.joint is not None and said in variant.joint.basis for variant in calls.variants)
    assert {variant.joint.phase for variant in calls.variants if variant.joint} == {
        Phase.CIS if counted else Phase.UNKNOWN
    }


def test_an_older_clone_keeps_its_change_beside_the_joint_one(tmp_path: Path, genome: Genome) -> None:
    reads = genome.write_reads(tmp_path / "t.bam", molecules_of(genome, 20, 40, 0, 40))
    _, _, _, parts, _ = BRAF_CHANGES[0]
    calls = genome.read(tmp_path, two(genome, parts, "0/1", "0/1"), reads=reads)
    assert changes(calls) == ["V600E", "V600K"]
    assert [v.joint.also_alone for v in calls.variants if v.joint] == [True, False]
    result = told(calls)
    assert {finding.label for finding in result.findings} == {"BRAF p.V600E", "BRAF p.V600K"}
    assert [item.kind for item in result.dispositions] == [DispositionKind.FINDING] * 2
    assert all(any(m.matched_on.startswith("allele") for m in found.evidence) for found in result.findings)


def test_reads_against_the_phase_set_leave_it_unknown(tmp_path: Path, genome: Genome) -> None:
    reads = genome.write_reads(tmp_path / "t.bam", molecules_of(genome, 0, 30, 30, 40))
    _, _, _, parts, _ = BRAF_CHANGES[0]
    calls = genome.read(tmp_path, two(genome, parts, "0|1", "0|1"), reads=reads)
    assert [outcome(variant) for variant in calls.variants] == ["unknown V600E V600K", "unknown V600M V600K"]
    for variant in calls.variants:
        assert variant.joint is not None
        assert "sources disagree: cis by phased genotypes of the set PS 7 of T; trans by reads" in variant.joint.basis


def test_a_somatic_change_in_a_codon_with_an_inherited_one(tmp_path: Path, genome: Genome) -> None:
    inherited, somatic = braf(genome, (1, "C", "T")), braf(genome, (0, "A", "T"))
    given = [Call(inherited, alt_reads=50, germline=True), Call(somatic, alt_reads=25)]
    reads = genome.write_reads(tmp_path / "t.bam", molecules_of(genome, 25, 0, 25, 50))
    calls = genome.read(tmp_path, given, reads=reads)
    assert changes(calls) == ["V600K", "V600M"]
    result = told(calls)
    assert [finding.label for finding in result.findings] == ["BRAF p.V600K"]
    assert "inherited p.V600M of record 2" in result.findings[0].why
    assert [item.kind for item in result.dispositions] == [DispositionKind.FINDING, DispositionKind.GERMLINE]
    unknown = told(genome.read(tmp_path, given))
    assert [finding.label for finding in unknown.findings] == ["BRAF p.V600E or p.V600K (phase unknown)"]
    assert not any(m.matched_on.startswith("allele") for m in unknown.findings[0].evidence)
    reads = genome.write_reads(tmp_path / "t.bam", molecules_of(genome, 0, 25, 50, 25))
    apart = told(genome.read(tmp_path, given, reads=reads))
    assert [finding.label for finding in apart.findings] == ["BRAF p.V600E"]


def test_an_indel_beside_a_change_of_one_base(tmp_path: Path, genome: Genome) -> None:
    # EGFR c.2235_2249del parts the codons of K745 and A750; c.2250A>C beside it is in the codon that is left.
    place = {"GRCh37": 55242464, "GRCh38": 55174771}[genome.build]
    with pysam.FastaFile(str(genome.fasta)) as fasta:
        bases = str(fasta.fetch("chr7", place - 1, place + 16)).upper()
    assert bases == "AGGAATTAAGAGAAGCA"
    deletion: Allele = ("chr7", place, bases[:16], "A")
    beside: Allele = ("chr7", place + 16, "A", "C")
    calls = genome.read(tmp_path, [Call(one, gt="0|1", ps="1") for one in (deletion, beside)], "LUAD")
    single = genome.read(tmp_path, [Call(("chr7", place, bases, "AC"))], "LUAD")
    assert changes(single) == ["K745_A750delinsN"]
    assert changes(calls) == changes(single) * 2
    assert claims(told(single)) == claims(told(calls))
    unknown = genome.read(tmp_path, [Call(one) for one in (deletion, beside)], "LUAD")
    assert [outcome(variant) for variant in unknown.variants] == [
        "unknown E746_A750del K745_A750delinsN",
        "unknown A750= K745_A750delinsN",
    ]


def test_both_builds_end_in_the_same_changes_and_evidence(tmp_path: Path, shared_data: Path) -> None:
    found = []
    for build in BUILDS:
        genome = Genome.of(shared_data, build)
        for genotypes in (("0|1", "0|1"), ("0|1", "1|0"), ("0/1", "0/1")):
            for _, _, _, parts, _ in BRAF_CHANGES:
                calls = genome.read(tmp_path, two(genome, parts, *genotypes))
                found.append((build, [outcome(v) for v in calls.variants], changes(calls), claims(told(calls))))
    half = len(found) // 2
    assert [item[1:] for item in found[:half]] == [item[1:] for item in found[half:]]
    assert half == 12


def test_the_shape_of_the_codon_is_that_of_the_genome(genome: Genome) -> None:
    with pysam.FastaFile(str(genome.fasta)) as fasta:
        place = V600[genome.build]
        assert reverse_complement(str(fasta.fetch("chr7", place - 2, place + 1)).upper()) == "GTG"
