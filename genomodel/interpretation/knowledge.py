"""Knowledge bases of evidence, each one loader and one row of ``LOADERS``."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from genomodel.core.errors import InputError
from genomodel.core.findings import Direction, Evidence, EvidenceType, VariantOrigin
from genomodel.core.knowledge import Statement
from genomodel.core.provenance import Version
from genomodel.files import read_text
from genomodel.interpretation.conditions import read_conditions, refuse_unknown
from genomodel.interpretation.matching import parse_rule
from genomodel.resources.drugs import normalize_therapy

EVIDENCE_TABLE = Path(str(files("genomodel.interpretation"))) / "evidence.tsv"
EVIDENCE_TABLE_VERSION = "6"
SCOPES = ("listed", "solid", "any")
TIERS = ("I-A", "I-B", "II-C", "II-D")
LEVELS = ("approved", "guideline", "A", "B", "C", "D")
"""Approved by an agency, recommended or stated by a guideline, or the level of the CIViC item that a row rests on."""
DIRECTIONS = {
    EvidenceType.PREDICTIVE: (Direction.SENSITIVITY, Direction.RESISTANCE),
    EvidenceType.DIAGNOSTIC: (Direction.FOR_DIAGNOSIS, Direction.AGAINST_DIAGNOSIS),
    EvidenceType.PROGNOSTIC: (Direction.BETTER_OUTCOME, Direction.POOR_OUTCOME),
}
"""What the table can say, by the kind of statement."""
REQUIRED = ("id", "gene", "biomarker", "agency", "source_name", "source_id", "source_url", "source_date")
DATE = re.compile(r"(19|20)\d\d-\d\d(-\d\d)?")


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
            rules.append(statement_of_row(row))
            refuse_unknown(_list(row["conditions"], "|"))
        except KeyError as error:
            raise InputError(f"column {error} is missing", path=path, row=1) from error
        except InputError as error:
            if error.path is not None:
                raise
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


def statement_of_row(row: dict[str, str], *, tier_may_be_blank: bool = False) -> Statement:
    """Return the statement of a row of the evidence table, or of another whose tier may be left to its level.

    Raises
    ------
    InputError
        A value is missing or not of its vocabulary.
    KeyError
        A column is missing.
    """
    evidence_type = _vocabulary_of(row, tier_may_be_blank=tier_may_be_blank)
    for column in REQUIRED:
        if not row[column]:
            raise InputError("the value is missing", column=column)
    if (evidence_type is EvidenceType.PREDICTIVE) != bool(row["therapy"]):
        raise InputError("a therapy is given exactly when the statement is predictive", column="therapy")
    if (row["scope"] == "listed") != bool(row["tumor_types"]):
        raise InputError("tumor types are given exactly when the scope is 'listed'", column="tumor_types")
    _refuse_odd_dates(row)
    therapy = normalize_therapy(row["therapy"])
    evidence = Evidence(
        id=row["id"],
        gene=row["gene"],
        biomarker=row["biomarker"],
        tumor_types=_list(row["tumor_types"], ";"),
        tumor_type_text=row["tumor_type_text"],
        evidence_type=evidence_type,
        therapy=row["therapy"],
        therapies=therapy.parts,
        interaction=therapy.interaction,
        direction=Direction(row["direction"]),
        level=row["level"],
        origin=VariantOrigin(row["origin"]),
        agency=row["agency"],
        approved=row["approved"],
        withdrawn=row["withdrawn"],
        conditions=read_conditions(_list(row["conditions"], "|")),
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


def _refuse_odd_dates(row: dict[str, str]) -> None:
    for column in ("approved", "withdrawn"):
        if row[column] and not DATE.fullmatch(row[column]):
            raise InputError(f"'{row[column]}' is no date", column=column, fix="Write it as 2024-05-16, or 2024-05")
    if bool(row["approved"]) != bool(row["approved_source"]):
        raise InputError(
            "what the date of the approval was read in is given exactly when it is", column="approved_source"
        )
    if row["withdrawn"] and row["withdrawn"] < row["approved"]:
        raise InputError("the approval ended before it began", column="withdrawn")


def _vocabulary_of(row: dict[str, str], *, tier_may_be_blank: bool) -> EvidenceType:
    """Return the kind of statement, after every value of a vocabulary was found in it."""
    vocabularies = {
        "scope": SCOPES,
        "tier": TIERS,
        "level": LEVELS,
        "origin": tuple(VariantOrigin),
        "evidence_type": tuple(DIRECTIONS),
    }
    for column, allowed in vocabularies.items():
        may_be_blank = column == "tier" and (tier_may_be_blank or row["withdrawn"])
        if row[column] or not may_be_blank:
            _refuse_unless_in(allowed, row[column], column)
    evidence_type = EvidenceType(row["evidence_type"])
    _refuse_unless_in(DIRECTIONS[evidence_type], row["direction"], "direction")
    return evidence_type


def _refuse_unless_in(allowed: tuple[str, ...], value: str, column: str) -> None:
    if value not in allowed:
        raise InputError(f"'{value}' is not allowed", column=column, fix=f"Allowed: {', '.join(allowed)}")


def _list(text: str, separator: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(separator) if part.strip())


LOADERS: dict[str, Callable[[], KnowledgeBase]] = {"genomodel evidence table": load_evidence_table}


@cache
def knowledge_bases() -> tuple[KnowledgeBase, ...]:
    """Return all registered knowledge bases, read once."""
    return tuple(load() for load in LOADERS.values())


@cache
def rules_by_gene() -> dict[str, tuple[Statement, ...]]:
    """Return the rules on therapies of all knowledge bases by gene symbol, former symbols included."""
    return index_rules(for_therapy(rule for base in knowledge_bases() for rule in base.rules))


@cache
def withdrawn_by_gene() -> dict[str, tuple[Statement, ...]]:
    """Return the statements on therapies whose approval ended, by gene symbol, former symbols included."""
    return index_rules(withdrawn(rule for base in knowledge_bases() for rule in base.rules))


def for_therapy(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Return the statements that may give a therapy a tier.

    Left out are diagnostic and prognostic statements, claims that their source speaks against, and approvals that
    ended.
    """
    return tuple(
        statement
        for statement in statements
        if statement.evidence.evidence_type is EvidenceType.PREDICTIVE
        and statement.evidence.supports
        and not statement.evidence.withdrawn
    )


def giving_tiers(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Return the statements on therapy, diagnosis or prognosis that may give an alteration a tier.

    Left out are claims that their source speaks against, approvals that ended, and statements without a tier.
    """
    return tuple(
        statement
        for statement in statements
        if statement.evidence.evidence_type in DIRECTIONS
        and statement.evidence.supports
        and statement.tier
        and not statement.evidence.withdrawn
    )


def spoken_against(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Return the statements whose source speaks against a claim on therapy, diagnosis or prognosis."""
    return tuple(
        statement
        for statement in statements
        if statement.evidence.evidence_type in DIRECTIONS and not statement.evidence.supports
    )


def withdrawn(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Return the statements on therapies whose approval ended."""
    return tuple(
        statement
        for statement in statements
        if statement.evidence.evidence_type is EvidenceType.PREDICTIVE and statement.evidence.withdrawn
    )


def index_rules(rules: tuple[Statement, ...]) -> dict[str, tuple[Statement, ...]]:
    """Return rules by each symbol of their gene."""
    found: dict[str, list[Statement]] = defaultdict(list)
    for rule in rules:
        for gene in rule.genes:
            found[gene].append(rule)
    return {gene: tuple(listed) for gene, listed in found.items()}
