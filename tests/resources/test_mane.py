from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from genomodel.annotation.choose import choose_consequence
from genomodel.annotation.dialects.base import Effect
from genomodel.calls.gene_models import CANONICAL, LIKE_SELECT, OTHER, PLUS_CLINICAL, SELECT, standing
from genomodel.core.variants import Consequence, VariantClass
from genomodel.resources.mane import is_mane_select, mane_status, mane_version


@pytest.mark.parametrize(
    ("name", "status", "version"),
    [
        ("ENST00000646891", "select", "ENST00000646891.2"),
        ("ENST00000646891.1", "select", "ENST00000646891.2"),
        ("NM_004333.4", "select", "NM_004333.6"),
        ("ENST00000644969", "plus_clinical", "ENST00000644969.2"),
        ("NM_058195.3", "plus_clinical", "NM_058195.4"),
        ("ENST00000288602.8", "", ""),
        ("", "", ""),
    ],
)
def test_a_transcript_s_standing_does_not_depend_on_its_version(name: str, status: str, version: str) -> None:
    assert (mane_status(name), mane_version(name)) == (status, version)
    assert is_mane_select(name) == (status == "select")


@pytest.mark.parametrize(
    ("attributes", "rank"),
    [
        ("ID=transcript:ENST00000296930;Parent=gene:G", SELECT),
        ("ID=transcript:ENST9;Parent=gene:G;tag=basic,MANE_Select", SELECT),
        ("ID=transcript:ENST00000579755.1;Parent=gene:G", PLUS_CLINICAL),
        ("ID=transcript:ENST9;Parent=gene:G;tag=MANE_Plus_Clinical", PLUS_CLINICAL),
        ("ID=transcript:ENST00000517671.3;Parent=gene:G;equivalent=NM_002520.6", LIKE_SELECT),
        ("ID=transcript:ENST9;Parent=gene:G;tag=Ensembl_canonical", CANONICAL),
        ("ID=transcript:ENST9;Parent=gene:G", OTHER),
    ],
)
def test_gene_models_rank_transcripts_by_tag_and_by_name(attributes: str, rank: int) -> None:
    assert standing(attributes) == rank


def test_plus_clinical_comes_after_select_and_before_others() -> None:
    def effect(transcript: str) -> Effect:
        facts = {"terms": ("missense_variant",), "variant_class": VariantClass.MISSENSE, "protein_change": "P94L"}
        return Effect(Consequence.model_validate({"gene": "CDKN2A", "transcript": transcript, **facts}))

    other, plus, select = effect("ENST00000498124"), effect("ENST00000579755.2"), effect("ENST00000304494.10")
    assert choose_consequence((other, plus, select))[0] == select.consequence
    assert choose_consequence((other, plus))[0] == plus.consequence


def test_the_shipped_table_is_the_release(shared_data: Path) -> None:
    with gzip.open(shared_data / "knowledge/mane/MANE.GRCh38.v1.4.summary.txt.gz", "rt", encoding="utf-8") as handle:
        rows = [line.rstrip("\n").split("\t") for line in handle][1:]
    assert len(rows) == 19_404
    for row in rows:
        status = {"MANE Select": "select", "MANE Plus Clinical": "plus_clinical"}[row[9]]
        assert {mane_status(row[5]), mane_status(row[7])} == {status}, row[3]
        assert (mane_version(row[5]), mane_version(row[7])) == (row[5], row[7])
