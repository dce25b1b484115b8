"""Reading MAF files of the GDC, of cBioPortal and their relatives: many samples in one table.

Columns are found by name, in any case. Indels keep the MAF's own alleles (``-``); the protein change and the
classification are taken as the file states them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from genomodel.annotation.duplicates import join_duplicates
from genomodel.annotation.gene_names import why_no_symbol
from genomodel.annotation.hgvs import one_letter, three_letter
from genomodel.annotation.maf_effects import ALL_EFFECTS, with_all_effects
from genomodel.annotation.maf_remarks import GENE, MafRow, is_named, remarks, require_symbols
from genomodel.annotation.named_effects import name_effects
from genomodel.annotation.origin import BY_CONVENTION, NO_CHANGE, Judgement, Observation, judge_counts
from genomodel.annotation.population_groups import groups_of, is_counted_in_gnomad
from genomodel.annotation.sources.given import sources_of_columns
from genomodel.annotation.symbols import with_current_symbols
from genomodel.annotation.terms import MAF_CLASSES, variant_class
from genomodel.calls.germline_risk import COMMON_FREQUENCY
from genomodel.calls.intake import intake_of_maf
from genomodel.calls.vcf_text import read_lines
from genomodel.core.errors import InputError
from genomodel.core.patients import GenomeBuild, Patient
from genomodel.core.provenance import Step, StepStatus
from genomodel.core.variants import AlleleCounts, AnnotatedCalls, AnnotatedVariant, Consequence, Origin, Variant
from genomodel.core.variants import VariantClass as Class
from genomodel.files import source_file

REQUIRED = (
    "Hugo_Symbol",
    "Chromosome",
    "Start_Position",
    "Reference_Allele",
    "Tumor_Seq_Allele2",
    "Variant_Classification",
    "Tumor_Sample_Barcode",
)
PROTEIN_COLUMNS = ("HGVSp_Short", "Protein_Change", "HGVSp", "Amino_Acid_Change", "AAChange")
TRANSCRIPT_COLUMNS = ("Transcript_ID", "Annotation_Transcript", "i_transcript_name", "RefSeq")
CODING_COLUMNS = ("HGVSc", "cDNA_Change")
FRACTION_COLUMNS = ("t_vaf", "tumor_f", "tumor_vaf", "i_TumorVAF_WU", "TumorVAF", "VAF", "Allele_Fraction")
_FRACTION_FIX = "A share from 0 to 1 or a percentage; leave the cell empty where it is not known"
_FREQUENCY = re.compile(
    r"^(max_af|af|(afr|amr|asn|eas|eur|sas|aa|ea)_(af|maf)|gnomad[eg]?(_[a-z]+)?_af|exac_af(_[a-z]+)?)$"
)
_BUILDS = {
    "37": GenomeBuild.GRCH37,
    "hg19": GenomeBuild.GRCH37,
    "grch37": GenomeBuild.GRCH37,
    "grch37-lite": GenomeBuild.GRCH37,
    "b37": GenomeBuild.GRCH37,
    "38": GenomeBuild.GRCH38,
    "hg38": GenomeBuild.GRCH38,
    "grch38": GenomeBuild.GRCH38,
}
_NOTHING = frozenset({"", ".", "na", "n/a", "nan", "--", "none", "null"})
_SOMATIC_STATUS = frozenset({"", "somatic", "unknown", "none", "untested", "na", "."})


@dataclass(frozen=True)
class _Table:
    """Header of a MAF: names in lower case to their places, and what the whole column tells."""

    path: Path
    names: dict[str, int]
    spelled: tuple[str, ...]

    def first(self, row: list[str], names: tuple[str, ...]) -> str:
        """Return the first value that says something among columns of one meaning."""
        for name in names:
            value = self.get(row, name)
            if value:
                return value
        return ""

    def get(self, row: list[str], name: str) -> str:
        """Return a value, empty when the column is absent or says nothing."""
        place = self.names.get(name.lower())
        value = "" if place is None else row[place].strip()
        return "" if value.lower() in _NOTHING else value


_Row = tuple[int, int, list[str]]
"""A row as its number among the data rows, its line in the file, and its fields."""


def read_maf(
    path: str | Path, make_patient: Callable[[str], Patient], *, samples: Collection[str] | None = None
) -> list[AnnotatedCalls]:
    """Read a MAF into one set of calls per ``Tumor_Sample_Barcode``, in the order in which they first come.

    Parameters
    ----------
    path
        Tab-separated, plain or gzipped, ``#`` lines before the header are skipped.
    make_patient
        Makes the patient of a barcode. The barcode is filled in as tumor sample, the genome build as ``NCBI_Build``
        says, where the patient leaves them open.
    samples
        Barcodes to read; all when ``None``.

    Returns
    -------
    list of AnnotatedCalls
        ``record`` counts the data rows of the file from 1; ``n_records`` is the number of rows of that sample.

    Raises
    ------
    InputError
        Missing or damaged file, wrong delimiter, missing column, a row with a wrong number of fields or a bad value.
    """
    path = Path(path)
    lines = read_lines(path, "MAF")
    table = _read_header(path, lines)
    rows, percent = _rows_by_sample(table, lines, samples)
    require_symbols(path, [(row, table.get(fields, GENE)) for items in rows.values() for _, row, fields in items])
    source = source_file(path, "maf")
    sources = sources_of_columns([name for name in table.spelled if _FREQUENCY.match(name.lower())])
    intakes = intake_of_maf(path)
    result = []
    for barcode, items in rows.items():
        read = [
            MafRow(row, table.get(fields, GENE), _read_row(table, ordinal, row, fields, percent))
            for ordinal, row, fields in items
        ]
        variants = join_duplicates([row.variant for row in read])
        told = [name for name in PROTEIN_COLUMNS if name.lower() in table.names]
        patient = _make_patient(table, barcode, items, make_patient)
        steps = (*_steps(table, [fields for _, _, fields in items]), *remarks(path.name, read, variants, told))
        calls = AnnotatedCalls(
            patient=patient,
            source=source,
            n_records=len(items),
            intake=intakes.get(barcode),
            variants=variants,
            sources=sources,
            steps=steps,
        )
        result.append(name_effects(with_current_symbols(calls), patient.genome))
    return result


def _rows_by_sample(
    table: _Table, lines: Iterator[tuple[int, str]], samples: Collection[str] | None
) -> tuple[dict[str, list[_Row]], set[str]]:
    """Return the rows of each barcode, and the columns in which any row of the file shows that they hold percent."""
    rows: dict[str, list[_Row]] = {}
    percent: set[str] = set()
    ordinal = 0
    for row, line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        ordinal += 1
        fields = line.split("\t")
        if len(fields) != len(table.spelled):
            text = f"{len(fields)} fields where the header has {len(table.spelled)}"
            raise InputError(
                text, path=table.path, row=row, fix="Fields are parted by tabs; a short last row means the file was cut"
            )
        barcode = table.get(fields, "Tumor_Sample_Barcode")
        if not barcode:
            fix = "Give every row the name of its sample"
            raise InputError(
                "the row names no sample", path=table.path, row=row, column="Tumor_Sample_Barcode", fix=fix
            )
        percent |= _percent_columns(table, fields)
        if samples is None or barcode in samples:
            rows.setdefault(barcode, []).append((ordinal, row, fields))
    return rows, percent


def _read_header(path: Path, lines: Iterator[tuple[int, str]]) -> _Table:
    for row, line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        spelled = tuple(name.strip() for name in line.split("\t"))
        names: dict[str, int] = {}
        for place, name in enumerate(spelled):
            names.setdefault(name.lower(), place)
        if "hugo_symbol" in line.lower() and len(spelled) == 1:
            other = next(
                (word for mark, word in ((",", "commas"), (";", "semicolons"), (" ", "spaces")) if mark in line), ""
            )
            text = f"columns are parted by {other}, a MAF has tabs" if other else "the header has one column"
            raise InputError(text, path=path, row=row, fix="Save the table as tab-separated text")
        missing = [name for name in REQUIRED if name.lower() not in names]
        if missing:
            text = f"required column missing: {', '.join(missing)}"
            raise InputError(text, path=path, row=row, column=missing[0], fix=f"A MAF needs: {', '.join(REQUIRED)}")
        return _Table(path, names, spelled)
    raise InputError(
        "the file has no header line", path=path, fix=f"A MAF starts with its column names: {', '.join(REQUIRED)}"
    )


def _percent_columns(table: _Table, fields: list[str]) -> set[str]:
    """Name the allele-fraction columns that a row shows to hold percent, for a fraction is 1 at most."""
    found = set()
    for name in FRACTION_COLUMNS:
        value = table.get(fields, name)
        try:
            if value.endswith("%") or (value and float(value) > 1):
                found.add(name)
        except ValueError:
            continue
    return found


def _make_patient(table: _Table, barcode: str, items: list[_Row], make_patient: Callable[[str], Patient]) -> Patient:
    row = items[0][1]
    try:
        patient = make_patient(barcode)
    except ValidationError as error:
        text = f"{barcode!r} cannot be a patient id"
        fix = "Ids start with a letter or digit and hold letters, digits, dot, dash and underscore, 64 at most"
        raise InputError(text, path=table.path, row=row, column="Tumor_Sample_Barcode", fix=fix) from error
    builds: dict[GenomeBuild, int] = {}
    for _, number, fields in items:
        text = table.get(fields, "NCBI_Build")
        if text:
            builds.setdefault(_BUILDS.get(text.lower(), GenomeBuild.UNKNOWN), number)
    if len(builds) > 1:
        text = f"rows of sample {barcode!r} stand on different genome builds"
        raise InputError(
            text, path=table.path, row=max(builds.values()), column="NCBI_Build", fix="Lift one of them over"
        )
    update: dict[str, object] = {"tumor_sample": barcode}
    if patient.genome is GenomeBuild.UNKNOWN and builds:
        update["genome"] = next(iter(builds))
    return patient.model_copy(update=update)


def _read_row(table: _Table, ordinal: int, row: int, fields: list[str], percent: Collection[str]) -> AnnotatedVariant:
    start = table.get(fields, "Start_Position")
    if not start.isascii() or not start.isdigit():
        fix = "A whole number counted from 1, without separators"
        raise InputError(f"{start!r} is not a position", path=table.path, row=row, column="Start_Position", fix=fix)
    ref = table.get(fields, "Reference_Allele") or "-"
    alts = [table.get(fields, name) or "-" for name in ("Tumor_Seq_Allele2", "Tumor_Seq_Allele1")]
    alt = next((allele for allele in alts if allele != ref), alts[0])
    chrom = table.get(fields, "Chromosome")
    if not chrom:
        fix = "Name the chromosome, as in 7 or chr7"
        raise InputError("the row names no chromosome", path=table.path, row=row, column="Chromosome", fix=fix)
    tumor = _counts(table, row, fields, "t", percent)
    normal = _counts(table, row, fields, "n", ())
    has_normal = normal != AlleleCounts()
    filters = tuple(filter(None, re.split("[;,]", table.get(fields, "FILTER"))))
    found = _frequencies(table, fields)
    frequency = max(found.values(), default=None)
    status = table.get(fields, "Mutation_Status")
    origin, reason = _origin(status, filters, _judge_counts(tumor, normal, frequency), frequency)
    if ref.upper() == alt.upper() and origin is not Origin.GERMLINE:
        origin, reason = Origin.NOT_CALLED, NO_CHANGE
    if damage := why_no_symbol(table.get(fields, GENE)):
        reason = f"{reason}; its gene {table.get(fields, GENE)!r} is {damage}, so that no knowledge was looked up"
    risk = None
    if origin is Origin.UNCERTAIN and frequency is not None and frequency >= COMMON_FREQUENCY:
        risk = "high"
        reason = f"{reason}; germline risk high: population frequency {frequency:.2g}"
    consequence, others = with_all_effects(_consequence(table, fields), table.get(fields, ALL_EFFECTS))
    return AnnotatedVariant(
        record=ordinal,
        variant=Variant(chrom=chrom, pos=int(start), ref=ref, alt=alt),
        tumor=tumor,
        normal=normal if has_normal else None,
        origin=origin,
        origin_reason=reason,
        germline_risk=risk,
        filters=filters,
        callers=tuple(filter(None, re.split("[;|,]", table.get(fields, "callers")))),
        population_frequency=frequency,
        population_groups=groups_of(found),
        population_covered=is_counted_in_gnomad(found) or None,
        consequence=consequence,
        other_consequences=others,
    )


def _judge_counts(tumor: AlleleCounts, normal: AlleleCounts, frequency: float | None) -> Judgement | None:
    """Judge by the normal's counts as in a VCF whose caller passed the record; ``None`` when they do not speak."""
    if normal.alt_reads is None:
        return None
    if normal.ref_reads is None and normal.depth is not None:
        normal = normal.model_copy(update={"ref_reads": normal.depth - normal.alt_reads})
    if normal.ref_reads is None and normal.alt_reads == 0:
        return None
    listed = Observation(tumor, genotype_has=True)
    return judge_counts(listed, Observation(normal), passed=True, population_frequency=frequency)


def _origin(
    status: str, filters: tuple[str, ...], counted: Judgement | None, frequency: float | None
) -> tuple[Origin, str]:
    """Judge by ``Mutation_Status``, ``FILTER``, the normal's counts and the population.

    By convention a MAF holds somatic variants, so that without counts of the normal a row is somatic unless its
    allele is common in the population; the file's own word ``Somatic`` outweighs that, counts outweigh the word.
    """
    said = f"Mutation_Status is {status}" if status else "no Mutation_Status"
    if status.lower() == "germline":
        return Origin.GERMLINE, said
    failed = [name for name in filters if name != "PASS"]
    if failed:
        return Origin.NOT_CALLED, f"FILTER is {';'.join(failed)}"
    if counted is not None and counted.origin is Origin.GERMLINE:
        return counted.origin, counted.reason
    if status.lower() not in _SOMATIC_STATUS:
        return Origin.NOT_CALLED, said
    if counted is not None and counted.origin is not Origin.SOMATIC:
        return counted.origin, f"{said}; {counted.reason}"
    return _by_word(status, said, known=counted is None and frequency is not None and frequency >= COMMON_FREQUENCY)


def _by_word(status: str, said: str, *, known: bool) -> tuple[Origin, str]:
    """Judge what no count speaks against; ``known`` marks an allele of the population without counts of a normal."""
    if status.lower() == "somatic":
        return Origin.SOMATIC, said
    if known:
        return Origin.UNCERTAIN, f"{said} and no counts of a normal"
    return Origin.SOMATIC, f"{said}; {BY_CONVENTION}"


def _consequence(table: _Table, fields: list[str]) -> Consequence | None:
    gene = table.get(fields, GENE)
    if not is_named(gene):
        return None
    change = one_letter(table.first(fields, PROTEIN_COLUMNS))
    word = table.get(fields, "Variant_Classification")
    stated = tuple(filter(None, re.split("[;,&]", table.get(fields, "Consequence"))))
    known = MAF_CLASSES.get(word.lower())
    kind = known[0] if known else variant_class(stated)
    terms = stated or (known[1] if known else (word,) if word else ())
    return Consequence(
        gene=gene,
        transcript=table.first(fields, TRANSCRIPT_COLUMNS),
        terms=terms,
        variant_class=kind,
        hgvs_c=table.first(fields, CODING_COLUMNS).rsplit(":", 1)[-1],
        hgvs_p=three_letter(change),
        protein_change=change,
        exon=table.get(fields, "Exon_Number"),
        source="MAF",
    )


def _counts(table: _Table, row: int, fields: list[str], side: str, percent: Collection[str]) -> AlleleCounts:
    ref, alt = _count(table, row, fields, f"{side}_ref_count"), _count(table, row, fields, f"{side}_alt_count")
    depth = _count(table, row, fields, f"{side}_depth")
    if depth is None and ref is not None and alt is not None:
        depth = ref + alt
    if depth is not None:
        depth = max(depth, (ref or 0) + (alt or 0))
    fraction = round(alt / depth, 6) if alt is not None and depth else None
    if fraction is None and side == "t":
        fraction = _stated_fraction(table, row, fields, percent)
    return AlleleCounts(depth=depth, ref_reads=ref, alt_reads=alt, allele_fraction=fraction)


def _count(table: _Table, row: int, fields: list[str], name: str) -> int | None:
    text = table.get(fields, name)
    if not text:
        return None
    if not re.fullmatch(r"\d+(\.0+)?", text):
        fix = "A number of reads; leave the cell empty where it is not known"
        raise InputError(f"read count {text!r} is not a whole number", path=table.path, row=row, column=name, fix=fix)
    return int(float(text))


def _stated_fraction(table: _Table, row: int, fields: list[str], percent: Collection[str]) -> float | None:
    for name in FRACTION_COLUMNS:
        text = table.get(fields, name)
        if not text:
            continue
        try:
            value = float(text.rstrip("%")) / (100 if name in percent else 1)
        except ValueError as error:
            text = f"allele fraction {text!r} is not a number"
            raise InputError(text, path=table.path, row=row, column=name, fix=_FRACTION_FIX) from error
        if not 0 <= value <= 1:
            text = f"allele fraction {text!r} lies outside 0 to 1 or 0 to 100 %"
            raise InputError(text, path=table.path, row=row, column=name, fix=_FRACTION_FIX)
        return round(value, 6)
    return None


def _frequencies(table: _Table, fields: list[str]) -> dict[str, float]:
    found = {}
    for name in table.names:
        if _FREQUENCY.match(name):
            try:
                value = float(table.get(fields, name) or "nan")
            except ValueError:
                continue
            if 0 <= value <= 1:
                found[name] = value
    return found


def _steps(table: _Table, rows: list[list[str]]) -> tuple[Step, ...]:
    """Say what was read, and name the classifications that are in no list of known words."""
    words = Counter(table.get(fields, "Variant_Classification") or "(empty)" for fields in rows)
    unknown = {word: count for word, count in words.items() if word.lower() not in MAF_CLASSES}
    steps = [
        Step(
            name="Consequences read", status=StepStatus.DONE, detail=f"from Variant_Classification of {len(rows)} rows"
        )
    ]
    if unknown and "consequence" not in table.names:
        listed = ", ".join(f"{word} ({count})" for word, count in sorted(unknown.items()))
        detail = f"words that no MAF specification has, taken as {Class.NONCODING.value}: {listed}"
        steps.append(Step(name="Variant_Classification of some rows", status=StepStatus.SKIPPED, detail=detail))
    return tuple(steps)
