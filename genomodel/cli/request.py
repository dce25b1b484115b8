"""The options that say what a VCF or MAF holds, and of whom: one list for every verb that reads one."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from genomodel.batch import Case
from genomodel.cases import ReportRequest, rows_of_no_sample
from genomodel.cli.accession import accession_options
from genomodel.cli.annotation import given_sources
from genomodel.cli.clinical import clinical_options
from genomodel.cohort.consent import Consent, consent_of, scar_of
from genomodel.core.biomarkers import ScarScore
from genomodel.core.errors import InputError
from genomodel.core.patients import Assay, GenomeBuild
from genomodel.core.specimens import Preservation
from genomodel.interpretation.knowledge_bases.bases import chosen
from genomodel.interpretation.rule_sets import rule_set

COPY_NUMBER_HELP = "Copy number by gene, or segments (which need --gff) of CNVkit, ASCAT, PURPLE or as .seg."
CLINVAR_HELP = "ClinVar's VCF of the same build, bgzipped with its index."
POPULATION_HELP = "VCF with population frequencies such as gnomAD's, bgzipped with its index; may be repeated."
KNOWLEDGE_HELP = (
    "Knowledge base to read beside the core, by its name in kb list or a path; may be repeated. Its levels give tiers."
)
CONSENT_HELP = "Whether the patient wants to know of inherited variants; no shows none of them anywhere."
DEPTHS_HELP = "Depth of the tumor by region: regions.bed.gz of mosdepth --by BED; the mutational burden needs it."
TRIALS_HELP = "Table of clinical trials to match; without it none is searched."
TYPES_HELP = (
    "For a MAF: table of sample, tumor_type; if wanted sex, preservation, consent, clinical and specimen columns."
)
PRESERVATION_HELP = "What the tumor's DNA was kept in or taken from; blood and plasma hold that of blood cells too."
SEX_HELP = "Sex of the patient: copies of chromosome X, and some claims, depend on it."
ALSO_HELP = "Further VCF of the same run, such as Strelka2's indels beside its SNVs."
FUSIONS_HELP = "Fusions found in RNA: Arriba's fusions.tsv, STAR-Fusion's abridged.tsv."
GFF_HELP = "GFF3 gene models: for an unannotated VCF, and to find genes on segments."
KnowledgeOption = Annotated[list[str] | None, typer.Option(help=KNOWLEDGE_HELP)]
NAMED = 20
"""Samples that a message names at most."""


class Sex(StrEnum):
    """What ``--sex`` can say; left out where it is not known."""

    FEMALE = "female"
    MALE = "male"


def make_request(
    input_: Annotated[Path, typer.Argument(metavar="INPUT", help="VCF (annotated, or see --reference) or MAF.")],
    also: Annotated[list[Path] | None, typer.Option(help=ALSO_HELP)] = None,
    tumor_type: Annotated[str | None, typer.Option(help="OncoTree code, e.g. LUAD; leave out if not known.")] = None,
    tumor_types: Annotated[Path | None, typer.Option(help=TYPES_HELP)] = None,
    patient: Annotated[
        str | None, typer.Option(help="Patient id; the file's or the sample's name when absent.")
    ] = None,
    tumor_sample: Annotated[str | None, typer.Option(help="Name of the tumor sample in the file.")] = None,
    normal_sample: Annotated[str | None, typer.Option(help="Name of the normal sample in the file.")] = None,
    copy_number: Annotated[Path | None, typer.Option(help=COPY_NUMBER_HELP)] = None,
    region_depths: Annotated[Path | None, typer.Option(help=DEPTHS_HELP)] = None,
    assay: Annotated[Assay, typer.Option(help="What was sequenced.")] = Assay.UNKNOWN,
    assay_bed: Annotated[Path | None, typer.Option(help="Assayed regions, gene in column 4.")] = None,
    sex: Annotated[Sex | None, typer.Option(help=SEX_HELP)] = None,
    preservation: Annotated[Preservation | None, typer.Option(help=PRESERVATION_HELP)] = None,
    purity: Annotated[float | None, typer.Option(help="Share of tumor cells.", min=0.01, max=1.0)] = None,
    genome: Annotated[GenomeBuild | None, typer.Option(help="Genome build, where the file does not say.")] = None,
    reference: Annotated[Path | None, typer.Option(help="FASTA, to annotate an unannotated VCF.")] = None,
    gff: Annotated[Path | None, typer.Option(help=GFF_HELP)] = None,
    population: Annotated[list[Path] | None, typer.Option(help=POPULATION_HELP)] = None,
    clinvar: Annotated[Path | None, typer.Option(help=CLINVAR_HELP)] = None,
    fusions: Annotated[list[Path] | None, typer.Option(help=FUSIONS_HELP)] = None,
    structural_variants: Annotated[
        list[Path] | None, typer.Option(help="VCF of structural variants: delly, Manta, GRIDSS, PURPLE.")
    ] = None,
    msi: Annotated[Path | None, typer.Option(help="Table of msisensor-pro, MSIsensor2 or MANTIS.")] = None,
    germline_consent: Annotated[Consent | None, typer.Option(help=CONSENT_HELP)] = None,
    hrd_score: Annotated[str | None, typer.Option(help="Score of genomic scars of another assay.")] = None,
    hrd_assay: Annotated[str | None, typer.Option(help="That assay, such as mychoice_cdx.")] = None,
    trials: Annotated[Path | None, typer.Option(help=TRIALS_HELP)] = None,
) -> ReportRequest:
    """Return what the options ask for."""
    return ReportRequest(
        path=input_,
        also=tuple(also or ()),
        tumor_type=tumor_type,
        tumor_types=tumor_types,
        patient=patient,
        tumor_sample=tumor_sample,
        normal_sample=normal_sample,
        copy_number=copy_number,
        region_depths=region_depths,
        assay=assay,
        assay_bed=assay_bed,
        sex=None if sex is None else sex.value,
        preservation=None if preservation is Preservation.UNKNOWN else preservation,
        purity=purity,
        genome=genome,
        reference=reference,
        gff=gff,
        germline_consent=consent_of(germline_consent),
        scar=_scar(hrd_score, hrd_assay),
        trials=trials,
        sources=given_sources(population, clinvar),
        assays={
            "rearrangements": (*(fusions or ()), *(structural_variants or ())),
            "msi": (msi,) if msi else (),
        },
    )


def _scar(score: str | None, assay: str | None) -> ScarScore | None:
    try:
        return scar_of(score, assay)
    except InputError as error:
        option = f"--{(error.column or '').replace('_', '-')}"
        what = error.what.replace("hrd_score", "--hrd-score").replace("hrd_assay", "--hrd-assay")
        raise InputError(what, column=option, fix=error.fix) from error


def takes_input(verb: Callable[..., None]) -> Callable[..., None]:
    """Give a verb, whose first parameter is the request, the options of :func:`make_request` in its stead.

    Those on the patient, of :func:`genomodel.cli.clinical.clinical_options` and
    :func:`genomodel.cli.accession.accession_options`, follow them.
    """
    asked = inspect.signature(make_request, eval_str=True).parameters
    of_patient = inspect.signature(clinical_options, eval_str=True).parameters
    of_specimen = inspect.signature(accession_options, eval_str=True).parameters
    _, *own = inspect.signature(verb, eval_str=True).parameters.values()

    def called(**given: Any) -> None:
        facts = clinical_options(**{name: given.pop(name) for name in of_patient})
        known = accession_options(**{name: given.pop(name) for name in of_specimen})
        request = make_request(**{name: given.pop(name) for name in asked})
        request = replace(
            request,
            clinical=facts,
            person=known.person,
            tumor_accession=known.tumor,
            normal_accession=known.normal,
        )
        verb(request, **given)

    called.__name__, called.__doc__, called.__annotations__ = verb.__name__, verb.__doc__, {}
    options = [*asked.values(), *of_patient.values(), *of_specimen.values(), *own]
    setattr(called, "__signature__", inspect.Signature(options))  # noqa: B010 (mypy knows no such name)
    return called


def tell_unused_rows(request: ReportRequest, cases: Sequence[Case]) -> None:
    """Say which samples of the table the MAF does not hold."""
    names = rows_of_no_sample(request, cases)
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    if names:
        listed = ", ".join(names[:NAMED]) + more
        typer.echo(f"{request.path.name} has no row of these samples of {request.tumor_types}: {listed}", err=True)


def with_knowledge(cases: list[Case], names: list[str] | None) -> list[Case]:
    """Return cases that name the knowledge bases beside the core, which are read here so that a wrong one stops all.

    So is the core: a damaged one is told once, not for each patient.
    """
    rule_set()
    specs = chosen(names or [])
    return [case.model_copy(update={"knowledge": specs}) for case in cases] if specs else cases
