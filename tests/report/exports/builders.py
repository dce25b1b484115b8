"""Interpretations for tests of exports: made of a VCF through the door that users take, and enriched."""

from __future__ import annotations

from pathlib import Path

from genomodel.batch import Case, load_tumor
from genomodel.core.biomarkers import (
    AllelesHit,
    Biomarkers,
    BurdenCall,
    Certainty,
    HomologousRecombination,
    MutationalBurden,
    MutationalSignatures,
    RepairCall,
    SecondAllele,
    SignatureExposure,
)
from genomodel.core.clinical import ConditionAnswer, ConditionStatus
from genomodel.core.copy_number import CopyNumberCall, CopyNumberState
from genomodel.core.findings import Direction, EvidenceMatch, EvidenceType, Finding, TherapyInteraction
from genomodel.core.interpretation_file import InterpretationFile
from genomodel.core.microsatellites import InstabilityClass
from genomodel.core.oncogenicity import CodeState, Oncogenicity, OncogenicityClass, OncogenicityCode
from genomodel.core.patients import Assay, Patient
from genomodel.core.rearrangements import (
    Frame,
    JoinedGene,
    Material,
    Rearrangement,
    RearrangementAssay,
    RearrangementKind,
    Support,
)
from genomodel.resources.oncotree import tumor_type_of
from genomodel.workup import interpret_tumor, interpretation_file
from tests.cli.test_report_bad_input import COLUMNS, HEADER, V600E
from tests.interpretation.tumors import copy_numbers, instability

COUNTS = "\tGT:AD\t0/0:80,0\t0/1:70,30\n"


def csq(alt: str, terms: str, gene: str, place: str = "", residues: str = "") -> str:
    return f"{alt}|{terms}|MODERATE|{gene}|ENSG0|Transcript|ENST00000646891|protein_coding|||{place}|{residues}"


def line(pos: int, ref: str, alt: str, info: str, counts: str = COUNTS, filters: str = "PASS") -> str:
    return f"chr7\t{pos}\trs;x\t{ref}\t{alt}\t.\t{filters}\t{info}{counts}"


RECORDS = (
    V600E
    + line(
        140753340,
        "C",
        "G,T",
        f"X=1;CSQ={csq('G', 'missense_variant', 'BRAF', '599', 'T/S')},"
        f"{csq('T', 'synonymous_variant', 'BRAF', '599', 'T')};Y",
        "\tGT:AD\t0/0:80,0,0\t0/1:70,30,5\n",
    )
    + line(
        140753400,
        "G",
        "A",
        f"CSQ={csq('A', 'missense_variant', 'BRAF', '580', 'A/T')}",
        "\tGT:AD\t0/1:40,40\t0/1:50,50\n",
    )
    + line(140753500, "G", ".", ".", "\tGT:AD\t0/0:80\t0/0:70\n")
    + line(140753600, "GT", "G", f"CSQ={csq('-', 'frameshift_variant', 'BRAF', '550', 'L/X')}", filters="weak;odd")
    + line(140753700, "A", "<DEL>", "SVLEN=-200;END=140753900")
)
"""A finding, two alleles in one record, an inherited allele, no alternate allele, a filtered one, a symbol."""
ASIDE = V600E.replace("0/0:80,0\t0/1:70,30", "0/1:40,40\t0/1:50,50")
"""An inherited V600E: evidence would give it a tier were it of the tumor."""
VCF = HEADER + '##INFO=<ID=X,Number=1,Type=Integer,Description="x">\n' + COLUMNS + RECORDS

ONCOGENIC = Oncogenicity(
    classification=OncogenicityClass.LIKELY_ONCOGENIC,
    points=7,
    codes=(
        OncogenicityCode(key="hotspot_strong", code="OS3", state=CodeState.MET, points=4, reason="many", source="hot"),
        OncogenicityCode(key="functional", code="OS2", state=CodeState.MET, points=2, reason="one study; weaker"),
        OncogenicityCode(key="rare", code="OP4", state=CodeState.MET, points=1, reason="absent"),
        OncogenicityCode(key="domain", code="OM1", state=CodeState.EXCLUDED, reason="ruled out by OS3"),
        OncogenicityCode(key="null", code="OVS1", state=CodeState.NOT_MET, reason="missense"),
        OncogenicityCode(key="common", code="SBS1", state=CodeState.NOT_MET, reason="rare"),
        OncogenicityCode(key="silico", code="OP1", state=CodeState.NOT_EVALUATED, reason="source absent"),
    ),
)
BENIGN = Oncogenicity(
    classification=OncogenicityClass.BENIGN,
    points=-8,
    codes=(OncogenicityCode(key="common", code="SBVS1", state=CodeState.MET, points=-8, reason="20 % of EAS"),),
)
BIOMARKERS = Biomarkers(
    burden=MutationalBurden(
        call=BurdenCall.HIGH,
        mutations=400,
        megabases=33.0,
        value=12.12,
        low=11.0,
        high=13.4,
        rule="coding",
        cutoff=10.0,
    ),
    signatures=MutationalSignatures(
        assessable=True,
        substitutions=900,
        exposures=(SignatureExposure(signature="SBS7a", share=0.75, low=0.7, high=0.8, etiology="ultraviolet light"),),
    ),
    homologous_recombination=HomologousRecombination(call=RepairCall.NOT_SHOWN, reason="no gene lost"),
)


def write_vcf(folder: Path, text: str = VCF, name: str = "P1") -> Path:
    path = folder / f"{name}.vcf"
    path.write_text(text)
    return path


def case_of(vcf: Path, patient: str = "P1", tumor_type: str = "SKCM", consent: bool | None = None) -> Case:
    kind = tumor_type_of(tumor_type)
    who = Patient(id=patient, tumor_type=kind, assay=Assay.WES, germline_consent=consent)
    return Case(patient=who, vcf=str(vcf))


def interpreted(
    vcf: Path, patient: str = "P1", tumor_type: str = "SKCM", consent: bool | None = None
) -> InterpretationFile:
    return interpretation_file(interpret_tumor(load_tumor(case_of(vcf, patient, tumor_type, consent))))


def enriched(made: InterpretationFile) -> InterpretationFile:
    """Return an interpretation with every part that findings, lists and the file may have."""
    second = SecondAllele(gene="BRAF", hit=AllelesHit.MONOALLELIC, certainty=Certainty.LOW, reason="no loss seen")
    facts = {"oncogenicity": ONCOGENIC, "second_allele": second}
    content = made.content
    events = (copy_event(made), fusion_event(made))
    findings = (
        *(finding.model_copy(update=facts | {"evidence": of_every_type(finding)}) for finding in content.findings),
        *events,
    )
    others = tuple(finding.model_copy(update={"oncogenicity": BENIGN}) for finding in content.other_variants)
    # Of another evidence table: this one has no such statements.
    sources = tuple(version.model_copy(update={"sha256": "0" * 64}) for version in content.sources)
    return made.model_copy(
        update={
            "content": content.model_copy(
                update={
                    "findings": findings,
                    "other_variants": others,
                    "biomarkers": BIOMARKERS,
                    "sources": sources,
                }
            ),
            "copy_number": copy_numbers({"BRAF": CopyNumberState.AMPLIFICATION, "TP53": CopyNumberState.LOSS}),
            "msi": instability(InstabilityClass.STABLE),
            "rearrangements": RearrangementAssay(calls=(FUSION,)),
        }
    )


def of_every_type(finding: Finding) -> tuple[EvidenceMatch, ...]:
    """Return the statements of a finding and, made of the first, one of each type, direction and kind of claim."""
    first = finding.evidence[0]
    answer = ConditionAnswer(condition="HR-positive", status=ConditionStatus.NOT_GIVEN, reason="status not given")

    def like(name: str, tier: str, **facts: object) -> EvidenceMatch:
        said = first.evidence.model_copy(update={"id": name, "conditions": (answer.condition,), **facts})
        return first.model_copy(
            update={
                "evidence": said,
                "tier": tier,
                "conditions": (answer,),
                "escat": "I-A",
                "conflicts": ("a conflict",),
            }
        )

    diagnostic = {"evidence_type": EvidenceType.DIAGNOSTIC, "therapy": ""}
    prognostic = {"evidence_type": EvidenceType.PROGNOSTIC, "therapy": ""}
    both = {"therapy": "A + B", "therapies": ("A", "B"), "interaction": TherapyInteraction.COMBINATION}
    return (
        *finding.evidence,
        like("t-both", "I-B", **both),
        like("t-against", "II-D", direction=Direction.RESISTANCE, supports=False),
        like("t-reduced", "II-D", direction=Direction.REDUCED_SENSITIVITY),
        like("d-for", "I-A", direction=Direction.FOR_DIAGNOSIS, **diagnostic),
        like("d-against", "I-A", direction=Direction.AGAINST_DIAGNOSIS, **diagnostic),
        like("p-poor", "II-C", direction=Direction.POOR_OUTCOME, **prognostic),
        like("p-better", "II-C", direction=Direction.BETTER_OUTCOME, **prognostic),
    )


FUSION = Rearrangement(
    kind=RearrangementKind.FUSION,
    five=JoinedGene(gene="AGK", chrom="chr7", pos=141255367, transcript="ENST1.2", place="intron 2", exon=2),
    three=JoinedGene(gene="BRAF", chrom="chr7", pos=140494267, place="intron 7", exon=8),
    frame=Frame.IN_FRAME,
    frame_reason="2 codons kept",
    support=(Support(material=Material.RNA, program="arriba", split_reads=7, spanning_pairs=3, said="high"),),
    confirmed=False,
    unconfirmed_reason="no normal",
)


def copy_event(made: InterpretationFile) -> Finding:
    call = CopyNumberCall(
        gene="BRAF", state=CopyNumberState.AMPLIFICATION, copies=12.0, copies_low=9.5, copies_high=14.5
    )
    name = f"{made.patient}:BRAF:amplification"
    return Finding(id=name, gene="BRAF", label="BRAF amplification", copy_number=call, why="Many copies.")


def fusion_event(made: InterpretationFile) -> Finding:
    name = f"{made.patient}:AGK::BRAF"
    return Finding(id=name, gene="AGK::BRAF", label=FUSION.label, rearrangement=FUSION, why="A fusion.")
