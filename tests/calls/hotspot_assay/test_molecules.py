"""Negatives of fragments that may be copies of few molecules."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pysam
import pytest

from bench.hotspot_copies import coverage, limit_of_copies
from genomodel.calls.hotspot_assay.assay import AssayedReads, ask_loci
from genomodel.calls.hotspot_assay.limits import Rates, binomial_limit, excluded_above
from genomodel.calls.hotspot_assay.molecules import (
    DnaInput,
    adequate_from,
    excluded_by_copies,
    molecules_for,
    molecules_needed,
    with_purity,
)
from genomodel.calls.hotspot_assay.table import answers_table
from genomodel.core.loci import EventKind, HotspotAssay, LocusEvent, LocusStatus, is_adequate
from tests.calls.hotspot_assay.asked import codon, region
from tests.calls.hotspot_assay.test_assay import PLACE, SEQUENCE, changed
from tests.calls.molecules import Molecule, spread, write_bam, write_reference

LOCUS = codon(SEQUENCE, PLACE - 1)


def rates(mean: float, alleles: int = 1, spread: float = 0.3) -> Rates:
    return Rates(np.full(alleles, mean), np.full(alleles, spread), np.full(alleles, 2 * mean))


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    return write_reference(tmp_path, SEQUENCE)


def amplicons(reads: int, carriers: int = 0) -> list[Molecule]:
    return [
        Molecule(900 + 60 * (i % 2), (changed(),) if i < carriers else (), first_forward=i % 4 > 1, length=150)
        for i in range(reads)
    ]


def ask(
    folder: Path, reference: Path, given: DnaInput | None = None, reads: int = 2000, *, consensus: bool = False
) -> HotspotAssay:
    bam = write_bam(folder / "tumor.bam", SEQUENCE, amplicons(reads), "tumor")
    if consensus:
        bam = marked(bam, folder / "consensus.bam")
    return ask_loci([LOCUS], AssayedReads(bam, reference, given=given))


def marked(bam: Path, path: Path) -> Path:
    with pysam.AlignmentFile(str(bam)) as source, pysam.AlignmentFile(str(path), "wb", header=source.header) as out:
        for read in source:
            read.set_tag("cD", 3)
            out.write(read)
    pysam.index(str(path))
    return path


@pytest.mark.parametrize("fraction", [0.5, 0.2, 0.05, 0.001])
def test_the_molecules_needed_are_the_fewest_of_which_none_carries_a_variant_in_one_case_of_20(fraction: float) -> None:
    n = molecules_needed(fraction)
    assert (1 - fraction) ** n <= 0.05 < (1 - fraction) ** (n - 1)


def test_of_deeply_read_molecules_as_many_are_needed_as_if_each_were_seen() -> None:
    assert molecules_for(0.0002, 0.2) == molecules_needed(0.2) == 14
    assert molecules_for(0.2, 0.2) is None
    assert molecules_for(0.1999, 0.2) is None


@pytest.mark.parametrize("error", [1e-4, 1e-3, 1e-2])
@pytest.mark.parametrize("depth", [100, 1000, 20_000])
def test_the_molecules_that_are_asked_for_exclude_the_fraction_and_more_do_too(depth: int, error: float) -> None:
    seen = round(depth * error)
    for alt in (0, seen, 2 * seen + 1):
        k, n, one = np.array([float(alt)]), np.array([float(depth)]), rates(error)
        (limit,) = excluded_above(k, n, one)
        for fraction in (1.5 * limit, 3 * limit, 0.2):
            needed = molecules_for(float(limit), float(fraction)) if limit < fraction < 1 else None
            for times in (1, 1.3, 4) if needed else ():
                (told,) = excluded_by_copies(k, n, one, np.array([float(round((needed or 0) * times))]))
                assert told <= fraction


@pytest.mark.parametrize("molecules", [20, 150, 1000, 20_000])
@pytest.mark.parametrize("fraction", [0.004, 0.01, 0.05, 0.13, 0.2])
def test_limits_of_copies_hold_as_often_as_they_say(molecules: int, fraction: float) -> None:
    depth = 2000
    assert coverage(partial(limit_of_copies, depth=depth, molecules=molecules), depth, molecules, fraction) >= 0.95


def test_limits_of_copies_are_those_of_the_molecules_or_of_the_fragments_whichever_are_fewer() -> None:
    k, n = np.zeros(1), np.full(1, 20_000.0)
    (few,) = excluded_by_copies(k, n, rates(1e-4), np.array([50.0]))
    assert few == pytest.approx(float(binomial_limit([0], [50])[0]), rel=1e-3)
    (plain,) = excluded_above(k, n, rates(1e-4))
    (many,) = excluded_by_copies(k, n, rates(1e-4), np.array([10_000_000.0]))
    assert plain <= many < 1.1 * plain


def test_a_nanogram_holds_some_three_hundred_genomes() -> None:
    assert DnaInput.of_mass(1).molecules == 303
    assert DnaInput.of_mass(10).words == "at most 3,030 molecules"
    assert DnaInput(1, amplifiable=True).words == "1 molecule"


def test_amplicons_of_unknown_molecules_are_no_plain_adequate_negative(tmp_path: Path, reference: Path) -> None:
    assay = with_purity(ask(tmp_path, reference), 0.4)
    (answer,) = assay.answers
    assert answer.status is LocusStatus.NOT_DETECTED
    assert answer.molecules is None
    assert answer.molecules_needed == molecules_needed(answer.excluded_above or 0)
    assert f"of which at least {answer.molecules_needed:,} would be needed" in answer.statement
    assert "of how many molecules they are copies is not known" in answer.statement
    assert is_adequate(answer, 0.4) is None
    assert answer.adequate_from_molecules == adequate_from(answer, 0.4) == 14
    assert is_adequate(answer, 0.002) is False
    cells = answers_table(assay, 0.4).splitlines()[1].split("\t")
    assert cells[7] == "if at least 14 DNA molecules of the tumor sample were amplified"
    assert answers_table(assay, None).splitlines()[1].split("\t")[7] == "purity unknown"


def test_a_mass_bounds_the_limit_and_leaves_the_condition(tmp_path: Path, reference: Path) -> None:
    assay = ask(tmp_path, reference, DnaInput.of_mass(0.5))
    (answer,) = assay.answers
    assert answer.molecules == 151
    assert (answer.excluded_above or 0) >= float(binomial_limit([0], [151])[0])
    assert is_adequate(answer, 0.4) is None
    assert adequate_from(answer, 0.4) == 14
    assert "copies of at most 151 molecules that went into the library" in answer.statement


@pytest.mark.parametrize(("molecules", "adequate"), [(13, False), (15, True), (5000, True)])
def test_molecules_that_could_be_amplified_tell_whether_a_negative_is_adequate(
    tmp_path: Path, reference: Path, molecules: int, adequate: bool
) -> None:
    (answer,) = ask(tmp_path, reference, DnaInput(molecules, amplifiable=True)).answers
    assert is_adequate(answer, 0.4) is adequate
    assert (answer.excluded_above or 0) >= float(binomial_limit([0], [molecules])[0])
    assert answer.molecules_needed is None
    assert "if the fragments are of different molecules" not in answer.statement


def test_too_few_molecules_are_no_answer_and_named(tmp_path: Path, reference: Path) -> None:
    (answer,) = ask(tmp_path, reference, DnaInput(6, amplifiable=True)).answers
    assert answer.status is LocusStatus.NOT_ASSESSABLE
    assert "2,000 fragments, copies of 6 molecules" in answer.reason


def test_consensus_reads_are_molecules(tmp_path: Path, reference: Path) -> None:
    (answer,) = ask(tmp_path, reference, DnaInput(20, amplifiable=True), consensus=True).answers
    assert answer.molecules is answer.molecules_needed is None
    assert is_adequate(answer, 0.01) is True
    assert "copies" not in answer.statement


def test_a_library_of_amplicons_holds_copies_whatever_their_ends(tmp_path: Path, reference: Path) -> None:
    bam = write_bam(tmp_path / "tumor.bam", SEQUENCE, spread(PLACE, 500), "tumor")
    deleted = LocusEvent(kind=EventKind.DELETION, shortest=3, longest=9)
    loci = [LOCUS, region(SEQUENCE, PLACE - 10, PLACE + 10, deleted)]
    plain, told = (ask_loci(loci, AssayedReads(bam, reference, amplicon=amplicon)) for amplicon in (False, True))
    assert is_adequate(plain.answers[0], 0.4) is True
    assert is_adequate(told.answers[0], 0.4) is None
    assert plain.answers[1].status is LocusStatus.NOT_DETECTED
    assert told.answers[1].status is LocusStatus.NOT_ASSESSABLE


def test_copies_of_amplicons_with_the_same_ends_are_not_known_to_be_molecules(tmp_path: Path, reference: Path) -> None:
    copies = [molecule for molecule in spread(PLACE, 80) for _ in range(5)]
    bam = write_bam(tmp_path / "tumor.bam", SEQUENCE, copies, "tumor")
    (answer,) = ask_loci([LOCUS], AssayedReads(bam, reference, amplicon=True)).answers
    assert is_adequate(answer, 0.4) is None


def test_copies_of_a_found_allele_are_told_too(tmp_path: Path, reference: Path) -> None:
    bam = write_bam(tmp_path / "tumor.bam", SEQUENCE, amplicons(600, 100), "tumor")
    (answer,) = ask_loci([LOCUS], AssayedReads(bam, reference)).answers
    assert answer.status is LocusStatus.DETECTED
    assert "of how many molecules they are copies is not known" in answer.statement
