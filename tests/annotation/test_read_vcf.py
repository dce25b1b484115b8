from __future__ import annotations

from collections import Counter
from pathlib import Path

import pysam
import pytest

from genomodel.annotation.origin import pair_other_columns
from genomodel.annotation.vcf import is_annotated, read_annotated_vcf
from genomodel.calls.given import open_given
from genomodel.core.errors import InputError
from genomodel.core.patients import CallingMode
from genomodel.core.provenance import StepStatus
from genomodel.core.variants import PROTEIN_CHANGING, AnnotatedCalls, AnnotatedVariant, Origin, VariantClass
from genomodel.resources.mane import is_mane_select
from tests.annotation.builders import patient
from tests.calls.builders import write_vcf

CSQ = (
    "##INFO=<ID=CSQ,Number=.,Type=String,"
    'Description="Format: Allele|Consequence|SYMBOL|Protein_position|Amino_acids|MAX_AF">'
)
HCC1395 = "hcc1395_exome/hcc1395.somatic.vep86.GRCh38.vcf.gz"


def row(
    pos: int = 5,
    tumor: str = "0/1:60,40:100",
    normal: str | None = "0/0:60,0:60",
    filters: str = "PASS",
    annotation: str = "T|missense_variant|TP53|175|R/H|",
    info: str = "",
    alt: str = "T",
    keys: str = "GT:AD:DP",
    extra: str = "",
) -> str:
    columns = f"chr1\t{pos}\t.\tC\t{alt}\t.\t{filters}\tCSQ={annotation}{info}\t{keys}\t{tumor}"
    return columns + ("" if normal is None else f"\t{normal}") + extra


def read(path: Path, *rows: str, samples: tuple[str, ...] = ("TUMOR", "NORMAL"), **facts: object) -> AnnotatedCalls:
    return read_annotated_vcf(write_vcf(path / "a.vcf", list(rows), samples, (CSQ,)), patient(**facts))


def one(path: Path, line: str, samples: tuple[str, ...] = ("TUMOR", "NORMAL"), **facts: object) -> AnnotatedVariant:
    (variant,) = read(path, line, samples=samples, **facts).variants
    return variant


def test_a_passed_variant_absent_from_the_normal_is_somatic(tmp_path: Path) -> None:
    variant = one(tmp_path, row())
    assert variant.origin is Origin.SOMATIC
    assert variant.origin_reason == "tumor 40 of 100 reads; normal 0 of 60 reads"
    assert variant.consequence is not None
    assert (variant.consequence.gene, variant.consequence.protein_change) == ("TP53", "R175H")
    assert variant.consequence.variant_class is VariantClass.MISSENSE
    assert variant.tumor.allele_fraction == 0.4


@pytest.mark.parametrize(
    ("line", "origin", "word"),
    [
        (row(normal="0/1:30,30:60"), Origin.GERMLINE, "normal 30 of 60 reads carry"),
        (row(filters="."), Origin.SOMATIC, "no filter was applied"),
        (row(filters=".", normal="0/0:10,0:10"), Origin.UNCERTAIN, "needed 3.5"),
        (row(filters="PASS", normal="0/0:10,0:10"), Origin.SOMATIC, "normal 0 of 10"),
        (row(filters="PASS", normal="0/0:5,0:5"), Origin.UNCERTAIN, "not assessable: normal 0 of 5 reads"),
        (row(normal="./.:.:."), Origin.UNCERTAIN, "not assessable: normal without data"),
        (row(normal="0/0:70,10:80"), Origin.UNCERTAIN, "too many for somatic"),
        (row(filters="weak;clustered"), Origin.NOT_CALLED, "weak, clustered"),
        (row(filters="germline"), Origin.GERMLINE, "filtered by the caller: germline"),
        (row(tumor="0/0:100,0:100"), Origin.NOT_CALLED, "tumor 0 of 100"),
        (row(tumor="0/0:100,0:100", normal="0/1:30,30:60"), Origin.GERMLINE, "normal 30 of 60"),
        (row(tumor="./.:.:.", normal="./.:.:."), Origin.NOT_CALLED, "tumor without data"),
        (row(filters=".", tumor="0/1:98,2:100"), Origin.NOT_CALLED, "3 of the allele needed"),
        (row(filters=".", tumor="0/1:997,3:1000"), Origin.NOT_CALLED, "LOD"),
        (row(keys="GT", tumor="0/1", normal="0/0"), Origin.SOMATIC, "genotype holds"),
        (row(keys="GT", tumor="0/1", normal="0/1"), Origin.GERMLINE, "genotype holds"),
        (row(keys="GT", tumor="0/0", normal="0/0"), Origin.NOT_CALLED, "genotype lacks"),
        (row(keys="GT", tumor="0/1", normal="0/0", filters="."), Origin.UNCERTAIN, "genotype lacks"),
        (
            row(annotation="T|missense_variant|TP53|175|R/H|0.05", normal="0/0:12,0:12"),
            Origin.UNCERTAIN,
            "known in the population",
        ),
        (row(annotation="T|missense_variant|TP53|175|R/H|0.05"), Origin.SOMATIC, "normal 0 of 60"),
        (row(alt="*"), Origin.NOT_CALLED, "no sequence of its own"),
        (row(alt="."), Origin.NOT_CALLED, "no alternate allele"),
        (
            row(info=";GM_ORIGIN=uncertain;GM_REASON=normal_not%5Fassessable%3B_x"),
            Origin.UNCERTAIN,
            "normal not_assessable; x",
        ),
    ],
)
def test_origin_follows_filter_and_counts(tmp_path: Path, line: str, origin: Origin, word: str) -> None:
    variant = one(tmp_path, line)
    assert variant.origin is origin
    assert word in variant.origin_reason


def test_an_alternate_allele_that_is_the_reference_is_not_called(tmp_path: Path) -> None:
    variant = one(tmp_path, row(alt="c"))
    assert (variant.origin, variant.origin_reason) == (Origin.NOT_CALLED, "its alternate allele is the reference")


def test_tumor_only_keeps_a_germline_risk_and_says_that_the_normal_is_missing(tmp_path: Path) -> None:
    calls = read(
        tmp_path,
        row(normal=None),
        row(pos=9, normal=None, annotation="T|missense_variant|XYZ1|7|R/H|0.2"),
        samples=("T",),
    )
    hotspot, common = calls.variants
    assert {hotspot.origin, common.origin} == {Origin.UNCERTAIN}
    assert (hotspot.germline_risk, common.germline_risk) == ("moderate", "high")
    assert "recurrent somatic hotspot" in hotspot.origin_reason
    assert "population frequency 0.2" in common.origin_reason
    assert calls.patient.mode is CallingMode.TUMOR_ONLY
    assert any(step.status is StepStatus.SKIPPED and "no normal" in step.detail for step in calls.steps)


def test_a_file_without_samples_is_read_as_tumor_only(tmp_path: Path) -> None:
    path = write_vcf(
        tmp_path / "a.vcf", ["chr1\t5\t.\tC\tT\t.\tPASS\tCSQ=T|missense_variant|TP53|175|R/H|"], (), (CSQ,)
    )
    (variant,) = read_annotated_vcf(path, patient()).variants
    assert variant.origin is Origin.UNCERTAIN
    assert "allele fraction unknown" in variant.origin_reason


def test_several_alleles_become_several_variants_of_one_record(tmp_path: Path) -> None:
    line = row(
        alt="T,G",
        tumor="1/2:20,50,30:100",
        normal="0/2:30,0,30:60",
        annotation="T|missense_variant|A|5|R/H|,G|stop_gained|A|5|R/*|",
    )
    first, second = read(tmp_path, line).variants
    assert (first.record, second.record) == (1, 1)
    assert (first.origin, second.origin) == (Origin.SOMATIC, Origin.GERMLINE)
    assert first.consequence is not None
    assert second.consequence is not None
    assert (first.consequence.protein_change, second.consequence.protein_change) == ("R5H", "R5*")


def test_two_called_records_in_one_codon_are_pointed_out(tmp_path: Path) -> None:
    calls = read(tmp_path, row(5), row(6, annotation="T|missense_variant|TP53|175|R/L|"))
    assert any("TP53 p.R175H with TP53 p.R175L" in step.detail for step in calls.steps)
    assert not any("codon" in step.detail for step in read(tmp_path, row(5)).steps)


def test_no_records_are_no_variants(tmp_path: Path) -> None:
    calls = read(tmp_path)
    assert (calls.n_records, calls.variants) == (0, ())


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("H_NJ-HCC1395-HCC1395", "H_NJ-HCC1395-HCC1395_BL"), ("H_NJ-HCC1395-HCC1395", "H_NJ-HCC1395-HCC1395_BL")),
        (("P1-N", "P1-T"), ("P1-T", "P1-N")),
        (("P1.normal", "P1.tumor"), ("P1.tumor", "P1.normal")),
        (("A", "B"), None),
        (("A_N", "B_N"), None),
        (("A", "B_N", "C"), None),
        (("JOHN", "JOHN2"), None),
    ],
)
def test_other_columns_are_paired_only_when_their_names_tell(
    names: tuple[str, ...], expected: tuple[str, str] | None
) -> None:
    assert pair_other_columns(names) == expected


@pytest.mark.parametrize(
    ("samples", "extra", "origin"),
    [
        (("P_BL", "P"), "\t0/1:30,30:60\t0/1:60,40:100", Origin.GERMLINE),
        (("P_BL", "P"), "\t0/0:60,0:60\t0/1:60,40:100", Origin.SOMATIC),
        (("A", "B"), "\t0/1:30,30:60\t0/1:60,40:100", Origin.GERMLINE),
        (("A", "B"), "\t0/0:60,0:60\t0/1:60,40:100", Origin.UNCERTAIN),
        (("A", "B"), "\t./.:.:.\t0/1:60,40:100", Origin.UNCERTAIN),
    ],
)
def test_records_with_data_under_other_columns_only(
    tmp_path: Path, samples: tuple[str, str], extra: str, origin: Origin
) -> None:
    line = row(tumor="./.:.:.", normal="./.:.:.", filters=".", extra=extra)
    variant = one(tmp_path, line, samples=("TUMOR", "NORMAL", *samples))
    assert variant.origin is origin


def test_other_columns_do_not_speak_where_tumor_or_normal_has_data(tmp_path: Path) -> None:
    line = row(extra="\t0/1:30,30:60\t0/1:30,30:60")
    assert one(tmp_path, line, samples=("TUMOR", "NORMAL", "A", "B")).origin is Origin.SOMATIC


def test_a_file_without_annotation_asks_for_reference_and_gff(tmp_path: Path) -> None:
    path = write_vcf(tmp_path / "a.vcf", [row()])
    assert not is_annotated(path)
    with pytest.raises(InputError, match="Give --reference FASTA and --gff GFF3"):
        read_annotated_vcf(path, patient())


def test_an_unknown_origin_word_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="GM_ORIGIN is 'alien'"):
        read(tmp_path, row(info=";GM_ORIGIN=alien"))


def test_the_real_exome_is_read_whole_and_judged_right(shared_data: Path) -> None:
    calls = read_annotated_vcf(shared_data / HCC1395, patient())
    assert calls.n_records == 1140
    assert sorted({variant.record for variant in calls.variants}) == list(range(1, 1141))
    assert (calls.patient.tumor_sample, calls.patient.normal_sample) == ("TUMOR", "NORMAL")
    tp53 = {
        v.consequence.protein_change: v
        for v in calls.variants
        if v.consequence is not None and v.consequence.gene == "TP53"
    }
    driver, inherited = tp53["R175H"], tp53["P72R"]
    assert driver.origin is Origin.SOMATIC
    assert (driver.tumor.alt_reads, driver.tumor.depth) == (84, 84)
    assert driver.normal is not None
    assert (driver.normal.alt_reads, driver.normal.depth) == (0, 75)
    assert inherited.origin is Origin.GERMLINE
    assert "H_NJ-HCC1395-HCC1395_BL (as normal, by its name)" in inherited.origin_reason
    origins = Counter(variant.origin for variant in calls.variants)
    assert origins[Origin.GERMLINE] == 8
    assert origins[Origin.SOMATIC] > 1000
    docm = [variant for variant in calls.variants if variant.callers == ("docm",)]
    assert all(variant.origin is not Origin.SOMATIC for variant in docm)
    assert all(variant.origin_reason for variant in calls.variants)


def test_no_protein_change_of_a_mane_transcript_in_the_real_exome_hides_behind_another(shared_data: Path) -> None:
    reported: set[str] = set()
    for variant in read_annotated_vcf(shared_data / HCC1395, patient()).variants:
        consequence = variant.consequence
        if consequence is None:
            continue
        reported.add(f"{consequence.gene} {consequence.protein_change}")
        if consequence.variant_class not in PROTEIN_CHANGING:
            hidden = [other for other in variant.other_consequences if other.variant_class in PROTEIN_CHANGING]
            assert not any(is_mane_select(other.transcript) for other in hidden), variant.variant.key
    assert {"PCDHA2 S245*", "RRBP1 E393K", "ARHGAP28 N51T", "TP53 R175H", "TP53 P72R"} <= reported


def test_the_real_exome_agrees_with_an_independent_reader(shared_data: Path) -> None:
    calls = read_annotated_vcf(shared_data / HCC1395, patient())
    by_key = {variant.variant.key: variant for variant in calls.variants}
    with pysam.VariantFile(str(shared_data / HCC1395)) as handle:
        for record in handle:
            for alt in record.alts or ():
                variant = by_key[f"{record.chrom}:{record.pos}:{record.ref}>{alt}"]
                depths = record.samples["TUMOR"].get("AD")
                if isinstance(depths, tuple) and len(depths) == len(record.alleles or ()) and None not in depths:
                    assert variant.tumor.alt_reads == depths[(record.alleles or ()).index(alt)]


@pytest.mark.parametrize(
    ("filters", "info", "origin"),
    [
        ("PASS", "", Origin.UNCERTAIN),
        ("weak_evidence", "", Origin.NOT_CALLED),
        ("PASS", ";DP=100;DP4=35,35,15,15", Origin.UNCERTAIN),
    ],
)
def test_calls_without_any_sample_are_not_lost(tmp_path: Path, filters: str, info: str, origin: Origin) -> None:
    bcsq = '##INFO=<ID=BCSQ,Number=.,Type=String,Description="Format: Consequence|gene|transcript">'
    said = f"BCSQ=missense|BRAF|T1|protein_coding|-|600V>600E|140753336A>T{info}"
    row = f"7\t140753336\t.\tA\tT\t.\t{filters}\t{said}"
    source = write_vcf(tmp_path / "sites.vcf", [row], (), (bcsq,))
    open_given([source], tmp_path / "given.vcf")
    (found,) = read_annotated_vcf(tmp_path / "given.vcf", patient()).variants
    assert found.origin is origin
    assert found.tumor.depth == (100 if info else None)
