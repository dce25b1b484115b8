from __future__ import annotations

from pathlib import Path

import pysam
import pytest

from genomodel.annotation.build import BASES_STEP, PLACES_STEP, check_build, require_stated_build
from genomodel.annotation.maf import read_maf
from genomodel.annotation.vcf import read_annotated_vcf
from genomodel.batch import Case, load_tumor
from genomodel.core.errors import InputError
from genomodel.core.patients import GenomeBuild, Patient
from genomodel.core.variants import AnnotatedCalls
from tests.annotation.builders import patient
from tests.calls.builders import write_vcf

CSQ = '##INFO=<ID=CSQ,Number=.,Type=String,Description="Format: Allele|Consequence|SYMBOL">'
GRCH38 = "##contig=<ID=chr12,length=133275309>", "##contig=<ID=chr1,length=248956422>"
KRAS_37, KRAS_38, TP53_37, FLT3_37 = ("chr12", 25398284), ("chr12", 25245350), ("chr17", 7577538), ("chr13", 28592642)
GENES = {KRAS_37: "KRAS", KRAS_38: "KRAS", TP53_37: "TP53", FLT3_37: "FLT3"}
HCC1395 = "hcc1395_exome/hcc1395.somatic.vep86.GRCh38.vcf.gz"


def vcf(folder: Path, *places: tuple[str, int], meta: tuple[str, ...] = GRCH38, ref: str = "C") -> Path:
    rows = [
        f"{chrom}\t{pos}\t.\t{ref}\tT\t.\tPASS\tCSQ=T|missense_variant|{GENES.get((chrom, pos), 'KRAS')}"
        for chrom, pos in places
    ]
    return write_vcf(folder / "a.vcf", rows, (), (*meta, CSQ))


def calls_at(folder: Path, build: GenomeBuild, *places: tuple[str, int]) -> AnnotatedCalls:
    return read_annotated_vcf(vcf(folder, *places), patient(genome=build))


def steps(calls: AnnotatedCalls) -> dict[str, str]:
    return {step.name: step.detail for step in calls.steps if step.name in (BASES_STEP, PLACES_STEP)}


def test_coordinates_of_the_other_build_than_the_header_s_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_tumor(Case(patient=patient(), vcf=str(vcf(tmp_path, KRAS_37))))
    assert caught.value.message.startswith(
        f"{tmp_path / 'a.vcf'}: the build is given as GRCh38, and of 1 variants in genes of known place 1 (100.0%) lie "
        "where GRCh37 has their gene: KRAS chr12:25398284"
    )
    found = load_tumor(Case(patient=patient(), vcf=str(vcf(tmp_path, KRAS_38)))).calls
    assert found.patient.genome is GenomeBuild.GRCH38
    assert steps(found)[PLACES_STEP].startswith("of 1 variants in genes of known place 1 lie where GRCh38")


@pytest.mark.parametrize(
    ("stated", "places", "expected"),
    [
        (GenomeBuild.GRCH37, (KRAS_37, TP53_37), GenomeBuild.GRCH37),
        (GenomeBuild.GRCH37, (KRAS_38, KRAS_37), GenomeBuild.GRCH37),
        (GenomeBuild.UNKNOWN, (KRAS_37, TP53_37, FLT3_37), GenomeBuild.GRCH37),
        (GenomeBuild.UNKNOWN, (KRAS_37, TP53_37), GenomeBuild.UNKNOWN),
        (GenomeBuild.UNKNOWN, (KRAS_38, KRAS_37, TP53_37, FLT3_37), GenomeBuild.UNKNOWN),
        (GenomeBuild.SYNTHETIC, (KRAS_37, TP53_37, FLT3_37), GenomeBuild.SYNTHETIC),
        # The gene lies on another chromosome, and beside either place: nothing is told.
        (GenomeBuild.GRCH38, (("chr11", 25398284), ("chr12", 25360000 - 40000)), GenomeBuild.GRCH38),
    ],
)
def test_a_build_that_nobody_gave_is_taken_from_three_genes_that_agree(
    tmp_path: Path, stated: GenomeBuild, places: tuple[tuple[str, int], ...], expected: GenomeBuild
) -> None:
    calls = calls_at(tmp_path, stated, *sorted(places))
    assert check_build(calls, "a.vcf").patient.genome is expected


def test_the_given_build_and_the_lengths_of_the_header_must_agree(tmp_path: Path) -> None:
    path = vcf(tmp_path, KRAS_38)
    with pytest.raises(InputError, match="lengths of GRCh38, and GRCh37 is given"):
        require_stated_build(path, GenomeBuild.GRCH37)
    assert require_stated_build(path, GenomeBuild.UNKNOWN) is GenomeBuild.GRCH38
    assert require_stated_build(vcf(tmp_path, KRAS_38, meta=()), GenomeBuild.GRCH37) is GenomeBuild.GRCH37


@pytest.mark.parametrize(("wrong", "word"), [(1, "edited or damaged"), (30, "another build")])
def test_bases_decide_and_the_share_is_told(tmp_path: Path, wrong: int, word: str) -> None:
    fasta = tmp_path / "g.fa"
    fasta.write_text(">12\n" + "A" * 39 + "C" * 20 + "A" * 41 + "\n")
    pysam.faidx(str(fasta))
    places = [("chr12", pos) for pos in range(40, 60)]
    right = read_annotated_vcf(vcf(tmp_path, *places, ("chr12", 500), meta=()), patient())
    right = right.model_copy(update={"variants": right.variants[:-1]})
    assert steps(check_build(right, "a.vcf", fasta))[BASES_STEP] == (
        "20 of 20 reference alleles compared with g.fa, all of them right"
    )
    places += [("chr12", 60 + i) for i in range(wrong)]
    calls = read_annotated_vcf(vcf(tmp_path, *places, meta=()), patient())
    with pytest.raises(InputError, match=f"{wrong} of {20 + wrong} reference alleles .*record 21, chr12:60, has C, "
                       f"the genome A.*{word}"):  # fmt: skip
        check_build(calls, "a.vcf", fasta)


def test_a_place_beyond_the_contig_is_wrong_and_unknown_bases_are_not_compared(tmp_path: Path) -> None:
    fasta = tmp_path / "g.fa"
    fasta.write_text(">chr12\n" + "N" * 100 + "\n")
    pysam.faidx(str(fasta))
    silent = check_build(read_annotated_vcf(vcf(tmp_path, ("chr12", 5), meta=()), patient()), "a.vcf", fasta)
    assert steps(silent)[BASES_STEP] == "g.fa has no bases, or no contig, where the calls are"
    with pytest.raises(InputError, match=r"1 of 1 .*the genome no base"):
        check_build(read_annotated_vcf(vcf(tmp_path, ("chr12", 101), meta=()), patient()), "a.vcf", fasta)


def as_of(calls: AnnotatedCalls, build: GenomeBuild) -> AnnotatedCalls:
    return calls.model_copy(update={"patient": calls.patient.model_copy(update={"genome": build})})


def test_the_real_leukemias_are_of_their_build_by_bases_and_by_genes(shared_data: Path) -> None:
    genome = shared_data / "genome"
    path = next((shared_data / "tcga_laml").glob("*.maf*"))
    samples = read_maf(path, lambda name: Patient(id=name, tumor_type=patient().tumor_type))
    variants = tuple(variant for calls in samples for variant in calls.variants)
    calls = samples[0].model_copy(update={"variants": variants, "n_records": len(variants)})
    assert calls.patient.genome is GenomeBuild.GRCH37
    found = check_build(calls, "laml.maf", genome / "GRCh37.sparse.fa.gz")
    assert int(steps(found)[BASES_STEP].split()[0]) > 150
    assert "all of them right" in steps(found)[BASES_STEP]
    total, right = (int(word) for word in steps(found)[PLACES_STEP].split() if word.isdigit())
    assert right == total > 400
    with pytest.raises(InputError, match=r"given as GRCh38, and of \d+ variants in genes of known place \d+ \(100"):
        check_build(as_of(calls, GenomeBuild.GRCH38), "laml.maf")
    assert check_build(as_of(calls, GenomeBuild.UNKNOWN), "laml.maf").patient.genome is GenomeBuild.GRCH37
    with pytest.raises(InputError, match=r"\d+ of \d+ reference alleles \([6-9]\d\.\d%\) are not those of GRCh38"):
        check_build(calls, "laml.maf", genome / "GRCh38.sparse.fa.gz")


def test_the_real_exome_is_of_its_build_by_bases_and_by_genes(shared_data: Path) -> None:
    calls = read_annotated_vcf(shared_data / HCC1395, patient(genome=GenomeBuild.GRCH38))
    found = check_build(calls, HCC1395, shared_data / "genome" / "GRCh38.sparse.fa.gz")
    assert "all of them right" in steps(found)[BASES_STEP]
    total, right = (int(word) for word in steps(found)[PLACES_STEP].split() if word.isdigit())
    assert right == total > 10
    with pytest.raises(InputError, match="are not those of GRCh37"):
        check_build(calls, HCC1395, shared_data / "genome" / "GRCh37.sparse.fa.gz")
