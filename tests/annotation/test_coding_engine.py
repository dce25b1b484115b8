from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from genomodel.annotation.coding.transcripts import Transcript, make_offsets
from genomodel.core.errors import InputError
from genomodel.core.variants import VariantClass
from tests.annotation.coding_genome import EXONS, SEQUENCE, STARTS, Twins, at, change, gff, open_engine

END_1, START_2, END_2 = EXONS[0][1], EXONS[1][0], EXONS[1][1]


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    folder = tmp_path_factory.mktemp("twins")
    with open_engine(folder / "forward") as forward, open_engine(folder / "reverse", turned=True) as reverse:
        yield Twins(forward, reverse)


@pytest.mark.parametrize(
    ("first", "ref", "alt", "hgvs_c", "hgvs_p", "terms", "codons"),
    [
        (8, "T", "A", "c.8T>A", "p.Val3Glu", "missense_variant", "gTg/gAg"),
        (9, "G", "C", "c.9G>C", "p.Val3=", "synonymous_variant", "gtG/gtC"),
        (4, "A", "T", "c.4A>T", "p.Lys2Ter", "stop_gained", "Aaa/Taa"),
        (7, "GTG", "TAC", "c.7_9delinsTAC", "p.Val3Tyr", "missense_variant", "GTG/TAC"),
        (9, "GG", "TT", "c.9_10delinsTT", "p.Gly4Cys", "missense_variant", "gtGGgc/gtTTgc"),
        (7, "GTGG", "TTGT", "c.7_10delinsTTGT", "p.Val3_Gly4delinsLeuCys", "missense_variant", "GTGGgc/TTGTgc"),
        (16, "GC", "G", "c.17del", "p.Ala6ValfsTer9", "frameshift_variant", "gCt/gt"),
        (14, "CTGC", "C", "c.16_18del", "p.Ala6del", "inframe_deletion", "GCT/-"),
        (18, "T", "TGCT", "c.16_18dup", "p.Ala6dup", "inframe_insertion", "-/GCT"),
        (12, "C", "CTGG", "c.12_13insTGG", "p.Gly4_Ala5insTrp", "inframe_insertion", "-/TGG"),
        (12, "C", "CTGGTAA", "c.12_13insTGGTAA", "p.Gly4_Ala5insTrpTer", "stop_gained,protein_altering_variant", None),
        (12, "C", "CTAA", "c.12_13insTAA", "p.Ala5Ter", "stop_gained,protein_altering_variant", None),
        (4, "AAAGTGGGC", "CTT", "c.4_12delinsCTT", "p.Lys2_Gly4delinsLeu", "protein_altering_variant", None),
        (2, "T", "C", "c.2T>C", "p.Met1?", "start_lost", "aTg/aCg"),
        (1, "ATGAAA", "A", "c.2_6del", "p.Met1?", "start_lost", None),
        (37, "T", "C", "c.37T>C", "p.Ter13ArgextTer?", "stop_lost", "Tga/Cga"),
        (38, "G", "A", "c.38G>A", "p.Ter13=", "stop_retained_variant", "tGa/tAa"),
        (35, "CAT", "C", "c.36_37del", "p.Ter13ThrextTer5", "stop_lost", None),
    ],
)
def test_a_coding_change_reads_alike_on_both_strands(
    twins: Twins, first: int, ref: str, alt: str, hgvs_c: str, hgvs_p: str, terms: str, codons: str | None
) -> None:
    found = twins.read(change(at(first), ref, alt))
    own = ",".join(term for term in found.terms if term != "splice_region_variant")
    assert (found.transcript, found.hgvs_c, found.hgvs_p, own) == ("TR1.3", hgvs_c, hgvs_p, terms)
    assert codons is None or found.codons == codons


@pytest.mark.parametrize(
    ("place", "ref", "alt", "hgvs_c", "terms", "exon", "intron"),
    [
        (STARTS[0] + 3, "G", "T", "c.-7G>T", "5_prime_UTR_variant", "1/3", ""),
        (at(39) + 4, "A", "T", "c.*4A>T", "3_prime_UTR_variant", "3/3", ""),
        (END_1 + 9, "G", "T", "c.13+10G>T", "intron_variant", "", "1/2"),
        (START_2 - 20, "C", "T", "c.14-20C>T", "intron_variant", "", "1/2"),
        (
            END_1 + 4,
            "G",
            "C",
            "c.13+5G>C",
            "splice_donor_5th_base_variant,splice_region_variant,intron_variant",
            "",
            "1/2",
        ),
        (END_1, "G", "A", "c.13+1G>A", "splice_donor_variant", "", "1/2"),
        (START_2 - 2, "A", "G", "c.14-2A>G", "splice_acceptor_variant", "", "1/2"),
        (STARTS[0] - 20, "A", "T", "c.-30A>T", "upstream_gene_variant", "", ""),
    ],
)
def test_a_place_outside_the_codons_is_numbered(
    twins: Twins, place: int, ref: str, alt: str, hgvs_c: str, terms: str, exon: str, intron: str
) -> None:
    found = twins.read(change(place, ref, alt))
    assert (found.hgvs_c, ",".join(found.terms), found.exon, found.intron) == (hgvs_c, terms, exon, intron)


def test_an_intron_is_numbered_from_the_nearer_exon() -> None:
    exons = ((100, 110), (121, 130), (140, 150))
    transcript = Transcript(
        "T.1", "T", "G", "G1", "c", True, "protein_coding", exons, coding=(2, 25), offsets=make_offsets(exons)
    )
    # The middle one of eleven bases belongs to the exon before.
    assert [transcript.label(place) for place in (110, 114, 115, 116, 120)] == ["8+1", "8+5", "8+6", "9-5", "9-1"]
    assert [transcript.label(place) for place in (100, 101, 102, 144, 145, 146, 149)] == [
        *("-2", "-1", "1", "22", "23", "*1", "*4"),
    ]


@pytest.mark.parametrize("anchor", [22, 23, 24, 25])
def test_a_run_over_two_exons_is_never_moved_into_the_next(twins: Twins, anchor: int) -> None:
    ref = SEQUENCE[at(anchor) : at(anchor) + 2]
    found = twins.read(change(at(anchor), ref, ref[0]))
    assert (found.hgvs_c, found.protein_change, found.exon) == ("c.26del", "K10Sfs*5", "2/3")
    other = twins.read(change(at(28), "AA", "A"))
    assert (other.hgvs_c, other.protein_change, other.exon) == ("c.29del", "K10Sfs*5", "3/3")


def test_a_deletion_that_leaves_the_donor_as_it_was_is_named_in_the_intron_and_read_in_the_exon(twins: Twins) -> None:
    for allele in (change(at(12), "CG", "C"), change(at(13), "GG", "G")):
        found = twins.read(allele)
        assert (found.hgvs_c, found.protein_change) == ("c.13+1del", "A5Lfs*10")
        assert (found.variant_class, found.exon) == (VariantClass.TRUNCATING, "1/3")


def test_an_insertion_between_exon_and_intron_lengthens_the_exon(twins: Twins) -> None:
    found = twins.read(change(at(13), "G", "GA"))
    assert (found.hgvs_c, found.protein_change) == ("c.13_13+1insA", "A5Dfs*15")
    assert found.terms == ("frameshift_variant", "splice_region_variant")


def test_a_deletion_over_a_border_takes_the_splice_site(twins: Twins) -> None:
    found = twins.read(change(at(9), SEQUENCE[at(9) : END_1 + 5], "G"))
    assert (found.hgvs_c, found.hgvs_p, found.protein_change) == ("c.10_13+5del", "p.?", "X5_splice")
    assert found.variant_class is VariantClass.SPLICE
    assert found.terms[0] == "splice_donor_variant"
    assert (found.exon, found.intron) == ("1/3", "1/2")


def test_a_lost_exon_joins_its_neighbors(twins: Twins) -> None:
    start, end = END_1 + 9, END_2 + 12
    found = twins.read(change(start, SEQUENCE[start:end], SEQUENCE[start]))
    assert (found.protein_change, found.terms) == ("A5Efs*6", ("frameshift_variant", "exon_loss_variant"))
    assert (found.variant_class, found.exon, found.intron) == (VariantClass.TRUNCATING, "2/3", "1-2/2")


def test_a_lost_first_or_last_exon_joins_none(twins: Twins) -> None:
    for start, end, named, splice in (
        (STARTS[0] - 3, END_1 + 9, "c.-11_13+10del", "X5_splice"),
        (END_2 + 9, EXONS[-1][1] + 3, "c.26+11_*33del", "X9_splice"),
    ):
        found = twins.read(change(start, SEQUENCE[start:end], SEQUENCE[start]))
        assert (found.hgvs_c, found.hgvs_p, found.protein_change) == (named, "p.?", splice)
        assert found.variant_class is VariantClass.SPLICE
        assert "exon_loss_variant" not in found.terms


def test_a_lost_transcript_is_ablated(twins: Twins) -> None:
    start, end = STARTS[0] - 3, EXONS[-1][1] + 3
    found = twins.read(change(start, SEQUENCE[start:end], SEQUENCE[start]))
    assert (found.terms, found.variant_class) == (("transcript_ablation",), VariantClass.TRUNCATING)
    assert (found.protein_change, found.hgvs_p) == ("", "p.?")


def test_bases_before_the_start_codon_may_be_written_as_its_own(twins: Twins) -> None:
    doubled = twins.read(change(at(1), "A", "AA"))
    assert (doubled.hgvs_c, doubled.terms, doubled.protein_change) == ("c.1dup", ("5_prime_UTR_variant",), "")
    lost = twins.read(change(at(1) - 3, "ACCA", "A"))
    assert (lost.hgvs_c, lost.terms) == ("c.-2_1del", ("5_prime_UTR_variant",))


def test_shared_bases_case_and_anchor_do_not_matter(twins: Twins) -> None:
    plain = twins.read(change(at(8), "T", "A"))
    spelled = twins.read((at(6), "aGTGg", "aGAGg"))
    assert spelled == plain


@pytest.mark.parametrize(
    ("ref", "alt"), [("T", "*"), ("T", "<DEL>"), ("T", "."), ("T", "T"), ("T", "]c:5]T"), ("", "A")]
)
def test_what_is_no_other_sequence_has_no_consequence(twins: Twins, ref: str, alt: str) -> None:
    assert twins.forward.consequences("c", at(8) + 1, ref, alt) == ()


def test_a_reference_base_of_another_genome_is_refused(twins: Twins) -> None:
    with pytest.raises(InputError, match="c:69 is C in the genome, the allele has A"):
        twins.forward.consequences("c", 69, "A", "C")
    assert twins.forward.consequences("elsewhere", 69, "A", "C") == ()


def test_an_unknown_base_leaves_the_protein_unknown(twins: Twins, tmp_path: Path) -> None:
    found = twins.read(change(at(8), "T", "N"))
    assert (found.protein_change, found.hgvs_p, found.terms) == ("", "p.?", ("coding_sequence_variant",))
    holed = SEQUENCE[: at(9)] + "N" + SEQUENCE[at(9) + 1 :]
    with open_engine(tmp_path, sequence=holed) as engine:
        (beside,) = engine.consequences("c", at(8) + 1, "T", "A")
        (apart,) = engine.consequences("c", at(4) + 1, "A", "T")
    assert (beside.hgvs_c, beside.protein_change, beside.hgvs_p) == ("c.8T>A", "", "p.?")
    assert apart.protein_change == "K2*"


@pytest.mark.parametrize(
    ("alleles", "hgvs_c", "change_", "codons"),
    [
        ([(7, "G", "A"), (8, "T", "A")], "c.7_8delinsAA", "V3K", "GTg/AAg"),
        ([(7, "G", "C"), (9, "G", "C")], "c.7_9delinsCTC", "V3L", "GTG/CTC"),
        ([(5, "A", "G"), (11, "G", "A")], "c.[5A>G;11G>A]", "[K2R;G4D]", "aAagtggGc/aGagtggAc"),
        ([(10, "GG", "G"), (21, "C", "CA")], "c.[11del;21_22insA]", "G4_S7delinsALLP", None),
        # Parted by an intron: the first base of codon 5 and its second.
        ([(13, "G", "A"), (14, "C", "A")], "c.[13G>A;14C>A]", "A5N", "GCt/AAt"),
    ],
)
def test_alleles_of_one_molecule_are_read_together(
    twins: Twins, alleles: list[tuple[int, str, str]], hgvs_c: str, change_: str, codons: str | None
) -> None:
    found = twins.read(*(change(at(first), ref, alt) for first, ref, alt in alleles))
    assert (found.hgvs_c, found.protein_change) == (hgvs_c, change_)
    assert codons is None or found.codons == codons


def test_alleles_that_overlap_cannot_lie_on_one_molecule(twins: Twins) -> None:
    with pytest.raises(ValueError, match="overlap"):
        twins.forward.joint("c", [(at(7) + 1, "GT", "A"), (at(8) + 1, "T", "A")])


def test_a_transcript_whose_start_is_not_known_names_no_residue(tmp_path: Path) -> None:
    with open_engine(tmp_path, models=gff(attributes=";tag=basic,cds_start_NF")) as engine:
        (found,) = engine.consequences("c", at(8) + 1, "T", "A")
    assert (found.terms, found.hgvs_c, found.hgvs_p) == (("missense_variant",), "c.8T>A", "p.?")
    assert (found.protein_change, found.codons) == ("", "gTg/gAg")


def with_codon(number: int, codon: str) -> str:
    first = at(3 * number - 2)
    return SEQUENCE[:first] + codon + SEQUENCE[first + 3 :]


@pytest.mark.parametrize("symbol", ["GPX4", "SEPP1", "SEPN1"])
def test_selenocysteine_is_read_where_the_gene_has_it(tmp_path: Path, symbol: str) -> None:
    with open_engine(tmp_path / "other", sequence=with_codon(3, "TGA")) as engine:
        (found,) = engine.consequences("c", at(9) + 1, "A", "C")
        assert (found.terms, found.hgvs_p) == (("coding_sequence_variant",), "p.?")
    with open_engine(tmp_path / "seleno", sequence=with_codon(3, "TGA"), models=gff(symbol=symbol)) as engine:
        (found,) = engine.consequences("c", at(9) + 1, "A", "C")
        assert (found.protein_change, found.hgvs_p) == ("U3C", "p.Sec3Cys")
        (found,) = engine.consequences("c", at(11) + 1, "G", "A")
        assert found.protein_change == "G4D"


def test_the_mitochondrion_has_a_code_of_its_own(tmp_path: Path) -> None:
    sequence = with_codon(3, "TGA")
    last = at(37)
    sequence = sequence[:last] + "TAA" + sequence[last + 3 :]
    with open_engine(tmp_path, sequence=sequence, contig="chrM") as engine:
        (found,) = engine.consequences("MT", at(9) + 1, "A", "G")
    assert (found.terms, found.protein_change) == (("synonymous_variant",), "W3=")


def test_random_alleles_read_alike_on_both_strands(twins: Twins) -> None:
    chance = random.Random(7)
    named = 0
    for _ in range(3000):
        place = chance.randrange(STARTS[0], EXONS[-1][1] - 12)
        ref = SEQUENCE[place : place + chance.randrange(1, 9)]
        alt = "".join(chance.choices("ACGT", k=chance.randrange(1, 9)))
        if ref != alt:
            named += bool(twins.read((place, ref, alt)).hgvs_c)
    assert named > 2500


@pytest.mark.parametrize(
    ("models", "message"),
    [
        ("##gff-version 3\nc\tx\tgene\t1\t9\n", "5 columns where a GFF3 has 9"),
        (gff().replace("exon\t61", "exon\tsixty"), "start 'sixty' and end '83' are not both numbers"),
        (gff().replace("exon\t128", "exon\t80"), "exons of transcript TR1 overlap"),
        (gff().replace("\texon\t", "\tregion\t").replace("\tCDS\t", "\tregion\t"), "no transcript with exons"),
    ],
)
def test_damaged_gene_models_are_refused(tmp_path: Path, models: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        open_engine(tmp_path, models=models)


def test_a_doubled_donor_leaves_exon_and_site_as_they_were(twins: Twins) -> None:
    found = twins.read(change(END_1 + 1, "T", "TGT"))
    assert (found.hgvs_c, found.protein_change) == ("c.13+1_13+2dup", "")
    assert found.terms == ("splice_region_variant", "intron_variant")


def test_bases_turned_round_are_an_inversion(twins: Twins) -> None:
    found = twins.read(change(at(8), "TG", "CA"))
    assert (found.hgvs_c, found.protein_change) == ("c.8_9inv", "V3A")
    one = twins.read(change(at(8), "T", "A"))
    assert one.hgvs_c == "c.8T>A"


@pytest.mark.parametrize(
    ("first", "ref", "alt", "hgvs_c", "hgvs_p"),
    [
        # The first start codon is taken, so that what is doubled after it shifts the frame.
        (3, "G", "GATGG", "c.4_5insTGGA", "p.Lys2MetfsTer19"),
        (36, "A", "AGGC", "c.36_37insGGC", "p.Ter13GlyextTer1"),
    ],
)
def test_a_change_beside_start_and_stop_is_read_from_the_start_on(
    twins: Twins, first: int, ref: str, alt: str, hgvs_c: str, hgvs_p: str
) -> None:
    found = twins.read(change(at(first), ref, alt))
    assert (found.hgvs_c, found.hgvs_p) == (hgvs_c, hgvs_p)


def test_a_start_codon_that_is_not_atg_begins_with_methionine(tmp_path: Path) -> None:
    with open_engine(tmp_path, sequence=with_codon(1, "CTG")) as engine:
        (to_atg,) = engine.consequences("c", at(1) + 1, "C", "A")
        (lost,) = engine.consequences("c", at(2) + 1, "T", "A")
        (behind,) = engine.consequences("c", at(4) + 1, "A", "T")
    assert (to_atg.protein_change, to_atg.terms) == ("M1=", ("synonymous_variant",))
    assert (lost.protein_change, lost.terms) == ("M1?", ("start_lost",))
    assert behind.protein_change == "K2*"


def test_gene_models_without_exon_rows_are_read_by_their_coding_rows(tmp_path: Path) -> None:
    with open_engine(tmp_path, models=gff().replace("\texon\t", "\tregion\t")) as engine:
        (found,) = engine.consequences("c", at(8) + 1, "T", "A")
        (before,) = engine.consequences("c", at(1) - 3, "G", "T")
    assert (found.hgvs_c, found.protein_change, found.exon) == ("c.8T>A", "V3E", "1/3")
    assert (before.hgvs_c, before.terms) == ("c.-4G>T", ("upstream_gene_variant",))
