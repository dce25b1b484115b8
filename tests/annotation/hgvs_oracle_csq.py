"""What ``bcftools csq`` makes of the same alleles, beside the engine and the second judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from genomodel.annotation.coding.engine import TranscriptEngine
from genomodel.annotation.csq import run_bcftools
from genomodel.annotation.dialects.bcsq import make_bcsq_parser
from genomodel.annotation.hgvs import one_letter
from genomodel.calls.vcf_text import VcfReader
from tests.annotation.hgvs_oracle import Names, Oracle
from tests.annotation.hgvs_oracle_grounds import Genome
from tests.annotation.hgvs_oracle_maf import applied
from tests.annotation.hgvs_oracle_reasons import Case
from tests.annotation.hgvs_oracle_variants import Drawn, draw


@dataclass(frozen=True)
class Beside:
    """One-letter changes by both, and what is to be said of them."""

    drawn: Drawn
    ours: str
    csq: str
    verdict: str


def run_csq(genome: Genome, drawn: Sequence[Drawn], folder: Path) -> dict[int, dict[str, str]]:
    """Return the one-letter changes of each allele by transcript, by the allele's place in the list."""
    oracle = Oracle(genome.fasta, genome.gff)
    fasta = oracle.provider.fasta
    order = {name: rank for rank, name in enumerate(fasta.references)}
    vcf, aligned, out = (folder / name for name in ("alleles.vcf", "aligned.vcf.gz", "csq.vcf.gz"))
    lines = ["##fileformat=VCFv4.2"]
    lines += [f"##contig=<ID={name},length={fasta.get_reference_length(name)}>" for name in order]
    lines.append("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO")
    for index, one in sorted(enumerate(drawn), key=lambda pair: (order[pair[1].chrom], pair[1].pos)):
        lines.append(f"{one.chrom}\t{one.pos}\t{index}\t{one.ref}\t{one.alt}\t.\t.\t.")
    vcf.write_text("\n".join(lines) + "\n")
    run_bcftools("norm", "-f", genome.fasta, "-c", "e", "--no-version", "-Oz", "-o", aligned, vcf, about=vcf)
    options = ("--local-csq", "--no-version", "-f", genome.fasta, "-g", genome.gff, "-Oz", "-o", out)
    run_bcftools("csq", *options, aligned, about=vcf)
    reader = VcfReader(out, require_sorted=False)
    parse = make_bcsq_parser(reader.header)
    assert parse is not None
    return {
        int(record.columns[2]): {
            effect.consequence.transcript: effect.consequence.protein_change for effect in parse(record)[0]
        }
        for record in reader
    }


def compare_csq(genome: Genome, number: int, seed: int, folder: Path) -> Iterator[Beside]:
    """Yield what both say of random alleles, and who says what the second judge does."""
    oracle = Oracle(genome.fasta, genome.gff)
    drawn = list(draw(oracle, number, seed))
    told = run_csq(genome, drawn, folder)
    with TranscriptEngine.open(genome.fasta, genome.gff) as engine:
        for index, one in enumerate(drawn):
            found = engine.consequences(one.chrom, one.pos, one.ref, one.alt)
            mine = next((c.protein_change for c in found if c.transcript == one.transcript), "")
            mine = "" if mine.endswith("_splice") else mine
            theirs = told.get(index, {}).get(one.transcript, "")
            case = Case(oracle, one, Names("", ""), "")
            yield Beside(one, mine, theirs, "same name" if mine == theirs else _verdict(case, mine, theirs))


def _verdict(case: Case, ours: str, csq: str) -> str:
    judged = {one_letter(name) for name in case.judged}
    head = csq.removesuffix("*?") if "ext" in csq else csq
    if ("fs" in csq or "ext" in csq) and ours.startswith(head):
        return "csq leaves out the new stop"
    if not case.altered:
        return "not judged: no transcript"
    protein = case.oracle.protein(case.drawn.transcript)
    one, other, by_judge = (_protein(names, protein) for names in ({ours}, {csq}, judged))
    if one & other:
        return "same protein, ours the name of the judge" if ours in judged else "same protein, other names"
    if ours in judged or one & by_judge:
        return "csq says nothing, ours as the judge" if not csq else "csq another, ours as the judge"
    return "csq as the judge, ours not" if csq in judged else "neither as the judge"


def _protein(names: set[str], protein: str) -> set[str]:
    """Proteins that changes in frame give; no change is the protein itself."""
    found = {applied(name, protein) if name else protein for name in names}
    return {one for one in found if one is not None}


def counts(found: Sequence[Beside]) -> dict[str, int]:
    """Count the verdicts."""
    return dict(sorted(Counter(one.verdict for one in found).items()))
