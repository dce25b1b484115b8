"""Which statements of knowledge a tumor satisfies: criteria by kind, logical profiles, and at which resolution.

:func:`tumor_of` gathers what is altered and what was looked at; :func:`match_statements` and :func:`open_statements`
hold statements against it; :func:`parse_rule` reads the text form of a profile.
"""

from genomodel.annotation.named_effects import BY_POSITION
from genomodel.interpretation.matching.alterations import (
    Alteration,
    Assayed,
    GeneCopies,
    JoinedGenes,
    LostExons,
    SmallVariant,
    Tumor,
    gene_key,
)
from genomodel.interpretation.matching.answers import (
    Hit,
    OpenStatement,
    PartMatch,
    Resolution,
    StatementMatch,
    Truth,
)
from genomodel.interpretation.matching.build import tumor_of
from genomodel.interpretation.matching.classes import LOSS_OF_FUNCTION, SILENT, plain_criteria
from genomodel.interpretation.matching.evaluate import (
    StatementIndex,
    evaluate,
    match_statements,
    matches_if_present,
    open_statements,
)
from genomodel.interpretation.matching.grammar import parse_rule
from genomodel.interpretation.matching.registry import KINDS, check_criterion

__all__ = [
    "BY_POSITION",
    "KINDS",
    "LOSS_OF_FUNCTION",
    "SILENT",
    "Alteration",
    "Assayed",
    "GeneCopies",
    "Hit",
    "JoinedGenes",
    "LostExons",
    "OpenStatement",
    "PartMatch",
    "Resolution",
    "SmallVariant",
    "StatementIndex",
    "StatementMatch",
    "Truth",
    "Tumor",
    "check_criterion",
    "evaluate",
    "gene_key",
    "match_statements",
    "matches_if_present",
    "open_statements",
    "parse_rule",
    "plain_criteria",
    "tumor_of",
]
