"""A made-up report of all that interpretation says of a tumor, every string of it of the caller's choice."""

from __future__ import annotations

from genomodel.core.biomarkers import (
    AllelesHit,
    Biomarkers,
    BurdenCall,
    Certainty,
    GermlineFlag,
    GermlineReview,
    HomologousRecombination,
    MutationalBurden,
    MutationalSignatures,
    RepairCall,
    ScarScore,
    SecondAllele,
    SignatureExposure,
    Trial,
    TrialSearch,
)
from genomodel.core.clinical import ClinicalFacts, ConditionAnswer, ConditionStatus, ReceptorState
from genomodel.core.findings import Direction, EvidenceMatch, EvidenceType, Finding, TumorTypeMatch
from genomodel.core.oncogenicity import CodeState, Oncogenicity, OncogenicityClass, OncogenicityCode
from genomodel.core.report import PatientReport
from tests.report import reports

STATUSES = tuple(ConditionStatus)


def answer(status: ConditionStatus, mark: str = "", *, disease: bool = False) -> ConditionAnswer:
    """Return an answer that names its status in condition and reason."""
    return ConditionAnswer(
        condition=f"asks {status.value}{mark}",
        status=status,
        reason=f"compared {status.value}{mark}",
        decides_disease=disease,
    )


def statement(
    kind: EvidenceType = EvidenceType.PREDICTIVE,
    direction: Direction = Direction.SENSITIVITY,
    *,
    therapy: str = "Drugone",
    tier: str = "I-A",
    relation: TumorTypeMatch = TumorTypeMatch.SAME,
    conditions: tuple[ConditionAnswer, ...] = (),
    mark: str = "",
) -> EvidenceMatch:
    """Return a statement that says all that a statement can."""
    base = reports.match("GENEA", therapy=therapy, tier=tier, direction=direction, relation=relation)
    evidence = base.evidence.model_copy(
        update={
            "evidence_type": kind,
            "conditions": tuple(item.condition for item in conditions),
            "level": f"B{mark}",
            "knowledge_base": f"somebase{mark}",
            "approved": "2019-03-04",
        }
    )
    return base.model_copy(
        update={
            "evidence": evidence,
            "resolution": f"protein{mark}",
            "ignored": (f"coordinates of another build{mark}",),
            "tier_reason": f"Stated for melanoma{mark}.",
            "conditions": conditions,
            "escat": f"I{mark}",
            "conflicts": (f"GENEB speaks against Drugone{mark}",),
        }
    )


def oncogenicity(mark: str = "") -> Oncogenicity:
    """Return an answer with one code of each state."""
    codes = tuple(
        OncogenicityCode(
            key=f"key_{state.value}{mark}",
            code=f"O{number}",
            state=state,
            points=7 if state is CodeState.MET else 0,
            reason=f"rests on {state.value}{mark}",
            source=f"source of {state.value}{mark}",
        )
        for number, state in enumerate(CodeState)
    )
    return Oncogenicity(classification=OncogenicityClass.LIKELY_ONCOGENIC, points=7, codes=codes)


def other(record: int, gene: str, tier: str) -> Finding:
    """Return a listed variant of a tier."""
    found = reports.listed(reports.variant(record, gene, f"A{record}T"))
    return found.model_copy(update={"tier_without_evidence": tier, "oncogenicity": oncogenicity()})


def biomarkers(mark: str = "") -> Biomarkers:
    """Return markers of the tumor, each with an answer."""
    return Biomarkers(
        burden=MutationalBurden(
            call=BurdenCall.HIGH,
            reason=f"foreign DNA none{mark}",
            mutations=42,
            megabases=1.75,
            megabases_source=f"refGene inside the BED{mark}",
            value=24.0,
            low=17.3,
            high=32.4,
            rule=f"coding substitutions{mark}",
            cutoff=10,
            cutoff_source=f"an assay{mark}",
        ),
        signatures=MutationalSignatures(
            assessable=True,
            reason=f"flat ones are weak{mark}",
            substitutions=812,
            fewest=200,
            exposures=(
                SignatureExposure(signature=f"SBS7a{mark}", share=0.62, low=0.51, high=0.7, etiology=f"sunlight{mark}"),
            ),
            cosine=0.973,
            reference=f"COSMIC{mark}",
            method=f"least squares{mark}",
        ),
        homologous_recombination=HomologousRecombination(
            call=RepairCall.DEFICIENT, basis=(f"both alleles of BRCA2{mark}",), reason=f"methylation not seen{mark}"
        ),
    )


def told_report(mark: str = "", *, consent: bool | None = True) -> PatientReport:
    """Return a report with every statement, marker and answer; ``mark`` is in each of their strings."""
    conditions = tuple(answer(status, mark) for status in STATUSES)
    first = reports.finding(
        1,
        "GENEA",
        (
            statement(conditions=conditions, mark=mark),
            statement(EvidenceType.DIAGNOSTIC, Direction.FOR_DIAGNOSIS, therapy="Drugnine", tier="I-B", mark=mark),
            statement(EvidenceType.PROGNOSTIC, Direction.POOR_OUTCOME, therapy="Drugten", tier="II-C", mark=mark),
        ),
    )
    allele = SecondAllele(
        gene="GENEA", hit=AllelesHit.BIALLELIC, certainty=Certainty.MODERATE, reason=f"lost by copy number{mark}"
    )
    first = first.model_copy(update={"oncogenicity": oncogenicity(mark), "second_allele": allele})
    alone = reports.finding(2, "GENEC").model_copy(
        update={"oncogenicity": oncogenicity(mark), "tier_without_evidence": "III"}
    )
    base = reports.report((first, alone), n_filtered=3)
    patient = base.patient.model_copy(
        update={
            "clinical": ClinicalFacts(
                receptors={f"HER2{mark}": ReceptorState.LOW}, line=2, stage=f"stage_iv{mark}", prior_therapies=()
            ),
            "germline_consent": consent,
            "scar": ScarScore(score=42, assay=f"someassay{mark}"),
        }
    )
    flag = GermlineFlag(
        gene="GENED", label=f"GENED p.E1*{mark}", variant="7:5:A>T", reason=f"truncates{mark}", policy=f"a list{mark}"
    )
    trial = Trial(
        id=f"NCT1{mark}", title=f"A trial{mark}", status=f"open{mark}", matched_on=("GENEA",), url=f"javascript:{mark}"
    )
    counted = tuple(
        item.model_copy(update={"tier": {1: "I-A", 2: "III"}.get(item.record, "")})
        for item in base.interpretation.dispositions
    )
    interpretation = base.interpretation.model_copy(
        update={
            "other_variants": tuple(
                other(10 + n, gene, tier) for n, (gene, tier) in enumerate([("X", "III"), ("Y", "IV"), ("Z", "IV")])
            ),
            "dispositions": counted,
            "biomarkers": biomarkers(mark),
            "germline": GermlineReview(consent=consent, flags=(flag,), reason=f"What the policy is{mark}"),
            "trials": TrialSearch(
                searched=True, source=f"list.tsv{mark}", date="2026-11-01", trials=(trial,), reason=""
            ),
        }
    )
    return base.model_copy(update={"patient": patient, "interpretation": interpretation})
