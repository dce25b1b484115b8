"""``CSQ``, as written by the Ensembl Variant Effect Predictor: columns in the order that the header gives."""

from __future__ import annotations

import re

from genomodel.annotation.coding.protein import name_in_frame, shared_start
from genomodel.annotation.dialects.base import (
    CANONICAL,
    MANE_PLUS,
    MANE_SELECT,
    UNMARKED,
    Effect,
    Effects,
    Parser,
    assign_by_allele,
)
from genomodel.annotation.hgvs import from_residues, one_letter, parse_position, three_letter
from genomodel.annotation.in_silico import Reader, make_score_reader
from genomodel.annotation.sources.given import clinvar_of_columns
from genomodel.annotation.terms import variant_class
from genomodel.calls.vcf_text import VcfHeader, VcfRecord
from genomodel.core.errors import InputError
from genomodel.core.variants import Consequence

_FREQUENCY = re.compile(
    r"^(MAX_AF|AF|(AFR|AMR|ASN|EAS|EUR|SAS|AA|EA)_(AF|MAF)|gnomAD[eg]?(_[A-Za-z]+)?_AF|ExAC(_[A-Za-z]+)?_MAF"
    r"|gnomAD[A-Za-z]*_AF_(popmax|grpmax|joint|grpmax_joint)"
    r"|gnomAD[A-Za-z]*_AF_(joint_)?(afr|amr|eas|nfe|sas))$"
)
"""Columns with allele frequencies of 1000 Genomes, ESP, gnomAD and ExAC, as VEP has named them since release 76, and
gnomAD's own maximum and its large groups in a custom annotation of its file."""


def make_vep_parser(header: VcfHeader, key: str = "CSQ", tumor: str | None = None) -> Parser | None:
    """Return the parser for this file, ``None`` when the header declares no ``CSQ``.

    Raises
    ------
    InputError
        ``CSQ`` is declared without its column order, or without a column that is needed.
    """
    description = header.description("INFO", key)
    if description is None:
        return None
    columns = columns_of(header, key)
    missing = [name for name in ("Allele", "Consequence") if name not in columns]
    if missing:
        text = f"INFO {key} does not say its column order (Format: Allele|Consequence|...)"
        raise InputError(text, path=header.path, fix="Annotate again with VEP and keep its header line")
    frequencies = [name for name in columns if _FREQUENCY.match(name)]
    scores = make_score_reader(columns)

    def parse(record: VcfRecord) -> tuple[Effects, ...]:
        named: list[tuple[str, Effect]] = []
        for entry in filter(None, record.info.get(key, "").split(",")):
            parts = entry.split("|")
            if len(parts) != len(columns):
                text = f"an entry of {key} has {len(parts)} columns, the header names {len(columns)}"
                raise record.error(text, column=key, fix="Annotate again with VEP and keep its header line")
            values = dict(zip(columns, parts, strict=True))
            allele = values["Allele"]
            number = values.get("ALLELE_NUM", "")
            if number.isdigit() and 0 < int(number) <= len(record.alts):
                allele = record.alts[int(number) - 1]
            named.append((allele, _effect(values, frequencies, scores)))
        return assign_by_allele(record, named)

    return parse


def columns_of(header: VcfHeader, key: str) -> tuple[str, ...]:
    """Return the columns of an annotation in their order, as the header gives them."""
    described = header.description("INFO", key) or ""
    return tuple(name.strip() for name in described.partition("Format: ")[2].strip(" '\"").split("|"))


def has_frequencies(header: VcfHeader, key: str) -> bool:
    """Whether the annotation under a key gives allele frequencies of populations."""
    return any(_FREQUENCY.match(name) for name in columns_of(header, key))


def _effect(values: dict[str, str], frequencies: list[str], scores: Reader | None) -> Effect:
    terms = tuple(filter(None, values["Consequence"].split("&")))
    ref, alt = residues(values.get("Amino_acids", ""))
    change = one_letter(values.get("HGVSp", ""))
    if not change:
        whole = values.get("WildtypeProtein", ""), values.get("DownstreamProtein", "")
        change = derive_change(terms, ref, alt, values.get("Protein_position", ""), *whole)
    consequence = Consequence(
        gene=values.get("SYMBOL", "") or values.get("Gene", ""),
        transcript=values.get("Feature", ""),
        terms=terms,
        variant_class=variant_class(terms, ref, alt),
        hgvs_c=values.get("HGVSc", "").rsplit(":", 1)[-1],
        hgvs_p=three_letter(change),
        protein_change=change,
        exon=values.get("EXON", ""),
        codons=values.get("Codons", ""),
        source="CSQ",
    )
    found = _frequencies(values, frequencies)
    return Effect(
        consequence=consequence,
        picked=values.get("PICK", "") == "1",
        tier=_tier(values),
        biotype=values.get("BIOTYPE", ""),
        population_frequency=max(found.values(), default=None),
        frequencies=found,
        predictions=() if scores is None else scores(values),
        clinvar=clinvar_of_columns(values),
    )


def residues(text: str) -> tuple[str, str]:
    """Split VEP's ``Amino_acids`` (``R/H``, ``KELREA/K``, ``-/QP``, ``S``) into reference and alternate."""
    ref, slash, alt = text.partition("/")
    return (ref.strip("-"), alt.strip("-")) if slash else (ref.strip("-"), ref.strip("-"))


def derive_change(
    terms: tuple[str, ...], ref: str, alt: str, position: str, protein: str = "", downstream: str = ""
) -> str:
    """Return the protein change from residues and their position, empty when they do not say.

    Parameters
    ----------
    terms
        Sequence Ontology terms.
    ref, alt
        Residues before and after, as :func:`residues` gives them.
    position
        VEP's ``Protein_position``.
    protein, downstream
        Columns of VEP's plugins Wildtype and Downstream: the whole protein, and what is read in a shifted frame from
        the first of ``ref`` on. With them an insertion or deletion in a repeat is named at its most C-terminal place,
        and a frameshift by the first residue that changes. The new stop is left open: the column ends at a stop or at
        the end of the transcript, and does not say at which.
    """
    span = parse_position(position)
    if span is None or not (ref or alt):
        return ""
    start = span[0] if ref else span[1]
    shifted = "frameshift_variant" in terms
    if named := _from_whole(ref, alt, start, f"{protein}*", downstream if shifted else None):
        return named
    if ref == alt and shifted:
        return f"{ref[0]}{start}fs"
    if not shifted and "X" in ref + alt:
        return ""
    return from_residues(ref, alt, start, frameshift=shifted)


def _from_whole(ref: str, alt: str, start: int, protein: str, downstream: str | None) -> str:
    """Name a change of a whole protein, stop included; empty where residues alone tell as much, or it does not fit."""
    if protein[start - 1 : start - 1 + len(ref)] != ref or start > len(protein):
        return ""
    if downstream is not None:
        changed = protein[: start - 1] + downstream
        at = shared_start(protein, changed)
        if at >= min(len(changed), len(protein) - 1) or changed[at] == "X":
            return ""
        return f"{protein[at]}{at + 1}{changed[at]}fs"
    if len(ref) == len(alt) or start == 1 or set("*X") & set(ref + alt):
        return ""
    changed = protein[: start - 1] + alt + protein[start - 1 + len(ref) :]
    return name_in_frame(protein, changed)[0]


def _tier(values: dict[str, str]) -> int:
    mane = values.get("MANE", "")
    if values.get("MANE_SELECT", "") or mane == "MANE_Select":
        return MANE_SELECT
    if values.get("MANE_PLUS_CLINICAL", "") or mane == "MANE_Plus_Clinical":
        return MANE_PLUS
    return CANONICAL if values.get("CANONICAL", "") == "YES" else UNMARKED


def _frequencies(values: dict[str, str], names: list[str]) -> dict[str, float]:
    """Return the frequencies by column; ``T:0.1&C:0.2`` counts for the allele that the entry speaks of."""
    found: dict[str, float] = {}
    for name in names:
        for part in filter(None, values.get(name, "").split("&")):
            allele, colon, number = part.rpartition(":")
            if colon and allele != values["Allele"]:
                continue
            try:
                value = float(number)
            except ValueError:
                continue
            if 0 <= value <= 1:
                found[name] = max(value, found.get(name, 0.0))
    return found
