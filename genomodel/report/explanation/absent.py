"""An event that somebody asks for by gene and kind, such as an amplification, and that is no finding here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from genomodel.core.copy_number import CopyNumberState
from genomodel.core.findings import NotAssessable
from genomodel.core.interpretation_file import InterpretationFile
from genomodel.report import words
from genomodel.report.explanation.find import FUSION, AbsentEvent

NO_FINDING = "no finding, so that no statement was matched to it"


def links_of_absent(made: InterpretationFile, event: AbsentEvent) -> Iterator[tuple[str, list[str]]]:
    """Yield what is known of a gene's copies, or of its fusions, where neither made a finding.

    That nothing was found is told apart from that nobody looked, with the reason.
    """
    yield from (_fusion(made, event.gene) if event.kind == FUSION else _copies(made, event.gene))
    told = [f"{gap.what}: {gap.reason}" for gap in _gaps(made, event)]
    if told:
        yield "not assessed", told
    yield "answer", [f"{event.label}: {NO_FINDING}"]


def _copies(made: InterpretationFile, gene: str) -> Iterator[tuple[str, list[str]]]:
    profile = made.copy_number
    if profile is None:
        yield "copy number", ["not looked at: the input holds no copy number"]
        return
    call = next((one for one in profile.calls if one.gene == gene), None)
    if call is not None:
        yield "copy number", [", ".join(filter(None, (call.state.value.replace("_", " "), words.copy_number(call))))]
    elif gene in profile.not_assessed:
        yield "copy number", [f"no answer: {profile.not_assessed[gene]}"]
    elif profile.assayed_genes is None:
        yield "copy number", ["unknown: the input lists events alone, and none of this gene"]
    else:
        named = gene in profile.assayed_genes
        yield "copy number", [CopyNumberState.NEUTRAL.value if named else "unknown: the gene is not in the input"]
    yield "measured by", [", ".join(filter(None, (profile.source.name, profile.method)))]


def _fusion(made: InterpretationFile, gene: str) -> Iterator[tuple[str, list[str]]]:
    assay = made.rearrangements
    if assay is None:
        yield "fusion", ["not looked at: the input holds no rearrangements"]
        return
    answer = next((one for one in assay.genes if one.gene == gene), None)
    if answer is None:
        yield "fusion", ["unknown: the gene is not among those that fusions were looked for of"]
    else:
        seen = "none found" if answer.assessable else "not assessable"
        yield "fusion", [f"{seen}: {answer.reason}".rstrip(": ")]
    yield "looked for by", [assay.method]


def _gaps(made: InterpretationFile, event: AbsentEvent) -> Iterable[NotAssessable]:
    """Return what the interpretation says could not be assessed of such events, of this gene or of all."""
    starts = ("gene fusions",) if event.kind == FUSION else ("copy number", "amplification", "deep deletion")
    for gap in made.content.not_assessable:
        what = gap.what.lower()
        named = event.gene.lower() in what.replace(",", " ").split()
        if what.startswith(starts) and (named or what in ("copy number", "gene fusions", "deep deletions")):
            yield gap
