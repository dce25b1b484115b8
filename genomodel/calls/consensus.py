"""One call set from all engines: what the reads say of every allele that any of them saw, and what passes.

The rule by which an allele passes, in :data:`PASS_RULES`, never asks how many engines saw it: an engine's silence is no
evidence against reads that are there. An oncogenic hotspot allele that does not pass, but that more than errors speaks
for, keeps its place with the label ``confirm``.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import pysam

from genomodel.calls.alleles import Bases, is_substitution
from genomodel.calls.allelic_loss import lost_other_allele
from genomodel.calls.candidates import Candidate, collect_candidates, join_neighbors, require_calls
from genomodel.calls.engines import FORCED
from genomodel.calls.fragments import (
    AlleleReads,
    ErrorTally,
    FragmentReader,
    ReadLimits,
    SampleReads,
    Surroundings,
    has_duplex_consensus,
    read_fragments,
)
from genomodel.calls.hotspot_alleles import HotspotAlleles
from genomodel.calls.likelihood import GERMLINE_FRACTION, MIN_NORMAL_DEPTH
from genomodel.calls.posterior import (
    UNKNOWN_SHARE,
    ErrorRates,
    Judge,
    Posterior,
    SampleFacts,
    SiteEvidence,
    estimate_contamination,
    false_discovery_threshold,
    learn,
    pooled,
    repeat_around,
    slippage,
    with_rates,
)
from genomodel.calls.read_alleles import ALT
from genomodel.calls.varlociraptor import Settings as VarlociraptorSettings
from genomodel.calls.varlociraptor import rescore
from genomodel.core.builds import spellings
from genomodel.core.specimens import Library
from genomodel.core.variants import Origin, Variant

LIKELIHOOD, VARLOCIRAPTOR = "likelihood", "varlociraptor"

PASS_RULES = {
    "judge": "The judge holds the allele for somatic at the asked false discovery rate.",
    "judge_or_engine": (
        "The judge holds the allele for somatic at the asked false discovery rate; or an engine with filters of its "
        "own passed it and the reads alone make it clearly more likely somatic than all else together."
    ),
}
"""Rules by which an allele passes, by their name in the configuration."""

FILTERS = {
    "GM_no_tumor_data": "No fragment of the tumor speaks for any allele at this place",
    "GM_origin_open": "The tumor carries the allele, and the normal does not tell whether it is inherited",
    "GM_germline": "The normal carries the allele",
    "GM_normal_not_assessable": "Too few fragments in the normal to rule the allele out there",
    "GM_normal_evidence": "Too many fragments of the allele in the normal for somatic, too few for inherited",
    "GM_artifact": "An artifact explains the fragments of the allele at least as well as a variant",
    "GM_absent": "Errors explain the fragments of the allele at least as well as a variant",
    "GM_foreign": "The allele fraction is that of foreign molecules in the sample",
    "GM_weak": "More likely somatic than not, but not at the false discovery rate that was asked for",
    "GM_part_of_allele": "The base change is part of a change of several bases that stands in a record of its own",
    "GM_not_in_phase": "The base changes lie on different molecules and stand in records of their own",
}
"""FILTER names that the consensus writes, with their descriptions."""

CONFIRM, LOH, NORMAL_EVIDENCE = "confirm", "loh", "normal_evidence"
LABELS = {
    CONFIRM: "an oncogenic hotspot allele that has too little support to pass and must not be lost",
    LOH: "inherited, and the tumor has lost the other allele",
    NORMAL_EVIDENCE: "a few fragments in the normal carry the allele",
}

LEAST_PROBABILITY = 0.6
"""No allele passes that is about as likely not somatic as somatic, however low the share of false ones among all."""

CONFIRM_LOD = 3.0
"""Log10 odds against errors from which a hotspot allele that does not pass is kept for confirmation."""

HOTSPOT_RATE = 1e-4
"""Least rate of a hotspot allele: those of cancerhotspots.org recur in 24,592 tumors, so that 1e-4 is two or three."""

NORMAL_SHARE = 0.2
"""Highest allele fraction of the normal, as a share of the tumor's, that leaves a hotspot allele its somatic origin."""

SAME_MOLECULES = 0.7
"""Share of the fragments of each single change that carry all of them, from which they are one allele."""

OPEN_ORIGIN = 0.05
"""Probability that the normal carries an allele from which its origin is open."""

SURELY_PRESENT = 0.9
"""Probability that the tumor carries an allele from which its origin, not its presence, is said to be open."""

REAL_LOD = 6.3
"""Log10 odds against errors from which an allele at a foreign fraction is told as uncertain (MuTect's threshold)."""

UNLISTED_BY_COMMON_SITES = 0.1
"""Share of a person's alleles that are too rare for a list of common sites."""

COMMON_IN_SAMPLE = 0.2
"""Allele fraction from which a substitution is no sign that the reads with it come from elsewhere."""

WORTH_JOINING = 0.1
LEAST_RESCORED_LOD = 2.0
CLEAR = 0.999


@dataclass(frozen=True)
class ConsensusSettings:
    """How the calls of one patient are decided.

    Attributes
    ----------
    reference
        Indexed FASTA.
    tumor, normal
        (BAM or CRAM, sample name); without a normal the mode is tumor-only.
    judge
        :data:`LIKELIHOOD` or :data:`VARLOCIRAPTOR`.
    purity
        Share of tumor cells, ``None`` when unknown.
    contamination
        Share of foreign molecules in the tumor; ``None`` to estimate it.
    fdr
        False discovery rate that is asked for.
    pass_rule
        A name of :data:`PASS_RULES`.
    hotspots
        Oncogenic alleles by place.
    population
        Indexed VCF of alleles that people carry: others are hardly held for another person's. Without it any may be.
    common_only
        Whether it lists common alleles only, so that a person carries many that it does not hold.
    callable_bases
        Bases that engines looked at.
    """

    reference: Path
    tumor: tuple[str, str]
    normal: tuple[str, str] | None = None
    judge: str = LIKELIHOOD
    purity: float | None = None
    contamination: float | None = None
    fdr: float = 0.05
    pass_rule: str = "judge_or_engine"
    library: Library = Library.CAPTURE
    max_depth: int = 100_000
    limits: ReadLimits = field(default_factory=ReadLimits)
    hotspots: HotspotAlleles | None = None
    population: Path | None = None
    common_only: bool = False
    callable_bases: int = 1_000_000
    threads: int = 1


@dataclass(frozen=True)
class Call:
    """One allele as decided."""

    candidate: Candidate
    site: SiteEvidence
    posterior: Posterior
    decided_by: str
    origin: Origin
    reason: str
    filters: tuple[str, ...]
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Consensus:
    """All calls of a patient, in genome order, with what was learned on the way."""

    calls: tuple[Call, ...]
    contamination: float
    contamination_places: int
    tumor_in_normal: float
    threshold: float
    asked: int = 0
    """Alleles that varlociraptor was asked about."""
    told: int = 0
    """Those of which it told; the others are decided by the likelihood alone."""

    def counts(self) -> dict[str, int]:
        """Return the number of alleles by origin."""
        seen = Counter(call.origin.value for call in self.calls)
        return {origin.value: seen[origin.value] for origin in Origin}


def decide_calls(calls: Mapping[str, str | Path], settings: ConsensusSettings) -> Consensus:
    """Decide every allele that any engine saw.

    Parameters
    ----------
    calls
        Engine to its harmonized VCF.
    settings
        Reads, reference, judge and limits.

    Raises
    ------
    InputError
        Calls or reads do not fit the reference, or no engine was given.
    """
    require_calls(calls)
    readers = _Readers(settings)
    try:
        candidates = collect_candidates(calls, readers.bases, readers.contigs, tumor=settings.tumor[1])
        sites = readers.observe(candidates)
        judge = _first_judge(readers, settings, sites)
        judge = learn(judge, sites, settings.callable_bases)
        posteriors = [judge.judge(site) for site in sites]
        worth = [c for c, p in zip(candidates, posteriors, strict=True) if p.present + p.artifact > WORTH_JOINING]
        known = {candidate.variant.key for candidate in candidates}
        joined = [c for c in join_neighbors(worth) if c.variant.key not in known]
        if joined:
            more = readers.observe(joined)
            posteriors += [judge.judge(site) for site in more]
            candidates, sites = [*candidates, *joined], [*sites, *more]
    finally:
        readers.close()
    places = estimate_contamination(sites)[1]
    judged, asked, told = list(posteriors), 0, frozenset[str]()
    if settings.judge == VARLOCIRAPTOR:
        judged, asked, told = _rescored(sites, posteriors, settings, judge)
    judged = [_for_hotspot(judge, site, told, settings) for site, told in zip(sites, judged, strict=True)]
    threshold = max(
        LEAST_PROBABILITY, false_discovery_threshold([_accepted(p, settings) for p in judged], settings.fdr)
    )
    decided = [
        _decide(c, s, mine, p, threshold, settings, VARLOCIRAPTOR if s.variant.key in told else LIKELIHOOD)
        for c, s, mine, p in zip(candidates, sites, posteriors, judged, strict=True)
    ]
    decided = _settle_phase(decided)
    order = {name: i for i, name in enumerate(readers.contigs)}
    decided.sort(
        key=lambda d: (order[d.site.variant.chrom], d.site.variant.pos, d.site.variant.ref, d.site.variant.alt)
    )
    return Consensus(
        tuple(decided),
        judge.facts.contamination,
        places,
        judge.facts.tumor_in_normal,
        min(threshold, 1.0),
        asked,
        len(told),
    )


def _alleles(call: Call) -> tuple[str, str]:
    return call.site.variant.ref, call.site.variant.alt


class _Readers:
    """Both samples' reads and the reference."""

    def __init__(self, settings: ConsensusSettings) -> None:
        pair = [settings.tumor] if settings.normal is None else [settings.tumor, settings.normal]
        self.samples = [SampleReads(path, str(settings.reference), settings.limits) for path, _ in pair]
        self.threads = settings.threads
        self.tallies = [ErrorTally() for _ in pair]
        self._fasta = FragmentReader(settings.tumor[0], settings.reference, settings.limits)
        self.bases: Bases = self._fasta.bases
        self.contigs = self._fasta.contigs
        self.population = None if settings.population is None else pysam.VariantFile(str(settings.population))
        self._listed = frozenset(self.population.header.contigs) if self.population is not None else frozenset()

    def _known(self, variant: Variant) -> bool | None:
        """Whether people are known to carry an allele; ``None`` where nobody told."""
        if self.population is None:
            return None
        named = next((name for name in spellings(variant.chrom) if name in self._listed), None)
        if named is None:
            return None
        end = variant.pos + len(variant.ref)
        return any(
            record.pos == variant.pos and record.ref == variant.ref and variant.alt in (record.alts or ())
            for record in self.population.fetch(named, variant.pos - 1, end)
        )

    def observe(self, candidates: Sequence[Candidate]) -> list[SiteEvidence]:
        """Return the fragments over each candidate."""
        variants = [candidate.variant for candidate in candidates]
        order = {name: i for i, name in enumerate(self.contigs)}
        in_order = sorted(variants, key=lambda v: (order[v.chrom], v.pos))
        around = Surroundings(
            {c.variant.key: c.parts for c in candidates if c.parts},
            frozenset(
                (c.variant.chrom, c.variant.pos - 1, c.variant.alt)
                for c in candidates
                if c.fraction >= COMMON_IN_SAMPLE and len(c.variant.ref) == len(c.variant.alt) == 1
            ),
        )
        found = read_fragments(self.samples, in_order, self.threads, around)
        for tally, (_, more) in zip(self.tallies, found, strict=True):
            tally.errors += more.errors
            tally.bases += more.bases
        return [
            SiteEvidence(
                variant=v,
                tumor=found[0][0][v.key],
                normal=found[1][0][v.key] if len(found) > 1 else None,
                slippage=slippage(v, repeat_around(self.bases(v.chrom, v.pos, v.pos + 60), v)[1]),
                known_in_people=self._known(v),
            )
            for v in variants
        ]

    def close(self) -> None:
        self._fasta.close()
        if self.population is not None:
            self.population.close()


def _first_judge(readers: _Readers, settings: ConsensusSettings, sites: Sequence[SiteEvidence]) -> Judge:
    estimated, _ = estimate_contamination(sites)
    contamination = estimated if settings.contamination is None else settings.contamination
    return Judge(
        ErrorRates(readers.tallies[0]),
        ErrorRates(readers.tallies[1]) if len(readers.tallies) > 1 else None,
        facts=SampleFacts(
            contamination=contamination if contamination >= 0.002 else 0.0,
            unlisted=UNLISTED_BY_COMMON_SITES if settings.common_only else UNKNOWN_SHARE,
        ),
        stacked=settings.library is Library.AMPLICON,
    )


def _rescored(
    sites: Sequence[SiteEvidence], posteriors: Sequence[Posterior], settings: ConsensusSettings, judge: Judge
) -> tuple[list[Posterior], int, frozenset[str]]:
    """Return the posteriors, how many alleles varlociraptor was asked about, and those that it told of.

    It is asked about what is open: alleles for which more than errors speaks, and that the normal does not settle.
    """
    open_sites = [
        site.variant
        for site, p in zip(sites, posteriors, strict=True)
        if p.lod >= LEAST_RESCORED_LOD and (p.germline < CLEAR or settings.normal is None)
    ]
    alignments = {"tumor": settings.tumor[0]} | ({"normal": settings.normal[0]} if settings.normal else {})
    program = VarlociraptorSettings(
        reference=settings.reference,
        alignments=alignments,
        purity=settings.purity,
        tumor_in_normal=judge.facts.tumor_in_normal,
        amplicon=settings.library is Library.AMPLICON,
        one_orientation=all(has_duplex_consensus(path, settings.reference) for path in alignments.values()),
        max_depth=settings.max_depth,
        threads=settings.threads,
    )
    with tempfile.TemporaryDirectory(prefix="genomodel-varlociraptor-") as folder:
        told = rescore(open_sites, program, Path(folder))
    result = []
    for site, mine in zip(sites, posteriors, strict=True):
        theirs = told.get(site.variant.key)
        if theirs is None:
            result.append(mine)
            continue
        result.append(pooled(mine, with_rates(judge.priors, asdict(theirs))))
    return result, len(open_sites), frozenset(told)


def _for_hotspot(judge: Judge, site: SiteEvidence, told: Posterior, settings: ConsensusSettings) -> Posterior:
    """Judge a hotspot allele as what it is: recurrent in tumors, and no polymorphism of another person.

    A few fragments in the normal are held for tumor cells that got into it.
    """
    if not _hotspot(site, settings):
        return told
    rate = max(judge.priors.somatic, HOTSPOT_RATE)
    tumor, normal = site.tumor.counts().allele_fraction or 0.0, 0.0
    if site.normal is not None:
        normal = site.normal.counts().allele_fraction or 0.0
    if 0 < normal <= NORMAL_SHARE * tumor:
        facts = replace(
            judge.facts, tumor_in_normal=max(judge.facts.tumor_in_normal, normal / tumor), contamination=0.0
        )
        return judge.with_facts(facts, replace(judge.priors, somatic=rate)).judge(site)
    somatic = (told.somatic + told.foreign) * rate / judge.priors.somatic
    total = somatic + told.germline + told.mosaic + told.artifact + told.absent
    shares = {name: getattr(told, name) / total for name in ("germline", "mosaic", "artifact", "absent")}
    return replace(told, somatic=somatic / total, foreign=0.0, **shares)


def _hotspot(site: SiteEvidence, settings: ConsensusSettings) -> str | None:
    return None if settings.hotspots is None else settings.hotspots.find(site.variant)


def _accepted(posterior: Posterior, settings: ConsensusSettings) -> float:
    """Return the probability of what passes: somatic with a normal, carried by the patient without one."""
    return posterior.somatic if settings.normal is not None else posterior.present


def _decide(
    candidate: Candidate,
    site: SiteEvidence,
    mine: Posterior,
    told: Posterior,
    threshold: float,
    settings: ConsensusSettings,
    judge: str,
) -> Call:
    origin, failed, reason = _origin(candidate, site, mine, told, threshold, settings)
    labels = []
    hotspot = _hotspot(site, settings)
    open_ = failed != ("PASS",) and origin in (Origin.NOT_CALLED, Origin.UNCERTAIN)
    seen = site.tumor.count(ALT) >= 2 and mine.lod >= CONFIRM_LOD
    if open_ and hotspot is not None and (seen or candidate.passed_by() or candidate.filters.get(FORCED) == ("PASS",)):
        origin = Origin.UNCERTAIN
        labels.append(CONFIRM)
        reason = f"{hotspot}, to be confirmed: {reason}"
    if site.normal is not None and lost_other_allele(origin, site.tumor.counts(), site.normal.counts()):
        labels.append(LOH)
        reason = f"{reason}; the tumor has lost the other allele ({_seen(site.tumor)})"
    few = site.normal is not None and site.normal.count(ALT) > 0
    if few and origin in (Origin.SOMATIC, Origin.UNCERTAIN):
        labels.append(NORMAL_EVIDENCE)
    return Call(candidate, site, told, judge, origin, reason, failed, tuple(labels))


def _origin(
    candidate: Candidate,
    site: SiteEvidence,
    mine: Posterior,
    told: Posterior,
    threshold: float,
    settings: ConsensusSettings,
) -> tuple[Origin, tuple[str, ...], str]:
    """Return origin, failed filters (``("PASS",)`` for none) and the reason in words."""
    if site.tumor.depth == 0:
        text = (
            f"tumor not assessable: no fragment speaks for any allele ({site.tumor.low_mapping} of low mapping quality)"
        )
        passed = bool(candidate.passed_by())
        return Origin.UNCERTAIN if passed else Origin.NOT_CALLED, ("GM_no_tumor_data",), text
    tumor = f"tumor {_seen(site.tumor)}"
    accepted = _accepted(told, settings)
    says = f"{settings.judge} {accepted:.3g}"
    by_engine = settings.pass_rule == "judge_or_engine" and bool(candidate.passed_by())
    engines = f" and passed by {', '.join(candidate.passed_by())}" if by_engine else ""
    passes = accepted >= threshold or (by_engine and max(accepted, _accepted(mine, settings)) > LEAST_PROBABILITY)
    if settings.normal is None:
        if passes:
            return Origin.UNCERTAIN, ("PASS",), f"no matched normal; {tumor}, carried with probability {says}{engines}"
        return _refused(told, mine, tumor, says)
    return _against_normal(site, mine, told, passes, says + engines)


def _not_assessable(candidate: Candidate, site: SiteEvidence) -> tuple[Origin, tuple[str, ...], str]:
    text = f"tumor not assessable: no fragment speaks for any allele, {site.tumor.low_mapping} reads map badly"
    return Origin.UNCERTAIN if candidate.passed_by() else Origin.NOT_CALLED, ("GM_no_tumor_data",), text


def _against_normal(
    site: SiteEvidence, mine: Posterior, told: Posterior, passes: bool, says: str
) -> tuple[Origin, tuple[str, ...], str]:
    """Return origin, failed filters and reason of an allele of a tumor with its normal."""
    tumor, normal = f"tumor {_seen(site.tumor)}", f", normal {_seen(site.normal)}"
    carried = told.present + told.foreign
    if site.normal is not None and site.normal.depth < MIN_NORMAL_DEPTH and carried > 0.5:
        text = f"normal not assessable: {site.normal.depth} fragments, {MIN_NORMAL_DEPTH} needed; {tumor}"
        return Origin.UNCERTAIN, ("GM_normal_not_assessable",), text
    if passes:
        return Origin.SOMATIC, ("PASS",), f"{tumor}{normal}, somatic with probability {says}"
    if told.germline + told.mosaic > 0.5:
        share = site.normal.counts().allele_fraction if site.normal is not None else None
        return _in_normal(told, share or 0.0, f"{_seen(site.normal)}; {tumor}")
    return _refused(told, mine, tumor + normal, says)


def _in_normal(told: Posterior, share: float, seen: str) -> tuple[Origin, tuple[str, ...], str]:
    if told.germline > told.mosaic and share >= GERMLINE_FRACTION:
        return Origin.GERMLINE, ("GM_germline",), f"normal carries the allele: {seen}"
    return Origin.UNCERTAIN, ("GM_normal_evidence",), f"normal holds the allele: {seen}"


def _refused(told: Posterior, mine: Posterior, seen: str, says: str) -> tuple[Origin, tuple[str, ...], str]:
    kinds = {
        "GM_foreign": (told.foreign, "its fraction is that of foreign molecules in the sample"),
        "GM_artifact": (told.artifact, f"artifact by {told.artifact_kind}"),
        "GM_absent": (told.absent, "errors explain it"),
    }
    name, (share, why) = max(kinds.items(), key=lambda item: item[1][0])
    if told.present >= SURELY_PRESENT:
        if told.germline + told.mosaic >= OPEN_ORIGIN:
            text = f"{seen}; carried by the tumor, somatic or inherited: probability by {says}"
            return Origin.UNCERTAIN, ("GM_origin_open",), text
        return Origin.UNCERTAIN, ("GM_weak",), f"{seen}; probability by {says}, short of the false discovery rate"
    if told.present > share:
        return Origin.NOT_CALLED, ("GM_weak",), f"{seen}; probability by {says}, too low for the false discovery rate"
    if name == "GM_absent" and mine.lod >= REAL_LOD:
        # More than errors: the judges disagree, or the alleles beside it leave it open what the reads hold.
        return Origin.UNCERTAIN, ("GM_weak",), f"{seen}; more than errors, yet the judges do not agree ({says})"
    # Molecules of another person are real: without knowing what people carry, their origin is open, not their presence.
    real = name == "GM_foreign" and mine.lod >= REAL_LOD
    return Origin.UNCERTAIN if real else Origin.NOT_CALLED, (name,), f"{seen}; {why} (probability {share:.3g})"


def _seen(reads: AlleleReads | None) -> str:
    return "unknown" if reads is None else f"{reads.count(ALT)} of {reads.depth} fragments"


def _settle_phase(calls: Sequence[Call]) -> list[Call]:
    """Keep either a change of several bases or its single changes, by the molecules that carry them together."""
    by_key = {call.site.variant.key: call for call in calls}
    changed: dict[str, Call] = {}
    longest_first = sorted((c for c in calls if c.candidate.parts), key=lambda c: -len(c.candidate.parts))
    for call in longest_first:
        parts = [by_key[key] for key in call.candidate.parts if key in by_key]
        if call.site.variant.key in changed or not parts:
            continue
        together = call.site.tumor.count(ALT)
        most = max(part.site.tumor.count(ALT) for part in parts)
        inherited = any(part.origin is Origin.GERMLINE for part in parts)
        one = (
            together >= 2
            and together >= SAME_MOLECULES * most
            and not (inherited and call.origin is not Origin.GERMLINE)
        )
        stronger = call.filters == ("PASS",) or not any(part.filters == ("PASS",) for part in parts)
        if one and stronger:
            for part in _and_shorter(call, calls):
                text = f"part of {call.site.variant.key}, which {together} of {most} fragments carry as a whole"
                changed[part.site.variant.key] = _moved(part, "GM_part_of_allele", text)
        else:
            text = f"{together} fragments carry the changes together, {most} carry one of them"
            changed[call.site.variant.key] = _moved(call, "GM_not_in_phase", text)
    return [changed.get(call.site.variant.key, call) for call in calls]


def _and_shorter(call: Call, calls: Sequence[Call]) -> list[Call]:
    """Return the smaller alleles that a longer one is made of: its parts, and substitutions within it that agree."""
    whole = call.site.variant
    inside = [other for other in calls if other.site.variant.key in call.candidate.parts]
    if not is_substitution(whole):
        return inside
    for other in calls:
        v = other.site.variant
        offset = v.pos - whole.pos
        fits = v.chrom == whole.chrom and offset >= 0 and offset + len(v.ref) <= len(whole.ref) and v.key != whole.key
        agrees = is_substitution(v) and whole.alt[offset : offset + len(v.alt)] == v.alt
        if fits and agrees and other not in inside:
            inside.append(other)
    return inside


def _moved(call: Call, name: str, text: str) -> Call:
    return replace(call, origin=Origin.NOT_CALLED, filters=(name,), reason=text, labels=())
