"""Gene symbols: which gene of today a symbol of some year means, after HGNC.

A symbol that a gene bears today is that gene's, whatever others were called so before. A former symbol, or an alias,
counts where one gene alone has it and lies on the chromosome, if that is known; where several have it the chromosome
may tell them apart, else the symbol is reported as ambiguous. It is never guessed: MLL2 was KMT2D and is an alias of
KMT2B.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from genomodel.core.builds import bare
from genomodel.resources.tables import SHIPPED

_MAIN = frozenset({*map(str, range(1, 23)), "X", "Y", "MT"})


class Standing(StrEnum):
    """How a symbol stands to the gene it was resolved to."""

    CURRENT = "current"
    FORMER = "former"
    ALIAS = "alias"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class GeneSymbol:
    """A symbol as given and what it means."""

    given: str
    standing: Standing
    current: str = ""
    """Today's symbol; empty where it is ambiguous or unknown."""
    candidates: tuple[str, ...] = ()
    """Genes that have borne the symbol, where it is ambiguous or there are several; of a current symbol, the others."""
    by_place: bool = False
    """Several genes bear the symbol, and the chromosome told which is meant."""

    @property
    def best(self) -> str:
        """Today's symbol where there is one, else the symbol as given."""
        return self.current or self.given


@dataclass(frozen=True)
class _Symbols:
    current: dict[str, str]
    """Today's symbols by their capitals."""
    former: dict[str, tuple[str, ...]]
    aliases: dict[str, tuple[str, ...]]
    ids: dict[str, str]
    chromosomes: dict[str, str]


@cache
def _symbols() -> _Symbols:
    current: dict[str, str] = {}
    former: defaultdict[str, list[str]] = defaultdict(list)
    aliases: defaultdict[str, list[str]] = defaultdict(list)
    ids: dict[str, str] = {}
    chromosomes: dict[str, str] = {}
    lines = SHIPPED["gene_symbols"].path.read_text(encoding="utf-8").split("\n")
    for line in lines[1:-1]:
        symbol, hgnc_id, chrom, olds, others = line.split("\t")
        current[symbol.upper()] = symbol
        ids[hgnc_id] = symbol
        chromosomes[symbol] = chrom
        for text, found in ((olds, former), (others, aliases)):
            for name in filter(None, text.split("|")):
                found[name.upper()].append(symbol)
    return _Symbols(current, _unique(former), _unique(aliases), ids, chromosomes)


def _unique(found: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(sorted(set(symbols))) for name, symbols in found.items()}


@cache
def resolve_symbol(text: str, chrom: str = "") -> GeneSymbol:
    """Return what a gene symbol, or an HGNC id such as ``HGNC:1097``, means today.

    Parameters
    ----------
    text
        The symbol; letter case matters only where two symbols differ in nothing else.
    chrom
        Chromosome of what is called so, if known; tells apart genes that have borne the same symbol.

    Returns
    -------
    GeneSymbol
        ``current`` is empty where the symbol is ambiguous or no gene's; ambiguous is also a former symbol or alias of
        one gene that lies on another chromosome.
    """
    known = _symbols()
    given = text.strip()
    if given in known.ids:
        return GeneSymbol(given, Standing.CURRENT, known.ids[given])
    capitals = given.upper()
    former, aliases = known.former.get(capitals, ()), known.aliases.get(capitals, ())
    bearers = tuple(dict.fromkeys((*former, *aliases)))
    own = known.current.get(capitals, "")
    candidates = tuple(dict.fromkeys((*filter(None, [own]), *bearers)))
    there = [name for name in candidates if chrom and known.chromosomes[name] == bare(chrom)]
    if own and (own in there or len(there) != 1):
        return GeneSymbol(given, Standing.CURRENT, own, candidates[1:])
    meant = there if len(there) == 1 else candidates
    if len(meant) == 1 and not _lies_elsewhere(known.chromosomes[meant[0]], chrom):
        standing = Standing.FORMER if meant[0] in former else Standing.ALIAS
        several = candidates if len(candidates) > 1 else ()
        return GeneSymbol(given, standing, meant[0], several, by_place=bool(several))
    return GeneSymbol(given, Standing.AMBIGUOUS if candidates else Standing.UNKNOWN, candidates=candidates)


def _lies_elsewhere(own: str, chrom: str) -> bool:
    """Whether a gene is known not to lie on a chromosome; X and Y share genes, and a scaffold may be of any."""
    place = bare(chrom) if chrom else ""
    return place in _MAIN and own in _MAIN and own != place and {own, place} != {"X", "Y"}


def chromosome_of(symbol: str) -> str:
    """Return the chromosome of a gene by its current symbol, as ``7``, ``X`` or ``MT``; empty where it is not known."""
    return _symbols().chromosomes.get(symbol, "")


def current_symbol(text: str, chrom: str = "") -> str:
    """Return today's symbol of a gene, the text as given where it is ambiguous or no gene's."""
    return resolve_symbol(text, chrom).best


def hgnc_id(symbol: str) -> str:
    """Return HGNC's id of a gene by its current symbol, as ``HGNC:1097``; empty where there is none."""
    return _ids().get(symbol, "")


@cache
def _ids() -> dict[str, str]:
    return {symbol: id_ for id_, symbol in _symbols().ids.items()}
