"""Alleles of one codon in findings, dispositions and evidence."""

from __future__ import annotations

from pathlib import Path

from genomodel.annotation.maf import read_maf
from genomodel.core.findings import DispositionKind, Interpretation
from genomodel.core.variants import AnnotatedVariant, JointChange, Origin, Phase, Variant, VariantClass
from genomodel.interpretation.interpret import interpret
from genomodel.interpretation.phase import is_open
from tests.interpretation.builders import MISSENSE, TRUNCATING, consequence, interpreted, patient, variant

V600 = 140453136
T = Variant(chrom="7", pos=V600, ref="A", alt="T")
C = Variant(chrom="7", pos=V600 + 1, ref="C", alt="T")
TO_L = Variant(chrom="7", pos=V600 + 1, ref="C", alt="A")


def cis(
    gene: str, first: str, second: str, together: str, kind: VariantClass = MISSENSE, *, also_alone: bool = False
) -> list[AnnotatedVariant]:
    """Return two alleles that share a molecule, as the reader of a file gives them."""
    keys = (T.key, C.key)
    whole = consequence(gene, together, kind)
    found = []
    for i, (place, change) in enumerate(zip((T, C), (first, second), strict=True)):
        own = variant(gene, change, place=place)
        alone = also_alone and i == 0
        joint = JointChange(
            phase=Phase.CIS,
            basis="made",
            partners=(keys[1 - i],),
            alone=consequence(gene, change),
            together=whole,
            also_alone=alone,
        )
        shown = own.consequence if alone else whole
        found.append(own.model_copy(update={"joint": joint, "consequence": shown}))
    return found


def on(result: Interpretation, label: str) -> list[str]:
    (finding,) = (finding for finding in result.findings if finding.label == label)
    return [match.matched_on for match in finding.evidence]


def test_a_claim_on_the_codon_holds_only_where_both_readings_exchange_the_residue() -> None:
    both = [variant("BRAF", "V600E", place=T), variant("BRAF", "V600M", place=C)]
    result = interpreted("MEL", *both)
    assert any(text.startswith("codon") for text in on(result, "BRAF p.V600E, p.V600M or p.V600K (phase unknown)"))
    # Together they end the protein: no claim on V600 holds then, and none on a lost gene otherwise.
    stop = [variant("BRAF", "V600E", place=T), variant("BRAF", "V600L", place=TO_L)]
    result = interpreted("MEL", *stop)
    assert on(result, "BRAF p.V600E, p.V600L or p.V600* (phase unknown)") == []


def test_alleles_of_one_codon_and_unknown_phase_are_one_finding_and_keep_their_dispositions() -> None:
    both = [variant("BRAF", "V600E", place=T), variant("BRAF", "V600M", place=C)]
    result = interpreted("MEL", *both, variant("TP53", "R175H"))
    assert [finding.label for finding in result.findings] == [
        "BRAF p.V600E, p.V600M or p.V600K (phase unknown)",
        "TP53 p.R175H",
    ]
    assert result.findings[0].why.count("shown once for record 2 too") == 1
    first, second, third = result.dispositions
    assert [item.kind for item in (first, second, third)] == [
        DispositionKind.FINDING,
        DispositionKind.PART_OF_CHANGE,
        DispositionKind.FINDING,
    ]
    assert second.reason.startswith("At one codon with record 1, on one DNA molecule or not, and shown there once.")
    assert first.tier == second.tier == result.findings[0].tier == "I-A"
    # In whatever order, and each claim once.
    swapped = interpreted("MEL", both[1], both[0], variant("TP53", "R175H"))
    assert swapped.findings[0].label == result.findings[0].label
    claims = [[match.evidence.id for match in told.findings[0].evidence] for told in (result, swapped)]
    assert claims[0] == claims[1]
    assert len(claims[0]) == len(set(claims[0]))


def test_what_is_known_of_either_allele_of_an_open_codon_is_known_of_their_finding() -> None:
    alone = [variant("BRAF", "V600M", place=C), variant("BRAF", "V600E", place=T)]
    result = interpreted("MEL", *alone)
    (finding,) = result.findings
    apart = [interpreted("MEL", one).findings for one in alone]
    assert finding.hotspot is not None
    assert finding.tier == min(item.tier or "" for found in apart for item in found)


def test_an_allele_that_no_claim_names_alone_is_shown_for_what_it_may_make_together() -> None:
    beside = variant("BRAF", "V600=", VariantClass.SYNONYMOUS, place=Variant(chrom="7", pos=V600 - 1, ref="C", alt="T"))
    result = interpreted("MEL", variant("BRAF", "V600E", place=T), beside)
    assert [finding.label for finding in result.findings] == ["BRAF p.V600E"]
    assert any(text.startswith("allele") for text in on(result, "BRAF p.V600E"))


def test_a_joint_change_is_one_finding_and_every_record_keeps_its_disposition() -> None:
    result = interpreted("MEL", *cis("BRAF", "V600E", "V600M", "V600K"), variant("TP53", "R175H"))
    assert [finding.label for finding in result.findings] == ["BRAF p.V600K", "TP53 p.R175H"]
    assert [(item.record, item.kind) for item in result.dispositions] == [
        (1, DispositionKind.FINDING),
        (2, DispositionKind.PART_OF_CHANGE),
        (3, DispositionKind.FINDING),
    ]
    assert result.dispositions[0].tier == result.dispositions[1].tier == "I-A"
    assert result.dispositions[1].reason == (
        "Part of BRAF p.V600K with record 1, on one DNA molecule, and reported there once."
    )
    assert any(text.startswith("allele") for text in on(result, "BRAF p.V600K"))
    assert "with p.V600M of record 2 (made): together they make p.V600K, alone this one would be p.V600E" in (
        result.findings[0].why
    )


def test_a_joint_change_that_nobody_knows_is_listed_with_all_its_records() -> None:
    result = interpreted("MEL", *cis("MUC16", "A10V", "A10T", "A10M"))
    assert [item.kind for item in result.dispositions] == [DispositionKind.LISTED, DispositionKind.PART_OF_CHANGE]
    assert result.dispositions[1].reason.startswith("Part of MUC16 p.A10M with record 1")
    assert len(result.other_variants) == 1
    silent = interpreted("MEL", *cis("MUC16", "A10V", "A10T", "A10=", VariantClass.SYNONYMOUS))
    assert [item.kind for item in silent.dispositions] == [
        DispositionKind.SYNONYMOUS,
        DispositionKind.PART_OF_CHANGE,
    ]


def test_two_wrongs_that_make_a_stop_are_a_loss_of_the_gene() -> None:
    (finding,) = interpreted("HGSOC", *cis("TP53", "E5K", "E5D", "E5*", TRUNCATING)).findings
    assert finding.label == "TP53 p.E5*"
    assert "Truncating variant" in finding.why


def test_an_allele_that_molecules_also_carry_alone_is_a_finding_of_its_own() -> None:
    result = interpreted("MEL", *cis("BRAF", "V600E", "V600M", "V600K", also_alone=True))
    assert {finding.label for finding in result.findings} == {"BRAF p.V600E", "BRAF p.V600K"}
    (older,) = (finding for finding in result.findings if finding.label == "BRAF p.V600E")
    assert "some molecules carry it together with p.V600M of record 2, which makes p.V600K there" in older.why


def test_an_inherited_part_stays_germline_and_the_somatic_one_is_reported() -> None:
    first, second = cis("BRAF", "V600E", "V600M", "V600K")
    inherited = first.model_copy(update={"origin": Origin.GERMLINE})
    result = interpreted("MEL", inherited, second)
    assert [item.kind for item in result.dispositions] == [DispositionKind.GERMLINE, DispositionKind.FINDING]
    assert [finding.variant.record for finding in result.findings if finding.variant] == [2]


def test_a_repeated_record_of_a_part_is_counted_too() -> None:
    first, second = cis("BRAF", "V600E", "V600M", "V600K")
    result = interpreted("MEL", first, second, first, second)
    assert len(result.findings) == 1
    assert [item.record for item in result.dispositions] == [1, 2, 3, 4]
    assert [item.kind for item in result.dispositions] == [
        DispositionKind.FINDING,
        DispositionKind.PART_OF_CHANGE,
        DispositionKind.DUPLICATE,
        DispositionKind.PART_OF_CHANGE,
    ]
    assert len({item.tier for item in result.dispositions}) == 1


def test_the_called_one_of_two_records_of_an_allele_is_named() -> None:
    filtered = variant("BRAF", "V600M", place=C, origin=Origin.NOT_CALLED)
    result = interpreted("MEL", filtered, variant("BRAF", "V600E", place=T), variant("BRAF", "V600M", place=C))
    (finding,) = (item for item in result.findings if item.label.startswith("BRAF p.V600E"))
    assert "p.V600M of record 3" in finding.why


def test_on_one_molecule_with_an_effect_that_cannot_be_told_matches_no_allele() -> None:
    first, second = (
        item.model_copy(
            update={
                "joint": item.joint.model_copy(update={"together": None}) if item.joint else None,
                "consequence": item.joint.alone if item.joint else None,
            }
        )
        for item in cis("BRAF", "V600E", "V600M", "V600K")
    )
    assert is_open(first)
    result = interpreted("MEL", first, second)
    assert len(result.findings) == 2
    for finding in result.findings:
        assert "what they make together cannot be told" in finding.why
        assert not any(match.matched_on.startswith("allele") for match in finding.evidence)


def test_rows_of_a_mutation_table_are_held_against_each_other(tmp_path: Path) -> None:
    head = (
        "Hugo_Symbol",
        "Chromosome",
        "Start_Position",
        "Reference_Allele",
        "Tumor_Seq_Allele2",
        "Variant_Classification",
        "Tumor_Sample_Barcode",
        "HGVSp_Short",
        "NCBI_Build",
    )
    rows = [
        ("BRAF", "7", str(V600), "A", "T", "Missense_Mutation", "S1", "p.V600E", "GRCh37"),
        ("BRAF", "7", str(V600 + 1), "C", "T", "Missense_Mutation", "S1", "p.V600M", "GRCh37"),
        ("BRAF", "7", str(V600), "A", "T", "Missense_Mutation", "S2", "p.V600E", "GRCh37"),
        ("BRAF", "7", str(V600), "AC", "TT", "Missense_Mutation", "S3", "p.V600K", "GRCh37"),
    ]
    path = tmp_path / "a.maf"
    path.write_text("".join("\t".join(row) + "\n" for row in (head, *rows)))
    labels = [
        [finding.label for finding in interpret(calls, None).findings]
        for calls in read_maf(path, lambda name: patient("MEL"))
    ]
    assert [sorted(found) for found in labels] == [
        ["BRAF p.V600E, p.V600M or p.V600K (phase unknown)"],
        ["BRAF p.V600E"],
        ["BRAF p.V600K"],
    ]
