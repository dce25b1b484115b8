"""The somatic decision over the freebayes calls of one patient: every record leaves with an origin, none is dropped."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from urllib.parse import quote, unquote

import pysam

from genomodel.calls.decision import (
    FILTERS,
    MIN_FRACTION,
    Decision,
    SampleEvidence,
    SiteBias,
    decide_tumor_normal,
    decide_tumor_only,
)
from genomodel.calls.vcf_text import VcfReader, VcfRecord, choose_samples
from genomodel.core.errors import InputError
from genomodel.core.variants import Origin
from genomodel.files import atomic_path

_INFO_LINES = (
    (
        "GM_ORIGIN",
        "1",
        "String",
        "Where the evidence says the allele comes from: somatic, germline, uncertain, not_called",
    ),
    ("GM_REASON", "1", "String", "Why, percent-encoded, underscores for spaces"),
    ("GM_TLOD", "1", "Float", "Log10 odds that the tumor carries the allele"),
    ("GM_NLOD", "1", "Float", "Log10 odds that the normal lacks the allele"),
    ("GERMLINE_RISK", "1", "String", "Tumor-only: how likely the allele is inherited: high, moderate, low"),
)
_FORMAT_LINES = (
    ("AD", "R", "Integer", "Reads of the reference and of the alternate allele"),
    ("DP", "1", "Integer", "Read depth, reads of third alleles included"),
    ("AF", "A", "Float", "Fraction of the reads at this place that carry the alternate allele"),
)


def decide_vcf(
    path: str | Path,
    out: str | Path,
    *,
    tumor_sample: str | None = None,
    normal_sample: str | None = None,
    purity: float | None = None,
    min_fraction: float = MIN_FRACTION,
) -> dict[str, int]:
    """Write the VCF again with the origin of every allele.

    Parameters
    ----------
    path
        freebayes calls of one patient after ``bcftools norm -f ref.fa -m -any``.
    out
        Where to write; bgzipped and indexed (``.tbi``) when it ends in ``.gz``.
    tumor_sample, normal_sample
        Sample names; without a normal the mode is tumor-only.
    purity
        Fraction of tumor cells, for the germline risk of a tumor without normal.
    min_fraction
        Least allele fraction that is called.

    Returns
    -------
    dict
        Number of records by origin.

    Raises
    ------
    InputError
        No VCF, not sorted, sample absent, several alleles in one record, or counts that do not fit the record.
    """
    reader = VcfReader(path)
    tumor, normal = choose_samples(reader.header, tumor_sample, normal_sample)
    if tumor is None:
        raise InputError(
            "the file has no sample columns", path=path, fix="Give the calls of a tumor, with its genotypes"
        )
    out = Path(out)
    counts: Counter[str] = Counter({origin.value: 0 for origin in Origin})
    with atomic_path(out) as temporary:
        writer = pysam.BGZFile(str(temporary), "wb") if out.suffix == ".gz" else temporary.open("wb")
        with writer:
            for line in _header_lines(reader, tumor, normal):
                writer.write((line + "\n").encode())
            for record in reader:
                decision = decide_record(record, tumor, normal, purity, min_fraction)
                counts[decision.origin.value] += 1
                writer.write((_write_record(record, decision) + "\n").encode())
    if out.suffix == ".gz":
        pysam.tabix_index(str(out), preset="vcf", force=True)
    return dict(counts)


def decide_record(
    record: VcfRecord,
    tumor: str,
    normal: str | None,
    purity: float | None = None,
    min_fraction: float = MIN_FRACTION,
) -> Decision:
    """Decide the origin of the one alternate allele of a freebayes record.

    Raises
    ------
    InputError
        The record has several alternate alleles, or numbers that do not fit one.
    """
    if len(record.alts) > 1:
        text = f"{len(record.alts)} alternate alleles in one record"
        raise record.error(text, column="ALT", fix="Split them first: bcftools norm -f ref.fa -m -any")
    if not record.alts or not record.alts[0].isalpha():
        alt = record.columns[4]
        return Decision(Origin.NOT_CALLED, f"no sequence allele ({alt})", ("GM_no_allele",))
    earlier = [name for name in record.filters if name != "PASS" and name not in FILTERS]
    if earlier:
        return Decision(Origin.NOT_CALLED, f"filtered before: {', '.join(earlier)}", ())
    evidence, bias = read_evidence(record, tumor), read_bias(record)
    if normal is None:
        return decide_tumor_only(evidence, bias, purity, min_fraction)
    return decide_tumor_normal(evidence, read_evidence(record, normal), bias, min_fraction)


def read_evidence(record: VcfRecord, sample: str) -> SampleEvidence:
    """Read one sample's counts, base qualities and genotype likelihoods (log10) of a one-allele freebayes record.

    Raises
    ------
    InputError
        A value is not a number, or a field has a number of values that one allele cannot have.
    """
    fields = record.sample(sample)
    depths = _values(record, fields, "AD", 2)
    likelihoods = _values(record, fields, "GL")
    if likelihoods and len(likelihoods) != 3:
        text = f"{len(likelihoods)} genotype likelihoods for one alternate allele, 3 expected"
        raise record.error(text, column="GL", fix="Call with --ploidy 2 and split with bcftools norm -m -any")
    ref = _values(record, fields, "RO", 1) or depths[:1]
    alt = _values(record, fields, "AO", 1) or depths[1:]
    depth = _values(record, fields, "DP", 1)
    ref_quality, alt_quality = _values(record, fields, "QR", 1), _values(record, fields, "QA", 1)
    return SampleEvidence(
        depth=int(depth[0]) if depth else None,
        ref_reads=int(ref[0]) if ref else None,
        alt_reads=int(alt[0]) if alt else None,
        ref_quality=ref_quality[0] if ref_quality else None,
        alt_quality=alt_quality[0] if alt_quality else None,
        genotype_log10=tuple(likelihoods),
    )


def read_bias(record: VcfRecord) -> SiteBias:
    """Read strand and placement counts of a one-allele freebayes record from INFO."""

    def value(key: str) -> float | None:
        found = _values(record, record.info, key, 1)
        return found[0] if found else None

    def count(key: str) -> int | None:
        found = value(key)
        return None if found is None else int(found)

    return SiteBias(
        ref_forward=count("SRF"),
        ref_reverse=count("SRR"),
        alt_forward=count("SAF"),
        alt_reverse=count("SAR"),
        alt_left=value("RPL"),
        alt_right=value("RPR"),
        ref_placement_phred=value("RPPR"),
    )


def _values(record: VcfRecord, fields: dict[str, str], key: str, n: int | None = None) -> list[float]:
    text = fields.get(key, "")
    if not text.strip(".,"):
        return []
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise record.error(f"{text!r} is not a number", column=key) from error
    if n is not None and len(values) != n:
        found = f"{len(values)} values where {n} belong to one alternate allele"
        raise record.error(
            found, column=key, fix="Split alleles with bcftools norm -m -any; the header must declare Number=A, R or G"
        )
    return values


def encode_reason(reason: str) -> str:
    """Write a sentence as an INFO value: percent-encoded, with underscores for spaces."""
    return quote(reason, safe=" /:").replace("_", "%5F").replace(" ", "_")


def decode_reason(text: str) -> str:
    """Read a sentence that :func:`encode_reason` wrote."""
    return unquote(text.replace("_", " "))


def _header_lines(reader: VcfReader, tumor: str, normal: str | None) -> list[str]:
    ours = {f"##INFO=<ID={name}," for name, *_ in _INFO_LINES} | {f"##FORMAT=<ID={name}," for name, *_ in _FORMAT_LINES}
    ours |= {f"##FILTER=<ID={name}," for name in FILTERS} | {"##tumor_sample=", "##normal_sample="}
    lines = [line for line in reader.header.meta if not line.startswith(tuple(ours))]
    for kind, entries in (("INFO", _INFO_LINES), ("FORMAT", _FORMAT_LINES)):
        for name, number, type_, text in entries:
            lines.append(f'##{kind}=<ID={name},Number={number},Type={type_},Description="{text}">')
    lines += [f'##FILTER=<ID={name},Description="{text}">' for name, text in FILTERS.items()]
    lines.append(f"##tumor_sample={tumor}")
    if normal is not None:
        lines.append(f"##normal_sample={normal}")
    names = "\t".join(reader.header.samples)
    lines.append(f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{names}")
    return lines


def _write_record(record: VcfRecord, decision: Decision) -> str:
    columns = list(record.columns)
    earlier = [name for name in record.filters if name != "PASS" and name not in FILTERS]
    failed = [name for name in decision.filters if name != "PASS"]
    columns[6] = ";".join(earlier + failed) or "PASS"
    info = [part for part in columns[7].split(";") if part != "." and part.partition("=")[0] not in _OWN_INFO]
    info.append(f"GM_ORIGIN={decision.origin.value}")
    info.append(f"GM_REASON={encode_reason(decision.reason)}")
    if decision.tumor_lod is not None:
        info.append(f"GM_TLOD={decision.tumor_lod:.4g}")
    if decision.normal_lod is not None:
        info.append(f"GM_NLOD={decision.normal_lod:.4g}")
    if decision.germline_risk is not None:
        info.append(f"GERMLINE_RISK={decision.germline_risk}")
    columns[7] = ";".join(info)
    if record.alts:
        _add_counts(record, columns)
    return "\t".join(columns)


_OWN_INFO = frozenset(name for name, *_ in _INFO_LINES)


def _add_counts(record: VcfRecord, columns: list[str]) -> None:
    """Set AD, DP and AF of every sample from the caller's own counts, keeping all other FORMAT fields."""
    keys = columns[8].split(":")
    new_keys = [*keys, *(key for key in ("DP", "AD", "AF") if key not in keys)]
    columns[8] = ":".join(new_keys)
    for index, name in enumerate(record.header.samples):
        parts = columns[9 + index].split(":")
        values = dict(zip(keys, parts + ["."] * (len(keys) - len(parts)), strict=True))
        evidence = read_evidence(record, name)
        fraction = evidence.fraction
        if evidence.ref_reads is not None and evidence.alt_reads is not None:
            values["AD"] = f"{evidence.ref_reads},{evidence.alt_reads}"
        if evidence.depth is not None:
            values["DP"] = str(evidence.depth)
        values["AF"] = "." if fraction is None else f"{fraction:.6g}"
        columns[9 + index] = ":".join(values.get(key, ".") for key in new_keys)
