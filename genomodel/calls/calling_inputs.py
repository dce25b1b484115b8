"""What the calling rules of the workflow read and are told; the rules only ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from genomodel.calls.engines import FORCED, GIVEN, ToolPlan, candidate_options
from genomodel.cohort.sheets import sample_name
from genomodel.cohort.workflow_inputs import WorkflowInputs
from genomodel.core.errors import InputError

SITE_FILES = ("germline_resource", "panel_of_normals", "common_sites")
"""Keys of the configuration that name a file of the site for Mutect2."""

MIN_NORMALS = 2
"""Normals that CreateSomaticPanelOfNormals wants to see an artifact in by default; one alone gives an empty panel."""


@dataclass(frozen=True)
class CallingInputs:
    """Paths and options by patient, as plain look-ups."""

    inputs: WorkflowInputs
    plan: ToolPlan
    calling: Mapping[str, object]
    """The ``calling`` part of the configuration."""

    def path(self, engine: str, patient: str) -> str:
        """Return where an engine's calls of a patient lie."""
        return str(self.inputs.paths.results / "calls" / engine / f"{patient}.vcf.gz")

    def engines(self, patient: str) -> list[str]:
        """Return the engines that run for a patient; given calls are one more."""
        return [*self.plan.engines, *([GIVEN] if self.inputs.given_calls(patient) else [])]

    def judged(self, patient: str) -> list[str]:
        """Return all that the decision is made over: engines, and hotspot alleles that were looked at once more."""
        return [*self.engines(patient), *([FORCED] if self.plan.forces_hotspots else [])]

    def calls(self, patient: str, *, forced: bool) -> list[str]:
        """Return the calls of the engines, with or without the forced alleles."""
        return [self.path(engine, patient) for engine in (self.judged if forced else self.engines)(patient)]

    def calls_options(self, patient: str, *, forced: bool) -> list[str]:
        """Return ``--calls=ENGINE=FILE`` for the same."""
        names = (self.judged if forced else self.engines)(patient)
        return [f"--calls={engine}={self.path(engine, patient)}" for engine in names]

    def candidate_options(self, patient: str) -> list[str]:
        """Return what makes a candidate of the patient's tumor."""
        return candidate_options(self.calling, self.inputs.specimen(patient, "tumor"))

    def library(self, patient: str, kind: str = "tumor") -> str:
        """Return how a sample's reads were made."""
        return self.inputs.specimen(patient, kind).library.value

    def site_files(self, *keys: str) -> list[str]:
        """Return the files that the configuration names under the keys, each with its index."""
        paths = [str(self.calling[key]) for key in keys or SITE_FILES if key in self.calling]
        return [name for path in paths for name in (path, f"{path}.tbi")]

    def site_options(self, *keys: str) -> list[str]:
        """Return the same as options."""
        named = [key for key in keys or SITE_FILES if key in self.calling]
        return [word for key in named for word in (f"--{key.replace('_', '-')}", str(self.calling[key]))]

    def given_options(self, patient: str) -> list[str]:
        """Return what the samples are called in this run, and in the given calls where the sheet says so."""
        kinds = [kind for kind in ("tumor", "normal") if self.inputs.alignment(patient, kind)]
        words = [word for kind in kinds for word in (f"--{kind}", sample_name(patient, kind))]
        stated = zip(("tumor", "normal"), self.inputs.given_samples(patient), strict=True)
        return words + [word for kind, name in stated if name for word in (f"--{kind}-sample", name)]

    @cached_property
    def _normals(self) -> list[str]:
        return [patient for patient, entry in self.inputs.cohort.patients.items() if entry.normal]

    def normals(self) -> list[str]:
        """Return the patients whose normals make the panel of normals.

        Raises
        ------
        InputError
            There are fewer than two.
        """
        if len(self._normals) < MIN_NORMALS:
            what = f"a panel of normals needs the reads of at least {MIN_NORMALS} normals; the samples sheet has"
            fix = "Add normals to the sheet, or leave calling: panel_of_normals out"
            raise InputError(f"{what} {len(self._normals)}", fix=fix)
        return self._normals

    def normal_beds(self) -> list[str]:
        """Return the assays' BED files of those patients; empty where one of them was sequenced throughout."""
        beds = [self.inputs.assay_bed(patient) for patient in self.normals()]
        return sorted({str(bed) for bed in beds}) if all(beds) else []
