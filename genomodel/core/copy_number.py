"""Copy number: of genes, of segments, and of the genome as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from genomodel.core.base import Noun
from genomodel.core.patients import Patient
from genomodel.core.provenance import SourceFile

DISAGREEMENT_MARGIN = 0.1
"""How far a given purity lies outside the interval of the estimate before the two are said to disagree: a share of
cells read by eye and one of the DNA differ by that much without either being wrong."""

MOST_PARTICULARS = 12


class CopyNumberState(StrEnum):
    """Gene-level copy-number call."""

    AMPLIFICATION = "amplification"
    DEEP_DELETION = "deep_deletion"
    NEUTRAL = "neutral"
    GAIN = "gain"
    LOSS = "loss"


class CopyNumberCall(Noun):
    """Copy number of one gene."""

    gene: str
    state: CopyNumberState
    log2_ratio: float | None = None
    copies: float | None = None
    """Copies in each tumor cell where purity is known, else of the mixture."""
    copies_low: float | None = None
    copies_high: float | None = None
    """Ends of the 95 % interval of :attr:`copies`, from the spread of the bins and the interval of purity."""
    n_regions: int | None = None
    """Bins or regions that it rests on."""
    event_bases: int | None = None
    """Length of the stretch around the gene that is altered alike: how focal the event is."""
    loh: bool | None = None
    """Whether one parental allele is lost; ``None`` where no heterozygous site told."""
    note: str = ""
    """Why less is said than the copies alone would."""
    chrom: str = ""
    start: int | None = None
    end: int | None = None
    """Where the gene was measured; 1-based, ends included."""


class Segment(Noun):
    """A stretch of one copy number; 1-based, ends included."""

    chrom: str
    start: int = Field(ge=1)
    end: int = Field(ge=1)
    log2_ratio: float
    n_bins: int | None = None
    copies: float | None = None
    """Total copies in each tumor cell; ``None`` without a purity."""
    minor_copies: float | None = None
    """Copies of the lesser allele in each tumor cell; ``None`` where no heterozygous site told."""
    minor_fraction: float | None = None
    """Mean share of reads of the lesser allele at heterozygous germline sites."""
    n_sites: int | None = None
    loh: bool | None = None
    """Whether the lesser allele is lost; ``None`` where too few sites or too wide an interval tell."""


class Bin(Noun):
    """Depth of one bin against the reference; 1-based, ends included."""

    chrom: str
    start: int = Field(ge=1)
    end: int = Field(ge=1)
    gene: str = ""
    """Symbol of the gene that the bin lies in; empty outside of genes and of targets."""
    log2: float
    weight: float = 1.0
    """Trust in :attr:`log2`, 0 to 1, as the program that measured it says."""
    depth: float | None = None


class HetSite(Noun):
    """Fragments of both alleles at a single-nucleotide polymorphism that the patient inherited heterozygous."""

    chrom: str
    pos: int = Field(ge=1)
    tumor_ref: int = Field(ge=0)
    tumor_alt: int = Field(ge=0)
    normal_ref: int | None = Field(default=None, ge=0)
    normal_alt: int | None = Field(default=None, ge=0)
    """``None`` where there is no matched normal and a population said that the site is polymorphic."""


class PurityPloidy(Noun):
    """Share of tumor cells and mean copies of their genome, each with a 95 % interval, and where they come from."""

    purity: float | None = None
    purity_low: float | None = None
    purity_high: float | None = None
    ploidy: float | None = None
    ploidy_low: float | None = None
    ploidy_high: float | None = None
    diploid_log2: float | None = None
    """Log2 ratio at which a tumor cell has two copies: not 0 where much of the genome is altered. Subtract it from a
    log2 ratio before turning that into copies."""
    source: str
    """``given`` by the pathologist, ``estimated`` here, or the program whose file said so."""
    reason: str = ""
    """Why there is no value, or no interval."""
    disagreement: str = ""
    """How an estimate and a given value part, where they do; the given value wins."""


class CopyNumberProfile(Noun):
    """Copy number of genes; ``assayed_genes`` tells a gene that was neutral from one that nobody looked at."""

    source: SourceFile
    calls: tuple[CopyNumberCall, ...] = ()
    assayed_genes: tuple[str, ...] | None = None
    """Genes with a copy-number answer; ``None`` when the file lists only events, so that silence means unknown."""
    not_assessed: dict[str, str] = Field(default_factory=dict)
    """Genes of the assay without an answer, each with the reason."""
    segments: tuple[Segment, ...] = ()
    purity: PurityPloidy | None = None
    bins: tuple[Bin, ...] = ()
    """For the drawing: at most some 1,500, medians of neighbors where there were more."""
    sites: tuple[HetSite, ...] = ()
    """For the drawing, likewise thinned."""
    method: str = ""
    """Program, segmentation and reference, in words."""


def reconcile(given: float | None, estimate: PurityPloidy | None) -> PurityPloidy | None:
    """Join the pathologist's purity, which wins, with an estimate, and say where the two part.

    Parameters
    ----------
    given
        Share of tumor cells, 0 to 1, as the sheet says; ``None`` when it does not.
    estimate
        What was estimated or read from another program's file, if anything.

    Returns
    -------
    PurityPloidy or None
        ``None`` when neither says anything.
    """
    if given is None or (estimate is not None and (estimate.source, estimate.purity) == ("given", given)):
        return estimate
    joined = PurityPloidy(purity=given, source="given")
    if estimate is None:
        return joined
    kept = {name: getattr(estimate, name) for name in ("ploidy", "ploidy_low", "ploidy_high", "diploid_log2", "reason")}
    return joined.model_copy(update=kept | {"disagreement": disagreement(given, estimate)})


def disagreement(given: float, estimate: PurityPloidy) -> str:
    """Return how a given purity and another part, empty where they do not; one without interval is its own ends."""
    if estimate.purity is None:
        return ""
    without_interval = estimate.purity_low is None or estimate.purity_high is None
    low = estimate.purity if estimate.purity_low is None or without_interval else estimate.purity_low
    high = estimate.purity if estimate.purity_high is None or without_interval else estimate.purity_high
    if low - DISAGREEMENT_MARGIN <= given <= high + DISAGREEMENT_MARGIN:
        return ""
    who = {"estimated": "estimated", "given": "given to the copy-number calls"}.get(
        estimate.source, f"said by {estimate.source}"
    )
    interval = "" if without_interval else f" (95 % interval {100 * low:.0f} to {100 * high:.0f} %)"
    return f"given {100 * given:.0f} %, {who} {100 * estimate.purity:.0f} %{interval}"


def purity_in_force(patient: Patient, copy_number: CopyNumberProfile | None) -> PurityPloidy | None:
    """Return the purity that statements rest on: the pathologist's, else the estimate, ``None`` when there is neither.

    An estimate without a value (``purity`` is ``None``) is none; its reason stays with the profile.
    """
    found = reconcile(patient.purity, copy_number.purity if copy_number is not None else None)
    return found if found is not None and found.purity is not None else None


MATCHED = "matched normal"
"""How the method of a profile names the patient's own normal as its reference."""
NO_PURITY, NO_NORMAL = "purity was not known", "there was no normal of this assay to measure against"
NOT_REMOVED = "capture bias not removed"
"""How the method of a profile names a flat reference of a targeted library."""


def why_no_deep_deletions(copy_number: CopyNumberProfile, given: float | None = None) -> str:
    """Return why no deep deletion was called in a profile, empty where they were looked for.

    Parameters
    ----------
    copy_number
        Its purity is the one that the genes were called with.
    given
        The pathologist's purity, which may part from it.
    """
    used = copy_number.purity
    if used is None or used.purity is None:
        return NO_PURITY
    joined = reconcile(given, used)
    if joined is not None and joined.disagreement:
        return f"purity is in dispute, {joined.disagreement}"
    return NO_NORMAL if NOT_REMOVED in copy_number.method else ""


def reasons_by_kind(not_assessed: Mapping[str, str]) -> list[tuple[list[str], str]]:
    """Return genes without an answer with their reason, the commonest first, joined where only its particulars differ.

    Parameters
    ----------
    not_assessed
        Reason by gene: its kind, and after a colon what is particular to the gene.

    Returns
    -------
    list of tuple
        Genes in order, and the kind with the particulars of at most a dozen of them.
    """
    by_kind: dict[str, dict[str, str]] = defaultdict(dict)
    for gene, reason in sorted(not_assessed.items()):
        kind, _, particular = reason.partition(": ")
        by_kind[kind][gene] = particular
    ordered = sorted(by_kind.items(), key=lambda item: (-len(item[1]), item[0]))
    return [(list(genes), _joined_reason(kind, genes)) for kind, genes in ordered]


def _joined_reason(kind: str, genes: Mapping[str, str]) -> str:
    particulars = set(genes.values())
    if len(particulars) == 1:
        return ": ".join(filter(None, (kind, *particulars)))
    told = [f"{gene}, {particular}" for gene, particular in genes.items() if particular]
    left = f"; and {len(told) - MOST_PARTICULARS} more" if len(told) > MOST_PARTICULARS else ""
    return f"{kind}: {'; '.join(told[:MOST_PARTICULARS])}{left}"


def possible_deep_deletion(call: CopyNumberCall) -> bool:
    """Whether a gene has a loss that may be of all copies."""
    return call.state is CopyNumberState.LOSS and call.note.startswith("possible loss")


def possible_amplification(call: CopyNumberCall) -> bool:
    """Whether a gene that is not called amplified may be, as a whole or in a part."""
    said = (part.startswith("amplif") for part in call.note.split("; "))
    return call.state is not CopyNumberState.AMPLIFICATION and any(said)


def may_be_more(call: CopyNumberCall, reason: str) -> CopyNumberCall:
    """Return a call whose gain may be an amplification, or whose loss of all copies, with the reason in its note.

    A call that says so already, and one of another state, stays as it is.
    """
    more = ""
    if call.state is CopyNumberState.GAIN and not possible_amplification(call):
        more = f"amplification not excluded: {reason}"
    if call.state is CopyNumberState.LOSS and not possible_deep_deletion(call):
        more = f"possible loss of all copies: {reason}"
    return call.model_copy(update={"note": "; ".join(filter(None, (more, call.note)))})
