"""What became of the other allele of a gene that lost one, and how sure that is.

Three things tell: loss of heterozygosity at inherited sites of the gene, the share of reads with the variant at the
known purity and copies, and a second variant that takes the function. Where several readings fit, nothing is said, and
nothing is concluded from silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from genomodel.calls.copy_number.copies import DEEP_DELETION_COPIES, ON_X_AND_Y
from genomodel.core.biomarkers import AllelesHit, Certainty, SecondAllele
from genomodel.core.builds import bare
from genomodel.core.copy_number import (
    DISAGREEMENT_MARGIN,
    CopyNumberCall,
    CopyNumberProfile,
    CopyNumberState,
    PurityPloidy,
    Segment,
    purity_in_force,
)
from genomodel.core.findings import Finding
from genomodel.core.patients import Patient
from genomodel.core.variants import AnnotatedVariant, Label, Origin, Phase
from genomodel.interpretation.allelic_states import (
    LEAST_PURITY,
    AllelicState,
    Inheritance,
    Interval,
    allowed_states,
    expected_fraction,
    interval_of_reads,
    possible_states,
)
from genomodel.interpretation.findings import LOSABLE_ROLES, gene_of
from genomodel.interpretation.matching.build import is_common, small_variant
from genomodel.interpretation.matching.classes import LOSS_OF_FUNCTION, is_pathogenic
from genomodel.interpretation.matching.clinvar import held_benign
from genomodel.interpretation.repair_genes import repair_genes
from genomodel.resources.driver_genes import driver_role
from genomodel.resources.gene_symbols import current_symbol

INHERITANCE = {
    Origin.SOMATIC: (Inheritance.SOMATIC,),
    Origin.GERMLINE: (Inheritance.ONE_PARENT, Inheritance.BOTH_PARENTS),
    Origin.UNCERTAIN: tuple(Inheritance),
}
ALL_CARRY = "no copy is left without the variant"
REVERSION_BASES = 300
"""Bases between two frameshifts up to which the second may restore the frame: farther off the shifted frame, in which
3 of 64 codons are stops, hardly reads on."""
MOST_CLONAL_COPIES = 4
"""Copies of a gene of which one carries a variant of all tumor cells: with more of them its reads are fewer still."""
ONE_COPY = 1.5
"""Copies below which an only allele is there once."""
LEAST_CLONAL_FRACTION = 0.1
"""Share of reads of a heterozygous variant of all cells where a fifth of the cells are the tumor's."""
NOT_LOOKED = "nobody looked at the other allele, by inherited sites or by counting copies"


@dataclass(frozen=True, slots=True)
class AllelicFacts:
    """What was measured of the alleles of one gene in one tumor."""

    lost: bool | None
    """Whether one parent's allele is lost, as inherited sites of the gene or its segment tell."""
    copies: Interval | None
    """Per tumor cell."""
    purity: Interval | None

    @property
    def looked(self) -> bool:
        """Whether somebody looked at the other allele, by inherited sites or by counting copies."""
        return self.lost is not None or self.copies is not None


def acts_by_loss(gene: str) -> bool:
    """Whether tumors are known to profit from the loss of a gene, so that its second allele matters."""
    return driver_role(gene) in LOSABLE_ROLES or current_symbol(gene) in repair_genes()


def with_second_alleles(
    findings: Iterable[Finding],
    patient: Patient,
    copy_number: CopyNumberProfile | None,
    beside: Sequence[Finding] = (),
) -> tuple[Finding, ...]:
    """Return findings with what became of the other allele, where one of a gene that acts by its loss is hit.

    Parameters
    ----------
    findings
        Of one tumor.
    patient
        Sex and purity count.
    copy_number
        ``None`` where nobody looked.
    beside
        Further findings, such as inherited variants, that may be the second variant of a gene.
    """
    listed = tuple(findings)
    losses = [item for item in (*listed, *beside) if takes_function(item, patient)]
    return tuple(
        item.model_copy(update={"second_allele": told})
        if (told := second_allele(item, patient, copy_number, losses)) is not None
        else item
        for item in listed
    )


def takes_function(finding: Finding, patient: Patient) -> bool:
    """Whether a finding's small variant takes the function: by class, recurrence, ClinVar or oncogenicity.

    One that the population has, or that ClinVar holds benign, does not, whatever its class.
    """
    variant = finding.variant
    if variant is None or not acts_by_loss(finding.gene):
        return False
    if is_common(variant) or held_benign(variant.clinvar):
        return False
    lost = variant.consequence is not None and variant.consequence.variant_class in LOSS_OF_FUNCTION
    recurrent = finding.hotspot is not None and finding.hotspot.tumors_with_allele > 0
    driving = finding.oncogenicity is not None and finding.oncogenicity.drives
    return lost or recurrent or driving or is_pathogenic(small_variant(variant, patient))


def second_allele(
    finding: Finding, patient: Patient, copy_number: CopyNumberProfile | None, losses: Sequence[Finding] = ()
) -> SecondAllele | None:
    """Return what became of the other allele of a finding's gene.

    Parameters
    ----------
    finding
        A small variant or a deep deletion.
    patient, copy_number
        As in :func:`with_second_alleles`.
    losses
        Findings whose variants take the function of their genes, this one among them where it does.

    Returns
    -------
    SecondAllele or None
        ``None`` where the gene does not act by loss, or no allele is known to be hit.
    """
    if finding.copy_number is not None and acts_by_loss(finding.gene):
        return _of_deletion(finding.copy_number)
    variant = finding.variant
    if variant is None or not takes_function(finding, patient):
        return None
    others = _others(finding, variant, losses)
    restoring = next((other for other in others if _may_restore_frame(variant, other)), None)
    if restoring is not None:
        return _unknown(
            finding.gene, f"{_name(restoring)}, close by, may restore the reading frame on the same molecule"
        )
    alone = _by_measurement(finding.gene, variant, patient, copy_number)
    if alone.hit is AllelesHit.BIALLELIC and alone.certainty is not Certainty.LOW:
        return alone
    purity = _purity_interval(purity_in_force(patient, copy_number))
    return _by_second_variant(finding, variant, others, purity) or alone


def _of_deletion(call: CopyNumberCall) -> SecondAllele | None:
    if call.state is not CopyNumberState.DEEP_DELETION:
        return None
    sure = call.copies_high is not None and call.copies_high < DEEP_DELETION_COPIES
    shown = f", 95 % interval up to {call.copies_high:.1f} copies" if call.copies_high is not None else ""
    return SecondAllele(
        gene=call.gene,
        hit=AllelesHit.BIALLELIC,
        certainty=Certainty.HIGH if sure else Certainty.MODERATE,
        reason=f"deletion of all copies{shown}",
    )


def _by_measurement(
    gene: str, variant: AnnotatedVariant, patient: Patient, copy_number: CopyNumberProfile | None
) -> SecondAllele:
    chrom = bare(variant.variant.chrom)
    facts = allelic_facts(gene, variant, patient, copy_number)
    if chrom not in ("X", "Y") or current_symbol(gene) in ON_X_AND_Y:
        return _by_states(gene, variant, facts)
    if patient.sex == "male":
        return _only_allele(gene, variant, facts)
    told = _by_states(gene, variant, facts)
    if chrom != "X":
        return told
    if patient.sex == "female":
        why = "one X of a woman's cells is silent, and reads cannot tell which"
        return _doubted(told, why) if told.hit is AllelesHit.MONOALLELIC else told
    of_man = replace(facts, lost=None)
    open_ = told.hit is AllelesHit.MONOALLELIC or any(
        not state.none_free for state in _allowed(variant, of_man, normal_copies=1)
    )
    return _doubted(told, "the gene lies on X and the sex is not given") if open_ and told.certainty else told


def _doubted(told: SecondAllele, why: str) -> SecondAllele:
    return told.model_copy(update={"hit": AllelesHit.UNKNOWN, "certainty": None, "reason": f"{told.reason}; but {why}"})


def _only_allele(gene: str, variant: AnnotatedVariant, facts: AllelicFacts) -> SecondAllele:
    """Say what is hit of a gene on X or Y of a man, whose only allele the tumor may have more than once."""
    where = f"the gene lies on {bare(variant.variant.chrom)} and the patient is male"
    counted = facts.copies is not None
    if facts.copies is not None and facts.copies.high >= ONE_COPY:
        found = _by_states(gene, variant, replace(facts, lost=None), normal_copies=1)
        return found.model_copy(update={"reason": f"{where}; {found.reason}"})
    reason = f"the only allele: {where}" + (
        "" if counted else "; that the tumor has no second copy of it was not measured"
    )
    certainty = Certainty.HIGH if counted else Certainty.MODERATE
    if _of_a_part(variant, facts.purity):
        certainty, reason = Certainty.LOW, f"{reason}; by its reads the variant is of a part of the tumor cells"
    return SecondAllele(gene=gene, hit=AllelesHit.BIALLELIC, certainty=certainty, reason=reason)


def allelic_facts(
    gene: str, variant: AnnotatedVariant, patient: Patient, copy_number: CopyNumberProfile | None
) -> AllelicFacts:
    """Return what was measured of the alleles of a gene where a variant lies."""
    purity = _purity_interval(purity_in_force(patient, copy_number))
    if copy_number is None:
        return AllelicFacts(None, None, purity)
    call = next((item for item in copy_number.calls if item.gene == gene), None)
    segment = _segment_at(copy_number.segments, variant)
    lost = call.loh if call is not None and call.loh is not None else None
    if lost is None and segment is not None:
        lost = segment.loh
    # Without the purity that it was called with, a copy number is that of the mixture.
    known = copy_number.purity is not None and copy_number.purity.purity is not None
    return AllelicFacts(lost, _copies_interval(call, segment) if known else None, purity)


def _purity_interval(known: PurityPloidy | None) -> Interval | None:
    if known is None or known.purity is None:
        return None
    low = known.purity - DISAGREEMENT_MARGIN if known.purity_low is None else known.purity_low
    high = known.purity + DISAGREEMENT_MARGIN if known.purity_high is None else known.purity_high
    return Interval(max(LEAST_PURITY, min(low, known.purity)), min(1.0, max(high, known.purity)))


def _copies_interval(call: CopyNumberCall | None, segment: Segment | None) -> Interval | None:
    if call is not None and call.copies_low is not None and call.copies_high is not None:
        return Interval(call.copies_low, call.copies_high)
    counted = call.copies if call is not None and call.copies is not None else segment.copies if segment else None
    # Half a copy to either side: without an interval the neighbors of a copy number are not excluded.
    return None if counted is None else Interval(counted - 0.5, counted + 0.5)


def _segment_at(segments: Iterable[Segment], variant: AnnotatedVariant) -> Segment | None:
    chrom, pos = bare(variant.variant.chrom), variant.variant.pos
    return next((item for item in segments if item.start <= pos <= item.end and bare(item.chrom) == chrom), None)


def _purity_of(facts: AllelicFacts) -> Interval:
    # Without a look at the copies a fraction that purity hardly explains speaks against the purity, too.
    return facts.purity if facts.purity is not None and facts.looked else Interval(LEAST_PURITY, 1.0)


def _allowed(variant: AnnotatedVariant, facts: AllelicFacts, normal_copies: int) -> tuple[AllelicState, ...]:
    """Return the states that reads, purity, copies and heterozygous sites leave."""
    reads = _reads(variant)
    possible = tuple(possible_states(facts.copies, facts.lost, INHERITANCE[variant.origin]))
    return possible if reads is None else allowed_states(possible, reads, _purity_of(facts), normal_copies)


def _by_states(gene: str, variant: AnnotatedVariant, facts: AllelicFacts, normal_copies: int = 2) -> SecondAllele:
    """Say what the states allow that reads, purity, copies and heterozygous sites leave."""
    reads, purity = _reads(variant), _purity_of(facts)
    allowed = _allowed(variant, facts, normal_copies)
    words = _words(variant, facts)
    if not allowed:
        below = "no state of all tumor cells fits: the variant may be of a part of them"
        return _unknown(gene, f"{words}: {below}")
    free = [state for state in allowed if not state.none_free]
    if len(free) == len(allowed) and facts.looked:
        return _one_left(gene, facts, words, seen=reads is not None)
    missed = () if reads is None or free else _free_of_one_more(variant, facts, reads, purity, normal_copies)
    if not free and reads is not None and not missed:
        # Where no copies were counted every number of them was tried, so that the answer rests on the reads alone.
        certainty = Certainty.HIGH if facts.lost is True or facts.copies is None else Certainty.MODERATE
        return _told(gene, AllelesHit.BIALLELIC, certainty, words, ALL_CARRY)
    if Label.LOH in variant.labels or (facts.lost and _nearest_has_none_free(allowed, variant, facts)):
        open_ = f"{_one_more(missed)} is not excluded" if missed else "some copies without the variant are not excluded"
        return _told(gene, AllelesHit.BIALLELIC, Certainty.LOW, words, f"no copy may be left without it; {open_}")
    if missed:
        return _unknown(gene, f"{words}: {ALL_CARRY} as copies were counted, but {_one_more(missed)} fits as well")
    return _unknown(gene, f"{words}: {_several(allowed)}" if facts.looked else f"{words}: {NOT_LOOKED}")


def _free_of_one_more(
    variant: AnnotatedVariant, facts: AllelicFacts, reads: Interval, purity: Interval, normal_copies: int
) -> tuple[AllelicState, ...]:
    """Return the states with a copy free of the variant that fit if one copy more is there than were counted.

    Copies rest on the ploidy: of a doubled genome taken for a single one they are too few, whatever their interval.
    """
    if facts.copies is None:
        return ()
    more = Interval(facts.copies.low, max(facts.copies.high, (facts.copies.low + facts.copies.high) / 2 + 1))
    possible = possible_states(more, facts.lost, INHERITANCE[variant.origin])
    states = allowed_states(possible, reads, purity, normal_copies)
    return tuple(state for state in states if not state.none_free)


def _one_more(states: Sequence[AllelicState]) -> str:
    return f"one copy more than counted, {states[0].carrying} of {states[0].copies} with the variant,"


def _nearest_has_none_free(allowed: Sequence[AllelicState], variant: AnnotatedVariant, facts: AllelicFacts) -> bool:
    """Whether the state whose fraction, at the middle of the interval of purity, is nearest has no copy free of it."""
    fraction = variant.tumor.known_fraction
    if facts.purity is None or fraction is None:
        return variant.origin is Origin.GERMLINE
    middle = (facts.purity.low + facts.purity.high) / 2
    return min(allowed, key=lambda state: abs(expected_fraction(state, middle) - fraction)).none_free


def _one_left(gene: str, facts: AllelicFacts, words: str, *, seen: bool) -> SecondAllele:
    if facts.lost is False:
        certainty = Certainty.HIGH if seen else Certainty.MODERATE
    elif facts.lost is None:
        certainty = Certainty.MODERATE
    else:
        certainty = Certainty.LOW
    return _told(gene, AllelesHit.MONOALLELIC, certainty, words, "a copy without the variant is left")


def _told(gene: str, hit: AllelesHit, certainty: Certainty, words: str, outcome: str) -> SecondAllele:
    return SecondAllele(gene=gene, hit=hit, certainty=certainty, reason=f"{words}: {outcome}")


def _unknown(gene: str, reason: str) -> SecondAllele:
    return SecondAllele(gene=gene, hit=AllelesHit.UNKNOWN, reason=reason)


def _several(allowed: Sequence[AllelicState]) -> str:
    shown = list(dict.fromkeys(f"{state.carrying} of {state.copies}" for state in allowed))
    more = f" and {len(shown) - 4} more" if len(shown) > 4 else ""
    return f"several states fit ({', '.join(shown[:4])}{more} copies with the variant)"


def _words(variant: AnnotatedVariant, facts: AllelicFacts) -> str:
    lost = {True: "loss of heterozygosity", False: "both parents' alleles are there", None: ""}[facts.lost]
    label = "the allele rose from normal to tumor" if Label.LOH in variant.labels else ""
    counts = variant.tumor
    fraction = counts.known_fraction
    reads = "" if fraction is None else f"allele fraction {fraction:.2f}"
    if reads and counts.depth:
        reads += f" of {counts.depth} reads"
    purity = f"purity {_shown(facts.purity, 2)}" if facts.purity is not None else "purity not known"
    copies = f"{_shown(facts.copies, 1)} copies" if facts.copies is not None else "copies not known"
    return ", ".join(filter(None, (lost, label, reads, purity, copies)))


def _shown(interval: Interval, digits: int) -> str:
    low, high = f"{max(interval.low, 0):.{digits}f}", f"{interval.high:.{digits}f}"
    return low if low == high else f"{low} to {high}"


def _reads(variant: AnnotatedVariant) -> Interval | None:
    counts = variant.tumor
    depth, alternate, fraction = counts.depth, counts.alt_reads, counts.known_fraction
    if not depth or fraction is None:
        return None
    carrying = round(fraction * depth) if alternate is None else alternate
    return interval_of_reads(carrying, depth) if carrying <= depth else None


def _others(finding: Finding, variant: AnnotatedVariant, losses: Sequence[Finding]) -> list[AnnotatedVariant]:
    return [
        item.variant
        for item in losses
        if item.variant is not None and item.gene == finding.gene and item.variant.variant.key != variant.variant.key
    ]


def _may_restore_frame(variant: AnnotatedVariant, other: AnnotatedVariant) -> bool:
    """Whether two frameshifts close by cancel out where they lie on one molecule, as reversions do."""
    if _phase(variant, other) is Phase.TRANS or bare(variant.variant.chrom) != bare(other.variant.chrom):
        return False
    one, two = _bases_won(variant), _bases_won(other)
    close = abs(variant.variant.pos - other.variant.pos) <= REVERSION_BASES
    return close and one % 3 != 0 and two % 3 != 0 and (one + two) % 3 == 0


def _bases_won(variant: AnnotatedVariant) -> int:
    return len(variant.variant.alt.strip("-")) - len(variant.variant.ref.strip("-"))


def _of_a_part(variant: AnnotatedVariant, purity: Interval | None) -> bool:
    """Whether a somatic variant has fewer reads than one copy of every tumor cell would give."""
    if variant.origin is Origin.GERMLINE:
        return False
    reads, fraction = _reads(variant), variant.tumor.known_fraction
    if purity is None or reads is None:
        return fraction is not None and fraction < LEAST_CLONAL_FRACTION
    return reads.high < expected_fraction(AllelicState(MOST_CLONAL_COPIES, 1), purity.low)


def _by_second_variant(
    finding: Finding, variant: AnnotatedVariant, others: Sequence[AnnotatedVariant], purity: Interval | None
) -> SecondAllele | None:
    """Say what a second variant of the gene that takes the function means, the one whose phase is known first."""
    trans = [other for other in others if _phase(variant, other) is Phase.TRANS]
    open_ = [other for other in others if (_phase(variant, other) or Phase.UNKNOWN) is Phase.UNKNOWN]
    if trans:
        words = f"a second variant that takes the function, {_name(trans[0])}, lies on another molecule"
        return SecondAllele(gene=finding.gene, hit=AllelesHit.BIALLELIC, certainty=Certainty.HIGH, reason=words)
    if not open_:
        return None
    whole = [other for other in open_ if not _of_a_part(other, purity)]
    words = f"two variants that take the function, this one and {_name((whole or open_)[0])}, phase unknown"
    certainty = Certainty.MODERATE
    if not whole or _of_a_part(variant, purity):
        certainty, words = Certainty.LOW, f"{words}; by its reads one is of a part of the tumor cells"
    return SecondAllele(gene=finding.gene, hit=AllelesHit.BIALLELIC, certainty=certainty, reason=words)


def _phase(variant: AnnotatedVariant, other: AnnotatedVariant) -> Phase | None:
    joint = variant.joint
    return joint.phase if joint is not None and other.variant.key in joint.partners else None


def _name(variant: AnnotatedVariant) -> str:
    told = variant.consequence
    change = (told.protein_change or told.hgvs_c) if told is not None else ""
    inherited = "inherited " if variant.origin is Origin.GERMLINE else ""
    return f"{inherited}{gene_of(variant)} {change or variant.variant.key}".strip()
