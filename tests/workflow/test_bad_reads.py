from __future__ import annotations

from pathlib import Path

import pysam
import pytest

from tests.calls import sample_reads
from tests.calls.sample_reads import NORMAL, TUMOR, Sample, germline
from tests.workflow.conftest import snakemake, write_config

pytestmark = pytest.mark.slow

FAULTS = {
    "swapped": ("check_samples/swapped.log", "alleles at 8% to 35% that the tumor lacks"),
    "twice": ("check_samples/twice.log", "one sample given twice"),
    "strangers": ("check_samples/strangers.log", "Tumor and normal are of two persons"),
    "aside": ("check_samples/aside.log", "no read of the normal lies in the regions of panel.bed"),
    "empty": ("check_samples/empty.log", "no read of the tumor lies in the regions of panel.bed"),
    "build": ("check_samples/build.log", "the assay's contig '1' is not in the reference"),
    "contigs": ("check_alignment/contigs.tumor.log", "contigs are not in the reference, such as '1'"),
    "renamed": ("check_alignment/renamed.tumor.log", "the sample name is 'P1_T', expected 'P9_T'"),
    "ungrouped": ("check_alignment/ungrouped.tumor.log", "no read group names a sample (@RG with SM)"),
}
"""What is wrong with each patient, and where and how it is said."""


def reheadered(source: Path, target: Path, old: str, new: str) -> Path:
    """Write an alignment with a word of its header changed."""
    with pysam.AlignmentFile(str(source)) as handle:
        header = pysam.AlignmentHeader.from_text(str(handle.header).replace(old, new))
        with pysam.AlignmentFile(str(target), "wb", header=header) as out:
            for read in handle:
                out.write(pysam.AlignedSegment.from_dict(read.to_dict() | {"ref_name": header.references[0]}, header))
    pysam.index(str(target))
    return target


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound patient and one for each fault, worked up in one run."""
    folder = tmp_path_factory.mktemp("bad")
    sample_reads.write_reference(folder)
    (folder / "genome.fa").symlink_to(folder / "ref.fa")
    (folder / "genes.gff3").write_text("##gff-version 3\n")
    (folder / "other.bed").write_text("1\t900\t2100\tEGFR\n")

    def write(name: str, sample: Sample, seed: int, start: int = 800, end: int = 2200) -> Path:
        return sample_reads.write(folder, name, sample, seed=seed, start=start, end=end)

    tumor = {name: write(f"{name}.tumor", TUMOR, 10 + n) for n, name in enumerate(("sound", "twice", "aside", "build"))}
    normal = {name: write(f"{name}.normal", NORMAL, 20 + n) for n, name in enumerate(("sound", "strangers", "build"))}
    tumor["swapped"] = write("swapped.tumor", Sample("P1_A", germline()), 30)
    normal["swapped"] = write("swapped.normal", Sample("P1_B", TUMOR.alleles), 31)
    normal["twice"] = reheadered(tumor["twice"], folder / "twice.normal.bam", "P1_T", "P1_N")
    tumor["strangers"] = write("strangers.tumor", Sample("P2_T", germline(shift=10)), 32)
    normal["aside"] = write("aside.normal", NORMAL, 33, 2300, 2800)
    tumor["empty"] = write("empty.tumor", TUMOR, 34, 2300, 2800)
    tumor["contigs"] = reheadered(tumor["sound"], folder / "contigs.tumor.bam", "SN:chr", "SN:")
    tumor["renamed"] = write("renamed.tumor", TUMOR, 35)
    tumor["ungrouped"] = reheadered(tumor["sound"], folder / "ungrouped.tumor.bam", "\tSM:P1_T", "")
    rows = ["patient\ttype\tbam\tsample\n"]
    for name, path in tumor.items():
        rows.append(f"{name}\ttumor\t{path}\t{'P9_T' if name == 'renamed' else ''}\n")
    rows += [f"{name}\tnormal\t{path}\t\n" for name, path in normal.items()]
    (folder / "samples.tsv").write_text("".join(rows))
    beds = {name: "other.bed" if name == "build" else "panel.bed" for name in tumor}
    (folder / "patients.tsv").write_text(
        "patient\ttumor_type\tassay\tassay_bed\n"
        + "".join(f"{name}\tLUAD\tpanel\t{folder}/{bed}\n" for name, bed in beds.items())
    )
    targets = [str(folder / "results" / "calls" / "pileup" / f"{name}.vcf.gz") for name in tumor]
    done = snakemake(folder, write_config(folder, folder), *targets)
    assert done.returncode != 0
    assert (folder / "results" / "identity" / "sound.json").is_file(), done.stdout + done.stderr
    return folder


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_before_anything_is_called(run: Path, name: str) -> None:
    log, message = FAULTS[name]
    assert message in (run / "results" / "logs" / log).read_text()
    assert not (run / "results" / "calls" / "pileup" / f"{name}.vcf.gz").exists()


def test_the_others_are_called(run: Path) -> None:
    assert (run / "results" / "calls" / "pileup" / "sound.vcf.gz").is_file()
