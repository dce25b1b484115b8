"""The panel of normals of a sheet's normals."""

from __future__ import annotations

from pathlib import Path

import pysam
import pytest

from tests.calls.test_mutect2 import needs_gatk
from tests.workflow import tiny
from tests.workflow.conftest import snakemake, write_config

pytestmark = pytest.mark.slow

ARTIFACT = (1000, "C")
"""Position (1-based) that is misread in every normal's reads, and as what."""


def sheets(folder: Path, normals: int) -> Path:
    """Patients with given normals, in whose read groups all are called ``blood``; an artifact is in all of them."""
    fasta = tiny.write_reference(folder)
    bases, at = tiny.reference_bases(), ARTIFACT[0] - 1
    clean = bases[at - 12 : at + 13]
    dirty = clean[:12] + ARTIFACT[1] + clean[13:]
    patients, samples = ["patient\ttumor_type\tassay\tassay_bed"], ["patient\ttype\tbam"]
    for number in range(2):
        patients.append(f"p{number}\tLUAD\tpanel\t{folder}/panel.bed")
        kinds = ("tumor", "normal") if number < normals else ("tumor",)
        for kind in kinds:
            pairs = tiny.sample_pairs(tumor=kind == "tumor", depth=40, amplicon=False, seed=10 * number + len(kind))
            if kind == "normal":
                # Reads of one strand only are misread, as by chemistry.
                mates = [[(name, read.replace(clean, dirty)) for name, read in m] for m in (pairs.first, pairs.second)]
                pairs = tiny.Pairs(mates[0], mates[1])
            name = f"p{number}.{kind}"
            bam = tiny.align(
                fasta, pairs.write(folder, name), folder / f"{name}.bam", "blood" if kind == "normal" else "t"
            )
            samples.append(f"p{number}\t{kind}\t{bam}")
    (folder / "patients.tsv").write_text("\n".join(patients) + "\n")
    (folder / "samples.tsv").write_text("\n".join(samples) + "\n")
    return write_config(folder, folder)


@needs_gatk
def test_an_artifact_of_all_normals_is_in_the_panel_and_keeps_tumors_from_passing(tmp_path: Path) -> None:
    config = sheets(tmp_path, normals=2)
    panel = tmp_path / "results" / "pon" / "pon.vcf.gz"
    config.write_text(config.read_text() + f"calling:\n  panel_of_normals: {panel}\n")
    done = snakemake(tmp_path, config, str(tmp_path / "results" / "calls" / "mutect2" / "p0.vcf.gz"))
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    with pysam.VariantFile(str(panel)) as vcf:
        sites = {record.pos for record in vcf}
    assert ARTIFACT[0] in sites
    assert tiny.SNV[0] not in sites
    with pysam.VariantFile(str(tmp_path / "results" / "calls" / "mutect2" / "p0.vcf.gz")) as vcf:
        assert [record.pos for record in vcf if list(record.filter) == ["PASS"]].count(tiny.SNV[0]) == 1


@needs_gatk
def test_one_normal_makes_no_panel(tmp_path: Path) -> None:
    done = snakemake(tmp_path, sheets(tmp_path, normals=1), str(tmp_path / "results" / "pon" / "pon.vcf.gz"))
    assert done.returncode != 0
    assert "at least 2 normals; the samples sheet has 1" in done.stdout + done.stderr
    assert not (tmp_path / "results").exists()
