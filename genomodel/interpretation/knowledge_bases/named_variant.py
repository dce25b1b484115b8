"""A variant as a knowledge base names it, and the handles that its release gives beside the name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from genomodel.core.knowledge import Criterion, Operator, Place, Profile
from genomodel.core.patients import GenomeBuild
from genomodel.interpretation.matching.places import allele_of_genomic_name
from genomodel.resources.gene_symbols import resolve_symbol

_CODING = re.compile(r"\s*\((?P<coding>c\.[^()]*)\)\s*$")
_ALLELE = re.compile(
    r"(?P<one>[A-Z]\d+(?:[A-Z*]|=))$"
    r"|(?P<range>[A-Z]\d+(?:_[A-Z]\d+)?)(?P<what>del|dup|delins|ins|>)(?P<residues>[A-Z*]*)$",
    re.IGNORECASE,
)
_SHIFT = re.compile(r"(?P<first>[A-Z]\d+)(?P<to>[A-Z])?FS(?:(?:\*|TER|X)(?P<stop>\d+))?$", re.IGNORECASE)
_HGVS = re.compile(r"(?:N[MRPCG]_|ENS[TPG]|LRG_|CM0)[\w.]*:[cgmnpr]\.[^=]+$")
_BASE = r"[-*]?\d+(?:[+-]\d+)?"
_CODED = re.compile(
    rf":[cn]\.(?:{_BASE}[ACGT]>[ACGT]|{_BASE}(?:_{_BASE})?(?:del|dup)(?:[ACGT]*|\d+)"
    rf"|{_BASE}_{_BASE}ins[ACGT]+|{_BASE}(?:_{_BASE})?del[ACGT]*ins[ACGT]+)$"
)
"""Names of alleles as annotations write them: an insertion lies between two bases and names what is inserted."""


@dataclass(frozen=True, slots=True)
class NamedVariant:
    """A variant of a release."""

    gene: str
    name: str
    places: tuple[Place, ...] = ()
    hgvs: tuple[str, ...] = ()
    types: frozenset[str] = frozenset()
    """Sequence-ontology terms that the release gives."""
    transcript: str = ""
    """The transcript that the release counts on."""
    chrom: str = ""
    symbols: tuple[str, tuple[str, ...]] = field(init=False)
    """Today's symbol, and the given one where it is another."""

    def __post_init__(self) -> None:
        current = resolve_symbol(self.gene, self.chrom).best if self.gene else ""
        object.__setattr__(self, "symbols", (current, (self.gene,) if current != self.gene else ()))

    def criterion(self, kind: str, value: str = "", *, handles: bool = False, gap: str = "") -> Profile:
        """Return a profile of one criterion about this variant.

        Parameters
        ----------
        handles
            The criterion is about this very allele, so that its places and HGVS names may tell it; of a class of
            alterations those of the release are only examples or the extent of the gene.
        """
        gene, former = self.symbols
        return Profile.of(
            Criterion(
                gene=gene,
                former_symbols=former,
                kind=kind,
                value=value,
                name=self.name,
                places=tuple(place for place in self.places if place.ref and place.alt) if handles else (),
                hgvs=self.hgvs if handles else (),
                gap=gap,
            )
        )

    def text(self, gap: str) -> Profile:
        """Return a profile that nothing of ours can match, and why."""
        return self.criterion("text", self.name, gap=gap)

    def any_of(self, *kinds: str) -> Profile:
        """Return a profile of alternatives, each ``kind`` or ``kind:value``."""
        return self._join(Operator.ANY, kinds)

    def all_of(self, *kinds: str) -> Profile:
        """Return a profile of parts that all have to be there."""
        return self._join(Operator.ALL, kinds)

    def _join(self, operator: Operator, kinds: tuple[str, ...]) -> Profile:
        return Profile.join(operator, tuple(self.criterion(*kind.split(":", 1)) for kind in kinds))

    def exactly(self) -> Profile | None:
        """Return the profile of this very allele by place or HGVS name, if the release gives either."""
        if any(":p." not in name for name in self.hgvs):
            return self.criterion("hgvs", handles=True)
        if any(place.ref and place.alt for place in self.places):
            return self.criterion("genomic", handles=True)
        return None


def place_of(build: str, chrom: str, start: str, end: str, ref: str, alt: str) -> tuple[Place, ...]:
    """Return the place of a release's columns, none where they are incomplete.

    A deletion has no variant bases and an insertion no reference bases; ``-`` stands for them, and both are empty where
    the release gives no alleles.
    """
    names = {"GRCh37": GenomeBuild.GRCH37, "GRCh38": GenomeBuild.GRCH38}
    if build not in names or not chrom or not start.isdigit():
        return ()
    last = int(end) if end.isdigit() else int(start)
    bases = re.fullmatch(r"[ACGT]*", ref) and re.fullmatch(r"[ACGT]*", alt)
    stated = bases and ref != alt
    return (
        Place(
            build=names[build],
            chrom=chrom,
            start=min(int(start), last),
            end=max(int(start), last),
            ref=(ref or "-") if stated else "",
            alt=(alt or "-") if stated else "",
        ),
    )


def read_hgvs(text: str, transcript: str = "") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the HGVS names of a comma-separated field, and what in it is none.

    A name without an accession is read as one of ``transcript``. Names that say that nothing changes are left out. A
    coding name that no annotation writes (``c.432insG``, ``c.449del14-nt``) can match nothing and is none.
    """
    good, bad = [], []
    for item in text.split(","):
        part = re.sub(r"\s+", "", item)
        if part.startswith("c.") and transcript:
            part = f"{transcript}:{part}"
        if _HGVS.match(part) and (_CODED.search(part) or not re.search(r":[cn]\.", part)):
            good.append(part)
        elif part not in ("", "N/A") and not part.endswith("="):
            bad.append(part)
    return tuple(dict.fromkeys(good)), tuple(bad)


def places_of_hgvs(names: tuple[str, ...]) -> tuple[Place, ...]:
    """Return the places of single-base substitutions on chromosomes of GRCh37 and GRCh38."""
    found = (allele_of_genomic_name(name) for name in names)
    return tuple(
        Place(build=one.build, chrom=one.chrom, start=one.pos, end=one.pos, ref=one.ref, alt=one.alt)
        for one in found
        if one is not None
    )


def split_coding(name: str) -> tuple[str, str]:
    """Return a name without the coding change that follows it in parentheses, and that change."""
    match = _CODING.search(name)
    if match:
        return name[: match.start()].strip(), match["coding"].strip()
    before, mark, after = name.partition(" c.")
    return (before.strip(), f"c.{after.strip()}") if mark and before and " " not in after.strip() else (name, "")


def protein_allele(name: str) -> str:
    """Return a protein change in the spelling of the ``allele`` kind, empty where the name is none.

    Takes capitals, ``X`` and ``Ter`` for a stop, ``>`` for a deletion with insertion, residues after ``del`` and
    ``dup``, and frameshifts with or without their new residue and stop.
    """
    text = name.strip().removeprefix("p.")
    if text.upper() == "M1?":
        return "M1?"
    shift, match = _SHIFT.match(text), _ALLELE.match(text)
    if shift:
        first = shift["first"].upper()
        full = shift["to"] and shift["stop"]
        return f"{first}{shift['to'].upper()}fs*{shift['stop']}" if full else f"{first}fs"
    if match is None:
        return ""
    if match["one"]:
        one = match["one"].upper()
        return f"{one[:-1]}=" if one[0] == one[-1] else one
    return _lengthened(match["range"].upper(), match["what"].lower(), match["residues"].upper())


def _lengthened(where: str, what: str, residues: str) -> str:
    if what == ">" or (what == "del" and residues.startswith("INS")):
        what, residues = "delins", residues.removeprefix("INS")
    unstated = (what == "ins" and "_" not in where) or (what in ("ins", "delins") and not residues)
    return "" if unstated else f"{where}{what}{residues if what in ('delins', 'ins') else ''}"
