from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pysam
import pytest

from genomodel.calls.harmonize import empty_calls, harmonize, take_given
from genomodel.core.errors import InputError
from tests.calls.builders import FORMAT_LINE, write_vcf

#           123456789012345678901234567890
CONTIG = "ACGTTTTTTGACCATGCATGCCTAGGATCC"
SAMPLES = [("T1", "p.tumor"), ("N1", "p.normal")]


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    path = tmp_path / "x.fa"
    path.write_text(f">chr1\n{CONTIG}\n")
    pysam.faidx(str(path))
    return path


def meta(*fields: tuple[str, str, str]) -> tuple[str, ...]:
    return ("##contig=<ID=chr1,length=30>", *(FORMAT_LINE.format(*field) for field in fields))


GATK = meta(("GT", "1", "String"), ("AD", "R", "Integer"), ("DP", "1", "Integer"), ("AF", "A", "Float"))
FREEBAYES = meta(("DP", "1", "Integer"), ("RO", "1", "Integer"), ("AO", "A", "Integer"))


def run(reference: Path, raw: Path, samples: Sequence[tuple[str, str]] = SAMPLES) -> list[pysam.VariantRecord]:
    out = reference.parent / "out.vcf.gz"
    harmonize(
        raw, out, engine="x", version="1.0", reference=reference, samples=samples, notes=[("genomodel_note", "n")]
    )
    assert Path(f"{out}.tbi").is_file()
    with pysam.VariantFile(str(out)) as vcf:
        assert list(vcf.header.samples) == [new for _, new in samples]
        return list(vcf)


def test_alleles_are_parted_left_aligned_and_counted(reference: Path, tmp_path: Path) -> None:
    """A T of the run at 4-9 is deleted as its last base; the normal's column stands first, as freebayes may have it."""
    rows = ["chr1\t8\t.\tTT\tT,TA\t9\t.\t.\tDP:RO:AO\t40:40:0,0\t100:60:30,10"]
    records = run(reference, write_vcf(tmp_path / "r.vcf", rows, ("N1", "T1"), FREEBAYES))
    found = {(r.pos, r.ref, r.alts): r.samples for r in records}
    assert set(found) == {(3, "GT", ("G",)), (9, "T", ("A",))}
    deletion, substitution = found[3, "GT", ("G",)], found[9, "T", ("A",)]
    assert [(s["AD"], s["DP"], round(s["AF"][0], 3)) for s in deletion.values()] == [
        ((60, 30), 100, 0.3),
        ((40, 0), 40, 0),
    ]
    assert substitution["p.tumor"]["AD"] == (60, 10)
    assert substitution["p.tumor"]["AF"][0] == pytest.approx(0.1)


@pytest.mark.parametrize(("filters", "kept"), [("PASS", ["PASS"]), (".", []), ("weak;strand", ["weak", "strand"])])
def test_the_engines_filter_is_kept(reference: Path, tmp_path: Path, filters: str, kept: list[str]) -> None:
    declared = ('##FILTER=<ID=weak,Description="x">', '##FILTER=<ID=strand,Description="x">', *GATK)
    rows = [f"chr1\t12\t.\tC\tG\t.\t{filters}\t.\tGT:AD:DP\t0/1:7,3:10\t0/0:10,0:10"]
    (record,) = run(reference, write_vcf(tmp_path / "r.vcf", rows, ("T1", "N1"), declared))
    assert list(record.filter) == kept
    assert record.samples["p.tumor"]["GT"] == (0, 1)


def test_what_a_caller_does_not_count_stays_unknown(reference: Path, tmp_path: Path) -> None:
    rows = ["chr1\t12\t.\tC\tG\t.\t.\t.\tGT\t0/1\t0/0"]
    (record,) = run(reference, write_vcf(tmp_path / "r.vcf", rows, ("T1", "N1"), meta(("GT", "1", "String"))))
    assert record.samples["p.tumor"]["AD"] == (None, None)
    assert record.samples["p.tumor"]["DP"] is None
    assert record.samples["p.tumor"]["AF"] == (None,)


def test_an_allele_of_two_records_is_kept_once_with_most_reads(reference: Path, tmp_path: Path) -> None:
    rows = [
        "chr1\t12\t.\tC\tG\t.\t.\t.\tDP:RO:AO\t10:8:2\t9:9:0",
        "chr1\t12\t.\tC\tG,T\t.\t.\t.\tDP:RO:AO\t20:10:9,1\t9:9:0,0",
    ]
    records = run(reference, write_vcf(tmp_path / "r.vcf", rows, ("T1", "N1"), FREEBAYES))
    assert sorted((r.alts, r.samples["p.tumor"]["AD"]) for r in records) == [(("G",), (10, 9)), (("T",), (10, 1))]


def test_placeholders_are_no_alleles(reference: Path, tmp_path: Path) -> None:
    rows = ["chr1\t12\t.\tC\tG,*\t.\t.\t.\tGT:AD:DP\t0/1:7,3,2:12\t0/0:10,0,0:10"]
    (record,) = run(reference, write_vcf(tmp_path / "r.vcf", rows, ("T1", "N1"), GATK))
    assert record.alts == ("G",)


def test_header_tells_engine_roles_and_contigs_but_no_dates_and_commands(reference: Path, tmp_path: Path) -> None:
    declared = ("##fileDate=20260101", '##GATKCommandLine=<ID=x,CommandLine="x -O /tmp/a">', '##commandline="x"', *GATK)
    rows = ["chr1\t12\t.\tC\tG\t.\t.\t.\tGT:AD:DP\t0/1:7,3:10\t0/0:10,0:10"]
    run(reference, write_vcf(tmp_path / "r.vcf", rows, ("T1", "N1"), declared))
    with pysam.BGZFile(str(tmp_path / "out.vcf.gz"), "r") as handle:
        lines = [line.decode() for line in handle if line.startswith(b"##")]
    for wanted in (
        "genomodel_engine=x",
        "genomodel_engine_version=1.0",
        "tumor_sample=p.tumor",
        "normal_sample=p.normal",
    ):
        assert f"##{wanted}" in lines
    assert "##genomodel_note=n" in lines
    assert sum(line.startswith("##contig=<ID=chr1,length=30") for line in lines) == 1
    assert not [line for line in lines if "/tmp" in line or "Date" in line or "ommand" in line]


def test_same_calls_same_bytes(reference: Path, tmp_path: Path) -> None:
    rows = ["chr1\t12\t.\tC\tG\t.\t.\t.\tGT:AD:DP\t0/1:7,3:10\t0/0:10,0:10"]
    raw = write_vcf(tmp_path / "r.vcf", rows, ("T1", "N1"), GATK)
    run(reference, raw)
    first = (tmp_path / "out.vcf.gz").read_bytes()
    (tmp_path / "elsewhere").mkdir()
    moved = raw.rename(tmp_path / "elsewhere" / "r.vcf")
    run(reference, moved)
    assert (tmp_path / "out.vcf.gz").read_bytes() == first


@pytest.mark.parametrize(
    ("row", "said"),
    [("chr1\t12\t.\tG\tA", "cannot bring the calls onto the reference"), ("7\t12\t.\tC\tA", "cannot bring the calls")],
)
def test_calls_on_another_reference_are_refused(reference: Path, tmp_path: Path, row: str, said: str) -> None:
    raw = write_vcf(tmp_path / "r.vcf", [f"{row}\t.\t.\t.\tGT:AD:DP\t0/1:7,3:10\t0/0:10,0:10"], ("T1", "N1"), GATK)
    with pytest.raises(InputError, match=said):
        run(reference, raw)
    assert not (tmp_path / "out.vcf.gz").exists()


def test_an_absent_sample_is_named(reference: Path, tmp_path: Path) -> None:
    raw = write_vcf(tmp_path / "r.vcf", [], ("A", "B"), GATK)
    with pytest.raises(InputError, match="sample 'T1' is not among the samples of the calls: A, B"):
        run(reference, raw)


def test_calls_without_a_record_are_a_result(reference: Path, tmp_path: Path) -> None:
    assert run(reference, write_vcf(tmp_path / "r.vcf", [], ("T1", "N1"), GATK)) == []
    out = tmp_path / "empty.vcf.gz"
    empty_calls(out, engine="x", version="1", reference=reference, samples=["p.tumor"])
    with pysam.VariantFile(str(out)) as vcf:
        assert list(vcf.header.samples) == ["p.tumor"]
        assert list(vcf) == []
    assert Path(f"{out}.tbi").is_file()


def test_given_calls_take_the_names_of_the_run(reference: Path, tmp_path: Path) -> None:
    """Strelka2 writes SNVs and indels apart, names its samples NORMAL and TUMOR, and has no AD."""
    tiers = meta(*((f"{base}U", "2", "Integer") for base in "ACGT"), ("DP", "1", "Integer"))
    snvs = write_vcf(
        tmp_path / "snvs.vcf",
        ["chr1\t12\t.\tC\tG\t.\tPASS\t.\tDP:AU:CU:GU:TU\t20:0,0:20,20:0,0:0,0\t50:0,0:40,41:10,10:0,0"],
        ("NORMAL", "TUMOR"),
        tiers,
    )
    tiers = meta(("TAR", "2", "Integer"), ("TIR", "2", "Integer"), ("DP", "1", "Integer"))
    indels = write_vcf(
        tmp_path / "indels.vcf",
        ["chr1\t8\t.\tTT\tT\t.\tLowEVS\t.\tDP:TAR:TIR\t20:20,20:0,0\t50:30,30:20,20"],
        ("NORMAL", "TUMOR"),
        ('##FILTER=<ID=LowEVS,Description="x">', *tiers),
    )
    out = tmp_path / "given.vcf.gz"
    assert take_given([snvs, indels], out, reference=reference, names=["p.tumor", "p.normal"]) == 2
    with pysam.VariantFile(str(out)) as vcf:
        found = {
            (r.pos, r.ref, r.alts): (list(r.filter), r.samples["p.tumor"]["AD"], r.samples["p.normal"]["AD"])
            for r in vcf
        }
    assert found == {
        (3, "GT", ("G",)): (["LowEVS"], (30, 20), (20, 0)),
        (12, "C", ("G",)): (["PASS"], (40, 10), (20, 0)),
    }


def test_given_calls_of_a_tumor_alone_beside_reads_of_both(reference: Path, tmp_path: Path) -> None:
    raw = write_vcf(tmp_path / "r.vcf", ["chr1\t12\t.\tC\tG\t.\tPASS\t.\tGT:AD:DP\t0/1:7,3:10"], ("S",), GATK)
    take_given([raw], tmp_path / "o.vcf.gz", reference=reference, names=["p.tumor", "p.normal"])
    with pysam.VariantFile(str(tmp_path / "o.vcf.gz")) as vcf:
        assert list(vcf.header.samples) == ["p.tumor"]
