"""One tumor written in both genome builds ends in the same evidence, on the real genes and CIViC's own alleles."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from genomodel.annotation.coding.engine import TranscriptEngine
from genomodel.annotation.coding.transcripts import Transcript
from genomodel.core.errors import InputError
from genomodel.core.knowledge import Place, Statement
from genomodel.core.patients import GenomeBuild
from genomodel.core.variants import AnnotatedVariant, Consequence, Origin, Variant
from genomodel.interpretation.knowledge_bases.civic import load_civic
from genomodel.interpretation.matching import Resolution, StatementIndex, match_statements, open_statements, tumor_of
from genomodel.interpretation.matching.places import allele_of_place
from tests.interpretation.builders import calls_of, patient, variant
from tests.interpretation.tumors import GRCH37, GRCH38, tumor

BUILDS = (GRCH37, GRCH38)
NO_NAME = "outside of the coding bases, and the source gives its place on GRCh37 alone"
ISOFORM = "the source counts residues on a transcript that these gene models lack"
SOURCE = "the source's place is the splice site after the codon that it names"
EXPLAINED = {
    "EID665": NO_NAME,
    "EID666": NO_NAME,
    "EID986": ISOFORM,
    "EID1489": ISOFORM,
    "EID1641": ISOFORM,
    "EID1871": ISOFORM,
    "EID1872": ISOFORM,
    "EID1876": ISOFORM,
    "EID2882": SOURCE,
    "EID2883": SOURCE,
    "EID5443": "the source numbers it past the last coding base, c.639+10 for c.*7",
}
"""Statements that are matched by place in GRCh37, and why nothing is left to match them by in GRCh38."""
Engines = dict[GenomeBuild, TranscriptEngine]


@pytest.fixture(scope="module")
def engines(shared_data: Path) -> Iterator[Engines]:
    folder = shared_data / "genome"
    opened = {
        build: TranscriptEngine.open(folder / f"{build.value}.sparse.fa.gz", folder / f"{build.value}.genes.gff3")
        for build in BUILDS
    }
    yield opened
    for engine in opened.values():
        engine.close()


@pytest.fixture(scope="module")
def civic(shared_data: Path) -> tuple[Statement, ...]:
    return load_civic([shared_data / "knowledge" / "civic_2024-08-01"]).statements


def exon_pairs(engines: Engines) -> list[tuple[str, tuple[int, int], int]]:
    """Return contig, exon on GRCh37 (0-based) and shift to GRCh38, of transcripts alike in both."""
    found = []
    newer = {name.partition(".")[0]: item for name, item in engines[GRCH38].transcripts.items()}
    for name, old in engines[GRCH37].transcripts.items():
        new = newer.get(name.partition(".")[0])
        if new is None or [b - a for a, b in old.exons] != [b - a for a, b in new.exons] or old.forward != new.forward:
            continue
        for before, after in zip(on_genome(old), on_genome(new), strict=True):
            found.append((old.chrom.removeprefix("chr"), before, after[0] - before[0]))
    return found


def on_genome(transcript: Transcript) -> list[tuple[int, int]]:
    return [transcript.on_strand(*exon) for exon in transcript.exons]


def to_38(pairs: list[tuple[str, tuple[int, int], int]], place: Place) -> int | None:
    """Return the first base of a place on GRCh38, ``None`` beyond ten bases of an exon."""
    for chrom, (first, after), shift in pairs:
        if chrom == place.chrom.removeprefix("chr") and first - 9 <= place.start and place.end <= after + 10:
            return place.start + shift
    return None


def as_vcf(place: Place, start: int, bases: Callable[[str, int, int], str]) -> Variant:
    """Return a place as a VCF would have it, insertions and deletions with the base before them."""
    ref, alt = place.ref.strip("-"), place.alt.strip("-")
    if ref and alt:
        return Variant(chrom=place.chrom, pos=start, ref=ref, alt=alt)
    pos = start if not ref else start - 1
    base = bases(place.chrom, pos - 1, pos)
    return Variant(chrom=place.chrom, pos=pos, ref=base + ref, alt=base + alt)


def called(at: Variant, told: tuple[Consequence, ...]) -> AnnotatedVariant:
    return AnnotatedVariant(
        record=1,
        variant=at,
        origin=Origin.SOMATIC,
        origin_reason="made for a test",
        consequence=told[0],
        other_consequences=told[1:],
    )


def read(engine: TranscriptEngine, at: Variant) -> AnnotatedVariant | None:
    try:
        told = engine.consequences(at.chrom, at.pos, at.ref, at.alt)
    except InputError:
        return None
    return called(at, told) if told else None


def test_every_allele_of_civic_finds_the_same_evidence_in_both_builds(
    engines: Engines, civic: tuple[Statement, ...], record_property: Callable[[str, object], None]
) -> None:
    index, pairs = StatementIndex.of(civic), exon_pairs(engines)
    own: defaultdict[Place, set[str]] = defaultdict(set)
    for item in civic:
        if item.profile.criterion is not None:
            for place in item.profile.criterion.places:
                if place.build is GRCH37 and allele_of_place(place) is not None:
                    own[place].add(item.evidence.id)
    differing: dict[str, list[str]] = {}
    unsaid: set[str] = set()
    resolutions: Counter[tuple[str, str]] = Counter()
    open_in_38: dict[Place, set[str]] = {}
    tried = unplaced = 0
    for place, expected in own.items():
        start = to_38(pairs, place)
        found = {}
        for build, first in ((GRCH37, place.start), (GRCH38, start)):
            if first is None:
                continue
            engine = engines[build]
            allele = read(engine, as_vcf(place, first, engine.sequence.genome))
            if allele is not None:
                of = tumor(allele, genome=build)
                open_in_38[place] = {item.statement.evidence.id for item in open_statements(index, of)}
                found[build] = {match.statement.evidence.id: match for match in match_statements(index, of)}
        if len(found) < 2:
            unplaced += 1
            continue
        tried += 1
        old, new = found[GRCH37], found[GRCH38]
        assert expected <= set(old), place
        for name in sorted(set(old) & set(new)):
            resolutions[old[name].resolution.value, new[name].resolution.value] += 1
        if set(old) != set(new):
            key = f"{place.chrom}:{place.start}:{place.ref}>{place.alt}"
            differing[key] = sorted(set(old) ^ set(new))
            unsaid |= set(differing[key]) - open_in_38[place]
    shown = (
        f"{tried} alleles of CIViC in both builds, {len(differing)} with other evidence; {unplaced} without exon here"
    )
    record_property("shown", shown)
    assert tried > 300
    assert any(old == Resolution.GENOMIC and new != Resolution.GENOMIC for old, new in resolutions)
    assert {name for names in differing.values() for name in names} == set(EXPLAINED)
    assert unsaid == {name for name, why in EXPLAINED.items() if why != NO_NAME}


def test_many_variants_are_held_against_all_of_civic_in_seconds(
    civic: tuple[Statement, ...], record_property: Callable[[str, object], None]
) -> None:
    chance, genes = random.Random(7), tuple(sorted(_symbols_of(civic)))
    many = tuple(_passenger(chance, number, genes) for number in range(20_000))
    carried = variant("BRAF", "V600E")
    calls = calls_of(patient("LUAD", genome=GRCH38), *many, carried)
    started = time.perf_counter()
    index = StatementIndex.of(civic)
    matches = match_statements(index, tumor_of(calls))
    seconds = time.perf_counter() - started
    record_property("shown", f"{len(many)} variants against {len(civic)} statements: {seconds:.1f} s")
    assert any(carried.variant.key in match.alterations for match in matches)
    assert seconds < 60


def _symbols_of(statements: tuple[Statement, ...]) -> set[str]:
    return {gene for item in statements for gene in item.genes}


def _passenger(chance: random.Random, number: int, genes: tuple[str, ...]) -> AnnotatedVariant:
    """Return a made missense variant, one of twenty in a gene of evidence."""
    gene = chance.choice(genes) if number % 20 == 0 else f"GENE{chance.randrange(20_000)}"
    ref, alt = chance.sample("ACDEFGHIKLMNPQRSTVWY", 2)
    at = Variant(chrom=str(chance.randrange(1, 23)), pos=1000 + number, ref="A", alt="C")
    return variant(gene, f"{ref}{chance.randrange(1, 900)}{alt}", place=at)
