from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pysam
import pytest

from genomodel.calls.identity import Given, check_samples, read_identity
from genomodel.calls.identity.genotypes import read_genotypes
from genomodel.calls.identity.sites import Sites, count_fragments
from genomodel.calls.identity.survey import Place
from genomodel.core.errors import InputError
from genomodel.core.identity import CheckName, CheckStatus, CohortMatches, IdentityCheck, IdentityChecks, SampleMatch
from tests.calls.identity import people


class World(NamedTuple):
    assay: people.Assay
    own: people.Ints
    stranger: people.Ints
    tumor: Path
    normal: Path


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A person's tumor and normal over 78 places, and a stranger."""
    assay = people.write_assay(tmp_path_factory.mktemp("assay"))
    rng = np.random.default_rng(2)
    own, stranger = people.person(rng, assay.frequency), people.person(rng, assay.frequency)
    shares = people.tumor_share(rng, own, 0.6, 0.3)
    tumor = people.write_reads(assay, "tumor", shares, seed=1, somatic=0.3)
    normal = people.write_reads(assay, "normal", people.share(own), seed=2)
    return World(assay, own, stranger, tumor, normal)


def check(world: World, tumor: Path, normal: Path | None, *, listed: bool = False, **options: object) -> IdentityChecks:
    assay = world.assay
    common = assay.common_sites() if listed else None
    out = assay.folder / "found.json"
    return check_samples(tumor, assay.fasta, out, normal=normal, bed=assay.bed, common=common, **options)  # type: ignore[arg-type]


def only(found: IdentityChecks, name: CheckName) -> IdentityCheck:
    return found.named(name)[0]


@pytest.mark.parametrize("listed", [True, False], ids=["common-sites", "sites-of-the-reads"])
def test_tumor_and_normal_of_one_person_pass_all_that_can_be_asked(world: World, listed: bool) -> None:
    found = check(world, world.tumor, world.normal, listed=listed)
    assert only(found, CheckName.IDENTITY).status is CheckStatus.PASSED, found
    assert only(found, CheckName.IDENTITY).value.startswith(f"same person: {found.n_sites} sites, 0 of them discordant")
    assert [c.status for c in found.named(CheckName.CONTAMINATION)] == [CheckStatus.PASSED] * 2, found
    in_normal = only(found, CheckName.TUMOR_IN_NORMAL)
    assert in_normal.status is CheckStatus.PASSED, in_normal
    assert only(found, CheckName.SEX).value == "the assay has too little of X and Y outside of what they share"
    assert found.n_sites >= (70 if listed else 40)
    assert ("common" in found.sites) == listed


@pytest.mark.parametrize("listed", [True, False], ids=["common-sites", "sites-of-the-reads"])
def test_the_tumor_of_a_stranger_is_refused_and_reported_when_waived(world: World, listed: bool) -> None:
    rng = np.random.default_rng(3)
    shares = people.tumor_share(rng, world.stranger, 1.0, 0.5)
    strange = people.write_reads(world.assay, "strange", shares, seed=3)
    with pytest.raises(InputError, match="Tumor and normal are of two persons"):
        check(world, strange, world.normal, listed=listed)
    found = check(world, strange, world.normal, listed=listed, given=Given(waived=("identity=transplant",)))
    assert only(found, CheckName.IDENTITY).status is CheckStatus.FAILED
    assert "nothing that was called holds" in only(found, CheckName.IDENTITY).consequence
    tumor = found.named(CheckName.CONTAMINATION)[0]
    assert (tumor.subject, tumor.value) == ("tumor", "tumor and normal do not fit together")


def test_foreign_dna_in_the_tumor_and_tumor_cells_in_the_normal_are_told_apart(world: World) -> None:
    rng = np.random.default_rng(4)
    tumor_shares = people.tumor_share(rng, world.own, 0.6, 0.3)
    mixed = people.write_reads(
        world.assay, "mixed", 0.9 * tumor_shares + 0.1 * people.share(world.stranger), seed=4, somatic=0.3
    )
    infiltrated = people.write_reads(world.assay, "infiltrated", people.share(world.own), seed=5, somatic=0.045)
    found = check(world, mixed, infiltrated, listed=True)
    tumor, normal = found.named(CheckName.CONTAMINATION)
    assert tumor.status is CheckStatus.FAILED
    assert tumor.low is not None
    assert tumor.high is not None
    assert tumor.low <= 0.1 <= tumor.high
    assert normal.status is CheckStatus.PASSED
    in_normal = only(found, CheckName.TUMOR_IN_NORMAL)
    assert in_normal.low is not None
    assert in_normal.high is not None
    assert in_normal.low <= 0.15 <= in_normal.high
    assert in_normal.status is CheckStatus.FAILED
    assert "inherited and lost" in in_normal.consequence
    assert only(found, CheckName.IDENTITY).status is CheckStatus.PASSED


def test_a_tumor_alone_is_asked_what_can_be_asked(world: World) -> None:
    genotypes = world.assay.folder / "alone.genotypes.tsv"
    found = check(world, world.tumor, None, listed=True, genotypes=genotypes)
    assert only(found, CheckName.IDENTITY).value == "there is no normal to compare with"
    assert only(found, CheckName.TUMOR_IN_NORMAL).value == "there is no normal to compare with"
    assert "without a normal" in only(found, CheckName.CONTAMINATION).value
    read = read_genotypes(genotypes)
    true = dict(zip(world.assay.places, world.own, strict=True))
    called = [(g, true[p.chrom, p.pos]) for p, g in zip(read.places, read.genotypes["tumor"], strict=True) if g >= 0]
    assert len(called) > 60
    assert all(own == got for got, own in called if own != 1)


def test_mates_that_overlap_count_once(world: World) -> None:
    chrom, pos = world.assay.places[5]
    sites = Sites((Place(chrom, pos, world.assay.refs[5], world.assay.alts[5]),), None)
    counted = count_fragments(world.normal, world.assay.fasta, sites)
    with pysam.AlignmentFile(str(world.normal)) as handle:
        names = {r.query_name for r in handle.fetch(chrom, pos, pos + 1)}
        reads = handle.count(chrom, pos, pos + 1)
    assert counted.depth[0] + counted.third[0] == len(names) < reads


def test_the_same_input_gives_the_same_bytes(world: World) -> None:
    check(world, world.tumor, world.normal)
    first = (world.assay.folder / "found.json").read_bytes()
    check(world, world.tumor, world.normal)
    assert (world.assay.folder / "found.json").read_bytes() == first
    assert str(world.assay.folder).encode() not in first


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shift": 3}, r"of 78 common sites have another reference base than the reference, such as chr\d:\d+ [ACGT]"),
        ({"prefix": "hg_"}, r"the common sites are on other contigs \(hg_chr1, hg_chr2, hg_chr3 …\)"),
    ],
)
def test_common_sites_of_another_build_are_told(world: World, options: dict[str, int], message: str) -> None:
    sites = world.assay.common_sites("other", **options)  # type: ignore[arg-type]
    out = world.assay.folder / "build.json"
    with pytest.raises(InputError, match=message) as caught:
        check_samples(world.tumor, world.assay.fasta, out, bed=world.assay.bed, common=sites)
    assert caught.value.column == "common_sites"
    assert not out.exists()


def test_common_sites_without_index_or_frequencies_are_told(world: World) -> None:
    bare = world.assay.folder / "bare.vcf.gz"
    bare.write_bytes(world.assay.common_sites().read_bytes())
    with pytest.raises(InputError, match=r"cannot be read.*tabix"):
        check_samples(world.tumor, world.assay.fasta, world.assay.folder / "x.json", common=bare)
    plain = world.assay.folder / "plain.vcf"
    plain.write_text("##fileformat=VCFv4.2\n##contig=<ID=chr1>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
                     "chr1\t5001\t.\tA\tC\t.\t.\t.\n")  # fmt: skip
    pysam.tabix_index(str(plain), preset="vcf", force=True)
    with pytest.raises(InputError, match="carry no INFO/AF"):
        check_samples(world.tumor, world.assay.fasta, world.assay.folder / "x.json", common=f"{plain}.gz")


def written(folder: Path, found: IdentityChecks) -> str:
    path = folder / "P1.json"
    path.write_text(found.to_json())
    return str(path)


def test_a_match_of_the_cohort_and_gatks_estimate_join_the_report(world: World, tmp_path: Path) -> None:
    own = written(tmp_path, check(world, world.tumor, world.normal, given=Given(patient="P1")))
    alone = read_identity([own])
    assert only(alone, CheckName.MATCH).status is CheckStatus.NOT_ASSESSABLE
    match = SampleMatch(
        patient="P0", type="normal", other_patient="P1", other_type="tumor", n_sites=99, agreement=0.99, log_odds=50,
        kind="one person under two ids",
    )  # fmt: skip
    cohort = tmp_path / "matches.json"
    cohort.write_text(CohortMatches(threshold="t", matches=(match,)).to_json())
    calls = tmp_path / "calls.vcf"
    calls.write_text(
        "##fileformat=VCFv4.2\n##genomodel_contamination=0.031\n##genomodel_contamination_error=0.002\n"
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    )
    found = read_identity([own, str(cohort), str(calls)])
    told = only(found, CheckName.MATCH)
    assert told.status is CheckStatus.FAILED
    assert told.value.startswith("the tumor is of the same person as the normal of P0 (99.0% of 99 sites agree")
    gatk = found.named(CheckName.CONTAMINATION)[-1]
    assert (gatk.status, gatk.value) == (CheckStatus.WARNING, "3.1% (2.7% to 3.5%)")
    cohort.write_text(CohortMatches(comparable={"P0": 1, "P1": 1}).to_json())
    assert only(read_identity([own, str(cohort)]), CheckName.MATCH).status is CheckStatus.PASSED


def test_files_that_are_something_else_are_told(tmp_path: Path, world: World) -> None:
    own = written(tmp_path, IdentityChecks())
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"checks": 3}))
    with pytest.raises(InputError, match=r"other.json: this is no check of samples"):
        read_identity([str(other)])
    with pytest.raises(InputError, match=r"other.json: these are no matches of samples"):
        read_identity([own, str(other)])


@pytest.mark.parametrize("listed", [True, False], ids=["common-sites", "sites-of-the-reads"])
@pytest.mark.parametrize("part", [0.35, 0.5])
def test_a_normal_that_is_much_of_a_stranger_does_not_pass(world: World, part: float, listed: bool) -> None:
    shares = (1 - part) * people.share(world.own) + part * people.share(world.stranger)
    normal = people.write_reads(world.assay, f"mixed{part}", shares, seed=31, depth=100)
    found = check(world, world.tumor, normal, listed=listed, refuse=False)
    of_tumor, of_normal = found.named(CheckName.CONTAMINATION)
    assert of_normal.status is CheckStatus.FAILED, of_normal
    assert of_normal.low is not None
    assert of_normal.low > 0.2
    assert of_tumor.status is CheckStatus.NOT_ASSESSABLE, of_tumor


@pytest.mark.parametrize(("part", "status"), [(0.5, CheckStatus.FAILED), (0.7, CheckStatus.FAILED), (1.0, None)])
def test_a_normal_that_is_half_tumor_does_not_pass_on_subclones_that_it_lacks(
    world: World, part: float, status: CheckStatus | None
) -> None:
    rng = np.random.default_rng(2)
    shares = people.tumor_share(rng, world.own, 0.6, 0.3)
    tumor = people.write_reads(world.assay, "sub", shares, seed=41, somatic=0.3, subclone=0.15, depth=100)
    mixed = people.share(world.own) if part < 1 else (shares + people.share(world.own)) / 2
    normal = people.write_reads(world.assay, f"half{part}", mixed, seed=42, somatic=0.3 * part, depth=100)
    in_normal = only(check(world, tumor, normal, refuse=False), CheckName.TUMOR_IN_NORMAL)
    assert in_normal.status is (status or CheckStatus.WARNING), in_normal
    assert in_normal.estimate is None
    assert "fractions of no germline genotype" in in_normal.value


def test_no_germline_place_counts_as_tumor_in_the_normal(world: World) -> None:
    in_normal = only(check(world, world.tumor, world.normal), CheckName.TUMOR_IN_NORMAL)
    assert in_normal.estimate is not None
    assert in_normal.estimate < 0.02
