"""What was looked for in the reads: detected loci, negatives with what they exclude, and loci without an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from genomodel.calls.hotspot_assay.molecules import adequate_from
from genomodel.calls.hotspot_assay.words import if_molecules, limit, of_event
from genomodel.core.builds import bare
from genomodel.core.findings import DispositionKind, Interpretation
from genomodel.core.identity import foreign_in_tumor
from genomodel.core.loci import (
    AlleleSeen,
    EventKind,
    HotspotAssay,
    LocusAnswer,
    LocusClass,
    LocusStatus,
    is_adequate,
    joined_lengths,
)
from genomodel.core.report import PatientReport
from genomodel.core.tumor_share import tumor_share
from genomodel.core.variants import Variant, changed_span, shorten_sequence
from genomodel.report import words
from genomodel.report.catalog import say
from genomodel.report.medium import Medium

UNKNOWN_PURITY = say("looked_for.unknown_purity")
FAILED = say("looked_for.failed")
MISSED = say("looked_for.missed")
INDEL_SHIFT = 50
"""Bases within which two spellings of an insertion or deletion within repeats lie."""
N_NOT_PLACED = 60
N_SILENT_NAMED = 3

NOT_CALLED = say("looked_for.among.no_call")


def looked_for(report: PatientReport, medium: Medium) -> dict[str, Any]:
    """Return the answers of the looked-for loci in the order in which a board reads them."""
    assay = report.assays.hotspots
    if assay is None:
        return {"asked": False}
    return {"asked": True, **_context(report, assay, _purity(report))}


def _purity(report: PatientReport) -> float | None:
    return tumor_share(report.patient, report.copy_number, report.assays.identity)


def _context(report: PatientReport, assay: HotspotAssay, purity: float | None) -> dict[str, Any]:
    detected = [answer for answer in assay.answers if answer.status is LocusStatus.DETECTED]
    negative = [answer for answer in assay.answers if answer.status is LocusStatus.NOT_DETECTED]
    silent = [answer for answer in assay.answers if answer.status is LocusStatus.NOT_ASSESSABLE]
    adequate = [answer for answer in negative if is_adequate(answer, purity) and not report.failures]
    needed = {} if report.failures else _molecules(negative, purity)
    conditional = [answer for answer in negative if answer.locus.id in needed]
    other = [answer for answer in negative if answer not in adequate and answer not in conditional]
    less = say("looked_for.foreign_taken_off") if foreign_in_tumor(report.assays.identity) else ""
    doubt = FAILED if report.failures else UNKNOWN_PURITY if purity is None else MISSED
    return {
        "counts": _counts(detected, adequate, conditional, other, silent),
        "confidence": f"{assay.confidence * 100:g}{words.NBSP}%",
        "half": "" if purity is None else words.percent(purity / 2) + less,
        "detected": [
            _seen(answer, allele, report.interpretation) for answer in detected for allele in answer.seen or (None,)
        ],
        "adequate": _negative_rows(adequate),
        "conditional": _negative_rows(conditional),
        "condition": _condition(conditional, needed),
        "other": _negative_rows(other),
        "other_title": say("looked_for.inadequate") if doubt == MISSED else say("looked_for.no_negative"),
        "doubt": doubt,
        "silent": _silent_rows(silent),
        "not_placed": _not_placed(assay.not_placed),
        "all": [_full(answer, purity, failed=bool(report.failures)) for answer in assay.answers],
    }


def _molecules(answers: Iterable[LocusAnswer], purity: float | None) -> dict[str, int]:
    """Return from how many molecules each negative is adequate of which nobody knows how many there were."""
    needed = {answer.locus.id: adequate_from(answer, purity) for answer in answers}
    return {name: n for name, n in needed.items() if n is not None}


def _condition(answers: Sequence[LocusAnswer], needed: dict[str, int]) -> str:
    """Say under which condition negatives count whose fragments may be copies of few molecules."""
    if not answers:
        return ""
    given = answers[0].molecules
    known = say("looked_for.molecules_not_said") if given is None else say("looked_for.molecules", n=words.count(given))
    return say("looked_for.condition", known=known, condition=if_molecules(max(needed.values())))


def looked_for_in_short(report: PatientReport) -> str:
    """Return the first page's count of the looked-for loci by answer, naming those without one; empty if not asked."""
    assay = report.assays.hotspots
    if assay is None or not assay.answers:
        return ""
    purity = _purity(report)
    n = Counter(answer.status for answer in assay.answers)
    negative, silent = n[LocusStatus.NOT_DETECTED], n[LocusStatus.NOT_ASSESSABLE]
    adequate = [answer for answer in assay.answers if is_adequate(answer, purity) and not report.failures]
    needed = {} if report.failures else _molecules(assay.answers, purity)
    parts = [say("looked_for.n.detected", n=n[LocusStatus.DETECTED])] if n[LocusStatus.DETECTED] else []
    parts += [say("looked_for.n.adequate", n=len(adequate), but=_in_part(adequate))] if adequate else []
    parts += (
        [say("looked_for.n.adequate_if", n=len(needed), condition=if_molecules(max(needed.values())))] if needed else []
    )
    if rest := negative - len(adequate) - len(needed):
        why = (
            say("looked_for.why.failed")
            if report.failures
            else say("looked_for.why.no_purity")
            if purity is None
            else say("looked_for.why.limit")
        )
        parts.append(say("looked_for.n.inadequate", n=rest, why=why))
    if silent:
        names = [answer.locus.id for answer in assay.answers if answer.status is LocusStatus.NOT_ASSESSABLE]
        parts.append(say("looked_for.n.silent_named", n=silent, names=words.joined(names, N_SILENT_NAMED)))
    parts += [say("looked_for.n.not_placed", n=len(assay.not_placed))] if assay.not_placed else []
    return say("looked_for.in_short", loci=_loci(len(assay.answers)), parts=", ".join(parts))


def _loci(n: int) -> str:
    return say("looked_for.loci", n=words.count(n))


def adequate_negatives(report: PatientReport) -> list[tuple[str, str]]:
    """Return the adequate negatives, those of a gene together: what is excluded, and above which allele fraction."""
    assay = report.assays.hotspots
    if assay is None or report.failures:
        return []
    purity = _purity(report)
    rows = _negative_rows(answer for answer in assay.answers if is_adequate(answer, purity))
    return [(_with_events(row["name"], row["what"]), row["bound"]) for row in rows]


def _with_events(locus: str, what: str) -> str:
    """Name a locus with what was looked for there, each word once: ``exon 19 deletions of 9 to 24 bases``."""
    place, _, kind = locus.rpartition(" ")
    return f"{place} {what}" if kind and what.startswith(f"{kind}s ") else f"{locus} {what}".strip()


def _in_part(negatives: Iterable[LocusAnswer]) -> str:
    """Say how many negatives leave open some of what was asked, such as all deletions beside the substitutions."""
    n = sum(any(event.excluded_above is None for event in answer.events) for answer in negatives)
    return say("looked_for.in_part", n=n) if n else ""


def _counts(
    detected: Sequence[LocusAnswer],
    adequate: Sequence[LocusAnswer],
    conditional: Sequence[LocusAnswer],
    other: Sequence[LocusAnswer],
    silent: Sequence[LocusAnswer],
) -> str:
    parts = [
        say("looked_for.n.detected", n=len(detected)),
        say("looked_for.n.negative", n=len(adequate), but=_in_part(adequate)),
    ]
    parts += [say("looked_for.n.conditional", n=len(conditional))] if conditional else []
    parts += [say("looked_for.n.other", n=len(other))] if other else []
    parts += [say("looked_for.n.silent", n=len(silent))]
    total = _loci(len(detected) + len(adequate) + len(conditional) + len(other) + len(silent))
    return say("looked_for.counts", loci=total, parts=", ".join(parts))


def _seen(answer: LocusAnswer, allele: AlleleSeen | None, interpretation: Interpretation) -> dict[str, str]:
    if allele is None:
        return {"locus": answer.locus.id, "allele": "", "fraction": words.NOT_GIVEN, "reads": "", "called": ""}
    low, high = words.percent(allele.fraction_low), words.percent(allele.fraction_high)
    return {
        "locus": answer.locus.id,
        "allele": shorten_sequence(allele.name, say("words.unit_bases")),
        "fraction": say("looked_for.interval", value=words.percent(allele.allele_fraction), low=low, high=high),
        "reads": _support(allele),
        "called": called_as(allele.variant, interpretation),
    }


def _negative_rows(answers: Iterable[LocusAnswer]) -> list[dict[str, str]]:
    """Return one row for each gene whose loci are answered alike, and one for each event at an indel locus."""
    genes: dict[str, list[LocusAnswer]] = {}
    rows = []
    for answer in answers:
        plain = all(event.kind is EventKind.SUBSTITUTION for event in answer.locus.events)
        if plain and all(event.excluded_above is not None for event in answer.events):
            genes.setdefault(answer.locus.gene, []).append(answer)
            continue
        events = joined_lengths(answer.events)
        excluded = [event for event in events if event.excluded_above is not None]
        open_ones = [event for event in events if event.excluded_above is None]
        what = words.joined([of_event(event.event) for event in excluded])
        note = "; ".join(
            say("looked_for.nothing_excluded", event=of_event(event.event))
            + (f" ({event.reason})" if event.reason else "")
            for event in open_ones
        )
        rows.append(_row(answer.locus.id, [answer], what, note))
    by_gene = [
        _row(gene, of_gene, words.joined([_place(answer) for answer in of_gene]), "") for gene, of_gene in genes.items()
    ]
    return sorted(by_gene + rows, key=lambda row: row["name"])


def _place(answer: LocusAnswer) -> str:
    return answer.locus.id.removeprefix(answer.locus.gene).strip()


def _row(name: str, answers: Sequence[LocusAnswer], what: str, note: str) -> dict[str, str]:
    limits = [answer.excluded_above for answer in answers if answer.excluded_above is not None]
    bound = _limit(max(limits)) if limits else words.NOT_GIVEN
    return {
        "name": name,
        "what": what,
        "limit": say("looked_for.above", limit=bound) if limits else bound,
        "bound": bound,
        "depth": words.count(min(answer.depth for answer in answers)),
        "note": note,
    }


def _limit(fraction: float) -> str:
    return limit(fraction).replace(" ", words.NBSP)


def _silent_rows(answers: Sequence[LocusAnswer]) -> list[tuple[str, str]]:
    """Return loci and reason, those of one reason together."""
    reasons: dict[str, list[str]] = {}
    for answer in answers:
        reasons.setdefault(answer.reason or say("looked_for.no_reason"), []).append(answer.locus.id)
    return [(", ".join(names), reason) for reason, names in reasons.items()]


def _not_placed(not_placed: dict[str, str]) -> dict[str, Any]:
    """Name loci without a place, by gene where a gene has several."""
    genes: dict[str, list[str]] = {}
    for name in not_placed:
        genes.setdefault(name.partition(" ")[0], []).append(name)
    names = [of_gene[0] if len(of_gene) == 1 else f"{gene} ({len(of_gene)})" for gene, of_gene in genes.items()]
    return {
        "n": _loci(len(not_placed)),
        "names": words.joined(names, N_NOT_PLACED),
        "all": list(not_placed.items()),
    }


def _full(answer: LocusAnswer, purity: float | None, *, failed: bool) -> dict[str, str]:
    adequate = is_adequate(answer, purity)
    yes, no = say("looked_for.yes"), say("looked_for.no")
    verdict = {True: say("looked_for.no_as_failed") if failed else yes, False: no, None: ""}[adequate]
    if adequate is None and answer.status is LocusStatus.NOT_DETECTED:
        needed = adequate_from(answer, purity)
        verdict = say("looked_for.why.no_purity") if purity is None else no if needed is None else if_molecules(needed)
        verdict = say("looked_for.no_as_failed") if failed and purity is not None else verdict
    return {
        "locus": answer.locus.id,
        "answer": answer.status.value,
        "limit": "" if answer.excluded_above is None else _limit(answer.excluded_above),
        "depth": str(answer.depth),
        "adequate": verdict,
        "statement": answer.statement,
        "place": f"{answer.locus.chrom}:{min(answer.locus.positions)}-{max(answer.locus.positions)}",
    }


def called_as(variant: Variant, interpretation: Interpretation) -> str:
    """Return what became of a seen allele among the called variants, or that no call has it.

    Substitutions are the same where one changes a base that the other changes alike, insertions and deletions where
    they change the length alike at nearly the same place.
    """
    for disposition in interpretation.dispositions:
        called = _variant_of(disposition.variant)
        counted = disposition.kind is not DispositionKind.DUPLICATE
        if called is not None and counted and _same_change(variant, called):
            return say(f"looked_for.among.{disposition.kind.value}")
    return NOT_CALLED


def _variant_of(key: str) -> Variant | None:
    chrom, _, rest = key.partition(":")
    position, _, alleles = rest.partition(":")
    ref, _, alt = alleles.partition(">")
    return Variant(chrom=chrom, pos=int(position), ref=ref, alt=alt) if position.isdigit() and alt else None


def _same_change(one: Variant, other: Variant) -> bool:
    if bare(one.chrom) != bare(other.chrom):
        return False
    lengths = [len(item.alt.strip("-")) - len(item.ref.strip("-")) for item in (one, other)]
    if lengths[0] != lengths[1]:
        return False
    if lengths[0] == 0:
        return bool(_changed_bases(one) & _changed_bases(other))
    spans = [changed_span(item) for item in (one, other)]
    return abs(spans[0][0] - spans[1][0]) <= INDEL_SHIFT


def _changed_bases(variant: Variant) -> set[tuple[int, str]]:
    pairs = zip(variant.ref.upper(), variant.alt.upper(), strict=True)
    return {(variant.pos + index, new) for index, (old, new) in enumerate(pairs) if old != new}


def uncalled(report: PatientReport) -> list[str]:
    """Name the alleles that the reads show at a looked-for locus and that no called variant is, with their support."""
    assay = report.assays.hotspots
    if assay is None:
        return []
    return [
        f"{_name(answer, allele)} ({words.percent(allele.allele_fraction)}, {_support(allele)})"
        for answer in assay.answers
        if answer.status is LocusStatus.DETECTED
        for allele in answer.seen
        if called_as(allele.variant, report.interpretation) == NOT_CALLED
    ]


def _name(answer: LocusAnswer, allele: AlleleSeen) -> str:
    name = shorten_sequence(allele.name, say("words.unit_bases"))
    if answer.locus.locus_class is LocusClass.CODON:
        return f"{answer.locus.gene} {name}"
    return answer.locus.id if name in answer.locus.id else f"{answer.locus.id}, {name}"


def _support(allele: AlleleSeen) -> str:
    counted = words.count(allele.depth)
    return say("looked_for.fragments", n=counted, alternate=words.count(allele.alt_fragments))
