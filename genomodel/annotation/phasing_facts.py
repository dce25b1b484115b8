"""What the records of a VCF say of the phase of their alleles.

In the order in which they are asked:

1. ``BCSQ`` entries of haplotype-aware ``bcftools csq`` that name several alleles (``100A>T+101C>T``); records point to
   them by ``@position``. They count only where the genotypes are phased or of one allele: csq run with ``--phase a``,
   ``m`` or ``R`` joins what merely stands in one file.
2. Phased genotypes (``0|1``) of one phase set ``PS``. Phased genotypes without ``PS`` are of one set (VCF 4.3, 1.6.2).
3. ``PGT`` within one ``PID``, as GATK writes them from its local assembly: ``0|1`` and ``0|1`` are one molecule,
   ``0|1`` and ``1|0`` are two.
4. ``GM_PHASE``, which ``genomodel annotate`` writes: the counts of reads with ``--bam``, and what a ``BCSQ`` that it
   replaced said.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from genomodel.annotation.phasing import Linkage
from genomodel.annotation.phasing_info import JOINT_INFO, PHASE_INFO, read_joint, read_linkage
from genomodel.calls.vcf_text import VcfHeader, VcfRecord
from genomodel.core.variants import Consequence, Phase, Variant
from genomodel.resources.mane import without_version

_DNA = re.compile(r"^(\d+)([ACGTNacgtn]+)>([ACGTNacgtn]+)$")
_IMAGINED = re.compile(r"(?:--phase|-p)[ =]?([amR])\b")
_JOINED = re.compile(r"@\d|[A-Za-z]\+\d")
"""A pointer to a joint entry, or several alleles in one."""
_NO_SET = ""


@dataclass(frozen=True, slots=True)
class _Haplotypes:
    """On which of a sample's haplotypes an allele lies."""

    sample: str
    set_id: str
    """Of the phase set; empty where phased genotypes name none."""
    by: str
    on: frozenset[int]


@dataclass
class PhaseFacts:
    """What the records read so far say; a :class:`~genomodel.annotation.phasing.PhaseSource`.

    Parameters
    ----------
    header
        Of the VCF.
    samples
        Columns that are looked at, the tumor's first.
    """

    header: VcfHeader
    samples: tuple[str, ...]
    _haplotypes: dict[str, tuple[_Haplotypes, ...]] = field(default_factory=dict)
    _unphased: set[str] = field(default_factory=set)
    _as_one: dict[str, frozenset[str]] = field(default_factory=dict)
    _joined_on: dict[str, frozenset[str]] = field(default_factory=dict)
    _counted: dict[frozenset[str], list[Linkage]] = field(default_factory=lambda: defaultdict(list))
    _joint: dict[tuple[frozenset[str], str], Consequence] = field(default_factory=dict)

    def add(self, record: VcfRecord) -> None:
        """Take in one record."""
        joined = _JOINED.search(record.info.get("BCSQ", "")) is not None
        phased = any("|" in column for column in record.columns[9:])
        if not (joined or phased or PHASE_INFO in record.info or JOINT_INFO in record.info):
            return
        keys = [_key(record, alt) for alt in record.alts]
        fields = [(name, record.sample(name)) for name in self.samples] if len(record.columns) > 9 else []
        for number, key in enumerate(keys, 1):
            found = [item for name, values in fields for item in _on_haplotypes(name, values, number, len(keys))]
            if found:
                self._haplotypes[key] = tuple(found)
            if any(_is_unphased(values.get("GT", "")) for _, values in fields):
                self._unphased.add(key)
        self._add_entries(record)
        for text in record.info.get(PHASE_INFO, "").split(","):
            if text and (told := read_linkage(text, keys, record)) is not None:
                pair, linkage = told
                if linkage not in self._counted[pair]:
                    self._counted[pair].append(linkage)
        for text in record.info.get(JOINT_INFO, "").split(","):
            if text:
                alleles, consequence = read_joint(text, keys, record)
                self._joint[alleles, without_version(consequence.transcript)] = consequence

    def _add_entries(self, record: VcfRecord) -> None:
        """Note the alleles that an entry of haplotype-aware csq reads as one."""
        for entry in record.info.get("BCSQ", "").split(","):
            fields = entry.split("|")
            if len(fields) < 7 or "+" not in fields[6]:
                continue
            matches = [_DNA.match(change) for change in fields[6].split("+")]
            keys = {
                Variant(chrom=record.chrom, pos=int(m[1]), ref=m[2], alt=m[3]).key for m in matches if m is not None
            }
            for key in keys if None not in matches else ():
                self._as_one[key] = self._as_one.get(key, frozenset()) | keys
                self._joined_on[key] = self._joined_on.get(key, frozenset()) | {fields[2]}

    def linkages(self, first: str, second: str) -> Sequence[Linkage]:
        """Return what the records say of two alleles."""
        return (
            *self.joined_by_csq(first, second),
            *_by_haplotypes(self._haplotypes.get(first, ()), self._haplotypes.get(second, ())),
            *self._counted.get(frozenset((first, second)), ()),
        )

    def joint(self, alleles: frozenset[str], transcript: str) -> Consequence | None:
        """Return what ``genomodel annotate`` says that alleles make together on a transcript."""
        known = self._joint.get((alleles, without_version(transcript)))
        versions = {name.partition(".")[2] for name in (transcript, known.transcript)} if known is not None else {""}
        return known if len(versions - {""}) < 2 else None

    def read_as_one(self, allele: str) -> frozenset[str]:
        """Return the alleles, itself among them, that csq read as one change."""
        return self._as_one.get(allele, frozenset((allele,)))

    def joined_on(self, allele: str) -> frozenset[str]:
        """Return the transcripts on which csq read an allele with others."""
        return self._joined_on.get(allele, frozenset())

    def joined_by_csq(self, first: str, second: str) -> tuple[Linkage, ...]:
        """Return what entries of haplotype-aware csq say of two alleles."""
        if second not in self._as_one.get(first, ()):
            return ()
        if {first, second} & self._unphased or self._imagined:
            basis = "bcftools csq joins them, but from genotypes that are not phased"
            return (Linkage(Phase.UNKNOWN, basis),)
        return (Linkage(Phase.CIS, "haplotype of bcftools csq"),)

    @property
    def _imagined(self) -> bool:
        """Whether csq was told to make haplotypes of unphased genotypes, and these are gone."""
        command = self.header.value("bcftools/csqCommand") or ""
        return not self.samples and _IMAGINED.search(command) is not None


def _key(record: VcfRecord, alt: str) -> str:
    return Variant(chrom=record.chrom, pos=record.pos, ref=record.ref, alt=alt).key


def _is_unphased(genotype: str) -> bool:
    """Whether a genotype of several different alleles does not say which lies where."""
    return "/" in genotype and len(set(genotype.split("/"))) > 1


def _on_haplotypes(sample: str, values: Mapping[str, str], allele: int, n_alleles: int) -> list[_Haplotypes]:
    """Return where phased genotypes of one sample put an allele: by ``PS``, and by ``PGT`` and ``PID``."""
    found = []
    genotype, set_id, group = values.get("GT", ""), values.get("PS", _NO_SET), values.get("PID", "")
    if "|" in genotype and "/" not in genotype and (set_id or not group):
        on = frozenset(i for i, number in enumerate(genotype.split("|")) if number == str(allele))
        by = f"phased genotypes of the set PS {set_id}" if set_id else "phased genotypes (GT, without a phase set)"
        found.append(_Haplotypes(sample, f"PS {set_id}" if set_id else _NO_SET, by, on))
    local = values.get("PGT", "")
    if group and "|" in local:
        # In a record of several alleles PGT does not say which of them it places, unless it names them.
        numbers = local.split("|")
        named = n_alleles == 1 or any(number not in ("0", "1") for number in numbers)
        on = frozenset(i for i, number in enumerate(numbers) if named and number == str(allele))
        found.append(_Haplotypes(sample, f"PID {group}", f"PGT within PID {group}", on))
    return [item for item in found if item.on]


def _by_haplotypes(first: Sequence[_Haplotypes], second: Sequence[_Haplotypes]) -> list[Linkage]:
    """Compare the haplotypes of two alleles, in the tumor where it tells, else in the normal."""
    said: list[Linkage] = []
    told_by = ""
    for one in first:
        for other in second:
            if (one.sample, one.set_id) == (other.sample, other.set_id) and told_by in ("", one.sample):
                phase = Phase.CIS if one.on & other.on else Phase.TRANS
                said.append(Linkage(phase, f"{one.by} of {one.sample}"))
                told_by = one.sample
    return said
