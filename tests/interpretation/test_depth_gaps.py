from __future__ import annotations

from genomodel.core.assays import Assays
from genomodel.core.copy_number import CopyNumberCall, CopyNumberProfile, CopyNumberState
from genomodel.core.identity import CheckName, CheckStatus, IdentityCheck
from genomodel.core.loci import (
    EventAnswer,
    EventKind,
    HotspotAssay,
    Locus,
    LocusAnswer,
    LocusClass,
    LocusEvent,
    LocusStatus,
)
from genomodel.core.microsatellites import InstabilityClass, MicrosatelliteAssay
from genomodel.core.provenance import SourceFile
from genomodel.core.rearrangements import GeneAnswer, RearrangementAssay
from genomodel.core.sample_quality import ExonCoverage, ExonsOffAssay, SampleQuality
from genomodel.core.variants import RegionDepth
from genomodel.interpretation.depth_gaps import MOST_GENES, depth_gaps
from genomodel.interpretation.failed_sample import withhold_hidden_copies, withhold_negatives, withhold_neutral_genes
from genomodel.interpretation.knowledge import rules_by_gene

SOURCE = SourceFile(name="x", sha256="0" * 64, kind="copy_number")
RULES = rules_by_gene()


def exon(gene: str, number: int, share: float, off: int = 0) -> ExonCoverage:
    return ExonCoverage(
        gene=gene, exon=number, chrom="1", start=0, end=9, mean_depth=9, share=share, passed=share >= 0.95,
        off_assay_bases=off,
    )  # fmt: skip


def quality(*exons: ExonCoverage, off: tuple[ExonsOffAssay, ...] = ()) -> SampleQuality:
    good = [exon(gene, number, 1.0) for gene in ("APC", "TP53") for number in range(1, 30)]
    return SampleQuality(
        samples=(), exon_depth=100, exon_share=0.95, exons=(*exons, *good), exons_off_assay=off
    )  # fmt: skip


def test_exons_are_named_gene_by_gene_and_those_that_pass_are_not() -> None:
    found = quality(exon("STK11", 1, 0.0), exon("NRAS", 2, 0.5), exon("NRAS", 3, 0.0), exon("NRAS", 5, 0.96))
    rows = depth_gaps((), found, RULES)
    assert [row.what for row in rows] == ["NRAS exons 2, 3", "STK11 exon 1"]
    assert rows[0].reason == "Less than 95% of the bases were read 100 times: a missing variant there is no negative."


def test_low_depth_of_a_deleted_gene_is_put_beside_its_deletion() -> None:
    call = CopyNumberCall(gene="CDKN2A", state=CopyNumberState.DEEP_DELETION)
    (row,) = depth_gaps((), quality(exon("CDKN2A", 2, 0.0)), RULES, CopyNumberProfile(source=SOURCE, calls=(call,)))
    assert row.reason.endswith("Low depth fits the deep deletion that was called.")


def test_what_the_assay_leaves_out_is_named_in_one_row() -> None:
    off = (ExonsOffAssay(gene="EGFR", exons=(1, 2, 3)), ExonsOffAssay(gene="KIT", exons=(4,)))
    rows = depth_gaps((), quality(exon("BRAF", 15, 1.0, off=12), off=off), RULES)
    assert [(row.what, row.reason.partition(": ")[0]) for row in rows] == [
        ("Exons not on the assay", "EGFR exons 1\u20133; KIT exon 4"),
        ("Parts of exons not on the assay", "BRAF exon 15 (12 bases)"),
    ]


def test_many_genes_and_a_whole_assay_stay_short() -> None:
    many = [exon(f"GENE{n:02}", 1, 0.0) for n in range(MOST_GENES + 3)]
    rows = depth_gaps((), quality(*many, exon("BRAF", 15, 0.0)), RULES)
    assert len(rows) == MOST_GENES + 1
    assert rows[0].what == "BRAF exon 15", "genes with evidence come first"
    assert rows[-1].what == "Exons of 4 further genes"
    all_poor = SampleQuality(samples=(), exon_depth=100, exon_share=0.95, exons=tuple(many))
    assert [row.what for row in depth_gaps((), all_poor, RULES)] == ["15 of 15 exons of actionable genes"]


def test_regions_speak_of_genes_whose_exons_are_not_judged() -> None:
    regions = (
        RegionDepth(chrom="1", start=0, end=9, name="NOGENE", mean_depth=3),
        RegionDepth(chrom="1", start=0, end=9, name="APC:exon1", mean_depth=3),
    )
    assert [row.what for row in depth_gaps(regions, quality(), RULES)] == ["Other regions"]
    assert [row.what for row in depth_gaps(regions, None, RULES)] == ["APC", "Other regions"]


def negatives() -> Assays:
    event = LocusEvent(kind=EventKind.SUBSTITUTION)
    locus = Locus(
        id="BRAF V600", gene="BRAF", locus_class=LocusClass.CODON, chrom="7", positions=(1, 2, 3), bases="AAA",
        forward=True, events=(event,),
    )  # fmt: skip
    negative = LocusAnswer(
        locus=locus, status=LocusStatus.NOT_DETECTED, depth=12, excluded_above=0.2, statement="not detected",
        events=(EventAnswer(event=event, excluded_above=0.2),),
    )  # fmt: skip
    seen = negative.model_copy(update={"status": LocusStatus.DETECTED})
    return Assays(
        hotspots=HotspotAssay(sample="T", answers=(negative, seen)),
        msi=MicrosatelliteAssay(method="x", status=InstabilityClass.STABLE),
        rearrangements=RearrangementAssay(genes=(GeneAnswer(gene="ALK", assessable=True, reason=""),), every_pair=True),
    )


def test_a_failed_sample_keeps_what_was_seen_and_no_negative() -> None:
    assert withhold_negatives(negatives(), ()) == negatives()
    found = withhold_negatives(negatives(), ("mean tumor depth 12 (at least 100 needed)",))
    assert found.hotspots is not None
    withheld, seen = found.hotspots.answers
    assert withheld.status is LocusStatus.NOT_ASSESSABLE
    assert (withheld.excluded_above, withheld.events[0].excluded_above) == (None, None)
    assert "mean tumor depth 12" in withheld.statement
    assert seen.status is LocusStatus.DETECTED
    assert found.msi is not None
    assert found.msi.status is InstabilityClass.INDETERMINATE
    assert found.rearrangements is not None
    assert [gene.assessable for gene in found.rearrangements.genes] == [False]


def test_a_failed_sample_has_no_neutral_gene() -> None:
    calls = (
        CopyNumberCall(gene="ERBB2", state=CopyNumberState.AMPLIFICATION),
        CopyNumberCall(gene="BRAF", state=CopyNumberState.NEUTRAL),
    )
    profile = CopyNumberProfile(source=SOURCE, calls=calls, assayed_genes=("BRAF", "ERBB2"))
    assert withhold_neutral_genes(profile, ()) == profile
    found = withhold_neutral_genes(profile, ("mean tumor depth 12",))
    assert found is not None
    assert [call.gene for call in found.calls] == ["ERBB2"]
    assert found.assayed_genes == ("ERBB2",)
    assert found.not_assessed == {"BRAF": "the sample failed"}


def test_against_a_normal_that_holds_the_tumor_no_gene_is_neutral() -> None:
    states = {
        "ERBB2": CopyNumberState.AMPLIFICATION,
        "MYC": CopyNumberState.GAIN,
        "PTEN": CopyNumberState.LOSS,
        "BRAF": CopyNumberState.NEUTRAL,
    }
    calls = tuple(CopyNumberCall(gene=gene, state=state, loh=False) for gene, state in states.items())
    profile = CopyNumberProfile(
        source=SOURCE, calls=calls, assayed_genes=tuple(sorted(states)), method="matched normal"
    )
    check = IdentityCheck(name=CheckName.TUMOR_IN_NORMAL, subject="normal", status=CheckStatus.FAILED, value="60%")
    foreign = check.model_copy(update={"name": CheckName.CONTAMINATION})
    assert withhold_hidden_copies(profile, ()) == withhold_hidden_copies(profile, (foreign,)) == profile
    found = withhold_hidden_copies(profile, (check, foreign))
    assert found is not None
    reason = "the normal may hide what is the tumor's (tumor_in_normal of normal: 60%)"
    assert {call.gene: (call.state, call.note, call.loh) for call in found.calls} == {
        "ERBB2": (CopyNumberState.AMPLIFICATION, "", None),
        "MYC": (CopyNumberState.GAIN, f"amplification not excluded: {reason}", None),
        "PTEN": (CopyNumberState.LOSS, f"possible loss of all copies: {reason}", None),
    }
    assert (found.assayed_genes, found.not_assessed) == (("ERBB2", "MYC", "PTEN"), {"BRAF": reason})
    pooled = withhold_hidden_copies(profile.model_copy(update={"method": "pooled reference of 9 normals"}), (check,))
    assert pooled is not None
    assert pooled.assayed_genes == profile.assayed_genes
    assert {call.loh for call in pooled.calls} == {None}
