"""Places of actionable loci on both human builds against coordinates that others published."""

from __future__ import annotations

import csv
import gzip
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest

from genomodel.calls.hotspot_assay.loci import PlacedLoci, place_loci
from genomodel.core.errors import InputError, InputErrors
from genomodel.core.loci import Locus, LocusClass
from genomodel.resources.actionable_loci import COLUMNS, ExonBorder, LocusRow, Residues, read_locus_table
from genomodel.resources.hotspots import hotspot_rows

BUILDS = ("GRCh37", "GRCh38")
RecordProperty = Callable[[str, object], None]
Published = dict[tuple[str, str], set[tuple[str, int, str]]]
"""Gene and residue (``V600``) to the bases that are changed there: contig without ``chr``, position, reference base."""


def place(shared_data: Path, build: str, table: Path | None = None) -> PlacedLoci:
    genome = shared_data / "genome"
    return place_loci(genome / f"{build}.genes.gff3", genome / f"{build}.sparse.fa.gz", table=table)


def cancerhotspots(shared_data: Path, build: str) -> Published:
    found: Published = defaultdict(set)
    text = (shared_data / "hotspots" / f"cancerhotspots_v2_{build}.tsv").read_text()
    for line in text.splitlines():
        chrom, position, ref, alt, gene, kind, change = line.split("\t")[:7]
        residue = re.match(r"[A-Z]\d+(?=[A-Z*])", change)
        if residue and kind.endswith("_Mutation") and len(ref) == len(alt) == 1 and "-" not in ref + alt:
            found[gene, residue[0]].add((chrom, int(position), ref))
    return found


def civic(shared_data: Path) -> Published:
    found: Published = defaultdict(set)
    path = shared_data / "knowledge/civic_2024-08-01/01-Aug-2024-VariantSummaries.tsv"
    with path.open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle, delimiter="\t"):
            residue = re.fullmatch(r"([A-Z]\d+)[A-Z]", row["variant"])
            if residue and row["reference_build"] == "GRCh37" and row["start"] and row["start"] == row["stop"]:
                ref = row["reference_bases"]
                found[row["gene"], residue[1]].add((row["chromosome"], int(row["start"]), ref))
    return found


OTHER_NAMES = {
    "H3-3A K28": ("H3F3A", "K28"),
    "H3-3A G35": ("H3F3A", "G35"),
    # cancerhotspots.org counts on an isoform of 853 residues.
    "FGFR1 N546": ("FGFR1", "N577"),
}


def agrees(locus: Locus, bases: Iterable[tuple[str, int, str]]) -> bool:
    """Whether every published base lies in the codon, the reference base alike where it is published."""
    here = dict(zip(locus.positions, locus.bases, strict=True))
    return all(
        chrom == locus.chrom.removeprefix("chr") and position in here and ref in ("", here[position])
        for chrom, position, ref in bases
    )


def compare(loci: Iterable[Locus], published: Published) -> tuple[list[Locus], list[str]]:
    """Return the codons that can be compared, and the names of those that do not agree."""
    compared, unlike = [], []
    for locus in loci:
        names = [(locus.gene, locus.id.split()[-1]), OTHER_NAMES.get(locus.id, ("", ""))]
        bases = {base for name in names for base in published.get(name, ())}
        if locus.locus_class is LocusClass.CODON and bases:
            compared.append(locus)
            unlike += [] if agrees(locus, bases) else [locus.id]
    return compared, unlike


def is_split(locus: Locus) -> bool:
    return max(locus.positions) - min(locus.positions) > 2


@pytest.mark.parametrize("build", BUILDS)
def test_codons_lie_where_cancerhotspots_published_them(
    shared_data: Path, build: str, record_property: RecordProperty
) -> None:
    compared, unlike = compare(place(shared_data, build).loci, cancerhotspots(shared_data, build))
    forward = sum(locus.forward for locus in compared)
    split = [locus.id for locus in compared if is_split(locus)]
    record_property(
        "shown",
        f"{build}: {len(compared) - len(unlike)} of {len(compared)} actionable codons lie where cancerhotspots.org has "
        f"them, {forward} forward and {len(compared) - forward} reverse; over an exon border: {', '.join(split)}",
    )
    assert unlike == []
    assert len(compared) >= 40
    assert 10 <= forward <= len(compared) - 10
    assert split


def test_codons_lie_where_civic_has_them(shared_data: Path, record_property: RecordProperty) -> None:
    compared, unlike = compare(place(shared_data, "GRCh37").loci, civic(shared_data))
    record_property("shown", f"GRCh37: {len(compared) - len(unlike)} of {len(compared)} actionable codons lie in CIViC")
    assert unlike == []
    assert len(compared) >= 40


@pytest.mark.parametrize(
    ("build", "name", "chrom", "positions", "bases"),
    [
        ("GRCh37", "BRAF V600", "chr7", (140453137, 140453136, 140453135), "CAC"),
        ("GRCh38", "BRAF V600", "chr7", (140753337, 140753336, 140753335), "CAC"),
        ("GRCh37", "TERT C228T", "chr5", (1295228,), "G"),
        ("GRCh37", "TERT C250T", "chr5", (1295250,), "G"),
        ("GRCh38", "TERT C228T", "chr5", (1295113,), "G"),
        ("GRCh38", "TERT C250T", "chr5", (1295135,), "G"),
        # Exon 14 of MET in refGene: 116411903-116412043 and 116771849-116771989.
        ("GRCh37", "MET exon 14 splice acceptor", "chr7", (116411901, 116411902), "AG"),
        ("GRCh37", "MET exon 14 splice donor", "chr7", (116412043, 116412044, 116412045, 116412046), "GGTA"),
        ("GRCh38", "MET exon 14 splice acceptor", "chr7", (116771847, 116771848), "AG"),
        ("GRCh38", "MET exon 14 splice donor", "chr7", (116771989, 116771990, 116771991, 116771992), "GGTA"),
        ("GRCh37", "EGFR exon 19 deletion", "chr7", tuple(range(55242463, 55242508)), None),
        ("GRCh37", "EGFR exon 20 insertion", "chr7", tuple(range(55248989, 55249025)), None),
        # CIViC has the exon at 55593582-55593708, whose last base is the first of codon 592.
        ("GRCh37", "KIT exon 11 deletion", "chr4", tuple(range(55593582, 55593708)), None),
    ],
)
def test_known_places(
    shared_data: Path, build: str, name: str, chrom: str, positions: tuple[int, ...], bases: str | None
) -> None:
    locus = next(locus for locus in place(shared_data, build).loci if locus.id == name)
    assert (locus.chrom, locus.positions) == (chrom, positions)
    assert bases in (None, locus.bases)


def test_the_two_builds_hold_the_same_loci(shared_data: Path) -> None:
    old, new = (place(shared_data, build) for build in BUILDS)
    assert [(locus.id, locus.bases, locus.forward) for locus in old.loci] == [
        (locus.id, locus.bases, locus.forward) for locus in new.loci
    ]
    assert old.not_placed == new.not_placed


def test_internal_duplications_of_flt3_are_asked_for_across_its_short_intron(shared_data: Path) -> None:
    locus = next(locus for locus in place(shared_data, "GRCh37").loci if locus.gene == "FLT3" and "tandem" in locus.id)
    assert not locus.forward
    assert list(locus.positions) == list(range(locus.positions[0], locus.positions[-1] - 1, -1))
    # CIViC's coordinates of FLT3 ITD.
    assert set(range(28608219, 28608352)) <= set(locus.positions)


def hotspot_table(path: Path, left_out: set[str]) -> Path:
    """Write every recurrently mutated residue as a table of a user's own."""
    lines = ["\t".join(COLUMNS)]
    for gene, rows in hotspot_rows("single residue").items():
        for row in rows:
            name = f"{gene} {row.residue}"
            if name not in left_out and re.fullmatch(r"[A-Z]\d+", row.residue):
                lines.append(f"{name}\t{gene}\t\tcodon\t{row.residue}\tsubstitution 1-3\tcancerhotspots.org v2")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("build", BUILDS)
def test_all_recurrent_residues_as_a_users_table_lie_where_they_were_published(
    shared_data: Path, build: str, tmp_path: Path, record_property: RecordProperty
) -> None:
    table = hotspot_table(tmp_path / "own.tsv", set())
    with pytest.raises(InputErrors) as refused:
        place(shared_data, build, table)
    left_out = {error.what.partition(": ")[0] for error in refused.value.errors}
    assert all(error.row and error.column in ("gene", "place") for error in refused.value.errors)
    compared, unlike = compare(
        place(shared_data, build, hotspot_table(table, left_out)).loci, cancerhotspots(shared_data, build)
    )
    forward = sum(locus.forward for locus in compared)
    split = [locus.id for locus in compared if is_split(locus)]
    record_property(
        "shown",
        f"{build}: {len(compared) - len(unlike)} of {len(compared)} recurrent residues lie where they were published, "
        f"{forward} forward, {len(compared) - forward} reverse; over an exon border: {', '.join(split)}",
    )
    # The gene models hold another isoform of CASP8, whose residue 127 happens to be an arginine too.
    assert unlike == ["CASP8 R127"]
    assert len(compared) > 300
    assert len(split) > 5


SENSE = {"A": "GCT", "C": "TGT", "D": "GAT", "E": "GAA", "F": "TTT", "G": "GGT", "H": "CAT", "I": "ATT", "K": "AAA",
         "L": "CTG", "M": "ATG", "N": "AAT", "P": "CCT", "Q": "CAA", "R": "CGT", "S": "TCT", "T": "ACT", "V": "GTT",
         "W": "TGG", "Y": "TAT"}  # fmt: skip
COMPLEMENT = str.maketrans("ACGT", "TGCA")
FLANK = 100


def refgene_exons(shared_data: Path, build: str, accession: str, symbol: str) -> tuple[str, str, list[tuple[int, int]]]:
    """Return contig, strand and coding parts of exons, 1-based, of a transcript in UCSC's genePred table."""
    row = refgene(shared_data, build)[accession]
    assert row[12] in (symbol, "H3F3A")
    first, last = int(row[6]), int(row[7])
    starts, ends = ([int(n) for n in row[i].rstrip(",").split(",")] for i in (9, 10))
    parts = [(max(a, first) + 1, min(b, last)) for a, b in zip(starts, ends, strict=True)]
    return row[2], row[3], [(a, b) for a, b in parts if a <= b]


@cache
def refgene(shared_data: Path, build: str) -> dict[str, list[str]]:
    with gzip.open(shared_data / f"genome/{build}.refGene.txt.gz", "rt") as handle:
        rows = [line.rstrip("\n").split("\t") for line in handle]
    return {row[1]: row for row in rows if "_" not in row[2]}


def gene_without_sequence(folder: Path, symbol: str, accession: str, shared_data: Path, build: str) -> int:
    """Write models of a gene from refGene over made-up bases that code for the residues of the table.

    Positions in the files are those of the genome less the offset that is returned.
    """
    contig, strand, parts = refgene_exons(shared_data, build, accession, symbol)
    offset = parts[0][0] - FLANK
    order = [position for a, b in parts for position in range(a, b + 1)]
    if strand == "-":
        order.reverse()
    codons = ["ATG", *["GCT"] * (len(order) // 3 - 2), "TAA"]
    for row in read_locus_table():
        if row.gene == symbol:
            for residue in row.anchors:
                codons[residue.number - 1] = SENSE[residue.letter]
    sequence = ["T"] * (parts[-1][1] - offset + FLANK)
    for position, base in zip(order, "".join(codons), strict=True):
        sequence[position - offset - 1] = base if strand == "+" else base.translate(COMPLEMENT)
    (folder / "genome.fa").write_text(f">{contig}\n{''.join(sequence)}\n")
    (folder / "genome.fa.fai").write_text(
        f"{contig}\t{len(sequence)}\t{len(contig) + 2}\t{len(sequence)}\t{len(sequence) + 1}\n"
    )
    ends = (parts[0][0] - offset, parts[-1][1] - offset)
    rows = [
        f"{contig}\tr\tgene\t{ends[0]}\t{ends[1]}\t.\t{strand}\t.\tID=gene:G;Name={symbol};biotype=protein_coding",
        f"{contig}\tr\tmRNA\t{ends[0]}\t{ends[1]}\t.\t{strand}\t.\tID=transcript:T;Parent=gene:G;biotype=protein_coding",
        *(f"{contig}\tr\tCDS\t{a - offset}\t{b - offset}\t.\t{strand}\t0\tParent=transcript:T" for a, b in parts),
    ]
    (folder / "genes.gff3").write_text("##gff-version 3\n" + "\n".join(rows) + "\n")
    return offset


def mane_refseq(shared_data: Path) -> dict[str, str]:
    with gzip.open(shared_data / "knowledge/mane/MANE.GRCh38.v1.4.summary.txt.gz", "rt") as handle:
        rows = [row for row in csv.DictReader(handle, delimiter="\t") if row["MANE_status"] == "MANE Select"]
    return {row["symbol"]: row["RefSeq_nuc"].split(".")[0] for row in rows}


@pytest.mark.parametrize("build", BUILDS)
def test_codons_of_genes_without_sequence_lie_where_refgene_and_published_places_meet(
    shared_data: Path, build: str, tmp_path: Path, record_property: RecordProperty
) -> None:
    without = {
        reason.rsplit(" ", 1)[-1]
        for reason in place(shared_data, build).not_placed.values()
        if reason.startswith("the gene models hold no coding transcript of")
    }
    mane = mane_refseq(shared_data)
    # refGene of 2015 and later has not this transcript of ROS1.
    mane["ROS1"] = "NM_002944"
    places = cancerhotspots(shared_data, build)
    if build == "GRCh37":
        for name, bases in civic(shared_data).items():
            places[name] |= bases
    compared: list[Locus] = []
    unlike: list[str] = []
    for symbol in sorted(without):
        folder = tmp_path / symbol
        folder.mkdir()
        offset = gene_without_sequence(folder, symbol, mane[symbol], shared_data, build)
        found = place_loci(folder / "genes.gff3", folder / "genome.fa")
        moved = [
            locus.model_copy(update={"positions": tuple(position + offset for position in locus.positions)})
            for locus in found.loci
        ]
        without_base = {name: {(c, p, "") for c, p, _ in bases} for name, bases in places.items()}
        also, wrong = compare(moved, without_base)
        compared += also
        unlike += wrong
    genes = {locus.gene for locus in compared}
    record_property(
        "shown",
        f"{build}, genes without sequence: {len(compared) - len(unlike)} of {len(compared)} codons of {len(genes)} "
        f"genes lie where they were published, {sum(locus.forward for locus in compared)} forward; "
        f"split: {', '.join(locus.id for locus in compared if is_split(locus))}",
    )
    assert unlike == []
    assert len(compared) >= 25
    assert {"ERBB2", "FGFR1", "FGFR2", "FGFR3", "SF3B1", "GNAQ", "GNA11", "ESR1", "DNMT3A"} <= genes


def test_residues_of_the_table_are_residues_of_the_protein_that_the_table_says(shared_data: Path) -> None:
    """Every row of a gene with sequence has a place, so that no letter or number of the table is wrong."""
    found = place(shared_data, "GRCh38")
    placed = {locus.id for locus in found.loci}

    def has_sequence(row: LocusRow) -> bool:
        return not found.not_placed.get(row.locus, "").startswith("the gene models hold no")

    rows = [row for row in read_locus_table() if isinstance(row.place, Residues | ExonBorder) and has_sequence(row)]
    assert len(rows) > 130
    assert [row.locus for row in rows if row.locus not in placed] == []


def test_sources_that_the_table_cites_are_about_the_gene(shared_data: Path, record_property: RecordProperty) -> None:
    path = shared_data / "knowledge/civic_2024-08-01/01-Aug-2024-VariantSummaries.tsv"
    with path.open(encoding="utf-8") as handle:
        genes = {row["variant_id"]: row["gene"] for row in csv.DictReader(handle, delimiter="\t")}
    cited = [
        (row, number)
        for row in read_locus_table()
        for listed in re.findall(r"CIViC 2024-08-01: variants? (\d+(?:, \d+)*)", row.source)
        for number in listed.split(", ")
    ]
    counts = {
        f"{gene} {row.residue}": row.tumors for gene, rows in hotspot_rows("single residue").items() for row in rows
    }
    counted = 0
    for row in read_locus_table():
        count = re.search(r"cancerhotspots.org v2: (\d+) tumors", row.source)
        if count and row.locus_class is LocusClass.CODON:
            names = [f"{gene} {row.anchors[0]}" for gene in (row.gene, *row.aliases)]
            assert int(count[1]) in [counts.get(name) for name in names]
            counted += 1
    record_property("shown", f"{len(cited)} citations of CIViC and {counted} tumor counts of the table of loci agree")
    assert [(row.locus, number) for row, number in cited if genes.get(number) != row.gene] == []
    assert len(cited) > 150
    assert counted > 80


def test_gene_models_of_the_other_build_are_refused(shared_data: Path) -> None:
    genome = shared_data / "genome"
    with pytest.raises(InputError, match=r"GRCh37.*GRCh38"):
        place_loci(genome / "GRCh37.genes.gff3", genome / "GRCh38.sparse.fa.gz")


def test_gene_models_of_the_other_build_are_refused_without_a_word_in_their_head(
    shared_data: Path, tmp_path: Path
) -> None:
    genome = shared_data / "genome"
    lines = (genome / "GRCh37.genes.gff3").read_text().splitlines(keepends=True)
    bare = tmp_path / "bare.gff3"
    bare.write_text("".join(line for line in lines if not line.startswith("#!")))
    with pytest.raises(InputError, match="do not fit the reference"):
        place_loci(bare, genome / "GRCh38.sparse.fa.gz")
