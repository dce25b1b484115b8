"""Reading an annotated VCF into variants with counts, origin and consequences: every record, none left out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from genomodel.annotation.choose import choose_consequence
from genomodel.annotation.completion import complete, differences
from genomodel.annotation.decided import decision_steps, engines_of, read_decision, with_loss
from genomodel.annotation.derived_info import DERIVED_INFO, read_derived
from genomodel.annotation.dialects import DIALECTS, Effect, Parser
from genomodel.annotation.dialects.bcsq import PRIMARY_TRANSCRIPTS
from genomodel.annotation.dialects.vep import columns_of, has_frequencies
from genomodel.annotation.duplicates import join_duplicates
from genomodel.annotation.in_silico import in_silico_of
from genomodel.annotation.named_effects import name_effects
from genomodel.annotation.origin import (
    NO_CHANGE,
    Judgement,
    Observation,
    describe,
    earlier_decision,
    genotype_has,
    judge,
    pair_other_columns,
)
from genomodel.annotation.phasing import with_joint_changes
from genomodel.annotation.phasing_facts import PhaseFacts
from genomodel.annotation.population_groups import population_of
from genomodel.annotation.sources.given import clinvar_of_record, sources_of
from genomodel.annotation.sources.population import POPULATION, POPULATION_INFO
from genomodel.annotation.symbols import with_current_symbols
from genomodel.calls.counts import count_reads
from genomodel.calls.germline_risk import label_germline_risk
from genomodel.calls.given import TUMOR_WITHOUT_NAME
from genomodel.calls.intake import intake_of_vcfs
from genomodel.calls.vcf_text import VcfHeader, VcfReader, VcfRecord, choose_samples
from genomodel.core.builds import build_of_lengths
from genomodel.core.errors import InputError
from genomodel.core.patients import CallingMode, GenomeBuild, Patient
from genomodel.core.provenance import Step, StepStatus
from genomodel.core.variants import AlleleCounts, AnnotatedCalls, AnnotatedVariant, Consequence, Origin, Variant
from genomodel.files import require_file, source_file
from genomodel.resources.hotspots import find_hotspot
from genomodel.resources.mane import without_version

PRESENT_FRACTION = 0.2
"""Allele fraction from which a column of unknown role is said to carry an allele."""

_CALLER_SETS_WITHOUT_NAMES = frozenset({"filtered", "Intersection", "FilteredInAll"})
"""Values of GATK CombineVariants' ``set`` that name no caller."""


@dataclass(frozen=True)
class _Columns:
    """Which sample columns are read as what."""

    tumor: str | None
    normal: str | None
    others: tuple[str, ...]
    pair: tuple[str, str] | None
    """Tumor and normal among the others, when their names tell."""


def is_annotated(path: str | Path) -> bool:
    """Whether the header of a VCF declares ``CSQ``, ``ANN`` or ``BCSQ``.

    Raises
    ------
    InputError
        The file is no VCF.
    """
    header = VcfReader(path).header
    return any(header.description("INFO", key) is not None for key, _ in DIALECTS)


def is_completed(path: str | Path) -> bool:
    """Whether the header of a VCF declares what ``genomodel annotate`` derives from genome and gene models.

    Raises
    ------
    InputError
        The file is no VCF.
    """
    return VcfReader(path).header.description("INFO", DERIVED_INFO) is not None


def read_annotated_vcf(
    path: str | Path, patient: Patient, *, tumor_sample: str | None = None, normal_sample: str | None = None
) -> AnnotatedCalls:
    """Read every record of a VCF that VEP (``CSQ``), SnpEff (``ANN``) or bcftools csq (``BCSQ``) annotated.

    Parameters
    ----------
    path
        Plain or compressed VCF, sorted; several alleles per record are taken apart.
    patient
        Whose tumor it is; the sample names and the calling mode are filled in where it leaves them open.
    tumor_sample, normal_sample
        Sample columns. Without them the ``##tumor_sample`` and ``##normal_sample`` lines, the only sample, or columns
        ``TUMOR`` and ``NORMAL`` are taken.

    Returns
    -------
    AnnotatedCalls
        One variant per alternate allele, ``record`` counting the file's records from 1; a record without an alternate
        allele gives one as well.

    Raises
    ------
    InputError
        Missing, damaged or unsorted file, absent sample, or no annotation.
    """
    source = source_file(require_file(path, "VCF"), "vcf")
    reader = VcfReader(path)
    header = reader.header
    tumor, normal = choose_samples(header, tumor_sample, normal_sample)
    key, parse = make_parser(header, tumor)
    others = tuple(name for name in header.samples if name not in (tumor, normal))
    columns = _Columns(tumor, normal, others, pair_other_columns(others))
    variants: list[AnnotatedVariant] = []
    phases = PhaseFacts(header, tuple(name for name in (tumor, normal) if name is not None))
    extents: dict[tuple[int, str], tuple[int | None, int | None]] = {}
    n_records = 0
    for record in reader:
        n_records += 1
        variants += _read_record(record, parse, columns, patient)
        extents |= _extents(record)
        phases.add(record)
    mode = _mode_of(header, normal)
    known = _filled_in(patient, mode, tumor, normal)
    sources = sources_of(header, key, columns_of(header, key), frequencies=has_frequencies(header, key))
    step = Step(name="Consequences read", status=StepStatus.DONE, detail=f"from INFO {key} of {n_records} records")
    calls = AnnotatedCalls(
        patient=known,
        source=source,
        n_records=n_records,
        intake=intake_of_vcfs([path]),
        variants=join_duplicates(variants),
        population=next((source.file for source in sources if source.id == POPULATION.id and source.looked_up), None),
        sources=sources,
        engines=engines_of(header),
        decided_by=header.value("genomodel_decided_by"),
        steps=(*decision_steps(header), step, *_normal_step(columns, mode), *differences(variants)),
    )
    build = build_of_lengths(header.contig_lengths()) if known.genome is GenomeBuild.UNKNOWN else known.genome
    return name_effects(with_joint_changes(with_current_symbols(calls), phases), build, extents)


def _mode_of(header: VcfHeader, normal: str | None) -> CallingMode:
    if normal is not None:
        return CallingMode.TUMOR_NORMAL
    return CallingMode.UNKNOWN if hides_the_normal(header) else CallingMode.TUMOR_ONLY


def _filled_in(patient: Patient, mode: CallingMode, tumor: str | None, normal: str | None) -> Patient:
    facts = {
        "mode": mode if patient.mode is CallingMode.UNKNOWN else patient.mode,
        "tumor_sample": patient.tumor_sample or tumor,
        "normal_sample": patient.normal_sample or normal,
    }
    return patient.model_copy(update=facts)


def make_parser(header: VcfHeader, tumor: str | None) -> tuple[str, Parser]:
    """Return the key and the parser of the first dialect that the header declares.

    Raises
    ------
    InputError
        None is declared.
    """
    for key, make in DIALECTS:
        parser = make(header, key, tumor)
        if parser is not None:
            return key, parser
    names = ", ".join(key for key, _ in DIALECTS)
    raise InputError(
        f"the VCF carries no annotation (none of {names} in its header)",
        path=header.path,
        fix="Give --reference FASTA and --gff GFF3, or annotate it with VEP, SnpEff or bcftools csq",
    )


def hides_the_normal(header: VcfHeader) -> bool:
    """Whether the caller leaves the normal's column out even where it compared with one: DeepSomatic and LoFreq do."""
    filters = (header.description("FILTER", name) for name in ("GERMLINE", "RefCall"))
    return None not in tuple(filters) or (header.value("source") or "").lower().startswith("lofreq")


def _normal_step(columns: _Columns, mode: CallingMode) -> tuple[Step, ...]:
    if columns.normal is not None:
        return ()
    detail = "the file has no normal sample; variants carry a germline risk and none is called somatic"
    if mode is CallingMode.UNKNOWN:
        detail = f"its caller leaves the normal out, compared or not: {detail}"
    return (Step(name="Comparison with a matched normal", status=StepStatus.SKIPPED, detail=detail),)


def _read_record(record: VcfRecord, parse: Parser, columns: _Columns, patient: Patient) -> list[AnnotatedVariant]:
    if not record.alts:
        variant = Variant(chrom=record.chrom, pos=record.pos, ref=record.ref, alt=".")
        reason = "the record holds no alternate allele"
        return [
            AnnotatedVariant(
                record=record.ordinal,
                variant=variant,
                origin=Origin.NOT_CALLED,
                origin_reason=reason,
                filters=record.filters,
            )
        ]
    effects = _completed(record, parse(record))
    return [_read_allele(record, index, effects[index], columns, patient) for index in range(len(record.alts))]


def _completed(record: VcfRecord, effects: tuple[tuple[Effect, ...], ...]) -> tuple[tuple[Effect, ...], ...]:
    """Return the annotator's effects of each allele with their gaps filled by what the bases say."""
    named = filter(None, record.info.get(PRIMARY_TRANSCRIPTS, "").split(","))
    primary = frozenset(without_version(name) for name in named)
    return tuple(complete(of, one, primary) for of, one in zip(effects, read_derived(record), strict=True))


def _extents(record: VcfRecord) -> dict[tuple[int, str], tuple[int | None, int | None]]:
    """Return ``END`` and ``SVLEN`` of the record's symbolic alleles."""
    symbolic = [index for index, alt in enumerate(record.alts) if alt.startswith("<")]
    if not symbolic:
        return {}
    end = _whole(record.info.get("END", ""))
    lengths = record.info.get("SVLEN", "").split(",")
    return {
        (record.ordinal, record.alts[index]): (end, _whole(lengths[index]) if index < len(lengths) else None)
        for index in symbolic
    }


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"-?\d+", text) else None


def _observe(record: VcfRecord, sample: str, allele: int) -> Observation:
    fields = record.sample(sample)
    return Observation(count_reads(record, fields, allele), genotype_has(fields, allele))


def _read_allele(
    record: VcfRecord,
    allele: int,
    effects: tuple[Effect, ...],
    columns: _Columns,
    patient: Patient,
) -> AnnotatedVariant:
    consequence, others = choose_consequence(effects)
    frequency = _frequency(record, allele, effects)
    groups, covered = population_of(record, allele, effects)
    judgement, tumor, normal = _judge(record, allele, columns, frequency)
    risk, reason = record.info.get("GERMLINE_RISK"), judgement.reason
    if judgement.risk_needed or risk is not None:
        risk, why = _risk(tumor.counts, frequency, consequence, patient)
        reason = f"no reads of a normal; germline risk {risk}: {why}"
        if not record.filters:
            reason = f"no filter was applied, judged by read counts; {reason}"
    elif judgement.origin is Origin.UNCERTAIN and normal is None and "GM_ORIGIN" in record.info:
        risk, why = _risk(tumor.counts, frequency, consequence, patient)
        reason = f"{reason}; germline risk {risk}: {why}"
    decided = read_decision(record)
    normal_counts = None if normal is None else normal.counts
    return AnnotatedVariant(
        record=record.ordinal,
        variant=Variant(chrom=record.chrom, pos=record.pos, ref=record.ref, alt=record.alts[allele]),
        tumor=tumor.counts,
        normal=normal_counts,
        origin=judgement.origin,
        origin_reason=reason,
        germline_risk=risk,
        decided_by=decided.decided_by,
        posterior=decided.posterior,
        labels=with_loss(decided.labels, judgement.origin, tumor.counts, normal_counts),
        filters=record.filters,
        callers=decided.engines or _callers(record),
        engine_filters=decided.engine_filters,
        population_frequency=frequency,
        population_groups=groups,
        population_covered=covered,
        in_silico=in_silico_of(effects, consequence),
        consequence=consequence,
        other_consequences=others,
        clinvar=clinvar_of_record(record, allele) or next((e.clinvar for e in effects if e.clinvar), None),
    )


def _frequency(record: VcfRecord, allele: int, effects: tuple[Effect, ...]) -> float | None:
    """Return the highest population frequency that the annotation or ``genomodel annotate`` gives."""
    found = [effect.population_frequency for effect in effects if effect.population_frequency is not None]
    stated = record.info.get(POPULATION_INFO, "").split(",")
    if allele < len(stated) and stated[allele] not in ("", "."):
        try:
            value = float(stated[allele])
        except ValueError:
            value = -1.0
        if not 0 <= value <= 1:
            raise record.error(f"frequency {stated[allele]!r} is not a number of 0 to 1", column=POPULATION_INFO)
        found.append(value)
    return max(found, default=None)


def _judge(
    record: VcfRecord, allele: int, columns: _Columns, frequency: float | None
) -> tuple[Judgement, Observation, Observation | None]:
    """Judge an allele; where tumor and normal columns are empty, by the other columns of a union file."""
    tumor = Observation() if columns.tumor is None else _observe(record, columns.tumor, allele)
    normal = None if columns.normal is None else _observe(record, columns.normal, allele)
    earlier = earlier_decision(record)
    if earlier is not None:
        return earlier, tumor, normal
    alt = record.alts[allele]
    unchanged = alt.upper() == record.ref.upper()
    if unchanged or alt.startswith(("*", "<*", "<NON_REF")):
        why = NO_CHANGE if unchanged else f"{alt} stands for no sequence of its own"
        return Judgement(Origin.NOT_CALLED, why), tumor, normal
    alone = columns.normal is None and not columns.others
    nameless = alone and columns.tumor == TUMOR_WITHOUT_NAME and not tumor.has_data
    if (columns.tumor is None or nameless) and not any(name != "PASS" for name in record.filters):
        return Judgement(Origin.UNCERTAIN, "no reads of a normal", risk_needed=True), tumor, normal
    has_data = tumor.has_data or (normal is not None and normal.has_data)
    seen = {} if has_data else {name: _observe(record, name, allele) for name in columns.others}
    if not any(item.has_data for item in seen.values()) or any(name != "PASS" for name in record.filters):
        return judge(record, tumor, normal, population_frequency=frequency), tumor, normal
    if columns.pair is None:
        return _judge_unpaired(seen), tumor, normal
    pair_tumor, pair_normal = columns.pair
    where = f"counts from the columns {pair_tumor} (as tumor) and {pair_normal} (as normal, by its name)"
    tumor, normal = seen[pair_tumor], seen[pair_normal]
    return judge(record, tumor, normal, population_frequency=frequency, where=where), tumor, normal


def _judge_unpaired(seen: dict[str, Observation]) -> Judgement:
    """Judge by columns of unknown role: an allele in all of at least two is in the normal, whichever that is."""
    with_data = {name: item for name, item in seen.items() if item.has_data}
    fractions = [item.counts.allele_fraction for item in with_data.values()]
    said = "; ".join(describe(name, item) for name, item in with_data.items())
    if len(with_data) > 1 and all(fraction is not None and fraction >= PRESENT_FRACTION for fraction in fractions):
        return Judgement(Origin.GERMLINE, f"carried by every column with data, the normal's among them: {said}")
    text = "tumor and normal columns are empty, and nothing tells which of the others is which"
    return Judgement(Origin.UNCERTAIN, f"{text}: {said}")


def _risk(
    counts: AlleleCounts, frequency: float | None, consequence: Consequence | None, patient: Patient
) -> tuple[str, str]:
    change = consequence.protein_change if consequence is not None else ""
    hotspot = (
        consequence is not None
        and bool(change)
        and find_hotspot(consequence.gene, change, consequence.transcript) is not None
    )
    return label_germline_risk(
        counts.allele_fraction,
        counts.depth,
        purity=patient.purity,
        population_frequency=frequency,
        hotspot=hotspot,
    )


def _callers(record: VcfRecord) -> tuple[str, ...]:
    text = record.info.get("callers") or record.info.get("CALLERS") or record.info.get("set") or ""
    if text in _CALLER_SETS_WITHOUT_NAMES:
        return ()
    return tuple(name for name in text.replace("|", ",").replace("-", ",").split(",") if name)
