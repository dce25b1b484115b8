"""Annotating a VCF with ``bcftools csq``, the one inside pysam: no program beside Python is needed.

Alleles are predicted one by one (``--local-csq``). The haplotype-aware mode would need phase: calls of tumors have
none, and taking unphased genotypes as they stand (``--phase a``) joins every variant of a gene into one imagined
haplotype. Tried with several EGFR variants in one file, it wrote L858R as ``858L>856R`` and an exon-20 insertion at
residue 770 as one at 765. Records that change one codon are therefore read apart by csq; what they make together is
written beside it, with what the reads say of their phase (:mod:`genomodel.annotation.phasing_neighbors`).

csq misreads indels that are not aligned to the left: of ``ATG AAA GTG``, the loss of ``AA`` written as ``AAA>A``
becomes a change of residue 1. So each allele is aligned by ``bcftools norm`` first, in a copy without samples; the
user's records keep their coordinates, alleles and samples. Both verbs run in a child process: the library ends the
whole process on some files (a header without contigs, for one), and one bad file must not end a batch.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pysam

from genomodel.annotation.build import unlike_fix, unlike_text
from genomodel.annotation.coding.engine import TranscriptEngine
from genomodel.annotation.derived_info import DERIVED_INFO, DERIVED_LINE, entries
from genomodel.annotation.dialects.bcsq import PRIMARY_TRANSCRIPTS
from genomodel.annotation.phasing_info import HEADER_LINES as PHASING_LINES
from genomodel.annotation.phasing_info import JOINT_INFO, PHASE_INFO
from genomodel.annotation.phasing_neighbors import phase_neighbors
from genomodel.annotation.sources import SOURCE_FIELDS, SOURCES, Allele, Found, look_up
from genomodel.annotation.sources.given import EARLIER_POPULATION_HEADER
from genomodel.annotation.sources.identity import SOURCE_HEADER, header_line
from genomodel.calls.checks import check_alignment
from genomodel.calls.gene_models import GeneModels, read_gene_models
from genomodel.calls.hotspot_assay.build_check import require_fitting_models
from genomodel.calls.intake import require_same_records
from genomodel.calls.vcf_text import VcfReader, VcfRecord
from genomodel.core.builds import bare
from genomodel.core.errors import InputError
from genomodel.files import atomic_path, require_file
from genomodel.resources.driver_genes import driver_genes

BASES = frozenset("ACGT")
_SAME_BUILD = "Use the FASTA of the genome build that the calls were made on"
_RENAME = (
    "The names differ by chr alone: use a FASTA and GFF3 with the names of the VCF, or rename its contigs with "
    "bcftools annotate --rename-chrs"
)
_CHILD = "import sys, pysam.bcftools; getattr(pysam.bcftools, sys.argv[1])(*sys.argv[2:], catch_stdout=False)"
_INFO_LINES = (
    '##INFO=<ID=BCSQ,Number=.,Type=String,Description="Local consequence annotation from BCFtools/csq. '
    'Format: Consequence|gene|transcript|biotype|strand|amino_acid_change|dna_change">',
    f'##INFO=<ID={PRIMARY_TRANSCRIPTS},Number=.,Type=String,Description="Transcripts to report, one per gene: '
    'tagged in the gene models, else the longest coding sequence">',
)
_FIELDS = 7
_OURS = ("BCSQ", PRIMARY_TRANSCRIPTS, DERIVED_INFO, PHASE_INFO, JOINT_INFO, *SOURCE_FIELDS)


@dataclass(frozen=True)
class ReferenceCheck:
    """How many records had their reference allele compared with the genome, all of them right."""

    compared: int = 0
    unknown: int = 0
    """Genome or record hold no plain base, or the contig is absent; such records stay without protein change."""
    no_sequence: int = 0
    """Alleles that are no plain sequence (``*``, ``<DEL>``), which have no consequence and are in no source."""

    @property
    def note(self) -> str:
        """Words for what could not be asked of any source, empty for nothing."""
        said = (
            (self.no_sequence, "alleles that are no plain sequence"),
            (self.unknown, "records where the reference, or they themselves, have no plain bases"),
        )
        parts = [f"{number} {what}" for number, what in said if number]
        return f"not asked for: {', '.join(parts)}" if parts else ""


def annotate_vcf(
    vcf: str | Path,
    reference: str | Path,
    gff: str | Path,
    out: str | Path,
    *,
    sources: Mapping[str, Sequence[str | Path]] = MappingProxyType({}),
    reads: str | Path | None = None,
) -> ReferenceCheck:
    """Write a VCF again with consequences in INFO ``BCSQ`` and the transcripts to report in ``GM_TRANSCRIPT``.

    Beside what csq says, ``GM_HGVS`` holds what the engine of :mod:`genomodel.annotation.coding` derives of each allele
    on each transcript: names of the DNA and protein change, exon or intron, codons. Of alleles that share a codon,
    ``GM_JOINT`` says what they make together and ``GM_PHASE`` whether reads show them on one molecule. What
    :mod:`genomodel.annotation.sources` say stands in fields of their own (``GM_AF``, ``GM_CLINVAR_*``); the header says
    of each source which file it was, or that it was not looked up. Annotation of VEP or SnpEff in the file is kept.

    Parameters
    ----------
    vcf
        Sorted VCF; every record is kept as it is and in its order, several alleles in one record included.
    reference
        FASTA, plain or bgzipped; an index is made beside it when there is none.
    gff
        Gene models in Ensembl's GFF3 style (``ID=gene:``, ``ID=transcript:``, ``biotype=``).
    out
        Where to write; bgzipped and indexed when it ends in ``.gz``.
    sources
        VCFs of the same genome build, bgzipped and indexed, by the id of their source: ``population``, ``clinvar``.
    reads
        BAM or CRAM of the tumor, sorted and indexed, aligned to this reference.

    Returns
    -------
    ReferenceCheck
        How many records were compared with the reference.

    Raises
    ------
    InputError
        A file is missing or damaged, contig names differ, reference alleles are not those of the genome, or the GFF3
        holds no usable gene models, or those of another build; or the reads are not of this reference, or damaged.
    """
    vcf, out = require_file(vcf, "VCF"), Path(out)
    reference, gff = require_file(reference, "reference FASTA"), require_file(gff, "GFF3")
    if reads is not None:
        check_alignment(reads, reference)
    with tempfile.TemporaryDirectory(prefix="genomodel-csq-") as folder:
        sites, aligned = Path(folder) / "sites.vcf", Path(folder) / "aligned.vcf.gz"
        check, contigs = _write_sites(vcf, reference, sites)
        models = read_gene_models(gff, contigs, coding_of=driver_genes())
        require_fitting_models(gff, models, reference)
        run_bcftools("norm", "-f", reference, "-c", "e", "--no-version", "-Oz", "-o", aligned, sites, about=vcf)
        by_csq = _run_csq(aligned, reference, gff, [contig for contig in contigs if contig in models.contigs], vcf)
        found, by_record = _look_up(aligned, reference, sources, check.note)
    with TranscriptEngine.open(reference, gff, contigs) as engine:
        neighbors = phase_neighbors(VcfReader(vcf), engine, reference, reads)
        _write_annotated(VcfReader(vcf), _Written(by_csq, models, found, by_record, engine, neighbors), out)
    return check


def _run_csq(
    aligned: Path, reference: Path, gff: Path, with_genes: Sequence[str], vcf: Path
) -> dict[int, dict[int, list[str]]]:
    """Return the entries that ``bcftools csq`` gives aligned alleles, by ordinal and allele."""
    raw = aligned.with_name("csq.vcf.gz")
    # csq stops at a contig without genes: the mitochondrion, or a contig beside the assembly.
    targets = ("-t", ",".join(with_genes)) if with_genes else ()
    options = ("--local-csq", "--no-version", "-f", reference, "-g", gff, *targets, "-Oz", "-o", raw)
    run_bcftools("csq", *options, aligned, about=vcf)
    found: dict[int, dict[int, list[str]]] = defaultdict(dict)
    for record in VcfReader(raw, require_sorted=False):
        ordinal, allele = _site_of(record)
        found[ordinal][allele] = [entry for entry in record.info.get("BCSQ", "").split(",") if entry]
    return found


def _site_of(record: VcfRecord) -> tuple[int, int]:
    """Return ordinal and allele that :func:`_write_sites` named a site by."""
    ordinal, allele = record.columns[2].split("_")
    return int(ordinal), int(allele)


@dataclass(frozen=True)
class _Written:
    """What is added to the records."""

    entries: dict[int, dict[int, list[str]]]
    models: GeneModels
    found: Found
    alleles: dict[int, dict[int, Allele]]
    """The aligned alleles that were looked up, by ordinal and allele."""
    engine: TranscriptEngine
    neighbors: dict[int, tuple[str, ...]]
    """Parts of INFO about alleles that share a codon, by ordinal."""


def _look_up(
    aligned: Path, reference: Path, sources: Mapping[str, Sequence[str | Path]], note: str
) -> tuple[Found, dict[int, dict[int, Allele]]]:
    """Ask the sources about aligned alleles."""
    alleles: dict[int, dict[int, Allele]] = defaultdict(dict)
    if not sources:
        return Found(), alleles
    for record in VcfReader(aligned, require_sorted=False):
        ordinal, allele = _site_of(record)
        alleles[ordinal][allele] = Allele(record.chrom, record.pos, record.ref, record.alts[0])
    with _open_fasta(reference) as fasta:
        return look_up(sources, (one for of in alleles.values() for one in of.values()), fasta, note=note), alleles


def _write_sites(vcf: Path, reference: Path, out: Path) -> tuple[ReferenceCheck, tuple[str, ...]]:
    """Check contigs and reference alleles, and write each plain allele as a record named ``ordinal_allele``.

    Returns
    -------
    tuple
        The check, and the contigs that have records.

    Raises
    ------
    InputError
        The FASTA cannot be read, contigs are named otherwise or have other lengths, or reference alleles differ or
        cannot be compared at all.
    """
    reader = VcfReader(vcf)
    declared = reader.header.contig_lengths()
    compared = unknown = no_sequence = 0
    wrong: list[tuple[VcfRecord, str]] = []
    seen: dict[str, None] = {}
    with _open_fasta(reference) as fasta, out.open("w", encoding="utf-8") as handle:
        lengths = dict(zip(fasta.references, fasta.lengths, strict=True))
        handle.write("##fileformat=VCFv4.2\n")
        handle.writelines(f"##contig=<ID={name},length={length}>\n" for name, length in lengths.items())
        handle.write("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n")
        for record in reader:
            if record.chrom not in seen:
                seen[record.chrom] = None
                _check_contig_length(record, declared.get(record.chrom), lengths.get(record.chrom))
            found = _bases(fasta, lengths, record)
            if found is None:
                unknown += 1
                continue
            compared += 1
            if found != record.ref.upper():
                wrong.append((record, found))
            for allele, alt in enumerate(record.alts):
                if not BASES.issuperset(alt.upper()):
                    no_sequence += 1
                    continue
                handle.write(f"{record.chrom}\t{record.pos}\t{record.ordinal}_{allele}\t{record.ref}\t{alt}\t.\t.\t.\n")
    _raise_unlike(vcf, reference, list(seen), list(lengths), compared, wrong)
    return ReferenceCheck(compared, unknown, no_sequence), tuple(seen)


def _raise_unlike(
    vcf: Path, reference: Path, seen: list[str], known: list[str], compared: int, wrong: list[tuple[VcfRecord, str]]
) -> None:
    if seen and not set(seen) & set(known):
        text = f"contig names of the VCF ({_some(seen)}) are not in the reference ({_some(known)})"
        fix = _RENAME if {bare(name) for name in seen} & {bare(name) for name in known} else _SAME_BUILD
        raise InputError(text, path=vcf, column="CHROM", fix=fix)
    if wrong:
        record, found = wrong[0]
        first = f"{record.chrom}:{record.pos} is {found or 'beyond its end'}, the VCF has {record.ref}"
        text = unlike_text(len(wrong), compared, reference.name, first)
        raise record.error(text, column="REF", fix=unlike_fix(len(wrong), compared))
    if seen and not compared:
        text = f"no reference allele can be compared, {reference.name} has no bases (N) there"
        raise InputError(text, path=vcf, column="REF", fix=_SAME_BUILD)


def _check_contig_length(record: VcfRecord, declared: int | None, length: int | None) -> None:
    if declared is not None and length is not None and declared != length:
        text = f"the VCF's header says that {record.chrom} has {declared} bases, the reference has {length}"
        raise record.error(text, column="CHROM", fix=_SAME_BUILD)


def _bases(fasta: pysam.FastaFile, lengths: dict[str, int], record: VcfRecord) -> str | None:
    """Genome's bases under a reference allele, shorter beyond a contig's end; ``None`` where either is not plain.

    Callers of structural variants write ``N`` as reference allele.
    """
    if record.chrom not in lengths or record.pos == 0 or not BASES.issuperset(record.ref.upper()):
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


def run_bcftools(verb: str, *options: str | Path, about: Path) -> None:
    """Run a verb of the bcftools inside pysam in a process of its own.

    Raises
    ------
    InputError
        It failed; ``about`` is the file that the message names.
    """
    command = [sys.executable, "-c", _CHILD, verb, *(str(option) for option in options)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    said = done.stderr.rsplit("stderr=", 1)[-1].strip().strip("'\"").replace("\\n", " ").strip()
    if done.returncode < 0:
        said = f"ended by signal {-done.returncode}"
    fix = "Check that VCF, FASTA and GFF3 are of one genome build and name contigs alike"
    if verb == "csq" and ("gff" in said.lower() or "transcript" in said):
        fix = "bcftools csq reads GFF3 in Ensembl's style: ID=gene:..., ID=transcript:..., Parent=..., biotype=..."
    raise InputError(f"bcftools {verb} stopped: {said}", path=about, fix=fix)


def _write_annotated(reader: VcfReader, written: _Written, out: Path) -> None:
    """Write the user's records with the consequences of their alleles."""
    names = "".join(f"\t{name}" for name in reader.header.samples)
    columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO" + ("\tFORMAT" + names if names else "")
    ours = (
        *(f"##{kind}=<ID={key}," for kind in ("INFO", "FORMAT") for key in _OURS),
        f"##{SOURCE_HEADER}=",
        f"##{EARLIER_POPULATION_HEADER}=",
    )
    meta = [line for line in reader.header.meta if not line.startswith(ours)]
    asked = {source.id for source in written.found.sources if source.looked_up}
    fields = [field.line for source in SOURCES if source.id in asked for field in source.fields]
    added = (
        *_INFO_LINES,
        DERIVED_LINE,
        *PHASING_LINES,
        *fields,
        *(header_line(source) for source in written.found.sources),
    )
    with atomic_path(out) as temporary:
        writer = pysam.BGZFile(str(temporary), "wb") if out.suffix == ".gz" else temporary.open("wb")
        with writer:
            writer.write("".join(f"{line}\n" for line in (*meta, *added, columns)).encode())
            for record in reader:
                writer.write((_annotated_line(record, written) + "\n").encode())
        require_same_records([reader.path], temporary)
    if out.suffix == ".gz":
        pysam.tabix_index(str(out), preset="vcf", force=True)


def _annotated_line(record: VcfRecord, added: _Written) -> str:
    written = list(dict.fromkeys(_named_entries(record, added.entries.get(record.ordinal, {}))))
    parts = [part for part in record.columns[7].split(";") if part.partition("=")[0] not in ("", ".", *_OURS)]
    if written:
        parts.append(f"BCSQ={','.join(written)}")
    derived = [added.engine.consequences(record.chrom, record.pos, record.ref, alt) for alt in record.alts]
    if any(derived):
        parts.append(f"{DERIVED_INFO}={','.join(entries(derived))}")
    named = {entry.split("|")[2] for entry in written}
    named |= {added.engine.transcripts[one.transcript].id for found in derived for one in found}
    primary = sorted(named & added.models.primary)
    if primary:
        parts.append(f"{PRIMARY_TRANSCRIPTS}={','.join(primary)}")
    parts += added.neighbors.get(record.ordinal, ())
    alleles = added.alleles.get(record.ordinal, {})
    said = {index: added.found.facts.get(allele, {}) for index, allele in alleles.items()}
    for name in SOURCE_FIELDS:
        values = [said.get(index, {}).get(name, ".") for index in range(len(record.alts))]
        if set(values) - {"."}:
            parts.append(f"{name}={','.join(values)}")
    record.columns[7] = ";".join(parts) or "."
    return "\t".join(record.columns)


def _named_entries(record: VcfRecord, by_allele: dict[int, list[str]]) -> Iterator[str]:
    """Yield entries with the allele of the user's record as ``dna_change``, so that each finds its allele again."""
    for allele, found in sorted(by_allele.items()):
        for entry in found:
            fields = [*entry.split("|"), *[""] * _FIELDS][:_FIELDS]
            fields[6] = f"{record.pos}{record.ref}>{record.alts[allele]}"
            yield "|".join(fields)
