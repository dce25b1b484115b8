"""Contributions are what an independent package computes from the model's raw arrays, and add up to its prediction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import numpy as np
import pytest
import torch
from captum.attr import IntegratedGradients
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from genomodel.core.copy_number import CopyNumberState
from genomodel.core.profile import GeneAlteration, Missing, Profile, TumorAlterations
from genomodel.core.variants import VariantClass
from genomodel.profile.build import build_profile
from genomodel.profile.features import TISSUE_KINDS, FeatureKind
from genomodel.resources.driver_genes import driver_role
from genomodel.response.bundle import Bundle, load_bundle
from genomodel.response.dataset import ResponseData
from genomodel.response.encoder import Array, profile_arrays
from genomodel.response.ensemble import TrainingConfig
from genomodel.response.predict import explain
from genomodel.response.train import train_bundle
from tests.response.conftest import tumor

CLOSE_TO_CAPTUM = 1e-6
"""In ln IC50; both integrate numerically, Captum here with 50 points where the model takes 12."""


class RawModel(nn.Module):
    """The ensemble written down again from its arrays, in the space of filled features, differentiable."""

    def __init__(self, bundle: Bundle) -> None:
        super().__init__()
        ensemble = bundle.ensemble
        self.bandwidth = ensemble.bandwidth
        self.scales = ensemble.gaussian_scales.tolist()
        self.direct_columns = ensemble.direct_columns.tolist()
        for name in ("landmarks", "dual", "loadings", "offset", "mean", "deviation", "direct"):
            self.register_buffer(name, torch.from_numpy(getattr(ensemble, name)))
        self.register_buffer("center", torch.from_numpy(ensemble.encoder.center))
        self.register_buffer("scale", torch.from_numpy(ensemble.encoder.scale))

    def forward(self, filled: Tensor) -> Tensor:
        encoded = (filled - self.center) * self.scale
        distances = (encoded**2).sum(dim=1)[:, None] + (self.landmarks**2).sum(dim=1) - 2 * encoded @ self.landmarks.T
        near = torch.exp(-distances / self.bandwidth)
        members = [
            (encoded @ self.landmarks.T + weight * near) @ dual @ loadings + offset
            for weight, dual, loadings, offset in zip(self.scales, self.dual, self.loadings, self.offset, strict=True)
        ]
        own = (filled - self.center)[:, self.direct_columns] @ self.direct
        return self.mean + self.deviation * (torch.stack(members).mean(dim=0) + own)


def filled_and_wild_type(bundle: Bundle, profile: Profile) -> tuple[Array, Array]:
    values, observed = profile_arrays([profile], bundle.features)
    filled = bundle.encoder.fill(values, observed, [profile.tissue])[0]
    is_tissue = np.array([feature.kind in TISSUE_KINDS for feature in bundle.features])
    return filled, np.where(is_tissue, filled, 0.0)


def predicted(bundle: Bundle, profile: Profile) -> Array:
    values, observed = profile_arrays([profile], bundle.features)
    return np.asarray(bundle.ensemble.predict(values, observed, [profile.tissue])[0])


def captum_shares(bundle: Bundle, profile: Profile, drug: int) -> dict[str, float]:
    """Integrated gradients of one drug summed over the features of each label; a feature of several is split evenly."""
    filled, wild_type = filled_and_wild_type(bundle, profile)
    gradients = IntegratedGradients(RawModel(bundle)).attribute(
        torch.from_numpy(filled[None]),
        baselines=torch.from_numpy(wild_type[None]),
        target=drug,
        n_steps=50,
        method="gausslegendre",
    )[0]
    shares: dict[str, float] = defaultdict(float)
    for feature, gradient in zip(bundle.features, gradients.tolist(), strict=True):
        if feature.kind in TISSUE_KINDS:
            continue
        labels = profile.evidence.get(feature.name) or tuple(
            f"{reason}, as usual in the tissue" for reason in profile.missing.get(feature.name, ())
        )
        assert labels or gradient == 0.0
        for label in labels:
            shares[label] += gradient / len(labels)
    return shares


def melanoma() -> TumorAlterations:
    lost = tumor("SKCM", "BRAF V600E", "PTEN R130*", "TP53 R175H", amplified=("MITF",))
    states = {**lost.copy_number, "CDKN2A": CopyNumberState.DEEP_DELETION, "MYC": CopyNumberState.GAIN}
    return lost.model_copy(update={"copy_number": {**states, "RB1": CopyNumberState.LOSS}})


def lung_on_a_panel() -> TumorAlterations:
    full = tumor("LUAD", "EGFR E746_A750del", "TP53 R273H", amplified=("EGFR",))
    panel = {
        "mutation_genes": ("EGFR", "TP53", "KRAS", "BRAF"),
        "mutation_genes_set_aside": {"STK11": "may be inherited"},
    }
    unknown = {"copy_number_genes": ("EGFR", "MET"), "shallow_copy_number_genes": None, "fusions_assayed": False}
    return full.model_copy(update={**panel, **unknown, "msi_high": None})


def leukemia() -> TumorAlterations:
    return tumor("CML", "ASXL1 R404*", fusions=(("BCR", "ABL1"),)).model_copy(
        update={"shallow_copy_number_genes": None}
    )


TUMORS = (melanoma, lung_on_a_panel, leukemia)
DRUGS = ("Dabrafenib", "Afatinib", "Nilotinib", "Nutlin-3a (-)", "Trametinib")


@pytest.fixture(scope="module")
def made_bundle(made_data: ResponseData, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder = tmp_path_factory.mktemp("made") / "model"
    train_bundle(made_data, folder, TrainingConfig(seeds=(1, 2), n_components=3, max_epochs=3))
    return load_bundle(folder)


@pytest.fixture(scope="module", params=["made", "released"])
def bundle(request: pytest.FixtureRequest) -> Bundle:
    found: Bundle = request.getfixturevalue(f"{request.param}{'_bundle' if request.param == 'made' else ''}")
    return found


def worst_difference(bundle: Bundle, alterations: TumorAlterations, drugs: list[int]) -> tuple[float, float]:
    """Largest difference to Captum over drugs and labels, and the largest contribution."""
    profile = build_profile(alterations, bundle.features)
    _, shares = explain(bundle, profile)
    wanted = {drug: captum_shares(bundle, profile, drug) for drug in drugs}
    assert all(set(found) == set(shares) for found in wanted.values())
    differences = [abs(float(shares[label][j]) - found[label]) for j, found in wanted.items() for label in found]
    return max(differences), max(abs(value) for found in wanted.values() for value in found.values())


def test_contributions_in_a_small_model_are_the_integrated_gradients_that_captum_finds(made_bundle: Bundle) -> None:
    drugs = list(range(len(made_bundle.drugs)))
    for make in (melanoma, lung_on_a_panel):
        difference, largest = worst_difference(made_bundle, make(), drugs)
        assert largest > 0.1
        assert difference < CLOSE_TO_CAPTUM


@pytest.mark.parametrize("make", TUMORS)
def test_contributions_are_the_integrated_gradients_that_captum_finds(
    released: Bundle, make: Callable[[], TumorAlterations], record_property: Callable[[str, object], None]
) -> None:
    drugs = [j for j, drug in enumerate(released.drugs) if drug.drug in DRUGS]
    assert len(drugs) == len(DRUGS)
    difference, largest = worst_difference(released, make(), drugs)
    record_property(
        "shown",
        f"{make.__name__}: shares differ from Captum's by {difference:.0e} at most, the largest is {largest:.2f}",
    )
    assert largest > 0.3
    assert difference < CLOSE_TO_CAPTUM


@pytest.mark.parametrize("make", TUMORS)
def test_baseline_and_contributions_add_up_to_the_prediction(
    bundle: Bundle, make: Callable[[], TumorAlterations]
) -> None:
    profile = build_profile(make(), bundle.features)
    baseline, shares = explain(bundle, profile)
    total = baseline + sum(shares.values())
    assert np.allclose(total, predicted(bundle, profile), rtol=0, atol=1e-6)
    filled, wild_type = filled_and_wild_type(bundle, profile)
    with torch.no_grad():
        start, end = RawModel(bundle)(torch.from_numpy(np.stack([wild_type, filled]))).numpy()
    assert np.allclose(baseline, start, rtol=0, atol=1e-8)
    assert np.allclose(predicted(bundle, profile), end, rtol=0, atol=1e-8)


def test_a_hypermutated_tumor_is_explained_as_exactly(
    released: Bundle, record_property: Callable[[str, object], None]
) -> None:
    """Truncating and other changes in every gene that the model looks at: as far from wild type as mutations go."""
    genes = sorted({f.subject for f in released.features if f.kind in {FeatureKind.TRUNCATING, FeatureKind.OTHER}})
    errors = {}
    for n, chosen in {"cancer genes": [g for g in genes if driver_role(g)], "genes": genes}.items():
        mutations = [
            GeneAlteration(gene=gene, variant_class=kind, protein_change=change)
            for gene in chosen
            for kind, change in ((VariantClass.TRUNCATING, "Q2*"), (VariantClass.MISSENSE, "P2S"))
        ]
        many = tumor("UCEC").model_copy(update={"mutations": tuple(mutations), "msi_high": True})
        profile = build_profile(many, released.features)
        filled, wild_type = filled_and_wild_type(released, profile)
        way = float((((filled - wild_type) * released.encoder.scale) ** 2).sum()) / released.ensemble.bandwidth
        baseline, shares = explain(released, profile)
        errors[n] = float(np.abs(baseline + sum(shares.values()) - predicted(released, profile)).max())
        record_property("shown", f"{len(chosen)} {n} mutated, {way:.1f} bandwidths away: sum is off by {errors[n]:.0e}")
    assert max(errors.values()) < 1e-6


LABELS = ("KRAS p.G12D", "TP53 p.R175H", "ERBB2 amplification", "a", "b")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32 - 1), st.floats(0.0, 0.08), st.floats(0.0, 1.0))
def test_any_profile_is_explained_completely(bundle: Bundle, seed: int, altered: float, seen: float) -> None:
    rng = np.random.default_rng(seed)
    names = [feature.name for feature in bundle.features]
    observed = {name: bool(rng.random() < seen) for name in names}
    values = {name: float(observed[name] and rng.random() < altered) for name in names}
    profile = Profile(
        id="X",
        tissue=str(rng.choice([*bundle.encoder.tissues, ""])),
        tissue_fine="",
        features=values,
        observed=observed,
        missing={
            name: tuple(rng.permutation(list(Missing))[: rng.integers(1, 3)]) for name in names if not observed[name]
        },
        evidence={
            name: tuple(rng.permutation(LABELS)[: rng.integers(1, 4)].tolist()) for name in names if values[name]
        },
    )
    baseline, shares = explain(bundle, profile)
    assert np.allclose(baseline + sum(shares.values(), np.zeros(1)), predicted(bundle, profile), rtol=0, atol=1e-6)


def test_wild_type_tumor_has_no_contribution(bundle: Bundle) -> None:
    baseline, shares = explain(bundle, build_profile(tumor("SKCM"), bundle.features))
    assert shares == {}
    assert np.allclose(baseline, predicted(bundle, build_profile(tumor("SKCM"), bundle.features)), rtol=0, atol=1e-8)
