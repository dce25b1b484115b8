"""The base of every noun that crosses a room's border."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Self

from pydantic import BaseModel, ConfigDict
from pydantic_core import to_json


class Noun(BaseModel):
    """An immutable value with a strict JSON form.

    Unknown fields are refused, so that a file written by another version fails loudly instead of losing a column.
    Which fields were given is not kept: a set per value would be a third of the memory of a genome's variants.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")

    def model_post_init(self, context: Any, /) -> None:
        """Let all values of a class share one set of fields."""
        object.__setattr__(self, "__pydantic_fields_set__", _fields(type(self)))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with some fields exchanged."""
        copied = super().model_copy(update=update, deep=deep)
        object.__setattr__(copied, "__pydantic_fields_set__", _fields(type(self)))
        return copied

    def to_json(self) -> str:
        """Return stable, human-readable JSON: same value, same bytes."""
        return b"".join(self.json_parts()).decode()

    def json_parts(self) -> Iterator[bytes]:
        """Yield the bytes of :meth:`to_json` in pieces, for files of nouns whose whole text would be large."""
        yield to_json(self, indent=1, inf_nan_mode="null")
        yield b"\n"


@cache
def _fields(noun: type[Noun]) -> set[str]:
    return set(noun.model_fields)
