"""The coverage of what a report puts first: by the rule of reports, on lines that nothing was learned of."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.core.predictions import DrugAccuracy, DrugPrediction
from genomodel.response import shown, shown_coverage
from genomodel.response.bundle import Bundle, load_bundle
from genomodel.response.dataset import ResponseData
from genomodel.response.ensemble import TrainingConfig
from genomodel.response.evaluate import Evaluation, evaluate
from genomodel.response.predict import stretched
from genomodel.response.selection import UNSTRETCHED, Selected, stretch_of
from genomodel.response.shown_coverage import (
    Ranked,
    chosen,
    explained,
    fold_bundle,
    held_out_reports,
    learned,
    measure,
    share_of,
)
from genomodel.response.splits import Folds, make_folds
from genomodel.response.train import measured_quantiles
from tests.report import reports as made_up

QUICK = TrainingConfig(seeds=(1,), n_components=3, max_epochs=2)
COLUMNS = [0, 1, 2, 3]


@pytest.fixture(scope="module")
def folds(made_data: ResponseData) -> Folds:
    return make_folds(made_data)


@pytest.fixture(scope="module")
def result(made_data: ResponseData, folds: Folds) -> Evaluation:
    return evaluate(made_data, "low-rank", config=QUICK, folds=folds)


@pytest.fixture(scope="module")
def ranked(made_data: ResponseData, folds: Folds, result: Evaluation) -> list[Ranked]:
    return held_out_reports(made_data, result.held_out, folds, COLUMNS, measured_quantiles)


def test_each_line_is_asked_once_and_predicted_as_it_was_held_out(
    made_data: ResponseData, result: Evaluation, ranked: list[Ranked]
) -> None:
    assert sorted(row.line for row in ranked) == list(range(len(made_data.lines)))
    names = [drug.drug for drug in made_data.drugs]
    for row in ranked:
        for prediction in row.predictions:
            held_out = result.held_out.prediction[row.line, names.index(prediction.drug)]
            assert prediction.ln_ic50 == pytest.approx(held_out, abs=2e-5)


def test_nothing_measured_on_a_held_out_line_reaches_the_bundle_that_predicts_it(
    made_data: ResponseData, folds: Folds, result: Evaluation
) -> None:
    """Responses of the lines of one fold are replaced by noise: its bundle stays as it is."""
    fold, ensemble = folds.parts[0], result.held_out.ensembles[0]
    noise = made_data.ln_ic50.copy()
    noise[fold.test] = np.random.default_rng(1).normal(0, 50, (len(fold.test), 4))
    other = dataclasses.replace(made_data, ln_ic50=noise)
    one, two = (
        fold_bundle(data, result.held_out, fold, ensemble, COLUMNS, measured_quantiles) for data in (made_data, other)
    )
    for name in ("lower", "upper", "tissue_scale", "residual_variance", "predictable"):
        assert np.array_equal(getattr(one.calibration, name), getattr(two.calibration, name)), name
    assert np.array_equal(one.quantiles, two.quantiles)
    assert one.calibration.widening == two.calibration.widening
    gates = [[row.within_tissue_r_lower for row in bundle.calibration.accuracy] for bundle in (one, two)]
    assert gates[0] == gates[1]


def test_what_is_measured_is_what_a_report_puts_first(ranked: list[Ranked]) -> None:
    n_pairs = 0
    for row in ranked:
        first = [drug for drug in shown.leading(row.predictions) if not np.isnan(row.truth[drug.drug])]
        pairs = chosen(row)
        n_pairs += len(pairs)
        inside = [drug.lower90 <= row.truth[drug.drug] <= drug.upper90 for drug in first]
        assert [pair.inside for pair in pairs] == inside
    assert n_pairs > 30


def narrowed(row: Ranked, factor: float) -> Ranked:
    """The same line with intervals that are too narrow by a factor."""
    predictions = tuple(
        drug.model_copy(
            update={
                "lower90": drug.ln_ic50 - factor * (drug.ln_ic50 - drug.lower90),
                "upper90": drug.ln_ic50 + factor * (drug.upper90 - drug.ln_ic50),
            }
        )
        for drug in row.predictions
    )
    return dataclasses.replace(row, predictions=predictions)


def test_intervals_that_are_too_narrow_are_stretched_until_lines_that_taught_nothing_are_covered(
    made_data: ResponseData, folds: Folds, ranked: list[Ranked]
) -> None:
    narrow = [narrowed(row, 0.3) for row in ranked]
    found = measure(narrow, folds.labels, made_data.groups)
    assert found is not None
    assert found.unmended is not None
    assert found.unmended.share < 0.7
    assert found.overall.share >= 0.85
    assert found.stretch[1] > 1.5
    assert found.overall.lower < found.overall.share < found.overall.upper


def test_intervals_that_hold_stay_as_they_are(made_data: ResponseData, folds: Folds, ranked: list[Ranked]) -> None:
    wide = [narrowed(row, 3.0) for row in ranked]
    found = measure(wide, folds.labels, made_data.groups)
    assert found is not None
    assert (found.unmended, found.stretch) == (None, UNSTRETCHED)
    assert found.overall.share > 0.95


def test_factors_of_a_fold_come_from_the_other_folds(
    made_data: ResponseData, folds: Folds, ranked: list[Ranked]
) -> None:
    """What the lines of a fold were measured at moves no factor that they are judged with."""
    others = [row for row in ranked if folds.labels[row.line] != 0]
    assert learned(others) == learned([narrowed(row, 1.0) for row in others])
    assert learned([narrowed(row, 0.3) for row in others]) > learned(others)


def far_out(row: Ranked, factor: float) -> Ranked:
    """The same line, measured beyond the end of each of its intervals by a factor."""
    truth = {drug.drug: drug.ln_ic50 + factor * (drug.upper90 - drug.ln_ic50) for drug in row.predictions}
    return dataclasses.replace(row, truth=row.truth | truth)


def test_the_coverage_of_a_fold_is_measured_with_factors_that_it_taught_nothing(
    made_data: ResponseData, folds: Folds, ranked: list[Ranked]
) -> None:
    """One fold alone is measured far out: what it was, had it taught the factors, would lie inside."""
    narrow = [narrowed(row, 0.3) for row in ranked]
    odd = [far_out(row, 4.0 + row.line % 3) if folds.labels[row.line] == 0 else row for row in narrow]
    found = measure(odd, folds.labels, made_data.groups)
    assert found is not None
    others = learned([row for row in odd if folds.labels[row.line] != 0])
    own = [pair.inside for row in odd if folds.labels[row.line] == 0 for pair in chosen(row, others)]
    assert len(own) > 5
    assert not any(own)
    told = [pair.inside for row in odd if folds.labels[row.line] == 0 for pair in chosen(row, found.stretch)]
    assert any(told), "factors learned of all folds reach them"
    assert found.overall.share <= 1 - len(own) / found.overall.n_pairs + 1e-4


def test_tissues_with_too_few_pairs_are_told_together_and_never_as_a_tissue_that_has_enough(
    made_data: ResponseData, folds: Folds, ranked: list[Ranked], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each pair counts once: for its tissue, or for all tissues that have too few."""
    known = sorted({row.tissue for row in ranked})
    wide = [
        dataclasses.replace(narrowed(row, 3.0), tissue=known[0] if index % 3 else known[1])
        for index, row in enumerate(ranked)
    ]
    counts = Counter(pair.tissue for row in wide for pair in chosen(row))
    (enough, most), *others = counts.most_common()
    assert others
    assert most > others[0][1]
    monkeypatch.setattr(shown_coverage, "FEWEST_PAIRS", most)
    found = measure(wide, folds.labels, made_data.groups)
    assert found is not None
    assert found.few is not None
    assert list(found.by_tissue) == [enough]
    assert found.few.n_pairs == sum(n for _, n in others) == found.overall.n_pairs - most
    assert (found.of(enough).tissue, found.of(enough).few) == (found.by_tissue[enough], None)
    assert (found.of(others[0][0]).tissue, found.of(others[0][0]).few) == (None, found.few)
    assert found.of("").few is None, "no line of the tumor's tissue was asked"
    assert Selected.of_plain(found.plain()) == found


def test_nothing_is_measured_where_nothing_is_ever_put_first(made_data: ResponseData, ranked: list[Ranked]) -> None:
    silent = [dataclasses.replace(row, predictions=()) for row in ranked]
    assert measure(silent, np.zeros(len(ranked), dtype=np.int_), made_data.groups) is None
    assert share_of([], made_data.groups) is None


def test_explained_variation_is_that_of_the_errors() -> None:
    rng = np.random.default_rng(0)
    truth = rng.standard_normal((200, 2))
    prediction = np.column_stack([truth[:, 0] * 0.5, rng.standard_normal(200)])
    folds, tissues = np.arange(200) % 5, np.array(["a", "b"])[np.arange(200) % 2]
    truth[rng.random(truth.shape) < 0.1] = np.nan
    overall, within = explained(truth, prediction, folds, tissues)
    assert overall[0] == pytest.approx(0.75, abs=0.02)
    assert within[0] == pytest.approx(0.75, abs=0.02)
    assert overall[1] < 0 > within[1]
    tissue_alone = np.where(tissues == "a", 5.0, -5.0)[:, None]
    overall, within = explained(truth + tissue_alone, np.repeat(tissue_alone, 2, axis=1), folds, tissues)
    assert (overall > 0.9).all()
    assert np.allclose(within, 0.0, atol=1e-9)


def test_a_stretched_interval_keeps_the_prediction_and_holds_the_old_one(released: Bundle) -> None:
    drug = released.drugs[5]
    row = made_up.prediction(drug.drug, 90).model_copy(update={"screen": drug.screen})
    wider = stretched(released, row, (1.2, 1.5), "skin")
    assert wider.lower90 == pytest.approx(row.ln_ic50 - 1.2 * (row.ln_ic50 - row.lower90), abs=1e-4)
    assert wider.upper90 == pytest.approx(row.ln_ic50 + 1.5 * (row.upper90 - row.ln_ic50), abs=1e-4)
    assert (wider.ln_ic50, wider.percentile_overall, wider.contributions) == (
        row.ln_ic50,
        row.percentile_overall,
        row.contributions,
    )
    assert wider.percentile_overall_lower90 <= wider.percentile_overall_upper90


def test_the_released_model_says_how_its_shown_predictions_were_measured(released: Bundle) -> None:
    found = released.calibration.selected
    assert found is not None
    assert found.n_lines_asked == len(released.lines.ids)
    assert found.overall.lower <= found.overall.share <= found.overall.upper
    assert found.overall.share >= 0.85
    assert found.stretch == released.calibration.stretch
    assert Selected.of_plain(json.loads(json.dumps(found.plain()))) == found
    assert load_bundle().card["shown"] == found.plain()
    assert all(row.explained_within is not None for row in released.calibration.accuracy)


@pytest.mark.parametrize("plain", [[0.9, 1.0], [1.0, float("nan")], [1.0], "ab"])
def test_factors_that_narrow_or_are_none_are_refused(plain: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        stretch_of(plain)


ROWS = st.lists(
    st.tuples(
        st.floats(0, 100, allow_nan=False),
        st.floats(0, 100, allow_nan=False),
        st.floats(-3, 3, allow_nan=False),
        st.booleans(),
    ),
    max_size=25,
)


@given(ROWS)
def test_whatever_is_predicted_what_leads_passed_the_gate_is_informative_and_rests_on_the_tumor(
    rows: list[tuple[float, float, float, bool]],
) -> None:
    predictions = [row_of(f"D{k}", *row) for k, row in enumerate(rows)]
    found = shown.leading(predictions)
    assert len(found) <= shown.N_LEADING
    for drug in found:
        assert drug.predictable
        assert drug.percentile_overall_upper90 - drug.percentile_overall_lower90 <= shown.WIDEST_INFORMATIVE
        assert drug.ln_ic50 < drug.baseline_ln_ic50
    assert found == [drug for drug in predictions if drug in found]


def row_of(name: str, lower: float, width: float, shift: float, predictable: bool) -> DrugPrediction:
    drug = made_up.from_tissue(name, lower, shift)
    accuracy = DrugAccuracy(n_lines=1, pearson_r=0, within_tissue_r=0, coverage90=1)
    return drug.model_copy(
        update={
            "percentile_overall_lower90": lower,
            "percentile_overall_upper90": lower + width,
            "predictable": predictable,
            "accuracy": accuracy,
        }
    )
