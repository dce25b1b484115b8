"""The section on reads: what is drawn and said, for whom, in the page, on paper and for those who do not see it."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pysam
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genomodel.batch import Case, CaseRecord, run_batch
from genomodel.core.findings import Finding
from genomodel.core.paths import ResultPaths
from genomodel.core.patients import Assay, Patient
from genomodel.core.pictures import PicturedRead, ReadPicture, ReadsLeftOut
from genomodel.core.report import PatientReport
from genomodel.report.drawn_reads import NO_TUMOR, findings_to_draw, with_read_pictures
from genomodel.report.medium import Medium
from genomodel.report.pictures.reads import alternative, read_pile
from genomodel.report.presentation import WITHOUT_PDF
from genomodel.report.render import render_html
from genomodel.report.seal import read_report, report_json
from genomodel.report.sections.reads import cautions, reads
from genomodel.report.write import write_report
from genomodel.resources.oncotree import resolve_tumor_type
from tests.cli.test_report_bad_input import COLUMNS, HEADER, V600E
from tests.report import reports

CELLS = 51
FOCUS = 25


def one_read(*, supports: bool = True, forward: bool = True, mapping: int = 60, counted: bool = True) -> PicturedRead:
    cells = "." * FOCUS + ("T" if supports else ".") + ",c" + "." * (CELLS - FOCUS - 3)
    return PicturedRead(cells=cells, forward=forward, mapping_quality=mapping, supports=supports, counted=counted)


def pile(finding_id: str = "P:1", key: str = "7:1001:A>T", **facts: Any) -> ReadPicture:
    """84 of 280 reads with the allele, of both strands."""
    drawn = [one_read(forward=way) for way in (True, False) for _ in range(12)]
    drawn += [one_read(supports=False, forward=way) for way in (True, False) for _ in range(6)]
    made: dict[str, object] = {
        "finding_id": finding_id,
        "variant": key,
        "sample": "tumor",
        "chrom": "7",
        "start": 1000 - FOCUS,
        "reference": ("ACGT" * CELLS)[:CELLS],
        "reference_source": "genome.fa",
        "focus": (FOCUS, FOCUS),
        "reads": tuple(drawn),
        "n_reads": 280,
        "n_supporting": 84,
        "n_forward_supporting": 40,
        "n_forward": 138,
        "n_fragments": 150,
        "n_fragments_supporting": 45,
        "n_edge_supporting": 3,
        "mapping_quality_supporting": 60.0,
        "mapping_quality_rest": 60.0,
        "base_quality_supporting": 37.0,
        "left_out": ReadsLeftOut(duplicates=12, low_mapping=2, silent=1),
        "rule": "Reads count as for calls.",
        "source": "P1.tumor.bam",
    }
    return ReadPicture.model_validate(made | facts)


def drawn_report(n: int = 1, pictures: tuple[ReadPicture, ...] | None = None) -> PatientReport:
    findings = tuple(reports.finding(record, "BRAF", (reports.match("BRAF"),)) for record in range(1, n + 1))
    made = pictures or tuple(pile(one.id, one.variant.variant.key) for one in findings if one.variant)
    return reports.report(findings).model_copy(update={"read_pictures": made})


def section(report: PatientReport, medium: Medium = Medium.SCREEN) -> str:
    found = re.search(r'<section id="reads".*?</section>', render_html(report, medium), re.DOTALL)
    assert found
    return found[0]


def plain(html: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)))


def test_the_text_alternative_says_what_is_seen() -> None:
    told = alternative(pile(), "BRAF p.V600E")
    assert "Tumor, reads over BRAF p.V600E" in told
    assert "84 of 280 reads carry T (45 of 150 fragments)" in told
    assert "40 forward and 44 reverse" in told
    assert "without it 98 and 98" in told
    svg = ElementTree.fromstring(read_pile(pile(), "BRAF p.V600E"))
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == told


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("7:100:A>T", "carry T"),
        ("7:100:AGG>A", "carry the deletion of 2 bases"),
        ("7:100:A>ACC", "carry the insertion of 2 bases"),
        ("7:100:ACG>ATT", "carry TT"),
    ],
)
def test_alleles_are_named_as_a_reader_would(key: str, said: str) -> None:
    assert said in alternative(pile(key=key))


def test_a_full_picture_of_noisy_reads_stays_small() -> None:
    cells = ("ACGTacgt,-.~" * 6)[:CELLS]
    noisy = tuple(
        PicturedRead(
            cells=cells,
            insertions={3: "ACGTA", 30: "A" * 30 + "+70"},
            forward=bool(i % 2),
            mapping_quality=i,
            supports=i < 24,
        )
        for i in range(40)
    )
    svg = read_pile(pile(reads=noisy))
    assert len(svg) < 35_000  # every base of every read differs
    assert len(read_pile(pile())) < 10_000


def test_strand_mapping_and_allele_are_drawn_for_each_read() -> None:
    poor = one_read(mapping=7, counted=False)
    svg = read_pile(pile(reads=(one_read(), one_read(forward=False), poor)))
    assert svg.count("l6 3l-6 3z") == 2  # forward
    assert svg.count("l-6 3l6 3z") == 1
    assert ">7</tspan>" in svg
    root = ElementTree.fromstring(svg)
    boxed = [text for text in root.iter("{http://www.w3.org/2000/svg}text") if text.get("class") == "f-paper"]
    assert "".join(boxed[0].itertext()) == "TTT"


READS = st.lists(
    st.builds(
        PicturedRead,
        cells=st.text(max_size=300),
        insertions=st.dictionaries(st.integers(-1000, 1000), st.text(max_size=60), max_size=4),
        forward=st.booleans(),
        mapping_quality=st.integers(-5, 10**6),
        supports=st.booleans(),
        counted=st.booleans(),
    ),
    max_size=90,
)


@settings(max_examples=60, deadline=None)
@given(
    READS,
    st.text(max_size=200),
    st.text(max_size=80),
    st.tuples(st.integers(-500, 500), st.integers(-500, 500)),
    st.integers(0, 10**9),
)
def test_whatever_a_picture_holds_it_is_drawn_and_escaped(
    rows: list[PicturedRead], reference: str, key: str, focus: tuple[int, int], n: int
) -> None:
    shown = pile(
        key=key + reports.HOSTILE, chrom=reports.HOSTILE, reads=tuple(rows), reference=reference, focus=focus, n_reads=n
    )
    svg = read_pile(shown, key)
    ElementTree.fromstring(svg)
    assert "<script" not in svg
    assert "<img" not in svg


def test_the_page_holds_numbers_and_pictures_of_tumor_and_normal() -> None:
    normal = pile(
        sample="normal", n_supporting=0, n_forward_supporting=0, mapping_quality_supporting=None, source="n.bam"
    )
    html = section(drawn_report(pictures=(pile(), normal)))
    assert html.count("<svg") == 2
    text = plain(html)
    assert "Tumor: 84 of 280 reads carry T (45 of 150 fragments)." in text
    assert "12 duplicates" in text
    assert "Reads of n.bam." in text
    assert "Normal: 0 of 280 reads" in text


def test_paper_has_the_same_pictures_up_to_its_number_and_points_to_the_rest() -> None:
    made = drawn_report(9)
    assert section(made).count("<svg") == 9
    printed = section(made, Medium.PRINT)
    assert printed.count("<svg") == Medium.PRINT.max_read_pictures == 6
    assert "3 further variants are drawn in P1.html" in plain(printed)


def test_a_page_with_twelve_pairs_of_pictures_stays_far_below_its_limit() -> None:
    made = drawn_report(12)
    both = tuple(one for shown in made.read_pictures for one in (shown, shown.model_copy(update={"sample": "normal"})))
    with_both, without = (
        len(render_html(made.model_copy(update={"read_pictures": pictures})).encode()) for pictures in (both, ())
    )
    assert with_both - without < 400_000


def test_the_absence_of_pictures_is_said_with_its_reason() -> None:
    made = drawn_report().model_copy(update={"read_pictures": ()})
    assert "No reads are drawn: the calls came without an alignment" in plain(section(made))
    told = made.model_copy(update={"read_pictures_absent": "tumor (x.bam): the file is truncated"})
    assert "No reads are drawn: tumor (x.bam): the file is truncated." in plain(section(told))
    partly = drawn_report().model_copy(update={"read_pictures_absent": "normal (n.bam): there is no index beside it"})
    assert "Not drawn: normal (n.bam): there is no index beside it." in plain(section(partly))
    assert "no reads are drawn" in plain(section(reports.empty_report()))


def test_what_is_drawn_survives_the_json(tmp_path: Path) -> None:
    write_report(drawn_report(2), tmp_path, forms=frozenset({"json"}))
    again = read_report(tmp_path / "P1.json")
    assert again.read_pictures == drawn_report(2).read_pictures
    assert section(again) == section(drawn_report(2))
    assert report_json(again) == (tmp_path / "P1.json").read_text()


def test_findings_of_tiers_one_and_two_and_those_to_confirm_are_drawn() -> None:
    made = reports.decided_report()
    assert [one.gene for one in findings_to_draw(made)] == ["BRAF", "KRAS"]

    def untiered(finding: Finding) -> Finding:
        return finding.model_copy(update={"evidence": (), "tier_without_evidence": "III"})

    content = made.interpretation
    other = content.model_copy(update={"findings": tuple(untiered(one) for one in content.findings)})
    assert [one.gene for one in findings_to_draw(made.model_copy(update={"interpretation": other}))] == ["KRAS"]
    assert with_read_pictures(made, {}).read_pictures_absent == NO_TUMOR
    assert with_read_pictures(reports.empty_report(), {}).read_pictures_absent == ""


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            {"n_supporting": 30, "n_forward_supporting": 30, "n_forward": 155},
            "are forward, of the others 50 % (Fisher's exact test, p < 0.0",
        ),
        ({"n_edge_supporting": 60}, "In 60 of 84 reads with the allele it lies at the edge"),
        ({"left_out": ReadsLeftOut(silent=200, silent_supporting=100)}, "100 reads show the allele with bases of low"),
        (
            {"left_out": ReadsLeftOut(low_mapping=300)},
            "300 of 580 reads over the variant have a mapping",
        ),
        ({"mapping_quality_supporting": 22.0}, "have a median mapping quality of 22, the others of 60"),
        ({"n_supporting": 0, "n_forward_supporting": 0, "n_edge_supporting": 0}, "No read of the tumor carries"),
    ],
)
def test_what_asks_for_care_is_said_above_the_picture(facts: dict[str, Any], said: str) -> None:
    shown = pile(**facts)
    found = cautions([shown])
    assert len(found) == 1
    assert said in found[0]
    assert said in plain(section(drawn_report(pictures=(shown,))))


def test_reads_without_a_fault_are_not_warned_of() -> None:
    assert cautions([pile(), pile(sample="normal", n_supporting=0, n_forward_supporting=0)]) == []
    assert cautions([pile(), pile(sample="normal", n_supporting=2, n_forward_supporting=1)]) == [
        "2 of 280 reads of the normal carry the allele."
    ]
    # Three reads of one strand are what chance gives.
    assert not cautions([pile(n_supporting=3, n_forward_supporting=3, n_forward=141, n_edge_supporting=0)])


def test_a_variant_whose_finding_is_gone_is_named_by_its_key() -> None:
    context = reads(drawn_report(pictures=(pile("gone", "7:5:C>G"),)), Medium.SCREEN)
    assert [one["label"] for one in context["variants"]] == ["7:5:C>G"]


def tumor_bam(path: Path, carriers: int = 12) -> Path:
    """Write reads over BRAF V600 (GRCh38), of which some carry the allele; they have no MD tags."""
    at = 140753335
    header = {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": "chr7", "LN": 159345973}]}
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        for number in range(40):
            read = pysam.AlignedSegment(out.header)
            start = at - 80 + number
            bases = ["ACGT"[(start + i) % 4] for i in range(100)]
            bases[at - start] = "T" if number < carriers else "A"
            read.query_name, read.flag = f"r{number}", 16 * (number % 2)
            read.reference_id, read.reference_start, read.cigarstring, read.mapping_quality = 0, start, "100M", 60
            read.query_sequence = "".join(bases)
            read.query_qualities = pysam.qualitystring_to_array("I" * 100)
            out.write(read)
    pysam.index(str(path))
    return path


@pytest.fixture
def paths(tmp_path: Path) -> ResultPaths:
    return ResultPaths(tmp_path / "results")


def run(case: Case, paths: ResultPaths) -> CaseRecord:
    (record,) = run_batch([case], paths.reports, show=WITHOUT_PDF, stages=paths)
    assert record.error is None
    return record


def melanoma(tmp_path: Path, bam: Path) -> Case:
    vcf = tmp_path / "P1.vcf"
    vcf.write_text(HEADER + COLUMNS + V600E)
    who = Patient(id="P1", tumor_type=resolve_tumor_type("SKCM"), assay=Assay.WES)
    return Case(patient=who, vcf=str(vcf), alignments={"tumor": str(bam)})


def test_a_batch_draws_reads_and_is_made_again_for_other_reads_alone(tmp_path: Path, paths: ResultPaths) -> None:
    bam = tumor_bam(tmp_path / "t.bam")
    case, page = melanoma(tmp_path, bam), paths.reports / "P1.html"
    first = run(case, paths)
    (shown,) = read_report(paths.reports / "P1.json").read_pictures
    assert (shown.n_supporting, shown.n_reads) == (12, 40)
    written = page.stat().st_mtime_ns
    assert run(case, paths) == first
    assert page.stat().st_mtime_ns == written
    tumor_bam(bam, carriers=20)
    run(case, paths)
    (shown,) = read_report(paths.reports / "P1.json").read_pictures
    assert shown.n_supporting == 20


def test_alignments_that_are_put_away_cost_neither_time_nor_pictures(tmp_path: Path, paths: ResultPaths) -> None:
    bam = tumor_bam(tmp_path / "t.bam")
    case, page = melanoma(tmp_path, bam), paths.reports / "P1.html"
    run(case, paths)
    drawn = read_report(paths.reports / "P1.json").read_pictures
    written = page.stat().st_mtime_ns
    bam.unlink()
    run(case, paths)
    assert page.stat().st_mtime_ns == written
    # The calls change, so that the report is made again: the pictures stay.
    Path(str(case.vcf)).write_text(HEADER + COLUMNS + V600E.replace("70,30", "60,40"))
    run(case, paths)
    assert page.stat().st_mtime_ns != written
    assert read_report(paths.reports / "P1.json").read_pictures == drawn


def test_a_broken_alignment_costs_no_report(tmp_path: Path, paths: ResultPaths) -> None:
    bam = tumor_bam(tmp_path / "t.bam")
    bam.write_bytes(bam.read_bytes()[:-30])
    run(melanoma(tmp_path, bam), paths)
    made = read_report(paths.reports / "P1.json")
    assert made.read_pictures == ()
    assert "truncated" in made.read_pictures_absent
    assert "BRAF" in (paths.reports / "P1.html").read_text()
