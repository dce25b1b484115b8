"""Screened lines joined from made tables: which table counts where several speak of one gene."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from genomodel.core.copy_number import CopyNumberState
from genomodel.core.profile import TumorAlterations
from genomodel.profile.build import build_profile
from genomodel.profile.features import Feature, FeatureKind
from genomodel.response.line_tables import LineTensors
from genomodel.response.lines import build_lines
from genomodel.response.sources import RawTables

AMPLIFICATION, DEEP_DELETION = CopyNumberState.AMPLIFICATION, CopyNumberState.DEEP_DELETION
GAIN, LOSS = CopyNumberState.GAIN, CopyNumberState.LOSS
COSMIC = {"A-1": 1, "A-2": 2, "A-3": 3, "A-4": 4}
SEGMENTS = ("gain_cnaPANCAN1_(ERBB2,MED24)", "loss_cnaPANCAN2_(CDKN2A)")
GENES = ("CDKN2A", "ERBB2", "MED24", "MYC", "RB1", "TP53", "NOTCANCER1")


def raw_tables() -> RawTables:
    """A-1 is in every table, A-2 has no gene-level calls, A-3 is in no table but the drivers', A-4 had nothing done."""
    columns = ["TISSUE_FACTOR", "MSI_FACTOR", "FLT3_mut", "BCR-ABL_mut", "EWSR1-FLI1_mut", *SEGMENTS]
    v17 = pd.DataFrame(
        [
            ["skin", 0, 1, 0, 0, 1, 1],
            ["blood", 1, 1, 1, 0, 0, 1],
            ["bone", 0, 0, 0, 1, 1, 0],
            ["skin", 0, 0, 0, 0, 0, 0],
        ],
        columns=columns,
        index=pd.Index([1, 2, 3, 4], name="COSMIC_ID"),
    )
    variants = [
        ("FLT3", "Missense", "p.D835Y", "A1_SKIN"),
        ("TP53", "Missense", "p.R175H", "A2_BLOOD"),
        ("MYC", "Missense", "p.P2S", "A4_SKIN"),
    ]
    calls = [("CDKN2A", "Amplification", "A1_SKIN"), ("MYC", "Amplification", "A1_SKIN")]
    summary = [
        ("A1_SKIN", "SIDM1", 1, 1, 1),
        ("A2_BLOOD", "SIDM2", 1, 0, 0),
        ("A4_SKIN", "SIDM4", 1, 1, 0),
    ]
    copies = {
        "A1": np.array([-1, -1, -1, -1, -1, 0, 1], dtype=np.float32),
        "A2": np.array([-1, 1, 0, 0, -1, 1, 1], dtype=np.float32),
    }
    return RawTables(
        responses={},
        line_info=pd.DataFrame({"name": list(COSMIC), "cosmic_id": COSMIC.values(), "tissue_fine": "fine"}),
        features_v17=v17,
        ic50_v17=pd.DataFrame(),
        variants=pd.DataFrame(variants, columns=["feature", "alteration_type", "alteration", "model_id"]),
        copy_numbers=pd.DataFrame(calls, columns=["feature", "alteration_type", "model_id"]),
        fusions=pd.DataFrame([("EML4", "ALK", "SIDM1")], columns=["feature", "partner", "model_id"]),
        summary=pd.DataFrame(
            summary, columns=["ccle_name", "sanger", "somatic_variants", "copy_number_alterations", "fusions"]
        ),
        tensors=LineTensors(GENES, copies, {}),
    )


@pytest.fixture(scope="module")
def lines() -> dict[str, TumorAlterations]:
    found, _, keys = build_lines(list(COSMIC), COSMIC, raw_tables())
    assert [key for key, _ in keys] == ["A1", "A2", None, None]
    return {line.id: line for line in found}


def test_called_event_counts_before_segment_and_both_before_gain_or_loss(lines: dict[str, TumorAlterations]) -> None:
    assert lines["A-1"].copy_number == {
        "CDKN2A": AMPLIFICATION,  # called so, where a segment says deleted and the tensors lost
        "ERBB2": AMPLIFICATION,  # by the segment, where the tensors say lost
        "MED24": AMPLIFICATION,
        "MYC": AMPLIFICATION,  # called so, where the tensors say lost
        "RB1": LOSS,
    }


def test_line_without_calls_has_its_segments_and_what_the_tensors_say(lines: dict[str, TumorAlterations]) -> None:
    assert lines["A-2"].copy_number == {"CDKN2A": DEEP_DELETION, "ERBB2": GAIN, "RB1": LOSS, "TP53": GAIN}
    assert lines["A-2"].copy_number_genes == ("CDKN2A", "ERBB2", "MED24")


def test_line_without_key_has_gains_and_losses_unobserved(lines: dict[str, TumorAlterations]) -> None:
    assert lines["A-3"].copy_number == {"ERBB2": AMPLIFICATION, "MED24": AMPLIFICATION}
    assert lines["A-3"].shallow_copy_number_genes is None
    assert lines["A-4"].copy_number == {}
    assert lines["A-4"].copy_number_genes == ("*",)
    features = (Feature(FeatureKind.GAIN, "MYC"), Feature(FeatureKind.AMPLIFICATION, "MYC"))
    assert build_profile(lines["A-4"], features).observed == {"MYC:gain": False, "MYC:amplification": True}
    assert build_profile(lines["A-2"], features[:1]).observed == {"MYC:gain": True}


def test_gains_and_losses_are_told_of_genes_of_the_sources_and_cancer_genes_only(
    lines: dict[str, TumorAlterations],
) -> None:
    assert lines["A-1"].shallow_copy_number_genes == ("CDKN2A", "ERBB2", "MED24", "MYC", "RB1", "TP53")
    assert "NOTCANCER1" not in lines["A-1"].copy_number


def test_driver_that_only_the_driver_table_knows_is_added_once(lines: dict[str, TumorAlterations]) -> None:
    driver = (Feature(FeatureKind.DRIVER, "FLT3"), Feature(FeatureKind.HOTSPOT, "FLT3"))
    assert build_profile(lines["A-2"], driver).features == {"FLT3:driver": 1.0, "FLT3:hotspot": 1.0}
    # D835Y acts otherwise than a tandem duplication, and is called by itself.
    assert build_profile(lines["A-1"], driver).features == {"FLT3:driver": 0.0, "FLT3:hotspot": 0.0}
    assert [m.protein_change for m in lines["A-1"].mutations if m.gene == "FLT3"] == ["D835Y"]
    assert [m.known_driver for m in lines["A-2"].mutations if m.gene == "FLT3"] == [True]
    assert [m.gene for m in lines["A-3"].mutations] == []


def test_fusions_come_from_both_tables_in_one_form(lines: dict[str, TumorAlterations]) -> None:
    pairs = {name: [(f.gene_5, f.gene_3) for f in line.fusions] for name, line in lines.items()}
    assert pairs == {"A-1": [("ALK", "EML4")], "A-2": [("ABL1", "BCR")], "A-3": [("EWSR1", "FLI1")], "A-4": []}
    assert [lines[name].fusions_assayed for name in COSMIC] == [True, False, False, False]


def test_line_of_no_model_is_unassayed_and_not_wild_type(lines: dict[str, TumorAlterations]) -> None:
    assert lines["A-3"].mutation_genes is None
    assert lines["A-1"].mutation_genes == ("*",)
    assert lines["A-2"].msi_high
    assert lines["A-3"].tissue_fine == "fine"
