"""Tumors and statements for tests of matching, made through the door that reports use."""

from __future__ import annotations

from collections.abc import Mapping

from genomodel.core.assays import Assays
from genomodel.core.copy_number import CopyNumberCall, CopyNumberProfile, CopyNumberState, PurityPloidy
from genomodel.core.findings import Direction, Evidence
from genomodel.core.knowledge import Criterion, Place, Profile, Statement
from genomodel.core.microsatellites import Cutoffs, InstabilityClass, MicrosatelliteAssay
from genomodel.core.patients import GenomeBuild
from genomodel.core.rearrangements import (
    Frame,
    GeneAnswer,
    JoinedGene,
    Material,
    Rearrangement,
    RearrangementAssay,
    RearrangementKind,
    Support,
)
from genomodel.core.variants import AnnotatedVariant
from genomodel.interpretation.matching import Truth, Tumor, evaluate, parse_rule, tumor_of
from tests.interpretation.builders import SOURCE, calls_of, patient

GRCH37, GRCH38 = GenomeBuild.GRCH37, GenomeBuild.GRCH38
PANEL = ("BRAF", "KRAS", "NRAS", "EGFR", "TP53", "KIT", "ERBB2", "ALK", "BRCA2", "MET", "FLT3")


def tumor(
    *variants: AnnotatedVariant,
    copies: Mapping[str, CopyNumberState | CopyNumberCall] | None = None,
    joined: tuple[Rearrangement, ...] = (),
    looked: tuple[str, ...] = (),
    msi: InstabilityClass | None = None,
    **facts: object,
) -> Tumor:
    """Return the tumor of a patient with the given calls; ``copies`` are the genes with a copy-number answer."""
    who = patient("LUAD", **{"genome": GRCH38, "purity": 0.6, **facts})
    rearranged = None
    if joined or looked:
        answers = tuple(GeneAnswer(gene=gene, assessable=True, material=Material.RNA, reason="") for gene in looked)
        rearranged = RearrangementAssay(calls=joined, genes=answers)
    return tumor_of(
        calls_of(who, *variants),
        None if copies is None else copy_numbers(copies),
        None,
        Assays(rearrangements=rearranged, msi=None if msi is None else instability(msi)),
    )


def copy_numbers(copies: Mapping[str, CopyNumberState | CopyNumberCall]) -> CopyNumberProfile:
    calls = tuple(
        call if isinstance(call, CopyNumberCall) else CopyNumberCall(gene=gene, state=call)
        for gene, call in copies.items()
    )
    purity = PurityPloidy(purity=0.6, source="given")
    return CopyNumberProfile(source=SOURCE, calls=calls, assayed_genes=tuple(copies), purity=purity)


def instability(status: InstabilityClass) -> MicrosatelliteAssay:
    cutoffs = Cutoffs(high=0.1, stable=0.035, source="made for a test")
    return MicrosatelliteAssay(method="test", status=status, n_unstable=9, n_callable=300, cutoffs=cutoffs)


def fusion(five: str, three: str, exons: tuple[int | None, int | None] = (None, None), **more: object) -> Rearrangement:
    facts = {
        "kind": RearrangementKind.FUSION,
        "five": JoinedGene(gene=five, chrom="2", pos=100, exon=exons[0]),
        "three": JoinedGene(gene=three, chrom="2", pos=900, exon=exons[1]),
        "frame": Frame.IN_FRAME,
        "support": (Support(material=Material.RNA, program="made"),),
        "confirmed": True,
        **more,
    }
    return Rearrangement.model_validate(facts)


def skipped(gene: str, first: int, last: int) -> Rearrangement:
    return fusion(gene, gene, kind=RearrangementKind.EXONS_LOST, exons_lost=(first, last))


def place(build: GenomeBuild, chrom: str, start: int, ref: str = "", alt: str = "", end: int = 0) -> Place:
    return Place(build=build, chrom=chrom, start=start, end=end or start + max(len(ref), 1) - 1, ref=ref, alt=alt)


def truth(rule: str | Criterion | Profile, of: Tumor, gene: str = "") -> Truth:
    return evaluate(profile(rule, gene), of).truth


def profile(rule: str | Criterion | Profile, gene: str = "") -> Profile:
    if isinstance(rule, Profile):
        return rule
    return Profile.of(rule) if isinstance(rule, Criterion) else parse_rule(rule, gene)


def statement(name: str, rule: str | Criterion | Profile, gene: str = "", **evidence: object) -> Statement:
    facts: dict[str, object] = {
        "id": name,
        "gene": gene,
        "biomarker": name,
        "tumor_types": (),
        "tumor_type_text": "any",
        "therapy": "a drug",
        "direction": Direction.SENSITIVITY,
        "agency": "made for a test",
        "source_name": "made for a test",
        "source_id": name,
        "source_url": "",
        **evidence,
    }
    return Statement(evidence=Evidence.model_validate(facts), profile=profile(rule, gene), scope="any", tier="II-D")
