"""What was sequenced and looked at, as the guide's genomic study with one analysis."""

from __future__ import annotations

import re
from typing import Any

from genomodel.core.patients import GenomeBuild
from genomodel.core.report import PatientReport
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.fhir import guide
from genomodel.report.fhir.elements import Entries, concept, extension, markdown, text
from genomodel.report.fhir.people import Cast
from genomodel.report.fhir.variants import gene_concept

Json = dict[str, Any]
STUDY, ANALYSIS = "genomic-study", "genomic-study-analysis"


def add_study(report: PatientReport, entries: Entries, cast: Cast) -> Json:
    """Add the study and its analysis; return a reference to the study."""
    assay = words.ASSAY_WORDS[report.patient.assay]
    mode = words.MODE_WORDS[report.patient.mode]
    title = say("fhir.analysis", assay=assay, mode=mode)
    content = {
        "extension": _analysis_extensions(report, cast, title),
        "status": "completed",
        "category": guide.categories(ANALYSIS)[0],
        "subject": cast.patient,
        "performer": [{"actor": one} for one in cast.performer],
        "note": [{"text": markdown(f"{step.name}: {step.detail or step.status.value}")} for step in report.steps],
    }
    analysis = entries.add("Procedure", "analysis", content, told=[title], profile=ANALYSIS)
    links = [extension(guide.url(STUDY, "extension:genomic-study-analysis-ext"), valueReference=analysis)]
    if cast.requester:
        referrer = guide.url(STUDY, "extension:genomic-study-referrer-ext")
        links.append(extension(referrer, valueReference=cast.requester))
    study = {
        "extension": links,
        "basedOn": [cast.request] if cast.request else [],
        "status": "completed",
        "category": guide.categories(STUDY)[0],
        "code": concept(said=say("fhir.study", assay=assay)),
        "subject": cast.patient,
        "reasonReference": [cast.condition] if cast.condition else [],
    }
    return entries.add("Procedure", "study", study, told=[say("fhir.study", assay=assay)], profile=STUDY)


def _analysis_extensions(report: PatientReport, cast: Cast, title: str) -> list[Json]:
    def url(name: str) -> str:
        return guide.url(ANALYSIS, f"extension:genomic-study-analysis-{name}")

    made = [extension(url("title"), valueString=text(title))]
    build = report.patient.genome
    if build in (GenomeBuild.GRCH37, GenomeBuild.GRCH38):
        coded = {"coding": [guide.coding("variant", f"value:{build.value}")]}
        made.append(extension(url("genome-build"), valueCodeableConcept=coded))
    made += [extension(url("specimen"), valueReference=one) for one in (cast.tumor, cast.normal) if one]
    made += [
        extension(url("change-type"), valueCodeableConcept={"coding": [guide.coding("variant", f"value:{kind}")]})
        for kind in _change_types(report)
    ]
    return [*made, {"url": url("regions"), "extension": _regions(report)}]


def _change_types(report: PatientReport) -> list[str]:
    kinds = ["SNV", "MNV", "delins"]
    if report.copy_number is not None:
        kinds += ["copy_number_gain", "copy_number_loss"]
    fused = report.assays.rearrangements
    if fused is not None and any(answer.assessable for answer in fused.genes):
        kinds.append("gene_fusion")
    return kinds


def _regions(report: PatientReport) -> list[Json]:
    """Return the genes that were looked at, and what could not be assessed, each with its reason."""
    genes = report.patient.assayed_genes
    said = say("fhir.regions_unknown") if genes is None else say("fhir.regions", n=len(genes))
    made = [extension(guide.url(ANALYSIS, "region:description"), valueString=said)]
    studied = guide.url(ANALYSIS, "region:studied")
    made += [extension(studied, valueCodeableConcept=gene_concept(gene)) for gene in genes or () if text(gene)]
    uncalled = guide.url(ANALYSIS, "region:uncalled")
    for item in report.interpretation.not_assessable:
        said = f"{item.what}: {item.reason}"
        lost = [concept(*gene, said=said) for gene in _genes_named(item.what)] or [concept(said=said)]
        made += [extension(uncalled, valueCodeableConcept=one) for one in lost]
    return made


def _genes_named(what: str) -> list[list[Json]]:
    """Return the code of each gene that something not assessable is of.

    A program that reads codes alone thereby takes none of them for a negative, even where only a part of the gene or a
    kind of change was not assessable.
    """
    names = dict.fromkeys(re.findall(r"[A-Za-z0-9][A-Za-z0-9-]*", text(what)))
    return [coded for name in names if (coded := gene_concept(name).get("coding", []))]
