"""OP1, SBP1 and SBP2: what computational predictors say, all together and once.

A predictor speaks where its score is at or beyond a published cut-off; one between its cut-offs is no line of evidence.
"""

from __future__ import annotations

from genomodel.annotation.in_silico import predictors
from genomodel.core.variants import InSilicoScore, InSilicoVerdict, VariantClass
from genomodel.interpretation.oncogenicity.codes import Answer, met, not_applicable, not_evaluated, not_met
from genomodel.interpretation.oncogenicity.sources import OncogenicitySources, SourceName
from genomodel.interpretation.oncogenicity.subject import Subject

GIVE = "scores in the annotation (VEP with REVEL, AlphaMissense, SIFT, PolyPhen, CADD, EVE, SpliceAI or dbNSFP)"
GIVE_SPLICING = "SpliceAI's scores in the annotation"
GIVE_CONSERVATION = "phyloP100way_vertebrate in the annotation"
SPOKEN_FOR = {
    VariantClass.MISSENSE: ("missense", "conservation", "splicing"),
    VariantClass.SYNONYMOUS: ("splicing",),
    VariantClass.SPLICE: ("splicing",),
}
"""Predictors that speak of variants of a class; those of proteins are calibrated on missense variants alone."""
NO_LINES = not_applicable("the predictors' cut-offs are not made for variants of this kind")
NOT_SILENT = not_applicable("no silent variant")
NO_SCORES = not_evaluated(GIVE)


def predicted_oncogenic(subject: Subject, sources: OncogenicitySources) -> Answer:
    """OP1: all computational evidence supports an effect."""
    return _all_say(subject, sources, InSilicoVerdict.DAMAGING)


def predicted_benign(subject: Subject, sources: OncogenicitySources) -> Answer:
    """SBP1: all computational evidence suggests no effect."""
    return _all_say(subject, sources, InSilicoVerdict.BENIGN)


def _all_say(subject: Subject, sources: OncogenicitySources, wanted: InSilicoVerdict) -> Answer:
    if subject.kind not in SPOKEN_FOR:
        return NO_LINES
    if not subject.variant.in_silico or not sources.has(SourceName.IN_SILICO):
        return NO_SCORES
    lines = _lines(subject)
    if not lines:
        said = ", ".join(map(_words, subject.variant.in_silico))
        return not_met(f"no predictor reaches a cut-off of variants of this kind: {said}")
    words = ", ".join(map(_words, lines))
    if all(line.verdict is wanted for line in lines):
        return met(f"every predictor that reaches a cut-off says {wanted.value}: {words}", _cited(lines))
    return not_met(f"not all say {wanted.value}: {words}", _cited(lines))


def _lines(subject: Subject) -> list[InSilicoScore]:
    """Return the scores that speak; that splicing stays as it is says nothing of a changed residue."""
    table, found = predictors(), []
    for score in subject.variant.in_silico:
        applies = table[score.predictor].applies if score.predictor in table else ""
        silent = score.verdict is InSilicoVerdict.UNCERTAIN or applies not in SPOKEN_FOR[subject.kind]
        spared = subject.kind is VariantClass.MISSENSE and applies == "splicing"
        if not silent and not (spared and score.verdict is InSilicoVerdict.BENIGN):
            found.append(score)
    return found


def _words(score: InSilicoScore) -> str:
    return f"{score.predictor} {score.text if score.score is None else f'{score.score:g}'} ({score.verdict.value})"


def _cited(lines: list[InSilicoScore]) -> str:
    return ", ".join(dict.fromkeys(predictors()[line.predictor].source for line in lines))


def silent(subject: Subject, sources: OncogenicitySources) -> Answer:
    """SBP2: silent, no predicted effect on splicing, and the base is not highly conserved."""
    if subject.kind is not VariantClass.SYNONYMOUS:
        return NOT_SILENT
    said = {
        predictors()[one.predictor].applies: one for one in subject.variant.in_silico if one.predictor in predictors()
    }
    splicing, conservation = said.get("splicing"), said.get("conservation")
    asked = sources.has(SourceName.IN_SILICO)
    if not asked or splicing is None or conservation is None:
        missing = [
            give for score, give in ((splicing, GIVE_SPLICING), (conservation, GIVE_CONSERVATION)) if score is None
        ]
        return not_evaluated("; ".join(missing if asked else (GIVE_SPLICING, GIVE_CONSERVATION)))
    words = f"{_words(splicing)}, {_words(conservation)}"
    both = splicing.verdict is conservation.verdict is InSilicoVerdict.BENIGN
    return met(words, _cited([splicing, conservation])) if both else not_met(words, _cited([splicing, conservation]))
