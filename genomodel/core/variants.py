"""Variants, what they do to a gene, and where they come from."""

from __future__ import annotations

import re
import sys
from enum import StrEnum
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, Field

from genomodel.core.base import Noun
from genomodel.core.coding import CallableCoding
from genomodel.core.patients import Patient
from genomodel.core.provenance import AlleleSource, SourceFile, Step
from genomodel.core.substitutions import SubstitutionContexts

Word = Annotated[str, AfterValidator(sys.intern)]
"""A text of which a genome's variants repeat few: kept once, however often it comes."""


@lru_cache(maxsize=4096)
def _kept(words: tuple[str, ...]) -> tuple[str, ...]:
    return words


Words = Annotated[tuple[Word, ...], AfterValidator(_kept)]
"""Several such texts, likewise kept once."""


class Variant(Noun):
    """One allele at one place: 1-based position, VCF-style alleles (``-`` as in MAF is allowed on entry only)."""

    chrom: Word
    pos: int = Field(ge=0)
    ref: str
    alt: str

    @property
    def key(self) -> str:
        """``chrom:pos:ref>alt``, the name of this allele in every output; small letters name the same bases."""
        return allele_key(self.chrom, self.pos, self.ref, self.alt)


def allele_key(chrom: str, pos: int | str, ref: str, alt: str) -> str:
    """Return the name of an allele in every output: ``chrom:pos:ref>alt``, bases in capitals."""
    # Calls, dispositions and the account of the input each hold it.
    return sys.intern(f"{chrom}:{pos}:{_capitals(ref)}>{_capitals(alt)}")


def _capitals(allele: str) -> str:
    """Write a run of bases in capitals; names of contigs in breakends, and symbols, stay."""
    return allele.upper() if allele.isalpha() else allele


def changed_span(variant: Variant) -> tuple[int, int]:
    """Return first and last base that an allele changes; for an insertion, the two bases beside it."""
    ref, alt = variant.ref.strip("-"), variant.alt.strip("-")
    shared = 0
    while shared < min(len(ref), len(alt)) and ref[shared] == alt[shared]:
        shared += 1
    tail = 0
    while tail < min(len(ref), len(alt)) - shared and ref[-1 - tail] == alt[-1 - tail]:
        tail += 1
    first, last = variant.pos + shared, variant.pos + len(ref) - tail - 1
    return (first, last) if first <= last else (last, first)


def shorten_sequence(text: str, unit: str, longest: int = 20) -> str:
    """Cut every run of more than ``longest`` capitals to its first 8 and its length, so that names fit a page."""
    return re.sub(
        rf"([A-Z]{{8}})[A-Z]{{{longest - 7},}}", lambda run: f"{run[1]}\u2026({len(run[0])}\u00a0{unit})", text
    )


class AlleleCounts(Noun):
    """Reads at one allele in one sample; ``None`` is unknown, never zero."""

    depth: int | None = Field(default=None, ge=0)
    ref_reads: int | None = Field(default=None, ge=0)
    alt_reads: int | None = Field(default=None, ge=0)
    allele_fraction: float | None = Field(default=None, ge=0, le=1)

    @property
    def known_fraction(self) -> float | None:
        """The stated allele fraction, else alternate reads over depth, ``None`` when neither is known."""
        if self.allele_fraction is not None:
            return self.allele_fraction
        if self.alt_reads is not None and self.depth:
            return self.alt_reads / self.depth
        return None


class VariantClass(StrEnum):
    """What a variant does, coarsely; the classes that the profile and the evidence rules speak of."""

    MISSENSE = "missense"
    TRUNCATING = "truncating"
    SPLICE = "splice"
    INFRAME_DELETION = "inframe_deletion"
    INFRAME_INSERTION = "inframe_insertion"
    START_LOST = "start_lost"
    STOP_LOST = "stop_lost"
    SYNONYMOUS = "synonymous"
    NONCODING = "noncoding"


PROTEIN_CHANGING = frozenset(
    {
        VariantClass.MISSENSE,
        VariantClass.TRUNCATING,
        VariantClass.SPLICE,
        VariantClass.INFRAME_DELETION,
        VariantClass.INFRAME_INSERTION,
        VariantClass.START_LOST,
        VariantClass.STOP_LOST,
    }
)


class Consequence(Noun):
    """The effect of one allele on one transcript, whichever annotator said so."""

    gene: Word
    transcript: Word = ""
    terms: Words = ()
    """Sequence Ontology terms, e.g. ``missense_variant``."""
    variant_class: VariantClass
    hgvs_c: str = ""
    hgvs_p: str = ""
    protein_change: str = ""
    """One-letter change without ``p.``, e.g. ``V600E``, ``E746_A750del``, ``R876*``, ``K128Sfs*12``."""
    exon: Word = ""
    """Number of the exon and how many there are, ``15/18``."""
    intron: Word = ""
    codons: Word = ""
    """Codons before and after, changed bases in capitals, as VEP writes them: ``gTg/gAg``."""
    mane: str = ""
    """``select`` or ``plus_clinical``, as the annotation or the MANE table says of the transcript."""
    source: str = ""
    """Annotator: ``BCSQ``, ``CSQ``, ``ANN`` or ``MAF``; ``bases`` where genome and gene models alone said it."""
    derived: tuple[str, ...] = ()
    """Names of the fields that the annotator left open and that were derived from genome and gene models."""
    by_bases: str = ""
    """What genome and gene models say instead, where the annotator's protein or coding change here is another."""
    annotator_says: str = ""
    """What the annotator says instead of this transcript, where the reading by genome and gene models is taken."""


class Phase(StrEnum):
    """Whether alleles of one codon lie on one DNA molecule."""

    CIS = "cis"
    TRANS = "trans"
    UNKNOWN = "unknown"


class JointChange(Noun):
    """What an allele does together with others of its codon."""

    phase: Phase
    basis: str
    """What tells the phase: ``PS/PGT``, ``reads: 41 of 43 fragments carry both``, ``haplotype of csq``; or why not."""
    partners: tuple[str, ...]
    """Keys of the other alleles of the codon."""
    alone: Consequence
    """What the allele would do by itself."""
    together: Consequence | None = None
    """What all do on one molecule; ``None`` where it cannot be told."""
    also_alone: bool = False
    """Whether molecules carry the allele without the others too, so that its own change is there in any case."""


class NamedEffect(Noun):
    """An effect that consequence engines do not name and evidence does: exon 14 skipping of MET, FLT3-ITD."""

    id: str
    """Row of the table of effects."""
    gene: str
    """The row's gene, for variants that hit no transcript of it."""
    name: str
    basis: str
    """What it was told by: place, change, exon."""
    source: str
    """Where the row is from."""


class ClinVarRecord(Noun):
    """What ClinVar says of an allele; empty where the file has no such field or no value."""

    variation_id: str
    germline: str = ""
    germline_review: str = ""
    germline_conditions: str = ""
    oncogenicity: str = ""
    oncogenicity_review: str = ""
    oncogenicity_conditions: str = ""
    somatic_impact: str = ""
    somatic_impact_review: str = ""
    somatic_impact_conditions: str = ""


class InSilicoVerdict(StrEnum):
    """What a computational predictor says, by its own published cut-offs."""

    DAMAGING = "damaging"
    BENIGN = "benign"
    UNCERTAIN = "uncertain"


class InSilicoScore(Noun):
    """The prediction of one program for the reported transcript's change."""

    predictor: str
    """``REVEL``, ``AlphaMissense``, ``SIFT``, ``PolyPhen``, ``CADD``, ``SpliceAI`` …"""
    score: float | None = None
    verdict: InSilicoVerdict
    text: str = ""
    """As the annotation has it."""


class Origin(StrEnum):
    """Where the evidence says a variant comes from."""

    SOMATIC = "somatic"
    GERMLINE = "germline"
    UNCERTAIN = "uncertain"
    """Nothing was there to compare with, or it could not tell; of a tumor without normal, ``tumor_only_class`` and
    ``germline_risk`` say what is likely."""
    NOT_CALLED = "not_called"
    """The record failed a filter or the evidence does not support a variant in the tumor."""


class TumorOnlyClass(StrEnum):
    """What a variant of a tumor without matched normal most likely is; its origin stays ``uncertain``."""

    SOMATIC = "somatic"
    LIKELY_GERMLINE = "likely_germline"
    POSSIBLE_CLONAL_HEMATOPOIESIS = "possible_clonal_hematopoiesis"
    UNDETERMINED = "undetermined"


class Label(StrEnum):
    """Marks of the decision that a reader must see, whatever else is said of the allele."""

    CONFIRM = "confirm"
    """An oncogenic hotspot allele with too little support to pass: to be confirmed, never lost."""
    LOH = "loh"
    """Inherited, and the tumor has lost the other allele."""
    NORMAL_EVIDENCE = "normal_evidence"
    """Few reads of the normal carry the allele, as of tumor cells in it or an artifact."""


class AnnotatedVariant(Noun):
    """One allele of one input record with its counts, origin and consequences."""

    record: int = Field(ge=1)
    """1-based ordinal of the record in the input file (data rows only)."""
    variant: Variant
    tumor: AlleleCounts = AlleleCounts()
    normal: AlleleCounts | None = None
    """``None`` when there was no normal sample."""
    origin: Origin
    origin_reason: str
    germline_risk: str | None = None
    """``high``, ``moderate`` or ``low`` for tumor-only variants."""
    tumor_only_class: TumorOnlyClass | None = None
    """``None`` where a normal was compared, or nothing was called."""
    tumor_only_reason: str = ""
    decided_by: str | None = None
    """What told somatic from the rest: ``varlociraptor`` or ``likelihood``; ``None`` for decisions of another house."""
    posterior: float | None = Field(default=None, ge=0, le=1)
    """Probability of being somatic, as the decision gives it."""
    labels: tuple[str, ...] = ()
    """Of :class:`Label`; words of later versions are kept."""
    filters: Words = ()
    callers: tuple[str, ...] = ()
    """Callers, or engines of this workflow, that saw the allele."""
    engine_filters: tuple[str, ...] = ()
    """What each engine's own filter said: ``mutect2:PASS``."""
    population_frequency: float | None = None
    """Highest frequency in any population; ``None`` when the allele is in no source, or there is none."""
    population_groups: dict[str, float] = Field(default_factory=dict)
    """Frequency by genetic ancestry group as the source names it, in capitals: ``AFR``, ``EAS``, ``NFE`` …"""
    population_covered: bool | None = None
    """Whether the source was asked for this allele, so that no frequency means that it was not seen; ``None`` where
    nobody can tell."""
    in_silico: tuple[InSilicoScore, ...] = ()
    consequence: Consequence | None = None
    """The consequence that is reported; ``None`` when no transcript is hit."""
    other_consequences: tuple[Consequence, ...] = ()
    joint: JointChange | None = None
    """Set where another called allele changes the codon.

    ``consequence`` is the joint one where the phase is cis, unless molecules carry the allele alone as well.
    """
    named_effects: tuple[NamedEffect, ...] = ()
    clinvar: ClinVarRecord | None = None
    repeats: int | None = None
    """Record that gives the same allele and under which it is counted; ``None`` where this one is counted."""


class Fusion(Noun):
    """Two genes joined, 5' partner first where the order is known."""

    gene_5: str
    gene_3: str


class Intake(Noun):
    """What the input holds by its raw text, counted apart from the reader: the other side of the account."""

    records: tuple[str, ...]
    """Keys of the alleles of each record, joined by commas, in the order of the file or files."""
    numbers: tuple[int, ...] | None = None
    """Numbers of the records in a file of several tumors; ``None`` where they count from 1."""
    joined: bool = False
    """Whether several files were read as one, so that the records are numbered in another order."""


class AnnotatedCalls(Noun):
    """All that one input file says about one patient's tumor; every input record is in ``variants`` at least once."""

    patient: Patient
    source: SourceFile
    also: tuple[SourceFile, ...] = ()
    """Further files that were read as one with the first, such as indels beside SNVs."""
    n_records: int = Field(ge=0)
    intake: Intake | None = None
    """``None`` for calls that were read from no file."""
    variants: tuple[AnnotatedVariant, ...] = ()
    population: str | None = None
    """Where population frequencies come from; ``None`` when nobody looked them up."""
    sources: tuple[AlleleSource, ...] = ()
    """Sources that alleles were looked up in, and those that they were not; empty where nobody says."""
    engines: tuple[str, ...] = ()
    """Callers whose union was decided, as the file's header names them."""
    decided_by: str | None = None
    substitution_contexts: SubstitutionContexts | None = None
    """Somatic substitutions by the bases beside them; ``None`` where no reference genome was given."""
    callable_coding: CallableCoding | None = None
    """Coding bases that could be called; ``None`` where nobody counted them."""
    steps: tuple[Step, ...] = ()


class RegionDepth(Noun):
    """Mean depth of one assayed region, 0-based half-open as in BED."""

    chrom: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    name: str = ""
    """BED name, by convention the gene symbol, optionally with an exon after ``:``."""
    mean_depth: float = Field(ge=0)
