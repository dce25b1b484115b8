"""The union of what engines saw: one list of alleles, and which engine said what about each.

Every record is taken apart into events (see :mod:`genomodel.calls.alleles`), so that engines agree on names. Adjacent
substitutions are kept both ways, as one allele and as single bases: the reads decide which of the two happened. An
engine that wrote either form has seen the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from genomodel.calls.alleles import Bases, components, is_substitution, single_bases, trim
from genomodel.calls.counts import count_reads
from genomodel.calls.engines import FORCED
from genomodel.calls.vcf_text import VcfReader, choose_samples
from genomodel.core.errors import InputError
from genomodel.core.variants import Variant

CODON = 3
MAX_JOINED = 6
"""Adjacent single substitutions that are tried as one allele."""


@dataclass
class Candidate:
    """One allele with the engines that saw it.

    Attributes
    ----------
    variant
        Normalized allele.
    filters
        Engine to what stood in its FILTER column: ``("PASS",)``, names, or empty where it applied none.
    parts
        Keys of the smaller alleles that an allele of several changes is made of.
    fraction
        Highest allele fraction that an engine counted in any sample.
    """

    variant: Variant
    filters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    fraction: float = 0.0

    @property
    def engines(self) -> tuple[str, ...]:
        """Engines that saw the allele, in order of name; what one was forced to look at is no sight of its own."""
        return tuple(sorted(name for name in self.filters if name != FORCED))

    def passed_by(self) -> tuple[str, ...]:
        """Engines that filter and let the allele pass."""
        return tuple(name for name in self.engines if self.filters[name] == ("PASS",))


def collect_candidates(
    calls: Mapping[str, str | Path], bases: Bases, contigs: Sequence[str], *, tumor: str
) -> list[Candidate]:
    """Read the engines' calls and return their union in genome order.

    Parameters
    ----------
    calls
        Engine to its VCF, harmonized: one alternate allele per record.
    bases
        The reference.
    contigs
        Contigs in the order of the reference.
    tumor
        Name of the tumor's column.

    Raises
    ------
    InputError
        A file is damaged, holds several alleles in a record, lies on other contigs, or contradicts the reference.
    """
    found: dict[str, Candidate] = {}
    known = set(contigs)
    for engine, path in calls.items():
        for variant, filters, fraction in _records(Path(path), bases, known, tumor):
            events = components(variant, bases)
            for event in events:
                _add(found, event, engine, filters, fraction)
                if is_substitution(event) and len(event.ref) > 1:
                    for base in single_bases(event):
                        _add(found, base, engine, filters, fraction)
            if len(events) > 1 and (_crowded(events) or _acts_as_one(variant, events)):
                whole = trim(variant)
                _add(found, whole, engine, filters, fraction)
                found[whole.key].parts = _parts(events)
    for candidate in found.values():
        if is_substitution(candidate.variant) and len(candidate.variant.ref) > 1:
            candidate.parts = _parts([candidate.variant])
            _support_by_parts(candidate, [found[key] for key in candidate.parts])
    order = {name: i for i, name in enumerate(contigs)}
    return sorted(found.values(), key=lambda c: (order[c.variant.chrom], c.variant.pos, c.variant.ref, c.variant.alt))


def _records(
    path: Path, bases: Bases, contigs: set[str], tumor: str
) -> Iterable[tuple[Variant, tuple[str, ...], float]]:
    """Yield allele, FILTER, and its highest fraction in any sample."""
    reader = VcfReader(path)
    # Refuses calls whose tumor cannot be told.
    choose_samples(reader.header, tumor if tumor in reader.header.samples else None)
    for record in reader:
        if not record.alts or not record.alts[0].isalpha():
            continue
        if len(record.alts) > 1:
            text = f"{len(record.alts)} alternate alleles in one record"
            raise record.error(text, column="ALT", fix="Split them: bcftools norm -f REFERENCE -m -any")
        if record.chrom not in contigs:
            fix = "Use calls of the same reference; mind chr1 and 1"
            raise record.error(f"contig {record.chrom!r} is not in the reference", column="CHROM", fix=fix)
        ref, alt = record.ref.upper(), record.alts[0].upper()
        there = bases(record.chrom, record.pos - 1, record.pos - 1 + len(ref))
        if any(a != b for a, b in zip(there, ref, strict=False) if a != "N") or len(there) != len(ref):
            text = f"the reference holds {there[:20]!r} where the record says {ref[:20]!r}"
            raise record.error(text, column="REF", fix="Use calls of the same genome build")
        if ref == alt:
            continue
        seen = [count_reads(record, record.sample(name), 0) for name in reader.header.samples]
        highest = max((counts.known_fraction or 0.0 for counts in seen), default=0.0)
        yield Variant(chrom=record.chrom, pos=record.pos, ref=ref, alt=alt), record.filters, highest


def _add(
    found: dict[str, Candidate],
    variant: Variant,
    engine: str,
    filters: tuple[str, ...],
    fraction: float,
) -> None:
    candidate = found.setdefault(variant.key, Candidate(variant))
    earlier = candidate.filters.get(engine)
    # An engine that says pass in one record and not in another has let the allele pass.
    if earlier is None or earlier != ("PASS",):
        candidate.filters[engine] = filters
    candidate.fraction = max(candidate.fraction, fraction)


def _parts(events: Sequence[Variant]) -> tuple[str, ...]:
    """Return the keys of the events, and of the single bases that their substitutions are made of."""
    keys: list[str] = []
    for event in events:
        if len(events) > 1:
            keys.append(event.key)
        if is_substitution(event) and len(event.ref) > 1:
            keys += [base.key for base in single_bases(event)]
    return tuple(dict.fromkeys(keys))


def _acts_as_one(variant: Variant, events: Sequence[Variant]) -> bool:
    """Whether changes of one record must be read together: within one codon's length, or a frame that they share.

    Two shifts of the reading frame that make up for each other are one change of the protein: so are many deletions
    with insertion of EGFR exon 19.
    """
    if all(is_substitution(event) for event in events):
        return len(trim(variant).ref) <= CODON
    shift = len(variant.alt) - len(variant.ref)
    return shift % CODON == 0 and any((len(event.alt) - len(event.ref)) % CODON for event in events)


def _support_by_parts(whole: Candidate, parts: Sequence[Candidate]) -> None:
    """Add the engines that saw every single base of an allele of several."""
    for engine in sorted(set.intersection(*(set(part.filters) for part in parts)) - set(whole.filters)):
        whole.filters[engine] = _worst([part.filters[engine] for part in parts])


def _crowded(events: Sequence[Variant]) -> bool:
    """Whether an insertion or deletion has another event so near that reads tell them apart only together."""
    return any(
        two.pos - (one.pos + len(one.ref)) < 2 and not (is_substitution(one) and is_substitution(two))
        for one, two in pairwise(events)
    )


def join_neighbors(singles: Sequence[Candidate]) -> list[Candidate]:
    """Return alleles of adjacent single substitutions, for substitutions that are worth it: most real ones stand alone.

    Parameters
    ----------
    singles
        Candidates; only single substitutions are joined. Engines of an allele are those that saw all of its parts.
    """
    by_place: dict[tuple[str, int], list[Candidate]] = {}
    for candidate in singles:
        if len(candidate.variant.ref) == len(candidate.variant.alt) == 1:
            by_place.setdefault((candidate.variant.chrom, candidate.variant.pos), []).append(candidate)
    joined = []
    for (chrom, pos), here in by_place.items():
        runs = [[candidate] for candidate in here]
        for length in range(1, MAX_JOINED):
            runs = [[*run, following] for run in runs for following in by_place.get((chrom, pos + length), [])][:8]
            joined += [_joined(run) for run in runs]
    return joined


def _joined(run: Sequence[Candidate]) -> Candidate:
    first = run[0].variant
    ref, alt = "".join(c.variant.ref for c in run), "".join(c.variant.alt for c in run)
    shared = set.intersection(*(set(c.filters) for c in run))
    return Candidate(
        Variant(chrom=first.chrom, pos=first.pos, ref=ref, alt=alt),
        {engine: _worst([c.filters[engine] for c in run]) for engine in sorted(shared)},
        parts=tuple(c.variant.key for c in run),
    )


def _worst(filters: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the filters of a run of substitutions: it passes where all of them do."""
    failed = sorted({name for names in filters for name in names if name != "PASS"})
    if failed:
        return tuple(failed)
    return ("PASS",) if all(names == ("PASS",) for names in filters) else ()


def require_calls(calls: Mapping[str, str | Path]) -> None:
    """Refuse an empty set of engines.

    Raises
    ------
    InputError
        No engine's calls were given.
    """
    if not calls:
        raise InputError("no engine's calls were given", column="--calls", fix="Give at least one: --calls NAME=VCF")
