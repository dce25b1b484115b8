"""Named effects of real tumors, up to the evidence that speaks of them."""

from __future__ import annotations

from pathlib import Path

from genomodel.annotation.maf import read_maf
from genomodel.core.findings import Finding
from genomodel.interpretation.interpret import interpret
from tests.interpretation.builders import patient


def test_every_tandem_duplication_of_the_cohort_matches_its_evidence_whatever_it_is_called(shared_data: Path) -> None:
    leukemia = patient("AML")
    cohort = read_maf(
        shared_data / "tcga_laml" / "tcga_laml.maf.gz", lambda name: leukemia.model_copy(update={"id": name})
    )
    found = [finding for calls in cohort for finding in interpret(calls, None).findings if finding.gene == "FLT3"]
    itd = [finding for finding in found if "FLT3_ITD" in effects(finding)]
    assert len(itd) == 36
    assert all(matched_on(finding, "internal tandem duplication") for finding in itd)
    labelled_otherwise = [finding for finding in itd if "splice-site variant" in finding.label]
    assert len(labelled_otherwise) == 2
    assert all("told by position on GRCh37" in finding.why for finding in labelled_otherwise)
    loop = [finding for finding in found if "FLT3_TKD" in effects(finding)]
    assert loop
    assert not any(matched_on(finding, "internal tandem duplication") for finding in loop)


def effects(finding: Finding) -> set[str]:
    return set() if finding.variant is None else {effect.id for effect in finding.variant.named_effects}


def matched_on(finding: Finding, words: str) -> bool:
    return any(words in match.matched_on for match in finding.evidence)
