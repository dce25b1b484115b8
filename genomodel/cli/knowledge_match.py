"""The verb that says which statements of knowledge bases a patient matches, and at which resolution."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer
from rich.table import Table

from genomodel.batch import Case, load_tumor
from genomodel.cases import ReportRequest, cases_of_file
from genomodel.cli.knowledge import Format, kb_app
from genomodel.cli.request import takes_input, tell_unused_rows
from genomodel.cli.tables import print_table
from genomodel.core.clinical import ConditionAnswer
from genomodel.core.knowledge import Statement
from genomodel.core.patients import Patient
from genomodel.core.provenance import Version
from genomodel.interpretation.biomarkers.burden import mutational_burden
from genomodel.interpretation.knowledge_bases.bases import CORE, ONCOKB, load_base
from genomodel.interpretation.knowledge_bases.oncokb import TERMS, OncokbClient
from genomodel.interpretation.knowledge_bases.patient import (
    Told,
    ask_oncokb,
    in_order,
    not_asked,
    on_inherited,
    tell,
)
from genomodel.interpretation.knowledge_bases.tables import spreadsheet_safe
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


@takes_input
def match(
    request: ReportRequest,
    knowledge: Annotated[list[str] | None, typer.Option(help=KNOWLEDGE_HELP)] = None,
    every_tumor_type: Annotated[bool, typer.Option(help="Show statements on other tumor types too.")] = False,
    format_: Annotated[Format, typer.Option("--format", help="text, tsv or json.")] = Format.TEXT,
) -> None:
    """Print the statements that a patient's tumor matches, at which resolution, and what was left out of account.

    No tier is given here, and nothing here changes a report. Without a tumor type all statements are shown.
    """
    names = knowledge or [CORE]
    bases = [load_base(name) for name in names if name != ONCOKB]
    client = OncokbClient.from_environment() if ONCOKB in names else None
    if client is not None:
        typer.echo(TERMS, err=True)
    index = StatementIndex.of(statement for base in bases for statement in base.statements)
    cases = cases_of_file(request)
    tell_unused_rows(request, cases)
    answers = [_answer(case, index, client, every_tumor_type=every_tumor_type) for case in cases]
    _print(answers, [base.version for base in bases], format_)


def _answer(case: Case, index: StatementIndex, client: OncokbClient | None, *, every_tumor_type: bool) -> Answer:
    settled = settle(load_tumor(case))
    data, patient = settled.data, settled.calls.patient
    burden = mutational_burden(settled.calls, settled.calls.callable_coding, data.assays)
    tumor = tumor_of(settled.calls, data.copy_number, data.region_depths, data.assays, burden=burden)
    inherited = on_inherited(settled.calls.variants, index, tumor, patient)
    asked: tuple[Statement, ...] = ()
    if client is not None:
        asked = ask_oncokb(tumor, patient.tumor_type, client)
        alleles = (name for item in inherited for name in item.match.alterations)
        if left := tuple(dict.fromkeys((*not_asked(tumor), *alleles))):
            typer.echo(f"{patient.id}: OncoKB was not asked about {', '.join(left)}; look there.", err=True)
    matches = (*match_statements(index, tumor), *match_statements(asked, tumor))
    told = in_order((*tell(matches, tumor, patient), *inherited))
    every = every_tumor_type or not patient.tumor_type.is_given
    shown = tuple(item for item in told if every or not item.is_elsewhere)
    holding = {id(item.match.statement) for item in inherited}
    still_open = tuple(item for item in open_statements(index, tumor) if id(item.statement) not in holding)
    return Answer(patient, shown, len(told) - len(shown), still_open)


def _print(answers: Sequence[Answer], versions: Sequence[Version], format_: Format) -> None:
    if format_ is Format.JSON:
        content = {
            "knowledge": [version.model_dump(mode="json") for version in versions],
            "patients": [_as_dict(answer) for answer in answers],
        }
        typer.echo(json.dumps(content, indent=1, ensure_ascii=False))
        return
    if format_ is Format.TSV:
        lines = ["\t".join((*COLUMNS, "conditions", "ignored"))]
        for answer in answers:
            for item in answer.told:
                ignored = "; ".join(filter(None, (item.caution, *item.match.left_out)))
                cells = (*_cells(answer.patient, item), "; ".join(map(_standing, item.conditions)), ignored)
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
    typer.echo("No tier is given here. Conditions, and what each match leaves out: --format tsv or --format json.")


def _standing(answer: ConditionAnswer) -> str:
    """Say how a condition stands to the patient."""
    status = answer.status.value.replace("_", " ")
    return f"{answer.condition} [{status}{': ' * bool(answer.reason)}{answer.reason}]"


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
        ", ".join(item.match.alterations) + (" (inherited)" if item.inherited else ""),
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
                "inherited": item.inherited,
                "conditions": [answer.model_dump(mode="json") for answer in item.conditions],
                "ignored": list(item.match.left_out),
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
