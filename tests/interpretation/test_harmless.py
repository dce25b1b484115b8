"""A truncation that leaves the function meets nothing that asks for a loss, a truncation or any mutation."""

from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.core.variants import Origin
from genomodel.interpretation.evidence_search import KnownEvidence
from genomodel.interpretation.findings import listed_variant
from genomodel.interpretation.germline_policy import pathogenic_words
from genomodel.interpretation.knowledge import rules_by_gene
from genomodel.interpretation.matching import Tumor
from genomodel.interpretation.matching.harmless import harmless_truncation
from genomodel.interpretation.rule_sets import RuleSet, rule_set
from genomodel.interpretation.second_allele import takes_function
from tests.interpretation.builders import TRUNCATING, patient, variant
from tests.interpretation.textbook import Case, matches, run
from tests.interpretation.tumors import statement

STOP = variant("BRCA2", "K3326*", TRUNCATING)


@pytest.mark.parametrize(
    ("gene", "change", "known"),
    [
        ("BRCA2", "K3326*", True),
        ("BRCA2", "K3325*", False),
        ("BRCA2", "K3326fs", False),
        ("BRCA1", "K3326*", False),
    ],
)
def test_the_allele_and_no_other_is_known(gene: str, change: str, known: bool) -> None:
    found = harmless_truncation(variant(gene, change, TRUNCATING).consequence)
    assert (found is not None) is known
    assert found is None or "https://doi.org/10.1093/jnci/djy002" in found.words


def test_the_words_of_the_annotator_may_be_of_three_letters() -> None:
    assert STOP.consequence is not None
    told = STOP.consequence.model_copy(update={"protein_change": "", "hgvs_p": "ENSP1:p.Lys3326Ter"})
    assert harmless_truncation(told) is not None
    assert harmless_truncation(None) is None


@pytest.mark.parametrize("kind", ["mutation", "truncating", "nonsense", "loss_of_function"])
@pytest.mark.parametrize("base", ["core", "civic", "moalmanac", "own"])
def test_no_base_takes_it_for_a_loss(kind: str, base: str) -> None:
    rules = RuleSet([statement("any", kind, "BRCA2", knowledge_base=base, tumor_types=("PRAD",))])
    for change, held in (("K3326*", set()), ("K3325*", {"any"})):
        case = Case({"id": "x", "tumor_type": "PRAD", "alterations": f"BRCA2 {change}", "facts": ""})
        assert {match.evidence.id for match in matches(run(case, rules))} == held


def test_what_names_it_holds() -> None:
    rules = RuleSet([statement("named", "allele:K3326*", "BRCA2", tumor_types=("PRAD",))])
    case = Case({"id": "x", "tumor_type": "PRAD", "alterations": "BRCA2 K3326*", "facts": ""})
    assert {match.evidence.id for match in matches(run(case, rules))} == {"named"}


@pytest.mark.parametrize("bases", [(), ("civic",), ("moalmanac",), ("civic", "moalmanac")])
@pytest.mark.parametrize("code", ["HGSOC", "PRAD", "BRCA", "PAAD"])
@pytest.mark.parametrize("origin", ["", " {origin=germline}"])
def test_no_released_base_gives_it_a_tier_of_evidence(
    shared_data: Path, monkeypatch: pytest.MonkeyPatch, bases: tuple[str, ...], code: str, origin: str
) -> None:
    monkeypatch.setenv("GENOMODEL_MIRROR", str(shared_data))
    case = Case({"id": "x", "tumor_type": code, "alterations": f"BRCA2 K3326*{origin}", "facts": ""})
    result = run(case, rule_set(bases))
    assert not matches(result)
    assert not result.findings
    (disposition,) = result.dispositions
    assert disposition.tier == ("" if origin else "III")
    assert ("leaves the function" in disposition.reason) is not bool(origin)


def test_it_is_no_second_hit_and_no_flag_of_an_inherited_variant() -> None:
    who = patient("HGSOC")
    known = KnownEvidence.of(rules_by_gene(), Tumor(build=who.genome), who)
    for change, held in ((STOP, False), (variant("BRCA2", "S1982fs", TRUNCATING), True)):
        assert takes_function(listed_variant(change, known, "x"), who) is held
        inherited = change.model_copy(update={"origin": Origin.GERMLINE})
        assert bool(pathogenic_words(inherited, who, by_loss=True)) is held
