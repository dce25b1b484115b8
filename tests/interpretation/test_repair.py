from __future__ import annotations

import pytest

from genomodel.core.biomarkers import HomologousRecombination, RepairCall, ScarScore
from genomodel.core.copy_number import CopyNumberCall, CopyNumberProfile, CopyNumberState
from genomodel.core.patients import Assay
from genomodel.core.variants import AlleleCounts, AnnotatedVariant, Label, Origin, Variant
from genomodel.interpretation.biomarkers.scars import scar_assays
from genomodel.interpretation.interpret import interpret
from genomodel.interpretation.repair_genes import HOMOLOGOUS_RECOMBINATION, genes_of, repair_genes
from tests.interpretation.allele_builders import hit, profile
from tests.interpretation.builders import MISSENSE, SOURCE, calls_of, patient, variant

ASSAYED = ("ATM", "BRCA1", "BRCA2", "CHEK2", "KRAS", "MLH1", "PALB2", "RAD51C", "TP53")


def repair(
    *variants: AnnotatedVariant,
    copy_number: CopyNumberProfile | None = None,
    tumor_type: str = "HGSOC",
    **facts: object,
) -> HomologousRecombination:
    who = patient(tumor_type, **{"assay": Assay.WES, "sex": "female", "assayed_genes": ASSAYED, **facts})
    found = interpret(calls_of(who, *variants), copy_number).biomarkers.homologous_recombination
    assert found is not None
    return found


def test_each_gene_names_its_source() -> None:
    assert genes_of(HOMOLOGOUS_RECOMBINATION) == ("BRCA1", "BRCA2", "PALB2", "RAD51C")
    assert genes_of("mismatch_repair") == ("MLH1", "MSH2", "MSH6", "PMS2")
    assert all(row.source and row.source_url.startswith("https://doi.org/") for row in repair_genes().values())


def test_both_alleles_lost_are_a_basis_that_is_named() -> None:
    found = repair(hit("BRCA2", 129, 300), copy_number=profile("BRCA2", 1.0, True))
    assert found.call is RepairCall.DEFICIENT
    (basis,) = found.basis
    assert basis.startswith("BRCA2 p.R320*: biallelic with high certainty (loss of heterozygosity")


def test_one_allele_or_an_unknown_second_is_none_and_says_so() -> None:
    one = repair(hit("BRCA2", 90, 300), copy_number=profile("BRCA2", 2.0, False))
    assert one.call is RepairCall.NOT_SHOWN
    assert "monoallelic with high certainty" in one.reason
    assert "methylation" in one.reason
    blind = repair(hit("BRCA2", 90, 300))
    assert blind.call is RepairCall.NOT_SHOWN
    assert "second allele not known" in blind.reason
    assert blind.basis == ()


def test_a_low_certainty_is_no_basis() -> None:
    rising = hit("BRCA1", 210, 300, origin=Origin.GERMLINE, labels=(Label.LOH.value,))
    found = repair(rising)
    assert found.call is RepairCall.NOT_SHOWN
    assert "biallelic with low certainty" in found.reason


def test_an_inherited_variant_with_the_other_allele_lost_is_a_basis_unless_consent_is_refused() -> None:
    inherited = hit("BRCA1", 210, 300, origin=Origin.GERMLINE)
    lost = profile("BRCA1", 1.0, True)
    assert repair(inherited, copy_number=lost).call is RepairCall.DEFICIENT
    refused = repair(inherited, copy_number=lost, germline_consent=False)
    assert refused.call is RepairCall.NOT_ASSESSABLE
    assert refused == repair(copy_number=lost, germline_consent=False)


@pytest.mark.parametrize("gene", ["ATM", "CHEK2", "MLH1", "TP53"])
def test_loss_of_other_genes_is_no_basis(gene: str) -> None:
    found = repair(hit(gene, 129, 300), copy_number=profile(gene, 1.0, True))
    assert found.call is RepairCall.NOT_SHOWN


def test_a_variant_of_unknown_meaning_is_no_basis() -> None:
    vague = variant("BRCA2", "K2950N", MISSENSE, place=Variant(chrom="chr13", pos=100, ref="A", alt="T"))
    vague = vague.model_copy(update={"tumor": AlleleCounts(depth=300, alt_reads=129)})
    assert repair(vague, copy_number=profile("BRCA2", 1.0, True)).call is RepairCall.NOT_SHOWN


def test_a_deletion_of_all_copies_is_a_basis() -> None:
    call = CopyNumberCall(gene="BRCA2", state=CopyNumberState.DEEP_DELETION, copies=0.1, copies_high=0.3)
    found = repair(copy_number=CopyNumberProfile(source=SOURCE, calls=(call,)), tumor_type="PRAD")
    assert found.call is RepairCall.DEFICIENT
    assert "deletion of all copies" in found.basis[0]


def test_genes_that_were_not_assayed_leave_it_open() -> None:
    for facts in ({"assayed_genes": None}, {"assay": Assay.PANEL, "assayed_genes": ("KRAS", "BRCA1")}):
        found = repair(variant("KRAS", "G12D"), **facts)
        assert found.call is RepairCall.NOT_ASSESSABLE
        assert found.reason
    assert repair(variant("KRAS", "G12D"), assayed_genes=("KRAS", "BRCA1", "BRCA2")).call is RepairCall.NOT_SHOWN


@pytest.mark.parametrize(
    ("score", "assay", "tumor_type", "call", "says"),
    [
        (42, "mychoice_cdx", "HGSOC", RepairCall.DEFICIENT, "cut-off 42"),
        (41, "mychoice_cdx", "HGSOC", RepairCall.NOT_SHOWN, "below"),
        (60, "mychoice_cdx", "BRCA", RepairCall.NOT_SHOWN, "the cut-off is for OVARY"),
        (60, "own_assay", "HGSOC", RepairCall.NOT_SHOWN, "whose cut-off is not known"),
    ],
)
def test_a_score_counts_by_the_cut_off_of_its_own_assay(
    score: float, assay: str, tumor_type: str, call: RepairCall, says: str
) -> None:
    found = repair(tumor_type=tumor_type, scar=ScarScore(score=score, assay=assay))
    assert found.call is call
    assert says in " ".join((*found.basis, found.reason))


@pytest.mark.parametrize(
    ("score", "assay", "tumor_type", "says"),
    [
        (60, "own_assay", "HGSOC", "whose cut-off is not known"),
        (60, "mychoice_cdx", "BRCA", "the cut-off is for OVARY"),
        (41, "mychoice_cdx", "HGSOC", ""),
        (60, "mychoice_cdx", "HGSOC", ""),
    ],
)
def test_a_score_that_nothing_can_be_held_against_is_not_assessable(
    score: float, assay: str, tumor_type: str, says: str
) -> None:
    who = patient(tumor_type=tumor_type, scar=ScarScore(score=score, assay=assay))
    told = [item.reason for item in interpret(calls_of(who), None).not_assessable if "genomic scars" in item.what]
    assert len(told) == bool(says)
    assert all(says in reason for reason in told)


def test_a_score_below_does_not_outvote_a_loss_of_both_alleles() -> None:
    lost = profile("BRCA2", 1.0, True)
    found = repair(hit("BRCA2", 129, 300), copy_number=lost, scar=ScarScore(score=12, assay="mychoice_cdx"))
    assert found.call is RepairCall.DEFICIENT
    assert "below" in found.reason


def test_the_cut_off_has_a_source() -> None:
    for row in scar_assays().values():
        assert row.source_url.startswith("https://")
        assert row.tumor_types
