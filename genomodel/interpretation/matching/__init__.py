"""Whether alterations satisfy the rules of statements."""

from genomodel.interpretation.matching.legacy import (
    BY_POSITION,
    KINDS,
    LOSS_OF_FUNCTION,
    SILENT,
    Alteration,
    match_rule,
    parse_rule,
)

__all__ = [
    "BY_POSITION",
    "KINDS",
    "LOSS_OF_FUNCTION",
    "SILENT",
    "Alteration",
    "match_rule",
    "parse_rule",
]
