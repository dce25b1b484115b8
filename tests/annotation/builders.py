from __future__ import annotations

from genomodel.core.patients import Patient, TumorType


def patient(name: str = "P1", **facts: object) -> Patient:
    return Patient(id=name, tumor_type=TumorType(code="BRCA", name="Invasive Breast Carcinoma"), **facts)  # type: ignore[arg-type]
