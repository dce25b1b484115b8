"""Every allele of every record of one patient with all that was said of it: what the exports are lines of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from genomodel.core.findings import Disposition, DispositionKind, EvidenceMatch, Finding
from genomodel.core.interpretation_file import AlleleFacts, InterpretationFile, facts_of

SHOWN = (DispositionKind.FINDING, DispositionKind.LISTED, DispositionKind.BENIGN, DispositionKind.PART_OF_CHANGE)
"""Dispositions under which an allele is taken for one of the tumor, so that tier and evidence are its own."""


@dataclass(frozen=True, slots=True)
class AlleleRow:
    """One allele of one record."""

    disposition: Disposition
    facts: AlleleFacts | None
    """``None`` where nothing may be told of it: the patient refused to know of inherited alleles."""
    finding: Finding | None
    """What a finding, a list, or the alleles set aside say of it."""

    @property
    def shown(self) -> bool:
        """Whether tier and evidence are its own: as an allele of the tumor, or an inherited one that a claim covers."""
        inherited = self.disposition.kind is DispositionKind.GERMLINE and bool(self.disposition.tier)
        return inherited or self.disposition.kind in SHOWN

    @property
    def tier(self) -> str:
        """Tier of the allele, empty where it has none; what only would have one were it of the tumor has none."""
        if self.disposition.tier:
            return self.disposition.tier
        return (self.finding.tier or "") if self.shown and self.finding is not None else ""

    @property
    def oncogenicity(self) -> str:
        """Class of the oncogenicity standard, empty where it was not classified."""
        found = self.finding.oncogenicity if self.finding is not None else None
        return found.classification.value if found is not None else ""

    @property
    def not_evaluated(self) -> tuple[str, ...] | None:
        """Codes of the standard that nobody could evaluate; ``None`` where the allele was not classified."""
        found = self.finding.oncogenicity if self.finding is not None else None
        return None if found is None else tuple(code.code for code in found.not_evaluated)

    @property
    def evidence(self) -> tuple[EvidenceMatch, ...]:
        """The statements that give it its tier."""
        return self.finding.evidence if self.shown and self.finding is not None else ()


def allele_rows(made: InterpretationFile) -> Iterator[AlleleRow]:
    """Yield a row for each allele of each record, in the order of the input."""
    content = made.content
    listed = (*content.findings, *content.other_variants, *content.to_confirm, *content.set_aside)
    by_place: dict[tuple[int, str], Finding] = {}
    for finding in listed:
        if finding.variant is not None:
            by_place.setdefault((finding.variant.record, finding.variant.variant.key), finding)
    told = {(facts.record, facts.variant): facts for facts in made.alleles}
    for disposition in content.dispositions:
        place = (disposition.record, disposition.variant)
        found, facts = by_place.get(place), told.get(place)
        if facts is None and found is not None and found.variant is not None:
            facts = facts_of(found.variant)
        yield AlleleRow(disposition, facts, found)
