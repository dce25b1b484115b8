"""Criteria on copy number, fusions, and markers of the whole tumor; wild type; what no data can be held against."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from genomodel.core.biomarkers import BurdenCall
from genomodel.core.copy_number import CopyNumberState, possible_amplification, possible_deep_deletion
from genomodel.core.knowledge import Criterion
from genomodel.core.microsatellites import InstabilityClass
from genomodel.core.variants import PROTEIN_CHANGING, Origin
from genomodel.interpretation.matching.alterations import (
    Alteration,
    GeneCopies,
    JoinedGenes,
    LostExons,
    SmallVariant,
    Tumor,
    gene_key,
    keys_of,
)
from genomodel.interpretation.matching.answers import Doubt, Hit, Resolution, Truth
from genomodel.interpretation.matching.classes import LOSS_OF_FUNCTION, is_pathogenic, on_hotspot
from genomodel.interpretation.matching.registry import (
    Found,
    criterion_gene,
    matcher,
    on_copies,
    on_fusions,
    on_losses,
    whole,
)
from genomodel.resources.actionable_fusions import THREE, fusion_genes

STATES = {
    "amplification": (CopyNumberState.AMPLIFICATION,),
    "gain": (CopyNumberState.GAIN, CopyNumberState.AMPLIFICATION),
    "deep_deletion": (CopyNumberState.DEEP_DELETION,),
    "loss": (CopyNumberState.LOSS, CopyNumberState.DEEP_DELETION),
}
"""States that satisfy a kind: a gain is no amplification, and a loss of one copy no deep deletion."""
BASES = {
    "amplification": "amplification",
    "gain": "gain of copies",
    "deep_deletion": "deletion",
    "loss": "loss of copies",
    "loh": "loss of heterozygosity",
    "copy_neutral_loh": "copy-neutral loss of heterozygosity",
}
ANY = "?"


@matcher("amplification", "gain", silence=on_copies)
@matcher("deep_deletion", "loss", silence=on_losses)
def _copies(criterion: Criterion, alteration: Alteration, tumor: Tumor) -> Found:
    if not isinstance(alteration, GeneCopies):
        return None
    call, kind = alteration.call, criterion.kind
    if call.state in STATES[kind]:
        return Hit(alteration.id, Resolution.COPY_NUMBER, BASES[kind])
    maybe = (kind in ("amplification", "gain") and possible_amplification(call)) or (
        kind == "deep_deletion" and possible_deep_deletion(call)
    )
    return Doubt(alteration.id, f"{alteration.gene}: {call.note}") if maybe else None


def _on_heterozygosity(criterion: Criterion, tumor: Tumor) -> str:
    gene = criterion_gene(criterion)
    known = any(isinstance(item, GeneCopies) and item.call.loh is not None for item in tumor.by_gene.get(gene, ()))
    return on_copies(criterion, tumor) or ("" if known else f"no heterozygous site told of a loss in {gene}")


@matcher("loh", "copy_neutral_loh", silence=_on_heterozygosity)
def _heterozygosity(criterion: Criterion, alteration: Alteration, tumor: Tumor) -> Found:
    if not isinstance(alteration, GeneCopies) or alteration.call.loh is not True:
        return None
    neutral = alteration.call.state is CopyNumberState.NEUTRAL
    if criterion.kind == "copy_neutral_loh" and not neutral:
        return None
    return Hit(alteration.id, Resolution.COPY_NUMBER, BASES[criterion.kind])


class FusionAsked(NamedTuple):
    """What the value of a fusion asks for; empty where anything will do."""

    partner: str
    gene_5: str
    gene_3: str
    exons: tuple[int, int] | None


@cache
def fusion_asked(value: str) -> FusionAsked:
    """Read the value of a criterion on a fusion: ````, ``BCR``, ``EML4::ALK``, ``?::ALK``, ``EML4::ALK:13-20``."""
    if "::" not in value:
        return FusionAsked(gene_key(value), "", "", None)
    pair, _, exons = value.partition("::")[2].partition(":")
    five, three = (gene_key(name) if name != ANY else "" for name in (value.partition("::")[0], pair))
    numbers = [int(number) for number in exons.split("-")] if exons else []
    return FusionAsked("", five, three, (numbers[0], numbers[1]) if numbers else None)


@matcher(
    "fusion",
    value=r"([\w.-]+|([\w.-]+|\?)::([\w.-]+|\?)(:\d+-\d+)?)?",
    silence=on_fusions,
)
def _fusion(criterion: Criterion, alteration: Alteration, tumor: Tumor) -> Found:
    """Match a fusion with the partner on the side that the value names, else where the gene's fusions have it.

    A gene joined to itself, as by a tandem duplication within it, is no fusion of it.
    """
    if not isinstance(alteration, JoinedGenes) or alteration.gene_5 == alteration.gene_3:
        return None
    asked, own = fusion_asked(criterion.value), keys_of(criterion)
    five, three = alteration.gene_5, alteration.gene_3
    gene = next((name for name in own if name in (five, three)), "")
    if (own and not gene) or not _has_partner(asked, gene, alteration):
        return None
    if alteration.withheld:
        return Doubt(alteration.id, f"{alteration.id}: {alteration.withheld}")
    if asked.exons is not None and None in (alteration.exon_5, alteration.exon_3):
        return Doubt(alteration.id, f"the exons at which {five}::{three} is joined are not known")
    if asked.exons not in (None, (alteration.exon_5, alteration.exon_3)):
        return None
    open_partner = not asked.partner and "" in (asked.gene_5, asked.gene_3)
    ignored = (
        (f"the source names no partner, the tumor's is {three if gene == five else five}",) if open_partner else ()
    )
    return Hit(alteration.id, Resolution.FUSION, "fusion", ignored=(*ignored, *alteration.ignored))


def _has_partner(asked: FusionAsked, gene: str, fusion: JoinedGenes) -> bool:
    if asked.gene_5 or asked.gene_3:
        return asked.gene_5 in ("", fusion.gene_5) and asked.gene_3 in ("", fusion.gene_3)
    partner = fusion.gene_3 if gene == fusion.gene_5 else fusion.gene_5
    return _stands_right(gene, fusion) and asked.partner in ("", partner)


def _stands_right(gene: str, fusion: JoinedGenes) -> bool:
    listed = fusion_genes().get(gene)
    return listed is None or gene == (fusion.gene_3 if listed.role == THREE else fusion.gene_5)


@whole("msi_high", "msi_stable")
def _instability(criterion: Criterion, tumor: Tumor) -> tuple[Truth, Hit | str]:
    if tumor.msi in (None, InstabilityClass.INDETERMINATE):
        return Truth.UNKNOWN, "microsatellite instability was not assayed, or is indeterminate"
    high = tumor.msi is InstabilityClass.HIGH
    if high is not (criterion.kind == "msi_high"):
        return Truth.FALSE, ""
    basis = "microsatellite instability, high" if high else "microsatellites stable"
    return Truth.TRUE, Hit("msi_high" if high else "", Resolution.BIOMARKER, basis)


@whole("tmb_high")
def _burden(criterion: Criterion, tumor: Tumor) -> tuple[Truth, Hit | str]:
    burden = tumor.burden
    if burden is None or burden.call is BurdenCall.NOT_ASSESSABLE:
        return Truth.UNKNOWN, "the tumor mutational burden is not known"
    if burden.call is BurdenCall.INDETERMINATE:
        return Truth.UNKNOWN, "the tumor mutational burden is indeterminate"
    if burden.call is BurdenCall.LOW:
        return Truth.FALSE, ""
    return Truth.TRUE, Hit("tmb_high", Resolution.BIOMARKER, f"tumor mutational burden {burden.value:.1f} per megabase")


@whole("hrd_score_high")
def _scars(criterion: Criterion, tumor: Tumor) -> tuple[Truth, Hit | str]:
    """Hold where a score is above the cut-off of the assay that gave it, in a tumor that the cut-off is for."""
    if tumor.scar is None:
        return Truth.UNKNOWN, "no score of genomic scars was given"
    if tumor.scar.above is None:
        return Truth.UNKNOWN, tumor.scar.words
    if not tumor.scar.above:
        return Truth.FALSE, ""
    return Truth.TRUE, Hit("hrd_score_high", Resolution.BIOMARKER, tumor.scar.words)


@whole("text", value=r"(?s:.*)")
def _text(criterion: Criterion, tumor: Tumor) -> tuple[Truth, Hit | str]:
    said = criterion.name or criterion.value or criterion.gene
    return Truth.UNKNOWN, f"{said}: {criterion.gap or 'nothing here tells'}"


@whole("wild_type")
def _wild_type(criterion: Criterion, tumor: Tumor) -> tuple[Truth, Hit | str]:
    """Hold where the gene was assayed for small variants and nothing that changes its protein was seen."""
    gene = criterion_gene(criterion)
    found = [_spoils(gene, item) for item in tumor.of(keys_of(criterion))]
    if any(item is Truth.TRUE for item, _ in found):
        return Truth.FALSE, ""
    doubts = [why for item, why in found if item is Truth.UNKNOWN]
    doubts += [why for item in tumor.doubtful_of(keys_of(criterion)) if (why := doubtful_reason(gene, item))]
    silence = tumor.assayed.silence_on_variants(gene)
    if doubts or silence:
        return Truth.UNKNOWN, "; ".join(dict.fromkeys(filter(None, (*doubts, silence))))
    open_fusions = tumor.assayed.silence_on_fusions(gene)
    ignored = (*tumor.assayed.remarks, *([f"fusions: {open_fusions}"] if open_fusions else []))
    return Truth.TRUE, Hit("", Resolution.ABSENCE, f"{gene} wild type", ignored=ignored)


def _spoils(gene: str, item: Alteration) -> tuple[Truth, str]:
    """Return whether an alteration takes the wild type from a gene, and why it may."""
    if isinstance(item, GeneCopies):
        gone = item.call.state is CopyNumberState.DEEP_DELETION
        may = possible_deep_deletion(item.call)
        return (Truth.TRUE if gone else Truth.UNKNOWN if may else Truth.FALSE), f"{gene}: {item.call.note}"
    if isinstance(item, JoinedGenes):
        return (Truth.UNKNOWN if item.withheld else Truth.TRUE), f"{item.id}: {item.withheld}"
    if isinstance(item, LostExons):
        return Truth.TRUE, ""
    return _mutated(gene, item)


def _mutated(gene: str, item: SmallVariant) -> tuple[Truth, str]:
    changing = [found for found in item.effects.get(gene, ())[:1] if found.variant_class in PROTEIN_CHANGING]
    named = any(effect.gene == gene for effect in item.variant.named_effects)
    if item.common or not (changing or named):
        return Truth.FALSE, ""
    known = named or any(found.variant_class in LOSS_OF_FUNCTION or on_hotspot(gene, found) for found in changing)
    return (Truth.TRUE if known else Truth.UNKNOWN), f"what {name_of(gene, item)} does is not known"


def doubtful_reason(gene: str, item: Alteration) -> str:
    """Return why an allele that is not reported as the tumor's keeps a gene from being called wild type.

    Of inherited ones only what is known to matter does: everybody carries the others.
    """
    if not isinstance(item, SmallVariant) or _mutated(gene, item)[0] is Truth.FALSE:
        return ""
    known = _mutated(gene, item)[0] is Truth.TRUE or is_pathogenic(item)
    if item.variant.origin is Origin.GERMLINE and not known:
        return ""
    return f"{name_of(gene, item)} was seen and is {standing_of(item)}"


def standing_of(item: SmallVariant) -> str:
    """Say why a doubtful allele is not reported as the tumor's."""
    if item.doubt:
        return item.doubt
    if item.variant.origin is Origin.GERMLINE:
        return "inherited"
    return "to be confirmed" if item.variant.origin is not Origin.NOT_CALLED else "not called"


def name_of(gene: str, item: SmallVariant) -> str:
    """Return a variant as a reader would say it."""
    found = next(iter(item.effects.get(gene, ())), None)
    change = (found.protein_change or found.hgvs_c) if found is not None else ""
    return f"{gene} {re.sub(r'^.*:', '', change) or item.variant.variant.key}"
