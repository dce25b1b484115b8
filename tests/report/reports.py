"""Made-up reports: the facts in them are invented, the shapes are those of real input."""

from __future__ import annotations

from typing import Any

from genomodel.core.copy_number import CopyNumberCall, CopyNumberState
from genomodel.core.findings import (
    Direction,
    Disposition,
    DispositionKind,
    Evidence,
    EvidenceMatch,
    Finding,
    Hotspot,
    Interpretation,
    NotAssessable,
    TumorTypeMatch,
)
from genomodel.core.front_page import FrontPredictions
from genomodel.core.patients import Assay, CallingMode, GenomeBuild, Patient, TumorType
from genomodel.core.predictions import (
    AlterationSupport,
    ApplicabilityFlag,
    Contribution,
    DrugAccuracy,
    DrugPrediction,
    FlagLevel,
    ResponsePrediction,
)
from genomodel.core.provenance import SourceFile, Step, StepStatus, Version
from genomodel.core.report import Calling, PatientReport, QualityMetric
from genomodel.core.sample_quality import QualityStatus
from genomodel.core.variants import AlleleCounts, AnnotatedVariant, Consequence, Origin, Variant, VariantClass
from genomodel.report.compose import compose

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}</style>"
MELANOMA = TumorType(code="MEL", name="Melanoma", main_type="Melanoma", tissue="Skin", ancestors=("SKIN",))
WILD_TYPE = AlleleCounts(depth=75, ref_reads=75, alt_reads=0, allele_fraction=0.0)
SHA = "0123456789abcdef" * 4


def variant(
    record: int,
    gene: str = "BRAF",
    change: str = "V600E",
    *,
    origin: Origin = Origin.SOMATIC,
    risk: str | None = None,
    normal: AlleleCounts | None = WILD_TYPE,
    **decided: Any,
) -> AnnotatedVariant:
    return AnnotatedVariant(
        **decided,
        record=record,
        variant=Variant(chrom="7", pos=1000 + record, ref="A", alt="T"),
        tumor=AlleleCounts(depth=280, ref_reads=196, alt_reads=84, allele_fraction=0.3),
        normal=normal,
        origin=origin,
        origin_reason="84 reads in the tumor, none in the normal",
        germline_risk=risk,
        consequence=Consequence(
            gene=gene,
            transcript="ENST00000000001",
            terms=("missense_variant",),
            variant_class=VariantClass.MISSENSE,
            hgvs_c="c.1799T>A",
            protein_change=change,
            source="BCSQ",
        ),
    )


def match(
    gene: str = "BRAF",
    *,
    therapy: str = "Drugone + Drugtwo",
    tier: str = "I-A",
    direction: Direction = Direction.SENSITIVITY,
    relation: TumorTypeMatch = TumorTypeMatch.SAME,
    conditions: tuple[str, ...] = (),
    url: str = "https://example.org/label.pdf",
) -> EvidenceMatch:
    return EvidenceMatch(
        evidence=Evidence(
            id=f"{gene.lower()}-{therapy.lower().replace(' ', '-')}-{direction.value}",
            gene=gene,
            biomarker=f"{gene} V600E",
            tumor_types=("MEL",),
            tumor_type_text="Melanoma",
            therapy=therapy,
            direction=direction,
            agency="FDA",
            conditions=conditions,
            source_name="Prescribing information",
            source_id="EX:1",
            source_url=url,
            source_date="2020-05-01",
        ),
        matched_on="allele",
        tumor_type_match=relation,
        tier=tier,
        tier_reason="approved in this tumor type",
    )


def finding(
    record: int, gene: str = "BRAF", evidence: tuple[EvidenceMatch, ...] = (), *, change: str = "V600E"
) -> Finding:
    return Finding(
        id=f"P:{record}",
        gene=gene,
        label=f"{gene} p.{change}",
        variant=variant(record, gene, change),
        hotspot=Hotspot(residue="V600", tumors_at_residue=897, tumors_with_allele=833),
        driver_role="activating",
        evidence=evidence,
        why="Hotspot, mutated in 897 tumors.",
    )


def prediction(drug: str, percentile: float, *, predictable: bool = True, tissue: bool = True) -> DrugPrediction:
    low, high = max(percentile - 20, 0.5), min(percentile + 4, 99.5)
    return DrugPrediction(
        drug=drug,
        screen="GDSC2",
        targets=("BRAF",),
        pathway="ERK MAPK signaling",
        ln_ic50=-1.3,
        baseline_ln_ic50=0.8,
        lower90=-3.1,
        upper90=0.4,
        percentile_tissue=percentile if tissue else None,
        percentile_tissue_lower90=low if tissue else None,
        percentile_tissue_upper90=high if tissue else None,
        percentile_overall=percentile,
        percentile_overall_lower90=low,
        percentile_overall_upper90=high,
        n_lines_tissue=52 if tissue else 4,
        n_lines_overall=925,
        tissue_deciles=(-4.2, -2.6, -1.9, -1.1, -0.3, 0.4, 1.2, 1.9, 2.6, 3.3, 5.1),
        accuracy=DrugAccuracy(
            n_lines=869, pearson_r=0.66, within_tissue_r=0.39, within_tissue_r_lower=0.31, coverage90=0.91
        ),
        predictable=predictable,
        contributions=(
            Contribution(feature="BRAF:V600E", label="BRAF p.V600E", ln_ic50=-1.8),
            Contribution(feature="fusions", label="fusions not assayed, as usual in the tissue", ln_ic50=-0.6),
            Contribution(feature="TP53:R175H", label="TP53 p.R175H", ln_ic50=0.2),
            Contribution(feature="CDKN2A:del", label="CDKN2A deep deletion", ln_ic50=0.1),
        ),
    )


def from_tissue(
    drug: str, percentile: float, shift: float, contributions: tuple[Contribution, ...] = ()
) -> DrugPrediction:
    """A drug that stands high for the tissue: the alterations of the tumor move it by ``shift`` ln IC50."""
    own = contributions or (Contribution(feature="NF1:truncating", label="NF1 p.R440*", ln_ic50=shift),)
    return prediction(drug, percentile).model_copy(
        update={"ln_ic50": -1.3, "baseline_ln_ic50": -1.3 - sum(c.ln_ic50 for c in own), "contributions": own}
    )


def response(n_top: int = 14, n_silent: int = 20) -> ResponsePrediction:
    ranked = [prediction(f"Drug{index:02d}", 99 - 2.5 * index) for index in range(n_top)]
    silent = [prediction(f"Silent{index:02d}", 50, predictable=False) for index in range(n_silent)]
    return ResponsePrediction(
        patient_id="P1",
        tissue="skin",
        tissue_source="OncoTree MEL, tissue Skin",
        model=Version(name="genomodel-response", version="1", kind="model", sha256=SHA, licence="CC BY 4.0"),
        predictions=(*ranked, *silent),
        support=(
            AlterationSupport(
                label="BRAF p.V600E", n_lines=52, n_lines_tissue=37, lines=("A101D", "A2058", "A375", "C32", "CHL-1")
            ),
            AlterationSupport(label="TP53 p.R175H", n_lines=28, n_lines_tissue=0, lines=("AU565", "CAL-33")),
            AlterationSupport(label="CDKN2A deep deletion", n_lines=0, n_lines_tissue=0),
        ),
        sensitive_coverage=0.7371,
        flags=(
            ApplicabilityFlag(name="copy_number_unobserved", level=FlagLevel.CAUTION, text="No copy number was given."),
            ApplicabilityFlag(name="tissue_known", level=FlagLevel.NOTE, text="52 lines of this tissue."),
        ),
        interval_inflation=1.12,
    )


def listed(item: AnnotatedVariant) -> Finding:
    """A variant of which nothing is known."""
    gene = item.consequence.gene if item.consequence else ""
    return Finding(id=f"P1:{item.variant.key}", gene=gene, label=gene, variant=item, why="Protein-changing.")


def dispositions(n_findings: int, n_others: int, n_filtered: int) -> tuple[Disposition, ...]:
    kinds = (
        [DispositionKind.FINDING] * n_findings
        + [DispositionKind.LISTED] * n_others
        + [DispositionKind.FILTERED] * n_filtered
    )
    return tuple(
        Disposition(record=index, variant=f"7:{1000 + index}:A>T", gene="BRAF", kind=kind, reason=f"reason {index}")
        for index, kind in enumerate(kinds, start=1)
    )


def report(
    findings: tuple[Finding, ...] = (),
    others: tuple[AnnotatedVariant, ...] = (),
    *,
    patient: Patient | None = None,
    n_filtered: int = 0,
    not_assessable: tuple[NotAssessable, ...] = (),
    predicted: ResponsePrediction | None = None,
    synthetic: bool = False,
    quality: tuple[QualityMetric, ...] = (),
) -> PatientReport:
    patient = patient or Patient(
        id="P1",
        tumor_type=MELANOMA,
        assay=Assay.PANEL,
        sex="female",
        purity=0.6,
        genome=GenomeBuild.GRCH38,
        mode=CallingMode.TUMOR_NORMAL,
        tumor_sample="P1-T",
        normal_sample="P1-N",
        assay_bed="/data/private/panel.bed",
        assayed_genes=tuple(f"GENE{index}" for index in range(412)),
    )
    small = sum(1 for item in findings if item.variant is not None)
    return PatientReport(
        patient=patient,
        synthetic=synthetic,
        inputs=(SourceFile(name="P1.vcf.gz", sha256=SHA, kind="vcf"),),
        interpretation=Interpretation(
            patient_id=patient.id,
            findings=findings,
            other_variants=tuple(listed(item) for item in others),
            dispositions=dispositions(small, len(others), n_filtered),
            n_records=small + len(others) + n_filtered,
            not_assessable=not_assessable,
            sources=(Version(name="hotspots", version="v2", kind="knowledge", licence="ODbL", date="2017-12-15"),),
        ),
        response=predicted,
        response_absent_reason=None if predicted else "the model bundle was left out",
        quality=quality,
        steps=(
            Step(name="annotation", status=StepStatus.DONE, detail="from BCSQ"),
            Step(name="fusions", status=StepStatus.SKIPPED, detail="no fusion caller"),
        ),
        versions=(Version(name="genomodel", version="0.1", kind="package", licence="MIT"),),
    )


def empty_report() -> PatientReport:
    return report()


def set_aside_report() -> PatientReport:
    """Nothing but a germline and a filtered allele that would have evidence."""
    seen = tuple(
        finding(record, gene, (match(gene),)).model_copy(update={"variant": variant(record, gene, origin=origin)})
        for record, gene, origin in ((1, "BRAF", Origin.GERMLINE), (2, "KRAS", Origin.NOT_CALLED))
    )
    base = report(n_filtered=2)
    interpretation = base.interpretation.model_copy(update={"set_aside": seen})
    return base.model_copy(update={"interpretation": interpretation})


def with_reads(found: AnnotatedVariant, alternate: int, depth: int) -> AnnotatedVariant:
    counts = AlleleCounts(
        depth=depth, ref_reads=depth - alternate, alt_reads=alternate, allele_fraction=alternate / depth
    )
    half = AlleleCounts(depth=120, ref_reads=60, alt_reads=60, allele_fraction=0.5)
    return found.model_copy(
        update={"tumor": counts, "normal": half if found.origin is Origin.GERMLINE else found.normal}
    )


def decided_report() -> PatientReport:
    """A tumor of this workflow: one finding, one hotspot to be confirmed, one inherited allele with a lost partner."""
    seen: dict[str, Any] = {"callers": ("mutect2", "pileup"), "posterior": 0.9995, "decided_by": "varlociraptor"}
    filters = ("mutect2:PASS", "pileup:.")
    called = finding(1, "BRAF", (match("BRAF"),))
    called = called.model_copy(
        update={"variant": variant(1, "BRAF", engine_filters=filters, labels=("normal_evidence",), **seen)}
    )
    faint: dict[str, Any] = {**seen, "labels": ("confirm",), "callers": ("pileup",), "posterior": 0.41}
    waiting = finding(2, "KRAS", (match("KRAS"),), change="G12D")
    waiting = waiting.model_copy(
        update={"variant": with_reads(variant(2, "KRAS", "G12D", origin=Origin.UNCERTAIN, **faint), 6, 1200)}
    )
    inherited = finding(3, "BRCA1", (match("BRCA1"),), change="C61G")
    inherited = inherited.model_copy(
        update={"variant": with_reads(variant(3, "BRCA1", "C61G", origin=Origin.GERMLINE, labels=("loh",)), 297, 300)}
    )
    base = report((called,), n_filtered=1, predicted=response())
    interpretation = base.interpretation.model_copy(update={"set_aside": (inherited,), "to_confirm": (waiting,)})
    steps = (
        Step(name="Variant callers", status=StepStatus.DONE, detail="freebayes (1.3.6), mutect2 (4.6.2.0), pileup"),
        Step(name="Caller or judge left out", status=StepStatus.SKIPPED, detail="octopus: not installed"),
    )
    calling = Calling(engines=("freebayes", "mutect2", "pileup"), decided_by="varlociraptor")
    return base.model_copy(
        update={"interpretation": interpretation, "calling": calling, "steps": (*steps, *base.steps)}
    )


def typical_report() -> PatientReport:
    tiered = finding(
        1,
        "BRAF",
        (
            match(conditions=("unresectable or metastatic disease", "biomarker found by an approved test")),
            match(therapy="Drugthree", conditions=("unresectable or metastatic disease",)),
            match(therapy="Drugfour", direction=Direction.RESISTANCE, tier="II-C", relation=TumorTypeMatch.OTHER),
        ),
    )
    others = tuple(variant(3 + index, f"OTHER{index}", f"A{10 + index}T") for index in range(8))
    gaps = ("Gene fusions", "Microsatellite instability", "Tumor mutational burden")
    return report(
        (tiered, finding(2, "TP53", change="R175H")),
        others,
        n_filtered=30,
        not_assessable=tuple(NotAssessable(what=what, reason="Not assayed by this input.") for what in gaps),
        predicted=response(),
        quality=(
            QualityMetric(name="Mean depth", value="312", threshold="at least 100", status=QualityStatus.PASS),
            QualityMetric(name="Regions at depth", value="40 of 44", threshold="all", status=QualityStatus.FAIL),
            QualityMetric(name="Input records", value="40"),
        ),
    )


def crowded_report() -> PatientReport:
    """Twelve findings of tier I or II, thirty gaps, hundreds of other variants."""
    findings = tuple(
        finding(
            index,
            f"GENE{index:02d}",
            tuple(
                match(f"GENE{index:02d}", therapy=f"Therapy {index}-{number}", tier="I-A" if index % 2 else "II-C")
                for number in range(3)
            ),
        )
        for index in range(1, 13)
    )
    amplified = Finding(
        id="P1:ERBB2:amplification",
        gene="ERBB2",
        label="ERBB2 amplification",
        copy_number=CopyNumberCall(
            gene="ERBB2", state=CopyNumberState.AMPLIFICATION, log2_ratio=2.31, copies=10.2, n_regions=14
        ),
        why="Amplification of a driver gene.",
    )
    return report(
        (*findings, amplified),
        tuple(variant(13 + index, f"OTHER{index}", f"A{10 + index}T") for index in range(300)),
        n_filtered=900,
        not_assessable=tuple(NotAssessable(what=f"LOCUS{index}", reason="Depth below 100.") for index in range(30)),
        predicted=response(120, 150),
        synthetic=True,
    )


def tumor_only_report() -> PatientReport:
    patient = Patient(id="TO-1", tumor_type=MELANOMA, mode=CallingMode.TUMOR_ONLY, tumor_sample="T")
    uncertain = finding(1, "BRAF", (match(),)).model_copy(
        update={"variant": variant(1, origin=Origin.UNCERTAIN, risk="moderate", normal=None)}
    )
    return report((uncertain,), patient=patient, predicted=response(2, 0))


def hostile_report() -> PatientReport:
    """Markup and control characters in every string that a user or a file can set."""
    text = HOSTILE + "\x00\x1b\u202e\u2066"
    patient = Patient(
        id="P1",
        tumor_type=TumorType(code=text, name=text, tissue=text),
        sex=text,
        tumor_sample=text,
        normal_sample=text,
        assay_bed="C:\\secret\\" + "panel.bed",
        notes=text,
    )
    hostile = finding(1, text, (match(text, therapy=text, conditions=(text,), url=f"javascript:alert(3)//{text}"),))
    base = report((hostile,), (variant(2, text, text),), patient=patient, predicted=response(2, 2))
    flags = (ApplicabilityFlag(name=text, level=FlagLevel.CAUTION, text=text),)
    return base.model_copy(
        update={
            "inputs": (SourceFile(name=text, sha256=text, kind=text),),
            "response": response(2, 2).model_copy(
                update={
                    "flags": flags,
                    "tissue": text,
                    "predictions": (prediction(text, 90),),
                    "support": (
                        AlterationSupport(label="BRAF p.V600E", n_lines=3, n_lines_tissue=1, lines=(text, "A375")),
                    ),
                }
            ),
            "quality": (QualityMetric(name=text, value=text, threshold=text, status=QualityStatus.FAIL),),
            "steps": (Step(name=text, status=StepStatus.SKIPPED, detail=text),),
            "versions": (Version(name=text, version=text, kind=text, licence=text, url=f"javascript:{text}"),),
            "reported_on": text,
        }
    )


def unicode_report() -> PatientReport:
    notes = "Größe 3 µm, naïve; Ωμέγα Жук مريض"
    patient = typical_report().patient.model_copy(update={"notes": notes})
    long = variant(3, "EGFR", "E746_A750del").model_copy(
        update={"variant": Variant(chrom="7", pos=55, ref="A" * 213, alt="G")}
    )
    return (
        typical_report()
        .model_copy(update={"patient": patient})
        .model_copy(
            update={
                "interpretation": typical_report().interpretation.model_copy(
                    update={"other_variants": (listed(long), *typical_report().interpretation.other_variants[1:])}
                )
            }
        )
    )


def front_lines(report: PatientReport) -> dict[str, str]:
    """Return all lines of the first page by their topic."""
    page = compose(report).front
    return {line.topic: line.text for part in (page.summary, page.check, page.markers, page.limits) for line in part}


def front_predictions(report: PatientReport) -> FrontPredictions:
    """Return what the first page shows of predictions."""
    found = compose(report).front.predictions
    assert found is not None
    return found


ALL = {
    "empty": empty_report,
    "set-aside": set_aside_report,
    "decided": decided_report,
    "typical": typical_report,
    "crowded": crowded_report,
    "tumor-only": tumor_only_report,
    "hostile": hostile_report,
    "unicode": unicode_report,
}
