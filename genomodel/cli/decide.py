"""The verb that makes one call set of all engines."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from genomodel.calls.consensus import LIKELIHOOD, PASS_RULES, VARLOCIRAPTOR, ConsensusSettings, decide_calls
from genomodel.calls.consensus_vcf import write_consensus
from genomodel.calls.fragments import ReadLimits
from genomodel.calls.hotspot_alleles import HotspotAlleles
from genomodel.calls.shards import assayed_regions, callable_regions
from genomodel.calls.tools import starts
from genomodel.calls.varlociraptor import PROGRAM
from genomodel.cli.tables import print_table
from genomodel.core.errors import InputError
from genomodel.core.specimens import Library
from genomodel.files import require_file


def decide(
    calls: Annotated[list[str], typer.Option(help="ENGINE=VCF, harmonized; several times.")],
    tumor: Annotated[tuple[Path, str], typer.Option(help="BAM or CRAM of the tumor, and its name in the calls.")],
    reference: Annotated[Path, typer.Option(help="FASTA that the reads were aligned to.")],
    out: Annotated[Path, typer.Option(help="VCF to write, .vcf.gz.")],
    normal: Annotated[
        tuple[Path, str] | None, typer.Option(help="The same of the matched normal; without one, tumor-only.")
    ] = None,
    judge: Annotated[str, typer.Option(help=f"{VARLOCIRAPTOR} or {LIKELIHOOD}.")] = LIKELIHOOD,
    purity: Annotated[float | None, typer.Option(min=0.01, max=1, help="Share of tumor cells, if known.")] = None,
    contamination: Annotated[
        float | None, typer.Option(min=0, max=0.5, help="Share of foreign molecules; estimated when not given.")
    ] = None,
    fdr: Annotated[float, typer.Option(min=0.0001, max=0.5, help="False discovery rate asked for.")] = 0.05,
    pass_rule: Annotated[str, typer.Option(help=f"One of: {', '.join(PASS_RULES)}.")] = "judge_or_engine",
    library: Annotated[Library, typer.Option(help="How the library was made.")] = Library.CAPTURE,
    bed: Annotated[Path | None, typer.Option(help="Regions that engines looked at.")] = None,
    hotspots: Annotated[Path | None, typer.Option(help="Table of genomodel hotspot-alleles.")] = None,
    population: Annotated[
        Path | None, typer.Option(help="Indexed VCF of alleles that people carry, for contamination.")
    ] = None,
    common_only: Annotated[bool, typer.Option(help="That VCF lists common alleles only.")] = False,
    max_depth: Annotated[int, typer.Option(min=1, help="Observations per site that varlociraptor reads.")] = 100_000,
    min_base_quality: Annotated[int, typer.Option(min=0)] = 20,
    min_mapping_quality: Annotated[int, typer.Option(min=0)] = 20,
    not_run: Annotated[list[str] | None, typer.Option(help="Tool that was left out, as 'tool: why'.")] = None,
    threads: Annotated[int, typer.Option(min=1)] = 1,
) -> None:
    """Decide every allele that any engine saw, from the reads; none is dropped."""
    _require_known(judge, pass_rule)
    engines = dict(_engine(text) for text in calls)
    settings = ConsensusSettings(
        reference=require_file(reference, "reference"),
        tumor=(str(require_file(tumor[0], "alignment")), tumor[1]),
        normal=None if normal is None else (str(require_file(normal[0], "alignment")), normal[1]),
        judge=judge,
        purity=purity,
        contamination=contamination,
        fdr=fdr,
        pass_rule=pass_rule,
        library=library,
        max_depth=max_depth,
        limits=ReadLimits(min_base_quality, min_mapping_quality),
        hotspots=None if hotspots is None else HotspotAlleles.read(hotspots),
        population=None if population is None else require_file(population, "population VCF"),
        common_only=common_only,
        callable_bases=_callable_bases(bed, reference),
        threads=threads,
    )
    consensus = decide_calls(engines, settings)
    write_consensus(consensus, settings, out, calls=engines, not_run=not_run or ())
    _print_origins(consensus.counts(), judge)


def _require_known(judge: str, pass_rule: str) -> None:
    if judge not in (LIKELIHOOD, VARLOCIRAPTOR):
        raise InputError(f"no judge '{judge}'", column="--judge", fix=f"Known: {VARLOCIRAPTOR}, {LIKELIHOOD}")
    if pass_rule not in PASS_RULES:
        raise InputError(f"no rule '{pass_rule}'", column="--pass-rule", fix=f"Known: {', '.join(PASS_RULES)}")
    if judge == VARLOCIRAPTOR and not starts(PROGRAM):
        fix = f"Install varlociraptor, or decide with --judge {LIKELIHOOD}"
        raise InputError("varlociraptor does not start", column="--judge", fix=fix)


def _print_origins(counts: Mapping[str, int], judge: str) -> None:
    table = Table("origin", "alleles", title=f"{sum(counts.values())} alleles, decided by {judge}")
    for origin, count in counts.items():
        table.add_row(origin, str(count))
    print_table(table)


def _engine(text: str) -> tuple[str, Path]:
    name, separator, path = text.partition("=")
    if not separator or not name:
        raise InputError(f"'{text}' is not ENGINE=VCF", column="--calls", fix="For example freebayes=calls.vcf.gz")
    return name, require_file(path, "calls")


def _callable_bases(bed: Path | None, reference: Path) -> int:
    regions = callable_regions(reference) if bed is None else assayed_regions(bed, reference)
    return sum(end - start for _, start, end in regions)


def register(app: typer.Typer) -> None:
    """Add the verb of this module."""
    app.command("decide")(decide)
