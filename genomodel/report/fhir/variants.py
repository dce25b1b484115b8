"""Alterations as observations: small variants, copy number, rearrangements, and what they do to a gene."""

from __future__ import annotations

from typing import Any

from genomodel.annotation.hgvs import three_letter
from genomodel.core.builds import bare
from genomodel.core.copy_number import CopyNumberCall, CopyNumberState
from genomodel.core.findings import Finding
from genomodel.core.patients import GenomeBuild
from genomodel.core.rearrangements import Rearrangement
from genomodel.core.report import PatientReport
from genomodel.core.variants import AnnotatedVariant, Consequence, Origin, TumorOnlyClass
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.fhir import guide
from genomodel.report.fhir.elements import Entries, component, concept, markdown, text
from genomodel.report.fhir.people import Cast
from genomodel.report.sections.front import named_with_origin
from genomodel.resources.gene_symbols import hgnc_id

Json = dict[str, Any]
VARIANT, EFFECT = "variant", "molecular-consequence"
SOURCE_CLASSES = {
    TumorOnlyClass.SOMATIC: "likely-somatic",
    TumorOnlyClass.LIKELY_GERMLINE: "likely-germline",
}
GAINS = (CopyNumberState.AMPLIFICATION, CopyNumberState.GAIN)
LOSSES = (CopyNumberState.DEEP_DELETION, CopyNumberState.LOSS)


def gene_concept(gene: str) -> Json:
    """Return a gene by its HGNC id where its symbol has one, else by its symbol alone."""
    id_ = hgnc_id(gene)
    coded = [{"system": guide.url(VARIANT, "system:hgnc"), "code": id_, "display": gene}] if id_ else []
    return concept(*coded, said=gene)


def quantity(value: float, unit: str = "1") -> Json:
    """Return a number without dimension, of six significant digits."""
    return {"value": float(f"{value:.6g}"), "unit": unit, "system": guide.url(VARIANT, "system:ucum"), "code": "1"}


def observation(profile: str, status: str, cast: Cast) -> Json:
    """Return what all observations of a report share."""
    return {
        "status": status,
        "category": guide.categories(profile),
        "code": {"coding": [guide.coding(profile, "code")]} if guide.has(profile, "code") else {},
        "subject": cast.patient,
        "effectiveDateTime": cast.effective,
        "performer": cast.performer,
    }


class Alterations:
    """Adds one observation for each alteration, and remembers it for what is derived from it."""

    def __init__(self, report: PatientReport, entries: Entries, cast: Cast, status: str) -> None:
        self._report, self._entries, self._cast, self._status = report, entries, cast, status

    def variant(self, finding: Finding, *, confirmed: bool = True) -> list[Json]:
        """Add the observation of an alteration that has a place, and what it does where that is known.

        Parameters
        ----------
        finding
            One with a small variant, a copy-number call or a rearrangement.
        confirmed
            False for an allele of too little support to be reported: it is then indeterminate, never present.

        Returns
        -------
        list of dict
            References to what was added, the alteration first.
        """
        value = guide.coding(VARIANT, "value:present" if confirmed else "value:indeterminate")
        content = observation(VARIANT, self._status, self._cast) | {
            "specimen": self._cast.tumor,
            "valueCodeableConcept": {"coding": [value]},
            "component": [self._conclusion(finding, confirmed), *self._components(finding, confirmed)],
            "note": [*self._cast.failed, *_doubt(finding), *_review(finding)],
        }
        told = [finding.label, words.sentence(finding.why)]
        made = [self._entries.add("Observation", finding.id, content, told=told, profile=VARIANT)]
        if finding.variant is not None and finding.variant.consequence is not None:
            made.append(self._effect(finding, finding.variant.consequence, made[0]))
        return made

    def _conclusion(self, finding: Finding, confirmed: bool) -> Json:
        tier = say("fhir.tier", tier=finding.tier) if finding.tier else ""
        # The tier of an allele that is to be confirmed would be that of evidence on it, if it were there.
        tier = tier if confirmed else say("fhir.to_confirm")
        said = "; ".join(filter(None, (named_with_origin(finding), tier)))
        return component(VARIANT, "conclusion-string", valueString=text(said))

    def _components(self, finding: Finding, confirmed: bool) -> list[Json]:
        made: list[Json] = []
        build = self._report.patient.genome
        if finding.variant is not None:
            made = _small(finding.variant)
        elif finding.copy_number is not None:
            made = _copies(finding.copy_number)
        elif finding.rearrangement is not None:
            made = _joined(finding.rearrangement)
        if build in (GenomeBuild.GRCH37, GenomeBuild.GRCH38):
            coded = guide.coding(VARIANT, f"value:{build.value}")
            made.append(component(VARIANT, "reference-sequence-assembly", valueCodeableConcept={"coding": [coded]}))
        if not confirmed or _doubt(finding):
            coded = guide.coding(VARIANT, "value:confidence-intermediate")
            made.append(component(VARIANT, "variant-confidence-status", valueCodeableConcept={"coding": [coded]}))
        return made

    def _effect(self, finding: Finding, effect: Consequence, variant: Json) -> Json:
        content = observation(EFFECT, self._status, self._cast) | {
            "derivedFrom": [variant | {"display": text(finding.label)}],
            "component": [*_transcript(EFFECT, effect), *(_term(term) for term in effect.terms if text(term))],
        }
        told = [f"{finding.label}: {', '.join(effect.terms).replace('_', ' ')}"]
        return self._entries.add("Observation", f"{finding.id} effect", content, told=told, profile=EFFECT)


def _doubt(finding: Finding) -> list[Json]:
    """Return why an event of joined genes may be inherited or no event at all, nothing where it is told from both."""
    event = finding.rearrangement
    if event is None or event.confirmed:
        return []
    return [{"text": markdown(say("fhir.not_confirmed", reason=event.unconfirmed_reason))}]


def _review(finding: Finding) -> list[Json]:
    """Return what a reviewer made of a finding, beside the tier that was computed."""
    mark = finding.reviewed
    if mark is None:
        return []
    tiers = {"tier": finding.tier or "none", "computed": mark.computed_tier or "none"}
    said = say("fhir.reviewed", person=mark.person, **tiers)
    return [{"text": markdown(" ".join(filter(None, (said, mark.comment))))}]


def _term(term: str) -> Json:
    coded = [guide.coding(EFFECT, f"value:{term}")] if guide.has(EFFECT, f"value:{term}") else []
    return component(EFFECT, "feature-consequence", valueCodeableConcept=concept(*coded, said=term.replace("_", " ")))


def _genes(*names: str) -> list[Json]:
    known = [name for name in dict.fromkeys(names) if text(name)]
    return [component(VARIANT, "gene-studied", valueCodeableConcept=gene_concept(name)) for name in known]


def _chromosome(chrom: str) -> list[Json]:
    element = f"value:chromosome-{bare(chrom)}"
    if not guide.has(VARIANT, element):
        return []
    coded = {"coding": [guide.coding(VARIANT, element)]}
    return [component(VARIANT, "chromosome-identifier", valueCodeableConcept=coded)]


def _place(chrom: str, start: int, end: int, element: str = "exact-start-end") -> list[Json]:
    counted = {"coding": [guide.coding(VARIANT, "value:1-based")]}
    ends = {"low": {"value": start}, "high": {"value": end}}
    return [
        *_chromosome(chrom),
        component(VARIANT, "coordinate-system", valueCodeableConcept=counted),
        component(VARIANT, element, valueRange=ends),
    ]


def _hgvs(profile: str, element: str, name: str) -> list[Json]:
    code = text(name)
    if not code:
        return []
    coded = {"system": guide.url(VARIANT, "system:hgvs"), "code": code}
    return [component(profile, element, valueCodeableConcept=concept(coded, said=code))]


def _transcript(profile: str, effect: Consequence) -> list[Json]:
    coding = effect.hgvs_c
    if coding and effect.transcript and ":" not in coding:
        coding = f"{effect.transcript}:{coding}"
    protein = effect.hgvs_p or three_letter(effect.protein_change)
    made = _hgvs(profile, "coding-hgvs", coding) + _hgvs(profile, "protein-hgvs", protein)
    if text(effect.transcript):
        made.append(component(profile, "transcript-ref-seq", valueCodeableConcept=concept(said=effect.transcript)))
    return made


def _small(variant: AnnotatedVariant) -> list[Json]:
    place, effect, counts = variant.variant, variant.consequence, variant.tumor
    made = _genes(effect.gene if effect else "")
    made += _place(place.chrom, place.pos, place.pos + max(len(place.ref.strip("-")), 1) - 1)
    for element, allele in (("ref-allele", place.ref), ("alt-allele", place.alt)):
        # The guide asks for alleles as VCF has them, and a dash of MAF is none.
        if text(allele) and "-" not in (place.ref, place.alt):
            made.append(component(VARIANT, element, valueString=text(allele)))
    if effect is not None:
        made += _transcript(VARIANT, effect)
    kind = _change_type(place.ref.strip("-"), place.alt.strip("-"))
    made.append(component(VARIANT, "coding-change-type", valueCodeableConcept={"coding": [_so(kind)]}))
    made.append(component(VARIANT, "genomic-source-class", valueCodeableConcept=_source_class(variant)))
    if counts.known_fraction is not None:
        made.append(component(VARIANT, "sample-allelic-frequency", valueQuantity=quantity(counts.known_fraction)))
    if counts.alt_reads is not None:
        reads = quantity(counts.alt_reads, say("fhir.reads"))
        made.append(component(VARIANT, "allelic-read-depth", valueQuantity=reads))
    if variant.clinvar is not None and text(variant.clinvar.variation_id):
        known = {"system": guide.url(VARIANT, "system:clinvar"), "code": text(variant.clinvar.variation_id)}
        made.append(component(VARIANT, "variation-code", valueCodeableConcept=concept(known)))
    return made


def _change_type(ref: str, alt: str) -> str:
    if len(ref) == len(alt):
        return "SNV" if len(ref) == 1 else "MNV"
    if ref.startswith(alt):
        return "deletion"
    return "insertion" if alt.startswith(ref) else "delins"


def _so(kind: str) -> Json:
    return guide.coding(VARIANT, f"value:{kind}")


def _source_class(variant: AnnotatedVariant) -> Json:
    """Return where an allele comes from, by the guide's code, which has one for what is not known, too."""
    known = {Origin.SOMATIC: "somatic", Origin.GERMLINE: "germline"}.get(variant.origin)
    if known is None and variant.tumor_only_class is not None:
        known = SOURCE_CLASSES.get(variant.tumor_only_class)
    return concept(guide.coding(VARIANT, f"value:{known or 'unknown-origin'}"), said=words.origin(variant))


def _copies(call: CopyNumberCall) -> list[Json]:
    made = _genes(call.gene)
    if call.chrom and call.start is not None and call.end is not None:
        # The gene's measured part: how far beyond it the event reaches is not told by its ends.
        made += _place(call.chrom, call.start, call.end, "inner-start-end")
    kind = "copy_number_gain" if call.state in GAINS else "copy_number_loss" if call.state in LOSSES else ""
    if kind:
        coded = concept(_so(kind), said=call.state.value.replace("_", " "))
        made.append(component(VARIANT, "coding-change-type", valueCodeableConcept=coded))
    if call.copies is not None:
        made.append(component(VARIANT, "copy-number", valueQuantity=quantity(call.copies)))
    return made


def _joined(event: Rearrangement) -> list[Json]:
    made = _genes(event.five.gene, event.three.gene)
    for chrom in dict.fromkeys((event.five.chrom, event.three.chrom)):
        made += _chromosome(chrom)
    fused = [] if event.exons_lost is not None else [_so("gene_fusion")]
    coded = concept(*fused, said=event.label)
    made.append(component(VARIANT, "coding-change-type", valueCodeableConcept=coded))
    return made
