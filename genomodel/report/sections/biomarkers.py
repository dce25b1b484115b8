"""Markers of the whole tumor: mutational burden, mutational signatures, homologous recombination."""

from __future__ import annotations

from typing import Any

from genomodel.core.biomarkers import (
    Biomarkers,
    BurdenCall,
    HomologousRecombination,
    MutationalBurden,
    MutationalSignatures,
    RepairCall,
)
from genomodel.core.report import PatientReport
from genomodel.report import words
from genomodel.report.medium import Medium

BURDEN_WORDS = {
    BurdenCall.HIGH: "High",
    BurdenCall.LOW: "Low",
    BurdenCall.INDETERMINATE: "Indeterminate: the interval holds the cut-off, or more may count",
    BurdenCall.NOT_ASSESSABLE: "Not assessable",
}
REPAIR_WORDS = {
    RepairCall.DEFICIENT: "Deficient",
    RepairCall.NOT_SHOWN: "Deficiency not shown, which does not say that repair works",
    RepairCall.NOT_ASSESSABLE: "Not assessable",
}
NOT_RUN = "Not looked at: the step did not run on this input."
INTERVAL = f"95{words.NBSP}% interval"


def biomarkers(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return answer, reason and facts of each marker; nothing but that nobody looked where the step did not run."""
    found = report.interpretation.biomarkers
    return {
        "not_run": NOT_RUN,
        "burden": _burden(found.burden) if found.burden is not None else None,
        "signatures": _signatures(found.signatures) if found.signatures is not None else None,
        "repair": _repair(found.homologous_recombination) if found.homologous_recombination is not None else None,
    }


def markers_in_short(found: Biomarkers) -> list[str]:
    """Return the markers that have an answer, each in a few words."""
    said = []
    burden, repair = found.burden, found.homologous_recombination
    if burden is not None and burden.call is not BurdenCall.NOT_ASSESSABLE:
        said.append(f"mutational burden {burden.call.value}{_value_in_brackets(burden)}")
    if repair is not None and repair.call is RepairCall.DEFICIENT:
        said.append(f"homologous recombination deficient ({'; '.join(repair.basis)})")
    return said


def _value_in_brackets(burden: MutationalBurden) -> str:
    return f" ({_value(burden)})" if burden.value is not None else ""


def _value(burden: MutationalBurden) -> str:
    if burden.value is None:
        return ""
    text = f"{burden.value:.3g} per Mb"
    if burden.low is not None and burden.high is not None:
        text += f", {INTERVAL} {burden.low:.3g} to {burden.high:.3g}"
    return text


def _burden(burden: MutationalBurden) -> dict[str, Any]:
    counted = "" if burden.mutations is None else words.plural(burden.mutations, "mutation")
    callable_bases = "" if burden.megabases is None else f"{burden.megabases:.4g} Mb"
    divided = ": ".join(filter(None, (callable_bases, burden.megabases_source)))
    cutoff = f"{burden.cutoff:g} per Mb: {burden.cutoff_source}" if burden.cutoff is not None else ""
    facts = [
        ("Value", _value(burden)),
        ("Counted", counted),
        ("Divided by", divided),
        ("Rule", burden.rule),
        ("Cut-off", cutoff),
    ]
    return {
        "status": BURDEN_WORDS[burden.call],
        "reason": words.sentence(burden.reason),
        "facts": [(label, text) for label, text in facts if text],
    }


def _signatures(found: MutationalSignatures) -> dict[str, Any]:
    number = "" if found.substitutions is None else words.plural(found.substitutions, "substitution")
    if found.fewest is not None:
        number += f"{'; ' if number else ''}nothing is fitted below {words.count(found.fewest)}"
    facts = [
        ("Substitutions", number),
        ("Fit", f"cosine similarity {found.cosine:.3f} of fit and counts" if found.cosine is not None else ""),
        ("Method", found.method),
        ("Signatures of", found.reference),
    ]
    return {
        "status": "Fitted" if found.assessable else "Not assessable",
        "reason": words.sentence(found.reason),
        "rows": [
            {
                "signature": one.signature,
                "share": words.percent(one.share),
                "sort": f"{one.share:.5f}",
                "interval": f"{words.percent(one.low)} to {words.percent(one.high)}",
                "etiology": one.etiology or words.NOT_GIVEN,
            }
            for one in found.exposures
        ],
        "fitted": found.assessable,
        "facts": [(label, text) for label, text in facts if text],
    }


def _repair(found: HomologousRecombination) -> dict[str, Any]:
    return {"status": REPAIR_WORDS[found.call], "reason": words.sentence(found.reason), "basis": found.basis}
