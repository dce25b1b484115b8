from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.core.copy_number import CopyNumberState
from genomodel.core.errors import InputError
from genomodel.core.profile import GeneAlteration, Missing, TumorAlterations
from genomodel.core.variants import Fusion, VariantClass
from genomodel.profile.alterations import alterations_from_calls
from genomodel.profile.build import build_profile
from genomodel.profile.features import (
    Feature,
    FeatureKind,
    choose_features,
    features_to_tsv,
    present_features,
    read_features,
)
from tests.profile.test_alterations import calls, variant


def mutation(gene: str, change: str, kind: VariantClass = VariantClass.MISSENSE) -> GeneAlteration:
    return GeneAlteration(gene=gene, variant_class=kind, protein_change=change)


LINE = TumorAlterations(
    id="LINE",
    tissue="skin",
    tissue_fine="melanoma",
    mutations=(mutation("BRAF", "V600E"), mutation("PTEN", "R130*", VariantClass.TRUNCATING)),
    mutation_genes=("*",),
    copy_number={"CDKN2A": CopyNumberState.DEEP_DELETION},
    copy_number_genes=("*",),
    fusions=(Fusion(gene_5="BCR", gene_3="ABL1"),),
    fusions_assayed=True,
    msi_high=False,
)
FEATURES = (
    Feature(FeatureKind.ALLELE, "BRAF", "V600E"),
    Feature(FeatureKind.DRIVER, "BRAF"),
    Feature(FeatureKind.DRIVER, "KRAS"),
    Feature(FeatureKind.TRUNCATING, "PTEN"),
    Feature(FeatureKind.OTHER, "BRAF"),
    Feature(FeatureKind.DEEP_DELETION, "CDKN2A"),
    Feature(FeatureKind.AMPLIFICATION, "ERBB2"),
    Feature(FeatureKind.FUSION, "ABL1::BCR"),
    Feature(FeatureKind.GROUP_LOSS, "cell cycle"),
    Feature(FeatureKind.TISSUE, "skin"),
    Feature(FeatureKind.MSI_HIGH, ""),
)


def test_cell_line_and_patient_with_the_same_alterations_have_the_same_features() -> None:
    patient = alterations_from_calls(
        calls(variant("BRAF", "V600E"), variant("PTEN", "R130*", kind=VariantClass.TRUNCATING)), None
    )
    line = TumorAlterations(
        id="A375",
        tissue="skin",
        tissue_fine="melanoma",
        mutations=(mutation("BRAF", "V600E"), mutation("PTEN", "R130*", VariantClass.TRUNCATING)),
        mutation_genes=("*",),
    )
    one, other = build_profile(patient, FEATURES), build_profile(line, FEATURES)
    assert one.features == other.features
    assert one.observed == other.observed
    assert one.evidence == other.evidence


def test_features_of_a_line() -> None:
    profile = build_profile(LINE, FEATURES)
    switched_on = {name for name, value in profile.features.items() if value}
    assert switched_on == {
        "BRAF:V600E",
        "BRAF:driver",
        "PTEN:truncating",
        "CDKN2A:deep_deletion",
        "fusion:ABL1::BCR",
        "cell cycle:group_loss",
        "tissue:skin",
    }
    assert all(profile.observed.values())
    assert profile.evidence["BRAF:V600E"] == ("BRAF p.V600E",)


def test_nothing_assayed_is_unknown_and_never_wild_type() -> None:
    profile = build_profile(TumorAlterations(id="X", tissue=""), FEATURES)
    assert not any(profile.observed.values())


def test_reported_variant_makes_its_gene_observed_and_no_other() -> None:
    tumor = TumorAlterations(id="X", tissue="skin", mutations=(mutation("BRAF", "V600E"),))
    observed = build_profile(tumor, FEATURES).observed
    assert observed["BRAF:V600E"]
    assert observed["BRAF:other"]
    assert not observed["KRAS:driver"]
    assert not observed["CDKN2A:deep_deletion"]


def test_gene_of_a_variant_set_aside_is_unknown_and_not_wild_type() -> None:
    tumor = LINE.model_copy(
        update={"mutations": (mutation("BRAF", "V600E"),), "mutation_genes_set_aside": {"PTEN": "R130*", "BRAF": "A2T"}}
    )
    features = (*FEATURES, Feature(FeatureKind.GROUP_DRIVER, "PTEN"), Feature(FeatureKind.DEEP_DELETION, "PTEN"))
    profile = build_profile(tumor, features)
    hidden = profile.missing
    assert hidden == dict.fromkeys(["PTEN:truncating", "BRAF:other", "PTEN:group_driver"], (Missing.SET_ASIDE,))
    assert {name for name, seen in profile.observed.items() if not seen} == set(hidden)
    assert profile.features["BRAF:V600E"] == 1.0
    no_list = build_profile(tumor.model_copy(update={"mutation_genes": None}), features)
    assert no_list.missing["PTEN:truncating"] == (Missing.SET_ASIDE,)


def test_group_lacks_only_what_was_not_assayed() -> None:
    groups = (
        Feature(FeatureKind.GROUP_LOSS, "RAS"),
        Feature(FeatureKind.GROUP_DRIVER, "RAS"),
        Feature(FeatureKind.GROUP_AMPLIFICATION, "RAS"),
    )
    names = [feature.name for feature in groups]
    exome = TumorAlterations(id="X", tissue="skin", mutation_genes=("*",))
    assert build_profile(exome, groups).missing == {
        names[0]: (Missing.COPY_NUMBER,),
        names[2]: (Missing.COPY_NUMBER,),
    }
    array = TumorAlterations(id="X", tissue="skin", mutation_genes=("KRAS",), copy_number_genes=("*",))
    assert build_profile(array, groups).missing == dict.fromkeys(names[:2], (Missing.GENES,))
    neither = build_profile(TumorAlterations(id="X", tissue="skin"), groups).missing
    assert neither[names[0]] == (Missing.GENES, Missing.COPY_NUMBER)


SHALLOW = tuple(Feature(kind, "MYC") for kind in (FeatureKind.GAIN, FeatureKind.LOSS))
FOCAL = tuple(Feature(kind, "MYC") for kind in (FeatureKind.AMPLIFICATION, FeatureKind.DEEP_DELETION))


@pytest.mark.parametrize(
    ("state", "present"),
    [
        (CopyNumberState.AMPLIFICATION, {"MYC:amplification", "MYC:gain"}),
        (CopyNumberState.DEEP_DELETION, {"MYC:deep_deletion", "MYC:loss"}),
        (CopyNumberState.GAIN, {"MYC:gain"}),
        (CopyNumberState.LOSS, {"MYC:loss"}),
        (CopyNumberState.NEUTRAL, set()),
    ],
)
def test_high_level_event_is_a_low_level_one_too_and_not_the_other_way(
    state: CopyNumberState, present: set[str]
) -> None:
    tumor = TumorAlterations(
        id="X", tissue="", copy_number={"MYC": state}, copy_number_genes=("*",), shallow_copy_number_genes=("*",)
    )
    profile = build_profile(tumor, (*SHALLOW, *FOCAL))
    assert {name for name, value in profile.features.items() if value} == present
    assert all(profile.observed.values())
    assert not any(
        kind in {FeatureKind.GROUP_AMPLIFICATION, FeatureKind.GROUP_LOSS}
        for kind, _, _ in present_features(
            tumor.model_copy(update={"copy_number": {"MYC": CopyNumberState.GAIN, "RB1": CopyNumberState.LOSS}})
        )
    )


def test_gains_and_losses_have_their_own_list_of_genes() -> None:
    focal_only = TumorAlterations(id="X", tissue="", copy_number_genes=("*",))
    found = build_profile(focal_only, (*SHALLOW, *FOCAL))
    assert found.observed == {
        "MYC:gain": False,
        "MYC:loss": False,
        "MYC:amplification": True,
        "MYC:deep_deletion": True,
    }
    assert found.missing == dict.fromkeys(["MYC:gain", "MYC:loss"], (Missing.SHALLOW,))
    some = build_profile(focal_only.model_copy(update={"shallow_copy_number_genes": ("MYC",)}), SHALLOW)
    assert all(some.observed.values())
    others = build_profile(focal_only.model_copy(update={"shallow_copy_number_genes": ("KRAS",)}), SHALLOW)
    assert not any(others.observed.values())


def test_amplification_shows_a_gain_where_gains_were_not_looked_for() -> None:
    tumor = TumorAlterations(
        id="X", tissue="", copy_number={"MYC": CopyNumberState.AMPLIFICATION}, copy_number_genes=("MYC",)
    )
    profile = build_profile(tumor, SHALLOW)
    assert profile.features["MYC:gain"] == 1.0
    assert profile.observed == {"MYC:gain": True, "MYC:loss": False}
    assert profile.evidence["MYC:gain"] == ("MYC amplification",)


@pytest.mark.parametrize(
    ("state", "observed"),
    [
        (CopyNumberState.GAIN, False),
        (CopyNumberState.LOSS, False),
        (CopyNumberState.AMPLIFICATION, True),
        (CopyNumberState.DEEP_DELETION, True),
    ],
)
def test_gain_does_not_say_that_amplifications_were_looked_for(state: CopyNumberState, observed: bool) -> None:
    tumor = TumorAlterations(id="X", tissue="", copy_number={"ERBB2": state}, copy_number_genes=None)
    features = tuple(Feature(kind, "ERBB2") for kind in (FeatureKind.AMPLIFICATION, FeatureKind.DEEP_DELETION))
    profile = build_profile(tumor, features)
    assert profile.observed == {"ERBB2:amplification": observed, "ERBB2:deep_deletion": observed}
    assert profile.missing == ({} if observed else dict.fromkeys(profile.observed, (Missing.COPY_NUMBER,)))


def test_non_hotspot_change_is_other_and_no_driver() -> None:
    found = present_features(TumorAlterations(id="X", tissue="", mutations=(mutation("BRAF", "P2S"),)))
    assert set(found) == {(FeatureKind.OTHER, "BRAF", "")}


def test_rare_features_are_not_chosen() -> None:
    lines = [LINE.model_copy(update={"id": str(i)}) for i in range(8)]
    lines.append(LINE.model_copy(update={"mutations": (mutation("KRAS", "G12D"),), "id": "rare"}))
    names = {feature.name for feature in choose_features(lines)}
    assert "BRAF:V600E" in names
    assert "KRAS:G12D" not in names


def test_feature_list_survives_its_file(tmp_path: Path) -> None:
    features = choose_features([LINE.model_copy(update={"id": str(i)}) for i in range(9)])
    path = tmp_path / "features.tsv"
    path.write_text(features_to_tsv(features))
    assert read_features(path) == features


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("name\tkind\nx\ty\n", "columns"),
        ("name\tkind\tsubject\tdetail\tn_lines\nBRAF:driver\tnonsense\tBRAF\t\t3\n", "not a feature"),
        ("name\tkind\tsubject\tdetail\tn_lines\nBRAF:driver\tdriver\tKRAS\t\t3\n", "does not fit"),
    ],
)
def test_damaged_feature_list_is_refused(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "features.tsv"
    path.write_text(text)
    with pytest.raises(InputError, match=what):
        read_features(path)


@given(
    st.lists(st.tuples(st.sampled_from(["BRAF", "KRAS", "TP53"]), st.text(max_size=12)), max_size=5),
    st.sampled_from(list(VariantClass)),
)
def test_any_protein_change_makes_a_profile(pairs: list[tuple[str, str]], kind: VariantClass) -> None:
    tumor = TumorAlterations(id="X", tissue="skin", mutations=tuple(mutation(g, p, kind) for g, p in pairs))
    profile = build_profile(tumor, FEATURES)
    assert set(profile.features) == {feature.name for feature in FEATURES}


def test_genes_of_today_switch_on_features_under_the_symbols_the_model_was_trained_with() -> None:
    features = (Feature(FeatureKind.DRIVER, "WHSC1", "", 9), Feature(FeatureKind.AMPLIFICATION, "WHSC1L1", "", 9))
    tumor = TumorAlterations(
        id="P",
        tissue="lung",
        mutations=(GeneAlteration(gene="NSD2", variant_class=VariantClass.MISSENSE, protein_change="T1150A"),),
        mutation_genes=("NSD2",),
        copy_number={"NSD3": CopyNumberState.AMPLIFICATION},
        copy_number_genes=("NSD3",),
    )
    profile = build_profile(tumor, features)
    assert all(profile.observed.values())
    assert profile.features[features[1].name] == 1
    assert [bool(behind) for behind in profile.evidence.values()] == [True] * len(profile.evidence)
    assert set(profile.evidence) == {feature.name for feature in features}
