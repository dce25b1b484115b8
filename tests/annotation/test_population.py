from __future__ import annotations

import shutil
from pathlib import Path

import pysam
import pytest

from genomodel.annotation.csq import annotate_vcf
from genomodel.annotation.maf import REQUIRED, read_maf
from genomodel.annotation.sources import bases_of
from genomodel.annotation.sources.population import (
    COVERED_INFO,
    GROUPS_INFO,
    LEAST_ALLELES,
    POPULATION,
    POPULATION_INFO,
    read_groups,
)
from genomodel.annotation.sources.stream import Allele, AlleleFile
from genomodel.annotation.tumor_only import classify_calls
from genomodel.annotation.vcf import read_annotated_vcf
from genomodel.calls.vcf_text import VcfReader
from genomodel.core.errors import InputError
from genomodel.core.variants import TumorOnlyClass
from tests.annotation.builders import patient
from tests.annotation.sources_builders import indexed, write_fasta
from tests.annotation.test_csq import META, genome
from tests.calls.builders import write_vcf

__all__ = ["genome"]
KEYS = ("AF", "AF_popmax", "AF_grpmax", "AF_eas", "AF_nfe_swe", "AF_eas_male", "AF_raw", "AN_eas", "EUR_AF",
        "AF_grpmax_joint", "AF_joint_eas", "AN_joint_eas")  # fmt: skip
INFO = tuple(f'##INFO=<ID={key},Number=A,Type=Float,Description="x">' for key in KEYS)


def population(
    folder: Path, *rows: str, contig: str = "chr1", info: tuple[str, ...] = INFO, length: int = 3000
) -> Path:
    lines = [f"{contig}\t{pos}\t.\t{ref}\t{alt}\t.\tPASS\t{fields}" for pos, ref, alt, fields in map(str.split, rows)]
    return indexed(folder, "population", lines, (f"##contig=<ID={contig},length={length}>", *info))


def frequency(path: Path, chrom: str, pos: int, ref: str, alt: str, bases: str = "N" * 3000) -> float | None:
    with write_fasta(path.parent / "bases.fa", {chrom: bases}) as fasta, AlleleFile(POPULATION, path) as file:
        allele = Allele(chrom, pos, ref, alt)
        stated = file.look_up([allele], bases_of(fasta)).get(allele, {}).get(POPULATION_INFO)
        return None if stated is None else float(stated)


def real(shared_data: Path, tmp_path: Path, name: str) -> Path:
    copy = tmp_path / f"{name}.vcf.bgz"
    shutil.copyfile(shared_data / "knowledge" / "gnomad" / f"{name}.chr1_slice.vcf.bgz", copy)
    pysam.tabix_index(str(copy), preset="vcf", force=True)
    return copy


def no_bases(_: str, start: int, end: int) -> str:
    return "N" * (end - start)


@pytest.mark.parametrize("contig", ["1", "chr1"])
def test_gnomad_2_gives_the_highest_of_its_populations_under_either_contig_name(
    shared_data: Path, tmp_path: Path, contig: str
) -> None:
    path = real(shared_data, tmp_path, "gnomad-exomes.v2.1.grch37")
    # Finns at 4.2 % are no part of gnomAD's own maximum of 1.5 %.
    wanted = {(55505647, "G", "T"): 0.0417152, (55512365, "C", "A"): 0.0721434, (55505647, "G", "C"): None}
    with AlleleFile(POPULATION, path) as file:
        found = file.look_up([Allele(contig, *key) for key in wanted], no_bases)
    for key, value in wanted.items():
        stated = found.get(Allele(contig, *key), {}).get(POPULATION_INFO)
        assert (stated and float(stated)) == (value and pytest.approx(value))


@pytest.mark.parametrize("name", ["gnomad-exomes.v4.0.grch38", "gnomad-genomes.v4.0.grch38"])
def test_every_allele_of_gnomad_4_is_found_and_never_below_its_own_maximum(
    shared_data: Path, tmp_path: Path, name: str
) -> None:
    path = real(shared_data, tmp_path, name)
    records = [record for record in VcfReader(path) if record.info.get("AF", ".") != "."]
    with AlleleFile(POPULATION, path) as file:
        found = file.look_up([Allele("1", r.pos, r.ref, r.alts[0]) for r in records], no_bases)
    for record in records:
        value = float(found[Allele("1", record.pos, record.ref, record.alts[0])][POPULATION_INFO])
        assert value >= float(f"{float(record.info['AF']):.6g}")
        stated = record.info.get("AF_grpmax", ".")
        assert stated == "." or value >= float(f"{float(stated):.6g}")
    assert len(records) > 15


@pytest.mark.parametrize(
    ("row", "allele", "expected"),
    [
        ("1006 A C AF=0.0001;AF_popmax=0.002", "1006 A C", 0.002),
        ("1006 A C AF=0.0001;AF_grpmax=0.003", "1006 A C", 0.003),
        ("1006 A C AF=0.0001;AF_grpmax_joint=0.003", "1006 A C", 0.003),
        ("1006 A C AF=0.0001;AF_eas=0.004;AN_eas=20000", "1006 A C", 0.004),
        ("1006 A C AF=0.0001;AF_eas=0.004;AN_eas=500", "1006 A C", 0.0001),
        ("1006 A C AF=0.0001;AF_joint_eas=0.004;AN_joint_eas=500", "1006 A C", 0.0001),
        ("1006 A C AF=0.0001;AF_joint_eas=0.004;AN_joint_eas=5000", "1006 A C", 0.004),
        ("1006 A C AF=0.0001;AF_eas_male=0.5;AF_raw=0.5", "1006 A C", 0.0001),
        ("1006 A C AF=0.0001;EUR_AF=0.01", "1006 A C", 0.01),
        ("1006 A C,G AF=0.1,0.2", "1006 A G", 0.2),
        ("1006 AAG AG,A AF=0.1,0.2", "1006 AA A", 0.1),
        ("1006 A C AF=.", "1006 A C", None),
        ("1006 A C AF=0.1", "1006 A G", None),
        ("1006 A C AF=0.1", "1006 a c", 0.1),
        ("1006 AAG A AF=0.1", "1007 A G", None),
        ("1006 A *,<DEL>,C AF=0.1,0.1,0.2", "1006 A C", 0.2),
    ],
)
def test_the_frequency_of_an_allele(tmp_path: Path, row: str, allele: str, expected: float | None) -> None:
    pos, ref, alt = allele.split()
    assert frequency(population(tmp_path, row), "chr1", int(pos), ref, alt) == expected


@pytest.mark.parametrize(
    ("row", "allele"),
    [
        ("1004 CTGA CTGG AF=0.1", "1007 A G"),
        ("1002 ACCTGA ACCTG,ACCTGG AF=0.3,0.1", "1007 A G"),
        # CACACACA: the same two bases gone, written at the right end of the repeat, with and without more bases.
        ("1015 ACA A AF=0.1", "1009 GCA G"),
        ("1008 TGCACACACAT TGCACACAT AF=0.1", "1009 GCA G"),
        ("1016 CAT T AF=0.1", "1009 GCA G"),
        ("1017 A ACA AF=0.1", "1009 G GCA"),
    ],
)
def test_an_allele_is_found_however_the_file_writes_it(tmp_path: Path, row: str, allele: str) -> None:
    bases = ("N" * 1001 + "ACCTGATG" + "CACACACA" + "TT").ljust(3000, "N")
    pos, ref, alt = allele.split()
    assert frequency(population(tmp_path, row), "chr1", int(pos), ref, alt, bases) == 0.1


def test_several_bases_are_no_more_frequent_than_the_rarest_of_them(tmp_path: Path) -> None:
    path = population(tmp_path, "1006 A C AF=0.1", "1007 A G AF=0.3", "1008 AAA GAG AF=0.05")
    assert frequency(path, "chr1", 1006, "AA", "CG") == 0.1
    assert frequency(path, "chr1", 1006, "AA", "CT") is None
    assert frequency(path, "chr1", 1008, "AAA", "GAG") == 0.05


def test_the_highest_of_two_rows_of_one_allele_counts(tmp_path: Path) -> None:
    path = population(tmp_path, "1006 A C AF=0.1", "1006 AT CT AF=0.3")
    assert frequency(path, "chr1", 1006, "A", "C") == 0.3


def test_annotation_writes_frequencies_by_allele_and_names_the_file(tmp_path: Path, genome: tuple[Path, Path]) -> None:
    # The deletion is written at its right end; the population file has it aligned to the left.
    rows = ("1003 GAA G AF=0.02", "1007 G T AF=0.3")
    source = write_vcf(
        tmp_path / "in.vcf", ["chr1\t1004\t.\tAAA\tA\t.\t.\t.", "chr1\t1007\t.\tG\tT,C\t.\t.\t."], (), META
    )
    out = tmp_path / "out.vcf.gz"
    annotate_vcf(source, *genome, out, sources={"population": [population(tmp_path, *rows, contig="1")]})
    calls = read_annotated_vcf(out, patient())
    assert calls.population == "population.vcf.gz"
    assert [variant.population_frequency for variant in calls.variants] == [0.02, 0.3, None]


def test_without_a_file_the_header_says_so(tmp_path: Path, genome: tuple[Path, Path]) -> None:
    earlier = (*META, "##genomodel_population=gnomad.vcf.gz", '##genomodel_source=<ID=clinvar,Status="looked up">')
    source = write_vcf(tmp_path / "in.vcf", ["chr1\t1007\t.\tG\tT\t.\t.\tGM_AF=0.4"], (), earlier)
    out = tmp_path / "out.vcf"
    annotate_vcf(source, *genome, out)
    calls = read_annotated_vcf(out, patient())
    written = [line for line in VcfReader(out).header.meta if line.startswith("##genomodel")]
    assert written == [
        '##genomodel_source=<ID=population,Name="Population frequencies",Status="not looked up">',
        '##genomodel_source=<ID=clinvar,Name="ClinVar",Status="not looked up">',
    ]
    assert calls.population is None
    assert [(source.title, source.text) for source in calls.sources] == [
        ("Population frequencies", "not looked up"), ("ClinVar", "not looked up"),
    ]  # fmt: skip
    assert calls.variants[0].population_frequency is None, "a frequency of an earlier run was kept"


def test_a_population_of_another_build_is_refused(tmp_path: Path, genome: tuple[Path, Path]) -> None:
    source = write_vcf(tmp_path / "in.vcf", ["chr1\t1007\t.\tG\tT\t.\t.\t."], (), META)

    def annotate(path: Path) -> None:
        annotate_vcf(source, *genome, tmp_path / "out.vcf", sources={"population": [path]})

    with pytest.raises(InputError, match="1 has 2999 bases in the Population frequencies VCF and 3000"):
        annotate(population(tmp_path, "1006 A C AF=0.1", contig="1", length=2999))
    with pytest.raises(InputError, match="no contig of the Population frequencies VCF"):
        annotate(population(tmp_path, "6 A C AF=0.1", contig="chr9"))
    with pytest.raises(InputError, match=r"1 of 1 reference alleles \(100.0%\) of .* are not those of the reference: "
                       "chr1:1007 is G, the file has C"):  # fmt: skip
        annotate(population(tmp_path, "1007 C T AF=0.1"))
    assert not (tmp_path / "out.vcf").exists()


def test_a_file_without_frequencies_is_refused(tmp_path: Path) -> None:
    path = population(tmp_path, "1006 A C AF=0.1", info=(INFO[6],))
    with pytest.raises(InputError, match="declares no allele frequency"):
        AlleleFile(POPULATION, path)


@pytest.mark.parametrize(
    ("column", "expected"), [("gnomAD_AF", (True, "the file's columns gnomAD_AF")), ("notes", (False, "not looked up"))]
)
def test_a_maf_says_whether_it_has_frequencies(tmp_path: Path, column: str, expected: tuple[bool, str]) -> None:
    path = tmp_path / "a.maf"
    path.write_text("\t".join([*REQUIRED, column]) + "\nKRAS\t12\t25398284\tC\tT\tMissense_Mutation\tS1\t0.01\n")
    (calls,) = read_maf(path, patient)
    population, clinvar = calls.sources
    assert (population.looked_up, population.text) == expected
    assert not clinvar.looked_up


def test_an_allele_on_a_contig_that_the_file_lacks_is_never_called_somatic_for_that(
    tmp_path: Path, genome: tuple[Path, Path]
) -> None:
    """Both alleles stand at 20 % of the reads; only of the second it is known that the population lacks it."""
    reference, gff = genome
    with reference.open("a") as handle:
        handle.write(">chrX\n" + "ACGT" * 100 + "\n")
    Path(f"{reference}.fai").unlink(missing_ok=True)
    rows = ["chrX\t6\t.\tC\tT\t.\tPASS\t.\tGT:AD\t0/1:80,20", "chr1\t1007\t.\tG\tT\t.\tPASS\t.\tGT:AD\t0/1:80,20"]
    source = write_vcf(tmp_path / "in.vcf", rows[::-1], ("TUMOR",), (*META, "##contig=<ID=chrX,length=400>"))
    out = tmp_path / "out.vcf"
    annotate_vcf(source, reference, gff, out, sources={"population": [population(tmp_path, "1050 C A AF=0.1")]})
    calls = read_annotated_vcf(out, patient(purity=0.4))
    assert calls.sources[0].without == ("chrX",)
    first, second = classify_calls(calls).variants
    assert (first.variant.chrom, first.tumor_only_class) == ("chr1", TumorOnlyClass.SOMATIC)
    assert (second.variant.chrom, second.tumor_only_class) == ("chrX", TumorOnlyClass.UNDETERMINED)
    assert second.tumor_only_reason.endswith("no population frequency could be looked up")


ROWS = (
    "1006 A C AF=0.01;AN=20000;AF_afr=0.02;AF_eas=0.03;AN_eas=500;AF_joint_nfe=0.001",
    "1200 A C AF=0.1;AN=100",
)
BCSQ_LINE = '##INFO=<ID=BCSQ,Number=.,Type=String,Description="x">'
GROUP_INFO = tuple(
    f'##INFO=<ID={key},Number=A,Type=Float,Description="x">'
    for key in ("AF", "AN", "AF_afr", "AF_eas", "AN_eas", "AF_joint_nfe", "EUR_AF")
)


@pytest.mark.parametrize(
    ("pos", "alt", "groups", "covered"),
    [
        # Of East Asians too few were counted; the joint file's groups bear the names of the others.
        (1006, "C", {"AFR": 0.02, "NFE": 0.001}, True),
        (1056, "C", {}, True),
        (957, "C", {}, True),
        (1057, "C", {}, None),
        (955, "C", {}, None),
        (1006, "T", {}, True),
        # So few were counted there that nobody can say that an allele is rare.
        (1201, "C", {}, None),
        (1200, "C", {}, None),
    ],
)
def test_groups_and_coverage_come_through_the_annotated_file(
    tmp_path: Path, genome: tuple[Path, Path], pos: int, alt: str, groups: dict[str, float], covered: bool | None
) -> None:
    path = population(tmp_path, *ROWS, info=GROUP_INFO)
    with write_fasta(tmp_path / "bases.fa", {"chr1": "N" * 3000}) as fasta, AlleleFile(POPULATION, path) as file:
        facts = file.look_up([Allele("chr1", pos, "A", alt)], bases_of(fasta)).get(Allele("chr1", pos, "A", alt), {})
    info = ";".join(f"{key}={value}" for key, value in facts.items()) or "."
    lines = [f"chr1\t{pos}\t.\tA\t{alt}\t.\t.\t{info}"]
    meta = (
        *META,
        '##INFO=<ID=BCSQ,Number=.,Type=String,Description="x">',
        *(field.line for field in POPULATION.fields),
    )
    (variant,) = read_annotated_vcf(write_vcf(tmp_path / "in.vcf", lines, (), meta), patient()).variants
    assert variant.population_groups == groups
    assert variant.population_covered is covered


def test_damaged_groups_are_named_with_their_row(tmp_path: Path) -> None:
    meta = (*META, BCSQ_LINE)
    path = write_vcf(tmp_path / "in.vcf", ["chr1\t1006\t.\tA\tC\t.\t.\tGM_AF_GROUPS=AFR:x"], (), meta)
    with pytest.raises(InputError, match="GM_AF_GROUPS"):
        read_annotated_vcf(path, patient())


@pytest.mark.parametrize(
    "name", ["gnomad-exomes.v2.1.grch37", "gnomad-exomes.v4.0.grch38", "gnomad-genomes.v4.0.grch38"]
)
def test_groups_of_gnomad_are_those_of_its_fields(shared_data: Path, tmp_path: Path, name: str) -> None:
    path = real(shared_data, tmp_path, name)
    records = [record for record in VcfReader(path) if record.info.get("AF", ".") != "." and len(record.alts) == 1]
    with AlleleFile(POPULATION, path) as file:
        found = file.look_up([Allele("1", r.pos, r.ref, r.alts[0]) for r in records], no_bases)
    compared = 0
    for record in records:
        facts = found[Allele("1", record.pos, record.ref, record.alts[0])]
        groups = read_groups(facts.get(GROUPS_INFO, ""))
        for group in ("afr", "amr", "eas", "nfe", "sas"):
            # Version 4 has the groups of exomes and genomes together beside them: the higher of the two counts.
            told = [
                float(record.info[f"AF_{of}"])
                for of in (group, f"joint_{group}")
                if record.info.get(f"AF_{of}", ".") != "." and int(record.info[f"AN_{of}"]) >= LEAST_ALLELES
            ]
            if told:
                assert groups[group.upper()] == pytest.approx(max(told), rel=1e-5)
                compared += 1
        if int(record.info["AN"]) >= LEAST_ALLELES:
            assert facts[COVERED_INFO] == "1"
    assert compared > 50
