"""Samples that are hard for a caller: amplicons read 20,000 times, and tissue damaged by formalin."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pysam
import pytest

from bench.calling_pairs import Pair, prepare, run_workflow
from genomodel.calls.engines import ENGINES
from genomodel.calls.tools import find_tool
from genomodel.simulate.amplicon import AmpliconPair, write_amplicon_pair
from genomodel.simulate.hard import FFPE, Scenario
from tests.workflow.conftest import snakemake, write_config

pytestmark = pytest.mark.slow

DEPTH, FRACTION = 20_000, 0.01
ALLELES = (("KRAS G12D", FRACTION), ("TP53 R175H", 0.0))
PATIENT = "deep"


def here(engine: str) -> bool:
    return all(find_tool(program) for program in ENGINES[engine].programs)


@pytest.fixture(scope="module")
def deep(tmp_path_factory: pytest.TempPathFactory) -> tuple[AmpliconPair, Path]:
    """The pair, and the results of a run from its reads."""
    folder = tmp_path_factory.mktemp("deep")
    pair = write_amplicon_pair(folder, ALLELES, depth=DEPTH)
    sheet = ["patient\ttype\tfastq_1\tfastq_2\tlibrary\tprimer_bed\tpreservation"]
    for sample, preservation in (("tumor", "frozen"), ("normal", "blood")):
        reads = "\t".join(str(pair.reads(sample, mate)) for mate in (1, 2))
        sheet.append(f"{PATIENT}\t{sample}\t{reads}\tamplicon\t{pair.primers}\t{preservation}")
    (folder / "samples.tsv").write_text("\n".join(sheet) + "\n")
    patients = ("patient\ttumor_type\tassay\tpurity\tassay_bed", f"{PATIENT}\tLUAD\tpanel\t0.5\t{pair.inserts}")
    (folder / "patients.tsv").write_text("\n".join(patients) + "\n")
    done = snakemake(folder, write_config(folder, folder), f"{folder}/results/calls/consensus/{PATIENT}.vcf.gz")
    assert done.returncode == 0, done.stdout + done.stderr
    return pair, folder / "results" / "calls"


def fraction_of(calls: Path, pair: AmpliconPair, label: str) -> tuple[pysam.VariantRecord, float, int] | None:
    """Record of a hotspot allele with its fraction and depth in the tumor."""
    allele = next(a.allele for a in pair.amplicons if a.label == label)
    with pysam.VariantFile(str(calls)) as vcf:
        for record in vcf.fetch(allele.contig, allele.pos, allele.pos + 1):
            if (record.start, record.ref, record.alts) == (allele.pos, allele.ref, (allele.alt,)):
                tumor = record.samples[f"{PATIENT}.tumor"]
                return record, float(tumor["AF"][0]), int(tumor["DP"])
    return None


def test_one_percent_at_20000_fold_is_called_at_its_true_fraction(deep: tuple[AmpliconPair, Path]) -> None:
    pair, calls = deep
    found = fraction_of(calls / "consensus" / f"{PATIENT}.vcf.gz", pair, "KRAS G12D")
    assert found is not None
    record, fraction, depth = found
    assert fraction == pytest.approx(FRACTION, abs=0.002)
    assert 0.9 * DEPTH < depth <= DEPTH
    assert list(record.filter) == ["PASS"]
    assert record.info["GM_ORIGIN"] == "somatic"


@pytest.mark.parametrize("engine", ["mutect2", "freebayes", "pileup"])
def test_no_engine_is_capped_at_20000_fold(deep: tuple[AmpliconPair, Path], engine: str) -> None:
    if not here(engine):
        pytest.skip(f"{' and '.join(ENGINES[engine].programs)} not installed")
    pair, calls = deep
    found = fraction_of(calls / engine / f"{PATIENT}.vcf.gz", pair, "KRAS G12D")
    assert found is not None
    _, fraction, depth = found
    assert fraction == pytest.approx(FRACTION, abs=0.003)
    assert depth > 0.8 * DEPTH


def test_an_amplicon_without_a_variant_has_no_call(deep: tuple[AmpliconPair, Path]) -> None:
    pair, calls = deep
    wanted = {(a.allele.contig, a.allele.pos) for a in pair.amplicons if a.fraction}
    with pysam.VariantFile(str(calls / "consensus" / f"{PATIENT}.vcf.gz")) as vcf:
        passed = {(record.chrom, record.start) for record in vcf if "PASS" in record.filter}
    assert passed == wanted


def test_damage_by_formalin_is_not_called_somatic(tmp_path: Path) -> None:
    scenario = Scenario(
        "ffpe", 150, 60, 0.6, (0.1, 0.2), 12, artifacts=replace(FFPE, ffpe_sites=1 / 300), hotspot_fractions=(0.1, 0.2)
    )
    pair = Pair(scenario, 0, "ffpe")
    files = prepare(pair, None, tmp_path)
    results = run_workflow(pair, files, "varlociraptor" if find_tool("varlociraptor") else "likelihood")
    with pysam.VariantFile(str(files.truth)) as vcf:
        somatic = {(r.chrom, r.start, r.alts) for r in vcf if r.info["ORIGIN"] == "somatic" and r.rlen == 1}
    sites = [line.split("\t") for line in files.artifacts.read_text().splitlines()[1:]]
    damaged = {(contig, int(start)) for contig, start, _, stratum, *_ in sites if stratum == "ffpe"}
    assert len(damaged) > 50
    with pysam.VariantFile(str(results / "calls" / "consensus" / "ffpe.vcf.gz")) as vcf:
        records = [(r.chrom, r.start, r.alts, "PASS" in r.filter) for r in vcf]
    seen = {(contig, pos) for contig, pos, *_ in records}
    passed = {(contig, pos, alts) for contig, pos, alts, fine in records if fine}
    # The engines propose damage as candidates, so that refusing it is the decision's work.
    assert len(damaged & seen) > 10
    assert len({(contig, pos) for contig, pos, _ in passed} & damaged) <= 1
    assert len(somatic & passed) > 0.85 * len(somatic)
