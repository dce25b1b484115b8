from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.annotation.choose import choose_consequence
from genomodel.annotation.dialects import DIALECTS
from genomodel.annotation.dialects.base import Effects, Parser
from genomodel.annotation.dialects.bcsq import FOLLOWS_STOP, make_bcsq_parser, protein_change
from genomodel.annotation.dialects.snpeff import make_snpeff_parser
from genomodel.annotation.dialects.vep import make_vep_parser
from genomodel.calls.vcf_text import VcfHeader, VcfRecord, parse_record
from genomodel.core.errors import InputError
from genomodel.core.variants import VariantClass

VEP = (
    "Allele|Consequence|SYMBOL|Gene|Feature|BIOTYPE|EXON|HGVSc|HGVSp"
    "|Protein_position|Amino_acids|PICK|MANE_SELECT|MANE_PLUS_CLINICAL|CANONICAL|MAX_AF"
)
SNPEFF = "Functional annotations: 'Allele | Annotation | Annotation_Impact | Gene_Name'"
BCSQ = (
    "Local consequence annotation from BCFtools/csq. Format: "
    "Consequence|gene|transcript|biotype|strand|amino_acid_change|dna_change"
)


def header(key: str, description: str, samples: tuple[str, ...] = ()) -> VcfHeader:
    line = f'##INFO=<ID={key},Number=.,Type=String,Description="{description}">'
    return VcfHeader(Path("x.vcf"), (line,), samples)


def vep_header(columns: str = VEP) -> VcfHeader:
    return header("CSQ", f"Consequence annotations from Ensembl VEP. Format: {columns}")


def record(head: VcfHeader, ref: str, alt: str, info: str, pos: int = 100, tail: str = "") -> VcfRecord:
    return parse_record(head, 5, 1, f"chr1\t{pos}\t.\t{ref}\t{alt}\t.\tPASS\t{info}{tail}")


def parsed(parser: Parser | None, row: VcfRecord) -> tuple[Effects, ...]:
    assert parser is not None
    return parser(row)


def vep_entry(**values: str) -> str:
    return "|".join(values.get(name, "") for name in VEP.split("|"))


def vep_effects(ref: str, alt: str, *entries: str) -> tuple[Effects, ...]:
    head = vep_header()
    return parsed(make_vep_parser(head), record(head, ref, alt, "CSQ=" + ",".join(entries)))


def test_vep_reads_columns_by_the_headers_order() -> None:
    head = vep_header("SYMBOL|Consequence|Allele|HGVSp")
    (effects,) = parsed(
        make_vep_parser(head), record(head, "C", "T", "CSQ=TP53|missense_variant|T|ENSP1.4:p.Arg175His")
    )
    assert effects[0].consequence.gene == "TP53"
    assert effects[0].consequence.protein_change == "R175H"
    assert effects[0].consequence.hgvs_p == "p.Arg175His"


def test_an_allele_name_that_fits_two_alleles_is_given_to_neither() -> None:
    entry = vep_entry(Allele="-", Consequence="frameshift_variant", SYMBOL="A")
    assert vep_effects("GA", "G,A", entry) == ((), ())
    assert [len(found) for found in vep_effects("GA", "G,C", entry)] == [1, 0]


def test_an_allele_that_a_record_repeats_keeps_its_consequence_each_time() -> None:
    first, again = vep_effects("A", "T,T", vep_entry(Allele="T", Consequence="missense_variant"))
    assert len(first) == 1
    assert again == first


@pytest.mark.parametrize("named", [("T",), ("T", "-")])
def test_a_substitution_takes_no_consequence_of_another_base(named: tuple[str, ...]) -> None:
    entries = [vep_entry(Allele=name, Consequence="missense_variant") for name in named]
    assert vep_effects("A", "C", *entries) == ((),)
    (own,) = vep_effects("A", "T", *entries)
    assert len(own) == 1
    for name in ("CG", "c"):
        (kept,) = vep_effects("A", "C", vep_entry(Allele=name, Consequence="missense_variant"))
        assert len(kept) == 1


def test_vep_derives_the_change_when_hgvs_is_empty() -> None:
    entry = vep_entry(
        Allele="T", Consequence="missense_variant", SYMBOL="TP53", Protein_position="175", Amino_acids="R/H"
    )
    assert vep_effects("C", "T", entry)[0][0].consequence.protein_change == "R175H"
    entry = vep_entry(
        Allele="-", Consequence="inframe_deletion", SYMBOL="EGFR", Protein_position="745-750", Amino_acids="KELREA/K"
    )
    assert vep_effects("AGG", "A", entry)[0][0].consequence.protein_change == "E746_A750del"
    entry = vep_entry(
        Allele="G", Consequence="frameshift_variant", SYMBOL="APC", Protein_position="128", Amino_acids="K/X"
    )
    assert vep_effects("A", "AG", entry)[0][0].consequence.protein_change == "K128fs"
    entry = vep_entry(Allele="T", Consequence="synonymous_variant", SYMBOL="APC", Protein_position="5", Amino_acids="R")
    assert vep_effects("C", "T", entry)[0][0].consequence.protein_change == "R5="


def test_vep_effects_go_to_their_alleles() -> None:
    one = vep_entry(Allele="T", Consequence="missense_variant", SYMBOL="A")
    two = vep_entry(Allele="G", Consequence="stop_gained", SYMBOL="A")
    first, second = vep_effects("C", "T,G", one, two)
    assert [e.consequence.terms for e in first] == [("missense_variant",)]
    assert [e.consequence.terms for e in second] == [("stop_gained",)]
    deletion = vep_entry(Allele="-", Consequence="frameshift_variant", SYMBOL="A")
    insertion = vep_entry(Allele="CG", Consequence="inframe_insertion", SYMBOL="A")
    first, second = vep_effects("AC", "A,ACG", deletion, insertion)
    assert first[0].consequence.terms == ("frameshift_variant",)
    assert second[0].consequence.terms == ("inframe_insertion",)


def test_an_exact_allele_name_wins_over_a_trimmed_one() -> None:
    one = vep_entry(Allele="T", Consequence="missense_variant", SYMBOL="A")
    two = vep_entry(Allele="AT", Consequence="frameshift_variant", SYMBOL="A")
    first, second = vep_effects("A", "T,AT", one, two)
    assert [e.consequence.terms for e in (*first, *second)] == [("missense_variant",), ("frameshift_variant",)]


def test_vep_frequency_is_the_highest_that_is_named() -> None:
    entry = vep_entry(Allele="T", Consequence="missense_variant", SYMBOL="A", MAX_AF="0.02")
    assert vep_effects("C", "T", entry)[0][0].population_frequency == 0.02
    head = vep_header("Allele|Consequence|SYMBOL|ExAC_MAF|gnomADe_AFR_AF")
    row = record(head, "C", "T", "CSQ=T|missense_variant|A|T:8.2e-06&G:0.3|0.001")
    assert parsed(make_vep_parser(head), row)[0][0].population_frequency == 0.001


def test_an_entry_with_other_columns_than_the_header_is_refused() -> None:
    with pytest.raises(InputError, match="2 columns, the header names 16"):
        vep_effects("C", "T", "T|missense_variant")


def test_vep_without_its_column_order_is_refused() -> None:
    with pytest.raises(InputError, match="does not say its column order"):
        make_vep_parser(header("CSQ", "Consequences"))


def test_snpeff_is_read_in_its_fixed_order() -> None:
    head = header("ANN", SNPEFF)
    info = (
        "ANN=T|missense_variant|MODERATE|BRAF|ENSG1|transcript|ENST1.8|protein_coding|15/18|c.1799T>A|p.Val600Glu|1/2|3/4|600/766||,"
        "T|synonymous_variant|LOW|XYZ|ENSG2|transcript|ENST2|protein_coding|1/2|c.3A>G|p.Leu858Leu|||||"
    )
    (effects,) = parsed(make_snpeff_parser(head), record(head, "A", "T", info))
    first, second = (effect.consequence for effect in effects)
    assert (first.gene, first.transcript, first.protein_change, first.exon) == ("BRAF", "ENST1.8", "V600E", "15/18")
    assert first.hgvs_c == "c.1799T>A"
    assert second.protein_change == "L858="


def test_vep_under_the_key_of_snpeff_is_recognized() -> None:
    head = header("ANN", "Consequence annotations from Ensembl VEP. Format: Allele|Consequence|SYMBOL|HGVSp")
    (effects,) = parsed(make_snpeff_parser(head), record(head, "C", "T", "ANN=T|missense_variant|TP53|p.Arg175His"))
    assert effects[0].consequence.protein_change == "R175H"


@pytest.mark.parametrize(
    ("notation", "frameshift", "expected"),
    [
        ("600V>600E", False, "V600E"),
        ("858L>856R", False, "L858R"),
        ("745KELREA>745K", False, "E746_A750del"),
        ("745KELREAT>745KT", False, "E746_A750del"),
        ("892S", False, "S892="),
        ("876R>876*", False, "R876*"),
        ("1M>1V", False, "M1?"),
        ("391DSD*>391?", False, "*394ext*?"),
        ("770DNPH*>770GTT*", True, "D770Gfs*4"),
        ("1450REV..2844>1450QKY..1472", True, "R1450Qfs*23"),
        ("745KEL..751>745K", False, ""),
        ("", False, ""),
        ("garbage", False, ""),
    ],
)
def test_bcftools_amino_acid_notation(notation: str, frameshift: bool, expected: str) -> None:
    assert protein_change(notation, frameshift=frameshift)[0] == expected


def bcsq_effects(head: VcfHeader, *rows: VcfRecord, tumor: str | None = None) -> list[tuple[Effects, ...]]:
    parser = make_bcsq_parser(head, tumor=tumor)
    assert parser is not None
    return [parser(row) for row in rows]


def test_bcsq_terms_become_sequence_ontology() -> None:
    head = header("BCSQ", BCSQ)
    info = "BCSQ=missense&splice_region|BRAF|ENST1|protein_coding|-|600V>600E|100A>T,intron|TP53||protein_coding"
    ((effects,),) = bcsq_effects(head, record(head, "A", "T", info))
    assert effects[0].consequence.terms == ("missense_variant", "splice_region_variant")
    assert effects[0].consequence.variant_class is VariantClass.MISSENSE
    assert effects[1].consequence.terms == ("intron_variant",)
    chosen, others = choose_consequence(effects)
    assert chosen is not None
    assert chosen.protein_change == "V600E"
    assert len(others) == 1


def test_bcsq_entries_of_one_transcript_become_one_effect() -> None:
    head = header("BCSQ", BCSQ)
    info = "BCSQ=splice_region|TP53|E|protein_coding,synonymous|TP53|E|protein_coding|-|125T|100C>T"
    ((effects,),) = bcsq_effects(head, record(head, "C", "T", info))
    (effect,) = effects
    assert effect.consequence.terms == ("splice_region_variant", "synonymous_variant")
    assert effect.consequence.protein_change == "T125="


def test_bcsq_class_comes_from_the_residues_where_the_term_is_vague() -> None:
    head = header("BCSQ", BCSQ)
    info = "BCSQ=feature_truncation|FLT3|E|protein_coding|-|594FREYEYD>594SPPPH|100CAT>GG"
    ((effects,),) = bcsq_effects(head, record(head, "CAT", "GG", info))
    assert effects[0].consequence.variant_class is VariantClass.INFRAME_DELETION
    assert effects[0].consequence.protein_change == "F594_D600delinsSPPPH"


def test_bcsq_backreference_is_followed() -> None:
    head = header("BCSQ", BCSQ)
    joint = "missense|APC|ENST1|protein_coding|+|876R>876F|100C>T+101GA>TT"
    _, (effects,) = bcsq_effects(
        head, record(head, "C", "T", f"BCSQ={joint}"), record(head, "GA", "TT", "BCSQ=@100", pos=101)
    )
    assert effects[0].consequence.protein_change == "R876F"


def test_bcsq_star_marks_what_follows_a_stop() -> None:
    head = header("BCSQ", BCSQ)
    ((effects,),) = bcsq_effects(
        head, record(head, "A", "T", "BCSQ=*missense|BRAF|E|protein_coding|-|600V>600E|100A>T")
    )
    assert effects[0].consequence.terms == ("missense_variant", FOLLOWS_STOP)


def test_bcsq_effects_go_to_their_alleles() -> None:
    head = header("BCSQ", BCSQ)
    to_r, to_q = (f"missense|EGFR|E|protein_coding|+|858L>858{aa}|100T>{alt}" for aa, alt in ("RG", "QA"))
    info = f"BCSQ={to_r},{to_q},intron|X||lincRNA"
    ((first, second),) = bcsq_effects(head, record(head, "T", "G,A", info))
    assert [e.consequence.protein_change for e in first] == ["L858R", ""]
    assert [e.consequence.protein_change for e in second] == ["L858Q", ""]


def test_bcsq_bitmask_keeps_the_tumors_haplotypes() -> None:
    head = header("BCSQ", BCSQ, samples=("N", "T"))
    info = "BCSQ=missense|A|E|protein_coding|+|1L>1R|100T>G,stop_gained|A|E|protein_coding|+|1L>1*|100T>G+101A>C"
    row = record(head, "T", "G", info, tail="\tGT:BCSQ\t0/1:1\t0/1:8")
    assert bcsq_effects(head, row, tumor="T")[0][0][0].consequence.terms == ("stop_gained",)
    assert bcsq_effects(head, row, tumor="N")[0][0][0].consequence.terms == ("missense_variant",)
    row = record(head, "T", "G", info, tail="\tGT:BCSQ\t0/1:1\t./.:0")
    assert len(bcsq_effects(head, row, tumor="T")[0][0]) == 2


def test_bcsq_mask_that_is_no_number_is_refused() -> None:
    head = header("BCSQ", BCSQ, samples=("T",))
    with pytest.raises(InputError, match="not a bitmask"):
        bcsq_effects(head, record(head, "T", "G", "BCSQ=intron|A||x", tail="\tGT:BCSQ\t0/1:x"), tumor="T")


def choose(*entries: str) -> tuple[str, str]:
    chosen, _ = choose_consequence(vep_effects("C", "T", *entries)[0])
    assert chosen is not None
    return chosen.gene, chosen.transcript


def test_the_reported_consequence_follows_the_stated_rule() -> None:
    missense = {"Allele": "T", "Consequence": "missense_variant", "SYMBOL": "A", "BIOTYPE": "protein_coding"}
    stop = {**missense, "Consequence": "stop_gained"}
    upstream = {**missense, "Consequence": "upstream_gene_variant", "SYMBOL": "B"}
    assert choose(vep_entry(**missense, Feature="t1"), vep_entry(**stop, Feature="t2")) == ("A", "t2")
    assert choose(vep_entry(**missense, Feature="t1", CANONICAL="YES"), vep_entry(**stop, Feature="t2")) == ("A", "t1")
    assert choose(
        vep_entry(**stop, Feature="t1", CANONICAL="YES"), vep_entry(**missense, Feature="t2", MANE_SELECT="NM_1.1")
    ) == ("A", "t2")
    assert choose(vep_entry(**stop, Feature="t1", CANONICAL="YES"), vep_entry(**missense, Feature="t2", PICK="1")) == (
        "A",
        "t2",
    )
    assert choose(vep_entry(**upstream, Feature="t1", PICK="1"), vep_entry(**missense, Feature="t2")) == ("A", "t2")
    pseudo = {**missense, "BIOTYPE": "processed_transcript"}
    assert choose(vep_entry(**pseudo, Feature="t1"), vep_entry(**missense, Feature="t2")) == ("A", "t2")


def test_the_mane_transcript_is_known_by_name_where_the_annotator_does_not_mark_it() -> None:
    stop = vep_entry(Allele="T", Consequence="stop_gained", SYMBOL="IDH2", Feature="ENST00000540499")
    missense = vep_entry(Allele="T", Consequence="missense_variant", SYMBOL="IDH2", Feature="ENST00000330062.8")
    assert choose(stop, missense) == ("IDH2", "ENST00000330062.8")


def test_a_protein_change_on_mane_goes_before_a_pick_that_changes_none() -> None:
    intron = vep_entry(Allele="T", Consequence="intron_variant", SYMBOL="PCDHA1", Feature="t1", PICK="1")
    stop = {"Allele": "T", "Consequence": "stop_gained", "SYMBOL": "PCDHA2", "Amino_acids": "S/*"}
    by_tag, by_name = {"Feature": "t2", "MANE_SELECT": "NM_1.1"}, {"Feature": "ENST00000526136"}
    assert choose(intron, vep_entry(**stop, **by_tag)) == ("PCDHA2", "t2")
    assert choose(intron, vep_entry(**stop, **by_name)) == ("PCDHA2", "ENST00000526136")
    assert choose(intron, vep_entry(**stop, Feature="t3")) == ("PCDHA1", "t1")
    _, others = choose_consequence(vep_effects("C", "T", intron, vep_entry(**stop, **by_tag))[0])
    assert [other.gene for other in others] == ["PCDHA1"]


def test_a_protein_change_on_mane_select_goes_before_any_pick() -> None:
    # Files of the GDC name BRAF V600E by the transcript of MANE Plus Clinical, V640E.
    missense = {"Allele": "T", "Consequence": "missense_variant", "SYMBOL": "BRAF"}
    picked = vep_entry(**missense, Feature="ENST00000644969.2", Protein_position="640", Amino_acids="V/E", PICK="1")
    select = vep_entry(**missense, Feature="ENST00000646891.2", Protein_position="600", Amino_acids="V/E")
    assert choose(picked, select) == ("BRAF", "ENST00000646891.2")
    # Two genes on Select: the pick decides.
    other = vep_entry(**{**missense, "SYMBOL": "B"}, Feature="t2", MANE_SELECT="NM_2.1", PICK="1")
    assert choose(select, other) == ("B", "t2")


def test_plus_clinical_is_reported_where_only_it_is_changed() -> None:
    intron = vep_entry(Allele="T", Consequence="intron_variant", SYMBOL="A", Feature="t1", MANE_SELECT="NM_1.1")
    stop = {"Allele": "T", "Consequence": "stop_gained", "SYMBOL": "A"}
    plus = vep_entry(**stop, Feature="t2", MANE_PLUS_CLINICAL="NM_2.1")
    assert choose(intron, plus) == ("A", "t2")
    assert choose(intron, vep_entry(**stop, Feature="t3", CANONICAL="YES")) == ("A", "t1")
    changed = vep_entry(Allele="T", Consequence="missense_variant", SYMBOL="A", Feature="t1", MANE_SELECT="NM_1.1")
    assert choose(changed, plus) == ("A", "t1")


def test_a_promoter_variant_of_the_mane_transcript_is_kept_by_its_gene() -> None:
    promoter = vep_entry(Allele="T", Consequence="upstream_gene_variant", SYMBOL="TERT", Feature="t1", MANE_SELECT="NM")
    neighbor = vep_entry(Allele="T", Consequence="non_coding_transcript_exon_variant", SYMBOL="LINC", Feature="t2")
    assert choose(neighbor, promoter) == ("TERT", "t1")


def test_a_variant_that_hits_no_gene_has_no_consequence() -> None:
    effects = vep_effects("C", "T", vep_entry(Allele="T", Consequence="intergenic_variant"))[0]
    chosen, others = choose_consequence(effects)
    assert chosen is None
    assert len(others) == 1


@given(st.text(alphabet="|,&@*>=.:-%3DACGTVEpins0123456789", max_size=120), st.sampled_from(["T", "T,G", "CT,C"]))
def test_no_annotation_text_makes_a_parser_crash(text: str, alt: str) -> None:
    descriptions = {"CSQ": f"Format: {VEP}", "ANN": SNPEFF, "BCSQ": BCSQ}
    for key, make in DIALECTS:
        head = header(key, descriptions[key])
        parser = make(head)
        assert parser is not None
        try:
            effects = parser(record(head, "C", alt, f"{key}={text}"))
        except InputError as error:
            assert error.row == 5
            continue
        assert len(effects) == len(alt.split(","))
        for one in effects:
            choose_consequence(one)
