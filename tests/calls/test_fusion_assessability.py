from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.calls.rearrangements.assess import dna_answers
from genomodel.calls.rearrangements.genes import FusionModels, read_fusion_models
from genomodel.cohort.assay import AssayRegion
from genomodel.core.patients import Assay
from genomodel.resources.actionable_fusions import fusion_genes
from tests.calls.fusion_models import write_gff


@pytest.fixture
def models(tmp_path: Path) -> FusionModels:
    return read_fusion_models(write_gff(tmp_path), genes=fusion_genes())


def answer(
    gene: str, models: FusionModels | None, *regions: tuple[int, int], depth: float | None = 200, chrom: str = "chr2"
) -> tuple[bool, str]:
    listed = tuple(AssayRegion(chrom=chrom, start=start, end=end) for start, end in regions)
    measure = None if depth is None else lambda chrom, first, last: depth
    found = {item.gene: item for item in dna_answers(Assay.PANEL, models, listed or None, measure)}[gene]
    return found.assessable, found.reason


# Intron 19 of ALK lies on chr2 between 109,101 and 110,000, one-based.
INTRON = (109100, 110000)


def test_the_intron_that_breaks_has_to_be_covered_and_deep(models: FusionModels) -> None:
    assert answer("ALK", models, INTRON) == (True, "intron 19 covered")
    assert answer("ALK", models, (109100, 109820), INTRON)[0], "regions that overlap count each base once"
    assert answer("ALK", models, (109100, 109820))[0], "720 of 900 bases are 80 %"
    assert answer("ALK", models, (109100, 109810)) == (False, "intron 19 covered to 79% by the assay")
    assert answer("ALK", models, (100000, 100100)) == (False, "intron 19 covered to 0% by the assay")
    assert answer("ALK", models, INTRON, depth=49) == (False, "intron 19 at a mean depth of 49, 50 needed")
    assert answer("ALK", models, INTRON, depth=None) == (False, "intron 19 covered, depth not known")


def test_of_a_gene_without_a_source_all_introns_have_to_be_covered(models: FusionModels) -> None:
    whole = (1000, 21000)
    assert answer("RET", models, whole, chrom="chr3") == (True, "all introns covered")
    seen, reason = answer("RET", models, (1000, 11000), chrom="chr3")
    assert not seen
    assert reason.startswith("no source tells")


def test_nothing_is_assessable_without_regions_or_models(models: FusionModels) -> None:
    assert answer("ALK", models) == (False, "the regions of the assay are not given")
    assert not answer("ALK", None, INTRON)[0]
    assert answer("ROS1", models, INTRON) == (False, "the gene models have no transcript of it")


def test_a_whole_genome_shows_every_gene_unless_nobody_looked() -> None:
    assert all(item.assessable for item in dna_answers(Assay.WGS, None, None, None))
    unlooked = dna_answers(Assay.WGS, None, None, None, unlooked="delly is not installed")
    assert {(item.assessable, item.reason) for item in unlooked} == {(False, "delly is not installed")}
