"""Fusions from the structural-variant VCF of delly, Manta, GRIDSS or PURPLE."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from genomodel.calls.rearrangements.breakends import PASSED, BreakendFile, Junction, read_breakends
from genomodel.calls.rearrangements.build_check import check_build, listed_genes
from genomodel.calls.rearrangements.fusions import (
    fusion_call,
    fusion_of,
    is_listed,
    loss_call,
    losses_at,
    lost_exons,
    lost_splice_site,
    splice_site_call,
)
from genomodel.calls.rearrangements.genes import FusionModels, read_fusion_models
from genomodel.calls.rearrangements.sv_callers import (
    DELLY,
    NOT_SOMATIC,
    OTHER,
    Caller,
    Roles,
    caller_of,
    roles_of,
    support_of,
)
from genomodel.calls.vcf_text import VcfRecord
from genomodel.core.errors import InputError
from genomodel.core.rearrangements import Rearrangement, RearrangementAssay, Support, loss_name
from genomodel.core.variants import Fusion
from genomodel.files import source_file
from genomodel.resources.actionable_fusions import fusion_genes

MIN_READS = 3
"""Reads and pairs below which an event waits for confirmation: delly asks for as many before it passes one."""
MAX_NORMAL_SHARE = 0.1
"""Share of the tumor's reads from which on reads of the normal make an event germline, or an artifact of both."""
MIXED_SHARE = 0.5
"""Share up to which a fusion may still be the tumor's, of whose cells the normal has some; above, it is germline."""
NO_NORMAL = "no matched normal: it may be germline or an artifact"


@dataclass(frozen=True, slots=True)
class SvFile:
    """What a VCF holds, and what its silence is worth."""

    assay: RearrangementAssay
    models: FusionModels
    """Gene models of the list, and of what breakends lie in."""
    unresolved: Mapping[str, str]
    """Genes of the list, and names of losses, with breaks that the caller filtered or could not place, in words."""
    unverified: str
    """What is not known of the genome build; empty where VCF and gene models agree."""


def read_sv_vcf(
    path: str | Path, gff: str | Path | None, *, tumor: str | None = None, normal: str | None = None
) -> RearrangementAssay:
    """Return the events of :func:`read_sv_file`."""
    return read_sv_file(path, gff, tumor=tumor, normal=normal).assay


def read_sv_file(
    path: str | Path, gff: str | Path | None, *, tumor: str | None = None, normal: str | None = None
) -> SvFile:
    """Read fusions and named losses of exons from a VCF.

    Parameters
    ----------
    path
        VCF of delly, Manta, GRIDSS, PURPLE or another caller, plain or gzipped.
    gff
        Gene models of the same build.
    tumor, normal
        Names of the columns, where known.

    Raises
    ------
    InputError
        No gene models or those of another build, a VCF that is damaged or of small variants, a mate that is missing,
        contigs that the gene models do not have, several columns and nothing that tells the tumor's.
    """
    path = Path(path)
    if gff is None:
        raise InputError(
            "breakends become fusions only with gene models",
            path=path,
            column="--gff",
            fix="Give the GFF3 of the build",
        )
    found = read_breakends(path)
    caller = caller_of(found.reader.header)
    roles = roles_of(found.reader.header, caller, tumor, normal)
    ends = [end for item in found.junctions for end in (item.one, item.two)]
    places = [(end.chrom, end.pos) for end in ends] + [(record.chrom, record.pos) for record in found.singles]
    models = read_fusion_models(gff, places, genes=listed_genes())
    contigs = found.reader.header.contig_lengths()
    unverified = check_build(gff, models, contigs, f"the breakends of {path.name}")
    _require_structural(found, caller)
    reader = _Reader(models, caller, roles, path)
    for junction in found.junctions:
        reader.take(junction)
    for record in found.singles:
        reader.take_single(record)
    reader.left_out["single breakends"] += found.single
    reader.left_out["records without a junction"] += found.other
    with_normal = roles.normal is not None or "SOMATIC" in {key for item in found.junctions for key in item.record.info}
    assay = RearrangementAssay(
        sample=roles.tumor or "",
        calls=tuple(reader.calls),
        other_fusions=tuple(dict.fromkeys(reader.others)),
        left_out={name: n for name, n in sorted(reader.left_out.items()) if n},
        matched_normal=with_normal,
        method=f"breakends of {caller.name}, joined to gene models" + (f"; {unverified}" if unverified else ""),
        sources=(source_file(path, "structural_variants"),),
    )
    return SvFile(assay, models, reader.unresolved(), unverified)


def _require_structural(found: BreakendFile, caller: Caller) -> None:
    """Refuse a VCF that nobody wrote for structural variants: of those its silence says nothing."""
    header = found.reader.header
    structural = len(found.junctions) + found.single + found.other - found.plain
    declared = caller is not OTHER or any(line.startswith("##INFO=<ID=SVTYPE,") for line in header.meta)
    fix = "Give the VCF of delly, Manta, GRIDSS or PURPLE; small variants go in as calls"
    if found.plain > structural:
        text = f"{found.plain} records are small variants, {structural} are structural ones"
        raise InputError(text, path=header.path, column="INFO/SVTYPE", fix=fix)
    if not (declared or structural):
        text = "the VCF holds no structural variant, and its header does not say that it would (INFO SVTYPE)"
        raise InputError(text, path=header.path, fix=fix)


class _Reader:
    """Sorts junctions into calls, fusions of other genes, and what is left out."""

    def __init__(self, models: FusionModels, caller: Caller, roles: Roles, path: Path) -> None:
        self.models, self.caller, self.roles, self.path = models, caller, roles, path
        self.calls: list[Rearrangement] = []
        self.others: list[Fusion] = []
        self.left_out: Counter[str] = Counter()
        self.open: dict[str, list[str]] = {}

    def unresolved(self) -> dict[str, str]:
        """Return, of genes and named losses without a call, the breaks whose meaning is open."""
        called = {side.gene for call in self.calls for side in (call.five, call.three)}
        called |= {loss_name(call.five.gene, call.exons_lost) for call in self.calls if call.exons_lost}
        return {
            gene: places[0] + (f" and {len(places) - 1} more" if len(places) > 1 else "")
            for gene, places in self.open.items()
            if gene not in called
        }

    def take_single(self, record: VcfRecord) -> None:
        support = support_of(record, self.caller, self.roles, self.path)
        if not self._unsupported(support):
            for gene in self._listed(record.chrom, record.pos) | self._losses(record.chrom, record.pos):
                place = f"an unresolved breakend at {record.chrom}:{record.pos}, whose other side is not known"
                self.open.setdefault(gene, []).append(place)

    def _listed(self, chrom: str, pos: int) -> set[str]:
        return set(fusion_genes()) & set(self.models.at(chrom, pos))

    def _losses(self, chrom: str, pos: int) -> set[str]:
        return {loss_name(loss.gene, loss.exons) for loss in losses_at(chrom, pos, self.models)}

    def _leave_open(self, junction: Junction, what: str, why: str, *, losses: bool = True) -> None:
        """Note a junction in the genes that it would join to another place and, on demand, at named losses."""
        ends = (junction.one, junction.two)
        one, two = (self._listed(end.chrom, end.pos) for end in ends)
        lost: set[str] = set()
        for end, genes in ((ends[0], one - two), (ends[1], two - one)):
            here = self._losses(end.chrom, end.pos) - lost if losses else set()
            lost |= here
            for gene in genes | here:
                self.open.setdefault(gene, []).append(f"{what} at {end.chrom}:{end.pos} {why}")

    def take(self, junction: Junction) -> None:
        support = support_of(junction.record, self.caller, self.roles, self.path)
        filtered, unsupported = self._filtered(junction.record, support), self._unsupported(support)
        if filtered or unsupported:
            self.left_out[filtered or unsupported] += 1
            if filtered and not unsupported:
                self._leave_open(junction, "a filtered breakend", f"({', '.join(junction.record.filters)})")
            elif self._mixed(junction, support):
                why = "in reads of the normal too, though fewer than in the tumor's"
                self._leave_open(junction, "a break", why)
            return
        reason = self._doubt(junction, support)
        lost = lost_exons(junction, self.models)
        if lost is not None:
            self.calls.append(loss_call(*lost, support, confirmed=not reason, reason=reason))
            return
        site = lost_splice_site(junction, self.models)
        if site is not None:
            self.calls.append(splice_site_call(*site, support, reason=reason))
            return
        pair = fusion_of(junction, self.models)
        if pair is None:
            self.left_out["junctions that join no two genes in one direction"] += 1
            # The other half of a broken gene went elsewhere; an inversion may leave out an exon that it turns.
            inverted = junction.one.side is junction.two.side
            self._leave_open(junction, "a break", "that joins no two genes in one direction", losses=inverted)
            return
        call = fusion_call(*pair, junction, support, confirmed=not reason, reason=reason)
        fusion = Fusion(gene_5=call.five.gene, gene_3=call.three.gene)
        if is_listed(fusion):
            self.calls.append(call)
        else:
            self.others.append(fusion)
            self.left_out["fusions of genes outside of the list"] += 1

    def _filtered(self, record: VcfRecord, support: Support) -> str:
        passed = record.filters in PASSED
        # Delly's somatic filter takes no read of the normal, though cells of the tumor in it give some.
        shared = record.filters == (NOT_SOMATIC,) and bool(support.normal_reads)
        if passed or (self.caller is DELLY and (shared or record.filters == ("LowQual",))):
            return ""
        return "filtered by the caller"

    def _unsupported(self, support: Support) -> str:
        tumor = (support.split_reads or 0) + (support.spanning_pairs or 0)
        if support.normal_reads and support.normal_reads > MAX_NORMAL_SHARE * tumor:
            return "reads of the normal carry it too"
        counted = support.split_reads is not None or support.spanning_pairs is not None
        return "no read of the tumor carries it" if counted and tumor == 0 else ""

    def _mixed(self, junction: Junction, support: Support) -> bool:
        """Whether a fusion of the list, or a named loss, may be the tumor's, some of whose cells lie in the normal."""
        reads = (support.split_reads or 0) + (support.spanning_pairs or 0)
        if reads < MIN_READS or not 0 < (support.normal_reads or 0) <= MIXED_SHARE * reads:
            return False
        if lost_exons(junction, self.models) or lost_splice_site(junction, self.models):
            return True
        pair = fusion_of(junction, self.models)
        genes = {side.transcript.gene for side in pair if side is not None} if pair else set()
        return bool(genes & set(fusion_genes()))

    def _doubt(self, junction: Junction, support: Support) -> str:
        parts = []
        somatic = "SOMATIC" in junction.record.info or "SOMATICSCORE" in junction.record.info
        if self.roles.normal is None and not somatic:
            parts.append(NO_NORMAL)
        if support.normal_reads:
            parts.append(f"{support.normal_reads} reads of the normal carry it too")
        counted = support.split_reads is not None or support.spanning_pairs is not None
        reads = (support.split_reads or 0) + (support.spanning_pairs or 0)
        if counted and reads < MIN_READS:
            parts.append(f"only {reads} reads")
        if "LowQual" in junction.record.filters:
            parts.append("of low quality by delly's own filter")
        if NOT_SOMATIC in junction.record.filters:
            parts.append("dropped by delly's somatic filter")
        return "; ".join(parts)
