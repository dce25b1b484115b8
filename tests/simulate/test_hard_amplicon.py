from __future__ import annotations

import gzip
from pathlib import Path

import pysam
import pytest

from genomodel.core.codons import reverse_complement
from genomodel.core.errors import InputError
from genomodel.simulate.amplicon import PRIMER, AmpliconPair, write_amplicon_pair


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> AmpliconPair:
    return write_amplicon_pair(tmp_path_factory.mktemp("amplicon"), depth=4000, normal_depth=100)


def bases_of(path: Path) -> list[str]:
    with gzip.open(path, "rt") as handle:
        return [line.rstrip() for i, line in enumerate(handle) if i % 4 == 1]


def test_every_read_starts_with_a_primer(pair: AmpliconPair) -> None:
    with pysam.FastaFile(str(pair.reference)) as fasta:
        rows = [line.split("\t") for line in pair.primers.read_text().splitlines()]
        found = [(fasta.fetch(row[0], int(row[1]), int(row[2])), row[5]) for row in rows]
    primers = {bases if strand == "+" else reverse_complement(bases) for bases, strand in found}
    assert len(primers) == 6
    starts = [read[:PRIMER] for mate in (1, 2) for read in bases_of(pair.reads("tumor", mate))]
    # A primer of 20 bases is read without an error by most reads.
    assert sum(start in primers for start in starts) / len(starts) > 0.8


def test_the_share_of_molecules_with_the_allele_is_exact(pair: AmpliconPair) -> None:
    amplicon = next(a for a in pair.amplicons if a.label == "KRAS G12D")
    with pysam.FastaFile(str(pair.reference)) as fasta:
        around = fasta.fetch(amplicon.contig, amplicon.allele.pos - 8, amplicon.allele.pos + 9)
    word = around[:8] + amplicon.allele.alt + around[9:]
    for sample, expected in (("tumor", 0.01), ("normal", 0.0)):
        texts = [text for mate in (1, 2) for text in bases_of(pair.reads(sample, mate))]
        plain = sum(around in text or reverse_complement(around) in text for text in texts)
        changed = sum(word in text or reverse_complement(word) in text for text in texts)
        # Base errors add at most 0.2 % at the end of a read.
        assert changed / (plain + changed) == pytest.approx(expected, abs=0.003)


def test_inserts_leave_the_primers_out(pair: AmpliconPair) -> None:
    by_name = {amplicon.name: amplicon for amplicon in pair.amplicons}
    lines = pair.inserts.read_text().splitlines()
    assert len(lines) == len(by_name)
    for line in lines:
        contig, start, end, name = line.split("\t")
        amplicon = by_name[name]
        assert (contig, int(start), int(end)) == (amplicon.contig, amplicon.start + PRIMER, amplicon.end - PRIMER)
        assert int(start) < amplicon.allele.pos < int(end)


def test_same_seed_same_bytes(pair: AmpliconPair, tmp_path: Path) -> None:
    again = write_amplicon_pair(tmp_path, depth=4000, normal_depth=100)
    for path in pair.folder.iterdir():
        assert (again.folder / path.name).read_bytes() == path.read_bytes()


def test_an_allele_that_the_genome_lacks_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="JAK2 V617F"):
        write_amplicon_pair(tmp_path, (("JAK2 V617F", 0.01),))
