"""Laying loci onto a genome: the synthetic one, isoforms, contig names, and input that cannot be right."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pysam
import pytest

from genomodel.calls.hotspot_assay.loci import place_loci
from genomodel.core.codons import reverse_complement, translate
from genomodel.core.errors import InputError, InputErrors
from genomodel.core.loci import Locus, LocusClass
from genomodel.core.patients import GenomeBuild
from genomodel.resources.actionable_loci import COLUMNS
from genomodel.simulate.genome import Genome, build_genome
from genomodel.simulate.writers import write_fasta, write_gff


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> tuple[Genome, Path, Path]:
    folder = tmp_path_factory.mktemp("synthetic")
    genome = build_genome(1)
    write_fasta(genome, folder / "genome.fa")
    write_gff(genome, folder / "genes.gff3")
    return genome, folder / "genes.gff3", folder / "genome.fa"


SENSE = {"A": "GCT", "D": "GAT", "K": "AAA", "M": "ATG", "R": "CGT", "S": "TCT", "V": "GTT", "Y": "TAT", "*": "TAA"}


def made(
    folder: Path,
    proteins: Sequence[str],
    *,
    strand: str = "+",
    split: int = 0,
    contig: str = "chr1",
    named: str = "",
    head: str = "",
) -> tuple[Path, Path]:
    """Write a genome with one gene, ``GENE``: a transcript for each protein, one after another on the contig.

    ``split`` puts an intron of 50 bases after that many coding bases of each transcript; ``named`` is the contig's name
    in the gene models where it is another one.
    """
    sequence = "ACGTTGCA" * 10
    rows = []
    for number, protein in enumerate(proteins):
        coding = "".join(SENSE[letter] for letter in protein)
        parts = [coding[:split], coding[split:]] if split else [coding]
        if strand == "-":
            parts = [reverse_complement(part) for part in reversed(parts)]
        spans = []
        for part in parts:
            spans.append((len(sequence) + 1, len(sequence) + len(part)))
            sequence += part + "GT" + "C" * 46 + "AG"
        ends = f"{spans[0][0]}\t{spans[-1][1]}\t.\t{strand}"
        if number == 0:
            rows.append(f"gene\t{ends}\t.\tID=gene:G;Name=GENE;biotype=protein_coding")
        rows.append(f"mRNA\t{ends}\t.\tID=transcript:T{number};Parent=gene:G;biotype=protein_coding")
        rows += [f"CDS\t{first}\t{last}\t.\t{strand}\t0\tParent=transcript:T{number}" for first, last in spans]
    (folder / "genome.fa").write_text(f">{contig}\n{sequence}\n")
    pysam.faidx(str(folder / "genome.fa"))
    lines = [f"{named or contig}\tmade\t{row}" for row in rows]
    (folder / "genes.gff3").write_text(f"##gff-version 3\n{head}" + "\n".join(lines) + "\n")
    return folder / "genes.gff3", folder / "genome.fa"


def table(folder: Path, *rows: tuple[str, str, str, str]) -> Path:
    """Write a table of loci: name, class, place and events of the gene ``GENE``."""
    lines = [f"{name}\tGENE\t\t{kind}\t{place}\t{events}\tmine" for name, kind, place, events in rows]
    path = folder / "loci.tsv"
    path.write_text("\n".join(["\t".join(COLUMNS), *lines]) + "\n")
    return path


def codon(place: str) -> tuple[str, str, str, str]:
    return (f"GENE {place}", "codon", place, "substitution 1-3")


def one(gff: Path, fasta: Path, rows: Path) -> Locus:
    (locus,) = place_loci(gff, fasta, table=rows).loci
    return locus


def test_codons_of_the_synthetic_genome_read_as_the_table_says(synthetic: tuple[Genome, Path, Path]) -> None:
    genome, gff, fasta = synthetic
    found = place_loci(gff, fasta)
    names = {locus.id for locus in found.loci}
    assert {"BRAF V600", "KRAS G12", "EGFR L858", "PIK3CA H1047", "EGFR exon 19 deletion"} <= names
    for locus in found.loci:
        contig = genome.contigs[locus.chrom]
        assert locus.bases == "".join(contig[position - 1] for position in locus.positions)
        assert all((right > left) is locus.forward for left, right in pairwise(locus.positions))
        if locus.locus_class is LocusClass.CODON:
            read = locus.bases if locus.forward else reverse_complement(locus.bases[::-1])
            assert translate(read) == locus.id.split()[-1][0]
    assert {locus.forward for locus in found.loci} == {True, False}


def test_what_the_synthetic_genome_lacks_is_named_with_the_reason(synthetic: tuple[Genome, Path, Path]) -> None:
    found = place_loci(*synthetic[1:], genome=GenomeBuild.SYNTHETIC)
    assert "told for GRCh37 and GRCh38" in found.not_placed["TERT C228T"]
    assert found.not_placed["JAK2 V617"] == "the gene models hold no coding transcript of JAK2"
    assert "the reference codes for" in found.not_placed["KIT V559"]
    assert len(found.loci) + len(found.not_placed) > 180
    assert not {locus.id for locus in found.loci} & found.not_placed.keys()


@pytest.mark.parametrize("strand", ["+", "-"])
@pytest.mark.parametrize("split", [0, 7, 8, 9])
def test_a_codon_is_found_on_both_strands_and_across_exon_borders(tmp_path: Path, strand: str, split: int) -> None:
    gff, fasta = made(tmp_path, ["MAVKDS*"], strand=strand, split=split)
    locus = one(gff, fasta, table(tmp_path, codon("V3")))
    contig = pysam.FastaFile(str(fasta)).fetch("chr1")
    bases = "".join(contig[position - 1] for position in locus.positions)
    assert bases == locus.bases
    assert (bases if strand == "+" else reverse_complement(bases[::-1])) == "GTT"
    assert (max(locus.positions) - min(locus.positions) > 2) is (split in (7, 8))


@pytest.mark.parametrize("strand", ["+", "-"])
def test_exon_borders_are_found_from_either_side(tmp_path: Path, strand: str) -> None:
    gff, fasta = made(tmp_path, ["MAVKDS*"], strand=strand, split=8)
    rows = table(
        tmp_path,
        ("donor", "splice region", "V3 donor: 1 of the exon, 2 of the intron", "substitution 1"),
        ("acceptor", "splice region", "V3 acceptor: 1 of the exon, 2 of the intron", "substitution 1"),
    )
    donor, acceptor = place_loci(gff, fasta, table=rows).loci
    read = [locus.bases if strand == "+" else reverse_complement(locus.bases[::-1]) for locus in (donor, acceptor)]
    assert read[0][0] + read[1][-1] == "TT"
    assert (read[0][1:], read[1][:2]) == (("GT", "AG") if strand == "+" else ("CT", "AC"))
    for locus in (donor, acceptor):
        assert {abs(right - left) for left, right in pairwise(locus.positions)} == {1}


@pytest.mark.parametrize(("longest", "with_intron"), [(60, True), (20, False)])
def test_an_intron_shorter_than_the_event_is_part_of_the_region(
    tmp_path: Path, longest: int, *, with_intron: bool
) -> None:
    gff, fasta = made(tmp_path, ["MAVKDS*"], split=9)
    rows = table(tmp_path, ("GENE itd", "indel region", "A2-K4", f"internal tandem duplication 3-{longest}"))
    assert len(one(gff, fasta, rows).positions) == (59 if with_intron else 9)


def test_the_isoform_whose_residues_agree_is_taken(tmp_path: Path) -> None:
    gff, fasta = made(tmp_path, ["MAAAAAAAAAAAA*", "MAVKDS*"])
    assert one(gff, fasta, table(tmp_path, codon("V3"))).transcript == "T1"


def test_residues_beyond_an_inserted_stretch_are_moved_together(tmp_path: Path) -> None:
    gff, fasta = made(tmp_path, ["MAV" + "Y" * 5 + "KDSR*"])
    found = place_loci(gff, fasta, table=table(tmp_path, *(codon(place) for place in ("V3", "K4", "D5", "S6"))))
    starts = [locus.positions[0] - 81 for locus in found.loci]
    assert starts == [6, 24, 27, 30]


def test_two_residues_are_too_few_to_move(tmp_path: Path) -> None:
    gff, fasta = made(tmp_path, ["MAV" + "Y" * 5 + "KDSR*"])
    with pytest.raises(InputErrors):
        place_loci(gff, fasta, table=table(tmp_path, codon("K4"), codon("D5")))


@pytest.mark.parametrize(("contig", "named"), [("chr1", "1"), ("1", "chr1"), ("1", "1")])
def test_contigs_are_named_as_in_the_reference(tmp_path: Path, contig: str, named: str) -> None:
    gff, fasta = made(tmp_path, ["MAVKDS*"], contig=contig, named=named)
    assert one(gff, fasta, table(tmp_path, codon("V3"))).chrom == contig


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("V9", "codon 9 lies outside the protein of 6 residues"),
        ("A3", "the reference codes for V at codon 3, where A3 is asked for"),
        ("K3", "the reference codes for V"),
    ],
)
def test_a_residue_that_is_not_there_is_an_error_of_the_users_table(tmp_path: Path, place: str, said: str) -> None:
    gff, fasta = made(tmp_path, ["MAVKDS*"])
    rows = table(tmp_path, codon("V3"), codon(place))
    with pytest.raises(InputError) as refused:
        place_loci(gff, fasta, table=rows)
    assert (refused.value.path, refused.value.row, refused.value.column) == (str(rows), 3, "place")
    assert said in refused.value.what


def test_a_gene_that_the_models_lack_is_an_error_of_the_users_table(tmp_path: Path) -> None:
    gff, fasta = made(tmp_path, ["MAVKDS*"])
    rows = table(tmp_path, codon("V3"))
    rows.write_text(rows.read_text().replace("\tGENE\t", "\tNOGENE\t"))
    with pytest.raises(InputError, match="no coding transcript of NOGENE") as refused:
        place_loci(gff, fasta, table=rows)
    assert (refused.value.row, refused.value.column) == (2, "gene")


def test_a_splice_region_without_an_exon_border_is_an_error_of_the_users_table(tmp_path: Path) -> None:
    gff, fasta = made(tmp_path, ["MAVKDS*"], split=9)
    place = "A2 donor: 1 of the exon, 2 of the intron"
    with pytest.raises(InputError, match="no exon ends in codon 2"):
        place_loci(gff, fasta, table=table(tmp_path, ("x", "splice region", place, "substitution 1")))


def test_unknown_bases_are_no_place(tmp_path: Path) -> None:
    gff, fasta = made(tmp_path, ["MAVKDSKKKKKKKKKK*"])
    text = fasta.read_text().replace("GCTGTT", "GCTNNN")
    fasta.write_text(text)
    with pytest.raises(InputError, match="unknown bases at codon 3"):
        place_loci(gff, fasta, table=table(tmp_path, codon("V3"), codon("K4")))


def test_unknown_bases_of_an_intron_are_no_place(tmp_path: Path) -> None:
    gff, fasta = made(tmp_path, ["MAVKDS*"], split=9)
    fasta.write_text(fasta.read_text().replace("GTTGT", "GTTNN"))
    place = "V3 donor: 1 of the exon, 2 of the intron"
    with pytest.raises(InputError, match="the reference has unknown bases there"):
        place_loci(gff, fasta, table=table(tmp_path, ("x", "splice region", place, "substitution 1")))


def test_a_first_exon_that_begins_within_a_codon_is_read_from_the_first_whole_one(tmp_path: Path) -> None:
    gff, fasta = made(tmp_path, ["KKMAVKDS*"])
    gff.write_text(gff.read_text().replace("\tCDS\t81\t", "\tCDS\t85\t").replace("\t0\tParent", "\t2\tParent"))
    assert one(gff, fasta, table(tmp_path, codon("V3"))).positions == (93, 94, 95)


def test_a_single_position_is_taken_where_the_reference_has_the_base(tmp_path: Path) -> None:
    gff, fasta = made(tmp_path, ["MAVKDS*"])
    position = ("GENE p", "single position", "GRCh37 1:5 T>C | GRCh38 1:1 G>A", "substitution 1")
    rows = table(tmp_path, position)
    (locus,) = place_loci(gff, fasta, table=rows, genome=GenomeBuild.GRCH37).loci
    assert (locus.chrom, locus.positions, locus.bases, locus.alternates) == ("chr1", (5,), "T", ("C",))
    with pytest.raises(InputError, match="the reference has A there, not G"):
        place_loci(gff, fasta, table=rows, genome=GenomeBuild.GRCH38)
    with pytest.raises(InputError, match="told for GRCh37 and GRCh38"):
        place_loci(gff, fasta, table=rows)


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("##sequence-region chr1 1 999\n", "chr1 has 999 bases in the gene models"),
        ("##sequence-region   1 1 999\n", "1 has 999 bases in the gene models"),
    ],
)
def test_another_length_of_a_contig_is_another_build(tmp_path: Path, head: str, said: str) -> None:
    gff, fasta = made(tmp_path, ["MAVKDS*"], head=head)
    with pytest.raises(InputError, match=said) as refused:
        place_loci(gff, fasta, table=table(tmp_path, codon("V3")))
    assert refused.value.row == 2


@pytest.mark.parametrize("named", ["GRCh38.p14", "hg38"])
def test_gene_models_whose_head_names_another_build_are_refused(tmp_path: Path, shared_data: Path, named: str) -> None:
    genome = shared_data / "genome"
    head, rest = (genome / "GRCh37.genes.gff3").read_text().split("#!genome-build GRCh37\n")
    gff = tmp_path / "genes.gff3"
    gff.write_text(f"{head}#!genome-build {named}\n{rest}")
    with pytest.raises(InputError, match="the gene models are of GRCh38, the reference is GRCh37") as refused:
        place_loci(gff, genome / "GRCh37.sparse.fa.gz")
    assert refused.value.row == 2


def test_a_gene_beyond_the_end_of_its_contig_is_of_another_build(tmp_path: Path) -> None:
    gff, fasta = made(tmp_path, ["MAVKDS*"])
    gff.write_text(gff.read_text().replace("\t81\t", "\t9000081\t").replace("\t101\t", "\t9000101\t"))
    with pytest.raises(InputError, match="beyond the end"):
        place_loci(gff, fasta, table=table(tmp_path, codon("V3")))


def test_genes_that_do_not_read_in_the_reference_are_of_another_build(tmp_path: Path) -> None:
    gff, fasta = made(tmp_path, ["MA*VKDS*"])
    with pytest.raises(InputError, match="1 of 1 proteins have stop codons inside"):
        place_loci(gff, fasta, table=table(tmp_path, codon("V4")))


def test_a_reference_of_another_build_than_the_sheet_says_is_refused(shared_data: Path) -> None:
    genome = shared_data / "genome"
    with pytest.raises(InputError, match="the reference is GRCh37, not GRCh38"):
        place_loci(genome / "GRCh37.genes.gff3", genome / "GRCh37.sparse.fa.gz", genome=GenomeBuild.GRCH38)


@pytest.mark.parametrize("lacking", ["genome.fa", "genes.gff3"])
def test_missing_files_are_named(tmp_path: Path, lacking: str) -> None:
    gff, fasta = made(tmp_path, ["MAVKDS*"])
    (tmp_path / lacking).unlink()
    with pytest.raises(InputError, match="does not exist") as refused:
        place_loci(gff, fasta)
    assert refused.value.path == str(tmp_path / lacking)


def test_a_reference_that_is_no_fasta_is_refused(tmp_path: Path) -> None:
    gff, fasta = made(tmp_path, ["MAVKDS*"])
    Path(f"{fasta}.fai").unlink()
    fasta.write_bytes(b"\x00\x01 no FASTA")
    with pytest.raises(InputError, match="cannot be read as an indexed FASTA"):
        place_loci(gff, fasta)
