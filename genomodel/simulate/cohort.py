"""The demo patients and what their tumors carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class CodonChange:
    """A change of a codon in the coding sequence."""

    gene: str
    codon: int
    alt: str
    """The new triplet; empty deletes ``length`` bases from the first base of the codon."""
    fraction: float
    """Expected share of tumor reads that carry it."""
    length: int = 3


@dataclass(frozen=True)
class CopyNumberEvent:
    """Copies of a gene in each tumor cell."""

    gene: str
    copies: int


@dataclass(frozen=True)
class PatientSpec:
    """A demo patient."""

    patient: str
    tumor_type: str
    sex: str
    purity: float
    changes: tuple[CodonChange, ...]
    copy_number: tuple[CopyNumberEvent, ...] = ()
    passengers: tuple[float, ...] = (0.05, 0.10, 0.15, 0.25)
    """Expected allele fractions of further somatic SNVs at random coding places."""
    dropouts: tuple[str, ...] = ("STK11:exon1",)
    """Panel regions without reads."""
    normal: bool = True
    tumor_lanes: int = 1
    notes: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Further cells of the patients sheet by column, as a hospital would fill them."""
    specimens: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Cells of the samples sheet on ``tumor`` and ``normal``."""


TUMOR_DEPTH = 180
NORMAL_DEPTH = 100

PATIENTS: tuple[PatientSpec, ...] = (
    PatientSpec(
        "demo-melanoma",
        "SKCM",
        "female",
        0.70,
        (
            CodonChange("BRAF", 600, "GAG", 0.34),
            CodonChange("PTEN", 233, "TGA", 0.30),
        ),
        (CopyNumberEvent("CDKN2A", 0),),
        dropouts=("STK11:exon1", "NRAS:exon3"),
        tumor_lanes=2,
        notes="Synthetic patient. NRAS exon 3 and STK11 exon 1 are left without reads.",
    ),
    PatientSpec(
        "demo-lung-1",
        "LUAD",
        "male",
        0.60,
        (
            CodonChange("EGFR", 858, "CGG", 0.28),
            CodonChange("EGFR", 790, "ATG", 0.10),
            CodonChange("TP53", 273, "CAT", 0.42),
        ),
        notes="Synthetic patient with invented clinical facts. STK11 exon 1 is left without reads.",
        facts={
            "second_id": "SYN-0002",
            "requester": "Synthetic hospital, ward 1",
            "diagnosis": "Adenocarcinoma of the lung (synthetic)",
            "line": "2",
            "stage": "IVA",
            "prior_therapy": "erlotinib",
            "age": "64",
        },
        specimens={
            "tumor": {
                "preservation": "ffpe",
                "specimen": "SYN-T-0002",
                "block": "A1",
                "site": "right lower lobe of the lung",
                "collected": "2026-01-12",
                "received": "2026-01-14",
                "cellularity": "0.65",
            },
            "normal": {
                "preservation": "blood",
                "specimen": "SYN-N-0002",
                "site": "blood",
                "collected": "2026-01-12",
                "received": "2026-01-14",
            },
        },
    ),
    PatientSpec(
        "demo-lung-2",
        "LUAD",
        "female",
        0.45,
        (
            CodonChange("EGFR", 746, "", 0.22, 15),
            CodonChange("PIK3CA", 545, "AAG", 0.05),
        ),
        notes="Synthetic patient. STK11 exon 1 is left without reads.",
    ),
    PatientSpec(
        "demo-colon",
        "COAD",
        "male",
        0.65,
        (
            CodonChange("KRAS", 12, "GAT", 0.33),
            CodonChange("APC", 1450, "TGA", 0.32),
            CodonChange("APC", 1309, "", 0.30, 1),
            CodonChange("TP53", 175, "CAC", 0.48),
            CodonChange("PIK3CA", 1047, "CGT", 0.12),
        ),
        notes="Synthetic patient. STK11 exon 1 is left without reads.",
    ),
    PatientSpec(
        "demo-breast",
        "IDC",
        "female",
        0.55,
        (
            CodonChange("PIK3CA", 1047, "CGT", 0.27),
            CodonChange("TP53", 248, "CAG", 0.40),
        ),
        (CopyNumberEvent("ERBB2", 14),),
        notes="Synthetic patient. Receptor status is not given. STK11 exon 1 is left without reads.",
    ),
    PatientSpec(
        "demo-pancreas",
        "PAAD",
        "male",
        0.40,
        (
            CodonChange("KRAS", 12, "GTT", 0.20),
            CodonChange("CDKN2A", 80, "TGA", 0.18),
            CodonChange("TP53", 282, "TGG", 0.19),
        ),
        normal=False,
        notes="Synthetic patient without a normal sample. STK11 exon 1 is left without reads.",
    ),
)
