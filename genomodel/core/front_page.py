"""The first page of a report in words, composed once so that every form of the report says the same."""

from __future__ import annotations

from pydantic import Field

from genomodel.core.base import Noun


class FrontLine(Noun):
    """A line of the summary, or of a block of the first page."""

    topic: str
    text: str
    place: str = ""
    """Section that says more; empty where nothing is left for it to say."""


class FrontFact(Noun):
    """A fact of the head: of the patient, the specimen, or the report."""

    label: str
    text: str
    provided: bool = True
    """False where nobody gave it, which :attr:`text` then says."""


class FrontGroup(Noun):
    """Facts of the head that belong together."""

    title: str
    facts: tuple[FrontFact, ...]


class FrontRow(Noun):
    """What evidence of tier I or II says of one alteration in one way, told after its best statement."""

    finding_id: str
    alteration: str
    """As the finding is labeled, whole."""
    named: str
    """As the page names it: long alleles are shortened, and what keeps it from being the tumor's own is said."""
    support: str = ""
    """Allele fraction, copies, or what else it rests on, in short."""
    tier: str
    """Of the best statement, ``I-A`` to ``II-D``."""
    direction: str
    effect: str
    """The direction in words."""
    evidence_type: str
    therapy: str = ""
    """Empty where the statement is about none."""
    claim: str
    """The therapy, or what is claimed on diagnosis or outcome."""
    about: str = ""
    """Tumor type that the statement is about, in the source's words; empty for any."""
    conditions: tuple[str, ...] = ()
    """All that the statement asks for, in its order."""
    standing: str = ""
    """For which tumor it holds and which conditions are open or not met, as far as the page has room."""
    conflict: str = ""
    """What speaks against it, as far as the page has room."""
    n_further: int = 0
    """Further therapies, or claims, of the same direction that evidence of tier I or II names."""
    also: str = ""
    """Their names, each with its tier, as far as the page has room."""
    source: str
    url: str = ""
    evidence_id: str


class FrontPrediction(Noun):
    """A prediction with all that it must never stand without."""

    drug: str
    standing: str
    """Percentiles with their 90 % intervals."""
    gate: str
    beside: str = ""
    """What curated evidence says of the drug, its class or its target."""
    conflict: bool = False
    """Whether that is resistance."""


class FrontPredictions(Noun):
    """The predictions of the first page, or why there are none."""

    rows: tuple[FrontPrediction, ...] = ()
    nothing: str = ""
    """Why none is shown."""
    notes: tuple[str, ...] = ()
    """Cautions on the tumor, measured coverage of predictions shown like these, and what was left out."""


class FrontPage(Noun):
    """What a tumor board reads first, as far as one printed page has room for it."""

    roomy: bool = False
    """Whether it leaves so much of the printed page free that larger letters fit."""
    status: str = ""
    """Draft, final or failed, with the version, in words."""
    head: tuple[FrontGroup, ...] = ()
    summary: tuple[FrontLine, ...] = Field(default=(), max_length=5)
    rows: tuple[FrontRow, ...] = ()
    rows_left_out: str = ""
    """What further rows would say, by name, and where they stand; empty for none."""
    nothing: str = ""
    """Said in place of rows where there are none."""
    check: tuple[FrontLine, ...] = ()
    """What to settle before anything is decided: other diagnoses, alterations to be confirmed, what was set aside."""
    markers: tuple[FrontLine, ...] = ()
    """Mutational burden, microsatellites, signatures, homologous recombination, inherited variants: each is answered,
    or said not to be."""
    limits: tuple[FrontLine, ...] = ()
    """What is not assessable, the negatives with what they exclude, and what limits the rest."""
    predictions: FrontPredictions | None = None
    """``None`` where the site wants none here."""


NO_FRONT_PAGE = FrontPage()
