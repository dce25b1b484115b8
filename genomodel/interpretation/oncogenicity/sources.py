"""What classification may ask: tables of this package, the annotation of the variant, statements on function."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from genomodel.core.findings import EvidenceType
from genomodel.core.knowledge import Statement
from genomodel.core.patients import Patient
from genomodel.interpretation.matching import StatementIndex

FUNCTION_TYPES = (EvidenceType.FUNCTIONAL, EvidenceType.ONCOGENIC)


class SourceName(StrEnum):
    """A source that classification asks."""

    GENE_ROLES = "gene_roles"
    HOTSPOTS = "hotspots"
    ESTABLISHED = "established"
    """Variants that others classified, ClinVar's oncogenicity among them."""
    FUNCTION = "function"
    POPULATION = "population"
    IN_SILICO = "in_silico"
    ETIOLOGY = "etiology"
    DOMAINS = "domains"


@dataclass(frozen=True)
class OncogenicitySources:
    """The sources that there are, for the variants of one patient."""

    patient: Patient
    function: StatementIndex | None = None
    """Statements on function and oncogenicity; ``None`` where no knowledge base that has any is loaded."""
    without: frozenset[SourceName] = field(default_factory=frozenset)
    """Sources that are not to be asked."""

    def has(self, source: SourceName) -> bool:
        """Whether a source may be asked."""
        return source not in self.without


def about_function(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """Return the statements on what a variant does to the protein or to cells."""
    return tuple(statement for statement in statements if statement.evidence.evidence_type in FUNCTION_TYPES)
