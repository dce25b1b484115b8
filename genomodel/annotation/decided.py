"""What ``genomodel decide`` wrote beside the origin: who saw an allele, who decided, and what was left out."""

from __future__ import annotations

import math
from dataclasses import dataclass

from genomodel.calls.allelic_loss import lost_other_allele
from genomodel.calls.vcf_text import VcfHeader, VcfRecord
from genomodel.core.provenance import Step, StepStatus
from genomodel.core.variants import AlleleCounts, Label, Origin

CALLERS_STEP = "Variant callers"
DECISION_STEP = "Decision on origin"
NOT_RUN_STEP = "Caller or judge left out"
SKIPPED_STEP = "Part of variant calling left out"


@dataclass(frozen=True, slots=True)
class DecisionFields:
    """The fields of one record."""

    engines: tuple[str, ...] = ()
    engine_filters: tuple[str, ...] = ()
    decided_by: str | None = None
    posterior: float | None = None
    labels: tuple[str, ...] = ()


def read_decision(record: VcfRecord) -> DecisionFields:
    """Return who saw the allele of a record, who decided and how surely.

    Raises
    ------
    InputError
        The probability is none.
    """
    text = record.info.get("GM_P_SOMATIC", "")
    posterior = None
    if text not in ("", "."):
        try:
            posterior = float(text)
        except ValueError:
            posterior = math.nan
        if not 0 <= posterior <= 1:
            raise record.error(f"probability {text!r} is not a number of 0 to 1", column="GM_P_SOMATIC")
    return DecisionFields(
        engines=_listed(record, "GM_ENGINES"),
        engine_filters=_listed(record, "GM_ENGINE_FILTERS"),
        decided_by=record.info.get("GM_DECIDED_BY") or None,
        posterior=posterior,
        labels=_listed(record, "GM_LABELS"),
    )


def _listed(record: VcfRecord, key: str) -> tuple[str, ...]:
    return tuple(part for part in record.info.get(key, "").split(",") if part not in ("", "."))


def engines_of(header: VcfHeader) -> tuple[str, ...]:
    """Return the callers whose union was decided, as the header names them."""
    return tuple(name for name in (header.value("genomodel_engines") or "").split(",") if name)


def decision_steps(header: VcfHeader) -> tuple[Step, ...]:
    """Return what the header says of callers, judge and what was left out; nothing for files of other houses."""
    steps = []
    engines = engines_of(header)
    if engines:
        versions = dict(text.split(": ", 1) for text in values(header, "genomodel_engine_version") if ": " in text)
        named = [f"{name} ({versions[name]})" if name in versions else name for name in engines]
        steps.append(Step(name=CALLERS_STEP, status=StepStatus.DONE, detail=", ".join(named)))
    judge = header.value("genomodel_decided_by")
    if judge:
        rule, fdr = header.value("genomodel_pass_rule"), header.value("genomodel_fdr")
        parts = [judge, f"false discovery rate asked for: {fdr}" if fdr else "", f"rule: {rule}" if rule else ""]
        steps.append(Step(name=DECISION_STEP, status=StepStatus.DONE, detail="; ".join(filter(None, parts))))
    steps += [
        Step(name=NOT_RUN_STEP, status=StepStatus.SKIPPED, detail=text) for text in values(header, "genomodel_not_run")
    ]
    steps += [
        Step(name=SKIPPED_STEP, status=StepStatus.SKIPPED, detail=text) for text in values(header, "genomodel_skipped")
    ]
    return tuple(steps)


def values(header: VcfHeader, key: str) -> list[str]:
    """Return the values of all plain ``##key=value`` lines of a key, each once."""
    start = f"##{key}="
    return list(dict.fromkeys(line[len(start) :].strip() for line in header.meta if line.startswith(start)))


def with_loss(
    labels: tuple[str, ...], origin: Origin, tumor: AlleleCounts, normal: AlleleCounts | None
) -> tuple[str, ...]:
    """Return labels with that of a lost allele, where the counts show it and the decision did not say so."""
    if Label.LOH in labels or not lost_other_allele(origin, tumor, normal):
        return labels
    return (*labels, Label.LOH.value)
