"""One patient through the rooms: from annotated calls to the report object."""

from __future__ import annotations

import importlib.metadata
import platform
from dataclasses import dataclass, replace
from functools import cache
from statistics import median

from genomodel import __version__
from genomodel.annotation.symbols import copy_number_by_current_symbols
from genomodel.annotation.tumor_only import classify_calls
from genomodel.calls.quality.metrics import failures
from genomodel.core.assays import NOTHING_ELSE, Assays
from genomodel.core.copy_number import CopyNumberCall, CopyNumberProfile, CopyNumberState
from genomodel.core.findings import Finding, Interpretation
from genomodel.core.identity import foreign_in_tumor, hides_somatic, whose_failures
from genomodel.core.interpretation_file import SCHEMA_VERSION, InterpretationFile, facts_of
from genomodel.core.patients import GenomeBuild
from genomodel.core.predictions import ResponsePrediction
from genomodel.core.profile import Profile
from genomodel.core.provenance import SourceFile, Step, StepStatus, Version
from genomodel.core.report import Calling, PatientReport, QualityMetric
from genomodel.core.sample_quality import QualityStatus
from genomodel.core.tumor_share import tumor_share
from genomodel.core.variants import AnnotatedCalls, Origin, RegionDepth
from genomodel.interpretation.consent import as_consented, loci_as_consented
from genomodel.interpretation.depth_gaps import LOW_DEPTH
from genomodel.interpretation.failed_sample import (
    weaken_diluted_copies,
    withhold_hidden,
    withhold_hidden_copies,
    withhold_negatives,
    withhold_neutral_genes,
)
from genomodel.interpretation.fusions import settle_fusions
from genomodel.interpretation.interpret import interpret
from genomodel.interpretation.knowledge import rules_by_gene
from genomodel.interpretation.knowledge_bases.bases import indexed_base
from genomodel.interpretation.microsatellites import settle_msi
from genomodel.interpretation.rule_sets import rule_set
from genomodel.interpretation.trials import TrialSource
from genomodel.profile.alterations import alterations_from_calls
from genomodel.profile.build import build_profile
from genomodel.profile.excluded import without_excluded
from genomodel.resources.driver_genes import driver_role
from genomodel.response.bundle import Bundle
from genomodel.response.predict import predict

MANY_GENES = 2000
"""Genes with a copy number up to which a report holds them all."""
REPORTED_PACKAGES = ("numpy", "pandas", "pysam", "safetensors", "scikit-allel", "weasyprint")


@dataclass(frozen=True, slots=True)
class TumorData:
    """All that was measured of one tumor; what is ``None`` was not looked at."""

    calls: AnnotatedCalls
    copy_number: CopyNumberProfile | None = None
    copy_number_source: SourceFile | None = None
    copy_number_gap: str = ""
    """Why a table that was given counts as not looked at."""
    region_depths: tuple[RegionDepth, ...] | None = None
    region_depths_source: SourceFile | None = None
    reads_quality: tuple[QualityMetric, ...] = ()
    """What was found of the reads before anything was called."""
    assays: Assays = NOTHING_ELSE
    knowledge: tuple[str, ...] = ()
    """Knowledge bases beside the core, by name or path."""
    trials: TrialSource | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What was measured of one tumor, less what its samples' checks and its purity leave without meaning."""

    data: TumorData
    calls: AnnotatedCalls
    """Classed by origin."""
    failed: tuple[str, ...] = ()
    """What failed of identity and quality."""
    poor: tuple[str, ...] = ()
    """What failed of quality alone."""


@dataclass(frozen=True, slots=True)
class Interpreted:
    """What the calls of one tumor mean, and what was done to say so."""

    settled: Settled
    interpretation: Interpretation
    inputs: tuple[SourceFile, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class WorkUp:
    """The report, the profile the prediction was made from, and the interpretation that the report shows."""

    report: PatientReport
    profile: Profile
    interpreted: Interpreted


def settle(data: TumorData) -> Settled:
    """Return what may be said of a tumor: negatives of failed samples withheld, calls classed by origin."""
    data = replace(data, copy_number=copy_number_by_current_symbols(data.copy_number))
    patient = data.calls.patient
    poor = failures(data.assays.quality) if data.assays.quality else ()
    failed = (*whose_failures(data.assays.identity, patient.waived), *poor)
    data = replace(
        data,
        assays=withhold_negatives(data.assays, failed),
        copy_number=withhold_neutral_genes(data.copy_number, failed),
    )
    hidden = hides_somatic(data.assays.identity, patient.waived)
    data = replace(
        data,
        assays=withhold_hidden(data.assays, hidden),
        copy_number=weaken_diluted_copies(
            withhold_hidden_copies(data.copy_number, hidden), foreign_in_tumor(data.assays.identity)
        ),
    )
    share = tumor_share(patient, data.copy_number, data.assays.identity)
    data = replace(data, assays=settle_fusions(settle_msi(data.assays, share, failed), share))
    calls = classify_calls(data.calls, data.copy_number)
    told = as_consented(calls)
    data = replace(data, assays=loci_as_consented(data.assays, calls), calls=told)
    return Settled(data, told, failed, poor)


def interpret_tumor(data: TumorData) -> Interpreted:
    """Say what the calls of one tumor mean, without a prediction."""
    settled = settle(data)
    data, calls = settled.data, settled.calls
    rules = rule_set(data.knowledge)
    interpretation = interpret(
        calls, data.copy_number, data.region_depths, data.assays, rules=rules, trials=data.trials
    )
    copy_number_source = data.copy_number.source if data.copy_number else data.copy_number_source
    msi_sources = data.assays.msi.sources if data.assays.msi else ()
    sources = (data.calls.source, *data.calls.also, copy_number_source, data.region_depths_source, *msi_sources)
    return Interpreted(
        settled=settled,
        interpretation=interpretation,
        inputs=tuple(source for source in sources if source is not None),
        steps=(
            *calls.steps,
            *_source_steps(calls),
            *_absent_steps(data),
            *_unknown_copy_number_genes(data),
            *_knowledge_steps(data.knowledge, interpretation),
        ),
    )


def interpretation_file(interpreted: Interpreted) -> InterpretationFile:
    """Return an interpretation as it is written to disk, with every allele of every record.

    Of inherited alleles nothing is told beside their dispositions where the patient refused to know of them.
    """
    settled, content = interpreted.settled, interpreted.interpretation
    data, calls = settled.data, settled.calls
    shown = {
        (finding.variant.record, finding.variant.variant.key)
        for finding in (*content.findings, *content.other_variants, *content.set_aside, *content.to_confirm)
        if finding.variant is not None
    }
    patient, profile = data.calls.patient, _for_report(data.copy_number)
    told = (
        item
        for item in calls.variants
        if (item.record, item.variant.key) not in shown
        and (item.origin is not Origin.GERMLINE or patient.germline_consent is not False)
    )
    return InterpretationFile(
        schema_version=SCHEMA_VERSION,
        synthetic=patient.genome is GenomeBuild.SYNTHETIC,
        patient=patient.id,
        subject=patient,
        failures=settled.failed,
        inputs=interpreted.inputs,
        sources=calls.sources,
        content=content,
        alleles=tuple(facts_of(item) for item in told),
        copy_number=profile.model_copy(update={"bins": (), "sites": ()}) if profile is not None else None,
        msi=data.assays.msi,
        rearrangements=data.assays.rearrangements,
        steps=interpreted.steps,
        versions=(*software_versions(), *content.sources),
    )


def work_up(data: TumorData, bundle: Bundle) -> WorkUp:
    """Interpret one tumor, predict its drug response and join both into the report object."""
    interpreted = interpret_tumor(data)
    settled, interpretation = interpreted.settled, interpreted.interpretation
    data, calls, failed, poor = settled.data, settled.calls, settled.failed, settled.poor
    patient = data.calls.patient
    alterations = alterations_from_calls(calls, data.copy_number, data.assays)
    response = predict(bundle, alterations, patient.tumor_type).gated()
    report = PatientReport(
        synthetic=patient.genome is GenomeBuild.SYNTHETIC,
        patient=patient,
        inputs=interpreted.inputs,
        interpretation=interpretation,
        response=None if failed else response,
        response_absent_reason=_no_prediction(failed, poor),
        status="failed" if failed else "draft",
        failures=failed,
        copy_number=_for_report(data.copy_number),
        assays=data.assays,
        quality=quality_metrics(data),
        calling=Calling(
            engines=calls.engines, decided_by=calls.decided_by, population=calls.population, sources=calls.sources
        ),
        steps=interpreted.steps,
        versions=(*software_versions(), response.model, *interpretation.sources),
    )
    return WorkUp(report=report, profile=build_profile(alterations, bundle.features), interpreted=interpreted)


def predict_without(work: WorkUp, excluded: tuple[Finding, ...], bundle: Bundle) -> ResponsePrediction | None:
    """Return predictions that do not rest on findings that a reviewer excluded; ``None`` where there are none."""
    settled = work.interpreted.settled
    if work.report.response is None or not excluded:
        return work.report.response
    alterations = alterations_from_calls(settled.calls, settled.data.copy_number, settled.data.assays)
    left = without_excluded(alterations, excluded)
    return predict(bundle, left, work.report.patient.tumor_type).gated()


def _knowledge_steps(specs: tuple[str, ...], interpretation: Interpretation) -> tuple[Step, ...]:
    """Say of each knowledge base beside the core that it was read, and how much of it is graded here."""
    graded = {
        (match.evidence.knowledge_base, match.evidence.id)
        for finding in interpretation.findings
        for match in finding.evidence
    }
    steps = []
    for spec in specs:
        version, index = indexed_base(spec)
        found = graded & {(item.evidence.knowledge_base, item.evidence.id) for item in index.statements}
        detail = f"{len(found)} of {len(index.statements)} statements are graded among this tumor's findings"
        steps.append(Step(name=f"knowledge: {version.name} {version.version}", status=StepStatus.DONE, detail=detail))
    return tuple(steps)


def _source_steps(calls: AnnotatedCalls) -> tuple[Step, ...]:
    """Say of each source of facts about alleles which file was asked, or that none was."""
    return tuple(
        Step(name=source.title, status=StepStatus.DONE if source.looked_up else StepStatus.SKIPPED, detail=source.text)
        for source in calls.sources
    )


def _no_prediction(failed: tuple[str, ...], poor: tuple[str, ...]) -> str | None:
    if failed and not poor:
        return "it is not known whose the samples are"
    return "the quality of the reads failed, and silence of poor reads is no wild type" if poor else None


def _for_report(profile: CopyNumberProfile | None) -> CopyNumberProfile | None:
    """Leave out neutral genes without a role in cancer, which of a whole genome are twenty thousand."""
    if profile is None or len(profile.calls) <= MANY_GENES:
        return profile
    known = rules_by_gene()

    def wanted(call: CopyNumberCall) -> bool:
        altered = call.state is not CopyNumberState.NEUTRAL or call.loh is True
        return altered or call.gene in known or driver_role(call.gene) is not None

    return profile.model_copy(update={"calls": tuple(call for call in profile.calls if wanted(call))})


def quality_metrics(data: TumorData) -> tuple[QualityMetric, ...]:
    """Return the numbers that say how far the input can be trusted."""
    depths = [
        v.tumor.depth for v in data.calls.variants if v.tumor.depth is not None and v.origin is not Origin.NOT_CALLED
    ]
    metrics = [QualityMetric(name="Input records", value=str(data.calls.n_records))]
    if depths:
        metrics.append(QualityMetric(name="Median tumor depth at called variants", value=f"{median(depths):g}"))
    if data.region_depths and data.assays.quality is None:
        bases = sum(region.end - region.start for region in data.region_depths)
        mean = sum(region.mean_depth * (region.end - region.start) for region in data.region_depths) / bases
        deep = sum(region.mean_depth >= LOW_DEPTH for region in data.region_depths)
        metrics += [
            QualityMetric(
                name="Mean tumor depth over assayed regions",
                value=f"{mean:.0f}",
                threshold=f"at least {LOW_DEPTH}",
                status=QualityStatus.PASS if mean >= LOW_DEPTH else QualityStatus.FAIL,
            ),
            QualityMetric(
                name=f"Assayed regions with mean depth of at least {LOW_DEPTH}",
                value=f"{deep} of {len(data.region_depths)}",
                threshold="all",
                status=QualityStatus.PASS if deep == len(data.region_depths) else QualityStatus.WARN,
            ),
        ]
    return (*metrics, *data.reads_quality)


def _absent_steps(data: TumorData) -> tuple[Step, ...]:
    absent = []
    if data.copy_number is None:
        absent.append(("copy number", data.copy_number_gap or "no copy-number table, and none was called from reads"))
    if data.region_depths is None and data.assays.quality is None:
        absent.append(("coverage", "no reads were given, so depth is known at the called variants only"))
    if data.assays.rearrangements is None:
        absent.append(("fusions", "no reads, no table of fusions and no structural variants were given"))
    if data.assays.msi is None:
        absent.append(("microsatellite instability", "no reads and no table of another program were given"))
    return tuple(Step(name=name, status=StepStatus.SKIPPED, detail=detail) for name, detail in absent)


def _unknown_copy_number_genes(data: TumorData) -> tuple[Step, ...]:
    """Name the copy-number events of genes that nothing here knows: an alias in the table must not lose an event."""
    events = data.copy_number.calls if data.copy_number else ()
    marked = (CopyNumberState.AMPLIFICATION, CopyNumberState.DEEP_DELETION)
    known = rules_by_gene()
    unknown = [c.gene for c in events if c.state in marked and c.gene not in known and driver_role(c.gene) is None]
    if not unknown:
        return ()
    genes = ", ".join(unknown)
    detail = f"no knowledge of {genes}; where a symbol may mean several genes, the table has to use the current one"
    return (Step(name="copy-number events left without interpretation", status=StepStatus.SKIPPED, detail=detail),)


@cache
def software_versions() -> tuple[Version, ...]:
    """Return this package, Python and the packages that shape the result."""
    own = Version(name="genomodel", version=__version__, kind="package", licence="MIT")
    python = Version(name="python", version=platform.python_version(), kind="tool")
    packages = (
        Version(name=name, version=importlib.metadata.version(name), kind="package") for name in REPORTED_PACKAGES
    )
    return (own, python, *packages)
