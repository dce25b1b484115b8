"""What the tests of oncogenicity make their variants, studies and sources with."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from genomodel.core.findings import Direction, Evidence, EvidenceType
from genomodel.core.knowledge import Statement
from genomodel.core.oncogenicity import CodeState, Oncogenicity
from genomodel.core.variants import (
    AnnotatedVariant,
    ClinVarRecord,
    InSilicoScore,
    InSilicoVerdict,
    VariantClass,
)
from genomodel.interpretation.matching import StatementIndex, parse_rule
from genomodel.interpretation.oncogenicity import OncogenicitySources, classify
from genomodel.resources.oncotree import UNKNOWN_TYPE
from tests.interpretation.builders import patient, variant

TABLE = Path(__file__).with_name("oncogenicity_variants.tsv")
D, B, U = InSilicoVerdict.DAMAGING, InSilicoVerdict.BENIGN, InSilicoVerdict.UNCERTAIN
SILENT = VariantClass.SYNONYMOUS
NOBODY = patient("LUAD").model_copy(update={"tumor_type": UNKNOWN_TYPE})
BARE = OncogenicitySources(NOBODY)


@cache
def expected_rows() -> tuple[dict[str, str], ...]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return tuple(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))


def study(gene: str, change: str, direction: Direction = Direction.ONCOGENICITY, **more: object) -> Statement:
    said: dict[str, object] = {"evidence_type": EvidenceType.ONCOGENIC, "level": "D", "supports": True, "id": "EID1"}
    base = {"gene": gene, "biomarker": f"{gene} {change}", "tumor_types": (), "tumor_type_text": "any"}
    source = {"agency": "CIViC", "knowledge_base": "civic", "source_name": "made", "source_id": "1", "source_url": "u"}
    evidence = Evidence.model_validate({**base, **source, "direction": direction, **said, **more})
    return Statement(evidence=evidence, profile=parse_rule(f"allele:{change}", gene), scope="any", tier="")


def knowing(*statements: Statement, tumor_type: str = "") -> OncogenicitySources:
    who = patient(tumor_type) if tumor_type else NOBODY
    return OncogenicitySources(who, StatementIndex.of(statements))


def scored(predictor: str, verdict: InSilicoVerdict, score: float = 0.5) -> InSilicoScore:
    return InSilicoScore(predictor=predictor, score=score, verdict=verdict)


def with_facts(item: AnnotatedVariant, facts: str) -> AnnotatedVariant:
    update: dict[str, object] = {}
    groups = {name: float(value) for name, _, value in (fact.partition("=") for fact in facts.split()) if value}
    if "absent" in facts.split() or groups:
        update |= {"population_covered": True, "population_groups": groups}
        update |= {"population_frequency": max(groups.values(), default=None)}
    for word, verdict in (("damaging", D), ("benign", B)):
        if word in facts.split():
            update["in_silico"] = (scored("REVEL", verdict),)
    if "clinvar" in facts.split():
        update["clinvar"] = ClinVarRecord(
            variation_id="1", oncogenicity="Oncogenic", oncogenicity_review="criteria provided, single submitter"
        )
    return item.model_copy(update=update)


def classified_row(row: dict[str, str]) -> Oncogenicity:
    item = variant(row["gene"], row["change"], VariantClass(row["kind"]), hgvs_c=row["hgvs_c"])
    who = patient(row["tumor_type"]) if row["tumor_type"] else NOBODY
    studies = StatementIndex.of([study(row["gene"], row["change"])]) if "studied" in row["facts"] else None
    result = classify(with_facts(item, row["facts"]), OncogenicitySources(who, studies))
    assert result is not None
    return result


def codes_in(result: Oncogenicity, state: CodeState) -> list[str]:
    return sorted(code.code for code in result.codes if code.state is state)


def of(item: AnnotatedVariant, sources: OncogenicitySources = BARE) -> Oncogenicity:
    result = classify(item, sources)
    assert result is not None
    return result


def state(result: Oncogenicity, code: str) -> CodeState:
    return next(item.state for item in result.codes if item.code == code)
