"""What the sheet says of the patient beside the tumor type, for the head of the report."""

from __future__ import annotations

from genomodel.core.patients import Patient
from genomodel.report import words


def clinical_facts(patient: Patient) -> list[tuple[str, str]]:
    """Return the clinical facts that were given, and in one entry which were not."""
    known = patient.clinical
    receptors = words.joined([f"{name} {state.value}" for name, state in known.receptors.items()])
    prior = None if known.prior_therapies is None else words.joined(known.prior_therapies) or "none"
    facts = (
        ("Receptor status", receptors or None),
        ("Line of treatment", None if known.line is None else str(known.line)),
        ("Stage", known.stage.replace("_", " ") if known.stage else None),
        ("Given before", prior),
        ("Age", None if known.age is None else f"{known.age:g} years"),
    )
    given = [(label, text) for label, text in facts if text is not None]
    absent = [label.lower() for label, text in facts if text is None]
    if patient.scar is not None:
        given.append(("Score of genomic scars", f"{patient.scar.score:g} ({patient.scar.assay})"))
    if len(absent) == len(facts):
        return [*given, ("Clinical facts", words.NOT_GIVEN)]
    return given + ([("Clinical facts not given", words.joined(absent))] if absent else [])
