from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.calls.copy_number import Context, read_copy_number
from genomodel.core.copy_number import CopyNumberCall, CopyNumberProfile, CopyNumberState
from genomodel.core.patients import Assay, CallingMode, Patient
from genomodel.core.provenance import SourceFile
from genomodel.core.variants import AnnotatedCalls, AnnotatedVariant, Consequence, Origin, Variant, VariantClass
from genomodel.profile.alterations import alterations_from_calls
from genomodel.profile.build import build_profile
from genomodel.profile.features import Feature, FeatureKind
from genomodel.resources.oncotree import resolve_tumor_type

SOURCE = SourceFile(name="x", sha256="0" * 64, kind="vcf")


def variant(
    gene: str,
    change: str,
    origin: Origin = Origin.SOMATIC,
    risk: str | None = None,
    kind: VariantClass = VariantClass.MISSENSE,
    frequency: float | None = None,
) -> AnnotatedVariant:
    return AnnotatedVariant(
        record=1,
        variant=Variant(chrom="chr1", pos=1, ref="A", alt="T"),
        origin=origin,
        origin_reason="test",
        germline_risk=risk,
        population_frequency=frequency,
        consequence=Consequence(gene=gene, variant_class=kind, protein_change=change),
    )


def calls(
    *variants: AnnotatedVariant, assay: Assay = Assay.WES, genes: tuple[str, ...] | None = None
) -> AnnotatedCalls:
    patient = Patient(id="P1", tumor_type=resolve_tumor_type("SKCM"), assay=assay, assayed_genes=genes)
    return AnnotatedCalls(patient=patient, source=SOURCE, n_records=len(variants), variants=variants)


def genes_of(found: AnnotatedCalls) -> list[str]:
    return [mutation.gene for mutation in alterations_from_calls(found, None).mutations]


def test_somatic_and_possible_somatic_protein_changes_count() -> None:
    found = calls(
        variant("BRAF", "V600E"),
        variant("KRAS", "G12D", Origin.UNCERTAIN, "low"),
        variant("TP53", "P72R", Origin.UNCERTAIN, "high"),
        variant("EGFR", "L858R", Origin.GERMLINE),
        variant("PIK3CA", "H1047R", Origin.NOT_CALLED),
        variant("APC", "T1493T", kind=VariantClass.SYNONYMOUS),
    )
    assert genes_of(found) == ["BRAF", "KRAS"]


def test_exome_looks_at_every_gene_and_panel_without_list_at_nobody_knows_which() -> None:
    assert alterations_from_calls(calls(), None).mutation_genes == ("*",)
    assert alterations_from_calls(calls(assay=Assay.PANEL), None).mutation_genes is None
    assert alterations_from_calls(calls(assay=Assay.PANEL, genes=("KRAS",)), None).mutation_genes == ("KRAS",)


def test_copy_number_not_given_is_unknown_and_given_without_events_is_observed() -> None:
    assert alterations_from_calls(calls(), None).copy_number_genes is None
    quiet = CopyNumberProfile(source=SOURCE, assayed_genes=("ERBB2",))
    assert alterations_from_calls(calls(), quiet).copy_number_genes == ("ERBB2",)


def test_event_list_without_assayed_genes_tells_only_of_its_events() -> None:
    listed = CopyNumberProfile(
        source=SOURCE, calls=(CopyNumberCall(gene="ERBB2", state=CopyNumberState.AMPLIFICATION),)
    )
    found = alterations_from_calls(calls(), listed)
    assert found.copy_number == {"ERBB2": CopyNumberState.AMPLIFICATION}
    assert found.copy_number_genes == ("ERBB2",)


def copies(*rows: tuple[str, CopyNumberState, float | None], **fields: object) -> CopyNumberProfile:
    events = tuple(CopyNumberCall(gene=gene, state=state, copies=n) for gene, state, n in rows)
    return CopyNumberProfile(source=SOURCE, calls=events, **fields)  # type: ignore[arg-type]


AMPLIFIED = ("ERBB2", CopyNumberState.AMPLIFICATION, None)
DELETED = ("CDKN2A", CopyNumberState.DEEP_DELETION, None)
NEUTRAL = ("MYC", CopyNumberState.NEUTRAL, None)


def test_file_of_amplifications_and_deletions_alone_says_nothing_of_gains_and_losses() -> None:
    for given in (copies(AMPLIFIED, DELETED), copies(AMPLIFIED, DELETED, NEUTRAL, assayed_genes=("MYC", "ERBB2"))):
        found = alterations_from_calls(calls(), given)
        assert found.copy_number_genes is not None
        assert found.shallow_copy_number_genes is None
    assert alterations_from_calls(calls(), None).shallow_copy_number_genes is None


@pytest.mark.parametrize(
    "given",
    [
        copies(AMPLIFIED, ("MYC", CopyNumberState.GAIN, None), assayed_genes=("ERBB2", "MYC", "TP53")),
        copies(AMPLIFIED, ("MYC", CopyNumberState.LOSS, None), assayed_genes=("ERBB2", "MYC", "TP53")),
        copies(AMPLIFIED, ("MYC", CopyNumberState.NEUTRAL, 2.1), assayed_genes=("ERBB2", "MYC", "TP53")),
    ],
)
def test_file_that_states_gains_or_copies_tells_of_gains_and_losses_too(given: CopyNumberProfile) -> None:
    found = alterations_from_calls(calls(), given)
    assert found.shallow_copy_number_genes == found.copy_number_genes == ("ERBB2", "MYC", "TP53")


def test_list_of_events_with_copies_tells_of_the_genes_it_names_alone() -> None:
    found = alterations_from_calls(calls(), copies(("ERBB2", CopyNumberState.AMPLIFICATION, 14.0)))
    assert found.shallow_copy_number_genes == ("ERBB2",)


def test_tables_as_users_give_them_make_gains_observed_or_not(tmp_path: Path) -> None:
    table = tmp_path / "cn.tsv"
    features = (Feature(FeatureKind.GAIN, "MYC"), Feature(FeatureKind.LOSS, "TP53"))
    expected = {
        "gene\tstate\nERBB2\tamplification\nMYC\tneutral\nTP53\tneutral\n": (False, False),
        "gene\tcopies\nERBB2\t12\nMYC\t2\nTP53\t2.2\n": (True, True),
        "gene\tlog2\nERBB2\t2.5\nMYC\t0\nTP53\t0.1\n": (True, True),
        "gene\tcopies\nERBB2\t12\nMYC\t4\n": (True, False),
        "gene\tstate\nERBB2\tgain\n": (False, False),
    }
    for text, observed in expected.items():
        table.write_text(text)
        profile = build_profile(alterations_from_calls(calls(), read_copy_number(table)), features)
        assert tuple(profile.observed.values()) == observed, text


SEGMENTS = "ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean\n" + "".join(
    f"T\t{chrom}\t1\t99000000\t400\t{log2}\n" for chrom, log2 in ((10, -0.9), (17, 0.0), (7, 0.9), (8, 2.6))
)
GENES = (("PTEN", 10), ("TP53", 17), ("EGFR", 7), ("MYC", 8))
FOCAL = (
    *(Feature(FeatureKind.DEEP_DELETION, gene) for gene, _ in GENES),
    *(Feature(FeatureKind.AMPLIFICATION, gene) for gene, _ in GENES),
    Feature(FeatureKind.GROUP_LOSS, "PTEN"),
    Feature(FeatureKind.LOSS, "PTEN"),
)


def observed_of_segments(folder: Path, purity: float | None, features: tuple[Feature, ...] = FOCAL) -> set[str]:
    table, models = folder / "t.seg", folder / "g.gff3"
    table.write_text(SEGMENTS)
    lines = (f"chr{chrom}\tt\tgene\t5001\t9000\t.\t+\t.\tID=gene:{gene};Name={gene}\n" for gene, chrom in GENES)
    models.write_text("##gff-version 3\n" + "".join(lines))
    patient = calls().patient.model_copy(update={"purity": purity})
    found = read_copy_number(table, Context(gff=str(models), purity=purity))
    of_patient = calls().model_copy(update={"patient": patient})
    profile = build_profile(alterations_from_calls(of_patient, found), features)
    return {name for name, known in profile.observed.items() if known}


def test_segments_without_a_purity_tell_the_model_of_no_deep_deletion(tmp_path: Path) -> None:
    assert observed_of_segments(tmp_path, None) == {
        "PTEN:amplification", "TP53:amplification", "MYC:amplification", "PTEN:loss"
    }, "EGFR is a gain that may be an amplification"  # fmt: skip
    known = observed_of_segments(tmp_path, 0.9)
    assert {"TP53:deep_deletion", "EGFR:deep_deletion", "PTEN:deep_deletion"} <= known
    assert "EGFR:amplification" not in known, "in a doubled genome the gain would be one"


def test_a_single_gene_that_may_have_lost_all_copies_is_unknown_and_so_is_its_group(tmp_path: Path) -> None:
    known = observed_of_segments(tmp_path, 0.64)
    assert "TP53:deep_deletion" in known
    assert not {"PTEN:deep_deletion", "PTEN:group_loss"} & known


def test_fusions_and_instability_stay_unassayed() -> None:
    found = alterations_from_calls(calls(), None)
    assert not found.fusions_assayed
    assert found.msi_high is None


def test_gene_of_a_variant_set_aside_is_named_with_the_reason() -> None:
    found = alterations_from_calls(
        calls(
            variant("PTEN", "K128fs", Origin.UNCERTAIN, "high", VariantClass.TRUNCATING),
            variant("ATM", "R1A", Origin.UNCERTAIN, "high", frequency=0.004),
            variant("TP53", "P72R", Origin.UNCERTAIN, "high", frequency=0.7),
            variant("KRAS", "G12D", Origin.UNCERTAIN, "low"),
            variant("EGFR", "L858R", Origin.GERMLINE),
            variant("PIK3CA", "H1047R", Origin.NOT_CALLED),
            variant("APC", "T1493T", Origin.UNCERTAIN, "high", VariantClass.SYNONYMOUS),
        ),
        None,
    )
    assert found.mutation_genes_set_aside == {"ATM": "p.R1A: test", "PTEN": "p.K128fs: test"}
    assert [mutation.gene for mutation in found.mutations] == ["KRAS"]


def test_variant_that_a_caller_filtered_as_inherited_without_a_normal_is_set_aside() -> None:
    found = calls(variant("BRCA2", "K3326*", Origin.GERMLINE), variant("TP53", "P72R", Origin.GERMLINE, frequency=0.7))
    alone = found.model_copy(update={"patient": found.patient.model_copy(update={"mode": CallingMode.TUMOR_ONLY})})
    paired = found.model_copy(update={"patient": found.patient.model_copy(update={"mode": CallingMode.TUMOR_NORMAL})})
    assert list(alterations_from_calls(alone, None).mutation_genes_set_aside) == ["BRCA2"]
    assert alterations_from_calls(paired, None).mutation_genes_set_aside == {}
