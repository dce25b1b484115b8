from __future__ import annotations

import pytest

from genomodel.calls.rearrangements.merge import merge_answers
from genomodel.core.assays import Assays
from genomodel.core.findings import Direction, Finding, Interpretation
from genomodel.core.identity import CheckName, CheckStatus, IdentityCheck
from genomodel.core.microsatellites import InstabilityClass, MicrosatelliteAssay
from genomodel.core.rearrangements import (
    NO_GENE,
    Frame,
    GeneAnswer,
    JoinedGene,
    Material,
    Rearrangement,
    RearrangementAssay,
    RearrangementKind,
    Support,
    settle_genes,
)
from genomodel.core.variants import AnnotatedCalls, Fusion
from genomodel.interpretation.failed_sample import withhold_hidden, withhold_negatives
from genomodel.interpretation.fusions import settle_fusions
from genomodel.interpretation.interpret import interpret
from genomodel.interpretation.matching import JoinedGenes, Truth, Tumor, evaluate, parse_rule
from genomodel.profile.alterations import fusions_are_known, fusions_of
from tests.interpretation.builders import SOURCE, patient

LUNG, BILE, CML = "LUAD", "IHCH", "CML"


def fusion(gene_5: str, gene_3: str, **changes: object) -> Rearrangement:
    usual: dict[str, object] = {
        "kind": RearrangementKind.FUSION,
        "five": JoinedGene(gene=gene_5, chrom="1", pos=100),
        "three": JoinedGene(gene=gene_3, chrom="2", pos=200),
        "frame": Frame.IN_FRAME,
        "domain": "kept" if gene_3 == "ALK" else "",
        "support": (Support(material=Material.RNA, program="Arriba", split_reads=9),),
        "confirmed": True,
    }
    return Rearrangement.model_validate(usual | changes)


def said(*calls: Rearrangement, tumor: str = LUNG, **assay: object) -> Interpretation:
    found = RearrangementAssay.model_validate({"calls": calls, **assay})
    calls_ = AnnotatedCalls(patient=patient(tumor), source=SOURCE, n_records=0)
    return interpret(calls_, None, None, Assays(rearrangements=found))


def one(*calls: Rearrangement, tumor: str = LUNG) -> Finding:
    findings = said(*calls, tumor=tumor).findings
    assert len(findings) == 1
    return findings[0]


def therapies(finding: Finding) -> set[str]:
    return {match.evidence.therapy for match in finding.evidence}


def test_an_in_frame_fusion_carries_its_evidence_without_a_caution() -> None:
    found = one(fusion("EML4", "ALK"))
    assert (found.label, found.gene, found.tier) == ("EML4::ALK fusion", "ALK", "I-A")
    assert {"Alectinib", "Lorlatinib"} <= therapies(found)
    assert all(match.cautions == () for match in found.evidence)


@pytest.mark.parametrize(
    ("call", "tumor", "why"),
    [
        (fusion("EML4", "ALK", frame=Frame.OUT_OF_FRAME, frame_reason="x"), LUNG, "out of frame"),
        (fusion("EML4", "ALK", domain="lost"), LUNG, "are lost"),
        (fusion("ALK", "EML4"), LUNG, "stands on the other side"),
        (fusion("NTRK3", "SCAPER"), LUNG, "stands on the other side"),
        (fusion("BICC1", "FGFR2"), BILE, "stands on the other side"),
        (fusion(NO_GENE, "ALK"), LUNG, "lies in no gene"),
    ],
)
def test_what_no_claim_is_about_is_shown_without_evidence(call: Rearrangement, tumor: str, why: str) -> None:
    found = one(call, tumor=tumor)
    assert found.evidence == ()
    assert why in found.why


@pytest.mark.parametrize(
    ("rule", "gene", "gene_5", "gene_3", "matches"),
    [
        ("fusion", "ALK", "EML4", "ALK", True),
        ("fusion", "ALK", "ALK", "EML4", False),
        ("fusion", "FGFR2", "FGFR2", "BICC1", True),
        ("fusion", "FGFR2", "BICC1", "FGFR2", False),
        ("fusion", "RET", "EML4", "ALK", False),
        ("fusion:BCR", "ABL1", "BCR", "ABL1", True),
        ("fusion:BCR", "ABL1", "ETV6", "ABL1", False),
    ],
)
def test_a_clause_asks_for_the_role_of_the_gene_and_the_partner(
    rule: str, gene: str, gene_5: str, gene_3: str, matches: bool
) -> None:
    tumor = Tumor(alterations=(JoinedGenes("fusion", gene_5, gene_3),))
    assert (evaluate(parse_rule(rule, gene), tumor).truth is Truth.TRUE) is matches


def test_the_partner_that_a_claim_names_is_asked_for() -> None:
    assert "Imatinib" in therapies(one(fusion("BCR", "ABL1"), tumor=CML))
    assert one(fusion("ETV6", "ABL1"), tumor=CML).evidence == (), "the label is about BCR::ABL1"
    assert "Pemigatinib" in therapies(one(fusion("FGFR2", "BICC1"), tumor=BILE))


@pytest.mark.parametrize(
    ("changes", "caution"),
    [
        ({"confirmed": False, "unconfirmed_reason": "no matched normal"}, "not confirmed (no matched normal)"),
        ({"frame": Frame.UNKNOWN, "frame_reason": "within an exon"}, "the reading frame is not known"),
        ({"domain": "partly kept"}, "only a part of the exons"),
        ({"domain": ""}, "whether the needed exons are kept is not known"),
    ],
)
def test_doubt_is_a_caution_on_every_statement(changes: dict[str, object], caution: str) -> None:
    found = one(fusion("EML4", "ALK", **changes))
    assert found.evidence
    assert all(any(caution in text for text in match.cautions) for match in found.evidence)


def skipping(material: Material = Material.RNA, exons: tuple[int, int] = (14, 14), gene: str = "MET") -> Rearrangement:
    return fusion(
        gene,
        gene,
        kind=RearrangementKind.EXONS_LOST,
        exons_lost=exons,
        support=(Support(material=material, program="x", split_reads=30),),
    )


@pytest.mark.parametrize("material", Material)
def test_skipping_of_met_exon_14_matches_its_claims_from_dna_and_rna(material: Material) -> None:
    found = one(skipping(material))
    assert found.label == "MET exon 14 skipping"
    assert therapies(found) == {"Capmatinib", "Tepotinib", "Crizotinib"}
    assert found.tier == "I-A"


def test_a_lost_splice_site_of_met_exon_14_matches_with_the_caution_that_rna_has_to_show_it() -> None:
    waiting = {"confirmed": False, "unconfirmed_reason": "the splice acceptor of exon 14 is lost"}
    call = skipping(Material.DNA).model_copy(update={"kind": RearrangementKind.SPLICE_SITE_LOST, **waiting})
    found = one(call)
    assert found.label == "MET exon 14 splice site lost"
    assert therapies(found) == {"Capmatinib", "Tepotinib", "Crizotinib"}
    assert all(any("confirm it by RNA" in text for text in match.cautions) for match in found.evidence)


def test_losses_of_exons_that_could_not_have_been_seen_are_not_assessable() -> None:
    def rows(*calls: Rearrangement, **assay: object) -> dict[str, str]:
        return {row.what: row.reason for row in said(*calls, **assay).not_assessable if "skipping" in row.what}

    answers = [
        GeneAnswer(gene="MET exon 14 skipping", assessable=False, reason="introns 13-14 covered to 0% by the assay"),
        GeneAnswer(gene="EGFR exons 2-7 loss", assessable=True, material=Material.DNA, reason="introns covered"),
    ]
    expected = {"MET exon 14 skipping by rearrangement or RNA": "Introns 13-14 covered to 0% by the assay."}
    assert rows(exon_losses=answers) == expected
    assert rows(skipping(), exon_losses=answers) == {}
    assert "does not say" in next(iter(rows().values()))
    both = withhold_negatives(Assays(rearrangements=RearrangementAssay(exon_losses=tuple(answers))), ["too shallow"])
    assert both.rearrangements is not None
    assert not any(item.assessable for item in both.rearrangements.exon_losses)


def test_other_lost_exons_match_nothing_of_met() -> None:
    assert one(skipping(exons=(2, 7), gene="EGFR")).evidence == ()
    assert one(skipping(exons=(13, 14))).evidence == ()


def gaps(**assay: object) -> dict[str, str]:
    return {row.what: row.reason for row in said(**assay).not_assessable if "usions" in row.what}


def test_nobody_looked_no_gene_and_some_genes() -> None:
    answers = [
        GeneAnswer(gene="ALK", assessable=True, material=Material.DNA, reason="intron 19 covered"),
        GeneAnswer(gene="RET", assessable=False, reason="no source tells"),
        GeneAnswer(gene="ROS1", assessable=False, reason="no source tells"),
    ]
    assert gaps(genes=answers) == {"Fusions of RET, ROS1": "No source tells."}
    none = gaps(
        genes=[answer.model_copy(update={"assessable": False, "reason": "too few reads"}) for answer in answers]
    )
    assert list(none) == ["Gene fusions"]
    assert none["Gene fusions"].startswith("Too few reads. Evidence on ALK")
    assert "no genes beside those it names" in gaps()["Gene fusions"]
    alone = interpret(AnnotatedCalls(patient=patient("LUAD"), source=SOURCE, n_records=0), None)
    (row,) = [row for row in alone.not_assessable if row.what == "Gene fusions"]
    assert "Not assayed" in row.reason
    assert "Nor were losses of MET exon 14" in row.reason


def test_the_profile_counts_confirmed_fusions_and_knows_silence_only_where_any_pair_would_show() -> None:
    calls = (
        fusion("EML4", "ALK"),
        fusion("KIF5B", "RET", confirmed=False),
        fusion("CD74", "ROS1", frame=Frame.OUT_OF_FRAME),
        fusion(NO_GENE, "ALK"),
        skipping(),
    )
    panel = RearrangementAssay(calls=calls)
    assert [(f.gene_5, f.gene_3) for f in fusions_of(panel)] == [("EML4", "ALK")]
    assert not fusions_are_known(panel)
    assert not fusions_are_known(panel.model_copy(update={"every_pair": True})), "one waits for confirmation"
    assert fusions_are_known(RearrangementAssay(calls=calls[:1], every_pair=True))
    assert not fusions_are_known(None)


@pytest.mark.parametrize(("purity", "seen"), [(None, True), (0.2, True), (0.1, False)])
def test_at_low_purity_silence_of_dna_is_no_negative(purity: float | None, seen: bool) -> None:
    dna = GeneAnswer(gene="ALK", assessable=True, material=Material.DNA, reason="whole genome")
    rna = GeneAnswer(gene="RET", assessable=True, material=Material.RNA, reason="its caller lists all")
    blind = GeneAnswer(gene="ROS1", assessable=False, reason="not covered")
    loss = dna.model_copy(update={"gene": "MET exon 14 skipping"})
    for genes, every in (((dna, blind), seen), ((dna, rna, blind), True)):
        found = RearrangementAssay(calls=(fusion("EML4", "ALK"),), genes=genes, exon_losses=(loss,), every_pair=True)
        settled = settle_fusions(Assays(rearrangements=found), purity).rearrangements
        assert settled is not None
        answers = {item.gene: item for item in (*settled.genes, *settled.exon_losses)}
        assert answers["ALK"].assessable is answers["MET exon 14 skipping"].assessable is seen
        assert seen or answers["ALK"].reason.startswith("at a purity of 10% an event of one copy is on 5%")
        assert answers["ROS1"].reason == "not covered"
        assert settled.calls == found.calls
        assert settled.every_pair is every
        assert rna not in genes or answers["RET"].assessable
    both = merge_answers([dna, dna.model_copy(update={"material": Material.RNA, "reason": "its caller lists all"})])
    merged = RearrangementAssay(genes=both)
    assert settle_genes(merged, 0.1).genes[0].assessable, "RNA does not rest on purity in this way"


def test_where_the_normal_holds_the_tumor_silence_of_dna_and_stable_repeats_are_no_negatives() -> None:
    dna = GeneAnswer(gene="ALK", assessable=True, material=Material.DNA, reason="whole genome")
    rna = GeneAnswer(gene="RET", assessable=True, material=Material.RNA, reason="its caller lists all")
    blind = GeneAnswer(gene="ROS1", assessable=False, reason="not covered")
    found = RearrangementAssay(calls=(fusion("EML4", "ALK"),), genes=(dna, rna, blind), every_pair=True)
    stable = MicrosatelliteAssay(method="test", status=InstabilityClass.STABLE)
    assays = Assays(rearrangements=found, msi=stable)
    check = IdentityCheck(
        name=CheckName.TUMOR_IN_NORMAL, subject="normal", status=CheckStatus.FAILED, value="60% (55 to 65%)"
    )
    assert withhold_hidden(assays, ()) == assays
    held = withhold_hidden(assays, (check,))
    assert held.msi is not None
    assert held.msi.status is InstabilityClass.INDETERMINATE
    assert held.msi.reason == "The normal may hide what is the tumor's (tumor_in_normal of normal: 60% (55 to 65%))."
    assert held.rearrangements is not None
    answers = {item.gene: item for item in held.rearrangements.genes}
    assert (answers["ALK"].assessable, answers["RET"].assessable) == (False, True)
    assert answers["ALK"].reason.startswith("the normal may hide")
    assert answers["ROS1"].reason == "not covered"
    assert held.rearrangements.calls == found.calls
    high = stable.model_copy(update={"status": InstabilityClass.HIGH})
    assert withhold_hidden(Assays(msi=high), (check,)).msi == high


def test_a_pair_outside_of_the_list_is_a_finding_where_evidence_names_it() -> None:
    def found(*pairs: Fusion) -> tuple[Finding, ...]:
        return said(tumor="ES", other_fusions=pairs).findings

    (named,) = found(Fusion(gene_5="EWSR1", gene_3="FLI1"), Fusion(gene_5="TTC28", gene_3="SUZ12"))
    assert (named.label, named.tier) == ("EWSR1::FLI1 fusion", "I-A")
    assert {match.evidence.direction for match in named.evidence} == {Direction.FOR_DIAGNOSIS}
    assert all("only the pair of genes is known" in match.tier_reason for match in named.evidence)
    assert found(Fusion(gene_5="FLI1", gene_3="SUZ12")) == ()
