"""Tumor-normal pairs with what makes calling hard, every artifact and every true variant under a name."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from genomodel.simulate.loci import HOTSPOTS, Allele, Locus, Repeat, Target, hotspot_alleles, repeats_of
from genomodel.simulate.molecules import BOTH, Carried, Damage, Design, SiteError, Source, slippage_rate
from genomodel.simulate.truth import Kind, left_align, variant_type

SPACING = 40
"""Least distance between true variants, but for those put beside a germline indel on purpose."""
TRIES = 200
"""Places tried for a thing before it is left out."""
MARGIN = 4
"""Least distance of a true variant from the edge of its target."""
COMMON_SITES_PER_BASE = 1 / 500
GERMLINE_INDELS_PER_BASE = 1 / 7000
PRIVATE_SHARE = 0.1
"""Share of germline SNPs that no population table knows."""
TYPE_SHARES = {"snv": 0.60, "mnv": 0.10, "insertion": 0.14, "deletion": 0.16}
INDEL_LENGTHS = ((1, 2, 0.45), (2, 3, 0.12), (3, 4, 0.14), (4, 10, 0.15), (10, 25, 0.08), (25, 51, 0.06))
"""Shortest length, longest plus one, share."""
PARALOG_LENGTH = 1500
PARALOG_FLANK = 700
BASES = "ACGT"
NEAR_INDEL = 20
"""A true variant this close to a germline indel is of that context."""


@dataclass(frozen=True)
class Artifacts:
    """What is wrong with a library. The defaults are nothing."""

    paralogs: int = 0
    """Regions with a near-copy elsewhere in the reference, 98 to 99 % identical."""
    collapsed: int = 0
    """Regions with such a copy in the patient's genome that the reference lacks."""
    repeats: int = 0
    """Homopolymers of 8 to 15 bases, and as many dinucleotide repeats, that are targeted."""
    slippage: bool = False
    ffpe_sites: float = 0.0
    """Sites per base with deaminated cytosines at 2 to 10 % of the reads."""
    ffpe_rate: float = 0.0
    """Deaminated share of cytosines anywhere."""
    oxog_sites: float = 0.0
    """Sites per base with oxidized guanines at 1 to 5 % of the reads."""
    oxog_rate: float = 0.0
    strand_sites: float = 0.0
    """Sites per base, after GGC, that one strand misreads at 3 to 12 %."""
    contamination: float = 0.0
    """Share of the tumor's molecules from somebody else."""
    tumor_in_normal: float = 0.0
    """Share of the normal sample that is tumor."""


CLEAN = Artifacts()
FFPE = Artifacts(ffpe_sites=1 / 500, ffpe_rate=5e-4, oxog_sites=1 / 3000, oxog_rate=3e-5)
ALL = Artifacts(
    paralogs=8,
    collapsed=8,
    repeats=40,
    slippage=True,
    ffpe_sites=1 / 2000,
    ffpe_rate=2e-4,
    oxog_sites=1 / 4000,
    oxog_rate=3e-5,
    strand_sites=1 / 2000,
    contamination=0.01,
    tumor_in_normal=0.02,
)


@dataclass(frozen=True)
class Scenario:
    """A pair to simulate.

    Attributes
    ----------
    tumor_depth, normal_depth
        Mean coverage by read bases, duplicates aside.
    purity
        Share of tumor cells in the tumor sample; limits allele fractions and sets what loss of heterozygosity shows.
    fractions
        Allele fractions of somatic variants in the tumor sample.
    per_fraction
        Somatic variants of each.
    hotspot_fractions
        Allele fractions that known hotspot alleles get in turn.
    lost_loci
        Genes of which the tumor has both copies from one parent.
    """

    name: str
    tumor_depth: float
    normal_depth: float
    purity: float = 1.0
    fractions: tuple[float, ...] = (0.02, 0.05, 0.10, 0.20)
    per_fraction: int = 50
    hotspot_fractions: tuple[float, ...] = (0.02, 0.03, 0.05, 0.10)
    artifacts: Artifacts = CLEAN
    lost_loci: int = 0
    read_length: int = 150
    seed: int = 1


@dataclass(frozen=True)
class HardVariant:
    """One true allele; ``pos`` is 0-based, alleles are left-aligned as in a VCF."""

    contig: str
    pos: int
    ref: str
    alt: str
    kind: Kind
    tumor_fraction: float
    normal_fraction: float
    haplotype: int
    context: str
    """``plain``, ``homopolymer``, ``dinucleotide``, ``paralog``, ``collapsed_paralog`` or ``near_germline_indel``."""
    gene: str
    label: str = ""
    """Gene and protein change of a hotspot allele, or ``loh`` of a germline variant whose other allele is lost."""
    population: float = 0.0
    """Allele fraction in the population; 0 where it is not known there."""

    @property
    def type(self) -> str:
        """``snv``, ``mnv``, ``insertion`` or ``deletion``."""
        return variant_type(self.ref, self.alt)


@dataclass(frozen=True)
class ArtifactSite:
    """Where something that is not a variant may look like one, 0-based half-open."""

    contig: str
    start: int
    end: int
    stratum: str
    share: float
    """Share of reads, or of molecules, that it is in; of repeats the share that slips."""
    change: str = ""


@dataclass(frozen=True)
class CommonSite:
    """A site where people differ, and who of the two carries it: haplotypes 0, 1, ``BOTH``, or ``None``."""

    allele: Allele
    population: float
    patient: int | None
    foreign: int | None


@dataclass(frozen=True)
class Paralog:
    """A near-copy of a stretch of a locus."""

    name: str
    locus: int
    start: int
    end: int
    sequence: str
    changed: tuple[int, ...]
    """Offsets at which it differs."""
    in_reference: bool
    abundance: float
    converted: tuple[tuple[int, int], ...]
    """Offset and haplotype where the patient's copy reads as the original."""


@dataclass(frozen=True)
class Case:
    """All that decides a pair, apart from the chance of reading."""

    scenario: Scenario
    loci: tuple[Locus, ...]
    variants: tuple[HardVariant, ...]
    common: tuple[CommonSite, ...]
    sites: tuple[ArtifactSite, ...]
    paralogs: tuple[Paralog, ...]
    haplotype_shares: tuple[float, ...]
    """Share of haplotype 1 in the tumor sample, by locus."""
    damage: tuple[tuple[SiteError, ...], ...]
    strand_errors: tuple[tuple[SiteError, ...], ...]

    def reference(self) -> dict[str, str]:
        """Return the contigs of the reference, near-copies included that it knows."""
        known = {locus.contig: locus.sequence for locus in self.loci}
        return known | {paralog.name: paralog.sequence for paralog in self.paralogs if paralog.in_reference}


class _Room:
    """Remembers which places are taken."""

    def __init__(self, loci: Sequence[Locus]) -> None:
        self.loci = loci
        self.taken: dict[str, list[int]] = {locus.contig: [] for locus in loci}
        self.blocks = [(i, target) for i, locus in enumerate(loci) for target in locus.targets]
        sizes = np.array([target.end - target.start for _, target in self.blocks], dtype=float)
        self.ends = np.cumsum(sizes)

    def free(self, contig: str, start: int, end: int, spacing: int = SPACING) -> bool:
        places = self.taken[contig]
        at = bisect_left(places, start - spacing)
        return at == len(places) or places[at] >= end + spacing

    def take(self, contig: str, start: int, end: int) -> None:
        for place in range(start, end, SPACING):
            insort(self.taken[contig], place)
        insort(self.taken[contig], end - 1)

    def anywhere(self, rng: np.random.Generator) -> tuple[int, int]:
        """Return locus and position, every targeted base as likely."""
        at = rng.random() * self.ends[-1]
        i = int(np.searchsorted(self.ends, at, side="right"))
        locus, target = self.blocks[i]
        return locus, int(target.end - (self.ends[i] - at))

    def target(self, locus: int, pos: int) -> Target | None:
        found = (t for t in self.loci[locus].targets if t.start + MARGIN <= pos < t.end - MARGIN)
        return next(found, None)


def _other(rng: np.random.Generator, base: str) -> str:
    return BASES[(BASES.index(base) + int(rng.integers(1, 4))) % 4]


def _indel_length(rng: np.random.Generator) -> int:
    shares = np.array([share for *_, share in INDEL_LENGTHS])
    low, high, _ = INDEL_LENGTHS[int(rng.choice(len(shares), p=shares / shares.sum()))]
    return int(rng.integers(low, high))


def _allele(rng: np.random.Generator, sequence: str, pos: int, kind: str) -> tuple[int, str, str]:
    """Return a variant of a type at a place, left-aligned."""
    if kind in ("snv", "mnv"):
        ref = sequence[pos : pos + (1 if kind == "snv" else int(rng.integers(2, 4)))]
        return pos, ref, "".join(_other(rng, base) for base in ref)
    length = _indel_length(rng)
    if kind == "deletion":
        return left_align(sequence, pos, sequence[pos : pos + length + 1], sequence[pos])
    if rng.random() < 0.5:
        added = sequence[pos + 1 - length : pos + 1]
    else:
        added = "".join(BASES[i] for i in rng.integers(0, 4, length))
    return left_align(sequence, pos, sequence[pos], sequence[pos] + added)


def _choose(rng: np.random.Generator, shares: dict[str, float]) -> str:
    weights = np.array(list(shares.values()))
    return list(shares)[int(rng.choice(len(weights), p=weights / weights.sum()))]


class _Builder:
    """Puts variants and artifacts into their places, one kind after the other."""

    def __init__(self, scenario: Scenario, loci: Sequence[Locus]) -> None:
        self.scenario = scenario
        self.rng = np.random.default_rng([scenario.seed, 10])
        self.hotspots = hotspot_alleles(loci)
        self.repeats = [repeats_of(locus.sequence) for locus in loci]
        self.loci = self._with_repeats(loci)
        self.room = _Room(self.loci)
        self.number = {locus.contig: i for i, locus in enumerate(self.loci)}
        self.paralogs: list[Paralog] = []
        self.variants: list[HardVariant] = []
        self.common: list[CommonSite] = []
        self.sites: list[ArtifactSite] = []
        lost = set(self.rng.choice(len(loci), min(scenario.lost_loci, len(loci)), replace=False).tolist())
        both_copies = 0.5 + scenario.purity / 2
        self.shares = tuple(both_copies if i in lost else 0.5 for i in range(len(loci)))

    def _with_repeats(self, loci: Sequence[Locus]) -> list[Locus]:
        """Target repeats of chosen lengths, of every length as many as there are to be had."""
        n = self.scenario.artifacts.repeats
        chosen: dict[int, list[Target]] = {}
        for stratum, low, high in (("homopolymer", 8, 15), ("dinucleotide", 6, 14)):
            by_units: dict[int, list[tuple[int, Repeat]]] = {}
            for i, repeats in enumerate(self.repeats):
                for repeat in repeats:
                    inside = repeat.start > 800 and repeat.end + 800 < len(loci[i].sequence)
                    if repeat.stratum == stratum and low <= repeat.units <= high and inside:
                        by_units.setdefault(repeat.units, []).append((i, repeat))
            wanted = max(1, n // (high - low + 1)) if n else 0
            for units in sorted(by_units):
                some = by_units[units]
                for k in self.rng.permutation(len(some))[:wanted].tolist():
                    i, repeat = some[k]
                    name = f"{loci[i].contig}:{stratum}"
                    chosen.setdefault(i, []).append(Target(repeat.start - 60, repeat.end + 60, name))
        return [locus.with_targets(chosen.get(i, ())) for i, locus in enumerate(loci)]

    def place_paralogs(self) -> None:
        artifacts = self.scenario.artifacts
        hot = [(self.number[a.contig], a.pos) for a in self.hotspots.values()]
        used: list[tuple[int, int]] = []
        for _ in range(TRIES * (artifacts.paralogs + artifacts.collapsed)):
            if len(self.paralogs) == artifacts.paralogs + artifacts.collapsed:
                return
            locus, pos = self.room.anywhere(self.rng)
            start = pos - PARALOG_LENGTH // 2
            sequence = self.loci[locus].sequence
            near = any(i == locus and abs(p - pos) < 2 * PARALOG_LENGTH for i, p in [*hot, *used])
            if near or start < PARALOG_FLANK or start + PARALOG_LENGTH + PARALOG_FLANK > len(sequence):
                continue
            used.append((locus, pos))
            self._add_paralog(locus, start, len(self.paralogs) < artifacts.paralogs)

    def _add_paralog(self, locus: int, start: int, in_reference: bool) -> None:
        rng, number = self.rng, len(self.paralogs) + 1
        low, high = start - PARALOG_FLANK, start + PARALOG_LENGTH + PARALOG_FLANK
        letters = list(self.loci[locus].sequence[low:high])
        changed = np.flatnonzero(rng.random(len(letters)) < rng.uniform(0.01, 0.02)).tolist()
        for at in changed:
            letters[at] = _other(rng, letters[at])
        abundance = 1.0 if in_reference or number % 2 else 0.15
        converted = tuple((at, int(rng.integers(0, 2))) for at in changed if in_reference and rng.random() < 0.2)
        name = f"paralog_{number}"
        paralog = Paralog(name, locus, low, high, "".join(letters), tuple(changed), in_reference, abundance, converted)
        self.paralogs.append(paralog)
        contig, stratum = self.loci[locus].contig, "paralog" if in_reference else "collapsed_paralog"
        original = self.loci[locus].sequence
        for at in changed:
            change = f"{original[low + at]}>{letters[at]}"
            self.sites.append(ArtifactSite(contig, low + at, low + at + 1, stratum, abundance / 2, change))
            if start <= low + at < start + PARALOG_LENGTH:
                self.room.take(contig, low + at, low + at + 1)

    def _copy_of(self, locus: int, pos: int) -> Paralog | None:
        inside = (p for p in self.paralogs if p.locus == locus and p.start <= pos < p.end)
        return next(inside, None)

    def _context(self, locus: int, pos: int, ref: str, own: bool = False) -> str:
        for repeat in self.repeats[locus]:
            if repeat.start - 3 <= pos + len(ref) and pos < repeat.end + 2:
                return repeat.stratum
        contig = self.loci[locus].contig
        for variant in self.variants:
            indel = variant.kind is Kind.GERMLINE and len(variant.ref) != len(variant.alt)
            if not own and indel and variant.contig == contig and abs(variant.pos - pos) <= NEAR_INDEL:
                return "near_germline_indel"
        copy = self._copy_of(locus, pos)
        if copy is None:
            return "plain"
        return "paralog" if copy.in_reference else "collapsed_paralog"

    def _diluted(self, locus: int, pos: int) -> float:
        """Return what is left of an allele fraction where reads of an unknown copy pile up."""
        copy = self._copy_of(locus, pos)
        return 1.0 if copy is None or copy.in_reference else 1 / (1 + copy.abundance)

    def _try(self, locus: int, pos: int, ref: str, alt: str, spacing: int = SPACING) -> Target | None:
        """Take a place if the allele is one, is inside a target and has room."""
        target = self.room.target(locus, pos)
        if target is None or not ref or ref == alt or pos + len(ref) > target.end - MARGIN:
            return None
        contig = self.loci[locus].contig
        if not self.room.free(contig, pos, pos + len(ref), spacing):
            return None
        self.room.take(contig, pos, pos + len(ref))
        return target

    def _germline(self, locus: int, allele: tuple[int, str, str], haplotype: int, gene: str, population: float) -> None:
        pos, ref, alt = allele
        share = self.shares[locus]
        tumor = {BOTH: 1.0, 1: share, 0: 1 - share}[haplotype]
        normal = 1.0 if haplotype == BOTH else 0.5
        diluted = self._diluted(locus, pos)
        context, label = self._context(locus, pos, ref, own=True), "loh" if share != 0.5 and haplotype == 1 else ""
        contig = self.loci[locus].contig
        self.variants.append(
            HardVariant(
                contig, pos, ref, alt, Kind.GERMLINE, tumor * diluted, normal * diluted, haplotype, context, gene,
                label, population,
            )
        )  # fmt: skip

    def place_germline(self) -> None:
        rng, bases = self.rng, float(self.room.ends[-1])
        for _ in range(int(bases * COMMON_SITES_PER_BASE)):
            locus, pos = self.room.anywhere(rng)
            allele = _allele(rng, self.loci[locus].sequence, pos, "snv")
            target = self._try(locus, *allele)
            population = float(rng.uniform(0.05, 0.6))
            patient, foreign = (self._genotype(population) for _ in range(2))
            known = rng.random() >= PRIVATE_SHARE
            if target is None:
                continue
            contig = self.loci[locus].contig
            if known:
                self.common.append(CommonSite(Allele(contig, *allele), population, patient, foreign))
            if patient is not None:
                gene = target.name.split(":")[0]
                self._germline(locus, allele, patient, gene, population if known else 0.0)
        wanted = bases * GERMLINE_INDELS_PER_BASE + 0.08 * self.scenario.per_fraction * len(self.scenario.fractions)
        for kind in (("insertion", "deletion")[i % 2] for i in range(int(wanted))):
            locus, pos = self.room.anywhere(rng)
            allele = _allele(rng, self.loci[locus].sequence, pos, kind)
            target = self._try(locus, *allele)
            if target is not None:
                haplotype = BOTH if rng.random() < 0.35 else int(rng.integers(0, 2))
                self._germline(locus, allele, haplotype, target.name.split(":")[0], 0.0)

    def _genotype(self, population: float) -> int | None:
        first, second = self.rng.random(2) < population
        if first and second:
            return BOTH
        return (1 if second else 0) if first or second else None

    def _somatic(self, locus: int, allele: tuple[int, str, str], fraction: float, gene: str, label: str = "") -> None:
        pos, ref, alt = allele
        haplotype = int(self.rng.integers(0, 2))
        share = (1 - self.shares[locus], self.shares[locus])[haplotype]
        if fraction > share:
            haplotype = BOTH
        fraction *= self._diluted(locus, pos)
        normal = fraction * self.scenario.artifacts.tumor_in_normal
        context, contig = self._context(locus, pos, ref), self.loci[locus].contig
        self.variants.append(
            HardVariant(contig, pos, ref, alt, Kind.SOMATIC, fraction, normal, haplotype, context, gene, label)
        )

    def place_hotspots(self) -> None:
        """Give one allele of each hotspot codon to the tumor, fractions in turn."""
        placed = 0
        for gene, change in HOTSPOTS:
            allele = self.hotspots.get(f"{gene} {change}")
            if allele is None:
                continue
            locus = self.number[allele.contig]
            if self._try(locus, allele.pos, allele.ref, allele.alt, spacing=20) is not None:
                fractions = self.scenario.hotspot_fractions
                fraction = fractions[placed % len(fractions)]
                self._somatic(locus, (allele.pos, allele.ref, allele.alt), fraction, gene, f"{gene} {change}")
                placed += 1

    def _proposal(self, context: str) -> tuple[int, tuple[int, str, str], int]:
        """Return locus, allele and least distance from other variants for a wanted context."""
        rng = self.rng
        kind = _choose(rng, TYPE_SHARES)
        if context in ("homopolymer", "dinucleotide"):
            some = self._repeats(context)
            locus, repeat = some[int(rng.integers(len(some)))]
            sequence = self.loci[locus].sequence
            if kind in ("snv", "mnv"):
                return locus, _allele(rng, sequence, repeat.end + int(rng.integers(0, 3)), kind), SPACING
            before = sequence[repeat.start - 1]
            longer, shorter = before + repeat.unit, before
            change = (shorter, longer) if kind == "insertion" else (longer, shorter)
            return locus, (repeat.start - 1, *change), SPACING
        if context == "near_germline_indel":
            indels = [v for v in self.variants if v.kind is Kind.GERMLINE and len(v.ref) != len(v.alt)]
            beside = indels[int(rng.integers(len(indels)))]
            locus, away = self.number[beside.contig], int(rng.integers(4, 16))
            pos = beside.pos + len(beside.ref) + away if rng.random() < 0.5 else beside.pos - away
            return locus, _allele(rng, self.loci[locus].sequence, pos, kind), 3
        if context == "paralog":
            copy = self.paralogs[int(rng.integers(len(self.paralogs)))]
            pos = int(rng.integers(copy.start + PARALOG_FLANK, copy.end - PARALOG_FLANK))
            return copy.locus, _allele(rng, self.loci[copy.locus].sequence, pos, kind), 10
        locus, pos = self.room.anywhere(rng)
        return locus, _allele(rng, self.loci[locus].sequence, pos, kind), SPACING

    def _repeats(self, stratum: str) -> list[tuple[int, Repeat]]:
        """Return the repeats that are targeted as such, with their locus."""
        return [
            (i, repeat)
            for i, target in self.room.blocks
            if target.name.endswith(f":{stratum}")
            for repeat in self.repeats[i]
            if repeat.stratum == stratum and target.start < repeat.start and repeat.end < target.end
        ]

    def place_somatic(self) -> None:
        scenario = self.scenario
        contexts = {"plain": 0.7}
        if any(v.kind is Kind.GERMLINE and len(v.ref) != len(v.alt) for v in self.variants):
            contexts["near_germline_indel"] = 0.08
        contexts |= {s: share for s, share in (("homopolymer", 0.1), ("dinucleotide", 0.06)) if self._repeats(s)}
        if self.paralogs:
            contexts["paralog"] = 0.1
        for fraction in scenario.fractions:
            for _ in range(scenario.per_fraction):
                context = _choose(self.rng, contexts)
                for attempt in range(TRIES):
                    locus, allele, spacing = self._proposal(context if attempt < TRIES // 10 else "plain")
                    target = self._try(locus, *allele, spacing=spacing)
                    if target is not None:
                        self._somatic(locus, allele, fraction, target.name.split(":")[0])
                        break

    def _damage(
        self, rate: float, changes: dict[str, str], low: float, high: float, stratum: str
    ) -> list[list[SiteError]]:
        """Choose sites of damage; ``changes`` is what the original strand reads as, in the first read."""
        rng = self.rng
        found: list[list[SiteError]] = [[] for _ in self.loci]
        for _ in range(int(rng.poisson(float(self.room.ends[-1]) * rate))):
            locus, pos = self.room.anywhere(rng)
            base, share = self.loci[locus].sequence[pos], float(rng.uniform(low, high))
            contig = self.loci[locus].contig
            complement = base.translate(str.maketrans("ACGT", "TGCA"))
            forward = base in changes
            if not (forward or complement in changes) or not self.room.free(contig, pos, pos + 1, 10):
                continue
            new = changes[base] if forward else changes[complement].translate(str.maketrans("ACGT", "TGCA"))
            self.room.take(contig, pos, pos + 1)
            found[locus].append(SiteError(pos, new, min(1.0, 2 * share), forward))
            self.sites.append(ArtifactSite(contig, pos, pos + 1, stratum, share, f"{base}>{new}"))
        return found

    def place_damage(self) -> tuple[tuple[SiteError, ...], ...]:
        artifacts = self.scenario.artifacts
        ffpe = self._damage(artifacts.ffpe_sites, {"C": "T"}, 0.02, 0.10, "ffpe")
        oxog = self._damage(artifacts.oxog_sites, {"G": "T"}, 0.01, 0.05, "oxog")
        return tuple(tuple(a + b) for a, b in zip(ffpe, oxog, strict=True))

    def _after_motif(self) -> Iterator[tuple[int, int, bool]]:
        for i, target in self.room.blocks:
            sequence = self.loci[i].sequence
            for pos in range(target.start, target.end):
                if sequence[pos - 3 : pos] == "GGC" and sequence[pos] != "G":
                    yield i, pos, True
                if sequence[pos + 1 : pos + 4] == "GCC" and sequence[pos] != "C":
                    yield i, pos, False

    def place_strand_errors(self) -> tuple[tuple[SiteError, ...], ...]:
        rng = self.rng
        found: list[list[SiteError]] = [[] for _ in self.loci]
        motifs = list(self._after_motif())
        wanted = int(rng.poisson(float(self.room.ends[-1]) * self.scenario.artifacts.strand_sites))
        for k in rng.permutation(len(motifs))[:wanted].tolist():
            locus, pos, forward = motifs[k]
            contig = self.loci[locus].contig
            if not self.room.free(contig, pos, pos + 1, 10):
                continue
            share, new = float(rng.uniform(0.03, 0.12)), "G" if forward else "C"
            self.room.take(contig, pos, pos + 1)
            found[locus].append(SiteError(pos, new, share, forward))
            change = f"{self.loci[locus].sequence[pos]}>{new}"
            self.sites.append(ArtifactSite(contig, pos, pos + 1, "strand", share, change))
        return tuple(tuple(errors) for errors in found)


def build_case(scenario: Scenario, loci: Sequence[Locus]) -> Case:
    """Put variants and artifacts of a scenario into loci.

    Parameters
    ----------
    scenario
        What is wanted; its seed decides every place.
    loci
        Contigs with their targets.
    """
    builder = _Builder(scenario, loci)
    builder.place_paralogs()
    builder.place_hotspots()
    builder.place_germline()
    builder.place_somatic()
    damage, strand_errors = builder.place_damage(), builder.place_strand_errors()
    order = {locus.contig: i for i, locus in enumerate(builder.loci)}
    sites = [*builder.sites, *_repeat_sites(builder), *_foreign_sites(builder)]
    return Case(
        scenario,
        tuple(builder.loci),
        tuple(sorted(builder.variants, key=lambda v: (order[v.contig], v.pos))),
        tuple(sorted(builder.common, key=lambda s: (order[s.allele.contig], s.allele.pos))),
        tuple(sorted(sites, key=lambda s: (order[s.contig], s.start))),
        tuple(builder.paralogs),
        builder.shares,
        damage,
        strand_errors,
    )


def _repeat_sites(builder: _Builder) -> Iterator[ArtifactSite]:
    if not builder.scenario.artifacts.slippage:
        return
    for locus, repeats in zip(builder.loci, builder.repeats, strict=True):
        for repeat in repeats:
            if any(t.start < repeat.end and repeat.start < t.end for t in locus.targets):
                yield ArtifactSite(
                    locus.contig, repeat.start - 1, repeat.end, repeat.stratum, slippage_rate(repeat), repeat.unit
                )


def _foreign_sites(builder: _Builder) -> Iterator[ArtifactSite]:
    share = builder.scenario.artifacts.contamination
    for site in builder.common if share else ():
        if site.foreign is not None and site.patient is None:
            part = share * (1 if site.foreign == BOTH else 0.5)
            allele = site.allele
            change = f"{allele.ref}>{allele.alt}"
            yield ArtifactSite(allele.contig, allele.pos, allele.pos + 1, "contamination", part, change)


def design_of(case: Case, *, tumor: bool) -> Design:
    """Return how the library of the tumor or the normal sample was made."""
    scenario, artifacts = case.scenario, case.scenario.artifacts
    damage = (Damage("C", "T", artifacts.ffpe_rate), Damage("G", "T", artifacts.oxog_rate))
    return Design(
        scenario.tumor_depth if tumor else scenario.normal_depth,
        read_length=scenario.read_length,
        foreign=artifacts.contamination if tumor else 0.0,
        damage=tuple(d for d in damage if d.rate) if tumor else (),
        slippage=artifacts.slippage,
    )


def _carried(case: Case, index: int, *, tumor: bool) -> Iterator[Carried]:
    contig = case.loci[index].contig
    share = case.haplotype_shares[index] if tumor else 0.5
    artifacts = case.scenario.artifacts
    for v in case.variants:
        if v.contig != contig:
            continue
        if v.kind is Kind.GERMLINE:
            yield Carried(v.pos, v.ref, v.alt, v.haplotype, 1.0)
            continue
        fraction = _undiluted(case, index, v) * (1.0 if tumor else artifacts.tumor_in_normal)
        of_haplotype = {BOTH: 1.0, 1: share, 0: 1 - share}[v.haplotype]
        if fraction:
            yield Carried(v.pos, v.ref, v.alt, v.haplotype, min(1.0, fraction / of_haplotype))
    for site in case.common if tumor and artifacts.contamination else ():
        if site.allele.contig == contig and site.foreign is not None:
            yield Carried(site.allele.pos, site.allele.ref, site.allele.alt, site.foreign, 1.0, foreign=True)


def _undiluted(case: Case, index: int, variant: HardVariant) -> float:
    """Return the allele fraction among the molecules of the locus itself, without those of an unknown copy."""
    for copy in case.paralogs:
        if not copy.in_reference and copy.locus == index and copy.start <= variant.pos < copy.end:
            return variant.tumor_fraction * (1 + copy.abundance)
    return variant.tumor_fraction


def sources_of(case: Case, *, tumor: bool) -> Iterator[Source]:
    """Yield where the molecules of a sample come from: every locus, then every near-copy."""
    for i, locus in enumerate(case.loci):
        near = tuple(
            repeat
            for repeat in repeats_of(locus.sequence)
            if any(t.start - 400 < repeat.start and repeat.end < t.end + 400 for t in locus.targets)
        )
        yield Source(
            locus.sequence,
            tuple((target.start, target.end) for target in locus.targets),
            haplotype_share=case.haplotype_shares[i] if tumor else 0.5,
            carried=tuple(_carried(case, i, tumor=tumor)),
            damage=case.damage[i] if tumor else (),
            strand_errors=case.strand_errors[i],
            repeats=near,
        )
    for paralog in case.paralogs:
        original = case.loci[paralog.locus].sequence[paralog.start : paralog.end]
        converted = tuple(
            Carried(at, paralog.sequence[at], original[at], haplotype, 1.0) for at, haplotype in paralog.converted
        )
        middle = ((PARALOG_FLANK, len(paralog.sequence) - PARALOG_FLANK),)
        repeats = tuple(repeats_of(paralog.sequence))
        yield Source(paralog.sequence, middle, paralog.abundance, carried=converted, repeats=repeats)
