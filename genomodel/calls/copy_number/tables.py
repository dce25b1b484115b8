"""Tables and JSON of gene-level copy number: our own, and what people fill in by hand."""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from pathlib import Path

from pydantic import ValidationError

from genomodel.calls.copy_number.copies import state_of_copies
from genomodel.calls.copy_number.foreign import MOST_LOG2, find_format
from genomodel.calls.copy_number.foreign_genes import NO_CONTEXT, Context, call_log2_alone, read_foreign
from genomodel.calls.copy_number.gate import hold_deep_deletions
from genomodel.core.copy_number import (
    CopyNumberCall,
    CopyNumberProfile,
    CopyNumberState,
    PurityPloidy,
    reconcile,
)
from genomodel.core.errors import InputError, raise_collected
from genomodel.files import read_text, source_file

HEADER = (
    "gene", "state", "log2", "copies", "copies_low", "copies_high", "regions", "event_bases", "loh", "note"
)  # fmt: skip
_REASON = re.compile(r"^#\s*(not assessed:.*)$", re.MULTILINE)
_PURITY = re.compile(r"^#\s*purity:\s*(\S+)", re.MULTILINE | re.IGNORECASE)
_STATE_WORDS = {
    "amplification": CopyNumberState.AMPLIFICATION,
    "amplified": CopyNumberState.AMPLIFICATION,
    "amp": CopyNumberState.AMPLIFICATION,
    "2": CopyNumberState.AMPLIFICATION,
    "gain": CopyNumberState.GAIN,
    "1": CopyNumberState.GAIN,
    "neutral": CopyNumberState.NEUTRAL,
    "diploid": CopyNumberState.NEUTRAL,
    "0": CopyNumberState.NEUTRAL,
    "loss": CopyNumberState.LOSS,
    "hetloss": CopyNumberState.LOSS,
    "shallow_deletion": CopyNumberState.LOSS,
    "-1": CopyNumberState.LOSS,
    "deep_deletion": CopyNumberState.DEEP_DELETION,
    "deep deletion": CopyNumberState.DEEP_DELETION,
    "homdel": CopyNumberState.DEEP_DELETION,
    "homozygous_deletion": CopyNumberState.DEEP_DELETION,
    "-2": CopyNumberState.DEEP_DELETION,
}
"""Words of a call column; the numbers are GISTIC's, as in cBioPortal's discrete copy-number files."""


def read_copy_number(path: str | Path, context: Context = NO_CONTEXT) -> CopyNumberProfile:
    """Read a table of gene-level copy number, or of another program's segments.

    Parameters
    ----------
    path
        JSON as ``genomodel copy-number`` writes it, or tab-separated, with a column ``gene`` and at least one of
        ``state`` (or ``call``), ``copies`` and ``log2``; the first of them that a row fills decides. Rows
        ``not_assessed`` count as genes without an answer. A line ``# purity: 0.6`` says the purity. Tables of other
        programs are known by their columns; see :mod:`genomodel.calls.copy_number.foreign`.
    context
        What segments need to become genes: gene models, the names of the tumor, its purity, the patient's sex.

    Returns
    -------
    CopyNumberProfile
        ``assayed_genes`` are the genes with an answer when the table has neutral rows, ``None`` when it lists only
        events, for then silence about a gene says nothing. A table that answers for no gene gives none of either;
        :func:`reason_not_assessed` says why. Without a purity, in the file or in ``context``, or with two that part,
        a deep deletion is held as a possible loss whatever the file calls it.

    Raises
    ------
    InputError
        Missing file, wrong delimiter, missing column, a gene twice, or a value that cannot be: all rows are told of.
    """
    path = Path(path)
    text = read_text(path, "copy-number table")
    if text.lstrip().startswith("{"):
        profile = _read_json(path, text)
    elif find_format(path) is not None:
        return read_foreign(path, context)
    else:
        profile = _read_table(path, text, context)
    return hold_deep_deletions(profile, reconcile(context.purity, profile.purity))


def _read_table(path: Path, text: str, context: Context) -> CopyNumberProfile:
    purity = reconcile(context.purity, _stated_purity(path, text))
    calls, open_genes = _read_rows(path, text, purity)
    complete = not calls or any(call.state is CopyNumberState.NEUTRAL for call in calls.values())
    return CopyNumberProfile(
        source=source_file(path, "copy_number"),
        calls=tuple(calls.values()),
        assayed_genes=tuple(calls) if complete else None,
        not_assessed=open_genes,
        purity=purity,
    )


def _stated_purity(path: Path, text: str) -> PurityPloidy | None:
    found = _PURITY.search(text)
    if found is None:
        return None
    try:
        purity = float(found[1])
    except ValueError:
        purity = math.nan
    if not 0 < purity <= 1:
        row = text.count("\n", 0, found.start()) + 1
        raise InputError(f"a purity of {found[1]} cannot be", path=path, row=row, fix="Give it as above 0 up to 1")
    return PurityPloidy(purity=purity, source="the table")


def _read_rows(path: Path, text: str, purity: PurityPloidy | None) -> tuple[dict[str, CopyNumberCall], dict[str, str]]:
    """Return the calls of a table by gene, and the genes without an answer with the reason."""
    reader = csv.reader(io.StringIO(text), delimiter="\t")
    rows = [(reader.line_num, row) for row in reader if row and not row[0].startswith("#")]
    if not rows:
        raise InputError("the table has no header", path=path, fix="Columns: gene and one of state, copies, log2")
    header = [name.strip().lower() for name in rows[0][1]]
    _require_columns(path, rows[0][0], header)
    errors: list[InputError] = []
    calls: dict[str, CopyNumberCall] = {}
    open_genes: dict[str, str] = {}
    for row, values in rows[1:]:
        try:
            cells = dict(zip(header, (value.strip() for value in values), strict=False))
            call = _read_call(path, row, cells, purity)
            if isinstance(call, CopyNumberCall) and call.gene in calls:
                raise InputError(
                    f"gene {call.gene!r} stands twice", path=path, row=row, column="gene", fix="Keep one row per gene"
                )
        except InputError as error:
            errors.append(error)
            continue
        if isinstance(call, CopyNumberCall):
            calls[call.gene] = call
        else:
            open_genes[cells["gene"]] = call
    raise_collected(errors)
    return calls, open_genes


def _read_json(path: Path, text: str) -> CopyNumberProfile:
    try:
        profile = CopyNumberProfile.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise InputError(
            f"this is no copy number of this version: {where}: {first['msg']}",
            path=path,
            fix="Give the JSON that genomodel copy-number writes, or a table with gene and one of state, copies, log2",
        ) from error
    return profile.model_copy(update={"source": source_file(path, "copy_number")})


def table_of(profile: CopyNumberProfile, note: str = "") -> str:
    """Return genes with an answer and without one as a table for people, which :func:`read_copy_number` reads too."""
    rows: dict[str, tuple[str, ...]] = {
        call.gene: (
            call.gene,
            call.state.value,
            _cell(call.log2_ratio, 3),
            _cell(call.copies, 2),
            _cell(call.copies_low, 2),
            _cell(call.copies_high, 2),
            _cell(call.n_regions),
            _cell(call.event_bases),
            "" if call.loh is None else "yes" if call.loh else "no",
            call.note,
        )
        for call in profile.calls
    }
    blanks = ("",) * (len(HEADER) - 3)
    rows |= {gene: (gene, "not_assessed", *blanks, reason) for gene, reason in profile.not_assessed.items()}
    known = profile.purity is not None and profile.purity.purity is not None and not profile.purity.disagreement
    purity = f"purity: {profile.purity.purity} ({profile.purity.source})" if known and profile.purity else ""
    comments = [f"# {line}" for line in (note, purity, profile.method) if line]
    if not profile.calls:
        comments.append("#not assessed: " + next(iter(profile.not_assessed.values()), "no gene of the assay has a bin"))
    return "\n".join([*comments, "\t".join(HEADER), *("\t".join(rows[gene]) for gene in sorted(rows))]) + "\n"


def _cell(value: float | None, digits: int = 0) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def reason_not_assessed(path: str | Path) -> str:
    """Return why a table answers for no gene: its commonest reason, or its own ``#not assessed`` line."""
    text = read_text(path, "copy-number table")
    if text.lstrip().startswith("{"):
        reasons = Counter(_read_json(Path(path), text).not_assessed.values()).most_common(1)
        return f"not assessed: {reasons[0][0] if reasons else 'no gene of the assay has a bin'}"
    stated = _REASON.search(text)
    return stated[1].strip() if stated else "not assessed: the copy-number table has an answer for no gene"


def _require_columns(path: Path, row: int, header: list[str]) -> None:
    usable = {"state", "call", "copies", "log2"} & set(header)
    if "gene" not in header or not usable:
        lacking = "gene" if "gene" not in header else "state, copies or log2"
        fix = "Columns, parted by tabs: gene and one of state, copies, log2"
        if len(header) == 1 and re.search("[,; ]", header[0]):
            fix = "The columns seem to be parted by something else than tabs; " + fix.lower()
        raise InputError(f"column missing: {lacking}", path=path, row=row, column=lacking, fix=fix)


def _read_call(path: Path, row: int, values: dict[str, str], purity: PurityPloidy | None) -> CopyNumberCall | str:
    """Return the call of a row, or why it is none."""
    gene = values.get("gene", "")
    if not gene:
        raise InputError("no gene symbol", path=path, row=row, column="gene")
    log2, copies = _number(path, row, values, "log2"), _number(path, row, values, "copies")
    if copies is not None and copies < 0:
        raise InputError(f"{copies} copies cannot be", path=path, row=row, column="copies")
    word = (values.get("state", "") or values.get("call", "")).lower()
    if word in ("not_assessed", "na"):
        return values.get("note", "") or "not assessed in the table"
    if word and word not in _STATE_WORDS:
        known = ", ".join(state.value for state in CopyNumberState)
        raise InputError(
            f"unknown state {word!r}", path=path, row=row, column="state", fix=f"Known: {known}, GISTIC -2 to 2"
        )
    regions, bases = _number(path, row, values, "regions"), _number(path, row, values, "event_bases")
    state: CopyNumberState | None
    why = ""
    if word:
        state = _STATE_WORDS[word]
    elif copies is not None:
        state = state_of_copies(copies)
    elif log2 is not None:
        if abs(log2) > MOST_LOG2:
            raise InputError(f"{log2:g} cannot be", path=path, row=row, column="log2")
        state, why = call_log2_alone(log2, None if regions is None else int(regions), purity)
    else:
        raise InputError(
            f"gene {gene!r} has no value", path=path, row=row, fix="Fill state, copies or log2, or write not_assessed"
        )
    if state is None:
        return why
    return CopyNumberCall(
        gene=gene,
        state=state,
        log2_ratio=log2,
        copies=copies,
        copies_low=_number(path, row, values, "copies_low"),
        copies_high=_number(path, row, values, "copies_high"),
        n_regions=None if regions is None else int(regions),
        event_bases=None if bases is None else int(bases),
        loh={"yes": True, "no": False}.get(values.get("loh", "").lower()),
        note="; ".join(filter(None, (why, values.get("note", "")))),
    )


def _number(path: Path, row: int, values: dict[str, str], name: str) -> float | None:
    text = values.get(name, "")
    if text.lower() in ("", "na", "nan", "."):
        return None
    try:
        value = float(text)
    except ValueError as error:
        raise InputError(f"{text!r} is not a number", path=path, row=row, column=name) from error
    if not math.isfinite(value):
        raise InputError(f"{text!r} is not a finite number", path=path, row=row, column=name)
    return value
