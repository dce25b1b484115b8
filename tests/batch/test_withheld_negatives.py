from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from genomodel.batch import load_tumor
from genomodel.core.assays import Assays
from genomodel.core.copy_number import CopyNumberCall, CopyNumberProfile, CopyNumberState, PurityPloidy
from genomodel.core.identity import CheckName, CheckStatus, IdentityCheck, IdentityChecks
from genomodel.core.microsatellites import InstabilityClass, MicrosatelliteAssay
from genomodel.core.provenance import SourceFile
from genomodel.core.rearrangements import GeneAnswer, Material, RearrangementAssay
from genomodel.response.bundle import load_bundle
from genomodel.workup import work_up
from tests.batch.test_batch import case

ALK = GeneAnswer(gene="ALK", assessable=True, material=Material.DNA, reason="whole genome")
IN_NORMAL = IdentityCheck(
    name=CheckName.TUMOR_IN_NORMAL, subject="normal", status=CheckStatus.FAILED, value="60% (55 to 65%)"
)

FOREIGN = IdentityCheck(
    name=CheckName.CONTAMINATION, subject="tumor", status=CheckStatus.FAILED, value="60%", estimate=0.6
)


def test_the_report_withholds_what_the_normal_a_low_purity_or_foreign_dna_leaves_open(tmp_path: Path) -> None:
    data = load_tumor(case(tmp_path, "P1"))
    assays = Assays(
        msi=MicrosatelliteAssay(method="x", status=InstabilityClass.STABLE, purity=0.2),
        rearrangements=RearrangementAssay(genes=(ALK,)),
        identity=IdentityChecks(checks=(IN_NORMAL,)),
    )
    sound = assays.model_copy(update={"identity": None})
    poor = data.calls.patient.model_copy(update={"purity": 0.1})
    diluted = assays.model_copy(update={"identity": IdentityChecks(checks=(FOREIGN,))})
    half = poor.model_copy(update={"purity": 0.4})
    cases = (
        (None, sound, True),
        (None, assays, False),
        (poor, sound, False),
        (half, sound, True),
        (half, diluted, False),
    )
    for patient, given, seen in cases:
        calls = data.calls if patient is None else data.calls.model_copy(update={"patient": patient})
        found = work_up(replace(data, calls=calls, assays=given), load_bundle()).report.assays
        assert found.rearrangements is not None
        assert found.msi is not None
        assert found.rearrangements.genes[0].assessable is seen
        assert (found.msi.status is InstabilityClass.STABLE) is seen


def test_copies_are_no_negatives_where_the_normal_holds_the_tumor_or_dna_is_foreign(tmp_path: Path) -> None:
    data = load_tumor(case(tmp_path, "P1"))
    profile = CopyNumberProfile(
        source=SourceFile(name="x", sha256="", kind="bed"),
        calls=(
            CopyNumberCall(gene="BRAF", state=CopyNumberState.NEUTRAL),
            CopyNumberCall(gene="PTEN", state=CopyNumberState.LOSS),
        ),
        assayed_genes=("BRAF", "PTEN"),
        purity=PurityPloidy(purity=0.8, source="given"),
        method="CNVkit, matched normal",
    )
    estimated = profile.model_copy(update={"purity": PurityPloidy(purity=0.8, source="estimated")})
    cases = (
        (profile, (), True, ""),
        (profile, (IN_NORMAL,), False, "possible loss of all copies: the normal may hide what is the tumor's"),
        (profile, (FOREIGN,), True, "possible loss of all copies: 60% of the tumor's DNA is foreign"),
        (profile, (FOREIGN.model_copy(update={"estimate": 0.1}),), True, ""),
        (estimated, (FOREIGN,), True, ""),
    )
    for given, checks, neutral, note in cases:
        assays = Assays(identity=IdentityChecks(checks=checks))
        found = work_up(replace(data, copy_number=given, assays=assays), load_bundle()).report.copy_number
        assert found is not None
        assert ("BRAF" in (found.assayed_genes or ())) is neutral
        (lost,) = (call for call in found.calls if call.gene == "PTEN")
        assert lost.note.startswith(note)
        assert bool(lost.note) is bool(note)
