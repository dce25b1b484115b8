"""Molecular Oncology Almanac: assertions as JSON, of the database's repository or of the application's release.

The content is under GPL-2.0 and, by its authors, not for clinical or commercial use: it is fetched by whoever uses it
and is no part of this package. The date of an assertion is that of the label or paper, not of an approval.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from genomodel.core.errors import InputError, raise_collected
from genomodel.core.findings import Direction, Evidence, EvidenceType, TherapyInteraction, VariantOrigin
from genomodel.core.knowledge import Profile, Statement
from genomodel.core.provenance import Version
from genomodel.files import read_text, sha256_of
from genomodel.interpretation.knowledge_bases.loaded import Card, LeftOut, Loaded
from genomodel.interpretation.knowledge_bases.named_variant import NamedVariant, place_of, protein_allele
from genomodel.interpretation.knowledge_bases.tables import first_errors, plain
from genomodel.resources.oncotree import resolve_tumor_type

Row = dict[str, Any]
REQUIRED = (
    *("feature_type", "disease", "context", "oncotree_term", "oncotree_code", "therapy_name", "therapy_sensitivity"),
    *("therapy_resistance", "favorable_prognosis", "predictive_implication", "source_type", "citation", "url"),
    *("publication_date", "assertion_id"),
)
SIGNS = ("therapy_sensitivity", "therapy_resistance", "favorable_prognosis")
"""Fields of 1 (it holds), 0 (it does not) or nothing."""
_SIGNS = {"1": True, "True": True, "0": False, "False": False, "": None, "None": None}
TEXTS = (
    *("feature_type", "disease", "context", "oncotree_term", "oncotree_code", "therapy_name", "predictive_implication"),
    *("source_type", "citation", "url", "publication_date"),
)
_OF_FEATURE: dict[str, tuple[str, ...]] = {
    "Somatic Variant": ("gene", "variant_annotation", "protein_change", "reference_allele", "alternate_allele"),
    "Copy Number": ("gene", "direction"),
    "Rearrangement": ("gene1", "gene2", "rearrangement_type"),
    "Mutational Burden": ("classification",),
    "Microsatellite Stability": ("status",),
}
_OF_FEATURE["Germline Variant"] = _OF_FEATURE["Somatic Variant"]
"""Texts that a feature's rows have beside those of every row."""
_NUMBERS_OF_FEATURE: dict[str, tuple[str, ...]] = {
    "Somatic Variant": ("exon", "chromosome", "start_position", "end_position"),
    "Germline Variant": ("exon", "chromosome", "start_position", "end_position"),
    "Mutational Burden": ("minimum_mutations", "mutations_per_mb"),
}
"""Numbers, or texts of numbers, likewise."""
SOLID = "Any solid tumor"
SPLIT_CODES = {"ALL": ("BLL", "TLL")}
"""Codes that OncoTree split and that the Almanac uses for all of the parts."""
_PARTNERS = {("IGH", "11", "14"): ("CCND1",), ("IGH", "4", "14"): ("NSD2", "FGFR3")}
"""Genes that IGH is joined to, by the chromosomes that a translocation is named by: cyclin D1, and MMSET (NSD2) with
FGFR3 (Keats 2003, Blood 101:1520)."""
_EFFECTS = {
    ("EGFR", "Deletion", "19"): "EGFR_EXON_19_DELETION",
    ("EGFR", "Insertion", "20"): "EGFR_EXON_20_INSERTION",
    ("ERBB2", "Insertion", "20"): "ERBB2_EXON_20_INSERTION",
    ("MET", "Splice Site", "14"): "MET_EXON_14_SKIPPING",
    ("MET", "Deletion", "14"): "MET_EXON_14_SKIPPING",
}
_CLASSES = {
    "Missense": ("missense", "missense"),
    "Nonsense": ("nonsense", "truncating"),
    "Frameshift": ("frameshift", "frameshift"),
    "Splice Site": ("splice", "skipping"),
    "Deletion": ("inframe_deletion", "deletion"),
    "Insertion": ("inframe_insertion", "insertion"),
    "Activating mutation": ("hotspot", "mutation"),
    "": ("mutation", "mutation"),
}
"""Kinds of criteria for a variant's class: of the gene, and of one exon."""


def load_moalmanac(paths: Sequence[Path], version: Version | None = None) -> Loaded:
    """Read the Almanac's JSON.

    Raises
    ------
    InputError
        The file is no JSON, or not of the Almanac; every row with a missing field, a repeated id or a feature that is
        not known is listed.
    """
    if len(paths) != 1:
        raise InputError(f"{len(paths)} files where the Molecular Oncology Almanac is one JSON file")
    path = paths[0]
    rows, release = _rows(path)
    raise_collected(first_errors(_errors(rows, path)))
    statements: list[Statement] = []
    left_out: list[LeftOut] = []
    unmapped: Counter[str] = Counter()
    for row in rows:
        direction = _direction(row)
        if row.get("_deprecated"):
            left_out.append(LeftOut(_id(row), "marked as deprecated by the Almanac"))
        elif direction is None:
            left_out.append(LeftOut(_id(row), "states neither a response nor a prognosis"))
        else:
            statements.append(_statement(row, *direction))
            if statements[-1].scope == "listed" and not statements[-1].evidence.tumor_types:
                unmapped[row["oncotree_code"] or row["disease"] or "no disease given"] += 1
    return Loaded(
        version=version or _version(path, rows, release),
        statements=tuple(statements),
        n_rows=len(rows),
        left_out=tuple(left_out),
        cards=tuple(_card(row) for row in rows),
        notes=("assertions carry the date of their label or paper; ended approvals still stand in this source",),
        unmapped=dict(unmapped),
    )


def _rows(path: Path) -> tuple[list[Row], str]:
    """Return the assertions, and the release where the file says it."""
    try:
        content = json.loads(read_text(path, "Molecular Oncology Almanac"))
    except json.JSONDecodeError as error:
        what = f"this is no JSON ({error.msg} at character {error.colno})"
        raise InputError(what, path=path, row=error.lineno, fix="It looks cut off: fetch it again") from error
    release = ""
    if isinstance(content, dict):
        release = str(content.get("release") or content.get("version") or "")
        content = content.get("content")
    if not isinstance(content, list) or not content or not all(isinstance(row, dict) for row in content):
        raise InputError("this is no list of assertions, nor a release with its 'content'", path=path)
    return content, release


def _errors(rows: list[Row], path: Path) -> list[InputError]:
    errors = []
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        missing = [name for name in REQUIRED if name not in row]
        if missing:
            errors.append(InputError(f"assertion lacks {', '.join(missing)}", path=path, row=number))
            continue
        if _id(row) in seen:
            what = f"'{row['assertion_id']}' is the id of an earlier assertion"
            errors.append(InputError(what, path=path, row=number, column="assertion_id"))
        seen.add(_id(row))
        errors += [
            InputError(what, path=path, row=number, column=column, fix=fix) for column, what, fix in _flaws_of(row)
        ]
    return errors


def _flaws_of(row: Row) -> list[tuple[str | None, str, str | None]]:
    """Return column, flaw and remedy of what in a row's fields is not of the known layout."""
    feature = row["feature_type"]
    if isinstance(feature, str) and feature not in _FEATURES:
        what = f"feature '{feature}' is not known: the release is of another layout"
        return [("feature_type", what, f"Known: {', '.join(_FEATURES)}")]
    texts = (*TEXTS, *_OF_FEATURE.get(feature, ())) if isinstance(feature, str) else ("feature_type",)
    numbers = _NUMBERS_OF_FEATURE.get(feature, ()) if isinstance(feature, str) else ()
    missing = [name for name in (*texts, *numbers) if name not in row]
    if missing:
        return [(None, f"assertion lacks {', '.join(missing)}", None)]
    flaws: list[tuple[str | None, str, str | None]] = []
    flaws += [(name, f"'{row[name]}' is no text", None) for name in texts if not isinstance(row[name], str)]
    flaws += [
        (name, f"'{row[name]}' is neither a number nor a text", None)
        for name in numbers
        if not isinstance(row[name], str | int | float | None)
    ]
    allowed = "Known: 1 where it holds, 0 where it does not, or nothing"
    flaws += [(name, f"'{row[name]}' says neither", allowed) for name in SIGNS if str(row[name]) not in _SIGNS]
    return flaws


def _id(row: Row) -> str:
    return f"MOA{row['assertion_id']}"


def _direction(row: Row) -> tuple[EvidenceType, Direction, bool] | None:
    for field, direction in (
        ("therapy_sensitivity", Direction.SENSITIVITY),
        ("therapy_resistance", Direction.RESISTANCE),
    ):
        holds = _SIGNS[str(row[field])]
        if holds is not None:
            return EvidenceType.PREDICTIVE, direction, holds
    better = _SIGNS[str(row["favorable_prognosis"])]
    if better is None:
        return None
    return EvidenceType.PROGNOSTIC, Direction.BETTER_OUTCOME if better else Direction.POOR_OUTCOME, True


def _statement(row: Row, evidence_type: EvidenceType, direction: Direction, supports: bool) -> Statement:
    profile = _FEATURES[row["feature_type"]](row)
    scope, codes = _tumor_types(row)
    names = tuple(part.strip() for part in row["therapy_name"].split(" + ") if part.strip())
    gene = next((item.gene for item in profile.criteria() if item.gene), "")
    evidence = Evidence(
        id=_id(row),
        gene=gene,
        biomarker=_biomarker(row, profile),
        tumor_types=codes,
        tumor_type_text=plain(row["disease"]) or row["oncotree_term"],
        evidence_type=evidence_type,
        therapy=row["therapy_name"],
        therapies=names,
        interaction=TherapyInteraction.COMBINATION if len(names) > 1 else None,
        direction=direction,
        supports=supports,
        level=row["predictive_implication"],
        origin=_ORIGINS.get(row["feature_type"], VariantOrigin.NOT_STATED),
        agency="FDA" if row["predictive_implication"] == "FDA-Approved" else row["source_type"],
        conditions=tuple(filter(None, (plain(row["context"]),))),
        knowledge_base="moalmanac",
        source_name=plain(row["citation"]),
        source_id=_id(row),
        source_url=row["url"],
        source_date=row["publication_date"],
    )
    return Statement(evidence=evidence, profile=profile, scope=scope)


def _tumor_types(row: Row) -> tuple[str, tuple[str, ...]]:
    """Return scope and codes; a code that OncoTree does not know is none, so that it matches no tumor type."""
    if row["oncotree_term"] == SOLID:
        return "solid", ()
    code = row["oncotree_code"]
    if code in SPLIT_CODES:
        return "listed", SPLIT_CODES[code]
    try:
        return "listed", (resolve_tumor_type(code).code,) if code else ()
    except InputError:
        return "listed", ()


def _biomarker(row: Row, profile: Profile) -> str:
    item = next(profile.criteria())
    return f"{item.gene} {item.name}".strip()


def _variant(row: Row) -> Profile:
    gene, exon = row["gene"], str(row["exon"] or "")
    kind = row["variant_annotation"] or ""
    change = str(row["protein_change"] or "")
    name = change or " ".join(filter(None, (f"exon {exon}" if exon else "", kind.lower() or "mutation")))
    places = place_of(
        "GRCh37",
        str(row["chromosome"] or ""),
        str(row["start_position"] or ""),
        str(row["end_position"] or ""),
        str(row["reference_allele"] or "").replace("-", ""),
        str(row["alternate_allele"] or "").replace("-", ""),
    )
    variant = NamedVariant(gene, name, places)
    short = change.removeprefix("p.")
    if re.fullmatch(r"[A-Z]\d+", short):
        return variant.criterion("codon", short)
    if short:
        allele = protein_allele(short)
        return (
            variant.criterion("allele", allele, handles=True) if allele else variant.text("a change of no known form")
        )
    if (gene, kind, exon) in _EFFECTS:
        return variant.criterion("effect", _EFFECTS[gene, kind, exon])
    if kind not in _CLASSES:
        return variant.text(f"a variant's class that is not known: {kind}")
    of_gene, of_exon = _CLASSES[kind]
    return variant.criterion("exon", f"{exon}:{of_exon}") if exon else variant.criterion(of_gene)


def _germline(row: Row) -> Profile:
    pathogenic = row.get("pathogenic") in (1, "1") and not row["protein_change"]
    if not pathogenic:
        return _variant(row)
    return NamedVariant(row["gene"], "pathogenic germline variant").criterion("loss_of_function")


def _copy_number(row: Row) -> Profile:
    kinds = {"Amplification": "amplification", "Deletion": "deep_deletion"}
    direction = row["direction"]
    variant = NamedVariant(row["gene"], direction.lower())
    return variant.criterion(kinds[direction]) if direction in kinds else variant.text("a direction that is not known")


def _rearrangement(row: Row) -> Profile:
    ends = [row["gene1"], row["gene2"]]
    kind = (row["rearrangement_type"] or "rearrangement").lower()
    if not ends[1]:
        return _by_locus(row, kind)
    five, three = (NamedVariant(gene, "").symbols[0] for gene in ends)
    return NamedVariant(ends[0], f"{ends[0]}::{ends[1]} {kind}").criterion("fusion", f"{five}::{three}")


def _by_locus(row: Row, kind: str) -> Profile:
    """Return what a translocation of one named gene asks for; IGH joins many, of which each means another thing."""
    gene, locus = row["gene1"], str(row.get("locus") or "")
    variant = NamedVariant(gene, f"{locus} {kind}".strip())
    if gene != "IGH":
        return variant.criterion("fusion")
    found = re.match(r"t\((\d+);(\d+)\)", locus)
    partners = _PARTNERS.get((gene, *found.groups()), ()) if found else ()
    if not partners:
        return variant.text("a translocation named by its chromosomes, whose other gene is not given")
    return variant.any_of(*(f"fusion:{partner}" for partner in partners))


def _burden(row: Row) -> Profile:
    variant = NamedVariant("", f"tumor mutational burden, {row['classification'].lower()}")
    counted = row["minimum_mutations"] or str(row["mutations_per_mb"] or "10") != "10"
    if counted or row["classification"] != "High":
        return variant.text("another limit of mutational burden than 10 mutations a megabase")
    return variant.criterion("tmb_high")


def _instability(row: Row) -> Profile:
    variant = NamedVariant("", row["status"])
    return variant.criterion("msi_high") if row["status"] == "MSI-High" else variant.text("a status that is not known")


def _unseen(field: str, gap: str) -> Callable[[Row], Profile]:
    def read(row: Row) -> Profile:
        return NamedVariant(str(row.get("gene") or ""), str(row.get(field) or "")).text(gap)

    return read


_FEATURES: dict[str, Callable[[Row], Profile]] = {
    "Somatic Variant": _variant,
    "Germline Variant": _germline,
    "Copy Number": _copy_number,
    "Rearrangement": _rearrangement,
    "Microsatellite Stability": _instability,
    "Mutational Burden": _burden,
    "Mutational Signature": _unseen("cosmic_signature", "mutational signatures are not told"),
    "Knockdown": _unseen("technique", "a knockdown in an experiment, no alteration of a tumor"),
    "Silencing": _unseen("technique", "a silencing in an experiment, no alteration of a tumor"),
    "Neoantigen Burden": _unseen("classification", "neoantigens are not counted"),
    "Aneuploidy": _unseen("event", "whole-genome doubling is no criterion that is told"),
}
_ORIGINS = {"Somatic Variant": VariantOrigin.SOMATIC, "Germline Variant": VariantOrigin.GERMLINE}


def _card(row: Row) -> Card:
    direction = _direction(row)
    return Card(
        id=_id(row),
        profile=_biomarker(row, _FEATURES[row["feature_type"]](row)),
        disease=row["oncotree_code"] or row["oncotree_term"] or row["disease"],
        therapies=tuple(part.strip() for part in row["therapy_name"].split(" + ") if part.strip()),
        level=row["predictive_implication"],
        direction=f"{'supports' if direction[2] else 'does not support'} {direction[1].value}" if direction else "",
    )


def _version(path: Path, rows: list[Row], release: str) -> Version:
    last = max(str(row.get("last_updated") or row["publication_date"]) for row in rows)
    return Version(
        name="moalmanac",
        version=release or f"unknown, last update {last}",
        kind="knowledge",
        licence="GPL-2.0; research, not for clinical or commercial use",
        sha256=sha256_of(path),
        url="https://moalmanac.org",
        date=last,
    )
