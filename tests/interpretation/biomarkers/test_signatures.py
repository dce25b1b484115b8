from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import lsq_linear

from genomodel.core.biomarkers import MutationalSignatures
from genomodel.core.errors import InputError
from genomodel.core.patients import Assay, CallingMode, GenomeBuild, Patient
from genomodel.core.substitutions import CHANNELS, SubstitutionContexts
from genomodel.interpretation.biomarkers import refit as engine
from genomodel.interpretation.biomarkers import signatures
from genomodel.interpretation.biomarkers.refit import (
    ROUNDS,
    Dictionary,
    Floats,
    bootstrap,
    interval,
    least_squares,
    refit,
)
from genomodel.interpretation.biomarkers.signatures import (
    FEWEST,
    ReferenceSignatures,
    etiologies,
    mutational_signatures,
    reference_name,
    reference_signatures,
)
from tests.interpretation.builders import patient

EXOME = {"assay": Assay.WES, "genome": GenomeBuild.GRCH38}


def made_dictionary(seed: int = 5, size: int = 6) -> Dictionary:
    matrix = np.random.default_rng(seed).dirichlet(np.full(len(CHANNELS), 0.1), size=size).T
    return Dictionary(np.asarray(matrix), (0,))


def contexts(counts: Floats | None = None, **more: object) -> SubstitutionContexts:
    values = np.full(len(CHANNELS), 5.0) if counts is None else counts
    facts = {"counts": tuple(int(value) for value in values), "genome": "made.fa", **more}
    return SubstitutionContexts.model_validate(facts)


@pytest.fixture
def reference(monkeypatch: pytest.MonkeyPatch) -> ReferenceSignatures:
    names = ("SBS1", "SBS2", "SBS3", "SBS4", "SBS5", "SBS6")
    made = ReferenceSignatures(names, made_dictionary(), "made for a test")
    monkeypatch.setattr(signatures, "reference_signatures", lambda name: made)
    return made


def test_exact_mixtures_are_found_exactly() -> None:
    dictionary = made_dictionary()
    truth = np.array([0.5, 0, 0.3, 0, 0.2, 0])
    found = refit(dictionary, 1e5 * dictionary.matrix @ truth)
    assert found.members == (0, 2, 4)
    assert found.shares == pytest.approx([0.5, 0.3, 0.2], abs=1e-6)
    assert found.cosine == pytest.approx(1)


def test_two_signatures_by_hand() -> None:
    # Columns (1, 0, 0) and (0, .5, .5), counts (30, 10, 10): exposures 30 and 20.
    matrix = np.array([[1.0, 0.0], [0.0, 0.5], [0.0, 0.5]])
    assert least_squares(matrix, np.array([30.0, 10.0, 10.0])) == pytest.approx([30, 20])


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_weighted_least_squares_are_those_of_a_bounded_solver(seed: int) -> None:
    rng = np.random.default_rng(seed)
    dictionary = made_dictionary(seed)
    counts = rng.poisson(300 * dictionary.matrix @ rng.dirichlet(np.ones(dictionary.size))).astype(np.float64)
    counts[0] += 1
    found = least_squares(dictionary.matrix, counts)
    solved = np.asarray(lsq_linear(dictionary.matrix, counts, bounds=(0, np.inf), tol=1e-12).x)
    for round_ in range(20):
        weights = 1 / np.sqrt(np.maximum(dictionary.matrix @ solved, 0.2))
        answer = lsq_linear(dictionary.matrix * weights[:, None], counts * weights, bounds=(0, np.inf), tol=1e-12)
        solved = np.asarray(answer.x)
        if round_ + 1 == ROUNDS:
            assert found == pytest.approx(solved, abs=1e-6)
    # Of all seeds the furthest from where more rounds lead is 0.46 % of the substitutions.
    assert np.abs(dictionary.matrix @ (found - solved)).max() < 0.005 * counts.sum()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_shares_are_a_whole_and_do_not_depend_on_the_order_of_channels(seed: int) -> None:
    rng = np.random.default_rng(seed)
    dictionary = made_dictionary(seed)
    counts = rng.multinomial(400, dictionary.matrix @ rng.dirichlet(np.ones(dictionary.size))).astype(np.float64)
    found = refit(dictionary, counts)
    assert found.shares.sum() == pytest.approx(1)
    assert list(found.shares) == sorted(found.shares, reverse=True)
    order = rng.permutation(len(CHANNELS))
    other = refit(Dictionary(dictionary.matrix[order], dictionary.background), counts[order])
    assert other.members == found.members
    assert other.shares == pytest.approx(found.shares, abs=1e-9)


def test_a_signature_has_to_bring_likelihood() -> None:
    dictionary = made_dictionary()
    counts = np.round(200 * dictionary.matrix[:, 0])
    assert refit(dictionary, counts).members == (0,)


def test_bootstrap_is_the_same_each_time_and_its_interval_holds_the_fit() -> None:
    dictionary = made_dictionary()
    counts = np.random.default_rng(1).multinomial(600, dictionary.matrix @ [0.5, 0, 0.3, 0, 0.2, 0]).astype(np.float64)
    first, second = (bootstrap(dictionary, counts, seed=3, replicates=60) for _ in range(2))
    assert (first == second).all()
    found = refit(dictionary, counts)
    for share, (low, high) in zip(found.shares, interval(first, found.members), strict=True):
        assert low <= share <= high
        assert high - low < 0.2


@pytest.mark.parametrize(
    ("facts", "counted", "words"),
    [
        ({"assay": Assay.PANEL}, contexts(), "this is a panel"),
        ({"assay": Assay.UNKNOWN}, contexts(), "not stated"),
        ({"mode": CallingMode.TUMOR_ONLY}, contexts(), "Without a matched normal"),
        ({"genome": GenomeBuild.SYNTHETIC}, contexts(), "GRCh37 and GRCh38"),
        ({}, None, "give the reference genome"),
        ({}, contexts(np.array([FEWEST - 1.0, *[0.0] * 95])), f"{FEWEST - 1} somatic substitutions, {FEWEST} needed"),
        ({}, contexts(without_bases=60), "60 of 540 somatic substitutions lie where made.fa has no base"),
    ],
)
def test_where_nothing_is_fitted_the_reason_is_told(
    facts: dict[str, object], counted: SubstitutionContexts | None, words: str, reference: ReferenceSignatures
) -> None:
    found = mutational_signatures(counted, patient("BRCA", **{**EXOME, **facts}))
    assert not found.assessable
    assert words in found.reason
    assert found.exposures == ()
    assert found.fewest == FEWEST


def test_a_failed_sample_is_not_fitted(reference: ReferenceSignatures) -> None:
    found = mutational_signatures(contexts(), patient("BRCA", **EXOME), ("contamination",))
    assert (found.assessable, found.reason) == (False, "The sample failed: contamination.")
    assert mutational_signatures(contexts(), patient("BRCA", **EXOME), (), 0.04).assessable
    assert "somebody else's" in mutational_signatures(contexts(), patient("BRCA", **EXOME), (), 0.05).reason


def fitted(reference: ReferenceSignatures, shares: list[float], n: int = 1000) -> MutationalSignatures:
    counts = np.random.default_rng(2).multinomial(n, reference.dictionary.matrix @ shares)
    return mutational_signatures(contexts(counts.astype(np.float64)), patient("BRCA", **EXOME))


def test_what_is_fitted_has_interval_etiology_and_reference(reference: ReferenceSignatures) -> None:
    found = fitted(reference, [0.5, 0.1, 0.4, 0, 0, 0])
    assert found.assessable
    assert [one.signature for one in found.exposures] == ["SBS1", "SBS3", "SBS2"]
    for one, share in zip(found.exposures, (0.5, 0.4, 0.1), strict=True):
        assert one.low <= share <= one.high
    assert (found.substitutions, found.reference) == (1000, "made for a test")
    assert found.cosine is not None
    assert found.cosine > 0.95
    assert "A signature that is not listed is not excluded" in found.reason
    assert found == fitted(reference, [0.5, 0.1, 0.4, 0, 0, 0])


def test_sbs3_is_no_statement_on_homologous_recombination(reference: ReferenceSignatures) -> None:
    (sbs3,) = (one for one in fitted(reference, [0.3, 0, 0.7, 0, 0, 0]).exposures if one.signature == "SBS3")
    assert "alone it is no statement that homologous recombination is deficient" in sbs3.etiology


def test_a_fit_that_explains_little_is_called_poor(reference: ReferenceSignatures) -> None:
    noise = np.random.default_rng(8).permutation(np.array([100.0] * 10 + [0.0] * 86))
    found = mutational_signatures(contexts(noise), patient("BRCA", **EXOME))
    assert found.cosine is not None
    assert found.cosine < 0.9
    assert found.reason.startswith(f"The fit is poor: cosine {found.cosine:.2f}")


def test_absent_reference_signatures_say_where_to_put_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GENOMODEL_MIRROR", str(tmp_path))
    monkeypatch.setenv("GENOMODEL_CACHE", str(tmp_path / "cache"))
    reference_signatures.cache_clear()
    try:
        found = mutational_signatures(contexts(), patient("BRCA", **EXOME))
    finally:
        reference_signatures.cache_clear()
    assert not found.assessable
    assert "reference signatures are not at hand" in found.reason
    assert "knowledge/signatures/COSMIC_v3.4_SBS_GRCh38_exome.txt" in found.reason
    assert "COSMIC's own terms" in found.reason


def test_a_changed_reference_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "knowledge" / "signatures" / "COSMIC_v3.4_SBS_GRCh38.txt"
    path.parent.mkdir(parents=True)
    path.write_text("Type\tSBS1\n")
    monkeypatch.setenv("GENOMODEL_MIRROR", str(tmp_path))
    reference_signatures.cache_clear()
    with pytest.raises(InputError, match="SHA-256"):
        reference_signatures("cosmic_sbs_grch38")
    reference_signatures.cache_clear()


@pytest.fixture
def cosmic(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GENOMODEL_MIRROR", str(shared_data))
    reference_signatures.cache_clear()
    return shared_data


@pytest.mark.parametrize(
    ("build", "assay", "kind"),
    [
        (GenomeBuild.GRCH37, Assay.WGS, "GRCh37 genome"),
        (GenomeBuild.GRCH38, Assay.WGS, "GRCh38 genome"),
        (GenomeBuild.GRCH38, Assay.WES, "GRCh38 exome"),
    ],
)
def test_cosmic_of_build_and_assay_is_read_without_artifacts(
    cosmic: Path, build: GenomeBuild, assay: Assay, kind: str
) -> None:
    found = reference_signatures(reference_name(build, assay))
    assert found is not None
    assert kind in found.text
    assert len(found.names) == 67 == len(etiologies())
    assert not {"SBS27", "SBS43", "SBS45", "SBS60", "SBS95"} & set(found.names)
    assert found.dictionary.matrix.sum(axis=0) == pytest.approx(np.ones(67))
    assert [found.names[index] for index in found.dictionary.background] == ["SBS1", "SBS5"]


def test_a_made_smoker_is_told_by_cosmic(cosmic: Path, record_property: Callable[[str, object], None]) -> None:
    reference = reference_signatures("cosmic_sbs_grch38")
    assert reference is not None
    shares = np.zeros(67)
    for name, share in (("SBS4", 0.6), ("SBS5", 0.3), ("SBS1", 0.1)):
        shares[reference.names.index(name)] = share
    counts = np.random.default_rng(4).multinomial(2000, reference.dictionary.matrix @ shares).astype(np.float64)
    who: Patient = patient("LUAD", assay=Assay.WGS, genome=GenomeBuild.GRCH38)
    found = mutational_signatures(contexts(counts), who)
    by_name = {one.signature: one for one in found.exposures}
    assert by_name["SBS4"].etiology == "Tobacco smoking"
    assert by_name["SBS4"].low <= 0.6 <= by_name["SBS4"].high
    assert "SBS3" not in by_name
    record_property("shown", f"signatures of a made smoker: {[(n, e.share) for n, e in by_name.items()]}")


@pytest.mark.parametrize("name", ["cosmic_sbs_grch37", "cosmic_sbs_grch38", "cosmic_sbs_grch38_exome"])
def test_flat_signatures_do_not_stand_for_another(cosmic: Path, name: str) -> None:
    # Added one by one, SBS8, SBS30, SBS39 and SBS40b stand for SBS3 and SBS40a, and nothing that is added mends it.
    reference = reference_signatures(name)
    assert reference is not None
    shares = np.zeros(67)
    for signature, share in (("SBS3", 0.3), ("SBS40a", 0.4), ("SBS5", 0.2), ("SBS1", 0.1)):
        shares[reference.names.index(signature)] = share
    found = refit(reference.dictionary, np.round(2000 * reference.dictionary.matrix @ shares))
    by_name = dict(zip((reference.names[member] for member in found.members), found.shares, strict=True))
    assert by_name == pytest.approx({"SBS3": 0.3, "SBS40a": 0.4, "SBS5": 0.2, "SBS1": 0.1}, abs=0.05)


def test_what_may_be_none_is_told_apart(reference: ReferenceSignatures) -> None:
    found = fitted(reference, [0.9, 0.1, 0, 0, 0, 0], n=FEWEST)
    told = {one.signature for one in found.exposures}
    for one in found.exposures:
        assert one.low > 0
    assert "SBS1" in told
    assert ("SBS2" in told) is not ("SBS2" in found.reason)


def test_a_signature_whose_interval_reaches_zero_is_not_listed(
    reference: ReferenceSignatures, monkeypatch: pytest.MonkeyPatch
) -> None:
    def zero_for_the_last(shares: Floats, members: Sequence[int]) -> Floats:
        ends = np.tile([0.1, 0.9], (len(members), 1))
        ends[-1, 0] = 0.0
        return ends

    monkeypatch.setattr(signatures, "interval", zero_for_the_last)
    found = fitted(reference, [0.5, 0.5, 0, 0, 0, 0], n=2000)
    assert len(found.exposures) == 1
    (left_out,) = {"SBS1", "SBS2"} - {found.exposures[0].signature}
    assert f"perhaps not there at all: {left_out}" in found.reason


def test_bootstrap_chooses_signatures_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    dictionary, seen = made_dictionary(), []
    whole = engine.refit

    def watched(of: Dictionary, counts: Floats, start: engine.Members = ()) -> engine.Refit:
        found = whole(of, counts, start)
        seen.append(found.members)
        return found

    monkeypatch.setattr(engine, "refit", watched)
    counts = np.random.default_rng(3).multinomial(60, dictionary.matrix @ [0.8, 0, 0.1, 0, 0.1, 0]).astype(np.float64)
    bootstrap(dictionary, counts, seed=1, replicates=40)
    assert len(set(seen)) > 1
