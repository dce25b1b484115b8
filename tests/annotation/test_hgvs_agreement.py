"""The transcript engine beside independent judges, on random alleles of every class."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from genomodel.annotation.coding.engine import TranscriptEngine
from genomodel.annotation.hgvs import one_letter, three_letter
from tests.annotation.hgvs_oracle import Names, Oracle
from tests.annotation.hgvs_oracle_csq import compare_csq, counts
from tests.annotation.hgvs_oracle_grounds import BUILDS, Genome, compare_many, real, synthetic
from tests.annotation.hgvs_oracle_protein import equal_places
from tests.annotation.hgvs_oracle_reasons import (
    AGREE,
    RULES_C,
    RULES_P,
    UNEXPLAINED,
    Case,
    Verdict,
    judge_c,
    judge_p,
    reasons,
    table,
)
from tests.annotation.hgvs_oracle_variants import KINDS, Drawn, draw

GROUNDS = ("simulator", *BUILDS)
WANTED = 0.995
QUICK, FULL = 28 * 10, {"simulator": 28 * 120, "GRCh37": 28 * 180, "GRCh38": 28 * 180}
Record = Callable[[str, object], None]


@pytest.fixture(params=GROUNDS)
def genome(request: pytest.FixtureRequest, tmp_path: Path) -> Genome:
    if request.param == "simulator":
        return synthetic(tmp_path)
    return real(request.getfixturevalue("shared_data"), request.param)


def show(verdicts: list[Verdict]) -> str:
    """The table as text."""
    rows = table(verdicts)
    columns = list(next(iter(rows.values())))
    total = {column: sum(row[column] for row in rows.values()) for column in columns}
    lines = [f"{'class':26}" + "".join(f"{column:>15}" for column in columns)]
    lines += [f"{kind:26}" + "".join(f"{row[c]:>15}" for c in columns) for kind, row in {**rows, "all": total}.items()]
    return "\n".join([*lines, *(f"  {number:>5}  {reason}" for reason, number in reasons(verdicts).items())])


def unexplained(verdicts: list[Verdict]) -> list[Verdict]:
    return [one for one in verdicts if UNEXPLAINED in (one.c, one.p)]


def test_names_agree_with_biocommons_or_a_rule_says_why_not(genome: Genome) -> None:
    verdicts = list(compare_many(genome, QUICK, seed=20))
    assert {one.drawn.kind for one in verdicts} == set(KINDS)
    assert {one.drawn.strand for one in verdicts} == {1, -1}
    assert sum(one.c == AGREE for one in verdicts) / len(verdicts) > 0.99
    assert unexplained(verdicts) == []


@pytest.mark.slow
def test_ten_thousand_random_alleles(genome: Genome, record_property: Record) -> None:
    verdicts = list(compare_many(genome, FULL[genome.name], seed=1))
    record_property("shown", f"HGVS names on {genome.name}\n{show(verdicts)}")
    for said in ([one.c for one in verdicts], [one.p for one in verdicts]):
        assert sum(one != UNEXPLAINED for one in said) / len(said) >= WANTED
    assert unexplained(verdicts) == []


def test_a_name_says_the_allele_that_it_was_made_of(genome: Genome) -> None:
    oracle = Oracle(genome.fasta, genome.gff)
    with TranscriptEngine.open(genome.fasta, genome.gff) as engine:
        for one in draw(oracle, QUICK, seed=21):
            for found in engine.consequences(one.chrom, one.pos, one.ref, one.alt):
                low, high = oracle.models[found.transcript].span
                if not low + 40 < one.pos < one.pos + len(one.ref) < high - 40:
                    continue
                back = oracle.allele_of(found.transcript, found.hgvs_c)
                assert oracle.same_allele(back, (one.pos, one.ref, one.alt), one.chrom), (one, found.hgvs_c)


def test_one_allele_has_one_name_however_it_is_written(genome: Genome) -> None:
    oracle = Oracle(genome.fasta, genome.gff)
    rolled = 0
    with TranscriptEngine.open(genome.fasta, genome.gff) as engine:
        for one in draw(oracle, QUICK, seed=22):
            told = engine.consequences(one.chrom, one.pos, one.ref, one.alt)
            places = list(equal_places(oracle, one.chrom, one.pos, one.ref, one.alt))
            for at, gone, new in (places[0], places[-1]):
                anchor = oracle.provider.get_seq(one.chrom, at - 2, at - 1)
                assert engine.consequences(one.chrom, at - 1, anchor + gone, anchor + new) == told
            rolled += len(places) > 1
    assert rolled > QUICK / 10


def test_bases_changed_one_by_one_on_a_molecule_are_the_change_at_once(genome: Genome) -> None:
    oracle = Oracle(genome.fasta, genome.gff)
    several = 0
    with TranscriptEngine.open(genome.fasta, genome.gff) as engine:
        for one in draw(oracle, QUICK, seed=27):
            if len(one.ref) != len(one.alt):
                continue
            pairs = enumerate(zip(one.ref, one.alt, strict=True))
            apart = [(one.pos + at, a, b) for at, (a, b) in pairs if a != b]
            # Farther apart, residues between may stay, and HGVS names the changes one by one.
            if apart[-1][0] - apart[0][0] > 2:
                continue
            whole = {c.transcript: (c.protein_change, c.variant_class) for c in engine.consequences(*_where(one))}
            joint = {c.transcript: (c.protein_change, c.variant_class) for c in engine.joint(one.chrom, apart)}
            assert joint == whole, one
            several += len(apart) > 1
    assert several > 3


def _where(one: Drawn) -> tuple[str, int, str, str]:
    return one.chrom, one.pos, one.ref, one.alt


def test_one_and_three_letter_names_say_the_same(genome: Genome) -> None:
    oracle = Oracle(genome.fasta, genome.gff)
    with TranscriptEngine.open(genome.fasta, genome.gff) as engine:
        for one in draw(oracle, QUICK, seed=23):
            for found in engine.consequences(one.chrom, one.pos, one.ref, one.alt):
                if found.protein_change and not found.protein_change.endswith("_splice"):
                    assert three_letter(found.protein_change) == found.hgvs_p
                    assert one_letter(found.hgvs_p) == found.protein_change
                else:
                    assert found.hgvs_p in ("", "p.?")


def test_a_wrong_name_is_never_explained(genome: Genome) -> None:
    """Names with another position, base or residue: no rule may excuse one."""
    oracle = Oracle(genome.fasta, genome.gff)
    spoiled = 0
    for one in draw(oracle, QUICK, seed=24):
        theirs = oracle.names(one.chrom, one.pos, one.ref, one.alt, one.transcript)
        if theirs.failed:
            continue
        for wrong in (_moved(theirs.c), theirs.c.replace("del", "dup"), ""):
            if wrong != theirs.c:
                assert judge_c(Case(oracle, one, theirs, wrong)) == UNEXPLAINED, (one, theirs.c, wrong)
        for wrong in (_moved(theirs.p), theirs.p.replace("fsTer", "fsTer1"), theirs.p.replace("del", "ins")):
            if wrong != theirs.p:
                spoiled += 1
                assert judge_p(Case(oracle, one, theirs, wrong)) == UNEXPLAINED, (one, theirs.p, wrong)
    assert spoiled > QUICK / 3


def _moved(name: str) -> str:
    """Move the first number of a name by one."""
    return re.sub(r"\d+", lambda found: str(int(found[0]) + 1), name, count=1)


def test_a_missing_protein_name_is_explained_only_where_the_protein_stays(genome: Genome) -> None:
    oracle = Oracle(genome.fasta, genome.gff)
    for one in draw(oracle, QUICK, seed=25):
        theirs = oracle.names(one.chrom, one.pos, one.ref, one.alt, one.transcript)
        said = judge_p(Case(oracle, one, theirs, "p.?"))
        if said not in (AGREE, UNEXPLAINED):
            assert said in (
                "beyond the transcript",
                "behind the stop",
                "start codon stands elsewhere",
                "transcript ends",
            )


@pytest.mark.parametrize("rules", [RULES_C, RULES_P])
def test_each_reason_is_a_rule_with_its_words(rules: tuple[object, ...]) -> None:
    assert len({rule.reason for rule in rules}) == len(rules)  # type: ignore[attr-defined]
    assert all(len(rule.text) > 20 for rule in rules)  # type: ignore[attr-defined]


KNOWN = (
    ("GRCh37", "chr7", 140453136, "A", "T", "BRAF", "c.1799T>A", "p.Val600Glu"),
    ("GRCh37", "chr7", 55242464, "AGGAATTAAGAGAAGC", "A", "EGFR", "c.2235_2249del", "p.Glu746_Ala750del"),
    ("GRCh38", "chr7", 140753336, "A", "T", "BRAF", "c.1799T>A", "p.Val600Glu"),
)


@pytest.mark.parametrize(("build", "chrom", "pos", "ref", "alt", "gene", "c", "p"), KNOWN)
def test_the_judge_knows_what_is_known(
    shared_data: Path, build: str, chrom: str, pos: int, ref: str, alt: str, gene: str, c: str, p: str
) -> None:
    ground = real(shared_data, build)
    oracle = Oracle(ground.fasta, ground.gff)
    transcripts = [name for name, model in oracle.models.items() if model.gene == gene]
    assert oracle.names(chrom, pos, ref, alt, transcripts[0]) == Names(c, p)


@pytest.mark.slow
def test_where_csq_says_otherwise_the_engine_has_the_judge_with_it(
    genome: Genome, tmp_path: Path, record_property: Record
) -> None:
    found = list(compare_csq(genome, 28 * 100, 3, tmp_path))
    record_property("shown", f"bcftools csq and the engine on {genome.name}: {counts(found)}")
    assert [one for one in found if one.verdict in ("csq as the judge, ours not", "neither as the judge")] == []


def test_a_verdict_counts_once_in_the_table(genome: Genome) -> None:
    verdicts = list(compare_many(genome, 28, seed=26))
    rows = table([*verdicts, replace(verdicts[0], c=UNEXPLAINED, p="stop kept")])
    assert sum(row["alleles"] for row in rows.values()) == 29
    assert all(row["alleles"] == sum(row[f"c {s}"] for s in (AGREE, "explained", UNEXPLAINED)) for row in rows.values())
    assert rows[verdicts[0].drawn.kind]["p explained"] >= 1
