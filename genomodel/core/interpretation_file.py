"""What is written of one tumor's interpretation: the findings, every allele of every record, and what they rest on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field
from pydantic_core import to_json

from genomodel.core.base import Noun
from genomodel.core.copy_number import CopyNumberProfile
from genomodel.core.findings import Finding, Interpretation
from genomodel.core.microsatellites import MicrosatelliteAssay
from genomodel.core.oncogenicity import BY_KEY, SharedOncogenicity
from genomodel.core.patients import Patient
from genomodel.core.provenance import AlleleSource, SourceFile, Step, Version
from genomodel.core.rearrangements import RearrangementAssay
from genomodel.core.report import RESEARCH_USE_ONLY
from genomodel.core.variants import AnnotatedVariant, Origin

SCHEMA_VERSION = "2.0"
"""Of the file, apart from the report's; raised with every change of what a field means or of which there are."""
ONE_LINE_EACH = frozenset({"other_variants", "dispositions", "alleles"})
"""Lists that may be as long as the input: each of their items is one line of the file."""
LISTS_OF_FINDINGS = ("findings", "other_variants", "set_aside", "to_confirm")


class AlleleFacts(Noun):
    """What input and annotation say of one allele of one record that no finding and no list shows in full."""

    record: int = Field(ge=1)
    variant: str
    """Key, ``chrom:pos:ref>alt``."""
    origin: Origin
    origin_reason: str
    depth: int | None = None
    alt_reads: int | None = None
    allele_fraction: float | None = None
    normal_depth: int | None = None
    normal_alt_reads: int | None = None
    filters: tuple[str, ...] = ()
    gene: str = ""
    transcript: str = ""
    mane: str = ""
    annotator: str = ""
    """Who said the consequence: ``CSQ``, ``ANN``, ``BCSQ``, ``MAF`` or ``bases``."""
    terms: tuple[str, ...] = ()
    hgvs_c: str = ""
    hgvs_p: str = ""
    protein_change: str = ""
    population_frequency: float | None = None
    clinvar: str = ""
    """Number of ClinVar's record, its germline classification and its oncogenicity, as far as there are any."""


class InterpretationFile(Noun):
    """One patient's interpretation as it is written to disk, enough to export and to explain it."""

    schema_version: str
    """:data:`SCHEMA_VERSION` of what wrote it; without a default, so that a file that does not say is refused."""
    research_use_only: str = RESEARCH_USE_ONLY
    synthetic: bool
    patient: str
    """Id of the patient."""
    subject: Patient
    failures: tuple[str, ...] = ()
    """What of the samples' checks failed, so that nothing here is to be relied on; empty where nothing did."""
    inputs: tuple[SourceFile, ...] = ()
    sources: tuple[AlleleSource, ...] = ()
    """Sources that alleles were looked up in, and those that they were not."""
    oncogenicity: SharedOncogenicity = SharedOncogenicity()
    """Of the file alone, where findings name a key of its classes; empty here, where each holds the value itself."""
    content: Interpretation
    alleles: tuple[AlleleFacts, ...] = ()
    """Every allele that :attr:`content` does not show in full; inherited ones unless the patient refused to know."""
    copy_number: CopyNumberProfile | None = None
    """Genes and segments, without the points of the drawing; ``None`` when copy number was not looked at."""
    msi: MicrosatelliteAssay | None = None
    rearrangements: RearrangementAssay | None = None
    steps: tuple[Step, ...] = ()
    versions: tuple[Version, ...] = ()

    def json_parts(self) -> Iterator[bytes]:
        """Yield the file: what is said of oncogenicity once, long lists with one item a line."""
        findings = (one for name in LISTS_OF_FINDINGS for one in _findings(self.content, name))
        shared, keys = SharedOncogenicity.of(one.oncogenicity for one in findings if one.oncogenicity is not None)
        yield from _parts(self.model_copy(update={"oncogenicity": shared}), {BY_KEY: keys})
        yield b"\n"

    @classmethod
    def model_json_schema(cls, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return the schema of the file, in which the oncogenicity of a finding is a key."""
        schema = super().model_json_schema(*args, **kwargs)
        schema["$defs"]["Finding"]["properties"]["oncogenicity"] = {
            "anyOf": [{"type": "string"}, {"type": "null"}],
            "description": "Key of oncogenicity.classes; null for what the standard is not about.",
            "title": "Oncogenicity",
        }
        schema["$defs"].pop("Oncogenicity", None)
        return schema


def _findings(content: Interpretation, name: str) -> tuple[Finding, ...]:
    found: tuple[Finding, ...] = getattr(content, name)
    return found


def _parts(noun: Noun, context: Mapping[str, Any], depth: int = 1) -> Iterator[bytes]:
    """Yield a noun as JSON whose fields are ``depth`` blanks from the left."""
    margin = b"\n" + b" " * depth
    for number, name in enumerate(type(noun).model_fields):
        value = getattr(noun, name)
        yield (b"," if number else b"{") + margin + f'"{name}": '.encode()
        if name in ONE_LINE_EACH and value:
            for place, item in enumerate(value):
                yield (b"," if place else b"[") + margin + b" " + _json(item, context)
            yield margin + b"]"
        elif isinstance(value, Interpretation):
            yield from _parts(value, context, depth + 1)
        else:
            yield _json(value, context, indent=1).replace(b"\n", margin)
    yield margin[:-1] + b"}"


def _json(value: Any, context: Mapping[str, Any], indent: int | None = None) -> bytes:
    return to_json(value, indent=indent, inf_nan_mode="null", context=context)


def facts_of(item: AnnotatedVariant) -> AlleleFacts:
    """Return what input and annotation say of an allele, in a line."""
    told, record, normal = item.consequence, item.clinvar, item.normal
    clinvar = (record.variation_id, record.germline, record.oncogenicity) if record is not None else ()
    return AlleleFacts(
        record=item.record,
        variant=item.variant.key,
        origin=item.origin,
        origin_reason=item.origin_reason,
        depth=item.tumor.depth,
        alt_reads=item.tumor.alt_reads,
        allele_fraction=item.tumor.known_fraction,
        normal_depth=normal.depth if normal else None,
        normal_alt_reads=normal.alt_reads if normal else None,
        filters=item.filters,
        gene=told.gene if told else next((effect.gene for effect in item.named_effects), ""),
        transcript=told.transcript if told else "",
        mane=told.mane if told else "",
        annotator=told.source if told else "",
        terms=told.terms if told else (),
        hgvs_c=told.hgvs_c if told else "",
        hgvs_p=told.hgvs_p if told else "",
        protein_change=told.protein_change if told else "",
        population_frequency=item.population_frequency,
        clinvar="; ".join(filter(None, clinvar)),
    )
