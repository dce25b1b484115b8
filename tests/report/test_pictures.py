from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from genomodel.core.copy_number import (
    Bin,
    CopyNumberCall,
    CopyNumberProfile,
    CopyNumberState,
    HetSite,
    PurityPloidy,
    Segment,
)
from genomodel.core.pictures import ProteinChange, ProteinDomain, ProteinMap, ResidueCount
from genomodel.core.predictions import Contribution, DrugPrediction, UnpredictableDrug
from genomodel.core.provenance import SourceFile
from genomodel.core.sample_quality import ExonCoverage, ExonsOffAssay, SampleQuality
from genomodel.core.variants import AlleleCounts
from genomodel.report.pictures import fractions
from genomodel.report.pictures.contributions import contribution_bars
from genomodel.report.pictures.exons import exon_grid
from genomodel.report.pictures.forest import forest_plot
from genomodel.report.pictures.fractions import Reference, drawn_variant, fraction_plot, interval
from genomodel.report.pictures.genome import genome_plot, unnamed_genes
from genomodel.report.pictures.labels import spread_labels
from genomodel.report.pictures.lollipop import NARROW, in_words, lollipop
from genomodel.report.pictures.svg import Color, Scale, fitted, text_width
from tests.report import reports
from tests.report.drawn import SVG, check

DEJAVU = Path("/usr/share/fonts/truetype/dejavu")
FINITE = st.floats(-1e300, 1e300)
WORDS = st.one_of(
    st.text(max_size=300),
    st.sampled_from((reports.HOSTILE, "A" * 200, "\u0627\u0644\u0639\u0631\u0628\u064a\u0629", "\U0001f9ec" * 40, "")),
)
SHARE = st.floats(0, 1)
PERCENT = st.floats(0, 100)


def predicted() -> SearchStrategy[DrugPrediction]:
    return st.builds(
        lambda drug, numbers, percents, deciles, predictable, items: reports.prediction(drug, 50).model_copy(
            update={
                "ln_ic50": numbers[0],
                "lower90": numbers[1],
                "upper90": numbers[2],
                "percentile_tissue": percents[0],
                "percentile_tissue_lower90": percents[1],
                "percentile_tissue_upper90": percents[2],
                "tissue_deciles": tuple(deciles),
                "predictable": predictable,
                "contributions": tuple(Contribution(feature="f", label=label, ln_ic50=value) for label, value in items),
            }
        ),
        WORDS,
        st.tuples(FINITE, FINITE, FINITE),
        st.tuples(st.none() | PERCENT, PERCENT, PERCENT),
        st.lists(FINITE, min_size=11, max_size=11) | st.just([]),
        st.booleans(),
        st.lists(st.tuples(WORDS, st.floats(-30, 30)), max_size=30),
    )


@given(predictions=st.lists(predicted(), max_size=30), tissue=WORDS)
@settings(max_examples=25, deadline=None)
def test_any_predictions_are_drawn(predictions: list[DrugPrediction], tissue: str) -> None:
    drawn = forest_plot(predictions, tissue)
    if not predictions:
        assert drawn is None
        return
    check(drawn)
    for prediction in predictions[:3]:
        bars = contribution_bars(prediction)
        assert (bars is None) is (not prediction.contributions)
        if bars is not None:
            check(bars)


def test_a_prediction_behind_the_gate_has_no_number_in_the_picture() -> None:
    silent = reports.prediction("Silentone", 37, predictable=False)
    shut = UnpredictableDrug(drug="Shutone", screen="GDSC2", accuracy=silent.accuracy)
    for behind in (silent, shut):
        drawn = str(forest_plot([behind], "skin"))
        assert "no number shown" in drawn
        assert "37" not in "".join(text.text or "" for text in check(drawn).iter(f"{SVG}text"))


def test_what_is_not_informative_is_told_by_shape_and_word() -> None:
    narrow = reports.prediction("Narrow", 90)
    wide = narrow.model_copy(update={"drug": "Wide", "percentile_tissue_lower90": 12.0})
    one, other = str(forest_plot([narrow], "skin")), str(forest_plot([wide], "skin"))
    assert "not informative" not in one.partition("</title>")[2].replace("wider, not informative", "")
    assert "not informative</text>" in other
    assert "Wide: percentile 90 of 52 skin lines, 90 % interval 12 to 94, not informative" in other
    # The grid has two broken lines; the interval is a third, and a fourth over the measured lines.
    assert (one.count("stroke-dasharray"), other.count("stroke-dasharray")) == (2, 4)


def test_without_enough_lines_of_the_tissue_all_lines_are_named() -> None:
    assert "of all 925 lines</text>" in str(forest_plot([reports.prediction("Drugone", 60, tissue=False)], "eye"))


def test_bars_add_up_and_point_to_the_side_of_more_sensitive() -> None:
    root = check(contribution_bars(reports.prediction("Drugone", 90), 2))
    said = [text.text for text in root.iter(f"{SVG}text")]
    assert "2 further features" in said
    assert "+0.30" in said
    label = str(root.get("aria-label"))
    assert "from 0.80, the same tissue without any alteration, to \u22121.30" in label


CHANGES = st.builds(
    ProteinChange,
    residue=st.integers(1, 40_000),
    label=WORDS,
    tier=st.sampled_from(("I-A", "II-C", "III", "")),
    truncating=st.booleans(),
)


@given(
    changes=st.lists(CHANGES, min_size=1, max_size=60),
    length=st.none() | st.integers(1, 40_000),
    hotspots=st.lists(st.builds(ResidueCount, residue=st.integers(1, 3000), tumors=st.integers(0, 10**6)), max_size=80),
    domains=st.lists(st.tuples(st.integers(1, 300), st.integers(0, 300)), max_size=20),
    words=WORDS,
)
@settings(max_examples=25, deadline=None)
def test_any_protein_is_drawn(
    changes: list[ProteinChange],
    length: int | None,
    hotspots: list[ResidueCount],
    domains: list[tuple[int, int]],
    words: str,
) -> None:
    protein = ProteinMap(
        gene=words,
        transcript=words,
        length=length,
        length_source=words,
        hotspots=tuple(hotspots),
        hotspot_source=words,
        changes=tuple(changes),
        domains=tuple(ProteinDomain(start=start, end=start + more, name=words) for start, more in domains),
        domain_source=words,
    )
    check(lollipop(protein))
    check(lollipop(protein, NARROW))
    assert in_words(protein)


def test_a_lollipop_tells_weight_and_truncation_by_shape_and_counts_what_it_cannot_name() -> None:
    def drawn(*changes: ProteinChange) -> str:
        return str(lollipop(ProteinMap(gene="TP53", transcript="T", length=393, changes=changes)))

    filled = drawn(ProteinChange(residue=175, label="R175H", tier="I-A"))
    empty = drawn(ProteinChange(residue=175, label="R175H", tier="III"))
    square = drawn(ProteinChange(residue=213, label="R213*", tier="I-A", truncating=True))
    assert 'class="f-ink s-paper"' in filled
    assert 'class="f-paper s-ink"' in empty
    assert "<circle" in filled
    assert "<circle" not in square
    many = tuple(ProteinChange(residue=100 + i, label=f"V{100 + i}EFGHIJKL", tier="") for i in range(40))
    text = drawn(*many)
    named = sum(f">{change.label}</text>" in text for change in many)
    assert f"{40 - named} more, not named here" in text
    assert named > 3


def test_the_alternative_of_a_protein_says_how_often_a_residue_is_hit() -> None:
    protein = ProteinMap(
        gene="BRAF",
        transcript="NM_004333",
        length=766,
        hotspots=(ResidueCount(residue=600, tumors=897),),
        changes=(ProteinChange(residue=600, label="V600E"), ProteinChange(residue=9, label="G9V")),
    )
    label = str(check(lollipop(protein)).get("aria-label"))
    assert "BRAF, 766 residues" in label
    assert "V600E at residue 600, where 897 tumors of the collection have a substitution" in label
    assert label.endswith("; G9V at residue 9.") or "G9V at residue 9;" in label


COUNTS = st.builds(
    lambda depth, share: AlleleCounts(depth=depth, alt_reads=int(depth * share)), st.integers(1, 10**6), SHARE
) | st.builds(AlleleCounts, allele_fraction=SHARE)


@given(
    named=st.lists(st.tuples(WORDS, COUNTS, st.booleans()), max_size=40),
    others=st.lists(COUNTS, max_size=150),
    references=st.lists(st.builds(Reference, SHARE, WORDS), max_size=3),
)
@settings(max_examples=25, deadline=None)
def test_any_fractions_are_drawn(
    named: list[tuple[str, AlleleCounts, bool]], others: list[AlleleCounts], references: list[Reference]
) -> None:
    first = [item for label, counts, weighs in named if (item := drawn_variant(label, counts, weighs=weighs))]
    rest = [item for counts in others if (item := drawn_variant("", counts))]
    drawn = fraction_plot(first, rest, references)
    assert (drawn is None) is (not first and not rest)
    if drawn is not None:
        check(drawn)
        check(fraction_plot(first, rest, references, fractions.NARROW))


@pytest.mark.parametrize("n", [1, 110, 111, 5000])
def test_one_and_thousands_of_variants_are_drawn_and_counted(n: int) -> None:
    counts = [AlleleCounts(depth=100, alt_reads=index % 100) for index in range(n)]
    others = [item for one in counts if (item := drawn_variant("", one))]
    root = check(fraction_plot([], others))
    said = [text.text for text in root.iter(f"{SVG}text")]
    assert any(text and text.endswith(("other variant", "other variants")) for text in said)
    assert ("each line: 95 % interval" in said) is (n <= 110)
    assert str(root.get("aria-label")).startswith(f"Allele fractions of {n} variant{'s' * (n > 1)} of")


def test_intervals_are_promised_only_where_reads_were_counted() -> None:
    stated = [item for share in (0.2, 0.4) if (item := drawn_variant("", AlleleCounts(allele_fraction=share)))]
    counted = [item for one in (AlleleCounts(depth=100, alt_reads=9),) if (item := drawn_variant("", one))]
    for variants, said in (
        (stated, "Allele fractions of 2 variants of the tumor, median 30 %."),
        (counted, "Allele fractions of 1 variant of the tumor with 95 % intervals, median 9.0 %."),
        (stated + counted, "Allele fractions of 3 variants of the tumor, of 1 with a 95 % interval, median 20 %."),
    ):
        label = check(fraction_plot([], variants)).get("aria-label", "")
        assert " ".join(label.split()) == said


def test_the_interval_holds_a_stated_fraction_and_needs_reads() -> None:
    low, high = interval(AlleleCounts(depth=280, alt_reads=84)) or (0, 0)
    assert (round(low, 3), round(high, 3)) == (0.247, 0.357)
    assert (interval(AlleleCounts(depth=20, alt_reads=4, allele_fraction=0.6)) or (0, 0))[1] == 0.6
    assert interval(AlleleCounts(allele_fraction=0.5)) is None
    assert interval(AlleleCounts(depth=0, alt_reads=0)) is None
    assert interval(AlleleCounts(depth=10, alt_reads=11)) is None


def exon(gene: str, number: int | None, share: float, off: int = 0, start: int = 0) -> ExonCoverage:
    return ExonCoverage(
        gene=gene,
        exon=number,
        chrom="1",
        start=start,
        end=start + 100,
        mean_depth=80,
        share=share,
        passed=share >= 0.95,
        off_assay_bases=off,
    )


def covered(exons: list[ExonCoverage], off: tuple[ExonsOffAssay, ...] = ()) -> SampleQuality:
    return SampleQuality(samples=(), exon_depth=100, exon_share=0.95, exons=tuple(exons), exons_off_assay=off)


@given(
    exons=st.lists(
        st.builds(exon, WORDS, st.none() | st.integers(-5, 500), SHARE, st.integers(0, 50), st.integers(0, 10**6)),
        max_size=120,
    ),
    off=st.lists(st.tuples(WORDS, st.lists(st.integers(-2, 10**9), max_size=30)), max_size=5),
)
@settings(max_examples=25, deadline=None)
def test_any_exons_are_drawn(exons: list[ExonCoverage], off: list[tuple[str, list[int]]]) -> None:
    left_out = tuple(ExonsOffAssay(gene=gene, exons=tuple(numbers)) for gene, numbers in off)
    drawn = exon_grid(covered(exons, left_out))
    if drawn is not None:
        check(drawn)
    else:
        assert not exons


def test_thousands_of_exons_stay_small_and_failing_genes_come_first() -> None:
    exons = [exon(f"G{i:03d}", n, 0.4 if i == 99 else 1.0) for i in range(150) for n in range(1, 60)]
    root = check(exon_grid(covered(exons)))
    said = [str(text.text) for text in root.iter(f"{SVG}text")]
    assert said.index("G099") < said.index("G000")
    assert any("further genes are not drawn" in text for text in said)
    assert "59 not read deeply enough. Failing: G099 exons 1\u201359." in str(root.get("aria-label"))


def test_failing_exons_are_crossed_and_those_off_the_assay_hatched() -> None:
    whole = str(exon_grid(covered([exon("BRAF", 15, 1.0)])))
    assert "every exon passes" in whole
    assert "crossed" not in whole
    poor = str(exon_grid(covered([exon("BRAF", 15, 0.2)], (ExonsOffAssay(gene="BRAF", exons=(1, 2)),))))
    assert "crossed: fails" in poor
    assert "hatched: not on the assay" in poor
    assert "2 exons are not on the assay." in poor
    # Two parts of one exon: the worse one counts.
    assert "crossed" in str(exon_grid(covered([exon("BRAF", 15, 0.2), exon("BRAF", 15, 1.0)])))


def genome(n_segments: int, n_points: int) -> CopyNumberProfile:
    place = itertools.count(1)
    return CopyNumberProfile(
        source=SourceFile(name="x.cns", sha256=reports.SHA, kind="copy_number"),
        segments=tuple(
            Segment(
                chrom=f"chr{1 + i % 22}",
                start=1 + 10**5 * i,
                end=10**5 * (i + 1),
                log2_ratio=(i % 7) - 3,
                minor_fraction=0.3,
                loh=i % 2 == 0,
            )
            for i in range(n_segments)
        ),
        bins=tuple(
            Bin(chrom=f"chr{1 + i % 22}", start=next(place) * 10**4, end=10**8, log2=0.1) for i in range(n_points)
        ),
        sites=tuple(
            HetSite(chrom=f"chr{1 + i % 22}", pos=next(place) * 1000, tumor_ref=10, tumor_alt=i % 20)
            for i in range(n_points)
        ),
    )


@given(
    genes=st.lists(
        st.tuples(WORDS, st.integers(1, 22), st.integers(1, 10**9), st.none() | st.floats(-9, 9)), max_size=40
    ),
    n_segments=st.integers(1, 60),
)
@settings(max_examples=25, deadline=None)
def test_names_on_the_genome_never_meet(genes: list[tuple[str, int, int, float | None]], n_segments: int) -> None:
    calls = [
        CopyNumberCall(
            gene=f"{index}{gene}",
            state=CopyNumberState.AMPLIFICATION,
            chrom=str(chrom),
            start=start,
            end=start + 1000,
            log2_ratio=log2,
        )
        for index, (gene, chrom, start, log2) in enumerate(genes)
    ]
    profile = genome(n_segments, 20)
    purity = PurityPloidy(purity=0.6, diploid_log2=-0.2, source="given")
    root = check(genome_plot(profile, calls, purity))
    named = sum(text.get("font-weight") == "700" for text in root.iter(f"{SVG}text"))
    assert named + len(unnamed_genes(profile, calls)) == len(calls)


def test_a_dense_genome_stays_small() -> None:
    check(genome_plot(genome(6000, 6000), (), PurityPloidy(purity=0.5, diploid_log2=0.0, source="given")))


@given(
    st.lists(st.tuples(st.text("ABCDE", min_size=1, max_size=9), st.floats(0, 700)), max_size=40),
)
def test_names_side_by_side_keep_their_order_and_stay_near_their_places(wanted: list[tuple[str, float]]) -> None:
    labels = spread_labels(wanted, left=0, right=700, size=12)
    assert [label.x for label in labels] == sorted(label.x for label in labels)
    for one, other in itertools.pairwise(labels):
        assert one.middle + one.half <= other.middle - other.half + 1e-6
    for label in labels:
        assert 0 <= label.middle - label.half <= label.middle + label.half <= 700
    if len(labels) == 1:
        (label,) = labels
        assert abs(label.middle - min(max(label.x, label.half + 4), 696 - label.half)) < 1e-6


@given(FINITE, FINITE, FINITE)
def test_a_scale_never_leaves_its_ends(low: float, high: float, value: float) -> None:
    assert 3 <= Scale(low, high, 3, 9).at(value) <= 9
    assert 3 <= Scale(low, high, 9, 3).at(value) <= 9


@given(WORDS, st.floats(20, 600))
def test_a_text_is_cut_to_its_room(words: str, room: float) -> None:
    cut = fitted(words, 12, room)
    assert text_width(cut, 12) <= room
    assert cut.removesuffix("\u2026") in words or "\ufffd" in cut


@pytest.mark.skipif(not DEJAVU.is_dir(), reason="the DejaVu fonts are not installed")
@pytest.mark.parametrize(("name", "bold"), [("DejaVuSans.ttf", False), ("DejaVuSans-Bold.ttf", True)])
def test_no_letter_is_wider_than_it_is_taken_for(name: str, *, bold: bool) -> None:
    fonts = pytest.importorskip("fontTools.ttLib")
    font = fonts.TTFont(DEJAVU / name)
    glyphs, widths, units = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
    shown = [
        *map(chr, range(32, 127)),
        *"\u00a0\u2013\u2014\u2192\u2190\u2026\u2212\u2713\u2717\u2264\u2265\u00e9\u00fc\u0416\u03a9",
    ]
    too_wide = {
        char: widths[glyphs[ord(char)]][0] / units
        for char in shown
        if ord(char) in glyphs and widths[glyphs[ord(char)]][0] / units > text_width(char, 1, bold=bold) + 1e-6
    }
    assert not too_wide


def test_colors_are_told_apart_by_lightness() -> None:
    def lightness(color: Color) -> float:
        red, green, blue = (int(color.rgb[i : i + 2], 16) for i in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    levels = sorted(lightness(color) for color in (Color.INK, Color.DARK, Color.LIGHT, Color.PALE, Color.PAPER))
    assert min(b - a for a, b in itertools.pairwise(levels)) > 25
