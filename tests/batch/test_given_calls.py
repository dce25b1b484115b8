"""Calls of other callers from the file to the report, on the synthetic genome: no program but Python is needed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from genomodel.batch import run_batch
from genomodel.calls.hotspot_alleles import HotspotPlace, place_hotspots
from genomodel.cases import ReportRequest, cases_of_cohort, cases_of_file
from genomodel.cohort.sheets import read_cohort
from genomodel.core.errors import InputError
from genomodel.core.paths import ResultPaths
from genomodel.core.patients import GenomeBuild
from genomodel.report.presentation import WITHOUT_PDF
from genomodel.simulate.genome import Genome, build_genome
from genomodel.simulate.writers import write_fasta, write_gff
from tests.calls.test_given import LOFREQ, STRELKA_INDEL, STRELKA_KEYS, STRELKA_SNV


@dataclass(frozen=True)
class World:
    folder: Path
    genome: Genome
    braf: HotspotPlace
    egfr: HotspotPlace

    @property
    def reference(self) -> Path:
        return self.folder / "genome.fa"

    @property
    def gff(self) -> Path:
        return self.folder / "genes.gff3"

    def write(self, name: str, meta: tuple[str, ...], samples: tuple[str, ...], *rows: str) -> Path:
        contigs = [f"##contig=<ID={name},length={len(bases)}>" for name, bases in self.genome.contigs.items()]
        columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]
        columns += ["FORMAT", *samples] if samples else []
        lines = ["##fileformat=VCFv4.1", *meta, *contigs, "\t".join(columns), *("\t".join(row.split()) for row in rows)]
        path = self.folder / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def strelka(self) -> tuple[Path, Path]:
        """V600E among the SNVs, the loss of residues 746 to 750 of EGFR among the indels."""
        snv = f"{self.v600e()} . PASS SOMATIC {STRELKA_KEYS} 60:0:0:0:60,60:0,0:0,0:0,0 100:0:0:0:70,70:0,0:0,0:30,30"
        first = self.egfr.positions[0] + 1
        bases = self.genome.contigs[self.egfr.chrom][first - 1 : first + 15]
        counted = "DP:DP2:TAR:TIR:TOR 60:60:60,60:0,0:0,0 90:90:60,60:30,30:0,0"
        indel = f"{self.egfr.chrom} {first} . {bases} {bases[0]} . PASS SOMATIC {counted}"
        return (
            self.write("snvs.vcf", STRELKA_SNV, ("NORMAL", "TUMOR"), snv),
            self.write("indels.vcf", STRELKA_INDEL, ("NORMAL", "TUMOR"), indel),
        )

    def v600e(self) -> str:
        return f"{self.braf.chrom} {self.braf.positions[1]} . A T"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("given")
    genome = build_genome(7)
    write_fasta(genome, folder / "genome.fa")
    write_gff(genome, folder / "genes.gff3")
    places = {(p.gene, p.residue): p for p in place_hotspots(folder / "genes.gff3", folder / "genome.fa").places}
    return World(folder, genome, places["BRAF", "V600"], places["EGFR", "745-759"])


def request(world: World, path: Path, *also: Path) -> ReportRequest:
    return ReportRequest(
        path=path, also=also, tumor_type="LUAD", patient="P1", reference=world.reference, gff=world.gff,
        genome=GenomeBuild.SYNTHETIC,
    )  # fmt: skip


def reported(world: World, path: Path, *also: Path) -> dict[str, Any]:
    out = world.folder / "reports"
    (record,) = run_batch(cases_of_file(request(world, path, *also)), out, show=WITHOUT_PDF)
    assert record.error is None, record.error
    report: dict[str, Any] = json.loads((out / "P1.json").read_text())
    return report


def test_strelka_s_two_files_give_one_report_with_both_drivers(world: World) -> None:
    report = reported(world, *world.strelka())
    found = {finding["label"]: finding["variant"] for finding in report["interpretation"]["findings"]}
    assert set(found) == {"BRAF p.V600E", "EGFR p.E746_A750del"}
    assert {variant["origin"] for variant in found.values()} == {"somatic"}
    assert found["BRAF p.V600E"]["tumor"]["allele_fraction"] == pytest.approx(0.3)
    assert found["EGFR p.E746_A750del"]["tumor"]["alt_reads"] == 30
    assert [item["name"] for item in report["inputs"]] == ["snvs.vcf", "indels.vcf"]
    assert report["interpretation"]["n_records"] == 2


def test_the_sheet_takes_two_files_with_a_comma(world: World) -> None:
    names = ",".join(str(path) for path in world.strelka())
    patients, samples = world.folder / "patients.tsv", world.folder / "samples.tsv"
    patients.write_text("patient\ttumor_type\tassay\nP1\tLUAD\twes\n", encoding="utf-8")
    samples.write_text(f"patient\ttype\tvcf\nP1\ttumor\t{names}\n", encoding="utf-8")
    paths = ResultPaths(world.folder / "results")
    cohort = read_cohort(patients, samples, genome=GenomeBuild.SYNTHETIC)
    cases = cases_of_cohort(cohort, paths, reference=world.reference, gff=world.gff)
    (record,) = run_batch(cases, paths.reports, show=WITHOUT_PDF, stages=paths)
    assert record.error is None, record.error
    assert {finding.label for finding in record.row.findings} == {"BRAF p.V600E", "EGFR p.E746_A750del"}


def test_lofreq_without_sample_columns_keeps_its_counts(world: World) -> None:
    row = f"{world.v600e()} 900 PASS DP=200;AF=0.1;SB=0;DP4=90,90,10,10"
    report = reported(world, world.write("lofreq.vcf", LOFREQ, (), row))
    (finding,) = report["interpretation"]["findings"]
    tumor = finding["variant"]["tumor"]
    assert (tumor["depth"], tumor["alt_reads"], tumor["allele_fraction"]) == (200, 20, 0.1)
    assert finding["variant"]["origin"] == "uncertain"
    assert finding["variant"]["tumor_only_class"] == "undetermined"
    assert report["calling"]["population"] is None
    # LoFreq writes no column of a normal even where it compared with one.
    assert report["patient"]["mode"] == "unknown"


def test_an_error_names_the_user_s_file_and_not_our_copy(world: World) -> None:
    wrong = world.write("lofreq.vcf", LOFREQ, (), f"{world.v600e()} 900 PASS DP=200;AF=1.4;DP4=90,90,10,10")
    (record,) = run_batch(cases_of_file(request(world, wrong)), world.folder / "none", show=WITHOUT_PDF)
    assert record.user_error
    assert "lofreq.vcf" in (record.error or "")
    other = world.write("base.vcf", LOFREQ, (), f"{world.v600e().replace(' A T', ' C T')} 9 PASS DP=20;DP4=5,5,5,5")
    (record,) = run_batch(cases_of_file(request(world, other)), world.folder / "none", show=WITHOUT_PDF)
    assert record.user_error
    assert "base.vcf" in (record.error or "")
    assert "calls.vcf.gz" not in (record.error or "")


def test_a_maf_is_not_read_together_with_a_vcf(world: World) -> None:
    maf = world.folder / "calls.maf"
    maf.write_text("Hugo_Symbol\tTumor_Sample_Barcode\n", encoding="utf-8")
    with pytest.raises(InputError, match="only VCFs are read together"):
        cases_of_file(request(world, world.strelka()[0], maf))
