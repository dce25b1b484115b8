"""Copy number and structural variants as cBioPortal reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from genomodel.core.copy_number import CopyNumberState
from genomodel.core.interpretation_file import InterpretationFile
from genomodel.core.rearrangements import (
    NO_GENE,
    Frame,
    JoinedGene,
    Material,
    Rearrangement,
    RearrangementKind,
    Support,
)
from genomodel.report.exports.cbioportal.mutations import NCBI_BUILDS
from genomodel.report.exports.cbioportal.text import NA, NAMESPACE, Profile, number

LEVELS = {
    CopyNumberState.DEEP_DELETION: "-2",
    CopyNumberState.LOSS: "-1",
    CopyNumberState.NEUTRAL: "0",
    CopyNumberState.GAIN: "1",
    CopyNumberState.AMPLIFICATION: "2",
}
CNA_META = {
    "genetic_alteration_type": "COPY_NUMBER_ALTERATION",
    "datatype": "DISCRETE",
    "stable_id": "cna",
    "show_profile_in_analysis_tab": "true",
    "profile_name": "Copy number of genes",
    "profile_description": "-2 deep deletion, -1 loss, 0 neutral, 1 gain, 2 amplification; NA where not assessed. "
    "Research use only.",
}
SV_META = {
    "genetic_alteration_type": "STRUCTURAL_VARIANT",
    "datatype": "SV",
    "stable_id": "structural_variants",
    "show_profile_in_analysis_tab": "true",
    "profile_name": "Structural variants",
    "profile_description": "Fusions and losses of exons of actionable genes. Research use only.",
    "namespaces": NAMESPACE,
}
SV_HEADER = (
    "Sample_Id",
    "SV_Status",
    "Site1_Hugo_Symbol",
    "Site1_Ensembl_Transcript_Id",
    "Site1_Region",
    "Site1_Region_Number",
    "Site1_Chromosome",
    "Site1_Position",
    "Site1_Description",
    "Site2_Hugo_Symbol",
    "Site2_Ensembl_Transcript_Id",
    "Site2_Region",
    "Site2_Region_Number",
    "Site2_Chromosome",
    "Site2_Position",
    "Site2_Description",
    "Site2_Effect_On_Frame",
    "NCBI_Build",
    "Class",
    "Tumor_Split_Read_Count",
    "Tumor_Paired_End_Read_Count",
    "DNA_Support",
    "RNA_Support",
    "Event_Info",
    "Annotation",
    "Comments",
    f"{NAMESPACE}.tier",
)
FRAMES = {Frame.IN_FRAME: "In_frame", Frame.OUT_OF_FRAME: "Out-of-frame", Frame.UNKNOWN: ""}
REGIONS = {"intron": "Intron", "exon": "Exon", "5' UTR": "5_Prime_UTR", "3' UTR": "3_Prime_UTR"}


def levels(made: InterpretationFile) -> dict[str, str] | None:
    """Return the level of each gene with an answer; ``None`` where copy number was not looked at."""
    if made.copy_number is None:
        return None
    return {call.gene: LEVELS[call.state] for call in made.copy_number.calls}


def copy_number_profile(by_sample: Mapping[str, dict[str, str]]) -> Profile:
    """Return genes by samples; a gene without an answer is not measured, and never neutral."""
    genes = sorted({gene for found in by_sample.values() for gene in found})
    rows = [(gene, *(found.get(gene, NA) for found in by_sample.values())) for gene in genes]
    return Profile(meta=CNA_META, header=("Hugo_Symbol", *by_sample), rows=rows, name="cna")


def structural_profile(rows: Sequence[tuple[str, ...]]) -> Profile:
    """Return the meta file and the table of structural variants."""
    return Profile(meta=SV_META, header=SV_HEADER, rows=rows, name="sv")


def structural_variants(made: InterpretationFile) -> Iterator[tuple[str, ...]]:
    """Yield a row for each rearrangement.

    cBioPortal knows somatic and germline alone: one that was not told from germline is written as somatic, and the
    comment says that it was not.
    """
    tiers = {
        finding.rearrangement.label: finding.tier or ""
        for finding in made.content.findings
        if finding.rearrangement is not None
    }
    for call in made.rearrangements.calls if made.rearrangements is not None else ():
        fusion = call.kind is RearrangementKind.FUSION
        materials = call.materials
        doubt = "" if call.confirmed else f"not told from germline or artifact: {call.unconfirmed_reason}"
        yield (
            made.patient,
            "SOMATIC",
            *_site(call.five),
            *_site(call.three),
            FRAMES[call.frame],
            NCBI_BUILDS.get(made.subject.genome, ""),
            "" if fusion else "DELETION",
            number(_most(call.support, "split_reads")),
            number(_most(call.support, "spanning_pairs")),
            "Yes" if Material.DNA in materials else "No",
            "Yes" if Material.RNA in materials else "No",
            call.label,
            _words(call),
            doubt,
            tiers.get(call.label, ""),
        )


def _site(side: JoinedGene) -> tuple[str, ...]:
    region = next((name for start, name in REGIONS.items() if side.place.startswith(start)), "")
    place = side.place.rpartition(" ")[2]
    gene = "" if side.gene == NO_GENE else side.gene
    region_number = place if place.isdigit() else number(side.exon)
    chrom = side.chrom.removeprefix("chr")
    return gene, side.transcript.partition(".")[0], region, region_number, chrom, str(side.pos), side.place


def _most(support: Sequence[Support], name: str) -> int | None:
    known = [value for item in support if (value := getattr(item, name)) is not None]
    return max(known, default=None)


def _words(call: Rearrangement) -> str:
    programs = ", ".join(dict.fromkeys(item.program for item in call.support))
    return "; ".join(filter(None, (call.frame_reason, f"domain {call.domain}" if call.domain else "", programs)))
