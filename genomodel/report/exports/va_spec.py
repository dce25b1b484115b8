"""Findings as statements of GA4GH's Variant Annotation Specification: AMP/ASCO/CAP tiers, and oncogenicity.

The classes are those of the reference implementation ``ga4gh.va_spec`` 0.4.4 (Apache-2.0), ``aac_2017`` and
``ccv_2022``, which the tests hold the statements to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from genomodel.core.findings import Direction, Evidence, EvidenceMatch, EvidenceType, Finding, TherapyInteraction
from genomodel.core.interpretation_file import InterpretationFile
from genomodel.core.oncogenicity import CodeState, Oncogenicity, OncogenicityClass, OncogenicityCode
from genomodel.core.variants import Origin
from genomodel.files import write_text

Json = dict[str, Any]

SPECIFICATION = "GA4GH VA-Spec, profiles aac_2017 and ccv_2022 as in ga4gh.va_spec 0.4.4"
AMP_SYSTEM = "AMP/ASCO/CAP (AAC) Guidelines, 2017"
CCV_SYSTEM = "ClinGen/CGC/VICC Guidelines for Oncogenicity, 2022"
ONCOTREE = "https://oncotree.mskcc.org"
AMP_DOCUMENT: Json = {
    "type": "Document",
    "id": "pmid:27993330",
    "name": "Li et al., 2017, J Mol Diagn.",
    "doi": "10.1016/j.jmoldx.2016.10.002",
    "pmid": "27993330",
}
CCV_DOCUMENT: Json = {
    "type": "Document",
    "id": "pmid:35101336",
    "name": "Horak et al., 2022, Genet Med.",
    "doi": "10.1016/j.gim.2022.01.001",
    "pmid": "35101336",
}
PREDICATES = {
    Direction.SENSITIVITY: ("VariantTherapeuticResponseProposition", "predictsSensitivityTo"),
    Direction.RESISTANCE: ("VariantTherapeuticResponseProposition", "predictsResistanceTo"),
    Direction.FOR_DIAGNOSIS: ("VariantDiagnosticProposition", "isDiagnosticInclusionCriterionFor"),
    Direction.AGAINST_DIAGNOSIS: ("VariantDiagnosticProposition", "isDiagnosticExclusionCriterionFor"),
    Direction.BETTER_OUTCOME: ("VariantPrognosticProposition", "associatedWithBetterOutcomeFor"),
    Direction.POOR_OUTCOME: ("VariantPrognosticProposition", "associatedWithWorseOutcomeFor"),
}
"""Class and predicate of the proposition of each direction that the specification knows."""
TYPES = {
    "VariantTherapeuticResponseProposition": EvidenceType.PREDICTIVE,
    "VariantDiagnosticProposition": EvidenceType.DIAGNOSTIC,
    "VariantPrognosticProposition": EvidenceType.PROGNOSTIC,
}
STRENGTHS = {8: "very strong", 4: "strong", 2: "moderate", 1: "supporting"}
"""Words for the points of a code, as the standard gives them."""
CLASSES = {
    OncogenicityClass.ONCOGENIC: ("oncogenic", "supports", "definitive"),
    OncogenicityClass.LIKELY_ONCOGENIC: ("likely oncogenic", "supports", "likely"),
    OncogenicityClass.UNCERTAIN: ("uncertain significance", "neutral", None),
    OncogenicityClass.LIKELY_BENIGN: ("likely benign", "disputes", "likely"),
    OncogenicityClass.BENIGN: ("benign", "disputes", "definitive"),
}
_OPERATORS = {TherapyInteraction.COMBINATION: "AND", TherapyInteraction.SUBSTITUTES: "OR"}


def write_va_spec(made: InterpretationFile, path: Path) -> None:
    """Write the statements of one patient's findings and listed variants, with what could not be said in them."""
    statements: list[Json] = []
    left_out: list[Json] = []
    for finding in made.content.findings:
        for match in finding.evidence:
            why = why_left_out(match)
            if why:
                left_out.append({"finding": finding.id, "statement": _name(match.evidence), "reason": why})
            else:
                statements.append(tier_statement(made, finding, match))
    statements += oncogenicity_statements(made)
    content = {
        "specification": SPECIFICATION,
        "research_use_only": made.research_use_only,
        "synthetic": made.synthetic,
        "patient": made.patient,
        "failures": list(made.failures),
        "statements": statements,
        "left_out": left_out,
    }
    write_text(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def why_left_out(match: EvidenceMatch) -> str:
    """Return why the specification has no words for a matched statement, empty where it has."""
    said = match.evidence
    kind, _ = PREDICATES.get(said.direction, ("", ""))
    if TYPES.get(kind) is not said.evidence_type:
        return f"the specification knows no {said.evidence_type.value} statement of direction {said.direction.value}"
    if said.evidence_type is EvidenceType.PREDICTIVE and not said.therapy:
        return "the statement names no therapy"
    if match.tier.partition("-")[0] not in ("I", "II", "III", "IV"):
        return "the statement gives no tier"
    return ""


def tier_statement(made: InterpretationFile, finding: Finding, match: EvidenceMatch) -> Json:
    """Return a therapeutic, diagnostic or prognostic statement with its tier and level for this tumor type."""
    said = match.evidence
    kind, predicate = PREDICATES[said.direction]
    proposition = _subject(finding) | {"type": kind, "predicate": predicate}
    if kind == "VariantTherapeuticResponseProposition":
        proposition |= {"objectTherapeutic": _therapeutic(said), "conditionQualifier": _tumor_type(made)}
    else:
        proposition |= {"objectCondition": _tumor_type(made)}
    tier, _, level = match.tier.partition("-")
    return {
        "type": "Statement",
        "id": f"{finding.id}|{_name(said)}",
        "proposition": proposition,
        "direction": "supports" if said.supports else "disputes",
        **({"strength": _concept(AMP_SYSTEM, f"Level {level}")} if level else {}),
        "classification": _concept(AMP_SYSTEM, f"Tier {tier}"),
        "specifiedBy": {"type": "Method", "name": AMP_SYSTEM, "methodType": "guideline", "reportedIn": AMP_DOCUMENT},
        "reportedIn": [_document(said)],
        "extensions": [
            {"name": name, "value": value}
            for name, value in {
                "tierReason": match.tier_reason,
                "matchedOn": match.matched_on,
                "resolution": match.resolution,
                "notCompared": list(match.ignored),
                "statedFor": said.tumor_type_text,
                "tumorTypeRelation": match.tumor_type_match.value,
                "conditions": _conditions(match),
                "suggestedEscat": match.escat,
                "conflicts": list(match.conflicts),
                "cautions": list(match.cautions),
            }.items()
            if value
        ],
    }


def _conditions(match: EvidenceMatch) -> list[Any]:
    """Return the conditions with their answers, or as they stand where nobody answered."""
    answered = [answer.model_dump(mode="json") for answer in match.conditions]
    return [*answered] if answered else [*match.evidence.conditions]


def oncogenicity_statements(made: InterpretationFile) -> Iterator[Json]:
    """Yield an oncogenicity statement for each variant that was classified, with a line of evidence for each code."""
    for finding in (*made.content.findings, *made.content.other_variants):
        if finding.oncogenicity is not None:
            yield _oncogenicity_statement(made, finding, finding.oncogenicity)


def _oncogenicity_statement(made: InterpretationFile, finding: Finding, found: Oncogenicity) -> Json:
    name, direction, strength = CLASSES[found.classification]
    silent = [code for code in found.codes if code.state not in (CodeState.MET, CodeState.NOT_MET)]
    told = [code for code in found.codes if code.state in (CodeState.MET, CodeState.NOT_MET)]
    return {
        "type": "Statement",
        "id": f"{finding.id}|oncogenicity",
        "proposition": _subject(finding)
        | {
            "type": "VariantOncogenicityProposition",
            "predicate": "isOncogenicFor",
            "objectTumorType": _tumor_type(made),
        },
        "direction": direction,
        **({"strength": _concept(CCV_SYSTEM, strength)} if strength else {}),
        "score": found.points,
        "classification": _concept(CCV_SYSTEM, name),
        "specifiedBy": {"type": "Method", "name": CCV_SYSTEM, "methodType": "guideline", "reportedIn": CCV_DOCUMENT},
        **({"hasEvidenceLines": [_line(code) for code in told]} if told else {}),
        "extensions": [
            {"name": "codesNotCounted", "value": [code.model_dump(mode="json") for code in silent]},
        ],
    }


def _line(code: OncogenicityCode) -> Json:
    met = code.state is CodeState.MET
    strength = STRENGTHS.get(abs(code.points)) if met else None
    outcome = code.code if met else f"{code.code}_not_met"
    if strength is not None and strength != _own_strength(code.code):
        outcome = f"{code.code}_{strength.replace(' ', '_')}"
    direction = ("disputes" if code.code.startswith("SB") else "supports") if strength is not None else "neutral"
    method = {"type": "Method", "name": code.key, "methodType": code.code, "reportedIn": CCV_DOCUMENT}
    return {
        "type": "EvidenceLine",
        "description": code.reason,
        "directionOfEvidenceProvided": direction,
        **({"strengthOfEvidenceProvided": _concept(CCV_SYSTEM, strength)} if strength is not None else {}),
        "scoreOfEvidenceProvided": code.points,
        "evidenceOutcome": _concept(CCV_SYSTEM, outcome),
        "specifiedBy": method,
        "extensions": [
            {"name": name, "value": value} for name, value in {"key": code.key, "source": code.source}.items() if value
        ],
    }


def _own_strength(code: str) -> str:
    letters = code.removeprefix("SB").removeprefix("O").rstrip("0123456789")
    return {"VS": "very strong", "S": "strong", "M": "moderate", "P": "supporting"}[letters]


def _subject(finding: Finding) -> Json:
    variant = finding.variant
    told = variant.consequence if variant is not None else None
    known = {
        "key": variant.variant.key if variant is not None else "",
        "transcript": told.transcript if told else "",
        "hgvs_c": told.hgvs_c if told else "",
        "hgvs_p": told.hgvs_p if told else "",
    }
    subject: Json = {"type": "CategoricalVariant", "id": finding.id, "name": finding.label}
    extensions = [{"name": name, "value": value} for name, value in known.items() if value]
    qualifiers: Json = {"geneContextQualifier": {"name": finding.gene, "conceptType": "Gene"}} if finding.gene else {}
    if variant is not None and variant.origin in (Origin.SOMATIC, Origin.GERMLINE):
        qualifiers["alleleOriginQualifier"] = {"name": variant.origin.value}
    return {"subjectVariant": subject | ({"extensions": extensions} if extensions else {})} | qualifiers


def _tumor_type(made: InterpretationFile) -> Json:
    kind = made.subject.tumor_type
    name = kind.name or kind.code or "tumor type not given"
    code = kind.oncotree_code
    coded = {"primaryCoding": {"system": ONCOTREE, "code": code, "name": name}} if code else {}
    return {"name": name, "conceptType": "Disease", **coded}


def _therapeutic(said: Evidence) -> Json:
    operator = _OPERATORS.get(said.interaction) if said.interaction is not None else None
    if operator is None or len(said.therapies) < 2:
        return {"name": said.therapy, "conceptType": "Therapy"}
    drugs = [{"name": drug, "conceptType": "Drug"} for drug in said.therapies]
    return {"therapies": drugs, "membershipOperator": operator}


def _document(said: Evidence) -> Json:
    pmid = said.source_id.removeprefix("PMID:").strip()
    address = {"urls": [said.source_url]} if said.source_url.startswith(("http://", "https://")) else {}
    numbered = {"pmid": pmid} if said.source_id.startswith("PMID:") and pmid.isdigit() else {}
    return {"type": "Document", "id": _name(said), "name": said.source_name, **address, **numbered}


def _name(said: Evidence) -> str:
    return f"{said.knowledge_base}:{said.id}"


def _concept(system: str, code: str) -> Json:
    return {"name": code, "primaryCoding": {"system": system, "code": code}}
