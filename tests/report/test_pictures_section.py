from __future__ import annotations

import re

from genomodel.core.copy_number import CopyNumberProfile, HetSite
from genomodel.core.provenance import SourceFile
from genomodel.core.variants import AlleleCounts, Origin
from genomodel.report.medium import Medium
from genomodel.report.pictures import fractions
from genomodel.report.render import render_html
from genomodel.report.sections.pictures import pictures, references
from tests.report import reports
from tests.report.drawn import check


def sites(n: int, alt: int) -> CopyNumberProfile:
    return CopyNumberProfile(
        source=SourceFile(name="x", sha256=reports.SHA, kind="copy_number"),
        sites=tuple(HetSite(chrom="1", pos=1 + i, tumor_ref=100 - alt, tumor_alt=alt) for i in range(n)),
    )


def section(page: str) -> str:
    found = re.search(r'<section id="pictures".*?</section>', page, re.DOTALL)
    assert found is not None
    return found[0].replace("\u00a0", " ")


def test_lines_stand_where_a_clonal_variant_and_inherited_sites_lie() -> None:
    report = reports.typical_report().model_copy(update={"copy_number": sites(12, 48)})
    assert [(round(item.fraction, 3)) for item in references(report)] == [0.3, 0.48]
    text = section(render_html(report))
    assert "30 %: clonal, on one of two copies, 60 % tumor cells" in text
    assert "48 %: inherited heterozygous sites (median of 12)" in text


def test_no_line_is_drawn_for_what_nobody_knows() -> None:
    base = reports.typical_report()
    unknown = base.patient.model_copy(update={"purity": None})
    few = base.model_copy(update={"patient": unknown, "copy_number": sites(3, 48)})
    assert references(few) == []


def test_every_listed_variant_is_drawn_but_inherited_ones_and_those_without_a_fraction() -> None:
    base = reports.typical_report()
    listed = list(base.interpretation.other_variants)
    changes: tuple[dict[str, object], ...] = ({"origin": Origin.GERMLINE}, {"tumor": AlleleCounts()})
    for index, update in enumerate(changes):
        variant = listed[index].variant
        assert variant is not None
        listed[index] = listed[index].model_copy(update={"variant": variant.model_copy(update=update)})
    interpretation = base.interpretation.model_copy(update={"other_variants": tuple(listed)})
    shown = pictures(base.model_copy(update={"interpretation": interpretation}), Medium.SCREEN)
    assert (shown["n_variants"], shown["without_fraction"]) == (len(listed) - 1 + 2, 1)
    label = str(check(shown["fractions"]).get("aria-label"))
    assert label.startswith(f"Allele fractions of {len(listed) - 2 + 2} variants")
    assert "BRAF p.V600E 30" in label


def test_nothing_to_draw_is_said() -> None:
    assert "No small variant to draw." in section(render_html(reports.empty_report()))
    base = reports.report((reports.finding(1),))
    (found,) = base.interpretation.findings
    assert found.variant is not None
    bare = found.model_copy(update={"variant": found.variant.model_copy(update={"tumor": AlleleCounts()})})
    interpretation = base.interpretation.model_copy(update={"findings": (bare,)})
    text = section(render_html(base.model_copy(update={"interpretation": interpretation})))
    assert "The allele fraction of the 1 variant is not given" in text


def test_a_page_has_pictures_for_wide_and_narrow_screens_and_paper_one_of_each() -> None:
    report = reports.typical_report()
    screen, paper = section(render_html(report)), section(render_html(report, Medium.PRINT))
    assert screen.count("fraction-plot") == 2
    assert f'width="{fractions.NARROW.width}"' in screen
    assert paper.count("fraction-plot") == 1
    assert "for-phone" not in paper


def test_hostile_names_stay_text_in_every_picture() -> None:
    text = section(render_html(reports.hostile_report()))
    assert "<script" not in text
    assert "<img" not in text
