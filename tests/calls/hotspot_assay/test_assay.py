from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pysam
import pytest

from genomodel.calls.fragments import ReadLimits
from genomodel.calls.hotspot_assay import windows
from genomodel.calls.hotspot_assay.assay import AssayedReads, ask_loci, read_hotspot_assay
from genomodel.calls.hotspot_assay.table import answers_table
from genomodel.core.errors import InputError
from genomodel.core.loci import Locus, LocusAnswer, LocusStatus, is_adequate
from genomodel.core.variants import Variant
from tests.calls.hotspot_assay.asked import codon
from tests.calls.molecules import CONTIG, Molecule, random_reference, snv, spread, write_bam, write_reference

SEQUENCE = random_reference()
PLACE = 1000


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    return write_reference(tmp_path, SEQUENCE)


def ask(
    folder: Path,
    reference: Path,
    tumor: Sequence[Molecule],
    loci: Sequence[Locus],
    normal: Sequence[Molecule] | None = None,
    regions: dict[str, list[tuple[int, int]]] | None = None,
) -> list[LocusAnswer]:
    paths = [write_bam(folder / "tumor.bam", SEQUENCE, tumor, "tumor")]
    if normal is not None:
        paths.append(write_bam(folder / "normal.bam", SEQUENCE, normal, "normal"))
    reads = AssayedReads(paths[0], reference, paths[1] if len(paths) > 1 else None, ReadLimits(), regions)
    return list(ask_loci(loci, reads).answers)


def changed(position: int = PLACE) -> Variant:
    """A substitution that changes the residue of the codon that begins one base before it."""
    return snv(SEQUENCE, position)


def test_a_variant_is_found_by_fragment_with_fraction_and_interval(tmp_path: Path, reference: Path) -> None:
    tumor = [*spread(PLACE, 40, [changed()]), *spread(PLACE, 960, seed=2)]
    (answer,) = ask(tmp_path, reference, tumor, [codon(SEQUENCE, PLACE - 1)])
    assert answer.status is LocusStatus.DETECTED
    (seen,) = answer.seen
    assert (seen.alt_fragments, seen.depth, seen.variant) == (40, 1000, changed())
    assert seen.fraction_low == pytest.approx(0.0287, abs=2e-4)
    assert seen.fraction_high == pytest.approx(0.0540, abs=2e-4)
    assert answer.error_source == "flanking sites"


def test_mates_that_overlap_are_one_fragment(tmp_path: Path, reference: Path) -> None:
    tumor = [Molecule(PLACE - 60 + i % 20, (changed(),) if i < 30 else (), length=120) for i in range(300)]
    (answer,) = ask(tmp_path, reference, tumor, [codon(SEQUENCE, PLACE - 1)])
    assert (answer.seen[0].alt_fragments, answer.seen[0].depth) == (30, 300)


def test_mates_named_by_their_number_are_one_fragment(tmp_path: Path, reference: Path) -> None:
    bam = write_bam(tmp_path / "plain.bam", SEQUENCE, spread(PLACE, 300, length=120), "tumor")
    named = tmp_path / "named.bam"
    with pysam.AlignmentFile(str(bam)) as source, pysam.AlignmentFile(str(named), "wb", header=source.header) as out:
        for read in source:
            read.query_name = f"{read.query_name}/{1 if read.is_read1 else 2}"
            out.write(read)
    pysam.index(str(named))
    loci = [codon(SEQUENCE, PLACE - 1)]
    plain, told = (ask_loci(loci, AssayedReads(path, reference)).answers[0] for path in (bam, named))
    assert told == plain


def test_nothing_found_excludes_fractions_by_depth(tmp_path: Path, reference: Path) -> None:
    (answer,) = ask(tmp_path, reference, spread(PLACE, 500), [codon(SEQUENCE, PLACE - 1)])
    assert answer.status is LocusStatus.NOT_DETECTED
    assert answer.excluded_above == pytest.approx(1 - 0.04 ** (1 / 500), rel=0.02)
    assert "500 fragments" in answer.statement
    assert "0.65 %" in answer.statement
    assert is_adequate(answer, 0.4) is True
    assert is_adequate(answer, 0.012) is False
    assert is_adequate(answer, None) is None


def test_two_clean_fragments_are_no_detection_where_errors_explain_them_and_widen_the_limit(
    tmp_path: Path, reference: Path
) -> None:
    clean = spread(PLACE, 998, seed=2)
    # Every place around errs in one fragment of a thousand or so.
    noisy = [
        Molecule(m.start, (snv(SEQUENCE, m.start + 30 + i // 2 % 50),), m.first_forward, m.quality, m.length)
        for i, m in enumerate(clean)
    ]
    two = [*spread(PLACE, 2, [changed()], seed=3), *noisy]
    (with_two,) = ask(tmp_path, reference, two, [codon(SEQUENCE, PLACE - 1)])
    assert with_two.status is LocusStatus.NOT_DETECTED
    (with_none,) = ask(tmp_path, reference, clean, [codon(SEQUENCE, PLACE - 1)])
    assert (with_two.excluded_above or 0) > 1.2 * (with_none.excluded_above or 1)
    assert "too few to tell from errors" in with_two.statement


def test_damage_of_one_orientation_is_no_detection(tmp_path: Path, reference: Path) -> None:
    tumor = spread(PLACE, 1000)
    carriers = [replace(m, variants=(changed(),)) for m in tumor[:28]]
    both = [*carriers, *tumor[28:]]
    one = [*(replace(m, first_forward=True) for m in carriers), *tumor[28:]]
    locus = codon(SEQUENCE, PLACE - 1)
    assert ask(tmp_path, reference, both, [locus])[0].status is LocusStatus.DETECTED
    (answer,) = ask(tmp_path, reference, one, [locus])
    assert answer.status is LocusStatus.NOT_ASSESSABLE
    assert "28 fragments of one orientation or strand only: damage or a variant" in answer.statement


def test_two_changes_of_one_molecule_are_one_allele_and_named_by_residue(tmp_path: Path, reference: Path) -> None:
    locus = codon(SEQUENCE, PLACE - 1, "GENE X10", forward=False)
    both = (snv(SEQUENCE, PLACE - 1), snv(SEQUENCE, PLACE))
    (answer,) = ask(tmp_path, reference, [*spread(PLACE, 30, both), *spread(PLACE, 270, seed=2)], [locus])
    (seen,) = answer.seen
    assert seen.variant == Variant(
        chrom=CONTIG, pos=PLACE - 1, ref=both[0].ref + both[1].ref, alt=both[0].alt + both[1].alt
    )
    assert seen.name.startswith("X10")
    assert seen.alt_fragments == 30


def test_what_the_normal_carries_too_is_found_and_said(tmp_path: Path, reference: Path) -> None:
    tumor = [*spread(PLACE, 200, [changed()]), *spread(PLACE, 200, seed=2)]
    normal = [*spread(PLACE, 100, [changed()], seed=4), *spread(PLACE, 100, seed=5)]
    (answer,) = ask(tmp_path, reference, tumor, [codon(SEQUENCE, PLACE - 1)], normal)
    assert answer.status is LocusStatus.DETECTED
    assert "also in 100 of 200 of the normal" in answer.statement
    assert answer.error_source == "normal"


def test_a_place_that_errs_in_the_normal_too_is_no_detection(tmp_path: Path, reference: Path) -> None:
    tumor = [*spread(PLACE, 20, [changed()]), *spread(PLACE, 980, seed=2)]
    normal = [*spread(PLACE, 20, [changed()], seed=4), *spread(PLACE, 980, seed=5)]
    clean = spread(PLACE, 1000, seed=5)
    locus = codon(SEQUENCE, PLACE - 1)
    assert ask(tmp_path, reference, tumor, [locus], clean)[0].status is LocusStatus.DETECTED
    (answer,) = ask(tmp_path, reference, tumor, [locus], normal)
    assert answer.status is LocusStatus.NOT_ASSESSABLE
    assert "20 of 1,000 fragments show one of the alleles, as do 20 of 1,000 of the normal" in answer.reason
    assert answer.error_source == "normal"


def few(depth: int) -> list[Molecule]:
    return [*spread(PLACE, depth), *spread(400, 200, seed=7)]


@pytest.mark.parametrize(
    ("tumor", "regions", "reason"),
    [
        (spread(PLACE, 8), None, "depth: 8 fragments"),
        (few(0), None, "failed region: no fragment"),
        (few(3), {CONTIG: [(0, 700)]}, "not on the assay"),
        (spread(PLACE, 200, quality=10), None, "base quality"),
        ([replace(m, mapping=0) for m in spread(PLACE, 200)], None, "mapping quality: 200 of 200"),
        (
            [replace(m, mapping=60 if i % 4 > 1 else 0) for i, m in enumerate(spread(PLACE, 400))],
            None,
            "mapping quality: 200 of 400",
        ),
    ],
    ids=["depth", "failed", "outside", "quality", "mapping", "half mapping"],
)
def test_what_cannot_be_assessed_says_why(
    tmp_path: Path,
    reference: Path,
    tumor: list[Molecule],
    regions: dict[str, list[tuple[int, int]]] | None,
    reason: str,
) -> None:
    loci = [codon(SEQUENCE, PLACE - 1)]
    if len(tumor) > 190 and tumor[-1].start < 600:
        loci += [codon(SEQUENCE, 399 + i, f"OTHER A{i}") for i in range(0, 9, 3)]
    answer = ask(tmp_path, reference, tumor, loci, regions=regions)[0]
    assert answer.status is LocusStatus.NOT_ASSESSABLE
    assert answer.reason.startswith(reason), answer.reason
    assert answer.excluded_above is None
    assert reason in answer.statement


def test_reads_in_shares_give_the_same_counts(tmp_path: Path, reference: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tumor = [*spread(PLACE, 40, [changed()]), *spread(PLACE, 960, seed=2)]
    whole = ask(tmp_path, reference, tumor, [codon(SEQUENCE, PLACE - 1)])
    monkeypatch.setattr(windows, "BATCH", 50)
    monkeypatch.setattr(windows, "LARGEST_TABLE", 200)
    assert ask(tmp_path, reference, tumor, [codon(SEQUENCE, PLACE - 1)]) == whole


def test_copies_that_nobody_marked_count_as_the_molecules_they_are(tmp_path: Path, reference: Path) -> None:
    copies = [molecule for molecule in spread(PLACE, 80) for _ in range(25)]
    loci = [codon(SEQUENCE, PLACE - 1)]
    (answer,) = ask(tmp_path, reference, copies, loci)
    assert answer.depth == 80
    assert (answer.excluded_above or 0) > 0.035
    assert "copies were not marked as duplicates" in answer.statement
    (plain,) = ask(tmp_path, reference, spread(PLACE, 2000), loci)
    assert plain.depth == 2000
    assert "copies" not in plain.statement
    amplicons = [Molecule(900 + 60 * (i % 2), first_forward=i % 4 > 1, length=150) for i in range(600)]
    (fixed,) = ask(tmp_path, reference, amplicons, loci)
    assert "of how many molecules they are copies is not known" in fixed.statement


@pytest.mark.parametrize("copied", [75, 200, 400])
def test_some_copies_that_nobody_marked_are_no_further_molecules(tmp_path: Path, reference: Path, copied: int) -> None:
    molecules = spread(PLACE, 500)
    (answer,) = ask(tmp_path, reference, [*molecules, *molecules[:copied]], [codon(SEQUENCE, PLACE - 1)])
    assert answer.depth == pytest.approx(500, abs=20)
    assert "copies were not marked as duplicates" in answer.statement


@pytest.mark.parametrize("depth", [30, 300, 5000])
def test_molecules_that_share_their_ends_by_chance_all_count(tmp_path: Path, reference: Path, depth: int) -> None:
    (answer,) = ask(tmp_path, reference, spread(PLACE, depth), [codon(SEQUENCE, PLACE - 1)])
    assert answer.depth == depth
    assert "copies" not in answer.statement


def test_answers_are_read_back_and_shown_as_a_table(tmp_path: Path, reference: Path) -> None:
    bam = write_bam(tmp_path / "tumor.bam", SEQUENCE, spread(PLACE, 100), "tumor")
    assay = ask_loci([codon(SEQUENCE, PLACE - 1)], AssayedReads(bam, reference), {"GENE Z9": "no such residue"})
    (tmp_path / "a.json").write_text(assay.to_json(), encoding="utf-8")
    assert read_hotspot_assay([str(tmp_path / "a.json")]) == assay
    lines = answers_table(assay, 0.5).splitlines()
    assert [line.split("\t")[0] for line in lines] == ["locus", "GENE A1", "GENE Z9"]
    assert lines[1].split("\t")[7] == "yes"
    assert answers_table(assay, None).splitlines()[1].split("\t")[7] == "purity unknown"
    (tmp_path / "b.json").write_text('{"sample": 1', encoding="utf-8")
    with pytest.raises(InputError, match=r"b\.json.*no answers"):
        read_hotspot_assay([str(tmp_path / "b.json")])


def test_a_cram_is_read_like_a_bam_and_not_without_its_reference(tmp_path: Path, reference: Path) -> None:
    bam = write_bam(tmp_path / "tumor.bam", SEQUENCE, spread(PLACE, 100), "tumor")
    cram = tmp_path / "tumor.cram"
    pysam.view("-C", "-T", str(reference), "-o", str(cram), str(bam), catch_stdout=False)
    pysam.index(str(cram))
    loci = [codon(SEQUENCE, PLACE - 1)]
    assert ask_loci(loci, AssayedReads(cram, reference)) == ask_loci(loci, AssayedReads(bam, reference))
    folder = tmp_path / "other"
    folder.mkdir()
    other = write_reference(folder, random_reference(seed=9))
    with pytest.raises(InputError, match=r"tumor\.cram"):
        ask_loci(loci, AssayedReads(cram, other))


def test_reads_without_index_or_of_other_contigs_are_refused(tmp_path: Path, reference: Path) -> None:
    bam = write_bam(tmp_path / "tumor.bam", SEQUENCE, spread(PLACE, 100), "tumor")
    loci = [codon(SEQUENCE, PLACE - 1)]
    folder = tmp_path / "other"
    folder.mkdir()
    shorter = write_reference(folder, SEQUENCE[:1500])
    with pytest.raises(InputError, match="2000 bases in the reads and 1500"):
        ask_loci(loci, AssayedReads(bam, shorter))
    beyond = codon(SEQUENCE, PLACE - 1).model_copy(update={"positions": (5000, 5001, 5002)})
    with pytest.raises(InputError, match="which the reference does not have"):
        ask_loci([beyond], AssayedReads(bam, reference))
    Path(f"{bam}.bai").unlink()
    with pytest.raises(InputError, match="no index"):
        ask_loci(loci, AssayedReads(bam, reference))
