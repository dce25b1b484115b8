from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pysam
import pytest

from genomodel.core.codons import reverse_complement
from genomodel.core.errors import InputError
from genomodel.simulate.genome import build_genome
from genomodel.simulate.hard import ALL, Artifacts, Case, Scenario, build_case, design_of, sources_of
from genomodel.simulate.hard_files import write_pair
from genomodel.simulate.loci import Locus, Repeat, Target, hotspot_alleles, loci_of, read_loci, repeats_of
from genomodel.simulate.molecules import (
    BOTH,
    Carried,
    Damage,
    Design,
    SiteError,
    Source,
    molecule_bases,
    read_source,
    slippage_rate,
)
from genomodel.simulate.reads import ReadPairs
from genomodel.simulate.truth import Kind, left_align

SEQUENCE = "".join("ACGT"[i] for i in np.random.default_rng(3).integers(0, 4, 3000))
BLOCK = ((1300, 1700),)
PERFECT = Design(200, duplicates=0.0, polymerase_errors=0.0, quality_shares=(1.0, 0.0, 0.0, 0.0))
SITE = 1500


def reads(source: Source, design: Design = PERFECT, seed: int = 1) -> ReadPairs:
    return read_source(np.random.default_rng(seed), source, design)[0]


def forward_texts(pairs: ReadPairs) -> Iterator[tuple[str, bool, int]]:
    """Every read along the reference, whether it was sequenced forward, and its mate number."""
    for mate in (0, 1):
        for row in pairs.bases[mate]:
            text = row.tobytes().decode()
            known = sum(text[i : i + 12] in SEQUENCE for i in range(0, 132, 12)) > 5
            yield (text, True, mate) if known else (reverse_complement(text), False, mate)


def alleles_at(pairs: ReadPairs, pos: int, length: int = 1) -> list[tuple[str, bool, int]]:
    """What the reads show between the 15 bases before and the 15 after a place, with strand and mate."""
    before, after = SEQUENCE[pos - 15 : pos], SEQUENCE[pos + length : pos + length + 15]
    found = []
    for text, forward, mate in forward_texts(pairs):
        start = text.find(before)
        end = text.find(after, start + 15) if start >= 0 else -1
        if end >= 0:
            found.append((text[start + 15 : end], forward, mate))
    return found


def share(found: list[tuple[str, bool, int]], allele: str) -> float:
    return sum(shown == allele for shown, *_ in found) / len(found)


def test_coverage_is_what_was_asked_for() -> None:
    pairs = reads(Source(SEQUENCE, BLOCK), replace(PERFECT, depth=300))
    covered = sum(SEQUENCE[SITE : SITE + 15] in text for text, *_ in forward_texts(pairs))
    assert covered == pytest.approx(300 * (150 - 14) / 150, rel=0.1)


def test_mates_overlap_and_come_from_one_molecule() -> None:
    pairs = reads(Source(SEQUENCE, BLOCK))
    first, second = (row[0].tobytes().decode() for row in pairs.bases)
    starts = sorted(
        SEQUENCE.find(t) if t in SEQUENCE else SEQUENCE.find(reverse_complement(t)) for t in (first, second)
    )
    assert 0 <= starts[1] - starts[0] <= 450
    spans = []
    for one, two in zip(*pairs.bases, strict=True):
        texts = (one.tobytes().decode(), two.tobytes().decode())
        places = [SEQUENCE.find(t) if t in SEQUENCE else SEQUENCE.find(reverse_complement(t)) for t in texts]
        if min(places) >= 0:
            spans.append(abs(places[1] - places[0]) + 150)
    assert np.mean(spans) == pytest.approx(300, abs=12)
    assert np.mean(np.array(spans) < 300) == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize(
    ("ref_length", "alt"),
    [(1, "snv"), (3, "mnv"), (1, "insertion"), (31, "deletion")],
    ids=["snv", "mnv", "insertion", "deletion"],
)
def test_variants_are_read_at_their_fraction(ref_length: int, alt: str) -> None:
    ref = SEQUENCE[SITE : SITE + ref_length]
    shown = {
        "snv": reverse_complement(ref),
        "mnv": ref.translate(str.maketrans("ACGT", "CAAC")),
        "insertion": ref + "ACGTACGTAC",
        "deletion": ref[:1],
    }[alt]
    source = Source(SEQUENCE, BLOCK, carried=(Carried(SITE, ref, shown, 1, 0.4),))
    pairs, support = read_source(np.random.default_rng(4), source, replace(PERFECT, depth=2000))
    found = alleles_at(pairs, SITE, ref_length)
    carriers = sum(1 for allele, *_ in found if allele == shown)
    missing = sum(1 for allele, *_ in found if allele == ref)
    assert carriers + missing > 0.98 * len(found)
    # Reads must show 15 bases on both sides: fewer places to start from where the read spans more of the allele.
    windows = [150 - 30 - len(text) + 1 for text in (shown, ref)]
    assert carriers / windows[0] / (carriers / windows[0] + missing / windows[1]) == pytest.approx(0.2, abs=0.03)
    assert carriers / 2 < support[SITE, ref, shown] < 2 * carriers


def test_a_homozygous_deletion_leaves_no_read_of_what_is_deleted() -> None:
    ref = SEQUENCE[SITE : SITE + 51]
    pairs = reads(Source(SEQUENCE, BLOCK, carried=(Carried(SITE, ref, ref[0], BOTH, 1.0),)))
    assert len(pairs) > 300
    assert not [text for text, *_ in forward_texts(pairs) if SEQUENCE[SITE + 5 : SITE + 20] in text]


def test_the_first_of_two_overlapping_variants_is_carried() -> None:
    assert molecule_bases("ACGTACGTAC", 1, 6, [(3, "TAC", "T"), (4, "A", "G")]) == "CGTGTA"[:3] + "GTA"


def test_variants_of_one_haplotype_stay_together() -> None:
    other = SITE + 30
    carried = tuple(
        Carried(pos, SEQUENCE[pos], reverse_complement(SEQUENCE[pos]), haplotype, 1.0)
        for pos, haplotype in ((SITE, 0), (other, 1))
    )
    both = SEQUENCE[SITE + 1 : other]
    shown = set()
    for text, *_ in forward_texts(reads(Source(SEQUENCE, BLOCK, carried=carried))):
        at = text.find(both)
        if at > 0 and at + len(both) < len(text):
            shown.add(text[at - 1] + text[at + len(both)])
    alt = [reverse_complement(SEQUENCE[pos]) for pos in (SITE, other)]
    assert shown == {alt[0] + SEQUENCE[other], SEQUENCE[SITE] + alt[1]}


def test_damage_shows_in_one_orientation_only() -> None:
    pos = SEQUENCE.index("C", SITE)
    source = Source(SEQUENCE, BLOCK, damage=(SiteError(pos, "T", 0.2, True),))
    found = alleles_at(reads(source, replace(PERFECT, depth=1000)), pos)
    hit = [forward == (mate == 0) for allele, forward, mate in found if allele == "T"]
    assert share(found, "T") == pytest.approx(0.1, abs=0.02)
    assert all(hit)
    assert {forward for allele, forward, _ in found if allele == "T"} == {True, False}


def test_damage_anywhere_changes_cytosines_as_the_first_read_sees_them() -> None:
    pairs = reads(Source(SEQUENCE, BLOCK), replace(PERFECT, damage=(Damage("C", "T", 0.01),)))
    changes: dict[tuple[str, str, int], int] = {}
    for mate in (0, 1):
        for row in pairs.bases[mate]:
            text = row.tobytes().decode()
            for template in (SEQUENCE, reverse_complement(SEQUENCE)):
                at = max(template.find(text[:25]), template.find(text[-25:]) - 125)
                if at >= 0:
                    for old, new in zip(template[at : at + 150], text, strict=True):
                        if old != new:
                            changes[old, new, mate] = changes.get((old, new, mate), 0) + 1
    damaged = {("C", "T", 0), ("G", "A", 1)}
    assert min(changes[key] for key in damaged) > 100
    assert max(n for key, n in changes.items() if key not in damaged) < 30


@pytest.mark.parametrize("forward", [True, False])
def test_strand_errors_are_on_one_strand_whatever_the_mate(forward: bool) -> None:
    base = reverse_complement(SEQUENCE[SITE])
    source = Source(SEQUENCE, BLOCK, strand_errors=(SiteError(SITE, base, 0.3, forward),))
    found = alleles_at(reads(source, replace(PERFECT, depth=1000)), SITE)
    wrong = [(strand, mate) for allele, strand, mate in found if allele == base]
    assert {strand for strand, _ in wrong} == {forward}
    assert {mate for _, mate in wrong} == {0, 1}
    assert len(wrong) / sum(strand == forward for _, strand, _ in found) == pytest.approx(0.3, abs=0.05)


def test_repeats_slip_at_a_rate_that_grows_with_their_length() -> None:
    rates = []
    for units in (8, 12, 15):
        start = SITE
        sequence = SEQUENCE[:start] + "C" + "A" * units + "G" + SEQUENCE[start:]
        repeat = Repeat(start + 1, start + 1 + units, "A")
        source = Source(sequence, BLOCK, repeats=(repeat,))
        pairs = reads(source, replace(PERFECT, depth=6000, slippage=True))
        before, after = SEQUENCE[start - 15 : start] + "C", "G" + SEQUENCE[start : start + 15]
        runs = []
        for text, *_ in forward_texts(pairs):
            at, end = text.find(before), text.find(after)
            if at >= 0 and end >= 0:
                runs.append(end - at - 16)
        changed = [run for run in runs if run != units]
        assert set(changed) <= {units - 1, units + 1}
        assert sum(run < units for run in changed) > sum(run > units for run in changed)
        rates.append(len(changed) / len(runs))
        assert rates[-1] == pytest.approx(slippage_rate(repeat), rel=0.5)
    assert rates == sorted(rates)


def test_foreign_molecules_carry_the_foreign_genotype_only() -> None:
    own, alien = SITE, SITE + 3
    carried = (
        Carried(own, SEQUENCE[own], reverse_complement(SEQUENCE[own]), BOTH, 1.0),
        Carried(alien, SEQUENCE[alien], reverse_complement(SEQUENCE[alien]), BOTH, 1.0, foreign=True),
    )
    found = alleles_at(reads(Source(SEQUENCE, BLOCK, carried=carried), replace(PERFECT, foreign=0.1)), own, 4)
    of_patient = reverse_complement(SEQUENCE[own]) + SEQUENCE[own + 1 : own + 4]
    of_other = SEQUENCE[own:alien] + reverse_complement(SEQUENCE[alien])
    assert share(found, of_patient) + share(found, of_other) > 0.98
    assert share(found, of_other) == pytest.approx(0.1, abs=0.04)


def test_duplicates_repeat_the_molecule_with_errors_of_their_own() -> None:
    design = replace(PERFECT, duplicates=0.25, quality_shares=(0.9, 0.1, 0.0, 0.0))
    plain = len(reads(Source(SEQUENCE, BLOCK), replace(design, duplicates=0.0)))
    assert len(reads(Source(SEQUENCE, BLOCK), design)) == pytest.approx(1.25 * plain, rel=0.05)


@pytest.fixture(scope="module")
def loci() -> list[Locus]:
    wanted = {"chr7", "chr12", "chr17", "chr3"}
    return [locus for locus in loci_of(build_genome(1)) if locus.contig in wanted]


ARTIFACTS = replace(ALL, paralogs=2, collapsed=2, repeats=0)
SCENARIO = Scenario("case", 40, 20, purity=0.8, per_fraction=12, artifacts=ARTIFACTS, lost_loci=1)


@pytest.fixture(scope="module")
def case(loci: list[Locus]) -> Case:
    return build_case(SCENARIO, loci)


def test_true_alleles_fit_the_reference_and_are_left_aligned(case: Case) -> None:
    contigs = case.reference()
    for v in case.variants:
        assert contigs[v.contig][v.pos : v.pos + len(v.ref)] == v.ref
        assert v.ref != v.alt
        if v.type in ("insertion", "deletion"):
            assert left_align(contigs[v.contig], v.pos, v.ref, v.alt) == (v.pos, v.ref, v.alt)


def test_true_variants_are_of_every_type_and_every_fraction(case: Case) -> None:
    somatic = [v for v in case.variants if v.kind is Kind.SOMATIC]
    assert {v.type for v in somatic} == {"snv", "mnv", "insertion", "deletion"}
    for fraction in SCENARIO.fractions:
        assert sum(v.tumor_fraction == pytest.approx(fraction) for v in somatic) >= 8
    assert all(v.normal_fraction == pytest.approx(0.02 * v.tumor_fraction) for v in somatic)


def test_hotspot_alleles_are_those_of_their_codons(loci: list[Locus], case: Case) -> None:
    found = hotspot_alleles(loci)
    labels = {v.label for v in case.variants if v.kind is Kind.SOMATIC and v.label}
    assert {"EGFR L858R", "KRAS G12D", "TP53 R175H", "PIK3CA H1047R"} <= set(found)
    assert labels <= set(found)
    assert len(labels) >= 8
    genome = build_genome(1)
    allele = found["KRAS G12D"]
    place = genome.gene("KRAS").coding_positions[34]
    assert (allele.contig, allele.pos, allele.ref, allele.alt) == ("chr12", place, "C", "T")


def test_every_artifact_has_sites_under_its_name(case: Case) -> None:
    found = {site.stratum for site in case.sites}
    assert {"paralog", "collapsed_paralog", "ffpe", "contamination"} <= found
    for site in case.sites:
        if site.stratum == "ffpe":
            assert site.change in ("C>T", "G>A")
            assert 0.02 <= site.share <= 0.10


def test_a_near_copy_is_98_to_99_percent_identical(case: Case) -> None:
    for paralog in case.paralogs:
        original = case.loci[paralog.locus].sequence[paralog.start : paralog.end]
        differing = sum(a != b for a, b in zip(original, paralog.sequence, strict=True))
        assert differing == len(paralog.changed)
        assert 0.006 < differing / len(original) < 0.026
        assert (paralog.name in case.reference()) == paralog.in_reference


def test_loss_of_heterozygosity_moves_both_alleles_with_the_purity(case: Case) -> None:
    lost = [v for v in case.variants if v.label == "loh" and v.context == "plain" and v.haplotype == 1]
    assert lost
    assert all(v.tumor_fraction == pytest.approx(0.9) and v.normal_fraction == 0.5 for v in lost)


def test_tumor_and_normal_differ_in_what_only_the_tumor_has(case: Case) -> None:
    tumor, normal = (list(sources_of(case, tumor=is_tumor)) for is_tumor in (True, False))
    assert any(source.damage for source in tumor)
    assert not any(source.damage for source in normal)
    assert [source.strand_errors for source in tumor] == [source.strand_errors for source in normal]
    assert design_of(case, tumor=True).foreign == 0.01
    assert design_of(case, tumor=False).foreign == 0.0


def test_same_seed_same_bytes_and_another_seed_another_pair(loci: list[Locus], tmp_path: Path) -> None:
    quick = Scenario("quick", 20, 10, per_fraction=3, artifacts=replace(ALL, paralogs=1, collapsed=1, repeats=0))
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_pair(build_case(replace(quick, seed=seed), loci[:1]), tmp_path / name)
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert "tumor.R1.fastq.gz" in names
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert (tmp_path / "a" / "truth.vcf.gz").read_bytes() != (tmp_path / "c" / "truth.vcf.gz").read_bytes()


def test_written_truth_tells_how_many_molecules_carry_a_variant(case: Case, tmp_path: Path) -> None:
    files = write_pair(case, tmp_path)
    with pysam.VariantFile(str(files.truth)) as vcf, pysam.FastaFile(str(files.reference)) as fasta:
        records = list(vcf)
        assert all(fasta.fetch(r.chrom, r.start, r.stop) == r.ref for r in records)
    assert len(records) == len(case.variants)
    germline = [r for r in records if r.info["ORIGIN"] == "germline" and r.info["TUMOR_AF"] == 1.0]
    assert germline
    assert all(r.info["TUMOR_SUPPORT"] > 10 and r.info["NORMAL_SUPPORT"] > 5 for r in germline)
    deep = [r for r in records if r.info["ORIGIN"] == "somatic" and r.info["TUMOR_AF"] >= 0.2]
    assert np.mean([r.info["TUMOR_SUPPORT"] for r in deep]) == pytest.approx(0.2 * 40, rel=0.3)
    with gzip.open(files.reads("tumor", 1), "rt") as handle:
        names = [line for i, line in enumerate(handle) if i % 4 == 0]
    assert len(names) == len(set(names))


def test_repeats_are_found_and_targeted_by_their_length() -> None:
    sequence = "ACGTC" * 300 + "A" * 12 + "GTC" + "ACGTC" * 300 + "CA" * 9 + "GGT" + "ACGTC" * 300
    found = repeats_of(sequence)
    assert [(r.stratum, r.units) for r in found] == [("homopolymer", 12), ("dinucleotide", 9)]
    locus = Locus("chr1_1", sequence, (Target(900, 1000, "X:1"),))
    scenario = Scenario("r", 10, 10, per_fraction=0, artifacts=Artifacts(repeats=8, slippage=True))
    targeted = build_case(scenario, [locus]).loci[0].targets
    assert {t.name for t in targeted} == {"X:1", "chr1_1:homopolymer", "chr1_1:dinucleotide"}
    for repeat in found:
        assert any(t.start < repeat.start and repeat.end < t.end for t in targeted)


GFF = """##gff-version 3
chrT\tt\tgene\t3001\t3400\t.\t-\t.\tID=gene:G1;Name=KRAS
chrT\tt\tmRNA\t3001\t3400\t.\t-\t.\tID=transcript:T1;Parent=gene:G1
chrT\tt\tCDS\t3101\t3160\t.\t-\t0\tParent=transcript:T1
chrT\tt\tgene\t7001\t7100\t.\t+\t.\tID=gene:G2;Name=UNKNOWN
chrT\tt\tmRNA\t7001\t7100\t.\t+\t.\tID=transcript:T2;Parent=gene:G2
chrT\tt\tCDS\t7001\t7060\t.\t+\t0\tParent=transcript:T2
"""


def test_a_gene_becomes_a_contig_whose_name_tells_where_it_lies(tmp_path: Path) -> None:
    bases = list("".join("ACGT"[i] for i in np.random.default_rng(5).integers(0, 4, 9000)))
    bases[7020] = "N"
    coding = "ATG" + "GCT" * 10 + "GGT" + "GCT" * 8
    bases[3160 - len(coding) : 3160] = reverse_complement(coding)
    fasta, gff = tmp_path / "g.fa", tmp_path / "g.gff3"
    fasta.write_text(">chrT\n" + "".join(bases) + "\n")
    pysam.faidx(str(fasta))
    gff.write_text(GFF)
    (locus,) = read_loci(fasta, gff, 10_000, ["UNKNOWN"])
    assert locus.contig == "chrT_1501"
    assert locus.sequence == "".join(bases[1500:4900])
    assert locus.targets == (Target(3100 - 1500 - 50, 3160 - 1500 + 50, "KRAS:1"),)
    assert locus.gff[2].split("\t")[:5] == ["chrT_1501", "t", "CDS", str(3101 - 1500), str(3160 - 1500)]
    allele = hotspot_alleles([locus])["KRAS G12D"]
    assert (allele.ref, allele.alt) == ("C", "T")
    assert "".join(bases[1500 + allele.pos - 1 : 1500 + allele.pos + 2]) == "ACC"


def test_a_genome_without_a_known_gene_is_refused(tmp_path: Path) -> None:
    fasta, gff = tmp_path / "g.fa", tmp_path / "g.gff3"
    fasta.write_text(">chrT\n" + "N" * 9000 + "\n")
    pysam.faidx(str(fasta))
    gff.write_text(GFF)
    with pytest.raises(InputError, match="no gene with known bases"):
        read_loci(fasta, gff, 1000)
