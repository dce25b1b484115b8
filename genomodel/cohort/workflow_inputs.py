"""What each job of the workflow reads, worked out from the cohort; the rules only ask."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from genomodel.cohort.copy_number_reference import AssayKey, assay_key, pool_name, pooled_normals, reference_of
from genomodel.cohort.sheets import Cohort, SampleInput, index_candidates, sample_name
from genomodel.core.paths import ResultPaths
from genomodel.core.patients import Assay
from genomodel.core.specimens import Library, Specimen, UmiDesign

ASSAYS_FROM_READS: tuple[str, ...] = ("hotspots", "msi", "quality", "identity", "rearrangements")
"""Kinds of :mod:`genomodel.assays` that the workflow works out from reads, where no table of them is given."""
JOINED_WITH_GIVEN = frozenset({"rearrangements"})
"""Kinds that are worked out beside a table too: RNA confirms what DNA shows."""


@dataclass(frozen=True)
class WorkflowInputs:
    """Paths by patient, as plain look-ups: nothing is searched for on disk but the index of a given alignment."""

    cohort: Cohort
    paths: ResultPaths
    copy_number_reference: str = "auto"
    """``auto``, ``matched``, ``pooled`` or ``flat``."""

    @cached_property
    def _lanes(self) -> dict[tuple[str, str, str], SampleInput]:
        return {
            (patient, sample.type, sample.lane): sample
            for patient, entry in self.cohort.patients.items()
            for sample in entry.tumor + entry.normal
        }

    def _samples(self, patient: str, kind: str) -> tuple[SampleInput, ...]:
        entry = self.cohort.patients[patient]
        return entry.tumor if kind == "tumor" else entry.normal

    def lane_reads(self, patient: str, kind: str, lane: str) -> dict[str, str | None]:
        """Return the FASTQ files of a lane as ``read1`` and ``read2``."""
        sample = self._lanes[patient, kind, lane]
        return {"read1": sample.fastq_1, "read2": sample.fastq_2}

    def lane_alignments(self, patient: str, kind: str) -> list[str]:
        """Return the alignments of a sample's lanes."""
        folder = self.paths.results / "aligned" / "lanes" / patient
        return [str(folder / f"{kind}.{sample.lane}.bam") for sample in self._samples(patient, kind)]

    def umi_lane_alignments(self, patient: str, kind: str) -> list[str]:
        """Return the alignments of a sample's lanes with identifiers, in the order that they are grouped in."""
        folder = self.paths.results / "aligned" / "umi_lanes" / patient
        return [str(folder / f"{kind}.{sample.lane}.bam") for sample in self._samples(patient, kind)]

    def given_alignment(self, patient: str, kind: str) -> list[str]:
        """Return the BAM or CRAM that the sheet names, and its index."""
        bam = str(self._samples(patient, kind)[0].bam)
        return [bam, next(str(index) for index in index_candidates(bam) if index.is_file())]

    def specimen(self, patient: str, kind: str) -> Specimen:
        """Return the library and material of a sample that the patient has.

        Raises
        ------
        KeyError
            The patient has no such sample.
        """
        subject = self.cohort.patients[patient].patient
        specimen = subject.tumor_specimen if kind == "tumor" else subject.normal_specimen
        if specimen is None:
            raise KeyError(f"{patient} has no {kind}")
        return specimen

    def primers(self, patient: str, kind: str) -> str | list[str]:
        """Return the BED of a sample's primers, or an empty list."""
        return self.specimen(patient, kind).primer_bed or []

    def alignment(self, patient: str, kind: str) -> list[str]:
        """Return a sample's final alignment first, then its index and the mark that the patient's samples were checked.

        Empty when the patient has no such sample.
        """
        files = self.final_alignment(patient, kind)
        return [*files, str(self.paths.samples_check(patient))] if files else []

    def final_alignment(self, patient: str, kind: str) -> list[str]:
        """Return a sample's final alignment and what it rests on, as yet unchecked against the patient's other sample.

        Empty when the patient has no such sample.
        """
        if not self._samples(patient, kind):
            return []
        if self.primers(patient, kind):
            return _indexed(self.paths.alignment(patient, kind, "clipped"))
        return self.unclipped_alignment(patient, kind)

    def report_alignments(self, patient: str) -> dict[str, str]:
        """Return the final alignments of a patient who came with reads, by ``tumor`` and ``normal``."""
        if self.cohort.patients[patient].entry not in ("fastq", "bam"):
            return {}
        found = {kind: self.final_alignment(patient, kind) for kind in ("tumor", "normal")}
        return {kind: files[0] for kind, files in found.items() if files}

    def expected_sample(self, patient: str, kind: str) -> list[str]:
        """Return ``--sample`` with the name that the sheet gives to the reads of a given alignment, or nothing."""
        row = self._samples(patient, kind)[0]
        return ["--sample", row.sample] if row.kind == "bam" and row.sample and not row.vcf else []

    def umi(self, patient: str, kind: str) -> UmiDesign:
        """Return the identifiers of a sample that has them.

        Raises
        ------
        KeyError
            It has none.
        """
        design = self._umi(patient, kind)
        if design is None:
            raise KeyError(f"{kind} of {patient} has no identifiers")
        return design

    def _umi(self, patient: str, kind: str) -> UmiDesign | None:
        return self.specimen(patient, kind).umi if self._samples(patient, kind) else None

    def with_umi(self) -> list[str]:
        """Return the patients of whom a sample has identifiers."""
        return [name for name in self.cohort.patients if self._umi(name, "tumor") or self._umi(name, "normal")]

    def unclipped_alignment(self, patient: str, kind: str) -> list[str]:
        """Return a sample's alignment before primers are clipped, its index and, for a given one, its check."""
        specimen = self.specimen(patient, kind)
        if specimen.umi:
            return _indexed(self.paths.alignment(patient, kind, "consensus"))
        if specimen.library is Library.AMPLICON:
            return _indexed(self.paths.alignment(patient, kind, "merged"))
        if self._samples(patient, kind)[0].kind == "fastq":
            return _indexed(self.paths.alignment(patient, kind))
        return self._checked_alignment(patient, kind)

    def to_merge(self, patient: str, kind: str) -> list[str]:
        """Return the alignments of a sample's lanes, or the given one with its index and check."""
        if self._samples(patient, kind)[0].kind == "fastq":
            return self.lane_alignments(patient, kind)
        return self._checked_alignment(patient, kind)

    def _checked_alignment(self, patient: str, kind: str) -> list[str]:
        checked = self.paths.results / "qc" / f"{patient}.{kind}.alignment_checked"
        return [*self.given_alignment(patient, kind), str(checked)]

    def given_calls(self, patient: str) -> list[str]:
        """Return the VCFs that the sheet names beside the tumor's reads."""
        row = self.cohort.patients[patient].given_calls
        return list(row.vcf_files) if row else []

    def given_samples(self, patient: str) -> tuple[str | None, str | None]:
        """Return the names that the sheet says tumor and normal have in :meth:`given_calls`."""
        row = self.cohort.patients[patient].given_calls
        return (row.sample, row.normal_sample) if row else (None, None)

    def assay_bed(self, patient: str) -> str | list[str]:
        """Return the BED of the assayed regions, or an empty list."""
        return self.cohort.patients[patient].patient.assay_bed or []

    def alignment_options(self, patient: str) -> list[str]:
        """Return each alignment with the name that its sample goes by from the calls on."""
        words: list[str] = []
        for kind in ("tumor", "normal"):
            for path in self.alignment(patient, kind)[:1]:
                words += [f"--{kind}", path, sample_name(patient, kind)]
        return words

    def assay(self, patient: str) -> Assay:
        """Return what part of the genome was sequenced."""
        return self.cohort.patients[patient].patient.assay

    def umi_tables(self, patient: str) -> list[str]:
        """Return the tables of molecules of the samples that have identifiers."""
        return [str(self.paths.umi_table(patient, kind)) for kind in ("tumor", "normal") if self._umi(patient, kind)]

    def quality_options(self, patient: str) -> list[str]:
        """Return the assay, and the normal and what both samples are made of, as ``genomodel quality`` takes them."""
        words = ["--assay", self.assay(patient).value]
        normal = self.alignment(patient, "normal")[:1]
        words += ["--normal", *normal] if normal else []
        for kind in ("tumor", "normal"):
            if self._samples(patient, kind):
                specimen = self.specimen(patient, kind)
                words += [f"--{kind}-specimen", f"{specimen.library.value} {specimen.preservation.value}"]
                words += [f"--{kind}-umi", str(self.paths.umi_table(patient, kind))] if specimen.umi else []
        return words

    def library_options(self, patient: str) -> list[str]:
        """Return the tumor's library and what DNA went into it, as ``genomodel hotspots`` takes them."""
        tumor = self.specimen(patient, "tumor")
        words = ["--library", tumor.library.value]
        words += ["--input-ng", str(tumor.input_ng)] if tumor.input_ng is not None else []
        return words + (["--input-molecules", str(tumor.input_molecules)] if tumor.input_molecules is not None else [])

    def purity_option(self, patient: str) -> list[str]:
        """Return ``--purity`` with the share of tumor cells, or nothing."""
        purity = self.cohort.patients[patient].patient.purity
        return [] if purity is None else ["--purity", str(purity)]

    @cached_property
    def pools(self) -> dict[AssayKey, tuple[str, ...]]:
        """Patients whose normals can be pooled, by assay."""
        return pooled_normals(self.cohort)

    @cached_property
    def references(self) -> dict[str, str]:
        """What copy number is measured against, by patient: ``matched``, ``pooled``, ``flat``, or nothing.

        Raises
        ------
        InputError
            A pooled reference was asked for, and the sheet has fewer than two normals of a patient's assay.
        """
        patients = self.cohort.patients.items()
        return {name: reference_of(entry, self.pools, self.copy_number_reference) for name, entry in patients}

    def copy_number_pool(self, patient: str) -> list[str]:
        """Return the pooled reference that the copy number is measured against and its description, or nothing."""
        key = assay_key(self.cohort.patients[patient], "tumor")
        if key is None or self.references[patient] != "pooled":
            return []
        reference = self.paths.copy_number_reference(pool_name(key))
        return [str(reference), str(reference.with_suffix(".json"))]

    def copy_number_options(self, patient: str) -> list[str]:
        """Return library, sex, regions and reference of a patient's copy number."""
        subject = self.cohort.patients[patient].patient
        words = ["--library", self.specimen(patient, "tumor").library.value, "--sex", subject.sex or "unknown"]
        words += ["--bed", subject.assay_bed] if subject.assay_bed else []
        words += [word for path in self.alignment(patient, "normal")[:1] for word in ("--normal", path)]
        words += ["--flat"] if self.references[patient] == "flat" else []
        return words + [word for path in self.copy_number_pool(patient)[:1] for word in ("--pool", path)]

    @cached_property
    def _pools_by_name(self) -> dict[str, tuple[AssayKey, tuple[str, ...]]]:
        return {pool_name(key): (key, patients) for key, patients in self.pools.items()}

    def pool_alignments(self, pool: str) -> list[str]:
        """Return the alignments of a pool's normals, each with its index and check."""
        return [file for name in self._pools_by_name[pool][1] for file in self.alignment(name, "normal")]

    def pool_bed(self, pool: str) -> str | list[str]:
        """Return the regions that a pool's normals share, or an empty list."""
        return self._pools_by_name[pool][0][1] or []

    def pool_options(self, pool: str) -> list[str]:
        """Return each normal of a pool with the sex of its patient."""
        words: list[str] = []
        for name in self._pools_by_name[pool][1]:
            words += ["--normal", self.alignment(name, "normal")[0]]
            words += ["--sex", self.cohort.patients[name].patient.sex or "unknown"]
        return words

    def identity_options(self, patient: str) -> list[str]:
        """Return what the sheet says of a patient's samples, and which of their checks it waives."""
        subject = self.cohort.patients[patient].patient
        words = ["--patient", patient, *(["--sex", subject.sex] if subject.sex else [])]
        return words + (["--waive", ",".join(subject.waived)] if subject.waived else [])

    def genotypes(self) -> list[str]:
        """Return the genotypes of all patients with reads."""
        return [
            str(self.paths.genotypes(name)) for name, e in self.cohort.patients.items() if e.entry in ("fastq", "bam")
        ]

    def report_inputs(self, patient: str) -> list[str]:
        """Return every file that the patient's report is made from."""
        entry = self.cohort.patients[patient]
        sample = entry.tumor[0]
        files = [sample.maf, entry.copy_number]
        if entry.entry == "vcf":
            files += sample.vcf_files
        if entry.entry in ("fastq", "bam"):
            files.append(str(self.paths.annotated(patient)))
            if self.references[patient]:
                files.append(str(self.paths.copy_number(patient)))
            files.append(str(self.paths.sample_matches))
            files += [
                str(self.paths.assay(kind, patient))
                for kind in ASSAYS_FROM_READS
                if kind not in entry.given_assays or kind in JOINED_WITH_GIVEN
            ]
            files += [
                str(self.paths.umi_table(patient, kind)) for kind in ("tumor", "normal") if self._umi(patient, kind)
            ]
        files += [path for paths in entry.given_assays.values() for path in paths]
        return [path for path in files if path]


def _indexed(bam: Path) -> list[str]:
    return [str(bam), f"{bam}.bai"]
