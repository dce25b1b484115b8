"""Rows of a MAF that state no protein change are told from genome and gene models."""

from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.annotation.maf import read_maf
from genomodel.annotation.maf_completion import TOLD_STEP, complete_maf
from genomodel.annotation.maf_remarks import MUTE_STEP
from genomodel.batch import Case, load_tumor
from genomodel.core.errors import InputError
from genomodel.core.variants import AnnotatedCalls, VariantClass
from tests.annotation.builders import patient
from tests.annotation.coding_genome import CDS, SEQUENCE, at, gff
from tests.annotation.test_maf import write

MISSENSE = {"Hugo_Symbol": "KIT", "Variant_Classification": "Missense_Mutation", "Chromosome": "4"}


def row(number: int, ref: str, alt: str, **values: str) -> dict[str, str]:
    """Return a row of the small gene by the number of its first coding base."""
    place = at(number)
    assert ref == "-" or SEQUENCE[place : place + len(ref)] == ref
    own = {"Start_Position": str(place + 1), "Reference_Allele": ref, "Tumor_Seq_Allele2": alt, "HGVSp_Short": ""}
    return {**MISSENSE, **own, **values}


def completed(folder: Path, *rows: dict[str, str], symbol: str = "KIT") -> AnnotatedCalls:
    (folder / "ref.fa").write_text(f">chr4\n{SEQUENCE}\n")
    (folder / "genes.gff3").write_text(gff(symbol=symbol, contig="chr4"))
    (calls,) = read_maf(write(folder / "a.maf", *rows), patient)
    return complete_maf(calls, folder / "ref.fa", folder / "genes.gff3")


def told(calls: AnnotatedCalls) -> list[tuple[str, str]]:
    return [(v.consequence.gene, v.consequence.protein_change) if v.consequence else ("", "") for v in calls.variants]


def test_a_change_that_the_row_leaves_open_is_told_by_its_bases(tmp_path: Path) -> None:
    calls = completed(tmp_path, row(8, "T", "A"), row(8, "T", "G", Hugo_Symbol=""))
    assert told(calls) == [("KIT", "V3E"), ("KIT", "V3G")]
    first = calls.variants[0].consequence
    assert first is not None
    assert (first.source, "protein_change" in first.derived) == ("MAF", True)
    steps = {step.name: step.detail for step in calls.steps}
    assert MUTE_STEP not in steps
    assert steps[TOLD_STEP].startswith("2 of 2 rows")


@pytest.mark.parametrize(
    ("number", "ref", "alt", "kind", "change"),
    [
        (16, "GCT", "-", "In_Frame_Del", "A6del"),
        (18, "-", "GCT", "In_Frame_Ins", "A6dup"),
        (17, "C", "-", "Frame_Shift_Del", "A6Vfs*9"),
    ],
)
def test_alleles_of_a_maf_are_put_beside_a_base(
    tmp_path: Path, number: int, ref: str, alt: str, kind: str, change: str
) -> None:
    assert told(completed(tmp_path, row(number, ref, alt, Variant_Classification=kind))) == [("KIT", change)]


def test_gene_models_of_a_former_symbol_tell_the_gene_of_today(tmp_path: Path) -> None:
    given = row(8, "T", "A", Hugo_Symbol="NSD2")
    calls = completed(tmp_path, given, symbol="WHSC1")
    assert told(calls) == [("NSD2", "V3E")]
    assert calls.variants[0].other_consequences == ()


def test_what_is_stated_or_changes_no_residue_or_cannot_be_told_stays(tmp_path: Path) -> None:
    stated = row(8, "T", "A", HGVSp_Short="p.V300E")
    intron = row(8, "T", "G", Variant_Classification="Intron", Start_Position="85", Reference_Allele="T")
    damaged = row(8, "T", "C", Hugo_Symbol="1-Mar")
    outside = row(8, "T", "A", Start_Position="1", Reference_Allele=SEQUENCE[0], Hugo_Symbol="TP53")
    calls = completed(tmp_path, stated, intron, damaged, outside)
    assert told(calls) == [("KIT", "V300E"), ("KIT", ""), ("1-Mar", ""), ("TP53", "")]
    steps = {step.name: step.detail for step in calls.steps}
    assert steps[TOLD_STEP].startswith("0 of 1 rows")
    assert MUTE_STEP in steps
    untouched = completed(tmp_path, stated)
    assert TOLD_STEP not in {step.name for step in untouched.steps}


def test_another_class_by_the_bases_is_kept_beside_what_the_row_says(tmp_path: Path) -> None:
    (variant,) = completed(tmp_path, row(4, "A", "T")).variants
    found = {variant.consequence, *variant.other_consequences} - {None}
    assert {(one.variant_class, one.protein_change) for one in found if one} == {
        (VariantClass.MISSENSE, ""),
        (VariantClass.TRUNCATING, "K2*"),
    }


def test_a_reference_allele_that_the_genome_does_not_hold_is_refused(tmp_path: Path) -> None:
    assert SEQUENCE[CDS[0][0]] == "A"
    with pytest.raises(InputError):
        completed(tmp_path, {**row(8, "T", "A"), "Start_Position": str(CDS[0][0] + 1)})


def test_a_report_of_a_maf_with_genome_and_gene_models_completes_its_rows(tmp_path: Path) -> None:
    completed(tmp_path, row(8, "T", "A"))
    files = {"maf": str(tmp_path / "a.maf"), "reference": str(tmp_path / "ref.fa")}
    bare = load_tumor(Case(patient=patient("S1"), **files))
    assert told(bare.calls) == [("KIT", "")]
    full = load_tumor(Case(patient=patient("S1"), gff=str(tmp_path / "genes.gff3"), **files))
    assert told(full.calls) == [("KIT", "V3E")]
