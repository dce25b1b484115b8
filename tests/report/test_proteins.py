from __future__ import annotations

import pytest

from genomodel.core.findings import Finding, Hotspot
from genomodel.core.pictures import ProteinMap
from genomodel.core.variants import VariantClass
from genomodel.report.compose import compose
from genomodel.report.medium import Medium
from genomodel.report.proteins import COUNTED_OTHERWISE, protein_maps
from genomodel.report.render import render_html
from genomodel.resources.protein_lengths import protein_length
from genomodel.resources.residue_numbers import residue_numbers
from tests.report import reports

TP53, BRAF, MYD88 = "ENST00000269305.9", "NM_004333.6", "ENST00000650905"


def changed(
    gene: str,
    change: str,
    transcript: str,
    *,
    hotspot: Hotspot | None = None,
    tier: str = "",
    kind: VariantClass = VariantClass.MISSENSE,
    record: int = 1,
) -> Finding:
    evidence = (reports.match(gene, tier=tier),) if tier else ()
    found = reports.finding(record, gene, evidence, change=change)
    assert found.variant is not None
    assert found.variant.consequence is not None
    consequence = found.variant.consequence.model_copy(update={"transcript": transcript, "variant_class": kind})
    variant = found.variant.model_copy(update={"consequence": consequence})
    return found.model_copy(update={"variant": variant, "hotspot": hotspot})


def maps(*findings: Finding, listed: tuple[Finding, ...] = ()) -> tuple[ProteinMap, ...]:
    base = reports.report(findings)
    interpretation = base.interpretation.model_copy(update={"other_variants": listed})
    return protein_maps(base.model_copy(update={"interpretation": interpretation}))


# Lengths as the proteins' own records have them (RefSeq NP_000537, NP_004324, NP_005219, NP_006209).
@pytest.mark.parametrize(
    ("gene", "transcript", "residues"),
    [
        ("TP53", TP53, 393),
        ("BRAF", "NM_004333", 766),
        ("EGFR", "NM_005228.5", 1210),
        ("PIK3CA", "ENST00000263967.4", 1068),
        ("KRAS", "NM_004985", 188),
        ("KRAS", "NM_033360", 189),
    ],
)
def test_lengths_are_those_of_the_transcript(gene: str, transcript: str, residues: int) -> None:
    assert protein_length(gene, transcript) == residues


def test_a_transcript_that_nobody_measured_has_no_length() -> None:
    assert protein_length("TP53", "ENST00000000001") is None
    assert protein_length("TP53", "") is None
    assert protein_length("NOGENE", TP53) is None


def test_a_protein_is_drawn_for_tier_or_hotspot_with_all_changes_of_its_transcript() -> None:
    tiered = changed("BRAF", "V600E", BRAF, tier="I-A")
    hot = Hotspot(residue="R175", tumors_at_residue=1, tumors_with_allele=1)
    spot = changed("TP53", "R175H", TP53, hotspot=hot, record=2)
    stop = changed("TP53", "R213*", TP53, kind=VariantClass.TRUNCATING, record=3)
    alone = changed("KRAS", "A5T", "NM_004985", record=4)
    silent = changed("BRAF", "G10G", BRAF, kind=VariantClass.SYNONYMOUS, record=5)
    first, second = maps(tiered, spot, silent, listed=(stop, alone))
    assert (first.gene, first.length, [c.label for c in first.changes]) == ("BRAF", 766, ["V600E"])
    assert (second.gene, [(c.label, c.truncating) for c in second.changes]) == (
        "TP53",
        [("R175H", False), ("R213*", True)],
    )
    counts = {item.residue: item.tumors for item in first.hotspots}
    assert max(counts, key=lambda residue: counts[residue]) == 600
    assert "ODbL" in first.hotspot_source
    assert "refGene" in first.length_source
    assert any(part.start <= 175 <= part.end for part in second.domains)
    assert "ClinGen" in second.domain_source


def test_a_splice_site_is_named_by_the_residue_next_to_it() -> None:
    named, tiered = (
        changed("TP53", change, TP53, record=k, tier=tier, kind=VariantClass.SPLICE)
        for k, change, tier in ((1, "X187_splice", ""), (2, "X126_splice", "II-C"))
    )
    (protein,) = maps(tiered, listed=(named,))
    assert [(c.residue, c.label) for c in protein.changes] == [(126, "X126_splice"), (187, "X187_splice")]


def test_hotspots_are_left_out_where_the_transcript_may_count_otherwise() -> None:
    (other,) = maps(changed("BRAF", "V640E", "NM_001374258", tier="I-A"))
    assert (other.hotspots, other.hotspot_source, other.domains) == ((), COUNTED_OTHERWISE, ())
    (told,) = maps(changed("KRAS", "G12D", "", tier="I-A"))
    assert {item.residue for item in told.hotspots} >= {12, 61}
    assert told.length is None
    (open_number,) = maps(changed("BRAF", "V600E", "", tier="I-A"))
    assert open_number.hotspots == (), "BRAF has residues under two numbers, and nobody says which is meant"
    hot = Hotspot(residue="V600", tumors_at_residue=897, tumors_with_allele=833)
    (agreed,) = maps(changed("BRAF", "V600E", "ENST00000288602", hotspot=hot))
    assert {item.residue for item in agreed.hotspots} >= {600}


def test_residues_that_the_collection_counts_on_another_transcript_are_drawn_where_mane_has_them() -> None:
    row = next(row for row in residue_numbers() if row.gene == "MYD88" and row.named == "L265")
    (protein,) = maps(changed("MYD88", "L252P", row.mane_transcript, tier="I-A"))
    residues = {item.residue for item in protein.hotspots}
    assert int(row.mane[1:]) in residues
    assert 265 not in residues


def test_a_change_beyond_the_end_of_the_protein_leaves_its_length_open() -> None:
    (protein,) = maps(changed("TP53", "R999H", TP53, tier="I-A"))
    assert (protein.length, protein.length_source) == (None, "")
    page = render_html(reports.report((changed("TP53", "R999H", TP53, tier="I-A"),)))
    assert "its length is not known" in page


def test_the_report_holds_what_it_draws_and_points_to_what_paper_has_no_room_for() -> None:
    findings = tuple(changed(f"GENE{index}", "V600E", "NM_1", tier="I-A", record=index) for index in range(1, 10))
    report = compose(reports.report(findings))
    assert len(report.proteins) == 9
    screen, paper = render_html(report), render_html(report, Medium.PRINT)
    assert screen.count('class="picture lollipop"') == 18, "one for pages and one for phones"
    assert paper.count('class="picture lollipop"') == 6
    assert "3 further proteins not shown here" in paper
    bare = report.model_copy(update={"proteins": ()})
    assert 'class="picture lollipop"' not in render_html(bare)
