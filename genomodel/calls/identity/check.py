"""Whether the reads of tumor and normal are what the sheet says: one person's, unmixed, on target, not swapped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pysam

from genomodel.calls.checks import require_readable
from genomodel.calls.identity import verdicts
from genomodel.calls.identity.genotypes import CONFIDENT, write_genotypes
from genomodel.calls.identity.likelihood import PairOdds, call_genotypes, pair_odds
from genomodel.calls.identity.mixture import (
    Share,
    estimate_contamination,
    estimate_second_person,
    estimate_tumor_in_normal,
)
from genomodel.calls.identity.sex import check_sex, sex_signs
from genomodel.calls.identity.sites import Fragments, Sites, common_sites, count_fragments, independent, sites_of_reads
from genomodel.calls.identity.survey import (
    CARRIED,
    LEAST_READS,
    LEAST_SOMATIC,
    MOST_IN_NORMAL,
    SUBCLONAL,
    Place,
    Survey,
    survey_reads,
)
from genomodel.calls.read_groups import sample_of_alignment
from genomodel.calls.shards import Region, assayed_regions, contig_lengths
from genomodel.core.builds import bare
from genomodel.core.errors import InputError, raise_collected
from genomodel.core.identity import (
    CheckName,
    CheckStatus,
    IdentityCheck,
    IdentityChecks,
    IdentityThresholds,
    waiver_name,
)
from genomodel.files import write_text

MIN_FRAGMENTS = 10
"""Fragments of each sample that a genotype is compared from."""
BELOW_HALF = 3.0
"""Standard deviations below one half at which an allele of the normal is not a heterozygous one."""
COMPARED_READS = 2000
SAME_READS = 0.5
MOST_ALLELES = 300
"""Somatic alleles that tumor in normal is estimated from."""
OVERRIDE = (
    "; where it is right, waive it (identity=reason in the column waive of the patients sheet), or set samples_check: "
    "report in the config, and the report says the doubt"
)
OF_NORMALS = {"normal", "germline"}
OF_TUMORS = {"tumor", "tumour", "metastasis", "ctdna"}
KINDS = ("tumor", "normal")


@dataclass(frozen=True)
class Given:
    """What is known of the samples beside their reads."""

    patient: str = ""
    sex: str | None = None
    waived: tuple[str, ...] = ()
    thresholds: IdentityThresholds = field(default_factory=IdentityThresholds)

    def waives(self, check: CheckName) -> bool:
        """Whether the sheet accepts what a check may find."""
        return check.value in {waiver_name(waiver) for waiver in self.waived}


@dataclass(frozen=True)
class Genotyped:
    """Fragments at the sites that samples are compared at."""

    sites: Sites
    fragments: dict[str, Fragments]
    from_file: bool
    note: str

    def usable(self) -> npt.NDArray[np.bool_]:
        """Return where genotypes of all samples tell who they are of: deep enough, and not on X or Y."""
        deep = [found.depth >= MIN_FRAGMENTS for found in self.fragments.values()]
        enough = np.all([self.autosomal(), *deep], axis=0)
        if not self.from_file:
            first = self.fragments.get("normal", self.fragments["tumor"])
            enough &= first.alt >= CARRIED * np.maximum(first.depth, 1)
        return np.asarray(enough, dtype=np.bool_)

    def autosomal(self) -> npt.NDArray[np.bool_]:
        """Return which sites lie on neither X nor Y."""
        return np.array([bare(p.chrom) not in ("X", "Y") for p in self.sites.places], dtype=np.bool_)


def check_samples(
    tumor: str | Path,
    reference: str | Path,
    out: str | Path,
    *,
    normal: str | Path | None = None,
    bed: str | Path | None = None,
    common: str | Path | None = None,
    genotypes: str | Path | None = None,
    given: Given = Given(),
    refuse: bool = True,
) -> IdentityChecks:
    """Check the reads of a patient before they are called, and write what was found.

    Parameters
    ----------
    tumor, normal
        Indexed BAM or CRAM.
    reference
        FASTA with its index.
    out
        JSON of the answers, written where nothing is refused.
    bed
        Assayed regions; the whole reference where there are none.
    common
        VCF of common sites with ``INFO/AF``; the reads themselves show sites where there is none, or too few.
    genotypes
        Table of genotypes to write, for comparison with other patients.
    given
        Patient, sex and waivers of the sheet, and thresholds.
    refuse
        Whether samples that look swapped, or of two persons, are an error where the sheet does not waive it.

    Raises
    ------
    InputError
        A file is cut, or a CRAM of another reference; the regions or common sites do not lie on the reference; a sample
        has no read there; tumor and normal are one file, one sample, of different persons, or in each other's place.
    """
    alignments = [Path(path) for path in (tumor, normal) if path]
    for path in alignments:
        require_readable(path, reference)
    names = [sample_of_alignment(path, reference) for path in alignments]
    measured = _measure(alignments, names, reference, bed, common, given.thresholds)
    errors = [*_wrong_names(alignments, names), *_doubts(measured, given.thresholds)]
    if refuse and not given.waives(CheckName.IDENTITY):
        raise_collected([error for error, _ in errors])
    checks = _told(measured, errors, given)
    if genotypes is not None:
        _write_autosomal(genotypes, measured)
    write_text(out, checks.to_json())
    return checks


@dataclass(frozen=True)
class _Measured:
    """What the reads of a patient show."""

    alignments: Sequence[Path]
    reference: str | Path
    found: Survey
    compared: Genotyped
    odds: PairOdds | None
    """Of tumor and normal; ``None`` for a tumor alone."""

    @property
    def n_sites(self) -> int:
        """Sites far enough apart to tell independently at which all samples have a genotype."""
        return self.odds.n_sites if self.odds else len(independent(self.compared.sites, self.compared.usable()))


def _measure(
    alignments: Sequence[Path],
    names: Sequence[str],
    reference: str | Path,
    bed: str | Path | None,
    common: str | Path | None,
    thresholds: IdentityThresholds,
) -> _Measured:
    """Read the samples, once they and the regions can be what they are said to be."""
    regions = _sound_regions(alignments, names, reference, bed)
    listed = common_sites(common, reference, regions) if common else None
    found = survey_reads(alignments, Path(reference), regions)
    _require_reads(found, alignments, bed)
    compared = _genotype(found, listed, alignments, reference, thresholds)
    return _Measured(alignments, reference, found, compared, _odds(compared) if len(alignments) > 1 else None)


def _sound_regions(
    alignments: Sequence[Path], names: Sequence[str], reference: str | Path, bed: str | Path | None
) -> list[Region]:
    """Return the assayed regions once they and the files can be what they are said to be."""
    regions = _regions(reference, bed)
    _require_two_names(alignments, names)
    if len(alignments) > 1:
        _require_two_files(alignments, reference)
    if bed is not None:
        _require_bases(reference, bed, regions)
    return regions


def _write_autosomal(out: str | Path, measured: _Measured) -> None:
    found, compared = measured.found, measured.compared
    chosen = compared.autosomal()
    fragments = {kind: counted.take(chosen) for kind, counted in compared.fragments.items()}
    write_genotypes(out, compared.sites.take(chosen), fragments, None if compared.from_file else found.covered)


def _genotype(
    found: Survey,
    listed: Sites | None,
    alignments: Sequence[Path],
    reference: str | Path,
    thresholds: IdentityThresholds,
) -> Genotyped:
    def counted(sites: Sites, *, from_file: bool, note: str) -> Genotyped:
        fragments = {
            kind: count_fragments(path, reference, sites) for kind, path in zip(KINDS, alignments, strict=False)
        }
        return Genotyped(sites, fragments, from_file, note)

    note = "sites that the reads themselves show"
    if listed is not None:
        compared = counted(listed, from_file=True, note="common sites of the configured file")
        n_sites = len(independent(compared.sites, compared.usable()))
        if n_sites >= thresholds.min_sites:
            return compared
        note += f", since {n_sites} common sites have enough fragments in the assay"
    return counted(sites_of_reads(found.carried), from_file=False, note=note)


def _odds(compared: Genotyped) -> PairOdds:
    chosen = independent(compared.sites, compared.usable())
    normal, tumor = (compared.fragments[kind].take(chosen) for kind in ("normal", "tumor"))
    frequency = compared.sites.frequency
    return pair_odds(
        (normal.ref, normal.alt), (tumor.ref, tumor.alt), frequency=None if frequency is None else frequency[chosen]
    )


def _discordant(compared: Genotyped) -> int:
    chosen = independent(compared.sites, compared.usable())
    samples = [compared.fragments[kind].take(chosen) for kind in KINDS]
    (tumor, tumor_quality), (normal, normal_quality) = (call_genotypes(found.ref, found.alt) for found in samples)
    sure = (tumor_quality >= CONFIDENT) & (normal_quality >= CONFIDENT) & (normal != 1)
    return int((sure & (tumor != normal)).sum())


def _doubts(measured: _Measured, thresholds: IdentityThresholds) -> Iterator[tuple[InputError, str]]:
    """Yield what speaks against one person in this order, each with what follows for the calls."""
    found, odds, alignments = measured.found, measured.odds, measured.alignments
    persons = f"Tumor and normal are of two persons: correct the samples sheet{OVERRIDE}"
    for what in (verdicts.two_persons(found), verdicts.unlike(odds, thresholds) if odds else ""):
        if what:
            yield InputError(what, path=alignments[0], fix=persons), verdicts.TWO_PERSONS
            break
    if what := verdicts.swapped(found):
        fix = f"Tumor and normal look swapped, or the normal holds foreign DNA: check the samples sheet{OVERRIDE}"
        yield InputError(what, path=alignments[-1], fix=fix), verdicts.SWAPPED


def _told(measured: _Measured, errors: Sequence[tuple[InputError, str]], given: Given) -> IdentityChecks:
    found = measured.found
    return IdentityChecks(
        patient=given.patient,
        checks=tuple(_checks(measured, errors, given)),
        sites=measured.compared.note,
        n_sites=measured.n_sites,
        tumor_reads=found.reads[0],
        normal_reads=found.reads[1] if len(measured.alignments) > 1 else None,
        bases=found.bases,
        thresholds=given.thresholds,
    )


def _checks(measured: _Measured, errors: Sequence[tuple[InputError, str]], given: Given) -> Iterator[IdentityCheck]:
    found, compared, odds, alignments = measured.found, measured.compared, measured.odds, measured.alignments
    with_normal = odds is not None
    doubts = [(f"{error.what} ({verdicts.IN_WORDS[why]})", why) for error, why in errors]
    identity = verdicts.identity_check(doubts, odds, _discordant(compared) if with_normal else 0, given.thresholds)
    yield identity
    index = 1 if with_normal else 0
    of_x = _on_x(compared, KINDS[index])
    yield check_sex(sex_signs(found.depth, index, *of_x), given.sex, KINDS[index])
    failed = "tumor and normal do not fit together" if identity.status is CheckStatus.FAILED else ""
    second = _second_person(compared)
    mixed = "the genotypes of the normal, by which places are chosen, are not those of one person" if second else ""
    for kind in KINDS[: len(alignments)]:
        reason = (failed or mixed) if kind == "tumor" and with_normal else ""
        share, n_places = _contamination(compared, kind)
        if second is not None and kind == KINDS[index]:
            share = second
        yield verdicts.contamination_check(
            None if reason else share, kind, given.thresholds, n_places=n_places, reason=reason, alone=not with_normal
        )
    share, n_alleles = _tumor_in_normal(measured) if with_normal else (None, 0)
    reason = failed if with_normal else verdicts.NO_NORMAL
    yield verdicts.tumor_in_normal_check(
        None if reason else share,
        given.thresholds,
        n_alleles=n_alleles,
        reason=reason,
        in_both=None if reason else _in_both(measured),
    )


def _on_x(compared: Genotyped, kind: str) -> tuple[int, int]:
    """Return heterozygous places and all carried ones on X, of the sample that tells the sex."""
    found = compared.fragments[kind].take(~compared.autosomal())
    genotype, quality = call_genotypes(found.ref, found.alt)
    sure = (quality >= CONFIDENT) & (found.depth >= MIN_FRAGMENTS)
    return int((sure & (genotype == 1)).sum()), int((sure & (genotype > 0)).sum())


def _contamination(compared: Genotyped, kind: str) -> tuple[Share | None, int]:
    """Estimate from the places that the normal, or the tumor where it is alone, is homozygous at."""
    base = compared.fragments.get("normal", compared.fragments["tumor"])
    genotype, quality = call_genotypes(base.ref, base.alt, frequency=compared.sites.frequency)
    sure = (quality >= CONFIDENT) & (base.depth >= MIN_FRAGMENTS) & compared.autosomal()
    frequency = compared.sites.frequency
    chosen = np.flatnonzero(sure & (genotype == 2 if frequency is None else genotype != 1))
    found, is_alt = compared.fragments[kind].take(chosen), genotype[chosen] == 2
    own, other = np.where(is_alt, found.alt, found.ref), np.where(is_alt, found.ref, found.alt)
    of_other = None if frequency is None else np.where(is_alt, 1 - frequency[chosen], frequency[chosen])
    return estimate_contamination(own, other, found.third, of_other), len(chosen)


def _second_person(compared: Genotyped) -> Share | None:
    """Estimate a second person in the sample whose genotypes choose the places of :func:`_contamination`."""
    chosen = independent(compared.sites, compared.usable())
    alone = "normal" not in compared.fragments
    base = compared.fragments["tumor" if alone else "normal"].take(chosen)
    frequency = compared.sites.frequency
    frequency = None if frequency is None else frequency[chosen]
    return estimate_second_person(base.ref, base.alt, frequency, losses=alone)


def _fractions(
    places: Sequence[Place], measured: _Measured
) -> tuple[Fragments, Fragments, npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return fragments of tumor and normal at somatic alleles, and the share that carries each."""
    sites = sites_of_reads(places)
    sites = sites.take(np.arange(min(len(sites), MOST_ALLELES)))
    tumor, normal = (count_fragments(path, measured.reference, sites) for path in measured.alignments)
    return tumor, normal, tumor.alt / np.maximum(tumor.depth, 1), normal.alt / np.maximum(normal.depth, 1)


def _tumor_in_normal(measured: _Measured) -> tuple[Share | None, int]:
    tumor, normal, share, in_normal = _fractions(measured.found.of_tumor, measured)
    fits = (share >= LEAST_SOMATIC) & (tumor.alt >= LEAST_READS) & (in_normal < MOST_IN_NORMAL * share)
    chosen = fits & (normal.depth >= MIN_FRAGMENTS)
    tumor, normal = tumor.take(chosen), normal.take(chosen)
    return (
        estimate_tumor_in_normal((tumor.ref, tumor.alt), (normal.ref, normal.alt), normal.third),
        int(chosen.sum()),
    )


def _in_both(measured: _Measured) -> verdicts.InBoth:
    """Count alleles of the tumor in the normal at less than a heterozygous place's share, however much of it is tumor.

    Fragments of a heterozygous place fall three standard deviations short of one half at one place in 700.
    """
    tumor, normal, share, in_normal = _fractions(measured.found.in_both, measured)
    chosen = (share >= LEAST_SOMATIC) & (tumor.alt >= LEAST_READS) & (normal.depth >= MIN_FRAGMENTS)
    chosen &= (in_normal >= SUBCLONAL[0]) & (normal.alt < normal.depth / 2 - BELOW_HALF * np.sqrt(normal.depth) / 2)
    ratio = float(np.median(in_normal[chosen] / share[chosen])) if chosen.any() else 0.0
    return verdicts.InBoth(int(chosen.sum()), ratio)


def _regions(reference: str | Path, bed: str | Path | None) -> list[Region]:
    if bed is None:
        return [(name, 0, length) for name, length in contig_lengths(f"{reference}.fai").items()]
    try:
        return assayed_regions(bed, reference)
    except InputError as error:
        raise InputError(error.what, path=bed, row=error.row, fix=error.fix) from error


def _require_bases(reference: str | Path, bed: str | Path, regions: Iterable[Region]) -> None:
    with pysam.FastaFile(str(reference)) as fasta:
        if not any(fasta.fetch(*region).upper().strip("N") for region in regions):
            fix = "Use a BED file of the same genome build, and a reference that has its bases"
            raise InputError("the reference has nothing but N in the assayed regions", path=bed, fix=fix)


def _require_reads(found: Survey, alignments: Sequence[Path], bed: str | Path | None) -> None:
    where = f"in the regions of {Path(bed).name}" if bed else "on the reference"
    for path, reads, kind in zip(alignments, found.reads, KINDS, strict=False):
        if not reads:
            fix = "Check that BED, genome build and sample belong together"
            raise InputError(f"no read of the {kind} lies {where}", path=path, fix=fix)


def _wrong_names(alignments: Sequence[Path], names: Sequence[str]) -> Iterator[tuple[InputError, str]]:
    """Yield names that say the opposite of the sheet."""
    for path, name, kind, other in zip(alignments, names, KINDS, (OF_NORMALS, OF_TUMORS), strict=False):
        words = set(re.split(r"[^a-z]+", name.lower()))
        if words & other and not words & (OF_TUMORS if kind == "tumor" else OF_NORMALS):
            what = f"the {kind}'s reads name their sample '{name}' (SM)"
            fix = (
                "Check that tumor and normal are not swapped in the samples sheet, or correct the read groups"
                + OVERRIDE
            )
            yield InputError(what, path=path, column="SM", fix=fix), verdicts.SWAPPED


def _require_two_names(alignments: Sequence[Path], names: Sequence[str]) -> None:
    if len(names) > 1 and names[0] == names[1]:
        what = f"tumor {alignments[0]} and normal carry the same sample name (SM) '{names[0]}'"
        fix = "Check that they are not one file, then name them apart with samtools addreplacerg"
        raise InputError(what, path=alignments[1], column="SM", fix=fix)


def _require_two_files(alignments: Sequence[Path], reference: str | Path) -> None:
    first, second = (_first_reads(path, reference) for path in alignments)
    if first and len(first & second) >= SAME_READS * min(len(first), len(second)):
        what = f"{len(first & second)} of the first {len(second)} reads are those of {alignments[0]}"
        fix = "Tumor and normal are one sample given twice: correct the samples sheet"
        raise InputError(what, path=alignments[1], fix=fix)


def _first_reads(path: Path, reference: str | Path) -> set[tuple[str, str | None]]:
    """Return names and bases of the first mapped reads; consensus reads are named alike, so that bases count too."""
    reads: set[tuple[str, str | None]] = set()
    with pysam.AlignmentFile(str(path), reference_filename=str(reference)) as handle:
        for read in handle:
            if not (read.is_unmapped or read.is_secondary or read.is_supplementary):
                reads.add((str(read.query_name), read.query_sequence))
            if len(reads) == COMPARED_READS:
                break
    return reads
