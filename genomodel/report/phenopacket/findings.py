"""The findings of a report as genomic interpretations."""

from __future__ import annotations

from typing import Any

from genomodel.core.copy_number import CopyNumberCall, CopyNumberState
from genomodel.core.findings import Direction, EvidenceType, Finding
from genomodel.core.patients import GenomeBuild
from genomodel.core.rearrangements import Rearrangement, RearrangementKind
from genomodel.core.report import PatientReport
from genomodel.core.variants import AnnotatedVariant, Consequence, Origin
from genomodel.report.phenopacket.terms import term
from genomodel.resources.gene_symbols import hgnc_id

Json = dict[str, Any]
STATES = {
    CopyNumberState.AMPLIFICATION: "EFO:0030072",
    CopyNumberState.GAIN: "EFO:0030070",
    CopyNumberState.LOSS: "EFO:0030067",
    CopyNumberState.DEEP_DELETION: "EFO:0020073",
}
ACTIONABLE = ("I-A", "I-B", "II-C", "II-D")


def genomic_interpretations(report: PatientReport, tumor: str) -> list[Json]:
    """Return the interpretations of the findings on the genome, in the order of the report.

    Inherited alleles are the person's, others the tumor's. Markers of the whole tumor are measurements, and findings
    that a reviewer took out are none.

    Parameters
    ----------
    report
        The report.
    tumor
        Id of the tumor's biosample.
    """
    genome = report.patient.genome
    return [
        {
            "subjectOrBiosampleId": report.patient.id if _is_inherited(finding) else tumor,
            "interpretationStatus": "CANDIDATE",
            "variantInterpretation": {
                "acmgPathogenicityClassification": "NOT_PROVIDED",
                "therapeuticActionability": "ACTIONABLE" if _is_actionable(finding) else "UNKNOWN_ACTIONABILITY",
                "variationDescriptor": _descriptor(finding, genome),
            },
        }
        for finding in report.interpretation.findings
        if finding.variant or finding.copy_number or finding.rearrangement
    ]


def _is_inherited(finding: Finding) -> bool:
    return finding.variant is not None and finding.variant.origin is Origin.GERMLINE


def _is_actionable(finding: Finding) -> bool:
    """Whether a tier I or II is of a therapy that the alteration makes work; its conditions are the reader's."""
    return finding.tier in ACTIONABLE and any(
        match.evidence.evidence_type is EvidenceType.PREDICTIVE
        and match.evidence.direction is Direction.SENSITIVITY
        and match.evidence.supports
        for match in finding.evidence
    )


def _descriptor(finding: Finding, genome: GenomeBuild) -> Json:
    made: Json = {
        "id": finding.id,
        "label": finding.label,
        "description": finding.why,
        "moleculeContext": "genomic",
        "extensions": _extensions({"tier": finding.tier, **_marks(finding)}),
    }
    if finding.gene:
        made["geneContext"] = _gene(finding.gene)
    if finding.variant is not None:
        made |= _small(finding.variant, genome)
        made["extensions"] += _extensions(_reads(finding.variant))
    elif finding.copy_number is not None and finding.copy_number.state in STATES:
        made["structuralType"] = term(STATES[finding.copy_number.state])
        made["extensions"] += _extensions(_copies(finding.copy_number, genome))
    elif finding.rearrangement is not None:
        if finding.rearrangement.kind is RearrangementKind.FUSION:
            made["structuralType"] = term("SO:0001565")
        made["extensions"] += _extensions(_junction(finding.rearrangement, genome))
    return made


def _gene(symbol: str) -> Json:
    """Return a gene; one without an id of HGNC is named by its symbol alone."""
    id_ = hgnc_id(symbol)
    return {"symbol": symbol, **({"valueId": id_} if id_ else {})}


def _small(variant: AnnotatedVariant, genome: GenomeBuild) -> Json:
    place = variant.variant
    made: Json = {"expressions": _expressions(variant.consequence)}
    # An allele as MAF has it, without the base before, is none of VCF.
    if genome is not GenomeBuild.UNKNOWN and "-" not in (place.ref, place.alt):
        record = {"chrom": place.chrom, "pos": str(place.pos), "ref": place.ref, "alt": place.alt}
        made["vcfRecord"] = {"genomeAssembly": genome.value, **record}
    return made


def _expressions(consequence: Consequence | None) -> list[Json]:
    """Return what HGVS calls the change, on the transcript that it is of."""
    if consequence is None:
        return []
    found: list[Json] = []
    for syntax, text in (("hgvs.c", consequence.hgvs_c), ("hgvs.p", consequence.hgvs_p)):
        if text:
            named = text if ":" in text or syntax == "hgvs.p" else f"{consequence.transcript}:{text}".lstrip(":")
            found.append({"syntax": syntax, "value": named})
    return found


def _marks(finding: Finding) -> dict[str, object]:
    variant, scored = finding.variant, finding.oncogenicity
    return {
        "oncogenicity": scored.classification.value if scored is not None else None,
        "origin": variant.origin.value if variant is not None else None,
        "protein_change": variant.consequence.protein_change if variant is not None and variant.consequence else None,
    }


def _reads(variant: AnnotatedVariant) -> dict[str, object]:
    return {
        "allele": variant.variant.key,
        "allele_fraction": variant.tumor.known_fraction,
        "alternate_reads": variant.tumor.alt_reads,
        "depth": variant.tumor.depth,
    }


def _copies(call: CopyNumberCall, genome: GenomeBuild) -> dict[str, object]:
    known = call.chrom and call.start is not None and call.end is not None
    return {
        "copies": call.copies,
        "log2_ratio": call.log2_ratio,
        "measured_region": f"{genome.value} {call.chrom}:{call.start}-{call.end}" if known else None,
    }


def _junction(event: Rearrangement, genome: GenomeBuild) -> dict[str, object]:
    return {
        "five_prime": f"{event.five.gene} {genome.value} {event.five.chrom}:{event.five.pos}",
        "three_prime": f"{event.three.gene} {genome.value} {event.three.chrom}:{event.three.pos}",
        "frame": event.frame.value,
        "confirmed": str(event.confirmed).lower(),
    }


def _extensions(facts: dict[str, object]) -> list[Json]:
    return [
        {"name": name, "value": f"{value:.6g}" if isinstance(value, float) else str(value)}
        for name, value in facts.items()
        if value is not None and value != ""
    ]
