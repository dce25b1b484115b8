from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from genomodel.core.findings import DispositionKind, Interpretation, variants_of
from genomodel.core.patients import Patient
from genomodel.core.variants import AnnotatedCalls
from genomodel.interpretation.interpret import interpret
from genomodel.resources.oncotree import resolve_tumor_type


def read_leukemias(shared_data: Path) -> list[AnnotatedCalls]:
    maf = pytest.importorskip("genomodel.annotation.maf")
    aml = resolve_tumor_type("AML")
    calls: list[AnnotatedCalls] = maf.read_maf(
        shared_data / "tcga_laml" / "tcga_laml.maf.gz", lambda sample: Patient(id=sample, tumor_type=aml)
    )
    return calls


def read_breast_cancer(shared_data: Path) -> AnnotatedCalls:
    vcf = pytest.importorskip("genomodel.annotation.vcf")
    path = next((shared_data / "hcc1395_exome").glob("*.vcf.gz"))
    calls: AnnotatedCalls = vcf.read_annotated_vcf(path, Patient(id="HCC1395", tumor_type=resolve_tumor_type("BRCA")))
    return calls


def check_sums(calls: AnnotatedCalls, result: Interpretation) -> None:
    assert len(result.dispositions) == len(calls.variants)
    assert len({d.record for d in result.dispositions}) == calls.n_records
    listed = [d for d in result.dispositions if d.kind in (DispositionKind.LISTED, DispositionKind.BENIGN)]
    assert len(listed) == len(result.other_variants)


def test_leukemia_genes_are_among_the_findings_of_real_patients(
    shared_data: Path, record_property: Callable[[str, object], None]
) -> None:
    patients = read_leukemias(shared_data)
    started = time.perf_counter()
    results = [interpret(calls, None) for calls in patients]
    seconds = time.perf_counter() - started
    record_property("shown", f"Interpreting {len(results)} real leukemias: {seconds:.2f} s")
    assert len(results) == 193
    for calls, result in zip(patients, results, strict=True):
        check_sums(calls, result)
    carriers = Counter(gene for result in results for gene in {finding.gene for finding in result.findings})
    tier_one = Counter(
        gene for result in results for gene in {finding.gene for finding in result.findings if finding.tier == "I-A"}
    )
    for gene, at_least in {"FLT3": 45, "NPM1": 30, "IDH1": 15, "IDH2": 18, "DNMT3A": 40, "RUNX1": 8}.items():
        assert carriers[gene] >= at_least, gene
    for gene in ("FLT3", "NPM1", "IDH1", "IDH2"):
        assert tier_one[gene] >= 15, gene
    assert tier_one["DNMT3A"] == 0


def test_breast_cancer_exome_names_tp53_and_not_its_germline_neighbor(shared_data: Path) -> None:
    calls = read_breast_cancer(shared_data)
    result = interpret(calls, None)
    assert calls.n_records == 1140
    check_sums(calls, result)
    labels = [finding.label for finding in result.findings]
    assert "TP53 p.R175H" in labels
    assert "TP53 p.P72R" not in labels
    polymorphism = [d for d in result.dispositions if d.variant.startswith("chr17:7676154:")]
    assert [d.kind for d in polymorphism] == [DispositionKind.GERMLINE]
    assert not [v for v in variants_of(result.other_variants) if v.variant.pos == 7676154]
