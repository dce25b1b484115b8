from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.core.biomarkers import TrialSearch
from genomodel.core.copy_number import CopyNumberState
from genomodel.core.errors import InputError
from genomodel.core.patients import Assay
from genomodel.core.variants import Origin
from genomodel.interpretation.interpret import interpret
from genomodel.interpretation.trials import COLUMNS, read_trials
from tests.interpretation.builders import calls_of, patient, profile_of, variant

ROWS = (
    ("T1", "KRAS G12C inhibitor", "recruiting", "KRAS", "allele:G12C", "", "https://trials.test/1", "2026-11-01"),
    ("T2", "BRAF in melanoma", "recruiting", "BRAF", "allele:V600E & !NRAS/mutation", "MEL", "", "2026-11-20"),
    ("T3", "HER2", "closed", "ERBB2", "amplification", "BREAST;STOMACH", "", "2026-11-20"),
)


def table(folder: Path, *rows: tuple[str, ...], columns: tuple[str, ...] = COLUMNS) -> Path:
    path = folder / "trials.tsv"
    path.write_text("\n".join("\t".join(row) for row in (columns, *rows)) + "\n")
    return path


def searched(path: Path, tumor_type: str, *changes: tuple[str, str], amplified: str = "") -> TrialSearch:
    who = patient(tumor_type, assay=Assay.PANEL, assayed_genes=("BRAF", "ERBB2", "KRAS", "NRAS", "TP53"))
    copies = profile_of(amplified, CopyNumberState.AMPLIFICATION) if amplified else None
    calls = calls_of(who, *(variant(gene, change) for gene, change in changes))
    return interpret(calls, copies, trials=read_trials(path)).trials


def test_without_a_list_nothing_is_searched_and_that_is_said() -> None:
    found = interpret(calls_of(patient("LUAD"), variant("KRAS", "G12C")), None).trials
    assert not found.searched
    assert found.reason == "not searched: no source of trials is configured"
    assert found.trials == ()


def test_trials_are_matched_by_alteration_and_tumor_type(tmp_path: Path) -> None:
    path = table(tmp_path, *ROWS)
    lung = searched(path, "LUAD", ("KRAS", "G12C"))
    assert [(trial.id, trial.matched_on, trial.status) for trial in lung.trials] == [
        ("T1", ("KRAS p.G12C",), "recruiting")
    ]
    assert lung.searched
    assert lung.date == "2026-11-01"
    assert "trials.tsv, SHA-256" in lung.source
    assert [trial.id for trial in searched(path, "SKCM", ("BRAF", "V600E")).trials] == ["T2"]
    assert searched(path, "LUAD", ("BRAF", "V600E")).trials == ()
    unasked = calls_of(patient("SKCM"), variant("BRAF", "V600E"))
    assert interpret(unasked, None, trials=read_trials(path)).trials.trials == ()
    assert searched(path, "SKCM", ("BRAF", "V600E"), ("NRAS", "Q61R")).trials == ()
    (amplified,) = searched(path, "IDC", amplified="ERBB2").trials
    assert (amplified.id, amplified.matched_on) == ("T3", ("ERBB2 amplification",))


def test_none_found_is_said(tmp_path: Path) -> None:
    found = searched(table(tmp_path, *ROWS), "LUAD", ("TP53", "R175H"))
    assert found.searched
    assert found.reason == "none of the 3 trials of the list takes this tumor"


def test_a_trial_that_is_open_is_named_with_what_is_not_known(tmp_path: Path) -> None:
    asks = ("T4", "KRAS without STK11", "recruiting", "KRAS", "allele:G12C & !STK11/mutation", "", "", "2026-11-20")
    found = searched(table(tmp_path, *ROWS, asks), "LUAD", ("KRAS", "G12C"))
    assert [trial.id for trial in found.trials] == ["T1"]
    assert found.reason == "open: T4 (no STK11 mutation (STK11 was not assayed))"
    found = searched(table(tmp_path, *ROWS[1:], asks), "LUAD", ("KRAS", "G12C"))
    assert (
        found.reason == "none of the 3 trials of the list takes this tumor for sure; "
        "open: T4 (no STK11 mutation (STK11 was not assayed))"
    )
    elsewhere = (*asks[:5], "MEL", *asks[6:])
    assert searched(table(tmp_path, *ROWS, elsewhere), "LUAD", ("KRAS", "G12C")).reason == ""


def test_a_marker_of_the_whole_tumor_needs_no_gene(tmp_path: Path) -> None:
    row = ("T5", "MSI", "recruiting", "", "msi_high", "", "", "2026-11-20")
    assert len(read_trials(table(tmp_path, row)).rows) == 1


def test_former_symbols_are_genes(tmp_path: Path) -> None:
    row = ("T5", "HER2", "recruiting", "HER2", "amplification", "", "", "2026-11-20")
    assert len(read_trials(table(tmp_path, row)).rows) == 1


def test_what_is_not_of_the_tumor_matches_no_trial(tmp_path: Path) -> None:
    source = read_trials(table(tmp_path, *ROWS))
    for origin in (Origin.GERMLINE, Origin.NOT_CALLED):
        calls = calls_of(patient("LUAD"), variant("KRAS", "G12C", origin=origin))
        assert interpret(calls, None, trials=source).trials.trials == ()


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("match", "allel:G12C", "'allel' is no match rule"),
        ("match", "", "the value is missing"),
        ("tumor_types", "LUADD", "LUADD"),
        ("url", "javascript:alert(1)", "no web address"),
        ("queried", "last week", "no day"),
        ("queried", "20261101", "no day"),
        ("gene", "KRASS", "'KRASS' is no gene"),
        ("gene", "", "names no gene"),
        ("match", "allele:G12C & !TP35/mutation", "'TP35' is no gene"),
        ("title", "<b>best</b>", "HTML"),
        ("title", "=cmd()", "formula"),
        ("id", "T2", "already"),
    ],
)
def test_a_bad_row_is_named_with_row_and_column(tmp_path: Path, column: str, value: str, says: str) -> None:
    cells = dict(zip(COLUMNS, ROWS[0], strict=True)) | {column: value}
    path = table(tmp_path, ROWS[1], tuple(cells.values()))
    with pytest.raises(InputError) as raised:
        read_trials(path)
    for words in (says, "row 3", column, str(path)):
        assert words in raised.value.message


def test_all_flaws_are_named_at_once(tmp_path: Path) -> None:
    rows = [(*ROWS[0][:4], "allel:X", *ROWS[0][5:7], "never"), (*ROWS[1][:4], "nonsense(", *ROWS[1][5:])]
    with pytest.raises(InputError) as raised:
        read_trials(table(tmp_path, *rows))
    assert raised.value.message.count("row 2") == 2
    assert "row 3" in raised.value.message


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="queried"):
        read_trials(table(tmp_path, ROWS[0][:-1], columns=COLUMNS[:-1]))
