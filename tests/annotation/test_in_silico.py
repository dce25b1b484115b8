from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.annotation.duplicates import join_duplicates
from genomodel.annotation.in_silico import make_score_reader, predictors, score_of
from genomodel.annotation.population_groups import group_of_column
from genomodel.annotation.vcf import read_annotated_vcf
from genomodel.core.variants import InSilicoVerdict, Variant
from tests.annotation.builders import patient
from tests.calls.builders import write_vcf
from tests.interpretation.builders import variant

D, B, U = InSilicoVerdict.DAMAGING, InSilicoVerdict.BENIGN, InSilicoVerdict.UNCERTAIN


@pytest.mark.parametrize(
    ("predictor", "text", "verdict"),
    [
        # Pejaver 2022, table 2: bounds belong to the intervals.
        ("REVEL", "0.644", D), ("REVEL", "0.643", U), ("REVEL", "0.290", B), ("REVEL", "0.291", U),
        ("CADD", "25.3", D), ("CADD", "22.7", B), ("CADD", "24", U),
        ("SIFT", "deleterious(0.001)", D), ("SIFT", "deleterious(0.04)", U), ("SIFT", "tolerated(0.08)", B),
        ("PolyPhen", "probably_damaging(0.978)", D), ("PolyPhen", "probably_damaging(0.95)", U),
        ("PolyPhen", "benign(0.113)", B), ("phyloP", "1.879", B), ("phyloP", "-3.2", B), ("phyloP", "9", D),
        # A word without a score says what its developers think, at cut-offs that reach no evidence.
        ("SIFT", "deleterious", U), ("PolyPhen", "benign", U),
        # Cheng 2023: more than 0.564 and less than 0.34.
        ("AlphaMissense", "0.565", D), ("AlphaMissense", "0.564", U), ("AlphaMissense", "0.339", B),
        ("EVE", "Pathogenic", D), ("EVE", "Benign", B), ("EVE", "Uncertain", U),
        # dbNSFP gives a value for each transcript, which speak together or not at all.
        ("REVEL", "0.7&0.9", D), ("REVEL", "0.1&0.9", U), ("REVEL", ".&0.9", D),
    ],
)  # fmt: skip
def test_cut_offs_are_the_published_ones(predictor: str, text: str, verdict: InSilicoVerdict) -> None:
    assert score_of(predictors()[predictor], text).verdict is verdict


def test_the_highest_delta_score_of_spliceai_counts() -> None:
    names = [f"SpliceAI_pred_DS_{end}" for end in ("AG", "AL", "DG", "DL")]
    read = make_score_reader(["Allele", *names])
    assert read is not None
    (score,) = read(dict(zip(names, ("0.00", "0.91", "0.01", "0.00"), strict=True)))
    assert (score.predictor, score.score, score.verdict) == ("SpliceAI", 0.91, D)
    assert read(dict.fromkeys(names, "")) == ()


def test_columns_without_predictors_cost_nothing() -> None:
    assert make_score_reader(["Allele", "SYMBOL"]) is None


@pytest.mark.parametrize(
    ("column", "group"),
    [
        ("gnomAD_NFE_AF", ("NFE", True)), ("gnomADe_AFR_AF", ("AFR", True)), ("gnomADg_AMI_AF", ("AMI", True)),
        ("gnomADg_AF", ("", False)), ("gnomAD_AF_sas", ("SAS", True)), ("gnomADj_AF_joint_eas", ("EAS", True)),
        ("AFR_AF", ("AFR", False)), ("EUR_MAF", ("EUR", False)), ("AF", ("", False)), ("AA_AF", ("", False)),
        ("ExAC_NFE_MAF", ("NFE", True)), ("gnomADe_AF_popmax", ("", False)), ("ExAC_AF_AMR", ("AMR", True)),
    ],
)  # fmt: skip
def test_columns_of_vep_and_mafs_name_their_group(column: str, group: tuple[str, bool]) -> None:
    assert group_of_column(column) == group


def test_vep_gives_groups_and_scores_of_the_reported_transcript(tmp_path: Path) -> None:
    columns = "Allele|Consequence|SYMBOL|Feature|MANE_SELECT|gnomADe_AF|gnomADe_NFE_AF|EUR_AF|REVEL|SIFT"
    entries = (
        "T|missense_variant|BRAF|ENST00000288602|NM_1|0.00001|0.00002|0.3|0.95|deleterious(0)",
        "T|missense_variant|BRAF|ENST00000496384||0.00001|0.00002|0.3|0.1|tolerated(0.5)",
    )
    meta = (f'##INFO=<ID=CSQ,Number=.,Type=String,Description="VEP. Format: {columns}">', "##contig=<ID=7>")
    path = write_vcf(tmp_path / "a.vcf", [f"7\t140453136\t.\tA\tT\t.\t.\tCSQ={','.join(entries)}"], (), meta)
    (variant,) = read_annotated_vcf(path, patient()).variants
    assert variant.population_groups == {"NFE": 2e-05}, "the 1000 Genomes count only where gnomAD is silent"
    assert variant.population_covered is True
    assert {score.predictor: score.verdict for score in variant.in_silico} == {"REVEL": D, "SIFT": D}


def test_an_allele_that_vep_gives_no_frequency_is_not_known_to_be_absent(tmp_path: Path) -> None:
    columns = "Allele|Consequence|SYMBOL|Feature|gnomADe_AF|AFR_AF"
    meta = (f'##INFO=<ID=CSQ,Number=.,Type=String,Description="VEP. Format: {columns}">', "##contig=<ID=7>")
    path = write_vcf(tmp_path / "a.vcf", ["7\t140453136\t.\tA\tT\t.\t.\tCSQ=T|missense_variant|BRAF|E1||0.2"], (), meta)
    (variant,) = read_annotated_vcf(path, patient()).variants
    assert (variant.population_covered, variant.population_groups) == (None, {"AFR": 0.2})


def test_rows_on_one_allele_give_the_highest_frequency_of_each_group() -> None:
    place = Variant(chrom="7", pos=5, ref="A", alt="T")
    first = variant("BRAF", "V600E", place=place).model_copy(update={"population_groups": {"AFR": 0.2, "NFE": 0.1}})
    second = first.model_copy(
        update={"record": 2, "population_groups": {"AFR": 0.1, "EAS": 0.3}, "population_covered": True}
    )
    kept, _ = join_duplicates([first, second])
    assert kept.population_groups == {"AFR": 0.2, "NFE": 0.1, "EAS": 0.3}
    assert kept.population_covered is True
