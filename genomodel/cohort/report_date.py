"""The day of a report: given, or fixed for builds that are made again, and never the clock's."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from genomodel.cohort.accession import iso_date
from genomodel.core.errors import InputError

EPOCH = "SOURCE_DATE_EPOCH"
"""Variable of the environment that fixes the time of what is built (https://reproducible-builds.org/specs/)."""


def report_date(given: str | None) -> str | None:
    """Return the day of a report as ISO 8601: what is given, else that of ``SOURCE_DATE_EPOCH``, else none.

    Raises
    ------
    InputError
        The text is no day, or the variable no time that a calendar has.
    """
    if given is not None and given.strip():
        return iso_date(given.strip())
    seconds = os.environ.get(EPOCH, "").strip()
    if not seconds:
        return None
    try:
        if not (seconds.isascii() and seconds.isdigit()):
            raise ValueError
        return datetime.fromtimestamp(int(seconds), UTC).date().isoformat()
    except (ValueError, OverflowError, OSError) as error:
        fix = "It is the whole number of seconds since 1970-01-01, or is not set"
        raise InputError(f"the environment variable {EPOCH} is '{seconds}', which is no time", fix=fix) from error
