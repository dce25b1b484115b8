"""Which patients' findings change with a release: by the statements they match, and by what their evidence rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from genomodel.core.findings import Interpretation, TumorTypeMatch, variants_of
from genomodel.core.knowledge import Statement
from genomodel.core.patients import Patient
from genomodel.interpretation.knowledge_bases.diff import (
    MATCHES,
    NO_MORE,
    Change,
    TouchedFinding,
    compare,
    kind_of_id,
    not_compared,
    only_spelled_otherwise,
    touched_findings,
)
from genomodel.interpretation.knowledge_bases.loaded import Loaded
from genomodel.interpretation.matching.alterations import Tumor
from genomodel.interpretation.matching.answers import StatementMatch
from genomodel.interpretation.matching.build import copies_of, event_of, small_variant
from genomodel.interpretation.matching.evaluate import StatementIndex, match_statements
from genomodel.interpretation.tiers import relate
from genomodel.resources.oncotree import resolve_tumor_type


@dataclass(frozen=True, slots=True)
class Interpreted:
    """An interpretation as it was written, with the patient where the file has one."""

    interpretation: Interpretation
    patient: Patient | None = None


@dataclass(frozen=True, slots=True)
class Releases:
    """Two releases, indexed, and what differs between them."""

    old: StatementIndex
    new: StatementIndex
    changes: tuple[Change, ...]
    references: Mapping[str, tuple[str, ...]]
    """Sources that statements of evidence refer to, by their ids."""
    left_out: Mapping[str, str]
    """Why a row is no statement in one of the two, by its id."""

    @classmethod
    def of(cls, old: Loaded, new: Loaded, references: Mapping[str, tuple[str, ...]]) -> Releases:
        """Return two releases without the kinds of rows that one of them does not have at all."""
        alone = not_compared(old, new)

        def index(loaded: Loaded) -> StatementIndex:
            return StatementIndex.of(item for item in loaded.statements if kind_of_id(item.evidence.id) not in alone)

        reasons = {item.id: item.reason for item in (*old.left_out, *new.left_out)}
        return cls(index(old), index(new), compare(old, new), references, reasons)


def touched(interpreted: Iterable[Interpreted], releases: Releases) -> tuple[TouchedFinding, ...]:
    """Return the findings of patients that change with a release.

    A patient's alterations are held against both releases. Named are statements that match in one alone, and those
    that match in both and say something else; a change of case, blanks or the order of drugs is none. Where the file
    tells the tumor type, statements on other types are left out. Evidence of a finding that refers to a changed row is
    named too.
    """
    content = tuple(change for change in releases.changes if not only_spelled_otherwise((change,)))
    by_id: dict[str, list[Change]] = {}
    for change in content:
        by_id.setdefault(change.id, []).append(change)
    found: dict[TouchedFinding, None] = {}
    for item in interpreted:
        found |= dict.fromkeys(_by_matches(item, releases, by_id))
        found |= dict.fromkeys(touched_findings([item.interpretation], content, releases.references))
    return tuple(found)


def tumor_of_interpretation(item: Interpreted) -> Tumor:
    """Return the alterations of an interpretation; what was assayed is not in it: nothing is taken for absent."""
    whose = item.patient or Patient(id=item.interpretation.patient_id, tumor_type=resolve_tumor_type("CUP"))
    findings = item.interpretation.findings
    variants = variants_of((*findings, *item.interpretation.other_variants))
    small = {variant.variant.key: variant for variant in variants}
    return Tumor(
        alterations=(
            *(small_variant(variant, whose) for variant in small.values()),
            *(copies_of(finding.copy_number) for finding in findings if finding.copy_number is not None),
            *(event_of(finding.rearrangement) for finding in findings if finding.rearrangement is not None),
        ),
        build=whose.genome,
    )


def _by_matches(item: Interpreted, releases: Releases, by_id: Mapping[str, list[Change]]) -> list[TouchedFinding]:
    tumor = tumor_of_interpretation(item)
    old, new = (
        {match.statement.evidence.id: match for match in match_statements(index, tumor) if _concerns(match, item)}
        for index in (releases.old, releases.new)
    )
    labels = _labels(item.interpretation)
    found = []
    for number in sorted(old.keys() | new.keys()):
        match = new.get(number) or old[number]
        changes = by_id.get(number, [])
        if (number in old) != (number in new) and not changes:
            changes = [_of_standing(number, match, releases.left_out.get(number, ""), now=number in new)]
        label = ", ".join(labels.get(name, name) for name in match.alterations) or match.statement.evidence.biomarker
        found += [TouchedFinding(item.interpretation.patient_id, label, change) for change in changes]
    return found


def _of_standing(number: str, match: StatementMatch, reason: str, *, now: bool) -> Change:
    """Return the change of a row that says the same in both releases and counts, or is matched, in one alone."""
    reason = reason or "handles of the variant differ"
    biomarker = match.statement.evidence.biomarker
    return Change(number, MATCHES if now else NO_MORE, biomarker, reason if now else "", "" if now else reason)


def _labels(interpretation: Interpretation) -> dict[str, str]:
    found = {}
    for variant in variants_of(interpretation.other_variants):
        if variant.consequence is not None:
            found[variant.variant.key] = f"{variant.consequence.gene} {variant.consequence.protein_change}".strip()
    for finding in interpretation.findings:
        if finding.variant is not None:
            found[finding.variant.variant.key] = finding.label
    return found


def _concerns(match: StatementMatch, item: Interpreted) -> bool:
    return item.patient is None or _holds_for(match.statement, item.patient)


def _holds_for(statement: Statement, patient: Patient) -> bool:
    relation = relate(statement, patient.tumor_type)
    return relation is not None and relation.match is not TumorTypeMatch.OTHER
