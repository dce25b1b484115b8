from __future__ import annotations

from pathlib import Path

import pytest

from bench.hgvs import as_table, human_genomes, measure
from tests.annotation.hgvs_oracle_grounds import synthetic


def test_a_small_run_counts_every_allele(tmp_path: Path) -> None:
    found = measure(synthetic(tmp_path), 28)
    rows = found["classes"]
    assert isinstance(rows, dict)
    assert found["alleles"] == 28 == sum(row["alleles"] for row in rows.values())
    assert sum(found["csq"].values()) == 28  # type: ignore[attr-defined]
    assert as_table("names", rows).row_count == len(rows) + 1


def test_genomes_of_the_environment_may_be_several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENOMODEL_BENCH_FASTA", "/a/GRCh37.fa.gz:/b/GRCh38.fa.gz")
    monkeypatch.setenv("GENOMODEL_BENCH_GFF", "/a/GRCh37.gff3:/b/GRCh38.gff3")
    assert [(genome.name, genome.gff) for genome in human_genomes(None)] == [
        ("GRCh37", Path("/a/GRCh37.gff3")),
        ("GRCh38", Path("/b/GRCh38.gff3")),
    ]
    monkeypatch.setenv("GENOMODEL_BENCH_FASTA", "")
    monkeypatch.setenv("GENOMODEL_BENCH_GFF", "")
    assert human_genomes(None) == []
    assert [genome.name for genome in human_genomes([["x.fa", "x.gff3"]])] == ["x"]
