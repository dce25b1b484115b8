"""Annotating a VCF with ``bcftools csq``, the one inside pysam: no program beside Python is needed.

Consequences are predicted one record at a time (``--local-csq``). The haplotype-aware mode would need phase: calls of
tumors have none, and taking unphased genotypes as they stand (``--phase a``) joins every variant of a gene into one
imagined haplotype. In a test with several EGFR variants in one file it turned L858R into ``858L>856R`` and an exon-20
insertion at residue 770 into one at 765. The price is that two records in one codon are read apart; freebayes and
Mutect2 write neighbors on the same reads as one record, which avoids most of these.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pysam
import pysam.bcftools

from genomodel.annotation.dialects.bcsq import PRIMARY_TRANSCRIPTS
from genomodel.annotation.transcripts import GeneModels, read_gene_models
from genomodel.calls.vcf_text import VcfHeader, VcfReader, VcfRecord
from genomodel.core.errors import InputError
from genomodel.files import atomic_path, require_file

BASES = frozenset("ACGT")
_SAME_BUILD = "Use the FASTA of the genome build that the calls were made on"


@dataclass(frozen=True)
class ReferenceCheck:
    """How many records had their reference allele compared with the genome, all of them right."""

    compared: int = 0
    unknown: int = 0
    """The genome holds no plain base there, or lacks the contig."""


def annotate_vcf(
    vcf: str | Path, reference: str | Path, gff: str | Path, out: str | Path, *, normalize: bool = False
) -> ReferenceCheck:
    """Write a VCF again with consequences in INFO ``BCSQ`` and the transcripts to report in ``GM_TRANSCRIPT``.

    Parameters
    ----------
    vcf
        Sorted VCF; every record is kept, in its order.
    reference
        FASTA, plain or bgzipped; an index is made beside it when there is none.
    gff
        Gene models in Ensembl's GFF3 style (``ID=gene:``, ``ID=transcript:``, ``biotype=``).
    out
        Where to write; bgzipped and indexed when it ends in ``.gz``.
    normalize
        Split alleles and align indels to the left first (``bcftools norm -m -any``).

    Returns
    -------
    ReferenceCheck
        How many records were compared with the reference.

    Raises
    ------
    InputError
        A file is missing or damaged, contig names differ, reference alleles are not those of the genome, or the GFF3
        holds no usable gene models.
    """
    vcf, reference, gff, out = (
        Path(vcf),
        require_file(reference, "reference FASTA"),
        require_file(gff, "GFF3"),
        Path(out),
    )
    check = check_reference(vcf, reference)
    models = read_gene_models(gff, contigs_of(vcf))
    with tempfile.TemporaryDirectory(prefix="genomodel-csq-") as folder:
        source = Path(folder) / "input.vcf.gz"
        if normalize:
            _bcftools(
                "norm",
                vcf,
                "-m",
                "-any",
                "-f",
                str(reference),
                "-c",
                "e",
                "--no-version",
                "-Oz",
                "-o",
                str(source),
                str(vcf),
            )
        else:
            source = vcf
        raw = Path(folder) / "csq.vcf.gz"
        options = ("--local-csq", "--no-version", "-f", str(reference), "-g", str(gff), "-Oz", "-o", str(raw))
        _bcftools("csq", vcf, *options, str(source))
        _write_marked(VcfReader(raw), models, out)
    return check


def contigs_of(vcf: str | Path) -> tuple[str, ...]:
    """Return the contigs that have records, in their order, having checked every line of the file."""
    return tuple(dict.fromkeys(record.chrom for record in VcfReader(vcf)))


def check_reference(vcf: str | Path, reference: str | Path) -> ReferenceCheck:
    """Compare contig lengths and the reference allele of every record with the genome.

    Raises
    ------
    InputError
        The FASTA cannot be read, contigs are named otherwise or have other lengths, or reference alleles differ or
        cannot be compared at all.
    """
    reader, genome = VcfReader(vcf), Path(reference).name
    compared = mismatched = unknown = 0
    first, first_row = "", None
    seen: dict[str, None] = {}
    with _open_fasta(Path(reference)) as fasta:
        lengths = dict(zip(fasta.references, fasta.lengths, strict=True))
        _check_contig_lengths(reader.header, lengths)
        for record in reader:
            seen[record.chrom] = None
            found = _bases(fasta, lengths, record)
            if found is None:
                unknown += 1
                continue
            compared += 1
            if found != record.ref.upper():
                mismatched += 1
                first = first or f"{record.chrom}:{record.pos} is {found or 'beyond its end'}, the VCF has {record.ref}"
                first_row = first_row or record.row
    if seen and not set(seen) & set(lengths):
        text = f"contig names of the VCF ({_some(seen)}) are not in the reference ({_some(lengths)})"
        raise InputError(text, path=vcf, column="CHROM", fix=f"{_SAME_BUILD}; mind chr1 and 1")
    if mismatched:
        share = mismatched / compared
        text = f"{mismatched} of {compared} reference alleles ({share:.1%}) are not those of {genome}: {first}"
        raise InputError(text, path=vcf, row=first_row, column="REF", fix=_SAME_BUILD)
    if seen and not compared:
        text = f"none of {unknown} reference alleles can be compared, {genome} has no bases (N) there"
        raise InputError(text, path=vcf, column="REF", fix=_SAME_BUILD)
    return ReferenceCheck(compared, unknown)


def _check_contig_lengths(header: VcfHeader, lengths: dict[str, int]) -> None:
    for name, length in header.contig_lengths().items():
        if name in lengths and lengths[name] != length:
            text = f"the VCF says that {name} has {length} bases, the reference has {lengths[name]}"
            raise InputError(text, path=header.path, column="CHROM", fix=_SAME_BUILD)


def _bases(fasta: pysam.FastaFile, lengths: dict[str, int], record: VcfRecord) -> str | None:
    """Genome's bases under a reference allele, ``None`` where it has no plain ones; shorter beyond a contig's end."""
    if record.chrom not in lengths or record.pos == 0:
        return None
    start = record.pos - 1
    if start >= lengths[record.chrom]:
        return ""
    found = str(fasta.fetch(record.chrom, start, start + len(record.ref))).upper()
    return found if BASES.issuperset(found) else None


def _some(names: Iterable[str]) -> str:
    return ", ".join(list(names)[:5])


def _open_fasta(reference: Path) -> pysam.FastaFile:
    try:
        return pysam.FastaFile(str(reference))
    except (OSError, ValueError) as error:
        text = f"the reference cannot be read as an indexed FASTA ({error})"
        fix = "Plain or bgzipped (not gzipped) FASTA; index it with samtools faidx"
        raise InputError(text, path=reference, fix=fix) from error


def _bcftools(verb: str, vcf: Path, *options: str) -> None:
    """Run a verb of the bcftools inside pysam and turn its failure into words for the user."""
    try:
        getattr(pysam.bcftools, verb)(*options, catch_stdout=False)
    except pysam.SamtoolsError as error:
        said = str(error).split("stderr=", 1)[-1].strip().strip("'\"").replace("\\n", " ")
        fix = "Check that VCF, FASTA and GFF3 are of one genome build and name contigs alike"
        if "GFF" in said or "gff" in said or "transcript" in said:
            fix = "bcftools csq reads GFF3 in Ensembl's style: ID=gene:..., ID=transcript:..., Parent=..., biotype=..."
        raise InputError(f"bcftools {verb} stopped: {said}", path=vcf, fix=fix) from error


def _write_marked(reader: VcfReader, models: GeneModels, out: Path) -> None:
    """Copy an annotated VCF, naming for each record the transcripts to report among those it hits."""
    text = "Transcripts to report, one per gene: tagged in the gene models, else the longest coding sequence"
    line = f'##INFO=<ID={PRIMARY_TRANSCRIPTS},Number=.,Type=String,Description="{text}">'
    names = "".join(f"\t{name}" for name in reader.header.samples)
    columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO" + ("\tFORMAT" + names if names else "")
    meta = [item for item in reader.header.meta if not item.startswith(f"##INFO=<ID={PRIMARY_TRANSCRIPTS},")]
    with atomic_path(out) as temporary:
        writer = pysam.BGZFile(str(temporary), "wb") if out.suffix == ".gz" else temporary.open("wb")
        with writer:
            writer.write("".join(f"{item}\n" for item in (*meta, line, columns)).encode())
            for record in reader:
                hit = {entry.split("|")[2] for entry in record.info.get("BCSQ", "").split(",") if entry.count("|") > 2}
                primary = sorted(hit & models.primary)
                if primary:
                    record.columns[7] += f";{PRIMARY_TRANSCRIPTS}={','.join(primary)}"
                writer.write(("\t".join(record.columns) + "\n").encode())
    if out.suffix == ".gz":
        pysam.tabix_index(str(out), preset="vcf", force=True)
