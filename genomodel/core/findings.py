"""What interpretation says about a tumor."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    SerializationInfo,
    SerializerFunctionWrapHandler,
    StringConstraints,
    ValidationInfo,
    field_serializer,
    field_validator,
)

from genomodel.core.base import Noun
from genomodel.core.biomarkers import NO_BIOMARKERS, Biomarkers, GermlineReview, SecondAllele, TrialSearch
from genomodel.core.clinical import ConditionAnswer
from genomodel.core.copy_number import CopyNumberCall
from genomodel.core.oncogenicity import Oncogenicity, key_of, value_of
from genomodel.core.provenance import Version
from genomodel.core.rearrangements import Rearrangement
from genomodel.core.review import ReviewMark
from genomodel.core.variants import AnnotatedVariant

TierOfClaim = Annotated[str, StringConstraints(pattern=r"^(I-A|I-B|II-C|II-D)$")]
"""AMP/ASCO/CAP 2017 tier and level of a statement that is matched."""
TierOrNone = Annotated[str, StringConstraints(pattern=r"^(I-A|I-B|II-C|II-D|III|IV)?$")]
"""Tier of an alteration, empty where it has none."""


class EvidenceType(StrEnum):
    """What a statement of evidence is about."""

    PREDICTIVE = "predictive"
    """Of the response to a therapy."""
    DIAGNOSTIC = "diagnostic"
    PROGNOSTIC = "prognostic"
    PREDISPOSING = "predisposing"
    ONCOGENIC = "oncogenic"
    FUNCTIONAL = "functional"


class Direction(StrEnum):
    """Which way a biomarker points; the first two for a therapy."""

    SENSITIVITY = "sensitivity"
    RESISTANCE = "resistance"
    REDUCED_SENSITIVITY = "reduced_sensitivity"
    ADVERSE_RESPONSE = "adverse_response"
    FOR_DIAGNOSIS = "for_diagnosis"
    AGAINST_DIAGNOSIS = "against_diagnosis"
    BETTER_OUTCOME = "better_outcome"
    POOR_OUTCOME = "poor_outcome"
    PREDISPOSITION = "predisposition"
    PROTECTION = "protection"
    ONCOGENICITY = "oncogenicity"
    GAIN_OF_FUNCTION = "gain_of_function"
    LOSS_OF_FUNCTION = "loss_of_function"
    DOMINANT_NEGATIVE = "dominant_negative"
    NEOMORPHIC = "neomorphic"
    NOT_STATED = "not_stated"
    """The source gives none, or one without a meaning of its own, such as uncertain significance."""


class TherapyInteraction(StrEnum):
    """How several therapies of one statement belong together."""

    COMBINATION = "combination"
    SEQUENTIAL = "sequential"
    SUBSTITUTES = "substitutes"
    """Any one of them."""


class VariantOrigin(StrEnum):
    """Variants of which origin a statement is about."""

    SOMATIC = "somatic"
    GERMLINE = "germline"
    EITHER = "either"
    NOT_STATED = "not_stated"


class TumorTypeMatch(StrEnum):
    """How the patient's tumor type relates to the one the evidence is about."""

    SAME = "same"
    """The patient's tumor type is the evidence's, or one of its descendants."""
    AGNOSTIC = "agnostic"
    """The evidence holds for any solid tumor, or any tumor."""
    OTHER = "other"


class Evidence(Noun):
    """One statement: this biomarker, in this tumor type, for this therapy, says this source."""

    id: str
    gene: str
    biomarker: str
    """As a reader would say it: ``BRAF V600E``."""
    tumor_types: tuple[str, ...]
    """OncoTree codes; empty means tumor-agnostic."""
    tumor_type_text: str
    evidence_type: EvidenceType = EvidenceType.PREDICTIVE
    therapy: str = ""
    """As a reader would say it, ``Dabrafenib + Trametinib``; empty where the statement is about no therapy."""
    therapies: tuple[str, ...] = ()
    """The drugs by their normalized names, sorted; empty until they are looked up."""
    interaction: TherapyInteraction | None = None
    """Of several therapies; ``None`` for one, or where the source does not say."""
    direction: Direction
    supports: bool = True
    """Whether the source supports the claim, or speaks against it."""
    level: str = ""
    """Level in the source's own scale: ``A`` to ``E`` of CIViC, ``1`` to ``R2`` of OncoKB."""
    origin: VariantOrigin = VariantOrigin.NOT_STATED
    agency: str
    """Who approved or recommends, e.g. ``FDA``."""
    approved: str = ""
    """Date of the approval or of the guideline, ISO 8601; empty where there is none."""
    withdrawn: str = ""
    """Date on which the approval ended, ISO 8601; empty where it stands."""
    conditions: tuple[str, ...] = ()
    """Conditions of the claim that the sheet does not answer: receptor status, line, combination, exclusions."""
    knowledge_base: str = "core"
    source_name: str
    source_id: str
    source_url: str
    source_date: str = ""

    @property
    def claim(self) -> str:
        """What it is for or against, in words: ``Vemurafenib (sensitivity)``, ``the diagnosis of chronic …``."""
        if self.evidence_type is EvidenceType.PREDICTIVE:
            return f"{self.therapy} ({self.direction.value})"
        words = {
            Direction.FOR_DIAGNOSIS: "the diagnosis of {}",
            Direction.AGAINST_DIAGNOSIS: "another diagnosis than {}",
            Direction.BETTER_OUTCOME: "a better outcome in {}",
            Direction.POOR_OUTCOME: "a poor outcome in {}",
        }
        return words.get(self.direction, f"{self.direction.value} in {{}}").format(self.tumor_type_text)


class EvidenceMatch(Noun):
    """A statement of evidence that applies to a finding, and how closely."""

    evidence: Evidence
    matched_on: str
    """``allele``, ``codon``, ``exon class``, ``gene class``, ``amplification``, ``deletion`` …"""
    resolution: str = ""
    """How finely the statement was matched: ``genomic``, ``hgvs``, ``protein``, ``codon``, ``exon``, ``gene`` …"""
    ignored: tuple[str, ...] = ()
    """What was not compared: coordinates of another build, a partner that the source does not name, origin …"""
    tumor_type_match: TumorTypeMatch
    tier: TierOfClaim
    """AMP/ASCO/CAP 2017 tier and level, e.g. ``I-A``; a resistance statement carries the level of its evidence."""
    tier_reason: str
    conditions: tuple[ConditionAnswer, ...] = ()
    """Each condition of the claim with how it stands to what is known of the patient."""
    escat: str = ""
    """Suggested ESCAT tier, for expert review; empty where none can be suggested."""
    conflicts: tuple[str, ...] = ()
    """What speaks against the same drug, or for it where this statement speaks against."""
    computed_tier: str = ""
    """Tier before a reviewer lowered it; empty where :attr:`tier` is the computed one."""
    cautions: tuple[str, ...] = ()
    """What a reader must know before taking the tier at its word, e.g. that another finding contradicts a condition."""


class Hotspot(Noun):
    """How often tumors of the cancerhotspots collection are mutated at a residue."""

    residue: str
    tumors_at_residue: int
    tumors_with_allele: int
    q_value: float | None = None


class DispositionKind(StrEnum):
    """What became of an input record."""

    FINDING = "finding"
    TO_CONFIRM = "to_confirm"
    """Hotspot allele with too little support to be called: set aside, to be confirmed by another method."""
    LISTED = "listed"
    """Protein-changing somatic variant without evidence or hotspot, tier III: in the variant list."""
    BENIGN = "benign"
    """The same of tier IV, benign or likely benign: in the variant list, and counted apart."""
    EXCLUDED = "excluded"
    """Taken out of the report by a reviewer; never in an interpretation, which stays as it was computed."""
    PART_OF_CHANGE = "part_of_change"
    """On one DNA molecule with another record's allele, or at its codon and nobody knows: reported there once."""
    DUPLICATE = "duplicate"
    """The same allele as another record, under which it is counted."""
    GERMLINE = "germline"
    WITHHELD = "withheld"
    """Not shown, for want of the patient's consent."""
    FILTERED = "filtered"
    """Taken for an artifact by a named filter of the input."""
    NOT_CALLED = "not_called"
    """No filter failed, but the counts or the input's own word do not support a variant of the tumor."""
    SYNONYMOUS = "synonymous"
    NONCODING = "noncoding"
    OUTSIDE_ASSAY = "outside_assay"
    NO_TRANSCRIPT = "no_transcript"
    SYMBOLIC = "symbolic"
    """A symbol or breakend that names no bases."""
    UNREADABLE = "unreadable"
    """Alleles with letters other than A, C, G and T."""
    NO_SEQUENCE = "no_sequence"
    """``*`` and the like, which stand for no sequence of their own."""
    REFERENCE_ONLY = "reference_only"
    """The record holds no alternate allele."""


class Disposition(Noun):
    """The one thing that became of one allele of one input record, and why."""

    record: int
    variant: str
    gene: str
    kind: DispositionKind
    reason: str
    tier: TierOrNone = ""
    """Tier of the variant where it has one: ``I-A`` … ``II-D``, ``III``, ``IV``."""


class Finding(Noun):
    """A variant or copy-number event that a tumor board should see, with all that is known about it."""

    id: str
    """``<patient>:<variant key>``, ``<patient>:<gene>:<copy-number state>`` or ``<patient>:msi_high``."""
    gene: str
    label: str
    """``BRAF p.V600E``, ``ERBB2 amplification``."""
    variant: AnnotatedVariant | None = None
    copy_number: CopyNumberCall | None = None
    rearrangement: Rearrangement | None = None
    support: str = ""
    """What an event rests on that is neither a small variant nor a copy-number call: a score, reads."""
    hotspot: Hotspot | None = None
    driver_role: str | None = None
    """Role of the gene in cancer as its source says it, e.g. ``activating``, ``loss of function``."""
    evidence: tuple[EvidenceMatch, ...] = ()
    oncogenicity: Oncogenicity | None = None
    """``None`` for what the standard is not about: copy number, fusions, markers of the tumor."""
    second_allele: SecondAllele | None = None
    """``None`` where the gene is not known to act by loss."""
    tier_without_evidence: TierOrNone = ""
    """``III``, or ``IV`` for benign and likely benign variants; it counts where no evidence gives a tier."""
    why: str
    """Why it is a finding, in words."""
    reviewed: ReviewMark | None = None
    """What a reviewer said of it; ``None`` before that, and always in an interpretation."""
    evidence_set_aside: tuple[EvidenceMatch, ...] = ()
    """Statements that a reviewer's tier leaves without effect, as they were computed."""

    @field_validator("oncogenicity", mode="before")
    @classmethod
    def _of_key(cls, given: Any, info: ValidationInfo) -> Any:
        return value_of(given, info.context)

    # Without a return type, which would take the place of the field's own in the JSON schema of a report.
    @field_serializer("oncogenicity", mode="wrap")
    def _by_key(  # type: ignore[no-untyped-def]
        self, found: Oncogenicity | None, write: SerializerFunctionWrapHandler, info: SerializationInfo
    ):
        key = None if found is None else key_of(found, info.context)
        return write(found) if key is None else key

    @property
    def tier(self) -> str | None:
        """Tier that a reviewer gave, or the best over the matched evidence of every type and direction, or without."""
        if self.reviewed is not None and self.reviewed.tier:
            return self.reviewed.tier
        return min((match.tier for match in self.evidence), default=self.tier_without_evidence or None)


def variants_of(findings: Iterable[Finding]) -> tuple[AnnotatedVariant, ...]:
    """Return the small variants among findings, in their order."""
    return tuple(finding.variant for finding in findings if finding.variant is not None)


class NotAssessable(Noun):
    """Something a tumor board would ask about that this input cannot answer."""

    what: str
    """Gene, locus or biomarker: ``BRAF V600``, ``copy number``, ``microsatellite instability``."""
    reason: str


class Interpretation(Noun):
    """Findings first, then the other variants, then what became of every record."""

    patient_id: str
    findings: tuple[Finding, ...] = ()
    other_variants: tuple[Finding, ...] = ()
    """The variants of disposition ``listed`` and ``benign``: tiers III and IV, each with its oncogenicity."""
    dispositions: tuple[Disposition, ...] = ()
    n_records: int
    set_aside: tuple[Finding, ...] = ()
    """Germline and not called alleles that match evidence or sit on a hotspot: shown, but not as somatic findings.

    Their dispositions stay ``germline`` and ``filtered``; ``why`` says what keeps them from being reported.
    """
    to_confirm: tuple[Finding, ...] = ()
    """Hotspot alleles that the decision marked ``confirm``, with the evidence they would match if they are real."""
    not_assessable: tuple[NotAssessable, ...] = ()
    biomarkers: Biomarkers = NO_BIOMARKERS
    germline: GermlineReview = GermlineReview()
    trials: TrialSearch = TrialSearch()
    sources: tuple[Version, ...] = ()
