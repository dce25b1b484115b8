from __future__ import annotations

from genomodel.core.assays import Assays
from genomodel.core.rearrangements import (
    Frame,
    GeneAnswer,
    JoinedGene,
    Material,
    Rearrangement,
    RearrangementAssay,
    RearrangementKind,
    Support,
)
from genomodel.core.report import PatientReport
from genomodel.report.medium import Medium
from genomodel.report.render import render_html
from genomodel.report.sections.rearrangements import rearrangements
from tests.report import reports

CALL = Rearrangement(
    kind=RearrangementKind.FUSION,
    five=JoinedGene(gene="EML4", chrom="2", pos=42295516, transcript="T1", place="intron 13", exon=13, n_exons=23),
    three=JoinedGene(gene="ALK", chrom="2", pos=29223528, transcript="T2", place="intron 19", exon=20, n_exons=29),
    frame=Frame.IN_FRAME,
    frame_reason="coding bases up to the joined exons",
    domain="kept",
    support=(
        Support(material=Material.DNA, program="delly", split_reads=41, spanning_pairs=1, fraction=0.25),
        Support(material=Material.RNA, program="Arriba", split_reads=62, said="high confidence"),
    ),
    confirmed=True,
    reciprocal=True,
)
GENES = (
    GeneAnswer(gene="ALK", assessable=True, material=Material.DNA, reason="intron 19 covered"),
    GeneAnswer(gene="BRAF", assessable=False, reason="introns 8-10 covered to 3% by the assay"),
    GeneAnswer(gene="NTRK1", assessable=True, material=Material.DNA, reason="introns 8-11 covered"),
)


def report_with(found: RearrangementAssay | None) -> PatientReport:
    return reports.typical_report().model_copy(update={"assays": Assays(rearrangements=found)})


def section(page: str) -> str:
    return page.partition('<section id="rearrangements"')[2].partition("</section>")[0]


def test_an_event_is_shown_with_frame_exons_reads_and_what_confirms_it() -> None:
    text = section(render_html(report_with(RearrangementAssay(calls=(CALL,), genes=GENES, method="delly 1.3.3"))))
    for words in (
        "EML4::ALK fusion",
        "in-frame; needed exons kept",
        "EML4 up to exon 13 (intron 13)",
        "ALK from exon 20 (intron 19)",
        "2:29223528",
        "DNA (delly): 41 split reads, 1 spanning pair, 25\u00a0% of the reads there",
        "RNA (Arriba): 62 split reads, high confidence",
        "yes, in DNA and RNA",
        "reciprocal product seen too",
        "Introns 8-10 covered to 3% by the assay",
    ):
        assert words in text, words


def test_a_gene_that_was_found_is_not_among_those_without_a_fusion() -> None:
    context = rearrangements(report_with(RearrangementAssay(calls=(CALL,), genes=GENES)), Medium.SCREEN)
    assert context["seen"] == [("NTRK1", "in DNA: introns 8-11 covered")]
    assert [genes for genes, _ in context["unseen"]] == ["BRAF"]


def test_of_losses_of_exons_silence_is_told_from_blindness() -> None:
    answers = (
        GeneAnswer(gene="MET exon 14 skipping", assessable=True, material=Material.DNA, reason="introns 13-14 covered"),
        GeneAnswer(gene="EGFR exons 2-7 loss", assessable=False, reason="introns 1 and 7 covered to 0% by the assay"),
    )
    text = section(render_html(report_with(RearrangementAssay(exon_losses=answers))))
    assert "None seen, where one could have been (DNA: introns 13-14 covered)" in text
    assert "Not assessable: introns 1 and 7 covered to 0% by the assay" in text
    met = CALL.model_copy(
        update={
            "kind": RearrangementKind.SPLICE_SITE_LOST,
            "exons_lost": (14, 14),
            "five": JoinedGene(gene="MET", chrom="7", pos=1),
        }
    )
    shown = rearrangements(report_with(RearrangementAssay(calls=(met,), exon_losses=answers)), Medium.SCREEN)
    assert [name for name, _ in shown["losses"]] == ["EGFR exons 2-7 loss"]


def test_silence_is_a_negative_only_where_something_could_have_been_seen() -> None:
    blind = RearrangementAssay(genes=tuple(gene.model_copy(update={"assessable": False}) for gene in GENES))
    text = section(render_html(report_with(blind)))
    assert "none could have been" in text
    assert "No fusion seen, where one could have been" not in text
    assert "no negative result" in section(render_html(report_with(None)))
    assert "tumor cells" not in text
    held = section(render_html(report_with(RearrangementAssay(genes=GENES))))
    assert "Silence of DNA is a negative where at least 20" in held


def test_without_a_normal_the_section_says_so_first() -> None:
    doubtful = CALL.model_copy(update={"confirmed": False, "unconfirmed_reason": "no matched normal"})
    text = section(render_html(report_with(RearrangementAssay(calls=(doubtful,), matched_normal=False))))
    assert "Without a matched normal no event of DNA is confirmed" in text
    assert "not confirmed" in text


def test_names_from_files_are_escaped() -> None:
    bad = CALL.model_copy(update={"five": JoinedGene(gene="<b>X</b>", chrom="<i>", pos=1)})
    text = section(render_html(report_with(RearrangementAssay(calls=(bad,)))))
    assert "<b>X" not in text
    assert "&lt;b&gt;X" in text
