"""The first page of a report in words, composed once so that every form of the report says the same."""

from __future__ import annotations

from pydantic import Field

from genomodel.core.base import Noun


class FrontLine(Noun):
    """A line of the summary."""

    topic: str
    text: str


class FrontPage(Noun):
    """What a tumor board reads first."""

    summary: tuple[FrontLine, ...] = Field(default=(), max_length=5)


NO_FRONT_PAGE = FrontPage()
