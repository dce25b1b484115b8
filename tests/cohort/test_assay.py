from __future__ import annotations

import pytest

from genomodel.cohort.assay import AssayRegion, current_gene_of


@pytest.mark.parametrize(
    ("chrom", "name", "gene"),
    [
        ("chr12", "MLL2:ex1", "KMT2D"),
        ("17", "HER2", "ERBB2"),
        ("1", "HER2", "HER2"),
        ("chrX", "FAM123B", "AMER1"),
        ("7", "control_3", "control_3"),
    ],
)
def test_regions_named_after_former_symbols_assay_the_gene_of_today(chrom: str, name: str, gene: str) -> None:
    assert current_gene_of(AssayRegion(chrom=chrom, start=1, end=2, name=name)) == gene
