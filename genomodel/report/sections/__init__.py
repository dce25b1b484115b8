"""The sections of a report in reading order.

A new section costs one function that turns the report into what its template shows, one template
``templates/sections/<id>.html.j2``, and one row in `SECTIONS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from genomodel.core.report import PatientReport
from genomodel.report.catalog import say
from genomodel.report.medium import Medium
from genomodel.report.sections.biomarkers import biomarkers
from genomodel.report.sections.closing import limitations, methods
from genomodel.report.sections.copy_number import copy_number
from genomodel.report.sections.evidence import evidence, not_assessable, other_findings, set_aside
from genomodel.report.sections.front import patient, summary
from genomodel.report.sections.glossary import glossary
from genomodel.report.sections.identity import identity
from genomodel.report.sections.inherited import germline, trials
from genomodel.report.sections.looked_for import looked_for
from genomodel.report.sections.microsatellites import microsatellites
from genomodel.report.sections.pictures import pictures
from genomodel.report.sections.predictions import predictions
from genomodel.report.sections.quality import quality
from genomodel.report.sections.reads import reads
from genomodel.report.sections.rearrangements import rearrangements
from genomodel.report.sections.records import dispositions, variants
from genomodel.report.sections.repurposing import repurposing
from genomodel.report.sections.sign_off import sign_off


@dataclass(frozen=True)
class Section:
    """One section: its anchor and template name, its heading, and the function that fills it."""

    id: str
    title: str
    context: Callable[[PatientReport, Medium], dict[str, Any]]
    in_contents: bool = True
    negatives: bool = True
    """Whether it could be read as saying that something is absent, which the report of a failed sample warns of."""

    @property
    def template(self) -> str:
        """Name of the section's template."""
        return f"sections/{self.id}.html.j2"


SECTIONS: tuple[Section, ...] = (
    Section("summary", say("front.title"), summary, negatives=False),
    Section("evidence", say("evidence.title"), evidence),
    Section("set-aside", say("set_aside.title"), set_aside),
    Section("findings", say("findings.title"), other_findings),
    Section("reads", say("reads.title"), reads, negatives=False),
    Section("not-assessable", say("not_assessable.title"), not_assessable, negatives=False),
    Section("looked-for", say("looked_for.title"), looked_for),
    Section("pictures", say("pictures.section.title"), pictures),
    Section("rearrangements", say("rearrangements.title"), rearrangements),
    Section("copy-number", say("copy_number.title"), copy_number),
    Section("microsatellites", say("microsatellites.title"), microsatellites),
    Section("biomarkers", say("biomarkers.title"), biomarkers),
    Section("germline", say("germline.title"), germline),
    Section("trials", say("trials.title"), trials),
    Section("patient", say("front.facts_title"), patient, negatives=False),
    Section("identity", say("identity.title"), identity, negatives=False),
    Section("quality", say("quality.title"), quality, negatives=False),
    Section("predictions", say("predictions.title"), predictions, negatives=False),
    Section("repurposing", say("repurposing.title"), repurposing, negatives=False),
    Section("variants", say("variants.title"), variants),
    Section("records", say("records.title"), dispositions, negatives=False),
    Section("methods", say("methods.title"), methods, negatives=False),
    Section("limitations", say("limitations.title"), limitations, negatives=False),
    Section("glossary", say("glossary.title"), glossary, negatives=False),
    Section("sign-off", say("sign_off.title"), sign_off, negatives=False),
)
