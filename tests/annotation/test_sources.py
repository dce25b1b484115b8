from __future__ import annotations

import gzip
import os
import random
from pathlib import Path

import pysam
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genomodel.annotation.sources import bases_of, look_up
from genomodel.annotation.sources.base import decode, encode
from genomodel.annotation.sources.identity import PIECE, PIECES, fingerprint
from genomodel.annotation.sources.population import POPULATION, POPULATION_INFO
from genomodel.annotation.sources.stream import Allele, AlleleFile
from genomodel.calls.alleles import left_aligned, trimmed
from genomodel.core.errors import InputError
from tests.annotation.sources_builders import indexed, write_fasta

AF = '##INFO=<ID=AF,Number=A,Type=Float,Description="x">'
SHORT = ("AC", "A", "CAG", "T", "G")


def af(allele: Allele) -> str:
    return f"0.{sum(map(ord, str(allele))) % 9 + 1}"


def row(chrom: str, pos: int, ref: str, *alts: tuple[str, str]) -> str:
    names, values = ",".join(alt for alt, _ in alts), ",".join(value for _, value in alts)
    return f"{chrom}\t{pos}\t.\t{ref}\t{names}\t.\t.\tAF={values}"


def rewritten(allele: Allele, bases: str, rng: random.Random) -> tuple[int, str, str]:
    """Write an allele otherwise: further right in its repeat, and with bases of the genome on both sides."""
    pos, ref, alt = allele.pos, allele.ref, allele.alt
    while len(ref) != len(alt) and rng.random() < 0.7 and pos + len(ref) < len(bases):
        after = bases[pos - 1 + len(ref)]
        longer = ref[1:] or alt[1:]
        if longer[0] != after:
            break
        ref, alt, pos = (ref + after)[1:], (alt + after)[1:], pos + 1
    left, right = rng.randrange(3), rng.randrange(4)
    first, end = max(pos - 1 - left, 0), min(pos - 1 + len(ref) + right, len(bases))
    before, behind = bases[first : pos - 1], bases[pos - 1 + len(ref) : end]
    return first + 1, before + ref + behind, before + alt + behind


def random_alleles(bases: str, rng: random.Random, chrom: str, n: int) -> list[Allele]:
    found: dict[Allele, None] = {}
    for _ in range(n):
        pos = rng.randrange(2, len(bases) - 12)
        ref = bases[pos - 1]
        kind = rng.randrange(4)
        if kind == 0:
            alt = rng.choice([base for base in "ACGT" if base != ref])
        elif kind == 1:
            alt = ref + rng.choice(SHORT)
        elif kind == 2:
            ref = bases[pos - 1 : pos + rng.randrange(1, 6)]
            alt = ref[0]
        else:
            ref = bases[pos - 1 : pos + 1]
            alt = rng.choice("ACGT") + rng.choice("ACGT")
        if ref == alt:
            continue

        def at(_: str, start: int, end: int) -> str:
            return bases[start:end]

        found[Allele(chrom, *left_aligned(chrom, pos, ref, alt, at))] = None
    return list(found)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9), csi=st.booleans(), spread=st.sampled_from([200, 60_000]))
def test_one_pass_says_what_a_dictionary_says(
    tmp_path_factory: pytest.TempPathFactory, seed: int, csi: bool, spread: int
) -> None:
    """Rows of one and of several alleles, padded and shifted at random, over two contigs under another name."""
    folder, rng = tmp_path_factory.mktemp("pass"), random.Random(seed)
    genome = {
        name: "".join(rng.choices(letters, k=spread)) for name, letters in (("1", "ACGT"), ("2", "AC"), ("MT", "A"))
    }
    held = {name: random_alleles(bases, rng, name, 40) for name, bases in genome.items()}
    listed = {allele: af(allele) for alleles in held.values() for allele in alleles}
    rows: list[str] = []
    for name, alleles in held.items():
        lines = []
        waiting = list(alleles)
        while waiting:
            allele = waiting.pop()
            pos, ref, alt = rewritten(allele, genome[name], rng)
            together = [(alt, listed[allele])]
            if waiting and waiting[-1].pos == pos and ref.startswith(waiting[-1].ref):
                other = waiting.pop()
                together.append((other.alt + ref[len(other.ref) :], listed[other]))
            lines.append((pos, row({"MT": "chrM"}.get(name, f"chr{name}"), pos, ref, *together)))
        rows += [line for _, line in sorted(lines)]
    path = indexed(folder, "held", rows, (AF,), csi=csi)
    asked = [allele for allele in listed if rng.random() < 0.5]
    asked += [a for name, bases in genome.items() for a in random_alleles(bases, rng, name, 40)]
    rng.shuffle(asked)
    with write_fasta(folder / "g.fa", genome) as fasta, AlleleFile(POPULATION, path) as file:
        found = file.look_up(asked, bases_of(fasta))
    for allele in asked:
        expected = listed.get(allele)
        if expected is None and len(allele.ref) == len(allele.alt) > 1:
            parts = [
                listed.get(Allele(allele.chrom, allele.pos + i, old, new))
                for i, (old, new) in enumerate(zip(allele.ref, allele.alt, strict=True))
                if old != new
            ]
            expected = None if None in parts else min(parts)  # type: ignore[type-var]
        assert found.get(allele, {}).get(POPULATION_INFO) == expected, allele


def test_trimming_is_part_of_the_shortest_form() -> None:
    assert trimmed(10, "CTGA", "CTGG") == (13, "A", "G")


@pytest.mark.parametrize("csi", [False, True])
def test_places_without_alleles_are_jumped_over(tmp_path: Path, csi: bool) -> None:
    """A panel of a few places reads a few rows of many, where the file has none too."""
    places = [pos for pos in range(1000, 4_000_000, 60) if pos // 40_000 % 5]
    rows = [row("chr1", pos, "A", ("C", "0.1")) for pos in places]
    path = indexed(tmp_path, "many", rows, (AF,), csi=csi)
    held = [Allele("1", places[index], "A", "C") for index in (0, 20_000, 20_001, -1)]
    absent = [Allele("1", pos, "A", "C") for pos in (1_805_000, 3_225_000)]
    with AlleleFile(POPULATION, path) as file:
        found = file.look_up([*held, *absent], lambda _, start, end: "N" * (end - start))
        assert set(found) == set(held)
        assert file.tally.rows == len(held)
        assert file.tally.read < len(rows) / 10


def small(folder: Path, rows: list[str] | None = None) -> Path:
    given = rows or [row("chr1", pos, "A", ("C", "0.1")) for pos in range(1000, 300_000, 7)]
    return indexed(folder, "small", given, (AF,))


def ask(path: Path, *positions: int) -> int:
    with AlleleFile(POPULATION, path) as file:
        alleles = [Allele("1", pos, "A", "C") for pos in positions]
        return len(file.look_up(alleles, lambda _, start, end: "N" * (end - start)))


def test_a_damaged_block_is_an_error_and_not_the_end(tmp_path: Path) -> None:
    path = small(tmp_path)
    places = range(1000, 300_000, 70)
    assert ask(path, *places) == len(places)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 40] = bytes(40)
    path.write_bytes(data)
    os.utime(f"{path}.tbi")
    with pytest.raises(InputError, match="truncated or damaged"):
        ask(path, *places)


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    path = small(tmp_path)
    path.write_bytes(path.read_bytes()[:-200])
    os.utime(f"{path}.tbi")
    with pytest.raises(InputError, match="truncated"):
        ask(path, 1000)


def test_plain_gzip_and_plain_text_are_refused(tmp_path: Path) -> None:
    path = small(tmp_path)
    text = gzip.decompress(path.read_bytes())
    for data in (gzip.compress(text), text):
        path.write_bytes(data)
        os.utime(f"{path}.tbi")
        with pytest.raises(InputError, match="not compressed by bgzip"):
            ask(path, 1000)


def test_the_index_must_be_there_be_new_and_be_an_index(tmp_path: Path) -> None:
    path = small(tmp_path)
    index = Path(f"{path}.tbi")
    os.utime(index, (path.stat().st_mtime - 60,) * 2)
    with pytest.raises(InputError, match="older than the file"):
        ask(path, 1000)
    index.write_bytes(index.read_bytes()[:100])
    with pytest.raises(InputError, match="index is damaged or none of tabix"):
        ask(path, 1000)
    index.unlink()
    with pytest.raises(InputError, match="has no index"):
        ask(path, 1000)


def test_the_index_of_another_file_is_noticed(tmp_path: Path) -> None:
    path = small(tmp_path)
    (tmp_path / "other").mkdir()
    other = small(tmp_path / "other", [row("chr1", pos, "ACCCCCCC", ("A", "0.1")) for pos in range(1000, 300_000, 9)])
    Path(f"{path}.tbi").write_bytes(Path(f"{other}.tbi").read_bytes())
    with pytest.raises(InputError, match=r"that of another file"):
        ask(path, *range(150_005, 300_000, 7))


def test_unsorted_records_are_refused(tmp_path: Path) -> None:
    path = small(tmp_path, [row("chr1", pos, "A", ("C", "0.1")) for pos in (1000, 1010, 1020)])
    shuffled = small(tmp_path, [row("chr1", pos, "A", ("C", "0.1")) for pos in (1000, 1020, 1030)])
    plain = tmp_path / "small.vcf"
    lines = plain.read_text().splitlines(keepends=True)
    plain.write_text("".join([*lines[:-2], lines[-1], lines[-2]]))
    pysam.tabix_compress(str(plain), str(shuffled), force=True)
    os.utime(f"{path}.tbi")
    with pytest.raises(InputError, match=r"not sorted: chr1:1020 comes after chr1:1030"):
        ask(shuffled, 1000, 1020, 1030)


def test_the_mitochondrion_of_another_length_is_left_out_and_said(tmp_path: Path) -> None:
    """hg19 has 16,571 bases there, GRCh37 16,569: another sequence, the rest being the same."""
    lengths = ("##contig=<ID=1,length=40>", "##contig=<ID=MT,length=16569>")
    rows = [row("1", 5, "A", ("C", "0.1")), row("MT", 5, "A", ("C", "0.2"))]
    path = indexed(tmp_path, "gnomad", rows, (*lengths, AF))
    asked = [Allele("chr1", 5, "A", "C"), Allele("chrM", 5, "A", "C")]
    for length, expected, note in (
        (16571, {asked[0]: "0.1"}, "nothing to ask for chrM, and more"),
        (16569, {asked[0]: "0.1", asked[1]: "0.2"}, "and more"),
    ):
        with write_fasta(tmp_path / f"{length}.fa", {"chr1": "A" * 40, "chrM": "A" * length}) as fasta:
            found = look_up({"population": [path]}, asked, fasta, note="and more")
        assert {allele: facts[POPULATION_INFO] for allele, facts in found.facts.items()} == expected
        assert found.sources[0].text == f"gnomad.vcf.gz, {note}"


def test_a_source_in_parts_says_of_which_files_and_what_none_of_them_holds(tmp_path: Path) -> None:
    """gnomAD comes in a file for each chromosome, exomes and genomes apart: the highest frequency counts."""
    held = {
        "exomes.v4.1.chr1": [row("chr1", 5, "A", ("C", "0.1"))],
        "genomes.v4.1.chr1": [row("chr1", 5, "A", ("C", "0.3")), row("chr1", 6, "A", ("C", "0.2"))],
        "exomes.v4.1.chr2": [row("chr2", 5, "A", ("C", "0.4"))],
    }
    paths = [indexed(tmp_path, name, rows, (AF,)) for name, rows in held.items()]
    asked = [Allele(chrom, pos, "A", "C") for chrom in ("chr1", "chr2", "chrX") for pos in (5, 6)]
    with write_fasta(tmp_path / "g.fa", dict.fromkeys(("chr1", "chr2", "chrX"), "A" * 40)) as fasta:
        found = look_up({"population": paths}, asked, fasta)
    said = {
        (allele.chrom, allele.pos): facts[POPULATION_INFO]
        for allele, facts in found.facts.items()
        if POPULATION_INFO in facts
    }
    assert said == {("chr1", 5): "0.3", ("chr1", 6): "0.2", ("chr2", 5): "0.4"}
    source = found.sources[0]
    assert source.text == (
        "exomes.v4.1.chr1.vcf.gz + genomes.v4.1.chr1.vcf.gz + exomes.v4.1.chr2.vcf.gz, v4.1, nothing to ask for chrX"
    )
    assert source.digest_of == "the digests of 3 files"


@given(st.text())
def test_percent_encoding_comes_back(text: str) -> None:
    encoded = encode(text)
    assert not set(encoded) & set(";,= \t\n")
    assert decode(encoded) == ("" if text == "." else text)


def test_a_large_file_is_named_by_pieces_that_notice_a_change_of_length_or_of_what_follows(tmp_path: Path) -> None:
    path = tmp_path / "large"
    data = bytearray(os.urandom(PIECE * (PIECES + 10)))
    path.write_bytes(data)
    first, of = fingerprint(path)
    assert "64 evenly spaced pieces" in of
    path.write_bytes(data + b"x")
    assert fingerprint(path)[0] != first
    data[-1] ^= 1
    path.write_bytes(data)
    assert fingerprint(path)[0] != first
    path.write_bytes(data[:1000])
    assert fingerprint(path)[1] == "all bytes"
