from __future__ import annotations

import gzip
import math
import random
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.calls.copy_number import (
    call_copy_number,
    copies_of,
    gene_log2_ratios,
    noise_of_others,
    read_copy_number,
    read_region_depths,
    reason_not_assessed,
    state_of_gene,
    state_of_log2,
)
from genomodel.core.copy_number import CopyNumberState
from genomodel.core.errors import InputError
from genomodel.core.variants import RegionDepth

GENES = {"ERBB2": "chr17", "CDKN2A": "chr9", "TP53": "chr17", "KRAS": "chr12", "EGFR": "chr7", "AR": "chrX"}


def depths(copies: dict[str, float], depth: float, seed: int = 1) -> list[RegionDepth]:
    """Regions with their own capture efficiency and a little noise."""
    noise, efficiency = random.Random(seed), random.Random(99)
    regions = []
    for index, (gene, chrom) in enumerate(GENES.items()):
        for exon in range(1, 9):
            mean = depth * efficiency.uniform(0.5, 1.5) * copies.get(gene, 2.0) / 2 * noise.gauss(1, 0.05)
            start = 10000 * index + 500 * exon
            regions.append(
                RegionDepth(chrom=chrom, start=start, end=start + 200, name=f"{gene}:{exon}", mean_depth=round(mean, 2))
            )
    return regions


def write_bed(path: Path, regions: list[RegionDepth]) -> Path:
    with gzip.open(path, "wt") as handle:
        for r in regions:
            handle.write(f"{r.chrom}\t{r.start}\t{r.end}\t{r.name}\t{r.mean_depth}\n")
    return path


def test_amplification_and_deep_deletion_are_found_at_any_library_size(tmp_path: Path) -> None:
    tumor = write_bed(tmp_path / "t.bed.gz", depths({"ERBB2": 12, "CDKN2A": 0.4, "EGFR": 3.0, "TP53": 1.0}, 300))
    normal = write_bed(tmp_path / "n.bed.gz", depths({}, 110, seed=2))
    profile = call_copy_number(tumor, [normal], tmp_path / "out.tsv")
    assert profile is not None
    states = {call.gene: call.state.value for call in profile.calls}
    assert states == {
        "ERBB2": "amplification",
        "CDKN2A": "deep_deletion",
        "EGFR": "gain",
        "TP53": "loss",
        "KRAS": "neutral",
        "AR": "neutral",
    }
    assert set(profile.assayed_genes or ()) == set(GENES)
    assert next(call for call in profile.calls if call.gene == "ERBB2").n_regions == 8


def test_purity_uncovers_what_normal_cells_dilute() -> None:
    log2 = math.log2((0.4 * 0 + 0.6 * 2) / 2)
    assert state_of_log2(log2) is CopyNumberState.LOSS
    assert state_of_log2(log2, purity=0.4) is CopyNumberState.DEEP_DELETION
    assert copies_of(math.log2((0.5 * 10 + 0.5 * 2) / 2), purity=0.5) == pytest.approx(10)


def test_losing_one_copy_is_never_a_deep_deletion_at_any_purity() -> None:
    for purity in (0.1, 0.3, 0.5, 0.7, 0.9, 1.0):
        log2 = math.log2((purity * 1 + (1 - purity) * 2) / 2)
        assert state_of_log2(log2) is not CopyNumberState.DEEP_DELETION
        assert state_of_log2(log2, purity) is not CopyNumberState.DEEP_DELETION


def test_one_region_alone_claims_no_more_than_a_gain_or_loss() -> None:
    assert state_of_gene(3.0, 1)[0] is CopyNumberState.GAIN
    assert state_of_gene(-4.0, 1)[0] is CopyNumberState.LOSS


@pytest.mark.parametrize(
    ("log2", "purity", "noise", "state", "note"),
    [
        (0.27, 0.1, 0.05, CopyNumberState.GAIN, "by the purity only, log2 0.27 where 0.6 is needed"),
        (-0.12, 0.1, 0.05, None, "purity 0.1 is below 0.2"),
        (-0.35, 0.25, 0.05, CopyNumberState.LOSS, "log2 -0.35 where -0.4 is needed"),
        (-1.3, 0.1, 0.05, CopyNumberState.DEEP_DELETION, ""),
        (-0.6, 0.4, 0.25, CopyNumberState.LOSS, "within 3 times the noise"),
        (0.7, 0.3, 0.25, CopyNumberState.GAIN, "within 3 times the noise"),
        (0.7, 0.3, 0.1, CopyNumberState.AMPLIFICATION, ""),
        (1.9, 0.55, 0.1, CopyNumberState.AMPLIFICATION, ""),
        (-1.37, 0.7, 0.03, CopyNumberState.DEEP_DELETION, ""),
        (-1.37, 0.7, None, CopyNumberState.DEEP_DELETION, ""),
    ],
)
def test_a_strong_event_must_show_in_the_tumor_as_measured(
    log2: float, purity: float, noise: float | None, state: CopyNumberState | None, note: str
) -> None:
    found = state_of_gene(log2, 8, purity, noise)
    assert found[0] is state
    assert note in found[1]
    assert bool(note) == bool(found[1])


def test_noise_at_low_purity_becomes_no_amplification_or_deep_deletion(tmp_path: Path) -> None:
    tumor = write_bed(tmp_path / "t.bed.gz", depths({"ERBB2": 2.5, "CDKN2A": 1.7}, 300))
    normal = write_bed(tmp_path / "n.bed.gz", depths({}, 110, seed=2))
    profile = call_copy_number(tumor, [normal], tmp_path / "out.tsv", purity=0.1)
    assert profile is not None
    strong = {CopyNumberState.AMPLIFICATION, CopyNumberState.DEEP_DELETION}
    assert not [call for call in profile.calls if call.state in strong]
    assert "CDKN2A" not in (profile.assayed_genes or ())
    assert "CDKN2A\tnot_assessed" in (tmp_path / "out.tsv").read_text()


def test_the_noise_is_the_spread_of_the_other_genes() -> None:
    ratios = {f"G{index}": (0.1 * (-1) ** index, 5) for index in range(12)} | {"MYC": (3.0, 5)}
    assert noise_of_others(ratios, "MYC") == pytest.approx(0.14826)
    assert noise_of_others({name: ratios[name] for name in ("G1", "G2", "MYC")}, "MYC") is None


def test_without_a_normal_nothing_is_assessed_and_the_file_says_why(tmp_path: Path) -> None:
    tumor = write_bed(tmp_path / "t.bed.gz", depths({"ERBB2": 12}, 300))
    assert call_copy_number(tumor, [], tmp_path / "out.tsv") is None
    assert "not assessed: no normal" in (tmp_path / "out.tsv").read_text()
    profile = read_copy_number(tmp_path / "out.tsv")
    assert (profile.calls, profile.assayed_genes) == ((), ())
    assert reason_not_assessed(tmp_path / "out.tsv").startswith("not assessed: no normal was given")


@pytest.mark.parametrize("rows", ["", "ERBB2\tnot_assessed\nTP53\tna\n"])
def test_a_table_that_answers_for_no_gene_has_assayed_none(tmp_path: Path, rows: str) -> None:
    (tmp_path / "cn.tsv").write_text("gene\tstate\n" + rows)
    profile = read_copy_number(tmp_path / "cn.tsv")
    assert (profile.calls, profile.assayed_genes) == ((), ())
    assert reason_not_assessed(tmp_path / "cn.tsv").endswith("has an answer for no gene")


def test_pooled_normals_give_no_answer_on_sex_chromosomes() -> None:
    pool = [depths({}, 100, seed=2), depths({"AR": 1}, 120, seed=3)]
    ratios = gene_log2_ratios(depths({}, 200), pool)
    assert "AR" not in ratios
    assert abs(ratios["KRAS"][0]) < 0.2


def test_regions_the_normal_does_not_cover_are_left_out() -> None:
    normal = [r.model_copy(update={"mean_depth": 3.0}) if r.name.startswith("KRAS") else r for r in depths({}, 100)]
    assert "KRAS" not in gene_log2_ratios(depths({}, 200), [normal])


def test_other_regions_and_unnamed_regions_are_refused() -> None:
    tumor = depths({}, 100)
    with pytest.raises(InputError, match="different regions"):
        gene_log2_ratios(tumor, [tumor[1:]])
    unnamed = [r.model_copy(update={"name": ""}) for r in tumor]
    with pytest.raises(InputError, match="no gene names"):
        gene_log2_ratios(unnamed, [unnamed])
    dark = [r.model_copy(update={"mean_depth": 0.0}) for r in tumor]
    with pytest.raises(InputError, match="no region has reads"):
        gene_log2_ratios(dark, [tumor])


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("gene\tlog2\nERBB2\t2.5\nKRAS\t0\n", {"ERBB2": "amplification", "KRAS": "neutral"}),
        ("Gene\tCopies\nERBB2\t8\nTP53\t0\n", {"ERBB2": "amplification", "TP53": "deep_deletion"}),
        (
            "gene\tcall\nERBB2\tAMP\nTP53\tHOMDEL\nPTEN\t-1\n",
            {"ERBB2": "amplification", "TP53": "deep_deletion", "PTEN": "loss"},
        ),
        ("# made by hand\ngene\tlog2\tcopies\nMYC\t.\t4\nKIT\tNA\t2\n", {"MYC": "gain", "KIT": "neutral"}),
        ("gene\tstate\tlog2\nMYC\tnot_assessed\t\nKIT\tneutral\t0.1\n", {"KIT": "neutral"}),
    ],
)
def test_users_tables_are_read(tmp_path: Path, table: str, expected: dict[str, str]) -> None:
    (tmp_path / "cn.tsv").write_text(table)
    profile = read_copy_number(tmp_path / "cn.tsv")
    assert {call.gene: call.state.value for call in profile.calls} == expected
    assert (profile.assayed_genes is None) == ("neutral" not in expected.values())


@pytest.mark.parametrize(
    ("table", "message", "row"),
    [
        ("gene,log2\nERBB2,2\n", "something else than tabs", 1),
        ("symbol\tlog2\nERBB2\t2\n", "column missing: gene", 1),
        ("gene\tratio\nERBB2\t2\n", "column missing: state, copies or log2", 1),
        ("gene\tlog2\nERBB2\thigh\n", "'high' is not a number", 2),
        ("gene\tlog2\nERBB2\tinf\n", "not a finite number", 2),
        ("gene\tcopies\nERBB2\t-1\n", "-1.0 copies cannot be", 2),
        ("gene\tcall\nERBB2\tmaybe\n", "unknown state 'maybe'", 2),
        ("gene\tlog2\nERBB2\t\n", "has no value", 2),
        ("gene\tlog2\nERBB2\t2\nERBB2\t1\n", "stands twice", 3),
        ("gene\tlog2\n\t2\n", "no gene symbol", 2),
    ],
)
def test_bad_tables_are_refused_with_row(tmp_path: Path, table: str, message: str, row: int) -> None:
    (tmp_path / "cn.tsv").write_text(table)
    with pytest.raises(InputError, match=message) as caught:
        read_copy_number(tmp_path / "cn.tsv")
    assert caught.value.row == row


def test_region_depths_are_read_with_and_without_names(tmp_path: Path) -> None:
    (tmp_path / "r.bed").write_text("chr1\t0\t100\tTP53:2\t31.5\n")
    assert read_region_depths(tmp_path / "r.bed")[0].mean_depth == 31.5
    (tmp_path / "r.bed").write_text("chr1\t0\t100\t31.5\n")
    assert read_region_depths(tmp_path / "r.bed")[0].name == ""
    for bad in ("chr1\t0\t100\n", "chr1\t9\t9\tx\t3\n", "chr1\t0\t9\tx\tdeep\n", "chr1\t0\t9\tx\tnan\n"):
        (tmp_path / "r.bed").write_text(bad)
        with pytest.raises(InputError):
            read_region_depths(tmp_path / "r.bed")


@given(st.text(alphabet="gene\tlog2copis,1.-#\nERBaN ", max_size=120))
def test_no_text_makes_the_table_reader_crash(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("cn") / "cn.tsv"
    path.write_text("gene\tlog2\n" + text)
    with suppress(InputError):
        assert all(call.gene for call in read_copy_number(path).calls)
