"""CIViC's words for evidence in those of :mod:`genomodel.core.findings`."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from genomodel.core.findings import Direction, Evidence, EvidenceType, TherapyInteraction, VariantOrigin
from genomodel.core.knowledge import Profile, Statement
from genomodel.interpretation.knowledge_bases.loaded import Card
from genomodel.interpretation.knowledge_bases.tables import plain

EVIDENCE_TYPES = {
    "Predictive": EvidenceType.PREDICTIVE,
    "Diagnostic": EvidenceType.DIAGNOSTIC,
    "Prognostic": EvidenceType.PROGNOSTIC,
    "Predisposing": EvidenceType.PREDISPOSING,
    "Oncogenic": EvidenceType.ONCOGENIC,
    "Functional": EvidenceType.FUNCTIONAL,
}
SIGNIFICANCES = {
    "Sensitivity/Response": Direction.SENSITIVITY,
    "Resistance": Direction.RESISTANCE,
    "Reduced Sensitivity": Direction.REDUCED_SENSITIVITY,
    "Adverse Response": Direction.ADVERSE_RESPONSE,
    "Positive": Direction.FOR_DIAGNOSIS,
    "Negative": Direction.AGAINST_DIAGNOSIS,
    "Better Outcome": Direction.BETTER_OUTCOME,
    "Poor Outcome": Direction.POOR_OUTCOME,
    "Predisposition": Direction.PREDISPOSITION,
    "Pathogenic": Direction.PREDISPOSITION,
    "Likely Pathogenic": Direction.PREDISPOSITION,
    "Protectiveness": Direction.PROTECTION,
    "Oncogenicity": Direction.ONCOGENICITY,
    "Oncogenic": Direction.ONCOGENICITY,
    "Likely Oncogenic": Direction.ONCOGENICITY,
    "Gain of Function": Direction.GAIN_OF_FUNCTION,
    "Loss of Function": Direction.LOSS_OF_FUNCTION,
    "Dominant Negative": Direction.DOMINANT_NEGATIVE,
    "Neomorphic": Direction.NEOMORPHIC,
    "Uncertain Significance": Direction.NOT_STATED,
    "Unaltered Function": Direction.NOT_STATED,
    "N/A": Direction.NOT_STATED,
    "": Direction.NOT_STATED,
}
DIRECTIONS = {"Supports": True, "Does Not Support": False, "N/A": None, "": None}
ORIGINS = {
    "Somatic": VariantOrigin.SOMATIC,
    "Rare Germline": VariantOrigin.GERMLINE,
    "Common Germline": VariantOrigin.GERMLINE,
    "Combined": VariantOrigin.EITHER,
    "Mixed": VariantOrigin.EITHER,
    "Unknown": VariantOrigin.NOT_STATED,
    "N/A": VariantOrigin.NOT_STATED,
    "": VariantOrigin.NOT_STATED,
}
INTERACTIONS = {
    "Combination": TherapyInteraction.COMBINATION,
    "Sequential": TherapyInteraction.SEQUENTIAL,
    "Substitutes": TherapyInteraction.SUBSTITUTES,
}
_JOINED = {
    TherapyInteraction.COMBINATION: " + ",
    TherapyInteraction.SEQUENTIAL: ", then ",
    TherapyInteraction.SUBSTITUTES: " or ",
}
_BETWEEN_DRUGS = re.compile(r"(?<!\d),(?=\S)|(?<=\d),(?=[^\d\s])")


@dataclass(frozen=True, slots=True)
class Disease:
    """A disease of CIViC in OncoTree's terms."""

    scope: str
    """``listed``, ``solid`` or ``any``; ``listed`` without codes matches no tumor type."""
    codes: tuple[str, ...] = ()
    condition: str = ""
    """What the disease says beyond the codes, such as ``HER2-positive``."""


@cache
def _diseases() -> tuple[dict[str, Disease], dict[str, Disease]]:
    by_name: dict[str, Disease] = {}
    by_doid: dict[str, Disease] = {}
    path = files("genomodel.interpretation.knowledge_bases") / "civic_diseases.tsv"
    with path.open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle, delimiter="\t"):
            codes = tuple(filter(None, row["tumor_types"].split(";")))
            disease = Disease(row["scope"], codes, row["condition"])
            by_name[row["name"].casefold()] = disease
            if row["doid"]:
                by_doid.setdefault(row["doid"].removeprefix("DOID:"), disease)
    return by_name, by_doid


def disease_of(name: str, doid: str) -> Disease | None:
    """Return a disease in OncoTree's terms by its name, else by its Disease Ontology number; ``None`` if unknown.

    The table is made by hand from the names of both vocabularies. A disease wider than a code lists the codes inside
    it; what it says beyond them is a condition. None is mapped to codes that are wider than it, but for a condition.
    """
    by_name, by_doid = _diseases()
    return by_name.get(name.casefold()) or by_doid.get(doid)


def split_therapies(text: str) -> tuple[str, ...]:
    """Return the names of a field that joins them by commas without spaces; ``CP-724,714`` is one name."""
    return tuple(part.strip() for part in _BETWEEN_DRUGS.split(text) if part.strip())


def therapy_words(names: tuple[str, ...], interaction: TherapyInteraction | None) -> str:
    """Return therapies as a reader would say them."""
    return (_JOINED[interaction] if interaction else ", ").join(names)


def row_id(row: dict[str, str], kind: str) -> str:
    """Return the id of a row as CIViC cites it: ``EID`` of evidence, ``AID`` of an assertion."""
    return f"EID{row['evidence_id']}" if kind == "evidence" else f"AID{row['assertion_id']}"


def why_left_out(row: dict[str, str], kind: str) -> str:
    """Return why a row makes no statement, empty if it does."""
    if row["is_flagged"] == "true":
        return "flagged by CIViC's curators"
    if kind == "evidence" and row["evidence_status"] != "accepted":
        return f"of status '{row['evidence_status']}', not accepted"
    direction = row["evidence_direction" if kind == "evidence" else "assertion_direction"]
    return "neither supports nor speaks against its claim (direction N/A)" if DIRECTIONS[direction] is None else ""


def evidence_statement(row: dict[str, str], profile: Profile) -> Statement:
    """Return the statement of an accepted row of evidence."""
    source = "PMID" if row["source_type"] == "PubMed" else row["source_type"]
    extra = {
        "evidence_type": EVIDENCE_TYPES[row["evidence_type"]],
        "interaction": INTERACTIONS.get(row["therapy_interaction_type"]),
        "supports": DIRECTIONS[row["evidence_direction"]],
        "level": row["evidence_level"],
        "origin": ORIGINS[row["variant_origin"]],
        "source_name": plain(row["citation"]),
        "source_id": f"{source}:{row['citation_id']}",
        "source_url": row["evidence_civic_url"],
    }
    return _statement(row, profile, row_id(row, "evidence"), extra)


def assertion_statement(row: dict[str, str], profile: Profile, accepted: set[str]) -> Statement:
    """Return the statement of an assertion; evidence of it that is not accepted is named as a condition."""
    listed = [part.strip() for part in row["evidence_item_ids"].split(",") if part.strip()]
    open_ones = [f"EID{number}" for number in listed if number not in accepted]
    guideline = f"NCCN {row['nccn_guideline']} {row['nccn_guideline_version']}".strip() if row["nccn_guideline"] else ""
    extra = {
        "evidence_type": EVIDENCE_TYPES[row["assertion_type"]],
        "supports": DIRECTIONS[row["assertion_direction"]],
        "agency": guideline or "CIViC",
        "source_name": "CIViC assertion",
        "source_id": row_id(row, "assertions"),
        "source_url": row["assertion_civic_url"],
    }
    conditions = (f"rests in part on evidence that is not accepted ({', '.join(open_ones)})",) if open_ones else ()
    tier = re.fullmatch(r"Tier (I{1,2}) - Level ([A-D])", row["amp_category"])
    return _statement(
        row,
        profile,
        row_id(row, "assertions"),
        extra,
        conditions=conditions,
        tier=f"{tier[1]}-{tier[2]}" if tier else "",
        references=tuple(f"EID{number}" for number in listed),
    )


def _statement(
    row: dict[str, str],
    profile: Profile,
    number: str,
    extra: Mapping[str, object],
    *,
    conditions: tuple[str, ...] = (),
    tier: str = "",
    references: tuple[str, ...] = (),
) -> Statement:
    disease = disease_of(row["disease"], row["doid"])
    names = tuple(plain(name) for name in split_therapies(row["therapies"]))
    gene = next((item.gene for item in profile.required() if item.gene), "")
    values: dict[str, object] = {
        "id": number,
        "gene": gene,
        "biomarker": plain(row["molecular_profile"]),
        "tumor_types": disease.codes if disease else (),
        "tumor_type_text": plain(row["disease"]),
        "therapies": names,
        "direction": SIGNIFICANCES[row["significance"]],
        "agency": "CIViC",
        "conditions": (*((disease.condition,) if disease and disease.condition else ()), *conditions),
        "knowledge_base": "civic",
        "source_date": row["last_review_date"][:10],
        **extra,
    }
    evidence = Evidence.model_validate(values)
    evidence = evidence.model_copy(update={"therapy": therapy_words(names, evidence.interaction)})
    scope = disease.scope if disease else "listed"
    return Statement(evidence=evidence, profile=profile, scope=scope, tier=tier, cross_references=references)


def card_of(row: dict[str, str], kind: str) -> Card:
    """Return a row as it was given."""
    direction = row["evidence_direction" if kind == "evidence" else "assertion_direction"]
    return Card(
        id=row_id(row, kind),
        profile=row["molecular_profile"],
        disease=row["disease"],
        therapies=split_therapies(row["therapies"]),
        level=row["evidence_level"] if kind == "evidence" else row["amp_category"],
        direction=f"{direction} {row['significance']}".strip(),
    )
