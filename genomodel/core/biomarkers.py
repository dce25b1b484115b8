"""Markers of the tumor as a whole, and what became of the second allele of a gene."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from genomodel.core.base import Noun


class BurdenCall(StrEnum):
    """How a tumor's mutational burden stands to its cut-off."""

    HIGH = "high"
    LOW = "low"
    INDETERMINATE = "indeterminate"
    """The interval holds the cut-off."""
    NOT_ASSESSABLE = "not_assessable"


class MutationalBurden(Noun):
    """Mutations per megabase that could be called, with an exact Poisson interval."""

    call: BurdenCall
    reason: str = ""
    """Why it is not assessable, or what weakens it."""
    mutations: int | None = None
    """Mutations that the rule counts."""
    megabases: float | None = None
    """Callable coding bases, in millions."""
    megabases_source: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    """Ends of the 95 % interval of :attr:`value`, mutations per megabase."""
    rule: str = ""
    """Which variants count."""
    cutoff: float | None = None
    cutoff_source: str = ""
    """The assay and approval that the cut-off is from."""


class SignatureExposure(Noun):
    """Share of a tumor's substitutions that one signature explains, with its 95 % bootstrap interval."""

    signature: str
    share: float
    low: float
    high: float
    etiology: str = ""


class MutationalSignatures(Noun):
    """Refit of the single-base substitutions of a tumor to reference signatures."""

    assessable: bool
    reason: str = ""
    """Why not, or what weakens it."""
    substitutions: int | None = None
    fewest: int | None = None
    """Substitutions below which nothing is fitted."""
    exposures: tuple[SignatureExposure, ...] = ()
    """Greatest share first."""
    cosine: float | None = None
    """Cosine similarity of the fit and the counts."""
    reference: str = ""
    """Set of signatures, version and licence."""
    method: str = ""


class RepairCall(StrEnum):
    """What is said of homologous recombination repair."""

    DEFICIENT = "deficient"
    """Both alleles of a gene that the basis names are lost, or a given score is above its cut-off."""
    NOT_SHOWN = "not_shown"
    NOT_ASSESSABLE = "not_assessable"


class HomologousRecombination(Noun):
    """What is said of homologous recombination repair, and on which basis; a signature alone is none."""

    call: RepairCall
    basis: tuple[str, ...] = ()
    reason: str = ""


class ScarScore(Noun):
    """A score of genomic scars that another assay gave."""

    score: float = Field(ge=0, le=1000, allow_inf_nan=False)
    assay: str = Field(min_length=1)
    """Its name; a cut-off is known for those of :mod:`genomodel.interpretation.biomarkers.repair`."""


class AllelesHit(StrEnum):
    """How many alleles of a gene are lost."""

    BIALLELIC = "biallelic"
    MONOALLELIC = "monoallelic"
    UNKNOWN = "unknown"


class Certainty(StrEnum):
    """How sure a statement is."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"


class SecondAllele(Noun):
    """What became of the other allele of a gene that lost one."""

    gene: str
    hit: AllelesHit
    certainty: Certainty | None = None
    """``None`` where unknown."""
    reason: str
    """What it rests on: loss of heterozygosity, a second variant in trans, allele fraction at the known purity."""


class GermlineFlag(Noun):
    """A variant that policy says may be inherited and matter for the patient's family; for confirmation, no result."""

    gene: str
    label: str
    variant: str
    """Key of the variant."""
    reason: str
    policy: str
    """The list that the gene is of, with its source."""


class GermlineReview(Noun):
    """What may be said of inherited variants, by consent and policy."""

    consent: bool | None = None
    """``None`` where the sheet does not say, so that the configuration decides; nothing is shown where it is
    ``False``."""
    flags: tuple[GermlineFlag, ...] = ()
    reason: str = ""
    """Why nothing is shown, or what the policy is."""


class Trial(Noun):
    """A trial of a configured source whose molecular and tumor-type criteria this tumor meets."""

    id: str
    title: str
    status: str
    matched_on: tuple[str, ...]
    """Labels of the findings."""
    url: str = ""


class TrialSearch(Noun):
    """Trials that a configured source names, or that none was searched."""

    searched: bool = False
    source: str = ""
    date: str = ""
    trials: tuple[Trial, ...] = ()
    reason: str = "not searched: no source of trials is configured"


class Biomarkers(Noun):
    """Markers of the whole tumor; ``None`` where the step did not run."""

    burden: MutationalBurden | None = None
    signatures: MutationalSignatures | None = None
    homologous_recombination: HomologousRecombination | None = Field(default=None)


NO_BIOMARKERS = Biomarkers()
