from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pysam
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.calls.somatic import decide_vcf, decode_reason, encode_reason
from genomodel.core.errors import InputError
from tests.calls.builders import write_vcf

META = (
    "##contig=<ID=chr1,length=1000>",
    '##INFO=<ID=DP,Number=1,Type=Integer,Description="x">',
    *(
        f'##FORMAT=<ID={name},Number={number},Type={kind},Description="x">'
        for name, number, kind in (
            ("GT", "1", "String"),
            ("DP", "1", "Integer"),
            ("AD", "R", "Integer"),
            ("RO", "1", "Integer"),
            ("QR", "1", "Integer"),
            ("AO", "A", "Integer"),
            ("QA", "A", "Integer"),
            ("GL", "G", "Float"),
        )
    ),
)
KEYS = "GT:DP:AD:RO:QR:AO:QA:GL"
SOMATIC = "0/1:100:60,40:60:2100:40:1400:-120,0,-200"
ABSENT = "0/0:60:60,0:60:2100:0:0:0,-18,-190"
HET = "0/1:60:30,30:30:1000:30:1000:-90,0,-90"
EMPTY = ".:.:.:.:.:.:.:."


def row(pos: int, tumor: str, normal: str, filters: str = ".", info: str = "DP=160") -> str:
    return f"chr1\t{pos}\trs1\tA\tC\t50\t{filters}\t{info}\t{KEYS}\t{normal}\t{tumor}"


def origins(path: Path) -> list[tuple[str, ...]]:
    with pysam.VariantFile(str(path)) as handle:
        return [(record.info["GM_ORIGIN"], *record.filter.keys()) for record in handle]


def test_every_record_leaves_with_an_origin_and_its_counts(tmp_path: Path) -> None:
    rows = [
        row(1, SOMATIC, ABSENT),
        row(2, HET, HET),
        row(3, SOMATIC, EMPTY),
        row(4, EMPTY, EMPTY),
        row(5, SOMATIC, ABSENT, "LowQ"),
    ]
    meta = (*META, '##FILTER=<ID=LowQ,Description="x">')
    source = write_vcf(tmp_path / "a.vcf", rows, ("N", "T"), meta)
    counts = decide_vcf(source, tmp_path / "out.vcf.gz", tumor_sample="T", normal_sample="N")
    assert counts == {"somatic": 1, "germline": 1, "uncertain": 1, "not_called": 2}
    assert origins(tmp_path / "out.vcf.gz") == [
        ("somatic", "PASS"),
        ("germline", "GM_germline"),
        ("uncertain", "GM_normal_not_assessable"),
        ("not_called", "GM_no_tumor_data"),
        ("not_called", "LowQ"),
    ]
    with pysam.VariantFile(str(tmp_path / "out.vcf.gz")) as handle:
        first = next(iter(handle.fetch("chr1", 0, 1)))
        assert first.samples["T"]["AD"] == (60, 40)
        assert first.samples["T"]["AF"][0] == pytest.approx(0.4)
        assert first.samples["N"]["DP"] == 60
        assert first.id == "rs1"
        assert first.info["DP"] == 160
        assert first.info["GM_TLOD"] == pytest.approx(120)


def test_deciding_again_gives_the_same_bytes(tmp_path: Path) -> None:
    source = write_vcf(tmp_path / "a.vcf", [row(1, SOMATIC, ABSENT), row(2, HET, HET)], ("N", "T"), META)
    once, twice, again = tmp_path / "b.vcf.gz", tmp_path / "c.vcf.gz", tmp_path / "d.vcf.gz"
    decide_vcf(source, once, tumor_sample="T", normal_sample="N")
    decide_vcf(source, twice, tumor_sample="T", normal_sample="N")
    decide_vcf(once, again)
    assert once.read_bytes() == twice.read_bytes() == again.read_bytes()


def test_tumor_only_keeps_a_germline_risk(tmp_path: Path) -> None:
    source = write_vcf(tmp_path / "a.vcf", [row(1, SOMATIC, EMPTY)], ("N", "T"), META)
    assert decide_vcf(source, tmp_path / "out.vcf", tumor_sample="T", purity=0.3)["uncertain"] == 1
    with pysam.VariantFile(str(tmp_path / "out.vcf")) as handle:
        record = next(iter(handle))
        assert record.info["GERMLINE_RISK"] == "high"
        assert list(record.filter) == ["PASS"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (row(1, SOMATIC, ABSENT).replace("\tC\t", "\tC,G\t"), "2 alternate alleles in one record"),
        (
            row(1, SOMATIC.replace("-120,0,-200", "-1,0,-2,-3,-4,-5"), ABSENT),
            "6 genotype likelihoods for one alternate",
        ),
        (row(1, SOMATIC.replace(":40:1400", ":40,3:1400"), ABSENT), "2 values where 1 belong"),
        (row(1, SOMATIC.replace("-120", "low"), ABSENT), "is not a number"),
    ],
)
def test_records_that_were_not_split_are_refused_and_nothing_is_written(
    tmp_path: Path, line: str, message: str
) -> None:
    source = write_vcf(tmp_path / "a.vcf", [row(1, SOMATIC, ABSENT).replace("\t1\t", "\t1\t"), line], ("N", "T"), META)
    with pytest.raises(InputError, match=message) as caught:
        decide_vcf(source, tmp_path / "out.vcf.gz", tumor_sample="T", normal_sample="N")
    assert caught.value.row == len(META) + 4
    assert [path.name for path in tmp_path.iterdir()] == ["a.vcf"]


def test_no_records_give_an_empty_vcf(tmp_path: Path) -> None:
    source = write_vcf(tmp_path / "a.vcf", [], ("T",), META)
    assert sum(decide_vcf(source, tmp_path / "out.vcf.gz").values()) == 0
    assert origins(tmp_path / "out.vcf.gz") == []


@given(st.text(max_size=60))
def test_reasons_survive_the_info_field(reason: str) -> None:
    try:
        reason.encode()
    except UnicodeEncodeError:
        return
    encoded = encode_reason(reason)
    assert not set(encoded) & set("\t\n;=, ")
    assert decode_reason(encoded) == reason


def simulate_bam(
    path: Path, reference: str, sample: str, alleles: dict[int, dict[str, float]], depth: int, hole: tuple[int, int]
) -> None:
    rng = random.Random(f"{sample}-1")
    header = {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": "chr1", "LN": len(reference)}]}
    header["RG"] = [{"ID": sample, "SM": sample}]
    reads = []
    for index in range(depth * len(reference) // 100):
        start = rng.randrange(len(reference) - 100)
        if start < hole[1] and start + 100 > hole[0]:
            continue
        bases = list(reference[start : start + 100])
        for place in range(100):
            if rng.random() < 0.0005:
                bases[place] = rng.choice("ACGT")
        for pos, choices in alleles.items():
            if start <= pos < start + 100:
                bases[pos - start] = rng.choices(
                    [*choices, reference[pos]], [*choices.values(), 1 - sum(choices.values())]
                )[0]
        reads.append((start, index, "".join(bases)))
    with pysam.AlignmentFile(str(path), "wb", header=header) as handle:
        for start, index, bases in sorted(reads):
            read = pysam.AlignedSegment(handle.header)
            read.query_name, read.query_sequence = f"{sample}{index}", bases
            read.flag, read.reference_id, read.reference_start = 16 * (index % 2), 0, start
            read.mapping_quality, read.cigartuples = 60, [(0, 100)]
            read.query_qualities = pysam.qualitystring_to_array("F" * 100)
            read.set_tag("RG", sample)
            handle.write(read)
    pysam.index(str(path))


def other(base: str, step: int = 1) -> str:
    return "ACGT"[("ACGT".index(base) + step) % 4]


@pytest.mark.skipif(
    not (shutil.which("freebayes") and shutil.which("bcftools")), reason="freebayes or bcftools is not on PATH"
)
def test_real_freebayes_calls_are_decided_right_after_splitting(tmp_path: Path) -> None:
    rng = random.Random(7)
    reference = "".join(rng.choice("ACGT") for _ in range(6000))
    (tmp_path / "ref.fa").write_text(f">chr1\n{reference}\n")
    pysam.faidx(str(tmp_path / "ref.fa"))
    low, clonal, het, both, third, unseen = 500, 1200, 2000, 2800, 3600, 5000
    base = {pos: reference[pos] for pos in (low, clonal, het, both, third, unseen)}
    germline = {
        het: {other(base[het]): 0.5},
        both: {other(base[both]): 0.5, other(base[both], 2): 0.5},
        third: {other(base[third]): 0.5},
    }
    somatic = {
        low: {other(base[low]): 0.10},
        clonal: {other(base[clonal]): 0.5},
        unseen: {other(base[unseen]): 0.4},
        third: {other(base[third]): 0.5, other(base[third], 2): 0.3},
    }
    simulate_bam(tmp_path / "t.bam", reference, "T", germline | somatic, 200, (0, 0))
    simulate_bam(tmp_path / "n.bam", reference, "N", germline, 100, (4900, 5100))
    command = (
        "set -o pipefail; freebayes -f ref.fa --pooled-continuous --genotype-qualities --strict-vcf"
        " --report-genotype-likelihood-max --allele-balance-priors-off --no-partial-observations --min-repeat-entropy 1"
        " --min-alternate-fraction 0.01 --min-alternate-count 2 t.bam n.bam"
        " | bcftools norm -f ref.fa -m -any -o calls.vcf"
    )
    subprocess.run(["bash", "-c", command], cwd=tmp_path, check=True, capture_output=True)
    decide_vcf(tmp_path / "calls.vcf", tmp_path / "out.vcf.gz", tumor_sample="T", normal_sample="N")
    found: dict[tuple[int, str], str] = {}
    with pysam.VariantFile(str(tmp_path / "out.vcf.gz")) as handle:
        for record in handle:
            alt = (record.alts or ("",))[0]
            found[record.start, alt] = record.info["GM_ORIGIN"]
            assert all(len(sample["GL"]) == 3 for sample in record.samples.values() if sample["GL"][0] is not None)
    expected = {
        (low, other(base[low])): "somatic",
        (clonal, other(base[clonal])): "somatic",
        (het, other(base[het])): "germline",
        (both, other(base[both])): "germline",
        (both, other(base[both], 2)): "germline",
        (third, other(base[third])): "germline",
        (third, other(base[third], 2)): "somatic",
        (unseen, other(base[unseen])): "uncertain",
    }
    assert {key: found.get(key) for key in expected} == expected
    assert {key for key, origin in found.items() if origin == "somatic"} == {
        key for key, o in expected.items() if o == "somatic"
    }
