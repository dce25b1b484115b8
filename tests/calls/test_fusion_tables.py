from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.calls.rearrangements.genes import read_fusion_models
from genomodel.calls.rearrangements.read import read_rearrangements
from genomodel.calls.rearrangements.rna_tables import read_rna_table
from genomodel.core.errors import InputError
from genomodel.core.rearrangements import Frame, Material, Rearrangement
from tests.calls.fusion_models import gene, tiled, write_gff, write_vcf

ARRIBA_1 = (
    "#gene1\tgene2\tstrand1(gene/fusion)\tstrand2(gene/fusion)\tbreakpoint1\tbreakpoint2\tsite1\tsite2\ttype\tdirection1"
    "\tdirection2\tsplit_reads1\tsplit_reads2\tdiscordant_mates\tcoverage1\tcoverage2\tconfidence"
    "\tclosest_genomic_breakpoint1\tclosest_genomic_breakpoint2\tfilters\tfusion_transcript\treading_frame"
    "\tpeptide_sequence\tread_identifiers"
)
ARRIBA_2 = (
    "#gene1\tgene2\tstrand1(gene/fusion)\tstrand2(gene/fusion)\tbreakpoint1\tbreakpoint2\tsite1\tsite2\ttype"
    "\tsplit_reads1\tsplit_reads2\tdiscordant_mates\tcoverage1\tcoverage2\tconfidence\treading_frame\ttags"
    "\tretained_protein_domains\tclosest_genomic_breakpoint1\tclosest_genomic_breakpoint2\tgene_id1\tgene_id2"
    "\ttranscript_id1\ttranscript_id2\tdirection1\tdirection2\tfilters\tfusion_transcript\tpeptide_sequence"
    "\tread_identifiers"
)
STAR = (
    "#FusionName\tJunctionReadCount\tSpanningFragCount\tSpliceType\tLeftGene\tLeftBreakpoint\tRightGene\tRightBreakpoint"
    "\tLargeAnchorSupport\tFFPM\tLeftBreakDinuc\tLeftBreakEntropy\tRightBreakDinuc\tRightBreakEntropy\tannots"
)
CTAT = "intron\tstrand\tgenes\tuniq_mapped\tmulti_mapped\tTCGA_sample_counts\tGTEx_sample_counts\tvariant_name"


def table(path: Path, header: str, *rows: dict[str, str]) -> Path:
    names = header.lstrip("#").split("\t")
    lines = [header, *("\t".join(row.get(name, ".") for name in names) for row in rows)]
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return path


def arriba_row(**values: str) -> dict[str, str]:
    usual = {
        "gene1": "EML4",
        "gene2": "ALK",
        "strand1(gene/fusion)": "+/+",
        "strand2(gene/fusion)": "-/-",
        "breakpoint1": "chr2:42295516",
        "breakpoint2": "chr2:29223528",
        "type": "inversion",
        "split_reads1": "12",
        "split_reads2": "8",
        "discordant_mates": "5",
        "confidence": "high",
        "reading_frame": "in-frame",
    }
    return usual | values


def star_row(**values: str) -> dict[str, str]:
    usual = {
        "FusionName": "EML4--ALK",
        "JunctionReadCount": "25",
        "SpanningFragCount": "11",
        "LeftGene": "EML4^ENSG00000143924.18",
        "LeftBreakpoint": "chr2:42295516:+",
        "RightGene": "ALK^ENSG00000171094.17",
        "RightBreakpoint": "chr2:29223528:-",
        "LargeAnchorSupport": "YES_LDAS",
        "FFPM": "1.5",
    }
    return usual | values


def only(path: Path) -> Rearrangement:
    calls = read_rna_table(path).calls
    assert len(calls) == 1
    return calls[0]


@pytest.mark.parametrize("header", [ARRIBA_1, ARRIBA_2], ids=["Arriba 1", "Arriba 2"])
def test_arriba_of_both_layouts_gives_the_fusion_with_its_frame_and_reads(tmp_path: Path, header: str) -> None:
    call = only(table(tmp_path / "fusions.tsv", header, arriba_row()))
    assert (call.label, call.frame, call.confirmed) == ("EML4::ALK fusion", Frame.IN_FRAME, True)
    assert (call.support[0].split_reads, call.support[0].spanning_pairs) == (20, 5)
    assert call.materials == (Material.RNA,)


def test_genes_of_older_annotations_go_by_their_symbols_of_today(tmp_path: Path) -> None:
    old = {"gene1": "MLL", "breakpoint1": "chr11:118353210", "gene2": "MLLT4", "breakpoint2": "chr6:168227602"}
    assert only(table(tmp_path / "fusions.tsv", ARRIBA_2, arriba_row(**old))).label == "KMT2A::AFDN fusion"
    star = star_row(
        LeftGene="FGFR1OP^ENSG1", LeftBreakpoint="chr6:1:+", RightGene="FGFR1^ENSG2", RightBreakpoint="chr8:9:-"
    )
    assert only(table(tmp_path / "a.tsv", STAR, star)).label == "CEP43::FGFR1 fusion"
    elsewhere = {"gene1": "FGFR1OP", "breakpoint1": "chr7:100"}
    assert only(table(tmp_path / "b.tsv", ARRIBA_2, arriba_row(**elsewhere))).five.gene == "FGFR1OP"


def test_gene_models_of_former_symbols_hold_the_genes_of_the_list(tmp_path: Path) -> None:
    models = tmp_path / "old.gff3"
    models.write_text(
        "##gff-version 3\n"
        + gene("chr11", "MLL", "+", tiled(1001, 36, 100), (1041, 36090))
        + gene("chr2", "ALK", "-", tiled(100001, 29, 100), (100011, 128050))
    )
    found = read_fusion_models(models, genes=("KMT2A", "ALK"))
    assert {name: found.of_gene(name) is not None for name in ("KMT2A", "ALK")} == {"KMT2A": True, "ALK": True}


@pytest.mark.parametrize("end", ["\r\n", "\r"], ids=["Windows", "old Mac"])
def test_ends_of_lines_of_other_systems_are_taken(tmp_path: Path, end: str) -> None:
    path = table(tmp_path / "fusions.tsv", ARRIBA_2, arriba_row())
    path.write_bytes(path.read_bytes().replace(b"\n", end.encode()))
    assert only(path).label == "EML4::ALK fusion"


def test_star_fusion_is_read_with_and_without_coding_effect(tmp_path: Path) -> None:
    plain = only(table(tmp_path / "a.abridged.tsv", STAR, star_row()))
    assert plain.frame is Frame.UNKNOWN
    told = only(table(tmp_path / "b.tsv", STAR + "\tPROT_FUSION_TYPE", star_row(PROT_FUSION_TYPE="FRAMESHIFT")))
    assert told.frame is Frame.OUT_OF_FRAME
    assert (told.support[0].split_reads, told.support[0].spanning_pairs) == (25, 11)


def test_what_is_no_fusion_of_the_list_is_counted(tmp_path: Path) -> None:
    rows = [
        arriba_row(gene1="COL1A1", gene2="CITED4"),
        arriba_row(gene1="ALK", gene2="ALK"),
        arriba_row(type="inversion/5'-5'"),
        arriba_row(gene1="A(12),B(70)", gene2="RP11"),
    ]
    found = read_rna_table(table(tmp_path / "fusions.tsv", ARRIBA_2, *rows))
    assert found.calls == ()
    assert found.left_out["fusions of genes outside of the list"] == 2
    assert found.left_out["within one gene"] == found.left_out["joined head to head or tail to tail"] == 1


def test_a_former_symbol_of_a_listed_gene_is_that_gene(tmp_path: Path) -> None:
    row = arriba_row(gene1="MLL", gene2="AFF1", breakpoint1="chr11:118355690", breakpoint2="chr4:88000000")
    found = read_rearrangements([str(table(tmp_path / "fusions.tsv", ARRIBA_2, row))])
    assert [call.label for call in found.calls] == ["KMT2A::AFF1 fusion"]


def test_a_table_of_fusions_without_a_row_is_no_negative(tmp_path: Path) -> None:
    empty = read_rearrangements([str(table(tmp_path / "fusions.tsv", ARRIBA_2))])
    assert {(item.assessable, item.reason.partition(",")[0]) for item in empty.genes} == {
        (False, "the table of RNA lists no event at all")
    }
    assert not empty.every_pair
    other = arriba_row(gene1="A", gene2="B")
    some = read_rearrangements([str(table(tmp_path / "fusions.tsv", ARRIBA_2, other))])
    assert all(item.assessable for item in some.genes)
    assert some.every_pair


def test_low_confidence_and_read_through_wait_for_confirmation(tmp_path: Path) -> None:
    rows = [
        arriba_row(confidence="low"),
        arriba_row(gene1="KIF5B", gene2="RET", type="deletion/read-through"),
        star_row(),
    ]
    found = read_rna_table(table(tmp_path / "fusions.tsv", ARRIBA_2, *rows[:2])).calls
    assert [call.confirmed for call in found] == [False, False]
    assert "read-through" in found[1].unconfirmed_reason
    weak = only(table(tmp_path / "star.tsv", STAR, star_row(LargeAnchorSupport="NO_LDAS")))
    assert not weak.confirmed


@pytest.mark.parametrize(
    ("name", "filters", "said"),
    [
        ("fusions.tsv", "blacklist,duplicates(3)", "filter blacklist"),
        ("fusions.tsv", "in_vitro", "filter in_vitro"),
        ("p1.fusions.discarded.tsv", ".", "by the name of the file"),
    ],
)
def test_events_that_arriba_discarded_are_refused(tmp_path: Path, name: str, filters: str, said: str) -> None:
    path = table(tmp_path / name, ARRIBA_2, arriba_row(), arriba_row(filters=filters))
    with pytest.raises(InputError, match=said):
        read_rna_table(path)


def test_filters_that_removed_some_reads_are_those_of_a_fusion_that_passed(tmp_path: Path) -> None:
    assert only(table(tmp_path / "f.tsv", ARRIBA_1, arriba_row(filters="duplicates(3),mismatches(1)"))).confirmed


@pytest.mark.parametrize(
    ("values", "doubt"),
    [
        ({"split_reads1": "0", "split_reads2": "0", "discordant_mates": "0"}, "no read"),
        ({"strand1(gene/fusion)": "+/.", "strand2(gene/fusion)": "-/."}, "either gene may come first"),
        ({"strand1(gene/fusion)": "./."}, "either gene may come first"),
        ({"strand2(gene/fusion)": "-/+"}, "against its sense"),
    ],
)
def test_rows_of_arriba_without_reads_or_a_direction_wait(tmp_path: Path, values: dict[str, str], doubt: str) -> None:
    call = only(table(tmp_path / "fusions.tsv", ARRIBA_2, arriba_row(**values)))
    assert not call.confirmed
    assert doubt in call.unconfirmed_reason
    met = arriba_row(gene1="MET", gene2="MET", breakpoint1="7:116771654", breakpoint2="7:116774881", **values)
    assert not only(table(tmp_path / "met.tsv", ARRIBA_2, met)).confirmed


def test_of_an_unknown_direction_the_genes_take_the_roles_that_claims_are_about(tmp_path: Path) -> None:
    row = arriba_row(
        gene1="ALK",
        gene2="EML4",
        breakpoint1="2:29223528",
        breakpoint2="2:42295516",
        reading_frame=".",
        **{"strand1(gene/fusion)": "-/.", "strand2(gene/fusion)": "+/."},
    )
    call = only(table(tmp_path / "f.tsv", ARRIBA_2, row))
    assert (call.label, call.three.pos, call.confirmed) == ("EML4::ALK fusion", 29223528, False)
    known = row | {"strand1(gene/fusion)": "-/-", "strand2(gene/fusion)": "+/+"}
    assert only(table(tmp_path / "k.tsv", ARRIBA_2, known)).label == "ALK::EML4 fusion"


@pytest.mark.parametrize(
    ("values", "doubt"),
    [
        ({"annots": '["INTRACHROMOSOMAL[chr15:0.05Mb]","NEIGHBORS[50000]"]'}, "read-through"),
        ({"JunctionReadCount": "0", "SpanningFragCount": "0"}, "no read"),
    ],
)
def test_neighbors_and_rows_without_reads_of_star_fusion_wait(
    tmp_path: Path, values: dict[str, str], doubt: str
) -> None:
    call = only(table(tmp_path / "star.tsv", STAR, star_row(**values)))
    assert not call.confirmed
    assert doubt in call.unconfirmed_reason


@pytest.mark.parametrize("contigs", [("1", "2"), ("chr1", "chr2"), ("A", "B")])
def test_tables_are_read_with_gene_models_of_whatever_contigs(tmp_path: Path, contigs: tuple[str, str]) -> None:
    row = arriba_row(breakpoint1=f"{contigs[0]}:2100", breakpoint2=f"{contigs[1]}:109100")
    call = read_rna_table(table(tmp_path / "f.tsv", ARRIBA_2, row), write_gff(tmp_path)).calls[0]
    assert (call.five.exon, call.three.exon) == ((None, None) if contigs[0] == "A" else (2, 20))


@pytest.mark.parametrize(
    ("build", "before", "after"), [("GRCh37", 116411708, 116414935), ("GRCh38", 116771654, 116774881)]
)
def test_met_exon_14_skipping_is_told_from_arriba_by_its_splice_sites(
    tmp_path: Path, build: str, before: int, after: int
) -> None:
    row = arriba_row(
        gene1="MET", gene2="MET", breakpoint1=f"7:{before}", breakpoint2=f"7:{after}", type="deletion/read-through"
    )
    call = only(table(tmp_path / "fusions.tsv", ARRIBA_2, row))
    assert (call.label, call.exons_lost, call.confirmed) == ("MET exon 14 skipping", (14, 14), True)
    near = row | {"breakpoint2": f"7:{after + 1}"}
    assert read_rna_table(table(tmp_path / "near.tsv", ARRIBA_2, near)).calls == ()
    back = row | {"breakpoint1": f"7:{after}", "breakpoint2": f"7:{before}"}
    assert read_rna_table(table(tmp_path / "back.tsv", ARRIBA_2, back)).calls == (), "a duplication is no skipping"


def test_ctat_splicing_names_met_exon_14_and_egfr_variant_iii(tmp_path: Path) -> None:
    rows = [
        {"intron": "chr7:116771655-116774880", "genes": "MET^ENSG1", "uniq_mapped": "40", "variant_name": "METx14del"},
        {"intron": "chr7:55019366-55155829", "genes": "EGFR^ENSG2", "uniq_mapped": "3", "variant_name": "EGFRvIII"},
        {"intron": "chr2:100-200", "genes": "ALK^ENSG3", "uniq_mapped": "30", "variant_name": ""},
    ]
    found = read_rna_table(table(tmp_path / "x.cancer.introns", CTAT, *rows))
    assert [(call.label, call.confirmed) for call in found.calls] == [
        ("MET exon 14 skipping", True),
        ("EGFR exons 2-7 loss", False),
    ]
    assert not found.every_pair, "splicing alone shows no fusions"


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (ARRIBA_2.replace("\treading_frame", ""), "lacks reading_frame"),
        (ARRIBA_2.replace("discordant_mates", "spanning"), "lacks discordant_mates"),
        (STAR.replace("JunctionReadCount", "JunctionReads"), "lacks JunctionReadCount"),
        (CTAT.replace("\tvariant_name", ""), "lacks variant_name"),
        ("Gene_1_symbol\tGene_2_symbol\tSpanning_pairs", "no known fusion table"),
        ("gene1,gene2,breakpoint1", "not parted by tabs"),
    ],
)
def test_a_table_of_another_version_names_the_columns_and_the_known_versions(
    tmp_path: Path, header: str, said: str
) -> None:
    path = table(tmp_path / "fusions.tsv", header, arriba_row())
    with pytest.raises(InputError) as caught:
        read_rna_table(path)
    assert said in caught.value.message
    assert "Known" in caught.value.message
    assert caught.value.row == 1


@pytest.mark.parametrize(
    "values",
    [
        {"split_reads1": "-3"},
        {"split_reads1": "many"},
        {"breakpoint1": "chr2"},
        {"breakpoint1": "chr2:0"},
        {"breakpoint2": "chr2:-5"},
        {"breakpoint2": ":7"},
    ],
)
def test_a_row_that_cannot_be_is_named(tmp_path: Path, values: dict[str, str]) -> None:
    path = table(tmp_path / "fusions.tsv", ARRIBA_2, arriba_row(), arriba_row(**values))
    with pytest.raises(InputError) as caught:
        read_rna_table(path)
    assert caught.value.row == 3


def test_a_cut_row_is_named(tmp_path: Path) -> None:
    path = table(tmp_path / "fusions.tsv", ARRIBA_2, arriba_row())
    path.write_text(path.read_text() + "EML4\tALK\n")
    with pytest.raises(InputError, match="2 columns where the header has 30"):
        read_rna_table(path)


ANY_CELL = st.text(alphabet=st.characters(exclude_characters="\t\n\r\x00", codec="utf-8"))
ODD_CELL = st.sampled_from(
    ["", ".", "NA", "nan", "-1", "1e400", "7", "ALK", "chr2:5", "chr2:0", "chr2:-5", "2:", "low"]
)


@given(row=st.dictionaries(st.sampled_from(ARRIBA_2.lstrip("#").split("\t")), ANY_CELL | ODD_CELL, max_size=4))
def test_any_row_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, row: dict[str, str]) -> None:
    folder = tmp_path_factory.mktemp("table")
    path = table(folder / "fusions.tsv", ARRIBA_2, arriba_row(), arriba_row(**row))
    try:
        found = read_rna_table(path)
    except InputError as error:
        assert error.path == str(path)
        assert error.row == 3
    else:
        comment = row.get("gene1", "").startswith("#")
        assert len(found.calls) + sum(found.left_out.values()) == (1 if comment else 2)
        assert all(place.pos > 0 for call in found.calls for place in (call.five, call.three))


def test_dna_and_rna_of_one_fusion_are_one_confirmed_call(tmp_path: Path) -> None:
    gff = write_gff(tmp_path)
    # Intron 2 of EML4 up to which 160 coding bases are kept; intron 19 of ALK behind which 1,850 are left out.
    dna = write_vcf(
        tmp_path / "sv.vcf",
        ["chr1\t2500\ta\tA\tA]chr2:109500]\t.\tPASS\tSVTYPE=BND\tPR:SR\t30,6:40,8"],
        meta='##source=GenerateSVCandidates\n##FORMAT=<ID=PR,Number=.,Type=Integer,Description="x">\n',
        samples="TUMOR",
    )
    rna = table(
        tmp_path / "f.tsv",
        ARRIBA_2,
        arriba_row(breakpoint1="chr1:2100", breakpoint2="chr2:109100", reading_frame="in-frame"),
    )
    alone = read_rearrangements([str(dna)], gff=str(gff)).calls[0]
    assert not alone.confirmed
    both = read_rearrangements([str(dna), str(rna)], gff=str(gff))
    assert len(both.calls) == 1
    call = both.calls[0]
    assert call.confirmed
    assert call.materials == (Material.DNA, Material.RNA)
    assert [item.program for item in call.support] == ["Manta", "Arriba"]
    assert (call.five.exon, call.three.exon) == (2, 20)
