from __future__ import annotations

import subprocess
from pathlib import Path

import pysam
import pytest

from genomodel.calls.identity import Given, check_samples
from genomodel.calls.primers import check_primers, has_strands, require_clipped
from genomodel.core.errors import InputError
from genomodel.core.identity import CheckName, CheckStatus, IdentityCheck, IdentityChecks
from tests.calls.sample_reads import (
    HETEROZYGOUS,
    HOMOZYGOUS,
    NORMAL,
    TUMOR,
    Allele,
    Sample,
    germline,
    write,
    write_reference,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("samples")
    write_reference(path)
    write(path, "tumor", TUMOR, seed=1)
    write(path, "normal", NORMAL, seed=2)
    return path


def check(folder: Path, tumor: Path, normal: Path | None, bed: Path | None = None) -> IdentityChecks:
    return check_samples(tumor, folder / "ref.fa", folder / "out.json", normal=normal, bed=bed or folder / "panel.bed")


def identity(found: IdentityChecks) -> IdentityCheck:
    return found.named(CheckName.IDENTITY)[0]


def test_tumor_and_normal_of_one_person_on_a_tiny_target_pass_unjudged(folder: Path) -> None:
    found = check(folder, folder / "tumor.bam", folder / "normal.bam")
    assert identity(found).status is CheckStatus.NOT_ASSESSABLE
    assert identity(found).value == "indeterminate: 1 shared sites, 30 are needed"
    assert IdentityChecks.model_validate_json((folder / "out.json").read_text()) == found


def test_a_tumor_alone_is_checked_for_reads(folder: Path) -> None:
    found = check_samples(folder / "tumor.bam", folder / "ref.fa", folder / "alone.json")
    assert found.tumor_reads > 0
    assert found.normal_reads is None


def test_a_swap_is_seen_in_the_alleles(folder: Path) -> None:
    with pytest.raises(InputError, match=r"the normal has \d alleles at 8% to 35% that the tumor lacks.*look swapped"):
        check(folder, folder / "normal.bam", folder / "tumor.bam")


@pytest.mark.parametrize("given", [Given(), Given(waived=("identity=twin study",))])
def test_a_doubt_is_told_where_it_is_not_to_be_refused(folder: Path, given: Given) -> None:
    tumor, normal, out = folder / "normal.bam", folder / "tumor.bam", folder / "doubt.json"
    found = check_samples(tumor, folder / "ref.fa", out, normal=normal, given=given, refuse=bool(given.waived))
    assert identity(found).status is CheckStatus.FAILED
    assert identity(found).value.endswith("(Tumor and normal look swapped)")
    assert "somatic variants are lost" in identity(found).consequence


def test_a_waiver_of_another_check_does_not_let_a_swap_pass(folder: Path) -> None:
    given, out = Given(waived=("sex=known",)), folder / "waived.json"
    with pytest.raises(InputError, match=r"look swapped.*waive it"):
        check_samples(folder / "normal.bam", folder / "ref.fa", out, normal=folder / "tumor.bam", given=given)
    assert not out.exists()


def test_two_clonal_alleles_in_the_blood_are_no_swap(folder: Path) -> None:
    blood = Sample("P1_B", (*germline(), Allele(1125, 0.2), Allele(1325, 0.2)))
    pure = Sample("P1_T", germline())
    found = check(folder, write(folder, "quiet", pure, seed=3), write(folder, "blood", blood, seed=4))
    assert not found.failed
    third = Sample("P1_B", (*blood.alleles, Allele(1525, 0.2)))
    with pytest.raises(InputError, match="look swapped"):
        check(folder, folder / "quiet.bam", write(folder, "third", third, seed=4))


def test_loss_of_germline_alleles_in_the_tumor_is_no_swap_and_no_other_person(folder: Path) -> None:
    lost = Sample("P1_T", (*(Allele(p, 1.0) for p in HOMOZYGOUS), *(Allele(p, 0.0) for p in HETEROZYGOUS)))
    found = check(folder, write(folder, "lost", lost, seed=5), folder / "normal.bam")
    assert not found.failed
    assert identity(found).value.startswith("indeterminate")


def test_the_samples_of_two_persons_are_told(folder: Path) -> None:
    stranger = write(folder, "stranger", Sample("P2_T", germline(shift=10)), seed=6)
    with pytest.raises(InputError, match=r"10 of 10 alleles that the normal has alone are absent.*of two persons"):
        check(folder, stranger, folder / "normal.bam")


def test_one_alignment_under_two_names_is_told(folder: Path) -> None:
    twin = write(folder, "twin", Sample("P1_N", TUMOR.alleles), seed=1)
    with pytest.raises(InputError, match=r"twin.bam: \d+ of the first \d+ reads are those of .*one sample given twice"):
        check(folder, folder / "tumor.bam", twin)


def test_one_sample_name_for_both_is_told(folder: Path) -> None:
    with pytest.raises(InputError, match=r"column 'SM'.*carry the same sample name \(SM\) 'P1_T'"):
        check(folder, folder / "tumor.bam", write(folder, "same", Sample("P1_T", germline()), seed=7))


@pytest.mark.parametrize("name", ["P1_normal", "Normal", "P1.germline-1"])
def test_a_tumor_that_calls_itself_normal_is_told(folder: Path, name: str) -> None:
    with pytest.raises(InputError, match=f"the tumor's reads name their sample '{name}'"):
        check(folder, write(folder, "named", Sample(name, ()), seed=8), None)


def test_names_that_hold_both_words_are_left_alone(folder: Path) -> None:
    found = check(folder, write(folder, "both", Sample("normal-01.tumor", ()), seed=8), None)
    assert identity(found).value == "there is no normal to compare with"


def test_no_read_on_target_is_told_for_either_sample(folder: Path) -> None:
    aside = write(folder, "aside", NORMAL, seed=9, start=2300, end=2800)
    with pytest.raises(InputError, match=r"aside.bam: no read of the normal lies in the regions of panel.bed"):
        check(folder, folder / "tumor.bam", aside)
    with pytest.raises(InputError, match=r"aside.bam: no read of the tumor lies in the regions of panel.bed"):
        check(folder, aside, None)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1\t900\t2100", r"the assay's contig '1' is not in the reference, which has chr1, chr2.*chr1 and 1"),
        ("chr1\t900\t210000", "ends after the contig, which has 4000 bases.*same genome build"),
        ("chr1\t3200\t3900", "the reference has nothing but N in the assayed regions"),
    ],
)
def test_regions_of_another_build_are_told_with_their_file(folder: Path, line: str, message: str) -> None:
    bed = folder / "other.bed"
    bed.write_text(line + "\n")
    with pytest.raises(InputError, match=message) as caught:
        check(folder, folder / "tumor.bam", None, bed)
    assert caught.value.path == str(bed)


def test_a_target_of_a_few_bases_is_checked_and_says_what_it_cannot_tell(folder: Path) -> None:
    bed = folder / "tiny.bed"
    bed.write_text("chr1\t1200\t1203\tEGFR\n")
    found = check(folder, folder / "tumor.bam", folder / "normal.bam", bed)
    assert {one.status for one in found.checks} == {CheckStatus.NOT_ASSESSABLE}
    assert "1 homozygous places" in found.named(CheckName.CONTAMINATION)[0].value


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1\t900\t920", "the primers' contig '1' is not in the reference, which has chr1, chr2"),
        ("chr1\t3990\t4010", "the primer chr1:3990-4010 ends after the contig"),
        ("chr1\t900\t1100", "has 200 bases, more than a primer.*primers alone, not amplicons"),
    ],
)
def test_primers_of_another_build_or_none_are_told(folder: Path, line: str, message: str) -> None:
    bed = folder / "primers.bed"
    bed.write_text(line + "\n")
    with pytest.raises(InputError, match=message) as caught:
        check_primers(bed, folder / "ref.fa")
    assert caught.value.column == "primer_bed"


def test_strands_are_used_where_every_primer_has_one(folder: Path) -> None:
    bed = folder / "strands.bed"
    bed.write_text("chr1\t900\t920\ta\t0\t+\nchr1\t1000\t1020\tb\t0\t-\n")
    assert has_strands(bed)
    bed.write_text("chr1\t900\t920\ta\t0\t+\nchr1\t1000\t1020\n")
    assert not has_strands(bed)


def test_the_share_of_clipped_reads_is_read_from_samtools(folder: Path) -> None:
    bed = folder / "clip.bed"
    with pysam.AlignmentFile(str(folder / "normal.bam")) as handle:
        place = next(handle.fetch()).reference_start
    bed.write_text(f"chr1\t{place}\t{place + 20}\n")
    stats = folder / "clip.txt"
    command: list[str | Path] = [
        "samtools",
        "ampliconclip",
        "-b",
        bed,
        "-f",
        stats,
        "-o",
        folder / "clipped.bam",
        folder / "normal.bam",
    ]
    subprocess.run(command, check=True, capture_output=True)
    with pytest.raises(InputError, match=r"clip.bed.*\d+ of 840 reads begin or end in a primer \(\d\.\d%\)"):
        require_clipped(stats, bed)
    bed.write_text("".join(f"chr1\t{start}\t{start + 50}\n" for start in range(800, 2200, 50)))
    subprocess.run(command, check=True, capture_output=True)
    assert require_clipped(stats, bed) > 0.9
