"""Verbs about knowledge bases: which there are, whether they are sound, and what changed between two."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from genomodel.cli.tables import print_table
from genomodel.core.errors import InputError
from genomodel.core.findings import Interpretation
from genomodel.core.oncogenicity import SharedOncogenicity
from genomodel.core.patients import Patient
from genomodel.files import read_text
from genomodel.interpretation.knowledge import knowledge_bases
from genomodel.interpretation.knowledge_bases.bases import (
    BASES,
    CORE,
    ONCOKB,
    fetch_base,
    load_base,
    registered,
    token_given,
)
from genomodel.interpretation.knowledge_bases.diff import (
    TOUCHED_WORDS,
    WORDS,
    Change,
    TouchedFinding,
    as_json,
    as_tsv,
    compare,
    count,
    not_compared,
    only_spelled_otherwise,
)
from genomodel.interpretation.knowledge_bases.loaded import Loaded
from genomodel.interpretation.knowledge_bases.oncokb import TERMS, TOKEN
from genomodel.interpretation.knowledge_bases.summary import resolution_rows, summary_lines
from genomodel.interpretation.knowledge_bases.touched import Interpreted, Releases, touched
from genomodel.interpretation.read_file import context_of

SHOWN_AT_MOST = 20
"""Rows up to which a kind of change is printed row by row without being asked."""

kb_app = typer.Typer(no_args_is_help=True, help="Knowledge bases: what they say, their versions, what changed.")


class Format(StrEnum):
    """How differences are printed."""

    TEXT = "text"
    TSV = "tsv"
    JSON = "json"


@kb_app.command("list")
def list_() -> None:
    """Print the registered knowledge bases: version, date, licence, statements, and where they are."""
    table = Table("name", "version", "date", "licence", "statements", "from", "where")
    for name in BASES:
        table.add_row(*_row(name))
    print_table(table)
    typer.echo(f"OncoKB: {TERMS}")


def _row(name: str) -> tuple[str, ...]:
    base = registered(name)
    if name == CORE:
        version = load_base(CORE).version
        number = str(len(load_base(CORE).statements))
        return name, version.version, version.date, base.licence, number, "shipped", "in the package"
    if name == ONCOKB:
        token = "token given" if token_given() else f"absent: no token in {TOKEN}"
        return name, base.version, base.date, base.licence, "", "asked", token
    paths = base.paths()
    if paths is None:
        return name, base.version, base.date, base.licence, "", "absent", f"genomodel kb fetch {name}"
    try:
        loaded = load_base(name)
    except InputError as error:
        return name, base.version, base.date, base.licence, "", "damaged", error.message
    where = str(paths[0] if len(paths) == 1 else paths[0].parent)
    return name, base.version, base.date, base.licence, str(len(loaded.statements)), "fetched", where


@kb_app.command("fetch")
def fetch_(names: Annotated[list[str], typer.Argument(help="Names as in kb list.")]) -> None:
    """Fetch the files of knowledge bases, check them by SHA-256, and print where they are."""
    for name in names:
        base = registered(name)
        if base.resources:
            typer.echo(f"{name} {base.version}: {base.licence}")
        for path in fetch_base(name):
            typer.echo(f"{name}\t{path}")


@kb_app.command("validate")
def validate(
    spec: Annotated[str, typer.Argument(metavar="NAME|FILE|FOLDER", help="Registered name, file or folder.")],
) -> None:
    """Read a knowledge base whole and say what of it can be matched, by what, and what cannot, with reasons."""
    loaded = load_base(spec)
    table = Table("can be told by", "profiles", "statements", title=_title(loaded))
    for row in resolution_rows(loaded):
        table.add_row(*row)
    print_table(table)
    for line in summary_lines(loaded):
        typer.echo(line)


def _title(loaded: Loaded) -> str:
    version = loaded.version
    return f"{version.name} {version.version}: {loaded.n_rows} rows, {len(loaded.statements)} statements"


@kb_app.command("diff")
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="Name, file or folder of the older release.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Name, file or folder of the newer release.")],
    format_: Annotated[Format, typer.Option("--format", help="text, tsv or json.")] = Format.TEXT,
    interpretations: Annotated[
        list[Path] | None, typer.Option(help="Interpretation files, or folders of them: whose findings change.")
    ] = None,
) -> None:
    """Say what changed between two releases: new, gone, renamed, tumor type, therapies, level, direction."""
    before, after = load_base(old), load_base(new)
    changes = compare(before, after)
    patients = [_interpreted(path) for path in _json_files(interpretations or [])]
    references = {rule.evidence.id: rule.cross_references for base in knowledge_bases() for rule in base.rules}
    found = touched(patients, Releases.of(before, after, references)) if patients else ()
    if format_ is Format.JSON:
        typer.echo(as_json(changes, found), nl=False)
    elif format_ is Format.TSV:
        typer.echo(as_tsv(changes), nl=False)
    else:
        _print_changes(before, after, changes)
        if interpretations:
            _print_touched(found, len(patients))


def _print_changes(before: Loaded, after: Loaded, changes: tuple[Change, ...]) -> None:
    title = f"{before.version.name} {before.version.version} ({before.n_rows} rows) → "
    title += f"{after.version.name} {after.version.version} ({after.n_rows} rows)"
    spelled = only_spelled_otherwise(changes)
    table = Table("what", "rows", "of these in case, blanks or order alone", title=title)
    for what, number in count(changes).items():
        table.add_row(WORDS[what], str(number), str(spelled.get(what, "")))
    print_table(table)
    if not {card.id for card in before.cards} & {card.id for card in after.cards}:
        typer.echo("No row is in both: these look like two sources, not two releases of one.")
    _print_few(changes)
    for kind, number in not_compared(before, after).items():
        typer.echo(f"Not compared: {number} rows with ids {kind}…, which one of the two does not have at all.")
    typer.echo("Every row: --format tsv or --format json.")


def _print_few(changes: tuple[Change, ...]) -> None:
    """Print the rows of the kinds that have few, which are those that matter most: gone, another level."""
    numbers = count(changes)
    few = [change for change in changes if numbers[change.what] <= SHOWN_AT_MOST]
    if few:
        table = Table("what", "row", "profile", "before", "after")
        for change in few:
            table.add_row(WORDS[change.what], change.id, change.profile, change.before, change.after)
        print_table(table)


def _print_touched(found: tuple[TouchedFinding, ...], patients: int) -> None:
    table = Table("patient", "finding", "row", "what", "before", "after")
    for item in found:
        change = item.change
        table.add_row(item.patient, item.finding, change.id, TOUCHED_WORDS[change.what], change.before, change.after)
    typer.echo(f"{patients} patients, {len({item.patient for item in found})} whose findings change.")
    if found:
        print_table(table)


def _json_files(paths: list[Path]) -> list[Path]:
    found = [item for path in paths for item in (sorted(path.glob("*.json")) if path.is_dir() else [path])]
    if paths and not found:
        raise InputError("no interpretation files (.json) are there", path=paths[0])
    return found


def _interpreted(path: Path) -> Interpreted:
    """Return an interpretation from its stage file, or from a report, which has the patient too."""
    import json  # noqa: PLC0415  (needed with --interpretations alone)

    try:
        content = json.loads(read_text(path, "interpretation"))
        patient = content.get("patient")
        whose = Patient.model_validate(patient) if isinstance(patient, dict) else None
        context = None
        if "oncogenicity" in content:
            context = context_of(SharedOncogenicity.model_validate(content["oncogenicity"]), path)
        content = content.get("content") or content.get("interpretation") or content
        return Interpreted(Interpretation.model_validate(content, context=context), whose)
    except (ValueError, AttributeError) as error:
        what = f"this is no interpretation of this version ({str(error).splitlines()[0]})"
        raise InputError(what, path=path, fix="Name files of results/interpretation") from error


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    app.add_typer(kb_app, name="kb")
