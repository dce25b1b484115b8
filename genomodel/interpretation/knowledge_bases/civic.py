"""CIViC: clinical interpretations of variants in cancer, from the dated tables of a release (civicdb.org, CC0).

A full release has tables of evidence, assertions, molecular profiles and variants; of a release with evidence alone
the profiles' names say what is asked for. Files are told apart by their columns, not their names.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from genomodel.core.errors import InputError, raise_collected
from genomodel.core.knowledge import Operator, Profile, Statement
from genomodel.core.provenance import Version
from genomodel.files import sha256_of
from genomodel.interpretation.knowledge_bases.civic_profiles import (
    Expression,
    NameIndex,
    ProfileSyntaxError,
    parse_profile,
)
from genomodel.interpretation.knowledge_bases.civic_rows import (
    DIRECTIONS,
    EVIDENCE_TYPES,
    INTERACTIONS,
    ORIGINS,
    SIGNIFICANCES,
    assertion_statement,
    card_of,
    evidence_statement,
    row_id,
    why_left_out,
)
from genomodel.interpretation.knowledge_bases.civic_variants import profile_of
from genomodel.interpretation.knowledge_bases.loaded import NOT_THERE, LeftOut, Loaded
from genomodel.interpretation.knowledge_bases.named_variant import (
    NamedVariant,
    place_of,
    places_of_hgvs,
    read_hgvs,
    split_coding,
)
from genomodel.interpretation.knowledge_bases.tables import (
    Table,
    duplicated,
    first_errors,
    has_markup,
    is_formula,
    missing_columns,
    plain,
    read_table,
)
from genomodel.resources.gene_symbols import Standing, resolve_symbol

RENAMED = {"feature_name": "gene", "feature_id": "entrez_id", "feature_civic_url": "gene_civic_url"}
"""Columns of newer releases, which say feature for gene."""
LAYOUTS: dict[str, tuple[str, ...]] = {
    "evidence": (
        *("molecular_profile", "molecular_profile_id", "disease", "doid", "therapies", "therapy_interaction_type"),
        *("evidence_type", "evidence_direction", "evidence_level", "significance", "evidence_statement"),
        *("citation_id", "source_type", "citation", "rating", "evidence_status", "evidence_id", "variant_origin"),
        *("last_review_date", "evidence_civic_url", "is_flagged"),
    ),
    "assertions": (
        *("molecular_profile", "molecular_profile_id", "disease", "doid", "therapies", "assertion_type"),
        *("assertion_direction", "significance", "amp_category", "nccn_guideline", "nccn_guideline_version"),
        *("regulatory_approval", "assertion_id", "evidence_item_ids", "last_review_date", "assertion_civic_url"),
        "is_flagged",
    ),
    "profiles": ("name", "molecular_profile_id", "variant_ids"),
    "variants": (
        *("variant_id", "gene", "variant", "chromosome", "start", "stop", "reference_bases", "variant_bases"),
        *("representative_transcript", "reference_build", "variant_types", "hgvs_descriptions"),
    ),
}
IDS = {
    "evidence": "evidence_id",
    "assertions": "assertion_id",
    "profiles": "molecular_profile_id",
    "variants": "variant_id",
}
_MARKS = {
    "evidence": {"evidence_id", "evidence_statement"},
    "assertions": {"assertion_id", "amp_category"},
    "profiles": {"molecular_profile_id", "variant_ids", "evidence_item_ids"},
    "variants": {"variant_id", "variant_types", "hgvs_descriptions"},
}
_OTHERS = ({"gene_civic_url", "description"}, {"variant_group_id"}, {"feature_civic_url", "description"})
_NO_SYMBOLS = ("C19MC",)
"""Features that CIViC names like genes and HGNC does not."""
_SHOWN = ("molecular_profile", "disease", "therapies", "citation")


@dataclass
class _Release:
    """The tables of a release, and what every molecular profile asks for."""

    tables: dict[str, Table]
    names: NameIndex
    variants: dict[str, list[tuple[str, NamedVariant]]]
    """By name with the gene, each with its id."""
    ids_of: dict[str, frozenset[str]]
    """Ids of the variants of a molecular profile."""
    malformed: list[str]

    def rows(self, kind: str) -> Iterable[dict[str, str]]:
        return self.tables[kind].rows if kind in self.tables else ()


def load_civic(paths: Sequence[Path], version: Version | None = None) -> Loaded:
    """Read the tables of a release.

    Parameters
    ----------
    paths
        Files, or folders of them; a table of evidence must be among them. A table of variants of another release
        joins by name.
    version
        Provenance of the release; else taken from the names and the content of the files.

    Raises
    ------
    InputError
        A file is unknown, damaged or of another layout; every error of all files is listed.
    """
    release = _read(paths)
    profiles: dict[str, Profile] = {}
    left_out: list[LeftOut] = []
    statements: list[Statement] = []
    unmapped: Counter[str] = Counter()
    accepted = {row["evidence_id"] for row in release.rows("evidence")}
    makers: tuple[tuple[str, Callable[[dict[str, str], Profile], Statement]], ...] = (
        ("evidence", evidence_statement),
        ("assertions", lambda row, profile: assertion_statement(row, profile, accepted)),
    )
    for row in release.rows("profiles"):
        profiles[row["name"].strip()] = _profile(row["name"], row["molecular_profile_id"], release)
    for kind, make in makers:
        for row in release.rows(kind):
            reason = why_left_out(row, kind)
            if reason:
                left_out.append(LeftOut(row_id(row, kind), reason))
                continue
            name = row["molecular_profile"].strip()
            if name not in profiles:
                profiles[name] = _profile(name, row["molecular_profile_id"], release)
            statement = make(row, profiles[name])
            statements.append(statement)
            if statement.scope == "listed" and not statement.evidence.tumor_types:
                unmapped[row["disease"] or "no disease given"] += 1
    return Loaded(
        version=version or _version(release),
        statements=tuple(statements),
        n_rows=sum(len(tuple(release.rows(kind))) for kind, _ in makers),
        left_out=tuple(left_out),
        cards=tuple(card_of(row, kind) for kind, _ in makers for row in release.rows(kind)),
        notes=tuple(_notes(release, accepted, profiles)),
        profiles=profiles,
        unmapped=dict(unmapped.most_common()),
    )


def kind_of(columns: Iterable[str]) -> str | None:
    """Return which table of CIViC has these columns; empty for one that is not needed, ``None`` for none at all."""
    names = set(columns)
    for kind, marks in _MARKS.items():
        if len(marks & names) >= 2:
            return kind
    return "" if any(marks <= names for marks in _OTHERS) else None


def _read(paths: Sequence[Path]) -> _Release:
    tables: dict[str, Table] = {}
    errors: list[InputError] = []
    for path in _files(paths):
        try:
            table = read_table(path, "table of CIViC", RENAMED)
        except InputError as error:
            errors.append(error)
            continue
        kind = kind_of(table.columns)
        if kind is None:
            fix = "Known are the tables of evidence, assertions, molecular profiles and variants"
            errors.append(InputError("this is no table of CIViC by its columns", path=path, row=1, fix=fix))
        elif kind in tables:
            errors.append(InputError(f"a second table of {kind}; the first is {tables[kind].path}", path=path))
        elif kind:
            missing = missing_columns(table, LAYOUTS[kind], f"table of {kind}")
            errors += missing or [*duplicated(table, IDS[kind]), *_bad_values(table, kind)]
            tables[kind] = table
    if "evidence" not in tables and not errors:
        given = ", ".join(str(path) for path in paths)
        errors.append(
            InputError("no table of evidence is among the files", path=given, fix="Name the release's folder")
        )
    raise_collected(first_errors(errors))
    return _join(tables)


def _files(paths: Sequence[Path]) -> list[Path]:
    found = []
    for path in paths:
        found += sorted(path.glob("*.tsv*")) if path.is_dir() else [path]
    return found


def _bad_values(table: Table, kind: str) -> list[InputError]:
    allowed: dict[str, Iterable[str]] = {}
    if kind == "evidence":
        allowed = {"evidence_type": EVIDENCE_TYPES, "evidence_direction": DIRECTIONS, "significance": SIGNIFICANCES}
        allowed |= {"variant_origin": ORIGINS, "therapy_interaction_type": ("", *INTERACTIONS)}
    if kind == "assertions":
        allowed = {"assertion_type": EVIDENCE_TYPES, "assertion_direction": DIRECTIONS, "significance": SIGNIFICANCES}
    if kind in ("evidence", "assertions"):
        allowed["is_flagged"] = ("true", "false")
    errors = []
    for row, line in zip(table.rows, table.lines, strict=True):
        for column, values in allowed.items():
            if row[column] not in values:
                what = f"'{row[column]}' is a value that no release known here has"
                fix = f"Known: {', '.join(value for value in values if value)}"
                errors.append(InputError(what, path=table.path, row=line, column=column, fix=fix))
    return errors


def _join(tables: dict[str, Table]) -> _Release:
    rows = tables["variants"].rows if "variants" in tables else ()
    transcripts = _usual_transcripts(rows)
    variants: dict[str, list[tuple[str, NamedVariant]]] = defaultdict(list)
    malformed: list[str] = []
    for row in rows:
        variant, bad = _variant(row, transcripts.get(row["gene"], ""))
        malformed += [f"{row['gene']} {row['variant'].strip()}: {text}" for text in bad]
        variants[f"{row['gene']} {row['variant']}".strip()].append((row["variant_id"], variant))
    ids_of = {
        row["molecular_profile_id"]: frozenset(part.strip() for part in row["variant_ids"].split(",") if part.strip())
        for row in (tables["profiles"].rows if "profiles" in tables else ())
    }
    return _Release(tables, NameIndex(variants), dict(variants), ids_of, malformed)


def _usual_transcripts(rows: Iterable[dict[str, str]]) -> dict[str, str]:
    """Return the transcript that all variants of a gene are counted on, where it is one."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        transcript = row["representative_transcript"].strip()
        if re.match(r"ENST\d{11}", transcript) and "::" not in row["variant"]:
            found[row["gene"]].add(transcript.split(".")[0])
    return {gene: min(names) for gene, names in found.items() if len(names) == 1}


def _variant(row: dict[str, str], usual: str) -> tuple[NamedVariant, tuple[str, ...]]:
    transcript = row["representative_transcript"].strip() or usual
    coding = split_coding(row["variant"].strip())[1]
    coding = coding or (row["variant"].strip() if row["variant"].startswith("c.") else "")
    hgvs, bad = read_hgvs(f"{row['hgvs_descriptions']},{coding}", transcript)
    places = place_of(
        row["reference_build"],
        row["chromosome"],
        row["start"],
        row["stop"],
        row["reference_bases"],
        row["variant_bases"],
    )
    variant = NamedVariant(
        gene=row["gene"],
        name=plain(row["variant"]),
        places=tuple(dict.fromkeys((*places, *places_of_hgvs(hgvs)))),
        hgvs=hgvs,
        types=frozenset(row["variant_types"].split(",")),
        transcript=transcript,
        chrom=row["chromosome"] if "::" not in row["variant"] else "",
    )
    return variant, bad


def _profile(name: str, profile_id: str, release: _Release) -> Profile:
    try:
        expression = parse_profile(plain(name), release.names)
    except ProfileSyntaxError as error:
        return NamedVariant("", name).text(f"the profile's name is not understood: {error}")
    return _fill(expression, release.ids_of.get(profile_id, frozenset()), release)


def _fill(expression: Expression, ids: frozenset[str], release: _Release) -> Profile:
    if expression.operator is not Operator.ONE:
        return Profile.join(expression.operator, tuple(_fill(part, ids, release) for part in expression.parts))
    listed = release.variants.get(expression.name, [])
    if listed:
        return profile_of(next((variant for number, variant in listed if number in ids), listed[0][1]))
    absent = ids and not any(number in ids for found in release.variants.values() for number, _ in found)
    if absent and len(ids) == 1:
        return NamedVariant("", expression.name).text(NOT_THERE)
    return profile_of(variant_of_name(expression.name))


def variant_of_name(name: str) -> NamedVariant:
    """Return a variant of which nothing is known but its name, gene first; a fusion of newer releases has no gene."""
    gene, _, rest = name.partition(" ")
    known = gene in _NO_SYMBOLS or resolve_symbol(gene).standing is not Standing.UNKNOWN
    return NamedVariant(gene, rest) if known and "::" not in gene else NamedVariant("", name)


def _version(release: _Release) -> Version:
    evidence = release.tables["evidence"]
    dated = re.match(r"(\d{2}-[A-Z][a-z]{2}-\d{4})-", evidence.path.name)
    date = datetime.strptime(dated[1], "%d-%b-%Y").date().isoformat() if dated else ""
    last = max((row["last_review_date"][:10] for row in evidence.rows), default="")
    digests = "".join(f"{sha256_of(table.path)}\n" for _, table in sorted(release.tables.items()))
    return Version(
        name="civic",
        version=date or f"unknown, last review {last}",
        kind="knowledge",
        licence="CC0-1.0",
        sha256=hashlib.sha256(digests.encode()).hexdigest() if len(release.tables) > 1 else sha256_of(evidence.path),
        url="https://civicdb.org",
        date=date or last,
    )


def _notes(release: _Release, accepted: set[str], profiles: dict[str, Profile]) -> list[str]:
    notes = []
    if "variants" not in release.tables:
        notes.append("no table of variants: handles from names alone, so that no place and no HGVS name is known")
    elif "profiles" not in release.tables:
        by_name = sum(all(leaf.known for leaf in _leaves(name, release)) for name in profiles)
        notes.append(f"joined with a table of variants by name: {by_name} of {len(profiles)} profiles are listed there")
    absent = [name for name, profile in profiles.items() if any(c.gap == NOT_THERE for c in profile.criteria())]
    if absent:
        notes.append(f"{len(absent)} profiles name variants that the release does not list: {', '.join(absent)}")
    if "profiles" in release.tables:
        own = {row["name"].strip() for row in release.rows("profiles")}
        others = [name for name in profiles if name not in own]
        if others:
            notes.append(
                f"{len(others)} profiles are not in the table of profiles and were read by name: {', '.join(others)}"
            )
    items = [(row, part.strip()) for row in release.rows("assertions") for part in row["evidence_item_ids"].split(",")]
    open_ones = [f"AID{row['assertion_id']} EID{part}" for row, part in items if part and part not in accepted]
    if open_ones:
        notes.append(f"{len(open_ones)} items named by assertions are not accepted evidence: {', '.join(open_ones)}")
    if release.malformed:
        notes.append(f"{len(release.malformed)} HGVS names are malformed and not used: {'; '.join(release.malformed)}")
    marked = sum(has_markup(row["evidence_statement"]) for row in release.rows("evidence"))
    if marked:
        notes.append(f"{marked} statements hold HTML; their text is never shown as HTML")
    formulas = [row for kind in ("evidence", "assertions") for row in release.rows(kind)]
    bad = sum(is_formula(row.get(column, "")) for row in formulas for column in _SHOWN)
    if bad:
        notes.append(f"{bad} shown values start like a formula; tables write them as text")
    return notes


def _leaves(name: str, release: _Release) -> tuple[Expression, ...]:
    try:
        return parse_profile(plain(name), release.names).names()
    except ProfileSyntaxError:
        return (Expression(Operator.ONE, name, known=False),)
