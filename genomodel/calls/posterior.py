"""Where an allele comes from, by the likelihood of the fragments under each thing that could have made them.

Every explanation of an allele is a statement on which share of the molecules of which sample carries it:

- *absent*: nobody carries it; the fragments that show it are base errors of their quality, or of the sample's own rate
  of that substitution in that orientation (which is how deamination in fixed tissue and oxidation show);
- *noisy site*: an error of the place itself, at one rate in tumor and normal (repeats, paralogs);
- *artifact*: molecules that show it, but only among the fragments of one orientation, of one strand, at the edge of
  their read, or that differ from the reference in other places too;
- *germline*: half or all of the normal's molecules; the tumor may have lost or gained a copy;
- *mosaic*: a lesser share of the normal, which is neither inherited nor absent;
- *foreign*: molecules of another person, at the share of contamination;
- *somatic*: any share of the tumor, and of the normal no more than tumor cells in it explain.

Each is integrated over the shares it allows, on a grid, and weighed by how often such things happen before the reads
are seen; the share of somatic alleles and of tumor cells in the normal are learned from the sample. There is no test
with a cut-off in it: an artifact that explains the reads as well as a mutation takes its part of the probability.
The likelihood of a share is that of MuTect (Cibulskis et al. 2013, doi:10.1038/nbt.2514).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from genomodel.calls.fragments import LETTERS, AlleleReads, ErrorTally
from genomodel.calls.read_alleles import ALT, BOTH, F1R2, F2R1, FORWARD, REF, REVERSE
from genomodel.core.variants import Variant

Floats = npt.NDArray[np.float64]

SHARES: Floats = np.unique(np.concatenate([[0.0], np.geomspace(0.0005, 0.05, 30), np.linspace(0.05, 1.0, 58)]).round(6))
"""Grid of allele fractions, finer where low fractions differ."""

_WIDTHS: Floats = np.gradient(SHARES)
LEAST_SOMATIC = 0.004
"""Allele fraction from which the half of somatic alleles is drawn whose number falls with their fraction."""

_UNIFORM: Floats = np.log(
    np.where(SHARES > 0, _WIDTHS, 0) / _WIDTHS[1:].sum(), where=SHARES > 0, out=np.full(len(SHARES), -np.inf)
)

_FALLING = np.where(SHARES >= LEAST_SOMATIC, _WIDTHS / np.maximum(SHARES, LEAST_SOMATIC), 0.0)
_SOMATIC: Floats = np.logaddexp(
    _UNIFORM + math.log(0.5), np.log(np.maximum(_FALLING / _FALLING.sum(), 1e-300)) + math.log(0.5)
)
"""Log density of the fractions of somatic alleles: half even, half falling as 1/f, for subclones outnumber clones."""

PRIOR_ERROR_RATE = 1e-4
"""Errors at confident bases that a sample is held to have before it is looked at, per substitution and orientation."""

PRIOR_ERROR_BASES = 2e4
"""Weight of that, in bases."""

LEAST_ERROR_RATE = 1e-6
LEAST_LENGTH_ERROR = 3e-5
"""Share of reads with a given false insertion or deletion outside of repeats: chimeras, and bases of the next variant
that were laid elsewhere."""

REPEAT_ERROR = {0: 1e-6, 5: 2e-5, 6: 2e-4, 8: 2e-3, 10: 8e-3, 12: 2e-2, 14: 4e-2}
"""Slippage of one unit by the length of the run in bases: the prior of a noisy site at an indel."""

LEAST_PLACES = 10
"""Homozygous places that an estimate of contamination needs."""

MOST_FREQUENT = 3e-3
"""Highest rate that is learned: beyond it a sample would be judged by next to nothing else."""

UNKNOWN_SHARE = 0.005
"""Share of a person's alleles that a list of what people carry does not hold."""

SHARED_BIAS = 0.9
"""Share of all fragments of one kind from which being of that kind is held against no allele."""

LEARNING_BASES = 2e5
"""Weight of the starting rates against those of the sample, in bases."""

NOISY_PER_SLIPPAGE = 5.0
"""Chance of a noisy site at a repeat, as a multiple of its slippage."""


@dataclass(frozen=True)
class Priors:
    """How often things happen at a candidate, before its reads are seen.

    Attributes
    ----------
    somatic
        Somatic alleles per base and substitution; learned from the sample.
    germline
        Inherited alleles per base (heterozygous and homozygous together).
    mosaic
        Alleles of a lesser share of the normal; learned from the sample.
    noisy
        Places with an error rate of their own; learned from the sample.
    artifact
        Places where one of the artifacts acts on its own, each of them.
    artifacts
        The same as learned from the sample, by artifact and kind of change (:func:`artifact_key`): formalin turns C
        into T in one orientation and leaves other changes alone.
    foreign
        Places at which a contaminating person has an allele that the patient has not: half of the rate of the
        patient's own inherited alleles.
    known_foreign
        The same at an allele that people are known to carry.
    """

    somatic: float = 3e-6
    germline: float = 1e-3
    mosaic: float = 1e-6
    noisy: float = 3e-7
    artifact: float = 1e-6
    artifacts: Mapping[str, float] = field(default_factory=dict)
    foreign: float = 5e-4
    known_foreign: float = 0.1


@dataclass(frozen=True)
class SampleFacts:
    """What is known of tumor and normal as a whole.

    Attributes
    ----------
    tumor_in_normal
        Allele fraction in the normal as a share of that in the tumor, where tumor cells got into it.
    contamination
        Share of foreign molecules in the tumor.
    unlisted
        Share of a person's alleles that the list of what people carry does not hold.
    """

    tumor_in_normal: float = 0.0
    contamination: float = 0.0
    unlisted: float = UNKNOWN_SHARE


@dataclass(frozen=True)
class Posterior:
    """Probabilities of the explanations of one allele; they add up to 1."""

    somatic: float
    germline: float
    mosaic: float
    artifact: float
    absent: float
    foreign: float
    lod: float
    """Log10 odds that the tumor carries the allele at some share, against errors alone."""
    normal_lod: float | None
    """Log10 odds that the normal lacks it, against half of its molecules; ``None`` without a normal."""
    artifact_kind: str = ""
    """The artifact that explains the fragments best."""
    parts: Mapping[str, float] = field(default_factory=dict, compare=False, repr=False)
    """Probability of each single explanation."""

    @property
    def present(self) -> float:
        """Probability that the patient's tumor carries the allele, inherited or not."""
        return self.somatic + self.germline + self.mosaic


class ErrorRates:
    """Rates of substitutions at confident bases, by reference, alternate and orientation.

    Parameters
    ----------
    tally
        What was counted at sites that hold no variant.
    """

    def __init__(self, tally: ErrorTally) -> None:
        total = tally.bases[:, None, :] + PRIOR_ERROR_BASES
        rates = (tally.errors + PRIOR_ERROR_RATE * PRIOR_ERROR_BASES) / total
        self._rates = np.maximum(rates, LEAST_ERROR_RATE)

    def of(self, variant: Variant, orientation: int) -> float:
        """Return the rate at which the reference is read as the alternate; for several bases that of all of them."""
        rate = 1.0
        for ref, alt in zip(variant.ref, variant.alt, strict=True):
            if ref != alt and ref in LETTERS and alt in LETTERS:
                table = self._rates[LETTERS.index(ref), LETTERS.index(alt)]
                # Errors of neighbors come together more often than their product says: a bound of a hundredth each.
                rate *= float(table[orientation] if orientation < 2 else table.mean()) if rate == 1.0 else 0.01
        return rate if rate < 1.0 else LEAST_ERROR_RATE


def slippage(variant: Variant, repeat_length: int) -> float:
    """Return how often a polymerase or the sequencer makes this indel of a repeat, by the repeat's length in bases.

    Each further unit lost or gained is held for a tenth as frequent. The values are the order of magnitude of PCR
    libraries; they only start the estimate, since the normal and the reads of third alleles speak for the place.
    """
    if len(variant.ref) == len(variant.alt):
        return 0.0
    rate = next(value for least, value in sorted(REPEAT_ERROR.items(), reverse=True) if repeat_length >= least)
    return float(rate)


def repeat_around(after: str, variant: Variant) -> tuple[int, int]:
    """Return unit and total length, in bases, of the repeat that an indel lengthens or shortens; (0, 0) if none.

    Parameters
    ----------
    after
        Reference bases from the one behind the anchor on.
    variant
        Left-aligned insertion or deletion.
    """
    event = variant.ref[1:] or variant.alt[1:]
    if not event or min(len(variant.ref), len(variant.alt)) > 1:
        return 0, 0
    for size in range(1, min(6, len(event)) + 1):
        unit = event[:size]
        if len(event) % size == 0 and unit * (len(event) // size) == event:
            copies = 0
            while after[copies * size : (copies + 1) * size] == unit:
                copies += 1
            return size, copies * size
    return 0, 0


def with_rates(priors: Priors, told: Mapping[str, float]) -> dict[str, float]:
    """Weigh probabilities that were found without knowing how often things happen by the rates of the sample.

    Parameters
    ----------
    priors
        Rates, learned.
    told
        Probabilities of ``somatic``, ``germline``, ``mosaic``, ``artifact`` and ``absent`` under equal rates.
    """
    rates = {
        "somatic": priors.somatic,
        "germline": priors.germline,
        "mosaic": priors.mosaic,
        "artifact": (sum(priors.artifacts.values()) or priors.artifact * len(_SUBSETS)) + priors.noisy,
        "absent": 1.0,
    }
    weighed = {name: told[name] * rate for name, rate in rates.items()}
    total = sum(weighed.values())
    return {name: weight / total for name, weight in weighed.items()} if total > 0 else dict(told)


def pooled(mine: Posterior, theirs: Mapping[str, float]) -> Posterior:
    """Return the mean of the two judges' probabilities, a linear opinion pool.

    Varlociraptor knows the alignment of each read better; the likelihood knows the site's errors in the normal, the
    slippage of repeats and molecules of other people. An allele that one of them holds for impossible does not pass.
    """
    foreign = mine.foreign / (mine.foreign + mine.somatic) if mine.foreign + mine.somatic > 0 else 0.0
    other = {**theirs, "somatic": theirs["somatic"] * (1 - foreign)}
    means = {name: (getattr(mine, name) + other[name]) / 2 for name in other}
    return Posterior(
        somatic=means["somatic"],
        germline=means["germline"],
        mosaic=means["mosaic"],
        artifact=means["artifact"],
        absent=means["absent"],
        foreign=(mine.foreign + theirs["somatic"] * foreign) / 2,
        lod=mine.lod,
        normal_lod=mine.normal_lod,
        artifact_kind=mine.artifact_kind,
    )


def log_likelihood(reads: AlleleReads, chosen: npt.NDArray[np.bool_], floor: Floats) -> Floats:
    """Return the natural log likelihood of the chosen fragments at each share of :data:`SHARES`.

    Parameters
    ----------
    reads
        The fragments of one sample.
    chosen
        Which kinds of fragments count, shape (kinds,).
    floor
        Rate of errors that qualities do not know, shape (kinds,).
    """
    table, weights = reads.fragments, reads.weights
    known = chosen & (table["allele"] != 2)
    if not known.any():
        return np.zeros(len(SHARES))
    rows, weight = table[known], weights[known].astype(float)
    error = np.minimum(10.0 ** (rows["quality"].astype(float) / -10.0), 0.5)
    wrong = np.minimum(np.maximum(error / 3, floor[known]), 0.5)
    mapping = np.minimum(10.0 ** (np.minimum(rows["mapping"], 60).astype(float) / -10.0), 0.5)
    is_alt = rows["allele"] == ALT
    from_alt = np.where(is_alt, 1 - error, wrong)
    from_ref = np.where(is_alt, wrong, 1 - wrong)
    # A read from elsewhere says nothing: it may show either allele.
    from_alt = (1 - mapping) * from_alt + mapping * 0.5 * np.where(is_alt, wrong * 2, 1)
    from_ref = (1 - mapping) * from_ref + mapping * 0.5 * np.where(is_alt, wrong * 2, 1)
    mixed = SHARES[:, None] * from_alt + (1 - SHARES[:, None]) * from_ref
    return np.asarray(np.log(np.maximum(mixed, 1e-300)) @ weight, dtype=np.float64)


def _integral(log_values: Floats, log_prior: Floats) -> float:
    total = log_values + log_prior
    top = float(total.max())
    return top + math.log(float(np.exp(total - top).sum())) if math.isfinite(top) else -math.inf


def _around(center: float, spread: float) -> Floats:
    density = np.exp(-0.5 * ((SHARES - center) / spread) ** 2) * _WIDTHS
    density[0] = 0.0
    return np.asarray(np.log(np.maximum(density / density.sum(), 1e-300)), dtype=np.float64)


_HETEROZYGOUS, _HOMOZYGOUS = _around(0.48, 0.05), _around(1.0, 0.02)
_BELOW_HALF: Floats = np.where((SHARES > 0.005) & (SHARES < 0.35), _UNIFORM + math.log(1 / 0.345), -np.inf)


def _noise_prior(rate: float, *, copies: bool) -> Floats:
    """Return the density of a noisy site's error rate.

    Half is exponential with a mean of three times the expected rate, as errors are; half is even up to a third, as the
    reads of a second copy of the sequence that the reference lacks are. Without a normal to show them too, reads of
    such a copy are no less than those of a mutation, so that only errors are left.
    """
    errors = np.exp(-SHARES / max(3 * rate, 0.01)) * _WIDTHS
    second = np.where(SHARES < 1 / 3, _WIDTHS, 0.0)
    errors[0] = second[0] = 0.0
    density = errors / errors.sum()
    if copies:
        density = 0.5 * density + 0.5 * second / second.sum()
    return np.asarray(np.log(np.maximum(density / density.sum(), 1e-300)), dtype=np.float64)


Subset = tuple[str, str, int]
_SUBSETS: tuple[Subset, ...] = (
    ("orientation", "orientation", F1R2),
    ("orientation", "orientation", F2R1),
    ("strand", "strand", FORWARD),
    ("strand", "strand", 1),
    ("read position", "edge", 1),
    ("other differences", "rich", 1),
)
"""Artifacts: name, column of the fragment table, value to which the artifact is confined."""

_STACKED = frozenset({"strand", "read position"})
"""Artifacts that amplicon reads cannot show: they begin and end in stacks, and often lie on one strand."""


def artifact_key(subset: Subset, variant: Variant) -> str:
    """Return the name of an artifact that makes one kind of change."""
    if len(variant.ref) != len(variant.alt):
        change = "length"
    else:
        change = f"{variant.ref}>{variant.alt}" if len(variant.ref) == 1 else "bases"
    return f"{subset[0]} {subset[2]} {change}"


@dataclass(frozen=True)
class SiteEvidence:
    """The fragments over one allele and what is expected of errors there."""

    variant: Variant
    tumor: AlleleReads
    normal: AlleleReads | None
    slippage: float = 0.0
    known_in_people: bool | None = None
    """Whether people are known to carry the allele; ``None`` where nobody told."""


class Judge:
    """Weighs the explanations of alleles of one patient.

    Parameters
    ----------
    tumor_errors, normal_errors
        Error rates of the samples.
    priors
        How often things happen.
    facts
        What is known of the samples as a whole.
    stacked
        Whether reads begin and end in stacks, as those of amplicons do.
    """

    def __init__(
        self,
        tumor_errors: ErrorRates,
        normal_errors: ErrorRates | None,
        priors: Priors | None = None,
        facts: SampleFacts | None = None,
        *,
        stacked: bool = False,
    ) -> None:
        self.tumor_errors, self.normal_errors = tumor_errors, normal_errors or tumor_errors
        self.priors = priors or Priors()
        self.facts = facts or SampleFacts()
        self.stacked = stacked
        self._known: dict[str, tuple[Floats, Floats, dict[Subset, float]]] = {}
        self._subsets = tuple(subset for subset in _SUBSETS if not (stacked and subset[0] in _STACKED))

    def with_facts(self, facts: SampleFacts, priors: Priors | None = None) -> Judge:
        """Return the judge with other facts, and other rates where given."""
        other = Judge(self.tumor_errors, self.normal_errors, priors or self.priors, facts, stacked=self.stacked)
        # Likelihoods do not depend on either, and cost more than all else.
        other._known = self._known
        return other

    def _floor(self, reads: AlleleReads, site: SiteEvidence, rates: ErrorRates) -> Floats:
        table = reads.fragments
        if len(site.variant.ref) != len(site.variant.alt):
            return np.full(len(table), max(site.slippage / 3, LEAST_LENGTH_ERROR))
        by_orientation = np.array([rates.of(site.variant, o) for o in (F1R2, F2R1, 2)])
        return np.asarray(by_orientation[table["orientation"]], dtype=np.float64)

    def judge(self, site: SiteEvidence) -> Posterior:
        """Return the posterior of one allele."""
        t_all, n_all, artifacts = self._likelihoods(site)
        weights = self._weights(site, t_all, n_all, site.normal is not None)
        for subset, weight in artifacts.items():
            key = artifact_key(subset, site.variant)
            weights[key] = weight + math.log(self.priors.artifacts.get(key, self.priors.artifact))
        top = max(weights.values())
        shares = {name: math.exp(weight - top) for name, weight in weights.items()}
        total = sum(shares.values())
        shares = {name: share / total for name, share in shares.items()}
        by_artifact = {subset: shares[artifact_key(subset, site.variant)] for subset in artifacts}
        best = max(by_artifact, key=lambda subset: by_artifact[subset], default=_SUBSETS[0])
        n_lod = None
        if site.normal is not None:
            n_lod = float(n_all[0] - _integral(n_all, _HETEROZYGOUS)) / math.log(10)
        return Posterior(
            somatic=shares["somatic"],
            germline=shares["germline"],
            mosaic=shares["mosaic"],
            artifact=sum(by_artifact.values()) + shares["noisy"],
            absent=shares["absent"],
            foreign=shares.get("foreign", 0.0),
            lod=float(t_all.max() - t_all[0]) / math.log(10),
            normal_lod=n_lod,
            artifact_kind="noisy site" if shares["noisy"] >= by_artifact.get(best, 0.0) else best[0],
            parts=shares,
        )

    def _likelihoods(self, site: SiteEvidence) -> tuple[Floats, Floats, dict[Subset, float]]:
        """Return the log likelihood of each share in tumor and normal, and that of each artifact."""
        known = self._known.get(site.variant.key)
        if known is None:
            tumor, normal = site.tumor, site.normal
            t_floor = self._floor(tumor, site, self.tumor_errors)
            t_all = log_likelihood(tumor, np.ones(len(tumor.fragments), dtype=bool), t_floor)
            n_all = np.zeros(len(SHARES))
            if normal is not None:
                n_floor = self._floor(normal, site, self.normal_errors)
                n_all = log_likelihood(normal, np.ones(len(normal.fragments), dtype=bool), n_floor)
            told = [s for s in self._subsets if not _shared(tumor, s)]
            artifacts = {s: self._artifact(tumor, t_floor, s[1], s[2], float(n_all[0])) for s in told}
            known = self._known[site.variant.key] = (t_all, n_all, artifacts)
        return known

    def _weights(self, site: SiteEvidence, t_all: Floats, n_all: Floats, has_normal: bool) -> dict[str, float]:
        """Return the log weights of all explanations but the artifacts."""
        priors, facts = self.priors, self.facts
        in_normal = self._tumor_in_normal(n_all) if has_normal else n_all
        weights = {
            "absent": float(t_all[0] + n_all[0]),
            "somatic": math.log(priors.somatic) + _integral(t_all + in_normal, _SOMATIC),
        }
        noise = max(priors.noisy, min(0.5, NOISY_PER_SLIPPAGE * site.slippage))
        weights["noisy"] = math.log(noise) + _integral(t_all + n_all, _noise_prior(site.slippage, copies=has_normal))
        het, hom = math.log(priors.germline * 2 / 3), math.log(priors.germline / 3)
        if has_normal:
            anywhere = _integral(t_all, _UNIFORM)
            weights["germline"] = float(
                np.logaddexp(het + _integral(n_all, _HETEROZYGOUS), hom + _integral(n_all, _HOMOZYGOUS)) + anywhere
            )
            weights["mosaic"] = math.log(priors.mosaic) + _integral(n_all, _BELOW_HALF) + anywhere
        else:
            weights["germline"] = float(
                np.logaddexp(het + _integral(t_all, _HETEROZYGOUS), hom + _integral(t_all, _HOMOZYGOUS))
            )
            weights["mosaic"] = -math.inf
        if facts.contamination > 0:
            # A foreign allele stands at half or all of the share of contamination.
            low, high = (
                _around(facts.contamination / 2, facts.contamination / 4),
                _around(facts.contamination, facts.contamination / 4),
            )
            both = np.logaddexp(_integral(t_all, low), _integral(t_all, high)) - math.log(2)
            rate = priors.known_foreign if site.known_in_people else priors.foreign
            if site.known_in_people is False:
                rate *= facts.unlisted
            weights["foreign"] = math.log(rate) + float(both) + float(n_all[: _index(0.02)].max())
        return weights

    def _tumor_in_normal(self, n_all: Floats) -> Floats:
        """Return the normal's log likelihood at each share of the tumor, tumor cells in the normal allowed for."""
        share = self.facts.tumor_in_normal
        if share <= 0:
            return np.full(len(SHARES), n_all[0])
        expected = np.interp(SHARES * share, SHARES, n_all)
        return np.asarray(np.logaddexp(expected + math.log(0.9), n_all[0] + math.log(0.1)), dtype=np.float64)

    def _artifact(self, reads: AlleleReads, floor: Floats, column: str, value: int, normal_absent: float) -> float:
        """Return the log likelihood of an artifact that acts on one kind of fragments only."""
        inside = reads.fragments[column] == value
        inner = _integral(log_likelihood(reads, inside, floor), _SOMATIC)
        outer = float(log_likelihood(reads, ~inside, floor)[0])
        return inner + outer + normal_absent


def _shared(reads: AlleleReads, subset: Subset) -> bool:
    """Whether nearly all fragments, those of the reference too, are of the kind that an artifact is confined to.

    It then says nothing of the allele: consensus of both strands has one orientation, an amplicon often one strand.
    """
    inside = reads.fragments[subset[1]] == subset[2]
    total = int(reads.weights.sum())
    return total > 0 and int(reads.weights[inside].sum()) >= SHARED_BIAS * total


def _index(share: float) -> int:
    return int(np.searchsorted(SHARES, share))


def learn(judge: Judge, sites: Sequence[SiteEvidence], callable_bases: int, rounds: int = 4) -> Judge:
    """Return the judge with the rate of somatic alleles, and the tumor's share in the normal, learned from the sample.

    Parameters
    ----------
    judge
        With the priors to begin with.
    sites
        Every candidate.
    callable_bases
        Bases that were looked at: candidates are drawn from these.
    rounds
        Times that rate and posterior are turned into each other.
    """
    for _ in range(rounds):
        posteriors = [judge.judge(site) for site in sites]
        facts = replace(judge.facts, tumor_in_normal=_learned_tumor_in_normal(sites, posteriors))
        judge = judge.with_facts(facts, _learned_rates(sites, posteriors, callable_bases))
    return judge


def _learned_rates(sites: Sequence[SiteEvidence], posteriors: Sequence[Posterior], callable_bases: int) -> Priors:
    start = Priors()

    def rate(expected: float, before: float, bases: float = callable_bases) -> float:
        return min((expected + before * LEARNING_BASES) / (bases + LEARNING_BASES), MOST_FREQUENT)

    inherited = sum(p.germline > 0.9 for p in posteriors)
    plain = [p.parts["noisy"] for site, p in zip(sites, posteriors, strict=True) if site.slippage < REPEAT_ERROR[6]]
    expected: dict[str, float] = {}
    for site, posterior in zip(sites, posteriors, strict=True):
        for subset in _SUBSETS:
            key = artifact_key(subset, site.variant)
            expected[key] = expected.get(key, 0.0) + posterior.parts.get(key, 0.0)
    return Priors(
        somatic=rate(sum(p.somatic for p in posteriors), start.somatic),
        germline=start.germline,
        mosaic=rate(sum(p.mosaic for p in posteriors), start.mosaic),
        noisy=rate(sum(plain), start.noisy) if any(site.normal is not None for site in sites) else start.noisy,
        artifact=start.artifact,
        artifacts={key: rate(n, start.artifact, callable_bases / 4) for key, n in sorted(expected.items())},
        foreign=rate(0.5 * inherited, start.foreign),
    )


def _learned_tumor_in_normal(sites: Sequence[SiteEvidence], posteriors: Sequence[Posterior]) -> float:
    """Return the normal's allele fraction over the tumor's, where tumor cells got into it, by clear somatic alleles."""
    trials: list[tuple[int, int, float]] = []
    for site, posterior in zip(sites, posteriors, strict=True):
        fraction = site.tumor.counts().allele_fraction or 0.0
        if site.normal is None or fraction < 0.1 or posterior.lod < 10 or site.normal.depth < 20:
            continue
        if site.normal.count(ALT) <= 0.15 * site.normal.depth and posterior.germline < 0.5:
            trials.append((site.normal.count(ALT), site.normal.depth, fraction))
    if len(trials) < 5:
        return 0.0
    grid = np.concatenate([[0.0], np.geomspace(0.002, 0.3, 40)])
    return _most_likely(grid, [(seen, depth, (fraction,)) for seen, depth, fraction in trials])


def estimate_contamination(sites: Sequence[SiteEvidence]) -> tuple[float, int]:
    """Estimate the share of foreign molecules in the tumor from places where the patient is homozygous.

    At a homozygous alternate allele a reference fragment that errors do not explain comes from somebody else, who may
    have one reference allele there, or two, or none.

    Returns
    -------
    tuple
        The share (0 with fewer than :data:`LEAST_PLACES`), and the number of places.
    """
    trials: list[tuple[int, int, tuple[float, ...]]] = []
    for site in sites:
        if site.normal is None or site.normal.depth < 20 or len(site.variant.ref) != 1 or len(site.variant.alt) != 1:
            continue
        if site.normal.count(ALT) >= 0.98 * site.normal.depth and site.tumor.count(ALT) >= 0.9 * site.tumor.depth:
            trials.append((site.tumor.count(REF), site.tumor.depth, (0.0, 0.5, 1.0)))
    if len(trials) < LEAST_PLACES:
        return 0.0, len(trials)
    return _most_likely(np.concatenate([[0.0], np.geomspace(0.002, 0.2, 40)]), trials), len(trials)


def _most_likely(grid: Floats, trials: Sequence[tuple[int, int, tuple[float, ...]]]) -> float:
    """Return the share under which counts are most likely.

    Parameters
    ----------
    grid
        Shares that are tried.
    trials
        Count, depth, and the factors of the share that the count may have, equally likely. One place in ten is held
        for one that tells nothing, so that a few odd ones do not move the estimate.
    """
    total = np.zeros(len(grid))
    for seen, depth, factors in trials:
        rates = np.minimum(grid[:, None] * np.array(factors) + PRIOR_ERROR_RATE, 0.999)
        choose = math.lgamma(depth + 1) - math.lgamma(seen + 1) - math.lgamma(depth - seen + 1)
        binomial = np.exp(choose + seen * np.log(rates) + (depth - seen) * np.log1p(-rates))
        total += np.log(0.9 * binomial.mean(axis=1) + 0.1 / (depth + 1))
    return float(grid[int(total.argmax())])


def strand_counts(reads: AlleleReads, allele: int) -> tuple[int, int]:
    """Return fragments of an allele seen on the forward and on the reverse strand; overlapping mates count for both."""
    both = reads.split(allele, "strand", BOTH)
    return reads.split(allele, "strand", FORWARD) + both, reads.split(allele, "strand", REVERSE) + both


def false_discovery_threshold(probabilities: Sequence[float], rate: float) -> float:
    """Return the least probability that may be accepted so that the expected share of false ones stays at ``rate``.

    The accepted set is the largest one whose mean of ``1 - p`` is at most ``rate``; 1.1 (nothing) when there is none.
    """
    wrong, threshold = 0.0, 1.1
    ordered = sorted(probabilities, reverse=True)
    for accepted, probability in enumerate(ordered, 1):
        wrong += 1 - probability
        if wrong > rate * accepted:
            break
        # Equal ones are accepted together or not at all.
        if accepted == len(ordered) or ordered[accepted] < probability:
            threshold = probability
    return threshold
