"""Tumors and expectations written as text, for tables of cases that are held against what interpretation says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from genomodel.annotation.named_effects import named_effects
from genomodel.annotation.tumor_only import classify_calls
from genomodel.core.assays import Assays
from genomodel.core.biomarkers import ScarScore
from genomodel.core.copy_number import CopyNumberCall, CopyNumberProfile, CopyNumberState, PurityPloidy
from genomodel.core.findings import EvidenceMatch, Finding, Interpretation
from genomodel.core.microsatellites import Cutoffs, InstabilityClass, MicrosatelliteAssay
from genomodel.core.patients import CallingMode, GenomeBuild, Patient
from genomodel.core.rearrangements import (
    Frame,
    JoinedGene,
    Material,
    Rearrangement,
    RearrangementAssay,
    RearrangementKind,
    Support,
)
from genomodel.core.specimens import Library, Preservation, Specimen
from genomodel.core.variants import (
    AlleleCounts,
    AnnotatedVariant,
    ClinVarRecord,
    Consequence,
    Fusion,
    Origin,
    Variant,
    VariantClass,
)
from genomodel.interpretation.evidence_search import Rules
from genomodel.interpretation.interpret import interpret
from genomodel.resources.actionable_fusions import actionable_partner
from genomodel.resources.drug_classes import treatment_name
from genomodel.resources.drugs import normalize_therapy
from genomodel.resources.oncotree import tumor_type_of
from tests.interpretation.builders import SOURCE, calls_of, variant

PLACE = re.compile(r"(GRCh3[78]):(\w+):(\d+):([ACGT]+)>([ACGT]+)")
ALTERATION = re.compile(r"(?P<gene>\S+) (?P<change>[^{]+?)(?: \{(?P<options>[^}]*)\})?")
EXPECTED = re.compile(
    r"((?P<tier>I-A|I-B|II-C|II-D) )?(?P<direction>[a-z_]+|\*)( (?!at I$)(?P<therapy>.+?))?(?P<bound> at I)?"
)
CONDITION = re.compile(r"(?P<therapy>[^:]+): (?P<words>.+) = (?P<status>met|not_met|not_given|for_reader)")
STATES = {
    "amplification": CopyNumberState.AMPLIFICATION,
    "deep deletion": CopyNumberState.DEEP_DELETION,
    "loss": CopyNumberState.LOSS,
}


@dataclass(frozen=True, slots=True)
class Case:
    """A row of a table of cases."""

    row: Mapping[str, str]

    def items(self, column: str, separator: str = " | ") -> list[str]:
        return [item.strip() for item in self.row[column].split(separator) if item.strip()]


def run(case: Case, rules: Rules | None = None) -> Interpretation:
    """Interpret the tumor of a case as a file that says these alterations would be."""
    who = patient_of(case)
    variants: list[AnnotatedVariant] = []
    copies: list[CopyNumberCall] = []
    pairs: list[Fusion] = []
    unstable = False
    for text in case.items("alterations", ";"):
        unstable = unstable or text == "MSI-high"
        state = next((name for name in STATES if text.endswith(f" {name}")), None)
        if text == "MSI-high":
            continue
        if state:
            copies.append(CopyNumberCall(gene=text.removesuffix(f" {state}"), state=STATES[state], copies=None))
        elif text.endswith((" fusion", " rearrangement")):
            five, three = text.split(" ")[0].split("::")
            pairs.append(Fusion(gene_5=five, gene_3=three))
        else:
            variants.append(small_variant(text))
    return interpret(
        classify_calls(calls_of(who, *variants)),
        copy_numbers(copies),
        None,
        Assays(
            rearrangements=rearrangements(pairs),
            msi=instability() if unstable else None,
        ),
        rules=rules,
    )


def patient_of(case: Case) -> Patient:
    """Return the patient of a case: tumor type, and facts as ``key=value`` joined by semicolons."""
    facts = dict(item.split("=", 1) for item in case.items("facts", ";"))
    clinical: dict[str, object] = {}
    mode = CallingMode.TUMOR_NORMAL
    specimen: Specimen | None = None
    assayed: tuple[str, ...] | None = None
    scar: ScarScore | None = None
    for key, text in facts.items():
        parts = [part.strip() for part in text.split(",") if part.strip()]
        match key:
            case "receptors":
                clinical[key] = dict(part.split(":") for part in parts)
            case "prior_therapies":
                clinical[key] = () if text == "none" else tuple(_treatment(part) for part in parts)
            case "hrd_score":
                scar = ScarScore(score=float(text), assay=facts.get("hrd_assay", ""))
            case "hrd_assay":
                pass
            case "assayed":
                assayed = tuple(parts)
            case "normal":
                mode = {"none": CallingMode.TUMOR_ONLY}[text]
            case "specimen":
                specimen = Specimen(library=Library.CAPTURE, preservation=Preservation(text))
            case "line" | "age" | "stage":
                clinical[key] = text
            case _:
                raise ValueError(f"unknown fact {key}")
    return Patient.model_validate(
        {
            "id": "P1",
            "tumor_type": tumor_type_of(case.row["tumor_type"]),
            "mode": mode,
            "tumor_specimen": specimen,
            "clinical": clinical,
            "germline_consent": True,
            "genome": GenomeBuild.GRCH38,
            "assayed_genes": assayed,
            "scar": scar,
        }
    )


def _treatment(text: str) -> str:
    name = treatment_name(text)
    if name is None:
        raise ValueError(f"no treatment: {text}")
    return name


def small_variant(text: str) -> AnnotatedVariant:
    """Return the variant of ``BRAF V600E``, ``MET c.3028+1G>T`` or ``TERT GRCh38:5:1295113:G>A``, with options."""
    found = ALTERATION.fullmatch(text)
    if found is None:
        raise ValueError(f"no alteration: {text}")
    gene, change = found["gene"], found["change"]
    options = dict(_option(item) for item in (found["options"] or "").split(", ") if item)
    told = PLACE.fullmatch(change)
    place = Variant(chrom=told[2], pos=int(told[3]), ref=told[4], alt=told[5]) if told else None
    kind = VariantClass.NONCODING if told else class_of(change)
    coding = change.startswith("c.")
    origin = Origin(options.get("origin", "somatic"))
    made = variant(
        gene,
        "" if told or coding else change,
        kind,
        place=place,
        origin=origin,
        exon=options.get("exon", ""),
        hgvs_c=change if coding else "",
    )
    if origin is Origin.GERMLINE:
        made = made.model_copy(update={"normal": AlleleCounts(depth=100, alt_reads=50, allele_fraction=0.5)})
    return _with_options(_named(made), options)


def _option(item: str) -> tuple[str, str]:
    name, _, value = item.partition("=")
    return name, value


def class_of(change: str) -> VariantClass:
    """Return the class that a change has by its name."""
    if change.startswith("c."):
        return VariantClass.SPLICE
    if "fs" in change or change.endswith("*"):
        return VariantClass.TRUNCATING
    if "del" in change and "ins" not in change:
        return VariantClass.INFRAME_DELETION
    if "ins" in change or "dup" in change:
        return VariantClass.INFRAME_INSERTION
    return VariantClass.MISSENSE


def _named(made: AnnotatedVariant) -> AnnotatedVariant:
    told: tuple[Consequence, ...] = () if made.consequence is None else (made.consequence,)
    effects = named_effects(made.variant, told, GenomeBuild.GRCH38)
    return made.model_copy(update={"named_effects": effects})


def _with_options(made: AnnotatedVariant, options: Mapping[str, str]) -> AnnotatedVariant:
    update: dict[str, object] = {}
    if "pathogenic" in options:
        update["clinvar"] = ClinVarRecord(
            variation_id="1", germline="Pathogenic", germline_review="reviewed_by_expert_panel"
        )
    if "frequency" in options:
        update["population_frequency"] = float(options["frequency"])
    if "fraction" in options:
        share = float(options["fraction"])
        update["tumor"] = AlleleCounts(depth=2000, alt_reads=round(2000 * share), allele_fraction=share)
    return made.model_copy(update=update)


def rearrangements(pairs: Sequence[Fusion]) -> RearrangementAssay | None:
    """Return fusions as a reader of them gives them: in detail where the list has the gene, else the pair of genes."""
    listed = [pair for pair in pairs if actionable_partner(pair.gene_5, pair.gene_3)]
    return (
        RearrangementAssay(
            calls=tuple(fusion(pair.gene_5, pair.gene_3) for pair in listed),
            other_fusions=tuple(pair for pair in pairs if pair not in listed),
        )
        if pairs
        else None
    )


def fusion(five: str, three: str) -> Rearrangement:
    return Rearrangement(
        kind=RearrangementKind.FUSION,
        five=JoinedGene(gene=five, chrom="1", pos=100),
        three=JoinedGene(gene=three, chrom="2", pos=200),
        frame=Frame.IN_FRAME,
        domain="kept",
        support=(Support(material=Material.RNA, program="Arriba", split_reads=9),),
        confirmed=True,
    )


def copy_numbers(calls: Iterable[CopyNumberCall]) -> CopyNumberProfile | None:
    found = tuple(calls)
    if not found:
        return None
    purity = PurityPloidy(purity=0.7, source="given")
    return CopyNumberProfile(source=SOURCE, calls=found, assayed_genes=tuple(c.gene for c in found), purity=purity)


def instability() -> MicrosatelliteAssay:
    cutoffs = Cutoffs(high=0.2, stable=0.1, source="made for a test")
    return MicrosatelliteAssay(
        method="made for a test",
        status=InstabilityClass.HIGH,
        score=0.4,
        n_unstable=40,
        n_callable=100,
        cutoffs=cutoffs,
    )


def shown(result: Interpretation) -> tuple[Finding, ...]:
    """Return the alterations of a case that have a tier of their own, not those that would have one."""
    return (*result.findings, *result.other_variants)


def matches(result: Interpretation) -> list[EvidenceMatch]:
    return [match for finding in shown(result) for match in finding.evidence]


def said_at_all(result: Interpretation) -> list[EvidenceMatch]:
    """Return all statements that a reader sees, also those that an allele set aside would match."""
    return [*matches(result), *(match for finding in result.set_aside for match in finding.evidence)]


def best_tier(result: Interpretation) -> str:
    """Return the best tier of any alteration, ``none`` where nothing is shown or nothing has a tier."""
    return min((finding.tier for finding in shown(result) if finding.tier), default="none")


def therapy_of(text: str) -> str:
    """Return the drugs that an expectation or its opposite names, empty for none or any."""
    found = EXPECTED.fullmatch(text)
    if found is None:
        raise ValueError(f"no expectation: {text}")
    return (found["therapy"] or "").removeprefix("~").removeprefix("*")


def selector(text: str) -> tuple[str, str, Callable[[EvidenceMatch], bool]]:
    """Return tier, bound and test of ``I-A sensitivity Dabrafenib + Trametinib`` or ``sensitivity ~X at I``.

    A therapy means these drugs and no others, with a tilde any therapy that holds them, an asterisk any at all.
    """
    found = EXPECTED.fullmatch(text)
    if found is None:
        raise ValueError(f"no expectation: {text}")
    therapy = found["therapy"] or ""
    drugs = set(normalize_therapy(therapy_of(text)).parts) if therapy not in ("", "*") else set()

    def fits(match: EvidenceMatch) -> bool:
        if found["direction"] not in ("*", match.evidence.direction.value):
            return False
        given = set(match.evidence.therapies)
        return not drugs or (drugs <= given if therapy.startswith("~") else drugs == given)

    return found["tier"] or "", found["bound"] or "", fits


def disagreements(case: Case, result: Interpretation) -> list[str]:
    """Return in words what a result says otherwise than a case expects."""
    found = []
    if case.row["best_tier"] and best_tier(result) != case.row["best_tier"]:
        found.append(f"best tier {best_tier(result)}, expected {case.row['best_tier']}")
    found += _missing(case, result) + _forbidden(case, result) + _conditions(case, result)
    for drug in case.items("conflicts"):
        _, _, fits = selector(f"sensitivity {drug}")
        about = [match for match in matches(result) if fits(match)]
        if not about or not all(match.conflicts for match in about):
            found.append(f"no conflict is said for {drug}")
    said = [text for match in matches(result) for text in (match.tier_reason, match.matched_on)]
    words = " ".join([*said, *(finding.why for finding in shown(result))]).lower()
    found += [f"nothing says '{text}'" for text in case.items("says") if text.lower() not in words]
    return found


def _missing(case: Case, result: Interpretation) -> list[str]:
    found = []
    for text in case.items("expect"):
        tier, _, fits = selector(text)
        best = min((match.tier for match in matches(result) if fits(match)), default="nothing")
        if best != tier:
            found.append(f"{text}: got {best}")
    return found


def _forbidden(case: Case, result: Interpretation) -> list[str]:
    found = []
    for text in case.items("never"):
        _, bound, fits = selector(text)
        for match in said_at_all(result):
            if fits(match) and (not bound or match.tier.startswith("I-")):
                found.append(f"must not appear: {text}, but {match.evidence.id} gives {match.tier}")
    return found


def _conditions(case: Case, result: Interpretation) -> list[str]:
    found = []
    for text in case.items("conditions"):
        told = CONDITION.fullmatch(text)
        if told is None:
            raise ValueError(f"no condition: {text}")
        _, _, fits = selector(f"sensitivity {told['therapy']}")
        answers = [answer for match in matches(result) if fits(match) for answer in match.conditions]
        about = {answer.status.value for answer in answers if told["words"].lower() in answer.condition.lower()}
        if told["status"] not in about:
            found.append(f"{text}: got {', '.join(sorted(about)) or 'no such condition'}")
    return found
