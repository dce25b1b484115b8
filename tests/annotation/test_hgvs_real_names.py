"""Protein changes told from bases beside those that real files state."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from genomodel.annotation.coding.engine import TranscriptEngine
from genomodel.annotation.csq import annotate_vcf
from genomodel.annotation.dialects.vep import derive_change, residues
from genomodel.annotation.hgvs import one_letter, parse_position
from genomodel.annotation.vcf import read_annotated_vcf
from tests.annotation.builders import patient
from tests.annotation.hgvs_oracle import Oracle
from tests.annotation.hgvs_oracle_grounds import Genome, real
from tests.annotation.hgvs_oracle_maf import REASONS, Told, explain
from tests.annotation.hgvs_oracle_protein import (
    altered_transcripts,
    equal_places,
    frame_lost_name,
    in_frame_name,
    protein_name,
)
from tests.calls.builders import write_vcf

Record = Callable[[str, object], None]
VEP = Path("hcc1395_exome") / "hcc1395.somatic.vep86.GRCh38.vcf.gz"
SHIFTS = {"RUNX1": 27, "EZH2": 5, "DNMT1": 16}
"""By how many residues the numbers of the AML table are lower than those of the isoform that it names."""


@dataclass(frozen=True)
class Row:
    """A row of the AML table whose bases the genome holds; alleles without anchor."""

    gene: str
    chrom: str
    pos: int
    ref: str
    alt: str
    change: str
    isoform: str
    kind: str


def aml_rows(folder: Path, oracle: Oracle) -> Iterator[Row]:
    """Yield rows on known bases, two beside the allele included."""
    with gzip.open(folder / "tcga_laml" / "tcga_laml.maf.gz", "rt") as handle:
        header = handle.readline().rstrip("\n").split("\t")
        for line in handle:
            values = dict(zip(header, line.rstrip("\n").split("\t"), strict=True))
            chrom = f"chr{values['Chromosome']}"
            ref, alt = (values[name].strip("-") for name in ("Reference_Allele", "Tumor_Seq_Allele2"))
            pos = int(values["Start_Position"]) + (not ref)
            if chrom not in oracle.provider.fasta.references:
                continue
            around = oracle.provider.get_seq(chrom, pos - 2, pos + len(ref) + 1)
            if around and "N" not in around:
                isoform = values["i_transcript_name"].partition(".")[0]
                yield Row(
                    values["Hugo_Symbol"],
                    chrom,
                    pos,
                    ref,
                    alt,
                    values["Protein_Change"],
                    isoform,
                    values["Variant_Classification"],
                )


def other_names(genome: Genome) -> dict[str, str]:
    """Transcripts by all their names, without versions."""
    found: dict[str, str] = {}
    for line in genome.gff.read_text().splitlines():
        if "\tmRNA\t" in line:
            tags = dict(part.split("=", 1) for part in line.split("\t")[8].split(";"))
            own = tags["ID"].removeprefix("transcript:")
            for name in (own, *tags.get("equivalent", "").split(",")):
                found.setdefault(name.partition(".")[0], own)
    return found


def annotated(
    genome: Genome, oracle: Oracle, rows: list[Row], folder: Path
) -> dict[tuple[str, int, str, str], dict[str, str]]:
    """Write the alleles as a VCF without annotation, annotate and read it: changes by allele and transcript."""
    order = {name: rank for rank, name in enumerate(oracle.provider.fasta.references)}
    keys = sorted({(r.chrom, r.pos, r.ref, r.alt) for r in rows}, key=lambda key: (order[key[0]], key[1] - 1))
    lines = ["##fileformat=VCFv4.2"]
    lines += [f"##contig=<ID={name},length={oracle.provider.fasta.get_reference_length(name)}>" for name in order]
    lines.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO")
    for chrom, pos, ref, alt in keys:
        anchor = oracle.provider.get_seq(chrom, pos - 2, pos - 1)
        lines.append(f"{chrom}\t{pos - 1}\t.\t{anchor}{ref}\t{anchor}{alt}\t.\tPASS\t.")
    (folder / "aml.vcf").write_text("\n".join(lines) + "\n")
    annotate_vcf(folder / "aml.vcf", genome.fasta, genome.gff, folder / "aml.out.vcf.gz")
    calls = read_annotated_vcf(folder / "aml.out.vcf.gz", patient())
    told: dict[tuple[str, int, str, str], dict[str, str]] = {}
    for variant in calls.variants:
        all_of_it = (*((variant.consequence,) if variant.consequence else ()), *variant.other_consequences)
        told[keys[variant.record - 1]] = {c.transcript: c.by_bases or c.protein_change for c in all_of_it}
    return told


def verdict(row: Row, told: dict[str, str], names: dict[str, str], oracle: Oracle) -> str:
    """Return why table and bases agree, on the table's isoform first, empty where they do not."""
    own = names.get(row.isoform, "")
    shifts = (0, SHIFTS[row.gene]) if row.gene in SHIFTS else (0,)
    for transcript in (own, *(name for name in told if name != own)):
        if transcript not in told:
            continue
        if not row.change:
            return _without_change(row, transcript, told[transcript], oracle)
        for shift in shifts:
            if reason := explain(row.change, _told(row, transcript, told[transcript], oracle), shift):
                return reason if transcript == own else f"on another transcript: {reason}"
    return ""


def _without_change(row: Row, transcript: str, change: str, oracle: Oracle) -> str:
    if not change or change.endswith("_splice"):
        return "no protein change"
    found = altered_transcripts(oracle, transcript, row.chrom, row.pos, row.ref, row.alt)
    judged = {one_letter(protein_name(oracle, transcript, one)) for one in found}
    return "read into the exon" if row.kind == "Splice_Site" and change in judged else ""


def _told(row: Row, transcript: str, change: str, oracle: Oracle) -> Told:
    model = oracle.models[transcript]
    places = []
    for at, gone, _ in equal_places(oracle, row.chrom, row.pos, row.ref, row.alt):
        places += [model.place(at - 1), model.place(at - 2 + len(gone))]
    earliest = min(((place - model.cds[0]) // 3 + 1 for place in places if place is not None), default=1)
    return Told(change, oracle.protein(transcript), len(row.alt) - len(row.ref), earliest)


@pytest.fixture(scope="module")
def aml(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[Row], list[str], list[dict[str, str]]]:
    genome = real(shared_data, "GRCh37")
    oracle = Oracle(genome.fasta, genome.gff)
    rows = list(aml_rows(shared_data, oracle))
    told = annotated(genome, oracle, rows, tmp_path_factory.mktemp("aml"))
    names = other_names(genome)
    changes = [told[row.chrom, row.pos, row.ref, row.alt] for row in rows]
    return rows, [verdict(row, one, names, oracle) for row, one in zip(rows, changes, strict=True)], changes


def test_bases_alone_give_the_protein_changes_of_the_aml_table(
    aml: tuple[list[Row], list[str], list[dict[str, str]]], record_property: Record
) -> None:
    rows, verdicts, changes = aml
    assert len(rows) == 277
    counted = Counter(verdicts)
    record_property("shown", f"AML variants from bases alone: {dict(counted.most_common())}")
    assert [(row, one) for row, said, one in zip(rows, verdicts, changes, strict=True) if not said] == []
    assert {said.removeprefix("on another transcript: ") for said in counted} <= set(REASONS)
    assert counted["agree"] + counted["silent"] + counted["short frameshift"] + counted["same protein"] > 200
    assert counted["table contradicts its bases"] <= 1


def test_shifts_are_one_per_gene(shared_data: Path, aml: tuple[list[Row], list[str], list[dict[str, str]]]) -> None:
    """The table's residues stand, moved by the gene's one shift, in our protein, and by no other near it."""
    oracle = Oracle(real(shared_data, "GRCh37").fasta, real(shared_data, "GRCh37").gff)
    stated: dict[str, list[tuple[str, int, str]]] = {}
    for row, _, told in zip(*aml, strict=True):
        found = re.fullmatch(r"p\.([A-Z])(\d+)[A-Z*]", row.change)
        if row.gene in SHIFTS and found:
            stated.setdefault(row.gene, []).append((found[1], int(found[2]), oracle.protein(next(iter(told)))))
    assert set(stated) == set(SHIFTS)
    for gene, known in stated.items():
        fits = [by for by in range(40) if all(protein[n + by - 1] == residue for residue, n, protein in known)]
        assert SHIFTS[gene] in fits
        assert len(known) < 5 or fits == [SHIFTS[gene]]


CSQ_ERRS = (
    ("chr1", 9778942, "CTCG", "ACG", "ENST00000377346.6", "A404Ifs*50", "A404Dfs*50"),
    ("chr2", 47596704, "TGCCGCA", "TATGTAGGCT", "ENST00000263735.6", "A21_A22delinsM*", "A21delinsM*"),
)


def test_where_csq_errs_the_bases_are_reported(shared_data: Path, tmp_path: Path) -> None:
    """Both judges give the names by the bases."""
    genome = real(shared_data, "GRCh37")
    rows = [f"{chrom}\t{pos}\t.\t{ref}\t{alt}\t.\tPASS\t." for chrom, pos, ref, alt, *_ in CSQ_ERRS]
    annotate_vcf(write_vcf(tmp_path / "in.vcf", rows, ()), genome.fasta, genome.gff, tmp_path / "out.vcf.gz")
    oracle = Oracle(genome.fasta, genome.gff)
    for variant, (*allele, transcript, csq, bases) in zip(
        read_annotated_vcf(tmp_path / "out.vcf.gz", patient()).variants, CSQ_ERRS, strict=True
    ):
        found = (*((variant.consequence,) if variant.consequence else ()), *variant.other_consequences)
        assert [c.protein_change for c in found if c.transcript == transcript] == [bases]
        altered = altered_transcripts(oracle, transcript, *allele)
        assert {one_letter(protein_name(oracle, transcript, one)) for one in altered} == {bases} != {csq}


@pytest.mark.parametrize(
    ("stated", "change", "gained", "earliest", "reason"),
    [
        ("p.E3del", "E4del", -3, 3, "same protein"),
        ("p.E3_E4insE", "E4dup", 3, 3, "same protein"),
        ("p.K5fs", "K5Rfs*3", 1, 5, "short frameshift"),
        ("p.K5fs", "K5*", 1, 5, "immediate stop"),
        ("p.EK4fs", "K5Rfs*3", 1, 4, "frameshift by the DNA"),
        ("p.K5K", "K5=", 0, 5, "silent"),
        ("p.E3_K5>E", "E3_E4delinsQ", -3, 3, "table contradicts its bases"),
        ("p.K5R", "K5T", 0, 5, ""),
        ("p.K6fs", "K5Rfs*3", 1, 5, ""),
        ("p.M1fs", "K5Rfs*3", 1, 5, ""),
        ("p.W5fs", "K5Rfs*3", 1, 5, ""),
        ("p.E3del", "K5del", -3, 5, ""),
        ("p.A2_E3insE", "A2_E3insQ", 3, 3, ""),
        ("p.A2A", "K5=", 0, 5, ""),
    ],
)
def test_the_rules_for_older_spellings_hold_where_they_should(
    stated: str, change: str, gained: int, earliest: int, reason: str
) -> None:
    assert explain(stated, Told(change, "MAEEKWL*", gained, earliest)) == reason


@dataclass(frozen=True)
class VepEntry:
    """An entry with residues of the real VEP file."""

    record: tuple[str, int, str, str]
    transcript: str
    terms: tuple[str, ...]
    change: str
    start: int
    ref: str
    alt: str
    protein: str
    downstream: str


def vep_entries(path: Path) -> Iterator[VepEntry]:
    columns: list[str] = []
    with gzip.open(path, "rt") as handle:
        for line in handle:
            if line.startswith("##INFO=<ID=CSQ"):
                columns = line.split("Format: ")[1].rstrip('">\n').split("|")
            if line.startswith("#"):
                continue
            fields = line.rstrip("\n").split("\t")
            info = dict(part.split("=", 1) for part in fields[7].split(";") if "=" in part)
            for entry in info.get("CSQ", "").split(","):
                values = dict(zip(columns, entry.split("|"), strict=False))
                span = parse_position(values.get("Protein_position", ""))
                if span is None or not values["Amino_acids"]:
                    continue
                assert not values["HGVSp"]
                terms, (ref, alt) = tuple(values["Consequence"].split("&")), residues(values["Amino_acids"])
                whole = values["WildtypeProtein"], values["DownstreamProtein"]
                change = derive_change(terms, ref, alt, values["Protein_position"], *whole)
                record = (fields[0], int(fields[1]), fields[3], fields[4])
                start = span[0] if ref else span[1]
                yield VepEntry(record, values["Feature"], terms, change, start, ref, alt, f"{whole[0]}*", whole[1])


def test_residues_of_vep_give_the_names_of_their_whole_proteins(shared_data: Path, record_property: Record) -> None:
    """VEP 86 wrote no HGVSp; it wrote the whole protein of each transcript, from which the judge names the change."""
    counted: Counter[str] = Counter()
    unlike = []
    for entry in vep_entries(shared_data / VEP):
        assert entry.protein[entry.start - 1 : entry.start - 1 + len(entry.ref)] == entry.ref
        if "frameshift_variant" in entry.terms:
            judged = frame_lost_name(
                entry.protein, entry.protein[: entry.start - 1] + entry.downstream + "*", entry.start
            )
            same = entry.change == judged.partition("fs")[0] + "fs"
            counted["frameshift"] += same
        else:
            behind = entry.protein[: entry.start - 1] + entry.alt + entry.protein[entry.start - 1 + len(entry.ref) :]
            same = entry.change == in_frame_name(entry.protein, behind, entry.start)
            counted["in frame"] += same
        if not same:
            unlike.append(entry)
    record_property("shown", f"names from VEP's residues as of whole proteins: {dict(counted)}, others {len(unlike)}")
    assert unlike == []
    assert counted["frameshift"] == 25
    assert counted["in frame"] > 2400


def test_bases_give_the_changes_of_vep_where_the_genome_has_them(shared_data: Path, record_property: Record) -> None:
    genome = real(shared_data, "GRCh38")
    oracle = Oracle(genome.fasta, genome.gff)
    names = {name.partition(".")[0]: name for name in oracle.models}
    compared: Counter[str] = Counter()
    unlike = []
    with TranscriptEngine.open(genome.fasta, genome.gff) as engine:
        for entry in vep_entries(shared_data / VEP):
            own = names.get(entry.transcript.partition(".")[0])
            if own is None:
                continue
            found = [c.protein_change for c in engine.consequences(*entry.record) if c.transcript == own]
            same = found == [entry.change] or (entry.change.endswith("fs") and found[0].startswith(entry.change))
            compared["same" if same else "other"] += 1
            if not same:
                unlike.append((entry.record, own, found, entry.change))
    record_property("shown", f"changes by bases as VEP's residues on one transcript: {dict(compared)}")
    assert unlike == []
    assert compared["same"] >= 5
