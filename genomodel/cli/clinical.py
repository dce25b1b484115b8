"""Options that say of one patient what the clinical columns of the sheet say of many."""

from __future__ import annotations

from typing import Annotated

import typer

from genomodel.cohort.clinical import clinical_facts
from genomodel.core.clinical import ClinicalFacts
from genomodel.core.errors import InputError, placed


def clinical_options(
    receptor_status: Annotated[
        str | None, typer.Option(help="Tested receptors, as in ER=positive, PR=negative, HER2=low, or triple-negative.")
    ] = None,
    line: Annotated[
        str | None, typer.Option(help="Line of systemic treatment for advanced disease to be chosen now: 1, 2 …")
    ] = None,
    stage: Annotated[
        str | None, typer.Option(help="Extent now: early, locally advanced, advanced, metastatic, or a group as IIIB.")
    ] = None,
    prior_therapy: Annotated[
        str | None, typer.Option(help="All drugs and classes given before, separated by commas, or none.")
    ] = None,
    age: Annotated[str | None, typer.Option(help="Age in years.")] = None,
) -> ClinicalFacts:
    """Return the facts that the options state.

    Raises
    ------
    InputError
        An option holds what it cannot; ``column`` names the option.
    """
    given = {
        "receptor_status": receptor_status,
        "line": line,
        "stage": stage,
        "prior_therapy": prior_therapy,
        "age": age,
    }
    try:
        return clinical_facts({name: text for name, text in given.items() if text is not None})
    except InputError as error:
        raise placed(error, _of_option) from error


def _of_option(error: InputError) -> InputError:
    return InputError(error.what, column=f"--{(error.column or '').replace('_', '-')}", fix=error.fix)
