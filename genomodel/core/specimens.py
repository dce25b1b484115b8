"""What was sequenced of a sample, and how its library was made."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from genomodel.core.base import Noun

_SEGMENT = re.compile(r"(\d+|\+)([A-Z])")


class Library(StrEnum):
    """How the sequenced pieces of the genome were chosen."""

    CAPTURE = "capture"
    AMPLICON = "amplicon"
    WGS = "wgs"


class Preservation(StrEnum):
    """What the DNA was kept in, or taken from."""

    FFPE = "ffpe"
    FROZEN = "frozen"
    BLOOD = "blood"
    PLASMA = "plasma"
    CELL_LINE = "cell_line"
    UNKNOWN = "unknown"


class ReadSegment(Noun):
    """One piece of a read structure: its length, ``None`` for the rest of the read, and what it is."""

    length: int | None
    operator: str
    """``M`` molecular identifier, ``S`` skipped, ``T`` template, ``B`` sample barcode, ``C`` cell barcode."""


def read_segments(structure: str) -> tuple[ReadSegment, ...]:
    """Take a read structure such as ``3M2S+T`` apart, in the grammar that fgbio and fgumi share.

    Raises
    ------
    ValueError
        It is none: another operator, a length of 0 or none, ``+`` before the end, or no template.
    """
    found = _SEGMENT.findall(structure)
    if not found or "".join(length + operator for length, operator in found) != structure:
        raise ValueError(f"'{structure}' is no read structure; lengths and operators in turn are needed, as in 8M+T")
    for index, (length, operator) in enumerate(found):
        if operator not in "MSTBC":
            raise ValueError(f"'{structure}' has the operator '{operator}'; there are M, S, T, B and C")
        if length == "+" and index < len(found) - 1:
            raise ValueError(f"'{structure}' has '+' before its end, where only the last piece may be of any length")
        if length != "+" and int(length) == 0:
            raise ValueError(f"'{structure}' has a piece of length 0")
    if "T" not in {operator for _, operator in found}:
        raise ValueError(f"'{structure}' leaves no template (T)")
    return tuple(
        ReadSegment(length=None if length == "+" else int(length), operator=operator) for length, operator in found
    )


def _require_umis(kind: str, structures: tuple[str, str]) -> None:
    with_umi = ["M" in {piece.operator for piece in read_segments(text)} for text in structures]
    if not any(with_umi):
        raise ValueError("neither read structure has a molecular identifier (M)")
    if kind == "duplex" and not all(with_umi):
        raise ValueError("duplex needs a molecular identifier (M) in the read structure of each mate")


class UmiDesign(Noun):
    """Where the unique molecular identifiers of a library stand, and whether they name both strands."""

    kind: Literal["simplex", "duplex"]
    read_structures: tuple[str, str]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _require_umis(self.kind, self.read_structures)
        return self

    @classmethod
    def from_text(cls, text: str) -> UmiDesign:
        """Read ``simplex 8M+T +T`` or ``duplex 3M2S+T 3M2S+T``.

        Raises
        ------
        ValueError
            Another number of words, another kind, or read structures that do not fit it.
        """
        words = text.split()
        if len(words) != 3 or words[0] not in ("simplex", "duplex"):
            raise ValueError("simplex or duplex is needed, then one read structure for each mate")
        _require_umis(words[0], (words[1], words[2]))
        return cls(kind="simplex" if words[0] == "simplex" else "duplex", read_structures=(words[1], words[2]))

    def __str__(self) -> str:
        return " ".join((self.kind, *self.read_structures))


class Specimen(Noun):
    """One sample's library and material."""

    library: Library
    preservation: Preservation = Preservation.UNKNOWN
    primer_bed: str | None = None
    """Primers of an amplicon library, to be clipped from its reads."""
    umi: UmiDesign | None = None
    input_ng: float | None = None
    """DNA that went into the library."""
    input_molecules: int | None = None
    """Copies of the haploid genome in it that could be amplified, as by quantitative or digital PCR."""


class Accession(Noun):
    """How the laboratory knows a sample; what the sheet leaves out stays ``None``."""

    specimen: str | None = None
    """Its number in the laboratory."""
    block: str | None = None
    site: str | None = None
    """Where in the body it was taken."""
    collected: str | None = None
    received: str | None = None
    """ISO dates."""
    cellularity: float | None = Field(default=None, ge=0, le=1)
    """Share of tumor cells as a pathologist saw it."""


NO_ACCESSION = Accession()
