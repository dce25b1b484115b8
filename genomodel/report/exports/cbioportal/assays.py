"""Markers of the whole tumor as cBioPortal's generic assays: numbers, classes and mutational signatures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from genomodel.core.interpretation_file import InterpretationFile
from genomodel.report.exports.cbioportal.text import NA, Profile, number

Names = Mapping[str, tuple[str, str]]
NUMBERS: Names = {
    "TMB": ("Tumor mutational burden", "mutations per megabase that could be called"),
    "TMB_LOW": ("Tumor mutational burden, lower end", "of the 95 % interval"),
    "TMB_HIGH": ("Tumor mutational burden, upper end", "of the 95 % interval"),
    "MSI_SCORE": ("Microsatellite score", "share of unstable repeats, or the score of the program that gave it"),
}
CLASSES: Names = {
    "TMB_CALL": ("Tumor mutational burden, call", "high, low, indeterminate or not_assessable"),
    "MSI_STATUS": ("Microsatellite status", "high, stable or indeterminate"),
    "HRR": ("Homologous recombination repair", "deficient, not_shown or not_assessable; never by a signature alone"),
}
_PROPERTIES = "NAME,DESCRIPTION"


@dataclass(slots=True)
class Markers:
    """What was measured of each tumor, by sample and marker."""

    numbers: dict[str, dict[str, str]] = field(default_factory=dict)
    classes: dict[str, dict[str, str]] = field(default_factory=dict)
    signatures: dict[str, dict[str, str]] = field(default_factory=dict)
    etiologies: dict[str, str] = field(default_factory=dict)

    def add(self, made: InterpretationFile) -> None:
        """Take in the markers of one tumor; what was not looked at, or cannot be said, stays out."""
        found, msi = made.content.biomarkers, made.msi
        burden, signatures, repair = found.burden, found.signatures, found.homologous_recombination
        numbers: dict[str, float | None] = {"MSI_SCORE": msi.score if msi is not None else None}
        if burden is not None:
            numbers |= {"TMB": burden.value, "TMB_LOW": burden.low, "TMB_HIGH": burden.high}
        self.numbers[made.patient] = {name: number(value) for name, value in numbers.items() if value is not None}
        classes = {
            "TMB_CALL": burden.call.value if burden is not None else None,
            "MSI_STATUS": msi.status.value if msi is not None else None,
            "HRR": repair.call.value if repair is not None else None,
        }
        self.classes[made.patient] = {name: value for name, value in classes.items() if value is not None}
        exposures = signatures.exposures if signatures is not None and signatures.assessable else ()
        self.signatures[made.patient] = {item.signature: number(float(item.share)) for item in exposures}
        self.etiologies |= {item.signature: item.etiology for item in exposures}

    def profiles(self) -> list[Profile]:
        """Return the assays of which some tumor has a value."""
        signatures = {name: (name, text or "etiology not known") for name, text in sorted(self.etiologies.items())}
        made = [
            _profile("generic_assay_biomarkers", NUMBERS, self.numbers, _meta("LIMIT-VALUE", "biomarkers")),
            _profile("generic_assay_classes", CLASSES, self.classes, _meta("CATEGORICAL", "biomarker_classes")),
            _profile("mutational_signatures", signatures, self.signatures, _SIGNATURES),
        ]
        return [profile for profile in made if profile.rows]


def _meta(datatype: str, stable_id: str) -> dict[str, str]:
    order = {"value_sort_order": "DESC"} if datatype == "LIMIT-VALUE" else {}
    return {
        "genetic_alteration_type": "GENERIC_ASSAY",
        "generic_assay_type": "GENOMIC_BIOMARKER",
        "datatype": datatype,
        "stable_id": stable_id,
        "profile_name": "Markers of the tumor" if order else "Classes of the markers of the tumor",
        "profile_description": "Mutational burden, microsatellites, repair; NA where not measured. Research use only.",
        "show_profile_in_analysis_tab": "true",
        "generic_entity_meta_properties": _PROPERTIES,
        "patient_level": "false",
        **order,
    }


_SIGNATURES = {
    "genetic_alteration_type": "GENERIC_ASSAY",
    "generic_assay_type": "MUTATIONAL_SIGNATURE",
    "datatype": "LIMIT-VALUE",
    "stable_id": "mutational_signatures_contribution_SBS",
    "profile_name": "Mutational signatures, contribution",
    "profile_description": "Share of the single-base substitutions that each signature explains. Research use only.",
    "show_profile_in_analysis_tab": "true",
    "generic_entity_meta_properties": _PROPERTIES,
    "value_sort_order": "DESC",
    "patient_level": "false",
}


def _profile(name: str, names: Names, values: Mapping[str, Mapping[str, str]], meta: Mapping[str, str]) -> Profile:
    measured = [entity for entity in names if any(entity in found for found in values.values())]
    rows = [(entity, *names[entity], *(found.get(entity, NA) for found in values.values())) for entity in measured]
    return Profile(meta=meta, header=("ENTITY_STABLE_ID", *_PROPERTIES.split(","), *values), rows=rows, name=name)
