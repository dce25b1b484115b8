from __future__ import annotations

import pytest

from genomodel.annotation.symbols import copy_number_by_current_symbols, with_current_symbols
from genomodel.core.copy_number import CopyNumberCall, CopyNumberProfile, CopyNumberState
from genomodel.core.errors import InputError
from genomodel.core.patients import Patient
from genomodel.core.provenance import SourceFile, StepStatus
from genomodel.core.variants import AnnotatedCalls, AnnotatedVariant, Consequence, Origin, Variant, VariantClass
from genomodel.resources.oncotree import resolve_tumor_type


def consequence(gene: str) -> Consequence:
    return Consequence(gene=gene, variant_class=VariantClass.MISSENSE, protein_change="K28M")


def calls(*pairs: tuple[str, str]) -> AnnotatedCalls:
    variants = tuple(
        AnnotatedVariant(
            record=row,
            variant=Variant(chrom=chrom, pos=row, ref="A", alt="T"),
            origin=Origin.SOMATIC,
            origin_reason="test",
            consequence=consequence(gene),
            other_consequences=(consequence(gene), consequence("TP53")),
        )
        for row, (gene, chrom) in enumerate(pairs, start=1)
    )
    return AnnotatedCalls(
        patient=Patient(id="P", tumor_type=resolve_tumor_type("LUAD")),
        source=SourceFile(name="x.vcf", kind="vcf", sha256="0" * 64),
        n_records=len(pairs),
        variants=variants,
    )


def genes(found: AnnotatedCalls) -> list[str]:
    return [variant.consequence.gene for variant in found.variants if variant.consequence]


def test_former_symbols_become_those_of_today_on_every_transcript_and_are_told() -> None:
    found = with_current_symbols(calls(("H3F3A", "1"), ("KRAS", "12")))
    assert genes(found) == ["H3-3A", "KRAS"]
    assert [item.gene for item in found.variants[0].other_consequences] == ["H3-3A", "TP53"]
    (step,) = found.steps
    assert (step.name, step.status) == ("Former gene symbols", StepStatus.DONE)
    assert "H3F3A is now H3-3A" in step.detail
    assert "KRAS" not in step.detail


def test_the_place_of_the_variant_tells_genes_of_one_symbol_apart() -> None:
    assert genes(with_current_symbols(calls(("MLL2", "chr12"), ("MLL2", "19")))) == ["KMT2D", "KMT2B"]


def test_an_ambiguous_symbol_keeps_its_name_and_is_told_as_not_looked_up() -> None:
    found = with_current_symbols(calls(("ODZ3", "X"), ("ODZ3", "7")))
    assert genes(found) == ["TENM1", "ODZ3"]
    step = next(step for step in found.steps if step.name == "Ambiguous gene symbols")
    assert step.status is StepStatus.SKIPPED
    assert "ODZ3 (TENM1 or TENM3)" in step.detail


def test_a_former_symbol_of_a_gene_on_another_chromosome_is_told_and_not_renamed() -> None:
    found = with_current_symbols(calls(("H3F3A", "17"), ("H3F3A", "1")))
    assert genes(found) == ["H3F3A", "H3-3A"]
    step = next(step for step in found.steps if step.name == "Ambiguous gene symbols")
    assert "H3F3A (H3-3A)" in step.detail
    assert "one that lies on another chromosome" in step.detail


def test_genes_of_today_and_names_that_no_gene_has_are_left_alone() -> None:
    given = calls(("KRAS", "12"), ("ENSG00000999999", "1"), ("1-Mar", "4"))
    assert with_current_symbols(given) == given


def test_genes_that_no_symbol_names_are_told_where_a_protein_changes() -> None:
    given = calls(("K-RAS", "12"), ("KRAS", "12"), ("LOC1", "3"), ("K-RAS", "12"))
    silent = given.variants[2].consequence
    assert silent is not None
    quiet = silent.model_copy(update={"variant_class": VariantClass.SYNONYMOUS})
    changed = given.variants[2].model_copy(update={"consequence": quiet})
    variants = (*given.variants[:2], changed, given.variants[3])
    found = with_current_symbols(given.model_copy(update={"variants": variants}))
    assert genes(found) == ["K-RAS", "KRAS", "LOC1", "K-RAS"]
    (step,) = found.steps
    assert (step.name, step.status) == ("Unknown gene symbols", StepStatus.SKIPPED)
    assert step.detail.endswith("no knowledge was looked up for 1: K-RAS")


def test_a_gene_with_two_copy_numbers_under_two_symbols_is_refused() -> None:
    profile = CopyNumberProfile(
        source=SourceFile(name="cn.tsv", kind="copy_number", sha256="0" * 64),
        calls=(
            CopyNumberCall(gene="HER2", state=CopyNumberState.AMPLIFICATION),
            CopyNumberCall(gene="ERBB2", state=CopyNumberState.NEUTRAL),
        ),
    )
    with pytest.raises(InputError, match="HER2 and ERBB2 are symbols of one gene"):
        copy_number_by_current_symbols(profile)


def test_copy_number_under_former_symbols_and_aliases_is_that_of_the_gene_of_today() -> None:
    profile = CopyNumberProfile(
        source=SourceFile(name="cn.tsv", kind="copy_number", sha256="0" * 64),
        calls=(
            CopyNumberCall(gene="HER2", state=CopyNumberState.AMPLIFICATION),
            CopyNumberCall(gene="MLL2", state=CopyNumberState.NEUTRAL, chrom="12"),
        ),
        assayed_genes=("HER2", "MLL2", "FAM123B"),
        not_assessed={"WHSC1": "no bins"},
    )
    found = copy_number_by_current_symbols(profile)
    assert found is not None
    assert [call.gene for call in found.calls] == ["ERBB2", "KMT2D"]
    assert found.assayed_genes == ("ERBB2", "KMT2D", "AMER1")
    assert found.not_assessed == {"NSD2": "no bins"}
