"""Groups of genes whose alterations the response model may pool.

A modelling choice of ours, so that a rare event borrows strength from events that act alike: not a statement about any
gene, and never shown as one. Whether a group helps is decided by held-out lines.
"""

from __future__ import annotations

from functools import cache

_GROUPS = {
    "RAS": "KRAS NRAS HRAS NF1 RASA1 RASA2 PTPN11 SOS1 RAF1",
    "RAF": "BRAF ARAF RAF1",
    "MEK": "MAP2K1 MAP2K2 MAPK1",
    "PI3K": "PIK3CA PIK3CB PIK3R1 PIK3R2 PIK3CG PIK3CD",
    "PTEN": "PTEN PIK3R1 INPP4B INPPL1",
    "AKT-MTOR": "AKT1 AKT2 AKT3 MTOR TSC1 TSC2 STK11 RHEB",
    "ERBB": "EGFR ERBB2 ERBB3 ERBB4",
    "RTK": "MET KIT PDGFRA PDGFRB FGFR1 FGFR2 FGFR3 FLT3 ALK RET ROS1 IGF1R NTRK1 DDR2 KDR",
    "cell cycle": ("RB1 CDKN2A CDKN2B CDKN2C CDKN1A CDKN1B CCND1 CCND2 CCND3 CDK4 CDK6 CCNE1"),
    "p53": "TP53 MDM2 MDM4 ATM CHEK2",
    "DNA repair": ("BRCA1 BRCA2 PALB2 RAD51 RAD51C ATM ATR CHEK1 CHEK2 FANCA FANCD2 BARD1 BRIP1 RAD50 NBN"),
    "mismatch repair": "MLH1 MSH2 MSH6 PMS2 MLH3 MSH3",
    "WNT": "APC CTNNB1 AXIN1 AXIN2 RNF43 TCF7L2 FBXW7",
    "NOTCH": "NOTCH1 NOTCH2 NOTCH3 FBXW7 MAML2",
    "SWI-SNF": "ARID1A ARID1B ARID2 SMARCA4 SMARCB1 PBRM1",
    "chromatin": ("KMT2A KMT2C KMT2D CREBBP EP300 KDM6A EZH2 SETD2 NSD1 ASXL1 BCOR DNMT3A TET2"),
    "TGF-beta": "SMAD2 SMAD3 SMAD4 TGFBR1 TGFBR2 ACVR2A ACVR1B",
    "NRF2": "KEAP1 NFE2L2 CUL3",
    "MYC": "MYC MYCN MYCL",
    "JAK-STAT": "JAK1 JAK2 JAK3 STAT3 STAT5B SOCS1 CRLF2 MPL CALR",
    "hedgehog": "PTCH1 SMO SUFU GLI1",
    "apoptosis": "BCL2 BCL2L1 MCL1 BAX CASP8",
}

GROUPS: dict[str, tuple[str, ...]] = {name: tuple(genes.split()) for name, genes in _GROUPS.items()}


@cache
def groups_of(gene: str) -> tuple[str, ...]:
    """Return the groups that a gene is in."""
    return tuple(name for name, genes in GROUPS.items() if gene in genes)
