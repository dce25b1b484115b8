"""Alleles of one codon, found while a VCF is annotated: what they make together, and what the reads say of them.

At that time the genome, the gene models and perhaps the reads are at hand; who reads the file later has none of them.
So the joint consequences of any two or three alleles of one codon are written, whatever their phase, and the phase by
the reads; which of the alleles are called is left to the reader of the file.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from genomodel.annotation.coding.engine import TranscriptEngine
from genomodel.annotation.phasing import Linkage, may_share_molecule
from genomodel.annotation.phasing_codons import codons_touched
from genomodel.annotation.phasing_facts import PhaseFacts
from genomodel.annotation.phasing_info import JOINT_INFO, PHASE_INFO, write_joint, write_linkage
from genomodel.annotation.phasing_reads import read_linkages
from genomodel.calls.vcf_text import VcfReader, VcfRecord
from genomodel.core.builds import bare
from genomodel.core.variants import Consequence, Origin, Variant

CODON = 3
MOST_ALLELES = 8
"""Alleles of one codon beyond which only pairs are looked at: such a place holds artifacts."""

Joint = Callable[[str, list[tuple[int, str, str]]], tuple[Consequence, ...]]
"""Consequences of alleles of one molecule, given their contig and each one's position and bases."""
Phases = Callable[[Sequence[tuple[Variant, Variant]]], Mapping[frozenset[str], Sequence[Linkage]]]
"""What is said of pairs of alleles."""
_BASES = frozenset("ACGTacgt")


def phase_neighbors(
    reader: VcfReader,
    engine: TranscriptEngine,
    reference: str | Path,
    alignment: str | Path | None = None,
) -> dict[int, tuple[str, ...]]:
    """Return what is to be added to the INFO of records whose alleles share a codon with others, by their ordinal.

    Parameters
    ----------
    reader
        Of a sorted VCF whose reference alleles are those of the genome.
    engine
        Gene models and genome.
    reference
        FASTA that the reads were aligned to.
    alignment
        BAM or CRAM of the tumor, sorted and indexed; ``None`` where there are no reads.

    Raises
    ------
    InputError
        The reads cannot be read.
    """
    neighbors = CodonNeighbors()
    facts = PhaseFacts(reader.header, reader.header.samples)
    for record in _near_each_other(reader, _exon_ends(engine)):
        facts.add(record)
        found = [
            engine.consequences(record.chrom, record.pos, record.ref, alt) if _is_plain(record, alt) else ()
            for alt in record.alts
        ]
        neighbors.add(record, found)

    def phases(pairs: Sequence[tuple[Variant, Variant]]) -> dict[frozenset[str], list[Linkage]]:
        said = {frozenset((a.key, b.key)): list(facts.joined_by_csq(a.key, b.key)) for a, b in pairs}
        if alignment is not None:
            for pair, linkage in read_linkages(alignment, reference, pairs).items():
                said[pair].append(linkage)
        return said

    return neighbors.info(engine.joint, phases)


def _is_plain(record: VcfRecord, alt: str) -> bool:
    return _BASES.issuperset(record.ref + alt)


def _exon_ends(engine: TranscriptEngine) -> dict[str, list[int]]:
    """Return first and last bases (1-based) of all exons by contig, without ``chr``, sorted."""
    ends: dict[str, set[int]] = defaultdict(set)
    for transcript in engine.transcripts.values():
        for exon in transcript.exons:
            first, after = transcript.on_strand(*exon)
            ends[bare(transcript.chrom)] |= {first + 1, after}
    return {contig: sorted(places) for contig, places in ends.items()}


def _near_each_other(records: Iterable[VcfRecord], ends: Mapping[str, list[int]]) -> Iterator[VcfRecord]:
    """Yield the records that may share a codon with another: beside one, or at the end of an exon."""
    last: VcfRecord | None = None
    reach, taken = 0, True
    for record in records:
        if last is not None and last.chrom == record.chrom and record.pos - reach <= CODON:
            if not taken:
                yield last
            yield record
            taken = True
        else:
            taken = len(record.alts) > 1 or _at_exon_end(record, ends.get(bare(record.chrom), []))
            if taken:
                yield record
            reach = 0
        reach = max(reach, record.pos + len(record.ref) - 1)
        last = record


def _at_exon_end(record: VcfRecord, ends: Sequence[int]) -> bool:
    index = bisect_left(ends, record.pos - CODON)
    return index < len(ends) and ends[index] <= record.pos + len(record.ref) + CODON


@dataclass
class CodonNeighbors:
    """The codons that the alleles of a file touch."""

    _alleles: list[tuple[int, int, Variant]] = field(default_factory=list)
    """Ordinal of the record, number of the allele from 1, and the allele."""
    _by_codon: dict[tuple[str, int], list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, record: VcfRecord, consequences: Sequence[Iterable[Consequence]]) -> None:
        """Take in a record with the consequences of each of its alleles; not called alleles are passed over."""
        if record.info.get("GM_ORIGIN") == Origin.NOT_CALLED.value:
            return
        for number, (alt, found) in enumerate(zip(record.alts, consequences, strict=True), 1):
            if not _is_plain(record, alt):
                continue
            touched = {(each.transcript, codon) for each in found for codon in codons_touched(each)}
            if touched:
                variant = Variant(chrom=record.chrom, pos=record.pos, ref=record.ref, alt=alt)
                self._alleles.append((record.ordinal, number, variant))
                for place in touched:
                    self._by_codon[place].append(len(self._alleles) - 1)

    def info(self, joint: Joint, phases: Phases) -> dict[int, tuple[str, ...]]:
        """Return the parts of INFO to add, by ordinal of the record.

        Parameters
        ----------
        joint
            Gives the consequences of alleles of one molecule.
        phases
            Tells the phase of pairs of alleles.
        """
        groups = self._groups()
        pairs = sorted(group for group in groups if len(group) == 2)
        said = phases([(self._alleles[i][2], self._alleles[j][2]) for i, j in pairs])
        entries: dict[int, dict[str, dict[str, None]]] = defaultdict(lambda: {PHASE_INFO: {}, JOINT_INFO: {}})
        for i, j in pairs:
            for own, other in ((i, j), (j, i)):
                ordinal, number, variant = self._alleles[own]
                partner = self._alleles[other][2].key
                for linkage in said.get(frozenset((variant.key, partner)), ()):
                    entries[ordinal][PHASE_INFO][write_linkage(number, variant.key, partner, linkage)] = None
        for group in sorted(groups):
            for ordinal, text in self._joint_entries(group, groups[group], joint):
                entries[ordinal][JOINT_INFO][text] = None
        return {
            ordinal: tuple(f"{key}={','.join(texts)}" for key, texts in found.items() if texts)
            for ordinal, found in sorted(entries.items())
        }

    def _groups(self) -> dict[tuple[int, ...], set[str]]:
        """Return pairs and triples of alleles that may share a molecule, with the transcripts on which they meet."""
        found: dict[tuple[int, ...], set[str]] = defaultdict(set)
        beside: dict[tuple[str, int], set[int]] = defaultdict(set)
        for (transcript, _), listed in self._by_codon.items():
            for pair in combinations(sorted(set(listed)), 2):
                if self._may_share(pair):
                    found[pair].add(transcript)
                    beside[transcript, pair[0]].add(pair[1])
                    beside[transcript, pair[1]].add(pair[0])
        # A change of several bases may reach over two codons and meet another allele in each.
        for (transcript, middle), others in beside.items():
            for pair in combinations(sorted(others), 2) if len(others) < MOST_ALLELES else ():
                group = tuple(sorted((middle, *pair)))
                if self._may_share(group):
                    found[group].add(transcript)
        return found

    def _may_share(self, group: Sequence[int]) -> bool:
        pairs = [(self._alleles[a], self._alleles[b]) for a, b in combinations(group, 2)]
        return all(a[0] != b[0] and may_share_molecule(a[2], b[2]) for a, b in pairs)

    def _joint_entries(self, group: Sequence[int], transcripts: set[str], joint: Joint) -> Iterator[tuple[int, str]]:
        alleles = [self._alleles[i] for i in group]
        places = [(variant.pos, variant.ref, variant.alt) for _, _, variant in alleles]
        try:
            found = [each for each in joint(alleles[0][2].chrom, places) if each.transcript in transcripts]
        except ValueError:
            # Insertions and deletions within a repeat may meet once they are put at its one end.
            return
        for ordinal, number, variant in alleles:
            partners = [other.key for _, _, other in alleles if other.key != variant.key]
            for consequence in found:
                yield ordinal, write_joint(number, partners, consequence)
