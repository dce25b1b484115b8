"""A VCF that comes annotated gets from genome and gene models what its annotator left open."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from genomodel.batch import run_batch
from genomodel.cases import cases_of_file
from genomodel.report.presentation import WITHOUT_PDF
from tests.batch.test_given_calls import World, reported, request, world  # noqa: F401

VEP = (
    '##INFO=<ID=CSQ,Number=.,Type=String,Description="Consequence annotations from Ensembl VEP. Format: '
    'Allele|Consequence|SYMBOL|Feature|BIOTYPE|Amino_acids|Protein_position">'
)


@pytest.fixture
def annotated(world: World) -> Path:  # noqa: F811
    row = f"{world.v600e()} . PASS CSQ=T|missense_variant|BRAF|SYNT00000000007|protein_coding|V/E|600"
    reads = "GT:AD:DP 0/0:60,0:60 0/1:60,40:100"
    return world.write("vep.vcf", (VEP,), ("NORMAL", "TUMOR"), f"{row} {reads}")


def test_coding_names_are_derived_where_genome_and_gene_models_are_given(world: World, annotated: Path) -> None:  # noqa: F811
    report = reported(world, annotated)
    (finding,) = report["interpretation"]["findings"]
    found = finding["variant"]["consequence"]
    assert (found["source"], found["protein_change"], found["by_bases"]) == ("CSQ", "V600E", "")
    assert found["hgvs_c"] == "c.1799T>A"
    assert "hgvs_c" in found["derived"]
    assert [step["detail"] for step in report["steps"] if step["name"] == "Consequences by the bases"] == [
        "1 reported consequences completed from genome and gene models"
    ]


def test_nothing_is_derived_without_them(world: World, annotated: Path) -> None:  # noqa: F811
    asked = replace(request(world, annotated), reference=None, gff=None)
    (record,) = run_batch(cases_of_file(asked), world.folder / "plain", show=WITHOUT_PDF)
    assert record.error is None
    text = (world.folder / "plain" / "P1.json").read_text()
    assert "c.1799T>A" not in text
    assert "V600E" in text
