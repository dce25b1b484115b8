from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from genomodel.calls.hotspot_alleles import HotspotAlleles, place_hotspots, write_hotspot_alleles
from genomodel.core.codons import reverse_complement
from genomodel.core.errors import InputError
from genomodel.core.variants import Variant
from genomodel.simulate.genome import Genome, build_genome
from genomodel.simulate.writers import write_fasta, write_gff

# dbSNP and the literature give these places; both strands, exon borders, several base changes at once.
GRCH37 = [
    ("chr7:140453136:A>T", "BRAF V600E"),
    ("chr7:140453136:AC>TT", "BRAF V600K"),
    ("chr7:55259515:T>G", "EGFR L858R"),
    ("chr7:55249071:C>T", "EGFR T790M"),
    ("chr7:55259524:T>A", "EGFR L861Q"),
    ("chr12:25398284:C>T", "KRAS G12D"),
    ("chr12:25398285:C>A", "KRAS G12C"),
    ("chr12:25398281:C>T", "KRAS G13D"),
    ("chr1:115256529:T>C", "NRAS Q61R"),
    ("chr3:178952085:A>G", "PIK3CA H1047R"),
    ("chr3:178936091:G>A", "PIK3CA E545K"),
    ("chr17:7578406:C>T", "TP53 R175H"),
    ("chr17:7577538:C>T", "TP53 R248Q"),
    ("chr17:7577120:C>T", "TP53 R273H"),
    ("chr17:7578190:T>C", "TP53 Y220C"),
    ("chr17:7577094:G>A", "TP53 R282W"),
    ("chr2:209113112:C>T", "IDH1 R132H"),
    ("chr4:55599321:A>T", "KIT D816V"),
    ("chr10:89692905:G>A", "PTEN R130Q"),
    ("chr14:105246551:C>T", "AKT1 E17K"),
    ("chr11:533874:T>C", "HRAS Q61R"),
    ("chr3:41266137:C>T", "CTNNB1 S45F"),
]
GRCH38 = [
    ("chr7:140753336:A>T", "BRAF V600E"),
    ("chr7:140753336:AC>TT", "BRAF V600K"),
    ("chr7:55191822:T>G", "EGFR L858R"),
    ("chr7:55181378:C>T", "EGFR T790M"),
    ("chr12:25245350:C>T", "KRAS G12D"),
    ("chr3:179234297:A>G", "PIK3CA H1047R"),
    ("chr17:7675088:C>T", "TP53 R175H"),
    ("chr2:208248388:C>T", "IDH1 R132H"),
    # The gene models hold a MET with 18 residues more, and another isoform of MYD88.
    ("chr3:38141150:T>C", "MYD88 L265P"),
    ("chr7:116771990:G>A", "MET X1010 splice site"),
    # Exon 19 of EGFR, E746_A750del, written at its left-most and at another place.
    ("chr7:55174771:AGGAATTAAGAGAAGC>A", "EGFR 745-759 in-frame indel"),
    ("chr7:55174772:GGAATTAAGAGAAGCA>A", "EGFR 745-759 in-frame indel"),
    # Exon 20 of EGFR: a duplication of S768_D770.
    ("chr7:55181312:C>CCCAGCGTGG", "EGFR 764-774 in-frame indel"),
]
NOT_HOTSPOTS_GRCH38 = [
    "chr7:140753336:A>AT",
    "chr7:140753335:C>T",
    "chr7:55174771:AG>A",
    "chr7:55174771:AGGAA>A",
    "chr7:55191822:T>T",
    "chr7:55191822:T><DEL>",
    "chr8:1000:A>T",
]


def variant(key: str) -> Variant:
    chrom, pos, change = key.split(":")
    ref, alt = change.split(">", 1)
    return Variant(chrom=chrom, pos=int(pos), ref=ref, alt=alt)


def real(shared_data: Path, build: str) -> HotspotAlleles:
    folder = shared_data / "genome"
    return HotspotAlleles(place_hotspots(folder / f"{build}.genes.gff3", folder / f"{build}.sparse.fa.gz").places)


@pytest.fixture(scope="module")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> tuple[Genome, HotspotAlleles]:
    folder = tmp_path_factory.mktemp("hotspots")
    genome = build_genome(7)
    fasta, gff = folder / "genome.fa", folder / "genes.gff3"
    write_fasta(genome, fasta)
    write_gff(genome, gff)
    write_hotspot_alleles(place_hotspots(gff, fasta), folder / "alleles.tsv")
    return genome, HotspotAlleles.read(folder / "alleles.tsv")


@pytest.mark.parametrize(("build", "known"), [("GRCh37", GRCH37), ("GRCh38", GRCH38)])
def test_known_hotspots_are_found_at_their_true_place(
    shared_data: Path, build: str, known: list[tuple[str, str]]
) -> None:
    alleles = real(shared_data, build)
    assert {key: alleles.find(variant(key)) for key, _ in known} == dict(known)


@pytest.mark.parametrize("key", NOT_HOTSPOTS_GRCH38)
def test_other_alleles_at_hotspots_are_not_taken_for_them(shared_data: Path, key: str) -> None:
    assert real(shared_data, "GRCh38").find(variant(key)) is None


@pytest.mark.parametrize("build", ["GRCh37", "GRCh38"])
def test_the_published_coordinates_of_the_hotspots_agree(
    shared_data: Path, build: str, record_property: Callable[[str, object], None]
) -> None:
    alleles = real(shared_data, build)
    placed = {(place.gene, place.residue) for place in alleles.places}
    lines = (shared_data / "hotspots" / f"cancerhotspots_v2_{build}.tsv").read_text(encoding="utf-8").splitlines()
    compared, unlike = 0, []
    for line in lines:
        chrom, pos, ref, alt, gene, kind, change = line.split("\t")[:7]
        if kind == "Missense_Mutation" and (gene, change[:-1]) in placed and change[0] != change[-1]:
            compared += 1
            found = alleles.find(Variant(chrom=f"chr{chrom}", pos=int(pos), ref=ref, alt=alt))
            # Several bases may make two hotspots at once, of which one is named.
            if found is None or (found != f"{gene} {change}" and len(ref) == 1):
                unlike.append((line, found))
    record_property("shown", f"{build}: {compared - len(unlike)} of {compared} published hotspot alleles found")
    assert compared > 500
    # The gene models hold another isoform of CASP8, whose residue 127 happens to be an arginine too.
    assert [line.split("\t")[4] for line, _ in unlike] in ([], ["CASP8"])


def test_the_two_builds_hold_the_same_hotspots(shared_data: Path) -> None:
    names = [sorted((p.gene, p.residue, p.kind) for p in real(shared_data, b).places) for b in ("GRCh37", "GRCh38")]
    assert names[0] == names[1]


def test_every_listed_change_of_every_codon_is_found_on_the_synthetic_genome(
    synthetic: tuple[Genome, HotspotAlleles],
) -> None:
    genome, alleles = synthetic
    tried = 0
    for place in alleles.places:
        if place.kind != "single residue":
            continue
        contig = genome.contigs[place.chrom]
        assert place.bases == "".join(contig[position - 1] for position in place.positions)
        low, high = min(place.positions), max(place.positions)
        if high - low > 2 or "E" not in place.changes:
            continue
        codon = "GAA" if place.forward else reverse_complement("GAA")
        mnv = Variant(chrom=place.chrom, pos=low, ref=contig[low - 1 : high], alt=codon)
        assert alleles.find(mnv) == f"{place.gene} {place.residue}E"
        tried += 1
    assert tried > 5


def test_a_codon_across_an_exon_border_is_found_by_each_of_its_bases(shared_data: Path) -> None:
    alleles = real(shared_data, "GRCh37")
    split = [p for p in alleles.places if p.kind == "single residue" and max(p.positions) - min(p.positions) > 2]
    assert {p.forward for p in split} == {True, False}
    found = set()
    for place in split:
        for position, base in zip(place.positions, place.bases, strict=True):
            labels = {
                alleles.find(Variant(chrom=place.chrom, pos=position, ref=base, alt=alt))
                for alt in "ACGT".replace(base, "")
            }
            if any(label and label.startswith(f"{place.gene} {place.residue}") for label in labels):
                found.add((place.gene, place.residue))
    assert found == {(place.gene, place.residue) for place in split}


def test_gene_models_of_other_contig_names_are_refused(
    synthetic: tuple[Genome, HotspotAlleles], tmp_path: Path
) -> None:
    fasta = tmp_path / "other.fa"
    fasta.write_text(">seven\nACGTACGT\n", encoding="utf-8")
    gff = tmp_path / "genes.gff3"
    write_gff(synthetic[0], gff)
    with pytest.raises(InputError, match="are not in the reference"):
        place_hotspots(gff, fasta)


def test_another_table_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "alleles.tsv"
    table.write_text("gene\tplace\nBRAF\t7\n", encoding="utf-8")
    with pytest.raises(InputError, match="no table of hotspot alleles"):
        HotspotAlleles.read(table)


def test_an_allele_that_the_hotspot_table_leaves_out_is_found_by_its_own_source(shared_data: Path) -> None:
    genome = shared_data / "genome"
    found = place_hotspots(genome / "GRCh38.genes.gff3", genome / "GRCh38.sparse.fa.gz")
    alleles = HotspotAlleles(found.places)
    assert alleles.find(Variant(chrom="chr9", pos=5073770, ref="G", alt="T")) == "JAK2 V617F"
    assert alleles.find(Variant(chrom="chr9", pos=5073770, ref="G", alt="A")) is None


def test_gene_models_of_the_other_build_are_refused(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "genome"
    reference, named = folder / "GRCh38.sparse.fa.gz", folder / "GRCh37.genes.gff3"
    with pytest.raises(InputError, match="the gene models are of GRCh37, the reference is GRCh38"):
        place_hotspots(named, reference)
    nameless = tmp_path / "genes.gff3"
    rows = (line for line in named.read_text().splitlines() if not line.startswith("#"))
    nameless.write_text("##gff-version 3\n" + "\n".join(rows) + "\n")
    with pytest.raises(InputError, match="proteins have stop codons inside"):
        place_hotspots(nameless, reference)
