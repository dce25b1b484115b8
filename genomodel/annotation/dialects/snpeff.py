"""``ANN``, as written by SnpEff and others that follow its specification (16 columns in a fixed order)."""

from __future__ import annotations

from genomodel.annotation.dialects.base import Effect, Effects, Parser, assign_by_allele
from genomodel.annotation.dialects.vep import make_vep_parser
from genomodel.annotation.hgvs import one_letter, three_letter
from genomodel.annotation.terms import variant_class
from genomodel.calls.vcf_text import VcfHeader, VcfRecord
from genomodel.core.variants import Consequence

COLUMNS = (
    "Allele",
    "Annotation",
    "Annotation_Impact",
    "Gene_Name",
    "Gene_ID",
    "Feature_Type",
    "Feature_ID",
    "Transcript_BioType",
    "Rank",
    "HGVS.c",
    "HGVS.p",
)


def make_snpeff_parser(header: VcfHeader, key: str = "ANN", tumor: str | None = None) -> Parser | None:
    """Return the parser for this file, ``None`` when the header declares no ``ANN``.

    VEP writes its own columns under this key when asked to (``--vcf_info_field ANN``); its header line tells.
    """
    description = header.description("INFO", key)
    if description is None:
        return None
    if "Format: Allele|Consequence" in description:
        return make_vep_parser(header, key)

    def parse(record: VcfRecord) -> tuple[Effects, ...]:
        named = []
        for entry in filter(None, record.info.get(key, "").split(",")):
            parts = [value.strip() for value in entry.split("|")]
            if len(parts) < len(COLUMNS):
                text = f"an entry of {key} has {len(parts)} columns, SnpEff writes 16"
                raise record.error(text, column=key, fix="Annotate again with SnpEff")
            values = dict(zip(COLUMNS, parts, strict=False))
            # A variant relative to another one is written as "ALT-OTHER"; it is the first that the record holds.
            named.append((values["Allele"].split("-")[0] or "-", _effect(values)))
        return assign_by_allele(record, named)

    return parse


def _effect(values: dict[str, str]) -> Effect:
    terms = tuple(filter(None, values.get("Annotation", "").split("&")))
    change = one_letter(values.get("HGVS.p", ""))
    # SnpEff repeats a synonymous residue (p.Leu858Leu) where HGVS has '='.
    if terms and change and variant_class(terms) == "synonymous" and change[0] == change[-1]:
        change = change[:-1] + "="
    in_transcript = values.get("Feature_Type", "transcript") == "transcript"
    return Effect(
        consequence=Consequence(
            gene=values.get("Gene_Name", "") or values.get("Gene_ID", ""),
            transcript=values.get("Feature_ID", "") if in_transcript else "",
            terms=terms,
            variant_class=variant_class(terms),
            hgvs_c=values.get("HGVS.c", "").rsplit(":", 1)[-1],
            hgvs_p=three_letter(change),
            protein_change=change,
            exon=values.get("Rank", ""),
            source="ANN",
        ),
        biotype=values.get("Transcript_BioType", ""),
    )
