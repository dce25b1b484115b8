"""The most that a first page has to hold: twelve alterations of tier I and II, thirty loci without an answer."""

from __future__ import annotations

from genomodel.core.assays import Assays
from genomodel.core.clinical import ConditionAnswer, ConditionStatus
from genomodel.core.findings import NotAssessable, TumorTypeMatch
from genomodel.core.laboratory import Laboratory
from genomodel.core.loci import HotspotAssay
from genomodel.core.report import PatientReport
from genomodel.core.specimens import Accession
from tests.report import reports
from tests.report.test_looked_for import negative
from tests.report.told import biomarkers, statement

COMBINATION = "Abiraterone acetate + Niraparib tosylate"
"""Forty letters."""
LOCI = tuple(
    f"{gene} {place}"
    for gene in ["KRAS", "NRAS", "BRAF", "EGFR", "ERBB2", "PIK3CA"]
    for place in ("G12", "Q61", "V6", "L8", "H1")
)
CONDITIONS = (
    ConditionAnswer(condition="metastatic castration-resistant disease", status=ConditionStatus.NOT_GIVEN),
    ConditionAnswer(condition="after androgen receptor-directed therapy", status=ConditionStatus.NOT_GIVEN),
    ConditionAnswer(condition="biomarker found by an approved test", status=ConditionStatus.FOR_READER),
)


ACCESSION = Accession(
    specimen="S26-004711-A",
    block="A3, FFPE",
    site="liver, segment VII",
    collected="2026-02-01",
    received="2026-02-03",
)


def crowded_front(n_findings: int = 12) -> PatientReport:
    """Return a report with long names everywhere, and each block of the first page in use."""
    found = []
    for index in range(1, n_findings + 1):
        gene = f"GENE{index:02d}"
        tier = ("I-A", "I-B", "II-C", "II-D")[index % 4]
        relation = TumorTypeMatch.SAME if tier < "II" else TumorTypeMatch.OTHER
        evidence = [
            statement(
                therapy=f"{COMBINATION[:-2]}{number}{index % 10}", tier=tier, relation=relation, conditions=CONDITIONS
            )
            for number in range(3)
        ]
        evidence = [one.model_copy(update={"conflicts": one.conflicts if index == 1 else ()}) for one in evidence]
        found.append(reports.finding(index, gene, tuple(evidence), change=f"E{index}746_A750delinsVP"))
    base = reports.report(
        tuple(found),
        tuple(reports.variant(50 + index, f"OTHER{index}", f"A{10 + index}T") for index in range(300)),
        n_filtered=900,
        not_assessable=tuple(NotAssessable(what=name, reason="Depth below 100.") for name in LOCI),
        predicted=reports.response(120, 150),
        synthetic=True,
    )
    waiting = (reports.finding(90, "KRAS", (), change="G12D"),)
    aside = (reports.finding(91, "BRCA1", (), change="C61G"), reports.finding(92, "CHEK2", (), change="I157T"))
    interpretation = base.interpretation.model_copy(
        update={"to_confirm": waiting, "set_aside": aside, "biomarkers": biomarkers()}
    )
    patient = base.patient.model_copy(
        update={
            "second_id": "Case 2026/000471",
            "tumor_accession": ACCESSION,
            "requester": "Dr. A. Requester, Oncology",
        }
    )
    laboratory = Laboratory(
        name="Institute of Molecular Pathology, University Hospital",
        accreditation="ISO 15189, D-ML-00000",
        director="Prof. D. Director",
    )
    assay = HotspotAssay(
        sample="T",
        answers=tuple(negative(f"MET {place}", 0.011) for place in ("D1228", "Y1230", "L1195")),
        not_placed=dict.fromkeys(LOCI, "x"),
    )
    return base.model_copy(
        update={
            "interpretation": interpretation,
            "patient": patient,
            "laboratory": laboratory,
            "assays": Assays(hotspots=assay),
            "reported_on": "2026-03-20",
        }
    )
