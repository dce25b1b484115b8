"""How a site wants its reports."""

from __future__ import annotations

from enum import StrEnum

from genomodel.core.base import Noun


class PredictionsShown(StrEnum):
    """Where predictions of the model may stand."""

    FRONT = "front"
    """On the first page and in their section."""
    SECTION = "section"
    """In their section alone."""
    NONE = "none"
    """Nowhere, nor in the JSON."""


class ReportSettings(Noun):
    """Settings that a report carries, so that every form made from its JSON looks alike."""

    predictions: PredictionsShown = PredictionsShown.FRONT


DEFAULT_SETTINGS = ReportSettings()
