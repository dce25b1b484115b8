"""Options that say of one patient and its specimens what columns of the sheets say of many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, NamedTuple, TypeVar

import typer
from typer.models import OptionInfo

from genomodel.cohort.accession import NO_PERSON, PersonFacts, accession_of, person_facts
from genomodel.core.errors import InputError, each_of, raise_collected
from genomodel.core.specimens import NO_ACCESSION, Accession

T = TypeVar("T")


class Given(NamedTuple):
    """What the options state."""

    person: PersonFacts
    tumor: Accession
    normal: Accession


def _option(help_text: str) -> OptionInfo:
    option: OptionInfo = typer.Option(help=help_text, rich_help_panel="Person and specimen")
    return option


def accession_options(
    second_id: Annotated[str | None, _option("Another identifier of the person, beside the pseudonym.")] = None,
    requester: Annotated[str | None, _option("Who asked for the report.")] = None,
    diagnosis: Annotated[str | None, _option("Primary diagnosis in the pathologist's words.")] = None,
    specimen: Annotated[str | None, _option("Number of the tumor's specimen in the laboratory.")] = None,
    block: Annotated[str | None, _option("Block or section of it that was sequenced.")] = None,
    site: Annotated[str | None, _option("Where in the body it was taken.")] = None,
    collected: Annotated[str | None, _option("Day on which it was taken, as in 2026-03-09.")] = None,
    received: Annotated[str | None, _option("Day on which the laboratory received it.")] = None,
    cellularity: Annotated[str | None, _option("Share of tumor cells as a pathologist saw it, 0 to 1.")] = None,
    normal_specimen: Annotated[str | None, _option("Number of the normal's specimen.")] = None,
    normal_site: Annotated[str | None, _option("Where it was taken.")] = None,
    normal_collected: Annotated[str | None, _option("Day on which it was taken.")] = None,
    normal_received: Annotated[str | None, _option("Day on which the laboratory received it.")] = None,
) -> Given:
    """Return the facts that the options state.

    Raises
    ------
    InputError
        An option holds what it cannot; ``column`` names the option.
    """
    person = {"second_id": second_id, "requester": requester, "diagnosis": diagnosis}
    tumor = {
        "specimen": specimen,
        "block": block,
        "site": site,
        "collected": collected,
        "received": received,
        "cellularity": cellularity,
    }
    normal = {
        "specimen": normal_specimen,
        "site": normal_site,
        "collected": normal_collected,
        "received": normal_received,
    }
    errors: list[InputError] = []
    facts = _read(person_facts, person, "", errors) or NO_PERSON
    of_tumor = _read(accession_of, tumor, "", errors) or NO_ACCESSION
    of_normal = _read(accession_of, normal, "normal-", errors) or NO_ACCESSION
    raise_collected(errors)
    return Given(facts, of_tumor, of_normal)


def _read(
    read: Callable[[dict[str, str]], T], options: dict[str, str | None], prefix: str, errors: list[InputError]
) -> T | None:
    try:
        return read({name: text for name, text in options.items() if text is not None})
    except InputError as error:
        for one in each_of(error):
            option = f"--{prefix}{(one.column or '').replace('_', '-')}"
            errors.append(InputError(one.what, column=option, fix=one.fix))
        return None
