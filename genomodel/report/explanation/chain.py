"""The chain from record to tier, in words: each link with what says so."""

from __future__ import annotations

from collections.abc import Iterator

from genomodel.core.biomarkers import HomologousRecombination, MutationalBurden, MutationalSignatures
from genomodel.core.clinical import ConditionStatus
from genomodel.core.findings import DispositionKind, EvidenceMatch, Finding
from genomodel.core.interpretation_file import AlleleFacts, InterpretationFile
from genomodel.core.microsatellites import MicrosatelliteAssay
from genomodel.core.oncogenicity import CodeState, Oncogenicity
from genomodel.core.rearrangements import Support
from genomodel.core.variants import AnnotatedVariant
from genomodel.interpretation.consent import is_withheld
from genomodel.report import words
from genomodel.report.explanation.absent import links_of_absent
from genomodel.report.explanation.find import Marker, Subject
from genomodel.report.exports.rows import AlleleRow
from genomodel.report.sections.oncogenicity import beside_tier

Link = tuple[str, list[str]]
"""What a part of the chain is about, and its lines."""

CONDITION_WORDS = {
    ConditionStatus.NOT_MET: "condition not met",
    ConditionStatus.NOT_GIVEN: "condition open, not given",
    ConditionStatus.FOR_READER: "condition for the reader",
    ConditionStatus.MET: "condition met",
    ConditionStatus.FACT: "as stated",
}
"""How the answers to conditions are told, the ones that matter most first."""
WITHHELD = "nothing more is shown, for want of consent to see inherited variants"


def title(made: InterpretationFile, subject: Subject) -> str:
    """Return what is explained, of whom."""
    name = made.patient
    if subject.marker is not None:
        name = f"{subject.marker.value} of {made.patient}"
    elif subject.event is not None:
        name = f"{subject.event.label} of {made.patient}"
    elif subject.absent is not None:
        name = f"{subject.absent.label} of {made.patient}"
    elif subject.row is not None:
        label = subject.row.finding.label if subject.row.finding is not None else _short(subject.row)
        name = f"{label} of {made.patient}"
    return titled(name, made)


def titled(name: str, made: InterpretationFile) -> str:
    """Return a name with the tumor type of the patient, or that none was given."""
    tumor = made.subject.tumor_type
    return f"{name}, {words.tumor_type(tumor) if tumor.is_given else f'tumor type {words.NOT_GIVEN}'}"


def chain(made: InterpretationFile, subject: Subject) -> list[Link]:
    """Return the links of the chain before the statements of evidence."""
    if subject.marker is not None:
        return list(_links_of_marker(made, subject))
    if subject.event is not None:
        return list(_links_of_event(made, subject.event))
    if subject.absent is not None:
        return list(links_of_absent(made, subject.absent))
    return list(_links_of_row(made, subject.row, subject.also)) if subject.row is not None else []


def finding_of(subject: Subject) -> Finding | None:
    """Return what is said of a subject beside input and annotation, ``None`` for nothing."""
    if subject.event is not None:
        return subject.event
    return subject.row.finding if subject.row is not None else None


def statements(subject: Subject) -> list[EvidenceMatch]:
    """Return the matched statements, best first."""
    finding = finding_of(subject)
    return sorted(finding.evidence, key=words.evidence_order) if finding is not None else []


def without_statements(subject: Subject) -> str:
    """Return why no statement is shown of a subject that has none."""
    kind = subject.row.disposition.kind if subject.row is not None and subject.row.finding is None else None
    if kind in (DispositionKind.DUPLICATE, DispositionKind.PART_OF_CHANGE):
        return "shown at the record that its disposition names"
    return "not shown" if kind is DispositionKind.WITHHELD else "no statement matches"


def outcome(made: InterpretationFile, subject: Subject) -> list[Link]:
    """Return the last links: tier and disposition, and what is said for the family and of trials."""
    row, event = subject.row, subject.event
    if event is not None:
        return [("tier", _tier(event.tier or "none", subject)), ("why", [event.why]), *_beside(made, event)]
    if row is None:
        return []
    hypothetical = "" if row.shown or row.finding is None else row.finding.tier or ""
    if hypothetical:
        inherited = row.disposition.kind is DispositionKind.GERMLINE
        how = "inherited, so not given; by its statements" if inherited else "were it of the tumor"
        hypothetical = f"; {how}: {hypothetical}"
    tier = row.tier or f"none{hypothetical}"
    disposition = row.disposition
    kind = disposition.kind.value.replace("_", " ")
    links: list[Link] = [("tier", _tier(tier, subject)), ("disposition", [f"{kind}: {disposition.reason}"])]
    if row.finding is not None and not row.shown:
        links.append(("set aside", [row.finding.why]))
    return links + (_beside(made, row.finding) if row.finding is not None else [])


def _tier(tier: str, subject: Subject) -> list[str]:
    """Return a tier with the reason that the statement gives that it is from."""
    best = next((match for match in statements(subject) if match.tier == tier), None)
    return (
        [tier]
        if best is None
        else [f"{tier}, by {best.evidence.knowledge_base}:{best.evidence.id}: {best.tier_reason}"]
    )


def _beside(made: InterpretationFile, finding: Finding) -> list[Link]:
    key = finding.variant.variant.key if finding.variant is not None else ""
    flags = [f"{flag.reason} ({flag.policy})" for flag in made.content.germline.flags if key and flag.variant == key]
    trials = [f"{trial.id} {trial.title}" for trial in made.content.trials.trials if finding.label in trial.matched_on]
    links: list[Link] = [("inherited?", flags)] if flags else []
    return [*links, ("trials", [f"{made.content.trials.source}: {'; '.join(trials)}"])] if trials else links


def _short(row: AlleleRow) -> str:
    if is_withheld(row.disposition.variant):
        return f"A withheld allele of record {row.disposition.record}"
    gene = f"{row.disposition.gene} " if row.disposition.gene else ""
    return gene + words.short_key(row.disposition.variant)


def _links_of_row(made: InterpretationFile, row: AlleleRow, also: tuple[AlleleRow, ...]) -> Iterator[Link]:
    facts, variant = row.facts, row.finding.variant if row.finding is not None else None
    source = made.inputs[0].name if made.inputs else "the input"
    place = f"{row.disposition.record} of {source}"
    if not is_withheld(row.disposition.variant):
        place += f": {words.short_key(row.disposition.variant, 60)}"
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
    transcript = f"{facts.transcript}{mane}" if facts.transcript else "transcript not named"
    told = f"{terms or 'change'} of {facts.gene or 'no named gene'}, {transcript}"
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
    covered = variant is not None and variant.population_covered is True
    if facts.population_frequency is None and not covered:
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
        beside = beside_tier(finding.oncogenicity, finding.tier)
        yield "oncogenicity", [*_oncogenicity(finding.oncogenicity), *([beside] if beside else [])]
    second = finding.second_allele
    if second is not None:
        sure = f", certainty {second.certainty.value}" if second.certainty is not None else ""
        yield "other allele", [f"{second.hit.value}{sure}: {second.reason}"]


def _oncogenicity(found: Oncogenicity) -> list[str]:
    points = f"{found.points} point{'' if abs(found.points) == 1 else 's'}"
    lines = [f"{found.words}, {points} (ClinGen/CGC/VICC 2022)"]
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


def statement_head(match: EvidenceMatch) -> str:
    """Return a statement in one line: tier, claim, tumor type, what it was matched on, and where it is from."""
    said = match.evidence
    told = words.tumor_type_match(match)
    return f"{match.tier or 'no tier'} {claim(match)}; {told}; {match.matched_on}; {said.knowledge_base}:{said.id}"


def claim(match: EvidenceMatch) -> str:
    """Return what a statement says: the therapy, or the type of the claim, and its direction."""
    said = match.evidence
    return f"{said.therapy or said.evidence_type.value}: {said.direction.value.replace('_', ' ')}"


def statement(match: EvidenceMatch) -> list[str]:
    """Return a statement with what it was matched on, what it asks for, what speaks against it, and its source."""
    said = match.evidence
    escat = f", suggested ESCAT {match.escat}" if match.escat else ""
    resolution = f" ({match.resolution})" if match.resolution and match.resolution not in match.matched_on else ""
    ignored = f"; not compared: {', '.join(match.ignored)}" if match.ignored else ""
    lines = [
        f"{match.tier or 'no tier'} {claim(match)}{escat}",
        f"{said.biomarker}, matched on {match.matched_on}{resolution}{ignored}",
        f"for {words.tumor_type_match(match)}",
    ]
    for status, name in CONDITION_WORDS.items():
        told = [
            answer.condition + (f" ({answer.reason})" if answer.reason else "")
            for answer in match.conditions
            if answer.status is status
        ]
        lines += [f"{name}: {'; '.join(told)}"] if told else []
    if not match.conditions and said.conditions:
        lines.append(f"only if: {'; '.join(said.conditions)}")
    lines += [f"conflict: {text}" for text in match.conflicts]
    lines += [f"caution: {text}" for text in match.cautions]
    dated = said.approved or said.source_date
    origin = ", ".join(filter(None, (f"{said.knowledge_base}:{said.id}", said.agency, said.source_name, dated)))
    return [*lines, origin, *([said.source_url] if said.source_url else [])]


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
