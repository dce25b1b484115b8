"""Alleles of one codon of which nobody knows whether they share a molecule: one finding for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from genomodel.annotation.hgvs import printed
from genomodel.core.findings import Disposition, DispositionKind, Finding
from genomodel.core.variants import AnnotatedVariant, Phase, shorten_sequence
from genomodel.interpretation.evidence_order import rank_of_match
from genomodel.interpretation.phase import SharedCodons, is_open, other_reading, place_in_codon


def join_open_codons(findings: Mapping[str, Finding]) -> tuple[dict[str, Finding], dict[str, AnnotatedVariant]]:
    """Return the findings with those of one codon of unknown phase as one, and who stands for each that is gone.

    Whatever the phase is, one of the alleles is there alone or all are together, so that evidence which holds for an
    allele in either case holds for the codon.

    Parameters
    ----------
    findings
        By their id, in the order of the input.

    Returns
    -------
    tuple
        The findings that stay, each first allele with the evidence of all; the variant under which each other allele
        is shown, by the key of the allele.
    """
    groups: dict[object, list[Finding]] = {}
    for name, finding in findings.items():
        groups.setdefault(_open_codon(finding) or name, []).append(finding)
    kept: dict[str, Finding] = {}
    leaders: dict[str, AnnotatedVariant] = {}
    for first, *others in (sorted(group, key=_place) for group in groups.values()):
        kept[first.id] = _joined(first, others) if others else first
        if first.variant is not None:
            leaders |= {item.variant.variant.key: first.variant for item in others if item.variant is not None}
    return kept, leaders


def as_parts(dispositions: Iterable[Disposition], leaders: Mapping[str, AnnotatedVariant]) -> tuple[Disposition, ...]:
    """Return the dispositions with those of alleles that are shown with another record as parts of its change."""
    return tuple(_as_part(item, leaders) for item in dispositions)


def with_leaders(codons: SharedCodons, leaders: Mapping[str, AnnotatedVariant]) -> SharedCodons:
    """Return the shared codons with the alleles of unknown phase that are shown as one."""
    return replace(codons, leaders={**codons.leaders, **leaders}) if leaders else codons


def _as_part(item: Disposition, leaders: Mapping[str, AnnotatedVariant]) -> Disposition:
    leader = leaders.get(item.variant)
    if leader is None or item.kind is not DispositionKind.FINDING:
        return item
    reason = (
        f"At one codon with record {leader.record}, on one DNA molecule or not, and shown there once. {item.reason}"
    )
    return item.model_copy(update={"kind": DispositionKind.PART_OF_CHANGE, "reason": reason})


def _open_codon(finding: Finding) -> frozenset[str] | None:
    variant = finding.variant
    if variant is None or variant.joint is None or variant.joint.phase is not Phase.UNKNOWN or not is_open(variant):
        return None
    return frozenset((variant.variant.key, *variant.joint.partners))


def _place(finding: Finding) -> tuple[int, str]:
    """Sort key of alleles of one codon, which does not ask in which order the records came."""
    return (0, finding.id) if finding.variant is None else place_in_codon(finding.variant)


def _joined(first: Finding, others: Sequence[Finding]) -> Finding:
    listed = (first, *others)
    evidence = {(m.evidence.knowledge_base, m.evidence.id): m for item in listed[::-1] for m in item.evidence}
    records = " and ".join(str(item.variant.record) for item in others if item.variant is not None)
    return first.model_copy(
        update={
            "label": _label(listed),
            "evidence": tuple(sorted(evidence.values(), key=rank_of_match)),
            "hotspot": next((item.hotspot for item in listed if item.hotspot is not None), None),
            "why": f"{first.why.rstrip('.')}; shown once for record {records} too.",
        }
    )


def _label(listed: Sequence[Finding]) -> str:
    variants = [item.variant for item in listed if item.variant is not None]
    readings = [*(variant.consequence for variant in variants), *(other_reading(variant) for variant in variants)]
    changes = [reading.protein_change for reading in readings if reading is not None and reading.protein_change]
    names = list(dict.fromkeys(printed(shorten_sequence(change, "residues")) for change in changes))
    if len(names) < len(listed):
        return " or ".join(dict.fromkeys(item.label for item in listed))
    return f"{listed[0].gene} {', '.join(names[:-1])} or {names[-1]} (phase unknown)"
