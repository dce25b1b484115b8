"""How likely a variant is to drive a cancer: a class, its points, and every code with what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from pydantic import Field

from genomodel.core.base import Noun

BY_KEY = "oncogenicity_by_key"
"""Names, in the context of reading and of writing, how findings refer to what is written once."""


class OncogenicityClass(StrEnum):
    """The five classes of the ClinGen/CGC/VICC standard (Horak 2022, doi:10.1016/j.gim.2022.01.001)."""

    ONCOGENIC = "oncogenic"
    LIKELY_ONCOGENIC = "likely_oncogenic"
    UNCERTAIN = "uncertain_significance"
    LIKELY_BENIGN = "likely_benign"
    BENIGN = "benign"


class CodeState(StrEnum):
    """What became of a code."""

    MET = "met"
    NOT_MET = "not_met"
    EXCLUDED = "excluded"
    """Its rule is met, but another code that is met rules it out, so that it gives no points."""
    NOT_APPLICABLE = "not_applicable"
    """The rule is about variants of another kind."""
    NOT_EVALUATED = "not_evaluated"
    """The source that would tell is absent; this never gives points."""


class OncogenicityCode(Noun):
    """One code of the standard for one variant."""

    key: str
    """Descriptive and stable, for the numbers of codes differ between publications: ``null_in_tumor_suppressor``."""
    code: str
    """As the standard numbers it, ``OVS1``."""
    state: CodeState
    points: int = 0
    """Points that count; 0 unless the state is ``met``."""
    reason: str
    """What it rests on, or why it is not met or not evaluated, in words and with the figures."""
    source: str = ""
    """Where the fact is from, with its version where one is known."""


class Oncogenicity(Noun):
    """The class of one variant, the sum of its points, and all codes."""

    classification: OncogenicityClass
    points: int
    codes: tuple[OncogenicityCode, ...]

    @property
    def met(self) -> tuple[OncogenicityCode, ...]:
        """The codes that count."""
        return tuple(code for code in self.codes if code.state is CodeState.MET)

    @property
    def not_evaluated(self) -> tuple[OncogenicityCode, ...]:
        """The codes whose source was absent."""
        return tuple(code for code in self.codes if code.state is CodeState.NOT_EVALUATED)

    @property
    def drives(self) -> bool:
        """Whether the class is oncogenic or likely oncogenic."""
        return self.classification in (OncogenicityClass.ONCOGENIC, OncogenicityClass.LIKELY_ONCOGENIC)

    @property
    def words(self) -> str:
        """The class as a reader has to take it: one that is uncertain says how many codes nobody could evaluate."""
        name, missing = self.classification.value.replace("_", " "), len(self.not_evaluated)
        if self.classification is not OncogenicityClass.UNCERTAIN or not missing:
            return name
        return f"{name} ({missing} of {len(self.codes)} codes could not be evaluated)"


class CodedClass(Noun):
    """An :class:`Oncogenicity` as a file writes it once, its codes by their keys."""

    classification: OncogenicityClass
    points: int
    codes: tuple[str, ...]
    """Keys of :attr:`SharedOncogenicity.codes`."""


class SharedOncogenicity(Noun):
    """What is said of the oncogenicity of all variants of a file, each distinct saying once."""

    codes: dict[str, OncogenicityCode] = Field(default_factory=dict)
    """Each distinct state of a code, by the code and a number: ``OVS1.2``."""
    classes: dict[str, CodedClass] = Field(default_factory=dict)
    """Each distinct set of states with its class, by the key that findings name: ``O3``."""

    @classmethod
    def of(cls, found: Iterable[Oncogenicity]) -> tuple[SharedOncogenicity, dict[int, str]]:
        """Return what is said, and the key of each value by its ``id``, in the order in which they come.

        Values are told apart by what they say; by ``id`` they are looked up faster, as long as they live.
        """
        codes: dict[OncogenicityCode, str] = {}
        classes: dict[Oncogenicity, str] = {}
        keys: dict[int, str] = {}
        numbers: dict[str, int] = {}
        for one in found:
            if id(one) in keys:
                continue
            for code in one.codes:
                if code not in codes:
                    numbers[code.code] = numbers.get(code.code, 0) + 1
                    codes[code] = f"{code.code}.{numbers[code.code]}"
            keys[id(one)] = classes.setdefault(one, f"O{len(classes) + 1}")
        written = {
            key: CodedClass(
                classification=one.classification, points=one.points, codes=tuple(codes[code] for code in one.codes)
            )
            for one, key in classes.items()
        }
        return cls(codes={key: code for code, key in codes.items()}, classes=written), keys

    def resolved(self) -> dict[str, Oncogenicity]:
        """Return each class with its codes, by its key.

        Raises
        ------
        KeyError
            A class names a code that is not among :attr:`codes`; the error's arguments are both keys.
        """
        for key, one in self.classes.items():
            if (missing := next((name for name in one.codes if name not in self.codes), None)) is not None:
                raise KeyError(key, missing)
        return {
            key: Oncogenicity(
                classification=one.classification,
                points=one.points,
                codes=tuple(self.codes[name] for name in one.codes),
            )
            for key, one in self.classes.items()
        }


def key_of(found: Oncogenicity, context: Mapping[str, Any] | None) -> str | None:
    """Return the key that a file writes in place of a value; ``None`` where the value itself is written."""
    keys: Mapping[int, str] | None = (context or {}).get(BY_KEY)
    return None if keys is None else keys[id(found)]


def value_of(given: Any, context: Mapping[str, Any] | None) -> Any:
    """Return the value that a key of a file stands for; what is given where values themselves are read.

    Raises
    ------
    ValueError
        The file has no such key.
    """
    values: Mapping[str, Oncogenicity] | None = (context or {}).get(BY_KEY)
    if values is None or given is None:
        return given
    if not isinstance(given, str) or given not in values:
        raise ValueError("this is no key of oncogenicity.classes")
    return values[given]
