from __future__ import annotations

import gzip
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomodel.annotation.maf import REQUIRED, read_maf
from genomodel.core.errors import InputError
from genomodel.core.patients import GenomeBuild, Patient
from genomodel.core.variants import AnnotatedVariant, Origin, VariantClass
from genomodel.resources.hotspots import find_hotspot
from tests.annotation.builders import patient

BASE = {
    "Hugo_Symbol": "BRAF",
    "Chromosome": "7",
    "Start_Position": "140453136",
    "Reference_Allele": "A",
    "Tumor_Seq_Allele2": "T",
    "Variant_Classification": "Missense_Mutation",
    "Tumor_Sample_Barcode": "S1",
}


def write(path: Path, *rows: dict[str, str], comment: str = "") -> Path:
    names = list(dict.fromkeys(name for row in rows for name in {**BASE, **row}))
    lines = ["\t".join(names), *("\t".join({**BASE, **row}.get(name, "") for name in names) for row in rows)]
    path.write_text(comment + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def one(path: Path, **values: str) -> AnnotatedVariant:
    (calls,) = read_maf(write(path / "a.maf", values), patient)
    return calls.variants[0]


def test_gdc_columns(tmp_path: Path) -> None:
    variant = one(
        tmp_path,
        HGVSp_Short="p.V600E",
        HGVSc="c.1799T>A",
        Transcript_ID="ENST00000288602",
        Exon_Number="15/18",
        Consequence="missense_variant;splice_region_variant",
        t_depth="100",
        t_ref_count="70",
        t_alt_count="30",
        n_depth="50",
        n_ref_count="50",
        n_alt_count="0",
        Mutation_Status="Somatic",
        FILTER="PASS",
        gnomAD_AF="0.00001",
        callers="muse;mutect2",
    )
    assert variant.consequence is not None
    assert variant.consequence.protein_change == "V600E"
    assert variant.consequence.transcript == "ENST00000288602"
    assert variant.consequence.terms == ("missense_variant", "splice_region_variant")
    assert (variant.tumor.depth, variant.tumor.alt_reads, variant.tumor.allele_fraction) == (100, 30, 0.3)
    assert variant.normal is not None
    assert variant.normal.depth == 50
    assert (variant.origin, variant.origin_reason) == (Origin.SOMATIC, "Mutation_Status is Somatic")
    assert variant.population_frequency == 0.00001
    assert variant.callers == ("muse", "mutect2")


@pytest.mark.parametrize(
    ("column", "text", "expected"),
    [
        ("Protein_Change", "p.V600E", "V600E"),
        ("HGVSp", "ENSP1:p.Val600Glu", "V600E"),
        ("Amino_Acid_Change", "V600E", "V600E"),
        ("HGVSp_Short", "p.X125_splice", "X125_splice"),
        ("protein_change", "p.V600E", "V600E"),
    ],
)
def test_protein_change_columns(tmp_path: Path, column: str, text: str, expected: str) -> None:
    variant = one(tmp_path, **{column: text})
    assert variant.consequence is not None
    assert variant.consequence.protein_change == expected


GDC_EFFECTS = (
    "BRAF,missense_variant,p.V640E,ENST00000644969,NM_001374258.1,c.1919T>A,MODERATE,YES,deleterious(0),,-1;"
    "BRAF,missense_variant,p.V600E,ENST00000646891,NM_004333.6,c.1799T>A,MODERATE,,deleterious(0),,-1;"
    "BRAF,3_prime_UTR_variant,,ENST00000497784,,c.*1249T>A,MODIFIER,,,,-1;"
    "damaged;,,,;"
)


def test_further_transcripts_of_a_row_are_kept_and_mane_select_is_reported(tmp_path: Path) -> None:
    row = {"HGVSp_Short": "p.V640E", "Transcript_ID": "ENST00000644969", "all_effects": GDC_EFFECTS}
    variant = one(tmp_path, **row)
    found = variant.consequence
    assert found is not None
    assert (found.protein_change, found.hgvs_c, found.transcript) == ("V600E", "c.1799T>A", "ENST00000646891")
    assert found.variant_class is VariantClass.MISSENSE
    kept = [(other.transcript, other.protein_change, other.hgvs_c) for other in variant.other_consequences]
    assert kept == [("ENST00000644969", "V640E", ""), ("ENST00000497784", "", "c.*1249T>A")]


@pytest.mark.parametrize("coding", ["c.3028+1G>A", "c.3028+1_3028+2del"])
def test_a_splice_site_is_named_by_its_residue_on_mane_select(tmp_path: Path, coding: str) -> None:
    effects = f"MET,splice_donor_variant,,ENST00000397752,NM_000245.4,{coding},HIGH,,,,1"
    row = {"Hugo_Symbol": "MET", "Variant_Classification": "Splice_Site", "HGVSp_Short": "p.X1028_splice"}
    variant = one(tmp_path, **row, Transcript_ID="ENST00000318493", all_effects=effects)
    assert variant.consequence is not None
    assert (variant.consequence.protein_change, variant.consequence.hgvs_c) == ("X1010_splice", coding)


def test_the_row_s_own_transcript_stays_where_no_other_is_mane_select(tmp_path: Path) -> None:
    effects = "BRAF,stop_gained,p.R9*,ENST00000000001,,c.25C>T;BRAF,intron_variant,,ENST00000646891,,c.2+3A>G"
    variant = one(tmp_path, HGVSp_Short="p.V640E", Transcript_ID="ENST00000644969", all_effects=effects)
    assert variant.consequence is not None
    assert variant.consequence.protein_change == "V640E"
    assert [other.protein_change for other in variant.other_consequences] == ["R9*", ""]


@pytest.mark.parametrize(
    ("values", "origin", "reason"),
    [
        ({}, Origin.SOMATIC, "by convention"),
        ({"Mutation_Status": "Unknown"}, Origin.SOMATIC, "by convention"),
        ({"Mutation_Status": "Germline"}, Origin.GERMLINE, "is Germline"),
        ({"Mutation_Status": "LOH"}, Origin.NOT_CALLED, "is LOH"),
        ({"FILTER": "PASS"}, Origin.SOMATIC, "by convention"),
        ({"FILTER": "common_variant;oxog"}, Origin.NOT_CALLED, "common_variant;oxog"),
        ({"n_ref_count": "20", "n_alt_count": "25"}, Origin.GERMLINE, "normal 25 of 45"),
        ({"n_depth": "45", "n_alt_count": "25"}, Origin.GERMLINE, "normal 25 of 45"),
        ({"n_depth": "100", "n_alt_count": "15"}, Origin.UNCERTAIN, "too many for somatic"),
        (
            {"n_depth": "100", "n_alt_count": "15", "Mutation_Status": "Somatic"},
            Origin.UNCERTAIN,
            "Mutation_Status is Somatic; tumor genotype holds the allele, read counts unknown; normal 15 of 100 reads",
        ),
        ({"n_depth": "5", "n_alt_count": "0"}, Origin.UNCERTAIN, "8 needed"),
        ({"n_depth": "100", "n_alt_count": "0"}, Origin.SOMATIC, "by convention"),
        ({"n_depth": "100"}, Origin.SOMATIC, "by convention"),
        ({"n_depth": "12", "n_alt_count": "0", "gnomAD_AF": "0.05"}, Origin.UNCERTAIN, "known in the population"),
        ({"n_depth": "60", "n_alt_count": "0", "gnomAD_AF": "0.05"}, Origin.SOMATIC, "by convention"),
        ({"n_depth": "104", "n_alt_count": "14", "gnomAD_AF": "0.66"}, Origin.UNCERTAIN, "population frequency 0.66"),
        ({"gnomAD_AF": "0.66"}, Origin.UNCERTAIN, "no counts of a normal; germline risk high"),
        ({"gnomAD_AF": "0.0001"}, Origin.SOMATIC, "by convention"),
        ({"gnomAD_AF": "0.66", "Mutation_Status": "Somatic"}, Origin.SOMATIC, "is Somatic"),
        ({"n_depth": "50", "n_alt_count": "0", "t_depth": "90", "t_alt_count": "0"}, Origin.NOT_CALLED, "tumor 0 of"),
        ({"n_depth": "100", "n_alt_count": "15", "Mutation_Status": "LOH"}, Origin.NOT_CALLED, "is LOH"),
    ],
)
def test_origin(tmp_path: Path, values: dict[str, str], origin: Origin, reason: str) -> None:
    variant = one(tmp_path, **values)
    assert variant.origin is origin
    assert reason in variant.origin_reason


@pytest.mark.parametrize("counts", [{}, {"n_depth": "104", "n_alt_count": "14"}])
def test_a_common_allele_that_no_normal_rules_out_has_a_high_germline_risk(
    tmp_path: Path, counts: dict[str, str]
) -> None:
    common = one(tmp_path, gnomAD_AF="0.66", **counts)
    assert (common.origin, common.germline_risk) == (Origin.UNCERTAIN, "high")
    assert one(tmp_path, gnomAD_AF="0.0001", **counts).germline_risk is None


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Missense_Mutation", VariantClass.MISSENSE),
        ("Nonsense_Mutation", VariantClass.TRUNCATING),
        ("Frame_Shift_Ins", VariantClass.TRUNCATING),
        ("In_Frame_Del", VariantClass.INFRAME_DELETION),
        ("Splice_Site", VariantClass.SPLICE),
        ("Silent", VariantClass.SYNONYMOUS),
        ("5'Flank", VariantClass.NONCODING),
        ("Translation_Start_Site", VariantClass.START_LOST),
        ("Nonstop_Mutation", VariantClass.STOP_LOST),
    ],
)
def test_classifications(tmp_path: Path, word: str, expected: VariantClass) -> None:
    variant = one(tmp_path, Variant_Classification=word)
    assert variant.consequence is not None
    assert variant.consequence.variant_class is expected


def test_unknown_classifications_are_told(tmp_path: Path) -> None:
    (calls,) = read_maf(write(tmp_path / "a.maf", {"Variant_Classification": "Weird"}), patient)
    assert any("Weird (1)" in step.detail for step in calls.steps)


def test_percent_is_told_from_fraction_by_the_whole_column(tmp_path: Path) -> None:
    rows = [{"i_TumorVAF_WU": "0.5"}, {"i_TumorVAF_WU": "45.66", "Tumor_Sample_Barcode": "S2"}]
    first, second = read_maf(write(tmp_path / "a.maf", *rows), patient)
    assert first.variants[0].tumor.allele_fraction == 0.005
    assert second.variants[0].tumor.allele_fraction == 0.4566
    (alone,) = read_maf(write(tmp_path / "a.maf", *rows), patient, samples=["S1"])
    assert alone.variants[0].tumor.allele_fraction == 0.005
    assert one(tmp_path, tumor_f="0.5").tumor.allele_fraction == 0.5


def test_indels_keep_their_alleles_and_the_first_tumor_allele_serves_where_the_second_is_reference(
    tmp_path: Path,
) -> None:
    assert one(tmp_path, Reference_Allele="-", Tumor_Seq_Allele2="TCTG").variant.key == "7:140453136:->TCTG"
    assert one(tmp_path, Tumor_Seq_Allele1="G", Tumor_Seq_Allele2="A").variant.alt == "G"


def test_samples_come_in_file_order_with_file_wide_record_numbers(tmp_path: Path) -> None:
    rows = [{"Tumor_Sample_Barcode": name} for name in ("B", "A", "B")]
    found = read_maf(write(tmp_path / "a.maf", *rows, comment="#version 2.4\n# made by hand\n"), patient)
    assert [(calls.patient.id, calls.n_records) for calls in found] == [("B", 2), ("A", 1)]
    assert [variant.record for variant in found[0].variants] == [1, 3]
    assert found[0].patient.tumor_sample == "B"


@pytest.mark.parametrize(
    ("text", "build"),
    [
        ("37", GenomeBuild.GRCH37),
        ("hg19", GenomeBuild.GRCH37),
        ("GRCh38", GenomeBuild.GRCH38),
        ("mm10", GenomeBuild.UNKNOWN),
    ],
)
def test_the_build_is_read(tmp_path: Path, text: str, build: GenomeBuild) -> None:
    (calls,) = read_maf(write(tmp_path / "a.maf", {"NCBI_Build": text}), patient)
    assert calls.patient.genome is build


@pytest.mark.parametrize(
    ("rows", "message", "row", "column"),
    [
        ([{"Start_Position": "1e5"}], "'1e5' is not a position", 2, "Start_Position"),
        ([{"Chromosome": ""}], "names no chromosome", 2, "Chromosome"),
        ([{"Tumor_Sample_Barcode": ""}], "names no sample", 2, "Tumor_Sample_Barcode"),
        ([{"Tumor_Sample_Barcode": "../x"}], "cannot be a patient id", 2, "Tumor_Sample_Barcode"),
        ([{"t_alt_count": "3.5"}], "'3.5' is not a whole number", 2, "t_alt_count"),
        ([{"tumor_f": "much"}], "'much' is not a number", 2, "tumor_f"),
        ([{"tumor_f": "130"}], "outside 0 to 1 or 0 to 100", 2, "tumor_f"),
        ([{"NCBI_Build": "37"}, {"NCBI_Build": "38"}], "different genome builds", 3, "NCBI_Build"),
    ],
)
def test_bad_values_are_refused_with_row_and_column(
    tmp_path: Path, rows: list[dict[str, str]], message: str, row: int, column: str
) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_maf(write(tmp_path / "a.maf", *rows), patient)
    assert (caught.value.row, caught.value.column) == (row, column)
    assert caught.value.fix


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_required_column_is_named(tmp_path: Path, name: str) -> None:
    text = write(tmp_path / "a.maf", {}).read_text().replace(name, "Other")
    (tmp_path / "a.maf").write_text(text)
    with pytest.raises(InputError, match=f"required column missing: {name}"):
        read_maf(tmp_path / "a.maf", patient)


def test_other_delimiters_are_recognized(tmp_path: Path) -> None:
    text = write(tmp_path / "a.maf", {}).read_text()
    for mark, word in ((",", "commas"), (";", "semicolons"), (" ", "spaces")):
        (tmp_path / "b.maf").write_text(text.replace("\t", mark))
        with pytest.raises(InputError, match=f"parted by {word}, a MAF has tabs"):
            read_maf(tmp_path / "b.maf", patient)


def test_cut_files_are_refused(tmp_path: Path) -> None:
    text = write(tmp_path / "a.maf", {}, {}).read_text()
    (tmp_path / "a.maf").write_text(text[:-20])
    with pytest.raises(InputError, match="6 fields where the header has 7"):
        read_maf(tmp_path / "a.maf", patient)
    (tmp_path / "a.maf.gz").write_bytes(gzip.compress(text.encode())[:-12])
    with pytest.raises(InputError, match="truncated or damaged"):
        read_maf(tmp_path / "a.maf.gz", patient)
    (tmp_path / "b.maf").write_text("#only comments\n")
    with pytest.raises(InputError, match="no header"):
        read_maf(tmp_path / "b.maf", patient)


def test_a_header_without_rows_is_no_patient(tmp_path: Path) -> None:
    (tmp_path / "a.maf").write_text("\t".join(REQUIRED) + "\n")
    assert read_maf(tmp_path / "a.maf", patient) == []


def test_the_real_cohort_is_read_whole(shared_data: Path) -> None:
    found = read_maf(shared_data / "tcga_laml" / "tcga_laml.maf.gz", patient)
    variants = [variant for calls in found for variant in calls.variants]
    assert len(found) == 193
    assert sorted(variant.record for variant in variants) == list(range(1, 2208))
    assert {calls.patient.genome for calls in found} == {GenomeBuild.GRCH37}
    mutated = Counter(gene for calls in found for gene in {v.consequence.gene for v in calls.variants if v.consequence})
    assert mutated["FLT3"] == 52
    assert mutated["NPM1"] == 33
    changes = {(v.consequence.gene, v.consequence.protein_change) for v in variants if v.consequence}
    assert {("IDH1", "R132C"), ("IDH2", "R140Q"), ("DNMT3A", "R882H"), ("FLT3", "D835Y")} <= changes
    fractions = [v.tumor.allele_fraction for v in variants if v.tumor.allele_fraction is not None]
    assert max(fractions) <= 1
    assert sorted(fractions)[len(fractions) // 2] > 0.2


def test_internal_tandem_duplications_of_the_real_cohort_fall_on_the_hotspot_region_they_overlap(
    shared_data: Path,
) -> None:
    found = read_maf(shared_data / "tcga_laml" / "tcga_laml.maf.gz", patient)
    consequences = [v.consequence for calls in found for v in calls.variants if v.consequence]
    inframe = {VariantClass.INFRAME_INSERTION, VariantClass.INFRAME_DELETION}
    changes = [c.protein_change for c in consequences if c.gene == "FLT3" and c.variant_class in inframe]
    missed = [change for change in changes if find_hotspot("FLT3", change) is None]
    assert len(changes) == 34
    assert missed == ["573_574insKPATDGTGDRLLR**VLLR*FQRK"]
    assert "Y599_D600insPAPQIMSTSTLISENMNIA" in changes


def make(barcode: str) -> Patient:
    return patient(barcode)


@given(st.text(alphabet="BRAF7\t\n#.-,140p.V600E ", max_size=150))
def test_no_text_makes_the_reader_crash(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("maf") / "a.maf"
    path.write_text("\t".join(REQUIRED) + "\n" + text, encoding="utf-8")
    with suppress(InputError):
        assert all(calls.n_records == len(calls.variants) for calls in read_maf(path, make))
