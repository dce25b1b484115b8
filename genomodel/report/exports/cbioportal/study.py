"""A study folder for cBioPortal, one for each genome build of the cohort."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from genomodel.core.errors import InputError
from genomodel.core.findings import Finding
from genomodel.core.interpretation_file import InterpretationFile
from genomodel.core.patients import CallingMode, GenomeBuild
from genomodel.core.report import RESEARCH_USE_ONLY
from genomodel.files import write_text
from genomodel.report.exports.cbioportal import events, mutations
from genomodel.report.exports.cbioportal.assays import Markers
from genomodel.report.exports.cbioportal.text import NA, Profile, meta_text, number, table_text
from genomodel.report.words import plural

STUDY = "genomodel"
REFERENCES = {GenomeBuild.GRCH37: "hg19", GenomeBuild.GRCH38: "hg38"}
MIXED = "mixed"
CLINICAL = (
    ("PATIENT_ID", "Patient Identifier", "Id of the patient", "STRING", "1"),
    ("SAMPLE_ID", "Sample Identifier", "The patient's tumor", "STRING", "1"),
    ("ONCOTREE_CODE", "OncoTree code", "Tumor type of the sheet", "STRING", "1"),
    ("CANCER_TYPE", "Cancer Type", "Main type in OncoTree", "STRING", "1"),
    ("CANCER_TYPE_DETAILED", "Cancer Type Detailed", "Name in OncoTree", "STRING", "1"),
    ("SOMATIC_STATUS", "Somatic Status", "Whether a normal was compared", "STRING", "1"),
    ("TUMOR_PURITY", "Tumor Purity", "Share of tumor cells as given", "NUMBER", "1"),
    ("BEST_TIER", "Best tier", "Best AMP/ASCO/CAP tier of all findings", "STRING", "1"),
    ("N_FINDINGS", "Findings", "Number of findings", "NUMBER", "1"),
    ("SAMPLE_CHECKS", "Checks of the sample", "Failed checks of identity and quality", "STRING", "1"),
)
"""Column, name shown, description, type and priority of the clinical file."""
CASE_LISTS = {"sequenced": "Samples with mutation data", "cna": "Samples with CNA data", "sv": "Samples with SV data"}
_STATUS = {CallingMode.TUMOR_NORMAL: "Matched", CallingMode.TUMOR_ONLY: "Unmatched", CallingMode.UNKNOWN: NA}
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


@dataclass(slots=True)
class _Study:
    """What is gathered of the patients of one genome build."""

    genome: GenomeBuild
    clinical: list[tuple[str, ...]] = field(default_factory=list)
    types: set[str] = field(default_factory=set)
    mutations: list[tuple[str, ...]] = field(default_factory=list)
    levels: dict[str, dict[str, str]] = field(default_factory=dict)
    structural: list[tuple[str, ...]] = field(default_factory=list)
    looked_for_fusions: list[str] = field(default_factory=list)
    markers: Markers = field(default_factory=Markers)
    synthetic: bool = False

    def add(self, made: InterpretationFile) -> None:
        self.clinical.append(_clinical(made))
        self.types.add(made.subject.tumor_type.oncotree_code)
        self.mutations += mutations.mutations(made)
        levels = events.levels(made)
        if levels is not None:
            self.levels[made.patient] = levels
        self.structural += events.structural_variants(made)
        if made.rearrangements is not None:
            self.looked_for_fusions.append(made.patient)
        self.markers.add(made)
        self.synthetic |= made.synthetic

    def profiles(self) -> list[Profile]:
        found = [mutations.profile(self.mutations)] if self.mutations else []
        if any(self.levels.values()):
            found.append(events.copy_number_profile(self.levels))
        if self.structural:
            found.append(events.structural_profile(self.structural))
        return [*found, *self.markers.profiles()]

    def case_lists(self) -> dict[str, Sequence[str]]:
        """Return the samples that were looked at, by profile: the rest are unknown there, and not wild type."""
        names = {profile.name for profile in self.profiles()}
        samples = [row[1] for row in self.clinical]
        lists = {
            "sequenced": ("mutations", samples),
            "cna": ("cna", [*self.levels]),
            "sv": ("sv", self.looked_for_fusions),
        }
        return {name: found for name, (profile, found) in lists.items() if profile in names}


def check_study(identifier: str) -> str:
    """Return the identifier of a study.

    Raises
    ------
    InputError
        It holds other marks than letters, digits, dash and underscore.
    """
    if not _IDENTIFIER.fullmatch(identifier):
        fix = "Use letters, digits, dash and underscore, at most 100, beginning with a letter or digit"
        raise InputError(f"'{identifier}' cannot name a study", column="--study", fix=fix)
    return identifier


def write_studies(found: Iterable[InterpretationFile], folder: Path, identifier: str = STUDY) -> tuple[Path, ...]:
    """Write ``<folder>/cbioportal-<build>`` for the patients of each genome build, for cBioPortal has one to a study.

    Parameters
    ----------
    found
        The interpretations, read one after the other; patients keep this order.
    folder
        Where the study folders lie.
    identifier
        Begins the name by which cBioPortal knows the study; the build ends it.

    Returns
    -------
    tuple of Path
        All files that were written.
    """
    studies: dict[GenomeBuild, _Study] = {}
    for made in found:
        studies.setdefault(made.subject.genome, _Study(made.subject.genome)).add(made)
    written: list[Path] = []
    for genome, study in studies.items():
        own = folder / f"cbioportal-{genome.value}"
        texts = _files(study, f"{identifier}_{genome.value.lower()}")
        for stale in {path for pattern in ("meta_*", "data_*", "case_lists/*") for path in own.glob(pattern)}:
            if str(stale.relative_to(own)) not in texts:
                stale.unlink()
        for name, text in texts.items():
            write_text(own / name, text)
            written.append(own / name)
    return tuple(written)


def _files(study: _Study, identifier: str) -> dict[str, str]:
    texts = {"meta_study.txt": meta_text(_meta_study(study, identifier))}
    meta = {"genetic_alteration_type": "CLINICAL", "datatype": "SAMPLE_ATTRIBUTES"}
    header = tuple(column[0] for column in CLINICAL)
    clinical = Profile(meta=meta, header=header, rows=study.clinical, name="clinical_sample").files(identifier)
    above = "".join("#" + table_text([column[place] for column in CLINICAL], ()) for place in range(1, 5))
    clinical["data_clinical_sample.txt"] = above + clinical["data_clinical_sample.txt"]
    texts |= clinical
    for profile in study.profiles():
        texts |= profile.files(identifier)
    for name, samples in study.case_lists().items():
        fields = {
            "cancer_study_identifier": identifier,
            "stable_id": f"{identifier}_{name}",
            "case_list_name": CASE_LISTS[name],
            "case_list_description": f"{CASE_LISTS[name]} ({plural(len(samples), 'sample')})",
        }
        texts[f"case_lists/cases_{name}.txt"] = meta_text(fields) + "case_list_ids: " + "\t".join(samples) + "\n"
    return texts


def _meta_study(study: _Study, identifier: str) -> dict[str, str]:
    code = next(iter(study.types)).lower() if len(study.types) == 1 else ""
    number_of = plural(len(study.clinical), "simulated tumor" if study.synthetic else "tumor")
    fields = {
        "type_of_cancer": code or MIXED,
        "cancer_study_identifier": identifier,
        "name": identifier.replace("_", " "),
        "description": f"{number_of}, interpreted by genomodel. {RESEARCH_USE_ONLY}",
        "add_global_case_list": "true",
    }
    reference = REFERENCES.get(study.genome)
    return fields | ({"reference_genome": reference} if reference else {})


def _clinical(made: InterpretationFile) -> tuple[str, ...]:
    subject, kind = made.subject, made.subject.tumor_type
    return (
        made.patient,
        made.patient,
        kind.oncotree_code or NA,
        (kind.main_type or kind.name or NA) if kind.is_given else NA,
        (kind.name or NA) if kind.is_given else NA,
        _STATUS[subject.mode],
        number(subject.purity, NA),
        best_tier(made.content.findings) or NA,
        str(len(made.content.findings)),
        "; ".join(made.failures) or "none failed",
    )


def best_tier(findings: Iterable[Finding]) -> str:
    """Return the best tier of findings, empty where none has one."""
    return min((finding.tier for finding in findings if finding.tier), default="")
