from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from genomodel.annotation.completion import complete
from genomodel.annotation.csq import annotate_vcf
from genomodel.annotation.derived_info import DERIVED_INFO, DERIVED_LINE, entries, read_derived
from genomodel.annotation.dialects.base import CANONICAL, MANE_PLUS, MANE_SELECT, Effect
from genomodel.annotation.vcf import read_annotated_vcf
from genomodel.calls.vcf_text import VcfReader
from genomodel.core.errors import InputError
from genomodel.core.variants import AnnotatedCalls, Consequence, VariantClass
from tests.annotation.builders import patient
from tests.annotation.coding_genome import at, gff, open_engine
from tests.calls.builders import write_vcf


def by_bases(**facts: object) -> Consequence:
    known: dict[str, object] = {
        "gene": "EGFR",
        "transcript": "ENST00000275493.7",
        "terms": ("missense_variant",),
        "variant_class": VariantClass.MISSENSE,
        "hgvs_c": "c.2573T>G",
        "hgvs_p": "p.Leu858Arg",
        "protein_change": "L858R",
        "exon": "21/28",
        "codons": "cTg/cGg",
        "mane": "select",
        "source": "bases",
    }
    return Consequence.model_validate(known | facts)


def annotated(source: str = "CSQ", **facts: object) -> Effect:
    known: dict[str, object] = {
        "gene": "EGFR",
        "transcript": "ENST00000275493.7",
        "terms": ("missense_variant",),
        "variant_class": VariantClass.MISSENSE,
        "hgvs_p": "p.Leu858Arg",
        "protein_change": "L858R",
        "source": source,
    }
    return Effect(Consequence.model_validate(known | facts))


def test_what_is_open_is_filled_and_named() -> None:
    (effect,) = complete((annotated(exon="20/27"),), (by_bases(),))
    filled = effect.consequence
    assert (filled.hgvs_c, filled.codons, filled.protein_change) == ("c.2573T>G", "cTg/cGg", "L858R")
    assert filled.exon == "20/27"
    assert filled.derived == ("hgvs_c", "codons")
    assert (filled.by_bases, filled.mane, filled.source) == ("", "select", "CSQ")


def test_another_protein_change_stays_beside_the_annotator_s() -> None:
    (effect,) = complete((annotated(protein_change="L857R", hgvs_p="p.Leu857Arg"),), (by_bases(),))
    assert (effect.consequence.protein_change, effect.consequence.by_bases) == ("L857R", "L858R")
    assert "protein_change" not in effect.consequence.derived


@pytest.mark.parametrize(
    ("source", "said", "bases", "shown", "unlike"),
    [
        ("CSQ", "", "E746_A750del", "E746_A750del", ""),
        ("CSQ", "W288fs", "W288Cfs*12", "W288Cfs*12", ""),
        ("CSQ", "W288Cfs", "W288Cfs*12", "W288Cfs*12", ""),
        ("CSQ", "W288Cfs*12", "W288Cfs*12", "W288Cfs*12", ""),
        ("CSQ", "W288Cfs*9", "W288Cfs*12", "W288Cfs*9", "W288Cfs*12"),
        ("CSQ", "W289fs", "W288Cfs*12", "W289fs", "W288Cfs*12"),
        ("BCSQ", "*214Rext*?", "*214Rext*14", "*214Rext*14", ""),
        # csq gives residues with one neighbor, from which no duplication can be told.
        ("BCSQ", "V769delinsVASV", "A767_V769dup", "A767_V769dup", ""),
        ("CSQ", "V769delinsVASV", "A767_V769dup", "V769delinsVASV", "A767_V769dup"),
        ("CSQ", "L858R", "L858=", "L858R", "L858="),
    ],
)
def test_a_name_that_says_less_is_completed_and_no_other(
    source: str, said: str, bases: str, shown: str, unlike: str
) -> None:
    (effect,) = complete((annotated(source, protein_change=said, hgvs_p=""),), (by_bases(protein_change=bases),))
    assert (effect.consequence.protein_change, effect.consequence.by_bases) == (shown, unlike)
    assert ("protein_change" in effect.consequence.derived) == (shown != said)


@pytest.mark.parametrize(
    ("said", "bases"), [("V769delinsVAS", "A767_V769dup"), ("N55Tfs*51", "N55Sfs*51"), ("L858R", "L858=")]
)
def test_the_bases_go_before_csq_that_was_run_beside_them(said: str, bases: str) -> None:
    (effect,) = complete((annotated("BCSQ", protein_change=said, hgvs_p=""),), (by_bases(protein_change=bases),))
    assert effect.consequence == by_bases(protein_change=bases, annotator_says=said)


SPLICE_BY_CSQ = {"terms": ("splice_acceptor_variant",), "variant_class": VariantClass.SPLICE, "protein_change": ""}
DELETION = {
    "terms": ("inframe_deletion", "splice_region_variant"),
    "variant_class": VariantClass.INFRAME_DELETION,
    "protein_change": "I491_L492del",
}
INTRON = {
    "terms": ("splice_region_variant", "intron_variant"),
    "variant_class": VariantClass.NONCODING,
    "protein_change": "",
    "hgvs_p": "",
}
SHIFT = {
    "terms": ("frameshift_variant", "splice_region_variant"),
    "variant_class": VariantClass.TRUNCATING,
    "protein_change": "N581Sfs*17",
}
REGION = {"terms": ("splice_region_variant",), "variant_class": VariantClass.NONCODING, "protein_change": ""}


@pytest.mark.parametrize(
    ("csq", "bases", "words"),
    [
        # Deletions and insertions in repeats at borders of exons, which csq reads at their leftmost place.
        (SPLICE_BY_CSQ, DELETION, "splice_acceptor_variant"),
        (SPLICE_BY_CSQ, INTRON, "splice_acceptor_variant"),
        (REGION, SHIFT, "splice_region_variant"),
        (SPLICE_BY_CSQ | {"terms": ("inframe_deletion",), "protein_change": "Q928_V929del"}, SHIFT, "Q928_V929del"),
    ],
)
def test_class_terms_and_name_follow_one_reading(csq: dict[str, object], bases: dict[str, object], words: str) -> None:
    (effect,) = complete((annotated("BCSQ", hgvs_p="", **csq),), (by_bases(**bases),))
    assert effect.consequence == by_bases(**bases, annotator_says=words)


def test_terms_are_those_of_the_bases_where_csq_agrees() -> None:
    csq = annotated("BCSQ", hgvs_p="", terms=("synonymous_variant", "missense_variant"))
    (effect,) = complete((csq,), (by_bases(),))
    assert (effect.consequence.source, effect.consequence.annotator_says) == ("BCSQ", "")
    assert effect.consequence.terms == ("missense_variant",)


@pytest.mark.parametrize("silent", [VariantClass.NONCODING, VariantClass.SYNONYMOUS])
def test_two_words_for_an_unchanged_protein_do_not_contradict(silent: VariantClass) -> None:
    same = {"terms": ("splice_region_variant", "synonymous_variant"), "protein_change": "L2118=", "hgvs_p": ""}
    csq = annotated("BCSQ", variant_class=silent, **same)
    (effect,) = complete((csq,), (by_bases(variant_class=VariantClass.SYNONYMOUS, **same),))
    assert (effect.consequence.annotator_says, effect.consequence.variant_class) == ("", VariantClass.SYNONYMOUS)


def test_csq_stays_where_the_bases_cannot_tell() -> None:
    unknown = by_bases(protein_change="", hgvs_p="p.?", terms=("coding_sequence_variant",))
    (effect,) = complete((annotated("BCSQ"),), (unknown,))
    assert (effect.consequence.protein_change, effect.consequence.by_bases) == ("L858R", "coding_sequence_variant")


def test_another_version_of_the_transcript_is_another_transcript() -> None:
    kept, own = complete((annotated(transcript="ENST00000275493.4", hgvs_p=""),), (by_bases(),))
    assert (kept.consequence.hgvs_c, kept.consequence.derived) == ("", ())
    assert own.consequence == by_bases()
    (filled,) = complete((annotated(transcript="ENST00000275493"),), (by_bases(),))
    assert (filled.consequence.transcript, filled.consequence.hgvs_c) == ("ENST00000275493.7", "c.2573T>G")
    assert filled.consequence.derived == ("hgvs_c", "exon", "codons", "transcript")


def test_numbers_of_what_may_be_another_version_are_not_mixed() -> None:
    (kept,) = complete((annotated(transcript="ENST00000275493", protein_change="L813R"),), (by_bases(),))
    assert (kept.consequence.by_bases, kept.consequence.hgvs_c, kept.consequence.derived) == ("L858R", "", ())
    assert kept.consequence.transcript == "ENST00000275493"


@pytest.mark.parametrize(
    ("stated", "bases", "unlike"),
    [
        ("c.2573T>G", "c.2573T>G", ""),
        ("ENST00000275493.7:c.2235_2249delGGAATTAAGAGAAGC", "c.2235_2249del", ""),
        ("c.2234_2248del", "c.2235_2249del", "c.2235_2249del"),
        ("c.2240_2257delinsC", "c.2240_2257del", "c.2240_2257del"),
    ],
)
def test_another_coding_change_is_kept_visible(stated: str, bases: str, unlike: str) -> None:
    (effect,) = complete((annotated(hgvs_c=stated),), (by_bases(hgvs_c=bases),))
    assert (effect.consequence.hgvs_c, effect.consequence.by_bases) == (stated, unlike)


def test_the_own_annotator_s_transcripts_get_their_versions() -> None:
    (effect,) = complete((annotated("BCSQ", transcript="ENST00000275493"),), (by_bases(),))
    assert effect.consequence.transcript == "ENST00000275493.7"
    assert "transcript" in effect.consequence.derived


def test_a_gene_named_without_transcript_gets_the_first_that_fits() -> None:
    intron = {"terms": ("intron_variant",), "variant_class": VariantClass.NONCODING, "protein_change": "", "hgvs_p": ""}
    given = annotated("BCSQ", transcript="", **intron)
    (effect,) = complete((given,), (by_bases(hgvs_c="c.2469+10A>G", codons="", exon="", intron="20/27", **intron),))
    found = effect.consequence
    assert (found.transcript, found.hgvs_c, found.intron) == ("ENST00000275493.7", "c.2469+10A>G", "20/27")


def test_a_changed_protein_is_not_hidden_behind_an_annotator_that_saw_none() -> None:
    given = annotated(terms=("intron_variant",), variant_class=VariantClass.NONCODING, protein_change="", hgvs_p="")
    kept, added = complete((given,), (by_bases(),))
    assert (kept.consequence.variant_class, kept.consequence.by_bases) == (VariantClass.NONCODING, "L858R")
    assert added.consequence == by_bases()


def test_transcripts_that_nobody_spoke_of_are_added_by_their_standing() -> None:
    plus = by_bases(transcript="ENST2.1", mane="plus_clinical")
    other, chosen = by_bases(transcript="ENST3.1", mane=""), by_bases(transcript="ENST4.1", mane="")
    found = complete((), (by_bases(), plus, other, chosen), frozenset({"ENST4"}))
    assert [effect.tier for effect in found] == [MANE_SELECT, MANE_PLUS, 3, CANONICAL]


def test_entries_survive_what_a_vcf_reserves(tmp_path: Path) -> None:
    one = by_bases(protein_change="L858=", hgvs_c="c.[1A>T;2C>G]", gene="A,B|C 100%", codons="")
    text = ",".join(entries([(), (one, by_bases())]))
    assert not set(" ;=") & set(text)
    path = write_vcf(tmp_path / "x.vcf", [f"1\t5\t.\tA\tC,G\t.\tPASS\t{DERIVED_INFO}={text}"], (), (DERIVED_LINE,))
    (record,) = VcfReader(path)
    assert read_derived(record) == ((), (one, by_bases()))


@pytest.mark.parametrize("text", ["1|EGFR", "3" + "|" * 11, "x" + "|" * 11, "1|G|T|x|harmless|||||||"])
def test_a_damaged_entry_is_refused(tmp_path: Path, text: str) -> None:
    path = write_vcf(tmp_path / "x.vcf", [f"1\t5\t.\tA\tC,G\t.\tPASS\t{DERIVED_INFO}={text}"], (), (DERIVED_LINE,))
    (record,) = VcfReader(path)
    with pytest.raises(InputError, match="no entry of GM_HGVS"):
        read_derived(record)


VEP = (
    '##INFO=<ID=CSQ,Number=.,Type=String,Description="Consequence annotations from Ensembl VEP. Format: '
    'Allele|Consequence|SYMBOL|Feature|BIOTYPE|Amino_acids|Protein_position">'
)


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str, tuple[str, ...]], AnnotatedCalls]:
    open_engine(tmp_path / "genome", models=gff(attributes=";tag=Ensembl_canonical")).close()

    def run(row: str, meta: tuple[str, ...]) -> AnnotatedCalls:
        source = write_vcf(tmp_path / "in.vcf", [row.replace(" ", "\t")], (), ("##contig=<ID=c,length=287>", *meta))
        folder = tmp_path / "genome"
        annotate_vcf(source, folder / "ref.fa", folder / "genes.gff3", tmp_path / "out.vcf.gz")
        return read_annotated_vcf(tmp_path / "out.vcf.gz", patient())

    return run


def test_an_unannotated_vcf_gets_every_column(read: Callable[[str, tuple[str, ...]], AnnotatedCalls]) -> None:
    (variant,) = read(f"c {at(8) + 1} . T A . PASS .", ()).variants
    found = variant.consequence
    assert found is not None
    assert (found.source, found.transcript, found.hgvs_c) == ("BCSQ", "TR1.3", "c.8T>A")
    assert (found.protein_change, found.hgvs_p, found.exon) == ("V3E", "p.Val3Glu", "1/3")
    assert set(found.derived) == {"transcript", "hgvs_c", "exon", "codons"}


def test_a_repeat_at_a_border_is_read_by_the_bases(
    read: Callable[[str, tuple[str, ...]], AnnotatedCalls],
) -> None:
    calls = read(f"c {at(18) + 1} . T TGCT . PASS .", ())
    found = calls.variants[0].consequence
    assert found is not None
    assert (found.variant_class, found.terms) == (VariantClass.INFRAME_INSERTION, ("inframe_insertion",))
    assert (found.protein_change, found.hgvs_p, found.exon) == ("A6dup", "p.Ala6dup", "2/3")
    assert found.annotator_says == "splice_acceptor_variant"
    (step,) = [step for step in calls.steps if step.name == "Consequences by the bases"]
    assert "1 are taken from the bases: GENE TR1.3 A6dup, by csq splice_acceptor_variant" in step.detail


def test_vep_s_own_words_stay_and_its_gaps_are_filled(
    read: Callable[[str, tuple[str, ...]], AnnotatedCalls],
) -> None:
    row = f"c {at(8) + 1} . T A . PASS CSQ=A|missense_variant|GENE|TR1|protein_coding|V/E|3"
    calls = read(row, (VEP,))
    found = calls.variants[0].consequence
    assert found is not None
    assert (found.source, found.protein_change, found.hgvs_c) == ("CSQ", "V3E", "c.8T>A")
    assert found.derived == ("hgvs_c", "exon", "codons", "transcript")
    (step,) = [step for step in calls.steps if step.name == "Consequences by the bases"]
    assert step.detail == "1 reported consequences completed from genome and gene models"


def test_a_disagreement_of_vep_and_bases_is_told(read: Callable[[str, tuple[str, ...]], AnnotatedCalls]) -> None:
    row = f"c {at(8) + 1} . T A . PASS CSQ=A|missense_variant|GENE|TR1|protein_coding|V/E|4"
    calls = read(row, (VEP,))
    found = calls.variants[0].consequence
    assert found is not None
    assert (found.protein_change, found.by_bases) == ("V4E", "V3E")
    (step,) = [step for step in calls.steps if step.name == "Consequences by the bases"]
    assert "1 say something else by the bases and stay as annotated: GENE TR1 V4E, by bases V3E" in step.detail


def test_the_real_genome_s_columns_agree_with_csq(shared_data: Path, tmp_path: Path) -> None:
    genome = shared_data / "genome"
    rows = ["chr7\t55249009\t.\tG\tGGCCAGCGTG\t.\tPASS\t.", "chr7\t55259515\t.\tT\tG\t.\tPASS\t."]
    source = write_vcf(tmp_path / "in.vcf", rows, (), ("##contig=<ID=chr7,length=159138663>",))
    annotate_vcf(source, genome / "GRCh37.sparse.fa.gz", genome / "GRCh37.genes.gff3", tmp_path / "out.vcf.gz")
    assert (
        "EGFR|ENST00000275493.4|inframe_insertion" in gzip.decompress((tmp_path / "out.vcf.gz").read_bytes()).decode()
    )
    first, second = (one.consequence for one in read_annotated_vcf(tmp_path / "out.vcf.gz", patient()).variants)
    assert first is not None
    assert second is not None
    assert (first.protein_change, first.by_bases) == ("A767_V769dup", "")
    assert (second.protein_change, second.mane, second.by_bases) == ("L858R", "select", "")
