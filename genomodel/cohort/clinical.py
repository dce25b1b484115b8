"""Clinical columns of the patients sheet, of the table of samples beside a MAF, and of options, read in one way."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from genomodel.core.clinical import NO_FACTS, ClinicalFacts, ReceptorState
from genomodel.core.errors import InputError, raise_collected
from genomodel.resources.drug_classes import drug_classes, is_procedure, normalized_parts
from genomodel.resources.drugs import drug_names

T = TypeVar("T")
CLINICAL_COLUMNS = ("receptor_status", "line", "stage", "prior_therapy", "age")
NONE = "none"
NO_TREATMENT = ("Not Applicable",)
"""Names that sources give where there is no treatment, and the table of drugs with them."""
MAX_LINE = 30
MAX_AGE = 130.0
RECEPTOR_FIX = (
    "Write each receptor that was tested, as in: ER=positive, PR=negative, HER2=low; HR stands for either of ER and "
    "PR, and triple-negative for all three; leave out what is not known"
)
STAGE_FIX = "One of: early, locally advanced, advanced, metastatic; or a stage group such as II, IIIB, IV"
PRIOR_FIX = (
    "Drugs and classes by their names, as in: carboplatin; pemetrexed; EGFR TKI. Write none where nothing was given; "
    "leave it empty where that is not known"
)
_SEPARATORS = re.compile(r"[\s,;/]*")
_RECEPTOR = re.compile(
    r"(?P<name>ER|PgR|PR|HR|HER-?2)\s*(?:[=:]\s*|-(?=[a-z])|\s)?\s*(?P<state>[^\s,;/=:]+)", re.IGNORECASE
)
_ALL_NEGATIVE = re.compile(r"(triple[\s-]*negative|TNBC)(?=[\s,;/]|$)", re.IGNORECASE)
_STATES = {
    "positive": ReceptorState.POSITIVE,
    "pos": ReceptorState.POSITIVE,
    "+": ReceptorState.POSITIVE,
    "negative": ReceptorState.NEGATIVE,
    "neg": ReceptorState.NEGATIVE,
    "-": ReceptorState.NEGATIVE,
    "\u2212": ReceptorState.NEGATIVE,
    "low": ReceptorState.LOW,
}
_NEGATIVE = ReceptorState.NEGATIVE
_STAGE_WORDS = {
    "early": "early",
    "localized": "early",
    "locally advanced": "locally_advanced",
    "advanced": "advanced",
    "metastatic": "metastatic",
}
_GROUP = re.compile(r"(?:stage\s+)?(0|IV|I{1,3}|[1-4])([A-E]?)(\d?)", re.IGNORECASE)
_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}


def clinical_facts(values: Mapping[str, str]) -> ClinicalFacts:
    """Return the facts that cells or options state; an empty or missing one states nothing.

    Parameters
    ----------
    values
        Texts by the names of ``CLINICAL_COLUMNS``; other names are passed over.

    Raises
    ------
    InputError
        An unknown word, drug or receptor, or entries that contradict each other; ``column`` names the column, and
        several wrong columns are told together.
    """
    given = {name: text.strip() for name in CLINICAL_COLUMNS if (text := values.get(name, "")) and text.strip()}
    if not given:
        return NO_FACTS
    errors: list[InputError] = []
    prior = _read(given, "prior_therapy", _prior_therapies, errors)
    line = _read(given, "line", _line, errors)
    receptors = _read(given, "receptor_status", receptor_states, errors)
    stage, age = _read(given, "stage", _stage, errors), _read(given, "age", _age, errors)
    if line is not None and line > 1 and prior is not None and all(is_procedure(name) for name in prior):
        what = f"line {line} contradicts that no drug was given before"
        fix = f"Name what was given in the {_ordinal(line - 1)} line or before, or correct the line"
        errors.append(InputError(what, column="prior_therapy", fix=fix))
    raise_collected(errors)
    return ClinicalFacts(receptors=receptors or {}, line=line, stage=stage, prior_therapies=prior, age=age)


def _read(given: Mapping[str, str], column: str, read: Callable[[str], T], errors: list[InputError]) -> T | None:
    if column not in given:
        return None
    try:
        return read(given[column])
    except InputError as error:
        errors.append(InputError(error.what, column=column, fix=error.fix))
        return None


def receptor_states(text: str) -> dict[str, ReceptorState]:
    """Return the states of receptors that a text gives: ``ER=positive, HER2=low``, ``HR+/HER2-``, ``triple-negative``.

    Raises
    ------
    InputError
        A part is no receptor with its state, or two parts contradict each other.
    """
    found: dict[str, ReceptorState] = {}
    at = 0
    while at < len(text):
        if all_negative := _ALL_NEGATIVE.match(text, at):
            at, entries = all_negative.end(), dict.fromkeys(("ER", "PR", "HER2"), _NEGATIVE)
        else:
            match = _RECEPTOR.match(text, at)
            entries = {} if match is None else _entry(match)
            if match is None or not entries:
                part = match[0] if match is not None else re.split(r"[,;/]", text[at:])[0].strip() or text
                raise InputError(f"'{part}' is no receptor with its state", fix=RECEPTOR_FIX)
            at = match.end()
        for name, state in entries.items():
            found[name] = _both(name, found.get(name, state), state)
        separators = _SEPARATORS.match(text, at)
        at = separators.end() if separators is not None else at
    _refuse_contradicting(found)
    return found


def _both(name: str, one: ReceptorState, other: ReceptorState) -> ReceptorState:
    """Return what two entries say together: HER2-low is HER2-negative, told more closely."""
    if ReceptorState.POSITIVE in (one, other) and one is not other:
        raise InputError(f"{name} is stated {one.value} and {other.value}", fix="Keep one of the two")
    return ReceptorState.LOW if ReceptorState.LOW in (one, other) else one


def _entry(match: re.Match[str]) -> dict[str, ReceptorState]:
    name = {"PGR": "PR", "HER-2": "HER2"}.get(match["name"].upper(), match["name"].upper())
    state = _STATES.get(match["state"].lower())
    if state is None or (state is ReceptorState.LOW and name != "HER2"):
        return {}
    return {name: state}


def _refuse_contradicting(found: Mapping[str, ReceptorState]) -> None:
    pair = {name: found[name] for name in ("ER", "PR") if name in found}
    either = found.get("HR")
    if either is _NEGATIVE and ReceptorState.POSITIVE in pair.values():
        name = next(name for name, state in pair.items() if state is ReceptorState.POSITIVE)
        raise InputError(f"HR is negative and {name} positive", fix="HR is positive where ER or PR is: correct one")
    if either is ReceptorState.POSITIVE and list(pair.values()) == [_NEGATIVE] * 2:
        raise InputError("HR is positive, and ER and PR are negative", fix="HR is negative where both are: correct one")


def _line(text: str) -> int:
    if not re.fullmatch(r"\d{1,2}", text) or not 1 <= int(text) <= MAX_LINE:
        fix = (
            "The line of systemic treatment for advanced disease that is to be chosen now, as a number: 1 for the first"
        )
        raise InputError(f"'{text}' is no line of treatment", fix=fix)
    return int(text)


def _ordinal(number: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(number, f"{number}th")


def _stage(text: str) -> str:
    word = _STAGE_WORDS.get(re.sub(r"[\s_-]+", " ", text.lower()))
    if word is not None:
        return word
    match = _GROUP.fullmatch(text)
    if match is None:
        raise InputError(f"'{text}' is no stage", fix=STAGE_FIX)
    return _ROMAN.get(match[1], match[1].upper()) + match[2].upper() + match[3]


def _prior_therapies(text: str) -> tuple[str, ...]:
    parts = [part.strip() for part in re.split(r"[,;]", text) if part.strip()]
    if [part.lower() for part in parts] == [NONE]:
        return ()
    if not parts or NONE in (part.lower() for part in parts):
        raise InputError(f"'{text}' says none and names a therapy", fix="Keep one of the two")
    found: dict[str, None] = {}
    for part in parts:
        names, unknown = normalized_parts(part)
        unknown += tuple(name for name in names if name in NO_TREATMENT)
        if unknown:
            near = difflib.get_close_matches(unknown[0].casefold(), _spellings(), n=2, cutoff=0.75)
            hint = f"Did you mean {' or '.join(_spellings()[name] for name in near)}? " if near else ""
            raise InputError(f"'{unknown[0]}' is no drug or class of drugs that is known", fix=hint + PRIOR_FIX)
        found.update(dict.fromkeys(names))
    return tuple(sorted(found, key=str.casefold))


def _spellings() -> dict[str, str]:
    names = [name for row in drug_names() for name in (row.name, *row.synonyms)]
    names += [name for row in drug_classes().values() for name in (row.name, *row.synonyms, *row.drugs)]
    return {name.casefold(): name for name in names if name not in NO_TREATMENT}


def _age(text: str) -> float:
    fix = "Age in years, as a number: 61, or 0.5 for six months"
    if not re.fullmatch(r"\d{1,3}(\.\d+)?", text) or float(text) > MAX_AGE:
        raise InputError(f"'{text}' is no age in years", fix=fix)
    return float(text)
