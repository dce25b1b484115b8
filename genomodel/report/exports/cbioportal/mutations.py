"""The mutation file: a MAF of the variants that are taken for the tumor's, with tier and oncogenicity."""

from __future__ import annotations

import re
from collections.abc import Iterator

from genomodel.annotation.hgvs import is_splice
from genomodel.core.findings import DispositionKind, Finding
from genomodel.core.interpretation_file import InterpretationFile
from genomodel.core.oncogenicity import Oncogenicity, OncogenicityClass
from genomodel.core.patients import GenomeBuild
from genomodel.core.variants import AnnotatedVariant, Origin, Variant, VariantClass, changed_span
from genomodel.interpretation.findings import harmless_words
from genomodel.report.exports.cbioportal.text import NAMESPACE, Profile, number, shorten
from genomodel.report.exports.rows import AlleleRow, allele_rows
from genomodel.report.exports.table import evidence_text

NCBI_BUILDS = {GenomeBuild.GRCH37: "GRCh37", GenomeBuild.GRCH38: "GRCh38"}
LONGEST_CHANGE = 255
"""Characters of HGVSp_Short that cBioPortal stores."""
PROMOTERS = frozenset({"TERT"})
"""Genes whose 5' flank cBioPortal does not leave out."""
DRIVER = {
    OncogenicityClass.ONCOGENIC: "Putative_Driver",
    OncogenicityClass.LIKELY_ONCOGENIC: "Putative_Driver",
    OncogenicityClass.UNCERTAIN: "Unknown",
    OncogenicityClass.LIKELY_BENIGN: "Putative_Passenger",
    OncogenicityClass.BENIGN: "Putative_Passenger",
}
STATUS = {Origin.SOMATIC: "Somatic", Origin.GERMLINE: "Germline", Origin.UNCERTAIN: "Unknown"}
META = {
    "genetic_alteration_type": "MUTATION_EXTENDED",
    "datatype": "MAF",
    "stable_id": "mutations",
    "show_profile_in_analysis_tab": "true",
    "profile_name": "Mutations",
    "profile_description": "Variants taken for the tumor's, with tier and oncogenicity. Research use only.",
    "namespaces": NAMESPACE,
}
HEADER = (
    "Hugo_Symbol",
    "NCBI_Build",
    "Chromosome",
    "Start_Position",
    "End_Position",
    "Strand",
    "Variant_Classification",
    "Variant_Type",
    "Reference_Allele",
    "Tumor_Seq_Allele1",
    "Tumor_Seq_Allele2",
    "Tumor_Sample_Barcode",
    "Mutation_Status",
    "HGVSc",
    "HGVSp",
    "HGVSp_Short",
    "Transcript_ID",
    "t_ref_count",
    "t_alt_count",
    "n_ref_count",
    "n_alt_count",
    "cbp_driver",
    "cbp_driver_annotation",
    "cbp_driver_tiers",
    "cbp_driver_tiers_annotation",
    f"{NAMESPACE}.tier",
    f"{NAMESPACE}.oncogenicity",
    f"{NAMESPACE}.oncogenicity_points",
    f"{NAMESPACE}.oncogenicity_not_evaluated",
    f"{NAMESPACE}.disposition",
    f"{NAMESPACE}.escat",
    f"{NAMESPACE}.evidence",
)
_BASES = re.compile(r"[ACGT]+")
_TYPES = {1: "SNP", 2: "DNP", 3: "TNP"}
_CLASSES = {
    VariantClass.MISSENSE: "Missense_Mutation",
    VariantClass.SPLICE: "Splice_Site",
    VariantClass.INFRAME_DELETION: "In_Frame_Del",
    VariantClass.INFRAME_INSERTION: "In_Frame_Ins",
    VariantClass.START_LOST: "Translation_Start_Site",
    VariantClass.STOP_LOST: "Nonstop_Mutation",
    VariantClass.SYNONYMOUS: "Silent",
}


def mutations(made: InterpretationFile) -> Iterator[tuple[str, ...]]:
    """Yield a row for each allele that is taken for the tumor's, has a gene, and bases that a MAF names."""
    for row in allele_rows(made):
        finding = row.finding
        counted = row.shown and row.disposition.kind is not DispositionKind.PART_OF_CHANGE
        if not counted or finding is None or finding.variant is None or not finding.gene:
            continue
        place = maf_place(whole_change(finding.variant))
        if place is not None:
            yield _row(made, row, finding, finding.variant, place)


def profile(rows: list[tuple[str, ...]]) -> Profile:
    """Return the meta file and the MAF of a study."""
    return Profile(meta=META, header=HEADER, rows=rows, name="mutations")


def maf_place(variant: Variant) -> tuple[str, str, str, str, str, str] | None:
    """Return chromosome, first and last base, type, reference and alternate allele as a MAF writes them.

    Bases that both alleles share at an end are left out; an insertion lies between its two neighbors. ``None`` for
    alleles that are no plain bases.
    """
    ref, alt = variant.ref.strip("-").upper(), variant.alt.strip("-").upper()
    if not all(allele == "" or _BASES.fullmatch(allele) for allele in (ref, alt)) or ref == alt:
        return None
    # An insertion of a MAF stands at the base before it, one of a VCF at its shared base.
    first, last = changed_span(variant) if ref else (variant.pos, variant.pos + 1)
    start = 0
    while start < min(len(ref), len(alt)) and ref[start] == alt[start]:
        start += 1
    tail = 0
    while tail < min(len(ref), len(alt)) - start and ref[-1 - tail] == alt[-1 - tail]:
        tail += 1
    ref, alt = ref[start : len(ref) - tail], alt[start : len(alt) - tail]
    kind = _TYPES.get(len(ref), "ONP") if len(ref) == len(alt) else "INS" if len(ref) < len(alt) else "DEL"
    return variant.chrom.removeprefix("chr"), str(first), str(last), kind, ref or "-", alt or "-"


def whole_change(variant: AnnotatedVariant) -> Variant:
    """Return the bases that make the reported consequence: with the neighbors on the same molecule, where it is theirs.

    Substitutions with bases between them, which the calls do not hold, stay apart.
    """
    own, joint = variant.variant, variant.joint
    if joint is None or joint.together is None or variant.consequence != joint.together:
        return own
    parts = [(own.pos, own.ref, own.alt)]
    for key in joint.partners:
        _, pos, change = key.rsplit(":", 2)
        ref, _, alt = change.partition(">")
        parts.append((int(pos), ref, alt))
    parts.sort()
    places = [pos for pos, _, _ in parts]
    substituted = all(len(ref) == len(alt) == 1 for _, ref, alt in parts)
    if not substituted or places != list(range(places[0], places[0] + len(places))):
        return own
    ref, alt = "".join(ref for _, ref, _ in parts), "".join(alt for _, _, alt in parts)
    return own.model_copy(update={"pos": places[0], "ref": ref, "alt": alt})


def classification(variant: AnnotatedVariant, kind: str) -> str:
    """Return a MAF's word for what a variant does."""
    told = variant.consequence
    if told is None or told.variant_class is VariantClass.NONCODING:
        gene = told.gene if told is not None else next((effect.gene for effect in variant.named_effects), "")
        promoter = gene in PROMOTERS and any("promoter" in effect.name for effect in variant.named_effects)
        return "5'Flank" if promoter else "Unknown"
    if told.variant_class is not VariantClass.TRUNCATING:
        return _CLASSES[told.variant_class]
    if "frameshift_variant" not in told.terms:
        return "Nonsense_Mutation"
    return "Frame_Shift_Ins" if kind == "INS" else "Frame_Shift_Del"


def _row(
    made: InterpretationFile, row: AlleleRow, finding: Finding, variant: AnnotatedVariant, place: tuple[str, ...]
) -> tuple[str, ...]:
    told, normal = variant.consequence, variant.normal
    chrom, first, last, kind, ref, alt = place
    return (
        finding.gene,
        NCBI_BUILDS.get(made.subject.genome, ""),
        chrom,
        first,
        last,
        "+",
        classification(variant, kind),
        kind,
        ref,
        ref,
        alt,
        made.patient,
        STATUS.get(variant.origin, ""),
        told.hgvs_c if told else "",
        told.hgvs_p if told else "",
        _change(variant),
        told.transcript if told else "",
        number(variant.tumor.ref_reads),
        number(variant.tumor.alt_reads),
        number(normal.ref_reads if normal else None),
        number(normal.alt_reads if normal else None),
        *_driver(finding.oncogenicity, held_benign=bool(harmless_words(variant))),
        *_tier(row),
        row.tier,
        row.oncogenicity,
        number(finding.oncogenicity.points if finding.oncogenicity else None),
        " ".join(row.not_evaluated or ()),
        row.disposition.kind.value,
        "; ".join(dict.fromkeys(match.escat for match in row.evidence if match.escat)),
        " | ".join(map(evidence_text, row.evidence)),
    )


def _change(variant: AnnotatedVariant) -> str:
    change = variant.consequence.protein_change if variant.consequence is not None else ""
    text = f"p.{change}" if change else ""
    return text if len(text) <= LONGEST_CHANGE or is_splice(change) else shorten(text, LONGEST_CHANGE)


def _driver(found: Oncogenicity | None, *, held_benign: bool) -> tuple[str, str]:
    if found is None:
        return "", ""
    if held_benign:
        return "Unknown", shorten(f"held benign by ClinVar; by its codes {found.words}, {found.points} points")
    codes = ", ".join(code.code for code in found.met)
    words = f"{found.words}, {found.points} points"
    return DRIVER[found.classification], shorten(f"{words}: {codes}" if codes else words)


def _tier(row: AlleleRow) -> tuple[str, str]:
    if not row.tier:
        return "", ""
    best = next((match for match in row.evidence if match.tier == row.tier), None)
    if best is None:
        return f"Tier {row.tier}", "by oncogenicity, without evidence"
    words = best.evidence.therapy or best.evidence.evidence_type.value
    return f"Tier {row.tier}", shorten(f"{words} ({best.evidence.direction.value.replace('_', ' ')})")
