"""The consensus as a VCF: the same columns whichever judge decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote, unquote

import pysam

from genomodel.calls.consensus import FILTERS, LABELS, PASS_RULES, Call, Consensus, ConsensusSettings
from genomodel.calls.engines import FORCED
from genomodel.calls.fragments import AlleleReads
from genomodel.calls.posterior import LEAST_PLACES, strand_counts
from genomodel.calls.read_alleles import ALT, REF
from genomodel.calls.vcf_text import VcfReader
from genomodel.files import atomic_path

INFO_FIELDS = (
    ("GM_ORIGIN", "1", "String", "Where the reads say the allele comes from: somatic, germline, uncertain, not_called"),
    ("GM_REASON", "1", "String", "Why, percent-encoded, underscores for spaces"),
    ("GM_DECIDED_BY", "1", "String", "Judge of the probabilities: varlociraptor or likelihood"),
    ("GM_P_SOMATIC", "1", "Float", "Probability that the allele is somatic"),
    ("GM_P_GERMLINE", "1", "Float", "Probability that the normal carries the allele, inherited or mosaic"),
    ("GM_P_ARTIFACT", "1", "Float", "Probability that an artifact, or another person's molecules, made the fragments"),
    ("GM_TLOD", "1", "Float", "Log10 odds that the tumor carries the allele, against base errors"),
    ("GM_NLOD", "1", "Float", "Log10 odds that the normal lacks the allele, against half of its molecules"),
    ("GM_ENGINES", ".", "String", "Engines that saw the allele"),
    ("GM_ENGINE_FILTERS", ".", "String", "FILTER of each engine that saw it; a dot where it applied none"),
    ("GM_LABELS", ".", "String", "; ".join(f"{name}: {text}" for name, text in LABELS.items())),
)
FORMAT_FIELDS = (
    ("GT", "1", "String", "Genotype by the fragments, for tools that need one"),
    ("DP", "1", "Integer", "Fragments that speak for any allele"),
    ("AD", "R", "Integer", "Fragments of the reference and of the alternate allele"),
    ("AF", "A", "Float", "Fraction of the fragments that carry the alternate allele"),
    ("SB", "4", "Integer", "Fragments read on the forward and reverse strand: reference, then alternate allele"),
)
OTHERS_SEPARATOR = "+"
"""Between several filters of one engine, since a comma parts the engines."""


def encode_reason(reason: str) -> str:
    """Write a sentence as an INFO value: percent-encoded, with underscores for spaces."""
    return quote(reason, safe=" /:").replace("_", "%5F").replace(" ", "_")


def decode_reason(text: str) -> str:
    """Read a sentence that :func:`encode_reason` wrote."""
    return unquote(text.replace("_", " "))


def write_consensus(
    consensus: Consensus,
    settings: ConsensusSettings,
    out: str | Path,
    *,
    calls: Mapping[str, str | Path],
    not_run: Sequence[str] = (),
) -> None:
    """Write the decided calls, bgzipped and indexed.

    Parameters
    ----------
    consensus
        What was decided.
    settings
        How.
    out
        ``.vcf.gz`` to write.
    calls
        Engine to its VCF: what these say of the genome, of versions and of steps left out is carried over.
    not_run
        Tools that were left out, each as ``tool: why``.
    """
    samples = [settings.tumor[1], *([settings.normal[1]] if settings.normal else [])]
    out = Path(out)
    with atomic_path(out) as temporary:
        with pysam.BGZFile(str(temporary), "wb") as handle:
            for line in _header(consensus, settings, calls, not_run, samples):
                handle.write((line + "\n").encode())
            for call in consensus.calls:
                handle.write((_record(call, settings) + "\n").encode())
        pysam.tabix_index(str(temporary), preset="vcf", force=True)
        Path(f"{temporary}.tbi").replace(f"{out}.tbi")


def _header(
    consensus: Consensus,
    settings: ConsensusSettings,
    calls: Mapping[str, str | Path],
    not_run: Sequence[str],
    samples: Sequence[str],
) -> list[str]:
    lines = ["##fileformat=VCFv4.2"]
    with pysam.FastaFile(str(settings.reference)) as fasta:
        pairs = zip(fasta.references, fasta.lengths, strict=True)
        lines += [f"##contig=<ID={name},length={length}>" for name, length in pairs]
    lines.append('##FILTER=<ID=PASS,Description="All filters passed">')
    lines += [f'##FILTER=<ID={name},Description="{text}">' for name, text in FILTERS.items()]
    for kind, entries in (("INFO", INFO_FIELDS), ("FORMAT", FORMAT_FIELDS)):
        lines += [f'##{kind}=<ID={n},Number={number},Type={t},Description="{d}">' for n, number, t, d in entries]
    lines.append(f"##genomodel_engines={','.join(sorted(name for name in calls if name != FORCED))}")
    lines.append(f"##genomodel_decided_by={settings.judge}")
    lines.append(f"##genomodel_pass_rule={PASS_RULES[settings.pass_rule]}")
    lines.append(f"##genomodel_fdr={settings.fdr:g}")
    lines.append(f"##genomodel_least_probability={consensus.threshold:.4g}")
    lines.append(f"##genomodel_contamination={_contamination(consensus, settings)}")
    if consensus.asked:
        lines.append(f"##genomodel_rescored={consensus.told} of {consensus.asked} open alleles, by varlociraptor")
    lines.append(f"##genomodel_tumor_in_normal={consensus.tumor_in_normal:.4f}")
    lines += [f"##genomodel_not_run={text}" for text in not_run]
    lines += _carried_over(calls)
    lines.append(f"##tumor_sample={samples[0]}")
    lines += [f"##normal_sample={name}" for name in samples[1:]]
    columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", *samples]
    return [*lines, "\t".join(columns)]


def _contamination(consensus: Consensus, settings: ConsensusSettings) -> str:
    if settings.contamination is not None:
        return f"{consensus.contamination:.4f} (given)"
    if consensus.contamination_places < LEAST_PLACES:
        return f"not assessable ({consensus.contamination_places} homozygous places, {LEAST_PLACES} needed)"
    return f"{consensus.contamination:.4f} (from {consensus.contamination_places} places)"


def _carried_over(calls: Mapping[str, str | Path]) -> list[str]:
    kept: list[str] = []
    for engine in sorted(calls):
        header = VcfReader(calls[engine]).header
        for line in header.meta:
            if line.startswith(("##genomodel_genome=", "##genomodel_note=")) and line not in kept:
                kept.append(line)
            if line.startswith("##genomodel_skipped=") and line not in kept:
                kept.append(line)
        version = header.value("genomodel_engine_version")
        if version:
            kept.append(f"##genomodel_engine_version={engine}: {version}")
    return kept


def _record(call: Call, settings: ConsensusSettings) -> str:
    site, p, candidate = call.site, call.posterior, call.candidate
    info = [
        f"GM_ORIGIN={call.origin.value}",
        f"GM_REASON={encode_reason(call.reason)}",
        f"GM_DECIDED_BY={call.decided_by}",
        f"GM_P_SOMATIC={p.somatic:.6g}",
        f"GM_P_GERMLINE={p.germline + p.mosaic:.6g}",
        f"GM_P_ARTIFACT={p.artifact + p.foreign:.6g}",
        f"GM_TLOD={p.lod:.4g}",
    ]
    if p.normal_lod is not None:
        info.append(f"GM_NLOD={p.normal_lod:.4g}")
    if candidate.engines:
        info.append(f"GM_ENGINES={','.join(candidate.engines)}")
        shown = [f"{e}:{OTHERS_SEPARATOR.join(candidate.filters[e]) or '.'}" for e in sorted(candidate.filters)]
        info.append(f"GM_ENGINE_FILTERS={','.join(shown)}")
    if call.labels:
        info.append(f"GM_LABELS={','.join(call.labels)}")
    v = site.variant
    columns = [v.chrom, str(v.pos), ".", v.ref, v.alt, ".", ";".join(call.filters), ";".join(info)]
    columns.append(":".join(name for name, *_ in FORMAT_FIELDS))
    columns.append(_sample(site.tumor))
    if site.normal is not None:
        columns.append(_sample(site.normal))
    elif settings.normal is not None:
        columns.append("./.")
    return "\t".join(columns)


def _sample(reads: AlleleReads) -> str:
    counts = reads.counts()
    fraction = counts.allele_fraction
    shown = "." if fraction is None else f"{fraction:.6g}"
    strands = ",".join(str(n) for allele in (REF, ALT) for n in strand_counts(reads, allele))
    depths = f"{counts.ref_reads},{counts.alt_reads}"
    return f"{_genotype(fraction)}:{counts.depth}:{depths}:{shown}:{strands}"


def _genotype(fraction: float | None) -> str:
    if fraction is None:
        return "./."
    if fraction == 0:
        return "0/0"
    return "1/1" if fraction >= 0.85 else "0/1"
