"""From OncoTree to the tissues of the drug screens, at two levels, in one table.

The tissues are those of the Genomics of Drug Sensitivity in Cancer (Iorio et al. 2016, doi:10.1016/j.cell.2016.06.017):
the coarse level is its tissue factor, the fine level its second tissue descriptor. A tumor type is looked up by its own
code, then by its ancestors from the nearest outwards, then by its OncoTree tissue. An entry of ``None`` says that no
line of that kind was screened, so that the tumor has no tissue as far as the response model is concerned.
"""

from __future__ import annotations

from typing import NamedTuple

from genomodel.core.patients import TumorType


class ScreenTissue(NamedTuple):
    """Tissue of the drug screens; empty strings where nothing comparable was screened."""

    coarse: str
    fine: str
    source: str
    """How the OncoTree code was mapped, in words."""


_Pair = tuple[str, str] | None

BY_TISSUE: dict[str, _Pair] = {
    "Adrenal Gland": None,
    "Ampulla of Vater": None,
    "Biliary Tract": ("biliary_tract", "biliary_tract"),
    "Bladder/Urinary Tract": ("Bladder", "Bladder"),
    "Bone": ("bone", "bone_other"),
    "Bowel": ("large_intestine", "large_intestine"),
    "Breast": ("breast", "breast"),
    "CNS/Brain": None,
    "Cervix": ("cervix", "cervix"),
    "Esophagus/Stomach": None,
    "Eye": None,
    "Head and Neck": ("aero_dig_tract", "head and neck"),
    "Kidney": ("kidney", "kidney"),
    "Liver": ("liver", "liver"),
    "Lung": None,
    "Lymphoid": None,
    "Myeloid": None,
    "Other": None,
    "Ovary/Fallopian Tube": ("ovary", "ovary"),
    "Pancreas": ("pancreas", "pancreas"),
    "Penis": None,
    "Peripheral Nervous System": None,
    "Peritoneum": None,
    "Pleura": ("lung", "mesothelioma"),
    "Prostate": ("prostate", "prostate"),
    "Skin": None,
    "Soft Tissue": ("soft_tissue", "soft_tissue_other"),
    "Testis": ("testis", "testis"),
    "Thymus": None,
    "Thyroid": ("thyroid", "thyroid"),
    "Uterus": None,
    "Vulva/Vagina": None,
}

BY_CODE: dict[str, _Pair] = {
    "ADMA": None,
    "ALAL": ("leukemia", "leukemia"),
    "ALCL": ("lymphoma", "anaplastic_large_cell_lymphoma"),
    "ALUCA": ("lung_NSCLC", "lung_NSCLC_carcinoid"),
    "AMBL": ("nervous_system", "medulloblastoma"),
    "AML": ("leukemia", "acute_myeloid_leukaemia"),
    "ANSC": None,
    "APAD": None,
    "ARMM": None,
    "ATLL": ("leukemia", "T_cell_leukemia"),
    "BL": ("lymphoma", "Burkitt_lymphoma"),
    "BLL": ("leukemia", "B_cell_leukemia"),
    "CCSK": None,
    "CELI": None,
    "CENE": None,
    "CERMS": None,
    "CHBL": None,
    "CHDM": None,
    "CHS": ("bone", "chondrosarcoma"),
    "CLLSLL": ("lymphoma", "lymphoid_neoplasm other"),
    "CML": ("leukemia", "chronic_myeloid_leukaemia"),
    "CSCLC": ("lung_SCLC", "lung_small_cell_carcinoma"),
    "DCS": None,
    "DIFG": ("nervous_system", "glioma"),
    "DMBL": ("nervous_system", "medulloblastoma"),
    "EGC": ("stomach", "stomach"),
    "EPDCA": ("aero_dig_tract", "oesophagus"),
    "ES": ("bone", "ewings_sarcoma"),
    "ESCA": ("aero_dig_tract", "oesophagus"),
    "ESCC": ("aero_dig_tract", "oesophagus"),
    "ESST": ("bone", "ewings_sarcoma"),
    "FIBS": ("soft_tissue", "fibrosarcoma"),
    "GCTB": None,
    "GINET": None,
    "GIST": None,
    "GNBL": ("neuroblastoma", "neuroblastoma"),
    "HCL": ("leukemia", "hairy_cell_leukaemia"),
    "HEMA": None,
    "HL": ("lymphoma", "Hodgkin_lymphoma"),
    "HNMUCM": None,
    "LAMN": None,
    "LCLC": ("lung_NSCLC", "lung_NSCLC_large cell"),
    "LIAD": None,
    "LIAS": None,
    "LIMNET": None,
    "LM": None,
    "LUAD": ("lung_NSCLC", "lung_NSCLC_adenocarcinoma"),
    "LUCA": ("lung_NSCLC", "lung_NSCLC_carcinoid"),
    "LUSC": ("lung_NSCLC", "lung_NSCLC_squamous_cell_carcinoma"),
    "MBEN": ("nervous_system", "medulloblastoma"),
    "MBL": ("nervous_system", "medulloblastoma"),
    "MBN": ("lymphoma", "B_cell_lymphoma"),
    "MEL": ("skin", "melanoma"),
    "MF": None,
    "MMBL": ("nervous_system", "medulloblastoma"),
    "MRT": None,
    "MRTL": None,
    "MTNN": ("lymphoma", "lymphoid_neoplasm other"),
    "NBL": ("neuroblastoma", "neuroblastoma"),
    "NSCLC": ("lung_NSCLC", "lung_NSCLC_not specified"),
    "OGCT": None,
    "OS": ("bone", "osteosarcoma"),
    "PANEC": None,
    "PANET": None,
    "PB": None,
    "PBS": None,
    "PCM": ("myeloma", "myeloma"),
    "PGNG": None,
    "PRNE": None,
    "PRSCC": None,
    "PTH": None,
    "RMS": ("soft_tissue", "rhabdomyosarcoma"),
    "RNET": None,
    "SACA": None,
    "SBC": None,
    "SBL": None,
    "SBLU": ("lymphoma", "B_cell_lymphoma"),
    "SCBC": None,
    "SCCE": None,
    "SCLC": ("lung_SCLC", "lung_small_cell_carcinoma"),
    "SCST": None,
    "SIC": None,
    "SPN": None,
    "TAC": None,
    "TGCT": None,
    "TLGL": ("leukemia", "T_cell_leukemia"),
    "TLL": ("leukemia", "lymphoblastic_T_cell_leukaemia"),
    "TLYM": None,
    "TMESO": None,
    "TPLL": ("leukemia", "T_cell_leukemia"),
    "TSCST": None,
    "UCEC": ("endometrium", "endometrium"),
    "UESL": None,
    "UNEC": None,
    "URMM": None,
    "WT": None,
}

LABELS: dict[str, str] = {
    "aero_dig_tract": "upper aerodigestive tract",
    "biliary_tract": "biliary tract",
    "Bladder": "bladder",
    "bone": "bone",
    "breast": "breast",
    "cervix": "cervix",
    "endometrium": "endometrium",
    "kidney": "kidney",
    "large_intestine": "large intestine",
    "leukemia": "leukemia",
    "liver": "liver",
    "lung": "pleura and other lung",
    "lung_NSCLC": "non-small cell lung",
    "lung_SCLC": "small cell lung",
    "lymphoma": "lymphoma",
    "myeloma": "myeloma",
    "nervous_system": "brain",
    "neuroblastoma": "neuroblastoma",
    "ovary": "ovary",
    "pancreas": "pancreas",
    "prostate": "prostate",
    "skin": "skin",
    "soft_tissue": "soft tissue",
    "stomach": "stomach",
    "testis": "testis",
    "thyroid": "thyroid",
    "urogenital_system_other": "other urogenital",
}


def screen_tissue(tumor_type: TumorType) -> ScreenTissue:
    """Return the tissue of the drug screens that a tumor type belongs to.

    Parameters
    ----------
    tumor_type
        A node of OncoTree.

    Returns
    -------
    ScreenTissue
        Both levels, or empty strings where no line of that kind was screened, and how the answer came about.
    """
    if not tumor_type.is_given:
        return _named(None, "the tumor type is not given")
    for code in (tumor_type.code, *tumor_type.ancestors):
        if code in BY_CODE:
            via = "" if code == tumor_type.code else f", a kind of {code}"
            return _named(BY_CODE[code], f"OncoTree {tumor_type.code}{via}")
    return _named(
        BY_TISSUE.get(tumor_type.tissue), f"OncoTree {tumor_type.code}, tissue {tumor_type.tissue or 'not given'}"
    )


def _named(pair: _Pair, source: str) -> ScreenTissue:
    if pair is None:
        return ScreenTissue("", "", f"{source}: no comparable cell lines were screened")
    coarse, fine = pair
    detail = "" if fine == coarse else f" ({fine.replace('_', ' ')})"
    return ScreenTissue(coarse, fine, f"{source}: compared with {LABELS[coarse]} lines{detail}")
