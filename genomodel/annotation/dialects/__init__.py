"""Dialects of consequence annotation in VCF: one module each, one row each in :data:`DIALECTS`."""

from genomodel.annotation.dialects.base import Effect, Parser
from genomodel.annotation.dialects.bcsq import make_bcsq_parser
from genomodel.annotation.dialects.snpeff import make_snpeff_parser
from genomodel.annotation.dialects.vep import make_vep_parser

DIALECTS = (
    ("CSQ", make_vep_parser),
    ("ANN", make_snpeff_parser),
    ("BCSQ", make_bcsq_parser),
)
"""INFO key and the function that makes its parser from a header; the first whose key is declared is used."""

__all__ = ["DIALECTS", "Effect", "Parser"]
