from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.annotation.decided import lost_other_allele, with_loss
from genomodel.annotation.vcf import read_annotated_vcf
from genomodel.core.errors import InputError
from genomodel.core.variants import AlleleCounts, AnnotatedCalls, Label, Origin
from tests.annotation.builders import patient
from tests.calls.builders import write_vcf

META = (
    "##genomodel_engines=freebayes,mutect2,pileup",
    "##genomodel_decided_by=varlociraptor",
    "##genomodel_pass_rule=the judge calls it",
    "##genomodel_fdr=0.05",
    "##genomodel_not_run=deepsomatic: not installed",
    "##genomodel_skipped=contamination: 3 common sites covered, 100 needed",
    "##genomodel_engine_version=mutect2: 4.6.2.0",
    "##tumor_sample=P1.tumor",
    "##normal_sample=P1.normal",
    '##INFO=<ID=BCSQ,Number=.,Type=String,Description="Format: Consequence|gene|transcript|biotype|strand|aa|dna">',
)
BCSQ = "BCSQ=missense|BRAF|T1|protein_coding|-|600V>600E|140753336A>T"
DECIDED = (
    "GM_ORIGIN=somatic;GM_REASON=somatic;GM_DECIDED_BY=varlociraptor;GM_P_SOMATIC=0.998;GM_P_GERMLINE=0.001;"
    "GM_ENGINES=mutect2,pileup;GM_ENGINE_FILTERS=mutect2:PASS,pileup:.;GM_LABELS=normal_evidence"
)


def read(folder: Path, info: str, tumor: str = "70,30", normal: str = "100,0") -> AnnotatedCalls:
    row = f"chr7\t140753336\t.\tA\tT\t.\tPASS\t{info};{BCSQ}\tAD\t{tumor}\t{normal}"
    path = write_vcf(folder / "decided.vcf", [row], ("P1.tumor", "P1.normal"), META)
    return read_annotated_vcf(path, patient())


def counts(ref: int, alt: int) -> AlleleCounts:
    return AlleleCounts(depth=ref + alt, ref_reads=ref, alt_reads=alt)


def test_who_saw_an_allele_and_who_decided_is_read(tmp_path: Path) -> None:
    calls = read(tmp_path, DECIDED)
    (found,) = calls.variants
    assert (found.callers, found.decided_by, found.posterior) == (("mutect2", "pileup"), "varlociraptor", 0.998)
    assert found.engine_filters == ("mutect2:PASS", "pileup:.")
    assert found.labels == (Label.NORMAL_EVIDENCE,)
    assert (calls.engines, calls.decided_by) == (("freebayes", "mutect2", "pileup"), "varlociraptor")


def test_steps_say_what_ran_and_what_did_not(tmp_path: Path) -> None:
    steps = {step.name: (step.status.value, step.detail) for step in read(tmp_path, DECIDED).steps}
    assert steps["Variant callers"] == ("done", "freebayes, mutect2 (4.6.2.0), pileup")
    assert steps["Decision on origin"][1].startswith("varlociraptor; false discovery rate asked for: 0.05")
    assert steps["Caller or judge left out"] == ("skipped", "deepsomatic: not installed")
    assert steps["Part of variant calling left out"][0] == "skipped"


def test_a_probability_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"probability '1\.7'"):
        read(tmp_path, DECIDED.replace("0.998", "1.7"))


def test_calls_of_another_house_say_nothing_of_a_judge(tmp_path: Path) -> None:
    row = f"chr7\t140753336\t.\tA\tT\t.\tPASS\t{BCSQ}\tAD\t70,30\t100,0"
    calls = read_annotated_vcf(write_vcf(tmp_path / "x.vcf", [row], meta=META[-1:]), patient())
    assert (calls.engines, calls.decided_by, calls.variants[0].posterior) == ((), None, None)


def test_an_inherited_allele_that_rises_to_all_reads_of_the_tumor_lost_its_partner(tmp_path: Path) -> None:
    info = "GM_ORIGIN=germline;GM_REASON=normal"
    assert read(tmp_path, info, tumor="2,98", normal="50,50").variants[0].labels == (Label.LOH,)
    assert read(tmp_path, f"{info};GM_LABELS=loh", tumor="2,98", normal="50,50").variants[0].labels == (Label.LOH,)
    assert read(tmp_path, info, tumor="48,52", normal="50,50").variants[0].labels == ()


@pytest.mark.parametrize(
    ("origin", "tumor", "normal", "expected"),
    [
        (Origin.GERMLINE, counts(0, 100), counts(50, 50), True),
        (Origin.GERMLINE, counts(25, 75), counts(100, 100), True),
        (Origin.GERMLINE, counts(45, 55), counts(50, 50), False),
        (Origin.GERMLINE, counts(2, 6), counts(5, 5), False),
        (Origin.GERMLINE, counts(0, 100), counts(0, 100), False),
        (Origin.GERMLINE, counts(100, 0), counts(50, 50), False),
        (Origin.SOMATIC, counts(0, 100), counts(50, 50), False),
        (Origin.GERMLINE, counts(0, 100), None, False),
        (Origin.GERMLINE, AlleleCounts(allele_fraction=1.0), counts(50, 50), False),
        (Origin.GERMLINE, counts(0, 0), counts(50, 50), False),
    ],
)
def test_loss_is_told_by_counts(
    origin: Origin, tumor: AlleleCounts, normal: AlleleCounts | None, expected: bool
) -> None:
    assert lost_other_allele(origin, tumor, normal) is expected
    assert (Label.LOH in with_loss((), origin, tumor, normal)) is expected


def test_a_tumor_only_decision_carries_a_germline_risk(tmp_path: Path) -> None:
    row = (
        f"chr7\t140753000\t.\tA\tT\t.\tPASS\tGM_ORIGIN=uncertain;GM_REASON=no_matched_normal;"
        f"{BCSQ.replace('600V>600E', '700V>700E')}\tAD\t50,50"
    )
    meta = tuple(line for line in META if not line.startswith("##normal_sample"))
    (found,) = read_annotated_vcf(write_vcf(tmp_path / "x.vcf", [row], ("P1.tumor",), meta), patient()).variants
    assert found.germline_risk == "high"
    assert found.origin_reason.startswith("no matched normal; germline risk high:")
