"""What kind of alteration a finding is, and of which genes the absence of one says nothing."""

from __future__ import annotations

from enum import StrEnum

from genomodel.core.copy_number import CopyNumberState
from genomodel.core.findings import Finding
from genomodel.core.patients import Patient
from genomodel.core.report import PatientReport
from genomodel.core.variants import VariantClass
from genomodel.resources.driver_genes import driver_genes


class AlterationKind(StrEnum):
    """Kinds that are drawn apart."""

    TRUNCATING = "truncating"
    """Truncation or loss of a splice site."""
    MISSENSE = "missense"
    IN_FRAME = "in_frame"
    OTHER = "other"
    """Another small variant: in a promoter, of the first or the last codon."""
    AMPLIFICATION = "amplification"
    DELETION = "deletion"
    REARRANGEMENT = "rearrangement"
    NONE = "none"
    """No alteration of a gene: a marker of the whole tumor, or a gene of wild type."""


class Looked(StrEnum):
    """What a patient's input was searched for beside small variants."""

    COPY_NUMBER = "copy_number"
    REARRANGEMENTS = "rearrangements"


_OF_CLASS = {
    VariantClass.MISSENSE: AlterationKind.MISSENSE,
    VariantClass.TRUNCATING: AlterationKind.TRUNCATING,
    VariantClass.SPLICE: AlterationKind.TRUNCATING,
    VariantClass.INFRAME_DELETION: AlterationKind.IN_FRAME,
    VariantClass.INFRAME_INSERTION: AlterationKind.IN_FRAME,
}
_GAINED = (CopyNumberState.AMPLIFICATION, CopyNumberState.GAIN)
_JOINED = "::"


def kind_of(finding: Finding) -> AlterationKind:
    """Return the kind of alteration that a finding is."""
    if finding.variant is not None:
        consequence = finding.variant.consequence
        return _OF_CLASS.get(consequence.variant_class, AlterationKind.OTHER) if consequence else AlterationKind.OTHER
    if finding.copy_number is not None:
        gained = finding.copy_number.state in _GAINED
        return AlterationKind.AMPLIFICATION if gained else AlterationKind.DELETION
    if finding.rearrangement is not None or _JOINED in finding.label:
        return AlterationKind.REARRANGEMENT
    return AlterationKind.NONE


def off_assay(patient: Patient) -> tuple[str, ...] | None:
    """Return the driver genes that the assay leaves out, sorted; ``None`` where nobody said what it covers."""
    if patient.assayed_genes is None:
        return None
    return tuple(sorted(driver_genes() - set(patient.assayed_genes)))


def looked_for(report: PatientReport) -> tuple[Looked, ...]:
    """Return what was searched for beside small variants."""
    answers = {
        Looked.COPY_NUMBER: report.copy_number is not None,
        Looked.REARRANGEMENTS: report.assays.rearrangements is not None,
    }
    return tuple(looked for looked, done in answers.items() if done)
