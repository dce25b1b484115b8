"""Readers are broken one by one: whatever loses, repeats or alters a record stops the run before it concludes."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from genomodel.annotation import csq as annotator
from genomodel.annotation import maf, vcf
from genomodel.annotation.duplicates import join_duplicates
from genomodel.annotation.named_effects import name_effects
from genomodel.batch import load_tumor
from genomodel.calls import given
from genomodel.calls.intake import intake_of_maf, intake_of_vcfs
from genomodel.calls.vcf_text import VcfReader
from genomodel.cases import ReportRequest, cases_of_file
from genomodel.core.errors import GenomodelError, InputError
from genomodel.core.variants import AnnotatedCalls, AnnotatedVariant
from genomodel.interpretation.interpret import interpret
from tests.annotation.test_maf import write as write_maf
from tests.batch.test_given_calls import World, request, world
from tests.cli.test_bad_variants import KRAS, V600E, csq, row
from tests.cli.test_bad_variants import vcf as write_vcf

__all__ = ["world"]

Spoil = Callable[[list[Any]], list[Any]]
ROWS = (
    row("chr7", 140753336, "A", "T,C", "CSQ=" + csq("T", "BRAF", "missense_variant", "600", "V/E"), "60,30,5"),
    row("chr7", 140753336, "a", "t", "CSQ=" + csq("T", "BRAF", "missense_variant", "600", "V/E")),
    row("chr12", 25245350, "C", "T", "CSQ=" + csq("T", "KRAS", "missense_variant", "12", "G/D")),
    row("chr12", 25245351, "C", "."),
    row("chr12", 25245352, "C", "<DEL>", "END=25245400"),
    row("chr12", 25245353, "C", "*,A"),
    row("chr17", 7675088, "C", "T", "CSQ=" + csq("T", "TP53", "missense_variant", "175", "R/H")),
)


def lose(items: list[Any]) -> list[Any]:
    return items[:1] + items[2:]


def repeat(items: list[Any]) -> list[Any]:
    return [*items, items[-1]]


def concluded(path: Path, **more: Any) -> list[tuple[int, str]]:
    found = []
    for case in cases_of_file(ReportRequest(path=path, tumor_type="LUAD", **more)):
        found += [(item.record, item.variant) for item in interpret(load_tumor(case).calls, None).dispositions]
    return found


def broken(path: Path, **more: Any) -> str:
    with pytest.raises(GenomodelError, match="this is a defect") as caught:
        concluded(path, **more)
    assert not isinstance(caught.value, InputError)
    assert caught.value.exit_code == 1
    return str(caught.value)


def test_what_goes_in_comes_out_in_its_order(tmp_path: Path) -> None:
    path = write_vcf(tmp_path, *ROWS)
    packed = tmp_path / "packed.vcf.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    windows = tmp_path / "windows.vcf"
    windows.write_bytes(path.read_bytes().replace(b"\n", b"\r\n") + b"\r\n")
    keys = [
        "chr7:140753336:A>T,chr7:140753336:A>C",
        "chr7:140753336:A>T",
        "chr12:25245350:C>T",
        "chr12:25245351:C>.",
        "chr12:25245352:C><DEL>",
        "chr12:25245353:C>*,chr12:25245353:C>A",
        "chr17:7675088:C>T",
    ]
    for one in (path, packed, windows):
        assert intake_of_vcfs([one]).records == tuple(keys)
        assert [key for _, key in concluded(one, patient="P1")] == ",".join(keys).split(",")


@pytest.mark.parametrize("spoil", [lose, repeat])
def test_a_reader_of_records_that_fails_stops_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: Spoil
) -> None:
    path = write_vcf(tmp_path, *ROWS)
    concluded(path)
    read = VcfReader.__iter__

    def spoiled(self: VcfReader) -> Iterator[Any]:
        yield from spoil(list(read(self)))

    monkeypatch.setattr(VcfReader, "__iter__", spoiled)
    broken(path)


@pytest.mark.parametrize("spoil", [lose, repeat])
def test_an_allele_or_a_variant_that_is_lost_stops_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: Spoil
) -> None:
    path = write_vcf(tmp_path, *ROWS)
    read = vcf._read_record
    monkeypatch.setattr(vcf, "_read_record", lambda *given: spoil(found) if len(found := read(*given)) > 1 else found)
    assert "chr7:140753336:A>T,chr7:140753336:A>C" in broken(path)
    monkeypatch.setattr(vcf, "_read_record", read)
    concluded(path)
    monkeypatch.setattr(vcf, "join_duplicates", lambda variants: tuple(spoil(list(join_duplicates(variants)))))
    broken(path)


def test_a_position_that_is_altered_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_vcf(tmp_path, *ROWS)

    def moved(variants: list[AnnotatedVariant]) -> tuple[AnnotatedVariant, ...]:
        *first, last = join_duplicates(variants)
        place = last.variant.model_copy(update={"pos": last.variant.pos + 1})
        return (*first, last.model_copy(update={"variant": place}))

    monkeypatch.setattr(vcf, "join_duplicates", moved)
    assert "went out and did not come in: chr17:7675089:C>T" in broken(path)


def test_rows_of_one_sample_among_many_are_held_against_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ttn = {"Hugo_Symbol": "TTN", "Start_Position": "11", "HGVSp_Short": "p.A1T"}
    rows = [{**one, "Tumor_Sample_Barcode": name} for one in (V600E, ttn, {**KRAS, **V600E}) for name in ("S1", "S2")]
    path = write_maf(tmp_path / "cohort.maf", *rows)
    counted = intake_of_maf(path)
    assert {name: one.numbers for name, one in counted.items()} == {"S1": (1, 3, 5), "S2": (2, 4, 6)}
    assert Counter(number for number, _ in concluded(path)) == Counter(range(1, 7))
    read = maf._read_row

    def spoiled(spoil: Spoil) -> Callable[..., AnnotatedCalls]:
        def named(calls: AnnotatedCalls, *rest: Any) -> AnnotatedCalls:
            return name_effects(calls.model_copy(update={"variants": tuple(spoil(list(calls.variants)))}), *rest)

        return named

    for spoil in (lose, repeat):
        monkeypatch.setattr(maf, "name_effects", spoiled(spoil))
        broken(path)
    monkeypatch.setattr(maf, "name_effects", name_effects)
    concluded(path)
    monkeypatch.setattr(maf, "_read_row", lambda table, number, *rest: read(table, number % 6 + 1, *rest))
    broken(path)


def test_files_that_are_joined_or_annotated_here_lose_no_record(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    snvs, indels = world.strelka()
    (case,) = cases_of_file(request(world, snvs, indels))
    calls = load_tumor(case).calls
    assert calls.intake is not None
    assert calls.intake.joined
    assert Counter(calls.intake.records) == Counter(item.variant for item in interpret(calls, None).dispositions)
    merged, line = given._merged, annotator._annotated_line
    monkeypatch.setattr(given, "_merged", lambda *of: iter(lose(list(merged(*of)))))
    with pytest.raises(GenomodelError, match="2 records came in and 1 were written; lost are"):
        load_tumor(case)
    monkeypatch.setattr(given, "_merged", merged)
    load_tumor(case)
    monkeypatch.setattr(
        annotator, "_annotated_line", lambda record, of: line(record, of).replace(f"\t{record.pos}\t", "\t7\t", 1)
    )
    with pytest.raises(GenomodelError, match="this is a defect of what wrote the file"):
        load_tumor(case)


def test_a_real_exome_and_real_leukemias_are_accounted_for(shared_data: Path) -> None:
    exome = next((shared_data / "hcc1395_exome").glob("*.vcf.gz"))
    (case,) = cases_of_file(ReportRequest(path=exome, tumor_type="BRCA", patient="HCC1395"))
    calls = load_tumor(case).calls
    assert calls.intake is not None
    assert len(calls.intake.records) == 1140
    assert len(interpret(calls, None).dispositions) == sum(record.count(",") + 1 for record in calls.intake.records)
    leukemias = shared_data / "tcga_laml" / "tcga_laml.maf.gz"
    counted = intake_of_maf(leukemias)
    assert (len(counted), sum(len(one.records) for one in counted.values())) == (193, 2207)
    assert len(concluded(leukemias)) == 2207
