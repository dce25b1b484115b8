"""Which looked-for loci a tumor board has to be told are without an adequate answer."""

from __future__ import annotations

from genomodel.core.assays import Assays
from genomodel.core.findings import NotAssessable
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
from genomodel.interpretation.interpret import interpret
from genomodel.interpretation.knowledge import rules_by_gene
from genomodel.interpretation.looked_for import INADEQUATE, NO_PLACE, list_locus_gaps
from genomodel.resources.actionable_loci import read_locus_table
from genomodel.resources.oncotree import resolve_tumor_type
from tests.interpretation.builders import calls_of, patient


def loci(*names: str) -> list[Locus]:
    """Return rows of the shipped table as if they had been placed."""
    rows = {row.locus: row for row in read_locus_table()}
    return [
        Locus(
            id=name,
            gene=rows[name].gene,
            locus_class=rows[name].locus_class,
            chrom="chr1",
            positions=(1, 2, 3),
            bases="AAA",
            forward=True,
            events=rows[name].events,
            residues=(rows[name].anchors[0].number, rows[name].anchors[-1].number) if rows[name].anchors else None,
        )
        for name in names
    ]


def silent(*names: str, reason: str = "every read has mapping quality 0") -> list[LocusAnswer]:
    return [
        LocusAnswer(locus=locus, status=LocusStatus.NOT_ASSESSABLE, depth=0, reason=reason, statement="")
        for locus in loci(*names)
    ]


def negative(limit: float, *names: str) -> list[LocusAnswer]:
    return [
        LocusAnswer(
            locus=locus,
            status=LocusStatus.NOT_DETECTED,
            excluded_above=limit,
            events=tuple(EventAnswer(event=event, excluded_above=limit, depth=100) for event in locus.events),
            depth=100,
            statement="",
        )
        for locus in loci(*names)
    ]


def gaps(
    tumor: str, answers: list[LocusAnswer], purity: float | None = 0.6, not_placed: dict[str, str] | None = None
) -> list[NotAssessable]:
    assay = HotspotAssay(sample="P1-T", answers=tuple(answers), not_placed=not_placed or {})
    return list_locus_gaps(assay, resolve_tumor_type(tumor), purity, rules_by_gene())


def test_loci_of_a_gene_without_an_answer_are_one_row_with_the_reason() -> None:
    (row,) = gaps("LUAD", silent("EGFR T790", "EGFR L858"))
    assert row.what == "EGFR T790, L858"
    assert row.reason == "Every read has mapping quality 0."


def test_loci_without_evidence_in_this_tumor_type_are_left_to_the_table() -> None:
    assert gaps("LUAD", silent("KIT D816", "KIT T670", "JAK2 V617", "BRAF K601", "FGFR3 S249")) == []
    assert [row.what for row in gaps("SKCM", silent("BRAF V600", "BRAF K601"))] == ["BRAF V600"]


def test_a_negative_that_a_clonal_variant_could_escape_is_named() -> None:
    rows = gaps("COAD", [*negative(0.31, "KRAS G12", "KRAS G13", "NRAS Q61"), *negative(0.29, "BRAF V600")])
    assert [(row.what, row.reason) for row in rows] == [("KRAS G12, G13", INADEQUATE), ("NRAS Q61", INADEQUATE)]


def test_without_a_purity_no_negative_is_called_inadequate() -> None:
    assert gaps("COAD", negative(0.9, "KRAS G12"), purity=None) == []


def test_a_negative_of_copies_is_told_with_the_molecules_that_it_needs() -> None:
    answers = [
        answer.model_copy(update={"molecules_needed": 5000})
        for answer in [*negative(0.001, "KRAS G12"), *negative(0.199999, "NRAS Q61")]
    ]
    rows = {row.what: row.reason for row in gaps("COAD", answers, purity=0.4)}
    assert rows["NRAS Q61"] == INADEQUATE
    assert rows["KRAS G12"].endswith("if at least 14 DNA molecules of the tumor sample were amplified.")
    assert gaps("COAD", answers, purity=None) == []


def test_many_loci_of_a_gene_stay_one_short_row() -> None:
    (row,) = gaps("COAD", silent("KRAS G12", "KRAS G13", "KRAS A59", "KRAS Q61", "KRAS K117", "KRAS A146"))
    assert row.what == "KRAS G12, G13, A59, Q61 and 2 more"


def test_indel_loci_are_asked_for_by_the_exon_and_the_kind_of_event() -> None:
    names = ("EGFR exon 19 deletion", "EGFR exon 19 insertion", "EGFR exon 20 insertion", "MET exon 14 splice donor")
    rows = gaps("LUAD", silent(*names, "MET exon 14 acceptor deletion", "KIT exon 11 deletion"))
    named = ", ".join(row.what for row in rows)
    for part in ("exon 19 deletion", "exon 20 insertion", "exon 14 splice donor", "exon 14 acceptor deletion"):
        assert part in named
    assert "KIT" not in named
    assert [row.what for row in gaps("GIST", silent("KIT exon 11 deletion", "KIT exon 9 insertion"))] == [
        "KIT exon 11 deletion, exon 9 insertion"
    ]
    assert [row.what for row in gaps("AML", silent("FLT3 internal tandem duplication", "IDH2 R140"))] == [
        "FLT3 internal tandem duplication",
        "IDH2 R140",
    ]


def test_a_codon_inside_an_exon_is_not_asked_for_by_evidence_on_insertions_there() -> None:
    (duplication,) = silent("FLT3 internal tandem duplication")
    (codon,) = silent("FLT3 D835")
    inside = codon.locus.model_copy(update={"id": "FLT3 Y597", "residues": (597, 597)})
    answers = [duplication, codon.model_copy(update={"locus": inside})]
    assert [row.what for row in gaps("AML", answers)] == ["FLT3 internal tandem duplication"]


def test_events_that_nothing_is_excluded_for_are_named_though_others_are_excluded() -> None:
    insertion = LocusEvent(kind=EventKind.INSERTION, shortest=3, longest=21)
    (answer,) = negative(0.01, "EGFR exon 20 insertion")
    open_one = EventAnswer(event=insertion, reason="longer than the reads show")
    (row,) = gaps("LUAD", [answer.model_copy(update={"events": (*answer.events, open_one)})])
    assert row.what == "EGFR exon 20 insertion: insertions (no bases lost) of 3 to 21 bases"
    assert row.reason == "Longer than the reads show."


def test_loci_without_a_place_that_matter_here_are_named() -> None:
    names = ("EGFR exon 20 insertion", "ERBB2 exon 20 insertion", "KIT D816", "TERT C228T", "unheard of")
    rows = gaps("LUAD", [], not_placed=dict.fromkeys(names, "x"))
    assert [(row.what, row.reason) for row in rows] == [
        ("EGFR exon 20 insertion", NO_PLACE),
        ("ERBB2 exon 20 insertion", NO_PLACE),
    ]
    blood = ("FLT3 internal tandem duplication", "FLT3 D835", "NPM1 W288 frameshift insertion", "EGFR T790")
    assert [row.what for row in gaps("AML", [], not_placed=dict.fromkeys(blood, "x"))] == [
        "FLT3 internal tandem duplication, D835",
        "NPM1 W288 frameshift insertion",
    ]


def test_answers_of_reads_reach_the_interpretation_and_an_estimate_of_purity_counts() -> None:
    who = patient("COAD", purity=0.5)
    assay = HotspotAssay(sample="P1-T", answers=tuple(negative(0.26, "KRAS G12")))
    result = interpret(calls_of(who), None, None, Assays(hotspots=assay))
    assert ("KRAS G12", INADEQUATE) in [(gap.what, gap.reason) for gap in result.not_assessable]
    assert not [gap for gap in interpret(calls_of(who), None).not_assessable if gap.reason == INADEQUATE]


def test_every_locus_class_can_be_asked_for() -> None:
    """Evidence of some tumor type asks for a locus of each class that evidence speaks of."""
    for kind in (LocusClass.CODON, LocusClass.SPLICE, LocusClass.INDEL):
        names = [row.locus for row in read_locus_table() if row.locus_class is kind]
        assert any(gaps(tumor, silent(*names)) for tumor in ("LUAD", "AML"))
