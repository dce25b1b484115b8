"""Posteriors of candidates from varlociraptor (Koester et al. 2020, doi:10.1186/s13059-020-01993-6), run as a program.

Candidates are split over processes, each of which observes and calls its share; nothing stays on disk. What may be
present in which sample is stated as a scenario: the purity of the tumor, tumor cells in the normal, and no normal at
all are one text each. Its limit of observations per site (200 as delivered) is always set by the caller.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import pysam

from genomodel.calls.tools import run_tool
from genomodel.core.variants import Variant

PROGRAM = "varlociraptor"
LEAST_PURITY = 0.01
LEAST_TOLD = 0.5
"""Sum of an allele's probabilities below which varlociraptor could not tell: its numbers are then missing or NaN."""

OWN_RUNS = 4
"""Shares of the candidates per thread, so that one slow stretch does not hold up the rest."""

_AMPLICON = ("--omit-insert-size",)
_AMPLICON_CALL = ("--omit-read-position-bias", "--omit-softclip-bias", "--omit-strand-bias")
"""Amplicon reads start and end in stacks: what varlociraptor's own help says to leave out for them."""

_ONE_ORIENTATION = ("--omit-read-orientation-bias",)


@dataclass(frozen=True)
class Probabilities:
    """What varlociraptor says of one allele; the parts add up to 1."""

    somatic: float
    germline: float
    mosaic: float
    artifact: float
    absent: float


@dataclass(frozen=True)
class Settings:
    """How varlociraptor is run.

    Attributes
    ----------
    reference
        Indexed FASTA.
    alignments
        ``tumor`` and, where there is one, ``normal`` to BAM or CRAM.
    purity
        Share of tumor cells; 1 where unknown.
    tumor_in_normal
        Share of the tumor's allele fraction that is found in the normal.
    amplicon
        Whether reads come in stacks.
    one_orientation
        Whether all pairs have one orientation, as consensus reads of both strands have: it then tells nothing.
    max_depth
        Observations per site.
    threads
        Processes at a time.
    """

    reference: Path
    alignments: Mapping[str, str]
    purity: float | None = None
    tumor_in_normal: float = 0.0
    amplicon: bool = False
    one_orientation: bool = False
    max_depth: int = 100_000
    threads: int = 1


def scenario(settings: Settings) -> str:
    """Return the scenario, as varlociraptor's calling grammar has it."""
    if "normal" not in settings.alignments:
        return (
            "samples:\n  tumor:\n    resolution: 0.01\n"
            '    universe: "[0.0,1.0]"\n'
            "events:\n"
            '  somatic_tumor: "tumor:]0.0,0.5[ | tumor:]0.5,1.0["\n'
            '  germline_het: "tumor:0.5"\n'
            '  germline_hom: "tumor:1.0"\n'
        )
    share = max(0.0, min(0.2, 1.5 * settings.tumor_in_normal))
    low = f"{share:.4f}"
    purity = max(LEAST_PURITY, settings.purity or 1.0)
    clean, mosaic = (f"[0.0,{low}]", f"]{low},0.5[") if share > 0 else ("0.0", "]0.0,0.5[")
    contamination = f"    contamination:\n      by: normal\n      fraction: {1 - purity:.4f}\n" if purity < 1 else ""
    return (
        f"samples:\n  tumor:\n{contamination}    resolution: 0.01\n"
        '    universe: "[0.0,1.0]"\n'
        "  normal:\n    resolution: 0.1\n"
        '    universe: "[0.0,0.5[ | 0.5 | 1.0"\n'
        "events:\n"
        f'  somatic_tumor: "tumor:]0.0,1.0] & normal:{clean}"\n'
        f'  somatic_normal: "normal:{mosaic}"\n'
        '  germline_het: "normal:0.5"\n'
        '  germline_hom: "normal:1.0"\n'
    )


def rescore(variants: Sequence[Variant], settings: Settings, folder: Path) -> dict[str, Probabilities]:
    """Return the probabilities of each allele by its key.

    Parameters
    ----------
    variants
        Normalized alleles in genome order.
    settings
        Inputs and limits.
    folder
        Empty folder for intermediate files.

    Raises
    ------
    InputError
        varlociraptor is absent or failed; its last words are in the message.
    """
    if not variants:
        return {}
    properties = {
        name: _alignment_properties(name, path, settings, folder) for name, path in settings.alignments.items()
    }
    (folder / "scenario.yaml").write_text(scenario(settings), encoding="utf-8")
    size = max(1, math.ceil(len(variants) / (settings.threads * OWN_RUNS)))
    shares = [variants[start : start + size] for start in range(0, len(variants), size)]
    result: dict[str, Probabilities] = {}
    with ThreadPoolExecutor(settings.threads) as pool:
        runs = [pool.submit(_rescore_share, i, share, properties, settings, folder) for i, share in enumerate(shares)]
        for run in runs:
            result.update(run.result())
    return result


def _alignment_properties(name: str, alignment: str, settings: Settings, folder: Path) -> Path:
    path = folder / f"{name}.properties.json"
    run_tool([PROGRAM, "estimate", "alignment-properties", settings.reference, "--bams", alignment], stdout=path)
    return path


def _rescore_share(
    index: int, share: Sequence[Variant], properties: Mapping[str, Path], settings: Settings, folder: Path
) -> dict[str, Probabilities]:
    candidates = folder / f"{index}.vcf"
    write_candidates(share, settings.reference, candidates)
    observations = []
    for name, alignment in settings.alignments.items():
        observed = folder / f"{index}.{name}.bcf"
        command: list[str | Path] = [PROGRAM, "preprocess", "variants", settings.reference]
        command += ["--alignment-properties", properties[name], "--bam", alignment, "--candidates", candidates]
        command += ["--max-depth", str(settings.max_depth), "--atomic-candidate-variants", "--output", observed]
        run_tool([*command, *(_AMPLICON if settings.amplicon else ())])
        observations.append(f"{name}={observed}")
    called = folder / f"{index}.calls.bcf"
    biases = (*(_AMPLICON_CALL if settings.amplicon else ()), *(_ONE_ORIENTATION if settings.one_orientation else ()))
    model = ["generic", "--scenario", str(folder / "scenario.yaml"), "--obs", *observations]
    run_tool([PROGRAM, "call", "variants", "--output", called, *biases, *model])
    return read_probabilities(called)


def write_candidates(variants: Sequence[Variant], reference: Path, path: Path) -> None:
    """Write alleles as a VCF without samples, with the reference's contigs."""
    with pysam.FastaFile(str(reference)) as fasta:
        contigs = [
            f"##contig=<ID={n},length={length}>" for n, length in zip(fasta.references, fasta.lengths, strict=True)
        ]
    rows = [f"{v.chrom}\t{v.pos}\t.\t{v.ref}\t{v.alt}\t.\t.\t." for v in variants]
    header = ["##fileformat=VCFv4.2", *contigs, "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]
    path.write_text("\n".join(header + rows) + "\n", encoding="utf-8")


def read_probabilities(path: Path) -> dict[str, Probabilities]:
    """Read the posteriors (Phred-scaled in the file) of each allele; one that got no number is left out."""
    result: dict[str, Probabilities] = {}
    verbosity = pysam.set_verbosity(0)
    try:
        handle = pysam.VariantFile(str(path))
    finally:
        pysam.set_verbosity(verbosity)
    with handle:
        for record in handle:
            values = {key: _probability(value) for key, value in record.info.items() if key.startswith("PROB_")}
            if not values or record.alts is None:
                continue
            told = Probabilities(
                somatic=values.get("PROB_SOMATIC_TUMOR", 0.0),
                germline=values.get("PROB_GERMLINE_HET", 0.0) + values.get("PROB_GERMLINE_HOM", 0.0),
                mosaic=values.get("PROB_SOMATIC_NORMAL", 0.0),
                artifact=values.get("PROB_ARTIFACT", 0.0),
                absent=values.get("PROB_ABSENT", 0.0),
            )
            if sum(asdict(told).values()) > LEAST_TOLD:
                alleles = {"ref": str(record.ref), "alt": str(record.alts[0])}
                result[Variant(chrom=record.chrom, pos=record.pos, **alleles).key] = told
    return result


def _probability(value: object) -> float:
    first = value[0] if isinstance(value, tuple) else value
    phred = math.nan if first is None else float(str(first))
    return 0.0 if math.isnan(phred) else 10 ** (-phred / 10)
