"""The chain from record to tier, in words: each link with what says so."""

from __future__ import annotations

from collections.abc import Iterator

from genomodel.core.biomarkers import HomologousRecombination, MutationalBurden, MutationalSignatures
from genomodel.core.findings import DispositionKind, EvidenceMatch, Finding
from genomodel.core.interpretation_file import AlleleFacts, InterpretationFile
from genomodel.core.microsatellites import MicrosatelliteAssay
from genomodel.core.oncogenicity import CodeState, Oncogenicity
from genomodel.core.rearrangements import Support
from genomodel.core.variants import AnnotatedVariant
from genomodel.report import words
from genomodel.report.explanation.find import Marker, Subject
from genomodel.report.exports.rows import AlleleRow

Link = tuple[str, list[str]]
"""What a part of the chain is about, and its lines."""

WITHHELD = "nothing more is shown: the patient refused to know of inherited variants"


def title(made: InterpretationFile, subject: Subject) -> str:
    """Return what is explained, of whom."""
    name = made.patient
    if subject.marker is not None:
        name = f"{subject.marker.value} of {made.patient}"
    elif subject.event is not None:
        name = f"{subject.event.label} of {made.patient}"
    elif subject.row is not None:
        label = subject.row.finding.label if subject.row.finding is not None else _short(subject.row)
        name = f"{label} of {made.patient}"
    return f"{name}, {words.tumor_type(made.subject.tumor_type)}"


def chain(made: InterpretationFile, subject: Subject) -> list[Link]:
    """Return the links of the chain before the statements of evidence."""
    if subject.marker is not None:
        return list(_links_of_marker(made, subject))
    if subject.event is not None:
        return list(_links_of_event(made, subject.event))
    return list(_links_of_row(made, subject.row, subject.also)) if subject.row is not None else []


def statements(subject: Subject) -> list[list[str]]:
    """Return the matched statements, best first, each with what it was matched on and what it asks for."""
    finding = subject.event if subject.event is not None else subject.row.finding if subject.row is not None else None
    matches = sorted(finding.evidence, key=words.evidence_order) if finding is not None else []
    return [_statement(match) for match in matches]


def outcome(made: InterpretationFile, subject: Subject) -> list[Link]:
    """Return the last links: tier and disposition."""
    row, event = subject.row, subject.event
    if event is not None:
        return [("tier", [event.tier or "none"]), ("why", [event.why])]
    if row is None:
        return []
    hypothetical = "" if row.shown or row.finding is None else row.finding.tier or ""
    tier = row.tier or ("none" + (f"; were it of the tumor: {hypothetical}" if hypothetical else ""))
    disposition = row.disposition
    kind = disposition.kind.value.replace("_", " ")
    links: list[Link] = [("tier", [tier]), ("disposition", [f"{kind}: {disposition.reason}"])]
    if row.finding is not None and not row.shown:
        links.append(("set aside", [row.finding.why]))
    return links


def _short(row: AlleleRow) -> str:
    gene = f"{row.disposition.gene} " if row.disposition.gene else ""
    return gene + words.short_key(row.disposition.variant)


def _links_of_row(made: InterpretationFile, row: AlleleRow, also: tuple[AlleleRow, ...]) -> Iterator[Link]:
    facts, variant = row.facts, row.finding.variant if row.finding is not None else None
    source = made.inputs[0].name if made.inputs else "the input"
    place = f"{row.disposition.record} of {source}: {words.short_key(row.disposition.variant, 60)}"
    build = words.BUILD_WORDS[made.subject.genome]
    filters = f"; filters {', '.join(facts.filters)}" if facts is not None and facts.filters else ""
    lines = [f"{place} ({build}){filters}"]
    lines += [f"record {other.disposition.record}: {other.disposition.kind.value}" for other in also]
    if facts is None:
        inherited = row.disposition.kind in (DispositionKind.GERMLINE, DispositionKind.WITHHELD)
        yield "record", [*lines, WITHHELD] if inherited else lines
        return
    yield "record", [*lines, _counts(facts)]
    yield "origin", [f"{facts.origin.value.replace('_', ' ')}: {facts.origin_reason or 'no reason given'}"]
    yield "consequence", _consequence(facts, variant)
    yield "known of it", _known(made, facts, variant)
    if row.finding is not None:
        yield from _links_of_finding(row.finding)


def _counts(facts: AlleleFacts) -> str:
    def said(alt: int | None, depth: int | None) -> str:
        return f"{'?' if alt is None else alt} of {'?' if depth is None else depth} reads"

    fraction = f" ({facts.allele_fraction:.1%})" if facts.allele_fraction is not None else ""
    normal = "; no normal"
    if facts.normal_depth is not None or facts.normal_alt_reads is not None:
        normal = f"; normal {said(facts.normal_alt_reads, facts.normal_depth)}"
    return f"tumor {said(facts.alt_reads, facts.depth)}{fraction}{normal}"


def _consequence(facts: AlleleFacts, variant: AnnotatedVariant | None) -> list[str]:
    if not facts.transcript and not facts.terms:
        return ["no transcript is hit"]
    mane = f" (MANE {facts.mane.replace('_', ' ')})" if facts.mane else ""
    changes = [facts.hgvs_c.rpartition(":")[2], facts.hgvs_p.rpartition(":")[2]]
    if facts.protein_change and not facts.hgvs_p:
        changes.append(f"p.{facts.protein_change}")
    terms = ", ".join(term.replace("_", " ") for term in facts.terms)
    told = f"{terms} of {facts.gene}, {facts.transcript}{mane}"
    lines = [", ".join(filter(None, (told, *changes))) + (f"; by {facts.annotator}" if facts.annotator else "")]
    if variant is None:
        return lines
    if variant.consequence is not None:
        derived = ", ".join(variant.consequence.derived)
        lines += [f"derived from genome and gene models: {derived}"] if derived else []
        lines += [text for text in (variant.consequence.by_bases, variant.consequence.annotator_says) if text]
    lines += [f"{effect.name}, told {effect.basis} ({effect.source})" for effect in variant.named_effects]
    return lines + ([words.phase(variant)] if variant.joint is not None else [])


def _known(made: InterpretationFile, facts: AlleleFacts, variant: AnnotatedVariant | None) -> list[str]:
    texts = {source.id: source.text for source in made.sources}
    frequency = "not seen" if facts.population_frequency is None else f"{facts.population_frequency:.2g}"
    if variant is not None and facts.population_frequency is None and variant.population_covered is not True:
        frequency = "no frequency"
    lines = [f"population: {frequency} ({texts.get('population', 'not looked up')})"]
    clinvar = words.clinvar(variant) if variant is not None else facts.clinvar
    return [
        *lines,
        f"ClinVar: {clinvar.removeprefix('ClinVar ') or 'no record'} ({texts.get('clinvar', 'not looked up')})",
    ]


def _links_of_finding(finding: Finding) -> Iterator[Link]:
    role = finding.driver_role
    hotspot = finding.hotspot
    gene = [f"driver gene, {role} (intOGen)"] if role else []
    if hotspot is not None:
        gene.append(
            f"hotspot {hotspot.residue}: {hotspot.tumors_at_residue} tumors, {hotspot.tumors_with_allele} with this "
            "allele (cancerhotspots)"
        )
    if gene:
        yield "gene", gene
    if finding.oncogenicity is not None:
        yield "oncogenicity", _oncogenicity(finding.oncogenicity)
    second = finding.second_allele
    if second is not None:
        sure = f", certainty {second.certainty.value}" if second.certainty is not None else ""
        yield "other allele", [f"{second.hit.value}{sure}: {second.reason}"]


def _oncogenicity(found: Oncogenicity) -> list[str]:
    points = f"{found.points} point{'' if abs(found.points) == 1 else 's'}"
    lines = [f"{found.classification.value.replace('_', ' ')}, {points} (ClinGen/CGC/VICC 2022)"]
    for code in found.met:
        source = f" [{code.source}]" if code.source else ""
        lines.append(f"{code.code} {code.points:+d} {code.reason}{source}")
    for state, name in (
        (CodeState.EXCLUDED, "excluded by another code"),
        (CodeState.NOT_MET, "not met"),
        (CodeState.NOT_EVALUATED, "not evaluated, source absent"),
    ):
        codes = [code.code for code in found.codes if code.state is state]
        lines += [f"{name}: {', '.join(codes)}"] if codes else []
    return lines


def _statement(match: EvidenceMatch) -> list[str]:
    said = match.evidence
    what = said.therapy or said.evidence_type.value
    escat = f", suggested ESCAT {match.escat}" if match.escat else ""
    resolution = f" ({match.resolution})" if match.resolution and match.resolution not in match.matched_on else ""
    ignored = f"; not compared: {', '.join(match.ignored)}" if match.ignored else ""
    lines = [
        f"{match.tier or 'no tier'}  {what}: {said.direction.value.replace('_', ' ')}{escat}",
        f"{said.biomarker}, matched on {match.matched_on}{resolution}{ignored}",
        f"for {words.tumor_type_match(match)}",
    ]
    if match.conditions:
        lines += [
            f"condition {answer.status.value.replace('_', ' ')}: {answer.condition}"
            + (f" ({answer.reason})" if answer.reason else "")
            for answer in match.conditions
        ]
    elif said.conditions:
        lines.append(f"only if: {'; '.join(said.conditions)}")
    lines += [f"conflict: {text}" for text in match.conflicts]
    lines += [f"caution: {text}" for text in match.cautions]
    dated = said.approved or said.source_date
    origin = ", ".join(filter(None, (f"{said.knowledge_base}:{said.id}", said.agency, said.source_name, dated)))
    return [*lines, f"{origin} {said.source_url}".strip()]


def _links_of_event(made: InterpretationFile, event: Finding) -> Iterator[Link]:
    if event.copy_number is not None:
        source = made.copy_number.source.name if made.copy_number is not None else "copy number"
        yield (
            "copy number",
            [f"{event.copy_number.state.value.replace('_', ' ')}, {words.copy_number(event.copy_number)}"],
        )
        method = made.copy_number.method if made.copy_number is not None else ""
        yield "measured by", [", ".join(filter(None, (source, method)))]
    if event.rearrangement is not None:
        call = event.rearrangement
        sides = [f"{side.gene} {side.chrom}:{side.pos} {side.place}".strip() for side in (call.five, call.three)]
        yield "junction", [" to ".join(sides), f"{call.frame.value}: {call.frame_reason}".rstrip(": ")]
        yield "seen by", [_seen_by(item) for item in call.support]
        told = "told from germline and artifact" if call.confirmed else f"not confirmed: {call.unconfirmed_reason}"
        yield "origin", [told]
    if event.support:
        yield "support", [event.support]
    yield from _links_of_finding(event)


def _seen_by(item: Support) -> str:
    split, pairs = ("?" if number is None else number for number in (item.split_reads, item.spanning_pairs))
    said = f" ({item.said})" if item.said else ""
    return f"{item.program} in {item.material.value}: {split} split reads, {pairs} pairs{said}"


def _links_of_marker(made: InterpretationFile, subject: Subject) -> Iterator[Link]:
    found = made.content.biomarkers
    links = {
        Marker.MSI: _msi(made.msi) if made.msi is not None else None,
        Marker.TMB: _burden(found.burden) if found.burden is not None else None,
        Marker.SIGNATURES: _signatures(found.signatures) if found.signatures is not None else None,
        Marker.HRR: _repair(found.homologous_recombination) if found.homologous_recombination is not None else None,
    }
    told = links[subject.marker] if subject.marker is not None else None
    yield from told if told is not None else [("answer", ["not looked at: the step did not run on this input"])]


def _interval(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f" (95 % interval {low:.3g} to {high:.3g})"


def _msi(found: MicrosatelliteAssay) -> list[Link]:
    score = f"score {found.score:.4g}" if found.score is not None else "no score"
    answer = f"{found.status.value}: {score}{_interval(found.score_low, found.score_high)}"
    cut = found.cutoffs
    cutoffs = f"high from {cut.high:g}, stable below {cut.stable:g}: {cut.source}" if cut is not None else ""
    return [("answer", [answer, found.reason]), ("method", [found.method, cutoffs])]


def _burden(found: MutationalBurden) -> list[Link]:
    value = f": {found.value:.3g} per Mb{_interval(found.low, found.high)}" if found.value is not None else ""
    mutations = "?" if found.mutations is None else found.mutations
    megabases = "?" if found.megabases is None else f"{found.megabases:.4g}"
    counted = f"{mutations} mutations in {megabases} Mb" + (
        f" ({found.megabases_source})" * bool(found.megabases_source)
    )
    cutoff = f"{found.cutoff:g} per Mb: {found.cutoff_source}" if found.cutoff is not None else "none"
    return [
        ("answer", [f"{found.call.value.replace('_', ' ')}{value}", found.reason]),
        ("counted", [counted, found.rule]),
        ("cut-off", [cutoff]),
    ]


def _signatures(found: MutationalSignatures) -> list[Link]:
    shares = [
        f"{one.signature} {one.share:.0%} ({one.low:.0%} to {one.high:.0%}) {one.etiology}" for one in found.exposures
    ]
    answer = "fitted" if found.assessable else "not assessable"
    number = f"{found.substitutions} substitutions" if found.substitutions is not None else ""
    return [("answer", [answer, found.reason, *shares]), ("method", [found.method, found.reference, number])]


def _repair(found: HomologousRecombination) -> list[Link]:
    return [
        ("answer", [f"{found.call.value.replace('_', ' ')}: {found.reason}".rstrip(": ")]),
        ("basis", [*found.basis]),
    ]
