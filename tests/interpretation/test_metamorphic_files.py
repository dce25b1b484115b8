"""One tumor in files of another shape: order, parting of records, names of contigs, one file or many."""

from __future__ import annotations

import gzip
import random
import re
from pathlib import Path

import pytest

from genomodel.annotation.maf import read_maf
from genomodel.core.patients import Patient
from genomodel.resources.oncotree import resolve_tumor_type
from tests.cli.test_bad_variants import csq, row
from tests.cli.test_bad_variants import vcf as write_made
from tests.interpretation.reshaped import by_key, lines_of, read, same, tiers, told, write_vcf

PER_ALT = {"AD": 1, "AF": 0, "QSS": 0}
"""FORMAT fields of the exome with a value per allele, and of how many of them the first is the reference's."""


@pytest.fixture(scope="module")
def exome(shared_data: Path) -> Path:
    return next((shared_data / "hcc1395_exome").glob("*.vcf.gz"))


@pytest.fixture(scope="module")
def leukemias(shared_data: Path) -> Path:
    return shared_data / "tcga_laml" / "tcga_laml.maf.gz"


def split(fields: tuple[str, ...], *, entries_too: bool) -> list[list[str]]:
    """Part a record of several alleles as ``bcftools norm --multiallelics -any`` does, which copies CSQ whole."""
    parts = []
    for number, alt in enumerate(fields[4].split(","), 1):
        cells = list(fields)
        cells[4] = alt
        keys = fields[8].split(":")
        for column in range(9, len(fields)):
            values = fields[column].split(":")
            for place, key in enumerate(keys[: len(values)]):
                several = values[place].split(",")
                if key == "GT":
                    marks = values[place].replace("|", "/").split("/")
                    values[place] = "/".join({"0": "0", ".": ".", str(number): "1"}.get(mark, "0") for mark in marks)
                elif key == "AD" and len(several) > number:
                    values[place] = f"{several[0]},{several[number]}"
            cells[column] = ":".join(values)
        if entries_too:
            info = dict(part.partition("=")[::2] for part in cells[7].split(";"))
            own = [entry for entry in info["CSQ"].split(",") if entry.split("|")[0] in (alt, alt[1:])]
            cells[7] = cells[7].replace(info["CSQ"], ",".join(own)) if own else cells[7]
        parts.append(cells)
    return parts


def test_contigs_in_another_order_are_the_same_tumor(exome: Path, tmp_path: Path) -> None:
    header, rows = lines_of(exome)
    contigs = list(dict.fromkeys(fields[0] for fields in rows))
    random.Random(1).shuffle(contigs)
    other = write_vcf(tmp_path / "a.vcf", header, sorted(rows, key=lambda fields: contigs.index(fields[0])))
    assert same(told(read(other, "BRCA"))) == same(told(read(exome, "BRCA")))


def test_contigs_without_chr_are_the_same_tumor(exome: Path, tmp_path: Path) -> None:
    header, rows = lines_of(exome)
    bare = [line.replace("##contig=<ID=chr", "##contig=<ID=") for line in header]
    other = write_vcf(tmp_path / "a.vcf", bare, ([fields[0].removeprefix("chr"), *fields[1:]] for fields in rows))
    plain = same(told(read(exome, "BRCA")), lambda text: re.sub(r"\bchr(?=\d|X|Y|M)", "", text))
    assert same(told(read(other, "BRCA"))) == plain


@pytest.mark.parametrize("entries_too", [True, False])
def test_records_parted_by_allele_are_the_same_tumor(exome: Path, tmp_path: Path, entries_too: bool) -> None:
    header, rows = lines_of(exome)
    assert sum("," in fields[4] for fields in rows) == 5
    parted = [part for fields in rows for part in split(fields, entries_too=entries_too)]
    whole, apart = told(read(exome, "BRCA")), told(read(write_vcf(tmp_path / "a.vcf", header, parted), "BRCA"))
    assert by_key(apart) == by_key(whole)
    assert tiers(apart) == tiers(whole)


def test_a_parted_record_keeps_no_consequence_of_its_other_allele(tmp_path: Path) -> None:
    entries = ",".join(
        (
            csq("T", "BRAF", "missense_variant", "600", "V/E"),
            csq("G", "BRAF", "missense_variant", "600", "V/A"),
        )
    )
    whole = write_made(tmp_path, row("chr7", 140753336, "A", "T,G", f"CSQ={entries}", "70,20,10"))
    first = tiers(told(read(whole, "MEL")))
    parted = write_made(
        tmp_path,
        row("chr7", 140753336, "A", "T", f"CSQ={entries}", "70,20"),
        row("chr7", 140753336, "A", "G", f"CSQ={entries}", "70,10"),
    )
    assert first["BRAF p.V600E"] == "I-A"
    assert tiers(told(read(parted, "MEL"))) == first


def test_an_indel_beside_a_substitution_keeps_its_own_consequence_when_parted(tmp_path: Path) -> None:
    entries = ",".join(
        (
            csq("-", "EGFR", "inframe_deletion", "746-747", "EL/-"),
            csq("GG", "EGFR", "missense_variant", "746", "E/G"),
            csq("T", "EGFR", "stop_gained", "746", "E/*"),
        )
    )
    whole = row("chr7", 55174772, "AGG", "A,AGGGG,ATG", f"CSQ={entries}", "70,20,10,8")
    parted = [
        row("chr7", 55174772, ref, alt, f"CSQ={entries}", "70,20")
        for ref, alt in (("AGG", "A"), ("A", "AGG"), ("AG", "AT"))
    ]
    for rows in ([whole], parted):
        calls = read(write_made(tmp_path, *rows), "LUAD")
        changes = [one.consequence.protein_change for one in calls.variants if one.consequence]
        assert changes == ["E746_L747del", "E746G", "E746*"]


def test_rows_of_many_samples_in_any_order_are_the_same_tumors(leukemias: Path, tmp_path: Path) -> None:
    lines = gzip.decompress(leukemias.read_bytes()).decode().splitlines()
    rows = lines[1:]
    random.Random(2).shuffle(rows)
    path = tmp_path / "shuffled.maf"
    path.write_text("\n".join([lines[0], *rows]) + "\n", encoding="utf-8")
    aml = resolve_tumor_type("AML")
    files = [read_maf(one, lambda name: Patient(id=name, tumor_type=aml)) for one in (leukemias, path)]
    first, second = ({calls.patient.id: same(told(calls)) for calls in file} for file in files)
    assert len(first) == 193
    assert first == second


def test_a_sample_alone_is_the_same_tumor_as_among_others(leukemias: Path, tmp_path: Path) -> None:
    lines = gzip.decompress(leukemias.read_bytes()).decode().splitlines()
    at = lines[0].split("\t").index("Tumor_Sample_Barcode")
    aml = resolve_tumor_type("AML")
    together = read_maf(leukemias, lambda name: Patient(id=name, tumor_type=aml))
    for calls in together[::12]:
        path = tmp_path / f"{calls.patient.id}.maf"
        own = [line for line in lines[1:] if line.split("\t")[at] == calls.patient.id]
        path.write_text("\n".join([lines[0], *own]) + "\n", encoding="utf-8")
        (alone,) = read_maf(path, lambda name: Patient(id=name, tumor_type=aml))
        assert same(told(alone)) == same(told(calls))
