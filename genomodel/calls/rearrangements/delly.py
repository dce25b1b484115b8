"""Structural variants with delly, somatic by its own filter against the matched normal."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pysam

from genomodel.calls.gene_models import read_gene_models
from genomodel.calls.hotspot_assay.build_check import require_fitting_models
from genomodel.calls.rearrangements.assess import Depth, DnaSearch, dna_answers, dna_loss_answers
from genomodel.calls.rearrangements.build_check import check_models, listed_genes
from genomodel.calls.rearrangements.merge import merge_calls
from genomodel.calls.rearrangements.sv_callers import NOT_SOMATIC
from genomodel.calls.rearrangements.sv_vcf import MIN_READS, MIXED_SHARE, read_sv_file
from genomodel.calls.tools import find_tool, run_tool
from genomodel.cohort.assay import AssayRegion
from genomodel.core.errors import InputError, MissingToolError
from genomodel.core.patients import Assay
from genomodel.core.rearrangements import RearrangementAssay
from genomodel.core.specimens import Library
from genomodel.files import atomic_path, read_text, require_file, source_file, write_text

MIN_FRACTION = 0.03
"""Least share of the tumor's reads at a junction: delly's own default."""
MIN_MAPPING_QUALITY = 20
"""Of reads that count for the depth of an intron: others may as well be of another place. Delly asks for as much of
joined contigs."""
WHOLE_CONTIG = 2**31
_TOO_SMALL = re.compile(r"not enough data to estimate library")


@dataclass(frozen=True, slots=True)
class DellyJob:
    """What one run of delly is given."""

    tumor: Path
    normal: Path | None
    reference: Path
    gff: Path
    assay: Assay = Assay.UNKNOWN
    library: Library = Library.CAPTURE
    regions: tuple[AssayRegion, ...] | None = None
    exclude: Path | None = None
    min_fraction: float = MIN_FRACTION
    synthetic: bool = False


def call_rearrangements(job: DellyJob, out: Path, vcf: Path) -> RearrangementAssay:
    """Run delly, filter, and write what it means as JSON beside the VCF.

    Parameters
    ----------
    job
        Alignments with their index, reference and gene models.
    out
        JSON to write.
    vcf
        bgzipped VCF to write, with its index: what delly found of the tumor. Where there is a normal, what its somatic
        filter dropped is marked ``NotSomatic``, and left out where the normal has more than half as many reads of it
        as the tumor. Where nothing could be run it holds a header alone.

    Returns
    -------
    RearrangementAssay
        Where delly is absent, or the reads do not let it work, no gene is assessable and the reason is told.

    Raises
    ------
    InputError
        A file is missing or damaged, gene models of another build, or delly fails for another reason.
    """
    given = (
        (job.tumor, "tumor alignment"),
        (job.normal, "normal alignment"),
        (job.reference, "reference"),
        (job.gff, "gene models"),
        (job.exclude, "regions to leave out"),
    )
    for path, what in given:
        if path is not None:
            require_file(path, what)
    with _alignment(job.tumor) as handle:
        contigs = dict(zip(handle.references, handle.lengths, strict=True))
    check_models(job.gff, contigs, f"the reads of {job.tumor.name}")
    require_fitting_models(job.gff, read_gene_models(job.gff, coding_of=listed_genes()), job.reference)
    version, unlooked = _attempt(job, vcf)
    assay, search = _not_looked(job, vcf, unlooked) if unlooked else _found(job, vcf, version)
    answers, losses = dna_answers(search), dna_loss_answers(search)
    assay = assay.model_copy(
        update={
            "genes": answers,
            "exon_losses": losses,
            "every_pair": job.assay is Assay.WGS
            and job.normal is not None
            and all(answer.assessable for answer in answers),
            "matched_normal": job.normal is not None,
            "sources": (source_file(vcf, "structural_variants"),),
            "synthetic": job.synthetic,
        }
    )
    write_text(out, assay.to_json())
    return assay


def _attempt(job: DellyJob, vcf: Path) -> tuple[str, str]:
    """Run delly where that can be; return its version, and why nothing was looked for."""
    if unfit := _unfit(job):
        return "", unfit
    try:
        version = _version()
        _run(job, vcf)
    except MissingToolError:
        return "", "delly is not installed"
    except InputError as error:
        if not _TOO_SMALL.search(error.what):
            raise
        return "", "the reads are too few for delly to learn the insert size of the library"
    return version, ""


def _not_looked(job: DellyJob, vcf: Path, why: str) -> tuple[RearrangementAssay, DnaSearch]:
    _write_empty(job, vcf)
    assay = RearrangementAssay(sample=_sample(job.tumor), method=f"not looked for: {why}")
    return assay, DnaSearch(job.assay, None, job.regions, None, unlooked=why)


def _found(job: DellyJob, vcf: Path, version: str) -> tuple[RearrangementAssay, DnaSearch]:
    try:
        found = read_sv_file(vcf, job.gff, tumor=_sample(job.tumor))
    except InputError:
        for path in (vcf, Path(f"{vcf}.tbi")):
            path.unlink(missing_ok=True)
        raise
    method = _method(job, version) + (f"; {found.unverified}" if found.unverified and not job.synthetic else "")
    assay = found.assay.model_copy(update={"calls": tuple(merge_calls(found.assay.calls)), "method": method})
    return assay, DnaSearch(job.assay, found.models, job.regions, _depth(job), "", found.unresolved, _skipped(job))


def _unfit(job: DellyJob) -> str:
    if job.library is Library.AMPLICON:
        return "amplicons end at their primers, so that no read crosses into another gene"
    if job.normal is not None and _sample(job.tumor) == _sample(job.normal):
        return f"tumor and normal both call their sample '{_sample(job.tumor)}', so that delly cannot tell them apart"
    if not _has_pairs(job):
        return "the reads are not paired, or none is aligned"
    return ""


@contextmanager
def _alignment(path: Path, reference: Path | None = None) -> Iterator[pysam.AlignmentFile]:
    try:
        with pysam.AlignmentFile(
            str(path), reference_filename=str(reference) if reference else None, check_sq=False
        ) as handle:
            yield handle
    except (OSError, ValueError) as error:
        fix = "Check it, its index and the reference of a CRAM"
        raise InputError(f"cannot be read ({error})", path=path, fix=fix) from error


def _sample(path: Path) -> str:
    with _alignment(path) as handle:
        names = {str(group["SM"]) for group in handle.header.to_dict().get("RG", []) if "SM" in group}
    return sorted(names)[0] if names else path.name.split(".")[0]


def _has_pairs(job: DellyJob) -> bool:
    with _alignment(job.tumor, job.reference) as handle:
        return any(read.is_proper_pair for read, _ in zip(handle.fetch(until_eof=True), range(10_000), strict=False))


def _version() -> str:
    program = find_tool("delly")
    if program is None:
        raise MissingToolError("delly is not installed")
    # Version 1.1 tells it on the error stream.
    done = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False)
    match = re.search(r"v?(\d+\.\d+\.\d+)", done.stdout + done.stderr)
    return f" {match[1]}" if match else ""


def _method(job: DellyJob, version: str) -> str:
    how = f"somatic filter, at least {job.min_fraction:.0%} of the tumor's reads" if job.normal else "no somatic filter"
    return f"delly{version}, {how}; breakends joined to gene models"


def _run(job: DellyJob, vcf: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="delly-", dir=_folder(vcf)) as name:
        folder = Path(name)
        called = folder / "called.bcf"
        exclude: list[str | Path] = ["-x", job.exclude] if job.exclude else []
        alignments = [job.tumor, *([job.normal] if job.normal else [])]
        run_tool(["delly", "call", "-g", job.reference, *exclude, "-o", called, *alignments])
        if not called.is_file():
            raise InputError("delly wrote nothing", fix="The log has all that it said")
        if job.normal is not None:
            roles = folder / "samples.tsv"
            roles.write_text(f"{_sample(job.tumor)}\ttumor\n{_sample(job.normal)}\tcontrol\n", encoding="utf-8")
            somatic = folder / "somatic.bcf"
            run_tool(
                ["delly", "filter", "-f", "somatic", "-a", str(job.min_fraction), "-s", roles, "-o", somatic, called]
            )
            _as_somatic(called, somatic, _sample(job.tumor), _sample(job.normal), vcf)
        else:
            _as_vcf(called, vcf)


def _folder(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.parent


def _as_vcf(bcf: Path, vcf: Path) -> None:
    with (
        atomic_path(vcf) as temporary,
        pysam.VariantFile(str(bcf)) as source,
        pysam.VariantFile(str(temporary), "wz", header=source.header) as sink,
    ):
        for record in source:
            sink.write(record)
    pysam.tabix_index(str(vcf), preset="vcf", force=True)


def _as_somatic(called: Path, somatic: Path, tumor: str, normal: str, vcf: Path) -> None:
    """Write what passed the somatic filter and, marked, what it dropped without its being clearly of the normal.

    The filter drops an event for a single read of the normal, for a place that the normal does not cover, and for few
    reads of the tumor: none of that makes the tumor free of it.
    """
    with pysam.VariantFile(str(called)) as source, pysam.VariantFile(str(somatic)) as kept:
        header = kept.header.copy()
        header.filters.add(NOT_SOMATIC, None, None, "Dropped by delly's somatic filter")
        passed = {record.id for record in kept}
        with atomic_path(vcf) as temporary, pysam.VariantFile(str(temporary), "wz", header=header) as sink:
            for record in source:
                mine, theirs = (_reads(record, name) for name in (tumor, normal))
                if record.id not in passed and (mine < MIN_READS or theirs > MIXED_SHARE * mine):
                    continue
                record.translate(header)
                if record.id in passed:
                    record.info["SOMATIC"] = True
                else:
                    record.filter.add(NOT_SOMATIC)
                sink.write(record)
    pysam.tabix_index(str(vcf), preset="vcf", force=True)


def _reads(record: pysam.VariantRecord, sample: str) -> int:
    """Return reads and pairs of a sample that carry a junction."""
    values = record.samples[sample]
    return int(values.get("DV") or 0) + int(values.get("RV") or 0)


def _write_empty(job: DellyJob, vcf: Path) -> None:
    _folder(vcf)
    header = pysam.VariantHeader()
    with _alignment(job.tumor) as handle:
        for name, length in zip(handle.references, handle.lengths, strict=True):
            header.contigs.add(name, length=length)
    with atomic_path(vcf) as temporary:
        pysam.VariantFile(str(temporary), "wz", header=header).close()
    pysam.tabix_index(str(vcf), preset="vcf", force=True)


def _skipped(job: DellyJob) -> tuple[AssayRegion, ...]:
    """Return the regions that delly leaves out: contig, start and end as in BED, or a contig alone."""
    found = []
    for line in read_text(job.exclude, "regions to leave out").splitlines() if job.exclude else ():
        name, *span = line.split()[:3] or [""]
        whole = len(span) < 2 or not all(part.isdigit() for part in span)
        start, end = (0, WHOLE_CONTIG) if whole else (int(span[0]), int(span[1]))
        if name and start < end:
            found.append(AssayRegion(chrom=name, start=start, end=end))
    return tuple(found)


def _depth(job: DellyJob) -> Depth:
    """Return what measures the mean depth of a stretch in the tumor; duplicates and doubtful places are left out."""

    def depth(chrom: str, first: int, last: int) -> float:
        with _alignment(job.tumor, job.reference) as handle:
            if chrom not in handle.references:
                return 0.0
            bases = 0
            for read in handle.fetch(chrom, first - 1, last):
                doubtful = read.mapping_quality < MIN_MAPPING_QUALITY or read.is_duplicate or read.is_qcfail
                if not (doubtful or read.is_secondary or read.is_supplementary):
                    bases += read.get_overlap(first - 1, last) or 0
        return bases / (last - first + 1)

    return depth
