from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from genomodel.core.errors import InputError
from genomodel.core.profile import GeneAlteration
from genomodel.core.variants import VariantClass
from genomodel.response.drugs import drug_targets
from genomodel.response.identity import masked_correlation, sibling_groups
from genomodel.response.sources import count_repeated, read_responses


def test_repeated_pairs_are_averaged(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("CELL_LINE_NAME,DRUG_NAME,LN_IC50\nA,D,1.0\nA,D,3.0\nT-T,D,5\nTT,D,7\n")
    table = read_responses(path)
    assert table.values.tolist() == [["A", "D", 2.0, 2], ["T-T", "D", 5.0, 1], ["TT", "D", 7.0, 1]]
    assert count_repeated([table, table]) == 2


def test_text_in_the_number_column_is_named_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("CELL_LINE_NAME,DRUG_NAME,LN_IC50\nA,D,1.0\nB,D,low\n")
    with pytest.raises(InputError, match="row 3, column 'LN_IC50': 'low' is not a number"):
        read_responses(path)


def test_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("line,drug\nA,D\n")
    with pytest.raises(InputError, match="'CELL_LINE_NAME' is missing"):
        read_responses(path)


def test_lines_that_share_rare_changes_are_one_patient() -> None:
    def line(*changes: str) -> tuple[GeneAlteration, ...]:
        return tuple(
            GeneAlteration(gene="G", variant_class=VariantClass.MISSENSE, protein_change=change) for change in changes
        )

    lines = [line("A1T", "A2T", "A3T", "A4T"), line("A1T", "A2T", "A3T", "C9T"), line("A1T", "D5T", "D6T", "D7T")]
    assert sibling_groups(lines, ["a", "b", "c"]) == ["a", "a", "c"]


def test_masked_correlation_agrees_with_numpy() -> None:
    rng = np.random.default_rng(1)
    left, right = rng.standard_normal((30, 3)), rng.standard_normal((30, 2))
    left[:5, 0] = np.nan
    found = masked_correlation(left, right, 10)
    assert found[0, 1] == pytest.approx(np.corrcoef(left[5:, 0], right[5:, 1])[0, 1])
    assert found[2, 0] == pytest.approx(np.corrcoef(left[:, 2], right[:, 0])[0, 1])


def test_every_offered_drug_has_a_target() -> None:
    assert all(target.targets and target.pathway for target in drug_targets().values())
