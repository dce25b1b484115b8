"""The base of every noun that crosses a room's border."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Noun(BaseModel):
    """An immutable value with a strict JSON form.

    Unknown fields are refused, so that a file written by another version fails loudly instead of losing a column.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")

    def to_json(self) -> str:
        """Return stable, human-readable JSON: same value, same bytes."""
        return self.model_dump_json(indent=1) + "\n"
