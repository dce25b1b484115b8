from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from genomodel.core.errors import InputError
from genomodel.profile.features import MUTATION_KINDS
from genomodel.resources.panels import (
    FEWEST_GENES,
    LEFT_OUT,
    MOST_GENES,
    GenePanel,
    distinct,
    gene_panels,
    read_gene_lists,
    read_symbols,
    read_tso500,
)
from genomodel.response.bundle import load_bundle


@pytest.fixture
def real_panels(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, GenePanel]:
    monkeypatch.setenv("GENOMODEL_MIRROR", str(shared_data))
    try:
        return {panel.name: panel for panel in gene_panels()}
    except InputError as error:
        pytest.skip(f"panel lists cannot be had: {error}")


def test_real_panels_are_distinct_assays(real_panels: dict[str, GenePanel]) -> None:
    lists = list(real_panels.values())
    assert len(lists) >= 60
    assert not set(real_panels) & set(LEFT_OUT)
    assert {"IMPACT341", "IMPACT505", "GUARDANT_73", "TSO500", "FMI-T7"} <= set(real_panels)
    assert {"KRAS", "BRAF", "EGFR"} <= real_panels["PHS-FOCUS-V1"].genes


def test_panels_tell_of_copy_number_and_fusions_only_where_the_source_does(real_panels: dict[str, GenePanel]) -> None:
    told = [name for name, panel in real_panels.items() if panel.amplification_genes is not None]
    assert told == ["TSO500"]
    one = real_panels["TSO500"]
    assert one.amplification_genes is not None
    assert one.deletion_genes is not None
    assert one.fusion_genes is not None
    assert one.instability
    assert "ERBB2" in one.amplification_genes
    assert "CDKN2A" in one.genes
    assert "CDKN2A" not in one.deletion_genes
    assert {"PTEN", "ATM", "BRCA1", "BRCA2"} <= one.deletion_genes
    assert {"NTRK1", "KMT2A"} <= one.fusion_genes


def test_genes_are_found_under_their_old_and_new_symbols(
    real_panels: dict[str, GenePanel], record_property: Callable[[str, object], None]
) -> None:
    assert {"MLL", "KMT2A", "FAM123B", "AMER1", "MYCL1", "MYCL"} <= real_panels["TSO500"].genes
    assert {"FAM46C", "TENT5C"} <= real_panels["IMPACT341"].genes
    model = {feature.subject for feature in load_bundle().features if feature.kind in MUTATION_KINDS}
    nowhere = sorted(model - frozenset().union(*(panel.genes for panel in real_panels.values())))
    shares = sorted(len(model & panel.genes) / len(model) for panel in real_panels.values())
    record_property(
        "shown",
        f"{len(real_panels)} panels hold {shares[0]:.0%} to {shares[-1]:.0%} of the model's {len(model)} genes, "
        f"median {shares[len(shares) // 2]:.0%}; in no panel: {', '.join(nowhere)}",
    )
    assert len(nowhere) < 0.1 * len(model)


def test_repeated_small_large_and_wrong_lists_are_left_out() -> None:
    genes = [f"G{i}" for i in range(MOST_GENES + 1)]
    lists = {
        "A": frozenset(genes[:100]),
        "A-V2": frozenset(genes[:105]),
        "B": frozenset(genes[:60]),
        "exome": frozenset(genes),
        "few": frozenset(genes[: FEWEST_GENES - 1]),
        "IMPACT468": frozenset(genes[200:300]),
        "WAKE-CLINICAL-T5A": frozenset(genes[300:350]),
    }
    assert [name for name, _ in distinct(lists)] == ["A", "B"]


def gzipped(path: Path, text: str) -> Path:
    path.write_bytes(gzip.compress(text.encode()))
    return path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "cannot be read"),
        ("[1]", "must be a JSON object"),
        (json.dumps({"P": {"entrez": ["1"]}}), "panel 'P' has no list of gene symbols"),
        (json.dumps({"P": {"genes": ["A", 3]}}), "panel 'P' has no list of gene symbols"),
        (json.dumps({"P": {"genes": []}}), "panel 'P' has no list of gene symbols"),
        (json.dumps({"P": ["A"]}), "panel 'P' has no list of gene symbols"),
    ],
)
def test_bad_panel_lists_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = gzipped(tmp_path / "panels.json.gz", text)
    with pytest.raises(InputError, match=message) as caught:
        read_gene_lists(path)
    assert str(path) in caught.value.message


def test_panel_lists_that_are_not_gzipped_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "panels.json.gz"
    path.write_text("{}")
    with pytest.raises(InputError, match=r"cannot be read.*Give gzipped JSON"):
        read_gene_lists(path)


TSO = (
    "Table: DNA-Sequencing of 2 genes (full) for small\n\nMLL, TP53\n"
    "DNA-Sequencing of 1 genes for the detection of copy gain and 2 genes for copy loss (ATM BRCA1)\nMYC\n"
    "RNA-Sequencing of 2 genes for the detection of fusions\nKMT2A(MLL), ALK\n"
)


def test_lists_under_their_headings_are_read(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text(TSO)
    assert read_tso500(path) == {
        "small": {"MLL", "TP53"},
        "gain": {"MYC"},
        "loss": {"ATM", "BRCA1"},
        "fusion": {"KMT2A", "MLL", "ALK"},
    }


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("MLL, TP53", "MLL", r"row 3: 1 genes follow, the heading says 2"),
        ("RNA-Sequencing", "Sequencing", "'fusion' is missing"),
        ("copy loss", "loss", "'gain' is missing|'loss' is missing"),
    ],
)
def test_lists_that_do_not_fit_their_headings_are_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "t.txt"
    path.write_text(TSO.replace(old, new))
    with pytest.raises(InputError, match=message):
        read_tso500(path)


def test_a_former_symbol_counts_only_when_it_is_nobody_elses(tmp_path: Path) -> None:
    rows = "symbol\tprev_symbol\nNEW\tOLD|SHARED\nOTHER\tSHARED|TAKEN\nTAKEN\t\n"
    symbols = read_symbols(gzipped(tmp_path / "h.tsv.gz", rows))
    assert symbols == {"NEW": {"NEW", "OLD"}, "OLD": {"NEW", "OLD"}, "OTHER": {"OTHER"}, "TAKEN": {"TAKEN"}}


def test_gene_symbols_without_their_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="columns 'symbol' and 'prev_symbol' are needed"):
        read_symbols(gzipped(tmp_path / "h.tsv.gz", "gene\tname\nA\tB\n"))
