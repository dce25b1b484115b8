"""What computational predictors say of an allele, by their published cut-offs, from the columns of VEP's annotation.

A predictor is a row of ``in_silico.tsv``. Words of an annotator without a score (``deleterious``) are kept and give no
verdict: at their developers' cut-offs SIFT and PolyPhen-2 do not reach supporting evidence (Pejaver 2022, table 3).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from genomodel.core.variants import Consequence, InSilicoScore, InSilicoVerdict

if TYPE_CHECKING:
    from genomodel.annotation.dialects.base import Effect

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE]-?\d+)?")
_BOUND = re.compile(r"(>=|<=|>|<)(-?[\d.]+)")
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">=": lambda value, bound: value >= bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    "<": lambda value, bound: value < bound,
}


@dataclass(frozen=True, slots=True)
class Predictor:
    """A row of the table of predictors."""

    name: str
    columns: tuple[tuple[str, ...], ...]
    """Ways in which columns hold it, each one column, or several whose highest number counts."""
    applies: str
    """``missense``, ``splicing`` or ``conservation``."""
    damaging: str
    benign: str
    source: str
    source_url: str

    def verdict(self, value: str | float) -> InSilicoVerdict:
        """Return what a score, or a word where the program gives words, means."""
        for bound, verdict in ((self.damaging, InSilicoVerdict.DAMAGING), (self.benign, InSilicoVerdict.BENIGN)):
            match = _BOUND.fullmatch(bound)
            if match is None:
                met = isinstance(value, str) and value.casefold() == bound.casefold()
            else:
                met = isinstance(value, float) and _COMPARE[match[1]](value, float(match[2]))
            if met:
                return verdict
        return InSilicoVerdict.UNCERTAIN


@cache
def predictors() -> dict[str, Predictor]:
    """Return the predictors by name."""
    lines = (files("genomodel.annotation") / "in_silico.tsv").read_text(encoding="utf-8").splitlines()
    found = {}
    for row in csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"):
        ways = tuple(tuple(name.lower() for name in way.split("+")) for way in row["columns"].split("|"))
        found[row["predictor"]] = Predictor(
            row["predictor"], ways, row["applies"], row["damaging"], row["benign"], row["source"], row["source_url"]
        )
    return found


Reader = Callable[[Mapping[str, str]], tuple[InSilicoScore, ...]]
"""Takes the columns of an entry, gives what the predictors among them say."""


def make_score_reader(columns: Sequence[str]) -> Reader | None:
    """Return the reader of the predictors that an annotation has columns of, ``None`` where it has none."""
    own = {name.lower(): name for name in columns}
    held = [
        (predictor, [own[name] for name in way])
        for predictor in predictors().values()
        for way in predictor.columns
        if all(name in own for name in way)
    ]
    if not held:
        return None

    def read(values: Mapping[str, str]) -> tuple[InSilicoScore, ...]:
        found: dict[str, InSilicoScore] = {}
        for predictor, names in held:
            text = "&".join(filter(None, (values.get(name, "") for name in names)))
            if predictor.name not in found and text.strip(".&,"):
                found[predictor.name] = score_of(predictor, text, together=len(names) > 1)
        return tuple(found.values())

    return read


def score_of(predictor: Predictor, text: str, *, together: bool = False) -> InSilicoScore:
    """Return what the text of a column says.

    Several values, as dbNSFP gives for several transcripts, speak only where all mean the same; of the four delta
    scores of SpliceAI, which go ``together``, the highest counts.

    Parameters
    ----------
    predictor
        The program.
    text
        ``0.93``, ``deleterious(0.01)``, ``0.2&0.9`` or, of programs with words, ``Pathogenic``.
    together
        Whether the values are parts of one answer.
    """
    if not _BOUND.fullmatch(predictor.damaging):
        return InSilicoScore(predictor=predictor.name, verdict=predictor.verdict(text), text=text)
    values = [float(number) for number in _NUMBER.findall(text)]
    if not values:
        return InSilicoScore(predictor=predictor.name, verdict=InSilicoVerdict.UNCERTAIN, text=text)
    if together:
        values = [max(values)]
    verdicts = {predictor.verdict(value) for value in values}
    return InSilicoScore(
        predictor=predictor.name,
        score=values[0] if len(values) == 1 else None,
        verdict=verdicts.pop() if len(verdicts) == 1 else InSilicoVerdict.UNCERTAIN,
        text=text,
    )


def in_silico_of(effects: Iterable[Effect], consequence: Consequence | None) -> tuple[InSilicoScore, ...]:
    """Return what predictors say of the change that is reported: scores of other transcripts are of other changes."""
    if consequence is None:
        return ()
    name = consequence.transcript.partition(".")[0]
    return next(
        (
            effect.predictions
            for effect in effects
            if effect.predictions and effect.consequence.transcript.partition(".")[0] == name
        ),
        (),
    )
