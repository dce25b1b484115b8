"""How likely a variant is to drive a cancer: a class, its points, and every code with what it rests on."""

from __future__ import annotations

from enum import StrEnum

from genomodel.core.base import Noun


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
    def words(self) -> str:
        """The class as a reader has to take it: one that is uncertain says how many codes nobody could evaluate."""
        name, missing = self.classification.value.replace("_", " "), len(self.not_evaluated)
        if self.classification is not OncogenicityClass.UNCERTAIN or not missing:
            return name
        return f"{name} ({missing} of {len(self.codes)} codes could not be evaluated)"
