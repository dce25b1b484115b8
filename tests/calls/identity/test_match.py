from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from genomodel.calls.identity.genotypes import PatientGenotypes, read_genotypes, write_genotypes
from genomodel.calls.identity.likelihood import call_genotypes
from genomodel.calls.identity.match import ONE_PERSON, SWAPPED, gather, match_samples
from genomodel.calls.identity.read import _match_check
from genomodel.calls.identity.sites import Fragments, Sites
from genomodel.calls.identity.survey import Place
from genomodel.core.errors import InputError
from genomodel.core.identity import CheckStatus, CohortMatches, IdentityChecks
from tests.calls.identity import people

Shown = Callable[[str, object], None]


def places(n: int) -> tuple[Place, ...]:
    return tuple(Place(f"chr{1 + i % 20}", 20_000 * (1 + i // 20), "A", "C") for i in range(n))


def tables(
    rng: np.random.Generator, genotypes: dict[str, dict[str, people.Ints]], frequency: people.Floats, *, listed: bool
) -> dict[str, PatientGenotypes]:
    """Turn true genotypes by patient and type into tables as check-samples writes them, at depth 60."""
    n, all_places = len(frequency), places(len(frequency))
    found = {}
    for patient, samples in genotypes.items():
        called = {}
        for kind, genotype in samples.items():
            shares = people.share(genotype)
            if kind == "tumor":
                shares = people.tumor_share(rng, genotype, rng.uniform(0.3, 1), rng.uniform(0, 0.5))
            best, quality = call_genotypes(*people.counts(rng, shares, 60))
            called[kind] = np.where(quality >= 20, best, -1)
        carried = np.ones(n, dtype=bool) if listed else np.any([g != 0 for g in called.values()], axis=0)
        rows = np.flatnonzero(carried)
        found[patient] = PatientGenotypes(
            tuple(all_places[i] for i in rows),
            frequency[rows] if listed else np.full(len(rows), np.nan),
            {kind: g[rows] for kind, g in called.items()},
            None if listed else tuple((f"chr{c}", 0, 10_000_000) for c in range(1, 21)),
        )
    return found


def cohort(rng: np.random.Generator, n_patients: int, frequency: people.Floats) -> dict[str, dict[str, people.Ints]]:
    persons = [people.person(rng, frequency) for _ in range(n_patients)]
    return {f"P{i:04d}": {"normal": p, "tumor": p} for i, p in enumerate(persons)}


@pytest.mark.slow
@pytest.mark.parametrize("listed", [True, False], ids=["common-sites", "sites-of-the-reads"])
def test_of_two_thousand_samples_every_match_made_is_found_and_no_siblings(
    listed: bool, record_property: Shown
) -> None:
    rng = np.random.default_rng(5)
    frequency = people.common_frequencies(rng, 400) if listed else people.all_frequencies(rng, 1500)
    true = cohort(rng, 1000, frequency)
    true["P0900"] = true["P0100"]
    true["P0010"], true["P0011"] = (
        {"normal": true["P0010"]["normal"], "tumor": true["P0011"]["tumor"]},
        {"normal": true["P0011"]["normal"], "tumor": true["P0010"]["tumor"]},
    )
    for i in range(20, 60, 2):
        first, second = people.siblings(rng, frequency)
        true[f"P{i:04d}"], true[f"P{i + 1:04d}"] = (dict.fromkeys(("normal", "tumor"), g) for g in (first, second))
    patients = tables(rng, true, frequency, listed=listed)
    start = time.monotonic()
    found = match_samples(patients)
    seconds = time.monotonic() - start
    pairs = {(m.patient, m.type, m.other_patient, m.other_type, m.kind) for m in found.matches}
    twice = {("P0100", "P0900"), ("P0900", "P0100")}
    record_property(
        "shown",
        f"2,000 samples of 1,000 patients at {len(frequency)} {'common sites' if listed else 'sites of the reads'}: "
        f"{seconds:.1f} s; {len(pairs)} matches, of 6 made and none of 20 pairs of siblings",
    )
    assert {pair for pair in pairs if (pair[0], pair[2]) in twice} >= {
        ("P0100", kind, "P0900", kind, ONE_PERSON) for kind in ("normal", "tumor")
    }
    assert ("P0010", "normal", "P0011", "tumor", SWAPPED) in pairs
    assert ("P0011", "normal", "P0010", "tumor", SWAPPED) in pairs
    assert len(pairs) == 6


@pytest.mark.parametrize("listed", [True, False], ids=["common-sites", "sites-of-the-reads"])
def test_two_patients_alone_that_are_one_person_are_found(listed: bool) -> None:
    rng = np.random.default_rng(6)
    frequency = people.common_frequencies(rng, 150) if listed else people.all_frequencies(rng, 1500)
    true = cohort(rng, 2, frequency)
    assert not match_samples(tables(rng, true, frequency, listed=listed)).matches
    true["P0001"] = true["P0000"]
    found = match_samples(tables(rng, true, frequency, listed=listed))
    assert {(m.type, m.other_type) for m in found.matches} >= {("normal", "normal")}
    assert all(m.kind == ONE_PERSON for m in found.matches)


def test_a_cohort_without_genotypes_or_of_one_has_no_match() -> None:
    empty = PatientGenotypes((), np.empty(0), {"tumor": np.empty(0, dtype=np.int64)}, None)
    assert match_samples({"P1": empty, "P2": empty}).matches == ()
    assert match_samples({"P1": empty}).matches == ()
    assert match_samples({}).matches == ()


@pytest.mark.parametrize(("n_patients", "n_sites", "able"), [(10, 30, False), (60, 40, False), (10, 150, True)])
def test_no_match_is_said_only_where_one_would_have_been_seen(n_patients: int, n_sites: int, able: bool) -> None:
    rng = np.random.default_rng(8)
    frequency = people.common_frequencies(rng, n_sites)
    true = cohort(rng, n_patients, frequency)
    found = match_samples(tables(rng, true, frequency, listed=True))
    assert set(found.comparable) == set(true)
    assert set(found.comparable.values()) == ({n_patients - 1} if able else {0})
    answer = _match_check(IdentityChecks(patient="P0000", n_sites=n_sites), found)
    assert answer.status is (CheckStatus.PASSED if able else CheckStatus.NOT_ASSESSABLE), answer


def test_a_cohort_of_one_and_one_partly_compared_do_not_pass() -> None:
    for counted, said in (
        ({"P": 0}, "no other patient"),
        ({"P": 1, "A": 1, "B": 0}, "no match among 1 of 2"),
        ({}, "no"),
    ):
        answer = _match_check(IdentityChecks(patient="P", n_sites=78), CohortMatches(comparable=counted))
        assert answer.status is CheckStatus.NOT_ASSESSABLE
        assert said in answer.value


def test_genotypes_are_read_as_they_were_written(tmp_path: Path) -> None:
    sites = Sites(places(3), None)
    found = {"tumor": Fragments(np.array([50, 20, 0]), np.array([0, 25, 60]), np.array([0, 0, 1]))}
    write_genotypes(tmp_path / "g.tsv", sites, found, [("chr1", 5, 10)])
    read = read_genotypes(tmp_path / "g.tsv")
    assert read.places == sites.places
    assert read.genotypes["tumor"].tolist() == [0, 1, 2]
    assert read.covered == (("chr1", 5, 10),)
    assert np.isnan(read.frequency).all()


@pytest.mark.parametrize(
    ("old", "new", "row"),
    [("20001", "x", 2), ("\tA\tC\t", "\tA\t", 2), ("chrom\tpos", "contig\tpos", None)],
)
def test_damaged_genotypes_are_told_with_their_row(tmp_path: Path, old: str, new: str, row: int | None) -> None:
    path = tmp_path / "g.tsv"
    found = {"tumor": Fragments(*(np.array([50]) for _ in range(3)))}
    write_genotypes(path, Sites(places(1), None), found, None)
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(InputError, match="genotypes") as caught:
        read_genotypes(path)
    assert caught.value.row == row


def test_a_place_that_was_covered_and_is_not_named_is_the_references() -> None:
    first, second = places(2)
    one = PatientGenotypes((first,), np.array([np.nan]), {"normal": np.array([2])}, (("chr1", 0, 30_000),))
    two = PatientGenotypes((second,), np.array([np.nan]), {"normal": np.array([1])}, (("chr1", 0, 30_000),))
    listed = PatientGenotypes((second,), np.array([0.3]), {"normal": np.array([1])}, None)
    assert gather({"P1": one, "P2": two}).genotypes.tolist() == [[2, 0], [-1, 1]]
    assert gather({"P1": one, "P2": two, "P3": listed}).genotypes.tolist() == [[2, 0, -1], [-1, 1, 1]]
