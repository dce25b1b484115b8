"""The rows of one bundle, and how they come into sheets without touching what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from genomodel.cohort.accession import plain_text
from genomodel.cohort.from_fhir.bundle import PRIVATE, Bundle, Resource, Unmapped, read_bundle, shown
from genomodel.cohort.from_fhir.people import age_of, ids_of, requester_of, sex_of
from genomodel.cohort.from_fhir.specimens import cells_of, sorted_specimens
from genomodel.cohort.from_fhir.tumors import (
    NOT_SURE,
    NOT_TRUE,
    codings,
    histologies,
    is_icd_o,
    may_be_tumor,
    said,
    stage_of,
    tumor_type_of_condition,
)
from genomodel.cohort.tables import lines_of, load_schema
from genomodel.core.errors import InputError
from genomodel.files import atomic_path, read_text
from genomodel.resources.oncotree import BLOOD_AND_LYMPH, all_types

READ = ("Patient", "Condition", "Specimen")
"""Resources that rows are made from, and which are held against FHIR."""
UNMAPPED = "unmapped.tsv"
UNMAPPED_COLUMNS = ("patient", "resource", "path", "value", "why")
ANY_FAULT = 20
"""Faults of one resource that are told at most."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a user says that a bundle does not."""

    patient: str | None = None
    assay: str | None = None
    on: date | None = None
    condition: str | None = None
    tumor_specimen: str | None = None
    normal_specimen: str | None = None


@dataclass(frozen=True, slots=True)
class SheetRows:
    """One patient's rows by column, and what is in no cell."""

    patient: Mapping[str, str]
    samples: tuple[Mapping[str, str], ...]
    unmapped: tuple[Unmapped, ...]


def rows_of_bundle(path: Path, asked: Asked) -> SheetRows:
    """Return rows of the sheets from a FHIR bundle.

    Raises
    ------
    InputError
        It is no bundle of one patient, a reference leads nowhere or to another than the patient, or several conditions
        or specimens may be the one that is meant.
    """
    bundle = read_bundle(path)
    patient = bundle.of_kind("Patient")[0]
    for kind in (*READ, "ServiceRequest", "Observation"):
        for resource in bundle.of_kind(kind):
            _of_patient(bundle, resource, patient)
    id_, second = ids_of(bundle, patient, asked.patient)
    condition = _tumor_condition(bundle, asked.condition)
    tumor_type = tumor_type_of_condition(bundle, condition) if condition else ""
    diagnosis = said(condition.root.at("code")) if condition else ""
    if condition:
        condition.root.at("subject").take()
        status = condition.root.at("verificationStatus")
        status.take()
        if sure := NOT_SURE & {code for _, code, _ in codings(status)}:
            bundle.notes.append(status.unmapped(f"the tumor is {', '.join(sorted(sure))}: check the diagnosis"))
        condition.root.at("code").at("text").take()
    name = all_types()[tumor_type].name if tumor_type in all_types() else ""
    row = {
        "patient": id_,
        "tumor_type": tumor_type,
        "assay": asked.assay or "",
        "sex": sex_of(bundle, patient),
        "stage": stage_of(bundle, condition) if condition else "",
        "age": age_of(bundle, patient, asked.on),
        "second_id": second,
        "requester": requester_of(bundle),
        "diagnosis": "" if diagnosis == name else diagnosis,
    }
    row = {column: text for column, text in row.items() if _fits(bundle, patient, column, text)}
    named = {"tumor": asked.tumor_specimen, "normal": asked.normal_specimen}
    chosen = {kind: specimen for kind, specimen in named.items() if specimen}
    blood = tumor_type in all_types() and any(all_types()[tumor_type].is_a(code) for code in BLOOD_AND_LYMPH)
    specimens = sorted_specimens(bundle, chosen, blood_is_tumor=blood)
    samples = [{"patient": id_, "type": kind, **cells_of(bundle, one)} for kind, one in sorted(specimens.items())]
    samples.sort(key=lambda sample: sample["type"] != "tumor")
    notes = [*_against_fhir(bundle), *bundle.left_over()]
    return SheetRows(row, tuple(samples), tuple(notes))


def _of_patient(bundle: Bundle, resource: Resource, patient: Resource) -> None:
    subject = resource.root.at("subject")
    target = bundle.resolve(subject) if subject else None
    if target is not None and target is not patient:
        bundle.fail(
            subject, f"it is about {target.label}, and not about {patient.label}", "Send one patient's resources"
        )
    if resource.kind != "Patient" and target is None:
        what = f"names no subject in the bundle; taken for {patient.label}'s"
        bundle.notes.append(resource.root.at("subject").unmapped(what))


def _tumor_condition(bundle: Bundle, chosen: str | None) -> Resource | None:
    """Return the Condition that is the tumor, ``None`` where none is or none can be told from others."""
    known: list[Resource] = []
    for one in bundle.of_kind("Condition"):
        status = {code for _, code, _ in codings(one.root.at("verificationStatus"))}
        if status & NOT_TRUE:
            bundle.note(one.root, f"its verification status is {', '.join(sorted(status))}")
        elif one.profiled("secondary-cancer-condition"):
            bundle.note(one.root, "a metastasis or other secondary tumor; the sheet holds the primary one")
        else:
            known.append(one)
    if chosen is not None:
        named = next((one for one in known if chosen in (one.label, one.root.text("id"))), None)
        if named is None:
            labels = ", ".join(one.label for one in known) or "none"
            fix = f"The bundle has: {labels}"
            raise InputError(f"no Condition is '{chosen}'", path=bundle.path, column="--condition", fix=fix)
        return named
    tumors = [one for one in known if _is_tumor(one)]
    if not tumors and len(known) == 1 and may_be_tumor(known[0]):
        tumors = known
    if len(tumors) > 1:
        what = f"{len(tumors)} Conditions may be the tumor: {', '.join(one.label for one in tumors)}"
        bundle.fail(tumors[1].root.at("code"), what, "Name the one whose tumor was sequenced with --condition")
    if not tumors:
        why = "no Condition can be told for the tumor: write tumor_type, or name one with --condition"
        bundle.notes.append(Unmapped("Bundle", "Condition", "", why))
    return tumors[0] if tumors else None


def _is_tumor(condition: Resource) -> bool:
    systems = [system for system, _, _ in codings(condition.root.at("code"))]
    coded = any("oncotree" in system.lower() or is_icd_o(system) for system in systems)
    return coded or bool(histologies(condition)) or condition.profiled("primary-cancer-condition")


def _fits(bundle: Bundle, patient: Resource, column: str, text: str) -> bool:
    try:
        return bool(plain_text(text))
    except InputError as error:
        bundle.notes.append(patient.root.unmapped(f"{column} is left empty: {error.what}"))
        return False


def _against_fhir(bundle: Bundle) -> list[Unmapped]:
    """Tell what of the resources that rows are made from is not as FHIR has it; R4B has the same of all three."""
    from fhir.resources.R4B import get_fhir_model_class  # noqa: PLC0415  (half a second that no other verb needs)

    found: list[Unmapped] = []
    for resource in bundle.resources:
        if resource.kind not in READ:
            continue
        try:
            get_fhir_model_class(resource.kind).model_validate(resource.content)
        except ValidationError as error:
            for one in error.errors(include_url=False, include_context=False)[:ANY_FAULT]:
                steps = [str(step) for step in one["loc"]]
                private = resource.kind == "Patient" and bool(PRIVATE & set(steps))
                value = "(not shown)" if private or not steps else shown(one.get("input"))
                place = ".".join([resource.kind, *steps])
                found.append(Unmapped(resource.label, place, value, f"not as FHIR R4 has it: {one['msg']}"))
    return found


def write_rows(rows: SheetRows, folder: Path, *, append: bool) -> list[Path]:
    """Write or append rows to ``patients.tsv``, ``samples.tsv`` and ``unmapped.tsv`` of a folder, all or none.

    Raises
    ------
    InputError
        A sheet is there and ``append`` is not asked for, the patient is in it already, or it lacks a column that a cell
        of a row needs.
    """
    unmapped = [
        {
            "patient": rows.patient["patient"],
            "resource": one.resource,
            "path": one.path,
            "value": one.value,
            "why": one.why,
        }
        for one in rows.unmapped
    ]
    tables: list[tuple[Path, Sequence[str], Sequence[Mapping[str, str]]]] = [
        (folder / "patients.tsv", list(load_schema("patients")["properties"]), [rows.patient]),
        (folder / "samples.tsv", list(load_schema("samples")["properties"]), rows.samples),
        (folder / UNMAPPED, UNMAPPED_COLUMNS, unmapped),
    ]
    if not append and (there := [path for path, _, _ in tables if path.exists()]):
        fix = "Add to the sheets with --append, or name another folder with --out"
        raise InputError("the file is there, and sheets are never overwritten", path=there[0], fix=fix)
    written = {path: _table(path, columns, content, rows.patient["patient"]) for path, columns, content in tables}
    for path, text in written.items():
        with atomic_path(path) as temporary:
            temporary.write_bytes(text.encode())
    return list(written)


def _table(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, str]], patient: str) -> str:
    before, header = "", list(columns)
    if path.exists():
        before = read_text(path, "sheet")
        before += "" if before.endswith("\n") else "\n"
        lines = [(n, line) for n, line in enumerate(lines_of(before), start=1) if line.strip() and line[0] != "#"]
        header = [cell.strip() for cell in lines[0][1].split("\t")] if lines else []
        _refuse_known(path, header, lines[1:], patient)
        missing = [column for row in rows for column, text in row.items() if text and column not in header]
        if missing:
            fix = "Add it to the header and an empty cell to each row, or name another folder with --out"
            raise InputError("the sheet has no such column", path=path, row=1, column=missing[0], fix=fix)
    else:
        before = "\t".join(header) + "\n"
    return before + "".join("\t".join(_cell(row.get(column, "")) for column in header) + "\n" for row in rows)


def _refuse_known(path: Path, header: Sequence[str], lines: Sequence[tuple[int, str]], patient: str) -> None:
    if "patient" not in header:
        fix = "Name the folder of sheets that genomodel reads, or another one with --out"
        raise InputError("the sheet has no column 'patient'", path=path, row=1, fix=fix)
    at = header.index("patient")
    for number, line in lines:
        cells = line.split("\t")
        if len(cells) > at and cells[at].strip().casefold() == patient.casefold():
            fix = "Give another pseudonym with --patient, or take the row out"
            raise InputError(f"patient '{patient}' is already there", path=path, row=number, column="patient", fix=fix)


def _cell(text: str) -> str:
    return " ".join(text.split())
