"""The study folder, held to the rules that cBioPortal publishes.

Fields of meta files, columns and words are those of docs/File-Formats.md of cBioPortal/cbioportal (0290a2a0) and of
META_FIELD_MAP and MutationsExtendedValidator in scripts/importer of cBioPortal/cbioportal-core (0061932d, 03b4f1d4).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from genomodel.core.errors import InputError
from genomodel.core.interpretation_file import InterpretationFile
from genomodel.core.variants import JointChange, Phase, Variant
from genomodel.report.exports.cbioportal.events import copy_number_profile
from genomodel.report.exports.cbioportal.mutations import HEADER as MUTATION_FIELDS
from genomodel.report.exports.cbioportal.mutations import maf_place, mutations, whole_change
from genomodel.report.exports.cbioportal.study import best_tier, check_study, write_studies
from tests.cli.test_report_bad_input import COLUMNS, HEADER, V600E
from tests.report.exports.builders import ASIDE, csq, enriched, interpreted, line, write_vcf

COMMON = {"cancer_study_identifier", "genetic_alteration_type", "datatype", "data_filename"}
PROFILE = COMMON | {"stable_id", "show_profile_in_analysis_tab", "profile_name", "profile_description"}
GENERIC = PROFILE | {"generic_assay_type"}
FIELDS: dict[str, tuple[set[str], set[str]]] = {
    "meta_study": (
        {"cancer_study_identifier", "type_of_cancer", "name", "description"},
        {"add_global_case_list", "reference_genome"},
    ),
    "meta_clinical_sample": (COMMON, set()),
    "meta_mutations": (PROFILE, {"namespaces"}),
    "meta_cna": (PROFILE, set()),
    "meta_sv": (PROFILE, {"namespaces"}),
    "meta_generic_assay_biomarkers": (GENERIC, {"generic_entity_meta_properties", "value_sort_order", "patient_level"}),
    "meta_generic_assay_classes": (GENERIC, {"generic_entity_meta_properties", "patient_level"}),
    "meta_mutational_signatures": (GENERIC, {"generic_entity_meta_properties", "value_sort_order", "patient_level"}),
}
"""Required and further allowed fields of each meta file."""
CLASSIFICATIONS = {
    "Frame_Shift_Del", "Frame_Shift_Ins", "In_Frame_Del", "In_Frame_Ins", "Missense_Mutation", "Nonsense_Mutation",
    "Splice_Site", "Translation_Start_Site", "Nonstop_Mutation", "Silent", "5'Flank", "Unknown",
}  # fmt: skip
ALLELE = re.compile(r"-|[ACGT]+")
CLINVAR_HEADER = (
    HEADER.replace("##contig=", "##contig=<ID=chr13,length=114364328>\n##contig=", 1)
    + '##INFO=<ID=CLNSIG,Number=.,Type=String,Description="Germline class">\n'
    + '##INFO=<ID=CLNREVSTAT,Number=.,Type=String,Description="Review status">\n'
)


@pytest.fixture
def made(tmp_path: Path) -> InterpretationFile:
    return enriched(interpreted(write_vcf(tmp_path)))


@pytest.fixture
def folder(made: InterpretationFile, tmp_path: Path) -> Path:
    other = interpreted(write_vcf(tmp_path, name="P2"), "P2", "LUAD")
    files = write_studies([made, other], tmp_path / "out")
    assert {path.parent.name for path in files} == {"cbioportal-GRCh38", "case_lists"}
    return tmp_path / "out" / "cbioportal-GRCh38"


def meta_of(path: Path) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in path.read_text().splitlines())


def table_of(path: Path) -> list[dict[str, str]]:
    lines = [line.split("\t") for line in path.read_text().splitlines() if not line.startswith("#")]
    assert {len(line) for line in lines} == {len(lines[0])}
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def test_every_meta_file_has_the_fields_it_must_and_no_other(folder: Path) -> None:
    names = {path.stem for path in folder.glob("meta_*")}
    assert names == set(FIELDS)
    stable = []
    for name, (required, optional) in FIELDS.items():
        meta = meta_of(folder / f"{name}.txt")
        assert required <= set(meta) <= required | optional, name
        assert meta["cancer_study_identifier"] == "genomodel_grch38"
        if "data_filename" in meta:
            assert (folder / meta["data_filename"]).is_file()
        stable += [meta["stable_id"]] if "stable_id" in meta else []
    assert len(stable) == len(set(stable))
    assert meta_of(folder / "meta_study.txt")["type_of_cancer"] == "mixed"
    assert meta_of(folder / "meta_study.txt")["reference_genome"] == "hg38"


def test_the_clinical_file_begins_with_four_lines_for_each_column(folder: Path) -> None:
    lines = (folder / "data_clinical_sample.txt").read_text().splitlines()
    assert all(line.startswith("#") for line in lines[:4])
    assert len({line.count("\t") for line in lines}) == 1
    assert set(lines[2].removeprefix("#").split("\t")) <= {"STRING", "NUMBER", "BOOLEAN"}
    assert lines[4].split("\t")[:2] == ["PATIENT_ID", "SAMPLE_ID"]
    assert [row["SAMPLE_ID"] for row in table_of(folder / "data_clinical_sample.txt")] == ["P1", "P2"]
    assert [row["ONCOTREE_CODE"] for row in table_of(folder / "data_clinical_sample.txt")] == ["SKCM", "LUAD"]


def test_a_tumor_type_that_is_not_given_is_na_and_no_code(tmp_path: Path) -> None:
    blank = interpreted(write_vcf(tmp_path, name="P3"), "P3", "")
    write_studies([blank], tmp_path / "out")
    folder = tmp_path / "out" / "cbioportal-GRCh38"
    (row,) = table_of(folder / "data_clinical_sample.txt")
    assert {row[name] for name in ("ONCOTREE_CODE", "CANCER_TYPE", "CANCER_TYPE_DETAILED")} == {"NA"}
    assert meta_of(folder / "meta_study.txt")["type_of_cancer"] == "mixed"


def test_an_uncertain_class_names_the_codes_that_nobody_could_evaluate(tmp_path: Path) -> None:
    made = interpreted(write_vcf(tmp_path))
    named = (dict(zip(MUTATION_FIELDS, row, strict=True)) for row in mutations(made))
    rows = {row["HGVSp_Short"]: row for row in named}
    found = next(one.oncogenicity for one in made.content.other_variants if one.label == "BRAF p.T599S")
    assert found is not None
    assert found.not_evaluated
    row = rows["p.T599S"]
    assert row["GENOMODEL.oncogenicity"] == "uncertain_significance"
    assert row["GENOMODEL.oncogenicity_not_evaluated"].split() == [code.code for code in found.not_evaluated]
    assert f"({len(found.not_evaluated)} of 17 codes could not be evaluated)" in row["cbp_driver_annotation"]


def test_mutations_keep_the_rules_of_the_format(folder: Path) -> None:
    rows = table_of(folder / "data_mutations.txt")
    assert {row["Tumor_Sample_Barcode"] for row in rows} == {"P1", "P2"}
    seen = set()
    for row in rows:
        assert row["Hugo_Symbol"]
        assert row["Variant_Classification"] in CLASSIFICATIONS
        assert ALLELE.fullmatch(row["Reference_Allele"])
        assert ALLELE.fullmatch(row["Tumor_Seq_Allele2"])
        assert int(row["Start_Position"]) <= int(row["End_Position"])
        assert len(row["HGVSp_Short"]) <= 255
        assert row["cbp_driver"] in {"", "Putative_Driver", "Putative_Passenger", "Unknown"}
        assert len(row["cbp_driver_annotation"]) <= 80
        assert len(row["cbp_driver_tiers"]) <= 20
        assert len(row["cbp_driver_tiers_annotation"]) <= 80
        assert row["Mutation_Status"] in {"Somatic", "Unknown"}
        seen.add((row["Chromosome"], row["Start_Position"], row["Tumor_Seq_Allele2"], row["Tumor_Sample_Barcode"]))
    assert len(seen) == len(rows)
    first = rows[0]
    assert (first["HGVSp_Short"], first["GENOMODEL.tier"], first["cbp_driver"]) == ("p.V600E", "I-A", "Putative_Driver")
    assert (first["t_ref_count"], first["t_alt_count"], first["n_alt_count"]) == ("70", "30", "0")
    assert first["GENOMODEL.oncogenicity"] == "likely_oncogenic"


@pytest.mark.parametrize(
    ("germline", "driver"), [("Benign", "Unknown"), ("Pathogenic", "Putative_Driver"), ("", "Putative_Driver")]
)
def test_a_truncation_that_clinvar_holds_benign_is_no_putative_driver(
    germline: str, driver: str, tmp_path: Path
) -> None:
    said = f"CLNSIG={germline};CLNREVSTAT=reviewed_by_expert_panel;" if germline else ""
    effect = csq("T", "stop_gained", "RB1", "320", "R/*").replace("ENST00000646891", "ENST00000267163")
    stop = line(48367549, "C", "T", f"{said}CSQ={effect}").replace("chr7", "chr13")
    text = CLINVAR_HEADER + COLUMNS + stop
    (row,) = mutations(interpreted(write_vcf(tmp_path, text), tumor_type="HGSOC"))
    made = dict(zip(MUTATION_FIELDS, row, strict=True))
    expected = "uncertain_significance" if germline == "Benign" else "likely_oncogenic"
    assert made["GENOMODEL.oncogenicity"] == expected
    assert made["cbp_driver"] == driver
    assert ("held benign by ClinVar" in made["cbp_driver_annotation"]) is (germline == "Benign")


def test_what_is_not_the_tumors_is_no_mutation(folder: Path) -> None:
    places = {row["Start_Position"] for row in table_of(folder / "data_mutations.txt")}
    assert not places & {"140753400", "140753500", "140753601", "140753700"}


def test_an_allele_set_aside_is_none_and_a_repeated_one_is_one_mutation(tmp_path: Path) -> None:
    aside = interpreted(write_vcf(tmp_path, HEADER + COLUMNS + ASIDE))
    assert aside.content.set_aside
    assert not list(mutations(aside))
    twice = interpreted(write_vcf(tmp_path, HEADER + COLUMNS + V600E + V600E, "P2"), "P2")
    assert twice.content.n_records == 2
    assert len(list(mutations(twice))) == 1


def test_a_gene_that_one_of_two_profiles_lacks_is_not_measured_there() -> None:
    rows = copy_number_profile({"P1": {"BRAF": "2", "TP53": "-1"}, "P2": {"BRAF": "0"}}).rows
    assert list(rows) == [("BRAF", "2", "0"), ("TP53", "-1", "NA")]


def test_a_gene_or_a_tumor_that_nobody_looked_at_is_not_measured(folder: Path) -> None:
    rows = table_of(folder / "data_cna.txt")
    assert [*rows[0]] == ["Hugo_Symbol", "P1"]
    assert {row["Hugo_Symbol"]: row["P1"] for row in rows} == {"BRAF": "2", "TP53": "-1"}
    lists = {path.stem: meta_of(path)["case_list_ids"].split("\t") for path in (folder / "case_lists").glob("*")}
    assert lists == {"cases_sequenced": ["P1", "P2"], "cases_cna": ["P1"], "cases_sv": ["P1"]}


def test_a_fusion_names_both_sides_and_what_is_not_sure(folder: Path) -> None:
    (row,) = table_of(folder / "data_sv.txt")
    assert (row["Sample_Id"], row["SV_Status"]) == ("P1", "SOMATIC")
    assert (row["Site1_Hugo_Symbol"], row["Site1_Region"], row["Site1_Region_Number"]) == ("AGK", "Intron", "2")
    assert (row["Site2_Hugo_Symbol"], row["Site2_Position"], row["Site2_Effect_On_Frame"]) == (
        "BRAF", "140494267", "In_frame",
    )  # fmt: skip
    assert (row["DNA_Support"], row["RNA_Support"], row["Tumor_Split_Read_Count"]) == ("No", "Yes", "7")
    assert "not told from germline" in row["Comments"]
    assert row["Site1_Ensembl_Transcript_Id"] == "ENST1"


def test_generic_assays_hold_numbers_classes_and_signatures_apart(folder: Path) -> None:
    numbers = {row["ENTITY_STABLE_ID"]: row for row in table_of(folder / "data_generic_assay_biomarkers.txt")}
    assert numbers["TMB"]["P1"] == "12.12"
    assert numbers["TMB"]["P2"] in {"NA"} or float(numbers["TMB"]["P2"]) >= 0
    classes = {row["ENTITY_STABLE_ID"]: row for row in table_of(folder / "data_generic_assay_classes.txt")}
    assert (classes["TMB_CALL"]["P1"], classes["MSI_STATUS"]["P1"], classes["HRR"]["P1"]) == (
        "high", "stable", "not_shown",
    )  # fmt: skip
    assert classes["MSI_STATUS"]["P2"] == "NA"
    (signature,) = table_of(folder / "data_mutational_signatures.txt")
    assert (signature["ENTITY_STABLE_ID"], signature["P1"], signature["P2"]) == ("SBS7a", "0.75", "NA")
    meta = meta_of(folder / "meta_mutational_signatures.txt")
    assert re.search(r"_contribution_[A-Z]+$", meta["stable_id"])
    for name in ("biomarkers", "classes"):
        meta = meta_of(folder / f"meta_generic_assay_{name}.txt")
        (first, *_) = table_of(folder / f"data_generic_assay_{name}.txt")
        assert set(meta["generic_entity_meta_properties"].split(",")) < set(first)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("7", 100, "A", "T"), ("7", "100", "100", "SNP", "A", "T")),
        (("chr7", 100, "AC", "GT"), ("7", "100", "101", "DNP", "AC", "GT")),
        (("chr7", 100, "A", "AGG"), ("7", "100", "101", "INS", "-", "GG")),
        (("chr7", 100, "AGG", "A"), ("7", "101", "102", "DEL", "GG", "-")),
        (("chr7", 100, "ATGC", "ACC"), ("7", "101", "102", "DEL", "TG", "C")),
        (("X", 100, "-", "GG"), ("X", "100", "101", "INS", "-", "GG")),
        (("X", 100, "GG", "-"), ("X", "100", "101", "DEL", "GG", "-")),
    ],
)
def test_alleles_are_placed_as_a_maf_has_them(given: tuple[str, int, str, str], expected: tuple[str, ...]) -> None:
    chrom, pos, ref, alt = given
    assert maf_place(Variant(chrom=chrom, pos=pos, ref=ref, alt=alt)) == expected


@pytest.mark.parametrize("alt", ["<DEL>", "*", "A[chr2:7[", "N", "A"])
def test_alleles_that_no_maf_names_have_no_place(alt: str) -> None:
    assert maf_place(Variant(chrom="7", pos=1, ref="A", alt=alt)) is None


@pytest.mark.parametrize(
    ("partner", "theirs", "expected"),
    [
        ("chr7:140753337:C>G", True, (140753336, "AC", "TG")),
        ("chr7:140753335:C>G", True, (140753335, "CA", "GT")),
        ("chr7:140753337:C>G", False, (140753336, "A", "T")),
        ("chr7:140753338:C>G", True, (140753336, "A", "T")),
        ("chr7:140753337:CA>C", True, (140753336, "A", "T")),
    ],
)
def test_a_change_of_several_neighbors_is_given_with_the_bases_of_all(
    tmp_path: Path, partner: str, theirs: bool, expected: tuple[int, str, str]
) -> None:
    found = interpreted(write_vcf(tmp_path)).content.findings[0].variant
    assert found is not None
    assert found.consequence is not None
    together = found.consequence.model_copy(update={} if theirs else {"protein_change": "V600K"})
    joint = JointChange(phase=Phase.CIS, basis="reads", partners=(partner,), alone=found.consequence, together=together)
    made = whole_change(found.model_copy(update={"joint": joint}))
    assert (made.pos, made.ref, made.alt) == expected
    assert whole_change(found) == found.variant


def test_files_of_an_earlier_run_that_are_no_more_true_are_removed(folder: Path, tmp_path: Path) -> None:
    plain = interpreted(write_vcf(tmp_path, name="P3"), "P3")
    write_studies([plain], tmp_path / "out")
    assert not (folder / "data_sv.txt").exists()
    assert not (folder / "case_lists" / "cases_cna.txt").exists()
    assert meta_of(folder / "meta_study.txt")["type_of_cancer"] == "skcm"


@pytest.mark.parametrize("name", ["", "a b", "../x", "é"])
def test_a_study_is_named_so_that_cbioportal_can_take_it(name: str) -> None:
    with pytest.raises(InputError, match="cannot name a study"):
        check_study(name)


def test_the_best_tier_is_the_lowest(made: InterpretationFile) -> None:
    assert best_tier(made.content.findings) == "I-A"
    assert best_tier(()) == ""
