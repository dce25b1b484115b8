from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from genomodel.core.codons import reverse_complement
from genomodel.simulate.cohort import PATIENTS
from genomodel.simulate.genome import Genome, build_genome
from genomodel.simulate.reads import DUPLICATE_RATE, READ_LENGTH, Library, ReadPairs, fastq_bytes, simulate_pairs
from genomodel.simulate.run import library_of
from genomodel.simulate.truth import Kind, true_variants


@pytest.fixture(scope="module")
def genome() -> Genome:
    return build_genome(1)


def pairs_of(genome: Genome, library: Library, seed: int = 5) -> ReadPairs:
    return simulate_pairs(np.random.default_rng(seed), genome, library)


def count(pairs_text: str, word: str) -> int:
    """Reads that hold a word on either strand; no read holds one of these words twice."""
    return pairs_text.count(word) + pairs_text.count(reverse_complement(word))


def reads_as_text(pairs: ReadPairs) -> str:
    return "\n".join(row.tobytes().decode() for mate in pairs.bases for row in mate)


@pytest.fixture(scope="module")
def plain(genome: Genome) -> ReadPairs:
    return pairs_of(genome, Library([], False, 60, {}, ()))


def placed(genome: Genome, pairs: ReadPairs) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Find reads by their first bases; return per base the quality, whether it is wrong, and the fragment's place."""
    seeds: dict[str, tuple[str, int]] = {}
    for contig in genome.contigs.values():
        for strand in (contig, reverse_complement(contig)):
            seeds.update({strand[i : i + 24]: (strand, i) for i in range(len(strand) - READ_LENGTH)})
    qualities, wrong, starts = [], [], []
    for row, quality in zip(pairs.bases[0], pairs.qualities[0], strict=True):
        text = row.tobytes().decode()
        if text[:24] in seeds:
            strand, at = seeds[text[:24]]
            truth = np.frombuffer(strand[at : at + READ_LENGTH].encode(), dtype=np.uint8)
            qualities.append(quality[24:])
            wrong.append((row != truth)[24:])
            starts.append(hash((strand[:50], at)))
    return np.concatenate(qualities), np.concatenate(wrong), np.array(starts)


def test_errors_happen_as_often_as_the_quality_says(genome: Genome, plain: ReadPairs) -> None:
    qualities, wrong, starts = placed(genome, plain)
    assert len(starts) > 0.7 * len(plain)
    for quality in np.unique(qualities):
        said = 10 ** (-float(quality) / 10)
        seen = wrong[qualities == quality].mean()
        n = (qualities == quality).sum()
        assert abs(seen - said) < 5 * np.sqrt(said / n) + 0.02 * said, (quality, seen, said)
    assert len(np.unique(qualities)) == 4


def test_duplicates_share_both_ends(plain: ReadPairs) -> None:
    keys = [a.tobytes()[:12] + b.tobytes()[:12] for a, b in zip(plain.bases[0], plain.bases[1], strict=True)]
    repeated = 1 - len(set(keys)) / len(keys)
    assert 0.6 * DUPLICATE_RATE < repeated < 1.2 * DUPLICATE_RATE


def depth_of(genome: Genome, pairs: ReadPairs, symbol: str, exon: int) -> int:
    """Reads that hold the middle 20 bases of an exon."""
    gene = genome.gene(symbol)
    coding = gene.exons[exon - 1].coding
    assert coding is not None
    middle = sum(coding) // 2
    word = genome.contigs[gene.spec.contig][middle - 10 : middle + 10]
    return count(reads_as_text(pairs), word)


def test_copy_number_and_dropouts_show_in_the_depth(genome: Genome) -> None:
    library = Library([], True, 60, {"ERBB2": 4.0, "CDKN2A": 0.25}, ("STK11:exon1",))
    pairs = pairs_of(genome, library)
    neutral = np.mean([depth_of(genome, pairs, "EGFR", exon) for exon in (3, 12, 20)])
    assert 3 < depth_of(genome, pairs, "ERBB2", 12) / neutral < 5
    assert depth_of(genome, pairs, "CDKN2A", 2) / neutral < 0.5
    assert depth_of(genome, pairs, "STK11", 1) == 0
    assert depth_of(genome, pairs, "STK11", 2) > 0


def test_allele_fractions_of_tumor_and_normal(genome: Genome) -> None:
    spec = next(spec for spec in PATIENTS if spec.patient == "demo-lung-2")
    variants = true_variants(genome, spec)
    for tumor in (True, False):
        library = replace(library_of(spec, variants, tumor=tumor), depth=300.0)
        texts = reads_as_text(pairs_of(genome, library))
        for variant in (v for v in variants if v.label in ("E746_A750del", "E545K") or v.kind is Kind.GERMLINE):
            contig = genome.contigs[variant.contig]
            before = contig[variant.pos - 15 : variant.pos]
            if variant.alt[0] == variant.ref[0]:
                before, ref_tail = before + variant.ref[0], variant.ref[1:]
                rest = contig[variant.pos + len(variant.ref) :][:20]
                words = (before + ref_tail + rest)[:32], (before + variant.alt[1:] + rest)[:32]
            else:
                rest = contig[variant.pos + 1 :][:15]
                words = before + variant.ref + rest, before + variant.alt + rest
            ref, alt = (count(texts, word) for word in words)
            expected = variant.tumor_fraction if tumor else variant.normal_fraction
            spread = 5 * np.sqrt(max(expected * (1 - expected), 0.004) / max(ref + alt, 1))
            assert ref + alt > 50, variant
            assert abs(alt / (ref + alt) - expected) < spread + 0.02, (variant, ref, alt)


def test_fastq_is_four_lines_a_read_with_matching_names(plain: ReadPairs) -> None:
    first, second = (fastq_bytes(plain.rows(np.arange(20)), mate, "x:").decode().splitlines() for mate in (0, 1))
    assert len(first) == len(second) == 80
    assert first[::4] == second[::4] == [f"@x:{i:08d}" for i in range(20)]
    assert all(len(base) == len(quality) == READ_LENGTH for base, quality in zip(first[1::4], first[3::4], strict=True))
