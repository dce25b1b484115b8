from __future__ import annotations

from pathlib import Path

import pytest

from genomodel.calls.rearrangements.read import read_rearrangements
from genomodel.calls.rearrangements.sv_vcf import read_sv_vcf
from genomodel.core.errors import InputError
from genomodel.core.patients import Assay, Patient, TumorType
from genomodel.core.rearrangements import Frame, RearrangementKind
from tests.calls.fusion_models import gene, write_full_gff, write_gff, write_vcf
from tests.calls.test_fusion_tables import ARRIBA_2, CTAT, table

MANTA = '##source=GenerateSVCandidates 1.6.0\n##INFO=<ID=SOMATICSCORE,Number=1,Type=Integer,Description="x">\n'
GRIDSS = '##gridssVersion=2.13.2\n##FORMAT=<ID=REFPAIR,Number=1,Type=Integer,Description="x">\n'
PURPLE = "##purpleVersion=4.0\n" + GRIDSS
DELLY = (
    '##FORMAT=<ID=DV,Number=1,Type=Integer,Description="x">\n##FORMAT=<ID=RV,Number=1,Type=Integer,Description="x">\n'
)
LUNG = TumorType(code="LUAD", name="Lung Adenocarcinoma")
GENOME = Patient(id="p", tumor_type=LUNG, assay=Assay.WGS)
EML4_ALK = "chr1\t{pos}\ta\tA\tA]chr2:109500]\t.\t{filter}\t{info}\t{values}"


def event(values: str, *, pos: int = 2500, filter: str = "PASS", info: str = "SVTYPE=BND") -> str:
    return EML4_ALK.format(pos=pos, filter=filter, info=info, values=values)


@pytest.mark.parametrize(
    ("name", "meta", "values", "info", "split", "pairs", "fraction", "normal"),
    [
        ("Manta", MANTA, "PR:SR\t40,0:50,0\t30,10:40,20", "SVTYPE=BND;SOMATIC;SOMATICSCORE=80", 20, 10, 0.3, 0),
        ("GRIDSS", GRIDSS, "VF:REF:REFPAIR:SR:RP\t0:50:40:0:0\t25:50:25:15:12", "SVTYPE=BND", 15, 12, 0.25, 0),
        ("PURPLE", PURPLE, "VF:REF:REFPAIR\t0:50:40\t25:50:25", "SVTYPE=BND", 25, None, 0.25, 0),
        ("delly", DELLY, "DR:DV:RR:RV\t60:0:70:0\t60:20:75:25", "SVTYPE=BND;PRECISE", 25, 20, 0.25, 0),
    ],
)
def test_reads_of_each_caller(
    tmp_path: Path,
    name: str,
    meta: str,
    values: str,
    info: str,
    split: int,
    pairs: int | None,
    fraction: float,
    normal: int,
) -> None:
    order = "NORMAL\tTUMOR"
    path = write_vcf(tmp_path / "a.vcf", [event(values, info=info)], meta=meta, samples=order)
    call = read_sv_vcf(path, write_gff(tmp_path)).calls[0]
    seen = call.support[0]
    assert (seen.program, seen.split_reads, seen.spanning_pairs, seen.normal_reads) == (name, split, pairs, normal)
    assert seen.fraction == pytest.approx(fraction)
    assert call.label == "EML4::ALK fusion"
    assert call.confirmed


def test_columns_of_other_names_follow_the_order_of_the_program(tmp_path: Path) -> None:
    gff = write_gff(tmp_path)
    row = event("PR:SR\t40,0:50,0\t30,10:40,20")
    path = write_vcf(tmp_path / "a.vcf", [row], meta=MANTA, samples="S1\tS2")
    assert read_sv_vcf(path, gff).sample == "S2"
    assert read_sv_vcf(path, gff, tumor="S1").calls == (), "the other column carries no read of it"
    with pytest.raises(InputError, match="nothing says which is the tumor"):
        read_sv_vcf(write_vcf(tmp_path / "b.vcf", [row + "\t1,1:1,1"], meta=MANTA, samples="S1\tS2\tS3"), gff)


@pytest.mark.parametrize(("meta", "program"), [(GRIDSS, "GRIDSS"), (PURPLE, "PURPLE"), (DELLY, "delly"), ("", "other")])
def test_the_order_of_other_programs_says_nothing(tmp_path: Path, meta: str, program: str) -> None:
    gff = write_gff(tmp_path)
    values = {"delly": "DR:DV:RR:RV\t60:20:75:25\t60:0:70:0", "other": "GT\t0/1\t0/0"}
    row = event(values.get(program, "VF:REF:REFPAIR:SR:RP\t25:50:25:15:12\t0:50:40:0:0"))
    path = write_vcf(tmp_path / "a.vcf", [row], meta=meta, samples="PT01_T\tPT01_BL")
    with pytest.raises(InputError, match="nothing says which is the tumor") as caught:
        read_sv_vcf(path, gff)
    assert "--tumor-sample" in caught.value.message
    for names in ({"tumor": "PT01_T"}, {"normal": "PT01_BL"}, {"tumor": "PT01_T", "normal": "PT01_BL"}):
        found = read_sv_vcf(path, gff, **names)
        assert found.sample == "PT01_T"
        assert [call.label for call in found.calls] == ["EML4::ALK fusion"]
        assert found.matched_normal


def test_the_normal_alone_is_no_tumor_and_of_three_columns_the_normal_is_not_guessed(tmp_path: Path) -> None:
    gff = write_gff(tmp_path)
    alone = write_vcf(tmp_path / "a.vcf", [event("PR:SR\t30,10:40,20")], meta=MANTA, samples="BL")
    with pytest.raises(InputError, match="the only sample is the normal's"):
        read_sv_vcf(alone, gff, tumor="T", normal="BL")
    row = event("PR:SR\t30,10:40,20\t40,0:50,0\t40,0:50,0")
    three = write_vcf(tmp_path / "b.vcf", [row], meta=MANTA, samples="A\tB\tC")
    assert not read_sv_vcf(three, gff, tumor="A").calls[0].confirmed
    assert read_sv_vcf(three, gff, tumor="A", normal="C").calls[0].confirmed


def test_manta_of_the_germline_has_no_order(tmp_path: Path) -> None:
    row = event("PR:SR\t30,10:40,20\t40,0:50,0")
    path = write_vcf(tmp_path / "a.vcf", [row], meta=MANTA.splitlines(keepends=True)[0], samples="S1\tS2")
    with pytest.raises(InputError, match="nothing says"):
        read_sv_vcf(path, write_gff(tmp_path))


@pytest.mark.parametrize(
    ("pos", "frame", "exon"),
    # Coding bases up to the ends of exons 1 to 3 of EML4: 60, 160, 260; 1,850 are left out of ALK.
    [(1500, Frame.OUT_OF_FRAME, 1), (2500, Frame.OUT_OF_FRAME, 2), (3500, Frame.IN_FRAME, 3)],
)
def test_frame_and_exons(tmp_path: Path, pos: int, frame: Frame, exon: int) -> None:
    path = write_vcf(tmp_path / "a.vcf", [event("GT\t.", pos=pos)], samples="TUMOR")
    call = read_sv_vcf(path, write_gff(tmp_path)).calls[0]
    assert (call.frame, call.five.exon, call.three.exon, call.domain) == (frame, exon, 20, "kept")


def test_lost_domain_reciprocal_and_reversed_roles(tmp_path: Path) -> None:
    gff = write_gff(tmp_path)
    whole = "chr1\t3500\ta\tA\tA]chr2:{alk}]\t.\tPASS\tSVTYPE=BND\tGT\t."
    back = "chr1\t3510\tb\tA\t[chr2:109490[A\t.\tPASS\tSVTYPE=BND\tGT\t."
    both = read_rearrangements(
        [str(write_vcf(tmp_path / "a.vcf", [whole.format(alk=109500), back], samples="T"))], gff=str(gff)
    )
    assert [(call.label, call.reciprocal) for call in both.calls] == [("EML4::ALK fusion", True)]
    reversed_only = read_rearrangements([str(write_vcf(tmp_path / "b.vcf", [back], samples="T"))], gff=str(gff))
    assert [call.label for call in reversed_only.calls] == ["ALK::EML4 fusion"]
    late = read_sv_vcf(write_vcf(tmp_path / "c.vcf", [whole.format(alk=100060)], samples="T"), gff).calls[0]
    assert late.domain in ("lost", "partly kept")


def test_a_deletion_of_exon_14_and_its_neighbors(tmp_path: Path) -> None:
    gff = write_gff(tmp_path)
    row = "chr7\t{}\ta\tA\t<DEL>\t.\tPASS\tSVTYPE=DEL;END={}\tGT\t."
    one = read_sv_vcf(write_vcf(tmp_path / "a.vcf", [row.format(13500, 14500)], samples="T"), gff)
    assert [(call.kind, call.label) for call in one.calls] == [(RearrangementKind.EXONS_LOST, "MET exon 14 skipping")]
    assert one.calls[0].frame is Frame.IN_FRAME
    two = read_sv_vcf(write_vcf(tmp_path / "b.vcf", [row.format(13500, 15500)], samples="T"), gff)
    assert two.calls == (), "a loss of exons 14 and 15 is not the skipping of exon 14"


DELETION = "chr7\t{}\ta\tA\t<DEL>\t.\t{}\tSVTYPE=DEL;END={};SOMATIC\tPR:SR\t40,0:50,0\t30,12:40,20"


# Exon 14 of MET lies between 14,001 and 14,099.
@pytest.mark.parametrize(
    ("first", "last", "site"),
    [
        (13901, 14050, "acceptor"),
        (14050, 14400, "donor"),
        (13901, 13990, "acceptor"),
        (14102, 14400, "donor"),
        (13500, 13970, None),
        (14020, 14060, None),
        (13050, 14050, None),
    ],
    ids=["acceptor", "donor", "tract", "donor in the intron", "deep in the intron", "in the exon", "exon 13 too"],
)
def test_a_deleted_splice_site_of_exon_14_waits_for_rna(
    tmp_path: Path, first: int, last: int, site: str | None
) -> None:
    path = write_vcf(tmp_path / "a.vcf", [DELETION.format(first - 1, "PASS", last)], meta=MANTA)
    calls = read_sv_vcf(path, write_gff(tmp_path)).calls
    if site is None:
        assert calls == ()
        return
    assert [(call.kind, call.label) for call in calls] == [
        (RearrangementKind.SPLICE_SITE_LOST, "MET exon 14 splice site lost")
    ]
    assert not calls[0].confirmed
    assert calls[0].unconfirmed_reason.startswith(f"the splice {site} of exon 14 is lost")
    assert calls[0].exons_lost == (14, 14)


def test_rna_confirms_what_a_deleted_splice_site_does(tmp_path: Path) -> None:
    dna = write_vcf(tmp_path / "a.vcf", [DELETION.format(13900, "PASS", 14050)], meta=MANTA)
    row = {"intron": "chr7:116771655-116774880", "genes": "MET^E", "uniq_mapped": "40", "variant_name": "METx14del"}
    rna = table(tmp_path / "x.cancer.introns", CTAT, row)
    call = read_rearrangements([str(dna), str(rna)], gff=str(write_gff(tmp_path))).calls[0]
    assert (call.label, call.confirmed, len(call.materials)) == ("MET exon 14 skipping", True, 2)


def losses(path: Path, gff: Path, patient: Patient | None = None) -> dict[str, tuple[bool, str]]:
    found = read_rearrangements([str(path)], gff=str(gff), patient=patient)
    return {item.gene: (item.assessable, item.reason) for item in found.exon_losses}


def test_of_losses_of_exons_it_is_said_whether_they_could_have_been_seen(tmp_path: Path) -> None:
    gff = write_gff(tmp_path)
    genome = losses(write_vcf(tmp_path / "a.vcf", [], meta=MANTA), gff, GENOME)
    assert genome == {
        "EGFR exons 2-7 loss": (False, "the gene models have no transcript of it"),
        "MET exon 14 skipping": (True, "whole genome, depth not known"),
    }
    filtered = losses(
        write_vcf(tmp_path / "b.vcf", [DELETION.format(13500, "MinQUAL", 14500)], meta=MANTA), gff, GENOME
    )
    assert filtered["MET exon 14 skipping"] == (False, "a filtered breakend at chr7:13500 (MinQUAL)")
    assert not losses(write_vcf(tmp_path / "c.vcf", [], meta=MANTA), gff)["MET exon 14 skipping"][0]
    arriba = losses(table(tmp_path / "f.tsv", ARRIBA_2), gff)
    assert not any(seen for seen, _ in arriba.values())
    splicing = losses(table(tmp_path / "x.cancer.introns", CTAT), gff)
    assert len(splicing) == 2
    assert all(seen for seen, _ in splicing.values())


def test_what_does_not_pass_is_germline_or_joins_no_two_genes_is_counted(tmp_path: Path) -> None:
    rows = [
        event("PR:SR\t40,0:50,0\t30,10:40,20", filter="MinSomaticScore"),
        event("PR:SR\t40,9:50,9\t30,10:40,20", pos=2501),
        event("PR:SR\t40,0:50,0\t30,0:40,0", pos=2502),
        "chr1\t900000\tx\tA\tA]chr2:900000]\t.\tPASS\tSVTYPE=BND\tPR:SR\t9,0:9,0\t9,9:9,9",
        "chr4\t1500\ty\tA\tA[chr4:20500[\t.\tPASS\tSVTYPE=BND\tPR:SR\t9,0:9,0\t9,9:9,9",
    ]
    found = read_sv_vcf(write_vcf(tmp_path / "a.vcf", rows, meta=MANTA), write_gff(tmp_path))
    assert found.calls == ()
    assert found.left_out == {
        "filtered by the caller": 1,
        "fusions of genes outside of the list": 1,
        "junctions that join no two genes in one direction": 1,
        "no read of the tumor carries it": 1,
        "reads of the normal carry it too": 1,
    }
    assert [(f.gene_5, f.gene_3) for f in found.other_fusions] == [("COL1A1", "CITED4")]


def test_tumor_only_and_few_reads_are_not_confirmed(tmp_path: Path) -> None:
    gff = write_gff(tmp_path)
    alone = read_sv_vcf(write_vcf(tmp_path / "a.vcf", [event("PR:SR\t30,10:40,20")], meta=MANTA, samples="T"), gff)
    assert "no matched normal" in alone.calls[0].unconfirmed_reason
    few = read_sv_vcf(write_vcf(tmp_path / "b.vcf", [event("PR:SR\t40,0:50,0\t30,1:40,1")], meta=MANTA), gff)
    assert few.calls[0].unconfirmed_reason == "only 2 reads"


def test_contigs_unlike_the_gene_models_and_missing_models_are_named(tmp_path: Path) -> None:
    path = write_vcf(tmp_path / "a.vcf", [event("GT\t.").replace("chr1", "1").replace("chr2", "2")], samples="T")
    with pytest.raises(InputError, match=r"no gene model on the contigs of the breakends \(1, 2\); it has chr1"):
        read_sv_vcf(path, write_gff(tmp_path))
    with pytest.raises(InputError, match="only with gene models"):
        read_sv_vcf(path, None)


def test_a_whole_genome_with_normal_shows_every_pair_and_a_panel_without_regions_none(tmp_path: Path) -> None:
    path = str(write_vcf(tmp_path / "a.vcf", [event("PR:SR\t40,0:50,0\t30,10:40,20")], meta=MANTA))
    gff = str(write_full_gff(tmp_path))
    genome = read_rearrangements([path], gff=gff, patient=GENOME)
    assert genome.every_pair
    assert all(answer.assessable for answer in genome.genes)
    lacking = read_rearrangements([path], gff=str(write_full_gff(tmp_path, without="ROS1")), patient=GENOME)
    assert [(a.gene, a.reason) for a in lacking.genes if not a.assessable] == [
        ("ROS1", "the gene models have no transcript of it")
    ]
    assert not lacking.every_pair
    panel = read_rearrangements([path], gff=gff, patient=Patient(id="p", tumor_type=LUNG, assay=Assay.PANEL))
    assert not panel.every_pair
    assert not any(answer.assessable for answer in panel.genes)


CHR7_38, CHR7_37 = "##contig=<ID=chr7,length=159345973>\n", "##contig=<ID=chr7,length=159138663>\n"
UCSC_CHRM = "##contig=<ID=chrM,length=16571>\n"
MET_38 = gene("chr7", "MET", "+", [(116771498, 116771654), (116774881, 116775111)], (1, 2)).replace(":TMET", ":TMET2")


@pytest.mark.parametrize(
    ("meta", "head", "said"),
    [
        (CHR7_38, "#!genome-build GRCh37\n", "are of GRCh37, the breakends of a.vcf of GRCh38"),
        (CHR7_37, "#!genome-build GRCh38.p14\n", "are of GRCh38, the breakends of a.vcf of GRCh37"),
        (CHR7_37, MET_38, "are of GRCh38, the breakends of a.vcf of GRCh37"),
        (CHR7_38, "##sequence-region chr7 1 159138663\n", "chr7 has 159138663 bases"),
        ("##contig=<ID=chr2,length=120000>\n", "", "a gene model reaches to chr2:128100"),
        ("##contig=<ID=7,length=159345973>\n", "", "mind chr1 and 1"),
    ],
)
@pytest.mark.parametrize("rows", [[event("GT\t.")], []], ids=["an event", "empty"])
def test_gene_models_of_another_build_are_refused(
    tmp_path: Path, meta: str, head: str, said: str, rows: list[str]
) -> None:
    gff = write_full_gff(tmp_path, head=head)
    with pytest.raises(InputError, match=said):
        read_sv_vcf(write_vcf(tmp_path / "a.vcf", rows, meta=meta, samples="T"), gff)


@pytest.mark.parametrize(
    ("meta", "head", "said"),
    [
        (CHR7_38, "#!genome-build GRCh38\n", None),
        (CHR7_38, "##gff-version 3\n#!genome-build hg38\n", None),
        (CHR7_37 + UCSC_CHRM, "#!genome-build GRCh37\n##sequence-region MT 1 16569\n", None),
        ("", "#!genome-build GRCh38\n", "the header has no lengths of contigs"),
        (CHR7_38, "", "the gene models are of no known build"),
        ("##contig=<ID=chr7,length=900000>\n", "#!genome-build GRCh38\n", "lengths of its contigs are of no known"),
    ],
)
def test_a_build_that_nothing_verifies_is_told(tmp_path: Path, meta: str, head: str, said: str | None) -> None:
    path = write_vcf(tmp_path / "a.vcf", [event("GT\t.")], meta=meta, samples="T")
    method = read_sv_vcf(path, write_full_gff(tmp_path, head=head)).method
    assert ("not verified" in method) is (said is not None)
    assert (said or "") in method


READS = "VF:REF:REFPAIR:SR:RP\t0:50:40:0:0\t25:50:25:15:12"
SINGLE = "chr2\t109500\ts\tA\tATTTGCA.\t.\t{filter}\tSVTYPE=BND\t{values}"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (SINGLE.format(filter="PASS", values=READS), "an unresolved breakend at chr2:109500"),
        (SINGLE.format(filter="LOW_QUAL", values=READS), "an unresolved breakend at chr2:109500"),
        (event(READS, filter="minTumorAF"), "a filtered breakend at chr2:109500 (minTumorAF)"),
        (
            f"chr5\t2500\ta\tA\t[chr2:109500[A\t.\tPASS\tSVTYPE=BND\t{READS}",
            "a break at chr2:109500 that joins no two genes in one direction",
        ),
    ],
)
def test_a_gene_with_a_break_that_is_not_understood_is_not_negative(tmp_path: Path, row: str, said: str) -> None:
    path = write_vcf(tmp_path / "a.vcf", [row], meta=GRIDSS)
    found = read_rearrangements([str(path)], gff=str(write_full_gff(tmp_path)), patient=GENOME)
    assert found.calls == ()
    assert [answer.gene for answer in found.genes if not answer.assessable] == ["ALK"]
    assert next(answer for answer in found.genes if answer.gene == "ALK").reason.startswith(said)
    assert not found.every_pair


def test_a_fusion_that_the_normal_shows_less_of_is_no_negative(tmp_path: Path) -> None:
    gff = str(write_full_gff(tmp_path))
    for normal, seen in ((4, False), (20, True)):
        row = event(f"VF:REF:REFPAIR:SR:RP\t{normal}:50:40:{normal}:0\t25:50:25:15:12")
        found = read_rearrangements([str(write_vcf(tmp_path / "a.vcf", [row], meta=GRIDSS))], gff=gff, patient=GENOME)
        assert found.calls == ()
        alk = next(item for item in found.genes if item.gene == "ALK")
        assert alk.assessable is seen, "cells of the tumor in the normal, or an event of the germline"
        values = row.partition("SVTYPE=BND\t")[2]
        loss = f"chr7\t13500\tx\tA\t<DEL>\t.\tPASS\tSVTYPE=DEL;END=14600\t{values}"
        found = read_rearrangements([str(write_vcf(tmp_path / "a.vcf", [loss], meta=GRIDSS))], gff=gff, patient=GENOME)
        met = next(item for item in found.exon_losses if item.gene == "MET exon 14 skipping")
        assert (found.calls, met.assessable) == ((), seen)
    path = write_vcf(tmp_path / "b.vcf", [event(READS, filter="{odd}")], meta=GRIDSS)
    assert read_rearrangements([str(path)], gff=gff, patient=GENOME).calls == ()


def test_an_inversion_beside_exon_14_of_met_is_no_negative_of_its_loss(tmp_path: Path) -> None:
    gff = str(write_full_gff(tmp_path))
    said = {}
    for kind in ("INV", "DEL"):
        row = (
            f"chr7\t13500\tx\tA\t<{kind}>\t.\tPASS\tSVTYPE={kind};END={'14600' if kind == 'INV' else '13700'}\t{READS}"
        )
        found = read_rearrangements([str(write_vcf(tmp_path / "a.vcf", [row], meta=GRIDSS))], gff=gff, patient=GENOME)
        said[kind] = next(item.assessable for item in found.exon_losses if item.gene == "MET exon 14 skipping")
    assert said == {"INV": False, "DEL": True}, "a deletion within an intron takes no exon"


def test_a_file_of_small_variants_is_no_negative(tmp_path: Path) -> None:
    gff = str(write_full_gff(tmp_path))
    snv = "chr1\t100\tx\tA\tG\t.\tPASS\tDP=30\tGT\t0/0\t0/1"
    deletion = "chr1\t200\ty\tACGT\tA\t.\tPASS\tSVTYPE=DEL;END=203\tGT\t0/0\t0/1"
    for rows, said in (
        ([snv], "1 records are small"),
        ([snv, snv.replace("100", "101"), deletion], "2 records are small"),
        ([], "holds no structural"),
    ):
        path = write_vcf(tmp_path / "a.vcf", rows, meta="##source=Mutect2\n")
        with pytest.raises(InputError, match=said):
            read_rearrangements([str(path)], gff=gff, patient=GENOME)
    declared = '##INFO=<ID=SVTYPE,Number=1,Type=String,Description="x">\n'
    empty = str(write_vcf(tmp_path / "b.vcf", [], meta=declared))
    assert read_rearrangements([empty], gff=gff, patient=GENOME).genes


NORMAL_TOO = "VF:REF:REFPAIR:SR:RP\t20:50:40:12:9\t25:50:25:15:12"


@pytest.mark.parametrize(
    "rows",
    [
        [SINGLE.format(filter="PASS", values=NORMAL_TOO)],
        [event(NORMAL_TOO, filter="PON")],
        [SINGLE.format(filter="PASS", values=READS).replace("109500", "90000")],
        ["chr2\t109500\tx\tA\t<DEL>\t.\tLOW_QUAL\tSVTYPE=DEL;END=109700\t" + READS],
        [event(READS), SINGLE.format(filter="PASS", values=READS).replace("109500", "109600")],
    ],
    ids=["single of the normal", "filtered of the normal", "outside", "within one gene", "gene with a call"],
)
def test_breaks_that_leave_nothing_open(tmp_path: Path, rows: list[str]) -> None:
    path = write_vcf(tmp_path / "a.vcf", rows, meta=GRIDSS)
    found = read_rearrangements([str(path)], gff=str(write_full_gff(tmp_path)), patient=GENOME)
    assert all(answer.assessable for answer in found.genes)
