from __future__ import annotations

import math
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.calls.copy_number import Context, read_copy_number, read_region_depths, reason_not_assessed, table_of
from genomodel.calls.copy_number.copies import copies_of, middle_of, state_of_copies, state_of_log2
from genomodel.core.copy_number import CopyNumberCall, CopyNumberProfile, CopyNumberState, PurityPloidy
from genomodel.core.errors import InputError
from genomodel.core.provenance import SourceFile

SOURCE = SourceFile(name="panel.bed", sha256="0", kind="bed")


def test_no_log2_ratio_alone_is_a_deep_deletion() -> None:
    assert {state_of_log2(value / 10) for value in range(-100, -6)} == {CopyNumberState.LOSS}
    assert state_of_log2(1.6) is CopyNumberState.AMPLIFICATION
    assert state_of_log2(1.5) is CopyNumberState.GAIN


def test_copies_are_those_of_the_tumor_cells_whatever_reference_and_ploidy() -> None:
    assert copies_of(math.log2((0.5 * 10 + 0.5 * 2) / 2), 0.5) == pytest.approx(10)
    doubled = PurityPloidy(purity=0.5, ploidy=4.0, source="estimated")
    assert copies_of(0.0, 0.5, middle=middle_of(doubled)) == pytest.approx(4)
    shifted = PurityPloidy(purity=0.5, ploidy=4.0, diploid_log2=-0.5, source="estimated")
    assert copies_of(-0.5, 0.5, middle=middle_of(shifted)) == pytest.approx(2)
    assert copies_of(0.0, 0.5, normal_copies=1.0) == pytest.approx(1)
    assert copies_of(-1.0, 0.5, normal_copies=1.0, reference_copies=2.0) == pytest.approx(1)


def test_six_copies_are_a_gain_in_a_genome_of_four() -> None:
    assert state_of_copies(6.0) is CopyNumberState.AMPLIFICATION
    assert state_of_copies(6.0, base=4.0) is CopyNumberState.GAIN
    assert state_of_copies(8.0, base=4.0) is CopyNumberState.AMPLIFICATION
    assert state_of_copies(2.0, base=4.0) is CopyNumberState.LOSS


def profile() -> CopyNumberProfile:
    erbb2 = CopyNumberCall(
        gene="ERBB2", state=CopyNumberState.AMPLIFICATION, log2_ratio=2.0, copies=13.1, copies_low=11.0,
        copies_high=16.0, n_regions=27, event_bases=7448, loh=False,
    )  # fmt: skip
    pten = CopyNumberCall(gene="PTEN", state=CopyNumberState.LOSS, copies=1.0, note="possible loss: purity unknown")
    neutral = CopyNumberCall(gene="KRAS", state=CopyNumberState.NEUTRAL, copies=2.0)
    return CopyNumberProfile(
        source=SOURCE,
        calls=(erbb2, neutral, pten),
        assayed_genes=("ERBB2", "KRAS", "PTEN"),
        not_assessed={"AR": "on chromosome X, and the patient's sex is not given"},
        method="CNVkit",
    )


def test_what_was_called_is_read_back_from_json_and_from_the_table(tmp_path: Path) -> None:
    made = profile()
    (tmp_path / "p.json").write_text(made.to_json())
    (tmp_path / "p.tsv").write_text(table_of(made, "Genome: GRCh38"))
    from_json, from_table = read_copy_number(tmp_path / "p.json"), read_copy_number(tmp_path / "p.tsv")
    assert from_json == made.model_copy(update={"source": from_json.source})
    assert from_json.source.name == "p.json"
    assert from_table.calls == made.calls
    assert (from_table.assayed_genes, from_table.not_assessed) == (made.assayed_genes, made.not_assessed)


def test_json_of_another_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(profile().to_json().replace('"calls"', '"genes"'))
    with pytest.raises(InputError, match="no copy number of this version"):
        read_copy_number(tmp_path / "p.json")


def test_a_profile_without_an_answer_says_the_commonest_reason(tmp_path: Path) -> None:
    empty = CopyNumberProfile(source=SOURCE, assayed_genes=(), not_assessed={"A": "x", "B": "too few reads", "C": "x"})
    (tmp_path / "p.json").write_text(empty.to_json())
    (tmp_path / "p.tsv").write_text(table_of(empty))
    assert reason_not_assessed(tmp_path / "p.json") == "not assessed: x"
    assert reason_not_assessed(tmp_path / "p.tsv") == "not assessed: x"


@pytest.mark.parametrize("rows", ["", "ERBB2\tnot_assessed\nTP53\tna\n"])
def test_a_table_that_answers_for_no_gene_has_assayed_none(tmp_path: Path, rows: str) -> None:
    (tmp_path / "cn.tsv").write_text("gene\tstate\n" + rows)
    profile = read_copy_number(tmp_path / "cn.tsv")
    assert (profile.calls, profile.assayed_genes) == ((), ())
    assert reason_not_assessed(tmp_path / "cn.tsv").endswith("has an answer for no gene")


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
        ("gene\tlog2\nCDKN2A\t-3.1\nKIT\t0\n", {"CDKN2A": "loss", "KIT": "neutral"}),
    ],
)
def test_users_tables_are_read(tmp_path: Path, table: str, expected: dict[str, str]) -> None:
    (tmp_path / "cn.tsv").write_text(table)
    profile = read_copy_number(tmp_path / "cn.tsv", Context(purity=0.7))
    assert {call.gene: call.state.value for call in profile.calls} == expected
    assert (profile.assayed_genes is None) == ("neutral" not in expected.values())


@pytest.mark.parametrize(
    "table",
    ["gene\tcopies\nCDKN2A\t0.3\nTP53\t2\n", "gene\tstate\nCDKN2A\tdeep_deletion\n", "gene\tcall\nCDKN2A\t-2\n"],
)
def test_no_table_has_a_deep_deletion_without_a_purity(tmp_path: Path, table: str) -> None:
    path = tmp_path / "cn.tsv"
    path.write_text(table)
    lost = read_copy_number(path).calls[0]
    assert (lost.state, lost.note) == (CopyNumberState.LOSS, "possible loss: purity unknown")
    given_purity = read_copy_number(path, Context(purity=0.5))
    assert given_purity.calls[0].state is CopyNumberState.DEEP_DELETION
    path.write_text("# purity: 0.5 (pathologist)\n" + table)
    assert read_copy_number(path).calls[0].state is CopyNumberState.DEEP_DELETION
    assert read_copy_number(path, Context(purity=0.9)).calls[0].note.startswith("possible loss: purity in dispute")
    path.write_text("# by hand\n# purity: 50\n" + table)
    with pytest.raises(InputError, match="a purity of 50 cannot be") as caught:
        read_copy_number(path)
    assert caught.value.row == 2


@pytest.mark.parametrize(
    ("log2", "purity", "expected"),
    [
        (0.0, 0.7, "neutral "),
        (-3.0, 0.7, "loss possible loss: by its log2 ratio alone"),
        (-3.0, None, "loss possible loss: purity unknown"),
        (-0.32, 0.2, "too noisy: possible loss: by the purity only, log2 -0.32 where -0.4 is needed"),
        (0.1, 0.1, "too noisy to exclude amplification"),
        (0.68, 0.2, "gain amplification: 95 % interval"),
        (0.68, None, "gain amplification not excluded: purity unknown"),
    ],
)
def test_a_log2_ratio_alone_is_read_at_the_purity_that_is_known(
    tmp_path: Path, log2: float, purity: float | None, expected: str
) -> None:
    (tmp_path / "cn.tsv").write_text(f"gene\tlog2\nA\t{log2}\n")
    profile = read_copy_number(tmp_path / "cn.tsv", Context(purity=purity))
    told = [f"{call.state.value} {call.note}" for call in profile.calls] or [profile.not_assessed["A"]]
    assert told[0].startswith(expected)


def test_a_gain_of_our_own_file_may_be_more_where_the_given_purity_is_another(tmp_path: Path) -> None:
    gain = CopyNumberCall(gene="ERBB2", state=CopyNumberState.GAIN, copies=3.3, loh=False)
    purity = PurityPloidy(purity=0.6, source="given")
    made = CopyNumberProfile(source=SOURCE, calls=(gain,), assayed_genes=("ERBB2",), purity=purity)
    (tmp_path / "p.json").write_text(made.to_json())
    undisputed = read_copy_number(tmp_path / "p.json").calls[0]
    assert (undisputed.note, undisputed.loh) == ("", False)
    disputed = read_copy_number(tmp_path / "p.json", Context(purity=0.2)).calls[0]
    assert disputed.note.startswith("amplification not excluded: purity in dispute, given 20 %")
    assert disputed.loh is None


def test_our_own_files_keep_their_deep_deletions_with_their_purity_alone(tmp_path: Path) -> None:
    lost = CopyNumberCall(gene="CDKN2A", state=CopyNumberState.DEEP_DELETION, copies=0.1)
    for purity, state in ((PurityPloidy(purity=0.6, source="given"), "deep_deletion"), (None, "loss")):
        made = CopyNumberProfile(source=SOURCE, calls=(lost,), assayed_genes=("CDKN2A",), purity=purity)
        (tmp_path / "p.json").write_text(made.to_json())
        (tmp_path / "p.tsv").write_text(table_of(made))
        for name in ("p.json", "p.tsv"):
            assert read_copy_number(tmp_path / name).calls[0].state == state


@pytest.mark.parametrize(
    ("table", "message", "row"),
    [
        ("gene,log2\nERBB2,2\n", "something else than tabs", 1),
        ("symbol\tlog2\nERBB2\t2\n", "column missing: gene", 1),
        ("gene\tratio\nERBB2\t2\n", "column missing: state, copies or log2", 1),
        ("gene\tlog2\nERBB2\thigh\n", "'high' is not a number", 2),
        ("gene\tlog2\nERBB2\tinf\n", "not a finite number", 2),
        ("gene\tlog2\nERBB2\t5000\n", "5000 cannot be", 2),
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
