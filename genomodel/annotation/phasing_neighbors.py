"""Alleles of one codon, found while a VCF is annotated: what they make together, and what the reads say of them.

At that time the genome, the gene models and perhaps the reads are at hand; who reads the file later has none of them.
So the joint consequences of any two or three alleles of one codon are written, whatever their phase, and the phase by
the reads; which of the alleles are called is left to the reader of the file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from genomodel.annotation.phasing import Linkage, may_share_molecule
from genomodel.annotation.phasing_codons import codons_touched
from genomodel.annotation.phasing_info import JOINT_INFO, PHASE_INFO, write_joint, write_linkage
from genomodel.calls.vcf_text import VcfRecord
from genomodel.core.variants import Consequence, Origin, Variant

MOST_ALLELES = 8
"""Alleles of one codon beyond which only pairs are looked at: such a place holds artifacts."""

Joint = Callable[[str, list[tuple[int, str, str]]], tuple[Consequence, ...]]
"""Consequences of alleles of one molecule, given their contig and each one's position and bases."""
ReadPhases = Callable[[Sequence[tuple[Variant, Variant]]], Mapping[frozenset[str], Linkage]]
"""What reads say of pairs of alleles."""
_BASES = frozenset("ACGTacgt")


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
            if not _BASES.issuperset(record.ref + alt):
                continue
            touched = {(each.transcript, codon) for each in found for codon in codons_touched(each)}
            if touched:
                variant = Variant(chrom=record.chrom, pos=record.pos, ref=record.ref, alt=alt)
                self._alleles.append((record.ordinal, number, variant))
                for place in touched:
                    self._by_codon[place].append(len(self._alleles) - 1)

    def info(self, joint: Joint, phases: ReadPhases | None = None) -> dict[int, tuple[str, ...]]:
        """Return the parts of INFO to add, by ordinal of the record.

        Parameters
        ----------
        joint
            Gives the consequences of alleles of one molecule.
        phases
            Reads the phase of pairs of alleles; ``None`` where there are no reads.
        """
        groups = self._groups()
        pairs = sorted(group for group in groups if len(group) == 2)
        said = phases([(self._alleles[i][2], self._alleles[j][2]) for i, j in pairs]) if phases is not None else {}
        entries: dict[int, dict[str, dict[str, None]]] = defaultdict(lambda: {PHASE_INFO: {}, JOINT_INFO: {}})
        for i, j in pairs:
            for own, other in ((i, j), (j, i)):
                ordinal, number, variant = self._alleles[own]
                partner = self._alleles[other][2].key
                linkage = said.get(frozenset((variant.key, partner)))
                if linkage is not None:
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
        pairs = combinations(group, 2)
        return all(may_share_molecule(self._alleles[a][2], self._alleles[b][2]) for a, b in pairs)

    def _joint_entries(self, group: Sequence[int], transcripts: set[str], joint: Joint) -> Iterator[tuple[int, str]]:
        alleles = [self._alleles[i] for i in group]
        places = [(variant.pos, variant.ref, variant.alt) for _, _, variant in alleles]
        found = [each for each in joint(alleles[0][2].chrom, places) if each.transcript in transcripts]
        for ordinal, number, variant in alleles:
            partners = [other.key for _, _, other in alleles if other.key != variant.key]
            for consequence in found:
                yield ordinal, write_joint(number, partners, consequence)
