from __future__ import annotations

import shutil
from pathlib import Path

import pysam
import pytest

from genomodel.annotation.csq import annotate_vcf
from genomodel.annotation.population import PopulationFrequencies
from genomodel.annotation.vcf import read_annotated_vcf
from genomodel.calls.vcf_text import VcfReader
from genomodel.core.errors import InputError
from tests.annotation.builders import patient
from tests.annotation.test_csq import META, genome
from tests.calls.builders import write_vcf

__all__ = ["genome"]
KEYS = ("AF", "AF_popmax", "AF_grpmax", "AF_eas", "AF_nfe_swe", "AF_eas_male", "AF_raw", "AN_eas", "EUR_AF")
INFO = tuple(f'##INFO=<ID={key},Number=A,Type=Float,Description="x">' for key in KEYS)


def population(
    folder: Path, *rows: str, contig: str = "chr1", info: tuple[str, ...] = INFO, length: int = 3000
) -> Path:
    lines = [f"{contig}\t{pos}\t.\t{ref}\t{alt}\t.\tPASS\t{fields}" for pos, ref, alt, fields in map(str.split, rows)]
    meta = (f"##contig=<ID={contig},length={length}>", *info)
    plain = write_vcf(folder / "population.vcf", lines, (), meta)
    out = folder / "population.vcf.gz"
    pysam.tabix_compress(str(plain), str(out), force=True)
    pysam.tabix_index(str(out), preset="vcf", force=True)
    return out


def real(shared_data: Path, tmp_path: Path, name: str) -> PopulationFrequencies:
    copy = tmp_path / "slice.vcf.gz"
    shutil.copyfile(shared_data / "knowledge" / "gnomad" / name, copy)
    pysam.tabix_index(str(copy), preset="vcf", force=True)
    return PopulationFrequencies(copy)


@pytest.mark.parametrize("contig", ["1", "chr1"])
def test_gnomad_2_gives_the_highest_of_its_populations_under_either_contig_name(
    shared_data: Path, tmp_path: Path, contig: str
) -> None:
    with real(shared_data, tmp_path, "gnomad-exomes.v2.1.grch37.chr1_slice.vcf.bgz") as gnomad:
        # Finns at 4.2 % are no part of gnomAD's own maximum of 1.5 %.
        assert gnomad.frequency(contig, 55505647, "G", "T") == pytest.approx(0.0417152)
        assert gnomad.frequency(contig, 55512365, "C", "A") == pytest.approx(0.0721434)
        assert gnomad.frequency(contig, 55505647, "G", "C") is None


@pytest.mark.parametrize("name", ["gnomad-exomes.v4.0", "gnomad-genomes.v4.0"])
def test_every_allele_of_gnomad_4_is_found_and_never_below_its_own_maximum(
    shared_data: Path, tmp_path: Path, name: str
) -> None:
    found = 0
    with real(shared_data, tmp_path, f"{name}.grch38.chr1_slice.vcf.bgz") as gnomad:
        for record in VcfReader(gnomad.path):
            stated = record.info.get("AF_grpmax", ".")
            if record.info.get("AF", ".") == ".":
                continue
            frequency = gnomad.frequency("1", record.pos, record.ref, record.alts[0])
            assert frequency is not None
            assert frequency >= float(record.info["AF"])
            assert stated == "." or frequency >= float(stated)
            found += 1
    assert found > 15


@pytest.mark.parametrize(
    ("row", "allele", "expected"),
    [
        ("1006 A C AF=0.0001;AF_popmax=0.002", "1006 A C", 0.002),
        ("1006 A C AF=0.0001;AF_grpmax=0.003", "1006 A C", 0.003),
        ("1006 A C AF=0.0001;AF_eas=0.004;AN_eas=20000", "1006 A C", 0.004),
        ("1006 A C AF=0.0001;AF_eas=0.004;AN_eas=500", "1006 A C", 0.0001),
        ("1006 A C AF=0.0001;AF_eas_male=0.5;AF_raw=0.5", "1006 A C", 0.0001),
        ("1006 A C AF=0.0001;EUR_AF=0.01", "1006 A C", 0.01),
        ("1006 A C,G AF=0.1,0.2", "1006 A G", 0.2),
        ("1006 AAG AG,A AF=0.1,0.2", "1006 AA A", 0.1),
        ("1006 A C AF=.", "1006 A C", None),
        ("1006 A C AF=0.1", "1006 A G", None),
        ("1006 AAG A AF=0.1", "1007 A G", None),
    ],
)
def test_the_frequency_of_an_allele(tmp_path: Path, row: str, allele: str, expected: float | None) -> None:
    pos, ref, alt = allele.split()
    with PopulationFrequencies(population(tmp_path, row)) as frequencies:
        assert frequencies.frequency("chr1", int(pos), ref, alt) == expected


def test_several_bases_are_no_more_frequent_than_the_rarest_of_them(tmp_path: Path) -> None:
    rows = ("1006 A C AF=0.1", "1007 A G AF=0.3")
    with PopulationFrequencies(population(tmp_path, *rows)) as frequencies:
        assert frequencies.frequency("chr1", 1006, "AA", "CG") == 0.1
        assert frequencies.frequency("chr1", 1006, "AA", "CT") is None


def test_annotation_writes_frequencies_by_allele_and_names_the_file(tmp_path: Path, genome: tuple[Path, Path]) -> None:
    # The deletion is written at its right end; the population file has it aligned to the left.
    rows = ("1003 GAA G AF=0.02", "1007 G T AF=0.3")
    source = write_vcf(
        tmp_path / "in.vcf", ["chr1\t1004\t.\tAAA\tA\t.\t.\t.", "chr1\t1007\t.\tG\tT,C\t.\t.\t."], (), META
    )
    out = tmp_path / "out.vcf.gz"
    annotate_vcf(source, *genome, out, population=population(tmp_path, *rows, contig="1"))
    calls = read_annotated_vcf(out, patient())
    assert calls.population == "population.vcf.gz"
    assert [variant.population_frequency for variant in calls.variants] == [0.02, 0.3, None]


def test_without_a_file_the_header_says_so(tmp_path: Path, genome: tuple[Path, Path]) -> None:
    source = write_vcf(tmp_path / "in.vcf", ["chr1\t1007\t.\tG\tT\t.\t.\tGM_AF=0.4"], (), META)
    out = tmp_path / "out.vcf"
    annotate_vcf(source, *genome, out)
    calls = read_annotated_vcf(out, patient())
    assert VcfReader(out).header.value("genomodel_population") == "none"
    assert calls.population is None
    assert calls.variants[0].population_frequency is None, "a frequency of an earlier run was kept"


def test_a_population_of_another_build_is_refused(tmp_path: Path, genome: tuple[Path, Path]) -> None:
    source = write_vcf(tmp_path / "in.vcf", ["chr1\t1007\t.\tG\tT\t.\t.\t."], (), META)
    with pytest.raises(InputError, match="1 has 2999 bases in the population VCF and 3000"):
        annotate_vcf(
            source, *genome, tmp_path / "out.vcf",
            population=population(tmp_path, "1006 A C AF=0.1", contig="1", length=2999),
        )  # fmt: skip
    assert not (tmp_path / "out.vcf").exists()
    with pytest.raises(InputError, match="no contig of the population VCF"):
        annotate_vcf(
            source, *genome, tmp_path / "out.vcf", population=population(tmp_path, "6 A C AF=0.1", contig="chr9")
        )


def test_a_file_that_cannot_serve_is_refused_with_its_remedy(tmp_path: Path) -> None:
    path = population(tmp_path, "1006 A C AF=0.1", info=INFO[-2:-1])
    with pytest.raises(InputError, match="declares no allele frequency"):
        PopulationFrequencies(path)
    Path(f"{path}.tbi").unlink()
    with pytest.raises(InputError, match="cannot be read by place"):
        PopulationFrequencies(path)
