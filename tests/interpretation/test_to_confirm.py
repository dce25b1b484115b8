from __future__ import annotations

from genomodel.core.findings import DispositionKind
from genomodel.core.patients import CallingMode
from genomodel.core.variants import AlleleCounts, AnnotatedVariant, Label, Origin, Variant
from genomodel.profile.alterations import alterations_from_calls
from tests.interpretation.builders import calls_of, interpreted, patient, variant


def faint(gene: str, change: str, origin: Origin = Origin.UNCERTAIN, reads: int = 2) -> AnnotatedVariant:
    counts = AlleleCounts(depth=400, ref_reads=400 - reads, alt_reads=reads, allele_fraction=reads / 400)
    found = variant(gene, change, origin=origin)
    return found.model_copy(update={"labels": (Label.CONFIRM.value,), "tumor": counts})


def test_a_hotspot_to_be_confirmed_is_no_finding_and_is_not_lost() -> None:
    result = interpreted("MEL", faint("BRAF", "V600E"))
    assert result.findings == ()
    assert result.set_aside == ()
    (waiting,) = result.to_confirm
    assert waiting.label == "BRAF p.V600E"
    assert "To be confirmed by another method" in waiting.why or "to be confirmed by another method" in waiting.why
    assert "were it confirmed, it would match evidence of tier I-A" in waiting.why
    (disposition,) = result.dispositions
    assert disposition.kind is DispositionKind.TO_CONFIRM


def test_whatever_origin_the_decision_gave_it_waits() -> None:
    for origin in (Origin.SOMATIC, Origin.UNCERTAIN, Origin.NOT_CALLED):
        result = interpreted("MEL", faint("BRAF", "V600E", origin, reads=1))
        assert [finding.label for finding in result.to_confirm] == ["BRAF p.V600E"], origin
        assert result.findings == ()


def test_a_hotspot_by_place_that_the_annotation_does_not_know_is_kept() -> None:
    elsewhere = faint("MET", "D1028N").model_copy(update={"consequence": None})
    assert len(interpreted("LUAD", elsewhere).to_confirm) == 1


def test_a_reported_allele_does_not_wait_as_well() -> None:
    called = variant("BRAF", "V600E")
    again = faint("BRAF", "V600E").model_copy(update={"variant": called.variant})
    result = interpreted("MEL", called, again)
    assert [finding.label for finding in result.findings] == ["BRAF p.V600E"]
    assert result.to_confirm == ()


def test_the_model_is_not_told_of_it_and_its_gene_is_not_wild_type() -> None:
    calls = calls_of(patient("MEL"), faint("BRAF", "V600E"))
    alterations = alterations_from_calls(calls, None)
    assert alterations.mutations == ()
    assert set(alterations.mutation_genes_set_aside) == {"BRAF"}


def test_reads_in_the_normal_are_told_and_do_not_remove_a_hotspot() -> None:
    found = variant("BRAF", "V600E").model_copy(update={"labels": (Label.NORMAL_EVIDENCE.value,)})
    (finding,) = interpreted("MEL", found).findings
    assert "a few reads of the normal carry it too" in finding.why


def test_an_inherited_allele_with_a_lost_partner_says_so() -> None:
    found = variant("TP53", "R175H", origin=Origin.GERMLINE).model_copy(update={"labels": (Label.LOH.value,)})
    (finding,) = interpreted("BRCA", found, mode=CallingMode.TUMOR_NORMAL).set_aside
    assert "the tumor has lost the other allele" in finding.why


def test_it_takes_no_evidence_from_a_called_neighbor_of_its_codon() -> None:
    called = variant("BRAF", "V600E", place=Variant(chrom="chr7", pos=140753336, ref="A", alt="T"))
    neighbor = faint("BRAF", "V600M", reads=100).model_copy(
        update={"variant": Variant(chrom="chr7", pos=140753337, ref="C", alt="T")}
    )
    (finding,) = interpreted("MEL", called, neighbor).findings
    assert finding.tier == "I-A"
