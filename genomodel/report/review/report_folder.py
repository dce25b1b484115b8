"""Which folder of reports a verb about one patient means, where none is named."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from genomodel.core.errors import InputError
from genomodel.report.forms import FORMS

FOLDERS = (Path("reports"), Path("results/reports"))
"""Where ``genomodel report`` and the workflow write, from the folder that they are started in."""
MOST_NAMED = 10


def folder_of(patient: str, given: Path | None) -> Path:
    """Return the folder that holds the report of a patient.

    Parameters
    ----------
    patient
        Id of the patient; the report is ``<patient>.json``.
    given
        Folder that the user names; ``None`` looks into ``FOLDERS``.

    Raises
    ------
    InputError
        No such report is there; the message names the patients that have one. Or each of ``FOLDERS`` has one, and
        a person has to choose.
    """
    places = FOLDERS if given is None else (given,)
    found = [place for place in places if (place / f"{patient}.json").is_file()]
    if len(found) > 1:
        listed = " and ".join(str(place) for place in found)
        what = f"'{patient}' has a report in {listed}"
        raise InputError(what, column="--reports", fix=f"Say which is meant, as in --reports {found[0]}")
    if found:
        return found[0]
    where = " or ".join(str(place) for place in places)
    raise InputError(f"no report of '{patient}' in {where}", column="PATIENT", fix=_advice(patient, places))


def _advice(patient: str, places: tuple[Path, ...]) -> str:
    known = sorted({path.stem for place in places for path in place.glob("*.json") if _is_report(path)})
    if not known:
        return "Make it with genomodel report or the workflow, or name its folder: --reports FOLDER"
    near = get_close_matches(patient, known, n=1)
    more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
    first = f"Is '{near[0]}' meant? " if near else ""
    return f"{first}There are: {', '.join(known[:MOST_NAMED])}{more}"


def _is_report(path: Path) -> bool:
    others = (form.suffix for name, form in FORMS.items() if name != "json" and form.suffix.endswith(".json"))
    return path.name != "manifest.json" and not path.name.endswith(tuple(others))
