from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pysam
import pytest

from genomodel.annotation.csq import annotate_vcf
from genomodel.annotation.no_consequence import without_consequence
from genomodel.annotation.vcf import read_annotated_vcf
from genomodel.calls.gene_models import read_gene_models
from genomodel.core.errors import InputError
from genomodel.core.variants import AnnotatedCalls
from tests.annotation.builders import patient
from tests.calls.builders import write_vcf

CODONS = {"M": "ATG", "K": "AAA", "V": "GTG", "L": "CTG", "R": "CGG", "E": "GAA", "S": "TCT", "W": "TGG", "*": "TAA"}
PROTEIN = "MKVLRESWKVLRESW*"
START = 1000
META = ("##contig=<ID=chr1,length=3000>",)


def gff(*, tags: dict[str, str] | None = None, contig: str = "chr1") -> str:
    """Two transcripts of one gene: the second begins at the second residue's place and is shorter."""
    tags = tags or {}
    end = START + 3 * len(PROTEIN)
    lines = [
        "##gff-version 3",
        f"{contig}\tx\tgene\t{START + 1}\t{end}\t.\t+\t.\tID=gene:G1;Name=GEN1;biotype=protein_coding",
    ]
    for name, first in (("T2", START + 1 + 3), ("T1", START + 1)):
        tag = f";tag={tags[name]}" if name in tags else ""
        attributes = f"ID=transcript:{name};Parent=gene:G1;Name=GEN1-{name};biotype=protein_coding{tag}"
        lines.append(f"{contig}\tx\tmRNA\t{first}\t{end}\t.\t+\t.\t{attributes}")
        lines.append(f"{contig}\tx\texon\t{first}\t{end}\t.\t+\t.\tParent=transcript:{name}")
        lines.append(f"{contig}\tx\tCDS\t{first}\t{end}\t.\t+\t0\tID=CDS:{name};Parent=transcript:{name}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def genome(tmp_path: Path) -> tuple[Path, Path]:
    coding = "".join(CODONS[residue] for residue in PROTEIN)
    sequence = "ACGT" * (START // 4) + coding
    sequence += "C" * (3000 - len(sequence))
    (tmp_path / "ref.fa").write_text(f">chr1\n{sequence}\n>chr2\n{'N' * 500}\n")
    (tmp_path / "genes.gff3").write_text(gff())
    return tmp_path / "ref.fa", tmp_path / "genes.gff3"


@pytest.fixture
def annotate(tmp_path: Path, genome: tuple[Path, Path]) -> Callable[..., AnnotatedCalls]:
    def run(*rows: str, meta: tuple[str, ...] = META, gff_text: str | None = None) -> AnnotatedCalls:
        if gff_text is not None:
            genome[1].write_text(gff_text)
        lines = [f"chr1\t{pos}\t.\t{ref}\t{alt}\t.\tPASS\t." for pos, ref, alt in (row.split() for row in rows)]
        source = write_vcf(tmp_path / "in.vcf", lines, (), meta)
        annotate_vcf(source, *genome, tmp_path / "out.vcf.gz")
        return read_annotated_vcf(tmp_path / "out.vcf.gz", patient())

    return run


def changes(calls: AnnotatedCalls) -> list[str]:
    return [variant.consequence.protein_change if variant.consequence else "" for variant in calls.variants]


def place(residue: int, base: int = 1) -> int:
    return START + 3 * (residue - 1) + base


def test_consequences_of_each_kind(annotate: Callable[..., AnnotatedCalls]) -> None:
    calls = annotate(
        "50 C T",
        f"{place(3, 2)} T A",
        f"{place(4)} C T",
        f"{place(5)} CGGG C",
        f"{place(7, 3)} T TG",
        f"{place(8, 2)} G A",
    )
    assert changes(calls) == ["", "V3E", "L4=", "R5_E6delinsQ", "W8Vfs*?", "W8*"]
    assert calls.n_records == 6
    before = calls.variants[0].consequence
    assert before is not None
    assert (before.terms, before.hgvs_c) == (("upstream_gene_variant",), "c.-951C>T")


def test_neighbors_do_not_change_each_others_reading(annotate: Callable[..., AnnotatedCalls]) -> None:
    assert changes(annotate(f"{place(1, 3)} GAA G", f"{place(5, 2)} G T", f"{place(6, 2)} A T")) == [
        "K2Sfs*?",
        "R5L",
        "E6V",
    ]


def test_an_indel_reads_alike_wherever_it_is_anchored(annotate: Callable[..., AnnotatedCalls]) -> None:
    for anchored in (f"{place(1, 3)} GAA G", f"{place(2)} AAA A", f"{place(1, 2)} TGAA TG"):
        calls = annotate(anchored)
        assert changes(calls) == ["K2Sfs*?"]
        assert calls.variants[0].variant.ref == anchored.split()[1]


def test_several_alleles_of_one_record_find_their_own_consequences(annotate: Callable[..., AnnotatedCalls]) -> None:
    calls = annotate(f"{place(3, 2)} T A,C,*", f"{place(7)} TCTT TCT,TCTTT,<DEL>,T")
    assert calls.n_records == 2
    assert changes(calls) == ["V3E", "V3A", "", "W8Gfs*?", "W8Lfs*?", "", "S7del"]


def test_records_the_sparse_genome_does_not_know_stay_without_consequence(
    annotate: Callable[..., AnnotatedCalls],
) -> None:
    calls = annotate(f"{place(3, 2)} T A", meta=())
    assert changes(calls) == ["V3E"]


def test_a_record_with_an_open_reference_base_is_kept_and_not_compared(annotate: Callable[..., AnnotatedCalls]) -> None:
    calls = annotate(f"{place(3, 2)} T A", f"{place(5)} N <DEL>", f"{place(7)} N A", f"{place(8)} r A")
    assert calls.n_records == 4
    assert changes(calls) == ["V3E", "", "", ""]
    assert without_consequence(calls.variants[2].variant)[1].startswith("Its alleles hold letters other than")


def test_the_transcript_is_chosen_by_tag_then_by_length(annotate: Callable[..., AnnotatedCalls]) -> None:
    site = f"{place(3, 2)} T A"
    assert changes(annotate(site)) == ["V3E"]
    assert changes(annotate(site, gff_text=gff(tags={"T2": "basic,Ensembl_canonical"}))) == ["V2E"]
    assert changes(annotate(site, gff_text=gff(tags={"T2": "Ensembl_canonical", "T1": "MANE_Select"}))) == ["V3E"]


def test_no_records_stay_no_records(annotate: Callable[..., AnnotatedCalls]) -> None:
    assert annotate().n_records == 0


def test_the_same_input_gives_the_same_bytes(tmp_path: Path, genome: tuple[Path, Path]) -> None:
    source = write_vcf(tmp_path / "in.vcf", [f"chr1\t{place(3, 2)}\t.\tT\tA\t.\tPASS\t."], (), META)
    for name in ("a.vcf.gz", "b.vcf.gz"):
        annotate_vcf(source, *genome, tmp_path / name)
    assert (tmp_path / "a.vcf.gz").read_bytes() == (tmp_path / "b.vcf.gz").read_bytes()
    assert str(tmp_path) not in gzip.decompress((tmp_path / "a.vcf.gz").read_bytes()).decode()
    assert pysam.TabixFile(str(tmp_path / "a.vcf.gz")).contigs == ["chr1"]


@pytest.mark.parametrize(
    ("row", "meta", "message"),
    [
        (
            "chr1 1008 . A T",
            META,
            "1 of 1 reference alleles .100.0%. are not those of ref.fa: chr1:1008 is T, the VCF has A",
        ),
        ("1 1008 . T A", (), "contig names of the VCF .1. are not in the reference .chr1, chr2."),
        ("chr1 1008 . T A", ("##contig=<ID=chr1,length=3001>",), "chr1 has 3001 bases, the reference has 3000"),
        ("chr1 3100 . T A", META, "chr1:3100 is beyond its end"),
        ("chr2 100 . T A", (), "no reference allele can be compared"),
    ],
)
def test_a_wrong_reference_is_refused(
    tmp_path: Path, genome: tuple[Path, Path], row: str, meta: tuple[str, ...], message: str
) -> None:
    genome[1].write_text(
        gff() + gff(contig="chr2").replace("##gff-version 3\n", "").replace("G1", "G2").replace(":T", ":U")
    )
    source = write_vcf(tmp_path / "in.vcf", [row.replace(" ", "\t") + "\t.\tPASS\t."], (), meta)
    with pytest.raises(InputError, match=message):
        annotate_vcf(source, *genome, tmp_path / "out.vcf.gz")
    assert not list(tmp_path.glob("*out*"))


def test_a_record_without_an_alternate_allele_stays_as_it_is(tmp_path: Path, genome: tuple[Path, Path]) -> None:
    row = "chr1\t1008\t.\tT\t.\t50\tPASS\tDP=9"
    source = write_vcf(tmp_path / "in.vcf", [row, "chr1\t1009\t.\tG\t.\t.\t.\t."], (), META)
    annotate_vcf(source, *genome, tmp_path / "out.vcf")
    assert (tmp_path / "out.vcf").read_text().splitlines()[-2:] == [row, "chr1\t1009\t.\tG\t.\t.\t.\t."]


@pytest.mark.parametrize(("contig", "fix"), [("1", "bcftools annotate --rename-chrs"), ("scaffold_1", "Use the FASTA")])
def test_other_contig_names_are_told_from_another_genome(
    tmp_path: Path, genome: tuple[Path, Path], contig: str, fix: str
) -> None:
    source = write_vcf(tmp_path / "in.vcf", [f"{contig}\t1008\t.\tT\tA\t.\tPASS\t."], (), ())
    with pytest.raises(InputError) as caught:
        annotate_vcf(source, *genome, tmp_path / "out.vcf.gz")
    assert caught.value.fix is not None
    assert caught.value.fix.startswith(("The names differ by chr", "Use the FASTA"))
    assert fix in caught.value.fix


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (gff(contig="1"), "no gene model on the contigs of the VCF .chr1.; it has 1"),
        ("chr1 a gene\n", "1 columns where a GFF3 has 9"),
        (gff().replace("transcript:", "").replace("gene:", ""), "no transcript"),
        (gff().replace("biotype=protein_coding", "x=y"), "no biotype="),
    ],
)
def test_unusable_gene_models_are_refused(annotate: Callable[..., AnnotatedCalls], text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        annotate(f"{place(3, 2)} T A", gff_text=text)


def test_gene_models_of_another_build_are_refused(annotate: Callable[..., AnnotatedCalls]) -> None:
    named = gff().replace("Name=GEN1;", "Name=BRAF;")
    assert changes(annotate(f"{place(3, 2)} T A", gff_text=named)) == ["V3E"]
    moved = named.replace(str(START + 1), str(START + 2)).replace(str(START + 4), str(START + 5))
    with pytest.raises(InputError, match="1 of 1 proteins have stop codons inside"):
        annotate(f"{place(3, 2)} T A", gff_text=moved)
    other_length = named.replace("gff-version 3\n", "gff-version 3\n##sequence-region chr1 1 2999\n")
    with pytest.raises(InputError, match="chr1 has 2999 bases in the gene models and 3000 in the reference"):
        annotate(f"{place(3, 2)} T A", gff_text=other_length)


def test_real_gene_models_of_the_other_build_are_refused(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "genome"
    source = write_vcf(tmp_path / "in.vcf", ["chr7\t140753336\t.\tA\tT\t.\tPASS\t."], ())
    with pytest.raises(InputError, match="the gene models are of GRCh37, the reference is GRCh38"):
        annotate_vcf(source, folder / "GRCh38.sparse.fa.gz", folder / "GRCh37.genes.gff3", tmp_path / "out.vcf.gz")
    assert not (tmp_path / "out.vcf.gz").exists()


def test_damaged_input_is_refused(tmp_path: Path, genome: tuple[Path, Path]) -> None:
    source = write_vcf(tmp_path / "in.vcf", ["chr1\t9\t.\tA\tC\t.\t.\t.", "chr1\t5\t.\tA\tC\t.\t.\t."], (), META)
    with pytest.raises(InputError, match="not sorted"):
        annotate_vcf(source, *genome, tmp_path / "out.vcf.gz")
    (tmp_path / "plain.fa.gz").write_bytes(gzip.compress(genome[0].read_bytes()))
    good = write_vcf(tmp_path / "in.vcf", [f"chr1\t{place(3, 2)}\t.\tT\tA\t.\tPASS\t."], (), META)
    with pytest.raises(InputError, match="cannot be read as an indexed FASTA"):
        annotate_vcf(good, tmp_path / "plain.fa.gz", genome[1], tmp_path / "out.vcf.gz")
    with pytest.raises(InputError, match="GFF3 does not exist"):
        annotate_vcf(good, genome[0], tmp_path / "none.gff3", tmp_path / "out.vcf.gz")


KNOWN = (
    ("chr1", 115256529, "T", "C", "NRAS", "Q61R"),
    ("chr3", 178952085, "A", "G", "PIK3CA", "H1047R"),
    ("chr5", 112175639, "C", "T", "APC", "R1450*"),
    ("chr7", 55242464, "AGGAATTAAGAGAAGC", "A", "EGFR", "E746_A750del"),
    ("chr7", 55259515, "T", "G", "EGFR", "L858R"),
    ("chr7", 55259524, "T", "A", "EGFR", "L861Q"),
    ("chr7", 140453136, "A", "T", "BRAF", "V600E"),
    ("chr12", 25398284, "C", "T", "KRAS", "G12D"),
    ("chr15", 90631934, "C", "T", "IDH2", "R140Q"),
    ("chr17", 7578406, "C", "T", "TP53", "R175H"),
)


def test_known_variants_on_the_real_genome(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "genome"
    rows = [f"{chrom}\t{pos}\t.\t{ref}\t{alt}\t.\tPASS\t." for chrom, pos, ref, alt, _, _ in KNOWN]
    source = write_vcf(tmp_path / "in.vcf", rows, ())
    annotate_vcf(source, folder / "GRCh37.sparse.fa.gz", folder / "GRCh37.genes.gff3", tmp_path / "out.vcf.gz")
    calls = read_annotated_vcf(tmp_path / "out.vcf.gz", patient())
    found = [(v.consequence.gene, v.consequence.protein_change) if v.consequence else None for v in calls.variants]
    assert found == [(gene, change) for *_, gene, change in KNOWN]


def test_primary_transcripts_of_the_real_models_are_one_per_gene(shared_data: Path) -> None:
    models = read_gene_models(shared_data / "genome" / "GRCh37.genes.gff3", ["chr17"])
    assert "ENST00000269305.6" in models.primary
    genes = (shared_data / "genome" / "GRCh37.genes.gff3").read_text().count("\tgene\t")
    assert len(read_gene_models(shared_data / "genome" / "GRCh37.genes.gff3").primary) == genes
