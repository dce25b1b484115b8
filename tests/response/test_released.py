"""What the shipped model must know: gene-drug pairs that the screens themselves show."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from genomodel.core.predictions import FlagLevel
from genomodel.core.profile import TumorAlterations
from genomodel.profile.build import build_profile
from genomodel.resources.oncotree import resolve_tumor_type
from genomodel.response.bundle import Bundle, load_bundle
from genomodel.response.encoder import Array, profile_arrays
from genomodel.response.predict import MOST_CONTRIBUTIONS, explain, predict
from genomodel.response.selection import UNSTRETCHED
from genomodel.response.shown import N_TOP, is_candidate
from genomodel.response.types import Ensemble
from tests.response.conftest import tumor


@pytest.fixture(scope="module")
def plain(released: Bundle) -> Bundle:
    """The released model without the stretching of its highest predictions, which differ by what was assayed."""
    return dataclasses.replace(released, calibration=dataclasses.replace(released.calibration, stretch=UNSTRETCHED))


def share(bundle: Bundle, alterations: TumorAlterations, label: str, drug: str) -> float:
    _, shares = explain(bundle, build_profile(alterations, bundle.features))
    return float(shares[label][[d.drug for d in bundle.drugs].index(drug)])


SENSITIVE = [
    ("SKCM", "BRAF V600E", ("Dabrafenib", "PLX-4720", "SB590885", "Trametinib", "Selumetinib")),
    ("SKCM", "NRAS Q61R", ("Trametinib", "Selumetinib")),
    ("PAAD", "KRAS G12D", ("Trametinib", "Selumetinib")),
    ("LUAD", "EGFR L858R", ("Gefitinib", "Osimertinib", "Afatinib")),
    ("LUAD", "EGFR E746_A750del", ("Gefitinib", "Osimertinib", "Afatinib")),
    ("BRCA", "PIK3CA H1047R", ("Alpelisib", "Taselisib")),
    ("UCEC", "PTEN R130*", ("Ipatasertib", "AZD8186")),
]


@pytest.mark.parametrize(
    ("code", "change", "drug"), [(code, change, drug) for code, change, drugs in SENSITIVE for drug in drugs]
)
def test_alteration_counts_towards_sensitivity(released: Bundle, code: str, change: str, drug: str) -> None:
    gene, protein = change.split()
    assert share(released, tumor(code, change), f"{gene} p.{protein}", drug) < 0


@pytest.mark.parametrize("drug", ["Lapatinib", "Afatinib", "Sapitinib"])
def test_erbb2_amplification_counts_towards_sensitivity(released: Bundle, drug: str) -> None:
    assert share(released, tumor("BRCA", amplified=("ERBB2",)), "ERBB2 amplification", drug) < 0


@pytest.mark.parametrize(("pair", "drug"), [(("BCR", "ABL1"), "Nilotinib"), (("EWSR1", "FLI1"), "Talazoparib")])
def test_fusion_counts_towards_sensitivity(released: Bundle, pair: tuple[str, str], drug: str) -> None:
    assert share(released, tumor("CML", fusions=(pair,)), "::".join(pair), drug) < 0


@pytest.mark.parametrize(
    ("code", "change", "drug"),
    [
        ("BRCA", "TP53 R175H", "Nutlin-3a (-)"),
        ("LUAD", "KRAS G12C", "Gefitinib"),
        ("LUAD", "KRAS G12D", "Afatinib"),
        ("SCLC", "RB1 R320*", "Palbociclib"),
    ],
)
def test_alteration_counts_towards_resistance(released: Bundle, code: str, change: str, drug: str) -> None:
    gene, protein = change.split()
    assert share(released, tumor(code, change), f"{gene} p.{protein}", drug) > 0


def test_braf_melanoma_has_braf_and_mek_inhibitors_at_the_top(released: Bundle) -> None:
    found = predict(released, tumor("SKCM", "BRAF V600E"), resolve_tumor_type("SKCM"))
    top = [row.drug for row in found.predictions[:12]]
    assert {"Dabrafenib", "Trametinib", "PLX-4720"} <= set(top)
    assert top[0] in {"Dabrafenib", "PLX-4720"}


def test_contributions_add_up_to_the_difference_from_wild_type(released: Bundle) -> None:
    mutated = tumor("COAD", "KRAS G12D", "TP53 R175H", "APC R876*", amplified=("MYC", "ERBB2"))
    wild = tumor("COAD")
    one = {r.drug: r for r in predict(released, mutated, resolve_tumor_type("COAD")).predictions}
    other = {r.drug: r for r in predict(released, wild, resolve_tumor_type("COAD")).predictions}
    for drug, row in one.items():
        total = sum(contribution.ln_ic50 for contribution in row.contributions)
        assert row.ln_ic50 - other[drug].ln_ic50 == pytest.approx(total, abs=2e-4)
        assert other[drug].contributions == ()


def test_contributions_add_up_when_little_was_assayed(released: Bundle) -> None:
    little = tumor("COAD", "KRAS G12D").model_copy(
        update={"mutation_genes": ("KRAS",), "copy_number_genes": None, "fusions_assayed": False, "msi_high": None}
    )
    baseline, shares = explain(released, build_profile(little, released.features))
    wild = explain(released, build_profile(tumor("COAD"), released.features))[0]
    assert np.allclose(baseline, wild)
    assert any(label.startswith("copy number not assayed") for label in shares)
    found = {row.drug: row.ln_ic50 for row in predict(released, little, resolve_tumor_type("COAD")).predictions}
    total = baseline + sum(shares.values())
    for j, drug in enumerate(released.drugs):
        assert found[drug.drug] == pytest.approx(total[j], abs=1e-4)


def test_unassayed_genes_widen_the_interval_and_raise_flags(plain: Bundle) -> None:
    full = tumor("LUAD", "KRAS G12C")
    little = full.model_copy(
        update={"mutation_genes": None, "copy_number_genes": None, "fusions_assayed": False, "msi_high": None}
    )
    whole = predict(plain, full, resolve_tumor_type("LUAD"))
    part = predict(plain, little, resolve_tumor_type("LUAD"))
    assert whole.interval_inflation == 1.0
    assert part.interval_inflation > 1.0
    assert [flag.name for flag in whole.flags] == []
    assert {flag.name for flag in part.flags} == {
        "genes not assayed",
        "copy number not assayed",
        "fusions not assayed",
        "microsatellite instability not assayed",
    }
    width = {row.drug: row.upper90 - row.lower90 for row in whole.predictions}
    assert all(row.upper90 - row.lower90 >= width[row.drug] - 1e-4 for row in part.predictions)


GAPS: dict[str, dict[str, object]] = {
    "nothing": {},
    "exome without copy number": {"copy_number_genes": None},
    "panel": {"mutation_genes": ("KRAS", "TP53", "PTEN")},
    "copy number of a few genes": {"copy_number_genes": ("ERBB2",)},
    "nobody knows": {"mutation_genes": None, "copy_number_genes": None, "fusions_assayed": False, "msi_high": None},
    "set aside": {"mutation_genes_set_aside": {"PTEN": "p.K128fs: germline risk high"}},
    "set aside on a panel": {"mutation_genes": ("PTEN",), "mutation_genes_set_aside": {"PTEN": "p.K128fs: high"}},
    "fusions unknown": {"fusions_assayed": False},
    "instability unknown": {"msi_high": None},
}


@pytest.mark.parametrize("gap", GAPS)
def test_shares_of_what_was_not_observed_are_named_like_the_flags(released: Bundle, gap: str) -> None:
    one = tumor("UCEC", "KRAS G12D").model_copy(update=GAPS[gap])
    shares = explain(released, build_profile(one, released.features))[1]
    ending = ", as usual in the tissue"
    gaps = {label.removesuffix(ending) for label in shares if label.endswith(ending)}
    flags = {flag.name for flag in predict(released, one, resolve_tumor_type("UCEC")).flags}
    assert gaps == flags
    assert bool(gaps) == (gap != "nothing")


def test_variant_set_aside_is_named_and_widens(released: Bundle) -> None:
    full = tumor("UCEC", "KRAS G12D")
    aside = full.model_copy(
        update={"mutation_genes_set_aside": {"PTEN": "p.K128fs: germline risk high", "UNKNOWN1": "p.A1T: high"}}
    )
    profile = build_profile(aside, released.features)
    assert not profile.observed["PTEN:truncating"]
    assert not profile.observed["PTEN:driver"]
    whole, part = (predict(released, one, resolve_tumor_type("UCEC")) for one in (full, aside))
    (flag,) = part.flags
    assert flag.name == "variants set aside"
    assert flag.level is FlagLevel.CAUTION
    assert "PTEN (p.K128fs: germline risk high)" in flag.text
    assert "UNKNOWN1" not in flag.text
    assert part.interval_inflation > whole.interval_inflation


TUMORS = {
    "wild type": tumor("COAD"),
    "one change": tumor("SKCM", "BRAF V600E"),
    "several": tumor("COAD", "KRAS G12D", "TP53 R175H", "APC R876*", amplified=("MYC", "ERBB2")),
    "many": tumor(
        "UCEC",
        *(
            f"{gene} R1*"
            for gene in ["APC", "ARID1A", "ATM", "BRCA2", "CDKN2A", "NF1", "PTEN", "RB1", "SMAD4", "STK11", "VHL"]
        ),
    ),
    "unknown tissue": tumor("GIST", "KIT D816V"),
}


@pytest.mark.parametrize("gap", GAPS)
@pytest.mark.parametrize("name", TUMORS)
def test_written_numbers_add_up_to_the_prediction(released: Bundle, name: str, gap: str) -> None:
    one = TUMORS[name].model_copy(update=GAPS[gap])
    for row in predict(released, one, resolve_tumor_type("COAD")).predictions:
        total = row.baseline_ln_ic50 + sum(item.ln_ic50 for item in row.contributions)
        assert row.ln_ic50 == pytest.approx(total, abs=1e-6)


@pytest.mark.parametrize("gap", GAPS)
def test_baseline_and_shares_add_up_to_what_the_model_itself_predicts(released: Bundle, gap: str) -> None:
    profile = build_profile(TUMORS["several"].model_copy(update=GAPS[gap]), released.features)
    baseline, shares = explain(released, profile)
    values, observed = profile_arrays([profile], released.features)
    direct = released.ensemble.predict(values, observed, [profile.tissue])[0]
    assert np.allclose(baseline + sum(shares.values()), direct, atol=1e-9)


def test_baseline_is_the_prediction_of_a_wild_type_tumor_of_the_tissue(released: Bundle) -> None:
    wild = {row.drug: row for row in predict(released, tumor("SKCM"), resolve_tumor_type("SKCM")).predictions}
    for row in predict(released, tumor("SKCM", "BRAF V600E"), resolve_tumor_type("SKCM")).predictions:
        assert row.baseline_ln_ic50 == wild[row.drug].ln_ic50
        assert row.contributions


def test_both_ends_of_the_interval_are_widened(plain: Bundle) -> None:
    little = tumor("LUAD", "KRAS G12C").model_copy(
        update={"mutation_genes": ("KRAS",), "copy_number_genes": None, "fusions_assayed": False, "msi_high": None}
    )
    rows = {row.drug: row for row in predict(plain, little, resolve_tumor_type("LUAD")).predictions}
    factors = []
    for j, drug in enumerate(plain.drugs):
        row = rows[drug.drug]
        below = (row.lower90 - row.ln_ic50) / plain.calibration.lower[j]
        above = (row.upper90 - row.ln_ic50) / plain.calibration.upper[j]
        assert below == pytest.approx(above, abs=1e-4)
        factors.append(below / plain.calibration.tissue_scale[plain.encoder.tissue_row("lung_NSCLC"), j])
    assert min(factors) > 1.0
    assert max(factors) > 1.02


@pytest.mark.parametrize(("code", "change"), [("SKCM", "BRAF V600E"), ("LUAD", "EGFR L858R"), ("BRCA", "TP53 R175H")])
def test_intervals_of_the_highest_predictions_that_may_lead_are_stretched_and_no_others(
    released: Bundle, plain: Bundle, code: str, change: str
) -> None:
    whole, unstretched = (
        predict(bundle, tumor(code, change), resolve_tumor_type(code)).predictions for bundle in (released, plain)
    )
    n_stretched = 0
    for place, (row, before) in enumerate(zip(whole, unstretched, strict=True)):
        assert (row.drug, row.ln_ic50, row.percentile_overall) == (
            before.drug,
            before.ln_ic50,
            before.percentile_overall,
        )
        if place < N_TOP and is_candidate(before):
            n_stretched += 1
            lower, upper = released.calibration.stretch
            assert row.ln_ic50 - row.lower90 == pytest.approx(lower * (before.ln_ic50 - before.lower90), abs=1e-4)
            assert row.upper90 - row.ln_ic50 == pytest.approx(upper * (before.upper90 - before.ln_ic50), abs=1e-4)
        else:
            assert row == before
    assert 0 < n_stretched <= N_TOP


def test_smaller_contributions_are_summed_up_and_not_dropped(released: Bundle) -> None:
    genes = sorted({f.subject for f in released.features if f.kind == "driver"})[: MOST_CONTRIBUTIONS + 15]
    many = tumor("UCEC", *(f"{gene} A1*" for gene in genes))
    baseline, shares = explain(released, build_profile(many, released.features))
    rows = {row.drug: row for row in predict(released, many, resolve_tumor_type("UCEC")).predictions}
    for j, drug in enumerate(released.drugs):
        row = rows[drug.drug]
        *largest, rest = row.contributions
        assert len(largest) == MOST_CONTRIBUTIONS
        assert rest.feature == "rest"
        assert rest.label == f"{len(shares) - MOST_CONTRIBUTIONS} smaller contributions"
        hidden = sum(shares[label][j] for label in set(shares) - {item.label for item in largest})
        assert rest.ln_ic50 == pytest.approx(hidden, abs=1e-4)
        assert baseline[j] + sum(item.ln_ic50 for item in row.contributions) == pytest.approx(row.ln_ic50, abs=1e-4)


def test_tumor_without_screened_lines_has_no_tissue_percentile(released: Bundle) -> None:
    found = predict(released, tumor("GIST"), resolve_tumor_type("GIST"))
    assert all(row.percentile_tissue is None for row in found.predictions)
    flags = {flag.name: flag.level for flag in found.flags}
    assert flags["unseen tumor type"] is FlagLevel.CAUTION
    assert flags["no driver event"] is FlagLevel.CAUTION
    assert found.interval_inflation > 1


def test_many_variants_raise_the_burden_flag(released: Bundle) -> None:
    genes = sorted({f.subject for f in released.features if f.kind == "driver"})[:300]
    found = predict(released, tumor("UCEC", *(f"{gene} A1*" for gene in genes)), resolve_tumor_type("UCEC"))
    assert "burden beyond training" in {flag.name for flag in found.flags}


def test_drugs_behind_the_gate_are_those_of_the_calibration_and_lose_their_numbers(released: Bundle) -> None:
    gate = {
        drug.drug: bool(open_) for drug, open_ in zip(released.drugs, released.calibration.predictable, strict=True)
    }
    closed = {drug for drug, open_ in gate.items() if not open_}
    assert closed
    assert len(closed) < len(gate)
    found = predict(released, tumor("SKCM", "BRAF V600E"), resolve_tumor_type("SKCM"))
    assert {row.drug: row.predictable for row in found.predictions} == gate
    shown = found.gated()
    assert {row.drug for row in shown.predictions} == set(gate) - closed
    assert {row.drug for row in shown.not_predictable} == closed
    said_of_the_tumor = {"ln_ic50", "lower90", "upper90", "contributions", "baseline_ln_ic50"}
    for row in shown.not_predictable:
        fields = row.model_dump()
        assert not said_of_the_tumor & set(fields)
        assert not [name for name in fields if name.startswith("percentile")]


def test_predictable_drugs_come_first_by_falling_percentile(released: Bundle) -> None:
    rows = predict(released, tumor("BRCA", "PIK3CA H1047R"), resolve_tumor_type("BRCA")).predictions
    gates = [row.predictable for row in rows]
    assert gates == sorted(gates, reverse=True)
    percentiles = [row.percentile_overall for row in rows if row.predictable]
    assert percentiles == sorted(percentiles, reverse=True)
    assert len({row.drug for row in rows}) == len(rows)
    for row in rows:
        assert row.lower90 < row.ln_ic50 < row.upper90
        assert row.percentile_overall_lower90 <= row.percentile_overall <= row.percentile_overall_upper90
        assert row.accuracy.n_lines >= 300


def test_effects_of_the_model_are_worked_out_once_for_a_cohort(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = load_bundle()
    calls: list[int] = []
    real = Ensemble.effects

    def counted(self: Ensemble) -> Array:
        calls.append(1)
        return real(self)

    monkeypatch.setattr(Ensemble, "effects", counted)
    for code in ("AML", "SKCM", "LUAD"):
        predict(fresh, tumor(code, "FLT3 D835Y"), resolve_tumor_type(code))
    assert len(calls) == 1


def test_same_tumor_gives_the_same_bytes(released: Bundle) -> None:
    one = tumor("AML", "FLT3 D835Y")
    tumor_type = resolve_tumor_type("AML")
    assert predict(released, one, tumor_type).to_json() == predict(released, one, tumor_type).to_json()


def test_held_out_figures_beat_the_tissue_mean(released: Bundle) -> None:
    figures = released.card["metrics"]
    assert figures["squared_error_gain_over_tissue_drug_mean"]["lower"] > 0
    assert figures["within_tissue_r"]["lower"] > 0.1
    assert 0.88 <= figures["coverage90"]["overall"] <= 0.92


def test_support_says_as_what_the_model_knows_an_alteration(released: Bundle) -> None:
    tumor_type = resolve_tumor_type("LUAD")
    found = predict(released, tumor("LUAD", "EGFR L861Q", "KRAS G12C", "TP53 R342*", amplified=("MET",)), tumor_type)
    known = {support.label: support for support in found.support}
    assert known["KRAS p.G12C"].known_as == ""
    assert known["MET amplification"].known_as == ""
    assert known["EGFR p.L861Q"].known_as == "a hotspot change of EGFR"
    assert known["TP53 p.R342*"].known_as == "a truncating or splice change of TP53"
    assert known["EGFR p.L861Q"].n_lines > 0


def test_a_resistance_allele_is_flagged_and_makes_no_drug_look_better(released: Bundle) -> None:
    tumor_type = resolve_tumor_type("AML")
    found = predict(released, tumor("AML", "FLT3 D835Y"), tumor_type)
    without = predict(released, tumor("AML"), tumor_type)
    assert any(flag.name == "change not known to the model" and "D835Y" in flag.text for flag in found.flags)
    assert [p.ln_ic50 for p in found.predictions] == [p.ln_ic50 for p in without.predictions]
