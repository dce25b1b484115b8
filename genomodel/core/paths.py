"""Where each stage writes: ``<results>/<stage>/<patient>.<what>.<ext>``, for the workflow and the batch verbs alike."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ResultPaths:
    """Paths below one results folder."""

    results: Path

    def annotated(self, patient: str) -> Path:
        """Annotated calls."""
        return self.results / "annotated" / f"{patient}.vcf.gz"

    def alignment(self, patient: str, sample_type: str, treated: str = "") -> Path:
        """Return the reads of a sample, duplicates marked.

        ``treated`` names what is done instead: ``merged`` lanes, ``clipped`` primers or ``consensus`` of molecules.
        """
        return self.results / "aligned" / f"{patient}.{sample_type}{treated and '.'}{treated}.bam"

    def calls(self, engine: str, patient: str) -> Path:
        """Return the calls of one engine."""
        return self.results / "calls" / engine / f"{patient}.vcf.gz"

    def samples_check(self, patient: str) -> Path:
        """Return what was found of a patient's samples before anything was called."""
        return self.assay("identity", patient)

    def genotypes(self, patient: str) -> Path:
        """Genotypes of a patient's samples at places where people differ."""
        return self.results / "identity" / f"{patient}.genotypes.tsv"

    @property
    def sample_matches(self) -> Path:
        """Samples of different patients that are of one person."""
        return self.results / "identity" / "cohort" / "matches.json"

    def umi_table(self, patient: str, sample_type: str) -> Path:
        """Return molecules and families of a sample with unique molecular identifiers."""
        return self.results / "qc" / f"{patient}.{sample_type}.umi.tsv"

    def copy_number(self, patient: str) -> Path:
        """Copy number of genes and segments; a table of the genes lies beside it."""
        return self.results / "copy_number" / f"{patient}.json"

    def copy_number_reference(self, pool: str) -> Path:
        """Return the pooled normals of one assay."""
        return self.results / "copy_number" / "reference" / f"{pool}.cnn"

    def region_depths(self, patient: str, sample_type: str) -> Path:
        """Mean depth of the assayed regions, as mosdepth writes it."""
        return self.results / "qc" / f"{patient}.{sample_type}.regions.bed.gz"

    def assay(self, kind: str, patient: str) -> Path:
        """JSON of what was looked for beside small variants, by the kinds of :mod:`genomodel.assays`."""
        return self.results / kind / f"{patient}.json"

    def stage_json(self, stage: str, patient: str) -> Path:
        """JSON of ``profile``, ``interpretation`` or ``response``."""
        return self.results / stage / f"{patient}.json"

    @property
    def reports(self) -> Path:
        """Folder of the reports."""
        return self.results / "reports"

    @property
    def exports(self) -> Path:
        """Folder of the interpretations in other forms."""
        return self.results / "exports"

    def report_state(self, patient: str) -> Path:
        """Record of a patient's finished report, by content."""
        return self.reports / "state" / f"{patient}.json"
