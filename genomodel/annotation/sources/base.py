"""What a source of facts about alleles is: a bgzipped VCF, the INFO fields written from it, and how a row is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from genomodel.calls.vcf_text import VcfHeader

Facts = Mapping[str, str]
"""Values by the name of the INFO field that they are written to, ready for a VCF."""
RowReader = Callable[[str, Mapping[str, str], int, int], Facts | None]
"""Takes a row's ID and INFO, the number of the allele and how many there are; gives ``None`` where nothing is said."""


@dataclass(frozen=True)
class InfoField:
    """A field that a source adds, one value for each alternate allele."""

    name: str
    kind: str
    description: str

    @property
    def line(self) -> str:
        """The line that declares it in a VCF's header."""
        return f'##INFO=<ID={self.name},Number=A,Type={self.kind},Description="{self.description}">'


@dataclass(frozen=True)
class Source:
    """A row of the registry of sources.

    Parameters
    ----------
    id
        Name in the header of annotated files, in options and in the configuration.
    title
        Name for people.
    fields
        What it adds.
    make_reader
        Makes the reader of rows for one file; raises an ``InputError`` where its header lacks what is needed.
    join
        Makes one of what several rows say of one allele.
    of_parts
        Makes of the facts of single-base changes those of an allele of several bases that the file does not hold;
        ``None`` where what is said of the parts does not hold for the whole.
    neighborhood
        Bases from an allele within which a row of the file tells something of the allele's place; 0 for none.
    nearby
        What such a row tells.
    is_counted
        Whether a row, by its bytes from QUAL on, is one that tells it; asked of many rows, so that INFO is not parsed.
    """

    id: str
    title: str
    fields: tuple[InfoField, ...]
    make_reader: Callable[[VcfHeader], RowReader]
    join: Callable[[Sequence[Facts]], Facts]
    of_parts: Callable[[Sequence[Facts]], Facts] | None = None
    neighborhood: int = 0
    nearby: Facts | None = None
    is_counted: Callable[[bytes], bool] = bool


_CODES = {ord(letter): f"%{ord(letter):02X}" for letter in "%:;=, \t\r\n"}


def encode(text: str) -> str:
    """Encode what has a meaning in INFO by percent, as the VCF specification (4.3, section 1.2) asks."""
    return text.translate(_CODES)


def decode(text: str) -> str:
    """Undo :func:`encode`; ``.`` is nothing."""
    if text == ".":
        return ""
    for number, code in _CODES.items():
        if code != "%25":
            text = text.replace(code, chr(number))
    return text.replace("%25", "%")


def declared_info(header: VcfHeader) -> frozenset[str]:
    """Return the names of the INFO fields that a header declares."""
    start = "##INFO=<ID="
    return frozenset(line[len(start) :].partition(",")[0] for line in header.meta if line.startswith(start))
