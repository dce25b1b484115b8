from __future__ import annotations

import pytest

from genomodel.core.copy_number import (
    CopyNumberCall,
    CopyNumberProfile,
    CopyNumberState,
    PurityPloidy,
    reasons_by_kind,
)
from genomodel.core.provenance import SourceFile
from genomodel.interpretation.copy_number_gaps import copy_number_gaps

SOURCE = SourceFile(name="p.json", sha256="0", kind="copy_number")
KNOWN = PurityPloidy(purity=0.6, source="given")
LOST = CopyNumberCall(gene="CDKN2A", state=CopyNumberState.LOSS, note="possible loss: purity unknown")
NEUTRAL = CopyNumberCall(gene="ERBB2", state=CopyNumberState.NEUTRAL)


def profile(**fields: object) -> CopyNumberProfile:
    given = {"calls": (LOST, NEUTRAL), "assayed_genes": ("CDKN2A", "ERBB2"), "method": "CNVkit, matched normal"}
    return CopyNumberProfile(source=SOURCE, **(given | fields))  # type: ignore[arg-type]


def told(found: CopyNumberProfile | None) -> dict[str, str]:
    return {row.what: row.reason for row in copy_number_gaps(found, {"ERBB2", "MET"}, {"ERBB2", "MET", "AR", "CDKN2A"})}


def test_each_gene_without_an_answer_is_named_with_its_reason() -> None:
    reasons = {"AR": "on chromosome X, and the sex is not given", "MET": "too noisy", "ZZZ3": "too noisy"}
    rows = told(profile(not_assessed=reasons, purity=KNOWN, calls=(NEUTRAL,)))
    assert rows == {
        "Copy number of AR": "On chromosome X, and the sex is not given.",
        "Copy number of MET": "Too noisy.",
    }


def test_a_gene_that_the_input_does_not_have_is_named() -> None:
    assert told(profile(purity=KNOWN, calls=(NEUTRAL,))) == {"Copy number of MET": "Not in the copy-number input."}


@pytest.mark.parametrize("purity", [None, PurityPloidy(source="estimated", reason="ambiguous")])
def test_without_purity_deep_deletions_are_open_and_possible_losses_named(purity: PurityPloidy | None) -> None:
    reason = told(profile(purity=purity))["Deep deletions"]
    assert reason.startswith("Purity is not known")
    assert reason.endswith("Possible losses: CDKN2A.")


def test_against_a_flat_reference_deep_deletions_are_open() -> None:
    reason = told(profile(purity=KNOWN, method="CNVkit, flat reference: capture bias not removed"))["Deep deletions"]
    assert "a bait that fails looks deleted" in reason


def test_a_loss_that_may_be_of_all_copies_is_named_though_purity_is_known() -> None:
    lost = LOST.model_copy(update={"note": "possible loss: one bin only"})
    assert told(profile(purity=KNOWN, calls=(lost, NEUTRAL)))["Deep deletion of CDKN2A"] == (
        "CDKN2A: possible loss: one bin only."
    )


def test_a_gain_that_may_be_an_amplification_is_named_of_genes_with_evidence() -> None:
    note = "amplification: 95 % interval 3.7 to 15.8 copies"
    gains = [CopyNumberCall(gene=g, state=CopyNumberState.GAIN, note=note) for g in ("ERBB2", "ZZZ3")]
    plain = CopyNumberCall(gene="MET", state=CopyNumberState.GAIN)
    for assayed in (("ERBB2", "MET"), None):
        rows = told(profile(purity=KNOWN, calls=(*gains, plain), assayed_genes=assayed))
        assert rows["Amplification of ERBB2"] == f"ERBB2: {note}."


def test_any_table_without_a_purity_leaves_deep_deletions_open() -> None:
    for method in ("", "300 segments of another program (.seg), read from t.seg"):
        assert told(profile(method=method, calls=(NEUTRAL,)))["Deep deletions"].startswith("Purity is not known")
        assert "Deep deletions" not in told(profile(method=method, purity=KNOWN, calls=(NEUTRAL,)))


def test_possible_losses_of_genes_that_tumors_lose_are_named_without_evidence_too() -> None:
    many = tuple(LOST.model_copy(update={"gene": f"G{i}"}) for i in range(60))
    rows = copy_number_gaps(profile(purity=None, calls=(*many, LOST)), {"MET"}, {f"G{i}" for i in range(45)})
    (reason,) = [row.reason for row in rows if row.what == "Deep deletions"]
    assert reason.endswith("G38, G39 and 6 more.")
    rows = copy_number_gaps(profile(purity=None, calls=(*many, LOST)), {"MET"}, ())
    (reason,) = [row.reason for row in rows if row.what == "Deep deletions"]
    assert reason.endswith("Possible losses: CDKN2A.")


def test_while_purity_is_in_dispute_deep_deletions_are_open() -> None:
    (row,) = [
        r for r in copy_number_gaps(profile(purity=KNOWN), {"MET"}, {"CDKN2A"}, 0.9) if r.what == "Deep deletions"
    ]
    assert row.reason.startswith("Purity is in dispute, given 90 %")
    assert "CDKN2A" in row.reason


def test_nothing_given_and_events_only_are_told_apart() -> None:
    assert list(told(None)) == ["Copy number"]
    silent = "Copy number of genes without an event"
    assert list(told(profile(assayed_genes=None, purity=KNOWN, calls=(NEUTRAL,)))) == [silent]
    assert list(told(profile(assayed_genes=None))) == [silent, "Deep deletions"]


def test_reasons_that_differ_in_particulars_only_are_one_row() -> None:
    reasons = {gene: f"too noisy to exclude deep deletion: {n}.1 copies" for n, gene in enumerate(("MET", "AR"))}
    rows = told(profile(not_assessed=reasons, purity=KNOWN, calls=(NEUTRAL,)))
    assert rows == {
        "Copy number of AR, MET": "Too noisy to exclude deep deletion: AR, 1.1 copies; MET, 0.1 copies.",
    }


def test_of_many_genes_a_dozen_reasons_are_told_and_the_rest_counted() -> None:
    many = {f"G{n:02d}": f"too noisy: {n} copies" for n in range(30)} | {"AR": "on Y"}
    (genes, reason), (alone, why) = reasons_by_kind(many)
    assert (len(genes), alone, why) == (30, ["AR"], "on Y")
    assert reason.startswith("too noisy: G00, 0 copies; G01, 1 copies")
    assert reason.endswith("G11, 11 copies; and 18 more")
