from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from genomodel.calls import callable_coding as module
from genomodel.calls.callable_coding import LEAST_DEPTH_OF_PANELS, ReadDepths, callable_coding, coding_sequence
from genomodel.core.errors import InputError
from genomodel.core.patients import Assay, GenomeBuild, Patient
from genomodel.core.sample_quality import SampleMeasures, SampleQuality
from genomodel.core.variants import AnnotatedVariant, Consequence, Origin, RegionDepth, Variant, VariantClass
from genomodel.interpretation.depth_gaps import LOW_DEPTH
from genomodel.resources.oncotree import resolve_tumor_type

GFF = """##gff-version 3
1\tt\tgene\t1001\t3000\t.\t+\t.\tID=gene:G1;Name=G1;biotype=protein_coding
1\tt\tmRNA\t1001\t3000\t.\t+\t.\tID=transcript:T1;Parent=gene:G1;biotype=protein_coding
1\tt\texon\t1001\t1600\t.\t+\t.\tParent=transcript:T1
1\tt\tCDS\t1101\t1400\t.\t+\t0\tID=CDS:T1;Parent=transcript:T1
1\tt\tCDS\t2001\t2300\t.\t+\t0\tID=CDS:T1;Parent=transcript:T1
1\tt\tmRNA\t1001\t3000\t.\t+\t.\tID=transcript:T2;Parent=gene:G1;biotype=protein_coding
1\tt\tCDS\t2601\t2690\t.\t+\t0\tID=CDS:T2;Parent=transcript:T2
2\tt\tgene\t1\t900\t.\t-\t.\tID=gene:G2;Name=G2;biotype=protein_coding
2\tt\tmRNA\t1\t900\t.\t-\t.\tID=transcript:T3;Parent=gene:G2;biotype=protein_coding
2\tt\tCDS\t101\t400\t.\t-\t0\tID=CDS:T3;Parent=transcript:T3
2\tt\tgene\t301\t900\t.\t+\t.\tID=gene:G3;Name=G3;biotype=protein_coding
2\tt\tmRNA\t301\t900\t.\t+\t.\tID=transcript:T4;Parent=gene:G3;biotype=protein_coding
2\tt\tCDS\t301\t600\t.\t+\t0\tID=CDS:T4;Parent=transcript:T4
"""


def patient(bed: Path | None, assay: Assay = Assay.WES, **facts: object) -> Patient:
    return Patient.model_validate(
        {
            "id": "P1",
            "tumor_type": resolve_tumor_type("LUAD"),
            "assay": assay,
            "assay_bed": None if bed is None else str(bed),
            **facts,
        }
    )


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    monkeypatch.setattr(module, "LEAST_BASES", 100)
    (tmp_path / "genes.gff3").write_text(GFF)
    (tmp_path / "assay.bed").write_text("chr1\t1000\t1500\tG1\nchr1\t1200\t2100\tG1\nchr2\t0\t350\tG2\n")
    return tmp_path / "assay.bed", tmp_path / "genes.gff3"


def depths(*rows: tuple[str, int, int, float]) -> ReadDepths:
    return ReadDepths(tuple(RegionDepth(chrom=c, start=s, end=e, mean_depth=d) for c, s, e, d in rows))


DEEP = depths(("chr1", 0, 5000, 80.0), ("chr2", 0, 5000, 80.0))


def quality(shares: dict[int, float], kind: str = "tumor") -> ReadDepths:
    sample = SampleMeasures.model_validate({"type": kind, "sample": "S", "measures": (), "shares_at_depth": shares})
    return ReadDepths(None, SampleQuality(samples=(sample,), exon_depth=100, exon_share=0.95))


def test_assay_and_coding_sequence_overlap_counted_by_hand(files: tuple[Path, Path]) -> None:
    # Chromosome 1: 1100-1400 whole and 2000-2100; chromosome 2: 100-350 of 100-600, both genes' bases once.
    bed, gff = files
    found = callable_coding(patient(bed), (), DEEP, gff)
    assert (found.bases, found.assay_bases, found.least_depth) == (300 + 100 + 250, 650, 25)
    assert found.source == (
        "regions of assay.bed; coding sequence of genes.gff3; regions of a mean depth of 25 or more"
    )


def test_bases_that_are_not_deep_do_not_count(files: tuple[Path, Path]) -> None:
    bed, gff = files
    shallow = depths(("1", 1000, 1300, 25.0), ("1", 1300, 2100, 24.9), ("2", 0, 350, 60.0))
    assert callable_coding(patient(bed), (), shallow, gff).bases == 200 + 250
    panel = callable_coding(patient(bed, Assay.PANEL), (), shallow, gff)
    assert (panel.bases, panel.least_depth) == (0, LEAST_DEPTH_OF_PANELS)
    assert LEAST_DEPTH_OF_PANELS == LOW_DEPTH


def test_share_of_the_bases_at_a_depth_stands_in_for_regions(files: tuple[Path, Path]) -> None:
    bed, gff = files
    found = callable_coding(patient(bed), (), quality({20: 1.0, 50: 0.8, 100: 0.5}), gff)
    assert (found.bases, found.assay_bases, found.least_depth) == (520, 650, 50)
    assert "80.0% of the assayed bases read 50 times or more" in found.source


@pytest.mark.parametrize("known", [ReadDepths(), quality({20: 1.0}), quality({50: 1.0}, "normal")])
def test_without_depth_nothing_is_counted(files: tuple[Path, Path], known: ReadDepths) -> None:
    found = callable_coding(patient(files[0]), (), known, files[1])
    assert found.bases is None
    assert "give the depth by region" in found.reason


def test_without_a_bed_only_a_genome_is_counted(files: tuple[Path, Path]) -> None:
    for assay in (Assay.WES, Assay.PANEL, Assay.UNKNOWN):
        found = callable_coding(patient(None, assay), (), DEEP, files[1])
        assert (found.bases, found.reason) == (
            None,
            "the assayed regions are not known: give the assay's BED (assay_bed)",
        )
    assert callable_coding(patient(None, Assay.WGS), (), DEEP, files[1]).bases == 600 + 500


def test_a_small_assay_is_told_before_gene_models_are_read(files: tuple[Path, Path], tmp_path: Path) -> None:
    module.LEAST_BASES = 1_000_000
    found = callable_coding(patient(files[0]), (), DEEP, tmp_path / "absent.gff3")
    assert found.reason == "the assay covers 0.00 Mb in all, and 1 Mb of coding is needed"


def test_without_gene_models_nothing_is_counted(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GENOMODEL_MIRROR", str(tmp_path))
    monkeypatch.setenv("GENOMODEL_CACHE", str(tmp_path / "cache"))
    found = callable_coding(patient(files[0], genome=GenomeBuild.GRCH38), (), DEEP)
    assert found.reason == "the coding sequence is not known: give gene models (--gff)"


def allele(pos: int, ref: str, alt: str, kind: VariantClass = VariantClass.MISSENSE) -> AnnotatedVariant:
    return AnnotatedVariant(
        record=1,
        variant=Variant(chrom="chr1", pos=pos, ref=ref, alt=alt),
        origin=Origin.SOMATIC,
        origin_reason="made",
        consequence=Consequence(gene="G1", variant_class=kind),
    )


def test_coding_alleles_outside_the_counted_bases_are_named(files: tuple[Path, Path]) -> None:
    inside = [allele(1101, "A", "C"), allele(1400, "A", "C"), allele(2100, "A", "C"), allele(1099, "TTA", "T")]
    outside = [allele(1100, "A", "C"), allele(1401, "A", "C"), allele(2101, "A", "C"), allele(2610, "A", "C")]
    silent = allele(1500, "A", "C", VariantClass.NONCODING)
    found = callable_coding(patient(files[0]), (*inside, *outside, silent), DEEP, files[1])
    assert found.outside == tuple(one.variant.key for one in outside)


def test_a_broken_bed_is_refused(files: tuple[Path, Path]) -> None:
    files[0].write_text("chr1\t5\n")
    with pytest.raises(InputError, match="is not a BED line"):
        callable_coding(patient(files[0]), (), DEEP, files[1])


@pytest.mark.parametrize("build", [GenomeBuild.GRCH37, GenomeBuild.GRCH38])
def test_the_coding_sequence_of_all_genes_has_its_known_size(
    shared_data: Path,
    monkeypatch: pytest.MonkeyPatch,
    build: GenomeBuild,
    record_property: Callable[[str, object], None],
) -> None:
    monkeypatch.setenv("GENOMODEL_MIRROR", str(shared_data))
    found = coding_sequence(None, build)
    assert found is not None
    bases = sum(end - start for parts in found.intervals.values() for start, end in parts)
    record_property("shown", f"coding sequence of one transcript per gene, {build.value}: {bases / 1e6:.2f} Mb")
    assert 30e6 < bases < 36e6
    first, last = (7_571_700, 7_580_000) if build is GenomeBuild.GRCH37 else (7_668_400, 7_676_700)
    tp53 = sum(end - start for start, end in found.intervals["17"] if first < start < last)
    assert tp53 == 393 * 3 + 3
