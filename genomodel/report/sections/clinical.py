"""What the sheet says of the patient beside the tumor type, for the head of the report."""

from __future__ import annotations

from genomodel.core.patients import Patient
from genomodel.report import words
from genomodel.report.catalog import say


def clinical_facts(patient: Patient) -> list[tuple[str, str]]:
    """Return the clinical facts that were given, and in one entry which were not."""
    known = patient.clinical
    receptors = words.joined([f"{name} {state.value}" for name, state in known.receptors.items()])
    prior = None if known.prior_therapies is None else words.joined(known.prior_therapies) or say("clinical.none")
    facts = (
        (say("clinical.receptors"), receptors or None),
        (say("clinical.line"), None if known.line is None else str(known.line)),
        (say("clinical.stage"), known.stage.replace("_", " ") if known.stage else None),
        (say("clinical.prior"), prior),
        (say("clinical.age"), None if known.age is None else say("clinical.years", age=f"{known.age:g}")),
    )
    given = [(label, text) for label, text in facts if text is not None]
    absent = [label.lower() for label, text in facts if text is None]
    if patient.scar is not None:
        score = say("clinical.scar_value", score=f"{patient.scar.score:g}", assay=patient.scar.assay)
        given.append((say("clinical.scar"), score))
    if len(absent) == len(facts):
        return [*given, (say("clinical.facts"), words.NOT_GIVEN)]
    return given + ([(say("clinical.not_given"), words.joined(absent))] if absent else [])
