"""Who the tumor belongs to and how it was assayed."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from genomodel.core.base import Noun
from genomodel.core.biomarkers import ScarScore
from genomodel.core.clinical import NO_FACTS, ClinicalFacts
from genomodel.core.specimens import NO_ACCESSION, Accession, Specimen

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
PatientId = Annotated[str, StringConstraints(pattern=ID_PATTERN)]


class Assay(StrEnum):
    """What part of the genome was sequenced."""

    PANEL = "panel"
    WES = "wes"
    WGS = "wgs"
    UNKNOWN = "unknown"


class GenomeBuild(StrEnum):
    """Reference genome of the coordinates."""

    GRCH37 = "GRCh37"
    GRCH38 = "GRCh38"
    SYNTHETIC = "synthetic"
    UNKNOWN = "unknown"


class CallingMode(StrEnum):
    """Whether a matched normal was there to tell somatic from germline."""

    TUMOR_NORMAL = "tumor-normal"
    TUMOR_ONLY = "tumor-only"
    UNKNOWN = "unknown"


NOT_GIVEN = "UNKNOWN"
"""Code of a tumor type that nobody gave; OncoTree has none of that name."""


class TumorType(Noun):
    """A node of the OncoTree tumor classification."""

    code: str
    name: str
    main_type: str = ""
    tissue: str = ""
    ancestors: tuple[str, ...] = ()
    """Codes from the parent up to the root's child, nearest first."""
    note: str = ""
    """What a reader must know of how the sheet's code became this one; empty where it is the code itself."""

    @property
    def is_given(self) -> bool:
        """Whether anybody said which tumor it is; a cancer of unknown primary is given."""
        return self.code != NOT_GIVEN

    @property
    def oncotree_code(self) -> str:
        """The code, empty where nobody said which tumor it is: files for others know no such code."""
        return self.code if self.is_given else ""

    def is_a(self, code: str) -> bool:
        """Whether this tumor type is ``code`` or one of its descendants."""
        return code == self.code or code in self.ancestors


class Patient(Noun):
    """One patient's tumor as the sheet describes it; absent facts stay ``None``."""

    id: PatientId
    tumor_type: TumorType
    assay: Assay = Assay.UNKNOWN
    sex: str | None = None
    purity: Annotated[float, Field(gt=0, le=1)] | None = None
    genome: GenomeBuild = GenomeBuild.UNKNOWN
    mode: CallingMode = CallingMode.UNKNOWN
    tumor_sample: str | None = None
    normal_sample: str | None = None
    tumor_specimen: Specimen | None = None
    normal_specimen: Specimen | None = None
    assay_bed: str | None = None
    assayed_genes: tuple[str, ...] | None = None
    """Genes the assay covers; ``None`` when nobody said, which is not the same as all."""
    waived: tuple[str, ...] = ()
    """Checks of the samples whose outcome the sheet accepts, each ``name`` or ``name=reason``."""
    clinical: ClinicalFacts = NO_FACTS
    germline_consent: bool | None = None
    """Whether the patient wants to know of inherited variants; ``None`` where the sheet does not say."""
    scar: ScarScore | None = None
    second_id: str | None = None
    """Another identifier of the person, as the sheet gives it."""
    requester: str | None = None
    diagnosis: str | None = None
    """Primary diagnosis in the pathologist's words."""
    tumor_accession: Accession = NO_ACCESSION
    normal_accession: Accession = NO_ACCESSION
    notes: str | None = None


def purity_fix(text: str) -> str:
    """Say how a purity is written that was refused, with the value meant where that can be told."""
    rule = "Write the share of tumor cells as a fraction above 0 and at most 1"
    try:
        value = float(text.strip().removesuffix("%").strip().replace(",", "."))
    except ValueError:
        return rule
    if 1 < value <= 100:
        return f"{rule}: {value / 100:g} for {value:g} %"
    if 0 < value <= 1:
        return f"{rule}: {value / 100:g} for {value:g} %" if "%" in text else f"{rule}: {value:g}"
    return f"{rule}; {value:g} cannot be one"
