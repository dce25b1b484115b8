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
from genomodel.report.catalog import say
from genomodel.report.medium import Medium


def biomarkers(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return answer, reason and facts of each marker; nothing but that nobody looked where the step did not run."""
    found = report.interpretation.biomarkers
    return {
        "not_run": say("biomarkers.not_run"),
        "burden": _burden(found.burden) if found.burden is not None else None,
        "signatures": _signatures(found.signatures) if found.signatures is not None else None,
        "repair": _repair(found.homologous_recombination) if found.homologous_recombination is not None else None,
    }


def markers_in_short(found: Biomarkers) -> list[str]:
    """Return the markers that have an answer, each in a few words."""
    said = []
    burden, repair = found.burden, found.homologous_recombination
    if burden is not None and burden.call is not BurdenCall.NOT_ASSESSABLE:
        call = say(f"biomarkers.burden_in_short.{burden.call.value}")
        said.append(f"{call}{_value_in_brackets(burden)}")
    if repair is not None and repair.call is RepairCall.DEFICIENT:
        said.append(say("biomarkers.deficient_by", basis="; ".join(repair.basis)))
    return said


def _value_in_brackets(burden: MutationalBurden) -> str:
    return f" ({_value(burden)})" if burden.value is not None else ""


def _value(burden: MutationalBurden) -> str:
    if burden.value is None:
        return ""
    text = say("biomarkers.per_mb", n=f"{burden.value:.3g}")
    if burden.low is not None and burden.high is not None:
        text += say("biomarkers.interval", low=f"{burden.low:.3g}", high=f"{burden.high:.3g}")
    return text


def _burden(burden: MutationalBurden) -> dict[str, Any]:
    counted = "" if burden.mutations is None else say("biomarkers.n_mutations", n=words.count(burden.mutations))
    callable_bases = "" if burden.megabases is None else f"{burden.megabases:.4g} Mb"
    divided = ": ".join(filter(None, (callable_bases, burden.megabases_source)))
    cutoff = ""
    if burden.cutoff is not None:
        cutoff = f"{say('biomarkers.per_mb', n=f'{burden.cutoff:g}')}: {burden.cutoff_source}"
    facts = [
        (say("biomarkers.value"), _value(burden)),
        (say("biomarkers.counted"), counted),
        (say("biomarkers.divided"), divided),
        (say("biomarkers.rule"), burden.rule),
        (say("biomarkers.cutoff"), cutoff),
    ]
    return {
        "status": say(f"biomarkers.burden_call.{burden.call.value}"),
        "reason": words.sentence(burden.reason),
        "facts": [(label, text) for label, text in facts if text],
    }


def _signatures(found: MutationalSignatures) -> dict[str, Any]:
    number = (
        "" if found.substitutions is None else say("biomarkers.n_substitutions", n=words.count(found.substitutions))
    )
    if found.fewest is not None:
        number += ("; " if number else "") + say("biomarkers.fewest", n=words.count(found.fewest))
    fit = "" if found.cosine is None else say("biomarkers.cosine", n=f"{found.cosine:.3f}")
    facts = [
        (say("biomarkers.substitutions"), number),
        (say("biomarkers.fit"), fit),
        (say("biomarkers.method"), found.method),
        (say("biomarkers.reference"), found.reference),
    ]
    return {
        "status": say("biomarkers.fitted") if found.assessable else say("biomarkers.not_assessable"),
        "reason": words.sentence(found.reason),
        "rows": [
            {
                "signature": one.signature,
                "share": words.percent(one.share),
                "sort": f"{one.share:.5f}",
                "interval": say("biomarkers.range", low=words.percent(one.low), high=words.percent(one.high)),
                "etiology": one.etiology or words.NOT_GIVEN,
            }
            for one in found.exposures
        ],
        "fitted": found.assessable,
        "facts": [(label, text) for label, text in facts if text],
    }


def _repair(found: HomologousRecombination) -> dict[str, Any]:
    return {
        "status": say(f"biomarkers.repair_call.{found.call.value}"),
        "reason": words.sentence(found.reason),
        "basis": found.basis,
    }
