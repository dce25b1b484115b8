"""Knowledge bases of evidence, each one loader and one row of ``LOADERS``."""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from genomodel.core.errors import InputError
from genomodel.core.findings import Direction, Evidence
from genomodel.core.knowledge import Statement
from genomodel.core.provenance import Version
from genomodel.files import read_text
from genomodel.interpretation.matching import parse_rule

EVIDENCE_TABLE = Path(str(files("genomodel.interpretation"))) / "evidence.tsv"
EVIDENCE_TABLE_VERSION = "2"
SCOPES = ("listed", "solid", "any")
TIERS = ("I-A", "I-B", "II-C", "II-D")


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """Rules of one source, with its version."""

    version: Version
    rules: tuple[Statement, ...]


def load_evidence_table(path: Path = EVIDENCE_TABLE) -> KnowledgeBase:
    """Read the evidence table of this package, or another of the same columns.

    Raises
    ------
    InputError
        A column is missing, a value is not of the vocabulary, or a row has no source or no date.
    """
    text = read_text(path, "evidence table")
    reader = csv.DictReader(text.splitlines(), delimiter="\t")
    rules = []
    for number, row in enumerate(reader, start=2):
        try:
            rules.append(_rule(row))
        except KeyError as error:
            raise InputError(f"column {error} is missing", path=path, row=1) from error
        except InputError as error:
            raise InputError(error.what, path=path, row=number, column=error.column, fix=error.fix) from error
        except ValueError as error:
            raise InputError(f"row '{row.get('id')}' cannot be read: {error}", path=path, row=number) from error
    version = Version(
        name="genomodel evidence table",
        version=EVIDENCE_TABLE_VERSION,
        kind="knowledge",
        licence="MIT; each row names its public source",
        sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
        date=max((rule.evidence.source_date for rule in rules), default=""),
    )
    return KnowledgeBase(version=version, rules=tuple(rules))


def _rule(row: dict[str, str]) -> Statement:
    for column, allowed in (("scope", SCOPES), ("tier", TIERS), ("direction", tuple(Direction))):
        if row[column] not in allowed:
            raise InputError(f"'{row[column]}' is not allowed", column=column, fix=f"Allowed: {', '.join(allowed)}")
    for column in ("id", "gene", "therapy", "agency", "source_name", "source_id", "source_url", "source_date"):
        if not row[column]:
            raise InputError("the value is missing", column=column)
    if (row["scope"] == "listed") != bool(row["tumor_types"]):
        raise InputError("tumor types are given exactly when the scope is 'listed'", column="tumor_types")
    evidence = Evidence(
        id=row["id"],
        gene=row["gene"],
        biomarker=row["biomarker"],
        tumor_types=_list(row["tumor_types"], ";"),
        tumor_type_text=row["tumor_type_text"],
        therapy=row["therapy"],
        direction=Direction(row["direction"]),
        agency=row["agency"],
        conditions=_list(row["conditions"], "|"),
        source_name=row["source_name"],
        source_id=row["source_id"],
        source_url=row["source_url"],
        source_date=row["source_date"],
    )
    return Statement(
        evidence=evidence,
        profile=parse_rule(row["match"], row["gene"], _list(row["gene_aliases"], ";")),
        tier=row["tier"],
        scope=row["scope"],
        excluded=_list(row["excluded_tumor_types"], ";"),
        cross_references=_list(row["xrefs"], " "),
    )


def _list(text: str, separator: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(separator) if part.strip())


LOADERS: dict[str, Callable[[], KnowledgeBase]] = {"genomodel evidence table": load_evidence_table}


@cache
def knowledge_bases() -> tuple[KnowledgeBase, ...]:
    """Return all registered knowledge bases, read once."""
    return tuple(load() for load in LOADERS.values())


@cache
def rules_by_gene() -> dict[str, tuple[Statement, ...]]:
    """Return the rules of all knowledge bases by gene symbol, former symbols included."""
    return index_rules(tuple(rule for base in knowledge_bases() for rule in base.rules))


def index_rules(rules: tuple[Statement, ...]) -> dict[str, tuple[Statement, ...]]:
    """Return rules by each symbol of their gene."""
    found: dict[str, list[Statement]] = defaultdict(list)
    for rule in rules:
        for gene in rule.genes:
            found[gene].append(rule)
    return {gene: tuple(listed) for gene, listed in found.items()}
