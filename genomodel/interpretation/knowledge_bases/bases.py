"""The registered knowledge bases, one row each, and finding one by its name or by a file's content."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from genomodel.core.errors import InputError
from genomodel.core.knowledge import Statement
from genomodel.core.provenance import Version
from genomodel.files import read_text, require_file
from genomodel.interpretation.knowledge import EVIDENCE_TABLE, load_evidence_table
from genomodel.interpretation.knowledge_bases.base_tiers import with_tier
from genomodel.interpretation.knowledge_bases.civic import RENAMED, kind_of, load_civic
from genomodel.interpretation.knowledge_bases.hospital import card_of_statement, load_hospital
from genomodel.interpretation.knowledge_bases.loaded import Loaded
from genomodel.interpretation.knowledge_bases.moalmanac import load_moalmanac
from genomodel.interpretation.knowledge_bases.oncokb import TOKEN
from genomodel.interpretation.matching.evaluate import StatementIndex
from genomodel.resources.drugs import find_name
from genomodel.resources.oncotree import all_types
from genomodel.resources.registry import fetch, resource, stored

Loader = Callable[[Sequence[Path], Version | None], Loaded]
CORE = "core"
ONCOKB = "oncokb"


@dataclass(frozen=True, slots=True)
class Base:
    """A registered knowledge base."""

    name: str
    load: Loader | None
    """``None`` for one that is asked instead of read."""
    resources: tuple[str, ...] = ()
    """Its files in the data registry; none where it comes with the package or is asked over the network."""
    licence: str = ""
    version: str = ""
    date: str = ""

    def paths(self) -> tuple[Path, ...] | None:
        """Return where its files are on this machine, ``None`` if one is absent."""
        if self.name == CORE:
            return (EVIDENCE_TABLE,)
        found = [stored(name) for name in self.resources]
        return tuple(path for path in found if path is not None) if found and all(found) else None


def _core(paths: Sequence[Path], version: Version | None) -> Loaded:
    base = load_evidence_table(paths[0])
    return Loaded(
        version=base.version,
        statements=base.rules,
        n_rows=len(base.rules),
        cards=tuple(card_of_statement(statement) for statement in base.rules),
    )


BASES: dict[str, Base] = {
    base.name: base
    for base in (
        Base(CORE, _core, licence="MIT; each row names its public source"),
        Base(
            "civic",
            load_civic,
            tuple(f"civic_2024_08_{table}" for table in ("evidence", "assertions", "profiles", "variants")),
        ),
        Base("civic-2026-05", load_civic, ("civic_2026_05_evidence",)),
        Base("moalmanac", load_moalmanac, ("moalmanac_db",)),
        Base(ONCOKB, None, licence="OncoKB's terms; your own token", version="asked for each patient"),
    )
}


def registered(name: str) -> Base:
    """Return a knowledge base by its name, with version, date and licence of its registry row.

    Raises
    ------
    InputError
        None has that name.
    """
    base = BASES.get(name)
    if base is None:
        fix = f"Known: {', '.join(BASES)}; or name a file or folder"
        raise InputError(f"'{name}' is no registered knowledge base, and no file", fix=fix)
    if not base.resources:
        return base
    row = resource(base.resources[0])
    return replace(base, version=row.version, date=row.date, licence=row.licence)


def fetch_base(name: str) -> tuple[Path, ...]:
    """Return the files of a registered knowledge base, fetched and checked when needed.

    Raises
    ------
    InputError
        It has none to fetch, a file cannot be had, or its content is not the registered one.
    """
    base = registered(name)
    if base.name == CORE:
        return (EVIDENCE_TABLE,)
    if not base.resources:
        raise InputError(f"'{name}' has no files; it is asked with the token in {TOKEN}", fix="See docs/knowledge.md")
    return tuple(fetch(item) for item in base.resources)


def load_base(spec: str) -> Loaded:
    """Load a registered knowledge base by its name, or one from files: ``FILE``, ``FOLDER`` or several joined by ``,``.

    Approvals that the core holds for ended are marked so in other sources, whose drugs get their one name.

    Raises
    ------
    InputError
        Nothing is registered or found under that name, or the files are wrong; every flaw is listed.
    """
    if spec in BASES:
        base = registered(spec)
        if base.load is None:
            raise InputError(f"'{spec}' is asked for each patient and cannot be read as a whole", fix="Use kb match")
        paths = fetch_base(spec)
        loaded = base.load(paths, None if spec == CORE else _version_of(base))
        return loaded if spec == CORE else _finish(loaded)
    parts = [spec] if Path(spec).exists() else spec.split(",")
    return _finish(_load_files([Path(part) for part in parts]))


def chosen(names: Sequence[str]) -> tuple[str, ...]:
    """Return the knowledge bases to read beside the core, each once, after reading them.

    Raises
    ------
    InputError
        One is wrong, or is OncoKB, which ``kb match`` alone asks.
    """
    if ONCOKB in names:
        raise InputError(
            f"'{ONCOKB}' is asked by kb match alone", column="knowledge", fix="Leave it out of the reports"
        )
    specs = tuple(dict.fromkeys(name for name in names if name != CORE))
    for spec in specs:
        indexed_base(spec)
    return specs


@cache
def indexed_base(spec: str) -> tuple[Version, StatementIndex]:
    """Return version and statements of a knowledge base, read once in this process."""
    loaded = load_base(spec)
    return loaded.version, StatementIndex.of(loaded.statements)


def _version_of(base: Base) -> Version:
    rows = [resource(name) for name in base.resources]
    joined = "".join(f"{row.sha256}\n" for row in rows)
    digest = rows[0].sha256 if len(rows) == 1 else hashlib.sha256(joined.encode()).hexdigest()
    return rows[0].as_version().model_copy(update={"name": base.name, "sha256": digest})


def _load_files(paths: list[Path]) -> Loaded:
    for path in paths:
        if not path.exists():
            fix = f"Registered are {', '.join(BASES)}"
            raise InputError("this is neither a file nor a registered knowledge base", path=path, fix=fix)
    first = paths[0]
    if first.is_dir() or len(paths) > 1:
        return load_civic(paths)
    require_file(first, "knowledge file")
    if first.suffix == ".json":
        return load_moalmanac(paths)
    header = read_text(first, "knowledge file").partition("\n")[0].rstrip("\r").split("\t")
    names = [RENAMED.get(name, name) for name in header]
    return load_civic(paths) if kind_of(names) is not None else load_hospital(paths)


def _finish(loaded: Loaded) -> Loaded:
    statements = tuple(with_tier(_with_drug_names(statement)) for statement in loaded.statements)
    return replace(loaded, statements=mark_withdrawn(statements, load_evidence_table().rules))


def _with_drug_names(statement: Statement) -> Statement:
    """Return a statement whose drugs have their one name; what no table names stays as its source has it."""
    evidence = statement.evidence
    if not evidence.therapies:
        return statement
    names = tuple(sorted({_drug_name(name) for name in evidence.therapies}))
    return statement.model_copy(update={"evidence": evidence.model_copy(update={"therapies": names})})


@cache
def _drug_name(text: str) -> str:
    found = find_name(text)
    return found.name if found else text


def mark_withdrawn(statements: tuple[Statement, ...], core: Sequence[Statement]) -> tuple[Statement, ...]:
    """Mark approvals that a source still lists and the core holds for ended, of gene, drugs and tumor type.

    Only claims of an approval are marked; what a study found stays true when an approval ends. Where the core has
    another approval of the same drug for the same gene and tumor type that stands, nobody here can tell which of the
    two the source means: a condition says so, and the statement stays.
    """
    return tuple(_marked(statement, core) if _is_approval(statement) else statement for statement in statements)


def _is_approval(statement: Statement) -> bool:
    return statement.evidence.agency in ("FDA", "EMA") and not statement.evidence.withdrawn


def _marked(statement: Statement, core: Sequence[Statement]) -> Statement:
    same = [rule for rule in core if _is_of(statement, rule)]
    ended = next((rule.evidence for rule in same if rule.evidence.withdrawn), None)
    if ended is None:
        return statement
    evidence = statement.evidence
    stands = any(not rule.evidence.withdrawn for rule in same)
    said = f"an approval of the drug here ended on {ended.withdrawn} ({ended.id} of the core)"
    more = ", another stands: which of them is meant is not stated" if stands else ""
    changes = {"conditions": (*evidence.conditions, said + more), "withdrawn": "" if stands else ended.withdrawn}
    return statement.model_copy(update={"evidence": evidence.model_copy(update=changes)})


def _is_of(statement: Statement, rule: Statement) -> bool:
    ours, theirs = rule.evidence, statement.evidence
    said = re.sub(r"\s*\([^)]*\)", "", ours.therapy)
    drugs = {name.casefold() for name in ours.therapies or said.split(" + ")}
    if theirs.direction is not ours.direction or {name.casefold() for name in theirs.therapies} != drugs:
        return False
    return bool(set(statement.genes) & set(rule.genes)) and _tumor_types_meet(theirs.tumor_types, ours.tumor_types)


def _tumor_types_meet(one: Sequence[str], other: Sequence[str]) -> bool:
    types = all_types()

    def inside(code: str, codes: Sequence[str]) -> bool:
        return code in codes or (code in types and any(parent in codes for parent in types[code].ancestors))

    return any(inside(code, other) for code in one) or any(inside(code, one) for code in other)


def token_given() -> bool:
    """Whether the environment holds a token for OncoKB."""
    return bool(os.environ.get(TOKEN, "").strip())
