"""What rests on the alleles of a tumor taken together: second alleles, repair, inheritance, and trials."""

from __future__ import annotations

from genomodel.core.copy_number import CopyNumberProfile
from genomodel.core.findings import Interpretation
from genomodel.core.variants import AnnotatedCalls, Origin
from genomodel.interpretation.biomarkers.repair import assess_repair
from genomodel.interpretation.germline_policy import review_germline
from genomodel.interpretation.matching import Tumor
from genomodel.interpretation.second_allele import with_second_alleles
from genomodel.interpretation.trials import TrialSource, search_trials


def with_allele_answers(
    found: Interpretation,
    calls: AnnotatedCalls,
    copy_number: CopyNumberProfile | None,
    tumor: Tumor,
    trials: TrialSource | None = None,
) -> Interpretation:
    """Return an interpretation with what follows from its findings together.

    Parameters
    ----------
    found
        With its findings, and the alleles set aside.
    calls
        As the patient's consent lets them be told.
    copy_number
        ``None`` where nobody looked.
    tumor
        What the findings were told by.
    trials
        A configured list of trials; ``None`` where there is none.
    """
    patient = calls.patient
    aside = found.set_aside
    inherited = [item for item in aside if item.variant is not None and item.variant.origin is Origin.GERMLINE]
    findings = with_second_alleles(found.findings, patient, copy_number, inherited)
    told = {item.id: item for item in with_second_alleles(inherited, patient, copy_number, found.findings)}
    repair = assess_repair((*findings, *told.values()), patient, tumor.assayed)
    return found.model_copy(
        update={
            "findings": findings,
            "set_aside": tuple(told.get(item.id, item) for item in aside),
            "biomarkers": found.biomarkers.model_copy(update={"homologous_recombination": repair}),
            "germline": review_germline(calls),
            "trials": search_trials(trials, tumor, patient, findings),
        }
    )
