"""The verb that says which statements of knowledge bases a patient matches, and at which resolution."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from genomodel.batch import load_tumor
from genomodel.cases import ReportRequest, cases_of_file
from genomodel.cli.knowledge import Format, kb_app
from genomodel.cli.request import CONSENT_HELP
from genomodel.cli.tables import print_table
from genomodel.cohort.consent import Consent, consent_of
from genomodel.core.knowledge import Statement
from genomodel.core.patients import Assay, GenomeBuild, Patient
from genomodel.core.provenance import Version
from genomodel.interpretation.biomarkers.burden import mutational_burden
from genomodel.interpretation.knowledge_bases.bases import CORE, ONCOKB, load_base
from genomodel.interpretation.knowledge_bases.oncokb import TERMS, OncokbClient
from genomodel.interpretation.knowledge_bases.patient import Told, ask_oncokb, not_asked, tell
from genomodel.interpretation.knowledge_bases.tables import spreadsheet_safe
from genomodel.interpretation.matching.alterations import Tumor
from genomodel.interpretation.matching.answers import OpenStatement
from genomodel.interpretation.matching.build import tumor_of
from genomodel.interpretation.matching.evaluate import StatementIndex, match_statements, open_statements
from genomodel.workup import settle

KNOWLEDGE_HELP = "Knowledge base by its name in kb list, or file or folder; repeat for several."
COLUMNS = (
    "patient",
    "source",
    "id",
    "biomarker",
    "matched on",
    "resolution",
    "tumor type",
    "therapy",
    "claim",
    "level",
)
SHORT = 40


@dataclass(frozen=True, slots=True)
class Answer:
    """What knowledge bases say of one patient."""

    patient: Patient
    told: tuple[Told, ...]
    elsewhere: int
    """Statements on other tumor types that are not shown."""
    open: tuple[OpenStatement, ...]


def match(
    input_: Annotated[Path, typer.Argument(metavar="INPUT", help="VCF or MAF, as for genomodel report.")],
    knowledge: Annotated[list[str] | None, typer.Option(help=KNOWLEDGE_HELP)] = None,
    tumor_type: Annotated[str | None, typer.Option(help="OncoTree code, e.g. LUAD; left out, all is shown.")] = None,
    tumor_types: Annotated[Path | None, typer.Option(help="For a MAF: table of sample and tumor_type.")] = None,
    patient: Annotated[str | None, typer.Option(help="Patient id.")] = None,
    tumor_sample: Annotated[str | None, typer.Option(help="Name of the tumor sample in the file.")] = None,
    normal_sample: Annotated[str | None, typer.Option(help="Name of the normal sample in the file.")] = None,
    copy_number: Annotated[Path | None, typer.Option(help="Copy number, as for genomodel report.")] = None,
    assay: Annotated[Assay, typer.Option(help="What was sequenced.")] = Assay.UNKNOWN,
    assay_bed: Annotated[Path | None, typer.Option(help="Assayed regions, gene in column 4.")] = None,
    genome: Annotated[GenomeBuild | None, typer.Option(help="Genome build, where the file does not say.")] = None,
    reference: Annotated[Path | None, typer.Option(help="FASTA, to annotate an unannotated VCF.")] = None,
    gff: Annotated[Path | None, typer.Option(help="GFF3 gene models, likewise.")] = None,
    fusions: Annotated[list[Path] | None, typer.Option(help="Fusions, as for genomodel report.")] = None,
    msi: Annotated[Path | None, typer.Option(help="Table of microsatellite instability.")] = None,
    purity: Annotated[float | None, typer.Option(help="Share of tumor cells.", min=0.01, max=1.0)] = None,
    germline_consent: Annotated[Consent | None, typer.Option(help=CONSENT_HELP)] = None,
    every_tumor_type: Annotated[bool, typer.Option(help="Show statements on other tumor types too.")] = False,
    format_: Annotated[Format, typer.Option("--format", help="text, tsv or json.")] = Format.TEXT,
) -> None:
    """Print the statements that a patient's tumor matches, at which resolution, and what was left out of account.

    No tier is given here, and nothing here changes a report.
    """
    request = ReportRequest(
        path=input_,
        tumor_type=tumor_type,
        tumor_types=tumor_types,
        patient=patient,
        tumor_sample=tumor_sample,
        normal_sample=normal_sample,
        copy_number=copy_number,
        assay=assay,
        assay_bed=assay_bed,
        genome=genome,
        reference=reference,
        gff=gff,
        purity=purity,
        germline_consent=consent_of(germline_consent),
        assays={"rearrangements": tuple(fusions or ()), "msi": (msi,) if msi else ()},
    )
    names = knowledge or [CORE]
    bases = [load_base(name) for name in names if name != ONCOKB]
    client = OncokbClient.from_environment() if ONCOKB in names else None
    if client is not None:
        typer.echo(TERMS, err=True)
    index = StatementIndex.of(statement for base in bases for statement in base.statements)
    answers = []
    for case in cases_of_file(request):
        settled = settle(load_tumor(case))
        data = settled.data
        burden = mutational_burden(settled.calls, settled.calls.callable_coding, data.assays)
        tumor = tumor_of(settled.calls, data.copy_number, data.region_depths, data.assays, burden=burden)
        asked = ask_oncokb(tumor, case.patient.tumor_type, client) if client is not None else ()
        left = not_asked(tumor) if client is not None else ()
        if left:
            typer.echo(f"{case.patient.id}: OncoKB was not asked about {', '.join(left)}; look there.", err=True)
        answers.append(_answer(case.patient, index, asked, tumor, every_tumor_type=every_tumor_type))
    _print(answers, [base.version for base in bases], format_)


def _answer(
    patient: Patient, index: StatementIndex, asked: Sequence[Statement], tumor: Tumor, *, every_tumor_type: bool
) -> Answer:
    matches = (*match_statements(index, tumor), *match_statements(asked, tumor))
    told = tell(matches, patient.tumor_type)
    every = every_tumor_type or not patient.tumor_type.is_given
    shown = tuple(item for item in told if every or not item.is_elsewhere)
    return Answer(patient, shown, len(told) - len(shown), open_statements(index, tumor))


def _print(answers: Sequence[Answer], versions: Sequence[Version], format_: Format) -> None:
    if format_ is Format.JSON:
        content = {
            "knowledge": [version.model_dump(mode="json") for version in versions],
            "patients": [_as_dict(answer) for answer in answers],
        }
        typer.echo(json.dumps(content, indent=1, ensure_ascii=False))
        return
    if format_ is Format.TSV:
        lines = ["\t".join((*COLUMNS, "ignored"))]
        for answer in answers:
            for item in answer.told:
                cells = (*_cells(answer.patient, item), "; ".join(filter(None, (item.caution, *item.match.ignored))))
                lines.append("\t".join(spreadsheet_safe(cell) for cell in cells))
        typer.echo("\n".join(lines))
        return
    for version in versions:
        typer.echo(f"{version.name} {version.version}: {version.licence}")
    for answer in answers:
        table = Table(*COLUMNS[1:], title=f"{answer.patient.id}, {answer.patient.tumor_type.name}")
        for item in answer.told:
            table.add_row(*(cell[:SHORT] for cell in _cells(answer.patient, item)[1:]))
        print_table(table)
        typer.echo(
            f"{len(answer.told)} statements match; {len(answer.open)} would if something were known that is not."
        )
        if answer.elsewhere:
            typer.echo(f"{answer.elsewhere} more are about other tumor types: --every-tumor-type.")
    typer.echo("No tier is given here. What each match leaves out of account: --format tsv or --format json.")


def _cells(patient: Patient, item: Told) -> tuple[str, ...]:
    evidence = item.match.statement.evidence
    claim = evidence.direction.value.replace("_", " ")
    standing = "" if evidence.supports else "not supported: "
    ended = f" (approval ended {evidence.withdrawn})" if evidence.withdrawn else ""
    return (
        patient.id,
        evidence.knowledge_base,
        evidence.id,
        evidence.biomarker,
        ", ".join(item.match.alterations),
        item.match.resolution.value,
        f"{'open' if item.caution else item.tumor_type.value}: {evidence.tumor_type_text}",
        evidence.therapy,
        f"{standing}{claim}{ended}",
        evidence.level or item.match.statement.tier,
    )


def _as_dict(answer: Answer) -> dict[str, object]:
    return {
        "patient": answer.patient.id,
        "tumor_type": answer.patient.tumor_type.code,
        "statements": [
            {
                "evidence": item.match.statement.evidence.model_dump(mode="json"),
                "resolution": item.match.resolution.value,
                "alterations": list(item.match.alterations),
                "transcripts": list(item.match.transcripts),
                "tumor_type": item.tumor_type.value,
                "tumor_type_reason": item.why,
                "caution": item.caution,
                "against": item.against,
                "ignored": list(item.match.ignored),
            }
            for item in answer.told
        ],
        "on_other_tumor_types": answer.elsewhere,
        "would_match_if": [
            {"evidence": item.statement.evidence.id, "if": list(item.would_match_if)} for item in answer.open
        ],
    }


def register(app: typer.Typer) -> None:
    """Add the verb of this module beside the others on knowledge bases."""
    kb_app.command("match")(match)
