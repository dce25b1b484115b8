"""The VCF: the input's records, all and in their order, with what became of each allele."""

from __future__ import annotations

import gzip
from pathlib import Path
from urllib.parse import unquote

import pysam
import pytest

from genomodel.core.errors import GenomodelError
from genomodel.core.interpretation_file import InterpretationFile
from genomodel.report.exports.vcf import encoded, write_interpreted_vcf
from tests.report.exports.builders import VCF, enriched, interpreted, write_vcf


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_vcf(tmp_path)


@pytest.fixture
def made(source: Path) -> InterpretationFile:
    return enriched(interpreted(source))


def records(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]


def own_removed(info: str) -> str:
    return ";".join(part for part in info.split(";") if not part.startswith("GM_"))


def test_the_records_are_those_of_the_input_in_their_order(
    made: InterpretationFile, source: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.vcf.gz"
    write_interpreted_vcf(made, source, out)
    written = records(gzip.decompress(out.read_bytes()).decode())
    given = records(VCF)
    assert [[*row[:7], *row[8:]] for row in written] == [[*row[:7], *row[8:]] for row in given]
    assert [own_removed(row[7]) for row in written] == [
        row[7].replace(".", "") if row[7] == "." else row[7] for row in given
    ]


def test_htslib_reads_it_with_one_value_for_each_allele(made: InterpretationFile, source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.vcf.gz"
    write_interpreted_vcf(made, source, out)
    with pysam.VariantFile(str(out)) as reader:
        assert reader.header.info["GM_TIER"].number == "A"
        found = list(reader)
    assert [record.pos for record in found] == [140753336, 140753340, 140753400, 140753500, 140753600, 140753700]
    assert found[0].info["GM_TIER"] == ("I-A",)
    assert found[0].info["GM_ONCOGENICITY"] == ("likely_oncogenic",)
    kinds = {(d.record, d.variant): d for d in made.content.dispositions}
    for ordinal, record in enumerate(found, 1):
        for place, alt in enumerate(record.alts or ()):
            disposition = kinds[ordinal, f"chr7:{record.pos}:{record.ref}>{alt}"]
            assert record.info["GM_DISPOSITION"][place] == disposition.kind.value
            assert unquote(record.info["GM_DISPOSITION_REASON"][place]) == disposition.reason
    assert len(found[1].info["GM_DISPOSITION"]) == 2
    assert found[3].info["GM_RECORD_DISPOSITION"] == kinds[4, "chr7:140753500:G>."].kind.value
    assert "GM_DISPOSITION" not in found[3].info


def test_a_class_that_is_uncertain_for_want_of_sources_says_how_many_codes_are_open(
    made: InterpretationFile, source: Path, tmp_path: Path
) -> None:
    write_interpreted_vcf(made, source, tmp_path / "o.vcf.gz")
    with pysam.VariantFile(str(tmp_path / "o.vcf.gz")) as handle:
        first, second, *_, last = (record.info for record in handle)
        assert handle.header.info["GM_ONCOGENICITY_NOT_EVALUATED"].type == "Integer"
    assert first["GM_ONCOGENICITY_NOT_EVALUATED"] == (1,)
    assert second["GM_ONCOGENICITY_NOT_EVALUATED"] == (0, None)
    assert "GM_ONCOGENICITY_NOT_EVALUATED" not in last


def test_a_tumor_type_that_is_not_given_has_no_code(source: Path, tmp_path: Path) -> None:
    blank = interpreted(source, tumor_type="")
    write_interpreted_vcf(blank, source, tmp_path / "o.vcf.gz")
    text = gzip.decompress((tmp_path / "o.vcf.gz").read_bytes()).decode()
    assert "tumor type not given\n" in text
    assert "UNKNOWN" not in text


def test_evidence_names_base_id_tier_direction_and_therapy(
    made: InterpretationFile, source: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.vcf.gz"
    write_interpreted_vcf(made, source, out)
    with pysam.VariantFile(str(out)) as reader:
        (text,) = next(iter(reader)).info["GM_EVIDENCE"]
    told = [tuple(unquote(part) for part in one.split("|")) for one in text.split("&")]
    assert ("core", "t-both", "I-B", "sensitivity", "A + B") in told
    assert len(told) == len(made.content.findings[0].evidence)


def test_records_of_inherited_alleles_are_left_out_and_counted_where_the_patient_refused(
    source: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.vcf.gz"
    write_interpreted_vcf(interpreted(source, consent=False), source, out)
    text = gzip.decompress(out.read_bytes()).decode()
    assert [row[1] for row in records(text)] == [row[1] for row in records(VCF) if row[1] != "140753400"]
    assert "##genomodel_withheld=1 records" in text


@pytest.mark.parametrize("text", ["a;b=c,d e\t%", "é – 50 %", "x|y&z:w"])
def test_a_reason_survives_the_encoding_as_plain_ascii(text: str) -> None:
    written = encoded(text)
    assert written.isascii()
    assert not set(written) & set(" ;=,|&:\t")
    assert unquote(written) == " ".join(text.split())


def test_our_own_entries_of_an_earlier_run_are_replaced(made: InterpretationFile, source: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "1.vcf.gz", tmp_path / "2.vcf.gz"
    write_interpreted_vcf(made, source, first)
    write_interpreted_vcf(made, first, second)
    texts = [gzip.decompress(path.read_bytes()).decode() for path in (first, second)]
    assert records(texts[0]) == records(texts[1])
    assert texts[1].count("##INFO=<ID=GM_TIER,") == 1


@pytest.mark.parametrize("change", [lambda t: t.replace("\tA\tT\t", "\tA\tG\t"), lambda t: t.rsplit("chr7\t", 1)[0]])
def test_an_interpretation_of_another_file_is_refused_and_nothing_is_written(
    made: InterpretationFile, tmp_path: Path, change: object
) -> None:
    assert callable(change)
    other = write_vcf(tmp_path, change(VCF), "other")
    with pytest.raises(GenomodelError, match="interpretation"):
        write_interpreted_vcf(made, other, tmp_path / "out.vcf.gz")
    assert not list(tmp_path.glob("*.gz"))


def test_an_allele_that_a_record_repeats_has_each_its_own_outcome(tmp_path: Path) -> None:
    source = write_vcf(tmp_path)
    lines = source.read_text().splitlines(keepends=True)
    first = next(place for place, line in enumerate(lines) if not line.startswith("#"))
    fields = lines[first].rstrip("\n").split("\t")
    counts = fields[8].split(":").index("AD")
    for sample in range(9, len(fields)):
        values = fields[sample].split(":")
        values[counts] += f",{values[counts].split(',')[1]}"
        fields[sample] = ":".join(values)
    lines[first] = "\t".join((*fields[:4], f"{fields[4]},{fields[4]}", *fields[5:])) + "\n"
    source.write_text("".join(lines))
    out = tmp_path / "out.vcf.gz"
    write_interpreted_vcf(interpreted(source), source, out)
    with pysam.VariantFile(str(out)) as reader:
        assert next(iter(reader)).info["GM_DISPOSITION"] == ("finding", "duplicate")


def test_a_record_that_the_writer_loses_stops_it(
    made: InterpretationFile, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Losing(pysam.BGZFile):  # type: ignore[misc]
        def write(self, data: bytes) -> int:
            return len(data) if b"140753600" in data else int(super().write(data))

    monkeypatch.setattr(pysam, "BGZFile", Losing)
    with pytest.raises(GenomodelError, match=r"lost are .*140753600.*defect"):
        write_interpreted_vcf(made, source, tmp_path / "out.vcf.gz")
    assert not (tmp_path / "out.vcf.gz").exists()


def test_the_same_interpretation_gives_the_same_bytes(made: InterpretationFile, source: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_interpreted_vcf(made, source, tmp_path / f"{name}.vcf.gz")
    assert (tmp_path / "a.vcf.gz").read_bytes() == (tmp_path / "b.vcf.gz").read_bytes()
