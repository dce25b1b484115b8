"""Pictures of reads against molecules whose alleles are known, and against real reads."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pysam
import pytest

from genomodel.calls.alignments import FROM_TAGS, Alignments, require_alignment
from genomodel.calls.fragments import FragmentReader
from genomodel.calls.read_alleles import ALT
from genomodel.calls.read_pictures import MOST_VARIANTS, ROWS, AskedAllele, read_pictures
from genomodel.core.errors import InputError
from genomodel.core.patients import GenomeBuild
from genomodel.core.pictures import ReadPicture
from genomodel.core.variants import Variant
from tests.calls.molecules import (
    Molecule,
    deletion,
    insertion,
    random_reference,
    snv,
    spread,
    write_bam,
    write_reference,
)

SEQUENCE = random_reference()
HERE = 900


@pytest.fixture
def fasta(tmp_path: Path) -> Path:
    return write_reference(tmp_path, SEQUENCE)


def bam_of(folder: Path, molecules: list[Molecule], name: str = "tumor") -> Path:
    return write_bam(folder / f"{name}.bam", SEQUENCE, molecules, name)


def pictures(variant: Variant, bam: Path, fasta: Path | None, normal: Path | None = None) -> tuple[ReadPicture, ...]:
    given = Alignments(str(bam), str(normal) if normal else None, str(fasta) if fasta else None)
    made, reasons = read_pictures([AskedAllele("P:1", variant)], given)
    assert not reasons
    return made


def only(variant: Variant, bam: Path, fasta: Path | None) -> ReadPicture:
    (made,) = pictures(variant, bam, fasta)
    return made


def rewritten(bam: Path, change: object) -> Path:
    """Write the reads again, each changed by a function that may return nothing for one that is left out."""
    out = bam.with_name(f"changed-{bam.name}")
    with pysam.AlignmentFile(str(bam)) as reads, pysam.AlignmentFile(str(out), "wb", template=reads) as made:
        for number, read in enumerate(reads.fetch(until_eof=True)):
            change(number, read)  # type: ignore[operator]
            made.write(read)
    pysam.index(str(out))
    return out


@pytest.mark.parametrize(
    "variant",
    [snv(SEQUENCE, HERE), deletion(SEQUENCE, HERE, 12), insertion(SEQUENCE, HERE, "GATTACA")],
    ids=["substitution", "deletion", "insertion"],
)
def test_fragments_are_counted_as_calls_count_them(variant: Variant, tmp_path: Path, fasta: Path) -> None:
    molecules = [*spread(HERE, 31, [variant]), *spread(HERE, 67, seed=2), *spread(HERE, 9, [variant], length=140)]
    bam = bam_of(tmp_path, molecules)
    shown = only(variant, bam, fasta)
    reader = FragmentReader(bam, fasta)
    called = reader.read([variant])[variant.key]
    reader.close()
    assert (shown.n_fragments, shown.n_fragments_supporting) == (called.depth, called.count(ALT))
    assert shown.n_reads >= shown.n_fragments
    assert shown.n_fragments_supporting >= 31


def test_mates_that_overlap_are_two_reads_of_one_fragment(tmp_path: Path, fasta: Path) -> None:
    variant = snv(SEQUENCE, HERE)
    short = [Molecule(HERE - 60, (variant,), length=120) for _ in range(5)]
    shown = only(variant, bam_of(tmp_path, short), fasta)
    assert (shown.n_reads, shown.n_supporting, shown.n_forward_supporting) == (10, 10, 5)
    assert (shown.n_fragments, shown.n_fragments_supporting) == (5, 5)


def test_cells_say_what_each_base_is(tmp_path: Path, fasta: Path) -> None:
    variant = snv(SEQUENCE, HERE)
    shown = only(variant, bam_of(tmp_path, [Molecule(HERE - 50, (variant,))]), fasta)
    (read,) = [read for read in shown.reads if read.supports]
    at = HERE - 1 - shown.start
    assert shown.focus == (at, at)
    assert shown.reference == SEQUENCE[shown.start : shown.start + len(shown.reference)]
    assert read.cells[at] == variant.alt
    assert set(read.cells[:at] + read.cells[at + 1 :]) == {"."}


def test_low_qualities_are_small_letters_and_do_not_count(tmp_path: Path, fasta: Path) -> None:
    variant = snv(SEQUENCE, HERE)
    poor = [Molecule(HERE - 50, (variant,), quality=11), Molecule(HERE - 55, quality=11)]
    shown = only(variant, bam_of(tmp_path, [*poor, Molecule(HERE - 52, (variant,))]), fasta)
    at = shown.focus[0]
    silent = [read for read in shown.reads if not read.counted]
    assert sorted(read.cells[at] for read in silent) == sorted([variant.alt.lower(), ","])
    assert (shown.n_reads, shown.n_supporting) == (1, 1)
    assert (shown.left_out.silent, shown.left_out.silent_supporting) == (2, 1)


def test_deleted_and_inserted_bases_and_clips_are_marked(tmp_path: Path, fasta: Path) -> None:
    lost, gained = deletion(SEQUENCE, HERE, 3), insertion(SEQUENCE, HERE, "GAT")
    shown = only(lost, bam_of(tmp_path, [Molecule(HERE - 50, (lost,))]), fasta)
    (read,) = [read for read in shown.reads if read.supports]
    assert read.cells.count("-") == 3
    first, last = shown.focus
    assert set(read.cells[first : last + 1]) == {"-"}
    shown = only(gained, bam_of(tmp_path, [Molecule(HERE - 50, (gained,))]), fasta)
    (read,) = [read for read in shown.reads if read.supports]
    assert list(read.insertions.values()) == ["GAT"]

    def clip(_: int, aligned: pysam.AlignedSegment) -> None:
        if not aligned.is_reverse:
            aligned.cigarstring = "60M40S"

    bam = rewritten(bam_of(tmp_path, [Molecule(HERE - 50)]), clip)
    shown = only(snv(SEQUENCE, HERE), bam, fasta)
    assert shown.reads[0].cells.rstrip("~")[-1] == "."
    assert shown.reads[0].cells.count("~") == shown.start + len(shown.reference) - (HERE - 50 + 60)


def test_an_indel_that_the_aligner_clipped_or_put_elsewhere_is_support(tmp_path: Path, fasta: Path) -> None:
    lost = deletion(SEQUENCE, HERE, 15)

    def clipped(_: int, read: pysam.AlignedSegment) -> None:
        parts = read.cigartuples or []
        if any(operation == 2 for operation, _ in parts):
            read.cigartuples = [(0, parts[0][1]), (4, sum(length for op, length in parts[1:] if op == 0))]

    bam = rewritten(bam_of(tmp_path, spread(HERE, 12, [lost])), clipped)
    shown = only(lost, bam, fasta)
    assert shown.n_supporting >= 10
    # In a repeat of two bases the gap may stand at either end.
    repeat = "AC" * 8
    sequence = SEQUENCE[:HERE] + repeat + SEQUENCE[HERE + len(repeat) :]
    told = Variant(chrom="chr1", pos=HERE, ref=sequence[HERE - 1] + "AC", alt=sequence[HERE - 1])
    placed = Variant(chrom="chr1", pos=HERE + 12, ref=sequence[HERE + 11 : HERE + 14], alt=sequence[HERE + 11])
    other = tmp_path / "repeat"
    other.mkdir()
    reads = write_bam(other / "t.bam", sequence, spread(HERE, 10, [placed]), "t")
    shown = only(told, reads, write_reference(other, sequence))
    assert shown.n_supporting >= 8


def test_a_long_deletion_is_cut_and_says_so(tmp_path: Path, fasta: Path) -> None:
    lost = deletion(SEQUENCE, HERE, 130)
    shown = only(lost, bam_of(tmp_path, spread(HERE, 8, [lost])), fasta)
    assert len(shown.reference) <= 70
    assert shown.hidden_bases == 90
    assert shown.n_supporting > 0


def test_what_is_left_out_is_counted_by_reason(tmp_path: Path, fasta: Path) -> None:
    variant = snv(SEQUENCE, HERE)
    flags = {0: 1024, 1: 256, 2: 2048, 3: 512}

    def mark(number: int, read: pysam.AlignedSegment) -> None:
        over = read.reference_start < HERE <= (read.reference_end or 0)
        if over and seen[0] in flags:
            read.flag |= flags[seen[0]]
        elif over and seen[0] == 4:
            read.mapping_quality = 3
        seen[0] += over

    seen = [0]
    bam = rewritten(bam_of(tmp_path, [Molecule(HERE - 50, (variant,)) for _ in range(8)]), mark)
    shown = only(variant, bam, fasta)
    left = shown.left_out
    assert (left.duplicates, left.secondary, left.failed, left.low_mapping, left.low_mapping_supporting) == (
        1,
        2,
        1,
        1,
        1,
    )
    assert (shown.n_reads, shown.n_supporting) == (3, 3)
    assert [read.mapping_quality for read in shown.reads if not read.counted] == [3]


def test_no_more_rows_than_fit_are_drawn_supporting_first_and_strands_in_proportion(
    tmp_path: Path, fasta: Path
) -> None:
    variant = snv(SEQUENCE, HERE)
    forward = [Molecule(HERE - 20 - i % 70, (variant,)) for i in range(180)]
    reverse = [Molecule(HERE - 250 + 20 + i, (variant,)) for i in range(20)]
    shown = only(variant, bam_of(tmp_path, [*forward, *reverse, *spread(HERE, 300)]), fasta)
    rows = ROWS["tumor"]
    supporting = [read for read in shown.reads if read.supports]
    assert (shown.n_supporting, shown.n_forward_supporting) == (200, 180)
    assert len(supporting) == rows.supporting
    assert list(shown.reads[: rows.supporting]) == supporting
    ways = [read.forward for read in supporting]
    assert sum(ways) == round(rows.supporting * 0.9)
    assert ways == sorted(ways, reverse=True)
    assert len(shown.reads) <= rows.supporting + rows.rest + rows.uncounted


def test_a_single_read_of_the_other_strand_is_never_hidden(tmp_path: Path, fasta: Path) -> None:
    variant = snv(SEQUENCE, HERE)
    molecules = [*(Molecule(HERE - 20 - i % 70, (variant,)) for i in range(300)), Molecule(HERE - 230, (variant,))]
    shown = only(variant, bam_of(tmp_path, molecules), fasta)
    assert sum(not read.forward for read in shown.reads if read.supports) == 1


def test_the_picture_does_not_depend_on_the_order_of_reads_that_start_together(tmp_path: Path, fasta: Path) -> None:
    variant = snv(SEQUENCE, HERE)
    bam = bam_of(tmp_path, [*spread(HERE, 90, [variant]), *spread(HERE, 120, seed=4)])
    out = tmp_path / "shuffled.bam"
    with pysam.AlignmentFile(str(bam)) as reads, pysam.AlignmentFile(str(out), "wb", template=reads) as made:
        backward = list(reads.fetch(until_eof=True))[::-1]
        for read in sorted(backward, key=lambda read: read.reference_start):
            made.write(read)
    pysam.index(str(out))
    one, two = only(variant, bam, fasta), only(variant, out, fasta)
    assert one.model_copy(update={"source": ""}) == two.model_copy(update={"source": ""})


def test_reference_bases_come_from_the_reads_where_no_fasta_is_given(tmp_path: Path, fasta: Path) -> None:
    variant, lost = snv(SEQUENCE, HERE), deletion(SEQUENCE, HERE, 9)
    for allele in (variant, lost):
        bam = bam_of(tmp_path, [*spread(HERE, 20, [allele]), *spread(HERE, 30, seed=3)])
        tagged = tmp_path / "tagged.bam"
        tagged.write_bytes(
            subprocess.run(["samtools", "calmd", "-b", bam, fasta], capture_output=True, check=True).stdout
        )
        pysam.index(str(tagged))
        told, by_tags = only(allele, bam, fasta), only(allele, tagged, None)
        assert by_tags.reference_source == FROM_TAGS
        same = {"source": "", "reference_source": ""}
        assert by_tags.model_copy(update=same) == told.model_copy(update=same)


def test_without_any_reference_a_substitution_is_drawn_and_an_indel_is_said_to_be_untold(tmp_path: Path) -> None:
    variant, lost = snv(SEQUENCE, HERE), deletion(SEQUENCE, HERE, 9)
    bam = bam_of(tmp_path, [*spread(HERE, 20, [variant]), *spread(HERE, 30, seed=3)])
    made, reasons = read_pictures([AskedAllele("a", variant), AskedAllele("b", lost)], Alignments(str(bam)))
    assert [shown.finding_id for shown in made] == ["a"]
    assert made[0].reference_source == ""
    assert set(made[0].reference) == {"N", variant.ref}
    assert made[0].n_supporting >= 20
    assert len(reasons) == 1
    assert "no FASTA" in reasons[0]


def test_contigs_are_found_under_either_name(tmp_path: Path, fasta: Path) -> None:
    variant = snv(SEQUENCE, HERE)
    bam = bam_of(tmp_path, spread(HERE, 10, [variant]))
    bare = variant.model_copy(update={"chrom": "1"})
    shown = only(bare, bam, fasta)
    assert (shown.chrom, shown.variant) == ("1", bare.key)
    assert shown.n_supporting >= 10


def test_reads_of_another_genome_are_refused_by_their_bases(tmp_path: Path, fasta: Path) -> None:
    variant = snv(SEQUENCE, HERE)
    bam = bam_of(tmp_path, spread(HERE, 10))
    wrong = variant.model_copy(update={"ref": variant.alt, "alt": variant.ref})
    made, reasons = read_pictures([AskedAllele("a", wrong)], Alignments(str(bam), reference=str(fasta)))
    assert not made
    assert "another genome build" in reasons[0]
    elsewhere = variant.model_copy(update={"chrom": "chrUn"})
    _, reasons = read_pictures([AskedAllele("a", elsewhere)], Alignments(str(bam), reference=str(fasta)))
    assert "no contig chrUn" in reasons[0]


def broken(kind: str, folder: Path) -> tuple[Path, str]:
    bam = bam_of(folder, spread(HERE, 40))
    if kind == "missing":
        return folder / "nowhere.bam", "does not exist"
    if kind == "no index":
        Path(f"{bam}.bai").unlink()
        return bam, "no index"
    if kind == "truncated":
        bam.write_bytes(bam.read_bytes()[:-400])
        return bam, "truncated"
    bam.write_text("chr1\t1\n")
    return bam, "cannot be read"


@pytest.mark.parametrize("kind", ["missing", "no index", "truncated", "no bam"])
def test_an_alignment_that_cannot_be_read_is_a_reason_and_never_an_end(kind: str, tmp_path: Path, fasta: Path) -> None:
    variant = snv(SEQUENCE, HERE)
    (tmp_path / "good").mkdir()
    good = bam_of(tmp_path / "good", spread(HERE, 10, [variant]))
    bad, words = broken(kind, tmp_path)
    made, reasons = read_pictures([AskedAllele("a", variant)], Alignments(str(bad), str(good), str(fasta)))
    assert [shown.sample for shown in made] == ["normal"]
    assert len(reasons) == 1
    assert reasons[0].startswith(f"tumor ({bad.name}):")
    assert words in reasons[0]
    with pytest.raises(InputError, match=words):
        require_alignment(str(bad), str(fasta))


def test_a_file_that_is_damaged_inside_is_a_reason(tmp_path: Path, fasta: Path) -> None:
    variant = snv(SEQUENCE, HERE)
    bam = bam_of(tmp_path, spread(HERE, 2000, [variant]))
    content = bytearray(bam.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4000] = b"\x00" * 4000
    bam.write_bytes(bytes(content))
    made, reasons = read_pictures([AskedAllele("a", variant)], Alignments(str(bam), reference=str(fasta)))
    assert not made
    assert "cannot be read" in reasons[0]


def test_a_cram_needs_its_fasta_and_shows_the_same(tmp_path: Path, fasta: Path) -> None:
    variant = snv(SEQUENCE, HERE)
    bam = bam_of(tmp_path, [*spread(HERE, 20, [variant]), *spread(HERE, 30, seed=3)])
    cram = tmp_path / "tumor.cram"
    subprocess.run(["samtools", "view", "-C", "-T", fasta, "-o", cram, bam], check=True)
    pysam.index(str(cram))
    same = {"source": ""}
    assert only(variant, cram, fasta).model_copy(update=same) == only(variant, bam, fasta).model_copy(update=same)
    made, reasons = read_pictures([AskedAllele("a", variant)], Alignments(str(cram)))
    assert not made
    assert "without the FASTA" in reasons[0]


def test_reads_of_another_human_build_are_refused(tmp_path: Path) -> None:
    header = {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": "7", "LN": 159138663}]}
    bam = tmp_path / "b37.bam"
    with pysam.AlignmentFile(str(bam), "wb", header=header):
        pass
    pysam.index(str(bam))
    with pytest.raises(InputError, match=r"aligned to GRCh37, and the calls are of GRCh38"):
        require_alignment(str(bam), None, GenomeBuild.GRCH38)
    require_alignment(str(bam), None, GenomeBuild.GRCH37)


def test_tumor_and_normal_stand_beside_each_other_for_each_variant(tmp_path: Path, fasta: Path) -> None:
    one, two = snv(SEQUENCE, HERE), snv(SEQUENCE, HERE + 60)
    tumor = bam_of(tmp_path, spread(HERE, 40, [one, two]))
    normal = bam_of(tmp_path, spread(HERE, 40), "normal")
    given = Alignments(str(tumor), str(normal), str(fasta))
    made, _ = read_pictures([AskedAllele("a", one), AskedAllele("b", two)], given)
    assert [(shown.finding_id, shown.sample) for shown in made] == [
        ("a", "tumor"),
        ("a", "normal"),
        ("b", "tumor"),
        ("b", "normal"),
    ]
    assert [shown.n_supporting > 0 for shown in made] == [True, False, True, False]
    rows = ROWS["normal"]
    assert len(made[1].reads) <= rows.supporting + rows.rest + rows.uncounted


def test_more_variants_than_are_drawn_are_told(tmp_path: Path, fasta: Path) -> None:
    bam = bam_of(tmp_path, spread(HERE, 5))
    asked = [AskedAllele(str(pos), snv(SEQUENCE, pos)) for pos in range(HERE, HERE + MOST_VARIANTS + 3)]
    made, reasons = read_pictures(asked, Alignments(str(bam), reference=str(fasta)))
    assert len(made) == MOST_VARIANTS
    assert reasons == (f"reads are drawn of {MOST_VARIANTS} variants, and not of the 3 after them",)


def test_a_place_without_reads_gives_an_empty_picture(tmp_path: Path, fasta: Path) -> None:
    shown = only(snv(SEQUENCE, 1900), bam_of(tmp_path, spread(HERE, 5)), fasta)
    assert (shown.reads, shown.n_reads, shown.mapping_quality_supporting) == ((), 0, None)


def test_windows_end_where_the_contig_does(tmp_path: Path, fasta: Path) -> None:
    variant = snv(SEQUENCE, 5)
    shown = only(variant, bam_of(tmp_path, [Molecule(0, (variant,))]), fasta)
    assert (shown.start, shown.focus) == (0, (4, 4))
    assert [read.cells[4] for read in shown.reads if read.supports] == [variant.alt]


def real_alignment(source: Path, folder: Path) -> Path:
    """Align the real reads to their locus and give them the coordinates of the whole chromosome."""
    locus = folder / "locus.fa"
    shutil.copy(source / "egfr_locus.fa", locus)
    start = int(locus.read_text().split("\n", 1)[0].split(":")[1].split("-")[0])
    subprocess.run(["bwa", "index", locus], check=True, capture_output=True)
    mates = [source / f"egfr_l861q.R{mate}.fastq.gz" for mate in (1, 2)]
    sam = subprocess.run(["bwa", "mem", "-K", "1000000", locus, *mates], check=True, capture_output=True)
    raw = folder / "raw.sam"
    raw.write_bytes(sam.stdout)
    header = {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": "chr7", "LN": 159138663}]}
    out = folder / "tumor.bam"
    with pysam.AlignmentFile(str(raw)) as reads, pysam.AlignmentFile(str(out), "wb", header=header) as made:
        kept = [read for read in reads if not read.is_unmapped]
        for read in sorted(kept, key=lambda read: read.reference_start):
            text = read.to_dict()
            text |= {"ref_name": "chr7", "ref_pos": str(read.reference_start + start), "next_ref_name": "*"}
            text |= {"next_ref_pos": "0", "length": "0"}
            made.write(pysam.AlignedSegment.from_dict(text, made.header))
    pysam.index(str(out))
    return out


def test_real_reads_of_egfr_l861q_are_drawn_as_published(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "reads_grch37"
    if not source.is_dir() or not (shutil.which("bwa") and shutil.which("samtools")):
        pytest.skip("the real reads, bwa or samtools are not there")
    bam = real_alignment(source, tmp_path)
    variant = Variant(chrom="7", pos=55259524, ref="T", alt="A")
    genome = shared_data / "genome" / "GRCh37.sparse.fa.gz"
    by_tags, by_fasta = only(variant, bam, None), only(variant, bam, genome)
    assert by_tags.reference == by_fasta.reference
    assert by_fasta.n_fragments_supporting / by_fasta.n_fragments == pytest.approx(0.24, abs=0.03)
    drawn = [read for read in by_fasta.reads if read.supports and read.counted]
    assert drawn
    assert {read.cells[by_fasta.focus[0]] for read in drawn} == {"A"}
    assert 0 < by_fasta.n_forward_supporting < by_fasta.n_supporting
    assert all(read.mapping_quality >= 20 for read in drawn)
