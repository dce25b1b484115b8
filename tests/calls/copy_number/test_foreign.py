from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.calls.copy_number import Context, read_copy_number
from genomodel.calls.copy_number.foreign import find_format, read_segments
from genomodel.core.copy_number import CopyNumberState
from genomodel.core.errors import InputError
from tests.calls.copy_number.foreign_builders import GFF, SEG, write

PURPLE_GENE = (
    "chromosome\tstart\tend\tgene\tminCopyNumber\tmaxCopyNumber\tsomaticRegions\ttranscriptId\tisCanonical\t"
    "chromosomeBand\tminRegions\tminRegionStart\tminRegionEnd\tminRegionStartSupport\tminRegionEndSupport\t"
    "minRegionMethod\tminMinorAlleleCopyNumber\tdepthWindowCount\n"
)
PURPLE_SEGMENT = (
    "chromosome\tstart\tend\tcopyNumber\tbafCount\tobservedBAF\tbaf\tsegmentStartSupport\tsegmentEndSupport\tmethod\t"
    "depthWindowCount\tgcContent\tminStart\tmaxStart\tminorAlleleCopyNumber\tmajorAlleleCopyNumber\n"
)
PURITY = "purity\tnormFactor\tscore\tdiploidProportion\tploidy\tgender\tstatus\tpolyclonalProportion\tminPurity\tmaxPurity\tminPloidy\tmaxPloidy\n"  # noqa: E501


def states(path: Path, context: Context) -> dict[str, str]:
    return {call.gene: call.state.value for call in read_copy_number(path, context).calls}


def seg_rows(sample: str = "T", chrom: str = "") -> str:
    rows = [(1, 1, 2_000_000, 40, 2.2), (1, 2_000_001, 9_000_000, 90, 0.01), (2, 1, 1_000_000, 60, -1.4)]
    rows += [(2, 1_000_001, 9_000_000, 90, 0.0), (23, 1, 9_000_000, 90, 0.0)]
    return "".join(f"{sample}\t{chrom}{c}\t{a}\t{b}\t{n}\t{v}\n" for c, a, b, n, v in rows)


def test_a_seg_file_becomes_genes_whose_deep_deletion_needs_a_purity(tmp_path: Path, gff: str) -> None:
    path = write(tmp_path, "t.seg", SEG + seg_rows())
    known = read_copy_number(path, Context(gff=gff, purity=0.7))
    assert {c.gene: c.state.value for c in known.calls} == {
        "AMPED": "amplification", "PLAIN": "neutral", "GONE": "deep_deletion"
    }  # fmt: skip
    assert known.not_assessed == {
        "BARE": "no segment covers it",
        "ONX": "on chromosome X, and the patient's sex is not given",
    }
    unknown = {c.gene: c for c in read_copy_number(path, Context(gff=gff)).calls}
    assert unknown["GONE"].state is CopyNumberState.LOSS
    assert "possible loss" in unknown["GONE"].note
    assert unknown["AMPED"].state is CopyNumberState.AMPLIFICATION
    assert unknown["AMPED"].event_bases == 2_000_000
    assert states(path, Context(gff=gff, purity=0.7, sex="female"))["ONX"] == "neutral"


def test_contigs_with_and_without_chr_meet_and_others_are_named(tmp_path: Path, gff: str) -> None:
    with_chr = write(tmp_path, "a.seg", SEG + seg_rows(chrom="chr"))
    assert states(with_chr, Context(gff=gff, purity=0.7))["GONE"] == "deep_deletion"
    other = write(tmp_path, "b.seg", SEG + "T\tNC_000001.11\t1\t5000000\t10\t0.1\n")
    with pytest.raises(InputError, match=r"NC_000001\.11.*lie on 1, 2, X") as caught:
        read_copy_number(other, Context(gff=gff))
    assert caught.value.fix is not None
    assert "gene models" in caught.value.fix


@pytest.mark.parametrize("head", ["##sequence-region chr1 1 100000000\n", "#!genome-build GRCh38.p14\n"])
def test_segments_beyond_the_end_of_their_contig_are_refused(tmp_path: Path, head: str) -> None:
    models = write(tmp_path, "models.gff3", GFF.replace("\n", f"\n{head}", 1))
    fitting, beyond = (
        write(tmp_path, f"{end}.seg", SEG + f"T\tchr1\t1\t{end}\t90\t0.0\n") for end in (9**8, 249250621)
    )
    assert read_copy_number(fitting, Context(gff=str(models))).segments
    with pytest.raises(InputError, match="a segment ends at chr1:249250621"):
        read_copy_number(beyond, Context(gff=str(models)))


def test_segments_without_gene_models_say_what_is_missing(tmp_path: Path) -> None:
    path = write(tmp_path, "t.seg", SEG + seg_rows())
    with pytest.raises(InputError, match="--gff"):
        read_copy_number(path)
    bed = write(tmp_path, "panel.bed", "chr1\t1000000\t1100000\tAMPED:e1\nchr2\t500000\t600000\tGONE\n")
    found = states(path, Context(bed=str(bed), purity=0.7))
    assert found == {"AMPED": "amplification", "GONE": "deep_deletion"}


def test_one_of_several_samples_is_chosen_by_name_or_refused(tmp_path: Path, gff: str) -> None:
    path = write(tmp_path, "cohort.seg", SEG + seg_rows("P1") + "P2\t1\t1\t9000000\t40\t0.0\n")
    assert states(path, Context(gff=gff, samples=("tumor", "P2")))["AMPED"] == "neutral"
    assert states(path, Context(gff=gff, samples=("P1",)))["AMPED"] == "amplification"
    with pytest.raises(InputError, match=r"2 samples.*P1, P2.*--tumor-sample"):
        read_copy_number(path, Context(gff=gff, samples=("P3",)))


def test_cns_names_its_genes_and_is_zero_based(tmp_path: Path) -> None:
    header = "chromosome\tstart\tend\tgene\tlog2\tdepth\tprobes\tweight\n"
    rows = "chr1\t0\t2000000\tAMPED,NEAR\t2.2\t900\t40\t30\nchr1\t2000000\t9000000\t-\t0.0\t400\t90\t60\n"
    path = write(tmp_path, "t.cns", header + rows)
    profile = read_copy_number(path, Context(purity=0.7))
    assert {call.gene for call in profile.calls} == {"AMPED", "NEAR"}
    assert profile.segments[0].start == 1
    assert profile.calls[0].n_regions == 40


def test_call_cns_of_unknown_purity_holds_a_copy_number_of_zero_to_a_possible_loss(tmp_path: Path) -> None:
    header = "chromosome\tstart\tend\tgene\tlog2\tbaf\tcn\tcn1\tcn2\tdepth\tprobes\tweight\n"
    rows = "chr2\t0\t900000\tGONE\t-2.5\t\t0\t0\t0\t9\t40\t30\nchr1\t0\t90000\tLOST\t-0.6\t0.9\t1\t1\t0\t9\t40\t30\n"
    calls = {c.gene: c for c in read_copy_number(write(tmp_path, "t.call.cns", header + rows)).calls}
    assert calls["GONE"].state is CopyNumberState.LOSS
    assert "possible loss" in calls["GONE"].note
    assert calls["LOST"].loh is True


def test_ascat_copies_are_taken_with_ploidy_and_lost_alleles(tmp_path: Path, gff: str) -> None:
    rows = (
        "T\t1\t1\t2000000\t9\t1\nT\t1\t2000001\t9000000\t4\t0\nT\t2\t1\t1000000\t0\t0\nT\t2\t1000001\t9000000\t2\t2\n"
    )
    path = write(tmp_path, "T.segments.txt", "sample\tchr\tstartpos\tendpos\tnMajor\tnMinor\n" + rows)
    write(tmp_path, "T.purityploidy.txt", "AberrantCellFraction\tPloidy\n0.64\t4.1\n")
    profile = read_copy_number(path, Context(gff=gff))
    calls = {call.gene: call for call in profile.calls}
    assert profile.purity is not None
    assert (profile.purity.purity, profile.purity.ploidy, profile.purity.source) == (0.64, 4.1, "ASCAT")
    assert calls["AMPED"].state is CopyNumberState.AMPLIFICATION
    assert calls["PLAIN"].state is CopyNumberState.NEUTRAL, "four copies in a genome of four"
    assert calls["PLAIN"].loh is True
    assert calls["GONE"].state is CopyNumberState.DEEP_DELETION


def purple_genes(*rows: tuple[str, float, float, float]) -> str:
    cells = "1\tENST1\ttrue\tq1\t1\t1\t9\tNONE\tNONE\tBAF_WEIGHTED"
    return PURPLE_GENE + "".join(
        f"chr1\t{1000 + i * 9000}\t{9000 + i * 9000}\t{gene}\t{low}\t{high}\t{cells}\t{minor}\t50\n"
        for i, (gene, low, high, minor) in enumerate(rows)
    )


def test_purple_genes_are_taken_with_the_purity_that_lies_beside(tmp_path: Path) -> None:
    text = purple_genes(
        ("ERBB2", 24.0, 25.0, 1.0), ("PTEN", -0.02, 0.1, 0.0), ("RB1", 1.01, 1.02, 0.03), ("MET", 2.1, 18.0, 0.9)
    )
    path = write(tmp_path, "T.purple.cnv.gene.tsv", text)
    row = "0.7500\t1.05\t0.26\t0.86\t1.8658\tMALE\tNORMAL\t0\t0.7100\t0.7800\t1.8602\t1.8839\n"
    beside = write(tmp_path, "T.purple.purity.tsv", PURITY + row)
    profile = read_copy_number(path)
    calls = {call.gene: call for call in profile.calls}
    assert {gene: call.state.value for gene, call in calls.items()} == {
        "ERBB2": "amplification", "PTEN": "deep_deletion", "RB1": "loss", "MET": "neutral"
    }  # fmt: skip
    assert calls["RB1"].loh is True
    assert calls["ERBB2"].loh is False
    assert "amplified in a part of the gene" in calls["MET"].note
    assert profile.purity is not None
    assert (profile.purity.purity_low, profile.purity.purity_high) == (0.71, 0.78)

    disputed = read_copy_number(path, Context(purity=0.3))
    assert disputed.purity is not None
    assert disputed.purity.source == "given"
    assert "given 30 %, said by PURPLE 75 %" in disputed.purity.disagreement
    held = next(call for call in disputed.calls if call.gene == "PTEN")
    assert held.state is CopyNumberState.LOSS

    for value, said in (("75", "not of 100"), ("-0.2", "cannot be"), ("1.2", "cannot be")):
        beside.write_text(PURITY + row.replace("0.7500", value, 1))
        with pytest.raises(InputError, match=said) as caught:
            read_copy_number(path)
        assert (caught.value.row, caught.value.column) == (2, "purity")
        assert str(beside) == caught.value.path


def test_purple_segments_of_old_and_new_names_are_read(tmp_path: Path, gff: str) -> None:
    cells = "0.5\t0.5\tNONE\tNONE\tBAF_WEIGHTED\t400\t0.4\t1\t1"
    rows = f"chr1\t1\t2000000\t1.02\t90\t{cells}\t0.02\t1.0\nchr2\t1\t1000000\t2.0\t0\t{cells}\t0.0\t2.0\n"
    for header in (
        PURPLE_SEGMENT,
        "#" + PURPLE_SEGMENT.replace("AlleleCopyNumber", "AllelePloidy"),
    ):
        path = write(tmp_path, "T.purple.cnv.somatic.tsv", header + rows)
        calls = {call.gene: call for call in read_copy_number(path, Context(gff=gff)).calls}
        assert calls["AMPED"].loh is True
        assert calls["GONE"].loh is None, "no heterozygous site told"


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("T\t1\tten\t2000000\t40\t0.1\n", "loc.start", "not a position"),
        ("T\t1\t5\t2\t40\t0.1\n", "loc.end", "before its start"),
        ("T\t1\t5\t200\t40\tinf\n", "seg.mean", "cannot be"),
        ("T\t1\t5\t200\t40\thigh\n", "seg.mean", "not a number"),
        ("T\t1\t5\t200\t-4\t0.1\n", "num.mark", "cannot be"),
        ("T\t\t5\t200\t4\t0.1\n", "chrom", "no chromosome"),
    ],
)
def test_a_value_that_cannot_be_is_named_by_row_and_column(tmp_path: Path, row: str, column: str, said: str) -> None:
    path = write(tmp_path, "t.seg", SEG + "T\t1\t1\t9\t4\t0.1\n" + row)
    with pytest.raises(InputError, match=said) as caught:
        read_segments(path)
    assert (caught.value.row, caught.value.column) == (3, column)


@given(
    log2=st.floats(allow_nan=True, allow_infinity=True),
    marks=st.one_of(st.integers(-5, 10**13), st.just("NA")),
    start=st.integers(-3, 3_000_000_000),
    length=st.integers(-5, 300_000_000),
    purity=st.one_of(st.none(), st.floats(0.01, 1.0)),
)
def test_any_numbers_give_a_finite_answer_or_an_input_error(
    tmp_path_factory: pytest.TempPathFactory,
    log2: float,
    marks: int | str,
    start: int,
    length: int,
    purity: float | None,
) -> None:
    folder = tmp_path_factory.mktemp("numbers")
    models = write(folder, "genes.gff3", GFF)
    path = write(folder, "t.seg", f"{SEG}T\t1\t{start}\t{start + length}\t{marks}\t{log2}\n")
    try:
        profile = read_copy_number(path, Context(gff=str(models), purity=purity))
    except InputError as error:
        assert error.path is not None
        return
    for call in profile.calls:
        assert all(v is None or math.isfinite(v) for v in (call.copies, call.copies_low, call.copies_high))
        assert purity is not None or call.state is not CopyNumberState.DEEP_DELETION
    assert profile.model_validate_json(profile.to_json()) == profile


def test_our_own_table_is_no_other_program_s(tmp_path: Path) -> None:
    path = write(tmp_path, "own.tsv", "gene\tstate\tlog2\nERBB2\tamplification\t2.1\n")
    assert find_format(path) is None
    assert states(path, Context()) == {"ERBB2": "amplification"}


ASCAT_HEADER = "sample\tchr\tstartpos\tendpos\tnMajor\tnMinor\n"
LOST_IN_ASCAT = ASCAT_HEADER + "T\t1\t1\t9000000\t1\t1\nT\t2\t1\t1000000\t0\t0\nT\t2\t1000001\t9000000\t1\t1\n"


@pytest.mark.parametrize("beside", [None, "AberrantCellFraction\tPloidy\nNA\t2.0\n"])
def test_ascat_s_lost_gene_is_a_possible_loss_until_a_purity_is_known(
    tmp_path: Path, gff: str, beside: str | None
) -> None:
    path = write(tmp_path, "T.segments.txt", LOST_IN_ASCAT)
    if beside is not None:
        write(tmp_path, "T.purityploidy.txt", beside)
    lost = next(c for c in read_copy_number(path, Context(gff=gff)).calls if c.gene == "GONE")
    assert (lost.state, lost.note) == (CopyNumberState.LOSS, "possible loss: purity unknown")
    assert states(path, Context(gff=gff, purity=0.7))["GONE"] == "deep_deletion"


def test_purple_s_lost_gene_is_a_possible_loss_until_a_purity_is_known(tmp_path: Path) -> None:
    path = write(tmp_path, "T.purple.cnv.gene.tsv", purple_genes(("PTEN", 0.0, 0.1, 0.0), ("MET", 2.0, 2.0, 1.0)))
    assert states(path, Context()) == {"PTEN": "loss", "MET": "neutral"}
    assert states(path, Context(purity=0.6))["PTEN"] == "deep_deletion"


def test_an_empty_purity_file_is_refused(tmp_path: Path, gff: str) -> None:
    path = write(tmp_path, "T.segments.txt", LOST_IN_ASCAT)
    beside = write(tmp_path, "T.purityploidy.txt", "")
    with pytest.raises(InputError, match="is empty") as caught:
        read_copy_number(path, Context(gff=gff))
    assert caught.value.path == str(beside)


def test_a_given_purity_far_from_that_of_ascat_is_a_dispute_though_ascat_has_no_interval(
    tmp_path: Path, gff: str
) -> None:
    path = write(tmp_path, "T.segments.txt", LOST_IN_ASCAT)
    write(tmp_path, "T.purityploidy.txt", "AberrantCellFraction\tPloidy\n0.9\t2.0\n")
    profile = read_copy_number(path, Context(gff=gff, purity=0.2))
    assert profile.purity is not None
    assert profile.purity.disagreement == "given 20 %, said by ASCAT 90 %"
    lost = next(call for call in profile.calls if call.gene == "GONE")
    assert lost.state is CopyNumberState.LOSS
    assert lost.note == "possible loss: purity in dispute, given 20 %, said by ASCAT 90 %"
    near = read_copy_number(path, Context(gff=gff, purity=0.85)).purity
    assert near is not None
    assert near.disagreement == ""


CALL_CNS = "chromosome\tstart\tend\tgene\tlog2\tbaf\tcn\tcn1\tcn2\tdepth\tprobes\tweight\n"


@pytest.mark.parametrize(
    ("log2", "cn", "purity", "state", "note"),
    [
        (-0.32, 1, None, "loss", "possible loss: the file does not say for which purity"),
        (-0.32, 1, 0.2, "loss", "possible loss: the file does not say whether its log2 ratios are corrected"),
        (-1.0, 1, 0.5, "loss", "possible loss: the file does not say whether its log2 ratios are corrected"),
        (-2.5, 0, 0.8, "deep_deletion", ""),
        (-0.9, 1, 0.95, "loss", ""),
        (-0.15, 2, 0.2, None, "the file does not say whether"),
        (0.0, 2, 0.8, "neutral", ""),
        (1.0, 4, None, "gain", "amplification not excluded"),
        (1.0, 4, 0.3, "gain", "amplification not excluded: the file does not say whether"),
        (2.5, 11, 0.8, "amplification", ""),
        (0.3, 3, 0.9, "neutral", ""),
    ],
)
def test_copies_of_call_cns_are_read_both_ways_since_it_does_not_say_for_which_purity_they_hold(
    tmp_path: Path, log2: float, cn: int, purity: float | None, state: str | None, note: str
) -> None:
    path = write(tmp_path, "t.call.cns", f"{CALL_CNS}chr9\t0\t900000\tCDKN2A\t{log2}\t\t{cn}\t\t\t90\t400\t20\n")
    profile = read_copy_number(path, Context(purity=purity))
    if state is None:
        assert not profile.calls
        assert profile.not_assessed["CDKN2A"].startswith(note)
        return
    (call,) = profile.calls
    assert call.state == state
    assert call.note.startswith(note)
    assert bool(call.note) == bool(note)
    assert (call.copies is None) == ("whether" in note)


def test_what_purple_filled_in_without_data_has_no_answer(tmp_path: Path, gff: str) -> None:
    text = purple_genes(("TP53", 2.0, 2.0, 1.0), ("MET", 2.0, 2.0, 1.0), ("KIT", 2.0, 2.0, 1.0))
    lines = text.splitlines()
    lines[1] = lines[1].replace("BAF_WEIGHTED", "UNKNOWN")
    lines[2] = lines[2].removesuffix("50") + "0"
    path = write(tmp_path, "T.purple.cnv.gene.tsv", "\n".join(lines) + "\n")
    profile = read_copy_number(path)
    assert {call.gene for call in profile.calls} == {"KIT"}
    assert set(profile.not_assessed) == {"TP53", "MET"}
    assert "no depth" in profile.not_assessed["TP53"]

    cells = "0.5\t0.5\tNONE\tNONE\t{}\t{}\t0.4\t1\t1\t1.0\t1.0\n"
    rows = f"chr1\t1\t2000000\t2.0\t0\t{cells.format('UNKNOWN', 0)}chr2\t1\t1000000\t2.0\t9\t{cells.format('BAF', 40)}"
    segments = write(tmp_path, "S.purple.cnv.somatic.tsv", PURPLE_SEGMENT + rows)
    found = read_copy_number(segments, Context(gff=gff))
    assert {call.gene for call in found.calls} == {"GONE"}
    assert "no depth" in found.not_assessed["AMPED"]


@pytest.mark.parametrize("where", ["T.purple.purity.tsv", "T.purple.qc"])
@pytest.mark.parametrize("purity", [None, 0.4])
def test_where_purple_found_no_tumor_nothing_is_neutral_and_its_purity_is_not_taken(
    tmp_path: Path, where: str, purity: float | None
) -> None:
    text = purple_genes(("PTEN", 0.0, 0.1, 0.0), ("MET", 2.0, 2.0, 1.0), ("ERBB2", 30.0, 30.0, 1.0))
    path = write(tmp_path, "T.purple.cnv.gene.tsv", text)
    status = "NO_TUMOR" if where.endswith("tsv") else "NORMAL"
    row = f"0.0800\t1.05\t0.26\t1.0\t2.0\tMALE\t{status}\t0\t0.0800\t1.0\t1.9\t2.1\n"
    write(tmp_path, "T.purple.purity.tsv", PURITY + row)
    if where.endswith("qc"):
        write(tmp_path, where, "QCStatus\tFAIL_NO_TUMOR,WARN_LOW_PURITY\nMethod\tNORMAL\n")
    profile = read_copy_number(path, Context(purity=purity))
    assert profile.purity is not None
    assert profile.purity.purity == purity
    assert {call.gene: call.state.value for call in profile.calls} == {"PTEN": "loss", "ERBB2": "amplification"}
    assert profile.calls[1].note.startswith("possible loss")
    assert "NO_TUMOR" in profile.not_assessed["MET"]


def test_cns_names_regions_of_genes(tmp_path: Path) -> None:
    header = "chromosome\tstart\tend\tgene\tlog2\tdepth\tprobes\tweight\n"
    row = "chr7\t55019000\t55211000\tEGFR:exon1,EGFR:exon2,NEAR\t2.3\t900\t30\t20\n"
    assert states(write(tmp_path, "c.cns", header + row), Context(purity=0.7)) == {
        "EGFR": "amplification", "NEAR": "amplification"
    }  # fmt: skip


def test_the_one_x_of_a_male_has_lost_no_allele(tmp_path: Path, gff: str) -> None:
    path = write(tmp_path, "T.segments.txt", ASCAT_HEADER + "T\tX\t1\t9000000\t1\t0\nT\t1\t1\t9000000\t1\t0\n")
    male = read_copy_number(path, Context(gff=gff, sex="male"))
    assert {call.gene: call.loh for call in male.calls} == {"AMPED": True, "PLAIN": True, "ONX": None}
    assert [segment.loh for segment in male.segments] == [None, True]
    female = read_copy_number(path, Context(gff=gff, sex="female"))
    assert next(call.loh for call in female.calls if call.gene == "ONX") is True


def test_the_segments_of_another_person_are_refused_where_the_tumor_s_name_is_known(tmp_path: Path, gff: str) -> None:
    path = write(tmp_path, "t.seg", SEG + seg_rows("SOMEBODY_ELSE"))
    with pytest.raises(InputError, match=r"SOMEBODY_ELSE.*known as T.*--tumor-sample"):
        read_copy_number(path, Context(gff=gff, samples=("T",), other_names=("P1",)))
    unnamed = read_copy_number(path, Context(gff=gff, other_names=("P1",)))
    assert "sample SOMEBODY_ELSE" in unnamed.method
    for name in ("T", "t.sorted.bam", "P1_tumor"):
        named = write(tmp_path, "n.seg", SEG + seg_rows(name))
        assert read_copy_number(named, Context(gff=gff, samples=("T",), other_names=("P1",))).calls


def test_segments_of_the_gdc_are_read(tmp_path: Path, gff: str) -> None:
    header = "GDC_Aliquot\tChromosome\tStart\tEnd\tNum_Probes\tSegment_Mean\n"
    path = write(tmp_path, "g.seg", header + seg_rows("11111111-2222-3333-4444-555555555555"))
    assert states(path, Context(gff=gff, samples=("TCGA-01",), purity=0.7))["GONE"] == "deep_deletion"


@pytest.mark.parametrize(("sex", "answered"), [("male", False), ("female", True)])
def test_a_gene_of_the_ends_of_x_has_no_answer_in_a_male(tmp_path: Path, gff: str, sex: str, answered: bool) -> None:
    models = write(tmp_path, "ends.gff3", Path(gff).read_text().replace("Name=ONX", "Name=CRLF2"))
    path = write(tmp_path, "t.seg", SEG + seg_rows())
    profile = read_copy_number(path, Context(gff=str(models), purity=0.7, sex=sex))
    assert ("CRLF2" in {call.gene for call in profile.calls}) is answered
    assert ("on X and Y alike" in profile.not_assessed.get("CRLF2", "")) is not answered


@pytest.mark.parametrize(("values", "refused"), [((1.0, 0.5, 2, 1.0, 1.1), True), ((0.0, 0.5, 2, -0.1, 1.1), False)])
def test_ratios_in_the_place_of_log2_ratios_are_refused(
    tmp_path: Path, gff: str, values: tuple[float, ...], refused: bool
) -> None:
    rows = "".join(f"T\t1\t{k * 1000000 + 1}\t{(k + 1) * 1000000}\t40\t{v}\n" for k, v in enumerate(values))
    path = write(tmp_path, "t.seg", SEG + rows)
    if not refused:
        assert read_copy_number(path, Context(gff=gff)).segments
        return
    with pytest.raises(InputError, match="no value is below 0 and the median is 1: these look like ratios") as caught:
        read_copy_number(path, Context(gff=gff))
    assert caught.value.column == "seg.mean"
