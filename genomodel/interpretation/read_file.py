"""Reading an interpretation that was written to disk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from genomodel.core.errors import InputError
from genomodel.core.findings import Disposition, DispositionKind, Evidence, Finding, Interpretation
from genomodel.core.interpretation_file import SCHEMA_VERSION, InterpretationFile
from genomodel.core.oncogenicity import BY_KEY, CodeState, Oncogenicity, SharedOncogenicity
from genomodel.files import read_text
from genomodel.interpretation.evidence_order import CORE
from genomodel.interpretation.knowledge import knowledge_bases
from genomodel.interpretation.oncogenicity.codes import codes
from genomodel.interpretation.oncogenicity.combine import class_of

Place = tuple[int, str]
"""Number of a record and key of an allele of it."""
Fault = tuple[str, str]
"""Field of the file, and what is wrong with it."""

AGAIN = "Make it again with 'genomodel interpret', or with 'genomodel report-cohort'"
_NAME = "Name results/interpretation/<patient>.json, or a file that 'genomodel interpret' wrote"
_SHOWN = frozenset({DispositionKind.FINDING, DispositionKind.LISTED, DispositionKind.BENIGN})
"""What became of the alleles that the file holds in full, each once."""
_MOST = 5
"""Broken fields that an error names."""


class _Head(BaseModel):
    """What has to be known of a file before its findings can be read; the rest is passed over."""

    schema_version: Any = None
    oncogenicity: SharedOncogenicity = SharedOncogenicity()


def read_interpretation(path: str | Path) -> InterpretationFile:
    """Read ``results/interpretation/<patient>.json``.

    Raises
    ------
    InputError
        The file is missing, no interpretation, of another schema version, or a field of it is broken; the field is
        named by its path inside the file, such as ``content.findings.0.label``. Or its parts do not fit each other:
        records, alleles and variants that are not accounted for, a tier or a class that its statements or codes do not
        give.
    """
    path = Path(path)
    text = read_text(path, "interpretation")
    try:
        head = _Head.model_validate_json(text)
        if head.schema_version != SCHEMA_VERSION:
            raise _refusal(path, text)
        context = context_of(head.oncogenicity, path)
        found = InterpretationFile.model_validate_json(text, context=context)
    except ValidationError as error:
        raise _refusal(path, text, error) from error
    found = found.model_copy(update={"oncogenicity": SharedOncogenicity()})
    if found.patient != found.subject.id or found.patient != found.content.patient_id:
        names = ", ".join(dict.fromkeys((found.patient, found.subject.id, found.content.patient_id)))
        raise InputError(
            f"the parts of the file are of several patients: {names}", path=path, column="patient", fix=AGAIN
        )
    faults = chain(
        _unaccounted(found),
        _odd_points(head.oncogenicity),
        _odd_tiers(found.content),
        _odd_statements(found.content),
    )
    for column, what in faults:
        raise InputError(f"{what}; the file was changed by hand, or cut", path=path, column=column, fix=AGAIN)
    return found


def context_of(shared: SharedOncogenicity, path: Path) -> dict[str, dict[str, Oncogenicity]]:
    """Return the context in which the findings of a file are validated, whose oncogenicity is a key.

    Raises
    ------
    InputError
        A class names a code that the file does not hold.
    """
    try:
        return {BY_KEY: shared.resolved()}
    except KeyError as error:
        key, code = error.args
        what = f"there is no code '{code}' among oncogenicity.codes"
        raise InputError(what, path=path, column=f"oncogenicity.classes.{key}.codes", fix=AGAIN) from error


def _unaccounted(file: InterpretationFile) -> Iterator[Fault]:
    """Yield what of a file's records, alleles and variants is on one side only."""
    content = file.content
    column = "content.dispositions"
    records = {item.record for item in content.dispositions}
    if len(records) != content.n_records:
        yield column, f"{content.n_records} records came in, and the file tells what became of {len(records)}"
    shown = _places(*content.findings, *content.other_variants)
    told = {(item.record, item.variant) for item in content.dispositions if _is_shown(item)}
    for record, allele in sorted(shown ^ told):
        yield column, f"allele {allele} of record {record} is shown, or said to be, on one side only"
    disposed = {(item.record, item.variant) for item in content.dispositions}
    facts = {(item.record, item.variant) for item in file.alleles}
    for record, allele in sorted(facts - disposed):
        yield "alleles", f"allele {allele} of record {record} has no disposition"
    silent = disposed - facts - shown - _places(*content.set_aside, *content.to_confirm)
    if file.subject.germline_consent is not False:
        for record, allele in sorted(silent):
            yield "alleles", f"nothing is told of allele {allele} of record {record}"


def _is_shown(item: Disposition) -> bool:
    """Whether the file holds an allele in full: of the inherited ones those that have a tier."""
    return item.kind in _SHOWN or (item.kind is DispositionKind.GERMLINE and bool(item.tier))


def _places(*findings: Finding) -> set[Place]:
    return {(one.variant.record, one.variant.variant.key) for one in findings if one.variant is not None}


def _odd_tiers(content: Interpretation) -> Iterator[Fault]:
    """Yield tiers and genes that two places tell apart."""
    tiers: dict[Place, str] = {}
    genes: dict[Place, str] = {}
    for finding in (*content.findings, *content.other_variants):
        tiers |= dict.fromkeys(_places(finding), finding.tier or "")
        genes |= dict.fromkeys(_places(finding), finding.gene)
    for number, item in enumerate(content.dispositions):
        gene = genes.get((item.record, item.variant), item.gene)
        if gene != item.gene:
            yield f"content.dispositions.{number}.gene", f"the gene is '{item.gene}' here and '{gene}' by the variant"
        tier = tiers.get((item.record, item.variant), item.tier) if _is_shown(item) else item.tier
        if tier != item.tier:
            what = f"the tier is '{item.tier}' here and '{tier}' by the statements of the variant"
            yield f"content.dispositions.{number}.tier", what


def _odd_statements(content: Interpretation) -> Iterator[Fault]:
    """Yield statements whose conditions have no answer, and those of this evidence table that it words otherwise."""
    held = [base for base in knowledge_bases() if base.version in content.sources]
    rows = {rule.evidence.id: rule.evidence for base in held for rule in base.rules}
    for name in ("findings", "other_variants", "set_aside", "to_confirm"):
        for number, finding in enumerate(getattr(content, name)):
            for place, match in enumerate(finding.evidence):
                column, evidence = f"content.{name}.{number}.evidence.{place}", match.evidence
                if [answer.condition for answer in match.conditions] != list(evidence.conditions):
                    yield f"{column}.conditions", f"the conditions are not those of the statement '{evidence.id}'"
                if held and evidence.knowledge_base == CORE:
                    yield from _not_of_table(evidence, rows.get(evidence.id), f"{column}.evidence")


def _not_of_table(evidence: Evidence, row: Evidence | None, column: str) -> Iterator[Fault]:
    if row is None:
        yield f"{column}.id", f"there is no statement '{evidence.id}' in the evidence table that the file names"
        return
    for name in Evidence.model_fields:
        if getattr(evidence, name) != getattr(row, name):
            yield f"{column}.{name}", f"the statement '{evidence.id}' is not that of the evidence table"


def _odd_points(shared: SharedOncogenicity) -> Iterator[Fault]:
    """Yield oncogenicity whose codes are none, or whose codes, points and class do not fit."""
    names = {code.code for code in codes()}
    for key, code in shared.codes.items():
        if code.code not in names:
            yield f"oncogenicity.codes.{key}.code", f"there is no code '{code.code}'"
        if code.points and code.state is not CodeState.MET:
            what = f"{code.code} is {code.state.value.replace('_', ' ')} and has {code.points} points"
            yield f"oncogenicity.codes.{key}.points", what
    for key, found in shared.classes.items():
        total = sum(shared.codes[name].points for name in found.codes)
        if total != found.points:
            what = f"the points are {found.points}, and the points of its codes make {total}"
            yield f"oncogenicity.classes.{key}.points", what
        fitting = class_of(found.points)
        if fitting is not found.classification:
            what = f"{found.points} points are {fitting.value}, not {found.classification.value}"
            yield f"oncogenicity.classes.{key}.classification", what


def _refusal(path: Path, text: str, error: ValidationError | None = None) -> InputError:
    """Return why a text cannot be read as an interpretation, the coarsest reason first."""
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as fault:
        what = f"this is no whole JSON ({fault.msg})"
        return InputError(what, path=path, row=fault.lineno, fix=f"{_NAME}. {AGAIN} if the file was cut")
    if not isinstance(raw, dict):
        return InputError("this is no interpretation: the file holds no JSON object", path=path, fix=_NAME)
    version = raw.get("schema_version")
    if version is None or "content" not in raw:
        missing = "schema_version" if version is None else "content"
        return InputError("this is no interpretation: the field is absent", path=path, column=missing, fix=_fix(raw))
    if version != SCHEMA_VERSION or error is None:
        what = f"the interpretation has schema version {version!r}, and this genomodel reads {SCHEMA_VERSION!r}"
        return InputError(what, path=path, column="schema_version", fix=AGAIN)
    return _broken(path, error)


def _fix(raw: dict[str, Any]) -> str:
    if "content" in raw and "patient" in raw:
        return f"It is of a version before schemas were numbered. {AGAIN}"
    return _NAME


def _broken(path: Path, error: ValidationError) -> InputError:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    named = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults[:_MOST]]
    more = f" (and {len(faults) - _MOST} more)" if len(faults) > _MOST else ""
    first = ".".join(map(str, faults[0]["loc"]))
    fix = f"The file was changed by hand, or by another version. {AGAIN}"
    return InputError("; ".join(named) + more, path=path, column=first, fix=fix)
