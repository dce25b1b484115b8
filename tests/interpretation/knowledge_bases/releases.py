"""Small releases of knowledge bases, in the layout of the real ones."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from genomodel.interpretation.knowledge_bases.civic import LAYOUTS

DAY = "2024-01-02 03:04:05 UTC"
EVIDENCE = {
    "molecular_profile": "BRAF V600E",
    "molecular_profile_id": "12",
    "disease": "Melanoma",
    "doid": "1909",
    "therapies": "Vemurafenib",
    "evidence_type": "Predictive",
    "evidence_direction": "Supports",
    "evidence_level": "A",
    "significance": "Sensitivity/Response",
    "evidence_statement": "The response rate was better (p<0.05).",
    "citation_id": "1",
    "source_type": "PubMed",
    "citation": "Someone et al., 2011",
    "rating": "5",
    "evidence_status": "accepted",
    "evidence_id": "1",
    "variant_origin": "Somatic",
    "last_review_date": DAY,
    "evidence_civic_url": "https://civicdb.org/links/evidence_items/1",
    "is_flagged": "false",
}
ASSERTION = {
    "molecular_profile": "BRAF V600E",
    "molecular_profile_id": "12",
    "disease": "Melanoma",
    "doid": "1909",
    "therapies": "Trametinib,Dabrafenib",
    "assertion_type": "Predictive",
    "assertion_direction": "Supports",
    "significance": "Sensitivity/Response",
    "amp_category": "Tier I - Level A",
    "nccn_guideline": "Melanoma",
    "nccn_guideline_version": "2.2018",
    "regulatory_approval": "true",
    "assertion_id": "7",
    "evidence_item_ids": "1,99",
    "last_review_date": DAY,
    "assertion_civic_url": "https://civicdb.org/links/assertions/7",
    "is_flagged": "false",
}
VARIANT = {
    "variant_id": "12",
    "gene": "BRAF",
    "variant": "V600E",
    "chromosome": "7",
    "start": "140453136",
    "stop": "140453136",
    "reference_bases": "A",
    "variant_bases": "T",
    "representative_transcript": "ENST00000288602.6",
    "reference_build": "GRCh37",
    "variant_types": "missense_variant",
    "hgvs_descriptions": "NC_000007.13:g.140453136A>T,NM_004333.4:c.1799T>A",
}
PROFILE = {"name": "BRAF V600E", "molecular_profile_id": "12", "variant_ids": "12"}
MOA = {
    "feature_type": "Somatic Variant",
    "gene": "BRAF",
    "chromosome": "7",
    "start_position": 140453136,
    "end_position": 140453136,
    "reference_allele": "A",
    "alternate_allele": "T",
    "protein_change": "p.V600E",
    "variant_annotation": "Missense",
    "exon": 15,
    "disease": "Melanoma",
    "context": "Metastatic",
    "oncotree_term": "Melanoma",
    "oncotree_code": "MEL",
    "therapy_name": "Dabrafenib + Trametinib",
    "therapy_sensitivity": 1,
    "therapy_resistance": "",
    "favorable_prognosis": "",
    "predictive_implication": "FDA-Approved",
    "source_type": "FDA",
    "citation": "A label.",
    "url": "https://example.org/label.pdf",
    "publication_date": "2022-06-01",
    "assertion_id": 1,
}


def table(kind: str, rows: Iterable[Mapping[str, str]]) -> str:
    """Return a table of CIViC: known columns of its layout, then those that only the rows have."""
    text = io.StringIO()
    extra = ("evidence_item_ids",) if kind == "profiles" else ()
    columns = (*LAYOUTS[kind], *extra)
    writer = csv.DictWriter(text, columns, delimiter="\t", lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write_civic(folder: Path, **rows: Iterable[Mapping[str, str]]) -> Path:
    """Write a release of the tables that are given, by their kinds."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, listed in rows.items():
        (folder / f"01-Aug-2024-{kind}.tsv").write_text(table(kind, listed), encoding="utf-8")
    return folder


def full_release(folder: Path, evidence: Iterable[Mapping[str, str]] = (EVIDENCE,)) -> Path:
    """Write a release with all four tables."""
    return write_civic(folder, evidence=evidence, assertions=[ASSERTION], profiles=[PROFILE], variants=[VARIANT])


def write_moalmanac(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    """Write a release of the Almanac."""
    path.write_text(json.dumps(list(rows)), encoding="utf-8")
    return path
