from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.calls.rearrangements.assess import DnaSearch, dna_answers, dna_loss_answers, rna_answers
from genomodel.calls.rearrangements.genes import FusionModels, read_fusion_models
from genomodel.calls.rearrangements.merge import merge_answers
from genomodel.cohort.assay import AssayRegion
from genomodel.core.patients import Assay
from genomodel.resources.actionable_fusions import fusion_genes
from tests.calls.fusion_models import gene, write_full_gff, write_gff


@pytest.fixture
def models(tmp_path: Path) -> FusionModels:
    return read_fusion_models(write_gff(tmp_path), genes=fusion_genes())


def answer(
    gene: str, models: FusionModels | None, *regions: tuple[int, int], depth: float | None = 200, chrom: str = "chr2"
) -> tuple[bool, str]:
    listed = tuple(AssayRegion(chrom=chrom, start=start, end=end) for start, end in regions)
    measure = None if depth is None else lambda chrom, first, last: depth
    found = {item.gene: item for item in dna_answers(DnaSearch(Assay.PANEL, models, listed or None, measure))}[gene]
    return found.assessable, found.reason


# Intron 19 of ALK lies on chr2 between 109,101 and 110,000, one-based.
INTRON = (109100, 110000)


def test_the_intron_that_breaks_has_to_be_covered_and_deep(models: FusionModels) -> None:
    assert answer("ALK", models, INTRON) == (True, "intron 19 covered")
    assert answer("ALK", models, (109100, 109820), INTRON)[0], "regions that overlap count each base once"
    assert answer("ALK", models, INTRON, chrom="2")[0], "regions name contigs in either style"
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


def whole_genome(gff: Path, depth: float | None) -> dict[str, tuple[bool, str]]:
    models = read_fusion_models(gff, genes=fusion_genes())
    measure = None if depth is None else lambda chrom, first, last: depth
    return {
        item.gene: (item.assessable, item.reason) for item in dna_answers(DnaSearch(Assay.WGS, models, None, measure))
    }


def test_a_whole_genome_shows_every_gene_that_has_a_model_and_is_deep(tmp_path: Path) -> None:
    gff = write_full_gff(tmp_path, without="ROS1")
    deep = whole_genome(gff, 50)
    assert deep.pop("ROS1") == (False, "the gene models have no transcript of it")
    assert set(deep.values()) == {(True, "whole genome")}
    shallow = whole_genome(gff, 0.5)
    assert not any(seen for seen, _ in shallow.values())
    assert shallow["ALK"][1] == "intron 19 at a mean depth of 0, 50 needed"
    assert shallow["RET"][1] == "all introns at a mean depth of 0, 50 needed"
    assert whole_genome(gff, None)["ALK"] == (True, "whole genome, depth not known")


def test_a_whole_genome_is_deep_where_its_introns_break(models: FusionModels) -> None:
    found = dna_answers(DnaSearch(Assay.WGS, models, None, lambda chrom, first, last: 60 if first == 109101 else 5))
    assert {item.gene for item in found if item.assessable} == {"ALK"}, "intron 19 alone is deep"


def test_without_models_or_where_nobody_looked_a_whole_genome_shows_nothing() -> None:
    blind = dna_answers(DnaSearch(Assay.WGS, None, None, lambda chrom, first, last: 0.5))
    assert len(blind) == len(fusion_genes())
    assert {(item.assessable, item.reason.partition(",")[0]) for item in blind} == {
        (False, "no gene models were given")
    }
    unlooked = dna_answers(DnaSearch(Assay.WGS, None, None, None, unlooked="delly is not installed"))
    assert {(item.assessable, item.reason) for item in unlooked} == {(False, "delly is not installed")}


def test_a_break_that_is_left_open_is_no_negative(models: FusionModels) -> None:
    open_breaks = {"ALK": "a filtered breakend at chr2:5"}
    dna = dna_answers(DnaSearch(Assay.WGS, models, None, None, unresolved=open_breaks))
    alk = next(item for item in dna if item.gene == "ALK")
    assert (alk.assessable, alk.reason, alk.unresolved) == (False, "a filtered breakend at chr2:5", True)
    silent = dna_answers(DnaSearch(Assay.WGS, models, None, None))
    both = {item.gene: item for item in merge_answers([*silent, *dna])}
    assert not both["ALK"].assessable, "another caller's silence does not tell what the break is"
    assert both["RET"].assessable
    assert {item.gene: item.assessable for item in merge_answers([*dna, *rna_answers()])}["ALK"]


def met(*regions: tuple[int, int], models: FusionModels, depth: float = 80) -> tuple[bool, str]:
    listed = tuple(AssayRegion(chrom="chr7", start=start, end=end) for start, end in regions)
    found = dna_loss_answers(DnaSearch(Assay.PANEL, models, listed, lambda chrom, first, last: depth))
    return next((item.assessable, item.reason) for item in found if item.gene == "MET exon 14 skipping")


def test_a_loss_of_exon_14_is_seen_where_both_introns_beside_it_are_covered(tmp_path: Path) -> None:
    models = read_fusion_models(write_gff(tmp_path), genes={"MET"})
    # Introns 13 and 14 of MET lie between the exons that start at 13,001, 14,001 and 15,001.
    assert met((13099, 15000), models=models) == (True, "introns 13-14 covered")
    assert met((14000, 14099), models=models) == (False, "introns 13-14 covered to 0% by the assay")
    assert met((13099, 14000), models=models)[1] == "introns 13-14 covered to 50% by the assay"
    assert met((13099, 15000), models=models, depth=49)[1] == "introns 13-14 at a mean depth of 49, 50 needed"


def test_models_that_number_exon_14_otherwise_show_no_loss_of_it(tmp_path: Path) -> None:
    exons = [(116771498, 116771654), (116771849, 116771989), (116774881, 116775111)]
    early = [(116700001 + 1000 * i, 116700100 + 1000 * i) for i in range(12)]
    for n, seen in ((12, True), (11, False)):
        path = tmp_path / f"{n}.gff3"
        path.write_text(gene("chr7", "MET", "+", early[:n] + exons, (116700001, 116775111)))
        models = read_fusion_models(path, genes={"MET"})
        answers = {item.gene: item for item in dna_loss_answers(DnaSearch(Assay.WGS, models, None, None))}
        assert answers["MET exon 14 skipping"].assessable is seen
