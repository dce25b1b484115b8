from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.calls.quality.exons import (
    CodingExon,
    Union,
    coding_exons,
    cut_at_borders,
    joined,
    plan_exons,
    require_contigs,
)
from genomodel.cohort.assay import AssayRegion
from genomodel.core.errors import InputError
from genomodel.core.sample_quality import exons_in_words

MODELS = {"KRAS": tuple(CodingExon("KRAS", n, "12", n * 100, n * 100 + 50) for n in (2, 3, 4, 5))}


def region(start: int, end: int, name: str = "") -> AssayRegion:
    return AssayRegion(chrom="chr12", start=start, end=end, name=name)


def test_exons_that_the_bed_names_are_taken_with_their_padding_and_tiles_are_joined() -> None:
    regions = [region(190, 220, "KRAS:exon2"), region(215, 260, "KRAS:exon2"), region(300, 340, "KRAS:exon3")]
    plan = plan_exons(regions, MODELS, {"KRAS"}, named_off_assay={"KRAS"})
    assert [(exon.number, exon.intervals, exon.off_assay_bases) for exon in plan.exons] == [
        (2, ((190, 260),), 0),
        (3, ((300, 340),), 10),
    ]
    assert [(item.gene, item.exons) for item in plan.off_assay] == [("KRAS", (4, 5))]
    assert "1 genes by the names of the assay's BED" in plan.source


@pytest.mark.parametrize("name", ["", "KRAS", "KRAS:exon7"])
def test_gene_models_number_exons_that_the_bed_does_not_or_numbers_by_another_transcript(name: str) -> None:
    plan = plan_exons([region(210, 320, name)], MODELS, {"KRAS"}, named_off_assay={"KRAS"})
    assert [(e.number, e.chrom, e.intervals, e.off_assay_bases) for e in plan.exons] == [
        (2, "chr12", ((210, 250),), 10),
        (3, "chr12", ((300, 320),), 30),
    ]
    assert plan.off_assay[0].exons == (4, 5)


def test_without_names_and_gene_models_the_reason_is_told() -> None:
    plan = plan_exons([region(0, 50)], {}, {"KRAS"})
    assert plan.exons == ()
    assert plan.source == "no exon of an actionable gene is judged: the BED names none, and no gene models were given"


def test_a_whole_genome_has_all_coding_exons_under_the_names_of_the_reads() -> None:
    plan = plan_exons(None, MODELS, {"KRAS"}, contigs=["chr12"], named_off_assay={"KRAS"})
    assert [(exon.chrom, exon.number) for exon in plan.exons] == [("chr12", n) for n in (2, 3, 4, 5)]
    assert plan.off_assay == ()


def test_exons_are_numbered_by_the_transcript_and_those_without_coding_bases_are_counted(shared_data: Path) -> None:
    found = coding_exons(shared_data / "genome" / "GRCh38.genes.gff3", {"EGFR", "BRAF", "KRAS"})
    place = {(exon.gene, exon.number): exon for exons in found.values() for exon in exons}
    # L858R, V600E and G12D lie in these.
    for gene, number, position in (("EGFR", 21, 55191822), ("BRAF", 15, 140753336), ("KRAS", 2, 25245350)):
        exon = place[gene, number]
        assert exon.start < position <= exon.end
    assert ("KRAS", 1) not in place


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 60)), min_size=1, max_size=12), st.data())
def test_pieces_add_up_to_every_region_however_they_overlap(spans: list[tuple[int, int]], data: st.DataObject) -> None:
    regions = [region(start, start + length) for start, length in spans]
    start = data.draw(st.integers(0, 350))
    models = {"KRAS": (CodingExon("KRAS", 1, "chr12", start, start + 40),)}
    plan = plan_exons(regions, models, {"KRAS"})
    pieces = cut_at_borders(regions, plan.exons)
    bases = [base for _, first, last in pieces for base in range(first, last)]
    assert bases == sorted({base for item in regions for base in range(item.start, item.end)})
    for first, last in [(r.start, r.end) for r in regions] + [i for exon in plan.exons for i in exon.intervals]:
        assert sum(e - s for _, s, e in pieces if first <= s and e <= last) == last - first


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(1, 20))), st.integers(0, 100), st.integers(1, 30))
def test_covered_parts_are_those_of_a_set_of_bases(spans: list[tuple[int, int]], start: int, length: int) -> None:
    union = Union.of(region(first, first + size) for first, size in spans)
    wanted = {base for first, size in spans for base in range(first, first + size)} & set(range(start, start + length))
    found = [base for first, last in union.covered("12", start, start + length) for base in range(first, last)]
    assert found == sorted(wanted)
    assert joined([]) == []


def test_regions_of_another_reference_are_refused() -> None:
    with pytest.raises(InputError, match=r"the reads have no contig 'chr12'.*Contigs of the reads: 12"):
        require_contigs([region(0, 9)], {"12": 1000}, "panel.bed")
    with pytest.raises(InputError, match="reaches beyond the contig's end, 5"):
        require_contigs([region(0, 9)], {"chr12": 5}, "panel.bed")


def test_exons_are_named_shortly() -> None:
    exons = [("KRAS", 2), ("KRAS", 3), ("KRAS", 4), ("EGFR", 19), ("MET", 1), ("MET", 2), ("MET", 14), ("X", None)]
    assert exons_in_words(exons) == {
        "KRAS": "exons 2\u20134",
        "EGFR": "exon 19",
        "MET": "exons 1, 2, 14",
        "X": "regions",
    }
