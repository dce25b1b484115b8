from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pysam
import pytest

from genomodel.calls.consensus import (
    CONFIRM,
    LIKELIHOOD,
    LOH,
    NORMAL_EVIDENCE,
    VARLOCIRAPTOR,
    Call,
    Consensus,
    ConsensusSettings,
    decide_calls,
)
from genomodel.calls.consensus_vcf import decode_reason, encode_reason, write_consensus
from genomodel.calls.hotspot_alleles import HotspotAlleles
from genomodel.calls.tools import starts
from genomodel.calls.varlociraptor import PROGRAM, Probabilities, Settings, scenario
from genomodel.core.errors import InputError
from genomodel.core.variants import Origin, Variant
from tests.calls.builders import write_vcf
from tests.calls.molecules import (
    CONTIG,
    Molecule,
    deletion,
    insertion,
    random_reference,
    snv,
    spread,
    write_bam,
    write_reference,
)

SEQUENCE = random_reference(4000, seed=8)
T, N = "P.tumor", "P.normal"
META = (f"##contig=<ID={CONTIG},length={len(SEQUENCE)}>", f"##tumor_sample={T}", f"##normal_sample={N}")


class Hotspots(HotspotAlleles):
    """Hotspot alleles by key, for places on a genome of random bases."""

    def __init__(self, keys: dict[str, str]) -> None:
        self._keys = keys

    def find(self, variant: Variant) -> str | None:
        return self._keys.get(variant.key)


def row(variant: Variant, filters: str = ".") -> str:
    fields = [variant.chrom, str(variant.pos), ".", variant.ref, variant.alt, ".", filters, ".", "AD", "10,5", "10,0"]
    return "\t".join(fields)


def engine(folder: Path, name: str, rows: list[str]) -> Path:
    ordered = sorted(rows, key=lambda line: int(line.split("\t")[1]))
    return write_vcf(folder / f"{name}.vcf", ordered, (T, N), META)


def background(tumor: int = 120, normal: int = 60) -> tuple[list[Molecule], list[Molecule]]:
    """Molecules without variants over the whole contig."""
    reads: tuple[list[Molecule], list[Molecule]] = ([], [])
    for sample, depth in zip(reads, (tumor, normal), strict=True):
        for pos in range(300, 3600, 400):
            sample.extend(spread(pos, depth, seed=depth))
    return reads


def settings(folder: Path, tumor: list[Molecule], normal: list[Molecule] | None, **more: object) -> ConsensusSettings:
    reference = write_reference(folder, SEQUENCE)
    pair = None if normal is None else (str(write_bam(folder / "n.bam", SEQUENCE, normal, N)), N)
    base = ConsensusSettings(
        reference=reference,
        tumor=(str(write_bam(folder / "t.bam", SEQUENCE, tumor, T)), T),
        normal=pair,
        callable_bases=len(SEQUENCE),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def by_key(consensus: Consensus) -> dict[str, Call]:
    return {call.site.variant.key: call for call in consensus.calls}


def mixed(pos: int, depth: int, share: float, variants: list[Variant], seed: int = 7) -> list[Molecule]:
    carrying = round(depth * share)
    return spread(pos, depth - carrying, seed=seed) + spread(pos, carrying, variants, seed=seed + 1)


def test_a_somatic_and_an_inherited_allele_are_told_apart_whoever_saw_them(tmp_path: Path) -> None:
    somatic, inherited = snv(SEQUENCE, 700), snv(SEQUENCE, 1500)
    tumor = mixed(700, 150, 0.15, [somatic]) + mixed(1500, 150, 0.5, [inherited])
    normal = spread(700, 60) + mixed(1500, 60, 0.5, [inherited])
    calls = {
        "freebayes": engine(tmp_path, "freebayes", [row(somatic), row(inherited)]),
        "pileup": engine(tmp_path, "pileup", [row(inherited)]),
    }
    decided = by_key(decide_calls(calls, settings(tmp_path, tumor, normal)))
    assert decided[somatic.key].origin is Origin.SOMATIC
    assert decided[somatic.key].filters == ("PASS",)
    assert decided[somatic.key].candidate.engines == ("freebayes",)
    assert decided[inherited.key].origin is Origin.GERMLINE
    assert decided[inherited.key].candidate.engines == ("freebayes", "pileup")


def test_every_allele_that_an_engine_saw_is_in_the_result(tmp_path: Path) -> None:
    alleles = [snv(SEQUENCE, 700), deletion(SEQUENCE, 1100, 4), insertion(SEQUENCE, 1500, "GAT"), snv(SEQUENCE, 1900)]
    tumor, normal = background()
    calls = {"freebayes": engine(tmp_path, "freebayes", [row(allele) for allele in alleles])}
    consensus = decide_calls(calls, settings(tmp_path, tumor, normal))
    assert len(consensus.calls) == len(alleles)
    assert {call.origin for call in consensus.calls} == {Origin.NOT_CALLED}
    assert sum(consensus.counts().values()) == len(alleles)


def test_two_records_of_neighbors_are_one_allele_when_molecules_carry_both(tmp_path: Path) -> None:
    one, two = snv(SEQUENCE, 700), snv(SEQUENCE, 701)
    whole = Variant(chrom=CONTIG, pos=700, ref=one.ref + two.ref, alt=one.alt + two.alt)
    tumor = mixed(700, 150, 0.2, [one, two])
    calls = {
        "pileup": engine(tmp_path, "pileup", [row(one), row(two)]),
        "mutect2": engine(tmp_path, "mutect2", [row(whole, "PASS")]),
    }
    decided = by_key(decide_calls(calls, settings(tmp_path, tumor, spread(700, 60))))
    assert decided[whole.key].filters == ("PASS",)
    assert decided[whole.key].candidate.engines == ("mutect2", "pileup")
    assert decided[one.key].filters == decided[two.key].filters == ("GM_part_of_allele",)


def test_neighbors_on_different_molecules_stay_two_alleles(tmp_path: Path) -> None:
    one, two = snv(SEQUENCE, 700), snv(SEQUENCE, 701)
    tumor = mixed(700, 80, 0.3, [one]) + mixed(700, 80, 0.3, [two], seed=20)
    whole = Variant(chrom=CONTIG, pos=700, ref=one.ref + two.ref, alt=one.alt + two.alt)
    calls = {"freebayes": engine(tmp_path, "freebayes", [row(one), row(two), row(whole)])}
    decided = by_key(decide_calls(calls, settings(tmp_path, tumor, spread(700, 60))))
    assert decided[one.key].filters == decided[two.key].filters == ("PASS",)
    assert decided[whole.key].filters == ("GM_not_in_phase",)


def test_two_records_alone_are_joined_when_no_engine_wrote_the_whole(tmp_path: Path) -> None:
    one, two = snv(SEQUENCE, 700), snv(SEQUENCE, 701)
    calls = {"pileup": engine(tmp_path, "pileup", [row(one), row(two)])}
    tumor = mixed(700, 150, 0.2, [one, two])
    decided = by_key(decide_calls(calls, settings(tmp_path, tumor, spread(700, 60))))
    whole = f"{CONTIG}:700:{one.ref}{two.ref}>{one.alt}{two.alt}"
    assert decided[whole].filters == ("PASS",)


def test_a_haplotype_over_an_inherited_allele_gives_no_somatic_one(tmp_path: Path) -> None:
    inherited, beside = snv(SEQUENCE, 700), snv(SEQUENCE, 703)
    first, last = 700, 703
    ref = SEQUENCE[first - 1 : last]
    joint = Variant(chrom=CONTIG, pos=700, ref=ref, alt=inherited.alt + ref[1:3] + beside.alt)
    tumor = spread(700, 148, [inherited]) + spread(700, 2, [inherited, beside], seed=4)
    calls = {"freebayes": engine(tmp_path, "freebayes", [row(inherited), row(joint)])}
    decided = by_key(decide_calls(calls, settings(tmp_path, tumor, spread(700, 60, [inherited]))))
    assert joint.key not in decided
    assert decided[inherited.key].origin is Origin.GERMLINE
    assert decided[beside.key].origin is Origin.NOT_CALLED


def test_a_hotspot_allele_that_does_not_pass_is_kept_for_confirmation(tmp_path: Path) -> None:
    weak, other = snv(SEQUENCE, 700), snv(SEQUENCE, 1500)
    tumor = [
        *spread(700, 180),
        *(replace(m, first_forward=True) for m in spread(700, 7, [weak], seed=3)),
        *spread(1500, 180),
        *(replace(m, first_forward=True) for m in spread(1500, 7, [other], seed=3)),
    ]
    for i, molecule in enumerate(tumor):
        if molecule.variants:
            tumor[i] = Molecule(molecule.variants[0].pos - 41, molecule.variants, True)
    normal = spread(700, 60) + spread(1500, 60)
    calls = {"freebayes": engine(tmp_path, "freebayes", [row(weak), row(other)])}
    base = settings(tmp_path, tumor, normal, hotspots=Hotspots({weak.key: "BRAF V600E"}))
    decided = by_key(decide_calls(calls, base))
    assert decided[other.key].origin is Origin.NOT_CALLED
    assert decided[other.key].filters == ("GM_artifact",)
    assert decided[weak.key].origin is Origin.UNCERTAIN
    assert CONFIRM in decided[weak.key].labels
    assert decided[weak.key].filters != ("PASS",)
    assert "BRAF V600E" in decided[weak.key].reason


def test_an_allele_that_an_engine_was_forced_to_look_at_is_no_vote_of_its_own(tmp_path: Path) -> None:
    allele = snv(SEQUENCE, 700)
    calls = {
        "freebayes": engine(tmp_path, "freebayes", [row(allele)]),
        "forced": engine(tmp_path, "forced", [row(allele, "PASS")]),
    }
    base = settings(tmp_path, mixed(700, 150, 0.2, [allele]), spread(700, 60))
    consensus = decide_calls(calls, base)
    candidate = by_key(consensus)[allele.key].candidate
    assert candidate.engines == ("freebayes",)
    assert candidate.passed_by() == ()
    write_consensus(consensus, base, tmp_path / "out.vcf.gz", calls=calls)
    with pysam.VariantFile(str(tmp_path / "out.vcf.gz")) as handle:
        assert "##genomodel_engines=freebayes\n" in str(handle.header)
        assert next(iter(handle)).info["GM_ENGINE_FILTERS"] == ("forced:PASS", "freebayes:.")


def test_a_hotspot_allele_that_errors_explain_is_not_raised_to_a_finding(tmp_path: Path) -> None:
    weak = snv(SEQUENCE, 700)
    tumor = spread(700, 5000) + spread(700, 2, [weak], seed=3, quality=22)
    calls = {"pileup": engine(tmp_path, "pileup", [row(weak)])}
    base = settings(tmp_path, tumor, spread(700, 100), hotspots=Hotspots({weak.key: "BRAF V600E"}))
    call = by_key(decide_calls(calls, base))[weak.key]
    assert call.origin is Origin.NOT_CALLED
    assert call.labels == ()


def test_a_few_fragments_in_the_normal_do_not_remove_a_hotspot_allele(tmp_path: Path) -> None:
    hot = snv(SEQUENCE, 700)
    tumor, normal = mixed(700, 150, 0.35, [hot]), mixed(700, 100, 0.03, [hot])
    calls = {"freebayes": engine(tmp_path, "freebayes", [row(hot)])}
    base = settings(tmp_path, tumor, normal, hotspots=Hotspots({hot.key: "KRAS G12D"}))
    call = by_key(decide_calls(calls, base))[hot.key]
    assert call.origin is Origin.SOMATIC
    assert call.labels == (NORMAL_EVIDENCE,)


def test_an_inherited_allele_whose_other_copy_is_lost_says_so(tmp_path: Path) -> None:
    allele = snv(SEQUENCE, 700)
    tumor, normal = mixed(700, 150, 0.97, [allele]), mixed(700, 80, 0.5, [allele])
    calls = {"freebayes": engine(tmp_path, "freebayes", [row(allele)])}
    call = by_key(decide_calls(calls, settings(tmp_path, tumor, normal)))[allele.key]
    assert call.origin is Origin.GERMLINE
    assert call.labels == (LOH,)


def test_a_normal_that_was_not_read_leaves_the_origin_open(tmp_path: Path) -> None:
    allele = snv(SEQUENCE, 700)
    calls = {"freebayes": engine(tmp_path, "freebayes", [row(allele)])}
    base = settings(tmp_path, mixed(700, 150, 0.2, [allele]), spread(1500, 60) + spread(700, 3))
    call = by_key(decide_calls(calls, base))[allele.key]
    assert call.origin is Origin.UNCERTAIN
    assert call.filters == ("GM_normal_not_assessable",)


def test_without_a_normal_nothing_is_called_somatic(tmp_path: Path) -> None:
    low, half = snv(SEQUENCE, 700), snv(SEQUENCE, 1500)
    tumor = mixed(700, 150, 0.1, [low]) + mixed(1500, 150, 0.5, [half])
    calls = {"freebayes": engine(tmp_path, "freebayes", [row(low), row(half)])}
    decided = by_key(decide_calls(calls, settings(tmp_path, tumor, None)))
    assert {call.origin for call in decided.values()} == {Origin.UNCERTAIN}
    assert {call.filters for call in decided.values()} == {("PASS",)}


def test_one_percent_at_great_depth_is_found_at_its_true_fraction(tmp_path: Path) -> None:
    allele = snv(SEQUENCE, 700)
    tumor, normal = mixed(700, 8000, 0.01, [allele]), spread(700, 2000)
    calls = {"pileup": engine(tmp_path, "pileup", [row(allele)])}
    call = by_key(decide_calls(calls, settings(tmp_path, tumor, normal)))[allele.key]
    assert call.filters == ("PASS",)
    assert call.site.tumor.counts().allele_fraction == pytest.approx(0.01)
    assert call.site.tumor.depth == 8000


def test_two_shifts_that_restore_the_frame_are_one_allele(tmp_path: Path) -> None:
    ref = SEQUENCE[699:716]
    whole = Variant(chrom=CONTIG, pos=700, ref=ref, alt=ref[:2] + ref[6:11] + ref[12:16])
    shift = len(whole.alt) - len(whole.ref)
    assert shift % 3 == 0
    calls = {"mutect2": engine(tmp_path, "mutect2", [row(whole, "PASS")])}
    base = settings(tmp_path, mixed(700, 150, 0.25, [whole]), spread(700, 60))
    passed = [c.site.variant for c in decide_calls(calls, base).calls if c.filters == ("PASS",)]
    assert [len(v.alt) - len(v.ref) for v in passed] == [shift]


def test_inherited_neighbors_on_its_haplotype_do_not_make_an_allele_suspect(tmp_path: Path) -> None:
    somatic = snv(SEQUENCE, 700)
    neighbors = [snv(SEQUENCE, pos) for pos in (682, 691, 709, 718)]
    tumor = spread(700, 75) + spread(700, 45, neighbors, seed=5) + spread(700, 30, [*neighbors, somatic], seed=6)
    normal = spread(700, 30) + spread(700, 30, neighbors, seed=7)
    rows = [row(somatic, "PASS"), *(row(v).replace("10,5\t10,0", "75,75\t30,30") for v in neighbors)]
    calls = {"freebayes": engine(tmp_path, "freebayes", rows)}
    assert by_key(decide_calls(calls, settings(tmp_path, tumor, normal)))[somatic.key].filters == ("PASS",)


def test_one_orientation_of_all_pairs_is_held_against_no_allele(tmp_path: Path) -> None:
    allele = snv(SEQUENCE, 700)
    one_way = [replace(m, first_forward=True) for m in mixed(700, 1000, 0.05, [allele])]
    calls = {"pileup": engine(tmp_path, "pileup", [row(allele)])}
    normal = [replace(m, first_forward=True) for m in spread(700, 300)]
    assert by_key(decide_calls(calls, settings(tmp_path, one_way, normal)))[allele.key].filters == ("PASS",)


def test_alleles_of_all_fractions_pass_without_a_normal(tmp_path: Path) -> None:
    alleles = {snv(SEQUENCE, 400 + 300 * i): share for i, share in enumerate((0.05, 0.1, 0.2, 0.3, 0.35, 0.5, 1.0))}
    tumor = [m for allele, share in alleles.items() for m in mixed(allele.pos, 150, share, [allele])]
    calls = {"freebayes": engine(tmp_path, "freebayes", [row(allele) for allele in alleles])}
    decided = by_key(decide_calls(calls, settings(tmp_path, tumor, None)))
    assert {call.filters for call in decided.values()} == {("PASS",)}


def test_a_shallow_normal_leaves_the_origin_open_and_not_the_presence(tmp_path: Path) -> None:
    allele = snv(SEQUENCE, 700)
    calls = {"freebayes": engine(tmp_path, "freebayes", [row(allele)])}
    base = settings(tmp_path, mixed(700, 100, 0.5, [allele]), spread(700, 10))
    assert by_key(decide_calls(calls, base))[allele.key].origin is Origin.UNCERTAIN


def test_a_hotspot_that_an_engine_passed_is_kept_where_no_fragment_counts(tmp_path: Path) -> None:
    hot = snv(SEQUENCE, 700)
    tumor = [replace(m, mapping=10) for m in mixed(700, 60, 0.3, [hot])] + spread(1500, 60)
    calls = {"mutect2": engine(tmp_path, "mutect2", [row(hot, "PASS")])}
    base = settings(tmp_path, tumor, spread(700, 30), hotspots=Hotspots({hot.key: "PIK3CA H1047R"}))
    call = by_key(decide_calls(calls, base))[hot.key]
    assert call.origin is Origin.UNCERTAIN
    assert call.labels == (CONFIRM,)
    assert "not assessable" in call.reason


def test_varlociraptors_answer_counts_and_its_silence_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    against, silent = snv(SEQUENCE, 700), snv(SEQUENCE, 1500)
    tumor = mixed(700, 150, 0.2, [against]) + mixed(1500, 150, 0.2, [silent])
    normal = spread(700, 60) + spread(1500, 60)
    calls = {"freebayes": engine(tmp_path, "freebayes", [row(against), row(silent)])}
    asked: list[object] = []

    def answer(variants: object, run: object, folder: object) -> dict[str, Probabilities]:
        asked.append(run)
        return {against.key: Probabilities(somatic=0.0, germline=0.0, mosaic=0.0, artifact=1.0, absent=0.0)}

    monkeypatch.setattr("genomodel.calls.consensus.rescore", answer)
    base = settings(tmp_path, tumor, normal, judge=VARLOCIRAPTOR, purity=0.4, max_depth=777)
    consensus = decide_calls(calls, base)
    decided = by_key(consensus)
    assert decided[against.key].filters == ("GM_artifact",)
    assert decided[against.key].decided_by == VARLOCIRAPTOR
    assert decided[silent.key].filters == ("PASS",)
    assert decided[silent.key].decided_by == LIKELIHOOD
    assert (consensus.asked, consensus.told) == (2, 1)
    (run,) = asked
    assert isinstance(run, Settings)
    assert (run.purity, run.max_depth) == (0.4, 777)
    assert "fraction: 0.6000" in scenario(run)
    write_consensus(consensus, base, tmp_path / "out.vcf.gz", calls=calls)
    with pysam.VariantFile(str(tmp_path / "out.vcf.gz")) as handle:
        assert "##genomodel_rescored=1 of 2 open alleles" in str(handle.header)
        assert "##genomodel_contamination=not assessable" in str(handle.header)


def test_the_false_discovery_rate_decides_what_passes(tmp_path: Path) -> None:
    alleles = [snv(SEQUENCE, 500 + 300 * i) for i in range(8)]
    tumor = [m for i, a in enumerate(alleles) for m in mixed(a.pos, 150, (0.02, 0.2)[i > 1], [a])]
    normal = [m for a in alleles for m in spread(a.pos, 60)]
    calls = {"freebayes": engine(tmp_path, "freebayes", [row(allele) for allele in alleles])}
    base = settings(tmp_path, tumor, normal)
    passed = [
        sum(call.filters == ("PASS",) for call in decide_calls(calls, replace(base, fdr=fdr)).calls)
        for fdr in (0.001, 0.2)
    ]
    assert passed[0] < passed[1]


def test_calls_of_another_genome_are_refused(tmp_path: Path) -> None:
    tumor, normal = background(30, 20)
    base = settings(tmp_path, tumor, normal)
    wrong = snv(SEQUENCE, 700).model_copy(update={"ref": snv(SEQUENCE, 700).alt, "alt": SEQUENCE[699]})
    with pytest.raises(InputError, match="the reference holds"):
        decide_calls({"freebayes": engine(tmp_path, "a", [row(wrong)])}, base)
    other = snv(SEQUENCE, 700).model_copy(update={"chrom": "1"})
    with pytest.raises(InputError, match="contig '1' is not in the reference"):
        decide_calls({"freebayes": engine(tmp_path, "b", [row(other)])}, base)
    with pytest.raises(InputError, match="no engine"):
        decide_calls({}, base)


@pytest.mark.parametrize("judge", [LIKELIHOOD, VARLOCIRAPTOR])
def test_both_judges_write_the_same_columns(tmp_path: Path, judge: str) -> None:
    if judge == VARLOCIRAPTOR and not starts(PROGRAM):
        pytest.skip("varlociraptor is neither on PATH nor in GENOMODEL_TOOLS")
    somatic = snv(SEQUENCE, 700)
    tumor, normal = background(60, 40)
    tumor += mixed(700, 120, 0.2, [somatic])
    normal += spread(700, 60)
    calls = {"freebayes": engine(tmp_path, "freebayes", [row(somatic)])}
    base = settings(tmp_path, tumor, normal, judge=judge)
    out = tmp_path / "out.vcf.gz"
    write_consensus(decide_calls(calls, base), base, out, calls=calls, not_run=["mutect2: gatk is not installed"])
    assert (tmp_path / "out.vcf.gz.tbi").is_file()
    with pysam.VariantFile(str(out)) as handle:
        header = str(handle.header)
        (record,) = list(handle)
    assert f"##genomodel_decided_by={judge}" in header
    assert "##genomodel_not_run=mutect2: gatk is not installed" in header
    assert list(record.filter) == ["PASS"]
    info = dict(record.info)
    assert info["GM_DECIDED_BY"] == judge
    assert info["GM_ORIGIN"] == "somatic"
    assert info["GM_P_SOMATIC"] > 0.9
    assert info["GM_ENGINES"] == ("freebayes",)
    assert set(info) >= {"GM_P_GERMLINE", "GM_P_ARTIFACT", "GM_TLOD", "GM_NLOD", "GM_ENGINE_FILTERS", "GM_REASON"}
    counts = by_key(decide_calls(calls, base))[somatic.key].site.tumor
    assert record.samples[T]["AD"] == (counts.count(0), counts.count(1))
    assert record.samples[N]["AD"][1] == 0


def test_same_input_gives_same_bytes(tmp_path: Path) -> None:
    somatic = snv(SEQUENCE, 700)
    calls = {"freebayes": engine(tmp_path, "freebayes", [row(somatic)])}
    base = settings(tmp_path, mixed(700, 120, 0.2, [somatic]), spread(700, 60))
    files = []
    for name in ("a", "b"):
        out = tmp_path / f"{name}.vcf.gz"
        write_consensus(decide_calls(calls, base), base, out, calls=calls)
        files.append(out.read_bytes())
    assert files[0] == files[1]


def test_a_reason_survives_the_info_column() -> None:
    text = "tumor 5 of 100 fragments; a_b, 50 % = half"
    encoded = encode_reason(text)
    assert not set(encoded) & set(" ;=,")
    assert decode_reason(encoded) == text
