"""The table that says of each sample of a MAF what the patients sheet says of a patient."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from genomodel.cohort.accession import (
    ACCESSION_COLUMNS,
    NO_PERSON,
    PERSON_COLUMNS,
    PersonFacts,
    accession_of,
    person_facts,
)
from genomodel.cohort.clinical import CLINICAL_COLUMNS, clinical_facts
from genomodel.cohort.consent import CONSENT, consent_of
from genomodel.cohort.tables import lines_of
from genomodel.core.clinical import NO_FACTS, ClinicalFacts
from genomodel.core.errors import InputError, each_of, raise_collected
from genomodel.core.patients import TumorType
from genomodel.core.specimens import NO_ACCESSION, Accession, Preservation
from genomodel.files import read_text
from genomodel.resources.oncotree import tumor_type_of

SAMPLE_COLUMNS = ("sample", "Tumor_Sample_Barcode")
"""Either of them names the samples."""
TYPE, SEX, PRESERVATION = "tumor_type", "sex", "preservation"
KNOWN = (
    *SAMPLE_COLUMNS,
    TYPE,
    SEX,
    PRESERVATION,
    CONSENT,
    *CLINICAL_COLUMNS,
    *PERSON_COLUMNS,
    *ACCESSION_COLUMNS,
    "notes",
)
WORDS_OF = {SEX: ("female", "male", "unknown"), PRESERVATION: tuple(Preservation)}
"""What a cell may hold; blank is ``unknown``."""


@dataclass(frozen=True, slots=True)
class SampleRow:
    """What is known of the patient of one sample of a MAF."""

    tumor_type: TumorType
    clinical: ClinicalFacts = NO_FACTS
    sex: str | None = None
    consent: bool | None = None
    """To inherited results; ``None`` where the table does not say."""
    preservation: Preservation | None = None
    person: PersonFacts = NO_PERSON
    accession: Accession = NO_ACCESSION
    """Of the tumor."""


def read_sample_table(path: Path) -> dict[str, SampleRow]:
    """Read a tab-separated table of samples.

    It has the columns ``sample`` (or ``Tumor_Sample_Barcode``) and ``tumor_type``, and may have ``sex``,
    ``preservation``, ``germline_consent``, the clinical columns, ``second_id``, ``requester``, ``diagnosis`` and
    ``notes`` of the patients sheet, and of the samples sheet what the laboratory knows the tumor's specimen by.

    Raises
    ------
    InputError
        A column is missing, unknown or there twice, a row has more or fewer cells, a sample is there twice, a code is
        no known one (blank and ``unknown`` are taken), or a cell holds what it cannot. All that is wrong with the rows
        is told at once.
    """
    first, *lines = lines_of(read_text(path, "tumor-type table"))
    header = [name.strip() for name in first.split("\t")]
    column = _refuse_wrong_columns(header, path)
    rows: dict[str, SampleRow] = {}
    errors: list[InputError] = []
    for number, line in enumerate(lines, start=2):
        cells = line.split("\t")
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            what = f"{len(cells)} cells where the header has {len(header)}"
            fix = "Separate cells by one tab each; leave absent values empty"
            errors.append(InputError(what, path=path, row=number, fix=fix))
            continue
        values = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
        sample = values[column]
        if not sample or sample in rows:
            what = f"sample '{sample}' is there twice" if sample else "the row names no sample"
            fix = "Keep one row for each sample" if sample else "Write the Tumor_Sample_Barcode that the MAF has"
            errors.append(InputError(what, path=path, row=number, column=column, fix=fix))
        found = _row_of(values, errors, path, number)
        rows.setdefault(sample, found)
    raise_collected(errors)
    return rows


def _row_of(values: Mapping[str, str], errors: list[InputError], path: Path, number: int) -> SampleRow:
    """Return what a row says; what it cannot say is added to the errors."""
    tumor_type, clinical, consent = tumor_type_of(None), NO_FACTS, None
    person, accession = NO_PERSON, NO_ACCESSION
    wrong: list[InputError] = []
    try:
        tumor_type = tumor_type_of(values[TYPE])
    except InputError as error:
        wrong.append(InputError(error.what, column=TYPE, fix=error.fix))
    try:
        clinical = clinical_facts(values)
    except InputError as error:
        wrong += each_of(error)
    try:
        person = person_facts(values)
    except InputError as error:
        wrong += each_of(error)
    try:
        accession = accession_of(values)
    except InputError as error:
        wrong += each_of(error)
    try:
        consent = consent_of(values.get(CONSENT))
    except InputError as error:
        wrong.append(error)
    told = {column: values.get(column) or "unknown" for column in WORDS_OF}
    for column, words in WORDS_OF.items():
        if told[column] not in words:
            fix = f"One of: {', '.join(words)}"
            wrong.append(InputError(f"'{told[column]}' is not allowed", column=column, fix=fix))
    errors += [InputError(one.what, path=path, row=number, column=one.column, fix=one.fix) for one in wrong]
    if wrong:
        return SampleRow(tumor_type)
    known = {column: None if text == "unknown" else text for column, text in told.items()}
    material = known[PRESERVATION]
    preservation = None if material is None else Preservation(material)
    return SampleRow(tumor_type, clinical, known[SEX], consent, preservation, person, accession)


def _refuse_wrong_columns(header: Sequence[str], path: Path) -> str:
    """Raise unless the columns are known and enough; return the one that names the samples."""
    column = next((name for name in SAMPLE_COLUMNS if name in header), None)
    if column is None or TYPE not in header:
        fix = "The table needs the columns sample and tumor_type, separated by tabs"
        raise InputError(f"columns found: {', '.join(header)}", path=path, row=1, fix=fix)
    for name in header:
        if name not in KNOWN:
            near = difflib.get_close_matches(name, KNOWN, n=1) or [item for item in KNOWN if name and name in item]
            hint = f"Did you mean '{near[0]}'? " if near else ""
            raise InputError("unknown column", path=path, row=1, column=name, fix=f"{hint}Known: {', '.join(KNOWN)}")
        if header.count(name) > 1:
            what = "the column is there more than once"
            raise InputError(what, path=path, row=1, column=name, fix="Keep one of them")
    return column
