"""OVS1 and OM2: lost function, and proteins of another length.

The strength of OVS1 follows ClinGen's decision tree for null variants, to which the standard refers (Abou Tayoun et al.
2018, doi:10.1002/humu.23626): full where decay of the transcript is expected, strong where it is not and more than a
tenth of the protein is lost, moderate where less is, and moderate for a lost start, behind which others may serve. A
stop without decay counts in full where stops further behind recur in tumors, for it takes more than they do, and where
no stop in most of the protein brings decay (APC, ASXL1, CEBPA): such stops are what made the gene a suppressor.
"""

from __future__ import annotations

import re
from functools import cache

from genomodel.core.variants import VariantClass
from genomodel.interpretation.matching.clinvar import benign_words
from genomodel.interpretation.matching.harmless import harmless_truncation
from genomodel.interpretation.oncogenicity.codes import Answer, met, not_applicable, not_evaluated, not_met, rows_of
from genomodel.interpretation.oncogenicity.sources import OncogenicitySources, SourceName
from genomodel.interpretation.oncogenicity.subject import Subject
from genomodel.resources.driver_genes import RoleKind
from genomodel.resources.hotspots import hotspot_rows
from genomodel.resources.mane import is_mane_select, without_version
from genomodel.resources.protein_ends import ProteinEnd, protein_end

NULL = (VariantClass.TRUNCATING, VariantClass.SPLICE, VariantClass.START_LOST)
FULL, STRONG, MODERATE = 8, 4, 2
CANONICAL = 2
"""Intronic bases beside an exon that a splice site cannot do without."""
LARGE_SHARE = 0.1
RECURRENT = 10
"""Tumors with a stop at one residue from which it shows that tumors profit from the loss of what follows."""
ROLES_GIVE = "a list of tumor suppressors and oncogenes"
OTHER_KIND = not_applicable("no stop, frameshift, splice-site or start-codon variant")
NOT_IN_FRAME = not_applicable("neither an in-frame insertion or deletion nor a lost stop")
IN_FRAME_SKIPS = frozenset({"MET_EXON_14_SKIPPING"})
"""Named effects by which a protein loses an exon and keeps its frame, whatever the class of the variant."""
_CANONICAL = re.compile(r"^c\.(\d+)(?:([+-])[12])?(?:_(\d+)(?:([+-])[12])?)?(?=[ACGTdi])")
_OFFSETS = re.compile(r"(?<=\d)[+-](\d+)")
_SPLICE_RESIDUE = re.compile(r"^[A-Z](\d+)_?splice$")


def null_in_suppressor(subject: Subject, sources: OncogenicitySources) -> Answer:
    """OVS1: a null variant in a bona fide tumor suppressor gene."""
    if subject.kind not in NULL:
        return OTHER_KIND
    if not sources.has(SourceName.GENE_ROLES):
        return not_evaluated(ROLES_GIVE)
    if subject.role.kind is not RoleKind.SUPPRESSOR:
        return _no_suppressor(subject.role.source)
    if (spared := _spared(subject)) is not None:
        return spared
    words, points = _strength(subject, sources)
    record = subject.variant.clinvar
    if record is not None and (held := benign_words(record)):
        # The decision tree for null variants leaves out truncations that people carry unharmed.
        return not_met(f"{words}; but {held}: it is not taken for a loss", f"ClinVar {record.variation_id}".strip())
    return met(f"{words}, in a bona fide tumor suppressor", subject.role.source, points)


def _spared(subject: Subject) -> Answer | None:
    """Return why a variant is no null variant by what it leaves, ``None`` where it is one."""
    offsets = [int(number) for number in _OFFSETS.findall(subject.consequence.hgvs_c)]
    if subject.kind is VariantClass.SPLICE and offsets and min(offsets) > CANONICAL:
        return not_met(f"{subject.consequence.hgvs_c} lies beyond the two bases at the splice site")
    if (harmless := harmless_truncation(subject.consequence)) is not None:
        return not_met(harmless.reason, harmless.source)
    gain = _exception(subject, "not_null")
    return None if gain is None else not_met(gain["reason"], f"{gain['source']} ({gain['source_url']})")


def _exception(subject: Subject, effect: str) -> dict[str, str] | None:
    first = subject.first_residue
    if first is None or not subject.on_mane_select or subject.kind is not VariantClass.TRUNCATING:
        return None
    named = (row for row in _exceptions() if (row["gene"], row["effect"]) == (subject.gene, effect))
    return next((row for row in named if int(row["from_residue"]) <= first <= int(row["to_residue"])), None)


@cache
def _exceptions() -> tuple[dict[str, str], ...]:
    return tuple(rows_of("null_exceptions.tsv"))


@cache
def _no_suppressor(source: str) -> Answer:
    return not_met("the gene is no bona fide tumor suppressor: no two sources agree that it is one", source)


def _strength(subject: Subject, sources: OncogenicitySources) -> tuple[str, int]:
    if subject.kind is VariantClass.START_LOST:
        return "the start codon is lost; a start further on may serve (moderate)", MODERATE
    end = protein_end(subject.gene)
    if subject.kind is VariantClass.SPLICE:
        return _of_splice(subject, end)
    if "transcript_ablation" in subject.consequence.terms:
        return "the transcript is lost", FULL
    return _of_stop(subject, end, sources)


def _of_stop(subject: Subject, end: ProteinEnd | None, sources: OncogenicitySources) -> tuple[str, int]:
    first = subject.first_residue
    if end is None or first is None:
        return "stop or frameshift; where it lies in the protein is not known (strong)", STRONG
    if not _same_numbers(subject, end):
        number, _, last = subject.consequence.exon.partition("/")
        if not number or not last:
            return "stop or frameshift in a transcript that is not MANE Select, in which exon is not known", STRONG
        if number == last:
            return "stop or frameshift in the last exon of a transcript that is not MANE Select (moderate)", MODERATE
        return "stop or frameshift before the last exon of a transcript that is not MANE Select", FULL
    return _at_residue(subject, end, first, sources)


def _at_residue(subject: Subject, end: ProteinEnd, first: int, sources: OncogenicitySources) -> tuple[str, int]:
    stop = subject.new_stop or first
    if stop <= end.last_with_decay:
        told = "" if subject.new_stop else ", the new stop is not told"
        return f"stop at residue {stop} of {end.residues}: decay of the transcript is expected{told}", FULL
    beyond = recurrent_stop(subject.gene, first) if sources.has(SourceName.HOTSPOTS) else None
    lost = max(0, end.residues - first + 1)
    escape = f"stop at residue {stop} of {end.residues}, which escapes decay"
    if beyond:
        return f"{escape}; stops further behind recur in tumors ({beyond}, cancerhotspots)", FULL
    if lost > LARGE_SHARE * end.residues and end.last_with_decay < end.residues / 2:
        words = f"{lost / end.residues:.0%} of the protein is lost, most of which no stop could bring to decay"
        return f"{escape}; {words}", FULL
    if lost > LARGE_SHARE * end.residues:
        return f"{escape}; {lost / end.residues:.0%} of the protein is lost (strong)", STRONG
    if (critical := _exception(subject, "critical")) is not None:
        return f"{escape}; {critical['reason']} ({critical['source']}; strong)", STRONG
    return f"{escape}; {lost / end.residues:.0%} of the protein is lost (moderate)", MODERATE


@cache
def recurrent_stop(gene: str, residue: int) -> str:
    """Name a stop that recurs in tumors at a residue or further behind, empty where none does."""
    rows = hotspot_rows("single residue").get(gene, ())
    found = [row for row in rows if row.start >= residue and row.alleles.get("*", 0) >= RECURRENT]
    return max((f"{row.residue}* in {row.alleles['*']} tumors" for row in found), default="")


def _same_numbers(subject: Subject, end: ProteinEnd) -> bool:
    name = subject.consequence.transcript
    return not name or is_mane_select(name) or without_version(name) == end.transcript


def _of_splice(subject: Subject, end: ProteinEnd | None) -> tuple[str, int]:
    if end is None:
        return "splice site; what its exon codes is not known", STRONG
    skipped = _skipped_exons(subject, end)
    if not skipped:
        return "splice site; whether the skipped exon keeps the frame is not known (strong)", STRONG
    if not any(in_frame for in_frame, _ in skipped):
        return "splice site; skipping of the exon shifts the frame", FULL
    most = max(residues for in_frame, residues in skipped if in_frame)
    share = most / end.residues
    if share > LARGE_SHARE:
        return f"splice site; skipping may keep the frame and costs {share:.0%} of the protein (strong)", STRONG
    return f"splice site; skipping may keep the frame and costs {share:.0%} of the protein (moderate)", MODERATE


def _skipped_exons(subject: Subject, end: ProteinEnd) -> list[tuple[bool, int]]:
    """Return whether each exon that may be skipped keeps the frame, and its residues; empty where nothing tells."""
    match = _CANONICAL.match(subject.consequence.hgvs_c) if _same_numbers(subject, end) else None
    if match and match[2]:
        before = int(match[1]) if match[2] == "+" else int(match[1]) - 1
        found = end.is_lost_in_frame(before, donor=match[2] == "+")
        return [found] if found else []
    residue = _SPLICE_RESIDUE.match(subject.change)
    if residue is None:
        return []
    near = [place for place in end.junctions if abs(place - 3 * int(residue[1])) <= 3]
    both = [end.is_lost_in_frame(place, donor=donor) for place in near for donor in (True, False)]
    return [one for one in both if one is not None]


def length_change(subject: Subject, sources: OncogenicitySources) -> Answer:
    """OM2: another length by an in-frame change in a cancer gene, or by a lost stop in a tumor suppressor."""
    skipped = next((effect for effect in subject.variant.named_effects if effect.id in IN_FRAME_SKIPS), None)
    changed = subject.kind in (VariantClass.INFRAME_DELETION, VariantClass.INFRAME_INSERTION)
    in_frame = changed or skipped is not None
    if not in_frame and subject.kind is not VariantClass.STOP_LOST:
        return NOT_IN_FRAME
    if not sources.has(SourceName.GENE_ROLES):
        return not_evaluated(ROLES_GIVE)
    fitting = (RoleKind.SUPPRESSOR, RoleKind.LOST, *((RoleKind.ONCOGENE,) if in_frame else ()))
    what = "in-frame insertion or deletion" if changed else "lost stop"
    if skipped is not None:
        what = f"{skipped.name}, a loss in frame,"
    if subject.role.kind in fitting:
        return met(f"{what} in a gene of known role ({subject.role.kind.value})", subject.role.source)
    return not_met(f"{what} in a gene that is not known to act so ({subject.role.kind.value})", subject.role.source)
