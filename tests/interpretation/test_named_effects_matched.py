"""Named effects of real tumors, up to the evidence that speaks of them."""

from __future__ import annotations

from pathlib import Path

from genomodel.annotation.maf import read_maf
from genomodel.annotation.named_effects import named_effects
from genomodel.core.findings import Finding
from genomodel.core.variants import Variant, VariantClass
from genomodel.interpretation.interpret import interpret
from tests.interpretation.builders import interpreted, patient, variant
from tests.interpretation.tumors import GRCH37


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


def test_a_deletion_over_the_acceptor_of_kit_exon_11_matches_the_approval_for_the_exon() -> None:
    def therapies(pos: int, ref: str, alt: str) -> set[str]:
        allele = Variant(chrom="4", pos=pos, ref=ref, alt=alt)
        lost = variant("KIT", "X550_splice", VariantClass.SPLICE, place=allele)
        named = lost.model_copy(
            update={"named_effects": named_effects(allele, (lost.consequence,) if lost.consequence else (), GRCH37)}
        )
        found = interpreted("GIST", named, genome=GRCH37).findings
        return {match.evidence.id for finding in found for match in finding.evidence if match.tier == "I-A"}

    assert "kit-ex11-gist-imatinib" in therapies(55593576, "CCACAGAAACCCA", "C")
    assert therapies(55593581, "G", "A") == set()


def effects(finding: Finding) -> set[str]:
    return set() if finding.variant is None else {effect.id for effect in finding.variant.named_effects}


def matched_on(finding: Finding, words: str) -> bool:
    return any(words in match.matched_on for match in finding.evidence)
